"""A stream that waits for its protocol."""

from __future__ import annotations

import asyncio

import pytest

from caraway.errors import ClosedError
from caraway.net.gate import MAX_KEPT, Gate
from tests.unit.net.streams import Recorder, Wire, run


def _gate() -> tuple[Gate, Wire]:
    gate, wire = Gate(), Wire()
    gate.connection_made(wire)
    return gate, wire


def test_read_waits_for_as_much_as_is_wanted() -> None:
    async def check() -> None:
        gate, _ = _gate()
        reading = asyncio.create_task(gate.read(4))
        for piece in (b"RE", b"D"):
            gate.data_received(piece)
            await asyncio.sleep(0)
            assert not reading.done()
        gate.data_received(b"Q!")
        assert await reading == b"REDQ!"

    run(check())


def test_what_is_put_back_comes_first() -> None:
    async def check() -> None:
        gate, _ = _gate()
        gate.data_received(b"b")
        gate.put_back(b"a")
        assert await gate.read() == b"ab"

    run(check())


def test_handing_over_with_what_has_come() -> None:
    async def check() -> None:
        gate, wire = _gate()
        gate.data_received(b"hello")
        protocol = Recorder(b"hi")
        gate.hand_over(protocol)
        assert wire.protocol is protocol
        assert protocol.calls == ["made", "data"]
        assert (protocol.taken, wire.sent) == (b"hello", b"hi")

    run(check())


def test_a_protocol_that_closes_at_once_gets_nothing() -> None:
    class Closing(Recorder):
        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            super().connection_made(transport)
            self.transport.close()

    async def check() -> None:
        gate, wire = _gate()
        gate.data_received(b"a" * (MAX_KEPT + 1))
        protocol = Closing()
        gate.hand_over(protocol)
        assert protocol.calls == ["made"]
        assert wire.calls == ["pause", "close"]

    run(check())


def test_too_much_makes_the_peer_wait() -> None:
    async def check() -> None:
        gate, wire = _gate()
        gate.data_received(b"a" * MAX_KEPT)
        assert wire.calls == []
        gate.data_received(b"a")
        gate.data_received(b"a")
        assert wire.calls == ["pause"]
        assert len(await gate.read()) == MAX_KEPT + 2
        assert wire.calls == ["pause", "resume"]

    run(check())


def test_a_stream_that_is_closed_is_not_handed_over() -> None:
    async def check() -> None:
        gate, _ = _gate()
        gate.eof_received()
        with pytest.raises(ClosedError, match=r"closed the connection$"):
            gate.hand_over(Recorder())
        gate, wire = _gate()
        gate.connection_lost(OSError("reset"))
        with pytest.raises(ClosedError, match="closed the connection: reset"):
            gate.hand_over(Recorder())
        with pytest.raises(ClosedError, match="closed the connection: reset"):
            await gate.read()
        gate, wire = _gate()
        wire.close()
        with pytest.raises(ClosedError):
            gate.hand_over(Recorder())

    run(check())


def test_the_end_wakes_who_reads() -> None:
    async def check() -> None:
        gate, _ = _gate()
        reading = asyncio.create_task(gate.read(4))
        gate.data_received(b"RED")
        await asyncio.sleep(0)
        gate.eof_received()
        with pytest.raises(ClosedError, match="closed the connection"):
            await reading

    run(check())


def test_tls_puts_another_transport_in_place() -> None:
    async def check() -> None:
        gate, _ = _gate()
        other = Wire()
        gate.transport = other
        protocol = Recorder()
        gate.hand_over(protocol)
        assert protocol.transport is other

    run(check())
