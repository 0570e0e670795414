"""A safe parser: the elements of a request's body.

Document types are refused, so that there are no entities but the five of XML;
sizes are limited before anything grows. Unknown elements and attributes are
skipped by whoever reads the tree, as RFC 4918 §17 asks.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final
from xml.parsers import expat

from caraway.webdav.errors import BadRequest, HTTPError
from caraway.webdav.store.interface import PropertyName

DAV: Final = "DAV:"
XML: Final = "http://www.w3.org/XML/1998/namespace"

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
            if attribute == (XML, "lang"):
                element.lang = value or None
            elif attribute == (XML, "base"):
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
