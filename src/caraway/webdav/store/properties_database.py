"""Dead properties in SQLite, for file systems that have no extended attributes.

The database lies in the user's state directory, never in what is shared. Rows
are found by the folder's real path and the way from there, so that a tree is
moved, copied or forgotten with a few statements.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import TYPE_CHECKING

from caraway.webdav.paths import Path
from caraway.webdav.store.database import Database

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


class PropertyDatabase(Database):
    """The properties of a folder's resources: bytes by path. Any thread may use it.

    Nothing is created before the first :meth:`set`.

    Args:
        directory: Where the database file is or will be.
        folder: The real path of the folder.
    """

    def __init__(self, directory: str, folder: str) -> None:
        super().__init__(directory, _FILE, "property")
        self._folder = os.fsencode(folder)

    def prepare(self, connection: sqlite3.Connection) -> None:
        connection.execute(_SCHEMA)

    def get(self, path: Path) -> bytes | None:
        """What is kept for ``path``, or None.

        Raises:
            StoreError: The database cannot be read.
        """
        if self.is_absent():
            return None
        with self.session() as database:
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
        with self.session() as database:
            database.execute(_INSERT, (self._folder, _key(path), value))

    def remove(self, path: Path) -> None:
        """Forget ``path`` and everything below it."""
        if self.is_absent():
            return
        with self.session() as database:
            database.execute(f"DELETE FROM properties WHERE {_BELOW}", self._range(path))

    def forget(self, paths: Iterable[Path]) -> None:
        """Forget exactly these."""
        if self.is_absent():
            return
        with self.session() as database:
            database.executemany(
                "DELETE FROM properties WHERE folder = ? AND path = ?",
                [(self._folder, _key(path)) for path in paths],
            )

    def copy(self, source: Path, target: Path, *, deep: bool) -> None:
        """Keep for ``target`` what is kept for ``source``, and so below it where ``deep``."""
        if self.is_absent():
            return
        with self.session() as database:
            self._copy(database, source, target, deep=deep)

    def move(self, source: Path, target: Path) -> None:
        """Keep for ``target`` and below what was kept for ``source`` and below."""
        if self.is_absent():
            return
        with self.session() as database:
            database.execute(f"DELETE FROM properties WHERE {_BELOW}", self._range(target))
            self._copy(database, source, target, deep=True)
            database.execute(f"DELETE FROM properties WHERE {_BELOW}", self._range(source))

    def paths(self, path: Path) -> list[Path]:
        """The paths at and below ``path`` for which something is kept."""
        if self.is_absent():
            return []
        with self.session() as database:
            rows = database.execute(
                f"SELECT path FROM properties WHERE {_BELOW} ORDER BY path", self._range(path)
            ).fetchall()
        return [tuple(os.fsdecode(bytes(row[0])).split("/")) if row[0] else () for row in rows]

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


def _key(path: Path) -> bytes:
    return os.fsencode("/".join(path))
