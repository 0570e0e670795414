"""XML of requests and answers: a safe parser, the bodies WebDAV defines, writers by template.

Document types are refused, so that there are no entities but the five of XML;
sizes are limited before anything grows. Unknown elements and attributes are
skipped, as RFC 4918 §17 asks.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from http import HTTPStatus
from typing import Final, Literal
from xml.parsers import expat

from caraway.webdav.errors import BadRequest, HTTPError
from caraway.webdav.store.interface import PropertyName

DAV: Final = "DAV:"
_XML: Final = "http://www.w3.org/XML/1998/namespace"

#: Separates namespace, name and prefix in what expat tells; no document can contain it.
_SEPARATOR: Final = "\x01"

#: Every encoding expat reads by itself. For others it would ask Python's codec
#: registry, which imports modules by the name that the peer chose.
_ENCODINGS: Final = frozenset({"utf-8", "utf-16", "utf-16le", "utf-16be", "iso-8859-1", "us-ascii"})

#: Where entity declarations may begin, in the encodings of one and of two bytes.
_ENTITY: Final = re.compile(
    b"|".join(re.escape("<!ENTITY".encode(name)) for name in ("ascii", "utf-16-le", "utf-16-be"))
)


@dataclass(frozen=True, slots=True)
class XmlLimits:
    """How large a body may be.

    Attributes:
        size: Bytes.
        depth: Elements inside one another.
        elements: In the whole body.
        attributes: Of one element, namespace declarations not counted.
        prefixes: Namespaces declared at one place, those from above included.
    """

    size: int = 1 << 20
    depth: int = 64
    elements: int = 20_000
    attributes: int = 64
    prefixes: int = 64


DEFAULT_LIMITS: Final = XmlLimits()


@dataclass(slots=True, eq=False)
class Element:
    """An element with what is inside.

    Attributes:
        name: Namespace (empty for none) and local name.
        prefix: What stood before the colon; empty for none.
        attributes: Name, prefix and value of each, namespace declarations left out.
        declared: The namespaces declared here, by prefix.
        scope: All namespaces that are in force here, by prefix; shared, not to be changed.
        lang: The ``xml:lang`` that is in force here; None for none.
        base: The ``xml:base`` of the nearest element that has one, as written.
        content: Text and elements in document order; comments are left out.
    """

    name: PropertyName
    prefix: str
    attributes: tuple[tuple[PropertyName, str, str], ...]
    declared: Mapping[str, str]
    scope: Mapping[str, str]
    lang: str | None
    base: str | None
    content: list[Element | str] = field(default_factory=list)

    @property
    def children(self) -> list[Element]:
        """The elements directly inside."""
        return [part for part in self.content if isinstance(part, Element)]

    @property
    def text(self) -> str:
        """The text directly inside, that of child elements left out."""
        return "".join([part for part in self.content if isinstance(part, str)])

    def find(self, local: str) -> Element | None:
        """The first child of that name in the namespace ``DAV:``."""
        return next((child for child in self.children if child.name == (DAV, local)), None)


def parse(body: bytes, limits: XmlLimits = DEFAULT_LIMITS) -> Element:
    """The root element of a document.

    Raises:
        BadRequest: It is not well-formed with its namespaces, has a document
            type, names an encoding that is not read, or nests or repeats more
            than ``limits`` allow.
        HTTPError: 413, it has more bytes than ``limits`` allow.

    >>> parse(b'<a xmlns="DAV:"><b>text</b></a>').find("b").text
    'text'
    """
    if len(body) > limits.size:
        raise HTTPError(
            413, f"XML body has {len(body)} bytes, at most {limits.size} are read: send less"
        )
    return _Builder(limits).build(body)


class _Builder:
    """Collects the tree from the parser's calls."""

    def __init__(self, limits: XmlLimits) -> None:
        self._limits = limits
        self._elements = 0
        self._open: list[Element] = []
        self._declared: dict[str, str] = {}
        self._root: Element | None = None

    def build(self, body: bytes) -> Element:
        parser = expat.ParserCreate(namespace_separator=_SEPARATOR)
        parser.namespace_prefixes = True
        parser.ordered_attributes = True
        parser.buffer_text = True
        parser.XmlDeclHandler = self._declaration
        parser.StartDoctypeDeclHandler = self._doctype
        parser.StartNamespaceDeclHandler = self._namespace
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        # An exception in a handler is raised only once all that was given has
        # been parsed, and by then entities would have expanded. So what may
        # declare one is given after the document type before it was refused.
        entity = _ENTITY.search(body)
        try:
            if entity:
                parser.Parse(body[: entity.start()], False)
            parser.Parse(body[entity.start() :] if entity else body, True)
        except expat.ExpatError as error:
            reason = expat.ErrorString(error.code)
            raise BadRequest(
                f"XML body is not well-formed, line {error.lineno}: {reason}"
            ) from None
        assert self._root is not None, "expat accepts no document without an element"
        return self._root

    def _declaration(self, version: str, encoding: str | None, standalone: int) -> None:
        if encoding is not None and encoding.lower() not in _ENCODINGS:
            raise BadRequest(f"XML body in the encoding {encoding:.40}: send it in UTF-8")

    def _doctype(
        self, name: str, system_id: str | None, public_id: str | None, has_subset: int
    ) -> None:
        raise BadRequest("XML body has a document type: send it without")

    def _namespace(self, prefix: str | None, uri: str | None) -> None:
        self._declared[prefix or ""] = uri or ""

    def _start(self, name: str, attributes: Sequence[str]) -> None:
        limits = self._limits
        self._elements += 1
        if self._elements > limits.elements:
            raise BadRequest(f"XML body has more than {limits.elements} elements")
        if len(self._open) >= limits.depth:
            raise BadRequest(f"XML body nests deeper than {limits.depth} elements")
        if len(attributes) > 2 * limits.attributes:
            raise BadRequest(
                f"XML element with {len(attributes) // 2} attributes, at most {limits.attributes}"
                " are read"
            )
        parent = self._open[-1] if self._open else None
        declared, self._declared = self._declared, {}
        scope = parent.scope if parent else {}
        if declared:
            scope = {**scope, **declared}
            # Each declaring element holds a copy: unlimited, that is quadratic.
            if len(scope) > limits.prefixes:
                raise BadRequest(f"XML body declares more than {limits.prefixes} namespaces")
        full, prefix = _split(name)
        element = Element(
            full,
            prefix,
            tuple(
                (*_split(attributes[index]), attributes[index + 1])
                for index in range(0, len(attributes), 2)
            ),
            declared,
            scope,
            parent.lang if parent else None,
            parent.base if parent else None,
        )
        for attribute, _, value in element.attributes:
            if attribute == (_XML, "lang"):
                element.lang = value or None
            elif attribute == (_XML, "base"):
                element.base = value
        if parent:
            parent.content.append(element)
        else:
            self._root = element
        self._open.append(element)

    def _end(self, name: str) -> None:
        self._open.pop()

    def _text(self, data: str) -> None:
        self._open[-1].content.append(data)


