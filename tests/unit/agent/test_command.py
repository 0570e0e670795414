"""The agent's command, from its arguments to its exit code."""

from __future__ import annotations

import json
import os
import re
import runpy
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from caraway.agent import service as service_module
from caraway.agent.command import main
from caraway.agent.options import Options
from caraway.agent.report import Report


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder with a path so short that sockets can be in it."""
    with TemporaryDirectory() as folder:
        yield Path(folder)


EITHER = ["--port", "1", "--unix", "/u"]
OR = ["--device", "/d", "--connect", "a:1"]


class Given:
    """What the service was made with."""

    options: Options
    error: BaseException | None = None

    def __init__(self, options: Options, report: Report) -> None:
        Given.options = options

    async def run(self) -> None:
        if Given.error is not None:
            raise Given.error


def test_options(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service_module, "Service", Given)
    assert main([]) == 0
    assert Given.options == Options()
    assert main(["--connect", "a:1", "--port", "0"]) == 0
    assert Given.options == Options(connect="a:1", tcp_port=0)
    words = "--device /d --unix /u --no-announce --on-open A --on-close B"
    assert main([*words.split(), "--json", "--verbose"]) == 0
    assert Given.options == Options(
        device=Path("/d"),
        unix=Path("/u"),
        announces=False,
        on_open="A",
        on_close="B",
        as_json=True,
        is_verbose=True,
    )


@pytest.mark.parametrize(
    "words", [["--port", "65536"], ["--port", "x"], ["--nonsense"], ["what"], EITHER, OR]
)
def test_nonsense(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words) == 2
    assert "usage: caraway-agent" in capsys.readouterr().err


def test_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"], "caraway agent") == 0
    said = capsys.readouterr().out
    assert said.startswith("usage: caraway agent ")
    assert "exit codes:" in said
    assert main(["--version"]) == 0


def test_the_page_names_every_option(capsys: pytest.CaptureFixture[str]) -> None:
    page = (Path(__file__).parents[3] / "docs/agent.md").read_text()
    for words in (["--help"], ["install", "--help"], ["uninstall", "--help"]):
        main(words)
        options = set(re.findall(r"--[a-z-]+", capsys.readouterr().out)) - {"--version"}
        assert {option for option in options if option not in page} == set()


def test_errors(capsys: pytest.CaptureFixture[str], place: Path) -> None:
    assert main(["--connect", "nonsense"]) == 2
    assert capsys.readouterr().err == (
        "caraway: error: 'nonsense' is nothing to connect to\n"
        "caraway: hint: write HOST:PORT, unix:PATH or the path of a device\n"
    )
    assert main(["--unix", str(place / "no/s"), "--device", "/nonexistent"]) == 30
    assert "cannot listen on" in capsys.readouterr().err


def test_the_module(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["agent", "--version"])
    with pytest.raises(SystemExit) as caught:
        runpy.run_module("caraway.agent", run_name="__main__")
    assert caught.value.code == 0


def test_it_runs_until_it_is_told_to_stop(place: Path) -> None:
    """As a process, with nothing but events on standard output."""
    command = [sys.executable, "-m", "caraway.agent", "--json", "--unix", str(place / "s")]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen(
        [*command, "--device", str(place / "none")],
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
    ) as process:
        assert process.stdout is not None
        events = [json.loads(process.stdout.readline()) for _ in range(2)]
        assert {each["event"] for each in events} == {"listening", "waiting"}
        with socket.socket(socket.AF_UNIX) as program:
            program.connect(str(place / "s"))
        process.send_signal(signal.SIGTERM)
        assert json.loads(process.stdout.readline()) == {"event": "stopped"}
        assert process.wait(20) == 0
    assert not (place / "s").exists()
