"""The server's side of the link stage, with clients that are odd or hostile."""

from __future__ import annotations

from struct import pack

import pytest

from caraway.errors import AuthError, LimitExceeded, LinkRefused
from caraway.messages.link import enums
from caraway.protocol import link as module
from caraway.protocol.capabilities import Capabilities
from caraway.protocol.link import LinkRequest, Offer, ServerLink
from tests.unit.protocol.test_link import KEY, SASL, server
from tests.unit.protocol.test_link_client import header
from tests.unit.protocol.wires import COMMON

LinkErr = enums.LinkErr
CHOOSES = 0b1001
TICKET = b"secret\0".ljust(128, b"\xaa")


def mess(
    *,
    connection: int = 0,
    kind: int = 1,
    number: int = 0,
    common: tuple[int, ...] = (CHOOSES,),
    channel: tuple[int, ...] = (),
    counts: tuple[int, int] | None = None,
    offset: int = 18,
    behind: bytes = b"",
) -> bytes:
    words = pack(f"<{len(common) + len(channel)}I", *common, *channel)
    body = pack("<IBB", connection, kind, number)
    body += pack("<3I", *(counts or (len(common), len(channel))), offset) + words + behind
    return header(len(body)) + body


def refusal(code: LinkErr) -> bytes:
    return header(178) + pack("<I", code) + bytes(174)


def _asked(data: bytes) -> LinkRequest:
    seen: list[LinkRequest] = []

    def answer(request: LinkRequest) -> LinkErr:
        seen.append(request)
        return LinkErr.ERROR

    with pytest.raises(LinkRefused):
        ServerLink(answer).feed(data)
    (request,) = seen
    return request


def _refused(link: ServerLink, data: bytes, code: LinkErr, reason: str) -> None:
    with pytest.raises(LinkRefused, match=reason) as caught:
        link.feed(data)
    assert caught.value.code == code
    assert link.take_output().endswith(refusal(code))


def test_requests() -> None:
    assert _asked(mess()) == LinkRequest(1, capabilities=Capabilities(frozenset({0, 3})))
    data = mess(connection=0xFFFFFFFF, kind=255, number=254, common=(0, 1), channel=(4,))
    assert _asked(data) == LinkRequest(
        255, 254, 0xFFFFFFFF, Capabilities(frozenset({32}), frozenset({2}))
    )


def test_words_somewhere_else() -> None:
    data = mess(common=(1,), channel=(2,), offset=22, behind=pack("<I", 4))
    assert _asked(data).capabilities == Capabilities(frozenset({1}), frozenset({2}))
    assert _asked(mess(common=(), offset=0xFFFFFFFF)).capabilities == Capabilities()
    assert _asked(mess(common=(), behind=b"garbage")).capabilities == Capabilities()


def test_the_reply_on_the_wire() -> None:
    link = server()
    link.feed(mess())
    caps = pack("<3I", 1, 1, 178) + pack("<2I", 0b1011, 0b100)
    assert link.take_output() == header(186) + pack("<I", 0) + KEY + caps
    link.feed(pack("<I", 1) + TICKET + b"first messages")
    assert link.take_output() == pack("<I", 0)
    assert link.outcome is not None
    assert link.rest == b"first messages"


def test_an_empty_key() -> None:
    def answer(request: LinkRequest) -> Offer:
        return Offer(Capabilities(COMMON), b"", lambda ticket: LinkErr.OK)

    link = ServerLink(answer)
    link.feed(mess())
    assert link.take_output()[20 : 20 + 162] == bytes(162)
    link.feed(pack("<I", 1) + bytes(128))
    assert link.outcome is not None


@pytest.mark.parametrize("size", range(len(mess())))
def test_truncated_at_every_length(size: int) -> None:
    link = server()
    link.feed(mess()[:size])
    assert (link.outcome, link.take_output()) == (None, b"")


@pytest.mark.parametrize("magic", [b"GET ", b"\0\0\0\0", b"REDR", b"QDER"])
def test_other_magic(magic: bytes) -> None:
    _refused(server(), header(18, magic=magic), LinkErr.INVALID_MAGIC, "INVALID_MAGIC: magic 0x")


@pytest.mark.parametrize("major", [0, 1, 3, 0xFFFFFFFF])
def test_other_versions(major: int) -> None:
    _refused(server(), header(18, major=major), LinkErr.VERSION_MISMATCH, f"protocol {major}, this")


