"""The content of small files that are asked for again, kept while they are the same."""

from __future__ import annotations

import os
import threading
import time

from caraway.webdav.store.interface import Entry

#: Bytes of a file that is kept, and of all of them together.
MAX_FILE = 16 << 10
MAX_TOTAL = 4 << 20
#: Times of change have steps, of up to two seconds on some file systems: a file
#: that has just changed may change again and look the same.
_SETTLED_NS = 3_000_000_000

#: What tells a version of a file from every other.
_Version = tuple[int, int, int]


class KeptReader:
    """Content as it was when the file was read; it never changes."""

    __slots__ = ("_content", "entry")

    def __init__(self, entry: Entry, content: bytes) -> None:
        self.entry = entry
        self._content = content

    def read(self, offset: int, size: int) -> bytes:
        if not offset and size >= len(self._content):
            return self._content
        return self._content[offset : offset + size]

    read_ready = read

    def close(self) -> None:
        pass


class SmallFiles:
    """Keeps what was read of small files, to be found by their status.

    It is as good as an entity tag: content stands for a file while size, time
    of change and time of change of the status are the same. Anything done to a
    file, its permissions among them, sets the last of these.
    """

    def __init__(self, *, max_total: int = MAX_TOTAL) -> None:
        self._max_total = max_total
        self._kept: dict[tuple[int, int], tuple[_Version, bytes]] = {}
        self._total = 0
        self._lock = threading.Lock()

    def find(self, status: os.stat_result) -> bytes | None:
        """The content of the file with that status, if it is known."""
        found = self._kept.get((status.st_dev, status.st_ino))
        if found is None or found[0] != _version(status):
            return None
        return found[1]

    def keep(self, status: os.stat_result, content: bytes) -> None:
        """Keep the whole content of a file, which had that status before and after it was read."""
        if len(content) > MAX_FILE or time.time_ns() - status.st_ctime_ns < _SETTLED_NS:
            return
        with self._lock:
            self._drop((status.st_dev, status.st_ino))
            self._kept[status.st_dev, status.st_ino] = _version(status), content
            self._total += len(content)
            while self._total > self._max_total:
                self._drop(next(iter(self._kept)))

    def _drop(self, key: tuple[int, int]) -> None:
        found = self._kept.pop(key, None)
        if found is not None:
            self._total -= len(found[1])


def _version(status: os.stat_result) -> _Version:
    return status.st_ctime_ns, status.st_mtime_ns, status.st_size
