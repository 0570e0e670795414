"""Clients that share a folder with a virtual machine, each in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks import _machine
from benchmarks._servers import ServerFailed, python_environment
from tests.interop.spice import spicegtk

SPICEGTK = "spice-gtk"
_PEER = Path(spicegtk.__file__).with_name("spicegtk_peer.py")


@dataclass(frozen=True, slots=True)
class Sharing:
    """What a client is to do.

    Attributes:
        port: Of the SPICE server on this machine.
        folder: What it shares, to be written to as well.
        state: A folder for what it keeps.
    """

    port: int
    folder: Path
    state: Path


def _caraway(sharing: Sharing) -> list[str]:
    uri = f"spice://127.0.0.1:{sharing.port}"
    return [
        *(sys.executable, "-m", "caraway", "share", f"{sharing.folder}"),
        *("--write", "--to", uri),
    ]


def _spicegtk(sharing: Sharing) -> list[str]:
    properties = {
        "host": "127.0.0.1",
        "port": str(sharing.port),
        "shared-dir": str(sharing.folder),
        "share-dir-ro": False,
    }
    return [spicegtk.PYTHON, "-u", str(_PEER), json.dumps(properties)]


_COMMANDS: dict[str, Callable[[Sharing], list[str]]] = {
    "caraway": _caraway,
    SPICEGTK: _spicegtk,
}


class Client:
    """A client that runs; made by :func:`running`."""

    def __init__(self, name: str, process: subprocess.Popen[bytes], log: Path) -> None:
        self.name = name
        self._process = process
        self._log = log

    def check(self) -> None:
        """Hold that it still runs.

        Raises:
            ServerFailed: It has ended.
        """
        if self._process.poll() is not None:
            said = self._log.read_bytes()[-500:].decode(errors="replace")
            raise ServerFailed(f"{self.name} ended with {self._process.returncode}: {said}")

    def peak_rss(self) -> int:
        """Bytes of memory that it had at most, shared ones included."""
        self.check()
        for line in Path(f"/proc/{self._process.pid}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
        raise ServerFailed(f"{self.name} has no memory")

    def cpu_s(self) -> float:
        """Seconds of processor time that it has used."""
        return _machine.cpu_s(self._process.pid)


@contextmanager
def running(name: str, sharing: Sharing) -> Iterator[Client]:
    """A client from its start to its end."""
    sharing.state.mkdir(exist_ok=True)
    log_path = sharing.state / f"{name}.log"
    environment = python_environment(sharing.state / "bytecode")
    environment |= {"HOME": str(sharing.state), "XDG_STATE_HOME": str(sharing.state)}
    if name == SPICEGTK:
        # Its Python is another than ours.
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(sharing.state),
            "LC_ALL": "C.UTF-8",
        }
    with log_path.open("wb") as log:
        process = subprocess.Popen(
            _COMMANDS[name](sharing),
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=log,
            env=environment,
        )
    try:
        client = Client(name, process, log_path)
        yield client
        client.check()
    finally:
        process.kill()
        process.wait()
        assert process.stdin is not None
        process.stdin.close()
