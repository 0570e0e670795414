"""PROPFIND (RFC 4918 §9.1): order, depth, limits, and what vanishes meanwhile."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pytest

from caraway.webdav.application import Application
from caraway.webdav.call import Moment
from caraway.webdav.errors import Forbidden, NotFound, StoreError
from caraway.webdav.http.message import Request, Response, Work
from caraway.webdav.paths import Path
from caraway.webdav.store.interface import Entry, PropertyName
from caraway.webdav.store.memory import MemoryStore
from caraway.webdav.xml.parser import parse
from tests.unit.webdav.methods.calls import Caller
from tests.unit.webdav.server.memory import put_file

_SIZE = '<D:propfind xmlns:D="DAV:"><D:prop><D:getcontentlength/></D:prop></D:propfind>'


class Closed(MemoryStore):
    """Has a collection that may not be looked into."""

    def members(self, path: Path) -> Iterator[Entry]:
        if path == ("closed",):
            raise Forbidden("no")
        return super().members(path)


@pytest.fixture
def store() -> Closed:
    made = Closed()
    for name in ("closed", "open", "open2"):
        made.make_collection((name,))
        put_file(made, (name, "x"))
    return made


def test_trees_are_listed_in_order_and_closed_doors_passed_by(store: Closed) -> None:
    result = Caller(store)("PROPFIND", "/", {"Depth": "infinity"}, _SIZE)
    names = ["/", "/closed/", "/open/", "/open2/", "/open/x", "/open2/x"]
    places = [result.text.index(f"<href>{name}</href>") for name in names]
    assert places == sorted(places)
    assert "/closed/x" not in result.text


@pytest.mark.parametrize(("agent", "prefix"), [("x", ""), ("Microsoft-WebDAV-MiniRedir", "D:")])
@pytest.mark.parametrize(("depth", "limit"), [("1", 3), ("infinity", 5)])
def test_a_listing_that_is_too_long_ends_with_507(
    store: Closed, depth: str, limit: int, agent: str, prefix: str
) -> None:
    """RFC 4918 §11.5; as RFC 6578 §3.6, but no href twice (RFC 4918 §14.24)."""
    fields = {"Depth": depth, "User-Agent": agent}
    result = Caller(store, limit=limit)("PROPFIND", "/", fields)
    assert result.status == 207
    *listed, last = parse(result.body).children[:-1]
    assert len(listed) == limit
    assert [child.name[1] for child in last.children] == ["href", "status"]
    assert last.children[1].text == "HTTP/1.1 507 Insufficient Storage"
    hrefs = [each.children[0].text for each in (*listed, last)]
    assert len(set(hrefs)) == limit + 1
    assert f"<{prefix}responsedescription>" in result.text
    whole = Caller(store, limit=limit + 1)("PROPFIND", "/", fields)
    assert ("507" in whole.text) is (depth == "infinity" and limit + 1 < 6)


class Vanishing(Closed):
    """Loses a member between telling of it and being asked for its properties."""

    error: StoreError = NotFound("gone")

    def properties(self, path: Path) -> Mapping[PropertyName, str]:
        if path[:1] == ("open",):
            raise self.error
        return super().properties(path)


def test_a_member_that_vanishes_meanwhile_is_left_out() -> None:
    store = Vanishing()
    for name in ("a", "open", "z"):
        put_file(store, (name,))
    result = Caller(store)("PROPFIND", "/", {"Depth": "1"})
    assert [name in result.text for name in ("/a<", "/open<", "/z<")] == [True, False, True]
    assert Caller(store)("PROPFIND", "/open").status == 404


@pytest.mark.parametrize("error", [Forbidden("no"), StoreError("damaged")])
def test_properties_that_cannot_be_read_do_not_hide_the_resource(error: StoreError) -> None:
    store = Vanishing()
    store.error = error
    put_file(store, ("open",))
    for target in ("/", "/open"):
        result = Caller(store)("PROPFIND", target, {"Depth": "1"})
        assert "/open</href>" in result.text


def test_a_long_listing_comes_in_pieces(store: Closed) -> None:
    for index in range(600):
        put_file(store, ("open", f"file{index:04}"))
    result = Caller(store)("PROPFIND", "/open/", {"Depth": "1"})
    assert result.text.count("</href>") >= 602
    assert result.text.rstrip().endswith("</multistatus>")


@pytest.mark.parametrize(
    ("target", "fields", "body", "status"),
    [
        ("/none", {}, "", 404),
        ("/", {"Depth": "2"}, "", 400),
        ("/", {"Depth": "0"}, "<x", 400),
        ("/open/x", {"Depth": "0", "If-Match": '"other"'}, "", 412),
        ("/open/x", {"Depth": "1"}, "", 207),
    ],
)
def test_statuses(
    store: Closed, target: str, fields: dict[str, str], body: str, status: int
) -> None:
    assert Caller(store)("PROPFIND", target, fields, body).status == status


def test_links_are_listed_and_not_followed() -> None:
    """Unless they are the target: what they lead to is listed where it is."""

    class Linked(MemoryStore):
        def members(self, path: Path) -> Iterator[Entry]:
            for entry in super().members(path):
                yield entry._replace(is_link=True)

    store = Linked()
    store.make_collection(("c",))
    put_file(store, ("c", "x"))
    ask = Caller(store)
    everything = ask("PROPFIND", "/", {"Depth": "infinity"}, _SIZE).text
    assert "<href>/c/</href>" in everything
    assert "/c/x" not in everything
    assert "/c/x" in ask("PROPFIND", "/c/", {"Depth": "infinity"}, _SIZE).text


class Large(MemoryStore):
    """Says of each collection that it has very many members."""

    def stat(self, path: Path) -> Entry:
        entry = super().stat(path)
        return entry._replace(is_large=entry.is_collection)


@pytest.mark.parametrize(
    ("depth", "is_large", "is_apart"),
    [("0", True, False), ("1", True, True), ("1", False, False), ("infinity", False, True)],
)
def test_long_listings_are_made_in_threads(depth: str, is_large: bool, is_apart: bool) -> None:
    application = Application(Large() if is_large else MemoryStore())
    asked = Request("PROPFIND", "/", (), {"depth": depth})
    outcome = application.handle(asked, Moment(0.0, 0.0))
    response = outcome.run() if isinstance(outcome, Work) else outcome
    assert isinstance(response, Response)
    assert (isinstance(outcome, Work), response.is_slow) == (is_apart, is_apart)
