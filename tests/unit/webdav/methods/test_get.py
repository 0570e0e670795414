"""GET and HEAD (RFC 9110 §9.3.1, §14): files, parts of them, pages of folders."""

from __future__ import annotations

import pytest

from caraway.webdav.call import Call, Moment, Policy
from caraway.webdav.errors import Changed
from caraway.webdav.http.message import Request, Response
from caraway.webdav.locks.table import LockTable
from caraway.webdav.methods.get import get
from caraway.webdav.paths import Path
from caraway.webdav.store.interface import Entry
from caraway.webdav.store.memory import MemoryReader, MemoryStore
from caraway.webdav.store.snapshots import MemorySnapshots
from tests.unit.webdav.methods.calls import Caller
from tests.unit.webdav.server.memory import put_file


class Noting(MemoryStore):
    """Knows whether its readers were closed; they may be shorter than promised."""

    def __init__(self) -> None:
        super().__init__()
        self.open_readers = 0
        self.cut = 100

    def open(self, path: Path) -> MemoryReader:
        store = self

        class Reader(MemoryReader):
            def read(self, offset: int, size: int) -> bytes:
                return super().read(offset, size)[: max(0, store.cut - offset)]

            def close(self) -> None:
                store.open_readers -= 1

        reader = super().open(path)
        self.open_readers += 1
        return Reader(reader.entry, reader.read(0, 100))


@pytest.fixture
def store() -> Noting:
    made = Noting()
    put_file(made, ("a.html",), b"0123456789")
    made.make_collection(("c",))
    return made


@pytest.fixture
def ask(store: Noting) -> Caller:
    return Caller(store, read_only=True)


def test_a_file_cannot_act_on_the_share(ask: Caller) -> None:
    headers = ask("GET", "/a.html").headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["content-security-policy"].startswith("sandbox")


@pytest.mark.parametrize(
    ("name", "is_sandboxed", "is_private"),
    [
        ("a.html", True, True),
        ("a.js", True, True),
        ("a.pdf", True, True),
        ("unknown", True, True),
        ("a.svg", True, False),
        ("a.css", True, False),
        ("a.mp4", False, False),
    ],
)
def test_what_a_browser_may_do_with_a_type(
    ask: Caller, store: Noting, name: str, is_sandboxed: bool, is_private: bool
) -> None:
    put_file(store, (name,))
    headers = ask("GET", f"/{name}").headers
    assert headers["x-content-type-options"] == "nosniff"
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert policy.startswith("sandbox;") is is_sandboxed
    assert ("cross-origin-resource-policy" in headers) is is_private


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("fields", [{}, {"Range": "bytes=1-2"}, {"Range": "bytes=0-0,-1"}])
def test_every_file_is_closed(
    ask: Caller, store: Noting, method: str, fields: dict[str, str]
) -> None:
    assert ask(method, "/a.html", fields).status in (200, 206)
    assert store.open_readers in (0, 1)


@pytest.mark.parametrize(
    ("fields", "status"), [({"If-Match": '"other"'}, 412), ({"Range": "bytes=10-"}, 416)]
)
def test_a_refusal_closes_the_file(
    ask: Caller, store: Noting, fields: dict[str, str], status: int
) -> None:
    answer = ask("GET", "/a.html", fields)
    assert (answer.status, store.open_readers) == (status, 0)
    assert answer.headers["etag"]


def test_parts_that_are_never_asked_for_close_the_file(store: Noting) -> None:
    request = Request(
        "GET", "/a.html", ("a.html",), {"host": "x", "range": "bytes=0-0,-1"}, length=0
    )
    moment = Moment(0.0, 0.0)
    call = Call(store, LockTable(lambda: "t"), Policy(), request, moment, MemorySnapshots())
    response = get(call)
    assert isinstance(response, Response)
    assert not isinstance(response.body, bytes)
    assert store.open_readers == 1
    close = response.body.close  # type: ignore[union-attr]  # what the connection asks for
    close()
    assert store.open_readers == 0


def test_a_file_that_shrinks_amid_its_parts_is_told(ask: Caller, store: Noting) -> None:
    store.cut = 5
    with pytest.raises(Changed, match="shorter"):
        ask("GET", "/a.html", {"Range": "bytes=0-0,3-9"})


@pytest.mark.parametrize("holds", [True, False])
def test_a_range_of_another_version_is_the_whole(ask: Caller, holds: bool) -> None:
    """RFC 9110 §13.1.5."""
    etag = ask("GET", "/a.html").headers["etag"] if holds else '"other"'
    answer = ask("GET", "/a.html", {"Range": "bytes=0-0", "If-Range": etag})
    assert answer.status == (206 if holds else 200)


def test_a_folder_is_a_page(ask: Caller) -> None:
    answer = ask("GET", "/")
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "a.html" in answer.text
    assert "Read only" in answer.text
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["x-frame-options"] == "DENY"


def test_a_folder_without_its_slash_is_elsewhere(ask: Caller) -> None:
    """RFC 9110 §15.4.2; a query is no part of the path."""
    answer = ask("GET", "/c?x")
    assert (answer.status, answer.headers["location"]) == (301, "/c/")


def test_a_folder_has_preconditions_too(ask: Caller) -> None:
    assert ask("GET", "/c/", {"If-None-Match": "*"}).status == 304


def test_nothing_is_404(ask: Caller) -> None:
    assert ask("GET", "/none").status == 404


def test_an_entry_is_what_was_opened(store: Noting) -> None:
    assert isinstance(store.open(("a.html",)).entry, Entry)
