"""OPTIONS: what can be done (RFC 9110 §9.3.7, RFC 4918 §18)."""

from __future__ import annotations

from caraway.webdav.call import Call
from caraway.webdav.http.message import Response

_FILE = (
    "OPTIONS, GET, HEAD, PUT, PATCH, DELETE, COPY, MOVE, PROPFIND, PROPPATCH, LOCK, UNLOCK, SEARCH"
)
_COLLECTION = (
    "OPTIONS, GET, HEAD, DELETE, COPY, MOVE, PROPFIND, PROPPATCH, LOCK, UNLOCK, SEARCH, REPORT"
)
_MISSING = "OPTIONS, PUT, MKCOL, LOCK"
_ALL = f"{_FILE}, MKCOL, REPORT"
# RFC 5689 §3; the URL is Apache's, without which cadaver makes no file executable.
_CLASSES = "1, 2, 3, extended-mkcol, <http://apache.org/dav/propset/fs/1>"
_READING = "OPTIONS, GET, HEAD, PROPFIND, SEARCH, REPORT"


def options(call: Call) -> Response:
    """The methods that the target takes, and the classes of DAV that hold here."""
    entry = call.entry if call.request.target != "*" else None
    if call.policy.read_only:
        allow = _READING
    elif call.request.target == "*":
        allow = _ALL
    elif entry is None:
        allow = _MISSING
    else:
        allow = _COLLECTION if entry.is_collection else _FILE
    headers = [
        # Read-only shares say class 2 too: Windows and macOS look for it before they mount.
        ("DAV", _CLASSES),
        ("DASL", "<DAV:basicsearch>"),
        ("MS-Author-Via", "DAV"),
        ("Allow", allow),
        ("Accept-Ranges", "bytes"),
    ]
    if not call.policy.read_only:
        headers.append(("Accept-Patch", "application/x-sabredav-partialupdate"))
    return Response(200, headers)
