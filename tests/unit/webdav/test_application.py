"""The application: what becomes a request, what is refused, how errors are told."""

from __future__ import annotations

import threading

import pytest

from caraway.webdav.application import Application, make_token
from caraway.webdav.call import Policy
from caraway.webdav.errors import BadRequest, DavError, HTTPError, NoSpace
from caraway.webdav.locks.lock import LockLimits
from caraway.webdav.locks.table import LockTable
from caraway.webdav.store.memory import MemoryStore
from tests.unit.webdav.methods.calls import Caller, head_of


def _application(**policy: frozenset[str]) -> Application:
    return Application(MemoryStore(), Policy(**policy))  # type: ignore[arg-type]  # hosts only


def test_a_head_becomes_a_request() -> None:
    request = _application().begin(head_of("GET", "/a%20b"), peer="p", scheme="https")
    assert (request.path, request.peer, request.scheme) == (("a b",), "p", "https")
    assert _application().begin(head_of("OPTIONS", "*"), peer="", scheme="http").path == ()


def test_an_unknown_method_is_501() -> None:
    """RFC 9110 §9.1."""
    with pytest.raises(HTTPError) as caught:
        _application().begin(head_of("POST", "/"), peer="", scheme="http")
    assert caught.value.status == 501


def test_another_name_is_421() -> None:
    """RFC 9110 §15.5.20; the answer names the option."""
    application = _application(hosts=frozenset({"ours"}))
    with pytest.raises(HTTPError, match="--allow-host") as caught:
        application.begin(head_of("GET", "/", {"host": "evil.test"}), peer="", scheme="http")
    assert (caught.value.status, caught.value.close) == (421, True)


def test_which_bodies_are_streamed() -> None:
    application = _application()
    for method, streams in [("PUT", True), ("PATCH", True), ("PROPFIND", False)]:
        request = application.begin(head_of(method, "/"), peer="", scheme="http")
        assert application.streams(request) is streams


@pytest.mark.parametrize("method", ["PUT", "DELETE", "LOCK", "PROPPATCH"])
def test_a_read_only_share_refuses_changes(method: str) -> None:
    result = Caller(read_only=True)(method, "/a")
    assert (result.status, "can only be read" in result.text) == (403, True)


def test_a_lock_can_be_given_back_though_nothing_can_be_written() -> None:
    assert Caller(read_only=True)("UNLOCK", "/a", {"Lock-Token": "<urn:x>"}).status == 404


def test_a_page_of_another_site_changes_nothing() -> None:
    assert Caller()("PUT", "/a", {"Origin": "http://evil.test"}).status == 403
    assert Caller()("GET", "/", {"Origin": "http://evil.test"}).status == 200


@pytest.mark.parametrize(
    ("error", "status", "text"),
    [
        (NoSpace("the disk is full"), 507, b"507 Insufficient Storage: the disk is full\n"),
        (BadRequest("no"), 400, b"400 Bad Request: no\n"),
        (HTTPError(404), 404, b"404 Not Found\n"),
        (HTTPError(304, headers=[("ETag", '"a"')]), 304, b""),
    ],
)
def test_errors_are_told(error: DavError, status: int, text: bytes) -> None:
    response = _application().failure(error, None)
    assert (response.status, response.body) == (status, text)


def test_a_condition_is_told_in_xml() -> None:
    """RFC 4918 §16."""
    error = HTTPError(423, condition="lock-token-submitted", hrefs=("/a",))
    response = _application().failure(error, None)
    assert isinstance(response.body, bytes)
    assert b"lock-token-submitted" in response.body
    assert b"/a" in response.body


def test_an_error_that_is_no_answer_is_a_fault() -> None:
    with pytest.raises(DavError):
        _application().failure(DavError("what?"), None)


def test_tokens_differ() -> None:
    """RFC 4918 §6.5."""
    assert make_token().startswith("urn:uuid:")
    assert make_token() != make_token()


def test_threads_wait_for_each_other_at_the_locks() -> None:
    """Connections carry slow requests out in threads."""
    locks = Application(MemoryStore()).locks
    done = threading.Event()

    def ask() -> None:
        locks.covering(("a",), now=0.0)
        done.set()

    thread = threading.Thread(target=ask)
    with locks._guard:
        thread.start()
        assert not done.wait(0.01)
    thread.join(10)
    assert done.is_set()


def test_limits_of_locks_are_those_given() -> None:
    locks = Application(MemoryStore(), lock_limits=LockLimits(owner_bytes=3)).locks
    with pytest.raises(HTTPError, match="4 bytes, at most 3"):
        locks.lock(("a",), now=0.0, href="/a", is_exclusive=True, is_deep=False, owner="<x/>")


def test_a_table_that_is_given_is_kept_even_if_it_is_empty() -> None:
    locks = LockTable(make_token)
    assert not len(locks)
    assert Application(MemoryStore(), locks=locks).locks is locks
