"""Runs programs that are not ours: with a time limit and settings of nobody's."""

from __future__ import annotations

import os
import select
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from tests.patience import PATIENCE_S


@dataclass(frozen=True, slots=True)
class Result:
    """How a program ended and what it said."""

    code: int
    stdout: bytes
    stderr: str

    @property
    def text(self) -> str:
        """What it wrote to standard output."""
        return self.stdout.decode(errors="replace")


def environment(home: Path) -> dict[str, str]:
    """Nothing of who runs the tests: no proxy, no settings, no language but C's."""
    return {"PATH": f"{os.environ['PATH']}:/usr/sbin:/sbin", "HOME": str(home), "LC_ALL": "C.UTF-8"}


def run(
    *command: str,
    home: Path,
    cwd: Path | None = None,
    stdin: bytes = b"",
    expect: int | None = 0,
    timeout_s: float = 2 * PATIENCE_S,
) -> Result:
    """Run a program to its end.

    Args:
        home: Where it looks for settings of its user.
        expect: The exit code it has to end with; None for any.

    Raises:
        AssertionError: It is missing, takes too long, or ends otherwise.
    """
    path = environment(home)["PATH"]
    assert shutil.which(command[0], path=path), f"{command[0]} is missing: run scripts/preflight.py"
    try:
        done = subprocess.run(
            command,
            env=environment(home),
            cwd=cwd or home,
            input=stdin,
            capture_output=True,
            timeout=timeout_s,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        said = b"\n".join(part for part in (error.stdout, error.stderr) if part)
        raise AssertionError(
            f"{command} ran longer than {timeout_s} s and said:\n{said.decode(errors='replace')}"
        ) from None
    result = Result(done.returncode, done.stdout, done.stderr.decode(errors="replace"))
    if expect is not None:
        assert result.code == expect, (
            f"{command} ended with {result.code} instead of {expect}\n"
            f"{result.text[-4000:]}\n{result.stderr[-4000:]}"
        )
    return result


def read_line(stream: IO[bytes]) -> str:
    """The next line that a program says, or nothing where it has ended.

    Args:
        stream: Without a buffer of its own: the process was made with ``bufsize=0``.

    Raises:
        AssertionError: It says nothing for too long.
    """
    line = b""
    while not line.endswith(b"\n"):
        is_there = select.select([stream], [], [], PATIENCE_S)[0]
        assert is_there, f"nothing more within {PATIENCE_S} s after {line!r}"
        if not (piece := stream.read(1)):
            break
        line += piece
    return line.decode()


@contextmanager
def ended_if_it_fails(end: Callable[[], object]) -> Iterator[None]:
    """Call ``end`` where what is done within fails: nothing is left running then."""
    try:
        yield
    except BaseException:
        end()
        raise


def eventually(
    is_so: Callable[[], bool], what: str | Callable[[], str], *, timeout_s: float = PATIENCE_S
) -> None:
    """Wait for something another program does and tells nobody of.

    Raises:
        AssertionError: It did not come to be in time; says ``what``.
    """
    deadline = time.monotonic() + timeout_s
    while not is_so():
        said = what if isinstance(what, str) else what()
        assert time.monotonic() < deadline, f"{said} (waited {timeout_s} s)"
        time.sleep(0.02)
