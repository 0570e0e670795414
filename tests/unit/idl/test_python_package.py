"""The files of a generated package, and the text in them."""

from __future__ import annotations

import ast

import pytest

from caraway.idl import Source, compile_source
from caraway.idl.backends import python
from caraway.idl.backends.python_code import (
    Formats,
    Lines,
    case_condition,
    case_head,
    code_of,
    docstring,
    is_flat,
    is_one_run,
)
from caraway.idl.backends.python_read import _times
from caraway.idl.features import select
from caraway.idl.model import Integer, Switch
from tests.unit.idl.compiling import body, member
from tests.unit.idl.made import made, made_all

TEXT = """
    enum8 kind { A };
    struct Inner { uint8 x; };
    message Named { Inner inner; };
    channel BaseChannel { server: message { uint8 a; } first = 1; };
    channel OneChannel : BaseChannel { client: Named named = 1; } ;
    channel TwoChannel : OneChannel { server: message { kind k; } second = 2; } @ifdef(TWO);
    channel LastChannel {};
    protocol Demo { OneChannel one = 1; TwoChannel two = 7; LastChannel last; };
"""


def render(text: str = TEXT, **options: str) -> dict[str, str]:
    description = compile_source(Source("/home/me/demo.proto", text)).description
    settings = {"package": "demo", "source": "demo.proto"} | options
    return python.render(description, **settings)


def test_there_is_a_module_for_each_channel():
    assert list(render()) == [
        "enums.py",
        "structs.py",
        "base.py",
        "one.py",
        "two.py",
        "last.py",
        "__init__.py",
    ]


def test_every_file_is_python_and_says_what_made_it():
    for name, text in render().items():
        ast.parse(text, name)
        assert text.startswith("# Made by 'caraway proto build' from demo.proto; do not edit.\n")
        assert text.endswith("\n")
        assert "/home/me" not in text


def test_the_package_may_be_anywhere():
    files = render(package="far.away.demo")
    assert "from far.away.demo.structs import Inner\n" in files["one.py"]
    assert "from far.away.demo import base\n" in files["one.py"]
    assert '    "far.away.demo",\n' in files["__init__.py"]


def test_a_derived_channel_takes_the_messages_of_its_base():
    files = render()
    assert "    **base.SERVER,\n}" in files["one.py"]
    assert "    **base.CLIENT,\n    1: ClientNamed,\n}" in files["one.py"]
    assert "    **one.SERVER,\n    2: ServerSecond,\n}" in files["two.py"]
    assert "= {\n    # none\n}" in files["last.py"]


def test_messages_are_no_structs():
    files = render()
    assert "class Inner(Record)" in files["structs.py"]
    assert "Named" not in files["structs.py"]
    assert "class ClientNamed(Message)" in files["one.py"]


def test_a_feature_may_be_missing():
    whole = compile_source(Source("demo.proto", TEXT)).description
    part = select(whole, undefined=["TWO"])
    files = python.render(part, package="demo", source="demo.proto")
    assert "two.py" not in files
    assert '"two"' not in files["__init__.py"]


def test_modules_import_what_they_use():
    files = render()
    assert "dataclass" not in files["last.py"]
    assert "from demo.enums import Kind\n" in files["two.py"]
    assert "enums" not in files["one.py"]


def test_a_module_with_nothing_but_pointers_has_what_patches_them():
    """In a list nothing is packed in one go, and so no other Struct is needed."""
    message = made("V x[];", "struct V { uint8 n; uint8 *d[n]; };")
    assert message.encode({"x": [{"n": 1, "d": {"hex": "aa"}}]}) == "0105000000aa"


def test_structs_come_after_those_that_they_contain():
    files = render(
        """
        struct Outer { Middle *m; Inner list[3]; };
        struct Middle { uint8 n; switch_kind k; switch (k) { case A: Inner i; } u; };
        struct Inner { uint8 x; };
        enum8 switch_kind { A };
        channel C { server: message { Outer o; Inner i; } m; };
        protocol P { C c = 1; };
        """
    )
    places = [files["structs.py"].index(f"class {name}(") for name in ("Inner", "Middle", "Outer")]
    assert places == sorted(places)


def test_registries_know_unlisted_channels_without_a_number():
    init = render()["__init__.py"]
    assert (
        '        "one": 1,\n        "two": 7,\n        "last": 8,\n        "base": None,\n' in init
    )


def test_both_directions_may_use_one_number():
    text = """
        channel C { server: message { uint8 a; } x = 1; client: message { uint16 b; } x = 1; };
        protocol P { C c = 1; };
    """
    server, client = made_all(text)
    server.check_both_ways("05", {"a": 5})
    client.check_both_ways("0500", {"b": 5})
    assert (server.kind.__name__, client.kind.__name__) == ("ServerX", "ClientX")


