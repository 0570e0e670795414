"""The main channel, both ends: the session, its name, the agent's bytes and their flow."""

from __future__ import annotations

from struct import pack
from uuid import UUID

import pytest

from caraway.errors import LocalProtocolError, RemoteProtocolError
from caraway.messages import base, main, structs
from caraway.messages.link import enums
from caraway.protocol.channel import Channel, Unknown
from caraway.protocol.main import MAX_AGENT_DATA, MainClient, MainServer
from caraway.wire.record import Message
from tests.unit.protocol.wires import events, exchange, framed, linked, output

MainCap = enums.MainCap
ALL = frozenset({MainCap.NAME_AND_UUID, MainCap.AGENT_CONNECTED_TOKENS})
NUMBER = UUID("01234567-89ab-cdef-0123-456789abcdef")


def _ends(
    *, caps: frozenset[MainCap] = ALL, tokens: int = 10, agent: bool = False
) -> tuple[MainClient, MainServer]:
    """A session that has begun."""
    client, server = MainClient(linked()), MainServer(linked(peer=caps), agent_tokens=tokens)
    if agent:
        server.connect_agent()
    server.begin(77, mm_time=5)
    exchange(client, server)
    return client, server


def _init(**changed: int) -> bytes:
    fields = dict.fromkeys(
        (
            "session_id",
            "display_channels_hint",
            "supported_mouse_modes",
            "current_mouse_mode",
            "agent_connected",
            "agent_tokens",
            "multi_media_time",
            "ram_hint",
        ),
        0,
    )
    return framed(103, main.ServerInit(**{**fields, "session_id": 77, **changed}).write())


def _wire(message: Message) -> bytes:
    return framed(message.NUMBER, message.write())


# The session


def test_a_session_begins() -> None:
    client, server = MainClient(linked()), MainServer(linked())
    server.begin(77, mm_time=5, mouse_modes=3, mouse_mode=2, display_channels=4, ram_hint=9)
    (init,) = exchange(client, server)[0]
    assert init == main.ServerInit(77, 4, 3, 2, 0, 10, 5, 9)
    assert client.init is init
    assert (client.mouse_mode, client.is_agent_connected) == (2, False)


def test_a_session_that_begins_twice() -> None:
    client = MainClient(linked())
    events(client, _init())
    client.feed(_init())
    with pytest.raises(RemoteProtocolError, match="began the session twice"):
        client.next_event()


@pytest.mark.parametrize(
    "first",
    [
        main.ServerName(b"vm\0"),
        main.ServerChannelsList([]),
        main.ServerAgentConnected(),
        main.ServerAgentToken(5),
        main.ServerMouseMode(1, 1),
    ],
)
def test_a_session_that_does_not_begin(first: Message) -> None:
    client = MainClient(linked())
    client.feed(_wire(first))
    with pytest.raises(RemoteProtocolError, match=f"sent {first.NAME} before it began"):
        client.next_event()


def test_what_may_come_before_the_session() -> None:
    client = MainClient(linked())
    notice = base.ServerNotify(1, 1, 2, 0, b"hello")
    data = _wire(base.ServerPing(1, 2, b"")) + _wire(notice) + framed(999)
    assert events(client, data) == [notice, Unknown(999, 0)]


def test_the_list_of_channels() -> None:
    assert not MainServer(linked()).is_attached
    client, server = _ends()
    client.attach()
    assert exchange(client, server) == ([], [main.ClientAttachChannels()])
    assert server.is_attached
    server.send_channels([(10, 0), (11, 3)])
    assert exchange(client, server)[0] == [
        main.ServerChannelsList([structs.ChannelId(10, 0), structs.ChannelId(11, 3)])
    ]


def test_mouse_modes() -> None:
    client, server = _ends()
    client.request_mouse_mode(2)
    assert exchange(client, server)[1] == [main.ClientMouseModeRequest(2)]
    server.send(main.ServerMouseMode(3, 2))
    exchange(client, server)
    assert client.mouse_mode == 2


def test_notices() -> None:
    client, server = _ends()
    server.notify("grüß", now_ns=9, severity=2, visibility=1, what=3)
    assert exchange(client, server)[0] == [base.ServerNotify(9, 2, 1, 3, "grüß".encode())]


