"""Finding out which field cannot be sent."""

from __future__ import annotations

from enum import IntEnum

import pytest

from caraway.errors import EncodeError
from caraway.wire import schema as s
from caraway.wire.explain import explain
from caraway.wire.record import Record
from tests.unit.wire.samples import Chain, Nothing, Point, kind, record

CAUSE = ValueError("the cause")
POINT = s.Nested(Point)


class Kind(IntEnum):
    TEXT = 1
    SIZE = 2
    NONE = 3


def refusal(sample: Record, minor: int | None = None) -> str:
    error = explain(sample, CAUSE, minor)
    assert isinstance(error, EncodeError)
    assert error.path == "" or str(error).startswith(f"{error.path}: ")
    return str(error)


#: Where nothing is wrong with the fields themselves.
NO_FIELD = "Sample cannot be written: the cause"


def of(kind_: s.Kind, value: object) -> str:
    """Why a record with one such field cannot be written."""
    return refusal(record(s.Field("a", "a", kind_), a=value))


def test_a_record_without_a_fault_is_refused_for_its_cause():
    assert refusal(record(s.Field("a", "a", s.U8), a=1)) == NO_FIELD


def test_a_field_may_be_missing():
    assert refusal(record(s.Field("class", "class_", s.U8))) == "class: is not set"


@pytest.mark.parametrize(
    ("number", "value", "why"),
    [
        (s.U8, 255, None),
        (s.U8, True, None),
        (s.U8, Kind.TEXT, None),
        (s.U8, 256, "256 is outside 0..255"),
        (s.U8, -1, "-1 is outside 0..255"),
        (s.I16, -32769, "-32769 is outside -32768..32767"),
        (s.U64, 2**200, "a number of 201 bits is outside 0..18446744073709551615"),
        (s.Number(0, 255, Kind), 999, "999 is outside 0..255"),
        (s.U8, None, "must be a number, not NoneType"),
        (s.U8, 1.0, "must be a number, not float"),
        (s.U8, "1", "must be a number, not str"),
    ],
)
def test_numbers_have_their_range(number, value, why):
    assert of(number, value) == (NO_FIELD if why is None else f"a: {why}")


def test_a_descriptor_is_never_at_fault():
    assert of(s.FD, object()) == NO_FIELD


def test_a_struct_is_looked_into():
    assert of(POINT, Point(1, 2)) == NO_FIELD
    assert of(POINT, Point(1, 256)) == "a.y: 256 is outside 0..255"
    assert of(POINT, (1, 2)) == "a: must be a Point, not tuple"


# Constants


@pytest.mark.parametrize(
    ("kind_", "constant", "value", "why"),
    [
        (s.U8, 7, 7, None),
        (s.U8, 7, 8, "is always 7, not 8"),
        (s.U8, 0, 0, None),
        (s.U8, 0, None, "is always 0, not None"),
        (s.U8, 0, 2**200, "is always 0, not a number of 201 bits"),
        (s.Reference(POINT, False), 0, None, None),
        (s.Reference(POINT, False), 0, Point(1, 2), "is always None, not Point(x=1, y=2)"),
    ],
)
def test_constants_are_constant(kind_, constant, value, why):
    made = record(s.Field("a", "a", kind_, constant=constant), a=value)
    assert refusal(made) == (NO_FIELD if why is None else f"a: {why}")


# Minors


@pytest.mark.parametrize(
    ("minor", "why"),
    [(None, "a: 256 is outside 0..255"), (1, "a: 256 is outside 0..255"), (0, NO_FIELD)],
)
def test_fields_that_a_minor_leaves_out_are_not_at_fault(minor, why):
    assert refusal(record(s.Field("a", "a", s.U8, minor=1), a=256), minor) == why


# Arrays


@pytest.mark.parametrize("value", [b"ab", bytearray(b"ab"), memoryview(b"ab")])
def test_any_buffer_is_bytes(value):
    assert of(s.Octets(2), value) == NO_FIELD
    assert of(s.Octets(None), value) == NO_FIELD
    assert of(s.Octets(3), value) == "a: has 2 bytes, needs 3"


