"""A connection of a WebDAV channel as an asyncio transport."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Protocol, cast

from caraway.protocol.mux import Mux
from caraway.protocol.mux_streams import MuxStream

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from caraway.wire.record import Buffer

#: Bytes that wait from which on, and down to which, whoever writes has to wait. Little: there
#: may be hundreds of these, and what waits here is no longer on disk.
HIGH_WATER = 64 << 10


class PartsProtocol(asyncio.Protocol, ABC):
    """A protocol that takes what has come as it is, instead of a copy in one piece."""

    @abstractmethod
    def parts_received(self, parts: Sequence[Buffer]) -> None:
        """Bytes have come, which do not change; called instead of ``data_received``."""


class Link(Protocol):
    """What a transport needs of what carries it."""

    @property
    def mux(self) -> Mux:
        """The end of the channel it belongs to."""

    def wake(self) -> None:
        """Have a look soon at what is to be sent or read."""

    def send(self) -> None:
        """Send at once what the port takes."""

    def hold(self, transport: MuxTransport) -> None:
        """Tell it when the port has taken some, by :meth:`MuxTransport.tell_room`."""

    def let_go(self, transport: MuxTransport) -> None:
        """It is over once the rest of its output has gone."""


class MuxTransport(asyncio.Transport):
    """One connection; made by the link that carries it.

    Closing sends what is written, then the end of the connection; the peer's
    closing is met as ``connection_lost``, for there is no half of a connection here.

    Args:
        link: What carries it.
        stream: Which of the connections.
        name: What ``peername`` has for an address.
    """

    def __init__(self, link: Link, stream: MuxStream, name: str) -> None:
        super().__init__({"peername": (name, 0), "mux_stream": stream})
        self._link = link
        self._stream = stream
        self._protocol: asyncio.Protocol | None = None
        self._takes_parts = False
        self._high = HIGH_WATER
        self._low = HIGH_WATER // 4
        self._holds_writer = False
        self._is_closing = False
        self._is_aborted = False
        self._is_lost = False

    @property
    def stream(self) -> MuxStream:
        """The connection."""
        return self._stream

    @property
    def is_over(self) -> bool:
        """Nothing of it is left to be sent, or nobody cares."""
        return self._is_aborted or self._stream.is_over

    # Who uses it

    def set_protocol(self, protocol: asyncio.BaseProtocol) -> None:
        """Let another protocol have it."""
        self._protocol = cast("asyncio.Protocol", protocol)
        self._takes_parts = isinstance(protocol, PartsProtocol)

    def get_protocol(self) -> asyncio.Protocol:
        """Who has it."""
        assert self._protocol is not None, "a link sets one before it hands the transport out"
        return self._protocol

    # Writing

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Send bytes; nothing happens once it is closed.

        Args:
            data: Not to be changed afterwards, if it is a ``bytearray``.
        """
        if self._is_closing:
            return
        # What is often used for something else afterwards is copied.
        self._link.mux.write(self._stream, bytes(data) if type(data) is memoryview else data)
        if self._stream.output_size >= HIGH_WATER:
            # It is a message of its own: waiting for what others have to say makes none fewer.
            self._link.send()
        self._hold_writer()
        self._link.wake()

    def writelines(self, list_of_data: Iterable[bytes | bytearray | memoryview]) -> None:
        """Send several pieces."""
        self.write(b"".join(list_of_data))

    def can_write_eof(self) -> bool:
        """No: a connection ends in both directions at once."""
        return False

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        """Set when writing has to wait.

        Args:
            high: Bytes; at most :data:`HIGH_WATER`, whatever is asked for.
            low: Bytes, a quarter of ``high`` if not given.
        """
        self._high = HIGH_WATER if high is None else min(high, HIGH_WATER)
        self._low = self._high // 4 if low is None else min(low, self._high)
        self._hold_writer()

    def get_write_buffer_limits(self) -> tuple[int, int]:
        """The low and the high one."""
        return self._low, self._high

    def get_write_buffer_size(self) -> int:
        """Bytes that the port has not taken."""
        return self._stream.output_size

    def _hold_writer(self) -> None:
        if not self._holds_writer and self._stream.output_size > self._high:
            self._holds_writer = True
            self._link.hold(self)
            self.get_protocol().pause_writing()

    def tell_room(self) -> bool:
        """The port has taken some; called by the link. Whether there is room now."""
        if not self._holds_writer:
            return True
        if self._stream.output_size > self._low:
            return False
        self._holds_writer = False
        if not self._is_lost:
            self.get_protocol().resume_writing()
        return True

    # Reading

    def pause_reading(self) -> None:
        """Let what comes wait; peers that know how are slowed down."""
        self._link.mux.pause(self._stream)

    def resume_reading(self) -> None:
        """Go on."""
        if not self._is_closing:
            self._link.mux.resume(self._stream)
            self._link.wake()

    def is_reading(self) -> bool:
        """Whether what comes is handed on."""
        return not (self._is_closing or self._stream.is_paused)

    def deliver(self, parts: Sequence[Buffer]) -> None:
        """Bytes have come; called by the link."""
        if self._is_closing:
            return
        protocol = self.get_protocol()
        if self._takes_parts:
            cast("PartsProtocol", protocol).parts_received(parts)
        else:
            protocol.data_received(b"".join(parts))

    # The end

    def is_closing(self) -> bool:
        """Nothing can be written any more."""
        return self._is_closing

    def close(self) -> None:
        """Send what is written, then close."""
        if not self._is_closing:
            self._is_closing = True
            self._link.mux.close(self._stream)
            self._link.let_go(self)

    def abort(self) -> None:
        """Close now; what is written may be lost."""
        self._is_aborted = True
        self._link.mux.abort(self._stream)
        self.close()
        self._link.wake()

    def expire(self) -> None:
        """Close it for having been idle for long: the peer may not notice, and go on later."""
        if not self._is_closing:
            self._is_closing = True
            self._link.mux.expire(self._stream)
            self._link.let_go(self)

    def lose(self) -> None:
        """It is over; called by the link, any number of times."""
        was_lost, self._is_lost = self._is_lost, True
        self._is_closing = True
        # There is none where making one failed.
        if not was_lost and self._protocol is not None:
            self._protocol.connection_lost(None)
