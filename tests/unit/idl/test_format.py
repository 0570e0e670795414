"""The canonical layout: what it looks like, and that it changes nothing else."""

from __future__ import annotations

import re
from importlib.resources import files

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from caraway.errors import DescriptionError
from caraway.idl.diagnostics import Diagnostics
from caraway.idl.format import format_source
from caraway.idl.lexer import tokenize
from caraway.idl.source import Source
from tests.unit.idl.compiling import plain, tree

DESCRIPTIONS = sorted(
    path for path in files("caraway.descriptions").iterdir() if path.name.endswith(".proto")
)
END = "protocol P {};\n"


def laid_out(text: str) -> str:
    """The layout of a text, after checking that nothing but the layout changed."""
    made = format_source(Source("test.proto", text))
    assert format_source(Source("test.proto", made)) == made
    assert words(made) == words(text)
    assert plain(tree(made)) == plain(tree(text))
    return made


def words(text: str) -> list[str]:
    """Tokens and comments in order, comments without white space at the ends of lines."""
    found = []
    for token in tokenize(Diagnostics(Source("t", text))):
        found += [" ".join(comment.text.split()) for comment in token.before]
        found.append(token.text)
        found += [" ".join(comment.text.split()) for comment in token.after]
    return found


def check(text: str, made: str) -> None:
    """The layout of ``text``, a protocol block left out, is ``made``."""
    assert laid_out(text + END) == made + END


EXAMPLE = """\
// A whole description.

typedef fixed28_4 int32;

/*
 * Two numbers.
 */
struct Pair {
    int16 x @zero; // left out
    int16 y;
} @declare;

enum8 kind {
    A,
    1B = 7 @deprecated, // old

    C = 0x10
} @prefix(P_);

flags32 bits {
    X,
    Y,
};

message Empty {};

channel Base : Other {
  server:
    // says hello
    message {
        kind k;
        uint8 n;
        Pair *pairs[n] @nonnull @as_ptr(length);
        uint8 data[image_size(8, n, n)];
        struct Inner {
            uint8 x;
        } @declare inner;

        switch (inner.x) {
        case A:
        case !1B:
            uint8 a;
        default:
            struct Other {
                uint8 rest[];
            } b;
        } u @anon;
    } @ifdef(F) hello = 101;

    Empty bye;

  client:
    Data data = 1;
};

protocol P {
    Base base = 1;
};
"""


TOKENS = [token.text for token in tokenize(Diagnostics(Source("t", EXAMPLE)))]


class TestLayout:
    def test_an_example_of_everything(self):
        assert laid_out(EXAMPLE) == EXAMPLE

    def test_the_same_example_on_one_line_and_without_comments(self):
        uncommented = re.sub(r" *(//[^\n]*|/\*.*?\*/)", "", EXAMPLE, flags=re.DOTALL)
        lines = [line for line in uncommented.splitlines() if line]
        assert laid_out(" ".join(TOKENS)).splitlines() == lines
        assert laid_out("\n".join(TOKENS)).splitlines() == lines

    def test_one_statement_stands_on_a_line(self):
        check(
            "struct A{uint8 a;uint16*b[4]@nonnull;};",
            "struct A {\n    uint8 a;\n    uint16 *b[4] @nonnull;\n};\n",
        )

    def test_items_stand_on_lines_of_their_own(self):
        check("enum8 e{A,B=1@deprecated};", "enum8 e {\n    A,\n    B = 1 @deprecated\n};\n")

    def test_a_comma_behind_the_last_item_stays_or_stays_away(self):
        check("enum8 e{A,};", "enum8 e {\n    A,\n};\n")
        check("enum8 e{A};", "enum8 e {\n    A\n};\n")

    def test_commas_between_arguments_end_no_line(self):
        check(
            "enum8 e{A@x(1,b),B};struct S{uint8 a[bytes(n,m)]@y(1,2);};",
            "enum8 e {\n    A @x(1, b),\n    B\n};\n"
            "struct S {\n    uint8 a[bytes(n, m)] @y(1, 2);\n};\n",
        )

    def test_an_empty_block_is_two_braces(self):
        check(
            "message A {\n\n}@declare;channel C:B{\n};struct S{ };",
            "message A {} @declare;\nchannel C : B {};\nstruct S {};\n",
        )

    def test_sections_and_labels_stick_out(self):
        check(
            "channel C{server:message{switch(k){case A:case!B:uint8 x;default:T y;}u;}m=1;"
            "client:E e;};",
            """\
channel C {
  server:
    message {
        switch (k) {
        case A:
        case !B:
            uint8 x;
        default:
            T y;
        } u;
    } m = 1;
  client:
    E e;
};
""",
        )

    def test_types_may_be_called_like_sections_and_labels(self):
        check(
            "channel C{server a;client b=2;};struct S{case c;default d;switch e;server f;};",
            "channel C {\n    server a;\n    client b = 2;\n};\n"
            "struct S {\n    case c;\n    default d;\n    switch e;\n    server f;\n};\n",
        )

    def test_numbers_are_left_as_they_are(self):
        check(
            "enum8 e{A=+1,B=0X0f,C=007};",
            "enum8 e {\n    A = +1,\n    B = 0X0f,\n    C = 007\n};\n",
        )


