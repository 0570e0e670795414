"""A shared folder with our server and our agent: which processes there are, and their pipes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType

from benchmarks import _machine
from benchmarks._client import Connection, Question, WrongAnswer
from benchmarks._servers import ServerFailed

_PATIENCE_S = 20.0


class End:
    """One of :mod:`benchmarks._share_ends` in a process of its own.

    Attributes:
        ports: Where it listens.

    Raises:
        ServerFailed: It did not start.
    """

    def __init__(self, role: str, *arguments: object) -> None:
        root = str(Path(__file__).resolve().parents[1])
        paths = [root, os.environ.get("PYTHONPATH", "")]
        self._process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks._share_ends", role, *map(str, arguments)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, paths))},
        )
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            self._stop()
            raise ServerFailed(f"the {role} did not start")
        self.ports: dict[str, int] = json.loads(line)

    def cpu_s(self) -> float:
        """Seconds of processor time that it has used."""
        return _machine.cpu_s(self._process.pid)

    def _stop(self) -> None:
        for pipe in (self._process.stdin, self._process.stdout):
            assert pipe is not None
            pipe.close()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def __enter__(self) -> End:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._stop()


class Shared:
    """A folder that is shared through our server and our agent; a context manager.

    Attributes:
        port: Where the folder is.
        folder: What is shared.

    Args:
        sharer: ``share`` for our way, ``bridge`` for the one it is compared with.
        rate: Bytes a second of the link between client and server; None for no limit.
        compresses: The server sends LZ4.

    Raises:
        ServerFailed: It did not come to be.
    """

    def __init__(
        self, folder: Path, *, sharer: str = "share", rate: float | None = None, compresses: bool
    ) -> None:
        self.folder = folder
        self._stack = ExitStack()
        with self._stack:
            machine = self._start("machine", "lz4" if compresses else "plain")
            self._ends = [machine]
            self.port = machine.ports["dav"]
            spice = machine.ports["spice"]
            if rate is not None:
                spice = self._start("relay", spice, rate).ports["spice"]
            self._ends.append(self._start(sharer, spice, folder))
            self._wait_shared()
            self._stack = self._stack.pop_all()

    def _start(self, role: str, *arguments: object) -> End:
        return self._stack.enter_context(End(role, *arguments))

    def _wait_shared(self) -> None:
        deadline = time.monotonic() + _PATIENCE_S
        while True:
            connection = Connection(self.port)
            try:
                connection.ask(Question("OPTIONS", "/", 200))
                return
            except (OSError, WrongAnswer) as error:
                if time.monotonic() > deadline:
                    raise ServerFailed(f"the folder does not answer: {error}") from error
                time.sleep(0.1)
            finally:
                connection.close()

    def cpu_s(self) -> float:
        """Seconds of processor time that both ends have used."""
        return sum(end.cpu_s() for end in self._ends)

    def __enter__(self) -> Shared:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._stack.close()
