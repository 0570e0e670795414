"""Messages from bytes, in both forms of header, with others inside."""

from __future__ import annotations

import sys
import tracemalloc
from struct import pack

import pytest

from caraway.errors import DecodeError, LimitExceeded
from caraway.protocol.framing import LIST, MAX_SUB_MESSAGES, Frame, FrameReader, FrameWriter
from caraway.wire.limits import Limits
from tests.unit.protocol.wires import framed, listed

Seen = tuple[int, int, bytes, bool]
STEPS = [1, 2, 5, 7, 19, 4096, 5000, 1 << 20]
both_headers = pytest.mark.parametrize("mini", [True, False])


def _frames(reader: FrameReader) -> list[Seen]:
    found = []
    while (frame := reader.next_frame()) is not None:
        found.append(frame)
    return [(each.number, each.serial, bytes(each.body), each.is_inner) for each in found]


def _read(data: bytes, *, mini: bool, step: int = 1 << 20, limit: int = 1 << 20) -> list[Seen]:
    reader = FrameReader(has_mini_header=mini, limits=Limits(max_message=limit))
    found = []
    for start in range(0, len(data), step):
        reader.feed(data[start : start + step])
        found += _frames(reader)
    return found


@both_headers
@pytest.mark.parametrize("step", STEPS)
def test_messages_at_any_cut(mini: bool, step: int) -> None:
    bodies = [b"", b"a", b"hello", bytes(10_000), b"", b"x" * 4096, b"end"]
    stream = b"".join(framed(101 + n, body, mini=mini) for n, body in enumerate(bodies))
    assert _read(stream, mini=mini, step=step) == [
        (101 + n, n + 1, body, False) for n, body in enumerate(bodies)
    ]


@both_headers
def test_truncated_at_every_length(mini: bool) -> None:
    stream = framed(101, b"hello", mini=mini) + framed(102, b"world", mini=mini)
    for size in range(len(stream)):
        whole = size >= len(stream) // 2
        assert _read(stream[:size], mini=mini) == ([(101, 1, b"hello", False)] if whole else [])


def test_serials_that_the_server_gives() -> None:
    stream = b"".join(framed(101, mini=False, serial=serial) for serial in (0, 7, 0, 2**64 - 1, 3))
    assert [serial for _, serial, _, _ in _read(stream, mini=False)] == [1, 7, 8, 2**64 - 1, 3]


@both_headers
@pytest.mark.parametrize("size", [101, 1 << 20, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF])
def test_huge_claims_are_refused_by_the_header_alone(mini: bool, size: int) -> None:
    header = pack("<HI", 101, size) if mini else pack("<QHII", 1, 101, size, 0)
    reader = FrameReader(has_mini_header=mini, limits=Limits(max_message=100))
    reader.feed(header)
    with pytest.raises(LimitExceeded, match=rf"message of {size} bytes, the limit is 100"):
        reader.next_frame()


def test_the_longest_message() -> None:
    assert _read(framed(101, bytes(100)), mini=True, limit=100) == [(101, 1, bytes(100), False)]


@both_headers
def test_the_default_limit(mini: bool) -> None:
    reader = FrameReader(has_mini_header=mini)
    reader.feed(framed(101, mini=mini)[: -4 if mini else -8] + b"\xff" * 8)
    with pytest.raises(LimitExceeded, match="the limit is 268435456"):
        reader.next_frame()


def test_frames_have_to_be_taken_before_more_is_fed() -> None:
    reader = FrameReader(has_mini_header=True)
    reader.feed(framed(101) * 2)
    reader.next_frame()
    with pytest.raises(AssertionError, match="have not been taken"):
        reader.feed(b"")


def test_bytes_that_wait_are_counted() -> None:
    reader = FrameReader(has_mini_header=True)
    for size in range(1, 4):
        reader.feed(b"\0")
        assert reader.next_frame() is None
        assert reader.buffered == size
    reader.feed(b"")
    assert reader.next_frame() is None
    assert reader.buffered == 3


def test_a_message_that_comes_byte_by_byte_takes_the_memory_of_its_bytes() -> None:
    size = 100_000
    reader = FrameReader(has_mini_header=True)
    tracemalloc.start()
    try:
        for byte in framed(101, bytes(size))[:-1]:
            reader.feed(bytes([byte]))
            assert reader.next_frame() is None
        held, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert held < 2 * size
    reader.feed(b"\0")
    assert reader.next_frame() is not None


