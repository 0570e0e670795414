"""Feeds a parser and collects what comes out, whatever way the bytes are cut."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from caraway.webdav.errors import HTTPError
from caraway.webdav.http.parser import END, NEED_DATA, Data, Head, HttpLimits, RequestParser


@dataclass
class Exchange:
    """One request; ``ended`` says whether it came whole."""

    head: Head
    body: bytes = b""
    ended: bool = False


@dataclass
class Reading:
    """What a parser made of a stream: requests, then perhaps an error."""

    requests: list[Exchange] = field(default_factory=list)
    error: tuple[int, str] | None = None
    closes: bool = False

    @property
    def status(self) -> int | None:
        return self.error and self.error[0]


def pull(parser: RequestParser, reading: Reading) -> None:
    """Take events until there are none."""
    while reading.error is None:
        try:
            event = parser.next_event()
        except HTTPError as error:
            reading.closes = error.close
            reading.error = error.status, error.reason
            return
        if event is NEED_DATA:
            return
        if isinstance(event, Head):
            reading.requests.append(Exchange(event))
        elif isinstance(event, Data):
            assert len(event.data)
            reading.requests[-1].body += event.data
        else:
            assert event is END
            reading.requests[-1].ended = True


def read(pieces: Iterable[bytes], limits: HttpLimits | None = None) -> Reading:
    """Feed one piece after the other, taking all events after each."""
    parser = RequestParser(limits)
    reading = Reading()
    for piece in pieces:
        parser.feed(piece)
        pull(parser, reading)
    return reading


def read_all_ways(stream: bytes, limits: HttpLimits | None = None) -> Reading:
    """The same reading of a stream fed whole, byte by byte, in twos and sevens."""
    whole = read([stream], limits)
    for size in (1, 2, 7):
        pieces = [stream[start : start + size] for start in range(0, len(stream), size)]
        assert read(pieces, limits) == whole, f"in pieces of {size}"
    return whole
