"""QEMU with its SPICE server: no guest in it unless one is given."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.interop.command import ended_if_it_fails
from tests.patience import PATIENCE_S

PROGRAM = "qemu-system-x86_64"
NAME = "caraway test machine"
UUID = "6ab4f4d1-7b8e-4d0c-9a39-0c6f2f1f6d11"
#: The name of the port that carries QEMU's monitor.
MONITOR = "org.qemu.monitor.qmp.0"
_TRIES = 5


def free_port() -> int:
    """A TCP port of 127.0.0.1 that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Qemu:
    """A QEMU from its start to its end; a context manager.

    It has a main channel, inputs, and a port with its own monitor.

    Attributes:
        port: Of plain SPICE, 0 where there is none.
        tls_port: Of SPICE over TLS, 0 where there is none.
        path: The Unix socket of SPICE, where it was asked for.

    Args:
        place: A folder for what belongs to it; made where it does not exist.
        password: The ticket; None lets everybody in.
        spice: More words for ``-spice``, such as ``sasl=on``.
        x509: A folder with certificates, for TLS.
        tls_only: No plain port.
        on_unix: Listen on a Unix socket instead of TCP.
        options: More options.
        environment: More variables.
    """

    def __init__(
        self,
        place: Path,
        *,
        password: str | None = None,
        spice: Sequence[str] = (),
        x509: Path | None = None,
        tls_only: bool = False,
        on_unix: bool = False,
        options: Sequence[str] = (),
        environment: Mapping[str, str] | None = None,
    ) -> None:
        assert shutil.which(PROGRAM), f"{PROGRAM} is missing: run scripts/preflight.py"
        place.mkdir(parents=True, exist_ok=True)
        self._place = place
        self._password = password
        self._spice = spice
        self._x509 = x509
        self._has_plain = not (tls_only or on_unix)
        self._options = options
        self._environment = {**os.environ, **(environment or {})}
        self.path = place / "spice.sock" if on_unix else None
        self._control = place / "qmp.sock"
        self._log = place / "qemu.log"
        # Between asking for a free port and QEMU taking it, another may.
        for attempt in range(_TRIES):
            self._start()
            with ended_if_it_fails(self.kill):
                has_started = self._wait_started()
            if has_started:
                break
            may_try_again = "binding socket" in self.log and attempt < _TRIES - 1
            assert may_try_again, f"QEMU ended:\n{self.log}"
        with ended_if_it_fails(self.stop):
            # It may tell of its start before it greets.
            while "QMP" not in self._receive():
                continue
            self.qmp("qmp_capabilities")

    def _start(self) -> None:
        self.port = free_port() if self._has_plain else 0
        self.tls_port = free_port() if self._x509 is not None else 0
        words = list(self._spice)
        options = list(self._options)
        if not any(each.startswith(("-machine", "-device", "-kernel")) for each in options):
            # No processor, no buses: QEMU and its ports alone.
            options += ["-machine", "none"]
        if self._password is None:
            words.append("disable-ticketing=on")
        else:
            secret = self._place / "ticket"
            secret.write_text(self._password)
            options += ["-object", f"secret,id=ticket,file={secret}"]
            words.append("password-secret=ticket")
        if self.path is not None:
            words += ["unix=on", f"addr={self.path}"]
        else:
            words.append("addr=127.0.0.1")
        if self.port:
            words.append(f"port={self.port}")
        if self.tls_port:
            words += [f"tls-port={self.tls_port}", f"x509-dir={self._x509}"]
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                [
                    *(PROGRAM, "-accel", "tcg", "-m", "128"),
                    *("-nodefaults", "-display", "none", "-name", NAME, "-uuid", UUID),
                    *("-qmp", f"unix:{self._control},server=on,wait=off"),
                    *("-chardev", f"spiceport,id=monitor,name={MONITOR}"),
                    *("-mon", "chardev=monitor,mode=control"),
                    *options,
                    *("-spice", ",".join(words)),
                ],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=self._environment,
            )

    def _wait_started(self) -> bool:
        deadline = time.monotonic() + PATIENCE_S
        while self._process.poll() is None:
            assert time.monotonic() < deadline, f"QEMU does not start:\n{self.log}"
            connection = socket.socket(socket.AF_UNIX)
            connection.settimeout(PATIENCE_S)
            try:
                connection.connect(str(self._control))
            except OSError:
                connection.close()
                time.sleep(0.01)
                continue
            self._connection = connection
            self._lines = connection.makefile("rb")
            return True
        return False

    @property
    def pid(self) -> int:
        """Its process."""
        return self._process.pid

    @property
    def log(self) -> str:
        """What it has said."""
        return self._log.read_text(errors="replace")

    @property
    def uri(self) -> str:
        """Where its plain port, its Unix socket, or else its TLS port is."""
        if self.path is not None:
            return f"spice+unix://{self.path}"
        if self.port:
            return f"spice://127.0.0.1:{self.port}"
        return f"spice+tls://localhost:{self.tls_port}"

    def qmp(self, command: str, **arguments: object) -> Any:
        """A command of QEMU's monitor and what it returns.

        Raises:
            AssertionError: It failed.
        """
        request = {"execute": command, "arguments": arguments}
        self._connection.sendall(json.dumps(request).encode() + b"\n")
        while "event" in (answer := self._receive()):
            continue
        assert "return" in answer, f"{request}: {answer}"
        return answer["return"]

    def _receive(self) -> dict[str, Any]:
        line = self._lines.readline()
        assert line, f"QEMU says nothing more:\n{self.log}"
        message: dict[str, Any] = json.loads(line)
        return message

    def channels(self) -> list[tuple[int, int]]:
        """The channels that clients have open, as QEMU knows them."""
        listed = self.qmp("query-spice").get("channels", [])
        return [(each["channel-type"], each["channel-id"]) for each in listed]

    def freeze(self) -> None:
        """Let it neither read nor answer; the kernel still takes connections for it."""
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on."""
        self._process.send_signal(signal.SIGCONT)

    def kill(self) -> None:
        """End it as a crash would."""
        self._process.kill()
        self._process.wait()

    def wait(self, timeout_s: float = PATIENCE_S) -> int:
        """Wait until it has ended by itself; its exit code."""
        return self._process.wait(timeout_s)

    def stop(self) -> None:
        """End it, whatever it does."""
        self.kill()
        self._lines.close()
        self._connection.close()

    def __enter__(self) -> Qemu:
        return self

    def __exit__(self, *exception: object) -> None:
        self.stop()