def test_the_beginning_of_a_message_does_not_keep_the_chunk_before_it() -> None:
    chunk = framed(101, bytes(100_000)) + framed(102, b"ab")[:3]
    before = sys.getrefcount(chunk)
    reader = FrameReader(has_mini_header=True)
    reader.feed(chunk)
    assert reader.next_frame() is not None
    assert reader.next_frame() is None
    assert sys.getrefcount(chunk) == before


# Messages that are handed out in parts


@both_headers
@pytest.mark.parametrize("step", STEPS)
def test_parts_at_any_cut(mini: bool, step: int) -> None:
    sent = [
        (101, b"whole" * 50),
        (102, b""),
        (102, b"a"),
        (102, bytes(range(256)) * 40),
        (101, b""),
    ]
    stream = b"".join(framed(number, body, mini=mini) for number, body in sent)
    reader = FrameReader(has_mini_header=mini)
    reader.streamed = 102
    found: list[tuple[int, int, bytes]] = []
    is_part = False
    for start in range(0, len(stream), step):
        reader.feed(stream[start : start + step])
        while (frame := reader.next_frame()) is not None:
            before = found.pop()[2] if is_part else b""
            found.append((frame.number, frame.serial, before + frame.body))
            is_part = frame.is_part
            assert frame.number == 102 or not is_part
    assert not is_part
    assert found == [(*each[:1], at, each[1]) for at, each in enumerate(sent, 1)]
    assert reader.buffered == 0


@both_headers
def test_parts_come_as_soon_as_their_bytes_do(mini: bool) -> None:
    stream = framed(102, bytes(range(100)), mini=mini)
    begin = len(stream) - 100
    for size in range(begin + 1, len(stream)):
        reader = FrameReader(has_mini_header=mini)
        reader.streamed = 102
        reader.feed(stream[:size])
        frame = reader.next_frame()
        assert frame is not None
        assert (bytes(frame.body), frame.is_part) == (stream[begin:size], True)
        assert reader.next_frame() is None
        reader.feed(stream[size:] + framed(101, b"next", mini=mini))
        frame = reader.next_frame()
        assert frame is not None
        assert (bytes(frame.body), frame.is_part) == (stream[size:], False)
        frame = reader.next_frame()
        assert frame is not None
        assert (frame.number, bytes(frame.body)) == (101, b"next")


@both_headers
def test_long_claims_of_messages_in_parts_are_refused(mini: bool) -> None:
    reader = FrameReader(has_mini_header=mini, limits=Limits(max_message=100))
    reader.streamed = 101
    reader.feed(framed(101, bytes(101), mini=mini)[:-50])
    with pytest.raises(LimitExceeded, match="message of 101 bytes, the limit is 100"):
        reader.next_frame()


def test_what_has_messages_inside_is_no_message_in_parts() -> None:
    reader = FrameReader(has_mini_header=False)
    reader.streamed = 101
    inner = pack("<HI", 103, 1) + b"i"
    body = inner + pack("<HI", 1, 0)
    wire = pack("<QHII", 1, 101, len(body), len(inner)) + body
    reader.feed(wire[:-1])
    assert reader.next_frame() is None
    reader.feed(wire[-1:])
    assert _frames(reader) == [(103, 1, b"i", True), (101, 1, body, False)]


# Messages inside others


@both_headers
@pytest.mark.parametrize("step", STEPS)
def test_a_list_of_messages(mini: bool, step: int) -> None:
    body = listed((5, b"wait"), (104, b"inval"))
    stream = framed(LIST, body, mini=mini) + framed(302, b"draw", mini=mini)
    assert _read(stream, mini=mini, step=step) == [
        (5, 1, b"wait", True),
        (104, 1, b"inval", True),
        (LIST, 1, body, False),
        (302, 2, b"draw", False),
    ]


def _with_list(body: bytes, at: int, number: int = 302) -> bytes:
    return pack("<QHII", 9, number, len(body), at) + body


@pytest.mark.parametrize("step", STEPS)
def test_inner_messages_come_before_their_outer_one(step: int) -> None:
    body = listed((5, b"wait"), (104, b""), before=b"draw")
    assert _read(_with_list(body, 4), mini=False, step=step) == [
        (5, 9, b"wait", True),
        (104, 9, b"", True),
        (302, 9, body, False),
    ]


