"""Paths of URLs (RFC 3986 §3.3): nothing leads up, and every name makes the round trip."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caraway.webdav.errors import BadRequest
from caraway.webdav.paths import escape_name, format_path, is_within, parse_path


@pytest.mark.parametrize(
    ("target", "path"),
    [
        ("/", ()),
        ("//", ()),
        ("/a/./b//", ("a", "b")),
        ("/%2E/a", ("a",)),
        ("/...", ("...",)),
        ("/%C3%BC", ("\u00fc",)),
        ("/%ff", ("\udcff",)),
        ("/a%25b", ("a%b",)),
    ],
)
def test_what_is_a_path(target: str, path: tuple[str, ...]) -> None:
    assert parse_path(target) == path


@pytest.mark.parametrize(
    "target",
    [
        *("", "a", "*", "/..", "/a/../b", "/%2e%2E", "/.%2e/", "/a%2fb", "/%00"),
        *("/%", "/%4", "/%g0", "/%+1", "/% 1", "/\u00fc"),
    ],
)
def test_what_is_none(target: str) -> None:
    with pytest.raises(BadRequest):
        parse_path(target)


@given(st.lists(st.binary(min_size=1, max_size=20)), st.booleans())
def test_the_round_trip(names: list[bytes], is_collection: bool) -> None:
    path = tuple(name.decode("utf-8", "surrogateescape") for name in names)
    if any(name in (".", "..") or "/" in name or "\0" in name for name in path):
        return
    text = format_path(path, is_collection=is_collection)
    assert text.isascii()
    assert text.isprintable()
    assert parse_path(text) == path


def test_names_and_ancestors() -> None:
    assert (escape_name("abc"), escape_name("a b&<")) == ("abc", "a%20b%26%3C")
    assert is_within(("a", "b"), ("a",))
    assert is_within(("a",), ("a",))
    assert not is_within(("ab",), ("a",))
