"""The bodies of requests: PROPFIND, PROPPATCH, MKCOL and LOCK."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal

from caraway.webdav.errors import BadRequest, HTTPError
from caraway.webdav.store.interface import PropertyName
from caraway.webdav.xml.parser import DAV, Element, parse
from caraway.webdav.xml.writer import write


@dataclass(frozen=True, slots=True)
class Propfind:
    """What a PROPFIND asks for.

    Attributes:
        names: The properties wanted (``prop``) or wanted in addition
            (``allprop``), without repetition; empty for ``propname``.
    """

    kind: Literal["allprop", "propname", "prop"]
    names: tuple[PropertyName, ...] = ()


@dataclass(frozen=True, slots=True)
class Change:
    """One property to set, or to remove where ``value`` is None."""

    name: PropertyName
    value: Element | None


@dataclass(frozen=True, slots=True)
class LockRequest:
    """The body of a LOCK that asks for a new lock.

    Attributes:
        owner: The whole ``owner`` element as XML; empty where there is none.
    """

    is_exclusive: bool
    owner: str


ALLPROP: Final = Propfind("allprop")

#: Properties that one PROPFIND may name, and changes that one PROPPATCH may make.
MAX_NAMES: Final = 1_000

#: Bodies up to this size are kept with what they mean: clients repeat the same few.
_CACHED_BODY: Final = 2048


def read_propfind(body: bytes) -> Propfind:
    """What a PROPFIND asks for; without a body, all properties.

    Raises:
        BadRequest: It is no ``propfind`` with exactly one of ``propname``,
            ``allprop`` and ``prop``, or names too many properties.

    Source: RFC 4918 §9.1, §14.20.
    """
    if not body:
        return ALLPROP
    return _cached_propfind(body) if len(body) <= _CACHED_BODY else _read_propfind(body)


def _read_propfind(body: bytes) -> Propfind:
    root = _root(body, "propfind")
    kinds = [child for child in root.children if child.name in _PROPFIND_KINDS]
    if len(kinds) != 1:
        raise BadRequest(
            f"propfind has {len(kinds)} of propname, allprop and prop, needs exactly one"
        )
    kind = kinds[0]
    if kind.name == (DAV, "propname"):
        return Propfind("propname")
    if kind.name == (DAV, "prop"):
        return Propfind("prop", _names(kind))
    include = root.find("include")
    return Propfind("allprop", _names(include)) if include else ALLPROP


_PROPFIND_KINDS: Final = frozenset({(DAV, "propname"), (DAV, "allprop"), (DAV, "prop")})
_cached_propfind = lru_cache(maxsize=64)(_read_propfind)


def _names(element: Element) -> tuple[PropertyName, ...]:
    names = tuple(dict.fromkeys(child.name for child in element.children))
    # Each is written for every resource of a listing, found or not.
    if len(names) > MAX_NAMES:
        raise BadRequest(f"asks for {len(names)} properties, at most {MAX_NAMES} are answered")
    return names


def read_propertyupdate(body: bytes) -> tuple[Change, ...]:
    """The changes of a PROPPATCH, in document order.

    Raises:
        BadRequest: It is no ``propertyupdate``, or has no change or too many.

    Source: RFC 4918 §9.2, §14.19.
    """
    root = _root(body, "propertyupdate")
    changes: list[Change] = []
    for instruction in root.children:
        if instruction.name == (DAV, "set"):
            changes += _changes(instruction, is_removal=False)
        elif instruction.name == (DAV, "remove"):
            changes += _changes(instruction, is_removal=True)
    return _checked(changes, root)


def read_mkcol(body: bytes) -> tuple[Change, ...]:
    """The properties a new collection shall have, ``resourcetype`` among them; none without body.

    Raises:
        BadRequest: It is not well-formed, or sets no property or too many.
        HTTPError: 415, it is no ``mkcol``; RFC 4918 §9.3.

    Source: RFC 5689 §3, §5.1.
    """
    if not body:
        return ()
    root = parse(body)
    if root.name != (DAV, "mkcol"):
        raise HTTPError(415, f"MKCOL takes no {root.name[1]:.40} body: send DAV:mkcol or nothing")
    changes: list[Change] = []
    for instruction in root.children:
        if instruction.name == (DAV, "set"):
            changes += _changes(instruction, is_removal=False)
    return _checked(changes, root)


def _checked(changes: list[Change], root: Element) -> tuple[Change, ...]:
    if not 0 < len(changes) <= MAX_NAMES:
        raise BadRequest(f"{root.name[1]} names {len(changes)} properties, needs 1 to {MAX_NAMES}")
    return tuple(changes)


def _changes(instruction: Element, *, is_removal: bool) -> Iterator[Change]:
    prop = instruction.find("prop")
    if prop is None:
        raise BadRequest(f"{instruction.name[1]} without prop")
    for child in prop.children:
        yield Change(child.name, None if is_removal else child)


def read_lockinfo(body: bytes) -> LockRequest | None:
    """What a LOCK asks for; None without a body, which refreshes a lock.

    Raises:
        BadRequest: It is no ``lockinfo`` with a scope and a type.
        HTTPError: 422, a scope other than exclusive and shared, or a type other than write.

    Source: RFC 4918 §9.10, §14.11.
    """
    if not body:
        return None
    root = _root(body, "lockinfo")
    scope, kind, owner = (root.find(name) for name in ("lockscope", "locktype", "owner"))
    if scope is None or kind is None:
        raise BadRequest("lockinfo without lockscope or locktype")
    scopes = {(DAV, "exclusive"), (DAV, "shared")}.intersection(_names(scope))
    if len(scopes) != 1:
        raise HTTPError(422, "lockscope is neither exclusive nor shared")
    if kind.find("write") is None:
        raise HTTPError(422, "locktype is not write, which is the only one there is")
    is_exclusive = (DAV, "exclusive") in scopes
    return LockRequest(is_exclusive, write(owner) if owner else "")


def _root(body: bytes, local: str) -> Element:
    root = parse(body)
    if root.name != (DAV, local):
        raise BadRequest(f"XML body is a {root.name[1]:.40}, needs DAV:{local}")
    return root
