"""The lock table: RFC 4918 §6 (model), §7 (write locks), §9.10 (LOCK), §9.11 (UNLOCK), §10.7."""

from __future__ import annotations

import itertools
import random
import time

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from caraway.webdav.errors import HTTPError
from caraway.webdav.locks.lock import Conflict, Lock, LockLimits
from caraway.webdav.locks.table import LockTable
from caraway.webdav.paths import is_within

A, AB, ABC, X = ("a",), ("a", "b"), ("a", "b", "c"), ("x",)


def table(**limits):
    tokens = (f"urn:x:{number}" for number in itertools.count(1))
    return LockTable(tokens.__next__, LockLimits(**limits))


def take(locks, path, *, now=0.0, exclusive=True, deep=False, **more):
    """A lock that is expected to be granted."""
    lock = locks.lock(
        path,
        now=now,
        href="/" + "/".join(path),
        is_exclusive=exclusive,
        is_deep=deep,
        **more,
    )
    assert isinstance(lock, Lock)
    return lock


def tokens_of(locks):
    return [lock.token for lock in locks]


def status_of(call):
    with pytest.raises(HTTPError) as caught:
        call()
    return caught.value.status, caught.value.condition


# §6.1, §9.10: granting


def test_a_lock_has_what_was_asked_for():
    lock = take(table(), AB, now=5.0, deep=True, owner="<o/>", principal="me", timeout_s=60)
    assert lock == Lock("urn:x:1", AB, "/a/b", True, True, "<o/>", "me", 60, 65.0)
    assert (lock.remaining_s(5.5), lock.remaining_s(100.0)) == (59, 0)
    assert [lock.covers(path) for path in (A, AB, ABC)] == [False, True, True]


def test_covering_locks_are_told_from_the_outside_in():
    locks = table()
    take(locks, AB, exclusive=False)
    take(locks, (), exclusive=False, deep=True)
    take(locks, A, exclusive=False)
    take(locks, AB, exclusive=False)
    assert tokens_of(locks.covering(AB, now=0)) == ["urn:x:2", "urn:x:1", "urn:x:4"]
    assert tokens_of(locks.covering(ABC, now=0)) == ["urn:x:2"]
    assert locks.tokens(A, now=0) == {"urn:x:2", "urn:x:3"}
    assert table().tokens(A, now=0) == frozenset()


@pytest.mark.parametrize(
    ("held", "wanted", "granted"),
    [("shared", "shared", True), ("shared", "exclusive", False),
     ("exclusive", "shared", False), ("exclusive", "exclusive", False)],
)  # fmt: skip
@pytest.mark.parametrize(
    ("held_at", "held_deep", "wanted_at", "wanted_deep", "meets", "below"),
    [
        (AB, False, AB, False, True, False),
        (A, False, AB, False, False, False),
        (A, True, AB, False, True, False),
        (A, True, ABC, True, True, False),
        (AB, False, A, True, True, True),
        (ABC, True, A, True, True, True),
        (AB, True, A, False, False, False),
        (AB, True, X, True, False, False),
        (AB, False, (), True, True, True),
    ],
)
def test_conflicts_direct_and_indirect_both_ways(  # §6.2, §7.4, §9.10.5
    held, wanted, granted, held_at, held_deep, wanted_at, wanted_deep, meets, below
):
    locks = table()
    first = take(locks, held_at, exclusive=held == "exclusive", deep=held_deep)
    second = locks.lock(
        wanted_at, now=0, href="", is_exclusive=wanted == "exclusive", is_deep=wanted_deep
    )
    if granted or not meets:
        assert isinstance(second, Lock)
    else:
        assert second == Conflict((first,), is_below=below)
        assert len(locks) == 1


def test_a_principals_own_lock_is_a_conflict_too():
    locks = table()
    take(locks, A, principal="me")
    second = locks.lock(A, now=0, href="", is_exclusive=True, is_deep=False, principal="me")
    assert isinstance(second, Conflict)


# §6.6, §10.7: time


