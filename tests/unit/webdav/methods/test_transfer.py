"""COPY and MOVE (RFC 4918 §9.8, §9.9): nothing is lost, whatever fails."""

from __future__ import annotations

import pytest

from caraway.webdav.errors import Forbidden, NoSpace, StoreError
from caraway.webdav.paths import Path
from caraway.webdav.store.interface import Failure
from caraway.webdav.store.memory import MemoryStore
from tests.unit.webdav.methods.calls import LOCK, Caller
from tests.unit.webdav.server.memory import put_file


class Faulty(MemoryStore):
    """Fails as a test says: by an exception, or half way with a list."""

    def __init__(self) -> None:
        super().__init__()
        self.error: StoreError | None = None
        self.failures: list[Failure] = []
        self.removal_failures: list[Failure] = []
        self.moves = 0
        self.fails_at = 0

    def copy(self, source: Path, target: Path, *, deep: bool) -> list[Failure]:
        super().copy(source, target, deep=deep)
        if self.error is not None:
            raise self.error
        return self.failures

    def move(self, source: Path, target: Path) -> list[Failure]:
        self.moves += 1
        if self.moves != self.fails_at:
            return super().move(source, target)
        if self.error is not None:
            raise self.error
        super().copy(source, target, deep=True)
        for each in self.failures:
            if each.status != 403:
                super().remove((*target, *each.path[len(source) :]))
        return self.failures

    def remove(self, path: Path, keep: frozenset[Path] = frozenset()) -> list[Failure]:
        if self.removal_failures and path == self.removal_failures[0].path:
            return self.removal_failures
        return super().remove(path, keep)


@pytest.fixture
def store() -> Faulty:
    made = Faulty()
    put_file(made, ("a",), b"new")
    put_file(made, ("b",), b"old")
    made.make_collection(("c",))
    put_file(made, ("c", "x"), b"inside")
    return made


@pytest.fixture
def ask(store: Faulty) -> Caller:
    return Caller(store)


def _names(store: MemoryStore, path: Path = ()) -> list[str]:
    return [entry.name for entry in store.members(path)]


@pytest.mark.parametrize("method", ["COPY", "MOVE"])
class TestBoth:
    def test_to_a_new_name(self, ask: Caller, store: Faulty, method: str) -> None:
        result = ask(method, "/a", {"Destination": "/n"})
        assert (result.status, result.headers["location"]) == (201, "/n")
        assert ask("GET", "/n").body == b"new"
        assert ("a" in _names(store)) is (method == "COPY")

    def test_over_a_file(self, ask: Caller, store: Faulty, method: str) -> None:
        assert ask(method, "/a", {"Destination": "http://dav.test/b"}).status == 204
        assert ask("GET", "/b").body == b"new"
        assert _names(store) == (["a", "b", "c"] if method == "COPY" else ["b", "c"])

    def test_a_collection_over_a_file(self, ask: Caller, method: str) -> None:
        assert ask(method, "/c/", {"Destination": "/b"}).status == 204
        assert ask("GET", "/b/x").body == b"inside"

    @pytest.mark.parametrize(
        ("source", "fields", "status"),
        [
            ("/a", {}, 400),
            ("/a", {"Destination": "/b", "Overwrite": "maybe"}, 400),
            ("/a", {"Destination": "b"}, 400),
            ("/a", {"Destination": "/b", "Depth": "1"}, 400),
            ("/a", {"Destination": "/b", "Overwrite": "F"}, 412),
            ("/a", {"Destination": "/b", "If-Match": '"other"'}, 412),
            ("/a", {"Destination": "http://elsewhere.test/b"}, 502),
            ("/a", {"Destination": "/a"}, 403),
            ("/c/", {"Destination": "/c/d"}, 403),
            ("/c/x", {"Destination": "/c/"}, 403),
            ("/a", {"Destination": "/none/b"}, 409),
            ("/a", {"Destination": "/b/n"}, 409),
            ("/none", {"Destination": "/n"}, 404),
        ],
    )
    def test_what_is_refused_changes_nothing(
        self,
        ask: Caller,
        store: Faulty,
        method: str,
        source: str,
        fields: dict[str, str],
        status: int,
    ) -> None:
        assert ask(method, source, fields).status == status
        assert _names(store) == ["a", "b", "c"]
        assert ask("GET", "/b").body == b"old"

    def test_a_locked_destination_is_423(self, ask: Caller, method: str) -> None:
        ask("LOCK", "/b", body=LOCK)
        result = ask(method, "/a", {"Destination": "/b"})
        assert result.status == 423
        assert "lock-token-submitted" in result.text

    def test_no_room_leaves_the_old_file(self, ask: Caller, store: Faulty, method: str) -> None:
        store.error = NoSpace("full")
        store.fails_at = 2
        assert ask(method, "/a", {"Destination": "/b"}).status == 507
        assert _names(store) == ["a", "b", "c"]
        assert ask("GET", "/b").body == b"old"

    def test_failures_below_leave_the_old_file(
        self, ask: Caller, store: Faulty, method: str
    ) -> None:
        store.failures = [Failure(("c", "x"), 507)]
        store.fails_at = 2
        result = ask(method, "/c/", {"Destination": "/b"})
        assert result.status == 207
        assert "/c/x" in result.text
        assert _names(store) == ["a", "b", "c"]
        assert ask("GET", "/b").body == b"old"

    def test_failures_below_a_new_name_are_named(
        self, ask: Caller, store: Faulty, method: str
    ) -> None:
        store.failures = [Failure(("c", "x"), 507)]
        store.fails_at = 1
        assert ask(method, "/c/", {"Destination": "/n"}).status == 207


class TestCopy:
    def test_depth_0_leaves_the_members_behind(self, ask: Caller, store: Faulty) -> None:
        assert ask("COPY", "/c/", {"Destination": "/d", "Depth": "0"}).status == 201
        assert _names(store, ("d",)) == []

    def test_a_destination_that_cannot_be_removed_stays(self, ask: Caller, store: Faulty) -> None:
        store.removal_failures = [Failure(("b",), 403)]
        assert ask("COPY", "/a", {"Destination": "/b"}).status == 403
        assert _names(store) == ["a", "b", "c"]


class TestMove:
    def test_the_root_stays(self, ask: Caller) -> None:
        assert ask("MOVE", "/", {"Destination": "/n"}).status == 403

    def test_a_locked_source_is_423(self, ask: Caller) -> None:
        ask("LOCK", "/a", body=LOCK)
        assert ask("MOVE", "/a", {"Destination": "/n"}).status == 423

    def test_a_destination_that_cannot_be_moved_away_stays(
        self, ask: Caller, store: Faulty
    ) -> None:
        store.failures = [Failure(("b",), 403)]
        store.fails_at = 1
        assert ask("MOVE", "/a", {"Destination": "/b"}).status == 403

    def test_what_was_copied_and_not_removed_keeps_the_new(
        self, ask: Caller, store: Faulty
    ) -> None:
        """The source may be gone in part: the copy is all there is of it."""
        store.failures = [Failure(("c", "x"), 403)]
        store.fails_at = 2
        assert ask("MOVE", "/c/", {"Destination": "/b"}).status == 207
        assert ask("GET", "/b/x").body == b"inside"
        assert _names(store) == ["a", "b", "c"]

    def test_a_refusal_gives_the_old_file_back(self, ask: Caller, store: Faulty) -> None:
        store.error = Forbidden("no")
        store.fails_at = 2
        assert ask("MOVE", "/a", {"Destination": "/b"}).status == 403
        assert ask("GET", "/b").body == b"old"
