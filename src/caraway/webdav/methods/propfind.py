"""PROPFIND: properties of a resource and of what is below it (RFC 4918 §9.1)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from caraway.webdav.call import Call
from caraway.webdav.compression import compress
from caraway.webdav.errors import StoreError
from caraway.webdav.http.message import Response, Work
from caraway.webdav.kept_listings import KeptListings
from caraway.webdav.methods.context import context_of
from caraway.webdav.paths import Path, escape_name, format_path
from caraway.webdav.properties.listing import Renderer, element_prefix, renderer
from caraway.webdav.store.interface import Entry
from caraway.webdav.xml.answers import CONTENT_TYPE, write_multistatus, write_status
from caraway.webdav.xml.requests import read_propfind


def propfind(call: Call) -> Response | Work:
    """List the resource first, then its members in the order of their names."""
    is_current = call.currency()
    entry = call.existing()
    depth = call.depth("0 1 infinity", "infinity")
    wanted = read_propfind(call.request.body)
    call.check_conditions()
    prefix = element_prefix(call.header("user-agent") or "")
    render = renderer(wanted, prefix=prefix)
    if render.needs_sync_token and entry.is_collection:
        # To tell it, all that is below has to be looked at.
        return Work(lambda: _answer(call, render, entry, depth))
    is_large = entry.is_collection and (depth == "infinity" or (depth == "1" and entry.is_large))
    if is_large:
        return Work(lambda: replace(_answer(call, render, entry, depth), is_slow=True))
    response = _answer(call, render, entry, depth)
    if depth == "0" and render.is_plain:
        response.is_current = is_current
    return response


def _answer(call: Call, render: Renderer, entry: Entry, depth: str) -> Response:
    prefix = render.prefix
    listing = _Listing(call, render)
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


#: Members as they were shown, by the path of the collection and the renderer.
#: A member is an object of its store, so those of several stores are told apart.
_kept: Final = KeptListings[tuple[Entry, str]]()


#: Members that are handed on together.
_TOGETHER: Final = 64


def _href(parent: str, member: Entry) -> str:
    return f"{parent}{escape_name(member.name)}{'/' if member.is_collection else ''}"


class _Listing:
    """Renders resources one by one while the answer is being sent."""

    def __init__(self, call: Call, render: Renderer) -> None:
        self._call = call
        self._render = render
        self._limit = self._left = call.policy.propfind_limit

    def responses(self, path: Path, entry: Entry, depth: str) -> Iterator[str]:
        """The responses for a resource and what is below it to ``depth``."""
        href = format_path(path, is_collection=entry.is_collection)
        yield self._response(href, path, entry)
        if not entry.is_collection or depth == "0":
            return
        if depth == "1" and self._render.is_plain and not entry.is_large:
            yield from self._plain_members(path, href)
            return
        # Collections still to be listed; deep trees do not deepen the stack.
        pending = [(path, href)]
        is_plain, render = self._render.is_plain, self._render.render
        while pending:
            parent, parent_href = pending.pop()
            below: list[tuple[Path, str]] = []
            for member in self._members(parent):
                href = parent_href + escape_name(member.name)
                if member.is_collection:
                    href += "/"
                    # Two links that lead upwards would make a tree without end.
                    if depth == "infinity" and not member.is_link:
                        below.append(((*parent, member.name), href))
                if self._left <= 0:
                    yield self._end(href)
                    return
                if is_plain:
                    self._left -= 1
                    yield render(href, member)
                    continue
                try:
                    response = self._response(href, (*parent, member.name), member)
                except StoreError:
                    # It vanished since the store told of it.
                    continue
                yield response
            pending += reversed(below)

    def _plain_members(self, path: Path, href: str) -> Iterator[str]:
        """The responses for the members; those of the ones that are the same are kept."""
        render = self._render.render
        key = (path, self._render)
        before = _kept.get(key)
        # Mostly the same members come in the same order.
        expected = iter(before.values())
        shown: list[tuple[Entry, str]] = []
        count = 0
        for member in self._members(path):
            if count == self._left:
                yield "".join([xml for _, xml in shown[count - count % _TOGETHER :]])
                yield self._end(_href(href, member))
                return
            one = next(expected, None)
            if one is None or one[0] is not member:
                one = before.get(member.name)
                if one is None or one[0] is not member:
                    one = member, render(_href(href, member), member)
            shown.append(one)
            count += 1
            if not count % _TOGETHER:
                yield "".join([xml for _, xml in shown[-_TOGETHER:]])
        yield "".join([xml for _, xml in shown[count - count % _TOGETHER :]])
        _kept.put(key, {one[0].name: one for one in shown})

    def _members(self, path: Path) -> Iterator[Entry]:
        try:
            yield from self._call.store.members(path)
        except StoreError:
            # It vanished, or may not be looked into: it is listed, and nothing below it.
            return

    def _end(self, href: str) -> str:
        """What stands last in a listing that is too long, instead of ``href``.

        The answer is under way: only it can tell. RFC 6578 §3.6 would name the
        target, which is in the listing already, and may not be twice (RFC 4918 §14.24).
        """
        p = self._render.prefix
        return (
            f"{write_status(href, 507, prefix=p)}<{p}responsedescription>There is more than the"
            f" {self._limit} resources that this server lists: ask for less."
            f"</{p}responsedescription>"
        )

    def _response(self, href: str, path: Path, entry: Entry) -> str:
        self._left -= 1
        if self._render.is_plain:
            return self._render.render(href, entry)
        context = context_of(self._call, self._render, path, entry)
        return self._render.render(href, entry, context)
