"""Frames that are made to hurt, in both directions: little time and memory, and all goes on after.

Each victim is a process of its own; the other side is played with our client or server as it is
below the mux.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from caraway.client import Port, connect
from caraway.protocol.mux_credits import (
    CONTROL_ID,
    Credit,
    Hello,
    read_control,
    write_credit,
    write_hello,
)
from caraway.protocol.mux_frames import FrameSplitter, Piece, frame_header
from caraway.protocol.mux_streams import MuxLimits
from caraway.protocol.port import WEBDAV_PORT
from caraway.server import Server, ServerPort
from caraway.share.guest import FolderGuest
from caraway.share.host import serve
from caraway.webdav import Application, MemoryStore
from tests.in_loop import in_loop, until
from tests.interop.command import ended_if_it_fails
from tests.interop.spice.shared import Process, body, free_port, get, program

#: What a victim may grow by in the course of one attack, KiB.
GROWTH_KIB = 24 << 10
#: On a machine that is busy otherwise.
ANSWER_S = 20.0
WINDOW = MuxLimits().window
_LARGEST = bytes(0xFFFF)


def frame(number: int, data: bytes) -> bytes:
    return frame_header(number, len(data)) + data


def attack(name: str, numbers: list[int]) -> Iterator[bytes]:
    """Bytes of an attack; ``numbers`` are connections that the victim knows."""
    if name == "noise":
        chance = random.Random(7)
        for _ in range(64):
            yield chance.randbytes(32 << 10)
    elif name == "ends":
        for _ in range(100):
            yield b"".join(frame_header(each, 0) for each in (*numbers, *range(2000)))
    elif name == "numbers":
        for start in range(1 << 40, (1 << 40) + 30_000, 500):
            yield b"".join(frame(each, b"x") for each in range(start, start + 500))
        yield b"".join(frame(-each, b"x") for each in range(1, 3000))
    elif name == "largest":
        for _ in range(32):
            yield b"".join(frame(each, _LARGEST) for each in (*numbers, 5, -5))
    elif name == "hellos":
        for window in (4 << 10, 1 << 30, 0, 0xFFFFFFFF, WINDOW):
            yield write_hello(window) * 4000
    elif name == "credits":
        for number in (*numbers, 0, -1, CONTROL_ID, (1 << 63) - 1):
            yield write_credit(number, 0xFFFFFFFF) * 4000
    elif name == "control":
        yield frame(CONTROL_ID, b"\x01\xff" * 2000) * 100
        yield frame(CONTROL_ID, _LARGEST) * 64
        yield frame(CONTROL_ID, b"") * 1000 + frame(CONTROL_ID, b"\x02")
    else:
        assert name == "half a frame"
        yield frame_header(numbers[0], 0xFFFF) + b"x"


ATTACKS = (
    *("noise", "ends", "numbers", "largest", "hellos", "credits", "control", "half a frame"),
)


def an_application() -> Application:
    """What is shared by who means well."""
    store = MemoryStore()
    writer = store.create(("file",))
    writer.write(b"content")
    writer.commit()
    return Application(store)


class Watch:
    """Sees that a victim takes little memory from here on."""

    def __init__(self, victim: Process) -> None:
        self._victim = victim
        self._before = victim.memory_kib()
        self._begun = time.monotonic()

    def check(self) -> None:
        after = self._victim.memory_kib()
        assert after < self._before + GROWTH_KIB, f"{self._before} → {after} KiB"
        took = time.monotonic() - self._begun
        assert took < ANSWER_S, f"it took {took:.1f} s"


class Guest(Process):
    """The guest's end and its server, for clients that are hostile."""

    def __init__(self, place: Path) -> None:
        self.spice, self.http = free_port(), free_port()
        arguments = ["-m", "scripts.soak_ends", "serve", str(self.spice), str(self.http)]
        super().__init__(arguments, place / "guest.log")
        with ended_if_it_fails(self.kill):
            assert self.line() == "ready"

    @property
    def uri(self) -> str:
        return f"spice://127.0.0.1:{self.spice}"


@pytest.fixture(scope="module")
def guest(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Guest]:
    started = Guest(tmp_path_factory.mktemp("guest"))
    yield started
    started.terminate()


