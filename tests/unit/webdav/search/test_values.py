"""Values of properties (RFC 5323 §5.10, §5.11)."""

from __future__ import annotations

import pytest

from caraway.webdav.properties.live import APACHE, LIVE, MICROSOFT
from caraway.webdav.search.query import Kind
from caraway.webdav.search.values import (
    SEARCHED,
    Value,
    cast,
    is_defined,
    kind_of,
    language_of,
    value_of,
)
from caraway.webdav.store.interface import Entry
from tests.unit.webdav.search.candidates import SECOND, Thing, dead, file

NAME = ("DAV:", "displayname")


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        (" x ", "string", " x "),
        (" 12 ", "number", 12),
        ("-1", "number", -1),
        ("1.5", "number", 1.5),
        ("1e3", "number", 1000.0),
        ("1_000", "number", None),
        ("²", "number", None),
        ("inf", "number", None),
        ("nan", "number", None),
        ("x", "number", None),
        ("", "number", None),
        ("9" * 65, "number", None),
        ("1970-01-02", "time", 86_400 * SECOND),
        ("1970-01-01T00:00:01Z", "time", SECOND),
        ("1970-01-01T01:00:00.5+01:00", "time", SECOND // 2),
        ("Thu, 01 Jan 1970 00:00:02 GMT", "time", 2 * SECOND),
        ("Thursday, 01-Jan-70 00:00:02 GMT", "time", None),
        ("yesterday", "time", None),
        ("True", "boolean", 1),
        ("F", "boolean", 0),
        ("0", "boolean", 0),
        ("yes", "boolean", None),
    ],
)
def test_texts_as_values(text: str, kind: Kind, value: Value | None) -> None:
    assert cast(text, kind) == value


@pytest.mark.parametrize(
    ("space", "name", "value"),
    [
        ("DAV:", "displayname", ".b.html"),
        ("DAV:", "getcontentlength", 7),
        ("DAV:", "getcontenttype", "text/html"),
        ("DAV:", "getetag", '"e"'),
        ("DAV:", "getlastmodified", 9 * SECOND),
        ("DAV:", "creationdate", 9 * SECOND),
        ("DAV:", "lastmodified", 9),
        ("DAV:", "ishidden", 1),
        (APACHE, "executable", 1),
        (MICROSOFT, "Win32LastModifiedTime", 9 * SECOND),
        ("DAV:", "supportedlock", None),
        ("urn:x", "none", None),
    ],
)
def test_live_values(space: str, name: str, value: Value | None) -> None:
    thing = Thing(file(".b.html", size=7, mtime_s=9, executable=True))
    assert value_of(thing, (space, name)) == value


def test_all_that_is_searched_is_live() -> None:
    assert set(SEARCHED) <= set(LIVE)


def test_collections_lack_what_only_files_have() -> None:
    collection = Thing(Entry("c", True, 0, 0, 0, ""))
    missing = {name for name in SEARCHED if value_of(collection, name) is None}
    assert missing == {
        ("DAV:", "getcontentlength"),
        ("DAV:", "getcontenttype"),
        ("DAV:", "getetag"),
        (APACHE, "executable"),
    }
    assert not is_defined(collection, ("DAV:", "getetag"))
    assert is_defined(collection, ("DAV:", "resourcetype"))


def test_dead_values() -> None:
    properties = dict([dead("n", " 12"), dead("deep", "a<b/>c"), dead("bad", "&no;")])
    properties[NAME] = '<D:displayname xmlns:D="DAV:">shown</D:displayname>'
    thing = Thing(properties=properties)
    assert value_of(thing, ("urn:x", "n")) == " 12"
    assert value_of(thing, ("urn:x", "n"), "number") == 12
    assert value_of(thing, ("urn:x", "deep")) is None
    assert value_of(thing, ("urn:x", "bad")) is None
    assert value_of(thing, NAME) == "shown"
    assert is_defined(thing, ("urn:x", "deep"))
    assert is_defined(thing, NAME)
    assert not is_defined(thing, ("urn:x", "none"))


def test_what_is_protected_cannot_be_shadowed() -> None:
    thing = Thing(file(size=3), {("DAV:", "getcontentlength"): "<x>9</x>"})
    assert value_of(thing, ("DAV:", "getcontentlength")) == 3


def test_languages() -> None:
    thing = Thing(properties=dict([dead("a", "x", ' xml:lang="en-GB"'), dead("b", "x")]))
    assert language_of(thing, ("urn:x", "a")) == "en-GB"
    assert language_of(thing, ("urn:x", "b")) is None
    assert language_of(thing, NAME) is None


def test_kinds() -> None:
    assert kind_of(("DAV:", "getcontentlength")) == "number"
    assert kind_of(("urn:x", "a")) == "string"
