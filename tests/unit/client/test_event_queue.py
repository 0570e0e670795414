"""What waits to be taken: bounded, in order, and then the end."""

from __future__ import annotations

import asyncio

import pytest

from caraway.client import Ended, Missed, Notified, connect
from caraway.client.connections import MAX_TEXT
from caraway.client.event_queue import MAX_EVENTS, EventQueue
from caraway.errors import ClosedError
from tests.in_loop import until
from tests.unit.server.joined import URI, Joined, run


def test_long_notices_are_cut(joined: Joined) -> None:
    async def work() -> None:
        server = await joined.serve()
        async with connect(URI) as session:
            server.clients[0].notify("x" * 1_000_000)
            event = await session.next_event()
            assert isinstance(event, Notified)
            assert len(event.text) == MAX_TEXT
        await server.aclose()

    run(work())


def test_events_that_were_missed_come_before_those_that_were_not(joined: Joined) -> None:
    async def work() -> None:
        server = await joined.serve()
        async with connect(URI) as session:
            for number in range(MAX_EVENTS + 5):
                server.clients[0].notify(str(number))
            await until(lambda: session._events.missed == 5)
            assert await session.next_event() == Missed(5)
            assert await session.next_event() == Notified("5", "information")
        await server.aclose()

    run(work())


def test_the_end_is_told_once_and_then_raised() -> None:
    async def work() -> None:
        queue = EventQueue()
        queue.put(Notified("first", "information"))
        error = ClosedError("over")
        waiting = asyncio.ensure_future(queue.wait_ended())
        await asyncio.sleep(0)
        queue.end(error)
        assert await waiting is error
        assert await queue.take() == Notified("first", "information")
        assert await queue.take() == Ended(error)
        with pytest.raises(ClosedError, match="over"):
            await queue.take()

    run(work())
