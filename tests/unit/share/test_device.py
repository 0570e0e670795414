"""A character device that the host connects to and leaves."""

from __future__ import annotations

import asyncio
import os
import pty
import socket
from pathlib import Path

import pytest

from caraway.errors import ClosedError
from caraway.net.mux_link import MuxLink
from caraway.share import device as device_module
from caraway.share.device import DevicePort, has_host
from caraway.share.guest import FolderGuest
from tests.unit.net.cable import CableEnd
from tests.unit.share.test_host import in_loop, settle, until


class Both:
    """A device, and the host's end of it."""

    def __init__(self) -> None:
        ours, self.host = socket.socketpair()
        self.host.setblocking(False)
        self.port = DevicePort(ours.detach())
        self.received: list[bytes] = []
        self.changes: list[bool] = []
        self.port.on_data = lambda data: self.received.append(bytes(data))
        self.port.on_change = lambda: self.changes.append(self.port.is_open)

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


@in_loop
async def test_both_ways() -> None:
    both = Both()
    assert both.port.is_open
    assert both.port.is_writable
    both.port.write(b"to the host")
    await both.port.drain()
    assert both.taken() == b"to the host"
    both.host.send(b"to ")
    both.host.send(b"us")
    await until(lambda: both.received)
    assert both.received == [b"to us"] or b"".join(both.received) == b"to us"
    both.port.close()
    both.close()
    assert both.changes == [False]


@in_loop
async def test_pieces_that_come_together_are_one() -> None:
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    port = DevicePort(ours.detach())
    received: list[bytes] = []
    port.on_data = lambda data: received.append(bytes(data))
    # Each of these is read alone, as 4 KiB of the real device are.
    for index in range(40):
        theirs.send(bytes([index]))
    await until(lambda: len(b"".join(received)) == 40)
    assert received == [bytes(range(32)), bytes(range(32, 40))]
    port.close()
    theirs.close()


@in_loop
async def test_what_is_not_taken_waits() -> None:
    both = Both()
    data = os.urandom(1 << 20)
    both.port.write(data)
    both.port.write(b"behind")
    assert not both.port.is_writable
    waiting = asyncio.create_task(both.port.drain())
    got = b""
    while len(got) < len(data) + 6:
        got += both.taken()
        await asyncio.sleep(0)
    await waiting
    assert got == data + b"behind"
    assert both.port.is_writable
    both.close()


@in_loop
async def test_pausing() -> None:
    both = Both()
    both.port.pause()
    both.host.send(b"x")
    await settle()
    assert both.received == []
    both.port.resume()
    await until(lambda: both.received == [b"x"])
    both.close()
    both.port.resume()


def test_the_host_goes_and_comes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(device_module, "LOOK_S", 0.001)
    is_there = False
    monkeypatch.setattr(device_module, "has_host", lambda descriptor: is_there)

    async def course() -> None:
        nonlocal is_there
        both = Both()
        await asyncio.sleep(0.005)
        assert not both.port.is_open
        with pytest.raises(ClosedError):
            both.port.write(b"x")
        with pytest.raises(ClosedError):
            await both.port.drain()
        is_there = True
        await until(lambda: both.port.is_open)
        both.port.write(os.urandom(1 << 20))
        waiting = asyncio.create_task(both.port.drain())
        await settle()
        is_there = False
        both.host.send(b"last words")
        both.host.shutdown(socket.SHUT_WR)
        await until(lambda: both.changes == [True, False])
        assert both.received == [b"last words"]
        with pytest.raises(ClosedError):
            await waiting
        is_there = True
        await until(lambda: both.changes[:3] == [True, False, True])
        is_there = False
        await until(lambda: both.changes[:4] == [True, False, True, False])
        both.close()

    asyncio.run(course())


def test_errors_are_the_hosts_going(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the system calls it."""

    async def course() -> None:
        master, slave = pty.openpty()
        port = DevicePort(slave)
        assert port.is_open
        os.close(master)
        await until(lambda: not port.is_open)
        port.close()

        ours, theirs = socket.socketpair()
        port = DevicePort(ours.detach())
        port.pause()
        theirs.close()
        port.write(b"x")
        await until(lambda: not port.is_open)
        port.close()

        # It had not read all that was written: the connection is reset.
        ours, theirs = socket.socketpair()
        port = DevicePort(ours.detach())
        port.write(b"x")
        theirs.close()
        await until(lambda: not port.is_open)
        port.close()

        # Found out while it is being closed.
        ours, theirs = socket.socketpair()
        port = DevicePort(ours.detach())
        theirs.close()
        port.write(b"x")
        port.close()
        await settle()

    asyncio.run(course())


@in_loop
async def test_nobody_takes_the_data() -> None:
    both = Both()
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
    both = Both()
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
    assert host.mux.takes_credits
    host.close()
    await guest.aclose()
    both.close()
