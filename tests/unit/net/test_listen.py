"""Listening on the loopback: who is let in, who has to wait, who is sent away."""

from __future__ import annotations

import asyncio
import os
import socket
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from caraway.errors import ConnectError
from caraway.net import listen
from caraway.net.endpoint import TLSSettings, parse_uri
from caraway.net.listen import Listener
from caraway.net.tls import client_context, server_context
from caraway.net.websocket import client_request, new_key
from tests.unit.net.certificates import Made
from tests.unit.net.streams import Echo, run

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Host:
    """A listener whose protocols echo."""

    def __init__(self, **options: object) -> None:
        self.made: list[Echo] = []
        self.listener = Listener(self._make, **options)  # type: ignore[arg-type]

    def _make(self) -> Echo:
        self.made.append(Echo())
        return self.made[-1]

    async def tcp(self) -> tuple[str, int]:
        uri = await self.listener.listen_tcp("127.0.0.1", 0)
        return "127.0.0.1", parse_uri(uri).port or 0

    async def aclose(self) -> None:
        await self.listener.aclose()
        for protocol in self.made:
            protocol.transport.abort()
        await asyncio.sleep(0)


async def _end(writer: asyncio.StreamWriter) -> None:
    writer.transport.abort()
    await asyncio.sleep(0)


async def _until(holds: Callable[[], bool]) -> None:
    while not holds():
        await asyncio.sleep(0.001)


def test_a_stream_gets_its_protocol_with_its_first_bytes() -> None:
    async def check() -> None:
        host = Host()
        reader, writer = await asyncio.open_connection(*await host.tcp())
        writer.write(b"RED")
        await _until(lambda: host.listener.greeting == 1)
        assert host.made == []
        writer.write(b"Q")
        assert await reader.readexactly(4) == b"REDQ"
        assert host.listener.greeting == 0
        assert host.made[0].transport.get_extra_info("peername")[0] == "127.0.0.1"
        await _end(writer)
        await host.aclose()

    run(check())


def test_tls(authority: Made, server: Made, tmp_path: Path) -> None:
    async def check() -> None:
        host = Host()
        context = server_context(*server.write(tmp_path))
        uri = await host.listener.listen_tcp("127.0.0.1", 0, tls=context)
        assert uri.startswith("spice+tls://127.0.0.1:")
        trusting = client_context(TLSSettings(ca_pem=authority.pem), verifies=True)
        reader, writer = await asyncio.open_connection(
            "127.0.0.1", parse_uri(uri).tls_port, ssl=trusting
        )
        writer.write(b"REDQ")
        assert await reader.readexactly(4) == b"REDQ"
        await _end(writer)
        # Who does not speak TLS is sent away.
        reader, writer = await asyncio.open_connection("127.0.0.1", parse_uri(uri).tls_port)
        writer.write(b"REDQ" * 10)
        assert b"REDQ" not in await reader.read()
        await _end(writer)
        assert len(host.made) == 1
        await host.aclose()

    run(check())


def test_unix_sockets_are_ours_alone(tmp_path: Path) -> None:
    async def check() -> None:
        path = tmp_path / "vm.sock"
        host = Host()
        assert await host.listener.listen_unix(path) == f"spice+unix://{path}"
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        reader, writer = await asyncio.open_unix_connection(str(path))
        writer.write(b"REDQ")
        assert await reader.readexactly(4) == b"REDQ"
        with pytest.raises(ConnectError, match="in use"):
            await host.listener.listen_unix(path)
        await _end(writer)
        await host.aclose()
        assert not path.exists()

    run(check())


def test_a_socket_left_behind_is_replaced(tmp_path: Path) -> None:
    async def check() -> None:
        path = tmp_path / "vm.sock"
        with socket.socket(socket.AF_UNIX) as left:
            left.bind(str(path))
        host = Host()
        await host.listener.listen_unix(path)
        path.unlink()
        await host.aclose()

    run(check())


def test_what_is_no_socket_stays(tmp_path: Path) -> None:
    async def check() -> None:
        path = tmp_path / "file"
        path.write_text("precious")
        mask = os.umask(0o022)
        os.umask(mask)
        with pytest.raises(ConnectError, match="cannot listen"):
            await Listener(Echo).listen_unix(path)
        assert path.read_text() == "precious"
        assert os.umask(mask) == mask

    run(check())


def test_a_socket_whose_server_is_busy_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Busy(socket.socket):
        def connect(self, address: object) -> None:
            raise BlockingIOError

    async def check() -> None:
        path = tmp_path / "vm.sock"
        with socket.socket(socket.AF_UNIX) as other:
            other.bind(str(path))
            monkeypatch.setattr(listen.socket, "socket", Busy)
            with pytest.raises(ConnectError, match="in use"):
                await Listener(Echo).listen_unix(path)

    run(check())


