"""litmus, the WebDAV test suite: all its groups, over TCP and over a stream in memory."""

from __future__ import annotations

import asyncio
import re
import shutil
from pathlib import Path

import pytest

from caraway.webdav.application import Application
from caraway.webdav.call import Policy
from caraway.webdav.server.connection import Connection
from caraway.webdav.server.listen import Server
from caraway.webdav.store.folder import FolderStore
from caraway.webdav.store.interface import Store
from caraway.webdav.store.memory import MemoryStore
from tests.unit.webdav.server.memory import MemoryTransport

#: Tests in each group of litmus 0.13.
GROUPS = {"basic": 16, "copymove": 13, "props": 30, "locks": 41, "http": 4}
_SUMMARY = re.compile(r"summary for `(\w+)': of (\d+) tests run: (\d+) passed, (\d+) failed")


@pytest.fixture(params=["memory", "folder"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    if request.param == "memory":
        return MemoryStore()
    folder = tmp_path / "share"
    folder.mkdir()
    return FolderStore(folder)


async def _litmus(url: str, workplace: Path) -> str:
    program = shutil.which("litmus")
    assert program, "litmus is missing; install with: sudo apt-get install litmus"
    process = await asyncio.create_subprocess_exec(
        *(program, "--keep-going", url),
        cwd=workplace,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await asyncio.wait_for(process.communicate(), 300)
    text = output.decode(errors="replace")
    assert process.returncode == 0, text
    return text


def judge(text: str) -> None:
    """Raise unless all tests of all groups have passed, without a warning."""
    found = {name: tuple(map(int, rest)) for name, *rest in _SUMMARY.findall(text)}
    assert found == {name: (count, count, 0) for name, count in GROUPS.items()}, text
    assert "WARNING" not in text, text


def _application(store: Store) -> Application:
    return Application(store, Policy(read_only=False))


def test_litmus_over_tcp(store: Store, tmp_path: Path) -> None:
    async def check() -> str:
        server = Server(_application(store))
        url = await server.listen_tcp("127.0.0.1", 0)
        try:
            return await _litmus(url, tmp_path)
        finally:
            await server.aclose()

    judge(asyncio.run(check()))


def test_litmus_over_a_stream_in_memory(store: Store, tmp_path: Path) -> None:
    """Bytes go by hand between litmus and connections that have no socket."""
    application = _application(store)

    async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection = Connection(application)
        transport = MemoryTransport(connection, peer="stream")
        connection.connection_made(transport)

        async def back() -> None:
            while True:
                writer.write(transport.take())
                await writer.drain()
                if transport.is_lost:
                    break
                transport.changed.clear()
                await transport.changed.wait()
            writer.close()
            await writer.wait_closed()

        answering = asyncio.create_task(back())
        while not transport.is_lost and (data := await reader.read(1000)):
            connection.data_received(data)
        if not transport.is_lost:
            connection.eof_received()
        await answering

    streams: set[asyncio.Task[None]] = set()

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        streams.add(asyncio.create_task(carry(reader, writer)))

    async def check() -> str:
        listener = await asyncio.start_server(accept, "127.0.0.1", 0)
        host, port = listener.sockets[0].getsockname()
        try:
            return await _litmus(f"http://{host}:{port}/", tmp_path)
        finally:
            listener.close()
            await asyncio.gather(*streams, return_exceptions=True)

    judge(asyncio.run(check()))
