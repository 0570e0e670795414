"""Connections of one channel: opened, read, written, closed, lost; with peers of both kinds."""

from __future__ import annotations

import random

import pytest

from caraway.errors import ClosedError
from caraway.protocol.mux import Mux
from caraway.protocol.mux_credits import (
    CONTROL_ID,
    MAX_CONTROL,
    MAX_WINDOW,
    MIN_WINDOW,
    Credit,
    Hello,
    write_credit,
    write_hello,
)
from caraway.protocol.mux_frames import frame_header
from caraway.protocol.mux_resync import preamble
from caraway.protocol.mux_sender import MAX_ENDS
from caraway.protocol.mux_streams import MuxLimits, MuxStream, Opened, Received
from tests.unit.protocol.mux_ends import End

WINDOW = MuxLimits().window
NUMBERS = [1, -1, 0, 2**63 - 1, -(2**63), -559038737]


def greeted(*, is_agent: bool = False, limits: MuxLimits | None = None, window: int = 65536) -> End:
    """An end whose peer takes credits; what it said first is taken."""
    end = End(is_agent=is_agent, limits=limits)
    assert end.hear_hello(window) == []
    end.said()
    assert end.mux.takes_credits
    return end


class TestPlain:
    """The sharing end with a real agent."""

    @pytest.mark.parametrize("number", NUMBERS)
    def test_a_connection(self, number: int) -> None:
        end = End()
        assert end.said() == [Hello(WINDOW)]
        assert end.hear((number, b"GET")) == [("opened", number, None), ("data", number, b"GET")]
        stream = end.found[number]
        end.mux.write(stream, b"answer")
        assert end.said() == [(number, b"answer")]
        assert end.hear((number, b"more")) == [("data", number, b"more")]
        assert end.hear((number, b"")) == [("ended", number, None)]
        assert stream.is_over
        assert end.mux.streams == []
        end.mux.write(stream, b"late")
        end.mux.close(stream)
        end.mux.abort(stream)
        assert end.said() == []

    def test_a_closed_port_carries_nothing(self) -> None:
        mux = Mux()
        assert not mux.is_open
        mux.feed(frame_header(1, 1) + b"x")
        assert mux.next_event(0.0) is None
        assert mux.next_message(0.0) is None
        assert not mux.has_output

    def test_closing_the_port_ends_all(self) -> None:
        end = End()
        end.hear((1, b"a"), (2, b"b"), (3, b"c"))
        end.mux.write(end.found[1], b"never sent")
        end.mux.close(end.found[3])
        end.mux.feed(frame_header(4, 100) + b"half of it")
        end.mux.port_closed()
        assert end.events() == [
            ("ended", 1, "the port was closed"),
            ("ended", 2, "the port was closed"),
        ]
        assert not end.mux.has_output
        assert end.mux.streams == []

    def test_an_end_is_unconfirmed_until_the_agent_says_so_too(self) -> None:
        end = End()
        end.said()
        end.hear((7, b"GET"), (8, b"GET"))
        end.mux.write(end.found[7], b"answer")
        for number in (7, 8):
            end.mux.close(end.found[number])
        assert end.mux.unconfirmed == set()
        assert end.said() == [(7, b"answer"), (8, b""), (7, b"")]
        assert end.mux.unconfirmed == {7, 8}
        assert end.hear((7, b"late"), (7, b"")) == []
        assert end.mux.unconfirmed == {8}

    def test_an_end_of_an_unknown_one_is_nothing(self) -> None:
        end = End()
        end.said()
        assert end.hear((5, b"")) == []
        assert end.said() == []

    def test_our_closing_sends_the_rest_and_late_data_opens_nothing(self) -> None:
        end = End()
        end.said()
        end.hear((5, b"a"))
        stream = end.found[5]
        end.mux.write(stream, b"rest")
        end.mux.close(stream)
        assert end.hear((5, b"not heard")) == []
        assert end.mux.has_output
        assert end.said() == [(5, b"rest"), (5, b"")]
        for _ in range(3):
            # Each keeps it closed for longer.
            end.clock += 4.0
            assert end.hear((5, b"late")) == []
        end.clock += 5.1
        assert end.hear((5, b"new")) == [("opened", 5, None), ("data", 5, b"new")]

    def test_an_agent_may_be_in_the_middle_of_a_frame_at_first(self) -> None:
        for leads_first in (False, True):
            mux = Mux(leads_first=leads_first)
            mux.port_opened()
            said = b""
            while (message := mux.next_message(0.0)) is not None:
                said += b"".join(message)
            is_right = said == (preamble() if leads_first else b"") + write_hello(WINDOW)
            assert is_right

    def test_what_looks_like_a_beginning_is_no_late_data(self) -> None:
        end = End(is_beginning=lambda data: data.startswith(b"GET"))
        end.said()
        end.hear((5, b"GET"))
        end.mux.close(end.found[5])
        end.said()
        assert end.hear((5, b"late"), (5, b"")) == []
        end.hear((5, b"GET"))
        end.mux.close(end.found[5])
        end.said()
        assert end.hear((5, b"late")) == []
        assert end.hear((5, b"GET")) == [("opened", 5, None), ("data", 5, b"GET")]
        assert end.hear((5, b"more")) == [("data", 5, b"more")]

    def test_nor_is_it_for_one_whose_end_is_still_to_be_sent(self) -> None:
        end = End(is_beginning=lambda data: data.startswith(b"GET"))
        end.hear((5, b"GET"))
        first = end.found[5]
        end.mux.write(first, b"for the one before")
        end.mux.close(first)
        assert end.hear((5, b"late")) == []
        assert end.hear((5, b"GET")) == [("opened", 5, None), ("data", 5, b"GET")]
        assert first.is_over
        end.mux.write(end.found[5], b"answer")
        assert end.said() == [Hello(WINDOW), (5, b"answer")]

    def test_a_number_comes_again_after_its_end(self) -> None:
        end = End()
        end.hear((5, b"PUT"))
        end.mux.pause(end.found[5])
        assert end.hear((5, b"waits"), (5, b"")) == []
        assert end.hear((5, b"GET")) == [
            ("ended", 5, "its number came again for another connection"),
            ("opened", 5, None),
            ("data", 5, b"GET"),
        ]

    def test_the_agents_end_frees_its_number(self) -> None:
        end = End()
        end.hear((5, b"a"))
        end.mux.close(end.found[5])
        end.said()
        assert end.hear((5, b""), (5, b"new")) == [("opened", 5, None), ("data", 5, b"new")]

    def test_both_close_at_once(self) -> None:
        end = End()
        end.said()
        end.hear((5, b"a"))
        end.mux.write(end.found[5], b"rest")
        end.mux.close(end.found[5])
        assert end.hear((5, b"")) == []
        assert end.mux.streams == []
        assert end.said() == []

    def test_closed_numbers_are_forgotten_in_time_and_number(self) -> None:
        end = End(limits=MuxLimits(remembered=3))
        for number in range(1, 6):
            end.hear((number, b"a"))
            end.mux.close(end.found[number])
            end.said()
        assert end.hear((5, b"late")) == []
        assert end.hear((1, b"forgotten"))[0] == ("opened", 1, None)
        end.clock += 6
        end.mux.check(end.clock)
        assert end.hear((4, b"new"))[0] == ("opened", 4, None)

    def test_aborting_sends_the_end_alone(self) -> None:
        end = End()
        end.said()
        end.hear((5, b"a"))
        end.mux.write(end.found[5], b"never sent")
        end.mux.abort(end.found[5])
        assert end.said() == [(5, b"")]

    def test_expiring_says_nothing_and_the_number_begins_anew(self) -> None:
        end = End()
        end.said()
        end.hear((5, b"a"))
        end.mux.expire(end.found[5])
        assert end.said() == []
        assert end.hear((5, b"b")) == [("opened", 5, None), ("data", 5, b"b")]

    def test_expiring_what_is_over(self) -> None:
        end = End()
        end.hear((5, b"a"))
        first = end.found[5]
        end.hear((5, b""), (5, b"b"))
        end.mux.expire(first)
        assert end.mux.streams == [end.found[5]]
        assert not end.found[5].is_over

    def test_without_being_told_no_answer_counts_as_unfinished(self) -> None:
        mux = Mux()
        mux.port_opened()
        mux.feed((frame_header(5, 1) + b"a") * 2)
        kinds = []
        while (event := mux.next_event(0.0)) is not None:
            kinds.append(type(event))
        assert kinds == [Opened, Received, Received]

    def test_a_number_comes_again_while_its_answer_is_unfinished(self) -> None:
        unfinished: set[MuxStream] = set()
        end = End(is_unfinished=lambda stream: stream in unfinished)
        end.said()
        end.hear((5, b"GET /big"))
        first = end.found[5]
        end.mux.write(first, bytes(100))
        assert end.hear((5, b"still the first")) == [("data", 5, b"still the first")]
        unfinished.add(first)
        told = end.hear((5, b"GET /other"))
        assert told == [
            ("ended", 5, "its number came again for another connection"),
            ("opened", 5, None),
            ("data", 5, b"GET /other"),
        ]
        second = end.found[5]
        end.mux.write(second, b"answer")
        end.mux.write(first, b"nobody's")
        assert end.said() == [(5, b"answer")]
        # Its end is no beginning.
        unfinished.add(second)
        assert end.hear((5, b"")) == [("ended", 5, None)]

    def test_the_rest_of_a_frame_is_no_beginning(self) -> None:
        end = End(is_unfinished=lambda stream: True)
        end.mux.feed(frame_header(5, 6) + b"abc")
        assert end.events() == [("opened", 5, None), ("data", 5, b"abc")]
        end.mux.feed(b"def")
        assert end.events() == [("data", 5, b"def")]

    def test_the_rest_of_a_refused_frame_is_no_beginning(self) -> None:
        end = End(limits=MuxLimits(streams=0))
        end.said()
        end.mux.feed(frame_header(5, 6) + b"abc")
        assert end.events() == []
        end.mux.feed(b"def")
        assert end.events() == []
        assert end.said() == [(5, b"")]

    def test_too_many(self) -> None:
        end = End(limits=MuxLimits(streams=2))
        end.said()
        end.hear((1, b"a"), (2, b"b"))
        assert end.hear(*((number, b"c") for number in range(3, 300))) == []
        assert end.said() == [(number, b"") for number in range(3, 3 + MAX_ENDS)]

    def test_paused_data_waits(self) -> None:
        end = End()
        end.hear((1, b"a"), (2, b"b"))
        stream = end.found[1]
        end.mux.pause(stream)
        assert end.hear((1, b"c"), (2, b"d"), (1, b"e")) == [("data", 2, b"d")]
        assert end.mux.incoming_size == 2
        end.mux.resume(stream)
        assert end.events() == [("data", 1, b"ce")]
        assert end.mux.incoming_size == 0

    def test_paused_again_in_between(self) -> None:
        end = End()
        end.hear((1, b"a"))
        stream = end.found[1]
        end.mux.pause(stream)
        long = bytes(5000)
        end.hear((1, long), (1, b"c"))
        end.mux.resume(stream)
        event = end.mux.next_event(end.clock)
        assert isinstance(event, Received)
        assert (event.stream, event.data) == (stream, long)
        end.mux.pause(stream)
        assert end.hear((1, b"d")) == []
        end.mux.resume(stream)
        assert end.events() == [("data", 1, b"cd")]

    def test_what_waits_comes_before_the_end(self) -> None:
        end = greeted()
        end.hear((1, b"a"), (2, b"a"))
        for number in (1, 2):
            end.mux.pause(end.found[number])
        end.mux.write(end.found[1], b"for nobody")
        end.said()
        assert end.hear((1, b"b"), (1, b""), (1, b"behind the end")) == []
        # Nothing waits: nothing to wait for.
        assert end.hear((2, b"")) == [("ended", 2, None)]
        end.mux.write(end.found[1], b"for nobody")
        assert end.said() == []
        end.mux.resume(end.found[1])
        assert end.events() == [("data", 1, b"b"), ("ended", 1, None)]

    def test_closing_what_the_peer_has_ended(self) -> None:
        end = End()
        end.hear((1, b"a"))
        end.said()
        end.mux.pause(end.found[1])
        end.hear((1, b"b"), (1, b""))
        end.mux.close(end.found[1])
        end.mux.close(end.found[1])
        assert end.mux.streams == []
        assert end.mux.incoming_size == 0
        assert end.said() == []

    def test_a_reader_that_is_slow_makes_the_port_wait(self) -> None:
        end = End(limits=MuxLimits(window=10_000))
        end.hear((1, b"a"))
        stream = end.found[1]
        end.mux.pause(stream)
        end.hear((1, bytes(5000)), (1, bytes(5000)))
        assert not end.mux.is_full
        end.hear((1, b"x"))
        end.hear((1, b"y"))
        assert end.mux.is_full
        end.mux.resume(stream)
        assert end.mux.next_event(end.clock) is not None
        assert end.mux.is_full
        assert end.mux.next_event(end.clock) is not None
        assert not end.mux.is_full

    def test_but_not_for_ever(self) -> None:
        end = End(limits=MuxLimits(window=10, stall_s=30))
        end.said()
        end.hear((1, b"a"), (2, b"a"))
        end.mux.pause(end.found[1])
        end.hear((1, bytes(11)))
        end.mux.check(end.clock + 30)
        assert end.events() == []
        end.mux.check(end.clock + 31)
        assert end.events() == [("ended", 1, "it was not read for too long")]
        assert not end.mux.is_full
        assert end.mux.incoming_size == 0
        assert end.said() == [(1, b"")]
        assert end.hear((1, b"late")) == []

    def test_who_waits_for_its_peer_must_not_make_it_wait(self) -> None:
        end = End(limits=MuxLimits(window=10))
        end.said()
        end.hear((1, b"a"))
        stream = end.found[1]
        end.mux.pause(stream)
        end.mux.write(stream, b"not taken")
        assert end.hear((1, bytes(11))) == [
            ("ended", 1, "more came than is kept for a reader who does not read")
        ]
        assert end.said() == [(1, b"")]

    def test_all_together_are_bounded(self) -> None:
        end = End(limits=MuxLimits(window=10, total=20))
        end.hear((1, b"a"), (2, b"a"), (3, b"a"))
        for stream in end.found.values():
            end.mux.pause(stream)
        end.hear((1, bytes(9)), (2, bytes(10)))
        assert not end.mux.is_full
        end.hear((3, bytes(2)))
        assert end.mux.is_full
        # Whoever is read, or gone, makes room for all.
        end.mux.resume(end.found[1])
        end.events()
        assert not end.mux.is_full
        end.mux.pause(end.found[1])
        end.hear((1, bytes(9)))
        assert end.mux.is_full
        end.mux.close(end.found[3])
        assert not end.mux.is_full

    def test_all_together_are_waited_for_as_long_as_one(self) -> None:
        end = End(limits=MuxLimits(window=10, total=15, stall_s=30))
        end.hear((1, b"a"), (2, b"a"), (3, b"a"))
        for stream in end.found.values():
            end.mux.pause(stream)
        end.hear((1, bytes(9)), (2, bytes(10)), (3, bytes(9)))
        end.mux.check(end.clock + 30)
        assert end.events() == []
        end.clock += 31
        end.mux.check(end.clock)
        assert end.events() == [("ended", 2, "it was not read for too long")]
        assert end.mux.is_full
        end.clock += 29
        end.mux.check(end.clock)
        assert end.mux.is_full
        end.clock += 2
        end.mux.check(end.clock)
        assert end.events() == [("ended", 1, "it was not read for too long")]
        assert not end.mux.is_full

    def test_all_together_are_too_much_and_one_waits_for_its_peer(self) -> None:
        end = End(limits=MuxLimits(window=10, total=15))
        end.hear((1, b"a"), (2, b"a"))
        for stream in end.found.values():
            end.mux.pause(stream)
        end.mux.write(end.found[1], b"not taken")
        assert end.hear((1, bytes(10)), (2, bytes(9))) == [
            ("ended", 1, "more came than is kept for a reader who does not read")
        ]
        assert not end.mux.is_full

    def test_opening_again_sends_what_puts_an_agent_back(self) -> None:
        end = End()
        assert end.said() == [Hello(WINDOW)]
        end.mux.port_closed()
        end.mux.port_opened()
        sent = b""
        while (message := end.mux.next_message(0.0)) is not None:
            sent += b"".join(message)
        is_right = sent == preamble() + write_hello(WINDOW)
        assert is_right, "the bytes that lead an agent back, then ours"
        assert end.hear((1, b"a"))[0] == ("opened", 1, None)

    def test_opening_again_before_anything_was_sent(self) -> None:
        end = End()
        end.mux.port_opened()
        assert end.said() == [Hello(WINDOW)]

    def test_a_half_frame_is_dropped_with_the_port(self) -> None:
        end = End()
        end.mux.feed(frame_header(1, 5) + b"abc")
        end.events()
        end.mux.port_closed()
        end.mux.port_opened()
        end.events()
        assert end.hear((2, b"x")) == [("opened", 2, None), ("data", 2, b"x")]


