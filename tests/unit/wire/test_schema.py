"""What classes say about their fields."""

from __future__ import annotations

import pytest

from caraway.messages import enums, structs
from caraway.wire import schema as s
from tests.unit.wire.samples import record

COLOURS = s.Union(
    ("kind",),
    False,
    (
        s.Choice(((1, False), (2, False)), "warm", s.U8),
        s.Choice(((4, False),), "cold", None),
    ),
)
ABILITIES = s.Union(
    ("flags",),
    True,
    (
        s.Choice(((1, False),), "flies", s.U8),
        s.Choice(((4, True),), "sinks", s.U8),
        s.Choice((), "other", s.U8),
    ),
)


def chosen(union: s.Union, number: int) -> str | None:
    choice = union.choose(number)
    return None if choice is None else choice.name


@pytest.mark.parametrize(
    ("number", "name"), [(1, "warm"), (2, "warm"), (3, None), (4, "cold"), (0, None)]
)
def test_an_enum_chooses_by_equality(number, name):
    assert chosen(COLOURS, number) == name


@pytest.mark.parametrize(
    ("number", "name"),
    [(1, "flies"), (5, "flies"), (0, "sinks"), (2, "sinks"), (4, "other"), (6, "other")],
)
def test_flags_choose_the_first_case_whose_bit_is_as_asked(number, name):
    assert chosen(ABILITIES, number) == name


@pytest.mark.parametrize(
    ("number", "bits", "signed"),
    [
        (getattr(s, f"{letter}{bits}"), bits, letter == "I")
        for letter in "UI"
        for bits in (8, 16, 32, 64)
    ],
)
def test_numbers_have_the_range_of_their_width(number, bits, signed):
    assert number.minimum == (-(2 ** (bits - 1)) if signed else 0)
    assert number.maximum == (2 ** (bits - 1) - 1 if signed else 2**bits - 1)
    assert number.names is None
    assert not number.is_flags


@pytest.mark.parametrize(
    ("since", "minor", "left_out"),
    [(None, 0, False), (1, None, False), (1, 1, False), (1, 2, False), (1, 0, True)],
)
def test_a_field_is_left_out_by_minors_before_its_own(since, minor, left_out):
    assert s.is_left_out(since, minor) is left_out


def image(type_: int = enums.ImageType.QUIC) -> structs.Image:
    return structs.Image(structs.ImageDescriptor(id=1, type=type_, flags=0, width=2, height=3))


def test_a_path_leads_through_records():
    assert s.follow(image(), ("descriptor", "height")) == 3
    assert s.follow(image(), ()) == image()


def test_a_path_has_the_names_of_the_description():
    inner = record(s.Field("class", "class_", s.U8), class_=7)
    outer = record(s.Field("from", "from_", s.Nested(type(inner))), from_=inner)
    assert s.follow(outer, ("from", "class")) == 7
    assert s.follow(outer, ("from_", "class_")) is None


@pytest.mark.parametrize("path", [("nothing",), ("u", "nothing"), ("descriptor", "id", "more")])
def test_a_path_that_ends_early_leads_to_none(path):
    assert s.follow(image(), path) is None


def counting(number: int, value: object):
    """A record whose union is called ``u`` and has the cases of COLOURS."""
    fields = (s.Field("kind", "kind_", s.U8), s.Field("u", "u", COLOURS))
    return record(*fields, kind_=number, u=value)


@pytest.mark.parametrize(
    ("number", "case", "found"),
    [(1, "warm", 9), (2, "warm", 9), (4, "warm", None), (3, "warm", None), (1, "cold", None)],
)
def test_a_path_into_a_union_ends_where_another_case_is_chosen(number, case, found):
    assert s.follow(counting(number, 9), ("u", case)) == found
    assert s.follow(counting(number, 9), ("u",)) == 9


def test_a_path_into_a_union_without_a_selector_ends():
    assert s.follow(record(s.Field("u", "u", COLOURS), u=9), ("u", "warm")) is None
