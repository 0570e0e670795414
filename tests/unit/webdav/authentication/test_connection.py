"""Authentication on a connection: refused before the body, checked beside the event loop."""

from __future__ import annotations

import asyncio
import threading

from caraway.webdav.application import Application
from caraway.webdav.authentication.authenticator import Authenticator
from caraway.webdav.authentication.basic import BasicScheme, ScryptPasswords
from caraway.webdav.authentication.remembered import Remembered
from caraway.webdav.authentication.scheme import Accepted, Check, Verdict
from caraway.webdav.authentication.throttle import Throttle
from caraway.webdav.authentication.users import make_scrypt, parse_users
from caraway.webdav.call import Policy
from caraway.webdav.server.connection import Connection
from caraway.webdav.server.interface import Exchange
from caraway.webdav.store.memory import MemoryStore
from tests.unit.webdav.authentication.requests import Clock, basic
from tests.unit.webdav.server.memory import MemoryTransport, parse_answer, put_file, request, run

USERS = parse_users(f"alice:{make_scrypt('secret', cost=2)}".encode(), "f")
ALICE = basic("alice", "secret")


class Slow:
    """Passwords whose check takes until it may end."""

    realm = "r"

    def __init__(self) -> None:
        self.may_end = threading.Event()
        self.began = threading.Event()

    def check(self, user: str, password: str, *, now: float) -> Verdict:
        return Check(self._work, lambda found: Accepted(user))

    def _work(self) -> bool:
        self.began.set()
        return self.may_end.wait(10)


class Peer:
    """A client, and what the server's log is told."""

    def __init__(self, passwords: ScryptPasswords | Slow | None = None) -> None:
        self.store = MemoryStore()
        put_file(self.store, ("a",), b"hello")
        scheme = BasicScheme(passwords or ScryptPasswords(lambda: USERS, Remembered(b"k")))
        application = Application(
            self.store,
            Policy(read_only=False),
            authenticator=Authenticator([scheme], clock=Clock(), throttle=Throttle()),
        )
        self.log: list[Exchange] = []
        self.connection = Connection(application, on_exchange=self.log.append, scheme="https")
        self.transport = MemoryTransport(self.connection)
        self.connection.connection_made(self.transport)

    def send(self, *requests: bytes) -> None:
        self.connection.data_received(b"".join(requests))

    async def answers(self, count: int) -> list[tuple[int, bytes]]:
        found: list[tuple[int, bytes]] = []
        received = b""
        while len(found) < count:
            received += self.transport.take()
            parsed = parse_answer(received, "GET", at_end=self.transport.is_lost)
            if parsed is None:
                await self.transport.until_changed()
                continue
            found.append((parsed[0].status, parsed[0].body))
            received = received[parsed[1] :]
        return found


def test_requests_in_a_row_are_answered_in_order() -> None:
    async def check() -> None:
        peer = Peer()
        right, wrong = {"Authorization": ALICE}, {"Authorization": basic("alice", "x")}
        peer.send(
            request("GET", "/a", right),
            request("GET", "/a"),
            request("GET", "/a", wrong),
            request("PUT", "/b", right, b"new"),
            request("GET", "/b", right),
        )
        found = await peer.answers(5)
        assert [status for status, _ in found] == [200, 401, 401, 201, 200]
        assert found[-1][1] == b"new"
        users = [each.request.user if each.request else None for each in peer.log]
        assert users == ["alice", None, None, "alice", "alice"]

    run(check())


def test_an_upload_is_refused_before_its_body() -> None:
    """RFC 9110 §10.1.1."""

    async def check() -> None:
        for field, peer in [(basic("alice", "x"), Peer()), ("Bearer x", Peer())]:
            headers = {
                "Authorization": field,
                "Content-Length": "1000000000",
                "Expect": "100-continue",
            }
            peer.send(request("PUT", "/a", headers))
            assert [status for status, _ in await peer.answers(1)] == [401]
            assert peer.transport.has_ended
            peer.connection.abort()

    run(check())


def test_others_are_served_while_one_is_checked() -> None:
    async def check() -> None:
        slow = Slow()
        peer, other = Peer(slow), Peer()
        peer.send(request("GET", "/a", {"Authorization": ALICE}))
        other.send(request("GET", "/a", {"Authorization": ALICE}))
        assert [status for status, _ in await other.answers(1)] == [200]
        await asyncio.to_thread(slow.began.wait, 10)
        transfer = peer.connection.transfer
        assert transfer is not None
        assert (transfer.target, transfer.moved) == ("/a", 0)
        slow.may_end.set()
        assert [status for status, _ in await peer.answers(1)] == [200]
        assert peer.connection.transfer is None

    run(check())


def test_a_peer_that_goes_while_it_is_checked() -> None:
    async def check() -> None:
        slow = Slow()
        peer = Peer(slow)
        peer.send(request("GET", "/a", {"Authorization": ALICE}))
        await asyncio.to_thread(slow.began.wait, 10)
        peer.connection.abort()
        slow.may_end.set()
        await asyncio.sleep(0.01)
        assert (peer.log, peer.connection._conversation._admitted) == ([], None)

    run(check())


def test_a_peer_that_takes_nothing_while_it_is_checked() -> None:
    """Its request waits until there is room for the answer."""

    async def check() -> None:
        slow = Slow()
        peer = Peer(slow)
        peer.send(request("GET", "/a", {"Authorization": ALICE}))
        peer.connection.pause_writing()
        slow.may_end.set()
        while peer.connection._conversation._admitted is None:
            await asyncio.sleep(0)
        for _ in range(5):
            await asyncio.sleep(0)
        peer.send(request("GET", "/a", {"Authorization": ALICE}))
        assert peer.transport.take() == b""
        peer.connection.resume_writing()
        assert [status for status, _ in await peer.answers(2)] == [200, 200]

    run(check())
