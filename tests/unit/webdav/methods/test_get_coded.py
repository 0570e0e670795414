"""GET of files that are compressed on their way (RFC 9110 §8.4)."""

from __future__ import annotations

import gzip

import pytest

from caraway.webdav.application import Application
from caraway.webdav.call import Moment
from caraway.webdav.compression import AT_ONCE, LARGEST, WORTHWHILE
from caraway.webdav.errors import Changed
from caraway.webdav.http.message import FileRange, Request, Response, Work
from caraway.webdav.paths import Path
from caraway.webdav.store.memory import MemoryReader, MemoryStore
from tests.unit.webdav.server.memory import put_file


class Watched(MemoryStore):
    """Knows which of its readers are open; ``fault`` is what reading does."""

    def __init__(self) -> None:
        super().__init__()
        self.open_readers: set[object] = set()
        self.fault: Exception | None = None
        self.cut = LARGEST + 1

    def open(self, path: Path) -> MemoryReader:
        store = self

        class Reader(MemoryReader):
            def read(self, offset: int, size: int) -> bytes:
                if store.fault is not None:
                    raise store.fault
                return super().read(offset, size)[: store.cut]

            def close(self) -> None:
                store.open_readers.discard(self)

        original = super().open(path)
        reader = Reader(original.entry, original.read(0, original.entry.size))
        self.open_readers.add(reader)
        return reader


@pytest.fixture
def store() -> Watched:
    made = Watched()
    for size in (WORTHWHILE, AT_ONCE, AT_ONCE + 1, LARGEST, LARGEST + 1):
        put_file(made, (f"{size}.txt",), b"a" * size)
    return made


def ask(store: Watched, size: int, method: str = "GET", **fields: str) -> Response | Work:
    headers = {"accept-encoding": "gzip"} | {
        name.replace("_", "-"): value for name, value in fields.items()
    }
    request = Request(method, f"/{size}.txt", (f"{size}.txt",), headers)
    outcome = Application(store).handle(request, Moment(0.0, 0.0))
    assert isinstance(outcome, Response | Work)
    return outcome


def body_of(response: Response) -> bytes:
    """The content; its length is not told."""
    assert not isinstance(response.body, bytes | FileRange)
    assert response.length is None
    return b"".join(response.body)


@pytest.mark.parametrize("size", [WORTHWHILE, AT_ONCE])
def test_little_is_compressed_at_once(store: Watched, size: int) -> None:
    response = ask(store, size)
    assert isinstance(response, Response)
    assert gzip.decompress(body_of(response)) == b"a" * size
    assert not store.open_readers


@pytest.mark.parametrize("size", [WORTHWHILE, LARGEST])
def test_head_compresses_nothing(store: Watched, size: int) -> None:
    store.fault = AssertionError("it was read")
    response = ask(store, size, "HEAD")
    assert isinstance(response, Response)
    assert ("Content-Encoding", "gzip") in response.headers
    assert body_of(response) == b""
    assert not store.open_readers


@pytest.mark.parametrize("size", [AT_ONCE + 1, LARGEST])
def test_more_is_compressed_in_a_thread(store: Watched, size: int) -> None:
    work = ask(store, size)
    assert isinstance(work, Work)
    assert store.open_readers
    assert gzip.decompress(body_of(work.run())) == b"a" * size
    assert not store.open_readers


def test_what_is_large_goes_as_it_is(store: Watched) -> None:
    response = ask(store, LARGEST + 1)
    assert isinstance(response, Response)
    assert isinstance(response.body, FileRange)
    assert response.body.size == LARGEST + 1


def test_parts_go_as_they_are(store: Watched) -> None:
    response = ask(store, WORTHWHILE, range="bytes=0-9")
    assert isinstance(response, Response)
    assert isinstance(response.body, FileRange)
    assert ("Vary", "Accept-Encoding") in response.headers


@pytest.mark.parametrize("size", [WORTHWHILE, AT_ONCE + 1])
def test_conditions_come_first(store: Watched, size: int) -> None:
    """Nothing is read, or sent to a thread, for an answer without content."""
    response = ask(store, size, if_none_match="*")
    assert isinstance(response, Response)
    assert response.status == 304
    assert not store.open_readers


@pytest.mark.parametrize("fault", ["raised", "short"])
def test_a_file_that_changes_meanwhile_is_told(store: Watched, fault: str) -> None:
    if fault == "raised":
        store.fault = Changed("it changed")
    else:
        store.cut = 5
    response = ask(store, WORTHWHILE)
    assert isinstance(response, Response)
    assert response.status == 500
    work = ask(store, AT_ONCE + 1)
    assert isinstance(work, Work)
    with pytest.raises(Changed, match=r"it changed|became shorter while it was read: 5 of 16385"):
        work.run()
    assert not store.open_readers
