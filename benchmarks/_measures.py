"""What is measured of a WebDAV server, and how."""

from __future__ import annotations

import hashlib
import multiprocessing
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from benchmarks._client import Connection, Question, WrongAnswer, expect_size
from benchmarks._content import BIG, FILES, HUGE, SMALL, Content, check_listing
from benchmarks._figures import Goal, Metric, Sample, percentile
from benchmarks._load import Rate, run_cycles, run_wrk
from benchmarks._servers import Place, RunningServer, python_environment

#: What a figure of our start is compared with.
INTERPRETER = "import asyncio"

# The properties that davfs2 asks for.
_PROPERTIES = b"""<?xml version="1.0" encoding="utf-8"?>
<propfind xmlns="DAV:"><prop>
<resourcetype xmlns="DAV:"/>
<getcontentlength xmlns="DAV:"/>
<getetag xmlns="DAV:"/>
<getlastmodified xmlns="DAV:"/>
<executable xmlns="http://apache.org/dav/props/"/>
</prop></propfind>
"""


@dataclass(frozen=True, slots=True)
class Bench:
    """A server that runs, and what it is asked for.

    Attributes:
        seconds: How long a stream of requests runs.
    """

    server: RunningServer
    content: Content
    seconds: float


_GET_SMALL = Question("GET", "/small.txt", 200)


def _propfind(target: str, depth: str) -> Question:
    headers = (("Depth", depth), ("Content-Type", "application/xml"))
    return Question("PROPFIND", target, 207, headers, _PROPERTIES)


def _per_second(rate: Rate, cpu_s: float) -> Sample:
    """A sample of a rate, with what a request cost."""
    details = {"server µs/request": cpu_s / rate.requests * 1e6, "client busy": rate.busy}
    if rate.reconnects:
        details["reconnects"] = float(rate.reconnects)
    return Sample(rate.per_second, details)


def get_small(bench: Bench) -> Sample:
    """GET of 1 KiB over 16 connections."""
    body = _ask_once(bench, _GET_SMALL)
    if body != (bench.content.folder / "small.txt").read_bytes():
        raise WrongAnswer("small.txt came with other bytes")
    return _stream(bench, _GET_SMALL)


def get_varied(bench: Bench) -> Sample:
    """GET of 1,000 small files in turn over 8 connections: no request comes again soon."""
    questions = [
        Question("GET", f"/many/file%20number%20{number:04}.txt", 200) for number in range(FILES)
    ]
    before = bench.server.cpu_s()
    cycles = [questions[start::8] for start in range(8)]
    rate = run_cycles(bench.server.port, cycles, seconds=bench.seconds)
    # A cycle counts once there.
    rate = replace(rate, requests=rate.requests * len(cycles[0]))
    return _per_second(rate, bench.server.cpu_s() - before)


def propfind_one(bench: Bench) -> Sample:
    """PROPFIND of one file over 16 connections."""
    question = _propfind("/small.txt", "0")
    check_listing(_ask_once(bench, question), {"/small.txt": SMALL})
    return _stream(bench, question)


def propfind_many(bench: Bench) -> Sample:
    """PROPFIND of a folder with 1,000 files over one connection."""
    question = _propfind("/many/", "1")
    sizes: dict[str, int | None] = {
        f"/many/file number {number:04}.txt": number % 97 for number in range(FILES)
    }
    listing = _ask_once(bench, question)
    check_listing(listing, {"/many/": None, **sizes})
    before = bench.server.cpu_s()
    # Not wrk: what is still under way when its time is up does not count there.
    rate = run_cycles(bench.server.port, [[question]], seconds=bench.seconds)
    expect_size(rate.bytes, rate.requests, len(listing))
    return _per_second(rate, bench.server.cpu_s() - before)


def _ask_once(bench: Bench, question: Question) -> bytes:
    connection = Connection(bench.server.port)
    try:
        return connection.ask(question).body
    finally:
        connection.close()


def _stream(bench: Bench, question: Question) -> Sample:
    before = bench.server.cpu_s()
    rate = run_wrk(question, bench.server.port, connections=16, seconds=bench.seconds)
    return _per_second(rate, bench.server.cpu_s() - before)


