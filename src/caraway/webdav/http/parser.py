"""Requests from bytes: an incremental, strict parser of HTTP/1.1 without I/O.

Whatever way the bytes are cut, the same events come out. Events are pulled one
by one, so that answers can go in order and a body can wait for its reader:
whoever does not ask for the next event has paused the parser.

Source: RFC 9112.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Final, Literal

from caraway.webdav.errors import HTTPError
from caraway.webdav.http.chunked import ChunkedBody, cut
from caraway.webdav.http.fields import (
    LINE_TEXT,
    Fields,
    HttpLimits,
    control_character,
    parse_fields,
    refusal,
    too_large,
)
from caraway.webdav.http.head import Head, parse_head

__all__ = ["END", "NEED_DATA", "Data", "Event", "Head", "HttpLimits", "RequestParser"]


@dataclass(slots=True)
class Data:
    """A piece of the body, never empty."""

    data: bytes | memoryview


class Mark(Enum):
    """Events that carry nothing."""

    NEED_DATA = "need data"
    END = "end"


#: There is no event before more bytes have been fed.
NEED_DATA: Final[Literal[Mark.NEED_DATA]] = Mark.NEED_DATA
#: The request is complete; the next event belongs to the next one.
END: Final[Literal[Mark.END]] = Mark.END

Event = Head | Data | Mark

_CR: Final = 13
#: How many of the last fields are kept, and up to what size: a connection's share of memory.
_MAX_KEPT: Final = 4
_MAX_KEPT_BYTES: Final = 1 << 10


class RequestParser:
    """Cuts a byte stream into requests.

    It holds what was fed and not yet taken. Once it has raised an error its
    place in the stream is lost: it drops all further bytes and raises the same
    again.

    >>> parser = RequestParser()
    >>> parser.feed(b"PUT /a HTTP/1.1\\r\\nHost: x\\r\\nContent-Length: 2\\r\\n\\r\\nhi")
    >>> parser.next_event().path, parser.next_event(), parser.next_event() is END
    ('/a', Data(data=b'hi'), True)
    >>> parser.next_event() is NEED_DATA
    True
    """

    __slots__ = (
        "_body",
        "_buffer",
        "_empty_lines",
        "_error",
        "_in_body",
        "_kept",
        "_limits",
        "_pos",
        "_remaining",
        "_scanned",
    )

    def __init__(self, limits: HttpLimits | None = None) -> None:
        self._limits = limits or HttpLimits()
        self._buffer = b""
        self._pos = 0
        # Up to here the head is known not to end.
        self._scanned = 0
        self._empty_lines = 0
        # The last fields as bytes and as read: clients repeat them word for word.
        self._kept: dict[bytes, Fields] = {}
        # A head has been given, and not the end of its request.
        self._in_body = False
        self._remaining = 0
        self._body: ChunkedBody | None = None
        self._error: HTTPError | None = None

    @property
    def buffered(self) -> int:
        """Bytes fed and not yet taken."""
        return len(self._buffer) - self._pos

    @property
    def in_request(self) -> bool:
        """Whether part of a request has come, and its END has not been taken."""
        return self._in_body or self._pos < len(self._buffer)

    def feed(self, data: bytes | bytearray | memoryview) -> None:
        """Take what has arrived, in pieces of any size. Other than ``bytes`` is copied."""
        if self._error is not None:
            return
        if self._pos == len(self._buffer):
            self._buffer = data if isinstance(data, bytes) else bytes(data)
            self._scanned = 0
        else:
            self._buffer = b"".join((memoryview(self._buffer)[self._pos :], data))
            self._scanned = max(0, self._scanned - self._pos)
        self._pos = 0

    def next_event(self) -> Event:
        """The next event: for each request a Head, Data for its body, and END.

        Pieces of the body are cut where it pleases the parser.

        Raises:
            BadRequest: The bytes are no request, or could be understood in two ways.
            HTTPError: 413, 414, 417, 431, 501 or 505. Every error ends the
                connection: where the next request begins is not known.
        """
        if self._error is not None:
            raise self._error.with_traceback(None)
        try:
            return self._read_body() if self._in_body else self._read_head()
        except HTTPError as error:
            self._error = error
            self._buffer = b""
            self._pos = 0
            raise

    def limit_body(self, size: int) -> None:
        """Take a body of at most ``size`` bytes for the request whose Head has just come.

        Raises:
            HTTPError: 413: its length is known to be more. The parser goes on
                in spite of it: reading the body or closing is up to the caller.
        """
        if self._body is not None:
            self._body.max_body = min(size, self._body.max_body)
        elif self._remaining > size:
            raise too_large(f"{self._remaining}", size)

    @property
    def awaited(self) -> int:
        """Bytes of a body of known length that are still to come, once all that came is taken."""
        is_counted = self._in_body and self._body is None and self._pos == len(self._buffer)
        return self._remaining if is_counted else 0

    def skip(self, size: int) -> None:
        """So many of the bytes :attr:`awaited` have gone another way."""
        self._remaining -= size

    def take_body(self) -> bytes | None:
        """The whole body of the request whose Head has just come, if it is there.

        It stands for the Data and the END that would have followed: most
        requests come in one piece. None, and nothing taken, where bytes are
        missing or the body is chunked.
        """
        if self._body is not None or not self._in_body:
            return None
        end = self._pos + self._remaining
        if end > len(self._buffer):
            return None
        data = self._buffer[self._pos : end]
        self._pos = end
        self._in_body = False
        if end == len(self._buffer):
            self._buffer = b""
            self._pos = 0
        return data

    def _read_head(self) -> Event:
        buffer = self._buffer
        start = self._pos
        limits = self._limits
        # RFC 9112 §2.2: some old clients send an empty line behind a body.
        while buffer.startswith(b"\r\n", start):
            if self._empty_lines == limits.max_empty_lines:
                raise refusal(f"more than {limits.max_empty_lines} empty lines before a request")
            self._empty_lines += 1
            start += 2
            self._pos = start
        end = buffer.find(b"\r\n\r\n", max(start, self._scanned - 3))
        line_end = buffer.find(b"\r\n", start)
        if end < 0:
            self._check_part(start, line_end)
            self._scanned = len(buffer)
            return NEED_DATA
        if line_end - start > limits.max_line or end - line_end > limits.max_field_bytes:
            raise self._too_long(start, line_end)
        line = buffer[start:line_end]
        if line.translate(None, LINE_TEXT):
            raise control_character()
        block = buffer[line_end + 2 : end + 2]
        fields = self._kept.get(block)
        if fields is None:
            fields = self._parse_fields(block)
        head = parse_head(line, fields)
        self._pos = end + 4
        self._empty_lines = 0
        self._in_body = True
        if head.length is None:
            self._body = ChunkedBody(limits)
        else:
            self._remaining = head.length
        return head

    def _parse_fields(self, block: bytes) -> Fields:
        fields = parse_fields(block, self._limits)
        if len(block) <= _MAX_KEPT_BYTES:
            if len(self._kept) == _MAX_KEPT:
                self._kept.clear()
            self._kept[block] = fields
        return fields

    def _check_part(self, start: int, line_end: int) -> None:
        """Refuse a head whose end has not come, for what is wrong with it already.

        It raises what the whole head would raise: first what comes first in
        the stream, as it would be found if the bytes came one by one.
        """
        limits = self._limits
        size = len(self._buffer)
        if line_end < 0:
            is_too_long = size - start >= limits.max_line + 2
        else:
            is_too_long = (
                line_end - start > limits.max_line or size - line_end >= limits.max_field_bytes + 4
            )
        if is_too_long:
            raise self._too_long(start, line_end)
        # A peer that ends its lines with LF alone would wait for an answer for ever.
        if self._has_bare_lf(start, max(start, self._scanned), size):
            raise control_character()

    def _too_long(self, start: int, line_end: int) -> HTTPError:
        """What to raise for a head that is beyond the limits."""
        limits = self._limits
        if 0 <= line_end - start <= limits.max_line:
            end = line_end + limits.max_field_bytes + 4
            reason = f"header fields of more than {limits.max_field_bytes} bytes"
            error = HTTPError(431, reason, close=True)
        else:
            end = start + limits.max_line + 2
            reason = f"request line of more than {limits.max_line} bytes"
            error = HTTPError(414, reason, close=True)
        return control_character() if self._has_bare_lf(start, start, end) else error

    def _has_bare_lf(self, start: int, begin: int, end: int) -> bool:
        """Whether there is, from ``begin`` to ``end``, an LF without a CR after ``start``."""
        buffer = self._buffer
        position = buffer.find(b"\n", begin, end)
        while position >= 0:
            if position == start or buffer[position - 1] != _CR:
                return True
            position = buffer.find(b"\n", position + 1, end)
        return False

    def _read_body(self) -> Event:
        start = self._pos
        if self._body is not None:
            data, self._pos = self._body.take(self._buffer, start)
            if not data and self._body.is_complete:
                self._body = None
                self._in_body = False
                return END
        elif not self._remaining:
            self._in_body = False
            return END
        else:
            end = min(start + self._remaining, len(self._buffer))
            data = cut(self._buffer, start, end)
            self._remaining -= end - start
            self._pos = end
        if self._pos == len(self._buffer):
            self._buffer = b""
            self._pos = 0
        return Data(data) if data else NEED_DATA
