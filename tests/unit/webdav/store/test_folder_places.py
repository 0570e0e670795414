"""What requests may reach in a folder: nothing outside, nothing hidden, nothing half written."""

from __future__ import annotations

import contextlib
import os
import pathlib
import threading
import time
from collections.abc import Callable

import pytest

from caraway.webdav.errors import Exists, Forbidden, NotFound, ParentMissing, StoreError
from caraway.webdav.store.folder import FolderStore
from tests.unit.webdav.store.conformance import COMMENT, get, names, put


@pytest.fixture
def store(folder_store: FolderStore) -> FolderStore:
    return folder_store


@pytest.fixture
def outside(tmp_path: pathlib.Path) -> pathlib.Path:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "file").write_text("secret")
    return outside


def test_the_state_is_never_visible(share: pathlib.Path) -> None:
    state = share / "home" / ".state"
    store = FolderStore(share, state=state, with_attributes=False)
    store.make_collection(("home",))
    put(store, ("home", "a"))
    store.set_properties(("home", "a"), {COMMENT: "<a/>"})
    assert state.is_dir()
    assert names(store, ("home",)) == ["a"]
    inside = ("home", ".state", "properties.sqlite3")
    for look in (store.stat, store.open):
        with pytest.raises(NotFound):
            look(inside)
    for change in (
        lambda: store.create(inside),
        lambda: store.make_collection(("home", ".state")),
        lambda: store.move(("home",), ("moved",)),
        lambda: store.remove(("home",)),
        lambda: store.move(("home", "a"), inside),
    ):
        with pytest.raises(Forbidden):
            change()
    with pytest.raises(NotFound):
        store.remove(inside)
    assert store.copy(("home",), ("copy",), deep=True) == []
    assert names(store, ("copy",)) == ["a"]
    store.close()
    with pytest.raises(Forbidden, match="share another folder"):
        FolderStore(state, state=state)


@pytest.mark.parametrize("is_relative", [True, False])
def test_no_method_follows_a_link_that_leads_out(
    store: FolderStore, share: pathlib.Path, outside: pathlib.Path, is_relative: bool
) -> None:
    put(store, ("own",), b"own")
    start = "../outside" if is_relative else str(outside)
    (share / "dir").symlink_to(start)
    (share / "link").symlink_to(start + "/file")
    (share / "new").symlink_to(start + "/new")
    paths = [("dir",), ("link",), ("dir", "file"), ("dir", "none"), ("new",)]
    operations: list[Callable[[tuple[str, ...]], object]] = [
        store.stat,
        store.members,
        store.open,
        store.create,
        lambda path: store.update(path, 0),
        lambda path: store.copy(path, ("copy",), deep=True),
        lambda path: store.set_times(path, mtime_ns=0),
        lambda path: store.set_executable(path, True),
        store.properties,
        lambda path: store.set_properties(path, {COMMENT: "<a/>"}),
        store.usage,
    ]
    for path in paths:
        for operation in operations:
            with pytest.raises(Forbidden, match="out of the folder"):
                operation(path)
    for change in (
        lambda: store.remove(("dir", "file")),
        lambda: store.move(("dir", "file"), ("moved",)),
        lambda: store.make_collection(("dir", "made")),
        lambda: store.move(("own",), ("dir", "own")),
        lambda: store.copy(("own",), ("dir", "own"), deep=True),
    ):
        with pytest.raises(Forbidden):
            change()
    assert names(store, ()) == ["own"]
    for name in ("dir", "link", "new"):
        assert store.remove((name,)) == []
    assert os.listdir(outside) == ["file"]
    assert (outside / "file").read_text() == "secret"


def test_removing_a_tree_follows_no_link(
    store: FolderStore, share: pathlib.Path, outside: pathlib.Path
) -> None:
    (share / "c").mkdir()
    (share / "c" / "dir").symlink_to(outside)
    (share / "c" / "link").symlink_to(outside / "file")
    assert store.remove(("c",)) == []
    assert (outside / "file").read_text() == "secret"


def test_links_inside_work(store: FolderStore, share: pathlib.Path) -> None:
    (share / "c").mkdir()
    put(store, ("c", "file"), b"old")
    (share / "dir").symlink_to("c")
    (share / "c" / "link").symlink_to("../dir/file")
    (share / "none").symlink_to("nothing")
    assert names(store, ()) == ["c", "dir"]
    assert store.stat(("dir",)).is_collection
    assert [entry.size for entry in store.members(("dir",))] == [3, 3]
    put(store, ("dir", "link"), b"new content")
    assert (share / "c" / "file").read_bytes() == b"new content"
    assert (share / "c" / "link").is_symlink()
    store.set_properties(("dir", "link"), {COMMENT: "<a/>"})
    assert store.properties(("c", "file")) == {COMMENT: "<a/>"}
    assert store.remove(("c", "link")) == []
    assert store.remove(("dir",)) == []
    assert names(store, ("c",)) == ["file"]


