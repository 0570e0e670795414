"""Our agent in a virtual machine, with our client and spice-gtk's at the other end of the port."""

from __future__ import annotations

import asyncio
import base64
import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.in_loop import in_loop, until
from tests.interop.spice.guest import Image
from tests.interop.spice.python_guest import AGENT, START, booted_with_agent
from tests.interop.spice.spicegtk import SpiceGtk
from tests.interop.spice.webdav_guest import URL
from tests.interop.spice.webdav_machine import Machine, sharing

#: Some times what may be on its way.
CONTENT = bytes(range(256)) * (16 << 10)
DIGEST = hashlib.sha256(CONTENT).hexdigest()
#: Resolves the announced folder; what is printed is the number of the network interface.
RESOLVE = """
import asyncio
from caraway.agent.dbus import Bus
async def main():
    bus = await Bus.connect()
    values = (1, -1, "Folder of the SPICE client", "_webdav._tcp", "local", -1, 0)
    avahi = "org.freedesktop.Avahi"
    method = avahi + ".Server.ResolveService"
    await bus.call(avahi, "/", method, signature="iisssiu", values=values)
asyncio.run(main())
"""


@pytest.fixture(scope="module")
def machine(image: Image) -> Iterator[Machine]:
    with booted_with_agent(image) as machine:
        yield machine


@in_loop
async def test_read_and_write(machine: Machine, tmp_path: Path) -> None:
    async with sharing(machine, tmp_path) as shared:
        assert shared.host.takes_credits
        await machine.exchange(tmp_path, CONTENT)


@in_loop
async def test_one_connection_for_many_requests(machine: Machine, tmp_path: Path) -> None:
    (tmp_path / "big").write_bytes(CONTENT)
    async with sharing(machine, tmp_path):
        asked = " ".join(f"-o /dev/null {URL}/{name}" for name in ("small", "big", "no", "small"))
        assert await machine.check(f"curl -s -w '%{{num_connects}} ' {asked}") == "1 0 0 0 "


def together(count: int) -> str:
    """Reads at once of a file that is some times what one may have on its way."""
    each = f"curl -sf {URL}/some | cmp - /tmp/some && echo same"
    return f"for i in $(seq {count}); do ( {each} ) & done; wait"


@in_loop
async def test_sixteen_at_once(machine: Machine, tmp_path: Path) -> None:
    (tmp_path / "some").write_bytes(CONTENT[: 1 << 20])
    async with sharing(machine, tmp_path):
        await machine.check(f"curl -sf {URL}/some >/tmp/some")
        assert (await machine.check(together(16))).split() == ["same"] * 16


@in_loop
async def test_one_of_sixteen_that_stands_still_stops_nobody(
    machine: Machine, tmp_path: Path
) -> None:
    (tmp_path / "some").write_bytes(CONTENT[: 1 << 20])
    (tmp_path / "many").write_bytes(CONTENT * 8)
    # In a session of its own: a program that stands still is hung up on with its shell.
    read = f"rm -f /tmp/stopped; setsid curl -s {URL}/many >/tmp/stopped </dev/null &"
    stop = "until [ -s /tmp/stopped ]; do usleep 1000; done; killall -STOP curl"

    async def took_s() -> float:
        begun = asyncio.get_running_loop().time()
        said = await machine.check(together(15))
        assert said.split() == ["same"] * 15
        return asyncio.get_running_loop().time() - begun

    alone, beside = [], []
    async with sharing(machine, tmp_path) as shared:
        await machine.check(f"curl -sf {URL}/some >/tmp/some")
        # Others may keep this machine busy during one of the two; whoever stops others does always.
        while not beside or (min(beside) >= 1.5 * min(alone) and len(beside) < 5):
            alone.append(await took_s())
            await machine.check(f"{read} {stop}")
            beside.append(await took_s())
            await until(lambda: shared.host.connections == 1, "it is not the only one left")
            await machine.check("killall -CONT curl")
            await until(lambda: not shared.host.connections, "the one that stood still goes on")
            assert (await machine.check("wc -c </tmp/stopped")).strip() == str(len(CONTENT) * 8)
    print(f"15 reads: {alone} s, beside one that stands still {beside} s")
    assert min(beside) < 1.5 * min(alone)


