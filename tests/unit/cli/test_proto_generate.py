"""``caraway proto build``, ``doc``, ``dissector``, ``enums`` and ``model``."""

from __future__ import annotations

import ast
import importlib
import json
import subprocess
import sys
from pathlib import Path

import pytest

import caraway
from caraway.cli.proto import generate
from tests.unit.cli.descriptions import BROKEN, FEATURES, GOOD, LONGER


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "demo.proto"
    path.write_text(FEATURES, "utf-8")
    return path


#: Every command that writes one file, and what it writes.
ONE_FILE = {
    "doc": "# ",
    "dissector": "-- ",
    "enums": "/* ",
    "model": "{\n",
}


@pytest.mark.parametrize(("command", "start"), ONE_FILE.items())
def test_results_go_to_standard_output_or_a_file(proto, file, tmp_path, command, start):
    printed = proto(command, file)
    assert (printed.code, printed.err) == (0, "")
    assert printed.out.startswith(start)
    path = tmp_path / "new" / "folder" / "result"
    written = proto(command, file, "-o", path)
    assert (written.code, written.out, written.err) == (0, "", f"wrote {path}\n")
    assert path.read_text("utf-8") == printed.out


@pytest.mark.parametrize("command", ONE_FILE)
def test_a_description_comes_from_standard_input(proto, file, command):
    from_file, from_stdin = proto(command, file), proto(command, "-", stdin=FEATURES)
    assert from_stdin.code == 0
    assert len(from_stdin.out.splitlines()) == len(from_file.out.splitlines())


@pytest.mark.parametrize("command", ["dissector", "enums", "model"])
def test_without_a_description_it_is_that_of_spice(proto, command):
    assert proto(command).out == proto(command, "builtin:spice").out


@pytest.mark.parametrize("command", [*ONE_FILE, "build"])
def test_a_description_with_errors_makes_nothing(proto, tmp_path, command):
    path = tmp_path / "result"
    done = proto(command, "-", "-o", path, stdin=BROKEN)
    assert done.code == 30
    assert "<stdin> has 2 errors" in done.err
    assert not path.exists()


@pytest.mark.parametrize("command", [*ONE_FILE, "build"])
def test_what_cannot_be_written_is_named(proto, file, tmp_path, command):
    blocked = tmp_path / "a-file"
    blocked.write_text("in the way")
    done = proto(command, file, "-o", blocked / "package")
    assert done.code == 30
    assert done.err.startswith(f"caraway: error: {blocked}")
    assert "File exists" in done.err or "Not a directory" in done.err


@pytest.mark.parametrize("command", ONE_FILE)
def test_a_folder_is_no_file_to_write_to(proto, file, tmp_path, command):
    assert proto(command, file, "-o", tmp_path).code == 2


@pytest.mark.parametrize("command", ["doc", "enums"])
def test_features_can_be_left_out(proto, file, command):
    whole, part = proto(command, file).out, proto(command, file, "--undefine", "USE_MORE").out
    assert "more" in whole.lower()
    assert "use_more" not in part.lower()
    assert len(part.splitlines()) < len(whole.splitlines())
    done = proto(command, file, "--undefine", "USE_NOTHING")
    assert done.code == 2
    assert "has no feature USE_NOTHING" in done.err


def test_constants_may_have_a_prefix(proto, file):
    plain, prefixed = proto("enums", file).out, proto("enums", file, "--prefix", "MY_").out
    assert " MY_DEMO_MSG_ECHO_ECHO = 1," in prefixed
    assert "MY_" not in plain


def test_the_model_is_json_that_knows_everything(proto, file):
    made = json.loads(proto("model", file).out)
    assert (made["protocol"], made["dialect"]) == ("Demo", 2)
    assert json.loads(proto("model", "builtin:spice1").out)["dialect"] == 1


