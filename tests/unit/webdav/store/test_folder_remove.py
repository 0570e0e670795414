"""Removing trees while others change them."""

from __future__ import annotations

import errno
import os
import pathlib

import pytest

from caraway.webdav.errors import NotFound
from caraway.webdav.store.folder import FolderStore
from caraway.webdav.store.interface import Failure
from tests.unit.webdav.store.conformance import put
from tests.unit.webdav.store.faulty import FaultyCalls


@pytest.fixture
def tree(share: pathlib.Path) -> pathlib.Path:
    """c/d/file and c/file."""
    (share / "c" / "d").mkdir(parents=True)
    (share / "c" / "d" / "file").touch()
    (share / "c" / "file").touch()
    return share / "c"


@pytest.mark.parametrize("call", ["unlink", "rmdir", "listdir", "open"])
@pytest.mark.parametrize("number", [errno.ENOENT, errno.EACCES, errno.EIO])
@pytest.mark.parametrize("after", [0, 1, 2])
def test_every_call_may_fail(
    folder_store: FolderStore,
    tree: pathlib.Path,
    monkeypatch: pytest.MonkeyPatch,
    calls: FaultyCalls,
    call: str,
    number: int,
    after: int,
) -> None:
    calls.fail(call, number, after=after)
    try:
        failures = folder_store.remove(("c",))
    except (NotFound, OSError):
        failures = []
    monkeypatch.undo()
    # Whatever is left and was not gone by itself is named, or is above what is.
    left = [tuple(path.relative_to(tree.parent).parts) for path in tree.rglob("*")]
    if number != errno.ENOENT and left:
        assert failures
    assert all(failure.path[0] == "c" for failure in failures)
    assert folder_store.remove(("c",)) == [] if tree.exists() else True


def test_something_put_into_an_emptied_collection(
    folder_store: FolderStore, tree: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.rmdir

    def rmdir(name: str, *, dir_fd: int) -> None:
        if name == "d":
            (tree / "d" / "late").touch()
        real(name, dir_fd=dir_fd)

    monkeypatch.setattr(os, "rmdir", rmdir)
    assert folder_store.remove(("c",)) == [Failure(("c", "d"), 409)]


def test_a_member_that_vanishes_while_it_is_removed(
    folder_store: FolderStore, tree: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.unlink

    def unlink(name: str, *, dir_fd: int) -> None:
        real(name, dir_fd=dir_fd)
        raise OSError(errno.EIO, "said too late")

    (tree / "d" / "file").unlink()
    (tree / "d").rmdir()
    monkeypatch.setattr(os, "unlink", unlink)
    assert folder_store.remove(("c",)) == []


def test_a_tree_moved_away_meanwhile_is_left_alone(
    folder_store: FolderStore,
    tree: pathlib.Path,
    tmp_path: pathlib.Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (tmp_path / "precious").touch()
    real = os.unlink

    def unlink(name: str, *, dir_fd: int) -> None:
        if name == "file" and (tree / "d").exists():
            os.rename(tree / "d", tmp_path / "d")
        real(name, dir_fd=dir_fd)

    (tree / "file").unlink()
    monkeypatch.setattr(os, "unlink", unlink)
    [failure] = folder_store.remove(("c",))
    assert failure.path == ("c", "d")
    assert (tmp_path / "precious").exists()
    assert tree.exists()


def test_an_empty_collection_that_may_not_be_read_is_removed(
    folder_store: FolderStore, share: pathlib.Path, calls: FaultyCalls
) -> None:
    (share / "c").mkdir()
    calls.fail("open", errno.EACCES, when=lambda path, *rest, **options: path == "c")
    assert folder_store.remove(("c",)) == []
    assert os.listdir(share) == []


def test_a_folder_that_cannot_be_entered_is_not_swept(
    folder_store: FolderStore, tree: pathlib.Path, calls: FaultyCalls
) -> None:
    (tree / "d" / ".caraway-1-0-aa").touch()
    (tree / ".caraway-1-0-aa").touch()
    (tree / ".caraway-folder").mkdir()
    calls.fail("open", errno.EACCES, when=lambda path, *rest, **options: path == "d")
    assert folder_store.sweep() == 1
    assert (tree / "d" / ".caraway-1-0-aa").exists()


def test_a_tree_moved_during_the_sweep_ends_it(
    folder_store: FolderStore, tree: pathlib.Path, calls: FaultyCalls
) -> None:
    calls.fail("open", errno.ESTALE, when=lambda path, *rest, **options: path == "..")
    with pytest.raises(NotFound):
        folder_store.sweep()


def test_a_write_into_a_removed_collection_leaves_nothing(
    folder_store: FolderStore, tree: pathlib.Path, share: pathlib.Path
) -> None:
    writer = folder_store.create(("c", "d", "new"))
    writer.write(b"x")
    assert folder_store.remove(("c",)) == []
    writer.abort()
    assert os.listdir(share) == []
    put(folder_store, ("c",))
