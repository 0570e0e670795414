"""Finding paths inside a folder, and nothing outside."""

from __future__ import annotations

import errno
import itertools
import os
import pathlib
from collections.abc import Callable, Iterator
from typing import TypeVar

import pytest

from caraway.webdav.errors import Forbidden, NotFound
from caraway.webdav.store.descriptors import MAX_LINKS, Cursor, Descriptor, Folder

T = TypeVar("T")


@pytest.fixture
def share(tmp_path: pathlib.Path) -> pathlib.Path:
    """A share with files, and a secret beside it."""
    (tmp_path / "secret").write_text("secret")
    share = tmp_path / "real" / "share"
    (share / "a" / "b").mkdir(parents=True)
    (share / "a" / "b" / "file").write_text("inside")
    (share / "top").write_text("top")
    return share


@pytest.fixture
def folder(share: pathlib.Path) -> Iterator[Folder]:
    folder = Folder(str(share))
    yield folder
    folder.close()


def content(folder: Folder, *path: str) -> str:
    place = folder.locate(path)
    assert place.status is not None
    file = os.open(place.name, os.O_RDONLY | os.O_NOFOLLOW, dir_fd=place.directory)
    try:
        return os.read(file, 100).decode()
    finally:
        os.close(file)
        place.close()


def test_paths_are_found_from_the_root(folder: Folder) -> None:
    assert content(folder, "top") == "top"
    assert content(folder, "a", "b", "file") == "inside"
    root = folder.locate(())
    assert (root.name, root.names) == (".", ())
    assert folder.locate(("none",)).status is None
    assert folder.parent_of(("a", "none")).names == ("a", "none")


def test_what_is_above_must_be_there(folder: Folder) -> None:
    with pytest.raises(FileNotFoundError):
        folder.locate(("none", "file"))
    with pytest.raises(NotADirectoryError):
        folder.locate(("top", "file"))


@pytest.mark.parametrize(
    "target",
    [
        "a/b/file",
        "./a//b/./file",
        "a/b/../b/file",
        "a/../a/b/../../a/b/file",
        "../share/a/b/file",
        "../../real/share/a/b/file",
        "{share}/a/b/file",
        "{share}/../share/a/b/file",
        "/../../{share}/a/b/file",
        "{other}/a/b/file",
        "chain",
    ],
)
def test_links_that_lead_inside_work(share: pathlib.Path, target: str) -> None:
    other = share.parent / "other"
    other.symlink_to("share")
    folder = Folder(str(other))
    (share / "chain").symlink_to("a/b/file")
    (share / "link").symlink_to(target.format(share=share, other=other))
    assert content(folder, "link") == "inside"
    assert folder.locate(("link",)).names == ("a", "b", "file")
    folder.close()


def test_links_to_collections_work_at_every_place(share: pathlib.Path, folder: Folder) -> None:
    (share / "up").symlink_to(".")
    (share / "a" / "root").symlink_to("..")
    (share / "slash").symlink_to("a/b/")
    assert content(folder, "up", "a", "root", "up", "slash", "file") == "inside"
    place = folder.locate(("a", "root"))
    assert (place.name, place.names) == (".", ())
    assert folder.locate(("slash",)).names == ("a", "b")


@pytest.mark.parametrize(
    "target",
    [
        "/",
        "/etc/passwd",
        "..",
        "../..",
        "../../secret",
        "a/../../../secret",
        "{share}/../../secret",
        "{share}2/file",
        "../none/../share2",
    ],
)
def test_links_that_lead_out_are_refused(share: pathlib.Path, folder: Folder, target: str) -> None:
    (share / "link").symlink_to(target.format(share=share))
    for path in (("link",), ("link", "x")):
        with pytest.raises((Forbidden, NotFound)):
            folder.locate(path)
    assert folder.parent_of(("link",)).name == "link"


def test_links_that_lead_nowhere_are_nothing(share: pathlib.Path, folder: Folder) -> None:
    (share / "dangling").symlink_to("none")
    (share / "self").symlink_to("self")
    assert folder.locate(("dangling",)).status is None
    with pytest.raises(NotFound, match=f"more than {MAX_LINKS} links"):
        folder.locate(("self",))


def test_the_whole_file_system_can_be_the_folder(share: pathlib.Path) -> None:
    (share / "link").symlink_to("/../" + str(share / "top").lstrip("/"))
    folder = Folder("/")
    assert content(folder, *str(share / "link").strip("/").split("/")) == "top"
    folder.close()