def test_the_old_dialect_has_longer_pointers(proto, tmp_path):
    path = tmp_path / "pointer.proto"
    path.write_text(GOOD.replace("uint8 data", "uint8 *data"), "utf-8")
    new, old = tmp_path / "new", tmp_path / "old"
    assert proto("build", path, "-o", new).code == 0
    assert proto("build", path, "-o", old, "--dialect", 1).code == 0
    assert '"<HI"' in (new / "echo.py").read_text("utf-8")
    assert '"<HQ"' in (old / "echo.py").read_text("utf-8")


# build


def test_a_package_of_ones_own_can_be_imported(proto, file, tmp_path, monkeypatch):
    folder = tmp_path / "made_by_test"
    done = proto("build", file, "-o", folder)
    assert (done.code, done.out) == (0, "")
    assert done.err.splitlines()[-1] == "0 of 4 files were current"
    assert sorted(path.name for path in folder.iterdir()) == [
        "__init__.py",
        "echo.py",
        "enums.py",
        "structs.py",
    ]
    monkeypatch.syspath_prepend(tmp_path)
    echo = importlib.import_module("made_by_test").PROTOCOL.message("echo", "server", "echo")
    assert echo(b"Hi").write() == b"\x02\x00Hi"
    assert echo.parse(b"\x02\x00Hi") == echo(b"Hi")


def test_the_package_passes_a_strict_type_checker(proto, tmp_path):
    folder = tmp_path / "checked"
    golden = Path(__file__).parents[1] / "idl" / "golden" / "python" / "features.proto"
    assert proto("build", golden, "-o", folder).code == 0
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--cache-dir", tmp_path / "cache", folder],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout


def test_what_is_current_is_not_written_again(proto, file, tmp_path):
    folder = tmp_path / "package"
    proto("build", file, "-o", folder)
    done = proto("build", file, "-o", folder)
    assert done.err == "4 of 4 files were current\n"


def test_checking_names_stale_files_and_changes_nothing(proto, file, tmp_path):
    folder = tmp_path / "package"
    proto("build", file, "-o", folder)
    assert proto("build", file, "-o", folder, "--check").code == 0
    stale, missing = folder / "echo.py", folder / "structs.py"
    stale.write_bytes(b"# not UTF-8: \xff\n")
    missing.unlink()
    done = proto("build", file, "-o", folder, "--check")
    assert done.code == 30
    assert done.out.splitlines() == [f"{missing} is not current", f"{stale} is not current"]
    assert "run 'caraway proto build'" in done.err
    assert stale.read_bytes() == b"# not UTF-8: \xff\n"
    assert not missing.exists()


def test_a_package_has_a_name_that_can_be_imported(proto, file, tmp_path, monkeypatch):
    for name in ("my-package", "1st", "class"):
        done = proto("build", file, "-o", tmp_path / name)
        assert done.code == 2
        assert f"Python cannot import '{name}'" in done.err
        assert "--package" in done.err
    assert proto("build", file, "-o", tmp_path / "my-package", "--package", "mine.made").code == 0
    text = (tmp_path / "my-package" / "__init__.py").read_text("utf-8")
    assert '"mine.made",' in text
    monkeypatch.chdir(tmp_path)
    Path("here").mkdir()
    monkeypatch.chdir("here")
    assert proto("build", file, "-o", ".").code == 0
    assert '"here",' in Path("__init__.py").read_text("utf-8")


def test_a_package_may_lack_a_feature(proto, file, tmp_path):
    folder = tmp_path / "package"
    assert proto("build", file, "-o", folder, "--undefine", "USE_MORE").code == 0
    assert "ServerMore" not in (folder / "echo.py").read_text("utf-8")


def test_a_package_needs_a_folder(proto, file):
    done = proto("build", file)
    assert done.code == 2
    assert done.err == (
        "caraway: error: no folder to write to\ncaraway: hint: name one with --output\n"
    )


@pytest.mark.parametrize(
    "options", [["-o", "x"], ["--package", "x"], ["--undefine", "X"], ["--dialect", "1"]]
)
def test_options_of_build_need_a_description(proto, options):
    done = proto("build", *options)
    assert done.code == 2
    assert "there is no DESCRIPTION" in done.err


