"""The bases of generated classes: what every struct and message can do."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar, Self

from caraway.wire.limits import Extent, Limits
from caraway.wire.schema import Field, Number

#: What messages are read from, and what byte arrays are. A memoryview is
#: one-dimensional with items of one byte.
Buffer = bytes | bytearray | memoryview

#: Pointer targets still to be placed: the block with the pointer, where in it
#: the pointer stands, what writes the target, and the target.
Queue = list[tuple[bytearray, int, Callable[..., int], object]]


class Record:
    """A value with named fields: equal when class and all fields are equal.

    Treat it as a value: nothing stops assignment, but counts are derived when
    the record is made, and a count that no longer fits its list is refused
    when it is written.
    """

    __slots__ = ()
    FIELDS: ClassVar[tuple[Field, ...]]

    def __eq__(self, other: object) -> bool:
        if other.__class__ is not self.__class__:
            return NotImplemented
        return all(
            getattr(self, field.attribute) == getattr(other, field.attribute)
            for field in self.FIELDS
        )

    __hash__ = None  # type: ignore[assignment]  # fields may be lists and bytearrays

    def __repr__(self) -> str:
        shown = ", ".join(f"{field.attribute}={self._shown(field)}" for field in self.FIELDS)
        return f"{self.__class__.__name__}({shown})"

    def _shown(self, field: Field) -> str:
        value = getattr(self, field.attribute, None)
        if isinstance(field.kind, Number) and field.kind.names is not None:
            return name_value(field.kind, value)
        if isinstance(value, bytes | bytearray | memoryview) and len(value) > 24:
            return f"<{len(value)} bytes {bytes(value[:8]).hex(' ')} …>"
        if isinstance(value, memoryview):
            # Its own repr has an address.
            return f"memoryview({bytes(value)!r})"
        return repr(value)

    def _write(self, out: list[Buffer], queue: Queue, size: int, minor: int | None = None) -> int:
        """Append the wire form to ``out``; ``size`` bytes are before it, the new size returns."""
        raise NotImplementedError

    @staticmethod
    def _read(
        data: Buffer, pos: int, end: int, extent: Extent | None, minor: int | None = None
    ) -> tuple[Record, int]:
        """The record at ``pos`` and the position behind it; nothing past ``end`` is read."""
        raise NotImplementedError


class Message(Record):
    """A record that is the body of a message.

    Attributes:
        CHANNEL: The channel that declares it, as in ``display``.
        DIRECTION: Who sends it: ``server`` or ``client``.
        NAME: Its name in the description.
        NUMBER: What the data header calls it.
    """

    __slots__ = ()
    CHANNEL: ClassVar[str]
    DIRECTION: ClassVar[str]
    NAME: ClassVar[str]
    NUMBER: ClassVar[int]

    @classmethod
    def parse(cls, data: Buffer, limits: Limits | None = None, minor: int | None = None) -> Self:
        """The message in ``data``, a body without its data header.

        Args:
            data: Byte arrays of the message are slices of it: pass a
                memoryview and payloads are not copied.
            limits: What the message may claim; None for the defaults.
            minor: The negotiated protocol minor, where the layout depends on
                it; None for the newest.

        Raises:
            DecodeError: ``data`` is not such a message.
            LimitExceeded: It asks for more than ``limits`` allow.
        """
        raise NotImplementedError

    def write_buffers(self, minor: int | None = None) -> list[Buffer]:
        """The wire form in pieces; byte arrays are the very objects of the message.

        Raises:
            EncodeError: A field cannot be sent; the text names it.
        """
        raise NotImplementedError

    def write(self, minor: int | None = None) -> bytes:
        """The wire form, a body without its data header.

        Raises:
            EncodeError: A field cannot be sent; the text names it.
        """
        return b"".join(self.write_buffers(minor))


def text_of(data: Buffer) -> str:
    """Bytes as text: UTF-8 up to the first NUL, what is not UTF-8 replaced."""
    return bytes(data).split(b"\0", 1)[0].decode("utf-8", "replace")


def show_number(value: int) -> str:
    """A number for messages; Python itself refuses to print thousands of digits."""
    return str(value) if value.bit_length() <= 128 else f"a number of {value.bit_length()} bits"


def name_value(kind: Number, value: object) -> str:
    """How to show a number that has names: ``ImageType.QUIC``, ``3`` where it has none."""
    names = kind.names
    if names is None or not isinstance(value, int):
        return repr(value)
    if not kind.is_flags:
        return str(
            next((f"{names.__name__}.{item.name}" for item in names if item == value), value)
        )
    parts = [str(item.name) for item in names if item & value]
    rest = value & ~sum(item.value for item in names)
    if rest or not parts:
        parts.append(hex(rest) if rest else "0")
    return (
        "|".join(parts) if parts[0] in ("0", hex(rest)) else f"{names.__name__}.{'|'.join(parts)}"
    )