class TestCredits:
    """The sharing end with an agent of ours."""

    def test_windows(self) -> None:
        end = greeted(window=4096)
        end.hear((1, b"GET"))
        stream = end.found[1]
        end.mux.write(stream, bytes(5000))
        assert end.said() == [(1, bytes(4096))]
        end.mux.feed(write_credit(1, 500) + write_credit(2, 500))
        assert end.events() == []
        # So few are not worth a frame.
        assert end.said() == []
        end.mux.write(stream, bytes(1000))
        end.mux.feed(write_credit(1, 524))
        end.events()
        assert end.said() == [(1, bytes(1024))]
        end.mux.feed(write_credit(1, 2**32 - 1))
        end.events()
        assert end.said() == [(1, bytes(880))]
        assert stream.credit <= 2**30

    def test_what_is_read_is_granted_anew(self) -> None:
        end = greeted(limits=MuxLimits(window=1000, wide_window=1000))
        end.hear((1, bytes(499)))
        assert end.said() == []
        end.hear((1, b"x"))
        assert end.said() == [Credit(1, 500)]
        end.mux.pause(end.found[1])
        end.hear((1, bytes(1000)))
        assert end.said() == []
        assert not end.mux.is_full
        end.mux.resume(end.found[1])
        end.events()
        assert end.said() == [Credit(1, 1000)]

    def test_what_is_read_as_fast_as_it_comes_is_granted_more(self) -> None:
        end = greeted(limits=MuxLimits(window=1000, wide_window=4000, widening=5000))
        end.hear((1, bytes(500)))
        assert end.said() == [Credit(1, 3500)]
        end.clock += 5
        # Both windows together are no wider than they may.
        end.hear((2, bytes(500)))
        assert end.said() == [Credit(2, 2500)]
        end.clock += 5
        end.hear((1, bytes(1999)))
        assert end.said() == []
        end.hear((1, b"x"))
        assert end.said() == [Credit(1, 2000)]
        # When one is over, another may have what it had.
        end.mux.close(end.found[2])
        end.clock += 5
        end.hear((2, b""), (3, bytes(500)))
        assert end.said() == [Credit(3, 2500)]

    def test_several_are_granted_little_each(self) -> None:
        end = greeted(limits=MuxLimits(window=1000, wide_window=3000))
        end.hear((1, bytes(500)))
        assert end.said() == [Credit(1, 2500)]
        end.hear((2, b"x"), (1, bytes(1500)))
        assert end.said() == [Credit(1, 750)]
        end.hear((1, bytes(1200)))
        assert end.said() == [Credit(1, 600)]
        end.hear((1, bytes(1000)))
        assert end.said() == [Credit(1, 500)]
        end.hear((1, bytes(600)))
        assert end.said() == [Credit(1, 450)]
        # As much as at first, and not less.
        end.hear((1, bytes(500)))
        assert end.said() == [Credit(1, 500)]

    def test_windows_bound_what_waits_and_the_port_goes_on(self) -> None:
        end = greeted(limits=MuxLimits(window=1000, total=1500))
        end.hear((1, b"a"), (2, b"b"))
        for stream in end.found.values():
            end.mux.pause(stream)
        assert end.hear((1, bytes(999)), (2, bytes(999))) == []
        assert end.mux.incoming_size == 1998
        assert not end.mux.is_full

    def test_what_was_kept_for_those_that_are_over_is_forgotten(self) -> None:
        """The port may take nothing for hours, while programs come and go."""
        end = greeted(limits=MuxLimits(window=1000))
        for number in range(1, 200):
            end.hear((number, bytes(600)))
            end.mux.write(end.found[number], b"answer")
            end.hear((number, b""))
        assert not end.mux.has_output

    def test_what_is_not_read_is_granted_no_more(self) -> None:
        end = greeted(limits=MuxLimits(window=10_000, wide_window=40_000))
        end.hear((1, b"x"))
        end.mux.pause(end.found[1])
        end.hear((1, bytes(5000)), (1, bytes(4000)))
        end.mux.resume(end.found[1])
        end.events()
        assert end.said() == [Credit(1, 5001)]

    def test_more_than_was_granted_ends_a_connection_and_no_other(self) -> None:
        end = greeted(limits=MuxLimits(window=1000))
        end.hear((1, b"a"), (2, b"b"))
        end.mux.pause(end.found[1])
        told = end.hear((1, bytes(1000)), (2, b"c"))
        assert told == [("ended", 1, "more came than was granted"), ("data", 2, b"c")]
        assert end.said() == [(1, b"")]
        # At once, too.
        assert end.hear((3, bytes(1001))) == [
            ("opened", 3, None),
            ("ended", 3, "more came than was granted"),
        ]

    def test_numbers_count(self) -> None:
        end = End()
        end.hear((1, b"a"), (2, b"b"))
        end.mux.close(end.found[2])
        end.said()
        end.hear_hello()
        end.clock += 60
        assert end.hear((2, b"late"), (1, b"c")) == [("data", 1, b"c")]
        assert end.hear((3, b"new"))[0] == ("opened", 3, None)
        assert end.hear((3, b"")) == [("ended", 3, None)]
        assert end.hear((3, b"late")) == []
        # Those from before have no windows.
        assert not end.found[1].is_windowed
        assert end.found[3].is_windowed

    def test_no_number_comes_again(self) -> None:
        end = End(is_unfinished=lambda stream: True)
        end.hear_hello()
        end.hear((1, b"a"))
        assert end.hear((1, b"b")) == [("data", 1, b"b")]

    def test_expiring_tells_the_agent(self) -> None:
        end = greeted()
        end.hear((1, b"a"))
        end.mux.expire(end.found[1])
        assert end.said() == [(1, b"")]

    def test_a_closed_one_that_waits_for_its_window_can_be_aborted(self) -> None:
        end = greeted(window=4096)
        end.hear((1, b"a"))
        stream = end.found[1]
        end.mux.write(stream, bytes(5000))
        end.mux.close(stream)
        assert end.said() == [(1, bytes(4096))]
        end.mux.abort(stream)
        assert end.said() == [(1, b"")]
        assert end.mux.streams == []

    @pytest.mark.parametrize("window", [0, 1, MIN_WINDOW - 1, MAX_WINDOW + 1, 2**32 - 1])
    def test_windows_that_make_no_sense_say_nothing(self, window: int) -> None:
        end = End()
        end.hear_hello(window)
        assert not end.mux.takes_credits
        assert end.mux.nonsense is not None
        assert f"takes {window} bytes" in end.mux.nonsense
        agent = End(is_agent=True)
        agent.hear_hello(window)
        assert agent.said() == []

    def test_credit_for_a_plain_one_is_nothing(self) -> None:
        end = End()
        end.said()
        end.hear((1, b"a"))
        end.mux.feed(write_credit(1, 5))
        assert end.events() == []
        assert end.said() == []

    def test_the_port_closed_and_another_agent(self) -> None:
        end = greeted()
        end.mux.port_closed()
        end.mux.port_opened()
        assert not end.mux.takes_credits

    def test_the_rest_of_an_ended_ones_frame_is_no_beginning(self) -> None:
        end = greeted(limits=MuxLimits(window=4))
        end.mux.feed(frame_header(1, 10) + b"12345")
        assert [kind for kind, *_ in end.events()] == ["opened", "ended"]
        end.mux.feed(b"67890")
        assert end.events() == []

    def test_long_control_frames_are_bounded(self) -> None:
        end = End()
        end.said()
        assert end.hear((CONTROL_ID, bytes(65535))) == []
        assert end.hear((CONTROL_ID, b"")) == []
        data = bytes([77, 0]) * (MAX_CONTROL // 2)
        end.mux.feed(frame_header(CONTROL_ID, len(data) + 2) + data + b"\1\5")
        assert end.events() == []
        assert not end.mux.takes_credits

    @pytest.mark.parametrize("cut", [1, 1000, 4000, 5000])
    def test_a_long_control_frame_says_what_fits_however_it_comes(self, cut: int) -> None:
        end = End()
        hello = write_hello(65536)[10:]
        filling = bytes([77, 254]) + bytes(254)
        data = filling * 15 + hello + filling + hello[:3]
        wire = frame_header(CONTROL_ID, len(data)) + data
        for start in range(0, len(wire), cut):
            end.mux.feed(wire[start : start + cut])
            assert end.events() == []
        assert end.mux.takes_credits
        late = filling * 16 + hello
        end = End()
        assert end.hear((CONTROL_ID, late)) == []
        assert not end.mux.takes_credits


class TestAgent:
    """The guest's end."""

    def test_it_never_speaks_first(self) -> None:
        end = End(is_agent=True)
        assert end.said() == []

    def test_it_counts(self) -> None:
        end = End(is_agent=True)
        streams = [end.mux.open(0.0) for _ in range(3)]
        assert [stream.stream_id for stream in streams] == [1, 2, 3]
        end.mux.write(streams[2], b"GET")
        assert end.said() == [(3, b"GET")]
        assert end.hear((3, b"answer")) == [("data", 3, b"answer")]

    def test_its_numbers_are_in_the_order_in_which_they_are_heard(self) -> None:
        """What is below the highest that a client has heard would be late data."""
        agent, client = greeted(is_agent=True), greeted()
        client.said()
        agent.said()
        first, second = agent.mux.open(0.0), agent.mux.open(0.0)
        for stream, text in ((second, b"second"), (first, b"first"), (second, b"more")):
            agent.mux.write(stream, text)
            while (message := agent.mux.next_message(0.0)) is not None:
                client.mux.feed(b"".join(message))
        assert client.events() == [
            ("opened", 2, None),
            ("data", 2, b"second"),
            ("opened", 3, None),
            ("data", 3, b"first"),
            ("data", 2, b"more"),
        ]
        agent.hear((3, b"answer"))
        assert [stream.stream_id for stream in (second, first)] == [2, 3]
        assert agent.mux.streams == [second, first]

    @pytest.mark.parametrize("aborts", [False, True])
    def test_what_nobody_has_heard_of_ends_in_silence(self, aborts: bool) -> None:
        end = End(is_agent=True)
        stream = end.mux.open(0.0)
        if aborts:
            end.mux.write(stream, b"GET")
            end.mux.abort(stream)
        else:
            end.mux.close(stream)
        assert stream.is_over
        assert end.mux.streams == []
        assert end.said() == []

    def test_its_numbers_never_come_back(self) -> None:
        mux = Mux(is_agent=True, first_id=77)
        for number in (77, 78):
            mux.port_opened()
            assert mux.open(0.0).stream_id == number
            mux.port_closed()

    def test_closed_and_full(self) -> None:
        end = End(is_agent=True, limits=MuxLimits(streams=1))
        end.mux.open(0.0)
        with pytest.raises(ClosedError, match="1 connections are open, the limit is 1"):
            end.mux.open(0.0)
        end.mux.port_closed()
        with pytest.raises(ClosedError, match="the port is closed"):
            end.mux.open(0.0)

    def test_data_of_what_is_over_is_refused(self) -> None:
        end = End(is_agent=True)
        stream = end.mux.open(0.0)
        end.mux.write(stream, b"GET")
        end.mux.close(stream)
        number = stream.stream_id
        assert end.said() == [(number, b"GET"), (number, b"")]
        assert end.hear((number, b"data"), (number, b"")) == []
        assert end.said() == [(number, b"")]

    def test_it_begins_in_the_middle_of_a_frame(self) -> None:
        """After it was restarted, with a client that does not lead it to a border."""
        end = End(is_agent=True, first_id=0x1234567890ABCDEF)
        stream = end.mux.open(0.0)
        end.mux.write(stream, b"GET")
        [(number, _)] = end.said()
        old = frame_header(0x1134567890ABCDEF, 60_000) + bytes(range(250)) * 240
        end.mux.feed(old[30_000:] + old + frame_header(number, 6)[:4])
        assert end.events() == []
        end.mux.feed(frame_header(number, 6)[4:] + b"answer" + frame_header(number, 2) + b"ok")
        assert end.events() == [("data", number, b"answer"), ("data", number, b"ok")]
        assert end.said() == []

    def test_it_finds_a_hello_as_well(self) -> None:
        end = End(is_agent=True, first_id=0x1234567890ABCDEF)
        end.mux.feed(bytes(range(100)))
        assert end.hear_hello(4096) == []
        assert end.mux.takes_credits
        # And after the port was opened again it begins at a border.
        end.mux.feed(bytes(range(100)))
        assert end.events() == []
        end.mux.port_opened()
        assert end.hear_hello(4096) == []
        assert end.mux.takes_credits

    def test_the_clients_hello_is_answered(self) -> None:
        end = End(is_agent=True)
        spoken, silent = end.mux.open(0.0), end.mux.open(0.0)
        end.mux.write(spoken, b"GET")
        assert end.said() == [(3, b"GET")]
        end.mux.write(silent, bytes(5000))
        assert end.hear_hello(4096) == []
        assert end.said() == [Hello(WINDOW), (4, bytes(4096))]
        assert [spoken.is_windowed, silent.is_windowed] == [False, True]
        assert end.mux.open(0.0).is_windowed

    def test_another_hello_is_another_client(self) -> None:
        end = greeted(is_agent=True)
        end.mux.open(0.0)
        assert end.hear_hello() == [("ended", 1, "another client has come")]
        assert end.said() == [Hello(WINDOW)]
        assert end.mux.open(0.0).stream_id == 2

    def test_a_plain_clients_end_is_for_later(self) -> None:
        end = End(is_agent=True)
        stream = end.mux.open(0.0)
        end.mux.write(stream, b"GET")
        end.said()
        assert end.hear((1, b"answer"), (1, b"")) == [("data", 1, b"answer")]
        end.clock += 4
        end.mux.check(end.clock)
        assert end.events() == []
        end.mux.write(stream, b"GET")
        assert end.said() == [(1, b"GET")]
        end.clock += 100
        end.mux.check(end.clock)
        assert end.events() == []
        end.hear((1, b""))
        end.clock += 5.1
        end.mux.check(end.clock)
        assert end.events() == [("ended", 1, None)]
        assert end.said() == []

    def test_a_plain_clients_end_is_not_of_an_answer_that_comes(self) -> None:
        """The program's next request was on its way when the end of the last answer came."""
        end = End(is_agent=True)
        stream = end.mux.open(0.0)
        end.mux.write(stream, b"GET")
        end.said()
        end.hear((1, b"answer"))
        end.mux.write(stream, b"GET")
        end.hear((1, b""))
        for _ in range(8):
            end.clock += 1
            end.hear((1, b"a long answer"))
            end.mux.check(end.clock)
            assert end.events() == []
        assert not stream.is_over

    def test_our_clients_end_is_at_once(self) -> None:
        end = greeted(is_agent=True)
        end.mux.open(0.0)
        assert end.hear((1, b"answer"), (1, b"")) == [("data", 1, b"answer"), ("ended", 1, None)]

    def test_our_clients_end_is_confirmed_once_all_is_read(self) -> None:
        end = greeted(is_agent=True)
        stream = end.mux.open(100.0)
        end.mux.write(stream, b"GET")
        [(number, _)] = end.said()
        end.mux.pause(stream)
        assert end.hear((number, b"answer"), (number, b"")) == []
        assert end.said() == []
        end.mux.resume(stream)
        assert end.events() == [("data", number, b"answer"), ("ended", number, None)]
        assert end.said() == [(number, b"")]

    def test_two_ends_that_meet_are_confirmed(self) -> None:
        end = greeted(is_agent=True, window=4096)
        stream = end.mux.open(100.0)
        end.mux.write(stream, bytes(5000))
        [(number, _)] = end.said()
        # It waits for its window, and will not have it.
        end.mux.close(stream)
        assert end.hear((number, b"")) == []
        assert end.said() == [(number, b"")]
        assert end.mux.streams == []

    def test_its_own_closing(self) -> None:
        end = End(is_agent=True)
        stream = end.mux.open(0.0)
        end.mux.write(stream, b"GET")
        end.mux.expire(stream)
        assert end.said() == [(1, b"GET"), (1, b"")]


def test_any_bytes_at_any_cut_come_to_the_same() -> None:
    numbers = random.Random(7)
    for _ in range(60):
        wire = b"".join(
            frame_header(number, len(data)) + data
            for number, data in (
                (numbers.choice([1, 2, 3, CONTROL_ID]), numbers.randbytes(numbers.randrange(40)))
                for _ in range(20)
            )
        )
        results = []
        for step in (1, 7, len(wire)):
            end = End()
            told: dict[int, list[object]] = {}
            for start in range(0, len(wire), step):
                end.mux.feed(wire[start : start + step])
                for kind, number, what in end.events():
                    kinds = told.setdefault(number, [])
                    if kind == "data" and kinds and isinstance(kinds[-1], bytes):
                        assert isinstance(what, bytes)
                        kinds[-1] += what
                    else:
                        kinds.append(what if kind == "data" else kind)
            results.append((told, end.said()))
        assert results[0] == results[1] == results[2]
