"""What the agent installs, as systemd itself reads it."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from caraway.agent.install import install

UNITS = {False: "etc/systemd/system", True: "etc/systemd/user"}


@pytest.mark.parametrize("is_user", [False, True])
def test_systemd_finds_nothing_wrong(is_user: bool, tmp_path: Path) -> None:
    (tmp_path / "lib/systemd").mkdir(parents=True)
    install(is_user=is_user, root=tmp_path, command=["/bin/sh", "-c", "a $b 100% \"c\" 'd'"])
    unit = tmp_path / UNITS[is_user] / "caraway-agent.service"
    verified = subprocess.run(
        ["systemd-analyze", "verify", *(["--user"] if is_user else []), str(unit)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "XDG_RUNTIME_DIR": str(tmp_path), "HOME": str(tmp_path)},
    )
    assert (verified.returncode, verified.stdout, verified.stderr) == (0, "", "")
