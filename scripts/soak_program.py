"""A program of the soak: random requests on a folder of its own, and what follows if they fail."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from typing import Final

from scripts.soak_connection import PATIENCE_S, Connection, Content, Cut
from scripts.soak_requests import LOCK_S, Requests
from scripts.soak_tally import State, Tally, Violation

#: A connection that rests for longer is left, as HTTP clients do.
_REST_S: Final = 20.0
#: What was begun for a program that has gone may go on for a moment.
_SETTLE_S: Final = 3.0
_WEIGHTS: Final = {
    "GET": 30,
    "PUT": 22,
    "range": 15,
    "PROPFIND": 12,
    "COPY": 6,
    "MOVE": 6,
    "DELETE": 5,
    "LOCK": 4,
}
#: How often a program is killed or stopped in the course of a request.
_KILLED: Final = 0.04
_STOPPED: Final = 0.04


class Program:
    """Works in a folder of its own, until it is told to stop.

    Args:
        name: Of its folder.
        port: Where the guest's end listens.
        tally: What it has done goes there.
        pace: Waits until there is time for another request.
        is_explained: Whether a fault explains that a connection has ended, by when that was made.
        lives: How often whoever keeps the locks has changed.
        seed: Decides on requests, with the name.
    """

    def __init__(
        self,
        name: str,
        port: int,
        tally: Tally,
        *,
        pace: Callable[[], Awaitable[None]],
        is_explained: Callable[[float], bool],
        lives: Callable[[], int],
        seed: int,
    ) -> None:
        self.name = name
        self._port = port
        self._tally = tally
        self._pace = pace
        self._is_explained = is_explained
        self._random = random.Random(f"{name} {seed}")
        self._requests = Requests(name, self._random, tally, lives=lives, doubtful=self._doubtful)
        self._connection: Connection | None = None
        # What may be after something was interrupted, and when it is to be looked at.
        self._doubts: list[tuple[float, list[State]]] = []
        self._suffers = True

    def contents(self) -> dict[str, Content]:
        """What there must be of it, by path."""
        return {
            f"{self.name}/{name}": each
            for name, each in self._requests.files.items()
            if each is not None
        }

    async def work(self, until: Callable[[], bool]) -> None:
        """Do requests, then see that everything is as it should be."""
        await self._insist("MKCOL")
        while not until():
            await self._pace()
            await self._settle()
            choice = self._random.choices(list(_WEIGHTS), list(_WEIGHTS.values()))[0]
            await self._try(choice)
        self._suffers = False
        await self._settle(all_of_it=True)
        await self._insist("PROPFIND")
        for name in self.contents():
            await self._insist("GET", name.rpartition("/")[2])
        self._leave()

    async def _insist(self, choice: str, name: str | None = None) -> None:
        while not await self._try(choice, name):
            await asyncio.sleep(0.5)

    async def _try(self, choice: str, name: str | None = None) -> bool:
        """Do one thing; whether it came to an end, good or bad."""
        begun = time.monotonic()
        made = begun
        is_over = False
        # Until it is known what has come of it.
        doubts: list[State] = []
        try:
            connection = await self._connected()
            made = connection.made
            is_done = await self._requests.do(choice, name, connection, doubts)
        except Cut:
            self._tally.killed += 1
        except TimeoutError:
            is_over = True
            self._fail(f"{choice}: nothing has moved for {PATIENCE_S:g} s")
        except (OSError, EOFError) as error:
            self._tally.interrupted += 1
            if not self._is_explained(made):
                self._fail(f"{choice}: the connection ended without a fault: {error!r}")
            await asyncio.sleep(0.2)
        except Violation as error:
            is_over = True
            self._fail(f"{choice}: {error}")
        else:
            if is_done:
                self._tally.note(choice, time.monotonic() - begun)
            self._tally.stopped += connection.has_stopped
            if self._random.random() < 0.3:
                self._leave()
            return True
        self._leave()
        if doubts:
            # A lock that nobody has the token of lasts as long as it was asked for.
            delay_s = LOCK_S + 2 if choice == "LOCK" else _SETTLE_S
            self._doubts.append((time.monotonic() + delay_s, doubts))
            for each in doubts[0]:
                self._requests.files.pop(each, None)
        return is_over

    def _fail(self, text: str) -> None:
        stamp = time.strftime("%H:%M:%S")
        self._tally.violations.append(f"{stamp} {self.name}: {text}")
        print(f"VIOLATION {self._tally.violations[-1]}", flush=True)

    async def _connected(self) -> Connection:
        if self._connection and time.monotonic() - self._connection.used > _REST_S:
            self._leave()
        if self._connection is None:
            self._connection = await Connection.open(self._port)
        connection, chance = self._connection, self._random.random()
        connection.calm()
        if self._suffers and chance < _KILLED:
            connection.cut_after = int(2 ** self._random.uniform(0, 25))
        elif self._suffers and chance < _KILLED + _STOPPED:
            connection.stop_after = int(2 ** self._random.uniform(0, 24))
            connection.stop_s = self._random.uniform(0.5, 8)
        return connection

    def _leave(self) -> None:
        if self._connection is not None:
            self._connection.abort()
            self._connection = None

    def _doubtful(self) -> set[str]:
        return {name for _, states in self._doubts for name in states[0]}

    # After something was interrupted

    async def _settle(self, *, all_of_it: bool = False) -> None:
        """Look at what is in doubt: it must be one of the states that may be, as a whole."""
        while self._doubts:
            self._doubts.sort(key=lambda doubt: doubt[0])
            due, states = self._doubts[0]
            now = time.monotonic()
            if due > now:
                if not all_of_it:
                    return
                await asyncio.sleep(due - now)
            self._doubts.pop(0)
            while not await self._try_to_settle(states):
                await asyncio.sleep(0.5)

    async def _try_to_settle(self, states: list[State]) -> bool:
        made = time.monotonic()
        possible, found = states, State()
        try:
            connection = await self._connected()
            connection.calm()
            made = connection.made
            for name in states[0]:
                contents = await self._requests.read(
                    connection, name, [each[name] for each in states]
                )
                possible = [each for each in possible if each[name] in contents]
                found[name] = contents[0] if contents else None
            if not possible:
                raise Violation(f"after an interruption it is {found}, not one of {states}")
        except TimeoutError:
            self._leave()
            self._fail(f"settling: nothing has moved for {PATIENCE_S:g} s")
            return False
        except (OSError, EOFError) as error:
            self._leave()
            self._tally.interrupted += 1
            if not self._is_explained(made):
                self._fail(f"settling: the connection ended without a fault: {error!r}")
            return False
        except Violation as error:
            self._fail(str(error))
            self._requests.files.update(found)
            return True
        self._tally.settled += 1
        self._requests.files.update(possible[0])
        return True
