"""TLS: contexts, and whether a server's certificate is the right one."""

from __future__ import annotations

import re
import ssl
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from caraway.errors import TLSError, UsageError
from caraway.net.endpoint import TLSSettings

#: What the parts of a subject are called; a number of digits and dots is one too.
_KEYS: Final = {
    "2.5.4.3": ("CN", "commonName"),
    "2.5.4.4": ("SN", "surname"),
    "2.5.4.5": ("serialNumber",),
    "2.5.4.6": ("C", "countryName"),
    "2.5.4.7": ("L", "localityName"),
    "2.5.4.8": ("ST", "stateOrProvinceName"),
    "2.5.4.9": ("street", "streetAddress"),
    "2.5.4.10": ("O", "organizationName"),
    "2.5.4.11": ("OU", "organizationalUnitName"),
    "2.5.4.12": ("title",),
    "2.5.4.13": ("description",),
    "2.5.4.17": ("postalCode",),
    "2.5.4.41": ("name",),
    "2.5.4.42": ("GN", "givenName"),
    "2.5.4.43": ("initials",),
    "2.5.4.46": ("dnQualifier",),
    "2.5.4.65": ("pseudonym",),
    "0.9.2342.19200300.100.1.1": ("UID", "userId"),
    "0.9.2342.19200300.100.1.25": ("DC", "domainComponent"),
    "1.2.840.113549.1.9.1": ("emailAddress",),
}
_OIDS: Final = {name.lower(): oid for oid, names in _KEYS.items() for name in names}

_ESCAPED: Final = re.compile(r"[,\\]")
_BACKSLASH: Final = r"\\\g<0>"

#: A subject: keys as numbers of digits and dots, values as they stand.
Subject = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Certificate:
    """What a certificate says.

    Attributes:
        subject: Whose it is, and ``issuer``: who says so.
        not_before: From when it is good, to ``not_after``; UTC.
        names: Hosts and addresses it is made out for.
        public_key: DER SubjectPublicKeyInfo.
    """

    subject: Subject
    issuer: Subject
    not_before: datetime
    not_after: datetime
    names: tuple[str, ...]
    public_key: bytes

    def describe(self) -> str:
        """All of it in one line, but for the key."""
        names = f", made out for {', '.join(self.names)}" if self.names else ""
        return (
            f"subject '{format_subject(self.subject)}'{names},"
            f" issuer '{format_subject(self.issuer)}',"
            f" good from {self.not_before:%Y-%m-%d} to {self.not_after:%Y-%m-%d}"
        )


def read_certificate(der: bytes) -> Certificate:
    """A certificate from its DER.

    Raises:
        TLSError: It is none, or has a key of an unknown kind.
    """
    try:
        read = x509.load_der_x509_certificate(der)
        try:
            names = read.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
            hosts = [
                *names.get_values_for_type(x509.DNSName),
                *map(str, names.get_values_for_type(x509.IPAddress)),
            ]
        except x509.ExtensionNotFound:
            hosts = []
        return Certificate(
            _subject_of(read.subject),
            _subject_of(read.issuer),
            read.not_valid_before_utc,
            read.not_valid_after_utc,
            tuple(hosts),
            read.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo),
        )
    except (ValueError, x509.DuplicateExtension, UnsupportedAlgorithm) as error:
        raise TLSError(f"the server's certificate cannot be read: {error}") from None


def _subject_of(name: x509.Name) -> Subject:
    return tuple(
        (each.oid.dotted_string, each.value if isinstance(each.value, str) else each.value.hex())
        for each in name
    )


def parse_subject(text: str) -> Subject:
    r"""A subject from ``K=V,K2=V2``; a backslash takes the next sign as it is.

    Raises:
        UsageError: It is something else.

    >>> parse_subject(r"O=Salt\, Pepper, CN=host")
    (('2.5.4.10', 'Salt, Pepper'), ('2.5.4.3', 'host'))
    """
    parts: list[tuple[str, str]] = []
    key: str | None = None
    taken: list[str] = []
    signs = iter(text + ",")
    for sign in signs:
        if sign == "\\":
            taken.append(next(signs))
        elif sign == "=" and key is None:
            key = "".join(taken).strip()
            taken = []
        elif sign == ",":
            if key is None:
                raise UsageError(
                    f"the subject '{text}' has '{''.join(taken)}', which is no KEY=VALUE",
                    hint="write it as in O=Example\\, Inc.,CN=host",
                )
            parts.append((_oid(key, text), "".join(taken)))
            key, taken = None, []
        else:
            taken.append(sign)
    if key is not None or taken:
        raise UsageError(f"the subject '{text}' ends with a backslash")
    return tuple(parts)


def _oid(key: str, text: str) -> str:
    oid = _OIDS.get(key.lower(), key)
    if not oid or not oid.replace(".", "").isdecimal():
        known = ", ".join(names[0] for names in _KEYS.values())
        raise UsageError(f"the subject '{text}' has the key '{key}'", hint=f"known: {known}")
    return oid


