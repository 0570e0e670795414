"""LOCK and UNLOCK (RFC 4918 §9.10, §9.11)."""

from __future__ import annotations

from caraway.webdav.call import Call
from caraway.webdav.conditions import parse_lock_token
from caraway.webdav.errors import BadRequest, Exists, HTTPError
from caraway.webdav.http.message import Response
from caraway.webdav.locks.lock import Conflict, parse_timeout
from caraway.webdav.paths import format_path
from caraway.webdav.properties.lock_discovery import lock_body
from caraway.webdav.store.interface import Entry
from caraway.webdav.xml.answers import CONTENT_TYPE, write_multistatus, write_status
from caraway.webdav.xml.requests import read_lockinfo


def lock(call: Call) -> Response:
    """Grant a lock or refresh one; a name without a resource becomes an empty file."""
    wanted = read_lockinfo(call.request.body)
    now = call.moment.now
    timeout_s = parse_timeout(call.header("timeout"))
    if wanted is None:
        call.existing()
        call.check_conditions()
        if call.if_header is None:
            raise BadRequest("a LOCK without a body refreshes a lock: name it in an If header")
        user = call.request.user
        call.locks.refresh(
            call.path, now=now, tokens=call.tokens, principal=user, timeout_s=timeout_s
        )
        return _granted(call, 200)
    is_deep = call.depth("0 infinity", "infinity") == "infinity"
    entry = call.entry
    call.check_conditions()
    is_new = entry is None
    if is_new:
        call.check_locks(call.path, is_membership=True)
    is_collection = entry is not None and entry.is_collection
    outcome = call.locks.lock(
        call.path,
        now=now,
        href=format_path(call.path, is_collection=is_collection),
        is_exclusive=wanted.is_exclusive,
        is_deep=is_deep and is_collection,
        owner=wanted.owner,
        principal=call.request.user,
        timeout_s=timeout_s,
    )
    if isinstance(outcome, Conflict):
        return _conflict(call, outcome)
    if is_new:
        try:
            call.store.create(call.path).commit(allows=_refuse_any)
        except Exists:
            # It came just now, and is what has been locked.
            is_new = False
        except BaseException:
            call.locks.unlock(call.path, outcome.token, now=now, principal=call.request.user)
            raise
    return _granted(call, 201 if is_new else 200, outcome.token)


def _refuse_any(found: Entry | None) -> None:
    if found is not None:
        raise Exists("something came just now")


def _granted(call: Call, status: int, token: str | None = None) -> Response:
    now = call.moment.now
    headers = [("Content-Type", CONTENT_TYPE)]
    if token:
        headers.append(("Lock-Token", f"<{token}>"))
    body = lock_body(call.locks.covering(call.path, now=now), now=now)
    return Response(status, headers, body)


def _conflict(call: Call, conflict: Conflict) -> Response:
    hrefs = tuple(dict.fromkeys(lock.href for lock in conflict.locks))
    if not conflict.is_below:
        raise HTTPError(423, "the resource is locked", condition="no-conflicting-lock", hrefs=hrefs)
    responses = [write_status(href, 423, condition="no-conflicting-lock") for href in hrefs]
    responses.append(write_status(call.href(call.path, call.entry), 424))
    body = b"".join(write_multistatus(responses))
    return Response(207, [("Content-Type", CONTENT_TYPE)], body)


def unlock(call: Call) -> Response:
    """Give a lock back."""
    value = call.header("lock-token")
    if value is None:
        raise BadRequest("UNLOCK needs a Lock-Token header")
    token = parse_lock_token(value)
    call.existing()
    call.check_conditions()
    call.locks.unlock(call.path, token, now=call.moment.now, principal=call.request.user)
    return Response(204)
