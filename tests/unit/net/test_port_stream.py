"""What a port keeps until it is read, and who waits for it."""

from __future__ import annotations

import asyncio
import sys
import tracemalloc
from types import SimpleNamespace
from typing import cast

import pytest

from caraway.errors import ClosedError
from caraway.net.connection import ChannelConnection
from caraway.net.port import MAX_PIECE, MAX_TOGETHER, MAX_UNREAD, PortStream
from caraway.protocol.port import VmcChannel
from caraway.wire.record import Buffer

Stream = PortStream[VmcChannel]


class Marking(PortStream[VmcChannel]):
    """One that others close."""

    _marks_closings = True


def _opened() -> Stream:
    stream = Stream("port", 0, "x")
    stream.set_open(True)
    return stream


class _Channel:
    def __init__(self) -> None:
        self.sent: list[bytes] = []

    def send_data(self, *pieces: Buffer) -> None:
        self.sent.append(b"".join(pieces))


class _Connection(SimpleNamespace):
    """As much of a connection as a port uses."""

    def __init__(self) -> None:
        super().__init__(channel=_Channel(), error=None, is_writable=True, calls=[])

    def flush(self) -> None:
        self.calls.append("flush")

    def pause(self) -> None:
        self.calls.append("pause")

    def resume(self) -> None:
        self.calls.append("resume")


def _bound() -> tuple[Stream, _Connection]:
    stream, connection = _opened(), _Connection()
    stream.bind(cast("ChannelConnection[VmcChannel]", connection))
    return stream, connection


@pytest.mark.parametrize("size", [1, 2, 3, 7, 4096, 5000, MAX_UNREAD])
def test_pieces_of_any_size_are_read_in_order(size: int) -> None:
    pieces = [b"a", bytes(5000), b"bc", b"d", b"x" * 4096, b"", b"end", bytes(range(256)) * 40]
    stream = _opened()
    for piece in pieces:
        stream.take_data(memoryview(piece))
    whole = b"".join(pieces)

    async def read_all() -> bytes:
        found = b""
        while len(found) < len(whole):
            data = await stream.read(size)
            assert type(data) is bytes
            assert 0 < len(data) <= size
            found += data
        return found

    assert asyncio.run(read_all()) == whole


def test_what_has_come_is_read_at_once() -> None:
    stream = _opened()
    for piece in (b"a", b"b", bytes(6000)):
        stream.take_data(memoryview(piece))
    assert asyncio.run(stream.read()) == b"ab" + bytes(6000)


def test_single_bytes_take_little_more_than_their_number() -> None:
    stream = _opened()
    byte = memoryview(b"x")
    tracemalloc.start()
    try:
        for _ in range(100_000):
            stream.take_data(byte)
        held, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert held < 200_000


@pytest.mark.parametrize(("size", "keeps"), [(4095, False), (10_000, False), (30_000, True)])
def test_a_small_part_does_not_keep_its_chunk(size: int, keeps: bool) -> None:
    chunk = bytes(100_000)
    before = sys.getrefcount(chunk)
    stream = _opened()
    stream.take_data(memoryview(chunk)[:size])
    assert (sys.getrefcount(chunk) > before) is keeps


