"""What is measured of a folder shared with a virtual machine, and how."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from benchmarks._client import WrongAnswer
from benchmarks._content import SMALL
from benchmarks._figures import Goal, Metric, Sample, percentile
from benchmarks._share_clients import SPICEGTK, Client
from benchmarks._share_machine import FLOOR_URL, Machine
from tests.interop.spice.webdav_guest import URL

#: Our client with our agent; ``caraway`` is our client with the real one.
BOTH_OURS = "both ours"
#: Files in many/, and in small/.
FILES = 1000
SMALLS = 1000
#: Answers that a median under load is made of, at least.
LEAST_LOADED = 20
#: How often big files are asked for until there have been as many.
_MOST_TRIES = 8


@dataclass(frozen=True, slots=True)
class SharedContent:
    """The folder that all clients share.

    Attributes:
        big_size: Bytes of big.bin, and of what is uploaded.
        upload_digest: The SHA-256 of what is uploaded.
    """

    folder: Path
    big_size: int
    upload_digest: str


def make_shared(folder: Path, big_mib: int) -> None:
    """Write the files to be shared."""
    folder.mkdir()
    for name in ("small", "many", "drop"):
        (folder / name).mkdir()
    with (folder / "big.bin").open("wb") as big:
        for _ in range(big_mib):
            big.write(os.urandom(1 << 20))
    for number in range(SMALLS):
        (folder / "small" / f"f{number:04}").write_bytes(os.urandom(SMALL))
    for number in range(FILES):
        (folder / "many" / f"file number {number:04}.txt").write_bytes(b"x" * (number % 97))


@dataclass(frozen=True, slots=True)
class VmBench:
    """A client that shares, with a machine that has what it shares."""

    machine: Machine
    client: Client
    content: SharedContent


def _milliseconds(answers: list[list[float]], count: int) -> Sample:
    """A sample of answers of 1 KiB: the median of how long they took.

    Raises:
        WrongAnswer: One is missing, or has another size.
    """
    sizes = {size for _, size in answers}
    if len(answers) < count or sizes != {SMALL}:
        raise WrongAnswer(f"{len(answers)} of {count} small files, of {sizes} bytes")
    times = [seconds for seconds, _ in answers]
    details = {"p95 ms": percentile(times, 0.95) * 1e3, "max ms": max(times) * 1e3}
    return Sample(percentile(times, 0.5), details)


def get_small(bench: VmBench) -> Sample:
    """GETs of 1 KiB one after the other, each on a new connection.

    Beside them is how long those take of a server in the virtual machine itself.
    """
    sample, floor = (
        _milliseconds(bench.machine.measure("small", url, "0099"), 100) for url in (URL, FLOOR_URL)
    )
    sample.details["floor ms"] = floor.value * 1e3
    sample.details["p50 beyond the floor, ms"] = (sample.value - floor.value) * 1e3
    return sample


def get_parallel(bench: VmBench) -> Sample:
    """GETs of 1 KiB, 16 at a time; beside them, those of a server in the virtual machine itself."""
    sample, floor = (_parallel(bench, url) for url in (URL, FLOOR_URL))
    sample.details["floor requests/s"] = floor.value
    return sample


def _parallel(bench: VmBench, url: str) -> Sample:
    *answers, took = bench.machine.measure("parallel", url, f"{SMALLS - 1:04}")
    sample = _milliseconds(answers, SMALLS)
    return Sample(SMALLS / took[0], {"p50 ms": sample.value * 1e3, **sample.details})


def get_loaded(bench: VmBench) -> tuple[Sample, Sample]:
    """GETs of 1 KiB while big ones come; and the rate of the big ones."""
    big_size = bench.content.big_size
    small: list[list[float]] = []
    big: list[float] = []
    for _ in range(_MOST_TRIES):
        for line in bench.machine.measure("loaded"):
            seconds, size = line
            if size == big_size:
                big.append(size / seconds)
            else:
                small.append(line)
        if len(small) >= LEAST_LOADED:
            break
    sample = _milliseconds(small, LEAST_LOADED)
    sample.details["answers"] = float(len(small))
    return sample, Sample(percentile(big, 0.5))


def get_big(bench: VmBench) -> Sample:
    """GET of a big file."""
    return _rate(bench, "get")


def put_big(bench: VmBench) -> Sample:
    """PUT of a big file, compared with what was sent."""
    sample = _rate(bench, "put")
    path = bench.content.folder / "drop" / "up.bin"
    with path.open("rb") as stored:
        if hashlib.file_digest(stored, "sha256").hexdigest() != bench.content.upload_digest:
            raise WrongAnswer("an upload is stored with other bytes")
    path.unlink()
    return sample


def _rate(bench: VmBench, script: str) -> Sample:
    client_s, machine_s = bench.client.cpu_s(), bench.machine.cpu_s()
    [[seconds, size]] = bench.machine.measure(script)
    if size != bench.content.big_size:
        raise WrongAnswer(f"{size:.0f} of {bench.content.big_size} bytes came")
    details = {
        "client ms": (bench.client.cpu_s() - client_s) * 1e3,
        "QEMU ms": (bench.machine.cpu_s() - machine_s) * 1e3,
    }
    return Sample(size / seconds, details)


def list_many(bench: VmBench) -> tuple[Sample, Sample]:
    """PROPFIND of 1,000 files: the time it takes, and the bytes it has."""
    return _list(bench)


def list_packed(bench: VmBench) -> tuple[Sample, Sample]:
    """The same for a client that takes gzip."""
    return _list(bench, "-HAccept-Encoding:gzip")


def _list(bench: VmBench, *options: str) -> tuple[Sample, Sample]:
    [[seconds, size, found]] = bench.machine.measure("propfind", *options)
    if found != FILES + 1:
        raise WrongAnswer(f"the listing has {found:.0f} of {FILES + 1} entries")
    return Sample(seconds), Sample(size)


def peak_rss(bench: VmBench) -> Sample:
    """What the client has taken of memory in all that was measured before."""
    return Sample(bench.client.peak_rss())


def _faster(name: str, title: str, unit: str, *goals: Goal, scale: float) -> Metric:
    return Metric(name, title, unit, goals, more_is_better=False, scale=scale)


_MIB = 1 / (1 << 20)
_GTK = SPICEGTK

#: What is measured, in this order. What one measurement gives may be several samples.
MEASURES: tuple[
    tuple[tuple[Metric, ...], Callable[[VmBench], Sample | tuple[Sample, ...]]], ...
] = (
    (
        (_faster("small", "GET 1 KiB, p50", "ms", Goal(0.05, _GTK), scale=1e3),),
        get_small,
    ),
    (
        (Metric("parallel", "GET 1 KiB, 16 at a time", "requests/s", (Goal(2.5, _GTK),)),),
        get_parallel,
    ),
    (
        (
            _faster(
                *("loaded", "GET 1 KiB during a big GET, p50", "ms"),
                *(Goal(0.66, _GTK), Goal(0.1, _GTK, of=BOTH_OURS)),
                scale=1e3,
            ),
            Metric(
                *("loaded-big", "the big GET meanwhile", "MiB/s"), (Goal(0.9, _GTK),), scale=_MIB
            ),
        ),
        get_loaded,
    ),
    (
        (
            _faster("list", "PROPFIND of 1,000 files", "ms", Goal(0.8, _GTK), scale=1e3),
            _faster("list-size", "the answer's size", "kB", Goal(0.8, _GTK), scale=1e-3),
        ),
        list_many,
    ),
    (
        (
            _faster("gzip", "PROPFIND of 1,000 files, gzip", "ms", scale=1e3),
            _faster("gzip-size", "the answer's size", "kB", Goal(0.1, _GTK), scale=1e-3),
        ),
        list_packed,
    ),
    (
        (
            Metric(
                *("get", "GET of a big file", "MiB/s"),
                (Goal(0.95, _GTK), Goal(1.4, _GTK, of=BOTH_OURS)),
                scale=_MIB,
            ),
        ),
        get_big,
    ),
    (
        (
            Metric(
                *("put", "PUT of a big file", "MiB/s"),
                (Goal(0.95, _GTK), Goal(0.9, _GTK, of=BOTH_OURS)),
                scale=_MIB,
            ),
        ),
        put_big,
    ),
    (
        (
            _faster(
                *("rss", "memory of the client at most (RSS)", "MB"),
                *(Goal(60), Goal(60, of=BOTH_OURS)),
                scale=1e-6,
            ),
        ),
        peak_rss,
    ),
)
