"""An agent that begins to read anywhere: it understands the first frame that begins behind that."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from caraway.protocol.mux import Mux
from caraway.protocol.mux_frames import frame_header
from caraway.protocol.mux_streams import Received

FIRST = 0x1134567890ABCDEF
#: Without the id for control, which nobody tells from a border who begins right before it.
DATA = st.binary(min_size=1, max_size=40).filter(lambda data: b"CARAWAY" not in data)
#: Which of three connections, and data of a frame.
FRAMES = st.lists(st.tuples(st.integers(0, 2), DATA), max_size=8)


@given(old=FRAMES, frames=FRAMES, start=st.integers(0, 400), cuts=st.lists(st.integers(1, 90)))
def test_it_finds_the_next_frame(
    old: list[tuple[int, bytes]],
    frames: list[tuple[int, bytes]],
    start: int,
    cuts: list[int],
) -> None:
    mux = Mux(is_agent=True, first_id=FIRST)
    mux.port_opened()
    for _ in range(3):
        mux.write(mux.open(0.0), b"GET")
    while mux.next_message(0.0) is not None:
        continue
    wire, borders = bytearray(), []
    # The first are of an agent before, with other numbers.
    all_frames = [(7 + number, data) for number, data in old]
    all_frames += [(FIRST + number, data) for number, data in frames]
    for number, data in all_frames:
        borders.append(len(wire))
        wire += frame_header(number, len(data)) + data
    due = [
        each
        for each, border in zip(all_frames, borders, strict=True)
        if border >= start and each[0] >= FIRST
    ]
    rest = bytes(wire[start:])
    heard: dict[int, bytes] = {}
    for size in [*cuts, len(rest)]:
        mux.feed(rest[:size])
        rest = rest[size:]
        while (event := mux.next_event(0.0)) is not None:
            assert isinstance(event, Received)
            number = event.stream.stream_id
            heard[number] = heard.get(number, b"") + event.data
    expected: dict[int, bytes] = {}
    for number, data in due:
        expected[number] = expected.get(number, b"") + data
    assert heard == expected
