"""Acknowledgements: when one is owed, and how many messages may go out without."""

from __future__ import annotations

from caraway.protocol.acks import AckCounter, AckWindow


def test_nothing_is_owed_without_a_window() -> None:
    acks = AckCounter()
    assert not any(acks.message_received() for _ in range(1000))


def test_one_is_owed_every_window_messages() -> None:
    acks = AckCounter()
    acks.set_window(3)
    assert [acks.message_received() for _ in range(7)] == [False, False, True] * 2 + [False]


def test_a_new_window_counts_from_its_beginning() -> None:
    acks = AckCounter()
    acks.set_window(3)
    acks.message_received()
    acks.set_window(2)
    assert [acks.message_received() for _ in range(4)] == [False, True] * 2
    acks.set_window(0)
    assert not any(acks.message_received() for _ in range(10))


def test_the_largest_window() -> None:
    acks = AckCounter()
    acks.set_window(0xFFFFFFFF)
    assert not any(acks.message_received() for _ in range(1000))


def test_without_a_window_all_may_be_sent() -> None:
    window = AckWindow()
    for _ in range(1000):
        window.message_sent()
    assert window.may_send


def test_two_windows_go_out_unasked() -> None:
    window = AckWindow()
    window.sync(window.begin(window=2))
    sent = 0
    while window.may_send:
        window.message_sent()
        sent += 1
    assert sent == 4
    window.acked()
    assert window.may_send


def test_acknowledgements_of_an_older_generation_do_not_count() -> None:
    window = AckWindow()
    old = window.begin(window=1)
    new = window.begin(window=1)
    assert old != new
    window.message_sent()
    window.message_sent()
    for generation in (0, old, new + 1, 0xFFFFFFFF):
        window.sync(generation)
        window.acked()
        assert not window.may_send
    window.sync(new)
    window.acked()
    assert window.may_send


def test_acknowledging_what_was_not_sent_earns_nothing() -> None:
    window = AckWindow()
    window.sync(window.begin(window=1))
    for _ in range(1000):
        window.acked()
    window.message_sent()
    window.message_sent()
    assert not window.may_send
