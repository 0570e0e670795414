"""Addresses of local sockets, as options give them."""

from __future__ import annotations

import contextlib
import os
import socket
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from caraway.errors import ActionFailed, UsageError
from caraway.net.tcp import reason_of

__all__ = ["TcpAddress", "UnixAddress", "claim", "parse_address"]

_MAX_PORT = 65535


@dataclass(frozen=True, slots=True)
class TcpAddress:
    """A host, without brackets, and a port."""

    host: str
    port: int

    @property
    def is_local(self) -> bool:
        """Only programs on this machine can connect to it."""
        return self.host in ("localhost", "::1") or self.host.startswith("127.")

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"


@dataclass(frozen=True, slots=True)
class UnixAddress:
    """A Unix socket."""

    path: Path

    def __str__(self) -> str:
        return f"unix:{self.path}"


def parse_address(text: str) -> TcpAddress | UnixAddress:
    """An address from ``[tcp:]HOST:PORT``, ``unix:PATH``; IPv6 stands in brackets.

    Raises:
        UsageError: It is neither.

    >>> parse_address("[::1]:5900"), str(parse_address("unix:/run/x"))
    (TcpAddress(host='::1', port=5900), 'unix:/run/x')
    """
    if text.startswith("unix:"):
        path = text.removeprefix("unix:")
        if not path or "\0" in path:
            raise UsageError(f"'{text}' names no Unix socket", hint="write unix:PATH")
        return UnixAddress(Path(path))
    host, _, port = text.removeprefix("tcp:").rpartition(":")
    is_bracketed = host.startswith("[") and host.endswith("]")
    if (
        not host
        or (":" in host and not is_bracketed)
        or not (port.isascii() and port.isdecimal())
        or int(port) > _MAX_PORT
    ):
        raise UsageError(
            f"'{text}' is no address", hint="write HOST:PORT, [IPV6]:PORT or unix:PATH"
        )
    return TcpAddress(host.removeprefix("[").removesuffix("]"), int(port))


@contextlib.contextmanager
def claim(address: TcpAddress | UnixAddress) -> Iterator[None]:
    """Listen on an address in the body: on a Unix socket for this user alone.

    A socket that nobody listens on any more is removed.

    Raises:
        ActionFailed: Somebody listens there, or it cannot be done.
    """
    mask = os.umask(0o177) if isinstance(address, UnixAddress) else None
    try:
        if isinstance(address, UnixAddress):
            _remove_stale(address.path)
        yield
    except (OSError, UnicodeError) as error:
        shown = f"'{address.path}'" if isinstance(address, UnixAddress) else address
        raise ActionFailed(f"cannot listen on {shown}: {reason_of(error)}") from None
    finally:
        if mask is not None:
            os.umask(mask)


def _remove_stale(path: Path) -> None:
    if path.exists() and stat.S_ISSOCK(path.stat().st_mode):
        with socket.socket(socket.AF_UNIX) as trial:
            try:
                trial.connect(str(path))
            except ConnectionRefusedError:
                path.unlink()
            else:
                raise ActionFailed(f"somebody listens on '{path}' already")
