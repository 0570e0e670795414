"""Private directories of a folder: where something is made before it takes its place."""

from __future__ import annotations

import contextlib
import fcntl
import itertools
import os
from typing import Self

from caraway.webdav.store.descriptors import LIST, Descriptor, Place
from caraway.webdav.store.folder_entries import TEMPORARY
from caraway.webdav.store.folder_remove import remove_tree

_counter = itertools.count()
_TRIES = 100


def aside_prefix() -> str:
    """What the names of one store's private directories begin with; nobody can guess it."""
    return f"{TEMPORARY}aside-{os.urandom(8).hex()}"


class PrivateDirectory:
    """A directory with a name that no listing shows, removed with all that is in it.

    It is locked while its process lives, so that what a killed process left
    can be told from what is being written.

    Args:
        directory: Where it will be.
        prefix: Of :func:`aside_prefix`.

    Raises:
        OSError: It cannot be made.
    """

    def __init__(self, directory: int, prefix: str) -> None:
        self._parent = Descriptor(os.dup(directory))
        while True:
            self.name = f"{prefix}{next(_counter):08x}"
            os.mkdir(self.name, 0o700, dir_fd=directory)
            self._holder = Descriptor(os.open(self.name, LIST, dir_fd=directory))
            self.descriptor = self._holder.number
            # Where directories cannot be locked, what is left behind is not swept either.
            with contextlib.suppress(OSError):
                fcntl.flock(self.descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if os.fstat(self.descriptor).st_nlink:
                break
            # Swept away between its making and the lock: once more.
            self._holder.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        """Remove it as far as that is possible, and close it."""
        place = Place(self._parent.number, self.name, (self.name,), None, None)
        with contextlib.suppress(OSError):
            # Somebody may still be writing into what gave way.
            for _ in range(_TRIES):
                if not remove_tree(place, (self.name,), frozenset()):
                    break
        self._holder.close()
        self._parent.close()
