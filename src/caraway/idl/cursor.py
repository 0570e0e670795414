"""Walks over tokens: expectations, doc comments, and the way back after an error."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cached_property
from typing import Final, TypeVar

from caraway.idl.diagnostics import Diagnostics
from caraway.idl.lexer import Comment, Kind, Token, comment_text, tokenize
from caraway.idl.source import Span
from caraway.idl.syntax import Name, Number

ENUM_KEYWORDS: Final = {f"{word}{bits}" for word in ("enum", "flags") for bits in (8, 16, 32)}
_DEFINITIONS: Final = {*ENUM_KEYWORDS, "typedef", "struct", "message", "channel", "protocol"}

_T = TypeVar("_T")


class SyntaxProblem(Exception):
    """Leaves the construct being read; it has been reported."""


def joined(texts: Iterable[str]) -> str:
    """The texts that are not empty, one below the other."""
    return "\n".join(filter(None, texts))


class Cursor:
    """A place among the tokens of a description, and what the parser does there.

    Args:
        diagnostics: Its source is cut into tokens; it takes what is wrong.
    """

    def __init__(self, diagnostics: Diagnostics) -> None:
        self._diagnostics = diagnostics
        self._tokens = tokenize(diagnostics)
        self._at = 0

    # Tokens

    @property
    def _next(self) -> Token:
        return self._tokens[self._at]

    @property
    def _behind_next(self) -> Token:
        return self._tokens[min(self._at + 1, len(self._tokens) - 1)]

    def _advance(self) -> Token:
        token = self._next
        self._at += 1
        return token

    def _is(self, text: str) -> bool:
        return self._next.text == text and self._next.kind is not Kind.END

    def _accept(self, text: str) -> bool:
        if self._is(text):
            self._advance()
            return True
        return False

    def _fail(self, expected: str, *, hint: str = "") -> SyntaxProblem:
        token = self._next
        span = token.span
        if self._at and expected in (";", ",", ":", "}", ")", "]"):
            # What is missing belongs behind the previous token, often on the line before.
            previous = self._tokens[self._at - 1].span
            span = Span(previous.end - 1, previous.end)
            message = f"expected '{expected}' after this, found {token.describe()}"
        else:
            shown = expected if " " in expected or expected.isalpha() else f"'{expected}'"
            message = f"expected {shown}, found {token.describe()}"
        self._diagnostics.report("E002", span, message, hint=hint)
        return SyntaxProblem()

    def _expect(self, text: str) -> Token:
        if not self._is(text):
            raise self._fail(text)
        return self._advance()

    def _name(self, what: str) -> Name:
        token = self._next
        if token.kind is Kind.WORD and token.text.startswith("_"):
            raise self._fail(what, hint="a name begins with a letter")
        if token.kind is not Kind.NAME:
            raise self._fail(what)
        self._advance()
        return Name(token.text, token.span)

    def _number(self) -> Number:
        if self._next.kind is not Kind.INTEGER:
            raise self._fail("a number")
        token = self._advance()
        return Number(token.value, token.span)

    def _optional_number(self) -> Number | None:
        return self._number() if self._accept("=") else None

    def _doc(self, first: Token) -> str:
        """The doc comment of what began with ``first`` and has just been read.

        It is the block of comments directly above, and the comment behind it
        on its last line.
        """
        comments: list[Comment] = []
        if first.doc_adjacent:
            start = len(first.before) - 1
            while start > 0 and not first.before[start].blank_before:
                start -= 1
            comments += first.before[start:]
        comments += self._tokens[self._at - 1].after
        return joined(map(comment_text, comments))

    # Recovery

    def _starts_definition(self) -> bool:
        """Whether what comes next can only be a definition.

        Between braces it tells that the closing one is missing.
        """
        first = self._next.text
        if first not in _DEFINITIONS:
            return False
        words = self._tokens[self._at : self._at + 3]
        if len(words) < 3 or words[1].kind is not Kind.NAME:
            return False
        behind = words[2]
        if first == "typedef":
            return behind.kind is Kind.NAME or behind.text == "struct"
        if first == "channel" and behind.text == ":":
            return True
        if first == "struct" and behind.text == "{":
            # A member would have its name behind the brace.
            end = self._closing.get(self._at + 2)
            return end is not None and self._tokens[end + 1].text == ";"
        return behind.text == "{"

    @cached_property
    def _closing(self) -> dict[int, int]:
        """Where the brace that opens at a token is closed."""
        found: dict[int, int] = {}
        opened: list[int] = []
        for at, token in enumerate(self._tokens):
            if token.text == "{":
                opened.append(at)
            elif token.text == "}" and opened:
                found[opened.pop()] = at
        return found

    def _skip_statement(self) -> None:
        """Go behind the next ``;`` of this level, or stop before what ends the level."""
        depth = 0
        while self._next.kind is not Kind.END and not self._starts_definition():
            if depth == 0 and self._is("}"):
                return
            text = self._advance().text
            depth += (text == "{") - (text == "}")
            if depth == 0 and text == ";":
                return

    def _skip_definition(self) -> None:
        """Go behind what looks like the end of the definition, or to the start of the next one."""
        position = self._diagnostics.source.position
        depth = 0
        while self._next.kind is not Kind.END:
            token = self._next
            if token.text in _DEFINITIONS and (
                position(token.span.start).column == 1 or self._starts_definition()
            ):
                return
            self._at += 1
            depth += (token.text == "{") - (token.text == "}")
            if depth <= 0 and token.text == ";":
                return

    def _list(self, item: Callable[[], _T]) -> list[_T]:
        """Read items up to the closing brace, leaving out those that do not parse."""
        items: list[_T] = []
        while not self._at_end_of_block():
            try:
                items.append(item())
            except SyntaxProblem:
                self._skip_statement()
        return items

    def _at_end_of_block(self) -> bool:
        return self._is("}") or self._next.kind is Kind.END or self._starts_definition()
