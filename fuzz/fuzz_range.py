"""Header fields about parts, dates and codings: only HTTPError leaves, ranges fit.

An input is one line for the size of the file, as a number, and then the value of a field.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial

import atheris

with atheris.instrument_imports(include=["caraway"]):
    from caraway.webdav.errors import HTTPError
    from caraway.webdav.http.dates import (
        format_http_date,
        format_iso,
        parse_http_date,
        parse_iso,
        whole_seconds,
    )
    from caraway.webdav.http.encodings import choose_encoding
    from caraway.webdav.http.ranges import (
        MAX_RANGES,
        if_range_holds,
        parse_content_range,
        parse_update_range,
        select_ranges,
    )


def refusal(read: Callable[[], object]) -> int:
    """The status that something is refused with, 0 where it is not."""
    try:
        read()
    except HTTPError as error:
        return error.status
    return 0


def check_select(text: str, size: int) -> None:
    status = refusal(partial(select_ranges, text, size))
    assert status in (0, 416)
    ranges = None if status else select_ranges(text, size)
    if ranges is None:
        return
    assert 1 <= len(ranges) <= MAX_RANGES
    last = 0
    for start, stop in sorted(ranges):
        assert last <= start < stop <= size
        last = stop


def check_writing(text: str, size: int) -> None:
    for length in (None, 0, 1, size):
        status = refusal(partial(parse_content_range, text, length))
        assert status in (0, 400)
        if not status:
            (start, stop), whole = parse_content_range(text, length)
            assert 0 <= start < stop
            assert whole is None or stop <= whole
            assert length is None or length == stop - start
        status = refusal(partial(parse_update_range, text, size=size, length=length))
        assert status in (0, 400, 411, 416)
        if not status:
            offset = parse_update_range(text, size=size, length=length)
            assert offset is None or 0 <= offset < 1 << 63


def check_dates(text: str) -> None:
    time_s = parse_http_date(text, now=1_800_000_000)
    if time_s is not None:
        assert parse_http_date(format_http_date(time_s)) == time_s
    if_range_holds(text, etag='"a"', mtime_s=0, now=1)
    time_ns = parse_iso(text)
    if time_ns is not None:
        format_iso(whole_seconds(time_ns))


def check(data: bytes) -> None:
    """One input."""
    number, _, value = data.partition(b"\n")
    size = int(number[:12]) if number[:12].isdigit() else len(number)
    text = value.decode("latin-1")
    check_select(text, size)
    check_writing(text, size)
    check_dates(text)
    assert choose_encoding(text, ("zstd", "gzip")) in (None, "identity", "zstd", "gzip")


def main() -> None:
    atheris.Setup(sys.argv, check)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
