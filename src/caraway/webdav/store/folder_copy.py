"""Copies files and trees of a folder, by descriptors and without recursion."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass

from caraway.webdav.errors import Forbidden, StoreError
from caraway.webdav.paths import Path
from caraway.webdav.store.dead_properties import copy_attributes
from caraway.webdav.store.descriptors import READ, Cursor, Descriptor, Place, identity
from caraway.webdav.store.faults import shown, store_error
from caraway.webdav.store.folder_entries import Versions, listed_names
from caraway.webdav.store.folder_files import NewFile, check_file, copy_content, set_mtime
from caraway.webdav.store.interface import Failure


@dataclass(slots=True, kw_only=True)
class CopyRules:
    """How to copy.

    Attributes:
        versions: Those of the folder.
        show_hidden: Whether names beginning with a dot are copied too.
        is_move: Whether the original will be removed. A copy then gets its time
            of change, and what cannot be copied is a failure.
        deep: Whether what is below a collection is copied too.
        private: What is left out, by its way from the root.
        ends_at: As many names as lead to where the copy will be in the end,
            for what its links say.
    """

    versions: Versions
    show_hidden: bool
    is_move: bool
    deep: bool
    ends_at: Path
    private: Path | None = None


def copy_tree(source: Place, target: Place, path: Path, rules: CopyRules) -> list[Failure]:
    """Copy what is at ``source``, which a request calls ``path``, to where nothing is.

    Links below a collection are copied as links; a relative one that leads out
    of the tree is bent, so that the copy leads to the same place. What is
    neither file, collection nor link is left out of a copy.

    Returns:
        What could not be copied, by the path of the original. A full disk ends
        the copying.

    Raises:
        StoreError: The resource itself cannot be copied.
        OSError: The same.
    """
    assert source.status is not None
    if not stat.S_ISDIR(source.status.st_mode):
        check_file(source.status, path)
        _copy_file(source.directory, source.name, target.directory, target.name, rules)
        return []
    reading, writing = Cursor(source.directory), Cursor(target.directory)
    try:
        reading.down(source.name)
        os.mkdir(target.name, dir_fd=target.directory)
        writing.down(target.name)
        return _TreeCopy(reading, writing, source.names, rules).run(path)
    finally:
        reading.close()
        writing.close()


def bent_target(link: str, *, top: Path, source: Path, target: Path) -> str:
    """What a copied link says so that it leads where the original did.

    Args:
        link: What the original says.
        top: The tree that is copied with it; links that stay below it stay as they are.
        source: The collection of the original.
        target: The collection of the copy.

    >>> bent_target("../../x", top=("a",), source=("a", "b"), target=("c", "d", "b"))
    '../../../x'
    """
    if link.startswith("/"):
        return link
    meant = os.path.normpath(os.path.join("/", *source, link))
    if (meant + "/").startswith("/" + "".join(name + "/" for name in top)):
        return link
    return os.path.relpath(meant, os.path.join("/", *target))


def _copy_file(source: int, name: str, target: int, new_name: str, rules: CopyRules) -> None:
    original = Descriptor(os.open(name, READ, dir_fd=source))
    status = os.fstat(original.number)
    check_file(status, (name,))
    copy = NewFile(target, 0o600)
    try:
        copy_content(original.number, copy.descriptor)
        copy.adopt(status, original.number)
        if rules.is_move:
            set_mtime(copy.descriptor, status.st_mtime_ns)
        rules.versions.settle(copy.descriptor, replaced=None)
        copy.publish(target, new_name, replaces=False)
    finally:
        copy.discard()


@dataclass(slots=True)
class _Level:
    """A collection that is being copied; ``way`` is from the top of the tree."""

    way: Path
    names: list[str]
    mtime_ns: int


class _TreeCopy:
    """Two cursors that go down and up together."""

    def __init__(self, reading: Cursor, writing: Cursor, source: Path, rules: CopyRules) -> None:
        self._reading = reading
        self._writing = writing
        self._source = source
        self._rules = rules
        self._levels: list[_Level] = []
        # A link may have led the target into the source: never copy the copy.
        self._top = identity(writing.directory)

    def run(self, path: Path) -> list[Failure]:
        failures: list[Failure] = []
        self._begin(())
        while self._levels:
            level = self._levels[-1]
            way = level.way
            try:
                if level.names:
                    name = level.names.pop()
                    way = (*way, name)
                    self._copy_member(way, name)
                else:
                    self._end(level)
            except (OSError, StoreError) as fault:
                error = store_error(fault, way) if isinstance(fault, OSError) else fault
                failures.append(Failure((*path, *way), error.status))
                # A disk that is full stays so, and a tree that was moved away
                # under the cursors is none to go on in.
                if error.status == 507 or way == level.way:
                    break
        return failures

    def _begin(self, way: Path) -> None:
        status = os.fstat(self._reading.directory)
        copy_attributes(self._reading.directory, self._writing.directory)
        names: list[str] = []
        if self._rules.deep:
            shown_names = listed_names(self._reading.directory, show_hidden=self._rules.show_hidden)
            names = list(shown_names)[::-1]
        self._levels.append(_Level(way, names, status.st_mtime_ns))

    def _end(self, level: _Level) -> None:
        if self._rules.is_move:
            # By name: on the way up the descriptor is one that only leads on.
            times = (level.mtime_ns, level.mtime_ns)
            os.utime(".", ns=times, dir_fd=self._writing.directory)
        self._levels.pop()
        if self._levels:
            self._reading.up()
            self._writing.up()

    def _copy_member(self, way: Path, name: str) -> None:
        source, target = self._reading.directory, self._writing.directory
        mode = os.stat(name, dir_fd=source, follow_symlinks=False).st_mode
        if stat.S_ISREG(mode):
            _copy_file(source, name, target, name, self._rules)
        elif stat.S_ISLNK(mode):
            link = bent_target(
                os.readlink(name, dir_fd=source),
                top=self._source,
                source=self._source + way[:-1],
                target=self._rules.ends_at + way[:-1],
            )
            os.symlink(link, name, dir_fd=target)
        elif stat.S_ISDIR(mode) and self._source + way != self._rules.private:
            self._copy_collection(way, name)
        elif self._rules.is_move:
            raise Forbidden(f"neither a file nor a collection: {shown(way)}")

    def _copy_collection(self, way: Path, name: str) -> None:
        self._reading.down(name)
        try:
            if identity(self._reading.directory) == self._top:
                raise Forbidden(f"a copy into itself: {shown(way)}")
            os.mkdir(name, dir_fd=self._writing.directory)
            self._writing.down(name)
        except OSError:
            self._reading.up()
            raise
        self._begin(way)
