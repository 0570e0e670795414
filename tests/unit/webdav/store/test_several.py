"""Several stores under one root."""

from __future__ import annotations

import os
import pathlib

import pytest

from caraway.webdav.errors import Exists, Forbidden, IsACollection, NotFound, ParentMissing
from caraway.webdav.store.folder import FolderStore
from caraway.webdav.store.interface import Failure
from caraway.webdav.store.memory import MemoryStore
from caraway.webdav.store.several import Root, SeveralStore
from tests.unit.webdav.store.conformance import (
    COMMENT,
    SECOND_NS,
    StoreConformance,
    get,
    names,
    put,
)


@pytest.fixture
def store() -> SeveralStore:
    """Two roots to write in and one, with a file, to read."""
    read = MemoryStore()
    put(read, ("file",), b"read")
    return SeveralStore(
        {
            "w": Root(MemoryStore(), is_writable=True),
            "v": Root(MemoryStore(), is_writable=True),
            "r": Root(read),
        }
    )


class TestSeveralStore(StoreConformance):
    base = ("w",)

    @pytest.fixture
    def store(self, store: SeveralStore) -> SeveralStore:
        return store


def test_the_root_lists_the_stores_by_name() -> None:
    store = SeveralStore({name: Root(MemoryStore()) for name in "cab"}, time_ns=9)
    assert names(store, ()) == ["a", "b", "c"]
    assert store.stat(("a",)).name == "a"
    assert store.stat(()).mtime_ns == 9
    assert store.properties(()) == {}
    assert store.usage(()) is None


@pytest.mark.parametrize("name", ["", ".", "..", "a/b", "a\0b"])
def test_a_root_needs_a_name(name: str) -> None:
    with pytest.raises(ValueError, match="use one without slashes"):
        SeveralStore({name: Root(MemoryStore())})


def test_a_store_that_is_gone_is_left_out(tmp_path: pathlib.Path) -> None:
    gone = FolderStore(tmp_path, state=tmp_path.parent / "state")
    store = SeveralStore({"gone": Root(gone), "here": Root(MemoryStore())})
    gone.close()
    assert names(store, ()) == ["here"]


def test_nothing_is_made_beside_a_root(store: SeveralStore) -> None:
    with pytest.raises(Exists), store.aside(("w",)):
        pass
    with pytest.raises(Forbidden), store.aside(("new",)):
        pass


def test_nothing_changes_in_the_root_itself(store: SeveralStore) -> None:
    put(store, ("w", "file"))
    store.make_collection(("w", "c"))
    for change in (
        lambda: store.create(("new",)),
        lambda: store.make_collection(("new",)),
        lambda: store.remove(("w",)),
        lambda: store.remove(()),
        lambda: store.move(("w",), ("new",)),
        lambda: store.move(("w",), ("v", "new")),
        lambda: store.move(("w", "c"), ("new",)),
        lambda: store.copy(("w", "file"), ("new",), deep=True),
        lambda: store.copy((), ("w", "new"), deep=True),
        lambda: store.set_times((), mtime_ns=0),
        lambda: store.set_executable((), True),
        lambda: store.set_properties((), {COMMENT: "<a/>"}),
    ):
        with pytest.raises(Forbidden):
            change()
    for make in (
        lambda: store.make_collection(("w",)),
        lambda: store.copy(("w", "file"), ("v",), deep=True),
        lambda: store.move(("w", "file"), ("v",)),
    ):
        with pytest.raises(Exists):
            make()
    with pytest.raises(IsACollection):
        store.create(("w",))
    with pytest.raises(ParentMissing):
        store.create(("none", "file"))
    for look in (store.stat, store.open, store.members, store.remove):
        with pytest.raises(NotFound):
            look(("none",))


