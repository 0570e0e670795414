"""The server's side of byte streams: connections, listeners."""
