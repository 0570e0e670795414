"""What was right lately."""

from __future__ import annotations

from caraway.webdav.authentication.remembered import Remembered


def test_it_forgets_after_a_while() -> None:
    remembered = Remembered(b"k", lifetime_s=10)
    key = remembered.key("a", "b")
    assert not remembered.knows(key, now=0)
    remembered.add(key, now=0)
    assert remembered.knows(key, now=9)
    assert not remembered.knows(key, now=10)


def test_texts_cannot_be_shifted() -> None:
    remembered = Remembered(b"k")
    assert remembered.key("ab", "c") != remembered.key("a", "bc")
    assert remembered.key("1:a") != remembered.key("", "a")


def test_memory_is_bounded() -> None:
    remembered = Remembered(b"k", max_entries=2)
    first, second, third = (remembered.key(text) for text in "abc")
    for key in (first, second, first, third):
        remembered.add(key, now=0)
    assert [remembered.knows(key, now=0) for key in (first, second, third)] == [True, False, True]
