"""Reading by the model: every rule of the wire, with bytes that follow it and that break it."""

from __future__ import annotations

import pytest

from caraway.errors import DecodeError
from caraway.idl.interpret import Fields
from caraway.wire.limits import Limits
from tests.unit.idl.demo import Demo, demo


def refused(what: Demo, text: str, *words: str, position: int | None = None) -> None:
    """``text`` is no such message; the error has all the ``words``."""
    with pytest.raises(DecodeError) as caught:
        what.decode(text)
    for word in words:
        assert word in str(caught.value)
    assert caught.value.position == position


# Numbers and structs


@pytest.mark.parametrize(
    ("type_", "text", "value"),
    [
        ("uint8", "ff", 255),
        ("int8", "ff", -1),
        ("uint16", "0102", 0x0201),
        ("int16", "0080", -0x8000),
        ("uint32", "01020304", 0x04030201),
        ("int32", "feffffff", -2),
        ("uint64", "ffffffffffffffff", 2**64 - 1),
        ("int64", "ffffffffffffffff", -1),
        ("kind", "07", 7),
        ("kind", "63", 99),
        ("bits", "ff", 255),
    ],
)
def test_a_number_is_little_endian_and_any_value_of_an_enum_is_kept(
    type_: str, text: str, value: int
) -> None:
    assert demo(f"{type_} n;").decode(text) == {"n": value}


def test_members_are_packed() -> None:
    what = demo("uint8 a; int64 b; uint16 c;")
    assert what.decode("01 0200000000000000 0300") == {"a": 1, "b": 2, "c": 3}


def test_a_struct_inside_is_an_object() -> None:
    assert demo("Pair p; uint8 z;").decode("01 0200 03") == {"p": {"a": 1, "b": 2}, "z": 3}


def test_an_empty_message_has_no_members_and_any_bytes_may_follow() -> None:
    assert demo("").decode("") == {}
    assert demo("").decode("1234") == {}


def test_a_number_that_ends_early_is_refused() -> None:
    refused(demo("Pair p;"), "01 02", "p.b: needs 2 bytes at 1, 1 are left", position=1)


def test_a_descriptor_takes_no_bytes() -> None:
    assert demo("unix_fd fd; uint8 a;").decode("05") == {"fd": None, "a": 5}


@pytest.mark.parametrize("kind", [bytes, bytearray, memoryview])
def test_any_buffer_is_read(kind: type) -> None:
    what = demo("uint16 a;")
    assert what.interpreter.decode(what.message, kind(b"\x01\x02")) == {"a": 0x0201}


def test_a_buffer_of_larger_items_is_read_as_bytes() -> None:
    what = demo("uint8 a[];", limits=Limits(max_message=8))
    words = memoryview(bytes(8)).cast("I")
    assert what.interpreter.decode(what.message, words) == {"a": {"hex": "00" * 8}}


# Members that are not what they seem


def test_a_zero_member_is_read_and_dropped_whatever_it_holds() -> None:
    what = demo("uint8 a; uint16 pad @zero; uint8 b;")
    assert what.decode("01 ffff 02") == {"a": 1, "b": 2}
    refused(what, "01 ff", "pad: needs 2 bytes at 1, 1 are left", position=1)


def test_a_virtual_member_has_its_constant_and_takes_no_bytes() -> None:
    what = demo("uint8 a @virtual(9); uint8 b; Pair *p @virtual(0);")
    assert what.decode("01") == {"a": 9, "b": 1, "p": None}


MINOR = """
    uint8 a;
    uint16 n @minor(2);
    uint8 pad @zero @minor(2);
    uint8 d[n] @minor(2);
    uint8 e[3] @minor(2);
    Pair f[2] @minor(2);
    Pair g[n] @minor(2);
    Pair *p @minor(2);
    Odd s @minor(2);
    unix_fd fd @minor(2);
    kind k @minor(2);
    switch (k) { case A: uint8 x; } u @minor(2);
    uint8 z;
"""
ODD = "struct Odd { uint8 a; uint8 pad @zero; uint8 v @virtual(4); uint8 w[2]; };"


def test_members_of_a_later_minor_are_absent() -> None:
    absent: Fields = {"a": 0, "b": 0}
    expected: dict[str, Fields] = {
        "a": 1,
        "n": 0,
        "d": {"hex": ""},
        "e": {"hex": "000000"},
        "f": [absent, absent],
        "g": [],
        "p": None,
        "s": {"a": 0, "v": 4, "w": {"hex": "0000"}},
        "fd": None,
        "k": 0,
        "u": None,
        "z": 2,
    }
    assert demo(MINOR, ODD, minor=1).decode("01 02") == expected


