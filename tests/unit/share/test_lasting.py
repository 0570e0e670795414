"""Sharing over the ends of sessions: with our server in memory, and with scripted ones."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from struct import pack

import pytest

from caraway.client import Notified, Session, connect
from caraway.errors import (
    ActionFailed,
    AuthError,
    CarawayError,
    ClosedError,
    ConnectError,
    DeadlineExceeded,
    RemoteProtocolError,
    TakenOver,
    TLSError,
)
from caraway.net.memory import join_in_memory
from caraway.protocol.port import WEBDAV_PORT
from caraway.share.backoff import Backoff
from caraway.share.guest import FolderGuest
from caraway.share.lasting import Connected, LastingShare, Lost, Shared, Waiting
from caraway.webdav import Exchange
from tests.in_loop import until
from tests.unit.client.scripting import INIT, Scripted
from tests.unit.protocol.wires import framed
from tests.unit.server.joined import URI, Joined, run
from tests.unit.share.requests import application, request
from tests.unit.share.test_guest import Client


class Quick(Backoff):
    """Waits for nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.asked = 0

    def next_delay(self, stood_s: float) -> float:
        self.asked += 1
        return 0.0


class Told:
    """A share, and what it has told."""

    def __init__(
        self,
        attempt: Callable[[], Awaitable[Session]] = lambda: connect(URI),
        *,
        insists: bool = False,
        is_spent: bool = False,
    ) -> None:
        self.events: list[object] = []
        self.exchanges: list[Exchange] = []
        self.share = LastingShare(
            attempt,
            application(),
            insists=insists,
            is_spent=lambda: is_spent,
            on_event=self.events.append,
            on_exchange=self.exchanges.append,
            backoff=Quick(),
        )

    def count(self, kind: type) -> int:
        return sum(isinstance(event, kind) for event in self.events)

    async def end(self) -> CarawayError:
        """Why it ends by itself."""
        with pytest.raises(CarawayError) as raised:
            await self.share.start()
        return raised.value


def program(guest: FolderGuest) -> Client:
    """A program that connects."""
    client = Client()
    join_in_memory(client, guest.accept())
    return client


def test_a_folder_over_two_sessions(joined: Joined) -> None:
    async def work() -> None:
        server = await joined.serve()
        guest = FolderGuest(server.add_port(WEBDAV_PORT))
        told = Told()
        told.share.start()
        await until(lambda: told.count(Shared))
        client = program(guest)
        client.transport.write(request(b"PUT", b"/a", b"hello"))
        await until(lambda: b"201" in client.received)
        await until(lambda: told.exchanges)
        assert told.exchanges[0].peer == "guest"
        assert told.share.connections == 1
        assert told.share.takes_credits
        assert told.share.transfers() == []

        # The server ends without a word, and another one is in its place.
        joined.server = None
        await guest.aclose()
        await server.aclose()
        await until(lambda: told.count(Lost) > 1)
        assert told.share.connections == 0
        assert not told.share.takes_credits
        server = await joined.serve()
        guest = FolderGuest(server.add_port(WEBDAV_PORT))
        await until(lambda: told.count(Shared) == 2)
        client = program(guest)
        client.transport.write(request(b"GET", b"/a"))
        await until(lambda: client.received.endswith(b"hello"))
        await told.share.finish()
        await told.share.aclose()
        await guest.aclose()
        await server.aclose()

    run(work())


def test_it_waits_for_the_port_and_for_the_agent(joined: Joined) -> None:
    async def work() -> None:
        server = await joined.serve()
        told = Told()
        told.share.start()
        await until(lambda: Waiting("port") in told.events)
        server.clients[0].notify("soon")
        port = server.add_port(WEBDAV_PORT, is_opened=False)
        await until(lambda: Waiting("agent") in told.events)
        port.open()
        await until(lambda: told.count(Shared))
        port.close()
        await until(lambda: told.events[-1] == Waiting("agent"))
        kinds = [each for each in told.events if not isinstance(each, Connected | Notified)]
        assert kinds[0] == Waiting("port")
        assert kinds[-3:] == [Waiting("agent"), Shared(), Waiting("agent")]
        assert Notified("soon", "information") in told.events
        await told.share.aclose()
        await server.aclose()

    run(work())


def test_a_program_that_was_there_first(joined: Joined) -> None:
    """What it asks for comes before anybody answers: with the session."""

    async def work() -> None:
        server = await joined.serve()
        guest = FolderGuest(server.add_port(WEBDAV_PORT))
        client = program(guest)
        client.transport.write(request(b"GET", b"/nothing"))
        told = Told()
        told.share.start()
        await until(lambda: b"404" in client.received)
        await told.share.aclose()
        await guest.aclose()
        await server.aclose()

    run(work())


def test_another_client_takes_over(joined: Joined) -> None:
    async def work() -> None:
        server = await joined.serve()
        server.add_port(WEBDAV_PORT)
        told = Told()
        ending = asyncio.create_task(told.end())
        await until(lambda: told.count(Shared))
        async with connect(URI):
            assert isinstance(await ending, TakenOver)
        assert told.count(Lost) == 0
        await server.aclose()

    run(work())


