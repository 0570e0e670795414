"""What a client knows of a collection, and what has changed (RFC 6578 §3)."""

from __future__ import annotations

import zlib
from collections.abc import Iterator

import pytest

from caraway.webdav import sync as module
from caraway.webdav.errors import Forbidden, HTTPError
from caraway.webdav.paths import Path
from caraway.webdav.store.interface import Entry
from caraway.webdav.store.memory import MemoryStore
from caraway.webdav.store.snapshots import MemorySnapshots
from caraway.webdav.sync import (
    CLOSED,
    COLLECTION,
    PREFIX,
    Changes,
    Snapshot,
    Survey,
    compare,
    fingerprint,
    keep,
    key_of,
    names_of,
    recall,
    survey,
)
from tests.unit.webdav.server.memory import put_file

ONE, TWO = b"1" * 8, b"2" * 8
FILE = Entry("f", False, 1, 0, 0, "e")
FOLDER = Entry("c", True, 0, 0, 0, "")


def look(
    store: MemoryStore, known: dict[bytes, bytes], *, is_deep: bool = True, wanted: int = 9
) -> Changes:
    found = survey(store, (), store.stat(()), known, is_deep=is_deep, wanted=wanted, limit=1000)
    return compare(known, found, is_deep=is_deep, wanted=wanted)


@pytest.mark.parametrize("names", [("a",), ("a", "b"), ("\udcff\n", "ü")])
def test_keys(names: Path) -> None:
    assert names_of(key_of(names)) == names


def test_fingerprints() -> None:
    prints = {
        fingerprint(each)
        for each in (
            FILE,
            FILE._replace(etag="f"),
            FILE._replace(mtime_ns=1),
            FILE._replace(etag="\udcff"),
            FOLDER,
        )
    }
    assert len(prints) == 5
    assert fingerprint(FILE) == fingerprint(FILE._replace(name="g"))
    assert fingerprint(FOLDER) == fingerprint(FOLDER._replace(mtime_ns=1)) == COLLECTION


class TestKeeping:
    @pytest.mark.parametrize(
        "snapshot",
        [
            Snapshot((), False, {}),
            Snapshot(("a", "\udcff"), True, {b"x": ONE, b"x/\n": TWO, b"\xff": COLLECTION}),
            Snapshot(("a",), True, {b"x": CLOSED}),
        ],
    )
    def test_what_is_kept_comes_back(self, snapshot: Snapshot) -> None:
        snapshots = MemorySnapshots()
        token = keep(snapshots, snapshot, now=0.0)
        assert recall(snapshots, token, snapshot.path, now=0.0) == snapshot
        assert recall(snapshots, token, (*snapshot.path, "other"), now=0.0) is None

    def test_the_same_is_kept_once(self) -> None:
        snapshots = MemorySnapshots()
        tokens = {
            keep(snapshots, Snapshot((), True, members), now=0.0)
            for members in ({b"a": ONE, b"b": TWO}, {b"b": TWO, b"a": ONE})
        }
        assert len(tokens) == len(snapshots) == 1
        keep(snapshots, Snapshot((), False, {b"a": ONE, b"b": TWO}), now=0.0)
        keep(snapshots, Snapshot((), True, {b"a": ONE, b"b": ONE}), now=0.0)
        assert len(snapshots) == 3

    @pytest.mark.parametrize("body", [b"damaged", zlib.compress(b"\0\0\0\1other")])
    def test_what_is_damaged_is_unknown(self, body: bytes) -> None:
        snapshots = MemorySnapshots()
        token = keep(snapshots, Snapshot((), True, {}), now=0.0)
        snapshots.put(token, body, now=0.0)
        assert recall(snapshots, token, (), now=0.0) is None

    @pytest.mark.parametrize("token", ["", "urn:uuid:1", PREFIX, PREFIX + "0" * 32])
    def test_foreign_tokens_are_unknown(self, token: str) -> None:
        assert recall(MemorySnapshots(), token, (), now=0.0) is None


