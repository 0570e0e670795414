"""How many wrong passwords an address may try."""

from __future__ import annotations

import ipaddress


class Throttle:
    """Lets each peer fail some times at once, and then slowly.

    Addresses of IPv6 count by their first 64 bits: that is what one customer has.

    Args:
        burst: Failures that are free.
        per_s: How many more each second gives back.
        max_peers: Peers that are kept in mind; beyond it the one that failed
            longest ago is forgotten.

    >>> throttle = Throttle(burst=2, per_s=0.5)
    >>> for _ in range(2):
    ...     throttle.charge("192.0.2.1", now=0.0)
    >>> [throttle.wait_s("192.0.2.1", now=now) for now in (0.0, 1.5, 2.0)]
    [2.0, 0.5, 0.0]
    """

    def __init__(self, *, burst: int = 20, per_s: float = 0.5, max_peers: int = 10_000) -> None:
        self._burst = burst
        self._per_s = per_s
        self._max_peers = max_peers
        # When the peer's last failure will be forgotten; without one it has its whole burst.
        self._free_at: dict[str, float] = {}

    def wait_s(self, peer: str, *, now: float) -> float:
        """Seconds until ``peer`` may try again; 0 where it may now."""
        free_at = self._free_at.get(_network(peer), now)
        return max(0.0, free_at - now - (self._burst - 1) / self._per_s)

    def charge(self, peer: str, *, now: float) -> None:
        """``peer`` has failed, or is about to find out."""
        network = _network(peer)
        free_at = max(now, self._free_at.pop(network, now)) + 1 / self._per_s
        if len(self._free_at) >= self._max_peers:
            del self._free_at[next(iter(self._free_at))]
        self._free_at[network] = free_at

    def refund(self, peer: str) -> None:
        """What was charged last turned out to be no failure."""
        network = _network(peer)
        if network in self._free_at:
            self._free_at[network] -= 1 / self._per_s


def _network(peer: str) -> str:
    if ":" not in peer:
        return peer
    try:
        address = ipaddress.IPv6Address(peer)
    except ipaddress.AddressValueError:
        return peer
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return address.packed[:8].hex()
