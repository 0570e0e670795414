"""Memory for what sockets bring."""

from __future__ import annotations

from functools import cache
from typing import Final

#: Memory that a process may keep for what comes next, bytes.
_KEPT: Final = 2 << 20


@cache
def keep_memory() -> None:
    """Have blocks for what sockets bring taken from memory that the process keeps.

    asyncio reads each time into a new block of 256 KiB. glibc gets that from the system and gives
    it back, which costs more than the reading, until a larger one was freed once (mallopt(3),
    M_MMAP_THRESHOLD).
    """
    bytes(_KEPT)
