"""A stream between two protocols of one program: for tests, and servers that are embedded."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterable
from typing import Final, cast

from caraway.errors import LocalProtocolError
from caraway.wire.record import Buffer

#: Bytes on the way from which on a writer has to wait, unless it asks for others.
HIGH_WATER: Final = 64 << 10


class MemoryTransport(asyncio.Transport):
    """One end of a stream; :func:`join_in_memory` makes both.

    What is written arrives with the next turn of the event loop, never within the call.
    """

    def __init__(self, protocol: asyncio.BaseProtocol, name: str) -> None:
        super().__init__({"peername": name})
        self._loop = asyncio.get_running_loop()
        self._protocol = cast("asyncio.Protocol", protocol)
        self._other: MemoryTransport | None = None
        # What was written here and has not been taken there.
        self._sent: deque[bytes] = deque()
        self._size = 0
        self._high = HIGH_WATER
        self._low = HIGH_WATER // 4
        self._has_ended = False
        self._is_closing = False
        self._is_lost = False
        self._is_full = False
        self._is_paused = False
        self._is_due = False
        self._is_told = False

    @property
    def _peer(self) -> MemoryTransport:
        assert self._other is not None, "both ends are made together"
        return self._other

    # Writing

    def write(self, data: Buffer) -> None:
        """Send bytes.

        Raises:
            LocalProtocolError: The end of the stream has been written.
        """
        if self._has_ended:
            raise LocalProtocolError("written behind the end of the stream")
        if data and not self._is_closing:
            self._sent.append(bytes(data))
            self._size += len(data)
            self._peer._deliver_soon()
            self._check_room()

    def writelines(self, list_of_data: Iterable[Buffer]) -> None:
        """Send several pieces."""
        self.write(b"".join(list_of_data))

    def _check_room(self) -> None:
        if self._is_closing:
            return
        if not self._is_full and self._size > self._high:
            self._is_full = True
            self._protocol.pause_writing()
        elif self._is_full and self._size <= self._low:
            self._is_full = False
            self._protocol.resume_writing()

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        """Set from how many bytes on a writer has to wait, and until how many are left."""
        self._high = HIGH_WATER if high is None else high
        self._low = self._high // 4 if low is None else low
        self._check_room()

    def get_write_buffer_limits(self) -> tuple[int, int]:
        """Low and high."""
        return self._low, self._high

    def get_write_buffer_size(self) -> int:
        """Bytes the other end has not taken."""
        return self._size

    def can_write_eof(self) -> bool:
        """Yes: one direction can end alone."""
        return True

    def write_eof(self) -> None:
        """End this direction."""
        self._has_ended = True
        self._peer._deliver_soon()

    # Reading

    def pause_reading(self) -> None:
        """Take nothing."""
        self._is_paused = True

    def resume_reading(self) -> None:
        """Go on."""
        self._is_paused = False
        self._deliver_soon()

    def is_reading(self) -> bool:
        """Whether what comes is taken."""
        return not self._is_paused and not self._is_closing

    def _deliver_soon(self) -> None:
        if not self._is_due:
            self._is_due = True
            self._loop.call_soon(self._deliver)

    def _deliver(self) -> None:
        """Take what the other end has sent, and notice when it is gone."""
        self._is_due = False
        peer = self._peer
        while peer._sent and self.is_reading():
            data = peer._sent.popleft()
            peer._size -= len(data)
            self._protocol.data_received(data)
            peer._check_room()
        if self._is_closing:
            # Nobody takes it any more.
            peer._drop()
        if peer._sent:
            return
        if peer._is_closing:
            peer._lose()
        if (peer._has_ended or peer._is_closing) and not (self._is_told or self._is_closing):
            self._is_told = True
            stays = self._protocol.eof_received() and not peer._is_closing
            if not stays:
                self.close()
        elif peer._is_closing:
            self.close()

    def _drop(self) -> None:
        self._sent.clear()
        self._size = 0

    # The end

    def is_closing(self) -> bool:
        """Nothing is sent any more."""
        return self._is_closing

    def close(self) -> None:
        """Close once the other end has taken everything."""
        if not self._is_closing:
            self._is_closing = True
            if not self._sent:
                self._lose()
            self._peer._deliver_soon()
            self._deliver_soon()

    def abort(self) -> None:
        """Close now; what the other end has not taken is lost."""
        self._drop()
        self.close()
        self._lose()

    def _lose(self) -> None:
        if not self._is_lost:
            self._is_lost = True
            self._loop.call_soon(self._protocol.connection_lost, None)

    def set_protocol(self, protocol: asyncio.BaseProtocol) -> None:
        """Let another protocol have this end."""
        self._protocol = cast("asyncio.Protocol", protocol)

    def get_protocol(self) -> asyncio.BaseProtocol:
        """Who has this end."""
        return self._protocol


def join_in_memory(
    first: asyncio.BaseProtocol, second: asyncio.BaseProtocol
) -> tuple[MemoryTransport, MemoryTransport]:
    """Connect two protocols with each other.

    Returns:
        Their ends; ``connection_made`` has been called on ``second``, then on ``first``: a
        server first, if it is the second.
    """
    near, far = MemoryTransport(first, "memory"), MemoryTransport(second, "memory")
    near._other, far._other = far, near
    second.connection_made(far)
    first.connection_made(near)
    return near, far
