"""The virtual machine's end of a port: a character device that the host may be connected to."""

from __future__ import annotations

import asyncio
import errno
import logging
import os
import select
import stat
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from caraway.errors import ClosedError

if TYPE_CHECKING:
    from pathlib import Path

    from caraway.wire.record import Buffer

_logger = logging.getLogger("caraway.agent")
#: How often a device is looked at that is not there, or that the host is not connected to,
#: seconds. It tells nobody when that changes.
LOOK_S: Final = 0.5
#: Bytes of one buffer. Linux fills no more of a virtio port's at a time, but goes on with the
#: next one in the same call while they get full.
_PIECE: Final = 4 << 10
#: Bytes that are read before others have their turn: a wake-up for each piece would cost more
#: than the reading.
_ROUND: Final = 256 << 10


def has_host(descriptor: int) -> bool:
    """Whether somebody is connected to the other end of a device."""
    poll = select.poll()
    poll.register(descriptor, 0)
    return not any(events & select.POLLHUP for _, events in poll.poll(0))


def open_device(path: Path) -> int:
    """The descriptor of the device at ``path``.

    Raises:
        OSError: It is not there, is no device, is somebody else's, or has a reader already.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY)
    if stat.S_ISREG(os.fstat(descriptor).st_mode):
        # What is meant for the host would be written into it.
        os.close(descriptor)
        raise OSError(errno.ENODEV, "it is a file", str(path))
    return descriptor


class DevicePort:
    """A device such as ``/dev/virtio-ports/org.spice-space.webdav.0``, as a link has it.

    It is open while the host is connected to it, and looks again when it is not. A
    device that was unplugged, and anything else that ends for good, is opened anew.

    Attributes:
        on_data: Takes data as it comes.
        on_change: Called when the host has connected, or gone.
        on_room: Called when it is writable again.

    Args:
        opener: Makes the descriptor; the port closes it. Called again and again, it raises
            OSError while it cannot.
        descriptor: One that is open already.
        on_trouble: Called each time the device cannot be opened.
    """

    def __init__(
        self,
        opener: Callable[[], int],
        *,
        descriptor: int | None = None,
        on_trouble: Callable[[OSError], None] | None = None,
    ) -> None:
        self._opener = opener
        self._descriptor = -1
        self._loop = asyncio.get_running_loop()
        self.on_data: Callable[[Buffer], None] | None = None
        self.on_change: Callable[[], None] | None = None
        self.on_room: Callable[[], None] | None = None
        self._on_trouble = on_trouble
        self._is_open = False
        self._is_paused = False
        self._is_full = False
        self._is_lasting = False
        self._unsent: deque[memoryview] = deque()
        self._looking: asyncio.TimerHandle | None = None
        space = memoryview(bytearray(_ROUND))
        self._space = space
        self._pieces = [space[at : at + _PIECE] for at in range(0, _ROUND, _PIECE)]
        if descriptor is not None:
            self._adopt(descriptor)
        self._look()

    @classmethod
    def open(cls, path: Path) -> DevicePort:
        """The device at ``path``.

        Raises:
            OSError: It is not there, is somebody else's, or has a reader already.
        """
        return cls(lambda: open_device(path), descriptor=open_device(path))

    @property
    def is_there(self) -> bool:
        """The device is, whether the host is connected or not."""
        return self._descriptor >= 0

    @property
    def is_open(self) -> bool:
        """The host is connected to it."""
        return self._is_open

    @property
    def is_writable(self) -> bool:
        """The host takes what is written."""
        return self._is_open and not self._unsent

    def write(self, data: Buffer) -> None:
        """Send bytes.

        Raises:
            ClosedError: The host is not connected.
        """
        if not self._is_open:
            raise ClosedError("the host is not connected to the port")
        self._unsent.append(memoryview(data))
        if len(self._unsent) == 1:
            self._send()

    def writelines(self, pieces: list[Buffer]) -> None:
        """Send bytes that are in pieces.

        Raises:
            ClosedError: The host is not connected.
        """
        self.write(pieces[0] if len(pieces) == 1 else b"".join(pieces))

    def pause(self) -> None:
        """Read nothing for now."""
        self._is_paused = True
        if self._is_open:
            self._loop.remove_reader(self._descriptor)
            # Nothing else would tell that the host goes meanwhile.
            self._look_later()

    def resume(self) -> None:
        """Go on."""
        self._is_paused = False
        if self._is_open:
            self._loop.add_reader(self._descriptor, self._read)

    def reopen(self) -> None:
        """Close the device and open it again: the host hears of it, and both begin anew."""
        if self.is_there:
            _logger.info("opening the device again")
            self._look_no_more()
            self._set_open(is_open=False)
            self._let_go()
            self._look()

    def close(self) -> None:
        """Let the device go."""
        self._look_no_more()
        self._set_open(is_open=False)
        self._let_go()

    # Coming and going

    def _adopt(self, descriptor: int) -> None:
        os.set_blocking(descriptor, False)
        self._descriptor = descriptor
        # Others have one end, and that is it.
        is_device = stat.S_ISCHR(os.fstat(descriptor).st_mode)
        self._is_lasting = is_device and not os.isatty(descriptor)

    def _let_go(self) -> None:
        if self.is_there:
            os.close(self._descriptor)
            self._descriptor = -1

    def _look_later(self) -> None:
        self._look_no_more()
        self._looking = self._loop.call_later(LOOK_S, self._look)

    def _look_no_more(self) -> None:
        if self._looking is not None:
            self._looking.cancel()
            self._looking = None

    def _look(self) -> None:
        """See whether the device and the host have come, or the host has gone unnoticed."""
        self._looking = None
        if not self.is_there:
            try:
                self._adopt(self._opener())
            except OSError as error:
                if self._on_trouble is not None:
                    self._on_trouble(error)
                self._look_later()
                return
        if has_host(self._descriptor):
            self._set_open(is_open=True)
            if self._is_paused:
                self._look_later()
            return
        self._lose("nobody is connected", is_over=False)

    def _set_open(self, *, is_open: bool) -> None:
        if is_open == self._is_open:
            return
        self._is_open = is_open
        if is_open:
            if not self._is_paused:
                self.resume()
        else:
            self._loop.remove_reader(self._descriptor)
            self._wait_for_room(is_full=False)
            self._unsent.clear()
        if self.on_change is not None:
            self.on_change()

    def _lose(self, reason: str, *, is_over: bool) -> None:
        """The host has gone.

        Args:
            is_over: Nothing comes of this descriptor any more.
        """
        if not self.is_there:
            return
        if self._is_open:
            _logger.info("the host has gone: %s", reason)
        self._set_open(is_open=False)
        # Whoever was told may have closed it.
        if self.is_there:
            if is_over or self._is_spent():
                self._let_go()
            self._look_later()

    def _is_spent(self) -> bool:
        """Nothing comes of the descriptor any more; what a host has left is thrown away."""
        try:
            # The next host begins anew.
            while not has_host(self._descriptor) and os.read(self._descriptor, _ROUND):
                continue
        except BlockingIOError:
            return False
        except OSError:
            return True
        return not self._is_lasting

    # Data

    def _read(self) -> None:
        left = _ROUND
        while left > 0 and self._is_open and not self._is_paused:
            try:
                size = os.readv(self._descriptor, self._pieces)
            except BlockingIOError:
                return
            except OSError as error:
                self._lose(str(error), is_over=True)
                return
            if not size:
                self._lose("it has disconnected", is_over=False)
                return
            left -= size
            if self.on_data is not None:
                self.on_data(bytes(self._space[:size]))

    def _send(self) -> None:
        """Write what the device takes; the rest when it takes more."""
        has_moved = False
        try:
            while self._unsent:
                taken = os.write(self._descriptor, self._unsent[0])
                has_moved = True
                if taken == len(self._unsent[0]):
                    self._unsent.popleft()
                else:
                    self._unsent[0] = self._unsent[0][taken:]
        except BlockingIOError:
            if has_moved or has_host(self._descriptor):
                self._wait_for_room(is_full=True)
            else:
                # It takes nothing then, and says for ever that it might.
                self._fail("it has disconnected", is_over=False)
            return
        except OSError as error:
            self._fail(str(error), is_over=True)
            return
        was_full = self._is_full
        self._wait_for_room(is_full=False)
        if was_full and self.on_room is not None:
            self.on_room()

    def _wait_for_room(self, *, is_full: bool) -> None:
        if is_full != self._is_full:
            self._is_full = is_full
            if is_full:
                self._loop.add_writer(self._descriptor, self._send)
            else:
                self._loop.remove_writer(self._descriptor)

    def _fail(self, reason: str, *, is_over: bool) -> None:
        """Writing has failed; nobody expects the end of the port in the middle of a write."""
        self._wait_for_room(is_full=False)
        self._loop.call_soon(lambda: self._lose(reason, is_over=is_over))
