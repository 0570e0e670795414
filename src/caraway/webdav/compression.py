"""Answers compressed as the client likes it: gzip and zstd (RFC 9110 §8.4, RFC 8878)."""

from __future__ import annotations

import sys
import zlib
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Final, Protocol

from caraway.webdav.http.encodings import CODINGS, IDENTITY, choose_encoding
from caraway.webdav.http.message import FileRange, Response

if TYPE_CHECKING:
    from types import ModuleType

#: Bytes from which on compressing is worth its time.
WORTHWHILE: Final = 1 << 10
#: Bytes of a file up to which it is compressed, as a whole and in memory. What
#: is larger goes as it is, so that it has a length and can be resumed.
LARGEST: Final = 2 << 20
#: Bytes that are compressed in less than 0.2 ms, so that no thread is worth it.
AT_ONCE: Final = 16 << 10

#: The fastest of both. Listings shrink to a twentieth even so, and text to a
#: size that the usual levels beat by a seventh in twice the time.
_LEVEL: Final = 1
#: zlib's way of saying: the largest window, and gzip's own frame around it.
_GZIP: Final = 16 + zlib.MAX_WBITS
#: Python's own, or the same for older ones.
_ZSTD: Final = "compression.zstd" if sys.version_info >= (3, 14) else "backports.zstd"


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
    # Who accepts nothing of all this gets it plain, rather than a refusal.
    encoding = choose_encoding(accept, CODINGS) or IDENTITY
    if encoding == IDENTITY:
        return response
    response.headers.append(("Content-Encoding", encoding))
    if isinstance(body, bytes):
        response.body = encode(body, encoding)
    else:
        response.body = _encoded(body, encoding)
    return response


def encode(data: bytes, encoding: str) -> bytes:
    """Bytes in one of :data:`CODINGS`; the same for the same bytes."""
    if encoding == "zstd":
        compressed: bytes = zstd().compress(data, level=_LEVEL)
        return compressed
    return zlib.compress(data, _LEVEL, _GZIP)


@cache
def zstd() -> ModuleType:
    """The module for zstd, loaded when it is first needed: it takes 1.3 MB."""
    return import_module(_ZSTD)


class _Coder(Protocol):
    def compress(self, data: bytes, /) -> bytes: ...
    def flush(self) -> bytes: ...


def _coder(encoding: str) -> _Coder:
    if encoding == "zstd":
        coder: _Coder = zstd().ZstdCompressor(level=_LEVEL)
        return coder
    return zlib.compressobj(_LEVEL, zlib.DEFLATED, _GZIP)


def _encoded(pieces: Iterator[bytes], encoding: str) -> Iterator[bytes]:
    coder = _coder(encoding)
    for piece in pieces:
        if data := coder.compress(piece):
            yield data
    yield coder.flush()
