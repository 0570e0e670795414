"""MKCOL and DELETE (RFC 4918 §9.3, §9.6; RFC 5689)."""

from __future__ import annotations

from collections.abc import Iterable

from caraway.webdav.call import Call
from caraway.webdav.errors import HTTPError
from caraway.webdav.http.message import Outcome, Response, Work
from caraway.webdav.locks.lock import Blocks
from caraway.webdav.methods.proppatch import carry_out
from caraway.webdav.paths import Path, format_path
from caraway.webdav.properties.changes import plan_changes
from caraway.webdav.store.interface import Entry, Failure
from caraway.webdav.xml.answers import CONTENT_TYPE, mkcol_body, write_multistatus, write_status
from caraway.webdav.xml.requests import read_mkcol


def mkcol(call: Call) -> Outcome:
    """Make a collection, perhaps with properties."""
    if call.entry is not None:
        call.check_conditions()
        raise HTTPError(405, "something is there already")
    if call.request.body:
        media = (call.header("content-type") or "").partition(";")[0].strip().lower()
        if media not in ("application/xml", "text/xml"):
            raise HTTPError(415, "the body of MKCOL has to be XML")
    changes = read_mkcol(call.request.body)
    call.check_conditions()
    call.check_locks(call.path, is_membership=True)
    made = Entry(call.path[-1] if call.path else "", True, 0, 0, 0, "")
    plan = plan_changes(changes, made, is_new=True)
    if not plan.refused:
        call.store.make_collection(call.path)
        carry_out(call.store, call.path, plan, made)
        if not plan.refused:
            return Response(201)
        call.store.remove(call.path)
    # RFC 5689 §3: the answer's own status is that of what was refused first.
    status = next(status for status, _ in plan.refused.values())
    return Response(status, [("Content-Type", CONTENT_TYPE)], mkcol_body(plan.propstats()))


def delete(call: Call) -> Outcome:
    """Remove a resource with everything below it."""
    entry = call.existing()
    if not call.path:
        raise HTTPError(403, "the root of what is shared cannot be removed")
    call.depth("infinity", "infinity")
    call.check_conditions()

    def judge() -> Blocks:
        blocked = call.blocks(call.path, is_membership=True, is_deep=entry.is_collection)
        if blocked.here:
            raise blocked.refusal()
        return blocked

    judge()

    def run() -> Response:
        # Once more: a thread may have been waited for.
        blocked = judge()
        failures = call.store.remove(call.path, keep=blocked.kept)
        call.locks.forget(call.path, keep=blocked.kept | {each.path for each in failures})
        # Shared locks share a href, which may be told once only (RFC 4918 §14.24).
        locked = [(href, 423) for href in dict.fromkeys(lock.href for lock in blocked.below)]
        if not failures and not locked:
            return Response(204)
        return multistatus(call.path, failures, locked)

    is_quick = call.store.is_quick and not entry.is_collection
    return run() if is_quick else Work(run)


def multistatus(
    path: Path, failures: Iterable[Failure], others: Iterable[tuple[str, int]] = ()
) -> Response:
    """207 for an operation on a tree that could not handle all of it (RFC 4918 §13).

    Args:
        path: The target: if it alone failed, its status is that of the answer.
        others: URL paths and statuses of what else is to be named.
    """
    named = list(others)
    for failure in failures:
        if failure.path == path and not named:
            raise HTTPError(failure.status)
        named.append((format_path(failure.path, is_collection=False), failure.status))
    condition = {423: "lock-token-submitted"}
    responses = [
        write_status(
            href,
            status,
            condition=condition.get(status),
            hrefs=(href,) if status == 423 else (),
        )
        for href, status in named
    ]
    body = b"".join(write_multistatus(responses))
    return Response(207, [("Content-Type", CONTENT_TYPE)], body)