@pytest.mark.parametrize("size", [0, 17, 4097, 0x7FFFFFFF, 0xFFFFFFFF])
def test_sizes_that_no_link_message_has(size: int) -> None:
    _refused(server(), header(size), LinkErr.INVALID_DATA, rf"of {size} bytes, it has 18 to 4096")


@pytest.mark.parametrize(
    ("counts", "offset"),
    [
        ((1025, 0), 18),
        ((0, 0xFFFFFFFF), 18),
        ((1, 0), 0),
        ((1, 0), 17),
        ((1, 0), 19),
        ((2, 0), 18),
        ((1, 1), 18),
        ((1, 0), 0xFFFFFFFF),
    ],
)
def test_capabilities_outside(counts: tuple[int, int], offset: int) -> None:
    data = mess(counts=counts, offset=offset)
    _refused(server(), data, LinkErr.INVALID_DATA, "capabilities")


@pytest.mark.parametrize("mechanism", [0, 2, 3, 0xFFFFFFFF])
def test_ways_that_are_not_offered(mechanism: int) -> None:
    data = mess() + pack("<I", mechanism)
    _refused(server(), data, LinkErr.VERSION_MISMATCH, f"{mechanism}, this server wants a ticket")


@pytest.mark.parametrize("mechanism", [0, 1, 3])
def test_ways_that_are_not_sasl(mechanism: int) -> None:
    link = server(common=SASL, sasl=True)
    data = mess() + pack("<I", mechanism)
    _refused(link, data, LinkErr.VERSION_MISMATCH, f"{mechanism}, this server wants SASL")


def test_a_code_of_the_judge_that_is_none_of_ours() -> None:
    def answer(request: LinkRequest) -> Offer:
        return Offer(Capabilities(COMMON), KEY, lambda ticket: LinkErr.ERROR)

    link = ServerLink(answer)
    with pytest.raises(LinkRefused, match="ERROR"):
        link.feed(mess() + pack("<I", 1) + TICKET)
    assert link.take_output().endswith(pack("<I", 1))


# SASL


def _sasl(*data: bytes) -> ServerLink:
    link = server(common=SASL, sasl=True)
    link.feed(mess() + pack("<I", 2))
    assert link.take_output().endswith(pack("<I", 15) + b",SCRAM-SHA-256,")
    for each in data:
        link.feed(each)
    return link


def _named(name: bytes) -> bytes:
    return pack("<I", len(name)) + name


def test_sasl_on_the_wire() -> None:
    link = _sasl(_named(b"SCRAM-SHA-256\0"), pack("<I", 0))
    assert link.take_output() == pack("<I", 1) + b"\0" + b"\0"
    link.feed(_named(b"n,,n=user,r=abc\0"))
    answer = link.take_output()
    size = int.from_bytes(answer[:4], "little")
    assert answer[4:].startswith(b"r=abc")
    assert answer[-2:] == b"\0\0"
    assert len(answer) == 4 + size + 1


@pytest.mark.parametrize("name", [b"", b"PLAIN", b"scram-sha-256", b"\xff", b"SCRAM-SHA-256\0x"])
def test_mechanisms_that_are_not_offered(name: bytes) -> None:
    with pytest.raises(AuthError, match="only SCRAM-SHA-256 is offered"):
        _sasl(_named(name))


@pytest.mark.parametrize("size", [101, 0x7FFFFFFF, 0xFFFFFFFF])
def test_names_that_are_too_long(size: int) -> None:
    with pytest.raises(LimitExceeded, match=rf"name of a SASL mechanism of {size} bytes"):
        _sasl(pack("<I", size))


@pytest.mark.parametrize("size", [module.MAX_SASL + 1, 0xFFFFFFFF])
def test_messages_that_are_too_long(size: int) -> None:
    with pytest.raises(LimitExceeded, match=rf"SASL message of {size} bytes, the limit is 65536"):
        _sasl(_named(b"SCRAM-SHA-256"), pack("<I", size))
    with pytest.raises(LimitExceeded, match=rf"SASL message of {size} bytes, the limit is 65536"):
        _sasl(_named(b"SCRAM-SHA-256"), pack("<I", 0), pack("<I", size))


def test_a_client_that_says_nothing_for_ever() -> None:
    with pytest.raises(LimitExceeded, match="SASL of more than 16 steps"):
        _sasl(_named(b"SCRAM-SHA-256"), pack("<I", 0) * 20)


def test_the_longest_message_is_judged() -> None:
    with pytest.raises(AuthError):
        _sasl(_named(b"SCRAM-SHA-256"), _named(b"x" * module.MAX_SASL))
