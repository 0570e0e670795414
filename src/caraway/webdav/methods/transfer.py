"""COPY and MOVE (RFC 4918 §9.8, §9.9)."""

from __future__ import annotations

import contextlib
import secrets

from caraway.webdav.call import Call
from caraway.webdav.errors import HTTPError, StoreError
from caraway.webdav.http.message import Outcome, Response, Work
from caraway.webdav.methods.collections import multistatus
from caraway.webdav.paths import Path, format_path, is_within
from caraway.webdav.store.interface import Failure, Store


def copy(call: Call) -> Outcome:
    """Copy a resource, with everything below it unless Depth is 0."""
    entry = call.existing()
    depth = call.depth("0 infinity", "infinity")
    target, exists = _prepare(call)

    def run() -> Response:
        deep = entry.is_collection and depth == "infinity"
        if exists:
            failures = _copy_over(call, target, deep=deep)
        else:
            failures = call.store.copy(call.path, target, deep=deep)
        if failures:
            return multistatus(call.path, failures)
        return _made(target, exists=exists, is_collection=entry.is_collection)

    return Work(run)


def move(call: Call) -> Outcome:
    """Move a resource with everything below it; locks stay behind and end."""
    entry = call.existing()
    if not call.path:
        raise HTTPError(403, "the root of what is shared cannot be moved")
    call.depth("infinity", "infinity")
    target, exists = _prepare(call)
    blocked = call.blocks(call.path, is_membership=True, is_deep=True)
    if blocked:
        raise blocked.refusal()

    def run() -> Response:
        failures = _move_over(call, target) if exists else call.store.move(call.path, target)
        call.locks.forget(call.path, keep=frozenset(each.path for each in failures))
        if failures:
            return multistatus(call.path, failures)
        return _made(target, exists=exists, is_collection=entry.is_collection)

    return Work(run)


def _prepare(call: Call) -> tuple[Path, bool]:
    """The destination, and whether something is there: all that can forbid the transfer."""
    target = call.destination()
    overwrites = call.overwrites()
    if target == call.path:
        raise HTTPError(403, "source and destination are the same")
    if is_within(target, call.path):
        raise HTTPError(403, "the destination is inside the source")
    if is_within(call.path, target):
        raise HTTPError(403, "the source is inside the destination")
    call.check_conditions()
    parent = call.find(target[:-1])
    if parent is None or not parent.is_collection:
        raise HTTPError(409, "the collection above the destination does not exist")
    exists = call.find(target) is not None
    if exists and not overwrites:
        raise HTTPError(412, "something is at the destination, and Overwrite is F")
    blocked = call.blocks(target, is_membership=not exists, is_deep=exists)
    if blocked:
        raise blocked.refusal()
    return target, exists


def _copy_over(call: Call, target: Path, *, deep: bool) -> list[Failure]:
    """Replace what is at ``target`` by a copy (RFC 4918 §9.8.4), or leave it as it is."""
    store, fresh = call.store, _sibling(target)
    try:
        failures = store.copy(call.path, fresh, deep=deep)
        if failures:
            return failures
        _remove_whole(store, target)
        store.move(fresh, target)
    finally:
        # Gone already where all went well.
        _discard(call, fresh)
    call.locks.forget(target)
    return []


def _move_over(call: Call, target: Path) -> list[Failure]:
    """Replace what is at ``target`` by the source (RFC 4918 §9.9.3), or leave both as they are."""
    store, old = call.store, _sibling(target)
    if failures := store.move(target, old):
        raise HTTPError(failures[0].status, "what is at the destination cannot be replaced")
    try:
        failures = store.move(call.path, target)
    except StoreError:
        _put_back(call, old, target)
        raise
    if any(_is_uncopied(call, each, target) for each in failures):
        _put_back(call, old, target)
        return failures
    _discard(call, old)
    call.locks.forget(target)
    return failures


def _is_uncopied(call: Call, failure: Failure, target: Path) -> bool:
    """Whether a move failed before the source began to vanish.

    A store that moves by copying removes nothing unless all was copied: what
    then cannot be removed is at the target as well.
    """
    copied = (*target, *failure.path[len(call.path) :])
    return failure.status == 507 or call.find(copied) is None


def _put_back(call: Call, old: Path, target: Path) -> None:
    _discard(call, target)
    call.store.move(old, target)


def _remove_whole(store: Store, path: Path) -> None:
    if failures := store.remove(path):
        raise HTTPError(failures[0].status, "what is at the destination cannot be removed")


def _discard(call: Call, path: Path) -> None:
    """Remove what may not be there, as far as that is possible."""
    with contextlib.suppress(StoreError):
        call.store.remove(path)


def _sibling(path: Path) -> Path:
    """A name beside ``path`` that nobody else has."""
    return (*path[:-1], f"replaced-{secrets.token_hex(8)}")


def _made(target: Path, *, exists: bool, is_collection: bool) -> Response:
    if exists:
        return Response(204)
    return Response(201, [("Location", format_path(target, is_collection=is_collection))])
