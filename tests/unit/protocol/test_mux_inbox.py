"""What waits to be read: in which order, how much memory it takes, when the port has to wait."""

from __future__ import annotations

import tracemalloc

from caraway.protocol.mux_inbox import MuxInbox
from caraway.protocol.mux_streams import MuxLimits, MuxStream


def test_a_stream_is_read_to_its_end_before_the_next() -> None:
    inbox = MuxInbox(MuxLimits())
    first, second = MuxStream(1, 0.0), MuxStream(2, 0.0)
    long = bytes(5000)
    for stream, data in ((first, long), (second, b"x"), (first, b"y")):
        assert inbox.add(stream, data, 0.0) is None
    assert inbox.size == 5002
    read = []
    while (stream_ := inbox.next()) is not None:
        read.append((stream_.stream_id, inbox.take(stream_)))
    assert read == [(1, long), (1, b"y"), (2, b"x")]
    assert inbox.size == 0


def test_a_paused_one_is_passed_over_unless_its_end_is_all_there_is() -> None:
    inbox = MuxInbox(MuxLimits())
    stream = MuxStream(1, 0.0)
    stream.is_paused = True
    inbox.add(stream, b"x", 0.0)
    stream.has_ended = True
    assert inbox.next() is None
    inbox.drop(stream)
    inbox.look_at(stream)
    assert inbox.next() is stream
    stream.is_over = True
    assert inbox.next() is None


def test_single_bytes_take_little_more_than_their_number() -> None:
    inbox = MuxInbox(MuxLimits())
    stream = MuxStream(1, 0.0)
    count = 50_000
    tracemalloc.start()
    try:
        for _ in range(count):
            inbox.add(stream, b"%c" % 7, 0.0)
            # As the mux does after each.
            stream.is_paused = True
            assert inbox.next() is None
        taken, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert taken < 2 * count
    data = b""
    while stream.incoming:
        data += inbox.take(stream)
    assert data == bytes([7]) * count


def test_windows_that_come_meanwhile() -> None:
    inbox = MuxInbox(MuxLimits(window=10, total=10, stall_s=30))
    first, second = MuxStream(1, 0.0), MuxStream(2, 0.0)
    for stream in (first, second):
        inbox.add(stream, bytes(9), 0.0)
    assert inbox.is_full
    for stream in (first, second):
        stream.set_windows(sends=5000, takes=5000)
    assert inbox.overdue(100.0) == []
    assert not inbox.is_full
