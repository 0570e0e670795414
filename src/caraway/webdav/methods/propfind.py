"""PROPFIND: properties of a resource and of what is below it (RFC 4918 §9.1)."""

from __future__ import annotations

from collections.abc import Iterator

from caraway.webdav.call import Call
from caraway.webdav.compression import compress
from caraway.webdav.errors import HTTPError, StoreError
from caraway.webdav.http.message import Response
from caraway.webdav.paths import Path, escape_name, format_path
from caraway.webdav.properties import Context, Renderer, element_prefix, renderer
from caraway.webdav.store.interface import Entry
from caraway.webdav.xml import CONTENT_TYPE, read_propfind, write_multistatus


def propfind(call: Call) -> Response:
    """List the resource first, then its members in the order of their names."""
    entry = call.existing()
    depth = call.depth("0 1 infinity", "infinity")
    wanted = read_propfind(call.request.body)
    call.check_conditions()
    prefix = element_prefix(call.header("user-agent") or "")
    listing = _Listing(call, renderer(wanted, prefix=prefix))
    responses = listing.responses(call.path, entry, depth)
    pieces = write_multistatus(responses, prefix=prefix)
    headers = [("Content-Type", CONTENT_TYPE)]
    # One piece is an answer of known length, which leaves in one write.
    first = next(pieces)
    second = next(pieces, None)
    whole = first if second is None else _chain(first, second, pieces)
    return compress(Response(207, headers, whole), call.header("accept-encoding"))


def _chain(first: bytes, second: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield second
    yield from rest


class _Listing:
    """Renders resources one by one while the answer is being sent."""

    def __init__(self, call: Call, render: Renderer) -> None:
        self._call = call
        self._render = render
        self._left = call.policy.propfind_limit
        self._plain = not (render.needs_dead or render.needs_locks or render.needs_usage)

    def responses(self, path: Path, entry: Entry, depth: str) -> Iterator[str]:
        """The responses for a resource and what is below it to ``depth``."""
        href = format_path(path, is_collection=entry.is_collection)
        yield self._response(href, path, entry)
        if not entry.is_collection or depth == "0":
            return
        # Collections still to be listed; deep trees do not deepen the stack.
        pending = [(path, href)]
        while pending:
            parent, parent_href = pending.pop()
            below: list[tuple[Path, str]] = []
            for member in self._members(parent):
                href = parent_href + escape_name(member.name)
                if member.is_collection:
                    href += "/"
                    if depth == "infinity":
                        below.append(((*parent, member.name), href))
                yield self._response(href, (*parent, member.name), member)
            pending += reversed(below)

    def _members(self, path: Path) -> Iterator[Entry]:
        try:
            yield from self._call.store.members(path)
        except StoreError:
            # It vanished, or may not be looked into: it is listed, and nothing below it.
            return

    def _response(self, href: str, path: Path, entry: Entry) -> str:
        self._left -= 1
        if self._left < 0:
            raise HTTPError(507, "the listing is longer than this server makes it")
        if self._plain:
            return self._render.render(href, entry)
        return self._render.render(href, entry, self._context(path, entry))

    def _context(self, path: Path, entry: Entry) -> Context:
        call, render = self._call, self._render
        moment = call.moment.now
        dead = call.store.properties(path) if render.needs_dead else {}
        locks = call.locks.covering(path, now=moment) if render.needs_locks else ()
        usage = call.store.usage(path) if render.needs_usage and entry.is_collection else None
        return Context(dead=dead, locks=locks, now=moment, usage=usage)
