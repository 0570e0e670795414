"""When packing pays."""

from __future__ import annotations

import pytest

from caraway.net.pace import ENOUGH_S, PROBE, SLOW, Pace


def test_nothing_is_packed_before_anything_is_known() -> None:
    pace = Pace()
    assert not pace.packs(1 << 30)
    pace.measured(1, ENOUGH_S * 0.9)
    assert not pace.packs(1 << 30)


@pytest.mark.parametrize(("rate", "packs"), [(12.5e6, True), (SLOW - 1, True), (SLOW, False)])
def test_slow_ways(rate: float, *, packs: bool) -> None:
    pace = Pace()
    pace.measured(int(rate / 10), 0.1)
    assert pace.packs(1) is packs


def test_short_waits_count_together() -> None:
    pace = Pace()
    # One program that stood still says little of all the bytes.
    pace.measured(48 << 10, ENOUGH_S / 2)
    pace.measured(1 << 30, ENOUGH_S / 2)
    assert not pace.packs(1)
    # And what was then is forgotten.
    pace.measured(48 << 10, ENOUGH_S)
    assert pace.packs(1)


def test_it_is_measured_anew_now_and_then() -> None:
    pace = Pace()
    pace.measured(1, 1.0)
    assert pace.packs(PROBE - 1)
    # Of packed bytes this says nothing.
    pace.measured(1 << 40, 1.0)
    assert pace.packs(1)
    assert not pace.packs(1)
    pace.measured(1 << 40, 1.0)
    assert not pace.packs(1)