# Comments


@pytest.mark.parametrize(
    "text",
    ["plain", 'ends with "quotes"', 'has """ inside', "back\\slash", "two\nlines", "tab\t", "\\"],
)
def test_a_docstring_says_what_the_comment_says(text):
    lines = docstring(text)
    found = ast.literal_eval("\n".join(lines))
    assert found.strip().replace("'''", '"""') == text.strip()


@pytest.mark.parametrize(
    "comment", ['/* Says "hello" */', "/* Back \\ slash */", '/* Three """ quotes. */', "// Größe"]
)
def test_comments_of_all_kinds_make_python(comment):
    files = render(
        f"""
        {comment}
        enum8 kind {{ A, // with \\ and "quotes"
        }};
        {comment}
        struct S {{ uint8 a; // with \\ and "quotes"
        }};
        {comment}
        channel C {{ server:
            {comment}
            message {{ S s; kind k; }} m; }};
        {comment}
        protocol P {{ C c = 1; }};
        """
    )
    for name, text in files.items():
        ast.parse(text, name)


# Parts


def test_lines_know_their_depth():
    lines = Lines()
    with lines.block("if a:"):
        lines.add("b", "")
        with lines.block("if c:"):
            pass
    lines.add("d")
    assert lines.text() == "if a:\n    b\n\n    if c:\n        pass\nd\n"


def test_formats_are_made_once_and_kept_short():
    formats = Formats()
    assert formats.use(["B", "I", "I", "4x", "4x", "16s", "H"], "pack") == "_pack_0"
    assert formats.use(["I", "I"], "unpack") == "_unpack_1"
    assert formats.use(["B", "I", "I", "4x", "4x", "16s", "H"], "unpack") == "_unpack_0"
    assert formats.definitions() == [
        '_struct_0 = Struct("<B2I4x4x16sH")',
        "_pack_0 = _struct_0.pack",
        "_unpack_0 = _struct_0.unpack",
        '_struct_1 = Struct("<2I")',
        "_unpack_1 = _struct_1.unpack",
    ]


@pytest.mark.parametrize(
    ("bits", "signed", "code"),
    [(8, False, "B"), (16, True, "h"), (32, False, "I"), (64, True, "q")],
)
def test_numbers_have_the_codes_of_the_struct_module(bits, signed, code):
    assert code_of(Integer(bits, signed)) == code


@pytest.mark.parametrize(
    ("members", "flat"),
    [
        ("uint8 a; kind b;", True),
        ("", False),
        ("uint8 a; Pair p;", False),
        ("uint8 a @zero;", False),
        ("uint8 a @virtual(1);", False),
        ("uint8 a @minor(1);", False),
    ],
)
def test_flat_structs_are_numbers_only(members, flat):
    assert is_flat(body(members)) is flat


@pytest.mark.parametrize(
    ("members", "one"),
    [
        ("", True),
        (
            "uint8 a; kind b; Pair p; uint8 d[4]; unix_fd f; uint16 z @zero; uint8 v @virtual(1);",
            True,
        ),
        ("Pair *p @virtual(0);", True),
        ("Pair *p;", False),
        ("uint8 a @minor(1);", False),
        ("uint16 a[4];", False),
        ("uint8 a[];", False),
        ("kind k; switch (k) { case A: uint8 a; } u @fixedsize;", False),
    ],
)
def test_one_run_reads_all_numbers_and_bytes_of_one_size(members, one):
    assert is_one_run(body(members)) is one


@pytest.mark.parametrize(
    ("members", "conditions"),
    [
        (
            "kind k; switch (k) { case A: uint8 a; case B: case C: uint8 b; default: uint8 c; } u;",
            ["k == 0", "k in (1, 7)", ""],
        ),
        (
            "bits k; switch (k) { case X: case !Y: uint8 a; case Z: uint8 b; } u;",
            ["k & 1 or not k & 2", "k & 4"],
        ),
    ],
)
def test_cases_have_conditions(members, conditions):
    switch = member(members, "u").type
    assert isinstance(switch, Switch)
    assert [
        case_condition(case, "k", is_flags=switch.on.is_flags) for case in switch.cases
    ] == conditions


def test_cases_begin_with_their_condition():
    assert case_head("if", "k == 0") == "if k == 0:"
    assert case_head("elif", "k == 0") == "elif k == 0:"
    assert case_head("elif", "") == "else:"
    assert case_head("if", "") == "if True:"


def test_products_are_computed_where_they_can_be():
    assert [_times("3", 4), _times("n", 1), _times("n", 4)] == ["12", "n", "n * 4"]
