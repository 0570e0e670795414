"""A lock, what it forbids, and for how long one is asked for."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from caraway.webdav.errors import HTTPError
from caraway.webdav.paths import Path, is_within


@dataclass(frozen=True, slots=True)
class LockLimits:
    """How many locks there may be, and for how long.

    Attributes:
        locks: In the whole table.
        locks_per_principal: Held by one user; all without a name count as one.
        locks_per_resource: Shared locks with the same root.
        owner_bytes: Of the XML that says who holds a lock.
        default_s: Seconds of a lock whose request names no time.
        longest_s: Seconds at most, also where ``Infinite`` is asked for.
    """

    locks: int = 20_000
    locks_per_principal: int = 20_000
    locks_per_resource: int = 64
    owner_bytes: int = 4096
    default_s: int = 600
    longest_s: int = 86_400


@dataclass(frozen=True, slots=True)
class Lock:
    """One write lock.

    Attributes:
        token: A URI of its own, such as ``urn:uuid:…``.
        path: The resource it was asked for: its root.
        href: That path as clients shall see it, for ``lockroot``.
        is_deep: Everything below is locked too (Depth: infinity).
        owner: The ``owner`` element as the client wrote it, XML; may be empty.
        principal: The user who holds it; None where nobody logs in.
        timeout_s: Seconds granted, counted from the last refresh.
        expires: When it ends, on the clock of ``now``.
    """

    token: str
    path: Path
    href: str
    is_exclusive: bool
    is_deep: bool
    owner: str
    principal: str | None
    timeout_s: int
    expires: float

    def covers(self, path: Path) -> bool:
        """Whether a resource is locked by it, directly or indirectly."""
        return self.path == path or (self.is_deep and is_within(path, self.path))

    def remaining_s(self, now: float) -> int:
        """Whole seconds until it ends, at least 0."""
        return max(int(self.expires - now), 0)


@dataclass(frozen=True, slots=True)
class Conflict:
    """Why a lock cannot be granted.

    Attributes:
        locks: Those that it would collide with.
        is_below: They are on members of the collection only: RFC 4918 §9.10.6
            wants them in a 207, with 424 for the collection itself.
    """

    locks: tuple[Lock, ...]
    is_below: bool


@dataclass(frozen=True, slots=True)
class Blocks:
    """Locks that forbid a change because nothing shows that the client holds them.

    Attributes:
        here: On the resource itself, or on the collection whose membership
            would change: nothing may be done.
        below: On members of a tree that would go: these, and the collections
            above them, have to stay (RFC 4918 §9.6.1).
    """

    here: tuple[Lock, ...] = ()
    below: tuple[Lock, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.here or self.below)

    @property
    def kept(self) -> frozenset[Path]:
        """The paths that have to stay, with everything below them and what is above."""
        return frozenset(lock.path for lock in self.below)

    def refusal(self) -> HTTPError:
        """423 for the whole request, naming the roots of the locks."""
        hrefs = dict.fromkeys(lock.href for lock in (*self.here, *self.below))
        return HTTPError(
            423,
            "locked: send the lock's token in an If header",
            condition="lock-token-submitted",
            hrefs=tuple(hrefs),
        )


_SECONDS: Final = re.compile(r"Second-([0-9]{1,20})", re.ASCII | re.IGNORECASE)


def parse_timeout(value: str | None, limits: LockLimits | None = None) -> int | None:
    """The seconds that a Timeout header asks for: the first time in it that is understood.

    Returns:
        At most ``limits.longest_s``; None for the default, where there is no
        header or nothing in it is understood.

    Source: RFC 4918 §10.7.

    >>> parse_timeout("Extended 5, Second-30, Infinite")
    30
    """
    longest_s = (limits or LockLimits()).longest_s
    for part in (value or "").split(","):
        wanted = part.strip()
        if wanted.lower() == "infinite":
            return longest_s
        found = _SECONDS.fullmatch(wanted)
        if found:
            return min(int(found[1]), longest_s)
    return None
