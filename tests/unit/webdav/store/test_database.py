"""A SQLite file that may not be there."""

from __future__ import annotations

import pathlib
import sqlite3
from concurrent.futures import ThreadPoolExecutor

import pytest

from caraway.webdav.errors import NoSpace, StoreError
from caraway.webdav.store.database import Database


class Numbers(Database):
    """One table with one column."""

    def prepare(self, connection: sqlite3.Connection) -> None:
        connection.execute("CREATE TABLE IF NOT EXISTS numbers (number INTEGER)")

    def add(self, number: int) -> None:
        with self.session() as connection:
            connection.execute("INSERT INTO numbers VALUES (?)", (number,))

    def all(self) -> list[int]:
        with self.session() as connection:
            rows = connection.execute("SELECT number FROM numbers ORDER BY number").fetchall()
        return [row[0] for row in rows]


@pytest.fixture
def numbers(state: pathlib.Path) -> Numbers:
    return Numbers(str(state), "numbers.sqlite3", "number")


def test_nothing_is_made_before_it_is_needed(numbers: Numbers, state: pathlib.Path) -> None:
    assert numbers.is_absent()
    numbers.close()
    assert not state.exists()
    numbers.add(1)
    assert not numbers.is_absent()
    assert state.stat().st_mode & 0o777 == 0o700
    numbers.close()
    assert not numbers.is_absent()
    assert numbers.all() == [1]
    numbers.close()


def test_what_fails_changes_nothing(numbers: Numbers) -> None:
    numbers.add(1)
    with pytest.raises(StoreError, match=r"number database .* no such table"):
        _add_and_fail(numbers)
    assert numbers.all() == [1]
    numbers.close()


def _add_and_fail(numbers: Numbers) -> None:
    with numbers.session() as connection:
        connection.execute("INSERT INTO numbers VALUES (2)")
        connection.execute("SELECT * FROM letters")


def test_threads_take_turns(numbers: Numbers) -> None:
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(numbers.add, range(20)))
    assert numbers.all() == list(range(20))
    numbers.close()


def test_a_full_disk_is_no_space(numbers: Numbers) -> None:
    numbers.add(1)
    with numbers.session() as connection:
        [[pages]] = connection.execute("PRAGMA page_count").fetchall()
        connection.execute(f"PRAGMA max_page_count = {pages}").fetchall()
    with pytest.raises(NoSpace, match="full"):
        _fill(numbers)
    assert numbers.all() == [1]
    numbers.close()


def _fill(numbers: Numbers) -> None:
    with numbers.session() as connection:
        connection.executemany("INSERT INTO numbers VALUES (?)", [(n,) for n in range(100_000)])


def test_a_directory_that_cannot_be_made(tmp_path: pathlib.Path) -> None:
    (tmp_path / "file").touch()
    numbers = Numbers(str(tmp_path / "file" / "state"), "numbers.sqlite3", "number")
    with pytest.raises(StoreError, match=r"cannot make .*numbers.sqlite3: Not a directory"):
        numbers.add(1)
