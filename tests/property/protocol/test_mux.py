"""The mux under any course of events, and two ends of it with any cuts between them."""

from __future__ import annotations

from collections import deque

from hypothesis import given
from hypothesis import strategies as st

from caraway.protocol.mux import Mux
from caraway.protocol.mux_credits import write_credit, write_hello
from caraway.protocol.mux_frames import frame_header
from caraway.protocol.mux_streams import MuxLimits, MuxStream, Opened, Received
from fuzz.mux_course import MAX_FED, run
from fuzz.mux_seeds import courses
from tests.property.effort import examples

NUMBERS = st.sampled_from([1, 2, 3, -1])
FRAMES = st.builds(
    lambda number, data: frame_header(number, len(data)) + data,
    NUMBERS,
    st.binary(max_size=200),
)
CONTROLS = st.one_of(
    st.builds(write_hello, st.sampled_from([4096, 5000])),
    st.builds(write_credit, NUMBERS, st.integers(0, 2**32 - 1)),
)
FED = st.one_of(FRAMES, CONTROLS, st.binary(max_size=20)).map(lambda data: (0, data[:MAX_FED]))
DONE = st.tuples(st.integers(128, 255), st.integers(0, 40).map(bytes))


@examples(200)
@given(st.integers(0, 1), st.lists(st.one_of(FED, DONE), max_size=60))
def test_any_course(side: int, steps: list[tuple[int, bytes]]) -> None:
    run(bytes([side]) + b"".join(bytes([code, len(data)]) + data for code, data in steps))


def test_seeds() -> None:
    told = [run(course) for course in courses()]
    assert told[0][0] == "opened -5"
    assert all(told[:3])


class Wire:
    """What goes from one end to the other, in pieces of the given sizes."""

    def __init__(self, sender: Mux, receiver: Mux, sizes: list[int]) -> None:
        self._sender, self._receiver = sender, receiver
        self._sizes = deque(sizes)
        self._data = b""
        self.received: dict[int, bytes] = {}
        self.streams: dict[int, MuxStream] = {}

    def carry(self) -> bool:
        """Let a message go, and a piece arrive; whether there was anything."""
        message = self._sender.next_message(0.0)
        self._data += b"".join(message or [])
        size = self._sizes[0]
        self._sizes.rotate(-1)
        piece, self._data = self._data[:size], self._data[size:]
        self._receiver.feed(piece)
        while (event := self._receiver.next_event(0.0)) is not None:
            number = event.stream.stream_id
            if isinstance(event, Opened):
                self.streams[number] = event.stream
            elif isinstance(event, Received):
                self.received[number] = self.received.get(number, b"") + event.data
        return bool(piece or message)


@examples(100)
@given(
    st.lists(st.binary(min_size=1, max_size=20_000), min_size=1, max_size=6),
    st.lists(st.integers(1, 5000), min_size=1, max_size=8),
    st.booleans(),
)
def test_both_ends(requests: list[bytes], sizes: list[int], early: bool) -> None:
    """All arrives, in order, whatever the windows and cuts are."""
    limits = MuxLimits(window=4096)
    agent, host = Mux(is_agent=True, limits=limits), Mux(limits=limits)
    agent.port_opened()
    host.port_opened()
    there, back = Wire(agent, host, sizes), Wire(host, agent, sizes)
    sent = {}
    if not early:
        while there.carry() or back.carry():
            continue
    for request in requests:
        stream = agent.open(0.0)
        sent[stream.stream_id] = request
        agent.write(stream, request)
    answered: set[int] = set()
    while there.carry() | back.carry() or len(answered) < len(sent):
        for number in set(there.streams) - answered:
            answered.add(number)
            host.write(there.streams[number], requests[number % len(requests)])
    assert there.received == sent
    assert back.received == {number: requests[number % len(requests)] for number in sent}
    for stream in agent.streams:
        agent.close(stream)
    while there.carry() | back.carry():
        continue
    assert agent.streams == host.streams == []
