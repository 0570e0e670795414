"""Frames of connections from bytes, however those are cut."""

from __future__ import annotations

import random

import pytest

from caraway.messages.mux import mux
from caraway.protocol.mux_frames import HEADER_SIZE, MAX_DATA, FrameSplitter, Piece, frame_header

FRAMES = [
    (1, b"GET / HTTP/1.1\r\n\r\n"),
    (-2, b"x" * 300),
    (1, b""),
    (2**63 - 1, b"y"),
    (-(2**63), b""),
    (0, bytes(range(256)) * 5),
]
WIRE = b"".join(frame_header(number, len(data)) + data for number, data in FRAMES)


def join(pieces: list[Piece]) -> list[tuple[int, bytes]]:
    """The frames that pieces are of, checked for their borders."""
    frames: list[tuple[int, bytes]] = []
    is_between = True
    for piece in pieces:
        assert piece.is_first == is_between
        if piece.is_first:
            frames.append((piece.stream_id, piece.data))
        else:
            number, data = frames.pop()
            assert (number, bool(piece.data)) == (piece.stream_id, True)
            frames.append((number, data + piece.data))
        is_between = piece.is_last
    return frames


def _told(splitter: FrameSplitter) -> tuple[int, bytes, bool, bool]:
    """The next piece."""
    piece = splitter.next_piece()
    assert piece is not None
    return piece.stream_id, piece.data, piece.is_first, piece.is_last


def split(parts: list[bytes]) -> list[Piece]:
    splitter = FrameSplitter()
    pieces = []
    for part in parts:
        splitter.feed(part)
        while (piece := splitter.next_piece()) is not None:
            pieces.append(piece)
    return pieces


def test_frames_are_those_of_the_description() -> None:
    for number, data in FRAMES:
        for message in (mux.ServerFrame(number, data), mux.ClientFrame(number, data)):
            wire = frame_header(number, len(data)) + data
            assert b"".join(message.write_buffers()) == wire
    assert len(frame_header(0, 0)) == HEADER_SIZE
    assert MAX_DATA == 2**16 - 1


def test_whole() -> None:
    pieces = split([WIRE])
    assert [(piece.stream_id, piece.data) for piece in pieces] == FRAMES
    assert all(piece.is_first and piece.is_last for piece in pieces)


def test_byte_by_byte() -> None:
    assert join(split([WIRE[at : at + 1] for at in range(len(WIRE))])) == FRAMES


@pytest.mark.parametrize("seed", range(20))
def test_random_cuts(seed: int) -> None:
    numbers = random.Random(seed)
    cuts = sorted(numbers.randrange(len(WIRE) + 1) for _ in range(numbers.randrange(12)))
    parts = [WIRE[a:b] for a, b in zip([0, *cuts], [*cuts, len(WIRE)], strict=True)]
    assert join(split(parts)) == FRAMES


def test_every_truncation_gives_what_is_whole_so_far() -> None:
    for size in range(len(WIRE)):
        found = join(split([WIRE[:size]]))
        whole = found[:-1]
        assert whole == FRAMES[: len(whole)]
        if found:
            assert FRAMES[len(whole)][1].startswith(found[-1][1])


def test_what_is_fed_before_all_is_taken_is_not_lost() -> None:
    splitter = FrameSplitter()
    splitter.feed(WIRE[:5])
    splitter.feed(bytearray(WIRE[5:20]))
    splitter.feed(memoryview(WIRE)[20:])
    pieces = []
    while (piece := splitter.next_piece()) is not None:
        pieces.append(piece)
    assert join(pieces) == FRAMES


@pytest.mark.parametrize("half", [3, HEADER_SIZE, HEADER_SIZE + 2])
def test_reset_begins_at_a_border(half: int) -> None:
    splitter = FrameSplitter()
    splitter.feed((frame_header(7, 5) + b"abcde")[:half])
    while splitter.next_piece() is not None:
        continue
    splitter.reset()
    splitter.feed(frame_header(8, 1) + b"z")
    assert _told(splitter) == (8, b"z", True, True)
    assert splitter.next_piece() is None


FIRST, SECOND, THIRD = 0x1122334455667788, 0x1122334455667789, 0x6B6A696867666564
CONTROL = 0x2233445566778899


class Ids:
    """Ids that were given out: two that are near each other, and another."""

    def is_given_out(self, stream_id: int) -> bool:
        return stream_id in (FIRST, SECOND, THIRD, CONTROL)

    def landmarks(self) -> list[int]:
        return [FIRST, THIRD]

    greeting = frame_header(CONTROL, 3) + b"hi"


ORDERLY = [(SECOND, b"one"), (FIRST, b"two"), (THIRD, b""), (FIRST, b"three")]


