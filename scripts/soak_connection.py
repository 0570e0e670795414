"""A program's connection to the guest's end, which can be made to suffer, and what it carries."""

from __future__ import annotations

import asyncio
import random
import socket
import struct
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

#: Of a prime length: a piece out of place never looks right.
_PERIOD: Final = 1_000_003
_POOL: Final = random.Random(1).randbytes(_PERIOD) * 2
_PIECE: Final = 64 << 10
#: No byte moves for as long: it hangs, seconds.
PATIENCE_S: Final = 60.0


class Cut(Exception):
    """The program was killed, as was to be."""


@dataclass(frozen=True)
class Content:
    """Bytes that follow from two numbers."""

    seed: int
    size: int

    @classmethod
    def any(cls, numbers: random.Random, size: int) -> Content:
        """Some bytes."""
        return cls(numbers.randrange(_PERIOD), size)

    def piece(self, start: int, size: int) -> bytes:
        """Some of it, at most 64 KiB."""
        at = (self.seed + start) % _PERIOD
        return _POOL[at : at + size]

    def is_in(self, path: Path) -> bool:
        """Whether a file has these bytes and no others."""
        at = 0
        with path.open("rb") as stream:
            while piece := stream.read(_PIECE):
                if self.piece(at, len(piece)) != piece:
                    return False
                at += len(piece)
        return at == self.size


@dataclass(frozen=True)
class Answer:
    """A response; its body where nobody else took it, its header fields by lower-case name."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Connection:
    """A connection to the guest's end.

    Attributes:
        made: When, seconds.
        used: When it was last.
        cut_after: Bytes of a request or answer until the program is killed; None for never.
        stop_after: Bytes until it stops for ``stop_s``.
        has_stopped: It has done so.
    """

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer
        self.made = self.used = time.monotonic()
        self._moved_size = 0
        self.stop_s = 0.0
        self.calm()

    def calm(self) -> None:
        """Let it suffer nothing."""
        self.cut_after: int | None = None
        self.stop_after: int | None = None
        self.has_stopped = False

    @classmethod
    async def open(cls, port: int) -> Connection:
        """A connection to a port of this machine.

        Raises:
            OSError: Nobody listens.
        """
        return cls(*await asyncio.open_connection("127.0.0.1", port, limit=_PIECE))

    async def _moved(self, size: int) -> None:
        self._moved_size += size
        if self.stop_after is not None and self._moved_size >= self.stop_after:
            self.stop_after, self.has_stopped = None, True
            await asyncio.sleep(self.stop_s)
        if self.cut_after is not None and self._moved_size >= self.cut_after:
            self.abort()
            raise Cut

    def abort(self) -> None:
        """End it as the system does for a program that is killed with something unread."""
        if not self._writer.is_closing():
            stream = self._writer.get_extra_info("socket")
            stream.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._writer.transport.abort()

    async def ask(
        self,
        head: bytes,
        body: Content | bytes = b"",
        take: Callable[[int, bytes], None] | None = None,
    ) -> Answer:
        """Send a request, and have its answer; ``take`` gets pieces of a 200's or 206's body.

        Raises:
            OSError: The connection ended; :class:`EOFError` likewise.
            TimeoutError: Nothing has moved for :data:`PATIENCE_S`.
            Cut: It is :attr:`cut_after`.
        """
        self._moved_size = 0
        if isinstance(body, bytes):
            self._writer.write(head + body)
        else:
            self._writer.write(head)
            for start in range(0, body.size, _PIECE):
                piece = body.piece(start, min(_PIECE, body.size - start))
                self._writer.write(piece)
                await asyncio.wait_for(self._writer.drain(), PATIENCE_S)
                await self._moved(len(piece))
        return await self._answer(take)

    async def _answer(self, take: Callable[[int, bytes], None] | None) -> Answer:
        raw = await asyncio.wait_for(self._reader.readuntil(b"\r\n\r\n"), PATIENCE_S)
        first, *lines = raw.decode("latin-1").split("\r\n")
        status = int(first.split()[1])
        headers = {}
        for line in filter(None, lines):
            name, _, value = line.partition(":")
            headers[name.lower()] = value.strip()
        kept = bytearray()
        if headers.get("transfer-encoding") == "chunked":
            await asyncio.wait_for(self._chunks(kept), PATIENCE_S)
        elif status != 204:
            left, at = int(headers["content-length"]), 0
            while left:
                piece = await asyncio.wait_for(self._reader.read(min(left, _PIECE)), PATIENCE_S)
                if not piece:
                    raise asyncio.IncompleteReadError(b"", left)
                if take is not None and status in (200, 206):
                    take(at, piece)
                else:
                    kept += piece
                at += len(piece)
                left -= len(piece)
                await self._moved(len(piece))
        self.used = time.monotonic()
        return Answer(status, headers, bytes(kept))

    async def _chunks(self, kept: bytearray) -> None:
        while size := int(await self._reader.readuntil(b"\r\n"), 16):
            kept += await self._reader.readexactly(size)
            await self._reader.readuntil(b"\r\n")
        await self._reader.readuntil(b"\r\n")
