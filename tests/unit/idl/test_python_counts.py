"""Constructors derive the numbers that count arrays."""

from __future__ import annotations

import pytest

from caraway.errors import EncodeError
from caraway.idl.backends.python_counts import count_paths, derived_counts
from tests.unit.idl.compiling import body
from tests.unit.idl.made import made

BYTES = "struct Bytes { uint8 n; uint8 d[n]; };"

#: name → members, fields without counts, bytes
DERIVED: dict[str, tuple[str, dict[str, object], str]] = {
    "bytes": ("uint8 n; uint8 d[n];", {"d": {"hex": "aabb"}}, "02 aabb"),
    "list": ("uint16 n; Pair d[n];", {"d": [{"a": 1, "b": 2}]}, "0100 010200"),
    "behind a pointer": ("uint8 n; uint8 *d[n];", {"d": {"hex": "aa"}}, "01 05000000 aa"),
    "null": ("uint8 n; uint8 *d[n];", {"d": None}, "00 00000000"),
    "two arrays": (
        "uint8 n; uint8 d[n]; uint8 e[n];",
        {"d": {"hex": "a1"}, "e": {"hex": "a2"}},
        "01 a1 a2",
    ),
    "in bytes": ("uint8 s; Bytes x[bytes(s, n)];", {"x": [{"d": {"hex": "aabb"}}]}, "03 02aabb"),
    "bytes in bytes": ("uint8 s; uint8 x[bytes(s, n)];", {"x": {"hex": "aabb"}}, "02 aabb"),
    "numbers in bytes": ("uint8 s; uint32 x[bytes(s, n)];", {"x": [1]}, "04 01000000"),
    "null in bytes": ("uint8 s; Pair *x[bytes(s, n)];", {"x": None}, "00 00000000"),
    "numbers in bytes, null": ("uint8 s; uint16 *x[bytes(s, n)];", {"x": None}, "00 00000000"),
    "enum that counts": ("kind n; uint8 d[n];", {"d": {"hex": "aa"}}, "01 aa"),
    "in a case": (
        "uint8 n; kind k; switch (k) { case A: uint8 d[n]; case B: uint16 x; } u;",
        {"k": 0, "u": {"d": {"hex": "aa"}}},
        "01 00 aa",
    ),
    "in a case that is not chosen": (
        "uint8 n; kind k; switch (k) { case A: uint8 d[n]; case B: uint16 x; } u;",
        {"k": 1, "u": {"x": 5}},
        "00 01 0500",
    ),
    "in no case": (
        "uint8 n; kind k; switch (k) { case A: uint8 d[n]; case B: uint16 x; } u;",
        {"k": 7, "u": None},
        "00 07",
    ),
    "in a case beside another array": (
        "uint8 n; kind k; switch (k) { case A: uint8 d[n]; case B: uint8 e[2]; } u;",
        {"k": 1, "u": {"e": {"hex": "aabb"}}},
        "00 01 aabb",
    ),
    "in each of some cases": (
        """uint8 n; bits b;
           switch (b) { case X: uint8 d[n]; case Y: uint16 e[n]; case Z: uint8 f; } u;""",
        {"b": 2, "u": {"e": [1, 2]}},
        "02 02 0100 0200",
    ),
    "in the default": (
        "uint8 n; kind k; switch (k) { case A: uint8 x; default: uint8 d[n]; } u;",
        {"k": 9, "u": {"d": {"hex": "aa"}}},
        "01 09 aa",
    ),
    "in every case": (
        "uint8 n; kind k; switch (k) { case A: uint8 d[n]; default: uint8 e[n]; } u;",
        {"k": 9, "u": {"e": {"hex": "aa"}}},
        "01 09 aa",
    ),
    "in a case behind a pointer": (
        "uint8 n; kind k; switch (k) { case A: uint8 *d[n]; } u;",
        {"k": 0, "u": {"d": None}},
        "00 00 00000000",
    ),
    "in a case, in bytes": (
        "uint8 s; kind k; switch (k) { case A: Bytes d[bytes(s, n)]; case B: Pair p; } u;",
        {"k": 0, "u": {"d": [{"d": {"hex": "aa"}}]}},
        "02 00 01aa",
    ),
    "in a case, not in bytes": (
        "uint8 s; kind k; switch (k) { case A: Bytes d[bytes(s, n)]; case B: Pair p; } u;",
        {"k": 1, "u": {"p": {"a": 1, "b": 2}}},
        "00 01 010200",
    ),
    "in a case, numbers in bytes": (
        "uint8 s; kind k; switch (k) { case A: uint16 d[bytes(s, n)]; } u;",
        {"k": 0, "u": {"d": [1]}},
        "02 00 0100",
    ),
    "two counts in one union": (
        "uint8 n; uint8 m; kind k; switch (k) { case A: uint8 d[n]; case B: uint8 e[m]; } u;",
        {"k": 1, "u": {"e": {"hex": "aa"}}},
        "00 01 01 aa",
    ),
    "selected inside a struct": (
        "uint8 n; H h; switch (h.k) { case A: uint8 d[n]; } u;",
        {"h": {"k": 0}, "u": {"d": {"hex": "aa"}}},
        "01 00 aa",
    ),
    "count in a case": (
        "bits b; switch (b) { case X: uint8 n; } u; switch (b) { case X: uint8 d[n]; } v;",
        {"b": 1, "u": {}, "v": {"d": {"hex": "aa"}}},
        "01 01 aa",
    ),
    "count in a case, null": (
        "bits b; switch (b) { case X: uint8 n; } u; switch (b) { case X: uint8 *d[n]; } v;",
        {"b": 1, "u": {"n": None}, "v": {"d": None}},
        "01 00 00000000",
    ),
    "count in a case that is not chosen": (
        "bits b; switch (b) { case X: uint8 n; } u; switch (b) { case X: uint8 d[n]; } v;",
        {"b": 2, "u": None, "v": None},
        "02",
    ),
    "count in a case, array outside": (
        "bits b; switch (b) { case Y: uint16 m; case X: uint8 n; } u; uint8 d[n];",
        {"b": 1, "u": {}, "d": {"hex": "aa"}},
        "01 01 aa",
    ),
    "count in a case, beside another": (
        "bits b; switch (b) { case Y: uint16 m; case X: uint8 n; } u; uint8 d[n];",
        {"b": 2, "u": {"m": 5}, "d": {"hex": ""}},
        "02 0500",
    ),
    "count in two cases": (
        "kind k; switch (k) { case A: uint8 n; case B: uint16 n; } u; uint8 d[n];",
        {"k": 1, "u": {}, "d": {"hex": "aabb"}},
        "01 0200 aabb",
    ),
    "count in two cases, one constant": (
        "kind k; switch (k) { case A: uint8 n; case B: uint16 n @virtual(2); } u; uint8 d[n];",
        {"k": 1, "u": {}, "d": {"hex": "aabb"}},
        "01 aabb",
    ),
    "virtual": ("uint8 n @virtual(2); uint8 d[n];", {"d": {"hex": "aabb"}}, "aabb"),
    "called len": ("uint8 len; uint8 d[len];", {"d": {"hex": "aa"}}, "01 aa"),
}


