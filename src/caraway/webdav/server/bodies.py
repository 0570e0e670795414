"""Bodies on their way between a connection, on its event loop, and worker threads."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from caraway.webdav.http.message import Receiver, Response
from caraway.webdav.store.interface import Reader

if TYPE_CHECKING:
    from caraway.webdav.server.direct import DirectReceiver

#: Smaller pieces are joined: many of some bytes each would take far more memory than they hold.
_SMALL = 1 << 12
#: Those that are smaller on average are joined before they are written: a call for each, beside an
#: event loop that wants the interpreter as well, costs more.
_WORTH_A_CALL = 1 << 17


class Upload:
    """A body on its way to a receiver: gathered on the loop, handed on in a thread."""

    def __init__(self, receiver: Receiver) -> None:
        self._receiver = receiver
        self._pieces: list[bytes | bytearray | memoryview] = []
        self._size = 0
        self._has_begun = False
        self._is_abandoned = False
        # The connection may be lost, and the upload abandoned, while a thread writes.
        self._lock = threading.Lock()

    def add(self, data: bytes | memoryview) -> int:
        """Gather a piece; returns the bytes gathered."""
        if len(data) >= _SMALL:
            self._pieces.append(data)
        elif self._pieces and isinstance(self._pieces[-1], bytearray):
            self._pieces[-1] += data
        else:
            self._pieces.append(bytearray(data))
        self._size += len(data)
        return self._size

    @property
    def gathered(self) -> int:
        """Bytes that are held in memory."""
        return self._size

    def is_whole_within(self, size: int) -> bool:
        """It can be taken at once: nothing was handed on yet, and it is small."""
        return self._receiver.is_quick and not self._has_begun and self._size <= size

    def pass_on(self, last: bool) -> Response | None:
        """Hand over what was gathered; with the last of it the answer comes back."""
        pieces, size, self._pieces, self._size = self._pieces, self._size, [], 0
        self._has_begun = True
        if len(pieces) > 1 and size < len(pieces) * _WORTH_A_CALL:
            pieces = [b"".join(pieces)]
        with self._lock:
            if self._is_abandoned:
                return None
            for piece in pieces:
                self._receiver.receive(piece)
            return self._receiver.finish() if last else None

    def take_from(self, source: DirectReceiver, size: int) -> int:
        """Hand over up to ``size`` bytes as they come; how many came before there was a pause."""
        taken = 0
        with self._lock:
            while taken < size and not self._is_abandoned:
                piece = source.receive(size - taken)
                if not piece:
                    break
                self._receiver.receive(piece)
                taken += len(piece)
        return taken

    def abandon(self) -> None:
        """Leave no trace of the upload; waits for the thread that writes."""
        with self._lock:
            self._is_abandoned = True
            self._receiver.abort()


class Source:
    """An open file that threads read while the loop may want to close it."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._is_closed = False
        # A descriptor closed during a read may be another file's before the read begins.
        self._lock = threading.Lock()

    def read(self, offset: int, size: int) -> bytes:
        """Up to ``size`` bytes from ``offset``; none once it is closed."""
        with self._lock:
            return b"" if self._is_closed else self._reader.read(offset, size)

    def read_ready(self, offset: int, size: int) -> bytes | bytearray | None:
        """What can be read without waiting for the disk; None where it has to be asked."""
        with self._lock:
            return b"" if self._is_closed else self._reader.read_ready(offset, size)

    def send_to(self, socket: int, offset: int, size: int) -> int:
        """Send what is in memory to a socket past us; how many bytes went."""
        with self._lock:
            return 0 if self._is_closed else self._reader.send_to(socket, offset, size)

    def close(self) -> None:
        """Let the file go; waits for the thread that reads."""
        with self._lock:
            self._is_closed = True
            self._reader.close()


class Pieces:
    """Pieces of a body that threads make while the loop may want to end it."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._is_closed = False
        # What makes them must not be closed while it runs.
        self._lock = threading.Lock()

    def make(self) -> bytes | None:
        """The next piece; None at the end."""
        with self._lock:
            return None if self._is_closed else next(self._pieces, None)

    def close(self) -> None:
        """Let go of what they are made of; waits for the thread that makes one."""
        with self._lock:
            self._is_closed = True
            if isinstance(self._pieces, Closable):
                self._pieces.close()


@runtime_checkable
class Closable(Protocol):
    """An iterated body that holds something open."""

    def close(self) -> None:
        """Let it go."""
