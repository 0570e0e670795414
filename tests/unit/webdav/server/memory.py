"""A byte stream in memory: the transport under a connection, and a client on its other end."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from caraway.webdav.application import Application
from caraway.webdav.call import Policy
from caraway.webdav.server.connection import Connection
from caraway.webdav.server.interface import ConnectionSettings, Exchange, Handler
from caraway.webdav.store.interface import Store
from tests.patience import PATIENCE_S

T = TypeVar("T")


class MemoryTransport(asyncio.Transport):
    """Keeps what a protocol writes until somebody takes it.

    Args:
        window: Bytes that the other end takes without being asked; beyond
            these the protocol is told to pause. None for any number.
        can_half_close: Whether there is an end of file in one direction.
    """

    def __init__(
        self,
        protocol: asyncio.Protocol,
        *,
        peer: object = ("192.0.2.1", 50000),
        window: int | None = None,
        can_half_close: bool = True,
    ) -> None:
        super().__init__({"peername": peer})
        self.protocol = protocol
        self.outgoing = bytearray()
        self.written = 0
        self.writes = 0
        self._is_reading = True
        self.is_aborted = False
        self.is_lost = False
        self.has_ended = False
        self._half_closes = can_half_close
        self._window = window
        self._is_closing = False
        self._is_full = False
        self.changed = asyncio.Event()

    def write(self, data: bytes | bytearray | memoryview) -> None:
        assert not self.has_ended, "written after the end of file"
        if self._is_closing:
            return
        self.outgoing += data
        self.written += len(data)
        self.writes += 1
        self.changed.set()
        if self._window is not None and len(self.outgoing) > self._window and not self._is_full:
            self._is_full = True
            self.protocol.pause_writing()

    def take(self) -> bytes:
        """What was written since last time; makes room."""
        data = bytes(self.outgoing)
        self.outgoing.clear()
        if self._is_full:
            self._is_full = False
            self.protocol.resume_writing()
        if self._is_closing:
            self._lose()
        return data

    def can_write_eof(self) -> bool:
        return self._half_closes

    def write_eof(self) -> None:
        self.has_ended = True
        self.changed.set()

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        """Stays with its window."""

    def is_closing(self) -> bool:
        return self._is_closing

    def close(self) -> None:
        """Ends when all has been taken, as other transports do."""
        self._is_closing = True
        if not self._is_full:
            self._lose()

    def abort(self) -> None:
        self._is_closing = True
        self.is_aborted = True
        self._lose()

    def _lose(self) -> None:
        if not self.is_lost:
            self.is_lost = True
            self.changed.set()
            asyncio.get_running_loop().call_soon(self.protocol.connection_lost, None)

    def is_reading(self) -> bool:
        return self._is_reading

    def pause_reading(self) -> None:
        self._is_reading = False

    def resume_reading(self) -> None:
        self._is_reading = True
        self.changed.set()

    async def until_changed(self) -> None:
        """Return when something was written, or the stream ended."""
        self.changed.clear()
        await asyncio.wait_for(self.changed.wait(), PATIENCE_S)


@dataclass(frozen=True)
class Answer:
    """One response as it came over the wire; ``headers`` by lower-case name."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    version: str = "HTTP/1.1"


