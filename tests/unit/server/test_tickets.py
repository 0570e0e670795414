"""Passwords and keys of a server."""

from __future__ import annotations

import asyncio

import pytest

from caraway.errors import UsageError
from caraway.protocol.ticket import encrypt_ticket
from caraway.server.tickets import KeyRing, make_password, open_ticket
from tests.unit.server.joined import KEY, run


@pytest.mark.parametrize(
    ("password", "given", "admits"),
    [
        (None, b"", True),
        (None, b"whatever", True),
        ("secret", b"secret", True),
        ("secret", b"secre", False),
        ("secret", b"secret ", False),
        ("secret", b"", False),
        ("", b"", False),
        ("süß", "süß".encode(), True),
        ("x" * 60, b"x" * 60, True),
    ],
)
def test_who_is_let_in(password: str | None, given: bytes, admits: bool) -> None:
    assert make_password(password).admits(given, now=0.0) == admits


def test_a_password_ends() -> None:
    password = make_password("secret", expires=10.0)
    assert password.admits(b"secret", now=9.9)
    assert not password.admits(b"secret", now=10.0)


@pytest.mark.parametrize("text", ["x" * 61, "ü" * 31])
def test_passwords_that_are_too_long(text: str) -> None:
    with pytest.raises(UsageError, match=rf"of {len(text.encode())} bytes, SPICE allows 60"):
        make_password(text)


def test_tickets() -> None:
    assert open_ticket(KEY, encrypt_ticket(KEY.public_key, b"secret\0")) == b"secret"
    assert open_ticket(KEY, bytes(128)) is None


def test_a_key_for_each_link() -> None:
    async def work() -> None:
        keys = KeyRing()
        await keys.prepare()
        first = keys.take()
        # The next one takes a while; until then the same is given.
        assert keys.take() is first
        await keys.aclose()
        assert keys.take() is not first
        await keys.prepare()
        await keys.aclose()
        await asyncio.sleep(0)

    run(work())


def test_a_ring_that_was_not_used() -> None:
    run(KeyRing().aclose())


def test_a_password_with_a_nul_could_never_be_given() -> None:
    with pytest.raises(UsageError, match="with a NUL"):
        make_password("a\0b")
