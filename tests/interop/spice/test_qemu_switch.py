"""A virtual machine moves from one QEMU to another, and our client goes after it."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from caraway.client import Ended, Session, Switched, connect
from caraway.errors import AuthError, ConnectError, TLSError
from caraway.net.endpoint import Endpoint, TLSSettings
from tests.in_loop import in_loop, until
from tests.interop.spice.certificates import Certificates, make_certificates
from tests.interop.spice.conftest import StartQemu
from tests.interop.spice.qemu import MONITOR, NAME, Qemu
from tests.patience import PATIENCE_S

PASSWORD = "the same on both"


async def move(source: Qemu, target: Qemu, gate: Path, **where: object) -> None:
    """Move the virtual machine, and its clients to where they are told."""
    named = {"protocol": "spice", "hostname": "127.0.0.1", **where}
    # The answer comes when all clients have said that they are ready, or cannot be.
    await asyncio.to_thread(source.qmp, "client_migrate_info", **named)
    source.qmp("migrate", uri=f"unix:{gate}")
    await until(lambda: source.qmp("query-migrate")["status"] == "completed", "it did not move")
    await until(lambda: target.qmp("query-status")["running"], "it does not run there")


async def switched(session: Session) -> str:
    async for event in session.events():
        assert not isinstance(event, Ended), event
        if isinstance(event, Switched):
            return event.where
    raise AssertionError("there were no more events")


@in_loop
async def test_follows(start_qemu: StartQemu, place: Path) -> None:
    gate = place / "gate.sock"
    source = start_qemu(password=PASSWORD)
    target = start_qemu(password=PASSWORD, options=["-incoming", f"unix:{gate}"])
    async with connect(source.uri, password=PASSWORD) as session:
        port = session.port(MONITOR)
        assert b"QMP" in await port.read()
        await move(source, target, gate, port=target.port)
        assert await switched(session) == target.uri
        assert session.endpoint.port == target.port
        assert session.name == NAME
        # The same object goes on, on the new host.
        assert session.port(MONITOR) is port
        assert port.is_open
        # It was closed meanwhile: the monitor there is another one.
        assert await port.read() == b""
        assert b"QMP" in await port.read()
        assert sorted(target.channels()) == [(1, 0), (10, 0)]
        # What becomes of the old one is nothing to us any more.
        source.kill()
        port.write(b'{"execute": "qmp_capabilities"}\n')
        assert b"return" in await port.read()
        assert not session.is_over


@in_loop
async def test_follows_by_tls_and_checks_the_subject(
    start_qemu: StartQemu, place: Path, certificates: Certificates
) -> None:
    gate = place / "gate.sock"
    source = start_qemu(x509=certificates.folder, tls_only=True)
    target = start_qemu(
        x509=certificates.folder, tls_only=True, options=["-incoming", f"unix:{gate}"]
    )
    tls = TLSSettings(ca_file=str(certificates.ca))
    async with connect(Endpoint("localhost", tls_port=source.tls_port, tls=tls)) as session:
        subject = {"cert-subject": certificates.subject, "tls-port": target.tls_port}
        await move(source, target, gate, **subject)
        assert str(target.tls_port) in await switched(session)
        assert session.endpoint.tls.host_subject == certificates.subject
        assert session.endpoint.port is None


@in_loop
async def test_another_answers_on_the_new_host(
    start_qemu: StartQemu, place: Path, certificates: Certificates
) -> None:
    """A certificate of the right authority, but not of the host that was announced."""
    gate = place / "gate.sock"
    source = start_qemu(x509=certificates.folder, tls_only=True)
    other = make_certificates(place / "other", host="elsewhere")
    target = start_qemu(x509=other.folder, tls_only=True, options=["-incoming", f"unix:{gate}"])
    both = place / "both.pem"
    both.write_text(certificates.ca.read_text() + other.ca.read_text())
    tls = TLSSettings(ca_file=str(both))
    async with connect(Endpoint("localhost", tls_port=source.tls_port, tls=tls)) as session:
        subject = {"cert-subject": certificates.subject, "tls-port": target.tls_port}
        await move(source, target, gate, **subject)
        reason = await asyncio.wait_for(session.wait_ended(), PATIENCE_S)
        assert isinstance(reason, TLSError)
        assert "wanted is 'O=caraway,CN=localhost'" in str(reason)


@in_loop
async def test_new_host_has_another_password(start_qemu: StartQemu, place: Path) -> None:
    gate = place / "gate.sock"
    source = start_qemu(password=PASSWORD)
    target = start_qemu(password="another", options=["-incoming", f"unix:{gate}"])
    async with connect(source.uri, password=PASSWORD) as session:
        await move(source, target, gate, port=target.port)
        assert isinstance(await asyncio.wait_for(session.wait_ended(), PATIENCE_S), AuthError)
        with pytest.raises(AuthError):
            session.port(MONITOR).write(b"x")


@in_loop
async def test_nobody_is_on_the_new_host(start_qemu: StartQemu, place: Path) -> None:
    gate = place / "gate.sock"
    source = start_qemu()
    target = start_qemu(options=["-incoming", f"unix:{gate}"])
    elsewhere = start_qemu()
    elsewhere.kill()
    async with connect(source.uri) as session:
        await move(source, target, gate, port=elsewhere.port)
        reason = await asyncio.wait_for(session.wait_ended(), PATIENCE_S)
        assert isinstance(reason, ConnectError)
        assert str(elsewhere.port) in str(reason)
