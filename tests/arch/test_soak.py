"""The soak: what it takes for flat, and for the right bytes."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from scripts.soak_connection import Content
from scripts.soak_report import table
from scripts.soak_tally import Tally
from scripts.soak_watch import Flatness, Sample


def _flatness(memory: list[int], descriptors: list[int] | None = None) -> Flatness | None:
    counts = descriptors or [10] * len(memory)
    return Flatness.of([Sample(*each) for each in zip(memory, counts, strict=True)])


class TestFlatness:
    def test_a_life_that_is_too_short(self) -> None:
        assert _flatness([1] * 7) is None

    @pytest.mark.parametrize(("last", "is_flat"), [(13_048, True), (13_049, False)])
    def test_memory(self, last: int, is_flat: bool) -> None:
        """The beginning is not counted, nor what was held for a moment."""
        flatness = _flatness([1, 1, 1, 10_000, 10_000, 10_000, 7, 7, 90_000, last, last, last])
        assert flatness is not None
        expected = [] if is_flat else [f"us: its memory grew from 10000 to {last} KiB"]
        assert flatness.faults("us") == expected

    @pytest.mark.parametrize(("last", "is_flat"), [(13, True), (14, False)])
    def test_descriptors(self, last: int, is_flat: bool) -> None:
        flatness = _flatness([1] * 8, [10, 10, 10, 10, 99, 99, last, last])
        assert flatness is not None
        expected = [] if is_flat else [f"us: its descriptors grew from 10 to {last}"]
        assert flatness.faults("us") == expected


class TestContent:
    def test_in_a_file(self, tmp_path: Path) -> None:
        content = Content.any(random.Random(1), 3_000_000)
        pieces = [content.piece(at, 60_000) for at in range(0, content.size, 60_000)]
        path = tmp_path / "file"
        path.write_bytes(b"".join(pieces))
        assert content.is_in(path)
        assert not Content(content.seed, content.size + 1).is_in(path)
        assert not Content(content.seed + 1, content.size).is_in(path)
        # One that is out of place.
        path.write_bytes(b"".join([pieces[1], pieces[0], *pieces[2:]]))
        assert not content.is_in(path)

    def test_nothing(self, tmp_path: Path) -> None:
        (tmp_path / "empty").touch()
        assert Content(7, 0).is_in(tmp_path / "empty")
        assert not Content(7, 1).is_in(tmp_path / "empty")


def test_the_report() -> None:
    tally = Tally(bytes_moved=3 << 20, violations=["it hangs"] * 60)
    for seconds in (0.5, 0.1, 0.3):
        tally.note("GET", seconds)
    tally.note("PUT", 2.0)
    report = table(tally, [], faults={"kill client": 2}, back_s=[1.0, 3.0], cores=0.5)
    lines = report.splitlines()
    assert lines[1].split()[:3] == ["GET", "3", "0.300"]
    assert lines[2].split() == ["PUT", "1", "2.000", "s", "2.000", "s"]
    assert lines[3] == "3 MiB moved, 0 answers compared, 0.50 cores"
    assert lines[4] == "faults: kill client 2"
    assert "back after 2.00 s, at most 3.00 s" in lines
    assert report.count("it hangs") == 50
    assert lines[-1] == "violations: 60"
    assert tally.requests == 4
