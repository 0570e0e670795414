"""Parts of files: which are asked for, how they are answered, where they are written.

Ranges are pairs ``(start, stop)`` of byte offsets, half-open.

Source: RFC 9110 §14; for X-Update-Range the partial update of sabre/dav.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from caraway.webdav.errors import BadRequest, HTTPError
from caraway.webdav.http.dates import parse_http_date

Range = tuple[int, int]

#: More ranges than this are not answered one by one: each costs its sender
#: four bytes and us a hundred (RFC 9110 §17.15).
MAX_RANGES: Final = 64

_SPEC: Final = re.compile(r"([0-9]+)-([0-9]*)|-([0-9]+)")
_CONTENT_RANGE: Final = re.compile(r"bytes ([0-9]+)-([0-9]+)/([0-9]+|\*)", re.IGNORECASE)
_MAX_DIGITS: Final = 19
_BEYOND: Final = 1 << 63


def select_ranges(text: str, size: int) -> list[Range] | None:
    """The ranges of a resource that a Range field asks for.

    Args:
        text: The field's value.
        size: Bytes of the resource.

    Returns:
        Non-empty ranges inside the resource, none of which overlap, in the
        order they were asked for. None where the field is to be ignored: it
        has another unit, breaks the syntax, or asks for too many.

    Raises:
        HTTPError: 416: no range touches the resource.

    >>> select_ranges("bytes=0-3, -2", 10), select_ranges("lines=1-2", 10)
    ([(0, 4), (8, 10)], None)
    """
    unit, equals, specs = text.partition("=")
    if not equals or unit.strip(" \t").lower() != "bytes":
        return None
    wanted: list[Range] = []
    count = 0
    for spec in specs.split(","):
        spec = spec.strip(" \t")
        if not spec:
            continue
        count += 1
        found = _SPEC.fullmatch(spec)
        if not found or count > MAX_RANGES:
            return None
        if found[3]:
            suffix = _number(found[3])
            if suffix and not size:
                # All of nothing: satisfiable, and no Content-Range can say so.
                return None
            start, stop = max(0, size - suffix), size
        else:
            start = _number(found[1])
            stop = _number(found[2]) + 1 if found[2] else _BEYOND + 1
            if start >= stop:
                return None
        if start < min(stop, size):
            wanted.append((start, min(stop, size)))
    if not count:
        return None
    if not wanted:
        raise unsatisfiable(size, f"no part of {size} bytes is in the range {text:.80}")
    return _merge(wanted)


def _number(digits: str) -> int:
    """A number, or one beyond all files: turning a long text into a number is slow."""
    digits = digits.lstrip("0") or "0"
    return int(digits) if len(digits) < _MAX_DIGITS else _BEYOND


def _merge(ranges: list[Range]) -> list[Range]:
    """Join ranges that overlap; each stands where the first of it stood."""
    if len(ranges) == 1:
        return ranges
    merged: list[tuple[int, int, int]] = []
    for start, stop, place in sorted((*found, place) for place, found in enumerate(ranges)):
        if merged and start < merged[-1][1]:
            start, last_stop, last_place = merged.pop()
            stop, place = max(stop, last_stop), min(place, last_place)
        merged.append((start, stop, place))
    merged.sort(key=lambda joined: joined[2])
    return [(start, stop) for start, stop, _ in merged]


def unsatisfiable(size: int, reason: str) -> HTTPError:
    """What to raise where no range fits into ``size`` bytes (RFC 9110 §15.5.17)."""
    return HTTPError(416, reason, headers=[("Content-Range", f"bytes */{size}")])


def if_range_holds(text: str, *, etag: str, mtime_s: int, now: float) -> bool:
    """Whether an If-Range field lets Range count, as the resource is still the same.

    Args:
        text: The field's value, an entity tag or a date.
        etag: As its ETag field says, with quotes; empty without one.
        mtime_s: As its Last-Modified field says.
        now: Seconds since 1970.

    Source: RFC 9110 §13.1.5. Tags are compared strongly. A date has to be the
    very one, and as old that nothing could have changed within its second.
    """
    if text.startswith('"'):
        return text == etag
    return now - mtime_s >= 1 and parse_http_date(text, now=now) == mtime_s


def format_content_range(found: Range, size: int) -> str:
    """The Content-Range of one range.

    >>> format_content_range((0, 4), 10)
    'bytes 0-3/10'
    """
    return f"bytes {found[0]}-{found[1] - 1}/{size}"


@dataclass(frozen=True, slots=True)
class Multipart:
    """The framing of several ranges in one answer, multipart/byteranges (RFC 9110 §14.6).

    Send for each range its :meth:`part_head` and its bytes, then :attr:`end`.

    Attributes:
        ranges: At least one.
        size: Bytes of the whole resource.
        content_type: Of the resource; empty for none.
        boundary: A token that does not occur in the resource: random, long.
    """

    ranges: Sequence[Range]
    size: int
    content_type: str
    boundary: str

    @property
    def field(self) -> str:
        """The Content-Type of the answer."""
        return f"multipart/byteranges; boundary={self.boundary}"

    def part_head(self, index: int) -> bytes:
        """What stands before the bytes of a range."""
        lines = ["" if index else None, f"--{self.boundary}"]
        if self.content_type:
            lines.append(f"Content-Type: {self.content_type}")
        lines.append(f"Content-Range: {format_content_range(self.ranges[index], self.size)}")
        text = "\r\n".join([line for line in lines if line is not None])
        return f"{text}\r\n\r\n".encode("latin-1")

    @property
    def end(self) -> bytes:
        """What stands behind the bytes of the last range."""
        return f"\r\n--{self.boundary}--\r\n".encode("latin-1")

    @property
    def length(self) -> int:
        """Bytes of the whole body."""
        return len(self.end) + sum(
            len(self.part_head(index)) + stop - start
            for index, (start, stop) in enumerate(self.ranges)
        )


def parse_content_range(text: str, length: int | None) -> tuple[Range, int | None]:
    """Where the body of a PUT with Content-Range belongs.

    Args:
        text: The field's value.
        length: Bytes of the body, None where that is not known yet.

    Returns:
        The range, and the size that the resource is to have, or None for ``*``.

    Raises:
        BadRequest: The syntax is broken, or the range does not fit the size or the body.

    >>> parse_content_range("bytes 2-4/10", 3)
    ((2, 5), 10)
    """
    found = _CONTENT_RANGE.fullmatch(text)
    if not found:
        raise BadRequest(f"Content-Range is not 'bytes FIRST-LAST/SIZE': {text:.80}")
    start, stop = _number(found[1]), _number(found[2]) + 1
    size = None if found[3] == "*" else _number(found[3])
    if start >= stop or stop > _BEYOND or (size is not None and stop > size):
        raise BadRequest(f"Content-Range that cannot be: {text:.80}")
    if length is not None and length != stop - start:
        raise BadRequest(f"body has {length} bytes, its Content-Range {stop - start}")
    return (start, stop), size


def parse_update_range(text: str, *, size: int, length: int | None) -> int | None:
    """Where the body of a partial update goes.

    Args:
        text: The value of X-Update-Range: ``append``, ``bytes=2-4``,
            ``bytes=2-`` or, from the end, ``bytes=-3``.
        size: Bytes of the file as it is.
        length: Bytes of the body, None where that is not known yet.

    Returns:
        The offset, None for the end of the file whatever it then is.

    Raises:
        BadRequest: The syntax is broken.
        HTTPError: 411 for ``bytes=2-4`` without a length to compare; 416 where
            the range does not fit the body or, from the end, the file.

    >>> parse_update_range("bytes=-3", size=10, length=5)
    7
    """
    text = text.strip(" \t").lower()
    if text == "append":
        return None
    found = _SPEC.fullmatch(text.removeprefix("bytes="))
    if not found or not text.startswith("bytes="):
        raise BadRequest(f"X-Update-Range is neither 'append' nor 'bytes=FIRST-LAST': {text:.80}")
    if found[3]:
        suffix = _number(found[3])
        if suffix > size:
            raise unsatisfiable(size, f"X-Update-Range begins {suffix} bytes before the end")
        return size - suffix
    start = _number(found[1])
    if start == _BEYOND:
        raise unsatisfiable(size, f"X-Update-Range begins beyond what a file can hold: {text:.80}")
    if found[2]:
        if length is None:
            raise HTTPError(411, "X-Update-Range with an end needs Content-Length")
        wanted = _number(found[2]) + 1 - start
        if wanted < 1 or wanted != length:
            raise unsatisfiable(size, f"body has {length} bytes, its X-Update-Range {wanted}")
    return start
