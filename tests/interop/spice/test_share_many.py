"""Very many connections through our two ends, and one that stands still among those at work."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.interop.command import eventually
from tests.interop.spice.shared import Ends, body, get, kill, many, program

#: One round, and how many follow until the memory is looked at for the first time.
AT_ONCE = 50
FIRST_ROUNDS = 40
ROUNDS = 200
MIB = 1 << 20
BIG = bytes(range(256)) * (4 * MIB // 256)
#: How long each of the measurements of speed takes, seconds.
SPEED_S = 2.0


@pytest.fixture
def ends(place: Path) -> Iterator[Ends]:
    started = Ends(place)
    (started.folder / "small").write_bytes(b"small")
    (started.folder / "big").write_bytes(BIG)
    yield started
    started.kill()


def _is_at_rest(ends: Ends) -> bool:
    counts = ends.counts()
    return not (counts["programs"] or counts["connections"])


def _round(ends: Ends, number: int) -> None:
    """Connections of all kinds, opened together and ended in every way."""
    with many(ends.port, AT_ONCE) as streams:
        for index, stream in enumerate(streams):
            if index % 10 == 1:
                stream.sendall(b"GET /small HTTP/1.1\r\nHo")
            elif index % 10 != 2:
                stream.sendall(get("/big" if index == 0 and number % 10 == 0 else "/small"))
        for index, stream in enumerate(streams):
            if index % 10 > 2:
                assert body(stream) == b"small"
            if index % 5 == 0:
                kill(stream)


def test_10000_connections(ends: Ends) -> None:
    """No number comes back, nothing stays."""
    before = 0
    eventually(lambda: _is_at_rest(ends), "it is not at rest")
    descriptors = ends.descriptors()
    for number in range(ROUNDS):
        if number == FIRST_ROUNDS:
            before = ends.memory_kib()
        _round(ends, number)
    eventually(lambda: _is_at_rest(ends), lambda: f"connections are left: {ends.counts()}")
    counts = ends.counts()
    # Those that never spoke are not heard of.
    assert counts["opened"] == ROUNDS * AT_ONCE * 9 // 10
    assert counts["came_back"] == 0
    assert ends.descriptors() == descriptors
    after = ends.memory_kib()
    assert after < 1.1 * before + 2048, f"memory grew from {before} to {after} KiB"
    ends.close()


def test_1000_at_once(ends: Ends) -> None:
    before = ends.memory_kib()
    with many(ends.port, 1000) as streams:
        # The last to come speaks first.
        for stream in reversed(streams):
            stream.sendall(get("/small"))
        for stream in streams:
            assert body(stream) == b"small"
        eventually(lambda: ends.counts()["connections"] == 1000, "not all are carried at once")
        # 40 KiB each for both ends, sockets and parsers among them.
        assert ends.memory_kib() < before + (40 << 10)
        for stream in streams:
            stream.sendall(get("/small"))
        for stream in streams:
            assert body(stream) == b"small"
    eventually(lambda: _is_at_rest(ends), "connections are left")
    assert ends.counts()["came_back"] == 0
    ends.close()


class Readers:
    """Programs that read the big file over and over.

    Args:
        ends: Where.
        count: How many.
    """

    def __init__(self, ends: Ends, count: int) -> None:
        self._port = ends.port
        self._moved = [0] * count
        self._is_over = threading.Event()
        self._failures: list[BaseException] = []
        self._threads = [threading.Thread(target=self._read, args=(each,)) for each in range(count)]
        for thread in self._threads:
            thread.start()

    def _read(self, number: int) -> None:
        try:
            with program(self._port) as stream:
                # Each reads once at least.
                while not (self._is_over.is_set() and self._moved[number]):
                    stream.sendall(get("/big"))
                    assert len(body(stream)) == len(BIG)
                    self._moved[number] += len(BIG)
        except (OSError, AssertionError) as error:
            self._failures.append(error)

    def rate(self, seconds: float) -> float:
        """Bytes a second that all have read, over so many seconds and then to the end."""
        begun = time.monotonic()
        time.sleep(seconds)
        self._is_over.set()
        for thread in self._threads:
            thread.join()
        assert not self._failures, self._failures
        return sum(self._moved) / (time.monotonic() - begun)


def test_one_stands_still_among_15_at_work(ends: Ends) -> None:
    with_it, without_it = [], []
    ratio = 0.0
    # Others may keep this machine busy during one of the two; whoever stops others does always.
    while ratio <= 0.7 and len(with_it) < 10:
        without_it.append(Readers(ends, 15).rate(SPEED_S))
        with program(ends.port, buffer=8192) as stopped:
            stopped.sendall(get("/big"))
            with_it.append(Readers(ends, 15).rate(SPEED_S))
            # It goes on where it was.
            assert body(stopped) == BIG
        ratio = max(with_it) / max(without_it)
    print(f"{max(without_it) / MIB:.0f} MiB/s, with one that stands still {ratio:.2f} of that")
    assert ratio > 0.7
    ends.close()
