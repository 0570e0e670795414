"""LZ4 blocks, as messages of byte streams carry them.

Source: the LZ4 block format; spice.proto ``SpicevmcChannel`` ``compressed_data``.
"""

from __future__ import annotations

import lz4.block

from caraway.errors import DecodeError
from caraway.wire.record import Buffer

#: No block grows by more: an LZ4 byte stands for at most 255.
MAX_RATIO = 255


def decompress_block(data: Buffer, size: int) -> bytes:
    """The ``size`` bytes that a block stands for.

    Raises:
        DecodeError: It stands for another number of bytes, or is no block.

    >>> decompress_block(compress_block(bytes(100)), 100) == bytes(100)
    True
    """
    # Checked before it is allocated: the size is whatever the peer says.
    if size > MAX_RATIO * len(data) + 64:
        raise DecodeError(f"LZ4 block of {len(data)} bytes cannot stand for {size}")
    try:
        out = lz4.block.decompress(data, uncompressed_size=size)
    except (lz4.block.LZ4BlockError, ValueError) as error:
        raise DecodeError(f"LZ4 block of {len(data)} bytes is broken: {error}") from None
    if len(out) != size:
        raise DecodeError(f"LZ4 block stands for {len(out)} bytes, not {size}")
    return bytes(out)


def compress_block(data: Buffer) -> bytes:
    """A block that stands for ``data``."""
    return bytes(lz4.block.compress(data, store_size=False))
