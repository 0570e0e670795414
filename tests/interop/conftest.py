"""A server for real clients."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.interop.command import Result, run
from tests.interop.dav_process import DavProcess, Share

Serve = Callable[..., DavProcess]
Curl = Callable[..., Result]


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


@pytest.fixture(scope="module")
def _common_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DavProcess]:
    server = DavProcess(tmp_path_factory.mktemp("common"))
    yield server
    server.stop()


@pytest.fixture
def share(_common_server: DavProcess) -> Iterator[Share]:
    """A new folder of a server that a module's tests have in common: starting takes longest."""
    before = len(_common_server.log)
    name = f"share-{len(list(_common_server.root.iterdir()))}"
    (_common_server.root / name).mkdir()
    yield Share(_common_server.root / name, f"{_common_server.url}/{name}")
    # Shown by pytest when the test has failed.
    print(_common_server.log[before:][-8000:])


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """An empty home folder, and a place for a client's files."""
    home = tmp_path / "home"
    home.mkdir()
    return home


@pytest.fixture
def curl(home: Path) -> Curl:
    """Runs curl in its home folder."""

    def call(*arguments: str, stdin: bytes = b"", expect: int | None = 0) -> Result:
        quiet = ("--disable", "--silent", "--show-error", "--max-time", "20", "--noproxy", "*")
        return run("curl", *quiet, *arguments, home=home, stdin=stdin, expect=expect)

    return call
