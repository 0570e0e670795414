"""SASL mechanisms: both sides of each, and what a hostile other side may try."""

from __future__ import annotations

import base64

import pytest

from caraway.errors import AuthError, UsageError
from caraway.protocol import sasl
from caraway.protocol.link import SaslClient, SaslServer
from caraway.protocol.sasl import (
    PlainClient,
    PlainServer,
    ScramClient,
    ScramServer,
    choose_mechanism,
    judges,
    make_verifier,
)

#: RFC 7677, section 3.
NONCE = "rOprNGfwEbeRWgbNEkqO"
SERVER_NONCE = "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0"
SALT = base64.b64decode("W22ZaJ0SNY7soEsUEjb6gQ==")
FIRST = f"n,,n=user,r={NONCE}"
CHALLENGE = f"r={NONCE}{SERVER_NONCE},s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096"
FINAL = f"c=biws,r={NONCE}{SERVER_NONCE},p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ="
VERDICT = "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="


def _run(client: SaslClient, server: SaslServer) -> int:
    """Let both talk until the server is content; how many messages the client sent."""
    answer = client.respond(None)
    for count in range(1, 10):
        challenge, is_done = server.judge(answer)
        if challenge is not None:
            answer = client.respond(challenge)
        if is_done:
            assert client.is_done
            return count
    raise AssertionError("it goes on for ever")


# Which one


@pytest.mark.parametrize(
    ("names", "is_encrypted", "chosen"),
    [
        (["PLAIN", "SCRAM-SHA-256", "GSSAPI"], True, ScramClient),
        (["PLAIN", "SCRAM-SHA-256"], False, ScramClient),
        (["SCRAM-SHA-1", "PLAIN"], True, PlainClient),
    ],
)
def test_the_best_that_is_safe(names: list[str], is_encrypted: bool, chosen: type) -> None:
    client = choose_mechanism(names, "user", "pencil", is_encrypted=is_encrypted)
    assert isinstance(client, chosen)
    assert client.name in names


@pytest.mark.parametrize("names", [["PLAIN"], ["DIGEST-MD5", "GSSAPI"], [], ["scram-sha-256"]])
def test_nothing_that_can_be_used_in_the_clear(names: list[str]) -> None:
    with pytest.raises(AuthError, match=", ".join(names) or "no mechanism") as caught:
        choose_mechanism(names, "user", "pencil", is_encrypted=False)
    assert "connect over TLS" in str(caught.value.hint)


def test_nothing_that_is_known_over_tls() -> None:
    with pytest.raises(AuthError, match="SASL by GSSAPI, none of which") as caught:
        choose_mechanism(["GSSAPI"], "user", "pencil", is_encrypted=True)
    assert "mech_list" in str(caught.value.hint)


def test_a_user_name_is_needed() -> None:
    with pytest.raises(AuthError, match="wants a user name"):
        choose_mechanism(["PLAIN"], "", "pencil", is_encrypted=True)


# PLAIN


def test_plain() -> None:
    seen = []

    def is_right(user: str, password: str) -> bool:
        seen.append((user, password))
        return True

    assert _run(PlainClient("user", "pencil"), PlainServer(is_right)) == 1
    assert seen == [("user", "pencil")]


def test_plain_on_the_wire() -> None:
    client = PlainClient("ü", "")
    assert client.respond(None) == b"\0\xc3\xbc\0"
    assert client.respond(b"") is None
    assert (client.name, client.is_done) == ("PLAIN", True)


@pytest.mark.parametrize(("user", "password"), [("a\0b", "c"), ("a", "\0")])
def test_plain_cannot_carry_nul(user: str, password: str) -> None:
    with pytest.raises(AuthError, match="with a NUL"):
        PlainClient(user, password)


def test_plain_without_a_first_word() -> None:
    server = PlainServer(lambda user, password: True)
    assert server.judge(None) == (b"", False)
    assert server.judge(b"\0user\0pencil") == (None, True)
    assert server.judge(b"user\0user\0pencil") == (None, True)


@pytest.mark.parametrize(
    "message",
    [b"", b"\0", b"user\0pencil", b"\0\0\0", b"\0user\0a\0b", b"root\0user\0pencil", b"\0\xff\0a"],
)
def test_plain_messages_that_are_wrong(message: bytes) -> None:
    with pytest.raises(AuthError):
        PlainServer(lambda user, password: True).judge(message)


