"""Tokens, and the comments and blank lines that they keep."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caraway.idl.diagnostics import Diagnostics
from caraway.idl.lexer import Comment, Kind, Token, comment_text, tokenize
from caraway.idl.source import Source, Span


def tokens(text: str) -> list[Token]:
    """The tokens of a text without errors, the one at the end included."""
    diagnostics = Diagnostics(Source("t", text))
    made = tokenize(diagnostics)
    assert diagnostics.found == []
    return made


def broken(text: str) -> tuple[list[str], list[tuple[str, str, str]]]:
    """What is left of a text with errors; the errors' codes, messages and marked texts."""
    diagnostics = Diagnostics(Source("t", text))
    left = [token.text for token in tokenize(diagnostics)]
    return left, [(d.code, d.message, text[d.span.start : d.span.end]) for d in diagnostics.found]


def comments(found: list[Comment]) -> list[str]:
    return [comment.text for comment in found]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("name", Kind.NAME),
        ("x1_y", Kind.NAME),
        ("int8foo", Kind.NAME),
        ("0", Kind.INTEGER),
        ("007", Kind.INTEGER),
        ("0x1F", Kind.INTEGER),
        ("0X1f", Kind.INTEGER),
        ("-1", Kind.INTEGER),
        ("+12", Kind.INTEGER),
        ("1BIT_LE", Kind.WORD),
        ("32_ARGB", Kind.WORD),
        ("_hidden", Kind.WORD),
        ("0x", Kind.WORD),
        ("0xG", Kind.WORD),
        *((mark, Kind.MARK) for mark in "{}[]();:,=@*!."),
    ],
)
def test_one_token_is_of_its_kind(text, kind):
    token, end = tokens(text)
    assert (token.kind, token.text, token.span) == (kind, text, Span(0, len(text)))
    assert end.kind is Kind.END


@pytest.mark.parametrize(
    ("text", "value"),
    [("0", 0), ("010", 10), ("0x10", 16), ("0XfF", 255), ("-5", -5), ("+5", 5)],
)
def test_hexadecimal_and_signed_numbers_have_their_value(text, value):
    assert tokens(text)[0].value == value


def test_a_sign_belongs_to_the_digits_behind_it():
    assert [token.text for token in tokens("A=-1,B=+2")] == [
        "A",
        "=",
        "-1",
        ",",
        "B",
        "=",
        "+2",
        "",
    ]


def test_names_are_taken_as_long_as_they_go():
    assert [token.text for token in tokens("int8foo int8 foo")] == ["int8foo", "int8", "foo", ""]


def test_the_end_stands_behind_the_text():
    assert tokens("")[0].span == Span(0, 0)
    assert tokens("a \n")[-1].span == Span(3, 3)


def test_tokens_describe_themselves():
    token, end = tokens("uint8")
    assert (token.describe(), end.describe()) == ("'uint8'", "end of file")


def test_a_comment_on_the_same_line_belongs_to_the_token_before():
    first, second, _ = tokens("a; // one\n".replace(";", "") + "/* two */ b")
    assert comments(first.after) == ["// one"]
    assert (comments(second.before), second.doc_adjacent) == (["/* two */"], True)


def test_several_comments_may_follow_on_one_line():
    first, second, _ = tokens("a /* 1 */ /* 2\n2 */ b // 3")
    assert comments(first.after) == ["/* 1 */", "/* 2\n2 */"]
    assert (comments(second.before), comments(second.after)) == ([], ["// 3"])


def test_comments_on_later_lines_belong_to_the_token_behind():
    first, second, _ = tokens("a\n// 1\n/* 2 */ /* 3 */\nb")
    assert first.after == []
    assert comments(second.before) == ["// 1", "/* 2 */", "/* 3 */"]
    assert [comment.own_line for comment in second.before] == [True, True, False]


def test_comments_at_the_end_belong_to_the_end():
    *_, end = tokens("a\n// last\n")
    assert comments(end.before) == ["// last"]


def test_blank_lines_are_remembered_before_tokens_and_comments():
    a, b, c, d, _ = tokens("a\nb\n\n\nc\n\n// 1\n\n// 2\n\nd")
    assert [token.blank_before for token in (a, b, c, d)] == [True, False, True, True]
    assert [comment.blank_before for comment in d.before] == [True, True]
    assert [token.doc_adjacent for token in (a, b, c, d)] == [False, False, False, False]


def test_a_comment_directly_above_is_adjacent():
    _, b, _ = tokens("a\n\n// 1\nb")
    assert (b.blank_before, b.doc_adjacent) == (True, True)


