"""Generated classes read and write every layout as the interpreter does."""

from __future__ import annotations

from array import array

import pytest

from caraway.errors import DecodeError, EncodeError
from tests.unit.idl.made import made

EMPTY = "struct Empty {};"
BYTES = "struct Bytes { uint8 n; uint8 d[n]; };"
LOOSE = "struct Loose { uint8 d[]; };"
ITEM = "struct Item { uint8 n; uint8 *d[n]; };"

#: name → members, types, bytes, fields
LAYOUTS: dict[str, tuple[str, str, str, dict[str, object]]] = {
    "nothing": ("", "", "", {}),
    "numbers": (
        "int8 a; uint16 b; int32 c; uint64 d;",
        "",
        "ff 0201 feffffff 0800000000000000",
        {"a": -1, "b": 0x102, "c": -2, "d": 8},
    ),
    "enum and flags": ("kind k; bits b;", "", "07 05", {"k": 7, "b": 5}),
    "typedef": ("fixed a;", "typedef fixed int32;", "00010000", {"a": 256}),
    "struct": ("Pair p; uint8 c;", "", "01 0200 03", {"p": {"a": 1, "b": 2}, "c": 3}),
    "empty struct": ("uint8 a; Empty e;", EMPTY, "01", {"a": 1, "e": {}}),
    "zeros": ("uint8 a; uint16 z @zero; uint8 b;", "", "01 0000 02", {"a": 1, "b": 2}),
    "only zeros": ("uint32 z @zero;", "", "00000000", {}),
    "constant": ("uint8 a @virtual(7); uint8 b;", "", "02", {"a": 7, "b": 2}),
    "null for ever": ("Pair *p @virtual(0); uint8 b;", "", "02", {"p": None, "b": 2}),
    "descriptor": ("unix_fd fd; uint8 b;", "", "02", {"fd": None, "b": 2}),
    # Arrays
    "bytes, constant": ("uint8 d[3]; uint8 b;", "", "010203 04", {"d": {"hex": "010203"}, "b": 4}),
    "bytes, none": ("uint8 d[0]; uint8 b;", "", "04", {"d": {"hex": ""}, "b": 4}),
    "bytes, none behind others": (
        "uint8 n; uint8 e[n]; uint8 d[0];",
        "",
        "01 aa",
        {"n": 1, "e": {"hex": "aa"}, "d": {"hex": ""}},
    ),
    "bytes, none behind a list": (
        "uint8 n; Pair e[n]; uint8 d[0];",
        "",
        "01 010200",
        {"n": 1, "e": [{"a": 1, "b": 2}], "d": {"hex": ""}},
    ),
    "bytes, counted": (
        "uint8 n; uint8 d[n]; uint8 b;",
        "",
        "02 0102 04",
        {"n": 2, "d": {"hex": "0102"}, "b": 4},
    ),
    "bytes, twice": (
        "uint8 n; uint8 d[n]; uint8 e[n]; uint8 b;",
        "",
        "01 01 02 04",
        {"n": 1, "d": {"hex": "01"}, "e": {"hex": "02"}, "b": 4},
    ),
    "bytes, to the end": ("uint8 b; uint8 d[];", "", "04 0102", {"b": 4, "d": {"hex": "0102"}}),
    "bytes, only": ("uint8 d[];", "", "0102", {"d": {"hex": "0102"}}),
    "numbers, constant": (
        "uint8 b; uint16 x[2]; uint8 c;",
        "",
        "04 0100 0200 05",
        {"b": 4, "x": [1, 2], "c": 5},
    ),
    "numbers, counted": (
        "uint8 n; int16 x[n]; uint8 c;",
        "",
        "02 ffff 0200 05",
        {"n": 2, "x": [-1, 2], "c": 5},
    ),
    "numbers, to the end": ("uint8 b; uint32 x[];", "", "01 02000000", {"b": 1, "x": [2]}),
    "signed bytes": ("uint8 n; int8 x[n];", "", "02 ff01", {"n": 2, "x": [-1, 1]}),
    "enums": ("uint8 n; kind x[n];", "", "02 0107", {"n": 2, "x": [1, 7]}),
    "structs, constant": (
        "Pair x[2]; uint8 c;",
        "",
        "01 0200 03 0400 05",
        {"x": [{"a": 1, "b": 2}, {"a": 3, "b": 4}], "c": 5},
    ),
    "structs, counted": (
        "uint8 n; Pair x[n]; uint8 c;",
        "",
        "01 01 0200 05",
        {"n": 1, "x": [{"a": 1, "b": 2}], "c": 5},
    ),
    "structs, to the end": ("Pair x[];", "", "01 0200", {"x": [{"a": 1, "b": 2}]}),
    "structs, empty": ("Empty x[3]; uint8 c;", EMPTY, "05", {"x": [{}, {}, {}], "c": 5}),
    "structs of any size": (
        "uint8 n; Bytes x[n]; uint8 c;",
        BYTES,
        "02 01aa 00 05",
        {"n": 2, "x": [{"n": 1, "d": {"hex": "aa"}}, {"n": 0, "d": {"hex": ""}}], "c": 5},
    ),
    "structs of any size, to the end": (
        "Bytes x[];",
        BYTES,
        "01aa 00",
        {"x": [{"n": 1, "d": {"hex": "aa"}}, {"n": 0, "d": {"hex": ""}}]},
    ),
    "lists of lists": (
        "uint8 n; L x[n]; L y[n]; uint8 c;",
        "struct L { uint8 n; Pair p[n]; };",
        "01 01 010200 00 05",
        {
            "n": 1,
            "x": [{"n": 1, "p": [{"a": 1, "b": 2}]}],
            "y": [{"n": 0, "p": []}],
            "c": 5,
        },
    ),
    "arrays in structs": (
        "B p; B q; uint8 c;",
        "struct B { uint8 n; uint8 d[n]; };",
        "01 aa 02 bbcc 05",
        {"p": {"n": 1, "d": {"hex": "aa"}}, "q": {"n": 2, "d": {"hex": "bbcc"}}, "c": 5},
    ),
    # Images
    "image of 8 bits": (
        "uint8 w; uint8 h; uint8 d[image_size(8, w, h)];",
        "",
        "02 03 010203040506",
        {"w": 2, "h": 3, "d": {"hex": "010203040506"}},
    ),
    "image of 1 bit": (
        "uint8 w; uint8 h; uint8 d[image_size(1, w, h)]; uint8 c;",
        "",
        "09 02 01020304 05",
        {"w": 9, "h": 2, "d": {"hex": "01020304"}, "c": 5},
    ),
    "image with signed sides": (
        "int8 w; int8 h; uint8 d[image_size(4, w, h)];",
        "",
        "03 02 01020304",
        {"w": 3, "h": 2, "d": {"hex": "01020304"}},
    ),
    "image with one constant side": (
        "uint8 w @virtual(2); uint8 h; uint8 d[image_size(8, w, h)];",
        "",
        "01 0102",
        {"w": 2, "h": 1, "d": {"hex": "0102"}},
    ),
    "image of numbers": (
        "uint8 w; uint8 h; uint16 d[image_size(8, w, h)];",
        "",
        "02 01 01000200",
        {"w": 2, "h": 1, "d": [1, 2]},
    ),
    # Counted in bytes
    "bytes counted in bytes": (
        "uint8 s; uint8 d[bytes(s, n)]; uint8 c;",
        "",
        "02 aabb 05",
        {"s": 2, "d": {"hex": "aabb"}, "c": 5},
    ),
    "numbers counted in bytes": (
        "uint8 s; uint16 x[bytes(s, n)]; uint8 c;",
        "",
        "04 0100 0200 05",
        {"s": 4, "x": [1, 2], "c": 5},
    ),
    "structs counted in bytes": (
        "uint8 s; Pair x[bytes(s, n)]; uint8 c;",
        "",
        "03 01 0200 05",
        {"s": 3, "x": [{"a": 1, "b": 2}], "c": 5},
    ),
    "structs of any size counted in bytes": (
        "uint8 s; Bytes x[bytes(s, n)]; uint8 c;",
        BYTES,
        "03 01aa 00 05",
        {"s": 3, "x": [{"n": 1, "d": {"hex": "aa"}}, {"n": 0, "d": {"hex": ""}}], "c": 5},
    ),
    "no structs counted in bytes": (
        "uint8 s; Bytes x[bytes(s, n)];",
        BYTES,
        "00",
        {"s": 0, "x": []},
    ),
    # Pointers
    "pointer to a struct": (
        "Pair *p; uint8 c;",
        "",
        "05000000 05 010200",
        {"p": {"a": 1, "b": 2}, "c": 5},
    ),
    "null": ("Pair *p; uint8 c;", "", "00000000 05", {"p": None, "c": 5}),
    "pointer that is never null": (
        "Pair *p @nonnull; uint8 c;",
        "",
        "05000000 05 010200",
        {"p": {"a": 1, "b": 2}, "c": 5},
    ),
    "pointer to a number": ("uint32 *p;", "", "04000000 07000000", {"p": 7}),
    "pointer to an enum": ("kind *p @nonnull;", "", "04000000 07", {"p": 7}),
    "pointer to bytes": (
        "uint8 n; uint8 *p[n];",
        "",
        "02 05000000 aabb",
        {"n": 2, "p": {"hex": "aabb"}},
    ),
    "pointer to constant bytes": ("uint8 *p[2];", "", "04000000 aabb", {"p": {"hex": "aabb"}}),
    "pointer to numbers": (
        "uint8 n; uint16 *p[n];",
        "",
        "02 05000000 0100 0200",
        {"n": 2, "p": [1, 2]},
    ),
    "pointer to constant numbers": ("uint16 *p[2];", "", "04000000 0100 0200", {"p": [1, 2]}),
    "pointer to structs": (
        "uint8 n; Pair *p[n];",
        "",
        "01 05000000 010200",
        {"n": 1, "p": [{"a": 1, "b": 2}]},
    ),
    "pointer to structs, nothing counted": (
        "uint8 n; Pair *p[n];",
        "",
        "00 00000000",
        {"n": 0, "p": None},
    ),
    "pointer to an image": (
        "uint8 w; uint8 h; uint8 *p[image_size(1, w, h)];",
        "",
        "08 02 06000000 aabb",
        {"w": 8, "h": 2, "p": {"hex": "aabb"}},
    ),
    "no image": (
        "uint8 w; uint8 h; uint8 *p[image_size(1, w, h)];",
        "",
        "08 02 00000000",
        {"w": 8, "h": 2, "p": None},
    ),
    "pointer to structs counted in bytes": (
        "uint8 s; Pair *p[bytes(s, n)];",
        "",
        "03 05000000 010200",
        {"s": 3, "p": [{"a": 1, "b": 2}]},
    ),
    "pointer to numbers counted in bytes": (
        "uint8 s; uint16 *p[bytes(s, n)];",
        "",
        "04 05000000 0100 0200",
        {"s": 4, "p": [1, 2]},
    ),
    "pointer to all that follows": ("Pair *p[];", "", "04000000 010200", {"p": [{"a": 1, "b": 2}]}),
    "pointers in a pointed struct": (
        "Item *p; Item *q;",
        ITEM,
        "08000000 0d000000  01 12000000  01 13000000  aa bb",
        {"p": {"n": 1, "d": {"hex": "aa"}}, "q": {"n": 1, "d": {"hex": "bb"}}},
    ),
    "pointers in a list, then another": (
        "uint8 n; Item x[n]; uint8 k; uint8 *p[k];",
        ITEM,
        "01 01 0b000000 01 0c000000 aa bb",
        {"n": 1, "x": [{"n": 1, "d": {"hex": "aa"}}], "k": 1, "p": {"hex": "bb"}},
    ),
    "two runs of pointers": (
        "Pair *p; uint8 n; uint8 d[n]; Pair *q;",
        "",
        "0a000000 01 aa 0d000000 010200 030400",
        {"p": {"a": 1, "b": 2}, "n": 1, "d": {"hex": "aa"}, "q": {"a": 3, "b": 4}},
    ),
    "pointer to a list with pointers": (
        "uint8 n; Item *x[n];",
        ITEM,
        "02 05000000  01 0f000000 01 10000000  aa bb",
        {"n": 2, "x": [{"n": 1, "d": {"hex": "aa"}}, {"n": 1, "d": {"hex": "bb"}}]},
    ),
    # Switches
    "enum, first case": (
        "kind k; switch (k) { case A: uint16 x; case B: uint8 y; } u; uint8 c;",
        "",
        "00 0100 05",
        {"k": 0, "u": {"x": 1}, "c": 5},
    ),
    "enum, second case": (
        "kind k; switch (k) { case A: uint16 x; case B: uint8 y; } u; uint8 c;",
        "",
        "01 01 05",
        {"k": 1, "u": {"y": 1}, "c": 5},
    ),
    "enum, no case": (
        "kind k; switch (k) { case A: uint16 x; case B: uint8 y; } u; uint8 c;",
        "",
        "07 05",
        {"k": 7, "u": None, "c": 5},
    ),
    "enum, stacked labels": (
        "kind k; switch (k) { case A: case C: uint16 x; } u;",
        "",
        "07 0100",
        {"k": 7, "u": {"x": 1}},
    ),
    "enum, default": (
        "kind k; switch (k) { case A: uint16 x; default: uint8 y; } u; uint8 c;",
        "",
        "09 01 05",
        {"k": 9, "u": {"y": 1}, "c": 5},
    ),
    "only a default": (
        "kind k; switch (k) { default: uint8 y; } u;",
        "",
        "09 01",
        {"k": 9, "u": {"y": 1}},
    ),
    "flags, first that matches": (
        "bits b; switch (b) { case X: uint8 x; case Y: uint16 y; } u;",
        "",
        "03 01",
        {"b": 3, "u": {"x": 1}},
    ),
    "flags, clear": (
        "bits b; switch (b) { case !Z: uint8 x; } u; switch (b) { case X: case !Y: uint8 y; } v;",
        "",
        "02 01",
        {"b": 2, "u": {"x": 1}, "v": None},
    ),
    "case of zeros": (
        "kind k; switch (k) { case A: uint16 z @zero; case B: uint8 y; } u; uint8 c;",
        "",
        "00 0000 05",
        {"k": 0, "u": None, "c": 5},
    ),
    "case that is constant": (
        "kind k; switch (k) { case A: uint16 x @virtual(3); } u; uint8 c;",
        "",
        "00 05",
        {"k": 0, "u": {"x": 3}, "c": 5},
    ),
    "case that is a descriptor": (
        "kind k; switch (k) { case A: unix_fd x; } u; uint8 c;",
        "",
        "00 05",
        {"k": 0, "u": {"x": None}, "c": 5},
    ),
    "case that is a struct": (
        "kind k; switch (k) { case A: Pair p; case B: Bytes b; } u; uint8 c;",
        BYTES,
        "01 01aa 05",
        {"k": 1, "u": {"b": {"n": 1, "d": {"hex": "aa"}}}, "c": 5},
    ),
    "case that is an array": (
        "kind k; uint8 n; switch (k) { case A: uint16 x[n]; case B: uint8 y[2]; } u; uint8 c;",
        "",
        "01 09 aabb 05",
        {"k": 1, "n": 9, "u": {"y": {"hex": "aabb"}}, "c": 5},
    ),
    "case that is a pointer": (
        "kind k; switch (k) { case A: Pair *p; case B: uint8 *q[2] @nonnull; } u; uint8 c;",
        "",
        "00 06000000 05 010200",
        {"k": 0, "u": {"p": {"a": 1, "b": 2}}, "c": 5},
    ),
    "case that is null": (
        "kind k; switch (k) { case A: Pair *p; } u; uint8 c;",
        "",
        "00 00000000 05",
        {"k": 0, "u": {"p": None}, "c": 5},
    ),
    "pointer before a case": (
        "Pair *p; kind k; switch (k) { case A: uint8 x; case B: Pair *q; } u;",
        "",
        "09000000 01 0c000000 010200 030400",
        {"p": {"a": 1, "b": 2}, "k": 1, "u": {"q": {"a": 3, "b": 4}}},
    ),
    "selector in a struct": (
        "H h; switch (h.k) { case A: uint8 x; } u;",
        "struct H { uint8 a; kind k; };",
        "01 00 05",
        {"h": {"a": 1, "k": 0}, "u": {"x": 5}},
    ),
    "constant selector": (
        "kind k @virtual(1); switch (k) { case A: uint8 x; case B: uint16 y; } u;",
        "",
        "0500",
        {"k": 1, "u": {"y": 5}},
    ),
    "rest in a case": (
        "kind k; switch (k) { case A: uint16 x[]; case B: uint8 y[]; } u;",
        "",
        "00 0100",
        {"k": 0, "u": {"x": [1]}},
    ),
    "case that is called like the count in another": (
        "kind k; switch (k) { case A: uint8 n; default: Pair n; } u; uint8 d[n]; uint8 c;",
        "",
        "01 010200 05",
        {"k": 1, "u": {"n": {"a": 1, "b": 2}}, "d": {"hex": ""}, "c": 5},
    ),
    "case that is the count": (
        "kind k; switch (k) { case A: uint8 n; default: Pair n; } u; uint8 d[n]; uint8 c;",
        "",
        "00 02 aabb 05",
        {"k": 0, "u": {"n": 2}, "d": {"hex": "aabb"}, "c": 5},
    ),
    # Padded switches
    "padded, alone": (
        "kind k; switch (k) { case A: uint32 x; case B: uint8 y; } u @fixedsize;",
        "",
        "01 05 000000",
        {"k": 1, "u": {"y": 5}},
    ),
    "padded, largest": (
        "kind k; switch (k) { case A: uint32 x; case B: uint8 y; } u @fixedsize; uint8 c;",
        "",
        "00 01000000 05",
        {"k": 0, "u": {"x": 1}, "c": 5},
    ),
    "padded, no case": (
        "kind k; switch (k) { case A: uint32 x; case B: uint8 y; } u @fixedsize; uint8 c;",
        "",
        "07 00000000 05",
        {"k": 7, "u": None, "c": 5},
    ),
    "padded, constant case": (
        "kind k; switch (k) { case A: uint32 x @virtual(4); case B: uint8 y; } u @fixedsize;",
        "",
        "00 00",
        {"k": 0, "u": {"x": 4}},
    ),
    "padded, default": (
        "kind k; switch (k) { case A: uint16 x; default: uint8 z @zero; } u @fixedsize; uint8 r[];",
        "",
        "09 0000 aa",
        {"k": 9, "u": None, "r": {"hex": "aa"}},
    ),
    "padded, pointers": (
        "kind k; switch (k) { case A: Pair *p; case B: uint8 y; } u @fixedsize; uint8 c;",
        "",
        "00 06000000 05 010200",
        {"k": 0, "u": {"p": {"a": 1, "b": 2}}, "c": 5},
    ),
    "padded, nothing to pad": (
        "kind k; switch (k) { case A: Empty e; } u @fixedsize; uint8 c;",
        EMPTY,
        "00 05",
        {"k": 0, "u": {"e": {}}, "c": 5},
    ),
}


