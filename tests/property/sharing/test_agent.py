"""The guest's end with programs at it, under any course of events."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fuzz.agent_course import Player, courses
from tests.property.effort import examples

#: Opened, with a client of our kind or without.
BEGINNINGS = st.sampled_from([(), ((140, b""),), ((140, b""), (121, b"123456789"))])
STEPS = st.lists(
    st.tuples(st.integers(0, 255), st.integers(0, 250).map(bytes) | st.binary(max_size=20)),
    max_size=60,
)


@pytest.fixture(scope="module")
def player() -> Iterator[Player]:
    made = Player()
    yield made
    made.close()


@examples(150)
@given(beginning=BEGINNINGS, steps=STEPS)
def test_any_course(
    player: Player, beginning: tuple[tuple[int, bytes], ...], steps: list[tuple[int, bytes]]
) -> None:
    course = (bytes([code, len(data)]) + data for code, data in (*beginning, *steps))
    player.play(b"".join(course))


def test_seeds(player: Player) -> None:
    for course in courses():
        player.play(course)
