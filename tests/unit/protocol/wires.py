"""Both ends of links and channels, joined without any transport."""

from __future__ import annotations

from collections.abc import Iterable
from struct import pack

from caraway.errors import CarawayError
from caraway.messages.link import enums
from caraway.protocol.capabilities import Capabilities
from caraway.protocol.channel import Channel, Event
from caraway.protocol.link import Linked, LinkRequest
from caraway.protocol.steps import Exchange

CommonCap = enums.CommonCap

#: What both real sides say of themselves.
COMMON = frozenset({CommonCap.PROTOCOL_AUTH_SELECTION, CommonCap.AUTH_SPICE, CommonCap.MINI_HEADER})


def linked(
    *, kind: int = 1, mini: bool = True, peer: Iterable[int] = (), common: Iterable[int] = COMMON
) -> Linked:
    """How a link stage ended."""
    capabilities = Capabilities(frozenset(common), frozenset(peer))
    return Linked(LinkRequest(kind, capabilities=capabilities), capabilities, mini)


def framed(number: int, body: bytes = b"", *, mini: bool = True, serial: int = 0) -> bytes:
    """A message with its data header."""
    if mini:
        return pack("<HI", number, len(body)) + body
    return pack("<QHII", serial, number, len(body), 0) + body


def listed(*inner: tuple[int, bytes], before: bytes = b"") -> bytes:
    """The body of a LIST, or with ``before`` one with a list at its end."""
    start = len(before) + 2 + 4 * len(inner)
    places = b""
    bodies = b""
    for number, body in inner:
        places += pack("<I", start + len(bodies))
        bodies += pack("<HI", number, len(body)) + body
    return before + pack("<H", len(inner)) + places + bodies


def output(channel: Channel) -> bytes:
    """What a channel has to send."""
    return b"".join(channel.take_output())


def events(channel: Channel, data: bytes = b"") -> list[Event]:
    """What comes of bytes."""
    channel.feed(data)
    found = []
    while (event := channel.next_event()) is not None:
        found.append(event)
    return found


def exchange(one: Channel, other: Channel) -> tuple[list[Event], list[Event]]:
    """Carry what both have to send until nothing is left; the events of each."""
    heard: tuple[list[Event], list[Event]] = [], []
    moved = True
    while moved:
        moved = False
        for source, target, found in ((one, other, heard[1]), (other, one, heard[0])):
            data = output(source)
            if data:
                found += events(target, data)
                moved = True
    return heard


def join(one: Exchange[Linked], other: Exchange[Linked], *, step: int = 1 << 20) -> None:
    """Carry a link stage's bytes to and fro, ``step`` at a time, until it is over.

    Raises:
        CarawayError: What the first side that fails raises, after the other has heard of it.
    """
    failure: CarawayError | None = None
    moved = True
    while moved:
        moved = False
        for source, target in ((one, other), (other, one)):
            data = source.take_output()
            for start in range(0, len(data), step):
                moved = True
                try:
                    target.feed(data[start : start + step])
                except CarawayError as error:
                    failure = failure or error
                    break
    if failure is not None:
        raise failure
