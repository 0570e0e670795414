"""A folder of the file system as a store."""

from __future__ import annotations

import pathlib
from collections.abc import Iterator

import pytest

from caraway.webdav.store.folder import FolderStore
from tests.unit.webdav.store.conformance import StoreConformance


@pytest.fixture
def share(tmp_path: pathlib.Path) -> pathlib.Path:
    folder = tmp_path / "share"
    folder.mkdir()
    return folder


@pytest.fixture
def state(tmp_path: pathlib.Path) -> pathlib.Path:
    return tmp_path / "state"


class TestWithAttributes(StoreConformance):
    @pytest.fixture
    def store(self, share: pathlib.Path, state: pathlib.Path) -> Iterator[FolderStore]:
        store = FolderStore(share, state=state)
        yield store
        store.close()


class TestWithDatabase(StoreConformance):
    @pytest.fixture
    def store(self, share: pathlib.Path, state: pathlib.Path) -> Iterator[FolderStore]:
        store = FolderStore(share, state=state, with_attributes=False, fsync=True)
        yield store
        store.close()
