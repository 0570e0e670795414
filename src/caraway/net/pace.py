"""Whether the way to a peer is so slow that packing what is sent pays."""

from __future__ import annotations

from typing import Final

#: Bytes a second. LZ4 and the steps around it take one or two milliseconds for a MiB at both ends;
#: a way that is much faster than that gains nothing.
SLOW: Final = 50e6
#: How long the peer has to have kept us waiting before anything is said of it, seconds. Any
#: program stands still for some milliseconds.
ENOUGH_S: Final = 0.05
#: Bytes after which some go as they are, to measure anew: of packed ones it is not known
#: whether the way or the peer was slow.
PROBE: Final = 64 << 20


class Pace:
    """Decides for one peer, by how fast it has taken what waited for it.

    >>> pace = Pace()
    >>> pace.packs(65536)
    False
    >>> pace.measured(1_000_000, 0.1)
    >>> pace.packs(65536)
    True
    """

    def __init__(self) -> None:
        # Bytes that may still go packed.
        self._left = 0
        self._moved = 0
        self._seconds = 0.0

    def packs(self, size: int) -> bool:
        """Whether so many more bytes had better be packed."""
        if self._left <= 0:
            return False
        self._left -= size
        return True

    def measured(self, moved: int, seconds: float) -> None:
        """Note that bytes which waited for the peer were taken in so much time."""
        if self._left > 0:
            return
        self._moved += moved
        self._seconds += seconds
        if self._seconds >= ENOUGH_S:
            self._left = PROBE if self._moved < SLOW * self._seconds else 0
            self._moved, self._seconds = 0, 0.0
