"""Searching by properties and content (RFC 5323), without I/O."""
