"""COPY and MOVE (RFC 4918 §9.8, §9.9): nothing is lost, whatever fails."""

from __future__ import annotations

from collections.abc import Callable

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
        self.before: Callable[[], None] = lambda: None

    def copy(self, source: Path, target: Path, *, deep: bool) -> list[Failure]:
        self.before()
        failures = super().copy(source, target, deep=deep)
        if self.error is not None:
            raise self.error
        return self.failures or failures

    def move(self, source: Path, target: Path, *, replaces: bool = False) -> list[Failure]:
        self.before()
        if self.error is not None:
            raise self.error
        return self.failures or super().move(source, target, replaces=replaces)


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
        assert ask(method, "/a", {"Destination": "/b"}).status == 507
        assert _names(store) == ["a", "b", "c"]
        assert ask("GET", "/b").body == b"old"

    def test_failures_below_leave_the_old_file(
        self, ask: Caller, store: Faulty, method: str
    ) -> None:
        store.failures = [Failure(("c", "x"), 507)]
        result = ask(method, "/c/", {"Destination": "/b"})
        assert result.status == 207
        assert "/c/x" in result.text
        assert _names(store) == ["a", "b", "c"]
        assert ask("GET", "/b").body == b"old"

    def test_failures_below_a_new_name_are_named(
        self, ask: Caller, store: Faulty, method: str
    ) -> None:
        store.failures = [Failure(("c", "x"), 507)]
        result = ask(method, "/c/", {"Destination": "/n"})
        assert (result.status, "/c/x" in result.text) == (207, True)

    @pytest.mark.parametrize("overwrite", ["T", "F"])
    def test_what_comes_to_a_free_destination_meanwhile_is_not_replaced(
        self, ask: Caller, store: Faulty, method: str, overwrite: str
    ) -> None:
        """RFC 4918 §10.6; the locks of what came have not been asked for either."""
        store.before = lambda: put_file(store, ("n",), b"other")
        fields = {"Destination": "/n", "Overwrite": overwrite}
        assert ask(method, "/a", fields).status == 412
        assert ask("GET", "/n").body == b"other"
        assert ask("GET", "/a").body == b"new"

    def test_nothing_stays_beside(self, ask: Caller, store: Faulty, method: str) -> None:
        assert ask(method, "/c/", {"Destination": "/b"}).status == 204
        assert set(store._root.members or ()) == {"a", "b"} | ({"c"} if method == "COPY" else set())


class TestCopy:
    def test_depth_0_leaves_the_members_behind(self, ask: Caller, store: Faulty) -> None:
        assert ask("COPY", "/c/", {"Destination": "/d", "Depth": "0"}).status == 201
        assert _names(store, ("d",)) == []


class TestMove:
    def test_the_root_stays(self, ask: Caller) -> None:
        assert ask("MOVE", "/", {"Destination": "/n"}).status == 403

    def test_a_locked_source_is_423(self, ask: Caller) -> None:
        ask("LOCK", "/a", body=LOCK)
        assert ask("MOVE", "/a", {"Destination": "/n"}).status == 423

    @pytest.mark.parametrize("error", [Forbidden("no"), NoSpace("full")])
    def test_a_refusal_leaves_both(self, ask: Caller, store: Faulty, error: StoreError) -> None:
        store.error = error
        assert ask("MOVE", "/a", {"Destination": "/b"}).status == error.status
        assert ask("GET", "/b").body == b"old"
        assert ask("GET", "/a").body == b"new"

    def test_the_locks_of_what_was_replaced_end(self, ask: Caller) -> None:
        """RFC 4918 §9.9.3: overwriting is a DELETE first."""
        token = ask("LOCK", "/b", body=LOCK).headers["lock-token"]
        fields = {"Destination": "/b", "If": f"</b> ({token})"}
        assert ask("MOVE", "/a", fields).status == 204
        assert ask("PUT", "/b", body=b"x").status == 204
