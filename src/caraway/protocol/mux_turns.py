"""Whose turn it is to send: everybody's in a row, and whoever has just come before the others."""

from __future__ import annotations

from collections import deque

from caraway.protocol.mux_streams import MuxStream

_NEW = "new"
_OLD = "old"


class Turns:
    """Fair turns.

    A stream that begins to send has its first turn before those that have
    been sending: a short answer then overtakes long ones. It goes on
    in the row of the others, and stands there for a round even if it has nothing
    more to send, so that a stream which sends little by little overtakes once
    a round and no more.
    """

    def __init__(self) -> None:
        self._new: deque[MuxStream] = deque()
        self._old: deque[MuxStream] = deque()

    def add(self, stream: MuxStream) -> None:
        """A stream has something to send; it may be in a row already."""
        if not stream.turn:
            stream.turn = _NEW
            self._new.append(stream)

    def next(self) -> MuxStream | None:
        """Whose turn it is; None when nobody can send. :meth:`served` has to follow."""
        while self._new or self._old:
            row = self._new or self._old
            stream = row[0]
            if not stream.is_over and (stream.sendable or stream.may_finish):
                return stream
            row.popleft()
            stream.turn = ""
        return None

    def served(self, stream: MuxStream) -> None:
        """It has had its turn."""
        row = self._new if stream.turn == _NEW else self._old
        row.popleft()
        stream.turn = _OLD
        self._old.append(stream)

    def remove(self, stream: MuxStream) -> None:
        """It has nothing to send any more."""
        if stream.turn:
            (self._new if stream.turn == _NEW else self._old).remove(stream)
            stream.turn = ""

    def are_others(self, stream: MuxStream) -> bool:
        """Whether another stream waits with something to send."""
        rows = (self._new, self._old)
        return any(each is not stream and each.sendable for row in rows for each in row)

    def clear(self) -> None:
        """Nobody wants to send any more."""
        for row in (self._new, self._old):
            for stream in row:
                stream.turn = ""
            row.clear()