def test_a_list_inside_a_list_is_not_looked_into() -> None:
    inner = listed((5, b""))
    found = _read(framed(LIST, listed((LIST, inner))), mini=True)
    assert [(number, is_inner) for number, _, _, is_inner in found] == [(LIST, True), (LIST, False)]


def test_an_empty_list() -> None:
    assert _read(framed(LIST, b"\0\0"), mini=True) == [(LIST, 1, b"\0\0", False)]


def test_the_list_of_a_list_message_is_its_body_whatever_the_header_says() -> None:
    body = listed((5, b"wait"))
    assert _read(_with_list(body, 3, LIST), mini=False)[0] == (5, 9, b"wait", True)


def test_overlapping_messages_are_as_they_are() -> None:
    body = pack("<HIIHI", 2, 10, 10, 7, 0)
    assert _read(framed(LIST, body), mini=True)[:2] == [(7, 1, b"", True)] * 2


OUTSIDE = {
    "no count": b"",
    "half a count": b"\x01",
    "no offsets": pack("<H", 1),
    "offset of the end": pack("<HI", 1, 6),
    "offset far away": pack("<HI", 1, 0xFFFFFFFF),
    "half an inner header": pack("<HIHH", 1, 6, 7, 0),
    "inner body too long": pack("<HIHI", 1, 6, 7, 1),
    "inner body of 4 GiB": pack("<HIHI", 1, 6, 7, 0xFFFFFFFF),
    "the second one": pack("<HIIHI", 2, 10, 11, 7, 0),
}


@pytest.mark.parametrize("body", OUTSIDE.values(), ids=OUTSIDE)
def test_places_outside_the_message(body: bytes) -> None:
    with pytest.raises(DecodeError, match=f"of {len(body)}") as caught:
        _read(framed(LIST, body), mini=True)
    assert caught.value.position is not None


@pytest.mark.parametrize("at", [5, 6, 9, 0xFFFFFFFF])
def test_a_list_that_begins_outside(at: int) -> None:
    with pytest.raises(DecodeError, match=r"sub-messages? at byte"):
        _read(_with_list(b"\xff\0" * 3, at), mini=False)


def test_more_messages_than_anybody_sends() -> None:
    most = pack("<H", MAX_SUB_MESSAGES) + pack("<I", 2 + 4 * MAX_SUB_MESSAGES) * MAX_SUB_MESSAGES
    assert len(_read(framed(LIST, most + pack("<HI", 7, 0)), mini=True)) == MAX_SUB_MESSAGES + 1
    for count in (MAX_SUB_MESSAGES + 1, 65_535):
        with pytest.raises(LimitExceeded, match=rf"{count} sub-messages, the limit is 1024"):
            _read(framed(LIST, pack("<H", count) + bytes(4 * count + 6)), mini=True)


def test_the_same_bytes_again_and_again() -> None:
    # 1,000 messages that are all the same 30,000 bytes.
    body = pack("<H", 1000) + pack("<I", 4002) * 1000 + pack("<HI", 7, 30_000) + bytes(30_000)
    with pytest.raises(LimitExceeded, match="sub-messages of 1050000 bytes, the limit is 1048576"):
        _read(framed(LIST, body), mini=True)


# Writing


@both_headers
def test_what_is_written_is_read(mini: bool) -> None:
    writer = FrameWriter(has_mini_header=mini)
    stream = b"".join(writer.header(101, size) + bytes(size) for size in (0, 1, 70_000))
    assert writer.serial == 3
    assert [each[1:3] for each in _read(stream, mini=mini)] == [
        (1, b""),
        (2, b"\0"),
        (3, bytes(70_000)),
    ]


def test_headers() -> None:
    assert FrameWriter(has_mini_header=True).header(101, 2).hex() == "650002000000"
    full = FrameWriter(has_mini_header=False)
    full.header(1, 0)
    assert full.header(101, 2).hex() == "0200000000000000" + "6500" + "02000000" + "00000000"


def test_a_frame_is_a_value() -> None:
    assert Frame(1, 2, memoryview(b"a")) == Frame(1, 2, memoryview(b"a"))
