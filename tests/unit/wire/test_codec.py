"""What generated code calls while it reads and writes."""

from __future__ import annotations

import array
import struct

import pytest

from caraway.errors import DecodeError, EncodeError, LimitExceeded
from caraway.wire import codec
from caraway.wire.codec import (
    Refused,
    drain,
    length,
    measure,
    number_putter,
    octets,
    prefix,
    put_octets,
    record_putter,
    refuse,
    scalar_putter,
    settle,
)
from caraway.wire.limits import DEFAULT_LIMITS, Limits
from tests.unit.wire.samples import Chain, Nothing, Point

STRICT = Limits(allow_trailing=False)


# Refusing bytes


@pytest.mark.parametrize(
    ("error", "text", "position"),
    [
        (
            codec.ends_early("main server init", b"abc"),
            "main server init: the message ends after 3 bytes, in the middle of a field",
            3,
        ),
        (codec.beyond("a.b", 9, 4, 6), "a.b: needs 9 bytes, 4 are left", 6),
        (codec.beyond("a.b", 9, -4, 6), "a.b: needs 9 bytes, 0 are left", 6),
        (codec.negative("a", -1, 6), "a: counts -1 elements", 6),
        (codec.uneven("a", 7, 4, 6), "a: 7 bytes are no whole number of elements of 4", 6),
        (codec.not_filled("a", 9, 10), "a: elements end at byte 10, counted to 9", 10),
        (codec.null("a", 6), "a: the pointer is null", 6),
        (codec.outside("a", 60, 50), "a: points to byte 60 of a message of 50 bytes", 60),
    ],
    ids=lambda value: str(value)[:20],
)
def test_an_error_says_where_and_how_much(error, text, position):
    assert isinstance(error, DecodeError)
    assert str(error) == text
    assert error.position == position


def test_a_message_of_one_size_may_be_longer():
    found = prefix("ping", b"abcde", 3, None)
    assert isinstance(found, memoryview)
    assert found == b"abc"


def test_a_message_of_one_size_may_not_be_shorter():
    with pytest.raises(DecodeError, match="ping: needs 3 bytes, has 2") as caught:
        prefix("ping", b"ab", 3, None)
    assert caught.value.position == 2


def test_a_longer_message_of_one_size_keeps_to_the_limits():
    with pytest.raises(DecodeError, match="2 bytes left over behind the 3 used"):
        prefix("ping", b"abcde", 3, STRICT)
    with pytest.raises(LimitExceeded, match="message of 5 bytes, the limit is 4"):
        prefix("ping", b"abcde", 3, Limits(max_message=4))


def test_a_message_without_lists_keeps_to_the_limits():
    settle(3, b"abc", STRICT)
    settle(2, b"abc", None)
    with pytest.raises(DecodeError, match="1 bytes left over"):
        settle(2, b"abc", STRICT)
    with pytest.raises(LimitExceeded):
        settle(3, b"abc", Limits(max_message=2))


def test_there_are_limits_where_none_are_given():
    settle(1, b"a", None)
    with pytest.raises(LimitExceeded):
        settle(1, bytes(DEFAULT_LIMITS.max_message + 1), None)


# Bytes


@pytest.mark.parametrize("value", [b"ab", bytearray(b"ab"), memoryview(b"ab")])
def test_bytes_of_one_byte_each_are_taken_as_they_are(value):
    assert octets(value) is value


def test_other_buffers_are_seen_as_bytes():
    numbers = array.array("H", [1, 2])
    seen = octets(numbers)
    assert (seen.format, seen.nbytes, seen.obj) == ("B", 4, numbers)
    assert octets(array.array("B", [1])).obj is not None
    assert octets(memoryview(b"abcd").cast("B", (2, 2))).shape == (4,)


@pytest.mark.parametrize("value", [None, "text", 3, [1, 2], memoryview(b"abcd")[::2]])
def test_what_is_no_row_of_bytes_is_refused(value):
    with pytest.raises(TypeError):
        octets(value)


# Behind pointers


def test_bytes_behind_a_pointer_are_appended_uncopied():
    out, data = [b"before"], bytearray(b"abc")
    assert put_octets(data, out, [], 6) == 9
    assert out[1] is data


def test_numbers_behind_a_pointer_are_packed():
    out = []
    assert number_putter("H", 2)([1, 0x203], out, [], 10) == 14
    assert out == [bytes.fromhex("01000302")]


def test_a_number_behind_a_pointer_is_packed():
    out = []
    assert scalar_putter("I")(7, out, [], 10) == 14
    assert out == [bytes.fromhex("07000000")]


def test_records_behind_a_pointer_write_themselves():
    out = []
    assert record_putter(Point)([Point(1, 2), Point(3, 4)], out, [], 10) == 14
    assert b"".join(out) == bytes([1, 2, 3, 4])


def test_records_of_another_class_are_refused():
    with pytest.raises(Refused, match="must hold Point"):
        record_putter(Point)([Point(1, 2), Nothing()], [], [], 0)


def patch(block, at, offset):
    struct.pack_into("<I", block, at, offset)


def test_targets_are_placed_breadth_first():
    left, right = Chain(2, Chain(4)), Chain(3)
    root = bytearray(8)
    out, queue = [root], [(root, 0, Chain._write, left), (root, 4, Chain._write, right)]
    drain(out, queue, 8, patch)
    assert b"".join(out).hex(" ", 1) == (
        "08 00 00 00 0d 00 00 00 "  # left is at 8, right at 13
        "02 12 00 00 00 "  # left's tail comes behind both, at 18
        "03 00 00 00 00 "
        "04 00 00 00 00"
    )


def test_an_empty_target_stays_null():
    root = bytearray(8)
    queue = [(root, 0, record_putter(Nothing), [Nothing()]), (root, 4, Point._write, Point(1, 2))]
    out = [root]
    drain(out, queue, 8, patch)
    assert b"".join(out).hex(" ", -4) == "00000000 08000000 0102"


# Deriving counts


@pytest.mark.parametrize(
    ("value", "count"),
    [([1, 2], 2), ((1,), 1), (b"abc", 3), (bytearray(2), 2), (memoryview(b"a"), 1)],
)
def test_arrays_have_their_length(value, count):
    assert length(value) == count


@pytest.mark.parametrize("value", [None, 7, Point(1, 2), "text"])
def test_what_a_union_holds_instead_of_an_array_has_none(value):
    assert length(value) == 0


def test_records_are_measured_without_their_targets():
    assert measure([]) == 0
    assert measure([Point(1, 2), Point(3, 4)]) == 4
    assert measure((Chain(1, Chain(2)),)) == 5


@pytest.mark.parametrize("value", [None, 7, b"ab", [7], [Point(1, 2), Point(1, 300)]])
def test_what_cannot_be_sent_measures_nothing(value):
    """It is refused when it is written, which knows the path to it."""
    assert measure(value) == 0


# Refusing values


def test_refusing_names_the_field_and_keeps_the_cause():
    cause = struct.error("ubyte format requires 0 <= number <= 255")
    with pytest.raises(EncodeError, match=r"^y: 300 is outside 0\.\.255$") as caught:
        refuse(Point(1, 300), cause)
    assert caught.value.path == "y"
    assert caught.value.__cause__ is cause
