"""How much the peer may send of each connection before more of it has been read."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from caraway.protocol.mux_streams import MuxLimits, MuxStream

#: How long a connection counts as one of several after its last byte, seconds.
_SHARED_S: Final = 1.0


class MuxGrants:
    """Decides what connections are granted.

    All begin with the same window. One that is read as fast as it comes gets a wider
    one while no other moves.
    """

    def __init__(self, limits: MuxLimits) -> None:
        self._limits = limits
        # What connections are granted beyond their first windows.
        self._widened = 0

    def read(self, stream: MuxStream, size: int, streams: Iterable[MuxStream]) -> int:
        """Bytes of a connection with a window have been read.

        Args:
            streams: All there are.

        Returns:
            How many more it is granted now.
        """
        stream.consumed += size
        if stream.consumed < stream.window // 2:
            return 0
        amount = stream.consumed + self._adapt(stream, streams)
        stream.consumed = 0
        return amount

    def _adapt(self, stream: MuxStream, streams: Iterable[MuxStream]) -> int:
        """How much more or less than it has had a connection is granted.

        What is on its way for it stands before the answers of others, if there are any.
        """
        limits = self._limits
        since = stream.moved - _SHARED_S
        if any(each is not stream and each.moved > since for each in streams):
            change = -min(stream.consumed // 2, stream.window - limits.window)
        elif stream.incoming:
            return 0
        else:
            room = limits.widening - self._widened
            change = max(0, min(limits.wide_window - stream.window, room))
        stream.window += change
        self._widened += change
        return change

    def end(self, stream: MuxStream) -> None:
        """A connection is over: others may have what it had."""
        if stream.window:
            self._widened -= stream.window - self._limits.window
            stream.window = 0
