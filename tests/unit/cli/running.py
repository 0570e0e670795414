"""Commands as processes, and their JSON events."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.unit.cli.serving import ENVIRONMENT, PATIENCE_S

Event = dict[str, Any]


class Running:
    """A process of ``caraway COMMAND --json``.

    Args:
        command: Its name.
        arguments: Behind that.
        place: Where it keeps what it keeps.
    """

    def __init__(self, command: str, *arguments: object, place: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "caraway", command, "--json", *map(str, arguments)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={
                **ENVIRONMENT,
                "XDG_STATE_HOME": str(place / "state"),
                "XDG_CONFIG_HOME": str(place / "config"),
            },
        )

    def next_event(self) -> Event:
        """What it says next."""
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line, f"it has ended: {self.end()}"
        event: Event = json.loads(line)
        return event

    def event(self, kind: str) -> Event:
        """The next event of a kind."""
        while (event := self.next_event())["event"] != kind:
            pass
        return event

    def url(self) -> str:
        """Where the folder is."""
        return str(self.event("listening")["url"])

    def uri(self) -> str:
        """Where clients connect to."""
        return str(self.event("listening")["uri"])

    def interrupt(self) -> None:
        """Press Ctrl-C."""
        self.process.send_signal(signal.SIGINT)

    def end(self) -> tuple[int, list[Event], str]:
        """The exit code, the events that were not taken, and standard error."""
        assert self.process.stdout is not None
        assert self.process.stderr is not None
        # Not communicate(): it knows nothing of what has been read ahead.
        events = [json.loads(line) for line in self.process.stdout]
        errors = self.process.stderr.read()
        return self.process.wait(PATIENCE_S), events, errors

    def stop(self) -> tuple[int, str]:
        """Press Ctrl-C and see it stop: the exit code, and standard error."""
        self.interrupt()
        self.event("stopped")
        code, _, errors = self.end()
        return code, errors


#: Starts one: ``run("share", folder)``.
Run = Callable[..., Running]