def _split(triplet: str) -> tuple[PropertyName, str]:
    """Name and prefix of what expat tells as ``uri SEP local SEP prefix``."""
    parts = triplet.split(_SEPARATOR)
    if len(parts) == 1:
        return ("", parts[0]), ""
    return (parts[0], parts[1]), parts[2] if len(parts) == 3 else ""


# Writing

_SPECIAL: Final = re.compile("[&<>\r\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_SPECIAL_IN_ATTRIBUTE: Final = re.compile(
    '[&<"\t\n\r\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]'
)
_REFERENCES: Final = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;"}


def _reference(found: re.Match[str]) -> str:
    char = found[0]
    if char in _REFERENCES:
        return _REFERENCES[char]
    # What XML cannot say at all, such as most control characters.
    return f"&#{ord(char)};" if char in "\t\n\r" else "\N{REPLACEMENT CHARACTER}"


def escape(text: str) -> str:
    """Text for the content of an element; characters XML does not have become U+FFFD.

    >>> escape("a < b & c")
    'a &lt; b &amp; c'
    """
    return _SPECIAL.sub(_reference, text) if _SPECIAL.search(text) else text


def escape_attribute(text: str) -> str:
    """Text for an attribute between double quotes."""
    return _SPECIAL_IN_ATTRIBUTE.sub(_reference, text)