@pytest.mark.parametrize(("value", "name"), [("ab", "str"), (None, "NoneType"), ([1], "list")])
def test_other_things_are_no_bytes(value, name):
    assert of(s.Octets(None), value) == f"a: must be bytes, not {name}"


@pytest.mark.parametrize("value", [[1, 2], (1, 2)])
def test_lists_and_tuples_are_lists(value):
    assert of(s.Items(s.U16, None), value) == NO_FIELD
    assert of(s.Items(s.U16, 3), value) == "a: has 2 elements, needs 3"


def test_other_things_are_no_lists():
    assert of(s.Items(s.U16, None), {1, 2}) == "a: must be a list, not set"


def test_an_element_is_named_by_its_index():
    assert of(s.Items(s.U16, None), [1, 2, -3]) == "a[2]: -3 is outside 0..65535"
    assert of(s.Items(POINT, None), [Point(1, 2), Point(300, 2)]) == "a[1].x: 300 is outside 0..255"


def counted(kind_: s.Kind, value: object, count: object) -> str:
    fields = (s.Field("n", "n_", s.Number(-10, 10, None)), s.Field("a", "a", kind_))
    return refusal(record(*fields, n_=count, a=value))


@pytest.mark.parametrize(
    ("kind_", "value", "count", "why"),
    [
        (s.Octets(("n",)), b"ab", 2, None),
        (s.Octets(("n",)), b"ab", 3, "a: has 2 bytes, n says 3"),
        (s.Items(s.U16, ("n",)), [1, 2], 2, None),
        (s.Items(s.U16, ("n",)), [1, 2], 1, "a: has 2 elements, n says 1"),
        (s.Items(s.U16, ("n",), True), [1, 2], 4, None),
        (s.Items(s.U16, ("n",), True), [1, 2], 2, "a: has 4 bytes, n says 2"),
        (s.Items(POINT, ("n",), True), [Point(1, 2)], 2, None),
        (s.Items(POINT, ("n",), True), [Point(1, 2)], 1, "a: has 2 bytes, n says 1"),
        (s.Items(s.Reference(s.U8, False), ("n",), True), [None], 0, None),
        (s.Octets(("n",)), b"ab", None, "n: must be a number, not NoneType"),
        (s.Octets(("gone",)), b"ab", 2, "a: its count gone is None"),
    ],
)
def test_counts_must_fit(kind_, value, count, why):
    assert counted(kind_, value, count) == (NO_FIELD if why is None else why)


@pytest.mark.parametrize(
    ("bits", "width", "rows", "length", "why"),
    [
        (8, 3, 2, 6, None),
        (1, 9, 2, 4, None),
        (4, 3, 2, 4, None),
        (4, 3, 2, 3, "a: has 3 bytes, 4 bits by 3 by 2 need 4"),
        (8, -3, -2, 6, "a: is an image of -3 by -2"),
        (8, 3, -2, 0, "a: is an image of 3 by -2"),
    ],
)
def test_images_have_their_size(bits, width, rows, length, why):
    fields = (
        s.Field("w", "w", s.I8),
        s.Field("h", "h", s.I8),
        s.Field("a", "a", s.Octets(s.Image(bits, ("w",), ("h",)))),
    )
    made = record(*fields, w=width, h=rows, a=bytes(length))
    assert refusal(made) == (NO_FIELD if why is None else why)


@pytest.mark.parametrize("missing", ["w", "h"])
def test_an_image_without_a_size_is_not_the_one_at_fault(missing):
    size = s.Image(8, ("w",), ("h",))
    fields = (s.Field("w", "w", s.FD), s.Field("h", "h", s.FD), s.Field("a", "a", s.Octets(size)))
    assert refusal(record(*fields, **{"w": 1, "h": 1, missing: None}, a=b"")) == NO_FIELD


