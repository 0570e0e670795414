"""Our client and QEMU by TLS: each way of knowing the server, and each refusal."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from caraway.client import connect
from caraway.errors import ConnectError, LinkRefused, TLSError
from caraway.messages.link import enums
from caraway.net.endpoint import Endpoint, TLSSettings
from tests.in_loop import in_loop
from tests.interop.spice.certificates import Certificates, make_certificates
from tests.interop.spice.conftest import StartQemu
from tests.interop.spice.qemu import NAME, Qemu

PASSWORD = "secret"


@pytest.fixture(scope="module")
def machine(certificates: Certificates, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Qemu]:
    """One that all tests here connect to; its certificate is made out for localhost."""
    place = tmp_path_factory.mktemp("q")
    with Qemu(place, password=PASSWORD, x509=certificates.folder) as started:
        yield started


def endpoint(machine: Qemu, host: str = "localhost", **settings: object) -> Endpoint:
    tls = TLSSettings(**settings)  # type: ignore[arg-type]  # as they come
    return Endpoint(host, tls_port=machine.tls_port, tls=tls)


async def check(where: Endpoint) -> None:
    async with connect(where, password=PASSWORD) as session:
        assert session.name == NAME
        assert len(session.ports) == 1


@in_loop
async def test_authority_from_a_file(machine: Qemu, certificates: Certificates) -> None:
    await check(endpoint(machine, ca_file=str(certificates.ca)))


@in_loop
async def test_authority_as_text(machine: Qemu, certificates: Certificates) -> None:
    await check(endpoint(machine, ca_pem=certificates.ca.read_text()))


@in_loop
async def test_unknown_authority(machine: Qemu) -> None:
    with pytest.raises(TLSError, match=r"is not trusted.*issuer 'O=caraway,CN=tests'") as caught:
        await check(endpoint(machine))
    assert caught.value.hint is not None
    assert "--ca-file" in caught.value.hint


@in_loop
async def test_another_authority(machine: Qemu, strangers: Certificates) -> None:
    with pytest.raises(TLSError, match="is not trusted"):
        await check(endpoint(machine, ca_file=str(strangers.ca)))


@in_loop
async def test_another_host(machine: Qemu, certificates: Certificates) -> None:
    with pytest.raises(TLSError, match=r"not made out for '127\.0\.0\.1'.*localhost"):
        await check(endpoint(machine, "127.0.0.1", ca_file=str(certificates.ca)))


@in_loop
async def test_subject_in_place_of_the_host(machine: Qemu, certificates: Certificates) -> None:
    ca_file, subject = str(certificates.ca), certificates.subject
    await check(endpoint(machine, "127.0.0.1", ca_file=ca_file, host_subject=subject))


@pytest.mark.parametrize(
    "subject", ["O=caraway,CN=other", "CN=localhost", "CN=localhost,O=caraway"]
)
@in_loop
async def test_another_subject(machine: Qemu, certificates: Certificates, subject: str) -> None:
    with pytest.raises(TLSError, match="subject 'O=caraway,CN=localhost', wanted is"):
        await check(endpoint(machine, ca_file=str(certificates.ca), host_subject=subject))


@in_loop
async def test_subject_without_its_authority(machine: Qemu, certificates: Certificates) -> None:
    with pytest.raises(TLSError, match="is not trusted"):
        await check(endpoint(machine, host_subject=certificates.subject))


@in_loop
async def test_public_key(machine: Qemu, certificates: Certificates) -> None:
    await check(endpoint(machine, "127.0.0.1", public_key=certificates.public_key()))


@in_loop
async def test_another_public_key(machine: Qemu, strangers: Certificates) -> None:
    with pytest.raises(TLSError, match="another public key"):
        await check(endpoint(machine, public_key=strangers.public_key()))


@in_loop
async def test_certificate_that_is_over(start_qemu: StartQemu, tmp_path: Path) -> None:
    expired = make_certificates(tmp_path / "expired", days=-1)
    machine = start_qemu(password=PASSWORD, x509=expired.folder, tls_only=True)
    with pytest.raises(TLSError, match="not good now: certificate has expired"):
        await check(endpoint(machine, ca_file=str(expired.ca)))
    # Who knows the key needs nobody's word for it.
    await check(endpoint(machine, public_key=expired.public_key()))


@in_loop
async def test_wrong_port(machine: Qemu, certificates: Certificates) -> None:
    swapped = endpoint(machine, ca_file=str(certificates.ca))
    with pytest.raises(TLSError):
        await check(replace(swapped, tls_port=machine.port))
    # QEMU takes our link message for TLS, and says nothing that could be understood.
    with pytest.raises(ConnectError, match="while it was being linked"):
        await check(Endpoint("localhost", machine.tls_port))


@in_loop
async def test_channel_that_needs_tls(start_qemu: StartQemu, certificates: Certificates) -> None:
    machine = start_qemu(x509=certificates.folder, spice=["tls-channel=main"])
    with pytest.raises(LinkRefused, match="NEED_SECURED") as caught:
        await check(Endpoint("localhost", machine.port))
    assert caught.value.code == enums.LinkErr.NEED_SECURED
    tls = TLSSettings(ca_file=str(certificates.ca))
    await check(Endpoint("localhost", machine.port, machine.tls_port, tls=tls))


@in_loop
async def test_channel_that_takes_no_tls(start_qemu: StartQemu, certificates: Certificates) -> None:
    machine = start_qemu(x509=certificates.folder, spice=["plaintext-channel=main"])
    tls = TLSSettings(ca_file=str(certificates.ca))
    with pytest.raises(LinkRefused, match="NEED_UNSECURED"):
        await check(Endpoint("localhost", tls_port=machine.tls_port, tls=tls))
    await check(Endpoint("localhost", machine.port, machine.tls_port, tls=tls))


@in_loop
async def test_both_ports_means_tls(machine: Qemu, certificates: Certificates) -> None:
    """Where there is a choice nobody can take the encryption away: the plain port is not asked."""
    with socket.create_server(("127.0.0.1", 0)) as trap:
        came = threading.Event()

        def accept() -> None:
            try:
                trap.accept()[0].close()
            except OSError:
                return
            came.set()

        thread = threading.Thread(target=accept)
        thread.start()
        tls = TLSSettings(ca_file=str(certificates.ca))
        port: int = trap.getsockname()[1]
        await check(Endpoint("localhost", port, machine.tls_port, tls=tls))
        trap.shutdown(socket.SHUT_RDWR)
        thread.join()
        assert not came.is_set()
