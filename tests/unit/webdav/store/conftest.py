"""Fixtures for the stores."""

from __future__ import annotations

import pathlib
from collections.abc import Iterator

import pytest

from caraway.webdav.store.folder import FolderStore
from tests.unit.webdav.store.faulty import FaultyCalls


@pytest.fixture
def share(tmp_path: pathlib.Path) -> pathlib.Path:
    """An empty folder."""
    folder = tmp_path / "share"
    folder.mkdir()
    return folder


@pytest.fixture
def state(tmp_path: pathlib.Path) -> pathlib.Path:
    """Where the state of the server would be, outside the share."""
    return tmp_path / "state"


@pytest.fixture
def folder_store(share: pathlib.Path, state: pathlib.Path) -> Iterator[FolderStore]:
    """The share as a store."""
    store = FolderStore(share, state=state)
    yield store
    store.close()


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> FaultyCalls:
    """System calls that fail when they are told to."""
    return FaultyCalls(monkeypatch)
