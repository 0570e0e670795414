"""Files from memory straight to a socket, where a transport has a plain one."""

from __future__ import annotations

import asyncio
import os
import socket

from caraway.webdav.server.bodies import Source

#: Bytes that are handed over in one go; a socket soon takes no more.
PIECE = 1 << 20


class DirectSender:
    """Sends parts of files past a transport, which must have nothing to send itself.

    The socket is held open until :meth:`close`, so that a thread or a late
    call never meets another one of the same number.
    """

    def __init__(self, transport: asyncio.Transport, descriptor: int) -> None:
        self._transport = transport
        self._descriptor = os.dup(descriptor)

    @classmethod
    def of(cls, transport: asyncio.Transport) -> DirectSender | None:
        """One for the transport; None where its bytes are encrypted, or no socket's."""
        plain = transport.get_extra_info("socket")
        if plain is None or transport.get_extra_info("sslcontext") is not None:
            return None
        if plain.type != socket.SOCK_STREAM:
            return None
        try:
            return cls(transport, plain.fileno())
        except OSError:
            # Closed meanwhile: the transport says so soon.
            return None

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
