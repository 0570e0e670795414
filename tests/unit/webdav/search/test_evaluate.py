"""Conditions over resources, and their order (RFC 5323 §5.5, §5.6)."""

from __future__ import annotations

import re
from fnmatch import translate

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from caraway.webdav.search.evaluate import MAX_LIKE, judge, sort_key
from caraway.webdav.search.query import (
    And,
    Compare,
    Condition,
    Contains,
    IsCollection,
    IsDefined,
    Kind,
    LanguageDefined,
    LanguageMatches,
    Like,
    Not,
    Operator,
    Or,
    Order,
    size,
)
from caraway.webdav.search.reading import read_pattern
from caraway.webdav.store.interface import Entry
from tests.unit.webdav.search.candidates import Thing, dead, file

NAME = ("DAV:", "displayname")
LENGTH = ("DAV:", "getcontentlength")
MODIFIED = ("DAV:", "getlastmodified")
COLOUR = ("urn:x", "colour")

#: Conditions of every outcome.
YES, NO, UNKNOWN = IsCollection(), Not(IsCollection()), Contains("x")
COLLECTION = Thing(Entry("c", True, 0, 0, 0, ""))


@pytest.mark.parametrize(
    ("condition", "outcome"),
    [
        (YES, True),
        (NO, False),
        (UNKNOWN, None),
        (Not(UNKNOWN), None),
        (And((YES, YES)), True),
        (And((UNKNOWN, NO)), False),
        (And((YES, UNKNOWN)), None),
        (Or((NO, NO)), False),
        (Or((UNKNOWN, YES)), True),
        (Or((NO, UNKNOWN)), None),
        (And((UNKNOWN, UNKNOWN)), None),
    ],
)
def test_three_values(condition: Condition, outcome: bool | None) -> None:
    """RFC 5323 §5.5.3."""
    assert judge(condition, COLLECTION) is outcome


@pytest.mark.parametrize(
    ("condition", "outcome"),
    [
        (Compare("eq", NAME, "a.txt"), True),
        (Compare("eq", NAME, "A.TXT"), False),
        (Compare("eq", NAME, "A.TXT", None, True), True),
        (Compare("lt", NAME, "b"), True),
        (Compare("eq", LENGTH, " 12 "), True),
        (Compare("gt", LENGTH, "9"), True),
        (Compare("gt", LENGTH, "9", None, True), True),
        (Compare("lte", LENGTH, "11.5", "number"), False),
        (Compare("eq", LENGTH, "twelve"), None),
        (Compare("gte", MODIFIED, "1970-01-02T00:00:00Z"), True),
        (Compare("lt", MODIFIED, "Fri, 02 Jan 1970 00:00:01 GMT"), True),
        (Compare("lt", MODIFIED, "tomorrow"), None),
        (Compare("eq", COLOUR, "7"), True),
        (Compare("lt", COLOUR, "10"), False),
        (Compare("lt", COLOUR, "10", "number"), True),
        (Compare("eq", COLOUR, "x", "number"), None),
        (Compare("eq", ("urn:x", "none"), "x"), None),
        (Compare("eq", ("DAV:", "resourcetype"), ""), None),
        (IsDefined(COLOUR), True),
        (IsDefined(("urn:x", "none")), False),
        (Like(NAME, read_pattern("%.t_t")), True),
        (Like(NAME, read_pattern("A%"), True), True),
        (Like(NAME, read_pattern("A%")), False),
        (Like(LENGTH, read_pattern("1%")), True),
        (Like(("urn:x", "none"), read_pattern("%")), None),
        (LanguageDefined(COLOUR), True),
        (LanguageDefined(NAME), False),
        (LanguageMatches(COLOUR, "EN"), True),
        (LanguageMatches(COLOUR, "en-gb"), True),
        (LanguageMatches(COLOUR, "en-g"), False),
        (LanguageMatches(COLOUR, "*"), True),
        (LanguageMatches(NAME, "*"), None),
        (Contains("hello"), True),
        (Contains("bye"), False),
    ],
)
def test_conditions(condition: Condition, outcome: bool | None) -> None:
    colour = dead("colour", "7", ' xml:lang="en-GB"')
    thing = Thing(file(size=12, mtime_s=86_400), dict([colour]), "Say Hello")
    assert judge(condition, thing) is outcome


def test_nothing_is_known_of_a_text_too_long_for_a_pattern() -> None:
    pattern = Like(COLOUR, read_pattern("%"))
    for length, outcome in ((MAX_LIKE, True), (MAX_LIKE + 1, None)):
        assert judge(pattern, Thing(properties=dict([dead("colour", "x" * length)]))) is outcome


@given(st.text("ab%_", max_size=8), st.text("ab\n", max_size=12))
def test_patterns_match_as_a_regular_expression_would(pattern: str, text: str) -> None:
    """RFC 5323 §5.14, against the shell patterns of the standard library."""
    expected = re.match(translate(pattern.replace("%", "*").replace("_", "?")), text) is not None
    assert judge(Like(NAME, read_pattern(pattern)), Thing(file(text))) is expected


