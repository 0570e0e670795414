"""A character device that the host connects to and leaves."""

from __future__ import annotations

import asyncio
import os
import pty
import socket
import tty
from pathlib import Path

import pytest

from caraway.errors import ClosedError
from caraway.net.mux_link import MuxLink
from caraway.protocol.mux_credits import write_hello
from caraway.share import device as device_module
from caraway.share.device import DevicePort, has_host
from caraway.share.guest import FolderGuest
from tests.in_loop import in_loop, settle, until
from tests.unit.net.cable import CableEnd


def nothing() -> int:
    """Opens a device that is not there."""
    raise FileNotFoundError("no device")


class Both:
    """A device, and the host's end of it: a new pair each time it is opened.

    Args:
        is_there: It can be opened the first time.
    """

    def __init__(self, *, is_there: bool = True) -> None:
        self.count = 0
        self.troubles: list[str] = []
        self.port = DevicePort(
            self.open if is_there else nothing,
            on_trouble=lambda error: self.troubles.append(str(error)),
        )
        self.received: list[bytes] = []
        self.changes: list[bool] = []
        self.port.on_data = lambda data: self.received.append(bytes(data))
        self.port.on_change = lambda: self.changes.append(self.port.is_open)

    def open(self) -> int:
        if self.count:
            self.host.close()
        self.count += 1
        ours, self.host = socket.socketpair()
        self.host.setblocking(False)
        return ours.detach()

    async def begin(self) -> Both:
        await until(lambda: self.port.is_open)
        del self.changes[:]
        return self

    def taken(self) -> bytes:
        """What the host has got since."""
        data = b""
        try:
            while piece := self.host.recv(1 << 20):
                data += piece
        except BlockingIOError:
            pass
        return data

    def close(self) -> None:
        self.port.close()
        self.host.close()


@pytest.fixture
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """It looks again at once."""
    monkeypatch.setattr(device_module, "LOOK_S", 0.001)


class Presence:
    """Stands for whether the host is connected to what are sockets here."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.is_there = True
        monkeypatch.setattr(device_module, "has_host", lambda descriptor: self.is_there)


@pytest.fixture
def presence(monkeypatch: pytest.MonkeyPatch) -> Presence:
    return Presence(monkeypatch)


@pytest.fixture
def lasting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Descriptors are of character devices, which hosts come to again."""
    monkeypatch.setattr(device_module.stat, "S_ISCHR", lambda mode: True)


@in_loop
async def test_both_ways() -> None:
    both = await Both().begin()
    assert both.port.is_writable
    assert both.port.is_there
    both.port.write(b"to the host")
    assert both.port.is_writable
    assert both.taken() == b"to the host"
    both.host.send(b"to ")
    both.host.send(b"us")
    await until(lambda: b"".join(both.received) == b"to us")
    both.port.close()
    both.close()
    assert both.changes == [False]
    assert not both.port.is_there


@in_loop
async def test_many_small_pieces_are_read_in_one_turn() -> None:
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    port = DevicePort(nothing, descriptor=ours.detach())
    received: list[bytes] = []
    port.on_data = lambda data: received.append(bytes(data))
    for index in range(40):
        theirs.send(bytes([index]))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert b"".join(received) == bytes(range(40))
    port.close()
    theirs.close()


@in_loop
async def test_others_have_their_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(device_module, "_ROUND", 8192)
    both = await Both().begin()
    both.host.send(bytes(20_000))
    await until(lambda: sum(map(len, both.received)) == 20_000)
    assert [len(each) for each in both.received] == [8192, 8192, 3616]
    both.close()


@in_loop
async def test_what_is_not_taken_waits() -> None:
    both = await Both().begin()
    told: list[bool] = []
    both.port.on_room = lambda: told.append(both.port.is_writable)
    data = os.urandom(1 << 20)
    both.port.write(data)
    both.port.write(b"behind")
    assert not both.port.is_writable
    got = b""
    while len(got) < len(data) + 6:
        got += both.taken()
        await asyncio.sleep(0)
    await until(lambda: told == [True])
    assert got == data + b"behind"
    both.close()


