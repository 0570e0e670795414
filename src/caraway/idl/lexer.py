"""Cuts a description into tokens, keeping its comments and blank lines."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import Enum
from typing import Final

from caraway.idl.diagnostics import Diagnostics
from caraway.idl.source import Span


class Kind(Enum):
    """What a token is; the value is how it is called in messages."""

    NAME = "name"
    INTEGER = "number"
    #: Letters, digits and underscores that are neither of the above, as in
    #: ``1BIT_LE``: only an enum item may be called so.
    WORD = "item name"
    MARK = "mark"
    END = "end of file"


@dataclass(slots=True)
class Comment:
    """A comment with its delimiters as written.

    Attributes:
        own_line: Nothing but white space stands before it on its line.
        blank_before: A blank line separates it from what comes before.
    """

    text: str
    span: Span
    own_line: bool
    blank_before: bool


@dataclass(slots=True)
class Token:
    """One token, with the comments that belong to it.

    Attributes:
        before: Comments between the previous token's line and this token.
        after: Comments that follow on the same line, before any other token.
        blank_before: A blank line separates the token (or its first comment)
            from what comes before.
        doc_adjacent: No blank line between the last comment before and the token.
    """

    kind: Kind
    text: str
    span: Span
    before: list[Comment] = field(default_factory=list)
    after: list[Comment] = field(default_factory=list)
    blank_before: bool = False
    doc_adjacent: bool = True

    @property
    def value(self) -> int:
        """The number of an INTEGER token."""
        return int(self.text, 16 if self.text[:2].lower() == "0x" else 10)

    def describe(self) -> str:
        """How messages call this token."""
        return self.kind.value if self.kind is Kind.END else f"'{self.text}'"


_INTEGER: Final = re.compile(r"0[xX][0-9a-fA-F]+|[0-9]+")
_NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_TOKEN: Final = re.compile(
    r"(?P<newline>\n)"
    r"|(?P<space>[^\S\n]+)"
    r"|(?P<comment>//[^\n]*|/\*.*?\*/)"
    r"|(?P<open>/\*)"
    r"|(?P<signed>[+-][0-9]+)"
    r"|(?P<word>[A-Za-z0-9_]+)"
    r"|(?P<mark>[{}\[\]();:,=@*!.])",
    re.DOTALL,
)

#: Python refuses to convert very long decimal numbers; no wire number has so many digits.
_MAX_DIGITS: Final = 40
#: Names appear in messages and in generated code: one as long as a file helps nobody.
_MAX_NAME: Final = 255
#: How many characters of a run that is no token a message shows.
_MAX_JUNK: Final = 8


def tokenize(diagnostics: Diagnostics) -> list[Token]:
    """The tokens of ``diagnostics.source``; the last one is of kind END.

    What is not a token is reported and left out.
    """
    text = diagnostics.source.text
    tokens: list[Token] = []
    comments: list[Comment] = []
    newlines = 2  # since the last token or comment; the file's start counts as a blank line
    at = 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            at = _skip_junk(diagnostics, at)
            continue
        span, at = Span(*match.span()), match.end()
        kind = match.lastgroup
        if kind == "newline":
            newlines += 1
        elif kind == "comment":
            comment = Comment(match.group(), span, newlines > 0, newlines > 1)
            if tokens and not comments and newlines == 0:
                tokens[-1].after.append(comment)
            else:
                comments.append(comment)
            newlines = 0
        elif kind == "open":
            diagnostics.report(
                "E001", span, "comment without end", hint="close it with '*/'; comments do not nest"
            )
            break
        elif kind != "space":
            token = _token(diagnostics, match, span)
            token.before, comments = comments, []
            token.blank_before = token.before[0].blank_before if token.before else newlines > 1
            token.doc_adjacent = bool(token.before) and newlines <= 1
            tokens.append(token)
            newlines = 0
    tokens.append(Token(Kind.END, "", Span(len(text), len(text)), comments))
    return tokens


def _skip_junk(diagnostics: Diagnostics, start: int) -> int:
    """Report the characters from ``start`` on that begin no token; where they end."""
    text = diagnostics.source.text
    end = start + 1
    while end < len(text) and _TOKEN.match(text, end) is None:
        end += 1
    shown = "".join(
        char if char.isprintable() else f"<U+{ord(char):04X}>"
        for char in text[start : min(end, start + _MAX_JUNK)]
    )
    what = "character" if end == start + 1 else "characters"
    more = "…" if end - start > _MAX_JUNK else ""
    diagnostics.report("E001", Span(start, end), f"unexpected {what} '{shown}{more}'")
    return end


def _token(diagnostics: Diagnostics, match: re.Match[str], span: Span) -> Token:
    text = match.group()
    if match.lastgroup == "mark":
        return Token(Kind.MARK, text, span)
    if match.lastgroup == "signed" or _INTEGER.fullmatch(text):
        kind, what, limit = Kind.INTEGER, "digits", _MAX_DIGITS
    else:
        kind, what, limit = (
            Kind.NAME if _NAME.fullmatch(text) else Kind.WORD,
            "characters",
            _MAX_NAME,
        )
    if len(text) > limit:
        # Cut short, so that what else is said of it stays readable.
        thing = "number" if kind is Kind.INTEGER else "name"
        diagnostics.report(
            "E001", span, f"{thing} of {len(text)} {what}, at most {limit} are allowed"
        )
        text = text[:limit]
    return Token(kind, text, span)


def comment_text(comment: Comment) -> str:
    """The words of a comment: delimiters and the ``*`` of each line are gone.

    Other control characters than line ends become blanks: they would end up in
    generated code and pages.
    """
    text = comment.text
    if text.startswith("//"):
        return _printable(text.lstrip("/").removeprefix("!")).strip()
    body = text.removeprefix("/*").removesuffix("*/").strip("*")
    lines = [_printable(line).strip().removeprefix("*").strip() for line in body.split("\n")]
    return "\n".join(lines).strip()


def _printable(text: str) -> str:
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else " " for char in text)
