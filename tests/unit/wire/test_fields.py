"""Records as plain values, and back."""

from __future__ import annotations

import json
from enum import IntEnum
from typing import Any

import pytest

from caraway.errors import EncodeError
from caraway.wire import schema as s
from caraway.wire.fields import from_fields, to_fields
from caraway.wire.record import Record
from tests.unit.wire.samples import Chain, Echo, Point, kind, record


class Kind(IntEnum):
    TEXT = 1


POINT = s.Nested(Point)
UNION = s.Union(
    ("kind",),
    False,
    (
        s.Choice(((1, False),), "text", s.Octets(None)),
        s.Choice(((2, False),), "target", s.Reference(POINT, False)),
        s.Choice(((3, False),), "none", None),
        s.Choice(((4, False),), "always", s.U8, constant=7),
        s.Choice(((5, False),), "newer", s.U8, minor=1),
        s.Choice(((6, False),), "count", s.U8, derived=True),
        s.Choice(((7, False),), "handle", s.FD),
        s.Choice(((8, False),), "nowhere", s.Reference(POINT, False), constant=0),
    ),
)
SELECTED = (s.Field("kind", "kind", s.U8), s.Field("u", "u", UNION))


def plain(kind_: s.Kind, value: object) -> Any:
    """The plain value of a field."""
    return to_fields(record(s.Field("a", "a", kind_), a=value))["a"]


def value(kind_: s.Kind, plain: object) -> Any:
    """The value that a field has from a plain one."""
    return from_fields(kind(s.Field("a", "a", kind_)), {"a": plain}).a


def refusal(type_: type[Record], fields: Any, minor: int | None = None) -> str:
    with pytest.raises(EncodeError) as caught:
        from_fields(type_, fields, minor)
    return str(caught.value)


BOTH_WAYS = [
    (s.U8, 7, 7),
    (s.I64, -(2**63), -(2**63)),
    (POINT, Point(1, 2), {"x": 1, "y": 2}),
    (s.Octets(None), b"\x0a\xff", {"hex": "0aff"}),
    (s.Octets(None), b"", {"hex": ""}),
    (s.Items(s.U16, None), [1, 2], [1, 2]),
    (s.Items(POINT, None), [Point(1, 2)], [{"x": 1, "y": 2}]),
    (s.Items(s.U16, None), [], []),
    (s.Items(s.FD, None), [None], [None]),
    (s.Reference(POINT, False), Point(1, 2), {"x": 1, "y": 2}),
    (s.Reference(s.U8, True), 9, 9),
    (s.Reference(s.Octets(None), False), b"a", {"hex": "61"}),
    (s.Reference(POINT, False), None, None),
]


@pytest.mark.parametrize(("kind_", "rich", "poor"), BOTH_WAYS)
def test_values_and_plain_values_stand_for_each_other(kind_, rich, poor):
    assert plain(kind_, rich) == poor
    assert value(kind_, poor) == rich


def test_plain_values_are_what_json_has():
    made = plain(s.Number(0, 255, Kind), Kind.TEXT)
    assert (made, type(made)) == (1, int)
    assert plain(s.U8, True) == 1
    assert plain(s.Octets(None), memoryview(bytearray(b"a"))) == {"hex": "61"}
    assert plain(s.Items(s.U8, None), (1, 2)) == [1, 2]
    fields = to_fields(Chain(1, Chain(2)))
    assert json.loads(json.dumps(fields)) == fields


def test_a_record_has_names_of_the_description():
    class_ = kind(s.Field("class", "class_", s.U8))
    assert to_fields(class_(class_=3)) == {"class": 3}
    assert from_fields(class_, {"class": 3}).class_ == 3
    assert refusal(class_, {"class_": 3}) == "class_: Sample has no such field"


# What is refused


