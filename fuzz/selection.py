"""Which message a fuzz input is about: its first bytes pick it."""

from __future__ import annotations

from functools import cache

from caraway.messages import Limits
from fuzz.protocols import LIMITS, Subject, subjects

#: Two bytes for the message and its minor, one for the limits.
PREFIX = 3


@cache
def choices() -> list[tuple[Subject, int | None]]:
    """Every message of every built-in protocol, with every minor that changes it."""
    return list(subjects())


def select(data: bytes) -> tuple[Subject, int | None, Limits | None, bytes] | None:
    """The message, minor, limits and body of an input; None for one that is too short."""
    if len(data) < PREFIX:
        return None
    subject, minor = choices()[int.from_bytes(data[:2], "little") % len(choices())]
    return subject, minor, LIMITS[data[2] % len(LIMITS)], data[PREFIX:]


def prefix(index: int) -> bytes:
    """What makes :func:`select` take choice ``index`` and the default limits."""
    return index.to_bytes(2, "little") + b"\0"
