"""Nonces that say themselves when they were made, and how often each was used."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

_WINDOW: Final = 1024
_WINDOW_MASK: Final = (1 << _WINDOW) - 1
_MAC_BYTES: Final = 16


@dataclass(slots=True)
class _Counts:
    """The counts seen with one nonce: the highest, and which of those just below it."""

    highest: int
    seen: int

    def take(self, count: int) -> bool:
        ahead = count - self.highest
        if ahead > 0:
            # A peer may jump to ffffffff: never shift by what it says.
            self.seen = (self.seen << ahead) & _WINDOW_MASK if ahead < _WINDOW else 0
            self.seen |= 1
            self.highest = count
            return True
        bit = 1 << -ahead if -ahead < _WINDOW else 0
        if not bit or self.seen & bit:
            return False
        self.seen |= bit
        return True


class Nonces:
    """Issues nonces and takes each count of each nonce once.

    A nonce is its time and some chance, signed: nothing is kept of those that
    nobody uses. Of those used with the right password the counts are kept, in
    any order within 1,024, as connections side by side need it.

    Args:
        key: Signs; known to this process alone.
        lifetime_s: How old a nonce may be, seconds.
        max_tracked: Nonces whose counts are kept. When there are more, the
            first of them is forgotten, and with it all that are no younger:
            their users need another one.
        chance: Makes random bytes.
    """

    def __init__(
        self,
        key: bytes,
        *,
        lifetime_s: float = 300.0,
        max_tracked: int = 4096,
        chance: Callable[[int], bytes] = secrets.token_bytes,
    ) -> None:
        self._key = key
        self._lifetime_ms = int(lifetime_s * 1000)
        self._max_tracked = max_tracked
        self._chance = chance
        self._tracked: dict[str, _Counts] = {}
        self._forgotten_ms = -1

    def issue(self, now: float) -> str:
        """A nonce; ``now`` is in seconds on a clock that never goes back."""
        return self._signed(int(now * 1000).to_bytes(8) + self._chance(8))

    def use(self, nonce: str, count: int, *, now: float) -> bool:
        """Whether ``nonce`` is ours and young, and ``count`` is used for the first time.

        Call it only for credentials that are right: others must not fill the table.
        """
        made_ms = self._made_ms(nonce)
        now_ms = int(now * 1000)
        if made_ms is None or now_ms - made_ms > self._lifetime_ms:
            return False
        counts = self._tracked.get(nonce)
        if counts is not None:
            return counts.take(count)
        if made_ms <= self._forgotten_ms:
            return False
        if len(self._tracked) >= self._max_tracked:
            self._forget(now_ms)
            if made_ms <= self._forgotten_ms:
                return False
        self._tracked[nonce] = _Counts(count, 1)
        return True

    def _forget(self, now_ms: int) -> None:
        """Make room: drop what is too old to be used, or else the first."""
        old = now_ms - self._lifetime_ms
        kept = {nonce: counts for nonce, counts in self._tracked.items() if _time(nonce) >= old}
        if len(kept) == len(self._tracked):
            first = next(iter(kept))
            del kept[first]
            self._forgotten_ms = max(self._forgotten_ms, _time(first))
        self._tracked = kept

    def _made_ms(self, nonce: str) -> int | None:
        try:
            stamp = bytes.fromhex(nonce[:32])
        except ValueError:
            return None
        # Signed anew and compared whole: no other spelling of it gets through.
        if not hmac.compare_digest(self._signed(stamp).encode(), nonce.encode()):
            return None
        return _time(nonce)

    def _signed(self, stamp: bytes) -> str:
        return (stamp + hmac.digest(self._key, stamp, "sha256")[:_MAC_BYTES]).hex()


def _time(nonce: str) -> int:
    return int(nonce[:16], 16)
