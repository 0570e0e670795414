"""The bytes that lead every reader of frames back to a border."""

from __future__ import annotations

import pytest

from caraway.protocol.mux_credits import CONTROL_ID
from caraway.protocol.mux_frames import HEADER_SIZE, MAX_DATA, FrameSplitter, frame_header
from caraway.protocol.mux_resync import preamble

HELLO = frame_header(4711, 5) + b"hello"


def next_after(state: bytes) -> tuple[int, bytes]:
    """What the first frame of a known connection is, for a reader who was fed ``state`` before."""
    splitter = FrameSplitter()
    splitter.feed(state)
    while splitter.next_piece() is not None:
        continue
    splitter.feed(preamble() + HELLO)
    pieces = []
    while (piece := splitter.next_piece()) is not None:
        pieces.append(piece)
    last = pieces[-1]
    assert last.is_first
    assert last.is_last
    return last.stream_id, last.data


@pytest.mark.parametrize("phase", range(HEADER_SIZE))
def test_a_reader_in_the_middle_of_data(phase: int) -> None:
    # The lowest, the highest, and others at which data may end: of every phase.
    for left in (10 + phase, 30_000 + phase, MAX_DATA - phase):
        assert next_after(frame_header(1, left)) == (4711, b"hello"), left


@pytest.mark.parametrize("read", range(HEADER_SIZE))
def test_a_reader_in_the_middle_of_a_header(read: int) -> None:
    for header in (b"\xff" * HEADER_SIZE, b"\x01" * HEADER_SIZE, b"\0" * HEADER_SIZE):
        assert next_after(header[:read]) == (4711, b"hello")


def test_every_amount_that_may_be_missing() -> None:
    """Followed by arithmetic instead of by reading: where a border comes to be."""
    wire = preamble()
    ends = {}
    # Backwards: from each position that is a border, to where its reader ends.
    for at in range(len(wire) - 1, -1, -1):
        size_at = at + HEADER_SIZE - 2
        if size_at + 2 > len(wire):
            # The header would reach into what follows.
            ends[at] = at
            continue
        size = int.from_bytes(wire[size_at : size_at + 2], "little")
        ends[at] = ends.get(at + HEADER_SIZE + size, at + HEADER_SIZE + size)
    # Short of the very end nobody may stop: only a border there is good.
    assert {ends.get(missing, missing) for missing in range(MAX_DATA + 1)} == {len(wire)}


def test_it_is_short() -> None:
    assert MAX_DATA + 2 * HEADER_SIZE < len(preamble()) < 72_000


def test_few_frames_are_read() -> None:
    """The real agent takes its time for each, though it drops them all."""
    wire = preamble()
    for missing in range(0, MAX_DATA, 7):
        at, count = missing, 0
        while at + HEADER_SIZE <= len(wire):
            at += HEADER_SIZE + int.from_bytes(wire[at + 8 : at + 10], "little")
            count += 1
        assert count < 300, missing


def test_it_opens_no_connection() -> None:
    """No reader finds a number in it that a real agent may have given: 32 bits and their sign."""
    found = set()
    for left in range(MAX_DATA - 10, MAX_DATA + 1):
        splitter = FrameSplitter()
        splitter.feed(frame_header(4711, left) + preamble())
        while (piece := splitter.next_piece()) is not None:
            if piece.data:
                found.add(piece.stream_id)
    assert CONTROL_ID not in found
    assert not [number for number in found - {4711, 0} if -(1 << 31) <= number < 1 << 32]
