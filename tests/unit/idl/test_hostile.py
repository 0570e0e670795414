"""Whatever the text is: the compiler ends soon, with diagnostics, never with an exception."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caraway.errors import DescriptionError
from caraway.idl import Compilation, Source, compile_source
from caraway.idl.format import format_source

#: What one compilation may take. The machine may be slow, and others may use it:
#: this tells linear from quadratic, no more.
LIMIT_S = 120.0

END = "channel C { message { uint8 x; } m; }; protocol P { C c; };"
MANY = 4000


def compiled(text: str) -> Compilation:
    """What becomes of a text, all remarks rendered."""
    start = time.monotonic()
    compilation = compile_source(Source("hostile.proto", text))
    for remark in compilation.diagnostics:
        assert len(remark.render()) < 4000
    assert time.monotonic() - start < LIMIT_S
    return compilation


def codes(text: str) -> set[str]:
    return {remark.code for remark in compiled(text).diagnostics}


def repeated(template: str, count: int = MANY) -> str:
    """The template with ``{0}`` and ``{1}`` counting up, many times."""
    return "".join(template.replace("{0}", str(n)).replace("{1}", str(n + 1)) for n in range(count))


def test_a_megabyte_of_braces():
    assert codes("{" * 1_000_000) == {"E002"}


@pytest.mark.parametrize("char", ["}", "(", ";", "@", "$", "/", "\0", "a", "9", "\n", "é"])
def test_one_character_again_and_again(char):
    assert codes(char * 50_000) <= {"E001", "E002", "E004"}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param("struct a { " * MANY, {"E003"}, id="structs in structs"),
        pytest.param("struct a {\n" * MANY, {"E003"}, id="structs in structs, a line each"),
        pytest.param("channel C {" + ";" * MANY, {"E002", "E004"}, id="errors"),
        pytest.param(repeated("$ "), {"E001", "E004"}, id="errors that look alike"),
        pytest.param("/*" * MANY, {"E001", "E002"}, id="comments without end"),
        pytest.param("//\n" * MANY + END, set(), id="comments"),
        pytest.param("struct A { uint8 x " + "@end " * MANY, {"E002"}, id="attributes"),
        pytest.param(f"struct {'a' * 99999} {{}};{END}", {"E001"}, id="a name"),
        pytest.param(f"enum8 e {{ A = {'9' * 99999} }};{END}", {"E001", "E201"}, id="a number"),
        pytest.param(f"enum8 e {{ A = 0x{'f' * 99999} }};{END}", {"E001", "E201"}, id="hex"),
        pytest.param(repeated("struct a{0} { uint8 x; };") + END, {"W301"}, id="structs"),
        pytest.param(
            f"struct A {{ {repeated('int8 a{0};', 9000)} }};{END}", {"W301"}, id="members"
        ),
        pytest.param(
            f"struct A {{ {repeated('int8 a{0};', 11000)} }};{END}", {"E003"}, id="too many members"
        ),
        pytest.param(
            f"struct A {{ {repeated('int8 a{0}[n];')} }};{END}", {"E202", "E004"}, id="lost counts"
        ),
        pytest.param(f"enum32 e {{ {repeated('a{0},', 20000)} }};{END}", set(), id="items"),
        pytest.param(
            f"enum32 e {{ {repeated('a{0},')} }}; struct A {{ e k; switch (k) {{"
            f"{repeated('case a{0}: int8 x;')} }} u; }};{END}",
            {"W301"},
            id="cases",
        ),
        pytest.param(
            f"enum8 e {{ A }}; struct A {{ e k; switch (k) {{ {'case A: ' * MANY} int8 x; }} u; }};"
            + END,
            {"E208", "E004"},
            id="labels",
        ),
        pytest.param(repeated("typedef t{0} t{1};") + END, {"E101", "E003"}, id="typedefs"),
        pytest.param(
            repeated("struct a{0} { a{1} x; };") + f"struct a{MANY} {{ uint8 x; }};{END}",
            {"E003"},
            id="a chain of structs",
        ),
        pytest.param(
            f"struct a0 {{ uint8 x; }}; {repeated('struct a{1} { a{0} *x; };')}{END}",
            {"E003"},
            id="a chain of pointers",
        ),
        pytest.param(
            repeated("struct a{0} { a{1} x; a{1} y; };", 60) + f"struct a60 {{ uint8 x; }};{END}",
            {"E003"},
            id="structs that double",
        ),
        pytest.param(
            "enum8 e { A };"
            + repeated("struct a{0} { a{1} x; switch (x.k) { case A: uint8 q; } u; e k; };", 1000)
            + f"struct a1000 {{ e k; }};{END}",
            {"E003"},
            id="switches that look deeper and deeper",
        ),
        pytest.param(
            repeated("channel a{0} : a{1} {};") + f"channel a{MANY} {{}};{END}",
            {"E003"},
            id="a chain of channels",
        ),
        pytest.param(
            f"channel a0 {{}}; {repeated('channel a{1} : a{0} {};')}{END}",
            {"E003"},
            id="a chain of channels, bases first",
        ),
        pytest.param(
            f"channel B {{ {repeated('message {} m{0};')} }}; {repeated('channel a{0} : B {};')}"
            + END,
            set(),
            id="inherited messages",
        ),
        pytest.param(
            f"{repeated('channel a{0} {};')} protocol P {{ {repeated('a{0} a{0};')} }};",
            {"E212", "E004"},
            id="listed channels",
        ),
    ],
)
def test_a_description_made_to_take_long(text, found):
    assert codes(text) == found


WORDS = [
    *("typedef", "struct", "message", "enum8", "flags16", "channel", "protocol", "switch", "case"),
    *("default", "server", "client", "uint8", "int64", "unix_fd", "image_size", "bytes", "cstring"),
    *("a", "b", "kind", "S", "C", "1BIT", "_x", "0", "1", "300", "0x10", "-1", "A", "B"),
    *"{}()[];:,=@*!.",
    *("@end", "@zero", "@virtual(1)", "@minor(2)", "@nonnull", "@view(C, a)", "@fixedsize"),
    *(
        "{",
        "}",
        ";",
        "};",
        "} a;",
        "struct S {",
        "uint8 a;",
        "case A:",
        "switch (a) {",
        "enum8 e {",
    ),
    *("// c\n", "/* c */", "/*", "\n", "\0", "$", "é", "\ud800", "\r\n", "\t"),
]


def check_any(text: str) -> None:
    compilation = compiled(text)
    try:
        laid_out = format_source(Source("hostile.proto", text))
    except DescriptionError:
        assert compilation.failed
    else:
        assert format_source(Source("hostile.proto", laid_out)) == laid_out
    if not compilation.failed:
        assert compilation.description.name


@given(st.lists(st.sampled_from(WORDS), max_size=60).map(" ".join))
def test_a_soup_of_words(text):
    check_any(text)


@given(st.lists(st.sampled_from(WORDS), max_size=25).map(" ".join))
def test_a_soup_of_words_in_a_description(text):
    check_any(f"enum8 kind {{ A, B }}; struct S {{ kind a; {text} }};\n{END}")
    check_any(f"enum8 kind {{ A, B }}; channel D {{ {text} }};\n{END}")


@given(st.text(max_size=200))
def test_any_text(text):
    check_any(text)


GOOD = (
    "typedef t int8 @ctype(X); enum8 e { A, 1B = 1 @deprecated } @prefix(P_); flags8 f { X };"
    "struct S { struct T { e k; int8 *x[3] @nonnull; } t; uint8 n; switch (t.k) { case A: int8 "
    "y[image_size(1, n, n)]; default: int8 z[n]; } u; uint8 q @minor(1); };"
    "channel D { message { S s; } m = 3; client: M n; }; message M { unix_fd fd; t data[]; };"
    f"channel G : D {{ server: message {{ f f; }} @ifdef(F) g = 101; }};{END}"
)


def test_the_good_description_is_good():
    assert not compiled(GOOD).failed


@given(st.data())
def test_a_good_description_with_a_piece_cut_out_or_replaced(data):
    start = data.draw(st.integers(0, len(GOOD)))
    end = data.draw(st.integers(start, min(len(GOOD), start + 12)))
    piece = data.draw(st.sampled_from(["", *WORDS]))
    check_any(GOOD[:start] + piece + GOOD[end:])
