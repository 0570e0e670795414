"""Feeds headers and XML bodies to the parsers of the WebDAV server.

The first byte of an input chooses the parser. Only HTTPError may leave one;
what was parsed is written, parsed again and has to mean the same.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass

import atheris

with atheris.instrument_imports(include=["caraway.webdav"]):
    from caraway.webdav.conditions import (
        Entity,
        State,
        check,
        locate,
        parse_if,
        parse_lock_token,
    )
    from caraway.webdav.errors import HTTPError
    from caraway.webdav.locks.lock import Lock, parse_timeout
    from caraway.webdav.locks.table import LockTable
    from caraway.webdav.methods.report import read_report
    from caraway.webdav.properties.changes import plan_changes
    from caraway.webdav.properties.listing import Renderer
    from caraway.webdav.properties.live import Context
    from caraway.webdav.search.evaluate import judge, sort_key
    from caraway.webdav.search.query import Query
    from caraway.webdav.search.reading import read_search
    from caraway.webdav.store.interface import Entry, PropertyName
    from caraway.webdav.xml.parser import Element, parse
    from caraway.webdav.xml.requests import (
        read_lockinfo,
        read_mkcol,
        read_propertyupdate,
        read_propfind,
    )
    from caraway.webdav.xml.writer import write

FILE = Entry("a.txt", False, 1, 0, 0, "e", False)
FOLDER = Entry("c", True, 0, 0, 0, "")
STATE = State("e", frozenset({"urn:x:1"}))

Meaning = tuple[object, ...]


def meaning(element: Element) -> Meaning:
    """What has to be the same after writing and parsing: RFC 4918 §4.3."""
    content: list[str | Meaning] = []
    for part in element.content:
        last = content[-1] if content else None
        if isinstance(part, Element):
            content.append(meaning(part))
        elif isinstance(last, str):
            content[-1] = last + part
        else:
            content.append(part)
    attributes = frozenset(
        (name, value) for name, _, value in element.attributes if name[1] != "lang"
    )
    return element.name, element.prefix, attributes, element.lang, tuple(content)


def rewritten(element: Element) -> None:
    """Write an element into another document, and compare what is read there."""
    inside = f'<m xmlns="DAV:" xmlns:D="DAV:">{write(element)}</m>'
    again = parse(inside.encode()).children[0]
    assert meaning(again) == meaning(element), inside


def try_xml(data: bytes) -> None:
    root = parse(data)
    for element in (root, *root.children):
        rewritten(element)


def try_propfind(data: bytes) -> None:
    request = read_propfind(data)
    for prefix in ("D:", ""):
        declared = 'xmlns:D="DAV:"' if prefix else 'xmlns="DAV:"'
        text = Renderer(request, prefix=prefix).render("/a", FILE, Context())
        assert parse(f"<r {declared}>{text}</r>".encode()).find("response")


def try_propertyupdate(data: bytes) -> None:
    changes = read_propertyupdate(data)
    plan = plan_changes(changes, FILE)
    assert {change.name for change in changes} == set(plan.names)
    assert plan.propstats()
    for xml in plan.dead.values():
        if xml is not None:
            parse(xml.encode())


def try_mkcol(data: bytes) -> None:
    plan_changes(read_mkcol(data), FILE, is_new=True)


def try_lockinfo(data: bytes) -> None:
    request = read_lockinfo(data)
    if request:
        table = LockTable(lambda: "urn:x:1")
        lock = table.lock(
            ("a",),
            now=0.0,
            href="/a",
            is_exclusive=request.is_exclusive,
            is_deep=True,
            owner=request.owner,
        )
        assert isinstance(lock, Lock)
        assert table.check_write(("a", "b"), now=0.0)


def try_if(data: bytes) -> None:
    header = parse_if(data.decode("latin-1"), ("a",), host="h")
    header.holds(lambda path: STATE)
    assert header.lists


def try_preconditions(data: bytes) -> None:
    names = ("if-match", "if-none-match", "if-modified-since", "if-unmodified-since")
    values = data.decode("latin-1").split("\n")
    headers = dict(zip(names, values, strict=False))
    for method in ("GET", "PUT"):
        assert check(method, headers, Entity(True, "e", 0), now=1.7e9) in (None, 304, 412)


def try_references(data: bytes) -> None:
    text = data.decode("latin-1")
    path = locate(text, "h")
    assert path is None or not {"..", ".", ""} & set(path)


def try_lock_headers(data: bytes) -> None:
    text = data.decode("latin-1")
    seconds = parse_timeout(text)
    assert seconds is None or seconds >= 0
    assert parse_lock_token(text) in text


@dataclass
class Found:
    """A resource to be searched."""

    entry: Entry

    def dead(self) -> Mapping[PropertyName, str]:
        return {("urn:x", "p"): '<x:p xmlns:x="urn:x" xml:lang="de">12</x:p>'}

    def has_text(self, text: str) -> bool | None:
        return None if self.entry.is_collection else text in "inside"


def try_search(data: bytes) -> None:
    asked = read_search(data)
    if isinstance(asked, Query):
        for member in (FILE, FOLDER):
            candidate = Found(member)
            if asked.where is not None:
                assert judge(asked.where, candidate) in (True, False, None)
            sort_key(asked.order, candidate)


def try_report(data: bytes) -> None:
    asked = read_report(data)
    assert asked.limit is None or asked.limit >= 0


PARSERS = (
    try_xml,
    try_propfind,
    try_propertyupdate,
    try_mkcol,
    try_lockinfo,
    try_if,
    try_preconditions,
    try_references,
    try_lock_headers,
    try_search,
    try_report,
)


def test_one_input(data: bytes) -> None:
    if not data:
        return
    try:
        PARSERS[data[0] % len(PARSERS)](data[1:])
    except HTTPError:
        return


if __name__ == "__main__":
    atheris.Setup(sys.argv, test_one_input)
    atheris.Fuzz()
