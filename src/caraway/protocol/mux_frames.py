"""Frames of the WebDAV channel: which bytes belong to which connection.

Source: mux.proto ``Frame``.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from struct import Struct
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol

if TYPE_CHECKING:
    from caraway.wire.record import Buffer

#: Bytes of data that one frame may have.
MAX_DATA: Final = 0xFFFF
HEADER_SIZE: Final = 10

_HEADER: Final = Struct("<qH")
_ID: Final = Struct("<q")
#: The bytes of an id in which those differ that were given out one after the other.
_LOWER: Final = 3
#: Data of a frame from which on it is joined to the one before; no control frame has as much.
_JOINED: Final = 8 << 10
_NOTHING: Final = memoryview(b"")


class Piece(NamedTuple):
    """Data of a frame, or a part of it, or that of several frames.

    Attributes:
        stream_id: The connection it belongs to.
        parts: Its data, where it came; none for a frame without data, which ends the connection.
        is_first: A frame begins with it.
        is_last: A frame ends with it.
    """

    stream_id: int
    parts: list[memoryview]
    is_first: bool
    is_last: bool

    @property
    def data(self) -> bytes:
        """A copy of its data."""
        return b"".join(self.parts)


def frame_header(stream_id: int, size: int) -> bytes:
    """What goes before ``size`` bytes of a connection; the whole frame where that is 0."""
    return _HEADER.pack(stream_id, size)


class Known(Protocol):
    """The ids that frames can have, where that is known."""

    def is_given_out(self, stream_id: int) -> bool:
        """Frames may have it, be it that it is over already."""

    def landmarks(self) -> Iterable[int]:
        """Some of those of connections; the others are numbers near these."""

    @property
    def greeting(self) -> bytes:
        """What a frame that is not of a connection begins with, header and all."""


class FrameSplitter:
    """Cuts a stream of bytes into pieces of frames, as soon as they are there.

    Frames may begin and end anywhere in what is fed. Nothing is kept between
    calls but a part of one header.

    Whoever knows which ids there can be knows when it has begun in the middle of
    a frame, and looks for the next header it understands. What stands in between is
    dropped.

    Args:
        known: The ids; None where the peer chooses them.

    >>> splitter = FrameSplitter()
    >>> splitter.feed(bytes.fromhex("0100000000000000 0200 48"))
    >>> splitter.next_piece().data
    b'H'
    >>> splitter.feed(b"i")
    >>> splitter.next_piece().data
    b'i'
    """

    def __init__(self, known: Known | None = None) -> None:
        self._known = known
        #: Frames of one stream that are there one behind the other are one piece.
        self.joins = False
        # It reads in the middle of a frame.
        self._is_astray = False
        self._data = _NOTHING
        # What was fed behind it.
        self._fed: deque[Buffer] = deque()
        self._header = b""
        self._stream_id = 0
        # Bytes that are missing of the frame's data.
        self._left = 0
        self._is_first = False

    def feed(self, data: Buffer) -> None:
        """Take what has arrived; it must not change as long as its pieces are used."""
        if self._data:
            self._fed.append(data)
        else:
            self._data = memoryview(data)

    def next_piece(self) -> Piece | None:
        """The next piece; None when more bytes are needed."""
        while not self._left:
            if self._is_astray and not self._find_header():
                return None
            header = self._header + self._data[: HEADER_SIZE - len(self._header)]
            self._pass(HEADER_SIZE - len(self._header))
            if len(header) < HEADER_SIZE:
                self._header = header
                if self._data:
                    continue
                return None
            self._header = b""
            self._stream_id, self._left = _HEADER.unpack(header)
            if self._known is not None and not self._known.is_given_out(self._stream_id):
                self._header, self._left = header[1:], 0
                self._is_astray = True
                continue
            self._is_first = True
            if not self._left:
                return Piece(self._stream_id, [], True, True)
        parts = self._parts()
        if not parts:
            return None
        is_first, self._is_first = self._is_first, False
        return Piece(self._stream_id, parts, is_first, not self._left)

    def _parts(self) -> list[memoryview]:
        """What is there of the frame's data and, where they are joined, of those that follow."""
        parts = []
        while self._data:
            part = self._data[: self._left]
            parts.append(part)
            self._left -= len(part)
            self._pass(len(part))
            if not (self._left or (self.joins and self._goes_on())):
                break
        return parts

    def _goes_on(self) -> bool:
        """Whether data of the same stream follows at once; then its frame is begun."""
        if len(self._data) <= HEADER_SIZE:
            return False
        stream_id, size = _HEADER.unpack_from(self._data)
        if stream_id != self._stream_id or size < _JOINED:
            return False
        self._pass(HEADER_SIZE)
        self._left = size
        return True

    def _pass(self, size: int) -> None:
        """Go on behind so many bytes, with the next that were fed where these were all."""
        self._data = self._data[size:]
        while self._fed and not self._data:
            self._data = memoryview(self._fed.popleft())

    def _find_header(self) -> bool:
        """Go on at the next id that is expected; False where there is none yet."""
        assert self._known is not None, "nobody else goes astray"
        data = b"".join((self._header, self._data, *self._fed))
        self._fed.clear()
        greeting = self._known.greeting
        places = [self._first_near(each, data) for each in self._known.landmarks()]
        found = [at for at in (*places, data.find(greeting)) if at >= 0]
        if not found:
            # One may have begun at the very end.
            self._header, self._data = data[-len(greeting) :], _NOTHING
            return False
        self._header, self._data = b"", memoryview(data)[min(found) :]
        self._is_astray = False
        return True

    def _first_near(self, landmark: int, data: bytes) -> int:
        """Where the first id stands that shares the upper bytes of one; -1 where none does."""
        assert self._known is not None
        upper = _ID.pack(landmark)[_LOWER:]
        at = data.find(upper, _LOWER)
        while at >= 0:
            if self._known.is_given_out(_ID.unpack_from(data, at - _LOWER)[0]):
                return at - _LOWER
            at = data.find(upper, at + 1)
        return -1

    def reset(self) -> None:
        """Begin anew: what comes next is the first byte of a frame."""
        self._data, self._header, self._left = _NOTHING, b"", 0
        self._fed.clear()
        self._is_astray = self.joins = False
