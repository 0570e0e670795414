"""Where the snapshots are kept that sync tokens name: in memory, or in SQLite.

The database lies in the user's state directory, never in what is shared.
Snapshots are found by the folder's real path, so that no token of one folder
means anything in another.
"""

from __future__ import annotations

import os
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

from caraway.webdav.store.database import Database

if TYPE_CHECKING:
    import sqlite3

_SCHEMA = """
CREATE TABLE IF NOT EXISTS snapshots (
    folder BLOB NOT NULL, token TEXT NOT NULL, used REAL NOT NULL, body BLOB NOT NULL,
    PRIMARY KEY (folder, token)
)
"""
_FILE = "sync.sqlite3"

#: What is used again is marked so only after this time: each mark is a write.
_MARK_S = 3600.0


@dataclass(frozen=True, slots=True)
class SnapshotLimits:
    """How much is kept of one share.

    Attributes:
        count: Snapshots.
        total_bytes: Of all of them together; the newest is kept in any case.
        age_s: Seconds since one was last the state of its collection.
    """

    count: int = 200
    total_bytes: int = 64 << 20
    age_s: float = 30 * 86_400.0


class MemorySnapshots:
    """Keeps snapshots as long as the server runs. Any thread may use it."""

    def __init__(self, limits: SnapshotLimits | None = None) -> None:
        self._limits = limits or SnapshotLimits()
        self._lock = threading.Lock()
        # The least recently used first.
        self._kept: dict[str, tuple[float, bytes]] = {}

    def __len__(self) -> int:
        return len(self._kept)

    def get(self, token: str, *, now: float) -> bytes | None:
        with self._lock:
            used, body = self._kept.get(token, (0.0, None))
            return body if now - used <= self._limits.age_s else None

    def put(self, token: str, body: bytes, *, now: float) -> None:
        with self._lock:
            self._kept.pop(token, None)
            self._kept[token] = (now, body)
            total = sum([len(each) for _, each in self._kept.values()])
            for old, (used, each) in list(self._kept.items())[:-1]:
                if (
                    total <= self._limits.total_bytes
                    and len(self._kept) <= self._limits.count
                    and now - used <= self._limits.age_s
                ):
                    break
                del self._kept[old]
                total -= len(each)


class SnapshotDatabase(Database):
    """Keeps the snapshots of a folder in a database. Any thread may use it.

    Nothing is created before the first :meth:`put`.

    Args:
        directory: Where the database file is or will be.
        folder: The real path of the folder.
    """

    def __init__(self, directory: str, folder: str, limits: SnapshotLimits | None = None) -> None:
        super().__init__(directory, _FILE, "synchronisation")
        self._folder = os.fsencode(folder)
        self._limits = limits or SnapshotLimits()

    def prepare(self, connection: sqlite3.Connection) -> None:
        connection.execute(_SCHEMA)

    def get(self, token: str, *, now: float) -> bytes | None:
        if self.is_absent():
            return None
        with self.session() as database:
            row = database.execute(
                "SELECT body FROM snapshots WHERE folder = ? AND token = ? AND used >= ?",
                (self._folder, token, now - self._limits.age_s),
            ).fetchone()
        return None if row is None else bytes(row[0])

    def put(self, token: str, body: bytes, *, now: float) -> None:
        with self.session() as database:
            row = database.execute(
                "SELECT used FROM snapshots WHERE folder = ? AND token = ?", (self._folder, token)
            ).fetchone()
            if row is not None and 0 <= now - row[0] < _MARK_S:
                return
            database.execute(
                "INSERT OR REPLACE INTO snapshots VALUES (?, ?, ?, ?)",
                (self._folder, token, now, body),
            )
            self._forget(database, token, now)

    def _forget(self, database: sqlite3.Connection, newest: str, now: float) -> None:
        """Let go of what is too old or too much."""
        # Old ones of every folder: one that is never shared again would stay for ever.
        database.execute("DELETE FROM snapshots WHERE used < ?", (now - self._limits.age_s,))
        rows = database.execute(
            "SELECT token, length(body) FROM snapshots WHERE folder = ? AND token != ?"
            " ORDER BY used DESC, rowid DESC",
            (self._folder, newest),
        ).fetchall()
        [[total]] = database.execute(
            "SELECT length(body) FROM snapshots WHERE folder = ? AND token = ?",
            (self._folder, newest),
        ).fetchall()
        for count, (token, size) in enumerate(rows, 2):
            total += size
            if count > self._limits.count or total > self._limits.total_bytes:
                database.execute(
                    "DELETE FROM snapshots WHERE folder = ? AND token = ?", (self._folder, token)
                )
