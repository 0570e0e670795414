"""Frames of the WebDAV channel: which bytes belong to which connection.

Source: mux.proto ``Frame``.
"""

from __future__ import annotations

from struct import Struct
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from caraway.wire.record import Buffer

#: Bytes of data that one frame may have.
MAX_DATA: Final = 0xFFFF
HEADER_SIZE: Final = 10

_HEADER: Final = Struct("<qH")
_NOTHING: Final = memoryview(b"")


class Piece(NamedTuple):
    """Data of a frame, or a part of it.

    Attributes:
        stream_id: The connection it belongs to.
        data: Empty for a frame without data, which ends the connection.
        is_first: Its frame begins with it.
        is_last: Its frame ends with it.
    """

    stream_id: int
    data: bytes
    is_first: bool
    is_last: bool


def frame_header(stream_id: int, size: int) -> bytes:
    """What goes before ``size`` bytes of a connection; the whole frame where that is 0."""
    return _HEADER.pack(stream_id, size)


class FrameSplitter:
    """Cuts a stream of bytes into pieces of frames, as soon as they are there.

    Frames may begin and end anywhere in what is fed. Nothing is kept between
    calls but a part of one header.

    >>> splitter = FrameSplitter()
    >>> splitter.feed(bytes.fromhex("0100000000000000 0200 48"))
    >>> splitter.next_piece()
    Piece(stream_id=1, data=b'H', is_first=True, is_last=False)
    >>> splitter.feed(b"i")
    >>> splitter.next_piece()
    Piece(stream_id=1, data=b'i', is_first=False, is_last=True)
    """

    def __init__(self) -> None:
        self._data = _NOTHING
        self._header = b""
        self._stream_id = 0
        # Bytes that are missing of the frame's data.
        self._left = 0
        self._is_first = False

    def feed(self, data: Buffer) -> None:
        """Take what has arrived; it must not change until its last piece has been taken."""
        self._data = (
            memoryview(data) if not self._data else memoryview(b"".join((self._data, data)))
        )

    def next_piece(self) -> Piece | None:
        """The next piece, with a copy of its data; None when more bytes are needed."""
        while not self._left:
            need = HEADER_SIZE - len(self._header)
            header = self._header + bytes(self._data[:need])
            self._data = self._data[need:]
            if len(header) < HEADER_SIZE:
                self._header = header
                return None
            self._header = b""
            self._stream_id, self._left = _HEADER.unpack(header)
            self._is_first = True
            if not self._left:
                return Piece(self._stream_id, b"", True, True)
        data = bytes(self._data[: self._left])
        if not data:
            return None
        self._data = self._data[len(data) :]
        self._left -= len(data)
        is_first, self._is_first = self._is_first, False
        return Piece(self._stream_id, data, is_first, not self._left)

    def reset(self) -> None:
        """Begin anew: what comes next is the first byte of a frame."""
        self._data, self._header, self._left = _NOTHING, b"", 0
