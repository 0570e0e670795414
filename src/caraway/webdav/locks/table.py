"""The rules of locking: which locks are granted, and which stand against a change."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from typing import Final

from caraway.webdav.errors import HTTPError
from caraway.webdav.locks.index import LockIndex
from caraway.webdav.locks.lock import Blocks, Conflict, Lock, LockLimits
from caraway.webdav.paths import Path

_NONE: Final[frozenset[str]] = frozenset()
_NOWHERE: Final[frozenset[Path]] = frozenset()
_FREE: Final = Blocks()


class LockTable:
    """All locks of what is served.

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
        self._index = LockIndex()

    def __len__(self) -> int:
        """Locks held, some of which may have ended since the last call."""
        return len(self._index)

    # Asking

    def covering(self, path: Path, *, now: float) -> tuple[Lock, ...]:
        """The locks on a resource, those of collections above it included, outermost first."""
        with self._guard:
            self._index.expire(now)
            return self._index.covering(path)

    def tokens(self, path: Path, *, now: float) -> frozenset[str]:
        """The tokens of all locks on a resource: what an If header is compared with."""
        if not self._index:
            return _NONE
        return frozenset(lock.token for lock in self.covering(path, now=now))

    def below(self, path: Path, *, now: float) -> tuple[Lock, ...]:
        """The locks whose roots are inside a collection, not those on itself."""
        with self._guard:
            self._index.expire(now)
            return tuple(lock for lock in self._index.within(path) if lock.path != path)

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
        if not self._index:
            return _FREE
        with self._guard:
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
            if len(self._index) >= limits.locks:
                raise HTTPError(503, f"all {limits.locks} locks are in use: try again later")
            if self._index.count_at(path) >= limits.locks_per_resource:
                raise HTTPError(
                    503,
                    f"the resource has {limits.locks_per_resource} shared locks, which is the most:"
                    " try again later",
                )
            if self._index.count_of(principal) >= limits.locks_per_principal:
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
            self._index.add(lock)
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
                    self._index.renew(fresh)
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
            self._index.expire(now)
            lock = self._index.get(token)
            if lock is None or not lock.covers(path):
                raise HTTPError(
                    409,
                    "the token belongs to no lock on this resource",
                    condition="lock-token-matches-request-uri",
                )
            if lock.principal not in (None, principal):
                raise HTTPError(403, "the lock belongs to another user")
            self._index.drop(token)
            return lock

    def forget(self, path: Path, *, keep: frozenset[Path] = _NOWHERE) -> None:
        """Drop the locks of a resource that was deleted or moved away, and of all below it.

        Args:
            keep: What stayed, with everything below it and the collections above it.

        Source: RFC 4918 §7.6, §9.6.1.
        """
        with self._guard:
            above = {kept[:length] for kept in keep for length in range(len(kept))}
            for lock in self._index.within(path):
                inside_kept = keep and any(
                    lock.path[:length] in keep for length in range(len(lock.path) + 1)
                )
                if not inside_kept and lock.path not in above:
                    self._index.drop(lock.token)

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
            for lock in map(self._index.get, submitted)
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


def _colliding(locks: tuple[Lock, ...], is_exclusive: bool) -> tuple[Lock, ...]:
    return tuple(lock for lock in locks if is_exclusive or lock.is_exclusive)
