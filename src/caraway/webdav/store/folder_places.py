"""Where the paths of requests lead in a folder, and which of them may be used."""

from __future__ import annotations

import errno
import os

from caraway.webdav.errors import Exists, Forbidden, NotFound, ParentMissing, StoreError
from caraway.webdav.paths import Path, is_within
from caraway.webdav.store.descriptors import Folder, Place
from caraway.webdav.store.faults import shown, store_error
from caraway.webdav.store.folder_entries import entry_of, is_reserved


class Places:
    """Finds the places of a folder that requests may reach.

    Raises:
        StoreError: From every method: the path has a name that may not be
            used, leads nowhere, or the file system refuses.

    Args:
        show_hidden: Names that begin with a dot may be used.
        aside_prefix: What names begin with that stand for something half made,
            and that only the store itself may use.
        private: Something below the folder that nobody may see; None for nothing.
    """

    def __init__(
        self, folder: Folder, *, show_hidden: bool, aside_prefix: str, private: Path | None
    ) -> None:
        self._folder = folder
        self._show_hidden = show_hidden
        self._aside_prefix = aside_prefix
        self._private = private
        # The path that was checked last: one request asks for its own several times.
        self._checked: Path = ()

    def _check(self, path: Path, *, new: bool) -> None:
        """That every name is one that requests may use."""
        if path is self._checked:
            return
        for name in path:
            if name[:1] == "." or not _is_name(name):
                is_usable = self._show_hidden and _is_name(name) and not is_reserved(name)
                if not is_usable and not name.startswith(self._aside_prefix):
                    raise _unusable(path, new=new and name is path[-1])
        self._checked = path

    def locate(self, path: Path, *, new: bool = False) -> Place:
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

    def present(self, path: Path) -> Place:
        """Where ``path`` leads, which must be to a file or collection."""
        place = self.locate(path)
        if place.status is None or entry_of(place.name, place.status) is None:
            raise no_entry(place, path)
        return place

    def parent_of(self, path: Path, *, new: bool = False) -> Place:
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

    def free(self, path: Path) -> Place:
        """Where ``path`` stands, which must be nothing yet."""
        place = self.target_of(path, is_replaced=False)
        if place.status is not None:
            raise Exists(f"something is at {shown(path)}")
        return place

    def target_of(self, path: Path, *, is_replaced: bool) -> Place:
        """Where ``path`` stands, with the status of what is there, links not followed."""
        if not path:
            raise Exists("the root exists")
        try:
            place = self.parent_of(path, new=not is_replaced)
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

    def exists(self, names: Path) -> bool:
        """Whether something is there, or may be."""
        try:
            return self.locate(names).status is not None
        except NotFound:
            return False
        except StoreError:
            # It cannot be looked at; its properties are not to be lost for that.
            return True


def path_below(path: str, folder: str) -> Path | None:
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


def no_entry(place: Place, path: Path) -> StoreError:
    """What to say of a place that holds neither a file nor a collection."""
    if place.status is None:
        return NotFound(f"nothing at {shown(path)}")
    return Forbidden(f"neither a file nor a collection: {shown(path)}")
