"""Answers that are given again: only while they are true, and only where they may be."""

from __future__ import annotations

import os
import pathlib
import time
from collections.abc import Iterator

import pytest

from caraway.webdav.application import Application
from caraway.webdav.call import Policy
from caraway.webdav.http.head import Head
from caraway.webdav.http.message import Request
from caraway.webdav.server import kept_answers
from caraway.webdav.server.connection import Connection
from caraway.webdav.server.interface import Exchange
from caraway.webdav.server.kept_answers import MAX_AGE_S, MAX_ANSWER, KeptAnswers
from caraway.webdav.store.folder import FolderStore
from tests.unit.webdav.server.memory import MemoryTransport, run

HEAD = Head("GET", "/a", "/a", "", {}, (1, 1), 0, True, False)
REQUEST = Request("GET", "/a", ("a",), {})
ANSWER = b"HTTP/1.1 200 OK\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\nX: y\r\n\r\nhello"
GET = b"GET /file HTTP/1.1\r\nHost: a\r\n\r\n"
PROPFIND = (
    b"PROPFIND /file HTTP/1.1\r\nHost: a\r\nDepth: 0\r\nContent-Length: 66\r\n\r\n"
    b'<propfind xmlns="DAV:"><prop><getcontentlength/></prop></propfind>'
)


class Share:
    """A folder with one file, served over memory by connections that keep answers."""

    def __init__(self, folder: pathlib.Path, state: pathlib.Path) -> None:
        self.folder = folder
        self.store = FolderStore(folder, state=state)
        self.application = Application(self.store, Policy(read_only=False))
        self.kept = KeptAnswers()
        self.exchanges: list[Exchange] = []

    def connect(self) -> MemoryTransport:
        connection = Connection(self.application, on_exchange=self.exchanges.append, kept=self.kept)
        transport = MemoryTransport(connection)
        connection.connection_made(transport)
        return transport

    def opens(self, monkeypatch: pytest.MonkeyPatch) -> list[object]:
        """What is opened from now on: a kept answer opens nothing."""
        opened: list[object] = []
        real = self.store.open

        def spy(path: tuple[str, ...]) -> object:
            opened.append(path)
            return real(path)

        monkeypatch.setattr(self.store, "open", spy)
        return opened


@pytest.fixture
def share(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Share]:
    folder = tmp_path / "share"
    folder.mkdir()
    (folder / "file").write_bytes(b"hello")
    # What has just changed is not kept; here everything is ten seconds old.
    real = time.time_ns
    monkeypatch.setattr(time, "time_ns", lambda: real() + 10_000_000_000)
    # Answers grow old for those only that say so.
    monkeypatch.setattr(kept_answers, "MAX_AGE_S", 60.0)
    made = Share(folder, tmp_path / "state")
    yield made
    made.store.close()


def ask(transport: MemoryTransport, request: bytes = GET) -> bytes:
    transport.protocol.data_received(request)
    return transport.take()


def test_the_third_time_nothing_is_opened(share: Share, monkeypatch: pytest.MonkeyPatch) -> None:
    async def check() -> None:
        opened = share.opens(monkeypatch)
        one, other = share.connect(), share.connect()
        answers = [ask(one), ask(other), ask(one), ask(other)]
        assert len(opened) == 2
        assert all(answer.endswith(b"\r\n\r\nhello") for answer in answers)
        assert len({answer.split(b"\r\n", 2)[2] for answer in answers}) == 1
        assert [each.status for each in share.exchanges] == [200] * 4
        assert [each.sent for each in share.exchanges] == [5] * 4
        assert share.exchanges[-1].head is not None

    run(check())


def test_the_date_is_that_of_the_answer(share: Share, monkeypatch: pytest.MonkeyPatch) -> None:
    async def check() -> None:
        transport = share.connect()
        for _ in range(3):
            ask(transport)
        monkeypatch.setattr(time, "time", lambda: 784111777.0)
        assert b"\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n" in ask(transport)

    run(check())


@pytest.mark.parametrize("request_bytes", [GET, PROPFIND])
@pytest.mark.parametrize("change", ["content", "in place", "mode", "removed", "folder"])
def test_whatever_is_done_to_a_file_ends_its_answers(
    share: Share, change: str, request_bytes: bytes
) -> None:
    async def check() -> None:
        transport = share.connect()
        before = [ask(transport, request_bytes) for _ in range(3)][-1]
        path = share.folder / "file"
        if change == "content":
            path.write_bytes(b"other content")
        elif change == "in place":
            # The same size, and the time of change set back: only the status tells.
            old = path.stat()
            path.write_bytes(b"HELLO")
            os.utime(path, ns=(old.st_atime_ns, old.st_mtime_ns))
        elif change == "mode":
            path.chmod(0o700)
        else:
            path.unlink()
            if change == "folder":
                path.mkdir()
        after = ask(transport, request_bytes)
        fresh = ask(share.connect(), request_bytes + b"")
        assert after.split(b"\r\n")[0] == fresh.split(b"\r\n")[0]
        assert after.split(b"\r\n\r\n", 1)[1] == fresh.split(b"\r\n\r\n", 1)[1]
        if change in ("content", "removed", "folder"):
            assert after != before

    run(check())


