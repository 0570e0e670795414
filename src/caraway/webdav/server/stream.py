"""The way to a peer: written to as fast as it takes, and ended so that nothing is lost."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import logging
from collections.abc import Callable, Iterator
from typing import TypeVar

from caraway.webdav.server.direct import DirectReceiver, DirectSender

T = TypeVar("T")

_logger = logging.getLogger("caraway.webdav")


class Stream:
    """A transport as requests and answers see it; one that is gone takes everything silently.

    Attributes:
        peer: The address of the other side, ``local`` where it has none.
        moved: When a byte moved last, on the event loop's clock.
        is_full: The peer takes less than we send: wait with :meth:`room`.
        has_ended: The peer sends no more.
        is_closing: We are done with the peer, or the stream is gone.

    Args:
        piece: Bytes that may wait for the peer before the stream is full.
        linger_s: How long what a peer still sends is dropped before the end.
    """

    def __init__(self, *, piece: int, linger_s: float) -> None:
        self._piece = piece
        self._linger_s = linger_s
        self._transport: asyncio.Transport | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._lingering: asyncio.TimerHandle | None = None
        self._room: asyncio.Event | None = None
        self.peer = ""
        self.moved = 0.0
        self.is_full = False
        self.has_ended = False
        self.is_closing = False

    # What the transport tells

    def open(self, transport: asyncio.Transport) -> None:
        """The stream is there; to be called on the event loop it belongs to."""
        self._transport = transport
        self._loop = asyncio.get_running_loop()
        self.moved = self._loop.time()
        address = transport.get_extra_info("peername")
        self.peer = str(address[0]) if isinstance(address, tuple) else "local"
        transport.set_write_buffer_limits(high=self._piece)

    def touch(self) -> None:
        """A byte has moved."""
        assert self._loop is not None, "asyncio opens a stream before it uses it"
        self.moved = self._loop.time()

    def fill(self) -> None:
        """The peer takes less than we send."""
        self.is_full = True
        self._room = asyncio.Event()

    def drain(self) -> None:
        """There is room again."""
        self.is_full = False
        if self._room is not None:
            self._room.set()
            self._room = None

    def end(self) -> bool:
        """The peer sends no more; whether we still may."""
        self.has_ended = True
        if self._lingering is not None:
            self._hang_up()
        # TLS cannot be half open.
        return self._transport is not None and self._transport.get_extra_info("sslcontext") is None

    def lose(self) -> None:
        """The stream is gone."""
        self.is_closing = True
        self._transport = None
        if self._lingering is not None:
            self._lingering.cancel()

    # Writing and reading

    @property
    def loop(self) -> asyncio.AbstractEventLoop:
        """The event loop of the stream."""
        assert self._loop is not None, "asyncio opens a stream before it uses it"
        return self._loop

    def write(self, data: bytes | bytearray) -> None:
        """Send bytes."""
        # Broken, it is closing before it tells us; asyncio complains of more writes then.
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(data)

    async def room(self) -> None:
        """Let others run, and wait while the peer takes nothing."""
        if self._room is not None:
            await self._room.wait()
        else:
            await asyncio.sleep(0)
        self.touch()

    @contextlib.contextmanager
    def direct(self) -> Iterator[DirectSender | None]:
        """A way past the transport, which meanwhile tells when it has nothing left to send."""
        direct = DirectSender.of(self._transport) if self._transport is not None else None
        if direct is None:
            yield None
            return
        try:
            self._limit(0)
            yield direct
        finally:
            direct.close()
            self._limit(self._piece)

    @contextlib.contextmanager
    def direct_reading(self) -> Iterator[DirectReceiver | None]:
        """A way past the transport, which meanwhile reads nothing."""
        receiver = DirectReceiver.of(self._transport) if self._transport is not None else None
        if receiver is None:
            yield None
            return
        self.pause_reading()
        try:
            yield receiver
        finally:
            self.resume_reading()

    def _limit(self, high: int) -> None:
        if self._transport is not None:
            self._transport.set_write_buffer_limits(high=high)

    def pause_reading(self) -> None:
        """Take no more bytes for now."""
        if self._transport is not None:
            self._transport.pause_reading()

    def resume_reading(self) -> None:
        """Take bytes again."""
        if self._transport is not None:
            self._transport.resume_reading()

    # Ending

    def close(self, *, lingers: bool = False) -> None:
        """Send what is written, then close.

        Args:
            lingers: The peer may be sending still: say that we are at the end,
                and drop what comes for a while.
        """
        self.is_closing = True
        transport = self._transport
        if transport is None:
            return
        self.touch()
        if lingers and not self.has_ended:
            self._lingering = self.loop.call_later(self._linger_s, self._hang_up)
            transport.resume_reading()
            if transport.can_write_eof():
                transport.write_eof()
        else:
            self._hang_up()

    def _hang_up(self) -> None:
        # Closed a second time, a transport of TLS forgets what it would abort.
        if self._transport is not None and not self._transport.is_closing():
            self._transport.close()

    def abort(self) -> None:
        """Close now, whatever is on its way."""
        self.is_closing = True
        if self._transport is not None:
            self._transport.abort()

    # Threads

    def in_thread(self, function: Callable[..., T], *arguments: object) -> asyncio.Future[T]:
        """Call what may take its time in a worker thread."""
        return self.loop.run_in_executor(None, functools.partial(function, *arguments))

    def in_background(self, function: Callable[[], None]) -> None:
        """Call something in a worker thread that nobody waits for; the log tells of faults."""
        self.in_thread(function).add_done_callback(log_fault)


def log_fault(done: asyncio.Future[T]) -> bool:
    """Put into the log what was raised in a task or thread; whether that was something."""
    error = None if done.cancelled() else done.exception()
    if error is not None:
        _logger.error("a WebDAV request failed", exc_info=error)
    return error is not None