@pytest.mark.parametrize(
    ("kind_", "plain", "why"),
    [
        (s.U8, None, "must be a number, not null"),
        (s.U8, True, "must be a number, not true or false"),
        (s.U8, 1.5, "must be a number, not float"),
        (s.U8, {}, "must be a number, not an object"),
        (POINT, [], "must be an object, not a list"),
        (POINT, None, "must be an object, not null"),
        (s.Octets(None), "6162", 'must be {"hex": "…"}'),
        (s.Octets(None), {}, 'must be {"hex": "…"}'),
        (s.Octets(None), {"hex": "", "text": ""}, 'must be {"hex": "…"}'),
        (s.Octets(None), {"hex": 7}, "is not hexadecimal: 7"),
        (s.Octets(None), {"hex": "abc"}, "is not hexadecimal: 'abc'"),
        (s.Octets(None), {"hex": "x" * 99}, f"is not hexadecimal: '{'x' * 39}"),
        (s.Items(s.U8, None), {}, "must be a list, not an object"),
        (s.Items(s.U8, None), None, "must be a list, not null"),
        (s.FD, 3, "is always null, not 3"),
    ],
)
def test_a_plain_value_of_the_wrong_kind_is_refused(kind_, plain, why):
    assert refusal(kind(s.Field("a", "a", kind_)), {"a": plain}) == f"a: {why}"


@pytest.mark.parametrize("fields", [[], None, "text", 7])
def test_fields_must_be_an_object(fields):
    assert refusal(Point, fields).startswith("must be an object, not ")


def test_the_path_leads_to_what_is_wrong():
    line = kind(s.Field("points", "points", s.Items(POINT, None)))
    outer = kind(s.Field("line", "line", s.Reference(s.Nested(line), False)))
    fields = {"line": {"points": [{"x": 1, "y": 2}, {"x": 1}]}}
    assert refusal(outer, fields) == "line.points[1].y: is missing"
    fields["line"]["points"][1] |= {"y": 2, "z": 3}
    assert refusal(outer, fields) == "line.points[1].z: Point has no such field"


def test_ranges_are_judged_later():
    assert from_fields(Point, {"x": 300, "y": -1}) == Point(300, -1)


# Counts and constants


@pytest.mark.parametrize("given", [{}, {"size": None}])
def test_counts_may_be_left_out(given):
    assert from_fields(Echo, {**given, "data": {"hex": "6162"}}) == Echo(b"ab")


def test_a_count_that_is_given_is_kept():
    assert from_fields(Echo, {"size": 9, "data": {"hex": "6162"}}).size == 9
    assert refusal(Echo, {"size": "9", "data": {"hex": ""}}) == "size: must be a number, not str"


@pytest.mark.parametrize("given", [{}, {"a": 7}])
def test_constants_may_be_left_out(given):
    assert from_fields(kind(s.Field("a", "a", s.U8, constant=7)), given).a == 7


def test_a_pointer_that_is_always_null_may_be_left_out():
    type_ = kind(s.Field("a", "a", s.Reference(POINT, False), constant=0))
    assert from_fields(type_, {}).a is None
    assert from_fields(type_, {"a": None}).a is None


ONE = s.Field("n", "n", s.U8, derived=True)
COUNTED = s.Octets(("n",))


@pytest.mark.parametrize(
    ("fields", "given", "count"),
    [
        ([ONE, s.Field("a", "a", COUNTED)], {"a": {"hex": "6162"}}, 2),
        ([ONE, s.Field("a", "a", s.Items(s.U16, ("n",)))], {"a": [1, 2, 3]}, 3),
        ([ONE, s.Field("a", "a", s.Items(s.U16, ("n",), True))], {"a": [1, 2, 3]}, 6),
        ([ONE, s.Field("a", "a", s.Items(POINT, ("n",), True))], {"a": [{"x": 1, "y": 2}]}, 2),
        ([ONE, s.Field("a", "a", s.Items(POINT, ("n",), True))], {"a": [{"x": 300, "y": 2}]}, 0),
        ([ONE, s.Field("a", "a", s.Reference(COUNTED, False))], {"a": {"hex": "61"}}, 1),
        ([ONE, s.Field("a", "a", s.Reference(COUNTED, False))], {"a": None}, 0),
        ([ONE, s.Field("a", "a", COUNTED, minor=1)], {"a": {"hex": "61"}}, 0),
        ([ONE, *SELECTED], {"kind": 99, "u": None}, 0),
    ],
)
def test_counts_follow_from_their_arrays(fields, given, count):
    assert from_fields(kind(*fields), given, 0).n == count


