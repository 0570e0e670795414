"""What others do between the head of a request and its end: nothing of theirs is lost."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from caraway.webdav.errors import DavError
from caraway.webdav.http.message import Request, Response, Work
from caraway.webdav.methods.put import PARTIAL
from caraway.webdav.paths import parse_path
from caraway.webdav.store.folder import FolderStore
from caraway.webdav.store.interface import Store
from caraway.webdav.store.memory import MemoryStore
from tests.unit.webdav.methods.calls import LOCK, Caller, Fields, Moment
from tests.unit.webdav.server.memory import put_file


@pytest.fixture(params=["memory", "folder"])
def ask(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Caller]:
    if request.param == "memory":
        yield Caller(MemoryStore())
        return
    (tmp_path / "share").mkdir()
    store = FolderStore(tmp_path / "share", state=tmp_path / "state")
    yield Caller(store)
    store.close()


class Slow:
    """A request whose head has been handled and whose end is still to come."""

    def __init__(self, ask: Caller, method: str, target: str, headers: Fields, size: int) -> None:
        self._ask = ask
        fields = {"host": "dav.test", **{name.lower(): text for name, text in headers.items()}}
        self._asked = Request(method, target, parse_path(target), fields, length=size)
        self._outcome = ask.application.handle(self._asked, Moment(ask.now, ask.wall_s))

    def end(self, body: bytes = b"") -> int:
        """Its status once the body has come, or the thread has had its turn."""
        outcome = self._outcome
        try:
            if isinstance(outcome, Response):
                return outcome.status
            if isinstance(outcome, Work):
                return outcome.run().status
            try:
                outcome.receive(body)
                return outcome.finish().status
            except DavError:
                outcome.abort()
                raise
        except DavError as error:
            return self._ask.application.failure(error, self._asked).status


def begin(ask: Caller, method: str, target: str, headers: Fields, *, size: int = 3) -> Slow:
    return Slow(ask, method, target, headers, size)


def content(store: Store, name: str) -> bytes:
    reader = store.open((name,))
    try:
        return reader.read(0, reader.entry.size)
    finally:
        reader.close()


def test_of_two_who_make_a_file_one_is_refused(ask: Caller) -> None:
    slow = begin(ask, "PUT", "/a", {"If-None-Match": "*"})
    assert ask("PUT", "/a", {"If-None-Match": "*"}, b"new").status == 201
    assert slow.end(b"old") == 412
    assert content(ask.store, "a") == b"new"


def test_of_two_who_change_a_version_one_is_refused(ask: Caller) -> None:
    tag = ask("PUT", "/a", body=b"one").headers["etag"]
    slow = begin(ask, "PUT", "/a", {"If-Match": tag})
    assert ask("PUT", "/a", {"If-Match": tag}, b"two").status == 204
    assert slow.end(b"old") == 412
    assert content(ask.store, "a") == b"two"


def test_an_if_header_with_a_tag_is_held_against_the_version_replaced(ask: Caller) -> None:
    tag = ask("PUT", "/a", body=b"one").headers["etag"]
    slow = begin(ask, "PUT", "/a", {"If": f"([{tag}])"})
    assert ask("PUT", "/a", body=b"two").status == 204
    assert slow.end(b"old") == 412


def test_without_a_condition_the_last_one_wins(ask: Caller) -> None:
    slow = begin(ask, "PUT", "/a", {})
    assert ask("PUT", "/a", body=b"one").status == 201
    assert slow.end(b"two") == 204
    assert content(ask.store, "a") == b"two"


def test_a_lock_that_came_meanwhile_is_respected(ask: Caller) -> None:
    ask("PUT", "/a", body=b"one")
    slow = begin(ask, "PUT", "/a", {})
    assert ask("LOCK", "/a", body=LOCK).status == 200
    assert slow.end(b"two") == 423
    assert content(ask.store, "a") == b"one"


def test_a_name_that_was_locked_meanwhile_is_taken(ask: Caller) -> None:
    slow = begin(ask, "PUT", "/a", {})
    assert ask("LOCK", "/a", body=LOCK).status == 201
    assert slow.end(b"two") == 423
    assert content(ask.store, "a") == b""


def test_a_lock_that_ended_meanwhile_does_not_cost_the_upload(ask: Caller) -> None:
    token = ask("LOCK", "/a", {"Timeout": "Second-60"}, LOCK).headers["lock-token"]
    slow = begin(ask, "PUT", "/a", {"If": f"({token})"})
    ask.now += 100
    assert ask("PROPFIND", "/a", {"Depth": "0"}).status == 207
    assert slow.end(b"two") == 204


@pytest.mark.parametrize("other", ["part", "whole"])
def test_parts_that_are_written_side_by_side_do_not_undo_each_other(
    ask: Caller, other: str
) -> None:
    put_file(ask.store, ("a",), b"0123456789")
    slow = begin(ask, "PUT", "/a", {"Content-Range": "bytes 0-2/*"})
    fields = {"Content-Range": "bytes 7-9/*"} if other == "part" else {}
    assert ask("PUT", "/a", fields, b"xyz").status == 204
    now = content(ask.store, "a")
    assert slow.end(b"abc") == 409
    assert content(ask.store, "a") == now
    assert ask("PUT", "/a", {"Content-Range": "bytes 0-2/*"}, b"abc").status == 204
    assert content(ask.store, "a") == b"abc" + now[3:]


def test_two_who_append_do_not_undo_each_other(ask: Caller) -> None:
    put_file(ask.store, ("a",), b"0")
    fields = {"Content-Type": PARTIAL, "X-Update-Range": "append"}
    slow = begin(ask, "PATCH", "/a", fields)
    assert ask("PATCH", "/a", fields, b"xyz").status == 204
    assert slow.end(b"abc") == 409
    assert content(ask.store, "a") == b"0xyz"


def test_a_file_that_is_removed_while_a_part_of_it_comes_stays_removed(ask: Caller) -> None:
    put_file(ask.store, ("a",), b"0123456789")
    slow = begin(ask, "PUT", "/a", {"Content-Range": "bytes 0-2/*"})
    assert ask("DELETE", "/a").status == 204
    assert slow.end(b"abc") == 409
    assert ask("GET", "/a").status == 404


@pytest.mark.parametrize("method", ["DELETE", "MOVE", "COPY"])
def test_a_lock_that_came_while_a_thread_was_waited_for(ask: Caller, method: str) -> None:
    ask("MKCOL", "/c/")
    ask("PUT", "/c/a", body=b"one")
    ask("MKCOL", "/d/")
    source, locked = ("/d/", "/c/") if method == "COPY" else ("/c/", "/c/a")
    target = "/c/" if method == "COPY" else "/e/"
    slow = begin(ask, method, source, {"Destination": target})
    assert ask("LOCK", locked, body=LOCK).status == 200
    assert slow.end() in (207, 423)
    assert ask("GET", "/c/a").body == b"one"


def test_a_lock_does_not_empty_what_came_just_before_it(
    ask: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    create = ask.store.create

    def create_late(path: tuple[str, ...]) -> object:
        monkeypatch.undo()
        writer = create(path)
        put_file(ask.store, path, b"theirs")
        return writer

    monkeypatch.setattr(ask.store, "create", create_late)
    assert ask("LOCK", "/a", body=LOCK).status == 200
    assert content(ask.store, "a") == b"theirs"


def test_a_lock_that_came_while_a_tree_was_copied(
    ask: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask("PUT", "/a", body=b"new")
    ask("PUT", "/b", body=b"old")
    copy = ask.store.copy

    def copy_long(source: tuple[str, ...], target: tuple[str, ...], *, deep: bool) -> object:
        failures = copy(source, target, deep=deep)
        assert ask("LOCK", "/b", body=LOCK).status == 200
        return failures

    monkeypatch.setattr(ask.store, "copy", copy_long)
    assert ask("COPY", "/a", {"Destination": "/b"}).status == 423
    assert content(ask.store, "b") == b"old"
    assert sorted(each.name for each in ask.store.members(())) == ["a", "b"]
