"""Text of others, as it may be shown on a terminal."""

from __future__ import annotations

__all__ = ["printable"]


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
