"""Dead properties in SQLite."""

from __future__ import annotations

import pathlib
import sqlite3

import pytest

from caraway.webdav.errors import NoSpace, StoreError
from caraway.webdav.store import properties_database
from caraway.webdav.store.properties_database import PropertyDatabase, state_directory


@pytest.fixture
def database(state: pathlib.Path) -> PropertyDatabase:
    return PropertyDatabase(str(state), "/share")


def filled(database: PropertyDatabase) -> PropertyDatabase:
    for path in ((), ("a",), ("a", "b"), ("a", "b", "\udcff"), ("a-b",), ("ab",), ("a0",)):
        database.set(path, "/".join(path).encode("utf-8", "surrogateescape"))
    return database


def test_the_state_directory_follows_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/user")
    monkeypatch.setenv("XDG_STATE_HOME", "/state")
    assert state_directory() == "/state/caraway"
    # The specification says that a relative path is to be ignored.
    for value in ("", "state"):
        monkeypatch.setenv("XDG_STATE_HOME", value)
        assert state_directory() == "/home/user/.local/state/caraway"


def test_nothing_is_made_before_it_is_needed(
    database: PropertyDatabase, state: pathlib.Path
) -> None:
    assert database.get(("a",)) is None
    assert database.paths(()) == []
    database.remove(())
    database.forget([("a",)])
    database.copy(("a",), ("b",), deep=True)
    database.move(("a",), ("b",))
    database.close()
    assert not state.exists()


def test_values_are_kept_by_path_and_folder(
    database: PropertyDatabase, state: pathlib.Path
) -> None:
    database.set(("a",), b"1")
    database.set(("a",), b"2")
    database.close()
    assert database.get(("a",)) == b"2"
    assert state.stat().st_mode & 0o777 == 0o700
    other = PropertyDatabase(str(state), "/other")
    assert other.get(("a",)) is None
    for each in (database, other):
        each.close()


def test_a_tree_is_what_is_at_a_path_and_below(database: PropertyDatabase) -> None:
    filled(database)
    assert database.paths(("a",)) == [("a",), ("a", "b"), ("a", "b", "\udcff")]
    assert len(database.paths(())) == 7
    database.remove(("a",))
    assert database.paths(()) == [(), ("a-b",), ("a0",), ("ab",)]
    database.forget([("ab",), ("none",)])
    assert database.get(("ab",)) is None
    database.remove(())
    assert database.paths(()) == []
    database.close()


def test_a_tree_is_copied(database: PropertyDatabase) -> None:
    filled(database).copy(("a",), ("new",), deep=True)
    assert database.paths(("new",)) == [("new",), ("new", "b"), ("new", "b", "\udcff")]
    assert database.get(("new", "b")) == b"a/b"
    database.copy(("a",), ("one",), deep=False)
    assert database.paths(("one",)) == [("one",)]
    database.close()


def test_a_tree_is_moved_over_what_was_left_there(database: PropertyDatabase) -> None:
    filled(database)
    database.set(("new", "stale"), b"x")
    database.move(("a",), ("new",))
    assert database.paths(("a",)) == []
    assert database.paths(("new",)) == [("new",), ("new", "b"), ("new", "b", "\udcff")]
    database.close()


def test_a_damaged_database_says_what_to_do(
    database: PropertyDatabase, state: pathlib.Path
) -> None:
    state.mkdir()
    (state / "properties.sqlite3").write_bytes(b"no database at all" * 100)
    with pytest.raises(StoreError, match="remove the file if it is damaged") as raised:
        database.set(("a",), b"1")
    assert raised.value.status == 500
    database.close()


def test_a_full_disk_is_no_space(database: PropertyDatabase) -> None:
    database.set(("a",), b"1")
    connection = database._connection
    assert connection is not None
    [[pages]] = connection.execute("PRAGMA page_count").fetchall()
    connection.execute(f"PRAGMA max_page_count = {pages}").fetchall()
    with pytest.raises(NoSpace, match="full"):
        database.set(("b",), b"x" * 100_000)
    assert database.get(("a",)) == b"1"
    assert database.get(("b",)) is None
    database.close()


def test_a_state_directory_that_cannot_be_made(tmp_path: pathlib.Path) -> None:
    (tmp_path / "file").touch()
    database = PropertyDatabase(str(tmp_path / "file" / "state"), "/share")
    with pytest.raises(StoreError, match="cannot make"):
        database.set(("a",), b"1")


def test_a_database_that_cannot_be_opened_is_not_kept(
    database: PropertyDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(properties_database, "_SCHEMA", "NONSENSE")
    with pytest.raises(StoreError, match="syntax error"):
        database.set(("a",), b"1")
    monkeypatch.undo()
    database.set(("a",), b"1")
    assert database.get(("a",)) == b"1"
    database.close()
    assert sqlite3.sqlite_version