def test_a_lock_ends_by_itself():
    locks = table()
    take(locks, A, timeout_s=10)
    take(locks, X, timeout_s=20)
    assert locks.covering(A, now=9.9)
    assert not locks.covering(A, now=10.0)
    assert len(locks) == 1
    take(locks, A, now=10.0)


def test_timeouts_are_held_between_a_second_and_the_longest():
    locks = table(default_s=7, longest_s=100)
    wanted = [None, 0, 50, 1000]
    assert [take(locks, (str(n),), timeout_s=n).timeout_s for n in wanted] == [7, 1, 50, 100]


def test_refreshing_starts_the_time_anew():  # §9.10.2
    locks = table()
    lock = take(locks, A, deep=True, timeout_s=10)
    fresh = locks.refresh(AB, now=9.0, tokens=[lock.token], timeout_s=20)
    assert (fresh.token, fresh.timeout_s, fresh.expires) == (lock.token, 20, 29.0)
    assert locks.covering(A, now=28.0) == (fresh,)
    assert not locks.covering(A, now=29.0)


@pytest.mark.parametrize(
    ("path", "token", "principal", "now"),
    [
        (A, "urn:x:9", "me", 0),
        (X, "urn:x:1", "me", 0),
        (A, "urn:x:1", "you", 0),
        (A, "urn:x:1", None, 0),
        (A, "urn:x:1", "me", 600),
    ],
)
def test_only_a_lock_one_holds_can_be_refreshed(path, token, principal, now):
    locks = table()
    take(locks, A, principal="me")
    assert status_of(lambda: locks.refresh(path, now=now, tokens=[token], principal=principal)) == (
        412,
        "lock-token-matches-request-uri",
    )


def test_refreshing_for_ever_does_not_grow_anything():
    locks = table()
    take(locks, A)
    for now in range(1000):
        locks.refresh(A, now=now, tokens=["urn:x:1"])
    assert len(locks._index._ends) <= 66
    assert not locks.covering(A, now=999 + 600)


# §9.11: UNLOCK


def test_a_lock_is_released_by_anything_it_covers():
    locks = table()
    lock = take(locks, A, deep=True, principal="me")
    assert locks.unlock(ABC, lock.token, now=0, principal="me") == lock
    assert len(locks) == 0
    assert not locks.covering(A, now=0)


def test_releasing_one_shared_lock_leaves_the_other():  # §6.2
    locks = table()
    first, second = (take(locks, A, exclusive=False) for _ in range(2))
    locks.unlock(A, first.token, now=0)
    assert locks.covering(A, now=0) == (second,)


@pytest.mark.parametrize(
    ("path", "token", "principal", "now", "expected"),
    [
        (A, "urn:x:9", "me", 0, (409, "lock-token-matches-request-uri")),
        (X, "urn:x:1", "me", 0, (409, "lock-token-matches-request-uri")),
        (AB, "urn:x:1", "me", 0, (409, "lock-token-matches-request-uri")),
        (A, "urn:x:1", "me", 600, (409, "lock-token-matches-request-uri")),
        (A, "urn:x:1", "you", 0, (403, None)),
    ],
)
def test_what_cannot_be_unlocked(path, token, principal, now, expected):
    locks = table()
    take(locks, A, principal="me")
    assert status_of(lambda: locks.unlock(path, token, now=now, principal=principal)) == expected


# §7: what a lock forbids


def test_an_unlocked_resource_is_free():
    assert not table().check_write(A, now=0, is_membership=True, is_deep=True)
    locks = table()
    take(locks, X)
    assert not locks.check_write(A, now=0, is_membership=True, is_deep=True)


@pytest.mark.parametrize(
    ("tokens", "principal", "is_free"),
    [
        ((), "me", False),
        (["urn:x:9"], "me", False),
        (["urn:x:1"], "you", False),
        (["urn:x:1"], None, False),
        (["urn:x:1"], "me", True),
    ],
)
def test_a_change_needs_the_token_and_its_owner(tokens, principal, is_free):  # §6.4, §7.5
    locks = table()
    lock = take(locks, A, principal="me")
    blocks = locks.check_write(A, now=0, tokens=tokens, principal=principal)
    assert bool(blocks) is not is_free
    assert blocks.here == (() if is_free else (lock,))


