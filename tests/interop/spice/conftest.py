"""Real servers and clients of SPICE."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.interop.spice.certificates import Certificates, make_certificates
from tests.interop.spice.guest import Image, build_image
from tests.interop.spice.qemu import Qemu

StartQemu = Callable[..., Qemu]


@pytest.fixture
def place() -> Iterator[Path]:
    """An empty folder with a path so short that sockets can be in it."""
    with tempfile.TemporaryDirectory(prefix="caraway-") as folder:
        yield Path(folder)


@pytest.fixture
def start_qemu(place: Path) -> Iterator[StartQemu]:
    """Starts QEMUs; takes the arguments of Qemu behind the first."""
    with ExitStack() as machines:
        count = 0

        def start(**options: object) -> Qemu:
            nonlocal count
            count += 1
            return machines.enter_context(Qemu(place / f"q{count}", **options))  # type: ignore[arg-type]  # as they come

        yield start


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    """Of a server called localhost."""
    return make_certificates(tmp_path_factory.mktemp("tls") / "localhost")


@pytest.fixture(scope="session")
def strangers(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    """Of another server called localhost, by another authority."""
    return make_certificates(tmp_path_factory.mktemp("tls") / "other", organization="strangers")


@pytest.fixture(scope="session")
def image() -> Image:
    """A system that boots to a shell on its serial line."""
    return build_image()
