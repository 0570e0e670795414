"""spice-gtk as a peer, in a process of Debian's own Python."""

from __future__ import annotations

import asyncio
import json
import os
from asyncio.subprocess import PIPE, Process
from pathlib import Path
from types import TracebackType
from typing import Any

from tests.patience import PATIENCE_S

PYTHON = "/usr/bin/python3"
_PROGRAM = Path(__file__).with_name("spicegtk_peer.py")
#: Bytes of one line of what it tells; 64 KiB of data take twice as many.
_LINE_LIMIT = 4 << 20


class SpiceGtk:
    """A client; a context manager.

    Attributes:
        events: What it has told so far.

    Args:
        properties: Of the session, as spice-gtk names them.
    """

    def __init__(self, home: Path, **properties: object) -> None:
        home.mkdir(exist_ok=True)
        self._home = home
        self._properties = {name.replace("_", "-"): value for name, value in properties.items()}
        self._process: Process | None = None
        self.events: list[dict[str, Any]] = []
        self._log = home / "spicegtk.log"

    async def __aenter__(self) -> SpiceGtk:
        with self._log.open("wb") as log:
            self._process = await asyncio.create_subprocess_exec(
                *(PYTHON, "-u", str(_PROGRAM), json.dumps(self._properties)),
                stdin=PIPE,
                stdout=PIPE,
                stderr=log,
                # Its Python is another than ours.
                env={"PATH": os.environ["PATH"], "HOME": str(self._home), "LC_ALL": "C.UTF-8"},
                limit=_LINE_LIMIT,
            )
        await self.wait("started")
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        process = self._running()
        assert process.stdin is not None
        process.stdin.close()
        try:
            await asyncio.wait_for(process.wait(), 5)
        except TimeoutError:
            process.kill()
            await process.wait()

    def _running(self) -> Process:
        assert self._process is not None, "it has not been started"
        return self._process

    def tell(self, command: str, **details: object) -> None:
        """Have it do something."""
        process = self._running()
        assert process.stdin is not None
        process.stdin.write(json.dumps({"command": command, **details}).encode() + b"\n")

    async def wait(self, event: str, **details: object) -> dict[str, Any]:
        """The first event with these details that has not been waited for.

        Raises:
            AssertionError: It did not come.
        """

        def find() -> dict[str, Any] | None:
            for index, each in enumerate(self.events):
                if each["event"] == event and details.items() <= each.items():
                    return self.events.pop(index)
            return None

        process = self._running()
        assert process.stdout is not None
        try:
            async with asyncio.timeout(PATIENCE_S):
                while (found := find()) is None:
                    line = await process.stdout.readline()
                    assert line, f"spice-gtk ended before {event}:\n{self._said()}"
                    self.events.append(json.loads(line))
        except TimeoutError:
            raise AssertionError(f"no {event} {details} from spice-gtk\n{self._said()}") from None
        return found

    async def receive(self, name: str, size: int) -> bytes:
        """Bytes that came out of a port."""
        data = b""
        while len(data) < size:
            data += bytes.fromhex((await self.wait("data", name=name))["data"])
        return data

    def _said(self) -> str:
        log = self._log.read_text(errors="replace")
        return "\n".join([*map(json.dumps, self.events), log])