@pytest.mark.parametrize("step", ["before", "after"])
def test_a_folder_swapped_for_a_link_at_the_worst_moment_leads_nowhere(
    share: pathlib.Path,
    tmp_path: pathlib.Path,
    folder: Folder,
    monkeypatch: pytest.MonkeyPatch,
    step: str,
) -> None:
    real = os.open

    def swap() -> None:
        os.rename(share / "a", share / "was")
        (share / "a").symlink_to(tmp_path)

    def opening(path: str, flags: int, *, dir_fd: int) -> int:
        monkeypatch.undo()
        if step == "before":
            swap()
        descriptor = real(path, flags, dir_fd=dir_fd)
        swap()
        return descriptor

    monkeypatch.setattr(os, "open", opening)
    if step == "before":
        with pytest.raises(Forbidden):
            folder.locate(("a", "secret"))
    else:
        # It is the folder that was opened, wherever its name leads now.
        assert folder.locate(("a", "secret")).status is None


def test_a_name_that_vanishes_on_the_way_is_nothing(
    share: pathlib.Path, folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    (share / "link").symlink_to("a")
    real = os.stat

    def status(path: str, *, dir_fd: int, follow_symlinks: bool) -> os.stat_result:
        (share / "link").unlink()
        return real(path, dir_fd=dir_fd, follow_symlinks=follow_symlinks)

    monkeypatch.setattr(os, "stat", status)
    with pytest.raises(NotADirectoryError):
        folder.locate(("link", "b"))


@pytest.mark.parametrize("calls", list(itertools.product(range(4), repeat=3)))
def test_a_race_of_directory_and_link_never_leads_out(
    share: pathlib.Path,
    tmp_path: pathlib.Path,
    folder: Folder,
    monkeypatch: pytest.MonkeyPatch,
    calls: tuple[int, ...],
) -> None:
    """Whatever the other one does between our system calls: so many steps before each."""
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "file").write_text("secret")
    inside = share / "flip"
    inside.mkdir()
    (inside / "file").write_text("inside")
    (share / "link").symlink_to(outside)
    steps = itertools.cycle(
        [("flip", "aside"), ("link", "flip"), ("flip", "link"), ("aside", "flip")]
    )
    before = iter(calls)

    def interleaved(real: Callable[..., T]) -> Callable[..., T]:
        def call(*arguments: object, **options: object) -> T:
            for _ in range(next(before, 0)):
                old, new = next(steps)
                os.rename(share / old, share / new)
            return real(*arguments, **options)

        return call

    for name in ("open", "stat", "readlink"):
        monkeypatch.setattr(os, name, interleaved(getattr(os, name)))
    try:
        seen = content(folder, "flip", "file")
    except (OSError, AssertionError):
        seen = "nothing"
    assert seen in ("inside", "nothing")
    if not any(calls):
        assert seen == "inside"


def test_a_descriptor_is_closed_once() -> None:
    reading, writing = os.pipe()
    os.close(writing)
    holder = Descriptor(reading)
    holder.close()
    holder.close()
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.fstat(reading)


def test_a_cursor_goes_down_and_up(share: pathlib.Path, folder: Folder) -> None:
    cursor = Cursor(folder.descriptor)
    cursor.down("a")
    cursor.down("b")
    assert os.listdir(cursor.directory) == ["file"]
    assert cursor.depth == 2
    with pytest.raises(NotADirectoryError):
        cursor.down("file")
    cursor.up()
    cursor.up()
    assert cursor.depth == 0
    cursor.close()


def test_a_cursor_follows_no_link(share: pathlib.Path, folder: Folder) -> None:
    (share / "link").symlink_to("a")
    cursor = Cursor(folder.descriptor)
    with pytest.raises(OSError, match=r"Not a directory|Too many levels"):
        cursor.down("link")
    cursor.close()


def test_a_cursor_notices_that_the_tree_was_moved(
    share: pathlib.Path, tmp_path: pathlib.Path, folder: Folder
) -> None:
    cursor = Cursor(folder.descriptor)
    cursor.down("a")
    cursor.down("b")
    os.rename(share / "a" / "b", tmp_path / "b")
    with pytest.raises(OSError, match="moved meanwhile") as raised:
        cursor.up()
    assert raised.value.errno == errno.ESTALE
    assert cursor.depth == 2
    cursor.close()
