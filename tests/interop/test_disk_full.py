"""A folder on a disk that is really full: a small tmpfs, which takes root to mount."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from caraway.webdav.errors import NoSpace
from caraway.webdav.store.folder import FolderStore
from caraway.webdav.store.snapshots import SnapshotDatabase
from tests.interop.command import eventually
from tests.interop.victim import LOCK, Victim

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


def _fill(folder: Path, *, leaving: int = 0) -> None:
    """Take all room there is, but so many bytes."""
    with (folder / "ballast").open("wb") as ballast:
        while True:
            try:
                os.write(ballast.fileno(), b"x" * 4096)
            except OSError:
                break
        if leaving:
            os.ftruncate(ballast.fileno(), os.fstat(ballast.fileno()).st_size - leaving)


def test_properties_that_do_not_fit_leave_the_old_ones(small_disk: Path) -> None:
    """In the database of a state directory that is full; no attributes, as on many disks."""
    (small_disk / "share").mkdir()
    (small_disk / "share" / "file").touch()
    store = FolderStore(small_disk / "share", state=small_disk / "state", with_attributes=False)
    name = ("urn:x", "a")
    store.set_properties(("file",), {name: "<a>old</a>"})
    _fill(small_disk, leaving=8192)
    with pytest.raises(NoSpace):
        store.set_properties(("file",), {name: "<a>" + "x" * 500_000 + "</a>"})
    assert store.properties(("file",)) == {name: "<a>old</a>"}
    (small_disk / "ballast").unlink()
    store.set_properties(("file",), {name: "<a>new</a>"})
    assert store.properties(("file",)) == {name: "<a>new</a>"}
    store.close()


def test_a_state_of_a_collection_that_does_not_fit_is_none(small_disk: Path) -> None:
    snapshots = SnapshotDatabase(str(small_disk / "state"), "/share")
    snapshots.put("old", b"old", now=1.0)
    _fill(small_disk, leaving=8192)
    with pytest.raises(NoSpace):
        snapshots.put("new", os.urandom(500_000), now=2.0)
    assert snapshots.get("new", now=3.0) is None
    assert snapshots.get("old", now=3.0) == b"old"
    snapshots.close()


def test_every_method_says_507_and_changes_nothing(small_disk: Path, tmp_path: Path) -> None:
    """RFC 4918 §11.5, by `caraway dav` itself."""
    victim = Victim(tmp_path / "server", root=small_disk)
    (small_disk / "file").write_bytes(b"old")
    (small_disk / "tree").mkdir()
    (small_disk / "tree" / "large").write_bytes(b"x" * (SIZE // 3))
    (small_disk / "target").mkdir()
    (small_disk / "target" / "old").write_bytes(b"old")
    _fill(small_disk, leaving=32768)
    before = _content(small_disk)
    assert victim.ask("PUT", "/file", body=b"x" * SIZE).status == 507
    assert victim.ask("PUT", "/new", body=b"x" * SIZE).status == 507
    assert (
        victim.ask("PUT", "/file", {"Content-Range": "bytes 2-500001/*"}, b"x" * 500_000).status
        == 507
    )
    chunked = {"Transfer-Encoding": "chunked"}
    body = b"40000\r\n" + b"x" * 0x40000 + b"\r\n0\r\n\r\n"
    assert victim.ask("PUT", "/new", chunked, body).status == 507
    over = {"Destination": "/file"}
    assert victim.ask("COPY", "/tree/large", over).status == 507
    answer = victim.ask("COPY", "/tree/", {"Destination": "/target/"})
    assert (answer.status, b"507" in answer.body) == (207, True)
    _wait_for_content(small_disk, before)
    answer = victim.ask("COPY", "/tree/", {"Destination": "/copy/"})
    assert (answer.status, b"507" in answer.body) == (207, True)
    assert victim.ask("DELETE", "/copy/").status == 204

    # And no room for names: the inodes of the disk run out.
    number = 0
    while (status := victim.ask("PUT", f"/empty-{number}").status) == 201:
        number += 1
    assert status == 507
    assert victim.ask("MKCOL", "/c/").status == 507
    assert victim.ask("LOCK", "/locked", body=LOCK).status == 507
    for each in range(number):
        assert victim.ask("DELETE", f"/empty-{each}").status == 204
    _wait_for_content(small_disk, before)
    assert victim.ask("MKCOL", "/c/").status == 201
    victim.stop()


def _wait_for_content(folder: Path, expected: dict[str, bytes]) -> None:
    """What a refused upload has left is removed once the refusal has been sent."""

    def is_so() -> bool:
        try:
            return _content(folder) == expected
        except FileNotFoundError:
            return False

    eventually(is_so, "debris is left")


def _content(folder: Path) -> dict[str, bytes]:
    """Every file below a folder; hidden ones would be debris."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }
