"""GET and HEAD: files, whole or in parts, and a page for folders (RFC 9110 §9.3.1, §14)."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from typing import Final

from caraway.webdav.call import Call
from caraway.webdav.compression import compress
from caraway.webdav.conditions import Entity
from caraway.webdav.errors import Changed, HTTPError
from caraway.webdav.http.dates import format_http_date
from caraway.webdav.http.message import FileRange, Outcome, Response
from caraway.webdav.http.ranges import (
    Multipart,
    Range,
    format_content_range,
    if_range_holds,
    select_ranges,
)
from caraway.webdav.page import render_page
from caraway.webdav.paths import format_path
from caraway.webdav.properties import guess_type
from caraway.webdav.store.interface import Entry, Reader

#: A shared page must not act on the share in the name of whoever opens it.
SAFETY: Final = (
    ("X-Content-Type-Options", "nosniff"),
    ("Content-Security-Policy", "sandbox; default-src 'none'; img-src 'self'; style-src 'self'"),
)
_PIECE: Final = 1 << 18


def get(call: Call) -> Outcome:
    """Send a file, parts of it, or the page of a folder."""
    entry = call.existing()
    if entry.is_collection:
        return _page(call)
    reader = call.store.open(call.path)
    try:
        return _file(call, reader)
    except BaseException:
        reader.close()
        raise


def _page(call: Call) -> Response:
    if not call.request.target.partition("?")[0].endswith("/"):
        # Relative links of the page need the slash.
        location = format_path(call.path, is_collection=True)
        return Response(301, [("Location", location)])
    call.check_conditions(Entity(exists=True))
    members = list(call.store.members(call.path))
    page = render_page(call.path, members, writable=not call.policy.read_only)
    headers = [
        ("Content-Type", "text/html; charset=utf-8"),
        ("Cache-Control", "no-cache"),
        ("X-Content-Type-Options", "nosniff"),
        ("Content-Security-Policy", page.content_security_policy),
    ]
    return compress(Response(200, headers, page.body), call.header("accept-encoding"))


def _file(call: Call, reader: Reader) -> Response:
    entry = reader.entry
    mtime_s = entry.mtime_ns // 1_000_000_000
    call.check_conditions(Entity(True, entry.etag, mtime_s))
    content_type = guess_type(entry.name)
    headers = [
        ("ETag", f'"{entry.etag}"'),
        ("Last-Modified", format_http_date(mtime_s)),
        ("Accept-Ranges", "bytes"),
        *SAFETY,
    ]
    ranges = _ranges(call, entry, mtime_s)
    if ranges is None:
        headers.append(("Content-Type", content_type))
        return _answer(call, 200, headers, reader, (0, entry.size))
    if len(ranges) == 1:
        headers.append(("Content-Type", content_type))
        headers.append(("Content-Range", format_content_range(ranges[0], entry.size)))
        return _answer(call, 206, headers, reader, ranges[0])
    framing = Multipart(ranges, entry.size, content_type, f"caraway-{secrets.token_hex(16)}")
    headers.append(("Content-Type", framing.field))
    return Response(206, headers, _Parts(framing, reader), length=framing.length)


def _ranges(call: Call, entry: Entry, mtime_s: int) -> list[Range] | None:
    """The ranges to send; None for the whole file."""
    wanted = call.header("range")
    if wanted is None or call.request.method != "GET":
        return None
    guard = call.header("if-range")
    etag = f'"{entry.etag}"'
    if guard is not None and not if_range_holds(
        guard, etag=etag, mtime_s=mtime_s, now=call.moment.wall_s
    ):
        return None
    try:
        return select_ranges(wanted, entry.size)
    except HTTPError as error:
        error.headers += (("ETag", etag),)
        raise


def _answer(
    call: Call, status: int, headers: list[tuple[str, str]], reader: Reader, part: Range
) -> Response:
    start, stop = part
    if call.request.method == "HEAD":
        reader.close()
        return Response(status, headers, b"", length=stop - start)
    return Response(status, headers, FileRange(reader, start, stop - start))


class _Parts:
    """The parts of a multipart answer; closes the file, even if none was ever asked for."""

    def __init__(self, framing: Multipart, reader: Reader) -> None:
        self._reader = reader
        self._pieces = _pieces(framing, reader)

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        return next(self._pieces)

    def close(self) -> None:
        self._reader.close()


def _pieces(framing: Multipart, reader: Reader) -> Iterator[bytes]:
    for index, (start, stop) in enumerate(framing.ranges):
        yield framing.part_head(index)
        while start < stop:
            data = reader.read(start, min(_PIECE, stop - start))
            if not data:
                raise Changed("the file became shorter while it was read")
            start += len(data)
            yield data
    yield framing.end
