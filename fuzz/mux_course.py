"""One end of the mux under any course of events: what must hold after each of them."""

from __future__ import annotations

from caraway.errors import ClosedError
from caraway.protocol.mux import Mux
from caraway.protocol.mux_credits import CONTROL_ID, MAX_CONTROL
from caraway.protocol.mux_frames import FrameSplitter
from caraway.protocol.mux_resync import preamble
from caraway.protocol.mux_sender import MAX_MESSAGE
from caraway.protocol.mux_streams import Ended, MuxLimits, MuxStream, Opened

LIMITS = MuxLimits(streams=5, window=600, wide_window=1000, widening=700, total=1500, remembered=4)
#: Bytes that one step feeds at most, and that may wait beyond a limit for that reason.
MAX_FED = 255
_WRITES = 40_000


class Course:
    """An end, and what it is seen to do.

    Args:
        is_agent: Which end.
    """

    def __init__(self, *, is_agent: bool) -> None:
        self.is_agent = is_agent
        self.mux = Mux(is_agent=is_agent, limits=LIMITS, is_unfinished=self._is_unfinished)
        self.streams: list[MuxStream] = []
        self.told: list[str] = []
        self.now = 0.0
        self._sent = FrameSplitter()
        self._fed = FrameSplitter()
        # What may be named in what is sent.
        self._numbers = {CONTROL_ID}
        self._lead = b""
        self._has_begun = False
        self._is_written = 0

    def _is_unfinished(self, stream: MuxStream) -> bool:
        return bool(stream.output_size)

    def step(self, code: int, data: bytes) -> None:
        """Let one thing happen, then everything that follows from it."""
        mux = self.mux
        stream = self.streams[len(data) % len(self.streams)] if self.streams else None
        if code < 128:
            self._feed(data)
        elif code < 136:
            mux.port_opened()
            self._sent.reset()
            self._fed.reset()
            self._lead, self._has_begun = b"", False
        elif code < 140:
            mux.port_closed()
        elif code < 160 and self.is_agent:
            self._open()
        elif code < 180:
            self.now += len(data)
            mux.check(self.now)
        elif code < 190:
            self._take_message()
        elif stream is not None:
            self._use(stream, code, data)
        self._take_events()
        self.check()

    def _feed(self, data: bytes) -> None:
        self.mux.feed(data)
        if self.mux.is_open:
            self._fed.feed(data)
            while (piece := self._fed.next_piece()) is not None:
                self._numbers.add(piece.stream_id)

    def _open(self) -> None:
        try:
            self.streams.append(self.mux.open(self.now))
            # The peer may guess it, in the middle of what is no row of frames.
            self._numbers.add(self.streams[-1].stream_id)
        except ClosedError:
            assert not self.mux.is_open or len(self.mux.streams) == LIMITS.streams

    def _use(self, stream: MuxStream, code: int, data: bytes) -> None:
        if code < 210 and self._is_written < _WRITES:
            self._is_written += len(data) * 50
            self.mux.write(stream, data * 50)
            # An agent's has its number now.
            self._numbers.add(stream.stream_id)
        elif code < 220:
            self.mux.pause(stream)
        elif code < 235:
            self.mux.resume(stream)
        elif code < 242:
            self.mux.close(stream)
        elif code < 248:
            self.mux.abort(stream)
        else:
            self.mux.expire(stream)

    def _take_events(self) -> None:
        while (event := self.mux.next_event(self.now)) is not None:
            number = event.stream.stream_id
            if isinstance(event, Opened):
                assert not self.is_agent, "nobody opens connections to an agent"
                self.streams.append(event.stream)
                self.told.append(f"opened {number}")
            elif isinstance(event, Ended):
                assert event.stream.is_over
                self.told.append(f"ended {number} {event.reason}")
            else:
                assert not event.stream.is_closing, "what was closed still talks"
                assert event.data, "nothing came"
                self.told.append(f"data {number} {event.data.hex()}")
        self.streams = [each for each in self.streams if not each.is_over]

    def _take_message(self) -> None:
        pieces = self.mux.next_message(self.now)
        if pieces is None:
            return
        message = b"".join(pieces)
        if not self._has_begun:
            # It may come in parts.
            self._lead += message
            if self._lead != preamble() and preamble().startswith(self._lead):
                return
            self._has_begun = True
            message = self._lead.removeprefix(preamble())
        assert len(message) <= MAX_MESSAGE + 10
        self._sent.feed(message)
        while (piece := self._sent.next_piece()) is not None:
            assert piece.stream_id in self._numbers, "what was sent is no row of frames"

    def check(self) -> None:
        """What always holds."""
        mux = self.mux
        found = mux.streams
        assert len(found) <= LIMITS.streams
        assert mux.is_open or not found
        waiting = sum(len(each) for stream in found for each in stream.incoming)
        assert mux.incoming_size == waiting
        plain = sum(stream.incoming_size for stream in found if not stream.is_windowed)
        assert plain <= LIMITS.total or mux.is_full, "more waits than may, and the port goes on"
        for stream in found:
            assert stream.output_size == sum(map(len, stream.output))
            assert stream.incoming_size == sum(map(len, stream.incoming))
            if stream.is_windowed:
                assert stream.credit >= 0, "more was sent than was granted"
                assert LIMITS.window <= stream.window <= LIMITS.wide_window
                # An agent may have been sent some before it granted any.
                assert self.is_agent or stream.incoming_size <= stream.window
        wide = sum(stream.window - LIMITS.window for stream in found if stream.is_windowed)
        assert wide <= LIMITS.widening
        assert len(mux._late) <= LIMITS.remembered
        assert len(mux._control) <= MAX_CONTROL


def run(data: bytes) -> list[str]:
    """A course out of any bytes: a step's code, how much follows, and that.

    Returns:
        What was told.
    """
    course = Course(is_agent=bool(data[:1] and data[0] & 1))
    course.mux.port_opened()
    at = 1
    while at + 1 < len(data):
        code, size = data[at], data[at + 1]
        course.step(code, data[at + 2 : at + 2 + size])
        at += 2 + size
    return course.told
