"""WebSockets without streams: greetings and frames, right, wrong, and cut anywhere."""

from __future__ import annotations

import base64

import pytest

from caraway.errors import CarawayError, ConnectError, RemoteProtocolError, UsageError
from caraway.net.http_head import Head, HeadReader
from caraway.net.websocket import (
    MAX_FRAME,
    CloseCode,
    FrameReader,
    Opcode,
    Refused,
    answer_request,
    apply_mask,
    check_answer,
    client_request,
    close_frame,
    frame_head,
    make_frame,
    new_key,
)
from tests.unit.net.streams import cuts

# RFC 6455 §1.3: an example with its answer.
KEY = "dGhlIHNhbXBsZSBub25jZQ=="
ACCEPT = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
#: RFC 6455 §5.7: "Hello", masked.
HELLO = bytes.fromhex("82 85 37fa213d 7f9f4d5158")


def _head(data: bytes) -> Head:
    reader = HeadReader()
    reader.feed(data)
    assert reader.head is not None
    assert not reader.rest
    return reader.head


def _request(*, without: str = "", start: str = "GET / HTTP/1.1", **fields: str) -> Head:
    given = {
        "host": "vm:5900",
        "upgrade": "WebSocket",
        "connection": "keep-alive, Upgrade",
        "sec-websocket-key": KEY,
        "sec-websocket-version": "13",
    }
    given.update({name.replace("_", "-"): value for name, value in fields.items()})
    given.pop(without, None)
    return Head(start, tuple(given.items()))


# Greeting


def test_both_sides_agree() -> None:
    key = new_key()
    assert len(base64.b64decode(key)) == 16
    answer = answer_request(_head(client_request("vm", 5900, "/a?b", key)))
    check_answer(_head(answer), key)
    assert b"\r\nSec-WebSocket-Protocol: binary\r\n" in answer


def test_the_request() -> None:
    head = _head(client_request("::1", 5900, "/", KEY))
    assert head.get("host") == "[::1]:5900"
    assert head.get("sec-websocket-key") == KEY
    assert _head(client_request("bücher.example", 1, "/", KEY)).get("host") == (
        "xn--bcher-kva.example:1"
    )


@pytest.mark.parametrize(
    ("host", "path"), [("vm\r\nX: y", "/"), ("ü" * 70, "/"), ("vm", "/ x"), ("vm", "x"), ("vm", "")]
)
def test_requests_that_cannot_be_made(host: str, path: str) -> None:
    with pytest.raises(UsageError):
        client_request(host, 1, path, KEY)


def test_the_answer_of_the_specification() -> None:
    answer = answer_request(_request())
    assert answer.startswith(b"HTTP/1.1 101 ")
    assert f"\r\nSec-WebSocket-Accept: {ACCEPT}\r\n".encode() in answer
    assert b"Protocol:" not in answer
    check_answer(_head(answer), KEY)


def test_the_subprotocol_is_chosen_from_several() -> None:
    answer = answer_request(_request(sec_websocket_protocol="base64, Binary"))
    assert b"Sec-WebSocket-Protocol: binary\r\n" in answer


@pytest.mark.parametrize(
    ("head", "status"),
    [
        (_request(start="POST / HTTP/1.1"), b"400"),
        (_request(start="GET / HTTP/1.0"), b"400"),
        (_request(start="GET  HTTP/1.1"), b"400"),
        (_request(without="upgrade"), b"426"),
        (_request(connection="close"), b"426"),
        (_request(sec_websocket_version="8"), b"426"),
        (_request(without="sec-websocket-key"), b"400"),
        (_request(sec_websocket_key="c2hvcnQ="), b"400"),
        (_request(sec_websocket_key="!!!"), b"400"),
        (_request(sec_websocket_key="ü"), b"400"),
        (_request(without="host"), b"400"),
        (_request(sec_websocket_protocol="chat"), b"400"),
        (_request(origin="https://evil.example"), b"403"),
        (_request(origin="null"), b"403"),
    ],
)
def test_requests_that_are_refused(head: Head, status: bytes) -> None:
    with pytest.raises(Refused, match="no WebSocket") as caught:
        answer_request(head)
    assert caught.value.answer.startswith(b"HTTP/1.1 " + status)
    reader = HeadReader()
    reader.feed(caught.value.answer)
    assert reader.head is not None
    assert int(reader.head.get("content-length") or "0") == len(reader.rest)


