"""A port as asyncio streams: lines, back-pressure, closing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from caraway.client import connect
from caraway.client.port import Port
from caraway.errors import ClosedError
from caraway.net.port_streams import LIMIT, open_streams
from caraway.server import ServerPort
from tests.unit.server.joined import URI, Joined, run


@pytest.fixture
def joined(monkeypatch: pytest.MonkeyPatch) -> Joined:
    """Client and server in memory."""
    return Joined(monkeypatch)


@asynccontextmanager
async def _opened(joined: Joined) -> AsyncIterator[tuple[ServerPort, Port]]:
    server = await joined.serve()
    theirs = server.add_port("port")
    async with connect(URI) as session:
        yield theirs, session.port("port")
    await server.aclose()


def test_lines_both_ways(joined: Joined) -> None:
    async def work() -> None:
        async with _opened(joined) as (theirs, ours):
            theirs.write(b"unread ")
            while not ours._unread_size:
                await asyncio.sleep(0)
            reader, writer = open_streams(ours)
            their_reader, their_writer = open_streams(theirs)
            their_writer.write(b"one\ntwo\n")
            await their_writer.drain()
            assert await reader.readline() == b"unread one\n"
            assert await reader.readexactly(4) == b"two\n"
            writer.writelines([b"three", b"\n"])
            await writer.drain()
            assert await their_reader.readline() == b"three\n"
            assert writer.get_extra_info("peername") == "port"
            assert not writer.can_write_eof()
            writer.close()
            their_writer.close()

    run(work())


def test_a_reader_that_does_not_read_makes_the_other_wait(joined: Joined) -> None:
    async def work() -> None:
        async with _opened(joined) as (theirs, ours):
            reader, writer = open_streams(ours)
            content = bytes(range(256)) * 4096

            async def send() -> None:
                for start in range(0, len(content), 4096):
                    theirs.write(content[start : start + 4096])
                    await theirs.drain()

            sending = asyncio.create_task(send())
            for _ in range(200):
                await asyncio.sleep(0)
            assert not sending.done()
            assert len(reader._buffer) < 4 * LIMIT  # type: ignore[attr-defined]
            assert await reader.readexactly(len(content)) == content
            await sending
            writer.close()

    run(work())


def test_closing_there_is_the_end(joined: Joined) -> None:
    async def work() -> None:
        async with _opened(joined) as (theirs, ours):
            reader, writer = open_streams(ours)
            theirs.write(b"last")
            theirs.close()
            assert await reader.read() == b"last"
            await writer.wait_closed()
            with pytest.raises(ClosedError, match="port 'port' is closed on the other side"):
                open_streams(ours)
            theirs.open()
            await ours.wait_open()
            again, writer = open_streams(ours)
            theirs.write(b"again\n")
            assert await again.readline() == b"again\n"
            writer.close()

    run(work())


def test_closing_the_writer_leaves_the_port(joined: Joined) -> None:
    async def work() -> None:
        async with _opened(joined) as (theirs, ours):
            reader, writer = open_streams(ours)
            writer.close()
            writer.close()
            assert writer.is_closing()
            await writer.wait_closed()
            assert await reader.read() == b""
            writer.write(b"dropped")
            theirs.write(b"for others")
            assert await ours.read() == b"for others"

    run(work())