@pytest.mark.parametrize("minor", [2, 3, None])
def test_from_their_minor_on_they_are_on_the_wire(minor: int | None) -> None:
    text = "01 0100 ff dd eeeeee 010200 030400 050600 00000000 07ff0809 00 05 02"
    assert demo(MINOR, ODD, minor=minor).decode(text) == {
        "a": 1,
        "n": 1,
        "d": {"hex": "dd"},
        "e": {"hex": "eeeeee"},
        "f": [{"a": 1, "b": 2}, {"a": 3, "b": 4}],
        "g": [{"a": 5, "b": 6}],
        "p": None,
        "s": {"a": 7, "v": 4, "w": {"hex": "0809"}},
        "fd": None,
        "k": 0,
        "u": {"x": 5},
        "z": 2,
    }


# Arrays


def test_an_array_of_bytes_is_hex_and_any_other_a_list() -> None:
    assert demo("uint8 n; uint8 d[n];").decode("02 abcd") == {"n": 2, "d": {"hex": "abcd"}}
    assert demo("uint8 n; int8 d[n];").decode("02 01ff") == {"n": 2, "d": [1, -1]}
    assert demo("uint8 n; kind d[n];").decode("02 0107") == {"n": 2, "d": [1, 7]}


def test_an_array_may_be_empty() -> None:
    assert demo("uint8 n; uint8 d[n];").decode("00") == {"n": 0, "d": {"hex": ""}}
    assert demo("uint8 n; Pair d[n];").decode("00") == {"n": 0, "d": []}


def test_a_constant_size_is_read_in_full() -> None:
    assert demo("uint8 d[2]; uint16 e[2];").decode("0102 0300 0400") == {
        "d": {"hex": "0102"},
        "e": [3, 4],
    }
    refused(demo("uint8 d[2];"), "01", "d: needs 2 bytes at 0, 1 are left", position=0)


def test_what_an_array_holds_is_bounded_before_it_is_built() -> None:
    refused(
        demo("uint32 n; Pair d[n];"),
        "ffffffff 010200",
        "d: 4294967295 elements of at least 3 bytes at 4, 3 are left",
        position=4,
    )
    refused(
        demo("uint64 n; uint8 d[n];"),
        "ffffffffffffffff 01",
        "d: needs 18446744073709551615 bytes at 8, 1 are left",
        position=8,
    )


def test_elements_of_varying_size_may_still_run_out() -> None:
    what = demo("uint8 n; Text t[n];", "struct Text { uint8 n; uint8 s[n]; };")
    assert what.decode("02 0161 00") == {
        "n": 2,
        "t": [{"n": 1, "s": {"hex": "61"}}, {"n": 0, "s": {"hex": ""}}],
    }
    refused(what, "02 0461 00", "t[0].s: needs 4 bytes at 2, 2 are left", position=2)


def test_a_signed_count_below_zero_is_refused() -> None:
    refused(demo("int8 n; uint16 d[n];"), "ff 0000", "d: a length of -1", position=1)


def test_a_rest_array_takes_everything_left() -> None:
    assert demo("uint8 a; uint8 d[];").decode("01 0203") == {"a": 1, "d": {"hex": "0203"}}
    assert demo("uint8 a; uint8 d[];").decode("01") == {"a": 1, "d": {"hex": ""}}
    assert demo("uint16 d[];").decode("0100 0200") == {"d": [1, 2]}
    assert demo("uint16 d[];").decode("") == {"d": []}


def test_a_rest_array_ends_with_a_whole_element() -> None:
    refused(demo("Pair d[];"), "010200 03", "d[1].b: needs 2 bytes at 4, 0 are left", position=4)


def test_a_count_may_be_in_an_earlier_switch() -> None:
    what = demo("bits f; switch (f) { case Y: uint8 n; } u; switch (f) { case Y: uint16 d[n]; } v;")
    assert what.decode("02 01 0500") == {"f": 2, "u": {"n": 1}, "v": {"d": [5]}}
    assert what.decode("01") == {"f": 1, "u": None, "v": None}


def test_a_count_that_is_not_on_the_wire_is_zero() -> None:
    what = demo("bits f; switch (f) { case Y: uint8 n; } u; uint8 d[n]; uint8 z;")
    assert what.decode("01 09") == {"f": 1, "u": None, "d": {"hex": ""}, "z": 9}
    late = demo("uint8 n @minor(1); uint8 d[n]; uint8 z;", minor=0)
    assert late.decode("09") == {"n": 0, "d": {"hex": ""}, "z": 9}


def test_a_count_may_be_virtual() -> None:
    assert demo("uint8 n @virtual(2); uint8 d[n];").decode("0102") == {
        "n": 2,
        "d": {"hex": "0102"},
    }


