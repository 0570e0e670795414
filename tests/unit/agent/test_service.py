"""The agent at work, without a virtual machine: its port is a socket, its programs use sockets."""

from __future__ import annotations

import asyncio
import errno
import os
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from caraway.agent import service as service_module
from caraway.agent.options import Options
from caraway.agent.report import Report
from caraway.agent.service import Service
from caraway.errors import ActionFailed
from caraway.share import device as device_module
from caraway.share import guest as guest_module
from caraway.share.device import DevicePort
from caraway.share.host import FolderHost, serve
from tests.in_loop import in_loop, until
from tests.unit.share.requests import application, request
from tests.unit.share.test_device import nothing


class Told(Report):
    """Keeps what it is told."""

    def __init__(self) -> None:
        self.events: list[tuple[str, dict[str, Any]]] = []

    def event(self, kind: str, text: str, **fields: object) -> None:
        self.events.append((kind, fields))

    @property
    def kinds(self) -> list[str]:
        return [kind for kind, _ in self.events]


class Host:
    """What the agent connects to: a socket where a folder is shared, or nothing yet."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._server: socket.socket | None = None
        self._ports: list[DevicePort] = []
        self._hosts: list[FolderHost] = []

    @property
    def where(self) -> str:
        return f"unix:{self.path}"

    def listen(self) -> None:
        self._server = socket.socket(socket.AF_UNIX)
        self._server.setblocking(False)
        self._server.bind(str(self.path))
        self._server.listen()

    async def share(self) -> None:
        assert self._server is not None
        connection, _ = await asyncio.get_running_loop().sock_accept(self._server)
        self._ports.append(DevicePort(nothing, descriptor=connection.detach()))
        self._hosts.append(serve(self._ports[-1], application()))

    def leave(self) -> None:
        for host in self._hosts:
            host.close()
        for port in self._ports:
            port.close()
        self._hosts, self._ports = [], []

    def close(self) -> None:
        self.leave()
        if self._server is not None:
            self._server.close()


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder with a path so short that sockets can be in it."""
    with TemporaryDirectory() as folder:
        yield Path(folder)


@pytest.fixture
def host(place: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Host]:
    monkeypatch.setattr(device_module, "LOOK_S", 0.001)
    monkeypatch.setattr(service_module, "Announcement", Quiet)
    host = Host(place / "host")
    yield host
    host.close()


class Quiet:
    """In place of an announcement."""

    ports: list[int] = []  # noqa: RUF012 - what was announced
    states: list[bool] = []  # noqa: RUF012 - each time

    def __init__(self, port: int) -> None:
        Quiet.ports, Quiet.states = [port], []

    def set(self, *, is_open: bool) -> None:
        Quiet.states.append(is_open)


@asynccontextmanager
async def running(options: Options) -> AsyncIterator[Told]:
    """An agent that listens."""
    told = Told()
    service = Service(options, told)
    task = asyncio.create_task(service.run())
    try:
        await until(lambda: "listening" in told.kinds or task.done())
        yield told
    finally:
        service.stop()
        await task


async def ask(opening: Any) -> bytes:
    """The first line of the answer to a request."""
    reader, writer = await opening
    writer.write(request(b"GET", b"/nothing"))
    line = await reader.readline()
    writer.close()
    await writer.wait_closed()
    assert isinstance(line, bytes)
    return line


