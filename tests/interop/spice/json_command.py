"""A command of ours as a process, and its events."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tests.patience import PATIENCE_S


class JsonCommand:
    """A process of ``caraway COMMAND --json``; a context manager, which kills it in the end.

    Args:
        command: Its name.
        arguments: Behind that.
        log: What it complains of is written there; to our own standard error if not given.
        environment: What it has besides ours.
    """

    def __init__(
        self, command: str, *arguments: object, log: Path | None = None, **environment: str
    ) -> None:
        self._words = [command, "--json", *map(str, arguments)]
        self._log = log
        # What is meant for a server of the developer's.
        known = {name: value for name, value in os.environ.items() if name[:6] != "SPICE_"}
        self._environment = {**known, **environment}
        self._process: Process | None = None

    async def __aenter__(self) -> Self:
        log = (
            None if self._log is None else os.open(self._log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        )
        try:
            self._process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "caraway", *self._words),
                stdin=DEVNULL,
                stdout=PIPE,
                stderr=log,
                env=self._environment,
            )
        finally:
            if log is not None:
                os.close(log)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self.process.returncode is None:
            self.process.kill()
        await self.process.communicate()

    @property
    def process(self) -> Process:
        """The process, as soon as it has been started."""
        assert self._process is not None, "it has not been started"
        return self._process

    @property
    def log(self) -> str:
        """What it has complained of."""
        return "" if self._log is None else self._log.read_text(errors="replace")

    async def event(self, kind: str) -> dict[str, Any]:
        """The next event of a kind.

        Raises:
            AssertionError: It did not come.
        """
        output = self.process.stdout
        assert output is not None
        seen = []
        try:
            async with asyncio.timeout(PATIENCE_S):
                while line := await output.readline():
                    event: dict[str, Any] = json.loads(line)
                    if event["event"] == kind:
                        return event
                    seen.append(event)
        except TimeoutError:
            raise AssertionError(f"no {kind} but {seen}\n{self.log}") from None
        raise AssertionError(f"it ended before {kind}: {seen}\n{self.log}")

    async def end(self) -> int:
        """Its exit code, when it has ended by itself."""
        await asyncio.wait_for(self.process.communicate(), PATIENCE_S)
        assert self.process.returncode is not None
        return self.process.returncode
