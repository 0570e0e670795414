"""Listings and pages compressed while they are made (RFC 9110 §8.4, §12.5.3)."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import Final

from caraway.webdav.http.encodings import choose_encoding
from caraway.webdav.http.message import FileRange, Response

#: Bytes from which on compressing is worth its time.
WORTHWHILE: Final = 1 << 10
_GZIP: Final = ("gzip",)
#: The fastest; listings shrink to a tenth even so.
_LEVEL: Final = 1
#: zlib's way of saying: the largest window, and gzip's own frame around it.
_FRAME: Final = 16 + zlib.MAX_WBITS


def compress(response: Response, accept: str | None) -> Response:
    """The same answer in the coding that the client likes best.

    Args:
        response: It has text that is made for this answer, and no ETag.
        accept: The value of Accept-Encoding; None without the field.

    Returns:
        ``response`` itself, changed.
    """
    body = response.body
    assert not isinstance(body, FileRange)
    response.headers.append(("Vary", "Accept-Encoding"))
    if isinstance(body, bytes) and len(body) < WORTHWHILE:
        return response
    if choose_encoding(accept, _GZIP) != "gzip":
        return response
    response.headers.append(("Content-Encoding", "gzip"))
    if isinstance(body, bytes):
        response.body = b"".join(_compressed(iter((body,))))
    else:
        response.body = _compressed(body)
    return response


def _compressed(pieces: Iterator[bytes]) -> Iterator[bytes]:
    coder = zlib.compressobj(_LEVEL, zlib.DEFLATED, _FRAME)
    for piece in pieces:
        if data := coder.compress(piece):
            yield data
    yield coder.flush()
