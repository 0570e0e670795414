"""What a program on this machine has not read of what was sent to it over TCP.

A system takes megabytes for a program that reads slowly, more than any other queue on the
way, and all that is sent later stands behind them. Linux tells any program how much waits in
a connection of this machine; of others nobody can know.

Source: sock_diag(7), linux/inet_diag.h.
"""

from __future__ import annotations

import asyncio
import socket
import struct
from typing import Any, Final

#: Bytes that may wait for the peer to read them.
MAX_WAITING: Final = 128 << 10

# AF_NETLINK's NETLINK_SOCK_DIAG, its SOCK_DIAG_BY_FAMILY and NLM_F_REQUEST.
_SOCK_DIAG: Final = 4
_BY_FAMILY: Final = 20
_REQUEST: Final = 1
_MESSAGE: Final = struct.Struct("=IHHII")
_QUERY: Final = struct.Struct("=BBBBI")
_PORTS: Final = struct.Struct("!HH")
_ANY_DEVICE_OR_COOKIE: Final = struct.pack("=III", 0, 0xFFFFFFFF, 0xFFFFFFFF)
_ANY_STATE: Final = 0xFFFFFFFF
_UNREAD: Final = struct.Struct("=I")
#: Behind the message's head, what stands for the connection, and when it expires.
_UNREAD_AT: Final = _MESSAGE.size + 4 + 48 + 4


class PeerQueue:
    """Bounds what waits for the peer of a connection, where that can be known.

    Args:
        here: The connection's own address, as sockets have them.
        there: The peer's.
        family: Of both.

    Raises:
        OSError: Nobody tells how much waits.
    """

    def __init__(self, family: int, here: Any, there: Any) -> None:
        address_size = len(socket.inet_pton(family, there[0]))
        ends = [
            socket.inet_pton(family, each[0]) + bytes(16 - address_size) for each in (there, here)
        ]
        # The peer's end is what is asked for: it comes first.
        query = _QUERY.pack(family, socket.IPPROTO_TCP, 0, 0, _ANY_STATE)
        query += _PORTS.pack(there[1], here[1]) + ends[0] + ends[1] + _ANY_DEVICE_OR_COOKIE
        size = _MESSAGE.size + len(query)
        self._request = _MESSAGE.pack(size, _BY_FAMILY, _REQUEST, 0, 0) + query
        # What may be sent before it is asked again.
        self._room = 0
        self._socket: socket.socket | None = _open()
        if self._ask() is None:
            self.close()
            raise OSError(f"{there[0]} is not on this machine")

    def sent(self, size: int) -> None:
        """So many bytes have been sent."""
        self._room -= size

    def is_long(self) -> bool:
        """So much waits for the peer that nothing more is to be sent for now."""
        if self._room > 0 or self._socket is None:
            return False
        waiting = self._ask()
        if waiting is None:
            self.close()
            return False
        # Half of it at least goes between two questions: they take some time, too.
        if waiting > MAX_WAITING // 2:
            return True
        self._room = MAX_WAITING - waiting
        return False

    def _ask(self) -> int | None:
        """Bytes that wait; None if that is not known."""
        assert self._socket is not None, "nobody asks once it is closed"
        try:
            self._socket.send(self._request)
            answer = self._socket.recv(4096)
        except OSError:
            return None
        _, kind, _, _, _ = _MESSAGE.unpack_from(answer)
        if kind != _BY_FAMILY or len(answer) < _UNREAD_AT + _UNREAD.size:
            return None
        waiting: int = _UNREAD.unpack_from(answer, _UNREAD_AT)[0]
        return waiting

    def close(self) -> None:
        """Ask no more; nothing is long then."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None


def _open() -> socket.socket:
    family = getattr(socket, "AF_NETLINK", None)
    if family is None:
        raise OSError("only Linux tells what waits for a program")
    sock = socket.socket(family, socket.SOCK_RAW, _SOCK_DIAG)
    # The answer is there when the question has been sent.
    sock.setblocking(False)
    return sock


def queue_of(transport: asyncio.BaseTransport) -> PeerQueue | None:
    """What bounds the queue of a transport's peer; None where nothing does."""
    sock = transport.get_extra_info("socket")
    if sock is None or sock.family not in (socket.AF_INET, socket.AF_INET6):
        return None
    try:
        return PeerQueue(sock.family, sock.getsockname(), sock.getpeername())
    except OSError:
        return None
