"""``caraway dav``: what it refuses, and a whole run with a request and an interrupt."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from caraway.cli.dav import _Log
from caraway.cli.main import root
from caraway.cli.outcome import execute
from caraway.webdav.http.head import Head
from caraway.webdav.server.interface import Exchange


def test_the_whole_disk_and_the_home_folder_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    for folder, what in [("/", "the whole file system"), (str(tmp_path), "whole home folder")]:
        assert execute(root, ["dav", folder]) != 0
        error = capsys.readouterr().err
        assert what in error
        assert "--yes" in error


def test_a_key_needs_its_certificate(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    key = tmp_path / "key"
    key.write_text("no key")
    assert execute(root, ["dav", str(tmp_path), "--key", str(key)]) != 0
    assert "--key needs --cert" in capsys.readouterr().err
    arguments = ["dav", str(tmp_path), "--cert", str(key), "--key", str(key)]
    assert execute(root, arguments) != 0
    assert "PEM" in capsys.readouterr().err


def test_an_address_that_cannot_be_had(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert execute(root, ["dav", str(tmp_path), "--unix", str(tmp_path / "no" / "s")]) != 0
    assert "cannot listen on" in capsys.readouterr().err
    assert execute(root, ["dav", str(tmp_path), "--host", "192.0.2.1"]) != 0
    assert "192.0.2.1:0" in capsys.readouterr().err


@pytest.mark.parametrize("write", [True, False])
def test_a_run(tmp_path: Path, write: bool) -> None:
    (tmp_path / "a").write_text("hello")
    options = ["--json", *(["--write"] if write else [])]
    process = subprocess.Popen(
        [sys.executable, "-m", "caraway", "dav", str(tmp_path), *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "XDG_STATE_HOME": str(tmp_path / "state")},
    )
    try:
        assert process.stdout is not None
        folder, listening = (json.loads(process.stdout.readline()) for _ in range(2))
        assert (folder["event"], folder["write"]) == ("folder", write)
        with urllib.request.urlopen(listening["url"] + "a", timeout=10) as answer:
            assert answer.read() == b"hello"
        process.send_signal(signal.SIGINT)
        rest, errors = process.communicate(timeout=10)
    finally:
        process.kill()
        process.wait()
    events = [json.loads(line) for line in rest.splitlines()]
    assert events[0] == {
        "event": "request",
        "peer": "127.0.0.1",
        "request": "GET /a",
        "status": 200,
        "bytes": 5,
    }
    assert events[-1]["event"] == "stopped"
    assert (process.returncode, errors) == (0, "")


def test_the_log_says_what_is_known(capsys: pytest.CaptureFixture[str]) -> None:
    head = Head("GET", "/\u00fc", "/", "", {}, (1, 1), 0, True, False)
    log = _Log(as_json=False)
    log.exchange(Exchange(None, head, "192.0.2.1", 400, 7))
    log.exchange(Exchange(None, None, "192.0.2.1", 400, 7))
    log.event("stopped", "")
    first, second, third = capsys.readouterr().err.splitlines()
    assert first.startswith("192.0.2.1 - - [")
    assert first.endswith('"GET /\\xfc" 400 7')
    assert '"-" 400 7' in second
    assert third == "stopped"
