"""A store in memory: for tests, for embedding, and the measure of every other store."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from caraway.webdav.errors import (
    Exists,
    Forbidden,
    IsACollection,
    NameTooLong,
    NoSpace,
    NotACollection,
    NotFound,
    Overtaken,
    ParentMissing,
)
from caraway.webdav.paths import Path, is_within
from caraway.webdav.store.interface import Entry, Failure, PropertyName, Usage

#: Bytes that a name may have: what common file systems hold, so that what
#: works here works in a folder.
MAX_NAME_BYTES = 255

#: Bytes that one file may have: a partial write far behind the end would
#: otherwise fill the memory with zeros at the cost of one small request.
MAX_FILE_BYTES = 1 << 30


def name_bytes(name: str) -> bytes:
    """What members are ordered by."""
    return name.encode("utf-8", "surrogateescape")


@dataclass(slots=True)
class _Node:
    """A file, or a collection where ``members`` is not None."""

    mtime_ns: int
    ctime_ns: int
    members: dict[str, _Node] | None = None
    content: bytes = b""
    version: int = 0
    executable: bool = False
    properties: dict[PropertyName, str] = field(default_factory=dict)


def _entry(name: str, node: _Node) -> Entry:
    is_collection = node.members is not None
    return Entry(
        name,
        is_collection,
        len(node.content),
        node.mtime_ns,
        node.ctime_ns,
        "" if is_collection else f"m{node.version:x}",
        None if is_collection else node.executable,
    )


class MemoryStore:
    """A tree of collections and files in memory; any thread may use it.

    Args:
        capacity: Bytes of content it holds; None for as many as there is memory.
        now_ns: The clock, nanoseconds since 1970.

    >>> store = MemoryStore()
    >>> writer = store.create(("a",))
    >>> writer.write(b"hello")
    >>> entry, is_new = writer.commit()
    >>> entry.size, is_new
    (5, True)
    """

    def __init__(
        self, *, capacity: int | None = None, now_ns: Callable[[], int] = time.time_ns
    ) -> None:
        self._capacity = capacity
        self._now_ns = now_ns
        self._lock = threading.RLock()
        self._used = 0
        self._version = 0
        now = now_ns()
        self._root = _Node(now, now, members={})

    @property
    def is_quick(self) -> bool:
        return True

    def stat(self, path: Path) -> Entry:
        with self._lock:
            return _entry(path[-1] if path else "", self._find(path))

    def version(self, path: Path) -> object:
        return None

    def members(self, path: Path) -> Iterator[Entry]:
        with self._lock:
            members = self._find(path).members
            if members is None:
                raise NotACollection(f"not a collection: {_shown(path)}")
            names = sorted((name for name in members if name[0] != "/"), key=name_bytes)
            return iter([_entry(name, members[name]) for name in names])

    def open(self, path: Path) -> MemoryReader:
        with self._lock:
            node = self._find(path)
            if node.members is not None:
                raise IsACollection(f"a collection has no content: {_shown(path)}")
            return MemoryReader(_entry(path[-1], node), node.content)

    def create(self, path: Path) -> MemoryWriter:
        with self._lock:
            self._check_file_target(path)
            return MemoryWriter(self, path)

    def update(self, path: Path, offset: int | None) -> MemoryWriter:
        with self._lock:
            node = self._find(path)
            if node.members is not None:
                raise IsACollection(f"a collection has no content: {_shown(path)}")
            return MemoryWriter(self, path, node.content, offset, version=node.version)

    def make_collection(self, path: Path) -> None:
        with self._lock:
            now = self._now_ns()
            self._put(path, _Node(now, now, members={}))

    def remove(self, path: Path, keep: frozenset[Path] = frozenset()) -> list[Failure]:
        if not path:
            raise Forbidden("the root cannot be removed")
        with self._lock:
            self._find(path)
            if any(is_within(path, kept) for kept in keep):
                return []
            kept_paths = [kept for kept in keep if is_within(kept, path) and self._has(kept)]
            if not kept_paths:
                self._take(path)
                return []
            stay = {kept[:length] for kept in kept_paths for length in range(len(kept) + 1)}
            ends = set(kept_paths)
            pending = [path]
            while pending:
                collection = pending.pop()
                for name in list(self._find(collection).members or ()):
                    member = (*collection, name)
                    if member not in stay:
                        self._take(member)
                    elif member not in ends:
                        pending.append(member)
            return []

    def copy(self, source: Path, target: Path, *, deep: bool) -> list[Failure]:
        with self._lock:
            node = self._find(source)
            if is_within(target, source):
                raise Forbidden(f"copy of {_shown(source)} into itself")
            self._check_free(target)
            size = _size(node) if deep or node.members is None else 0
            self.check_space(size)
            self._put(target, self._duplicate(node, deep=deep))
            self._used += size
            return []

    def move(self, source: Path, target: Path, *, replaces: bool = False) -> list[Failure]:
        with self._lock:
            node = self._find(source)
            if not source or is_within(target, source):
                raise Forbidden(f"move of {_shown(source)} into itself")
            if replaces and self._has(target):
                self._take(target)
            self._check_free(target)
            self._used += _size(node)
            self._take(source)
            self._put(target, node)
            return []

    @contextlib.contextmanager
    def aside(self, path: Path) -> Iterator[Path]:
        with self._lock:
            self._check_parent(path)
            self._version += 1
            # No request has a name with a slash.
            made = (*path[:-1], f"/{self._version}")
        try:
            yield made
        finally:
            with self._lock:
                if self._has(made):
                    self._take(made)

    def set_times(
        self, path: Path, *, mtime_ns: int | None = None, ctime_ns: int | None = None
    ) -> None:
        with self._lock:
            node = self._find(path)
            if mtime_ns is not None:
                node.mtime_ns = mtime_ns
            if ctime_ns is not None:
                node.ctime_ns = ctime_ns

    def set_executable(self, path: Path, executable: bool) -> None:
        with self._lock:
            node = self._find(path)
            if node.members is not None:
                raise Forbidden(f"a collection cannot be run: {_shown(path)}")
            node.executable = executable

    def properties(self, path: Path) -> Mapping[PropertyName, str]:
        with self._lock:
            return dict(self._find(path).properties)

    def set_properties(self, path: Path, changes: Mapping[PropertyName, str | None]) -> None:
        with self._lock:
            properties = self._find(path).properties
            for name, value in changes.items():
                if value is None:
                    properties.pop(name, None)
                else:
                    properties[name] = value

    def usage(self, path: Path) -> Usage | None:
        with self._lock:
            node = self._find(path)
            if self._capacity is None:
                return None
            return Usage(_size(node), max(0, self._capacity - self._used))

    def check_space(self, size: int) -> None:
        """Raise :class:`NoSpace` where ``size`` more bytes do not fit."""
        if self._capacity is not None and self._used + size > self._capacity:
            raise NoSpace(
                f"{size} bytes do not fit: {self._used} of {self._capacity} are in use;"
                " remove something first"
            )

    def replace(
        self,
        path: Path,
        content: bytes,
        mtime_ns: int | None,
        *,
        allows: Callable[[Entry | None], None] | None = None,
        version: int | None = None,
    ) -> tuple[Entry, bool]:
        """Put a file in place as a whole: what a writer's commit does.

        Args:
            version: What has to be there; None for anything.
        """
        with self._lock:
            self._check_file_target(path)
            now = self._now_ns()
            is_new = not self._has(path)
            if version is not None and (is_new or self._find(path).version != version):
                raise Overtaken(f"changed meanwhile, send the part again: {_shown(path)}")
            if allows is not None:
                allows(None if is_new else _entry(path[-1], self._find(path)))
            if is_new:
                self.check_space(len(content))
                self._put(path, _Node(now, now))
            node = self._find(path)
            self.check_space(len(content) - len(node.content))
            self._used += len(content) - len(node.content)
            self._version += 1
            node.content = content
            node.version = self._version
            node.mtime_ns = now if mtime_ns is None else mtime_ns
            return _entry(path[-1], node), is_new

    def _find(self, path: Path) -> _Node:
        node = self._root
        for name in path:
            if node.members is None or name not in node.members:
                raise NotFound(f"nothing at {_shown(path)}")
            node = node.members[name]
        return node

    def _has(self, path: Path) -> bool:
        try:
            self._find(path)
        except NotFound:
            return False
        return True

    def _check_parent(self, path: Path) -> dict[str, _Node]:
        try:
            members = self._find(path[:-1]).members
        except NotFound:
            members = None
        if members is None:
            raise ParentMissing(f"no collection at {_shown(path[:-1])}; make it first")
        size = len(name_bytes(path[-1]))
        if size > MAX_NAME_BYTES:
            raise NameTooLong(f"name has {size} bytes, {MAX_NAME_BYTES} are allowed")
        return members

    def _check_file_target(self, path: Path) -> None:
        if not path:
            raise IsACollection("the root is a collection")
        node = self._check_parent(path).get(path[-1])
        if node is not None and node.members is not None:
            raise IsACollection(f"a collection is at {_shown(path)}")

    def _check_free(self, path: Path) -> dict[str, _Node]:
        if not path:
            raise Exists("the root exists")
        members = self._check_parent(path)
        if path[-1] in members:
            raise Exists(f"something is at {_shown(path)}")
        return members

    def _put(self, path: Path, node: _Node) -> None:
        self._check_free(path)[path[-1]] = node
        self._find(path[:-1]).mtime_ns = self._now_ns()

    def _take(self, path: Path) -> None:
        parent = self._find(path[:-1])
        assert parent.members is not None
        self._used -= _size(parent.members.pop(path[-1]))
        parent.mtime_ns = self._now_ns()

    def _duplicate(self, node: _Node, *, deep: bool) -> _Node:
        now = self._now_ns()
        copy = self._duplicate_alone(node, now)
        pending = [(node, copy)] if deep else []
        while pending:
            old, new = pending.pop()
            if old.members is None or new.members is None:
                continue
            for name, member in old.members.items():
                new.members[name] = self._duplicate_alone(member, now)
                pending.append((member, new.members[name]))
        return copy

    def _duplicate_alone(self, node: _Node, now: int) -> _Node:
        self._version += 1
        return _Node(
            now,
            now,
            None if node.members is None else {},
            node.content,
            self._version,
            node.executable,
            dict(node.properties),
        )


class MemoryReader:
    """Content as it was when the file was opened; it never changes."""

    def __init__(self, entry: Entry, content: bytes) -> None:
        self._entry = entry
        self._content = content

    @property
    def entry(self) -> Entry:
        return self._entry

    def read(self, offset: int, size: int) -> bytes:
        return self._content[offset : offset + size]

    def read_ready(self, offset: int, size: int) -> bytes:
        return self.read(offset, size)

    def send_to(self, socket: int, offset: int, size: int) -> int:
        return 0

    def close(self) -> None:
        self._content = b""


class MemoryWriter:
    """Content that becomes a file's with :meth:`commit`."""

    def __init__(
        self,
        store: MemoryStore,
        path: Path,
        base: bytes = b"",
        offset: int | None = 0,
        *,
        version: int | None = None,
    ) -> None:
        self._version = version
        self._store = store
        self._path = path
        self._content = bytearray(base)
        self._position = len(base) if offset is None else offset

    def write(self, data: bytes | bytearray | memoryview) -> None:
        end = self._position + len(data)
        if end > MAX_FILE_BYTES:
            raise NoSpace(f"file would have {end} bytes, {MAX_FILE_BYTES} are allowed")
        self._store.check_space(max(0, end - len(self._content)))
        gap = self._position - len(self._content)
        if gap > 0 and data:
            self._content += bytes(gap)
        self._content[self._position : end] = data
        self._position = end

    def commit(
        self, *, mtime_ns: int | None = None, allows: Callable[[Entry | None], None] | None = None
    ) -> tuple[Entry, bool]:
        content = bytes(self._content)
        entry, is_new = self._store.replace(
            self._path, content, mtime_ns, allows=allows, version=self._version
        )
        self._content.clear()
        return entry, is_new

    def abort(self) -> None:
        self._content.clear()


def _size(node: _Node) -> int:
    total = 0
    pending = [node]
    while pending:
        each = pending.pop()
        total += len(each.content)
        pending.extend((each.members or {}).values())
    return total


def _shown(path: Path) -> str:
    return "/" + "/".join(path)
