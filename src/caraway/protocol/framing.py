"""Messages from a channel's bytes, and their data headers.

Source: link.proto ``data_header``, ``mini_data_header``, ``sub_message_list``,
``sub_message``; spice.proto ``BaseChannel`` ``list``.
"""

from __future__ import annotations

from dataclasses import dataclass
from struct import Struct
from typing import Final

from caraway.errors import DecodeError, LimitExceeded
from caraway.wire.limits import DEFAULT_LIMITS, Limits
from caraway.wire.record import Buffer

#: The message that is nothing but a list of others.
LIST: Final = 8
#: Messages that one list may hold. Real servers send two.
MAX_SUB_MESSAGES: Final = 1024

#: Bytes of a piece of a message that is kept as it came.
_SMALL_PIECE: Final = 4096

_NOTHING: Final = memoryview(b"")
_MINI: Final = Struct("<HI")
_FULL: Final = Struct("<QHII")
_SUB: Final = Struct("<HI")
_COUNT: Final = Struct("<H")
_OFFSET: Final = Struct("<I")


@dataclass(slots=True)
class Frame:
    """A message as its header frames it.

    Attributes:
        number: What the header calls it.
        serial: Its place among the messages of its direction, from 1; a message
            inside another one has that one's.
        body: Its bytes, valid for ever.
        is_inner: It came inside another one, which follows.
        is_part: More of its body follows, as the next frame.
    """

    number: int
    serial: int
    body: memoryview
    is_inner: bool = False
    is_part: bool = False


