"""What the model is made of: resources, locks, and the rules that need no tree."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

Path = tuple[str, ...]

#: When a file was changed that came without a date: later than every date that is asked with.
FRESH_S = 3_000_000_000


@dataclass
class Node:
    """A resource. ``mtime_s`` is None where the RFCs do not say what it has to be."""

    is_collection: bool
    content: bytes = b""
    properties: dict[str, str] = field(default_factory=dict)
    mtime_s: int | None = FRESH_S
    version: int = 0


@dataclass(eq=False)
class Lock:
    """A lock; each server under test has a token of its own for it."""

    root: Path
    is_exclusive: bool
    is_deep: bool
    expires: float
    tokens: tuple[str, ...] = ()

    def covers(self, path: Path) -> bool:
        """RFC 4918 §6.1, §9.10.3."""
        return path == self.root or (self.is_deep and path[: len(self.root)] == self.root)


class Verdict:
    """What stands against a request: statuses that it must be refused with, or may be."""

    def __init__(self) -> None:
        self.must: set[int] = set()
        self.may: set[int] = set()

    def refuse(self, *statuses: int, when: bool | None = True) -> None:
        """Refuse with one of ``statuses``; for None the RFCs leave it open."""
        if when is None:
            self.may.update(statuses)
        elif when:
            self.must.update(statuses)


@dataclass
class Expected:
    """Statuses that a request may have, and what it does where it succeeds."""

    refusals: set[int]
    successes: set[int]
    effect: Callable[[], None] | None = None


def partial(text: str, size: int) -> tuple[int, slice]:
    """The status of a GET with a range of bytes, and what of the file it gets (RFC 9110 §14)."""
    first, _, last = text.removeprefix("bytes=").partition("-")
    whole = slice(0, size)
    if not text.startswith("bytes=") or not (first.isdigit() or (not first and last.isdigit())):
        return 200, whole
    if not first:
        return (206, slice(max(0, size - int(last)), size)) if int(last) and size else (416, whole)
    if last and int(last) < int(first):
        return 200, whole
    if int(first) >= size:
        return 416, whole
    return 206, slice(int(first), min(size, int(last) + 1) if last else size)


def matches(kind: str, node: Node | None, *, weakly: bool) -> bool | None:
    """Whether a list of entity tags names a resource (RFC 9110 §8.8.3, §13.1)."""
    if node is None:
        return False
    if kind == "*":
        return True
    if node.is_collection:
        return False
    return kind in ("own", "several") or (kind == "weak" and weakly)


def is_newer(node: Node | None, date_s: int) -> bool | None:
    """Whether a resource was changed after a date; None where that is not known."""
    if node is None:
        return False
    # A collection may have a date of change, and may have none.
    if node.is_collection or node.mtime_s is None:
        return None if date_s < FRESH_S else False
    return node.mtime_s > date_s and date_s < FRESH_S


def negated(holds: bool | None) -> bool | None:
    return None if holds is None else not holds


def conflicts(is_exclusive: bool, locks: list[Lock]) -> bool:
    """§6.2: only shared locks go with shared locks."""
    return any(is_exclusive or each.is_exclusive for each in locks)
