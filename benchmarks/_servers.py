"""The WebDAV servers that are measured: how each is started, found to answer, and stopped."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks import _machine

#: How long a server may take to answer for the first time, seconds.
START_TIMEOUT_S = 30.0
HOST = "127.0.0.1"
#: Where Debian keeps Apache's modules; another place is named by the variable.
APACHE_MODULES = Path(os.environ.get("APACHE_MODULES", "/usr/lib/apache2/modules"))

# What Debian ships as modules of its own, the other ones are in the program. The timeouts are
# long, as the others' are; all else is the default of Debian or of Apache.
_APACHE = """\
ServerRoot "{state}"
ServerName localhost
Listen {host}:{port}
PidFile "{state}/pid"
ErrorLog "{state}/error.log"
DefaultRuntimeDir "{state}"
{modules}
User "#{user}"
Group "#{group}"
TypesConfig "{types}"
LogFormat "%h %l %u %t \\"%r\\" %>s %O" common
CustomLog "{state}/access.log" common
KeepAlive On
MaxKeepAliveRequests 0
KeepAliveTimeout 60
StartServers 2
MinSpareThreads 25
MaxSpareThreads 75
ThreadLimit 64
ThreadsPerChild 25
MaxRequestWorkers 150
DAVLockDB "{state}/locks/db"
DocumentRoot "{share}"
<Directory "{share}">
    Dav On
    AllowOverride None
    Require all granted
