"""Certificates for tests: an authority, and servers that it vouches for."""

from __future__ import annotations

import datetime
import ipaddress
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from cryptography.x509.oid import NameOID

_DAY = datetime.timedelta(days=1)
SUBJECT = r"C=IL,O=Salt\, Pepper,CN=vm"


@dataclass(frozen=True)
class Made:
    """A certificate and its key."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    @property
    def pem(self) -> str:
        return self.certificate.public_bytes(Encoding.PEM).decode()

    @property
    def der(self) -> bytes:
        return self.certificate.public_bytes(Encoding.DER)

    @property
    def public_key(self) -> bytes:
        return self.key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)

    def write(self, folder: Path, *, password: str | None = None) -> tuple[Path, Path]:
        """Certificate and key as files."""
        certificate, key = folder / "cert.pem", folder / "key.pem"
        certificate.write_text(self.pem)
        how = NoEncryption() if password is None else BestAvailableEncryption(password.encode())
        key.write_bytes(self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, how))
        return certificate, key


def make_authority(name: str = "authority") -> Made:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    builder = _builder(subject, subject, key).add_extension(
        x509.BasicConstraints(ca=True, path_length=None), critical=True
    )
    return Made(builder.sign(key, hashes.SHA256()), key)


def make_server(authority: Made, *hosts: str, is_expired: bool = False) -> Made:
    """A server's certificate, made out for ``hosts``; its subject is ``SUBJECT``."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "IL"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Salt, Pepper"),
            x509.NameAttribute(NameOID.COMMON_NAME, "vm"),
        ]
    )
    builder = _builder(subject, authority.certificate.subject, key, age=-40 if is_expired else -1)
    if hosts:
        names = x509.SubjectAlternativeName([_name(host) for host in hosts])
        builder = builder.add_extension(names, critical=False)
    return Made(builder.sign(authority.key, hashes.SHA256()), key)


def _name(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, *, age: int = -1
) -> x509.CertificateBuilder:
    now = datetime.datetime.now(datetime.UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now + age * _DAY)
        .not_valid_after(now + (age + 30) * _DAY)
    )