def test_conditions_are_counted() -> None:
    assert size(YES) == 1
    assert size(Or((YES, And((NO, UNKNOWN))))) == 6


# A model of the whole: over sizes and a property that may be missing or no number.

_LITERALS = ["0", "1", "2", "10", "x"]
_KINDS: list[Kind | None] = [None, "number", "string"]
_OPERATORS: list[Operator] = ["eq", "lt", "lte", "gt", "gte"]

_leaves: st.SearchStrategy[Condition] = st.one_of(
    st.just(IsCollection()),
    st.sampled_from([IsDefined(LENGTH), IsDefined(COLOUR)]),
    st.builds(
        Compare,
        st.sampled_from(_OPERATORS),
        st.sampled_from([LENGTH, COLOUR]),
        st.sampled_from(_LITERALS),
        st.sampled_from(_KINDS),
    ),
)
_conditions: st.SearchStrategy[Condition] = st.recursive(
    _leaves,
    lambda inner: st.one_of(
        st.builds(Not, inner),
        st.builds(And, st.lists(inner, min_size=1, max_size=3).map(tuple)),
        st.builds(Or, st.lists(inner, min_size=1, max_size=3).map(tuple)),
    ),
    max_leaves=8,
)


def _model(condition: Condition, size: int | None, colour: str | None) -> float:
    """The outcome as a number: 0 is false, 1 true, and a half unknown."""
    match condition:
        case Not(part):
            return 1 - _model(part, size, colour)
        case And(parts):
            return min(_model(part, size, colour) for part in parts)
        case Or(parts):
            return max(_model(part, size, colour) for part in parts)
        case IsCollection():
            return float(size is None)
        case IsDefined(name):
            return float((size if name == LENGTH else colour) is not None)
        case Compare(operator, name, literal, kind):
            return _model_compare(operator, name, literal, kind, size, colour)
    raise AssertionError(condition)


def _model_compare(
    operator: str,
    name: tuple[str, str],
    literal: str,
    kind: str | None,
    size: int | None,
    colour: str | None,
) -> float:
    left: str | int | None = size if name == LENGTH else colour
    right: str | int | None = literal
    if name == LENGTH or kind == "number":
        left = None if left is None or left == "x" else int(left)
        right = None if literal == "x" else int(literal)
    if left is None or right is None:
        return 0.5
    order = (left > right) - (left < right)  # type: ignore[operator]  # both are of one kind
    return float(
        {
            "eq": order == 0,
            "lt": order < 0,
            "lte": order <= 0,
            "gt": order > 0,
            "gte": order >= 0,
        }[operator]
    )


@given(
    _conditions,
    st.sampled_from([None, 0, 1, 2, 10, 11]),
    st.sampled_from([None, *_LITERALS]),
)
@settings(max_examples=300)
def test_outcomes_are_those_of_a_model(
    condition: Condition, size: int | None, colour: str | None
) -> None:
    entry = Entry("c", True, 0, 0, 0, "") if size is None else file(size=size)
    properties = dict([dead("colour", colour)]) if colour is not None else {}
    expected = {0.0: False, 0.5: None, 1.0: True}[_model(condition, size, colour)]
    assert judge(condition, Thing(entry, properties)) is expected


class TestOrder:
    """RFC 5323 §5.6."""

    def names(self, things: list[Thing], *order: Order) -> list[str]:
        found = sorted(things, key=lambda each: sort_key(order, each))
        return [each.entry.name for each in found]

    def test_several_keys_in_both_directions(self) -> None:
        things = [Thing(file(name, size=size)) for name, size in (("a", 1), ("b", 2), ("c", 1))]
        assert self.names(things, Order(LENGTH), Order(NAME, True)) == ["c", "a", "b"]
        assert self.names(things, Order(LENGTH, True), Order(NAME)) == ["b", "a", "c"]

    def test_what_is_missing_comes_first(self) -> None:
        things = [Thing(file("a")), Thing(file("b"), dict([dead("colour", "")]))]
        assert self.names(things, Order(COLOUR)) == ["a", "b"]
        assert self.names(things, Order(COLOUR, True)) == ["b", "a"]

    def test_case(self) -> None:
        things = [Thing(file(name)) for name in ("a", "B", "c")]
        assert self.names(things, Order(NAME)) == ["B", "a", "c"]
        assert self.names(things, Order(NAME, False, True)) == ["a", "B", "c"]
        assert self.names(things, Order(NAME, True, True), Order(LENGTH)) == ["c", "B", "a"]

    def test_equal_keys_keep_their_order(self) -> None:
        things = [Thing(file(name, size=1)) for name in ("b", "a")]
        assert self.names(things, Order(LENGTH, True), Order(LENGTH)) == ["b", "a"]
        assert sort_key((Order(LENGTH, True),), things[0])[0] != 1
