"""A body in chunks (RFC 9112 §7.1): what it carries, without its framing."""

from __future__ import annotations

import re
from enum import Enum
from typing import Final

from caraway.webdav.errors import HTTPError
from caraway.webdav.http.fields import HttpLimits, refusal, split_fields, too_large

#: Small chunks are gathered up to this size: each piece costs its taker a turn.
_GATHERED: Final = 64 << 10
#: Pieces of a body up to this size are copied; a longer one is a view.
_MAX_COPIED: Final = 16 << 10
_MAX_SIZE_DIGITS: Final = 16
_CHUNK_LINE: Final = re.compile(rb"([0-9A-Fa-f]{1,16})(?:[ \t]*;[\t\x20-\x7e\x80-\xff]*)?")


def cut(buffer: bytes, start: int, end: int) -> bytes | memoryview:
    """Part of a buffer, copied only where that is cheap."""
    if not start and end == len(buffer):
        return buffer
    if end - start <= _MAX_COPIED:
        return buffer[start:end]
    return memoryview(buffer)[start:end]


class _Part(Enum):
    SIZE = 1
    DATA = 2
    DATA_END = 3
    TRAILERS = 4
    END = 5


class ChunkedBody:
    """Finds the data of a chunked body.

    Attributes:
        max_body: Bytes of data that are taken; more is 413.
    """

    __slots__ = ("_extension", "_limits", "_part", "_received", "_remaining", "max_body")

    def __init__(self, limits: HttpLimits) -> None:
        self.max_body = limits.max_body
        self._limits = limits
        self._part = _Part.SIZE
        # Bytes left of the present chunk, and what all chunks up to it announced.
        self._remaining = 0
        self._received = 0
        # Bytes of extensions that may still come.
        self._extension = limits.max_extension

    @property
    def is_complete(self) -> bool:
        """Whether the last of the framing has been read."""
        return self._part is _Part.END

    def take(self, buffer: bytes, pos: int) -> tuple[bytes | memoryview, int]:
        """Data that has come, and the place behind what was read of ``buffer``.

        Args:
            buffer: The stream, in which ``pos`` bytes have been read already.

        Returns:
            The data is empty where more bytes are needed, or the body is complete.

        Raises:
            BadRequest: The framing is broken.
            HTTPError: 413 for a body beyond the limit, 431 for trailer fields beyond theirs.
        """
        pieces: list[bytes | memoryview] = []
        size = 0
        while size < _GATHERED:
            if self._part is _Part.DATA:
                end = min(pos + self._remaining, len(buffer))
                if end == pos:
                    break
                pieces.append(cut(buffer, pos, end))
                size += end - pos
                self._remaining -= end - pos
                pos = end
                if not self._remaining:
                    self._part = _Part.DATA_END
                continue
            try:
                behind = self._read_framing(buffer, pos)
            except HTTPError:
                # What came before it is delivered first: the next call finds the same again.
                if pieces:
                    break
                raise
            if behind < 0:
                break
            pos = behind
        if len(pieces) == 1:
            return pieces[0], pos
        return b"".join(pieces), pos

    def _read_framing(self, buffer: bytes, pos: int) -> int:
        """Read one step of what stands between the data.

        Returns:
            The place behind it, -1 where it has not come whole or nothing is left to read.
        """
        if self._part is _Part.SIZE:
            return self._read_size(buffer, pos)
        if self._part is _Part.DATA_END:
            if len(buffer) - pos < 2:
                return -1
            if not buffer.startswith(b"\r\n", pos):
                raise refusal("chunk is longer than its size says")
            self._part = _Part.SIZE
            return pos + 2
        if self._part is _Part.TRAILERS:
            return self._read_trailers(buffer, pos)
        return -1

    def _read_size(self, buffer: bytes, pos: int) -> int:
        longest = _MAX_SIZE_DIGITS + self._extension + 2
        line_end = buffer.find(b"\r\n", pos, pos + longest)
        if line_end < 0:
            if len(buffer) - pos < longest:
                return -1
            limit = self._limits.max_extension
            raise refusal(f"chunk extensions of more than {limit} bytes in one body")
        found = _CHUNK_LINE.fullmatch(buffer, pos, line_end)
        if not found:
            raise refusal("size of a chunk is not 1 to 16 hexadecimal digits")
        size = int(found[1], 16)
        received = self._received + size
        if received > self.max_body:
            raise too_large(f"{received} or more", self.max_body)
        self._received = received
        self._remaining = size
        self._extension -= min(self._extension, line_end - found.end(1))
        self._part = _Part.DATA if size else _Part.TRAILERS
        return line_end + 2

    def _read_trailers(self, buffer: bytes, pos: int) -> int:
        """Read the trailer fields and forget them: none of them means anything here."""
        if buffer.startswith(b"\r\n", pos):
            self._part = _Part.END
            return pos + 2
        longest = self._limits.max_field_bytes + 2
        end = buffer.find(b"\r\n\r\n", pos, pos + longest)
        if end < 0:
            if len(buffer) - pos < longest:
                return -1
            raise HTTPError(431, f"trailer fields of more than {longest - 2} bytes", close=True)
        split_fields(buffer[pos : end + 2], self._limits)
        self._part = _Part.END
        return end + 4
