"""The requests of a soak's program, each with what must come of it."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Collection
from typing import Final

from scripts.soak_connection import Answer, Connection, Content
from scripts.soak_tally import State, Tally, Violation

_FILES: Final = 8
#: Exponents of 2 between which sizes lie, but for odd ones; the largest is 64 MiB.
_SIZES: Final = (8.0, 26.0)
_ODD_SIZES: Final = (0, 1, 4096, 1 << 16, 64 << 20)
#: Sizes of what is written under a lock: whoever lost it is told before all has come.
_SMALL_SIZE: Final = 4096
LOCK_S: Final = 20
_LOCK_BODY: Final = (
    b'<D:lockinfo xmlns:D="DAV:"><D:lockscope><D:exclusive/></D:lockscope>'
    b"<D:locktype><D:write/></D:locktype></D:lockinfo>"
)


class Requests:
    """What a program does in its folder, and what it knows of that.

    A request says first, in the list it is given, what may be if it is interrupted.

    Args:
        folder: Its name.
        numbers: Decide on everything.
        tally: What is done goes there.
        lives: How often whoever keeps the locks has changed.
        doubtful: Names of which it is not known what they are.
    """

    def __init__(
        self,
        folder: str,
        numbers: random.Random,
        tally: Tally,
        *,
        lives: Callable[[], int],
        doubtful: Callable[[], Collection[str]],
    ) -> None:
        self.files: State = {}
        self._folder = folder
        self._random = numbers
        self._tally = tally
        self._lives = lives
        self._doubtful = doubtful

    def _head(self, method: str, name: str, **headers: object) -> bytes:
        fields = {"Host": "localhost", **headers}
        lines = "".join(f"{key.replace('_', '-')}: {value}\r\n" for key, value in fields.items())
        return f"{method} /{self._folder}/{name} HTTP/1.1\r\n{lines}\r\n".encode()

    def _any_name(self) -> str:
        return f"file {self._random.randrange(_FILES)}.bin"

    def _any_content(self) -> Content:
        is_odd = self._random.random() < 0.2
        size = self._random.choice(_ODD_SIZES) if is_odd else self._any_size(*_SIZES)
        return Content.any(self._random, size)

    def _any_size(self, low: float, high: float) -> int:
        return int(2 ** self._random.uniform(low, high))

    async def do(
        self, choice: str, name: str | None, connection: Connection, doubts: list[State]
    ) -> bool:
        """Do one thing; whether there was anything to do it with.

        Args:
            choice: A method, or ``range``.
            name: Of the file to read; None for any.
            connection: Where to ask.
            doubts: Takes what may be if it is interrupted.

        Raises:
            Violation: The answer is not what it must be.
            OSError, EOFError, Cut: See :meth:`Connection.ask`.
        """
        if choice == "MKCOL":
            self._expect(await connection.ask(self._head("MKCOL", "")), 201, 405)
        elif choice == "PROPFIND":
            await self._list(connection)
        else:
            names = [each for each, content in self.files.items() if content is not None]
            source = name or (self._random.choice(names) if names else None)
            target = self._any_name()
            if choice in ("PUT", "LOCK", "COPY", "MOVE") and target in self._doubtful():
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
                doubts += [{source: self.files[source]}, {source: None}]
                self._expect(await connection.ask(self._head("DELETE", self._url(source))), 204)
                self.files[source] = None
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
        content, old = self.files[source], self.files.get(target)
        after: State = {source: content if method == "COPY" else None, target: content}
        doubts += [{source: content, target: old}, after]
        destination = f"http://localhost/{self._folder}/{self._url(target)}"
        head = self._head(method, self._url(source), Destination=destination)
        self._expect(await connection.ask(head), 201 if old is None else 204)
        self.files.update(after)

    @staticmethod
    def _url(name: str) -> str:
        return name.replace(" ", "%20")

    def _expect(self, answer: Answer, *statuses: int) -> None:
        if answer.status not in statuses:
            raise Violation(f"status {answer.status}, expected {statuses}: {answer.body[:200]!r}")

    async def _put(
        self, connection: Connection, name: str, fresh: Content, doubts: list[State], **headers: str
    ) -> Answer:
        old = self.files.get(name)
        doubts += [{name: old}, {name: fresh}]
        head = self._head("PUT", self._url(name), Content_Length=fresh.size, **headers)
        answer = await connection.ask(head, fresh)
        if not headers:
            self._expect(answer, 201 if old is None else 204)
        if answer.status in (201, 204):
            self.files[name] = fresh
            self._tally.bytes_moved += fresh.size
        return answer

    async def _get(self, connection: Connection, name: str, *, is_part: bool) -> None:
        content = self.files[name]
        found = await self.read(connection, name, [content], is_part=is_part)
        if not found:
            raise Violation(f"'{name}' has not the content it should have: {content}")

    async def read(
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
        doubtful = self._doubtful()
        listed = {name: size for name, size in listed.items() if name not in doubtful}
        known = {name: each.size for name, each in self.files.items() if each is not None}
        if listed != known:
            raise Violation(f"it lists {listed}, there are {known}")

    async def _lock(self, connection: Connection, name: str, doubts: list[State]) -> None:
        """Lock a file, find that it is locked, write with the token, unlock it."""
        lives, old, empty = self._lives(), self.files.get(name), Content(0, 0)
        fresh = Content.any(self._random, _SMALL_SIZE)
        doubts += [{name: old}, {name: fresh}, {name: empty}]
        size = len(_LOCK_BODY)
        head = self._head("LOCK", self._url(name), Timeout=f"Second-{LOCK_S}", Content_Length=size)
        answer = await connection.ask(head, _LOCK_BODY)
        self._expect(answer, 201 if old is None else 200)
        token = answer.headers["lock-token"]
        self.files[name] = old or empty
        without = await self._put(connection, name, empty, doubts, X_Without="token")
        written = await self._put(connection, name, fresh, doubts, If=f"({token})")
        unlocked = await connection.ask(self._head("UNLOCK", self._url(name), Lock_Token=token))
        found = without.status, written.status, unlocked.status
        if lives == self._lives() and found != (423, 204, 204):
            raise Violation(f"locked by {token}, and PUT, PUT with it, UNLOCK: {found}")
