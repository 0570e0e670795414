"""What each method of WebDAV does: a request and a store in, an outcome out."""
