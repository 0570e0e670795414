"""What all channels do: acknowledgements, pings, lists, what is not known."""

from __future__ import annotations

from collections.abc import Iterator
from struct import pack
from typing import Literal

import pytest

from caraway.errors import ClosedError, DecodeError, LimitExceeded
from caraway.messages import base, display, main, structs
from caraway.protocol import channel as module
from caraway.protocol.channel import Channel, Event, Unknown
from caraway.wire.limits import Limits
from caraway.wire.record import Message
from tests.unit.protocol.wires import events, exchange, framed, linked, listed, output

Side = Literal["client", "server"]


def _channel(side: Side = "client", *, mini: bool = True, limits: Limits | None = None) -> Channel:
    return Channel("main", linked(mini=mini), side=side, limits=limits)


def _server(message: Message, *, mini: bool = True) -> bytes:
    return framed(message.NUMBER, message.write(), mini=mini)


def _numbers(data: bytes) -> list[int]:
    """The numbers of messages of short headers."""

    def each() -> Iterator[int]:
        start = 0
        while start < len(data):
            yield int.from_bytes(data[start : start + 2], "little")
            start += 6 + int.from_bytes(data[start + 2 : start + 6], "little")

    return list(each())


@pytest.mark.parametrize("mini", [True, False])
@pytest.mark.parametrize("step", [1, 3, 10, 1000])
def test_messages_come_out_at_any_cut(mini: bool, step: int) -> None:
    sent: list[Message] = [
        main.ServerMouseMode(3, 1),
        base.ServerNotify(1, 1, 2, 0, b"hello"),
        base.ServerDisconnecting(5, 1),
        main.ServerMultiMediaTime(7),
    ]
    stream = b"".join(_server(each, mini=mini) for each in sent)
    channel = _channel(mini=mini)
    found: list[Event] = []
    for start in range(0, len(stream), step):
        found += events(channel, stream[start : start + step])
    assert found == sent
    assert channel.received_serial == 4
    assert output(channel) == b""


def test_unknown_messages_are_told_and_skipped() -> None:
    channel = _channel()
    data = framed(999, b"abc") + framed(65_535) + _server(main.ServerMultiMediaTime(7))
    assert events(channel, data) == [
        Unknown(999, 3),
        Unknown(65_535, 0),
        main.ServerMultiMediaTime(7),
    ]
    assert channel.received_serial == 3


def test_a_message_that_is_none() -> None:
    channel = _channel()
    channel.feed(framed(base.ServerSetAck.NUMBER, b"short"))
    with pytest.raises(DecodeError):
        channel.next_event()


def test_a_message_above_the_limit() -> None:
    channel = _channel(limits=Limits(max_message=10))
    channel.feed(framed(999, bytes(11)))
    with pytest.raises(LimitExceeded, match="11 bytes, the limit is 10"):
        channel.next_event()


# Pings


def test_pings_are_answered() -> None:
    channel = _channel()
    assert events(channel, _server(base.ServerPing(5, 99, b"x" * 1000))) == []
    assert output(channel) == framed(base.ClientPong.NUMBER, pack("<IQ", 5, 99))


def test_the_longest_ping() -> None:
    channel = _channel()
    assert events(channel, _server(base.ServerPing(5, 99, bytes(module.MAX_PING)))) == []
    channel.feed(_server(base.ServerPing(5, 99, bytes(module.MAX_PING + 1))))
    with pytest.raises(LimitExceeded, match="ping of 1048577 bytes, the limit is 1048576"):
        channel.next_event()


def test_pongs_are_events() -> None:
    client, server = _channel(), _channel("server")
    server.send(base.ServerPing(5, 99, b""))
    assert exchange(client, server) == ([], [base.ClientPong(5, 99)])


# Acknowledgements, as a client


def test_acknowledgements_of_a_client() -> None:
    channel = _channel()
    events(channel, _server(base.ServerSetAck(7, 2)))
    assert output(channel) == framed(base.ClientAckSync.NUMBER, pack("<I", 7))
    time = _server(main.ServerMultiMediaTime(7))
    acks = []
    for _ in range(5):
        events(channel, time)
        acks.append(_numbers(output(channel)))
    assert acks == [[], [base.ClientAck.NUMBER], [], [base.ClientAck.NUMBER], []]


def test_a_new_window_in_between() -> None:
    channel = _channel()
    time = _server(main.ServerMultiMediaTime(7))
    data = _server(base.ServerSetAck(1, 1)) + time + _server(base.ServerSetAck(2, 3)) + time * 3
    events(channel, data)
    sync, ack = base.ClientAckSync.NUMBER, base.ClientAck.NUMBER
    # The last one of the old window is the message that ends it.
    assert _numbers(output(channel)) == [sync, ack, ack, sync, ack]


def test_a_window_of_nothing() -> None:
    channel = _channel()
    events(channel, _server(base.ServerSetAck(1, 0)) + _server(main.ServerMultiMediaTime(7)) * 9)
    assert _numbers(output(channel)) == [base.ClientAckSync.NUMBER]


