"""Password files of caraway's own: ``user:$scrypt$ln=14,r=8,p=1$salt$hash``.

What follows the user is written as passlib does: costs, then salt and hash in
base64 without padding.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from caraway.webdav.authentication.lines import lines_of, no_name
from caraway.webdav.errors import PasswordFileError

_SCRYPT: Final = re.compile(
    r"\$scrypt\$ln=([0-9]{1,2}),r=([0-9]{1,3}),p=([0-9]{1,3})"
    r"\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)"
)
_SALT_BYTES: Final = 16
_HASH_BYTES: Final = 32
#: A line that wants more would let anybody who may try a password fill the memory.
_MAX_MEMORY: Final = 256 << 20
_MAX_WORK: Final = 1 << 22


@dataclass(frozen=True, slots=True)
class Scrypt:
    """A password as scrypt left it (RFC 7914).

    Attributes:
        cost: Logarithm to base 2 of scrypt's N.
        block_size: scrypt's r; a check takes ``128 * r * N`` bytes.
        parallelism: scrypt's p.
    """

    cost: int
    block_size: int
    parallelism: int
    salt: bytes
    hash: bytes

    def fits(self, password: str) -> bool:
        """Whether it is this password; takes tens of milliseconds."""
        return hmac.compare_digest(self._hash(password), self.hash)

    def _hash(self, password: str) -> bytes:
        return hashlib.scrypt(
            password.encode("utf-8", "surrogateescape"),
            salt=self.salt,
            n=1 << self.cost,
            r=self.block_size,
            p=self.parallelism,
            # OpenSSL counts some blocks more than the 128 * r * N.
            maxmem=_memory(self.cost, self.block_size) + (1 << 22),
            dklen=len(self.hash) or _HASH_BYTES,
        )

    def __str__(self) -> str:
        costs = f"ln={self.cost},r={self.block_size},p={self.parallelism}"
        return f"$scrypt${costs}${_text(self.salt)}${_text(self.hash)}"


@dataclass(frozen=True, slots=True)
class UserAccounts:
    """Users and their passwords.

    Attributes:
        nobody: Compared with where there is no such user, so that it takes as long.
    """

    passwords: Mapping[str, Scrypt]
    nobody: Scrypt

    def password_of(self, user: str) -> Scrypt:
        """A user's password; one that nobody knows where there is no such user."""
        return self.passwords.get(user, self.nobody)


def make_scrypt(password: str, *, cost: int = 14) -> Scrypt:
    """Hash a new password; the default takes 16 MiB and some 50 ms."""
    empty = Scrypt(cost, 8, 1, secrets.token_bytes(_SALT_BYTES), b"")
    return Scrypt(cost, 8, 1, empty.salt, empty._hash(password))


def parse_line(text: str) -> tuple[str, Scrypt]:
    """One line.

    Raises:
        ValueError: It is none; says what is wrong with it.
    """
    user, _, rest = text.partition(":")
    if fault := no_name(user):
        raise ValueError(fault)
    match = _SCRYPT.fullmatch(rest)
    if match is None:
        raise ValueError("not user:$scrypt$ln=N,r=N,p=N$SALT$HASH")
    cost, block_size, parallelism = (int(number) for number in match.group(1, 2, 3))
    memory = _memory(cost, block_size)
    if not 1 <= cost < 32 or not block_size or not parallelism:
        raise ValueError(f"scrypt costs ln={cost},r={block_size},p={parallelism} that cannot be")
    if memory > _MAX_MEMORY:
        raise ValueError(f"scrypt takes {memory >> 20} MiB, at most {_MAX_MEMORY >> 20} are given")
    work = (block_size * parallelism) << cost
    if work > _MAX_WORK:
        raise ValueError(f"scrypt takes {work} steps (r * p * 2^ln), at most {_MAX_WORK} are given")
    try:
        salt, found = _bytes(match[4]), _bytes(match[5])
    except binascii.Error:
        raise ValueError("salt or hash is not base64") from None
    if not 16 <= len(found) <= 64:
        raise ValueError(f"hash of {len(found)} bytes, needs 16 to 64")
    return user, Scrypt(cost, block_size, parallelism, salt, found)


def parse_users(data: bytes, name: str) -> UserAccounts:
    """The users of a file.

    Args:
        name: Of the file, for messages.

    Raises:
        PasswordFileError: A line is none, or a user has two, or there is nobody.
    """
    passwords: dict[str, Scrypt] = {}
    for number, text in lines_of(data, name):
        try:
            user, password = parse_line(text)
        except ValueError as fault:
            raise PasswordFileError(f"{name}:{number}: {fault}") from None
        if user in passwords:
            raise PasswordFileError(f"{name}:{number}: a second line for {user}; remove one")
        passwords[user] = password
    if not passwords:
        raise PasswordFileError(f"{name}: no user in it; add one with 'caraway dav passwd'")
    first = next(iter(passwords.values()))
    nobody = Scrypt(
        first.cost,
        first.block_size,
        first.parallelism,
        secrets.token_bytes(_SALT_BYTES),
        secrets.token_bytes(_HASH_BYTES),
    )
    return UserAccounts(passwords, nobody)


def _memory(cost: int, block_size: int) -> int:
    return (128 * block_size) << cost


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode().rstrip("=")


def _bytes(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4))
