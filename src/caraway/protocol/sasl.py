"""SASL mechanisms, both sides: SCRAM-SHA-256 and PLAIN.

None of them encrypts what follows. Over plain TCP QEMU offers those only that
do, so SASL with QEMU means TLS.

Source: RFC 4616 (PLAIN); RFC 5802, RFC 7677 (SCRAM).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from caraway.errors import AuthError, UsageError
from caraway.protocol.link import SaslClient, SaslServer
from caraway.protocol.saslprep import saslprep

PLAIN: Final = "PLAIN"
SCRAM: Final = "SCRAM-SHA-256"
#: Rounds of the password's hash. Fewer make guessing cheap, and more are an
#: attack: a server names them, and the client computes them.
MIN_ITERATIONS: Final = 4096
MAX_ITERATIONS: Final = 1_000_000

_NUMBER: Final = re.compile("[1-9][0-9]{0,7}")
# "No channel binding, no other identity": what both halves of the exchange begin with.
_GS2: Final = "n,,"
_HASH_SIZE: Final = 32
_BOUND: Final = base64.b64encode(_GS2.encode()).decode()


def choose_mechanism(
    names: Sequence[str], user: str, password: str, *, is_encrypted: bool
) -> SaslClient:
    """The best mechanism that a server offers.

    Args:
        names: What it offers.
        is_encrypted: The connection keeps secrets: PLAIN may be used.

    Raises:
        AuthError: None of them will do, or there is no user name.
    """
    offered = ", ".join(names) or "no mechanism"
    if SCRAM not in names and (PLAIN not in names or not is_encrypted):
        hint = "offer SCRAM-SHA-256 or PLAIN there (mech_list in QEMU's SASL configuration)"
        if not is_encrypted:
            hint = "connect over TLS, spice+tls://: without it QEMU wants SASL to encrypt,"
            hint += " which is not done here, and PLAIN would show the password"
        raise AuthError(
            f"the server offers SASL by {offered}, none of which can be used", hint=hint
        )
    if not user:
        raise AuthError("the server wants a user name (SASL)", hint="give one with --user")
    return ScramClient(user, password) if SCRAM in names else PlainClient(user, password)


class PlainClient:
    """Shows name and password: for encrypted connections."""

    name = PLAIN
    #: The server proves nothing here; TLS has done it.
    is_done = True

    def __init__(self, user: str, password: str) -> None:
        """Takes name and password.

        Raises:
            AuthError: One of them holds a NUL.
        """
        if "\0" in user + password:
            raise AuthError("a user name or password with a NUL cannot be sent")
        self._message = f"\0{user}\0{password}".encode()

    def respond(self, challenge: bytes | None) -> bytes | None:
        """Name and password first, then nothing."""
        return self._message if challenge is None else None


class PlainServer:
    """Judges what a :class:`PlainClient` shows.

    Args:
        is_right: Whether a user has a password; takes as long for all of them.
    """

    def __init__(self, is_right: Callable[[str, str], bool]) -> None:
        self._is_right = is_right

    def judge(self, response: bytes | None) -> tuple[bytes | None, bool]:
        """The verdict; a client that begins without a word is asked for one.

        Raises:
            AuthError: It is no.
        """
        if response is None:
            return b"", False
        parts = _text(response).split("\0")
        if len(parts) != 3:
            raise AuthError(f"a PLAIN message of {len(parts)} parts, it has 3")
        identity, user, password = parts
        # To act for somebody else is not for SPICE.
        if identity not in ("", user) or not self._is_right(user, password):
            raise AuthError("the client's user name or password is wrong")
        return None, True


@dataclass(frozen=True, slots=True)
class Verifier:
    """What a server keeps of a password: enough to judge, not enough to be the user."""

    salt: bytes
    iterations: int
    stored_key: bytes
    server_key: bytes


def make_verifier(password: str, salt: bytes, iterations: int = MIN_ITERATIONS) -> Verifier:
    """What to keep of ``password``.

    Raises:
        AuthError: A character of it is not allowed.
    """
    salted = _salted(password, salt, iterations)
    stored = hashlib.sha256(_hmac(salted, "Client Key")).digest()
    return Verifier(salt, iterations, stored, _hmac(salted, "Server Key"))


class ScramClient:
    """Proves that it knows a password without showing it, and has the server prove the same.

    Args:
        nonce: Not to be used twice; None for a random one.
    """

    name = SCRAM

    def __init__(self, user: str, password: str, *, nonce: str | None = None) -> None:
        self._password = password
        self._nonce = nonce or secrets.token_urlsafe(24)
        escaped = saslprep(user, "user name").replace("=", "=3D").replace(",", "=2C")
        self._first = f"n={escaped},r={self._nonce}"
        self._steps = iter((self._begin, self._prove, self._check))
        self._signature = b""
        self.is_done = False

    def respond(self, challenge: bytes | None) -> bytes | None:
        """The next message.

        Raises:
            AuthError: The server breaks the rules, or does not know the password.
        """
        step = next(self._steps, None)
        if step is None:
            raise AuthError("the server goes on with SASL though all has been said")
        return step("" if challenge is None else _text(challenge))

    def _begin(self, challenge: str) -> bytes | None:
        return f"{_GS2}{self._first}".encode()

    def _prove(self, challenge: str) -> bytes | None:
        nonce, salt, rounds = _attributes(challenge, "rsi")
        if not nonce.startswith(self._nonce) or nonce == self._nonce:
            raise AuthError("the server did not answer this SASL exchange but another one")
        # Python's own reading takes signs, spaces and underscores, and digits without end.
        iterations = int(rounds) if _NUMBER.fullmatch(rounds) else 0
        if not MIN_ITERATIONS <= iterations <= MAX_ITERATIONS:
            raise AuthError(
                f"the server hashes passwords {rounds[:20]} times,"
                f" {MIN_ITERATIONS} to {MAX_ITERATIONS} are allowed"
            )
        salted = _salted(self._password, _bytes(salt), iterations)
        key = _hmac(salted, "Client Key")
        final = f"c={_BOUND},r={nonce}"
        transcript = f"{self._first},{challenge},{final}"
        proof = _xor(key, _hmac(hashlib.sha256(key).digest(), transcript))
        self._signature = _hmac(_hmac(salted, "Server Key"), transcript)
        return f"{final},p={base64.b64encode(proof).decode()}".encode()

    def _check(self, challenge: str) -> bytes | None:
        if challenge.startswith("e="):
            raise AuthError(f"the server refused the password: {challenge[2:80]!r}")
        (signature,) = _attributes(challenge, "v")
        if not hmac.compare_digest(_bytes(signature), self._signature):
            raise AuthError("the server does not know the password: it is not the one it claims")
        self.is_done = True
        return None


class ScramServer:
    """Judges a :class:`ScramClient`.

    Args:
        find: What is kept of a user's password; a made-up one for a user
            whom nobody knows, always the same, or strangers learn who exists.
        nonce: Not to be used twice; None for a random one.
    """

    def __init__(self, find: Callable[[str], Verifier], *, nonce: str | None = None) -> None:
        self._find = find
        self._nonce = nonce or secrets.token_urlsafe(24)
        self._binding = ""
        self._transcript = ""
        self._verifier: Verifier | None = None

    def judge(self, response: bytes | None) -> tuple[bytes | None, bool]:
        """The next challenge, or the verdict.

        Raises:
            AuthError: It is no, or the client breaks the rules.
        """
        if response is None:
            return b"", False
        if self._verifier is None:
            return self._challenge(_text(response)), False
        return self._conclude(_text(response), self._verifier), True

    def _challenge(self, message: str) -> bytes:
        flag, _, rest = message.partition(",")
        identity, _, bare = rest.partition(",")
        user, nonce = _attributes(bare, "nr")
        # "y" says that the client could bind to TLS and found that we cannot, which is so.
        # spice-gtk says as whom it acts, which is itself.
        if flag not in ("n", "y") or identity not in ("", f"a={user}"):
            raise AuthError("a SCRAM message that wants binding to TLS, or another identity")
        self._binding = base64.b64encode(f"{flag},{identity},".encode()).decode()
        self._nonce = nonce + self._nonce
        name = user.replace("=2C", ",").replace("=3D", "=")
        self._verifier = self._find(saslprep(name, "user name"))
        salt = base64.b64encode(self._verifier.salt).decode()
        challenge = f"r={self._nonce},s={salt},i={self._verifier.iterations}"
        self._transcript = f"{bare},{challenge}"
        return challenge.encode()

    def _conclude(self, message: str, verifier: Verifier) -> bytes:
        final, _, _ = message.rpartition(",p=")
        binding, nonce, proof = _attributes(message, "crp")
        if binding != self._binding or nonce != self._nonce:
            raise AuthError("a SCRAM message of another exchange")
        transcript = f"{self._transcript},{final}"
        given = _bytes(proof)
        if len(given) != _HASH_SIZE:
            raise AuthError(f"a SCRAM proof of {len(given)} bytes, it has {_HASH_SIZE}")
        key = _xor(given, _hmac(verifier.stored_key, transcript))
        if not hmac.compare_digest(hashlib.sha256(key).digest(), verifier.stored_key):
            raise AuthError("the client's user name or password is wrong")
        return b"v=" + base64.b64encode(_hmac(verifier.server_key, transcript))


def judges(
    passwords: Mapping[str, str], *, allows_plain: bool = False
) -> tuple[Sequence[str], Callable[[str], SaslServer]]:
    """Mechanisms for a server, and what makes the judging side of one.

    Args:
        passwords: By user.
        allows_plain: Offer PLAIN too: only where all connections are encrypted.

    Raises:
        AuthError: A user name or password has a character that is not allowed.
        UsageError: One is empty.
    """
    if not all(passwords) or not all(passwords.values()):
        raise UsageError("an empty user name or password would let in whom nobody meant to let in")
    secret = secrets.token_bytes(32)
    kept = {
        saslprep(user, "user name"): make_verifier(password, secrets.token_bytes(16))
        for user, password in passwords.items()
    }

    def find(user: str) -> Verifier:
        # Whoever is not there has a salt, too, and no password that fits.
        salt = _hmac(secret, user)
        nobody = Verifier(salt[:16], MIN_ITERATIONS, salt, salt)
        return kept.get(user, nobody)

    def is_right(user: str, password: str) -> bool:
        verifier = find(saslprep(user, "user name"))
        given = make_verifier(password, verifier.salt, verifier.iterations)
        return hmac.compare_digest(given.stored_key, verifier.stored_key)

    def make(name: str) -> SaslServer:
        return ScramServer(find) if name == SCRAM else PlainServer(is_right)

    return ([SCRAM, PLAIN] if allows_plain else [SCRAM]), make


def _attributes(message: str, letters: str) -> list[str]:
    """The values of a message's attributes, which have to be the ones of ``letters``, in order.

    Others may follow; a server's last word may end with them, too.

    Raises:
        AuthError: They are not.
    """
    parts = message.split(",")
    found = parts[: len(letters)]
    if [part[:2] for part in found] != [f"{letter}=" for letter in letters]:
        raise AuthError(f"a SCRAM message without {', '.join(letters)} in that order")
    return [part[2:] for part in found]


def _text(message: bytes) -> str:
    try:
        return message.decode("utf-8")
    except UnicodeDecodeError as error:
        raise AuthError(f"a SASL message that is no UTF-8: {error.reason}") from None


def _bytes(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise AuthError(f"a SCRAM message with broken base64: {error}") from None


def _salted(password: str, salt: bytes, iterations: int) -> bytes:
    prepared = saslprep(password, "password").encode("utf-8")
    return hashlib.pbkdf2_hmac("sha256", prepared, salt, iterations)


def _hmac(key: bytes, text: str) -> bytes:
    return hmac.digest(key, text.encode("utf-8"), "sha256")


def _xor(one: bytes, other: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(one, other, strict=True))
