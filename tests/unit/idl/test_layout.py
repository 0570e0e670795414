"""Sizes on the wire."""

from __future__ import annotations

import pytest

from caraway.idl.layout import (
    fixed_member_size,
    fixed_size,
    has_pointers,
    is_open_ended,
    largest_case,
    minimum_size,
)
from caraway.idl.model import Switch
from tests.unit.idl.compiling import TYPES, body, member

DEFINITIONS = (
    TYPES
    + """
    struct Tail { uint8 n; uint8 data[]; };
    struct Old { uint8 a; uint32 b @minor(1); };
    struct Known { uint16 a; uint32 b @virtual(1); uint8 c @zero; };
"""
)


@pytest.mark.parametrize(
    ("members", "fixed", "least"),
    [
        ("int64 x;", 8, 8),
        ("kind x;", 1, 1),
        ("unix_fd x;", 0, 0),
        ("uint8 *x[9];", 4, 4),
        ("uint16 x[3];", 6, 6),
        ("uint8 n; uint16 x[n];", None, 0),
        ("uint16 x[];", None, 0),
        ("Pair x;", 3, 3),
        ("Pair x[3];", 9, 9),
        ("Known x;", 3, 3),
        ("Old x;", None, 1),
        ("Old x[2];", None, 2),
        ("Tail x;", None, 1),
        ("kind k; switch (k) { case A: uint32 a; } x;", None, 0),
        ("kind k; switch (k) { case A: uint32 a; case B: Pair b; } x @fixedsize;", 4, 4),
        ("kind k; switch (k) { case A: uint32 a @virtual(0); } x @fixedsize;", 0, 0),
    ],
)
def test_fixed_and_least_sizes(members, fixed, least):
    made = member(members, "x", DEFINITIONS).type
    assert (fixed_size(made, 4), minimum_size(made, 4)) == (fixed, least)


def test_a_pointer_has_the_size_of_its_dialect():
    made = body("uint8 *x; Pair y;")
    assert [(fixed_size(made, size), minimum_size(made, size)) for size in (4, 8)] == [
        (7, 7),
        (11, 11),
    ]


def test_a_zero_member_is_counted_once():
    assert fixed_size(body("uint8 a @zero;"), 4) == 1


def test_members_that_may_be_missing_have_no_fixed_size():
    made = body("uint8 a; uint8 b @minor(1); uint8 c @virtual(1);")
    assert [fixed_member_size(each, 4) for each in made.members] == [1, None, 0]


def test_the_largest_case():
    made = member("kind k; switch (k) { case A: uint8 a; case B: uint64 b; } x;", "x").type
    assert isinstance(made, Switch)
    assert largest_case(made, 4) == 8
    made = member("kind k; uint8 n; switch (k) { case A: uint8 a[n]; } x;", "x").type
    assert isinstance(made, Switch)
    assert largest_case(made, 4) is None


@pytest.mark.parametrize(
    ("members", "is_open"),
    [
        ("uint8 x[];", True),
        ("uint8 n; uint8 x[n];", False),
        ("Tail x;", True),
        ("Pair x;", False),
        ("uint8 *x[4];", False),
        ("kind k; switch (k) { case A: uint8 a; case B: Tail b; } x;", True),
        ("kind k; switch (k) { case A: uint8 a; } x;", False),
    ],
)
def test_what_reaches_to_the_end(members, is_open):
    assert is_open_ended(member(members, "x", DEFINITIONS).type) == is_open


@pytest.mark.parametrize(
    ("members", "pointers"),
    [
        ("uint8 x;", False),
        ("uint8 *x;", True),
        ("uint8 *x @virtual(0);", False),
        ("struct P { uint8 *p; } x;", True),
        ("struct P { uint8 *p; } x[2];", True),
        ("kind k; switch (k) { case A: uint8 a; case B: uint8 *b; } x;", True),
        ("kind k; switch (k) { case A: uint8 a; } x;", False),
    ],
)
def test_what_has_pointers(members, pointers):
    assert has_pointers(body(members)) == pointers
