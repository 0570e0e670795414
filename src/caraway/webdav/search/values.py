"""Values of properties as they are compared: text, numbers, times.

Source: RFC 5323 §5.5, §5.10, §5.11, §5.12.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import isfinite
from types import MappingProxyType
from typing import Final, Protocol

from caraway.webdav.errors import BadRequest
from caraway.webdav.http.dates import parse_http_date, parse_iso
from caraway.webdav.media_types import guess_type
from caraway.webdav.properties.live import APACHE, LIVE, MICROSOFT
from caraway.webdav.search.query import Kind
from caraway.webdav.store.interface import Entry, PropertyName
from caraway.webdav.xml.parser import DAV, Element, parse

#: What a property is worth; two values of one kind can be compared.
Value = str | int | float

_SECOND_NS: Final = 1_000_000_000
#: Longer texts are no numbers and no dates that anybody means.
_LONGEST: Final = 64


class Candidate(Protocol):
    """A resource that may be what is searched for."""

    @property
    def entry(self) -> Entry:
        """What the store says of it."""

    def dead(self) -> Mapping[PropertyName, str]:
        """Its dead properties, each as XML."""

    def has_text(self, text: str) -> bool | None:
        """Whether its content has a text, in any case; None where nobody can say.

        Args:
            text: With case folded, and single blanks only.
        """


def _whole_s(time_ns: int) -> int:
    """A time as clients see it: in whole seconds."""
    return time_ns // _SECOND_NS * _SECOND_NS


#: Live properties that can be searched: their kind and their value; None where
#: the resource does not have it.
SEARCHED: Final[Mapping[PropertyName, tuple[Kind, Callable[[Entry], Value | None]]]] = (
    MappingProxyType(
        {
            (DAV, "displayname"): ("string", lambda entry: entry.name),
            (DAV, "getcontentlength"): (
                "number",
                lambda entry: None if entry.is_collection else entry.size,
            ),
            (DAV, "getcontenttype"): (
                "string",
                lambda entry: None if entry.is_collection else guess_type(entry.name),
            ),
            (DAV, "getetag"): ("string", lambda entry: f'"{entry.etag}"' if entry.etag else None),
            (DAV, "getlastmodified"): ("time", lambda entry: _whole_s(entry.mtime_ns)),
            (DAV, "creationdate"): ("time", lambda entry: _whole_s(entry.ctime_ns)),
            (DAV, "lastmodified"): ("number", lambda entry: entry.mtime_ns // _SECOND_NS),
            (DAV, "ishidden"): ("boolean", lambda entry: int(entry.name.startswith("."))),
            (APACHE, "executable"): (
                "boolean",
                lambda entry: None if entry.executable is None else int(entry.executable),
            ),
            (MICROSOFT, "Win32LastModifiedTime"): ("time", lambda entry: _whole_s(entry.mtime_ns)),
        }
    )
)


def kind_of(name: PropertyName) -> Kind:
    """The kind of a property's values; those of dead properties are text."""
    searched = SEARCHED.get(name)
    return searched[0] if searched else "string"


def value_of(candidate: Candidate, name: PropertyName, kind: Kind | None = None) -> Value | None:
    """The value of a property.

    Args:
        kind: What to take the text of a dead property for.

    Returns:
        None where the resource does not have it, where it is no such value, or
        has elements inside.
    """
    live = LIVE.get(name)
    if live is None or live.yields_to_dead:
        element = _dead_element(candidate, name)
        if element is not None:
            return None if element.children else cast(element.text, kind or kind_of(name))
    searched = SEARCHED.get(name)
    return searched[1](candidate.entry) if searched else None


def is_defined(candidate: Candidate, name: PropertyName) -> bool:
    """Whether the resource has a property, whatever its value."""
    if name in SEARCHED:
        return value_of(candidate, name) is not None or name in candidate.dead()
    return name in LIVE or name in candidate.dead()


def language_of(candidate: Candidate, name: PropertyName) -> str | None:
    """The language that a property says it is in; only dead ones say so."""
    element = _dead_element(candidate, name)
    return element.lang if element is not None else None


def _dead_element(candidate: Candidate, name: PropertyName) -> Element | None:
    xml = candidate.dead().get(name)
    if xml is None:
        return None
    try:
        return parse(xml.encode())
    except BadRequest:
        # Stored by something else, or damaged: nothing is known of it.
        return None


def cast(text: str, kind: Kind) -> Value | None:
    """A text as a value; None where it is none of that kind.

    >>> cast("12", "number"), cast("1994-11-06", "time"), cast("x", "number")
    (12, 784080000000000000, None)
    """
    if kind == "string":
        return text
    text = text.strip()
    if len(text) > _LONGEST:
        return None
    if kind == "number":
        return _number(text)
    if kind == "time":
        return _time(text)
    return {"true": 1, "1": 1, "t": 1, "false": 0, "0": 0, "f": 0}.get(text.lower())


def _number(text: str) -> int | float | None:
    # Python would read underscores and digits of every script.
    if not text.isascii() or "_" in text:
        return None
    try:
        return int(text)
    except ValueError:
        pass
    try:
        number = float(text)
    except ValueError:
        return None
    return number if isfinite(number) else None


def _time(text: str) -> int | None:
    time_ns = parse_iso(text)
    if time_ns is None:
        time_ns = parse_iso(f"{text}T00:00:00Z")
    if time_ns is not None:
        return time_ns
    seconds = parse_http_date(text) if "-" not in text else None
    return None if seconds is None else seconds * _SECOND_NS
