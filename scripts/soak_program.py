"""A program of the soak: random requests on a folder of its own, and what must come of them."""

from __future__ import annotations

import asyncio
import random
import re
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Final

from scripts.soak_connection import PATIENCE_S, Answer, Connection, Content, Cut

_FILES: Final = 8
#: Exponents of 2 between which sizes lie, but for odd ones; the largest is 64 MiB.
_SIZES: Final = (8.0, 26.0)
_ODD_SIZES: Final = (0, 1, 4096, 1 << 16, 64 << 20)
#: Sizes of what is written under a lock: whoever lost it is told before all has come.
_SMALL_SIZE: Final = 4096
#: A connection that rests for longer is left, as HTTP clients do.
_REST_S: Final = 20.0
#: What was begun for a program that has gone may go on for a moment.
_SETTLE_S: Final = 3.0
_LOCK_S: Final = 20
_LOCK_BODY: Final = (
    b'<D:lockinfo xmlns:D="DAV:"><D:lockscope><D:exclusive/></D:lockscope>'
    b"<D:locktype><D:write/></D:locktype></D:lockinfo>"
)
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


class Violation(Exception):
    """Something happened that must not."""


#: What files may be: by name, None for what is not there.
State = dict[str, Content | None]


@dataclass
class Tally:
    """What all programs have done.

    Attributes:
        seconds: How long each request took that was answered, by its kind.
        bytes_moved: Of files, in both directions.
        checked: Answers whose content was compared.
        interrupted: Requests that ended with their connections.
        killed: Programs, in the middle of a request.
        stopped: Programs, for a while.
        settled: Times that files were right after an interruption.
    """

    seconds: dict[str, list[float]] = field(default_factory=dict)
    bytes_moved: int = 0
    checked: int = 0
    interrupted: int = 0
    killed: int = 0
    stopped: int = 0
    settled: int = 0
    violations: list[str] = field(default_factory=list)

    @property
    def requests(self) -> int:
        """All that were answered."""
        return sum(map(len, self.seconds.values()))

    def note(self, choice: str, seconds: float) -> None:
        """A request was answered."""
        self.seconds.setdefault(choice, []).append(seconds)


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
        self._lives = lives
        self._random = random.Random(f"{name} {seed}")
        self._connection: Connection | None = None
        self._files: State = {}
        # What may be after something was interrupted, and when it is to be looked at.
        self._doubts: list[tuple[float, list[State]]] = []
        self._suffers = True
        self._count = 0

    def contents(self) -> dict[str, Content]:
        """What there must be of it, by path."""
        return {
            f"{self.name}/{name}": each for name, each in self._files.items() if each is not None
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
        """Do one thing; whether it was done to its end."""
        begun = time.monotonic()
        made = begun
        # Until it is known what has come of it.
        doubts: list[State] = []
        try:
            connection = await self._connected()
            made = connection.made
            is_done = await self._do(choice, name, connection, doubts)
        except Cut:
            self._tally.killed += 1
        except TimeoutError:
            self._fail(f"{choice}: nothing has moved for {PATIENCE_S:g} s")
        except (OSError, EOFError) as error:
            self._tally.interrupted += 1
            if not self._is_explained(made):
                self._fail(f"{choice}: the connection ended without a fault: {error!r}")
            await asyncio.sleep(0.2)
        except Violation as error:
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
            delay_s = _LOCK_S + 2 if choice == "LOCK" else _SETTLE_S
            self._doubts.append((time.monotonic() + delay_s, doubts))
            for each in doubts[0]:
                self._files.pop(each, None)
        return False

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
            connection.cut_after = self._any_size(0, 25)
        elif self._suffers and chance < _KILLED + _STOPPED:
            connection.stop_after = self._any_size(0, 24)
            connection.stop_s = self._random.uniform(0.5, 8)
        return connection

    def _leave(self) -> None:
        if self._connection is not None:
            self._connection.abort()
            self._connection = None

    def _head(self, method: str, name: str, **headers: object) -> bytes:
        fields = {"Host": "localhost", **headers}
        lines = "".join(f"{key.replace('_', '-')}: {value}\r\n" for key, value in fields.items())
        return f"{method} /{self.name}/{name} HTTP/1.1\r\n{lines}\r\n".encode()

    def _any_name(self) -> str:
        return f"file {self._random.randrange(_FILES)}.bin"

    def _any_content(self) -> Content:
        is_odd = self._random.random() < 0.2
        size = self._random.choice(_ODD_SIZES) if is_odd else self._any_size(*_SIZES)
        return Content.any(self._random, size)

    def _any_size(self, low: float, high: float) -> int:
        return int(2 ** self._random.uniform(low, high))

    # What it does

    async def _do(
        self, choice: str, name: str | None, connection: Connection, doubts: list[State]
    ) -> bool:
        """Do one thing; whether there was anything to do it with."""
        if choice == "MKCOL":
            self._expect(await connection.ask(self._head("MKCOL", "")), 201, 405)
        elif choice == "PROPFIND":
            await self._list(connection)
        else:
            names = [each for each, content in self._files.items() if content is not None]
            source = name or (self._random.choice(names) if names else None)
            target = self._any_name()
            if choice in ("PUT", "LOCK", "COPY", "MOVE") and not self._is_certain(target):
                return False
            if choice == "PUT":
                await self._put(connection, target, self._any_content(), doubts)
            elif choice == "LOCK":
                await self._lock(connection, target, doubts)
            elif source is None or source == target:
                return False
            elif choice in ("COPY", "MOVE"):
                await self._transfer(choice, connection, source, target, doubts)
            elif choice == "DELETE":
                doubts += [{source: self._files[source]}, {source: None}]
                self._expect(await connection.ask(self._head("DELETE", self._url(source))), 204)
                self._files[source] = None
            else:
                await self._get(connection, source, is_part=choice == "range")
        return True

    async def _transfer(
        self,
        method: str,
        connection: Connection,
        source: str,
        target: str,
        doubts: list[State],
    ) -> None:
        content, old = self._files[source], self._files.get(target)
        after: State = {source: content if method == "COPY" else None, target: content}
        doubts += [{source: content, target: old}, after]
        destination = f"http://localhost/{self.name}/{self._url(target)}"
        head = self._head(method, self._url(source), Destination=destination)
        self._expect(await connection.ask(head), 201 if old is None else 204)
        self._files.update(after)

    @staticmethod
    def _url(name: str) -> str:
        return name.replace(" ", "%20")

    def _is_certain(self, name: str) -> bool:
        return not any(name in doubts[0] for _, doubts in self._doubts)

    def _expect(self, answer: Answer, *statuses: int) -> None:
        if answer.status not in statuses:
            raise Violation(f"status {answer.status}, expected {statuses}: {answer.body[:200]!r}")

    async def _put(
        self, connection: Connection, name: str, fresh: Content, doubts: list[State], **headers: str
    ) -> Answer:
        old = self._files.get(name)
        doubts += [{name: old}, {name: fresh}]
        head = self._head("PUT", self._url(name), Content_Length=fresh.size, **headers)
        answer = await connection.ask(head, fresh)
        if not headers:
            self._expect(answer, 201 if old is None else 204)
        if answer.status in (201, 204):
            self._files[name] = fresh
            self._tally.bytes_moved += fresh.size
        return answer

    async def _get(self, connection: Connection, name: str, *, is_part: bool) -> None:
        content = self._files[name]
        found = await self._read(connection, name, [content], is_part=is_part)
        if not found:
            raise Violation(f"'{name}' has not the content it should have: {content}")

    async def _read(
        self,
        connection: Connection,
        name: str,
        candidates: list[Content | None],
        *,
        is_part: bool = False,
    ) -> list[Content | None]:
        """Which of the contents a file has."""
        headers: dict[str, object] = {}
        first = 0
        size = max((each.size for each in candidates if each is not None), default=0)
        last = size - 1
        if is_part and size:
            first = self._random.randrange(size)
            last = min(size - 1, first + self._any_size(0, 22))
            headers["Range"] = f"bytes={first}-{last}"
        left = [each for each in candidates if each is not None]

        def take(at: int, piece: bytes) -> None:
            left[:] = [each for each in left if each.piece(first + at, len(piece)) == piece]

        answer = await connection.ask(self._head("GET", self._url(name), **headers), take=take)
        if answer.status == 404:
            return [None] if None in candidates else []
        self._expect(answer, 206 if headers else 200)
        length = int(answer.headers["content-length"])
        if not headers:
            left[:] = [each for each in left if each.size == length]
        elif length != last + 1 - first:
            left.clear()
        self._tally.bytes_moved += length
        self._tally.checked += 1
        return list(left)

    async def _list(self, connection: Connection) -> None:
        answer = await connection.ask(self._head("PROPFIND", "", Depth=1, Content_Length=0))
        self._expect(answer, 207)
        listed = {}
        for part in answer.body.split(b"<response")[1:] or answer.body.split(b"<D:response")[1:]:
            href = re.search(rb"href>[^<]*/([^/<]+)<", part)
            size = re.search(rb"getcontentlength>([0-9]+)<", part)
            if href and size:
                listed[href[1].decode().replace("%20", " ")] = int(size[1])
        doubtful = {name for _, doubts in self._doubts for name in doubts[0]}
        listed = {name: size for name, size in listed.items() if name not in doubtful}
        known = {name: each.size for name, each in self._files.items() if each is not None}
        if listed != known:
            raise Violation(f"it lists {listed}, there are {known}")

    async def _lock(self, connection: Connection, name: str, doubts: list[State]) -> None:
        """Lock a file, find that it is locked, write with the token, unlock it."""
        lives, old, empty = self._lives(), self._files.get(name), Content(0, 0)
        fresh = Content.any(self._random, _SMALL_SIZE)
        doubts += [{name: old}, {name: fresh}, {name: empty}]
        size = len(_LOCK_BODY)
        head = self._head("LOCK", self._url(name), Timeout=f"Second-{_LOCK_S}", Content_Length=size)
        answer = await connection.ask(head, _LOCK_BODY)
        self._expect(answer, 201 if old is None else 200)
        token = answer.headers["lock-token"]
        self._files[name] = old or empty
        without = await self._put(connection, name, empty, doubts, X_Without="token")
        written = await self._put(connection, name, fresh, doubts, If=f"({token})")
        unlocked = await connection.ask(self._head("UNLOCK", self._url(name), Lock_Token=token))
        found = without.status, written.status, unlocked.status
        if lives == self._lives() and found != (423, 204, 204):
            raise Violation(f"locked by {token}, and PUT, PUT with it, UNLOCK: {found}")

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
                contents = await self._read(connection, name, [each[name] for each in states])
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
            self._files.update(found)
            return True
        self._tally.settled += 1
        self._files.update(possible[0])
        return True
