"""Whether a resource is what is searched for, and where it stands among others.

Conditions are true, false or unknown (None), which is what a comparison with
a property is that the resource does not have; found is what they are true of.

Source: RFC 5323 §5.5, §5.6.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any, Final

from caraway.webdav.search.query import (
    And,
    Compare,
    Condition,
    Contains,
    IsCollection,
    IsDefined,
    LanguageDefined,
    Like,
    Not,
    Or,
    Order,
)
from caraway.webdav.search.values import (
    SEARCHED,
    Candidate,
    Value,
    cast,
    is_defined,
    kind_of,
    language_of,
    value_of,
)

#: Characters of a property that ``like`` looks at: matching takes time by the
#: product of both lengths. Nothing is known of longer ones.
MAX_LIKE: Final = 4096
#: Characters by which results are ordered.
_SORTED: Final = 256

_OPERATORS: Final[dict[str, Callable[[Any, Any], bool]]] = {
    "eq": operator.eq,
    "lt": operator.lt,
    "lte": operator.le,
    "gt": operator.gt,
    "gte": operator.ge,
}


def judge(condition: Condition, candidate: Candidate) -> bool | None:
    """Whether a condition holds; None where that is unknown."""
    match condition:
        case And(parts):
            return _all(parts, candidate)
        case Or(parts):
            return _any(parts, candidate)
        case Not(part):
            outcome = judge(part, candidate)
            return None if outcome is None else not outcome
        case Compare():
            return _compare(condition, candidate)
        case Like():
            return _like(condition, candidate)
        case Contains(text):
            return candidate.has_text(text)
        case IsCollection():
            return candidate.entry.is_collection
        case IsDefined(name):
            return is_defined(candidate, name)
        case LanguageDefined(name):
            return language_of(candidate, name) is not None
    return _matches_language(language_of(candidate, condition.name), condition.range)


def _all(parts: tuple[Condition, ...], candidate: Candidate) -> bool | None:
    is_known = True
    for part in parts:
        outcome = judge(part, candidate)
        if outcome is False:
            return False
        is_known = is_known and outcome is not None
    return True if is_known else None


def _any(parts: tuple[Condition, ...], candidate: Candidate) -> bool | None:
    is_known = True
    for part in parts:
        outcome = judge(part, candidate)
        if outcome:
            return True
        is_known = is_known and outcome is not None
    return False if is_known else None


def _compare(condition: Compare, candidate: Candidate) -> bool | None:
    name = condition.name
    kind = kind_of(name)
    if name not in SEARCHED:
        # What a dead property is, only the literal can say.
        kind = condition.kind or kind
    literal = cast(condition.literal, kind)
    value = value_of(candidate, name, kind)
    if value is None or literal is None:
        return None
    if condition.is_caseless:
        value, literal = _folded(value), _folded(literal)
    return _OPERATORS[condition.operator](value, literal)


def _folded(value: Value) -> Value:
    return value.casefold() if isinstance(value, str) else value


def _like(condition: Like, candidate: Candidate) -> bool | None:
    value = value_of(candidate, condition.name)
    if value is None:
        return None
    text = str(value)
    if len(text) > MAX_LIKE:
        return None
    return _matches(text, _expressions(condition))


def _matches(text: str, expressions: tuple[re.Pattern[str], ...]) -> bool:
    """Whether ``%`` in a pattern can stand for what is between the segments.

    Each segment is taken where it first fits: no later place could be better.
    One expression with ``.*`` in it would take time by a power of the length.
    """
    first, *middle, last = expressions
    found = first.match(text)
    if found is None:
        return False
    for each in middle:
        found = each.search(text, found.end())
        if found is None:
            return False
    return last.search(text, found.end()) is not None


@lru_cache(maxsize=64)
def _expressions(condition: Like) -> tuple[re.Pattern[str], ...]:
    """An expression for each segment; the last has to reach the end."""
    flags = re.DOTALL | (re.IGNORECASE if condition.is_caseless else 0)
    segments = condition.segments
    texts = [
        "".join("." if char is None else re.escape(char) for char in each) for each in segments
    ]
    *texts, last = texts
    # A pattern without % has to fit from the start, too.
    ending = rf"{last}\Z" if texts else rf"\A{last}\Z"
    return (*[re.compile(text, flags) for text in texts or [""]], re.compile(ending, flags))


def _matches_language(language: str | None, range_: str) -> bool | None:
    """Basic filtering: the range is the language, or a part of it up to a hyphen.

    Source: RFC 4647 §3.3.1.
    """
    if language is None:
        return None
    given, wanted = language.lower(), range_.lower()
    return wanted == "*" or given == wanted or given.startswith(f"{wanted}-")


# Order


class _Descending:
    """Sorts the other way round."""

    __slots__ = ("key",)

    def __init__(self, key: tuple[Any, ...]) -> None:
        self.key = key

    def __lt__(self, other: _Descending) -> bool:
        return bool(other.key < self.key)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Descending) and other.key == self.key

    __hash__ = None  # type: ignore[assignment]  # a place in an order, no key


def sort_key(order: tuple[Order, ...], candidate: Candidate) -> tuple[Any, ...]:
    """What results are ordered by; a property that is missing comes before all values."""
    return tuple(_sort_key(each, candidate) for each in order)


def _sort_key(order: Order, candidate: Candidate) -> tuple[Any, ...] | _Descending:
    value = value_of(candidate, order.name)
    if isinstance(value, str):
        value = value[:_SORTED]
    if value is not None and order.is_caseless:
        value = _folded(value)
    key: tuple[Any, ...] = (False,) if value is None else (True, value)
    return _Descending(key) if order.is_descending else key
