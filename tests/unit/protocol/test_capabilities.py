"""Capability bits and words."""

from __future__ import annotations

import pytest

from caraway.protocol.capabilities import MAX_WORDS, Capabilities, from_words, to_words

TABLE = [
    ([], []),
    ([0], [1]),
    ([31], [0x80000000]),
    ([32], [0, 1]),
    ([0, 3, 95], [9, 0, 0x80000000]),
    ([70, 1], [2, 0, 64]),
]


@pytest.mark.parametrize(("bits", "words"), TABLE)
def test_words(bits: list[int], words: list[int]) -> None:
    assert to_words(bits) == words
    assert from_words(words) == frozenset(bits)


def test_words_of_nothing_at_the_end() -> None:
    assert from_words([1, 0, 0, 0]) == {0}


def test_all_words_that_a_peer_may_send() -> None:
    bits = from_words([0xFFFFFFFF] * MAX_WORDS)
    assert len(bits) == 32 * MAX_WORDS
    assert to_words(bits) == [0xFFFFFFFF] * MAX_WORDS


def test_of_all_channels_and_of_one() -> None:
    capabilities = Capabilities(frozenset({3}), frozenset({32}))
    assert capabilities.common_words == [8]
    assert capabilities.channel_words == [0, 1]
    assert Capabilities().common_words == []