def test_the_first_array_that_is_there_decides():
    newer = s.Field("a", "a", COUNTED, minor=1)
    type_ = kind(ONE, newer, s.Field("b", "b", COUNTED), s.Field("c", "c", COUNTED))
    assert from_fields(type_, {"b": {"hex": "61"}, "c": {"hex": ""}}, 0).n == 1


def test_a_count_that_something_needs_before_its_array_has_to_be_given():
    selected = kind(
        s.Field("kind", "kind", s.U8, derived=True),
        s.Field("u", "u", UNION),
        s.Field("a", "a", s.Octets(("kind",))),
    )
    left_out = {"u": None, "a": {"hex": "61"}}
    assert refusal(selected, left_out).startswith("kind: has to be given")
    assert from_fields(selected, {**left_out, "kind": 3}).kind == 3
    image = kind(
        ONE, s.Field("a", "a", s.Octets(s.Image(8, ("n",), ("n",)))), s.Field("b", "b", COUNTED)
    )
    sides = {"a": {"hex": "61"}, "b": {"hex": "61"}}
    assert refusal(image, sides).startswith("n: has to be given")
    assert from_fields(image, {**sides, "n": 1}).n == 1


def test_a_count_in_a_union_follows_from_an_array_behind_it():
    counting = s.Union(("kind",), False, (s.Choice(((1, False),), "n", s.U8, derived=True),))
    type_ = kind(
        s.Field("kind", "kind", s.U8),
        s.Field("u", "u", counting),
        s.Field("a", "a", s.Octets(("u",))),
    )
    made = from_fields(type_, {"kind": 1, "u": {}, "a": {"hex": "6162"}})
    assert made.u == 2
    assert from_fields(type_, {"kind": 0, "u": None, "a": {"hex": ""}}).u is None


def test_an_array_in_a_union_says_its_count():
    counted = s.Union(
        ("kind",),
        False,
        (s.Choice(((1, False),), "a", COUNTED), s.Choice(((2, False),), "b", COUNTED, minor=1)),
    )
    type_ = kind(ONE, s.Field("kind", "kind", s.U8), s.Field("u", "u", counted))
    assert from_fields(type_, {"kind": 1, "u": {"a": {"hex": "6162"}}}).n == 2
    assert from_fields(type_, {"kind": 0, "u": None}).n == 0
    assert from_fields(type_, {"kind": 2, "u": {"b": {"hex": "6162"}}}, 0).n == 0


@pytest.mark.parametrize(
    ("kind_", "constant", "given", "why"),
    [
        (s.U8, 7, 8, "is always 7, not 8"),
        (s.U8, 1, True, "is always 1, not True"),
        (s.U8, 7, "7", "is always 7, not '7'"),
        (s.U8, 7, None, "is always 7, not None"),
        (s.U8, 7, 2**200, "is always 7, not a number of 201 bits"),
        (s.Reference(POINT, False), 0, 0, "is always null, not 0"),
    ],
)
def test_constants_have_no_other_value(kind_, constant, given, why):
    type_ = kind(s.Field("a", "a", kind_, constant=constant))
    assert refusal(type_, {"a": given}) == f"a: {why}"


# Unions


@pytest.mark.parametrize(
    ("number", "rich", "poor"),
    [
        (1, b"a", {"text": {"hex": "61"}}),
        (2, Point(1, 2), {"target": {"x": 1, "y": 2}}),
        (2, None, {"target": None}),
        (3, None, None),
        (4, 7, {"always": 7}),
        (5, 1, {"newer": 1}),
        (6, 3, {"count": 3}),
        (7, None, {"handle": None}),
        (8, None, {"nowhere": None}),
        (99, None, None),
    ],
)
def test_a_union_is_named_by_its_case(number, rich, poor):
    type_ = kind(*SELECTED)
    fields = {"kind": number, "u": poor}
    assert to_fields(type_(kind=number, u=rich)) == fields
    made = from_fields(type_, fields)
    assert (made.kind, made.u) == (number, rich)


