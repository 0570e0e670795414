"""Plain values on their way into a message."""

from __future__ import annotations

import pytest

from caraway.errors import EncodeError
from caraway.idl.interpret_values import as_list, as_object, hex_bytes, is_number, kind, packed
from caraway.idl.model import Integer


def test_what_a_number_is() -> None:
    assert is_number(0)
    assert not is_number(False)
    assert not is_number(0.0)


@pytest.mark.parametrize(("text", "data"), [("", b""), ("00fF", b"\x00\xff"), ("0a 0b", b"\n\x0b")])
def test_hex(text: str, data: bytes) -> None:
    assert hex_bytes({"hex": text}, "d") == data


@pytest.mark.parametrize(
    ("value", "path", "words"),
    [
        ({"hex": "0"}, "d", "its 1 characters are not pairs of hex digits"),
        ({"hex": "0x"}, "d", "its 2 characters are not"),
        ({"hex": "٣٣"}, "d", "its 2 characters are not"),
        ({"hex": 10}, "d", "'hex' is a number, needs a string"),
        ({}, "d", "'hex' is null, needs a string"),
        ({"hex": "00", "text": "x"}, "d.text", "there is no such member"),
        ({1: "00"}, "d.<a number>", "there is no such member"),
        ("00", "d", "is a string, needs an object"),
        (b"\x00", "d", "is of type bytes, needs an object"),
        (None, "d", "is null, needs an object"),
    ],
)
def test_what_is_not_hex(value: object, path: str, words: str) -> None:
    with pytest.raises(EncodeError) as caught:
        hex_bytes(value, "d")
    assert caught.value.path == path
    assert words in str(caught.value)


def test_an_object_may_lack_members_but_has_no_others() -> None:
    assert as_object({"a": 1}, ["a", "b"], "x") == {"a": 1}
    with pytest.raises(EncodeError, match=r"x\.c: there is no such member") as caught:
        as_object({"c": 1}, ["a", "b"], "x")
    assert caught.value.hint == "there is a, b"


def test_a_list() -> None:
    assert as_list([1], "x") == [1]
    with pytest.raises(EncodeError, match="x: is an object, needs a list"):
        as_list({}, "x")


def test_a_number_is_packed_little_endian() -> None:
    assert packed(Integer(16, signed=True), -2, "x") == b"\xfe\xff"
    with pytest.raises(EncodeError, match=r"x: 256 does not fit uint8 \(0\.\.255\)"):
        packed(Integer(8, signed=False), 256, "x")
    with pytest.raises(EncodeError, match="x: a number of 129 bits does not fit"):
        packed(Integer(8, signed=False), 1 << 128, "x")
    with pytest.raises(EncodeError, match="x: is a boolean, needs a number"):
        packed(Integer(8, signed=False), True, "x")


def test_kinds_in_the_words_of_json() -> None:
    assert kind({}) == "an object"
    assert kind(set()) == "of type set"
