"""Who a request is from: challenges, refusals, and what does not get past."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from caraway.webdav.authentication.authenticator import Authenticator
from caraway.webdav.authentication.basic import BasicScheme, HtdigestPasswords, ScryptPasswords
from caraway.webdav.authentication.digest import DigestScheme, parse_digest
from caraway.webdav.authentication.htdigest import make_hash, parse_htdigest
from caraway.webdav.authentication.nonces import Nonces
from caraway.webdav.authentication.remembered import Remembered
from caraway.webdav.authentication.throttle import Throttle
from caraway.webdav.authentication.users import make_scrypt, parse_users
from caraway.webdav.errors import BadRequest
from caraway.webdav.http.message import Pending
from tests.unit.webdav.authentication.requests import (
    REALM,
    Clock,
    basic,
    challenges,
    digest,
    nonce_of,
    refusal,
    request,
)

USERS = parse_users(f"alice:{make_scrypt('secret', cost=2)}".encode(), "f")


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def by_digest(clock: Clock) -> Authenticator:
    hash_line = f"alice:{REALM}:{make_hash('SHA-256', 'alice', REALM, 'secret')}"
    accounts = parse_htdigest(hash_line.encode(), "f")
    schemes = [
        DigestScheme(lambda: accounts, Nonces(b"k")),
        BasicScheme(HtdigestPasswords(lambda: accounts)),
    ]
    return Authenticator(schemes, clock=clock, throttle=Throttle(burst=3, per_s=0.5))


@pytest.fixture
def by_users(clock: Clock) -> Authenticator:
    passwords = ScryptPasswords(lambda: USERS, Remembered(b"k"))
    return Authenticator(
        [BasicScheme(passwords)], clock=clock, throttle=Throttle(burst=3, per_s=0.5)
    )


def test_without_credentials(by_digest: Authenticator) -> None:
    error = refusal(lambda: by_digest.admit(request()))
    assert error.status == 401
    assert [each.split()[0] for each in challenges(error)] == ["Digest"]
    error = refusal(lambda: by_digest.admit(request(scheme="https")))
    assert [each.split()[0] for each in challenges(error)] == ["Digest", "Basic"]


def test_a_whole_conversation(by_digest: Authenticator, clock: Clock) -> None:
    nonce = nonce_of(refusal(lambda: by_digest.admit(request())))
    for count in ("00000001", "00000002"):
        admitted = by_digest.admit(request(digest(nonce, count=count)))
        assert not isinstance(admitted, Pending)
        assert admitted.user == "alice"
    clock.now += 301
    error = refusal(lambda: by_digest.admit(request(digest(nonce, count="00000003"))))
    assert error.status == 401
    assert all("stale=true" in each for each in challenges(error))
    by_digest.admit(request(digest(nonce_of(error))))


@pytest.mark.parametrize(
    "field",
    [
        "",
        "Bearer x",
        "Negotiate",
        basic("alice", "secret"),
        digest("0" * 64),
        digest("0" * 64, realm="other"),
    ],
)
def test_what_does_not_get_past(by_digest: Authenticator, field: str) -> None:
    for _ in range(9):
        error = refusal(lambda: by_digest.admit(request(field)))
        assert error.status == 401
        assert challenges(error)


@pytest.mark.parametrize("field", ["Digest", "Digest x", "Basic !", "basic\tx"])
def test_what_breaks_the_syntax(by_digest: Authenticator, field: str) -> None:
    error = refusal(lambda: by_digest.admit(request(field, scheme="https")))
    assert error.status == (401 if "\t" in field else 400)


def test_broken_credentials_are_not_the_way_around(by_users: Authenticator) -> None:
    with pytest.raises(BadRequest):
        by_users.admit(request("Basic YQ==", scheme="https"))


def test_too_many_guesses(by_digest: Authenticator, clock: Clock) -> None:
    """RFC 6585 §4."""
    wrong = basic("alice", "x")
    for _ in range(3):
        assert refusal(lambda: by_digest.admit(request(wrong, scheme="https"))).status == 401
    right = basic("alice", "secret")
    error = refusal(lambda: by_digest.admit(request(right, scheme="https")))
    assert (error.status, error.headers) == (429, (("Retry-After", "2"),))
    # Others are not meant, nor who asks for no more than a challenge.
    by_digest.admit(request(right, scheme="https", peer="192.0.2.2"))
    assert refusal(lambda: by_digest.admit(request())).status == 401
    clock.now += 2
    by_digest.admit(request(right, scheme="https"))


@given(
    st.sampled_from(["Digest ", "Basic ", ""]),
    st.text(st.characters(min_codepoint=0x20, max_codepoint=0xFF, exclude_characters="\x7f")),
)
@example("Basic ", "\u00ff")
@example("Digest ", "username*=UTF-8''%ff, nonce=\"\u00ff\"")
def test_no_field_gets_past_or_does_harm(scheme: str, rest: str) -> None:
    line = f"alice:{REALM}:{make_hash('MD5', 'alice', REALM, 'secret')}"
    accounts = parse_htdigest(line.encode(), "f")
    for schemes in (
        [DigestScheme(lambda: accounts, Nonces(b"k"))],
        [BasicScheme(HtdigestPasswords(lambda: accounts))],
    ):
        authenticator = Authenticator(schemes, clock=Clock())
        error = refusal(lambda door=authenticator: door.admit(request(scheme + rest, peer="::1")))
        assert error.status in (400, 401)


@given(st.data())
def test_changed_credentials_do_not_get_past(data: st.DataObject) -> None:
    """One character of what was right; blanks and letters' case may not matter."""
    line = f"alice:{REALM}:{make_hash('SHA-256', 'alice', REALM, 'secret')}"
    accounts = parse_htdigest(line.encode(), "f")
    nonces = Nonces(b"k")
    authenticator = Authenticator([DigestScheme(lambda: accounts, nonces)], clock=Clock())
    field = digest(nonces.issue(1000))
    at = data.draw(st.integers(len("Digest "), len(field) - 1))
    new = data.draw(st.sampled_from('0aZ"\\,= '))
    changed = field[:at] + new + field[at + 1 :]
    if _meaning(changed) == _meaning(field):
        return
    error = refusal(lambda: authenticator.admit(request(changed)))
    assert error.status in (400, 401)


def _meaning(field: str) -> object:
    try:
        return parse_digest(field.removeprefix("Digest "))
    except BadRequest:
        return None


class TestChecks:
    def pend(self, authenticator: Authenticator, field: str) -> Pending:
        pending = authenticator.admit(request(field, scheme="https"))
        assert isinstance(pending, Pending)
        return pending

    def test_a_right_one(self, by_users: Authenticator) -> None:
        for _ in range(9):
            field = basic("alice", "secret")
            pending = by_users.admit(request(field, scheme="https"))
            if isinstance(pending, Pending):
                pending = pending.settle(pending.work())
            assert not isinstance(pending, Pending)
            assert pending.user == "alice"

    def test_wrong_ones(self, by_users: Authenticator) -> None:
        for _ in range(3):
            pending = self.pend(by_users, basic("alice", "x"))
            error = refusal(lambda pending=pending: pending.settle(pending.work()))
            assert error.status == 401
        error = refusal(lambda: by_users.admit(request(basic("alice", "x"), scheme="https")))
        assert error.status == 429

    def test_many_at_the_same_time(self, by_users: Authenticator) -> None:
        """They count before it is known whether they are wrong."""
        for index in range(3):
            self.pend(by_users, basic("alice", str(index)))
        error = refusal(lambda: by_users.admit(request(basic("alice", "3"), scheme="https")))
        assert error.status == 429
