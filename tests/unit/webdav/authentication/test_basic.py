"""Basic authentication (RFC 7617)."""

from __future__ import annotations

import base64

import pytest

from caraway.webdav.authentication.basic import (
    BasicScheme,
    HtdigestPasswords,
    ScryptPasswords,
    parse_basic,
)
from caraway.webdav.authentication.htdigest import make_hash, parse_htdigest
from caraway.webdav.authentication.remembered import Remembered
from caraway.webdav.authentication.scheme import WRONG, Accepted, Check, Refused
from caraway.webdav.authentication.users import UserAccounts, make_scrypt, parse_users
from caraway.webdav.errors import BadRequest
from tests.unit.webdav.authentication.requests import REALM, basic, request

ACCOUNTS = parse_htdigest(
    f"alice:{REALM}:{make_hash('MD5', 'alice', REALM, 'se:cret')}".encode(), "f"
)
SCHEME = BasicScheme(HtdigestPasswords(lambda: ACCOUNTS))


def check(field: str, *, peer: str = "127.0.0.1", scheme: str = "http") -> object:
    return SCHEME.check(request(peer=peer, scheme=scheme), field.removeprefix("Basic "), now=0)


def test_against_hashes_made_for_digest() -> None:
    assert check(basic("alice", "se:cret")) == Accepted("alice")
    assert check(basic("alice", "secret")) == WRONG
    assert check(basic("eve", "se:cret")) == WRONG
    assert check(basic("", "")) == WRONG


@pytest.mark.parametrize(
    ("peer", "scheme", "offered"),
    [
        ("127.0.0.1", "http", True),
        ("127.1.2.3", "http", True),
        ("::1", "http", True),
        ("::ffff:127.0.0.1", "http", True),
        ("local", "http", True),
        ("192.0.2.1", "https", True),
        ("192.0.2.1", "http", False),
        ("::ffff:192.0.2.1", "http", False),
        ("12.7.0.1", "http", False),
    ],
)
def test_it_is_offered_only_where_nobody_listens(peer: str, scheme: str, offered: bool) -> None:
    """RFC 7617 §4."""
    found = SCHEME.challenges(request(peer=peer, scheme=scheme), now=0, is_stale=False)
    assert found == (['Basic realm="caraway", charset="UTF-8"'] if offered else [])
    verdict = check(basic("alice", "se:cret"), peer=peer, scheme=scheme)
    assert verdict == (Accepted("alice") if offered else Refused(is_guess=False))


@pytest.mark.parametrize("text", ["", "a", "YQ==", "YTpi\u00e9", "YT pi", "!!!!"])
def test_what_is_no_user_and_password(text: str) -> None:
    with pytest.raises(BadRequest):
        parse_basic(text)


def test_old_clients_send_latin_1() -> None:
    assert parse_basic(base64.b64encode(b"J\xe4s:p").decode()) == ("J\u00e4s", "p")


class TestScrypt:
    def setup_method(self) -> None:
        self.accounts = self.parse("secret")
        self.passwords = ScryptPasswords(lambda: self.accounts, Remembered(b"k", lifetime_s=10))

    @staticmethod
    def parse(password: str) -> UserAccounts:
        return parse_users(f"alice:{make_scrypt(password, cost=2)}".encode(), "f")

    def ask(self, user: str, password: str, *, now: float = 0) -> tuple[bool, object]:
        """Whether it took a check, and the verdict."""
        verdict = self.passwords.check(user, password, now=now)
        if isinstance(verdict, Check):
            return True, verdict.settle(verdict.work())
        return False, verdict

    def test_the_first_time_takes_a_check(self) -> None:
        assert self.ask("alice", "secret") == (True, Accepted("alice"))
        assert self.ask("alice", "secret", now=9) == (False, Accepted("alice"))
        assert self.ask("alice", "secret", now=10) == (True, Accepted("alice"))

    def test_what_is_wrong_takes_one_each_time(self) -> None:
        for _ in range(2):
            assert self.ask("alice", "Secret") == (True, WRONG)
            assert self.ask("eve", "secret") == (True, WRONG)

    def test_a_changed_password_counts_at_once(self) -> None:
        self.ask("alice", "secret")
        self.accounts = self.parse("other")
        assert self.ask("alice", "secret") == (True, WRONG)

    def test_a_user_who_is_gone(self) -> None:
        self.ask("alice", "secret")
        self.accounts = parse_users(f"bob:{make_scrypt('x', cost=2)}".encode(), "f")
        assert self.ask("alice", "secret") == (True, WRONG)

    def test_even_the_password_of_nobody_is_wrong(self) -> None:
        self.accounts = UserAccounts({}, make_scrypt("x", cost=2))
        assert self.ask("eve", "x") == (True, WRONG)

    def test_its_realm(self) -> None:
        assert BasicScheme(self.passwords).challenges(
            request(scheme="https"), now=0, is_stale=False
        ) == ['Basic realm="caraway", charset="UTF-8"']
