"""A relay that does something to a server at a chosen byte of what it says."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType


class Relay:
    """Passes streams on to a server; a context manager.

    Attributes:
        port: Where it listens, on 127.0.0.1.

    Args:
        server: The server's port on 127.0.0.1.
        stream: Of which stream the bytes are counted; the first is 0.
        size: So many bytes of the server are passed on, and no more; ...
        then: ... this is called instead.
    """

    def __init__(self, server: int, *, stream: int, size: int, then: Callable[[], None]) -> None:
        self._server = server
        self._stream = stream
        self._size = size
        self._then = then
        self._tasks: list[asyncio.Task[None]] = []
        self.port = 0

    async def __aenter__(self) -> Relay:
        self._listening = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        self.port = self._listening.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._listening.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        size = self._size if len(self._tasks) == self._stream else None
        self._tasks.append(asyncio.ensure_future(self._relay(reader, writer, size)))

    async def _relay(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, size: int | None
    ) -> None:
        to_server: asyncio.Task[None] | None = None
        streams = [writer]
        try:
            # A server that has ended refuses or resets.
            with suppress(OSError):
                there, back = await asyncio.open_connection("127.0.0.1", self._server)
                streams.append(back)
                to_server = asyncio.ensure_future(_pass_on(reader, back))
                await _pass_on(there, writer, size)
                if size is not None:
                    self._then()
                    while await there.read(1 << 16):
                        continue
        finally:
            if to_server is not None:
                to_server.cancel()
                await asyncio.gather(to_server, return_exceptions=True)
            for stream in streams:
                stream.close()
                with suppress(OSError):
                    await stream.wait_closed()


async def _pass_on(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, size: int | None = None
) -> None:
    """Pass on so many bytes, or all there are."""
    while size != 0 and (data := await reader.read(min(size or 1 << 16, 1 << 16))):
        if size is not None:
            size -= len(data)
        writer.write(data)
        await writer.drain()
