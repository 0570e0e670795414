"""Streams in memory behave as sockets do."""

from __future__ import annotations

import asyncio

import pytest

from caraway.errors import LocalProtocolError
from caraway.net.memory import HIGH_WATER, join_in_memory
from tests.unit.net.streams import Echo, Recorder, run


def test_bytes_arrive_in_order_and_never_within_the_call() -> None:
    async def check() -> None:
        first, second = Recorder(), Recorder(b"hi")
        near, far = join_in_memory(first, second)
        near.write(b"a")
        near.writelines([b"b", memoryview(b"c")])
        assert second.calls == ["made"]
        assert await second.until_taken(3) == b"abc"
        assert await first.until_taken(2) == b"hi"
        assert near.get_extra_info("peername") == "memory"
        assert near.get_protocol() is first
        assert far.get_protocol() is second

    run(check())


def test_a_writer_waits_for_a_reader_that_does_not_take() -> None:
    async def check() -> None:
        first, second = Recorder(), Recorder()
        near, far = join_in_memory(first, second)
        assert near.get_write_buffer_limits() == (HIGH_WATER // 4, HIGH_WATER)
        far.pause_reading()
        assert not far.is_reading()
        near.write(bytes(HIGH_WATER))
        assert first.calls == ["made"]
        near.write(b"a")
        assert first.calls == ["made", "pause"]
        assert near.get_write_buffer_size() == HIGH_WATER + 1
        await asyncio.sleep(0)
        assert second.taken == b""
        far.resume_reading()
        await second.until_taken(HIGH_WATER + 1)
        assert first.calls == ["made", "pause", "resume"]
        near.set_write_buffer_limits(high=0, low=0)
        assert near.get_write_buffer_limits() == (0, 0)

    run(check())


def test_pausing_in_the_middle() -> None:
    class Pausing(Recorder):
        def data_received(self, data: bytes) -> None:
            super().data_received(data)
            self.transport.pause_reading()

    async def check() -> None:
        second = Pausing()
        near, far = join_in_memory(Recorder(), second)
        near.write(b"a")
        near.write(b"b")
        await asyncio.sleep(0)
        assert second.taken == b"a"
        far.resume_reading()
        assert await second.until_taken(2) == b"ab"

    run(check())


def test_closing_lets_through_what_was_written() -> None:
    async def check() -> None:
        first, second = Recorder(), Recorder()
        near, far = join_in_memory(first, second)
        far.pause_reading()
        near.write(b"last")
        near.close()
        near.close()
        assert near.is_closing()
        near.write(b"too late")
        await asyncio.sleep(0.01)
        assert not first.is_lost
        far.resume_reading()
        await second.until("lost")
        await first.until("lost")
        assert second.calls == ["made", "data", "eof", "lost"]
        assert second.taken == b"last"

    run(check())


def test_closing_drops_what_comes() -> None:
    async def check() -> None:
        first, second = Recorder(), Recorder()
        near, far = join_in_memory(first, second)
        near.pause_reading()
        far.write(bytes(HIGH_WATER + 1))
        near.close()
        await second.until("lost")
        assert first.taken == b""
        assert first.calls == ["made", "lost"]
        assert far.get_write_buffer_size() == 0

    run(check())


def test_aborting_drops_all() -> None:
    async def check() -> None:
        first, second = Recorder(), Recorder()
        near, _ = join_in_memory(first, second)
        near.write(b"lost")
        near.abort()
        await first.until("lost")
        await second.until("lost")
        assert second.calls == ["made", "eof", "lost"]

    run(check())


def test_one_direction_ends_alone_where_the_other_end_stays() -> None:
    class Staying(Recorder):
        def eof_received(self) -> bool:
            super().eof_received()
            return True

    async def check() -> None:
        first, second = Recorder(), Staying()
        near, far = join_in_memory(first, second)
        assert near.can_write_eof()
        near.write(b"ask")
        near.write_eof()
        with pytest.raises(LocalProtocolError, match="behind the end"):
            near.write(b"more")
        await second.until("eof")
        assert second.taken == b"ask"
        far.write(b"answer")
        far.close()
        await first.until("lost")
        await second.until("lost")
        assert first.taken == b"answer"
        assert second.calls == ["made", "data", "eof", "lost"]

    run(check())


def test_an_end_that_does_not_stay_closes() -> None:
    async def check() -> None:
        first, second = Recorder(), Recorder()
        near, _ = join_in_memory(first, second)
        near.write_eof()
        await first.until("lost")
        assert second.calls == ["made", "eof", "lost"]

    run(check())


def test_another_protocol_takes_an_end() -> None:
    async def check() -> None:
        first, second = Recorder(), Recorder()
        _, far = join_in_memory(first, second)
        other = Echo()
        far.set_protocol(other)
        other.connection_made(far)
        first.transport.write(b"a")
        assert await first.until_taken(1) == b"a"
        assert second.taken == b""

    run(check())
