"""Streams in pieces: the same pieces for the same stream, so that a crash can be seen again."""

from __future__ import annotations

import random
import zlib
from collections.abc import Iterator


def random_cuts(stream: bytes) -> Iterator[bytes]:
    """Pieces of random sizes, most of them small."""
    numbers = random.Random(zlib.crc32(stream))
    start = 0
    while start < len(stream):
        end = start + numbers.choice((1, 1, 2, 3, 7, 40, 300))
        yield stream[start:end]
        start = end


def single_bytes(stream: bytes) -> Iterator[bytes]:
    """One byte at a time."""
    for start in range(len(stream)):
        yield stream[start : start + 1]
