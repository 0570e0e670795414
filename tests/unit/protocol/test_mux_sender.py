"""What goes out, and in which order."""

from __future__ import annotations

import pytest

from caraway.protocol.mux_credits import CONTROL_ID, write_credit, write_hello
from caraway.protocol.mux_frames import HEADER_SIZE, MAX_DATA, FrameSplitter, frame_header
from caraway.protocol.mux_sender import (
    LONE_FRAME,
    MAX_ENDS,
    SHARED_FRAME,
    MuxSender,
)
from caraway.protocol.mux_streams import MuxStream


def frames(message: bytes) -> list[tuple[int, int]]:
    """The frames of a message: whose, and how long."""
    splitter = FrameSplitter()
    splitter.feed(message)
    found = []
    while (piece := splitter.next_piece()) is not None:
        assert piece.is_first
        assert piece.is_last
        found.append((piece.stream_id, len(piece.data)))
    return found


def take(sender: MuxSender, now: float = 0.0) -> tuple[bytes, list[MuxStream]] | None:
    """The next message, joined, and the streams of which it has the end."""
    message = sender.next_message(now)
    return message and (b"".join(message[0]), message[1])


def all_frames(sender: MuxSender) -> list[list[tuple[int, int]]]:
    """Those of all messages there are."""
    found = []
    while (message := take(sender, 5.0)) is not None:
        found.append(frames(message[0]))
    return found


def make(sender: MuxSender, number: int, *sizes: int) -> MuxStream:
    stream = MuxStream(number, 0.0)
    for size in sizes:
        stream.add_output(bytes(size))
    sender.add(stream)
    return stream


def test_nothing() -> None:
    sender = MuxSender()
    assert not sender.has_output
    assert take(sender) is None
    assert not sender.has_sent


@pytest.mark.parametrize("size", [1, 200, SHARED_FRAME, LONE_FRAME, MAX_DATA])
def test_an_answer_that_fits_goes_in_one_frame(size: int) -> None:
    sender = MuxSender()
    stream = make(sender, 7, 1, size - 1) if size > 1 else make(sender, 7, 1)
    make(sender, 8, 5)
    assert sender.has_output
    assert [each for message in all_frames(sender) for each in message] == [(7, size), (8, 5)]
    assert (stream.moved, stream.has_spoken, sender.has_sent) == (5.0, True, True)
    assert not sender.has_output


def test_a_stream_alone_fills_messages() -> None:
    sender = MuxSender()
    make(sender, 1, 3 * LONE_FRAME)
    found = all_frames(sender)
    assert found == [[(1, LONE_FRAME)]] * 3


def test_a_full_message_fills_what_loopback_carries_at_once() -> None:
    """With the head of its SPICE message; a rest would wake the peer for itself."""
    segment = 65483 - 20
    message = 4 * (HEADER_SIZE + LONE_FRAME) + 6
    assert 3.99 * segment < message <= 4 * segment


def test_while_others_wait_frames_are_short() -> None:
    sender = MuxSender()
    make(sender, 1, 5 * SHARED_FRAME)
    make(sender, 2, 5 * SHARED_FRAME)
    found = all_frames(sender)
    assert found == [[(1, SHARED_FRAME)], [(2, SHARED_FRAME)]] * 4 + [
        [(1, SHARED_FRAME)],
        [(2, SHARED_FRAME)],
    ]


def test_a_short_answer_overtakes() -> None:
    sender = MuxSender()
    make(sender, 1, 10 * LONE_FRAME)
    assert take(sender) is not None
    make(sender, 2, 300)
    message = take(sender)
    assert message is not None
    assert frames(message[0]) == [(2, 300)]


def test_short_frames_share_a_message() -> None:
    sender = MuxSender()
    for number in range(100):
        make(sender, number, 1000)
    found = all_frames(sender)
    assert [len(each) for each in found] == [17] * 5 + [15]


def test_a_message_is_never_longer_than_one() -> None:
    sender = MuxSender()
    make(sender, 1, 100)
    make(sender, 2, MAX_DATA)
    assert all_frames(sender) == [[(1, 100)], [(2, MAX_DATA)]]


