"""Nonces: signed, of a limited age, each count good once."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caraway.webdav.authentication.nonces import Nonces

KEY = b"k" * 32


def test_a_nonce_is_good_until_its_time_is_over() -> None:
    nonces = Nonces(KEY, lifetime_s=300)
    nonce = nonces.issue(10)
    assert nonces.use(nonce, 1, now=310)
    assert not nonces.use(nonce, 2, now=310.1)


def test_nonces_differ() -> None:
    nonces = Nonces(KEY)
    assert nonces.issue(1) != nonces.issue(1)


@pytest.mark.parametrize("odd", ["", "zz", "0" * 64, "\u00e9" * 32])
def test_what_is_no_nonce_of_ours(odd: str) -> None:
    assert not Nonces(KEY).use(odd, 1, now=0)


def test_another_spelling_is_another_nonce() -> None:
    """Else one nonce would have several counts."""
    nonces = Nonces(KEY)
    nonce = nonces.issue(0xAB)
    assert not nonces.use(nonce.upper(), 1, now=0xAB)
    assert not nonces.use(f" {nonce}", 1, now=0xAB)
    assert not nonces.use(f"{nonce}0", 1, now=0xAB)


def test_a_nonce_of_another_process() -> None:
    assert not Nonces(KEY).use(Nonces(b"x" * 32).issue(0), 1, now=0)


def test_a_count_is_good_once() -> None:
    nonces = Nonces(KEY)
    nonce = nonces.issue(0)
    taken = [nonces.use(nonce, count, now=0) for count in (3, 3, 1, 2, 2, 1, 4, 3)]
    assert taken == [True, False, True, True, False, False, True, False]


def test_counts_far_behind_are_not_known_any_more() -> None:
    nonces = Nonces(KEY)
    nonce = nonces.issue(0)
    counts = (0xFFFFFFFF, 0xFFFFFFFF - 1023, 0xFFFFFFFF - 1024, 1)
    assert [nonces.use(nonce, count, now=0) for count in counts] == [True, True, False, False]


def test_a_jump_forgets_what_is_out_of_reach() -> None:
    nonces = Nonces(KEY)
    nonce = nonces.issue(0)
    assert nonces.use(nonce, 1, now=0)
    assert nonces.use(nonce, 5000, now=0)
    assert not nonces.use(nonce, 1, now=0)
    assert nonces.use(nonce, 4999, now=0)


@given(st.lists(st.integers(1, 1500)))
def test_no_count_is_ever_taken_twice(counts: list[int]) -> None:
    nonces = Nonces(KEY)
    nonce = nonces.issue(0)
    taken = [count for count in counts if nonces.use(nonce, count, now=0)]
    assert len(taken) == len(set(taken))


def test_a_full_table_does_not_let_anything_be_used_again() -> None:
    nonces = Nonces(KEY, max_tracked=2)
    made = [nonces.issue(second) for second in range(4)]
    assert all(nonces.use(nonce, 1, now=4) for nonce in made[1:3])
    assert nonces.use(made[3], 1, now=4)
    # The first of them had to go: neither it nor an older one is taken.
    assert not nonces.use(made[1], 1, now=4)
    assert not nonces.use(made[1], 2, now=4)
    assert not nonces.use(made[0], 1, now=4)
    assert nonces.use(made[2], 2, now=4)


def test_one_too_old_for_a_full_table_is_not_taken() -> None:
    nonces = Nonces(KEY, max_tracked=1)
    old, new = nonces.issue(1), nonces.issue(2)
    assert nonces.use(new, 1, now=2)
    assert not nonces.use(old, 1, now=2)


def test_a_full_table_first_loses_what_is_too_old() -> None:
    nonces = Nonces(KEY, max_tracked=1, lifetime_s=10)
    assert nonces.use(nonces.issue(1), 1, now=1)
    assert nonces.use(nonces.issue(20), 1, now=20)
    assert nonces._forgotten_ms == -1