@in_loop
async def test_pausing() -> None:
    both = await Both().begin()
    both.port.pause()
    both.host.send(b"x")
    await settle()
    assert both.received == []
    both.port.resume()
    await until(lambda: both.received == [b"x"])
    both.close()
    both.port.pause()
    both.port.resume()


@in_loop
async def test_pausing_takes_effect_in_the_middle_of_a_turn() -> None:
    both = await Both().begin()
    both.port.on_data = lambda data: (both.received.append(bytes(data)), both.port.pause())
    both.host.send(bytes(300 << 10))
    await settle()
    assert len(both.received) == 1
    both.close()


@in_loop
async def test_whoever_goes_during_a_pause_is_missed(
    soon: None, lasting: None, presence: Presence
) -> None:
    both = await Both().begin()
    both.port.pause()
    await asyncio.sleep(0.005)
    assert both.changes == []
    both.host.send(b"old")
    presence.is_there = False
    await until(lambda: both.changes == [False])
    # The next host begins anew.
    presence.is_there = True
    await until(lambda: both.changes == [False, True])
    both.host.send(b"new")
    await settle()
    assert both.received == []
    both.port.resume()
    await until(lambda: both.received)
    assert both.received == [b"new"]
    assert both.count == 1
    both.close()


@in_loop
async def test_the_host_goes_and_comes(soon: None, lasting: None, presence: Presence) -> None:
    presence.is_there = False
    both = Both()
    await until(lambda: both.port.is_there)
    await asyncio.sleep(0.005)
    assert not both.port.is_open
    with pytest.raises(ClosedError):
        both.port.write(b"x")
    presence.is_there = True
    await until(lambda: both.port.is_open)
    both.port.write(os.urandom(1 << 20))
    assert not both.port.is_writable
    await settle()
    presence.is_there = False
    both.host.send(b"last words")
    both.host.shutdown(socket.SHUT_WR)
    await until(lambda: both.changes == [True, False])
    assert both.received == [b"last words"]
    presence.is_there = True
    await until(lambda: both.changes[:3] == [True, False, True])
    assert both.count == 1
    both.close()


@in_loop
async def test_a_device_that_takes_nothing_for_nobody_is_there(
    soon: None, lasting: None, presence: Presence
) -> None:
    both = await Both().begin()
    both.port.pause()
    presence.is_there = False
    both.port.write(os.urandom(1 << 20))
    assert both.port.is_open
    await until(lambda: both.changes == [False])
    both.close()


