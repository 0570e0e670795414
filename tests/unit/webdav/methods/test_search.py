"""SEARCH (RFC 5323): scopes, content, order and limits."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from caraway.webdav.errors import Forbidden, NotFound
from caraway.webdav.methods import search as module
from caraway.webdav.paths import Path
from caraway.webdav.store.interface import Entry
from caraway.webdav.store.memory import MemoryReader, MemoryStore
from tests.conformance.webdav.share import hrefs
from tests.unit.webdav.methods.calls import Caller, Result
from tests.unit.webdav.server.memory import put_file

NAME = "<D:prop><D:displayname/></D:prop>"
LENGTH = "<D:prop><D:getcontentlength/></D:prop>"
FILES = "<D:not><D:is-collection/></D:not>"


def scope(href: str, depth: str = "infinity") -> str:
    return f"<D:scope><D:href>{href}</D:href><D:depth>{depth}</D:depth></D:scope>"


def query(
    where: str = "", *, scopes: str = scope("/"), more: str = "", select: str = LENGTH
) -> str:
    condition = f"<D:where>{where}</D:where>" if where else ""
    return (
        '<D:searchrequest xmlns:D="DAV:" xmlns:x="urn:x"><D:basicsearch>'
        f"<D:select>{select}</D:select><D:from>{scopes}</D:from>{condition}{more}"
        "</D:basicsearch></D:searchrequest>"
    )


def order(*keys: str) -> str:
    return f"<D:orderby>{''.join(f'<D:order>{key}</D:order>' for key in keys)}</D:orderby>"


def limit(count: int) -> str:
    return f"<D:limit><D:nresults>{count}</D:nresults></D:limit>"


def found(result: Result) -> list[str]:
    assert result.status == 207, result
    return hrefs(result.text)


@pytest.fixture
def store() -> MemoryStore:
    made = MemoryStore()
    for path in (("c",), ("c", "d")):
        made.make_collection(path)
    put_file(made, ("a.txt",), b"one")
    put_file(made, ("b.bin",), b"longer")
    put_file(made, ("c", "e.txt"), b"Some\n  TEXT")
    put_file(made, ("c", "d", "f.txt"), "größe".encode())
    return made


class TestScopes:
    """RFC 5323 §5.4."""

    @pytest.mark.parametrize(
        ("scopes", "expected"),
        [
            (scope("/", "0"), ["/"]),
            (scope("", "1"), ["/", "/a.txt", "/b.bin", "/c/"]),
            (scope("/c"), ["/c/", "/c/d/", "/c/e.txt", "/c/d/f.txt"]),
            (scope("c/d/"), ["/c/d/", "/c/d/f.txt"]),
            (scope("http://dav.test/c/d", "0"), ["/c/d/"]),
            (scope("/a.txt"), ["/a.txt"]),
            (
                scope("/c/d") + scope("/c", "1") + scope("/c/e.txt"),
                ["/c/d/", "/c/d/f.txt", "/c/", "/c/e.txt"],
            ),
            (scope("/", "0") + scope("/", "1"), ["/", "/a.txt", "/b.bin", "/c/"]),
        ],
    )
    def test_each_resource_in_them_is_found_once(
        self, store: MemoryStore, scopes: str, expected: list[str]
    ) -> None:
        assert found(Caller(store)("SEARCH", "/", {}, query(scopes=scopes))) == expected

    @pytest.mark.parametrize(
        "href", ["/none", "http://other.test/", "urn:x", "/%zz", "//[", "/a#b", "/ü"]
    )
    def test_elsewhere_is_409(self, store: MemoryStore, href: str) -> None:
        """RFC 5323 §2.4: the condition search-scope-valid."""
        result = Caller(store)("SEARCH", "/", {}, query(scopes=scope(href)))
        assert result.status == 409
        assert "<D:search-scope-valid/>" in result.text

    def test_from_the_target(self, store: MemoryStore) -> None:
        result = Caller(store)("SEARCH", "/c", {}, query(scopes=scope("d", "0")))
        assert found(result) == ["/c/d/"]


@pytest.mark.parametrize(
    ("target", "fields", "body", "status"),
    [
        ("/none", {}, query(), 404),
        ("/", {}, "", 400),
        ("/", {}, "<D:searchrequest xmlns:D='DAV:'><D:sql/></D:searchrequest>", 422),
        ("/", {}, query("<D:near/>"), 422),
        ("/a.txt", {"If-Match": '"other"'}, query(), 412),
        ("/a.txt", {}, query(), 207),
    ],
)
def test_statuses(
    store: MemoryStore, target: str, fields: dict[str, str], body: str, status: int
) -> None:
    assert Caller(store, read_only=True)("SEARCH", target, fields, body).status == status


def test_what_is_selected_is_answered(store: MemoryStore) -> None:
    """RFC 5323 §5.3."""
    select = "<D:prop><D:getcontentlength/><x:none/></D:prop>"
    text = Caller(store)("SEARCH", "/", {}, query(scopes=scope("a.txt"), select=select)).text
    assert "<D:getcontentlength>3</D:getcontentlength>" in text
    assert "404 Not Found" in text
    text = Caller(store)(
        "SEARCH", "/", {}, query(scopes=scope("a.txt"), select="<D:allprop/>")
    ).text
    assert "<D:supportedlock>" in text


def test_dead_properties_are_searched(store: MemoryStore) -> None:
    store.set_properties(("a.txt",), {("urn:x", "n"): '<n xmlns="urn:x">12</n>'})
    number = (
        "<D:typed-literal xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance'"
        " xsi:type='xs:int'>9</D:typed-literal>"
    )
    where = f"<D:gt><D:prop><x:n/></D:prop>{number}</D:gt>"
    assert found(Caller(store)("SEARCH", "/", {}, query(where))) == ["/a.txt"]


class TestContent:
    """RFC 5323 §5.16; what is text, and how much of it, is ours to say."""

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("some text", ["/c/e.txt"]),
            ("GRÖSSE", ["/c/d/f.txt"]),
            ("one", ["/a.txt"]),
            ("longer", []),
            ("none", []),
        ],
    )
    def test_text_files_in_any_case(
        self, store: MemoryStore, text: str, expected: list[str]
    ) -> None:
        where = f"<D:contains>{text}</D:contains>"
        assert found(Caller(store)("SEARCH", "/", {}, query(where))) == expected

    @pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig"])
    def test_byte_order_marks(self, store: MemoryStore, encoding: str) -> None:
        put_file(store, ("m.txt",), "märk".encode(encoding))
        where = "<D:contains>märk</D:contains>"
        assert found(Caller(store)("SEARCH", "/", {}, query(where))) == ["/m.txt"]

    def test_nothing_is_known_of_what_is_no_text(self, store: MemoryStore) -> None:
        where = f"<D:and>{FILES}<D:not><D:contains>zzz</D:contains></D:not></D:and>"
        assert found(Caller(store)("SEARCH", "/", {}, query(where))) == [
            "/a.txt",
            "/c/e.txt",
            "/c/d/f.txt",
        ]

    def test_nothing_is_known_of_the_rest_of_a_long_file(
        self, store: MemoryStore, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(module, "MAX_CONTENT", 4)
        where = "<D:not><D:contains>zzz</D:contains></D:not>"
        assert found(Caller(store)("SEARCH", "/", {}, query(where))) == ["/a.txt"]
        where = "<D:contains>some</D:contains>"
        assert found(Caller(store)("SEARCH", "/", {}, query(where))) == ["/c/e.txt"]

    def test_more_than_all_may_be_read_is_507(
        self, store: MemoryStore, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(module, "MAX_CONTENT_TOTAL", 4)
        result = Caller(store)("SEARCH", "/", {}, query("<D:contains>one</D:contains>"))
        assert found(result) == ["/a.txt", "/"]
        assert "507 Insufficient Storage" in result.text

    def test_a_file_that_cannot_be_opened(self, store: MemoryStore) -> None:
        def refuse(path: Path) -> MemoryReader:
            raise Forbidden("no")

        store.open = refuse  # type: ignore[method-assign]  # of this store alone
        assert found(Caller(store)("SEARCH", "/", {}, query("<D:contains>one</D:contains>"))) == []


class TestOrderAndLimit:
    """RFC 5323 §5.6, §5.17, §2.3.2."""

    def test_ordered(self, store: MemoryStore) -> None:
        more = order(f"{LENGTH}<D:descending/>", f"{NAME}<D:ascending/>")
        assert found(Caller(store)("SEARCH", "/", {}, query(FILES, more=more))) == [
            "/c/e.txt",
            "/c/d/f.txt",
            "/b.bin",
            "/a.txt",
        ]

    @pytest.mark.parametrize("more", ["", order(f"{NAME}<D:descending/>")])
    @pytest.mark.parametrize("count", [0, 1, 3, 4, 5])
    def test_limited_after_ordering(self, store: MemoryStore, more: str, count: int) -> None:
        result = Caller(store)("SEARCH", "/c/", {}, query(FILES, more=more + limit(count)))
        expected = ["/a.txt", "/b.bin", "/c/e.txt", "/c/d/f.txt"]
        if more:
            expected = ["/c/d/f.txt", "/c/e.txt", "/b.bin", "/a.txt"]
        assert found(result) == expected[:count] + (["/c/"] if count < 4 else [])
        assert ("507 Insufficient Storage" in result.text) is (count < 4)

    @pytest.mark.parametrize(
        ("name", "value", "count"),
        [
            ("MAX_RESULTS", 2, 2),
            ("MAX_SCANNED", 3, 3),
            ("MAX_JUDGED", 9, 3),
            ("MAX_ANSWER", 300, 1),
        ],
    )
    def test_our_own_limits_are_507(
        self,
        store: MemoryStore,
        monkeypatch: pytest.MonkeyPatch,
        name: str,
        value: int,
        count: int,
    ) -> None:
        monkeypatch.setattr(module, name, value)
        # Three conditions that hold for everything.
        where = f"<D:or><D:is-defined>{NAME}</D:is-defined><D:is-collection/></D:or>"
        result = Caller(store)("SEARCH", "/", {}, query(where))
        assert found(result) == [*["/", "/a.txt", "/b.bin"][:count], "/"]
        assert "507 Insufficient Storage" in result.text


def test_what_vanishes_meanwhile_is_left_out(store: MemoryStore) -> None:
    class Vanishing(MemoryStore):
        def members(self, path: Path) -> Iterator[Entry]:
            yield from [entry for entry in store.members(path) if not entry.is_collection]

        def properties(self, path: Path) -> Any:
            if path == ("a.txt",):
                raise NotFound("gone")
            return {}

    undefined = "<D:not><D:is-defined><D:prop><x:n/></D:prop></D:is-defined></D:not>"
    caller = Caller(Vanishing())
    assert found(caller("SEARCH", "/", {}, query(undefined))) == ["/", "/b.bin"]
    assert found(caller("SEARCH", "/", {}, query(select="<D:allprop/>"))) == ["/", "/b.bin"]


def test_the_schema_is_told(store: MemoryStore) -> None:
    """RFC 5323 §4."""
    body = (
        '<D:query-schema-discovery xmlns:D="DAV:"><D:basicsearch>'
        f"<D:from>{scope('/c')}</D:from></D:basicsearch></D:query-schema-discovery>"
    )
    result = Caller(store)("SEARCH", "/", {}, body)
    assert found(result) == ["/c/"]
    assert "<D:query-schema>" in result.text


def test_answers_are_compressed(store: MemoryStore) -> None:
    for index in range(50):
        put_file(store, (f"{index}",))
    result = Caller(store)("SEARCH", "/", {"Accept-Encoding": "gzip"}, query())
    assert result.headers["content-encoding"] == "gzip"
    assert result.headers["vary"] == "Accept-Encoding"
