"""COPY and MOVE (RFC 4918 §9.8, §9.9)."""

from __future__ import annotations

from collections.abc import Callable

from caraway.webdav.call import Call
from caraway.webdav.errors import Exists, HTTPError
from caraway.webdav.http.message import Outcome, Response, Work
from caraway.webdav.methods.collections import multistatus
from caraway.webdav.paths import Path, format_path, is_within
from caraway.webdav.store.interface import Failure


def copy(call: Call) -> Outcome:
    """Copy a resource, with everything below it unless Depth is 0."""
    entry = call.existing()
    depth = call.depth("0 infinity", "infinity")
    target, exists = _prepare(call)

    def run() -> Response:
        # Once more: a thread may have been waited for.
        _check_target(call, target)
        deep = entry.is_collection and depth == "infinity"
        if exists:
            failures = _copy_over(call, target, deep=deep)
        else:
            failures = _to_nothing(call, lambda: call.store.copy(call.path, target, deep=deep))
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

    def judge() -> None:
        blocked = call.blocks(call.path, is_membership=True, is_deep=entry.is_collection)
        if blocked:
            raise blocked.refusal()

    judge()

    def run() -> Response:
        # Once more: a thread may have been waited for.
        judge()
        _check_target(call, target)
        if exists:
            failures = call.store.move(call.path, target, replaces=True)
        else:
            failures = _to_nothing(call, lambda: call.store.move(call.path, target))
        call.locks.forget(call.path, keep=frozenset(each.path for each in failures))
        if failures:
            return multistatus(call.path, failures)
        if exists:
            call.locks.forget(target)
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
    _check_target(call, target)
    return target, exists


def _check_target(call: Call, target: Path) -> None:
    """Refuse a transfer where a lock stands against a change of the destination."""
    found = call.find(target)
    is_deep = found is not None and found.is_collection
    blocked = call.blocks(target, is_membership=found is None, is_deep=is_deep)
    if blocked:
        raise blocked.refusal()


def _to_nothing(call: Call, transfer: Callable[[], list[Failure]]) -> list[Failure]:
    """Do what needs a free place, which may no longer be free."""
    try:
        return transfer()
    except Exists:
        raise HTTPError(412, "something came to the destination just now") from None


def _copy_over(call: Call, target: Path, *, deep: bool) -> list[Failure]:
    """Replace what is at ``target`` by a copy (RFC 4918 §9.8.4), or leave it as it is."""
    with call.store.aside(target) as fresh:
        failures = call.store.copy(call.path, fresh, deep=deep)
        if not failures:
            # Copying may have taken long.
            _check_target(call, target)
            call.store.move(fresh, target, replaces=True)
            call.locks.forget(target)
    return failures


def _made(target: Path, *, exists: bool, is_collection: bool) -> Response:
    if exists:
        return Response(204)
    return Response(201, [("Location", format_path(target, is_collection=is_collection))])
