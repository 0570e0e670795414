"""A SQLite file in the user's state directory: opened when it is first needed."""

from __future__ import annotations

import os
import threading
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from caraway.webdav.errors import NoSpace, StoreError

if TYPE_CHECKING:
    import sqlite3


class Database(ABC):
    """A connection to a database that may not exist yet. Any thread may use it.

    Nothing is created before the first session.

    Args:
        directory: Where the file is or will be.
        name: The file's name.
        purpose: What it is for, for messages: ``property`` or the like.
    """

    def __init__(self, directory: str, name: str, purpose: str) -> None:
        self._file = os.path.join(directory, name)
        self._purpose = purpose
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None

    @abstractmethod
    def prepare(self, connection: sqlite3.Connection) -> None:
        """Make the tables, where there are none."""

    def close(self) -> None:
        """Let the database go; it opens again when it is needed."""
        with self._lock:
            if self._connection is not None:
                self._connection.close()
                self._connection = None

    def is_absent(self) -> bool:
        """Whether nothing was ever kept."""
        return self._connection is None and not os.access(self._file, os.F_OK)

    @contextmanager
    def session(self) -> Iterator[sqlite3.Connection]:
        """One transaction.

        Raises:
            NoSpace: The disk is full.
            StoreError: The database cannot be made, read or written.
        """
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
                    self.prepare(connection)
                    yield connection
            except sqlite3.Error as fault:
                raise self._error(fault) from None
            except OSError as fault:
                raise StoreError(f"cannot make {self._file}: {fault.strerror}") from None

    def _error(self, fault: sqlite3.Error) -> StoreError:
        kind = NoSpace if getattr(fault, "sqlite_errorname", "") == "SQLITE_FULL" else StoreError
        return kind(
            f"{self._purpose} database {self._file}: {fault}; remove the file if it is damaged"
        )
