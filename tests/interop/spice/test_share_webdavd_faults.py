"""What goes wrong while a folder is shared into a machine that runs spice-webdavd."""

from __future__ import annotations

import asyncio
import hashlib
import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from caraway.errors import ConnectError, TakenOver
from tests.in_loop import in_loop, until
from tests.interop.spice.guest import Image
from tests.interop.spice.share_process import ShareProcess
from tests.interop.spice.webdav_guest import URL
from tests.interop.spice.webdav_machine import Machine, Sharing, booted, sharing
from tests.patience import PATIENCE_S

#: Several times what may be on its way, and never the same: bytes of a wrong place show.
CONTENT = os.urandom(6 << 20)
DIGEST = hashlib.sha256(CONTENT).hexdigest()
#: How soon the folder has to answer after the port was opened, besides what asking costs, seconds.
SOON_S = 2.0
#: Begins to read what is long, and goes on when its head has come. It is no child of the shell's:
#: what a shell says of a program that was killed must not get among what this one says, and one
#: that stands still would be hung up on when its job is over.
READ = f"curl -sf -o /dev/null -D /tmp/o {URL}/long; echo $? >/tmp/code"
READ = f"rm -f /tmp/o /tmp/code; setsid sh -c '{READ}' >/dev/null 2>&1 </dev/null & "
READ += "until [ -s /tmp/o ] || [ -s /tmp/code ]; do usleep 1000; done; [ -s /tmp/o ]"

#: Waits until there is no spice-webdavd.
GONE = "while pidof spice-webdavd >/dev/null; do usleep 20000; done"


@pytest.fixture(scope="module")
def machine(image: Image) -> Iterator[Machine]:
    # Of TCP the server's end may keep megabytes, which a slow machine then has to take first.
    with booted(image, on_unix=True) as machine:
        yield machine


