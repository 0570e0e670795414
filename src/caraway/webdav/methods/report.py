"""REPORT: what changed in a collection since a client last asked (RFC 6578)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from caraway.webdav.call import Call
from caraway.webdav.compression import compress
from caraway.webdav.errors import BadRequest, HTTPError, StoreError
from caraway.webdav.http.message import Response, Work
from caraway.webdav.methods.context import MAX_MEMBERS, context_of
from caraway.webdav.paths import format_path
from caraway.webdav.properties.listing import Renderer, renderer
from caraway.webdav.search.reading import read_limit
from caraway.webdav.store.interface import Entry
from caraway.webdav.sync import (
    CLOSED,
    COLLECTION,
    Changes,
    Key,
    Snapshot,
    compare,
    keep,
    names_of,
    recall,
    survey,
)
from caraway.webdav.xml.answers import CONTENT_TYPE, write_multistatus, write_status
from caraway.webdav.xml.parser import DAV, Element, parse
from caraway.webdav.xml.requests import MAX_NAMES, Propfind

#: Changes in one answer; for the rest the client asks again.
MAX_CHANGES: Final = 25_000
#: Characters of one answer, after which no further change is told.
MAX_ANSWER: Final = 16 << 20


@dataclass(frozen=True, slots=True)
class SyncRequest:
    """The body of a ``sync-collection`` report.

    Attributes:
        token: What the client got with the last one; empty for the first.
        is_deep: Everything below is wanted, not the members alone.
        limit: Changes wanted at most; None for as many as there are.
    """

    token: str
    is_deep: bool
    select: Propfind
    limit: int | None


def read_report(body: bytes) -> SyncRequest:
    """What a REPORT asks.

    Raises:
        BadRequest: It has no body, or a ``sync-collection`` that lacks a part.
        HTTPError: 403: it is another report.

    Source: RFC 6578 §6.
    """
    root = parse(body)
    if root.name != (DAV, "sync-collection"):
        raise _unsupported(f"the report {root.name[1]:.40} is not known here")
    token, level, prop, limit = (
        root.find(name) for name in ("sync-token", "sync-level", "prop", "limit")
    )
    if token is None or level is None or prop is None:
        raise BadRequest("sync-collection needs sync-token, sync-level and prop")
    if level.text.strip() not in ("1", "infinite"):
        raise BadRequest(f"sync-level is '{level.text.strip():.20}', it has to be 1 or infinite")
    return SyncRequest(
        token.text.strip(),
        level.text.strip() == "infinite",
        Propfind("prop", _names(prop)),
        read_limit(limit) if limit is not None else None,
    )


def _names(prop: Element) -> tuple[tuple[str, str], ...]:
    names = tuple(dict.fromkeys(child.name for child in prop.children))
    if len(names) > MAX_NAMES:
        raise BadRequest(f"asks for {len(names)} properties, at most {MAX_NAMES} are answered")
    return names


def _unsupported(reason: str) -> HTTPError:
    return HTTPError(403, reason, condition="supported-report")


def report(call: Call) -> Work:
    """Tell what changed, in a worker thread: all members have to be looked at."""
    entry = call.existing()
    # RFC 6578 §3.2: how deep is said in the body.
    call.depth("0", "0")
    wanted = read_report(call.request.body)
    if not entry.is_collection:
        raise _unsupported("only collections can be synchronised")
    call.check_conditions()
    return Work(lambda: _sync(call, entry, wanted))


def _sync(call: Call, entry: Entry, wanted: SyncRequest) -> Response:
    now = call.moment.wall_s
    known = Snapshot(call.path, wanted.is_deep, {})
    if wanted.token:
        found = recall(call.snapshots, wanted.token, call.path, now=now)
        if found is None:
            raise HTTPError(403, "the token is not known any more", condition="valid-sync-token")
        known = found
    limit = MAX_CHANGES if wanted.limit is None else min(wanted.limit, MAX_CHANGES)
    seen = survey(
        call.store,
        call.path,
        entry,
        known.members,
        is_deep=wanted.is_deep,
        wanted=limit,
        limit=MAX_MEMBERS,
    )
    changes = compare(known.members, seen, is_deep=wanted.is_deep, wanted=limit)
    if limit == 0 and changes.is_truncated:
        raise HTTPError(
            507, "no change can be told in 0 results", condition="number-of-matches-within-limits"
        )
    answer = _Answer(call, known, changes)
    responses = list(answer.responses(renderer(wanted.select)))
    members = answer.members()
    token = keep(call.snapshots, Snapshot(call.path, wanted.is_deep, members), now=now)
    body = b"".join(write_multistatus(responses, prefix="D:", sync_token=token))
    headers = [("Content-Type", CONTENT_TYPE)]
    return compress(Response(207, headers, body), call.header("accept-encoding"))


class _Answer:
    """Writes changes, and notes what the client knows once it has read them."""

    def __init__(self, call: Call, known: Snapshot, changes: Changes) -> None:
        self._call = call
        self._known = known.members
        self._changes = changes
        self._untold: list[Key] = []

    def responses(self, render: Renderer) -> Iterator[str]:
        """The ``response`` of every change, and one more where there are others."""
        changes, size = self._changes, 0
        for key in changes.removed:
            is_collection = self._known[key] in (COLLECTION, CLOSED)
            yield write_status(self._href(key, is_collection=is_collection), 404)
        for key, entry in changes.changed:
            if size > MAX_ANSWER:
                self._untold.append(key)
                continue
            response = self._changed(key, entry, render)
            size += len(response)
            yield response
        if changes.is_truncated or size > MAX_ANSWER:
            href = format_path(self._call.path, is_collection=True)
            yield write_status(href, 507, condition="number-of-matches-within-limits")

    def members(self) -> dict[Key, bytes]:
        """What the client knows after this answer."""
        members = dict(self._changes.members)
        for key in self._untold:
            if key in self._known:
                members[key] = self._known[key]
            else:
                del members[key]
        return members

    def _changed(self, key: Key, entry: Entry | None, render: Renderer) -> str:
        if entry is None:
            href = self._href(key, is_collection=True)
            return write_status(href, 403, condition="sync-traversal-supported")
        href = self._href(key, is_collection=entry.is_collection)
        try:
            context = context_of(self._call, render, (*self._call.path, *names_of(key)), entry)
        except StoreError:
            # It vanished just now: the next report tells.
            return render.render(href, entry)
        return render.render(href, entry, context)

    def _href(self, key: Key, *, is_collection: bool) -> str:
        return format_path((*self._call.path, *names_of(key)), is_collection=is_collection)
