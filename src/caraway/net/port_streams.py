"""A port as a pair of asyncio streams, for code that takes those."""

from __future__ import annotations

import asyncio
from typing import Any

from caraway.net.port import PortStream
from caraway.wire.record import Buffer

#: Bytes that a reader keeps before the peer has to wait; as for sockets.
LIMIT = 64 << 10


class _PortTransport(asyncio.Transport):
    """The face of a port that is open: what streams ask of a transport."""

    def __init__(self, port: PortStream[Any], protocol: asyncio.Protocol) -> None:
        super().__init__({"peername": port.name})
        self._port = port
        self._protocol = protocol
        self._is_closing = False

    def begin(self) -> None:
        """Hand on what has come, and what comes."""
        self._port.on_change = self._changed
        self._port.on_data = self._take

    def _take(self, data: Buffer) -> None:
        self._protocol.data_received(bytes(data))

    def _changed(self) -> None:
        if not self._port.is_open:
            self.close()

    def write(self, data: Buffer) -> None:
        if not self._is_closing:
            self._port.write(data)

    def can_write_eof(self) -> bool:
        return False

    def is_closing(self) -> bool:
        return self._is_closing

    def close(self) -> None:
        if self._is_closing:
            return
        self._is_closing = True
        self._port.on_data = self._port.on_change = None
        self._port.resume()
        loop = asyncio.get_running_loop()
        loop.call_soon(self._protocol.connection_lost, None)

    abort = close

    def pause_reading(self) -> None:
        self._port.pause()

    def resume_reading(self) -> None:
        self._port.resume()


class _PortWriter(asyncio.StreamWriter):
    """A writer whose peer is beyond the port."""

    def __init__(
        self,
        port: PortStream[Any],
        transport: _PortTransport,
        protocol: asyncio.StreamReaderProtocol,
        reader: asyncio.StreamReader,
    ) -> None:
        super().__init__(transport, protocol, reader, asyncio.get_running_loop())
        self._port = port

    async def drain(self) -> None:
        await self._port.drain()


def open_streams(port: PortStream[Any]) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A reader and a writer for a port that is open.

    They are good for this opening: when the port is closed, there is no more
    to read. Closing the writer leaves the port to others; it stays open.

    Raises:
        ClosedError: The port is not open.
    """
    port.check_open()
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader(LIMIT, loop)
    protocol = asyncio.StreamReaderProtocol(reader, loop=loop)
    transport = _PortTransport(port, protocol)
    protocol.connection_made(transport)
    transport.begin()
    return reader, _PortWriter(port, transport, protocol, reader)
