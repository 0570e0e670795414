"""Shares a folder for an hour, our ends in processes of their own, among random faults.

Usage: python -m scripts.soak [--seconds N] [--programs N] [--cores X] [--seed N]

Programs read, write, list, copy, move, delete and lock through our guest's end,
our server and our client, at most half a core at work. Now and then one is killed
in the middle of a transfer, or stops reading. Every so often the client is killed and
started again, the server likewise, the port is closed and opened, another client
takes over. No process is ended in the second half: what they hold is compared over one life.

It fails, with exit code 1, if

* a file is ever different from what was written, after an interruption from what may be,
* a connection ends without a fault, or nothing moves for a minute,
* the folder is not served again within 30 s of a fault,
* memory is not flat: the median of the last quarter of the second half is more than 1.1
  times that of its second quarter and 2 MiB; or there are 3 descriptors more,
* anything is left in the folder that no program wrote, or a process ends otherwise than asked.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import signal
import socket
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from caraway.webdav import FolderStore
from scripts.soak_connection import Connection, Content
from scripts.soak_program import Program
from scripts.soak_report import table
from scripts.soak_tally import Tally
from scripts.soak_watch import End, Flatness, Pace

#: Between the end of a fault and the next one, seconds.
_QUIET_S: Final = (5.0, 25.0)
#: From the end of a fault until the folder must be served again.
_BACK_S: Final = 30.0
_PROBE: Final = b"OPTIONS / HTTP/1.1\r\nHost: localhost\r\n\r\n"
#: Whoever connects before the folder is served waits for ten seconds.
_PROBE_S: Final = 15.0
_SAMPLE_S: Final = 2.0
_PROGRESS_S: Final = 60.0


class Soak:
    """One run.

    Args:
        place: An empty folder.
        seconds: For how long.
        programs: How many at once.
        cores: What all may use.
        seed: Decides on faults.
    """

    def __init__(
        self, place: Path, *, seconds: float, programs: int, cores: float, seed: int
    ) -> None:
        self._folder = place / "shared"
        self._folder.mkdir()
        self._seconds = seconds
        self._numbers = random.Random(seed)
        spice, self._port = _free_ports(2)
        uri = f"spice://127.0.0.1:{spice}"
        self._sharing = ["share", uri, str(self._folder), str(place / "state")]
        self.server = End("server", ["serve", str(spice), str(self._port)], place / "server.log")
        self.client = End("client", [*self._sharing, "--insist"], place / "client.log")
        self._rival_log = place / "rival.log"
        self.tally = Tally()
        self.faults: Counter[str] = Counter()
        self.back_s: list[float] = []
        self._begun = time.monotonic()
        # Whether there is a fault just now, and when the last one ended.
        self._in_fault = True
        self._fault_ended = self._begun
        self._lives = 0
        self.pace = Pace((self.server, self.client), cores=cores)
        self._programs = [
            Program(
                f"program-{number}",
                self._port,
                self.tally,
                pace=self._wait_turn,
                is_explained=lambda made: self._in_fault or made <= self._fault_ended,
                lives=lambda: self._lives,
                seed=seed,
            )
            for number in range(programs)
        ]

    @property
    def elapsed_s(self) -> float:
        """Since the beginning."""
        return time.monotonic() - self._begun

    async def _wait_turn(self) -> None:
        while (delay_s := self.pace.delay_s()) > 0:
            await asyncio.sleep(min(delay_s, 1.0))

    async def run(self) -> None:
        """All of it; what went wrong is in the tally then."""
        await self._wait_back()
        watchers = [
            asyncio.create_task(each) for each in (self._hurt(), self._sample(), self._tell())
        ]
        programs = [
            asyncio.create_task(each.work(lambda: self.elapsed_s > self._seconds))
            for each in self._programs
        ]
        tasks = [*watchers, *programs]
        try:
            while not all(each.done() for each in programs):
                running = [each for each in tasks if not each.done()]
                await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
                for each in tasks:
                    if each.done():
                        each.result()
        finally:
            for each in tasks:
                each.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        self._look_at_folder()
        for end in (self.client, self.server):
            flatness = Flatness.of(end.samples)
            if flatness is not None:
                self.tally.violations += flatness.faults(end.name)
            self.tally.violations += filter(None, [end.stop()])
            if "Traceback" in end.log or "failed\n" in end.log:
                self.tally.violations.append(f"{end.name}: it met an error of its own")

    def kill(self) -> None:
        """End what still runs."""
        self.client.kill()
        self.server.kill()

    # Faults

    async def _hurt(self) -> None:
        rough = (self._kill_client, self._kill_server, self._close_port, self._take_over)
        while True:
            await asyncio.sleep(self._numbers.uniform(*_QUIET_S))
            if self.elapsed_s > self._seconds:
                return
            is_steady = self.elapsed_s > self._seconds / 2
            fault = self._numbers.choice(rough[2:] if is_steady else rough)
            self._in_fault = True
            self.faults[fault.__name__.removeprefix("_").replace("_", " ")] += 1
            await fault()
            await self._wait_back()

    async def _pause(self, longest_s: float) -> None:
        await asyncio.sleep(self._numbers.uniform(0, longest_s))

    async def _kill_client(self) -> None:
        self.client.kill()
        self._lives += 1
        await self._pause(3)
        self.client.start()

    async def _kill_server(self) -> None:
        self.server.kill()
        await self._pause(2)
        self.server.start()

    async def _close_port(self) -> None:
        closed_s = self._numbers.choice((0.0, self._numbers.uniform(0, 3)))
        self.server.tell(f"{closed_s:.3f}")
        # It is closed when it has read that; sooner, it would seem to be open again.
        await asyncio.sleep(closed_s + 0.5)

    async def _take_over(self) -> None:
        """Another client comes, and is killed or ends when the first one comes back."""
        before = self.client.log.count("over: ")
        self._lives += 1
        rival = End("rival", self._sharing, self._rival_log)
        try:
            deadline = time.monotonic() + _BACK_S
            while self.client.log.count("over: ") == before:
                if time.monotonic() > deadline:
                    raise TimeoutError(f"another client has come for {_BACK_S:g} s, unnoticed")
                await asyncio.sleep(0.1)
            await self._pause(4)
        finally:
            rival.kill()
        self._lives += 1

    async def _wait_back(self) -> None:
        """Until the folder is served again."""
        begun = time.monotonic()
        is_back = False
        while not is_back:
            is_back = await self._is_served()
            if not is_back and time.monotonic() > begun + _BACK_S:
                raise TimeoutError(f"the folder was not served within {_BACK_S:g} s of a fault")
            await asyncio.sleep(0.1)
        self._fault_ended = time.monotonic()
        self._in_fault = False
        self.back_s.append(self._fault_ended - begun)

    async def _is_served(self) -> bool:
        try:
            connection = await Connection.open(self._port)
            try:
                answer = await asyncio.wait_for(connection.ask(_PROBE), _PROBE_S)
                return answer.status == 200
            finally:
                connection.abort()
        except (OSError, EOFError):
            return False

    # Watching

    async def _sample(self) -> None:
        is_steady = False
        while True:
            await asyncio.sleep(_SAMPLE_S)
            if not is_steady and self.elapsed_s > self._seconds / 2 and not self._in_fault:
                is_steady = True
                self.client.samples.clear()
                self.server.samples.clear()
            for end in (self.client, self.server):
                end.sample()
                if end.has_ended and not self._in_fault:
                    raise ChildProcessError(f"{end.name} has ended")

    async def _tell(self) -> None:
        every_s = 2.0 if sys.stdout.isatty() else _PROGRESS_S
        while True:
            await asyncio.sleep(every_s)
            print(
                f"{self.elapsed_s:5.0f} s: {self.tally.requests} requests,"
                f" {self.tally.bytes_moved >> 20} MiB, {sum(self.faults.values())} faults,"
                f" {self.tally.interrupted} interrupted, {self.tally.killed} killed,"
                f" {self._held()}, {self.pace.load:.2f} cores,"
                f" {len(self.tally.violations)} violations",
                flush=True,
            )

    def _held(self) -> str:
        return ", ".join(
            f"{end.name} {end.samples[-1].memory_kib >> 10} MiB"
            for end in (self.server, self.client)
            if end.samples
        )

    def _look_at_folder(self) -> None:
        """What is there is what the programs wrote, byte by byte."""
        # A rival that was killed may have been writing; what the client still holds stays.
        FolderStore(self._folder).sweep()
        expected: dict[str, Content] = {}
        for program in self._programs:
            expected.update(program.contents())
        found = {
            os.path.relpath(os.path.join(folder, name), self._folder)
            for folder, _, names in os.walk(self._folder)
            for name in names
        }
        for name in sorted(found ^ set(expected)):
            what = "is left behind" if name in found else "is missing"
            self.tally.violations.append(f"'{name}' {what}")
        for name in found & set(expected):
            if not expected[name].is_in(self._folder / name):
                self.tally.violations.append(f"'{name}' has other bytes on the disk")


def _free_ports(count: int) -> list[int]:
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports


def main(arguments: Sequence[str]) -> int:
    """Run one; the exit code."""
    parser = argparse.ArgumentParser(description="Share a folder among random faults.")
    parser.add_argument("--seconds", type=float, default=3600)
    parser.add_argument("--programs", type=int, default=8)
    parser.add_argument("--cores", type=float, default=0.5, help="what all processes may use")
    parser.add_argument("--seed", type=int, default=0, help="of faults and requests")
    options = parser.parse_args(arguments)
    # As Ctrl-C does: its processes must not outlive it.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with tempfile.TemporaryDirectory(prefix="caraway-soak-") as place:
        soak = Soak(
            Path(place),
            seconds=options.seconds,
            programs=options.programs,
            cores=options.cores,
            seed=options.seed,
        )
        try:
            asyncio.run(soak.run())
        except (TimeoutError, ChildProcessError) as error:
            soak.tally.violations.append(str(error))
        except KeyboardInterrupt:
            soak.tally.violations.append("interrupted: what is in the folder was not looked at")
        finally:
            soak.kill()
        if soak.tally.violations:
            print(soak.server.last_words(), soak.client.last_words(), sep="\n")
        print(
            table(
                soak.tally,
                (soak.server, soak.client),
                faults=soak.faults,
                back_s=soak.back_s,
                cores=soak.pace.load,
            )
        )
    return 1 if soak.tally.violations else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