@pytest.mark.parametrize("message", [101, 116])
def test_migration_is_declined(message: int) -> None:
    client, _ = _ends()
    host = pack("<HHIIII", 1, 2, 2, 20, 0, 0)
    version = pack("<I", 1) if message == 116 else b""
    body = pack("<HHIIII", 1, 2, 2, 20 + len(version), 0, 0) + version + b"h\0"
    assert len(host) == 20
    events(client, framed(message, body))
    assert output(client) == framed(main.ClientMigrateConnectError.NUMBER)


# Name and UUID


def test_name_and_uuid() -> None:
    client, server = _ends()
    server.send_name("Käse")
    server.send_uuid(NUMBER)
    exchange(client, server)
    assert (client.name, client.uuid) == ("Käse", NUMBER)


def test_they_are_not_for_clients_that_do_not_know_them() -> None:
    client, server = _ends(caps=frozenset())
    server.send_name("vm")
    server.send_uuid(NUMBER)
    assert exchange(client, server) == ([], [])
    assert (client.name, client.uuid) == (None, None)


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"vm\0", "vm"),
        (b"vm", "vm"),
        (b"", ""),
        (b"\0", ""),
        (b"vm\0garbage", "vm"),
        (b"\xff\xfe", "\ufffd\ufffd"),
        (b"x" * 100_000, "x" * 100_000),
    ],
)
def test_names_as_they_come(data: bytes, name: str) -> None:
    client, _ = _ends()
    events(client, framed(main.ServerName.NUMBER, pack("<I", len(data)) + data))
    assert client.name == name


def test_another_name_later() -> None:
    client, server = _ends()
    for name in ("one", "two"):
        server.send_name(name)
        exchange(client, server)
        assert client.name == name


# The agent, from the client to the server


def _sent(server: MainServer, client: MainClient) -> list[bytes]:
    found = exchange(client, server)[1]
    return [bytes(each.data) for each in found if isinstance(each, main.ClientAgentData)]


def test_bytes_for_the_agent_are_cut_and_wait_for_tokens() -> None:
    client, server = _ends(tokens=3, agent=True)
    assert client.is_agent_connected
    client.start_agent()
    data = bytes(range(256)) * 50
    client.send_agent(data)
    pieces = _sent(server, client)
    assert [len(each) for each in pieces] == [MAX_AGENT_DATA] * 3
    assert client.agent_waiting == len(data) - 3 * MAX_AGENT_DATA
    server.grant(2)
    pieces += _sent(server, client)
    server.grant(100)
    pieces += _sent(server, client)
    assert b"".join(pieces) == data
    assert client.agent_waiting == 0


def test_no_agent_to_send_to() -> None:
    client, server = _ends()
    with pytest.raises(LocalProtocolError, match="no agent runs"):
        client.send_agent(b"a")
    server.connect_agent()
    exchange(client, server)
    client.send_agent(b"")
    server.disconnect_agent()
    exchange(client, server)
    with pytest.raises(LocalProtocolError, match="no agent runs"):
        client.send_agent(b"a")


@pytest.mark.parametrize("caps", [ALL, frozenset[MainCap]()])
def test_an_agent_that_comes_and_goes(caps: frozenset[MainCap]) -> None:
    client, server = _ends(caps=caps, tokens=4)
    server.connect_agent()
    exchange(client, server)
    client.start_agent()
    client.send_agent(bytes(4 * MAX_AGENT_DATA + 5))
    assert len(_sent(server, client)) == 4
    assert client.agent_waiting == 5
    server.disconnect_agent(1)
    assert exchange(client, server)[0] == [main.ServerAgentDisconnected(1)]
    assert (client.is_agent_connected, client.agent_waiting) == (False, 0)
    server.connect_agent()
    (event,) = exchange(client, server)[0]
    expected = main.ServerAgentConnectedTokens if caps else main.ServerAgentConnected
    assert isinstance(event, expected)
    assert client.is_agent_connected


