"""A channel on a transport: floods, peers that read nothing, ends of streams."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable
from pathlib import Path
from struct import pack
from unittest import mock

import pytest

from caraway.errors import AuthError, CarawayError, ClosedError, LimitExceeded
from caraway.messages.link import enums
from caraway.net import connection as module
from caraway.net.connection import ChannelConnection
from caraway.net.memory import join_in_memory
from caraway.net.tls import server_context
from caraway.protocol.capabilities import Capabilities
from caraway.protocol.channel import Channel, Event, Unknown
from caraway.protocol.link import ClientLink, Credentials, LinkRequest, Offer, ServerLink
from caraway.protocol.sasl import choose_mechanism, judges
from tests.patience import PATIENCE_S
from tests.unit.net.certificates import make_authority, make_server
from tests.unit.net.streams import run
from tests.unit.protocol.wires import framed

COMMON = frozenset({0, 1, 3})
Connection = ChannelConnection[Channel]


def _client(on_event: Callable[[Event], None], *, common: frozenset[int] = COMMON) -> Connection:
    credentials = Credentials(
        b"secret",
        lambda key, password: bytes(128),
        lambda names: choose_mechanism(names, "user", "wrong", is_encrypted=False),
    )
    link = ClientLink(LinkRequest(1, capabilities=Capabilities(common)), credentials)
    return ChannelConnection(
        link, lambda linked: Channel("base", linked, side="client"), on_event=on_event
    )


def _server(*, sasl: bool = False) -> Connection:
    def answer(request: LinkRequest) -> Offer:
        common = COMMON | {2} if sasl else COMMON
        offered = judges({"user": "pencil"}) if sasl else None
        return Offer(Capabilities(common), bytes(162), lambda ticket: enums.LinkErr.OK, offered)

    return ChannelConnection(
        ServerLink(answer),
        lambda linked: Channel("base", linked, side="server"),
        on_event=lambda event: None,
    )


async def _joined(on_event: Callable[[Event], None]) -> tuple[Connection, Connection]:
    client, server = _client(on_event), _server()
    join_in_memory(client, server)
    await client.linked(5)
    await server.linked(5)
    return client, server


def _send(connection: Connection, data: bytes) -> None:
    assert connection.transport is not None
    connection.transport.write(data)


async def _closed(connection: Connection) -> CarawayError:
    while connection.transport is not None:
        await asyncio.sleep(0)
    assert connection.error is not None
    return connection.error


def test_a_server_that_pings_and_does_not_read() -> None:
    async def check() -> None:
        client, server = await _joined(lambda event: None)
        assert server.transport is not None
        server.transport.pause_reading()
        pings = framed(4, bytes(12)) * 1000
        for _ in range(1000):
            _send(server, pings)
            await asyncio.sleep(0)
            if client.error is not None:
                break
        error = await _closed(client)
        assert isinstance(error, LimitExceeded)
        assert "the limit is 1048576" in str(error)
        await server.aclose(0.01)

    run(check())


def test_a_server_that_pings_and_reads() -> None:
    async def check() -> None:
        client, server = await _joined(lambda event: None)
        for _ in range(200):
            _send(server, framed(4, bytes(12)) * 1000)
            while not server.is_writable:
                await asyncio.sleep(0)
        await asyncio.sleep(0.01)
        assert client.error is None
        await client.aclose()
        await _closed(server)

    run(check())


def test_a_peer_that_reads_nothing_does_not_keep_a_closed_stream(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "LINGER_S", 0.02)

    async def check() -> None:
        client, server = await _joined(lambda event: None)
        assert client.transport is not None
        client.transport.pause_reading()
        _send(server, bytes(100_000))
        server.close()
        assert server.transport is not None
        error = await _closed(server)
        assert "closed here" in str(error)
        client.abort()
        await _closed(client)

    run(check())


def test_a_transport_is_closed_once() -> None:
    """Closed twice, those of asyncio's TLS cannot be aborted any more."""

    async def check() -> None:
        client, server = await _joined(lambda event: None)
        assert client.transport is not None
        client.transport.pause_reading()
        _send(server, bytes(100_000))
        transport = server.transport
        assert transport is not None
        with mock.patch.object(transport, "close", wraps=transport.close) as close:
            server.close()
            server.close()
        assert close.call_count == 1
        server.abort()
        await _closed(server)
        client.abort()
        await _closed(client)

    run(check())