@pytest.mark.parametrize(("members", "types", "text", "fields"), LAYOUTS.values(), ids=LAYOUTS)
def test_a_layout_is_read_and_written(members, types, text, fields):
    made(members, types).check_both_ways(text, fields)


@pytest.mark.parametrize(("members", "types", "text", "fields"), LAYOUTS.values(), ids=LAYOUTS)
def test_a_layout_cut_short_has_the_same_verdict(members, types, text, fields):
    message = made(members, types)
    wire = text.replace(" ", "")
    for size in range(0, len(wire), 2):
        try:
            message.decode(wire[:size])
        except DecodeError:
            continue


def test_the_old_dialect_has_pointers_of_eight_bytes():
    message = made("Pair *p; uint8 n; uint8 d[n]; Pair *q;", dialect=1)
    message.check_both_ways(
        "1200000000000000 01 aa 1500000000000000 010200 030400",
        {"p": {"a": 1, "b": 2}, "n": 1, "d": {"hex": "aa"}, "q": {"a": 3, "b": 4}},
    )


#: name → members, types, bytes, where it is refused
MALFORMED = {
    "negative count": ("int8 n; uint8 d[n];", "", "ff 00", "d: counts -1 elements"),
    "negative count of numbers": ("int8 n; uint16 d[n];", "", "ff 0000", "d: counts -1"),
    "negative size": ("int8 n; Pair d[bytes(n, k)];", "", "ff 0000", "d: counts -1"),
    "negative constant": ("int8 n @virtual(-1); uint8 d[n];", "", "00", "d: counts -1"),
    "negative width": (
        "int8 w; uint8 h; uint8 d[image_size(8, w, h)];",
        "",
        "ff 00",
        "d: counts -1",
    ),
    "negative rows": (
        "uint8 w; int8 h; uint8 d[image_size(1, w, h)];",
        "",
        "00 fe",
        "d: counts -2",
    ),
    "negative sides": (
        "int8 w; int8 h; uint8 d[image_size(8, w, h)];",
        "",
        "fe fd 010203040506",
        "d: counts -",
    ),
    "half an element": ("uint16 d[];", "", "01 02 03", "d: 3 bytes are no whole number"),
    "half a struct": ("Bytes d[];", BYTES, "02 01", "Bytes.d: needs 2 bytes, 1 are left"),
    "elements past their size": (
        "uint8 s; Bytes d[bytes(s, n)]; uint8 c[3];",
        BYTES,
        "02 02aa bbcc",
        "Bytes.d: needs 2 bytes, 1 are left",
    ),
    "numbers past their size": (
        "uint8 s; uint16 d[bytes(s, n)]; uint8 c[3];",
        "",
        "03 0100 0200 0000",
        "d: elements end at byte 5, counted to 4",
    ),
    "structs past their size": (
        "uint8 s; Pair d[bytes(s, n)]; uint8 c;",
        "",
        "04 010200 030400",
        "d: elements end at byte 7, counted to 5",
    ),
    "size past the message": ("uint8 s; Pair d[bytes(s, n)];", "", "06 010200", "d: needs 6 bytes"),
    "padding missing": (
        "kind k; switch (k) { case A: uint32 x; case B: uint8 y; } u @fixedsize;",
        "",
        "07 000000",
        "u: needs 4 bytes, 3 are left",
    ),
    "pointed list too long": ("uint8 n; Pair *p[n];", "", "02 05000000 010200", "p: needs 6 bytes"),
    "pointed number cut off": ("uint32 *p;", "", "04000000 0700", "ends after 6 bytes"),
    "pointed case outside": (
        "kind k; switch (k) { case A: Pair *p; } u;",
        "",
        "00 ff000000",
        "u.p: points to byte 255 of a message of 5 bytes",
    ),
    "null case": (
        "kind k; switch (k) { case A: Pair *p @nonnull; } u;",
        "",
        "00 00000000",
        "u.p: the pointer is null",
    ),
}


