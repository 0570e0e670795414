"""Joins a port with the connections it carries."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from caraway.errors import CarawayError
from caraway.net.mux import MuxTransport
from caraway.protocol.mux import Mux
from caraway.protocol.mux_streams import Ended, MuxLimits, MuxStream, Opened

if TYPE_CHECKING:
    from caraway.wire.record import Buffer

_logger = logging.getLogger("caraway.mux")
#: How often streams are asked whether they have taken too long, seconds.
_SWEEP_S = 1.0
#: Bytes that have come together and are handed out together. A read brings twice as many, but
#: packed ones become far more.
_TOGETHER = 128 << 10
#: Requests that are handed out before the answers to them are sent: the agent has something to
#: do while others are answered here. A plain one would only have more messages.
_ANSWERED_TOGETHER = 4
#: Beyond the one that is for control.
_FIRST_ID = 1 << 60


def _by_chance() -> int:
    """60 bits; the module for such things imports more than all the rest of an agent."""
    return int.from_bytes(os.urandom(8), "little") >> 4


class Carrier(Protocol):
    """A byte stream that is open at times, such as a port of a session or of a server.

    Attributes:
        on_data: Takes bytes as they come, which do not change afterwards.
        on_change: Called when the stream was opened or closed, or is gone.
        on_room: Called when it is writable again.
    """

    on_data: Callable[[Buffer], None] | None
    on_change: Callable[[], None] | None
    on_room: Callable[[], None] | None

    @property
    def is_open(self) -> bool:
        """Bytes can be sent."""

    @property
    def is_writable(self) -> bool:
        """What is sent is taken soon."""

    def writelines(self, pieces: list[Buffer]) -> None:
        """Send bytes that are in pieces.

        Raises:
            CarawayError: It is closed.
        """

    def pause(self) -> None:
        """Bring nothing for now."""

    def resume(self) -> None:
        """Go on."""


class MuxLink:
    """Runs one end of the mux over a port, until :meth:`close`.

    The port may be closed and opened again: that ends all connections, and new
    ones come.

    Args:
        carrier: The port. It is the link's alone from now on.
        accept: Makes the protocol for a connection that the peer opens; None for an
            agent, which opens them itself.
        limits: What the peer may take from us.
        first_id: See :class:`~caraway.protocol.mux.Mux`; one by chance if not given.
        is_unfinished: See :class:`~caraway.protocol.mux.Mux`.
        is_beginning: See there.
        leads_first: See there.
        on_change: Called when the port was opened or closed, or is gone.
        on_sweep: Called every second with the event loop's time.
        reopen: Closes the port and opens it again, so that both ends begin anew; for an agent.
    """

    def __init__(
        self,
        carrier: Carrier,
        accept: Callable[[MuxTransport], asyncio.Protocol] | None = None,
        *,
        limits: MuxLimits | None = None,
        first_id: int | None = None,
        is_unfinished: Callable[[MuxTransport], bool] | None = None,
        is_beginning: Callable[[bytes], bool] = lambda data: False,
        leads_first: bool = False,
        on_change: Callable[[], None] | None = None,
        on_sweep: Callable[[float], None] | None = None,
        reopen: Callable[[], None] | None = None,
    ) -> None:
        self._carrier = carrier
        self._accept = accept
        self._loop = asyncio.get_running_loop()
        self._is_unfinished = is_unfinished
        self._on_change = on_change
        self._on_sweep = on_sweep
        self._reopen = reopen
        self.mux = Mux(
            is_agent=accept is None,
            limits=limits,
            first_id=_FIRST_ID + _by_chance() if first_id is None else first_id,
            is_unfinished=self._ask,
            is_beginning=is_beginning,
            leads_first=leads_first,
        )
        self._transports: dict[MuxStream, MuxTransport] = {}
        self._leaving: list[MuxTransport] = []
        # Those whose writers wait for room.
        self._holding: dict[MuxTransport, None] = {}
        self._due: asyncio.Handle | None = None
        self._is_carrier_paused = False
        self._is_closed = False
        # Bytes that have not been handed out.
        self._waiting = 0
        carrier.on_change = self._changed
        carrier.on_room = self.wake
        self._sweeper = self._loop.call_later(_SWEEP_S, self._sweep)
        self._changed()
        # Brings what has come already, which is for a port that is open.
        carrier.on_data = self._take

    @property
    def transports(self) -> list[MuxTransport]:
        """The connections there are."""
        return list(self._transports.values())

    def open(self, protocol: asyncio.Protocol, *, name: str = "port") -> MuxTransport:
        """Open a connection, as an agent; ``connection_made`` has been called then.

        Raises:
            ClosedError: The port is closed, or there are too many already.
        """
        return self._begin(self.mux.open(self._loop.time()), lambda transport: protocol, name)

    def _begin(
        self, stream: MuxStream, make: Callable[[MuxTransport], asyncio.Protocol], name: str
    ) -> MuxTransport:
        transport = self._transports[stream] = MuxTransport(self, stream, name)
        protocol = make(transport)
        transport.set_protocol(protocol)
        protocol.connection_made(transport)
        return transport

    def _ask(self, stream: MuxStream) -> bool:
        transport = self._transports.get(stream)
        return (
            transport is not None
            and self._is_unfinished is not None
            and self._is_unfinished(transport)
        )

    # What transports call

    def wake(self) -> None:
        """Have a look soon at what is to be sent or read."""
        if self._due is None and not self._is_closed:
            self._due = self._loop.call_soon(self._run)

    def send(self) -> None:
        """Send at once what the port takes; who waits for room is told of it later."""
        now = self._loop.time()
        carrier = self._carrier
        try:
            while carrier.is_open and carrier.is_writable:
                message = self.mux.next_message(now)
                if message is None:
                    return
                carrier.writelines(message)
        except CarawayError as error:
            # Its closing is told by on_change.
            _logger.debug("the port takes nothing: %s", error)

    def hold(self, transport: MuxTransport) -> None:
        """Tell it when the port has taken some."""
        self._holding[transport] = None

    def let_go(self, transport: MuxTransport) -> None:
        """It is over once the rest of its output has gone."""
        self._leaving.append(transport)
        self.wake()

    # What the port calls

    def _take(self, data: Buffer) -> None:
        # Handed out once for all that comes together.
        self.mux.feed(data)
        self._waiting += len(data)
        if self._waiting >= _TOGETHER:
            self._hand_out()
        self.wake()

    def _changed(self) -> None:
        # What has come before.
        self._hand_out()
        # Told twice that it is open, it is still the same agent at the other end.
        if self._carrier.is_open and not self.mux.is_open:
            self.mux.port_opened()
        elif not self._carrier.is_open:
            self.mux.port_closed()
        self._hand_out()
        self.wake()
        if self._on_change is not None:
            try:
                self._on_change()
            except Exception:
                # The port goes on whatever comes of it.
                _logger.exception("what is told of the port has failed")

    def _hand_out(self) -> None:
        """Tell protocols what has happened."""
        self._waiting = 0
        now = self._loop.time()
        delivered = 0
        while (event := self.mux.next_event(now)) is not None:
            if isinstance(event, Ended):
                if event.reason is not None:
                    _logger.info("stream %d: %s", event.stream.stream_id, event.reason)
                self._lose(self._transports.pop(event.stream))
                continue
            try:
                if isinstance(event, Opened):
                    assert self._accept is not None, "nobody opens connections to an agent"
                    self._begin(event.stream, self._accept, f"stream {event.stream.stream_id}")
                else:
                    self._transports[event.stream].deliver(event.parts)
                    delivered += 1
            except Exception:
                _logger.exception("stream %d failed", event.stream.stream_id)
                self._break_off(event.stream)
            if delivered == _ANSWERED_TOGETHER:
                delivered = 0
                if self.mux.takes_credits and self._accept is not None:
                    self.send()
        if self.mux.nonsense is not None:
            _logger.info("%s", self.mux.nonsense)
            self.mux.nonsense = None
        if self.mux.is_full != self._is_carrier_paused:
            self._is_carrier_paused = self.mux.is_full
            if self._is_carrier_paused:
                self._carrier.pause()
            else:
                self._carrier.resume()
        if self.mux.is_replaced and self._reopen is not None:
            self.mux.is_replaced = False
            self._loop.call_soon(self._reopen)

    def _break_off(self, stream: MuxStream) -> None:
        """End one whose protocol has a fault: a bug in one must not end the others."""
        transport = self._transports.get(stream)
        if transport is not None:
            transport.abort()

    # Sending

    def _run(self) -> None:
        """Hand out what can be read again, send what can be sent."""
        self._due = None
        self._hand_out()
        self.send()
        # Those as well whose output nobody reads any more.
        self._tell_room()
        self._dismiss()

    def _tell_room(self) -> None:
        """Let those write on who have room now."""
        holding, self._holding = self._holding, {}
        for transport in holding:
            try:
                if not transport.tell_room():
                    self.hold(transport)
            except Exception:
                _logger.exception("stream %d failed", transport.stream.stream_id)
                self._break_off(transport.stream)

    def _dismiss(self) -> None:
        """Let transports go whose last bytes have gone."""
        leaving, self._leaving = self._leaving, []
        for transport in leaving:
            if transport.is_over:
                self._transports.pop(transport.stream, None)
                self._lose(transport)
            else:
                self._leaving.append(transport)

    def _lose(self, transport: MuxTransport) -> None:
        self._holding.pop(transport, None)
        try:
            transport.lose()
        except Exception:
            _logger.exception("stream %d failed", transport.stream.stream_id)

    def _sweep(self) -> None:
        self._sweeper = self._loop.call_later(_SWEEP_S, self._sweep)
        now = self._loop.time()
        self.mux.check(now)
        if self._on_sweep is not None:
            self._on_sweep(now)
        self._run_now()

    def _run_now(self) -> None:
        if self._due is not None:
            self._due.cancel()
        self._run()

    def close(self) -> None:
        """End all connections, and say so; the port stays open, and is free."""
        if self._is_closed:
            return
        for transport in self.transports:
            transport.abort()
        self._run_now()
        self._end_frame()
        self._is_closed = True
        self._carrier.on_data = self._carrier.on_change = self._carrier.on_room = None
        self._sweeper.cancel()
        self.mux.port_closed()

    def _end_frame(self) -> None:
        """Let whoever uses the port next begin at the border of a frame; it may have no room."""
        if self._carrier.is_open and self.mux.rest:
            try:
                self._carrier.writelines([self.mux.rest])
            except CarawayError as error:
                _logger.debug("the port takes nothing: %s", error)
