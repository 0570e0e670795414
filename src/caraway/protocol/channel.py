"""What every channel does once it is linked: messages, acknowledgements, pings.

Source: spice.proto ``BaseChannel``.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

from caraway.errors import ClosedError, LimitExceeded
from caraway.messages import SPICE, base
from caraway.protocol.acks import AckCounter, AckWindow
from caraway.protocol.framing import LIST, Frame, FrameReader, FrameWriter
from caraway.protocol.link import Linked
from caraway.wire.limits import Limits
from caraway.wire.record import Buffer, Message

#: Bytes that wait to be sent because the other side does not acknowledge.
MAX_WAITING: Final = 16 << 20
#: Messages that are settled here before the caller can let others have their turn.
SETTLED_AT_ONCE: Final = 256
#: Bytes of one PING that a server may have us read; the longest in use is 256,000.
MAX_PING: Final = 1 << 20


class Notice:
    """The base of events that are no message as it came."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Unknown(Notice):
    """A message whose number the channel does not have; it was skipped.

    Attributes:
        size: Bytes of its body.
    """

    number: int
    size: int


@dataclass(frozen=True, slots=True)
class Settled(Notice):
    """So many messages needed no decision that others should have their turn first."""


#: What a channel hands out.
Event = Message | Notice


class Channel:
    """One end of a linked channel, without I/O.

    Bytes go in by :meth:`feed`, events come out of :meth:`next_event`; what is
    to be sent is gathered and taken by :meth:`take_output`. Answers that need
    no decision (ACK_SYNC, ACK, PONG) are given here, and pongs are events: who
    sent the ping knows when.

    Attributes:
        kind: The channel's name, such as ``main``.
        linked: How the link stage ended.
        side: Which end this is.

    Args:
        limits: What one message may claim.
    """

    def __init__(
        self,
        kind: str,
        linked: Linked,
        *,
        side: Literal["client", "server"],
        limits: Limits | None = None,
    ) -> None:
        self.kind = kind
        self.linked = linked
        self.side = side
        self._limits = limits
        # Messages that may have nothing behind them, by number.
        self._exact: dict[int, Limits] = {}
        peer = "server" if side == "client" else "client"
        self._numbered = SPICE.messages(kind, peer)
        self._reader = FrameReader(
            has_mini_header=linked.has_mini_header, has_lists=side == "client", limits=limits
        )
        self._writer = FrameWriter(has_mini_header=linked.has_mini_header)
        self._owed = AckCounter()
        self._window = AckWindow()
        self._output: list[Buffer] = []
        self._waiting: deque[tuple[int, list[Buffer]]] = deque()
        self._waiting_size = 0
        self._received = 0
        self._handlers: dict[type[Message], Callable[[Message], bool]] = {
            base.ServerSetAck: self._set_ack,
            base.ServerPing: self._ping,
            base.ClientAckSync: self._ack_sync,
            base.ClientAck: self._ack,
        }

    # Receiving

    @property
    def received_serial(self) -> int:
        """The serial of the last message that was handed out, for WAIT_FOR_CHANNELS."""
        return self._received

    def feed(self, data: Buffer) -> None:
        """Take bytes; every event of what came before has to be taken first.

        Args:
            data: Nobody changes them afterwards: events refer to them.
        """
        self._reader.feed(data)

    def next_event(self) -> Event | None:
        """The next message that is not settled here; None until more bytes are fed.

        Raises:
            DecodeError: The bytes are no message of this channel.
            LimitExceeded: A message is longer than the limits allow.
        """
        left = SETTLED_AT_ONCE
        while (frame := self._reader.next_frame()) is not None:
            event = self._read(frame)
            if event is not None:
                return event
            left -= 1
            if not left:
                return Settled()
        return None

    def _read(self, frame: Frame) -> Event | None:
        # Counted before it is looked at, as a SET_ACK is not one of its own window.
        self._count(frame)
        event: Event | None = None
        if frame.number != LIST or self.side == "server":
            message_class = self._numbered.get(frame.number)
            if message_class is None:
                event = Unknown(frame.number, len(frame.body))
            else:
                limits = self._exact.get(frame.number, self._limits)
                message = message_class.parse(frame.body, limits)
                handler = self._handlers.get(message_class)
                if handler is None or not handler(message):
                    event = message
        return event

    def _count(self, frame: Frame) -> None:
        """Note that a message has come; one with others inside counts once."""
        if not frame.is_inner:
            self._received = frame.serial
            if self._owed.window and self._owed.message_received():
                self.send(base.ClientAck())

    def _set_ack(self, message: Message) -> bool:
        assert isinstance(message, base.ServerSetAck)
        self.send(base.ClientAckSync(message.generation))
        self._owed.set_window(message.window)
        return True

    def _ping(self, message: Message) -> bool:
        assert isinstance(message, base.ServerPing)
        if len(message.data) > MAX_PING:
            raise LimitExceeded(f"ping of {len(message.data)} bytes, the limit is {MAX_PING}")
        self.send(base.ClientPong(message.id, message.timestamp))
        return True

    def _ack_sync(self, message: Message) -> bool:
        assert isinstance(message, base.ClientAckSync)
        self._window.sync(message.generation)
        return True

    def _ack(self, message: Message) -> bool:
        self._window.acked()
        self._release()
        return True

    # Sending

    def send(self, message: Message) -> None:
        """Have a message sent; behind a closed window it waits.

        Raises:
            ClosedError: The other side has not acknowledged 16 MiB.
            EncodeError: A field of it cannot be sent.
        """
        self.send_body(message.NUMBER, message.write_buffers())

    def send_body(self, number: int, body: list[Buffer]) -> None:
        """Have a message sent whose body is written already.

        Raises:
            ClosedError: The other side has not acknowledged 16 MiB.
        """
        if self._waiting or (self._window.window and not self._window.may_send):
            self._waiting_size += sum(map(len, body))
            if self._waiting_size > MAX_WAITING:
                raise ClosedError(
                    f"the {self.kind} channel's peer has acknowledged nothing of"
                    f" {self._waiting_size} bytes, the limit is {MAX_WAITING}"
                )
            self._waiting.append((number, body))
        else:
            self._put(number, body)

    def _put(self, number: int, body: list[Buffer]) -> None:
        size = len(body[0]) if len(body) == 1 else sum(map(len, body))
        self._output.append(self._writer.header(number, size))
        self._output += body
        if self._window.window:
            self._window.message_sent()

    def _release(self) -> None:
        while self._waiting and self._window.may_send:
            number, body = self._waiting.popleft()
            self._waiting_size -= sum(map(len, body))
            self._put(number, body)

    @property
    def is_congested(self) -> bool:
        """Messages wait for the other side to acknowledge others."""
        return bool(self._waiting)

    @property
    def output_size(self) -> int:
        """Bytes that are to be sent now."""
        return sum(map(len, self._output))

    def take_output(self) -> list[Buffer]:
        """What is to be sent now, in pieces."""
        output, self._output = self._output, []
        return output

    # Of a server

    def set_ack_window(self, window: int) -> None:
        """Have the client acknowledge every ``window`` messages; two windows go out unasked."""
        generation = self._window.begin(window=window)
        self._put(base.ServerSetAck.NUMBER, base.ServerSetAck(generation, window).write_buffers())
        self._release()