def test_a_peer_that_reads_nothing_does_not_keep_a_closed_stream_of_tls(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LINGER_S", PATIENCE_S)

    async def check() -> None:
        loop = asyncio.get_running_loop()
        context = server_context(*make_server(make_authority()).write(tmp_path))
        trusting = ssl.create_default_context()
        trusting.check_hostname = False
        trusting.verify_mode = ssl.CERT_NONE
        client, server = _client(lambda event: None), _server()
        listener = await loop.create_server(lambda: server, "127.0.0.1", 0, ssl=context)
        port = listener.sockets[0].getsockname()[1]
        await loop.create_connection(lambda: client, "127.0.0.1", port, ssl=trusting)
        await client.linked(5)
        await server.linked(5)
        assert client.transport is not None
        client.transport.pause_reading()
        # More than the sockets and the TLS of both ends keep.
        _send(server, bytes(64 << 20))
        server.close()
        begun = loop.time()
        await server.aclose(0.1)
        assert loop.time() - begun < module.LINGER_S / 2
        client.abort()
        await _closed(client)
        listener.close()
        await listener.wait_closed()

    run(check())


def test_nothing_is_handed_out_behind_the_end() -> None:
    async def check() -> None:
        seen: list[Event] = []

        def take(event: Event) -> None:
            seen.append(event)
            client.close()

        client, server = await _joined(take)
        _send(server, framed(999) * 3)
        await _closed(client)
        assert seen == [Unknown(999, 0)]
        await _closed(server)

    run(check())


def test_pausing_in_the_midst_of_events() -> None:
    async def check() -> None:
        seen: list[Event] = []

        def take(event: Event) -> None:
            seen.append(event)
            client.pause()

        client, server = await _joined(take)
        _send(server, framed(999) * 2)
        _send(server, framed(998))
        for count in range(1, 4):
            await asyncio.sleep(0.001)
            assert len(seen) == count
            client.resume()
        await client.aclose()
        await _closed(server)

    run(check())


def test_bytes_that_are_no_message() -> None:
    async def check() -> None:
        client, server = await _joined(lambda event: None)
        _send(server, framed(3, b"short"))
        error = await _closed(client)
        assert "base server set_ack" in str(error)
        with pytest.raises(type(error)):
            client.check()
        await _closed(server)

    run(check())


def test_sasl_that_ends_without_a_word_is_a_wrong_password() -> None:
    async def check() -> None:
        client, server = _client(lambda event: None, common=COMMON | {2}), _server(sasl=True)
        join_in_memory(client, server)
        with pytest.raises(AuthError, match="closed the connection during SASL"):
            await client.linked(5)
        await _closed(server)

    run(check())


@pytest.mark.parametrize("size", [0, 1, 16, 100])
def test_a_stream_that_ends_in_the_link_stage(size: int) -> None:
    async def check() -> None:
        client, server = _client(lambda event: None), asyncio.Protocol()
        _, far = join_in_memory(client, server)
        far.write((b"REDQ" + pack("<3I", 2, 2, 178) + bytes(178))[:size])
        far.close()
        with pytest.raises(ClosedError, match="while it was being linked"):
            await client.linked(5)
        await _closed(client)

    run(check())


@pytest.mark.parametrize("number", [4, 999])
def test_a_flood_of_messages_lets_others_have_their_turn(number: int) -> None:
    """40,000 messages in one piece: settled ones (pings) and unknown ones."""

    async def check() -> int:
        events: list[Event] = []
        client, server = await _joined(events.append)
        body = bytes(12) if number == 4 else b""
        client.data_received(framed(number, body) * 40_000 + framed(998, b""))
        turns = 0
        while Unknown(998, 0) not in events[-1:]:
            assert client.error is None
            await asyncio.sleep(0)
            turns += 1
        await client.aclose()
        await _closed(server)
        return turns

    assert run(check()) > 100


def test_how_fast_a_peer_takes_what_waits_for_it() -> None:
    async def check() -> None:
        client, server = await _joined(lambda event: None)
        taken: list[tuple[int, float]] = []
        server.on_taken = lambda moved, seconds: taken.append((moved, seconds))
        assert client.transport is not None
        client.transport.pause_reading()
        _send(server, framed(99, bytes(1000)) * 200)
        while server.is_writable:
            await asyncio.sleep(0)
        assert taken == []
        client.transport.resume_reading()
        await server.drain()
        [(moved, seconds)] = taken
        assert 0 < moved <= 200 * 1006
        assert seconds >= 0
        await client.aclose()
        await _closed(server)

    run(check())
