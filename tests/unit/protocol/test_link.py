"""The link stage with both ends joined: tickets, SASL, refusals, at any cut."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from caraway.errors import AuthError, LinkRefused
from caraway.messages.link import enums
from caraway.protocol.capabilities import Capabilities
from caraway.protocol.link import (
    ClientLink,
    Credentials,
    LinkRequest,
    Offer,
    SaslClient,
    ServerLink,
)
from caraway.protocol.sasl import choose_mechanism, judges
from tests.unit.protocol.wires import COMMON, CommonCap, join

LinkErr = enums.LinkErr
KEY = bytes(range(162))
SASL = COMMON | {CommonCap.AUTH_SASL}
STEPS = [1, 7, 1 << 20]


def _encrypt(key: bytes, password: bytes) -> bytes:
    assert key == KEY
    return password.ljust(128, b"\xaa")


def credentials(password: str = "secret", *, user: str = "user", tls: bool = True) -> Credentials:
    def choose(names: Sequence[str]) -> SaslClient:
        return choose_mechanism(names, user, password, is_encrypted=tls)

    return Credentials(password.encode(), _encrypt, choose)


def client(
    password: str = "secret", *, common: frozenset[int] = SASL, kind: int = 1, tls: bool = True
) -> ClientLink:
    request = LinkRequest(kind, 3, 77, Capabilities(common, frozenset({1, 40})))
    return ClientLink(request, credentials(password, tls=tls))


def judge_ticket(ticket: bytes) -> int:
    is_right = ticket.partition(b"\0")[0] == b"secret"
    return LinkErr.OK if is_right else LinkErr.PERMISSION_DENIED


def server(
    *,
    common: frozenset[int] = COMMON,
    sasl: bool = False,
    plain: bool = False,
    answer: LinkErr | None = None,
    confirm: LinkErr = LinkErr.OK,
) -> ServerLink:
    def offer(request: LinkRequest) -> Offer | LinkErr:
        if answer is not None:
            return answer
        names, make = judges({"user": "secret"}, allows_plain=plain)
        if plain:
            names = ["PLAIN"]
        capabilities = Capabilities(common, frozenset({2}))
        return Offer(capabilities, KEY, judge_ticket, (names, make) if sasl else None)

    return ServerLink(offer, confirm=lambda request: confirm)


@pytest.mark.parametrize("step", STEPS)
def test_a_ticket(step: int) -> None:
    one, other = client(), server()
    join(one, other, step=step)
    assert one.outcome is not None
    assert other.outcome is not None
    assert other.outcome.request == one.outcome.request
    assert one.outcome.peer == Capabilities(COMMON, frozenset({2}))
    assert other.outcome.peer == Capabilities(SASL, frozenset({1, 40}))
    assert one.outcome.has_mini_header
    assert other.outcome.has_mini_header
    assert (one.rest, other.rest) == (b"", b"")


@pytest.mark.parametrize("side", ["client", "server"])
def test_mini_headers_want_both(side: str) -> None:
    without = COMMON - {CommonCap.MINI_HEADER}
    one = client(common=without if side == "client" else SASL)
    other = server(common=without if side == "server" else COMMON)
    join(one, other)
    assert one.outcome is not None
    assert other.outcome is not None
    assert (one.outcome.has_mini_header, other.outcome.has_mini_header) == (False, False)


@pytest.mark.parametrize("side", ["client", "server"])
def test_old_peers_go_to_the_ticket_at_once(side: str) -> None:
    without = frozenset({CommonCap.MINI_HEADER})
    one = client(common=without if side == "client" else SASL)
    other = server(common=without if side == "server" else COMMON)
    join(one, other)
    assert one.outcome is not None
    assert other.outcome is not None


@pytest.mark.parametrize("password", ["wrong", ""])
def test_a_wrong_ticket(password: str) -> None:
    one, other = client(password), server()
    with pytest.raises(AuthError, match="the client's password is wrong"):
        join(one, other)
    with pytest.raises(AuthError, match="the server refused the password") as caught:
        one.feed(b"")
    assert "still valid" in str(caught.value.hint)


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("plain", [False, True])
def test_sasl(plain: bool, step: int) -> None:
    one, other = client(), server(common=SASL, sasl=True, plain=plain)
    join(one, other, step=step)
    assert one.outcome is not None
    assert other.outcome is not None


@pytest.mark.parametrize("plain", [False, True])
def test_sasl_with_a_wrong_password(plain: bool) -> None:
    one, other = client("wrong"), server(common=SASL, sasl=True, plain=plain)
    with pytest.raises(AuthError, match="user name or password is wrong"):
        join(one, other)
    assert one.outcome is None
    # All that the client will see is that the server closes.
    assert isinstance(one.ended(), AuthError)
    assert other.take_output() == b""


def test_sasl_that_will_not_do() -> None:
    one, other = client(tls=False), server(common=SASL, sasl=True, plain=True)
    with pytest.raises(AuthError, match="SASL by PLAIN, none of which can be used"):
        join(one, other)


def test_a_client_that_cannot_choose_meets_a_server_that_wants_sasl() -> None:
    one = client(common=COMMON - {CommonCap.PROTOCOL_AUTH_SELECTION})
    other = server(common=SASL, sasl=True)
    with pytest.raises(LinkRefused, match="authentication 1, this server wants SASL"):
        join(one, other)
    # It learns of it from a whole link reply in the place of four bytes.
    with pytest.raises(LinkRefused, match="VERSION_MISMATCH") as caught:
        one.feed(b"")
    assert caught.value.code == LinkErr.VERSION_MISMATCH


@pytest.mark.parametrize("code", [each for each in LinkErr if each != LinkErr.OK])
def test_refusals_before_authentication(code: LinkErr) -> None:
    one, other = client(), server(answer=code)
    with pytest.raises(LinkRefused, match=rf"client refused with {code.name}: channel 1:3"):
        join(one, other)
    with pytest.raises(
        LinkRefused, match=f"the server refused the channel with {code.name}: "
    ) as caught:
        one.feed(b"")
    assert caught.value.code == code


@pytest.mark.parametrize("code", [LinkErr.BAD_CONNECTION_ID, LinkErr.CHANNEL_NOT_AVAILABLE])
@pytest.mark.parametrize("sasl", [False, True])
def test_refusals_behind_authentication(code: LinkErr, sasl: bool) -> None:
    one = client()
    other = server(common=SASL if sasl else COMMON, sasl=sasl, confirm=code)
    with pytest.raises(LinkRefused, match=code.name):
        join(one, other)
    with pytest.raises(LinkRefused) as caught:
        one.feed(b"")
    assert caught.value.code == code


def test_strangers_learn_nothing_of_sessions() -> None:
    one, other = client("wrong"), server(confirm=LinkErr.BAD_CONNECTION_ID)
    with pytest.raises(AuthError):
        join(one, other)


def test_a_look_at_the_server_without_a_word_of_who_we_are() -> None:
    one = ClientLink(LinkRequest(1, capabilities=Capabilities(SASL)), None)
    other = server()
    join(one, other)
    assert one.outcome is not None
    assert one.outcome.peer.common
    assert other.outcome is None
    assert one.take_output() == b""
    assert one.ended() is None
