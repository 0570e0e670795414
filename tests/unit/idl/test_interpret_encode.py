"""Writing by the model: what is derived, what is refused, and where everything goes."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from caraway.errors import EncodeError
from caraway.idl import interpret_encode
from caraway.idl.interpret import Fields
from tests.unit.idl.demo import Demo, demo


def refused(what: Demo, fields: Mapping[str, object], path: str, *words: str) -> None:
    """``fields`` cannot be sent, because of the member at ``path``."""
    with pytest.raises(EncodeError) as caught:
        what.encode(fields)
    assert caught.value.path == path
    for word in words:
        assert word in str(caught.value)


# Numbers and structs


@pytest.mark.parametrize(
    ("type_", "least", "most"),
    [
        ("uint8", 0, 255),
        ("int8", -128, 127),
        ("uint16", 0, 65_535),
        ("int16", -32_768, 32_767),
        ("uint32", 0, 2**32 - 1),
        ("int32", -(2**31), 2**31 - 1),
        ("uint64", 0, 2**64 - 1),
        ("int64", -(2**63), 2**63 - 1),
        ("kind", 0, 255),
        ("bits", 0, 255),
    ],
)
def test_a_number_fits_its_type(type_: str, least: int, most: int) -> None:
    what = demo(f"{type_} n;")
    for value in (least, most):
        assert what.decode(what.encode({"n": value})) == {"n": value}
    for value in (least - 1, most + 1):
        refused(what, {"n": value}, "n", f"{value} does not fit", f"({least}..{most})")


def test_a_number_of_thousands_of_digits_is_refused_as_any_other() -> None:
    refused(demo("uint8 n;"), {"n": 10**5000}, "n", "a number of 16610 bits does not fit uint8")


@pytest.mark.parametrize(
    ("value", "what"),
    [
        (True, "a boolean"),
        (1.0, "a floating-point number"),
        ("1", "a string"),
        (None, "null"),
        ([1], "a list"),
        ({}, "an object"),
        (b"1", "of type bytes"),
    ],
)
def test_a_number_is_nothing_else(value: object, what: str) -> None:
    refused(demo("uint8 n;"), {"n": value}, "n", f"is {what}, needs a number (uint8)")


def test_members_are_packed() -> None:
    demo("uint8 a; int64 b; Pair p;").check_both_ways(
        "01 feffffffffffffff 02 0300", {"a": 1, "b": -2, "p": {"a": 2, "b": 3}}
    )


def test_every_member_is_needed() -> None:
    refused(demo("uint8 a; Pair p;"), {"a": 1}, "p", "is missing")
    refused(demo("uint8 a; Pair p;"), {"a": 1, "p": {"a": 1}}, "p.b", "is missing")
    refused(demo("uint8 *p[1];"), {}, "p", "is missing")
    refused(demo("uint8 d[];"), {}, "d", "is missing")


def test_nothing_else_is_taken() -> None:
    what = demo("uint8 a; Pair p;")
    refused(what, {"a": 1, "p": {"a": 1, "b": 2}, "q": 1}, "q", "there is no such member")
    refused(what, {"a": 1, "p": {"a": 1, "b": 2, "q": 1}}, "p.q", "there is no such member")
    refused(what, {"a": 1, "p": [1, 2]}, "p", "is a list, needs an object")
    with pytest.raises(EncodeError, match="no such member") as caught:
        demo("").encode({"a": 1})
    assert caught.value.hint == "there are none here"


def test_a_message_is_an_object() -> None:
    what = demo("uint8 a;")
    with pytest.raises(EncodeError, match=r"^is a list, needs an object$"):
        what.interpreter.encode(what.message, [])  # type: ignore[arg-type]  # the point


def test_a_descriptor_is_null_or_left_out() -> None:
    what = demo("unix_fd fd; uint8 a;")
    what.check_both_ways("05", {"fd": None, "a": 5})
    assert what.encode({"a": 5}) == "05"
    refused(what, {"fd": 3, "a": 5}, "fd", "is a number, but descriptors travel beside")


# Members that are not what they seem


def test_a_zero_member_is_written_and_never_given() -> None:
    what = demo("uint8 a; uint16 pad @zero; kind k @zero;")
    what.check_both_ways("01 0000 00", {"a": 1})
    refused(what, {"a": 1, "pad": 0}, "pad", "there is no such member")


def test_a_virtual_member_may_be_left_out_but_not_changed() -> None:
    what = demo("uint8 a @virtual(1); uint8 b; Pair *p @virtual(0);")
    what.check_both_ways("02", {"a": 1, "b": 2, "p": None})
    assert what.encode({"b": 2}) == "02"
    for value in (2, True, None, "1"):
        refused(what, {"a": value, "b": 2}, "a", "is always 1")
    refused(what, {"b": 2, "p": {"a": 1, "b": 1}}, "p", "is always null")


MINOR = "uint8 a; uint16 n @minor(2); uint8 pad @zero @minor(2); uint8 d[n] @minor(2); uint8 z;"


def test_members_of_a_later_minor_are_not_written() -> None:
    what = demo(MINOR, minor=1)
    what.check_both_ways("01 02", {"a": 1, "n": 0, "d": {"hex": ""}, "z": 2})
    assert what.encode({"a": 1, "z": 2}) == "0102"
    assert what.encode({"a": 1, "n": "x", "d": {"hex": "ff"}, "z": 2}) == "0102"


def test_from_their_minor_on_they_are() -> None:
    fields: dict[str, Fields] = {"a": 1, "n": 1, "d": {"hex": "dd"}, "z": 2}
    demo(MINOR, minor=2).check_both_ways("01 0100 00 dd 02", fields)
    demo(MINOR).check_both_ways("01 0100 00 dd 02", fields)
    refused(demo(MINOR, minor=2), {"a": 1, "z": 2}, "d", "is missing")


def test_a_count_outlives_an_array_that_the_minor_lacks() -> None:
    what = demo("uint8 n; uint8 d[n] @minor(1);", minor=0)
    what.check_both_ways("05", {"n": 5, "d": {"hex": ""}})
    assert what.encode({"d": {"hex": "0102"}}) == "00"


# Arrays


def test_a_count_is_derived_where_it_is_not_given() -> None:
    what = demo("uint16 n; uint8 d[n]; uint8 m; Pair e[m];")
    fields: dict[str, Fields] = {
        "n": 2,
        "d": {"hex": "abcd"},
        "m": 1,
        "e": [{"a": 1, "b": 2}],
    }
    what.check_both_ways("0200 abcd 01 010200", fields)
    assert what.encode({"d": fields["d"], "e": fields["e"]}) == "0200abcd01010200"
    assert what.encode({**fields, "n": None, "m": None}) == "0200abcd01010200"
    assert what.encode({"d": {"hex": ""}, "e": []}) == "000000"


def test_a_count_that_contradicts_is_refused() -> None:
    what = demo("Box x;", "struct Box { uint8 n; uint16 d[n]; };")
    refused(what, {"x": {"n": 3, "d": [1, 2]}}, "x.n", "is 3, but x.d has 2 elements")
    refused(what, {"x": {"n": True, "d": [1]}}, "x.n", "is a boolean, needs a number")


def test_a_derived_count_has_to_fit() -> None:
    what = demo("uint8 n; uint8 d[n];")
    refused(what, {"d": {"hex": "00" * 256}}, "n", "256 does not fit uint8 (0..255)")


def test_the_first_of_two_arrays_says_their_count() -> None:
    what = demo("uint8 n; uint8 a[n]; int8 b[n];")
    assert what.encode({"a": {"hex": "0102"}, "b": [3, 4]}) == "0201020304"
    refused(what, {"a": {"hex": "0102"}, "b": [3]}, "n", "is 2, but b has 1 elements")


def test_a_count_may_be_an_enum() -> None:
    assert demo("kind k; uint8 d[k];").encode({"d": {"hex": "0102"}}) == "020102"


def test_a_count_may_be_virtual() -> None:
    what = demo("uint8 n @virtual(2); uint8 d[n];")
    assert what.encode({"d": {"hex": "0102"}}) == "0102"
    refused(what, {"d": {"hex": "01"}}, "n", "is 2, but d has 1 elements")


COUNT_IN_CASE = "bits f; switch (f) { case Y: uint8 n; } u; switch (f) { case Y: int8 *d[n]; } v;"


def test_a_count_may_be_in_an_earlier_switch() -> None:
    what = demo(COUNT_IN_CASE)
    what.check_both_ways("02 02 06000000 0304", {"f": 2, "u": {"n": 2}, "v": {"d": [3, 4]}})
    what.check_both_ways("01", {"f": 1, "u": None, "v": None})
    for count in ({}, {"n": None}):
        assert what.encode({"f": 2, "u": count, "v": {"d": [3, 4]}}) == "0202060000000304"
    assert what.encode({"f": 2, "u": {}, "v": {"d": None}}) == "020000000000"
    refused(what, {"f": 2, "u": {"n": 1}, "v": {"d": [3, 4]}}, "u.n", "is 1, but v.d has 2")


def test_a_count_that_is_not_on_the_wire_is_zero() -> None:
    what = demo("bits f; switch (f) { case Y: uint8 n; } u; uint8 d[n];")
    assert what.encode({"f": 1, "u": None, "d": {"hex": ""}}) == "01"
    refused(what, {"f": 1, "u": None, "d": {"hex": "ff"}}, "u.n", "is 0, but d has 1 elements")


def test_a_count_without_its_array_is_free() -> None:
    what = demo("uint8 n; bits f; switch (f) { case X: uint16 d[n]; } u;")
    what.check_both_ways("05 02", {"n": 5, "f": 2, "u": None})
    assert what.encode({"f": 2, "u": None}) == "0002"
    assert what.encode({"f": 1, "u": {"d": [7]}}) == "01010700"


def test_a_count_cannot_be_derived_where_something_earlier_needs_it() -> None:
    what = demo("kind k; switch (k) { case B: uint8 b; } u; uint8 d[k];")
    assert what.encode({"k": 1, "u": {"b": 5}, "d": {"hex": "ff"}}) == "0105ff"
    refused(what, {"u": {"b": 5}, "d": {"hex": "ff"}}, "k", "has to be given")


def test_a_derived_count_serves_what_comes_after_its_array() -> None:
    what = demo("kind k; uint8 d[k]; switch (k) { case B: uint8 b; } u;")
    assert what.encode({"d": {"hex": "ff"}, "u": {"b": 5}}) == "01ff05"
    inner = demo(
        "Head h; switch (h.k) { case A: uint8 a; } u;",
        "struct Head { kind k; bits f; switch (f) { case X: uint8 d[k]; } v; };",
    )
    assert inner.encode({"h": {"f": 0, "v": None}, "u": {"a": 5}}) == "000005"


def test_a_constant_size_is_kept() -> None:
    what = demo("uint8 d[2]; uint16 e[2];")
    what.check_both_ways("0102 0300 0400", {"d": {"hex": "0102"}, "e": [3, 4]})
    refused(what, {"d": {"hex": "01"}, "e": [3, 4]}, "d", "has 1 elements, needs 2")
    refused(what, {"d": {"hex": "0102"}, "e": [3, 4, 5]}, "e", "has 3 elements, needs 2")


def test_a_rest_array_takes_any_length() -> None:
    demo("uint8 d[];").check_both_ways("", {"d": {"hex": ""}})
    demo("Pair d[];").check_both_ways("010200", {"d": [{"a": 1, "b": 2}]})


def test_an_image_has_the_length_of_its_size() -> None:
    what = demo("int8 w; int8 h; uint8 d[image_size(1, w, h)];")
    what.check_both_ways("09 02 01020304", {"w": 9, "h": 2, "d": {"hex": "01020304"}})
    short = {"w": 9, "h": 2, "d": {"hex": "010203"}}
    refused(what, short, "d", "has 3 elements, an image of 9 by 2 with 1 bits each needs 4")
    below = {"w": -9, "h": -2, "d": {"hex": "0102"}}
    refused(what, below, "d", "an image of -9 by -2 with 1 bits each needs a size")


def test_the_size_of_an_image_is_given_before_it() -> None:
    what = demo("uint8 w; uint8 d[image_size(8, w, w)]; uint8 e[w];")
    assert what.encode({"w": 1, "d": {"hex": "aa"}, "e": {"hex": "bb"}}) == "01aabb"
    refused(what, {"d": {"hex": "aa"}, "e": {"hex": "bb"}}, "w", "has to be given")


def test_elements_have_their_place_in_the_path() -> None:
    what = demo("uint8 n; Pair d[n];")
    refused(what, {"d": [{"a": 1, "b": 2}, {"a": 300, "b": 2}]}, "d[1].a", "300 does not fit")
    refused(what, {"d": [{"a": 1, "b": 2}, None]}, "d[1]", "is null, needs an object")
    refused(demo("kind d[];"), {"d": [1, "B"]}, "d[1]", "is a string, needs a number")


def test_an_element_is_given_even_if_the_array_has_the_name_of_a_count() -> None:
    refused(demo("uint8 n; uint16 d[n];"), {"d": [None]}, "d[0]", "is null, needs a number")


@pytest.mark.parametrize("value", [None, {"hex": "01"}, "0102", 3])
def test_a_list_is_a_list(value: object) -> None:
    refused(demo("uint16 d[];"), {"d": value}, "d", "needs a list")


def test_a_tuple_will_do() -> None:
    assert demo("uint16 d[];").encode({"d": (1, 2)}) == "01000200"


# Arrays counted in bytes


SEGMENTS = ("uint8 n; Text t[bytes(n, c)]; uint8 z;", "struct Text { uint8 n; uint8 s[n]; };")


def test_a_byte_count_is_what_the_elements_take() -> None:
    what = demo(*SEGMENTS)
    texts: list[Fields] = [{"n": 2, "s": {"hex": "6162"}}, {"n": 1, "s": {"hex": "63"}}]
    what.check_both_ways("05 026162 0163 09", {"n": 5, "t": texts, "z": 9})
    assert what.encode({"t": texts, "z": 9}) == "05026162016309"
    assert what.encode({"t": [], "z": 9}) == "0009"
    refused(what, {"n": 2, "t": texts, "z": 9}, "n", "is 2, but t has 5 bytes")


def test_a_byte_count_does_not_count_targets() -> None:
    what = demo("uint8 n; Ref t[bytes(n, c)];", "struct Ref { uint8 *p[2]; };")
    what.check_both_ways("04 05000000 0102", {"n": 4, "t": [{"p": {"hex": "0102"}}]})


def test_a_byte_count_behind_a_pointer() -> None:
    what = demo("uint8 n; Pair *t[bytes(n, c)];")
    what.check_both_ways("03 05000000 010200", {"n": 3, "t": [{"a": 1, "b": 2}]})
    what.check_both_ways("00 00000000", {"n": 0, "t": None})


# Pointers


def test_targets_follow_breadth_first() -> None:
    what = demo(
        "Node *a; uint8 *b[1]; Node *c;",
        "struct Node { uint8 id; Leaf *x; Leaf *y; }; struct Leaf { uint8 id; uint8 *z[1]; };",
    )

    def leaf(number: int) -> Fields:
        return {"id": number, "z": {"hex": f"{number + 0x80:02x}"}}

    what.check_both_ways(
        "0c000000 15000000 16000000"
        "01 1f000000 24000000"  # 0x0c: a
        "bb"  # 0x15: b
        "02 29000000 00000000"  # 0x16: c
        "11 2e000000"  # 0x1f: a.x
        "12 2f000000"  # 0x24: a.y
        "21 30000000"  # 0x29: c.x
        "91 92 a1",
        {
            "a": {"id": 1, "x": leaf(0x11), "y": leaf(0x12)},
            "b": {"hex": "bb"},
            "c": {"id": 2, "x": leaf(0x21), "y": None},
        },
    )


def test_pointers_of_the_old_dialect_have_8_bytes() -> None:
    demo("Pair *p; uint16 *q;", dialect=1).check_both_ways(
        "1000000000000000 0000000000000000 010200", {"p": {"a": 1, "b": 2}, "q": None}
    )


@pytest.mark.parametrize(
    ("members", "fields"),
    [
        ("uint8 n; uint8 *p[n];", {"p": {"hex": ""}}),
        ("uint8 n; uint16 *p[n];", {"p": []}),
        ("uint8 n; uint16 *p[n];", {"p": None}),
        ("uint8 n; uint16 *p[n];", {"n": 0, "p": None}),
        ("uint8 n; uint16 *p[bytes(n, c)];", {"p": None}),
        ("uint8 n @zero; Nil *p;", {"p": {}}),
        ("uint8 n @zero; uint8 *p[3];", {"p": None}),
    ],
)
def test_an_empty_target_is_null(members: str, fields: dict[str, object]) -> None:
    assert demo(members, "struct Nil { };").encode(fields) == "0000000000"


def test_the_count_of_a_null_pointer_is_zero() -> None:
    what = demo("uint8 n; uint8 *p[n];")
    refused(what, {"n": 1, "p": None}, "n", "is 1, but p has 0 elements")


def test_a_required_pointer_leads_somewhere() -> None:
    what = demo("Box x;", "struct Box { uint8 n; uint8 *p[n] @nonnull; };")
    refused(what, {"x": {"p": None}}, "x.p", "is null, but it must point somewhere")
    refused(what, {"x": {"p": {"hex": ""}}}, "x.p", "is empty and so would be null")
    assert what.encode({"x": {"p": {"hex": "ff"}}}) == "0105000000ff"


def test_an_error_behind_a_pointer_has_its_path() -> None:
    refused(demo("Pair *p;"), {"p": {"a": 1, "b": -1}}, "p.b", "-1 does not fit")
    refused(demo("uint16 *p;"), {"p": "x"}, "p", "is a string, needs a number")


def test_a_message_is_no_longer_than_a_header_can_tell(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(interpret_encode, "MAX_BODY", 6)
    what = demo("uint8 n; uint8 *p[n];")
    assert what.encode({"p": {"hex": "01"}}) == "010500000001"
    refused(what, {"p": {"hex": "0102"}}, "", "the message has 7 bytes, a header can tell 6")


# Switches


ENUM = "kind k; switch (k) { case A: uint8 a; case B: case C: Pair *p; } u;"


def test_the_discriminator_selects_the_case() -> None:
    what = demo(ENUM)
    what.check_both_ways("00 05", {"k": 0, "u": {"a": 5}})
    what.check_both_ways("07 05000000 010200", {"k": 7, "u": {"p": {"a": 1, "b": 2}}})
    what.check_both_ways("01 00000000", {"k": 1, "u": {"p": None}})
    what.check_both_ways("09", {"k": 9, "u": None})


def test_another_value_than_the_selected_case_is_refused() -> None:
    what = demo(ENUM)
    refused(what, {"k": 0, "u": None}, "u", "is null, but 'k' is 0, which selects 'a'")
    refused(what, {"k": 1, "u": None}, "u", "is null, but 'k' is 1, which selects 'p'")
    refused(what, {"k": 0, "u": {"p": None}}, "u.p", "there is no such member")
    refused(what, {"k": 0, "u": {"a": 5, "p": None}}, "u.p", "there is no such member")
    refused(what, {"k": 0, "u": {}}, "u.a", "is missing")
    refused(what, {"k": 0, "u": 5}, "u", "is a number, needs an object")
    refused(what, {"k": 9, "u": {"a": 5}}, "u", "is an object, but 'k' is 9, which selects nothing")
    refused(what, {"k": 0, "u": {"a": 256}}, "u.a", "256 does not fit")
    refused(what, {"k": 0}, "u", "is missing")
    assert what.encode({"k": 9, "u": None}) == "09"


def test_flags_select_by_the_first_bit_that_fits() -> None:
    what = demo("bits f; switch (f) { case Y: uint8 y; case !Z: uint16 x; } u;")
    what.check_both_ways("07 05", {"f": 7, "u": {"y": 5}})
    what.check_both_ways("01 0500", {"f": 1, "u": {"x": 5}})
    what.check_both_ways("04", {"f": 4, "u": None})


def test_the_discriminator_may_be_in_a_struct_before() -> None:
    what = demo("Head h; switch (h.k) { case B: uint8 b; } u;", "struct Head { kind k; };")
    what.check_both_ways("01 05", {"h": {"k": 1}, "u": {"b": 5}})
    refused(what, {"h": {"k": 0}, "u": {"b": 5}}, "u", "'h.k' is 0")


def test_a_case_that_is_zero_is_written_from_nothing() -> None:
    what = demo("kind k; switch (k) { case A: uint16 pad @zero; } u;")
    what.check_both_ways("00 0000", {"k": 0, "u": None})
    refused(what, {"k": 0, "u": {}}, "u", "which selects nothing")


NOTHING = """
    kind k;
    switch (k) {
    case A: uint8 v @virtual(3);
    case B: unix_fd f;
    case C: uint8 m @minor(1);
    default: Nil n;
    } u;