@in_loop
async def test_a_device_that_is_full_for_ever_has_lost_its_host(
    lasting: None, presence: Presence, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a host it says that it takes more, and takes nothing."""
    monkeypatch.setattr(device_module, "LOOK_S", 60.0)
    both = await Both().begin()
    both.port.write(os.urandom(1 << 20))
    assert not both.port.is_writable

    def refuse(descriptor: int, data: bytes) -> int:
        raise BlockingIOError

    monkeypatch.setattr(device_module.os, "write", refuse)
    presence.is_there = False
    both.taken()
    await until(lambda: both.changes == [False], timeout_s=5)
    monkeypatch.undo()
    both.close()


@in_loop
async def test_a_connection_that_has_ended_is_made_anew(soon: None) -> None:
    both = await Both().begin()
    both.host.shutdown(socket.SHUT_RDWR)
    await until(lambda: both.changes == [False, True])
    assert both.count == 2
    both.host.send(b"x")
    await until(lambda: both.received == [b"x"])
    both.close()


@in_loop
async def test_a_device_that_is_not_there_is_waited_for(soon: None) -> None:
    both = Both(is_there=False)
    await until(lambda: len(both.troubles) > 2)
    assert set(both.troubles) == {"no device"}
    both.port._on_trouble = None
    await asyncio.sleep(0.005)
    both.port._opener = both.open
    await until(lambda: both.port.is_open)
    both.close()


@in_loop
async def test_errors_are_the_hosts_going(soon: None) -> None:
    """Whatever the system calls it."""
    master, slave = pty.openpty()
    tty.setraw(slave)
    port = DevicePort(nothing, descriptor=slave)
    assert port.is_open
    os.close(master)
    await until(lambda: not port.is_there)
    assert not port.is_open
    port.close()

    both = await Both().begin()
    both.port.pause()
    both.host.shutdown(socket.SHUT_RD)
    both.port.write(b"x")
    await until(lambda: both.count == 2)
    both.close()

    # Found out while it is being closed.
    both = await Both().begin()
    both.host.shutdown(socket.SHUT_RD)
    both.port.write(b"x")
    both.port.close()
    await settle()
    both.close()


@in_loop
async def test_errors_while_reading(soon: None, monkeypatch: pytest.MonkeyPatch) -> None:
    both = await Both().begin()

    def fail(descriptor: int, buffers: object) -> int:
        raise BrokenPipeError("unplugged")

    monkeypatch.setattr(device_module.os, "readv", fail)
    both.host.send(b"x")
    await until(lambda: both.count == 2)
    monkeypatch.undo()
    both.close()


@in_loop
async def test_a_device_that_was_unplugged(
    soon: None, lasting: None, presence: Presence, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While nobody was connected: it says so when it is read."""
    both = await Both().begin()
    presence.is_there = False
    both.port.pause()

    def fail(descriptor: int, size: int) -> bytes:
        raise BrokenPipeError("unplugged")

    monkeypatch.setattr(device_module.os, "read", fail)
    # It is opened again each time it is looked at.
    await until(lambda: both.count >= 2)
    monkeypatch.undo()
    both.close()


@in_loop
async def test_closing_it_when_the_host_goes(soon: None) -> None:
    both = await Both().begin()
    both.port.on_change = both.port.close
    both.host.shutdown(socket.SHUT_RDWR)
    await until(lambda: not both.port.is_there)
    await settle()
    assert both.count == 1
    both.close()


@in_loop
async def test_opening_it_again() -> None:
    both = await Both().begin()
    both.port.reopen()
    assert both.changes == [False, True]
    assert both.count == 2
    both.host.send(b"x")
    await until(lambda: both.received == [b"x"])
    both.close()
    both.port.reopen()
    assert both.count == 2


@in_loop
async def test_another_client_comes_unnoticed(soon: None) -> None:
    """Its hello is the second: what it was sent may begin in the middle of a frame."""
    both = await Both().begin()
    changes: list[bool] = []
    guest = FolderGuest(
        both.port, on_change=lambda: changes.append(both.port.is_open), reopen=both.port.reopen
    )
    both.host.send(write_hello(65536))
    await until(lambda: guest.takes_credits)
    both.host.send(write_hello(65536))
    await until(lambda: both.count == 2)
    await settle()
    assert changes == [True, False, True]
    assert not guest.takes_credits
    both.host.send(write_hello(65536))
    await until(lambda: guest.takes_credits)
    await settle()
    assert both.count == 2
    await guest.aclose()
    both.close()


@in_loop
async def test_nobody_takes_the_data() -> None:
    both = await Both().begin()
    both.port.on_data = None
    both.host.send(b"x")
    await settle()
    both.port.on_change = None
    both.close()


@in_loop
async def test_opening() -> None:
    with pytest.raises(FileNotFoundError):
        DevicePort.open(Path("/nonexistent/port"))
    master, slave = pty.openpty()
    port = DevicePort.open(Path(os.ttyname(slave)))
    os.close(slave)
    assert port.is_open
    port.close()
    os.close(master)


def test_has_host() -> None:
    first, second = socket.socketpair()
    assert has_host(first.fileno())
    second.close()
    assert not has_host(first.fileno())
    first.close()


@in_loop
async def test_a_link_over_it() -> None:
    both = await Both().begin()
    guest = FolderGuest(both.port)
    end = CableEnd()
    end.is_open = True
    host = MuxLink(end, lambda transport: asyncio.Protocol())
    await settle()
    # The hello and its answer, carried by hand.
    both.host.send(b"".join(end.sent))
    await until(lambda: guest.takes_credits)
    await settle()
    assert end.on_data is not None
    end.on_data(both.taken())
    await settle()
    assert host.mux.takes_credits
    host.close()
    await guest.aclose()
    both.close()
