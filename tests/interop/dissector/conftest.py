"""The dissector as a file, and tshark that runs it."""

from __future__ import annotations

from pathlib import Path

import pytest

import caraway
from caraway.idl import Description, Source, compile_source
from caraway.idl.backends.dissector import render
from tests.interop.dissector.pdml import Tshark

DESCRIPTIONS = Path(caraway.__file__).parent / "descriptions"


def load(name: str) -> Description:
    source = Source(name, (DESCRIPTIONS / name).read_text(encoding="utf-8"))
    return compile_source(source).description


@pytest.fixture(scope="session")
def spice() -> Description:
    return load("spice.proto")


@pytest.fixture(scope="session")
def tshark(spice: Description, tmp_path_factory: pytest.TempPathFactory) -> Tshark:
    folder = tmp_path_factory.mktemp("dissector")
    script = folder / "caraway_spice.lua"
    source = render(spice, link=load("link.proto"), mux=load("mux.proto"))
    script.write_text(source, encoding="utf-8")
    return Tshark(script, folder)


@pytest.fixture
def capture(tmp_path: Path) -> Path:
    return tmp_path / "capture.pcap"
