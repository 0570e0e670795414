"""Straight to a socket and from it, where a transport has a plain one."""

from __future__ import annotations

import asyncio
import os
import select
import socket

from caraway.webdav.server.bodies import Source

#: Bytes that are handed over in one go; a socket soon takes no more.
PIECE = 2 << 20
#: Bytes that are taken from a socket in one go.
_TAKEN = 512 << 10
#: Bytes that come at once from a peer for which it is worth to wait, and how long, milliseconds.
_WORTH_WAITING = 256 << 10
_WAIT_MS = 1


def _socket_of(transport: asyncio.Transport) -> int | None:
    """Another descriptor of its socket; None where its bytes are encrypted, or no socket's."""
    plain = transport.get_extra_info("socket")
    if plain is None or transport.get_extra_info("sslcontext") is not None:
        return None
    if plain.type != socket.SOCK_STREAM:
        return None
    try:
        return os.dup(plain.fileno())
    except OSError:
        # Closed meanwhile: the transport says so soon.
        return None


class DirectSender:
    """Sends parts of files past a transport, which must have nothing to send itself.

    The socket is held open until :meth:`close`, so that a thread or a late
    call never meets another one of the same number.
    """

    def __init__(self, transport: asyncio.Transport, descriptor: int) -> None:
        self._transport = transport
        self._descriptor = descriptor

    @classmethod
    def of(cls, transport: asyncio.Transport) -> DirectSender | None:
        """One for the transport; None where it has no plain socket."""
        descriptor = _socket_of(transport)
        return None if descriptor is None else cls(transport, descriptor)

    def send(self, source: Source, offset: int, size: int) -> int:
        """Send up to ``size`` bytes of a file from ``offset``.

        Returns:
            How many went; 0 where the socket takes none now, where the disk
            would have to be asked, or where the file cannot be sent so.

        Raises:
            Changed: The file is no longer the one that was opened.
        """
        if self._descriptor < 0 or self._transport.get_write_buffer_size():
            return 0
        return source.send_to(self._descriptor, offset, min(size, PIECE))

    def close(self) -> None:
        """Let the socket go."""
        descriptor, self._descriptor = self._descriptor, -1
        if descriptor >= 0:
            os.close(descriptor)


class DirectReceiver:
    """Takes bytes past a transport that reads nothing meanwhile, in a thread.

    The socket is held open until nobody refers to this: a thread may be at work
    when the connection is over.
    """

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._space = memoryview(bytearray(_TAKEN))
        self._since_waiting = 0

    @classmethod
    def of(cls, transport: asyncio.Transport) -> DirectReceiver | None:
        """One for the transport; None where it has no plain socket."""
        if not hasattr(os, "readv"):
            return None
        descriptor = _socket_of(transport)
        return None if descriptor is None else cls(descriptor)

    def receive(self, size: int) -> memoryview:
        """Up to ``size`` bytes, good until the next call; none where nothing comes soon.

        From a peer that sends fast a moment is waited for more. The end of the stream
        and its faults are for the transport to tell.
        """
        try:
            count = self._read(size)
        except OSError:
            count = 0
        self._since_waiting += count
        return self._space[:count]

    def _read(self, size: int) -> int:
        space = self._space[:size]
        try:
            return os.readv(self._descriptor, [space])
        except BlockingIOError:
            if self._since_waiting < _WORTH_WAITING:
                return 0
        self._since_waiting = 0
        poll = select.poll()
        poll.register(self._descriptor, select.POLLIN)
        return os.readv(self._descriptor, [space]) if poll.poll(_WAIT_MS) else 0

    def __del__(self) -> None:
        os.close(self._descriptor)
