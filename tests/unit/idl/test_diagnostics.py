"""Diagnostics: their texts, their places, and one golden case at least for every code.

After a text has changed on purpose, write the goldens again and review the difference::

    python tests/unit/idl/test_diagnostics.py
"""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from caraway.errors import DescriptionError
from caraway.idl import Compilation, Source, compile_source
from caraway.idl.diagnostics import (
    CODES,
    MAX_ERRORS,
    Diagnostic,
    Diagnostics,
    Severity,
    refusal,
)
from caraway.idl.source import Span

CASES = sorted((Path(__file__).parent / "golden" / "diagnostics").glob("*.proto"))


def compiled(case: Path) -> Compilation:
    return compile_source(Source(case.name, case.read_text()))


def shown(case: Path) -> str:
    """Everything the compiler says of a case."""
    return "".join(f"{remark.render()}\n" for remark in compiled(case).diagnostics)


class TestGoldens:
    @pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
    def test_the_texts_are_as_they_were(self, case):
        assert shown(case) == case.with_suffix(".txt").read_text()

    @pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
    def test_a_case_shows_the_code_that_it_is_named_after(self, case):
        found = {remark.code for remark in compiled(case).diagnostics}
        assert case.stem.partition("-")[0] in found

    def test_every_code_has_a_case(self):
        assert {case.stem.partition("-")[0] for case in CASES} == set(CODES)

    def test_every_golden_has_a_case(self):
        folder = CASES[0].parent
        assert {path.stem for path in folder.glob("*.txt")} == {case.stem for case in CASES}

    def test_only_known_codes_are_reported(self):
        reported = re.findall(r"\[([EWN]\d+)\]", "".join(map(shown, CASES)))
        assert set(reported) == set(CODES)

    @pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
    def test_a_remark_stands_where_its_caret_points(self, case):
        text = case.read_text()
        for remark in compiled(case).diagnostics:
            lines = remark.render().splitlines()
            name, line, column = lines[0].split(":")[:3]
            offset = remark.span.start
            assert name == case.name
            assert text.count("\n", 0, offset) + 1 == int(line)
            assert offset - (text.rfind("\n", 0, offset) + 1) + 1 == int(column)
            if "…" not in lines[1]:
                assert lines[1][2:] == text.split("\n")[int(line) - 1]
                assert lines[2].index("^") == int(column) + 1


def remark(text: str, marked: str, **more: object) -> Diagnostic:
    """A diagnostic about the first place of ``marked`` in ``text``."""
    start = text.index(marked)
    return Diagnostic(
        "E101",
        "wrong",
        Source("a.proto", text),
        Span(start, start + len(marked)),
        **more,  # type: ignore[arg-type]
    )


class TestRendering:
    def test_place_severity_code_and_message_come_first(self):
        assert remark("\n  oops;", "oops").render().splitlines() == [
            "a.proto:2:3: error[E101]: wrong",
            "    oops;",
            "    ^^^^",
        ]

    def test_a_related_place_and_a_hint_come_last(self):
        text = "here\nthere"
        made = remark(text, "there", hint="do this", related=(Span(0, 4), "declared here"))
        assert made.render().splitlines()[3:] == [
            "  a.proto:1:1: declared here",
            "  hint: do this",
        ]

    def test_tabs_stand_before_the_caret_as_in_the_line(self):
        assert remark("\ta\toops", "oops").render().splitlines()[1:] == [
            "  \ta\toops",
            "  \t \t^^^^",
        ]

    def test_carriage_returns_are_not_shown(self):
        made = remark("first\r\n  oops\r\nlast", "oops")
        assert made.render() == "a.proto:2:3: error[E101]: wrong\n    oops\n    ^^^^"

    @pytest.mark.parametrize(
        ("before", "columns"),
        [("é", 1), ("日本", 4), ("e\u0301", 1), ("😀", 2), ("ｱ", 1)],
    )
    def test_characters_fill_the_columns_that_a_terminal_gives_them(self, before, columns):
        lines = remark(f"{before}oops", "oops").render().splitlines()
        assert lines[2] == "  " + " " * columns + "^^^^"

    def test_columns_count_characters(self):
        assert remark("/* ü日😀 */oops", "oops").render().startswith("a.proto:1:10:")

    def test_a_caret_is_as_wide_as_what_it_marks(self):
        assert remark("a 日本 b", "日本").render().splitlines()[2] == "    ^^^^"

    def test_a_mark_of_several_lines_ends_with_the_first(self):
        assert remark("  {\n}", "{\n}").render().splitlines()[2] == "    ^"

    def test_the_end_of_the_text_can_be_marked(self):
        text = "abc\n"
        made = Diagnostic("E002", "wrong", Source("a", text), Span(4, 4))
        assert made.render() == "a:2:1: error[E002]: wrong\n  \n  ^"

    def test_nothing_that_could_steer_a_terminal_is_shown(self):
        text = "\x1b[31m\0\u202e\ud800 oops"
        line = remark(text, "oops").render().splitlines()[1]
        assert line == "  \ufffd[31m\ufffd\ufffd\ufffd oops"

    def test_of_a_long_line_the_part_around_the_caret_is_shown(self):
        for before, after in ((500, 500), (500, 3), (3, 500)):
            lines = remark("a" * before + "oops" + "b" * after, "oops").render().splitlines()
            assert all(len(line) < 200 for line in lines)
            start = lines[2].index("^")
            assert lines[1][start : start + 4] == "oops"
            assert (lines[1][2] == "…", lines[1][-1] == "…") == (before > 80, after > 80)

    def test_a_long_mark_is_cut_with_its_line(self):
        lines = remark("x" * 1000, "x" * 1000).render().splitlines()
        assert len(lines[2]) < 200

    def test_severities_come_from_the_code(self):
        source = Source("a", "")
        made = [Diagnostic(code, "", source, Span(0, 0)).severity for code in ("E1", "W1", "N1")]
        assert made == [Severity.ERROR, Severity.WARNING, Severity.NOTE]

    def test_a_remark_as_plain_values(self):
        text = "here\nthere {\n}"
        made = remark(text, "{\n}", hint="do this", related=(Span(0, 4), "declared here"))
        assert json.loads(json.dumps(made.to_json())) == {
            "file": "a.proto",
            "line": 2,
            "column": 7,
            "end_line": 3,
            "end_column": 2,
            "severity": "error",
            "code": "E101",
            "message": "wrong",
            "hint": "do this",
            "related": {"line": 1, "column": 1, "message": "declared here"},
        }
        assert remark("oops", "oops").to_json()["related"] is None


