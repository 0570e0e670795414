"""Credentials as header fields have them (RFC 9110 §11.4)."""

from __future__ import annotations

import pytest

from caraway.webdav.authentication.header import (
    from_field,
    parse_extended,
    parse_parameters,
    quote,
    split_credentials,
)
from caraway.webdav.errors import BadRequest


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", {}),
        ("a=1", {"a": "1"}),
        (' , A = "x, y" ,, b=2,', {"a": "x, y", "b": "2"}),
        (r'a="\"\\"', {"a": '"\\'}),
        ('a=""', {"a": ""}),
    ],
)
def test_parameters(text: str, found: dict[str, str]) -> None:
    assert parse_parameters(text) == found


@pytest.mark.parametrize(
    "text", ["a", "a=", 'a="', 'a="\\"', "a=1 b=2", "=1", "a=1, a=2", 'a=1, A="1"', "a=1;b=2"]
)
def test_broken_parameters(text: str) -> None:
    with pytest.raises(BadRequest):
        parse_parameters(text)


def test_what_is_quoted_comes_back() -> None:
    assert parse_parameters(f"a={quote(_ODD)}") == {"a": _ODD}


_ODD = 'a "b" \\ c, d'


def test_a_scheme_alone() -> None:
    assert split_credentials("Negotiate") == ("negotiate", "")


def test_fields_are_utf_8_or_else_latin_1() -> None:
    assert from_field("J\u00c3\u00a4s") == "J\u00e4s"
    assert from_field("J\u00e4s") == "J\u00e4s"


def test_extended_values() -> None:
    """RFC 8187 §3.2."""
    assert parse_extended("UTF-8''J%C3%A4s%C3%B8n%20Doe") == "J\u00e4s\u00f8n Doe"
    assert parse_extended("utf-8'de'a") == "a"
    for text in ("iso-8859-1''a", "UTF-8'a", "a", "UTF-8''%ff"):
        with pytest.raises(BadRequest):
            parse_extended(text)
