"""Answers to bytes: status line, header fields, chunks.

Source: RFC 9112 §4, §7.1; the phrases are those of the IANA status code registry.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from caraway.webdav.http.fields import TOKEN

#: Status → its words (RFC 9110 §15, RFC 4918 §11, RFC 5842 §7, RFC 6585).
PHRASES: Final = {
    100: "Continue",
    102: "Processing",
    200: "OK",
    201: "Created",
    202: "Accepted",
    204: "No Content",
    205: "Reset Content",
    206: "Partial Content",
    207: "Multi-Status",
    208: "Already Reported",
    301: "Moved Permanently",
    302: "Found",
    303: "See Other",
    304: "Not Modified",
    307: "Temporary Redirect",
    308: "Permanent Redirect",
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    406: "Not Acceptable",
    408: "Request Timeout",
    409: "Conflict",
    410: "Gone",
    411: "Length Required",
    412: "Precondition Failed",
    413: "Content Too Large",
    414: "URI Too Long",
    415: "Unsupported Media Type",
    416: "Range Not Satisfiable",
    417: "Expectation Failed",
    421: "Misdirected Request",
    422: "Unprocessable Content",
    423: "Locked",
    424: "Failed Dependency",
    426: "Upgrade Required",
    428: "Precondition Required",
    429: "Too Many Requests",
    431: "Request Header Fields Too Large",
    500: "Internal Server Error",
    501: "Not Implemented",
    502: "Bad Gateway",
    503: "Service Unavailable",
    504: "Gateway Timeout",
    505: "HTTP Version Not Supported",
    507: "Insufficient Storage",
    508: "Loop Detected",
}

#: The interim answer that asks for a body (RFC 9110 §15.2.1).
CONTINUE: Final = b"HTTP/1.1 100 Continue\r\n\r\n"
#: What ends a chunked body; no trailer fields are sent.
LAST_CHUNK: Final = b"0\r\n\r\n"

_STATUS_LINES: Final = {
    status: f"HTTP/1.1 {status} {phrase}\r\n" for status, phrase in PHRASES.items()
}
#: A line break in a value would begin a field, or an answer, of the attacker's
#: own (response splitting); beyond Latin-1 there are no bytes for it.
_CONTROL: Final = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]|[^\x00-\xff]")
#: Names that need no check.
_NAMES: Final = frozenset(
    {
        "Accept-Ranges",
        "Allow",
        "Cache-Control",
        "Connection",
        "Content-Encoding",
        "Content-Length",
        "Content-Range",
        "Content-Security-Policy",
        "Content-Type",
        "DAV",
        "Date",
        "ETag",
        "Last-Modified",
        "Location",
        "Lock-Token",
        "MS-Author-Via",
        "Transfer-Encoding",
        "Vary",
        "X-Content-Type-Options",
    }
)


#: Fields that have few values, and the lines they made: most of an answer's.
_CONSTANT: Final = frozenset(
    {
        "Accept-Ranges",
        "Cache-Control",
        "Content-Security-Policy",
        "Content-Type",
        "Cross-Origin-Resource-Policy",
        "Vary",
        "X-Content-Type-Options",
    }
)
_LINES: Final[dict[tuple[str, str], str]] = {}
_MAX_LINES: Final = 256


def write_head(
    status: int,
    headers: Iterable[tuple[str, str]],
    *,
    date: str,
    length: int | None = None,
    chunked: bool = False,
    connection: str = "",
) -> bytes:
    """The head of an answer, down to the empty line.

    Args:
        headers: In the order to be sent, without those that follow from the
            other arguments.
        date: For the Date field; empty for none.
        length: For Content-Length; None for no such field, as 204 and 304 have
            none and a body that ends with the connection.
        chunked: The body follows in chunks.
        connection: For the Connection field; empty for none.

    Raises:
        ValueError: A name is no token, a value has a control character or one
            beyond Latin-1, or there are a length and chunks.

    >>> write_head(204, [("Allow", "GET")], date="Sun, 06 Nov 1994 08:49:37 GMT")
    b'HTTP/1.1 204 No Content\\r\\nDate: Sun, 06 Nov 1994 08:49:37 GMT\\r\\nAllow: GET\\r\\n\\r\\n'
    """
    text = _STATUS_LINES.get(status) or _other_status_line(status)
    if date:
        text += f"Date: {date}\r\n"
    for field in headers:
        line = _LINES.get(field)
        if line is None:
            line = _write_line(*field)
        text += line
    if chunked:
        if length is not None:
            raise ValueError(f"a length, {length}, and chunks: only one says where the body ends")
        text += "Transfer-Encoding: chunked\r\n"
    elif length is not None:
        text += f"Content-Length: {length}\r\n"
    text += f"Connection: {connection}\r\n\r\n" if connection else "\r\n"
    return text.encode("latin-1")


def _write_line(name: str, value: str) -> str:
    if name not in _NAMES and not TOKEN.fullmatch(name):
        raise ValueError(f"name of a header field is not a token: {name!r:.40}")
    if not (value.isascii() and value.isprintable()) and _CONTROL.search(value):
        raise ValueError(f"{name} with a character that no field may have: {value!r:.80}")
    line = f"{name}: {value}\r\n"
    if name in _CONSTANT and len(_LINES) < _MAX_LINES:
        _LINES[name, value] = line
    return line


def _other_status_line(status: int) -> str:
    if not 100 <= status <= 599:
        raise ValueError(f"status {status} is not one of 100 to 599")
    # RFC 9112 §4: the phrase may be empty, the blank before it may not be missing.
    return f"HTTP/1.1 {status} \r\n"


def write_chunk(data: bytes | bytearray | memoryview) -> bytes:
    """A piece of a body with its framing; nothing for an empty piece, which would end the body.

    >>> write_chunk(b"hello")
    b'5\\r\\nhello\\r\\n'
    """
    size = len(data)
    return b"".join((b"%x\r\n" % size, data, b"\r\n")) if size else b""


def has_body(method: str, status: int) -> bool:
    """Whether content follows the head of an answer to ``method`` (RFC 9112 §6.3).

    >>> has_body("GET", 200), has_body("HEAD", 200), has_body("GET", 304)
    (True, False, False)
    """
    return method != "HEAD" and status >= 200 and status not in (204, 304)
