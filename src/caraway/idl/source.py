"""Where a piece of a description stands: files, positions, spans."""

from __future__ import annotations

import bisect
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Span:
    """A half-open range of characters, ``start`` to ``end``, of one source."""

    start: int
    end: int

    def to(self, other: Span) -> Span:
        """The span that begins with this one and ends with ``other``."""
        return Span(self.start, other.end)


@dataclass(frozen=True, slots=True)
class Position:
    """A place as people count it: line and column both begin at 1."""

    line: int
    column: int


@dataclass(slots=True)
class Source:
    """The text of one description and the name it is reported under.

    >>> Source("demo.proto", "enum8 e {\\n  A\\n};").position(12)
    Position(line=2, column=3)
    """

    name: str
    text: str
    _starts: list[int] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._starts = [0] + [i + 1 for i, char in enumerate(self.text) if char == "\n"]

    def position(self, offset: int) -> Position:
        """Line and column of the character at ``offset``."""
        line = bisect.bisect_right(self._starts, offset)
        return Position(line, offset - self._starts[line - 1] + 1)

    def line(self, number: int) -> str:
        """The text of line ``number`` (from 1) without its line end."""
        start = self._starts[number - 1]
        end = self.text.find("\n", start)
        return self.text[start : end if end >= 0 else len(self.text)].rstrip("\r")