@in_loop
async def test_both_addresses(machine: Machine, tmp_path: Path) -> None:
    async with sharing(machine, tmp_path):
        assert await machine.check("curl -sf -g http://[::1]:9843/small") == "small"
        assert await machine.check("curl -sf http://127.0.0.1:9843/small") == "small"


@in_loop
async def test_avahi_knows_of_it_while_somebody_shares(machine: Machine, tmp_path: Path) -> None:
    encoded = base64.b64encode(RESOLVE.encode()).decode()
    await machine.check(f"echo {encoded} | base64 -d >/tmp/resolve.py")
    resolve = f"PYTHONPATH={AGENT} python3 /tmp/resolve.py"
    async with sharing(machine, tmp_path):
        await machine.check(f"until {resolve}; do usleep 200000; done")
    # What was said goodbye to is known for one second more (RFC 6762 section 10.1). Then Avahi
    # answers nothing, or the bus gives up.
    said = await machine.check(f'while said=$({resolve} 2>&1); do :; done; echo "$said"')
    assert "Avahi.TimeoutError" in said or "ConnectError" in said, said


@in_loop
async def test_litmus(machine: Machine, tmp_path: Path) -> None:
    async with sharing(machine, tmp_path):
        await machine.litmus()


@in_loop
async def test_spicegtk_shares(machine: Machine, place: Path) -> None:
    """It ends a connection after each answer, and takes more on it for all that."""
    folder = place / "shared"
    folder.mkdir()
    (folder / "big").write_bytes(CONTENT)
    (folder / "small").write_bytes(b"small")
    properties = {"host": "127.0.0.1", "port": str(machine.qemu.port), "shared_dir": str(folder)}
    async with SpiceGtk(place / "home", share_dir_ro=False, **properties):
        await machine.answered()
        asked = " ".join(f"-o /dev/null {URL}/{name}" for name in ("small", "big", "no", "small"))
        assert await machine.check(f"curl -s -w '%{{num_connects}} ' {asked}") == "1 0 0 0 "
        assert DIGEST in await machine.check(f"curl -sf {URL}/big >/tmp/b && sha256sum </tmp/b")
        # It keeps nothing of what is sent after Expect: 100-continue.
        await machine.check(f"curl -sf -H Expect: -T /tmp/b {URL}/up")
        assert (folder / "up").read_bytes() == CONTENT


@in_loop
async def test_spice_webdavd_is_named_where_it_is_in_the_way(machine: Machine) -> None:
    await machine.check("killall -TERM python3; while pidof python3; do usleep 50000; done")
    await machine.check("setsid spice-webdavd -p 9843 </dev/null >/tmp/webdav.log 2>&1 &")
    await machine.check("until netstat -lnt | grep -q :9843; do usleep 50000; done")
    try:
        code, said = await machine.run(f"python3 {AGENT}")
        assert code == 30
        assert "spice-webdavd (process " in said
        assert "systemctl mask --now spice-webdavd" in said
    finally:
        await machine.check(
            "killall spice-webdavd; while pidof spice-webdavd; do usleep 50000; done"
        )
        await machine.check(f"{START}until netstat -lnt | grep -q :9843; do usleep 50000; done")


@in_loop
async def test_commands_are_run(machine: Machine, tmp_path: Path) -> None:
    await machine.check("killall -TERM python3; while pidof python3; do usleep 50000; done")
    hooks = "--on-open 'echo open $CARAWAY_URL >>/tmp/hooks' --on-close 'echo close >>/tmp/hooks'"
    await machine.check(START.replace("--json", f"--json {hooks}"))
    async with sharing(machine, tmp_path):
        pass
    async with asyncio.timeout(20):
        while "close" not in (said := (await machine.run("cat /tmp/hooks"))[1]):
            await asyncio.sleep(0.1)
    assert said == "open http://localhost:9843/\nclose\n"
