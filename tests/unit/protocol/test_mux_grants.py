"""How much connections may send: their windows, and how these widen and narrow."""

from __future__ import annotations

from caraway.protocol.mux_grants import MuxGrants
from caraway.protocol.mux_streams import MuxLimits, MuxStream


def make(number: int, moved: float, limits: MuxLimits) -> MuxStream:
    stream = MuxStream(number, moved)
    stream.set_windows(sends=limits.window, takes=limits.window)
    return stream


def test_half_a_window_is_granted_anew() -> None:
    limits = MuxLimits(window=1000, wide_window=1000)
    grants, stream = MuxGrants(limits), make(1, 0.0, limits)
    assert [grants.read(stream, 200, [stream]) for _ in range(6)] == [0, 0, 600, 0, 0, 600]


def test_one_alone_gets_a_wide_window_and_gives_it_back() -> None:
    limits = MuxLimits(window=1000, wide_window=3000, widening=2500)
    grants = MuxGrants(limits)
    first, second = make(1, 0.0, limits), make(2, 10.0, limits)
    assert grants.read(first, 500, [first]) == 2500
    assert grants.read(second, 500, [first, second]) == 1000
    grants.end(first)
    grants.end(first)
    second.moved = 20.0
    assert grants.read(second, 750, [second]) == 750 + 1500


def test_several_have_narrow_ones() -> None:
    limits = MuxLimits(window=1000, wide_window=3000)
    grants = MuxGrants(limits)
    first, second = make(1, 0.0, limits), make(2, 0.0, limits)
    assert grants.read(first, 500, [first]) == 2500
    assert grants.read(first, 1500, [first, second]) == 750


def test_what_waits_is_no_reason_for_more() -> None:
    limits = MuxLimits(window=1000, wide_window=3000)
    grants, stream = MuxGrants(limits), make(1, 0.0, limits)
    stream.incoming.append(b"x")
    assert grants.read(stream, 500, [stream]) == 500
