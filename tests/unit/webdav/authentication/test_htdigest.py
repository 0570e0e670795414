"""Apache's password files for Digest."""

from __future__ import annotations

import pytest

from caraway.webdav.authentication.htdigest import make_hash, parse_htdigest
from caraway.webdav.errors import PasswordFileError

MD5 = make_hash("MD5", "alice", "r", "p")
SHA = make_hash("SHA-256", "alice", "r", "p")


def parse(text: str, realm: str | None = None) -> object:
    return parse_htdigest(text.encode(), "f", realm=realm)


def test_hashes_of_rfc_7616() -> None:
    """§3.9.1: the user and the password of its example."""
    who = ("Mufasa", "http-auth@example.org", "Circle of Life")
    assert make_hash("MD5", *who) == "3d78807defe7de2157e2b0b6573a855f"
    assert make_hash("SHA-256", *who) == (
        "7987c64c30e25f1b74be53f966b49b90f2808aa92faf9a00262392d7b4794232"
    )


def test_a_file() -> None:
    accounts = parse_htdigest(f"# people\n\nalice:r:{MD5.upper()}\r\nalice:r:{SHA}\n".encode(), "f")
    assert (accounts.realm, accounts.algorithms) == ("r", ("SHA-256", "MD5"))
    assert accounts.hash_of("alice", "MD5") == MD5
    assert accounts.hash_of("alice", "SHA-256") == SHA


def test_nobody_has_a_hash_as_long_as_anybody() -> None:
    accounts = parse_htdigest(f"alice:r:{MD5}".encode(), "f")
    assert accounts.algorithms == ("MD5",)
    assert len(accounts.hash_of("eve", "MD5")) == 32
    assert len(accounts.hash_of("eve", "SHA-256")) == 64


def test_only_what_everybody_has_is_offered() -> None:
    text = f"alice:r:{MD5}\nalice:r:{SHA}\nbob:r:{MD5}\n"
    assert parse_htdigest(text.encode(), "f").algorithms == ("MD5",)


def test_a_realm_is_chosen() -> None:
    text = f"alice:r:{MD5}\nbob:s:{SHA}\n"
    assert set(parse_htdigest(text.encode(), "f", realm="s").hashes) == {"bob"}


@pytest.mark.parametrize(
    ("text", "realm", "message"),
    [
        ("a:b", None, "f:1: 2 parts between colons, needs 3"),
        (f"# x\n:r:{MD5}", None, "f:2: no user name"),
        (f"a\tb:r:{MD5}", None, "f:1: user name"),
        ("a:r:12", None, "f:1: hash of 2 characters, needs 32"),
        (f"a:r:{'g' * 32}", None, "needs 32"),
        (f"a:r:{MD5}\na:r:{'0' * 32}", None, "f:2: a second MD5 hash for a"),
        (f"a:r:{MD5}\na:s:{MD5}", None, r"f: 2 realms \(r, s\)"),
        (f"a:r:{MD5}", "s", "no user of realm 's'"),
        ("", None, "f: no user in it; add one with 'caraway dav passwd'"),
        (f"a:r:{MD5}\nb:r:{SHA}", None, "only MD5 hashes and some only SHA-256"),
    ],
)
def test_what_is_wrong(text: str, realm: str | None, message: str) -> None:
    with pytest.raises(PasswordFileError, match=message):
        parse(text, realm)


def test_bytes_that_are_no_text() -> None:
    with pytest.raises(PasswordFileError, match="f:2: not UTF-8"):
        parse_htdigest(b"#\n\xff:r:0", "f")
