"""What is measured of an echo server."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median
from typing import TypeVar, cast

from benchmarks._client import WrongAnswer
from benchmarks._echo_clients import CallbackPipe, ReadPipe, StreamPipe, connected
from benchmarks._echo_process import EchoServer
from benchmarks._echo_servers import ECHO
from benchmarks._figures import Goal, Metric, Sample, percentile
from caraway.client import Port
from caraway.wire.record import Buffer

#: Bytes of a write where throughput is measured.
PIECE = 64 << 10
#: Writes of one byte before the writer looks whether it may go on.
BATCH = 256
#: How long one measurement may take, seconds.
TIMEOUT_S = 120.0

AnyPipe = ReadPipe | CallbackPipe
T = TypeVar("T")


async def receive(pipe: AnyPipe, size: int, keep: list[Buffer] | None = None) -> None:
    """Take ``size`` bytes that come back.

    Args:
        keep: Where to keep them, for who looks at them.

    Raises:
        WrongAnswer: There are more, or it ended before.
    """
    left = size
    done = asyncio.get_running_loop().create_future()

    def take(data: Buffer) -> None:
        nonlocal left
        left -= len(data)
        if keep is not None:
            keep.append(bytes(data))
        if left <= 0 and not done.done():
            done.set_result(None)

    if is_read(pipe):
        while left > 0:
            data = await cast("ReadPipe", pipe).read()
            if not data:
                break
            take(data)
    else:
        cast("CallbackPipe", pipe).on_data = take
        await done
    if left:
        raise WrongAnswer(f"{size - left} of {size} bytes came back")


def is_read(pipe: AnyPipe) -> bool:
    """Whether it is read; else it calls."""
    return isinstance(pipe, StreamPipe) or (isinstance(pipe, Port) and pipe.name == ECHO)


async def check(pipe: AnyPipe) -> None:
    """Compare what comes back, byte by byte.

    Raises:
        WrongAnswer: It is something else.
    """
    data = os.urandom(4 * PIECE + 1)
    kept: list[Buffer] = []
    receiving = asyncio.create_task(receive(pipe, len(data), kept))
    await asyncio.sleep(0)
    pipe.write(data)
    await receiving
    if b"".join(kept) != data:
        raise WrongAnswer("other bytes came back")


async def measure_flow(pipe: AnyPipe, size: int, piece: int) -> float:
    """Seconds until ``size`` bytes, written in pieces of ``piece``, have come back."""
    data = bytes(piece)
    pieces = size // piece

    async def send() -> None:
        for number in range(pieces):
            pipe.write(data)
            if piece == PIECE or number % BATCH == 0:
                await pipe.drain()

    receiving = asyncio.create_task(receive(pipe, pieces * piece))
    await asyncio.sleep(0)
    start = time.perf_counter()
    await asyncio.gather(send(), receiving)
    return time.perf_counter() - start


async def measure_trips(pipe: AnyPipe, seconds: float) -> list[float]:
    """Seconds of each round trip of one byte."""
    trips = []
    now = time.perf_counter
    end = now() + seconds
    if is_read(pipe):
        while (start := now()) < end:
            pipe.write(b"x")
            await cast("ReadPipe", pipe).read()
            trips.append(now() - start)
        return trips
    done = asyncio.get_running_loop().create_future()
    start = now()

    def take(data: Buffer) -> None:
        nonlocal start
        arrived = now()
        trips.append(arrived - start)
        if arrived > end:
            done.set_result(None)
            return
        start = arrived
        pipe.write(b"x")

    cast("CallbackPipe", pipe).on_data = take
    pipe.write(b"x")
    await done
    return trips


@dataclass(frozen=True, slots=True)
class Echo:
    """A client and the server that answers it.

    Attributes:
        client: As :func:`connected` has it.
        folder: With the certificate.
        size: Bytes that are sent where throughput is measured.
        seconds: How long round trips are made.
    """

    client: str
    server: EchoServer
    folder: Path
    size: int
    seconds: float

    def run(self, transport: str, measure: Callable[[AnyPipe], Awaitable[T]]) -> T:
        """What a measurement on a new connection finds.

        Raises:
            WrongAnswer: It failed.
        """

        async def work() -> T:
            where = self.server.addresses[transport]
            async with (
                asyncio.timeout(TIMEOUT_S),
                connected(self.client, transport, where, self.folder) as pipe,
            ):
                return await measure(pipe)

        try:
            return asyncio.run(work())
        except TimeoutError:
            raise WrongAnswer(f"not done within {TIMEOUT_S:g} s") from None

    def check(self, transport: str) -> None:
        """See that what comes back is what was sent.

        Raises:
            WrongAnswer: It is not.
        """
        self.run(transport, check)

    def flow(self, transport: str) -> Sample:
        """Bytes a second that come back."""
        before = self.server.cpu_s()
        seconds = self.run(transport, partial(measure_flow, size=self.size, piece=PIECE))
        cpu_s = self.server.cpu_s() - before
        return Sample(self.size / seconds, {"server ms/MB": cpu_s / self.size * 1e9})

    def bytewise(self, transport: str) -> Sample:
        """Writes of one byte a second that come back, each a message of its own with SPICE."""
        # Bounded: 100 times as long would not tell more.
        count = self.size // 1024
        before = self.server.cpu_s()
        seconds = self.run(transport, partial(measure_flow, size=count, piece=1))
        cpu_s = self.server.cpu_s() - before
        return Sample(count / seconds, {"server µs/write": cpu_s / count * 1e6})

    def trips(self, transport: str) -> Sample:
        """The median round trip."""
        before = self.server.cpu_s()
        trips = self.run(transport, partial(measure_trips, seconds=self.seconds))
        cost = (self.server.cpu_s() - before) / len(trips)
        details = {"p99 µs": percentile(trips, 0.99) * 1e6, "server µs/trip": cost * 1e6}
        return Sample(median(trips), details)


# Like is compared with like: what reads with what reads, what is called with what is called.
_FLOW = (Goal(0.5, "streams"), Goal(0.5, "asyncio", of="callbacks"))
_TRIP = (Goal(2.0, "streams"), Goal(2.0, "asyncio", of="callbacks"))

#: What is measured of each: the metric, and over which transport.
ECHOES: tuple[tuple[Metric, Callable[[Echo], Sample]], ...] = (
    (
        Metric("flow", "echo, TCP", "MB/s", _FLOW, scale=1e-6),
        lambda echo: echo.flow("tcp"),
    ),
    (
        Metric("flow-unix", "echo, Unix socket", "MB/s", (), scale=1e-6),
        lambda echo: echo.flow("unix"),
    ),
    (
        Metric("flow-tls", "echo, TLS", "MB/s", (), scale=1e-6),
        lambda echo: echo.flow("tls"),
    ),
    (
        Metric("bytes", "echo of single bytes, TCP", "writes/s", ()),
        lambda echo: echo.bytewise("tcp"),
    ),
    (
        Metric("trip", "round trip, TCP", "µs", _TRIP, more_is_better=False, scale=1e6),
        lambda echo: echo.trips("tcp"),
    ),
    (
        Metric("trip-unix", "round trip, Unix socket", "µs", (), more_is_better=False, scale=1e6),
        lambda echo: echo.trips("unix"),
    ),
    (
        Metric("trip-tls", "round trip, TLS", "µs", (), more_is_better=False, scale=1e6),
        lambda echo: echo.trips("tls"),
    ),
)
