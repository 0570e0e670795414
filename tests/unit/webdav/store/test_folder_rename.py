"""Renames in a folder: what is replaced is replaced at once, and nothing by accident."""

from __future__ import annotations

import errno
import os
import pathlib
from collections.abc import Callable

import pytest

from caraway.webdav.errors import Exists, Forbidden, ParentMissing, StoreError
from caraway.webdav.store import exchange, folder_rename
from caraway.webdav.store.folder import FolderStore
from caraway.webdav.store.interface import Failure
from tests.unit.webdav.store.conformance import get, names, put
from tests.unit.webdav.store.faulty import FaultyCalls


@pytest.fixture(params=["with the kernel's help", "without", "refused"])
def kernel(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """What the kernel, or the file system, can do."""
    if request.param == "without":
        monkeypatch.setattr(exchange, "system_call", lambda: None)
    elif request.param == "refused":
        monkeypatch.setattr(exchange, "system_call", lambda: lambda *call: errno.EINVAL)
    kind: str = request.param
    return kind


@pytest.fixture
def share(share: pathlib.Path) -> pathlib.Path:
    """Two trees and two files."""
    for name in ("new", "old"):
        (share / name / "d").mkdir(parents=True)
        (share / name / "d" / name).write_text(name)
        (share / f"{name}-file").write_text(name)
    return share


def _all_names(share: pathlib.Path) -> list[str]:
    return sorted(os.listdir(share))


@pytest.mark.parametrize("source", ["new", "new-file", "link"])
@pytest.mark.parametrize("target", ["old", "old-file", "old-link"])
def test_one_takes_the_place_of_another(
    folder_store: FolderStore, share: pathlib.Path, kernel: str, source: str, target: str
) -> None:
    (share / "link").symlink_to("new-file")
    (share / "old-link").symlink_to("old-file")
    before = _all_names(share)
    assert folder_store.move((source,), (target,), replaces=True) == []
    assert _all_names(share) == sorted(set(before) - {source})
    assert (share / target).is_symlink() is (source == "link")
    place = (target, "d", "new") if source == "new" else (target,)
    assert get(folder_store, place) == b"new"
    if target == "old-link":
        assert get(folder_store, ("old-file",)) == b"old"


@pytest.mark.parametrize("target", ["file", "tree"])
def test_a_link_from_elsewhere_takes_a_place(
    folder_store: FolderStore, share: pathlib.Path, kernel: str, target: str
) -> None:
    (share / "link").symlink_to("new-file")
    (share / "old" / "tree").mkdir()
    (share / "old" / "file").touch()
    assert folder_store.move(("link",), ("old", target), replaces=True) == []
    assert os.readlink(share / "old" / target) == "../new-file"
    assert _all_names(share / "old") == ["d", "file", "tree"]
    assert not (share / "link").is_symlink()


def test_two_names_of_one_file_become_one(folder_store: FolderStore, share: pathlib.Path) -> None:
    os.link(share / "new-file", share / "second")
    assert folder_store.move(("second",), ("new-file",), replaces=True) == []
    assert _all_names(share) == ["new", "new-file", "old", "old-file"]


def test_links_of_a_copy_made_aside_lead_to_the_same(
    folder_store: FolderStore, share: pathlib.Path
) -> None:
    (share / "new" / "link").symlink_to("../new-file")
    (share / "new" / "inner").symlink_to("d/new")
    (share / "old" / "x").mkdir()
    with folder_store.aside(("old", "x")) as made:
        assert folder_store.copy(("new",), made, deep=True) == []
        folder_store.move(made, ("old", "x"), replaces=True)
    assert os.readlink(share / "old" / "x" / "link") == "../../new-file"
    assert get(folder_store, ("old", "x", "link")) == b"new"
    assert get(folder_store, ("old", "x", "inner")) == b"new"


@pytest.mark.parametrize("operation", ["copy", "move"])
@pytest.mark.parametrize("source", ["new", "new-file"])
def test_what_comes_at_the_last_moment_is_not_replaced(
    folder_store: FolderStore,
    share: pathlib.Path,
    monkeypatch: pytest.MonkeyPatch,
    operation: str,
    source: str,
) -> None:
    real = folder_store._places.target_of

    def late(*args: object, **options: bool) -> object:
        place = real(*args, **options)  # type: ignore[arg-type]  # passed on as they come
        (share / "late").write_text("other")
        return place

    monkeypatch.setattr(folder_store._places, "target_of", late)
    transfer: Callable[[], object] = {
        "copy": lambda: folder_store.copy((source,), ("late",), deep=True),
        "move": lambda: folder_store.move((source,), ("late",)),
    }[operation]
    with pytest.raises(Exists):
        transfer()
    assert (share / "late").read_text() == "other"
    assert (share / source).exists()
    assert not [name for name in os.listdir(share) if name.startswith(".")]


def _refusing(
    monkeypatch: pytest.MonkeyPatch, meant: Callable[[str, str], bool], *, once: bool = True
) -> None:
    """Let ``os.rename`` refuse what is meant, the first time."""
    real = os.rename
    left = [True]

    def refuse(source: str, target: str, **options: int) -> None:
        if left and meant(source, target):
            if once:
                left.clear()
            raise PermissionError(errno.EACCES, "Permission denied")
        real(source, target, **options)

    monkeypatch.setattr(os, "rename", refuse)


@pytest.mark.parametrize("step", ["first", "second"])
def test_what_cannot_be_replaced_stays(
    folder_store: FolderStore,
    share: pathlib.Path,
    kernel: str,
    monkeypatch: pytest.MonkeyPatch,
    step: str,
) -> None:
    before = _all_names(share)
    if step == "first":
        _refusing(monkeypatch, lambda source, target: target == folder_rename.OLD)
    else:
        _refusing(monkeypatch, lambda source, target: (source, target) == ("new", "old"))
    if step == "second" and kernel == "with the kernel's help":
        folder_store.move(("new",), ("old",), replaces=True)
        return
    with pytest.raises(Forbidden):
        folder_store.move(("new",), ("old",), replaces=True)
    assert _all_names(share) == before
    assert get(folder_store, ("old", "d", "old")) == b"old"
    assert get(folder_store, ("new", "d", "new")) == b"new"


def test_a_tree_that_moves_between_devices_replaces(
    folder_store: FolderStore, share: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = exchange.system_call()
    answers = iter([lambda *call: errno.EXDEV])
    monkeypatch.setattr(exchange, "system_call", lambda: next(answers, real))
    assert folder_store.move(("new",), ("old",), replaces=True) == []
    assert get(folder_store, ("old", "d", "new")) == b"new"
    assert _all_names(share) == ["new-file", "old", "old-file"]


def test_a_tree_that_cannot_be_copied_between_devices_replaces_nothing(
    folder_store: FolderStore, share: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = exchange.system_call()
    answers = iter([lambda *call: errno.EXDEV])
    monkeypatch.setattr(exchange, "system_call", lambda: next(answers, real))
    os.mkfifo(share / "new" / "fifo")
    assert folder_store.move(("new",), ("old",), replaces=True) == [Failure(("new", "fifo"), 403)]
    assert get(folder_store, ("old", "d", "old")) == b"old"
    assert _all_names(share) == ["new", "new-file", "old", "old-file"]


def test_a_private_directory_is_out_of_reach(
    folder_store: FolderStore, share: pathlib.Path, state: pathlib.Path, tmp_path: pathlib.Path
) -> None:
    with folder_store.aside(("old",)) as made:
        folder_store.make_collection(made)
        put(folder_store, (*made, "x"))
        assert names(folder_store, ()) == ["new", "new-file", "old", "old-file"]
        [hidden] = set(os.listdir(share)) - {"new", "new-file", "old", "old-file"}
        # Another server for the same folder, which is just starting.
        other = FolderStore(share, state=tmp_path / "other")
        assert other.sweep() == 0
        with pytest.raises(StoreError):
            other.stat((hidden,))
        other.close()
        assert get(folder_store, (*made, "x")) == b""
    assert _all_names(share) == ["new", "new-file", "old", "old-file"]


def test_what_a_killed_process_left_is_swept(
    folder_store: FolderStore, share: pathlib.Path
) -> None:
    left = share / "old" / ".caraway-aside-0123456789abcdef00000001"
    (left / "new" / "d").mkdir(parents=True)
    (left / "new" / "file").touch()
    (share / ".caraway-1-0-0123456789ab").touch()
    for kept in (".caraway-notes", ".caraway-aside-mine"):
        (share / kept).mkdir()
    assert folder_store.sweep() == 2
    assert not left.exists()
    assert (share / ".caraway-notes").exists()
    assert (share / ".caraway-aside-mine").exists()


def test_a_private_directory_swept_at_once_is_made_again(
    folder_store: FolderStore, share: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.mkdir
    made: list[str] = []

    def mkdir(name: str, mode: int, *, dir_fd: int) -> None:
        real(name, mode, dir_fd=dir_fd)
        made.append(name)

    real_open = os.open

    def opening(name: str, flags: int, **options: int) -> int:
        descriptor = real_open(name, flags, **options)
        if len(made) == 1 and name == made[0]:
            os.rmdir(share / name)
        return descriptor

    monkeypatch.setattr(os, "mkdir", mkdir)
    monkeypatch.setattr(os, "open", opening)
    with folder_store.aside(("old",)) as path:
        assert path[-2] == made[1]


def test_what_comes_while_a_private_directory_is_removed_goes_too(
    folder_store: FolderStore, share: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.rmdir

    def late(name: str, *, dir_fd: int) -> None:
        monkeypatch.undo()
        inside = os.open(name, os.O_RDONLY, dir_fd=dir_fd)
        os.close(os.open("late", os.O_CREAT | os.O_WRONLY, dir_fd=inside))
        os.close(inside)
        real(name, dir_fd=dir_fd)

    with folder_store.aside(("old",)) as made:
        folder_store.make_collection(made)
        monkeypatch.setattr(os, "rmdir", late)
    assert _all_names(share) == ["new", "new-file", "old", "old-file"]


def test_a_private_directory_that_cannot_be_removed_is_left_for_the_next_start(
    folder_store: FolderStore, share: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(name: str, *, dir_fd: int) -> None:
        raise OSError(errno.ENOTEMPTY, "Directory not empty")

    with folder_store.aside(("old",)):
        monkeypatch.setattr(os, "rmdir", refuse)
    assert names(folder_store, ()) == ["new", "new-file", "old", "old-file"]
    monkeypatch.undo()
    assert folder_store.sweep() == 1
    assert _all_names(share) == ["new", "new-file", "old", "old-file"]


def test_a_private_directory_needs_a_place(folder_store: FolderStore, calls: FaultyCalls) -> None:
    with pytest.raises(ParentMissing), folder_store.aside(("none", "x")):
        pass
    calls.fail("mkdir", errno.EACCES)
    with pytest.raises(Forbidden), folder_store.aside(("old",)):
        pass


def test_a_system_without_the_call_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    import ctypes

    exchange.system_call.cache_clear()
    monkeypatch.setattr(ctypes, "CDLL", lambda *arguments, **options: object())
    assert exchange.system_call() is None
    exchange.system_call.cache_clear()
