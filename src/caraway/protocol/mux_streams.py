"""One connection among those that share a WebDAV channel, and what each may take."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

from caraway.protocol.mux_frames import MAX_DATA

if TYPE_CHECKING:
    from collections.abc import Sequence

    from caraway.wire.record import Buffer

_KIB: Final = 1 << 10
#: Bytes for which a frame goes out though there are more, which must wait.
_WORTHWHILE: Final = 16 * _KIB


@dataclass(frozen=True)
class MuxLimits:
    """What a peer may take from us.

    Attributes:
        streams: Connections at a time; more are refused.
        window: Bytes that may wait for whoever reads a connection. Peers that
            take credits are granted as many; with others the port waits, or the
            connection ends.
        wide_window: What a connection is granted that is alone and read as fast as it comes: far
            fewer turns between the ends.
        widening: Bytes that all such connections are granted beyond their windows.
        total: Bytes that may wait for all those together that have no windows.
        stall_s: How long one connection may keep the port waiting.
        late_s: How long nothing may have come for a connection that was
            closed here until its id means another one; for peers that use ids again.
        remembered: Ids of such connections.
        hang_up_s: For an agent: how long after a client has closed a connection its
            program may go on using it. spice-gtk closes after each answer.
    """

    streams: int = 256
    window: int = 256 * _KIB
    wide_window: int = 1024 * _KIB
    widening: int = 16384 * _KIB
    total: int = 32768 * _KIB
    stall_s: float = 30.0
    late_s: float = 5.0
    remembered: int = 4096
    hang_up_s: float = 5.0


class MuxStream:
    """A connection: what waits to be sent, and what waits to be read.

    Made and changed by the :class:`~caraway.protocol.mux.Mux` alone.

    Attributes:
        stream_id: Its number on the wire; an agent's has it for good when it first speaks.
        is_windowed: Both ends grant each other amounts for it.
        is_over: Nothing comes or goes any more.
        output_size: Bytes that have been written and not been taken to be sent.
        moved: When a byte last came or went, seconds.
    """

    __slots__ = (
        "allowance",
        "consumed",
        "credit",
        "has_ended",
        "has_spoken",
        "hung_up",
        "incoming",
        "incoming_size",
        "is_bulk",
        "is_closing",
        "is_over",
        "is_paused",
        "is_windowed",
        "least",
        "moved",
        "output",
        "output_size",
        "stream_id",
        "turn",
        "window",
    )

    def __init__(self, stream_id: int, now: float) -> None:
        self.stream_id = stream_id
        self.moved = now
        self.is_windowed = False
        # What the peer may send before we have read any of it.
        self.window = 0
        # What we may send, what the peer may, and what was read since we last granted.
        self.credit = 0
        self.allowance = 0
        # Of less that may be sent it waits until there is more.
        self.least = 0
        self.consumed = 0
        self.incoming: deque[bytes | bytearray] = deque()
        self.incoming_size = 0
        self.output: deque[bytes | bytearray | memoryview] = deque()
        self.output_size = 0
        # More was written at once than goes into one frame.
        self.is_bulk = False
        self.is_paused = False
        # We have closed it; the rest of the output goes first.
        self.is_closing = False
        # The peer has closed it; what waits to be read goes first.
        self.has_ended = False
        self.is_over = False
        # Since when a client of the plain protocol has closed it.
        self.hung_up: float | None = None
        # The peer has heard of it from us.
        self.has_spoken = False
        # Which row it stands in, of those that want to send.
        self.turn = ""

    @property
    def sendable(self) -> int:
        """Bytes that may be sent now; not so few that their frame is not worth it."""
        if not self.is_windowed or self.credit >= self.output_size:
            return self.output_size
        return self.credit if self.credit >= self.least else 0

    @property
    def may_finish(self) -> bool:
        """All is sent, and its end is what is left to be."""
        return self.is_closing and not self.output_size

    def set_windows(self, *, sends: int, takes: int) -> None:
        """From here on both ends grant each other amounts, beginning with these."""
        self.is_windowed = True
        self.credit, self.allowance, self.window = sends, takes, takes
        # The peer grants more when it has read half of a window: this never waits for ever.
        self.least = min(_WORTHWHILE, sends // 4)

    def add_output(self, data: bytes | bytearray) -> None:
        """Have data sent, after what was written before."""
        self.output.append(data)
        self.output_size += len(data)
        self.is_bulk = self.output_size > MAX_DATA or (
            self.is_bulk and self.output_size > len(data)
        )

    def drop_output(self) -> None:
        """Forget what was written."""
        self.output.clear()
        self.output_size = 0

    def take_output(self, size: int) -> list[bytes | bytearray | memoryview]:
        """The next ``size`` bytes, of which there must be as many."""
        taken: list[bytes | bytearray | memoryview] = []
        self.output_size -= size
        if self.is_windowed:
            self.credit -= size
        while size:
            piece = self.output.popleft()
            if len(piece) > size:
                view = memoryview(piece)
                taken.append(view[:size])
                self.output.appendleft(view[size:])
                break
            taken.append(piece)
            size -= len(piece)
        return taken


class Opened(NamedTuple):
    """The peer has opened a connection."""

    stream: MuxStream


class Received(NamedTuple):
    """Bytes of a connection.

    Attributes:
        parts: One behind the other, at least one; who keeps them for long copies them, for
            they may keep far more in memory.
    """

    stream: MuxStream
    parts: Sequence[Buffer]

    @property
    def data(self) -> bytes:
        """A copy of the bytes."""
        return b"".join(self.parts)


class Ended(NamedTuple):
    """A connection is over, and not by us.

    Attributes:
        reason: None where the peer has closed it in order.
    """

    stream: MuxStream
    reason: str | None = None
