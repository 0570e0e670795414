"""What trouble with a port means for the port, and for the rest of the session."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from struct import pack

import pytest

from caraway.client import PortAdded, PortUnavailable, connect
from caraway.errors import (
    AuthError,
    ClosedError,
    DeadlineExceeded,
    LinkRefused,
    RemoteProtocolError,
)
from tests.in_loop import until
from tests.unit.client.scripting import (
    INIT,
    NO_CHANNELS,
    ONE_PORT,
    PORT,
    Scripted,
    begun,
    read_to_the_end,
)
from tests.unit.protocol.wires import framed
from tests.unit.server.joined import URI, Joined, run


def test_a_port_alone_is_gone_and_the_session_goes_on(joined: Joined) -> None:
    async def work() -> None:
        server = Scripted(joined, INIT + ONE_PORT, PORT)
        async with connect(URI) as session:
            port = session.port("port")
            server.close(1)
            with pytest.raises(ClosedError, match="the channel of port 'port': the other side"):
                await read_to_the_end(port)
            assert not session.is_over
            assert port.is_gone

    run(work())


def test_a_port_that_breaks_the_protocol_says_so(joined: Joined) -> None:
    async def work() -> None:
        server = Scripted(joined, INIT + ONE_PORT, PORT)
        async with connect(URI) as session:
            port = session.port("port")
            server.send(1, PORT)
            with pytest.raises(RemoteProtocolError, match="introduced port 'port' twice"):
                await read_to_the_end(port)
            assert not session.is_over

    run(work())


def test_a_password_that_ended_does_not_end_a_session_when_a_port_comes(joined: Joined) -> None:
    async def work() -> None:
        server = await joined.serve(password="secret")
        server.add_port("first")
        async with connect(URI, password="secret") as session:
            assert await session.next_event() == PortAdded("first")
            server.set_password("another")
            server.add_port("late")
            await session.next_event()
            event = await session.next_event()
            assert isinstance(event, PortUnavailable)
            assert isinstance(event.reason, AuthError)
            assert not session.is_over
            assert session.port("first").is_open
        await server.aclose()

    run(work())


def test_a_port_that_another_client_has(joined: Joined) -> None:
    async def work() -> None:
        server = await joined.serve(clients=2)
        server.add_port("port")
        async with connect(URI) as first, connect(URI) as second:
            assert first.port("port").is_open
            event = await second.next_event()
            assert isinstance(event, PortUnavailable)
            assert isinstance(event.reason, LinkRefused)
            assert second.ports == {}
        await server.aclose()

    run(work())


def test_a_port_that_was_left_stays_left(joined: Joined) -> None:
    async def work() -> None:
        server = await joined.serve()
        server.add_port("left")
        async with connect(URI) as session:
            port = session.port("left")
            port.leave()
            await until(lambda: not port.is_connected)
            server.add_port("late")
            await session.wait_port("late")
            await asyncio.sleep(0.06)
            assert not port.is_connected
            assert not port.is_gone
        await server.aclose()

    run(work())


def test_a_late_port_that_says_nothing(joined: Joined) -> None:
    async def work() -> None:
        server = Scripted(joined, INIT + NO_CHANNELS, b"")
        async with connect(URI) as session:
            connections = session._connections
            connections.opener = replace(connections.opener, timeout_s=0.1)
            server.send(0, ONE_PORT)
            await session.next_event()
            event = await session.next_event()
            assert isinstance(event, PortUnavailable)
            assert isinstance(event.reason, DeadlineExceeded)
            assert not session.is_over

    run(work())


def test_a_list_that_comes_while_the_session_begins(joined: Joined) -> None:
    two = framed(104, pack("<I2B", 1, 10, 1))

    async def work() -> None:
        server = Scripted(joined, INIT + ONE_PORT, PORT, b"")
        beginning = asyncio.ensure_future(begun(""))
        await until(lambda: len(server.streams) == 2)
        # Another port, which says nothing: no reason not to begin.
        server.send(0, two)
        async with await beginning as session:
            assert session.port("port").is_open
            await until(lambda: len(server.streams) == 3)
            server.close(2)
            found = [await session.next_event() for _ in range(3)]
            assert PortAdded("port") in found
            assert isinstance(found[-1], PortUnavailable)

    run(work())
