"""What was found right lately."""

from __future__ import annotations

import hmac


class Remembered:
    """A bounded set of secrets that forgets them after a while; it keeps only keyed hashes.

    Args:
        key: Of the hashes; known to this process alone.
        lifetime_s: How long one is kept after it was added, seconds.
        max_entries: More make the first ones forgotten.
    """

    def __init__(self, key: bytes, *, lifetime_s: float = 600.0, max_entries: int = 1024) -> None:
        self._key = key
        self._lifetime_s = lifetime_s
        self._max_entries = max_entries
        self._until: dict[bytes, float] = {}

    def key(self, *secrets: str) -> bytes:
        """What stands for some texts; another for any other texts."""
        data = b"".join(
            b"%d:%b" % (len(text), text)
            for text in (secret.encode("utf-8", "surrogateescape") for secret in secrets)
        )
        return hmac.digest(self._key, data, "sha256")

    def knows(self, key: bytes, *, now: float) -> bool:
        """Whether it was added lately."""
        return self._until.get(key, now) > now

    def add(self, key: bytes, *, now: float) -> None:
        """Remember one."""
        self._until.pop(key, None)
        while len(self._until) >= self._max_entries:
            del self._until[next(iter(self._until))]
        self._until[key] = now + self._lifetime_s