def test_a_link_moved_elsewhere_leads_to_the_same(store: FolderStore, share: pathlib.Path) -> None:
    (share / "c").mkdir()
    put(store, ("file",), b"content")
    (share / "link").symlink_to("file")
    assert store.move(("link",), ("renamed",)) == []
    assert store.move(("renamed",), ("c", "link")) == []
    assert os.readlink(share / "c" / "link") == "../file"
    assert get(store, ("c", "link")) == b"content"
    assert names(store, ()) == ["c", "file"]


def test_a_race_of_folder_and_link_never_touches_the_outside(
    store: FolderStore, share: pathlib.Path, outside: pathlib.Path
) -> None:
    (share / "flip").mkdir()
    (share / "link").symlink_to(outside)
    before = (outside / "file").stat()
    stop = threading.Event()

    def flip() -> None:
        while not stop.is_set():
            with contextlib.suppress(OSError):
                os.rename(share / "flip", share / "aside")
                os.rename(share / "link", share / "flip")
                os.rename(share / "flip", share / "link")
                os.rename(share / "aside", share / "flip")
            # Leave the others a moment in which all is well.
            for _ in range(50):
                os.stat(share)

    thread = threading.Thread(target=flip)
    thread.start()
    done = set()
    file = ("flip", "file")
    operations: list[Callable[[], object]] = [
        lambda: put(store, file, b"written"),
        lambda: get(store, file),
        lambda: store.set_times(file, mtime_ns=0),
        lambda: store.set_executable(file, True),
        lambda: store.set_properties(file, {COMMENT: "<a/>"}),
        lambda: store.make_collection(("flip", "made")),
        lambda: store.copy(file, ("flip", "copy"), deep=True),
        lambda: store.move(("flip", "copy"), ("flip", "moved")),
        lambda: store.remove(("flip", "moved")),
        lambda: store.remove(("flip", "made")),
        lambda: list(store.members(("flip",))),
        lambda: store.remove(file),
    ]
    begun, rounds = time.monotonic(), 0
    try:
        # On a busy machine the other thread may have most of the turns.
        while rounds < 120 or (not done and time.monotonic() < begun + 30):
            rounds += 1
            for number, operation in enumerate(operations):
                with contextlib.suppress(StoreError):
                    assert operation() != b"secret"
                    done.add(number)
    finally:
        stop.set()
        thread.join()
    assert os.listdir(outside) == ["file"]
    after = (outside / "file").stat()
    assert (after.st_mtime_ns, after.st_mode, after.st_ino) == (
        before.st_mtime_ns,
        before.st_mode,
        before.st_ino,
    )
    assert (outside / "file").read_text() == "secret"
    assert done


def test_hidden_files_are_not_there(share: pathlib.Path, state: pathlib.Path) -> None:
    store = FolderStore(share, hidden="hide", state=state)
    (share / ".git").mkdir()
    (share / ".git" / "config").write_text("x")
    put(store, ("seen",))
    assert names(store, ()) == ["seen"]
    for path in ((".git",), (".git", "config")):
        for look in (store.stat, store.open, store.members, store.remove):
            with pytest.raises(NotFound):
                look(path)
    for change in (
        lambda: store.create((".new",)),
        lambda: store.make_collection((".new",)),
        lambda: store.copy(("seen",), (".new",), deep=True),
        lambda: store.move(("seen",), (".new",)),
    ):
        with pytest.raises(Forbidden):
            change()
    with pytest.raises(ParentMissing):
        store.create((".git", "new"))
    store.make_collection(("c",))
    (share / "c" / ".hidden").write_text("x")
    assert store.copy(("c",), ("copy",), deep=True) == []
    assert os.listdir(share / "copy") == []
    assert store.remove(("c",)) == []
    store.close()


@pytest.mark.parametrize("name", ["", ".", "..", "a/b", "../share", "a\0b", "\ud800"])
def test_what_is_no_name_reaches_nothing(
    store: FolderStore, share: pathlib.Path, name: str
) -> None:
    put(store, ("file",))
    for path in ((name,), ("file", name), (name, "x")):
        with pytest.raises(NotFound):
            store.stat(path)
    with pytest.raises(Forbidden):
        store.create((name,))
    with pytest.raises(ParentMissing):
        store.create((name, "x"))
    with pytest.raises(Forbidden):
        store.make_collection((name,))


def test_a_file_being_written_cannot_be_reached(store: FolderStore, share: pathlib.Path) -> None:
    writer = store.create(("file",))
    writer.write(b"x")
    [temporary] = os.listdir(share)
    assert temporary.startswith(".caraway-")
    assert names(store, ()) == []
    for name in (temporary, temporary.upper()):
        with pytest.raises(NotFound):
            store.stat((name,))
        with pytest.raises(NotFound):
            store.remove((name,))
        with pytest.raises(Forbidden):
            store.create((name,))
    writer.abort()
    assert os.listdir(share) == []


def test_a_name_that_only_changes_its_case_is_free_where_case_is_ignored(
    store: FolderStore, share: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(store, ("name",), b"x")
    # Two names of one file look like one name that ignores case.
    os.link(share / "name", share / "NAME")
    assert store.move(("name",), ("NAME",)) == []
    os.link(share / "NAME", share / "other")
    with pytest.raises(Exists):
        store.move(("NAME",), ("other",))
