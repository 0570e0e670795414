"""What the two ends of this project tell each other beside the frames of connections.

The plain protocol has no flow control. Both ends of ours grant each
connection an amount, in frames of a connection that does not exist: an id
no other agent can have, which drops them. See docs/adr/0014-mux-credits.md.
"""

from __future__ import annotations

from collections.abc import Iterator
from struct import Struct
from typing import Final, NamedTuple

from caraway.protocol.mux_frames import frame_header

#: ``CARAWAY`` and a zero as bytes. Real agents use 32-bit numbers with their sign extended.
CONTROL_ID: Final = int.from_bytes(b"CARAWAY\0", "little")
VERSION: Final = 1
#: Bytes of one control frame that are read; what stands behind them is ignored.
MAX_CONTROL: Final = 4096
#: Windows that make sense. Below, hardly anything would move; above, a sum might overflow.
MIN_WINDOW: Final = 4 << 10
MAX_WINDOW: Final = 1 << 30

_RECORD: Final = Struct("<BB")
_HELLO: Final = Struct("<BI")
_CREDIT: Final = Struct("<qI")
_KIND_HELLO: Final = 1
_KIND_CREDIT: Final = 2


class Hello(NamedTuple):
    """Its sender grants connections amounts, and keeps to those it is granted.

    Attributes:
        window: Bytes it takes of each new connection before it grants more, or so it says.
    """

    window: int


class Credit(NamedTuple):
    """So many more bytes of a connection may be sent."""

    stream_id: int
    amount: int


def write_hello(window: int) -> bytes:
    """The frame that a client sends first after the port was opened, and an agent as its answer."""
    return _frame(_KIND_HELLO, _HELLO.pack(VERSION, window))


def write_credit(stream_id: int, amount: int) -> bytes:
    """The frame that grants ``amount`` more bytes."""
    return _frame(_KIND_CREDIT, _CREDIT.pack(stream_id, amount))


def _frame(kind: int, body: bytes) -> bytes:
    record = _RECORD.pack(kind, len(body)) + body
    return frame_header(CONTROL_ID, len(record)) + record


#: What a hello of this version begins with; those of later ones are read, and not searched for.
GREETING: Final = write_hello(0)[:-4]


def read_control(data: bytes) -> Iterator[Hello | Credit]:
    """What a control frame says; what later versions may add is passed over.

    A record that ends early says nothing.

    >>> list(read_control(write_hello(65536)[10:]))
    [Hello(window=65536)]
    """
    at = 0
    while at + _RECORD.size <= len(data):
        kind, size = _RECORD.unpack_from(data, at)
        body = data[at + _RECORD.size : at + _RECORD.size + size]
        at += _RECORD.size + size
        if len(body) < size:
            return
        if kind == _KIND_HELLO and size >= _HELLO.size:
            version, window = _HELLO.unpack_from(body)
            if version >= VERSION:
                yield Hello(window)
        elif kind == _KIND_CREDIT and size >= _CREDIT.size:
            yield Credit(*_CREDIT.unpack_from(body))