def test_plain_refused() -> None:
    with pytest.raises(AuthError, match="wrong"):
        PlainServer(lambda user, password: False).judge(b"\0user\0pencil")


# SCRAM


def test_scram_of_the_standard() -> None:
    client = ScramClient("user", "pencil", nonce=NONCE)
    server = ScramServer(lambda user: make_verifier("pencil", SALT), nonce=SERVER_NONCE)
    assert client.respond(None) == FIRST.encode()
    assert server.judge(FIRST.encode()) == (CHALLENGE.encode(), False)
    assert client.respond(CHALLENGE.encode()) == FINAL.encode()
    assert not client.is_done
    assert server.judge(FINAL.encode()) == (VERDICT.encode(), True)
    assert client.respond(VERDICT.encode()) is None
    assert client.is_done


@pytest.mark.parametrize("user", ["user", "a,b=c", "=2C", "Ⅸ"])
@pytest.mark.parametrize("password", ["pencil", "", "süß", "\u2168"])
def test_scram_goes_through(user: str, password: str) -> None:
    asked = []

    def find(name: str) -> sasl.Verifier:
        asked.append(name)
        return make_verifier(password, b"salt")

    assert _run(ScramClient(user, password), ScramServer(find)) == 2
    assert asked == [user.replace("Ⅸ", "IX")]


def test_scram_with_another_password() -> None:
    server = ScramServer(lambda user: make_verifier("pencil", b"salt"))
    with pytest.raises(AuthError, match="user name or password is wrong"):
        _run(ScramClient("user", "pen"), server)


def test_nonces_are_never_the_same() -> None:
    first = {ScramClient("user", "a").respond(None) for _ in range(10)}
    assert len(first) == 10


def _asked(challenge: str) -> bytes | None:
    client = ScramClient("user", "pencil", nonce=NONCE)
    client.respond(None)
    return client.respond(challenge.encode())


@pytest.mark.parametrize(
    ("challenge", "reason"),
    [
        ("", "without r, s, i"),
        ("r=", "without r, s, i"),
        (f"s=YQ==,r={NONCE}1,i=4096", "without r, s, i"),
        (f"m=ext,r={NONCE}1,s=YQ==,i=4096", "without r, s, i"),
        ("r=other,s=YQ==,i=4096", "another one"),
        (f"r={NONCE},s=YQ==,i=4096", "another one"),
        (f"r={NONCE}1,s=Y,i=4096", "broken base64"),
        (f"r={NONCE}1,s=Y!Q=,i=4096", "broken base64"),
        (f"r={NONCE}1,s=ü,i=4096", "broken base64"),
        (f"r={NONCE}1,s=YQ==,i=4095", "hashes passwords 4095 times, 4096 to 1000000"),
        (f"r={NONCE}1,s=YQ==,i=1000001", "hashes passwords 1000001 times"),
        (f"r={NONCE}1,s=YQ==,i=4294967296", "hashes passwords 4294967296 times"),
        (f"r={NONCE}1,s=YQ==,i={'9' * 60_000}", "hashes passwords 99999999999999999999 times"),
        (f"r={NONCE}1,s=YQ==,i=-1", "hashes passwords -1 times"),
        (f"r={NONCE}1,s=YQ==,i= 4096", "hashes passwords"),
        (f"r={NONCE}1,s=YQ==,i=4_096", "hashes passwords"),
        (f"r={NONCE}1,s=YQ==,i=٤٠٩٦", "hashes passwords"),
        (f"r={NONCE}1,s=YQ==,i=", "hashes passwords"),
    ],
)
def test_challenges_that_are_wrong(challenge: str, reason: str) -> None:
    with pytest.raises(AuthError, match=reason):
        _asked(challenge)


def test_challenges_that_are_odd_but_right() -> None:
    assert _asked(f"r={NONCE}1,s=,i=4096,x=more") is not None


def _verdict(message: bytes | None) -> None:
    client = ScramClient("user", "pencil", nonce=NONCE)
    client.respond(None)
    client.respond(CHALLENGE.encode())
    try:
        client.respond(message)
    finally:
        assert not client.is_done


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        (b"v=YQ==", "does not know the password"),
        (b"v=", "does not know the password"),
        (b"e=other-error", "refused the password: 'other-error'"),
        (b"", "without v"),
        (None, "without v"),
        (b"\xff", "no UTF-8"),
        (b"v=Y", "broken base64"),
    ],
)
def test_verdicts_that_are_wrong(message: bytes | None, reason: str) -> None:
    with pytest.raises(AuthError, match=reason):
        _verdict(message)


