"""Members that only newer protocol minors have."""

from __future__ import annotations

import pytest

from caraway.errors import DecodeError, EncodeError, LimitExceeded
from caraway.idl.backends.python_read import absent
from caraway.messages import Limits
from tests.unit.idl.compiling import TYPES, member
from tests.unit.idl.made import made

TYPES_HERE = """
struct V { uint8 q; uint8 w @virtual(7); uint8 z @zero; unix_fd f; kind t; };
struct W { uint8 q; uint8 w @virtual(7); kind t; };
struct N { uint8 a; uint16 b @minor(1); };
"""

#: name → members, bytes and fields without the newer members, bytes and fields with them
NEWER: dict[str, tuple[str, str, dict[str, object], str, dict[str, object]]] = {
    "number": (
        "uint8 a; uint16 b @minor(1); uint8 c;",
        "01 03",
        {"a": 1, "b": 0, "c": 3},
        "01 0200 03",
        {"a": 1, "b": 2, "c": 3},
    ),
    "zeros": (
        "uint8 a; uint16 z @zero @minor(1); uint8 c;",
        "01 03",
        {"a": 1, "c": 3},
        "01 0000 03",
        {"a": 1, "c": 3},
    ),
    "bytes": (
        "uint8 n @minor(1); uint8 d[n] @minor(1); uint8 c;",
        "03",
        {"n": 0, "d": {"hex": ""}, "c": 3},
        "01 aa 03",
        {"n": 1, "d": {"hex": "aa"}, "c": 3},
    ),
    "count": (
        "uint8 n @minor(1); uint8 d[n]; uint8 c;",
        "03",
        {"n": 0, "d": {"hex": ""}, "c": 3},
        "01 aa 03",
        {"n": 1, "d": {"hex": "aa"}, "c": 3},
    ),
    "constant bytes": (
        "uint8 d[2] @minor(1); uint8 c;",
        "03",
        {"d": {"hex": "0000"}, "c": 3},
        "aabb 03",
        {"d": {"hex": "aabb"}, "c": 3},
    ),
    "list": (
        "uint8 c; Pair p[] @minor(1);",
        "03",
        {"c": 3, "p": []},
        "03 010200",
        {"c": 3, "p": [{"a": 1, "b": 2}]},
    ),
    "constant list": (
        "uint16 d[2] @minor(1); uint8 c;",
        "03",
        {"d": [0, 0], "c": 3},
        "0100 0200 03",
        {"d": [1, 2], "c": 3},
    ),
    "pointer": (
        "Pair *p @minor(1) @nonnull; uint8 c;",
        "03",
        {"p": None, "c": 3},
        "05000000 03 010200",
        {"p": {"a": 1, "b": 2}, "c": 3},
    ),
    "struct": (
        "V v @minor(1); uint8 c;",
        "03",
        {"v": {"q": 0, "w": 7, "f": None, "t": 0}, "c": 3},
        "01 00 02 03",
        {"v": {"q": 1, "w": 7, "f": None, "t": 2}, "c": 3},
    ),
    "struct with a selector": (
        "V v @minor(1); switch (v.t) { case A: uint8 a; case B: uint16 b; } u; uint8 c;",
        "05 03",
        {"v": {"q": 0, "w": 7, "f": None, "t": 0}, "u": {"a": 5}, "c": 3},
        "01 00 01 0500 03",
        {"v": {"q": 1, "w": 7, "f": None, "t": 1}, "u": {"b": 5}, "c": 3},
    ),
    "structs": (
        "W v[2] @minor(1); uint8 c;",
        "03",
        {"v": [{"q": 0, "w": 7, "t": 0}] * 2, "c": 3},
        "01 02 01 02 03",
        {"v": [{"q": 1, "w": 7, "t": 2}] * 2, "c": 3},
    ),
    "switch": (
        "kind k; switch (k) { case A: uint8 a; case B: uint16 b; } u @minor(1); uint8 c;",
        "00 03",
        {"k": 0, "u": None, "c": 3},
        "00 05 03",
        {"k": 0, "u": {"a": 5}, "c": 3},
    ),
    "selector": (
        "kind k @minor(1); switch (k) { case A: uint8 a; case B: uint16 b; } u; uint8 c;",
        "05 03",
        {"k": 0, "u": {"a": 5}, "c": 3},
        "01 0500 03",
        {"k": 1, "u": {"b": 5}, "c": 3},
    ),
    "switch with a count": (
        "bits f; switch (f) { case X: uint8 n; } u @minor(1); uint8 d[n]; uint8 c;",
        "01 03",
        {"f": 1, "u": None, "d": {"hex": ""}, "c": 3},
        "01 01 aa 03",
        {"f": 1, "u": {"n": 1}, "d": {"hex": "aa"}, "c": 3},
    ),
    "case": (
        "kind k; switch (k) { case A: uint8 a @minor(1); case B: uint16 b; } u; uint8 c;",
        "00 03",
        {"k": 0, "u": {"a": 0}, "c": 3},
        "00 05 03",
        {"k": 0, "u": {"a": 5}, "c": 3},
    ),
    "elements": (
        "uint8 n; N x[n]; uint8 c;",
        "02 01 02 03",
        {"n": 2, "x": [{"a": 1, "b": 0}, {"a": 2, "b": 0}], "c": 3},
        "02 01 0500 02 0600 03",
        {"n": 2, "x": [{"a": 1, "b": 5}, {"a": 2, "b": 6}], "c": 3},
    ),
    "target": (
        "N *p; uint8 c;",
        "05000000 03 01",
        {"p": {"a": 1, "b": 0}, "c": 3},
        "05000000 03 01 0500",
        {"p": {"a": 1, "b": 5}, "c": 3},
    ),
}


