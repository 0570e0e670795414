"""Wrong passwords are free for a while, then slow."""

from __future__ import annotations

from caraway.webdav.authentication.throttle import Throttle


def fail(throttle: Throttle, peer: str, count: int = 1, *, now: float = 0.0) -> None:
    for _ in range(count):
        throttle.charge(peer, now=now)


def test_a_burst_then_one_at_a_time() -> None:
    throttle = Throttle(burst=3, per_s=1)
    fail(throttle, "192.0.2.1", 2)
    assert throttle.wait_s("192.0.2.1", now=0) == 0
    fail(throttle, "192.0.2.1")
    assert throttle.wait_s("192.0.2.1", now=0.25) == 0.75
    assert throttle.wait_s("192.0.2.1", now=1) == 0
    fail(throttle, "192.0.2.1", now=1)
    assert throttle.wait_s("192.0.2.1", now=1) == 1
    assert throttle.wait_s("192.0.2.2", now=1) == 0


def test_a_refund() -> None:
    throttle = Throttle(burst=1, per_s=1)
    fail(throttle, "192.0.2.1")
    throttle.refund("192.0.2.1")
    assert throttle.wait_s("192.0.2.1", now=0) == 0
    throttle.refund("192.0.2.2")


def test_one_network_of_ipv6_is_one_peer() -> None:
    throttle = Throttle(burst=1)
    fail(throttle, "2001:db8::1")
    assert throttle.wait_s("2001:db8::2", now=0) > 0
    assert throttle.wait_s("2001:db8:0:1::2", now=0) == 0


def test_ipv4_within_ipv6_and_odd_peers() -> None:
    throttle = Throttle(burst=1)
    fail(throttle, "::ffff:192.0.2.1")
    assert throttle.wait_s("192.0.2.1", now=0) > 0
    fail(throttle, "what:ever")
    assert throttle.wait_s("what:ever", now=0) > 0


def test_memory_is_bounded() -> None:
    throttle = Throttle(burst=1, max_peers=2)
    for peer in ("a", "b", "a", "c"):
        fail(throttle, peer)
    assert throttle.wait_s("a", now=0) > 0
    assert throttle.wait_s("b", now=0) == 0
