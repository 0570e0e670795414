"""LOCK and UNLOCK (RFC 4918 §9.10, §9.11)."""

from __future__ import annotations

import pytest

from caraway.webdav.errors import NoSpace
from caraway.webdav.paths import Path
from caraway.webdav.store.memory import MemoryStore, MemoryWriter
from tests.unit.webdav.methods.calls import LOCK, Caller
from tests.unit.webdav.server.memory import put_file


class Full(MemoryStore):
    def create(self, path: Path) -> MemoryWriter:
        if path == ("full",):
            raise NoSpace("full")
        return super().create(path)


@pytest.fixture
def ask() -> Caller:
    store = Full()
    put_file(store, ("a",))
    store.make_collection(("c",))
    put_file(store, ("c", "x"))
    return Caller(store)


def test_a_lock_is_granted_and_given_back(ask: Caller) -> None:
    token = ask("LOCK", "/a", body=LOCK).headers["lock-token"]
    assert ask("UNLOCK", "/a", {"Lock-Token": token}).status == 204


@pytest.mark.parametrize("value", [None, "urn:x:1", "<urn:x:1", "<x>", "<>", "<urn:x:1> <urn:x:2>"])
def test_what_is_no_token_gives_nothing_back(ask: Caller, value: str | None) -> None:
    """RFC 4918 §10.5."""
    fields = {} if value is None else {"Lock-Token": value}
    assert ask("UNLOCK", "/a", fields).status == 400


def test_a_lock_expires(ask: Caller) -> None:
    """RFC 4918 §6.6."""
    ask("LOCK", "/a", {"Timeout": "Second-10"}, LOCK)
    assert ask("PUT", "/a", body=b"x").status == 423
    ask.now += 11
    assert ask("PUT", "/a", body=b"x").status == 204


def test_a_lock_is_its_owners(ask: Caller) -> None:
    """RFC 4918 §6.4."""
    token = ask("LOCK", "/a", body=LOCK, user="one").headers["lock-token"]
    assert ask("UNLOCK", "/a", {"Lock-Token": token}, user="two").status == 403
    assert ask("PUT", "/a", {"If": f"({token})"}, b"x", user="two").status in (403, 423)


def test_a_refresh_needs_its_token(ask: Caller) -> None:
    token = ask("LOCK", "/a", body=LOCK).headers["lock-token"]
    assert ask("LOCK", "/a").status == 400
    assert ask("LOCK", "/none").status == 404
    assert ask("LOCK", "/a", {"If": f"({token})"}).status == 200


def test_a_name_that_cannot_be_made_is_not_locked(ask: Caller) -> None:
    assert ask("LOCK", "/full", body=LOCK).status == 507
    assert ask("LOCK", "/full", body=LOCK).status == 507


def test_conflicts_name_what_is_in_the_way(ask: Caller) -> None:
    ask("LOCK", "/c/x", body=LOCK)
    result = ask("LOCK", "/c/", body=LOCK)
    assert result.status == 207
    assert "424" in result.text
    assert "/c/x" in result.text
    ask("LOCK", "/c/", {"Depth": "0"}, LOCK)
    assert ask("LOCK", "/c/n", body=LOCK).status == 423
    assert ask("LOCK", "/c/x", body=LOCK).status == 423


@pytest.mark.parametrize("value", ["", "urn:x", "<urn:x"])
def test_unlock_needs_a_token(ask: Caller, value: str) -> None:
    assert ask("UNLOCK", "/a", {"Lock-Token": value}).status == 400
    assert ask("UNLOCK", "/none", {"Lock-Token": "<urn:x>"}).status == 404