def test_a_server_that_goes_on() -> None:
    client = ScramClient("user", "pencil", nonce=NONCE)
    for message in (None, CHALLENGE.encode(), VERDICT.encode()):
        client.respond(message)
    with pytest.raises(AuthError, match="all has been said"):
        client.respond(b"")


@pytest.mark.parametrize(
    "first",
    [
        b"",
        b"n,,",
        b"n=user,r=abc",
        b"p=tls-unique,,n=user,r=abc",
        b"n,a=root,n=user,r=abc",
        b"n,,r=abc,n=user",
        b"n,,n=user",
        b"n,,n=\0,r=abc",
        b"\xff",
    ],
)
def test_first_messages_that_are_wrong(first: bytes) -> None:
    with pytest.raises(AuthError):
        ScramServer(lambda user: make_verifier("pencil", SALT)).judge(first)


def test_a_client_that_could_bind_to_tls() -> None:
    server = ScramServer(lambda user: make_verifier("pencil", SALT), nonce="x")
    server.judge(b"y,,n=user,r=abc")
    with pytest.raises(AuthError, match="of another exchange"):
        server.judge(b"c=biws,r=abcx,p=" + base64.b64encode(bytes(32)))
    with pytest.raises(AuthError, match="is wrong"):
        server.judge(b"c=eSws,r=abcx,p=" + base64.b64encode(bytes(32)))


@pytest.mark.parametrize(
    ("final", "reason"),
    [
        (b"", "without c, r, p"),
        (b"c=biws,r=abcx", "without c, r, p"),
        (b"c=biws,r=abc,p=YQ==", "of another exchange"),
        (b"c=,r=abcx,p=YQ==", "of another exchange"),
        (b"c=biws,r=abcx,p=YQ==", "a SCRAM proof of 1 bytes, it has 32"),
        (b"c=biws,r=abcx,p=" + base64.b64encode(bytes(33)), "a SCRAM proof of 33 bytes"),
        (b"c=biws,r=abcx,p=" + base64.b64encode(bytes(32)), "is wrong"),
        (b"c=biws,r=abcx,p=!", "broken base64"),
    ],
)
def test_last_messages_that_are_wrong(final: bytes, reason: str) -> None:
    server = ScramServer(lambda user: make_verifier("pencil", SALT), nonce="x")
    assert server.judge(None) == (b"", False)
    server.judge(b"n,,n=user,r=abc")
    with pytest.raises(AuthError, match=reason):
        server.judge(final)


# From passwords


def test_judges() -> None:
    names, make = judges({"user": "pencil", "a,b": "other"})
    assert names == ["SCRAM-SHA-256"]
    for user, password in (("user", "pencil"), ("a,b", "other")):
        _run(ScramClient(user, password), make(names[0]))
    for user, password in (("user", "other"), ("nobody", "pencil"), ("nobody", "")):
        with pytest.raises(AuthError, match="is wrong"):
            _run(ScramClient(user, password), make(names[0]))


def test_judges_of_plain() -> None:
    names, make = judges({"user": "pencil"}, allows_plain=True)
    assert names == ["SCRAM-SHA-256", "PLAIN"]
    _run(PlainClient("user", "pencil"), make("PLAIN"))
    for user, password in (("user", "other"), ("nobody", "pencil"), ("nobody", ""), ("user", "\7")):
        with pytest.raises(AuthError):
            _run(PlainClient(user, password), make("PLAIN"))


def test_strangers_do_not_learn_who_exists() -> None:
    _, make = judges({"user": "pencil"})

    def salt(user: str) -> str:
        challenge, _ = make("SCRAM-SHA-256").judge(f"n,,n={user},r=abc".encode())
        assert challenge is not None
        return challenge.decode().partition(",")[2]

    for user in ("user", "nobody"):
        assert salt(user) == salt(user)
    assert salt("user") != salt("nobody") != salt("somebody")
    assert len(salt("user")) == len(salt("nobody"))


@pytest.mark.parametrize("passwords", [{"": "a"}, {"user": ""}])
def test_empty_ones_are_refused(passwords: dict[str, str]) -> None:
    with pytest.raises(UsageError, match="empty"):
        judges(passwords)


def test_passwords_that_nobody_could_give() -> None:
    with pytest.raises(AuthError, match="the password has the character"):
        judges({"user": "\7"})
