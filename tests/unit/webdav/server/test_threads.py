"""Locks that worker threads may use."""

from __future__ import annotations

import threading

import pytest

from caraway.webdav.application import Application
from caraway.webdav.errors import HTTPError
from caraway.webdav.locks.lock import LockLimits
from caraway.webdav.server.threads import thread_safe_locks
from caraway.webdav.store.memory import MemoryStore


def test_calls_wait_for_each_other() -> None:
    locks = thread_safe_locks()
    done = threading.Event()

    def ask() -> None:
        locks.covering(("a",), now=0.0)
        done.set()

    thread = threading.Thread(target=ask)
    with locks._guard:
        thread.start()
        assert not done.wait(0.01)
    thread.join(10)
    assert done.is_set()


def test_limits_are_those_given() -> None:
    locks = thread_safe_locks(LockLimits(owner_bytes=3))
    with pytest.raises(HTTPError, match="4 bytes, at most 3"):
        locks.lock(("a",), now=0.0, href="/a", is_exclusive=True, is_deep=False, owner="<x/>")


def test_an_application_keeps_the_table_that_it_is_given() -> None:
    """An empty table counts as false."""
    locks = thread_safe_locks()
    assert not len(locks)
    assert Application(MemoryStore(), locks=locks).locks is locks
