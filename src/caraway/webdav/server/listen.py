"""Listening: TCP, TLS and Unix sockets in front of an application."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import os
import socket
import ssl
from collections.abc import Callable
from pathlib import Path

from caraway.webdav.server.connection import Connection
from caraway.webdav.server.interface import ConnectionSettings, Exchange, Handler, Transfer
from caraway.webdav.server.kept_answers import KeptAnswers

#: How often connections are asked whether their peer has taken too long, seconds.
_SWEEP_S = 1.0
#: Connections beyond the limit that are told so at the same time; more are cut off.
_TURNED_AWAY = 64
#: Memory that a process may keep for what comes next, bytes.
_KEPT = 2 << 20


def _keep_memory() -> None:
    """Have blocks for what sockets bring taken from memory that the process keeps.

    asyncio reads each time into a new block of 256 KiB. glibc gets that from the system and gives
    it back, which takes six times as long as reading little, until a larger one was freed once
    (mallopt(3), M_MMAP_THRESHOLD). Elsewhere nothing happens.
    """
    bytes(_KEPT)


class Server:
    """An application that listens.

    >>> import asyncio
    >>> from caraway.webdav.application import Application
    >>> from caraway.webdav.store.memory import MemoryStore
    >>> async def main():
    ...     server = Server(Application(MemoryStore()))
    ...     url = await server.listen_tcp("127.0.0.1", 0)
    ...     await server.aclose()
    ...     return url.startswith("http://127.0.0.1:")
    >>> asyncio.run(main())
    True

    Args:
        settings: Limits and timeouts of each connection.
        on_exchange: Called for each request that has been answered.
        max_connections: More are turned away as they come; so are more than
            ``max_per_peer`` from one address.
    """

    def __init__(
        self,
        application: Handler,
        settings: ConnectionSettings | None = None,
        *,
        on_exchange: Callable[[Exchange], None] | None = None,
        max_connections: int = 2000,
        max_per_peer: int = 1200,
    ) -> None:
        self._application = application
        self._settings = settings or ConnectionSettings()
        self._on_exchange = on_exchange
        self._max_connections = max_connections
        self._max_per_peer = max_per_peer
        self._connections: set[Connection] = set()
        self._kept = KeptAnswers()
        self._servers: list[asyncio.Server] = []
        self._unix: list[tuple[Path, int]] = []
        self._sweeper: asyncio.TimerHandle | None = None
        self._gone: asyncio.Event | None = None

    @property
    def connections(self) -> int:
        """Connections that are open."""
        return len(self._connections)

    def transfers(self) -> list[Transfer]:
        """What takes its time just now, in no order."""
        found = (connection.transfer for connection in self._connections)
        return [transfer for transfer in found if transfer is not None]

    async def listen_tcp(self, host: str, port: int, *, tls: ssl.SSLContext | None = None) -> str:
        """Listen on an address; port 0 takes a free one.

        Returns:
            The URL of what is served.

        Raises:
            OSError: The address is in use or not ours.
        """
        scheme = "https" if tls is not None else "http"
        loop = asyncio.get_running_loop()
        server = await loop.create_server(
            self._factory(scheme), host, port, ssl=tls, backlog=1024, reuse_address=True
        )
        self._keep(server)
        address = server.sockets[0].getsockname()
        shown = f"[{address[0]}]" if server.sockets[0].family == socket.AF_INET6 else address[0]
        return f"{scheme}://{shown}:{address[1]}/"

    async def listen_unix(self, path: Path) -> str:
        """Listen on a Unix socket that only this user may connect to.

        Raises:
            OSError: Something else is at ``path``, or it cannot be made.
        """
        if _is_listening(path):
            # It would be replaced without a word, and the other server never found again.
            raise OSError(errno.EADDRINUSE, os.strerror(errno.EADDRINUSE))
        loop = asyncio.get_running_loop()
        mask = os.umask(0o177)
        try:
            server = await loop.create_unix_server(self._factory("http"), str(path), backlog=1024)
        finally:
            os.umask(mask)
        self._keep(server)
        self._unix.append((path, path.stat().st_ino))
        return f"http+unix://{path}"

    def _keep(self, server: asyncio.Server) -> None:
        self._servers.append(server)
        _keep_memory()
        if self._sweeper is None:
            self._sweep()

    def _factory(self, scheme: str) -> Callable[[], asyncio.Protocol]:
        return lambda: Connection(
            self._application,
            self._settings,
            on_open=self._opened,
            on_exchange=self._on_exchange,
            on_close=self._closed,
            scheme=scheme,
            kept=self._kept,
        )

    def _opened(self, connection: Connection) -> None:
        self._connections.add(connection)
        same = sum(1 for each in self._connections if each.peer == connection.peer)
        if len(self._connections) > self._max_connections + _TURNED_AWAY:
            connection.abort()
        elif len(self._connections) > self._max_connections or same > self._max_per_peer:
            connection.turn_away()

    def _closed(self, connection: Connection) -> None:
        self._connections.discard(connection)
        if not self._connections and self._gone is not None:
            self._gone.set()

    def _sweep(self) -> None:
        loop = asyncio.get_running_loop()
        now = loop.time()
        for connection in list(self._connections):
            connection.check(now)
        self._sweeper = loop.call_later(_SWEEP_S, self._sweep)

    async def finish(self) -> None:
        """Take no new connections, answer what is under way, then close."""
        for server in self._servers:
            server.close()
        for connection in list(self._connections):
            connection.finish()
        if self._connections:
            self._gone = asyncio.Event()
            await self._gone.wait()
        await self.aclose()

    async def aclose(self) -> None:
        """Close everything now."""
        if self._sweeper is not None:
            self._sweeper.cancel()
            self._sweeper = None
        for server in self._servers:
            server.close()
        for connection in list(self._connections):
            connection.abort()
        # Lets the transports close before the caller's loop may end.
        await asyncio.sleep(0)
        for path, inode in self._unix:
            with contextlib.suppress(FileNotFoundError):
                # Another server's by now, perhaps.
                if path.stat().st_ino == inode:
                    path.unlink()
        self._servers, self._unix = [], []


def _is_listening(path: Path) -> bool:
    """Whether somebody takes connections at a Unix socket."""
    with socket.socket(socket.AF_UNIX) as probe:
        probe.setblocking(False)
        try:
            probe.connect(str(path))
        except BlockingIOError:
            return True
        except OSError:
            return False
        return True