def get_big(bench: Bench) -> Sample:
    """GET of 100 MiB."""
    connection = Connection(bench.server.port)
    try:
        before, start = bench.server.cpu_s(), time.perf_counter()
        connection.download("/big.bin", BIG)
        return _throughput(bench, BIG, time.perf_counter() - start, before)
    finally:
        connection.close()


def check_big(bench: Bench) -> None:
    """Compare what a download brings, byte for byte.

    Raises:
        WrongAnswer: Something else came.
    """
    body = _ask_once(bench, Question("GET", "/big.bin", 200))
    if hashlib.sha256(body).hexdigest() != bench.content.digest:
        raise WrongAnswer("big.bin came with other bytes")


def put_new(bench: Bench) -> Sample:
    """PUT of 100 MiB under a name that is free."""
    sample = _put(bench)
    (bench.server.share / "drop" / "up.bin").unlink()
    return sample


def put_over(bench: Bench) -> Sample:
    """PUT of 100 MiB over a file of that size."""
    path = bench.server.share / "drop" / "up.bin"
    if not path.exists():
        _put(bench)
    sample = _put(bench)
    path.unlink()
    return sample


def _put(bench: Bench) -> Sample:
    connection = Connection(bench.server.port)
    try:
        before, start = bench.server.cpu_s(), time.perf_counter()
        connection.upload("/drop/up.bin", bench.content.upload, BIG)
        sample = _throughput(bench, BIG, time.perf_counter() - start, before)
    finally:
        connection.close()
    with (bench.server.share / "drop" / "up.bin").open("rb") as stored:
        if hashlib.file_digest(stored, "sha256").hexdigest() != bench.content.digest:
            raise WrongAnswer("an upload is stored with other bytes")
    return sample


def _throughput(bench: Bench, size: int, seconds: float, cpu_before: float) -> Sample:
    cpu_ms = (bench.server.cpu_s() - cpu_before) * 1e3
    return Sample(size / seconds, {"server ms": cpu_ms})


def put_delete(bench: Bench) -> Sample:
    """PUT and DELETE of a small file over 8 connections; a pair counts once."""
    body = (bench.content.folder / "small.txt").read_bytes()
    drop = bench.server.share / "drop"
    _ask_once(bench, Question("PUT", "/drop/one.txt", 201, body=body))
    if (drop / "one.txt").read_bytes() != body:
        raise WrongAnswer("a small upload is stored with other bytes")
    _ask_once(bench, Question("DELETE", "/drop/one.txt", 204))
    targets = [f"/drop/small-{number}.txt" for number in range(8)]
    cycles = [
        [Question("PUT", target, 201, body=body), Question("DELETE", target, 204)]
        for target in targets
    ]
    before = bench.server.cpu_s()
    rate = run_cycles(bench.server.port, cycles, seconds=bench.seconds)
    cpu_s = bench.server.cpu_s() - before
    if left := [path.name for path in drop.iterdir() if not path.name.startswith(".")]:
        raise WrongAnswer(f"{len(left)} deleted files are still there: {left[:3]}")
    return _per_second(rate, cpu_s)


def memory(name: str, place: Place) -> Sample:
    """PSS of a fresh server with 200 open connections that did one request each."""
    with RunningServer(name, place) as server:
        idle = server.pss()
        connections = [Connection(server.port) for _ in range(200)]
        for connection in connections:
            connection.ask(_GET_SMALL)
        used = server.pss()
        kept = sum(_is_open(connection) for connection in connections)
        for connection in connections:
            connection.close()
    return Sample(used, {"MB idle": idle / 1e6, "connections kept": kept})


def _is_open(connection: Connection) -> bool:
    connection.socket.setblocking(False)
    try:
        return connection.socket.recv(1) != b""
    except BlockingIOError:
        return True


def start(name: str, place: Place) -> Sample:
    """Seconds from starting the command to its first answer."""
    with RunningServer(name, place, pause_s=0.0005) as server:
        return Sample(server.start_s)


def start_interpreter(bytecode: Path) -> Sample:
    """Seconds that Python takes to import asyncio and end."""
    begin = time.perf_counter()
    subprocess.run(
        [sys.executable, "-c", INTERPRETER], check=True, env=python_environment(bytecode)
    )
    return Sample(time.perf_counter() - begin)


