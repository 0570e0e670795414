"""Our client and QEMU with SASL, as Cyrus SASL has it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from caraway.client import connect
from caraway.errors import AuthError
from caraway.net.endpoint import Endpoint, TLSSettings
from tests.in_loop import in_loop
from tests.interop.spice.certificates import Certificates
from tests.interop.spice.conftest import StartQemu
from tests.interop.spice.qemu import NAME, Qemu
from tests.interop.spice.sasl import SaslUsers

USER = "caraway"
PASSWORD = "pässword, with blanks"

StartWithUsers = Callable[..., Qemu]


@pytest.fixture
def start(start_qemu: StartQemu, certificates: Certificates, place: Path) -> StartWithUsers:
    """Starts a QEMU that offers mechanisms, with one user."""

    def run(*mechanisms: str) -> Qemu:
        users = SaslUsers(place / "sasl", *mechanisms)
        users.add(USER, PASSWORD)
        return start_qemu(
            spice=["sasl=on"], x509=certificates.folder, environment=users.environment
        )

    return run


def by_tls(machine: Qemu, certificates: Certificates) -> Endpoint:
    tls = TLSSettings(ca_file=str(certificates.ca))
    return Endpoint("localhost", tls_port=machine.tls_port, tls=tls)


@pytest.mark.parametrize("mechanisms", [["PLAIN"], ["SCRAM-SHA-256"], ["PLAIN", "SCRAM-SHA-256"]])
@in_loop
async def test_password_by_tls(
    start: StartWithUsers, certificates: Certificates, mechanisms: list[str]
) -> None:
    machine = start(*mechanisms)
    where = by_tls(machine, certificates)
    async with connect(where, user=USER, password=PASSWORD) as session:
        assert session.name == NAME
        assert len(session.ports) == 1
    with pytest.raises(AuthError):
        await connect(where, user=USER, password="wrong")
    with pytest.raises(AuthError):
        await connect(where, user="nobody", password=PASSWORD)


@in_loop
async def test_mechanism_that_is_not_known_here(
    start: StartWithUsers, certificates: Certificates
) -> None:
    machine = start("CRAM-MD5")
    with pytest.raises(AuthError, match="offers SASL by CRAM-MD5"):
        await connect(by_tls(machine, certificates), user=USER, password=PASSWORD)


@in_loop
async def test_nothing_is_sent_in_the_clear(start: StartWithUsers) -> None:
    """Without TLS the real server offers what encrypts by itself, and never PLAIN."""
    machine = start("PLAIN", "SCRAM-SHA-256")
    with pytest.raises(AuthError):
        await connect(machine.uri, user=USER, password=PASSWORD)
