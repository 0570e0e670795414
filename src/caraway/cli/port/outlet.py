"""Offers a port as a local socket, to one program at a time."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Final

from caraway.cli.addresses import TcpAddress, UnixAddress, claim
from caraway.cli.port.lasting import LastingPort
from caraway.cli.printing import note
from caraway.errors import CarawayError

__all__ = ["Outlet"]

_PIECE: Final = 64 << 10


class Outlet:
    """A listening socket in front of a port.

    What the port says while nobody is there waits for who comes next, up to
    the port's own bound; then the virtual machine waits. A program that has
    ended its sending still gets output, until another one comes. It stays connected
    while the port is closed.
    """

    def __init__(self, port: LastingPort) -> None:
        self._port = port
        self._writer: asyncio.StreamWriter | None = None
        self._has_ended = False
        self._came = asyncio.Event()

    async def run(self, address: TcpAddress | UnixAddress) -> None:
        """Listen until the session is over.

        Raises:
            ActionFailed: The address cannot be listened on.
            CarawayError: The session is over.
        """
        server = await self._listen(address)
        try:
            await self._deliver()
        finally:
            server.close()
            self._drop()
            if isinstance(address, UnixAddress):
                address.path.unlink(missing_ok=True)

    async def _listen(self, address: TcpAddress | UnixAddress) -> asyncio.Server:
        if isinstance(address, UnixAddress):
            with claim(address):
                server = await asyncio.start_unix_server(self._receive, str(address.path))
            note(f"listening on {address}")
            return server
        with claim(address):
            server = await asyncio.start_server(self._receive, address.host, address.port)
        host, port, *_ = server.sockets[0].getsockname()
        note(f"listening on {TcpAddress(host, port)}")
        if not address.is_local:
            note("everybody who reaches this address has the port: it asks for no password")
        return server

    async def _deliver(self) -> None:
        """Bring what the port says to who is there."""
        data = b""
        while True:
            writer = await self._who_is_there()
            if not data:
                data = await self._port.read()
                # Whoever was there may have left meanwhile.
                continue
            try:
                writer.write(data)
                data = b""
                await writer.drain()
            except OSError:
                self._drop(writer)

    async def _who_is_there(self) -> asyncio.StreamWriter:
        while self._writer is None:
            self._came.clear()
            await self._came.wait()
        return self._writer

    async def _receive(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._writer is not None and not self._has_ended:
            note("another program wants the port, which is in use: refused")
            writer.close()
            return
        self._drop()
        self._writer, self._has_ended = writer, False
        self._came.set()
        try:
            while data := await reader.read(_PIECE):
                await self._port.write(data)
            self._has_ended = True
        except (OSError, CarawayError):
            # The session is over, perhaps: whoever delivers says why.
            self._drop(writer)

    def _drop(self, writer: asyncio.StreamWriter | None = None) -> None:
        """Disconnect who is there, or ``writer`` if that still is."""
        if self._writer is not None and writer in (None, self._writer):
            with suppress(OSError):
                self._writer.close()
            self._writer = None
