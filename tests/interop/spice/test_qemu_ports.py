"""Our client and the ports of QEMU: a monitor, a shell, a device in the guest."""

from __future__ import annotations

import asyncio
import hashlib
import json
from typing import Any

import pytest

from caraway.client import Port, PortAdded, Session, connect
from caraway.errors import ClosedError
from tests.in_loop import in_loop, until
from tests.interop.spice.conftest import StartQemu
from tests.interop.spice.guest import Image
from tests.interop.spice.qemu import MONITOR, NAME, Qemu
from tests.patience import PATIENCE_S

SHELL = "org.example.shell.0"
DEVICE = "org.example.device.0"
PROMPT = b"guest# "


class Monitor:
    """QEMU's monitor on a port."""

    def __init__(self, port: Port) -> None:
        self._port = port
        self._received = b""

    async def message(self) -> dict[str, Any]:
        while b"\n" not in self._received:
            data = await self._port.read()
            assert data, "the monitor was closed"
            self._received += data
        line, _, self._received = self._received.partition(b"\n")
        parsed: dict[str, Any] = json.loads(line)
        return parsed

    async def tell(self, command: str, **arguments: object) -> None:
        request = {"execute": command, "arguments": arguments}
        self._port.write(json.dumps(request).encode() + b"\n")
        await self._port.drain()

    async def ask(self, command: str, **arguments: object) -> Any:
        await self.tell(command, **arguments)
        while "event" in (answer := await self.message()):
            continue
        return answer["return"]


@in_loop
async def test_monitor_on_a_port(start_qemu: StartQemu) -> None:
    machine = start_qemu()
    async with connect(machine.uri) as session:
        monitor = Monitor(await session.wait_port(MONITOR))
        assert (await monitor.message())["QMP"]["version"]["qemu"]["major"] >= 5
        await monitor.ask("qmp_capabilities")
        assert await monitor.ask("query-name") == {"name": NAME}
        spice = await monitor.ask("query-spice")
        assert sorted(each["channel-type"] for each in spice["channels"]) == [1, 10]


@in_loop
async def test_long_answer_of_the_monitor(start_qemu: StartQemu) -> None:
    """QEMU 7.2 sends 131,136 bytes of an answer and the rest with its next one.

    spice-gtk has to wait for that as we have. It is one answer all the same.
    """
    machine = start_qemu()
    async with connect(machine.uri) as session:
        monitor = Monitor(session.port(MONITOR))
        await monitor.message()
        await monitor.ask("qmp_capabilities")
        await monitor.tell("query-qmp-schema")
        schema = await monitor.ask("query-name")
        assert len(json.dumps(schema)) > 131_136
        assert (await monitor.message())["return"] == {"name": NAME}


@in_loop
async def test_machine_that_is_paused(start_qemu: StartQemu) -> None:
    """Ports go on, so that a monitor on one can let the machine run again."""
    machine = start_qemu()
    machine.qmp("stop")
    async with connect(machine.uri) as session:
        monitor = Monitor(session.port(MONITOR))
        await monitor.message()
        await monitor.ask("qmp_capabilities")
        assert (await monitor.ask("query-status"))["status"] == "paused"
        await monitor.ask("cont")
        assert (await monitor.ask("query-status"))["running"]


@in_loop
async def test_monitor_of_the_next_session(start_qemu: StartQemu) -> None:
    """QEMU greets once for each opening of the port, which a new client is."""
    machine = start_qemu()
    for _ in range(3):
        async with connect(machine.uri) as session:
            monitor = Monitor(session.port(MONITOR))
            assert "QMP" in await monitor.message()


@in_loop
async def test_many_ports(start_qemu: StartQemu) -> None:
    options = []
    for number in range(8):
        options += ["-chardev", f"spiceport,id=p{number},name=org.example.{number}"]
    options += ["-device", "virtio-serial-pci"]
    for number in range(8):
        options += ["-device", f"virtserialport,chardev=p{number},name=org.example.{number}"]
    machine = start_qemu(options=options)
    async with connect(machine.uri) as session:
        names = {port.name for port in session.ports.values()}
        assert names == {MONITOR, *(f"org.example.{number}" for number in range(8))}
        # Nobody in the machine has opened those.
        assert [port.name for port in session.ports.values() if port.is_open] == [MONITOR]
        with pytest.raises(ClosedError):
            session.port("org.example.0").write(b"nobody reads this")
        with pytest.raises(ClosedError, match=r"no port 'org\.example\.9'"):
            session.port("org.example.9")


