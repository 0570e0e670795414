"""The body of a SEARCH as a query.

Source: RFC 5323 §2.2, §4.1, §5.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, get_args

from caraway.webdav.errors import BadRequest, HTTPError
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
    Query,
    SchemaQuestion,
    Scope,
)
from caraway.webdav.store.interface import PropertyName
from caraway.webdav.walk import Depth
from caraway.webdav.xml.parser import DAV, Element, parse
from caraway.webdav.xml.requests import ALLPROP, MAX_NAMES, Propfind

#: Operators in one query: each is judged for every resource in the scopes.
MAX_OPERATORS: Final = 64
MAX_SCOPES: Final = 16
MAX_ORDER_KEYS: Final = 16

#: Characters of a literal or a pattern.
MAX_LITERAL: Final = 4096

_INSTANCE: Final = "http://www.w3.org/2001/XMLSchema-instance"

_NUMBERS: Final = (
    "integer decimal float double long int short byte nonNegativeInteger positiveInteger"
    " nonPositiveInteger negativeInteger unsignedLong unsignedInt unsignedShort unsignedByte"
)
#: Types of XML Schema that literals may have.
_KINDS: Final[dict[str, Kind]] = {
    **dict.fromkeys(_NUMBERS.split(), "number"),
    "dateTime": "time",
    "date": "time",
    "boolean": "boolean",
    "string": "string",
}


def read_search(body: bytes) -> Query | SchemaQuestion:
    """What a SEARCH asks.

    Raises:
        BadRequest: It is no search, lacks a part or has one twice, or asks too much at once.
        HTTPError: 422: it uses a grammar or an operator that is not known here.
    """
    root = parse(body)
    if root.name == (DAV, "query-schema-discovery"):
        return SchemaQuestion(_scopes(_grammar(root), default=True))
    if root.name != (DAV, "searchrequest"):
        raise BadRequest(f"XML body is a {root.name[1]:.40}, needs DAV:searchrequest")
    discovery = root.find("query-schema-discovery")
    if discovery is not None:
        return SchemaQuestion(_scopes(_grammar(discovery), default=True))
    search = _grammar(root)
    where = _optional(search, "where")
    order = _optional(search, "orderby")
    limit = _optional(search, "limit")
    return Query(
        _select(_one(search, "select")),
        _scopes(search),
        _Conditions().read(_only_child(where)) if where is not None else None,
        _order(order) if order is not None else (),
        read_limit(limit) if limit is not None else None,
    )


def read_limit(limit: Element) -> int:
    """The number in a ``limit`` element.

    Raises:
        BadRequest: There is none, or it is no whole number.

    Source: RFC 5323 §5.17, which RFC 6578 §3.7 takes over.
    """
    text = _one(limit, "nresults").text.strip()
    if not (text.isascii() and text.isdigit() and len(text) <= 10):
        raise BadRequest(f"nresults is '{text:.20}', it has to be a whole number")
    return int(text)


def _grammar(element: Element) -> Element:
    children = element.children
    if len(children) != 1:
        raise BadRequest(f"{element.name[1]} has {len(children)} elements, needs exactly one")
    if children[0].name != (DAV, "basicsearch"):
        raise HTTPError(
            422,
            f"the grammar {children[0].name[1]:.40} is not known here: use DAV:basicsearch",
            condition="search-grammar-supported",
        )
    return children[0]


def _optional(parent: Element, local: str) -> Element | None:
    found = [child for child in parent.children if child.name == (DAV, local)]
    if len(found) > 1:
        raise BadRequest(f"{parent.name[1]:.40} has {len(found)} {local} elements, needs one")
    return found[0] if found else None


def _one(parent: Element, local: str) -> Element:
    found = _optional(parent, local)
    if found is None:
        raise BadRequest(f"{parent.name[1]:.40} has no {local} element, needs one")
    return found


def _only_child(parent: Element) -> Element:
    children = parent.children
    if len(children) != 1:
        raise BadRequest(f"{parent.name[1]:.40} has {len(children)} elements, needs exactly one")
    return children[0]


def _select(select: Element) -> Propfind:
    wanted = _only_child(select)
    if wanted.name == (DAV, "allprop"):
        return ALLPROP
    if wanted.name != (DAV, "prop"):
        raise BadRequest(f"select has {wanted.name[1]:.40}, needs prop or allprop")
    names = tuple(dict.fromkeys(child.name for child in wanted.children))
    if len(names) > MAX_NAMES:
        raise BadRequest(f"selects {len(names)} properties, at most {MAX_NAMES} are answered")
    return Propfind("prop", names)


def _scopes(search: Element, *, default: bool = False) -> tuple[Scope, ...]:
    """The scopes; where they may be left out, the target of the request with all below it."""
    origin = _optional(search, "from")
    if origin is None and default:
        return (Scope("", "infinity"),)
    origin = _one(search, "from")
    found = [_scope(child) for child in origin.children if child.name == (DAV, "scope")]
    if not 0 < len(found) <= MAX_SCOPES:
        raise BadRequest(f"from has {len(found)} scopes, needs 1 to {MAX_SCOPES}")
    return tuple(found)


def _scope(scope: Element) -> Scope:
    depth = _one(scope, "depth").text.strip().lower()
    for each in get_args(Depth):
        if each == depth:
            return Scope(_one(scope, "href").text.strip(), each)
    raise BadRequest(f"depth is '{depth:.20}', a scope takes 0, 1 or infinity")


def _order(order: Element) -> tuple[Order, ...]:
    found = [_order_key(child) for child in order.children if child.name == (DAV, "order")]
    if not 0 < len(found) <= MAX_ORDER_KEYS:
        raise BadRequest(f"orderby has {len(found)} order elements, needs 1 to {MAX_ORDER_KEYS}")
    return tuple(found)


def _order_key(order: Element) -> Order:
    if order.find("score") is not None:
        raise HTTPError(422, "results have no score here: order them by properties")
    ascending, descending = order.find("ascending"), order.find("descending")
    if ascending is not None and descending is not None:
        raise BadRequest("order is ascending and descending, needs at most one of both")
    return Order(_name(order), descending is not None, _is_caseless(order))


def _name(operator: Element) -> PropertyName:
    """The one property that an operator is about."""
    return _only_child(_one(operator, "prop")).name


def _is_caseless(element: Element) -> bool:
    value = _attribute(element, ("", "caseless")) or "no"
    if value not in ("yes", "no"):
        raise BadRequest(f"caseless is '{value:.20}', it has to be yes or no")
    return value == "yes"


def _attribute(element: Element, name: PropertyName) -> str | None:
    return next((value for each, _, value in element.attributes if each == name), None)


def _text(element: Element) -> str:
    if element.children:
        raise BadRequest(f"{element.name[1]:.40} has elements inside, needs text")
    if len(element.text) > MAX_LITERAL:
        raise BadRequest(
            f"{element.name[1]:.40} has {len(element.text)} characters, {MAX_LITERAL} are allowed"
        )
    return element.text


class _Conditions:
    """Reads conditions, and counts them. The parser limits how deep they nest."""

    def __init__(self) -> None:
        self._count = 0

    def read(self, element: Element) -> Condition:
        self._count += 1
        if self._count > MAX_OPERATORS:
            raise BadRequest(f"where has more than {MAX_OPERATORS} operators")
        space, local = element.name
        if space == DAV:
            if local in ("and", "or"):
                parts = tuple(self.read(child) for child in element.children)
                if not parts:
                    raise BadRequest(f"{local} has no condition inside, needs at least one")
                return And(parts) if local == "and" else Or(parts)
            if local == "not":
                return Not(self.read(_only_child(element)))
            for operator in get_args(Operator):
                if local == operator:
                    return _compare(operator, element)
            if local in _READERS:
                return _READERS[local](element)
        raise HTTPError(
            422, f"the operator {local:.40} is not known here: ask for the query schema"
        )


def _compare(operator: Operator, element: Element) -> Compare:
    typed = _optional(element, "typed-literal")
    plain = _optional(element, "literal")
    literal = typed if typed is not None else plain
    if literal is None or (typed is not None and plain is not None):
        raise BadRequest(f"{operator} needs exactly one of literal and typed-literal")
    kind = _kind(typed) if typed is not None else None
    return Compare(operator, _name(element), _text(literal), kind, _is_caseless(element))


def _kind(literal: Element) -> Kind:
    name = (_attribute(literal, (_INSTANCE, "type")) or "string").strip().rpartition(":")[2]
    if name not in _KINDS:
        raise HTTPError(422, f"literals of the type {name:.40} are not known here")
    return _KINDS[name]


def _like(element: Element) -> Like:
    pattern = _text(_one(element, "literal"))
    return Like(_name(element), read_pattern(pattern), _is_caseless(element))


def read_pattern(pattern: str) -> tuple[tuple[str | None, ...], ...]:
    r"""The pattern of a ``like``, in segments.

    Raises:
        BadRequest: A ``\`` stands before something other than ``%``, ``_`` and ``\``.

    Source: RFC 5323 §5.14.

    >>> read_pattern("a_%50\\%")
    (('a', None), ('5', '0', '%'))
    """
    segments: list[tuple[str | None, ...]] = []
    segment: list[str | None] = []
    chars = iter(pattern)
    for char in chars:
        if char == "%":
            segments.append(tuple(segment))
            segment = []
        elif char == "\\":
            escaped = next(chars, "")
            if escaped not in ("%", "_", "\\"):
                raise BadRequest(
                    f"pattern with a '\\' that stands before no %, _ or \\: {pattern:.80}"
                )
            segment.append(escaped)
        else:
            segment.append(None if char == "_" else char)
    segments.append(tuple(segment))
    return tuple(segments)


def _contains(element: Element) -> Contains:
    words = " ".join(_text(element).split())
    if not words:
        raise BadRequest("contains has no text, needs some")
    return Contains(words.casefold())


_READERS: Final[dict[str, Callable[[Element], Condition]]] = {
    "like": _like,
    "contains": _contains,
    "is-collection": lambda element: IsCollection(),
    "is-defined": lambda element: IsDefined(_name(element)),
    "language-defined": lambda element: LanguageDefined(_name(element)),
    "language-matches": lambda element: LanguageMatches(
        _name(element), _text(_one(element, "literal")).strip()
    ),
}
