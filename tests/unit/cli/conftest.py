"""Running commands in the test's own process, and servers for them."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from caraway.cli.main import root
from caraway.cli.outcome import execute
from tests.unit.cli.running import Run, Running
from tests.unit.cli.serving import ServerThread


@dataclass(frozen=True)
class Outcome:
    """What a command did: its exit code, stdout and stderr."""

    code: int
    out: str
    err: str


Proto = Callable[..., Outcome]


@pytest.fixture
def proto(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Proto:
    """``proto("check", "a.proto", stdin=…)`` runs that command."""

    def run(*arguments: object, stdin: bytes | str = b"") -> Outcome:
        data = stdin.encode() if isinstance(stdin, str) else stdin
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
        code = execute(root, ["proto", *map(str, arguments)])
        return Outcome(code, *capsys.readouterr())

    return run


Caraway = Callable[..., Outcome]


@pytest.fixture
def caraway(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> Caraway:
    """``caraway("probe", "spice://…", stdin=…)`` runs that command, as on a machine of its own."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))

    def run(*arguments: object, stdin: bytes = b"") -> Outcome:
        given = tmp_path / "stdin"
        given.write_bytes(stdin)
        with given.open() as stream:
            monkeypatch.setattr(sys, "stdin", stream)
            code = execute(root, [*map(str, arguments)])
        return Outcome(code, *capfd.readouterr())

    return run


@pytest.fixture
def run_command(tmp_path: Path) -> Iterator[Run]:
    """``run_command("share", folder)`` runs that as a process, which is killed in the end."""
    with ExitStack() as stack:

        def run(command: str, *arguments: object) -> Running:
            running = Running(command, *arguments, place=tmp_path)
            # In reverse: it is killed, then waited for, and its pipes are closed.
            stack.enter_context(running.process)
            stack.callback(running.process.kill)
            return running

        yield run


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """To be shared; it has a file."""
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "a").write_text("hello")
    return folder


@pytest.fixture
def servers() -> Iterator[ServerThread]:
    """Where servers run."""
    thread = ServerThread()
    yield thread
    thread.close()
