"""Our server and the programs people use: spicy and remote-viewer, on a screen of their own."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import UUID

import pytest

from caraway.errors import AuthError
from caraway.messages.link import enums
from caraway.net.tls import server_context
from caraway.server import Server, ServerPort
from tests.in_loop import in_loop, until
from tests.interop.spice.certificates import Certificates
from tests.interop.spice.qemu import MONITOR
from tests.interop.spice.screen import Screen, Viewer

NAME = "a name"
NUMBER = UUID("0b9c3c2e-5f34-4f7c-8f0e-2d7a9f5b1c11")
PASSWORD = "secret"


@pytest.fixture(scope="module")
def screen(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Screen]:
    with Screen(tmp_path_factory.mktemp("screen")) as started:
        yield started


@asynccontextmanager
async def serving(certificates: Certificates | None = None) -> AsyncIterator[tuple[Server, str]]:
    """A server and its TCP port."""
    server = Server(password=PASSWORD, name=NAME, uuid=NUMBER)
    tls = None
    if certificates is not None:
        tls = server_context(certificates.certificate, certificates.key)
    uri = await server.listen_tcp("127.0.0.1", 0, tls=tls)
    try:
        yield server, uri.rpartition(":")[2]
    finally:
        await server.aclose()


async def received(port: ServerPort, size: int) -> bytes:
    data = b""
    while len(data) < size:
        data += await port.read()
    return data


# spicy


@in_loop
async def test_spicy(screen: Screen, place: Path) -> None:
    async with serving() as (server, number):
        # spicy knows these names: one is its standard input and output, ...
        console = server.add_port("org.spice.spicy")
        # ... and to the other it sends a break, and closes it.
        breaking = server.add_port("org.spice.spicy.break")
        events: list[int] = []
        breaking.on_event = events.append
        command = ("spicy", "-h", "127.0.0.1", "-p", number, "-w", PASSWORD)
        async with Viewer(screen, place, *command) as spicy:
            await until(lambda: console.is_open, "spicy does not open the port")
            assert enums.MainCap.NAME_AND_UUID in server.clients[0].capabilities.channel
            # It writes to what it has found to be open, which it finds out a moment later.
            console.write(b"to spicy")
            assert await spicy.read(8) == b"to spicy"
            spicy.type(b"from spicy\n")
            assert await received(console, 11) == b"from spicy\n"
            await until(lambda: events == [2], "no break came")
            await until(lambda: not breaking.has_client, "spicy keeps the other port")
            assert console.is_open
        await until(lambda: not server.clients, "the server still has a client")


@in_loop
async def test_spicy_by_tls(screen: Screen, place: Path, certificates: Certificates) -> None:
    async with serving(certificates) as (server, number):
        console = server.add_port("org.spice.spicy")
        uri = f"spice+tls://localhost:{number}"
        options = ("--uri", uri, "-w", PASSWORD, f"--spice-ca-file={certificates.ca}")
        async with Viewer(screen, place, "spicy", *options):
            await until(lambda: console.is_open, "spicy does not open the port")


@in_loop
async def test_spicy_with_a_wrong_password(screen: Screen, place: Path) -> None:
    async with serving() as (server, number):
        refused: list[Exception] = []
        server.on_refused = lambda _, error: refused.append(error)
        command = ("spicy", "-h", "127.0.0.1", "-p", number, "-w", "wrong")
        async with Viewer(screen, place, *command):
            await until(lambda: refused, "spicy does not try")
            assert isinstance(refused[0], AuthError)
            assert not server.clients


# remote-viewer


def write_file(folder: Path, *lines: str) -> str:
    """A connection file."""
    path = folder / "machine.vv"
    head = ["[virt-viewer]", "type=spice", "host=localhost"]
    path.write_text("".join(f"{line}\n" for line in [*head, *lines]))
    return str(path)


@in_loop
async def test_remote_viewer(screen: Screen, place: Path) -> None:
    async with serving() as (server, number):
        other = server.add_port("org.example.other.0")
        monitor = server.add_port(MONITOR)
        file = write_file(place, f"port={number}", f"password={PASSWORD}")
        async with Viewer(screen, place, "remote-viewer", "--debug", file) as viewer:
            await viewer.says("main channel: opened")
            await viewer.says(f"UUID changed to {NUMBER}")
            await viewer.says("port#0 org.example.other.0: opened")
            # It speaks to a monitor that it takes for QEMU's: so would anybody's VM.
            await viewer.says(f"port#1 {MONITOR}: opened")
            asked = (await monitor.read()).decode()
            # Not quite JSON.
            assert json.loads(asked.replace("'", '"')) == {"execute": "qmp_capabilities", "id": 0}
            other.close()
            await viewer.says("port#0 org.example.other.0: closed")
            other.open()
            await viewer.says("port#0 org.example.other.0: opened")
        await until(lambda: not server.clients, "the server still has a client")


@in_loop
async def test_remote_viewer_by_tls(
    screen: Screen, place: Path, certificates: Certificates
) -> None:
    async with serving(certificates) as (server, number):
        server.add_port("org.example.port.0")
        authority = certificates.ca.read_text().replace("\n", "\\n")
        subject = f"host-subject={certificates.subject}"
        lines = (f"tls-port={number}", f"password={PASSWORD}", f"ca={authority}", subject)
        file = write_file(place, *lines)
        async with Viewer(screen, place, "remote-viewer", "--debug", file) as viewer:
            await viewer.says("main channel: opened")
            await viewer.says("org.example.port.0: opened")


@in_loop
async def test_remote_viewer_refuses_the_certificate(
    screen: Screen, place: Path, certificates: Certificates, strangers: Certificates
) -> None:
    async with serving(certificates) as (server, number):
        authority = strangers.ca.read_text().replace("\n", "\\n")
        lines = (f"tls-port={number}", f"password={PASSWORD}", f"ca={authority}")
        file = write_file(place, *lines)
        async with Viewer(screen, place, "remote-viewer", "--debug", file) as viewer:
            await viewer.says("zap main channel")
            assert "Error in server certificate verification" in viewer.log
            assert not server.clients


@in_loop
async def test_remote_viewer_with_a_wrong_password(screen: Screen, place: Path) -> None:
    async with serving() as (server, number):
        file = write_file(place, f"port={number}", "password=wrong")
        async with Viewer(screen, place, "remote-viewer", "--debug", file) as viewer:
            await viewer.says("main channel: auth failure")
            assert not server.clients
