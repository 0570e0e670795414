"""Entries of files, and tags that never repeat."""

from __future__ import annotations

import os
import pathlib
import stat

import pytest

from caraway.webdav.store import folder_entries
from caraway.webdav.store.folder_entries import Versions, entry_of, is_reserved, sorted_names


def test_only_files_and_collections_are_entries(tmp_path: pathlib.Path) -> None:
    os.mkfifo(tmp_path / "fifo")
    assert entry_of("fifo", (tmp_path / "fifo").stat()) is None
    entry = entry_of("c", tmp_path.stat())
    assert entry is not None
    assert (entry.is_collection, entry.executable, entry.etag) == (True, None, "")


def test_reserved_names_are_recognised_in_any_case() -> None:
    assert is_reserved(".caraway-1")
    assert is_reserved(".CARAWAY-1")
    assert not is_reserved(".caraway")
    assert not is_reserved("caraway-1")


def test_versions_are_kept_apart_where_times_are_coarse(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_bytes(b"x")
    file = os.open(tmp_path / "file", os.O_RDWR)
    real = os.utime

    def coarse(descriptor: int, *, ns: tuple[int, int]) -> None:
        real(descriptor, ns=(ns[0], ns[1] // 2_000_000_000 * 2_000_000_000))

    monkeypatch.setattr(os, "utime", coarse)
    os.utime(file, ns=(0, 0))
    versions = Versions()
    times = [versions.settle(file, replaced=None).st_mtime_ns for _ in range(5)]
    os.close(file)
    assert len(set(times)) == 5


def test_a_file_system_that_keeps_no_times_does_not_hang(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_bytes(b"x")
    file = os.open(tmp_path / "file", os.O_RDWR)
    monkeypatch.setattr(os, "utime", lambda *args, **options: None)
    versions = Versions()
    first = versions.settle(file, replaced=None)
    assert versions.settle(file, replaced=None).st_mtime_ns == first.st_mtime_ns
    os.close(file)


def test_only_so_many_versions_are_remembered(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folder_entries, "_REMEMBERED", 1)
    (tmp_path / "file").write_bytes(b"x")
    file = os.open(tmp_path / "file", os.O_RDWR)
    versions = Versions()
    os.utime(file, ns=(0, 0))
    versions.settle(file, replaced=None)
    os.utime(file, ns=(0, 5))
    versions.settle(file, replaced=None)
    os.utime(file, ns=(0, 0))
    assert versions.settle(file, replaced=None).st_mtime_ns == 0
    os.close(file)


@pytest.mark.parametrize("count", [0, 1, 4096, 4097, 20_000])
def test_many_names_are_sorted_in_steps(monkeypatch: pytest.MonkeyPatch, count: int) -> None:
    names = [f"{number * 7919 % 20_011:06}" for number in range(count)]
    monkeypatch.setattr(os, "listdir", lambda descriptor: list(names))
    assert sorted_names(0) == sorted(names)


def test_a_directory_of_many_names_is_large(tmp_path: pathlib.Path) -> None:
    status = list(os.stat(tmp_path))
    for size, is_large in ((4096, False), (1 << 20, True)):
        status[stat.ST_SIZE] = size
        times = {"st_mtime_ns": 0, "st_ctime_ns": 0}
        entry = entry_of("d", os.stat_result(status, times))
        assert entry is not None
        assert entry.is_large is is_large
