"""What a message may claim, and the account that is kept of it."""

from __future__ import annotations

import dataclasses

import pytest

from caraway.errors import DecodeError, LimitExceeded
from caraway.wire.limits import (
    DEFAULT_LIMITS,
    SMALL,
    Extent,
    Limits,
    check_size,
    check_trailing,
)

STRICT = Limits(allow_overlap=False, allow_trailing=False)


def test_limits_are_values_that_do_not_change():
    assert Limits() == DEFAULT_LIMITS
    assert hash(Limits(max_elements=1)) == hash(Limits(max_elements=1))
    with pytest.raises(dataclasses.FrozenInstanceError):
        DEFAULT_LIMITS.max_elements = 1


def test_small_messages_cannot_claim_too_much_with_as_many_lists_as_are_left_unwatched():
    assert DEFAULT_LIMITS.max_elements > 64 * (SMALL - 1)
    assert DEFAULT_LIMITS.max_message > SMALL


@pytest.mark.parametrize("size", [0, 10])
def test_a_message_may_be_as_long_as_the_limit(size):
    check_size(size, Limits(max_message=10))


def test_a_longer_message_is_refused_with_both_numbers():
    with pytest.raises(LimitExceeded, match="message of 11 bytes, the limit is 10") as caught:
        check_size(11, Limits(max_message=10))
    assert "Limits.max_message" in caught.value.hint


def test_bytes_left_over_are_no_matter_by_default():
    check_trailing(3, 9, DEFAULT_LIMITS)


def test_bytes_left_over_are_refused_on_request():
    check_trailing(9, 9, STRICT)
    with pytest.raises(DecodeError, match="6 bytes left over behind the 3 used") as caught:
        check_trailing(3, 9, STRICT)
    assert caught.value.position == 3


def test_an_extent_without_limits_has_the_defaults():
    assert Extent(0, None).limits is DEFAULT_LIMITS


def test_an_extent_refuses_a_message_that_is_too_long():
    with pytest.raises(LimitExceeded):
        Extent(DEFAULT_LIMITS.max_message + 1, None)


def test_all_lists_of_a_message_share_one_limit():
    extent = Extent(0, Limits(max_elements=5))
    extent.add_elements(2)
    extent.add_elements(3)
    assert extent.elements == 5
    with pytest.raises(LimitExceeded, match="lists of 6 elements, the limit is 5") as caught:
        extent.add_elements(1)
    assert "Limits.max_elements" in caught.value.hint


def test_ranges_are_forgotten_where_nothing_is_refused():
    extent = Extent(10, None)
    extent.add_range(0, 4)
    extent.add_range(2, 6)
    assert extent.ranges is None
    extent.finish(10)


@pytest.mark.parametrize(
    "limits",
    [STRICT, Limits(allow_overlap=False), Limits(allow_trailing=False)],
    ids=["both", "overlap", "trailing"],
)
def test_ranges_that_follow_each_other_to_the_end_are_always_fine(limits):
    extent = Extent(10, limits)
    for start, end in [(6, 10), (0, 4), (4, 6), (5, 5)]:
        extent.add_range(start, end)
    extent.finish(10)


def test_overlapping_ranges_are_refused_on_request():
    extent = Extent(10, Limits(allow_overlap=False))
    extent.add_range(4, 10)
    extent.add_range(0, 5)
    with pytest.raises(DecodeError, match="overlap at byte 4") as caught:
        extent.finish(10)
    assert caught.value.position == 4


def test_a_range_inside_another_overlaps_it():
    extent = Extent(10, Limits(allow_overlap=False))
    for start, end in [(0, 8), (2, 3), (8, 10)]:
        extent.add_range(start, end)
    with pytest.raises(DecodeError, match="overlap at byte 2"):
        extent.finish(10)


def test_overlaps_are_fine_where_only_the_end_matters():
    extent = Extent(10, Limits(allow_trailing=False))
    extent.add_range(0, 6)
    extent.add_range(4, 10)
    extent.finish(10)


def test_gaps_are_fine_but_not_at_the_end():
    extent = Extent(10, STRICT)
    extent.add_range(0, 2)
    extent.add_range(4, 9)
    with pytest.raises(DecodeError, match="1 bytes left over behind the 9 used"):
        extent.finish(10)


def test_a_message_without_any_range_uses_nothing():
    with pytest.raises(DecodeError, match="2 bytes left over behind the 0 used"):
        Extent(2, STRICT).finish(2)
    Extent(0, STRICT).finish(0)
