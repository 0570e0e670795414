"""Heads of HTTP, however they are cut."""

from __future__ import annotations

import asyncio

import pytest

from caraway.errors import ClosedError, DecodeError, LimitExceeded
from caraway.net.gate import Gate
from caraway.net.http_head import MAX_HEAD, Head, HeadReader, read_head
from tests.unit.net.streams import Wire, cuts, run

ANSWER = b"HTTP/1.1 200 OK\r\nVia: a\r\nvia:\t b \r\nX-Empty:\r\n\r\nREDQ"
HEAD = Head("HTTP/1.1 200 OK", (("via", "a"), ("via", "b"), ("x-empty", "")))


def _read(pieces: list[bytes]) -> tuple[Head | None, bytes]:
    reader = HeadReader()
    for piece in pieces:
        reader.feed(piece)
    return reader.head, reader.rest


def test_a_head_however_it_is_cut() -> None:
    for pieces in cuts(ANSWER):
        assert _read(pieces) == (HEAD, b"REDQ")


def test_line_feeds_alone_are_taken_too() -> None:
    for pieces in cuts(ANSWER.replace(b"\r\n", b"\n")):
        assert _read(pieces) == (HEAD, b"REDQ")


def test_truncated_anywhere_it_is_not_there_yet() -> None:
    end = ANSWER.index(b"REDQ")
    for size in range(end):
        assert _read([ANSWER[:size]]) == (None, b"")


def test_fields() -> None:
    head = Head("", (("via", "a"), ("via", "b, C")))
    assert head.get("via") == "a, b, C"
    assert head.get("host") is None
    assert head.has_token("via", "c")
    assert not head.has_token("via", "d")
    assert not head.has_token("host", "a")


@pytest.mark.parametrize(
    "line", [b"no colon", b": no name", b"a b: c", b" folded: line", b"\xff: x"]
)
def test_lines_that_are_no_fields(line: bytes) -> None:
    with pytest.raises(DecodeError, match="no field of HTTP"):
        _read([b"HTTP/1.1 200 OK\r\n" + line + b"\r\n\r\n"])


def test_a_head_without_an_end_is_refused() -> None:
    reader = HeadReader()
    reader.feed(b"a" * MAX_HEAD)
    with pytest.raises(LimitExceeded, match="16384"):
        reader.feed(b"a")


def test_a_head_of_the_largest_size() -> None:
    line = b"GET / HTTP/1.1\r\nA: "
    head, rest = _read([line + b"b" * (MAX_HEAD - len(line)) + b"\r\n\r\n" + b"c" * MAX_HEAD])
    assert head is not None
    assert len(rest) == MAX_HEAD
    with pytest.raises(LimitExceeded):
        _read([line + b"b" * (MAX_HEAD - len(line) + 1) + b"\r\n\r\n"])


def test_what_follows_stays_at_the_gate() -> None:
    async def check() -> None:
        gate = Gate()
        gate.connection_made(Wire())
        reading = asyncio.create_task(read_head(gate))
        for at in range(len(ANSWER)):
            gate.data_received(ANSWER[at : at + 1])
            await asyncio.sleep(0)
        assert await reading == HEAD
        assert await gate.read() == b"REDQ"

    run(check())


def test_a_peer_that_closes_before_the_end() -> None:
    async def check() -> None:
        gate = Gate()
        gate.connection_made(Wire())
        gate.data_received(ANSWER[:9])
        gate.eof_received()
        with pytest.raises(ClosedError, match="closed the connection"):
            await read_head(gate)

    run(check())
