"""Names that differ in a description, but not in what is generated from it."""

from __future__ import annotations

import pytest

from tests.unit.idl.compiling import compiled, found, marks, protocol


def clashes(text: str) -> list[tuple[str, str]]:
    """Marked text and words of each clash."""
    compilation = compiled(text)
    every = zip(marks(compilation), compilation.diagnostics, strict=True)
    return [(mark, remark.message) for (code, mark), remark in every if code == "E107"]


def test_types_that_become_one_class():
    text = protocol(
        "struct image_type { uint8 x; }; enum8 ImageType { A };", "image_type a; ImageType b;"
    )
    assert clashes(text) == [
        ("ImageType", "'ImageType' and 'image_type' both become the class 'ImageType'")
    ]


def test_aliases_are_no_classes():
    assert found("a_b x; AB y;", "struct a_b { uint8 x; }; typedef AB uint8;") == []


def test_messages_that_become_one_class():
    text = """
        channel C {
            server: message {} draw_fill; message {} drawFill; client: message {} draw_fill;
        };
        protocol P { C c; };
    """
    assert clashes(text) == [
        ("drawFill", "'drawFill' and 'draw_fill' both become the class 'ServerDrawFill'")
    ]


def test_a_message_and_a_type_that_become_one_class():
    text = protocol("struct server_m { uint8 x; };", "server_m x;")
    assert clashes(text) == [("m", "'m' and 'server_m' both become the class 'ServerM'")]


def test_messages_of_different_channels_have_modules_of_their_own():
    assert clashes("channel A { message {} x; }; channel B { message {} x; }; protocol P {};") == []


@pytest.mark.parametrize("text", ["uint8 class; uint8 class_;", "uint8 parse_; uint8 parse;"])
def test_members_that_become_one_attribute(text):
    assert [code for code, _ in found(text)] == ["E107"]
    assert [code for code, _ in found("S s;", f"struct S {{ {text} }};")] == ["E107"]


def test_items_that_become_one():
    assert clashes(protocol("enum8 e { FooBar, foo_bar, Other };")) == [
        ("foo_bar", "'foo_bar' and 'FooBar' both become the item 'FOO_BAR'")
    ]


def test_items_of_two_enums_that_become_one_constant():
    """Upstream finds out when the C compiler does."""
    text = protocol("enum8 a { TOP_DOWN } @prefix(SPICE_); flags8 b { TOP_DOWN } @prefix(SPICE_);")
    (remark,) = compiled(text).diagnostics
    assert (remark.message, remark.hint) == (
        "'b.TOP_DOWN' and 'a.TOP_DOWN' both become the C constant 'SPICE_TOP_DOWN'",
        "give one of the enums another '@prefix(…)'",
    )
    assert clashes(protocol("enum8 a { TOP_DOWN }; flags8 b { TOP_DOWN };")) == []


def test_messages_that_become_one_constant():
    text = "channel A { message {} x; }; channel AChannel { message {} x; }; protocol P { A b; };"
    assert clashes(text) == [
        ("x", "'AChannel.x' and 'A.x' both become the C constant 'SPICE_MSG_A_X'")
    ]


def test_channels_that_become_one_module():
    text = "channel Test {}; channel TestChannel {}; protocol P { TestChannel test; };"
    assert clashes(text) == [
        ("TestChannel", "'TestChannel' and 'Test' both become the module 'test'")
    ]


@pytest.mark.parametrize("name", ["enums", "structs", "class", "import"])
def test_channels_do_not_take_the_names_of_other_modules(name):
    text = f"channel C {{}}; protocol P {{ C {name}; }};"
    assert clashes(text) == [
        (
            "C",
            f"'C' would become the module '{name}', a name that Python or generated code needs",
        )
    ]
