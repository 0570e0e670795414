"""Numbers of connections that were closed here of late."""

from __future__ import annotations

from caraway.protocol.mux_late import LateNumbers
from caraway.protocol.mux_streams import MuxLimits


def test_they_are_late_for_some_time() -> None:
    late = LateNumbers(MuxLimits(late_s=5))
    late.add(7, 100.0)
    assert late.has(7, 104.9)
    assert not late.has(7, 105.0)
    assert not late.has(8, 100.0)
    late.add(7, 104.0)
    assert late.has(7, 108.0)
    late.add(8, 108.0)
    late.check(110.0)
    assert late.numbers == {8}


def test_the_oldest_makes_room() -> None:
    late = LateNumbers(MuxLimits(remembered=3))
    for number in (1, 2, 3, 1, 4):
        late.add(number, 100.0)
    assert late.numbers == {3, 1, 4}
    assert len(late) == 3


def test_forgetting() -> None:
    late = LateNumbers(MuxLimits())
    for number in (1, 2, 3):
        late.add(number, 100.0)
    late.discard(2)
    late.discard(9)
    assert late.numbers == {1, 3}
    late.clear()
    assert late.numbers == set()