# Pointers


@pytest.mark.parametrize(
    ("target", "nonnull", "value", "why"),
    [
        (POINT, False, None, None),
        (POINT, True, None, "a: must not be null"),
        (POINT, True, Point(1, 2), None),
        (POINT, False, Point(1, 256), "a.y: 256 is outside 0..255"),
        (POINT, False, 7, "a: must be a Point, not int"),
        (s.Octets(None), True, b"a", None),
        (s.Octets(None), False, b"", None),
        (s.Octets(None), True, b"", "a: must not be null, and what is empty is written as null"),
        (s.Octets(None), True, memoryview(b""), "a: must not be null, and what is empty"),
        (s.Items(s.U8, None), True, [], "a: must not be null, and what is empty"),
        (s.Nested(Nothing), True, Nothing(), "a: must not be null, and what is empty"),
        (s.Nested(Nothing), False, Nothing(), None),
        (s.U8, True, 0, None),
        (s.Octets(2), False, None, None),
        (s.Octets(s.Image(8, ("w",), ("h",))), False, None, None),
        (s.Octets(None), False, None, None),
    ],
)
def test_pointers_lead_to_what_can_be_sent(target, nonnull, value, why):
    assert of(s.Reference(target, nonnull), value).startswith(NO_FIELD if why is None else why)


@pytest.mark.parametrize("target", [s.Octets(("n",)), s.Items(s.U16, ("n",))])
def test_a_null_pointer_counts_nothing(target):
    pointer = s.Reference(target, False)
    assert counted(pointer, None, 0) == NO_FIELD
    assert counted(pointer, None, 2) == "a: has 0 elements, being null, n says 2"


def test_chains_are_followed():
    chain = Chain(1, Chain(2, Chain(300)))
    assert refusal(chain) == "tail.tail.number: 300 is outside 0..255"


# Unions

UNION = s.Union(
    ("kind",),
    False,
    (
        s.Choice(((1, False),), "text", s.Octets(None)),
        s.Choice(((2, False),), "size", s.U8),
        s.Choice(((3, False),), "none", None),
        s.Choice(((4, False),), "always", s.U8, constant=7),
        s.Choice(((5, False),), "newer", s.U8, minor=1),
    ),
)


def union(number: object, value: object, minor: int | None = None) -> str:
    fields = (s.Field("kind", "kind", s.FD), s.Field("u", "u", UNION))
    return refusal(record(*fields, kind=number, u=value), minor)


@pytest.mark.parametrize(
    ("number", "value", "why"),
    [
        (1, b"ab", None),
        (1, 7, "u.text: must be bytes, not int"),
        (1, None, "u.text: must be bytes, not NoneType"),
        (2, 300, "u.size: 300 is outside 0..255"),
        (3, None, None),
        (3, 7, "u: must be None where kind is 3"),
        (9, None, None),
        (9, 7, "u: must be None where kind is 9"),
        (4, 7, None),
        (4, 8, "u.always: is always 7, not 8"),
        (5, 300, "u.newer: 300 is outside 0..255"),
        (None, 7, "u: its selector kind is None"),
    ],
)
def test_a_union_holds_what_its_selector_says(number, value, why):
    assert union(number, value) == (NO_FIELD if why is None else why)


def test_a_case_that_a_minor_leaves_out_is_not_at_fault():
    assert union(5, 300, minor=0) == NO_FIELD


def test_the_selector_may_be_in_a_struct():
    head = kind(s.Field("kind", "kind", s.U8))
    deep = s.Union(("head", "kind"), False, UNION.choices)
    fields = (s.Field("head", "head", s.Nested(head)), s.Field("u", "u", deep))
    made = record(*fields, head=head(kind=9), u=1)
    assert refusal(made) == "u: must be None where head.kind is 9"


def test_a_number_that_python_cannot_print_is_refused_like_any_other():
    assert of(s.U8, 10**5000) == "a: a number of 16610 bits is outside 0..255"