def test_without_users_the_token_is_enough():
    locks = table()
    take(locks, A)
    assert not locks.check_write(A, now=0, tokens=["urn:x:1"], principal="me")


def test_of_shared_locks_one_token_is_enough():  # §6.2
    locks = table()
    mine, other = (take(locks, A, exclusive=False, principal=name) for name in ("me", "you"))
    assert locks.check_write(A, now=0, principal="me").here == (mine, other)
    assert not locks.check_write(A, now=0, tokens=[mine.token], principal="me")


def test_a_lock_on_a_collection_alone_protects_its_membership_only():  # §7.4
    locks = table()
    lock = take(locks, A)
    assert not locks.check_write(AB, now=0)
    assert locks.check_write(AB, now=0, is_membership=True).here == (lock,)
    assert not locks.check_write(AB, now=0, is_membership=True, tokens=[lock.token])
    assert not locks.check_write(ABC, now=0, is_membership=True)
    assert locks.check_write(A, now=0).here == (lock,)


def test_the_root_has_no_collection_above_it():
    locks = table()
    lock = take(locks, ())
    assert locks.check_write((), now=0, is_membership=True).here == (lock,)


def test_a_deep_lock_protects_everything_below():  # §7.4
    locks = table()
    lock = take(locks, A, deep=True)
    for path in (A, AB, ABC):
        assert locks.check_write(path, now=0, is_membership=True).here == (lock,)
        assert not locks.check_write(path, now=0, is_membership=True, tokens=[lock.token])


def test_resource_and_collection_may_need_two_tokens():  # §7.5
    locks = table()
    collection, member = take(locks, A), take(locks, AB)
    blocks = locks.check_write(AB, now=0, is_membership=True)
    assert set(blocks.here) == {collection, member}
    assert locks.check_write(AB, now=0, is_membership=True, tokens=[member.token]).here == (
        collection,
    )
    both = [collection.token, member.token]
    assert not locks.check_write(AB, now=0, is_membership=True, tokens=both)


def test_a_tree_with_locked_members_tells_which_have_to_stay():  # §9.6.1
    locks = table()
    held = take(locks, ABC)
    shared = [take(locks, ("a", "d"), exclusive=False) for _ in range(2)]
    assert not locks.check_write(A, now=0)
    blocks = locks.check_write(A, now=0, is_deep=True)
    assert blocks.here == ()
    assert blocks.below == (held, *shared)
    assert blocks.kept == {ABC, ("a", "d")}
    blocks = locks.check_write(A, now=0, is_deep=True, tokens=[shared[0].token])
    assert blocks.below == (held,)
    assert not locks.check_write(A, now=0, is_deep=True, tokens=[held.token, shared[1].token])


def test_below_leaves_out_the_collection_itself_and_its_neighbours():
    locks = table()
    for path in (A, AB, ABC, ("a!",), X):
        take(locks, path)
    assert [lock.path for lock in locks.below(A, now=0)] == [AB, ABC]
    assert len(locks.below((), now=0)) == 5
    assert locks.below(AB, now=600) == ()


def test_the_refusal_names_each_root_once():  # §16
    locks = table()
    for _ in range(2):
        take(locks, A, exclusive=False)
    take(locks, AB)
    error = locks.check_write(A, now=0, is_deep=True).refusal()
    assert (error.status, error.condition, error.hrefs) == (
        423,
        "lock-token-submitted",
        ("/a", "/a/b"),
    )


# §7.6, §9.6.1: what becomes of locks


def test_locks_vanish_with_their_resources():
    locks = table()
    for path in (A, AB, ABC, X):
        take(locks, path)
    locks.forget(A)
    assert [lock.path for lock in locks.below((), now=0)] == [X]
    locks.forget(("nothing",))
    assert len(locks) == 1


def test_locks_on_what_stayed_stay():
    locks = table()
    kept, inside, beside = AB, ABC, ("a", "z")
    for path in (A, kept, inside, beside):
        take(locks, path)
    locks.forget(A, keep=frozenset([kept]))
    assert [lock.path for lock in locks.below((), now=0)] == [A, kept, inside]


