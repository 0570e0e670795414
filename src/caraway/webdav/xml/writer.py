"""Elements and text as XML, by template."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from caraway.webdav.store.interface import PropertyName
from caraway.webdav.xml.parser import DAV, XML, Element

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
        name == (XML, "lang") for name, _, _ in element.attributes
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
