"""Whole request streams: nothing but HTTPError leaves, and cuts change nothing.

An input is the stream as a peer would send it. It is fed whole, byte by byte
and in pieces of random sizes, with the usual limits and with tight ones.
"""

from __future__ import annotations

import random
import sys
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field

import atheris

with atheris.instrument_imports(include=["caraway"]):
    from caraway.webdav.errors import BadRequest, HTTPError
    from caraway.webdav.http.parser import END, NEED_DATA, Data, Head, HttpLimits, RequestParser
    from caraway.webdav.http.writer import write_head
    from caraway.webdav.paths import format_path, parse_path

LIMITS = (
    HttpLimits(),
    HttpLimits(
        max_line=40, max_field=30, max_field_bytes=60, max_fields=3, max_body=20, max_extension=10
    ),
)


@dataclass
class Reading:
    """What came out of a stream: heads, bodies, ends, and the error that ended it."""

    heads: list[Head] = field(default_factory=list)
    bodies: list[bytearray] = field(default_factory=list)
    ends: int = 0
    error: tuple[int, str, bool] | None = None


def read(pieces: Iterator[bytes], limits: HttpLimits) -> Reading:
    """Feed one piece after the other, taking all events after each."""
    parser = RequestParser(limits)
    reading = Reading()
    fed = 0
    for piece in pieces:
        parser.feed(piece)
        fed += len(piece)
        assert parser.buffered <= fed
        try:
            while (event := parser.next_event()) is not NEED_DATA:
                if isinstance(event, Head):
                    assert len(reading.heads) == reading.ends, "a head before the end of the last"
                    reading.heads.append(event)
                    reading.bodies.append(bytearray())
                elif isinstance(event, Data):
                    assert event.data, "empty data"
                    reading.bodies[-1] += event.data
                else:
                    assert event is END
                    reading.ends += 1
        except HTTPError as error:
            reading.error = error.status, error.reason, error.close
            return reading
    return reading


def cut(stream: bytes, sizes: Iterator[int]) -> Iterator[bytes]:
    """Pieces of ``stream``; an endless iterator says how long."""
    start = 0
    while start < len(stream):
        end = start + next(sizes)
        yield stream[start:end]
        start = end


def ones() -> Iterator[int]:
    while True:
        yield 1


def random_sizes(stream: bytes) -> Iterator[int]:
    """The same for the same stream, so that a crash can be seen again."""
    numbers = random.Random(zlib.crc32(stream))
    while True:
        yield numbers.choice((1, 2, 3, 10, 100))


def check_head(head: Head, limits: HttpLimits) -> None:
    """What whoever takes a head relies on."""
    assert head.path[:1] == "/" or (head.path == "*" and head.method == "OPTIONS")
    assert head.version == (1, 0) or "host" in head.headers
    assert head.length is None or 0 <= head.length <= limits.max_body
    for name, value in head.headers.items():
        assert name == name.lower()
        assert value == value.strip(" \t")
    # No value of a request can break an answer that repeats it.
    write_head(200, head.headers.items(), date="")
    if head.path != "*":
        try:
            path = parse_path(head.path)
        except BadRequest:
            return
        assert ".." not in path
        assert parse_path(format_path(path, is_collection=False)) == path


def check(data: bytes) -> None:
    """One input."""
    for limits in LIMITS:
        whole = read(iter([data]), limits)
        for sizes in (ones(), random_sizes(data)):
            reading = read(cut(data, sizes), limits)
            assert reading == whole, f"cut: {reading}\nwhole: {whole}"
        assert whole.error is None or whole.error[2], "an error that lets the connection go on"
        for head, body in zip(whole.heads, whole.bodies, strict=True):
            check_head(head, limits)
            assert len(body) <= (limits.max_body if head.length is None else head.length)


def main() -> None:
    atheris.Setup(sys.argv, check)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
