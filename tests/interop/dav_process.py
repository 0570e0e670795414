"""``caraway dav`` as its users run it: a process of its own that serves a folder."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.interop.command import ended_if_it_fails, eventually
from tests.patience import PATIENCE_S


@dataclass(frozen=True, slots=True)
class Share:
    """A folder, and the URL of what is in it, without a slash at the end."""

    root: Path
    url: str


class DavProcess:
    """A server from its start to its end.

    Attributes:
        root: The folder it serves.
        url: Where, without a slash at the end.

    Args:
        place: An empty folder for all that belongs to the server.
        options: More arguments of ``caraway dav``.
        write: Whether clients may change what is there.
    """

    def __init__(self, place: Path, *options: str, write: bool = True) -> None:
        self.root = place / "share"
        self.root.mkdir(parents=True)
        self._log = place / "server.log"
        self.url = ""
        command = [sys.executable, "-m", "caraway", "dav", "--json", *options]
        environment = {**os.environ, "XDG_STATE_HOME": str(place / "state")}
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                [*command, *(["--write"] if write else []), str(self.root)],
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        with ended_if_it_fails(self._kill):
            eventually(self._listens, lambda: f"the server does not listen:\n{self.log}")

    def _listens(self) -> bool:
        assert self._process.poll() is None, f"the server ended:\n{self.log}"
        for line in self.log.splitlines(keepends=True):
            if line.endswith("}\n") and '"listening"' in line:
                self.url = json.loads(line)["url"].rstrip("/")
                return True
        return False

    @property
    def log(self) -> str:
        """What the server said until now."""
        return self._log.read_text(errors="backslashreplace")

    def _kill(self) -> None:
        self._process.kill()
        self._process.wait()

    def stop(self) -> None:
        """Ctrl-C, and see that it ends in order and had nothing to complain of.

        Raises:
            AssertionError: It did not end, ended with an error or met one of its own.
        """
        self._process.send_signal(signal.SIGINT)
        try:
            code = self._process.wait(PATIENCE_S)
        except subprocess.TimeoutExpired:
            self._kill()
            code = None
        # Shown by pytest when the test has failed.
        print(self.log[-8000:])
        assert code == 0, "it did not stop" if code is None else f"it ended with {code}"
        assert "Traceback" not in self.log, "it met an error of its own"