def loaded(bench: Bench) -> Sample:
    """95th percentile of a small GET during a download of 1 GiB, by that of an idle server."""
    connection = Connection(bench.server.port)
    idle = [_time(connection) for _ in range(1000)]
    busy: list[float] = []
    download = multiprocessing.get_context("fork").Process(
        target=_download_huge, args=(bench.server.port,)
    )
    begin = time.perf_counter()
    download.start()
    # The first few come before the download has begun.
    time.sleep(0.02)
    while download.is_alive():
        busy.append(_time(connection))
    took = time.perf_counter() - begin
    download.join()
    connection.close()
    if download.exitcode:
        raise WrongAnswer("the download of 1 GiB failed")
    idle_p95, busy_p95 = percentile(idle, 0.95), percentile(busy, 0.95)
    details = {
        "idle p50 µs": percentile(idle, 0.5) * 1e6,
        "idle p95 µs": idle_p95 * 1e6,
        "loaded p50 µs": percentile(busy, 0.5) * 1e6,
        "loaded p95 µs": busy_p95 * 1e6,
        "loaded requests": float(len(busy)),
        "download MiB/s": HUGE / took / (1 << 20),
    }
    return Sample(busy_p95 / idle_p95, details)


def _download_huge(port: int) -> None:
    connection = Connection(port)
    connection.download("/huge.bin", HUGE)
    connection.close()


def _time(connection: Connection) -> float:
    begin = time.perf_counter()
    connection.ask(_GET_SMALL)
    return time.perf_counter() - begin


_MIB_S = 1 / (1 << 20)
#: What servers that run side by side are measured by.
TOGETHER: list[tuple[Metric, Callable[[Bench], Sample]]] = [
    (
        Metric(
            "get1k",
            "GET 1 KiB, 16 connections",
            "requests/s",
            (Goal(1.0, "apache"), Goal(3, "chezdav"), Goal(8, "wsgidav")),
        ),
        get_small,
    ),
    (
        Metric("getvaried", "GET of 1,000 files, 8 connections", "requests/s", ()),
        get_varied,
    ),
    (
        Metric(
            "propfind1",
            "PROPFIND of one file, 16 connections",
            "requests/s",
            (Goal(1.0, "apache"), Goal(3, "chezdav"), Goal(8, "wsgidav")),
        ),
        propfind_one,
    ),
    (
        Metric(
            "propfind1000",
            "PROPFIND of 1,000 files, one connection",
            "requests/s",
            (Goal(1.2, "apache"), Goal(3, "chezdav")),
        ),
        propfind_many,
    ),
    (Metric("get100m", "GET 100 MiB", "MiB/s", (Goal(0.9, "apache"),), scale=_MIB_S), get_big),
    (
        Metric("put100m", "PUT 100 MiB, new", "MiB/s", (Goal(1.5, "apache"),), scale=_MIB_S),
        put_new,
    ),
    (
        Metric(
            "overwrite100m", "PUT 100 MiB, replacing", "MiB/s", (Goal(1.5, "apache"),), scale=_MIB_S
        ),
        put_over,
    ),
    (
        Metric("putdelete", "PUT + DELETE 1 KiB, 8 connections", "pairs/s", (Goal(0.8, "apache"),)),
        put_delete,
    ),
    (
        Metric(
            "loaded",
            "GET 1 KiB during a 1 GiB download: p95, in idle p95s",
            "ratio",
            (Goal(10),),
            more_is_better=False,
        ),
        loaded,
    ),
]
#: What servers are measured by that are started for it while no other one runs:
#: memory that two of a kind share would count half.
ALONE: list[tuple[Metric, Callable[[str, Place], Sample]]] = [
    (
        Metric(
            "memory",
            "PSS with 200 connections",
            "MB",
            (Goal(32),),
            more_is_better=False,
            scale=1e-6,
        ),
        memory,
    ),
    (
        Metric(
            "start",
            "first answer after start",
            "ms",
            (Goal(5, INTERPRETER),),
            more_is_better=False,
            scale=1e3,
        ),
        start,
    ),
]
