"""What the compiler has to say about a description, and how it is shown."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Final

from caraway.errors import DescriptionError
from caraway.idl.source import Source, Span

#: A broken file can be wrong at every character; nobody reads more errors than this.
MAX_ERRORS: Final = 100

#: Of a line longer than this only the part around the caret is shown.
_MAX_LINE: Final = 160


class Severity(Enum):
    """How much a diagnostic matters: only errors stop a build."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


#: Every code the compiler can report, with what it means in general.
#: ``E0`` text, ``E1`` names and attributes, ``E2`` layout, ``W``/``N`` advice.
CODES: Final[dict[str, str]] = {
    "E001": "a character or comment that the language does not have",
    "E002": "the text does not follow the grammar",
    "E003": "nesting or unfolding beyond what the compiler follows",
    "E004": "more errors than are shown",
    "E101": "a name that is not declared",
    "E102": "a name that is declared twice",
    "E103": "an attribute that the language does not have",
    "E104": "an attribute with the wrong arguments",
    "E105": "attributes that contradict each other or do not belong here",
    "E106": "a name that means another kind of thing",
    "E107": "two names that become one in generated code",
    "E201": "an enum or flag value that does not fit its width",
    "E202": "an array size that does not name an earlier integer",
    "E203": "an array to the end of the message that is not the last member",
    "E204": "an array whose elements the language cannot carry",
    "E205": "an array of elements without size, counted by the peer",
    "E206": "a switch on something that is not an earlier enum or flags member",
    "E207": "a case that is not a value of the switched type",
    "E208": "a case that can never be reached",
    "E209": "a message number that is not allowed",
    "E210": "a message number or name used twice, counting inherited ones",
    "E211": "a type that contains itself",
    "E212": "a channel number used twice or out of range",
    "E213": "more than one file descriptor in a message",
    "E214": "a view that does not fit",
    "E215": "a constant that does not fit its member",
    "E216": "a text array, which no message can carry",
    "W301": "a type that nothing uses",
    "W302": "what must not be null, but cannot be sent when it is empty",
    "W303": "an array to the end of the message, which takes in what pointers point to",
    "N401": "a switch that leaves out values of its enum",
}


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One remark, tied to a place.

    Attributes:
        code: A key of :data:`CODES`.
        message: What is wrong, with the names and numbers involved.
        hint: What to do about it, or "".
        related: Another place that explains this one, with a few words, or None.
    """

    code: str
    message: str
    source: Source
    span: Span
    hint: str = ""
    related: tuple[Span, str] | None = None

    @property
    def severity(self) -> Severity:
        """Told by the first letter of the code."""
        return {"E": Severity.ERROR, "W": Severity.WARNING, "N": Severity.NOTE}[self.code[0]]

    def render(self) -> str:
        """The remark as text: place, message, the line with a caret, the hint."""
        where = self.source.position(self.span.start)
        lines = [
            f"{self.source.name}:{where.line}:{where.column}: "
            f"{self.severity.value}[{self.code}]: {self.message}",
            *_excerpt(self.source, self.span),
        ]
        if self.related is not None:
            span, words = self.related
            place = self.source.position(span.start)
            lines.append(f"  {self.source.name}:{place.line}:{place.column}: {words}")
        if self.hint:
            lines.append(f"  hint: {self.hint}")
        return "\n".join(lines)

    def to_json(self) -> dict[str, object]:
        """The same as plain values, for ``--json``."""
        start = self.source.position(self.span.start)
        end = self.source.position(self.span.end)
        related: dict[str, object] | None = None
        if self.related is not None:
            place = self.source.position(self.related[0].start)
            related = {"line": place.line, "column": place.column, "message": self.related[1]}
        return {
            "file": self.source.name,
            "line": start.line,
            "column": start.column,
            "end_line": end.line,
            "end_column": end.column,
            "severity": self.severity.value,
            "code": self.code,
            "message": self.message,
            "hint": self.hint,
            "related": related,
        }


def _excerpt(source: Source, span: Span) -> Iterator[str]:
    where = source.position(span.start)
    text = source.line(where.line)
    start = where.column - 1
    left, right = 0, len(text)
    if len(text) > _MAX_LINE:
        left = max(0, start - _MAX_LINE // 2)
        right = min(right, left + _MAX_LINE)
    marked = text[start : min(right, start + span.end - span.start)]
    before = "…" * (left > 0)
    yield f"  {before}{''.join(map(_visible, text[left:right]))}{'…' * (right < len(text))}"
    # Tabs are kept in front of the caret, so that it stands under its character.
    margin = "".join("\t" if char == "\t" else " " * _columns(char) for char in text[left:start])
    yield f"  {' ' * len(before)}{margin}{'^' * max(1, sum(map(_columns, marked)))}"


def _visible(char: str) -> str:
    # What could steer a terminal, or has no encoding at all, must not reach one.
    return char if char.isprintable() or char == "\t" else "\ufffd"


def _columns(char: str) -> int:
    """How many columns of a terminal a character fills."""
    if unicodedata.combining(char):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


@dataclass(slots=True)
class Diagnostics:
    """Collects remarks while a description is compiled.

    Every pass goes on after an error where it can, so that one run reports
    all of them, up to :data:`MAX_ERRORS`; ``found`` is in the order of the text.
    """

    source: Source
    _found: list[Diagnostic] = field(default_factory=list)
    _seen: set[tuple[str, Span, str]] = field(default_factory=set)
    _errors: int = 0

    def report(
        self,
        code: str,
        span: Span,
        message: str,
        *,
        hint: str = "",
        related: tuple[Span, str] | None = None,
    ) -> None:
        """Add a remark; a repetition is dropped, and so is an error past the limit."""
        if self._errors > MAX_ERRORS or (code, span, message) in self._seen:
            return
        self._seen.add((code, span, message))
        remark = Diagnostic(code, message, self.source, span, hint, related)
        if remark.severity is Severity.ERROR:
            self._errors += 1
            if self._errors > MAX_ERRORS:
                words = f"more than {MAX_ERRORS} errors, the others are not shown"
                remark = Diagnostic("E004", words, self.source, span)
        self._found.append(remark)

    @property
    def found(self) -> list[Diagnostic]:
        """All remarks so far, ordered by place."""
        return sorted(self._found, key=lambda d: (d.span.start, d.code, d.message))

    @property
    def failed(self) -> bool:
        """Whether an error is among them."""
        return self._errors > 0


def refusal(found: Sequence[Diagnostic]) -> DescriptionError:
    """The exception for a description with errors; its text shows them all."""
    errors = [remark for remark in found if remark.severity is Severity.ERROR]
    shown = "\n".join(remark.render() for remark in errors)
    count = f"{len(errors)} error{'' if len(errors) == 1 else 's'}"
    return DescriptionError(f"{errors[0].source.name} has {count}:\n{shown}")
