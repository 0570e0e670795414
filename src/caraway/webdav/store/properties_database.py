"""Dead properties in SQLite, for file systems that have no extended attributes.

The database lies in the user's state directory, never in what is shared. Rows
are found by the folder's real path and the way from there, so that a tree is
moved, copied or forgotten with a few statements.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from caraway.webdav.errors import NoSpace, StoreError
from caraway.webdav.paths import Path

if TYPE_CHECKING:
    import sqlite3

_SCHEMA = """
CREATE TABLE IF NOT EXISTS properties (
    folder BLOB NOT NULL, path BLOB NOT NULL, value BLOB NOT NULL, PRIMARY KEY (folder, path)
) WITHOUT ROWID
"""
_BELOW = "folder = ? AND (path = ? OR (path >= ? AND path < ?))"
_INSERT = "INSERT OR REPLACE INTO properties VALUES (?, ?, ?)"
_FILE = "properties.sqlite3"


def state_directory() -> str:
    """Where the user's state lies, by the XDG base directory specification."""
    base = os.environ.get("XDG_STATE_HOME", "")
    if not os.path.isabs(base):
        base = os.path.join(os.path.expanduser("~"), ".local", "state")
    return os.path.join(base, "caraway")


class PropertyDatabase:
    """The properties of a folder's resources: bytes by path. Any thread may use it.

    Nothing is created before the first :meth:`set`.

    Args:
        directory: Where the database file is or will be.
        folder: The real path of the folder.
    """

    def __init__(self, directory: str, folder: str) -> None:
        self._file = os.path.join(directory, _FILE)
        self._folder = os.fsencode(folder)
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None

    def get(self, path: Path) -> bytes | None:
        """What is kept for ``path``, or None.

        Raises:
            StoreError: The database cannot be read.
        """
        if self._is_absent():
            return None
        with self._session() as database:
            row = database.execute(
                "SELECT value FROM properties WHERE folder = ? AND path = ?",
                (self._folder, _key(path)),
            ).fetchone()
        return None if row is None else bytes(row[0])

    def set(self, path: Path, value: bytes) -> None:
        """Keep ``value`` for ``path``.

        Raises:
            NoSpace: The disk is full.
            StoreError: The database cannot be written.
        """
        with self._session() as database:
            database.execute(_INSERT, (self._folder, _key(path), value))

    def remove(self, path: Path) -> None:
        """Forget ``path`` and everything below it."""
        if self._is_absent():
            return
        with self._session() as database:
            database.execute(f"DELETE FROM properties WHERE {_BELOW}", self._range(path))

    def forget(self, paths: Iterable[Path]) -> None:
        """Forget exactly these."""
        if self._is_absent():
            return
        with self._session() as database:
            database.executemany(
                "DELETE FROM properties WHERE folder = ? AND path = ?",
                [(self._folder, _key(path)) for path in paths],
            )

    def copy(self, source: Path, target: Path, *, deep: bool) -> None:
        """Keep for ``target`` what is kept for ``source``, and so below it where ``deep``."""
        if self._is_absent():
            return
        with self._session() as database:
            self._copy(database, source, target, deep=deep)

    def move(self, source: Path, target: Path) -> None:
        """Keep for ``target`` and below what was kept for ``source`` and below."""
        if self._is_absent():
            return
        with self._session() as database:
            database.execute(f"DELETE FROM properties WHERE {_BELOW}", self._range(target))
            self._copy(database, source, target, deep=True)
            database.execute(f"DELETE FROM properties WHERE {_BELOW}", self._range(source))

    def paths(self, path: Path) -> list[Path]:
        """The paths at and below ``path`` for which something is kept."""
        if self._is_absent():
            return []
        with self._session() as database:
            rows = database.execute(
                f"SELECT path FROM properties WHERE {_BELOW} ORDER BY path", self._range(path)
            ).fetchall()
        return [tuple(os.fsdecode(bytes(row[0])).split("/")) if row[0] else () for row in rows]

    def close(self) -> None:
        """Let the database go; it opens again when it is needed."""
        with self._lock:
            if self._connection is not None:
                self._connection.close()
                self._connection = None

    def _range(self, path: Path) -> tuple[bytes, bytes, bytes, bytes]:
        key = _key(path)
        if not key:
            return self._folder, key, b"", b"\xff" * 8
        return self._folder, key, key + b"/", key + b"0"

    def _copy(
        self, database: sqlite3.Connection, source: Path, target: Path, *, deep: bool
    ) -> None:
        rows = database.execute(
            f"SELECT path, value FROM properties WHERE {_BELOW}", self._range(source)
        ).fetchall()
        old, new = _key(source), _key(target)
        database.executemany(
            _INSERT,
            [
                (self._folder, new + bytes(path)[len(old) :], value)
                for path, value in rows
                if deep or bytes(path) == old
            ],
        )

    def _is_absent(self) -> bool:
        return self._connection is None and not os.path.exists(self._file)

    @contextmanager
    def _session(self) -> Iterator[sqlite3.Connection]:
        """One transaction."""
        # Imported late: few folders need it, and it costs memory and time to start.
        import sqlite3

        with self._lock:
            try:
                if self._connection is None:
                    os.makedirs(os.path.dirname(self._file), mode=0o700, exist_ok=True)
                    self._connection = sqlite3.connect(
                        self._file, timeout=10, check_same_thread=False
                    )
                with self._connection as connection:
                    connection.execute(_SCHEMA)
                    yield connection
            except sqlite3.Error as fault:
                raise _database_error(fault, self._file) from None
            except OSError as fault:
                raise StoreError(f"cannot make {self._file}: {fault.strerror}") from None


def _database_error(fault: sqlite3.Error, file: str) -> StoreError:
    kind = NoSpace if getattr(fault, "sqlite_errorname", "") == "SQLITE_FULL" else StoreError
    return kind(f"property database {file}: {fault}; remove the file if it is damaged")


def _key(path: Path) -> bytes:
    return os.fsencode("/".join(path))
