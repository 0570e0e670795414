"""A virtual machine that runs spice-webdavd, and folders shared into it."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from caraway.client import Session, connect
from caraway.client.port import Port
from caraway.protocol.port import WEBDAV_PORT
from caraway.share.host import FolderHost, serve
from caraway.webdav import Application, FolderStore, Policy
from tests.interop.spice.guest import Image
from tests.interop.spice.qemu import Qemu
from tests.interop.spice.webdav_guest import HTDOCS, LITMUS, URL, Shell, add_webdav, serial
from tests.interop.test_litmus import judge


@dataclass
class Machine:
    """The virtual machine."""

    qemu: Qemu
    shell: Shell

    async def run(self, command: str, *, timeout_s: float = 60) -> tuple[int, str]:
        """A command in it: its exit code, and what it said."""
        return await asyncio.to_thread(self.shell.run, command, timeout_s=timeout_s)

    async def check(self, command: str, *, timeout_s: float = 60) -> str:
        """What a command in it says, which must succeed."""
        code, said = await self.run(command, timeout_s=timeout_s)
        assert code == 0, f"{command} ended with {code}: {said}"
        return said

    async def answered(self, *, patience_s: float = 2) -> None:
        """Wait until the folder answers there; it must have a file called small.

        Args:
            patience_s: After how long without an answer it is asked anew.
        """
        # A connection that was taken before the port is open may never be answered.
        ask = f'[ "$(curl -sf -m {patience_s:g} {URL}/small)" = small ]'
        await self.check(f"until {ask}; do usleep 20000; done")

    async def exchange(self, folder: Path, content: bytes) -> None:
        """Read a file in it, and write it back in each way that curl has; all must be as it was.

        Args:
            folder: What is shared.
        """
        (folder / "big").write_bytes(content)
        read = await self.check(f"curl -sf {URL}/big >/tmp/big && sha256sum </tmp/big")
        assert read.split()[0] == hashlib.sha256(content).hexdigest()
        # curl asks by Expect: 100-continue whether it may send so much, if it is let.
        for name, options in (
            ("expected", "-T /tmp/big"),
            ("at-once", "-H Expect: -T /tmp/big"),
            ("in-chunks", "-H Expect: -T - </tmp/big"),
            ("expected-in-chunks", "-H 'Expect: 100-continue' -T - </tmp/big"),
        ):
            said = await self.check(f"curl -sf -w '%{{http_code}}' {options} {URL}/{name}")
            assert (name, said) == (name, "201")
            assert (folder / name).read_bytes() == content, name

    async def litmus(self) -> None:
        """All of litmus in it, which must find nothing wrong; see :func:`machine_options`."""
        said = ""
        for group in LITMUS:
            said += await self.check(f"cd /tmp && {group} --htdocs {HTDOCS} {URL}/")
        judge(said)


def machine_options(image: Image, place: Path, *, with_litmus: bool = False) -> list[str]:
    """QEMU's options for such a virtual machine; its serial line is at ``place / "serial"``."""
    return [
        *("-m", "512" if with_litmus else "256"),
        *("-device", "virtio-serial-pci"),
        *("-chardev", f"spiceport,id=dav,name={WEBDAV_PORT}"),
        *("-device", f"virtserialport,chardev=dav,name={WEBDAV_PORT}"),
        *serial(place / "serial"),
        *add_webdav(image, place, with_litmus=with_litmus).options,
    ]


@contextmanager
def booted(image: Image, *, with_litmus: bool = False, on_unix: bool = False) -> Iterator[Machine]:
    """One that runs; its SPICE server listens on TCP or on a Unix socket."""
    with TemporaryDirectory(prefix="caraway-") as name:
        place = Path(name)
        options = machine_options(image, place, with_litmus=with_litmus)
        with Qemu(place / "qemu", options=options, on_unix=on_unix) as qemu:
            shell = Shell(place / "serial")
            try:
                yield Machine(qemu, shell)
            finally:
                shell.close()


@dataclass
class Sharing:
    """A folder that is shared."""

    session: Session
    port: Port
    host: FolderHost
    #: When the port was opened or closed, of the loop's time, and which of them.
    changes: list[tuple[float, bool]]


@asynccontextmanager
async def sharing(machine: Machine, folder: Path) -> AsyncIterator[Sharing]:
    """Shares a folder that may be written to, into which it puts a file called small."""
    (folder / "small").write_bytes(b"small")
    store = FolderStore(folder)
    application = Application(store, Policy(read_only=False))
    changes: list[tuple[float, bool]] = []
    loop = asyncio.get_running_loop()
    async with connect(machine.qemu.uri) as session:
        port = await session.wait_port(WEBDAV_PORT)

        def changed() -> None:
            changes.append((loop.time(), port.is_open))

        host = serve(port, application, on_change=changed)
        try:
            await machine.answered()
            yield Sharing(session, port, host, changes)
        finally:
            host.close()
            store.close()
