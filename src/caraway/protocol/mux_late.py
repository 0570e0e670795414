"""Numbers of connections that were closed here of late: what comes for them means nothing."""

from __future__ import annotations

from caraway.protocol.mux_streams import MuxLimits


class LateNumbers:
    """Remembers some of them for some time."""

    def __init__(self, limits: MuxLimits) -> None:
        self._limits = limits
        # Until when, in the order of that.
        self._until: dict[int, float] = {}

    def __len__(self) -> int:
        return len(self._until)

    @property
    def numbers(self) -> set[int]:
        """All of them."""
        return set(self._until)

    def add(self, number: int, now: float) -> None:
        """Remember one from now on; the oldest makes room if there are too many."""
        self._until.pop(number, None)
        if len(self._until) >= self._limits.remembered:
            del self._until[next(iter(self._until))]
        self._until[number] = now + self._limits.late_s

    def has(self, number: int, now: float) -> bool:
        """What comes for it is late."""
        return self._until.get(number, now) > now

    def discard(self, number: int) -> None:
        """The peer means something else by it from now on."""
        self._until.pop(number, None)

    def clear(self) -> None:
        """Forget all."""
        self._until.clear()

    def check(self, now: float) -> None:
        """Forget those whose time is up."""
        self._until = {number: until for number, until in self._until.items() if until > now}
