"""Several stores under one root, each by its name."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NoReturn

from caraway.webdav.errors import (
    Exists,
    Forbidden,
    IsACollection,
    NotFound,
    ParentMissing,
    StoreError,
)
from caraway.webdav.paths import Path, is_within
from caraway.webdav.store.faults import shown
from caraway.webdav.store.interface import (
    Entry,
    Failure,
    PropertyName,
    Reader,
    Store,
    Usage,
    Writer,
)
from caraway.webdav.store.memory import name_bytes
from caraway.webdav.store.transfer import move_between, transfer


@dataclass(frozen=True, slots=True)
class Root:
    """One of the stores, and whether requests may change it."""

    store: Store
    is_writable: bool = False


class SeveralStore:
    """Shows stores as the members of a root that is itself fixed.

    Nothing can be created, removed or renamed in the root. A move from one
    store to another is a copy that keeps times of change, and then a removal.

    Args:
        roots: By name, in any order. Names are file names, not paths.
        time_ns: When the root was made, nanoseconds since 1970.

    Raises:
        ValueError: A name is empty, ``.`` or ``..``, or has a slash or a NUL.

    >>> from caraway.webdav.store.memory import MemoryStore
    >>> store = SeveralStore({"b": Root(MemoryStore()), "a": Root(MemoryStore())})
    >>> [entry.name for entry in store.members(())]
    ['a', 'b']
    """

    def __init__(self, roots: Mapping[str, Root], *, time_ns: int = 0) -> None:
        for name in roots:
            if name in ("", ".", "..") or "/" in name or "\0" in name:
                raise ValueError(f"{name!r} is not a name for a root; use one without slashes")
        self._roots = {name: roots[name] for name in sorted(roots, key=name_bytes)}
        self._entry = Entry("", True, 0, time_ns, time_ns, "")

    @property
    def is_quick(self) -> bool:
        return all(root.store.is_quick for root in self._roots.values())

    def stat(self, path: Path) -> Entry:
        if not path:
            return self._entry
        entry = self._root(path).store.stat(path[1:])
        return entry if len(path) > 1 else entry._replace(name=path[0])

    def version(self, path: Path) -> object:
        return self._root(path).store.version(path[1:]) if path else None

    def members(self, path: Path) -> Iterator[Entry]:
        if path:
            return self._root(path).store.members(path[1:])
        return self._root_entries()

    def _root_entries(self) -> Iterator[Entry]:
        for name in self._roots:
            try:
                entry = self.stat((name,))
            except StoreError:
                # One whose folder is gone does not spoil the others.
                continue
            yield entry

    def open(self, path: Path) -> Reader:
        if not path:
            raise IsACollection("the root has no content")
        return self._root(path).store.open(path[1:])

    def create(self, path: Path) -> Writer:
        if len(path) < 2 and (not path or path[0] in self._roots):
            raise IsACollection(f"a collection is at {shown(path)}")
        return self._new_below(path).create(path[1:])

    def update(self, path: Path, offset: int | None) -> Writer:
        if not path:
            raise IsACollection("the root has no content")
        return self._writable(path).update(path[1:], offset)

    def make_collection(self, path: Path) -> None:
        self._check_free(path)
        self._new_below(path).make_collection(path[1:])

    def remove(self, path: Path, keep: frozenset[Path] = frozenset()) -> list[Failure]:
        store = self._below_root(path)
        below = frozenset(kept[1:] for kept in keep if kept[:1] == path[:1])
        return _below(path[0], store.remove(path[1:], below))

    def copy(self, source: Path, target: Path, *, deep: bool) -> list[Failure]:
        if is_within(target, source):
            raise Forbidden(f"a copy into itself: {shown(target)}")
        self._check_free(target)
        store = self._root(source).store
        new = self._new_below(target)
        if source[0] == target[0]:
            failures = store.copy(source[1:], target[1:], deep=deep)
        else:
            failures = transfer((store, source[1:]), (new, target[1:]), deep=deep)
        return _below(source[0], failures)

    def move(self, source: Path, target: Path, *, replaces: bool = False) -> list[Failure]:
        store = self._below_root(source)
        if is_within(target, source):
            raise Forbidden(f"a move into itself: {shown(target)}")
        self._check_free(target)
        new = self._new_below(target)
        if source[0] == target[0]:
            failures = store.move(source[1:], target[1:], replaces=replaces)
        else:
            failures = move_between((store, source[1:]), (new, target[1:]), replaces=replaces)
        return _below(source[0], failures)

    @contextlib.contextmanager
    def aside(self, path: Path) -> Iterator[Path]:
        self._check_free(path)
        with self._new_below(path).aside(path[1:]) as made:
            yield (path[0], *made)

    def set_times(
        self, path: Path, *, mtime_ns: int | None = None, ctime_ns: int | None = None
    ) -> None:
        store = self._writable(path)
        store.set_times(path[1:], mtime_ns=mtime_ns, ctime_ns=ctime_ns)

    def set_executable(self, path: Path, executable: bool) -> None:
        self._writable(path).set_executable(path[1:], executable)

    def properties(self, path: Path) -> Mapping[PropertyName, str]:
        return self._root(path).store.properties(path[1:]) if path else {}

    def set_properties(self, path: Path, changes: Mapping[PropertyName, str | None]) -> None:
        self._writable(path).set_properties(path[1:], changes)

    def usage(self, path: Path) -> Usage | None:
        return self._root(path).store.usage(path[1:]) if path else None

    def _root(self, path: Path) -> Root:
        """The store in which ``path`` is."""
        if not path:
            _refuse_root()
        root = self._roots.get(path[0])
        if root is None:
            raise NotFound(f"nothing at {shown(path)}")
        return root

    def _writable(self, path: Path) -> Store:
        """The store in which ``path`` may be changed."""
        root = self._root(path)
        if not root.is_writable:
            raise Forbidden(f"{shown(path[:1])} is read-only")
        return root.store

    def _below_root(self, path: Path) -> Store:
        """The store in which ``path``, no root itself, may be removed."""
        self._root(path)
        if len(path) < 2:
            _refuse_root()
        return self._writable(path)

    def _new_below(self, path: Path) -> Store:
        """The store in which something new at ``path`` would be."""
        if len(path) < 2:
            _refuse_root()
        if path[0] not in self._roots:
            raise ParentMissing(f"no collection at {shown(path[:1])}")
        return self._writable(path)

    def _check_free(self, path: Path) -> None:
        if len(path) < 2 and (not path or path[0] in self._roots):
            raise Exists(f"something is at {shown(path)}")


def _refuse_root() -> NoReturn:
    raise Forbidden("the list of shared folders is fixed; use one of the folders")


def _below(name: str, failures: list[Failure]) -> list[Failure]:
    return [Failure((name, *each.path), each.status) for each in failures]