def test_what_was_on_its_way_to_the_agent_before_is_not_held_against_the_client() -> None:
    client, server = _ends(tokens=2, agent=True)
    client.start_agent()
    exchange(client, server)
    client.send_agent(bytes(2 * MAX_AGENT_DATA))
    late = output(client)
    server.disconnect_agent()
    server.connect_agent()
    assert events(server, late) == []
    exchange(client, server)
    client.start_agent()
    client.send_agent(b"x" * (2 * MAX_AGENT_DATA))
    assert len(_sent(server, client)) == 2


def test_a_client_that_sends_more_than_it_may() -> None:
    _, server = _ends(tokens=2, agent=True)
    data = framed(main.ClientAgentData.NUMBER, b"x")
    events(server, _wire(main.ClientAgentStart(5)) + data * 2)
    server.feed(data)
    with pytest.raises(RemoteProtocolError, match="more than it was allowed"):
        server.next_event()


def test_starting_again_and_again_earns_nothing() -> None:
    _, server = _ends(tokens=2, agent=True)
    start, data = _wire(main.ClientAgentStart(5)), framed(main.ClientAgentData.NUMBER, b"x")
    with pytest.raises(RemoteProtocolError, match="more than it was allowed"):
        events(server, (start + data) * 3)


def test_bytes_for_no_agent_are_dropped() -> None:
    _, server = _ends()
    start, data = _wire(main.ClientAgentStart(5)), framed(main.ClientAgentData.NUMBER, b"x")
    assert events(server, data + start + data * 100) == [main.ClientAgentStart(5)]
    server.grant(7)
    assert output(server) == b""


def test_tokens_of_the_server_add_up() -> None:
    client = MainClient(linked())
    events(client, _init(agent_connected=1, agent_tokens=0xFFFFFFFF))
    events(client, _wire(main.ServerAgentToken(0xFFFFFFFF)) * 3)
    client.send_agent(bytes(3000))
    assert output(client).count(pack("<HI", 107, 2048)) == 1


# The agent, from the server to the client


def _said(client: MainClient, server: MainServer) -> int:
    found = [e for e in exchange(client, server)[0] if isinstance(e, main.ServerAgentData)]
    for _ in found:
        client.agent_taken()
    return len(found)


def test_what_the_agent_says_waits_for_the_client() -> None:
    client, server = _ends(agent=True)
    server.send_agent(bytes(100 * MAX_AGENT_DATA))
    assert _said(client, server) == 0
    assert server.agent_waiting == 100
    client.start_agent()
    said: list[int] = []
    while len(said) < 10 and (server.agent_waiting or not said):
        said.append(_said(client, server))
    assert said == [32, 32, 32, 4]


def test_a_client_that_takes_all() -> None:
    _, server = _ends(agent=True)
    everything = framed(main.ClientAgentStart.NUMBER, pack("<I", 0xFFFFFFFF))
    more = framed(main.ClientAgentToken.NUMBER, pack("<I", 0xFFFFFFFF))
    events(server, everything + more)
    server.send_agent(bytes(1000 * MAX_AGENT_DATA))
    assert server.agent_waiting == 0


def test_tokens_of_a_client_never_run_over() -> None:
    _, server = _ends(agent=True)
    events(server, _wire(main.ClientAgentStart(0xFFFFFFFE)) + _wire(main.ClientAgentToken(5)) * 2)
    server.send_agent(bytes(10 * MAX_AGENT_DATA))
    assert server.agent_waiting == 0


def test_a_server_that_says_more_than_it_was_asked_for_is_heard() -> None:
    # What it says is handed on at once and kept nowhere: the stream itself holds it back.
    client = MainClient(linked())
    data = _init(agent_connected=1) + framed(main.ServerAgentData.NUMBER, b"x") * 100
    assert len(events(client, data)) == 101


def test_a_session_with_an_agent_from_the_beginning() -> None:
    client, server = _ends(agent=True, tokens=7)
    assert client.init is not None
    assert (client.init.agent_connected, client.init.agent_tokens) == (1, 7)
    assert exchange(client, server) == ([], [])


def test_an_agent_that_was_gone_before_anybody_came() -> None:
    server = MainServer(linked())
    server.connect_agent()
    server.disconnect_agent()
    assert output(server) == b""


def test_other_ends_have_the_same_base() -> None:
    assert all(isinstance(each, Channel) for each in _ends())
