"""Requests taken from a stream, one after the other, and answered in their order."""

from __future__ import annotations

import asyncio
import functools
import logging
import time
from collections import deque
from collections.abc import Callable, Coroutine
from enum import Enum, auto

from caraway.webdav.call import Moment
from caraway.webdav.errors import DavError, HTTPError
from caraway.webdav.http.dates import format_http_date
from caraway.webdav.http.head import Head
from caraway.webdav.http.message import Outcome, Pending, Request, Response, Work
from caraway.webdav.http.parser import NEED_DATA, Data, RequestParser
from caraway.webdav.http.writer import CONTINUE
from caraway.webdav.server.answers import Sender
from caraway.webdav.server.bodies import Upload
from caraway.webdav.server.interface import ConnectionSettings, Exchange, Handler, Transfer
from caraway.webdav.server.kept_answers import Asked, KeptAnswer, KeptAnswers
from caraway.webdav.server.stream import Stream, log_fault

_logger = logging.getLogger("caraway.webdav")

#: Requests that are answered in one turn before others have theirs.
_AT_ONCE = 8
#: Pieces that wait to be taken, however small they are.
_UNFED = 1000
#: Bytes of an upload for which it is worth to go past the transport, and that are taken in one go.
DIRECT = 4 << 20


class Phase(Enum):
    """What a conversation waits for: the peer, or us."""

    REQUEST = auto()
    HEAD = auto()
    BODY = auto()
    ANSWER = auto()


