"""Several stores under one root."""

from __future__ import annotations

import pytest

from caraway.webdav.errors import Exists, Forbidden, IsACollection, NotFound, ParentMissing
from caraway.webdav.store.memory import MemoryStore
from caraway.webdav.store.several import Root, SeveralStore
from tests.unit.webdav.store.conformance import COMMENT, SECOND_NS, StoreConformance, get, names, put


class TestSeveralStore(StoreConformance):
    base = ("w",)

    @pytest.fixture
    def store(self) -> SeveralStore:
        return several()


def several(**more: Root) -> SeveralStore:
    return SeveralStore(
        {"w": Root(MemoryStore(), is_writable=True), "r": Root(MemoryStore()), **more}
    )


def test_the_root_lists_the_stores_by_name() -> None:
    store = SeveralStore({name: Root(MemoryStore()) for name in "cab"}, time_ns=9)
    assert names(store, ()) == ["a", "b", "c"]
    assert store.stat(("a",)).name == "a"
    assert store.stat(()).mtime_ns == 9
    assert store.properties(()) == {}
    assert store.usage(()) is None