def write(element: Element) -> str:
    """An element as XML that means the same wherever it is put.

    Prefixes stay. Namespaces from outside are declared again where a name
    uses them, or where text or an attribute has the prefix before a colon; the
    language in force is written out.

    Source: RFC 4918 §4.3, which says what of a property has to be kept.
    """
    needed: dict[str, str] = {}
    pieces: list[str] = []
    _write_element(element, {}, needed, pieces)
    opening = _opening(element, {**element.declared, **dict(sorted(needed.items()))})
    if element.lang is not None and not any(
        name == (_XML, "lang") for name, _, _ in element.attributes
    ):
        opening += f' xml:lang="{escape_attribute(element.lang)}"'
    pieces[0] = opening
    return "".join(pieces)


def _write_element(
    element: Element, inside: Mapping[str, str], needed: dict[str, str], pieces: list[str]
) -> None:
    """Append the pieces of an element, and to ``needed`` the namespaces it takes from above.

    Args:
        inside: Namespaces declared by elements that are written around it.
    """
    inside = {**inside, **element.declared} if element.declared else inside
    used = {element.prefix}
    texts = [part for part in element.content if isinstance(part, str)]
    for _, prefix, value in element.attributes:
        # Without a prefix an attribute has no namespace, whatever the default is.
        used.add(prefix or element.prefix)
        texts.append(value)
    for text in texts:
        if ":" in text:
            used |= {prefix for prefix in element.scope if prefix and f"{prefix}:" in text}
    for prefix in sorted(used):
        if prefix not in inside and prefix != "xml":
            needed[prefix] = element.scope.get(prefix, "")
    pieces.append(_opening(element, element.declared))
    if not element.content:
        pieces.append("/>")
        return
    pieces.append(">")
    for part in element.content:
        if isinstance(part, str):
            pieces.append(escape(part))
        else:
            _write_element(part, inside, needed, pieces)
    pieces.append(f"</{_qualified(element.prefix, element.name[1])}>")


def _opening(element: Element, declarations: Mapping[str, str]) -> str:
    """The start tag without its end."""
    pieces = ["<", _qualified(element.prefix, element.name[1])]
    for prefix, uri in declarations.items():
        name = f"xmlns:{prefix}" if prefix else "xmlns"
        pieces.append(f' {name}="{escape_attribute(uri)}"')
    for (_, local), prefix, value in element.attributes:
        pieces.append(f' {_qualified(prefix, local)}="{escape_attribute(value)}"')
    return "".join(pieces)


def _qualified(prefix: str, local: str) -> str:
    return f"{prefix}:{local}" if prefix else local


def tag(name: PropertyName, content: str = "", *, prefix: str = "D:") -> str:
    """An element that holds ``content``, which is XML already.

    Args:
        prefix: What stands for ``DAV:`` around it, with the colon; empty where
            ``DAV:`` is the default namespace.

    >>> tag(("DAV:", "owner")), tag(("urn:x", "a"), "1")
    ('<D:owner/>', '<a xmlns="urn:x">1</a>')
    """
    space, local = name
    opening = f"{prefix}{local}" if space == DAV else f'{local} xmlns="{escape_attribute(space)}"'
    if not content:
        return f"<{opening}/>"
    return f"<{opening}>{content}</{opening.partition(' ')[0]}>"


# Bodies of requests


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


# Bodies of answers

CONTENT_TYPE: Final = "application/xml; charset=utf-8"
DECLARATION: Final = '<?xml version="1.0" encoding="utf-8"?>\n'