# Our own classes


def test_our_own_classes_are_current(proto):
    done = proto("build", "--check")
    assert (done.code, done.out) == (0, "")


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A source tree to build our own classes in."""
    monkeypatch.setattr(generate, "__file__", str(tmp_path / "cli" / "proto" / "generate.py"))
    return tmp_path / "messages" / "_generated"


def test_our_own_classes_are_made_from_all_descriptions(proto, home):
    assert proto("build").code == 0
    folders = sorted(path.name for path in home.iterdir() if path.is_dir())
    assert folders == ["agent", "link", "mux", "spice", "spice1"]
    real = Path(caraway.__file__).parent / "messages" / "_generated"
    for path in home.rglob("*.py"):
        ast.parse(path.read_text("utf-8"))
        assert path.read_bytes() == (real / path.relative_to(home)).read_bytes()


def test_files_that_nothing_makes_any_more_are_found_and_removed(proto, home, monkeypatch):
    monkeypatch.setattr(generate, "BUILTIN", {"mux": 2})
    proto("build")
    extra, stale = home / "mux" / "gone.py", home / "mux" / "mux.py"
    extra.write_text("x = 1\n")
    stale.write_text("x = 1\n")
    checked = proto("build", "--check")
    assert checked.code == 30
    assert checked.out.splitlines() == [
        f"{stale} is not current",
        f"{extra} is not made from any description",
    ]
    assert extra.exists()
    built = proto("build")
    assert built.code == 0
    assert f"removed {extra}" in built.err
    assert f"wrote {stale}" in built.err
    assert not extra.exists()
    assert proto("build", "--check").code == 0


# doc


def test_a_page_is_checked_where_it_is(proto, file, tmp_path):
    page = tmp_path / "demo.md"
    assert proto("doc", file, "-o", page).code == 0
    assert proto("doc", file, "-o", page, "--check").code == 0
    file.write_text(LONGER, "utf-8")
    done = proto("doc", file, "-o", page, "--check")
    assert (done.code, done.out) == (30, f"{page} is not current\n")


def test_without_a_description_all_pages_are_made(proto, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert proto("doc", "--check").code == 30
    assert proto("doc").code == 0
    pages = sorted(path.name for path in Path("docs/protocol").iterdir())
    assert pages == ["agent.md", "link.md", "mux.md", "spice.md", "spice1.md"]
    assert proto("doc", "--check").code == 0


@pytest.mark.parametrize("options", [["-o", "x"], ["--undefine", "X"], ["--dialect", "1"]])
def test_options_of_doc_need_a_description(proto, options):
    done = proto("doc", *options)
    assert done.code == 2
    assert "there is no DESCRIPTION" in done.err


# Help


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("build", ["typed message classes", "--package", "--undefine", "exit with 30"]),
        ("doc", ["Markdown", "docs/protocol", "exit with 30"]),
        ("dissector", ["caraway_spice", "link stage", "WebDAV"]),
        ("enums", ["C header", "upstream's own names"]),
        ("model", ["JSON"]),
        ("check", ["30", "--json", "--notes"]),
        ("fmt", ["keeping every comment", "standard input", "--diff"]),
        ("diff", ["0 where they are identical", "1 where", "2 where"]),
        ("decode", ["CHANNEL", "hexadecimal", "data header", "--jsonl", "exit code is 0"]),
        ("encode", ["JSON object", "Counts may be left out", "--jsonl", "exit code is 0"]),
    ],
)
def test_help_says_what_matters(proto, command, words):
    done = proto(command, "--help")
    text = " ".join(done.out.split())
    assert done.code == 0
    for word in words:
        assert word in text


def test_help_of_the_group_lists_descriptions_and_examples(proto):
    text = proto("--help").out
    for word in ("builtin:spice1", "PATH", "Standard input", "Examples:", "dissector", "encode"):
        assert word in text
