"""Sessions of a client: with our server, and with scripted ones that are odd or hostile."""

from __future__ import annotations

import asyncio
from struct import pack
from uuid import UUID

import pytest

from caraway.client import Ended, MouseModeChanged, Named, Notified, PortAdded, Skipped, connect
from caraway.errors import (
    AuthError,
    CarawayError,
    ClosedError,
    ConnectError,
    DeadlineExceeded,
    DecodeError,
    LimitExceeded,
    RemoteProtocolError,
    TakenOver,
)
from tests.unit.client.scripting import INIT, NO_CHANNELS, ONE_PORT, PORT
from tests.unit.protocol.wires import framed
from tests.unit.server.joined import URI, Joined, run, scripted

NUMBER = UUID("01234567-89ab-cdef-0123-456789abcdef")


# With our own server


def test_a_session(joined: Joined) -> None:
    async def work() -> None:
        server = await joined.serve(password="secret", name="vm", uuid=NUMBER)
        async with connect(URI, password="secret") as session:
            assert (session.name, session.uuid) == ("vm", NUMBER)
            assert session.init.session_id == server.clients[0].session_id
            assert session.ports == {}
            server.set_name("other")
            assert await session.next_event() == Named("vm", None)
            assert await session.next_event() == Named("vm", NUMBER)
            assert await session.next_event() == Named("other", NUMBER)
        assert session.is_over
        await server.aclose()

    run(work())


@pytest.mark.parametrize("password", ["wrong", ""])
def test_a_wrong_password(joined: Joined, password: str) -> None:
    async def work() -> None:
        server = await joined.serve(password="secret")
        with pytest.raises(AuthError, match="refused the password"):
            await connect(URI, password=password)
        assert server.clients == []
        await server.aclose()

    run(work())


def test_an_empty_password_lets_nobody_in(joined: Joined) -> None:
    async def work() -> None:
        server = await joined.serve(password="")
        with pytest.raises(AuthError):
            await connect(URI)
        await server.aclose()

    run(work())


def test_a_port_both_ways(joined: Joined) -> None:
    async def work() -> None:
        server = await joined.serve()
        far = server.add_port("echo")
        async with connect(URI) as session:
            near = session.port("echo")
            assert near.is_open
            near.write(b"hello")
            assert await far.read() == b"hello"
            far.write(b"x" * 200_000)
            taken = b""
            while len(taken) < 200_000:
                taken += await near.read(1000)
            assert taken == b"x" * 200_000
            far.close()
            assert await near.read() == b""
            with pytest.raises(ClosedError, match="'echo' is closed in the virtual machine"):
                near.write(b"late")
            far.open()
            await near.wait_open()
            heard: list[int] = []
            far.on_event = heard.append
            near.on_event = heard.append
            near.send_break()
            far.send_event(7)
            while len(heard) < 2:
                await asyncio.sleep(0)
            assert sorted(heard) == [2, 7]
        await server.aclose()

    run(work())


def test_a_port_that_comes_later(joined: Joined) -> None:
    async def work() -> None:
        server = await joined.serve()
        async with connect(URI) as session:
            server.add_port("late")
            port = await session.wait_port("late")
            assert port.is_open
            with pytest.raises(ClosedError, match="no port 'other'"):
                session.port("other")
            with pytest.raises(DeadlineExceeded, match="no port 'other'"):
                await session.wait_port("other", timeout_s=0.01)
        await server.aclose()

    run(work())


def test_another_client_takes_over(joined: Joined) -> None:
    async def work() -> None:
        server = await joined.serve(password="secret")
        first = await connect(URI, password="secret")
        async with connect(URI, password="secret"):
            assert isinstance(await first.wait_ended(), TakenOver)
            assert len(server.clients) == 1
        await first.aclose()
        await server.aclose()

    run(work())


def test_several_clients(joined: Joined) -> None:
    async def work() -> None:
        server = await joined.serve(clients=2)
        async with connect(URI) as first, connect(URI) as second:
            assert len(server.clients) == 2
            assert first.init.session_id != second.init.session_id
            assert not first.is_over
        await server.aclose()

    run(work())


def test_a_server_that_is_gone(joined: Joined) -> None:
    async def work() -> None:
        server = await joined.serve()
        async with connect(URI) as session:
            joined.server = None
            await server.aclose()
            assert isinstance(await session.wait_ended(), ConnectError)
            events = [event async for event in session.events()]
            assert isinstance(events[-1], Ended)
            with pytest.raises(ConnectError):
                await session.next_event()

    run(work())


def test_a_notice_for_the_user(joined: Joined) -> None:
    async def work() -> None:
        server = await joined.serve()
        async with connect(URI) as session:
            server.clients[0].notify("grüß", severity=2)
            assert await session.next_event() == Notified("grüß", "error")
        await server.aclose()

    run(work())


# With scripted servers


def _outcome(joined: Joined, *script: bytes, timeout_s: float = 5.0) -> CarawayError:
    """Why a session ends, whether it had begun or not."""
    joined.accept = scripted(*script)
    found: list[CarawayError] = []

    async def work() -> None:
        try:
            async with connect(URI, timeout_s=timeout_s) as session:
                found.append(await session.wait_ended())
        except CarawayError as error:
            found.append(error)

    run(work())
    return found[0]


@pytest.mark.parametrize(
    ("behind", "kind"),
    [
        (framed(104)[:2] + pack("<I", 0x7FFFFFFF), LimitExceeded),
        (INIT, RemoteProtocolError),
        (framed(105, b"a"), DecodeError),
        (framed(8, b"\1\0\xff\xff\xff\xff"), DecodeError),
        (
            framed(104, pack("<I", 2000) + b"".join(bytes(divmod(n, 250)) for n in range(2000))),
            RemoteProtocolError,
        ),
    ],
)
@pytest.mark.parametrize("channels", [NO_CHANNELS, ONE_PORT])
def test_a_main_channel_that_breaks_the_rules_as_soon_as_it_can(
    joined: Joined, behind: bytes, kind: type[CarawayError], channels: bytes
) -> None:
    # All of it comes in one piece, while the ports are still to be opened.
    assert isinstance(_outcome(joined, INIT + channels + behind, PORT), kind)


def test_a_session_that_does_not_begin(joined: Joined) -> None:
    assert isinstance(_outcome(joined, NO_CHANNELS), RemoteProtocolError)


@pytest.mark.parametrize("script", [b"", INIT, INIT + b"\0"])
def test_a_server_that_falls_silent(joined: Joined, script: bytes) -> None:
    assert isinstance(_outcome(joined, script, timeout_s=0.05), DeadlineExceeded)


def test_a_port_that_does_not_introduce_itself(joined: Joined) -> None:
    notice = framed(7, pack("<QIIII", 0, 1, 2, 0, 0))
    error = _outcome(joined, INIT + ONE_PORT, notice, timeout_s=0.05)
    assert isinstance(error, DeadlineExceeded)


def test_what_comes_with_the_end_of_the_link_stage(joined: Joined) -> None:
    name = framed(113, pack("<I", 2) + b"vm")
    mouse = framed(105, pack("<HH", 3, 2))
    joined.accept = scripted(INIT + name + framed(999, b"ab") + mouse + ONE_PORT, PORT)

    async def work() -> None:
        async with connect(URI) as session:
            assert session.name == "vm"
            assert session.mouse_mode == 2
            found = [await session.next_event() for _ in range(4)]
            assert found == [
                Named("vm", None),
                Skipped("main", 999, 2),
                MouseModeChanged(2),
                PortAdded("port"),
            ]

    run(work())
