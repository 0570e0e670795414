"""Our client and QEMU over everything that is not plain TCP, and by connection files."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from caraway.client import connect
from caraway.errors import AuthError, ConnectError, TLSError
from caraway.net.endpoint import Endpoint, Proxy, TLSSettings, parse_uri
from caraway.net.vv import read_vv
from tests.in_loop import in_loop
from tests.interop.spice.certificates import Certificates
from tests.interop.spice.conftest import StartQemu
from tests.interop.spice.qemu import NAME, Qemu
from tests.interop.spice.tinyproxy import Tinyproxy

PASSWORD = "secret"


@pytest.fixture(scope="module")
def machine(certificates: Certificates, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Qemu]:
    """One that all tests here connect to, with a plain port and one for TLS."""
    place = tmp_path_factory.mktemp("q")
    with Qemu(place, password=PASSWORD, x509=certificates.folder) as started:
        yield started


async def check(where: str | Endpoint, password: str = PASSWORD) -> None:
    async with connect(where, password=password) as session:
        assert session.name == NAME
        assert len(session.ports) == 1


# Unix sockets


@in_loop
async def test_unix_socket(start_qemu: StartQemu) -> None:
    machine = start_qemu(on_unix=True, password=PASSWORD)
    await check(machine.uri)
    with pytest.raises(AuthError):
        await check(machine.uri, "wrong")
    machine.kill()
    with pytest.raises(ConnectError, match=r"cannot connect to '/.*spice\.sock'"):
        await check(machine.uri)


# WebSockets


@in_loop
async def test_websocket(machine: Qemu) -> None:
    await check(f"spice+ws://127.0.0.1:{machine.port}/")
    with pytest.raises(AuthError):
        await check(f"spice+ws://127.0.0.1:{machine.port}/", "wrong")


@in_loop
async def test_websocket_inside_tls(machine: Qemu, certificates: Certificates) -> None:
    where = parse_uri(f"spice+wss://localhost:{machine.tls_port}/any/path")
    await check(replace(where, tls=TLSSettings(ca_file=str(certificates.ca))))
    with pytest.raises(TLSError):
        await check(where)


@in_loop
async def test_websocket_through_a_proxy(machine: Qemu, proxy: StartProxy) -> None:
    where = parse_uri(f"spice+ws://127.0.0.1:{machine.port}/")
    await check(replace(where, proxy=Proxy("127.0.0.1", proxy().port)))


# Proxies

StartProxy = Callable[..., Tinyproxy]


@pytest.fixture
def proxy(place: Path) -> Iterator[StartProxy]:
    """Starts proxies, with lines of their configuration."""
    with ExitStack() as proxies:

        def start(*settings: str) -> Tinyproxy:
            return proxies.enter_context(Tinyproxy(place / "proxy", *settings))

        yield start


@in_loop
async def test_proxy(machine: Qemu, certificates: Certificates, proxy: StartProxy) -> None:
    started = proxy()
    through = Proxy("127.0.0.1", started.port)
    await check(Endpoint("127.0.0.1", machine.port, proxy=through))
    # One tunnel for each channel.
    assert started.log.count(f"CONNECT 127.0.0.1:{machine.port} HTTP/1.1") == 2
    tls = TLSSettings(ca_file=str(certificates.ca))
    await check(Endpoint("localhost", tls_port=machine.tls_port, proxy=through, tls=tls))
    with pytest.raises(TLSError, match=r"not made out for '127\.0\.0\.1'"):
        await check(Endpoint("127.0.0.1", tls_port=machine.tls_port, proxy=through, tls=tls))


@in_loop
async def test_proxy_with_a_password(machine: Qemu, proxy: StartProxy) -> None:
    port = proxy("BasicAuth caraway secret").port
    where = Endpoint("127.0.0.1", machine.port)
    await check(replace(where, proxy=Proxy("127.0.0.1", port, "caraway", "secret")))
    # tinyproxy asks by 407 whom it does not know, and says 401 to a wrong password.
    with pytest.raises(ConnectError, match="407"):
        await check(replace(where, proxy=Proxy("127.0.0.1", port)))
    with pytest.raises(ConnectError, match=r"40[17]"):
        await check(replace(where, proxy=Proxy("127.0.0.1", port, "caraway", "wrong")))


@in_loop
async def test_proxy_refuses(machine: Qemu, proxy: StartProxy) -> None:
    through = Proxy("127.0.0.1", proxy("ConnectPort 1").port)
    with pytest.raises(ConnectError, match="403") as caught:
        await check(Endpoint("127.0.0.1", machine.port, proxy=through))
    assert caught.value.hint is not None
    assert "administrator" in caught.value.hint


@in_loop
async def test_proxy_finds_nobody(start_qemu: StartQemu, proxy: StartProxy) -> None:
    machine = start_qemu()
    through = Proxy("127.0.0.1", proxy().port)
    machine.kill()
    with pytest.raises(ConnectError, match=r"does not open 127\.0\.0\.1.*50[0-4]"):
        await check(Endpoint("127.0.0.1", machine.port, proxy=through))


@in_loop
async def test_host_goes_to_the_proxy_as_it_is(proxy: StartProxy) -> None:
    """With Proxmox it is no host but a ticket with colons, which its proxy takes apart."""
    started = proxy()
    host = "pvespiceproxy:65a1b2c3:100:node::abcdef0123456789"
    with pytest.raises(ConnectError):
        await check(Endpoint(host, 61000, proxy=Proxy("127.0.0.1", started.port)))
    assert f"CONNECT {host}:61000 HTTP/1.1" in started.log


# Connection files


def file(machine: Qemu, certificates: Certificates, *lines: str) -> str:
    authority = certificates.ca.read_text().replace("\n", "\\n")
    head = ["[virt-viewer]", "type=spice", "host=localhost", "delete-this-file=1"]
    ports = [f"port={machine.port}", f"tls-port={machine.tls_port}"]
    rest = [f"password={PASSWORD}", f"ca={authority}", "title=Somewhere"]
    return "\n".join([*head, *ports, *rest, *lines, ""])


@in_loop
async def test_connection_file(machine: Qemu, certificates: Certificates) -> None:
    read = read_vv(file(machine, certificates))
    assert read.password is not None
    await check(read.endpoint(), read.password)


@in_loop
async def test_connection_file_with_subject_and_proxy(
    machine: Qemu, certificates: Certificates, proxy: StartProxy
) -> None:
    """As Proxmox hands them out: TLS alone, the server known by its subject."""
    started = proxy()
    lines = [f"host-subject={certificates.subject}", f"proxy=http://127.0.0.1:{started.port}"]
    text = file(machine, certificates, *lines).replace("host=localhost", "host=127.0.0.1")
    read = read_vv(text.replace(f"port={machine.port}\n", "", 1))
    assert read.password is not None
    await check(read.endpoint(), read.password)
    assert started.log.count(f"CONNECT 127.0.0.1:{machine.tls_port} HTTP/1.1") == 2
    wrong = read_vv(text.replace(certificates.subject, "CN=other"))
    with pytest.raises(TLSError, match="wanted is 'CN=other'"):
        await check(wrong.endpoint(), read.password)
