"""Trees one resource after another."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from caraway.webdav.errors import Forbidden, NotFound
from caraway.webdav.paths import Path
from caraway.webdav.store.interface import Entry
from caraway.webdav.store.memory import MemoryStore
from caraway.webdav.walk import Depth, walk
from tests.unit.webdav.server.memory import put_file


class Doors(MemoryStore):
    """Has a collection that may not be looked into, and one that vanishes."""

    def members(self, path: Path) -> Iterator[Entry]:
        if path[-1:] == ("closed",):
            raise Forbidden("no")
        if path[-1:] == ("gone",):
            raise NotFound("gone")
        for entry in super().members(path):
            yield entry._replace(is_link=entry.name == "link")


@pytest.fixture
def store() -> Doors:
    made = Doors()
    for name in ("b", "closed", "gone", "link"):
        made.make_collection((name,))
    for path in (("a",), ("b", "x"), ("closed", "x"), ("gone", "x"), ("link", "x")):
        put_file(made, path)
    return made


@pytest.mark.parametrize(
    ("path", "depth", "found"),
    [
        ((), "0", [""]),
        ((), "1", ["", "a", "b", "closed", "gone", "link"]),
        ((), "infinity", ["", "a", "b", "closed", "gone", "link", "b/x"]),
        (("a",), "infinity", ["a"]),
        (("b",), "1", ["b", "b/x"]),
        (("link",), "infinity", ["link", "link/x"]),
    ],
)
def test_as_deep_as_asked(store: Doors, path: Path, depth: Depth, found: list[str]) -> None:
    assert ["/".join(place) for place, _ in walk(store, path, store.stat(path), depth)] == found


def test_closed_doors_and_links_are_told_of(store: Doors) -> None:
    closed: list[Path] = []
    list(walk(store, (), store.stat(()), "infinity", on_closed=closed.append))
    assert sorted(closed) == [("closed",), ("link",)]
