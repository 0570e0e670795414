"""Whose turn it is: who has just come first, then everybody in a row."""

from __future__ import annotations

from caraway.protocol.mux_streams import MuxStream
from caraway.protocol.mux_turns import Turns


def stream(number: int, output: int) -> MuxStream:
    made = MuxStream(number, 0.0)
    if output:
        made.add_output(bytes(output))
    return made


def serve(turns: Turns, count: int, size: int = 1) -> list[int]:
    """Let as many have a turn, who send ``size`` bytes each; their numbers."""
    served = []
    for _ in range(count):
        chosen = turns.next()
        if chosen is None:
            break
        chosen.take_output(min(size, chosen.output_size))
        turns.served(chosen)
        served.append(chosen.stream_id)
    return served


def test_everybody_in_a_row() -> None:
    turns = Turns()
    for number in (1, 2, 3):
        turns.add(stream(number, 3))
    assert serve(turns, 20) == [1, 2, 3, 1, 2, 3, 1, 2, 3]
    assert turns.next() is None


def test_who_has_just_come_overtakes() -> None:
    turns = Turns()
    turns.add(stream(1, 100))
    turns.add(stream(2, 100))
    assert serve(turns, 3) == [1, 2, 1]
    turns.add(stream(3, 1))
    assert serve(turns, 3) == [3, 2, 1]


def test_who_sends_little_by_little_overtakes_once_a_round() -> None:
    turns = Turns()
    for number in (1, 2):
        turns.add(stream(number, 100))
    assert serve(turns, 2) == [1, 2]
    often = stream(3, 1)
    turns.add(often)
    assert serve(turns, 1) == [3]
    # It stands behind the others for a round.
    often.add_output(b"x")
    turns.add(often)
    assert serve(turns, 3) == [1, 2, 3]
    # After a round with nothing to say it is new again.
    assert serve(turns, 2) == [1, 2]
    assert serve(turns, 1) == [1]
    often.add_output(b"x")
    turns.add(often)
    assert serve(turns, 1) == [3]


def test_who_may_send_nothing_is_passed_over() -> None:
    turns = Turns()
    waits = stream(1, 5)
    waits.set_windows(sends=0, takes=100)
    over = stream(2, 5)
    over.is_over = True
    turns.add(waits)
    turns.add(over)
    turns.add(stream(3, 1))
    assert serve(turns, 5) == [3]
    waits.credit = 1
    turns.add(waits)
    assert serve(turns, 5) == [1]


def test_an_end_is_something_to_send() -> None:
    turns = Turns()
    closing = stream(1, 0)
    turns.add(closing)
    assert turns.next() is None
    closing.is_closing = True
    turns.add(closing)
    assert turns.next() is closing


def test_others() -> None:
    turns = Turns()
    first, second = stream(1, 5), stream(2, 0)
    turns.add(first)
    turns.add(second)
    assert not turns.are_others(first)
    second.add_output(b"x")
    assert turns.are_others(first)
    turns.served(first)
    assert turns.are_others(second)


def test_clear() -> None:
    turns = Turns()
    first = stream(1, 5)
    turns.add(first)
    turns.clear()
    assert turns.next() is None
    turns.add(first)
    assert turns.next() is first


def test_who_is_gone_is_kept_nowhere() -> None:
    turns = Turns()
    first, second = stream(1, 2), stream(2, 2)
    turns.add(first)
    turns.add(second)
    turns.served(first)
    for each in (first, second, first):
        turns.remove(each)
    assert turns.next() is None
    turns.add(first)
    assert serve(turns, 5) == [1, 1]
