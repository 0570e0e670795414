"""Names and passwords in one form. The table is that of RFC 4013, section 3, and more."""

from __future__ import annotations

import pytest

from caraway.errors import AuthError
from caraway.protocol.saslprep import saslprep

TABLE = [
    ("I\u00adX", "IX"),
    ("user", "user"),
    ("USER", "USER"),
    ("\u00aa", "a"),
    ("\u2168", "IX"),
    ("", ""),
    ("a\u00a0b\u3000c", "a b c"),
    ("u\u0308", "ü"),
    ("\u0627\u0628", "\u0627\u0628"),
    ("\u0627\u0031\u0628", "\u06271\u0628"),
]


@pytest.mark.parametrize(("text", "prepared"), TABLE)
def test_one_form(text: str, prepared: str) -> None:
    assert saslprep(text, "password") == prepared


@pytest.mark.parametrize(
    "text",
    ["\u0007", "\0", "\u200e", "\ue000", "\ufffe", "\ud800", "\u2028", "\U000e0001"],
)
def test_characters_that_are_forbidden(text: str) -> None:
    with pytest.raises(AuthError, match=rf"the password has the character U\+{ord(text):04X}"):
        saslprep(f"a{text}b", "password")


@pytest.mark.parametrize("text", ["\u0627\u0031", "1\u0627", "\u0627a\u0628", "\u0627a"])
def test_directions_that_are_mixed(text: str) -> None:
    with pytest.raises(AuthError, match="the user name mixes directions"):
        saslprep(text, "user name")
