"""Reaching servers on the loopback: every way there is, and every way it fails."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from caraway.errors import (
    CarawayError,
    ConnectError,
    DeadlineExceeded,
    RemoteProtocolError,
    TLSError,
    UsageError,
)
from caraway.net import tls
from caraway.net.dial import Stage, dial
from caraway.net.endpoint import Endpoint, Proxy, TLSSettings, parse_uri
from caraway.net.listen import Listener
from caraway.net.tls import server_context
from tests.unit.net.certificates import SUBJECT, Made, make_authority, make_server
from tests.unit.net.streams import Echo, Recorder, run

Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], object]


@asynccontextmanager
async def echoing(context: ssl.SSLContext | None = None) -> AsyncIterator[Endpoint]:
    """A server that echoes, on a port of its own."""
    made: list[Echo] = []

    def make() -> Echo:
        made.append(Echo())
        return made[-1]

    listener = Listener(make)
    try:
        yield parse_uri(await listener.listen_tcp("127.0.0.1", 0, tls=context))
    finally:
        await listener.aclose()
        for protocol in made:
            protocol.transport.abort()
        await asyncio.sleep(0)


@asynccontextmanager
async def serving(serve: Serve, context: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    """A server of another kind; its port."""
    writers: list[asyncio.StreamWriter] = []

    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writers.append(writer)
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            await serve(reader, writer)  # type: ignore[misc]

    server = await asyncio.start_server(accept, "127.0.0.1", 0, ssl=context)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for writer in writers:
            # Of TLS, and closed already, it could not be aborted with Python 3.11.2.
            if not writer.is_closing():
                writer.transport.abort()
        await asyncio.sleep(0.01)


async def answers(endpoint: Endpoint, *, secure: bool = False) -> list[Stage]:
    """Dial, send, get it back; what the stages were."""
    stages: list[Stage] = []
    protocol = await dial(
        endpoint, lambda: Recorder(b"REDQ!"), secure=secure, timeout_s=5, on_stage=stages.append
    )
    assert await protocol.until_taken(5) == b"REDQ!"
    protocol.transport.abort()
    await protocol.until("lost")
    return stages


async def fails(endpoint: Endpoint, *, secure: bool = False, timeout_s: float = 5) -> CarawayError:
    """Dial in vain."""
    with pytest.raises(CarawayError) as caught:
        await dial(endpoint, Recorder, secure=secure, timeout_s=timeout_s)
    await asyncio.sleep(0)
    return caught.value


def test_tcp() -> None:
    async def check() -> None:
        async with echoing() as endpoint:
            stages = await answers(endpoint)
            assert [(each.name, each.found) for each in stages] == [
                ("resolve", None),
                ("resolve", "127.0.0.1"),
                ("tcp", None),
                ("tcp", f"127.0.0.1:{endpoint.port}"),
            ]

    run(check())


def test_unix(tmp_path: Path) -> None:
    async def check() -> None:
        echo = Echo()
        listener = Listener(lambda: echo)
        endpoint = parse_uri(await listener.listen_unix(tmp_path / "vm.sock"))
        stages = await answers(endpoint)
        assert [each.name for each in stages] == ["unix", "unix"]
        assert isinstance(await fails(endpoint, secure=True), UsageError)
        await listener.aclose()
        await echo.until("lost")
        error = await fails(endpoint)
        assert "No such file" in str(error)
        assert isinstance(error, ConnectError)

    run(check())


def _contexts(made: Made, folder: Path) -> ssl.SSLContext:
    return server_context(*made.write(folder))


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        (lambda ca, own: TLSSettings(ca_pem=ca.pem), "made out for the host"),
        (lambda ca, own: TLSSettings(ca_pem=ca.pem, host_subject=SUBJECT), "subject as wanted"),
        (lambda ca, own: TLSSettings(ca_pem=ca.pem, verify_host=False), "host not checked"),
        (lambda ca, own: TLSSettings(public_key=own.public_key), "public key as wanted"),
        # Where the key has changed, the authority still counts.
        (lambda ca, own: TLSSettings(public_key=b"old", ca_pem=ca.pem), "made out for the host"),
    ],
)
def test_tls(
    authority: Made,
    server: Made,
    tmp_path: Path,
    settings: Callable[[Made, Made], TLSSettings],
    reason: str,
) -> None:
    async def check() -> None:
        async with echoing(_contexts(server, tmp_path)) as endpoint:
            endpoint = replace(endpoint, tls=settings(authority, server))
            stages = await answers(endpoint, secure=True)
            assert stages[-1].name == "tls"
            assert stages[-1].found is not None
            assert f"; {reason}; subject '{SUBJECT}'" in stages[-1].found
            assert stages[-1].found.startswith("TLSv1.3 ")
            assert stages[-1].certificate is not None
            assert stages[-1].certificate.public_key == server.public_key

    run(check())


@pytest.mark.parametrize(
    ("settings", "text"),
    [
        (lambda ca: TLSSettings(), "is not trusted: unable to get local issuer certificate"),
        (lambda ca: TLSSettings(ca_pem=make_authority().pem), "is not trusted"),
        (lambda ca: TLSSettings(ca_pem=ca.pem, host_subject="CN=other"), "wanted is 'CN=other'"),
        (lambda ca: TLSSettings(public_key=b"old"), "has another public key"),
        (lambda ca: TLSSettings(public_key=b"old", host_subject=SUBJECT), "is not trusted"),
    ],
)
def test_certificates_that_are_refused(
    authority: Made,
    server: Made,
    tmp_path: Path,
    settings: Callable[[Made], TLSSettings],
    text: str,
) -> None:
    async def check() -> None:
        async with echoing(_contexts(server, tmp_path)) as endpoint:
            error = await fails(replace(endpoint, tls=settings(authority)), secure=True)
            assert isinstance(error, TLSError)
            assert text in str(error)
            assert SUBJECT in str(error)
            assert error.hint

    run(check())


def test_a_certificate_for_another_host_or_time(authority: Made, tmp_path: Path) -> None:
    async def check(made: Made, text: str) -> None:
        async with echoing(_contexts(made, tmp_path)) as endpoint:
            endpoint = replace(endpoint, tls=TLSSettings(ca_pem=authority.pem))
            error = await fails(endpoint, secure=True)
            assert isinstance(error, TLSError)
            assert text in str(error)

    run(check(make_server(authority, "vm.example"), "not made out for '127.0.0.1'"))
    run(check(make_server(authority, "127.0.0.1", is_expired=True), "is not good now"))


def test_a_server_that_is_gone_when_looked_at_again(
    server: Made, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def check() -> None:
        async with echoing(_contexts(server, tmp_path)) as endpoint:
            start_tls = asyncio.BaseEventLoop.start_tls
            calls = []

            async def once(self: asyncio.BaseEventLoop, *args: object, **rest: object) -> object:
                calls.append(args)
                if len(calls) > 1:
                    raise ConnectionResetError(104, "reset")
                return await start_tls(self, *args, **rest)  # type: ignore[arg-type]

            monkeypatch.setattr(asyncio.BaseEventLoop, "start_tls", once)
            error = await fails(endpoint, secure=True)
            assert "is not trusted" in str(error)
            assert SUBJECT not in str(error)

    run(check())


def test_a_port_without_tls() -> None:
    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(10)
        writer.close()

    async def speaking(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        await reader.read()

    async def check() -> None:
        async with serving(silent) as port:
            error = await fails(Endpoint("127.0.0.1", None, port), secure=True)
            assert isinstance(error, TLSError)
            assert "TLS handshake" in str(error)
        async with serving(speaking) as port:
            error = await fails(Endpoint("127.0.0.1", None, port), secure=True)
            assert isinstance(error, TLSError)
            assert "does not speak TLS" in str(error)

    run(check())


def test_a_loop_that_makes_no_transport(
    server: Made, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def nothing(self: object, *args: object, **options: object) -> None:
        return None

    async def check() -> None:
        async with echoing(_contexts(server, tmp_path)) as endpoint:
            monkeypatch.setattr(asyncio.BaseEventLoop, "start_tls", nothing)
            assert "closed the connection" in str(await fails(endpoint, secure=True))

    run(check())


def test_a_certificate_that_cannot_be_read(
    authority: Made, server: Made, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def check() -> None:
        async with echoing(_contexts(server, tmp_path)) as endpoint:
            monkeypatch.setattr(
                ssl.SSLObject, "getpeercert", lambda self, binary_form=False: b"odd"
            )
            endpoint = replace(endpoint, tls=TLSSettings(ca_pem=authority.pem))
            assert "cannot be read" in str(await fails(endpoint, secure=True))

    run(check())


def test_ports_that_are_not_there() -> None:
    async def check() -> None:
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            error = await fails(Endpoint("127.0.0.1", taken.getsockname()[1]))
        assert isinstance(error, ConnectError)
        assert "Connection refused" in str(error)
        assert isinstance(await fails(Endpoint("vm", 1), secure=True), UsageError)
        assert "unencrypted" in str(await fails(Endpoint("vm", None, 1)))

    run(check())


def test_a_socket_that_is_lost_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    async def lost(self: object, factory: object, *, sock: socket.socket) -> None:
        raise OSError(107, "not connected")

    async def check() -> None:
        async with echoing() as endpoint:
            monkeypatch.setattr(asyncio.BaseEventLoop, "create_connection", lost)
            error = await fails(endpoint)
            assert isinstance(error, ConnectError)
            assert "not connected" in str(error)

    run(check())


def test_deadlines(monkeypatch: pytest.MonkeyPatch) -> None:
    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()

    async def hanging(self: object, *args: object, **options: object) -> None:
        await asyncio.sleep(60)

    async def check() -> None:
        async with serving(silent) as port:
            errors = await asyncio.gather(
                fails(Endpoint("127.0.0.1", None, port), secure=True, timeout_s=2),
                fails(Endpoint("127.0.0.1", port, websocket="/"), timeout_s=2),
                fails(Endpoint("vm", 1, proxy=Proxy("127.0.0.1", port)), timeout_s=2),
            )
        texts = ("answer to TLS", "request for a WebSocket", "the proxy does not answer")
        for error, text in zip(errors, texts, strict=True):
            assert isinstance(error, DeadlineExceeded)
            assert text in str(error)
            assert "within 2 s" in str(error)
        monkeypatch.setattr(asyncio.BaseEventLoop, "getaddrinfo", hanging)
        error = await fails(Endpoint("vm", 1), timeout_s=0.01)
        assert "looked up" in str(error)

    run(check())


def test_a_protocol_that_cannot_be_made_leaves_nothing() -> None:
    def fail() -> Recorder:
        raise RuntimeError("a bug")

    async def check() -> None:
        async with echoing() as endpoint:
            with pytest.raises(RuntimeError):
                await dial(endpoint, fail, secure=False, timeout_s=5)

    run(check())


def test_a_server_that_closes_at_once() -> None:
    def lose(stage: Stage) -> None:
        if stage.name == "tcp" and stage.found is not None:
            transports[0].close()

    transports: list[asyncio.BaseTransport] = []

    async def check() -> None:
        async with echoing() as endpoint:
            loop = asyncio.get_running_loop()
            create = loop.create_connection

            async def noting(*args: object, **options: object) -> object:
                made = await create(*args, **options)  # type: ignore[call-overload]
                transports.append(made[0])
                return made

            loop.create_connection = noting  # type: ignore[method-assign,assignment]
            with pytest.raises(ConnectError, match="closed the connection"):
                await dial(endpoint, Recorder, secure=False, timeout_s=5, on_stage=lose)

    run(check())


# WebSockets


def test_websockets(authority: Made, server: Made, tmp_path: Path) -> None:
    async def check() -> None:
        async with echoing() as endpoint:
            stages = await answers(replace(endpoint, websocket="/spice"))
            assert (stages[-1].name, stages[-1].found) == ("websocket", "open")
        async with echoing(_contexts(server, tmp_path)) as endpoint:
            settings = TLSSettings(ca_pem=authority.pem)
            await answers(replace(endpoint, websocket="/spice", tls=settings), secure=True)

    run(check())


def test_servers_without_websockets() -> None:
    async def check(answer: bytes, kind: type[CarawayError]) -> None:
        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(answer)
            writer.close()

        async with serving(serve) as port:
            error = await fails(Endpoint("127.0.0.1", port, websocket="/"))
            assert type(error) is kind

    run(check(b"HTTP/1.1 404 Not Found\r\n\r\n", ConnectError))
    run(check(b"REDQ\n\n", RemoteProtocolError))
    run(check(b"HTTP/1.1 101 S", ConnectError))


# Proxies


async def _tunnel(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """A proxy that leads to whatever port is asked for, here."""
    request = await reader.readuntil(b"\r\n\r\n")
    port = int(request.split()[1].rpartition(b":")[2])
    there, back = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"HTTP/1.1 200 OK\r\n\r\n")

    async def copy(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError):
            while data := await source.read(65536):
                sink.write(data)
        sink.close()

    await asyncio.gather(copy(reader, back), copy(there, writer))


def test_proxies(authority: Made, server: Made, tmp_path: Path) -> None:
    ticket = "pvespiceproxy:65a1b2c3:100:node::abcdef"

    async def check() -> None:
        settings = TLSSettings(ca_pem=authority.pem, host_subject=SUBJECT)
        async with serving(_tunnel) as port, echoing() as plain:
            proxy = Proxy("127.0.0.1", port)
            stages = await answers(Endpoint("vm", plain.port, proxy=proxy))
            assert [each.name for each in stages[::2]] == ["resolve", "tcp", "proxy"]
            assert stages[-1].found == (f"http://127.0.0.1:{port} has opened vm:{plain.port}")
            async with echoing(_contexts(server, tmp_path)) as secret:
                endpoint = Endpoint(ticket, None, secret.tls_port, proxy=proxy, tls=settings)
                await answers(endpoint, secure=True)
                error = await fails(replace(endpoint, tls=TLSSettings()), secure=True)
                assert f"no certificate is made out for '{ticket}'" in str(error)
                await answers(replace(endpoint, websocket="/", host="vm"), secure=True)

    run(check())


def test_a_proxy_behind_tls(
    authority: Made, server: Made, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def check() -> None:
        async with serving(_tunnel, _contexts(server, tmp_path)) as port, echoing() as plain:
            endpoint = Endpoint("vm", plain.port, proxy=Proxy("127.0.0.1", port, tls=True))
            error = await fails(endpoint)
            assert isinstance(error, TLSError)
            assert "'127.0.0.1' is not trusted" in str(error)
            file = tmp_path / "ca.pem"
            file.write_text(authority.pem)
            monkeypatch.setenv("SSL_CERT_FILE", str(file))
            tls._make_context.cache_clear()
            await answers(endpoint)
            tls._make_context.cache_clear()

    run(check())


def test_a_proxy_that_does_not_open() -> None:
    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 403 No\r\n\r\n")
        writer.close()

    async def check() -> None:
        async with serving(refuse) as port:
            error = await fails(Endpoint("vm", 1, proxy=Proxy("127.0.0.1", port)))
            assert "does not open vm:1: 403 'No'" in str(error)

    run(check())
