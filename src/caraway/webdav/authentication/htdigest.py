"""Password files in Apache's format of htdigest: ``user:realm:hash``.

The hash is of ``user:realm:password``: 32 hexadecimal digits of MD5, as
htdigest(1) writes it, or 64 of SHA-256. A user may have a line of each.
"""

from __future__ import annotations

import functools
import hashlib
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, Protocol

from caraway.webdav.authentication.lines import lines_of, no_name
from caraway.webdav.errors import PasswordFileError


class _Hash(Protocol):
    def hexdigest(self) -> str:
        """In hexadecimal digits."""


#: By name, the best first: as RFC 7616 calls them, and so are they offered.
ALGORITHMS: Final[Mapping[str, Callable[[bytes], _Hash]]] = {
    "SHA-256": hashlib.sha256,
    "MD5": functools.partial(hashlib.md5, usedforsecurity=False),
}
_DIGITS: Final = {"SHA-256": 64, "MD5": 32}
_BY_DIGITS: Final = {digits: algorithm for algorithm, digits in _DIGITS.items()}
_HEX: Final = re.compile(r"[0-9a-fA-F]+")


@dataclass(frozen=True, slots=True)
class HtdigestLine:
    """One line of a file."""

    user: str
    realm: str
    algorithm: str
    hash: str

    def __str__(self) -> str:
        return f"{self.user}:{self.realm}:{self.hash}"


@dataclass(frozen=True, slots=True)
class DigestAccounts:
    """The users of one realm.

    Attributes:
        algorithms: Those for which every user has a hash, the best first.
        hashes: By user, then by algorithm.
        nobody: Compared with where there is no such user, so that it takes as long.
    """

    realm: str
    algorithms: tuple[str, ...]
    hashes: Mapping[str, Mapping[str, str]]
    nobody: str

    def hash_of(self, user: str, algorithm: str) -> str:
        """The hash of a user's password; one that fits no password where there is no such user."""
        return self.hashes.get(user, {}).get(algorithm, self.nobody[: _DIGITS[algorithm]])


def make_hash(algorithm: str, user: str, realm: str, password: str) -> str:
    """What a line has as its hash: ``HA1`` of Digest authentication.

    >>> make_hash("MD5", "Mufasa", "http-auth@example.org", "Circle of Life")
    '3d78807defe7de2157e2b0b6573a855f'
    """
    return ALGORITHMS[algorithm](f"{user}:{realm}:{password}".encode()).hexdigest()


def parse_line(text: str) -> HtdigestLine:
    """One line.

    Raises:
        ValueError: It is none; says what is wrong with it.
    """
    parts = text.split(":")
    if len(parts) != 3:
        raise ValueError(f"{len(parts)} parts between colons, needs 3: user:realm:hash")
    user, realm, digits = parts
    if fault := no_name(user):
        raise ValueError(fault)
    algorithm = _BY_DIGITS.get(len(digits))
    if algorithm is None or not _HEX.fullmatch(digits):
        raise ValueError(
            f"hash of {len(digits)} characters, needs 32 (MD5) or 64 (SHA-256) hexadecimal digits"
        )
    return HtdigestLine(user, realm, algorithm, digits.lower())


def parse_htdigest(data: bytes, name: str, *, realm: str | None = None) -> DigestAccounts:
    """The users of a file.

    Args:
        name: Of the file, for messages.
        realm: Only these users count; needed where the file has several realms.

    Raises:
        PasswordFileError: A line is none, or the users do not go together.
    """
    hashes: dict[str, dict[str, str]] = {}
    realms: set[str] = set()
    for number, text in lines_of(data, name):
        try:
            line = parse_line(text)
        except ValueError as fault:
            raise PasswordFileError(f"{name}:{number}: {fault}") from None
        realms.add(line.realm)
        if realm not in (None, line.realm):
            continue
        own = hashes.setdefault(line.user, {})
        if own.setdefault(line.algorithm, line.hash) != line.hash:
            raise PasswordFileError(
                f"{name}:{number}: a second {line.algorithm} hash for {line.user}; remove one"
            )
    if realm is None:
        if len(realms) > 1:
            listed = ", ".join(sorted(realms))
            raise PasswordFileError(f"{name}: {len(realms)} realms ({listed}); choose one")
        realm = next(iter(realms), "")
    if not hashes:
        what = f"no user of realm '{realm}'" if realms else "no user"
        raise PasswordFileError(f"{name}: {what} in it; add one with 'caraway dav passwd'")
    algorithms = tuple(
        algorithm for algorithm in ALGORITHMS if all(algorithm in own for own in hashes.values())
    )
    if not algorithms:
        raise PasswordFileError(
            f"{name}: some users have only MD5 hashes and some only SHA-256; "
            "set their passwords with 'caraway dav passwd', which writes both"
        )
    return DigestAccounts(realm, algorithms, hashes, secrets.token_hex(32))
