"""The examples work as they stand."""

from __future__ import annotations

import asyncio
import importlib.util
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from caraway.webdav import MemoryStore
from tests.patience import PATIENCE_S
from tests.unit.webdav.server.memory import (
    Answer,
    MemoryTransport,
    parse_answer,
    put_file,
    request,
    run,
    writable,
)

EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """``serve_folder.py`` with a folder that has a file ``a.txt``."""
    (tmp_path / "a.txt").write_text("hello")
    command = [sys.executable, str(EXAMPLES / "serve_folder.py"), str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip(), process
        finally:
            process.kill()


def test_serve_folder(served: tuple[str, subprocess.Popen[str]], tmp_path: Path) -> None:
    url, process = served
    with urllib.request.urlopen(f"{url}a.txt", timeout=PATIENCE_S) as answer:
        assert answer.read() == b"hello"
    put = urllib.request.Request(f"{url}b.txt", b"new", method="PUT")
    with urllib.request.urlopen(put, timeout=PATIENCE_S) as answer:
        assert answer.status == 201
    assert (tmp_path / "b.txt").read_bytes() == b"new"
    process.send_signal(signal.SIGINT)
    assert process.communicate(timeout=PATIENCE_S)[0] == "stopped\n"
    assert process.returncode == 0


def _load(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, EXAMPLES / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


FRAMED = _load("webdav_in_own_protocol")


class FramedClient:
    """The other end of a link of ``webdav_in_own_protocol.py``."""

    def __init__(self, store: MemoryStore, *, window: int | None = None) -> None:
        self.link = FRAMED.Link(writable(store))
        self.transport = MemoryTransport(self.link, window=window)
        self.link.connection_made(self.transport)
        self.heard: dict[int, bytearray] = {}
        self.ended: set[int] = set()

    def send(self, number: int, content: bytes, *, pieces: int = 1 << 20) -> None:
        """Bytes of a stream; none end it."""
        frame = FRAMED.HEAD.pack(number, len(content)) + content
        for start in range(0, len(frame), pieces):
            self.link.data_received(frame[start : start + pieces])

    def take(self) -> None:
        """Sort what has come by streams."""
        data = self.transport.take()
        while data:
            number, length = FRAMED.HEAD.unpack_from(data)
            content, data = data[FRAMED.HEAD.size :][:length], data[FRAMED.HEAD.size + length :]
            self.heard.setdefault(number, bytearray()).extend(content)
            if not length:
                self.ended.add(number)

    async def answer(self, number: int) -> Answer:
        """The next answer in a stream."""
        while True:
            self.take()
            data = self.heard.get(number, bytearray())
            found = parse_answer(data, "GET")
            if found is not None:
                del data[: found[1]]
                return found[0]
            await self.transport.until_changed()


@pytest.fixture
def store() -> MemoryStore:
    made = MemoryStore()
    put_file(made, ("small",), b"hello")
    put_file(made, ("large",), bytes(range(256)) * 4096)
    return made


def test_own_protocol_answers_each_stream_for_itself(store: MemoryStore) -> None:
    async def check() -> None:
        client = FramedClient(store)
        client.send(1, request("GET", "/large"))
        client.send(2, request("GET", "/small"), pieces=1)
        client.send(3, request("PUT", "/new", {"Content-Length": "6"}, b"con"))
        assert (await client.answer(2)).body == b"hello"
        client.send(3, b"ten")
        assert (await client.answer(3)).status == 201
        assert len((await client.answer(1)).body) == 1 << 20
        assert store.open(("new",)).read(0, 9) == b"conten"
        client.link.connection_lost(None)

    run(check())


def test_own_protocol_ends_streams_and_numbers_them_anew(store: MemoryStore) -> None:
    async def check() -> None:
        client = FramedClient(store)
        for _ in range(2):
            client.send(7, request("GET", "/small"))
            client.send(7, b"")
            assert (await client.answer(7)).body == b"hello"
            client.take()
            assert client.ended == {7}
            assert not client.link.streams
            client.ended.clear()
        client.link.connection_lost(None)

    run(check())


def test_own_protocol_drops_what_comes_for_a_stream_that_it_has_ended(store: MemoryStore) -> None:
    async def check() -> None:
        client = FramedClient(store)
        client.send(1, request("GET", "/small", {"Connection": "close"}))
        await client.answer(1)
        client.send(1, request("GET", "/small"))
        client.take()
        assert (client.heard[1], client.ended) == (b"", {1})
        client.send(1, b"")
        assert not client.link.streams
        client.link.connection_lost(None)

    run(check())


def test_own_protocol_makes_streams_wait_for_a_slow_peer(store: MemoryStore) -> None:
    async def check() -> None:
        client = FramedClient(store, window=1 << 10)
        client.send(1, request("GET", "/large"))
        await client.transport.until_changed()
        while not client.link.is_full:
            await client.transport.until_changed()
        client.send(2, request("GET", "/small"))
        assert len(client.transport.outgoing) < 1 << 20
        answers = [await client.answer(number) for number in (1, 2)]
        assert [len(answer.body) for answer in answers] == [1 << 20, 5]
        client.link.connection_lost(None)

    run(check())


def test_own_protocol_closes_its_connections_with_the_link(store: MemoryStore) -> None:
    async def check() -> None:
        client = FramedClient(store)
        client.send(1, request("PUT", "/new", {"Content-Length": "6"}, b"con"))
        client.link.connection_lost(None)
        assert [stream.is_over for stream in client.link.streams.values()] == [True]
        await asyncio.sleep(0)

    run(check())
    assert [entry.name for entry in store.members(())] == ["large", "small"]


def test_share_folder() -> None:
    """What ``make demo`` runs."""
    command = [sys.executable, str(EXAMPLES / "share_folder.py")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert "MiB/s" in done.stdout
    assert done.stdout.endswith("shares one of yours\n")


def test_decode_messages() -> None:
    command = [sys.executable, str(EXAMPLES / "decode_messages.py")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert "draw_copy" in done.stdout
