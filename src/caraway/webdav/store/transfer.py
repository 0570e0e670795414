"""Copies a tree from one store to another."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from caraway.webdav.errors import StoreError
from caraway.webdav.paths import Path
from caraway.webdav.store.interface import Entry, Failure, Store

#: Bytes read and written at a time.
PIECE_BYTES = 1 << 20


@runtime_checkable
class Unlisting(Protocol):
    """A store that holds more than its listings show."""

    def unlisted(self, path: Path) -> list[Path]:
        """What is below ``path`` and not among the members of its collections."""


def move_between(
    source: tuple[Store, Path], target: tuple[Store, Path], *, replaces: bool = False
) -> list[Failure]:
    """Move a resource into another store: a copy, then a removal.

    Unless all was copied, nothing is removed. What the store does not list
    stays, with the collections above it.

    Args:
        replaces: What is at the target gives way to the whole copy. Without
            it there must be nothing.

    Returns:
        What could not be moved, by the path of the original.

    Raises:
        StoreError: The resource itself cannot be moved.
    """
    store, path = source
    if replaces:
        with target[0].aside(target[1]) as made:
            failures = transfer(source, (target[0], made), keeps_times=True)
            if not failures:
                target[0].move(made, target[1], replaces=True)
    else:
        failures = transfer(source, target, keeps_times=True)
    if failures:
        return failures
    unlisted = store.unlisted(path) if isinstance(store, Unlisting) else []
    failures = store.remove(path, frozenset(unlisted))
    return failures + [Failure(each, 403) for each in unlisted]


def transfer(
    source: tuple[Store, Path],
    target: tuple[Store, Path],
    *,
    deep: bool = True,
    keeps_times: bool = False,
) -> list[Failure]:
    """Copy a resource with its properties into another store, to where nothing is.

    Args:
        source: A store and the path of the original in it.
        target: A store and the path of the copy in it.
        deep: With everything below a collection.
        keeps_times: A copy gets the time of change of its original.

    Returns:
        What could not be copied, by the path of the original. A full disk ends
        the copying.

    Raises:
        StoreError: The resource itself cannot be copied.
    """
    store, path = source
    top = store.stat(path)
    _transfer_one(source, target, top, keeps_times=keeps_times)
    failures: list[Failure] = []
    # Collections whose members are still to come, and those to be given their
    # time when nothing below will change any more.
    pending = [(path, target[1])] if deep and top.is_collection else []
    finished = [(target[1], top.mtime_ns)] if top.is_collection else []
    is_full = False
    while pending and not is_full:
        old, new = pending.pop()
        for entry in store.members(old):
            name = entry.name
            try:
                _transfer_one(
                    (store, (*old, name)),
                    (target[0], (*new, name)),
                    entry,
                    keeps_times=keeps_times,
                )
            except StoreError as error:
                failures.append(Failure((*old, name), error.status))
                is_full = error.status == 507
                if is_full:
                    break
                continue
            if entry.is_collection:
                pending.append(((*old, name), (*new, name)))
                finished.append(((*new, name), entry.mtime_ns))
    if keeps_times:
        for each, mtime_ns in reversed(finished):
            target[0].set_times(each, mtime_ns=mtime_ns)
    return failures


def _transfer_one(
    source: tuple[Store, Path], target: tuple[Store, Path], entry: Entry, *, keeps_times: bool
) -> None:
    """Copy a file, or a collection without its members."""
    properties = source[0].properties(source[1])
    if entry.is_collection:
        target[0].make_collection(target[1])
    else:
        _transfer_content(source, target, keeps_times=keeps_times)
        if entry.executable:
            target[0].set_executable(target[1], True)
    if properties:
        target[0].set_properties(target[1], dict(properties))


def _transfer_content(
    source: tuple[Store, Path], target: tuple[Store, Path], *, keeps_times: bool
) -> None:
    reader = source[0].open(source[1])
    try:
        writer = target[0].create(target[1])
        try:
            position = 0
            while data := reader.read(position, PIECE_BYTES):
                writer.write(data)
                position += len(data)
            writer.commit(mtime_ns=reader.entry.mtime_ns if keeps_times else None)
        finally:
            writer.abort()
    finally:
        reader.close()
