"""Many connections through one WebDAV channel, either end of it, without I/O.

Feed what the port brings and take events; write to streams and take
messages for the port, one by one, as it has room for them: what waits, waits
here, where the order can still change.

Source: mux.proto; docs/adr/0014-mux-credits.md; behaviour compared with
spice-gtk 0.42 and spice-webdavd 3.0.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from caraway.errors import ClosedError
from caraway.protocol.mux_credits import (
    CONTROL_ID,
    GREETING,
    MAX_CONTROL,
    MAX_WINDOW,
    MIN_WINDOW,
    Credit,
    Hello,
    read_control,
)
from caraway.protocol.mux_frames import FrameSplitter, Piece
from caraway.protocol.mux_grants import MuxGrants
from caraway.protocol.mux_inbox import MuxInbox
from caraway.protocol.mux_late import LateNumbers
from caraway.protocol.mux_resync import preamble
from caraway.protocol.mux_sender import MuxSender
from caraway.protocol.mux_streams import Ended, MuxLimits, MuxStream, Opened, Received

if TYPE_CHECKING:
    from caraway.wire.record import Buffer


def _never(stream: MuxStream | bytes) -> bool:
    return False


class Mux:
    """One end.

    A port that is closed carries nothing; :meth:`port_opened` begins anew.

    Args:
        is_agent: This is the guest's end, which opens connections.
        limits: What the peer may take from us.
        first_id: The agent's first connection. Better one that no agent before had: answers
            to that one's connections may be on their way still.
        is_unfinished: For the other end: whether a stream's answer is not out yet
            though all of the request is here. Real agents use an id again without a
            word: bytes that come then belong to a new connection.
        is_beginning: For the other end: whether bytes look like the first of a connection.
            Those for one that was closed here of late are no late data then.
        leads_first: For the other end: the agent may be in the middle of a frame even at the
            first opening, which somebody else's client left there.
    """

    def __init__(
        self,
        *,
        is_agent: bool = False,
        limits: MuxLimits | None = None,
        first_id: int = 1,
        is_unfinished: Callable[[MuxStream], bool] = _never,
        is_beginning: Callable[[bytes], bool] = _never,
        leads_first: bool = False,
    ) -> None:
        self._is_agent = is_agent
        self._limits = limits or MuxLimits()
        self._is_unfinished = is_unfinished
        self._is_beginning = is_beginning
        self._leads_first = leads_first
        #: Another client has come, and nobody has seen the port closed: what was sent last may
        #: have been cut, in the middle of a frame.
        self.is_replaced = False
        #: What the peer has said that makes no sense, for a log; whoever reads it clears it.
        self.nonsense: str | None = None
        self._first_id = first_id
        self._splitter = FrameSplitter(self if is_agent else None)
        self._sender = MuxSender()
        self._streams: dict[int, MuxStream] = {}
        self._is_open = False
        # The peer's window, once it has said that it grants any.
        self._peer_window = 0
        self._control = b""
        # The highest id so far; an agent's never come back.
        self._highest = first_id - 1 if is_agent else 0
        self._late = LateNumbers(self._limits)
        self._events: deque[Opened | Ended] = deque()
        self._inbox = MuxInbox(self._limits)
        self._grants = MuxGrants(self._limits)

    # What it is

    @property
    def streams(self) -> list[MuxStream]:
        """The connections there are."""
        return list(self._streams.values())

    @property
    def is_open(self) -> bool:
        """The port is open."""
        return self._is_open

    @property
    def takes_credits(self) -> bool:
        """The peer is of our kind: connections have windows, ids are counted."""
        return bool(self._peer_window)

    @property
    def is_full(self) -> bool:
        """The port has to wait: a connection is read slower than it sends."""
        return self._inbox.is_full

    @property
    def unconfirmed(self) -> set[int]:
        """Connections that were closed here of late, and of which the peer has not said so too.

        An agent says so when the program is gone or, if it is ours, has been given everything.
        """
        return self._late.numbers

    @property
    def incoming_size(self) -> int:
        """Bytes that wait to be read."""
        return self._inbox.size

    def is_given_out(self, stream_id: int) -> bool:
        """An agent's frames may have this id: it was given to a connection, or is for control."""
        return self._first_id <= stream_id <= self._highest or stream_id == CONTROL_ID

    def landmarks(self) -> tuple[int, int]:
        """The first id and the last."""
        return (self._first_id, self._highest)

    @property
    def greeting(self) -> bytes:
        """A client's hello, up to what it says."""
        return GREETING

    # The port

    def port_opened(self) -> None:
        """The port was opened: frames begin."""
        self.port_closed()
        self._is_open = True
        # An agent never speaks first: spice-gtk would take that for a connection.
        if not self._is_agent:
            if self._leads_first or self._sender.has_sent:
                # What an agent before has not read, or a client before has begun, comes first.
                self._sender.begin(preamble())
            self._sender.greet(self._limits.window)
            self._sender.suit(is_plain=True)

    def port_closed(self) -> None:
        """The port was closed, which ends all connections."""
        self._is_open = self.is_replaced = False
        self._end_all("the port was closed")
        self._splitter.reset()
        self._late.clear()
        self._peer_window = 0
        self._control = b""
        if not self._is_agent:
            self._highest = 0

    def _end_all(self, reason: str) -> None:
        for stream in self.streams:
            self._end(stream, reason)
        self._sender.clear()

    # Reading

    def feed(self, data: Buffer) -> None:
        """Take what the port has brought; its bytes must not change as long as events are used."""
        if self._is_open:
            self._splitter.feed(data)

    def next_event(self, now: float) -> Opened | Received | Ended | None:
        """What has happened next; None when nothing has.

        Args:
            now: Seconds, monotonic.
        """
        while True:
            if self._events:
                return self._events.popleft()
            stream = self._inbox.next()
            if stream is not None:
                if stream.incoming:
                    return self._received(stream, [self._inbox.take(stream)])
                self._end(stream, None)
                self._confirm(stream)
                continue
            piece = self._splitter.next_piece()
            if piece is None:
                return None
            if piece.stream_id == CONTROL_ID:
                self._take_control(piece)
                continue
            received = self._take(piece, now)
            if received is not None:
                return received

    def _received(self, stream: MuxStream, parts: Sequence[Buffer]) -> Received:
        if stream.is_windowed:
            amount = self._grants.read(stream, sum(map(len, parts)), self._streams.values())
            if amount:
                self._sender.grant(stream, amount)
        return Received(stream, parts)

    def _take(self, piece: Piece, now: float) -> Received | None:
        stream = self._streams.get(piece.stream_id)
        if stream is not None and self._is_another(stream, piece):
            self._end(stream, "its number came again for another connection")
            stream = None
        if stream is None:
            stream = self._meet(piece, now)
            if stream is None:
                return None
            self._events.append(Opened(stream))
        stream.moved = now
        if not piece.parts:
            self._hear_end(stream, now)
            return None
        if stream.is_closing or stream.has_ended:
            return None
        # A client that has closed it does not answer: it meant what was before.
        stream.hung_up = None
        if stream.is_windowed:
            stream.allowance -= sum(map(len, piece.parts))
            if stream.allowance < 0:
                self._reset(stream, "more came than was granted", now)
                return None
        if not (stream.is_paused or stream.incoming or self._events):
            return self._received(stream, piece.parts)
        stuck = self._inbox.add(stream, piece.data, now)
        if stuck is not None:
            self._reset(stuck, "more came than is kept for a reader who does not read", now)
        return None

    def _is_another(self, stream: MuxStream, piece: Piece) -> bool:
        """A plain peer has used the number of a stream again, for another connection."""
        if self._is_agent or self.takes_credits or not (piece.is_first and piece.parts):
            return False
        if stream.has_ended or (stream.is_closing and self._is_beginning(piece.data)):
            return True
        return self._is_unfinished(stream)

    def _meet(self, piece: Piece, now: float) -> MuxStream | None:
        """The stream that a piece of an unknown one opens; None for what opens none."""
        number = piece.stream_id
        if not piece.parts:
            # The peer will not use it any more for what it meant.
            self._late.discard(number)
            return None
        if not piece.is_first:
            return None
        if self._is_agent:
            self._sender.end(number)
            return None
        if self.takes_credits and number <= self._highest:
            return None
        if self._late.has(number, now) and not self._is_beginning(piece.data):
            self._late.add(number, now)
            return None
        self._late.discard(number)
        self._highest = max(self._highest, number)
        if len(self._streams) >= self._limits.streams:
            self._late.add(number, now)
            self._sender.end(number)
            return None
        return self._add(number, now)

    def _add(self, number: int, now: float) -> MuxStream:
        stream = self._streams[number] = MuxStream(number, now)
        if self._peer_window:
            stream.set_windows(sends=self._peer_window, takes=self._limits.window)
        return stream

    def _hear_end(self, stream: MuxStream, now: float) -> None:
        if self._is_agent and not self.takes_credits:
            # spice-gtk says so after each answer; the program may go on.
            stream.hung_up = now
            return
        if stream.is_closing:
            self._forget(stream)
            self._confirm(stream)
            return
        stream.has_ended = True
        # Nobody reads what is still to be sent.
        stream.drop_output()
        self._inbox.look_at(stream)

    def _confirm(self, stream: MuxStream) -> None:
        """The client has closed a connection: tell it that all of it has been read here."""
        if self._is_agent:
            self._sender.end(stream.stream_id)

    def _take_control(self, piece: Piece) -> None:
        self._control += piece.data[: MAX_CONTROL - len(self._control)]
        if not piece.is_last:
            return
        data, self._control = self._control, b""
        for record in read_control(data):
            if isinstance(record, Credit):
                self._take_credit(record)
            else:
                self._take_hello(record)

    def _take_hello(self, hello: Hello) -> None:
        if not MIN_WINDOW <= hello.window <= MAX_WINDOW:
            self.nonsense = (
                f"the peer takes {hello.window} bytes of each connection, it has to be"
                f" {MIN_WINDOW} to {MAX_WINDOW}: there will be no credits"
            )
            return
        if self._is_agent:
            if self._peer_window:
                # Another client, and what is here belongs to the one before.
                self._end_all("another client has come")
                self.is_replaced = True
            self._sender.greet(self._limits.window)
            for stream in self._streams.values():
                # Those that the client will hear of behind our answer.
                if not stream.has_spoken:
                    stream.set_windows(sends=hello.window, takes=self._limits.window)
        self._peer_window = hello.window
        self._splitter.joins = True
        self._sender.suit(is_plain=False)

    def _take_credit(self, credit: Credit) -> None:
        stream = self._streams.get(credit.stream_id)
        if stream is not None and stream.is_windowed:
            stream.credit = min(stream.credit + credit.amount, MAX_WINDOW)
            self._sender.add(stream)

    # Streams

    def open(self, now: float) -> MuxStream:
        """Open a connection, as an agent.

        Raises:
            ClosedError: The port is closed, or there are too many already.
        """
        if not self._is_open:
            raise ClosedError("the port is closed: nobody shares a folder just now")
        if len(self._streams) >= self._limits.streams:
            raise ClosedError(
                f"{len(self._streams)} connections are open, the limit is {self._limits.streams}"
            )
        self._highest += 1
        return self._add(self._highest, now)

    def write(self, stream: MuxStream, data: bytes | bytearray) -> None:
        """Have data sent, after what was written before; nothing happens once it is closed.

        Args:
            data: Not to be changed afterwards.
        """
        if stream.is_over or stream.is_closing or stream.has_ended or not data:
            return
        stream.hung_up = None
        if self._is_agent and not (stream.has_spoken or stream.output_size):
            self._number(stream)
        stream.add_output(data)
        self._sender.add(stream)

    def _number(self, stream: MuxStream) -> None:
        """Give a connection that begins to speak the highest number.

        Others may have spoken that were opened later, and what is below the highest number
        that a client has heard is late data.
        """
        if stream.stream_id != self._highest:
            del self._streams[stream.stream_id]
            self._highest += 1
            stream.stream_id = self._highest
            self._streams[stream.stream_id] = stream

    def pause(self, stream: MuxStream) -> None:
        """Let what comes wait."""
        stream.is_paused = True

    def resume(self, stream: MuxStream) -> None:
        """Hand out what comes, and what has waited: there may be events."""
        stream.is_paused = False
        self._inbox.look_at(stream)

    def close(self, stream: MuxStream) -> None:
        """Close a connection after what was written; nothing of it comes any more."""
        if stream.is_over or stream.is_closing:
            return
        self._inbox.drop(stream)
        is_unheard_of = self._is_agent and not (stream.has_spoken or stream.output_size)
        if stream.has_ended or is_unheard_of:
            self._forget(stream)
            return
        stream.is_closing = True
        self._sender.add(stream)

    def abort(self, stream: MuxStream) -> None:
        """Close a connection without sending the rest of what was written."""
        stream.drop_output()
        self.close(stream)
        if not stream.is_over:
            # It may have been closing already, and waiting for its peer.
            self._sender.add(stream)

    def expire(self, stream: MuxStream) -> None:
        """Close a connection on which nothing is under way: its id may come again at once.

        Real agents do not hear that it is closed. What they send next for it is then the
        beginning of a new one, which loses nothing.
        """
        if self.takes_credits or self._is_agent:
            self.close(stream)
        else:
            self._forget(stream)

    def check(self, now: float) -> None:
        """Have an eye on the clock, every second or so: there may be events."""
        for stream in self.streams:
            if stream.hung_up is not None and now - stream.hung_up > self._limits.hang_up_s:
                self._end(stream, None)
        for stream in self._inbox.overdue(now):
            self._reset(stream, "it was not read for too long", now)
        self._late.check(now)

    def _end(self, stream: MuxStream, reason: str | None) -> None:
        """A connection is over without its user having closed it."""
        is_told = not stream.is_closing
        self._forget(stream)
        if is_told:
            self._events.append(Ended(stream, reason))

    def _reset(self, stream: MuxStream, reason: str, now: float) -> None:
        """Close a connection that cannot go on."""
        self._end(stream, reason)
        self._sender.end(stream.stream_id)
        self._late.add(stream.stream_id, now)

    def _forget(self, stream: MuxStream) -> None:
        stream.is_over = True
        stream.drop_output()
        self._inbox.drop(stream)
        self._grants.end(stream)
        self._sender.forget(stream)
        if self._streams.get(stream.stream_id) is stream:
            del self._streams[stream.stream_id]

    # Writing

    @property
    def has_output(self) -> bool:
        """There is something to be sent now."""
        return self._is_open and self._sender.has_output

    @property
    def rest(self) -> memoryview:
        """What is missing of frames of which a part has left: nothing else may go before it."""
        return self._sender.rest

    def next_message(self, now: float) -> list[Buffer] | None:
        """What the port is to send next, in pieces; None when there is nothing."""
        message = self._sender.next_message(now) if self._is_open else None
        if message is None:
            return None
        pieces, finished = message
        for stream in finished:
            self._forget(stream)
            self._late.add(stream.stream_id, now)
        return pieces
