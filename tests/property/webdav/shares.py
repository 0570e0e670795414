"""Servers under test: each is asked the same, and looked at after every answer."""

from __future__ import annotations

import asyncio
import math
from dataclasses import dataclass
from email.utils import formatdate, parsedate_to_datetime
from urllib.parse import quote_from_bytes, unquote_to_bytes
from xml.etree import ElementTree
from xml.sax.saxutils import escape

from caraway.webdav.application import Application
from caraway.webdav.call import Moment, Policy
from caraway.webdav.errors import DavError
from caraway.webdav.http.head import Head
from caraway.webdav.http.message import Outcome, Pending, Request, Response
from caraway.webdav.store.interface import Store
from tests.property.webdav.model import Model
from tests.property.webdav.requests import DATE, PROPERTIES, Ask, Clause, Condition, Path
from tests.unit.webdav.server.memory import Answer, Client

NAMESPACES = 'xmlns:D="DAV:" xmlns:x="urn:x" xmlns:y="urn:y"'
EVERYTHING = (
    f"<D:propfind {NAMESPACES}><D:prop><D:resourcetype/><D:getcontentlength/><D:getetag/>"
    f"<D:getlastmodified/><D:lockdiscovery/>{''.join(f'<{name}/>' for name in PROPERTIES)}"
    "</D:prop></D:propfind>"
)
_QUALIFIED = {name: f"{{urn:{name[0]}}}{name[2:]}" for name in PROPERTIES}
NOWHERE = "urn:uuid:00000000-0000-4000-8000-000000000000"


@dataclass
class Seen:
    """A resource as a PROPFIND tells of it."""

    is_collection: bool
    size: int | None
    etag: str
    properties: dict[str, str]
    tokens: set[str]
    mtime_s: int


class Clocked:
    """An application whose clock is the test's."""

    def __init__(self, application: Application) -> None:
        self._application = application
        self.now = 0.0

    def begin(self, head: Head, *, peer: str, scheme: str) -> Request | Pending:
        return self._application.begin(head, peer=peer, scheme=scheme)

    def streams(self, request: Request) -> bool:
        return self._application.streams(request)

    def handle(self, request: Request, moment: Moment) -> Outcome:
        return self._application.handle(request, Moment(self.now, moment.wall_s))

    def failure(self, error: DavError, request: Request | None) -> Response:
        return self._application.failure(error, request)


class Share:
    """A server with a client.

    Args:
        number: Which of a lock's tokens is this server's.
    """

    def __init__(self, store: Store, number: int, loop: asyncio.AbstractEventLoop) -> None:
        self._application = Clocked(Application(store, Policy(read_only=False)))
        self._number = number
        self._loop = loop
        self._client: Client | None = None
        self.seen: dict[Path, Seen] = {}

    def wait(self, seconds: float) -> None:
        self._application.now += seconds

    def ask(self, ask: Ask, model: Model) -> Answer:
        """Send a request."""
        target = url(ask.path) + ("/" if ask.slash and ask.path else "")
        return self.send(ask.method, target, self._fields(ask, model), _body(ask))

    def send(self, method: str, target: str, fields: dict[str, str], body: bytes) -> Answer:
        """A request over the one connection, or a new one if that was closed."""

        async def work() -> Answer:
            client = self._client
            if client is None or client.transport.is_lost or client.transport.is_closing():
                client = self._client = Client(self._application)
            return await client.ask(method, target, fields, body)

        return self._loop.run_until_complete(work())

    def look(self) -> dict[Path, Seen]:
        """Everything that is there; it has to be well-formed and in order."""
        answer = self.send("PROPFIND", "/", {"Depth": "infinity"}, EVERYTHING.encode())
        assert answer.status == 207, answer
        seen = {}
        for response in ElementTree.fromstring(answer.body).iter("{DAV:}response"):
            path = parse_url(response.findtext("{DAV:}href", ""))
            assert path not in seen, f"{path} is listed twice"
            seen[path] = _seen(response)
        assert next(iter(seen)) == ()
        self.seen = seen
        return seen

    def token(self, index: int, model: Model) -> str:
        lock = model.named(index)
        return NOWHERE if lock is None else lock.tokens[self._number]

    def etag(self, path: Path) -> str:
        seen = self.seen.get(path)
        return seen.etag if seen is not None and seen.etag else '"none"'

    def _fields(self, ask: Ask, model: Model) -> dict[str, str]:
        fields = {name: self._precondition(kind, ask.path) for name, kind in ask.preconditions}
        if ask.depth is not None:
            fields["Depth"] = ask.depth
        if ask.overwrite is not None:
            fields["Overwrite"] = ask.overwrite
        if ask.destination is not None and ask.destination_form != "none":
            prefix = {"uri": "http://dav.test", "elsewhere": "http://other.test", "nonsense": "?"}
            fields["Destination"] = prefix.get(ask.destination_form, "") + url(ask.destination)
        if ask.range is not None:
            fields["Range"] = ask.range
        if ask.if_range is not None:
            fields["If-Range"] = self._precondition(ask.if_range, ask.path)
        if ask.offset is not None:
            last = ask.offset + len(ask.body) - 1
            fields["Content-Range"] = f"bytes {ask.offset}-{last}/*"
        if ask.mtime_s is not None:
            fields["X-OC-Mtime"] = str(ask.mtime_s)
        if ask.timeout is not None:
            fields["Timeout"] = ask.timeout
        if ask.token is not None:
            fields["Lock-Token"] = f"<{self.token(ask.token, model)}>"
        if ask.holding and model.locks:
            fields["If"] = " ".join(
                f"<{url(each.root)}> (<{each.tokens[self._number]}>)" for each in model.locks
            )
        elif ask.clauses:
            fields["If"] = " ".join(self._clause(each, ask.path, model) for each in ask.clauses)
        return fields

    def _precondition(self, kind: str, path: Path) -> str:
        if kind.isdigit():
            return formatdate(int(kind), usegmt=True)
        own = self.etag(path)
        kinds = {"*": "*", "own": own, "weak": f"W/{own}", "several": f'"other", {own}'}
        return kinds.get(kind, '"other"')

    def _clause(self, clause: Clause, path: Path, model: Model) -> str:
        tag = ""
        if clause.tag is not None:
            path = clause.tag
            tag = f"<{'http://dav.test' if clause.is_absolute else ''}{url(path)}> "
        parts = (
            ("Not " if each.is_negated else "") + self._condition(each, path, model)
            for each in clause.conditions
        )
        return f"{tag}({' '.join(parts)})"

    def _condition(self, condition: Condition, path: Path, model: Model) -> str:
        kinds = {
            "token": f"<{self.token(condition.index, model)}>",
            "no-lock": "<DAV:no-lock>",
            "own": f"[{self.etag(path)}]",
            "weak": f"[W/{self.etag(path)}]",
        }
        return kinds.get(condition.kind, '["other"]')