@in_loop
async def test_port_that_is_plugged_in_later(start_qemu: StartQemu) -> None:
    machine = start_qemu(options=["-device", "virtio-serial-pci"])
    async with connect(machine.uri) as session:
        backend = {"type": "spiceport", "data": {"fqdn": DEVICE}}
        machine.qmp("chardev-add", id="late", backend=backend)
        machine.qmp("device_add", driver="virtserialport", chardev="late", name=DEVICE, id="d")
        port = await session.wait_port(DEVICE)
        assert not port.is_open
        events = [await session.next_event()]
        while not isinstance(events[-1], PortAdded) or events[-1].name != DEVICE:
            events.append(await session.next_event())


# With a guest


class Shell:
    """The shell on the guest's serial line."""

    def __init__(self, port: Port) -> None:
        self._port = port

    async def run(self, command: str) -> str:
        """What a command says."""
        # The terminal shows what is typed, and asks where its cursor is.
        typed = f"echo begin-$((6 * 7)); {command}; echo end-$((6 * 7))\n"
        self._port.write(typed.encode())
        await self._port.drain()
        said = b""
        while b"end-42\r\n" not in said:
            data = await self._port.read()
            assert data, f"the shell was closed; it has said {said!r}"
            said += data
        _, _, said = said.partition(b"begin-42\r\n")
        return said.partition(b"end-42\r\n")[0].decode().replace("\r\n", "\n")


def boot(start_qemu: StartQemu, image: Image) -> Qemu:
    return start_qemu(
        options=[
            *image.options,
            *("-chardev", f"spiceport,id=shell,name={SHELL}", "-serial", "chardev:shell"),
            *("-device", "virtio-serial-pci", "-chardev", f"spiceport,id=device,name={DEVICE}"),
            *("-device", f"virtserialport,chardev=device,name={DEVICE}"),
        ]
    )


async def enter(session: Session) -> Shell:
    """Wait until the guest has booted."""
    port = session.port(SHELL)
    said = b""
    while PROMPT not in said:
        # What was said before we came, or typed before the shell was there, is lost.
        port.write(b"\n")
        try:
            said += await asyncio.wait_for(port.read(), 0.5)
        except TimeoutError:
            continue
    return Shell(port)


def is_open_in_guest(machine: Qemu, chardev: str) -> bool:
    """Whether a program in the guest has opened a port, which only QEMU tells when no client is."""
    listed = machine.qmp("query-chardev")
    return any(each["label"] == chardev and each["frontend-open"] for each in listed)


@in_loop
async def test_shell_and_device_in_the_guest(start_qemu: StartQemu, image: Image) -> None:
    machine = boot(start_qemu, image)
    async with connect(machine.uri) as session:
        shell = await enter(session)
        assert await shell.run("uname") == "Linux\n"

        # The guest opens and closes the device: we are told each time.
        device = session.port(DEVICE)
        assert not device.is_open
        changes: list[bool] = []
        device.on_change = lambda: changes.append(device.is_open)
        await shell.run(f"exec 3<>/dev/virtio-ports/{DEVICE}")
        await asyncio.wait_for(device.wait_open(), PATIENCE_S)
        await shell.run("exec 3>&-")
        await until(lambda: changes == [True, False], "the port was not closed")

        # The device's closing is read, too: what follows is another opening.
        assert await device.read() == b""

        # Both ways, more than fits into any buffer on the way.
        await shell.run(f"(cat </dev/virtio-ports/{DEVICE} >/got &)")
        await asyncio.wait_for(device.wait_open(), PATIENCE_S)
        data = bytes(range(256)) * 4096
        for start in range(0, len(data), 1 << 16):
            device.write(data[start : start + (1 << 16)])
            await device.drain()
        # What is still on its way when a client goes is lost.
        async with asyncio.timeout(20):
            while await shell.run("wc -c </got") != f"{len(data)}\n":
                continue
        assert is_open_in_guest(machine, "device")
    # The guest sees an end of file when the client goes; until then it reads on. It may not see
    # it if the next client comes first.
    await until(lambda: not is_open_in_guest(machine, "device"), "the guest has seen no end")
    async with connect(machine.uri) as session:
        shell = await enter(session)
        assert hashlib.md5(data).hexdigest() in await shell.run("md5sum </got")
        device = session.port(DEVICE)
        assert not device.is_open
        zeros = f"dd if=/dev/zero of=/dev/virtio-ports/{DEVICE} bs=64k count=32"
        await shell.run(f"({zeros} 2>/dev/null &)")
        await asyncio.wait_for(device.wait_open(), PATIENCE_S)
        received = 0
        while piece := await device.read():
            assert not any(piece)
            received += len(piece)
        assert received == 32 << 16
        # A break on the serial line is for the guest's kernel; the port goes on.
        session.port(SHELL).send_break()
        assert await shell.run("echo still here") == "still here\n"
