"""A folder of the file system as a store."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from typing import Literal

from caraway.webdav.errors import (
    Exists,
    Forbidden,
    NotACollection,
    NotFound,
    ParentMissing,
    StoreError,
)
from caraway.webdav.kept_listings import MAX_MEMBERS, KeptListings
from caraway.webdav.paths import Path, is_within
from caraway.webdav.store.dead_properties import DeadProperties
from caraway.webdav.store.descriptors import LIST, READ, Descriptor, Folder, Place
from caraway.webdav.store.faults import shown, store_error
from caraway.webdav.store.folder_aside import PrivateDirectory, aside_prefix
from caraway.webdav.store.folder_copy import CopyRules, copy_tree
from caraway.webdav.store.folder_entries import (
    LARGE,
    Versions,
    entry_of,
    listed_names,
)
from caraway.webdav.store.folder_files import (
    FolderReader,
    FolderWriter,
    check_file,
    set_mtime,
    sync_directory,
)
from caraway.webdav.store.folder_places import Places, no_entry, path_below
from caraway.webdav.store.folder_remove import remove_tree, sweep
from caraway.webdav.store.folder_rename import NEW, is_respelt, rename, replace
from caraway.webdav.store.interface import Entry, Failure, PropertyName, Usage
from caraway.webdav.store.properties_database import PropertyDatabase, state_directory

_COMMIT_LOCKS = 64
#: What tells that an entry is the same: inode number, size and times. Whatever
#: else it follows from, such as the mode, has the last of these set when it changes.
_Fields = tuple[int, int, int, int]
#: Times of change have steps, of up to two seconds on some file systems: what has
#: just changed may change again and look the same.
_SETTLED_NS = 3_000_000_000


class FolderStore:
    """The files and folders below a folder; any thread may use it.

    Nothing outside can be reached by any path: see
    :mod:`caraway.webdav.store.descriptors`. Symbolic links that lead to
    something inside work; PUT and PROPPATCH act on what they lead to, DELETE
    and MOVE on the link. Fifos, sockets and devices are not listed and are
    :class:`Forbidden`. New content is written beside the old and renamed.

    Args:
        root: The folder.
        hidden: ``hide`` takes names that begin with a dot for not there.
        fsync: Whether a write is on the disk before it is answered.
        state: The directory of the database for properties that the file
            system cannot hold; None for the user's state directory.
        with_attributes: Whether properties go into extended attributes where
            the file system has them.

    Raises:
        NotFound: ``root`` is no folder.
        Forbidden: It may not be searched, or is the state directory itself.
    """

    def __init__(
        self,
        root: str | os.PathLike[str],
        *,
        hidden: Literal["show", "hide"] = "show",
        fsync: bool = False,
        state: str | os.PathLike[str] | None = None,
        with_attributes: bool = True,
    ) -> None:
        try:
            self._folder = Folder(os.fspath(root))
        except OSError as fault:
            raise store_error(fault, tuple(os.fspath(root).strip("/").split("/"))) from None
        self._show_hidden = hidden == "show"
        self._fsync = fsync
        self._aside_prefix = aside_prefix()
        self._versions = Versions()
        self._changing = threading.Lock()
        # Several, so that who commits what is small need not wait for what is large.
        self._committing = tuple(threading.Lock() for _ in range(_COMMIT_LOCKS))
        state = os.path.realpath(state_directory() if state is None else state)
        self._private = path_below(state, self._folder.real)
        if self._private == ():
            raise Forbidden(f"{state} is where the server keeps its state; share another folder")
        self._places = Places(
            self._folder,
            show_hidden=self._show_hidden,
            aside_prefix=self._aside_prefix,
            private=self._private,
        )
        # Entries of the collections listed last, with what they follow from.
        self._kept: KeptListings[tuple[_Fields, Entry]] = KeptListings()
        self._database = PropertyDatabase(state, self._folder.real)
        self._properties = DeadProperties(self._database, with_attributes=with_attributes)

    @property
    def is_quick(self) -> bool:
        return not self._fsync

    def close(self) -> None:
        """Let the folder and the database go."""
        self._database.close()
        self._folder.close()

    def sweep(self) -> int:
        """Remove what killed processes left half written; how many files that was.

        It looks into every folder: call it once before serving, and only where
        writing is allowed.
        """
        try:
            return sweep(self._folder.descriptor)
        except OSError as fault:
            raise store_error(fault, ()) from None

    def stat(self, path: Path) -> Entry:
        place = self._places.locate(path)
        entry = None if place.status is None else entry_of(path[-1] if path else "", place.status)
        if entry is None:
            raise no_entry(place, path)
        return entry

    def version(self, path: Path) -> object:
        place = self._places.locate(path)
        status = place.status
        if status is None:
            raise no_entry(place, path)
        if time.time_ns() - status.st_ctime_ns < _SETTLED_NS:
            return None
        return (
            status.st_dev,
            status.st_ino,
            status.st_ctime_ns,
            status.st_mtime_ns,
            status.st_size,
            status.st_mode,
        )

    def members(self, path: Path) -> Iterator[Entry]:
        place = self._places.locate(path)
        if place.status is None:
            raise no_entry(place, path)
        if not stat.S_ISDIR(place.status.st_mode):
            raise NotACollection(f"not a collection: {shown(path)}")
        try:
            listed = Descriptor(os.open(place.name, LIST, dir_fd=place.directory))
            before = self._kept.get(path)
            names = listed_names(listed.number, show_hidden=self._show_hidden, before=before)
        except OSError as fault:
            raise store_error(fault, path) from None
        most = MAX_MEMBERS if place.status.st_size < LARGE else 0
        return self._entries(listed, names, path, before, most)

    def _entries(
        self,
        listed: Descriptor,
        names: Iterable[str],
        path: Path,
        before: Mapping[str, tuple[_Fields, Entry]],
        most: int,
    ) -> Iterator[Entry]:
        """The entries of those names; up to ``most`` are kept for the next time."""
        directory = listed.number
        private = self._private
        kept: dict[str, tuple[_Fields, Entry]] = {}
        for name in names:
            try:
                status = os.stat(name, dir_fd=directory, follow_symlinks=False)
            except OSError:
                continue
            fields = (status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns)
            known = before.get(name)
            if known is not None and known[0] == fields:
                # The very same object, so that others can tell that it is.
                kept[name] = known
                yield known[1]
                continue
            entry = entry_of(name, status)
            if entry is None and stat.S_ISLNK(status.st_mode):
                entry = self._linked((*path, name))
            elif entry is not None and len(kept) < most and (*path, name) != private:
                kept[name] = fields, entry
            if entry is not None and (private is None or (*path, name) != private):
                yield entry
        listed.close()
        self._kept.put(path, kept)

    def _linked(self, path: Path) -> Entry | None:
        """What a link leads to; None where that is nothing to be seen."""
        try:
            return self.stat(path)._replace(is_link=True)
        except StoreError:
            return None

    def open(self, path: Path) -> FolderReader:
        try:
            place = self._places.locate(path)
            if place.status is None:
                raise no_entry(place, path)
            check_file(place.status, path)
            holder = Descriptor(os.open(place.name, READ, dir_fd=place.directory))
            status = os.fstat(holder.number)
            check_file(status, path)
        except OSError as fault:
            raise store_error(fault, path) from None
        entry = entry_of(path[-1], status)
        assert entry is not None
        return FolderReader(holder, entry)

    def create(self, path: Path) -> FolderWriter:
        try:
            place = self._places.locate(path, new=True)
        except NotFound as fault:
            raise ParentMissing(str(fault)) from None
        return self._writer(path, place)

    def update(self, path: Path, offset: int | None) -> FolderWriter:
        base = self.open(path)
        try:
            return self._writer(path, self._places.locate(path), base.holder, offset)
        finally:
            base.close()

    def _writer(
        self, path: Path, place: Place, base: Descriptor | None = None, offset: int | None = 0
    ) -> FolderWriter:
        try:
            if place.status is not None:
                check_file(place.status, path)
                if not _may_write(place):
                    raise Forbidden(f"the file is read-only: {shown(path)}")
            return FolderWriter(
                self._places.locate,
                path,
                place,
                self._versions,
                changing=self._committing[hash(path) % _COMMIT_LOCKS],
                fsync=self._fsync,
                on_new=self._database.remove,
                base=base,
                offset=offset,
            )
        except OSError as fault:
            raise store_error(fault, path) from None

    def make_collection(self, path: Path) -> None:
        place = self._places.free(path)
        try:
            os.mkdir(place.name, dir_fd=place.directory)
            self._database.remove(place.names)
            self._sync(place)
        except OSError as fault:
            raise store_error(fault, path) from None

    def remove(self, path: Path, keep: frozenset[Path] = frozenset()) -> list[Failure]:
        if not path:
            raise Forbidden("the root cannot be removed")
        try:
            place = self._places.parent_of(path)
            failures = remove_tree(place, path, keep)
            self._sync(place)
        except OSError as fault:
            raise store_error(fault, path) from None
        if failures or keep:
            names = self._database.paths(place.names)
            self._database.forget(each for each in names if not self._places.exists(each))
        else:
            self._database.remove(place.names)
        return failures

    def copy(self, source: Path, target: Path, *, deep: bool) -> list[Failure]:
        return self._copy(source, target, deep=deep, is_move=False)

    def _copy(self, source: Path, target: Path, *, deep: bool, is_move: bool) -> list[Failure]:
        if is_within(target, source):
            raise Forbidden(f"a copy into itself: {shown(target)}")
        original = self._places.locate(source)
        if original.status is None:
            raise no_entry(original, source)
        place = self._places.free(target)
        rules = CopyRules(
            versions=self._versions,
            show_hidden=self._show_hidden or is_move,
            is_move=is_move,
            deep=deep,
            private=self._private,
            ends_at=tuple(name for name in place.names if not name.startswith(self._aside_prefix)),
        )
        try:
            failures = copy_tree(original, place, source, rules)
            self._sync(place)
        except OSError as fault:
            raise store_error(fault, target) from None
        self._database.remove(place.names)
        self._database.copy(original.names, place.names, deep=deep)
        return failures

    def move(self, source: Path, target: Path, *, replaces: bool = False) -> list[Failure]:
        if not source or is_within(target, source):
            raise Forbidden(f"a move into itself: {shown(target)}")
        try:
            original = self._places.parent_of(source)
            status = os.stat(original.name, dir_fd=original.directory, follow_symlinks=False)
        except OSError as fault:
            raise store_error(fault, source) from None
        place = self._places.target_of(target, is_replaced=replaces)
        is_same = is_respelt(original, place, status)
        if place.status is not None and not replaces and not is_same:
            raise Exists(f"something is at {shown(target)}")
        try:
            with contextlib.ExitStack() as stack:
                if place.status is None or is_same:
                    rename(original, place, status)
                else:
                    replace(original, place, status, lambda: self._beside(place, stack))
            self._sync(original)
            self._sync(place)
        except OSError as fault:
            if fault.errno == errno.EXDEV:
                return self._move_between_devices(source, target, replaces=replaces)
            raise store_error(fault, target) from None
        self._database.move(original.names, place.names)
        return []

    @contextlib.contextmanager
    def aside(self, path: Path) -> Iterator[Path]:
        place = self._places.target_of(path, is_replaced=False)
        with contextlib.ExitStack() as stack:
            try:
                private = stack.enter_context(PrivateDirectory(place.directory, self._aside_prefix))
            except OSError as fault:
                raise store_error(fault, path) from None
            yield (*path[:-1], private.name, NEW)

    def _beside(self, place: Place, stack: contextlib.ExitStack) -> int:
        """A private directory beside a place, until the stack is left."""
        beside = PrivateDirectory(place.directory, self._aside_prefix)
        return stack.enter_context(beside).descriptor

    def _move_between_devices(self, source: Path, target: Path, *, replaces: bool) -> list[Failure]:
        if replaces:
            with self.aside(target) as made:
                failures = self._copy(source, made, deep=True, is_move=True)
                if not failures:
                    self.move(made, target, replaces=True)
        else:
            failures = self._copy(source, target, deep=True, is_move=True)
        # Unless all was copied, nothing is removed: better twice than never.
        return failures or self.remove(source)

    def unlisted(self, path: Path) -> list[Path]:
        """What is below a collection and not among the members that a listing shows.

        Whoever copies by listing and then removes needs it, or loses these.
        """
        missing: list[Path] = []
        pending = [path]
        try:
            while pending:
                collection = pending.pop()
                place = self._places.locate(collection)
                if place.status is None or not stat.S_ISDIR(place.status.st_mode):
                    continue
                listed = Descriptor(os.open(place.name, LIST, dir_fd=place.directory))
                shown_names = {each.name for each in self.members(collection)}
                for name in os.listdir(listed.number):
                    status = os.stat(name, dir_fd=listed.number, follow_symlinks=False)
                    if name not in shown_names:
                        missing.append((*collection, name))
                    elif stat.S_ISDIR(status.st_mode):
                        pending.append((*collection, name))
        except OSError as fault:
            raise store_error(fault, path) from None
        return missing

    def set_times(
        self, path: Path, *, mtime_ns: int | None = None, ctime_ns: int | None = None
    ) -> None:
        place = self._places.present(path)
        try:
            if mtime_ns is not None:
                self._set_mtime(place, mtime_ns)
        except OSError as fault:
            raise store_error(fault, path) from None

    def _set_mtime(self, place: Place, mtime_ns: int) -> None:
        holder = _opened(place)
        old = os.fstat(holder.number)
        if old.st_mtime_ns == mtime_ns:
            return
        set_mtime(holder.number, mtime_ns)
        if stat.S_ISREG(old.st_mode):
            self._versions.settle(holder.number, replaced=old)

    def set_executable(self, path: Path, executable: bool) -> None:
        place = self._places.present(path)
        assert place.status is not None
        mode = stat.S_IMODE(place.status.st_mode)
        try:
            if not stat.S_ISREG(place.status.st_mode):
                raise Forbidden(f"a collection cannot be run: {shown(path)}")
            # Whoever may read it may run it.
            mode = mode | (mode & 0o444) >> 2 if executable else mode & ~0o111
            holder = _opened(place)
            os.chmod(holder.number, mode)
        except OSError as fault:
            raise store_error(fault, path) from None

    def properties(self, path: Path) -> Mapping[PropertyName, str]:
        place = self._places.present(path)
        try:
            return self._properties.get(place)
        except OSError as fault:
            raise store_error(fault, path) from None

    def set_properties(self, path: Path, changes: Mapping[PropertyName, str | None]) -> None:
        place = self._places.present(path)
        try:
            with self._changing:
                self._properties.change(place, changes)
        except OSError as fault:
            raise store_error(fault, path) from None

    def usage(self, path: Path) -> Usage | None:
        place = self._places.present(path)
        try:
            space = os.fstatvfs(place.directory)
        except OSError as fault:
            raise store_error(fault, path) from None
        used = (space.f_blocks - space.f_bfree) * space.f_frsize
        return Usage(used, space.f_bavail * space.f_frsize)

    def _sync(self, place: Place) -> None:
        if self._fsync:
            sync_directory(place.directory)


def _opened(place: Place) -> Descriptor:
    return Descriptor(os.open(place.name, READ, dir_fd=place.directory))


def _may_write(place: Place) -> bool:
    return os.access(
        place.name,
        os.W_OK,
        dir_fd=place.directory,
        effective_ids=os.access in os.supports_effective_ids,
    )
