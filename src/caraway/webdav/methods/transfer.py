"""COPY and MOVE (RFC 4918 §9.8, §9.9)."""

from __future__ import annotations

from caraway.webdav.call import Call
from caraway.webdav.errors import HTTPError
from caraway.webdav.http.message import Outcome, Response, Work
from caraway.webdav.methods.collections import multistatus
from caraway.webdav.paths import Path, format_path, is_within


def copy(call: Call) -> Outcome:
    """Copy a resource, with everything below it unless Depth is 0."""
    entry = call.existing()
    depth = call.depth("0 infinity", "infinity")
    target, exists = _prepare(call)

    def run() -> Response:
        _clear(call, target, exists=exists)
        deep = entry.is_collection and depth == "infinity"
        failures = call.store.copy(call.path, target, deep=deep)
        if failures:
            return multistatus(target, failures)
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
        _clear(call, target, exists=exists)
        failures = call.store.move(call.path, target)
        call.locks.forget(call.path, keep=frozenset(each.path for each in failures))
        if failures:
            return multistatus(target, failures)
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


def _clear(call: Call, target: Path, *, exists: bool) -> None:
    """Make room at the destination (RFC 4918 §9.8.4, §9.9.3)."""
    if not exists:
        return
    failures = call.store.remove(target)
    if failures:
        raise HTTPError(failures[0].status, "what is at the destination cannot be removed")
    call.locks.forget(target)


def _made(target: Path, *, exists: bool, is_collection: bool) -> Response:
    if exists:
        return Response(204)
    return Response(201, [("Location", format_path(target, is_collection=is_collection))])