@pytest.mark.parametrize(("members", "types", "text", "why"), MALFORMED.values(), ids=MALFORMED)
def test_malformed_bytes_are_refused(members, types, text, why):
    with pytest.raises(DecodeError, match=why):
        made(members, types).decode(text)


KEYED = "kind k; switch (k) { case A: Pair p; case B: uint8 y; case C: uint16 z @zero; } u;"

#: name → members, types, fields, where it is refused
UNSENDABLE: dict[str, tuple[str, str, dict[str, object], str]] = {
    "negative sides": (
        "int8 w; int8 h; uint8 d[image_size(8, w, h)];",
        "",
        {"w": -1, "h": -2, "d": {"hex": "0102"}},
        "d: is an image of -1 by -2",
    ),
    "negative constant side": (
        "int8 w @virtual(-1); int8 h; uint8 d[image_size(8, w, h)];",
        "",
        {"h": -2, "d": {"hex": "0102"}},
        "d: is an image of -1 by -2",
    ),
    "constant list too short": ("uint16 x[2];", "", {"x": [1]}, "x: has 1 elements, needs 2"),
    "constant bytes too long": ("uint8 x[2];", "", {"x": {"hex": "aabbcc"}}, "x: has 3 bytes"),
    "constant bytes behind a pointer": (
        "uint8 *x[2];",
        "",
        {"x": {"hex": "aa"}},
        "x: has 1 bytes, needs 2",
    ),
    "image behind a pointer": (
        "uint8 w; uint8 h; uint8 *p[image_size(1, w, h)];",
        "",
        {"w": 8, "h": 2, "p": {"hex": "aa"}},
        "p: has 1 bytes, 1 bits by 8 by 2 need 2",
    ),
    "numbers counted in bytes": (
        "uint8 s; uint16 x[bytes(s, n)];",
        "",
        {"s": 2, "x": [1, 2]},
        "x: has 4 bytes, s says 2",
    ),
    "structs counted in bytes": (
        "uint8 s; Pair x[bytes(s, n)];",
        "",
        {"s": 1, "x": [{"a": 1, "b": 2}]},
        "x: has 3 bytes, s says 1",
    ),
    "pointed structs counted in bytes": (
        "uint8 s; Pair *x[bytes(s, n)];",
        "",
        {"s": 1, "x": [{"a": 1, "b": 2}]},
        "x: has 3 bytes, s says 1",
    ),
    "null counted in bytes": (
        "uint8 s; Pair *x[bytes(s, n)];",
        "",
        {"s": 1, "x": None},
        "x: has 0 elements, being null, s says 1",
    ),
    "fault in structs counted in bytes": (
        "uint8 s; Pair x[bytes(s, n)];",
        "",
        {"x": [{"a": 1, "b": 2}, {"a": 1, "b": -2}]},
        r"x\[1\].b: -2 is outside",
    ),
    "constant": ("uint8 a @virtual(7);", "", {"a": 8}, "a: is always 7, not 8"),
    "null for ever": ("Pair *p @virtual(0);", "", {"p": 0}, "p: is always null, not 0"),
    "null": ("Pair *p @nonnull;", "", {"p": None}, "p: must not be null"),
    "null list": ("uint8 n; Pair *p[n] @nonnull;", "", {"p": None}, "p: must not be null"),
    "empty list": ("uint8 n; Pair *p[n] @nonnull;", "", {"p": []}, "p: must not be null, and what"),
    "empty struct": ("Empty *p @nonnull;", EMPTY, {"p": {}}, "p: must not be null, and what is"),
    "struct that is empty": (
        "Loose *p @nonnull;",
        LOOSE,
        {"p": {"d": {"hex": ""}}},
        "p: must not be null, and what is empty is written as null",
    ),
    "case without a value": (KEYED, "", {"k": 0, "u": None}, r'u: must be \{"p": …\} where k is 0'),
    "case with another value": (KEYED, "", {"k": 1, "u": {"p": 1}}, r'u: must be \{"y": …\}'),
    "case with a fault": (
        KEYED,
        "",
        {"k": 0, "u": {"p": {"a": 1, "b": -1}}},
        "u.p.b: -1 is outside",
    ),
    "case of zeros with a value": (
        KEYED,
        "",
        {"k": 7, "u": {"z": 0}},
        "u: must be null where k is 7",
    ),
    "no case with a value": (KEYED, "", {"k": 9, "u": {"y": 0}}, "u: must be null where k is 9"),
}


