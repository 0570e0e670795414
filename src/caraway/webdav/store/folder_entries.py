"""What the status of a file says as an entry, and entity tags that never repeat."""

from __future__ import annotations

import os
import stat
import threading
from collections.abc import Collection, Iterable

from caraway.webdav.store.interface import Entry

#: What the names of files begin with that are being written.
TEMPORARY = ".caraway-"

#: Bytes of a directory that has some thousands of names.
LARGE = 128 << 10

#: Names that are sorted in about a millisecond.
_AT_ONCE = 4096

#: Versions that are remembered so that none comes twice. A file system gives a
#: freed inode number away at once or after a while; past so many commits,
#: the clock alone keeps two versions apart.
_REMEMBERED = 4096

#: The coarsest steps in which file systems keep times are of two seconds.
_COARSEST_NS = 10_000_000_000


def entry_of(name: str, status: os.stat_result) -> Entry | None:
    """The entry of a file or collection; None for a link, fifo, socket or device."""
    mode = status.st_mode
    mtime_ns = status.st_mtime_ns
    created_ns = status.st_ctime_ns
    if mtime_ns < created_ns:
        created_ns = mtime_ns
    if stat.S_ISREG(mode):
        size = status.st_size
        etag = f"{status.st_ino:x}-{size:x}-{mtime_ns:x}"
        return Entry(name, False, size, mtime_ns, created_ns, etag, mode & 0o100 != 0)
    if stat.S_ISDIR(mode):
        is_large = status.st_size >= LARGE
        return Entry(name, True, 0, mtime_ns, created_ns, "", None, False, is_large)
    return None


def is_reserved(name: str) -> bool:
    """Whether a name is that of a file being written, which no request may reach."""
    return name[:1] == "." and name[: len(TEMPORARY)].lower() == TEMPORARY


def sorted_names(descriptor: int) -> list[str]:
    """The names in a directory, ordered as bytes."""
    return _sorted(os.listdir(descriptor))


def _sorted(names: list[str]) -> list[str]:
    try:
        "".join(names).encode()
    except UnicodeEncodeError:
        # Bytes that are not UTF-8 are surrogates, which sort elsewhere.
        names.sort(key=os.fsencode)
    else:
        _sort_in_steps(names)
    return names


def _sort_in_steps(names: list[str]) -> None:
    """Sort, but never for more than some milliseconds at a time.

    Nothing else runs while Python sorts a list, in whichever thread. Halves
    that are sorted already take no more than a comparison a name.
    """
    width = _AT_ONCE
    while width < len(names):
        for start in range(0, len(names), width):
            names[start : start + width] = sorted(names[start : start + width])
        width *= 2
    names.sort()


def listed_names(
    descriptor: int, *, show_hidden: bool, before: Collection[str] = ()
) -> Iterable[str]:
    """The names that a listing may have, in order.

    Args:
        before: Those of the listing before: if they are the same, their order is, too.
    """
    names = os.listdir(descriptor)
    if len(names) == len(before) and all(map(before.__contains__, names)):
        return before
    return [
        name for name in _sorted(names) if name[0] != "." or (show_hidden and not is_reserved(name))
    ]


class Versions:
    """Keeps entity tags apart whose files differ.

    A tag is made of inode number, size and time of change. A file that we
    write has an inode of its own, but the number of a file that was replaced
    before may come again, and with it the same size and time: two writes
    within one tick of the kernel's clock suffice, or a client that sets the
    time. So recent versions are remembered, and one that would come again has
    its time moved by as little as the file system can keep.

    What cannot be told apart is a change in place by another program, of the
    same size and within the same tick as the one before.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._seen: dict[tuple[int, int, int], None] = {}

    def settle(self, descriptor: int, *, replaced: os.stat_result | None) -> os.stat_result:
        """Make the version of a finished file one that was not there before.

        Args:
            descriptor: The file, its time of change set.
            replaced: What it takes the place of.

        Returns:
            Its status after that.
        """
        status = os.fstat(descriptor)
        with self._lock:
            if replaced is not None:
                self._seen[_version(replaced)] = None
            step_ns = 1
            while _version(status) in self._seen and step_ns <= _COARSEST_NS:
                inode, size, time_ns = _version(status)
                while (inode, size, time_ns) in self._seen:
                    time_ns += step_ns
                os.utime(descriptor, ns=(status.st_atime_ns, time_ns))
                before, status = status, os.fstat(descriptor)
                if status.st_mtime_ns == before.st_mtime_ns:
                    step_ns *= 10
            self._seen[_version(status)] = None
            while len(self._seen) > _REMEMBERED:
                del self._seen[next(iter(self._seen))]
        return status


def _version(status: os.stat_result) -> tuple[int, int, int]:
    return status.st_ino, status.st_size, status.st_mtime_ns
