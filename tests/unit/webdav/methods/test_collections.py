"""MKCOL and DELETE (RFC 4918 §9.3, §9.6; RFC 5689)."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from caraway.webdav.errors import NoSpace
from caraway.webdav.paths import Path
from caraway.webdav.store.interface import Failure, PropertyName
from caraway.webdav.store.memory import MemoryStore
from tests.unit.webdav.methods.calls import LOCK, Caller
from tests.unit.webdav.server.memory import put_file

_MKCOL = '<D:mkcol xmlns:D="DAV:"><D:set><D:prop>{}</D:prop></D:set></D:mkcol>'
_XML = {"Content-Type": "application/xml; charset=utf-8"}


class Faulty(MemoryStore):
    """Has no room for properties, and cannot remove what a test names."""

    failures: list[Failure] = []  # noqa: RUF012 - set by each test on its own store

    def set_properties(self, path: Path, changes: Mapping[PropertyName, str | None]) -> None:
        raise NoSpace("full")

    def remove(self, path: Path, keep: frozenset[Path] = frozenset()) -> list[Failure]:
        return self.failures or super().remove(path, keep)


@pytest.fixture
def store() -> Faulty:
    made = Faulty()
    made.make_collection(("c",))
    put_file(made, ("c", "x"))
    put_file(made, ("c", "y"))
    return made


@pytest.fixture
def ask(store: Faulty) -> Caller:
    return Caller(store)


@pytest.mark.parametrize(
    ("target", "fields", "body", "status"),
    [
        ("/n/", {}, "", 201),
        ("/n", {}, "", 201),
        ("/c/", {}, "", 405),
        ("/", {}, "", 405),
        ("/c/", {"If-None-Match": "*"}, "", 412),
        ("/n/", {"If-Match": "*"}, "", 412),
        ("/none/n/", {}, "", 409),
        ("/n/", {}, "x", 415),
        ("/n/", _XML, "x", 400),
        ("/n/", _XML, _MKCOL.format("<D:getetag/>"), 403),
        ("/n/", _XML, _MKCOL.format("<D:getlastmodified>soon</D:getlastmodified>"), 409),
    ],
)
def test_mkcol(ask: Caller, target: str, fields: dict[str, str], body: str, status: int) -> None:
    assert ask("MKCOL", target, fields, body).status == status


def test_mkcol_in_a_locked_collection_is_423(ask: Caller) -> None:
    ask("LOCK", "/c/", body=LOCK)
    assert ask("MKCOL", "/c/n/").status == 423


@pytest.mark.parametrize(
    ("properties", "statuses"),
    [
        ("<D:getetag/><x:c/>", (403, 424)),
        ("<x:c/><D:resourcetype><D:x/></D:resourcetype>", (403, 424)),
        # No room: see Faulty.
        ("<x:c/><D:resourcetype><D:collection/></D:resourcetype>", (507, 424)),
    ],
)
def test_a_refused_mkcol_tells_of_each_property(
    ask: Caller, properties: str, statuses: tuple[int, int]
) -> None:
    """RFC 5689 §3.4, §5.2: all or nothing, in an mkcol-response."""
    body = _MKCOL.format(properties).replace("<D:mkcol ", '<D:mkcol xmlns:x="urn:x" ')
    result = ask("MKCOL", "/n/", _XML, body)
    assert result.status == statuses[0]
    assert result.headers["content-type"].startswith("application/xml")
    assert "<D:mkcol-response " in result.text
    for status in statuses:
        assert f"HTTP/1.1 {status} " in result.text
    assert ask("PROPFIND", "/n/", {"Depth": "0"}).status == 404


@pytest.mark.parametrize(
    ("target", "fields", "status"),
    [
        ("/c/", {}, 204),
        ("/c/", {"Depth": "1"}, 400),
        ("/none", {}, 404),
        ("/", {}, 403),
        ("/c/x", {"If-Match": '"other"'}, 412),
    ],
)
def test_delete(ask: Caller, target: str, fields: dict[str, str], status: int) -> None:
    assert ask("DELETE", target, fields).status == status


def test_what_is_locked_is_423(ask: Caller) -> None:
    ask("LOCK", "/c/x", body=LOCK)
    assert ask("DELETE", "/c/x").status == 423
    result = ask("DELETE", "/c/")
    assert result.status == 207
    assert "lock-token-submitted" in result.text
    assert [entry.name for entry in ask.store.members(("c",))] == ["x"]


def test_failures_below_are_named(ask: Caller, store: Faulty) -> None:
    """RFC 4918 §9.6.1; the target's own failure is the answer's status."""
    store.failures = [Failure(("c", "x"), 403)]
    result = ask("DELETE", "/c/")
    assert result.status == 207
    assert "403 Forbidden" in result.text
    store.failures = [Failure(("c",), 403)]
    assert ask("DELETE", "/c/").status == 403
