"""PROPPATCH (RFC 4918 §9.2)."""

from __future__ import annotations

import pytest

from caraway.webdav.store.memory import MemoryStore
from tests.unit.webdav.methods.calls import LOCK, Caller
from tests.unit.webdav.server.memory import put_file

_UPDATE = (
    '<D:propertyupdate xmlns:D="DAV:" xmlns:x="urn:x" xmlns:a="http://apache.org/dav/props/">'
    "<D:set><D:prop>{}</D:prop></D:set></D:propertyupdate>"
)
_DATE = "<D:getlastmodified>Sun, 06 Nov 1994 08:49:37 GMT</D:getlastmodified>"


@pytest.fixture
def ask() -> Caller:
    store = MemoryStore()
    put_file(store, ("a",))
    return Caller(store)


def test_everything_a_plan_can_hold(ask: Caller) -> None:
    changes = f"<x:c>1</x:c><a:executable>T</a:executable>{_DATE}"
    assert ask("PROPPATCH", "/a", body=_UPDATE.format(changes)).status == 207
    entry = ask.store.stat(("a",))
    assert (entry.executable, entry.mtime_ns) == (True, 784111777 * 1_000_000_000)
    assert ("urn:x", "c") in ask.store.properties(("a",))


def test_one_refusal_undoes_all(ask: Caller) -> None:
    result = ask("PROPPATCH", "/a", body=_UPDATE.format("<x:c/><D:getetag>x</D:getetag>"))
    assert "424" in result.text
    assert not ask.store.properties(("a",))


def test_refusals(ask: Caller) -> None:
    body = _UPDATE.format("<x:c/>")
    assert ask("PROPPATCH", "/none", body=body).status == 404
    assert ask("PROPPATCH", "/a", body="<x").status == 400
    assert ask("PROPPATCH", "/a", {"If-Match": '"o"'}, body).status == 412
    ask("LOCK", "/a", body=LOCK)
    assert ask("PROPPATCH", "/a", body=body).status == 423
