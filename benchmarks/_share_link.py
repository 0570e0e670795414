"""A link that is as slow as is asked for: a relay with a bucket of tokens for each direction."""

from __future__ import annotations

import asyncio
from contextlib import suppress

#: Bytes that may go at once.
_BURST = 32 << 10


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
        #: Bytes that have come back from where connections lead to.
        self.came_back = 0

    async def listen(self) -> int:
        """Take connections; returns the port."""
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0, limit=_BURST)
        number: int = server.sockets[0].getsockname()[1]
        return number

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_connection(
            "127.0.0.1", self._port, limit=_BURST
        )
        await asyncio.gather(
            self._copy(reader, far_writer, self._there),
            self._copy(far_reader, writer, self._back),
        )

    async def _copy(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, bucket: Bucket
    ) -> None:
        with suppress(ConnectionError):
            while data := await reader.read(_BURST):
                await bucket.take(len(data))
                writer.write(data)
                await writer.drain()
        writer.close()
