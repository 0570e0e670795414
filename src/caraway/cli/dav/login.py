"""Whose passwords ``caraway dav`` takes."""

from __future__ import annotations

import functools
import secrets
import time
from collections.abc import Callable

from caraway.cli.dav.options import Address, Login
from caraway.errors import ActionFailed, UsageError
from caraway.webdav.authentication.authenticator import Authenticator
from caraway.webdav.authentication.basic import BasicScheme, HtdigestPasswords, ScryptPasswords
from caraway.webdav.authentication.digest import DigestScheme
from caraway.webdav.authentication.htdigest import parse_htdigest
from caraway.webdav.authentication.nonces import Nonces
from caraway.webdav.authentication.remembered import Remembered
from caraway.webdav.authentication.scheme import Scheme
from caraway.webdav.authentication.users import parse_users
from caraway.webdav.errors import PasswordFileError
from caraway.webdav.server.passwords import PasswordFile

__all__ = ["make_authenticator"]


def make_authenticator(
    login: Login, address: Address, warn: Callable[[str], None]
) -> Authenticator:
    """What asks for passwords.

    Raises:
        UsageError: The options do not go together.
        ActionFailed: The password file cannot be used.
    """
    if login.htdigest is not None and login.users is not None:
        raise UsageError(
            "--htdigest and --users are two files for one purpose", hint="choose one of them"
        )
    if login.htdigest is None and login.users is None:
        raise UsageError("--realm needs --htdigest or --users")
    if login.users is not None and address.cert is None and address.unix is None:
        raise UsageError(
            "--users makes clients send their passwords as they are, which only TLS hides",
            hint="add --cert and --key, or listen with --unix; --htdigest does without",
        )
    try:
        schemes = _schemes(login, warn)
    except PasswordFileError as error:
        raise ActionFailed(str(error)) from error
    return Authenticator(schemes, clock=time.monotonic)


def _schemes(login: Login, warn: Callable[[str], None]) -> list[Scheme]:
    if login.htdigest is not None:
        parse = functools.partial(parse_htdigest, realm=login.realm)
        hashes = PasswordFile(login.htdigest, parse)
        _warn_if_exposed(hashes, warn)
        digest = DigestScheme(hashes, Nonces(secrets.token_bytes(32)))
        return [digest, BasicScheme(HtdigestPasswords(hashes))]
    assert login.users is not None
    users = PasswordFile(login.users, parse_users)
    _warn_if_exposed(users, warn)
    passwords = ScryptPasswords(
        users, Remembered(secrets.token_bytes(32)), realm=login.realm or "caraway"
    )
    return [BasicScheme(passwords)]


def _warn_if_exposed(file: PasswordFile[object], warn: Callable[[str], None]) -> None:
    if file.is_exposed:
        warn(f"everybody on this machine can read {file.path}; 'chmod o-r' keeps it private")
