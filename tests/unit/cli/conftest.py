"""Running ``caraway proto`` in the test's own process."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from caraway.cli.main import root
from caraway.cli.outcome import execute


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