async def _ask(http: int) -> bytes:
    """What a program gets."""

    def ask() -> bytes:
        with program(http) as stream:
            stream.sendall(get("/file"))
            return body(stream)

    return await asyncio.to_thread(ask)


async def _is_well(guest: Guest) -> None:
    """Who means well can share."""
    async with connect(guest.uri) as session:
        host = serve(await session.wait_port(WEBDAV_PORT), an_application())
        assert await _ask(guest.http) == b"content"
        host.close()


async def _heard(port: Port, splitter: FrameSplitter) -> Piece:
    """The next frame, or a part of it, that is not for control."""
    while True:
        while (piece := splitter.next_piece()) is not None:
            if piece.stream_id != CONTROL_ID:
                return piece
        splitter.feed(await port.read())


@asynccontextmanager
async def hostile_client(guest: Guest, *, greets: bool) -> AsyncIterator[tuple[Port, list[int]]]:
    """A client with whom programs have just begun to talk; one of them does not read."""
    async with connect(guest.uri) as session:
        port = await session.wait_port(WEBDAV_PORT)
        await port.wait_open()
        if greets:
            port.write(write_hello(WINDOW))
        programs = [program(guest.http, buffer=4096) for _ in range(3)]
        splitter = FrameSplitter()
        numbers = []
        for each in programs:
            each.sendall(get("/"))
            numbers.append((await _heard(port, splitter)).stream_id)
        try:
            yield port, numbers
        finally:
            for each in programs:
                each.close()


@pytest.mark.parametrize("greets", [False, True])
@pytest.mark.parametrize("name", ATTACKS)
def test_hostile_clients(guest: Guest, name: str, greets: bool) -> None:
    @in_loop
    async def work() -> None:
        await _is_well(guest)
        watch = Watch(guest)
        async with hostile_client(guest, greets=greets) as (port, numbers):
            for data in attack(name, numbers):
                port.write(data)
                try:
                    # Whoever is slowed down for a program that does not read is slowed down.
                    await asyncio.wait_for(port.drain(), 2)
                except TimeoutError:
                    break
        await _is_well(guest)
        watch.check()

    work()


@in_loop
async def test_more_than_was_granted_ends_that_connection_alone(tmp_path: Path) -> None:
    guest = Guest(tmp_path)
    async with hostile_client(guest, greets=True) as (port, numbers):
        # What its socket takes is granted anew.
        for _ in range(256):
            port.write(frame(numbers[0], _LARGEST))
            await port.drain()
        splitter = FrameSplitter()
        ended = await _heard(port, splitter)
        assert (ended.stream_id, ended.data) == (numbers[0], b"")
        with program(guest.http) as another:
            another.sendall(b"GET")
            # What comes late for the other one is answered with another end, each time.
            while not (heard := await _heard(port, splitter)).data:
                assert heard.stream_id == numbers[0]
            assert (heard.stream_id, heard.data) == (max(numbers) + 1, b"GET")
            port.write(frame(heard.stream_id, b"answer"))
            assert await asyncio.to_thread(another.recv, 6) == b"answer"
    guest.terminate()


@in_loop
async def test_a_second_hello_ends_what_is_there(tmp_path: Path) -> None:
    guest = Guest(tmp_path)
    async with connect(guest.uri) as session:
        port = await session.wait_port(WEBDAV_PORT)
        await port.wait_open()
        port.write(write_hello(WINDOW))
        with program(guest.http) as stream:
            stream.sendall(b"GET")
            assert (await _heard(port, FrameSplitter())).data == b"GET"
            port.write(write_hello(WINDOW))
            assert await asyncio.to_thread(stream.recv, 1) == b""
    await _is_well(guest)
    guest.terminate()


# The other way round


class Client(Process):
    """A client that shares a folder, for guests that are hostile."""

    def __init__(self, place: Path, uri: str) -> None:
        folder = place / "shared"
        folder.mkdir()
        (folder / "file").write_bytes(b"content")
        arguments = ["-m", "scripts.soak_ends", "share", uri, str(folder), str(place / "state")]
        super().__init__(arguments, place / "client.log")


