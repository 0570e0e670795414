"""The Timeout header: RFC 4918 §10.7."""

from __future__ import annotations

import pytest

from caraway.webdav.locks.lock import LockLimits, parse_timeout


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (None, None),
        ("", None),
        ("Second-60", 60),
        ("second-0", 0),
        ("Infinite", 100),
        ("Infinite, Second-4100000000", 100),
        ("Second-4100000000, Infinite", 100),
        ("Second-99999999999999999999", 100),
        ("Second-999999999999999999999", None),
        ("Extend-5, , Second-30, Second-40", 30),
        ("Second-", None),
        ("Second--1", None),
        ("Second-٣", None),
    ],
)
def test_the_timeout_header(value, seconds):  # §10.7
    assert parse_timeout(value, LockLimits(longest_s=100)) == seconds


def test_the_longest_time_has_a_default():
    assert parse_timeout("Infinite") == LockLimits().longest_s
