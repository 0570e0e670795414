"""Servers that say what a test has them say, and what tests of sessions do over and over."""

from __future__ import annotations

import asyncio
from struct import pack
from typing import Any

from caraway.client import Session, connect
from tests.unit.protocol.wires import framed
from tests.unit.server.joined import URI, Joined, scripted

INIT = framed(103, pack("<8I", 77, 1, 3, 1, 0, 10, 0, 0))
NO_CHANNELS = framed(104, pack("<I", 0))
ONE_PORT = framed(104, pack("<I2B", 1, 10, 0))
PORT = framed(201, pack("<IIB", 5, 9, 1) + b"port\0")
WAIT_FOR_EVER = framed(5, b"\1" + pack("<BBQ", 10, 0, 1000))


class Scripted:
    """A scripted server whose streams can be ended by hand."""

    def __init__(self, joined: Joined, *script: bytes) -> None:
        self.streams: list[Any] = []
        make = scripted(*script)

        def accept(count: int) -> asyncio.Protocol:
            stream = make(count)
            self.streams.append(stream)
            return stream

        joined.accept = accept

    def close(self, index: int) -> None:
        self.streams[index].close()

    def send(self, index: int, data: bytes) -> None:
        self.streams[index].transport.write(data)


async def begun(password: str) -> Session:
    return await connect(URI, password=password)


async def read_to_the_end(port: Any) -> None:
    while True:
        await port.read()
        await port.wait_open()