@pytest.mark.parametrize(
    ("origin", "host", "allowed", "passes"),
    [
        ("https://desk.example", "vm:5900", ("https://desk.example",), True),
        ("https://desk.example", "vm:5900", ("https://Desk.example/",), True),
        ("https://desk.example", "vm:5900", ("http://desk.example",), False),
        ("https://evil.example", "vm:5900", ("*",), True),
        ("null", "vm:5900", ("null",), True),
        ("http://127.0.0.1:5900", "127.0.0.1:5900", (), True),
        ("http://localhost:5900", "localhost:5900", (), True),
        ("https://[::1]:5900", "[::1]:5900", (), True),
        ("http://127.0.0.1:8000", "127.0.0.1:5900", (), False),
        # A name can be made to lead here by whoever owns it.
        ("http://evil.example:5900", "evil.example:5900", (), False),
        ("http://[::1", "[::1", (), False),
    ],
)
def test_where_pages_may_come_from(
    origin: str, host: str, allowed: tuple[str, ...], passes: bool
) -> None:
    head = _request(origin=origin, host=host)
    if passes:
        assert answer_request(head, allow_origins=allowed)
    else:
        with pytest.raises(Refused, match="pages from there"):
            answer_request(head, allow_origins=allowed)


def _answer(start: str = "HTTP/1.1 101 Switching Protocols", **fields: str) -> Head:
    given = {"upgrade": "websocket", "connection": "Upgrade", "sec-websocket-accept": ACCEPT}
    given.update({name.replace("_", "-"): value for name, value in fields.items()})
    return Head(start, tuple(given.items()))


@pytest.mark.parametrize(
    ("head", "kind", "text"),
    [
        (_answer("HTTP/1.1 404 Not Found"), ConnectError, "404 Not Found"),
        (_answer("REDQ"), RemoteProtocolError, "REDQ"),
        (_answer(upgrade="h2c"), RemoteProtocolError, "something else"),
        (_answer(connection="close"), RemoteProtocolError, "something else"),
        (_answer(sec_websocket_accept=""), RemoteProtocolError, "somebody else's key"),
        (_answer(sec_websocket_accept="ü"), RemoteProtocolError, "somebody else's key"),
        (_answer(sec_websocket_protocol="chat"), RemoteProtocolError, "'chat'"),
        (_answer(sec_websocket_extensions="x"), RemoteProtocolError, "extensions"),
    ],
)
def test_answers_that_are_refused(head: Head, kind: type[CarawayError], text: str) -> None:
    with pytest.raises(kind) as caught:
        check_answer(head, KEY)
    assert text in str(caught.value)


# Frames


def _read(pieces: list[bytes], *, is_masked: bool = False) -> tuple[bytes, FrameReader]:
    reader = FrameReader(is_masked=is_masked)
    return b"".join(reader.feed(piece) for piece in pieces), reader


def test_the_frames_of_the_specification() -> None:
    assert _read([HELLO], is_masked=True)[0] == b"Hello"
    assert apply_mask(b"Hello", bytes.fromhex("37fa213d")) == HELLO[6:]


