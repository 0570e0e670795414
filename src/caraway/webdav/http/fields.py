"""Header fields from bytes, and how long they say the body is.

Everything that two programs could read differently is refused, since a request
that a proxy and this server understand in two ways is how requests are
smuggled (RFC 9112 §11.2).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from caraway.webdav.errors import BadRequest, HTTPError


@dataclass(frozen=True, slots=True)
class HttpLimits:
    """How much of a request is taken; sizes are bytes and leave out the line's own CRLF.

    Attributes:
        max_line: The request line; more is 414.
        max_field: One header field with its name; more is 431.
        max_field_bytes: All fields together with their CRLFs; more is 431.
            Trailer fields may have as much again.
        max_fields: How many fields; more is 431. The same for trailer fields.
        max_body: The body; more is 413. The default is what a file offset can hold.
        max_extension: Chunk extensions of one body together; more is 400.
            Without this a peer could make us read far more than it sends as
            content (CVE-2023-39326).
        max_empty_lines: Empty lines before a request; more is 400.
    """

    max_line: int = 16 << 10
    max_field: int = 16 << 10
    max_field_bytes: int = 64 << 10
    max_fields: int = 100
    max_body: int = (1 << 63) - 1
    max_extension: int = 4 << 10
    max_empty_lines: int = 2


@dataclass(slots=True)
class Fields:
    """Header fields, with what follows from them alone.

    Attributes:
        headers: By lower-case name.
        length: What Content-Length says, 0 without one, None for chunked.
        close: Connection has ``close``.
        persist: Connection has ``keep-alive``.
        expect: There is an Expect field, and it says ``100-continue``.
    """

    headers: dict[str, str]
    length: int | None
    close: bool
    persist: bool
    expect: bool


#: What a method and a field's name are made of.
TOKEN: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
#: Host and port, as the Host field and a URI have them.
HOST: Final = re.compile(r"(?:\[[0-9A-Za-z:.%_~-]+\]|[0-9A-Za-z._~!$&'()*+,;=%-]*)(?::[0-9]{0,5})?")
#: Bytes that a request line may have; what deleting them leaves is wrong.
LINE_TEXT: Final = bytes([*range(0x20, 0x7F), *range(0x80, 0x100)])
_FIELD_TEXT: Final = b"\t" + LINE_TEXT
_MAX_LENGTH_DIGITS: Final = 19

_SINGLE_NAMES: Final = """
    authorization content-disposition content-length content-location content-md5 content-range
    content-type date depth destination expect from host if if-modified-since if-range
    if-unmodified-since lock-token max-forwards origin overwrite proxy-authorization range referer
    sec-fetch-dest sec-fetch-mode sec-fetch-site timeout translate user-agent
    x-expected-entity-length x-oc-mtime x-update-range
"""
#: Fields of which a request has one at most; all others are lists, and joined.
SINGLE: Final = frozenset(_SINGLE_NAMES.split())

_OTHER_NAMES: Final = """
    accept accept-charset accept-encoding accept-language brief cache-control connection
    content-encoding content-language cookie dnt forwarded if-match if-none-match keep-alive pragma
    sec-ch-ua sec-ch-ua-mobile sec-ch-ua-platform sec-fetch-user te trailer transfer-encoding
    upgrade upgrade-insecure-requests via x-forwarded-for x-litmus x-requested-with
