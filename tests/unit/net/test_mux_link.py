"""A port and the connections it carries, both ends."""

from __future__ import annotations

import asyncio
import gc
import logging
import weakref

import pytest

from caraway.errors import ClosedError
from caraway.net.mux import HIGH_WATER, MuxTransport
from caraway.net.mux_link import MuxLink
from caraway.protocol.mux_credits import CONTROL_ID, write_hello
from caraway.protocol.mux_frames import frame_header
from caraway.protocol.mux_resync import preamble
from caraway.protocol.mux_sender import PLAIN_MESSAGE
from caraway.protocol.mux_streams import MuxLimits
from caraway.wire.record import Buffer
from tests.in_loop import in_loop, settle
from tests.unit.net.cable import CableEnd, joined
from tests.unit.net.test_mux import Recorder


class Echo(Recorder):
    """Sends back what it gets."""

    transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        super().connection_made(transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self.transport.write(data)


class Pair:
    """A sharing end and an agent, joined."""

    def __init__(self, limits: MuxLimits | None = None) -> None:
        self.host_end, self.agent_end = joined()
        self.accepted: list[Echo] = []
        self.agent = MuxLink(self.agent_end, limits=limits, first_id=1)
        self.host = MuxLink(self.host_end, self.accept, limits=limits)

    def accept(self, transport: MuxTransport) -> Echo:
        echo = Echo()
        self.accepted.append(echo)
        return echo

    def close(self) -> None:
        self.host.close()
        self.agent.close()


@in_loop
async def test_there_and_back() -> None:
    pair = Pair()
    await settle()
    assert pair.host.mux.takes_credits
    assert pair.agent.mux.takes_credits
    client = Recorder()
    transport = pair.agent.open(client)
    transport.write(b"hello")
    await settle()
    assert client.told == ["made", b"hello"]
    assert pair.accepted[0].told == ["made", b"hello"]
    assert pair.accepted[0].transport.get_extra_info("peername") == ("stream 1", 0)
    transport.close()
    await settle()
    assert client.told[-1] == "lost"
    assert pair.accepted[0].told[-1] == "lost"
    assert pair.host.transports == pair.agent.transports == []
    pair.close()
    pair.close()


@in_loop
async def test_much_that_comes_together_does_not_pile_up() -> None:
    """What one read brings may be packed, and become many times as much."""
    end, _ = joined()
    recorder = Recorder()
    link = MuxLink(end, lambda transport: recorder)
    await settle()
    assert end.on_data is not None
    end.on_data(frame_header(1, 60_000) + bytes(60_000))
    assert recorder.told == []
    for _ in range(2):
        end.on_data(frame_header(1, 60_000) + bytes(60_000))
    came = b"".join(each for each in recorder.told if isinstance(each, bytes))
    assert len(came) == 3 * 60_000
    link.close()


@in_loop
@pytest.mark.parametrize("takes_credits", [True, False])
async def test_answers_are_on_their_way_while_others_are_made(*, takes_credits: bool) -> None:
    end, other = joined()
    messages: list[Buffer] = []
    other.on_data = messages.append
    link = MuxLink(end, lambda transport: Echo())
    await settle()
    assert end.on_data is not None
    if takes_credits:
        end.on_data(write_hello(100_000))
        await settle()
    messages.clear()
    end.on_data(b"".join(frame_header(number, 2) + b"hi" for number in range(1, 11)))
    await settle()
    frames = [frame_header(number, 2) + b"hi" for number in range(1, 11)]
    assert messages == (
        [b"".join(frames[:4]), b"".join(frames[4:8]), b"".join(frames[8:])]
        if takes_credits
        else [b"".join(frames)]
    )
    link.close()


@in_loop
async def test_no_two_agents_have_the_same_numbers() -> None:
    first, second = CableEnd(), CableEnd()
    first.is_open = second.is_open = True
    links = [MuxLink(first), MuxLink(second)]
    numbers = [link.open(Recorder()).stream.stream_id for link in links]
    assert abs(numbers[0] - numbers[1]) > 1000
    assert min(numbers) > CONTROL_ID
    assert max(numbers) < 2**62
    for link in links:
        link.close()


@in_loop
async def test_more_than_windows_and_queues_hold() -> None:
    pair = Pair(MuxLimits(window=5000))
    data = bytes(range(256)) * 400
    client = Recorder()
    transport = pair.agent.open(client)
    await settle()
    transport.write(data)
    while sum(len(each) for each in client.told if isinstance(each, bytes)) < len(data):
        await asyncio.sleep(0)
    assert b"".join(each for each in client.told if isinstance(each, bytes)) == data
    assert {"pause", "resume"} <= {each for each in client.told if isinstance(each, str)}
    pair.close()
    assert client.told[-1] == "lost"


@in_loop
async def test_one_that_is_not_read_stops_no_other() -> None:
    pair = Pair(MuxLimits(window=5000))
    await settle()
    stuck, quick = Recorder(), Recorder()
    first, second = pair.agent.open(stuck), pair.agent.open(quick)
    first.pause_reading()
    first.write(bytes(50_000))
    await settle()
    for _ in range(20):
        second.write(b"ping")
        await settle()
    assert quick.told.count(b"ping") == 20
    assert not pair.agent.mux.is_full
    assert pair.agent.mux.incoming_size <= 5000
    first.resume_reading()
    while sum(len(each) for each in stuck.told if isinstance(each, bytes)) < 50_000:
        await asyncio.sleep(0)
    pair.close()


@in_loop
async def test_with_a_plain_peer_the_port_waits() -> None:
    end = CableEnd()
    end.is_open = True
    recorder = Recorder()
    link = MuxLink(end, lambda transport: recorder, limits=MuxLimits(window=10))
    await settle()
    assert end.on_data is not None
    end.on_data(frame_header(-5, 1) + b"a")
    await settle()
    [transport] = link.transports
    transport.pause_reading()
    end.on_data(frame_header(-5, 20) + bytes(20))
    await settle()
    assert end.is_paused
    transport.resume_reading()
    await settle()
    assert not end.is_paused
    assert recorder.told == ["made", b"a", bytes(20)]
    transport.pause_reading()
    end.on_data(frame_header(-5, 20) + bytes(20))
    await settle()
    assert end.is_paused
    link.close()
    assert recorder.told[-1] == "lost"
    assert not end.is_paused
    assert end.sent[-1] == frame_header(-5, 0)


@in_loop
async def test_the_port_is_closed_and_opened() -> None:
    changes: list[bool] = []
    end = CableEnd()
    recorder = Recorder()
    link = MuxLink(end, lambda made: recorder, on_change=lambda: changes.append(end.is_open))
    await settle()
    assert end.sent == []
    end.set_open(True)
    await settle()
    assert end.on_data is not None
    end.on_data(frame_header(3, 2) + b"ab")
    await settle()
    end.set_open(False)
    assert recorder.told == ["made", b"ab", "lost"]
    del end.sent[:]
    end.set_open(True)
    end.set_open(True)
    await settle()
    is_led_back = b"".join(end.sent).startswith(preamble())
    assert is_led_back
    assert max(map(len, end.sent)) == PLAIN_MESSAGE
    assert changes == [False, True, False, True, True]
    link.close()


@in_loop
async def test_messages_wait_for_room_and_keep_their_order_open() -> None:
    end = CableEnd()
    end.is_open, end.is_writable = True, False
    recorders: list[Echo] = []

    def accept(transport: MuxTransport) -> Echo:
        recorders.append(Echo())
        return recorders[-1]

    link = MuxLink(end, accept)
    assert end.on_data is not None
    end.on_data(frame_header(1, 1) + b"a" + frame_header(2, 1) + b"b")
    await settle()
    recorders[0].transport.write(bytes(HIGH_WATER))
    await settle()
    assert end.sent == []
    end.give_room()
    await settle()
    sent = b"".join(end.sent)
    # The short one is not behind the long one.
    assert sent.index(frame_header(2, 1) + b"b") < len(sent) - 1000
    assert recorders[0].told == ["made", b"a", "pause", "resume"]
    link.close()


@in_loop
async def test_closing_waits_for_the_last_bytes() -> None:
    end = CableEnd()
    end.is_open, end.is_writable = True, False
    recorder = Recorder()
    link = MuxLink(end, lambda transport: recorder)
    assert end.on_data is not None
    end.on_data(frame_header(1, 1) + b"a")
    await settle()
    [transport] = link.transports
    transport.write(b"rest")
    transport.close()
    await settle()
    assert recorder.told == ["made", b"a"]
    end.give_room()
    await settle()
    assert recorder.told == ["made", b"a", "lost"]
    assert b"".join(end.sent).endswith(frame_header(1, 4) + b"rest" + frame_header(1, 0))
    link.close()


@in_loop
async def test_a_frame_that_has_begun_is_ended() -> None:
    class Crowded(CableEnd):
        """Takes one message, once there are many."""

        is_crowded = False

        def write(self, data: Buffer) -> None:
            super().write(data)
            self.is_writable = not self.is_crowded

    for fails in (False, True):
        end = Crowded()
        end.is_open = True
        link = MuxLink(end, lambda transport: Recorder())
        await settle()
        del end.sent[:]
        end.is_crowded = True
        assert end.on_data is not None
        end.on_data(frame_header(1, 1) + b"a")
        await settle()
        [transport] = link.transports
        transport.write(bytes(3 * PLAIN_MESSAGE))
        await settle()
        assert len(b"".join(end.sent)) == PLAIN_MESSAGE
        end.fails = fails
        link.close()
        whole = frame_header(1, 3 * PLAIN_MESSAGE) + bytes(3 * PLAIN_MESSAGE)
        assert b"".join(end.sent) == (whole[:PLAIN_MESSAGE] if fails else whole)
        await settle()


@in_loop
async def test_a_port_that_fails_meanwhile() -> None:
    end = CableEnd()
    end.is_open = True
    end.fails = True
    link = MuxLink(end, lambda transport: Recorder())
    await settle()
    assert end.sent == []
    end.is_writable = False
    link.wake()
    await settle()
    end.give_room()
    await settle()
    end.is_writable = False
    link.close()
    end.give_room()
    await settle()
    assert end.sent == []
    await settle()


@in_loop
async def test_nonsense_is_logged_once(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "caraway.mux")
    end = CableEnd()
    end.is_open = True
    link = MuxLink(end, lambda transport: Recorder())
    await settle()
    assert end.on_data is not None
    end.on_data(write_hello(1))
    await settle()
    end.on_data(frame_header(1, 1) + b"x")
    await settle()
    assert caplog.text.count("takes 1 bytes of each connection") == 1
    link.close()


@in_loop
async def test_a_bug_in_one_ends_no_other(caplog: pytest.LogCaptureFixture) -> None:
    class Bad(Recorder):
        def data_received(self, data: bytes) -> None:
            raise ZeroDivisionError("a bug")

        def connection_lost(self, exc: Exception | None) -> None:
            raise ZeroDivisionError("another bug")

    end = CableEnd()
    end.is_open = True
    good = Recorder()

    def accept(transport: MuxTransport) -> asyncio.Protocol:
        number = transport.stream.stream_id
        if number == 3:
            raise ZeroDivisionError("not even made")
        return Bad() if number in (1, 4) else good

    link = MuxLink(end, accept)
    await settle()
    assert end.on_data is not None
    caplog.set_level(logging.ERROR)
    for number in (1, 2, 3):
        end.on_data(frame_header(number, 1) + b"x")
        await settle()
    end.on_data(frame_header(4, 1) + b"x" + frame_header(4, 0) + frame_header(2, 1) + b"y")
    await settle()
    assert good.told == ["made", b"x", b"y"]
    assert "a bug" in caplog.text
    link.close()
    assert "another bug" in caplog.text


@in_loop
async def test_a_bug_in_one_that_waits_for_room_keeps_no_other_waiting(
    caplog: pytest.LogCaptureFixture,
) -> None:
    class Bad(Recorder):
        def resume_writing(self) -> None:
            raise ZeroDivisionError("a bug")

    end = CableEnd()
    end.is_open = True
    recorders = [Bad(), Recorder()]
    coming = iter(recorders)
    link = MuxLink(end, lambda transport: next(coming))
    await settle()
    end.is_writable = False
    assert end.on_data is not None
    end.on_data(frame_header(1, 1) + b"a" + frame_header(2, 1) + b"b")
    await settle()
    for transport in link.transports:
        transport.write(bytes(HIGH_WATER + 1))
    await settle()
    caplog.set_level(logging.ERROR)
    end.give_room()
    await settle()
    assert [each.told[-1] for each in recorders] == ["lost", "resume"]
    assert "a bug" in caplog.text
    link.close()


@in_loop
async def test_a_bug_behind_the_end_of_all(caplog: pytest.LogCaptureFixture) -> None:
    class Closing(Recorder):
        def data_received(self, data: bytes) -> None:
            link.close()
            raise ZeroDivisionError("a bug")

    end = CableEnd()
    end.is_open = True
    closing = Closing()
    link = MuxLink(end, lambda transport: closing)
    await settle()
    assert end.on_data is not None
    caplog.set_level(logging.ERROR)
    end.on_data(frame_header(1, 1) + b"a")
    await settle()
    assert closing.told == ["made", "lost"]
    assert "a bug" in caplog.text
    await settle()


@in_loop
async def test_a_bug_in_who_is_told_of_the_port(caplog: pytest.LogCaptureFixture) -> None:
    def changed() -> None:
        raise ZeroDivisionError("a bug")

    end = CableEnd()
    recorder = Recorder()
    caplog.set_level(logging.ERROR)
    link = MuxLink(end, lambda transport: recorder, on_change=changed)
    end.set_open(True)
    assert "a bug" in caplog.text
    assert end.on_data is not None
    end.on_data(frame_header(1, 1) + b"a")
    await settle()
    assert recorder.told == ["made", b"a"]
    link.close()


@in_loop
async def test_whoever_is_gone_is_kept_nowhere_though_the_port_takes_nothing() -> None:
    end = CableEnd()
    end.is_open = True
    links: list[MuxTransport] = []

    def accept(transport: MuxTransport) -> Recorder:
        links.append(transport)
        return Recorder()

    link = MuxLink(end, accept)
    await settle()
    end.is_writable = False
    assert end.on_data is not None
    for number in range(20):
        end.on_data(frame_header(number, 1) + b"a")
        await settle()
        links[-1].write(bytes(HIGH_WATER + 1))
        end.on_data(frame_header(number, 0))
    await settle()
    assert link.transports == []
    gone = [weakref.ref(each) for each in links]
    links.clear()
    gc.collect()
    assert [each() for each in gone] == [None] * 20
    link.close()
    await settle()


@in_loop
async def test_who_waits_for_a_peer_that_has_gone_waits_no_more() -> None:
    class Busy(Recorder):
        """Reads on when its answer has been taken."""

        transport: MuxTransport

        def data_received(self, data: bytes) -> None:
            super().data_received(data)
            if data == b"first":
                self.transport.write(bytes(2 * HIGH_WATER))
                self.transport.pause_reading()

        def resume_writing(self) -> None:
            super().resume_writing()
            self.transport.resume_reading()

    def accept(transport: MuxTransport) -> Busy:
        busy.transport = transport
        return busy

    end = CableEnd()
    end.is_open = True
    busy = Busy()
    link = MuxLink(end, accept)
    assert end.on_data is not None
    # Its window is smaller than the answer: nothing is sent any more when the end comes.
    end.on_data(write_hello(16 << 10) + frame_header(1, 5) + b"first")
    await settle()
    end.on_data(frame_header(1, 6) + b"second" + frame_header(1, 0))
    await settle()
    assert busy.told == ["made", b"first", "pause", "resume", b"second", "lost"]
    link.close()


@in_loop
async def test_numbers_that_come_again() -> None:
    unfinished: list[MuxTransport] = []
    end = CableEnd()
    end.is_open = True
    recorders: list[Recorder] = []

    def accept(transport: MuxTransport) -> Recorder:
        recorders.append(Recorder())
        return recorders[-1]

    def is_unfinished(transport: MuxTransport) -> bool:
        return transport in unfinished

    link = MuxLink(end, accept, is_unfinished=is_unfinished)
    await settle()
    assert end.on_data is not None
    end.on_data(frame_header(1, 1) + b"a")
    await settle()
    end.on_data(frame_header(1, 1) + b"b")
    await settle()
    unfinished += link.transports
    end.on_data(frame_header(1, 1) + b"c")
    await settle()
    assert [each.told for each in recorders] == [["made", b"a", b"b", "lost"], ["made", b"c"]]
    # One that has been closed, but whose last bytes have not gone, is asked about, too.
    end.is_writable = False
    [transport] = link.transports
    transport.close()
    end.on_data(frame_header(1, 1) + b"d")
    await settle()
    assert len(recorders) == 2
    link.close()
    await settle()


@in_loop
async def test_the_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("caraway.net.mux_link._SWEEP_S", 0.001)
    seen: list[float] = []
    twice = asyncio.Event()

    def sweep(now: float) -> None:
        seen.append(now)
        link.wake()
        if len(seen) == 2:
            twice.set()

    end = CableEnd()
    link = MuxLink(end, lambda transport: Recorder(), on_sweep=sweep)
    await twice.wait()
    assert seen[0] < seen[1]
    link.close()
    link.wake()
    plain = MuxLink(CableEnd())
    await asyncio.sleep(0.005)
    with pytest.raises(ClosedError):
        plain.open(Recorder())
    plain.close()
