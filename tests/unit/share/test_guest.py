"""Programs' connections in a virtual machine, carried to who shares a folder."""

from __future__ import annotations

import asyncio
import socket
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from caraway.net.memory import join_in_memory
from caraway.net.mux_link import MuxLink
from caraway.protocol.mux_frames import frame_header
from caraway.protocol.mux_streams import MuxLimits
from caraway.share import guest as guest_module
from caraway.share.guest import FolderGuest
from caraway.share.host import serve
from tests.in_loop import in_loop, settle, until
from tests.unit.net.cable import CableEnd, joined
from tests.unit.net.test_mux import Recorder
from tests.unit.share.requests import BIG, application, request


class Client(Recorder):
    """A program."""

    transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    @property
    def received(self) -> bytes:
        return b"".join(each for each in self.told if isinstance(each, bytes))

    @property
    def is_over(self) -> bool:
        return "lost" in self.told


def connect(guest: FolderGuest) -> Client:
    """A program that connects."""
    client = Client()
    join_in_memory(client, guest.accept())
    return client


@in_loop
async def test_through_both_ends() -> None:
    host_end, guest_end = joined()
    guest = FolderGuest(guest_end)
    host = serve(host_end, application())
    client = connect(guest)
    client.transport.write(request(b"PUT", b"/big", BIG))
    await until(lambda: b"201 Created" in client.received)
    assert guest.takes_credits
    assert guest.is_shared
    assert guest.connections == 1
    del client.told[:]
    client.transport.write(request(b"GET", b"/big"))
    await until(lambda: client.received.endswith(BIG))
    client.transport.close()
    await until(lambda: not host.connections)
    assert guest.connections == 0
    host.close()
    await guest.aclose()


@in_loop
async def test_a_slow_program_is_waited_for_and_others_are_not() -> None:
    host_end, guest_end = joined()
    guest = FolderGuest(guest_end)
    host = serve(host_end, application())
    # What speaks before has no window.
    await until(lambda: guest.takes_credits)
    first = connect(guest)
    first.transport.write(request(b"PUT", b"/big", BIG))
    await until(lambda: b"201" in first.received)
    del first.told[:]
    first.transport.pause_reading()
    first.transport.write(request(b"GET", b"/big"))
    await settle()
    second = connect(guest)
    second.transport.write(request(b"GET", b"/nothing"))
    await until(lambda: b"404" in second.received)
    assert first.received == b""
    first.transport.resume_reading()
    await until(lambda: first.received.endswith(BIG))
    host.close()
    await guest.aclose()
    await settle()
    assert first.is_over
    assert second.is_over


class Endless(asyncio.Protocol):
    """Answers whatever it is asked with zeros, as many as may be written, up to 64 MiB."""

    written = 0
    is_full = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self.resume_writing()

    def pause_writing(self) -> None:
        self.is_full = True

    def resume_writing(self) -> None:
        self.is_full = False
        while not self.is_full and self.written < 64 << 20:
            # Such pieces go past the program's transport, as far as its socket takes them.
            self._transport.write(bytes(40_000))
            self.written += 40_000


@in_loop
async def test_a_program_that_does_not_read_its_socket_stops_its_answer(tmp_path: Path) -> None:
    host_end, guest_end = joined()
    guest = FolderGuest(guest_end)
    await guest.listen_unix(tmp_path / "socket")
    endless = Endless()
    link = MuxLink(host_end, lambda transport: endless)
    with socket.socket(socket.AF_UNIX) as program:
        program.connect(str(tmp_path / "socket"))
        program.send(b"all of it")
        await until(lambda: endless.is_full)
        for _ in range(20):
            await settle()
        assert endless.is_full
        assert endless.written < 4 << 20
    link.close()
    await guest.aclose()


@in_loop
async def test_an_upload_waits_for_the_port() -> None:
    end = CableEnd()
    end.is_open, end.is_writable = True, False
    guest = FolderGuest(end)
    client = connect(guest)
    await settle()
    for _ in range(40):
        client.transport.write(bytes(10_000))
        await settle()
    assert client.transport.get_write_buffer_size() > 200_000
    end.give_room()
    await until(lambda: client.transport.get_write_buffer_size() == 0)
    await until(lambda: sum(map(len, end.sent)) > 400_000)
    await guest.aclose()


