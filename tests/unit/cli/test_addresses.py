"""Addresses of local sockets, and what lies in the way of a new one."""

from __future__ import annotations

import socket
from contextlib import closing
from pathlib import Path

import pytest

from caraway.cli.addresses import TcpAddress, UnixAddress, claim, parse_address
from caraway.errors import ActionFailed, UsageError


def test_what_is_read_is_written_again() -> None:
    for text in ("127.0.0.1:1", "[::1]:0", "vm.example:65535", "unix:/run/x", "unix:relative"):
        assert str(parse_address(text)) == text
    assert parse_address("tcp:vm:1") == TcpAddress("vm", 1)


@pytest.mark.parametrize(
    "text",
    ["", "vm", ":1", "vm:", "vm:x", "vm:65536", "::1:1", "vm:²", "vm:-1", "unix:", "unix:\0"],
)
def test_what_is_no_address(text: str) -> None:
    with pytest.raises(UsageError):
        parse_address(text)


def test_which_are_for_this_machine_alone() -> None:
    local = [TcpAddress(host, 1).is_local for host in ("localhost", "127.1.2.3", "::1")]
    assert local == [True] * 3
    assert not TcpAddress("::", 1).is_local


def test_a_socket_that_was_left_behind_is_removed(tmp_path: Path) -> None:
    path = tmp_path / "s"
    with closing(socket.socket(socket.AF_UNIX)) as old:
        old.bind(str(path))
    with claim(UnixAddress(path)), closing(socket.socket(socket.AF_UNIX)) as new:
        new.bind(str(path))
        assert path.stat().st_mode & 0o777 == 0o600


def test_a_file_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "s"
    path.write_text("precious")
    with (
        pytest.raises(ActionFailed, match="Address already in use"),
        claim(UnixAddress(path)),
        closing(socket.socket(socket.AF_UNIX)) as new,
    ):
        new.bind(str(path))
    assert path.read_text() == "precious"


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (OSError(98, "in asyncio's own words"), "Address already in use"),
        (UnicodeError("label too long"), "label too long"),
    ],
)
def test_why_an_address_cannot_be_had(error: Exception, reason: str) -> None:
    message = rf"^cannot listen on \[::1\]:5900: {reason}$"
    with pytest.raises(ActionFailed, match=message), claim(TcpAddress("::1", 5900)):
        raise error
