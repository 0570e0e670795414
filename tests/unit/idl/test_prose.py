"""Doc comments as Markdown."""

from __future__ import annotations

import pytest

from caraway.idl.backends.prose import (
    escape,
    heading,
    inline,
    listing,
    markdown,
    ranges,
    summary,
    table,
)


def nothing(name: str) -> None:
    return None


def known(name: str) -> str | None:
    return f"[{name}](#x)"


@pytest.mark.parametrize(
    ("doc", "first"),
    [
        ("", ""),
        ("One. Two.", "One."),
        ("One\nline", "One line"),
        ("H.264 video. More", "H.264 video."),
        ("Really? Yes!", "Really?"),
        ("no end\n\nnext paragraph.", "no end"),
        ("Lower. case goes on. Then", "Lower. case goes on."),
    ],
)
def test_a_summary_is_the_first_sentence(doc, first):
    assert summary(doc) == first


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("a|b", r"a\|b"),
        ("*x* <b> [l] ~s~ `c` \\", r"\*x\* \<b\> \[l\] \~s\~ \`c\` " + "\\\\"),
        ("_x_ a_b", r"\_x\_ a_b"),
        ("&lt; & &#8;", r"\&lt; & \&#8;"),
    ],
)
def test_marks_of_markdown_are_escaped(text, escaped):
    assert escape(text) == escaped


@pytest.mark.parametrize(
    ("text", "linked"),
    [
        ("see set_ack, then", "see [set_ack](#x), then"),
        ("a DisplayBase", "a [DisplayBase](#x)"),
        ("in link.proto.", "in [link.proto](#x)."),
        ("Answers ping, not pong", "Answers [ping](#x), not pong"),
        ("the client answers with init", "the client answers with [init](#x)"),
        ("Answered by reply", "Answered by [reply](#x)"),
        ("as in ping", "as in [ping](#x)"),
        ("a Word and a rect", "a Word and a rect"),
        ("x\n  y", "x y"),
        ("`raw_name | x` y", r"`raw_name \| x` y"),
    ],
)
def test_names_in_text_are_looked_up(text, linked):
    assert inline(text, known) == linked


def test_unknown_names_are_code_only_where_they_look_like_nothing_else():
    text = inline("message_len of ChannelId in x.proto; Answers ping", nothing)
    assert text == "`message_len` of ChannelId in `x.proto`; Answers ping"


@pytest.mark.parametrize(
    ("doc", "lines"),
    [
        ("", []),
        ("one\ntwo", ["one two", ""]),
        ("one\n\ntwo", ["one", "", "two", ""]),
        ("# a", [r"\# a", ""]),
        ("> a", [r"\> a", ""]),
        ("2010 a", ["2010 a", ""]),
        ("-1 is\nright", [r"\-1 is right", ""]),
        ("2010. A", ["2010. A", ""]),
        ("- one\n  more\n- two", ["* one more", "* two", ""]),
        ("1. one\n2. two", ["1. one", "2. two", ""]),
    ],
)
def test_paragraphs_lists_and_tables_of_a_comment(doc, lines):
    assert list(markdown(doc, nothing)) == lines


def test_a_line_that_ends_far_too_early_stays_a_line():
    long = "this line is as wide as the paragraph, which tells"
    assert list(markdown(f"short\n{long}\nnext", nothing)) == ["short\\", f"{long} next", ""]
    assert list(markdown(f"short\n# {long}", nothing)) == ["short\\", f"\\# {long}", ""]


@pytest.mark.parametrize(
    ("numbers", "shown"),
    [([], ""), ([1], "1"), ([1, 2], "1–2"), ([1, 3, 4, 5, 9], "1, 3–5, 9")],
)
def test_ranges_draw_neighbours_together(numbers, shown):
    assert ranges(numbers) == shown


def test_listing_puts_a_word_before_the_last():
    assert listing(["a"]) == "a"
    assert listing(["a", "b"]) == "a and b"
    assert listing(iter("abc"), last="or") == "a, b or c"


def test_a_table_ends_with_an_empty_line():
    assert list(table("a | b", [["1", ""]])) == ["| a | b |", "| --- | --- |", "| 1 |  |", ""]


def test_headings_go_down_to_level_6():
    assert list(heading(2, "A *b*", "x-y")) == ['<a id="x-y"></a>', "", r"## A \*b\*", ""]
    assert list(heading(9, "A", "x"))[2] == "###### A"
