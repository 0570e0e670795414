"""What the application asks of a store.

A store is synchronous and may be called from several threads at once: the
server calls what is quick on its event loop and everything else in a worker
thread. It raises the exceptions of :mod:`caraway.webdav.errors` and no other.
Locks, preconditions and read-only rules are the application's business.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from caraway.webdav.paths import Path

#: A property's name: namespace and local name.
PropertyName = tuple[str, str]


class Entry(NamedTuple):
    """What a store knows of one resource.

    Attributes:
        name: The last name of its path; empty for the root.
        size: Bytes of a file; 0 for a collection.
        mtime_ns: Time of the last change of its content, nanoseconds since 1970.
        ctime_ns: When it was created, as far as that is known, else ``mtime_ns``.
        etag: Opaque and strong, without quotes; it differs whenever the
            content does. Empty for a collection.
        executable: Whether a file may be run; None where the store cannot say.
        is_link: In a listing: it leads to a resource that has another place, too.
        is_large: A collection that takes more than some milliseconds to list.
    """

    name: str
    is_collection: bool
    size: int
    mtime_ns: int
    ctime_ns: int
    etag: str
    executable: bool | None = None
    is_link: bool = False
    is_large: bool = False


@dataclass(frozen=True, slots=True)
class Usage:
    """Bytes in use and still free, as RFC 4331 asks for them."""

    used: int
    available: int


@dataclass(frozen=True, slots=True)
class Failure:
    """One resource that an operation on a tree could not handle.

    Attributes:
        path: Where it is; of COPY and MOVE that is the original, not what it
            would have become.
    """

    path: Path
    status: int


class Reader(Protocol):
    """An open file. Its content is that of the moment it was opened, or reading fails."""

    @property
    def entry(self) -> Entry:
        """What was opened."""

    def read(self, offset: int, size: int) -> bytes:
        """Up to ``size`` bytes from ``offset``; fewer only at the end.

        Raises:
            Changed: The file is no longer the one that was opened.
        """

    def read_ready(self, offset: int, size: int) -> bytes | bytearray | None:
        """As :meth:`read`, but only what is in memory; None where the disk has to be asked.

        Raises:
            Changed: The file is no longer the one that was opened.
        """

    def send_to(self, socket: int, offset: int, size: int) -> int:
        """Send up to ``size`` bytes from ``offset`` to a socket that does not block.

        Returns:
            How many went; 0 where the socket takes none now, where the disk
            has to be asked first, or where this is no file of the system.

        Raises:
            Changed: The file is no longer the one that was opened.
        """

    def close(self) -> None:
        """Let it go; doing so again does nothing."""


class Writer(Protocol):
    """New content of a file, not to be seen before :meth:`commit`."""

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Append.

        Raises:
            NoSpace: The disk is full.
        """

    def commit(
        self, *, mtime_ns: int | None = None, allows: Callable[[Entry | None], None] | None = None
    ) -> tuple[Entry, bool]:
        """Put the content in place at once, as a whole.

        Args:
            mtime_ns: The time of change to record; None for now.
            allows: Called with what is about to be replaced, None for nothing;
                until it has been, no other writer commits. What it raises
                leaves everything as it is.

        Returns:
            What is there now, and whether it is new.

        Raises:
            ParentMissing: The collection was removed meanwhile.
            IsACollection: A collection was put there meanwhile.
            Overtaken: This is part of a file, which was changed meanwhile.
        """

    def abort(self) -> None:
        """Forget the content; what was there before stays. Harmless after a commit."""


class Store(Protocol):
    """A tree of collections and files."""

    @property
    def is_quick(self) -> bool:
        """A single small file is written or removed without waiting for a disk."""

    def stat(self, path: Path) -> Entry:
        """What is at ``path``.

        Raises:
            NotFound: Nothing is.
            Forbidden: It may not be looked at, or leads outside.
        """

    def version(self, path: Path) -> object:
        """What differs whenever anything about a resource does but its dead properties.

        None where that cannot be told, as of what has just changed and may
        change again within the same tick of a clock.

        Raises:
            NotFound: Nothing is at ``path``.
        """

    def members(self, path: Path) -> Iterator[Entry]:
        """The members of a collection, in the order of their names as bytes.

        Members that vanish meanwhile, or lead nowhere, are left out.

        Raises:
            NotFound: Nothing is at ``path``.
            NotACollection: A file is.
        """

    def open(self, path: Path) -> Reader:
        """Open a file for reading.

        Raises:
            NotFound: Nothing is at ``path``.
            IsACollection: A collection is.
        """

    def create(self, path: Path) -> Writer:
        """Begin new content for a file that exists or not.

        Raises:
            ParentMissing: The collection above does not exist.
            IsACollection: A collection is at ``path``.
        """

    def update(self, path: Path, offset: int | None) -> Writer:
        """Change part of a file: what is written goes to ``offset``, or to the end for None.

        As with :meth:`create` nothing is seen before the commit, and the rest
        of the content stays. Beyond the end, zeros fill the gap.

        Raises:
            NotFound: Nothing is at ``path``.
        """

    def make_collection(self, path: Path) -> None:
        """Make an empty collection.

        Raises:
            Exists: Something is at ``path``.
            ParentMissing: The collection above does not exist.
        """

    def remove(self, path: Path, keep: frozenset[Path] = frozenset()) -> list[Failure]:
        """Remove a resource with everything below it, its properties too.

        What is in ``keep`` stays, with everything below it and the collections above it.

        Returns:
            What could not be removed, and why; empty where all is gone. The
            collections above a failure are not named.
        """

    def copy(self, source: Path, target: Path, *, deep: bool) -> list[Failure]:
        """Copy a resource with its properties to where nothing is.

        Args:
            deep: With everything below a collection.

        Raises:
            ParentMissing: The collection above ``target`` does not exist.
        """

    def move(self, source: Path, target: Path, *, replaces: bool = False) -> list[Failure]:
        """Move a resource with everything below it.

        Times of change stay.

        Args:
            replaces: What is at ``target`` gives way to the source, at once,
                and only when nothing of that is missing. Without it there
                must be nothing.

        Raises:
            Exists: Something is at ``target``, which may have come just now.
            ParentMissing: The collection above ``target`` does not exist.
        """

    def aside(self, path: Path) -> AbstractContextManager[Path]:
        """Where something can be made that is to take the place of ``path``, in the same store.

        There is nothing at first. No request reaches it and no listing shows
        it; what is there at the end is removed.

        Raises:
            ParentMissing: The collection above ``path`` does not exist.
        """

    def set_times(
        self, path: Path, *, mtime_ns: int | None = None, ctime_ns: int | None = None
    ) -> None:
        """Record the time of change, or of creation where the store can."""

    def set_executable(self, path: Path, executable: bool) -> None:
        """Let a file be run, or not."""

    def properties(self, path: Path) -> Mapping[PropertyName, str]:
        """The dead properties of a resource: each as the XML of its whole element."""

    def set_properties(self, path: Path, changes: Mapping[PropertyName, str | None]) -> None:
        """Set dead properties, or remove those whose value is None: all of them or none.

        Raises:
            NoSpace: There is no room for them.
        """

    def usage(self, path: Path) -> Usage | None:
        """Space below ``path``; None where the store cannot say."""