@pytest.mark.parametrize(
    ("bits", "width", "rows", "size"),
    [(1, 9, 2, 4), (1, 8, 2, 2), (4, 3, 2, 4), (8, 3, 2, 6), (8, 0, 5, 0), (1, 5, 0, 0)],
)
def test_rows_of_an_image_fill_whole_bytes(bits: int, width: int, rows: int, size: int) -> None:
    what = demo(f"uint8 w; uint8 h; uint8 d[image_size({bits}, w, h)];")
    payload = "ab" * size
    expected = {"w": width, "h": rows, "d": {"hex": payload}}
    assert what.decode(f"{width:02x}{rows:02x}{payload}") == expected
    if size:
        refused(what, f"{width:02x}{rows:02x}{payload[2:]}", f"d: needs {size} bytes", position=2)


def test_the_size_of_an_image_is_not_cut_to_64_bits() -> None:
    what = demo("uint64 w; uint64 h; uint8 d[image_size(8, w, h)];")
    refused(what, "ff" * 16, f"d: needs {(2**64 - 1) ** 2} bytes at 16", position=16)


def test_a_signed_image_size_below_zero_is_refused() -> None:
    what = demo("int8 w; int8 h; uint8 d[image_size(8, w, h)];")
    refused(what, "ffff 00", "d: an image of -1 by -1", position=2)
    refused(what, "01ff 00", "d: an image of 1 by -1", position=2)


# Arrays counted in bytes


SEGMENTS = ("uint8 n; Text t[bytes(n, c)]; uint8 z;", "struct Text { uint8 n; uint8 s[n]; };")


def test_elements_fill_a_byte_count_exactly() -> None:
    assert demo(*SEGMENTS).decode("05 026162 0163 09") == {
        "n": 5,
        "t": [{"n": 2, "s": {"hex": "6162"}}, {"n": 1, "s": {"hex": "63"}}],
        "z": 9,
    }
    assert demo(*SEGMENTS).decode("00 09") == {"n": 0, "t": [], "z": 9}
    plain = demo("uint8 n; uint8 t[bytes(n, c)]; uint8 z;")
    assert plain.decode("02 6162 09") == {"n": 2, "t": {"hex": "6162"}, "z": 9}


def test_an_element_cannot_read_past_its_byte_count() -> None:
    refused(
        demo(*SEGMENTS),
        "04 026162 0163 09",
        "t[1].s: needs 1 bytes at 5, 0 are left in the 4 bytes of the array",
        position=5,
    )


def test_a_byte_count_past_the_end_is_refused() -> None:
    refused(demo(*SEGMENTS), "06 026162 0163", "t: needs 6 bytes at 1, 5 are left", position=1)
    signed = demo("int8 n; Pair t[bytes(n, c)];")
    refused(signed, "fd 010200", "t: a length of -3", position=1)


# Pointers


def test_a_pointer_counts_from_the_first_byte() -> None:
    what = demo("uint8 a; Pair *p;")
    assert what.decode("01 05000000 020300") == {"a": 1, "p": {"a": 2, "b": 3}}
    assert what.decode("01 07000000 ffff 020300") == {"a": 1, "p": {"a": 2, "b": 3}}


def test_pointers_of_the_old_dialect_have_8_bytes() -> None:
    what = demo("Pair *p;", dialect=1)
    assert what.decode("0800000000000000 020300") == {"p": {"a": 2, "b": 3}}
    refused(what, "0800000001000000 020300", "p: points to byte 4294967304", position=0)


def test_a_pointer_leads_to_anything() -> None:
    assert demo("uint16 *p;").decode("04000000 0700") == {"p": 7}
    assert demo("kind *p;").decode("04000000 07") == {"p": 7}
    assert demo("uint8 *p[2];").decode("04000000 0708") == {"p": {"hex": "0708"}}
    assert demo("uint8 n; uint16 *p[n];").decode("02 05000000 0100 0200") == {
        "n": 2,
        "p": [1, 2],
    }
    assert demo("uint8 n; Pair *p[bytes(n, c)];").decode("03 05000000 010200") == {
        "n": 3,
        "p": [{"a": 1, "b": 2}],
    }


def test_null_is_none_whatever_its_count_says() -> None:
    assert demo("uint8 n; uint8 *p[n];").decode("09 00000000") == {"n": 9, "p": None}


def test_a_required_pointer_is_not_null() -> None:
    refused(demo("uint8 a; Pair *p @nonnull;"), "01 00000000", "p: null", position=1)


