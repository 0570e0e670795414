"""Processes that share a folder, and programs that connect to it."""

from __future__ import annotations

import contextlib
import json
import os
import re
import socket
import struct
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.interop.command import ended_if_it_fails, read_line
from tests.patience import PATIENCE_S

_ROOT = Path(__file__).parents[3]


class Process:
    """A process of ours that says something on its standard output, and no errors.

    Args:
        arguments: Behind ``python``.
        log: Where what it says besides goes.
    """

    def __init__(self, arguments: Sequence[str], log: Path) -> None:
        self._log = log
        with log.open("ab") as errors:
            self._process = subprocess.Popen(
                [sys.executable, *arguments],
                cwd=_ROOT,
                env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                bufsize=0,
            )

    def line(self) -> str:
        """The next line that it says."""
        assert self._process.stdout is not None
        line = read_line(self._process.stdout)
        assert line, f"it ended:\n{self._log.read_text()[-4000:]}"
        return line.strip()

    def tell(self, text: str) -> None:
        """Send it a line."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{text}\n".encode())

    def memory_kib(self) -> int:
        """What it has in memory."""
        text = Path(f"/proc/{self._process.pid}/status").read_text()
        found = re.search(r"^VmRSS:\s+([0-9]+) kB", text, re.MULTILINE)
        assert found
        return int(found[1])

    def descriptors(self) -> int:
        """How many it has open."""
        return len(list(Path(f"/proc/{self._process.pid}/fd").iterdir()))

    def kill(self) -> None:
        """End it as ``kill -9`` does."""
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            assert pipe is not None
            with contextlib.suppress(BrokenPipeError):
                pipe.close()

    def terminate(self) -> None:
        """Ask it to end, and see that it did so with nothing to complain of."""
        self._process.terminate()
        self._see_its_end()

    def _see_its_end(self) -> None:
        try:
            assert self._process.wait(PATIENCE_S) == 0
        finally:
            self.kill()
        said = self._log.read_text()
        assert not said, said[-4000:]


class Ends(Process):
    """All ends in one process.

    Attributes:
        port: Where programs connect.
    """

    def __init__(self, place: Path) -> None:
        self.folder = place / "shared"
        self.folder.mkdir()
        script = str(Path(__file__).with_name("share_ends.py"))
        super().__init__([script, str(self.folder)], place / "ends.log")
        with ended_if_it_fails(self.kill):
            self.port: int = json.loads(self.line())["port"]

    def counts(self) -> dict[str, int]:
        """What there is just now."""
        self.tell("")
        counts: dict[str, int] = json.loads(self.line())
        return counts

    def close(self) -> None:
        """End it by the end of its input, and see that it had nothing to complain of."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._see_its_end()


def program(port: int, *, buffer: int | None = None) -> socket.socket:
    """A program's connection."""
    made = socket.socket()
    if buffer is not None:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
    made.settimeout(PATIENCE_S)
    made.connect(("127.0.0.1", port))
    return made


def get(path: str) -> bytes:
    """A request."""
    return f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()


def body(stream: socket.socket) -> bytes:
    """The body of the next answer.

    Raises:
        AssertionError: The status is not 200.
        OSError: The connection ended.
    """
    data = b""
    while b"\r\n\r\n" not in data:
        data += _some(stream)
    head, _, found = data.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200 "), head
    size = re.search(rb"content-length: ([0-9]+)", head, re.IGNORECASE)
    assert size
    parts, left = [found], int(size[1]) - len(found)
    while left:
        parts.append(_some(stream))
        left -= len(parts[-1])
    return b"".join(parts)


def _some(stream: socket.socket) -> bytes:
    data = stream.recv(1 << 18)
    if not data:
        raise ConnectionResetError("it was closed")
    return data


def kill(stream: socket.socket) -> None:
    """End a connection as the system does when its program is killed with something unread."""
    stream.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    stream.close()


@contextlib.contextmanager
def many(port: int, count: int) -> Iterator[list[socket.socket]]:
    """So many connections at once."""
    with contextlib.ExitStack() as stack:
        yield [stack.enter_context(program(port)) for _ in range(count)]


def free_port() -> int:
    """A port on which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as made:
        number: int = made.getsockname()[1]
        return number


def wait_until_served(port: int, path: str, *, timeout_s: float = PATIENCE_S) -> bytes:
    """What is at ``path``, as soon as somebody shares it."""
    deadline = time.monotonic() + timeout_s
    while True:
        try:
            with program(port) as stream:
                stream.sendall(get(path))
                return body(stream)
        except OSError:
            assert time.monotonic() < deadline, f"not served within {timeout_s:g} s"
            time.sleep(0.1)
