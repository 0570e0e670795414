"""What a session does by itself, besides what it is asked for."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, ParamSpec

from caraway.errors import ActionFailed, CarawayError

P = ParamSpec("P")


class Tasks:
    """The tasks of a session, which end with it.

    Attributes:
        running: Those that have not ended.

    Args:
        on_failed: Called with what a task raises: the session is to end by it.
    """

    def __init__(self, on_failed: Callable[[CarawayError], None]) -> None:
        self.running: set[asyncio.Task[None]] = set()
        self._on_failed = on_failed
        self._is_over = False

    def start(
        self, work: Callable[P, Coroutine[Any, Any, None]], *args: P.args, **kwargs: P.kwargs
    ) -> None:
        """Begin something, unless the session is over."""

        async def run() -> None:
            try:
                await work(*args, **kwargs)
            except CarawayError as error:
                self._on_failed(error)
            except Exception as error:  # noqa: BLE001 - reported; the session ends
                message = "a task of the session has failed"
                asyncio.get_running_loop().call_exception_handler(
                    {"message": message, "exception": error}
                )
                self._on_failed(ActionFailed(f"{message}: {type(error).__name__}: {error}"))

        if self._is_over:
            return
        task = asyncio.get_running_loop().create_task(run())
        self.running.add(task)
        task.add_done_callback(self.running.discard)

    def cancel(self) -> None:
        """Cancel all but the one that calls this, and begin no more."""
        self._is_over = True
        for task in self._others():
            task.cancel()

    async def wait(self) -> None:
        """Return when all have ended but the one that calls this."""
        await asyncio.gather(*self._others(), return_exceptions=True)

    def _others(self) -> list[asyncio.Task[None]]:
        current = asyncio.current_task()
        return [task for task in self.running if task is not current]
