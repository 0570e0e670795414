"""How long to wait before something is tried again."""

from __future__ import annotations

import pytest

from caraway.share.backoff import LASTING_S, LONGEST_S, Backoff


def test_delays_double_up_to_the_longest() -> None:
    backoff = Backoff(chance=lambda: 0.0)
    assert [backoff.next_delay(0.0) for _ in range(7)] == [1, 2, 4, 8, 16, 30, 30]


@pytest.mark.parametrize(("stood_s", "delay"), [(LASTING_S, 1.0), (LONGEST_S + 1, 4.0)])
def test_what_has_stood_for_long_begins_anew(stood_s: float, delay: float) -> None:
    """Not what stood only while another one that insists was waiting."""
    backoff = Backoff(chance=lambda: 0.0)
    assert [backoff.next_delay(0.0) for _ in range(2)] == [1, 2]
    assert backoff.next_delay(stood_s) == delay


def test_chance_makes_them_shorter() -> None:
    chances = iter([0.5, 0.999])
    backoff = Backoff(chance=lambda: next(chances))
    assert backoff.next_delay(0.0) == 0.875
    assert 1.5 < backoff.next_delay(0.0) < 1.51
    assert 0.75 <= Backoff().next_delay(0.0) <= 1.0
