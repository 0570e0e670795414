"""What one end of the mux has to send, in the order that serves all connections best."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from caraway.protocol.mux_credits import write_credit, write_hello
from caraway.protocol.mux_frames import HEADER_SIZE, frame_header
from caraway.protocol.mux_streams import MuxStream
from caraway.protocol.mux_turns import Turns

if TYPE_CHECKING:
    from caraway.wire.record import Buffer

_NOTHING: Final = memoryview(b"")

#: Bytes of the longest frame that is sent where others of the stream follow, and of a message for
#: a peer that grants no credits.
MAX_MESSAGE: Final = 64 << 10
#: Bytes that leave together where credits bound what is on its way.
_TOGETHER: Final = 4 * MAX_MESSAGE
#: Bytes of a message where nobody grants credits. The real server keeps 128 messages for a slow
#: virtual machine, whatever their size, and all that is sent later stands behind them: with
#: these it is 1 MiB instead of 8. Frames may be longer; what the agent has to do is done by the
#: frame.
PLAIN_MESSAGE: Final = 8 << 10
#: Data of a frame while other streams wait, and while none does. What is all that a stream has to
#: say goes in one frame up to the longest. Four of the longer ones are a message that fills four
#: segments of loopback (65,483 bytes each, 20 fewer with IPv6): a rest of some bytes would wake the
#: peer for itself, which costs a fifth of the speed.
SHARED_FRAME: Final = 16 << 10
LONE_FRAME: Final = 65440
#: Ends that wait to be said of connections that are over, or cannot be; more go without.
MAX_ENDS: Final = 256


class MuxSender:
    """Makes messages for the port out of what waits.

    What both ends have to say of connections goes first, and is kept as what is
    owed, not as bytes: a peer that reads nothing cannot make it grow.
    """

    def __init__(self) -> None:
        self._turns = Turns()
        self._preamble = b""
        self._hello: bytes | None = None
        self._ended: list[int] = []
        # Bytes that were read of streams, to be granted anew.
        self._owed: dict[MuxStream, int] = {}
        # The rest of frames that have begun.
        self._rest = _NOTHING
        #: Something has gone out, ever.
        self.has_sent = False
        # Bytes from which on a message is cut; None where it never is.
        self._message_size: int | None = None
        # Frames are gathered until they have as many bytes, and not beyond the other number.
        self._enough, self._most = SHARED_FRAME, MAX_MESSAGE

    def clear(self) -> None:
        """Nothing is to be sent any more."""
        self._turns.clear()
        self._rest = _NOTHING
        self._preamble, self._hello = b"", None
        self._ended.clear()
        self._owed.clear()

    def suit(self, *, is_plain: bool) -> None:
        """Make messages for a peer that grants no credits, or for one that does."""
        self._message_size = PLAIN_MESSAGE if is_plain else None
        self._enough, self._most = (
            (SHARED_FRAME, MAX_MESSAGE) if is_plain else (_TOGETHER, _TOGETHER)
        )

    def begin(self, preamble: bytes) -> None:
        """Send these bytes before everything else."""
        self._preamble = preamble

    def greet(self, window: int) -> None:
        """Say that credits are granted."""
        self._hello = write_hello(window)

    def end(self, number: int) -> None:
        """Say that a connection is over, or cannot be; nothing more is sent of it."""
        if len(self._ended) < MAX_ENDS:
            self._ended.append(number)

    def grant(self, stream: MuxStream, amount: int) -> None:
        """Grant a stream so much more."""
        self._owed[stream] = self._owed.get(stream, 0) + amount

    def add(self, stream: MuxStream) -> None:
        """A stream has something to send, or is to be closed."""
        self._turns.add(stream)

    def forget(self, stream: MuxStream) -> None:
        """A stream is over. The port may take nothing for long, and others come and go."""
        self._turns.remove(stream)
        self._owed.pop(stream, None)

    @property
    def has_output(self) -> bool:
        """There is something to be sent now."""
        return bool(self._rest or self._owes) or self._turns.next() is not None

    @property
    def rest(self) -> memoryview:
        """What is missing of frames of which a part has left."""
        return self._rest

    @property
    def _owes(self) -> bool:
        return bool(self._owed or self._hello or self._ended or self._preamble)

    def next_message(self, now: float) -> tuple[list[Buffer], list[MuxStream]] | None:
        """What the port is to send next; None when there is nothing.

        Returns:
            Frames, several short ones or a long one or a part of it, or the bytes to
            begin with, all of it in pieces; and the streams of which they have the end.
        """
        if self._rest:
            return [self._cut(self._rest)], []
        parts, size = self._take_owed() if self._owes else ([], 0)
        finished: list[MuxStream] = []
        while size < self._enough and (stream := self._turns.next()) is not None:
            taken = self._frame_size(stream)
            if size and size + HEADER_SIZE + taken > self._most:
                break
            self._turns.served(stream)
            stream.moved = now
            stream.has_spoken = True
            size += HEADER_SIZE + taken
            header = frame_header(stream.stream_id, taken)
            parts.append(header)
            if taken:
                parts += stream.take_output(taken)
                while (
                    taken == LONE_FRAME
                    and size + HEADER_SIZE + taken <= self._most
                    and stream.sendable >= taken
                ):
                    # Nobody else waits.
                    parts.append(header)
                    parts += stream.take_output(taken)
                    size += HEADER_SIZE + taken
            else:
                # A second one must not follow.
                stream.is_over = True
                finished.append(stream)
        if not size:
            return None
        self.has_sent = True
        if self._message_size is not None and size > self._message_size:
            parts = [self._cut(memoryview(b"".join(parts)))]
        elif size < SHARED_FRAME:
            # Less than to deal with each.
            parts = [b"".join(parts)]
        return parts, finished

    def _cut(self, data: memoryview) -> memoryview:
        """As much as goes into a message; the rest is sent next."""
        # Since it was begun, the peer may have turned out to be of the other kind.
        size = len(data) if self._message_size is None else self._message_size
        self._rest = data[size:]
        return data[:size]

    def _take_owed(self) -> tuple[list[Buffer], int]:
        """What both ends have to say of connections."""
        parts: list[Buffer] = [self._preamble] if self._preamble else []
        self._preamble = b""
        if self._hello is not None:
            parts.append(self._hello)
            self._hello = None
        parts += [frame_header(number, 0) for number in self._ended]
        self._ended.clear()
        for stream, amount in self._owed.items():
            stream.allowance += amount
            parts.append(write_credit(stream.stream_id, amount))
        self._owed.clear()
        return parts, sum(len(each) for each in parts)

    def _frame_size(self, stream: MuxStream) -> int:
        """Bytes of data that a stream's next frame has."""
        ready = stream.sendable
        if ready == stream.output_size and not stream.is_bulk:
            return ready
        others = self._turns.are_others(stream)
        return min(ready, SHARED_FRAME if others else LONE_FRAME)
