"""``caraway share`` as a process, and its events."""

from __future__ import annotations

import signal
from pathlib import Path

from tests.interop.spice.json_command import JsonCommand


class ShareCommand(JsonCommand):
    """A process that shares; a context manager.

    Args:
        home: A folder for what it keeps.
        arguments: Of the command.
    """

    def __init__(self, home: Path, *arguments: object) -> None:
        kept = {"XDG_STATE_HOME": str(home), "XDG_CONFIG_HOME": str(home)}
        super().__init__("share", *arguments, log=home / f"share-{id(self)}.log", **kept)

    def interrupt(self) -> None:
        """Press Ctrl-C."""
        self.process.send_signal(signal.SIGINT)
