"""Positions and lines of a source."""

import pytest

from caraway.idl.source import Position, Source, Span

TEXT = "ab\ncd\r\n\n\tü€ x"


@pytest.mark.parametrize(
    ("offset", "line", "column"),
    [(0, 1, 1), (1, 1, 2), (2, 1, 3), (3, 2, 1), (6, 2, 4), (7, 3, 1), (8, 4, 1), (11, 4, 4)],
)
def test_lines_and_columns_count_from_one_in_characters(offset, line, column):
    assert Source("x", TEXT).position(offset) == Position(line, column)


def test_the_end_of_the_text_has_a_position():
    assert Source("x", TEXT).position(len(TEXT)) == Position(4, 6)
    assert Source("x", "").position(0) == Position(1, 1)
    assert Source("x", "a\n").position(2) == Position(2, 1)


def test_a_line_comes_without_its_end():
    source = Source("x", TEXT)
    assert [source.line(number) for number in (1, 2, 3, 4)] == ["ab", "cd", "", "\tü€ x"]
    assert Source("x", "a\n").line(2) == ""


def test_a_span_reaches_to_another():
    assert Span(2, 3).to(Span(7, 9)) == Span(2, 9)
