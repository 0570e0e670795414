"""``caraway agent`` is the agent's own command, with its own arguments and exit codes."""

from __future__ import annotations

import pytest

from caraway.cli.main import root
from caraway.cli.outcome import execute


def test_the_help_is_the_agents_own(capsys: pytest.CaptureFixture[str]) -> None:
    assert execute(root, ["agent", "--help"]) == 0
    said = capsys.readouterr().out
    assert said.startswith("usage: caraway agent [-h]")
    assert "uninstall" in said


def test_arguments_are_handed_on(capsys: pytest.CaptureFixture[str]) -> None:
    assert execute(root, ["agent", "--port", "x"]) == 2
    assert "'x' is no port" in capsys.readouterr().err
    assert execute(root, ["agent", "install", "--root", "/nonexistent"]) == 2
    assert "is no folder" in capsys.readouterr().err