"""


def test_a_case_may_take_no_bytes() -> None:
    what = demo(NOTHING, "struct Nil { };", minor=0)
    what.check_both_ways("00", {"k": 0, "u": {"v": 3}})
    what.check_both_ways("01", {"k": 1, "u": {"f": None}})
    what.check_both_ways("07", {"k": 7, "u": {"m": 0}})
    what.check_both_ways("63", {"k": 99, "u": {"n": {}}})
    nothing: tuple[object, ...] = (None, {})
    for number in (0, 1, 7):
        for value in nothing:
            assert what.encode({"k": number, "u": value}) == f"{number:02x}"
    refused(what, {"k": 0, "u": {"v": 4}}, "u.v", "is always 3")
    refused(what, {"k": 99, "u": None}, "u", "selects 'n'")


def test_a_fixed_size_switch_is_padded_with_zeros() -> None:
    what = demo("kind k; switch (k) { case A: uint8 a; case B: uint32 b; } u @fixedsize; uint8 z;")
    what.check_both_ways("00 05000000 09", {"k": 0, "u": {"a": 5}, "z": 9})
    what.check_both_ways("01 05060708 09", {"k": 1, "u": {"b": 0x08070605}, "z": 9})
    what.check_both_ways("07 00000000 09", {"k": 7, "u": None, "z": 9})


# The input


def test_what_is_given_stays_as_it_is() -> None:
    what = demo("uint8 n; Pair d[n]; kind k; switch (k) { case A: uint8 a; } u;")
    fields: dict[str, object] = {"n": None, "d": [{"a": 1, "b": 2}], "k": 0, "u": {"a": 1}}
    before = repr(fields)
    what.encode(fields)
    assert repr(fields) == before
