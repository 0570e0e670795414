"""Whatever happens to our agent, its programs and its client: it goes on, and loses nothing."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from caraway.protocol.port import WEBDAV_PORT
from tests.in_loop import in_loop
from tests.interop.spice.guest import Image
from tests.interop.spice.python_guest import PORT_ID, START, booted_with_agent
from tests.interop.spice.share_process import ShareProcess
from tests.interop.spice.spicegtk import SpiceGtk
from tests.interop.spice.webdav_guest import URL
from tests.interop.spice.webdav_machine import Machine, sharing

#: Some times what may be on its way.
CONTENT = bytes(range(256)) * (16 << 10)
DIGEST = hashlib.sha256(CONTENT).hexdigest()
#: How long after the port was opened the folder may take to answer, besides what asking costs.
BACK_S = 2.0
#: Fails where it reads something else.
READ_BIG = f"curl -sf -m 50 {URL}/big | cmp - /tmp/big"
#: Gets what is long, unless it is there.
GET_MANY = f"[ -e /tmp/many ] || (curl -sf {URL}/many >/tmp/new && mv /tmp/new /tmp/many)"
#: Ends the agent, and waits until it has ended.
END = "killall -{} python3; while pidof python3 >/dev/null; do usleep 20000; done"


@pytest.fixture(scope="module")
def machine(image: Image) -> Iterator[Machine]:
    with booted_with_agent(image) as machine:
        yield machine


def fill(folder: Path) -> Path:
    """A folder with two files."""
    (folder / "big").write_bytes(CONTENT)
    (folder / "small").write_bytes(b"small")
    return folder


def clock() -> float:
    return asyncio.get_running_loop().time()


async def read_big(machine: Machine) -> None:
    """Read all of it, rightly; the first is kept, for digests take longer than all the rest."""
    kept = f"curl -sf -m 50 {URL}/big >/tmp/new && sha256sum </tmp/new | grep {DIGEST}"
    await machine.check(f"[ -e /tmp/big ] || ({kept} && mv /tmp/new /tmp/big)")
    assert await machine.check(f"{READ_BIG} && echo same") == "same\n"


@in_loop
@pytest.mark.parametrize("transfer", ["-o /dev/null", "-T /tmp/many"])
@pytest.mark.parametrize("signal", ["TERM", "KILL"])
async def test_the_agent_restarts_in_the_middle_of_a_transfer(
    signal: str, transfer: str, machine: Machine, tmp_path: Path
) -> None:
    (fill(tmp_path) / "many").write_bytes(CONTENT * 8)
    async with sharing(machine, tmp_path) as shared:
        await machine.check(GET_MANY)
        del shared.changes[:]
        moving = f"curl -s {transfer} {URL}/many & usleep 200000"
        await machine.run(f"{moving}; {END.format(signal)}; killall -9 curl")
        await machine.check(START)
        await machine.answered()
        took = clock() - shared.changes[-1][0]
        begun = clock()
        await machine.answered()
        asking = clock() - begun
        assert [is_open for _, is_open in shared.changes] == [False, True]
        print(f"answered {took:.2f} s after the port was opened, {asking:.2f} s when asked again")
        assert took < BACK_S + asking
        await read_big(machine)


@pytest.mark.long
@in_loop
@pytest.mark.parametrize("transfer", ["-o /dev/null", "-H Expect: -T /tmp/many"])
async def test_with_spicegtk_the_agent_comes_back(
    transfer: str, machine: Machine, place: Path
) -> None:
    """It begins to read in the middle of a frame then, and finds the next it understands."""
    folder = place / "shared"
    folder.mkdir()
    (fill(folder) / "many").write_bytes(CONTENT * 8)
    properties = {"host": "127.0.0.1", "port": str(machine.qemu.port), "shared_dir": str(folder)}
    async with SpiceGtk(place / "home", share_dir_ro=False, **properties) as peer:
        # Of a port that is open already when its channel comes, the peer may tell nothing.
        await machine.answered()
        await machine.check(GET_MANY)
        moving = f"curl -s {transfer} {URL}/many & usleep 200000"
        await machine.run(f"{moving}; {END.format('KILL')}; killall -9 curl")
        await machine.check(START)
        await peer.wait("port", name=WEBDAV_PORT, open=True)
        begun = clock()
        await machine.answered()
        print(f"with spice-gtk, answered {clock() - begun:.2f} s after the port was opened")
        await read_big(machine)


@pytest.mark.long
@in_loop
async def test_a_hundred_killed_reads_spoil_nothing(machine: Machine, tmp_path: Path) -> None:
    async with sharing(machine, fill(tmp_path)):
        round_ = (
            f"curl -s -o /dev/null {URL}/big & P=$!; usleep 30000; kill -9 $P;"
            f' [ "$(curl -sf -m 20 {URL}/small)" = small ] || bad=$((bad+1))'
        )
        for _ in range(10):
            bad = await machine.check(f"bad=0; for i in $(seq 10); do {round_}; done; echo $bad")
            assert bad == "0\n"


@in_loop
async def test_the_client_goes_and_comes(machine: Machine, tmp_path: Path) -> None:
    """In the middle of an answer, in order."""
    for _ in range(2):
        async with sharing(machine, fill(tmp_path)):
            await read_big(machine)
            await machine.check(f"curl -s {URL}/big >/dev/null & usleep 50000")


@in_loop
@pytest.mark.parametrize("transfer", ["-o /dev/null", "-T /tmp/many"])
async def test_the_client_is_killed(transfer: str, machine: Machine, tmp_path: Path) -> None:
    (fill(tmp_path) / "many").write_bytes(CONTENT * 8)
    # Slowly enough to be in the middle of it on the fastest machine.
    ended = f"curl -s -m 30 --limit-rate 16M {transfer} {URL}/many; echo $? >/tmp/code"
    async with sharing(machine, tmp_path):
        await machine.check(GET_MANY)
    for _ in range(3):
        with ShareProcess(machine.qemu.uri, tmp_path):
            await machine.answered()
            await machine.check(f"rm -f /tmp/code; ( {ended} ) & usleep 200000")
        # Its programs hear of it at once; one that has only just connected then waits for another.
        await machine.check("until [ -e /tmp/code ]; do usleep 20000; done", timeout_s=25)
        assert (await machine.check("cat /tmp/code")).strip() in ("18", "52", "55", "56")
    async with sharing(machine, tmp_path):
        await read_big(machine)


@in_loop
@pytest.mark.parametrize("transfer", ["-o /dev/null", "-T /tmp/many"])
async def test_another_client_takes_over(transfer: str, machine: Machine, tmp_path: Path) -> None:
    (fill(tmp_path) / "many").write_bytes(CONTENT * 8)
    async with sharing(machine, tmp_path):
        await machine.check(GET_MANY)
    clients: list[ShareProcess] = []
    try:
        for _ in range(4):
            clients.append(ShareProcess(machine.qemu.uri, tmp_path))
            begun = clock()
            await machine.answered()
            print(f"answered {clock() - begun:.2f} s after the other client")
            await machine.check(f"curl -s -m 30 {transfer} {URL}/many & usleep 200000")
    finally:
        for client in clients:
            client.kill()
    async with sharing(machine, tmp_path):
        await read_big(machine)


@in_loop
async def test_the_device_is_unplugged(machine: Machine, tmp_path: Path) -> None:
    qmp, link = machine.qemu.qmp, "/dev/virtio-ports/org.spice-space.webdav.0"
    async with sharing(machine, fill(tmp_path)):
        await machine.check(f"curl -s {URL}/big >/dev/null & usleep 50000")
        await asyncio.to_thread(qmp, "device_del", id=PORT_ID)
        await machine.check(f"while [ -e $(readlink -f {link}) ]; do usleep 20000; done")
    again = {"driver": "virtserialport", "chardev": "dav", "id": PORT_ID}
    await asyncio.to_thread(qmp, "device_add", **again, name="org.spice-space.webdav.0")
    await machine.check("until ls /sys/class/virtio-ports/vport*; do usleep 20000; done")
    await machine.check(f"ln -sf ../$(ls /sys/class/virtio-ports | tail -1) {link}")
    async with sharing(machine, tmp_path):
        await read_big(machine)
