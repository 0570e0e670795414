"""Commands that are run when a folder comes and goes."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from collections import deque
from typing import Final

from caraway.agent.report import Report

__all__ = ["Hooks"]

#: How long the last command may take, seconds.
LAST_S: Final = 10.0
_STDERR: Final = 2


class Hooks:
    """Runs commands one after the other, never two at once.

    One that has not begun when its opposite is due is left out, and so is that: whoever
    comes and goes all the time does not make them pile up.

    Args:
        commands: What is run when the folder has come (True) and gone (False), by the
            shell.
        report: Is told of failures.
    """

    def __init__(self, commands: dict[bool, str | None], report: Report) -> None:
        self._commands = commands
        self._report = report
        self._due: deque[tuple[bool, str]] = deque()
        self._running: asyncio.Task[None] | None = None

    def run(self, *, is_open: bool, url: str) -> None:
        """Have the command run soon.

        Args:
            is_open: The folder has come.
            url: Where it is.
        """
        if self._due and self._due[-1][0] != is_open:
            self._due.pop()
            return
        self._due.append((is_open, url))
        if self._running is None:
            self._running = asyncio.get_running_loop().create_task(self._work())

    async def finish(self) -> None:
        """Wait for what is due; for :data:`LAST_S` at most."""
        if self._running is None:
            return
        done, _ = await asyncio.wait({self._running}, timeout=LAST_S)
        if not done:
            self._report.warn(f"the last command took longer than {LAST_S:.0f} s, and was ended")
            self._running.cancel()
            await asyncio.wait({self._running})

    async def _work(self) -> None:
        while self._due:
            is_open, url = self._due.popleft()
            command = self._commands[is_open]
            if command is not None:
                await self._run(command, url, "--on-open" if is_open else "--on-close")
        self._running = None

    async def _run(self, command: str, url: str, option: str) -> None:
        environment = {**os.environ, "CARAWAY_URL": url}
        try:
            process = await asyncio.create_subprocess_shell(
                command,
                env=environment,
                stdin=asyncio.subprocess.DEVNULL,
                # Standard output is for events.
                stdout=_STDERR,
                # What it starts ends with it.
                start_new_session=True,
            )
        except OSError as error:
            self._report.warn(f"the command of {option} cannot be run: {error}")
            return
        try:
            code = await process.wait()
        except asyncio.CancelledError:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            await process.wait()
            raise
        self._report.event("command", f"{option} exit code {code}", option=option, code=code)
        if code:
            self._report.warn(f"the command of {option} failed with exit code {code}: {command}")
