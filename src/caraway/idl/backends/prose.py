"""Doc comments as Markdown: paragraphs, first sentences, names that become links."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise
from typing import Final

#: Looks a name up that occurs in running text: Markdown for it, or None to leave it alone.
Resolve = Callable[[str], str | None]

_SENTENCE: Final = re.compile(r".*?[.!?](?=\s+[A-Z0-9\"(]|\s*$)", re.DOTALL)
_CODE: Final = re.compile(r"(`[^`]+`)")
#: What may be a name of the description: a_b, AbCd, x.proto, and the word that
#: tells which message is answered.
_NAME: Final = re.compile(
    r"(?<![\w.])(?:"
    r"[A-Za-z][A-Za-z0-9]*(?:_[A-Za-z0-9]+)+"
    r"|[A-Z][a-z0-9]+(?:[A-Z][A-Za-z0-9]*)+"
    r"|\w+\.proto"
    r"|(?<=[Aa]nswers )(?!with\b)[a-z]+|(?<=nswers with )[a-z]+"
    r"|(?<=nswered by )[a-z]+|(?<=[Aa]s in )[a-z]+"
    r")(?!\w)"
)
_SPECIAL: Final = re.compile(r"[\\*`<>\[\]|~]|(?<!\w)_|_(?!\w)|&(?=#|\w+;)")
#: What would begin a heading, a quotation or a list.
_LEADING: Final = re.compile(r"^(?:\s*(?=[#>+-])|\s*\d+(?=[.)]))")
_ITEM: Final = re.compile(r"\s*([-*+]|\d+[.)])\s+")
#: A line that ends this much too early was broken on purpose.
_EARLY: Final = 10


def summary(doc: str) -> str:
    """The first sentence of ``doc``, in one line.

    >>> summary("Ends a stream; see RFC 9.1\\nfor why. Never\\nsent.")
    'Ends a stream; see RFC 9.1 for why.'
    """
    first = doc.split("\n\n", 1)[0]
    match = _SENTENCE.match(first)
    return " ".join((match.group() if match else first).split())


def escape(text: str) -> str:
    """``text`` without anything that Markdown would take for a mark, also in a table."""
    return _SPECIAL.sub(lambda match: f"\\{match.group()}", text)


def code(text: str) -> str:
    """``text`` set as code; it must not hold what Markdown gives a meaning there."""
    return f"`{text}`"


def inline(text: str, resolve: Resolve) -> str:
    """Running text in one line, with its names as code or links.

    What ``resolve`` does not know stays as it is, unless it looks like
    nothing but a name.
    """
    parts = _CODE.split(" ".join(text.split()))
    return "".join(
        part.replace("|", "\\|") if index % 2 else _link_names(part, resolve)
        for index, part in enumerate(parts)
    )


def _link_names(text: str, resolve: Resolve) -> str:
    done, at = "", 0
    for match in _NAME.finditer(text):
        name = match.group()
        found = resolve(name)
        if found is None:
            found = code(name) if "_" in name or "." in name else escape(name)
        done += escape(text[at : match.start()]) + found
        at = match.end()
    return done + escape(text[at:])


def markdown(doc: str, resolve: Resolve) -> Iterator[str]:
    """The lines of ``doc`` as Markdown, with an empty line behind each paragraph.

    A paragraph that begins as a list (``-`` or ``1.``) is one. Lines that were
    broken on purpose stay apart.
    """
    for paragraph in re.split(r"\n\s*\n", doc.strip("\n")):
        lines = paragraph.split("\n")
        if _ITEM.match(lines[0]):
            yield from _list(lines, resolve)
        elif paragraph.strip():
            yield from _paragraph(lines, resolve)


def _list(lines: list[str], resolve: Resolve) -> Iterator[str]:
    items: list[tuple[str, str]] = []
    for line in lines:
        match = _ITEM.match(line)
        if match is not None:
            items.append((match.group(1), line[match.end() :]))
        else:
            mark, text = items[-1]
            items[-1] = (mark, f"{text} {line}")
    for mark, text in items:
        yield f"{'*' if mark in '-*+' else mark} {inline(text, resolve)}"
    yield ""


def _paragraph(lines: list[str], resolve: Resolve) -> Iterator[str]:
    text = ""
    for line, following in pairwise([*lines, ""]):
        done = inline(line, resolve)
        text += _LEADING.sub(r"\g<0>\\", done) if not text or text.endswith("\n") else done
        if following:
            text += "\\\n" if _is_broken_early(line, following, lines) else " "
    yield from [*text.split("\n"), ""]


def _is_broken_early(line: str, following: str, lines: list[str]) -> bool:
    width = max(map(len, lines))
    return len(line) + 1 + len(following.split(maxsplit=1)[0]) + _EARLY <= width


def table(head: str, rows: Iterable[Iterable[str]]) -> Iterator[str]:
    """A table with an empty line behind it.

    Args:
        head: The names of the columns, with ``|`` between.
        rows: Cells that are Markdown already, without a bare ``|``.
    """
    names = [name.strip() for name in head.split("|")]
    yield f"| {' | '.join(names)} |"
    yield f"|{'|'.join([' --- '] * len(names))}|"
    for row in rows:
        yield f"| {' | '.join(row)} |"
    yield ""


def heading(level: int, text: str, anchor: str) -> Iterator[str]:
    """A heading below the place that links to it lead to; six levels there are at most."""
    yield from [f'<a id="{anchor}"></a>', "", f"{'#' * min(level, 6)} {escape(text)}", ""]


def listing(words: Iterable[str], last: str = "and") -> str:
    """Words as a sentence lists them.

    >>> listing(["a", "b", "c"]), listing(["a"], last="or")
    ('a, b and c', 'a')
    """
    *head, tail = words
    return f"{', '.join(head)} {last} {tail}" if head else tail


def ranges(numbers: Iterable[int]) -> str:
    """Ascending numbers with neighbours drawn together.

    >>> ranges([1, 2, 3, 5, 100])
    '1–3, 5, 100'
    """
    runs: list[tuple[int, int]] = []
    for number in numbers:
        if runs and runs[-1][1] == number - 1:
            runs[-1] = (runs[-1][0], number)
        else:
            runs.append((number, number))
    return ", ".join(f"{a}" if a == b else f"{a}–{b}" for a, b in runs)
