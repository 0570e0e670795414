"""A port over closings and openings, and what is joined to one; without a server."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import cast

import pytest

from caraway.cli.port import lasting as module
from caraway.cli.port.joined import Joined
from caraway.cli.port.lasting import LastingPort
from caraway.cli.port.terminal import Keys, Output, StandardInput
from caraway.client import Port
from caraway.errors import ClosedError, TakenOver


class FakePort:
    """A port that a test opens and closes."""

    name = "fake\x1b"

    def __init__(self, *, is_open: bool = True) -> None:
        self.is_open = is_open
        self.is_connected = True
        self.written: list[bytes] = []
        self.breaks = 0
        self.drain_error: Exception | None = None
        self._data: deque[bytes] = deque()
        self._error: Exception | None = None
        self._changed = asyncio.Event()

    def change(
        self, *, is_open: bool, is_connected: bool = True, error: Exception | None = None
    ) -> None:
        self.is_open, self.is_connected, self._error = is_open, is_connected, error
        self.tell()

    def say(self, data: bytes) -> None:
        self._data.append(data)
        self.tell()

    def tell(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()

    async def read(self) -> bytes:
        while not self._data:
            if self._error is not None:
                raise self._error
            if not self.is_open:
                return b""
            await self._changed.wait()
        return self._data.popleft()

    async def wait_open(self) -> None:
        while not self.is_open:
            if self._error is not None:
                raise self._error
            await self._changed.wait()

    def write(self, data: bytes) -> None:
        if not self.is_open:
            raise ClosedError("closed")
        self.written.append(data)

    async def drain(self) -> None:
        if self.drain_error is not None:
            raise self.drain_error

    def send_break(self) -> None:
        if not self.is_connected:
            raise ClosedError("lost")
        self.breaks += 1


def lasting(port: FakePort, *, survives: bool) -> LastingPort:
    return LastingPort(cast("Port", port), survives=survives)


def test_a_closed_port_is_told_at_once(capsys: pytest.CaptureFixture[str]) -> None:
    async def run() -> None:
        await lasting(FakePort(is_open=False), survives=False).begin()

    with pytest.raises(ClosedError, match=r"port 'fake\\x1b' is closed"):
        asyncio.run(run())


def test_a_write_waits_for_the_port() -> None:
    async def run() -> list[bytes]:
        port = FakePort(is_open=False)
        writing = asyncio.create_task(lasting(port, survives=True).write(b"x"))
        await asyncio.sleep(0)
        assert not port.written
        port.change(is_open=True)
        await writing
        return port.written

    assert asyncio.run(run()) == [b"x"]


def test_a_write_to_a_port_that_was_closed_is_lost() -> None:
    async def run() -> list[bytes]:
        port = FakePort(is_open=False)
        await lasting(port, survives=False).write(b"x")
        return port.written

    assert asyncio.run(run()) == []


def test_what_was_written_is_written_once() -> None:
    async def run() -> list[bytes]:
        port = FakePort()
        port.drain_error = ClosedError("lost")
        await lasting(port, survives=True).write(b"x")
        return port.written

    assert asyncio.run(run()) == [b"x"]


@pytest.mark.parametrize("survives", [True, False])
def test_a_move_to_another_host_is_no_closing(survives: bool) -> None:
    async def run() -> bytes:
        port = FakePort()
        port.change(is_open=False, is_connected=False)
        reading = asyncio.create_task(lasting(port, survives=survives).read())
        await asyncio.sleep(0)
        port.change(is_open=True)
        port.say(b"there")
        return await reading

    assert asyncio.run(run()) == b"there"


def test_the_end_of_the_session_is_no_closing() -> None:
    async def run() -> None:
        port = FakePort()
        port.change(is_open=False, is_connected=False)
        reading = asyncio.create_task(lasting(port, survives=False).read())
        await asyncio.sleep(0)
        port.change(is_open=False, is_connected=False, error=TakenOver("another client"))
        await reading

    with pytest.raises(TakenOver):
        asyncio.run(run())


def test_a_channel_that_is_lost_for_good(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_LOST_S", 0.0)

    async def run() -> None:
        port = FakePort()
        port.change(is_open=False, is_connected=False)
        await lasting(port, survives=True).read()

    with pytest.raises(ClosedError, match="the server closed the channel"):
        asyncio.run(run())


class Source:
    """An input that says its pieces and then, maybe, its end."""

    def __init__(self, *pieces: bytes) -> None:
        self._pieces = deque(pieces)

    async def read(self) -> bytes:
        if not self._pieces:
            await asyncio.get_running_loop().create_future()
        return self._pieces.popleft()


class Sink:
    """An output."""

    def __init__(self) -> None:
        self.data = b""

    async def write(self, data: bytes) -> None:
        self.data += data


def joined(port: FakePort, source: Source, sink: Sink, keys: Keys | None = None) -> Joined:
    last = lasting(port, survives=False)
    return Joined(last, cast("StandardInput", source), cast("Output", sink), keys)


def test_keys_of_a_terminal() -> None:
    async def run() -> tuple[list[bytes], int]:
        port = FakePort()
        keys = Keys(0x1D)
        await joined(port, Source(b"a\x1eb", b"c\x1d"), Sink(), keys).run(idle_s=None)
        return port.written, port.breaks

    assert asyncio.run(run()) == ([b"a", b"b", b"c"], 1)


def test_a_break_on_a_line_that_is_down() -> None:
    async def run() -> int:
        port = FakePort()
        port.is_connected = False
        await joined(port, Source(b"\x1e\x1d"), Sink(), Keys(0x1D)).run(idle_s=None)
        return port.breaks

    assert asyncio.run(run()) == 0


def test_it_ends_when_it_has_been_silent() -> None:
    async def run() -> bytes:
        port, sink = FakePort(), Sink()
        port.say(b"hello")
        await joined(port, Source(b""), sink).run(idle_s=0.0)
        return sink.data

    assert asyncio.run(run()) in (b"", b"hello")


def test_it_ends_with_the_port_and_not_with_the_input() -> None:
    async def run() -> bytes:
        port, sink = FakePort(), Sink()
        running = asyncio.create_task(joined(port, Source(b""), sink).run(idle_s=None))
        await asyncio.sleep(0)
        port.say(b"late")
        port.change(is_open=False)
        await running
        return sink.data

    assert asyncio.run(run()) == b"late"
