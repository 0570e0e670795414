"""Properties in listings: what PROPFIND shows of a resource."""

from __future__ import annotations

from functools import lru_cache
from typing import Final, NamedTuple

from caraway.webdav.properties.live import LIVE, Context, Value
from caraway.webdav.store.interface import Entry, PropertyName
from caraway.webdav.xml.answers import PREFIXES, status_line
from caraway.webdav.xml.parser import DAV
from caraway.webdav.xml.requests import Propfind
from caraway.webdav.xml.writer import tag

_NO_CONTEXT: Final = Context()
_QUOTA: Final = frozenset({(DAV, "quota-available-bytes"), (DAV, "quota-used-bytes")})


def element_prefix(user_agent: str) -> str:
    """What to put before the names of ``DAV:`` elements in a listing.

    With a default namespace a listing is an eighth shorter, but Microsoft's
    clients do not find elements without a prefix.
    """
    agent = user_agent.lower()
    return "D:" if "microsoft" in agent or "msoffice" in agent else ""


class _Wanted(NamedTuple):
    """A property as it is written."""

    name: PropertyName
    value: Value | None
    opening: str
    closing: str
    empty: str
    yields_to_dead: bool


class Renderer:
    """Writes the ``response`` elements of one PROPFIND request.

    It holds nothing of a single resource and may be used by several requests at once.

    Attributes:
        prefix: What stands for ``DAV:``; the multistatus has to be written with the same.
        needs_dead: The context has to have the dead properties.
        needs_locks: The context has to have the locks and the time.
        needs_usage: The context has to have the usage, for collections.
        needs_sync_token: The context has to have the sync token, for collections.
        is_plain: The entry alone suffices.

    >>> listing = Renderer(Propfind("prop", (("DAV:", "getcontentlength"),)), prefix="")
    >>> print(listing.render("/a", Entry("a", False, 5, 0, 0, "x")).replace("><", ">\\n<"))
    <response>
    <href>/a</href>
    <propstat>
    <prop>
    <getcontentlength>5</getcontentlength>
    </prop>
    <status>HTTP/1.1 200 OK</status>
    </propstat>
    </response>
    """

    def __init__(self, request: Propfind, *, prefix: str = "D:") -> None:
        if request.kind == "prop":
            names = request.names
        elif request.kind == "allprop":
            standard = [name for name, live in LIVE.items() if live.in_allprop]
            names = tuple(dict.fromkeys([*standard, *request.names]))
        else:
            names = tuple(LIVE)
        self.prefix = prefix
        self._kind = request.kind
        self._wanted = tuple(_wanted(name, prefix) for name in names)
        self._names = frozenset(names)
        # What allprop leaves out without a word, where the resource does not have it.
        self._silent = self._names.difference(request.names)
        self.needs_dead = request.kind != "prop" or any(
            each.value is None or each.yields_to_dead for each in self._wanted
        )
        self.needs_locks = (DAV, "lockdiscovery") in names and request.kind != "propname"
        self.needs_usage = not self._names.isdisjoint(_QUOTA)
        self.needs_sync_token = (DAV, "sync-token") in names
        self.is_plain = not (
            self.needs_dead or self.needs_locks or self.needs_usage or self.needs_sync_token
        )
        p = prefix
        self._head = f"<{p}response><{p}href>"
        self._properties = f"</{p}href><{p}propstat><{p}prop>"
        self._found = f"</{p}prop><{p}status>{status_line(200)}</{p}status></{p}propstat>"
        self._again = f"<{p}propstat><{p}prop>"
        self._missing = f"</{p}prop><{p}status>{status_line(404)}</{p}status></{p}propstat>"
        self._tail = f"</{p}response>"

    def render(self, href: str, entry: Entry, context: Context = _NO_CONTEXT) -> str:
        """The ``response`` of one resource.

        Args:
            href: As :func:`caraway.webdav.paths.format_path` makes it: nothing
                in it needs escaping.
        """
        if self._kind == "propname":
            return self._render_names(href, entry, context)
        dead = context.dead
        pieces = [self._head, href, self._properties]
        missing: list[_Wanted] = []
        for each in self._wanted:
            name, value_of, opening, closing, empty, yields_to_dead = each
            if dead and (value_of is None or yields_to_dead) and name in dead:
                pieces.append(dead[name])
            elif value_of is None or (value := value_of(entry, context)) is None:
                missing.append(each)
            else:
                pieces.append(f"{opening}{value}{closing}" if value else empty)
        if self._kind == "allprop":
            pieces += [xml for name, xml in dead.items() if name not in self._names]
            missing = [each for each in missing if each.name not in self._silent]
        if missing:
            nothing_found = len(pieces) == 3
            if not nothing_found:
                pieces += (self._found, self._again)
            pieces += [each.empty for each in missing]
            pieces.append(self._missing)
        else:
            pieces.append(self._found)
        pieces.append(self._tail)
        return "".join(pieces)

    def _render_names(self, href: str, entry: Entry, context: Context) -> str:
        names = [
            each.empty
            for each in self._wanted
            if each.value is None or each.value(entry, context) is not None
        ]
        names += [tag(name, prefix=self.prefix) for name in context.dead if name not in self._names]
        return "".join([self._head, href, self._properties, *names, self._found, self._tail])


def _wanted(name: PropertyName, prefix: str) -> _Wanted:
    live = LIVE.get(name)
    space, local = name
    if not prefix and space in PREFIXES:
        # Declared around all of them.
        opening, _, closing = tag((DAV, local), "\0", prefix=PREFIXES[space]).partition("\0")
        empty = tag((DAV, local), prefix=PREFIXES[space])
    else:
        opening, _, closing = tag(name, "\0", prefix=prefix).partition("\0")
        empty = tag(name, prefix=prefix)
    return _Wanted(
        name,
        live.value(prefix) if live else None,
        opening,
        closing,
        empty,
        live is not None and live.yields_to_dead,
    )


@lru_cache(maxsize=64)
def renderer(request: Propfind, *, prefix: str = "D:") -> Renderer:
    """A renderer, made once for requests that ask for the same."""
    return Renderer(request, prefix=prefix)
