"""A screen that nobody sees, for programs with windows, and such a program on it."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
from asyncio.subprocess import PIPE, Process
from pathlib import Path
from types import TracebackType

from tests.interop.command import read_line
from tests.patience import PATIENCE_S

#: For so long nothing changes on a screen that has settled, seconds.
_SETTLED_S = 1.0


class Screen:
    """An X server from its start to its end; a context manager.

    Attributes:
        name: What DISPLAY is to be.

    Args:
        frames: A folder for what is to be seen on it.
        size: Width and height, pixels.
    """

    def __init__(self, frames: Path, size: str = "800x600") -> None:
        self._frames = frames
        program = shutil.which("Xvfb")
        assert program, "Xvfb is missing: run scripts/preflight.py"
        reading, writing = os.pipe()
        self._process = subprocess.Popen(
            [
                *(program, "-displayfd", str(writing), "-screen", "0", f"{size}x24"),
                *("-nolisten", "tcp", "-fbdir", str(frames)),
            ],
            pass_fds=[writing],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(writing)
        with os.fdopen(reading, "rb", buffering=0) as numbers:
            number = read_line(numbers).strip()
        assert number, "Xvfb does not start"
        self.name = f":{number}"
        # What was to be seen when it had settled: nothing.
        self._settled = self._picture()

    def _picture(self) -> bytes:
        return (self._frames / "Xvfb_screen0").read_bytes()

    async def settles(self) -> None:
        """Wait until there is something else to be seen than the last time, and it stays so.

        Raises:
            AssertionError: It never does.
        """
        clock = asyncio.get_running_loop().time
        deadline = clock() + PATIENCE_S
        picture, since = self._picture(), clock()
        while picture == self._settled or clock() < since + _SETTLED_S:
            assert clock() < deadline, f"the screen does not settle within {PATIENCE_S} s"
            await asyncio.sleep(0.05)
            if (now := self._picture()) != picture:
                picture, since = now, clock()
        self._settled = picture

    def __enter__(self) -> Screen:
        return self

    def __exit__(self, *exception: object) -> None:
        self._process.terminate()
        self._process.wait()


class Viewer:
    """A program on a screen; a context manager.

    Args:
        home: A folder for its settings; made where it does not exist.
        command: The program and its arguments.
    """

    def __init__(self, screen: Screen, home: Path, *command: str) -> None:
        assert shutil.which(command[0]), f"{command[0]} is missing: run scripts/preflight.py"
        home.mkdir(parents=True, exist_ok=True)
        self._command = command
        self._log = home / "viewer.log"
        self._environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(home),
            "LC_ALL": "C.UTF-8",
            "DISPLAY": screen.name,
            "XDG_RUNTIME_DIR": str(home),
            # Nothing of a desktop is there.
            "GDK_BACKEND": "x11",
            "GSETTINGS_BACKEND": "memory",
            "NO_AT_BRIDGE": "1",
        }
        self._process: Process | None = None

    async def __aenter__(self) -> Viewer:
        with self._log.open("wb") as log:
            self._process = await asyncio.create_subprocess_exec(
                *self._command, stdin=PIPE, stdout=PIPE, stderr=log, env=self._environment
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
            process.terminate()
        try:
            await asyncio.wait_for(process.communicate(), 5)
        except TimeoutError:
            process.kill()
            await process.communicate()

    def _running(self) -> Process:
        assert self._process is not None, "it has not been started"
        return self._process

    @property
    def log(self) -> str:
        """What it complained of."""
        return self._log.read_text(errors="replace")

    def type(self, data: bytes) -> None:
        """Give it something on standard input."""
        process = self._running()
        assert process.stdin is not None
        process.stdin.write(data)

    async def read(self, size: int) -> bytes:
        """Bytes of its standard output."""
        process = self._running()
        assert process.stdout is not None
        return await asyncio.wait_for(process.stdout.readexactly(size), PATIENCE_S)

    async def says(self, text: str) -> None:
        """Wait for a line of its standard output.

        Raises:
            AssertionError: It ended, or said other things for too long.
        """
        process = self._running()
        assert process.stdout is not None
        lines = []
        try:
            async with asyncio.timeout(PATIENCE_S):
                while not lines or text not in lines[-1]:
                    line = await process.stdout.readline()
                    assert line, f"ended before {text!r}:\n{''.join(lines)}{self.log}"
                    lines.append(line.decode(errors="replace"))
        except TimeoutError:
            raise AssertionError(f"no {text!r} in:\n{''.join(lines)}{self.log}") from None
