"""Bytes after which every reader of frames stands at the border of one.

When the guest agent ends while bytes are on their way to it, the server keeps
them, and the next agent begins to read in the middle of a frame: it never
finds a border again. It cannot be told, but it can be led: it reads a
header of ten bytes and so many bytes of data for ever, and drops what belongs
to connections it does not know.

First come runs of one byte each, 8, then 1, then 0. Whatever such a reader is in
the middle of ends in the first run, where it reads frames of 2,056 bytes; the last of
these ends in the second, of which the frames have 257, and the last of these in the
zeros: there all readers read frames without data, their borders at one of ten phases,
which is the position of a border modulo ten.

Then come ten marks, so that for each phase a header has two of them for its size: each is
the low byte of one phase's and the high byte of the one before. They are
such that every reader swallows what is missing to the same phase. Zeros follow
until all have arrived.

Zeros alone for the first runs lead as well, but to thousands of frames, for each of which
the real agent needs half a millisecond and more where the virtual machine is emulated.

Source: spice-webdavd 3.0, whose behaviour was observed; tried with it.
"""

from __future__ import annotations

from functools import cache
from typing import Final

from caraway.protocol.mux_frames import HEADER_SIZE, MAX_DATA

_RUNS: Final = (8, 1, 0)
#: A border ``k`` bytes behind a multiple of ten, with k from -1 to 8, has the marks ``k`` and
#: ``k + 1`` for its size, low byte first (the mark -1 is 0), and
#: ``(k + 10 + low + 256 * high) % 10`` is 5 for all of them. None is 0: whoever
#: swallowed less than the marks take would read their rest as a header.
_MARKS: Final = bytes([1, 4, 5, 8, 9, 2, 3, 6, 7, 5])
#: How far behind that multiple of ten the last of them arrives: the one with the sizes 8 and 9.
_ARRIVAL: Final = 3 + HEADER_SIZE + 8 + 256 * 9


@cache
def preamble() -> bytes:
    """The bytes: the first frame after them is read as one, whatever was read before.

    >>> sorted(set(preamble()))
    [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]
    """
    data = bytearray()
    swallowed = MAX_DATA
    for byte in _RUNS:
        # A header may lie across the beginning.
        data += bytes([byte]) * (swallowed + HEADER_SIZE)
        swallowed = byte * 257
    data += bytes(-len(data) % HEADER_SIZE)
    end = len(data) + _ARRIVAL
    data += bytes(HEADER_SIZE - 2) + _MARKS
    return bytes(data) + bytes(end - len(data))
