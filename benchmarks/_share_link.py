"""A link that is as slow as is asked for: a relay with a bucket of tokens for each direction."""

from __future__ import annotations

import asyncio
import socket
from contextlib import suppress

#: Bytes that may go at once.
_BURST = 32 << 10


def _socket() -> socket.socket:
    """For what is about as much as a link has on its way: loopback would take some MiB."""
    made = socket.socket()
    made.setblocking(False)
    # The kernel takes it twice.
    made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _BURST)
    return made


class Bucket:
    """Lets so many bytes through in a second, and a burst of :data:`_BURST` at once.

    Args:
        rate: Bytes a second.
    """

    def __init__(self, rate: float) -> None:
        self._rate = rate
        self._clock = asyncio.get_running_loop().time
        # When all that was let through has gone.
        self._free = self._clock()

    async def take(self, size: int) -> None:
        """Wait until ``size`` more bytes may go."""
        now = self._clock()
        self._free = max(self._free, now - _BURST / self._rate) + size / self._rate
        if self._free > now:
            await asyncio.sleep(self._free - now)


class Relay:
    """Passes connections on; each direction of all of them together has a rate.

    Args:
        port: Of 127.0.0.1, where connections lead to.
        rate: Bytes a second.
    """

    def __init__(self, port: int, rate: float) -> None:
        self._port = port
        self._there, self._back = Bucket(rate), Bucket(rate)
        self._server: asyncio.Server | None = None
        self._left = 0
        self._idle = asyncio.Event()

    async def listen(self) -> int:
        """Take connections; returns the port."""
        listener = _socket()
        listener.bind(("127.0.0.1", 0))
        self._server = await asyncio.start_server(self._serve, sock=listener, limit=_BURST)
        number: int = listener.getsockname()[1]
        return number

    async def aclose(self) -> None:
        """Take no more connections, and wait until those there are have ended."""
        if self._server is not None:
            self._server.close()
        if self._left:
            await self._idle.wait()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far = _socket()
        await asyncio.get_running_loop().sock_connect(far, ("127.0.0.1", self._port))
        far_reader, far_writer = await asyncio.open_connection(sock=far, limit=_BURST)
        self._left += 1
        self._idle.clear()
        await asyncio.gather(
            self._copy(reader, far_writer, self._there),
            self._copy(far_reader, writer, self._back),
        )
        for each in (writer, far_writer):
            with suppress(ConnectionError):
                await each.wait_closed()
        self._left -= 1
        if not self._left:
            self._idle.set()

    async def _copy(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, bucket: Bucket
    ) -> None:
        with suppress(ConnectionError):
            while data := await reader.read(_BURST):
                await bucket.take(len(data))
                writer.write(data)
                await writer.drain()
        writer.close()
