"""Link stages and channels come to the same however their bytes are cut."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise
from struct import pack

from hypothesis import given
from hypothesis import strategies as st

from caraway.errors import CarawayError, RemoteProtocolError
from caraway.protocol.channel import Event
from caraway.protocol.link import MAX_SASL
from caraway.protocol.port import PortData
from fuzz.channel_ends import ENDS, react
from fuzz.link_sides import SIDES
from fuzz.spice_seeds import LINKS, SESSIONS
from tests.property.effort import examples

Places = list[int]
places = st.lists(st.integers(0, 400), max_size=12)
Change = tuple[int, int]
#: Where a byte is changed, and by how much; most streams stay as they are.
changes = st.one_of(st.just((0, 0)), st.tuples(st.integers(0, 400), st.integers(1, 255)))


def _cut(stream: bytes, at: Places) -> list[bytes]:
    ends = [0, *sorted(min(each, len(stream)) for each in at), len(stream)]
    return [stream[start:end] for start, end in pairwise(ends)]


def _changed(stream: bytes, change: Change) -> bytes:
    place, by = change[0] % len(stream), change[1]
    return stream[:place] + bytes([(stream[place] + by) % 256]) + stream[place + 1 :]


def _link(side: int, pieces: Iterable[bytes]) -> tuple[object, str, bytes]:
    exchange = SIDES[side]()
    said = exchange.take_output()
    try:
        for piece in pieces:
            exchange.feed(piece)
            said += exchange.take_output()
            if exchange.outcome is None:
                assert len(exchange.rest) <= MAX_SASL
    except CarawayError as error:
        return None, repr(error), said + exchange.take_output()
    return exchange.outcome, "", said + exchange.rest


@examples(100)
@given(st.sampled_from(LINKS), places, changes)
def test_links(link: tuple[int, bytes], at: Places, change: Change) -> None:
    side, stream = link[0], _changed(link[1], change)
    whole = _link(side, [stream])
    assert _link(side, _cut(stream, at)) == whole
    assert _link(side, _cut(stream, list(range(len(stream))))) == whole


class _Found:
    """What a channel hands out; messages of data that come in parts are put together.

    Of one whose end has not come nothing is seen: how much of it is handed out depends on the cuts.
    """

    def __init__(self) -> None:
        self.events: list[str] = []
        self._data = b""

    def add(self, event: Event) -> None:
        if not isinstance(event, PortData):
            self.events.append(repr(event))
            return
        self._data += event.data
        if not event.is_part:
            self.events.append(repr(self._data))
            self._data = b""


def _channel(end: int, mini: bool, pieces: Iterable[bytes]) -> tuple[list[str], str, bytes]:
    channel = ENDS[end](mini)
    said = b"".join(channel.take_output())
    found = _Found()
    try:
        for piece in pieces:
            channel.feed(piece)
            while (event := channel.next_event()) is not None:
                found.add(event)
                react(channel, event)
            said += b"".join(channel.take_output())
    except RemoteProtocolError as error:
        return found.events, repr(error), said + b"".join(channel.take_output())
    return found.events, "", said


def _framed(number: int, body: bytes, *, mini: bool) -> bytes:
    if mini:
        return pack("<HI", number, len(body)) + body
    return pack("<QHII", 0, number, len(body), 0) + body


@examples(100)
@given(
    st.sampled_from(SESSIONS),
    st.booleans(),
    st.lists(st.tuples(st.integers(0, 120), st.binary(max_size=60)), max_size=3),
    places,
    changes,
)
def test_channels(
    session: tuple[int, list[tuple[int, bytes]]],
    mini: bool,
    more: list[tuple[int, bytes]],
    at: Places,
    change: Change,
) -> None:
    end, messages = session
    stream = b"".join(_framed(*each, mini=mini) for each in [*messages, *more])
    stream = _changed(stream, change)
    whole = _channel(end, mini, [stream])
    assert _channel(end, mini, _cut(stream, at)) == whole
    assert _channel(end, mini, _cut(stream, list(range(len(stream))))) == whole
