"""A server that tests maltreat: a process of its own, whose memory and descriptors can be seen."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from tests.interop.command import ended_if_it_fails, eventually
from tests.patience import PATIENCE_S

#: No answer takes longer unless it is the test's own doing, seconds.
#: The body of a LOCK.
LOCK = (
    b'<D:lockinfo xmlns:D="DAV:"><D:lockscope><D:exclusive/></D:lockscope>'
    b"<D:locktype><D:write/></D:locktype></D:lockinfo>"
)


@dataclass(frozen=True)
class Answer:
    """One response; ``headers`` by lower-case name."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Victim:
    """A server on a folder.

    Attributes:
        root: The folder; a hidden name in it is debris.
        address: Where it listens.
        at_rest: What its descriptors lead to while nobody is connected.

    Args:
        place: A folder for all that belongs to the server; it may be used again.
        settings: Serve with these limits instead of those of ``caraway dav``.
    """

    def __init__(
        self, place: Path, *, root: Path | None = None, settings: Mapping[str, float] | None = None
    ) -> None:
        self.root = root or place / "share"
        self.root.mkdir(parents=True, exist_ok=True)
        place.mkdir(parents=True, exist_ok=True)
        self._log = place / "victim.log"
        if settings is None:
            command = ["-m", "caraway", "dav", "--json", "--write", str(self.root)]
        else:
            script = Path(__file__).with_name("impatient.py")
            command = [str(script), str(self.root), json.dumps(settings)]
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                [sys.executable, *command],
                env={**os.environ, "XDG_STATE_HOME": str(place / "state")},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        with ended_if_it_fails(self.kill):
            eventually(self._listens, lambda: f"the server does not listen:\n{self.log}")
        self.at_rest = self.descriptors()

    def _listens(self) -> bool:
        assert self._process.poll() is None, f"the server ended:\n{self.log}"
        found = re.search(r'"http://([0-9.]+):([0-9]+)/"', self.log)
        if found:
            self.address = (found[1], int(found[2]))
        return found is not None

    @property
    def log(self) -> str:
        """What the server said until now."""
        return self._log.read_text(errors="backslashreplace")

    def kill(self) -> None:
        """End it as ``kill -9`` does."""
        self._process.kill()
        self._process.wait()

    def stop(self) -> None:
        """End it, and see that nothing went wrong inside.

        Raises:
            AssertionError: It met an error of its own, or had ended already.
        """
        assert self._process.poll() is None, f"the server ended:\n{self.log[-4000:]}"
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(PATIENCE_S)
        finally:
            self.kill()
        said = [line for line in self.log.splitlines() if not line.startswith('{"event"')]
        assert not said, "\n".join(said[-40:])

    # What it holds

    def descriptors(self) -> list[str]:
        """What its open descriptors lead to, in order."""
        found = []
        for each in Path(f"/proc/{self._process.pid}/fd").iterdir():
            try:
                found.append(re.sub(r":\[[0-9]+\]", "", os.readlink(each)))
            except FileNotFoundError:
                continue
        return sorted(found)

    def memory_kib(self) -> int:
        """Its proportional set size."""
        text = Path(f"/proc/{self._process.pid}/smaps_rollup").read_text()
        found = re.search(r"^Pss: +([0-9]+) kB", text, re.MULTILINE)
        assert found
        return int(found[1])

    def peak_kib(self) -> int:
        """The most memory it ever had resident."""
        text = Path(f"/proc/{self._process.pid}/status").read_text()
        found = re.search(r"^VmHWM:\s+([0-9]+) kB", text, re.MULTILINE)
        assert found
        return int(found[1])

    # Talking to it

    def connect(self, *, buffer: int | None = None) -> socket.socket:
        """A connection; its receive buffer may be small, so that little is in flight."""
        made = socket.socket()
        if buffer is not None:
            made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
        made.settimeout(PATIENCE_S)
        made.connect(self.address)
        return made

    def ask(
        self,
        method: str,
        target: str,
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
    ) -> Answer:
        """One request on a connection of its own, and its answer."""
        with self.connect() as connection:
            connection.sendall(request(method, target, headers, body))
            return read_answer(connection, method)

    def timed(self, method: str, target: str, **options: bytes) -> tuple[Answer, float]:
        """The same, with the seconds it took."""
        begin = time.monotonic()
        answer = self.ask(method, target, **options)  # type: ignore[arg-type]  # body only
        return answer, time.monotonic() - begin


def request(
    method: str, target: str, headers: Mapping[str, str] | None = None, body: bytes = b""
) -> bytes:
    """The bytes of a request."""
    fields = {"Host": "127.0.0.1", **(headers or {})}
    if "Transfer-Encoding" not in fields and (body or method in ("PUT", "PATCH")):
        fields.setdefault("Content-Length", str(len(body)))
    head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    return f"{method} {target} HTTP/1.1\r\n{head}\r\n".encode("latin-1") + body


def read_answer(connection: socket.socket, method: str = "GET") -> Answer:
    """The next answer, read to its end; what came behind it is lost.

    Raises:
        AssertionError: The connection ends before it does.
    """
    with connection.makefile("rb") as stream:
        return read_from(stream, method)


def read_from(stream: BinaryIO, method: str = "GET") -> Answer:
    """The next of several answers, read to its end.

    Raises:
        AssertionError: The connection ends before it does.
    """
    line = stream.readline()
    assert line, "the connection ended without an answer"
    status = int(line.split()[1])
    headers = {}
    while (field := stream.readline()) not in (b"\r\n", b""):
        name, _, value = field.decode("latin-1").partition(":")
        headers[name.lower()] = value.strip()
    body = b""
    if method == "HEAD" or status < 200 or status in (204, 304):
        return Answer(status, headers, body)
    if headers.get("transfer-encoding") == "chunked":
        while size := int(stream.readline(), 16):
            body += stream.read(size)
            stream.readline()
        stream.readline()
        return Answer(status, headers, body)
    size = int(headers["content-length"])
    body = stream.read(size)
    assert len(body) == size, f"{len(body)} bytes of {size}, then the connection ended"
    return Answer(status, headers, body)
