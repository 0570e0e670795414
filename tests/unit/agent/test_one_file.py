"""The agent as one file, which any Python from 3.9 on runs with nothing else installed."""

from __future__ import annotations

import ast
import asyncio
import builtins
import json
import os
import subprocess
import sys
import zipfile
from asyncio.subprocess import PIPE
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from scripts import build_agent
from tests.in_loop import in_loop
from tests.unit.agent.test_service import Host
from tests.unit.share.requests import BIG, request

#: Pythons beside this one to try, such as "python3.9 python3.13"; see docs/agent.md.
PYTHONS = [sys.executable, *os.environ.get("AGENT_PYTHONS", "").split()]
#: What Python 3.9 does not have, of what is tempting.
NEWER = {
    *("ExceptionGroup", "BaseExceptionGroup", "aiter", "anext", "EncodingWarning"),
    *("asyncio.timeout", "asyncio.timeout_at", "asyncio.TaskGroup", "asyncio.Runner"),
    *("asyncio.Barrier", "asyncio.BrokenBarrierError", "itertools.pairwise", "itertools.batched"),
    *("contextlib.aclosing", "contextlib.chdir", "typing.ParamSpec", "typing.Concatenate"),
    *("typing.TypeAlias", "typing.TypeGuard", "typing.Self", "typing.Never", "typing.assert_never"),
    *("typing.override", "enum.StrEnum", "types.NoneType", "types.UnionType"),
    *("types.EllipsisType", "dataclasses.KW_ONLY", "datetime.UTC", "operator.call", "math.cbrt"),
    *("inspect.get_annotations", "tomllib", "socket.SO_INCOMING_CPU", "os.EFD_CLOEXEC"),
    *("logging.getLevelNamesMapping", "logging.getHandlerByName", "hashlib.file_digest"),
}
#: Arguments that it does not have either.
NEWER_ARGUMENTS = {
    "dataclass": {"slots", "kw_only", "match_args", "weakref_slot"},
    "zip": {"strict"},
    "field": {"kw_only"},
    "create_task": {"context"},
}


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    output = tmp_path_factory.mktemp("dist") / "agent.pyz"
    assert build_agent.main([str(output)]) == 0
    return output