@pytest.mark.parametrize(("members", "types", "fields", "why"), UNSENDABLE.values(), ids=UNSENDABLE)
def test_fields_that_cannot_be_sent_are_refused(members, types, fields, why):
    with pytest.raises(EncodeError, match=f"^{why}"):
        made(members, types).encode(fields)


#: What takes no bytes is written as null, wherever its pointer stands.
EMPTY_TARGETS: dict[str, tuple[str, str, dict[str, object], str]] = {
    "struct": ("uint8 a; Empty *p;", EMPTY, {"a": 1, "p": {}}, "01 00000000"),
    "struct in the middle": (
        "Empty *p; uint8 n; uint8 d[n]; Pair *q;",
        EMPTY,
        {"p": {}, "d": {"hex": "aa"}, "q": {"a": 1, "b": 2}},
        "00000000 01 aa 0a000000 010200",
    ),
    "struct that is empty": (
        "uint8 a; Loose *p;",
        LOOSE,
        {"a": 1, "p": {"d": {"hex": ""}}},
        "01 00000000",
    ),
    "then another": (
        "Loose *p; Pair *q;",
        LOOSE,
        {"p": {"d": {"hex": ""}}, "q": {"a": 1, "b": 2}},
        "00000000 08000000 010200",
    ),
    "empty structs": ("Empty *p[2];", EMPTY, {"p": [{}, {}]}, "00000000"),
    "bytes": ("uint8 n; uint8 *p[n];", "", {"p": {"hex": ""}}, "00 00000000"),
    "numbers": ("uint8 n; uint16 *p[n];", "", {"p": []}, "00 00000000"),
}


