"""Copying trees with links in them, and while others change them."""

from __future__ import annotations

import errno
import os
import pathlib

import pytest

from caraway.webdav.errors import Forbidden, NoSpace
from caraway.webdav.store.folder import FolderStore
from caraway.webdav.store.folder_copy import bent_target
from caraway.webdav.store.interface import Failure
from tests.unit.webdav.store.conformance import COMMENT, get, names, put
from tests.unit.webdav.store.faulty import FaultyCalls


@pytest.fixture
def tree(folder_store: FolderStore, share: pathlib.Path) -> pathlib.Path:
    """c/a, c/d/file and c/z."""
    (share / "c" / "d").mkdir(parents=True)
    for path in (("c", "a"), ("c", "d", "file"), ("c", "z")):
        put(folder_store, path, b"content")
    return share / "c"


@pytest.mark.parametrize(
    ("link", "bent"),
    [
        ("/abs", "/abs"),
        ("file", "file"),
        ("../b/x", "../b/x"),
        ("..", ".."),
        ("../../x", "../../../x"),
        ("../../ab/x", "../../../ab/x"),
    ],
)
def test_links_that_lead_out_of_the_tree_are_bent(link: str, bent: str) -> None:
    assert bent_target(link, top=("a",), source=("a", "b"), target=("c", "d", "b")) == bent


def test_links_are_copied_as_links(
    folder_store: FolderStore, tree: pathlib.Path, share: pathlib.Path
) -> None:
    put(folder_store, ("outside",), b"beside")
    (tree / "d" / "in").symlink_to("../a")
    (tree / "d" / "out").symlink_to("../../outside")
    (tree / "loop").symlink_to(".")
    (share / "e").mkdir()
    assert folder_store.copy(("c",), ("e", "copy"), deep=True) == []
    assert get(folder_store, ("e", "copy", "d", "in")) == b"content"
    assert get(folder_store, ("e", "copy", "d", "out")) == b"beside"
    assert os.readlink(share / "e" / "copy" / "loop") == "."


def test_a_copied_link_is_the_file(folder_store: FolderStore, share: pathlib.Path) -> None:
    put(folder_store, ("file",), b"x")
    (share / "link").symlink_to("file")
    assert folder_store.copy(("link",), ("copy",), deep=True) == []
    assert not (share / "copy").is_symlink()


def test_a_copy_led_into_itself_by_a_link_ends(
    folder_store: FolderStore, tree: pathlib.Path, share: pathlib.Path
) -> None:
    (share / "in").symlink_to("c/d")
    assert folder_store.copy(("c",), ("in", "copy"), deep=True) == [
        Failure(("c", "d", "copy"), 403)
    ]
    assert names(folder_store, ("c", "d", "copy")) == ["a", "d", "z"]
    with pytest.raises(Forbidden):
        folder_store.move(("c",), ("in", "moved"))


def test_what_cannot_be_read_is_named(
    folder_store: FolderStore, tree: pathlib.Path, calls: FaultyCalls
) -> None:
    folder_store.set_properties(("c", "z"), {COMMENT: "<z/>"})
    calls.fail("open", errno.EACCES, when=lambda path, *rest, **options: path in ("a", "d"))
    assert folder_store.copy(("c",), ("copy",), deep=True) == [
        Failure(("c", "a"), 403),
        Failure(("c", "d"), 403),
    ]
    assert names(folder_store, ("copy",)) == ["z"]
    assert folder_store.properties(("copy", "z")) == {COMMENT: "<z/>"}


@pytest.mark.parametrize("call", ["mkdir", "pwrite"])
def test_a_full_disk_ends_the_copying(
    folder_store: FolderStore,
    tree: pathlib.Path,
    share: pathlib.Path,
    calls: FaultyCalls,
    monkeypatch: pytest.MonkeyPatch,
    call: str,
) -> None:
    monkeypatch.delattr(os, "copy_file_range")
    calls.fail(call, errno.ENOSPC, after=1)
    [failure] = folder_store.copy(("c",), ("copy",), deep=True)
    assert failure.status == 507
    assert not [name for name in os.listdir(share / "copy") if name.startswith(".")]
    source = ("c",) if call == "mkdir" else ("c", "a")
    with pytest.raises(NoSpace):
        folder_store.copy(source, ("again",), deep=True)
    assert sorted(os.listdir(share)) == ["c", "copy"]


def test_a_tree_moved_away_meanwhile_ends_the_copying(
    folder_store: FolderStore, tree: pathlib.Path, calls: FaultyCalls
) -> None:
    calls.fail("open", errno.ESTALE, when=lambda path, *rest, **options: path == "..")
    assert folder_store.copy(("c",), ("copy",), deep=True) == [Failure(("c", "d"), 404)]


def test_properties_without_room_are_a_failure(
    folder_store: FolderStore, tree: pathlib.Path, calls: FaultyCalls
) -> None:
    folder_store.set_properties(("c", "a"), {COMMENT: "<a/>"})
    calls.fail("setxattr", errno.ENOSPC)
    assert folder_store.copy(("c",), ("copy",), deep=True) == [Failure(("c", "a"), 507)]
