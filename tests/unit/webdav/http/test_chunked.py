"""RFC 9112 §7.1."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caraway.webdav.errors import HTTPError
from caraway.webdav.http.chunked import ChunkedBody
from caraway.webdav.http.fields import HttpLimits

LIMITS = HttpLimits(max_extension=8, max_field_bytes=32, max_fields=2, max_body=100)


def take_all(stream: bytes, size: int, limits: HttpLimits = LIMITS) -> tuple[bytes, int | None]:
    """The data, and the status of an error, 0 for a whole body, or None for part of one."""
    body = ChunkedBody(limits)
    data = b""
    pos = 0
    for end in [*range(size, len(stream), size), len(stream)]:
        while True:
            try:
                piece, pos = body.take(stream[:end], pos)
            except HTTPError as error:
                return data, error.status
            data += piece
            if not piece:
                break
    if not body.is_complete:
        return data, None
    assert pos == len(stream)
    return data, 0


def take(stream: bytes, limits: HttpLimits = LIMITS) -> tuple[bytes, int | None]:
    whole = take_all(stream, len(stream), limits)
    for size in (1, 2, 5):
        assert take_all(stream, size, limits) == whole, f"in pieces of {size}"
    return whole


@pytest.mark.parametrize(
    ("stream", "data"),
    [
        (b"0\r\n\r\n", b""),
        (b"000\r\n\r\n", b""),
        (b"3\r\nabc\r\n0\r\n\r\n", b"abc"),
        (b"a\r\n0123456789\r\n0000000000000001\r\nx\r\nB\r\n\r\n456789012\r\n0\r\n\r\n", None),
        (b"1;a=b\r\nx\r\n0\r\n\r\n", b"x"),
        (b'1 ; a="b"\r\nx\r\n0\r\n\r\n', None),
        (b"1\r\nx\r\n0\r\nX: y\r\n\r\n", b"x"),
        (b"1\r\nx\r\n0\r\nX: y\r\nContent-Length: 9\r\n\r\n", b"x"),
    ],
)
def test_chunks_are_taken_out_of_their_framing(stream: bytes, data: bytes | None) -> None:
    found, outcome = take(stream, HttpLimits())
    assert outcome == 0
    assert data is None or found == data


@pytest.mark.parametrize(
    ("stream", "status"),
    [
        (b"\r\nabc\r\n", 400),
        (b"x\r\n", 400),
        (b"-1\r\n", 400),
        (b"+1\r\n", 400),
        (b"0x1\r\n", 400),
        (b"1_0\r\n", 400),
        (b" 1\r\nx\r\n", 400),
        (b"1 \r\nx\r\n", 400),
        (b"\xb2\r\n", 400),
        (b"1;a\0\r\nx\r\n", 400),
        (b"1;a\nb\r\nx\r\n", 400),
        (b"00000000000000001\r\nx\r\n", 400),
        (b"1;23456789012345678901234567890\r\n", 400),
        (b"1;2345678901234567890123456789", 400),
        (b"1;2345\r\na\r\n1;2345\r\nb\r\n1;234567890123456789\r\n", 400),
        (b"3\r\nabcd\r\n", 400),
        (b"3\r\nabc\n0\r\n", 400),
        (b"3\r\nabc0\r\n", 400),
        (b"65\r\n", 413),
        (b"1\r\nx\r\nffffffffffffffff\r\n", 413),
        (b"0\r\nX\r\n\r\n", 400),
        (b"0\r\nX: y\n\r\n\r\n", 400),
        (b"0\r\n X: y\r\n\r\n", 400),
        (b"0\r\nX: 7890123456789012345678901234\r\n\r\n", 431),
        (b"0\r\nX: 78901234567890123456789012345678901", 431),
        (b"0\r\nA: 1\r\nB: 2\r\nC: 3\r\n\r\n", 431),
    ],
)
def test_broken_framing_is_refused(stream: bytes, status: int) -> None:
    assert take(stream)[1] == status


def test_a_body_cut_short_waits_for_more() -> None:
    stream = b"3;a\r\nabc\r\n0\r\nX: y\r\n\r\n"
    for size in range(1, len(stream)):
        assert take_all(stream[:size], size)[1] is None


def test_small_chunks_are_gathered() -> None:
    body = ChunkedBody(HttpLimits())
    stream = b"1\r\nx\r\n" * 1000 + b"0\r\n\r\n"
    assert body.take(stream, 0) == (b"x" * 1000, len(stream))
    assert body.is_complete
    assert body.take(stream, len(stream)) == (b"", len(stream))


def test_no_piece_grows_without_bound() -> None:
    body = ChunkedBody(HttpLimits())
    chunk = b"8000\r\n" + bytes(0x8000) + b"\r\n"
    piece, pos = body.take(chunk * 10, 0)
    assert len(piece) == 0x10000
    assert pos == 2 * len(chunk) - 2


@given(st.lists(st.binary(min_size=1, max_size=20), max_size=8), st.integers(1, 30))
def test_any_data_comes_out_whole(chunks: list[bytes], size: int) -> None:
    stream = b"".join(b"%x\r\n%b\r\n" % (len(chunk), chunk) for chunk in chunks) + b"0\r\n\r\n"
    limits = HttpLimits()
    assert take_all(stream, size, limits) == (b"".join(chunks), 0)


def test_what_is_all_data_is_passed_on_as_it_is() -> None:
    body = ChunkedBody(HttpLimits())
    assert body.take(b"40000\r\n", 0) == (b"", 7)
    arrived = bytes(0x20000)
    piece, pos = body.take(arrived, 0)
    assert piece is arrived
    assert pos == len(arrived)