def test_addresses_that_cannot_be_had() -> None:
    async def check() -> None:
        host = Host()
        _, port = await host.tcp()
        with pytest.raises(ConnectError, match=f"127.0.0.1:{port}"):
            await host.listener.listen_tcp("127.0.0.1", port)
        with pytest.raises(ConnectError, match="cannot listen on"):
            await host.listener.listen_tcp("192.0.2.77", 0)
        with pytest.raises(ConnectError):
            await host.listener.listen_tcp("a..b", 0)
        await host.aclose()

    run(check())


class Listening(socket.socket):
    """A socket that takes addresses of version 6, on machines without any, too."""

    bound: list[tuple[object, ...]]

    def __init__(self, family: int, kind: int) -> None:
        super().__init__(socket.AF_INET, kind)
        self.wanted = family

    def setsockopt(self, level: int, option: int, value: int) -> None:  # type: ignore[override]
        if level != socket.IPPROTO_IPV6:
            super().setsockopt(level, option, value)

    def bind(self, address: tuple[object, ...]) -> None:  # type: ignore[override]
        self.bound.append(address)
        if self.wanted == socket.AF_INET:
            super().bind(("127.0.0.1", 0))

    def listen(self, backlog: int = 1) -> None:
        super().listen(backlog)

    def getsockname(self) -> tuple[object, ...]:
        return ("::1", 5900, 0, 0) if self.wanted == socket.AF_INET6 else ("127.0.0.1", 5900)