@pytest.fixture(scope="module")
def long(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file that nobody here reads to its end.

    Not of zeros: an agent that begins in the middle of these takes every ten of them for an
    empty frame, and needs many times as long.
    """
    path = tmp_path_factory.mktemp("long") / "long"
    path.write_bytes(CONTENT * 40)
    return path


@pytest.fixture
def folder(tmp_path: Path, long: Path) -> Path:
    """One with files called big and long."""
    (tmp_path / "big").write_bytes(CONTENT)
    (tmp_path / "long").hardlink_to(long)
    return tmp_path


async def read_whole(machine: Machine) -> None:
    said = await machine.check(f"curl -sf {URL}/big | sha256sum")
    assert said.split()[0] == DIGEST


async def write_whole(machine: Machine, folder: Path) -> None:
    await machine.check(f"curl -sf {URL}/big >/tmp/big && curl -sf -T /tmp/big {URL}/up")
    assert hashlib.sha256((folder / "up").read_bytes()).hexdigest() == DIGEST
    (folder / "up").unlink()


def descriptors() -> set[tuple[str, str]]:
    """What this process has open: numbers, and what is behind them."""
    found = set()
    for each in Path("/proc/self/fd").iterdir():
        # One of them reads this folder, and is closed by now.
        with suppress(FileNotFoundError):
            found.add((each.name, os.readlink(each)))
    return found


def no_debris(folder: Path) -> bool:
    """Nothing in the folder but what was put there whole."""
    return sorted(each.name for each in folder.iterdir()) == ["big", "long", "small"]


@in_loop
async def test_the_client_is_killed(machine: Machine, folder: Path) -> None:
    for doing in ("GET", "PUT"):
        (folder / "small").write_bytes(b"small")
        with await asyncio.to_thread(ShareProcess, machine.qemu.uri, folder):
            await machine.answered()
            await machine.check(f"curl -sf {URL}/big >/tmp/big")
            if doing == "GET":
                await machine.check(READ)
            else:
                write = f"curl -sf --limit-rate 1M -T /tmp/big {URL}/up; echo $? >/tmp/code"
                await machine.check(f"rm -f /tmp/code; ({write}) >/dev/null 2>&1 &")
                await until(lambda: len(list(folder.iterdir())) > 3, "the upload does not begin")
        # The machine's agent does not see that a client has gone if the next is there before it
        # looks, and tells its programs nothing until there is a next one.
        await asyncio.sleep(2)
        # What it was writing, nobody takes for a file: its name is hidden.
        assert not (folder / "up").exists()
        async with sharing(machine, folder):
            # Who was in the middle of something hears of its end now.
            code = await machine.check(
                "until [ -s /tmp/code ]; do usleep 10000; done; cat /tmp/code"
            )
            assert int(code) != 0
            await read_whole(machine)
            await write_whole(machine, folder)


@in_loop
async def test_another_client_takes_over(machine: Machine, folder: Path) -> None:
    async with sharing(machine, folder) as first:
        await machine.check(READ)
        async with sharing(machine, folder) as second:
            reason = await first.session.wait_ended()
            assert isinstance(reason, TakenOver)
            assert first.host.connections == 0
            await read_whole(machine)
            await write_whole(machine, folder)
            assert second.port.is_open


@in_loop
async def test_a_reader_stands_still(machine: Machine, folder: Path) -> None:
    """It stops the others when the buffers of its connection are full, until it is gone."""
    async with sharing(machine, folder) as shared:
        await machine.check(f"{READ}; killall -STOP curl")
        ask = f"until [ $n = 30 ] || ! curl -sf -m 3 {URL}/small; do n=$((n+1)); done"
        said = await machine.check(f"n=0; ({ask}; echo $n)")
        answered = said.count("small")
        standing = [each for each in shared.host.transfers() if "long" in each.target]
        assert len(standing) == 1, f"{standing} stand still, {shared.changes}, {answered} answers"
        [transfer] = standing
        print(f"{answered} answers until {transfer.moved >> 10} KiB had gone to who stands still")
        assert answered < 30
        await machine.check("killall -9 curl")
        await machine.answered()
        await read_whole(machine)
        await write_whole(machine, folder)


@in_loop
async def test_qemu_is_killed(image: Image, folder: Path) -> None:
    with booted(image) as machine:
        before = descriptors()
        async with sharing(machine, folder) as shared:
            await machine.check(READ)
            machine.qemu.kill()
            reason = await asyncio.wait_for(shared.session.wait_ended(), PATIENCE_S)
            assert isinstance(reason, ConnectError)
            assert "is gone" in str(reason) or "broke" in str(reason), reason
            await until(lambda: not shared.host.connections, "connections are left")
            assert shared.port.is_gone
            assert not shared.port.is_connected
        # What the test itself has open to the machine may be gone as well; nothing is left over.
        await until(lambda: descriptors() <= before, "descriptors are left open")


@in_loop
@pytest.mark.parametrize("signal", ["TERM", "KILL"])
@pytest.mark.parametrize("doing", ["GET", "PUT", "nothing"])
async def test_the_agent_is_restarted(
    doing: str, signal: str, machine: Machine, folder: Path
) -> None:
    loop = asyncio.get_running_loop()
    async with sharing(machine, folder) as shared:
        await machine.check(f"curl -sf {URL}/big >/tmp/big")
        if doing == "GET":
            await machine.check(READ)
        elif doing == "PUT":
            # The machine may not be quicker than we: it stops in the middle.
            write = f"curl -s --limit-rate 1M -T /tmp/big {URL}/up >/dev/null 2>&1 &"
            await machine.check(write)
            await until(shared.host.transfers, "the upload does not begin")
        await machine.check(f"killall -{signal} spice-webdavd; killall curl; {GONE}")
        await until(lambda: not shared.port.is_open, "the port is not closed")
        await until(lambda: not shared.host.connections, "connections are left")
        await until(lambda: no_debris(folder), f"{list(folder.iterdir())}")
        shared.changes.clear()
        await machine.check("sh /begin-webdav")
        # The agent takes connections before the port is open, and may never answer on these.
        await until(lambda: shared.port.is_open, "the port is not opened")
        await machine.answered(patience_s=1)
        took_s = loop.time() - shared.changes[0][0]
        begun = loop.time()
        await machine.answered()
        asking_s = loop.time() - begun
        print(
            f"answered {took_s:.2f} s after the port was opened, {asking_s:.2f} s when asked again"
        )
        assert took_s < SOON_S + asking_s
        await read_whole(machine)
        await write_whole(machine, folder)


def read_here(shared: Sharing) -> int:
    """Programs that read what is long, as far as is known here."""
    return sum("long" in each.target for each in shared.host.transfers())


async def kill_readers(machine: Machine, folder: Path, times: int) -> tuple[int, int]:
    """Have readers killed: of how many the machine said nothing, and how many requests were spoilt.

    It says nothing of those that had not read all that had come. Their answers go on, to a number
    that one of the next connections has: so each may spoil one, and nobody here can know.
    """
    async with sharing(machine, folder) as shared:
        untold = spoilt = 0
        for _ in range(times):
            before = read_here(shared)
            code, _ = await machine.run(f"{READ} && killall -9 curl")
            untold += read_here(shared) > before
            spoilt += code != 0
            spoilt += await machine.run(f"curl -sf -m 20 {URL}/small") != (0, "small")
        print(f"of {untold} of {times} killed programs nothing was said, {spoilt} requests spoilt")
    # With another client, nothing of all that is left.
    async with sharing(machine, folder):
        await read_whole(machine)
    return untold, spoilt


@pytest.mark.long
@in_loop
async def test_readers_are_killed(machine: Machine, folder: Path) -> None:
    untold, spoilt = await kill_readers(machine, folder, 100)
    assert spoilt <= untold + 1
