"""One HTTP connection over any asyncio transport: TCP, TLS, Unix, memory, a mux stream.

Bytes go through the parser to the application and its answers back, in order.
What is quick is answered at once, in the call that brought the request's last
byte and with one write. Only long bodies, either way, cost a task.
"""

from __future__ import annotations

import asyncio
import functools
import logging
import time
from collections import deque
from collections.abc import Callable, Coroutine, Iterator
from typing import TypeVar, cast

from caraway.webdav.call import Moment
from caraway.webdav.errors import DavError, HTTPError
from caraway.webdav.http.dates import format_http_date
from caraway.webdav.http.message import (
    Body,
    FileRange,
    Outcome,
    Pending,
    Request,
    Response,
    Work,
)
from caraway.webdav.http.parser import NEED_DATA, Data, Head, RequestParser
from caraway.webdav.http.writer import CONTINUE, LAST_CHUNK, has_body, write_chunk, write_head
from caraway.webdav.server.bodies import Closable, Pieces, Source, Upload
from caraway.webdav.server.direct import DirectSender
from caraway.webdav.server.interface import ConnectionSettings, Exchange, Handler, Transfer
from caraway.webdav.server.kept_answers import MAX_REQUEST, KeptAnswers

T = TypeVar("T")

_logger = logging.getLogger("caraway.webdav")
#: Requests that are answered in one turn before others have theirs.
_AT_ONCE = 8
_WITHOUT_LENGTH = frozenset({204, 304})


