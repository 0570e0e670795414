"""What the agent can be connected to in place of a virtio port: for tests, mostly."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Final

from caraway.errors import UsageError
from caraway.share.device import open_device

__all__ = ["make_opener"]

#: How long connecting may take, seconds; nothing else can be done meanwhile.
_CONNECT_S: Final = 2.0
_MAX_PORT: Final = 65535


def make_opener(where: str) -> Callable[[], int]:
    """What opens ``HOST:PORT``, ``unix:PATH``, or the device at a path, such as a terminal's.

    Returns:
        A function that makes a descriptor; it raises OSError where it cannot.

    Raises:
        UsageError: It is none of these.
    """
    if where.startswith("unix:"):
        path = where[len("unix:") :]
        if not path:
            raise UsageError(f"'{where}' names no Unix socket", hint="write unix:PATH")
        return lambda: _connect_unix(path)
    if "/" in where:
        return lambda: _open_terminal(Path(where))
    host, _, port = where.rpartition(":")
    if not host or not (port.isascii() and port.isdecimal()) or int(port) > _MAX_PORT:
        raise UsageError(
            f"'{where}' is nothing to connect to",
            hint="write HOST:PORT, unix:PATH or the path of a device",
        )
    address = (host[1:-1] if host.startswith("[") else host, int(port))
    return lambda: _connect_tcp(address)


def _connect_tcp(address: tuple[str, int]) -> int:
    connection = socket.create_connection(address, _CONNECT_S)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, True)
    return connection.detach()


def _connect_unix(path: str) -> int:
    connection = socket.socket(socket.AF_UNIX)
    try:
        connection.settimeout(_CONNECT_S)
        connection.connect(path)
    except OSError:
        connection.close()
        raise
    return connection.detach()


def _open_terminal(path: Path) -> int:
    descriptor = open_device(path)
    if os.isatty(descriptor):
        # Not at the top: virtio ports are none.
        import tty

        tty.setraw(descriptor)
    return descriptor
