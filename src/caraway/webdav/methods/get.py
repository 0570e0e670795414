"""GET and HEAD: files, whole or in parts, and a page for folders (RFC 9110 §9.3.1, §14)."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from typing import Final

from caraway.webdav.call import Call
from caraway.webdav.compression import AT_ONCE, LARGEST, WORTHWHILE, compress, encode
from caraway.webdav.conditions import Entity
from caraway.webdav.errors import Changed, HTTPError, IsACollection, NotFound
from caraway.webdav.http.dates import format_http_date
from caraway.webdav.http.encodings import (
    CODINGS,
    IDENTITY,
    choose_encoding,
    encoded_etag,
    is_compressible,
)
from caraway.webdav.http.message import FileRange, Outcome, Response, Work
from caraway.webdav.http.ranges import (
    Multipart,
    Range,
    format_content_range,
    if_range_holds,
    select_ranges,
)
from caraway.webdav.media_types import guess_type
from caraway.webdav.page import render_page
from caraway.webdav.paths import format_path
from caraway.webdav.store.interface import Entry, Reader

#: A shared page must not act on the share in the name of whoever opens it.
_SANDBOX: Final = (
    "sandbox; default-src 'none'; img-src 'self' data:; media-src 'self'; "
    "style-src 'self' 'unsafe-inline'; frame-ancestors 'self'"
)
SAFETY: Final = (("X-Content-Type-Options", "nosniff"), ("Content-Security-Policy", _SANDBOX))
#: What another site's page may not load as a part of its own: a script would tell its content.
#: Types that are only shown may be loaded: a shared page, being of no site, needs them.
_PRIVATE: Final = (*SAFETY, ("Cross-Origin-Resource-Policy", "same-origin"))
_SHOWN: Final = ("image/", "font/", "text/css")
#: What cannot act: browsers play it, but not in a sandbox.
_PLAYED: Final = ("audio/", "video/")
_PLAYING: Final = (
    ("X-Content-Type-Options", "nosniff"),
    (
        "Content-Security-Policy",
        "default-src 'none'; media-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'self'",
    ),
)
#: Browsers ask each time whether a file has changed: it does so without telling them.
_CACHING: Final[tuple[tuple[str, str], ...]] = (("Cache-Control", "no-cache"),)
_CACHING_CODED: Final = (*_CACHING, ("Vary", "Accept-Encoding"))
_PIECE: Final = 1 << 18


def get(call: Call) -> Outcome:
    """Send a file, parts of it, or the page of a folder."""
    is_current = call.currency()
    try:
        reader = call.store.open(call.path)
    except IsACollection:
        return _page(call)
    except NotFound:
        call.existing()
        raise
    try:
        outcome = _file(call, reader)
    except BaseException:
        reader.close()
        raise
    if isinstance(outcome, Response):
        outcome.is_current = is_current
    return outcome


def _page(call: Call) -> Outcome:
    if not call.request.target.partition("?")[0].endswith("/"):
        # Relative links of the page need the slash.
        location = format_path(call.path, is_collection=True)
        return Response(301, [("Location", location)])
    call.check_conditions(Entity(exists=True))

    def run() -> Response:
        writable = not call.policy.read_only
        page = render_page(call.path, lambda: call.store.members(call.path), writable=writable)
        headers = [
            ("Content-Type", "text/html; charset=utf-8"),
            ("Cache-Control", "no-cache"),
            ("Content-Security-Policy", page.content_security_policy),
            ("Cross-Origin-Opener-Policy", "same-origin"),
            ("Cross-Origin-Resource-Policy", "same-origin"),
            # Not no-referrer: a browser would then say Origin: null when it changes something.
            ("Referrer-Policy", "same-origin"),
            ("X-Content-Type-Options", "nosniff"),
            ("X-Frame-Options", "DENY"),
        ]
        return compress(Response(200, headers, page.body), call.header("accept-encoding"))

    return Work(run)


def _file(call: Call, reader: Reader) -> Outcome:
    entry = reader.entry
    mtime_s = entry.mtime_ns // 1_000_000_000
    content_type = guess_type(entry.name)
    fields = call.request.headers
    is_part = "range" in fields and _asks_for_part(call, entry, mtime_s)
    caching, encoding, etag = _CACHING, IDENTITY, entry.etag
    if WORTHWHILE <= entry.size <= LARGEST and is_compressible(content_type):
        caching = _CACHING_CODED
        # Parts are those of the plain form, so it is the one that conditions are about.
        if "accept-encoding" in fields and not is_part:
            encoding = choose_encoding(fields["accept-encoding"], CODINGS) or IDENTITY
            etag = encoded_etag(etag, encoding)
    try:
        call.check_conditions(Entity(True, etag, mtime_s))
        ranges = _ranges(call, entry) if is_part else None
    except HTTPError as error:
        error.headers += caching
        raise
    headers = [
        ("ETag", f'"{etag}"'),
        ("Last-Modified", format_http_date(mtime_s)),
        *caching,
        *_safety(content_type),
    ]
    if encoding != IDENTITY:
        headers += [("Content-Type", content_type), ("Content-Encoding", encoding)]
        return _coded(call, headers, reader, encoding)
    headers.append(("Accept-Ranges", "bytes"))
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


def _safety(content_type: str) -> tuple[tuple[str, str], ...]:
    """What keeps a file of a type harmless in a browser."""
    if content_type.startswith(_SHOWN):
        return SAFETY
    return _PLAYING if content_type.startswith(_PLAYED) else _PRIVATE


def _asks_for_part(call: Call, entry: Entry, mtime_s: int) -> bool:
    """Whether the Range field counts (RFC 9110 §13.2.2, step 5).

    It does not with the tag of a compressed answer in If-Range: its sender has
    the beginning of that one, and needs bytes that we do not keep.
    """
    if call.request.method != "GET":
        return False
    guard = call.header("if-range")
    return guard is None or if_range_holds(
        guard, etag=f'"{entry.etag}"', mtime_s=mtime_s, now=call.moment.wall_s
    )


def _ranges(call: Call, entry: Entry) -> list[Range] | None:
    """The ranges to send; None for the whole file."""
    try:
        return select_ranges(call.request.headers["range"], entry.size)
    except HTTPError as error:
        error.headers += (("ETag", f'"{entry.etag}"'),)
        raise


def _coded(call: Call, headers: list[tuple[str, str]], reader: Reader, encoding: str) -> Outcome:
    """A whole file in another coding.

    It is sent without its length, which gvfs and others would take for the
    size of what they have unpacked.
    """
    if call.request.method == "HEAD":
        reader.close()
        return Response(200, headers, iter(()))
    size = reader.entry.size

    def run() -> Response:
        try:
            content = reader.read(0, size)
        finally:
            reader.close()
        if len(content) < size:
            raise Changed(f"the file became shorter while it was read: {len(content)} of {size}")
        return Response(200, headers, iter((encode(content, encoding),)))

    return run() if size <= AT_ONCE else Work(run)


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