def status_line(status: int) -> str:
    """The value of a ``status`` element.

    >>> status_line(424)
    'HTTP/1.1 424 Failed Dependency'
    """
    return f"HTTP/1.1 {status} {HTTPStatus(status).phrase}"


def error_body(condition: str, hrefs: Iterable[str] = ()) -> bytes:
    """The body of a refusal that names the condition it rests on.

    Args:
        condition: The name of an element in ``DAV:``, such as ``lock-token-submitted``.
        hrefs: URL-escaped paths that go into it.

    Source: RFC 4918 §16.
    """
    return f'{DECLARATION}<D:error xmlns:D="DAV:">{_condition(condition, hrefs)}</D:error>'.encode()


def _condition(condition: str, hrefs: Iterable[str] = (), p: str = "D:") -> str:
    inside = "".join([f"<{p}href>{escape(href)}</{p}href>" for href in hrefs])
    return tag((DAV, condition), inside, prefix=p)


def write_status(
    href: str,
    status: int,
    *,
    condition: str | None = None,
    hrefs: Iterable[str] = (),
    prefix: str = "D:",
) -> str:
    """The ``response`` of a resource that failed as a whole.

    Source: RFC 4918 §14.24, first form.
    """
    p = prefix
    error = f"<{p}error>{_condition(condition, hrefs, p)}</{p}error>" if condition else ""
    return (
        f"<{p}response><{p}href>{escape(href)}</{p}href>"
        f"<{p}status>{status_line(status)}</{p}status>{error}</{p}response>"
    )


@dataclass(frozen=True, slots=True)
class Propstat:
    """Properties that share a status.

    Attributes:
        properties: The XML of each.
        condition: The element that says why, in ``DAV:``.
    """

    status: int
    properties: tuple[str, ...]
    condition: str | None = None


def write_response(href: str, propstats: Iterable[Propstat], *, prefix: str = "D:") -> str:
    """The ``response`` of a resource by its properties.

    Source: RFC 4918 §14.24, second form.
    """
    p = prefix
    return f"<{p}response><{p}href>{escape(href)}</{p}href>{_propstats(propstats, p)}</{p}response>"


def mkcol_body(propstats: Iterable[Propstat]) -> bytes:
    """The body of a refused MKCOL that named properties; its status is 403, 409 or 424.

    Source: RFC 5689 §3.2, §5.2.
    """
    return (
        f'{DECLARATION}<D:mkcol-response xmlns:D="DAV:">{_propstats(propstats, "D:")}'
        "</D:mkcol-response>"
    ).encode()


def _propstats(propstats: Iterable[Propstat], p: str) -> str:
    pieces = []
    for each in propstats:
        error = ""
        if each.condition:
            error = f"<{p}error>{tag((DAV, each.condition), prefix=p)}</{p}error>"
        pieces.append(
            f"<{p}propstat><{p}prop>{''.join(each.properties)}</{p}prop>"
            f"<{p}status>{status_line(each.status)}</{p}status>{error}</{p}propstat>"
        )
    return "".join(pieces)


def write_multistatus(
    responses: Iterable[str], *, prefix: str = "D:", sync_token: str = "", piece: int = 65_536
) -> Iterator[bytes]:
    """A ``multistatus`` body in pieces of about ``piece`` bytes, made as they are taken.

    Args:
        responses: The XML of each, written with the same ``prefix``.
        sync_token: What RFC 6578 puts behind them.
    """
    declared = "xmlns:D" if prefix else "xmlns"
    pending = [f'{DECLARATION}<{prefix}multistatus {declared}="DAV:">']
    size = 0
    for response in responses:
        pending.append(response)
        size += len(response)
        if size >= piece:
            yield "".join(pending).encode()
            pending, size = [], 0
    if sync_token:
        pending.append(tag((DAV, "sync-token"), escape(sync_token), prefix=prefix))
    pending.append(f"</{prefix}multistatus>")
    yield "".join(pending).encode()
