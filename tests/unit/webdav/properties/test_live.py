"""Live properties: RFC 4918 §15, RFC 4331, RFC 6578 §4."""

from __future__ import annotations

from dataclasses import replace

import pytest

from caraway.webdav.properties.live import APACHE, MICROSOFT, Context
from caraway.webdav.properties.lock_discovery import active_locks, lock_body
from caraway.webdav.store.interface import Usage
from caraway.webdav.xml.parser import DAV, parse
from tests.unit.webdav.properties.resources import FILE, FOLDER, LOCK, props, shown, value


@pytest.mark.parametrize(
    ("name", "of_file", "of_folder"),
    [
        ("creationdate", "1994-11-06T08:48:20Z", "1994-11-06T08:48:20Z"),  # §15.1
        ("displayname", "a.txt", "f&g"),  # §15.2
        ("getcontentlanguage", None, None),  # §15.3
        ("getcontentlength", "42", None),  # §15.4
        ("getcontenttype", "text/plain;charset=utf-8", None),  # §15.5
        ("getetag", '"e-1"', None),  # §15.6
        ("getlastmodified", "Sun, 06 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:37 GMT"),
        ("lockdiscovery", [], []),  # §15.8
        ("resourcetype", [], ["{DAV:}collection"]),  # §15.9
        ("supportedlock", ["{DAV:}lockentry"] * 2, ["{DAV:}lockentry"] * 2),  # §15.10
        ("quota-available-bytes", None, None),  # RFC 4331
        ("quota-used-bytes", None, None),
        ("sync-token", None, None),  # RFC 6578 §4
        ("supported-report-set", [], ["{DAV:}supported-report"]),  # RFC 3253 §3.1.5
        ("ishidden", "0", "0"),
        ("lastmodified", "784111777", "784111777"),
        ((APACHE, "executable"), "F", None),
        ((MICROSOFT, "Win32LastModifiedTime"), "Sun, 06 Nov 1994 08:49:37 GMT",
         "Sun, 06 Nov 1994 08:49:37 GMT"),
        ((MICROSOFT, "Win32CreationTime"), "Sun, 06 Nov 1994 08:48:20 GMT",
         "Sun, 06 Nov 1994 08:48:20 GMT"),
        ((MICROSOFT, "Win32FileAttributes"), None, None),
        (("", "unknown"), None, None),
    ],
)  # fmt: skip
def test_values(name, of_file, of_folder):
    namespace, local = (DAV, name) if isinstance(name, str) else name
    if not namespace:
        assert shown(props(name)) == {404: {local: []}}
        return
    assert value(local, FILE, namespace=namespace) == of_file
    assert value(local, FOLDER, namespace=namespace) == of_folder


def test_values_that_depend_on_the_context():
    context = Context(usage=Usage(used=5, available=7), sync_token="urn:s&1")
    assert value("quota-used-bytes", FOLDER, context) == "5"
    assert value("quota-available-bytes", FOLDER, context) == "7"
    assert value("quota-used-bytes", FILE, context) is None
    assert value("quota-available-bytes", FILE, context) is None
    assert value("sync-token", FOLDER, context) == "urn:s&1"


def test_values_that_depend_on_the_entry():
    assert value("executable", FILE._replace(executable=True), namespace=APACHE) == "T"
    assert value("executable", FILE._replace(executable=None), namespace=APACHE) is None
    assert value("ishidden", FILE._replace(name=".a")) == "1"
    assert value("displayname", FOLDER._replace(name="")) == []
    assert value("displayname", FILE._replace(name="a\nb\udcff<\x01")) == "a\nb�<�"
    assert value("getetag", FILE._replace(etag="<&>")) == '"<&>"'


def test_locks_are_shown_whole():  # §14.1, §15.8
    shared = replace(LOCK, token="urn:x:<2>", href="/a%20", is_exclusive=False, is_deep=False,
                     owner="")  # fmt: skip
    root = parse(lock_body([LOCK, shared], now=90.4))
    assert root.name == (DAV, "prop")
    first, second = root.find("lockdiscovery").children
    assert first.find("locktype").children[0].name == (DAV, "write")
    assert first.find("lockscope").children[0].name == (DAV, "exclusive")
    assert second.find("lockscope").children[0].name == (DAV, "shared")
    assert [each.find("depth").text for each in (first, second)] == ["infinity", "0"]
    assert first.find("owner").text == "me"
    assert second.find("owner") is None
    assert first.find("timeout").text == "Second-9"
    assert second.find("locktoken").find("href").text == "urn:x:<2>"
    assert second.find("lockroot").find("href").text == "/a%20"
    assert active_locks([], now=0) == ""


@pytest.mark.parametrize("prefix", ["D:", ""])
def test_a_listing_shows_locks(prefix):
    context = Context(locks=[LOCK], now=0)
    found = shown(props("lockdiscovery"), FILE, context, prefix)
    assert found == {200: {"{DAV:}lockdiscovery": ["{DAV:}activelock"]}}
