"""What is shown on a terminal: text of others, and notes of our own."""

from __future__ import annotations

import sys

import click

__all__ = ["note", "printable", "printable_lines"]


def printable(text: str) -> str:
    r"""``text`` with control characters written out: they could do anything to a terminal.

    >>> print(printable("über \x1b[31m\n"))
    über \x1b[31m\n
    """
    if text.isprintable():
        return text
    return "".join(
        each if each.isprintable() else each.encode("unicode_escape").decode() for each in text
    )


def printable_lines(text: str) -> str:
    r"""The same for text of several lines, which stay lines.

    >>> print(printable_lines("a\tb\r\n\x1b"))
    a       b
    \x1b
    """
    lines = text.expandtabs().split("\n")
    return "\n".join(printable(line.removesuffix("\r")) for line in lines)


def note(text: str) -> None:
    """Say on standard error something that is no error."""
    # A terminal may be raw just now, and does not return to the left by itself.
    end = "\r\n" if sys.stderr.isatty() else "\n"
    click.echo(f"caraway: note: {text}{end}", err=True, nl=False)
