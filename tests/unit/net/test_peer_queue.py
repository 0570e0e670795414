"""What waits for a peer to read it: known where its system tells, and bounded then."""

from __future__ import annotations

import asyncio
import socket
import struct
import sys
from typing import cast

import pytest

from caraway.net import connection as connection_module
from caraway.net import peer_queue
from caraway.net.memory import join_in_memory
from caraway.net.peer_queue import MAX_WAITING, PeerQueue, queue_of
from tests.unit.net.streams import run
from tests.unit.net.test_connection import _client, _server
from tests.unit.protocol.wires import framed

HERE, THERE = ("127.0.0.1", 40000), ("127.0.0.1", 5900)


class System:
    """Answers as Linux does; a socket of sorts.

    Attributes:
        waiting: Bytes that wait, or how it refuses.
        questions: What it was asked.
    """

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.waiting: int | bytes | OSError = 0
        self.questions: list[bytes] = []
        self.is_open = False
        monkeypatch.setattr(peer_queue, "_open", self.open)

    def open(self) -> socket.socket:
        self.is_open = True
        return cast("socket.socket", self)

    def send(self, question: bytes) -> None:
        self.questions.append(question)

    def recv(self, size: int) -> bytes:
        if isinstance(self.waiting, OSError):
            raise self.waiting
        if isinstance(self.waiting, bytes):
            return self.waiting
        told = bytes(56) + struct.pack("=5I", self.waiting, 0, 0, 0, 0)
        return struct.pack("=IHHII", 16 + len(told), 20, 0, 0, 0) + told

    def close(self) -> None:
        self.is_open = False


#: What a system says that knows no such connection.
UNKNOWN = struct.pack("=IHHIIi", 36, 2, 0, 0, 0, -2) + bytes(16)


@pytest.fixture
def system(monkeypatch: pytest.MonkeyPatch) -> System:
    return System(monkeypatch)


def test_the_question(system: System) -> None:
    PeerQueue(socket.AF_INET, HERE, THERE)
    [question] = system.questions
    assert struct.unpack_from("=IHH", question) == (len(question), 20, 1) == (72, 20, 1)
    assert question[16:18] == bytes((socket.AF_INET, socket.IPPROTO_TCP))
    # The end that is asked about comes first.
    assert question[24:28] == struct.pack("!HH", 5900, 40000)
    assert question[28:44] == question[44:60] == bytes((127, 0, 0, 1)) + bytes(12)


def test_the_question_of_the_other_family(system: System) -> None:
    PeerQueue(socket.AF_INET6, ("::2", 1, 0, 0), ("::1", 2, 0, 0))
    [question] = system.questions
    assert (question[43], question[59]) == (1, 2)


def test_it_is_asked_now_and_then(system: System) -> None:
    queue = PeerQueue(socket.AF_INET, HERE, THERE)
    system.waiting = 1000
    assert not queue.is_long()
    queue.sent(MAX_WAITING - 1001)
    system.waiting = MAX_WAITING
    assert not queue.is_long()
    assert len(system.questions) == 2
    queue.sent(1)
    assert queue.is_long()
    system.waiting = MAX_WAITING // 2
    assert not queue.is_long()
    assert len(system.questions) == 4


@pytest.mark.parametrize("answer", [UNKNOWN, UNKNOWN[:16] + bytes(4), PermissionError(1, "no")])
def test_who_does_not_tell(system: System, answer: bytes | OSError) -> None:
    queue = PeerQueue(socket.AF_INET, HERE, THERE)
    system.waiting = answer
    assert not queue.is_long()
    assert not system.is_open
    queue.close()
    assert not queue.is_long()
    with pytest.raises(OSError, match="not on this machine"):
        PeerQueue(socket.AF_INET, HERE, THERE)
    assert not system.is_open


def test_an_answer_that_is_too_short(system: System) -> None:
    system.waiting = struct.pack("=IHHII", 24, 20, 0, 0, 0) + bytes(8)
    with pytest.raises(OSError, match="not on this machine"):
        PeerQueue(socket.AF_INET, HERE, THERE)


def test_other_systems(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(socket, "AF_NETLINK", raising=False)
    with pytest.raises(OSError, match="only Linux"):
        PeerQueue(socket.AF_INET, HERE, THERE)


class Transport(asyncio.Transport):
    """One that has a socket, or none."""

    def __init__(self, sock: object) -> None:
        super().__init__({"socket": sock})


def test_transports_without_such_a_queue(monkeypatch: pytest.MonkeyPatch) -> None:
    assert queue_of(Transport(None)) is None
    here, there = socket.socketpair()
    with here, there:
        assert queue_of(Transport(here)) is None
    monkeypatch.delattr(socket, "AF_NETLINK", raising=False)
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.create_connection(server.getsockname()) as sock,
    ):
        assert queue_of(Transport(sock)) is None


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_a_real_one(host: str) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with (
        socket.create_server((host, 0), family=family) as server,
        socket.create_connection(server.getsockname()[:2]) as sock,
        server.accept()[0] as peer,
    ):
        queue = queue_of(Transport(sock))
        assert (queue is not None) == (sys.platform == "linux")
        if queue is None:
            return
        assert not queue.is_long()
        sock.sendall(bytes(MAX_WAITING))
        queue.sent(MAX_WAITING)
        while not queue.is_long():
            assert queue._socket is not None
        while queue.is_long():
            assert peer.recv(8192)
        queue.close()


def test_a_writer_waits_for_the_peer_to_read(
    system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    def make(transport: asyncio.BaseTransport) -> PeerQueue:
        return PeerQueue(socket.AF_INET, HERE, THERE)

    monkeypatch.setattr(connection_module, "queue_of", make)

    async def check() -> None:
        client, server = _client(lambda event: None), _server()
        client.bound_queue()
        join_in_memory(client, server)
        await client.linked(5)
        client.bound_queue()
        client.bound_queue()
        assert len(system.questions) == 1
        await client.drain()
        # An answer to a ping counts as well.
        assert server.transport is not None
        server.transport.write(framed(4, bytes(12)) * 9000)
        system.waiting = MAX_WAITING
        while client.is_writable:
            await asyncio.sleep(0)
        waiting = asyncio.create_task(client.drain())
        await asyncio.sleep(0.01)
        assert not waiting.done()
        system.waiting = 0
        await waiting
        await client.aclose()
        assert not system.is_open
        await server.aclose()

    run(check())