class HostileGuest:
    """A server whose guest's end is played."""

    def __init__(self) -> None:
        self.server = Server()
        self.port: ServerPort = self.server.add_port(WEBDAV_PORT)
        self._splitter = FrameSplitter()
        self.heard: list[Piece] = []

    def listen(self) -> None:
        """Note what the client says."""
        self._splitter.reset()
        self.heard.clear()
        self.port.on_data = self._take

    def _take(self, data: object) -> None:
        assert isinstance(data, bytes | bytearray | memoryview)
        self._splitter.feed(data)
        while (piece := self._splitter.next_piece()) is not None:
            self.heard.append(piece)

    async def write(self, data: bytes) -> None:
        """Send bytes, if the client takes them within a while."""
        self.port.write(data)
        await asyncio.wait_for(self.port.drain(), 2)

    async def is_well(self) -> None:
        """The client answers a guest that means well."""
        self.port.close()
        self.port.on_data = None
        self.port.open()
        guest = FolderGuest(self.port)
        url = await guest.listen_tcp("127.0.0.1", 0)
        number = int(url.rstrip("/").rpartition(":")[2])
        # What the client has said before it heard of the closing may come now, a greeting among
        # it: the one that follows then ends what there is.
        for _ in range(20):
            try:
                assert await _ask(number) == b"content"
                break
            except OSError:
                await asyncio.sleep(0.1)
        assert await _ask(number) == b"content"
        assert guest.takes_credits
        await guest.aclose()


@asynccontextmanager
async def hostile_guest(place: Path) -> AsyncIterator[tuple[HostileGuest, Client]]:
    """A guest whose client is connected, and well."""
    hostile = HostileGuest()
    client = Client(place, await hostile.server.listen_tcp("127.0.0.1", 0))
    try:
        await until(lambda: hostile.port.is_open, "the client has not come")
        await hostile.is_well()
        yield hostile, client
        client.terminate()
    finally:
        client.kill()
        await hostile.server.aclose()


@in_loop
async def test_hostile_guests(tmp_path: Path) -> None:
    async with hostile_guest(tmp_path) as (hostile, client):
        for name in ATTACKS:
            for greets in (False, True):
                watch = Watch(client)
                hostile.port.close()
                hostile.listen()
                hostile.port.open()
                if greets:
                    await hostile.write(write_hello(WINDOW))
                await hostile.write(b"".join(frame(each, get("/")) for each in (1, 2, 3)))
                for data in attack(name, [1, 2, 3]):
                    try:
                        await hostile.write(data)
                    except TimeoutError:
                        break
                await hostile.is_well()
                watch.check()


@in_loop
async def test_more_than_a_client_has_granted(tmp_path: Path) -> None:
    """The connection ends that was flooded; its late data open no other."""
    async with hostile_guest(tmp_path) as (hostile, _):
        hostile.port.close()
        hostile.listen()
        hostile.port.open()
        greetings: list[Hello | Credit] = []

        def is_greeted() -> bool:
            for each in hostile.heard:
                greetings.extend(read_control(each.data) if each.stream_id == CONTROL_ID else ())
            return bool(greetings)

        await until(is_greeted, "the client has not greeted")
        assert greetings == [Hello(WINDOW)]
        await hostile.write(write_hello(WINDOW))
        # It is not read on while so many requests wait for their answers, which nobody takes.
        request = get("/file") * (0xF000 // len(get("/file")))
        for _ in range(40):
            await hostile.write(frame(9, request))
        await until(
            lambda: any(each.stream_id == 9 and not each.data for each in hostile.heard),
            "the connection has not ended",
        )
        await hostile.write(frame(9, get("/file")) + frame(10, get("/file")))
        await until(
            lambda: any(each.stream_id == 10 and b"content" in each.data for each in hostile.heard),
            "another connection is not served",
        )
        ends = [each for each in hostile.heard if each.stream_id == 9 and not each.data]
        assert len(ends) == 1


@in_loop
async def test_a_port_that_flaps(tmp_path: Path) -> None:
    """Closed and opened three hundred times, often in the middle of a frame."""
    async with hostile_guest(tmp_path) as (hostile, client):
        watch = Watch(client)
        descriptors = client.descriptors()
        hostile.listen()
        for number in range(300):
            hostile.port.close()
            hostile.port.open()
            hostile.port.write(frame(number, get("/file"))[: 5 + number % 60])
            if number % 10 == 0:
                await hostile.port.drain()
        await hostile.is_well()
        watch.check()
        await until(lambda: client.descriptors() <= descriptors, "descriptors are left")