def test_the_start_of_a_file_counts_as_a_blank_line():
    token, _ = tokens("// first\na")
    assert token.before[0].blank_before


def test_carriage_returns_are_white_space():
    a, b, _ = tokens("a\r\n\r\n// 1\r\nb\r\n")
    assert (a.text, b.text, b.blank_before, b.doc_adjacent) == ("a", "b", True, True)
    assert comment_text(b.before[0]) == "1"


def test_characters_that_begin_no_token_are_reported_and_left_out():
    left, errors = broken("a $ b")
    assert left == ["a", "b", ""]
    assert errors == [("E001", "unexpected character '$'", "$")]


def test_a_run_of_them_is_reported_once():
    assert broken("a$%&b")[1] == [("E001", "unexpected characters '$%&'", "$%&")]


def test_a_long_run_is_shown_in_part():
    assert broken("€" * 50)[1] == [("E001", f"unexpected characters '{'€' * 8}…'", "€" * 50)]


def test_what_cannot_be_seen_is_shown_by_its_number():
    assert broken("\0\x1b\ufeff")[1][0][1] == "unexpected characters '<U+0000><U+001B><U+FEFF>'"


def test_a_slash_and_a_sign_alone_are_no_tokens():
    assert broken("a / b - c")[1] == [
        ("E001", "unexpected character '/'", "/"),
        ("E001", "unexpected character '-'", "-"),
    ]


def test_a_comment_without_end_takes_the_rest_of_the_file():
    left, errors = broken("a /* b // */\n/* c\nd")
    assert left == ["a", ""]
    assert errors == [("E001", "comment without end", "/*")]


def test_comments_do_not_nest():
    assert [token.text for token in tokens("/* a /* b */ c")] == ["c", ""]


def test_a_number_with_too_many_digits_is_cut():
    left, errors = broken("9" * 41)
    assert left == ["9" * 40, ""]
    assert errors == [("E001", "number of 41 digits, at most 40 are allowed", "9" * 41)]
    assert broken("9" * 40)[1] == []


def test_a_name_that_is_too_long_is_cut():
    left, errors = broken("x" * 256 + " " + "_" * 256)
    assert left == ["x" * 255, "_" * 255, ""]
    assert [message for _, message, _ in errors] == [
        "name of 256 characters, at most 255 are allowed"
    ] * 2


@pytest.mark.parametrize(
    ("comment", "text"),
    [
        ("// words", "words"),
        ("//words", "words"),
        ("/// words", "words"),
        ("//! words", "words"),
        ("//", ""),
        ("// http://x", "http://x"),
        ("/* words */", "words"),
        ("/** words **/", "words"),
        ("/**/", ""),
        ("/***/", ""),
        ("/*\n * one\n *\n *  two\n */", "one\n\ntwo"),
        ("/* one\n   two */", "one\ntwo"),
        ("/* one\r\n * two\r\n */", "one\ntwo"),
    ],
)
def test_the_words_of_a_comment(comment, text):
    assert comment_text(Comment(comment, Span(0, 0), True, False)) == text


PIECES = [
    *("a", "int8", "1BIT", "_", "12", "0x1f", "-3", "+4", "{", "}", "[", "]", "(", ")", ";", ":"),
    *(",", "=", "@", "*", "!", ".", "// c\n", "/* c */", "/* c\n */", " ", "\n", "\n\n", "\t"),
    *("\r\n", "$", "€", "\0"),
]


@given(st.lists(st.sampled_from(PIECES)).map("".join))
def test_every_character_is_in_a_token_a_comment_or_white_space(text):
    diagnostics = Diagnostics(Source("t", text))
    made = tokenize(diagnostics)
    spans = [token.span for token in made]
    spans += [comment.span for token in made for comment in token.before + token.after]
    spans += [remark.span for remark in diagnostics.found]
    covered = "".join(
        " " if any(span.start <= i < span.end for span in spans) else char
        for i, char in enumerate(text)
    )
    assert covered.strip() == ""
    assert all(token.text == text[token.span.start : token.span.end] for token in made)
    assert [token.span.start for token in made] == sorted(token.span.start for token in made)


def test_control_characters_of_a_comment_become_blanks() -> None:
    # Found by fuzzing: a NUL went into generated code, which Python then refused.
    lines = Comment("/* a\0b\x1b[31mc\r\n * d\x0c */", Span(0, 0), True, False)
    assert comment_text(lines) == "a b [31mc\nd"
    assert comment_text(Comment("// a\x00b", Span(0, 0), True, False)) == "a b"
