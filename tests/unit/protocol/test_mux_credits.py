"""What both ends tell each other in frames of a connection that does not exist."""

from __future__ import annotations

import random
import struct

from caraway.protocol.mux_credits import (
    CONTROL_ID,
    Credit,
    Hello,
    read_control,
    write_credit,
    write_hello,
)
from caraway.protocol.mux_frames import FrameSplitter


def body(frame: bytes) -> bytes:
    """The data of a control frame."""
    splitter = FrameSplitter()
    splitter.feed(frame)
    piece = splitter.next_piece()
    assert piece is not None
    assert piece.stream_id == CONTROL_ID
    assert piece.is_last
    assert splitter.next_piece() is None
    return piece.data


def test_bytes() -> None:
    assert write_hello(0x10000).hex(" ") == ("43 41 52 41 57 41 59 00 07 00 01 05 01 00 00 01 00")
    assert write_credit(-2, 5).hex(" ") == (
        "43 41 52 41 57 41 59 00 0e 00 02 0c fe ff ff ff ff ff ff ff 05 00 00 00"
    )


def test_no_real_agent_has_the_id() -> None:
    assert not -(2**31) <= CONTROL_ID < 2**31
    assert -(2**63) <= CONTROL_ID < 2**63


def test_several_records_in_one_frame() -> None:
    data = body(write_hello(65536)) + body(write_credit(1, 2)) + body(write_credit(-1, 3))
    assert list(read_control(data)) == [Hello(65536), Credit(1, 2), Credit(-1, 3)]


def test_what_later_versions_add_is_passed_over() -> None:
    later_hello = bytes([1, 9]) + struct.pack("<BIHH", 2, 4096, 7, 7)
    unknown = bytes([77, 3]) + b"abc"
    later_credit = bytes([2, 13]) + struct.pack("<qIB", 4, 5, 6)
    data = unknown + later_hello + unknown + later_credit
    assert list(read_control(data)) == [Hello(4096), Credit(4, 5)]


def test_version_0_and_short_bodies_say_nothing() -> None:
    assert list(read_control(bytes([1, 5]) + struct.pack("<BI", 0, 65536))) == []
    assert list(read_control(bytes([1, 4]) + bytes(4))) == []
    assert list(read_control(bytes([2, 11]) + bytes(11))) == []


def test_truncations() -> None:
    data = body(write_hello(65536)) + body(write_credit(1, 2))
    for size in range(len(data)):
        assert list(read_control(data[:size])) == ([Hello(65536)] if size >= 7 else [])


def test_anything_can_be_read() -> None:
    numbers = random.Random(5)
    for _ in range(200):
        for record in read_control(numbers.randbytes(numbers.randrange(60))):
            assert isinstance(record, Hello | Credit)
