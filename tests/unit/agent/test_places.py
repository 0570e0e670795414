"""What the agent connects to when there is no virtio port."""

from __future__ import annotations

import os
import pty
import socket
import termios
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from caraway.agent.places import make_opener
from caraway.errors import UsageError


def test_tcp() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        for host in ("127.0.0.1", "[127.0.0.1]", "localhost"):
            opener = make_opener(f"{host}:{server.getsockname()[1]}")
            descriptor = opener()
            connection, _ = server.accept()
            os.write(descriptor, b"x")
            assert connection.recv(1) == b"x"
            connection.close()
            os.close(descriptor)
    with pytest.raises(OSError, match="refused"):
        opener()


def test_unix() -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "s"
        opener = make_opener(f"unix:{path}")
        with pytest.raises(FileNotFoundError):
            opener()
        with socket.socket(socket.AF_UNIX) as server:
            server.bind(str(path))
            server.listen()
            os.close(opener())


def test_a_terminal_is_made_raw() -> None:
    master, slave = pty.openpty()
    descriptor = make_opener(os.ttyname(slave))()
    assert not termios.tcgetattr(descriptor)[3] & termios.ECHO
    for each in (master, slave, descriptor):
        os.close(each)


def test_what_is_no_terminal_is_left_alone() -> None:
    os.close(make_opener("/dev/null")())
    with pytest.raises(FileNotFoundError):
        make_opener("/dev/nonexistent")()


@pytest.mark.parametrize(
    "where", ["unix:", "host", "host:", ":5", "host:x", "host:65536", "host:²"]
)
def test_nonsense(where: str) -> None:
    with pytest.raises(UsageError):
        make_opener(where)
