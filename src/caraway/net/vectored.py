"""Many pieces in one write, without joining them."""

from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

    from caraway.wire.record import Buffer

#: Bytes from which on it is worth it.
_WORTHWHILE: Final = 32 << 10
#: Pieces that the system takes at once (IOV_MAX).
_MOST: Final = 1024
#: Not so on Windows.
_HAS_WRITEV: Final = hasattr(os, "writev")


def write_pieces(transport: asyncio.Transport, pieces: Sequence[Buffer]) -> None:
    """Send pieces, much at once past a transport that has nothing to send itself."""
    is_much = sum(map(len, pieces)) >= _WORTHWHILE
    if is_much and not (transport.is_closing() or transport.get_write_buffer_size()):
        pieces = _behind(pieces, _send(transport, pieces[:_MOST]))
    if pieces:
        # Copied: a few bytes that wait must not keep all that they are a part of. Not writelines,
        # which in Python 3.12 never asks us to pause, and registers sockets that are closed.
        transport.write(b"".join(pieces))


def _send(transport: asyncio.Transport, pieces: Sequence[Buffer]) -> int:
    """How many bytes the transport's socket takes now; none where its bytes are others."""
    plain = transport.get_extra_info("socket") if _HAS_WRITEV else None
    if plain is None or transport.get_extra_info("sslcontext") is not None:
        return 0
    try:
        return os.writev(plain.fileno(), pieces)
    except OSError:
        # It is full, or broken: the transport finds out.
        return 0


def _behind(pieces: Sequence[Buffer], size: int) -> list[Buffer]:
    """What is left of pieces behind their first ``size`` bytes."""
    for at, piece in enumerate(pieces):
        if size < len(piece):
            return [memoryview(piece)[size:], *pieces[at + 1 :]]
        size -= len(piece)
    return []
