"""The head of an HTTP message: what a proxy answers, and what a WebSocket begins with."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from caraway.errors import DecodeError, LimitExceeded
from caraway.net.gate import Gate

#: Bytes of a head; what comes without an end would fill memory before anybody has said
#: who he is.
MAX_HEAD: Final = 16 << 10
_END: Final = re.compile(rb"\r?\n\r?\n")
_TOKEN: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")


@dataclass(frozen=True, slots=True)
class Head:
    """A head.

    Attributes:
        start: The first line.
        fields: Names in lower case, and values without blanks around them.
    """

    start: str
    fields: tuple[tuple[str, str], ...]

    def get(self, name: str) -> str | None:
        """The value of a field; of several, joined by commas; None without any."""
        values = [value for each, value in self.fields if each == name]
        return ", ".join(values) if values else None

    def has_token(self, name: str, token: str) -> bool:
        """Whether a list of words has one, in any case."""
        return token in (each.strip().lower() for each in (self.get(name) or "").split(","))


class HeadReader:
    """Cuts a head from bytes that come in pieces of any size.

    Attributes:
        head: None until all of it has come.
        rest: What came behind it.
    """

    def __init__(self) -> None:
        self.head: Head | None = None
        self.rest = b""
        self._kept = bytearray()

    def feed(self, data: bytes) -> None:
        """Take what has arrived.

        Raises:
            LimitExceeded: It is longer than ``MAX_HEAD``.
            DecodeError: It is no head of HTTP.
        """
        if self.head is not None:
            self.rest += data
            return
        start = max(len(self._kept) - 3, 0)
        self._kept += data
        end = _END.search(self._kept, start)
        if (len(self._kept) if end is None else end.start()) > MAX_HEAD:
            raise LimitExceeded(f"a head of more than {MAX_HEAD} bytes, which is the limit")
        if end is not None:
            self.head = _parse(bytes(self._kept[: end.start()]))
            self.rest = bytes(self._kept[end.end() :])
            self._kept.clear()


def _parse(data: bytes) -> Head:
    start, *lines = data.decode("latin-1").replace("\r\n", "\n").split("\n")
    fields: list[tuple[str, str]] = []
    for line in lines:
        name, colon, value = line.partition(":")
        if not colon or not _TOKEN.fullmatch(name):
            raise DecodeError(f"the line {line[:80]!r} is no field of HTTP")
        fields.append((name.lower(), value.strip(" \t")))
    return Head(start, tuple(fields))


async def read_head(gate: Gate) -> Head:
    """The head that comes next; what follows it stays at the gate.

    Raises:
        ClosedError: The peer closed the stream first.
        RemoteProtocolError: It is too long, or no head of HTTP.
    """
    reader = HeadReader()
    while reader.head is None:
        reader.feed(await gate.read())
    gate.put_back(reader.rest)
    return reader.head
