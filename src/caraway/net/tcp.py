"""TCP to a name: which addresses it has, and the first of them that answers."""

from __future__ import annotations

import asyncio
import os
import socket
from collections import deque
from contextlib import suppress
from itertools import chain, zip_longest
from typing import Any, Final

from caraway.errors import ConnectError

#: An address that does not answer gets this much of a start over the next one, seconds.
_STAGGER_S: Final = 0.25
#: Bytes that the kernel keeps before it has sent them.
_MAX_UNSENT: Final = 64 << 10
#: Addresses of one name that are tried.
_MAX_ADDRESSES: Final = 16

Address = tuple[socket.AddressFamily, Any]


async def resolve(host: str, port: int) -> list[Address]:
    """The addresses of a host, families by turns: one that does not work delays little.

    Raises:
        ConnectError: It is not known.
    """
    loop = asyncio.get_running_loop()
    try:
        found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        hint = "such a host is reached through its proxy" if ":" in host else None
        raise ConnectError(
            f"the host '{host}' is not known: {reason_of(error)}", hint=hint
        ) from None
    first = [(each[0], each[4]) for each in found if each[0] == found[0][0]]
    second = [(each[0], each[4]) for each in found if each[0] != found[0][0]]
    mixed = chain.from_iterable(zip_longest(first, second))
    return [each for each in mixed if each is not None][:_MAX_ADDRESSES]


async def connect(addresses: list[Address], where: str) -> socket.socket:
    """A socket to the address that answers first; each has a start over the next.

    Args:
        where: What the user calls it.

    Raises:
        ConnectError: None of them answers.
    """
    loop = asyncio.get_running_loop()
    waiting = deque(addresses)
    running: set[asyncio.Task[socket.socket]] = set()
    errors: list[str] = []
    winner: socket.socket | None = None
    try:
        while waiting or running:
            if waiting:
                running.add(loop.create_task(_connect(loop, waiting.popleft())))
            done, running = await asyncio.wait(
                running,
                timeout=_STAGGER_S if waiting else None,
                return_when=asyncio.FIRST_COMPLETED,
            )
            for task in done:
                try:
                    sock = task.result()
                except OSError as error:
                    errors.append(reason_of(error))
                    continue
                if winner is None:
                    winner = sock
                else:
                    sock.close()
            if winner is not None:
                return winner
    finally:
        for task in running:
            task.add_done_callback(_discard)
            task.cancel()
    reasons = "; ".join(dict.fromkeys(errors))
    raise ConnectError(
        f"cannot connect to {where}: {reasons}",
        hint="does the server run, is the port right, is a firewall in between?",
    )


def _discard(task: asyncio.Task[socket.socket]) -> None:
    """Close a socket that nobody wants any more."""
    if not task.cancelled() and task.exception() is None:
        task.result().close()


async def _connect(loop: asyncio.AbstractEventLoop, address: Address) -> socket.socket:
    sock = socket.socket(address[0], socket.SOCK_STREAM)
    try:
        sock.setblocking(False)
        await loop.sock_connect(sock, address[1])
    except BaseException:
        sock.close()
        raise
    return sock


def tune(sock: socket.socket) -> None:
    """Small messages go at once, and a peer that is gone is noticed within 75 seconds.

    What a peer does not take waits here, where its order can still be changed: a loopback
    connection otherwise swallows 4 MiB for a slow reader, with the option 0.4.
    """
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    # Not every system has these.
    for name, value in (
        ("TCP_KEEPIDLE", 30),
        ("TCP_KEEPINTVL", 15),
        ("TCP_KEEPCNT", 3),
        ("TCP_NOTSENT_LOWAT", _MAX_UNSENT),
    ):
        with suppress(AttributeError, OSError):
            sock.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)


def reason_of(error: Exception) -> str:
    """What the system says; asyncio puts other words around some of it."""
    if isinstance(error, OSError) and not isinstance(error, socket.gaierror) and error.errno:
        return os.strerror(error.errno)
    text = error.strerror if isinstance(error, OSError) else None
    return text or str(error) or type(error).__name__
