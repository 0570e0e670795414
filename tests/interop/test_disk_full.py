"""A folder on a disk that is really full: a small tmpfs, which takes root to mount."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from caraway.webdav.errors import NoSpace
from caraway.webdav.store.folder import FolderStore

SIZE = 1 << 20


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 1 MiB and 64 files."""
    folder = tmp_path / "disk"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={SIZE},nr_inodes=64", "tmpfs", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"cannot mount a tmpfs: {done.stderr}; run this as root"
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


@pytest.fixture
def store(small_disk: Path, tmp_path: Path) -> Iterator[FolderStore]:
    store = FolderStore(small_disk, state=tmp_path / "state")
    yield store
    store.close()


def put(store: FolderStore, path: tuple[str, ...], content: bytes) -> None:
    writer = store.create(path)
    try:
        writer.write(content)
        writer.commit()
    finally:
        writer.abort()


def test_a_put_that_does_not_fit_leaves_the_old_file(store: FolderStore, small_disk: Path) -> None:
    put(store, ("file",), b"old")
    for name in ("file", "new"):
        with pytest.raises(NoSpace):
            put(store, (name,), b"x" * (2 * SIZE))
    assert os.listdir(small_disk) == ["file"]
    assert (small_disk / "file").read_bytes() == b"old"
    put(store, ("file",), b"x" * (SIZE // 2))


def test_a_copy_that_does_not_fit_ends_with_507(store: FolderStore, small_disk: Path) -> None:
    store.make_collection(("c",))
    for name in "abc":
        put(store, ("c", name), b"x" * (SIZE // 5))
    assert [failure.status for failure in store.copy(("c",), ("copy",), deep=True)] == [507]
    assert not [name for name in os.listdir(small_disk / "copy") if name.startswith(".")]
    with pytest.raises(NoSpace):
        put(store, ("d",), b"x" * (SIZE // 2))


def test_no_room_for_names_is_no_space(store: FolderStore, small_disk: Path) -> None:
    def fill() -> None:
        for number in range(64):
            put(store, (f"file-{number}",), b"")

    with pytest.raises(NoSpace):
        fill()
    assert not [name for name in os.listdir(small_disk) if name.startswith(".")]
    with pytest.raises(NoSpace):
        store.make_collection(("c",))
