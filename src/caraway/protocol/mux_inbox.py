"""What has come of connections and waits to be read, within bounds."""

from __future__ import annotations

from collections import deque
from typing import Final

from caraway.protocol.mux_streams import MuxLimits, MuxStream

#: Bytes up to which what comes next is joined to what waits. A peer may send single bytes, of
#: which each would take forty times its size as an object of its own.
_SMALL: Final = 4 << 10


class MuxInbox:
    """Keeps what is not read at once, and knows when the port has to wait.

    Connections with windows never make it wait: they have no more than they were granted.

    Attributes:
        size: Bytes that wait, of all connections.
    """

    def __init__(self, limits: MuxLimits) -> None:
        self._limits = limits
        self.size = 0
        # Streams that may have something to be read, or an end; some are here twice.
        self._ready: deque[MuxStream] = deque()
        # Those of which something waits.
        self._waiting: dict[MuxStream, None] = {}
        # Those of which more waits than may, and since when.
        self._full: dict[MuxStream, float] = {}
        # Since when more waits than may of all together.
        self._crowded: float | None = None

    @property
    def is_full(self) -> bool:
        """Nothing more may come for now."""
        return bool(self._full) or self._crowded is not None

    def look_at(self, stream: MuxStream) -> None:
        """Something of a stream can be read, or its end be told."""
        self._ready.append(stream)

    def next(self) -> MuxStream | None:
        """The stream to be read next, or to be ended if nothing of it waits; None if there is none.

        It stays the next until all of it is read.
        """
        while self._ready:
            stream = self._ready[0]
            if not stream.is_over and (
                not stream.is_paused if stream.incoming else stream.has_ended
            ):
                return stream
            self._ready.popleft()
        return None

    def add(self, stream: MuxStream, data: bytes, now: float) -> MuxStream | None:
        """Keep data until it is read.

        Returns:
            A connection that has to end, where making the port wait might be for ever.
        """
        pieces = stream.incoming
        last = pieces[-1] if pieces else None
        if last is None or len(last) >= _SMALL:
            pieces.append(data)
        elif isinstance(last, bytearray):
            last += data
        else:
            pieces[-1] = bytearray(last) + data
        stream.incoming_size += len(data)
        self.size += len(data)
        self._waiting[stream] = None
        self._ready.append(stream)
        return None if stream.is_windowed else self._relieve(stream, now)

    def _relieve(self, stream: MuxStream, now: float) -> MuxStream | None:
        """Have the port wait if more of a stream waits than may, or of all."""
        if stream.incoming_size > self._limits.window:
            too_much = stream
            self._full.setdefault(stream, now)
        elif self._is_crowded:
            too_much = self._largest
            self._crowded = now if self._crowded is None else self._crowded
        else:
            return None
        # It may wait for its peer to read, and the peer for others on the same port.
        return too_much if too_much.output_size else None

    @property
    def _is_crowded(self) -> bool:
        total = self._limits.total
        return self.size > total and sum(each.incoming_size for each in self._plain) > total

    @property
    def _plain(self) -> list[MuxStream]:
        return [each for each in self._waiting if not each.is_windowed]

    @property
    def _largest(self) -> MuxStream:
        return max(self._plain, key=lambda each: each.incoming_size)

    def take(self, stream: MuxStream) -> bytes:
        """The next piece of what waits of a stream; something does."""
        data = bytes(stream.incoming.popleft())
        stream.incoming_size -= len(data)
        self.size -= len(data)
        if not stream.incoming:
            del self._waiting[stream]
        if stream.incoming_size <= self._limits.window // 2:
            self._full.pop(stream, None)
        self._ease()
        return data

    def drop(self, stream: MuxStream) -> None:
        """Forget what waits of a stream."""
        self.size -= stream.incoming_size
        stream.incoming.clear()
        stream.incoming_size = 0
        self._waiting.pop(stream, None)
        self._full.pop(stream, None)
        self._ease()

    def _ease(self) -> None:
        if self._crowded is not None and not self._is_crowded:
            self._crowded = None

    def overdue(self, now: float) -> list[MuxStream]:
        """Connections that have made the port wait for too long, and have to end."""
        self._ease()
        until = now - self._limits.stall_s
        found = [stream for stream, since in self._full.items() if since < until]
        if not found and self._crowded is not None and self._crowded < until:
            self._crowded = now
            found.append(self._largest)
        return found
