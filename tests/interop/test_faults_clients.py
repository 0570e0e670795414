"""Clients that vanish or dawdle, at every stage: nothing is harmed, and nothing of them stays."""

from __future__ import annotations

import contextlib
import os
import socket
import struct
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.interop.command import eventually
from tests.interop.victim import LOCK, PATIENCE_S, Victim, read_answer, request

MIB = 1 << 20
LIMITS = {"head_timeout_s": 1.0, "stall_timeout_s": 1.0, "idle_timeout_s": 1.0, "linger_s": 0.5}


@pytest.fixture(scope="module")
def victim(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Victim]:
    """A server with a file, a long one, a tree and a collection that is long to list."""
    place = tmp_path_factory.mktemp("vanishing")
    root = place / "share"
    (root / "tree").mkdir(parents=True)
    for number in range(200):
        (root / "tree" / f"file-{number}").write_bytes(b"x" * 1000)
    (root / "many").mkdir()
    for number in range(5000):
        (root / "many" / f"a-name-of-some-length-{number}").touch()
    (root / "file").write_bytes(b"old")
    with (root / "long").open("wb") as long:
        long.truncate(64 * MIB)
    started = Victim(place)
    yield started
    started.stop()


def _put(length: int, *fields: str, chunked: bool = False, name: str = "/file") -> bytes:
    size = "Transfer-Encoding: chunked" if chunked else f"Content-Length: {length}"
    lines = [f"PUT {name} HTTP/1.1", "Host: 127.0.0.1", size, *fields, "", ""]
    return "\r\n".join(lines).encode()


#: What a client has sent when it goes, and how many bytes of an answer it waits for before.
STAGES = {
    "connected": (b"", 0),
    "in the request line": (b"PUT /fi", 0),
    "in the head": (_put(10)[:-10], 0),
    "before the body": (_put(10), 0),
    "in a short body": (_put(10) + b"new", 0),
    "in a long body": (_put(8 * MIB) + b"x" * (3 * MIB), 0),
    "in a new file": (_put(10, name="/fresh") + b"new", 0),
    "in a part of a file": (_put(2, "Content-Range: bytes 0-1/3") + b"n", 0),
    "in the size of a chunk": (_put(0, chunked=True) + b"5\r\nhello\r\n3", 0),
    "in a chunk": (_put(0, chunked=True) + b"ff\r\nhello", 0),
    "before the last chunk": (_put(0, chunked=True) + b"5\r\nhello\r\n", 0),
    "before 100": (_put(10, "Expect: 100-continue"), 0),
    "after 100": (_put(10, "Expect: 100-continue"), 10),
    "in a body to be held": (request("LOCK", "/file", body=LOCK)[:-20], 0),
    "before a small answer": (request("GET", "/file"), 0),
    "before a file": (request("GET", "/long"), 0),
    "in a file": (request("GET", "/long"), 100_000),
    "in a listing": (request("PROPFIND", "/", {"Depth": "infinity"}), 20_000),
    "in a compressed listing": (
        request("PROPFIND", "/", {"Depth": "infinity", "Accept-Encoding": "gzip"}),
        5_000,
    ),
    "in one of many requests": (request("GET", "/long") * 50, 100_000),
    "while a tree is copied": (request("COPY", "/tree/", {"Destination": "/copied"}), 0),
}


@pytest.mark.parametrize("reset", [False, True], ids=["end", "reset"])
@pytest.mark.parametrize("stage", STAGES)
def test_a_client_that_vanishes_leaves_nothing(victim: Victim, stage: str, reset: bool) -> None:
    sent, waits_for = STAGES[stage]
    for _ in range(5):
        connection = victim.connect(buffer=16 << 10)
        connection.sendall(sent)
        received = 0
        while received < waits_for:
            data = connection.recv(min(1 << 16, waits_for - received))
            assert data, "the server ended the connection"
            received += len(data)
        if reset:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.close()
    copied = victim.root / "copied"
    if stage == "while a tree is copied":
        # Who asked is gone; what was asked for is done, unless the system dropped it.
        eventually(
            lambda: len(os.listdir(copied)) == 200 if copied.exists() else reset,
            "the tree was not copied",
        )
    eventually(
        lambda: victim.descriptors() == victim.at_rest,
        lambda: f"open at rest: {victim.at_rest}; now: {victim.descriptors()}",
    )
    eventually(lambda: not _debris(victim.root), lambda: f"left behind: {_debris(victim.root)}")
    assert (victim.root / "file").read_bytes() == b"old"
    assert not (victim.root / "fresh").exists()
    # Nothing is locked either.
    answer = victim.ask("PUT", "/file", body=b"old")
    assert answer.status == 204, answer
    if copied.exists():
        # On a busy machine it may have begun only now.
        eventually(lambda: len(os.listdir(copied)) == 200, "half of the tree was copied")
        assert victim.ask("DELETE", "/copied/").status == 204


