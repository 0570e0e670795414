"""A connection of a channel as an asyncio transport."""

from __future__ import annotations

import asyncio

import pytest

from caraway.net.mux import HIGH_WATER, MuxTransport
from caraway.protocol.mux import Mux
from caraway.protocol.mux_frames import frame_header
from caraway.protocol.mux_streams import Opened


class Recorder(asyncio.Protocol):
    """Notes what it is told."""

    def __init__(self) -> None:
        self.told: list[object] = []

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.told.append("made")

    def data_received(self, data: bytes) -> None:
        self.told.append(data)

    def pause_writing(self) -> None:
        self.told.append("pause")

    def resume_writing(self) -> None:
        self.told.append("resume")

    def connection_lost(self, exc: Exception | None) -> None:
        self.told.append("lost")


class Link:
    """What carries it: an open port with one connection."""

    def __init__(self) -> None:
        self.mux = Mux()
        self.mux.port_opened()
        assert self.mux.next_message(0.0) is not None
        self.mux.feed(frame_header(7, 1) + b"x")
        event = self.mux.next_event(0.0)
        assert isinstance(event, Opened)
        self.mux.next_event(0.0)
        self.stream = event.stream
        self.wakes = self.sends = 0
        self.leaving: list[MuxTransport] = []
        self.holding: list[MuxTransport] = []

    def wake(self) -> None:
        self.wakes += 1

    def send(self) -> None:
        # The port takes nothing just now.
        self.sends += 1

    def hold(self, transport: MuxTransport) -> None:
        self.holding.append(transport)

    def let_go(self, transport: MuxTransport) -> None:
        self.leaving.append(transport)

    def sent(self) -> list[bytes]:
        """The messages there are to be sent."""
        found = []
        while (message := self.mux.next_message(0.0)) is not None:
            found.append(b"".join(message))
        return found


@pytest.fixture
def link() -> Link:
    return Link()


@pytest.fixture
def recorder() -> Recorder:
    return Recorder()


@pytest.fixture
def transport(link: Link, recorder: Recorder) -> MuxTransport:
    made = MuxTransport(link, link.stream, "guest")
    made.set_protocol(recorder)
    return made


def test_who_it_is(transport: MuxTransport, recorder: Recorder, link: Link) -> None:
    assert transport.get_extra_info("peername") == ("guest", 0)
    assert transport.get_extra_info("socket") is None
    assert transport.get_protocol() is recorder
    assert transport.stream is link.stream
    assert not transport.can_write_eof()


def test_writing(transport: MuxTransport, link: Link) -> None:
    changed = bytearray(b"de")
    transport.write(bytearray(b"abc"))
    transport.write(memoryview(changed))
    changed[:] = b"xy"
    transport.writelines([b"f", b"gh"])
    assert transport.get_write_buffer_size() == 8
    assert link.wakes == 3
    assert link.sent() == [frame_header(7, 8) + b"abcdefgh"]


def test_what_fills_a_message_is_sent_at_once(transport: MuxTransport, link: Link) -> None:
    transport.write(bytes(HIGH_WATER - 1))
    assert link.sends == 0
    transport.write(b"x")
    assert link.sends == 1
    assert link.wakes == 2


def test_a_writer_waits_while_the_port_takes_nothing(
    transport: MuxTransport, recorder: Recorder, link: Link
) -> None:
    transport.write(bytes(HIGH_WATER))
    assert recorder.told == []
    transport.write(b"x")
    transport.write(b"x")
    assert recorder.told == ["pause"]
    transport.tell_room()
    assert recorder.told == ["pause"]
    link.sent()
    transport.tell_room()
    transport.tell_room()
    assert recorder.told == ["pause", "resume"]


def test_a_writer_that_is_gone_is_not_told(
    transport: MuxTransport, recorder: Recorder, link: Link
) -> None:
    transport.write(bytes(HIGH_WATER + 1))
    transport.abort()
    transport.lose()
    assert transport.tell_room()
    assert recorder.told == ["pause", "lost"]


def test_limits(transport: MuxTransport, recorder: Recorder) -> None:
    transport.set_write_buffer_limits(high=1 << 20)
    assert transport.get_write_buffer_limits() == (HIGH_WATER // 4, HIGH_WATER)
    transport.set_write_buffer_limits(high=100, low=200)
    assert transport.get_write_buffer_limits() == (100, 100)
    transport.set_write_buffer_limits()
    assert transport.get_write_buffer_limits() == (HIGH_WATER // 4, HIGH_WATER)
    transport.write(b"x")
    transport.set_write_buffer_limits(high=0)
    assert recorder.told == ["pause"]


def test_reading(transport: MuxTransport, recorder: Recorder, link: Link) -> None:
    assert transport.is_reading()
    transport.deliver([b"a"])
    transport.pause_reading()
    assert not transport.is_reading()
    link.mux.feed(frame_header(7, 1) + b"y")
    assert link.mux.next_event(0.0) is None
    transport.resume_reading()
    assert link.wakes == 1
    assert link.mux.next_event(0.0) is not None
    assert recorder.told == [b"a"]


def test_closing(transport: MuxTransport, recorder: Recorder, link: Link) -> None:
    transport.write(b"rest")
    transport.close()
    transport.close()
    assert transport.is_closing()
    assert not transport.is_reading()
    assert link.leaving == [transport]
    transport.write(b"late")
    transport.deliver([b"late"])
    transport.resume_reading()
    assert link.sent() == [frame_header(7, 4) + b"rest" + frame_header(7, 0)]
    transport.lose()
    transport.lose()
    assert recorder.told == ["lost"]


def test_aborting(transport: MuxTransport, link: Link) -> None:
    transport.write(b"never sent")
    transport.close()
    assert not transport.is_over
    transport.abort()
    assert transport.is_over
    assert link.leaving == [transport]
    assert link.sent() == [frame_header(7, 0)]


def test_expiring(transport: MuxTransport, link: Link) -> None:
    transport.expire()
    transport.expire()
    assert link.leaving == [transport]
    assert link.sent() == []
    assert link.stream.is_over


def test_without_a_protocol_nobody_is_told(link: Link) -> None:
    transport = MuxTransport(link, link.stream, "guest")
    transport.lose()
    assert transport.is_closing()
