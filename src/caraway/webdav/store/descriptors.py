"""Finds what a path means inside a folder, by directory descriptors.

A check of strings is a promise about a moment that is over when the file is
opened. Here every step is taken from the descriptor of the directory before
it, no step follows a symbolic link, and links are read and walked by the same
rule. A directory or link that somebody swaps meanwhile can therefore change
what is found, but not lead out of the folder.
"""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from dataclasses import dataclass

from caraway.webdav.errors import Forbidden, NotFound
from caraway.webdav.paths import Path
from caraway.webdav.store.faults import shown

#: Links that one path may lead through; as many as Linux allows.
MAX_LINKS = 40

#: A directory as a place to start from. Where ``O_PATH`` exists, being allowed
#: to search it suffices.
STEP = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | getattr(os, "O_PATH", 0)

#: A directory to be listed.
LIST = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW

#: A file to be read. A fifo or a device that stands there does not block.
READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY


class Descriptor:
    """A file descriptor that is closed at the latest when nothing refers to it."""

    __slots__ = ("number",)

    def __init__(self, number: int) -> None:
        self.number = number

    def close(self) -> None:
        """Close it; doing so again does nothing."""
        number, self.number = self.number, -1
        if number >= 0:
            os.close(number)

    __del__ = close


@dataclass(slots=True)
class Place:
    """A name in an open directory: what system calls act on.

    Attributes:
        directory: The descriptor of the directory.
        name: A name in it; ``.`` means the directory itself.
        names: The way from the root to it, without links.
        status: What ``lstat`` says of it, where that was asked; None for nothing.
    """

    directory: int
    name: str
    names: Path
    status: os.stat_result | None
    holder: Descriptor | None

    def close(self) -> None:
        """Let the directory go."""
        if self.holder is not None:
            self.holder.close()


class Folder:
    """A folder as the root of all paths.

    Args:
        root: The folder; it may itself be reached through links.

    Raises:
        OSError: It does not exist, is no directory or may not be searched.
    """

    def __init__(self, root: str) -> None:
        self.real = os.path.realpath(root)
        self._holder = Descriptor(os.open(self.real, STEP))
        self.descriptor = self._holder.number
        self._home = _parts(self.real)
        self._homes = {self._home, _parts(os.path.abspath(root))}

    def close(self) -> None:
        """Let the folder go; nothing may be looked up afterwards."""
        self._holder.close()

    def parent_of(self, path: Path) -> Place:
        """The place of ``path``, whose last name is taken as it is, link or not.

        Raises:
            NotFound: A collection above does not exist.
            Forbidden: A link above leads out of the folder.
            OSError: Anything else that fails.
        """
        way = self._straight(path)
        if way is not None:
            here, holder = way
            return Place(here, path[-1], path, None, holder)
        return self._walk(path, follow=False)

    def locate(self, path: Path) -> Place:
        """The place of ``path``, links followed to the end, with its status.

        Raises:
            NotFound: A collection above does not exist, or links go in circles.
            Forbidden: A link leads out of the folder.
            OSError: Anything else that fails.
        """
        way = self._straight(path)
        if way is not None:
            here, holder = way
            status = _status(path[-1], here)
            if status is None or not stat.S_ISLNK(status.st_mode):
                return Place(here, path[-1], path, status, holder)
        return self._walk(path, follow=True)

    def _straight(self, path: Path) -> tuple[int, Descriptor | None] | None:
        """The directory that ``path`` is in, if no link is on the way; None for any other way."""
        if not path or ".." in path or "." in path or "" in path:
            return None
        here, holder = self.descriptor, None
        try:
            for name in path[:-1]:
                here = os.open(name, STEP, dir_fd=here)
                holder = Descriptor(here)
        except OSError:
            return None
        return here, holder

    def _walk(self, path: Path, *, follow: bool) -> Place:
        pending = list(reversed(path))
        done: list[str] = []
        holder: Descriptor | None = None
        here = self.descriptor
        outside: list[str] | None = None
        links = 0
        while pending:
            name = pending.pop()
            if outside is not None:
                _step_outside(outside, name)
                if tuple(outside) in self._homes:
                    outside = None
                continue
            if name in ("", "."):
                continue
            if name == "..":
                # Only a link's target has these. The way up is the way down
                # again, one name less: '..' of a directory that was moved
                # meanwhile may be anywhere.
                if done:
                    pending.extend(reversed(done[:-1]))
                elif self._home:
                    outside = list(self._home[:-1])
                holder, here, done = None, self.descriptor, []
                continue
            if pending:
                opened = _enter(name, here)
                if opened is not None:
                    holder, here = opened, opened.number
                    done.append(name)
                    continue
            else:
                status = _status(name, here) if follow else None
                if status is None or not stat.S_ISLNK(status.st_mode):
                    return Place(here, name, (*done, name), status, holder)
            links += 1
            if links > MAX_LINKS:
                raise NotFound(f"more than {MAX_LINKS} links on the way: {shown(path)}")
            target = os.readlink(name, dir_fd=here)
            pending.extend(reversed(target.split("/")))
            if target.startswith("/"):
                holder, here, done = None, self.descriptor, []
                outside = [] if self._home else None
        if outside is not None:
            raise Forbidden(f"a link leads out of the folder: {shown(path)}")
        return Place(here, ".", tuple(done), os.stat(".", dir_fd=here), holder)


