"""What the model answers about itself."""

from __future__ import annotations

import pytest

from caraway.idl.model import Integer, strip, walk
from tests.unit.idl.compiling import TYPES, body, description, protocol


@pytest.mark.parametrize(
    ("integer", "minimum", "maximum"),
    [
        (Integer(8, signed=False), 0, 255),
        (Integer(8, signed=True), -128, 127),
        (Integer(64, signed=False), 0, 2**64 - 1),
        (Integer(64, signed=True), -(2**63), 2**63 - 1),
    ],
)
def test_integers_know_their_range(integer, minimum, maximum):
    assert (integer.minimum, integer.maximum) == (minimum, maximum)


def test_walking_visits_the_cases_of_switches_but_no_other_structs():
    made = body("kind k; Pair p; switch (k) { case A: Pair a; default: uint8 b; } u; uint8 z;")
    assert [member.name for member in walk(made)] == ["k", "p", "u", "a", "b", "z"]
    assert made.member("u")
    assert made.member("a") is None


def test_stripping_takes_pointers_and_arrays_away():
    made = body("Pair a; Pair *b; uint8 n; Pair *c[n];")
    pair = made.members[0].type
    assert [strip(made.members[index].type) is pair for index in (0, 1, 3)] == [True] * 3


def test_a_description_lists_what_it_declares():
    made = description(
        protocol(
            f"{TYPES} typedef t int8; message Shared {{ Pair p; kind k; bits b; t t; }};"
        ).replace("message {  } m", "Shared m")
    )
    assert [enum.name for enum in made.enums] == ["kind", "bits"]
    assert [struct.name for struct in made.structs] == ["Pair", "Shared"]
    assert [message.name for message in made.messages] == ["m"]


def test_minors_at_which_a_layout_changes():
    definitions = f"{TYPES} struct S {{ uint8 x @minor(4); }};"
    made = description(
        protocol(
            definitions,
            """
            S s; uint8 a @minor(2); kind k;
            switch (k) { case A: uint8 b @minor(3); } u @minor(2);
            """,
        )
    )
    assert made.minors == [2, 3, 4]
    assert description(protocol("", "uint8 x;")).minors == []
