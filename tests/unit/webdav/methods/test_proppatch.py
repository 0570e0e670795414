"""PROPPATCH (RFC 4918 §9.2)."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from caraway.webdav.errors import Forbidden, NoSpace, NotFound, StoreError
from caraway.webdav.paths import Path
from caraway.webdav.store.interface import PropertyName
from caraway.webdav.store.memory import MemoryStore
from caraway.webdav.xml.parser import parse
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


class Faulty(MemoryStore):
    """Fails where a test says; putting back works."""

    def __init__(self) -> None:
        super().__init__()
        self.errors: dict[str, StoreError] = {}
        put_file(self, ("a",))
        super().set_properties(("a",), {("urn:x", "c"): "<old/>"})

    def _fail(self, name: str) -> None:
        if error := self.errors.pop(name, None):
            raise error

    def set_properties(self, path: Path, changes: Mapping[PropertyName, str | None]) -> None:
        self._fail("dead")
        super().set_properties(path, changes)

    def set_executable(self, path: Path, executable: bool) -> None:
        self._fail("executable")
        super().set_executable(path, executable)

    def set_times(
        self, path: Path, *, mtime_ns: int | None = None, ctime_ns: int | None = None
    ) -> None:
        self._fail("times")
        super().set_times(path, mtime_ns=mtime_ns, ctime_ns=ctime_ns)


_CREATED = (
    '<w:Win32CreationTime xmlns:w="urn:schemas-microsoft-com:">Sun, 06 Nov 1994 08:49:37 GMT'
    "</w:Win32CreationTime>"
)
_ALL = f"<x:c>1</x:c><x:d/><a:executable>T</a:executable>{_DATE}"


@pytest.mark.parametrize(
    ("where", "changes", "failed", "dependent"),
    [
        ("dead", _ALL, 2, 2),
        ("executable", _ALL, 1, 3),
        ("times", _ALL, 1, 3),
        ("times", _CREATED, 1, 0),
    ],
)
@pytest.mark.parametrize("error", [NoSpace("full"), Forbidden("no"), StoreError("broken")])
def test_what_the_store_cannot_do_undoes_all(
    where: str, changes: str, failed: int, dependent: int, error: StoreError
) -> None:
    """RFC 4918 §9.2, §9.2.1: what failed by its status, all else 424, nothing done."""
    store = Faulty()
    before = store.stat(("a",))
    store.errors = {where: error}
    result = Caller(store)("PROPPATCH", "/a", body=_UPDATE.format(changes))
    assert result.status == 207
    response = parse(result.body).children[0]
    outcomes: dict[str, int] = {}
    for propstat in response.children[1:]:
        prop, status = propstat.children[:2]
        outcomes[status.text.split()[1]] = len(prop.children)
    assert outcomes.pop(str(error.status)) == failed
    assert outcomes == ({"424": dependent} if dependent else {})
    assert store.stat(("a",)) == before
    assert store.properties(("a",)) == {("urn:x", "c"): "<old/>"}


def test_a_resource_that_vanishes_meanwhile_is_404() -> None:
    store = Faulty()
    store.errors = {"dead": NotFound("gone")}
    assert Caller(store)("PROPPATCH", "/a", body=_UPDATE.format("<x:c/>")).status == 404
