"""Where snapshots are kept: alike in memory and in SQLite, bounded in number, size and age."""

from __future__ import annotations

import pathlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing

import pytest

from caraway.webdav.errors import StoreError
from caraway.webdav.store.snapshots import MemorySnapshots, SnapshotDatabase, SnapshotLimits
from caraway.webdav.sync import Snapshots

LIMITS = SnapshotLimits(count=3, total_bytes=10, age_s=100_000.0)
Make = Callable[[SnapshotLimits | None], Snapshots]


@pytest.fixture(params=["memory", "database"])
def make(request: pytest.FixtureRequest, state: pathlib.Path) -> Iterator[Make]:
    if request.param == "memory":
        yield MemorySnapshots
        return
    with ExitStack() as stack:
        yield lambda limits: stack.enter_context(
            closing(SnapshotDatabase(str(state), "/share", limits))
        )


def known(snapshots: Snapshots, now: float = 0.0) -> str:
    """The names of those that are kept."""
    return "".join([token for token in "abcdefgh" if snapshots.get(token, now=now) is not None])


def test_kept_by_name(make: Make) -> None:
    snapshots = make(None)
    assert snapshots.get("a", now=0.0) is None
    snapshots.put("a", b"1", now=0.0)
    snapshots.put("b", b"2", now=1.0)
    snapshots.put("a", b"1", now=2.0)
    assert snapshots.get("a", now=3.0) == b"1"
    assert known(snapshots) == "ab"


def test_the_least_recently_used_go_first(make: Make) -> None:
    snapshots = make(LIMITS)
    for now, token in enumerate("abc"):
        snapshots.put(token, b"1", now=now)
    # Long enough after the first time to be marked.
    snapshots.put("a", b"1", now=5000.0)
    snapshots.put("d", b"1", now=5001.0)
    assert known(snapshots) == "acd"


def test_bounded_in_bytes(make: Make) -> None:
    snapshots = make(LIMITS)
    for now, token in enumerate("abc"):
        snapshots.put(token, b"1234", now=now)
    assert known(snapshots) == "bc"
    snapshots.put("d", b"x" * 100, now=9.0)
    assert known(snapshots) == "d"


def test_bounded_in_age(make: Make) -> None:
    snapshots = make(LIMITS)
    snapshots.put("a", b"1", now=0.0)
    assert known(snapshots, now=100_000.0) == "a"
    assert known(snapshots, now=100_001.0) == ""
    snapshots.put("b", b"1", now=100_001.0)
    assert known(snapshots) == "b"


class TestDatabase:
    def test_it_survives_and_is_of_one_folder(self, state: pathlib.Path) -> None:
        first = SnapshotDatabase(str(state), "/share")
        assert first.get("a", now=0.0) is None
        assert not state.exists()
        first.put("a", b"1", now=0.0)
        first.close()
        assert state.stat().st_mode & 0o777 == 0o700
        again = SnapshotDatabase(str(state), "/share")
        other = SnapshotDatabase(str(state), "/other")
        assert again.get("a", now=0.0) == b"1"
        assert other.get("a", now=0.0) is None
        # Each has room of its own.
        for token in "bcdef":
            other.put(token, b"1", now=0.0)
        assert known(again) == "a"
        again.close()
        other.close()

    def test_what_is_used_again_within_the_hour_is_not_written(self, state: pathlib.Path) -> None:
        database = SnapshotDatabase(str(state), "/share")
        database.put("a", b"1", now=0.0)
        file = state / "sync.sqlite3"
        before = file.read_bytes()
        database.put("a", b"1", now=3599.0)
        assert file.read_bytes() == before
        database.put("a", b"1", now=3600.0)
        assert file.read_bytes() != before
        database.close()

    def test_a_state_directory_that_cannot_be_made(self, tmp_path: pathlib.Path) -> None:
        (tmp_path / "file").touch()
        database = SnapshotDatabase(str(tmp_path / "file" / "state"), "/share")
        assert database.get("a", now=0.0) is None
        with pytest.raises(StoreError, match="cannot make"):
            database.put("a", b"1", now=0.0)

    def test_a_damaged_database_says_what_to_do(self, state: pathlib.Path) -> None:
        state.mkdir()
        (state / "sync.sqlite3").write_bytes(b"no database at all" * 100)
        database = SnapshotDatabase(str(state), "/share")
        with pytest.raises(StoreError, match=r"synchronisation database .* remove the file"):
            database.get("a", now=0.0)
        database.close()
