"""Locks by token, by path, by holder and by the time they end."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import Counter
from collections.abc import Hashable
from heapq import heapify, heappop, heappush
from typing import TypeVar

from caraway.webdav.locks.lock import Lock
from caraway.webdav.paths import Path, is_within

_Key = TypeVar("_Key", bound=Hashable)


class LockIndex:
    """Holds locks; what they allow is not asked here.

    Looking up a path takes time by the number of path lengths in use, not by
    the number of locks; looking below it, by the number found.
    """

    def __init__(self) -> None:
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
        return len(self._tokens)

    def get(self, token: str) -> Lock | None:
        """The lock of a token."""
        return self._tokens.get(token)

    def count_at(self, path: Path) -> int:
        """How many locks have that root."""
        return len(self._paths.get(path, ()))

    def count_of(self, principal: str | None) -> int:
        """How many locks a user holds."""
        return self._principals[principal]

    def covering(self, path: Path) -> tuple[Lock, ...]:
        """The locks on a path, those of collections above it included, outermost first."""
        found: list[Lock] = []
        for length in sorted(self._lengths):
            if length > len(path):
                break
            for token in self._paths.get(path[:length], ()):
                lock = self._tokens[token]
                if lock.is_deep or length == len(path):
                    found.append(lock)
        return tuple(found)

    def within(self, path: Path) -> list[Lock]:
        """The locks whose roots are a path or below it."""
        found: list[Lock] = []
        for index in range(bisect_left(self._roots, path), len(self._roots)):
            root = self._roots[index]
            if not is_within(root, path):
                break
            found += [self._tokens[token] for token in self._paths[root]]
        return found

    def add(self, lock: Lock) -> None:
        """Take a new lock in."""
        self._tokens[lock.token] = lock
        if lock.path not in self._paths:
            insort(self._roots, lock.path)
            self._paths[lock.path] = {}
        self._paths[lock.path][lock.token] = None
        self._lengths[len(lock.path)] += 1
        self._principals[lock.principal] += 1
        self._ends_at(lock)

    def renew(self, lock: Lock) -> None:
        """Take a lock in place of the one with its token, which ended at another time."""
        self._tokens[lock.token] = lock
        self._ends_at(lock)

    def drop(self, token: str) -> None:
        """Let a lock go."""
        lock = self._tokens.pop(token)
        there = self._paths[lock.path]
        del there[token]
        if not there:
            del self._paths[lock.path]
            del self._roots[bisect_left(self._roots, lock.path)]
        _take_one(self._lengths, len(lock.path))
        _take_one(self._principals, lock.principal)

    def expire(self, now: float) -> None:
        """Drop the locks whose time is over."""
        while self._ends and self._ends[0][0] <= now:
            _, token = heappop(self._ends)
            lock = self._tokens.get(token)
            if lock and lock.expires <= now:
                self.drop(token)

    def _ends_at(self, lock: Lock) -> None:
        heappush(self._ends, (lock.expires, lock.token))
        # A client that refreshes without pause must not make it grow.
        if len(self._ends) > 2 * len(self._tokens) + 64:
            self._ends = [(each.expires, each.token) for each in self._tokens.values()]
            heapify(self._ends)


def _take_one(counter: Counter[_Key], key: _Key) -> None:
    """Count one less; a key at zero is no longer in the counter."""
    counter[key] -= 1
    if not counter[key]:
        del counter[key]