def test_a_root_to_read_refuses_every_change(store: SeveralStore) -> None:
    put(store, ("w", "file"))
    assert get(store, ("r", "file")) == b"read"
    for change in (
        lambda: store.create(("r", "new")),
        lambda: store.update(("r", "file"), 0),
        lambda: store.make_collection(("r", "new")),
        lambda: store.remove(("r", "file")),
        lambda: store.copy(("w", "file"), ("r", "new"), deep=True),
        lambda: store.move(("w", "file"), ("r", "new")),
        lambda: store.move(("r", "file"), ("w", "new")),
        lambda: store.set_times(("r", "file"), mtime_ns=0),
        lambda: store.set_executable(("r", "file"), True),
        lambda: store.set_properties(("r", "file"), {COMMENT: "<a/>"}),
    ):
        with pytest.raises(Forbidden):
            change()
    assert names(store, ("r",)) == ["file"]
    assert store.copy(("r", "file"), ("w", "copy"), deep=True) == []


def test_a_tree_moves_from_one_store_to_another(store: SeveralStore) -> None:
    store.make_collection(("w", "c"))
    put(store, ("w", "c", "file"), b"content", mtime_ns=SECOND_NS)
    store.set_executable(("w", "c", "file"), True)
    store.set_properties(("w", "c"), {COMMENT: "<a/>"})
    store.set_times(("w", "c"), mtime_ns=2 * SECOND_NS)
    assert store.move(("w", "c"), ("v", "moved")) == []
    assert names(store, ("w",)) == []
    assert get(store, ("v", "moved", "file")) == b"content"
    entry = store.stat(("v", "moved", "file"))
    assert (entry.mtime_ns, entry.executable) == (SECOND_NS, True)
    assert store.stat(("v", "moved")).mtime_ns == 2 * SECOND_NS
    assert store.properties(("v", "moved")) == {COMMENT: "<a/>"}
    assert store.copy(("v",), ("w", "copy"), deep=False) == []
    assert names(store, ("w", "copy")) == []


def test_what_cannot_be_copied_is_named_and_stays(store: SeveralStore) -> None:
    small = SeveralStore(
        {
            "w": Root(MemoryStore(), is_writable=True),
            "s": Root(MemoryStore(capacity=5), is_writable=True),
        }
    )
    small.make_collection(("w", "c"))
    for name in "abc":
        put(small, ("w", "c", name), b"1234")
    assert small.move(("w", "c"), ("s", "c")) == [Failure(("w", "c", "b"), 507)]
    assert names(small, ("w", "c")) == ["a", "b", "c"]
    small.remove(("s", "c"))
    small.make_collection(("s", "old"))
    failures = small.move(("w", "c"), ("s", "old"), replaces=True)
    assert failures == [Failure(("w", "c", "b"), 507)]
    assert names(small, ("s", "old")) == []
    assert names(small, ("s",)) == ["old"]
    small.remove(("w", "c", "b"))
    small.remove(("w", "c", "c"))
    assert small.move(("w", "c"), ("s", "old"), replaces=True) == []
    assert names(small, ("s", "old")) == ["a"]


def test_keeping_reaches_the_store(store: SeveralStore) -> None:
    store.make_collection(("w", "c"))
    put(store, ("w", "c", "a"))
    put(store, ("w", "c", "b"))
    assert store.remove(("w", "c"), frozenset([("w", "c", "a"), ("v", "c", "b")])) == []
    assert names(store, ("w", "c")) == ["a"]


def test_a_folder_moved_to_another_store_leaves_what_it_does_not_list(
    tmp_path: pathlib.Path,
) -> None:
    share = tmp_path / "share"
    share.mkdir()
    folder = FolderStore(share, hidden="hide", state=tmp_path / "state")
    store = SeveralStore(
        {
            "f": Root(folder, is_writable=True),
            "m": Root(MemoryStore(), is_writable=True),
        }
    )
    store.make_collection(("f", "c"))
    put(store, ("f", "c", "file"), b"x")
    (share / "c" / ".hidden").touch()
    assert store.move(("f", "c"), ("m", "c")) == [Failure(("f", "c", ".hidden"), 403)]
    assert os.listdir(share / "c") == [".hidden"]
    assert get(store, ("m", "c", "file")) == b"x"
    folder.close()
