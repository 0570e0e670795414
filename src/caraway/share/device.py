"""The virtual machine's end of a port: a character device that the host may be connected to."""

from __future__ import annotations

import asyncio
import logging
import os
import select
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from caraway.errors import ClosedError

if TYPE_CHECKING:
    from pathlib import Path

    from caraway.wire.record import Buffer

_logger = logging.getLogger("caraway.agent")
#: How often a device is looked at that the host is not connected to, seconds. It
#: tells nobody when that changes.
LOOK_S: Final = 0.5
#: Bytes of one read. Linux gives 4 KiB at most, whatever is asked for; other devices give more.
_READ: Final = 64 << 10
#: Reads in one go: a wake-up for each of 4 KiB would cost more than they do.
_READS: Final = 32


def has_host(descriptor: int) -> bool:
    """Whether somebody is connected to the other end of a device."""
    poll = select.poll()
    poll.register(descriptor, 0)
    return not any(events & select.POLLHUP for _, events in poll.poll(0))


class DevicePort:
    """A device such as ``/dev/virtio-ports/org.spice-space.webdav.0``, as a link has it.

    It is open while the host is connected to it, and looks again when it is not.

    Attributes:
        on_data: Takes data as it comes.
        on_change: Called when the host has connected, or gone.

    Args:
        descriptor: Of the device, which is closed by :meth:`close`.
    """

    def __init__(self, descriptor: int) -> None:
        os.set_blocking(descriptor, False)
        self._descriptor = descriptor
        self._loop = asyncio.get_running_loop()
        self.on_data: Callable[[Buffer], None] | None = None
        self.on_change: Callable[[], None] | None = None
        self._is_open = False
        self._is_closed = False
        self._unsent: deque[memoryview] = deque()
        self._room = asyncio.Event()
        self._looking: asyncio.TimerHandle | None = None
        self._look()

    @classmethod
    def open(cls, path: Path) -> DevicePort:
        """The device at ``path``.

        Raises:
            OSError: It is not there, is somebody else's, or has a reader already.
        """
        return cls(os.open(path, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC))

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

    async def drain(self) -> None:
        """Wait until the host has taken everything.

        Raises:
            ClosedError: It is gone.
        """
        while self._unsent:
            self._room.clear()
            await self._room.wait()
        if not self._is_open:
            raise ClosedError("the host is not connected to the port")

    def pause(self) -> None:
        """Read nothing for now."""
        self._loop.remove_reader(self._descriptor)

    def resume(self) -> None:
        """Go on."""
        if self._is_open:
            self._loop.add_reader(self._descriptor, self._read)

    def close(self) -> None:
        """Let the device go."""
        if self._is_closed:
            return
        self._is_closed = True
        if self._looking is not None:
            self._looking.cancel()
        self._set_open(False)
        os.close(self._descriptor)

    def _look(self) -> None:
        """See whether the host has come."""
        self._looking = None
        if has_host(self._descriptor):
            self._set_open(True)
        else:
            self._looking = self._loop.call_later(LOOK_S, self._look)

    def _set_open(self, is_open: bool) -> None:
        if is_open == self._is_open:
            return
        self._is_open = is_open
        if is_open:
            self.resume()
        else:
            self.pause()
            self._loop.remove_writer(self._descriptor)
            self._unsent.clear()
            self._room.set()
        if self.on_change is not None:
            self.on_change()

    def _lose(self, reason: str) -> None:
        """The host has gone."""
        _logger.info("the host has gone: %s", reason)
        self._set_open(False)
        if not self._is_closed and self._looking is None:
            self._looking = self._loop.call_later(LOOK_S, self._look)

    def _read(self) -> None:
        pieces: list[bytes] = []
        reason = ""
        try:
            while len(pieces) < _READS:
                data = os.read(self._descriptor, _READ)
                if not data:
                    reason = "it has disconnected"
                    break
                pieces.append(data)
        except BlockingIOError:
            pass
        except OSError as error:
            reason = str(error)
        if pieces and self.on_data is not None:
            self.on_data(b"".join(pieces))
        if reason:
            self._lose(reason)

    def _send(self) -> None:
        """Write what the device takes; the rest when it takes more."""
        try:
            while self._unsent:
                taken = os.write(self._descriptor, self._unsent[0])
                if taken == len(self._unsent[0]):
                    self._unsent.popleft()
                else:
                    self._unsent[0] = self._unsent[0][taken:]
        except BlockingIOError:
            self._loop.add_writer(self._descriptor, self._send)
            return
        except OSError as error:
            self._loop.call_soon(self._lose, str(error))
            return
        self._loop.remove_writer(self._descriptor)
        self._room.set()
