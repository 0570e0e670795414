"""Rules that reading and writing have in common."""

from __future__ import annotations

import pytest

from caraway.idl.interpret_rules import (
    counted_by,
    image_length,
    is_absent,
    join,
    matching_case,
    number_at,
)
from caraway.idl.model import (
    Array,
    ByteCount,
    Constant,
    Count,
    ImageSize,
    Integer,
    Member,
    Rest,
    Switch,
)
from caraway.idl.source import Span
from tests.unit.idl.demo import demo

BYTE = Integer(8, signed=False)


def test_paths_have_dots() -> None:
    assert join("", "a") == "a"
    assert join("a[1]", "b") == "a[1].b"


@pytest.mark.parametrize(
    ("since", "minor", "absent"),
    [(None, 0, False), (1, None, False), (1, 0, True), (1, 1, False), (1, 2, False)],
)
def test_what_a_minor_lacks(since: int | None, minor: int | None, absent: bool) -> None:
    assert is_absent(Member("a", BYTE, Span(0, 0), minor=since), minor) is absent


@pytest.mark.parametrize(
    ("path", "number"),
    [(("a",), 1), (("b", "c"), 2), (("b", "d"), 0), (("e", "c"), 0), (("b",), 0), (("f", "c"), 0)],
)
def test_a_number_is_reached_by_names(path: tuple[str, ...], number: int) -> None:
    assert number_at({"a": 1, "b": {"c": 2}, "e": None}, path) == number


def test_what_counts_an_array() -> None:
    assert counted_by(Array(BYTE, Count(("n",)))) == ("n",)
    assert counted_by(Array(BYTE, ByteCount(("n",), "c"))) == ("n",)
    assert counted_by(Array(BYTE, Constant(3))) is None
    assert counted_by(Array(BYTE, Rest())) is None


def switch(text: str) -> Switch:
    body = demo(f"kind k; bits f; {text}").message.body
    type_ = body.members[-1].type
    assert isinstance(type_, Switch)
    return type_


def selected(text: str, value: int) -> str | None:
    case = matching_case(switch(text), value)
    return None if case is None else case.member.name


def test_cases_of_an_enum() -> None:
    cases = "switch (k) { case A: case C: uint8 ac; case B: uint8 b; } u;"
    assert [selected(cases, n) for n in (0, 1, 7, 2, 255)] == ["ac", "b", "ac", None, None]
    assert selected("switch (k) { case A: uint8 a; default: uint8 d; } u;", 2) == "d"


def test_cases_of_flags() -> None:
    cases = "switch (f) { case Z: uint8 z; case !X: uint8 no_x; case Y: uint8 y; } u;"
    found = [selected(cases, n) for n in range(8)]
    assert found == ["no_x", None, "no_x", "y", "z", "z", "z", "z"]


def test_image_sizes() -> None:
    size = ImageSize(4, ("w",), ("h",))
    assert image_length(size, 3, 5) == 10
    assert image_length(size, 0, 5) == 0
    assert image_length(size, -1, 5) is None
    assert image_length(size, 3, -1) is None
