"""``caraway proto check`` and ``fmt``."""

from __future__ import annotations

import json
import re

import pytest

from tests.unit.cli.descriptions import BROKEN, GOOD, ODD, UNTIDY

BUILTIN = ["builtin:spice", "builtin:spice1", "builtin:link", "builtin:agent", "builtin:mux"]


@pytest.fixture
def file(tmp_path):
    def write(text: str, name: str = "demo.proto"):
        path = tmp_path / name
        path.write_text(text, "utf-8")
        return path

    return write


# check


def test_a_good_description_has_nothing_to_report(proto, file):
    done = proto("check", file(GOOD))
    assert (done.code, done.out) == (0, "")
    assert done.err == "0 errors, 0 warnings, 0 notes\n"


@pytest.mark.parametrize("name", BUILTIN)
def test_our_own_descriptions_have_no_errors(proto, name):
    done = proto("check", name)
    assert done.code == 0
    # What upstream says must not be null may be empty all the same.
    assert set(re.findall(r"\w+\[\w+\]:", done.out)) <= {"warning[W302]:"}


def test_errors_are_shown_with_place_caret_and_hint(proto, file):
    path = file(BROKEN)
    done = proto("check", path)
    assert done.code == 30
    assert f"{path}:5:9: error[E101]: unknown type 'uint17'\n" in done.out
    assert "          uint17 size;\n          ^^^^^^\n  hint: " in done.out
    assert f"{path}:6:20: error[E202]" in done.out
    assert done.err == "2 errors, 0 warnings, 0 notes\n"


def test_notes_are_shown_on_request_and_warnings_always(proto, file):
    path = file(ODD)
    quiet, loud = proto("check", path), proto("check", "--notes", path)
    assert (quiet.code, loud.code) == (0, 0)
    assert quiet.err == loud.err == "0 errors, 1 warning, 1 note\n"
    assert "warning[W301]" in quiet.out
    assert "note[N401]" not in quiet.out
    assert "note[N401]" in loud.out


def test_many_descriptions_are_checked_in_one_go(proto, file):
    good, broken = file(GOOD, "good.proto"), file(BROKEN, "broken.proto")
    done = proto("check", good, broken, "builtin:mux")
    assert done.code == 30
    assert "good.proto" not in done.out
    assert done.out.count("broken.proto") == 2


def test_json_has_everything_that_was_found(proto, file):
    done = proto("check", "--json", file(BROKEN), file(ODD, "odd.proto"))
    assert done.code == 30
    assert done.err == ""
    found = json.loads(done.out)
    assert [each["code"] for each in found] == ["E101", "E202", "W301", "N401"]
    assert found[0] == {
        "file": str(file(BROKEN)),
        "line": 5,
        "column": 9,
        "end_line": 5,
        "end_column": 15,
        "severity": "error",
        "code": "E101",
        "message": "unknown type 'uint17'",
        "hint": "declare it anywhere in the file",
        "related": None,
    }


def test_json_of_a_good_description_is_an_empty_list(proto, file):
    done = proto("check", "--json", file(GOOD))
    assert (done.code, json.loads(done.out)) == (0, [])


def test_a_description_comes_from_standard_input(proto):
    done = proto("check", "-", stdin=BROKEN)
    assert done.code == 30
    assert done.out.startswith("<stdin>:5:9: error[E101]")


def test_a_description_needs_no_dialect_but_may_have_one(proto, file):
    assert proto("check", "--dialect", 1, file(GOOD)).code == 0
    done = proto("check", "--dialect", 3, file(GOOD))
    assert done.code == 2
    assert "3 is not in the range 1<=x<=2" in done.err


def test_something_has_to_be_checked(proto):
    assert proto("check").code == 2


# Where descriptions come from


def test_a_missing_file_is_named(proto, tmp_path):
    path = tmp_path / "gone.proto"
    done = proto("check", path)
    assert done.code == 30
    assert done.err == f"caraway: error: {path}: No such file or directory\n"


def test_a_folder_is_no_description(proto, tmp_path):
    done = proto("check", tmp_path)
    assert done.code == 30
    assert done.err == f"caraway: error: {tmp_path}: Is a directory\n"


@pytest.mark.parametrize("from_file", [True, False])
def test_what_is_not_text_is_refused(proto, tmp_path, from_file):
    path = tmp_path / "binary.proto"
    path.write_bytes(b"abc\xff")
    done = proto("check", path if from_file else "-", stdin=b"abc\xff")
    shown = path if from_file else "<stdin>"
    assert done.code == 2
    assert done.err == (
        f"caraway: error: {shown}: byte 3 is not UTF-8\n"
        "caraway: hint: a description is plain text\n"
    )


def test_an_unknown_builtin_is_refused_with_the_known_ones(proto):
    done = proto("check", "builtin:vnc")
    assert done.code == 2
    assert done.err == (
        "caraway: error: no built-in description 'vnc'\n"
        f"caraway: hint: there are {', '.join(BUILTIN)}\n"
    )


def test_a_file_that_is_no_description_at_all_is_not_read_whole(proto, monkeypatch, file):
    monkeypatch.setattr("caraway.cli.proto.sources.MAX_SOURCE", 20)
    done = proto("check", file(GOOD))
    assert done.code == 2
    assert "longer than 20 bytes: not a description" in done.err


# fmt


def test_a_file_is_laid_out_in_place(proto, file):
    path = file(UNTIDY)
    done = proto("fmt", path)
    assert (done.code, done.out, done.err) == (0, "", f"wrote {path}\n")
    assert path.read_text("utf-8") == GOOD
    assert proto("fmt", path).err == ""


def test_standard_input_goes_to_standard_output(proto):
    assert proto("fmt", "-", stdin=UNTIDY).out == GOOD
    assert proto("fmt", "-", stdin=GOOD).out == GOOD


def test_checking_changes_nothing(proto, file):
    path, tidy = file(UNTIDY), file(GOOD, "tidy.proto")
    done = proto("fmt", "--check", path, tidy)
    assert (done.code, done.out) == (30, f"{path}: not in the canonical layout\n")
    assert path.read_text("utf-8") == UNTIDY
    assert proto("fmt", "--check", tidy).code == 0


@pytest.mark.parametrize("name", BUILTIN)
def test_our_own_descriptions_are_laid_out(proto, name):
    assert proto("fmt", "--check", name).code == 0


def test_a_difference_is_shown_and_changes_nothing(proto, file):
    path = file(UNTIDY)
    done = proto("fmt", "--diff", path)
    assert done.code == 0
    assert done.out.startswith(f"--- {path}\n+++ {path}\n@@ ")
    assert "-        uint16   size ;\n" in done.out
    assert "+        uint16 size;\n" in done.out
    assert path.read_text("utf-8") == UNTIDY
    assert proto("fmt", "--diff", "--check", path).code == 30
    assert proto("fmt", "--diff", file(GOOD, "tidy.proto")).out == ""


def test_what_does_not_parse_is_left_alone(proto, file):
    path = file("channel {")
    done = proto("fmt", path)
    assert done.code == 30
    assert "error[E002]" in done.err
    assert path.read_text("utf-8") == "channel {"


def test_built_in_descriptions_are_not_rewritten(proto, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    done = proto("fmt", "builtin:mux")
    assert done.code == 2
    assert done.err.startswith("caraway: error: builtin:mux is not a file to rewrite\n")
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_cannot_be_written_is_named(proto, tmp_path, file, monkeypatch):
    path = file(UNTIDY)

    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(type(path), "write_text", refuse)
    done = proto("fmt", path)
    assert done.code == 30
    assert done.err == f"caraway: error: {path}: Permission denied\n"