class TestBlankLines:
    def test_single_blank_lines_stay_and_several_become_one(self):
        check(
            "typedef a int8;\n\n\n\ntypedef b int8;\ntypedef c int8;\n \t\ntypedef d int8;\n",
            "typedef a int8;\n\ntypedef b int8;\ntypedef c int8;\n\ntypedef d int8;\n",
        )

    def test_none_stand_at_the_ends_of_a_block_or_file(self):
        check(
            "\n\nstruct S {\n\n    uint8 a;\n\n    uint8 b;\n\n};\n",
            "struct S {\n    uint8 a;\n\n    uint8 b;\n};\n",
        )
        check("struct S { // c\n\n  uint8 a;\n};", "struct S { // c\n    uint8 a;\n};\n")
        assert laid_out(f"{END}\n\n\n") == END

    def test_none_stand_inside_a_statement(self):
        check("typedef\n\na\n\nint8\n\n;", "typedef a int8;\n")

    def test_they_stay_between_comments(self):
        text = "// 1\n\n// 2\n// 3\n\ntypedef a int8;\n"
        check(text, text)
        text = "struct S {\n    // 1\n\n    // 2\n\n    uint8 a;\n\n    // 3\n};\n"
        check(text, text)
        check("struct S {\n\n// 1\n\n\n// 2\n\n};", "struct S {\n    // 1\n\n    // 2\n};\n")


