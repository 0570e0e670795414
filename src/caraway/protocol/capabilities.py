"""What each side of a channel can do, as the link stage says it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

#: Capability words of each kind that are read from a peer; its bits beyond are unknown anyway.
MAX_WORDS = 1024


@dataclass(frozen=True, slots=True)
class Capabilities:
    """Bit numbers, of all channels and of the one channel.

    Attributes:
        common: By ``caraway.messages.link.enums.CommonCap``.
        channel: By the channel's own enumeration, such as ``MainCap``.

    >>> Capabilities(frozenset({0, 3}), frozenset({33})).channel_words
    [0, 2]
    """

    common: frozenset[int] = frozenset()
    channel: frozenset[int] = frozenset()

    @property
    def common_words(self) -> list[int]:
        """``common`` as the link messages carry it."""
        return to_words(self.common)

    @property
    def channel_words(self) -> list[int]:
        """``channel`` as the link messages carry it."""
        return to_words(self.channel)


def to_words(bits: Iterable[int]) -> list[int]:
    """Bit numbers as 32-bit words: bit n is bit n % 32 of word n // 32."""
    words: list[int] = []
    for bit in bits:
        words += [0] * (bit // 32 + 1 - len(words))
        words[bit // 32] |= 1 << bit % 32
    return words


def from_words(words: Sequence[int]) -> frozenset[int]:
    """The bit numbers that are set in 32-bit words.

    >>> sorted(from_words([9, 1]))
    [0, 3, 32]
    """
    return frozenset(
        32 * index + bit
        for index, word in enumerate(words)
        if word
        for bit in range(32)
        if word >> bit & 1
    )
