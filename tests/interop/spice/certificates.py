"""Certificates as QEMU's x509-dir wants them, made by OpenSSL."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tests.interop.command import run


@dataclass(frozen=True, slots=True)
class Certificates:
    """A certificate authority and the certificate of one server.

    Attributes:
        folder: With ca-cert.pem, server-cert.pem and server-key.pem.
        subject: Of the server's certificate, as SPICE clients write it.
    """

    folder: Path
    subject: str

    @property
    def ca(self) -> Path:
        """The certificate of the authority."""
        return self.folder / "ca-cert.pem"

    @property
    def certificate(self) -> Path:
        """The server's."""
        return self.folder / "server-cert.pem"

    @property
    def key(self) -> Path:
        """The server's private key."""
        return self.folder / "server-key.pem"

    def public_key(self) -> bytes:
        """The server's public key, DER of a SubjectPublicKeyInfo."""
        command = ("openssl", "pkey", "-in", str(self.key), "-pubout", "-outform", "DER")
        return run(*command, home=self.folder).stdout


def make_certificates(
    folder: Path, *, host: str = "localhost", days: int = 2, organization: str = "caraway"
) -> Certificates:
    """An authority of its own, and a certificate for ``host`` alone.

    Args:
        days: How long it is valid; a negative number for one that was.
    """
    folder.mkdir(parents=True)

    def openssl(*arguments: str) -> None:
        run("openssl", *arguments, home=folder)

    elliptic = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
    openssl(
        *("req", "-x509", *elliptic, "-keyout", "ca-key.pem", "-out", "ca-cert.pem"),
        *("-subj", f"/O={organization}/CN=tests", "-days", "2"),
        *("-addext", "basicConstraints=critical,CA:TRUE", "-addext", "keyUsage=keyCertSign"),
    )
    openssl(
        *("req", *elliptic, "-keyout", "server-key.pem", "-out", "server.csr"),
        *("-subj", f"/O={organization}/CN={host}"),
    )
    (folder / "extensions").write_text(f"subjectAltName=DNS:{host}\nbasicConstraints=CA:FALSE\n")
    openssl(
        *("x509", "-req", "-in", "server.csr", "-extfile", "extensions", "-days", str(days)),
        *("-CA", "ca-cert.pem", "-CAkey", "ca-key.pem", "-out", "server-cert.pem"),
    )
    return Certificates(folder, f"O={organization},CN={host}")
