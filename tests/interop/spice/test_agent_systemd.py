"""Our agent as a service of a real systemd, which a real udev starts."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from caraway.agent.install import install
from tests.in_loop import in_loop
from tests.interop.spice.guest import Image
from tests.interop.spice.python_guest import AGENT
from tests.interop.spice.systemd_guest import RIVAL
from tests.interop.spice.systemd_machine import (
    DEVICE,
    SLOT,
    UNIT,
    SystemdMachine,
    booted_with_systemd,
)
from tests.interop.spice.webdav_guest import URL
from tests.interop.spice.webdav_machine import sharing

OPTIONS = "/etc/caraway-agent.conf"
PORTS = "--subsystem-match=virtio-ports"
TRIGGER = f"udevadm trigger --action=add {PORTS}"
#: Run by the agent; writes down what each command ends with.
ATTEMPTS = """
try() { sh -c "$2" >/dev/null 2>&1; echo $1 $? >>$RUNTIME_DIRECTORY/attempts; }
try folder "curl -sf $CARAWAY_URL/small"
try temporary "touch /tmp/here"
try settings "touch /etc/here"
try state "touch /var/lib/here"
try home "touch /home/alice/here"
try terminal "dd if=/dev/ttyS1 count=0"
try outside "curl -sf -m 5 http://192.0.2.1/attempts"
try chroot "chroot / true"
try executable "python3 -c 'import mmap; mmap.mmap(-1, 4096, prot=7)'"
try end true
"""


@pytest.fixture(scope="module")
def machine(image: Image, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SystemdMachine]:
    root = tmp_path_factory.mktemp("root")
    (root / "usr/lib/systemd").mkdir(parents=True)
    install(is_user=False, root=root, command=["/usr/bin/python3", AGENT])
    with booted_with_systemd(image, root) as machine:
        yield machine


@in_loop
async def test_udev_starts_it_with_the_machine(machine: SystemdMachine, tmp_path: Path) -> None:
    service = await machine.started()
    assert (service.state, service.restarts) == ("active running", 0)
    assert ".device" in service.wanted_by
    assert ".target" not in service.wanted_by
    links = await machine.check(f"udevadm info --query=symlink {DEVICE}")
    assert links == DEVICE.removeprefix("/dev/") + "\n"
    await machine.serves(tmp_path)
    assert await machine.service() == service
    # Neither systemd nor udev has found fault with what is installed.
    said = await machine.check("journalctl -b -p warning -o cat; echo")
    assert "caraway" not in said


@in_loop
async def test_a_port_that_comes_later(machine: SystemdMachine, tmp_path: Path) -> None:
    await machine.check(machine.systemctl(f"stop {UNIT}"))
    await machine.unplug()
    assert (await machine.service()).state == "inactive dead"
    await machine.plug()
    await machine.started()
    await machine.serves(tmp_path)


@in_loop
async def test_a_port_that_goes_and_comes_back(machine: SystemdMachine, tmp_path: Path) -> None:
    """It waits; nothing is started anew."""
    before = await machine.started()
    async with sharing(machine, tmp_path):
        await machine.check(f"curl -s {URL}/small >/dev/null")
        await machine.unplug()
    await machine.until(f"journalctl -b -u {UNIT} | grep 'is not there'")
    assert replace(await machine.service(), wanted_by=before.wanted_by) == before
    await machine.plug()
    await machine.serves(tmp_path)
    assert replace(await machine.service(), wanted_by=before.wanted_by) == before


@pytest.mark.long
@in_loop
async def test_a_port_of_another_controller(machine: SystemdMachine, tmp_path: Path) -> None:
    """It is of a kind that the kernel did not know when the sandbox was made."""
    before = await machine.started()
    await machine.serves(tmp_path)
    await machine.unplug()
    controller = {"driver": "virtio-serial-pci", "id": "later", "bus": SLOT}
    await asyncio.to_thread(machine.qemu.qmp, "device_add", **controller)
    try:
        await machine.plug("later.0")
        await machine.serves(tmp_path)
        after = await machine.service()
        assert after.process != before.process
        assert after.restarts == before.restarts + 1
    finally:
        await machine.unplug()
        await asyncio.to_thread(machine.qemu.qmp, "device_del", id="later")
        await machine.plug()


@pytest.mark.long
@in_loop
async def test_killed(machine: SystemdMachine, tmp_path: Path) -> None:
    before = await machine.started()
    async with sharing(machine, tmp_path):
        await machine.check(f"kill -9 {before.process}")
        await machine.until(f"[ ! -d /proc/{before.process} ]")
        after = await machine.started()
        assert after.process != before.process
        assert after.restarts == before.restarts + 1
        await machine.answered()
    await machine.serves(tmp_path)


@pytest.mark.long
@in_loop
async def test_what_it_may_do(machine: SystemdMachine, tmp_path: Path) -> None:
    """What it runs may do the same."""
    await machine.write("/opt/attempts", ATTEMPTS)
    await machine.write(OPTIONS, "CARAWAY_AGENT_OPTIONS=\"--on-open 'sh /opt/attempts'\"")
    await machine.check("ip address add 192.0.2.1/32 dev lo; httpd -p 192.0.2.1:80 -h /opt")
    await machine.check("curl -sf -o /dev/null http://192.0.2.1/attempts")
    await machine.check(f"systemctl restart {UNIT}")
    results = "/run/caraway-agent/attempts"
    async with sharing(machine, tmp_path):
        await machine.until(f"grep end {results}")
        said = await machine.check(f"cat {results}")
    await machine.check(f"killall httpd; rm {OPTIONS}; systemctl restart {UNIT}")
    assert dict(line.split() for line in said.splitlines()) == {
        "folder": "0",
        "temporary": "0",
        "settings": "1",
        "state": "1",
        "home": "1",
        "terminal": "1",
        "outside": "28",
        # Ended by SIGSYS.
        "chroot": "159",
        "executable": "1",
        "end": "0",
    }


@pytest.mark.long
@in_loop
async def test_uninstall_and_install(machine: SystemdMachine, tmp_path: Path) -> None:
    await machine.set_up("uninstall")
    assert (await machine.service()).state == "inactive dead"
    assert await machine.check("find /etc /run/systemd -name '*caraway*'") == ""
    await machine.unplug()
    await machine.plug()
    assert (await machine.service()).state == "inactive dead"
    await machine.set_up("install")
    await machine.started()
    await machine.serves(tmp_path)


@pytest.mark.long
@in_loop
async def test_beside_spice_webdavd(machine: SystemdMachine, tmp_path: Path) -> None:
    """Debian's rule has udev start that, and nothing else."""
    await machine.set_up("uninstall")
    await machine.check(f"cp -r {RIVAL}/. / && systemctl daemon-reload")
    await machine.check(f"udevadm control --reload && {TRIGGER}")
    rival_runs = "systemctl is-active spice-webdavd"
    await machine.until(rival_runs)
    try:
        await machine.set_up("install")
        await machine.started()
        await machine.serves(tmp_path)
        assert (await machine.run("systemctl is-active spice-webdavd"))[1] == "inactive\n"
        # As when the machine boots.
        await machine.check(f"systemctl stop {UNIT} && systemctl daemon-reload")
        await machine.check(f"udevadm trigger --action=remove {PORTS} && {TRIGGER}")
        await machine.started()
        await machine.set_up("uninstall")
        await machine.until(rival_runs)
    finally:
        await machine.check(
            f"systemctl stop spice-webdavd; cd / && rm $(cd {RIVAL}; find . -type f)"
        )
        await machine.set_up("install")
