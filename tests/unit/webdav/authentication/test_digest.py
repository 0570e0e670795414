"""Digest authentication (RFC 7616)."""

from __future__ import annotations

import pytest

from caraway.webdav.authentication.digest import DigestScheme, expected_response, parse_digest
from caraway.webdav.authentication.htdigest import DigestAccounts, make_hash, parse_htdigest
from caraway.webdav.authentication.nonces import Nonces
from caraway.webdav.authentication.scheme import WRONG, Accepted, Refused, Verdict
from caraway.webdav.errors import BadRequest
from tests.unit.webdav.authentication.requests import REALM, digest, request

LINES = [
    f"{user}:{REALM}:{make_hash(algorithm, user, REALM, 'secret')}"
    for user in ("alice", "J\u00e4s\u00f8n")
    for algorithm in ("MD5", "SHA-256")
]


def scheme(lines: list[str] = LINES) -> tuple[DigestScheme, Nonces]:
    accounts = parse_htdigest("\n".join(lines).encode(), "f")
    nonces = Nonces(b"k")
    return DigestScheme(lambda: accounts, nonces), nonces


def check(field: str, **attributes: str) -> Verdict:
    found, _ = scheme()
    return found.check(
        request(method=attributes.get("method", "GET"), target=attributes.get("target", "/a")),
        field.removeprefix("Digest "),
        now=0,
    )


def nonce() -> str:
    return Nonces(b"k").issue(0)


@pytest.mark.parametrize(
    ("algorithm", "response"),
    [
        ("MD5", "8ca523f5e9506fed4657c9700eebdbec"),
        ("SHA-256", "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"),
    ],
)
def test_the_examples_of_the_rfc(algorithm: str, response: str) -> None:
    """RFC 7616 §3.9.1."""
    said = parse_digest(
        'username="Mufasa", realm="http-auth@example.org", uri="/dir/index.html", '
        f"algorithm={algorithm}, "
        'nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", nc=00000001, '
        'cnonce="f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ", qop=auth, '
        f'response="{response}", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"'
    )
    ha1 = make_hash(algorithm, "Mufasa", "http-auth@example.org", "Circle of Life")
    assert expected_response(said, method="GET", ha1=ha1) == said.response


def test_the_challenges() -> None:
    """RFC 7616 §3.3, §3.7: the strongest first."""
    found, _ = scheme()
    strong, weak = found.challenges(request(), now=0, is_stale=False)
    assert strong.startswith('Digest realm="caraway", qop="auth", algorithm=SHA-256, nonce="')
    assert "algorithm=MD5" in weak
    assert strong.endswith("charset=UTF-8")
    assert found.challenges(request(), now=0, is_stale=True)[0].endswith("stale=true")


def test_apache_s_file_offers_md5_alone() -> None:
    found, nonces = scheme(LINES[:1])
    assert len(found.challenges(request(), now=0, is_stale=False)) == 1
    field = digest(nonces.issue(0), algorithm="SHA-256")
    assert found.check(request(), field.removeprefix("Digest "), now=0) == WRONG


@pytest.mark.parametrize("algorithm", ["MD5", "SHA-256"])
def test_right_credentials(algorithm: str) -> None:
    assert check(digest(nonce(), algorithm=algorithm)) == Accepted("alice")


def test_md5_is_meant_where_no_algorithm_is_named() -> None:
    """RFC 7616 §3.3."""
    field = digest(nonce(), algorithm="MD5").replace("algorithm=MD5, ", "")
    assert check(field) == Accepted("alice")


def test_a_name_beyond_ascii() -> None:
    """RFC 7616 §3.4: as UTF-8, or as username*."""
    name = "J\u00e4s\u00f8n"
    field = digest(nonce(), name)
    assert check(field.encode().decode("latin-1")) == Accepted(name)
    extended = field.replace(f'username="{name}"', "username*=UTF-8''J%C3%A4s%C3%B8n")
    assert check(extended) == Accepted(name)


def test_a_target_that_is_a_whole_uri() -> None:
    """RFC 7616 §3.4.6: either spelling may be meant."""
    assert check(digest(nonce()), target="http://h/a") == Accepted("alice")
    assert check(digest(nonce(), uri="http://h/a"), target="http://h/a") == Accepted("alice")
    assert check(digest(nonce(), uri="*"), target="*") == Accepted("alice")


@pytest.mark.parametrize(
    "field",
    [
        digest(nonce(), password="Secret"),
        digest(nonce(), "eve"),
        digest(nonce(), "alice "),
        digest(nonce(), method="PUT"),
        digest(nonce()).replace("nc=00000001", "nc=00000002"),
        digest(nonce()).replace('cnonce="c"', 'cnonce="d"'),
        digest(nonce()).replace('response="', 'response="0'),
        digest(nonce()).replace('username="alice"', 'username=""'),
    ],
)
def test_wrong_credentials(field: str) -> None:
    assert check(field) == WRONG


def test_another_realm_is_no_guess() -> None:
    """What a client remembers of another server."""
    assert check(digest(nonce(), realm="other")) == Refused(is_guess=False)


def test_credentials_for_another_target() -> None:
    """RFC 7616 §3.4.6: they were made for something else, and read on the way."""
    with pytest.raises(BadRequest, match="another target"):
        check(digest(nonce()), target="/b")
    with pytest.raises(BadRequest, match="another target"):
        check(digest(nonce()), target="/a?x")


def test_right_credentials_come_once() -> None:
    """RFC 7616 §5.12: what is sent again is asked for again, with a new nonce."""
    found, nonces = scheme()
    field = digest(nonces.issue(0)).removeprefix("Digest ")
    assert found.check(request(), field, now=0) == Accepted("alice")
    stale = Refused(is_guess=False, is_stale=True)
    assert found.check(request(), field, now=0) == stale


def test_a_nonce_that_is_not_ours_is_stale_only_with_the_right_password() -> None:
    assert check(digest("0" * 64)) == Refused(is_guess=False, is_stale=True)
    assert check(digest("0" * 64, password="x")) == WRONG


def test_whoever_guesses_the_hash_of_nobody_is_nobody() -> None:
    accounts = DigestAccounts("caraway", ("MD5",), {}, make_hash("MD5", "eve", REALM, "x"))
    nonces = Nonces(b"k")
    field = digest(nonces.issue(0), "eve", "x", algorithm="MD5").removeprefix("Digest ")
    assert DigestScheme(lambda: accounts, nonces).check(request(), field, now=0) == WRONG


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("qop=auth", "qop=auth-int", "only 'auth' is offered"),
        (", qop=auth", "", "without qop"),
        ("nc=00000001", "nc=1", "8 hexadecimal digits"),
        ("nc=00000001", "nc=+0000001", "8 hexadecimal digits"),
        ("algorithm=SHA-256", "algorithm=SHA-256-sess", "not offered"),
        ("algorithm=SHA-256", "algorithm=SHA-512-256", "not offered"),
        ("qop=auth", "qop=auth, userhash=true", "hashed user names"),
        ('username="alice", ', "", "without username"),
        ('cnonce="c"', 'cnonce="c', "syntax"),
        ("qop=auth", "qop=auth, qop=auth", "twice"),
    ],
)
def test_what_was_not_offered(old: str, new: str, message: str) -> None:
    with pytest.raises(BadRequest, match=message):
        check(digest(nonce()).replace(old, new))