@pytest.mark.parametrize(
    "field",
    [b"If-None-Match: *", b"Range: bytes=0-1", b"Authorization: Basic x", b"If: (<urn:x>)"],
)
def test_what_depends_on_more_is_made_anew(share: Share, field: bytes) -> None:
    async def check() -> None:
        transport = share.connect()
        asked = b"GET /file HTTP/1.1\r\nHost: a\r\n" + field + b"\r\n\r\n"
        for _ in range(4):
            ask(transport, asked)
        assert share.kept.find(asked, now=0.0) is None

    run(check())


def test_what_has_just_changed_is_made_anew(share: Share, monkeypatch: pytest.MonkeyPatch) -> None:
    async def check() -> None:
        monkeypatch.setattr(time, "time_ns", lambda: (share.folder / "file").stat().st_ctime_ns)
        transport = share.connect()
        for _ in range(4):
            ask(transport)
        assert share.kept.find(GET, now=0.0) is None

    run(check())


def test_requests_in_one_piece_are_not_taken_for_one(share: Share) -> None:
    async def check() -> None:
        transport = share.connect()
        for _ in range(4):
            assert ask(transport, GET + GET).count(b"hello") == 2
            assert ask(transport, GET + b"GET ").count(b"hello") == 1
            assert ask(transport, GET[4:]).count(b"hello") == 1

    run(check())


def test_the_last_answer_still_closes(share: Share) -> None:
    async def check() -> None:
        transport = share.connect()
        for _ in range(3):
            ask(transport)
        assert share.kept.find(GET, now=0.0) is not None
        closing = GET.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")
        for _ in range(3):
            assert b"Connection: close" in ask(share.connect(), closing)

    run(check())


def test_answers_behind_a_password_are_made_anew(share: Share) -> None:
    class Anybody:
        def admit(self, request: Request) -> Request:
            return request

    async def check() -> None:
        share.application.authenticator = Anybody()
        transport = share.connect()
        for _ in range(4):
            ask(transport)
        assert share.kept.find(GET, now=0.0) is None

    run(check())


def test_no_more_are_kept_than_allowed() -> None:
    kept = KeptAnswers(max_count=2)
    for name in (b"a", b"b", b"c"):
        assert not kept.is_repeated(name)
        kept.keep(
            name, ANSWER, lambda: True, request=REQUEST, head=HEAD, status=200, sent=5, now=1.0
        )
    assert [kept.find(name, now=1.0) is None for name in (b"a", b"b", b"c")] == [True, False, False]
    assert not kept.is_repeated(b"a")
    assert kept.is_repeated(b"c")


@pytest.mark.parametrize("answer", [b"HTTP/1.1 200 OK\r\n\r\n", ANSWER + bytes(MAX_ANSWER)])
def test_long_answers_and_such_without_a_date_are_not_kept(answer: bytes) -> None:
    kept = KeptAnswers()
    kept.keep(b"a", answer, lambda: True, request=REQUEST, head=HEAD, status=200, sent=5, now=1.0)
    assert kept.find(b"a", now=1.0) is None


def test_answers_are_made_anew_after_a_while() -> None:
    """A change by a mapping into memory sets no time of change before the memory is written."""
    kept = KeptAnswers()
    kept.keep(b"a", ANSWER, lambda: True, request=REQUEST, head=HEAD, status=200, sent=5, now=1.0)
    assert kept.find(b"a", now=1.0 + MAX_AGE_S / 2) is not None
    assert kept.find(b"a", now=1.0 + MAX_AGE_S) is None


def test_a_body_that_looks_like_a_request_is_a_body(share: Share) -> None:
    async def check() -> None:
        transport = share.connect()
        for _ in range(3):
            ask(transport)
        head = b"PUT /copy HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n" % len(GET)
        assert ask(transport, head) == b""
        assert ask(transport).startswith(b"HTTP/1.1 201 ")
        assert (share.folder / "copy").read_bytes() == GET
        # Nor is what comes behind the beginning of another head.
        assert ask(transport, b"GET /none HTTP/1.1\r\nX: ") == b""
        assert ask(transport).startswith(b"HTTP/1.1 404 ")

    run(check())
