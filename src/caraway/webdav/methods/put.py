"""PUT and PATCH: content that arrives while it is written (RFC 4918 §9.7, RFC 9110 §9.3.4)."""

from __future__ import annotations

from collections.abc import Callable

from caraway.webdav.call import Call
from caraway.webdav.errors import BadRequest, HTTPError
from caraway.webdav.http.dates import format_http_date
from caraway.webdav.http.encodings import IDENTITY
from caraway.webdav.http.message import Outcome, Response
from caraway.webdav.http.ranges import parse_content_range, parse_update_range
from caraway.webdav.store.interface import Entry, Writer

#: The media type of sabre/dav's partial updates.
PARTIAL = "application/x-sabredav-partialupdate"
_SECOND_NS = 1_000_000_000


class Upload:
    """Passes a body on to a writer."""

    def __init__(
        self,
        writer: Writer,
        *,
        mtime_ns: int | None,
        length: int | None,
        is_quick: bool,
        allows: Callable[[Entry | None], None] | None = None,
    ) -> None:
        self._allows = allows
        self.is_quick = is_quick
        self._writer = writer
        self._mtime_ns = mtime_ns
        self._length = length
        self._size = 0

    def receive(self, data: bytes | bytearray | memoryview) -> None:
        """The next piece."""
        self._size += len(data)
        if self._length is not None and self._size > self._length:
            raise BadRequest(f"body has more than the {self._length} bytes of its Content-Range")
        self._writer.write(data)

    def finish(self) -> Response:
        """Put the content in place."""
        if self._length is not None and self._size != self._length:
            self._writer.abort()
            raise BadRequest(f"body has {self._size} bytes, its Content-Range {self._length}")
        entry, is_new = self._writer.commit(mtime_ns=self._mtime_ns, allows=self._allows)
        headers = [
            ("ETag", f'"{entry.etag}"'),
            ("Last-Modified", format_http_date(entry.mtime_ns // _SECOND_NS)),
        ]
        if self._mtime_ns is not None:
            headers.append(("X-OC-MTime", "accepted"))
        return Response(201 if is_new else 204, headers)

    def abort(self) -> None:
        """Leave no trace."""
        self._writer.abort()


def put(call: Call) -> Outcome:
    """Replace a file or part of one, or make one."""
    _check_target(call)
    content_range = call.header("content-range")
    if content_range is None:
        writer = call.store.create(call.path)
        return _upload(call, writer, mtime_ns=_mtime_ns(call))
    (start, stop), size = parse_content_range(content_range, call.request.length)
    entry = call.existing()
    if size is not None and size != max(entry.size, stop):
        raise HTTPError(416, f"the file has {entry.size} bytes, Content-Range says {size}")
    writer = call.store.update(call.path, start)
    return _upload(call, writer, mtime_ns=_mtime_ns(call), length=stop - start)


def patch(call: Call) -> Outcome:
    """Change part of a file as sabre/dav's clients ask for it."""
    media = (call.header("content-type") or "").partition(";")[0].strip().lower()
    if media != PARTIAL:
        headers = [("Accept-Patch", PARTIAL)]
        raise HTTPError(415, f"PATCH takes {PARTIAL}, not '{media:.80}'", headers=headers)
    where = call.header("x-update-range")
    if where is None:
        raise BadRequest("PATCH needs an X-Update-Range header")
    entry = call.existing()
    _check_target(call)
    offset = parse_update_range(where, size=entry.size, length=call.request.length)
    writer = call.store.update(call.path, offset)
    return _upload(call, writer)


def _upload(
    call: Call, writer: Writer, *, mtime_ns: int | None = None, length: int | None = None
) -> Upload:
    return Upload(
        writer,
        mtime_ns=mtime_ns,
        length=length,
        is_quick=call.store.is_quick,
        allows=call.still_allows,
    )


def _check_target(call: Call) -> None:
    entry = call.entry
    if entry is not None and entry.is_collection:
        raise HTTPError(405, "a collection has no content", headers=[("Allow", "OPTIONS")])
    if entry is None and call.request.target.partition("?")[0].endswith("/"):
        raise HTTPError(409, "a file's name does not end with a slash")
    encoding = (call.header("content-encoding") or IDENTITY).strip().lower()
    if encoding != IDENTITY:
        # RFC 9110 §15.5.16: so that clients know what it is about.
        headers = [("Accept-Encoding", IDENTITY)]
        reason = f"content in the coding {encoding:.40} is not decoded here: send it as it is"
        raise HTTPError(415, reason, headers=headers)
    call.check_conditions()
    call.check_locks(call.path, is_membership=entry is None)


def _mtime_ns(call: Call) -> int | None:
    """The time of change that ownCloud's and rclone's clients send."""
    value = call.header("x-oc-mtime")
    if value is None:
        return None
    whole, _, fraction = value.strip().partition(".")
    is_time = whole.isascii() and whole.isdigit() and len(whole) <= 11
    if not is_time or not (fraction == "" or (fraction.isascii() and fraction.isdigit())):
        return None
    return int(whole) * _SECOND_NS + int(fraction[:9].ljust(9, "0"))