def test_too_much_that_is_not_read_makes_the_peer_wait() -> None:
    stream, connection = _bound()
    stream.take_data(bytes(MAX_UNREAD - 1))
    assert connection.calls == []
    stream.take_data(b"x")
    assert connection.calls == ["pause"]
    asyncio.run(stream.read(MAX_UNREAD // 2 - 1))
    assert connection.calls == ["pause"]
    asyncio.run(stream.read(1))
    assert connection.calls == ["pause", "resume"]


def test_all_who_wait_are_woken() -> None:
    async def wait() -> list[object]:
        stream = Stream("port", 0, "x")
        opening = [asyncio.create_task(stream.wait_open()) for _ in range(2)]
        await asyncio.sleep(0)
        stream.set_open(True)
        await asyncio.gather(*opening)
        reading = asyncio.create_task(stream.read())
        await asyncio.sleep(0)
        stream.take_data(b"hi")
        ended = await reading
        reading = asyncio.create_task(stream.read())
        await asyncio.sleep(0)
        stream.set_open(False)
        closed = await reading
        stream.unbind(ClosedError("over"))
        gone = await asyncio.gather(stream.read(), stream.wait_open(), return_exceptions=True)
        return [ended, closed, *map(str, gone)]

    assert asyncio.run(wait()) == [b"hi", b"", "over", "over"]


def test_a_cancelled_reader_takes_nothing_along() -> None:
    async def read() -> bytes:
        stream = _opened()
        first = asyncio.create_task(stream.read())
        await asyncio.sleep(0)
        first.cancel()
        # Told before the one that was cancelled has seen it.
        stream.take_data(b"hi")
        await asyncio.gather(first, return_exceptions=True)
        assert first.cancelled()
        return await stream.read()

    assert asyncio.run(read()) == b"hi"


def test_much_is_sent_in_pieces_and_at_once() -> None:
    stream, connection = _bound()
    stream.write(b"small")
    stream.write(b"")
    stream.write(bytes(2 * MAX_PIECE + 1))
    assert [len(each) for each in connection.channel.sent] == [5, MAX_PIECE, MAX_PIECE, 1]
    assert connection.calls == ["flush"] * 3


def test_pieces_are_sent_as_one_message_unless_they_are_too_much() -> None:
    stream, connection = _bound()
    stream.writelines([bytes(MAX_PIECE), bytes(MAX_TOGETHER - MAX_PIECE)])
    stream.writelines([])
    stream.writelines([b""])
    assert [len(each) for each in connection.channel.sent] == [MAX_TOGETHER]
    del connection.channel.sent[:]
    stream.writelines([bytes(MAX_PIECE), bytes(MAX_TOGETHER)])
    assert [len(each) for each in connection.channel.sent] == [MAX_PIECE] * 5


def test_nobody_writes_to_a_port_without_a_channel() -> None:
    with pytest.raises(ClosedError, match="nobody is connected to port 'x'"):
        _opened().write(b"x")


@pytest.mark.parametrize("size", [1, 3, 4096])
def test_what_came_before_a_closing_and_after_it_is_read_apart(size: int) -> None:
    async def check() -> None:
        stream = Marking("port", 0, "x")
        stream.set_open(True)
        for piece in (b"one", b"two", b"three"):
            stream.take_data(piece)
            stream.set_open(False)
            stream.set_open(True)
        stream.take_data(b"four")
        found, runs = b"", []
        while len(runs) < 3:
            data = await stream.read(size)
            found += data
            if not data:
                runs.append(found)
                found = b""
        assert runs == [b"one", b"two", b"three"]
        assert await stream.read() == b"four"

    asyncio.run(check())


def test_a_closing_that_was_seen_is_not_told_again() -> None:
    async def check() -> None:
        stream = Marking("port", 0, "x")
        stream.set_open(True)
        stream.set_open(False)
        assert await stream.read() == b""
        stream.set_open(True)
        stream.take_data(b"data")
        assert await stream.read() == b"data"

    asyncio.run(check())


def test_a_closing_from_before_anybody_read_is_told() -> None:
    async def check() -> None:
        stream = Marking("port", 0, "x")
        stream.set_open(True)
        stream.set_open(False)
        stream.set_open(True)
        stream.take_data(b"data")
        assert await stream.read() == b""
        assert await stream.read() == b"data"

    asyncio.run(check())


def test_opening_and_closing_without_end_takes_no_memory() -> None:
    stream = Marking("port", 0, "x")
    stream.set_open(True)
    for _ in range(10_000):
        stream.set_open(False)
        stream.set_open(True)
        stream.take_data(b"x")
    assert len(stream._unread) < 200


def test_whoever_takes_data_gets_what_nobody_has_read() -> None:
    stream, connection = _bound()
    stream.take_data(b"one ")
    stream.take_data(b"two")
    taken: list[bytes] = []
    stream.on_data = lambda data: taken.append(bytes(data))
    assert stream.on_data is not None
    assert taken == [b"one two"]
    assert connection.calls == []
    stream.take_data(b"three")
    assert taken == [b"one two", b"three"]
    stream.on_data = None
    stream.take_data(bytes(MAX_UNREAD))
    assert connection.calls == ["pause"]
    stream.on_data = lambda data: taken.append(bytes(data))
    assert len(taken[2]) == MAX_UNREAD
    assert connection.calls == ["pause", "resume"]


def test_whoever_takes_data_after_a_part_was_read_gets_the_rest() -> None:
    stream, connection = _bound()
    stream.take_data(bytes(MAX_UNREAD))
    asyncio.run(stream.read(1))
    assert connection.calls == ["pause"]
    taken: list[int] = []
    stream.on_data = lambda data: taken.append(len(data))
    assert taken == [MAX_UNREAD - 1]
    assert connection.calls == ["pause", "resume"]


def test_whoever_takes_data_may_pause_at_once() -> None:
    stream, connection = _bound()
    stream.take_data(bytes(MAX_UNREAD))
    stream.on_data = lambda data: stream.pause()
    assert "resume" not in connection.calls
    stream.resume()
    assert connection.calls[-1] == "resume"


def test_whoever_takes_data_gets_nothing_from_before_a_closing() -> None:
    stream = Marking("port", 0, "x")
    stream.set_open(True)
    taken: list[bytes] = []
    for data in (b"first", b"second"):
        stream.take_data(data)
        stream.set_open(False)
        stream.set_open(True)
    stream.on_data = lambda data: taken.append(bytes(data))
    assert taken == []
    stream.on_data = None
    for data in (b"third", b"fourth"):
        stream.take_data(data)
        if data == b"third":
            stream.set_open(False)
            stream.set_open(True)
    stream.on_data = lambda data: taken.append(bytes(data))
    assert taken == [b"fourth"]
    stream.take_data(b"fifth")
    assert taken == [b"fourth", b"fifth"]
