"""Tickets: a password on its way to the server, encrypted for its key.

The protocol fixes RSA of 1024 bits with OAEP over SHA-1. That keeps a password
from being read, and no more: who wants secrecy uses TLS.

Source: link.proto ``reply``, ``ticket``; RFC 8017 §7.1.
"""

from __future__ import annotations

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from caraway.errors import AuthError, DecodeError
from caraway.protocol.link import KEY_SIZE, TICKET_SIZE

_BITS = 1024
# The protocol's choice, not ours. MGF1 and OAEP do not depend on collisions.
_PADDING = padding.OAEP(padding.MGF1(hashes.SHA1()), hashes.SHA1(), None)


def encrypt_ticket(public_key: bytes, password: bytes) -> bytes:
    """A ticket of 128 bytes.

    Args:
        public_key: DER SubjectPublicKeyInfo, of 162 bytes, as the server sent it.
        password: With its NUL.

    Raises:
        DecodeError: It is no RSA key of 1024 bits.
    """
    try:
        key = serialization.load_der_public_key(public_key)
    except (ValueError, UnsupportedAlgorithm) as error:
        raise DecodeError(f"the server's key for the password cannot be read: {error}") from None
    if not isinstance(key, rsa.RSAPublicKey) or key.key_size != _BITS:
        raise DecodeError("the server's key for the password is no RSA key of 1024 bits")
    return key.encrypt(password, _PADDING)


class TicketKey:
    """A server's key; one is made for each link.

    Attributes:
        public_key: DER SubjectPublicKeyInfo, 162 bytes.
    """

    def __init__(self) -> None:
        """Makes a key, which takes tens of milliseconds: do it in a thread."""
        self._key = rsa.generate_private_key(public_exponent=65537, key_size=_BITS)
        self.public_key = self._key.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        assert len(self.public_key) == KEY_SIZE

    def decrypt(self, ticket: bytes) -> bytes:
        """The password, up to its NUL.

        Raises:
            AuthError: It was encrypted for another key, or not at all.
        """
        if len(ticket) != TICKET_SIZE:
            raise AuthError(f"a ticket of {len(ticket)} bytes, it has {TICKET_SIZE}")
        try:
            text = self._key.decrypt(ticket, _PADDING)
        except ValueError:
            raise AuthError("a ticket that was not encrypted for this link") from None
        return text.partition(b"\0")[0]
