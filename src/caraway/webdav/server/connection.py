"""One HTTP connection over any asyncio transport: TCP, TLS, Unix, memory, a mux stream.

Bytes go through the parser to the application and its answers back, in order.
What is quick is answered at once, in the call that brought the request's last
byte and with one write. Only long bodies, either way, cost a task.
"""

from __future__ import annotations

import asyncio
import functools
import threading
import time
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

from caraway.webdav.call import Moment
from caraway.webdav.errors import DavError, HTTPError
from caraway.webdav.http.dates import format_http_date
from caraway.webdav.http.message import FileRange, Outcome, Receiver, Request, Response, Work
from caraway.webdav.http.parser import END, NEED_DATA, Data, Head, HttpLimits, RequestParser
from caraway.webdav.http.writer import CONTINUE, LAST_CHUNK, has_body, write_chunk, write_head

T = TypeVar("T")


class Handler(Protocol):
    """What a connection asks of an application."""

    def begin(self, head: Head, *, peer: str, scheme: str) -> Request:
        """The request that a head begins.

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
        receive_buffer: Bytes of an upload that are gathered for one write to the store.
        send_piece: Bytes of a file that are read at once.
        max_drain: Bytes of an unwanted body that are read rather than closing.
    """

    limits: HttpLimits = field(default_factory=HttpLimits)
    head_timeout_s: float = 20.0
    idle_timeout_s: float = 120.0
    stall_timeout_s: float = 60.0
    max_body: int = 1 << 20
    receive_buffer: int = 1 << 20
    send_piece: int = 1 << 18
    max_drain: int = 1 << 18


