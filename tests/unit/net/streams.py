"""What the tests of transports share: protocols that note what happens, and streams cut up."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Coroutine, Iterator
from typing import Any, TypeVar, cast

from tests.patience import PATIENCE_S

T = TypeVar("T")


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run a test's work; whatever hangs fails."""

    async def within() -> T:
        return await asyncio.wait_for(work, PATIENCE_S)

    return asyncio.run(within())


def cuts(data: bytes, *, seed: int = 7) -> Iterator[list[bytes]]:
    """``data`` whole, byte by byte, and cut at random in ten ways."""
    yield [data]
    yield [data[at : at + 1] for at in range(len(data))]
    source = random.Random(seed)
    for _ in range(10):
        count = min(len(data), source.randint(1, 6))
        places = sorted(source.sample(range(len(data)), count))
        yield [data[a:b] for a, b in zip([0, *places], [*places, len(data)], strict=True)]


class Recorder(asyncio.Protocol):
    """A protocol that notes what is called; ``taken`` is what came."""

    def __init__(self, greeting: bytes = b"") -> None:
        self.greeting = greeting
        self.taken = b""
        self.calls: list[str] = []
        self.error: Exception | None = None
        self.is_lost = False
        self._changed = asyncio.Event()
        self._transport: asyncio.Transport | None = None

    @property
    def transport(self) -> asyncio.Transport:
        assert self._transport is not None
        return self._transport

    def _note(self, call: str) -> None:
        self.calls.append(call)
        self._changed.set()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._note("made")
        if self.greeting:
            self.transport.write(self.greeting)

    def data_received(self, data: bytes) -> None:
        assert data
        self.taken += data
        self._note("data")

    def eof_received(self) -> bool:
        self._note("eof")
        return False

    def pause_writing(self) -> None:
        self._note("pause")

    def resume_writing(self) -> None:
        self._note("resume")

    def connection_lost(self, exc: Exception | None) -> None:
        self.error = exc
        self.is_lost = True
        self._note("lost")

    async def until_taken(self, size: int) -> bytes:
        """Wait for as many bytes in all."""
        while len(self.taken) < size:
            await self._change()
        return self.taken

    async def until(self, call: str) -> None:
        """Wait until something has been called."""
        while call not in self.calls:
            await self._change()

    async def _change(self) -> None:
        self._changed.clear()
        await self._changed.wait()


class Echo(Recorder):
    """A server's protocol that sends back what comes."""

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self.transport.write(data)


class Wire(asyncio.Transport):
    """A transport that keeps what is written, and says when it was paused."""

    def __init__(self) -> None:
        super().__init__({"peername": ("192.0.2.1", 50000)})
        self.sent = b""
        self.calls: list[str] = []
        self.protocol: asyncio.BaseProtocol | None = None
        self._is_closing = False

    def write(self, data: bytes | bytearray | memoryview) -> None:
        assert not self._is_closing, "written behind the end"
        self.sent += data

    def take(self) -> bytes:
        sent, self.sent = self.sent, b""
        return sent

    def set_protocol(self, protocol: asyncio.BaseProtocol) -> None:
        self.protocol = protocol

    def pause_reading(self) -> None:
        self.calls.append("pause")

    def resume_reading(self) -> None:
        self.calls.append("resume")

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        self.calls.append(f"limits {high} {low}")

    def get_write_buffer_limits(self) -> tuple[int, int]:
        return 1, 2

    def get_write_buffer_size(self) -> int:
        return len(self.sent)

    def is_closing(self) -> bool:
        return self._is_closing

    def close(self) -> None:
        self._is_closing = True
        self.calls.append("close")

    def abort(self) -> None:
        self._is_closing = True
        self.calls.append("abort")