def test_known_ids_change_nothing_where_all_is_in_order() -> None:
    splitter = FrameSplitter(Ids())
    splitter.feed(b"".join(frame_header(each, len(data)) + data for each, data in ORDERLY))
    pieces = []
    while (piece := splitter.next_piece()) is not None:
        pieces.append(piece)
    assert join(pieces) == ORDERLY


def test_a_greeting_is_found_whole_and_no_other_frame_of_its_id() -> None:
    splitter = FrameSplitter(Ids())
    wire = bytes(range(50, 90)) + frame_header(CONTROL, 3) + b"no" + Ids.greeting + b"!"
    pieces = []
    for at in range(len(wire)):
        splitter.feed(wire[at : at + 1])
        while (piece := splitter.next_piece()) is not None:
            pieces.append(piece)
    assert join(pieces) == [(CONTROL, b"hi!")]


@pytest.mark.parametrize("cut", [1, 2, 7, 8, 9, 10, 11, 400])
@pytest.mark.parametrize("skipped", [1, 5, 10, 11, 200, 305])
def test_who_begins_in_the_middle_of_a_frame_finds_the_next(skipped: int, cut: int) -> None:
    """Wherever that is, and however the bytes come; what is like an id is none."""
    like = frame_header(FIRST + 7, 2)
    stray = (frame_header(99, 300) + like * 30)[skipped:] + like[3:]
    wire = stray + b"".join(frame_header(each, len(data)) + data for each, data in ORDERLY)
    splitter = FrameSplitter(Ids())
    pieces = []
    for at in range(0, len(wire), cut):
        splitter.feed(wire[at : at + cut])
        while (piece := splitter.next_piece()) is not None:
            pieces.append(piece)
    assert join(pieces) == ORDERLY


def test_several_may_be_fed_before_the_first_is_taken() -> None:
    splitter = FrameSplitter()
    for at in range(0, len(WIRE), 7):
        splitter.feed(WIRE[at : at + 7])
    pieces = []
    while (piece := splitter.next_piece()) is not None:
        pieces.append(piece)
    assert join(pieces) == FRAMES


class TestJoining:
    """Frames of one stream that follow each other, where that means nothing."""

    LONG = bytes(range(256)) * 64

    def pieces(self, *parts: bytes) -> list[Piece]:
        splitter = FrameSplitter()
        splitter.joins = True
        for part in parts:
            splitter.feed(part)
        found = []
        while (piece := splitter.next_piece()) is not None:
            found.append(piece)
        return found

    def frame(self, number: int, data: bytes) -> bytes:
        return frame_header(number, len(data)) + data

    def test_long_ones_of_one_stream_are_one_piece(self) -> None:
        wire = self.frame(1, self.LONG) * 3
        for parts in ([wire], [self.frame(1, self.LONG)] * 3, [wire[:20_000], wire[20_000:]]):
            [piece] = self.pieces(*parts)
            assert (piece.stream_id, piece.is_first, piece.is_last) == (1, True, True)
            assert piece.data == self.LONG * 3

    def test_the_last_may_not_be_whole(self) -> None:
        wire = self.frame(1, self.LONG) * 2
        [piece] = self.pieces(wire[:-1])
        assert (piece.is_first, piece.is_last) == (True, False)
        assert piece.data == (self.LONG * 2)[:-1]

    def test_streams_stay_apart_and_ends_are_told(self) -> None:
        frames = [(1, self.LONG), (2, self.LONG), (2, b""), (1, self.LONG), (1, b"")]
        found = self.pieces(b"".join(self.frame(*each) for each in frames))
        assert [(piece.stream_id, piece.data) for piece in found] == frames

    def test_short_ones_stay_apart(self) -> None:
        """Those for control are of one id, too, and each is read by itself."""
        found = self.pieces(self.frame(1, self.LONG) + self.frame(1, b"a") * 2)
        assert [piece.data for piece in found] == [self.LONG, b"a", b"a"]

    def test_a_header_in_two_parts_begins_a_piece(self) -> None:
        wire = self.frame(1, self.LONG) * 2
        cut = len(wire) // 2 + 5
        found = self.pieces(wire[:cut], wire[cut:])
        assert [piece.data for piece in found] == [self.LONG] * 2
        assert all(piece.is_first and piece.is_last for piece in found)

    def test_beginning_anew_joins_no_more(self) -> None:
        splitter = FrameSplitter()
        splitter.joins = True
        splitter.feed(b"part of a")
        splitter.feed(b"header")
        splitter.reset()
        assert not splitter.joins
        splitter.feed(self.frame(1, b"a"))
        assert _told(splitter) == (1, b"a", True, True)
