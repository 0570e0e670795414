"""Compressed answers (RFC 9110 §8.4.1.3, §12.5.3, §12.5.5; RFC 8878)."""

from __future__ import annotations

import gzip
import subprocess
import sys
from collections.abc import Callable

import pytest

from caraway.webdav.compression import AT_ONCE, WORTHWHILE, compress, encode, zstd
from caraway.webdav.http.encodings import CODINGS
from caraway.webdav.http.message import Response

_TEXT = b"<response/>" * 1000
_DECODERS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.decompress,
    "zstd": zstd().decompress,
}


def _body(response: Response) -> bytes:
    assert not isinstance(response.body, bytes)
    return b"".join(response.body)  # type: ignore[arg-type]  # no file is compressed here


def test_every_coding_is_tried_here() -> None:
    assert sorted(_DECODERS) == sorted(CODINGS)


@pytest.mark.parametrize("coding", CODINGS)
def test_text_in_one_piece(coding: str) -> None:
    response = compress(Response(207, body=_TEXT), coding)
    assert isinstance(response.body, bytes)
    assert _DECODERS[coding](response.body) == _TEXT
    assert len(response.body) < len(_TEXT) // 10
    assert dict(response.headers) == {"Vary": "Accept-Encoding", "Content-Encoding": coding}


@pytest.mark.parametrize("coding", CODINGS)
def test_text_that_is_still_being_made(coding: str) -> None:
    pieces = [_TEXT, b"", bytes(range(256)) * 1000]
    response = compress(Response(207, body=iter(pieces)), coding)
    assert _DECODERS[coding](_body(response)) == b"".join(pieces)


@pytest.mark.parametrize("accept", [None, "", "br", "gzip;q=0", "identity;q=0"])
def test_who_does_not_ask_for_it_gets_it_plain(accept: str | None) -> None:
    response = compress(Response(207, body=_TEXT), accept)
    assert response.body == _TEXT
    assert response.headers == [("Vary", "Accept-Encoding")]


def test_little_stays_as_it_is() -> None:
    response = compress(Response(207, body=b"x" * (WORTHWHILE - 1)), "gzip")
    assert response.headers == [("Vary", "Accept-Encoding")]


@pytest.mark.parametrize("coding", CODINGS)
@pytest.mark.parametrize("content", [b"", b"x", _TEXT[:AT_ONCE]])
def test_the_same_bytes_become_the_same(coding: str, content: bytes) -> None:
    """Strong tags promise it (RFC 9110 §8.8.1): no time stamp, no file name."""
    first = encode(content, coding)
    assert first == encode(bytes(bytearray(content)), coding)
    assert _DECODERS[coding](first) == content


def test_zstd_asks_no_more_of_a_client_than_it_has_to_give() -> None:
    """RFC 9659 §3: a window of 8 MB at most. Its size is in the second byte of a frame's head."""
    coder = zstd().ZstdCompressor(level=1)
    frame = coder.compress(_TEXT) + coder.flush()
    is_single_segment = frame[4] & 0x20
    assert not is_single_segment
    assert 10 + (frame[5] >> 3) < 23


def test_zstd_is_loaded_when_it_is_needed_first() -> None:
    """It takes memory that servers of others do not have to give."""
    code = (
        "import sys, caraway.webdav.application\n"
        "from caraway.webdav.compression import encode\n"
        "encode(b'x', 'gzip')\n"
        "before = [name for name in sys.modules if 'zstd' in name]\n"
        "encode(b'x', 'zstd')\n"
        "print(before, any('zstd' in name for name in sys.modules))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[] True\n"
