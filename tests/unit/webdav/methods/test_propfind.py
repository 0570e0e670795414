"""PROPFIND (RFC 4918 §9.1): order, depth, limits, and what vanishes meanwhile."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from caraway.webdav.errors import Forbidden
from caraway.webdav.paths import Path
from caraway.webdav.store.interface import Entry
from caraway.webdav.store.memory import MemoryStore
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


def test_more_than_the_limit_is_507(store: Closed) -> None:
    assert Caller(store, limit=3)("PROPFIND", "/", {"Depth": "1"}).status == 507
    assert Caller(store, limit=4)("PROPFIND", "/", {"Depth": "1"}).status == 207


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
