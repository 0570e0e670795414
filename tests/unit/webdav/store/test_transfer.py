"""Copying a tree from one store to another."""

from __future__ import annotations

import pytest

from caraway.webdav.errors import Exists, NotFound
from caraway.webdav.store.interface import Failure
from caraway.webdav.store.memory import MemoryStore
from caraway.webdav.store.transfer import PIECE_BYTES, move_between, transfer
from tests.unit.webdav.store.conformance import COMMENT, SECOND_NS, get, names, put


@pytest.fixture
def source() -> MemoryStore:
    store = MemoryStore()
    store.make_collection(("c",))
    store.make_collection(("c", "d"))
    put(store, ("c", "d", "file"), b"x" * (PIECE_BYTES + 1), mtime_ns=SECOND_NS)
    put(store, ("c", "long" * 10), b"y")
    store.set_executable(("c", "d", "file"), True)
    store.set_properties(("c", "d"), {COMMENT: "<a/>"})
    return store


def test_a_tree_is_copied(source: MemoryStore) -> None:
    target = MemoryStore()
    assert transfer((source, ("c",)), (target, ("copy",))) == []
    assert names(target, ("copy",)) == ["d", "long" * 10]
    assert get(target, ("copy", "d", "file")) == b"x" * (PIECE_BYTES + 1)
    assert target.stat(("copy", "d", "file")).executable
    assert target.stat(("copy", "d", "file")).mtime_ns > SECOND_NS
    assert target.properties(("copy", "d")) == {COMMENT: "<a/>"}


def test_a_file_is_copied_alone(source: MemoryStore) -> None:
    target = MemoryStore()
    assert transfer((source, ("c", "d", "file")), (target, ("f",)), keeps_times=True) == []
    assert target.stat(("f",)).mtime_ns == SECOND_NS


def test_the_resource_itself_must_be_copied(source: MemoryStore) -> None:
    target = MemoryStore()
    target.make_collection(("c",))
    with pytest.raises(Exists):
        transfer((source, ("c",)), (target, ("c",)))
    with pytest.raises(NotFound):
        transfer((source, ("none",)), (target, ("x",)))


def test_a_full_store_ends_the_copying(source: MemoryStore) -> None:
    target = MemoryStore(capacity=1)
    put(source, ("c", "a"), b"12")
    assert transfer((source, ("c",)), (target, ("c",))) == [Failure(("c", "a"), 507)]
    assert names(target, ("c",)) == []
    assert move_between((source, ("c",)), (target, ("again",))) == [Failure(("c", "a"), 507)]
    assert names(source, ("c",)) == ["a", "d", "long" * 10]


def test_other_failures_do_not_end_it(source: MemoryStore, monkeypatch: pytest.MonkeyPatch) -> None:
    target = MemoryStore()
    put(source, ("c", "a"), b"12")
    real = MemoryStore.properties

    def properties(self: MemoryStore, path: tuple[str, ...]) -> object:
        if path[-1] == "a":
            raise NotFound("gone meanwhile")
        return real(self, path)

    monkeypatch.setattr(MemoryStore, "properties", properties)
    assert transfer((source, ("c",)), (target, ("c",))) == [Failure(("c", "a"), 404)]
    assert names(target, ("c",)) == ["d", "long" * 10]