</Directory>
"""
_APACHE_MODULES = ("mpm_event", "authz_core", "mime", "dav", "dav_fs")


class ServerFailed(Exception):
    """A server did not start, or ended by itself."""


class ServerMissing(Exception):
    """A server is not installed; the text says how to install it."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where one server runs.

    Attributes:
        share: The folder it serves.
        state: A folder for its configuration, logs and locks.
        bytecode: Where Pythons keep their bytecode. Installed packages come with it.
    """

    share: Path
    state: Path
    bytecode: Path
    port: int


def program(name: str, package: str) -> str:
    """The path of a program, which may be in the environment of this Python.

    Raises:
        ServerMissing: It is nowhere.
    """
    beside = str(Path(sys.executable).parent)
    found = shutil.which(name) or shutil.which(name, path=f"/usr/sbin:{beside}")
    if found is None:
        raise ServerMissing(f"{name} is missing; install it with: {package}")
    return found


def python_environment(bytecode: Path) -> dict[str, str]:
    """The environment of Pythons that use and write bytecode in ``bytecode``."""
    environment = {**os.environ, "PYTHONPYCACHEPREFIX": str(bytecode)}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    if paths := environment.get("PYTHONPATH"):
        # A relative one would lead elsewhere from the folder the server runs in.
        environment["PYTHONPATH"] = os.pathsep.join(
            str(Path(path).resolve()) for path in paths.split(os.pathsep) if path
        )
    return environment


def _caraway(place: Place) -> list[str]:
    return [
        *(sys.executable, "-m", "caraway", "dav", str(place.share), "--write"),
        *("--host", HOST, "--port", str(place.port)),
    ]


def _apache(place: Place) -> list[str]:
    apache = program("apache2", "sudo apt-get install apache2-bin")
    nobody = 65534
    is_root = os.getuid() == 0
    user, group = (nobody, nobody) if is_root else (os.getuid(), os.getgid())
    (place.state / "locks").mkdir(exist_ok=True)
    if is_root:
        os.chown(place.state / "locks", user, group)
    modules = "\n".join(
        f'LoadModule {name}_module "{APACHE_MODULES}/mod_{name}.so"' for name in _APACHE_MODULES
    )
    types = Path("/etc/mime.types")
    if not types.exists():
        types = place.state / "mime.types"
        types.write_text("text/plain txt\n")
    configuration = place.state / "apache2.conf"
    configuration.write_text(
        _APACHE.format(
            state=place.state,
            share=place.share,
            host=HOST,
            port=place.port,
            user=user,
            group=group,
            modules=modules,
            types=types,
        )
    )
    return [apache, "-f", str(configuration), "-D", "FOREGROUND"]


def _chezdav(place: Place) -> list[str]:
    chezdav = program("chezdav", "sudo apt-get install chezdav")
    return [
        *(chezdav, "--local", "--no-mdns", "--port", str(place.port)),
        *("--path", str(place.share)),
    ]


def _wsgidav(place: Place) -> list[str]:
    wsgidav = os.environ.get("WSGIDAV") or program("wsgidav", "pip install wsgidav cheroot")
    return [
        *(wsgidav, "--no-config", "--auth", "anonymous", "--server", "cheroot"),
        *("--host", HOST, "--port", str(place.port), "--root", str(place.share)),
    ]


#: Each server's command line, by its name. The first is ours.
COMMANDS: dict[str, Callable[[Place], list[str]]] = {
    "caraway": _caraway,
    "apache": _apache,
    "chezdav": _chezdav,
    "wsgidav": _wsgidav,
}


def free_port() -> int:
    """A port that was free a moment ago."""
    with socket.socket() as listener:
        listener.bind((HOST, 0))
        port: int = listener.getsockname()[1]
        return port


class RunningServer:
    """A server of its own process, and what it costs.

    Attributes:
        port: Where it listens.
        share: The folder it serves.
        name: Which server it is.

    Args:
        pause_s: Seconds between two attempts to reach it.

    Raises:
        ServerFailed: It ended, or does not answer within :data:`START_TIMEOUT_S`.
        ServerMissing: It is not installed.
    """

    def __init__(self, name: str, place: Place, *, pause_s: float = 0.01) -> None:
        self.name = name
        self.port = place.port
        self.share = place.share
        command = COMMANDS[name](place)
        environment = python_environment(place.bytecode)
        environment["XDG_STATE_HOME"] = str(place.state)
        self._log = place.state / "output.log"
        # Each writes an access log to a file: Apache by itself, the others here.
        with self._log.open("ab") as log:
            start = time.perf_counter()
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=environment,
                start_new_session=True,
            )
        try:
            self._await_answer(pause_s)
        except BaseException:
            self.stop()
            raise
        self.start_s = time.perf_counter() - start

    def _await_answer(self, pause_s: float) -> None:
        request = f"OPTIONS / HTTP/1.1\r\nHost: {HOST}:{self.port}\r\n\r\n".encode()
        deadline = time.monotonic() + START_TIMEOUT_S
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                code = self._process.returncode
                raise ServerFailed(f"{self.name} ended with {code}: {self.last_words()}")
            with (
                contextlib.suppress(ConnectionError),
                socket.create_connection((HOST, self.port), timeout=START_TIMEOUT_S) as connection,
            ):
                connection.sendall(request)
                if connection.recv(8192).startswith(b"HTTP/1.1 2"):
                    return
                raise ServerFailed(f"{self.name} refuses OPTIONS: {self.last_words()}")
            time.sleep(pause_s)
        raise ServerFailed(f"{self.name} gave no answer in {START_TIMEOUT_S:g} s")

    def last_words(self) -> str:
        """The end of what it printed."""
        return self._log.read_bytes()[-500:].decode(errors="replace").strip()

    def pss(self) -> int:
        """Bytes of memory of all its processes."""
        return _machine.pss(self._process.pid)

    def cpu_s(self) -> float:
        """Seconds of processor time that all its processes have used."""
        return _machine.cpu_s(self._process.pid)

    def stop(self) -> None:
        """End it and whatever it started."""
        if self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(5)
            except subprocess.TimeoutExpired:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(self._process.pid, signal.SIGKILL)
                self._process.wait()

    def __enter__(self) -> RunningServer:
        return self

    def __exit__(self, *exception: object) -> None:
        self.stop()


def places(root: Path, names: list[str]) -> Iterator[tuple[str, Place]]:
    """A place below ``root`` for each server, its share still empty."""
    for name in names:
        share, state = root / name / "share", root / name / "state"
        share.mkdir(parents=True)
        state.mkdir()
        # Apache's children run as nobody when started by root.
        share.chmod(0o777)
        yield name, Place(share, state, root / "bytecode", free_port())
