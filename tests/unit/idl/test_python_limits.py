"""Generated code keeps account of lists and targets wherever a message could claim too much."""

from __future__ import annotations

import pytest

from caraway.errors import DecodeError, LimitExceeded
from caraway.idl.backends.python_read import keeps_account, may_multiply
from caraway.messages import Limits
from caraway.wire.limits import DEFAULT_LIMITS
from tests.unit.idl.compiling import TYPES, body
from tests.unit.idl.made import made

ITEM = "struct Item { uint8 n; uint8 *d[n]; };"
EMPTY = "struct Empty {};"


@pytest.mark.parametrize(
    ("members", "needed"),
    [
        ("uint8 a; Pair p;", False),
        ("uint8 n; uint8 d[n];", False),
        ("uint8 d[];", False),
        ("kind k; switch (k) { case A: uint8 d[4]; } u;", False),
        ("uint16 d[2];", True),
        ("uint8 n; Pair d[n];", True),
        ("uint8 *d[2];", True),
        ("Pair *p;", True),
        ("Item i;", True),
        ("kind k; switch (k) { case A: Item i; } u;", True),
    ],
)
def test_account_is_kept_of_lists_and_pointers(members, needed):
    assert keeps_account(body(members, TYPES + ITEM)) is needed


@pytest.mark.parametrize(
    ("members", "may"),
    [
        ("uint8 n; Pair d[n];", False),
        ("uint8 n; Item *i;", False),
        ("uint8 n; Item d[n];", True),
        ("uint8 n; Item *d[n];", True),
        ("uint8 n; Deep d[n];", True),
        ("Empty d[4];", True),
        ("uint16 d[4] @minor(1);", True),
        ("".join(f"uint8 *d{n}[2];" for n in range(64)), False),
        ("".join(f"uint8 *d{n}[2];" for n in range(65)), True),
        ("kind k; switch (k) { case A: Item i; case B: Item j; } u;", False),
    ],
)
def test_small_messages_are_only_trusted_where_they_cannot_claim_much(members, may):
    types = TYPES + ITEM + EMPTY + "struct Deep { uint8 a; Item i; };"
    assert may_multiply(body(members, types)) is may


def test_pointers_in_a_list_may_lead_to_the_same_list_again_and_again():
    """A few kilobytes would become a few million elements."""
    message = made("uint16 n; Item d[n];", "struct Item { uint16 n; uint16 *d[n]; };")
    count, shared = 2000, 3000
    head = count.to_bytes(2, "little")
    offset = (2 + 6 * count).to_bytes(4, "little")
    wire = head + (shared.to_bytes(2, "little") + offset) * count + bytes(2 * shared)
    assert len(wire) < 20_000
    assert count * shared > DEFAULT_LIMITS.max_elements
    with pytest.raises(LimitExceeded):
        message.parse(wire.hex())


def test_empty_structs_come_for_nothing_but_are_counted():
    message = made("uint8 n; E x[n];", f"{EMPTY} struct E {{ uint8 a; Empty e[5000000]; }};")
    with pytest.raises(LimitExceeded, match="lists of 5000001 elements"):
        message.decode("01 01")


#: members, bytes, elements in them
COUNTED = {
    "counted": ("uint8 n; Pair d[n];", "02 010200 010200", 2),
    "constant": ("uint16 d[3];", "0100 0200 0300", 3),
    "to the end": ("uint16 d[];", "0100 0200", 2),
    "to the end, of any size": ("Bytes d[];", "01aa 00", 2),
    "in bytes": ("uint8 s; Pair d[bytes(s, n)];", "06 010200 010200", 2),
    "numbers in bytes": ("uint8 s; uint16 d[bytes(s, n)];", "04 0100 0200", 2),
    "behind a pointer": ("uint8 n; uint16 *d[n];", "02 05000000 0100 0200", 2),
    "in elements": ("uint8 n; List d[n];", "02 01 0100 01 0200", 4),
    "empty": ("Empty d[3];", "", 3),
    "of bytes": ("uint8 n; uint8 d[n];", "02 aabb", 0),
}


@pytest.mark.parametrize(("members", "text", "elements"), COUNTED.values(), ids=COUNTED)
def test_elements_are_counted_alike(members, text, elements):
    types = "struct Bytes { uint8 n; uint8 d[n]; }; struct List { uint8 n; uint16 d[n]; };" + EMPTY
    message = made(members, types)
    text = text.replace(" ", "")
    assert message.decode(text, Limits(max_elements=elements)) == message.decode(text)
    if elements:
        with pytest.raises(LimitExceeded):
            message.decode(text, Limits(max_elements=elements - 1))


#: members, bytes that are used, whether targets overlap
RANGES = {
    "one size": ("uint8 a; uint16 b;", "01 0200", False),
    "nothing": ("", "", False),
    "bytes": ("uint8 n; uint8 d[n];", "01 aa", False),
    "list": ("uint8 n; Pair d[n];", "01 010200", False),
    "pointer": ("Pair *p;", "04000000 010200", False),
    "pointer to itself": ("Pair *p;", "01000000", True),
    "two pointers, one target": ("Pair *p; Pair *q;", "08000000 08000000 010200", True),
    "pointers that touch": ("Pair *p; Pair *q;", "08000000 0b000000 010200 010200", False),
    "pointers that share a byte": ("Pair *p; Pair *q;", "08000000 0a000000 01020304 05", True),
    "number": ("uint32 *p; uint8 *q;", "08000000 0c000000 01020304 05", False),
    "numbers": ("uint8 n; uint16 *p[n];", "02 05000000 01020304", False),
    "bytes behind a pointer": ("uint8 n; uint8 *p[n];", "02 05000000 0102", False),
    "structs of any size": ("uint8 n; Bytes *p[n];", "02 05000000 00 01aa", False),
    "a case": ("kind k; switch (k) { case A: Pair *p; } u;", "00 05000000 010200", False),
    "padding": (
        "kind k; switch (k) { case A: uint8 x; case B: uint32 y; } u @fixedsize; Pair *p;",
        "00 01 000000 09000000 010200",
        False,
    ),
}


@pytest.mark.parametrize(("members", "text", "overlaps"), RANGES.values(), ids=RANGES)
def test_overlaps_and_bytes_left_over_are_judged_alike(members, text, overlaps):
    message = made(members, "struct Bytes { uint8 n; uint8 d[n]; };")
    text = text.replace(" ", "")
    fields = message.decode(text)
    assert message.decode(text + "ee") == fields
    assert message.decode(text, Limits(allow_trailing=False)) == fields
    with pytest.raises(DecodeError, match="left over"):
        message.decode(text + "ee", Limits(allow_trailing=False))
    if overlaps:
        with pytest.raises(DecodeError, match="overlap"):
            message.decode(text, Limits(allow_overlap=False))
    else:
        assert message.decode(text, Limits(allow_overlap=False)) == fields


@pytest.mark.parametrize(("members", "text", "overlaps"), RANGES.values(), ids=RANGES)
def test_lengths_are_judged_alike(members, text, overlaps):
    message = made(members, "struct Bytes { uint8 n; uint8 d[n]; };")
    text = text.replace(" ", "")
    size = len(text) // 2
    assert message.decode(text, Limits(max_message=size)) == message.decode(text)
    with pytest.raises(LimitExceeded):
        message.decode(text + "ee", Limits(max_message=size))
    if size:
        with pytest.raises(LimitExceeded):
            message.decode(text, Limits(max_message=size - 1))
