"""Requests straight to an application, without a connection."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from caraway.webdav.application import Application
from caraway.webdav.call import Moment, Policy
from caraway.webdav.errors import DavError
from caraway.webdav.http.head import Head
from caraway.webdav.http.message import FileRange, Outcome, Request, Response, Work
from caraway.webdav.paths import parse_path
from caraway.webdav.store.interface import Store
from caraway.webdav.store.memory import MemoryStore

Fields = Mapping[str, str]
#: The body of a LOCK.
LOCK = (
    '<D:lockinfo xmlns:D="DAV:"><D:lockscope><D:exclusive/></D:lockscope>'
    "<D:locktype><D:write/></D:locktype></D:lockinfo>"
)


@dataclass
class Result:
    """An answer with its whole body; ``headers`` by lower-case name."""

    status: int
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""

    @property
    def text(self) -> str:
        return self.body.decode()


class Caller:
    """Asks an application and carries its outcomes out."""

    def __init__(
        self, store: Store | None = None, *, read_only: bool = False, limit: int = 1000
    ) -> None:
        self.store = store if store is not None else MemoryStore()
        policy = Policy(read_only=read_only, propfind_limit=limit)
        self.application = Application(self.store, policy)
        self.now = 1000.0
        self.wall_s = 1_700_000_000.0

    def __call__(
        self,
        method: str,
        target: str,
        headers: Fields | None = None,
        body: bytes | str = b"",
        *,
        user: str | None = None,
    ) -> Result:
        content = body.encode() if isinstance(body, str) else body
        fields = {"host": "dav.test"}
        fields.update({name.lower(): value for name, value in (headers or {}).items()})
        path, _, query = target.partition("?")
        asked = Request(
            method=method,
            target=target,
            path=() if path == "*" else parse_path(path),
            query=query,
            headers=fields,
            body=b"" if self.application_streams(method) else content,
            length=len(content),
            user=user,
        )
        outcome = self.application.handle(asked, Moment(self.now, self.wall_s))
        return self._result(outcome, content, asked)

    @staticmethod
    def application_streams(method: str) -> bool:
        return method in ("PUT", "PATCH")

    def _result(self, outcome: Outcome, content: bytes, asked: Request) -> Result:
        try:
            if isinstance(outcome, Work):
                response = outcome.run()
            elif isinstance(outcome, Response):
                response = outcome
            else:
                if content:
                    outcome.receive(content)
                response = outcome.finish()
        except DavError as error:
            response = self.application.failure(error, asked)
        headers: dict[str, str] = {}
        for name, value in response.headers:
            assert name.lower() not in headers, f"{name} came twice"
            headers[name.lower()] = value
        return Result(response.status, headers, _whole(response))


def _whole(response: Response) -> bytes:
    body = response.body
    if isinstance(body, bytes):
        return body
    if isinstance(body, FileRange):
        data = body.reader.read(body.offset, body.size)
        body.reader.close()
        return data
    return b"".join(body)


def head_of(method: str, path: str, headers: Fields | None = None) -> Head:
    """A head as the parser makes it."""
    return Head(method, path, path, "", dict(headers or {}), (1, 1), 0, True, False)
