"""Upstream's own spice.proto, from Debian's source package: compiled unchanged, equal to ours.

Nothing of it is kept in this repository.
"""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import pytest

from caraway.cli.main import root
from caraway.cli.outcome import execute
from caraway.idl import Description, Severity, Source, compile_source
from caraway.idl.diff import compare
from caraway.idl.interpret import Interpreter
from tests.interop.debian_source import fetch_source
from tests.vectors.reference import DECODES_ONLY, VECTORS


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    source = fetch_source("spice", tmp_path_factory.mktemp("debian"))
    found = sorted(source.rglob("spice.proto"))
    assert len(found) == 1, f"{source} has {found}"
    return found[0]


def _compile(name: str, text: str) -> Description:
    compilation = compile_source(Source(name, text))
    errors = [d.render() for d in compilation.diagnostics if d.severity is Severity.ERROR]
    assert not errors, "\n".join(errors)
    return compilation.description


def test_the_original_compiles_unchanged(original: Path) -> None:
    description = _compile("spice.proto", original.read_text())
    # The figures of version 0.15.1; a newer one may have more.
    assert len(description.listed) >= 11
    assert len(description.messages) >= 126


def test_diff_of_the_original_and_ours_says_identical(
    original: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ours = _compile("ours", files("caraway.descriptions").joinpath("spice.proto").read_text())
    changes = compare(_compile("original", original.read_text()), ours)
    assert changes == []
    for pair in ([str(original), "builtin:spice"], ["builtin:spice", str(original)]):
        assert execute(root, ["proto", "diff", *pair]) == 0
        assert capsys.readouterr().out == "identical\n"


def test_a_changed_original_is_not_identical(
    original: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = original.read_text()
    changed = text.replace("uint32 session_id;", "uint64 session_id;", 1)
    assert changed != text
    other = tmp_path / "changed.proto"
    other.write_text(changed)
    assert execute(root, ["proto", "diff", str(original), str(other)]) == 2
    assert "session_id" in capsys.readouterr().out


def test_the_original_reads_and_writes_every_vector(original: Path) -> None:
    interpreter = Interpreter(_compile("original", original.read_text()))
    for vector in VECTORS:
        message = interpreter.message(vector["channel"], vector["direction"], vector["message"])
        data = bytes.fromhex(vector["hex"])
        assert interpreter.decode(message, data) == vector["fields"], vector["name"]
        if vector["name"] not in DECODES_ONLY:
            assert interpreter.encode(message, vector["fields"]) == data, vector["name"]