def test_an_empty_array_behind_a_pointer_is_empty_not_null() -> None:
    what = demo("uint8 n; uint8 *p[n] @nonnull;")
    assert what.decode("00 01000000") == {"n": 0, "p": {"hex": ""}}


@pytest.mark.parametrize("offset", ["08000000", "09000000", "ffffffff"])
def test_a_pointer_out_of_the_message_is_refused(offset: str) -> None:
    refused(demo("uint8 *p[1];"), f"{offset} 00000000", "p: points to byte", "8 bytes", position=0)


def test_a_target_fits_in_the_message() -> None:
    refused(demo("Pair *p;"), "05000000 0102", "p.b: needs 2 bytes at 6, 0 are left", position=6)


def test_targets_may_be_shared_and_anywhere() -> None:
    what = demo("uint8 *a[2]; uint8 *b[3];")
    assert what.decode("08000000 08000000 010203") == {
        "a": {"hex": "0102"},
        "b": {"hex": "010203"},
    }
    assert what.decode("03000000 01000000") == {"a": {"hex": "0001"}, "b": {"hex": "000000"}}


def test_a_pointer_in_a_byte_count_leads_out_of_it() -> None:
    what = demo("uint8 n; Ref t[bytes(n, c)]; uint8 z;", "struct Ref { uint8 *p[2]; };")
    assert what.decode("04 06000000 09 0a0b") == {"n": 4, "t": [{"p": {"hex": "0a0b"}}], "z": 9}


# Switches


ENUM = "kind k; switch (k) { case A: uint8 a; case B: case C: uint16 b; } u; uint8 z;"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("00 05 09", {"a": 5}),
        ("01 0500 09", {"b": 5}),
        ("07 0500 09", {"b": 5}),
        ("08 09", None),
    ],
)
def test_an_enum_selects_by_equality(text: str, value: Fields) -> None:
    fields = demo(ENUM).decode(text)
    assert (fields["u"], fields["z"]) == (value, 9)


def test_a_default_takes_what_is_left() -> None:
    what = demo("kind k; switch (k) { case A: uint8 a; default: uint16 b; } u;")
    assert what.decode("00 05")["u"] == {"a": 5}
    assert what.decode("63 0500")["u"] == {"b": 5}


def test_flags_select_by_the_first_bit_that_fits() -> None:
    what = demo("bits f; switch (f) { case Y: uint8 y; case X: uint16 x; case !Z: Pair n; } u;")
    assert what.decode("03 05")["u"] == {"y": 5}
    assert what.decode("01 0500")["u"] == {"x": 5}
    assert what.decode("00 010200")["u"] == {"n": {"a": 1, "b": 2}}
    assert what.decode("04")["u"] is None


def test_the_discriminator_may_be_in_a_struct_before() -> None:
    what = demo("Head h; switch (h.k) { case B: uint8 b; } u;", "struct Head { kind k; };")
    assert what.decode("01 05") == {"h": {"k": 1}, "u": {"b": 5}}


def test_a_case_that_is_zero_is_read_and_dropped() -> None:
    what = demo("kind k; switch (k) { case A: uint16 pad @zero; } u; uint8 z;")
    assert what.decode("00 ffff 09") == {"k": 0, "u": None, "z": 9}
    refused(what, "00 ff", "u.pad: needs 2 bytes at 1, 1 are left", position=1)


def test_a_case_may_take_no_bytes() -> None:
    what = demo(
        "kind k;switch (k) { case A: Nil n; case B: uint8 v @virtual(3); default: unix_fd f; } u;",
        "struct Nil { };",
    )
    assert what.decode("00")["u"] == {"n": {}}
    assert what.decode("01")["u"] == {"v": 3}
    assert what.decode("02")["u"] == {"f": None}


def test_a_case_may_be_absent() -> None:
    what = demo("kind k; switch (k) { case A: uint8 a @minor(1); } u;", minor=0)
    assert what.decode("00")["u"] == {"a": 0}


FIXED = "kind k; switch (k) { case A: uint8 a; case B: uint32 b; } u @fixedsize; uint8 z;"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("00 05eeeeee 09", {"a": 5}),
        ("01 05000000 09", {"b": 5}),
        ("07 eeeeeeee 09", None),
    ],
)
def test_a_fixed_size_switch_takes_as_much_as_its_largest_case(text: str, value: Fields) -> None:
    fields = demo(FIXED).decode(text)
    assert (fields["u"], fields["z"]) == (value, 9)


@pytest.mark.parametrize("text", ["00 050000", "01 050000", "07 050000"])
def test_the_padding_has_to_be_there(text: str) -> None:
    with pytest.raises(DecodeError, match=r"u.*: needs 4 bytes at 1, 3 are left"):
        demo(FIXED).decode(text)
