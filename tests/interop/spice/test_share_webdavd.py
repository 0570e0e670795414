"""A folder through QEMU, spice-server and spice-webdavd, to curl in the virtual machine."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from caraway.client import connect
from caraway.protocol.port import WEBDAV_PORT
from caraway.share.host import FolderHost, serve
from caraway.webdav import Application, FolderStore, Policy
from tests.interop.spice.guest import Image
from tests.interop.spice.in_loop import in_loop
from tests.interop.spice.qemu import Qemu
from tests.interop.spice.webdav_guest import URL, Shell, add_webdav, serial

#: Some times what may be on its way.
CONTENT = bytes(range(256)) * (32 << 10)
DIGEST = hashlib.sha256(CONTENT).hexdigest()


@dataclass
class Machine:
    """A virtual machine that runs spice-webdavd."""

    qemu: Qemu
    shell: Shell

    async def run(self, command: str) -> tuple[int, str]:
        """A command in it: its exit code, and what it said."""
        return await asyncio.to_thread(self.shell.run, command)

    async def answered(self) -> None:
        """Wait until the folder answers there."""
        while await self.run(f"curl -sf -m 5 {URL}/small") != (0, "small"):
            await asyncio.sleep(0.1)


@pytest.fixture(scope="module")
def machine(image: Image) -> Iterator[Machine]:
    with TemporaryDirectory(prefix="caraway-") as name:
        place = Path(name)
        options = [
            *("-machine", "q35", "-cpu", "max", "-m", "256"),
            *("-device", "virtio-serial-pci"),
            *("-chardev", f"spiceport,id=dav,name={WEBDAV_PORT}"),
            *("-device", f"virtserialport,chardev=dav,name={WEBDAV_PORT}"),
            *serial(place / "serial"),
            *add_webdav(image, place).options,
        ]
        with Qemu(place / "qemu", options=options) as qemu:
            shell = Shell(place / "serial")
            yield Machine(qemu, shell)
            shell.close()


@asynccontextmanager
async def sharing(machine: Machine, folder: Path) -> AsyncIterator[FolderHost]:
    """Shares a folder with two files."""
    (folder / "big").write_bytes(CONTENT)
    (folder / "small").write_bytes(b"small")
    policy = Policy(read_only=False)
    application = Application(FolderStore(folder), policy)
    async with connect(machine.qemu.uri) as session:
        host = serve(await session.wait_port(WEBDAV_PORT), application)
        try:
            await machine.answered()
            yield host
        finally:
            host.close()


@in_loop
async def test_read_and_write(machine: Machine, tmp_path: Path) -> None:
    run = machine.run
    async with sharing(machine, tmp_path) as host:
        code, said = await run(f"curl -sf {URL}/big >/tmp/big && sha256sum </tmp/big")
        assert (code, said.split()[0]) == (0, DIGEST)
        # With Expect: 100-continue, as curl does.
        code, said = await run(f"curl -sf -w '%{{http_code}}' -T /tmp/big {URL}/up")
        assert (code, said) == (0, "201")
        assert hashlib.sha256((tmp_path / "up").read_bytes()).hexdigest() == DIGEST
        code, said = await run(f"curl -s -w '%{{http_code}}' -o /dev/null {URL}/nothing")
        assert (code, said) == (0, "404")
        assert not host.takes_credits


@in_loop
async def test_numbers_that_come_again_after_killed_reads(machine: Machine, tmp_path: Path) -> None:
    async with sharing(machine, tmp_path):
        spoilt = 0
        for _ in range(10):
            await machine.run(f"curl -s -o /dev/null {URL}/big & usleep 50000; kill -9 $!")
            spoilt += await machine.run(f"curl -sf -m 20 {URL}/small") != (0, "small")
        assert spoilt <= 1


@in_loop
@pytest.mark.parametrize("signal", ["TERM", "KILL"])
async def test_the_agent_restarts_in_the_middle_of_an_answer(
    signal: str, machine: Machine, tmp_path: Path
) -> None:
    async with sharing(machine, tmp_path):
        await machine.run(
            f"curl -s -o /dev/null {URL}/big & usleep 100000; killall -{signal} spice-webdavd"
        )
        await machine.run("killall -9 curl; sh /begin-webdav")
        await machine.answered()
        code, said = await machine.run(f"curl -sf {URL}/big | sha256sum")
        assert (code, said.split()[0]) == (0, DIGEST)