# Limits


def test_the_owner_may_not_be_too_long():
    locks = table(owner_bytes=4)
    take(locks, A, owner="éé")
    assert status_of(lambda: take(locks, X, owner="ééx")) == (413, None)


def test_a_full_table_is_503_until_a_lock_ends():
    locks = table(locks=2)
    take(locks, A)
    take(locks, AB)
    assert status_of(lambda: take(locks, X)) == (503, None)
    take(locks, X, now=600)


def test_a_user_with_too_many_locks_is_507():
    locks = table(locks_per_principal=1)
    lock = take(locks, A, principal="me")
    take(locks, AB, principal="you")
    assert status_of(lambda: take(locks, X, principal="me")) == (507, None)
    locks.unlock(A, lock.token, now=0, principal="me")
    take(locks, X, principal="me")


def test_a_resource_with_too_many_shared_locks_is_503():
    locks = table(locks_per_resource=2)
    for _ in range(2):
        take(locks, A, exclusive=False)
    assert status_of(lambda: take(locks, A, exclusive=False)) == (503, None)
    take(locks, AB, exclusive=False)


def test_ten_thousand_locks_do_not_slow_down_a_check():
    locks = table()
    for number in range(10_000):
        take(locks, (f"d{number % 100}", f"f{number}"))
    before = time.process_time()
    for number in range(1000):
        assert locks.check_write((f"d{number % 100}", f"f{number}"), now=0, is_membership=True)
    assert time.process_time() - before < 0.5
    assert len(locks.below(("d7",), now=0)) == 100
    assert locks.covering((), now=600) == ()
    assert len(locks) == 0
    index = locks._index
    assert (index._roots, index._paths, index._ends) == ([], {}, [])
    assert not index._lengths
    assert not index._principals


class Guard:
    """Counts how often it was entered, and how deep."""

    def __init__(self):
        self.entered = self.depth = 0

    def __enter__(self):
        self.entered += 1
        self.depth += 1

    def __exit__(self, *details):
        self.depth -= 1


@pytest.mark.parametrize(
    "call",
    [
        lambda locks: locks.covering(A, now=0),
        lambda locks: locks.tokens(A, now=0),
        lambda locks: locks.below(A, now=0),
        lambda locks: locks.conflict(A, now=0, is_exclusive=True, is_deep=True),
        lambda locks: locks.check_write(A, now=0, is_deep=True),
        lambda locks: take(locks, X),
        lambda locks: locks.refresh(A, now=0, tokens=["urn:x:1"]),
        lambda locks: locks.unlock(A, "urn:x:1", now=0),
        lambda locks: locks.forget(A),
    ],
)
def test_every_call_is_guarded(call):
    guard = Guard()
    tokens = iter(["urn:x:1", "urn:x:2"])
    locks = LockTable(tokens.__next__, guard=guard)
    take(locks, A)
    before = guard.entered
    call(locks)
    assert guard.entered > before
    assert guard.depth == 0


# A model: a plain list, looked through from end to end


_PATHS = st.lists(st.sampled_from("ab"), max_size=3).map(tuple)


