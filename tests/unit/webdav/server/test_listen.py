"""Listening on the loopback and on Unix sockets; the only unit tests that open sockets."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import stat
from pathlib import Path

import pytest

from caraway.webdav.application import Application
from caraway.webdav.server import listen
from caraway.webdav.server.interface import ConnectionSettings, Exchange
from caraway.webdav.server.listen import Server
from caraway.webdav.store.memory import MemoryStore
from tests.unit.webdav.server.memory import put_file, request, run


def _application() -> Application:
    store = MemoryStore()
    put_file(store, ("a",), b"hello")
    return Application(store)


def _address(url: str) -> tuple[str, int]:
    host, _, port = url.removeprefix("http://").rstrip("/").rpartition(":")
    return host.strip("[]"), int(port)


async def _ask(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
    writer.write(request("GET", "/a", {"Connection": "close"}))
    answer = await asyncio.wait_for(reader.read(), 10)
    writer.close()
    await writer.wait_closed()
    return answer


def test_tcp() -> None:
    async def check() -> None:
        done: list[Exchange] = []
        server = Server(_application(), on_exchange=done.append)
        url = await server.listen_tcp("127.0.0.1", 0)
        assert url.startswith("http://127.0.0.1:")
        answer = await _ask(*await asyncio.open_connection(*_address(url)))
        assert answer.endswith(b"\r\n\r\nhello")
        assert [(each.peer, each.status) for each in done] == [("127.0.0.1", 200)]
        await server.aclose()
        assert server.connections == 0

    run(check())


class Listening:
    """What asyncio gives for an address of version 6, on machines without any, too."""

    family = socket.AF_INET6

    def __init__(self) -> None:
        self.sockets = [self]

    def getsockname(self) -> tuple[str, int, int, int]:
        return ("::1", 8080, 0, 0)

    def close(self) -> None:
        """Nothing is open."""


def test_a_url_with_an_address_of_version_6(monkeypatch: pytest.MonkeyPatch) -> None:
    async def check() -> None:
        async def create_server(factory: object, host: str, port: int, **_: object) -> Listening:
            assert (host, port) == ("::1", 8080)
            return Listening()

        monkeypatch.setattr(asyncio.get_running_loop(), "create_server", create_server)
        server = Server(_application())
        assert await server.listen_tcp("::1", 8080) == "http://[::1]:8080/"
        await server.aclose()

    run(check())


def test_unix(tmp_path: Path) -> None:
    async def check() -> None:
        path = tmp_path / "s"
        server = Server(_application())
        assert await server.listen_unix(path) == f"http+unix://{path}"
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert (await _ask(*await asyncio.open_unix_connection(path))).endswith(b"hello")
        await server.aclose()
        assert not path.exists()

    mask = os.umask(0o022)
    try:
        run(check())
        assert os.umask(0o022) == 0o022
    finally:
        os.umask(mask)


def test_a_unix_socket_in_use_is_not_taken_over(tmp_path: Path) -> None:
    async def check() -> None:
        path = tmp_path / "s"
        server, other = Server(_application()), Server(_application())
        await server.listen_unix(path)
        with pytest.raises(OSError, match="in use"):
            await other.listen_unix(path)
        assert (await _ask(*await asyncio.open_unix_connection(path))).endswith(b"hello")
        # Once it is gone, what it left behind is no obstacle.
        path.rename(tmp_path / "left")
        await server.aclose()
        (tmp_path / "left").rename(path)
        await other.listen_unix(path)
        assert (await _ask(*await asyncio.open_unix_connection(path))).endswith(b"hello")
        await other.aclose()

    run(check())


def test_the_socket_of_another_server_stays(tmp_path: Path) -> None:
    async def check() -> None:
        path = tmp_path / "s"
        server, other = Server(_application()), Server(_application())
        await server.listen_unix(path)
        path.unlink()
        await other.listen_unix(path)
        await server.aclose()
        assert (await _ask(*await asyncio.open_unix_connection(path))).endswith(b"hello")
        await other.aclose()
        assert not path.exists()

    run(check())


def test_a_unix_socket_whose_queue_is_full_is_in_use(tmp_path: Path) -> None:
    path = tmp_path / "s"
    with socket.socket(socket.AF_UNIX) as busy, contextlib.ExitStack() as waiting:
        busy.bind(str(path))
        busy.listen(0)
        for _ in range(2):
            client = waiting.enter_context(socket.socket(socket.AF_UNIX))
            client.setblocking(False)
            with contextlib.suppress(BlockingIOError):
                client.connect(str(path))
        with pytest.raises(OSError, match="in use"):
            run(Server(_application()).listen_unix(path))


@pytest.mark.parametrize("limits", [(1, 9), (9, 1)])
def test_connections_beyond_the_limit_are_turned_away(limits: tuple[int, int]) -> None:
    """RFC 9110 §15.6.4."""

    async def check() -> None:
        server = Server(_application(), max_connections=limits[0], max_per_peer=limits[1])
        address = _address(await server.listen_tcp("127.0.0.1", 0))
        first = await asyncio.open_connection(*address)
        second = await asyncio.open_connection(*address)
        answer = await asyncio.wait_for(second[0].read(), 10)
        assert answer.startswith(b"HTTP/1.1 503 ")
        assert b"\r\nRetry-After: " in answer
        assert (await _ask(*first)).endswith(b"hello")
        second[1].close()
        await server.aclose()

    run(check())


def test_far_too_many_connections_are_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listen, "_TURNED_AWAY", 0)

    async def check() -> None:
        server = Server(_application(), max_connections=0)
        reader, writer = await asyncio.open_connection(
            *_address(await server.listen_tcp("127.0.0.1", 0))
        )
        # An end or a reset, as the system likes it.
        with contextlib.suppress(ConnectionError):
            assert await asyncio.wait_for(reader.read(), 10) == b""
        writer.close()
        await server.aclose()

    run(check())


def test_finishing_waits_for_who_is_there() -> None:
    async def check() -> None:
        server = Server(_application())
        address = _address(await server.listen_tcp("127.0.0.1", 0))
        reader, writer = await asyncio.open_connection(*address)
        writer.write(request("GET", "/a"))
        await reader.readuntil(b"hello")
        assert server.connections == 1
        await asyncio.wait_for(server.finish(), 10)
        assert server.connections == 0
        assert await reader.read() == b""
        writer.close()
        await Server(_application()).finish()

    run(check())


def test_who_takes_too_long_is_swept_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listen, "_SWEEP_S", 0.001)

    async def check() -> None:
        server = Server(_application(), ConnectionSettings(idle_timeout_s=0.0))
        address = _address(await server.listen_tcp("127.0.0.1", 0))
        await server.listen_tcp("127.0.0.1", 0)
        reader, writer = await asyncio.open_connection(*address)
        assert await asyncio.wait_for(reader.read(), 10) == b""
        writer.close()
        await server.aclose()

    run(check())


def test_closing_ends_what_is_open_and_forgives_a_socket_that_is_gone(tmp_path: Path) -> None:
    async def check() -> None:
        server = Server(_application())
        await server.listen_unix(tmp_path / "s")
        reader, writer = await asyncio.open_unix_connection(tmp_path / "s")
        writer.write(request("GET", "/a"))
        await reader.readuntil(b"hello")
        (tmp_path / "s").unlink()
        await server.aclose()
        writer.close()

    run(check())
