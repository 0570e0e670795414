"""HTTP/1.1 without I/O: requests from bytes, answers to bytes, header fields."""