"""
#: The usual spellings of names, so that most need no check and no new string.
_NAMES: Final = {
    spelling: name
    for name in [*_SINGLE_NAMES.split(), *_OTHER_NAMES.split()]
    for spelling in (name, name.title())
}


def parse_fields(block: bytes, limits: HttpLimits) -> Fields:
    """Header fields, each ended by CRLF.

    Raises:
        BadRequest: A field breaks the syntax, one of :data:`SINGLE` comes
            twice, or the length of the body is not beyond doubt.
        HTTPError: 413 for a Content-Length beyond the limit, 417 for an
            expectation that is not known, 431 for a field too long or too
            many, 501 for a Transfer-Encoding that is not known.

    Source: RFC 9112 §5, §6.3; RFC 9110 §5.3, §10.1.1.
    """
    headers = split_fields(block, limits)
    host = headers.get("host")
    if host is not None and not HOST.fullmatch(host):
        raise refusal(f"Host is not a host name with or without a port: {host:.80}")
    length = _body_length(headers, limits)
    close = persist = False
    connection = headers.get("connection")
    if connection is not None:
        connection = connection.lower()
        options = [connection]
        if "," in connection:
            options = [option.strip(" \t") for option in connection.split(",")]
        close = "close" in options
        persist = "keep-alive" in options
    expect = headers.get("expect")
    if expect is not None and expect.lower() != "100-continue":
        raise HTTPError(417, f"only 100-continue can be expected, not {expect:.40}", close=True)
    return Fields(headers, length, close, persist, expect is not None)


def split_fields(block: bytes, limits: HttpLimits) -> dict[str, str]:
    """The names and values of fields, each ended by CRLF; those of lists are joined.

    Raises:
        BadRequest: A field breaks the syntax, or one of :data:`SINGLE` comes twice.
        HTTPError: 431 for a field too long or too many.
    """
    lines = block.decode("latin-1").split("\r\n")
    lines.pop()
    # Every CRLF went into the split: any other control character is one too many.
    if len(block.translate(None, _FIELD_TEXT)) != 2 * len(lines):
        raise control_character()
    if len(lines) > limits.max_fields:
        raise HTTPError(
            431, f"{len(lines)} header fields, at most {limits.max_fields} are taken", close=True
        )
    if len(block) > limits.max_field:
        longest = max(map(len, lines))
        if longest > limits.max_field:
            raise HTTPError(
                431,
                f"header field of {longest} bytes, at most {limits.max_field} are taken",
                close=True,
            )
    headers: dict[str, str] = {}
    for line in lines:
        name, colon, value = line.partition(":")
        key = _NAMES.get(name)
        if key is None or not colon:
            key = _other_name(name, colon)
        value = value.strip(" \t")
        if key in headers:
            if key in SINGLE:
                raise refusal(f"{key} comes twice, only one is allowed")
            value = f"{headers[key]}, {value}"
        headers[key] = value
    return headers


def _other_name(name: str, colon: str) -> str:
    if name[:1] in (" ", "\t"):
        raise refusal("header field that is folded over several lines")
    if not colon:
        raise refusal(f"header field without a colon: {name:.40}")
    if not TOKEN.fullmatch(name):
        raise refusal(f"name of a header field is not a token: {name:.40}")
    return name.lower()


def _body_length(headers: Mapping[str, str], limits: HttpLimits) -> int | None:
    """Bytes of the body, None for chunked."""
    coding = headers.get("transfer-encoding")
    text = headers.get("content-length")
    if coding is not None:
        if text is not None:
            raise refusal("both Content-Length and Transfer-Encoding, only one is allowed")
        if coding.lower() != "chunked":
            raise HTTPError(
                501, f"Transfer-Encoding can only be chunked, not {coding:.40}", close=True
            )
        return None
    if text is None:
        return 0
    if not (text.isascii() and text.isdigit()):
        raise refusal(f"Content-Length is not a number: {text:.40}")
    # The digits are counted first: turning a long text into a number is slow.
    if len(text) > _MAX_LENGTH_DIGITS:
        raise too_large(f"number of {len(text)} digits", limits.max_body)
    length = int(text)
    if length > limits.max_body:
        raise too_large(f"{length}", limits.max_body)
    return length


def too_large(size: str, limit: int) -> HTTPError:
    """What to raise for a body of ``size``."""
    return HTTPError(413, f"body of {size} bytes, at most {limit} are taken", close=True)


def control_character() -> BadRequest:
    """What to raise for a byte that has no place in a head, a bare CR or LF among them."""
    return refusal("control character in the head, or a line not ended by CRLF")


def refusal(reason: str) -> BadRequest:
    """What to raise for bytes that are no request: where the next one begins is not known."""
    return BadRequest(reason, close=True)