class Connection(asyncio.Protocol):
    """Serves one byte stream.

    Attributes:
        peer: The address of the other side, ``local`` where it has none.

    Args:
        application: Answers requests.
        settings: Limits and timeouts.
        on_open: Called once, when the stream is there.
        on_exchange: Called when an answer has been handed to the transport.
        on_close: Called once, when the stream is gone.
        scheme: ``https`` where the stream is encrypted.
        kept: Answers that are given again; None to make each anew.
    """

    def __init__(
        self,
        application: Handler,
        settings: ConnectionSettings | None = None,
        *,
        on_open: Callable[[Connection], None] | None = None,
        on_exchange: Callable[[Exchange], None] | None = None,
        on_close: Callable[[Connection], None] | None = None,
        scheme: str = "http",
        kept: KeptAnswers | None = None,
    ) -> None:
        self._application = application
        self._settings = settings or ConnectionSettings()
        self._on_open = on_open
        self._on_exchange = on_exchange
        self._on_close = on_close
        self._scheme = scheme
        self._kept = kept
        # The bytes of a request that came as a whole and alone, until it is answered.
        self._asked: bytes | None = None
        self._parser = RequestParser(self._settings.limits)
        self._transport: asyncio.Transport | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self.peer = ""
        # The request under way: from its head to its answer and the end of its body.
        self._head: Head | None = None
        self._request: Request | None = None
        self._is_whole = True
        self._body = bytearray()
        self._upload: Upload | None = None
        self._is_draining = False
        # The head of the answer has been written.
        self._is_answered = False
        self._admitted: tuple[Head, Callable[[], Request]] | None = None
        self._outgoing: object = None
        self._busy: asyncio.Task[None] | None = None
        # What has come while nothing could be taken.
        self._unfed: deque[bytes] = deque()
        self._unfed_size = 0
        self._closing = False
        self._finishing = False
        self._at_end = False
        self._lingering: asyncio.TimerHandle | None = None
        self._writable: asyncio.Event | None = None
        # When a head began or the last request ended, and when a byte moved last.
        self._since = 0.0
        self._moved = 0.0
        # Of the request under way: when it began, and how much of its body is through.
        self._began = 0.0
        self._received = 0
        self._progress = 0
        self._promised: int | None = None

    # What asyncio calls

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The stream is open."""
        # Not asked with isinstance: other event loops have transports of their own kind.
        self._transport = transport = cast("asyncio.Transport", transport)
        self._loop = asyncio.get_running_loop()
        self._since = self._moved = self._loop.time()
        address = transport.get_extra_info("peername")
        self.peer = str(address[0]) if isinstance(address, tuple) else "local"
        transport.set_write_buffer_limits(high=self._settings.send_piece)
        if self._on_open is not None:
            self._on_open(self)

    def data_received(self, data: bytes) -> None:
        """Bytes have come."""
        assert self._loop is not None
        self._moved = self._loop.time()
        if self._closing:
            return
        if self._busy is None and not self._parser.in_request:
            self._since = self._moved
        if self._busy is None and self._writable is None:
            if self._kept is not None and len(data) <= MAX_REQUEST and self._is_known(data):
                return
            self._parser.feed(data)
            self._advance()
            self._asked = None
            return
        # Not fed before it can be taken: the parser would join it to what it has.
        self._unfed.append(data)
        self._unfed_size += len(data)
        if self._unfed_size > self._settings.receive_buffer and self._transport is not None:
            self._transport.pause_reading()

    def _is_known(self, data: bytes) -> bool:
        """Answer a request that came before, if the answer is still true."""
        assert self._kept is not None
        if self._parser.in_request or self._finishing or self._at_end:
            return False
        self._asked = data
        answer = self._kept.find(data, now=self._moved)
        if answer is None:
            return False
        self._asked = None
        self._since = self._moved
        date = format_http_date(int(time.time())).encode()
        self._write(b"".join((answer.before, date, answer.after)))
        if self._on_exchange is not None:
            self._on_exchange(
                Exchange(answer.request, answer.head, self.peer, answer.status, answer.sent)
            )
        return True

    def eof_received(self) -> bool:
        """The peer sends no more; what it has asked for is still answered."""
        self._at_end = True
        if self._lingering is not None:
            self._hang_up()
        elif self._busy is None and self._writable is None:
            self._close()
        # TLS cannot be half open.
        return self._transport is not None and self._transport.get_extra_info("sslcontext") is None

    def pause_writing(self) -> None:
        """The peer takes less than we send: requests wait, too."""
        self._writable = asyncio.Event()

    def resume_writing(self) -> None:
        """There is room again."""
        if self._writable is not None:
            self._writable.set()
            self._writable = None
            self._resume()

    def connection_lost(self, exc: Exception | None) -> None:
        """The stream is gone: uploads under way leave no trace."""
        self._closing = True
        self._transport = None
        if self._lingering is not None:
            self._lingering.cancel()
        if self._busy is not None:
            self._busy.cancel()
        self._abandon()
        self.resume_writing()
        if self._on_close is not None:
            self._on_close(self)

    # What a server calls

    @property
    def is_idle(self) -> bool:
        """No request is under way."""
        return self._busy is None and not self._parser.in_request and not self._unfed

    @property
    def transfer(self) -> Transfer | None:
        """What takes its time just now."""
        head = self._head
        if head is None or (self._busy is None and self._upload is None):
            return None
        moved, size = 0, None
        if self._upload is not None:
            moved, size = self._received, head.length
        elif self._outgoing is not None:
            moved, size = self._progress, self._promised
        return Transfer(head.method, head.target, self.peer, moved, size)

    def finish(self) -> None:
        """Close as soon as the request under way has been answered."""
        self._finishing = True
        if self.is_idle:
            self._close()

    def turn_away(self) -> None:
        """Tell a peer that there are too many connections already, and close."""
        self._is_whole = False
        reason = "too many connections are open: close some, or come again later"
        retry = [("Retry-After", "5")]
        self._answer(self._refuse(HTTPError(503, reason, headers=retry, close=True)))

    def abort(self) -> None:
        """Close now, whatever is under way."""
        self._closing = True
        if self._transport is not None:
            self._transport.abort()

    def check(self, now: float) -> None:
        """Close if the peer has taken too long. Call it every second or so.

        Args:
            now: The event loop's time, seconds.
        """
        settings = self._settings
        if self._closing or self._writable is not None:
            # It takes nothing of what we have for it, or does not let us close.
            if now - self._moved > settings.stall_timeout_s:
                self.abort()
        elif self._busy is not None:
            # A thread or the disk takes its time: not the peer's fault.
            return
        elif self._head is not None:
            if now - self._moved > settings.stall_timeout_s:
                self._give_up()
            elif self._upload is not None and self._upload.gathered > settings.upload_at_once:
                # Many that dawdle must not fill the memory with what they have sent.
                self._start(self._receive(self._upload))
        elif self._parser.in_request:
            if now - self._since > settings.head_timeout_s:
                self._give_up()
        elif now - self._since > settings.idle_timeout_s:
            self._close()

    def _give_up(self) -> None:
        """Tell a peer that its request took too long, unless it has an answer already."""
        if self._is_draining:
            self.abort()
        else:
            self._is_whole = False
            self._answer(self._refuse(HTTPError(408, "the request took too long", close=True)))

    # Requests

    def _advance(self) -> None:
        """Take events until bytes are missing, or an answer is under way or waits for room."""
        try:
            self._take_events()
        except Exception:
            _logger.exception("a WebDAV request failed")
            self._fail()

    def _fail(self) -> None:
        """End a request that met a bug in a store or in us, or found no memory."""
        if self._is_answered:
            self.abort()
            return
        self._abandon()
        reason = "a fault of the server, which its log tells more of"
        self._answer(self._refuse(HTTPError(500, reason, close=True)))

    def _take_events(self) -> None:
        if self._admitted is not None:
            (head, settle), self._admitted = self._admitted, None
            self._begin(head, settle)
        answered = 0
        while self._busy is None and self._writable is None and not self._closing:
            try:
                event = self._parser.next_event()
            except HTTPError as error:
                self._is_whole = False
                self._answer(self._refuse(error))
                return
            if event is NEED_DATA:
                if not self._unfed:
                    self._wait()
                    return
                data = self._unfed.popleft()
                self._unfed_size -= len(data)
                self._parser.feed(data)
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
            self._since = self._moved
        if self._at_end or (self._finishing and is_between):
            self._close()

    def _begin(self, head: Head, settle: Callable[[], Request] | None = None) -> None:
        self._head = head
        self._request = None
        self._is_whole = self._is_answered = False
        self._body = bytearray()
        try:
            if settle is None:
                self._began, self._received = self._moved, 0
                request = self._application.begin(head, peer=self.peer, scheme=self._scheme)
            else:
                request = settle()
            if isinstance(request, Pending):
                self._start(self._admit(head, request))
                return
            self._request = request
            if self._asked is not None and self._kept is not None:
                if self._parser.buffered == head.length:
                    request.is_repeated = self._kept.is_repeated(self._asked)
                else:
                    # More came with it than this request, or less.
                    self._asked = None
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
        else:
            body = self._parser.take_body()
            if body is not None:
                self._answer_whole(request, body)
                return
        if head.expect_continue and head.length != 0:
            self._write(CONTINUE)

    async def _admit(self, head: Head, pending: Pending) -> None:
        """Find out whose request it is; :meth:`_take_events` then goes on with it."""
        found = await self._in_thread(pending.work)
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
        return self._application.handle(request, Moment(self._moved, time.time()))

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
        outcome = await self._in_thread(self._handle, request)
        if isinstance(outcome, Work):
            await self._work(outcome)
        elif isinstance(outcome, Response):
            await self._send(outcome)
        else:
            raise TypeError(f"a body was read, and then wanted by {outcome!r}")

    async def _work(self, work: Work) -> None:
        try:
            response = await self._in_thread(work.run)
        except DavError as error:
            response = self._refuse(error)
        await self._send(response)

    def _refuse(self, error: DavError) -> Response:
        return self._application.failure(error, self._request)

    def _answer(self, response: Response) -> None:
        """Send an answer at once where that is quick, else begin a task for it."""
        body = response.body
        if isinstance(body, bytes):
            self._write_whole(response, body)
        elif isinstance(body, FileRange) and body.size <= self._settings.send_piece:
            try:
                data = body.reader.read(body.offset, body.size)
                if len(data) < body.size:
                    raise EOFError
            except (DavError, EOFError):
                self.abort()
                return
            finally:
                body.reader.close()
            self._write_whole(response, data)
        else:
            self._hold(body)
            self._start(self._send(response))

    def _write_whole(self, response: Response, body: bytes) -> None:
        length = len(body) if response.length is None else response.length
        sends = self._sends_body(response.status)
        answer = self._head_of(response, length=length, chunked=False)
        if sends:
            answer += body
        self._write(answer)
        sent = len(body) if sends else 0
        if response.is_current is not None and not response.close:
            self._keep(response, answer, sent)
        self._done(response, sent)

    def _keep(self, response: Response, answer: bytes, sent: int) -> None:
        """Keep an answer for when the same is asked again, if it was all that was asked."""
        asked, self._asked = self._asked, None
        request, head, is_current = self._request, self._head, response.is_current
        if self._kept is None or asked is None:
            return
        if request is not None and head is not None and is_current is not None:
            self._kept.keep(
                asked,
                answer,
                is_current,
                request=request,
                head=head,
                status=response.status,
                sent=sent,
                now=self._moved,
            )

    def _sends_body(self, status: int) -> bool:
        method = self._head.method if self._head is not None else "GET"
        return has_body(method, status)

    def _head_of(self, response: Response, *, length: int | None, chunked: bool) -> bytes:
        self._is_answered = True
        head, status = self._head, response.status
        if head is None or not head.keep_alive or self._is_last_answer():
            response.close = True
        connection = ""
        if response.close:
            connection = "close"
        elif head is not None and head.version == (1, 0):
            connection = "keep-alive"
        return write_head(
            status,
            response.headers,
            date=format_http_date(int(time.time())),
            length=None if status in _WITHOUT_LENGTH or status < 200 else length,
            chunked=chunked,
            connection=connection,
        )

    def _is_last_answer(self) -> bool:
        # A peer that sends no more may have sent further requests already.
        return self._finishing or (self._at_end and not self._unfed and not self._parser.buffered)

    def _hold(self, body: Body) -> None:
        """Keep what has to be closed, sent or not, when the task for it ends."""
        if isinstance(body, FileRange):
            self._outgoing = Source(body.reader)
        elif not isinstance(body, bytes):
            self._outgoing = body

    async def _send(self, response: Response) -> None:
        """Send an answer whose body takes more than one piece, or that came from a thread."""
        body = response.body
        if self._outgoing is None:
            self._hold(body)
        try:
            if isinstance(body, bytes):
                self._write_whole(response, body)
            elif isinstance(body, FileRange):
                await self._send_file(response, body)
            else:
                await self._send_pieces(response, body)
        except DavError:
            # The head is out and promised other bytes: ending the stream is the honest way.
            self.abort()

    async def _send_file(self, response: Response, body: FileRange) -> None:
        source = self._outgoing
        assert isinstance(source, Source)
        self._write(self._head_of(response, length=body.size, chunked=False))
        offset, end = body.offset, body.offset + body.size
        self._progress, self._promised = 0, body.size
        piece = self._settings.send_piece
        direct = self._begin_direct()
        try:
            while offset < end:
                sent = direct.send(source, offset, end - offset) if direct is not None else 0
                if not sent:
                    size = min(piece, end - offset)
                    data = source.read_ready(offset, size)
                    if data is None:
                        data = await self._in_thread(source.read, offset, size)
                    if not data:
                        self.abort()
                        return
                    sent = len(data)
                    self._write(data)
                offset += sent
                await self._room()
                self._progress = offset - body.offset
        finally:
            if direct is not None:
                self._end_direct(direct)
        self._done(response, body.size)

    def _begin_direct(self) -> DirectSender | None:
        """A way past the transport, which then tells when it has nothing left to send."""
        transport = self._transport
        direct = DirectSender.of(transport) if transport is not None else None
        if direct is not None and transport is not None:
            transport.set_write_buffer_limits(high=0)
        return direct

    def _end_direct(self, direct: DirectSender) -> None:
        direct.close()
        if self._transport is not None:
            self._transport.set_write_buffer_limits(high=self._settings.send_piece)

    async def _send_pieces(self, response: Response, body: Iterator[bytes]) -> None:
        chunked = (
            response.length is None and self._head is not None and self._head.version == (1, 1)
        )
        if response.length is None and not chunked:
            response.close = True
        self._write(self._head_of(response, length=response.length, chunked=chunked))
        if not self._sends_body(response.status):
            self._done(response, 0)
            return
        sent = 0
        self._progress, self._promised = 0, response.length
        pieces = None
        if response.is_slow:
            self._outgoing = pieces = Pieces(body)
        while True:
            if pieces is None:
                piece = next(body, None)
            else:
                piece = await self._in_thread(pieces.make)
            if piece is None:
                break
            self._write(write_chunk(piece) if chunked else piece)
            sent += len(piece)
            await self._room()
            self._progress = sent
        if chunked:
            self._write(LAST_CHUNK)
        self._done(response, sent)

    async def _room(self) -> None:
        """Let others run, and wait while the peer takes nothing."""
        writable = self._writable
        if writable is not None:
            await writable.wait()
        else:
            await asyncio.sleep(0)
        assert self._loop is not None
        self._moved = self._loop.time()

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

    async def _receive(self, upload: Upload, *, last: bool = False) -> None:
        """Hand what has come of an upload to its receiver, in a thread."""
        try:
            response = await self._in_thread(upload.pass_on, last)
        except DavError as error:
            self._abandon()
            response = self._refuse(error)
            if not last:
                response.close = True
        if response is not None:
            self._upload = None
            await self._send(response)

    def _abandon(self) -> None:
        """Forget the upload under way, if there is one."""
        upload, self._upload = self._upload, None
        if upload is not None:
            self._in_thread(upload.abandon).add_done_callback(_tell)

    def _done(self, response: Response, sent: int) -> None:
        if self._on_exchange is not None:
            assert self._loop is not None
            # What was no request did not begin.
            took_s = self._loop.time() - self._began if self._head is not None else 0.0
            self._on_exchange(
                Exchange(
                    self._request,
                    self._head,
                    self.peer,
                    response.status,
                    sent,
                    self._received,
                    took_s,
                )
            )
        if response.close:
            self._close(lingers=not self._is_whole)
        if self._is_whole:
            self._head = self._request = None

    # Threads, tasks and the transport

    def _in_thread(self, function: Callable[..., T], *arguments: object) -> asyncio.Future[T]:
        assert self._loop is not None
        return self._loop.run_in_executor(None, functools.partial(function, *arguments))

    def _start(self, work: Coroutine[object, object, None]) -> None:
        """Run the one task this connection may have; the next event waits for it."""
        assert self._loop is not None
        self._busy = self._loop.create_task(work)
        self._busy.add_done_callback(self._finished)

    def _finished(self, task: asyncio.Task[None]) -> None:
        self._busy = None
        outgoing, self._outgoing = self._outgoing, None
        if isinstance(outgoing, Source | Pieces):
            self._in_thread(outgoing.close).add_done_callback(_tell)
        elif isinstance(outgoing, Closable):
            outgoing.close()
        if _tell(task):
            self._fail()
        self._resume()

    def _resume(self) -> None:
        """Go on with what has come meanwhile."""
        if self._transport is None or self._closing:
            return
        if self._busy is None and self._writable is None:
            assert self._loop is not None
            self._since = self._moved = self._loop.time()
            self._transport.resume_reading()
            self._advance()

    def _write(self, data: bytes | bytearray) -> None:
        # Broken, it is closing before it tells us; asyncio complains of more writes then.
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(data)

    def _close(self, *, lingers: bool = False) -> None:
        """Send what is written, then close.

        Args:
            lingers: The peer may be sending still: say that we are at the end,
                and drop what comes for a while.
        """
        self._closing = True
        self._abandon()
        transport, loop = self._transport, self._loop
        if transport is None or loop is None:
            return
        self._moved = loop.time()
        if lingers and not self._at_end:
            self._lingering = loop.call_later(self._settings.linger_s, self._hang_up)
            transport.resume_reading()
            if transport.can_write_eof():
                transport.write_eof()
        else:
            transport.close()

    def _hang_up(self) -> None:
        if self._transport is not None:
            self._transport.close()


def _tell(done: asyncio.Future[T]) -> bool:
    """Put into the log what was raised in a task or thread; whether that was something."""
    error = None if done.cancelled() else done.exception()
    if error is not None:
        _logger.error("a WebDAV request failed", exc_info=error)
    return error is not None