class Cursor:
    """Goes down and up a tree with one descriptor open, however deep it is.

    On the way up, the directory must be the one it came from: a tree that is
    moved meanwhile would otherwise lead out of the folder.
    """

    def __init__(self, directory: int) -> None:
        self._holder = Descriptor(os.dup(directory))
        self._above: list[tuple[int, int]] = []

    @property
    def directory(self) -> int:
        return self._holder.number

    def down(self, name: str) -> None:
        """Enter a directory; a link is not followed.

        Raises:
            OSError: It cannot be entered; the cursor stays.
        """
        entered = Descriptor(os.open(name, LIST, dir_fd=self.directory))
        self._above.append(identity(self.directory))
        self._holder.close()
        self._holder = entered

    @property
    def depth(self) -> int:
        """How many directories it went down."""
        return len(self._above)

    def up(self) -> None:
        """Leave to the directory above.

        Raises:
            OSError: It is not there any more; the cursor stays.
        """
        above = Descriptor(os.open("..", STEP, dir_fd=self.directory))
        if identity(above.number) != self._above[-1]:
            above.close()
            raise OSError(errno.ESTALE, "the collection was moved meanwhile")
        self._above.pop()
        self._holder.close()
        self._holder = above

    def close(self) -> None:
        """Let the directory go."""
        self._holder.close()


def identity(descriptor: int) -> tuple[int, int]:
    """What tells an open file from every other."""
    status = os.fstat(descriptor)
    return status.st_dev, status.st_ino


def _parts(path: str) -> Path:
    return tuple(part for part in path.split("/") if part)


def _step_outside(outside: list[str], name: str) -> None:
    if name == "..":
        del outside[-1:]
    elif name not in ("", "."):
        outside.append(name)


def _status(name: str, directory: int) -> os.stat_result | None:
    try:
        return os.stat(name, dir_fd=directory, follow_symlinks=False)
    except FileNotFoundError:
        return None


def _enter(name: str, directory: int) -> Descriptor | None:
    """The directory of that name; None where a link is in its place."""
    try:
        return Descriptor(os.open(name, STEP, dir_fd=directory))
    except OSError as fault:
        if fault.errno not in (errno.ENOTDIR, errno.ELOOP):
            raise
        with contextlib.suppress(FileNotFoundError):
            status = os.stat(name, dir_fd=directory, follow_symlinks=False)
            if stat.S_ISLNK(status.st_mode):
                return None
        raise
