"""A WebSocket as a transport: what goes in and out, and who has to wait."""

from __future__ import annotations

import asyncio

import pytest

from caraway.net.memory import join_in_memory
from caraway.net.websocket import (
    CloseCode,
    FrameReader,
    Opcode,
    close_frame,
    make_frame,
)
from caraway.net.websocket_transport import WebSocketTransport
from tests.unit.net.streams import Echo, Recorder, Wire, run


def _side(*, masks: bool = False) -> tuple[Recorder, WebSocketTransport, Wire]:
    protocol, wire = Recorder(), Wire()
    transport = WebSocketTransport(protocol, masks=masks)
    transport.connection_made(wire)
    return protocol, transport, wire


def _sent(wire: Wire, *, is_masked: bool = False) -> tuple[bytes, FrameReader]:
    reader = FrameReader(is_masked=is_masked)
    return reader.feed(wire.take()), reader


def test_two_sides_talk() -> None:
    async def check() -> None:
        client, server = Recorder(), Echo()
        join_in_memory(
            WebSocketTransport(client, masks=True), WebSocketTransport(server, masks=False)
        )
        client.transport.write(b"hello ")
        client.transport.writelines([b"wor", memoryview(b"ld"), b""])
        assert await client.until_taken(11) == b"hello world"
        client.transport.close()
        await client.until("lost")
        await server.until("lost")
        assert server.calls[-2:] == ["eof", "lost"]
        assert (client.error, server.error) == (None, None)

    run(check())


def test_nothing_is_no_frame() -> None:
    _, transport, wire = _side()
    transport.write(b"")
    transport.writelines([b"", b""])
    assert wire.sent == b""


@pytest.mark.parametrize("masks", [False, True])
def test_pings_are_answered(masks: bool) -> None:
    _, transport, wire = _side(masks=masks)
    transport.data_received(make_frame(Opcode.PING, b"a", masks=not masks))
    assert len(wire.sent) == (7 if masks else 3)
    assert wire.sent[0] == 0x8A


def test_answers_to_pings_do_not_pile_up() -> None:
    protocol, transport, wire = _side()
    transport.pause_writing()
    for at in range(1000):
        transport.data_received(make_frame(Opcode.PING, bytes([at % 256]), masks=True))
    assert wire.sent == b""
    transport.resume_writing()
    assert wire.take() == make_frame(Opcode.PONG, bytes([999 % 256]), masks=False)
    assert protocol.calls == ["made", "pause", "resume"]


def test_the_peer_closes() -> None:
    protocol, transport, wire = _side()
    transport.data_received(
        make_frame(Opcode.BINARY, b"last", masks=True) + close_frame(1001, masks=True)
    )
    assert protocol.calls == ["made", "data", "eof"]
    assert _sent(wire)[1].closed == 1000
    assert wire.calls == ["close"]
    transport.write(b"too late")
    transport.writelines([b"too late"])
    transport.data_received(make_frame(Opcode.BINARY, b"late", masks=True))
    transport.eof_received()
    transport.connection_lost(None)
    assert (protocol.taken, protocol.calls[-1], protocol.error) == (b"last", "lost", None)


def test_the_peer_closes_and_says_why() -> None:
    protocol, transport, wire = _side()
    transport.data_received(close_frame(1011, masks=True))
    assert wire.calls == ["close"]
    transport.connection_lost(None)
    assert "with code 1011" in str(protocol.error)


def test_the_peer_closes_without_a_code() -> None:
    _, transport, wire = _side()
    transport.data_received(make_frame(Opcode.CLOSE, b"", masks=True))
    assert _sent(wire)[1].closed == CloseCode.NORMAL


def test_the_peer_is_gone_without_a_word() -> None:
    protocol, transport, _ = _side()
    assert not transport.eof_received()
    error = OSError("reset")
    transport.connection_lost(error)
    assert protocol.calls == ["made", "eof", "lost"]
    assert protocol.error is error
    assert transport.is_closing()


def test_a_frame_that_is_wrong_ends_it_behind_what_was_good() -> None:
    protocol, transport, wire = _side()
    transport.data_received(make_frame(Opcode.BINARY, b"good", masks=True) + b"\x81\x80abcd")
    assert protocol.taken == b"good"
    assert _sent(wire)[1].closed == CloseCode.UNSUPPORTED
    transport.connection_lost(None)
    assert "has text" in str(protocol.error)


def test_closing_and_aborting() -> None:
    _, transport, wire = _side(masks=True)
    transport.close()
    transport.close()
    assert _sent(wire, is_masked=True)[1].closed == CloseCode.NORMAL
    assert wire.calls == ["close"]
    transport.abort()
    assert wire.calls == ["close", "abort"]
    assert transport.is_closing()
    assert not transport.is_reading()


def test_pausing_goes_through() -> None:
    protocol, transport, wire = _side()
    assert transport.is_reading()
    transport.pause_reading()
    assert not transport.is_reading()
    assert wire.calls == ["pause"]
    # Some transports hand out what they had read already.
    for piece in (b"a", b"b"):
        transport.data_received(make_frame(Opcode.BINARY, piece, masks=True))
    assert protocol.taken == b""
    transport.resume_reading()
    assert (protocol.taken, protocol.calls) == (b"ab", ["made", "data"])
    assert wire.calls == ["pause", "resume"]
    transport.resume_reading()
    assert wire.calls == ["pause", "resume"]
    transport.pause_reading()
    transport.resume_reading()
    assert wire.calls == ["pause", "resume", "pause", "resume"]


def test_a_protocol_that_pauses_again_at_once() -> None:
    class Pausing(Recorder):
        def data_received(self, data: bytes) -> None:
            super().data_received(data)
            self.transport.pause_reading()

    protocol, wire = Pausing(), Wire()
    transport = WebSocketTransport(protocol, masks=False)
    transport.connection_made(wire)
    transport.pause_reading()
    transport.data_received(make_frame(Opcode.BINARY, b"a", masks=True))
    transport.resume_reading()
    assert wire.calls == ["pause", "pause"]


def test_the_rest_is_that_of_the_stream_below() -> None:
    protocol, transport, wire = _side()
    assert transport.get_extra_info("peername") == ("192.0.2.1", 50000)
    assert transport.get_extra_info("nothing", 1) == 1
    assert transport.get_extra_info("socket", 2) == 2
    transport.set_write_buffer_limits(high=5)
    assert wire.calls == ["limits 5 None"]
    assert transport.get_write_buffer_limits() == (1, 2)
    assert transport.get_write_buffer_size() == 0
    assert not transport.can_write_eof()
    assert transport.get_protocol() is protocol
    other = Recorder()
    transport.set_protocol(other)
    transport.data_received(make_frame(Opcode.BINARY, b"a", masks=True))
    assert other.taken == b"a"


def test_a_slow_reader_makes_the_writer_wait() -> None:
    async def check() -> None:
        client, server = Recorder(), Recorder()
        join_in_memory(
            WebSocketTransport(client, masks=True), WebSocketTransport(server, masks=False)
        )
        server.transport.pause_reading()
        client.transport.set_write_buffer_limits(high=1000)
        client.transport.write(bytes(2000))
        await asyncio.sleep(0)
        assert client.calls == ["made", "pause"]
        server.transport.resume_reading()
        await server.until_taken(2000)
        assert client.calls == ["made", "pause", "resume"]

    run(check())