@in_loop
async def test_whoever_connects_early_waits() -> None:
    changes: list[bool] = []
    end = CableEnd()
    guest = FolderGuest(end, on_change=lambda: changes.append(end.is_open))
    client = connect(guest)
    gone = connect(guest)
    client.transport.write(b"GET")
    gone.transport.close()
    await settle()
    assert not guest.is_shared
    assert guest.connections == 1
    end.set_open(True)
    await until(lambda: end.sent)
    assert [each[8:] for each in end.sent] == [frame_header(1, 3)[8:] + b"GET"]
    assert changes == [False, True]
    end.set_open(False)
    await until(lambda: client.is_over)
    await guest.aclose()


@in_loop
async def test_over_tcp_it_waits_with_what_it_asks_for() -> None:
    end = CableEnd()
    guest = FolderGuest(end)
    url = await guest.listen_tcp("127.0.0.1", 0)
    port = int(url.rpartition(":")[2].strip("/"))
    _, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"GET")
    await until(lambda: guest.connections)
    for _ in range(3):
        await settle()
    end.set_open(True)
    await until(lambda: end.sent)
    assert end.sent[0][10:] == b"GET"
    writer.close()
    await guest.aclose()


@in_loop
async def test_the_port_is_opened_in_the_same_moment() -> None:
    end = CableEnd()
    guest = FolderGuest(end)
    client = connect(guest)
    end.set_open(True)
    client.transport.write(b"GET")
    await until(lambda: end.sent)
    await guest.aclose()


@in_loop
async def test_but_not_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guest_module, "WAIT_S", 0.001)
    guest = FolderGuest(CableEnd())
    client = connect(guest)
    await until(lambda: client.is_over)
    assert guest.connections == 0
    await guest.aclose()


@in_loop
async def test_who_says_nothing_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guest_module, "SILENT_S", 0.02)
    end = CableEnd()
    end.is_open = True
    guest = FolderGuest(end)
    silent, talking = connect(guest), connect(guest)
    talking.transport.write(b"x")
    await until(lambda: silent.is_over)
    await asyncio.sleep(0.03)
    assert not talking.is_over
    assert guest.connections == 1
    await guest.aclose()


@in_loop
async def test_who_does_not_read_the_end_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guest_module, "LINGER_S", 0.001)
    host_end, guest_end = joined()
    guest = FolderGuest(guest_end)
    host = MuxLink(host_end, lambda transport: Recorder())
    await settle()
    client = connect(guest)
    client.transport.write(b"x")
    await until(lambda: host.transports)
    client.transport.pause_reading()
    host.transports[0].write(b"never read")
    host.transports[0].close()
    await until(lambda: not guest.connections)
    host.close()
    await guest.aclose()


@in_loop
async def test_too_many() -> None:
    end = CableEnd()
    end.is_open = True
    guest = FolderGuest(end, limits=MuxLimits(streams=1))
    first, second = connect(guest), connect(guest)
    await until(lambda: second.is_over)
    assert not first.is_over
    assert guest.connections == 1
    await guest.aclose()


@in_loop
async def test_too_many_that_are_not_over_yet() -> None:
    end = CableEnd()
    end.is_open, end.is_writable = True, False
    guest = FolderGuest(end, limits=MuxLimits(streams=1))
    first = connect(guest)
    first.transport.write(b"x")
    await settle()
    first.transport.close()
    await until(lambda: not guest.connections)
    # The end of the first is still to be sent.
    second = connect(guest)
    await until(lambda: second.is_over)
    await guest.aclose()


@in_loop
async def test_listening() -> None:
    host_end, guest_end = joined()
    guest = FolderGuest(guest_end)
    host = serve(host_end, application())
    with TemporaryDirectory() as folder:
        path = Path(folder) / "s"
        urls = [await guest.listen_tcp("127.0.0.1", 0), await guest.listen_tcp("::1", 0)]
        assert urls[0].startswith("http://127.0.0.1:")
        assert urls[1].startswith("http://[::1]:")
        assert await guest.listen_unix(path) == f"http+unix://{path}"
        assert path.stat().st_mode & 0o777 == 0o600
        port = int(urls[0].rpartition(":")[2].strip("/"))
        for opening in (
            asyncio.open_connection("127.0.0.1", port),
            asyncio.open_unix_connection(path),
        ):
            reader, writer = await opening
            writer.write(request(b"GET", b"/nothing"))
            assert b"404" in await reader.readline()
            writer.close()
            await writer.wait_closed()
        await guest.aclose()
        assert not path.exists()
    host.close()