def test_ends_follow_the_data() -> None:
    sender = MuxSender()
    stream = make(sender, 1, 100)
    stream.is_closing = True
    message = take(sender)
    assert message is not None
    assert frames(message[0]) == [(1, 100), (1, 0)]
    assert message[1] == [stream]
    sender.add(stream)
    assert not sender.has_output


def test_windows_are_kept() -> None:
    sender = MuxSender()
    stream = make(sender, 1, 100)
    stream.set_windows(sends=30, takes=100)
    assert all_frames(sender) == [[(1, 30)]]
    stream.credit = 50
    sender.add(stream)
    assert all_frames(sender) == [[(1, 50)]]
    stream.is_closing = True
    sender.add(stream)
    assert all_frames(sender) == []


def test_what_is_owed_goes_first_and_is_kept_short() -> None:
    sender = MuxSender()
    stream = make(sender, 1, 1)
    over = make(sender, 2, 1)
    for _ in range(1000):
        sender.grant(stream, 5)
        sender.grant(over, 5)
        sender.end(9)
        sender.greet(4096)
    sender.begin(b"\0" * 20)
    sender.forget(over)
    assert sender.has_output
    message = take(sender)
    assert message is not None
    data = message[0]
    assert data.startswith(b"\0" * 20 + write_hello(4096))
    rest = frames(data[20:])
    assert rest[0][0] == CONTROL_ID
    assert rest[1:-2] == [(9, 0)] * MAX_ENDS
    assert 2 not in [number for number, _ in rest]
    assert write_credit(1, 5000) in data
    assert rest[-1] == (1, 1)
    assert stream.allowance == 5000
    assert over.allowance == 0
    assert not sender.has_output


def test_a_long_beginning_is_a_message_of_its_own() -> None:
    sender = MuxSender()
    make(sender, 1, 10)
    sender.begin(b"\0" * 70_000)
    first, second = take(sender), take(sender)
    assert first is not None
    assert first[0] == b"\0" * 70_000
    assert second is not None
    assert frames(second[0]) == [(1, 10)]


def test_clear() -> None:
    sender = MuxSender()
    stream = make(sender, 1, 10)
    sender.begin(b"x")
    sender.greet(4096)
    sender.end(1)
    sender.grant(stream, 1)
    sender.clear()
    assert not sender.has_output
    assert take(sender) is None


def test_a_frame_may_be_several_messages() -> None:
    sender, stream = MuxSender(), MuxStream(1, 0.0)
    sender.suit(is_plain=True)
    stream.add_output(bytes(range(256)) * 80)
    sender.add(stream)
    stream.is_closing = True
    messages = []
    while (message := take(sender)) is not None:
        messages.append(bytes(message[0]))
        assert sender.has_output == (len(messages) < 4)
        if len(messages) == 1:
            # Nothing comes between, however urgent it is.
            sender.end(7)
    assert [len(each) for each in messages] == [8192, 8192, 4106, 20]
    data = frame_header(1, 20480) + bytes(range(256)) * 80
    assert b"".join(messages[:3]) == data
    assert messages[3] == frame_header(7, 0) + frame_header(1, 0)


def test_a_frame_that_has_begun_ends_with_the_port() -> None:
    sender, stream = MuxSender(), MuxStream(1, 0.0)
    sender.suit(is_plain=True)
    stream.add_output(bytes(20000))
    sender.add(stream)
    assert take(sender) is not None
    sender.clear()
    assert not sender.has_output
    assert take(sender) is None


def test_a_frame_that_has_begun_goes_on_for_a_peer_of_our_kind() -> None:
    """Its greeting may come while the rest of the frame waits."""
    sender, stream = MuxSender(), MuxStream(1, 0.0)
    sender.suit(is_plain=True)
    stream.add_output(bytes(range(250)) * 80)
    sender.add(stream)
    first = take(sender)
    sender.suit(is_plain=False)
    second = take(sender)
    assert first is not None
    assert second is not None
    assert bytes(first[0]) + bytes(second[0]) == frame_header(1, 20000) + bytes(range(250)) * 80
    assert take(sender) is None