@pytest.mark.parametrize(
    ("members", "types", "fields", "text"), EMPTY_TARGETS.values(), ids=EMPTY_TARGETS
)
def test_an_empty_target_is_written_as_null(members, types, fields, text):
    assert made(members, types).encode(fields) == text.replace(" ", "")


def test_a_struct_that_must_not_be_null_is_fine_where_it_is_not_empty():
    made("Loose *p @nonnull;", LOOSE).check_both_ways("04000000 aa", {"p": {"d": {"hex": "aa"}}})


# Values of the wrong kind, which only a program can give


def refusal(message) -> str:
    with pytest.raises(EncodeError) as caught:
        message.write()
    return str(caught.value)


@pytest.mark.parametrize(
    ("members", "values", "why"),
    [
        ("Pair *p;", {"p": 7}, "p: must be a Pair, not int"),
        ("Pair *p; uint8 x[];", {"p": 7, "x": b""}, "p: must be a Pair, not int"),
        ("Pair *p @nonnull;", {"p": None}, "p: must not be null"),
        ("Bytes x[];", {"x": [7]}, "x[0]: must be a Bytes, not int"),
        ("uint8 n; Bytes *x[n];", {"x": [7]}, "x[0]: must be a Bytes, not int"),
        ("Pair x[];", {"x": [7]}, "x[0]: must be a Pair, not int"),
        ("uint8 x[3];", {"x": "abc"}, "x: must be bytes, not str"),
        ("uint8 x[3];", {"x": [1, 2, 3]}, "x: must be bytes, not list"),
        ("uint8 x[2];", {"x": array("H", [1, 2])}, "x: has 4 bytes, needs 2"),
        ("uint8 *x[3];", {"x": "abc"}, "x: must be bytes, not str"),
        ("uint8 n; uint8 x[n];", {"x": "abc"}, "x: must be bytes, not str"),
        (KEYED, {"k": 0, "u": 7}, "u.p: must be a Pair, not int"),
        (KEYED, {"k": 1, "u": None}, "u.y: must be a number, not NoneType"),
        (KEYED, {"k": 7, "u": 7}, "u: must be None where k is 7"),
        ("uint8 a @virtual(7);", {"a": None}, "a: is always 7, not None"),
    ],
)
def test_values_of_the_wrong_kind_are_refused(members, values, why):
    message = made(members, BYTES)
    assert refusal(message.kind(**values)) == why


def test_a_fault_in_a_pointed_number_is_named():
    assert refusal(made("uint8 *p;").kind(p=300)) == "p: 300 is outside 0..255"


def test_other_rows_of_bytes_are_written_whole():
    assert made("uint8 x[4];").kind(x=array("H", [1, 2])).write() == array("H", [1, 2]).tobytes()
