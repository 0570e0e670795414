"""Who has what the agent needs."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from caraway.agent import rivals
from caraway.agent.rivals import cannot_listen, cannot_open


class Processes:
    """A folder that stands for /proc."""

    def __init__(self, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.place = place
        monkeypatch.setattr(rivals, "_PROCESSES", place)

    def add(self, number: int, name: str) -> None:
        (self.place / str(number)).mkdir()
        (self.place / str(number) / "comm").write_text(f"{name}\n")


@pytest.fixture
def processes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Processes:
    processes = Processes(tmp_path, monkeypatch)
    processes.add(1, "init")
    # One that ends while it is looked at.
    (tmp_path / "3").mkdir()
    (tmp_path / "3/comm").mkdir()
    return processes


def test_listening_where_spice_webdavd_does(processes: Processes) -> None:
    processes.add(312, "spice-webdavd")
    error = cannot_listen("127.0.0.1 port 9843", OSError(errno.EADDRINUSE, "in use"))
    assert str(error) == "cannot listen on 127.0.0.1 port 9843: spice-webdavd (process 312) does"
    assert error.hint is not None
    assert "systemctl mask --now spice-webdavd" in error.hint


def test_listening_where_somebody_else_does(processes: Processes) -> None:
    error = cannot_listen("127.0.0.1 port 9843", OSError(errno.EADDRINUSE, "in use"))
    assert str(error) == "cannot listen on 127.0.0.1 port 9843: Address already in use"
    assert error.hint == "another program does; --port 0 takes a free one"


def test_listening_where_nobody_can(processes: Processes) -> None:
    error = cannot_listen("/x/s", OSError(errno.ENOENT, "gone"))
    assert (str(error), error.hint) == ("cannot listen on /x/s: No such file or directory", None)
    assert str(cannot_listen("/x/s", OSError("too long"))) == "cannot listen on /x/s: too long"


def test_a_device_that_spice_webdavd_has(processes: Processes) -> None:
    processes.add(7, "spice-webdavd")
    error = cannot_open("/dev/p", OSError(errno.EBUSY, "busy"))
    assert str(error) == "cannot open /dev/p: spice-webdavd (process 7) has it"
    assert error.hint is not None
    assert "systemctl mask --now spice-webdavd" in error.hint


def test_a_device_that_somebody_else_has(processes: Processes) -> None:
    error = cannot_open("/dev/p", OSError(errno.EBUSY, "busy"))
    assert str(error) == "cannot open /dev/p: another program has it"
    assert error.hint == "fuser -v /dev/p says which one, as root"


def test_a_device_that_is_not_ours() -> None:
    error = cannot_open("/dev/p", PermissionError(errno.EACCES, "no"))
    assert str(error) == "cannot open /dev/p: Permission denied"
    assert error.hint is not None
    assert "install --user" in error.hint


@pytest.mark.parametrize("number", rivals.NO_DEVICE)
def test_what_is_no_device(number: int) -> None:
    error = cannot_open("/etc/motd", OSError(number, "it is a file"))
    assert str(error) == "cannot open /etc/motd: it is no device"
    assert error.hint is not None
    assert "/dev/virtio-ports/" in error.hint


def test_other_devices() -> None:
    assert str(cannot_open("/dev/p", OSError("odd"))) == "cannot open /dev/p: odd"


def test_this_process_is_none() -> None:
    assert rivals._find_rival() != os.getpid()
