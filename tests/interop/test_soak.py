"""The soak itself, for a minute, and that it sees when something goes wrong."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.interop.command import eventually

_ROOT = Path(__file__).parents[2]


def _start(place: Path, seconds: int) -> subprocess.Popen[str]:
    path = os.pathsep.join(filter(None, sys.path))
    return subprocess.Popen(
        [sys.executable, "-m", "scripts.soak", "--seconds", str(seconds), "--cores", "0.8"],
        cwd=_ROOT,
        env={**os.environ, "PYTHONPATH": path, "TMPDIR": str(place)},
        stdout=subprocess.PIPE,
        text=True,
    )


@pytest.mark.long
def test_a_minute(tmp_path: Path) -> None:
    soak = _start(tmp_path, 60)
    said, _ = soak.communicate()
    print(said)
    assert soak.returncode == 0
    assert said.endswith("violations: 0\n")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.long
def test_what_changes_by_itself_is_seen(tmp_path: Path) -> None:
    soak = _start(tmp_path, 20)
    files: list[Path] = []

    def are_files() -> bool:
        files[:] = [each for each in tmp_path.glob("*/shared/program-*/*") if each.stat().st_size]
        return bool(files)

    eventually(are_files, "nothing was written")
    shared = files[0].parents[1]
    (shared / "program-0" / "stranger").write_bytes(b"nobody wrote this")
    said, _ = soak.communicate()
    assert soak.returncode == 1
    assert "stranger' is left behind" in said
