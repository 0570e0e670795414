"""How sessions end: who did it, what the user is told, and what is left behind."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Callable
from struct import pack
from typing import Any

import pytest

from caraway.client import (
    Missed,
    Notified,
    PortAdded,
    PortUnavailable,
    Session,
    Switched,
    connect,
)
from caraway.client import connections as module
from caraway.client.event_queue import MAX_EVENTS
from caraway.client.opener import Opener, server_still_accepts
from caraway.errors import (
    ActionFailed,
    AuthError,
    ClosedError,
    ConnectError,
    DeadlineExceeded,
    LinkRefused,
    RemoteProtocolError,
    TakenOver,
)
from caraway.net.connection import ChannelConnection
from caraway.net.endpoint import parse_uri
from caraway.net.memory import join_in_memory
from caraway.server import Server, ServerLimits
from caraway.server.server import Stream
from tests.unit.protocol.wires import framed
from tests.unit.server.joined import URI, Joined, run, scripted

INIT = framed(103, pack("<8I", 77, 1, 3, 1, 0, 10, 0, 0))
NO_CHANNELS = framed(104, pack("<I", 0))
ONE_PORT = framed(104, pack("<I2B", 1, 10, 0))
PORT = framed(201, pack("<IIB", 5, 9, 1) + b"port\0")
WAIT_FOR_EVER = framed(5, b"\1" + pack("<BBQ", 10, 0, 1000))


def _moved(port: int, host: bytes = b"there\0") -> bytes:
    return framed(111, pack("<HHIIII", port, 0, len(host), 20, 0, 0) + host)


@pytest.fixture
def joined(monkeypatch: pytest.MonkeyPatch) -> Joined:
    monkeypatch.setattr(module, "ALL_AT_ONCE_S", 0.05)
    return Joined(monkeypatch)


class Scripted:
    """A scripted server whose streams can be ended by hand."""

    def __init__(self, joined: Joined, *script: bytes) -> None:
        self.streams: list[Any] = []
        make = scripted(*script)

        def accept(count: int) -> asyncio.Protocol:
            stream = make(count)
            self.streams.append(stream)
            return stream

        joined.accept = accept

    def close(self, index: int) -> None:
        self.streams[index].close()

    def send(self, index: int, data: bytes) -> None:
        self.streams[index].transport.write(data)


async def _until(is_so: Callable[[], bool]) -> None:
    while not is_so():
        await asyncio.sleep(0.002)


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


def test_a_port_alone_is_gone_and_the_session_goes_on(joined: Joined) -> None:
    async def work() -> None:
        server = Scripted(joined, INIT + ONE_PORT, PORT)
        async with connect(URI) as session:
            port = session.port("port")
            server.close(1)
            with pytest.raises(ClosedError, match="the channel of port 'port': the other side"):
                await _read_to_the_end(port)
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
                await _read_to_the_end(port)
            assert not session.is_over

    run(work())


# What a port's trouble means for the rest


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
            await _until(lambda: not port.is_connected)
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
        async with connect(URI, timeout_s=0.1) as session:
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
        beginning = asyncio.ensure_future(_begun(""))
        await _until(lambda: len(server.streams) == 2)
        # Another port, which says nothing: no reason not to begin.
        server.send(0, two)
        async with await beginning as session:
            assert session.port("port").is_open
            await _until(lambda: len(server.streams) == 3)
            server.close(2)
            found = [await session.next_event() for _ in range(3)]
            assert PortAdded("port") in found
            assert isinstance(found[-1], PortUnavailable)

    run(work())


# Nothing is left behind


def _cancel_at(joined: Joined, step: int) -> bool:
    """Cancel connecting after some turns of the loop; whether it was still at it."""
    found: list[bool] = []

    async def work() -> None:
        server = await joined.serve(password="secret")
        for number in range(3):
            server.add_port(f"port{number}")
        beginning = asyncio.ensure_future(_begun("secret"))
        for _ in range(step):
            await asyncio.sleep(0)
        found.append(not beginning.done())
        beginning.cancel()
        await asyncio.gather(beginning, return_exceptions=True)
        if not found[0]:
            await beginning.result().aclose()
        await _until(lambda: not server.clients and not server._streams)
        await server.aclose()

    run(work())
    return found[0]


async def _begun(password: str) -> Session:
    return await connect(URI, password=password)


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
            await connect(URI, timeout_s=0.05)

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
        await _until(lambda: silent.is_lost)

    run(work())


def test_closing_while_the_end_is_being_found_out(joined: Joined) -> None:
    async def work() -> None:
        server = Scripted(joined, INIT + ONE_PORT, PORT)
        async with connect(URI) as session:
            port = session.port("port")
            reading = asyncio.ensure_future(_read_to_the_end(port))
            server.close(0)
            await _until(lambda: len(session._tasks.running) > 0)
        with pytest.raises(ClosedError, match="closed here"):
            await reading
        await session.aclose()
        assert all(stream.transport is None for stream in session._connections.streams)

    run(work())


async def _read_to_the_end(port: Any) -> None:
    while True:
        await port.read()
        await port.wait_open()


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
            await _until(lambda: not server._streams)
            gc.collect()
            counts.append(sum(isinstance(each, kinds) for each in gc.get_objects()))
        assert counts[2] <= counts[0]
        await server.aclose()

    run(work())


# Moving to another host


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
            await _until(lambda: len(server.streams) == 2)
            await asyncio.sleep(0.01)
        await _until(lambda: all(each.transport is None for each in server.streams))

    run(work())


# Faults of those who are called


def _handler(caught: list[Any]) -> None:
    asyncio.get_running_loop().set_exception_handler(
        lambda loop, context: caught.append(context["exception"])
    )


def _fail(*args: object) -> None:
    raise KeyError("a fault of the user's")


def test_a_fault_where_data_is_taken_ends_its_port_and_names_it(joined: Joined) -> None:
    async def work() -> None:
        caught: list[Any] = []
        _handler(caught)
        server = await joined.serve()
        far = server.add_port("port")
        async with connect(URI) as session:
            near = session.port("port")
            near.on_data = _fail
            far.write(b"x")
            with pytest.raises(ActionFailed, match="KeyError"):
                await _read_to_the_end(near)
            assert [type(each) for each in caught] == [KeyError]
            assert not session.is_over
        await server.aclose()

    run(work())


def test_a_fault_where_the_agent_is_heard_is_no_take_over(joined: Joined) -> None:
    async def work() -> None:
        caught: list[Any] = []
        _handler(caught)
        server = await joined.serve()
        server.connect_agent()
        async with connect(URI) as session:
            session.on_agent_data = _fail
            session.start_agent()
            server.clients[0].send_agent(b"x")
            error = await session.wait_ended()
            assert isinstance(error, ActionFailed)
            assert not isinstance(error, ClosedError)
            assert caught
        await server.aclose()

    run(work())


def test_a_fault_of_one_who_is_told_keeps_nothing_from_others(joined: Joined) -> None:
    async def work() -> None:
        caught: list[Any] = []
        _handler(caught)
        server = await joined.serve()
        ports = [server.add_port(f"port{number}") for number in range(3)]
        server.on_client = server.on_client_gone = _fail
        gone: list[str] = []
        for port in ports:
            port.on_change = port.on_client = _fail
        async with connect(URI) as session:
            for near in session.ports.values():
                near.on_change = _fail
            session.port("port2").on_change = lambda: gone.append("port2")
        assert gone == ["port2"]
        await _until(lambda: not server.clients)
        assert not any(port.has_client for port in ports)
        assert len(caught) >= 8
        await server.aclose()

    run(work())


# Memory, and events


def test_long_notices_are_cut(joined: Joined) -> None:
    async def work() -> None:
        server = await joined.serve()
        async with connect(URI) as session:
            server.clients[0].notify("x" * 1_000_000)
            event = await session.next_event()
            assert isinstance(event, Notified)
            assert len(event.text) == module.MAX_TEXT
        await server.aclose()

    run(work())


def test_events_that_were_missed_come_before_those_that_were_not(joined: Joined) -> None:
    async def work() -> None:
        server = await joined.serve()
        async with connect(URI) as session:
            for number in range(MAX_EVENTS + 5):
                server.clients[0].notify(str(number))
            await _until(lambda: session._events.missed == 5)
            assert await session.next_event() == Missed(5)
            assert await session.next_event() == Notified("5", "information")
        await server.aclose()

    run(work())


def test_reading_does_not_end_a_wait_for_other_channels(joined: Joined) -> None:
    data = framed(101, b"x" * 300_000)

    async def work() -> None:
        server = Scripted(joined, INIT + ONE_PORT, PORT + data + WAIT_FOR_EVER)
        async with connect(URI) as session:
            port = session.port("port")
            server.send(1, framed(101, b"behind"))
            assert len(await port.read(300_000)) == 300_000
            reading = asyncio.ensure_future(port.read())
            await asyncio.sleep(0.05)
            assert not reading.done()
            port.pause()
            port.resume()
            await asyncio.sleep(0.02)
            assert not reading.done()
            reading.cancel()
            await asyncio.gather(reading, return_exceptions=True)

    run(work())


def test_the_main_channel_waits_for_ports(joined: Joined) -> None:
    wait = framed(5, b"\1" + pack("<BBQ", 10, 0, 3))
    name = framed(113, pack("<I", 2) + b"vm")

    async def work() -> None:
        server = Scripted(joined, INIT + ONE_PORT, PORT)
        async with connect(URI) as session:
            server.send(0, wait + name)
            await asyncio.sleep(0.05)
            assert session.name is None
            server.send(1, framed(101, b"a") * 2)
            await _until(lambda: session.name == "vm")

    run(work())


# A server's end


def test_a_closed_server_leaves_nothing(joined: Joined) -> None:
    async def work() -> None:
        server = await joined.serve()
        port = server.add_port("port")
        waiting = asyncio.ensure_future(_read_to_the_end(port))
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