class Conversation:
    """Takes requests, has them handled, and sends what comes of that.

    Attributes:
        since: When a head began or the last request ended, on the event loop's clock.

    Args:
        on_exchange: Called when an answer has been handed to the stream.
        kept: Answers that are given again; None to make each anew.
    """

    def __init__(
        self,
        application: Handler,
        settings: ConnectionSettings,
        stream: Stream,
        *,
        scheme: str,
        on_exchange: Callable[[Exchange], None] | None,
        kept: KeptAnswers | None,
    ) -> None:
        self._application = application
        self._settings = settings
        self._stream = stream
        self._scheme = scheme
        self._on_exchange = on_exchange
        self._parser = RequestParser(settings.limits)
        self._sender = Sender(stream, piece=settings.send_piece)
        self._asked = Asked(kept) if kept is not None else None
        # The request under way: from its head to its answer and the end of its body.
        self._head: Head | None = None
        self._request: Request | None = None
        self._is_whole = True
        self._body = bytearray()
        self._upload: Upload | None = None
        self._is_draining = False
        self._admitted: tuple[Head, Callable[[], Request]] | None = None
        self._began = 0.0
        self._received = 0
        # A thread or a long answer; the next request waits for it.
        self._busy: asyncio.Task[None] | None = None
        # What has come while nothing could be taken.
        self._unfed: deque[bytes] = deque()
        self._unfed_size = 0
        self._is_last = False
        self.since = 0.0

    # How it stands

    @property
    def is_idle(self) -> bool:
        """No request is under way."""
        return self._busy is None and not self._parser.in_request and not self._unfed

    @property
    def is_receiving(self) -> bool:
        """A part of a request has come, and the rest is awaited."""
        return self._parser.in_request

    @property
    def phase(self) -> Phase:
        """What it waits for."""
        if self._busy is not None:
            return Phase.ANSWER
        if self._head is not None:
            return Phase.BODY
        return Phase.HEAD if self._parser.in_request else Phase.REQUEST

    @property
    def transfer(self) -> Transfer | None:
        """What takes its time just now."""
        head = self._head
        if head is None or (self._busy is None and self._upload is None):
            return None
        if self._upload is not None:
            moved, size = self._received, head.length
        else:
            moved, size = self._sender.sent, self._sender.size
        return Transfer(head.method, head.target, self._stream.peer, moved, size)

    # What the connection tells

    def receive(self, data: bytes) -> None:
        """Bytes have come."""
        stream = self._stream
        if self._busy is None and not self._parser.in_request:
            self.since = stream.moved
        if self._busy is None and not stream.is_full:
            asked = self._asked
            if asked is None:
                self._parser.feed(data)
                self._advance()
                return
            if not (self._parser.in_request or self._is_last or stream.has_ended):
                answer = asked.find(data, now=stream.moved)
                if answer is not None:
                    self._repeat(answer)
                    return
            self._parser.feed(data)
            self._advance()
            asked.forget()
            return
        # Not fed before it can be taken: the parser would join it to what it has.
        self._unfed.append(data)
        self._unfed_size += len(data)
        if self._unfed_size > self._settings.receive_buffer or len(self._unfed) > _UNFED:
            stream.pause_reading()

    def resume(self) -> None:
        """Go on with what has come meanwhile."""
        stream = self._stream
        if self._busy is None and not stream.is_full and not stream.is_closing:
            stream.touch()
            self.since = stream.moved
            stream.resume_reading()
            self._advance()

    def end(self) -> None:
        """The peer sends no more; what it has asked for is still answered."""
        if self._busy is None and not self._stream.is_full:
            self.close()

    def finish(self) -> None:
        """Close as soon as the request under way has been answered."""
        self._is_last = True
        if self.is_idle:
            self.close()

    def break_off(self, error: HTTPError) -> None:
        """Tell the peer of an error, and close if that says so, whatever it is sending."""
        self._is_whole = False
        self._answer(self._refuse(error))

    def give_up(self) -> None:
        """Tell a peer that its request took too long, unless it has an answer already."""
        if self._is_draining:
            self._stream.abort()
        else:
            self.break_off(HTTPError(408, "the request took too long", close=True))

    def close(self, *, lingers: bool = False) -> None:
        """Send what is written, then close; an upload under way leaves no trace."""
        self._abandon()
        self._stream.close(lingers=lingers)

    def lose(self) -> None:
        """The stream is gone."""
        if self._busy is not None:
            self._busy.cancel()
        self._abandon()

    # Requests

    def _repeat(self, answer: KeptAnswer) -> None:
        """Answer a request that came before."""
        stream = self._stream
        date = format_http_date(int(time.time())).encode()
        stream.write(b"".join((answer.before, date, answer.after)))
        if self._on_exchange is not None:
            self._on_exchange(
                Exchange(answer.request, answer.head, stream.peer, answer.status, answer.sent)
            )

    def _advance(self) -> None:
        """Take events until bytes are missing, or an answer is under way or waits for room."""
        try:
            self._take_events()
        except Exception:
            _logger.exception("a WebDAV request failed")
            self._fail()

    def _fail(self) -> None:
        """End a request that met a bug in a store or in us, or found no memory."""
        if self._sender.has_begun:
            self._stream.abort()
            return
        self._abandon()
        reason = "a fault of the server, which its log tells more of"
        self._answer(self._refuse(HTTPError(500, reason, close=True)))

    def _take_events(self) -> None:
        if self._admitted is not None:
            (head, settle), self._admitted = self._admitted, None
            self._begin(head, settle)
        answered = 0
        stream, parser = self._stream, self._parser
        while self._busy is None and not stream.is_full and not stream.is_closing:
            try:
                event = parser.next_event() if parser.in_request else NEED_DATA
            except HTTPError as error:
                self.break_off(error)
                return
            if event is NEED_DATA:
                if not self._unfed:
                    self._wait()
                    return
                data = self._unfed.popleft()
                self._unfed_size -= len(data)
                parser.feed(data)
                continue
            if isinstance(event, Head):
                self._begin(event)
            elif isinstance(event, Data):
                self._take(event.data)
            else:
                self._end()
            if self._is_whole:
                answered += 1
                # Requests that one peer has piled up must not keep the others waiting.
                if answered > _AT_ONCE and self._busy is None:
                    self._start(asyncio.sleep(0))

    def _wait(self) -> None:
        is_between = not self._parser.in_request
        if is_between:
            self.since = self._stream.moved
        if self._stream.has_ended or (self._is_last and is_between):
            self.close()

    def _begin(self, head: Head, settle: Callable[[], Request] | None = None) -> None:
        self._head = head
        self._request = None
        self._is_whole = self._sender.has_begun = False
        self._body = bytearray()
        stream = self._stream
        try:
            if settle is None:
                self._began, self._received = stream.moved, 0
                request = self._application.begin(head, peer=stream.peer, scheme=self._scheme)
            else:
                request = settle()
            if isinstance(request, Pending):
                self._start(self._admit(head, request))
                return
            self._request = request
            if self._asked is not None:
                self._asked.begin(request, is_alone=self._parser.buffered == head.length)
            streams = self._application.streams(request)
            if not streams:
                self._parser.limit_body(self._settings.max_body)
        except HTTPError as error:
            self._settle_early(self._refuse(error), head)
            return
        if streams:
            outcome = self._handle(request)
            if isinstance(outcome, Response | Work):
                self._settle_early(outcome, head)
                return
            self._upload = Upload(outcome)
            is_small = head.length is not None and head.length <= self._settings.upload_at_once
            body = self._parser.take_body() if is_small else None
            if body is not None:
                self._take(body)
                self._end()
                return
        else:
            body = self._parser.take_body()
            if body is not None:
                self._answer_whole(request, body)
                return
        if head.expect_continue and head.length != 0:
            stream.write(CONTINUE)

    async def _admit(self, head: Head, pending: Pending) -> None:
        """Find out whose request it is; :meth:`_take_events` then goes on with it."""
        found = await self._stream.in_thread(pending.work)
        self._admitted = head, functools.partial(pending.settle, found)

    def _settle_early(self, outcome: Response | Work, head: Head) -> None:
        """Answer before the body: its sender may be waiting, or sending already."""
        unknown = head.length is None or head.length > self._settings.max_drain
        if isinstance(outcome, Response) and (unknown or head.expect_continue):
            outcome.close = True
        self._is_draining = True
        self._act(outcome)

    def _take(self, data: bytes | memoryview) -> None:
        if self._upload is not None:
            self._received += len(data)
            if self._upload.add(data) >= self._settings.receive_buffer:
                self._start(self._receive(self._upload))
        elif not self._is_draining:
            self._body += data

    def _end(self) -> None:
        self._is_whole = True
        request = self._request
        if self._upload is not None:
            if self._upload.is_whole_within(self._settings.upload_at_once):
                self._receive_at_once(self._upload)
            else:
                self._start(self._receive(self._upload, last=True))
        elif self._is_draining:
            self._is_draining = False
            self._head = self._request = None
        else:
            assert request is not None, "what is no request has been answered"
            body, self._body = bytes(self._body), bytearray()
            self._answer_whole(request, body)

    def _answer_whole(self, request: Request, body: bytes) -> None:
        """Answer a request that has come to its end."""
        self._is_whole = True
        request.body = body
        if len(body) > self._settings.body_at_once:
            self._start(self._handle_apart(request))
        else:
            self._act(self._handle(request))

    def _handle(self, request: Request) -> Outcome:
        return self._application.handle(request, Moment(self._stream.moved, time.time()))

    def _refuse(self, error: DavError) -> Response:
        return self._application.failure(error, self._request)

    # Uploads

    def _receive_at_once(self, upload: Upload) -> None:
        """Hand a small upload to its receiver: a thread would cost more than the write."""
        try:
            response = upload.pass_on(last=True)
        except DavError as error:
            upload.abandon()
            response = self._refuse(error)
        self._upload = None
        if response is not None:
            self._answer(response)

    def hand_on(self) -> None:
        """Let go of what has come of an upload, if that is much and nothing else is under way."""
        upload = self._upload
        if upload is not None and upload.gathered > self._settings.upload_at_once:
            # Many that dawdle must not fill the memory with what they have sent.
            self._start(self._receive(upload))

    async def _receive(self, upload: Upload, *, last: bool = False) -> None:
        """Hand what has come of an upload to its receiver, in a thread."""
        try:
            if not (last or self._unfed) and self._parser.awaited >= DIRECT:
                await self._receive_directly(upload)
                return
            response = await self._stream.in_thread(upload.pass_on, last)
        except DavError as error:
            self._abandon()
            response = self._refuse(error)
            if not last:
                response.close = True
        if response is not None:
            self._upload = None
            await self._send(response)

    async def _receive_directly(self, upload: Upload) -> None:
        """While much comes fast, let the thread that hands it on take it from the socket itself."""
        stream, parser = self._stream, self._parser
        with stream.direct_reading() as source:
            await stream.in_thread(upload.pass_on, False)
            taken = DIRECT
            while source is not None and taken == DIRECT and parser.awaited:
                size = min(parser.awaited, DIRECT)
                taken = await stream.in_thread(upload.take_from, source, size)
                parser.skip(taken)
                self._received += taken
                if taken:
                    stream.touch()

    def _abandon(self) -> None:
        """Forget the upload under way, if there is one."""
        upload, self._upload = self._upload, None
        if upload is not None:
            self._stream.in_background(upload.abandon)

    # Answers

    def _act(self, outcome: Outcome) -> None:
        if isinstance(outcome, Response):
            self._answer(outcome)
        elif isinstance(outcome, Work):
            self._start(self._work(outcome))
        else:
            raise TypeError(f"a body was read, and then wanted by {outcome!r}")

    async def _handle_apart(self, request: Request) -> None:
        """Answer a request in a thread: reading its body may take a while, and others wait."""
        outcome = await self._stream.in_thread(self._handle, request)
        if isinstance(outcome, Work):
            await self._work(outcome)
        elif isinstance(outcome, Response):
            await self._send(outcome)
        else:
            raise TypeError(f"a body was read, and then wanted by {outcome!r}")

    async def _work(self, work: Work) -> None:
        try:
            response = await self._stream.in_thread(work.run)
        except DavError as error:
            response = self._refuse(error)
        await self._send(response)

    def _answer(self, response: Response) -> None:
        """Send an answer at once where that is quick, else begin a task for it."""
        if not self._sender.is_quick(response.body):
            self._sender.hold(response)
            self._start(self._send(response))
            return
        self._close_after_last(response)
        try:
            answer, sent = self._sender.send_at_once(response, self._head)
        except DavError:
            self._stream.abort()
            return
        if self._asked is not None and response.is_current is not None and not response.close:
            request, head = self._request, self._head
            if request is not None and head is not None:
                now = self._stream.moved
                self._asked.keep(answer, response, request, head, sent=sent, now=now)
        self._done(response, sent)

    async def _send(self, response: Response) -> None:
        """Send an answer whose body takes more than one piece, or that came from a thread."""
        self._close_after_last(response)
        try:
            sent = await self._sender.send(response, self._head)
        except DavError:
            self._stream.abort()
            return
        self._done(response, sent)

    def _close_after_last(self, response: Response) -> None:
        head = self._head
        if head is None or not head.keep_alive or self._is_last or self._is_all_answered():
            response.close = True

    def _is_all_answered(self) -> bool:
        # A peer that sends no more may have sent further requests already.
        return self._stream.has_ended and not self._unfed and not self._parser.buffered

    def _done(self, response: Response, sent: int) -> None:
        if self._on_exchange is not None:
            stream = self._stream
            # What was no request did not begin.
            took_s = stream.loop.time() - self._began if self._head is not None else 0.0
            self._on_exchange(
                Exchange(
                    self._request,
                    self._head,
                    stream.peer,
                    response.status,
                    sent,
                    self._received,
                    took_s,
                )
            )
        if response.close:
            self.close(lingers=not self._is_whole)
        if self._is_whole:
            self._head = self._request = None

    def _start(self, work: Coroutine[object, object, None]) -> None:
        """Run the one task there may be; the next event waits for it."""
        self._busy = self._stream.loop.create_task(work)
        self._busy.add_done_callback(self._finished)

    def _finished(self, task: asyncio.Task[None]) -> None:
        self._busy = None
        self._sender.release()
        if log_fault(task):
            self._fail()
        self.resume()
