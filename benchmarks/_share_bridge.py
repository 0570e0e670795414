"""What our way of sharing is compared with: a bridge between the port and a WebDAV server's socket.

It is written as one would at first: frames are read from the port, for each new
connection a socket is connected to the server, and two coroutines copy. It
knows of no credits, as the real peers do not.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from struct import Struct

from caraway.client import Port
from caraway.errors import CarawayError

_HEADER = Struct("<qH")
_PIECE = 65535


async def run_bridge(port: Port, host: str, number: int) -> None:
    """Carry connections to a TCP socket until the port is gone."""
    writers: dict[int, asyncio.StreamWriter] = {}
    answers: set[asyncio.Task[None]] = set()
    data = bytearray()
    while piece := await port.read():
        data += piece
        while len(data) >= _HEADER.size:
            stream, size = _HEADER.unpack_from(data)
            end = _HEADER.size + size
            if len(data) < end:
                break
            body = bytes(data[_HEADER.size : end])
            del data[:end]
            writer = writers.get(stream)
            if writer is None:
                if not body:
                    continue
                reader, writer = await asyncio.open_connection(host, number)
                writers[stream] = writer
                task = asyncio.create_task(_answer(port, stream, reader))
                answers.add(task)
                task.add_done_callback(answers.discard)
            if not body:
                writers.pop(stream).close()
                continue
            # It has closed already, perhaps.
            with suppress(ConnectionError):
                writer.write(body)
                await writer.drain()


async def _answer(port: Port, stream: int, reader: asyncio.StreamReader) -> None:
    with suppress(ConnectionError, CarawayError):
        while data := await reader.read(_PIECE):
            port.write(_HEADER.pack(stream, len(data)) + data)
            await port.drain()
        port.write(_HEADER.pack(stream, 0))
