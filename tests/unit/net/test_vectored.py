"""Many pieces in one write."""

from __future__ import annotations

import asyncio
import os
import socket
import sys
from contextlib import suppress

import pytest

from caraway.net import vectored
from caraway.net.vectored import write_pieces
from caraway.wire.record import Buffer
from tests.in_loop import in_loop, settle

PIECES: list[Buffer] = [b"head", bytes(range(256)) * 200, bytearray(b"between"), bytes(70_000)]
WHOLE = b"".join(PIECES)


class Kept(asyncio.Transport):
    """A transport that keeps what it is given, around a socket of which it may be quiet."""

    def __init__(
        self, plain: socket.socket | None, *, waits: int = 0, is_tls: bool = False
    ) -> None:
        super().__init__({"socket": plain, "sslcontext": object() if is_tls else None})
        self.kept = b""
        self._waits = waits
        self.is_over = False

    def is_closing(self) -> bool:
        return self.is_over

    def get_write_buffer_size(self) -> int:
        return self._waits

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.kept += data


def drain(far: socket.socket) -> bytes:
    """What has come at the other end."""
    far.setblocking(False)
    found = b""
    try:
        while data := far.recv(1 << 20):
            found += data
    except BlockingIOError:
        pass
    return found


def test_much_goes_past_the_transport() -> None:
    near, far = socket.socketpair()
    with near, far:
        near.setblocking(False)
        transport = Kept(near)
        write_pieces(transport, PIECES)
        assert drain(far) + transport.kept == WHOLE
        assert len(transport.kept) < len(WHOLE)


def test_nothing_goes_past_a_transport_that_is_over() -> None:
    near, far = socket.socketpair()
    with near, far:
        near.setblocking(False)
        transport = Kept(near)
        transport.is_over = True
        write_pieces(transport, PIECES)
        assert drain(far) == b""
        assert transport.kept == WHOLE


def test_a_full_socket_leaves_the_rest() -> None:
    near, far = socket.socketpair()
    with near, far:
        near.setblocking(False)
        near.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
        transport = Kept(near)
        pieces = PIECES * 10
        write_pieces(transport, pieces)
        assert transport.kept
        assert drain(far) + transport.kept == b"".join(pieces)


@pytest.mark.parametrize("pieces", [[b"little"], [b"a", b"b"]])
def test_little_does_not(pieces: list[Buffer]) -> None:
    near, far = socket.socketpair()
    with near, far:
        transport = Kept(near)
        write_pieces(transport, pieces)
        assert transport.kept == b"".join(pieces)
        assert drain(far) == b""


def test_a_part_that_waits_keeps_no_more_than_itself() -> None:
    chunk = bytes(100_000)
    kept: list[object] = []
    transport = Kept(None, waits=1)
    transport.write = kept.append  # type: ignore[method-assign]  # to see what is kept
    before = sys.getrefcount(chunk)
    write_pieces(transport, [memoryview(chunk)[:5], memoryview(chunk)[7:9]])
    assert kept == [bytes(7)]
    assert sys.getrefcount(chunk) == before


def test_what_waits_goes_first() -> None:
    near, far = socket.socketpair()
    with near, far:
        transport = Kept(near, waits=1)
        write_pieces(transport, PIECES)
        assert transport.kept == WHOLE


def test_what_is_encrypted_goes_through_the_transport() -> None:
    near, far = socket.socketpair()
    with near, far:
        transport = Kept(near, is_tls=True)
        write_pieces(transport, PIECES)
        assert transport.kept == WHOLE


def test_a_system_without_such_a_call(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vectored, "_HAS_WRITEV", False)
    near, far = socket.socketpair()
    with near, far:
        transport = Kept(near)
        write_pieces(transport, PIECES)
        assert transport.kept == WHOLE


def test_without_a_socket() -> None:
    transport = Kept(None)
    write_pieces(transport, PIECES)
    assert transport.kept == WHOLE


def test_a_broken_socket_is_for_the_transport_to_notice() -> None:
    near, far = socket.socketpair()
    far.close()
    with near:
        transport = Kept(near)
        write_pieces(transport, PIECES)
        assert transport.kept == WHOLE


def test_more_pieces_than_the_system_takes_at_once() -> None:
    near, far = socket.socketpair()
    with near, far:
        near.setblocking(False)
        pieces: list[Buffer] = [b"thirty-two bytes are in each one."] * 3000
        transport = Kept(near)
        write_pieces(transport, pieces)
        assert drain(far) + transport.kept == b"".join(pieces)


@in_loop
async def test_a_socket_that_is_over_is_left_alone() -> None:
    """Else the next one of its number would not be listened to."""
    near, far = socket.socketpair()
    near.setblocking(False)
    transport, _ = await asyncio.get_running_loop().create_connection(asyncio.Protocol, sock=near)
    number = near.fileno()
    with suppress(BlockingIOError):
        while True:
            near.send(bytes(1 << 16))
    transport.abort()
    write_pieces(transport, [bytes(40_000)])
    await settle()
    far.close()
    near, far = sorted(socket.socketpair(), key=lambda each: each.fileno() != number)
    if near.fileno() != number:
        # A lower one is free.
        with near:
            os.dup2(near.fileno(), number)
        near = socket.socket(fileno=number)
    with far:
        reader, writer = await asyncio.open_connection(sock=near)
        far.send(b"heard")
        async with asyncio.timeout(10):
            assert await reader.readexactly(5) == b"heard"
        writer.close()
        await writer.wait_closed()
