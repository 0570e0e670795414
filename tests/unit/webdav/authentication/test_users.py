"""Password files of scrypt hashes."""

from __future__ import annotations

import pytest

from caraway.webdav.authentication.users import make_scrypt, parse_line, parse_users
from caraway.webdav.errors import PasswordFileError

#: Cheap, for tests.
SECRET = make_scrypt("secret", cost=2)


def test_a_password_fits_itself() -> None:
    user, found = parse_line(f"alice:{SECRET}")
    assert (user, found) == ("alice", SECRET)
    assert found.fits("secret")
    assert not found.fits("Secret")


def test_the_same_password_twice_is_not_the_same_line() -> None:
    assert str(make_scrypt("secret", cost=2)) != str(SECRET)


def test_a_vector_of_rfc_7914() -> None:
    """§12, its second vector, N = 1024, r = 8, p = 16."""
    line = (
        "u:$scrypt$ln=10,r=8,p=16$TmFDbA$"
        "/bq+HJ00cgB4VucZDQHp/nxq18vII3gw53N2Y0s3MWIurzDZLiKjiG/xCSedmDDaxyevuUqD7m2DYMvfoswGQA"
    )
    assert parse_line(line)[1].fits("password")


def test_a_file() -> None:
    accounts = parse_users(f"# people\nalice:{SECRET}\n".encode(), "f")
    assert accounts.password_of("alice") == SECRET
    nobody = accounts.password_of("eve")
    assert (nobody.cost, nobody.block_size, nobody.parallelism) == (2, 8, 1)
    assert not nobody.fits("secret")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "f: no user in it"),
        ("alice", r"f:1: not user:\$scrypt"),
        (f":{SECRET}", "f:1: no user name"),
        ("a:$scrypt$ln=0,r=8,p=1$AAAA$AAAA", "costs ln=0,r=8,p=1 that cannot be"),
        ("a:$scrypt$ln=32,r=8,p=1$AAAA$AAAA", "cannot be"),
        ("a:$scrypt$ln=14,r=0,p=1$AAAA$AAAA", "cannot be"),
        ("a:$scrypt$ln=14,r=8,p=0$AAAA$AAAA", "cannot be"),
        ("a:$scrypt$ln=20,r=8,p=1$AAAA$AAAA", "takes 1024 MiB, at most 256 are given"),
        ("a:$scrypt$ln=16,r=8,p=99$AAAA$AAAA", "steps"),
        ("a:$scrypt$ln=2,r=8,p=1$AAAAA$AAAA", "not base64"),
        ("a:$scrypt$ln=2,r=8,p=1$AAAA$AAAA", "hash of 3 bytes, needs 16 to 64"),
        (f"a:{SECRET}\na:{SECRET}", "f:2: a second line for a; remove one"),
    ],
)
def test_what_is_wrong(text: str, message: str) -> None:
    with pytest.raises(PasswordFileError, match=message):
        parse_users(text.encode(), "f")
