"""Our server and spice-gtk, the library of spicy and remote-viewer."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import UUID

import pytest

from caraway.errors import AuthError
from caraway.net.tls import server_context
from caraway.protocol.sasl import judges
from caraway.server import Server
from tests.in_loop import in_loop, until
from tests.interop.spice.certificates import Certificates
from tests.interop.spice.spicegtk import SpiceGtk

NAME = "sérver of ours"
NUMBER = UUID("0b9c3c2e-5f34-4f7c-8f0e-2d7a9f5b1c11")
PORT = "org.example.echo.0"
#: Bits of spice-gtk's verify.
PUBLIC_KEY, HOST, SUBJECT = 1, 2, 4


@asynccontextmanager
async def serving(server: Server) -> AsyncIterator[str]:
    """A server that listens; gives its TCP port."""
    uri = await server.listen_tcp("127.0.0.1", 0)
    try:
        yield uri.rpartition(":")[2]
    finally:
        await server.aclose()


@in_loop
async def test_session(place: Path) -> None:
    server = Server(password="secret", name=NAME, uuid=NUMBER)
    port = server.add_port(PORT)
    async with serving(server) as number:
        async with SpiceGtk(place, host="127.0.0.1", port=number, password="secret") as peer:
            assert await peer.wait("channel-event", channel="1:0") == {
                "event": "channel-event",
                "channel": "1:0",
                "what": "opened",
                "error": None,
            }
            await peer.wait("name", name=NAME)
            await peer.wait("uuid", uuid=NUMBER.hex)
            await peer.wait("channel", channel="10:0", kind="PortChannel")
            await peer.wait("port", name=PORT, open=True)

            # Bytes both ways.
            await until(lambda: port.is_open, "the port has no client")
            data = bytes(range(256)) * 1000
            port.write(data)
            await port.drain()
            assert await peer.receive(PORT, len(data)) == data
            peer.tell("write", name=PORT, data=data.hex())
            received = b""
            while len(received) < len(data):
                received += await port.read()
            assert received == data

            # Closed and opened on our side.
            port.close()
            await peer.wait("port", name=PORT, open=False)
            port.open()
            await peer.wait("port", name=PORT, open=True)

            # Events both ways; what they mean is up to the ends.
            codes: list[int] = []
            port.on_event = codes.append
            peer.tell("send-event", name=PORT, code=2)
            peer.tell("send-event", name=PORT, code=200)
            await until(lambda: codes == [2, 200], "the events did not come")
            port.send_event(77)
            await peer.wait("port-event", code=77)

            # A client in the middle of a session hears of everything new.
            server.set_name("another name")
            await peer.wait("name", name="another name")
            later = server.add_port("org.example.later.0", is_opened=False)
            await peer.wait("channel", channel="10:1")
            await until(lambda: later.has_client, "the port was not opened")
            later.open()
            await peer.wait("port", name="org.example.later.0", open=True)
            server.clients[0].notify("spice-gtk writes this into its log", severity=1)

        await until(lambda: not server.clients, "the server still has a client")
        assert not port.is_open


@in_loop
async def test_without_name_and_ports(place: Path) -> None:
    server = Server()
    async with (
        serving(server) as number,
        SpiceGtk(place, host="127.0.0.1", port=number) as peer,
    ):
        await peer.wait("channel-event", channel="1:0", what="opened")
        await peer.wait("uuid", uuid=UUID(int=0).hex)
        # A list with nothing in it is a list all the same.
        await until(
            lambda: server.clients and server.clients[0].connection.channel.is_attached,
            "spice-gtk did not ask for the channels",
        )
        await server.aclose()
        await peer.wait("channel-event", channel="1:0", what="closed")


@pytest.mark.parametrize("password", ["", "wrong"])
@in_loop
async def test_wrong_password(place: Path, password: str) -> None:
    server = Server(password="secret")
    refused: list[Exception] = []
    server.on_refused = lambda _, error: refused.append(error)
    async with (
        serving(server) as number,
        SpiceGtk(place, host="127.0.0.1", port=number, password=password) as peer,
    ):
        event = await peer.wait("channel-event", channel="1:0")
        assert event["what"] == "error-auth"
        assert not server.clients
        assert [type(error) for error in refused] == [AuthError]


@in_loop
async def test_password_that_is_over(place: Path) -> None:
    server = Server()
    server.set_password("secret", lifetime_s=0.0)
    async with (
        serving(server) as number,
        SpiceGtk(place, host="127.0.0.1", port=number, password="secret") as peer,
    ):
        await peer.wait("channel-event", what="error-auth")


@in_loop
async def test_longest_password(place: Path) -> None:
    server = Server(password="p" * 60)
    async with (
        serving(server) as number,
        SpiceGtk(place, host="127.0.0.1", port=number, password="p" * 60) as peer,
    ):
        await peer.wait("channel-event", channel="1:0", what="opened")


@in_loop
async def test_unix_socket(place: Path) -> None:
    server = Server(password="secret", name=NAME)
    server.add_port(PORT)
    await server.listen_unix(place / "s")
    async with SpiceGtk(place / "h", unix_path=str(place / "s"), password="secret") as peer:
        await peer.wait("name", name=NAME)
        await peer.wait("port", name=PORT, open=True)
    await server.aclose()


# TLS


@asynccontextmanager
async def serving_tls(server: Server, certificates: Certificates) -> AsyncIterator[str]:
    context = server_context(certificates.certificate, certificates.key)
    uri = await server.listen_tcp("127.0.0.1", 0, tls=context)
    try:
        yield uri.rpartition(":")[2]
    finally:
        await server.aclose()


@in_loop
async def test_tls(place: Path, certificates: Certificates) -> None:
    server = Server(password="secret", name=NAME)
    server.add_port(PORT)
    async with serving_tls(server, certificates) as number:
        known = {
            "tls_port": number,
            "password": "secret",
            "ca_file": str(certificates.ca),
        }
        async with SpiceGtk(place / "1", host="localhost", verify=HOST, **known) as peer:
            await peer.wait("port", name=PORT, open=True)
        named = {"cert_subject": certificates.subject, "verify": SUBJECT, **known}
        async with SpiceGtk(place / "2", host="127.0.0.1", **named) as peer:
            await peer.wait("name", name=NAME)
            await peer.wait("port", name=PORT, open=True)


@in_loop
async def test_tls_refusals(
    place: Path, certificates: Certificates, strangers: Certificates
) -> None:
    server = Server()
    async with serving_tls(server, certificates) as number:
        wrong = [
            {"ca_file": str(strangers.ca), "verify": HOST},
            {"ca_file": str(certificates.ca), "verify": SUBJECT, "cert_subject": "CN=other"},
        ]
        for index, settings in enumerate(wrong):
            home = place / str(index)
            async with SpiceGtk(home, host="localhost", tls_port=number, **settings) as peer:
                event = await peer.wait("channel-event", channel="1:0")
                assert event["what"] == "error-tls"
    assert not server.clients


# More than one client


@in_loop
async def test_second_client_takes_over(place: Path) -> None:
    server = Server()
    port = server.add_port(PORT)
    async with (
        serving(server) as number,
        SpiceGtk(place / "1", host="127.0.0.1", port=number) as first,
    ):
        await first.wait("port", name=PORT, open=True)
        async with SpiceGtk(place / "2", host="127.0.0.1", port=number) as second:
            await first.wait("channel-event", channel="10:0", what="closed")
            await first.wait("channel-event", channel="1:0", what="closed")
            await second.wait("port", name=PORT, open=True)
            port.write(b"to the second")
            assert await second.receive(PORT, 13) == b"to the second"
            assert len(server.clients) == 1


@in_loop
async def test_two_clients(place: Path) -> None:
    server = Server(clients=2)
    async with (
        serving(server) as number,
        SpiceGtk(place / "1", host="127.0.0.1", port=number) as first,
        SpiceGtk(place / "2", host="127.0.0.1", port=number) as second,
    ):
        for peer in (first, second):
            await peer.wait("channel-event", channel="1:0", what="opened")
        await until(lambda: len(server.clients) == 2, "the first had to go")
        server.set_name("for both")
        for peer in (first, second):
            await peer.wait("name", name="for both")


@in_loop
async def test_reconnects(place: Path) -> None:
    server = Server()
    server.add_port(PORT)
    async with (
        serving(server) as number,
        SpiceGtk(place, host="127.0.0.1", port=number) as peer,
    ):
        for _ in range(3):
            await peer.wait("port", name=PORT, open=True)
            peer.tell("disconnect")
            await peer.wait("disconnected")
            await until(lambda: not server.clients, "the server still has a client")
            peer.tell("connect")
        await peer.wait("port", name=PORT, open=True)


# SASL


@pytest.mark.parametrize("password", ["secret", "wrong"])
@in_loop
async def test_sasl(place: Path, certificates: Certificates, password: str) -> None:
    server = Server(name=NAME, sasl=judges({"caraway": "secret"}, allows_plain=True))
    server.add_port(PORT)
    async with serving_tls(server, certificates) as number:
        known = {"tls_port": number, "ca_file": str(certificates.ca), "verify": HOST}
        user = {"username": "caraway", "password": password}
        async with SpiceGtk(place, host="localhost", **known, **user) as peer:
            if password == "secret":
                await peer.wait("name", name=NAME)
                await peer.wait("port", name=PORT, open=True)
            else:
                event = await peer.wait("channel-event", channel="1:0")
                assert event["what"] == "error-auth"
                assert not server.clients
