"""RFC 4918 and the conditions of RFC 9110 on a dictionary: what a request may be answered with.

The model is the measure of the server, so it knows none of its rules but the
RFCs'. Where these leave a choice, it allows every answer that they allow.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

from tests.property.webdav.requests import DATE, PROTECTED, Ask, Clause, Condition, Path
from tests.property.webdav.rules import (
    FRESH_S,
    Expected,
    Lock,
    Node,
    Verdict,
    conflicts,
    is_newer,
    matches,
    negated,
    partial,
)


class Model:
    """The resources and locks that a server has to have.

    Args:
        roots: Names of collections that are the only members the root ever has.
    """

    def __init__(self, roots: tuple[str, ...] = ()) -> None:
        self.nodes: dict[Path, Node] = {(): Node(True)}
        self.nodes.update({(name,): Node(True) for name in roots})
        #: What can neither be removed nor replaced.
        self.fixed = frozenset(self.nodes)
        self._has_roots = bool(roots)
        self.locks: list[Lock] = []
        self.made: list[Lock] = []
        #: Locks of which RFC 4918 §7.6 and §9.8.4 do not agree whether they are still there.
        self.doubtful: list[Lock] = []
        self.now = 0.0
        self._version = 0

    # The tree

    def wait(self, seconds: float) -> None:
        self.now += seconds
        self.locks = [each for each in self.locks if each.expires > self.now]

    def is_collection(self, path: Path) -> bool:
        node = self.nodes.get(path)
        return node is not None and node.is_collection

    def below(self, path: Path) -> list[Path]:
        """What is at ``path`` and below it."""
        return [each for each in self.nodes if each[: len(path)] == path]

    def remove(self, path: Path, *, keep: set[Path] | None = None) -> None:
        """Take resources away, and with them the locks rooted at them (§9.6)."""
        for each in self.below(path):
            if not any(kept[: len(each)] == each for kept in keep or ()):
                del self.nodes[each]
        self.locks = [each for each in self.locks if each.root in self.nodes]

    def put(self, path: Path, content: bytes, mtime_s: int | None) -> None:
        self._version += 1
        node = self.nodes.setdefault(path, Node(False))
        node.content = content
        node.mtime_s = FRESH_S if mtime_s is None else mtime_s
        node.version = self._version

    # Locks

    def covering(self, path: Path) -> list[Lock]:
        return [each for each in self.locks if each.covers(path)]

    def is_blocked(self, path: Path, submitted: list[Lock]) -> bool:
        """Whether a lock forbids to change ``path``: of shared ones, one token is enough (§7)."""
        covering = self.covering(path)
        return bool(covering) and not any(each in submitted for each in covering)

    def is_blocked_whole(self, path: Path, submitted: list[Lock]) -> bool:
        """Whether a lock forbids to take ``path`` away or to replace it.

        That takes the members along, of which a lock of depth 0 says nothing.
        """
        deep = [each for each in self.covering(path) if each.is_deep]
        without_deep = bool(deep) and not any(each in submitted for each in deep)
        return self.is_blocked(path, submitted) or (self.is_collection(path) and without_deep)

    # Preconditions

    def submitted(self, ask: Ask) -> list[Lock]:
        """The locks whose tokens stand anywhere in the If header (§10.4.1)."""
        if ask.holding:
            return list(self.locks)
        return [
            lock
            for clause in ask.clauses
            for condition in clause.conditions
            if condition.kind == "token" and (lock := self.named(condition.index)) is not None
        ]

    def named(self, index: int) -> Lock | None:
        """A lock that was once made; none before there was any."""
        return self.made[index % len(self.made)] if self.made else None

    def judge(self, ask: Ask, verdict: Verdict) -> None:
        """All preconditions."""
        if ask.clauses and not ask.holding:
            outcomes = [self._clause(each, ask.path) for each in ask.clauses]
            if not any(each is True for each in outcomes):
                verdict.refuse(412, when=None if None in outcomes else True)
        fields = dict(ask.preconditions)
        node = self.nodes.get(ask.path)
        reading = ask.method in ("GET", "HEAD")
        if (kind := fields.get("If-Match")) is not None:
            verdict.refuse(412, when=negated(matches(kind, node, weakly=False)))
        elif (kind := fields.get("If-Unmodified-Since")) is not None:
            verdict.refuse(412, when=is_newer(node, int(kind)))
        if (kind := fields.get("If-None-Match")) is not None:
            if node is not None or not reading:
                verdict.refuse(304 if reading else 412, when=matches(kind, node, weakly=True))
        elif (kind := fields.get("If-Modified-Since")) is not None and reading:
            is_old = negated(is_newer(node, int(kind)))
            # A date to come was to be ignored once (RFC 2616 §14.25).
            is_old = None if int(kind) > FRESH_S else is_old
            verdict.refuse(304, when=is_old if node is not None else False)

    def _clause(self, clause: Clause, target: Path) -> bool | None:
        path = target if clause.tag is None else clause.tag
        outcomes = [self._condition(each, path) for each in clause.conditions]
        if False in outcomes:
            return False
        return None if None in outcomes else True

    def _condition(self, condition: Condition, path: Path) -> bool | None:
        node = self.nodes.get(path)
        holds: bool | None
        match condition.kind:
            case "token":
                lock = self.named(condition.index)
                holds = lock in self.covering(path)
                if holds and node is None:
                    # In the scope of a lock (§6.1), yet nothing that could have a state (§10.4.3).
                    holds = None
            case "own":
                holds = node is not None and not node.is_collection
            case "weak":
                # §10.4.4: servers may compare weakly or strongly.
                holds = None if node is not None and not node.is_collection else False
            case _:
                holds = False
        return negated(holds) if condition.is_negated else holds

    # Methods

    def expect(self, ask: Ask) -> Expected:
        """What a request may be answered with."""
        verdict = Verdict()
        self.judge(ask, verdict)
        successes, effect = getattr(self, f"_{ask.method.lower()}")(ask, verdict)
        return Expected(verdict.must | verdict.may, set() if verdict.must else successes, effect)

    def _get(self, ask: Ask, verdict: Verdict) -> tuple[set[int], None]:
        node = self.nodes.get(ask.path)
        verdict.refuse(404, when=node is None)
        if self.is_collection(ask.path) and not ask.slash:
            # §5.2: a collection's URL ends with a slash, and a client may be told.
            verdict.refuse(301, when=None)
        if node is None or node.is_collection or ask.range is None or ask.method == "HEAD":
            return {200}, None
        if ask.if_range not in (None, "own"):
            return {200}, None
        status = partial(ask.range, len(node.content))[0]
        # A suffix of nothing can be satisfied, yet no Content-Range can say so (§14.1.2, §14.4).
        return {status} if node.content else {status, 200}, None

    _head = _get

    def _options(self, ask: Ask, verdict: Verdict) -> tuple[set[int], None]:
        return {200, 204}, None

    def _put(self, ask: Ask, verdict: Verdict) -> tuple[set[int], Callable[[], None]]:
        node = self.nodes.get(ask.path)
        if node is None:
            self._refuse_new(ask, ask.path, verdict)
        else:
            verdict.refuse(405, when=node.is_collection)
            verdict.refuse(423, when=self.is_blocked(ask.path, self.submitted(ask)))
        content = ask.body
        if ask.offset is not None:
            # RFC 9110 §14.5: a part of what is there.
            verdict.refuse(404, 409, when=node is None)
            before = b"" if node is None else node.content.ljust(ask.offset, b"\0")
            content = before[: ask.offset] + ask.body + before[ask.offset + len(ask.body) :]
        return {201} if node is None else {200, 204}, lambda: self.put(
            ask.path, content, ask.mtime_s
        )

    def _mkcol(self, ask: Ask, verdict: Verdict) -> tuple[set[int], Callable[[], None]]:
        verdict.refuse(405, when=ask.path in self.nodes)
        if ask.path:
            self._refuse_new(ask, ask.path, verdict)
        return {201}, lambda: self.nodes.__setitem__(ask.path, Node(True))

    def _refuse_new(self, ask: Ask, path: Path, verdict: Verdict) -> None:
        """What stands against a new member (§7.4, §9.3.1, §9.7.1)."""
        submitted = self.submitted(ask)
        verdict.refuse(403, 405, 409, when=self._has_roots and len(path) == 1)
        verdict.refuse(409, when=not self.is_collection(path[:-1]))
        verdict.refuse(423, when=self.is_blocked(path[:-1], submitted))
        # A token that lets the collection change need not be of the lock that the member gets.
        verdict.refuse(423, when=None if self.is_blocked(path, submitted) else False)

    def _delete(self, ask: Ask, verdict: Verdict) -> tuple[set[int], Callable[[], None]]:
        verdict.refuse(404, when=ask.path not in self.nodes)
        verdict.refuse(403, 405, 409, when=ask.path in self.fixed)
        verdict.refuse(400, when=None if ask.depth not in (None, "infinity") else False)
        submitted = self.submitted(ask)
        if ask.path:
            blocked = self.is_blocked_whole(ask.path, submitted)
            verdict.refuse(423, when=blocked or self.is_blocked(ask.path[:-1], submitted))
        # What is below something that has to stay may stay, too: a server need not tear it apart.
        keep = {
            each
            for each in self.below(ask.path)
            for end in range(len(ask.path) + 1, len(each) + 1)
            if self.is_blocked_whole(each[:end], submitted)
        }
        return {207} if keep else {200, 204}, lambda: self.remove(ask.path, keep=keep)

    def _copy(self, ask: Ask, verdict: Verdict) -> tuple[set[int], Callable[[], None]]:
        source, target = ask.path, ask.destination
        is_move = ask.method == "MOVE"
        is_deep = is_move or ask.depth != "0"
        verdict.refuse(404, when=source not in self.nodes)
        verdict.refuse(403, 405, 409, when=is_move and source in self.fixed)
        verdict.refuse(403, 405, 409, when=target in self.fixed)
        verdict.refuse(400, when=ask.overwrite not in (None, "T", "F"))
        verdict.refuse(400, when=ask.depth not in (None, "0", "infinity"))
        # §9.9.2: a client must not send another depth with a MOVE of a collection.
        verdict.refuse(400, when=None if is_move and ask.depth == "0" else False)
        if target is None or ask.destination_form not in ("path", "uri"):
            verdict.refuse(502 if ask.destination_form == "elsewhere" else 400)
            return {201}, _nothing
        submitted = self.submitted(ask)
        is_inside = len(target) > len(source) and target[: len(source)] == source
        verdict.refuse(403, when=source == target)
        verdict.refuse(403, 409, when=is_inside and (is_deep or None))
        verdict.refuse(403, 409, when=source[: len(target)] == target != source)
        is_new = target not in self.nodes
        if is_new:
            self._refuse_new(ask, target, verdict)
        elif target:
            verdict.refuse(412, when=ask.overwrite == "F")
            is_blocked = any(self.is_blocked_whole(each, submitted) for each in self.below(target))
            verdict.refuse(207, 423, when=is_blocked)
            # The members of the parent stay the same, or one goes and another comes (§9.8.4).
            verdict.refuse(423, when=self.is_blocked(target[:-1], submitted) and None)
        if is_move and source:
            is_blocked = any(self.is_blocked_whole(each, submitted) for each in self.below(source))
            verdict.refuse(207, 423, when=is_blocked)
            verdict.refuse(423, when=self.is_blocked(source[:-1], submitted))
        return {201} if is_new else {200, 204}, lambda: self._transfer(
            source, target, is_move=is_move, is_deep=is_deep
        )

    _move = _copy

    def _transfer(self, source: Path, target: Path, *, is_move: bool, is_deep: bool) -> None:
        replaced = [each for each in self.locks if each.root[: len(target)] == target]
        copied = {}
        for each in self.below(source) if is_deep else [source]:
            node = self.nodes[each]
            mtime_s = node.mtime_s if is_move else None
            copied[target + each[len(source) :]] = replace(
                node, properties=dict(node.properties), mtime_s=mtime_s
            )
        self.remove(target)
        if is_move:
            self.remove(source)
        self.nodes.update(copied)
        self.doubtful = [each for each in replaced if each.root in self.nodes]
        self.locks += [each for each in self.doubtful if each not in self.locks]

    def _propfind(self, ask: Ask, verdict: Verdict) -> tuple[set[int], None]:
        verdict.refuse(404, when=ask.path not in self.nodes)
        verdict.refuse(400, when=ask.depth not in (None, "0", "1", "infinity"))
        return {207}, None

    def listed(self, ask: Ask) -> set[Path]:
        """The resources that a PROPFIND names (§9.1)."""
        limit = {"0": 0, "1": 1}.get(ask.depth or "", math.inf)
        return {each for each in self.below(ask.path) if len(each) - len(ask.path) <= limit}

    def _proppatch(self, ask: Ask, verdict: Verdict) -> tuple[set[int], Callable[[], None]]:
        node = self.nodes.get(ask.path)
        verdict.refuse(404, when=node is None)
        verdict.refuse(423, when=self.is_blocked(ask.path, self.submitted(ask)))

        if self._has_roots and not ask.path:
            # What is put together from others may have no place for properties.
            verdict.refuse(403, 405, 207)

        def effect() -> None:
            assert node is not None
            if is_protected(ask):
                return
            for name, value in ask.changes:
                if name == DATE:
                    node.mtime_s = int(value or 0)
                elif value is None:
                    node.properties.pop(name, None)
                else:
                    node.properties[name] = value

        return {207}, effect

    def _lock(self, ask: Ask, verdict: Verdict) -> tuple[set[int], Callable[[], None]]:
        node = self.nodes.get(ask.path)
        if ask.scope is None:
            return self._refresh(ask, verdict)
        verdict.refuse(400, when=ask.depth not in (None, "0", "infinity"))
        is_exclusive = ask.scope == "exclusive"
        is_deep = ask.depth != "0"
        if node is None:
            self._refuse_new(ask, ask.path, verdict)
        else:
            verdict.refuse(423, when=conflicts(is_exclusive, self.covering(ask.path)))
            if is_deep:
                against = [each for each in self.locks if each.root[: len(ask.path)] == ask.path]
                verdict.refuse(207, 423, when=conflicts(is_exclusive, against))
        if node is None and is_exclusive:
            verdict.refuse(423, when=bool(self.covering(ask.path)))
        elif node is None:
            verdict.refuse(423, when=conflicts(is_exclusive, self.covering(ask.path)))

        def effect() -> None:
            if node is None:
                self.put(ask.path, b"", None)
            lock = Lock(ask.path, is_exclusive, is_deep and self.is_collection(ask.path), math.inf)
            self.locks.append(lock)
            self.made.append(lock)

        return {201} if node is None else {200}, effect

    def _refresh(self, ask: Ask, verdict: Verdict) -> tuple[set[int], Callable[[], None]]:
        """§9.10.2: the If header names the lock."""
        verdict.refuse(404, 409, 412, when=ask.path not in self.nodes)
        verdict.refuse(400, when=not ask.clauses and not (ask.holding and self.locks))
        found = [each for each in self.submitted(ask) if each in self.covering(ask.path)]
        verdict.refuse(412, 409, when=not found)
        return {200}, _nothing

    def refreshed(self, ask: Ask) -> list[Lock]:
        """The locks that a refresh may have been about."""
        return [each for each in self.covering(ask.path) if each in self.submitted(ask)]

    def _unlock(self, ask: Ask, verdict: Verdict) -> tuple[set[int], Callable[[], None]]:
        lock = self.named(ask.token) if ask.token is not None else None
        verdict.refuse(400, when=ask.token is None)
        verdict.refuse(404, 409, when=ask.path not in self.nodes)
        verdict.refuse(409, when=lock not in self.covering(ask.path))

        def effect() -> None:
            self.locks = [each for each in self.locks if each is not lock]

        return {204}, effect


def is_protected(ask: Ask) -> bool:
    """Whether a PROPPATCH is about a property that is not the client's."""
    return any(name in PROTECTED for name, _ in ask.changes)


def _nothing() -> None:
    """Changes nothing."""
