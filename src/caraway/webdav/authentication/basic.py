"""Basic authentication (RFC 7617), offered only where nobody else can read it."""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Callable
from typing import Protocol

from caraway.webdav.authentication.header import from_bytes, quote
from caraway.webdav.authentication.htdigest import DigestAccounts, make_hash
from caraway.webdav.authentication.remembered import Remembered
from caraway.webdav.authentication.scheme import (
    WRONG,
    Accepted,
    Check,
    Refused,
    Verdict,
    is_private,
)
from caraway.webdav.authentication.users import UserAccounts
from caraway.webdav.errors import BadRequest
from caraway.webdav.http.message import Request


class Passwords(Protocol):
    """Knows whose password is whose."""

    @property
    def realm(self) -> str:
        """What the passwords are for, as people are told."""

    def check(self, user: str, password: str, *, now: float) -> Verdict:
        """Whether it is this user's password."""


class BasicScheme:
    """Checks Basic credentials."""

    name = "basic"

    def __init__(self, passwords: Passwords) -> None:
        self._passwords = passwords

    def challenges(self, request: Request, *, now: float, is_stale: bool) -> list[str]:
        """One where the password would travel unseen; else none."""
        if not is_private(request):
            return []
        realm = quote(self._passwords.realm.encode().decode("latin-1"))
        return [f'Basic realm={realm}, charset="UTF-8"']

    def check(self, request: Request, credentials: str, *, now: float) -> Verdict:
        """Judge credentials.

        Raises:
            BadRequest: They are not user and password.
        """
        if not is_private(request):
            # Said without a look at them: a right one must not be told from a wrong one.
            return Refused(is_guess=False)
        user, password = parse_basic(credentials)
        return self._passwords.check(user, password, now=now)


def parse_basic(credentials: str) -> tuple[str, str]:
    """User and password.

    Raises:
        BadRequest: They are none.

    >>> parse_basic("QWxhZGRpbjpvcGVuIHNlc2FtZQ==")
    ('Aladdin', 'open sesame')
    """
    try:
        pair = base64.b64decode(credentials.encode("latin-1"), validate=True)
    except binascii.Error:
        raise BadRequest("Basic credentials are not base64") from None
    user, colon, password = from_bytes(pair).partition(":")
    if not colon:
        raise BadRequest("Basic credentials without a colon between user and password")
    return user, password


class HtdigestPasswords:
    """Passwords checked against the hashes of a file made for Digest."""

    def __init__(self, accounts: Callable[[], DigestAccounts]) -> None:
        self._accounts = accounts

    @property
    def realm(self) -> str:
        """The realm of the file."""
        return self._accounts().realm

    def check(self, user: str, password: str, *, now: float) -> Verdict:
        """Whether it is this user's password."""
        accounts = self._accounts()
        algorithm = accounts.algorithms[0]
        found = make_hash(algorithm, user, accounts.realm, password)
        fits = hmac.compare_digest(found, accounts.hash_of(user, algorithm))
        return Accepted(user) if fits and user in accounts.hashes else WRONG


class ScryptPasswords:
    """Passwords that are slow to check, and therefore remembered for a while.

    Args:
        accounts: The users as they are now; called for each request.
        remembered: Passwords that were right.
        realm: What people are told the password is for.
    """

    def __init__(
        self,
        accounts: Callable[[], UserAccounts],
        remembered: Remembered,
        *,
        realm: str = "caraway",
    ) -> None:
        self._accounts = accounts
        self._remembered = remembered
        self.realm = realm

    def check(self, user: str, password: str, *, now: float) -> Verdict:
        """Whether it is this user's password: at once where it was lately, else by a check."""
        accounts = self._accounts()
        stored = accounts.password_of(user)
        is_user = user in accounts.passwords
        # The stored hash goes in, too: a password that was changed is not remembered.
        key = self._remembered.key(user, password, str(stored))
        if is_user and self._remembered.knows(key, now=now):
            return Accepted(user)

        def settle(fits: bool) -> Accepted | Refused:
            if not (fits and is_user):
                return WRONG
            self._remembered.add(key, now=now)
            return Accepted(user)

        return Check(lambda: stored.fits(password), settle)
