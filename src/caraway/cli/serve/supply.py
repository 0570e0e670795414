"""Brings a port of a server together with what is behind it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final

from caraway.cli.serve.source import Source, Streams
from caraway.errors import ClosedError
from caraway.net.tcp import reason_of
from caraway.server import ServerPort

__all__ = ["Supply"]

_PIECE: Final = 64 << 10
#: How soon something that has ended is tried again, seconds.
_AGAIN_S: Final = 1.0


class Supply:
    """Opens what is behind a port when a client comes, and closes the port when that ends.

    The port is open for the next client then: until it has been tried, there
    is something behind it.

    Args:
        tell: Told of what happens, in a word, and why.
    """

    def __init__(
        self, port: ServerPort, source: Source, *, tell: Callable[[str, str], None]
    ) -> None:
        self._port = port
        self._source = source
        self._tell = tell
        self._task: asyncio.Task[None] | None = None
        self._ending: set[asyncio.Task[None]] = set()
        port.on_client = self._client

    def _client(self, is_there: bool) -> None:
        self._cancel()
        if is_there:
            self._task = asyncio.get_running_loop().create_task(self._run())
        else:
            self._port.open()

    def _cancel(self) -> None:
        task, self._task = self._task, None
        if task is not None:
            self._ending.add(task)
            task.add_done_callback(self._ending.discard)
            task.cancel()

    async def aclose(self) -> None:
        """End what is behind it."""
        self._cancel()
        await asyncio.gather(*self._ending, return_exceptions=True)

    async def _run(self) -> None:
        """Have it open for one client."""
        await asyncio.gather(*self._ending, return_exceptions=True)
        failure = ""
        while True:
            try:
                async with self._source.open() as streams:
                    failure = ""
                    self._port.open()
                    self._tell("opened", "")
                    await self._join(streams)
                self._tell("closed", "it has ended")
            except OSError as error:
                reason = reason_of(error)
                if reason != failure:
                    failure = reason
                    self._tell("failed", reason)
            except ClosedError:
                # The client has gone.
                return
            self._port.close()
            if not self._source.is_lasting:
                return
            await asyncio.sleep(_AGAIN_S)

    async def _join(self, streams: Streams | None) -> None:
        """Until one side ends."""
        if streams is None:
            while data := await self._port.read():
                await self._send(data)
            return
        reader, writer = streams
        tasks = {
            asyncio.create_task(self._bring_out(reader)),
            asyncio.create_task(self._bring_in(writer)),
        }
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            results = await asyncio.gather(*tasks, return_exceptions=True)
        for result in results:
            if isinstance(result, Exception):
                raise result

    async def _bring_out(self, reader: asyncio.StreamReader) -> None:
        while data := await reader.read(_PIECE):
            await self._send(data)

    async def _bring_in(self, writer: asyncio.StreamWriter) -> None:
        while data := await self._port.read():
            writer.write(data)
            await writer.drain()

    async def _send(self, data: bytes) -> None:
        self._port.write(data)
        await self._port.drain()
