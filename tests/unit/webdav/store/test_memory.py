"""The store in memory."""

from __future__ import annotations

import pytest

from caraway.webdav.errors import NoSpace
from caraway.webdav.store.memory import MAX_FILE_BYTES, MemoryStore
from tests.unit.webdav.store.conformance import StoreConformance, get, put


class TestMemoryStore(StoreConformance):
    @pytest.fixture
    def store(self) -> MemoryStore:
        return MemoryStore()


def test_the_creation_time_is_kept() -> None:
    store = MemoryStore()
    put(store, ("a",))
    store.set_times(("a",), ctime_ns=7)
    assert store.stat(("a",)).ctime_ns == 7


def test_the_clock_is_what_it_was_given() -> None:
    store = MemoryStore(now_ns=lambda: 5)
    assert put(store, ("a",)).mtime_ns == 5
    assert store.stat(()).mtime_ns == 5


def test_capacity_is_counted_through_every_change() -> None:
    store = MemoryStore(capacity=10)
    put(store, ("a",), b"1234")
    store.make_collection(("c",))
    store.copy(("a",), ("c", "b"), deep=True)
    usage = store.usage(())
    assert usage is not None
    assert (usage.used, usage.available) == (8, 2)
    with pytest.raises(NoSpace, match="4 bytes do not fit: 8 of 10"):
        store.copy(("a",), ("d",), deep=True)
    with pytest.raises(NoSpace):
        put(store, ("e",), b"123")
    store.move(("c",), ("m",))
    put(store, ("a",), b"1")
    put(store, ("e",), b"12345")
    with pytest.raises(NoSpace):
        put(store, ("e",), b"123456")
    store.remove(("m",))
    put(store, ("f",), b"1234")
    assert get(store, ("f",)) == b"1234"


def test_a_copy_without_members_needs_no_space_for_them() -> None:
    store = MemoryStore(capacity=4)
    store.make_collection(("c",))
    put(store, ("c", "a"), b"1234")
    assert store.copy(("c",), ("d",), deep=False) == []


def test_a_file_far_beyond_its_end_does_not_fill_the_memory() -> None:
    store = MemoryStore()
    put(store, ("a",))
    writer = store.update(("a",), 10**18)
    with pytest.raises(NoSpace, match=str(MAX_FILE_BYTES)):
        writer.write(b"x")


def test_memory_has_no_descriptor() -> None:
    store = MemoryStore()
    put(store, ("a",))
