"""The server: who may come in, who has to go, and what strangers may take."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from caraway.client import AgentConnected, AgentDisconnected, connect
from caraway.errors import AuthError, CarawayError, ClosedError, LinkRefused, UsageError
from caraway.messages.link import enums
from caraway.net.connection import ChannelConnection
from caraway.net.memory import join_in_memory
from caraway.protocol.capabilities import Capabilities
from caraway.protocol.channel import Channel
from caraway.protocol.link import ClientLink, Credentials, LinkRequest
from caraway.protocol.sasl import judges
from caraway.protocol.ticket import encrypt_ticket
from caraway.server import Client, Server, ServerLimits
from caraway.server.server import Stream
from tests.unit.server.joined import URI, Joined, run

LinkErr = enums.LinkErr
COMMON = frozenset({0, 1, 3})


@pytest.fixture
def joined(monkeypatch: pytest.MonkeyPatch) -> Joined:
    return Joined(monkeypatch)


async def _link(
    server: Server, kind: int = 1, number: int = 0, session: int = 0, password: str = "secret"
) -> ChannelConnection[Channel]:
    """A channel by hand."""
    request = LinkRequest(kind, number, session, Capabilities(COMMON))
    near: ChannelConnection[Channel] = ChannelConnection(
        ClientLink(request, Credentials(password.encode(), encrypt_ticket)),
        lambda linked: Channel("base", linked, side="client"),
        on_event=lambda event: None,
    )
    join_in_memory(near, Stream(server, ServerLimits()))
    await near.linked(5)
    return near


async def _server(joined: Joined, **limits: float) -> tuple[Server, list[CarawayError]]:
    server = await joined.serve(password="secret", limits=ServerLimits(**limits))  # type: ignore[arg-type]  # some are whole
    refused: list[CarawayError] = []
    server.on_refused = lambda peer, error: refused.append(error)
    return server, refused


class Silent(asyncio.Protocol):
    """A stranger."""

    def __init__(self, server: Server, limits: ServerLimits) -> None:
        self.is_lost = False
        self.end, _ = join_in_memory(self, Stream(server, limits))

    def connection_lost(self, exc: Exception | None) -> None:
        self.is_lost = True


async def _until(is_so: Callable[[], bool]) -> None:
    while not is_so():
        await asyncio.sleep(0.005)


# Links


@pytest.mark.parametrize(
    ("kind", "number", "session", "code"),
    [
        (1, 0, 77, LinkErr.BAD_CONNECTION_ID),
        (10, 0, 0, LinkErr.BAD_CONNECTION_ID),
        (10, 0, 0xFFFFFFFF, LinkErr.BAD_CONNECTION_ID),
    ],
)
def test_sessions_that_are_not_there(
    joined: Joined, kind: int, number: int, session: int, code: LinkErr
) -> None:
    async def work() -> None:
        server, refused = await _server(joined)
        server.add_port("port")
        with pytest.raises(LinkRefused) as caught:
            await _link(server, kind, number, session)
        assert caught.value.code == code
        await _until(lambda: len(refused) == 1)
        await server.aclose()

    run(work())


@pytest.mark.parametrize("channel", [(10, 0), (10, 5), (2, 0), (255, 255)])
def test_channels_that_are_not_there_or_taken(joined: Joined, channel: tuple[int, int]) -> None:
    async def work() -> None:
        server, _ = await _server(joined)
        server.add_port("port")
        async with connect(URI, password="secret") as session:
            with pytest.raises(LinkRefused, match="CHANNEL_NOT_AVAILABLE"):
                await _link(server, *channel, session.init.session_id)
            assert not session.is_over
        await server.aclose()

    run(work())


def test_silent_links_end_at_their_deadline(joined: Joined) -> None:
    async def work() -> None:
        server, refused = await _server(joined)
        stranger = Silent(server, ServerLimits(link_timeout_s=0.02))
        await _until(lambda: stranger.is_lost)
        assert "not linked within 0.02 s" in str(refused[0])
        await server.aclose()

    run(work())


@pytest.mark.parametrize("limit", ["max_linking", "max_linking_per_peer"])
def test_a_silent_crowd_shuts_nobody_out(joined: Joined, limit: str) -> None:
    async def work() -> None:
        server, refused = await _server(joined, **{limit: 4})
        crowd = [Silent(server, ServerLimits()) for _ in range(50)]
        async with connect(URI, password="secret"):
            # The oldest had to go, the new one first among those that stay.
            assert [each.is_lost for each in crowd] == [True] * 47 + [False] * 3
        assert len(refused) == 47
        for each in crowd:
            each.end.close()
        await server.aclose()

    run(work())


def test_wrong_passwords_cost_time(joined: Joined) -> None:
    async def work() -> None:
        server, refused = await _server(joined, max_failures_per_minute=3)
        for _ in range(3):
            with pytest.raises(AuthError):
                await _link(server, password="wrong")
        await _until(lambda: len(refused) == 3)
        with pytest.raises(ClosedError):
            await _link(server)
        await server.aclose()

    run(work())


def test_a_password_that_ends(joined: Joined) -> None:
    async def work() -> None:
        server, _ = await _server(joined)
        server.set_password("other", lifetime_s=60)
        await (await _link(server, password="other")).aclose()
        server.set_password("other", lifetime_s=0)
        with pytest.raises(AuthError):
            await _link(server, password="other")
        server.set_password(None)
        await (await _link(server, password="")).aclose()
        await server.aclose()

    run(work())


def test_sasl(joined: Joined) -> None:
    async def work() -> None:
        server = await joined.serve(sasl=judges({"user": "pencil"}))
        async with connect(URI, user="user", password="pencil") as session:
            assert not session.is_over
        for user, password in (("user", "wrong"), ("nobody", "pencil"), ("", "pencil")):
            with pytest.raises(AuthError):
                await connect(URI, user=user, password=password)
        await server.aclose()

    run(work())


# Who is there


def test_comings_and_goings(joined: Joined) -> None:
    async def work() -> None:
        server, _ = await _server(joined)
        seen: list[tuple[str, int]] = []
        server.on_client = lambda client: seen.append(("came", client.session_id))
        server.on_client_gone = lambda client: seen.append(("went", client.session_id))
        async with connect(URI, password="secret") as session:
            number = session.init.session_id
        await _until(lambda: server.clients == [])
        assert seen == [("came", number), ("went", number)]
        await server.aclose()

    run(work())


def test_a_client_is_shown_out(joined: Joined) -> None:
    async def work() -> None:
        server, _ = await _server(joined)
        port = server.add_port("port")
        async with connect(URI, password="secret") as session:
            server.clients[0].disconnect()
            await session.wait_ended()
        assert not port.has_client
        assert server.clients == []
        await server.aclose()

    run(work())


def test_ports(joined: Joined) -> None:
    async def work() -> None:
        server, _ = await _server(joined)
        server.add_port("a")
        server.add_port("org.spice-space.webdav.0")
        closed = server.add_port("b", is_opened=False)
        assert [(each.kind, each.number) for each in server.ports] == [
            ("port", 0),
            ("webdav", 0),
            ("port", 1),
        ]
        with pytest.raises(UsageError, match="there is a port 'a' already"):
            server.add_port("a")
        with pytest.raises(ClosedError, match="nobody is connected to port 'b'"):
            closed.send_event(2)
        await server.aclose()

    run(work())


@pytest.mark.parametrize("clients", [0, -1])
def test_a_server_for_nobody(clients: int) -> None:
    with pytest.raises(UsageError, match=f"a server for {clients} clients"):
        Server(clients=clients)


# The agent


def test_an_agent_comes_and_goes(joined: Joined) -> None:
    async def work() -> None:
        server, _ = await _server(joined)
        heard: list[bytes] = []
        server.on_agent_data = lambda client, data: heard.append(data)
        async with connect(URI, password="secret") as session:
            said: list[bytes] = []
            session.on_agent_data = said.append
            server.connect_agent()
            assert await session.next_event() == AgentConnected()
            session.start_agent()
            session.send_agent(b"x" * 100_000)
            await _until(lambda: sum(map(len, heard)) == 100_000)
            client: Client = server.clients[0]
            client.send_agent(b"y" * 200_000)
            await _until(lambda: sum(map(len, said)) == 200_000)
            server.disconnect_agent()
            assert await session.next_event() == AgentDisconnected()
        await server.aclose()

    run(work())
