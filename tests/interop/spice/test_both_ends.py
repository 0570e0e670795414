"""Our client and our server, over every transport there is."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest

from caraway.client import connect
from caraway.errors import AuthError, TakenOver
from caraway.net.endpoint import Endpoint, Proxy, TLSSettings, parse_uri
from caraway.net.tls import server_context
from caraway.protocol.sasl import judges
from caraway.server import Server, ServerPort
from tests.in_loop import in_loop, until
from tests.interop.spice.certificates import Certificates
from tests.interop.spice.tinyproxy import Tinyproxy

NAME = "ours"
NUMBER = UUID("0b9c3c2e-5f34-4f7c-8f0e-2d7a9f5b1c11")
PORT = "org.example.echo.0"
TRANSPORTS = ("tcp", "tls", "unix", "ws", "wss", "proxy", "proxy with tls", "proxy with wss")
#: More than all that is on the way at any time.
DATA = bytes(range(256)) * 8192


def echo(port: ServerPort) -> None:
    """Send back what comes, as fast as it is taken."""

    def take(data: object) -> None:
        assert isinstance(data, bytes | memoryview)
        port.write(data)

    port.on_data = take


@asynccontextmanager
async def reach(
    transport: str, server: Server, certificates: Certificates, place: Path
) -> AsyncIterator[Endpoint]:
    """Has a server listen; how to get there."""
    tls = TLSSettings(ca_file=str(certificates.ca))
    context = server_context(certificates.certificate, certificates.key)
    try:
        if transport == "unix":
            yield parse_uri(await server.listen_unix(place / "s"))
            return
        is_secure = transport.endswith(("tls", "wss"))
        uri = await server.listen_tcp("127.0.0.1", 0, tls=context if is_secure else None)
        number = int(uri.rpartition(":")[2])
        endpoint = Endpoint("localhost", number)
        if is_secure:
            endpoint = Endpoint("localhost", tls_port=number, tls=tls)
        if transport.endswith(("ws", "wss")):
            endpoint = replace(endpoint, websocket="/")
        if transport.startswith("proxy"):
            with Tinyproxy(place / "proxy") as proxy:
                yield replace(endpoint, host="localhost", proxy=Proxy("127.0.0.1", proxy.port))
        else:
            yield endpoint
    finally:
        await server.aclose()


@pytest.mark.parametrize("compresses", [False, True])
@pytest.mark.parametrize("transport", TRANSPORTS)
@in_loop
async def test_session(
    transport: str, compresses: bool, certificates: Certificates, place: Path
) -> None:
    server = Server(password="secret", name=NAME, uuid=NUMBER, compresses=compresses)
    echo(server.add_port(PORT))
    async with reach(transport, server, certificates, place) as endpoint:
        with pytest.raises(AuthError):
            await connect(endpoint, password="wrong")
        async with connect(endpoint, password="secret") as session:
            assert (session.name, session.uuid) == (NAME, NUMBER)
            port = session.port(PORT)
            received = bytearray()
            for start in range(0, len(DATA), 1 << 16):
                piece = DATA[start : start + (1 << 16)]
                port.write(piece)
                await port.drain()
                while len(received) < start + len(piece):
                    received += await port.read()
            assert received == DATA
            async with connect(endpoint, password="secret"):
                assert isinstance(await session.wait_ended(), TakenOver)
        await until(lambda: not server.clients, "the server still has a client")


@in_loop
async def test_sasl(certificates: Certificates, place: Path) -> None:
    for allows_plain in (False, True):
        known = judges({"caraway": "secret"}, allows_plain=allows_plain)
        server = Server(name=NAME, sasl=known)
        async with reach("tls", server, certificates, place) as endpoint:
            async with connect(endpoint, user="caraway", password="secret") as session:
                assert session.name == NAME
            with pytest.raises(AuthError):
                await connect(endpoint, user="caraway", password="wrong")