@pytest.mark.parametrize(("members", "fields", "text"), DERIVED.values(), ids=DERIVED)
def test_counts_are_derived(members, fields, text):
    message = made(members, f"{BYTES} struct H {{ kind k; }};")
    assert message.encode(fields) == text.replace(" ", "")


@pytest.mark.parametrize(("members", "fields", "text"), DERIVED.values(), ids=DERIVED)
def test_derived_counts_are_those_that_are_read_back(members, fields, text):
    message = made(members, f"{BYTES} struct H {{ kind k; }};")
    message.check_both_ways(text, message.decode(text.replace(" ", "")))


CONTRADICTIONS: dict[str, tuple[str, dict[str, object], str]] = {
    "bytes": ("uint8 n; uint8 d[n];", {"n": 1, "d": {"hex": "aabb"}}, "d: has 2 bytes, n says 1"),
    "null": (
        "uint8 n; uint8 *d[n];",
        {"n": 1, "d": None},
        "d: has 0 elements, being null, n says 1",
    ),
    "second array": (
        "uint8 n; uint8 d[n]; uint8 e[n];",
        {"d": {"hex": "aa"}, "e": {"hex": ""}},
        "e: has 0 bytes, n says 1",
    ),
    "in a case": (
        "uint8 n; kind k; switch (k) { case A: uint8 d[n]; } u;",
        {"n": 5, "k": 0, "u": {"d": {"hex": "aa"}}},
        "u.d: has 1 bytes, n says 5",
    ),
    "too many": ("uint8 n; uint8 d[n];", {"d": {"hex": "00" * 256}}, "n: 256 is outside 0..255"),
    "virtual": (
        "uint8 n @virtual(2); uint8 d[n];",
        {"d": {"hex": "aa"}},
        "d: has 1 bytes, n says 2",
    ),
}


@pytest.mark.parametrize(("members", "fields", "why"), CONTRADICTIONS.values(), ids=CONTRADICTIONS)
def test_counts_that_contradict_are_refused(members, fields, why):
    with pytest.raises(EncodeError) as caught:
        made(members).encode(fields)
    assert str(caught.value) == why


# The expressions


@pytest.mark.parametrize(
    ("members", "counts"),
    [
        ("uint8 a;", {}),
        ("uint8 n; uint8 d[n];", {"n": "_len(d)"}),
        ("uint8 n; uint8 *d[n];", {"n": "(0 if d is None else _len(d))"}),
        ("uint8 class; uint8 d[class];", {"class": "_len(d)"}),
        ("uint8 n; uint8 from[n];", {"n": "_len(from_)"}),
        ("uint8 s; Pair d[bytes(s, n)];", {"s": "_measure(d)"}),
        ("uint8 s; uint32 d[bytes(s, n)];", {"s": "4 * _len(d)"}),
        ("uint8 n @virtual(1); uint8 d[n];", {}),
        (
            "uint8 n; bits b; switch (b) { case X: uint8 d[n]; case !Y: uint8 e[n]; } u;",
            {"n": "(_length(u) if b & 1 or not b & 2 else 0)"},
        ),
        (
            "uint8 n; kind k; switch (k) { case A: uint8 x; case B: case C: uint8 d[n]; } u;",
            {"n": "(0 if k == 0 else _length(u) if k in (1, 7) else 0)"},
        ),
        (
            "uint8 n; kind k; switch (k) { case A: uint8 d[n]; default: uint8 e[n]; } u;",
            {"n": "(_length(u))"},
        ),
        (
            "kind k; switch (k) { case A: uint8 n; case B: uint8 x; } u; uint8 d[n];",
            {"u": "(_len(d) if k == 0 else None)"},
        ),
    ],
)
def test_expressions_name_the_constructors_parameters(members, counts):
    assert derived_counts(body(members)) == counts


def test_all_counts_are_known_even_virtual_ones():
    members = """
        uint8 n @virtual(1); uint8 d[n]; kind k;
        switch (k) { case A: uint8 m; } u;
        switch (k) { case A: uint8 *e[m]; case B: uint8 f[3]; } v;
        uint8 r[];
    """
    assert count_paths(body(members)) == {("n",), ("u", "m")}
