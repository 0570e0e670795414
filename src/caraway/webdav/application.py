"""The application: from a request to what is to be done about it.

It joins the store, the locks and the rules of what is allowed; each method's
own rules are in :mod:`caraway.webdav.methods`. It does no I/O but through the
store and reads no clock: time comes in with each request.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Final, Protocol

from caraway.webdav.call import Call, Moment, Policy
from caraway.webdav.errors import DavError, HTTPError, StoreError
from caraway.webdav.http.head import Head
from caraway.webdav.http.message import Outcome, Pending, Request, Response
from caraway.webdav.http.writer import PHRASES
from caraway.webdav.locks.lock import LockLimits
from caraway.webdav.locks.table import LockTable
from caraway.webdav.methods.collections import delete, mkcol
from caraway.webdav.methods.get import get
from caraway.webdav.methods.locking import lock, unlock
from caraway.webdav.methods.options import options
from caraway.webdav.methods.propfind import propfind
from caraway.webdav.methods.proppatch import proppatch
from caraway.webdav.methods.put import patch, put
from caraway.webdav.methods.report import report
from caraway.webdav.methods.search import search
from caraway.webdav.methods.transfer import copy, move
from caraway.webdav.paths import parse_path
from caraway.webdav.store.guard import new_guard
from caraway.webdav.store.interface import Store
from caraway.webdav.store.snapshots import MemorySnapshots
from caraway.webdav.sync import Snapshots
from caraway.webdav.xml.answers import CONTENT_TYPE, error_body

METHODS: Final[Mapping[str, Callable[[Call], Outcome]]] = {
    "OPTIONS": options,
    "GET": get,
    "HEAD": get,
    "PUT": put,
    "PATCH": patch,
    "DELETE": delete,
    "MKCOL": mkcol,
    "COPY": copy,
    "MOVE": move,
    "PROPFIND": propfind,
    "PROPPATCH": proppatch,
    "LOCK": lock,
    "UNLOCK": unlock,
    "SEARCH": search,
    "REPORT": report,
}

#: Methods whose bodies may be of any length and go to a Receiver.
STREAMING: Final = frozenset({"PUT", "PATCH"})
_READING: Final = frozenset({"OPTIONS", "GET", "HEAD", "PROPFIND", "SEARCH", "REPORT"})


class Authenticator(Protocol):
    """Says who a request is from."""

    def admit(self, request: Request) -> Request | Pending:
        """The request with its user, or how to find out in a thread.

        Raises:
            HTTPError: 401 or 429: it is not answered.
        """


def make_token() -> str:
    """A lock token that was never used before (RFC 4918 §6.5)."""
    return f"urn:uuid:{uuid.uuid4()}"


class Application:
    """A WebDAV server without its network.

    Args:
        store: What is served.
        policy: What is allowed; by default reading only.
        locks: The table of locks; by default one of its own, which threads may use.
        lock_limits: What that one allows.
        authenticator: Says who a request is from; by default everybody may ask.
        snapshots: Where it is kept what clients know of collections; by default
            in memory, which a restart forgets.
    """

    def __init__(
        self,
        store: Store,
        policy: Policy | None = None,
        *,
        locks: LockTable | None = None,
        lock_limits: LockLimits | None = None,
        authenticator: Authenticator | None = None,
        snapshots: Snapshots | None = None,
    ) -> None:
        self.store = store
        self.policy = policy or Policy()
        if locks is None:
            # Connections carry slow requests out in threads, which use the locks, too.
            locks = LockTable(make_token, lock_limits, guard=new_guard())
        self.locks = locks
        self.authenticator = authenticator
        # A client sends the same Host each time.
        self._accepts_host = lru_cache(maxsize=16)(self.policy.accepts_host)
        self.snapshots = MemorySnapshots() if snapshots is None else snapshots

    def begin(self, head: Head, *, peer: str, scheme: str) -> Request | Pending:
        """The request that a head begins, or how to find out in a thread whose it is.

        Raises:
            HTTPError: 501, the method is unknown; 421, the Host is not ours;
                401, 429, the credentials are missing or not taken; 400, the
                path is none.
        """
        if head.method not in METHODS:
            raise HTTPError(501, f"method {head.method:.40} is not known here")
        host = head.headers.get("host", "")
        if not self._accepts_host(host):
            raise HTTPError(
                421,
                f"this server is not called '{host:.80}': allow the name with --allow-host",
                close=True,
            )
        request = Request(
            head.method,
            head.target,
            () if head.path == "*" else parse_path(head.path),
            head.headers,
            head.query,
            head.version,
            b"",
            head.length,
            peer,
            scheme,
        )
        return request if self.authenticator is None else self.authenticator.admit(request)

    def streams(self, request: Request) -> bool:
        """Whether the body goes to a Receiver piece by piece."""
        return request.method in STREAMING

    def handle(self, request: Request, moment: Moment) -> Outcome:
        """What the request leads to; refusals are answers, too."""
        if self.authenticator is not None:
            # Whether it may be answered is asked each time.
            request.is_repeated = False
        call = Call(self.store, self.locks, self.policy, request, moment, self.snapshots)
        try:
            if request.method not in _READING:
                if self.policy.read_only and request.method != "UNLOCK":
                    raise HTTPError(403, "what is shared here can only be read")
                call.refuse_other_sites()
            return METHODS[request.method](call)
        except DavError as error:
            return self.failure(error, request)

    def failure(self, error: DavError, request: Request | None) -> Response:
        """The answer that tells of an error."""
        if isinstance(error, StoreError):
            status, reason, close = error.status, str(error), False
            error = HTTPError(status, reason)
        if not isinstance(error, HTTPError):
            raise error
        status, close = error.status, error.close
        headers = list(error.headers)
        if status == 304:
            return Response(status, headers)
        if error.condition is not None:
            headers.append(("Content-Type", CONTENT_TYPE))
            body = error_body(error.condition, error.hrefs)
        else:
            headers.append(("Content-Type", "text/plain; charset=utf-8"))
            phrase = PHRASES.get(status, "")
            text = f"{status} {phrase}"
            text = f"{text}: {error.reason}\n" if error.reason else f"{text}\n"
            # Names that are no UTF-8 have surrogates.
            body = text.encode(errors="backslashreplace")
        return Response(status, headers, body, close=close)
