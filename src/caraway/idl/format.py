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

from caraway.idl.cursor import ENUM_KEYWORDS
from caraway.idl.diagnostics import Diagnostics, refusal
from caraway.idl.lexer import Comment, Token, tokenize
from caraway.idl.parser import parse
from caraway.idl.source import Source

_INDENT: Final = 4
#: Marks without a space before them, and marks and words without one behind.
_TIGHT_BEFORE: Final = frozenset(";,.:()[]")
_TIGHT_BEHIND: Final = frozenset("(.[!@*")
_NESTING: Final = {"(": 1, "[": 1, ")": -1, "]": -1}
_TAB: Final = 8


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
    tokens = tokenize(diagnostics)
    printer = _Printer(source)
    for token, following in zip(tokens, [*tokens[1:], tokens[-1]], strict=True):
        printer.put(token, following)
    return printer.text()


@dataclass(slots=True)
class _Block:
    """What stands between two braces, or the whole file.

    Attributes:
        kind: ``file``, ``channel``, ``switch``, ``enum`` or ``body``.
        indent: Spaces before its statements.
        statement: The words so far of the statement being printed, inner blocks left out.
        is_fresh: Nothing has been printed in it.
    """

    kind: str
    indent: int
    statement: list[str] = field(default_factory=list)
    is_fresh: bool = True

    def opens(self) -> str:
        """The kind of the block that a brace opens in its statement."""
        first = self.statement[0]
        if self.kind == "file":
            return "enum" if first in ENUM_KEYWORDS else "channel" if first == "channel" else "body"
        return "switch" if self.statement[:2] == ["switch", "("] else "body"

    def is_label(self) -> bool:
        """Whether its statement begins as a label does."""
        labels = {"switch": ("case", "default"), "channel": ("server", "client")}
        return self.statement[0] in labels.get(self.kind, ())


class _Printer:
    def __init__(self, source: Source) -> None:
        self._source = source
        self._lines: list[str] = []
        self._line = ""
        self._blocks = [_Block("file", 0)]
        self._previous: Token | None = None
        self._brackets = 0
        self._is_complete = True

    def text(self) -> str:
        """Everything that was put."""
        self._break()
        return "".join(f"{line}\n" for line in self._lines)

    def put(self, token: Token, following: Token) -> None:
        """Add a token and its comments; what follows tells a section from a message."""
        block = self._blocks[-1]
        starts = not block.statement
        closes = token.text == "}"
        block.statement.append(token.text)
        indent = self._indent(block, following, starts=starts)
        before = self._previous
        is_empty = closes and before is not None and before.text == "{" and not before.after
        if token.before:
            self._break()
            # What stands before a closing brace belongs to what is inside.
            self._comments(token, block.indent if closes else indent)
        elif (self._is_complete or closes) and not is_empty:
            self._break()
            if token.blank_before and starts and not closes and not block.is_fresh:
                self._lines.append("")
        self._line += (self._space(token) if self._line else " " * indent) + token.text
        block.is_fresh = False
        self._is_complete = self._step(token)
        for comment in token.after:
            column = len(self._line.rpartition("\n")[2].expandtabs(_TAB)) + 1
            self._line += " " + "\n".join(self._shifted(comment, column))
            self._is_complete = self._is_complete or comment.text.startswith("//")
        self._previous = token

    def _break(self) -> None:
        if self._line:
            self._lines += self._line.split("\n")
            self._line = ""

    def _indent(self, block: _Block, following: Token, *, starts: bool) -> int:
        """Spaces before the token just added to the statement, should it begin a line."""
        if block.statement[-1] == "}":
            return block.indent - _INDENT
        if not starts:
            return block.indent + _INDENT
        if block.is_label() and block.kind == "switch":
            return block.indent - _INDENT
        if block.is_label() and following.text == ":":
            return block.indent - _INDENT // 2
        return block.indent

    def _comments(self, token: Token, indent: int) -> None:
        """The comments before a token, each on lines of its own."""
        block = self._blocks[-1]
        for comment in token.before:
            if comment.blank_before and not block.is_fresh:
                self._lines.append("")
            first, *others = self._shifted(comment, indent)
            self._lines += [" " * indent + first, *others]
            block.is_fresh = False
        if not token.doc_adjacent and token.text != "}":
            self._lines.append("")

    def _shifted(self, comment: Comment, column: int) -> list[str]:
        """The lines of a comment, moved as a whole so that it begins at ``column``."""
        text, start = self._source.text, comment.span.start
        line = text[text.rfind("\n", 0, start) + 1 : start]
        shift = column - len(line.expandtabs(_TAB))
        first, *others = (each.rstrip() for each in comment.text.split("\n"))
        return [first, *(_moved(each, shift, column) for each in others)]

    def _space(self, token: Token) -> str:
        """What stands between a token and the one before it on the same line."""
        block, before = self._blocks[-1], self._previous
        is_tight = token.text in _TIGHT_BEFORE
        if token.text == "(":
            is_tight = block.statement != ["switch", "("]
        elif token.text == ":":
            is_tight = block.kind != "file"
        elif token.text == "}":
            is_tight = True
        if before is not None and not before.after and before.text in _TIGHT_BEHIND:
            is_tight = True
        return "" if is_tight else " "

    def _step(self, token: Token) -> bool:
        """Follow blocks, statements and brackets; whether the line ends behind the token."""
        block = self._blocks[-1]
        if token.text == "{":
            self._blocks.append(_Block(block.opens(), block.indent + _INDENT))
            return True
        if token.text == "}":
            self._blocks.pop()
        self._brackets += _NESTING.get(token.text, 0)
        is_item = token.text == "," and block.kind == "enum" and not self._brackets
        if token.text == ";" or is_item or (token.text == ":" and block.is_label()):
            block.statement.clear()
            return True
        return False


def _moved(line: str, shift: int, least: int) -> str:
    text = line.lstrip(" \t")
    lead = len(line[: len(line) - len(text)].expandtabs(_TAB))
    return " " * max(least, lead + shift) + text if text else ""
