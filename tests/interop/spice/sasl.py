"""Users for QEMU's SASL: Cyrus SASL with a database of its own."""

from __future__ import annotations

import shutil
import socket
import subprocess
from pathlib import Path

#: What QEMU calls itself; its configuration is named so.
_APPLICATION = "qemu"


class SaslUsers:
    """A configuration and a database.

    Args:
        place: An empty folder for both.
        mechanisms: Names of those to offer.
    """

    def __init__(self, place: Path, *mechanisms: str) -> None:
        self._program = shutil.which("saslpasswd2") or "/usr/sbin/saslpasswd2"
        place.mkdir(parents=True)
        self._database = place / "users.db"
        self._place = place
        lines = [
            f"mech_list: {' '.join(mechanisms)}",
            "pwcheck_method: auxprop",
            "auxprop_plugin: sasldb",
            f"sasldb_path: {self._database}",
        ]
        (place / f"{_APPLICATION}.conf").write_text("".join(f"{line}\n" for line in lines))

    @property
    def environment(self) -> dict[str, str]:
        """What QEMU finds them by."""
        return {"SASL_CONF_PATH": str(self._place)}

    def add(self, user: str, password: str) -> None:
        """Add a user of this host."""
        realm = socket.gethostname()
        command = [self._program, "-p", "-c", "-a", _APPLICATION, "-f", str(self._database)]
        done = subprocess.run(
            [*command, "-u", realm, user],
            input=password.encode(),
            capture_output=True,
            timeout=30,
            check=False,
        )
        assert done.returncode == 0, f"saslpasswd2 failed: {done.stderr!r}"
