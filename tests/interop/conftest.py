"""A server for real clients."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.interop.dav_process import DavProcess

Serve = Callable[..., DavProcess]


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Serve]:
    """Starts servers, each on a folder of its own; takes the arguments of DavProcess."""
    with ExitStack() as servers:
        count = 0

        def start(*options: str, write: bool = True) -> DavProcess:
            nonlocal count
            count += 1
            server = DavProcess(tmp_path / f"server-{count}", *options, write=write)
            servers.callback(server.stop)
            return server

        yield start


@pytest.fixture
def dav_server(serve: Serve) -> DavProcess:
    """A server that clients may read from and write to."""
    return serve()


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """An empty home folder, and a place for a client's files."""
    home = tmp_path / "home"
    home.mkdir()
    return home