def _debris(root: Path) -> list[str]:
    return [
        name for _, folders, files in os.walk(root) for name in folders + files if name[0] == "."
    ]


@pytest.fixture(scope="module")
def impatient(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Victim]:
    """A server that waits for a second only."""
    place = tmp_path_factory.mktemp("slow")
    (place / "share").mkdir()
    (place / "share" / "file").write_bytes(b"old")
    with (place / "share" / "long").open("wb") as long:
        long.truncate(256 * MIB)
    started = Victim(place, settings=LIMITS)
    yield started
    started.stop()


def test_clients_that_dawdle_are_let_go(impatient: Victim) -> None:
    """Each in its way, all at once; others are served meanwhile."""
    dawdlers = [
        _Dawdler(impatient, b"", b""),
        _Dawdler(impatient, b"GET /file HTTP/1.1\r\nHost: a\r\nX: ", b"x"),
        _Dawdler(impatient, b"\r\n", b""),
        _Dawdler(impatient, _put(100) + b"x", b""),
        _Dawdler(impatient, _put(0, chunked=True) + b"5\r\nhe", b""),
        _Dawdler(impatient, _put(100, "Expect: 100-continue"), b""),
        _Dawdler(impatient, request("PROPFIND", "/", {"Content-Length": "10"}) + b"<", b""),
        # Refused, with a body that never comes.
        _Dawdler(impatient, request("BREW", "/", {"Content-Length": "10"}), b""),
        # Takes nothing of its answers.
        _Dawdler(impatient, request("GET", "/long"), None),
        _Dawdler(impatient, request("GET", "/long") * 20, None),
        _Dawdler(impatient, request("GET", "/file") * 20_000, None),
    ]
    begin = time.monotonic()
    while impatient.descriptors() != impatient.at_rest:
        # Limits of 1 s, looked after once a second, and the lingering.
        assert time.monotonic() - begin < 10, impatient.descriptors()
        assert impatient.ask("GET", "/file").body == b"old"
        time.sleep(0.1)
    for each in dawdlers:
        each.end()
    assert (impatient.root / "file").read_bytes() == b"old"
    assert not _debris(impatient.root)


class _Dawdler(threading.Thread):
    """Sends something, and then the same bytes ten times a second until it is put out.

    Args:
        more: None for a client that does not read either.
    """

    def __init__(self, victim: Victim, first: bytes, more: bytes | None) -> None:
        super().__init__(daemon=True)
        self._connection = victim.connect(buffer=4096)
        self._first = first
        self._more = more
        self._ended = threading.Event()
        self.start()

    def run(self) -> None:
        with self._connection as connection, contextlib.suppress(ConnectionError):
            connection.settimeout(0.1)
            with contextlib.suppress(TimeoutError):
                connection.sendall(self._first)
            while self._more is not None and not self._ended.is_set():
                with contextlib.suppress(TimeoutError):
                    connection.send(self._more)
                    if not connection.recv(4096):
                        break
            self._ended.wait(PATIENCE_S)

    def end(self) -> None:
        """Let it go."""
        self._ended.set()
        self.join()


def test_a_slow_client_that_goes_on_is_served(impatient: Victim) -> None:
    """Slow is no fault: what counts is that bytes move."""
    with impatient.connect() as connection:
        connection.sendall(_put(25, name="/slow"))
        for _ in range(25):
            time.sleep(0.1)
            connection.sendall(b"x")
        assert read_answer(connection).status == 201
    assert (impatient.root / "slow").read_bytes() == b"x" * 25