def test_a_union_without_a_value_is_null():
    """As an old protocol minor leaves it."""
    assert to_fields(kind(*SELECTED)(kind=1, u=None))["u"] is None
    newer = kind(SELECTED[0], s.Field("u", "u", UNION, minor=1))(kind=2, u=None)
    assert to_fields(newer, 0)["u"] is None
    assert to_fields(newer, 1)["u"] == to_fields(newer)["u"] == {"target": None}


@pytest.mark.parametrize("selector", [None, "text"])
def test_a_union_without_a_selector_is_null(selector):
    type_ = kind(s.Field("kind", "kind", s.FD), s.Field("u", "u", UNION))
    assert to_fields(type_(kind=None, u=b"a"))["u"] is None
    lost = kind(s.Field("u", "u", UNION))
    assert refusal(lost, {"u": {"text": None}}) == "u: must be null where kind is None"


@pytest.mark.parametrize(
    ("number", "poor", "why"),
    [
        (1, None, 'u: must be {"text": …} where kind is 1'),
        (1, {}, 'u: must be {"text": …} where kind is 1'),
        (1, {"target": None}, 'u: must be {"text": …} where kind is 1'),
        (1, {"text": {"hex": ""}, "target": None}, 'u: must be {"text": …} where kind is 1'),
        (1, [], 'u: must be {"text": …} where kind is 1'),
        (1, {"text": None}, 'u.text: must be {"hex": "…"}'),
        (2, None, 'u: must be {"target": …} where kind is 2'),
        (2, {"target": {"x": 1}}, "u.target.y: is missing"),
        (3, {"none": 0}, "u: must be null where kind is 3"),
        (99, {"text": None}, "u: must be null where kind is 99"),
        (2**200, {}, "u: must be null where kind is a number of 201 bits"),
        (4, {"always": 8}, "u.always: is always 7, not 8"),
        (4, {"always": None}, "u.always: is always 7, not None"),
        (4, 7, 'u: must be {"always": …} where kind is 4'),
        (6, None, 'u: must be {"count": …} where kind is 6'),
        (7, {"handle": 3}, "u.handle: is always null, not 3"),
        (8, {"nowhere": 0}, "u.nowhere: is always null, not 0"),
    ],
)
def test_a_union_must_fit_its_selector(number, poor, why):
    assert refusal(kind(*SELECTED), {"kind": number, "u": poor}) == why


def test_true_selects_nothing():
    lenient = kind(s.Field("kind", "kind", s.U8), s.Field("u", "u", UNION))
    assert refusal(lenient, {"kind": True, "u": {"text": None}}).startswith(
        "kind: must be a number"
    )


@pytest.mark.parametrize(
    ("number", "poor", "rich"),
    [
        (4, None, 7),
        (4, {}, 7),
        (6, {}, 0),
        (6, {"count": None}, 0),
        (7, None, None),
        (7, {}, None),
        (8, None, None),
    ],
)
def test_a_case_that_has_one_value_or_counts_may_be_left_out(number, poor, rich):
    assert from_fields(kind(*SELECTED), {"kind": number, "u": poor}).u == rich


def test_the_selector_may_be_in_a_struct():
    head = kind(s.Field("kind", "kind", s.U8))
    deep = s.Union(("head", "kind"), False, UNION.choices)
    outer = kind(s.Field("head", "head", s.Nested(head)), s.Field("u", "u", deep))
    fields = {"head": {"kind": 1}, "u": {"text": {"hex": "61"}}}
    assert to_fields(from_fields(outer, fields)) == fields
    assert refusal(outer, {"head": 7, "u": {}}) == "head: must be an object, not int"


