"""A module of the benchmarks in a process of its own: it tells where it listens, and is stopped."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, Self

from benchmarks import _machine
from benchmarks._servers import ServerFailed

#: How long it may take to end when there is nothing more for it to read, seconds.
_ENDS_S = 5.0


class OwnProcess:
    """``python -m MODULE ROLE …`` from its start to its end; a context manager.

    It prints a line of JSON when it is ready, and ends with its standard input.

    Attributes:
        ready: What it has printed.

    Raises:
        ServerFailed: It did not start.
    """

    def __init__(self, module: str, role: str, *arguments: object) -> None:
        root = str(Path(__file__).resolve().parents[1])
        paths = [root, os.environ.get("PYTHONPATH", "")]
        self._process = subprocess.Popen(
            [sys.executable, "-m", module, role, *map(str, arguments)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, paths))},
        )
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            self.stop()
            raise ServerFailed(f"the process '{role}' of {module} did not start")
        self.ready: dict[str, Any] = json.loads(line)

    def pss(self) -> int:
        """Bytes of memory."""
        return _machine.pss(self._process.pid)

    def cpu_s(self) -> float:
        """Seconds of processor time that it has used."""
        return _machine.cpu_s(self._process.pid)

    def stop(self) -> None:
        """End it."""
        for pipe in (self._process.stdin, self._process.stdout):
            assert pipe is not None
            pipe.close()
        try:
            self._process.wait(_ENDS_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.stop()
