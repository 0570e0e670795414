"""The canonical layout of a description (``caraway proto fmt``).

One statement, enum item or label on a line, four spaces for each level, two
for the ``server:`` and ``client:`` of a channel, labels of a switch level
with the switch. Nothing is aligned and no line is wrapped. An empty block is
``{}``. Single blank lines stay where they were, except at the start and end
of a block; several become one. Comments stay where they were: on lines of
their own, or behind what they follow.

The tokens are the same in the same order: a comma behind the last item of an
enum is neither added nor taken away. So is what each comment documents.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from caraway.idl.diagnostics import Diagnostics, refusal
from caraway.idl.lexer import Comment, Kind, Token, tokenize
from caraway.idl.parser import parse
from caraway.idl.source import Source

_INDENT: Final = 4
#: No space before and none behind these.
_TIGHT_BEFORE: Final = frozenset(";,.:()[]")
_TIGHT_BEHIND: Final = frozenset("(.[!@*")


def format_source(source: Source) -> str:
    """The description in its canonical layout, lines ended by newlines.

    Formatting a second time changes nothing.

    Raises:
        DescriptionError: The text does not follow the grammar. What names
            mean is not looked at.
    """
    diagnostics = Diagnostics(source)
    parse(diagnostics)
    if diagnostics.failed:
        raise refusal(diagnostics.found)
    return _Printer(source).text(tokenize(diagnostics))


@dataclass(slots=True)
class _Block:
    """What is between two braces, or the whole file.

    Attributes:
        kind: ``file``, ``channel``, ``switch``, ``enum`` or ``body``.
        indent: Spaces before its statements.
        statement: The tokens of the statement being printed, without inner blocks.
    """

    kind: str
    indent: int
    statement: list[Token] = field(default_factory=list)
    is_fresh: bool = True


class _Printer:
    def __init__(self, source: Source) -> None:
        self._source = source
        self._lines: list[str] = []
        self._line = ""
        self._blocks = [_Block("file", 0)]
        self._brackets = 0

    @property
    def _block(self) -> _Block:
        return self._blocks[-1]

    def text(self, tokens: list[Token]) -> str:
        """All tokens laid out."""
        previous: Token | None = None
        for token, following in zip(tokens, [*tokens[1:], tokens[-1]], strict=True):
            self._token(token, following, previous)
            previous = token
        return "".join(f"{line}\n" for line in self._lines)

    def _token(self, token: Token, following: Token, previous: Token | None) -> None:
        block = self._block
        closes = token.text == "}"
        ...
