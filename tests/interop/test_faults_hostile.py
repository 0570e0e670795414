"""Requests that are made to hurt: each is answered or cut off, in little time and memory."""

from __future__ import annotations

import contextlib
import gzip
import resource
import selectors
import socket
import time
from collections.abc import Iterator

import pytest

from tests.interop.command import eventually
from tests.interop.victim import Victim, read_answer, request

MIB = 1 << 20
#: What a server may grow by in the course of all of this, KiB.
GROWTH_KIB = 48 << 10
#: On a machine that is busy otherwise.
ANSWER_S = 5.0


@pytest.fixture(scope="module")
def victim(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Victim]:
    """A server with a file of 16 MiB."""
    started = Victim(tmp_path_factory.mktemp("hostile"))
    (started.root / "file").write_bytes(b"x" * (16 * MIB))
    (started.root / "small").write_bytes(b"small")
    yield started
    started.stop()


def _propfind(inside: str) -> bytes:
    return f'<D:propfind xmlns:D="DAV:"><D:prop>{inside}</D:prop></D:propfind>'.encode()


def _to_1_mib(piece: str, *, reserve: int = 200) -> str:
    return piece * ((MIB - reserve) // len(piece))


_LAUGHS = "".join(f'<!ENTITY l{number} "{f"&l{number - 1};" * 10}">' for number in range(1, 12))
BODIES = {
    "billion laughs": f'<!DOCTYPE a [<!ENTITY l0 "ha">{_LAUGHS}]><a>&l11;</a>'.encode(),
    "one long entity": b'<!DOCTYPE a [<!ENTITY l "' + b"x" * 500_000 + b'">]><a>' + b"&l;" * 50_000,
    "external entity": b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
    "nothing but opening tags": _to_1_mib("<a>").encode(),
    "1 MiB of names": _propfind(_to_1_mib("<a/>")),
    "1 MiB of attributes": b"<a " + "".join(f'a{n}="" ' for n in range(90_000)).encode() + b"/>",
    "one long attribute": b'<a b="' + b"x" * (MIB - 20) + b'"/>',
    "1 MiB of namespaces": b"<a " + "".join(f'xmlns:a{n}="u" ' for n in range(50_000)).encode(),
    "namespaces in every element": _propfind(
        "".join(f'<a xmlns:n{n}="u{n}"><b/></a>' for n in range(25_000))
    ),
    "1 MiB of character references": _propfind("<a>" + _to_1_mib("&#65;") + "</a>"),
    "1 MiB of comments": _propfind(_to_1_mib("<!---->")),
    "1 MiB of instructions": _propfind(_to_1_mib("<?a?>")),
    "1 MiB of text in pieces": _propfind("<a>" + _to_1_mib("x\n") + "</a>"),
    "more than is read": _propfind("x" * (2 * MIB)),
    "UTF-7": b'<?xml version="1.0" encoding="utf-7"?><a/>',
    "UTF-16": '<?xml version="1.0" encoding="utf-16"?><a/>'.encode("utf-16"),
    "compressed": gzip.compress(b"<a>" * 10_000_000),
    "bytes": bytes(range(256)) * 4000,
}


@pytest.mark.parametrize("method", ["PROPFIND", "PROPPATCH", "LOCK", "MKCOL", "REPORT", "SEARCH"])
def test_bodies(victim: Victim, method: str) -> None:
    before = victim.memory_kib()
    for what, body in BODIES.items():
        target = "/n/" if method == "MKCOL" else "/small"
        fields = {"Content-Type": "application/xml", "Depth": "0"}
        begin = time.monotonic()
        with contextlib.suppress(ConnectionError):
            answer = victim.ask(method, target, fields, body)
            assert 400 <= answer.status < 500 or answer.status == 207, (what, answer.status)
            assert len(answer.body) < 4 * MIB, what
        assert time.monotonic() - begin < ANSWER_S, what
        _is_well(victim)
    assert victim.memory_kib() < before + GROWTH_KIB


def _is_well(victim: Victim) -> None:
    """An ordinary request is answered at once."""
    begin = time.monotonic()
    assert victim.ask("GET", "/small").body == b"small"
    assert time.monotonic() - begin < ANSWER_S


def _field(name: str, value: str) -> bytes:
    return request("GET", "/file", {name: value, "Connection": "close"})


_SIXTEEN = 16_000
HEADS = {
    "1,000 ranges": _field("Range", "bytes=" + ",".join(f"{n}-{n}" for n in range(0, 4000, 4))),
    "the whole file 1,000 times": _field("Range", "bytes=" + ",".join(["0-"] * 1000)),
    "overlapping ranges": _field("Range", "bytes=" + ",".join(f"{n}-" for n in range(1000))),
    "long range numbers": _field("Range", "bytes=" + "9" * _SIXTEEN + "-"),
    "1,500 If lists": _field("If", "(<urn:a>) " * 1500),
    "10,000 If lists": _field("If", "(<urn:a>) " * 10_000),
    "If lists of other resources": _field("If", "</a> (<urn:a>) " * 1000),
    "If conditions": _field("If", "(" + "Not <a:> " * 1700 + ")"),
    "If brackets": _field("If", "(" * _SIXTEEN),
    "entity tags": _field("If-None-Match", ",".join(['"a"'] * 4000)),
    "quotes": _field("If-Match", '"' * _SIXTEEN),
    "codings": _field("Accept-Encoding", ",".join(["gzip;q=0.1"] * 1400)),
    "time": _field("If-Modified-Since", "Sun, " * 3000),
    "a path of 8,000 names": request("GET", "/a" * 8000),
    "a path of escapes": request("GET", "/" + "%41" * 5000),
    "dots": request("GET", "/." * 8000),
    "a long request line": b"GET /" + b"a" * MIB,
    "a long field": b"GET / HTTP/1.1\r\nA: " + b"a" * MIB,
    "100,000 fields": b"GET / HTTP/1.1\r\nHost: a\r\n" + b"A: b\r\n" * 100_000,
    "fields without a line": b"A: b\r\n" * 100_000,
    "empty lines": b"\r\n" * 500_000,
    "NUL": b"\0" * MIB,
    "chunks of one byte": request("PROPFIND", "/", {"Transfer-Encoding": "chunked"})
    + b"1\r\nx\r\n" * 200_000,
    "chunk extensions": request("PUT", "/new", {"Transfer-Encoding": "chunked"})
    + (b"1;" + b"e" * 4000 + b"\r\nx\r\n") * 200,
    "a long chunk size": request("PUT", "/new", {"Transfer-Encoding": "chunked"}) + b"0" * MIB,
    "trailers": request("PUT", "/new", {"Transfer-Encoding": "chunked"})
    + b"0\r\n"
    + b"A: b\r\n" * 100_000,
}


def test_heads(victim: Victim) -> None:
    before = victim.memory_kib()
    for what, sent in HEADS.items():
        begin = time.monotonic()
        received = 0
        with victim.connect() as connection, contextlib.suppress(ConnectionError):
            with contextlib.suppress(ConnectionError):
                connection.sendall(sent)
            connection.shutdown(socket.SHUT_WR)
            while data := connection.recv(1 << 20):
                received += len(data)
                # The whole file once, and no more.
                assert received < 17 * MIB, what
        assert time.monotonic() - begin < ANSWER_S, what
        _is_well(victim)
    assert victim.memory_kib() < before + GROWTH_KIB


def test_requests_whose_answers_nobody_reads(victim: Victim) -> None:
    before = victim.memory_kib()
    with contextlib.ExitStack() as open_ones:
        for _ in range(20):
            connection = open_ones.enter_context(victim.connect(buffer=4096))
            connection.settimeout(0.2)
            with contextlib.suppress(TimeoutError):
                connection.sendall(request("PROPFIND", "/", {"Depth": "1"}) * 5000)
        _is_well(victim)
        assert victim.memory_kib() < before + GROWTH_KIB
    eventually(lambda: victim.descriptors() == victim.at_rest, "not all connections are gone")


def test_1000_connections_at_once(victim: Victim) -> None:
    """Each asks three times; then 1,200 are open, and more are sent away with a word."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(4096, hard), hard))
    memory = victim.memory_kib()
    crowd = [victim.connect() for _ in range(1000)]
    try:
        for _ in range(3):
            _ask_all(crowd, request("GET", "/small"))
        assert victim.memory_kib() < memory + GROWTH_KIB
        crowd += [victim.connect() for _ in range(200)]
        _ask_all(crowd, request("GET", "/small"))
        for _ in range(20):
            with victim.connect() as another:
                another.sendall(request("GET", "/small"))
                answer = read_answer(another)
                assert answer.status == 503
                assert "retry-after" in answer.headers
                assert another.recv(1) == b""
        _ask_all(crowd, request("GET", "/small"))
    finally:
        for connection in crowd:
            connection.close()
    eventually(lambda: victim.descriptors() == victim.at_rest, "not all connections are gone")
    _is_well(victim)


def _ask_all(crowd: list[socket.socket], asked: bytes) -> None:
    with selectors.DefaultSelector() as waiting:
        for connection in crowd:
            connection.sendall(asked)
            waiting.register(connection, selectors.EVENT_READ)
        deadline = time.monotonic() + 30
        while waiting.get_map():
            assert time.monotonic() < deadline, f"{len(waiting.get_map())} wait for an answer"
            for key, _ in waiting.select(1):
                ready = key.fileobj
                assert isinstance(ready, socket.socket)
                data = ready.recv(4096)
                assert data.startswith(b"HTTP/1.1 200 "), data
                assert data.endswith(b"small"), data
                waiting.unregister(ready)