@pytest.mark.parametrize("size", [0, 1, 125, 126, 127, 65535, 65536, 70001])
@pytest.mark.parametrize("masks", [False, True])
def test_frames_of_every_form(size: int, masks: bool) -> None:
    payload = bytes(range(256)) * (size // 256 + 1)
    frame = make_frame(Opcode.BINARY, payload[:size], masks=masks)
    taken, reader = _read([frame[:1], frame[1:5000], frame[5000:]], is_masked=masks)
    assert taken == payload[:size]
    assert reader.error is None


def test_headers_are_as_short_as_they_can_be() -> None:
    assert [len(frame_head(Opcode.BINARY, size)) for size in (125, 126, 65535, 65536)] == [
        2,
        4,
        4,
        10,
    ]


@pytest.mark.parametrize("size", [1, 4095, 4096, 4097, 9001])
@pytest.mark.parametrize("phase", [0, 1, 2, 3])
def test_masks(size: int, phase: int) -> None:
    data = bytes(each % 251 for each in range(size))
    mask = b"\x01\x02\x40\x80"
    plain = bytes(each ^ mask[(phase + at) % 4] for at, each in enumerate(data))
    assert apply_mask(memoryview(data), mask, phase) == plain
    assert apply_mask(b"", mask, phase) == b""


@pytest.mark.parametrize("masks", [False, True])
def test_a_stream_however_it_is_cut(masks: bool) -> None:
    pieces = [
        make_frame(Opcode.BINARY, b"one", masks=masks),
        make_frame(Opcode.PING, b"there?", masks=masks),
        make_frame(Opcode.BINARY, b"", masks=masks),
        _fragment(Opcode.BINARY, b"tw", masks=masks),
        make_frame(Opcode.PONG, b"", masks=masks),
        _fragment(Opcode.CONTINUATION, b"o, ", masks=masks),
        make_frame(Opcode.CONTINUATION, b"three" * 30, masks=masks),
        close_frame(CloseCode.NORMAL, masks=masks),
        b"behind the end",
    ]
    for cut in cuts(b"".join(pieces)):
        taken, reader = _read(cut, is_masked=masks)
        assert taken == b"onetwo, " + b"three" * 30
        assert (reader.ping, reader.closed, reader.error) == (b"there?", 1000, None)


def _fragment(opcode: Opcode, payload: bytes, *, masks: bool = False) -> bytes:
    frame = make_frame(opcode, payload, masks=masks)
    return bytes([frame[0] & 0x7F]) + frame[1:]


def test_truncated_anywhere_nothing_is_wrong_yet() -> None:
    frame = make_frame(Opcode.BINARY, b"x" * 300, masks=True)
    for size in range(len(frame)):
        taken, reader = _read([frame[:size]], is_masked=True)
        assert taken == b"x" * max(0, size - 8)
        assert reader.error is None


def test_closing_without_a_code() -> None:
    assert _read([make_frame(Opcode.CLOSE, b"", masks=False)])[1].closed == 1005
    assert _read([make_frame(Opcode.CLOSE, b"\x03", masks=False)])[1].closed == 1005
    assert _read([make_frame(Opcode.CLOSE, b"\x03\xeabye", masks=False)])[1].closed == 1002


WRONG = {
    "reserved": (b"\xc2\x00", "reserved", CloseCode.PROTOCOL_ERROR),
    "unknown data": (b"\x83\x00", "unknown kind 3", CloseCode.PROTOCOL_ERROR),
    "unknown control": (b"\x8b\x00", "unknown kind 11", CloseCode.PROTOCOL_ERROR),
    "masked": (b"\x82\x80abcd", "of a server is masked", CloseCode.PROTOCOL_ERROR),
    "long ping": (b"\x89\x7e\x00\x7e", "above 125", CloseCode.PROTOCOL_ERROR),
    "ping in pieces": (b"\x09\x00", "in pieces", CloseCode.PROTOCOL_ERROR),
    "text": (b"\x81\x00", "has text", CloseCode.UNSUPPORTED),
    "continuation": (b"\x80\x00", "goes on with nothing", CloseCode.PROTOCOL_ERROR),
    "nested": (b"\x02\x00\x82\x00", "begins inside a message", CloseCode.PROTOCOL_ERROR),
    "huge": (b"\x82\x7f" + (MAX_FRAME + 1).to_bytes(8, "big"), "the limit", CloseCode.TOO_BIG),
    "negative": (b"\x82\x7f" + b"\xff" * 8, "the limit", CloseCode.TOO_BIG),
}


@pytest.mark.parametrize("name", WRONG)
def test_frames_that_are_wrong(name: str) -> None:
    frame, text, code = WRONG[name]
    good = make_frame(Opcode.BINARY, b"good", masks=False)
    for pieces in cuts(good + frame + good):
        taken, reader = _read(pieces)
        assert taken == b"good"
        assert text in str(reader.error)
        assert reader.code == code


def test_clients_have_to_mask() -> None:
    _, reader = _read([make_frame(Opcode.BINARY, b"a", masks=False)], is_masked=True)
    assert "of a client is not masked" in str(reader.error)


def test_a_frame_of_the_largest_size_costs_nothing() -> None:
    taken, reader = _read([b"\x82\x7f" + MAX_FRAME.to_bytes(8, "big"), b"abc"])
    assert (taken, reader.error) == (b"abc", None)


def test_many_pings_are_kept_as_one() -> None:
    ping = b"".join(make_frame(Opcode.PING, bytes([at]) * 125, masks=False) for at in range(200))
    _, reader = _read([ping])
    assert reader.ping == bytes([199]) * 125
