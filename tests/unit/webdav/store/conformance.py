"""What every store must do: a suite that each store's test file runs.

A test file subclasses :class:`StoreConformance` and gives it a ``store``
fixture with an empty store, and ``base``, the path below which it may write.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from caraway.webdav.errors import (
    Exists,
    Forbidden,
    IsACollection,
    NameTooLong,
    NotACollection,
    NotFound,
    ParentMissing,
)
from caraway.webdav.paths import Path
from caraway.webdav.store.interface import Entry, Store

SECOND_NS = 1_000_000_000
COMMENT = ("urn:x", "comment")
OTHER = ("urn:x", "other")

ODD_NAMES = [
    " leading and trailing ",
    "a%20b",
    "#?&+;'\"<>",
    "new\nline",
    ".hidden",
    "...",
    "\u00e9 composed",
    "e\u0301 decomposed",
    "\U0001f600",
    "bytes \udcff\udc80",
    "x" * 255,
    "\u00e9" * 127,
    "a\\b",
    "-rf",
    "~",
    "*",
]


def put(store: Store, path: Path, content: bytes = b"", *, mtime_ns: int | None = None) -> Entry:
    writer = store.create(path)
    writer.write(content)
    return writer.commit(mtime_ns=mtime_ns)[0]


def get(store: Store, path: Path) -> bytes:
    reader = store.open(path)
    try:
        return reader.read(0, reader.entry.size + 1)
    finally:
        reader.close()


def names(store: Store, path: Path) -> list[str]:
    return [entry.name for entry in store.members(path)]


class StoreConformance:
    """The suite; ``base`` is the collection that the tests may fill."""

    base: Path = ()

    def at(self, *path: str) -> Path:
        return (*self.base, *path)

    # -- looking

    def test_the_root_is_a_collection_without_a_tag(self, store: Store) -> None:
        root = store.stat(())
        assert (root.name, root.is_collection, root.size, root.etag) == ("", True, 0, "")

    def test_nothing_is_not_found(self, store: Store) -> None:
        put(store, self.at("file"))
        for path in (self.at("none"), self.at("none", "deeper"), self.at("file", "below")):
            for look in (store.stat, store.open, store.members, store.properties):
                with pytest.raises(NotFound):
                    look(path)

    def test_a_file_has_size_times_and_a_strong_tag(self, store: Store) -> None:
        entry = put(store, self.at("file"), b"hello")
        assert (entry.name, entry.is_collection, entry.size) == ("file", False, 5)
        assert entry.etag
        assert '"' not in entry.etag
        assert entry.ctime_ns <= entry.mtime_ns
        assert entry.executable is False
        assert store.stat(self.at("file")) == entry
        assert list(store.members(self.base)) == [entry]

    def test_members_come_in_the_order_of_their_names_as_bytes(self, store: Store) -> None:
        made = ["b", "a", "B", "\u00fc", "\U0001f600", "\ufffd", "\udcff", "a b", "a-b"]
        for name in made:
            put(store, self.at(name))
        ordered = sorted(made, key=lambda name: name.encode("utf-8", "surrogateescape"))
        assert names(store, self.base) == ordered

    def test_a_file_has_no_members(self, store: Store) -> None:
        put(store, self.at("file"))
        with pytest.raises(NotACollection):
            store.members(self.at("file"))

    def test_members_that_vanish_meanwhile_do_no_harm(self, store: Store) -> None:
        for name in "abc":
            put(store, self.at(name))
        listing = store.members(self.base)
        assert next(listing).name == "a"
        store.remove(self.at("b"))
        assert next(listing).name in "bc"
        assert len(list(listing)) <= 1

    @pytest.mark.parametrize("name", ODD_NAMES)
    def test_odd_names_make_the_round_trip(self, store: Store, name: str) -> None:
        put(store, self.at(name), b"odd")
        assert names(store, self.base) == [name]
        assert store.stat(self.at(name)).name == name
        assert get(store, self.at(name)) == b"odd"
        assert store.remove(self.at(name)) == []
        store.make_collection(self.at(name))
        assert store.stat(self.at(name)).is_collection

    def test_a_name_that_is_too_long_is_said_so(self, store: Store) -> None:
        name = "x" * 256
        put(store, self.at("file"))
        for change in (
            lambda: store.create(self.at(name)),
            lambda: store.make_collection(self.at(name)),
            lambda: store.copy(self.at("file"), self.at(name), deep=True),
            lambda: store.move(self.at("file"), self.at(name)),
        ):
            with pytest.raises(NameTooLong):
                change()
        with pytest.raises(NotFound):
            store.stat(self.at(name))
        assert names(store, self.base) == ["file"]

    # -- reading

    def test_reading_gives_fewer_bytes_only_at_the_end(self, store: Store) -> None:
        put(store, self.at("file"), b"0123456789")
        reader = store.open(self.at("file"))
        assert reader.entry == store.stat(self.at("file"))
        assert reader.read(0, 4) == b"0123"
        assert reader.read(4, 100) == b"456789"
        assert reader.read(10, 1) == b""
        assert reader.read(11, 1) == b""
        assert reader.read(3, 0) == b""
        reader.close()
        reader.close()

    def test_a_collection_cannot_be_read_or_written(self, store: Store) -> None:
        store.make_collection(self.at("c"))
        for change in (
            lambda: store.open(self.at("c")),
            lambda: store.create(self.at("c")),
            lambda: store.update(self.at("c"), 0),
            lambda: store.open(()),
            lambda: store.create(()),
            lambda: store.update((), 0),
        ):
            with pytest.raises(IsACollection):
                change()

    def test_what_was_opened_stays_as_it_was_when_it_is_replaced(self, store: Store) -> None:
        put(store, self.at("file"), b"old")
        reader = store.open(self.at("file"))
        put(store, self.at("file"), b"new content")
        assert reader.read(0, 100) == b"old"
        store.remove(self.at("file"))
        assert reader.read(0, 100) == b"old"
        reader.close()

    # -- writing

    def test_nothing_is_seen_before_the_commit(self, store: Store) -> None:
        writer = store.create(self.at("file"))
        writer.write(b"half")
        assert names(store, self.base) == []
        with pytest.raises(NotFound):
            store.stat(self.at("file"))
        writer.write(bytearray(b" and"))
        writer.write(memoryview(b" half"))
        writer.write(b"")
        entry, is_new = writer.commit()
        assert is_new
        assert entry.size == 13
        assert get(store, self.at("file")) == b"half and half"
        writer.abort()
        assert get(store, self.at("file")) == b"half and half"

    def test_an_aborted_write_leaves_the_old_content(self, store: Store) -> None:
        before = put(store, self.at("file"), b"old")
        for writer in (store.create(self.at("file")), store.update(self.at("file"), 1)):
            writer.write(b"new")
            writer.abort()
            writer.abort()
        assert get(store, self.at("file")) == b"old"
        assert list(store.members(self.base)) == [before]

    def test_a_replaced_file_is_not_new(self, store: Store) -> None:
        put(store, self.at("file"), b"old")
        writer = store.create(self.at("file"))
        writer.write(b"new")
        entry, is_new = writer.commit()
        assert not is_new
        assert store.stat(self.at("file")) == entry

    def test_the_tag_differs_whenever_the_content_does(self, store: Store) -> None:
        tags = [put(store, self.at("f"), b"%04d" % turn, mtime_ns=0).etag for turn in range(40)]
        tags += [put(store, self.at("f"), b"%04d" % turn).etag for turn in range(40)]
        for turn in range(20):
            store.remove(self.at("f"))
            tags.append(put(store, self.at("f"), b"%04d" % turn, mtime_ns=SECOND_NS).etag)
        assert len(set(tags)) == len(tags)

    def test_a_commit_records_the_time_of_change(self, store: Store) -> None:
        entry = put(store, self.at("file"), b"x", mtime_ns=1_500_000_000 * SECOND_NS)
        assert entry.mtime_ns == 1_500_000_000 * SECOND_NS
        assert store.stat(self.at("file")) == entry

    @pytest.mark.parametrize("parent", ["none", "other"])
    def test_what_is_new_needs_its_collection(self, store: Store, parent: str) -> None:
        put(store, self.at("file"))
        put(store, self.at("other"))
        target = self.at(parent, "x")
        for change in (
            lambda: store.create(target),
            lambda: store.make_collection(target),
            lambda: store.copy(self.at("file"), target, deep=True),
            lambda: store.move(self.at("file"), target),
        ):
            with pytest.raises(ParentMissing):
                change()

    def test_a_commit_fails_when_the_collection_was_removed(self, store: Store) -> None:
        store.make_collection(self.at("c"))
        writer = store.create(self.at("c", "file"))
        writer.write(b"x")
        assert store.remove(self.at("c")) == []
        with pytest.raises(ParentMissing):
            writer.commit()
        assert names(store, self.base) == []

    def test_a_commit_goes_where_the_path_leads_now(self, store: Store) -> None:
        store.make_collection(self.at("c"))
        writer = store.create(self.at("c", "file"))
        writer.write(b"x")
        store.move(self.at("c"), self.at("d"))
        store.make_collection(self.at("c"))
        assert writer.commit()[1]
        assert names(store, self.at("c")) == ["file"]
        assert names(store, self.at("d")) == []

    def test_a_commit_fails_when_a_collection_was_put_there(self, store: Store) -> None:
        writer = store.create(self.at("file"))
        writer.write(b"x")
        store.make_collection(self.at("file"))
        with pytest.raises(IsACollection):
            writer.commit()
        assert names(store, self.base) == ["file"]

    def test_a_commit_makes_the_file_anew_when_it_was_removed(self, store: Store) -> None:
        put(store, self.at("file"), b"old")
        writer = store.create(self.at("file"))
        store.remove(self.at("file"))
        assert writer.commit()[1]

    # -- changing a part

    @pytest.mark.parametrize(
        ("offset", "content"),
        [
            (0, b"XY23456789"),
            (4, b"0123XY6789"),
            (9, b"012345678XY"),
            (10, b"0123456789XY"),
            (None, b"0123456789XY"),
            (12, b"0123456789\0\0XY"),
        ],
    )
    def test_part_of_a_file_changes(self, store: Store, offset: int | None, content: bytes) -> None:
        before = put(store, self.at("file"), b"0123456789")
        writer = store.update(self.at("file"), offset)
        writer.write(b"X")
        writer.write(b"Y")
        assert get(store, self.at("file")) == b"0123456789"
        entry, is_new = writer.commit()
        assert not is_new
        assert entry.etag != before.etag
        assert get(store, self.at("file")) == content

    def test_only_what_exists_is_changed_in_part(self, store: Store) -> None:
        with pytest.raises(NotFound):
            store.update(self.at("none"), 0)

    # -- collections

    def test_a_collection_is_made_once(self, store: Store) -> None:
        store.make_collection(self.at("c"))
        entry = store.stat(self.at("c"))
        assert (entry.name, entry.is_collection, entry.etag) == ("c", True, "")
        put(store, self.at("file"))
        for path in (self.at("c"), self.at("file"), ()):
            with pytest.raises(Exists):
                store.make_collection(path)

    # -- removing

    def test_removing_takes_everything_below(self, store: Store) -> None:
        store.make_collection(self.at("c"))
        store.make_collection(self.at("c", "d"))
        put(store, self.at("c", "d", "file"))
        put(store, self.at("c", "file"))
        put(store, self.at("beside"))
        assert store.remove(self.at("c")) == []
        assert names(store, self.base) == ["beside"]
        with pytest.raises(NotFound):
            store.remove(self.at("c"))

    def test_the_root_stays(self, store: Store) -> None:
        put(store, self.at("file"))
        changes: list[Callable[[], object]] = [
            lambda: store.remove(()),
            lambda: store.move((), self.at("x")),
            lambda: store.copy((), self.at("x"), deep=True),
        ]
        for change in changes:
            with pytest.raises(Forbidden):
                change()
        with pytest.raises(Exists):
            store.copy(self.at("file"), (), deep=True)
        with pytest.raises(Exists):
            store.move(self.at("file"), ())

    def test_what_is_kept_stays_with_all_above_and_below(self, store: Store) -> None:
        # RFC 4918 §9.6.1: a locked member survives its parent's DELETE.
        for name in ("c", "c/d", "c/d/kept", "c/e"):
            store.make_collection(self.at(*name.split("/")))
        for name in ("c/d/kept/below", "c/d/file", "c/e/file", "c/file"):
            put(store, self.at(*name.split("/")))
        assert store.remove(self.at("c"), frozenset([self.at("c", "d", "kept")])) == []
        assert names(store, self.at("c")) == ["d"]
        assert names(store, self.at("c", "d")) == ["kept"]
        assert names(store, self.at("c", "d", "kept")) == ["below"]

    def test_what_is_kept_elsewhere_does_not_matter(self, store: Store) -> None:
        store.make_collection(self.at("c"))
        put(store, self.at("c", "file"))
        keep = frozenset([self.at("c", "none"), self.at("d"), self.at("c", "file", "below")])
        assert store.remove(self.at("c"), keep) == []
        assert names(store, self.base) == []

    def test_a_kept_resource_is_not_removed_itself(self, store: Store) -> None:
        store.make_collection(self.at("c"))
        put(store, self.at("c", "file"))
        assert store.remove(self.at("c", "file"), frozenset([self.at("c")])) == []
        assert store.remove(self.at("c", "file"), frozenset([self.at("c", "file")])) == []
        assert names(store, self.at("c")) == ["file"]

    # -- copying and moving

    def make_tree(self, store: Store) -> None:
        store.make_collection(self.at("c"))
        store.make_collection(self.at("c", "d"))
        put(store, self.at("c", "file"), b"content", mtime_ns=SECOND_NS)
        put(store, self.at("c", "d", "deep"), b"deep", mtime_ns=2 * SECOND_NS)
        store.set_executable(self.at("c", "file"), True)
        store.set_properties(self.at("c"), {COMMENT: "<c/>"})
        store.set_properties(self.at("c", "d", "deep"), {COMMENT: "<deep/>"})

    def check_tree(self, store: Store, name: str) -> None:
        assert names(store, self.at(name)) == ["d", "file"]
        assert get(store, self.at(name, "file")) == b"content"
        assert get(store, self.at(name, "d", "deep")) == b"deep"
        assert store.stat(self.at(name, "file")).executable is True
        assert store.stat(self.at(name, "d", "deep")).executable is False
        assert store.properties(self.at(name)) == {COMMENT: "<c/>"}
        assert store.properties(self.at(name, "d", "deep")) == {COMMENT: "<deep/>"}
        assert store.properties(self.at(name, "d")) == {}

    def test_a_tree_is_copied_with_its_properties(self, store: Store) -> None:
        self.make_tree(store)
        assert store.copy(self.at("c"), self.at("copy"), deep=True) == []
        self.check_tree(store, "c")
        self.check_tree(store, "copy")
        store.set_properties(self.at("copy"), {COMMENT: None})
        put(store, self.at("copy", "file"), b"other")
        self.check_tree(store, "c")

    def test_a_copy_is_a_new_version(self, store: Store) -> None:
        old = put(store, self.at("file"), b"x", mtime_ns=SECOND_NS)
        store.copy(self.at("file"), self.at("copy"), deep=False)
        new = store.stat(self.at("copy"))
        assert new.etag != old.etag
        assert new.mtime_ns > SECOND_NS

    def test_a_collection_is_copied_alone(self, store: Store) -> None:
        self.make_tree(store)
        assert store.copy(self.at("c"), self.at("copy"), deep=False) == []
        assert names(store, self.at("copy")) == []
        assert store.properties(self.at("copy")) == {COMMENT: "<c/>"}

    def test_a_tree_is_moved_with_properties_and_times(self, store: Store) -> None:
        self.make_tree(store)
        paths: list[Path] = [(), ("d",), ("d", "deep"), ("file",)]
        times = {path: store.stat(self.at("c", *path)).mtime_ns for path in paths}
        assert store.move(self.at("c"), self.at("moved")) == []
        self.check_tree(store, "moved")
        assert names(store, self.base) == ["moved"]
        for path, mtime_ns in times.items():
            assert store.stat(self.at("moved", *path)).mtime_ns == mtime_ns

    def test_copies_and_moves_need_a_free_place(self, store: Store) -> None:
        put(store, self.at("a"))
        put(store, self.at("b"))
        store.make_collection(self.at("c"))
        for target in ("b", "c"):
            with pytest.raises(Exists):
                store.copy(self.at("a"), self.at(target), deep=True)
            with pytest.raises(Exists):
                store.move(self.at("a"), self.at(target))
            with pytest.raises(NotFound):
                store.move(self.at("none"), self.at("x"))
            with pytest.raises(NotFound):
                store.copy(self.at("none"), self.at("x"), deep=True)

    @pytest.mark.parametrize("source", ["c", "file"])
    @pytest.mark.parametrize("target", ["old", "other"])
    @pytest.mark.parametrize("is_copy", [False, True])
    def test_one_takes_the_place_of_another(
        self, store: Store, source: str, target: str, is_copy: bool
    ) -> None:
        self.make_tree(store)
        put(store, self.at("file"), b"content")
        put(store, self.at("other"), b"other")
        store.make_collection(self.at("old"))
        put(store, self.at("old", "deep"), b"deep")
        for path in (self.at("other"), self.at("old"), self.at("old", "deep")):
            store.set_properties(path, {COMMENT: "<old/>"})
        if is_copy:
            with store.aside(self.at(target)) as made:
                assert store.copy(self.at(source), made, deep=True) == []
                assert names(store, self.base) == ["c", "file", "old", "other"]
                assert store.move(made, self.at(target), replaces=True) == []
        else:
            assert store.move(self.at(source), self.at(target), replaces=True) == []
        gone = set() if is_copy else {source}
        assert names(store, self.base) == sorted({"c", "file", "old", "other"} - gone)
        if source == "c":
            self.check_tree(store, target)
        else:
            assert get(store, self.at(target)) == b"content"
            assert store.properties(self.at(target)) == {}

    def test_what_replaces_needs_nothing_to_replace(self, store: Store) -> None:
        put(store, self.at("a"), b"a")
        assert store.move(self.at("a"), self.at("b"), replaces=True) == []
        assert names(store, self.base) == ["b"]
        with pytest.raises(NotFound):
            store.move(self.at("none"), self.at("b"), replaces=True)
        assert get(store, self.at("b")) == b"a"

    def test_what_was_made_aside_and_not_used_is_removed(self, store: Store) -> None:
        put(store, self.at("a"))
        with pytest.raises(ZeroDivisionError), store.aside(self.at("a")) as made:  # noqa: PT012
            store.make_collection(made)
            put(store, (*made, "x"))
            raise ZeroDivisionError
        with pytest.raises(NotFound):
            store.stat(made)
        with pytest.raises(ParentMissing), store.aside(self.at("none", "x")):
            pass

    def test_nothing_goes_into_itself(self, store: Store) -> None:
        store.make_collection(self.at("c"))
        for target in (self.at("c"), self.at("c", "d")):
            with pytest.raises(Forbidden):
                store.copy(self.at("c"), target, deep=True)
            with pytest.raises(Forbidden):
                store.move(self.at("c"), target)

    # -- times, mode, properties

    def test_times_are_recorded(self, store: Store) -> None:
        put(store, self.at("file"))
        store.make_collection(self.at("c"))
        for name in ("file", "c"):
            store.set_times(self.at(name), mtime_ns=1_234_567_890 * SECOND_NS)
            assert store.stat(self.at(name)).mtime_ns == 1_234_567_890 * SECOND_NS
            again = store.stat(self.at(name))
            store.set_times(self.at(name), mtime_ns=1_234_567_890 * SECOND_NS)
            assert store.stat(self.at(name)) == again
            store.set_times(self.at(name), ctime_ns=1_000_000_000 * SECOND_NS)
            assert store.stat(self.at(name)).mtime_ns == 1_234_567_890 * SECOND_NS
            assert store.stat(self.at(name)).ctime_ns <= 1_234_567_890 * SECOND_NS
        with pytest.raises(NotFound):
            store.set_times(self.at("none"), mtime_ns=0)

    def test_a_file_becomes_executable_and_not(self, store: Store) -> None:
        tag = put(store, self.at("file")).etag
        store.set_executable(self.at("file"), True)
        assert store.stat(self.at("file")).executable is True
        store.set_executable(self.at("file"), False)
        assert store.stat(self.at("file")).executable is False
        assert store.stat(self.at("file")).etag == tag
        store.make_collection(self.at("c"))
        with pytest.raises(Forbidden):
            store.set_executable(self.at("c"), True)
        with pytest.raises(NotFound):
            store.set_executable(self.at("none"), True)

    def test_properties_are_set_and_removed(self, store: Store) -> None:
        tag = put(store, self.at("file")).etag
        store.make_collection(self.at("c"))
        for path in (self.at("file"), self.at("c")):
            assert store.properties(path) == {}
            store.set_properties(path, {COMMENT: "<a>\U0001f600</a>", OTHER: "<b/>"})
            assert store.properties(path) == {COMMENT: "<a>\U0001f600</a>", OTHER: "<b/>"}
            store.set_properties(path, {COMMENT: None, ("", "bare"): "<bare/>"})
            assert store.properties(path) == {OTHER: "<b/>", ("", "bare"): "<bare/>"}
            store.set_properties(path, {OTHER: None, ("", "bare"): None, COMMENT: None})
            assert store.properties(path) == {}
        assert store.stat(self.at("file")).etag == tag
        with pytest.raises(NotFound):
            store.set_properties(self.at("none"), {COMMENT: "<a/>"})

    def test_properties_may_be_large(self, store: Store) -> None:
        put(store, self.at("file"))
        long = "<a>" + "x" * 100_000 + "</a>"
        store.set_properties(self.at("file"), {COMMENT: long, OTHER: "<b/>"})
        assert store.properties(self.at("file")) == {COMMENT: long, OTHER: "<b/>"}
        store.copy(self.at("file"), self.at("copy"), deep=True)
        store.move(self.at("file"), self.at("moved"))
        for name in ("copy", "moved"):
            assert store.properties(self.at(name)) == {COMMENT: long, OTHER: "<b/>"}
        store.set_properties(self.at("moved"), {COMMENT: None})
        assert store.properties(self.at("moved")) == {OTHER: "<b/>"}
        store.set_properties(self.at("moved"), {OTHER: None})
        assert store.properties(self.at("moved")) == {}

    def test_properties_stay_when_the_content_is_replaced(self, store: Store) -> None:
        put(store, self.at("file"), b"old")
        store.set_properties(self.at("file"), {COMMENT: "<a/>"})
        store.set_executable(self.at("file"), True)
        put(store, self.at("file"), b"new")
        assert store.properties(self.at("file")) == {COMMENT: "<a/>"}
        assert store.stat(self.at("file")).executable is True
        store.update(self.at("file"), 0).commit()
        assert store.properties(self.at("file")) == {COMMENT: "<a/>"}

    @pytest.mark.parametrize("size", [1, 100_000])
    def test_properties_go_with_the_resource(self, store: Store, size: int) -> None:
        store.make_collection(self.at("c"))
        put(store, self.at("c", "file"))
        for path in (self.at("c"), self.at("c", "file")):
            store.set_properties(path, {COMMENT: "<a>" + "x" * size + "</a>"})
        store.remove(self.at("c"))
        store.make_collection(self.at("c"))
        put(store, self.at("c", "file"))
        assert store.properties(self.at("c")) == {}
        assert store.properties(self.at("c", "file")) == {}

    def test_usage_is_numbers_or_unknown(self, store: Store) -> None:
        usage = store.usage(self.base)
        assert usage is None or (usage.used >= 0 and usage.available >= 0)
        with pytest.raises(NotFound):
            store.usage(self.at("none"))

    # -- together

    def test_threads_do_not_disturb_each_other(self, store: Store) -> None:
        faults: list[BaseException] = []

        def work(name: str) -> None:
            try:
                for turn in range(20):
                    put(store, self.at(name), name.encode() * turn)
                    assert get(store, self.at(name)) == name.encode() * turn
                    store.copy(self.at(name), self.at(name + "-copy"), deep=True)
                    assert name in names(store, self.base)
                    store.remove(self.at(name + "-copy"))
            except BaseException as fault:  # noqa: BLE001 - told to the test below
                faults.append(fault)

        threads = [threading.Thread(target=work, args=(name,)) for name in "abc"]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert faults == []
        assert names(store, self.base) == ["a", "b", "c"]

    def test_a_deep_tree_is_copied_moved_and_removed(self, store: Store) -> None:
        levels = 300
        path = self.at("top")
        for _ in range(levels):
            store.make_collection(path)
            path = (*path, "d")
        put(store, path, b"bottom")
        assert store.copy(self.at("top"), self.at("copy"), deep=True) == []
        assert get(store, self.at("copy", *path[len(self.base) + 1 :])) == b"bottom"
        assert store.move(self.at("copy"), self.at("moved")) == []
        assert store.remove(self.at("moved")) == []
        assert store.remove(self.at("top")) == []
        assert names(store, self.base) == []
