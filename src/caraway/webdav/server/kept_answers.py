"""Answers to requests that come again word for word, kept while they are true.

Clients ask the same again and again: a file manager for the folder it shows,
a mounted file system for what it has cached. Who sends the very same bytes
gets the very same answer, as long as what it tells of has not changed; only
the Date is new.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from caraway.webdav.http.head import Head
from caraway.webdav.http.message import Request, Response

#: Bytes of a request, and of an answer, that are kept.
MAX_REQUEST = 1 << 10
MAX_ANSWER = 16 << 10
#: Seconds after which an answer is made anew. Programs may change a file by mapping it
#: into memory, which no time of change tells of, and some file systems keep none that
#: can be trusted: nothing that is false for this is told for longer.
MAX_AGE_S = 1.0
_DATE = b"\r\nDate: "
_DATE_SIZE = len("Sun, 06 Nov 1994 08:49:37 GMT")


@dataclass(slots=True)
class KeptAnswer:
    """An answer.

    Attributes:
        is_current: Whether the same request would be answered the same.
        before: Its bytes down to the date.
        after: Its bytes behind the date.
        request, head: What it was given to, for the log.
        sent: Bytes of the body.
        until: When it is to be made anew, on the event loop's clock.
    """

    is_current: Callable[[], bool]
    before: bytes
    after: bytes
    request: Request
    head: Head
    status: int
    sent: int
    until: float


class KeptAnswers:
    """The answers of all connections of a server.

    A request has to come twice before its answer is kept the third time:
    what is asked for once costs next to nothing here.

    Args:
        max_count: Requests that are remembered, and answers.
    """

    def __init__(self, *, max_count: int = 256) -> None:
        self._max_count = max_count
        self._answers: dict[bytes, KeptAnswer] = {}
        self._asked: dict[bytes, None] = {}

    def find(self, asked: bytes, *, now: float) -> KeptAnswer | None:
        """The answer to a request, if it is still true."""
        answer = self._answers.get(asked)
        if answer is not None and (now >= answer.until or not answer.is_current()):
            del self._answers[asked]
            return None
        return answer

    def is_repeated(self, asked: bytes) -> bool:
        """Whether a request has come before; from now on it has."""
        if asked in self._asked:
            return True
        if len(self._asked) >= self._max_count:
            del self._asked[next(iter(self._asked))]
        self._asked[asked] = None
        return False

    def keep(
        self,
        asked: bytes,
        answer: bytes,
        is_current: Callable[[], bool],
        *,
        request: Request,
        head: Head,
        status: int,
        sent: int,
        now: float,
    ) -> None:
        """Keep an answer, with its head; one without a Date or too long is not."""
        date = answer.find(_DATE, 0, MAX_REQUEST)
        if date < 0 or len(answer) > MAX_ANSWER:
            return
        if len(self._answers) >= self._max_count:
            del self._answers[next(iter(self._answers))]
        start = date + len(_DATE)
        self._answers[asked] = KeptAnswer(
            is_current,
            answer[:start],
            answer[start + _DATE_SIZE :],
            request,
            head,
            status,
            sent,
            now + MAX_AGE_S,
        )


class Asked:
    """The bytes of a request that came as a whole and alone, until it is answered."""

    def __init__(self, kept: KeptAnswers) -> None:
        self._kept = kept
        self._data: bytes | None = None

    def find(self, data: bytes, *, now: float) -> KeptAnswer | None:
        """The answer to what has come, if it is still true."""
        if len(data) > MAX_REQUEST:
            return None
        answer = self._kept.find(data, now=now)
        if answer is None:
            self._data = data
        return answer

    def begin(self, request: Request, *, is_alone: bool) -> None:
        """Tell a request whether it comes again.

        Args:
            is_alone: What has come is this request, no more and no less.
        """
        if not is_alone:
            self._data = None
        elif self._data is not None:
            request.is_repeated = self._kept.is_repeated(self._data)

    def keep(
        self,
        answer: bytes,
        response: Response,
        request: Request,
        head: Head,
        *,
        sent: int,
        now: float,
    ) -> None:
        """Keep the answer for when the same is asked again, if it says until when it is true."""
        data, self._data = self._data, None
        if data is not None and response.is_current is not None:
            self._kept.keep(
                data,
                answer,
                response.is_current,
                request=request,
                head=head,
                status=response.status,
                sent=sent,
                now=now,
            )

    def forget(self) -> None:
        """Whatever comes next is another request, or more of this one."""
        self._data = None
