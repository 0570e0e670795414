"""Channels wait for each other: WAIT_FOR_CHANNELS."""

from __future__ import annotations

import asyncio
from struct import pack

from caraway.client import connect
from tests.in_loop import until
from tests.unit.client.scripting import INIT, ONE_PORT, PORT, WAIT_FOR_EVER, Scripted
from tests.unit.protocol.wires import framed, listed
from tests.unit.server.joined import URI, Joined, run, scripted


def test_a_port_waits_for_the_main_channel(joined: Joined) -> None:
    wait = framed(5, b"\1" + pack("<BBQ", 1, 0, 4))
    joined.accept = scripted(INIT + ONE_PORT, PORT + wait + framed(101, b"late"))

    async def work() -> None:
        async with connect(URI) as session:
            port = session.port("port")
            reading = asyncio.ensure_future(port.read())
            await asyncio.sleep(0.05)
            # Nothing behind the waiting is handed out, though it is here.
            assert not reading.done()
            reading.cancel()
            await asyncio.gather(reading, return_exceptions=True)

    run(work())


def test_waiting_in_a_list_for_what_has_come(joined: Joined) -> None:
    wait = b"\2" + pack("<BBQ", 1, 0, 2) + pack("<BBQ", 10, 99, 5)
    behind = framed(8, listed((5, wait))) + framed(101, b"data")
    joined.accept = scripted(INIT + ONE_PORT, PORT + behind)

    async def work() -> None:
        async with connect(URI) as session:
            assert await session.port("port").read() == b"data"

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
            await until(lambda: session.name == "vm")

    run(work())