def test_one_that_insists_takes_it_back(joined: Joined) -> None:
    async def work() -> None:
        server = await joined.serve()
        server.add_port(WEBDAV_PORT)
        told = Told(insists=True)
        told.share.start()
        await until(lambda: told.count(Shared))
        async with connect(URI) as other:
            await until(lambda: told.count(Shared) == 2)
            assert isinstance(await other.wait_ended(), TakenOver)
        lost = [each for each in told.events if isinstance(each, Lost)]
        assert isinstance(lost[0].reason, TakenOver)
        await told.share.aclose()
        await server.aclose()

    run(work())


def test_tls_that_fails_at_first() -> None:
    async def work() -> None:
        async def fail() -> Session:
            raise TLSError("no")

        assert isinstance(await Told(fail, insists=True).end(), TLSError)

    run(work())


@pytest.mark.parametrize("kind", [ConnectError, DeadlineExceeded])
def test_a_server_that_cannot_be_reached_at_first(kind: type[CarawayError]) -> None:
    async def work() -> None:
        async def fail() -> Session:
            raise kind("no")

        told = Told(fail)
        assert isinstance(await told.end(), kind)
        assert told.events == []
        told = Told(fail, insists=True)
        told.share.start()
        await until(lambda: told.count(Lost) > 2)
        await told.share.aclose()
        spent = Told(fail, insists=True, is_spent=True)
        assert isinstance(await spent.end(), kind)

    run(work())


@pytest.mark.parametrize(
    ("kind", "tries"),
    [(TLSError, 4), (AuthError, 1), (RemoteProtocolError, 1), (ActionFailed, 1)],
)
def test_what_is_not_tried_again(joined: Joined, kind: type[CarawayError], tries: int) -> None:
    """But for TLS, which a server that is just starting may break off."""

    async def work() -> None:
        server = await joined.serve()
        server.add_port(WEBDAV_PORT)
        count = 0

        async def attempt() -> Session:
            nonlocal count
            count += 1
            if count > 1:
                raise kind("no")
            return await connect(URI)

        told = Told(attempt, insists=True)
        ending = asyncio.create_task(told.end())
        await until(lambda: told.count(Shared))
        server.clients[0].disconnect()
        assert type(await ending) is kind
        assert count == 1 + tries
        await server.aclose()

    run(work())


def test_a_used_ticket_is_never_tried_again(joined: Joined) -> None:
    async def work() -> None:
        server = await joined.serve()
        server.add_port(WEBDAV_PORT)
        told = Told(insists=True, is_spent=True)
        ending = asyncio.create_task(told.end())
        await until(lambda: told.count(Shared))
        joined.server = None
        await server.aclose()
        assert isinstance(await ending, ConnectError)
        assert joined.count == 3

    run(work())


def test_another_client_has_the_port(joined: Joined) -> None:
    async def work() -> None:
        server = await joined.serve(clients=2)
        server.add_port(WEBDAV_PORT)
        first = Told()
        first.share.start()
        await until(lambda: first.count(Shared))
        second = Told()
        error = await second.end()
        assert isinstance(error, ActionFailed)
        assert "another of its clients shares a folder" in str(error.hint)
        third = Told(insists=True)
        third.share.start()
        await until(lambda: third.count(Lost) > 1)
        await first.share.aclose()
        await until(lambda: third.count(Shared))
        await third.share.aclose()
        await server.aclose()

    run(work())


WEBDAV = framed(104, pack("<I2B", 1, 11, 0))
NAME = WEBDAV_PORT.encode() + b"\0"
OPEN_PORT = framed(201, pack("<IIB", len(NAME), 9, 1) + NAME)


def test_the_port_alone_is_lost(joined: Joined) -> None:
    """The session goes on, but there is no way to have the port again within it."""

    async def work() -> None:
        server = Scripted(joined, INIT + WEBDAV, OPEN_PORT)
        told = Told()
        told.share.start()
        await until(lambda: told.count(Shared))
        # The scripts are by the number of the stream: nobody answers from here on.
        joined.accept = None
        server.close(1)
        await until(lambda: told.count(Lost))
        [lost] = [each for each in told.events if isinstance(each, Lost)][:1]
        assert type(lost.reason) is ClosedError
        assert "the channel of port" in str(lost.reason)
        await told.share.aclose()

    run(work())


def test_finishing(joined: Joined) -> None:
    """What is under way is answered; a session that ends meanwhile is not followed by another."""

    async def work() -> None:
        server = await joined.serve()
        guest = FolderGuest(server.add_port(WEBDAV_PORT))
        told = Told()
        task = told.share.start()
        await until(lambda: told.count(Shared))
        client = program(guest)
        head, _, _ = request(b"PUT", b"/a", b"hello").partition(b"hello")
        client.transport.write(head + b"he")
        await until(lambda: told.share.connections)
        await until(lambda: told.share.transfers())
        assert told.share.transfers()[0].peer == "guest"
        finishing = asyncio.create_task(told.share.finish())
        await asyncio.sleep(0)
        client.transport.write(b"llo")
        await finishing
        await until(lambda: b"201" in client.received)
        joined.server = None
        await guest.aclose()
        await server.aclose()
        await task
        assert told.count(Lost) == 0
        await told.share.aclose()

    run(work())


def test_it_may_be_closed_before_it_has_begun() -> None:
    async def work() -> None:
        told = Told()
        await told.share.finish()
        await told.share.aclose()
        assert told.events == []

    run(work())
