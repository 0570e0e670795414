"""Bodies between the loop and threads: what was given up is never touched again."""

from __future__ import annotations

from caraway.webdav.http.message import Response
from caraway.webdav.server.bodies import Source, Upload
from caraway.webdav.store.memory import MemoryStore
from tests.unit.webdav.server.memory import put_file


class _Receiver:
    def __init__(self) -> None:
        self.calls: list[object] = []

    is_quick = False

    def receive(self, data: bytes | bytearray | memoryview) -> None:
        self.calls.append(bytes(data))

    def finish(self) -> Response:
        self.calls.append("finish")
        return Response(201)

    def abort(self) -> None:
        self.calls.append("abort")


def test_pieces_are_handed_on_in_order() -> None:
    receiver = _Receiver()
    upload = Upload(receiver)
    assert (upload.add(b"one"), upload.add(b"two")) == (3, 6)
    assert upload.pass_on(False) is None
    assert upload.add(b"three") == 5
    response = upload.pass_on(True)
    assert response is not None
    assert response.status == 201
    assert receiver.calls == [b"onetwo", b"three", "finish"]


def test_only_short_pieces_are_joined() -> None:
    receiver = _Receiver()
    upload = Upload(receiver)
    for _ in range(3):
        upload.add(bytes(50_000))
    upload.pass_on(False)
    for _ in range(2):
        upload.add(bytes(200_000))
    upload.pass_on(True)
    assert [len(each) for each in receiver.calls if isinstance(each, bytes)] == [
        150_000,
        200_000,
        200_000,
    ]


def test_an_abandoned_upload_is_not_finished() -> None:
    receiver = _Receiver()
    upload = Upload(receiver)
    upload.add(b"one")
    upload.abandon()
    assert upload.pass_on(True) is None
    assert receiver.calls == ["abort"]


def test_a_closed_source_gives_nothing() -> None:
    store = MemoryStore()
    put_file(store, ("a",), b"hello")
    source = Source(store.open(("a",)))
    assert source.read(1, 3) == b"ell"
    source.close()
    assert source.read(1, 3) == b""
