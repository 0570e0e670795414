"""Names, sizes and orders as people read them."""

from __future__ import annotations

import pytest

from caraway.webdav.page.text import format_size, format_time, natural_order, shown_name
from caraway.webdav.store.interface import Entry


def entry(name: str, mtime_ns: int = 0) -> Entry:
    return Entry(name, False, 0, mtime_ns, 0, "e")


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (0, "0 bytes"),
        (1, "1 byte"),
        (1023, "1023 bytes"),
        (1024, "1.0 KiB"),
        (1 << 20, "1.0 MiB"),
        ((1 << 20) - 1, "1.0 MiB"),
        (1 << 90, f"{float(1 << 30):.1f} EiB"),
    ],
)
def test_sizes(size: int, text: str) -> None:
    assert format_size(size) == text


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("plain.txt", "plain.txt"),
        ("ü 日本", "ü 日本"),
        ("a\nb\x7f", "a␊b␡"),
        ("\udcff", "\ufffd"),
        # A name that claims to end with .txt: the mark turns what follows it.
        ("a\u202etxt.exe", "a\ufffdtxt.exe"),
        ("\u2066\u200e\x85", "\ufffd\ufffd\ufffd"),
    ],
)
def test_names(name: str, text: str) -> None:
    assert shown_name(name) == text


def test_people_count_numbers_in_names_and_ignore_case() -> None:
    names = ["b", "Track 10", "track 2", "B", "a", "007", "7", "\udcff"]
    listed = [each.name for each in sorted(map(entry, names), key=natural_order)]
    assert listed == ["007", "7", "a", "B", "b", "track 2", "Track 10", "\udcff"]


def test_numbers_longer_than_python_reads() -> None:
    long, longer = entry("9" * 5000), entry("1" + "0" * 5000)
    assert natural_order(long) < natural_order(longer)


def test_times() -> None:
    assert format_time(entry("a", 784111777 * 10**9)) == (
        "1994-11-06T08:49:37Z",
        "1994-11-06 08:49",
    )


def test_a_time_that_no_calendar_has() -> None:
    """A file system may say anything."""
    assert format_time(entry("a", 1 << 70))[1].startswith("9999-")
    assert format_time(entry("a", -(1 << 70)))[1].startswith("0001-")
