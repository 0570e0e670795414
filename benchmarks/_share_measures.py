"""What is measured of a folder that is shared through our server and our agent, and how."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from benchmarks._client import Connection, Question, WrongAnswer
from benchmarks._content import BIG, Content
from benchmarks._figures import Goal, Metric, Sample
from benchmarks._load import run_wrk
from benchmarks._share_processes import Shared

BRIDGE = "bridge"
DAV = "caraway dav"
PLAIN = "without LZ4"
#: Bytes a second of a slow link.
RATE = 100e6 / 8
_MIB = 1 / (1 << 20)
_GET_SMALL = Question("GET", "/small.txt", 200)
_GET_ALONE = Question("GET", "/small.txt", 200, (("Connection", "close"),))


@dataclass(frozen=True, slots=True)
class Load:
    """A folder that programs reach, and what it has.

    Attributes:
        cpu_s: The processor time of all who answer, so far.
        seconds: How long a stream of requests runs.
    """

    port: int
    folder: Path
    content: Content
    cpu_s: Callable[[], float]
    seconds: float


def get_big(load: Load) -> Sample:
    """GET of 100 MiB."""
    connection = Connection(load.port)
    try:
        before, start = load.cpu_s(), time.perf_counter()
        connection.download("/big.bin", BIG, reads=True)
        return _throughput(load, start, before)
    finally:
        connection.close()


def put_big(load: Load) -> Sample:
    """PUT of 100 MiB."""
    connection = Connection(load.port)
    path = load.folder / "drop" / "up.bin"
    try:
        before, start = load.cpu_s(), time.perf_counter()
        connection.upload("/drop/up.bin", load.content.upload, BIG)
        sample = _throughput(load, start, before)
    finally:
        connection.close()
    with path.open("rb") as stored:
        if hashlib.file_digest(stored, "sha256").hexdigest() != load.content.digest:
            raise WrongAnswer("an upload is stored with other bytes")
    path.unlink()
    return sample


def _throughput(load: Load, start: float, before: float) -> Sample:
    seconds = time.perf_counter() - start
    return Sample(BIG / seconds, {"ms of processor": (load.cpu_s() - before) * 1e3})


def get_small(load: Load) -> Sample:
    """GET of 1 KiB over 16 connections that are kept."""
    return _stream(load, _GET_SMALL)


def get_alone(load: Load) -> Sample:
    """GET of 1 KiB, each over a connection of its own, 16 at a time."""
    return _stream(load, _GET_ALONE)


def _stream(load: Load, question: Question) -> Sample:
    connection = Connection(load.port)
    try:
        body = connection.ask(question).body
    finally:
        connection.close()
    if body != (load.content.folder / "small.txt").read_bytes():
        raise WrongAnswer("small.txt came with other bytes")
    before = load.cpu_s()
    rate = run_wrk(question, load.port, connections=16, seconds=load.seconds)
    cost = (load.cpu_s() - before) / rate.requests * 1e6
    return Sample(rate.per_second, {"µs of processor/request": cost, "client busy": rate.busy})


#: What a folder is asked for by programs.
LOADS: tuple[tuple[Metric, Callable[[Load], Sample]], ...] = (
    (Metric("get", "GET 100 MiB", "MiB/s", (Goal(0.4, DAV),), scale=_MIB), get_big),
    (Metric("put", "PUT 100 MiB", "MiB/s", (), scale=_MIB), put_big),
    (
        Metric("requests", "GET 1 KiB, 16 connections", "requests/s", (Goal(2, BRIDGE),)),
        get_small,
    ),
    (
        Metric("alone", "GET 1 KiB, a connection each", "requests/s", ()),
        get_alone,
    ),
)


@cache
def _text(size: int) -> bytes:
    """Bytes as a log has them: LZ4 makes a tenth of them."""
    lines = (
        f"2026-11-21T10:{line // 60000 % 60:02}:{line // 1000 % 60:02} example.com worker[4711]:"
        f" GET /shared/folder/report.txt HTTP/1.1 by 192.0.2.{line % 200} answered by 200 OK"
        f" as {line * 2654435761 % (1 << 32):08x}, kept the connection for more\n"
        for line in range(size // 120)
    )
    return "".join(lines).encode()[:size]


@cache
def _noise(size: int) -> bytes:
    return os.urandom(size)


@dataclass(frozen=True, slots=True)
class Upload:
    """An upload over the link between server and client.

    Attributes:
        make: Makes so many bytes.
        size: Bytes.
        is_slow: The link is.
    """

    make: Callable[[int], bytes]
    size: int
    is_slow: bool = False

    def take(self, shared: Shared) -> Sample:
        """PUT, compared with what was sent."""
        data = self.make(self.size)
        descriptor = os.memfd_create("upload")
        try:
            with open(descriptor, "wb", closefd=False) as file:
                file.write(data)
            connection = Connection(shared.port)
            try:
                before, start = shared.cpu_s(), time.perf_counter()
                connection.upload("/up.bin", descriptor, len(data))
                seconds = time.perf_counter() - start
            finally:
                connection.close()
        finally:
            os.close(descriptor)
        path = shared.folder / "up.bin"
        if path.read_bytes() != data:
            raise WrongAnswer("an upload is stored with other bytes")
        path.unlink()
        return Sample(len(data) / seconds, {"ms of processor": (shared.cpu_s() - before) * 1e3})


#: Uploads with LZ4 and without.
PACKED: tuple[tuple[Metric, Upload], ...] = (
    (
        Metric("slow-text", "PUT of text, 100 Mbit/s", "MiB/s", (Goal(3, PLAIN),), scale=_MIB),
        Upload(_text, 24 << 20, is_slow=True),
    ),
    (
        Metric("slow-noise", "PUT of noise, 100 Mbit/s", "MiB/s", (), scale=_MIB),
        Upload(_noise, 16 << 20, is_slow=True),
    ),
    (
        Metric("fast-text", "PUT of text, loopback", "MiB/s", (Goal(0.95, PLAIN),), scale=_MIB),
        Upload(_text, 100 << 20),
    ),
    (
        Metric("fast-noise", "PUT of noise, loopback", "MiB/s", (Goal(0.95, PLAIN),), scale=_MIB),
        Upload(_noise, 100 << 20),
    ),
)