# Minors


@pytest.mark.parametrize("given", [{}, {"a": None}, {"a": "anything"}])
@pytest.mark.parametrize(
    ("kind_", "absent"),
    [
        (s.U8, 0),
        (s.Octets(None), b""),
        (s.Octets(3), bytes(3)),
        (s.Octets(("n",)), b""),
        (s.Items(s.U8, None), []),
        (s.Items(POINT, 2), [Point(0, 0), Point(0, 0)]),
        (s.Reference(POINT, True), None),
        (UNION, None),
        (POINT, Point(0, 0)),
    ],
)
def test_what_an_old_minor_lacks_is_absent_whatever_is_given(kind_, absent, given):
    type_ = kind(s.Field("a", "a", kind_, minor=1))
    assert from_fields(type_, given, 0).a == absent


INNER = kind(
    s.Field("n", "n", s.U8),
    s.Field("c", "c", s.U8, constant=7),
    s.Field("p", "p", s.Reference(POINT, False), constant=0),
    s.Field("u", "u", UNION),
)


@pytest.mark.parametrize(
    ("kind_", "absent"),
    [
        (s.U8, 0),
        (s.Octets(None), {"hex": ""}),
        (s.Octets(3), {"hex": "000000"}),
        (s.Items(s.U8, ("n",)), []),
        (s.Items(POINT, 2), [{"x": 0, "y": 0}] * 2),
        (s.Reference(POINT, True), None),
        (UNION, None),
        (s.Nested(INNER), {"n": 0, "c": 7, "p": None, "u": None}),
    ],
)
def test_what_an_old_minor_lacks_is_shown_as_absent_whatever_it_is(kind_, absent):
    type_ = kind(s.Field("a", "a", kind_, minor=1))
    assert to_fields(type_(a="anything"), 0) == {"a": absent}
    assert to_fields(from_fields(type_, {}, 0), 0) == {"a": absent}


def test_a_case_that_an_old_minor_lacks_is_shown_as_absent():
    message = kind(*SELECTED)(kind=5, u=9)
    assert to_fields(message, 0) == {"kind": 5, "u": {"newer": 0}}
    assert to_fields(message) == {"kind": 5, "u": {"newer": 9}}


@pytest.mark.parametrize("minor", [None, 1, 2])
def test_what_a_minor_has_must_be_given(minor):
    type_ = kind(s.Field("a", "a", s.U8, minor=1))
    assert refusal(type_, {}, minor) == "a: is missing"
    assert from_fields(type_, {"a": 4}, minor).a == 4


def test_an_absent_struct_has_its_constants():
    inner = kind(s.Field("a", "a", s.U8, constant=7), s.Field("b", "b", s.U8))
    absent = from_fields(kind(s.Field("c", "c", s.Nested(inner), minor=1)), {}, 0).c
    assert (absent.a, absent.b) == (7, 0)


def test_a_minor_reaches_into_everything():
    newer = kind(s.Field("a", "a", s.U8, minor=1))
    nested = s.Nested(newer)
    choice = s.Union(("n",), False, (s.Choice((), "case", nested),))
    outer = kind(
        s.Field("n", "n", s.U8),
        s.Field("s", "s", nested),
        s.Field("l", "l", s.Items(nested, None)),
        s.Field("p", "p", s.Reference(nested, False)),
        s.Field("u", "u", choice),
    )
    fields: dict[str, object] = {"n": 1, "s": {}, "l": [{}], "p": {}, "u": {"case": {}}}
    made = from_fields(outer, fields, 0)
    assert [made.s.a, made.l[0].a, made.p.a, made.u.a] == [0, 0, 0, 0]
    assert refusal(outer, fields) == "s.a: is missing"


@pytest.mark.parametrize("poor", [None, {}, {"newer": None}, {"newer": "anything"}])
def test_a_case_that_a_minor_lacks_is_absent(poor):
    assert from_fields(kind(*SELECTED), {"kind": 5, "u": poor}, 0).u == 0
