"""What every struct and message can do."""

from __future__ import annotations

from enum import IntEnum, IntFlag

import pytest

from caraway.wire import schema as s
from caraway.wire.record import Message, Record, name_value, show_number, text_of
from tests.unit.wire.samples import Echo, Nothing, Point, record


class Colour(IntEnum):
    RED = 1
    BLUE = 2


class Ability(IntFlag):
    FLY = 1
    SWIM = 4


ENUM = s.Number(0, 255, Colour)
FLAGS = s.Number(0, 255, Ability, True)


# Equality


def test_records_are_equal_when_class_and_fields_are():
    assert Point(1, 2) == Point(1, 2)
    assert Point(1, 2) != Point(1, 3)
    assert Nothing() == Nothing()


def test_records_of_two_classes_are_never_equal():
    class Other(Point):
        __slots__ = ()

    assert Point(1, 2) != Other(1, 2)
    assert Point(1, 2) != (1, 2)


def test_payloads_are_equal_by_their_bytes_whatever_holds_them():
    assert Echo(b"ab") == Echo(bytearray(b"ab")) == Echo(memoryview(b"ab"))
    assert Echo(b"ab") != Echo(memoryview(b"ac"))


def test_records_have_no_hash():
    with pytest.raises(TypeError, match="unhashable"):
        hash(Point(1, 2))
    with pytest.raises(TypeError, match="unhashable"):
        {Point(1, 2)}


def test_records_have_no_dict():
    point = Point(1, 2)
    assert not hasattr(point, "__dict__")
    with pytest.raises(AttributeError):
        point.z = 3


# Text


def test_a_record_shows_its_fields():
    assert repr(Point(1, -2)) == "Point(x=1, y=-2)"
    assert repr(Nothing()) == "Nothing()"


def test_a_field_that_is_not_set_is_shown_as_none():
    assert repr(record(s.Field("a", "a", s.U8))) == "Sample(a=None)"


def test_named_numbers_are_shown_by_name():
    made = record(s.Field("c", "c", ENUM), s.Field("f", "f", FLAGS), c=2, f=5)
    assert repr(made) == "Sample(c=Colour.BLUE, f=Ability.FLY|SWIM)"


@pytest.mark.parametrize(
    ("data", "shown"),
    [
        (b"", "b''"),
        (b"a\0", r"b'a\x00'"),
        (bytearray(b"a"), "bytearray(b'a')"),
        (memoryview(b"a"), "memoryview(b'a')"),
        (bytes(24), repr(bytes(24))),
        (bytes(range(25)), "<25 bytes 00 01 02 03 04 05 06 07 …>"),
        (memoryview(bytes(range(25))), "<25 bytes 00 01 02 03 04 05 06 07 …>"),
    ],
)
def test_payloads_are_shown_short_and_without_addresses(data, shown):
    assert repr(Echo(data)) == f"Echo(size={len(data)}, data={shown})"


@pytest.mark.parametrize(
    ("kind", "value", "shown"),
    [
        (s.U8, 3, "3"),
        (ENUM, 1, "Colour.RED"),
        (ENUM, Colour.RED, "Colour.RED"),
        (ENUM, 3, "3"),
        (ENUM, None, "None"),
        (FLAGS, 0, "0"),
        (FLAGS, 4, "Ability.SWIM"),
        (FLAGS, 5, "Ability.FLY|SWIM"),
        (FLAGS, 7, "Ability.FLY|SWIM|0x2"),
        (FLAGS, 0x10, "0x10"),
        (FLAGS, None, "None"),
    ],
)
def test_a_number_is_shown_by_its_name_and_as_a_number_where_it_has_none(kind, value, shown):
    assert name_value(kind, value) == shown


def test_a_number_is_shown_even_where_python_refuses_to():
    assert show_number(-5) == "-5"
    assert show_number(2**128 - 1) == str(2**128 - 1)
    assert show_number(10**5000) == "a number of 16610 bits"


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"", ""),
        (b"port", "port"),
        (b"port\0", "port"),
        (b"port\0behind", "port"),
        (memoryview("größe".encode()), "größe"),
        (bytearray(b"a\xff"), "a\ufffd"),
    ],
)
def test_text_is_utf8_up_to_its_nul(data, text):
    assert text_of(data) == text


# Bytes


def test_a_message_is_written_in_one_piece_or_many():
    assert Echo(b"Hi").write_buffers() == [b"\x02", b"Hi"]
    assert Echo(b"Hi").write() == b"\x02Hi"


@pytest.mark.parametrize(
    "call",
    [
        lambda: Message.parse(b""),
        lambda: Message().write_buffers(),
        lambda: Record()._write([], [], 0),
        lambda: Record._read(b"", 0, 0, None),
    ],
    ids=["parse", "write_buffers", "_write", "_read"],
)
def test_the_bases_themselves_are_neither_read_nor_written(call):
    with pytest.raises(NotImplementedError):
        call()
