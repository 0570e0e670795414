"""What docs/virtual-machines.md says of libvirt, done with libvirt."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.in_loop import in_loop
from tests.interop.spice.guest import Image
from tests.interop.spice.libvirt import Virsh
from tests.interop.spice.share_command import ShareCommand
from tests.interop.spice.webdav_guest import URL, Shell, add_webdav

GUIDE = Path(__file__).parents[3] / "docs/virtual-machines.md"
PASSWORD = "pepper"


@pytest.fixture
def virsh(place: Path) -> Iterator[Virsh]:
    with Virsh(place) as started:
        yield started


def documented() -> ElementTree.Element:
    """What the guide has users put within ``<devices>``."""
    [block] = re.findall(r"```xml\n(.*?)```", GUIDE.read_text(), re.DOTALL)
    return ElementTree.fromstring(f"<devices>{block}</devices>")


def domain(image: Image, place: Path, devices: ElementTree.Element) -> Path:
    """The description of a virtual machine that has these devices and a serial line."""
    serial = ElementTree.fromstring(
        f"<serial type='unix'><source mode='bind' path='{place}/serial'/></serial>"
    )
    devices.append(serial)
    made = add_webdav(image, place)
    machine = ElementTree.fromstring(
        f"""
        <domain type='qemu'>
          <name>guest</name><memory unit='MiB'>256</memory>
          <os>
            <type arch='x86_64' machine='q35'>hvm</type>
            <kernel>{made.kernel}</kernel><initrd>{made.initramfs}</initrd>
            <cmdline>{made.command_line}</cmdline>
          </os>
          <features><acpi/></features>
        </domain>
        """
    )
    machine.append(devices)
    path = place / "guest.xml"
    ElementTree.ElementTree(machine).write(path)
    return path


async def check_shared(virsh: Virsh, place: Path, *options: object) -> None:
    """Share a folder as the guide says, and write into it from the virtual machine."""
    folder = place / "folder"
    folder.mkdir()
    uri = virsh.run("domdisplay --type spice guest")
    shell = await asyncio.to_thread(Shell, place / "serial")
    async with ShareCommand(place, "--to", uri, "--write", *options, folder) as share:
        await share.event("shared")
        write = f"until echo written | curl -sf -m 2 -T - {URL}/file; do usleep 50000; done"
        assert await asyncio.to_thread(shell.run, write) == (0, "")
    assert (folder / "file").read_text() == "written\n"
    shell.close()


@in_loop
async def test_a_machine_that_is_described_so(virsh: Virsh, image: Image, place: Path) -> None:
    virsh.run(f"define {domain(image, place, documented())}")
    virsh.run("start guest")
    await check_shared(virsh, place)


@in_loop
async def test_a_channel_that_is_attached(virsh: Virsh, image: Image, place: Path) -> None:
    """To a machine that has a password."""
    devices = documented()
    [channel] = devices.findall("channel")
    [graphics] = devices.findall("graphics")
    devices.remove(channel)
    graphics.set("passwd", PASSWORD)
    virsh.run(f"define {domain(image, place, devices)}")
    ElementTree.ElementTree(channel).write(place / "channel.xml")
    virsh.run(f"attach-device guest {place}/channel.xml --config")
    virsh.run("start guest")
    (place / "password").write_text(PASSWORD)
    await check_shared(virsh, place, "--password-file", place / "password")
