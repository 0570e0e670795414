"""What the virtual machine's programs ask for, and what answers."""

from __future__ import annotations

from caraway.webdav import Application, MemoryStore, Policy

HOST = b"Host: localhost:9843\r\n"
#: More than goes into a few frames.
BIG = bytes(range(256)) * 4096


def application() -> Application:
    """Nothing is there, and everything may be written."""
    return Application(MemoryStore(), Policy(read_only=False, hosts=frozenset()))


def request(method: bytes, path: bytes, body: bytes = b"") -> bytes:
    """A request as it stands on a connection."""
    length = b"Content-Length: %d\r\n" % len(body) if body else b""
    return method + b" " + path + b" HTTP/1.1\r\n" + HOST + length + b"\r\n" + body