class TestCollecting:
    def test_remarks_are_ordered_by_place(self):
        diagnostics = Diagnostics(Source("a", "abc"))
        for at in (2, 0, 1):
            diagnostics.report("W301", Span(at, at + 1), "x")
        assert [each.span.start for each in diagnostics.found] == [0, 1, 2]
        assert not diagnostics.failed

    def test_a_repetition_is_dropped(self):
        diagnostics = Diagnostics(Source("a", "abc"))
        diagnostics.report("E101", Span(0, 1), "x")
        diagnostics.report("E101", Span(0, 1), "x", hint="other")
        assert (len(diagnostics.found), diagnostics.failed) == (1, True)

    def test_more_errors_than_anyone_reads_are_dropped(self):
        diagnostics = Diagnostics(Source("a", "x" * 1000))
        for at in range(1000):
            diagnostics.report("E001", Span(at, at + 1), "x")
        codes = [each.code for each in diagnostics.found]
        assert codes == ["E001"] * MAX_ERRORS + ["E004"]
        assert diagnostics.found[-1].message == "more than 100 errors, the others are not shown"

    def test_warnings_do_not_count(self):
        diagnostics = Diagnostics(Source("a", "x" * 1000))
        for at in range(1000):
            diagnostics.report("W301", Span(at, at + 1), "x")
        assert len(diagnostics.found) == 1000

    def test_a_refusal_shows_all_errors_and_nothing_else(self):
        diagnostics = Diagnostics(Source("a", "abc"))
        diagnostics.report("W301", Span(0, 1), "careful")
        diagnostics.report("E101", Span(1, 2), "wrong")
        assert (
            str(refusal(diagnostics.found))
            == "a has 1 error:\na:1:2: error[E101]: wrong\n  abc\n   ^"
        )
        diagnostics.report("E101", Span(2, 3), "wrong")
        assert str(refusal(diagnostics.found)).startswith("a has 2 errors:\n")


class TestCompiling:
    def test_one_run_reports_errors_of_the_text_the_names_and_the_members(self):
        found = compile_source(
            Source(
                "a",
                """
                struct A { uint8 x $; };
                struct A { unknown y; uint8 z @strange; uint8 a[n]; };
                enum8 e { V = 256 };
                channel C { message { A a } m; Missing n = 0; };
                protocol P { C c = 0; };
                """,
            )
        )
        codes = [remark.code for remark in found.diagnostics]
        assert codes == [
            "E001",
            "E102",
            "E101",
            "E103",
            "E202",
            "E201",
            "E002",
            "E101",
            "E209",
            "E212",
        ]

    def test_the_model_of_a_text_with_errors_is_refused(self):
        compilation = compile_source(Source("a.proto", "struct A {};"))
        assert compilation.failed
        with pytest.raises(DescriptionError, match=r"a\.proto has 1 error:\na\.proto:1:12: error"):
            _ = compilation.description

    def test_the_same_text_gives_the_same_remarks_whatever_its_line_ends(self):
        for case in CASES:
            text = case.read_text()
            dos = compile_source(Source(case.name, text.replace("\n", "\r\n"))).diagnostics
            assert "".join(f"{remark.render()}\n" for remark in dos) == shown(case)


if __name__ == "__main__":
    for each in CASES:
        each.with_suffix(".txt").write_text(shown(each))
