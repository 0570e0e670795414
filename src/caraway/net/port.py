"""A port as a byte stream: what both ends of one have in common."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from typing import ClassVar, Generic, TypeVar

from caraway.errors import CarawayError, ClosedError
from caraway.net.callbacks import tell
from caraway.net.connection import ChannelConnection
from caraway.protocol.port import VmcChannel
from caraway.wire.record import Buffer

V = TypeVar("V", bound=VmcChannel)

#: Bytes that are kept for a reader that does not come; beyond, the peer has to wait.
MAX_UNREAD = 256 << 10
#: Bytes of a message, of what is written at once. The real server keeps 128 messages,
#: whatever their size.
MAX_PIECE = 64 << 10
#: The same for what is written in pieces by somebody who knows how much may be on its way.
MAX_TOGETHER = 256 << 10

#: Bytes from which on a piece that has come is kept as it is.
_LARGE = 4096
#: How many times its own size a piece may hold in memory.
_MAX_SHARE = 4
#: Where it was closed and opened again, among the pieces; and how many of these are kept.
_GAP = memoryview(b"")
_MAX_GAPS = 64


class PortStream(Generic[V]):
    """A byte stream that is open at times.

    Attributes:
        kind: ``port``, or ``webdav`` for that of shared folders.
        number: Which of its kind.
        name: Its name, such as ``org.qemu.monitor.qmp.0``.
        on_data: Takes data as it comes, at once what has come and was not read; None to
            :meth:`read` it.
        on_change: Called when the stream was opened or closed, or is gone.
        on_room: Called when it is writable again.
        on_event: Called for events of the port other than those, with their number.
    """

    #: Whether a closing is read even if it is open again by then: where others close it.
    _marks_closings: ClassVar[bool] = False

    def __init__(self, kind: str, number: int, name: str = "") -> None:
        self.kind = kind
        self.number = number
        self.name = name
        self._on_data: Callable[[Buffer], None] | None = None
        self.on_change: Callable[[], None] | None = None
        self.on_room: Callable[[], None] | None = None
        self.on_event: Callable[[int], None] | None = None
        self._connection: ChannelConnection[V] | None = None
        self._is_open = False
        self._unread: deque[memoryview | bytearray] = deque()
        self._unread_size = 0
        # Whoever takes the data has asked for no more.
        self._is_paused = False
        # The peer waits because nobody reads.
        self._is_full = False
        # It was closed, and no reader has seen that; and such places in what is unread.
        self._has_gap = False
        self._gaps = 0
        # Who waits for data or for a change, in order.
        self._waiting: dict[asyncio.Future[None], None] = {}
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

    @property
    def on_data(self) -> Callable[[Buffer], None] | None:
        """Takes data as it comes."""
        return self._on_data

    @on_data.setter
    def on_data(self, take: Callable[[Buffer], None] | None) -> None:
        self._on_data = take
        if take is None or not self._unread:
            return
        # It was closed in between: what came before is of no use to who begins now.
        while self._gaps:
            piece = self._unread.popleft()
            self._unread_size -= len(piece)
            self._gaps -= not len(piece)
        if data := self._take(self._unread_size):
            take(data)
        if self._is_full and not self._is_paused:
            self.resume()

    async def read(self, size: int = MAX_UNREAD) -> bytes:
        """Up to ``size`` bytes, at least one; none when the other end was closed.

        After a closing, and not before it was read, :meth:`wait_open` and read on. One that
        nobody has read is read first, even if the port is open again.

        Raises:
            CarawayError: It is gone; what came before has been read.
        """
        while not self._unread:
            if self._error is not None:
                raise self._error.with_traceback(None)
            if not self._is_open:
                self._has_gap = False
                return b""
            await self._change()
        if not len(self._unread[0]):
            self._unread.popleft()
            self._gaps -= 1
            return b""
        data = self._take(size)
        if self._unread_size <= MAX_UNREAD // 2:
            self.resume()
        return data

    def _take(self, size: int) -> bytes:
        """Up to ``size`` bytes of those that have come."""
        pieces = self._unread
        if self._unread_size <= size and not self._gaps:
            # Most come alone.
            data = bytes(pieces[0]) if len(pieces) == 1 else b"".join(pieces)
            pieces.clear()
        else:
            chosen: list[Buffer] = []
            left = size
            while left and pieces and 0 < len(pieces[0]) <= left:
                left -= len(pieces[0])
                chosen.append(pieces.popleft())
            if left and pieces and len(pieces[0]):
                chosen.append(memoryview(pieces[0])[:left])
                pieces[0] = memoryview(pieces[0])[left:]
            data = b"".join(chosen)
        self._unread_size -= len(data)
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
        changed = asyncio.get_running_loop().create_future()
        self._waiting[changed] = None
        try:
            await changed
        finally:
            self._waiting.pop(changed, None)

    # Writing

    def write(self, data: Buffer) -> None:
        """Send bytes; :meth:`drain` afterwards, or they pile up here.

        Raises:
            ClosedError: It is closed or gone.
        """
        connection = self._connected()
        view = memoryview(data)
        while len(view):
            self._send(connection, [view[:MAX_PIECE]])
            view = view[MAX_PIECE:]
        connection.flush()

    def writelines(self, pieces: list[Buffer]) -> None:
        """Send bytes that are in pieces, up to :data:`MAX_TOGETHER` of them as one message.

        Raises:
            ClosedError: It is closed or gone.
        """
        size = sum(map(len, pieces))
        if size > MAX_TOGETHER:
            self.write(b"".join(pieces))
        elif size:
            connection = self._connected()
            self._send(connection, pieces)
            connection.flush()

    def _send(self, connection: ChannelConnection[V], pieces: list[Buffer]) -> None:
        """Have the channel send a message."""
        connection.channel.send_data(*pieces)

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
        self._is_paused = True
        self._stop()

    def _stop(self) -> None:
        if self._connection is not None:
            self._connection.pause()

    def resume(self) -> None:
        """Go on taking data."""
        self._is_paused = self._is_full = False
        if self._connection is not None:
            self._connection.resume()

    def check_open(self) -> None:
        """Raise why nothing can be written, if nothing can.

        Raises:
            ClosedError: It is closed or gone.
        """
        self._connected()
        if not self._is_open:
            raise ClosedError(f"port '{self.name}' is closed on the other side")

    def _connected(self) -> ChannelConnection[V]:
        if self._error is not None:
            raise self._error.with_traceback(None)
        if self._connection is None:
            raise ClosedError(f"nobody is connected to port '{self.name}' just now")
        if self._connection.error is not None:
            self._connection.check()
        return self._connection

    # What the ends call

    def take_data(self, data: Buffer) -> None:
        """Data has come."""
        if self._on_data is not None:
            self._on_data(data)
            return
        self._keep(data)
        self._unread_size += len(data)
        if self._unread_size >= MAX_UNREAD:
            self._is_full = True
            self._stop()
        self._tell()

    def _keep(self, data: Buffer) -> None:
        """Keep data until it is read."""
        view = memoryview(data)
        if len(view) >= _LARGE and len(view) * _MAX_SHARE >= memoryview(view.obj).nbytes:
            self._unread.append(view)
            return
        # A few bytes must not keep a whole chunk of the stream in memory, nor an object for
        # each of them, which is much larger.
        last = self._unread[-1] if self._unread else None
        if isinstance(last, bytearray) and len(last) < _LARGE:
            last += view
        elif len(view):
            self._unread.append(bytearray(view))

    def set_open(self, is_open: bool) -> None:
        """It was opened or closed."""
        if self._is_open and not is_open:
            self._has_gap = self._marks_closings
        elif is_open and self._has_gap:
            self._has_gap = False
            if self._on_data is None and self._gaps < _MAX_GAPS:
                self._unread.append(_GAP)
                self._gaps += 1
        self._is_open = is_open
        self._tell()
        tell(self.on_change)

    def drop_unread(self) -> None:
        """Forget what has come and was not read."""
        self._unread.clear()
        self._unread_size = self._gaps = 0

    def bind(self, connection: ChannelConnection[V]) -> None:
        """A channel for it is there."""
        self._connection = connection
        connection.on_room = self._tell_room

    def unbind(self, error: CarawayError | None = None) -> None:
        """The channel is gone.

        Args:
            error: Why, if no other will come.
        """
        if self._error is not None or (self._connection is None and error is None):
            return
        self._connection = None
        self._error = error
        self.set_open(False)

    def _tell_room(self) -> None:
        tell(self.on_room)

    def _tell(self) -> None:
        if not self._waiting:
            return
        waiting, self._waiting = self._waiting, {}
        for changed in waiting:
            if not changed.done():
                changed.set_result(None)