def test_a_name_with_two_addresses_is_listened_to_on_one_port(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def getaddrinfo(self: object, *arguments: object, **options: object) -> object:
        return [
            (socket.AF_INET6, 1, 6, "", ("::1", 0, 0, 0)),
            (socket.AF_INET, 1, 6, "", ("127.0.0.1", 0)),
            (socket.AF_INET, 1, 17, "", ("127.0.0.1", 0)),
        ]

    async def check() -> None:
        Listening.bound = []
        monkeypatch.setattr(asyncio.BaseEventLoop, "getaddrinfo", getaddrinfo)
        monkeypatch.setattr(listen.socket, "socket", Listening)
        listener = Listener(Echo)
        assert await listener.listen_tcp("localhost", 0) == "spice://[::1]:5900"
        assert Listening.bound == [("::1", 0, 0, 0), ("127.0.0.1", 5900)]
        await listener.aclose()

    run(check())


def test_who_says_nothing_is_sent_away() -> None:
    async def check() -> None:
        host = Host(greeting_timeout_s=0.5)
        reader, writer = await asyncio.open_connection(*await host.tcp())
        writer.write(b"RED")
        assert await reader.read() == b""
        assert host.listener.greeting == 0
        assert host.made == []
        await _end(writer)
        await host.aclose()

    run(check())


def test_half_a_handshake_is_cut_off(server: Made, tmp_path: Path) -> None:
    async def check() -> None:
        host = Host(greeting_timeout_s=0.02)
        context = server_context(*server.write(tmp_path))
        uri = await host.listener.listen_tcp("127.0.0.1", 0, tls=context)
        reader, writer = await asyncio.open_connection("127.0.0.1", parse_uri(uri).tls_port)
        assert await reader.read() == b""
        await _end(writer)
        await host.aclose()

    run(check())


@pytest.mark.parametrize("limit", ["max_greeting", "max_greeting_per_peer"])
def test_too_many_at_once(limit: str) -> None:
    async def check() -> None:
        host = Host(**{limit: 2})
        address = await host.tcp()
        streams = [await asyncio.open_connection(*address) for _ in range(3)]
        # The oldest had the most time.
        assert await streams[0][0].read() == b""
        assert host.listener.greeting == 2
        for reader, writer in streams[1:]:
            writer.write(b"REDQ")
            assert await reader.readexactly(4) == b"REDQ"
        assert host.listener.greeting == 0
        for _, writer in streams:
            await _end(writer)
        await host.aclose()

    run(check())


def test_a_silent_crowd_shuts_nobody_out() -> None:
    async def check() -> None:
        host = Host(max_greeting=4)
        address = await host.tcp()
        crowd = [await asyncio.open_connection(*address) for _ in range(100)]
        reader, writer = await asyncio.open_connection(*address)
        writer.write(b"REDQ")
        assert await reader.readexactly(4) == b"REDQ"
        assert host.listener.greeting <= 4
        for _, each in [*crowd, (reader, writer)]:
            await _end(each)
        await host.aclose()

    run(check())


class Failing(socket.socket):
    """A listening socket that fails a few times."""

    errors: list[OSError]

    def accept(self) -> tuple[socket.socket, object]:
        if self.errors:
            raise self.errors.pop(0)
        return super().accept()


def test_accepting_goes_on_after_errors(monkeypatch: pytest.MonkeyPatch) -> None:
    async def check() -> None:
        Failing.errors = [ConnectionAbortedError("gone"), OSError(24, "too many files")]
        with monkeypatch.context() as patch:
            patch.setattr(listen.socket, "socket", Failing)
            patch.setattr(listen, "_ACCEPT_PAUSE_S", 0.001)
            host = Host()
            address = await host.tcp()
        reader, writer = await asyncio.open_connection(*address)
        writer.write(b"REDQ")
        assert await reader.readexactly(4) == b"REDQ"
        assert Failing.errors == []
        await _end(writer)
        await host.aclose()

    run(check())


def test_closing_while_the_system_is_out_of_files(monkeypatch: pytest.MonkeyPatch) -> None:
    async def check() -> None:
        Failing.errors = [OSError(24, "too many files")]
        with monkeypatch.context() as patch:
            patch.setattr(listen.socket, "socket", Failing)
            host = Host()
            address = await host.tcp()
        _, writer = await asyncio.open_connection(*address)
        await _until(lambda: not Failing.errors)
        await host.aclose()
        await _end(writer)

    run(check())


def test_many_that_come_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    async def check() -> None:
        monkeypatch.setattr(listen, "_ACCEPTED_AT_ONCE", 2)
        host = Host()
        address = await host.tcp()
        opened = await asyncio.gather(*(asyncio.open_connection(*address) for _ in range(5)))
        for reader, writer in opened:
            writer.write(b"REDQ")
            assert await reader.readexactly(4) == b"REDQ"
            await _end(writer)
        await host.aclose()

    run(check())


async def _ask(address: tuple[str, int], request: bytes) -> bytes:
    reader, writer = await asyncio.open_connection(*address)
    writer.write(request)
    head = await reader.readuntil(b"\r\n\r\n")
    await _end(writer)
    return head


def test_websockets_are_known_by_their_greeting() -> None:
    async def check() -> None:
        host = Host(allow_origins=["https://desk.example"])
        address = await host.tcp()
        request = client_request("127.0.0.1", address[1], "/", new_key())
        assert (await _ask(address, request)).startswith(b"HTTP/1.1 101 ")
        page = request[:-2] + b"Origin: https://desk.example\r\n\r\n"
        assert (await _ask(address, page)).startswith(b"HTTP/1.1 101 ")
        evil = request[:-2] + b"Origin: https://evil.example\r\n\r\n"
        assert (await _ask(address, evil)).startswith(b"HTTP/1.1 403 ")
        browser = b"GET / HTTP/1.1\r\nHost: vm\r\n\r\n"
        assert (await _ask(address, browser)).startswith(b"HTTP/1.1 426 ")
        assert len(host.made) == 2
        await host.aclose()

    run(check())


def test_a_greeting_without_an_end_is_cut_off() -> None:
    async def check() -> None:
        host = Host()
        reader, writer = await asyncio.open_connection(*await host.tcp())
        writer.write(b"GET " + b"a" * 20000)
        with pytest.raises((ConnectionError, asyncio.IncompleteReadError)):
            await reader.readexactly(1)
        assert host.made == []
        await _end(writer)
        await host.aclose()

    run(check())


def test_closing_ends_those_that_greet_and_leaves_the_others() -> None:
    async def check() -> None:
        host = Host()
        address = await host.tcp()
        reader, talking = await asyncio.open_connection(*address)
        talking.write(b"REDQ")
        await reader.readexactly(4)
        silent_reader, silent = await asyncio.open_connection(*address)
        await _until(lambda: host.listener.greeting == 1)
        await host.listener.aclose()
        assert host.listener.greeting == 0
        with pytest.raises((ConnectionError, asyncio.IncompleteReadError)):
            await silent_reader.readexactly(1)
        talking.write(b"more")
        assert await reader.readexactly(4) == b"more"
        for writer in (talking, silent):
            await _end(writer)
        with pytest.raises(ConnectionError):
            await asyncio.open_connection(*address)
        await host.aclose()

    run(check())


def test_a_protocol_that_cannot_be_made(caplog: pytest.LogCaptureFixture) -> None:
    def fail() -> Echo:
        raise RuntimeError("a bug")

    async def check() -> None:
        seen: list[dict[str, object]] = []
        asyncio.get_running_loop().set_exception_handler(lambda _, context: seen.append(context))
        listener = Listener(fail)
        port = parse_uri(await listener.listen_tcp("127.0.0.1", 0)).port
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"REDQ")
        with pytest.raises((ConnectionError, asyncio.IncompleteReadError)):
            await reader.readexactly(1)
        await _end(writer)
        await listener.aclose()

    run(check())
