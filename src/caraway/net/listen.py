"""Listening: TCP, TLS, Unix sockets, and WebSockets on each of them."""

from __future__ import annotations

import asyncio
import os
import socket
import ssl
import stat
from collections.abc import Callable, Collection
from contextlib import suppress
from pathlib import Path
from typing import Final

from caraway.errors import CarawayError, ConnectError
from caraway.net.endpoint import join_host, origin_of
from caraway.net.gate import Gate
from caraway.net.http_head import read_head
from caraway.net.tcp import reason_of
from caraway.net.websocket import Refused, answer_request
from caraway.net.websocket_transport import WebSocketTransport

_BACKLOG: Final = 1024
#: Accepting goes on after this long where the system is out of files, seconds.
_ACCEPT_PAUSE_S: Final = 0.2
#: Before others have their turn.
_ACCEPTED_AT_ONCE: Final = 64
_TLS_SHUTDOWN_S: Final = 1.0
#: What a WebSocket begins with, and no SPICE client does.
_GET: Final = b"GET "


class Listener:
    """Accepts streams and gives each to a protocol of its own.

    Args:
        factory: Makes a protocol. It is called when a stream has shown what it is:
            behind TLS, and with the first bytes there.
        greeting_timeout_s: How long a stream may take for that.
        max_greeting: Streams that are about it. One more takes the place of the oldest,
            which has had the most time: nobody shuts others out by being silent. With
            ``max_greeting_per_peer`` from one address it is the oldest of that address.
        allow_origins: Where pages may come from whose scripts connect by WebSocket.
    """

    def __init__(
        self,
        factory: Callable[[], asyncio.Protocol],
        *,
        greeting_timeout_s: float = 10.0,
        max_greeting: int = 128,
        max_greeting_per_peer: int = 32,
        allow_origins: Collection[str] = (),
    ) -> None:
        self._factory = factory
        self._timeout_s = greeting_timeout_s
        self._max_greeting = max_greeting
        self._max_per_peer = max_greeting_per_peer
        self._allow_origins = allow_origins
        # Oldest first.
        self._greeting: dict[asyncio.Task[None], str] = {}
        self._listening: list[socket.socket] = []
        self._paused: dict[socket.socket, asyncio.TimerHandle] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._paths: list[Path] = []

    @property
    def greeting(self) -> int:
        """Streams that have not shown yet what they are."""
        return len(self._greeting)

    async def listen_tcp(self, host: str, port: int, *, tls: ssl.SSLContext | None = None) -> str:
        """Listen on an address; port 0 takes a free one.

        Args:
            host: Name or address; a name that has several is listened to on each.

        Returns:
            The URI for clients.

        Raises:
            ConnectError: The address is in use or not ours.
        """
        loop = asyncio.get_running_loop()
        sockets: list[socket.socket] = []
        try:
            found = await loop.getaddrinfo(
                host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
            )
            for family, address in dict.fromkeys((each[0], each[4]) for each in found):
                sock = socket.socket(family, socket.SOCK_STREAM)
                sockets.append(sock)
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                if family == socket.AF_INET6:
                    sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
                # The families of one name share the port that the first one got.
                sock.bind((address[0], port, *address[2:]))
                port = sock.getsockname()[1]
                sock.listen(_BACKLOG)
        except (OSError, UnicodeError) as error:
            for sock in sockets:
                sock.close()
            reason = reason_of(error)
            raise ConnectError(f"cannot listen on {join_host(host, port)}: {reason}") from None
        for sock in sockets:
            self._accept_from(sock, tls)
        shown = join_host(sockets[0].getsockname()[0], port)
        return f"spice+tls://{shown}" if tls is not None else f"spice://{shown}"

    async def listen_unix(self, path: Path) -> str:
        """Listen on a Unix socket that only this user may connect to.

        A socket that a server left behind is replaced.

        Raises:
            ConnectError: Something else is at ``path``, or it cannot be made.
        """
        sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        mask = os.umask(0o177)
        try:
            _remove_stale(path)
            sock.bind(str(path))
            sock.listen(_BACKLOG)
        except OSError as error:
            sock.close()
            raise ConnectError(f"cannot listen on '{path}': {reason_of(error)}") from None
        finally:
            os.umask(mask)
        self._paths.append(path)
        self._accept_from(sock, None)
        return f"spice+unix://{path.absolute()}"

    def _accept_from(self, sock: socket.socket, tls: ssl.SSLContext | None) -> None:
        sock.setblocking(False)
        self._listening.append(sock)
        asyncio.get_running_loop().add_reader(sock, self._accept, sock, tls)

    def _accept(self, listening: socket.socket, tls: ssl.SSLContext | None) -> None:
        loop = asyncio.get_running_loop()
        for _ in range(_ACCEPTED_AT_ONCE):
            try:
                sock, address = listening.accept()
            except (BlockingIOError, InterruptedError):
                return
            except ConnectionError:
                continue
            except OSError:
                loop.remove_reader(listening)
                self._paused[listening] = loop.call_later(
                    _ACCEPT_PAUSE_S, loop.add_reader, listening, self._accept, listening, tls
                )
                return
            sock.setblocking(False)
            peer = origin_of(str(address[0])) if isinstance(address, tuple) else "local"
            self._make_room(peer)
            task = loop.create_task(self._receive(sock, tls))
            self._greeting[task] = peer
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    def _make_room(self, peer: str) -> None:
        same = [task for task, each in self._greeting.items() if each == peer]
        if len(same) >= self._max_per_peer:
            oldest = same[0]
        elif len(self._greeting) >= self._max_greeting:
            oldest = next(iter(self._greeting))
        else:
            return
        del self._greeting[oldest]
        # Soon: a task that is cancelled before it has begun does not close its socket.
        asyncio.get_running_loop().call_soon(oldest.cancel)

    async def _receive(self, sock: socket.socket, tls: ssl.SSLContext | None) -> None:
        gate: Gate | None = None
        try:
            async with asyncio.timeout(self._timeout_s):
                gate = await self._open(sock, tls)
                await self._greet(gate)
        except (CarawayError, OSError, TimeoutError):
            # A stranger who says nothing that can be answered; the sockets say no more either.
            if gate is not None:
                gate.transport.abort()
        except BaseException:
            if gate is not None:
                gate.transport.abort()
            raise
        finally:
            task = asyncio.current_task()
            if task is not None:
                self._greeting.pop(task, None)

    async def _open(self, sock: socket.socket, tls: ssl.SSLContext | None) -> Gate:
        if sock.family != socket.AF_UNIX:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        loop = asyncio.get_running_loop()
        # uvloop returns another protocol than the one that was made.
        gate = Gate()
        try:
            if tls is None:
                await loop.connect_accepted_socket(lambda: gate, sock)
            else:
                await loop.connect_accepted_socket(
                    lambda: gate, sock, ssl=tls, ssl_shutdown_timeout=_TLS_SHUTDOWN_S
                )
        except BaseException:
            sock.close()
            raise
        return gate

    async def _greet(self, gate: Gate) -> None:
        first = await gate.read(len(_GET))
        gate.put_back(first)
        if not first.startswith(_GET):
            gate.hand_over(self._factory())
            return
        try:
            answer = answer_request(await read_head(gate), allow_origins=self._allow_origins)
        except Refused as error:
            gate.transport.write(error.answer)
            gate.transport.close()
            return
        gate.transport.write(answer)
        gate.hand_over(WebSocketTransport(self._factory(), masks=False))

    async def aclose(self) -> None:
        """Listen no more; streams that have their protocol go on."""
        loop = asyncio.get_running_loop()
        for sock in self._listening:
            loop.remove_reader(sock)
            if (waiting := self._paused.pop(sock, None)) is not None:
                waiting.cancel()
            sock.close()
        self._listening.clear()
        # One that was accepted just now closes its socket only once it has begun.
        await asyncio.sleep(0)
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        # Lets their transports close before the caller's loop may end.
        await asyncio.sleep(0)
        for path in self._paths:
            with suppress(FileNotFoundError):
                path.unlink()
        self._paths.clear()


def _remove_stale(path: Path) -> None:
    """Remove a socket that nobody listens on any more.

    Raises:
        OSError: It cannot be told, or not be removed.
    """
    if not path.exists() or not stat.S_ISSOCK(path.stat().st_mode):
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as trial:
        trial.setblocking(False)
        try:
            trial.connect(str(path))
        except ConnectionRefusedError:
            path.unlink()
        except BlockingIOError:
            # Somebody is there and busy.
            return
