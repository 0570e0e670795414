"""Conditions a request sets: the preconditions of HTTP and the If header of WebDAV.

Parsed and judged here, without looking at any resource: what is there comes
as values, or by a function the caller gives.

Source: RFC 9110 §8.8.3, §13; RFC 4918 §10.4, §10.5.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, Literal
from urllib.parse import urlsplit

from caraway.webdav.errors import BadRequest
from caraway.webdav.http.dates import parse_http_date
from caraway.webdav.paths import Path, parse_path

#: Bytes of an If, If-Match or If-None-Match header, and conditions in it, that are read.
MAX_HEADER: Final = 65_536
MAX_CONDITIONS: Final = 1_000

NO_LOCK: Final = "DAV:no-lock"

# Preconditions of HTTP


@dataclass(frozen=True, slots=True)
class Entity:
    """What the target of a request is before the request does anything.

    Attributes:
        exists: Something is there.
        etag: Its opaque tag without quotes, strong; empty where it has none.
            For GET and HEAD, that of the representation that would be sent.
        mtime_s: Whole seconds since 1970 of its last change; None where that is not known.
        variants: Tags that answers carry when they are compressed. A change may
            name any of them: they all stand for the same content.
    """

    exists: bool
    etag: str = ""
    mtime_s: int | None = None
    variants: tuple[str, ...] = ()


#: What stands for a resource that is not there.
MISSING: Final = Entity(exists=False)

#: The fields that :func:`check` looks at.
PRECONDITIONS: Final = frozenset(
    {"if-match", "if-none-match", "if-modified-since", "if-unmodified-since"}
)

_TAG: Final = re.compile(r'(W/)?"([\x21\x23-\x7e\x80-\xff]*)"')
_COMMAS: Final = re.compile(r"[ \t,]*")
_SPACE: Final = re.compile(r"[ \t]*")

#: An entity tag: whether it is weak, and the text between the quotes.
EntityTag = tuple[bool, str]


def parse_tags(value: str) -> tuple[EntityTag, ...] | None:
    """The entity tags of an If-Match or If-None-Match header; None for ``*``.

    Raises:
        BadRequest: It is neither ``*`` nor a list of tags, or too long.

    >>> parse_tags('"a", W/"b"')
    ((False, 'a'), (True, 'b'))
    """
    if value.strip(" \t") == "*":
        return None
    _check_length(value)
    tags: list[EntityTag] = []
    at = _skip(_COMMAS, value, 0)
    while at < len(value):
        found = _TAG.match(value, at)
        if not found:
            raise BadRequest(f"not a list of entity tags at byte {at}: {value:.80}")
        tags.append((found[1] is not None, found[2]))
        at = _skip(_SPACE, value, found.end())
        if at < len(value) and value[at] != ",":
            raise BadRequest(f"no comma between entity tags at byte {at}: {value:.80}")
        at = _skip(_COMMAS, value, at)
    if not tags:
        raise BadRequest("empty list of entity tags: leave the header out")
    if len(tags) > MAX_CONDITIONS:
        raise BadRequest(f"{len(tags)} entity tags, at most {MAX_CONDITIONS} are read")
    return tuple(tags)


def check(
    method: str, headers: Mapping[str, str], entity: Entity, *, now: float
) -> Literal[304, 412] | None:
    """Judge the preconditions of a request, of any method.

    To be called once it is known that the request would succeed without them;
    only ``If-Match`` also says something of a resource that is missing.

    Args:
        headers: By lower-case name.
        entity: The target.
        now: Seconds since 1970, to tell the century of a year of two digits.

    Returns:
        None to go on, else the status to answer with: 304 is for GET and HEAD only.

    Raises:
        BadRequest: A list of entity tags has bad syntax.

    Source: RFC 9110 §13.2.2, whose order of steps this keeps; §13.1.3 and
    §13.1.4 for when a date is ignored.
    """
    is_reading = method in ("GET", "HEAD")
    if "if-match" in headers:
        tags = parse_tags(headers["if-match"])
        if not entity.exists or (tags is not None and not _matches_strongly(tags, entity)):
            return 412
    elif "if-unmodified-since" in headers and entity.mtime_s is not None:
        limit_s = parse_http_date(headers["if-unmodified-since"], now=now)
        if limit_s is not None and entity.mtime_s > limit_s:
            return 412
    if "if-none-match" in headers:
        tags = parse_tags(headers["if-none-match"])
        if entity.exists and (tags is None or _matches_weakly(tags, entity, is_reading)):
            return 304 if is_reading else 412
    elif is_reading and "if-modified-since" in headers and entity.mtime_s is not None:
        limit_s = parse_http_date(headers["if-modified-since"], now=now)
        if limit_s is not None and entity.mtime_s <= limit_s:
            return 304
    return None


def _matches_strongly(tags: tuple[EntityTag, ...], entity: Entity) -> bool:
    known = _known(entity, with_variants=True)
    return any(tag in known and not is_weak for is_weak, tag in tags)


def _matches_weakly(tags: tuple[EntityTag, ...], entity: Entity, is_reading: bool) -> bool:
    # A reader who has the content in another encoding does not have what would be sent.
    known = _known(entity, with_variants=not is_reading)
    return any(tag in known for _, tag in tags)


def _known(entity: Entity, *, with_variants: bool) -> frozenset[str]:
    tags = (entity.etag, *entity.variants) if with_variants else (entity.etag,)
    return frozenset(tag for tag in tags if tag)


def _skip(pattern: re.Pattern[str], text: str, at: int) -> int:
    found = pattern.match(text, at)
    return found.end() if found else at


def _check_length(value: str) -> None:
    if len(value) > MAX_HEADER:
        raise BadRequest(f"header has {len(value)} bytes, at most {MAX_HEADER} are read")


# References to resources


def locate(reference: str, host: str) -> Path | None:
    """The path that a URI, or an absolute path, means on this server.

    The scheme is not compared: behind something that ends TLS it differs.

    Args:
        reference: From a Destination header, or between the angle brackets of an If header.
        host: What the request's Host header says.

    Returns:
        None where the URI is for another server.

    Raises:
        BadRequest: It is neither of the two, has a fragment or a bad path.

    >>> locate("http://here:80/a%20b", "HERE"), locate("/x", "here"), locate("http://b/", "a")
    (('a b',), ('x',), None)
    """
    if any(char <= " " or char > "~" for char in reference):
        raise BadRequest(f"reference with characters that have to be escaped: {reference:.80}")
    if "#" in reference:
        raise BadRequest(f"reference with a fragment: {reference:.80}")
    if reference.startswith("/"):
        # Two slashes would begin with a host, which neither header allows.
        if reference.startswith("//"):
            raise BadRequest(
                f"reference that is neither a URI nor an absolute path: {reference:.80}"
            )
        return parse_path(reference.partition("?")[0])
    try:
        parts = urlsplit(reference)
    except ValueError:
        raise BadRequest(f"reference that is not a URI: {reference:.80}") from None
    if not parts.scheme:
        raise BadRequest(f"reference that is neither a URI nor an absolute path: {reference:.80}")
    if parts.scheme not in _PORTS:
        return None
    port = _PORTS[parts.scheme]
    if not parts.netloc or _authority(parts.netloc, port) != _authority(host, port):
        return None
    return parse_path(parts.path or "/")


_PORTS: Final = {"http": "80", "https": "443"}


def _authority(text: str, port: str) -> tuple[str, str]:
    """Host and port, for comparing."""
    host, colon, given = text.rpartition("@")[2].lower().rpartition(":")
    if not colon or "]" in given:
        host, given = text.rpartition("@")[2].lower(), ""
    return host, given or port


# The If header


@dataclass(frozen=True, slots=True)
class Condition:
    """One thing claimed of a resource.

    Attributes:
        is_negated: It is claimed not to be so.
        is_etag: ``value`` is an entity tag without quotes and ``W/``, else a state token.
    """

    is_negated: bool
    is_etag: bool
    value: str


@dataclass(frozen=True, slots=True)
class State:
    """What an If header is compared with.

    Attributes:
        etag: The opaque tag without quotes; empty where there is none, as for
            a resource that is missing.
        tokens: Of all locks on the resource, on a missing one too.
        variants: As in :class:`Entity`.
    """

    etag: str = ""
    tokens: frozenset[str] = frozenset()
    variants: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ConditionList:
    """Conditions that have to hold together.

    Attributes:
        path: The resource they are about; None for one of another server, of
            which nothing holds.
    """

    path: Path | None
    conditions: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class IfHeader:
    """An If header.

    Attributes:
        lists: One of them has to hold.
        tokens: All state tokens that occur anywhere: these are submitted,
            whether their lists hold or not (RFC 4918 §10.4.1).
    """

    lists: tuple[ConditionList, ...]
    tokens: frozenset[str]

    def holds(self, lookup: Callable[[Path], State]) -> bool:
        """Whether one of the lists holds, so that the request may go on; else 412.

        Args:
            lookup: What is known of a path; called at most once for each.

        Source: RFC 4918 §10.4.3, §10.4.4.
        """
        states: dict[Path, State] = {}
        for each in self.lists:
            if each.path is None:
                continue
            if each.path not in states:
                states[each.path] = lookup(each.path)
            state = states[each.path]
            if all(
                _is_so(condition, state) != condition.is_negated for condition in each.conditions
            ):
                return True
        return False


def _is_so(condition: Condition, state: State) -> bool:
    if condition.is_etag:
        # Our tags are all strong: a weak one in a request is one that something
        # on the way weakened, so that the weak comparison is what is meant.
        return bool(condition.value) and condition.value in (state.etag, *state.variants)
    return condition.value in state.tokens


_IF_TOKEN: Final = re.compile(
    r"""
    (?P<open>\() | (?P<close>\)) |
    <(?P<uri>[\x21-\x3b\x3d\x3f-\x7e]+)> |
    \[[ \t]*(?:W/)?"(?P<etag>[\x21\x23-\x7e\x80-\xff]*)"[ \t]*\] |
    (?P<negation>not)(?=[ \t<\[])
    """,
    re.VERBOSE | re.IGNORECASE,
)
_URI_SCHEME: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")


def parse_if(value: str, path: Path, *, host: str) -> IfHeader:
    """An If header.

    Args:
        path: The resource that lists without a tag are about: the request's target.
        host: The request's Host header, to tell our own URIs from those of others.

    Raises:
        BadRequest: It breaks the grammar, mixes lists with and without tags,
            or has more than ``MAX_CONDITIONS`` conditions.

    Source: RFC 4918 §10.4.2.

    >>> parse_if("(<urn:x:1> [\\"e\\"]) (Not <DAV:no-lock>)", ("a",), host="h").tokens
    frozenset({'urn:x:1'})
    """
    _check_length(value)
    return _IfParser(value, path, host).parse()


class _IfParser:
    """Reads the lists of one header, from left to right, without going back."""

    def __init__(self, value: str, path: Path, host: str) -> None:
        self._value = value
        self._host = host
        self._path: Path | None = path
        self._at = 0
        self._count = 0
        self._tokens: set[str] = set()

    def parse(self) -> IfHeader:
        lists: list[ConditionList] = []
        is_tagged = False
        needs_list = True
        while found := self._next():
            if found["open"]:
                lists.append(ConditionList(self._path, self._conditions()))
                needs_list = False
            elif found["uri"] and (is_tagged or not lists) and not (is_tagged and needs_list):
                self._path = locate(found["uri"], self._host)
                is_tagged = needs_list = True
            else:
                raise self._error("a list in parentheses")
        if needs_list:
            raise self._error("a list in parentheses")
        return IfHeader(tuple(lists), frozenset(self._tokens))

    def _conditions(self) -> tuple[Condition, ...]:
        conditions: list[Condition] = []
        is_negated = False
        while found := self._next():
            if found["close"] and conditions and not is_negated:
                return tuple(conditions)
            if found["negation"] and not is_negated:
                is_negated = True
            elif found["uri"] or found["etag"] is not None:
                conditions.append(self._condition(found, is_negated))
                is_negated = False
            else:
                break
        raise self._error("a state token in <>, an entity tag in [] or the end of the list")

    def _condition(self, found: re.Match[str], is_negated: bool) -> Condition:
        self._count += 1
        if self._count > MAX_CONDITIONS:
            raise BadRequest(f"If header with more than {MAX_CONDITIONS} conditions")
        token = found["uri"]
        if token is None:
            return Condition(is_negated, True, found["etag"])
        if not _URI_SCHEME.match(token):
            raise BadRequest(f"If header with a state token that is not a URI: {token:.80}")
        if token != NO_LOCK:
            self._tokens.add(token)
        return Condition(is_negated, False, token)

    def _next(self) -> re.Match[str] | None:
        """The next part; None at the end."""
        self._at = _skip(_SPACE, self._value, self._at)
        if self._at == len(self._value):
            return None
        found = _IF_TOKEN.match(self._value, self._at)
        if not found:
            raise self._error("a list, a tag, a token or 'Not'")
        self._at = found.end()
        return found

    def _error(self, expected: str) -> BadRequest:
        return BadRequest(f"If header: needs {expected} by byte {self._at}: {self._value:.120}")


def parse_lock_token(value: str) -> str:
    """The token of a Lock-Token header.

    Raises:
        BadRequest: It is not one URI in angle brackets.

    Source: RFC 4918 §10.5.

    >>> parse_lock_token("<urn:uuid:1>")
    'urn:uuid:1'
    """
    found = _IF_TOKEN.fullmatch(value.strip(" \t"))
    if not found or not found["uri"] or not _URI_SCHEME.match(found["uri"]):
        raise BadRequest(f"Lock-Token is not a URI in angle brackets: {value:.80}")
    return found["uri"]
