"""Our agent as a service of who sits at the machine, with a real systemd, logind and udev."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from caraway.agent.install import install
from tests.in_loop import in_loop
from tests.interop.spice.guest import Image
from tests.interop.spice.python_guest import AGENT
from tests.interop.spice.systemd_guest import STRANGER, USER
from tests.interop.spice.systemd_machine import (
    DEVICE,
    UNIT,
    SystemdMachine,
    booted_with_systemd,
)

PROGRAM = f"python3 {AGENT}"
REMAINS = "find /etc /home -name '*caraway*'"


@pytest.fixture(scope="module")
def machine(image: Image, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SystemdMachine]:
    root = tmp_path_factory.mktemp("root")
    (root / "usr/lib/systemd").mkdir(parents=True)
    said = install(is_user=True, root=root, command=["/usr/bin/python3", AGENT])
    # Here: there is no other system yet.
    subprocess.run(said[-1].split(), check=True)
    with booted_with_systemd(image, root, is_user=True) as machine:
        yield machine


@in_loop
async def test_it_starts_with_the_session(machine: SystemdMachine, tmp_path: Path) -> None:
    service = await machine.started()
    await machine.serves(tmp_path)
    assert await machine.service() == service
    assert service.restarts == 0
    owner = await machine.check(f"stat -c %U /proc/{service.process} $(readlink -f {DEVICE})")
    assert owner.split() == [USER, "root"]
    open_it = f"exec 3<>{DEVICE}"
    code, said = await machine.run(f"su {STRANGER} -c '{open_it}'")
    assert (code != 0, "Permission denied" in said) == (True, True), said


@in_loop
async def test_a_port_that_goes_and_comes_back(machine: SystemdMachine, tmp_path: Path) -> None:
    before = await machine.started()
    await machine.serves(tmp_path)
    await machine.unplug()
    await machine.plug()
    await machine.serves(tmp_path)
    assert (await machine.service()).process == before.process


@pytest.mark.long
@in_loop
async def test_who_does_not_sit_there(machine: SystemdMachine, tmp_path: Path) -> None:
    """The service of another user tries again and again, not too often, and disturbs nobody."""
    before = await machine.started()
    manager = f"user@$(id -u {STRANGER})"
    fields = "-p SubState -p ExecMainStatus -p RestartUSec"
    ask = f"su {STRANGER} -c 'systemctl --user show {fields} {UNIT}'"
    ask = f"XDG_RUNTIME_DIR=/run/user/$(id -u {STRANGER}) {ask}"
    await machine.check(f"systemctl start {manager}")
    await machine.until(f"{ask} | grep SubState=auto-restart")
    said = await machine.check(ask)
    assert set(said.split()) == {"SubState=auto-restart", "ExecMainStatus=30", "RestartUSec=30s"}
    await machine.serves(tmp_path)
    assert await machine.service() == before
    await machine.check(f"systemctl stop {manager}")


@pytest.mark.long
@in_loop
async def test_who_logs_out_and_in(machine: SystemdMachine, tmp_path: Path) -> None:
    before = await machine.started()
    await machine.check(f"loginctl terminate-user {USER}")
    await machine.until(f"[ ! -d /proc/{before.process} ]")
    # Somebody sits at the machine again, at once.
    await machine.until(machine.systemctl("is-active default.target"))
    after = await machine.started()
    assert (after.process != before.process, after.restarts) == (True, 0)
    await machine.serves(tmp_path)


@pytest.mark.long
@in_loop
async def test_root_uninstalls_and_installs(machine: SystemdMachine, tmp_path: Path) -> None:
    await machine.started()
    await machine.set_up("uninstall --user")
    assert (await machine.service()).state == "inactive dead"
    assert await machine.check(REMAINS) == ""
    await machine.set_up("install --user")
    await machine.started()
    await machine.serves(tmp_path)


@pytest.mark.long
@in_loop
async def test_a_user_installs_and_uninstalls(machine: SystemdMachine, tmp_path: Path) -> None:
    """Root does its part as it is printed."""
    await machine.started()
    await machine.set_up("uninstall --user")
    # What the user has enabled.
    await machine.check(machine.by_user(f"{PROGRAM} uninstall --user"))
    assert await machine.check(REMAINS) == ""
    await machine.set_up("install --user", by_user=True)
    await machine.started()
    await machine.serves(tmp_path)
    await machine.set_up("uninstall --user", by_user=True)
    assert (await machine.service()).state == "inactive dead"
    await machine.check(f"{PROGRAM} uninstall --user")
    assert await machine.check(REMAINS) == ""
