"""Files past a transport: over real socket pairs, since memory has no sendfile."""

from __future__ import annotations

import asyncio
import itertools
import mmap
import os
import pathlib
import socket

import pytest

from caraway.webdav.application import Application
from caraway.webdav.errors import Changed
from caraway.webdav.server.bodies import Source
from caraway.webdav.server.connection import Connection
from caraway.webdav.server.direct import DirectSender
from caraway.webdav.store.folder import FolderStore
from caraway.webdav.store.folder_files import FolderReader
from tests.unit.webdav.server.memory import MemoryTransport, run

CONTENT = os.urandom(1 << 20) * 5
GET = b"GET /file HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"


@pytest.fixture
def store(tmp_path: pathlib.Path) -> FolderStore:
    folder = tmp_path / "share"
    folder.mkdir()
    (folder / "file").write_bytes(CONTENT)
    return FolderStore(folder, state=tmp_path / "state")


async def download(store: FolderStore, monkeypatch: pytest.MonkeyPatch | None = None) -> bytes:
    """What a client receives that reads slowly at first."""
    ours, theirs = socket.socketpair()
    ours.setblocking(False)
    loop = asyncio.get_running_loop()
    await loop.connect_accepted_socket(lambda: Connection(Application(store)), ours)
    reader, writer = await asyncio.open_connection(sock=theirs)
    writer.write(GET)
    answer = await reader.readexactly(1000)
    answer += await reader.read()
    writer.close()
    await writer.wait_closed()
    return answer


def test_a_large_file_goes_past_the_transport(
    store: FolderStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = []
    real = FolderReader.send_to

    def spy(reader: FolderReader, to: int, offset: int, size: int) -> int:
        sent.append(real(reader, to, offset, size))
        return sent[-1]

    monkeypatch.setattr(FolderReader, "send_to", spy)
    answer = run(download(store))
    assert answer.endswith(b"\r\n\r\n" + CONTENT)
    assert sum(sent) > len(CONTENT) // 4
    assert 0 in sent, "the socket never was full"


@pytest.mark.parametrize("missing", ["mmap", "RWF_NOWAIT", "both"])
def test_it_arrives_whole_without_the_way_past(
    store: FolderStore, monkeypatch: pytest.MonkeyPatch, missing: str
) -> None:
    if missing in ("mmap", "both"):

        def refuse(*arguments: object, **options: object) -> None:
            raise OSError(19, "No such device")

        monkeypatch.setattr(mmap, "mmap", refuse)
    if missing in ("RWF_NOWAIT", "both"):
        monkeypatch.setattr("caraway.webdav.store.folder_files._NOWAIT", None)
    assert run(download(store)).endswith(b"\r\n\r\n" + CONTENT)


@pytest.mark.parametrize("change", ["in place", "shorter"])
def test_what_changes_meanwhile_is_not_sent_for_the_old(
    store: FolderStore, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    real = FolderReader.send_to
    path = tmp_path / "share" / "file"
    calls = itertools.count()

    def spy(reader: FolderReader, to: int, offset: int, size: int) -> int:
        if next(calls) == 1:
            with path.open("r+b" if change == "in place" else "wb") as file:
                file.write(b"\0" * (len(CONTENT) if change == "in place" else 10))
        return real(reader, to, offset, size)

    monkeypatch.setattr(FolderReader, "send_to", spy)

    async def check() -> bytes:
        try:
            return await download(store)
        except (ConnectionError, asyncio.IncompleteReadError):
            return b""

    body = run(check()).partition(b"\r\n\r\n")[2]
    assert len(body) < len(CONTENT)


def test_what_was_sent_stays_what_it_was(store: FolderStore, tmp_path: pathlib.Path) -> None:
    """sendfile would send what stands in the file when it is received."""
    ours, theirs = socket.socketpair()
    ours.setblocking(False)
    reader = store.open(("file",))
    count = reader.send_to(ours.fileno(), 0, 1 << 16)
    with (tmp_path / "share" / "file").open("r+b") as file:
        file.write(b"\0" * len(CONTENT))
    received = b""
    while len(received) < count:
        received += theirs.recv(1 << 16)
    assert received == CONTENT[:count]
    with pytest.raises(Changed):
        reader.send_to(ours.fileno(), count, 10)
    reader.close()
    ours.close()
    theirs.close()


def test_there_is_none_without_a_plain_socket() -> None:
    assert DirectSender.of(MemoryTransport(asyncio.Protocol())) is None


def test_a_closed_one_sends_nothing(store: FolderStore) -> None:
    async def check() -> None:
        ours, theirs = socket.socketpair()
        transport, _ = await asyncio.get_running_loop().connect_accepted_socket(
            asyncio.Protocol, ours
        )
        direct = DirectSender.of(transport)
        assert direct is not None
        source = Source(store.open(("file",)))
        assert direct.send(source, 0, 100) == 100
        direct.close()
        direct.close()
        assert direct.send(source, 0, 100) == 0
        source.close()
        transport.abort()
        theirs.close()
        await asyncio.sleep(0)

    run(check())
