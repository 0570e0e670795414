"""A virtual machine that runs systemd, and our agent as a service in it."""

from __future__ import annotations

import asyncio
import base64
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from caraway.protocol.port import WEBDAV_PORT
from tests.interop.spice.guest import Image
from tests.interop.spice.python_guest import AGENT, PORT_ID
from tests.interop.spice.qemu import Qemu
from tests.interop.spice.systemd_guest import USER, USER_ID, add_systemd
from tests.interop.spice.webdav_guest import URL, Shell, serial
from tests.interop.spice.webdav_machine import Machine, sharing
from tests.patience import PATIENCE_S

UNIT = "caraway-agent.service"
DEVICE = f"/dev/virtio-ports/{WEBDAV_PORT}"
#: Where another controller of ports can be plugged in.
SLOT = "empty"
#: Where the port is.
_BUS = "ports.0"
#: How long it may take to boot, and how long anything else, on a busy machine.
_BOOT_S = 240.0
#: More than may be on its way.
_CONTENT = bytes(range(256)) * (4 << 10)
#: Of the journal, that are shown.
_LINES = 150


@dataclass(frozen=True)
class Service:
    """What systemd says of a service.

    Attributes:
        state: Such as ``active running``.
        process: Its number; 0 if it does not run.
        restarts: How often systemd has restarted it by itself.
        wanted_by: The units that have it started.
    """

    state: str
    process: int
    restarts: int
    wanted_by: str


@dataclass
class SystemdMachine(Machine):
    """The virtual machine, with the agent as a service of it or of who has logged in."""

    is_user: bool

    def by_user(self, command: str) -> str:
        """The command as who has logged in would run it."""
        return f"XDG_RUNTIME_DIR=/run/user/{USER_ID} su {USER} -c '{command}'"

    def systemctl(self, words: str) -> str:
        """The command, for the manager that has the service."""
        return self.by_user(f"systemctl --user {words}") if self.is_user else f"systemctl {words}"

    async def service(self) -> Service:
        """How the service is."""
        said = await self.check(self.systemctl(f"show {UNIT}"))
        values = dict(line.split("=", 1) for line in said.splitlines() if "=" in line)
        state = f"{values['ActiveState']} {values['SubState']}"
        wanted_by = values.get("WantedBy", "")
        return Service(state, int(values["MainPID"]), int(values["NRestarts"]), wanted_by)

    async def write(self, path: str, text: str) -> None:
        """Have a small file in the virtual machine."""
        encoded = base64.b64encode(text.encode()).decode()
        await self.check(f"echo {encoded} | base64 -d >{path}")

    async def until(self, command: str) -> None:
        """Wait until a command succeeds in the virtual machine.

        Raises:
            AssertionError: It did not in time; the text is what it said last.
        """
        deadline = time.monotonic() + PATIENCE_S
        while True:
            code, said = await self.run(command)
            if code == 0:
                return
            assert time.monotonic() < deadline, f"{command} ended with {code}: {said}"
            await asyncio.sleep(0.2)

    async def answered(self, *, patience_s: float = 2) -> None:
        """As in every machine, but not for ever: what is to answer may have ended."""
        await self.until(f'[ "$(curl -sf -m {patience_s:g} {URL}/small)" = small ]')

    async def started(self) -> Service:
        """Wait until the service runs."""
        await self.until(self.systemctl(f"is-active {UNIT}"))
        return await self.service()

    async def unplug(self) -> None:
        """Take the port out, and wait until udev has heard of it."""
        await asyncio.to_thread(self.qemu.qmp, "device_del", id=PORT_ID)
        await self.until(f"[ ! -L {DEVICE} ] && udevadm settle")

    async def plug(self, bus: str = _BUS) -> None:
        """Put the port in, and wait until udev has heard of it."""
        device = {"driver": "virtserialport", "chardev": "dav", "id": PORT_ID, "bus": bus}
        await asyncio.to_thread(self.qemu.qmp, "device_add", **device, name=WEBDAV_PORT)
        await self.until(f"[ -L {DEVICE} ] && udevadm settle")

    async def serves(self, folder: Path) -> None:
        """Share a folder, and read and write it there.

        Raises:
            AssertionError: It cannot be read or written.
        """
        (folder / "big").write_bytes(_CONTENT)
        async with sharing(self, folder):
            await self.check(f"curl -sf {URL}/big >/tmp/big && curl -sf -T /tmp/big {URL}/back")
        assert (folder / "back").read_bytes() == _CONTENT
        (folder / "back").unlink()

    async def set_up(self, words: str, *, by_user: bool = False) -> None:
        """Run a command of the agent, and all that it tells to run.

        Args:
            words: Such as ``install``.
            by_user: As who has logged in.
        """
        command = f"python3 {AGENT} {words}"
        await self._carry_out(await self.check(self.by_user(command) if by_user else command))

    async def _carry_out(self, said: str) -> None:
        """Run the commands that ``said`` tells to run, as whom it tells, and those that they tell.

        Raises:
            AssertionError: One of them failed.
        """
        is_by_user = False
        for line in said.splitlines():
            if not line.startswith("  "):
                is_by_user = "as yourself" in line
                continue
            command = self.by_user(line.strip()) if is_by_user else line.strip()
            await self._carry_out(await self.check(command))


@contextmanager
def booted_with_systemd(
    image: Image, installed: Path, *, is_user: bool = False
) -> Iterator[SystemdMachine]:
    """A virtual machine that runs systemd, with the port, and room for another of its controllers.

    Args:
        image: What boots.
        installed: As for :func:`add_systemd`.
        is_user: The agent in it is a service of who has logged in.
    """
    with TemporaryDirectory(prefix="caraway-") as name:
        place = Path(name)
        options = [
            *("-m", "1024"),
            *("-device", f"pcie-root-port,id={SLOT}"),
            *("-device", "virtio-serial-pci,id=ports"),
            *("-chardev", f"spiceport,id=dav,name={WEBDAV_PORT}"),
            *("-device", f"virtserialport,chardev=dav,id={PORT_ID},bus={_BUS},name={WEBDAV_PORT}"),
            *serial(place / "serial"),
            *add_systemd(image, place, installed).options,
        ]
        with Qemu(place / "qemu", options=options) as qemu:
            shell = Shell(place / "serial", boot_s=_BOOT_S)
            try:
                code, state = shell.run("systemctl is-system-running --wait", timeout_s=_BOOT_S)
                failed = shell.run("systemctl --failed --plain --no-legend")[1]
                assert code == 0, f"systemd says {state}: {failed}"
                yield SystemdMachine(qemu, shell, is_user)
                # Shown by pytest when a test has failed.
                print(shell.run(f"journalctl -b -o short-monotonic | tail -n {_LINES}")[1])
            finally:
                shell.close()
