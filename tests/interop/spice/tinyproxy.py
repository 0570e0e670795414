"""tinyproxy: opens tunnels by HTTP CONNECT."""

from __future__ import annotations

import contextlib
import shutil
import socket
import subprocess
from pathlib import Path

from tests.interop.command import ended_if_it_fails, eventually
from tests.interop.spice.qemu import free_port


class Tinyproxy:
    """A proxy from its start to its end; a context manager.

    Args:
        place: A folder for what belongs to it.
        settings: More lines of its configuration.
    """

    def __init__(self, place: Path, *settings: str) -> None:
        program = shutil.which("tinyproxy")
        assert program, "tinyproxy is missing: run scripts/preflight.py"
        place.mkdir(parents=True, exist_ok=True)
        self._log = place / "tinyproxy.log"
        self.port = free_port()
        lines = [f"Port {self.port}", "Listen 127.0.0.1", "Timeout 60", "Allow 127.0.0.1"]
        lines += [f'LogFile "{self._log}"', "LogLevel Connect", *settings]
        configuration = place / "tinyproxy.conf"
        configuration.write_text("".join(f"{line}\n" for line in lines))
        self._process = subprocess.Popen(
            [program, "-d", "-c", str(configuration)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        with ended_if_it_fails(self.stop):
            eventually(self._listens, lambda: f"tinyproxy does not start:\n{self.log}")

    def _listens(self) -> bool:
        assert self._process.poll() is None, f"tinyproxy ended:\n{self.log}"
        with contextlib.suppress(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", self.port)).close()
            return True
        return False

    @property
    def log(self) -> str:
        """What it has done."""
        return self._log.read_text(errors="replace") if self._log.exists() else ""

    def stop(self) -> None:
        """End it."""
        self._process.kill()
        self._process.wait()

    def __enter__(self) -> Tinyproxy:
        return self

    def __exit__(self, *exception: object) -> None:
        self.stop()
