"""Very many files and locks: memory that does not grow with the answer, and others served."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator, Mapping

import pytest

from tests.interop.victim import LOCK, Victim, read_from, request

FILES = 100_000
LOCKS = 10_000
#: The names alone take 10 MiB for a moment.
LISTING_KIB = 32 << 10
LOCKS_KIB = 16 << 10
_THREE = (
    b'<propfind xmlns="DAV:"><prop><getcontentlength/><getlastmodified/><resourcetype/></prop>'
    b"</propfind>"
)


@pytest.fixture(scope="module")
def victim(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Victim]:
    """A server with a large collection."""
    place = tmp_path_factory.mktemp("many")
    many = place / "share" / "many"
    many.mkdir(parents=True)
    (place / "share" / "small").write_bytes(b"small")
    directory = os.open(many, os.O_RDONLY)
    for number in range(FILES):
        os.close(os.open(f"file-{number:06}", os.O_CREAT | os.O_WRONLY, dir_fd=directory))
    os.close(directory)
    started = Victim(place)
    started.ask("GET", "/small")
    yield started
    started.stop()


def _read_all(victim: Victim, headers: Mapping[str, str], body: bytes) -> tuple[int, bytes]:
    """How long an answer is, and its end."""
    size, tail = 0, b""
    with victim.connect() as connection:
        fields = {**headers, "Connection": "close"}
        connection.sendall(request("PROPFIND", "/", fields, body))
        while data := connection.recv(1 << 20):
            size += len(data)
            tail = (tail + data)[-100:]
    return size, tail


@pytest.mark.parametrize("coding", ["identity", "gzip"])
def test_a_listing_of_100000_files(victim: Victim, coding: str) -> None:
    before = victim.peak_kib()
    slowest_s = 0.0
    done = threading.Event()

    def ask_meanwhile() -> None:
        nonlocal slowest_s
        while not done.wait(0.01):
            begin = time.monotonic()
            assert victim.ask("GET", "/small").body == b"small"
            slowest_s = max(slowest_s, time.monotonic() - begin)

    other = threading.Thread(target=ask_meanwhile)
    other.start()
    try:
        fields = {"Depth": "infinity", "Accept-Encoding": coding}
        size, tail = _read_all(victim, fields, _THREE)
    finally:
        done.set()
        other.join()
    if coding == "identity":
        assert size > 200 * FILES
        assert b"</multistatus>" in tail
    else:
        assert size < 10 * FILES
    assert victim.peak_kib() < before + LISTING_KIB
    assert slowest_s < 5


def test_10000_locks(victim: Victim) -> None:
    before = victim.memory_kib()
    tokens = []
    with victim.connect() as connection, connection.makefile("rb") as stream:
        for first in range(0, LOCKS, 50):
            names = [f"/many/file-{number:06}" for number in range(first, first + 50)]
            connection.sendall(b"".join(request("LOCK", name, None, LOCK) for name in names))
            answers = [read_from(stream) for _ in names]
            assert {answer.status for answer in answers} == {200}
            tokens += [answer.headers["lock-token"] for answer in answers]
    assert victim.memory_kib() < before + LOCKS_KIB
    begin = time.monotonic()
    assert victim.ask("PUT", "/many/file-000000", body=b"x").status == 423
    assert victim.ask("PUT", f"/many/file-{LOCKS:06}", body=b"x").status == 204
    assert victim.ask("MOVE", "/many/", {"Destination": "/other/"}).status == 423
    deep = victim.ask("LOCK", "/many/", {"Depth": "infinity"}, LOCK)
    assert (deep.status, deep.body.count(b"<D:status>")) == (207, LOCKS + 1)
    assert time.monotonic() - begin < 5
    fields = {"Lock-Token": tokens[0]}
    assert victim.ask("UNLOCK", "/many/file-000000", fields).status == 204
    assert victim.ask("PUT", "/many/file-000000", body=b"x").status == 204
