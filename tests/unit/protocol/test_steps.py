"""Exchanges as courses of steps."""

from __future__ import annotations

import pytest

from caraway.errors import AuthError
from caraway.protocol.steps import Course, Exchange


class Echo(Exchange[str]):
    """Takes a length and as many bytes, and sends them back."""

    def __init__(self) -> None:
        super().__init__(self._run(), limit=9)
        self.begin()

    def _run(self) -> Course[str]:
        self.send(b"?")
        (size,) = yield 1
        word = yield size
        if word == b"wrong":
            raise AuthError("wrong word")
        self.send(word)
        return word.decode()


@pytest.mark.parametrize("step", [1, 2, 3, 100])
def test_pieces_of_any_size(step: int) -> None:
    echo = Echo()
    data = b"\x05helloand more"
    for start in range(0, len(data), step):
        assert (echo.outcome is None) == (start < 6)
        echo.feed(memoryview(data)[start : start + step])
    assert (echo.outcome, echo.rest, echo.take_output()) == ("hello", b"and more", b"?hello")
    assert echo.take_output() == b""


def test_a_step_of_no_bytes_is_taken_at_once() -> None:
    echo = Echo()
    echo.feed(b"\0rest")
    assert (echo.outcome, echo.rest) == ("", b"rest")


def test_a_step_beyond_the_limit_is_a_mistake_of_the_course() -> None:
    with pytest.raises(AssertionError, match="asks for 10 bytes, its limit is 9"):
        Echo().feed(b"\x0a")


def test_what_has_failed_fails_for_good() -> None:
    echo = Echo()
    with pytest.raises(AuthError, match="wrong word"):
        echo.feed(b"\x05wrong")
    for data in (b"", b"\0", b"\x05hello"):
        with pytest.raises(AuthError, match="wrong word"):
            echo.feed(data)
    assert echo.outcome is None


def test_an_end_means_nothing_in_particular() -> None:
    assert Echo().ended() is None
