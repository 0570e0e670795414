"""XML for tests, and what it means."""

from __future__ import annotations


def dav(name, inside="", attributes=""):
    return f'<D:{name} xmlns:D="DAV:"{attributes}>{inside}</D:{name}>'.encode()


def meaning(element):
    """An element as nested tuples: what RFC 4918 §4.3 says has to be kept."""
    merged = []
    for part in element.content:
        if isinstance(part, str) and merged and isinstance(merged[-1], str):
            merged[-1] += part
        else:
            merged.append(part if isinstance(part, str) else meaning(part))
    attributes = frozenset((name, value) for name, _, value in element.attributes)
    return element.name, element.prefix, attributes, tuple(merged)
