"""The lines of password files."""

from __future__ import annotations

from collections.abc import Iterator

from caraway.webdav.errors import PasswordFileError


def lines_of(data: bytes, name: str) -> Iterator[tuple[int, str]]:
    """The lines that count, each with its number from 1; not empty ones, nor comments.

    Args:
        name: Of the file, for messages.

    Raises:
        PasswordFileError: A line is not UTF-8.
    """
    for number, raw in enumerate(data.split(b"\n"), 1):
        try:
            text = raw.decode().removesuffix("\r")
        except UnicodeDecodeError:
            raise PasswordFileError(f"{name}:{number}: not UTF-8") from None
        if text.strip() and not text.startswith("#"):
            yield number, text


def no_name(user: str) -> str:
    """What is wrong with the name of a user; empty where nothing is."""
    if not user:
        return "no user name"
    if ":" in user or user.startswith("#") or not user.isprintable():
        return f"user name {user!r} with a character it cannot have: colon, # at its start, control"
    return ""
