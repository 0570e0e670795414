"""Tickets: encrypted for a server's key, and read by it."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from caraway.errors import AuthError, DecodeError
from caraway.protocol.ticket import TicketKey, encrypt_ticket


@pytest.fixture(scope="module")
def key() -> TicketKey:
    return TicketKey()


def _der(key: rsa.RSAPublicKey | ec.EllipticCurvePublicKey) -> bytes:
    return key.public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )


def test_the_key_is_as_long_as_the_reply_has_room_for(key: TicketKey) -> None:
    assert len(key.public_key) == 162


@pytest.mark.parametrize("password", [b"", b"a", b"secret", "süß".encode(), b"x" * 60])
def test_a_password_goes_through(key: TicketKey, password: bytes) -> None:
    ticket = encrypt_ticket(key.public_key, password + b"\0")
    assert len(ticket) == 128
    assert ticket != encrypt_ticket(key.public_key, password + b"\0")
    assert key.decrypt(ticket) == password


def test_what_is_behind_the_nul_does_not_count(key: TicketKey) -> None:
    assert key.decrypt(encrypt_ticket(key.public_key, b"secret\0garbage\0")) == b"secret"


def test_a_password_without_nul(key: TicketKey) -> None:
    assert key.decrypt(encrypt_ticket(key.public_key, b"secret")) == b"secret"


@pytest.mark.parametrize("size", [0, 1, 127, 129, 4096])
def test_tickets_of_other_sizes(key: TicketKey, size: int) -> None:
    with pytest.raises(AuthError, match=rf"a ticket of {size} bytes, it has 128"):
        key.decrypt(bytes(size))


@pytest.mark.parametrize("ticket", [bytes(128), b"\xff" * 128, b"\x01" * 128])
def test_tickets_that_are_none(key: TicketKey, ticket: bytes) -> None:
    with pytest.raises(AuthError, match="not encrypted for this link"):
        key.decrypt(ticket)


def test_a_ticket_for_another_key(key: TicketKey) -> None:
    with pytest.raises(AuthError, match="not encrypted for this link"):
        key.decrypt(encrypt_ticket(TicketKey().public_key, b"secret\0"))


def test_a_ticket_with_another_padding(key: TicketKey) -> None:
    public = serialization.load_der_public_key(key.public_key)
    assert isinstance(public, rsa.RSAPublicKey)
    other = padding.OAEP(padding.MGF1(hashes.SHA256()), hashes.SHA256(), None)
    for each in (padding.PKCS1v15(), other):
        with pytest.raises(AuthError, match="not encrypted for this link"):
            key.decrypt(public.encrypt(b"secret\0", each))


@pytest.mark.parametrize("data", [b"", bytes(162), b"\xff" * 162, b"0" * 161])
def test_keys_that_are_none(data: bytes) -> None:
    with pytest.raises(DecodeError, match="key for the password cannot be read"):
        encrypt_ticket(data, b"\0")


def test_keys_of_other_kinds() -> None:
    curve = ec.generate_private_key(ec.SECP256R1()).public_key()
    larger = rsa.generate_private_key(public_exponent=65537, key_size=2048).public_key()
    for each in (curve, larger):
        with pytest.raises(DecodeError, match="no RSA key of 1024 bits"):
            encrypt_ticket(_der(each), b"\0")


def test_a_key_of_an_algorithm_that_is_not_known(key: TicketKey) -> None:
    # The object identifier of RSA with its last arc changed.
    unknown = key.public_key.replace(
        bytes.fromhex("2a864886f70d010101"), b"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x7f"
    )
    with pytest.raises(DecodeError, match="cannot be read"):
        encrypt_ticket(unknown, b"\0")


#: A public exponent of 1 has no place in a key, and encrypts nothing.
ODD_EXPONENTS = [1, 2]


@pytest.mark.parametrize("exponent", ODD_EXPONENTS)
def test_keys_that_encrypt_nothing(key: TicketKey, exponent: int) -> None:
    odd = key.public_key.replace(
        bytes.fromhex("0203010001"), b"\x02\x03\x00\x00" + bytes([exponent])
    )
    with pytest.raises(DecodeError):
        encrypt_ticket(odd, b"\0")
