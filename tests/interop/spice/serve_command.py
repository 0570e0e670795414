"""``caraway serve`` as a process, and its events."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from types import TracebackType
from typing import Any

_PATIENCE_S = 30.0


class ServeCommand:
    """A process that serves a folder which clients share; a context manager.

    Attributes:
        uri: Where clients connect to.
        url: Where the folder is.
    """

    def __init__(self) -> None:
        self._process: Process | None = None
        self.uri = ""
        self.url = ""

    async def __aenter__(self) -> ServeCommand:
        words = ("serve", "--json", "--webdav-listen", "127.0.0.1:0")
        known = {name: value for name, value in os.environ.items() if name[:6] != "SPICE_"}
        self._process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "caraway", *words), stdin=DEVNULL, stdout=PIPE, env=known
        )
        self.url = (await self.event("folder listening"))["url"]
        self.uri = (await self.event("listening"))["uri"]
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        process = self._running()
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
        try:
            await asyncio.wait_for(process.communicate(), _PATIENCE_S)
        except TimeoutError:
            process.kill()
            await process.communicate()
        if kind is None:
            assert process.returncode == 0, f"it ended with {process.returncode}"

    @property
    def port(self) -> str:
        """Where clients connect to on 127.0.0.1."""
        return self.uri.rpartition(":")[2]

    def _running(self) -> Process:
        assert self._process is not None, "it has not been started"
        return self._process

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
            raise AssertionError(f"no {kind} but {seen}") from None
        raise AssertionError(f"it ended before {kind}: {seen}")