class Client:
    """The other end of a connection, in memory."""

    def __init__(
        self,
        application: Handler,
        settings: ConnectionSettings | None = None,
        *,
        window: int | None = None,
        scheme: str = "http",
        can_half_close: bool = True,
        peer: object = ("192.0.2.1", 50000),
    ) -> None:
        self.exchanges: list[Exchange] = []
        self.closed: list[Connection] = []
        self.connection = Connection(
            application,
            settings,
            on_exchange=self.exchanges.append,
            on_close=self.closed.append,
            scheme=scheme,
        )
        self.transport = MemoryTransport(
            self.connection, window=window, can_half_close=can_half_close, peer=peer
        )
        self.connection.connection_made(self.transport)
        self._received = bytearray()

    def feed(self, data: bytes, *, pieces: int | None = None) -> None:
        """Send bytes, in pieces of a size."""
        step = pieces or max(1, len(data))
        for start in range(0, len(data), step):
            if not self.transport.is_lost:
                self.connection.data_received(data[start : start + step])

    async def answer(self, method: str = "GET") -> Answer:
        """The next answer, which ``method`` asked for."""
        while True:
            self._received += self.transport.take()
            parsed = parse_answer(self._received, method, at_end=self._is_over())
            if parsed is not None:
                answer, size = parsed
                del self._received[:size]
                return answer
            assert not self._is_over(), f"the stream ended after {bytes(self._received)!r}"
            await self.transport.until_changed()

    def _is_over(self) -> bool:
        return self.transport.is_lost or self.transport.has_ended

    async def ask(
        self,
        method: str,
        target: str,
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
    ) -> Answer:
        """One request and its answer."""
        self.feed(request(method, target, headers, body))
        return await self.answer(method)

    async def until_closed(self) -> None:
        """Return when the connection has gone."""
        while not self.transport.is_lost:
            self.transport.take()
            if not self.transport.is_lost:
                await self.transport.until_changed()
        await asyncio.sleep(0)

    async def settle(self) -> None:
        """Let the task under way end."""
        while self.connection._conversation._busy is not None:
            await asyncio.wait({self.connection._conversation._busy}, timeout=PATIENCE_S)
            await asyncio.sleep(0)


def request(
    method: str, target: str, headers: Mapping[str, str] | None = None, body: bytes = b""
) -> bytes:
    """The bytes of a request."""
    fields = {"Host": "dav.test", **(headers or {})}
    if body and "Transfer-Encoding" not in fields:
        fields.setdefault("Content-Length", str(len(body)))
    head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    return f"{method} {target} HTTP/1.1\r\n{head}\r\n".encode("latin-1") + body


def parse_answer(
    data: bytes | bytearray, method: str, *, at_end: bool = False
) -> tuple[Answer, int] | None:
    """The first answer in ``data`` and the bytes it takes; None where some are missing."""
    head_end = data.find(b"\r\n\r\n")
    if head_end < 0:
        return None
    lines = bytes(data[:head_end]).decode("latin-1").split("\r\n")
    version, status_text, _ = lines[0].split(" ", 2)
    status = int(status_text)
    headers: dict[str, str] = {}
    for line in lines[1:]:
        name, _, value = line.partition(":")
        assert name.lower() not in headers, f"{name} came twice"
        headers[name.lower()] = value.strip()
    start = head_end + 4
    if method == "HEAD" or status < 200 or status in (204, 304):
        return Answer(status, headers, b"", version), start
    if headers.get("transfer-encoding") == "chunked":
        content = _dechunk(bytes(data[start:]))
        if content is None:
            return None
        return Answer(status, headers, content[0], version), start + content[1]
    if "content-length" in headers:
        end = start + int(headers["content-length"])
        if len(data) < end:
            return None
    elif at_end:
        end = len(data)
    else:
        return None
    return Answer(status, headers, bytes(data[start:end]), version), end


def _dechunk(data: bytes) -> tuple[bytes, int] | None:
    body, position = b"", 0
    while True:
        line_end = data.find(b"\r\n", position)
        if line_end < 0:
            return None
        size = int(data[position:line_end], 16)
        start = line_end + 2
        if len(data) < start + size + 2:
            return None
        assert data[start + size : start + size + 2] == b"\r\n"
        position = start + size + 2
        if size == 0:
            return body, position
        body += data[start : start + size]


def writable(store: Store, **policy: Any) -> Application:
    """An application that allows changes."""
    return Application(store, Policy(read_only=False, **policy))


def run(work: Coroutine[object, object, T]) -> T:
    """Run a test's coroutine on a loop of its own."""
    return asyncio.run(work)


def put_file(store: Store, path: tuple[str, ...], content: bytes = b"") -> None:
    """Put a file into a store."""
    writer = store.create(path)
    writer.write(content)
    writer.commit()
