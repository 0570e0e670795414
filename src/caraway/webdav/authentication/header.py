"""Credentials and challenges as header fields have them (RFC 9110 §11)."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import unquote_to_bytes

from caraway.webdav.errors import BadRequest
from caraway.webdav.http.fields import TOKEN

_PARAMETER: Final = re.compile(
    rf"[ \t]*({TOKEN.pattern})[ \t]*=[ \t]*"
    rf'(?:({TOKEN.pattern})|"((?:[^"\\]|\\.)*)")[ \t]*(?:,|$)'
)
_EMPTY: Final = re.compile(r"[ \t,]*")


def split_credentials(value: str) -> tuple[str, str]:
    """The scheme, in lower case, and what follows it.

    >>> split_credentials("Basic QTpC")
    ('basic', 'QTpC')
    """
    scheme, _, rest = value.partition(" ")
    return scheme.lower(), rest.strip(" ")


def parse_parameters(text: str) -> dict[str, str]:
    """Parameters between commas, by lower-case name; quoted values without their quotes.

    Raises:
        BadRequest: The syntax is broken, or a parameter comes twice: which one
            counts would be anybody's guess.

    >>> parse_parameters('realm="a, \\\\"b\\\\"", nc=1')
    {'realm': 'a, "b"', 'nc': '1'}
    """
    found: dict[str, str] = {}
    position = _end_of_empty(text, 0)
    while position < len(text):
        match = _PARAMETER.match(text, position)
        if match is None:
            raise BadRequest(f"credentials break their syntax at byte {position}")
        name = match[1].lower()
        if name in found:
            raise BadRequest(f"credentials have {name:.40} twice, only one is allowed")
        value = match[2]
        found[name] = re.sub(r"\\(.)", r"\1", match[3]) if value is None else value
        position = _end_of_empty(text, match.end())
    return found


def _end_of_empty(text: str, position: int) -> int:
    """Where the next parameter begins: lists may have empty members (RFC 9110 §5.6.1)."""
    match = _EMPTY.match(text, position)
    return position if match is None else match.end()


def quote(text: str) -> str:
    """A quoted string.

    >>> print(quote('a "b"'))
    "a \\"b\\""
    """
    escaped = re.sub(r'(["\\])', r"\\\1", text)
    return f'"{escaped}"'


def from_field(text: str) -> str:
    """Text of a field, which is Latin-1, as the UTF-8 that it mostly is."""
    return from_bytes(text.encode("latin-1"))


def from_bytes(data: bytes) -> str:
    """UTF-8, or Latin-1 from old clients."""
    try:
        return data.decode()
    except UnicodeDecodeError:
        return data.decode("latin-1")


def parse_extended(text: str) -> str:
    """A value such as ``UTF-8''J%C3%A4s`` (RFC 8187).

    Raises:
        BadRequest: It is in another character set, or not what it says.
    """
    charset, _, rest = text.partition("'")
    _, quotation, escaped = rest.partition("'")
    if charset.lower() != "utf-8" or not quotation:
        raise BadRequest(f"username* has to begin with UTF-8'', not {text:.40}")
    try:
        return unquote_to_bytes(escaped).decode()
    except UnicodeDecodeError:
        raise BadRequest("username* is not UTF-8") from None
