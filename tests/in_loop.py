"""Tests written as coroutines: each with an event loop of its own, and a deadline."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Callable, Coroutine
from typing import Any, ParamSpec

from tests.patience import PATIENCE_S

P = ParamSpec("P")

#: No test takes nearly as long, but the machine may be busy.
_DEADLINE_S = 10 * PATIENCE_S


def in_loop(test: Callable[P, Coroutine[Any, Any, None]]) -> Callable[P, None]:
    """Run a coroutine as a test; it must leave no task behind."""

    @functools.wraps(test)
    def run(*arguments: P.args, **named: P.kwargs) -> None:
        async def course() -> None:
            async with asyncio.timeout(_DEADLINE_S):
                await test(*arguments, **named)
            # One that ends in this very moment may not be counted yet.
            await asyncio.sleep(0)
            left = asyncio.all_tasks() - {asyncio.current_task()}
            assert not left, f"tasks are left behind: {left}"

        asyncio.run(course())

    return run


async def settle() -> None:
    """Let everything happen that is due in this loop."""
    for _ in range(50):
        await asyncio.sleep(0)


async def until(
    is_so: Callable[[], object], what: str = "it does not come", *, timeout_s: float = PATIENCE_S
) -> None:
    """Wait for something a thread or another program does and tells nobody of.

    Raises:
        AssertionError: It did not come to be in time; says ``what``.
    """
    deadline = asyncio.get_running_loop().time() + timeout_s
    while not is_so():
        assert asyncio.get_running_loop().time() < deadline, f"{what} (waited {timeout_s} s)"
        await asyncio.sleep(0.002)
