"""Open files of a folder: the disk full, the system failing, content copied."""

from __future__ import annotations

import errno
import fcntl
import os
import pathlib
import resource
import stat
from collections.abc import Iterator

import pytest

from caraway.webdav.errors import Changed, Forbidden, NoSpace, ParentMissing, StoreError
from caraway.webdav.store.folder import FolderStore
from caraway.webdav.store.folder_files import NewFile, copy_content
from tests.unit.webdav.store.conformance import COMMENT, get, put
from tests.unit.webdav.store.faulty import FaultyCalls


@pytest.fixture
def limited_files() -> Iterator[int]:
    """No file may grow beyond this many bytes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, hard))
    yield 100_000
    resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_file_beyond_the_limit_is_no_space_and_leaves_nothing(
    folder_store: FolderStore, share: pathlib.Path, limited_files: int
) -> None:
    put(folder_store, ("file",), b"old")
    writer = folder_store.create(("file",))
    writer.write(b"x" * (limited_files - 1))
    with pytest.raises(NoSpace):
        writer.write(b"xx")
    writer.abort()
    assert os.listdir(share) == ["file"]
    assert get(folder_store, ("file",)) == b"old"


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
@pytest.mark.parametrize("call", ["pwrite", "fsync", "rename", "open"])
def test_a_full_disk_leaves_the_old_file_and_no_debris(
    share: pathlib.Path, state: pathlib.Path, calls: FaultyCalls, call: str, number: int
) -> None:
    store = FolderStore(share, state=state, fsync=True)
    put(store, ("file",), b"old")
    is_ours = lambda *args, **options: call != "open" or args[1] & os.O_CREAT  # noqa: E731
    calls.fail(call, number, when=is_ours)
    with pytest.raises(NoSpace):
        put(store, ("file",), b"new")
    with pytest.raises(NoSpace):
        put(store, ("new",), b"new")
    assert os.listdir(share) == ["file"]
    assert get(store, ("file",)) == b"old"
    store.close()


def test_nothing_is_left_when_the_writer_is_forgotten(
    folder_store: FolderStore, share: pathlib.Path
) -> None:
    writer = folder_store.create(("file",))
    writer.write(b"x")
    del writer
    assert os.listdir(share) == []


def test_what_is_there_is_copied_by_the_first_write(
    folder_store: FolderStore, share: pathlib.Path
) -> None:
    """Not before: the event loop asks for a writer, a thread writes."""
    put(folder_store, ("file",), b"old content")
    writer = folder_store.update(("file",), 0)
    (beside,) = set(os.listdir(share)) - {"file"}
    assert (share / beside).read_bytes() == b""
    writer.write(b"OLD")
    assert (share / beside).read_bytes() == b"OLD content"
    writer.abort()
    assert os.listdir(share) == ["file"]


def test_a_gap_larger_than_the_disk_is_refused(
    folder_store: FolderStore, share: pathlib.Path
) -> None:
    put(folder_store, ("file",), b"old")
    for offset in (1 << 62, 1 << 80):
        with pytest.raises(NoSpace, match=f"{offset - 3} bytes before the part"):
            folder_store.update(("file",), offset)
    assert os.listdir(share) == ["file"]


def test_the_collection_vanishing_at_the_last_moment(
    folder_store: FolderStore, calls: FaultyCalls, share: pathlib.Path
) -> None:
    writer = folder_store.create(("file",))
    calls.fail("rename", errno.ENOENT)
    with pytest.raises(ParentMissing, match="removed meanwhile"):
        writer.commit()
    assert os.listdir(share) == []


def test_short_reads_are_continued_until_the_end(
    folder_store: FolderStore, share: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(folder_store, ("file",), b"0123456789")
    real = os.pread
    monkeypatch.setattr(os, "pread", lambda file, size, at: real(file, min(size, 3), at))
    reader = folder_store.open(("file",))
    assert reader.read(1, 8) == b"12345678"
    (share / "file").write_bytes(b"01")
    with pytest.raises(Changed, match="had 10 bytes when it was opened and now has 2"):
        reader.read(0, 10)


def test_a_failing_disk_is_an_error_of_the_store(
    folder_store: FolderStore, calls: FaultyCalls
) -> None:
    put(folder_store, ("file",), b"x")
    reader = folder_store.open(("file",))
    calls.fail("pread", errno.EIO)
    with pytest.raises(StoreError, match="Input/output error"):
        reader.read(0, 1)


def test_a_temporary_swept_before_its_lock_is_made_again(
    share: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = fcntl.flock

    def sweeping(descriptor: int, operation: int) -> None:
        monkeypatch.undo()
        for name in os.listdir(share):
            os.unlink(share / name)
        real(descriptor, operation)

    monkeypatch.setattr(fcntl, "flock", sweeping)
    directory = os.open(share, os.O_RDONLY)
    file = NewFile(directory)
    file.publish(directory, "file")
    os.close(directory)
    assert os.listdir(share) == ["file"]


def test_where_files_cannot_be_locked_they_are_written_all_the_same(
    folder_store: FolderStore, calls: FaultyCalls
) -> None:
    calls.fail("flock", errno.ENOLCK, module=fcntl)
    put(folder_store, ("file",), b"x")
    assert get(folder_store, ("file",)) == b"x"


def test_the_owner_is_kept_where_that_is_allowed(
    folder_store: FolderStore, share: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(folder_store, ("file",), b"old")
    owners: list[tuple[int, int]] = []
    real = os.fstat

    def other_owner(descriptor: int) -> os.stat_result:
        fields = list(real(descriptor))
        fields[stat.ST_UID] += 1
        status = os.stat_result(fields)
        return status if len(owners) == 0 and stat.S_ISREG(status.st_mode) else real(descriptor)

    def chown(descriptor: int, user: int, group: int) -> None:
        owners.append((user, group))
        raise PermissionError(errno.EPERM, "no")

    writer = folder_store.create(("file",))
    monkeypatch.setattr(os, "fstat", other_owner)
    monkeypatch.setattr(os, "chown", chown)
    writer.commit()
    status = (share / "file").stat()
    assert owners == [(status.st_uid, status.st_gid)]


@pytest.mark.parametrize("way", ["clone", "range", "plain", "nothing"])
def test_content_is_copied_by_every_way(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch, calls: FaultyCalls, way: str
) -> None:
    content = b"x" * 3_000_000 + b"y"
    (tmp_path / "a").write_bytes(content)
    source = os.open(tmp_path / "a", os.O_RDONLY)
    target = os.open(tmp_path / "b", os.O_RDWR | os.O_CREAT)

    def clone(to: int, request: int, from_: int) -> int:
        os.pwrite(to, content, 0)
        return 0

    if way == "clone":
        monkeypatch.setattr(fcntl, "ioctl", clone)
    else:
        calls.fail("ioctl", errno.EOPNOTSUPP, module=fcntl)
    if way in ("plain", "nothing"):
        calls.fail("copy_file_range", errno.EXDEV)
    if way == "nothing":
        monkeypatch.delattr(os, "copy_file_range")
    assert copy_content(source, target) == len(content)
    os.close(source)
    os.close(target)
    assert (tmp_path / "b").read_bytes() == content


def test_copying_a_file_that_shrinks_ends(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch, calls: FaultyCalls
) -> None:
    (tmp_path / "a").write_bytes(b"x" * 10)
    source = os.open(tmp_path / "a", os.O_RDONLY)
    target = os.open(tmp_path / "b", os.O_RDWR | os.O_CREAT)
    calls.fail("ioctl", errno.EOPNOTSUPP, module=fcntl)
    monkeypatch.setattr(os, "copy_file_range", lambda *args: 0)
    assert copy_content(source, target) == 0
    calls.fail("copy_file_range", errno.EIO)
    with pytest.raises(OSError, match="Input/output"):
        copy_content(source, target)
    os.close(source)
    os.close(target)


def test_a_file_swapped_for_something_else_during_the_write_is_refused(
    folder_store: FolderStore, share: pathlib.Path
) -> None:
    writer = folder_store.create(("file",))
    os.mkfifo(share / "file")
    with pytest.raises(Forbidden):
        writer.commit()
    assert os.listdir(share) == ["file"]


def test_properties_set_during_a_write_are_kept(folder_store: FolderStore) -> None:
    put(folder_store, ("file",), b"old")
    writer = folder_store.create(("file",))
    folder_store.set_properties(("file",), {COMMENT: "<a/>"})
    writer.commit()
    assert folder_store.properties(("file",)) == {COMMENT: "<a/>"}