def url(path: Path) -> str:
    """A path as a URL, all of it escaped that may be."""
    return "/" + "/".join(
        quote_from_bytes(name.encode("utf-8", "surrogateescape"), safe="") for name in path
    )


def parse_url(href: str) -> Path:
    """The path that an href means."""
    assert href.startswith("/"), href
    return tuple(
        unquote_to_bytes(name).decode("utf-8", "surrogateescape")
        for name in href.strip("/").split("/")
        if name
    )


def listed(answer: Answer) -> set[Path]:
    """The resources that a multistatus names, each once."""
    found = [
        parse_url(each.findtext("{DAV:}href", ""))
        for each in ElementTree.fromstring(answer.body).iter("{DAV:}response")
    ]
    assert len(found) == len(set(found)), found
    return set(found)


def timeout_of(answer: Answer, token: str) -> float:
    """The Timeout of a lock in the answer of a LOCK."""
    for lock in ElementTree.fromstring(answer.body).iter("{DAV:}activelock"):
        if lock.findtext("{DAV:}locktoken/{DAV:}href") == token:
            text = lock.findtext("{DAV:}timeout", "")
            return math.inf if text == "Infinite" else float(text.removeprefix("Second-"))
    raise AssertionError(f"no lock {token}: {answer}")


def _body(ask: Ask) -> bytes:
    match ask.method:
        case "PROPPATCH":
            text = "".join(_change(name, value) for name, value in ask.changes)
            return f"<D:propertyupdate {NAMESPACES}>{text}</D:propertyupdate>".encode()
        case "LOCK" if ask.scope is not None:
            return (
                f"<D:lockinfo {NAMESPACES}><D:lockscope><D:{ask.scope}/></D:lockscope>"
                "<D:locktype><D:write/></D:locktype></D:lockinfo>"
            ).encode()
    return ask.body


def _change(name: str, value: str | None) -> str:
    if value is None:
        return f"<D:remove><D:prop><{name}/></D:prop></D:remove>"
    if name == DATE:
        value = formatdate(int(value), usegmt=True)
    return f"<D:set><D:prop><{name}>{escape(value)}</{name}></D:prop></D:set>"


def _seen(response: ElementTree.Element) -> Seen:
    found = {}
    for propstat in response.iter("{DAV:}propstat"):
        status = propstat.findtext("{DAV:}status", "")
        assert " 200 " in status or " 404 " in status, status
        if " 200 " in status:
            found.update({each.tag: each for each in propstat.iterfind("{DAV:}prop/*")})
    size = found.get("{DAV:}getcontentlength")
    etag = found.get("{DAV:}getetag")
    date = found["{DAV:}getlastmodified"]
    return Seen(
        is_collection=found["{DAV:}resourcetype"].find("{DAV:}collection") is not None,
        size=None if size is None else int(size.text or ""),
        etag="" if etag is None else etag.text or "",
        properties={
            name: found[tag].text or "" for name, tag in _QUALIFIED.items() if tag in found
        },
        tokens={
            each.text or ""
            for each in found["{DAV:}lockdiscovery"].iterfind(".//{DAV:}locktoken/*")
        },
        mtime_s=round(parsedate_to_datetime(date.text or "").timestamp()),
    )