def format_subject(subject: Subject) -> str:
    """What :func:`parse_subject` reads."""
    return ",".join(
        f"{_KEYS.get(oid, (oid,))[0]}={_ESCAPED.sub(_BACKSLASH, value)}" for oid, value in subject
    )


def _folded(subject: Subject) -> list[tuple[str, str]]:
    """Names are the same whatever their case and blanks: RFC 5280 §7.1, as OpenSSL does it."""
    return [(oid, " ".join(value.split()).lower()) for oid, value in subject]


def check_subject(certificate: Certificate, wanted: str) -> None:
    """Refuse a certificate whose subject is not ``wanted``.

    Raises:
        TLSError: It is another one.
        UsageError: ``wanted`` is no subject.
    """
    if _folded(certificate.subject) != _folded(parse_subject(wanted)):
        raise TLSError(
            f"the server's certificate has the subject '{format_subject(certificate.subject)}',"
            f" wanted is '{wanted}'",
            hint="if this is the right server, give that by --host-subject",
        )


def client_context(settings: TLSSettings, *, verifies: bool) -> ssl.SSLContext:
    """A context for a client.

    Args:
        verifies: Have the chain checked, and the host's name where the settings say so;
            else the caller looks at the certificate.

    Returns:
        Perhaps one that others have too: leave it as it is.

    Raises:
        UsageError: Certificates of authorities or ciphers cannot be read.
    """
    # Reading the system's authorities takes tens of milliseconds, for each channel again.
    make = _make_context.__wrapped__ if settings.ca_file is not None else _make_context
    return make(settings, verifies=verifies)


@lru_cache(maxsize=16)
def _make_context(settings: TLSSettings, *, verifies: bool) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.check_hostname = verifies and settings.verify_host and settings.host_subject is None
    context.verify_mode = ssl.CERT_REQUIRED if verifies else ssl.CERT_NONE
    if settings.ciphers is not None:
        try:
            context.set_ciphers(settings.ciphers)
        except ssl.SSLError:
            raise UsageError(
                f"the TLS ciphers '{settings.ciphers}' name none that is known"
            ) from None
    if not verifies:
        return context
    try:
        if settings.ca_pem is not None:
            # Between certificates there may be their text, in any letters.
            context.load_verify_locations(
                cadata=settings.ca_pem.encode("ascii", "replace").decode()
            )
        elif settings.ca_file is not None:
            context.load_verify_locations(cafile=settings.ca_file)
        else:
            context.load_default_certs()
    except (OSError, ValueError) as error:
        where = "the CA given" if settings.ca_pem is not None else f"'{settings.ca_file}'"
        reason = "no certificate in PEM" if isinstance(error, ssl.SSLError) else str(error)
        raise UsageError(f"{where} cannot be used as authority: {reason}") from None
    return context


def server_context(
    certificate: Path, key: Path | None = None, *, password: str | None = None
) -> ssl.SSLContext:
    """A context for a server.

    Args:
        certificate: PEM, its chain behind it.
        key: PEM; None where it stands in ``certificate``.
        password: Of the key.

    Raises:
        UsageError: They cannot be read or do not belong together.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        # A key with a password would otherwise ask for it on the terminal.
        context.load_cert_chain(certificate, key, password or "")
    except (OSError, ValueError) as error:
        names = f"'{certificate}'" if key is None else f"'{certificate}' with the key '{key}'"
        raise UsageError(f"{names} cannot be used for TLS: {error}") from None
    return context


def explain(error: ssl.SSLError, certificate: Certificate | None, host: str) -> TLSError:
    """What a handshake failed of, in words a user can act upon.

    Args:
        certificate: What the server showed; None where that is not known.
    """
    seen = f"; the certificate: {certificate.describe()}" if certificate is not None else ""
    if not isinstance(error, ssl.SSLCertVerificationError):
        if error.reason == "WRONG_VERSION_NUMBER":
            return TLSError(
                f"'{host}' does not speak TLS on this port", hint="is it the unencrypted one?"
            )
        reason = (error.reason or str(error)).replace("_", " ").lower()
        return TLSError(f"no TLS with '{host}': {reason}")
    what = f"{error.verify_message[:1].lower()}{error.verify_message[1:]}".rstrip(".")
    if error.verify_code in _WRONG_HOST:
        return TLSError(
            f"the certificate is not made out for '{host}'{seen}",
            hint="if this is the right server, give its subject by --host-subject",
        )
    if error.verify_code in _WRONG_TIME:
        return TLSError(f"the certificate of '{host}' is not good now: {what}{seen}")
    return TLSError(
        f"the certificate of '{host}' is not trusted: {what}{seen}",
        hint="give the certificate of the authority by --ca-file",
    )


# X509_V_ERR_*: OpenSSL's numbers, which Python does not name.
_WRONG_HOST: Final = frozenset({62, 64})
_WRONG_TIME: Final = frozenset({9, 10})