@in_loop
async def test_the_client_comes_and_goes(host: Host, place: Path) -> None:
    log = place / "log"
    options = Options(
        connect=host.where,
        tcp_port=0,
        on_open=f"echo open $CARAWAY_URL >>{log}",
        on_close=f"echo close >>{log}",
    )
    async with running(options) as told:
        assert "waiting" in told.kinds
        [fields] = [fields for kind, fields in told.events if kind == "listening"]
        port = int(fields["url"].split(":")[2].strip("/"))
        assert fields["url"] == f"http://localhost:{port}/"
        assert fields["addresses"] == [f"http://127.0.0.1:{port}/", f"http://[::1]:{port}/"]
        host.listen()
        for count in (1, 2):
            await host.share()
            await until(lambda: told.kinds.count("open") == count)  # noqa: B023 - at once
            for address in ("127.0.0.1", "::1"):
                assert b"404" in await ask(asyncio.open_connection(address, port))
            host.leave()
            await until(lambda: told.kinds.count("closed") == count)  # noqa: B023 - at once
    assert told.kinds[-1] == "stopped"
    lines = log.read_text().splitlines()
    # Coming and going so fast, some may have been left out.
    assert len(lines) >= 2
    assert lines == [f"open http://localhost:{port}/", "close"] * (len(lines) // 2)
    assert Quiet.ports == [port]
    assert Quiet.states[:4] == [True, False, True, False]


@in_loop
async def test_it_says_that_it_stops_while_a_client_is_there(host: Host, place: Path) -> None:
    host.listen()
    options = Options(connect=host.where, unix=place / "s", on_close=f"touch {place}/closed")
    async with running(options) as told:
        await host.share()
        await until(lambda: "open" in told.kinds)
        assert b"404" in await ask(asyncio.open_unix_connection(place / "s"))
    assert told.kinds[-3:] == ["closed", "command", "stopped"]
    assert (place / "closed").exists()
    assert not (place / "s").exists()


@in_loop
async def test_a_client_that_is_there_first(host: Host, place: Path) -> None:
    """It is told of once it is known where the folder is."""
    host.listen()
    listen = guest_module.FolderGuest.listen_unix

    async def late(self: guest_module.FolderGuest, path: Path) -> str:
        await until(lambda: self.is_shared)
        return await listen(self, path)

    guest_module.FolderGuest.listen_unix = late  # type: ignore[method-assign]  # undone below
    try:
        async with running(Options(connect=host.where, unix=place / "s")) as told:
            await until(lambda: "open" in told.kinds)
            assert told.kinds == ["listening", "open"]
    finally:
        guest_module.FolderGuest.listen_unix = listen  # type: ignore[method-assign]


@in_loop
async def test_a_socket_that_somebody_listens_on(host: Host, place: Path) -> None:
    path = place / "s"
    with socket.socket(socket.AF_UNIX) as other:
        other.bind(str(path))
        other.listen()
        with pytest.raises(ActionFailed, match="somebody listens on"):
            async with running(Options(connect=host.where, unix=path)):
                pass
    # It is left, and nobody listens on it.
    async with running(Options(connect=host.where, unix=path)) as told:
        assert "listening" in told.kinds


@in_loop
async def test_files_are_left_alone(host: Host, place: Path) -> None:
    path = place / "precious"
    path.write_text("as it was")
    with pytest.raises(ActionFailed, match="is there, and no socket"):
        async with running(Options(connect=host.where, unix=path)):
            pass
    with pytest.raises(ActionFailed, match="it is no device"):
        async with running(Options(device=path, unix=place / "s")):
            pass
    assert path.read_text() == "as it was"


@in_loop
async def test_somewhere_where_nothing_is_yet(place: Path) -> None:
    where = f"unix:{place / 'host'}"
    async with running(Options(connect=where, unix=place / "s")) as told:
        pass
    assert told.events[0] == ("waiting", {"reason": f"{where}: No such file or directory"})


@in_loop
async def test_a_port_that_somebody_listens_on(host: Host) -> None:
    with socket.create_server(("::1", 0), family=socket.AF_INET6) as other:
        number = other.getsockname()[1]
        with pytest.raises(ActionFailed, match=f"cannot listen on ::1 port {number}"):
            async with running(Options(connect=host.where, tcp_port=number)):
                pass


@in_loop
async def test_a_free_port_is_free_on_both_addresses(
    host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("::1", 0), family=socket.AF_INET6) as other:
        taken = other.getsockname()[1]
        real = service_module._free_port
        offered: list[int] = []

        def offer() -> int:
            offered.append(real() if offered else taken)
            return offered[-1]

        monkeypatch.setattr(service_module, "_free_port", offer)
        async with running(Options(connect=host.where, tcp_port=0)) as told:
            [fields] = [fields for kind, fields in told.events if kind == "listening"]
            assert fields["url"] == f"http://localhost:{offered[-1]}/"
            assert len(offered) > 1
        monkeypatch.setattr(service_module, "_free_port", lambda: taken)
        with pytest.raises(ActionFailed):
            async with running(Options(connect=host.where, tcp_port=0)):
                pass


@in_loop
async def test_without_ipv6(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    listen = guest_module.FolderGuest.listen_tcp

    async def none(self: guest_module.FolderGuest, address: str, port: int) -> str:
        if address == "::1":
            raise OSError(errno.EADDRNOTAVAIL, "no such address")
        return await listen(self, address, port)

    monkeypatch.setattr(guest_module.FolderGuest, "listen_tcp", none)
    async with running(Options(connect=host.where, tcp_port=0, announces=False)) as told:
        [fields] = [fields for kind, fields in told.events if kind == "listening"]
        assert len(fields["addresses"]) == 1


def failing(number: int) -> Callable[[Path], int]:
    def fail(path: Path) -> int:
        raise OSError(number, os.strerror(number))

    return fail


@in_loop
async def test_a_device_that_somebody_else_has(
    host: Host, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service_module, "open_device", failing(errno.EBUSY))
    with pytest.raises(ActionFailed, match="has it"):
        async with running(Options(unix=place / "s")):
            await asyncio.sleep(0.01)


@in_loop
async def test_a_device_that_is_not_there(
    host: Host, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service_module, "open_device", failing(errno.ENOENT))
    async with running(Options(unix=place / "s")) as told:
        await asyncio.sleep(0.01)
    reasons = [fields["reason"] for kind, fields in told.events if kind == "waiting"]
    assert reasons == [
        "/dev/virtio-ports/org.spice-space.webdav.0, which is not there; "
        "the virtual machine needs a channel of that name"
    ]


@in_loop
async def test_a_device_that_comes_back_and_is_busy(
    host: Host, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once it was ours, it is waited for."""
    host.listen()
    monkeypatch.setattr(
        service_module, "open_device", lambda path: service_module.make_opener(host.where)()
    )
    async with running(Options(unix=place / "s")) as told:
        await host.share()
        await until(lambda: "open" in told.kinds)
        monkeypatch.setattr(service_module, "open_device", failing(errno.EBUSY))
        host.leave()
        await until(lambda: told.kinds[-1] == "waiting")
        assert told.events[-1][1]["reason"].endswith(": Device or resource busy")


@in_loop
async def test_a_device_that_comes_back_and_is_shut_out(
    host: Host, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A sandbox lets nobody in by waiting."""
    host.listen()
    monkeypatch.setattr(
        service_module, "open_device", lambda path: service_module.make_opener(host.where)()
    )
    told = Told()
    running = asyncio.create_task(Service(Options(unix=place / "s"), told).run())
    await host.share()
    await until(lambda: "open" in told.kinds)
    monkeypatch.setattr(service_module, "open_device", failing(errno.EPERM))
    host.leave()
    with pytest.raises(ActionFailed, match="Operation not permitted"):
        await running


@in_loop
async def test_a_device_that_nobody_is_connected_to(
    host: Host, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(device_module, "has_host", lambda descriptor: False)
    monkeypatch.setattr(service_module, "open_device", lambda path: os.open("/dev/null", os.O_RDWR))
    async with running(Options(unix=place / "s")) as told:
        pass
    assert told.events[1] == ("waiting", {"reason": "a client to connect to the virtual machine"})


@in_loop
async def test_a_device_that_appears_and_is_not_ours(
    host: Host, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service_module, "open_device", failing(errno.ENOENT))
    told = Told()
    running = asyncio.create_task(Service(Options(unix=place / "s"), told).run())
    await until(lambda: told.kinds == ["waiting", "listening"])
    monkeypatch.setattr(service_module, "open_device", failing(errno.EACCES))
    with pytest.raises(ActionFailed, match="Permission denied"):
        await running
