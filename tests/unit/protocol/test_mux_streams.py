"""What waits in a stream to be sent."""

from __future__ import annotations

from caraway.protocol.mux_frames import MAX_DATA
from caraway.protocol.mux_streams import MuxStream


def test_output_is_taken_in_any_pieces() -> None:
    stream = MuxStream(1, 0.0)
    for piece in (b"abc", b"d", b"efgh"):
        stream.add_output(piece)
    taken = []
    for size in (1, 3, 2, 2):
        taken.append(b"".join(stream.take_output(size)))
    assert taken == [b"a", b"bcd", b"ef", b"gh"]
    assert stream.output_size == 0


def test_what_may_be_sent() -> None:
    stream = MuxStream(1, 0.0)
    stream.add_output(bytes(10))
    assert stream.sendable == 10
    stream.set_windows(sends=4, takes=100)
    assert stream.sendable == 4
    stream.take_output(3)
    assert (stream.sendable, stream.credit, stream.output_size) == (1, 1, 7)
    stream.credit = 50
    assert stream.sendable == 7


def test_its_end_goes_when_all_is_sent() -> None:
    stream = MuxStream(1, 0.0)
    stream.add_output(b"x")
    stream.is_closing = True
    assert not stream.may_finish
    stream.drop_output()
    assert stream.may_finish


def test_bulk_is_what_does_not_fit_a_frame() -> None:
    stream = MuxStream(1, 0.0)
    stream.add_output(bytes(MAX_DATA))
    assert not stream.is_bulk
    stream.add_output(b"x")
    assert stream.is_bulk
    stream.take_output(MAX_DATA)
    # Its last bytes are no answer of their own.
    stream.add_output(b"y")
    assert stream.is_bulk
    stream.take_output(2)
    stream.add_output(b"short")
    assert not stream.is_bulk
