"""``caraway share`` as a process, and its events."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from pathlib import Path
from types import TracebackType
from typing import Any

_PATIENCE_S = 30.0


class ShareCommand:
    """A process that shares; a context manager.

    Args:
        home: A folder for what it keeps.
        arguments: Of the command.
    """

    def __init__(self, home: Path, *arguments: object) -> None:
        self._home = home
        self._arguments = [str(each) for each in arguments]
        self._process: Process | None = None
        self._log = home / f"share-{id(self)}.log"

    async def __aenter__(self) -> ShareCommand:
        known = {name: value for name, value in os.environ.items() if name[:6] != "SPICE_"}
        kept = {"XDG_STATE_HOME": str(self._home), "XDG_CONFIG_HOME": str(self._home)}
        with self._log.open("wb") as log:
            self._process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "caraway", "share", "--json", *self._arguments),
                stdin=DEVNULL,
                stdout=PIPE,
                stderr=log,
                env={**known, **kept},
            )
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        process = self._running()
        if process.returncode is None:
            process.kill()
        await process.communicate()

    def _running(self) -> Process:
        assert self._process is not None, "it has not been started"
        return self._process

    @property
    def log(self) -> str:
        """What it has complained of."""
        return self._log.read_text(errors="replace")

    async def event(self, kind: str) -> dict[str, Any]:
        """The next event of a kind.

        Raises:
            AssertionError: It did not come.
        """
        output = self._running().stdout
        assert output is not None
        seen = []
        try:
            async with asyncio.timeout(_PATIENCE_S):
                while line := await output.readline():
                    event: dict[str, Any] = json.loads(line)
                    if event["event"] == kind:
                        return event
                    seen.append(event)
        except TimeoutError:
            raise AssertionError(f"no {kind} but {seen}\n{self.log}") from None
        raise AssertionError(f"it ended before {kind}: {seen}\n{self.log}")

    def interrupt(self) -> None:
        """Press Ctrl-C."""
        self._running().send_signal(signal.SIGINT)

    async def end(self) -> int:
        """Its exit code, when it has ended by itself."""
        process = self._running()
        await asyncio.wait_for(process.communicate(), _PATIENCE_S)
        assert process.returncode is not None
        return process.returncode
