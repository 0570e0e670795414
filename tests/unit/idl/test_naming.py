"""Names of generated Python and C."""

from __future__ import annotations

import pytest

from caraway.idl.model import Item
from caraway.idl.naming import (
    c_message,
    camel,
    message_class,
    python_attribute,
    python_class,
    python_item,
)
from caraway.idl.source import Span
from tests.unit.idl.compiling import description


@pytest.mark.parametrize(
    ("name", "made"),
    [
        ("draw_fill", "DrawFill"),
        ("VscATR", "VscATR"),
        ("fixed28_4", "Fixed28_4"),
        ("a__b_", "AB"),
        ("utf8_string", "Utf8String"),
        ("x", "X"),
        ("_", ""),
    ],
)
def test_camel(name, made):
    assert camel(name) == made


@pytest.mark.parametrize(
    ("name", "made"), [("image_type", "ImageType"), ("record", "Record_"), ("Struct", "Struct_")]
)
def test_classes_keep_clear_of_what_generated_modules_import(name, made):
    assert python_class(name) == made


@pytest.mark.parametrize(
    ("name", "made"),
    [("data", "data"), ("class", "class_"), ("from", "from_"), ("parse", "parse_")],
)
def test_attributes_keep_clear_of_what_python_and_messages_need(name, made):
    assert python_attribute(name) == made


@pytest.mark.parametrize(
    ("name", "made"),
    [
        ("LZ4", "LZ4"),
        ("1BIT_LE", "_1BIT_LE"),
        ("ReaderAdd", "READER_ADD"),
        ("x", "X"),
        ("1A_", "_1A"),
        ("__A__", "_A"),
        ("_", "_"),
        ("A_", "A_"),
    ],
)
def test_items_are_in_capitals(name, made):
    assert python_item(Item(name, 0, Span(0, 0))) == made


def test_messages_are_named_after_their_direction_and_owner():
    made = description("""
        channel BaseChannel { server: message {} ping; client: message {} pong; };
        channel InputsChannel : BaseChannel { client: message {} key_down = 101; };
        protocol P { InputsChannel inputs; };
    """)
    assert [(message_class(m), c_message(m)) for m in made.messages] == [
        ("ServerPing", "SPICE_MSG_PING"),
        ("ClientPong", "SPICE_MSGC_PONG"),
        ("ClientKeyDown", "SPICE_MSGC_INPUTS_KEY_DOWN"),
    ]
