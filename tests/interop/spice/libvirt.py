"""libvirt, as who types ``virsh`` has it, without any of its services.

virsh runs libvirt's QEMU driver within itself (``qemu:///embed``). It does so as a user who is
not root, which takes a namespace: root's libvirt wants users that only its services' packages
make. What it has started ends with it.
"""

from __future__ import annotations

import os
import re
import select
import shutil
import signal
import subprocess
import time
from contextlib import suppress
from pathlib import Path

from tests.patience import PATIENCE_S

_UNSHARE = ("unshare", "--user", "--map-user=1000", "--map-group=1000")
#: By default another service keeps the logs.
_SETTINGS = 'stdio_handler = "file"\n'


class Virsh:
    """A virsh that takes one command after the other; a context manager.

    Args:
        place: A folder with a short path, for all that libvirt keeps.
    """

    def __init__(self, place: Path) -> None:
        assert shutil.which("virsh"), "virsh is missing: run scripts/preflight.py"
        self._root = place / "libvirt"
        (self._root / "etc").mkdir(parents=True)
        (self._root / "etc/qemu.conf").write_text(_SETTINGS)
        self._log = place / "virsh.log"
        self._count = 0
        self._said = b""
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                [*_UNSHARE, "virsh", "--quiet", "--connect", f"qemu:///embed?root={self._root}"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                env={
                    "PATH": "/usr/bin:/bin",
                    "LANG": "C.UTF-8",
                    "HOME": str(place),
                    "XDG_RUNTIME_DIR": str(place),
                },
            )

    def run(self, command: str) -> str:
        """What a command says.

        Raises:
            AssertionError: It has failed, or takes too long.
        """
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._count += 1
        known = self._log.stat().st_size
        # As it is shown behind the prompt, the mark is not what it is as it is printed.
        self._process.stdin.write(f"{command}\necho '<'{self._count}'>'\n".encode())
        self._process.stdin.flush()
        mark = f"<{self._count}>".encode()
        deadline = time.monotonic() + PATIENCE_S
        while mark not in self._said:
            left = max(0.0, deadline - time.monotonic())
            is_there = select.select([self._process.stdout], [], [], left)[0]
            assert is_there, f"{command} takes longer than {PATIENCE_S} s: {self._said!r}"
            piece = os.read(self._process.stdout.fileno(), 1 << 16)
            assert piece, f"virsh has ended: {self._log.read_text()}"
            self._said += piece
        said, _, self._said = self._said.partition(mark)
        complained = self._log.read_bytes()[known:].decode()
        assert "error:" not in complained, f"{command}: {complained}"
        return re.sub("virsh # .*\n", "", said.decode()).strip()

    def __enter__(self) -> Virsh:
        return self

    def __exit__(self, *exception: object) -> None:
        self._process.kill()
        self._process.communicate()
        for path in self._root.glob("run/qemu/*.pid"):
            # virsh's own is there as well.
            if path.name != "driver.pid":
                with suppress(ProcessLookupError):
                    os.kill(int(path.read_text()), signal.SIGKILL)
