"""Answers as bytes on a stream: at once where that is quick, else piece by piece."""

from __future__ import annotations

import time
from collections.abc import Iterator

from caraway.webdav.errors import Changed
from caraway.webdav.http.dates import format_http_date
from caraway.webdav.http.head import Head
from caraway.webdav.http.message import Body, FileRange, Response
from caraway.webdav.http.writer import LAST_CHUNK, has_body, write_chunk, write_head
from caraway.webdav.server.bodies import Closable, Pieces, Source
from caraway.webdav.server.stream import Stream

_WITHOUT_LENGTH = frozenset({204, 304})


class Sender:
    """Sends the answers of one connection, one at a time.

    Attributes:
        has_begun: The head of an answer has been written; to be cleared when
            the next request begins.
        sent: Bytes of the body under way that have been written.
        size: Bytes that it will have; None where that is not known.

    Args:
        piece: Bytes of a file that are read at once.
    """

    def __init__(self, stream: Stream, *, piece: int) -> None:
        self._stream = stream
        self._piece = piece
        self._body: Closable | None = None
        self.has_begun = False
        self.sent = 0
        self.size: int | None = None

    def is_quick(self, body: Body) -> bool:
        """Whether :meth:`send_at_once` takes it."""
        return isinstance(body, bytes) or (isinstance(body, FileRange) and body.size <= self._piece)

    def send_at_once(self, response: Response, asked: Head | None) -> tuple[bytes, int]:
        """Send an answer with one write.

        Args:
            asked: What it answers; None for what was no request.

        Returns:
            What was written, and how many bytes of it are the body.

        Raises:
            DavError: The file could not be read; nothing has been written.
        """
        body = response.body
        if isinstance(body, FileRange):
            body = _read(body)
        assert isinstance(body, bytes), "asked by is_quick"
        length = len(body) if response.length is None else response.length
        answer = self._head_of(response, asked, length=length, chunked=False)
        sent = 0
        if _sends_body(response, asked):
            answer += body
            sent = len(body)
        self._stream.write(answer)
        return answer, sent

    def hold(self, response: Response) -> None:
        """Keep what has to be closed, sent or not, by :meth:`release`."""
        body = response.body
        if isinstance(body, FileRange):
            self._body = Source(body.reader)
        elif response.is_slow and not isinstance(body, bytes):
            self._body = Pieces(body)
        elif isinstance(body, Closable):
            self._body = body

    async def send(self, response: Response, asked: Head | None) -> int:
        """Send an answer whose body may take more than one piece.

        Returns:
            Bytes of the body.

        Raises:
            DavError: The body could not be read to its end. The head may be
                out, which promised other bytes: only the stream's end tells.
        """
        body = response.body
        if self._body is None:
            self.hold(response)
        if isinstance(body, bytes):
            return self.send_at_once(response, asked)[1]
        if isinstance(body, FileRange):
            return await self._send_file(response, body, asked)
        return await self._send_pieces(response, body, asked)

    def release(self) -> None:
        """Let go of what the body held open; to be called when :meth:`send` has ended."""
        body, self._body = self._body, None
        self.sent, self.size = 0, None
        if isinstance(body, Source | Pieces):
            self._stream.in_background(body.close)
        elif body is not None:
            body.close()

    async def _send_file(self, response: Response, body: FileRange, asked: Head | None) -> int:
        source = self._body
        assert isinstance(source, Source)
        stream = self._stream
        stream.write(self._head_of(response, asked, length=body.size, chunked=False))
        offset, end = body.offset, body.offset + body.size
        self.sent, self.size = 0, body.size
        with stream.direct() as direct:
            while offset < end:
                sent = direct.send(source, offset, end - offset) if direct is not None else 0
                if not sent:
                    size = min(self._piece, end - offset)
                    data = source.read_ready(offset, size)
                    if data is None:
                        data = await stream.in_thread(source.read, offset, size)
                    if not data:
                        raise _shorter(offset, end)
                    sent = len(data)
                    stream.write(data)
                offset += sent
                await stream.room()
                self.sent = offset - body.offset
        return body.size

    async def _send_pieces(
        self, response: Response, body: Iterator[bytes], asked: Head | None
    ) -> int:
        stream, held = self._stream, self._body
        is_chunked = response.length is None and asked is not None and asked.version == (1, 1)
        if response.length is None and not is_chunked:
            response.close = True
        stream.write(self._head_of(response, asked, length=response.length, chunked=is_chunked))
        if not _sends_body(response, asked):
            return 0
        sent = 0
        self.sent, self.size = 0, response.length
        while True:
            if isinstance(held, Pieces):
                piece = await stream.in_thread(held.make)
            else:
                piece = next(body, None)
            if piece is None:
                break
            stream.write(write_chunk(piece) if is_chunked else piece)
            sent += len(piece)
            await stream.room()
            self.sent = sent
        if is_chunked:
            stream.write(LAST_CHUNK)
        return sent

    def _head_of(
        self, response: Response, asked: Head | None, *, length: int | None, chunked: bool
    ) -> bytes:
        self.has_begun = True
        status = response.status
        connection = ""
        if response.close:
            connection = "close"
        elif asked is not None and asked.version == (1, 0):
            connection = "keep-alive"
        return write_head(
            status,
            response.headers,
            date=format_http_date(int(time.time())),
            length=None if status in _WITHOUT_LENGTH or status < 200 else length,
            chunked=chunked,
            connection=connection,
        )


def _sends_body(response: Response, asked: Head | None) -> bool:
    return has_body(asked.method if asked is not None else "GET", response.status)


def _read(body: FileRange) -> bytes:
    """A small part of a file, which is closed then."""
    try:
        data = body.reader.read(body.offset, body.size)
    finally:
        body.reader.close()
    if len(data) < body.size:
        raise _shorter(body.offset + len(data), body.offset + body.size)
    return data


def _shorter(end: int, expected: int) -> Changed:
    return Changed(f"a file ends at byte {end}, needs {expected}: ask again")