def run(python: str, archive: Path, *arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    # Nothing of this environment, no site-packages, and warnings are errors.
    command = [python, "-W", "error", "-I", "-S", "-E", str(archive), *arguments]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.parametrize("python", PYTHONS)
def test_it_runs(python: str, archive: Path, tmp_path: Path) -> None:
    done = run(python, archive, "--help", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("usage: caraway-agent")


@pytest.mark.parametrize("python", PYTHONS)
def test_it_works(python: str, archive: Path, tmp_path: Path) -> None:
    with TemporaryDirectory() as place:
        words = ["--json", "--unix", f"{place}/s", "--device", f"{place}/none"]
        command = [python, "-W", "error", "-I", "-S", "-E", str(archive), *words]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            events = [json.loads(process.stdout.readline())["event"] for _ in range(2)]
            process.terminate()
            assert json.loads(process.stdout.read()) == {"event": "stopped"}
            assert process.wait(20) == 0
        assert sorted(events) == ["listening", "waiting"]


@in_loop
@pytest.mark.parametrize("python", PYTHONS)
async def test_it_carries(python: str, archive: Path) -> None:
    """An upload and a download, with what the oldest Python brings along."""
    with TemporaryDirectory() as place:
        host = Host(Path(place) / "host")
        host.listen()
        words = ["--json", "--unix", f"{place}/s", "--connect", host.where]
        process = await asyncio.create_subprocess_exec(
            *(python, "-W", "error", "-I", "-S", "-E", str(archive), *words), stdout=PIPE
        )
        assert process.stdout is not None
        await host.share()
        while json.loads(await process.stdout.readline())["event"] != "open":
            continue
        reader, writer = await asyncio.open_unix_connection(f"{place}/s")
        writer.write(request(b"PUT", b"/big", BIG))
        assert b"201 Created" in await reader.readuntil(b"\r\n\r\n")
        writer.write(request(b"GET", b"/big"))
        assert b"200 OK" in await reader.readuntil(b"\r\n\r\n")
        assert await reader.readexactly(len(BIG)) == BIG
        writer.close()
        await writer.wait_closed()
        process.terminate()
        said = await process.stdout.read()
        assert await process.wait() == 0
        assert json.loads(said.splitlines()[-1]) == {"event": "stopped"}
        host.close()


def test_what_is_installed_starts_the_file(archive: Path, tmp_path: Path) -> None:
    (tmp_path / "lib/systemd").mkdir(parents=True)
    done = run(sys.executable, archive, "install", "--root", str(tmp_path), cwd=tmp_path)
    assert done.returncode == 0
    unit = (tmp_path / "etc/systemd/system/caraway-agent.service").read_text()
    assert f"ExecStart={sys.executable} {archive} $" in unit


def test_it_has_what_it_needs_and_nothing_else(archive: Path) -> None:
    names = zipfile.ZipFile(archive).namelist()
    assert names[0] == "__main__.py"
    assert {"caraway/__init__.py", "caraway/share/device.py", "caraway/protocol/mux.py"} < set(
        names
    )
    rooms = {name.split("/")[1] for name in names if name.count("/") > 1}
    assert rooms == {"agent", "net", "protocol", "share"}
    assert archive.stat().st_size < 100_000
    assert archive.stat().st_mode & 0o111


def test_the_same_sources_make_the_same_bytes(archive: Path) -> None:
    assert build_agent.build() == archive.read_bytes()


def test_nothing_but_the_standard_library_is_imported() -> None:
    allowed = sys.stdlib_module_names | {"caraway"}
    found = {
        name.split(".")[0]
        for tree in trees()
        for node in build_agent._executed(tree)
        for name in (
            [each.name for each in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }
    assert found <= allowed


def trees() -> list[ast.Module]:
    paths = [build_agent._path(name, build_agent.SOURCE) for name in build_agent.needed()]
    return [
        ast.parse(path.read_text(), str(path), feature_version=build_agent.OLDEST) for path in paths
    ]


def test_nothing_newer_than_python_3_9_is_used() -> None:
    used = set()
    for tree in trees():
        assert any(
            isinstance(node, ast.ImportFrom) and node.module == "__future__" for node in tree.body
        ) or not any(isinstance(node, ast.FunctionDef | ast.AnnAssign) for node in ast.walk(tree))
        for node in build_agent._executed(tree):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                used.add(f"{node.value.id}.{node.attr}")
            elif isinstance(node, ast.Name) and hasattr(builtins, node.id):
                used.add(node.id)
            elif isinstance(node, ast.ImportFrom):
                used |= {f"{node.module}.{each.name}" for each in node.names}
            elif isinstance(node, ast.Call):
                name = node.func.attr if isinstance(node.func, ast.Attribute) else ""
                name = node.func.id if isinstance(node.func, ast.Name) else name
                given = {each.arg for each in node.keywords}
                assert not given & NEWER_ARGUMENTS.get(name, set()), f"{name}({given})"
            else:
                assert not isinstance(node, ast.Match)
    assert used & NEWER == set()
    assert "asyncio.wait_for" in used


class TestBuilding:
    """Which modules go in."""

    @pytest.fixture
    def source(self, tmp_path: Path) -> Path:
        (tmp_path / "caraway/room").mkdir(parents=True)
        for name in ("caraway/__init__.py", "caraway/room/__init__.py"):
            (tmp_path / name).write_text("")
        return tmp_path

    def test_imports_are_followed(self, source: Path) -> None:
        room = source / "caraway/room"
        (room / "a.py").write_text(
            "import os, caraway.room.b\n"
            "from typing import TYPE_CHECKING\n"
            "if TYPE_CHECKING:\n    import caraway.room.never\nelse:\n    import caraway.room.d\n"
            "def f():\n    from caraway.room import c, other\n"
        )
        for name in "bcd":
            (room / f"{name}.py").write_text("from caraway.room.a import f\n")
        assert build_agent.needed("caraway.room.a", source) == [
            *("caraway", "caraway.room", "caraway.room.a"),
            *("caraway.room.b", "caraway.room.c", "caraway.room.d"),
        ]

    def test_what_is_missing(self, source: Path) -> None:
        (source / "caraway/room/a.py").write_text("import caraway.room.b\n")
        with pytest.raises(ValueError, match=r"there is no module caraway\.room\.b"):
            build_agent.needed("caraway.room.a", source)

    def test_names_are_whole(self, source: Path) -> None:
        (source / "caraway/room/a.py").write_text("from .b import c\n")
        with pytest.raises(ValueError, match=r"a\.py:1: imports say the whole name"):
            build_agent.needed("caraway.room.a", source)

    def test_wrong_arguments(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert build_agent.main(["--help"]) == 2
        assert build_agent.main(["a", "b"]) == 2
        assert "Usage:" in capsys.readouterr().err