class FrameReader:
    """Cuts a channel's bytes into messages, those inside others before them.

    It holds the bytes of one incomplete message at most.

    Attributes:
        streamed: The number of messages whose bodies are handed out as they come, in parts:
            they are bytes of a stream, and to wait for all of them would be a copy. None for
            no such messages.

    Args:
        has_mini_header: As the link stage agreed.
        has_lists: Messages may have others inside: those of servers, clients send none.
        limits: ``max_message`` is how long a body may be. It is compared as
            soon as the header is there; memory grows with the bytes that come.
    """

    def __init__(
        self, *, has_mini_header: bool, has_lists: bool = True, limits: Limits | None = None
    ) -> None:
        self._has_lists = has_lists
        self._header = _MINI if has_mini_header else _FULL
        self._max = (limits or DEFAULT_LIMITS).max_message
        self._serial = 0
        self._data = _NOTHING
        # How far the data has been taken.
        self._at = 0
        # The beginning of a message, and how long it will be; 0 before its header is there.
        self._pieces: list[memoryview | bytearray] = []
        self._gathered = 0
        self._needed = 0
        # Bytes that are missing of a message which is handed out in parts.
        self._missing = 0
        self._ready: list[Frame] = []
        self.streamed: int | None = None

    @property
    def buffered(self) -> int:
        """Bytes fed and not yet taken."""
        return self._gathered + len(self._data) - self._at

    def feed(self, data: Buffer) -> None:
        """Take what has arrived; every frame of what came before has to be taken.

        Args:
            data: Bytes that nobody changes afterwards: bodies are views of them.
        """
        assert not len(self._data), "frames of the last bytes have not been taken"
        self._data = memoryview(data)

    def next_frame(self) -> Frame | None:
        """The next message; None until more bytes have been fed.

        Raises:
            DecodeError: The place of a sub-message is outside its message.
            LimitExceeded: A body or list is longer than allowed.
        """
        if self._ready:
            return self._ready.pop()
        data, at = self._data, self._at
        end = len(data)
        if not end:
            return None
        if self._missing:
            return self._next_part()
        begin = at + self._header.size
        if begin <= end and not self._pieces:
            head = self._header.unpack_from(data, at)
            stop = begin + self._size_of(head)
            if stop <= end:
                if stop == end:
                    # Nothing of the chunk is to be kept by us.
                    self._data, self._at = _NOTHING, 0
                else:
                    self._at = stop
                return self._frame(head, data[begin:stop])
            if begin < end and self._is_streamed(head):
                self._missing = stop - end
                self._data, self._at = _NOTHING, 0
                frame = self._frame(head, data[begin:])
                frame.is_part = True
                return frame
        return self._next_of_pieces()

    def _is_streamed(self, head: tuple[int, ...]) -> bool:
        if self._header is _MINI:
            return head[0] == self.streamed
        # One that has others inside is looked at as a whole.
        return head[1] == self.streamed and not head[3]

    def _next_part(self) -> Frame:
        """What has come of the rest of a message that is handed out in parts."""
        assert self.streamed is not None, "others have no parts"
        part = self._data[self._at : self._at + self._missing]
        self._missing -= len(part)
        self._at += len(part)
        if self._at == len(self._data):
            self._data, self._at = _NOTHING, 0
        return Frame(self.streamed, self._serial, part, is_part=bool(self._missing))

    def _next_of_pieces(self) -> Frame | None:
        """A message of which some bytes came before, or that is not whole yet."""
        if self._at:
            self._data = self._data[self._at :]
            self._at = 0
        if not self._needed:
            header = self._take(self._header.size, keeps=True)
            if header is None:
                return None
            self._needed = self._header.size + self._size_of(self._header.unpack(header))
        whole = self._take(self._needed)
        if whole is None:
            return None
        self._needed = 0
        return self._frame(self._header.unpack_from(whole), whole[self._header.size :])

    def _take(self, size: int, *, keeps: bool = False) -> memoryview | None:
        """The next ``size`` bytes in one piece, if they have come.

        Args:
            keeps: They are only looked at.
        """
        if self._gathered + len(self._data) < size:
            self._gather()
            return None
        if self._pieces:
            missing = size - self._gathered
            joined = memoryview(b"".join((*self._pieces, self._data[:missing])))
            self._pieces = [joined] if keeps else []
            self._gathered = size if keeps else 0
            # Not an empty slice, which would keep the whole chunk.
            self._data = self._data[missing:] if missing < len(self._data) else _NOTHING
            return joined
        return self._data[:size]

    def _gather(self) -> None:
        """Keep what has come of a message."""
        # Not a slice: even an empty one would keep the whole chunk.
        data, self._data = self._data, _NOTHING
        self._gathered += len(data)
        if len(data) >= _SMALL_PIECE:
            self._pieces.append(data)
            return
        # Small ones are copied together: a peer may send a message byte by byte, and an
        # object for each would take hundreds of times the memory, as would the chunk of
        # the stream that each of them is a part of.
        last = self._pieces[-1] if self._pieces else None
        if isinstance(last, bytearray):
            last += data
        elif len(data):
            self._pieces.append(bytearray(data))

    def _size_of(self, head: tuple[int, ...]) -> int:
        size = head[-1] if self._header is _MINI else head[2]
        # Before anything is kept: a peer may claim 4 GiB with one header.
        if size > self._max:
            raise LimitExceeded(f"message of {size} bytes, the limit is {self._max}")
        return size

    def _frame(self, head: tuple[int, ...], body: memoryview) -> Frame:
        self._serial += 1
        sub_list = 0
        if self._header is _MINI:
            number = head[0]
        else:
            serial, number, _, sub_list = head
            # Servers may leave numbers out, and some of them send none at all.
            self._serial = serial or self._serial
        frame = Frame(number, self._serial, body)
        if self._has_lists and (number == LIST or sub_list):
            inner = self._inner(body, 0 if number == LIST else sub_list)
            self._ready = [frame, *reversed(inner)]
            return self._ready.pop()
        return frame

    def _inner(self, body: memoryview, at: int) -> list[Frame]:
        (count,) = _unpack(_COUNT, body, at, "list of sub-messages")
        if count > MAX_SUB_MESSAGES:
            raise LimitExceeded(f"{count} sub-messages, the limit is {MAX_SUB_MESSAGES}")
        frames = []
        total = 0
        for index in range(count):
            place = at + _COUNT.size + index * _OFFSET.size
            (start,) = _unpack(_OFFSET, body, place, "list of sub-messages")
            number, size = _unpack(_SUB, body, start, "sub-message")
            begin = start + _SUB.size
            if begin + size > len(body):
                raise DecodeError(
                    f"sub-message of {size} bytes at {start} in a message of {len(body)}",
                    position=start,
                )
            # Many of them may be the same bytes: together no more than one message may be.
            total += size
            if total > self._max:
                raise LimitExceeded(f"sub-messages of {total} bytes, the limit is {self._max}")
            frames.append(Frame(number, self._serial, body[begin : begin + size], is_inner=True))
        return frames


class FrameWriter:
    """Puts data headers before messages and counts them."""

    def __init__(self, *, has_mini_header: bool) -> None:
        self._has_mini_header = has_mini_header
        #: The number of the last message written; 0 before the first.
        self.serial = 0

    def header(self, number: int, size: int) -> bytes:
        """The header of the next message, whose body has ``size`` bytes."""
        self.serial += 1
        if self._has_mini_header:
            return _MINI.pack(number, size)
        return _FULL.pack(self.serial, number, size, 0)


def _unpack(form: Struct, body: memoryview, at: int, what: str) -> tuple[int, ...]:
    if at + form.size > len(body):
        raise DecodeError(f"{what} at byte {at} of a message of {len(body)}", position=at)
    return form.unpack_from(body, at)
