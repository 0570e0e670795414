"""Requests and answers as values."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from caraway.webdav.paths import Path
from caraway.webdav.store.interface import Reader


@dataclass(slots=True)
class Request:
    """A request whose head has been read.

    Attributes:
        method: As sent, case kept.
        target: The request target as sent, before any reading of it.
        path: The resource that is meant.
        query: What stands behind ``?``; empty where nothing does.
        headers: By lower-case name; fields that came more than once are joined
            with ``", "``, except those of which only one may come.
        version: ``(1, 0)`` or ``(1, 1)``.
        body: The whole body, for every method but PUT and PATCH, which stream it.
        length: Bytes that the body will have; None where it is chunked.
        peer: Who sent it, for the log.
        scheme: ``http`` or ``https``.
        user: Who has been authenticated, or None.
        is_repeated: The same bytes have asked before; their answer may be kept.
    """

    method: str
    target: str
    path: Path
    headers: Mapping[str, str]
    query: str = ""
    version: tuple[int, int] = (1, 1)
    body: bytes = b""
    length: int | None = 0
    peer: str = ""
    scheme: str = "http"
    user: str | None = None
    is_repeated: bool = False


@dataclass(slots=True)
class FileRange:
    """Part of an open file as a body: ``size`` bytes from ``offset``; closed after sending."""

    reader: Reader
    offset: int
    size: int


#: What an answer carries: bytes, part of a file, or pieces made one by one as
#: the peer takes them. Making a piece must be quick: it happens on the event loop.
Body = bytes | FileRange | Iterator[bytes]


@dataclass(slots=True)
class Response:
    """An answer.

    Attributes:
        headers: In the order to be sent; Content-Length, Transfer-Encoding,
            Date and Connection are the connection's business.
        is_slow: Each piece of an iterated body takes its time, and is made in a thread.
        length: Bytes of an iterated body where they are known; it is sent
            chunked otherwise.
        close: The connection ends after it.
        is_current: Tells later whether the same request, byte for byte, would
            be answered the same; None for an answer that is not to be kept.
    """

    status: int
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: Body = b""
    length: int | None = None
    close: bool = False
    is_current: Callable[[], bool] | None = None
    is_slow: bool = False


@dataclass(frozen=True, slots=True)
class Work:
    """An answer that takes its time: the connection calls ``run`` in a worker thread."""

    run: Callable[[], Response]


@dataclass(frozen=True, slots=True)
class Pending:
    """A request of which it takes its time to find out who sent it.

    Attributes:
        work: Called in a worker thread.
        settle: Then takes what ``work`` found, where :class:`Pending` came
            from: the request, or the HTTPError that refuses it.
    """

    work: Callable[[], bool]
    settle: Callable[[bool], Request]


class Receiver(Protocol):
    """Takes the body of a request while it arrives; called in a worker thread, in order.

    Attributes:
        is_quick: A small body that is there as a whole can be taken on the
            event loop.
    """

    is_quick: bool

    def receive(self, data: bytes | bytearray | memoryview) -> None:
        """The next piece of the body.

        Raises:
            DavError: The rest need not be sent.
        """

    def finish(self) -> Response:
        """The body is complete: what to answer."""

    def abort(self) -> None:
        """The body will not be completed; leave no trace of it."""


#: What handling a request's head leads to.
Outcome = Response | Work | Receiver


def headers_of(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Header fields for a test or an embedded request: names in lower case.

    >>> headers_of([("Depth", "1")])
    {'depth': '1'}
    """
    return {name.lower(): value for name, value in pairs}
