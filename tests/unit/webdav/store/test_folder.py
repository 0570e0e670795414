"""A folder of the file system as a store."""

from __future__ import annotations

import errno
import os
import pathlib
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import threading
import tracemalloc
from collections.abc import Iterator

import pytest

from caraway.webdav.errors import Changed, Forbidden, IsACollection, NotFound, StoreError
from caraway.webdav.store import exchange
from caraway.webdav.store.folder import FolderStore
from caraway.webdav.store.interface import Failure
from tests.unit.webdav.store.conformance import (
    COMMENT,
    SECOND_NS,
    StoreConformance,
    get,
    names,
    put,
)
from tests.unit.webdav.store.faulty import FaultyCalls


@pytest.fixture
def store(folder_store: FolderStore) -> FolderStore:
    return folder_store


@pytest.fixture
def unprivileged() -> Iterator[None]:
    """Permissions count: root, whom none stop, becomes somebody else for the test."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


class TestWithAttributes(StoreConformance):
    @pytest.fixture
    def store(self, share: pathlib.Path, state: pathlib.Path) -> Iterator[FolderStore]:
        store = FolderStore(share, state=state)
        yield store
        store.close()


class TestWithDatabase(StoreConformance):
    @pytest.fixture
    def store(self, share: pathlib.Path, state: pathlib.Path) -> Iterator[FolderStore]:
        store = FolderStore(share, state=state, with_attributes=False, fsync=True)
        yield store
        store.close()


# -- opening the folder


def test_a_folder_must_be_there(tmp_path: pathlib.Path) -> None:
    (tmp_path / "file").write_text("")
    for name in ("none", "file"):
        with pytest.raises(NotFound):
            FolderStore(tmp_path / name)


def test_the_state_lies_where_the_user_keeps_it(
    share: pathlib.Path, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "xdg"))
    store = FolderStore(share, with_attributes=False)
    put(store, ("a",))
    assert not (tmp_path / "xdg").exists()
    store.set_properties(("a",), {COMMENT: "<a/>"})
    assert (tmp_path / "xdg" / "caraway" / "properties.sqlite3").is_file()
    store.close()


# -- what is no file


def test_special_files_are_refused_and_never_block(
    store: FolderStore, share: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (share / "c").mkdir()
    os.mkfifo(share / "c" / "fifo")
    monkeypatch.chdir(share / "c")
    listening = socket.socket(socket.AF_UNIX)
    listening.bind("socket")
    listening.close()
    (share / "c" / "link").symlink_to("fifo")
    assert names(store, ("c",)) == []
    for name in ("fifo", "socket", "link"):
        path = ("c", name)
        for operation in (
            lambda path: store.stat(path),
            lambda path: store.open(path),
            lambda path: store.create(path),
            lambda path: store.update(path, 0),
            lambda path: store.copy(path, ("copy",), deep=True),
            lambda path: store.set_times(path, mtime_ns=0),
            lambda path: store.properties(path),
        ):
            with pytest.raises(Forbidden):
                operation(path)
    assert store.copy(("c",), ("copy",), deep=True) == []
    assert store.remove(("c",)) == []
    assert names(store, ("copy",)) == []


def test_a_file_swapped_for_a_fifo_is_refused_when_opened(
    store: FolderStore, share: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(store, ("file",))
    real = os.open

    def swap(path: str, flags: int, *args: int, **kwargs: int) -> int:
        if path == "file" and not os.path.exists(share / "was"):
            os.rename(share / "file", share / "was")
            os.mkfifo(share / "file")
        return real(path, flags, *args, **kwargs)

    monkeypatch.setattr(os, "open", swap)
    with pytest.raises(Forbidden):
        store.open(("file",))


# -- permissions


@pytest.mark.usefixtures("unprivileged")
def test_permissions_are_honoured() -> None:
    # Not below tmp_path, which only its owner may enter.
    share = pathlib.Path(os.path.realpath(tempfile.mkdtemp(prefix="caraway-permissions-")))
    store = FolderStore(share, state=share.parent / (share.name + "-state"))
    for name in ("closed", "fixed"):
        (share / name).mkdir()
        (share / name / "file").write_text("x")
        (share / name / "c").mkdir()
    put(store, ("unreadable",), b"x")
    (share / "unreadable").chmod(0o200)
    put(store, ("readonly",), b"x")
    (share / "readonly").chmod(0o444)
    (share / "closed").chmod(0o000)
    (share / "fixed").chmod(0o555)
    try:
        for operation in (
            lambda: store.stat(("closed", "file")),
            lambda: store.members(("closed",)),
            lambda: store.open(("unreadable",)),
            lambda: store.create(("readonly",)),
            lambda: store.create(("fixed", "new")),
            lambda: store.create(("fixed", "file")),
            lambda: store.make_collection(("fixed", "new")),
            lambda: store.make_collection(("closed", "new")),
            lambda: store.remove(("fixed", "file")),
            lambda: store.move(("fixed", "file"), ("moved",)),
            lambda: store.move(("closed", "file"), ("moved",)),
            lambda: store.move(("readonly",), ("closed", "x")),
            lambda: store.copy(("unreadable",), ("copy",), deep=True),
            lambda: store.copy(("closed",), ("copy",), deep=True),
            lambda: store.set_executable(("unreadable",), True),
            lambda: store.set_times(("unreadable",), mtime_ns=0),
            lambda: store.set_properties(("readonly",), {COMMENT: "<a/>"}),
            lambda: store.unlisted(("closed",)),
        ):
            with pytest.raises(Forbidden):
                operation()
        # RFC 4918 §9.6.1: what cannot be removed is named, what is above it is not.
        assert set(store.remove(("fixed",))) == {
            Failure(("fixed", "file"), 403),
            Failure(("fixed", "c"), 403),
        }
        assert store.remove(("closed",)) == [Failure(("closed",), 403)]
    finally:
        (share / "closed").chmod(0o700)
        (share / "fixed").chmod(0o700)
        for name in ("closed", "fixed", "unreadable", "readonly"):
            store.remove((name,))
        store.close()
        os.rmdir(share)


# -- what a replaced file keeps


def test_a_replaced_file_keeps_its_mode_but_no_set_user_id(
    store: FolderStore, share: pathlib.Path
) -> None:
    put(store, ("file",), b"old")
    (share / "file").chmod(0o4751)
    put(store, ("file",), b"new")
    assert stat.S_IMODE((share / "file").stat().st_mode) == 0o751


def test_a_file_removed_meanwhile_comes_back_with_its_mode(
    store: FolderStore, share: pathlib.Path
) -> None:
    put(store, ("file",), b"old")
    (share / "file").chmod(0o640)
    writer = store.create(("file",))
    store.remove(("file",))
    writer.commit()
    assert stat.S_IMODE((share / "file").stat().st_mode) == 0o640


def test_a_file_that_changes_while_it_is_read_says_so(
    store: FolderStore, share: pathlib.Path
) -> None:
    put(store, ("file",), b"x" * 100)
    for change in (b"longer" * 100, b"short", b"y" * 5):
        # Clocks of files may stand still for some milliseconds.
        os.utime(share / "file", ns=(0, 0))
        reader = store.open(("file",))
        (share / "file").write_bytes(change)
        with pytest.raises(Changed, match="ask for it again"):
            reader.read(0, 10)
        with pytest.raises(Changed):
            reader.read(0, 0)
        reader.close()


# -- trees


def test_a_race_of_commits_leaves_one_whole_file(store: FolderStore) -> None:
    writers = [store.create(("file",)) for _ in range(5)]
    for number, writer in enumerate(writers):
        writer.write(b"%d" % number * 10_000)
    threads = [threading.Thread(target=writer.commit) for writer in writers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(get(store, ("file",)))) == 1
    assert names(store, ()) == ["file"]


def test_a_deep_tree_needs_no_stack_and_few_descriptors(
    store: FolderStore, share: pathlib.Path
) -> None:
    levels = 1500
    (share / "top").mkdir()
    here = os.open(share / "top", os.O_RDONLY)
    for _ in range(levels):
        os.mkdir("d", dir_fd=here)
        below = os.open("d", os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = below
    os.close(here)
    assert sys.getrecursionlimit() < levels
    assert store.copy(("top",), ("copy",), deep=True) == []
    assert store.stat(("copy", *["d"] * levels)).is_collection
    assert store.remove(("copy",)) == []
    assert store.remove(("top",)) == []


def test_a_large_listing_holds_only_the_names(
    store: FolderStore, share: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # By the bytes of the directory, of which some file systems need few.
    monkeypatch.setattr("caraway.webdav.store.folder.LARGE", 0)
    for number in range(5000):
        (share / f"file-number-{number}").touch()
    tracemalloc.start()
    try:
        assert sum(1 for _ in store.members(())) == 5000
        assert tracemalloc.get_traced_memory()[1] < 5000 * 250
    finally:
        tracemalloc.stop()


def test_listings_close_their_descriptors(store: FolderStore, share: pathlib.Path) -> None:
    for name in "abc":
        put(store, (name,))
    before = len(os.listdir("/dev/fd"))
    for taken in range(4):
        listing = store.members(())
        for _ in range(taken):
            next(listing)
        del listing
    assert len(os.listdir("/dev/fd")) == before


def test_a_move_between_devices_is_a_copy_and_a_removal(
    store: FolderStore, share: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.make_collection(("c",))
    put(store, ("c", "file"), b"content", mtime_ns=SECOND_NS)
    put(store, ("c", ".hidden"), b"")
    store.make_collection(("c", "d"))
    for path in (("c", "d"), ("c",)):
        store.set_times(path, mtime_ns=2 * SECOND_NS)
    real = os.rename

    def rename(source: str, target: str, **descriptors: int) -> None:
        if source == "c":
            raise OSError(errno.EXDEV, "Invalid cross-device link")
        real(source, target, **descriptors)

    monkeypatch.setattr(exchange, "system_call", lambda: None)
    monkeypatch.setattr(os, "rename", rename)
    assert store.move(("c",), ("moved",)) == []
    assert names(store, ()) == ["moved"]
    assert names(store, ("moved",)) == [".hidden", "d", "file"]
    assert store.stat(("moved", "file")).mtime_ns == SECOND_NS
    for path in (("moved", "d"), ("moved",)):
        assert store.stat(path).mtime_ns == 2 * SECOND_NS
    store.move(("moved",), ("c",))
    os.mkfifo(share / "c" / "fifo")
    assert store.move(("c",), ("again",)) == [Failure(("c", "fifo"), 403)]
    assert sorted(os.listdir(share / "c")) == [".hidden", "d", "fifo", "file"]


def test_what_is_not_listed_is_known(share: pathlib.Path, state: pathlib.Path) -> None:
    store = FolderStore(share, hidden="hide", state=state)
    (share / "c" / "d").mkdir(parents=True)
    (share / "c" / ".hidden").touch()
    (share / "c" / "d" / "broken").symlink_to("none")
    (share / "c" / "d" / "file").touch()
    assert sorted(store.unlisted(("c",))) == [("c", ".hidden"), ("c", "d", "broken")]
    assert store.unlisted(("c", "d", "file")) == []
    store.close()


def test_properties_are_kept_in_part_when_a_tree_goes_in_part(
    share: pathlib.Path,
    state: pathlib.Path,
    calls: FaultyCalls,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    store = FolderStore(share, state=state, with_attributes=False)
    store.make_collection(("c",))
    for name in "ab":
        put(store, ("c", name))
        store.set_properties(("c", name), {COMMENT: f"<{name}/>"})
    store.make_collection(("c", "d"))
    put(store, ("c", "d", "e"))
    store.set_properties(("c", "d", "e"), {COMMENT: "<e/>"})
    assert store.remove(("c",), frozenset([("c", "b")])) == []
    store.make_collection(("c", "d"))
    for path in (("c", "a"), ("c", "d", "e")):
        put(store, path)
        assert store.properties(path) == {}
    assert store.properties(("c", "b")) == {COMMENT: "<b/>"}
    # One that cannot be looked at keeps its own.
    calls.fail("stat", errno.EIO, when=lambda name, **options: name == "b")
    store.remove(("c",), frozenset([("c", "b")]))
    monkeypatch.undo()
    assert store.properties(("c", "b")) == {COMMENT: "<b/>"}
    store.close()


@pytest.mark.parametrize("with_attributes", [True, False])
def test_properties_survive_a_restart(
    share: pathlib.Path, state: pathlib.Path, with_attributes: bool
) -> None:
    for turn in range(2):
        store = FolderStore(share, state=state, with_attributes=with_attributes)
        if turn == 0:
            put(store, ("a",))
            store.set_properties(("a",), {COMMENT: "<a/>"})
        else:
            assert store.properties(("a",)) == {COMMENT: "<a/>"}
        store.close()


def test_times_beyond_what_can_be_stored_become_the_nearest(store: FolderStore) -> None:
    put(store, ("file",), mtime_ns=10**40)
    assert store.stat(("file",)).mtime_ns > 0
    store.set_times(("file",), mtime_ns=-(10**40))
    assert store.stat(("file",)).mtime_ns < 0


def test_leftovers_of_killed_processes_are_swept(store: FolderStore, share: pathlib.Path) -> None:
    (share / "c").mkdir()
    left = share / "c" / ".caraway-1-0-abc"
    left.write_text("half")
    writer = store.create(("c", "file"))
    writer.write(b"x")
    assert store.sweep() == 1
    assert not left.exists()
    writer.commit()
    assert get(store, ("c", "file")) == b"x"
    assert store.sweep() == 0


def test_a_closed_folder_says_so_in_the_errors_of_the_store(
    share: pathlib.Path, state: pathlib.Path
) -> None:
    store = FolderStore(share, state=state)
    store.close()
    for operation in (
        store.sweep,
        lambda: store.stat(("a",)),
        lambda: store.make_collection(("a",)),
        lambda: store.remove(("a",)),
    ):
        with pytest.raises(StoreError):
            operation()


def test_a_collection_in_the_way_of_a_commit(store: FolderStore) -> None:
    writer = store.create(("a",))
    store.make_collection(("a",))
    with pytest.raises(IsACollection):
        writer.commit()


def test_a_failing_disk_is_an_error_of_the_store(store: FolderStore, calls: FaultyCalls) -> None:
    put(store, ("file",))
    calls.fail("getxattr", errno.EIO)
    calls.fail("fstatvfs", errno.EIO)
    calls.fail("stat", errno.EIO, when=lambda name, **options: name == "new")
    for operation in (
        lambda: store.properties(("file",)),
        lambda: store.usage(("file",)),
        lambda: store.make_collection(("new",)),
    ):
        with pytest.raises(StoreError, match="Input/output error"):
            operation()


def test_a_killed_writer_harms_no_file(share: pathlib.Path, state: pathlib.Path) -> None:
    program = (
        "import os, signal, sys\n"
        "from caraway.webdav.store.folder import FolderStore\n"
        "writer = FolderStore(sys.argv[1], state=sys.argv[2]).create(('file',))\n"
        "writer.write(b'half')\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    (share / "file").write_text("old")
    done = subprocess.run([sys.executable, "-c", program, share, state], check=False)
    assert done.returncode == -signal.SIGKILL
    assert len(os.listdir(share)) == 2
    store = FolderStore(share, state=state)
    assert names(store, ()) == ["file"]
    assert get(store, ("file",)) == b"old"
    assert store.sweep() == 1
    assert os.listdir(share) == ["file"]
    store.close()
