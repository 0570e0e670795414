"""SEARCH: resources by their properties and their content (RFC 5323)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from heapq import nsmallest
from itertools import islice
from typing import Final, NamedTuple
from urllib.parse import urljoin

from caraway.webdav.call import Call
from caraway.webdav.compression import compress
from caraway.webdav.conditions import locate
from caraway.webdav.errors import BadRequest, HTTPError, StoreError
from caraway.webdav.http.message import Response, Work
from caraway.webdav.media_types import guess_type
from caraway.webdav.methods.context import context_of, dead_properties
from caraway.webdav.paths import Path, format_path, is_within
from caraway.webdav.properties.listing import renderer
from caraway.webdav.search.evaluate import judge, sort_key
from caraway.webdav.search.query import Query, SchemaQuestion, Scope, size
from caraway.webdav.search.reading import read_search
from caraway.webdav.search.schema import schema_response
from caraway.webdav.store.interface import Entry, PropertyName
from caraway.webdav.walk import Depth, walk
from caraway.webdav.xml.answers import CONTENT_TYPE, write_multistatus, write_status

#: Resources that one search looks at, and conditions that it judges: some ten
#: seconds of a thread at most.
MAX_SCANNED: Final = 100_000
MAX_JUDGED: Final = 1_000_000
#: Resources in one answer, and its characters.
MAX_RESULTS: Final = 10_000
MAX_ANSWER: Final = 16 << 20
#: Bytes of one file that ``contains`` looks at, and of all files together.
MAX_CONTENT: Final = 1 << 20
MAX_CONTENT_TOTAL: Final = 64 << 20

#: Media types besides ``text/*`` whose files are text.
_TEXTUAL: Final = frozenset(
    f"application/{name}" for name in ("json", "xml", "yaml", "sql", "javascript")
) | {"image/svg+xml"}

_Place = tuple[Path, Entry, Depth]


def search(call: Call) -> Work:
    """Answer a query in a worker thread: it may look at a whole tree."""
    call.existing()
    asked = read_search(call.request.body)
    call.check_conditions()
    places = tuple(_place(call, scope) for scope in asked.scopes)
    if isinstance(asked, SchemaQuestion):
        return Work(lambda: _describe(call, places))
    return Work(lambda: _Search(call, asked, places).answer())


def _place(call: Call, scope: Scope) -> _Place:
    """Where a scope is.

    Raises:
        HTTPError: 409: nothing is there, or it is on another server.
    """
    base = format_path(call.path, is_collection=call.existing().is_collection)
    try:
        reference = urljoin(base, scope.href)
        path = locate(reference, call.header("host") or "")
    except (BadRequest, ValueError):
        path = None
    entry = call.find(path) if path is not None else None
    if path is None or entry is None:
        reason = f"no resource of this server is at the scope {scope.href:.80}"
        raise HTTPError(409, reason, condition="search-scope-valid")
    return path, entry, scope.depth


def _describe(call: Call, places: tuple[_Place, ...]) -> Response:
    hrefs = [format_path(path, is_collection=entry.is_collection) for path, entry, _ in places]
    return _multistatus(call, [schema_response(href) for href in hrefs])


def _multistatus(call: Call, responses: list[str]) -> Response:
    body = b"".join(write_multistatus(responses))
    response = Response(207, [("Content-Type", CONTENT_TYPE)], body)
    return compress(response, call.header("accept-encoding"))


class _Search:
    """One search: what is left of its limits, and what it finds."""

    def __init__(self, call: Call, query: Query, places: tuple[_Place, ...]) -> None:
        self._call = call
        self._query = query
        self._places = places
        judged = 1 if query.where is None else size(query.where)
        self._left = min(MAX_SCANNED, MAX_JUDGED // judged)
        self._content_left = MAX_CONTENT_TOTAL
        self._is_truncated = False

    def answer(self) -> Response:
        """What was found, and whether that is all."""
        limit = MAX_RESULTS
        if self._query.limit is not None:
            limit = min(limit, self._query.limit)
        matches = self._matches()
        # One more tells that there are more.
        if self._query.order:
            found = nsmallest(limit + 1, matches, key=lambda match: match.key)
        else:
            found = list(islice(matches, limit + 1))
        if len(found) > limit:
            self._is_truncated = True
        responses = self._render(found[:limit])
        if self._is_truncated:
            # RFC 5323 §2.3.2: of the resource that was asked.
            href = self._call.href(self._call.path, self._call.entry)
            responses.append(write_status(href, 507))
        return _multistatus(self._call, responses)

    def _render(self, found: list[_Match]) -> list[str]:
        render = renderer(self._query.select)
        responses: list[str] = []
        total = 0
        for each in found:
            try:
                context = context_of(self._call, render, each.path, each.entry)
            except StoreError:
                # It vanished since it was found.
                continue
            href = format_path(each.path, is_collection=each.entry.is_collection)
            response = render.render(href, each.entry, context)
            total += len(response)
            if total > MAX_ANSWER:
                self._is_truncated = True
                break
            responses.append(response)
        return responses

    def _matches(self) -> Iterator[_Match]:
        where, order = self._query.where, self._query.order
        for path, entry in self._resources():
            if self._left == 0:
                self._is_truncated = True
                return
            self._left -= 1
            found = _Candidate(self, path, entry)
            try:
                if where is not None and not judge(where, found):
                    continue
                key = sort_key(order, found)
            except StoreError:
                # It vanished meanwhile.
                continue
            yield _Match(path, entry, key)

    def _resources(self) -> Iterator[tuple[Path, Entry]]:
        """What is in the scopes, each once."""
        for index, (top, entry, depth) in enumerate(self._places):
            before = self._places[:index]
            for path, member in walk(self._call.store, top, entry, depth):
                if not any(_covers(place, path) for place in before):
                    yield path, member

    def dead(self, path: Path) -> Mapping[PropertyName, str]:
        """The dead properties of a resource."""
        return dead_properties(self._call, path)

    def has_text(self, path: Path, entry: Entry, text: str) -> bool | None:
        """Whether a file has a text; None where that cannot be told."""
        if entry.is_collection or not _is_textual(entry.name):
            return None
        wanted = min(MAX_CONTENT, entry.size)
        if wanted > self._content_left:
            self._is_truncated = True
            return None
        try:
            reader = self._call.store.open(path)
            try:
                content = reader.read(0, wanted)
            finally:
                reader.close()
        except StoreError:
            return None
        self._content_left -= len(content)
        if text in " ".join(_decoded(content).casefold().split()):
            return True
        # In the rest of a long file it may be.
        return False if entry.size <= MAX_CONTENT else None


def _covers(place: _Place, path: Path) -> bool:
    """Whether a scope has what is at ``path``."""
    top, _, depth = place
    if depth == "infinity":
        return is_within(path, top)
    return path == top or (depth == "1" and path[:-1] == top and len(path) > len(top))


def _is_textual(name: str) -> bool:
    kind = guess_type(name)
    return kind.startswith("text/") or kind in _TEXTUAL


def _decoded(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", "replace")
    return content.decode("utf-8-sig", "replace")


class _Match(NamedTuple):
    """A resource that was found; small, as many are held at once.

    Attributes:
        key: What it is ordered by.
    """

    path: Path
    entry: Entry
    key: tuple[object, ...]


class _Candidate:
    """A resource that may be what is searched for, with what has been looked up of it."""

    def __init__(self, search: _Search, path: Path, entry: Entry) -> None:
        self._search = search
        self.path = path
        self._entry = entry

    @property
    def entry(self) -> Entry:
        return self._entry

    @cached_property
    def _dead(self) -> Mapping[PropertyName, str]:
        return self._search.dead(self.path)

    def dead(self) -> Mapping[PropertyName, str]:
        return self._dead

    def has_text(self, text: str) -> bool | None:
        return self._search.has_text(self.path, self._entry, text)
