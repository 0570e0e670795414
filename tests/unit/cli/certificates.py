"""Certificates for servers in tests."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path


def make_certificate(folder: Path, *, names: str = "IP:127.0.0.1") -> Path:
    """A certificate that has signed itself, with its key in the same file."""
    openssl = shutil.which("openssl")
    assert openssl is not None, "openssl is missing; apt-get install openssl"
    path, key = folder / "server.pem", folder / "key.pem"
    subprocess.run(
        [
            *(openssl, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"),
            *("-nodes", "-days", "2", "-subj", "/O=caraway/CN=tests"),
            *("-addext", f"subjectAltName={names}", "-keyout", str(key), "-out", str(path)),
        ],
        check=True,
        capture_output=True,
        timeout=20,
    )
    path.write_text(path.read_text() + key.read_text())
    return path
