"""Sessions go after their virtual machine to another host."""

from __future__ import annotations

import asyncio
from struct import pack

import pytest

from caraway.client import Switched, connect
from caraway.errors import ClosedError, ConnectError, RemoteProtocolError
from tests.in_loop import until
from tests.unit.client.scripting import INIT, NO_CHANNELS, ONE_PORT, PORT, Scripted
from tests.unit.protocol.wires import framed
from tests.unit.server.joined import URI, Joined, run


def _moved(port: int, host: bytes = b"there\0") -> bytes:
    return framed(111, pack("<HHIIII", port, 0, len(host), 20, 0, 0) + host)


def test_a_move_that_begins_while_the_session_does(joined: Joined) -> None:
    async def work() -> None:
        Scripted(joined, INIT + NO_CHANNELS + ONE_PORT + _moved(5901))
        with pytest.raises(ConnectError, match="is moving to spice://there:5901 just now"):
            await connect(URI)

    run(work())


def test_a_move_to_nowhere(joined: Joined) -> None:
    async def work() -> None:
        server = Scripted(joined, INIT + NO_CHANNELS)
        async with connect(URI) as session:
            server.send(0, _moved(0))
            error = await session.wait_ended()
            assert type(error) is RemoteProtocolError
            assert "and not where" in str(error)

    run(work())


def test_a_move_from_tls_to_a_plain_port(joined: Joined) -> None:
    async def work() -> None:
        server = Scripted(joined, INIT + NO_CHANNELS)
        async with connect(URI + "?tls-port=5901") as session:
            server.send(0, _moved(5902))
            error = await session.wait_ended()
            assert type(error) is RemoteProtocolError
            assert "which is not encrypted" in str(error)

    run(work())


def test_ports_come_back_from_a_move_or_do_not(joined: Joined) -> None:
    two = framed(104, pack("<I4B", 2, 10, 0, 10, 1))
    other = framed(201, pack("<IIB", 6, 9, 1) + b"other\0")

    async def work() -> None:
        server = Scripted(joined, INIT + two, PORT, other, INIT + ONE_PORT, PORT)
        async with connect(URI) as session:
            first, second = session.port("port"), session.port("other")
            server.send(0, _moved(5901))
            while not isinstance(await session.next_event(), Switched):
                pass
            assert session.port("port") is first
            assert first.is_open
            with pytest.raises(ClosedError, match="there is no port 'other' at spice://there:5901"):
                await second.wait_open()
            assert len(session._connections.streams) == 2

    run(work())


def test_moving_in_circles(joined: Joined) -> None:
    async def work() -> None:
        server = Scripted(joined, INIT + NO_CHANNELS, INIT + _moved(5902))
        async with connect(URI) as session:
            server.send(0, _moved(5901))
            error = await session.wait_ended()
            assert isinstance(error, ConnectError)
            assert "moving to spice://there:5902" in str(error)

    run(work())


def test_closing_in_the_midst_of_a_move(joined: Joined) -> None:
    async def work() -> None:
        server = Scripted(joined, INIT + NO_CHANNELS, b"")
        async with connect(URI):
            server.send(0, _moved(5901))
            await until(lambda: len(server.streams) == 2)
            await asyncio.sleep(0.01)
        await until(lambda: all(each.transport is None for each in server.streams))

    run(work())
