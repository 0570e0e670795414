"""What a proxy is asked, and what its answers mean."""

from __future__ import annotations

import asyncio

import pytest

from caraway.errors import CarawayError, ClosedError, ConnectError, RemoteProtocolError, UsageError
from caraway.net.endpoint import Proxy
from caraway.net.gate import Gate
from caraway.net.proxy import connect_request, open_tunnel
from tests.unit.net.streams import Wire, cuts, run

PROXY = Proxy("gate", 3128)
TICKET = "pvespiceproxy:65a1b2c3:100:node::abcdef"


def test_the_request() -> None:
    assert connect_request(PROXY, "vm", 5900) == (
        b"CONNECT vm:5900 HTTP/1.1\r\nHost: vm:5900\r\n\r\n"
    )


def test_hosts_go_as_they_are_and_only_addresses_get_brackets() -> None:
    assert connect_request(PROXY, TICKET, 61000).startswith(
        b"CONNECT pvespiceproxy:65a1b2c3:100:node::abcdef:61000 HTTP/1.1\r\n"
    )
    assert connect_request(PROXY, "fe80::1", 1).startswith(b"CONNECT [fe80::1]:1 ")


def test_a_password() -> None:
    request = connect_request(Proxy("gate", 1, "me", "sécret"), "vm", 1)
    assert b"\r\nProxy-Authorization: Basic bWU6c8OpY3JldA==\r\n" in request


@pytest.mark.parametrize("host", ["bücher", "vm\r\nX: y", "v m", ""])
def test_hosts_that_cannot_be_asked_for(host: str) -> None:
    with pytest.raises(UsageError):
        connect_request(PROXY, host, 1)


def _open(pieces: list[bytes], host: str = "vm") -> bytes:
    """Ask, answer with ``pieces``; what is left at the gate."""

    async def work() -> bytes:
        gate = Gate()
        wire = Wire()
        gate.connection_made(wire)
        opening = asyncio.create_task(open_tunnel(gate, PROXY, host, 5900))
        await asyncio.sleep(0)
        assert wire.sent == connect_request(PROXY, host, 5900)
        for piece in pieces:
            gate.data_received(piece)
            await asyncio.sleep(0)
        gate.eof_received()
        await opening
        return await gate.read()

    return run(work())


def test_a_tunnel_however_the_answer_is_cut() -> None:
    for pieces in cuts(b"HTTP/1.0 200 Connection established\r\nVia: x\r\n\r\nREDQ"):
        assert _open(pieces) == b"REDQ"


@pytest.mark.parametrize(
    ("answer", "kind", "text", "hint"),
    [
        (b"HTTP/1.1 407 Who?\r\n\r\n", ConnectError, "407 'Who?'", "SPICE_PROXY"),
        (b"HTTP/1.1 403\r\n\r\n", ConnectError, "does not open vm:5900: 403", "administrator"),
        (b"HTTP/1.1 401 No\r\n\r\n", ConnectError, "401", "new connection file"),
        (b"HTTP/1.0 502 Bad Gateway\r\n\r\n", ConnectError, "502", "does the server run"),
        (b"HTTP/1.1 302 Found\r\nLocation: /\r\n\r\n", ConnectError, "302", None),
        (b"SSH-2.0-OpenSSH\r\n\r\n", RemoteProtocolError, "is no HTTP proxy", None),
        (b"HTTP/1.1 20 OK\r\n\r\n", RemoteProtocolError, "is no HTTP proxy", None),
        (b"HTTP/1.1 200 OK\r\n", ClosedError, "closed", None),
    ],
)
def test_answers_that_open_nothing(
    answer: bytes, kind: type[CarawayError], text: str, hint: str | None
) -> None:
    with pytest.raises(kind) as caught:
        _open([answer])
    assert text in str(caught.value)
    assert hint is None or hint in (caught.value.hint or "")
