"""What a session has to tell, until somebody takes it; and waiting for it to change."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import Final

from caraway.client.events import Ended, Missed, SessionEvent
from caraway.errors import CarawayError

#: Events that wait for a reader that does not come; the oldest then go.
MAX_EVENTS: Final = 1000


class EventQueue:
    """The events of a session, in the order in which they happened.

    Attributes:
        error: Why the session is over; None while it is not.
        missed: Events that were dropped, and nobody has been told so yet.
    """

    def __init__(self) -> None:
        self.error: CarawayError | None = None
        self.missed = 0
        self._events: deque[SessionEvent] = deque()
        self._changed = asyncio.Event()

    def put(self, event: SessionEvent) -> None:
        """Something has happened."""
        self._events.append(event)
        if len(self._events) > MAX_EVENTS:
            self._events.popleft()
            self.missed += 1
        self.wake()

    def end(self, error: CarawayError) -> None:
        """The session is over; :class:`Ended` is the last event."""
        self.error = error
        self.put(Ended(error))

    async def take(self) -> SessionEvent:
        """The next event, as soon as there is one.

        Raises:
            CarawayError: The session is over, and that has been told.
        """
        if self.missed:
            # They came before those that are kept.
            count, self.missed = self.missed, 0
            return Missed(count)
        while not self._events:
            self.check()
            await self.wait_change()
        return self._events.popleft()

    def check(self) -> None:
        """Raise why the session is over, if it is.

        Raises:
            CarawayError: It is.
        """
        if self.error is not None:
            raise self.error.with_traceback(None)

    async def wait_ended(self) -> CarawayError:
        """Wait until the session is over; why it is."""
        while self.error is None:
            await self.wait_change()
        return self.error

    def wake(self) -> None:
        """Have all who wait for a change look again."""
        self._changed.set()
        self._changed = asyncio.Event()

    async def wait_change(self) -> None:
        """Wait for an event, or for anything else that somebody may wait for."""
        await self._changed.wait()