class TestChanges:
    def test_what_is_new_changed_and_gone(self) -> None:
        store = MemoryStore()
        store.make_collection(("c",))
        put_file(store, ("c", "x"))
        put_file(store, ("f",))
        first = look(store, {})
        assert [key for key, _ in first.changed] == [b"c", b"f", b"c/x"]
        assert not first.removed
        again = look(store, dict(first.members))
        assert not again.changed
        assert not again.removed
        assert again.members == first.members
        put_file(store, ("f",), b"new")
        store.remove(("c", "x"))
        put_file(store, ("c", "y"))
        then = look(store, dict(first.members))
        assert [key for key, _ in then.changed] == [b"f", b"c/y"]
        assert then.removed == (b"c/x",)

    def test_of_a_removed_collection_only_itself_is_told(self) -> None:
        """RFC 6578 §3.5.2."""
        known = {b"c": COLLECTION, b"c/d": COLLECTION, b"c/d/x": ONE, b"c.": ONE}
        changes = compare(known, Survey({b"c.": ONE}), is_deep=True, wanted=9)
        assert changes == Changes((b"c",), (), False, {b"c.": ONE})

    def test_what_is_deeper_stays_known_at_the_first_level(self) -> None:
        """RFC 6578 §3.3: a token may be used with another level."""
        known = {b"c": COLLECTION, b"c/x": ONE, b"d": COLLECTION, b"d/x": ONE}
        found = Survey({b"c": COLLECTION})
        changes = compare(known, found, is_deep=False, wanted=9)
        assert changes.removed == (b"d",)
        assert changes.members == {b"c": COLLECTION, b"c/x": ONE}

    def test_a_file_in_the_place_of_a_collection(self) -> None:
        known = {b"c": COLLECTION, b"c/x": ONE}
        found = Survey({b"c": ONE}, {b"c": FILE})
        changes = compare(known, found, is_deep=False, wanted=9)
        assert changes == Changes((), ((b"c", FILE),), False, {b"c": ONE})

    @pytest.mark.parametrize(
        ("wanted", "removed", "changed"),
        [(0, [], []), (1, [b"r"], []), (2, [b"r", b"s"], []), (3, [b"r", b"s"], [b"a"])],
    )
    def test_cut_short(self, wanted: int, removed: list[bytes], changed: list[bytes]) -> None:
        """RFC 6578 §3.6: the new token stands for what was told."""
        known = {b"r": ONE, b"s": ONE}
        found = Survey({b"a": ONE, b"b": TWO}, {b"a": FILE, b"b": FILE})
        changes = compare(known, found, is_deep=True, wanted=wanted)
        assert changes.is_truncated
        assert list(changes.removed) == removed
        assert [key for key, _ in changes.changed] == changed
        assert set(changes.members) == ({b"r", b"s"} - set(removed)) | set(changed)

    def test_enough_is_not_cut_short(self) -> None:
        found = Survey({b"a": ONE}, {b"a": FILE})
        assert not compare({b"r": ONE}, found, is_deep=True, wanted=2).is_truncated


class Doors(MemoryStore):
    """Its collections may be closed."""

    closed: frozenset[Path] = frozenset()

    def members(self, path: Path) -> Iterator[Entry]:
        if path in self.closed:
            raise Forbidden("no")
        return super().members(path)


class TestClosedDoors:
    """RFC 6578 §3.3: told once, and what was known of the inside stays so."""

    def test_a_collection_that_is_closed_and_opened(self) -> None:
        store = Doors()
        store.make_collection(("c",))
        put_file(store, ("c", "x"))
        known = dict(look(store, {}).members)
        store.closed = frozenset({("c",)})
        changes = look(store, known)
        assert changes.changed == ((b"c", None),)
        assert not changes.removed
        assert b"c/x" in changes.members
        again = look(store, dict(changes.members))
        assert not again.changed
        assert not again.removed
        store.closed = frozenset()
        opened = look(store, dict(again.members))
        assert [key for key, _ in opened.changed] == [b"c"]
        assert opened.members == known

    def test_one_that_is_new(self) -> None:
        store = Doors()
        store.make_collection(("c",))
        store.closed = frozenset({("c",)})
        assert look(store, {}).changed == ((b"c", None),)

    def test_the_target_itself(self) -> None:
        store = Doors()
        store.closed = frozenset({()})
        with pytest.raises(HTTPError) as raised:
            look(store, {})
        assert raised.value.status == 403


@pytest.mark.parametrize(("limit", "size"), [(2, 99), (9, 2)])
def test_more_members_than_the_limit_are_507(
    monkeypatch: pytest.MonkeyPatch, limit: int, size: int
) -> None:
    store = MemoryStore()
    for name in "abc":
        put_file(store, (name,))
    root = store.stat(())
    monkeypatch.setattr(module, "MAX_KEY_BYTES", 3)
    assert survey(store, (), root, {}, is_deep=True, wanted=1, limit=3).members
    monkeypatch.setattr(module, "MAX_KEY_BYTES", size)
    with pytest.raises(HTTPError) as raised:
        survey(store, (), root, {}, is_deep=True, wanted=1, limit=limit)
    assert raised.value.status == 507
    assert raised.value.condition == "number-of-matches-within-limits"
