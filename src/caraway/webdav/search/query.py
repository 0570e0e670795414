"""What a basicsearch query asks.

Source: RFC 5323 §5.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from caraway.webdav.store.interface import PropertyName
from caraway.webdav.walk import Depth
from caraway.webdav.xml.requests import Propfind

#: How a value is compared: as text, as a number, as nanoseconds since 1970, as true or false.
Kind = Literal["string", "number", "time", "boolean"]

Operator = Literal["eq", "lt", "lte", "gt", "gte"]


@dataclass(frozen=True, slots=True)
class And:
    """All parts hold."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """One part holds."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The part does not hold."""

    part: Condition


@dataclass(frozen=True, slots=True)
class Compare:
    """A property compared with a literal, which stands on the right.

    Attributes:
        kind: What the literal says it is; None where it leaves that to the property.
        is_caseless: Text is compared without regard to case.
    """

    operator: Operator
    name: PropertyName
    literal: str
    kind: Kind | None = None
    is_caseless: bool = False


@dataclass(frozen=True, slots=True)
class Like:
    """A property compared with a pattern.

    Attributes:
        segments: What stands between the ``%`` of the pattern: characters, or
            None for any single one (``_``). One segment more than there are ``%``.
    """

    name: PropertyName
    segments: tuple[tuple[str | None, ...], ...]
    is_caseless: bool = False


@dataclass(frozen=True, slots=True)
class Contains:
    """The content of a file has this text, in any case."""

    text: str


@dataclass(frozen=True, slots=True)
class IsCollection:
    """The resource is a collection."""


@dataclass(frozen=True, slots=True)
class IsDefined:
    """The resource has the property."""

    name: PropertyName


@dataclass(frozen=True, slots=True)
class LanguageDefined:
    """The property says which language it is in."""

    name: PropertyName


@dataclass(frozen=True, slots=True)
class LanguageMatches:
    """The property is in a language of this range (RFC 4647 §3.3.1)."""

    name: PropertyName
    range: str


Condition = (
    And
    | Or
    | Not
    | Compare
    | Like
    | Contains
    | IsCollection
    | IsDefined
    | LanguageDefined
    | LanguageMatches
)


def size(condition: Condition) -> int:
    """How many conditions there are in a condition, itself included."""
    match condition:
        case And(parts) | Or(parts):
            return 1 + sum(map(size, parts))
        case Not(part):
            return 1 + size(part)
    return 1


@dataclass(frozen=True, slots=True)
class Scope:
    """Where to search.

    Attributes:
        href: As written: a URI, an absolute path, or a path from the target of the request.
    """

    href: str
    depth: Depth


@dataclass(frozen=True, slots=True)
class Order:
    """One key of the order of results."""

    name: PropertyName
    is_descending: bool = False
    is_caseless: bool = False


@dataclass(frozen=True, slots=True)
class Query:
    """A basicsearch.

    Attributes:
        select: The properties wanted of what is found.
        where: None where everything in the scopes is wanted.
        order: Later keys decide where earlier ones are equal.
        limit: Resources wanted at most; None for as many as there are.
    """

    select: Propfind
    scopes: tuple[Scope, ...]
    where: Condition | None = None
    order: tuple[Order, ...] = ()
    limit: int | None = None


@dataclass(frozen=True, slots=True)
class SchemaQuestion:
    """A question for what can be searched, instead of a search (RFC 5323 §4)."""

    scopes: tuple[Scope, ...]
