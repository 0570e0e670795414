"""A kernel out of the file that boot loaders take, which unpacks itself.

QEMU starts an unpacked one as well, and an emulated processor takes seconds to unpack it.
"""

from __future__ import annotations

import lzma
from struct import Struct

from caraway.codecs.lz4 import decompress_block

#: Where the head of such a file says how many sectors come first, and where behind them the
#: packed kernel is. Its last four bytes are the size it will have.
_SECTORS_AT = 0x1F1
_PAYLOAD_AT = 0x248
_PAYLOAD = Struct("<II")
_SIZE = Struct("<I")
_SECTOR = 512
_XZ = b"\xfd7zXZ"
#: What ``lz4 -l`` writes: sizes and blocks, each of which stands for 8 MiB but the last.
_LZ4 = b"\x02\x21\x4c\x18"
_LZ4_BLOCK = 8 << 20


def unpack(image: bytes) -> bytes:
    """The kernel in ``vmlinuz``, or all of that where it is packed in another way.

    Raises:
        DecodeError: It is damaged.
        LZMAError: The same.

    Source: Linux ``Documentation/arch/x86/boot.rst``.
    """
    offset, size = _PAYLOAD.unpack_from(image, _PAYLOAD_AT)
    begin = (image[_SECTORS_AT] + 1) * _SECTOR + offset
    end = begin + size - _SIZE.size
    packed = image[begin:end]
    if packed.startswith(_XZ):
        return lzma.decompress(packed, lzma.FORMAT_XZ)
    if packed.startswith(_LZ4):
        [left] = _SIZE.unpack_from(image, end)
        return _unpack_lz4(packed[len(_LZ4) :], left)
    return image


def _unpack_lz4(data: bytes, left: int) -> bytes:
    pieces = []
    at = 0
    while left:
        [size] = _SIZE.unpack_from(data, at)
        at += _SIZE.size
        pieces.append(decompress_block(data[at : at + size], min(left, _LZ4_BLOCK)))
        at += size
        left -= len(pieces[-1])
    return b"".join(pieces)
