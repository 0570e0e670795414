"""Folders that are shared through the WebDAV channel of SPICE."""
