"""How sessions end: who did it, what the user is told, and what is left behind."""

from __future__ import annotations

import asyncio
import gc

import pytest

from caraway.client import Session, connect
from caraway.client.opener import Opener, server_still_accepts
from caraway.errors import ClosedError, ConnectError, DeadlineExceeded, TakenOver
from caraway.net.connection import ChannelConnection
from caraway.net.endpoint import parse_uri
from caraway.net.memory import join_in_memory
from caraway.server import Server, ServerLimits
from caraway.server.server import Stream
from tests.in_loop import until
from tests.unit.client.scripting import (
    INIT,
    NO_CHANNELS,
    ONE_PORT,
    PORT,
    WAIT_FOR_EVER,
    Scripted,
    begun,
    read_to_the_end,
)
from tests.unit.server.joined import URI, Joined, run

# Who has ended it


def test_all_channels_closed_at_once_is_a_take_over(joined: Joined) -> None:
    async def work() -> None:
        server = Scripted(joined, INIT + ONE_PORT, PORT)
        async with connect(URI) as session:
            server.close(0)
            server.close(1)
            assert isinstance(await session.wait_ended(), TakenOver)

    run(work())


def test_the_main_channel_alone_is_not(joined: Joined) -> None:
    async def work() -> None:
        server = Scripted(joined, INIT + ONE_PORT, PORT)
        async with connect(URI) as session:
            server.close(0)
            error = await session.wait_ended()
            assert type(error) is ClosedError
            assert "closed the main channel of this session and no other" in str(error)

    run(work())


def test_a_broken_network_is_not(joined: Joined) -> None:
    async def work() -> None:
        Scripted(joined, INIT + NO_CHANNELS)
        async with connect(URI) as session:
            main = session._connections.main
            assert main is not None
            main.connection_lost(ConnectionResetError(104, "reset"))
            error = await session.wait_ended()
            assert type(error) is ConnectError
            assert "memory:5900: the connection broke: Connection reset by peer" in str(error)

    run(work())


# Nothing is left behind


def _cancel_at(joined: Joined, step: int) -> bool:
    """Cancel connecting after some turns of the loop; whether it was still at it."""
    found: list[bool] = []

    async def work() -> None:
        server = await joined.serve(password="secret")
        for number in range(3):
            server.add_port(f"port{number}")
        beginning = asyncio.ensure_future(begun("secret"))
        for _ in range(step):
            await asyncio.sleep(0)
        found.append(not beginning.done())
        beginning.cancel()
        await asyncio.gather(beginning, return_exceptions=True)
        if not found[0]:
            await beginning.result().aclose()
        await until(lambda: not server.clients and not server._streams)
        await server.aclose()

    run(work())
    return found[0]


def test_connecting_is_cancelled_at_any_step(joined: Joined) -> None:
    step = 0
    while _cancel_at(joined, step):
        step += 1
    assert step > 10


def test_tasks_end_with_a_session_that_does_not_begin(joined: Joined) -> None:
    async def work() -> None:
        # The wait would go on for ten seconds.
        Scripted(joined, INIT + ONE_PORT + WAIT_FOR_EVER, b"")
        with pytest.raises(DeadlineExceeded, match="did not get beyond 'authentication'"):
            await connect(URI, timeout_s=1)

    run(work())


def test_asking_a_silent_server_leaves_nothing_open(joined: Joined) -> None:
    class Silent(asyncio.Protocol):
        is_lost = False

        def connection_lost(self, exc: Exception | None) -> None:
            self.is_lost = True

    async def work() -> None:
        silent = Silent()
        joined.accept = lambda count: silent
        opener = Opener(parse_uri(URI))
        asking = asyncio.ensure_future(server_still_accepts(opener))
        await asyncio.sleep(0.01)
        asking.cancel()
        await asyncio.gather(asking, return_exceptions=True)
        await until(lambda: silent.is_lost)

    run(work())


def test_closing_while_the_end_is_being_found_out(joined: Joined) -> None:
    async def work() -> None:
        server = Scripted(joined, INIT + ONE_PORT, PORT)
        async with connect(URI) as session:
            port = session.port("port")
            reading = asyncio.ensure_future(read_to_the_end(port))
            server.close(0)
            await until(lambda: len(session._tasks.running) > 0)
        with pytest.raises(ClosedError, match="closed here"):
            await reading
        await session.aclose()
        assert all(stream.transport is None for stream in session._connections.streams)

    run(work())


def test_many_sessions_one_after_another(joined: Joined) -> None:
    async def work() -> None:
        server = await joined.serve()
        server.add_port("port")
        kinds = (Session, ChannelConnection)
        counts = []
        for _ in range(3):
            for _ in range(30):
                async with connect(URI) as session:
                    session.port("port").write(b"hello")
            await until(lambda: not server._streams)
            gc.collect()
            counts.append(sum(isinstance(each, kinds) for each in gc.get_objects()))
        assert counts[2] <= counts[0]
        await server.aclose()

    run(work())


# A server's end


def test_a_closed_server_leaves_nothing(joined: Joined) -> None:
    async def work() -> None:
        server = await joined.serve()
        port = server.add_port("port")
        waiting = asyncio.ensure_future(read_to_the_end(port))
        async with connect(URI) as session:
            session.port("port").pause()
            port.write(b"x" * 500_000)
            joined.server = None
            await server.aclose()
            assert not server._streams
            with pytest.raises(ClosedError, match="the server was closed"):
                await waiting
            await session.wait_ended()
        await server.aclose()

    run(work())


def test_writing_to_a_port_that_is_closed_here(joined: Joined) -> None:
    async def work() -> None:
        server = await joined.serve()
        port = server.add_port("port", is_opened=False)
        async with connect(URI):
            with pytest.raises(ClosedError, match="port 'port' is closed: open it first"):
                port.write(b"x")
        await server.aclose()

    run(work())


def test_addresses_of_one_network_count_as_one(joined: Joined) -> None:
    async def work() -> None:
        server: Server = await joined.serve(limits=ServerLimits(max_linking_per_peer=4))
        streams = []
        for number in range(8):
            stream = Stream(server, ServerLimits())
            near, far = join_in_memory(asyncio.Protocol(), asyncio.Protocol())
            far._extra["peername"] = (f"2001:db8::{number}", 1, 0, 0)  # type: ignore[attr-defined]  # set by asyncio
            far.set_protocol(stream)
            stream.connection_made(far)
            streams.append(near)
        assert len(server._linking) == 4
        for each in streams:
            each.abort()
        await server.aclose()

    run(work())


def test_what_an_agent_does_not_take_is_bounded(joined: Joined) -> None:
    async def work() -> None:
        server = await joined.serve()
        server.connect_agent()
        async with connect(URI) as session:
            client = server.clients[0]
            client.send_agent(bytes(8 << 20))
            with pytest.raises(ClosedError, match="bytes of the agent's, the limit is 16777216"):
                client.send_agent(bytes(9 << 20))
            session.send_agent(bytes(8 << 20))
            with pytest.raises(ClosedError, match="bytes for the agent, the limit is 16777216"):
                session.send_agent(bytes(9 << 20))
            assert session.agent_waiting <= 16 << 20
        await server.aclose()

    run(work())
