"""Clients of the echo servers: ours and two of plain asyncio, with one face."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Protocol, cast

from benchmarks._client import WrongAnswer
from benchmarks._echo_servers import CALLBACK_ECHO, ECHO
from caraway.client import connect
from caraway.errors import CarawayError
from caraway.net.endpoint import TLSSettings, parse_uri
from caraway.wire.record import Buffer


class Pipe(Protocol):
    """A connection to an echo server."""

    def write(self, data: bytes) -> None:
        """Send."""

    async def drain(self) -> None:
        """Wait while too much waits to be sent."""


class ReadPipe(Pipe, Protocol):
    """One that is read."""

    async def read(self) -> Buffer:
        """What came back; nothing where it ended."""


class CallbackPipe(Pipe, Protocol):
    """One that calls."""

    on_data: Callable[[Buffer], None] | None


class StreamPipe:
    """The streams of asyncio."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    def write(self, data: bytes) -> None:
        """Send."""
        self._writer.write(data)

    async def drain(self) -> None:
        """Wait while too much waits to be sent."""
        await self._writer.drain()

    async def read(self) -> Buffer:
        """What came back; nothing where it ended."""
        return await self._reader.read(256 << 10)

    async def aclose(self) -> None:
        """Disconnect; a loop that ends before that is done leaves a socket open."""
        self._writer.close()
        with suppress(OSError):
            await self._writer.wait_closed()


class ProtocolPipe(asyncio.Protocol):
    """A protocol of asyncio."""

    def __init__(self) -> None:
        self.on_data: Callable[[Buffer], None] | None = None
        self._writable = asyncio.Event()
        self._writable.set()
        self._gone = asyncio.Event()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """It is connected."""
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        """Something came back."""
        if self.on_data is not None:
            self.on_data(data)

    def pause_writing(self) -> None:
        """Too much waits to be sent."""
        self._writable.clear()

    def resume_writing(self) -> None:
        """There is room again."""
        self._writable.set()

    def write(self, data: bytes) -> None:
        """Send."""
        self._transport.write(data)

    async def drain(self) -> None:
        """Wait while too much waits to be sent."""
        await self._writable.wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """It is disconnected."""
        self._gone.set()

    async def aclose(self) -> None:
        """Disconnect."""
        self._transport.close()
        await self._gone.wait()


@asynccontextmanager
async def connected(
    client: str, transport: str, where: str | int, folder: Path
) -> AsyncIterator[ReadPipe | CallbackPipe]:
    """A connection to an echo server.

    Args:
        client: ``caraway``, ``callbacks`` (caraway too), ``asyncio`` or ``streams``.
        transport: ``tcp``, ``unix`` or ``tls``.
        where: What the server printed for it.
        folder: With the certificate of the server, ``cert.pem``.

    Raises:
        WrongAnswer: It cannot be reached.
    """
    certificate = (folder / "cert.pem").read_text()
    if client in ("caraway", "callbacks"):
        endpoint = replace(parse_uri(str(where)), tls=TLSSettings(ca_pem=certificate))
        try:
            async with connect(endpoint) as session:
                yield session.port(ECHO if client == "caraway" else CALLBACK_ECHO)
        except CarawayError as error:
            raise WrongAnswer(str(error)) from error
        return
    tls = ssl.create_default_context(cadata=certificate) if transport == "tls" else None
    loop = asyncio.get_running_loop()
    path, port = str(where), int(where) if transport != "unix" else 0
    pipe: StreamPipe | ProtocolPipe
    if client == "streams":
        if transport == "unix":
            pipe = StreamPipe(*await asyncio.open_unix_connection(path))
        else:
            pipe = StreamPipe(*await asyncio.open_connection("127.0.0.1", port, ssl=tls))
    elif transport == "unix":
        pipe = (await loop.create_unix_connection(ProtocolPipe, path))[1]
    else:
        pipe = (await loop.create_connection(ProtocolPipe, "127.0.0.1", port, ssl=tls))[1]
    try:
        yield pipe
    finally:
        await pipe.aclose()
