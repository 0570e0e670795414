"""What a session does by itself ends with it, and its faults end it."""

from __future__ import annotations

import asyncio
from typing import Any

from caraway.client.tasks import Tasks
from caraway.errors import ActionFailed, CarawayError, ClosedError
from tests.unit.server.joined import run


async def _raise(error: Exception) -> None:
    raise error


def test_what_a_task_raises_is_handed_on() -> None:
    async def work() -> None:
        failed: list[CarawayError] = []
        tasks = Tasks(failed.append)
        error = ClosedError("gone")
        tasks.start(_raise, error)
        await tasks.wait()
        assert failed == [error]
        assert not tasks.running

    run(work())


def test_a_fault_is_reported_and_named() -> None:
    async def work() -> None:
        failed: list[CarawayError] = []
        caught: list[Any] = []
        asyncio.get_running_loop().set_exception_handler(
            lambda loop, context: caught.append(context["exception"])
        )
        tasks = Tasks(failed.append)
        tasks.start(_raise, KeyError("fault"))
        await tasks.wait()
        assert [type(each) for each in caught] == [KeyError]
        assert [type(each) for each in failed] == [ActionFailed]
        assert "a task of the session has failed: KeyError: 'fault'" in str(failed[0])

    run(work())


def test_one_that_ends_the_session_cancels_the_others_and_begins_none() -> None:
    async def work() -> None:
        seen: list[str] = []

        def end(error: CarawayError) -> None:
            tasks.cancel()
            tasks.start(note)

        async def note() -> None:
            seen.append("begun")

        async def forever() -> None:
            await asyncio.Event().wait()

        tasks = Tasks(end)
        tasks.start(forever)
        tasks.start(_raise, ClosedError("over"))
        await tasks.wait()
        assert not tasks.running
        assert not seen

    run(work())