class TestComments:
    def test_comments_behind_stay_behind(self):
        check(
            "struct S{//a\nuint8 x;//b\nuint8 y;/*c*/ /*d*/};//e\n",
            "struct S { //a\n    uint8 x; //b\n    uint8 y; /*c*/ /*d*/\n}; //e\n",
        )

    def test_comments_above_get_lines_of_their_own(self):
        check(
            "struct S {\n/* a */ /* b */ uint8 x;\n // c\n};\n\n\n// d\n",
            "struct S {\n    /* a */\n    /* b */\n    uint8 x;\n    // c\n};\n\n// d\n",
        )

    def test_comments_inside_a_statement_break_it(self):
        check(
            "struct S {\nuint8 // a\nx // b\n;\nuint8 /* c */ y /* d */;\nuint8\n// e\nz;\n};",
            """\
struct S {
    uint8 // a
        x // b
        ;
    uint8 /* c */ y /* d */;
    uint8
        // e
        z;
};
""",
        )

    def test_a_comment_before_the_comma_stays_before_it(self):
        check(
            "enum8 e {\nA // a\n, B /* b */, C };",
            "enum8 e {\n    A // a\n        ,\n    B /* b */,\n    C\n};\n",
        )

    def test_a_brace_in_a_comment_is_no_brace(self):
        check("message A { // {\n};", "message A { // {\n};\n")
        check("message A { /* } */ };", "message A { /* } */\n};\n")

    def test_comments_between_brackets(self):
        check(
            "struct S { uint8 a[/* n */ 4 /* m */];"
            "switch /* s */ (/* k */ k) { case A: E e; } u; };",
            """\
struct S {
    uint8 a[ /* n */ 4 /* m */];
    switch /* s */ ( /* k */ k) {
    case A:
        E e;
    } u;
};
""",
        )

    def test_comments_before_sections_labels_and_closing_braces(self):
        text = """\
channel C {
  // a
  server:
    // b
    message {
        switch (k) {
        // c
        case A:
            // d
            E e;
            // e
        } u;
        // f
    } m;
    // g
};
"""
        check(text, text)

    def test_long_comments_move_as_a_whole(self):
        check(
            "struct S {\n  /* one\n   * two\n\n       three\n  four */\n"
            "  uint8 a; /* five\n  six */\n};",
            """\
struct S {
    /* one
     * two

         three
    four */
    uint8 a; /* five
             six */
};
""",
        )

    def test_tabs_before_the_lines_of_a_comment_become_spaces(self):
        check(
            "struct S {\n\t/* one\n\t * two\n\t\tthree */\n\tuint8\ta;\t// four\tfive\n};",
            "struct S {\n    /* one\n     * two\n            three */\n"
            "    uint8 a; // four\tfive\n};\n",
        )

    def test_white_space_at_the_ends_of_lines_goes(self):
        check(
            "// a  \r\n/* b \t\r\n   c */\r\ntypedef a int8;\r\n",
            "// a\n/* b\n   c */\ntypedef a int8;\n",
        )

    def test_a_file_may_end_with_comments(self):
        text = f"{END}\n// the end\n/* really */\n"
        assert laid_out(text) == text


@pytest.mark.parametrize("path", DESCRIPTIONS, ids=lambda path: path.name)
def test_our_own_descriptions_keep_their_meaning(path):
    laid_out(path.read_text())


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("struct S { uint8 };", "test.proto has 1 error:\ntest.proto:1:18: error.*member's name"),
        ("$" + END, "unexpected character"),
        ("struct S {};", "no protocol block"),
    ],
)
def test_a_text_with_errors_is_refused(text, message):
    with pytest.raises(DescriptionError, match=message):
        format_source(Source("test.proto", text))


def test_names_need_not_mean_anything():
    check("struct S { Nothing x; };", "struct S {\n    Nothing x;\n};\n")


#: White space and comments that may stand between any two tokens.
BETWEEN = [
    *(" ", "  ", "\t", "\n", "\n\n", "\n\n\n", "\r\n", " // c\n", "\n// {\n", "// c\n\n// d\n"),
    *("/* c */", "\n\n/* c */ ", "\n /* c\n\n  d */\n\n", " /* c */ /* d\n e */ // f\n"),
]
SAMPLE_TEXT = """
    typedef a int8; enum8 e { A @x, 1B = 2 } @y(z); channel C : D { server: message { struct T {
    uint8 *x[n]; } t; switch (t.x) { case !A: U u; default: V v; } u; } m = 1; client: E e; };
    message M {} ; protocol P { C c; };
"""
SAMPLE = [token.text for token in tokenize(Diagnostics(Source("t", SAMPLE_TEXT)))]


@settings(max_examples=50)
@given(st.lists(st.sampled_from(BETWEEN), min_size=len(SAMPLE), max_size=len(SAMPLE)))
def test_tokens_spaced_in_any_way(spaces):
    """Whatever stands between tokens: layout is stable, and tokens, comments and model stay."""
    made = laid_out("".join(map("".join, zip(spaces, SAMPLE, strict=True))))
    assert "\n\n\n" not in made
    assert not any(line != line.rstrip() for line in made.split("\n"))
