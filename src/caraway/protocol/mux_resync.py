"""Bytes after which every reader of frames stands at the border of one.

When the guest agent ends while bytes are on their way to it, the server keeps
them, and the next agent begins to read in the middle of a frame: it never
finds a border again. It cannot be told, but it can be led: it reads a
header of ten bytes and so many bytes of data for ever, and drops what belongs
to connections it does not know.

Whatever such a reader is in the middle of ends in a long run of zeros, which
it then reads as frames without data, their borders at one of ten phases: the
position of a border modulo ten. A single 1 at the position phase + 8 is, for
readers of that phase, the low byte of a size: they swallow one byte more and
are a phase further. For those of the phase before it is the high byte: they
swallow 256 and are six phases further. For the others it is a part of an id. One
such byte for each phase from 0 to 8, far enough apart, and all readers
have the phase 9.

Source: spice-webdavd 3.0, whose behaviour was observed; tried with it.
"""

from __future__ import annotations

from functools import cache
from typing import Final

from caraway.protocol.mux_frames import HEADER_SIZE, MAX_DATA

#: Between two marks: more than what the high byte makes a reader swallow, and its header.
_GAP: Final = 300
#: A frame of the largest size, and its header, end in it.
_ZEROS: Final = MAX_DATA + 2 * HEADER_SIZE
#: A second round costs little, and one reader in ten goes astray in the first.
_ROUNDS: Final = 2


@cache
def preamble() -> bytes:
    """The bytes: the first frame after them is read as one, whatever was read before.

    >>> set(preamble())
    {0, 1}
    """
    # The first multiple of ten behind the zeros is phase 0.
    at = -(-_ZEROS // HEADER_SIZE) * HEADER_SIZE
    marks = []
    for _ in range(_ROUNDS):
        for phase in range(HEADER_SIZE - 1):
            marks.append(at + phase + HEADER_SIZE - 2)
            at += _GAP
    # All stand at phase 9 now: the end is such a border.
    data = bytearray(at + HEADER_SIZE - 1)
    for mark in marks:
        data[mark] = 1
    return bytes(data)
