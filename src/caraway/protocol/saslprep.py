"""User names and passwords as SASL compares them: SASLprep.

Source: RFC 4013, which profiles RFC 3454.
"""

from __future__ import annotations

import stringprep
import unicodedata
from collections.abc import Callable
from typing import Final

from caraway.errors import AuthError

_PROHIBITED: Final[tuple[Callable[[str], bool], ...]] = (
    stringprep.in_table_c12,
    stringprep.in_table_c21_c22,
    stringprep.in_table_c3,
    stringprep.in_table_c4,
    stringprep.in_table_c5,
    stringprep.in_table_c6,
    stringprep.in_table_c7,
    stringprep.in_table_c8,
    stringprep.in_table_c9,
)


def saslprep(text: str, what: str) -> str:
    """``text`` in the one form that both sides use.

    Args:
        what: What it is, for errors; it itself is not shown.

    Raises:
        AuthError: A character of it is not allowed.

    >>> saslprep("I\\u00adX \\u2168", "password")
    'IX IX'
    """
    mapped = (
        " " if stringprep.in_table_c12(each) else each
        for each in text
        if not stringprep.in_table_b1(each)
    )
    prepared = unicodedata.normalize("NFKC", "".join(mapped))
    for each in prepared:
        if any(is_in(each) for is_in in _PROHIBITED):
            raise AuthError(f"the {what} has the character U+{ord(each):04X}, which SASL forbids")
    if any(map(stringprep.in_table_d1, prepared)):
        ends = prepared[0], prepared[-1]
        if any(map(stringprep.in_table_d2, prepared)) or not all(map(stringprep.in_table_d1, ends)):
            raise AuthError(f"the {what} mixes directions of writing, which SASL forbids")
    return prepared
