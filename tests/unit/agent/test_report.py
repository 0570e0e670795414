"""What the agent says."""

from __future__ import annotations

import io
import sys

import pytest

from caraway.agent.report import Report, say_error
from caraway.errors import ActionFailed


def test_for_people(capsys: pytest.CaptureFixture[str]) -> None:
    report = Report(as_json=False, is_verbose=False)
    report.event("open", "here", url="x")
    report.event("stopped", "")
    report.warn("beware")
    said = capsys.readouterr()
    assert (said.out, said.err) == ("", "open: here\nstopped\nwarning: beware\n")


def test_for_programs(capsys: pytest.CaptureFixture[str]) -> None:
    report = Report(as_json=True, is_verbose=True)
    report.event("open", "here", url="x")
    report.warn("beware")
    said = capsys.readouterr()
    assert said.err == ""
    assert said.out == (
        '{"event": "open", "url": "x"}\n{"event": "warning", "message": "beware"}\n'
    )


def test_nobody_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    class Gone(io.StringIO):
        def write(self, text: str) -> int:
            raise BrokenPipeError

    monkeypatch.setattr(sys, "stderr", Gone())
    Report(as_json=False, is_verbose=False).event("open", "here")
    say_error(ActionFailed("it failed"))


def test_errors(capsys: pytest.CaptureFixture[str]) -> None:
    say_error(ActionFailed("it failed", hint="try again"))
    say_error(ActionFailed("it failed"))
    assert capsys.readouterr().err == (
        "caraway: error: it failed\ncaraway: hint: try again\ncaraway: error: it failed\n"
    )