def test_what_is_answered_skipped_or_refused_counts_too() -> None:
    channel = _channel()
    data = _server(base.ServerSetAck(1, 1)) + framed(999) + _server(base.ServerPing(1, 1, b""))
    events(channel, data)
    sync, ack, pong = (
        each.NUMBER for each in (base.ClientAckSync, base.ClientAck, base.ClientPong)
    )
    assert _numbers(output(channel)) == [sync, ack, ack, pong]


def test_a_list_is_one_message_to_acknowledge() -> None:
    channel = _channel()
    inner = (main.ServerMultiMediaTime.NUMBER, pack("<I", 7))
    body = listed(inner, inner, inner)
    events(channel, _server(base.ServerSetAck(1, 2)))
    output(channel)
    assert len(events(channel, framed(8, body))) == 3
    assert output(channel) == b""
    events(channel, framed(8, body))
    assert _numbers(output(channel)) == [base.ClientAck.NUMBER]


# Lists


def test_messages_in_a_list_are_events_and_the_list_is_none() -> None:
    channel = _channel()
    wait = base.ServerWaitForChannels([structs.ChannelWait(2, 0, 5)])
    body = listed((wait.NUMBER, wait.write()), (999, b"ab"))
    assert events(channel, framed(8, body)) == [wait, Unknown(999, 2)]
    assert channel.received_serial == 1


def test_messages_before_their_outer_one() -> None:
    channel = Channel("display", linked(kind=2, mini=False), side="client")
    wait = base.ServerWaitForChannels([structs.ChannelWait(2, 0, 5)])
    mark = display.ServerMark()
    body = listed((wait.NUMBER, wait.write()), before=b"")
    data = pack("<QHII", 41, mark.NUMBER, len(body) + 1, 1) + b"\0" + _moved(body)
    assert events(channel, data) == [wait, mark]
    assert channel.received_serial == 41


def _moved(body: bytes) -> bytes:
    """A list of one whose message stands a byte later."""
    return body[:2] + pack("<I", int.from_bytes(body[2:6], "little") + 1) + body[6:]


def test_a_client_has_no_lists_of_its_own() -> None:
    assert events(_channel("server"), framed(8, listed((999, b"")))) == [Unknown(8, 12)]
    assert events(_channel("server"), framed(8, b"\xff" * 9)) == [Unknown(8, 9)]
    full = pack("<QHII", 1, 999, 2, 0xFFFFFFFF) + b"ab"
    assert events(_channel("server", mini=False), full) == [Unknown(999, 2)]


def test_a_list_inside_a_list_is_skipped() -> None:
    assert events(_channel(), framed(8, listed((8, b"\xff" * 9)))) == []


# Acknowledgements, as a server


def test_a_window_holds_the_server_back() -> None:
    client, server = _channel(), _channel("server")
    server.set_ack_window(2)
    for time in range(20):
        server.send(main.ServerMultiMediaTime(time))
    assert server.is_congested
    assert server.output_size == 6 + 8 + 3 * 10
    heard, said = exchange(client, server)
    assert heard == [main.ServerMultiMediaTime(time) for time in range(20)]
    assert said == []
    assert not server.is_congested


def test_a_client_that_has_not_answered_the_window() -> None:
    server = _channel("server")
    server.set_ack_window(1)
    for time in range(3):
        server.send(main.ServerMultiMediaTime(time))
    output(server)
    events(server, framed(base.ClientAck.NUMBER) * 100)
    assert output(server) == b""
    events(server, framed(base.ClientAckSync.NUMBER, pack("<I", 2)) + framed(base.ClientAck.NUMBER))
    assert output(server) == b""
    events(server, framed(base.ClientAckSync.NUMBER, pack("<I", 1)) + framed(base.ClientAck.NUMBER))
    assert _numbers(output(server)) == [main.ServerMultiMediaTime.NUMBER]


def test_a_new_window_goes_out_at_once() -> None:
    server = _channel("server")
    server.set_ack_window(1)
    for time in range(5):
        server.send(main.ServerMultiMediaTime(time))
    output(server)
    server.set_ack_window(0)
    assert (
        _numbers(output(server))
        == [base.ServerSetAck.NUMBER] + [main.ServerMultiMediaTime.NUMBER] * 4
    )


def test_a_client_that_acknowledges_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_WAITING", 1000)
    server = _channel("server")
    server.set_ack_window(1)
    server.send(main.ServerMultiMediaTime(1))
    for _ in range(4):
        server.send(main.ServerAgentData(bytes(250)))
    with pytest.raises(ClosedError, match="nothing of 1250 bytes, the limit is 1000"):
        server.send(main.ServerAgentData(bytes(250)))


def test_payloads_are_not_copied() -> None:
    channel = _channel("server")
    data = bytes(1000)
    channel.send(main.ServerAgentData(data))
    assert channel.take_output()[1] is data
    assert channel.take_output() == []
