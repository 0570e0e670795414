"""Removes trees of a folder, by descriptors and without recursion."""

from __future__ import annotations

import errno
import fcntl
import os
import re
import stat
from dataclasses import dataclass

from caraway.webdav.paths import Path, is_within
from caraway.webdav.store.descriptors import READ, Cursor, Descriptor, Place
from caraway.webdav.store.faults import status_of
from caraway.webdav.store.folder_entries import TEMPORARY
from caraway.webdav.store.interface import Failure

#: How files being written and private directories are called.
_LEFTOVER = re.compile(
    re.escape(TEMPORARY) + r"([0-9]+-[0-9]+-[0-9a-f]+|aside-[0-9a-f]+)", re.ASCII
)


@dataclass(slots=True)
class _Level:
    """A collection that is being emptied."""

    path: Path
    name: str
    names: list[str]
    must_stay: bool


def remove_tree(place: Place, path: Path, keep: frozenset[Path]) -> list[Failure]:
    """Remove what is at ``place``, which a request calls ``path``.

    Links are removed, never followed. What is in ``keep`` stays with
    everything below it.

    Returns:
        What could not be removed.

    Raises:
        OSError: It is gone or cannot be reached.
    """
    if any(is_within(path, kept) for kept in keep):
        return []
    try:
        os.unlink(place.name, dir_fd=place.directory)
    except OSError:
        # Linux says EISDIR of a directory, others EPERM.
        status = os.stat(place.name, dir_fd=place.directory, follow_symlinks=False)
        if not stat.S_ISDIR(status.st_mode):
            raise
    else:
        return []
    cursor = Cursor(place.directory)
    try:
        return _Removal(cursor, keep).run(place.name, path)
    finally:
        cursor.close()


class _Removal:
    def __init__(self, cursor: Cursor, keep: frozenset[Path]) -> None:
        self._cursor = cursor
        self._keep = keep
        self._levels: list[_Level] = []
        self._failures: list[Failure] = []

    def run(self, name: str, path: Path) -> list[Failure]:
        self._enter(name, path)
        while self._levels:
            level = self._levels[-1]
            if level.names:
                self._remove_member(level, level.names.pop())
                continue
            self._levels.pop()
            try:
                self._cursor.up()
                if not level.must_stay:
                    os.rmdir(level.name, dir_fd=self._cursor.directory)
            except FileNotFoundError:
                pass
            except OSError as fault:
                self._fail(level.path, fault)
                if self._cursor.depth != len(self._levels):
                    # The tree was moved away under us: leave the rest alone.
                    break
            if level.must_stay and self._levels:
                self._levels[-1].must_stay = True
        return self._failures

    def _remove_member(self, level: _Level, name: str) -> None:
        path = (*level.path, name)
        if path in self._keep:
            level.must_stay = True
            return
        directory = self._cursor.directory
        try:
            os.unlink(name, dir_fd=directory)
        except FileNotFoundError:
            pass
        except OSError as fault:
            # Linux says EISDIR of a directory, others EPERM.
            try:
                status = os.stat(name, dir_fd=directory, follow_symlinks=False)
            except FileNotFoundError:
                return
            if stat.S_ISDIR(status.st_mode):
                self._enter(name, path)
            else:
                self._fail(path, fault)

    def _enter(self, name: str, path: Path) -> None:
        try:
            self._cursor.down(name)
        except FileNotFoundError:
            return
        except OSError as fault:
            self._enter_refused(name, path, fault)
            return
        try:
            names = os.listdir(self._cursor.directory)
        except OSError:
            # Then it is not empty when it is to be removed, which is reported.
            names = []
        self._levels.append(_Level(path, name, names, False))

    def _enter_refused(self, name: str, path: Path, fault: OSError) -> None:
        # One that may not be read can still be removed when it is empty.
        try:
            os.rmdir(name, dir_fd=self._cursor.directory)
        except OSError:
            self._fail(path, fault)

    def _fail(self, path: Path, fault: OSError) -> None:
        # Something came into a collection that had been emptied.
        status = 409 if fault.errno == errno.ENOTEMPTY else status_of(fault)
        self._failures.append(Failure(path, status))
        if self._levels:
            self._levels[-1].must_stay = True


def sweep(directory: int) -> int:
    """Remove what killed processes left unfinished below a directory.

    What is being written is locked, and stays.

    Returns:
        How many were removed.

    Raises:
        OSError: The tree was moved meanwhile.
    """
    cursor = Cursor(directory)
    count = 0
    try:
        cursor.down(".")
        levels = [_folders_and_leftovers(cursor.directory)]
        while levels:
            folders, leftovers = levels[-1]
            count += sum(_sweep_one(name, cursor.directory) for name in leftovers)
            leftovers.clear()
            if not folders:
                levels.pop()
                if levels:
                    cursor.up()
                continue
            try:
                cursor.down(folders.pop())
            except OSError:
                continue
            levels.append(_folders_and_leftovers(cursor.directory))
    finally:
        cursor.close()
    return count


def _folders_and_leftovers(directory: int) -> tuple[list[str], list[str]]:
    folders = []
    leftovers = []
    with os.scandir(directory) as entries:
        for each in entries:
            # What somebody else named so is not reachable, but not ours to remove either.
            if _LEFTOVER.fullmatch(each.name) and not each.is_symlink():
                leftovers.append(each.name)
            elif each.is_dir(follow_symlinks=False):
                folders.append(each.name)
    return folders, leftovers


def _sweep_one(name: str, directory: int) -> bool:
    try:
        holder = Descriptor(os.open(name, READ, dir_fd=directory))
        fcntl.flock(holder.number, fcntl.LOCK_EX | fcntl.LOCK_NB)
        place = Place(directory, name, (name,), None, None)
        return not remove_tree(place, (name,), frozenset())
    except OSError:
        return False
