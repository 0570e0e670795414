"""The asyncio face of one channel, for both ends: link stage, then messages."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Generic, TypeVar, cast

from caraway.errors import (
    ActionFailed,
    CarawayError,
    ClosedError,
    ConnectError,
    DeadlineExceeded,
    LimitExceeded,
)
from caraway.net.heap import keep_memory
from caraway.net.tcp import reason_of
from caraway.net.vectored import write_pieces
from caraway.protocol.channel import Channel, Event, Settled
from caraway.protocol.link import Linked
from caraway.protocol.steps import Exchange
from caraway.wire.record import Buffer, Message

C = TypeVar("C", bound=Channel)

#: Bytes that wait in a transport from which on a writer has to wait. Little, so
#: that what is urgent does not stand behind what is not; the kernel has its own.
HIGH_WATER = 64 << 10
#: Bytes of answers that are kept for a peer that asks, by pings for instance, and
#: reads no answers.
MAX_ANSWERS = 1 << 20
#: How long a peer may take to read what was written before the stream was closed, seconds.
LINGER_S = 5.0

# Who wants nothing to be handed out.
_READER = 1
_WAIT = 2
_TURN = 4
#: Events that are handed out before others have their turn. A peer may send
#: forty thousand messages in what is read at once.
_AT_ONCE = 256
_BREATH_S = 0.001


class ChannelConnection(asyncio.Protocol, Generic[C]):
    """One stream with a channel on it.

    Events are handed to a function as they come, in the event loop. Who cannot
    take more calls :meth:`pause`: it then gets no more, and the peer has to wait.
    What that function raises ends the channel; an exception that is not of this
    package goes to the event loop's exception handler as well.

    Attributes:
        channel: The channel, once the link stage is over; before that, using
            it is an error.
        error: Why the stream ended; None while it has not.
        peer: The other side's address; ``local`` where it has none.
        on_taken: Called with bytes and seconds when a peer that kept us waiting has taken
            what waited for it.
        on_room: Called when the stream is writable again.

    Args:
        exchange: The link stage, of either side.
        make_channel: Makes the channel from how the link stage ended.
        on_linked: Called when the channel is there, before its first event.
        on_event: Called for each event.
        on_closed: Called once, when the stream is gone, with the reason.
    """

    def __init__(
        self,
        exchange: Exchange[Linked],
        make_channel: Callable[[Linked], C],
        *,
        on_event: Callable[[Event], None],
        on_linked: Callable[[ChannelConnection[C]], None] | None = None,
        on_closed: Callable[[CarawayError], None] | None = None,
    ) -> None:
        self._exchange: Exchange[Linked] | None = exchange
        self._make_channel = make_channel
        self._on_event = on_event
        self._on_linked = on_linked
        self._on_closed = on_closed
        self._transport: asyncio.Transport | None = None
        self._channel: C | None = None
        self._linked: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        # Nobody may be waiting when it fails.
        self._linked.add_done_callback(lambda done: done.cancelled() or done.exception())
        self._writable: asyncio.Event | None = None
        # Since when the peer takes less than we send, and what waited for it then.
        self._full = (0.0, 0)
        # Bytes of answers since the peer has begun to take less than we send.
        self._answers = 0
        # Bytes that came while nobody could take events.
        self._held: list[Buffer] = []
        self._pauses = 0
        # Events are being handed out: what is called by them must not begin to do so again.
        self._is_busy = False
        # The transport has been told to take nothing.
        self._is_stopped = False
        self._gone = asyncio.Event()
        self._lingering: asyncio.TimerHandle | None = None
        self.error: CarawayError | None = None
        self.peer = "local"
        self.on_taken: Callable[[int, float], None] | None = None
        self.on_room: Callable[[], None] | None = None

    @property
    def channel(self) -> C:
        """The channel; there is one once :meth:`linked` has returned."""
        if self._channel is None:
            raise self.error or ClosedError("the channel is not linked yet")
        return self._channel

    @property
    def is_closed(self) -> bool:
        """Nothing comes or goes any more."""
        return self.error is not None

    @property
    def transport(self) -> asyncio.Transport | None:
        """What the channel runs on."""
        return self._transport

    async def linked(self, timeout_s: float) -> None:
        """Wait until the link stage is over.

        Raises:
            CarawayError: It failed; the stream is closed then.
            DeadlineExceeded: It took longer than ``timeout_s``.
        """
        try:
            # Not wait_for: up to Python 3.11 it forgets that it was cancelled if the link
            # stage ends in the same turn, and the caller's deadline with it.
            async with asyncio.timeout(timeout_s):
                await asyncio.shield(self._linked)
        except TimeoutError:
            error = DeadlineExceeded(f"linking took longer than {timeout_s:g} s")
            self.abort(error)
            raise error from None

    # What asyncio calls

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The stream is open."""
        keep_memory()
        self._transport = cast("asyncio.Transport", transport)
        self._transport.set_write_buffer_limits(high=HIGH_WATER)
        address = transport.get_extra_info("peername")
        if isinstance(address, tuple):
            self.peer = str(address[0])
        if self._exchange is not None:
            self._write(self._exchange.take_output())

    def data_received(self, data: Buffer) -> None:
        """Bytes have come."""
        if self.error is not None:
            return
        if self._pauses or self._is_busy:
            self._held.append(data)
            return
        self._take(data)
        if self._is_stopped and not self._pauses:
            self._go_on()

    def _take(self, data: Buffer) -> None:
        """Deal with bytes; with none, with what is left of those before."""
        self._is_busy = True
        try:
            if self._exchange is not None:
                data = self._link(self._exchange, data)
            if self._channel is not None:
                if data:
                    self._channel.feed(data)
                self._hand_out(self._channel)
        except CarawayError as error:
            # What the peer is to be told of it goes first.
            self.flush()
            self.close(error)
        except Exception as error:  # noqa: BLE001 - reported; the channel ends
            self._fail(error)
        finally:
            self._is_busy = False

    def _fail(self, error: Exception) -> None:
        """A function of the user, or of ours, has a fault: say so, and end the channel."""
        kind = "a" if self._channel is None else f"the {self._channel.kind}"
        message = f"what takes the events of {kind} channel has failed"
        asyncio.get_running_loop().call_exception_handler(
            {"message": message, "exception": error, "protocol": self}
        )
        self.close(ActionFailed(f"{message}: {type(error).__name__}: {error}"))

    def _link(self, exchange: Exchange[Linked], data: Buffer) -> bytes:
        try:
            exchange.feed(data)
        finally:
            self._write(exchange.take_output())
        if exchange.outcome is None:
            return b""
        self._channel = self._make_channel(exchange.outcome)
        self._exchange = None
        if self._on_linked is not None:
            self._on_linked(self)
        if not self._linked.done():
            self._linked.set_result(None)
        return exchange.rest

    def _hand_out(self, channel: C) -> None:
        on_event = self._on_event
        left = _AT_ONCE
        while (
            not self._pauses and self.error is None and (event := channel.next_event()) is not None
        ):
            on_event(event)
            left = 0 if isinstance(event, Settled) else left - 1
            if not left:
                self._stop(_TURN)
                # A peer that has answers to read is given the time for it.
                pause_s = 0.0 if self._writable is None else _BREATH_S
                asyncio.get_running_loop().call_later(pause_s, self._let_go, _TURN)
        if self._writable is not None:
            # Not reading on would be wrong: two that wait for each other to read wait for ever.
            self._answers += channel.output_size
        self.flush()
        if self._answers > MAX_ANSWERS and self._transport is not None:
            unread = self._transport.get_write_buffer_size()
            # A peer that reads, but slowly, may have asked for more than that in all.
            if unread > MAX_ANSWERS:
                self.abort(
                    LimitExceeded(
                        f"the {channel.kind} channel's peer has not read {unread} bytes"
                        f" that it asked for, the limit is {MAX_ANSWERS}"
                    )
                )

    def eof_received(self) -> bool:
        """The peer sends no more, which ends a channel."""
        return False

    def pause_writing(self) -> None:
        """The peer takes less than we send."""
        self._writable = asyncio.Event()
        if self.on_taken is not None and self._transport is not None:
            now = asyncio.get_running_loop().time()
            self._full = (now, self._transport.get_write_buffer_size())

    def resume_writing(self) -> None:
        """There is room again."""
        writable, self._writable = self._writable, None
        if writable is not None:
            writable.set()
            if self.on_taken is not None and self._transport is not None:
                since, waited = self._full
                taken = max(0, waited - self._transport.get_write_buffer_size())
                self.on_taken(taken, asyncio.get_running_loop().time() - since)
            if self.on_room is not None:
                self.on_room()
        self._answers = 0

    def connection_lost(self, exc: Exception | None) -> None:
        """The stream is gone."""
        if self.error is None:
            self.error = self._why_lost(exc)
        self._transport = None
        if self._lingering is not None:
            self._lingering.cancel()
        if not self._linked.done():
            self._linked.set_exception(self.error)
        self.resume_writing()
        self._gone.set()
        if self._on_closed is not None:
            self._on_closed(self.error)

    def _why_lost(self, exc: Exception | None) -> CarawayError:
        meaning = self._exchange.ended() if self._exchange is not None else None
        if meaning is not None:
            return meaning
        if isinstance(exc, CarawayError):
            return exc
        if isinstance(exc, OSError):
            # Nobody has closed it: a network or a program was cut off.
            stage = " while it was being linked" if self._channel is None else ""
            return ConnectError(f"the connection broke{stage}: {reason_of(exc)}")
        stage = "while it was being linked" if self._channel is None else "the connection"
        detail = f": {exc}" if exc is not None else ""
        return ClosedError(f"the other side closed {stage}{detail}")

    # What a session calls

    def send(self, message: Message) -> None:
        """Send a message now.

        Raises:
            CarawayError: The channel is closed, or a field cannot be sent.
        """
        self.check()
        self.channel.send(message)
        self.flush()

    def flush(self) -> None:
        """Write what the channel has to send."""
        transport = self._transport
        if self._channel is not None and transport is not None:
            output = self._channel.take_output()
            if output and not transport.is_closing():
                write_pieces(transport, output)

    @property
    def is_writable(self) -> bool:
        """The peer takes what is sent."""
        return self._writable is None

    async def drain(self) -> None:
        """Wait while the peer takes nothing.

        Raises:
            CarawayError: The channel is closed.
        """
        self.check()
        if self._writable is not None:
            await self._writable.wait()
            self.check()

    def check(self) -> None:
        """Raise why the channel is closed, if it is.

        Raises:
            CarawayError: It is.
        """
        if self.error is not None:
            raise self.error.with_traceback(None)

    def pause(self) -> None:
        """Hand out no more events for now, and take nothing from the peer."""
        self._stop(_READER)

    def resume(self) -> None:
        """Go on; events that have waited are handed out at once."""
        self._let_go(_READER)

    def hold(self) -> None:
        """Pause until :meth:`release`, whoever pauses and resumes meanwhile."""
        self._stop(_WAIT)

    def release(self) -> None:
        """The end of :meth:`hold`."""
        self._let_go(_WAIT)

    @property
    def is_reading(self) -> bool:
        """Events are handed out, and the end of the stream would be noticed."""
        return not self._pauses & ~_TURN

    def _stop(self, who: int) -> None:
        self._pauses |= who
        self._is_stopped = True
        if self._transport is not None and not self._transport.is_closing():
            self._transport.pause_reading()

    def _let_go(self, who: int) -> None:
        if not self._pauses:
            return
        self._pauses &= ~who
        if not self._pauses and not self._is_busy:
            self._go_on()

    def _go_on(self) -> None:
        """Hand out what has waited; when that is done, the peer may send more."""
        self._take(b"")
        while self._held and not self._pauses and self.error is None:
            self._take(self._held.pop(0))
        if self._pauses or self.error is not None:
            return
        self._is_stopped = False
        if self._transport is not None and not self._transport.is_closing():
            self._transport.resume_reading()

    def close(self, error: CarawayError | None = None) -> None:
        """Send what is written, then close.

        Args:
            error: What everybody is told who uses the channel from now on.
        """
        if self.error is None:
            self.error = error or ClosedError("the channel was closed here")
        if not self._linked.done():
            self._linked.set_exception(self.error)
        if self._transport is not None:
            # Closed a second time, one of TLS forgets what it would abort.
            if not self._transport.is_closing():
                self._transport.close()
            if self._lingering is None:
                # A peer that reads nothing would otherwise keep the stream for ever.
                loop = asyncio.get_running_loop()
                self._lingering = loop.call_later(LINGER_S, self._transport.abort)

    def abort(self, error: CarawayError | None = None) -> None:
        """Close at once; what is written may be lost."""
        self.close(error)
        if self._transport is not None:
            self._transport.abort()

    async def aclose(self, timeout_s: float = 2.0) -> None:
        """Close, and return when the stream is gone.

        Args:
            timeout_s: How long the peer may take what is written.
        """
        self.close()
        if self._transport is None:
            return
        try:
            async with asyncio.timeout(timeout_s):
                await self._gone.wait()
        except TimeoutError:
            self.abort()
            await self._gone.wait()

    def _write(self, data: bytes) -> None:
        if data and self._transport is not None:
            self._transport.write(data)
