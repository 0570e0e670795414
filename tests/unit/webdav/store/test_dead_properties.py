"""Dead properties in extended attributes, and in the database beside them."""

from __future__ import annotations

import errno
import json
import os
import pathlib
import threading

import pytest

from caraway.webdav.errors import Forbidden, NoSpace, StoreError
from caraway.webdav.store.dead_properties import (
    ATTRIBUTE,
    MAX_PROPERTIES_BYTES,
    copy_attributes,
)
from caraway.webdav.store.folder import FolderStore
from tests.unit.webdav.store.conformance import COMMENT, OTHER, put
from tests.unit.webdav.store.faulty import FaultyCalls

DATABASE = "properties.sqlite3"


@pytest.fixture
def file(folder_store: FolderStore, share: pathlib.Path) -> pathlib.Path:
    put(folder_store, ("file",))
    return share / "file"


def test_properties_are_one_attribute(folder_store: FolderStore, file: pathlib.Path) -> None:
    folder_store.set_properties(("file",), {COMMENT: "<a>\u00fc</a>"})
    assert json.loads(os.getxattr(file, ATTRIBUTE)) == [[*COMMENT, "<a>\u00fc</a>"]]
    folder_store.set_properties(("file",), {COMMENT: None})
    folder_store.set_properties(("file",), {COMMENT: None})
    assert ATTRIBUTE not in os.listxattr(file)


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.E2BIG, errno.ERANGE])
def test_what_is_too_large_for_an_attribute_goes_to_the_database(
    folder_store: FolderStore,
    file: pathlib.Path,
    state: pathlib.Path,
    calls: FaultyCalls,
    number: int,
) -> None:
    folder_store.set_properties(("file",), {OTHER: "<b/>"})
    assert not state.exists()
    is_large = lambda path, name, value, **options: len(value) > 100  # noqa: E731
    calls.fail("setxattr", number, when=is_large)
    folder_store.set_properties(("file",), {COMMENT: "x" * 100})
    assert os.getxattr(file, ATTRIBUTE) == b"@"
    assert folder_store.properties(("file",)) == {COMMENT: "x" * 100, OTHER: "<b/>"}
    folder_store.set_properties(("file",), {COMMENT: None})
    assert os.getxattr(file, ATTRIBUTE).startswith(b"[")
    assert folder_store.properties(("file",)) == {OTHER: "<b/>"}


def test_the_old_properties_count_when_the_database_fails(
    folder_store: FolderStore, file: pathlib.Path, state: pathlib.Path
) -> None:
    folder_store.set_properties(("file",), {OTHER: "<b/>"})
    state.mkdir()
    (state / DATABASE).write_bytes(b"damaged" * 1000)
    with pytest.raises(StoreError):
        folder_store.set_properties(("file",), {COMMENT: "x" * 200_000})
    assert folder_store.properties(("file",)) == {OTHER: "<b/>"}


def test_file_systems_without_attributes_use_the_database(
    folder_store: FolderStore, file: pathlib.Path, state: pathlib.Path, calls: FaultyCalls
) -> None:
    for call in ("getxattr", "setxattr", "removexattr", "listxattr"):
        calls.fail(call, errno.ENOTSUP)
    folder_store.set_properties(("file",), {COMMENT: "<a/>"})
    assert (state / DATABASE).exists()
    put(folder_store, ("file",), b"new")
    assert folder_store.properties(("file",)) == {COMMENT: "<a/>"}
    folder_store.copy(("file",), ("copy",), deep=True)
    folder_store.move(("file",), ("moved",))
    for name in ("copy", "moved"):
        assert folder_store.properties((name,)) == {COMMENT: "<a/>"}
    folder_store.set_properties(("copy",), {COMMENT: None})
    assert folder_store.properties(("copy",)) == {}


@pytest.mark.parametrize("call", ["getxattr", "setxattr"])
def test_a_refusal_is_forbidden(
    folder_store: FolderStore, file: pathlib.Path, calls: FaultyCalls, call: str
) -> None:
    calls.fail(call, errno.EPERM)
    with pytest.raises(Forbidden):
        folder_store.set_properties(("file",), {COMMENT: "<a/>"})


def test_there_is_a_limit(folder_store: FolderStore, file: pathlib.Path) -> None:
    with pytest.raises(NoSpace, match=f"{MAX_PROPERTIES_BYTES} are allowed"):
        folder_store.set_properties(("file",), {COMMENT: "x" * MAX_PROPERTIES_BYTES})
    assert folder_store.properties(("file",)) == {}


@pytest.mark.parametrize("value", [b"{", b"\xff", b"[[1]]", b"[1]", b"1"])
def test_a_damaged_attribute_says_what_to_do(
    folder_store: FolderStore, file: pathlib.Path, value: bytes
) -> None:
    os.setxattr(file, ATTRIBUTE, value)
    with pytest.raises(StoreError, match="remove the attribute"):
        folder_store.properties(("file",))


def test_all_attributes_of_a_replaced_file_are_kept(
    folder_store: FolderStore, file: pathlib.Path
) -> None:
    os.setxattr(file, "user.colour", b"blue")
    put(folder_store, ("file",), b"new")
    assert os.getxattr(file, "user.colour") == b"blue"


def test_attributes_that_may_not_be_copied_are_left_out(
    tmp_path: pathlib.Path, calls: FaultyCalls
) -> None:
    for name in "ab":
        (tmp_path / name).touch()
    os.setxattr(tmp_path / "a", "user.colour", b"blue")
    os.setxattr(tmp_path / "a", ATTRIBUTE, b"[]")
    target = os.open(tmp_path / "b", os.O_RDWR)
    calls.fail("setxattr", errno.EPERM, when=lambda file, name, *rest: name == "user.colour")
    copy_attributes(str(tmp_path / "a"), target)
    assert [name for name in os.listxattr(target) if name.startswith("user.")] == [ATTRIBUTE]
    calls.fail("setxattr", errno.ENOSPC)
    with pytest.raises(NoSpace):
        copy_attributes(str(tmp_path / "a"), target)
    calls.fail("listxattr", errno.EACCES)
    copy_attributes(str(tmp_path / "a"), target)
    calls.fail("listxattr", errno.EIO)
    with pytest.raises(OSError, match="Input/output"):
        copy_attributes(str(tmp_path / "a"), target)
    os.close(target)


def test_systems_without_attributes_have_none_to_copy(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("caraway.webdav.store.dead_properties._HAS_ATTRIBUTES", False)
    copy_attributes(str(tmp_path), -1)


def test_changes_from_several_threads_are_all_kept(
    folder_store: FolderStore, file: pathlib.Path
) -> None:
    def change(number: int) -> None:
        for turn in range(10):
            folder_store.set_properties(("file",), {("urn:x", f"p{number}-{turn}"): "<p/>"})

    threads = [threading.Thread(target=change, args=(number,)) for number in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(folder_store.properties(("file",))) == 30
