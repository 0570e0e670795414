"""Two ports joined by a cable, in memory."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable

from caraway.errors import ClosedError
from caraway.wire.record import Buffer


class CableEnd:
    """A port: what is written comes out at the other end, soon.

    Attributes:
        sent: The messages that were written, whether they have come or not.
        is_writable: Set to False to have writers wait; :meth:`give_room` ends that.
        fails: Writing raises.
    """

    def __init__(self) -> None:
        self.on_data: Callable[[Buffer], None] | None = None
        self.on_change: Callable[[], None] | None = None
        self.on_room: Callable[[], None] | None = None
        self.is_open = False
        self.is_writable = True
        self.is_paused = False
        self.fails = False
        self.sent: list[bytes] = []
        self._other: CableEnd | None = None
        self._coming: deque[bytes] = deque()

    def join(self, other: CableEnd) -> None:
        """Have the other end get what is written here."""
        self._other = other

    def set_open(self, is_open: bool) -> None:
        """It was opened or closed."""
        self.is_open = is_open
        self._coming.clear()
        if self.on_change is not None:
            self.on_change()

    def writelines(self, pieces: list[Buffer]) -> None:
        self.write(b"".join(pieces))

    def write(self, data: Buffer) -> None:
        if self.fails or not self.is_open:
            raise ClosedError("the cable is cut")
        self.sent.append(bytes(data))
        if self._other is not None:
            self._other._coming.append(bytes(data))
            asyncio.get_running_loop().call_soon(self._other._bring)

    def give_room(self) -> None:
        """What is written is taken again."""
        self.is_writable = True
        if self.on_room is not None:
            self.on_room()

    def pause(self) -> None:
        self.is_paused = True

    def resume(self) -> None:
        self.is_paused = False
        self._bring()

    def _bring(self) -> None:
        while self._coming and not self.is_paused and self.on_data is not None:
            self.on_data(self._coming.popleft())


def joined() -> tuple[CableEnd, CableEnd]:
    """Two ends, both open."""
    first, second = CableEnd(), CableEnd()
    first.join(second)
    second.join(first)
    first.is_open = second.is_open = True
    return first, second
