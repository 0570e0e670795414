"""Uploads past a transport: over real socket pairs, since memory has no sockets."""

from __future__ import annotations

import asyncio
import os
import pathlib
import random
import socket
from collections.abc import Callable, Coroutine

import pytest

from caraway.webdav.errors import NoSpace
from caraway.webdav.http.parser import END, Head, RequestParser
from caraway.webdav.server.bodies import Upload
from caraway.webdav.server.connection import Connection
from caraway.webdav.server.conversation import DIRECT
from caraway.webdav.server.direct import DirectReceiver
from caraway.webdav.store.folder import FolderStore
from caraway.webdav.store.folder_files import FolderWriter
from tests.unit.webdav.server.memory import PATIENCE_S, MemoryTransport, run, writable

CONTENT = os.urandom(1 << 20) * (3 * (DIRECT >> 20) + 2)
HEAD = b"PUT /new HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n" % len(CONTENT)
GET = b"GET /new HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"


@pytest.fixture
def folder(tmp_path: pathlib.Path) -> pathlib.Path:
    folder = tmp_path / "share"
    folder.mkdir()
    return folder


@pytest.fixture
def taken(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How much each thread has taken past the transport."""
    amounts: list[int] = []
    real = Upload.take_from

    def spy(upload: Upload, source: DirectReceiver, size: int) -> int:
        amounts.append(real(upload, source, size))
        return amounts[-1]

    monkeypatch.setattr(Upload, "take_from", spy)
    return amounts


class Peer:
    """A client, and the connection that serves it."""

    def __init__(self, folder: pathlib.Path) -> None:
        self.store = FolderStore(folder, state=folder.parent / "state")
        self.is_closed = asyncio.Event()

    async def connect(self) -> None:
        ours, theirs = socket.socketpair()
        ours.setblocking(False)
        loop = asyncio.get_running_loop()

        def make() -> Connection:
            application = writable(self.store)
            return Connection(application, on_close=lambda _: self.is_closed.set())

        await loop.connect_accepted_socket(make, ours)
        self.reader, self.writer = await asyncio.open_connection(sock=theirs)

    async def close(self) -> None:
        self.writer.close()
        await asyncio.wait_for(self.is_closed.wait(), PATIENCE_S)
        # What is abandoned is removed by a thread.
        await asyncio.get_running_loop().shutdown_default_executor()
        self.store.close()


def with_peer(
    folder: pathlib.Path, work: Callable[[Peer], Coroutine[object, object, None]]
) -> None:
    async def scenario() -> None:
        peer = Peer(folder)
        await peer.connect()
        try:
            await work(peer)
        finally:
            await peer.close()

    run(scenario())


@pytest.mark.parametrize("cut", ["whole", "random", "slow"])
def test_an_upload_arrives_whole_and_the_next_request_too(
    folder: pathlib.Path, taken: list[int], cut: str
) -> None:
    chance = random.Random(7)
    data = HEAD + CONTENT + GET

    async def work(peer: Peer) -> None:
        position = 0
        while position < len(data):
            size = {"whole": len(data), "slow": 1 << 20}.get(cut) or chance.randrange(1, 3 << 20)
            peer.writer.write(data[position : position + size])
            await peer.writer.drain()
            if cut == "slow":
                # Long enough for nothing to be there.
                await asyncio.sleep(0.005)
            position += size
        answer = await asyncio.wait_for(peer.reader.read(), PATIENCE_S)
        assert answer.startswith(b"HTTP/1.1 201 ")
        assert answer.endswith(b"\r\n\r\n" + CONTENT)

    with_peer(folder, work)
    # How much depends on who is faster.
    assert any(taken)
    assert (folder / "new").read_bytes() == CONTENT


@pytest.mark.parametrize("at", [2 << 20, DIRECT + (3 << 20), len(CONTENT) - 1])
def test_a_peer_that_leaves_amid_an_upload_leaves_nothing(
    folder: pathlib.Path, taken: list[int], at: int
) -> None:
    before = set(os.listdir("/proc/self/fd"))

    async def work(peer: Peer) -> None:
        peer.writer.write((HEAD + CONTENT)[: len(HEAD) + at])
        await peer.writer.drain()
        peer.writer.close()
        await asyncio.wait_for(peer.is_closed.wait(), PATIENCE_S)

    with_peer(folder, work)
    assert any(taken)
    assert list(folder.iterdir()) == []
    assert set(os.listdir("/proc/self/fd")) <= before


def test_a_disk_that_is_full_is_told_of(
    folder: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = FolderWriter.write

    def write(writer: FolderWriter, data: bytes | bytearray | memoryview) -> None:
        # Past the transport comes memory that is used again.
        if isinstance(data, memoryview) and isinstance(data.obj, bytearray):
            raise NoSpace("no room")
        real(writer, data)

    monkeypatch.setattr(FolderWriter, "write", write)

    async def work(peer: Peer) -> None:
        peer.writer.write(HEAD + CONTENT)
        answer = await asyncio.wait_for(peer.reader.read(), PATIENCE_S)
        assert answer.startswith(b"HTTP/1.1 507 ")
        assert b"Connection: close" in answer

    with_peer(folder, work)
    assert list(folder.iterdir()) == []


class TestDirectReceiver:
    def test_what_has_no_plain_socket_has_none(self) -> None:
        async def scenario() -> None:
            assert DirectReceiver.of(MemoryTransport(asyncio.Protocol())) is None

        run(scenario())

    def test_it_takes_what_is_there_and_no_more_than_asked_for(self) -> None:
        ours, theirs = socket.socketpair()
        with ours, theirs:
            ours.setblocking(False)
            receiver = DirectReceiver(os.dup(ours.fileno()))
            theirs.sendall(b"abcdef")
            assert receiver.receive(4) == b"abcd"
            assert receiver.receive(100) == b"ef"
            assert receiver.receive(100) == b""
            theirs.close()
            assert receiver.receive(100) == b""

    def test_the_end_and_faults_are_left_to_the_transport(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as listening:
            theirs = socket.create_connection(listening.getsockname())
            ours, _ = listening.accept()
        with ours:
            ours.setblocking(False)
            receiver = DirectReceiver(os.dup(ours.fileno()))
            theirs.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
            theirs.close()
            assert receiver.receive(100) == b""


def test_bytes_that_go_another_way_are_awaited_no_more() -> None:
    parser = RequestParser()
    parser.feed(b"PUT /a HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nhi")
    assert parser.awaited == 0
    assert isinstance(parser.next_event(), Head)
    assert parser.awaited == 0
    parser.next_event()
    assert parser.awaited == 8
    parser.skip(8)
    assert parser.next_event() is END
    parser.feed(b"PUT /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
    assert isinstance(parser.next_event(), Head)
    assert parser.awaited == 0
