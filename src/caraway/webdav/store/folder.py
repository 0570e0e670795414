"""A folder of the file system as a store."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
import threading
from collections.abc import Iterator, Mapping
from typing import Literal

from caraway.webdav.errors import (
    Exists,
    Forbidden,
    NotACollection,
    NotFound,
    ParentMissing,
    StoreError,
)
from caraway.webdav.paths import Path, is_within
from caraway.webdav.store.dead_properties import DeadProperties
from caraway.webdav.store.descriptors import LIST, READ, Descriptor, Folder, Place
from caraway.webdav.store.faults import shown, store_error
from caraway.webdav.store.folder_aside import PrivateDirectory, aside_prefix
from caraway.webdav.store.folder_copy import CopyRules, copy_tree
from caraway.webdav.store.folder_entries import (
    Versions,
    entry_of,
    is_reserved,
    listed_names,
)
from caraway.webdav.store.folder_files import (
    FolderReader,
    FolderWriter,
    check_file,
    set_mtime,
    sync_directory,
)
from caraway.webdav.store.folder_remove import remove_tree, sweep
from caraway.webdav.store.folder_rename import NEW, is_respelt, rename, replace
from caraway.webdav.store.interface import Entry, Failure, PropertyName, Usage
from caraway.webdav.store.properties_database import PropertyDatabase, state_directory
from caraway.webdav.store.small_files import KeptReader, SmallFiles


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
        self._small = SmallFiles()
        self._changing = threading.Lock()
        state = os.path.realpath(state_directory() if state is None else state)
        self._database = PropertyDatabase(state, self._folder.real)
        self._properties = DeadProperties(self._database, with_attributes=with_attributes)
        self._private = _path_below(state, self._folder.real)
        if self._private == ():
            raise Forbidden(f"{state} is where the server keeps its state; share another folder")

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
        place = self._locate(path)
        entry = None if place.status is None else entry_of(path[-1] if path else "", place.status)
        if entry is None:
            raise _no_entry(place, path)
        return entry

    def members(self, path: Path) -> Iterator[Entry]:
        place = self._locate(path)
        if place.status is None:
            raise _no_entry(place, path)
        if not stat.S_ISDIR(place.status.st_mode):
            raise NotACollection(f"not a collection: {shown(path)}")
        try:
            listed = Descriptor(os.open(place.name, LIST, dir_fd=place.directory))
            names = listed_names(listed.number, show_hidden=self._show_hidden)
        except OSError as fault:
            raise store_error(fault, path) from None
        return self._entries(listed, names, path)

    def _entries(self, listed: Descriptor, names: Iterator[str], path: Path) -> Iterator[Entry]:
        directory = listed.number
        private = self._private
        for name in names:
            try:
                status = os.stat(name, dir_fd=directory, follow_symlinks=False)
            except OSError:
                continue
            entry = entry_of(name, status)
            if entry is None and stat.S_ISLNK(status.st_mode):
                entry = self._linked((*path, name))
            if entry is not None and (private is None or (*path, name) != private):
                yield entry
        listed.close()

    def _linked(self, path: Path) -> Entry | None:
        """What a link leads to; None where that is nothing to be seen."""
        try:
            return self.stat(path)._replace(is_link=True)
        except StoreError:
            return None

    def open(self, path: Path) -> FolderReader | KeptReader:
        place = self._locate(path)
        if place.status is None:
            raise _no_entry(place, path)
        content = self._small.find(place.status)
        if content is not None:
            entry = entry_of(path[-1], place.status)
            assert entry is not None, "only files are kept"
            return KeptReader(entry, content)
        return self._open(path, place, place.status)

    def _open(self, path: Path, place: Place, status: os.stat_result) -> FolderReader:
        try:
            check_file(status, path)
            holder = Descriptor(os.open(place.name, READ, dir_fd=place.directory))
            status = os.fstat(holder.number)
            check_file(status, path)
        except OSError as fault:
            raise store_error(fault, path) from None
        entry = entry_of(path[-1], status)
        assert entry is not None
        return FolderReader(holder, entry, self._small)

    def create(self, path: Path) -> FolderWriter:
        try:
            place = self._locate(path, new=True)
        except NotFound as fault:
            raise ParentMissing(str(fault)) from None
        return self._writer(path, place)

    def update(self, path: Path, offset: int | None) -> FolderWriter:
        place = self._locate(path)
        if place.status is None:
            raise _no_entry(place, path)
        base = self._open(path, place, place.status)
        try:
            return self._writer(path, self._locate(path), base.holder, offset)
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
                self._locate,
                path,
                place,
                self._versions,
                fsync=self._fsync,
                on_new=self._database.remove,
                base=base,
                offset=offset,
            )
        except OSError as fault:
            raise store_error(fault, path) from None
        finally:
            place.close()

    def make_collection(self, path: Path) -> None:
        place = self._free(path)
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
            place = self._parent_of(path)
            failures = remove_tree(place, path, keep)
            self._sync(place)
        except OSError as fault:
            raise store_error(fault, path) from None
        if failures or keep:
            names = self._database.paths(place.names)
            self._database.forget(each for each in names if not self._exists(each))
        else:
            self._database.remove(place.names)
        return failures

    def copy(self, source: Path, target: Path, *, deep: bool) -> list[Failure]:
        return self._copy(source, target, deep=deep, is_move=False)

    def _copy(self, source: Path, target: Path, *, deep: bool, is_move: bool) -> list[Failure]:
        if is_within(target, source):
            raise Forbidden(f"a copy into itself: {shown(target)}")
        original = self._locate(source)
        if original.status is None:
            raise _no_entry(original, source)
        place = self._free(target)
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
            original = self._parent_of(source)
            status = os.stat(original.name, dir_fd=original.directory, follow_symlinks=False)
        except OSError as fault:
            raise store_error(fault, source) from None
        place = self._target_of(target, is_replaced=replaces)
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
        place = self._target_of(path, is_replaced=False)
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
                place = self._locate(collection)
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
        place = self._present(path)
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
        place = self._present(path)
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
        place = self._present(path)
        try:
            return self._properties.get(place)
        except OSError as fault:
            raise store_error(fault, path) from None

    def set_properties(self, path: Path, changes: Mapping[PropertyName, str | None]) -> None:
        place = self._present(path)
        try:
            with self._changing:
                self._properties.change(place, changes)
        except OSError as fault:
            raise store_error(fault, path) from None

    def usage(self, path: Path) -> Usage | None:
        place = self._present(path)
        try:
            space = os.fstatvfs(place.directory)
        except OSError as fault:
            raise store_error(fault, path) from None
        used = (space.f_blocks - space.f_bfree) * space.f_frsize
        return Usage(used, space.f_bavail * space.f_frsize)

    def _check(self, path: Path, *, new: bool) -> None:
        """That every name is one that requests may use."""
        for name in path:
            if name[:1] == "." or not _is_name(name):
                is_usable = self._show_hidden and _is_name(name) and not is_reserved(name)
                if not is_usable and not name.startswith(self._aside_prefix):
                    raise _unusable(path, new=new and name is path[-1])

    def _locate(self, path: Path, *, new: bool = False) -> Place:
        """Where ``path`` leads, with its status."""
        self._check(path, new=new)
        try:
            place = self._folder.locate(path)
        except OSError as fault:
            if fault.errno == errno.ENAMETOOLONG and not new:
                raise NotFound(f"nothing at {shown(path)}") from None
            raise store_error(fault, path) from None
        if self._private is not None and is_within(place.names, self._private):
            raise _unusable(path, new=new)
        return place

    def _present(self, path: Path) -> Place:
        """Where ``path`` leads, which must be to a file or collection."""
        place = self._locate(path)
        if place.status is None or entry_of(place.name, place.status) is None:
            raise _no_entry(place, path)
        return place

    def _parent_of(self, path: Path, *, new: bool = False) -> Place:
        """Where ``path`` stands, its last name not followed."""
        self._check(path, new=new)
        place = self._folder.parent_of(path)
        private = self._private
        if private is not None:
            if is_within(place.names, private):
                raise _unusable(path, new=new)
            if not new and is_within(private, place.names):
                # What it is in may not be removed or moved away either.
                raise Forbidden(f"the server keeps its own state there: {shown(path)}")
        return place

    def _free(self, path: Path) -> Place:
        """Where ``path`` stands, which must be nothing yet."""
        place = self._target_of(path, is_replaced=False)
        if place.status is not None:
            raise Exists(f"something is at {shown(path)}")
        return place

    def _target_of(self, path: Path, *, is_replaced: bool) -> Place:
        """Where ``path`` stands, with the status of what is there, links not followed."""
        if not path:
            raise Exists("the root exists")
        try:
            place = self._parent_of(path, new=not is_replaced)
        except (FileNotFoundError, NotADirectoryError):
            raise ParentMissing(f"no collection above {shown(path)}; make it first") from None
        except OSError as fault:
            raise store_error(fault, path) from None
        try:
            place.status = os.stat(place.name, dir_fd=place.directory, follow_symlinks=False)
        except FileNotFoundError:
            place.status = None
        except OSError as fault:
            raise store_error(fault, path) from None
        return place

    def _exists(self, names: Path) -> bool:
        try:
            return self._locate(names).status is not None
        except NotFound:
            return False
        except StoreError:
            # It cannot be looked at; its properties are not to be lost for that.
            return True

    def _sync(self, place: Place) -> None:
        if self._fsync:
            sync_directory(place.directory)


def _path_below(path: str, folder: str) -> Path | None:
    """The way from a folder to what is in it; None where it is elsewhere."""
    way = os.path.relpath(path, folder)
    names = tuple(name for name in way.split("/") if name != ".")
    return None if names[:1] == ("..",) else names


def _is_name(name: str) -> bool:
    """Whether a file system could hold it at all."""
    if name in ("", ".", "..") or "/" in name or "\0" in name:
        return False
    try:
        return name.isascii() or bool(os.fsencode(name))
    except UnicodeEncodeError:
        return False


def _unusable(path: Path, *, new: bool) -> StoreError:
    if new:
        return Forbidden(f"a name that may not be used here: {shown(path)}")
    return NotFound(f"nothing at {shown(path)}")


def _no_entry(place: Place, path: Path) -> StoreError:
    if place.status is None:
        return NotFound(f"nothing at {shown(path)}")
    return Forbidden(f"neither a file nor a collection: {shown(path)}")


def _opened(place: Place) -> Descriptor:
    return Descriptor(os.open(place.name, READ, dir_fd=place.directory))


def _may_write(place: Place) -> bool:
    return os.access(
        place.name,
        os.W_OK,
        dir_fd=place.directory,
        effective_ids=os.access in os.supports_effective_ids,
    )
