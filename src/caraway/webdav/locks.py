"""Write locks: who holds which, what a change needs, and when they end.

No I/O and no clock: every call is told the time as ``now``, in seconds of a
clock that never goes back. Locks whose time is over are dropped on the way.

Source: RFC 4918 §6, §7, §9.10, §9.11.
"""

from __future__ import annotations

import re
from bisect import bisect_left, insort
from collections import Counter
from collections.abc import Callable, Hashable, Iterable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from heapq import heapify, heappop, heappush
from typing import Final, TypeVar

from caraway.webdav.errors import HTTPError
from caraway.webdav.paths import Path, is_within

_Key = TypeVar("_Key", bound=Hashable)

_NONE: Final[frozenset[str]] = frozenset()
_NOWHERE: Final[frozenset[Path]] = frozenset()


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


class LockTable:
    """All locks of what is served.

    Looking up a path takes time by the number of path lengths in use, not by
    the number of locks; looking below it, by the number found.

    >>> table = LockTable(iter(["urn:x:1", "urn:x:2"]).__next__)
    >>> table.lock(("a",), now=0.0, href="/a/", is_exclusive=True, is_deep=True).token
    'urn:x:1'
    >>> bool(table.check_write(("a", "b"), now=1.0))
    True
    >>> bool(table.check_write(("a", "b"), now=1.0, tokens={"urn:x:1"}))
    False
    """

    def __init__(
        self,
        make_token: Callable[[], str],
        limits: LockLimits | None = None,
        *,
        guard: AbstractContextManager[object] | None = None,
    ) -> None:
        """
        Args:
            make_token: Gives a URI that was never used before, without ``>``.
            guard: Entered by every call, more than once by some: a
                ``threading.RLock`` where several threads use the table. None
                where one does.
        """
        self._guard = guard or nullcontext()
        self._make_token = make_token
        self._limits = limits or LockLimits()
        self._tokens: dict[str, Lock] = {}
        # The tokens at each root, in the order they were granted.
        self._paths: dict[Path, dict[str, None]] = {}
        # Sorted, so that a tree is one run of it.
        self._roots: list[Path] = []
        self._lengths: Counter[int] = Counter()
        self._principals: Counter[str | None] = Counter()
        # When and what to drop; a refreshed lock is in it more than once.
        self._ends: list[tuple[float, str]] = []

    def __len__(self) -> int:
        """Locks held, some of which may have ended since the last call."""
        return len(self._tokens)

    # Asking

    def covering(self, path: Path, *, now: float) -> tuple[Lock, ...]:
        """The locks on a resource, those of collections above it included, outermost first."""
        with self._guard:
            self._expire(now)
            found: list[Lock] = []
            for length in sorted(self._lengths):
                if length > len(path):
                    break
                for token in self._paths.get(path[:length], ()):
                    lock = self._tokens[token]
                    if lock.is_deep or length == len(path):
                        found.append(lock)
            return tuple(found)

    def tokens(self, path: Path, *, now: float) -> frozenset[str]:
        """The tokens of all locks on a resource: what an If header is compared with."""
        if not self._tokens:
            return _NONE
        return frozenset(lock.token for lock in self.covering(path, now=now))

    def below(self, path: Path, *, now: float) -> tuple[Lock, ...]:
        """The locks whose roots are inside a collection, not those on itself."""
        with self._guard:
            self._expire(now)
            return tuple(lock for lock in self._within(path) if lock.path != path)

    def conflict(
        self, path: Path, *, now: float, is_exclusive: bool, is_deep: bool
    ) -> Conflict | None:
        """What stands against a new lock; it does not matter who holds it."""
        with self._guard:
            here = _colliding(self.covering(path, now=now), is_exclusive)
            if here:
                return Conflict(here, is_below=False)
            if is_deep:
                below = _colliding(self.below(path, now=now), is_exclusive)
                if below:
                    return Conflict(below, is_below=True)
            return None

    def check_write(
        self,
        path: Path,
        *,
        now: float,
        tokens: Iterable[str] = (),
        principal: str | None = None,
        is_membership: bool = False,
        is_deep: bool = False,
    ) -> Blocks:
        """Which locks stand against a change.

        A lock is no obstacle to the user who holds it and submits its token;
        of several shared locks on a resource, one suffices.

        Args:
            tokens: All that the request submitted.
            is_membership: The resource appears or vanishes: locks on the
                collection above count too, those of depth 0 included
                (RFC 4918 §7.4).
            is_deep: It is a collection, and everything below changes with it,
                as for DELETE, the source of MOVE, and a destination that is
                overwritten.
        """
        with self._guard:
            if not self._tokens:
                return _FREE
            submitted = frozenset(tokens)

            def is_open(locks: tuple[Lock, ...]) -> bool:
                return not locks or any(
                    lock.token in submitted and lock.principal in (None, principal)
                    for lock in locks
                )

            here: dict[str, Lock] = {}
            concerned = [path, path[:-1]] if is_membership and path else [path]
            for each in concerned:
                locks = self.covering(each, now=now)
                if not is_open(locks):
                    here |= {lock.token: lock for lock in locks}
            if is_deep:
                # The token of a lock of depth 0 says nothing of the members.
                deep = tuple(lock for lock in self.covering(path, now=now) if lock.is_deep)
                if not is_open(deep):
                    here |= {lock.token: lock for lock in deep}
            below = self.below(path, now=now) if is_deep else ()
            if below and submitted:
                below = self._closed(below, submitted, principal)
            return Blocks(tuple(here.values()), below)

    # Changing

    def lock(
        self,
        path: Path,
        *,
        now: float,
        href: str,
        is_exclusive: bool,
        is_deep: bool,
        owner: str = "",
        principal: str | None = None,
        timeout_s: int | None = None,
    ) -> Lock | Conflict:
        """Grant a lock, unless others stand against it.

        Args:
            timeout_s: Seconds, as :func:`parse_timeout` tells them; None for the default.

        Raises:
            HTTPError: 413, the owner's XML is too long; 503, the table is
                full, or the resource has too many shared locks; 507, the user
                holds too many.
        """
        with self._guard:
            limits = self._limits
            if len(owner.encode()) > limits.owner_bytes:
                raise HTTPError(
                    413,
                    f"lock owner has {len(owner.encode())} bytes, at most {limits.owner_bytes} are"
                    " kept: send less",
                )
            conflict = self.conflict(path, now=now, is_exclusive=is_exclusive, is_deep=is_deep)
            if conflict:
                return conflict
            if len(self._tokens) >= limits.locks:
                raise HTTPError(503, f"all {limits.locks} locks are in use: try again later")
            if len(self._paths.get(path, ())) >= limits.locks_per_resource:
                raise HTTPError(
                    503,
                    f"the resource has {limits.locks_per_resource} shared locks, which is the most:"
                    " try again later",
                )
            if self._principals[principal] >= limits.locks_per_principal:
                raise HTTPError(
                    507, f"this user holds {limits.locks_per_principal} locks: release some first"
                )
            granted = self._granted(timeout_s)
            lock = Lock(
                token=self._make_token(),
                path=path,
                href=href,
                is_exclusive=is_exclusive,
                is_deep=is_deep,
                owner=owner,
                principal=principal,
                timeout_s=granted,
                expires=now + granted,
            )
            self._add(lock)
            return lock

    def refresh(
        self,
        path: Path,
        *,
        now: float,
        tokens: Iterable[str],
        principal: str | None = None,
        timeout_s: int | None = None,
    ) -> Lock:
        """Start a lock's time anew.

        Args:
            path: The lock's root, or something it covers.
            tokens: What was submitted; one of them has to be on ``path``.

        Returns:
            The lock as it is now.

        Raises:
            HTTPError: 412, no such lock is held by this user on ``path``.

        Source: RFC 4918 §9.10.2.
        """
        with self._guard:
            submitted = frozenset(tokens)
            for lock in self.covering(path, now=now):
                if lock.token in submitted and lock.principal in (None, principal):
                    granted = self._granted(timeout_s)
                    fresh = replace(lock, timeout_s=granted, expires=now + granted)
                    self._tokens[lock.token] = fresh
                    self._ends_at(fresh)
                    return fresh
            raise HTTPError(
                412,
                "no lock to refresh: submit the token of a lock on this resource",
                condition="lock-token-matches-request-uri",
            )

    def unlock(self, path: Path, token: str, *, now: float, principal: str | None = None) -> Lock:
        """Release a lock by any resource it covers.

        Returns:
            The lock that is gone.

        Raises:
            HTTPError: 409, the token is of no lock on ``path``; 403, another user's.

        Source: RFC 4918 §9.11.
        """
        with self._guard:
            self._expire(now)
            lock = self._tokens.get(token)
            if lock is None or not lock.covers(path):
                raise HTTPError(
                    409,
                    "the token belongs to no lock on this resource",
                    condition="lock-token-matches-request-uri",
                )
            if lock.principal not in (None, principal):
                raise HTTPError(403, "the lock belongs to another user")
            self._drop(token)
            return lock

    def forget(self, path: Path, *, keep: frozenset[Path] = _NOWHERE) -> None:
        """Drop the locks of a resource that was deleted or moved away, and of all below it.

        Args:
            keep: What stayed, with everything below it and the collections above it.

        Source: RFC 4918 §7.6, §9.6.1.
        """
        with self._guard:
            above = {kept[:length] for kept in keep for length in range(len(kept))}
            for lock in self._within(path):
                inside_kept = keep and any(
                    lock.path[:length] in keep for length in range(len(lock.path) + 1)
                )
                if not inside_kept and lock.path not in above:
                    self._drop(lock.token)

    # Bookkeeping

    def _granted(self, timeout_s: int | None) -> int:
        wanted = self._limits.default_s if timeout_s is None else timeout_s
        return max(1, min(wanted, self._limits.longest_s))

    def _closed(
        self, locks: tuple[Lock, ...], submitted: frozenset[str], principal: str | None
    ) -> tuple[Lock, ...]:
        """Those of many locks on whose resources none of the submitted tokens is.

        What :meth:`covering` would tell, without asking it for each; what a
        deep one covers takes the token of a deep one.
        """
        held = [
            lock
            for lock in map(self._tokens.get, submitted)
            if lock is not None and lock.principal in (None, principal)
        ]
        roots = {lock.path for lock in held}
        deep = {lock.path for lock in held if lock.is_deep}
        lengths = {len(path) for path in deep}
        return tuple(
            lock
            for lock in locks
            if (lock.is_deep or lock.path not in roots)
            and not any(lock.path[:length] in deep for length in lengths)
        )

    def _within(self, path: Path) -> list[Lock]:
        """All locks on a path and below."""
        found: list[Lock] = []
        for index in range(bisect_left(self._roots, path), len(self._roots)):
            root = self._roots[index]
            if not is_within(root, path):
                break
            found += [self._tokens[token] for token in self._paths[root]]
        return found

    def _add(self, lock: Lock) -> None:
        self._tokens[lock.token] = lock
        if lock.path not in self._paths:
            insort(self._roots, lock.path)
            self._paths[lock.path] = {}
        self._paths[lock.path][lock.token] = None
        self._lengths[len(lock.path)] += 1
        self._principals[lock.principal] += 1
        self._ends_at(lock)

    def _drop(self, token: str) -> None:
        lock = self._tokens.pop(token)
        there = self._paths[lock.path]
        del there[token]
        if not there:
            del self._paths[lock.path]
            del self._roots[bisect_left(self._roots, lock.path)]
        _take_one(self._lengths, len(lock.path))
        _take_one(self._principals, lock.principal)

    def _ends_at(self, lock: Lock) -> None:
        heappush(self._ends, (lock.expires, lock.token))
        # A client that refreshes without pause must not make it grow.
        if len(self._ends) > 2 * len(self._tokens) + 64:
            self._ends = [(each.expires, each.token) for each in self._tokens.values()]
            heapify(self._ends)

    def _expire(self, now: float) -> None:
        while self._ends and self._ends[0][0] <= now:
            _, token = heappop(self._ends)
            lock = self._tokens.get(token)
            if lock and lock.expires <= now:
                self._drop(token)


_FREE: Final = Blocks()


def _take_one(counter: Counter[_Key], key: _Key) -> None:
    """Count one less; a key at zero is no longer in the counter."""
    counter[key] -= 1
    if not counter[key]:
        del counter[key]


def _colliding(locks: tuple[Lock, ...], is_exclusive: bool) -> tuple[Lock, ...]:
    return tuple(lock for lock in locks if is_exclusive or lock.is_exclusive)


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