@dataclass(slots=True)
class Exchange:
    """A request and what became of it, for the log."""

    request: Request | None
    status: int
    sent: int


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
    ) -> None:
        self._application = application
        self._settings = settings or ConnectionSettings()
        self._on_open = on_open
        self._on_exchange = on_exchange
        self._on_close = on_close
        self._scheme = scheme
        self._parser = RequestParser(self._settings.limits)
        self._transport: asyncio.Transport | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self.peer = ""
        self._request: Request | None = None
        self._head: Head | None = None
        self._body: list[bytes | memoryview] = []
        self._body_size = 0
        self._receiver: _Upload | None = None
        self._draining = 0
        self._busy: asyncio.Task[None] | None = None
        self._closing = False
        self._finishing = False
        self._at_end = False
        self._writable: asyncio.Event | None = None
        self._since = 0.0
        self._moved = 0.0

    # What asyncio calls

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The stream is open."""
        if not isinstance(transport, asyncio.Transport):
            raise TypeError(f"a connection needs a transport both ways, not {transport!r}")
        self._transport = transport
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
        self._parser.feed(data)
        if self._busy is None:
            self._advance()
        elif self._parser.buffered > self._settings.receive_buffer and self._transport is not None:
            self._transport.pause_reading()

    def eof_received(self) -> bool:
        """The peer sends no more; what it has asked for is still answered."""
        self._at_end = True
        if self._busy is None:
            self._close()
        return True

    def pause_writing(self) -> None:
        """The peer takes less than we send."""
        self._writable = asyncio.Event()

    def resume_writing(self) -> None:
        """There is room again."""
        if self._writable is not None:
            self._writable.set()
            self._writable = None

    def connection_lost(self, exc: Exception | None) -> None:
        """The stream is gone: uploads under way leave no trace."""
        self._closing = True
        self.resume_writing()
        if self._busy is not None:
            self._busy.cancel()
        elif self._receiver is not None:
            self._in_thread(self._receiver.abandon)
        self._transport = None
        if self._on_close is not None:
            self._on_close(self)

    # What a server calls

    @property
    def is_idle(self) -> bool:
        """No request is under way."""
        return self._busy is None and not self._parser.in_request

    def finish(self) -> None:
        """Close as soon as the request under way has been answered."""
        self._finishing = True
        if self.is_idle:
            self._close()

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
        if self._busy is not None or self._request is not None:
            late = now - self._moved > settings.stall_timeout_s
        elif self._parser.in_request:
            late = now - self._since > settings.head_timeout_s
        else:
            late = now - self._since > settings.idle_timeout_s
        if late and not self._closing:
            if self._busy is None and self._parser.in_request:
                self._answer(self._refuse(HTTPError(408, "the request took too long", close=True)))
            else:
                self.abort()

    # Requests

    def _advance(self) -> None:
        """Take events until bytes are missing or an answer is under way."""
        while self._busy is None and not self._closing:
            try:
                event = self._parser.next_event()
                if event is NEED_DATA:
                    self._wait()
                    return
                if isinstance(event, Head):
                    self._begin(event)
                elif isinstance(event, Data):
                    self._take(event.data)
                elif event is END:
                    self._end()
            except HTTPError as error:
                self._answer(self._refuse(error))

    def _wait(self) -> None:
        assert self._loop is not None
        if not self._parser.in_request:
            self._since = self._loop.time()
            if self._finishing or self._at_end:
                self._close()

    def _begin(self, head: Head) -> None:
        self._head = head
        self._request = None
        self._body, self._body_size, self._draining = [], 0, 0
        request = self._application.begin(head, peer=self.peer, scheme=self._scheme)
        self._request = request
        if not self._application.streams(request):
            self._parser.limit_body(self._settings.max_body)
            if head.expect_continue and head.length != 0:
                self._write(CONTINUE)
            return
        outcome = self._handle(request)
        if isinstance(outcome, Response | Work):
            # Refused before the body: its sender may be waiting, or sending already.
            self._settle_early(outcome, head)
            return
        self._receiver = _Upload(outcome)
        if head.expect_continue:
            self._write(CONTINUE)

    def _settle_early(self, outcome: Response | Work, head: Head) -> None:
        unknown = head.length is None or head.length > self._settings.max_drain
        if isinstance(outcome, Response) and (unknown or head.expect_continue):
            outcome.close = True
        self._draining = self._settings.max_drain
        self._act(outcome)

    def _take(self, data: bytes | memoryview) -> None:
        if self._receiver is not None:
            if self._receiver.add(data) >= self._settings.receive_buffer:
                self._start(self._receive())
        elif self._draining:
            self._draining -= len(data)
            if self._draining <= 0:
                self._close()
        else:
            self._body.append(data)

    def _end(self) -> None:
        request = self._request
        if self._receiver is not None:
            self._start(self._receive(last=True))
        elif self._draining:
            self._draining = 0
            self._request = None
        elif request is not None:
            if self._body:
                request.body = b"".join(self._body)
                self._body = []
            self._act(self._handle(request))

    def _handle(self, request: Request) -> Outcome:
        assert self._loop is not None
        return self._application.handle(request, Moment(self._loop.time(), time.time()))

    # Answers

    def _act(self, outcome: Outcome) -> None:
        if isinstance(outcome, Response):
            self._answer(outcome)
        elif isinstance(outcome, Work):
            self._start(self._work(outcome))
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
            self._start(self._send(response))

    def _write_whole(self, response: Response, body: bytes) -> None:
        length = len(body) if response.length is None else response.length
        sends = self._sends_body(response.status)
        head = self._head_of(response, length=length, chunked=False)
        self._write(head + body if sends else head)
        self._done(response, len(body) if sends else 0)

    def _sends_body(self, status: int) -> bool:
        method = self._request.method if self._request is not None else "GET"
        return has_body(method, status)

    def _head_of(self, response: Response, *, length: int | None, chunked: bool) -> bytes:
        head = self._head
        keep = head is not None and head.keep_alive and not (self._finishing or self._at_end)
        if response.close or not keep:
            response.close = True
        connection = "close" if response.close else ""
        if not response.close and head is not None and head.version == (1, 0):
            connection = "keep-alive"
        without_length = response.status in (204, 304) or response.status < 200
        assert self._loop is not None
        return write_head(
            response.status,
            response.headers,
            date=format_http_date(int(time.time())),
            length=None if without_length else length,
            chunked=chunked,
            connection=connection,
        )

    async def _send(self, response: Response) -> None:
        """Send an answer whose body takes more than one piece, or that came from a thread."""
        body = response.body
        if isinstance(body, bytes):
            self._write_whole(response, body)
        elif isinstance(body, FileRange):
            await self._send_file(response, body)
        else:
            await self._send_pieces(response, body)

    async def _send_file(self, response: Response, body: FileRange) -> None:
        try:
            head = self._head_of(response, length=body.size, chunked=False)
            self._write(head)
            if not self._sends_body(response.status):
                self._done(response, 0)
                return
            offset, end = body.offset, body.offset + body.size
            piece = self._settings.send_piece
            read = body.reader.read
            ahead = self._read_ahead(read, offset, min(piece, end - offset))
            while offset < end:
                data = await ahead
                if not data:
                    self.abort()
                    return
                offset += len(data)
                if offset < end:
                    ahead = self._read_ahead(read, offset, min(piece, end - offset))
                self._write(data)
                await self._room()
            self._done(response, body.size)
        except DavError:
            # The head is out and promised other bytes: ending the stream is the honest way.
            self.abort()
        finally:
            body.reader.close()

    def _read_ahead(
        self, read: Callable[[int, int], bytes], offset: int, size: int
    ) -> asyncio.Future[bytes]:
        assert self._loop is not None
        return self._loop.run_in_executor(None, read, offset, size)

    async def _send_pieces(self, response: Response, body: Iterator[bytes]) -> None:
        head = self._head
        chunked = response.length is None and head is not None and head.version == (1, 1)
        if response.length is None and not chunked:
            response.close = True
        self._write(self._head_of(response, length=response.length, chunked=chunked))
        sent = 0
        if self._sends_body(response.status):
            for piece in body:
                self._write(write_chunk(piece) if chunked else piece)
                sent += len(piece)
                await self._room()
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

    async def _receive(self, *, last: bool = False) -> None:
        """Hand what has come of an upload to its receiver, in a thread."""
        upload = self._receiver
        assert upload is not None
        try:
            response = await self._in_thread(upload.pass_on, last)
        except DavError as error:
            await self._in_thread(upload.abandon)
            self._receiver = None
            response = self._refuse(error)
            if not last:
                response.close = True
                self._draining = self._settings.max_drain
        except asyncio.CancelledError:
            self._in_thread(upload.abandon)
            raise
        if response is not None:
            self._receiver = None
            await self._send(response)

    def _done(self, response: Response, sent: int) -> None:
        if self._on_exchange is not None:
            self._on_exchange(Exchange(self._request, response.status, sent))
        if not self._draining:
            self._request = None
        if response.close:
            self._close()

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
        error = None if task.cancelled() else task.exception()
        if error is not None and self._loop is not None:
            # A bug in a store or in us: said where the program says such things.
            self._loop.call_exception_handler(
                {"message": "a WebDAV request failed", "exception": error, "protocol": self}
            )
            self.abort()
        if self._transport is not None and not self._closing:
            self._transport.resume_reading()
            self._advance()

    def _write(self, data: bytes) -> None:
        if self._transport is not None:
            self._transport.write(data)

    def _close(self) -> None:
        self._closing = True
        if self._transport is not None:
            self._transport.close()


class _Upload:
    """A body on its way to a receiver: gathered here, handed on in a worker thread."""

    def __init__(self, receiver: Receiver) -> None:
        self.receiver = receiver
        self._pieces: list[bytes | memoryview] = []
        self._size = 0
        # The connection may be lost, and the upload aborted, while a thread writes.
        self._lock = threading.Lock()

    def add(self, data: bytes | memoryview) -> int:
        """Gather a piece; returns the bytes gathered."""
        self._pieces.append(data)
        self._size += len(data)
        return self._size

    def pass_on(self, last: bool) -> Response | None:
        """Hand over what was gathered; with the last of it the answer comes back."""
        pieces, self._pieces, self._size = self._pieces, [], 0
        with self._lock:
            for piece in pieces:
                self.receiver.receive(piece)
            return self.receiver.finish() if last else None

    def abandon(self) -> None:
        """Leave no trace of the upload."""
        with self._lock:
            self.receiver.abort()
