"""A port as a byte stream: what both ends of one have in common."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Generic, TypeVar

from caraway.errors import CarawayError, ClosedError
from caraway.net.connection import ChannelConnection
from caraway.protocol.port import VmcChannel
from caraway.wire.record import Buffer

V = TypeVar("V", bound=VmcChannel)

#: Bytes that are kept for a reader that does not come; beyond, the peer has to wait.
MAX_UNREAD = 256 << 10
#: Bytes of one message. The real server keeps 128 messages, whatever their size.
MAX_PIECE = 64 << 10


class PortStream(Generic[V]):
    """A byte stream that is open at times.

    Attributes:
        kind: ``port``, or ``webdav`` for that of shared folders.
        number: Which of its kind.
        name: Its name, such as ``org.qemu.monitor.qmp.0``.
        on_data: Takes data as it comes; None to :meth:`read` it.
        on_change: Called when the stream was opened or closed, or is gone.
        on_event: Called for events of the port other than those, with their number.
    """

    def __init__(self, kind: str, number: int, name: str = "") -> None:
        self.kind = kind
        self.number = number
        self.name = name
        self.on_data: Callable[[Buffer], None] | None = None
        self.on_change: Callable[[], None] | None = None
        self.on_event: Callable[[int], None] | None = None
        self._connection: ChannelConnection[V] | None = None
        self._is_open = False
        self._unread: deque[bytes] = deque()
        self._unread_size = 0
        self._changed = asyncio.Event()
        self._error: CarawayError | None = None

    @property
    def is_open(self) -> bool:
        """Data can be read and written: both ends are there."""
        return self._is_open

    @property
    def is_gone(self) -> bool:
        """It will not be open again."""
        return self._error is not None

    # Reading

    async def read(self, size: int = MAX_UNREAD) -> bytes:
        """Up to ``size`` bytes, at least one; none when the other end was closed.

        After a closing, :meth:`wait_open` and read on.

        Raises:
            CarawayError: It is gone; what came before has been read.
        """
        while not self._unread:
            if self._error is not None:
                raise self._error.with_traceback(None)
            if not self._is_open:
                return b""
            await self._change()
        data = self._unread.popleft()
        if len(data) > size:
            self._unread.appendleft(data[size:])
            data = data[:size]
        self._unread_size -= len(data)
        if self._unread_size <= MAX_UNREAD // 2:
            self.resume()
        return data

    async def wait_open(self) -> None:
        """Wait until it is open.

        Raises:
            CarawayError: It is gone.
        """
        while not self._is_open:
            if self._error is not None:
                raise self._error.with_traceback(None)
            await self._change()

    async def _change(self) -> None:
        await self._changed.wait()

    # Writing

    def write(self, data: Buffer) -> None:
        """Send bytes; :meth:`drain` afterwards, or they pile up here.

        Raises:
            ClosedError: It is closed or gone.
        """
        connection = self._connected()
        view = memoryview(data)
        for start in range(0, len(view), MAX_PIECE):
            connection.channel.send_data(view[start : start + MAX_PIECE])
        connection.flush()

    async def drain(self) -> None:
        """Wait while the peer takes nothing.

        Raises:
            CarawayError: It is gone.
        """
        await self._connected().drain()

    @property
    def is_writable(self) -> bool:
        """The peer takes what is written."""
        return self._connection is not None and self._connection.is_writable

    def pause(self) -> None:
        """Take no more data for now: for who takes it by ``on_data``."""
        if self._connection is not None:
            self._connection.pause()

    def resume(self) -> None:
        """Go on taking data."""
        if self._connection is not None:
            self._connection.resume()

    def _connected(self) -> ChannelConnection[V]:
        if self._error is not None:
            raise self._error.with_traceback(None)
        if self._connection is None:
            raise ClosedError(f"nobody is connected to port '{self.name}' just now")
        self._connection.check()
        return self._connection

    # What the ends call

    def take_data(self, data: Buffer) -> None:
        """Data has come."""
        if self.on_data is not None:
            self.on_data(data)
            return
        # A copy: a few bytes must not keep a whole chunk of the stream in memory.
        self._unread.append(bytes(data))
        self._unread_size += len(data)
        if self._unread_size >= MAX_UNREAD:
            self.pause()
        self._tell()

    def set_open(self, is_open: bool) -> None:
        """It was opened or closed."""
        self._is_open = is_open
        self._tell()
        if self.on_change is not None:
            self.on_change()

    def bind(self, connection: ChannelConnection[V]) -> None:
        """A channel for it is there."""
        self._connection = connection

    def unbind(self, error: CarawayError | None = None) -> None:
        """The channel is gone.

        Args:
            error: Why, if no other will come.
        """
        self._connection = None
        self._error = error
        self.set_open(False)

    def _tell(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()
