"""Compressed listings (RFC 9110 §8.4.1.3, §12.5.3, §12.5.5)."""

from __future__ import annotations

import gzip

import pytest

from caraway.webdav.compression import WORTHWHILE, compress
from caraway.webdav.http.message import Response

_TEXT = b"<response/>" * 1000


def _body(response: Response) -> bytes:
    assert not isinstance(response.body, bytes)
    return b"".join(response.body)  # type: ignore[arg-type]  # no file is compressed here


def test_text_in_one_piece() -> None:
    response = compress(Response(207, body=_TEXT), "gzip")
    assert isinstance(response.body, bytes)
    assert gzip.decompress(response.body) == _TEXT
    assert len(response.body) < len(_TEXT) // 10
    assert dict(response.headers) == {"Vary": "Accept-Encoding", "Content-Encoding": "gzip"}


def test_text_that_is_still_being_made() -> None:
    pieces = [_TEXT, b"", bytes(range(256)) * 1000]
    response = compress(Response(207, body=iter(pieces)), "gzip")
    assert gzip.decompress(_body(response)) == b"".join(pieces)


@pytest.mark.parametrize("accept", [None, "", "br", "gzip;q=0", "identity;q=0"])
def test_who_does_not_ask_for_it_gets_it_plain(accept: str | None) -> None:
    response = compress(Response(207, body=_TEXT), accept)
    assert response.body == _TEXT
    assert response.headers == [("Vary", "Accept-Encoding")]


def test_little_stays_as_it_is() -> None:
    response = compress(Response(207, body=b"x" * (WORTHWHILE - 1)), "gzip")
    assert response.headers == [("Vary", "Accept-Encoding")]
