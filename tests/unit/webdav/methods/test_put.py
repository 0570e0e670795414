"""PUT and PATCH (RFC 9110 §9.3.4, §14.5; RFC 5789)."""

from __future__ import annotations

import pytest

from caraway.webdav.errors import BadRequest
from caraway.webdav.methods.put import PARTIAL, Upload
from caraway.webdav.store.memory import MemoryStore
from tests.unit.webdav.methods.calls import Caller
from tests.unit.webdav.server.memory import put_file


@pytest.fixture
def ask() -> Caller:
    store = MemoryStore()
    put_file(store, ("a",), b"0123456789")
    store.make_collection(("c",))
    return Caller(store)


def test_a_new_file_and_an_old_one(ask: Caller) -> None:
    assert ask("PUT", "/n", body=b"x").status == 201
    assert ask("PUT", "/n", body=b"").status == 204
    assert ask("GET", "/n").body == b""


@pytest.mark.parametrize(
    ("target", "fields", "status"),
    [
        ("/c/", {}, 405),
        ("/", {}, 405),
        ("/n/", {}, 409),
        ("/none/n", {}, 409),
        ("/n", {"Content-Encoding": "gzip"}, 415),
        ("/n", {"Content-Range": "bytes 0-0/1"}, 404),
        ("/a", {"Content-Range": "bytes 0-0/11"}, 416),
        ("/a", {"Content-Range": "bytes 0-1/10"}, 400),
        ("/a", {"If-None-Match": "*"}, 412),
    ],
)
def test_refusals(ask: Caller, target: str, fields: dict[str, str], status: int) -> None:
    assert ask("PUT", target, fields, b"x").status == status
    assert ask("GET", "/a").body == b"0123456789"


def test_part_of_a_file(ask: Caller) -> None:
    assert ask("PUT", "/a", {"Content-Range": "bytes 1-2/*"}, b"xx").status == 204
    assert ask("GET", "/a").body == b"0xx3456789"


def test_identity_is_no_coding(ask: Caller) -> None:
    assert ask("PUT", "/n", {"Content-Encoding": "identity"}, b"x").status == 201


@pytest.mark.parametrize(
    ("value", "mtime_ns"),
    [
        ("1", 1_000_000_000),
        ("1.5", 1_500_000_000),
        ("1.1234567899", 1_123_456_789),
    ],
)
def test_times_of_change(ask: Caller, value: str, mtime_ns: int) -> None:
    assert ask("PUT", "/n", {"X-OC-Mtime": value}, b"x").headers["x-oc-mtime"] == "accepted"
    assert ask.store.stat(("n",)).mtime_ns == mtime_ns


@pytest.mark.parametrize("value", ["", "-1", "1.x", "1" * 12, "now", "\u0661"])
def test_what_is_no_time(ask: Caller, value: str) -> None:
    assert "x-oc-mtime" not in ask("PUT", "/n", {"X-OC-Mtime": value}, b"x").headers


@pytest.mark.parametrize(
    ("target", "fields", "status"),
    [
        ("/a", {}, 415),
        ("/a", {"Content-Type": "text/plain"}, 415),
        ("/a", {"Content-Type": PARTIAL}, 400),
        ("/n", {"Content-Type": PARTIAL, "X-Update-Range": "append"}, 404),
        ("/c/", {"Content-Type": PARTIAL, "X-Update-Range": "append"}, 405),
        ("/a", {"Content-Type": PARTIAL, "X-Update-Range": "append"}, 204),
    ],
)
def test_patch(ask: Caller, target: str, fields: dict[str, str], status: int) -> None:
    assert ask("PATCH", target, fields, b"x").status == status


@pytest.mark.parametrize("body", [b"1", b"123"])
def test_a_body_of_another_length_than_its_range_is_forgotten(body: bytes) -> None:
    store = MemoryStore()
    upload = Upload(store.create(("a",)), mtime_ns=None, length=2, is_quick=True)

    def send() -> None:
        upload.receive(body)
        upload.finish()

    with pytest.raises(BadRequest, match="2"):
        send()
    upload.abort()
    assert list(store.members(())) == []
