"""Records made by hand, so that the tests of this layer need no compiler."""

from __future__ import annotations

import struct
from typing import Any

from caraway.wire import schema as s
from caraway.wire.codec import UNSENDABLE, refuse
from caraway.wire.record import Buffer, Message, Queue, Record


class Point(Record):
    """Two bytes."""

    __slots__ = ("x", "y")
    FIELDS = (s.Field("x", "x", s.U8), s.Field("y", "y", s.U8))

    def __init__(self, x: Any, y: Any) -> None:
        self.x = x
        self.y = y

    def _write(self, out: list[Buffer], queue: Queue, size: int, minor: int | None = None) -> int:
        out.append(struct.pack("<BB", self.x, self.y))
        return size + 2


class Nothing(Record):
    """No bytes at all."""

    __slots__ = ()
    FIELDS = ()

    def _write(self, out: list[Buffer], queue: Queue, size: int, minor: int | None = None) -> int:
        return size


class Chain(Record):
    """A number, and a pointer to another chain where there is one."""

    __slots__ = ("number", "tail")
    FIELDS: Any = ()

    def __init__(self, number: int, tail: Chain | None = None) -> None:
        self.number = number
        self.tail = tail

    def _write(self, out: list[Buffer], queue: Queue, size: int, minor: int | None = None) -> int:
        block = bytearray(struct.pack("<BI", self.number, 0))
        out.append(block)
        if self.tail is not None:
            queue.append((block, 1, Chain._write, self.tail))
        return size + 5


Chain.FIELDS = (
    s.Field("number", "number", s.U8),
    s.Field("tail", "tail", s.Reference(s.Nested(Chain), False)),
)


class Echo(Message):
    """A message with one byte and bytes behind it."""

    __slots__ = ("data", "size")
    CHANNEL, DIRECTION, NAME, NUMBER = "echo", "server", "echo", 7
    FIELDS = (
        s.Field("size", "size", s.U8, derived=True),
        s.Field("data", "data", s.Octets(("size",)), text=True),
    )

    def __init__(self, data: Any, *, size: Any = None) -> None:
        self.size = len(data) if size is None else size
        self.data = data

    def write_buffers(self, minor: int | None = None) -> list[Buffer]:
        try:
            return [bytes([self.size]), self.data]
        except UNSENDABLE as error:
            refuse(self, error, minor)


def record(*fields: s.Field, **values: Any) -> Record:
    """A record with these fields and values; what has no value is not set."""
    namespace = {"__slots__": [field.attribute for field in fields], "FIELDS": fields}
    made: Record = type("Sample", (Record,), namespace)()
    for name, value in values.items():
        setattr(made, name, value)
    return made


def kind(*fields: s.Field) -> type[Record]:
    """A class of records with these fields; its constructor leaves out what is not given."""

    def __init__(self: Record, **values: Any) -> None:
        for name, value in values.items():
            setattr(self, name, value)

    namespace = {
        "__slots__": [field.attribute for field in fields],
        "FIELDS": fields,
        "__init__": __init__,
    }
    return type("Sample", (Record,), namespace)