class Model(RuleBasedStateMachine):
    def __init__(self):
        super().__init__()
        self.table = table()
        self.locks = []
        self.now = 0.0

    @rule(seconds=st.integers(1, 40))
    def wait(self, seconds):
        self.now += seconds
        self.locks = [lock for lock in self.locks if lock.expires > self.now]

    @rule(
        path=_PATHS,
        exclusive=st.booleans(),
        deep=st.booleans(),
        seconds=st.integers(1, 60),
        principal=st.sampled_from(["me", "you"]),
    )
    def lock(self, path, exclusive, deep, seconds, principal):
        meeting = {
            lock
            for lock in self.locks
            if (lock.covers(path) or (deep and is_within(lock.path, path)))
            and (exclusive or lock.is_exclusive)
        }
        result = self.table.lock(
            path,
            now=self.now,
            href="/",
            is_exclusive=exclusive,
            is_deep=deep,
            timeout_s=seconds,
            principal=principal,
        )
        if meeting:
            assert isinstance(result, Conflict)
            assert set(result.locks) <= meeting
        else:
            assert isinstance(result, Lock)
            self.locks.append(result)

    @precondition(lambda self: self.locks)
    @rule(data=st.data(), path=_PATHS)
    def unlock(self, data, path):
        lock = data.draw(st.sampled_from(self.locks))
        try:
            self.table.unlock(path, lock.token, now=self.now, principal=lock.principal)
        except HTTPError:
            assert not lock.covers(path)
        else:
            assert lock.covers(path)
            self.locks.remove(lock)

    @precondition(lambda self: self.locks)
    @rule(data=st.data(), seconds=st.integers(1, 60))
    def refresh(self, data, seconds):
        lock = data.draw(st.sampled_from(self.locks))
        fresh = self.table.refresh(
            lock.path,
            now=self.now,
            tokens=[lock.token],
            principal=lock.principal,
            timeout_s=seconds,
        )
        self.locks[self.locks.index(lock)] = fresh

    @rule(path=_PATHS, keep=st.frozensets(_PATHS, max_size=1))
    def forget(self, path, keep):
        self.table.forget(path, keep=keep)
        self.locks = [
            lock
            for lock in self.locks
            if not is_within(lock.path, path)
            or any(is_within(lock.path, kept) or is_within(kept, lock.path) for kept in keep)
        ]

    @rule(
        path=_PATHS,
        data=st.data(),
        is_membership=st.booleans(),
        is_deep=st.booleans(),
        principal=st.sampled_from(["me", "you"]),
    )
    def check(self, path, data, is_membership, is_deep, principal):
        tokens = data.draw(st.sets(st.sampled_from([lock.token for lock in self.locks] or ["-"])))
        concerned = {path} | ({path[:-1]} if is_membership and path else set())
        if is_deep:
            concerned |= {lock.path for lock in self.locks if is_within(lock.path, path)}

        def is_open(there):
            return not there or any(
                lock.token in tokens and lock.principal == principal for lock in there
            )

        blocked = any(
            not is_open([lock for lock in self.locks if lock.covers(each)]) for each in concerned
        )
        found = self.table.check_write(
            path,
            now=self.now,
            tokens=tokens,
            principal=principal,
            is_membership=is_membership,
            is_deep=is_deep,
        )
        assert bool(found) == blocked

    @invariant()
    def same_locks(self):
        assert set(self.table.below((), now=self.now)) | set(
            self.table.covering((), now=self.now)
        ) == set(self.locks)
        for path in ((), ("a",), ("a", "b"), ("a", "b", "a")):
            assert set(self.table.covering(path, now=self.now)) == {
                lock for lock in self.locks if lock.covers(path)
            }


TestModel = Model.TestCase
TestModel.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)


@pytest.mark.parametrize("seed", range(30))
def test_looking_below_says_what_looking_at_each_would(seed: int) -> None:
    chosen = random.Random(seed)
    locks = table()
    paths = [
        tuple(names) for length in range(1, 4) for names in itertools.product("ab", repeat=length)
    ]
    granted = []
    for _ in range(25):
        lock = locks.lock(
            chosen.choice(paths),
            now=0.0,
            href="/",
            is_exclusive=chosen.random() < 0.3,
            is_deep=chosen.random() < 0.4,
            principal=chosen.choice([None, "me", "you"]),
        )
        if isinstance(lock, Lock):
            granted.append(lock)
    tokens = {lock.token for lock in granted if chosen.random() < 0.4} | {"urn:x:none"}
    below = locks.check_write(("a",), now=1.0, tokens=tokens, principal="me", is_deep=True).below
    expected = [
        lock
        for lock in locks.below(("a",), now=1.0)
        if not any(
            each.token in tokens and each.principal in (None, "me")
            for each in locks.covering(lock.path, now=1.0)
            if each.is_deep or not lock.is_deep
        )
    ]
    assert list(below) == expected
