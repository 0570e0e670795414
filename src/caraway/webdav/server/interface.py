"""What a connection asks of an application, takes from a peer and tells a log."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from caraway.webdav.call import Moment
from caraway.webdav.errors import DavError
from caraway.webdav.http.fields import HttpLimits
from caraway.webdav.http.head import Head
from caraway.webdav.http.message import Outcome, Pending, Request, Response


class Handler(Protocol):
    """What a connection asks of an application."""

    def begin(self, head: Head, *, peer: str, scheme: str) -> Request | Pending:
        """The request that a head begins, or how to find out in a thread whose it is.

        Raises:
            HTTPError: It is not to be read further.
        """

    def streams(self, request: Request) -> bool:
        """Whether its body goes to a Receiver piece by piece."""

    def handle(self, request: Request, moment: Moment) -> Outcome:
        """What the request leads to; errors are answers, too."""

    def failure(self, error: DavError, request: Request | None) -> Response:
        """The answer that tells of an error."""


@dataclass(frozen=True, slots=True)
class ConnectionSettings:
    """What a peer may take from us.

    Attributes:
        head_timeout_s: From the first byte of a head to its last.
        idle_timeout_s: Between requests.
        stall_timeout_s: Without a byte moving while a body is under way.
        max_body: Bytes of a body that is held in memory (all but PUT and PATCH).
        body_at_once: Bytes of such a body that is read on the event loop; what is
            longer is read in a thread, for XML may take 0.1 s a MiB.
        receive_buffer: Bytes of an upload that are gathered for one write to the store.
        upload_at_once: Bytes of an upload that is written on the event loop, if it
            has come whole and the store is quick.
        send_piece: Bytes of a file that are read at once.
        max_drain: Bytes of an unwanted body that are read rather than closing.
        linger_s: How long what a peer still sends is read and dropped before we
            close. Closed with unread bytes, TCP may lose the answer on its way.
    """

    limits: HttpLimits = field(default_factory=HttpLimits)
    head_timeout_s: float = 20.0
    idle_timeout_s: float = 120.0
    stall_timeout_s: float = 60.0
    max_body: int = 1 << 20
    body_at_once: int = 1 << 15
    receive_buffer: int = 1 << 20
    upload_at_once: int = 1 << 16
    send_piece: int = 1 << 18
    max_drain: int = 1 << 18
    linger_s: float = 2.0


class Exchange(NamedTuple):
    """An answer that was given, for the log.

    Attributes:
        request: None where what came was not good enough to be one.
        head: What was asked for; None where not even that could be read.
        sent: Bytes of the body.
        received: Bytes of a body that was streamed.
        duration_s: From the last bytes of the head to the answer.
    """

    request: Request | None
    head: Head | None
    peer: str
    status: int
    sent: int
    received: int = 0
    duration_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Transfer:
    """A request that is being answered.

    Attributes:
        moved: Bytes of the body so far: of the upload, or else of the answer.
        size: Bytes that it will have; None where that is not known.
    """

    method: str
    target: str
    peer: str
    moved: int
    size: int | None