@pytest.mark.parametrize(
    ("members", "old", "old_fields", "new", "new_fields"), NEWER.values(), ids=NEWER
)
def test_a_newer_member_is_there_from_its_minor_on(members, old, old_fields, new, new_fields):
    made(members, TYPES_HERE, minor=0).check_both_ways(old, old_fields)
    for minor in (1, 2, None):
        made(members, TYPES_HERE, minor=minor).check_both_ways(new, new_fields)


def test_each_member_has_its_own_minor():
    members = "uint8 a; uint8 b @minor(1); uint8 c @minor(2);"
    fields = {"a": 1, "b": 2, "c": 3}
    for minor, text in ((0, "01"), (1, "0102"), (2, "010203"), (None, "010203")):
        message = made(members, minor=minor)
        assert message.encode(fields) == text
        assert message.decode(text) == {k: v if f"{v:02}" in text else 0 for k, v in fields.items()}


@pytest.mark.parametrize(
    "fields",
    [{"a": 1}, {"a": 1, "b": None}, {"a": 1, "b": "anything"}, {"a": 1, "b": 1 << 80}],
)
def test_what_a_minor_lacks_need_not_be_given(fields):
    assert made("uint8 a; uint16 b @minor(1);", minor=0).encode(fields) == "01"
    with pytest.raises(EncodeError):
        made("uint8 a; uint16 b @minor(1);", minor=1).encode(fields)


def test_what_a_minor_has_must_be_there():
    with pytest.raises(DecodeError):
        made("uint8 a; uint16 b @minor(1);", minor=1).decode("01")


def test_absent_lists_are_elements_too():
    """They come for nothing: a list of structs with absent lists could be any length."""
    members = "uint16 n; E x[n];"
    message = made(members, "struct E { uint8 a; uint32 b[1000] @minor(1); };", minor=0)
    text = f"{10:02x}00" + "01" * 10
    assert len(message.decode(text)["x"]) == 10
    with pytest.raises(LimitExceeded):
        message.decode(text, Limits(max_elements=10_009))
    assert message.decode(text, Limits(max_elements=10_010))


def test_absent_lists_count_without_limits_too():
    message = made("uint16 n; E x[n];", "struct E { uint8 a; uint32 b[5000] @minor(1); };", minor=0)
    with pytest.raises(LimitExceeded):
        message.parse("e803" + "01" * 1000)


@pytest.mark.parametrize(
    ("declared", "expression"),
    [
        ("uint8 a;", "0"),
        ("kind a;", "0"),
        ("uint8 a[];", 'b""'),
        ("uint8 a[4];", "bytes(4)"),
        ("uint16 a[];", "[]"),
        ("uint16 a[4];", "[0 for _ in range(4)]"),
        ("uint16 *a;", "None"),
        ("unix_fd a;", "None"),
        ("Pair a;", "Pair(a=0, b=0)"),
        ("V a;", "V(q=0, t=0)"),
    ],
)
def test_absent_values_are_expressions(declared, expression):
    assert absent(member(declared, "a", TYPES + TYPES_HERE).type) == expression
