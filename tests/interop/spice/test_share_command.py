"""``caraway share`` with QEMU and spice-webdavd, as people type it."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from caraway.client import connect
from caraway.protocol.port import WEBDAV_PORT
from tests.in_loop import in_loop
from tests.interop.spice.conftest import StartQemu
from tests.interop.spice.guest import Image
from tests.interop.spice.qemu import Qemu
from tests.interop.spice.share_command import ShareCommand
from tests.interop.spice.test_qemu_switch import move
from tests.interop.spice.webdav_guest import URL
from tests.interop.spice.webdav_machine import Machine, booted
from tests.patience import PATIENCE_S

#: Some times what may be on its way.
CONTENT = bytes(range(256)) * (32 << 10)
DIGEST = hashlib.sha256(CONTENT).hexdigest()
#: A port that nobody in the virtual machine opens; there is no virtual machine.
PORT_ALONE = ["-chardev", f"spiceport,id=dav,name={WEBDAV_PORT}"]


@pytest.fixture(scope="module")
def machine(image: Image) -> Iterator[Machine]:
    """One that runs spice-webdavd."""
    with booted(image) as started:
        yield started


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder to share."""
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "small").write_bytes(b"small")
    (folder / "big").write_bytes(CONTENT)
    return folder


async def digest(machine: Machine, command: str) -> str:
    """The checksum of what a command in the virtual machine says."""
    return (await machine.check(f"{command} | sha256sum")).split()[0]


@in_loop
async def test_list_read_and_write(machine: Machine, folder: Path, tmp_path: Path) -> None:
    async with ShareCommand(tmp_path, "--write", "--to", machine.qemu.uri, folder) as share:
        assert (await share.event("connected"))["server"] == machine.qemu.uri
        await share.event("shared")
        await machine.answered()
        listed = await machine.check(f"curl -sf -X PROPFIND -H 'Depth: 1' {URL}/")
        assert "href>/small<" in listed
        assert await digest(machine, f"curl -sf {URL}/big") == DIGEST
        await machine.check(f"curl -sf {URL}/big -o /tmp/big && curl -sf -T /tmp/big {URL}/up")
        assert hashlib.sha256((folder / "up").read_bytes()).hexdigest() == DIGEST
        assert (await share.event("request"))["peer"] == "guest"
        # Names of the virtual machine, and that of a page that was made to point here.
        ask = f"curl -s -o /dev/null -w '%{{http_code}}' {URL}/small -H"
        assert await machine.check(f"{ask} 'Host: guest.local:9843'") == "200"
        assert await machine.check(f"{ask} 'Host: evil.test'") == "421"
        share.interrupt()
        await share.event("stopped")
        assert await share.end() == 0


@in_loop
async def test_reading_only(machine: Machine, folder: Path, tmp_path: Path) -> None:
    async with ShareCommand(tmp_path, "--to", machine.qemu.uri, folder) as share:
        assert (await share.event("folder"))["write"] is False
        await machine.answered()
        ask = f"curl -s -o /dev/null -w '%{{http_code}}' -T /modules {URL}/new"
        assert await machine.check(ask) == "403"
        assert not (folder / "new").exists()


@in_loop
async def test_another_client_takes_over(machine: Machine, folder: Path, tmp_path: Path) -> None:
    async with ShareCommand(tmp_path, "--to", machine.qemu.uri, folder) as share:
        await share.event("shared")
        async with connect(machine.qemu.uri):
            assert await share.end() == 12
        assert "another client connected" in share.log
        assert "--insist takes the session back" in share.log


@in_loop
async def test_one_that_insists_takes_it_back(
    machine: Machine, folder: Path, tmp_path: Path
) -> None:
    async with ShareCommand(tmp_path, "--insist", "--to", machine.qemu.uri, folder) as share:
        await share.event("shared")
        async with connect(machine.qemu.uri) as other:
            assert "another client connected" in (await share.event("retrying"))["reason"]
            await share.event("shared")
            await asyncio.wait_for(other.wait_ended(), PATIENCE_S)
        await machine.answered()
        assert await digest(machine, f"curl -sf {URL}/big") == DIGEST


