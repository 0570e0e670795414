"""LZ4 blocks."""

from __future__ import annotations

import os
import tracemalloc

import pytest

from caraway.codecs.lz4 import MAX_RATIO, compress_block, decompress_block
from caraway.errors import DecodeError

#: Written by hand after the block format: literals, then "abab…" by an overlapping
#: match of 20 bytes, then five literals, as the last ones have to be.
BY_HAND = bytes.fromhex("2f 6162 0200 01 50 6364656667")
EXPANDED = b"ab" + b"ab" * 10 + b"cdefg"
KINDS = [bytes, bytearray, memoryview]


def test_a_block_by_hand() -> None:
    assert decompress_block(BY_HAND, len(EXPANDED)) == EXPANDED


@pytest.mark.parametrize("data", [b"", b"a", bytes(100_000), os.urandom(5000), b"spice" * 999])
@pytest.mark.parametrize("kind", KINDS)
def test_there_and_back(data: bytes, kind: type) -> None:
    packed = compress_block(kind(data))
    assert type(packed) is bytes
    assert decompress_block(kind(packed), len(data)) == data


@pytest.mark.parametrize("size", range(len(BY_HAND)))
def test_truncated_at_every_length(size: int) -> None:
    with pytest.raises(DecodeError, match=f"LZ4 block of {size} bytes|LZ4 block stands for"):
        decompress_block(BY_HAND[:size], len(EXPANDED))


@pytest.mark.parametrize("size", [0, 1, len(EXPANDED) - 1, len(EXPANDED) + 1, 1000])
def test_another_size_than_it_stands_for(size: int) -> None:
    with pytest.raises(DecodeError):
        decompress_block(BY_HAND, size)


@pytest.mark.parametrize("size", [1 << 20, 0x7FFFFFFF, 0xFFFFFFFF, 1 << 40])
def test_absurd_sizes_allocate_nothing(size: int) -> None:
    tracemalloc.start()
    try:
        with pytest.raises(DecodeError, match=rf"of 12 bytes cannot stand for {size}"):
            decompress_block(BY_HAND, size)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 100_000


@pytest.mark.parametrize(
    "block",
    [
        b"\x00\x00\x00",  # a match before there is anything
        b"\x10a\x00\x00",  # at a distance of nothing
        b"\x10a\xff\xff",  # before the beginning
        b"\xf0" + b"\xff" * 10,  # literals without end
        b"\x1fa\x01\x00" + b"\xff" * 100,  # a match without end
        b"\xff" * 100,
    ],
)
@pytest.mark.parametrize("size", [0, 10, 1000])
def test_blocks_that_are_none(block: bytes, size: int) -> None:
    with pytest.raises(DecodeError):
        decompress_block(block, size)


def test_the_densest_block_there_is() -> None:
    size = 1 << 24
    packed = compress_block(bytes(size))
    assert size / len(packed) < MAX_RATIO
    assert decompress_block(packed, size) == bytes(size)
