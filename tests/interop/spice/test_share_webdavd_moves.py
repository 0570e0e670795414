"""A machine moves to another QEMU while a folder is shared into it."""

from __future__ import annotations

import asyncio
import hashlib
import os
from pathlib import Path

from caraway.client import Switched
from tests.in_loop import in_loop, until
from tests.interop.spice.conftest import StartQemu
from tests.interop.spice.guest import Image
from tests.interop.spice.webdav_guest import URL, Shell
from tests.interop.spice.webdav_machine import Machine, machine_options, sharing

CONTENT = os.urandom(4 << 20)
DIGEST = hashlib.sha256(CONTENT).hexdigest()


@in_loop
async def test_the_folder_goes_along(
    start_qemu: StartQemu, image: Image, place: Path, tmp_path: Path
) -> None:
    (tmp_path / "big").write_bytes(CONTENT)
    gate = place / "gate.sock"
    here, there = place / "here", place / "there"
    here.mkdir()
    there.mkdir()
    source = start_qemu(options=machine_options(image, here))
    arriving = ["-incoming", f"unix:{gate}"]
    target = start_qemu(options=[*machine_options(image, there), *arriving])
    machine = Machine(source, await asyncio.to_thread(Shell, here / "serial"))
    async with sharing(machine, tmp_path) as shared:
        where = {"protocol": "spice", "hostname": "127.0.0.1", "port": target.port}
        await asyncio.to_thread(source.qmp, "client_migrate_info", **where)
        source.qmp("migrate", uri=f"unix:{gate}")
        async for event in shared.session.events():
            if isinstance(event, Switched):
                break
        await until(lambda: target.qmp("query-status")["running"], "it does not run there")
        machine.shell.close()
        source.kill()
        moved = Machine(target, await asyncio.to_thread(Shell, there / "serial"))
        await moved.answered()
        said = await moved.check(f"curl -sf {URL}/big | tee /tmp/big | sha256sum")
        assert said.split()[0] == DIGEST
        await moved.check(f"curl -sf -T /tmp/big {URL}/up")
        assert (tmp_path / "up").read_bytes() == CONTENT
        moved.shell.close()