@in_loop
async def test_ctrl_c_in_the_middle_of_an_answer(
    machine: Machine, folder: Path, tmp_path: Path
) -> None:
    """What was under way comes whole, though the server still has much of it."""
    # More than all buffers on the way may hold.
    (folder / "big").write_bytes(CONTENT * 4)
    async with ShareCommand(tmp_path, "--to", machine.qemu.uri, folder) as share:
        await machine.answered()
        await machine.check(
            f"rm -f /tmp/got; (curl -sf --limit-rate 8M {URL}/big -o /tmp/got;"
            " echo $? >/tmp/code) &"
            " until [ -s /tmp/got ]; do usleep 20000; done"
        )
        share.interrupt()
        [transfer] = (await share.event("finishing"))["transfers"]
        assert transfer["target"] == "/big"
        assert transfer["size"] == 4 * len(CONTENT)
        assert await share.end() == 0
        # Nobody shares any more: what has not come by now will not come.
        await machine.check("until [ -s /tmp/code ]; do usleep 20000; done")
        assert await machine.check("cat /tmp/code") == "0\n"
        assert await digest(machine, "cat /tmp/got") == hashlib.sha256(CONTENT * 4).hexdigest()


@in_loop
async def test_a_second_ctrl_c(machine: Machine, folder: Path, tmp_path: Path) -> None:
    async with ShareCommand(tmp_path, "--write", "--to", machine.qemu.uri, folder) as share:
        await machine.answered()
        await machine.check(f"curl -sf {URL}/big -o /tmp/big")
        await machine.check(f"curl -s --limit-rate 100k -T /tmp/big {URL}/up >/tmp/said 2>&1 &")
        before = {"big", "small"}
        while {each.name for each in folder.iterdir()} == before:
            await asyncio.sleep(0.05)
        share.interrupt()
        assert (await share.event("finishing"))["transfers"][0]["method"] == "PUT"
        share.interrupt()
        await share.event("cancelled")
        assert await share.end() == 130
        # An upload that was cut off leaves no trace.
        assert {each.name for each in folder.iterdir()} == before


@in_loop
async def test_a_server_that_is_restarted(place: Path, folder: Path, tmp_path: Path) -> None:
    with Qemu(place / "q", on_unix=True, options=PORT_ALONE) as first:
        uri = first.uri
        share = ShareCommand(tmp_path, "--to", uri, folder)
        await share.__aenter__()
        try:
            await share.event("connected")
            assert (await share.event("waiting"))["for"] == "agent"
            first.kill()
            assert "is gone" in (await share.event("retrying"))["reason"]
            with Qemu(place / "q", on_unix=True, options=PORT_ALONE):
                await share.event("connected")
                await share.event("waiting")
                share.interrupt()
                assert await share.end() == 0
        finally:
            await share.__aexit__(None, None, None)


@in_loop
async def test_a_machine_that_moves(
    start_qemu: StartQemu, place: Path, folder: Path, tmp_path: Path
) -> None:
    gate = place / "gate.sock"
    source = start_qemu(options=PORT_ALONE)
    target = start_qemu(options=[*PORT_ALONE, "-incoming", f"unix:{gate}"])
    async with ShareCommand(tmp_path, "--to", source.uri, folder) as share:
        await share.event("waiting")
        await move(source, target, gate, port=target.port)
        assert (await share.event("moved"))["server"] == target.uri
        source.kill()
        # Another client there, and not where it was at first.
        async with connect(target.uri):
            assert await share.end() == 12
        assert target.uri in share.log


@in_loop
async def test_a_server_without_the_port(
    start_qemu: StartQemu, folder: Path, tmp_path: Path
) -> None:
    async with ShareCommand(tmp_path, "--to", start_qemu().uri, folder) as share:
        assert (await share.event("waiting"))["for"] == "port"


@in_loop
async def test_a_ticket_is_never_tried_again(
    start_qemu: StartQemu, folder: Path, tmp_path: Path
) -> None:
    qemu = start_qemu(password="once", options=PORT_ALONE)
    file = tmp_path / "vm.vv"
    lines = ("[virt-viewer]", "type=spice", "host=127.0.0.1", f"port={qemu.port}", "password=once")
    file.write_text("\n".join((*lines, "delete-this-file=1\n")))
    async with ShareCommand(tmp_path, "--insist", "--to", file, folder) as share:
        await share.event("waiting")
        assert not file.exists()
        async with connect(qemu.uri, password="once"):
            assert await share.end() == 12
        assert "get a new connection file" in share.log
