"""REPORT sync-collection (RFC 6578): what is asked, answered and remembered."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path as File
from urllib.parse import urlsplit
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from caraway.webdav import sync as module
from caraway.webdav.errors import Exists, Forbidden, NotFound, StoreError
from caraway.webdav.methods import context, report
from caraway.webdav.paths import Path, is_within, parse_path
from caraway.webdav.store.folder import FolderStore
from caraway.webdav.store.interface import Entry, Store
from caraway.webdav.store.memory import MemoryStore
from caraway.webdav.store.snapshots import MemorySnapshots, SnapshotDatabase, SnapshotLimits
from tests.unit.webdav.methods.calls import Caller, Result
from tests.unit.webdav.server.memory import put_file

D = "{DAV:}"
ETAG = "<D:prop><D:getetag/><D:resourcetype/></D:prop>"
TOKEN = "<D:propfind xmlns:D='DAV:'><D:prop><D:sync-token/></D:prop></D:propfind>"


def sync(token: str = "", *, level: str = "infinite", more: str = "", prop: str = ETAG) -> str:
    return (
        f'<D:sync-collection xmlns:D="DAV:"><D:sync-token>{token}</D:sync-token>'
        f"<D:sync-level>{level}</D:sync-level>{more}{prop}</D:sync-collection>"
    )


def limit(count: int) -> str:
    return f"<D:limit><D:nresults>{count}</D:nresults></D:limit>"


@dataclass
class Told:
    """A report as a client reads it.

    Attributes:
        changed: Entity tags by path; of collections, None.
    """

    token: str
    changed: dict[Path, str | None] = field(default_factory=dict)
    removed: list[Path] = field(default_factory=list)
    refused: list[Path] = field(default_factory=list)
    is_truncated: bool = False


def told(result: Result, top: Path = ()) -> Told:
    assert result.status == 207, result
    tree = ElementTree.fromstring(result.body)
    answer = Told(tree.findtext(f"{D}sync-token", ""))
    for each in tree.iter(f"{D}response"):
        path = parse_path(urlsplit(each.findtext(f"{D}href", "")).path)
        status = each.findtext(f"{D}status", "")
        if "404" in status:
            answer.removed.append(path)
        elif "403" in status:
            answer.refused.append(path)
        elif "507" in status:
            assert path == top
            assert each.find(f".//{D}number-of-matches-within-limits") is not None
            answer.is_truncated = True
        else:
            assert path not in answer.changed
            is_collection = each.find(f".//{D}collection") is not None
            answer.changed[path] = None if is_collection else each.findtext(f".//{D}getetag")
    return answer


def kept(ask: Caller) -> int:
    """How many snapshots there are."""
    assert isinstance(ask.application.snapshots, MemorySnapshots)
    return len(ask.application.snapshots)


@pytest.fixture
def store() -> MemoryStore:
    made = MemoryStore()
    collections: list[Path] = [("c",), ("c", "d")]
    for path in collections:
        made.make_collection(path)
    files: list[Path] = [("a",), ("c", "e"), ("c", "d", "f")]
    for path in files:
        put_file(made, path)
    return made


def test_what_is_told(store: MemoryStore) -> None:
    """RFC 6578 §3.4, §3.5."""
    ask = Caller(store, read_only=True)
    first = told(ask("REPORT", "/", {}, sync()))
    assert list(first.changed) == [("a",), ("c",), ("c", "d"), ("c", "e"), ("c", "d", "f")]
    again = told(ask("REPORT", "/", {}, sync(first.token)))
    assert again == Told(first.token)
    put_file(store, ("a",), b"new")
    store.remove(("c", "d"))
    then = told(ask("REPORT", "/", {"Depth": "0"}, sync(first.token)))
    assert then.changed == {("a",): f'"{store.stat(("a",)).etag}"'}
    assert then.removed == [("c", "d")]


def test_the_first_level_alone(store: MemoryStore) -> None:
    """RFC 6578 §3.3."""
    ask = Caller(store)
    first = told(ask("REPORT", "/c", {}, sync(level="1")))
    assert list(first.changed) == [("c", "d"), ("c", "e")]
    store.remove(("c", "d", "f"))
    assert told(ask("REPORT", "/c/", {}, sync(first.token, level="1"))) == Told(first.token)
    deep = told(ask("REPORT", "/c/", {}, sync(first.token)))
    assert deep.changed == {}
    put_file(store, ("c", "d", "g"))
    deep = told(ask("REPORT", "/c/", {}, sync(first.token)))
    assert list(deep.changed) == [("c", "d", "g")]


def test_hrefs_of_removed_collections_end_with_a_slash(store: MemoryStore) -> None:
    ask = Caller(store)
    first = told(ask("REPORT", "/", {}, sync()))
    store.remove(("c",))
    store.remove(("a",))
    text = ask("REPORT", "/", {}, sync(first.token)).text
    assert "<D:href>/c/</D:href>" in text
    assert "<D:href>/a</D:href>" in text


class TestLimits:
    """RFC 6578 §3.6, §3.7."""

    def test_pages_of_any_size_make_the_whole(self, store: MemoryStore) -> None:
        ask = Caller(store)
        for count in (1, 2, 3):
            token = ""
            seen: list[Path] = []
            for _ in range(9):
                page = told(ask("REPORT", "/", {}, sync(token, more=limit(count))))
                assert len(page.changed) <= count
                seen += list(page.changed)
                token = page.token
                if not page.is_truncated:
                    break
            assert len(seen) == len(set(seen)) == 5

    def test_nothing_at_all_is_no_page(self, store: MemoryStore) -> None:
        ask = Caller(store)
        result = ask("REPORT", "/", {}, sync(more=limit(0)))
        assert result.status == 507
        assert "<D:number-of-matches-within-limits/>" in result.text
        token = told(ask("REPORT", "/", {}, sync())).token
        assert told(ask("REPORT", "/", {}, sync(token, more=limit(0)))) == Told(token)

    def test_our_own_limits_are_pages_too(
        self, store: MemoryStore, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        ask = Caller(store)
        for name, value in (("MAX_CHANGES", 2), ("MAX_ANSWER", 300)):
            with monkeypatch.context() as patched:
                patched.setattr(report, name, value)
                first = told(ask("REPORT", "/", {}, sync()))
            assert list(first.changed) == [("a",), ("c",)]
            assert first.is_truncated
            rest = told(ask("REPORT", "/", {}, sync(first.token)))
            assert list(rest.changed) == [("c", "d"), ("c", "e"), ("c", "d", "f")]

    def test_what_did_not_fit_is_told_again(
        self, store: MemoryStore, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        ask = Caller(store)
        first = told(ask("REPORT", "/", {}, sync()))
        for path in (("a",), ("c", "e")):
            put_file(store, path, b"new")
        with monkeypatch.context() as patched:
            patched.setattr(report, "MAX_ANSWER", 1)
            then = told(ask("REPORT", "/", {}, sync(first.token)))
        assert (list(then.changed), then.is_truncated) == ([("a",)], True)
        assert list(told(ask("REPORT", "/", {}, sync(then.token))).changed) == [("c", "e")]

    def test_too_many_members(self, store: MemoryStore, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(report, "MAX_MEMBERS", 4)
        monkeypatch.setattr(context, "MAX_MEMBERS", 4)
        ask = Caller(store)
        assert ask("REPORT", "/", {}, sync()).status == 507
        assert "404 Not Found" in ask("PROPFIND", "/", {"Depth": "0"}, TOKEN).text


_NAMES = "".join(f"<D:p{index}/>" for index in range(1001))


@pytest.mark.parametrize(
    ("target", "fields", "body", "status", "condition"),
    [
        ("/none", {}, sync(), 404, ""),
        ("/a", {}, sync(), 403, "supported-report"),
        ("/", {}, "<D:expand-property xmlns:D='DAV:'/>", 403, "supported-report"),
        ("/", {}, "", 400, ""),
        ("/", {}, "<D:sync-collection xmlns:D='DAV:'/>", 400, ""),
        ("/", {}, sync(level="2"), 400, ""),
        ("/", {}, sync(prop=""), 400, ""),
        ("/", {}, sync(prop=f"<D:prop>{_NAMES}</D:prop>"), 400, ""),
        ("/", {}, sync(more="<D:limit/>"), 400, ""),
        ("/", {"Depth": "1"}, sync(), 400, ""),
        ("/", {"If-Match": '"x"'}, sync(), 412, ""),
        ("/", {}, sync("urn:uuid:1"), 403, "valid-sync-token"),
        ("/", {}, sync("data:,caraway-sync-0"), 403, "valid-sync-token"),
        ("/", {}, " " * ((1 << 20) + 1), 413, ""),
    ],
)
def test_statuses(
    store: MemoryStore,
    target: str,
    fields: dict[str, str],
    body: str,
    status: int,
    condition: str,
) -> None:
    result = Caller(store)("REPORT", target, fields, body)
    assert result.status == status
    assert f"<D:{condition}/>" in result.text or not condition


def test_a_token_is_of_one_collection(store: MemoryStore) -> None:
    ask = Caller(store)
    token = told(ask("REPORT", "/", {}, sync())).token
    assert ask("REPORT", "/c", {}, sync(token)).status == 403


def test_an_old_token_is_unknown(store: MemoryStore) -> None:
    ask = Caller(store)
    token = told(ask("REPORT", "/", {}, sync())).token
    ask.wall_s += SnapshotLimits().age_s + 1
    assert ask("REPORT", "/", {}, sync(token)).status == 403


class TestProperty:
    """RFC 6578 §4."""

    def test_it_is_the_token_of_a_report(self, store: MemoryStore) -> None:
        ask = Caller(store)
        text = ask("PROPFIND", "/", {"Depth": "0"}, TOKEN).text
        assert told(ask("REPORT", "/", {}, sync())).token in text

    def test_only_of_the_target_and_when_it_is_named(self, store: MemoryStore) -> None:
        ask = Caller(store)
        assert ask("PROPFIND", "/", {"Depth": "1"}, TOKEN).text.count("data:") == 1
        assert "404 Not Found" in ask("PROPFIND", "/a", {"Depth": "0"}, TOKEN).text
        assert "sync-token" not in ask("PROPFIND", "/", {"Depth": "0"}).text
        assert kept(ask) == 1

    def test_a_listing_does_without_where_nothing_can_be_kept(
        self, store: MemoryStore, tmp_path: File
    ) -> None:
        ask = Caller(store)
        (tmp_path / "file").touch()
        ask.application.snapshots = SnapshotDatabase(str(tmp_path / "file" / "state"), "/s")
        assert "404 Not Found" in ask("PROPFIND", "/", {"Depth": "0"}, TOKEN).text
        result = ask("REPORT", "/", {}, sync())
        assert result.status == 500
        assert "cannot make" in result.text
        assert ask("GET", "/a").status == 200


class TestCondition:
    """RFC 6578 §5: a sync token as a state token of the If header."""

    @pytest.mark.parametrize("level", ["1", "infinite"])
    def test_a_change_only_while_nothing_else_has_changed(
        self, store: MemoryStore, level: str
    ) -> None:
        ask = Caller(store)
        deep = told(ask("REPORT", "/c", {}, sync())).token
        token = told(ask("REPORT", "/c", {}, sync(deep, level=level))).token
        fields = {"If": f"</c/> (<{token}>)"}
        assert ask("MKCOL", "/c/new", fields).status == 201
        assert ask("MKCOL", "/c/other", fields).status == 412
        assert ask("MKCOL", "/c/other", {"If": f"</c/> (Not <{token}>)"}).status == 201

    def test_of_another_collection_or_a_file(self, store: MemoryStore) -> None:
        ask = Caller(store)
        token = told(ask("REPORT", "/c", {}, sync())).token
        for tag in ("/", "/c/d/", "/a", "/none"):
            assert ask("MKCOL", "/new", {"If": f"<{tag}> (<{token}>)"}).status == 412

    def test_what_cannot_be_told_does_not_hold(
        self, store: MemoryStore, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        ask = Caller(store)
        token = told(ask("REPORT", "/", {}, sync())).token
        # Five tokens of the same state: no more than four are looked at.
        others = "".join(f"(<data:,caraway-sync-{index}>)" for index in range(5))
        assert ask("MKCOL", "/a/x", {"If": f"</> {others}"}).status == 412
        put_file(store, ("more",))
        monkeypatch.setattr(module, "MAX_CHECKED", 5)
        assert ask("MKCOL", "/new", {"If": f"</> (<{token}>)"}).status == 412
        token = told(ask("REPORT", "/", {}, sync())).token
        assert ask("MKCOL", "/new", {"If": f"</> (<{token}>)"}).status == 412


def test_nothing_is_kept_twice(store: MemoryStore) -> None:
    ask = Caller(store)
    token = told(ask("REPORT", "/", {}, sync())).token
    for _ in range(3):
        assert told(ask("REPORT", "/", {}, sync(token))).token == token
    assert kept(ask) == 1


def test_a_closed_collection_is_told_once(store: MemoryStore) -> None:
    """RFC 6578 §3.3."""

    class Closed(MemoryStore):
        def members(self, path: Path) -> Iterator[Entry]:
            if path == ("c",):
                raise Forbidden("no")
            return store.members(path)

    ask = Caller(Closed())
    first = ask("REPORT", "/", {}, sync())
    assert told(first).refused == [("c",)]
    assert "<D:sync-traversal-supported/>" in first.text
    assert told(ask("REPORT", "/", {}, sync(told(first).token))).refused == []


def test_links_are_told_and_not_followed(tmp_path: File) -> None:
    """RFC 6578 §3.3; two links that lead upwards would make a tree without end."""
    (tmp_path / "share" / "d").mkdir(parents=True)
    (tmp_path / "share" / "d" / "f").touch()
    for name, target in (("d/up", ".."), ("self", "."), ("link", "d/f")):
        (tmp_path / "share" / name).symlink_to(target)
    store = FolderStore(tmp_path / "share", state=tmp_path / "state")
    ask = Caller(store)
    first = told(ask("REPORT", "/", {}, sync()))
    assert list(first.changed) == [("d",), ("link",), ("d", "f")]
    assert sorted(first.refused) == [("d", "up"), ("self",)]
    assert told(ask("REPORT", "/", {}, sync(first.token))) == Told(first.token)
    assert list(told(ask("REPORT", "/self/d", {}, sync(level="1"))).changed) == [
        ("self", "d", "f"),
        ("self", "d", "up"),
    ]
    store.close()


def test_what_vanishes_meanwhile_is_told_without_properties(store: MemoryStore) -> None:
    def properties(path: Path) -> dict[tuple[str, str], str]:
        raise NotFound("gone")

    store.properties = properties  # type: ignore[method-assign]  # of this store alone
    result = Caller(store)("REPORT", "/", {}, sync(prop="<D:prop><D:displayname/></D:prop>"))
    assert len(told(result).changed) == 5


# A client that does what the reports say.

NAMES = ("a", "b", "c")
_paths = st.lists(st.sampled_from(NAMES), min_size=1, max_size=3).map(tuple)
_steps = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(["put", "put", "mkcol", "remove"]), _paths),
        st.tuples(st.just("move"), st.tuples(_paths, _paths)),
        st.tuples(st.just("sync"), st.sampled_from([1, 2, 3, None])),
        st.tuples(st.just("shallow"), st.sampled_from([1, None])),
    ),
    min_size=5,
    max_size=30,
)


class Client:
    """Keeps a copy of a tree by reports."""

    def __init__(self, ask: Caller) -> None:
        self._ask = ask
        self.copy: dict[Path, str | None] = {}
        self.token = ""

    def sync(self, level: str, count: int | None) -> bool:
        """One report; whether there is more."""
        more = limit(count) if count is not None else ""
        page = told(self._ask("REPORT", "/", {}, sync(self.token, level=level, more=more)))
        for gone in page.removed:
            # RFC 6578 §3.5.2.
            assert not any(gone[: len(each)] == each for each in page.removed if each != gone)
            self._drop(gone)
        for path, etag in page.changed.items():
            if etag is not None:
                self._drop(path)
            self.copy[path] = etag
        self.token = page.token
        return page.is_truncated

    def _drop(self, top: Path) -> None:
        self.copy = {path: tag for path, tag in self.copy.items() if not is_within(path, top)}


def _tree(store: Store, path: Path = ()) -> dict[Path, str | None]:
    found: dict[Path, str | None] = {}
    for entry in store.members(path):
        place = (*path, entry.name)
        found[place] = None if entry.is_collection else f'"{entry.etag}"'
        if entry.is_collection:
            found.update(_tree(store, place))
    return found


def _change(store: Store, kind: str, path: Path, number: int) -> None:
    if kind != "remove":
        # Few random paths would have a collection above them.
        for length in range(1, len(path)):
            with suppress(Exists):
                store.make_collection(path[:length])
    if kind == "put":
        put_file(store, path, b"%d" % number)
    elif kind == "mkcol":
        store.make_collection(path)
    else:
        store.remove(path)


def _play(store: Store, steps: list[tuple[str, object]], keep: Callable[[Caller], None]) -> None:
    ask = Caller(store)
    keep(ask)
    client = Client(ask)
    for number, (kind, what) in enumerate(steps):
        if kind in ("sync", "shallow"):
            assert what is None or isinstance(what, int)
            client.sync("infinite" if kind == "sync" else "1", what)
            continue
        assert isinstance(what, tuple)
        try:
            if kind == "move":
                store.move(*what)
            else:
                _change(store, kind, what, number)
        except StoreError:
            continue
    while client.sync("infinite", 2):
        pass
    assert client.copy == _tree(store)
    assert not client.sync("infinite", None)
    assert client.copy == _tree(store)


@given(_steps)
@settings(max_examples=150, deadline=None)
def test_who_follows_the_reports_ends_up_with_what_is_there(
    steps: list[tuple[str, object]],
) -> None:
    _play(MemoryStore(), steps, lambda ask: None)


@given(_steps)
@settings(max_examples=15, deadline=None)
def test_so_with_a_folder_and_a_database(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, object]]
) -> None:
    place = tmp_path_factory.mktemp("sync")
    (place / "share").mkdir()
    store = FolderStore(place / "share", state=place / "state")
    database = SnapshotDatabase(str(place / "state"), str(place / "share"))

    def keep(ask: Caller) -> None:
        ask.application.snapshots = database

    try:
        _play(store, steps, keep)
        assert not (place / "share" / "sync.sqlite3").exists()
    finally:
        database.close()
        store.close()
