"""Files past a transport: over real socket pairs, since memory has no sendfile."""

from __future__ import annotations

import asyncio
import os
import pathlib
import socket

import pytest

from caraway.webdav.application import Application
from caraway.webdav.server.bodies import Source
from caraway.webdav.server.connection import Connection
from caraway.webdav.server.direct import DirectSender
from caraway.webdav.store.folder import FolderStore
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
    real = os.sendfile

    def spy(out: int, into: int, offset: int, count: int) -> int:
        done = real(out, into, offset, count)
        sent.append(done)
        return done

    monkeypatch.setattr(os, "sendfile", spy)
    answer = run(download(store))
    assert answer.endswith(b"\r\n\r\n" + CONTENT)
    assert sum(sent) > 0


@pytest.mark.parametrize("missing", ["sendfile", "RWF_NOWAIT", "both fail"])
def test_it_arrives_whole_without_the_way_past(
    store: FolderStore, monkeypatch: pytest.MonkeyPatch, missing: str
) -> None:
    if missing == "sendfile":
        monkeypatch.delattr(os, "sendfile")
    elif missing == "RWF_NOWAIT":
        monkeypatch.setattr("caraway.webdav.store.folder_files._NOWAIT", None)
    else:

        def refuse(*arguments: object) -> int:
            raise OSError(95, "not supported")

        monkeypatch.setattr(os, "sendfile", refuse)
        monkeypatch.setattr(os, "preadv", refuse)
    assert run(download(store)).endswith(b"\r\n\r\n" + CONTENT)


def test_a_file_that_changes_meanwhile_ends_the_connection(
    store: FolderStore, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.sendfile

    def change(out: int, into: int, offset: int, count: int) -> int:
        done = real(out, into, offset, min(count, 1000))
        (tmp_path / "share" / "file").write_bytes(b"short")
        return done

    monkeypatch.setattr(os, "sendfile", change)

    async def check() -> bytes:
        try:
            return await download(store)
        except (ConnectionError, asyncio.IncompleteReadError):
            return b""

    assert len(run(check())) < len(CONTENT)


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
