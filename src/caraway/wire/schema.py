"""What generated classes say about their own fields.

Reading and writing never look here: generated code has its layout built in.
The schema serves what may be slow: turning messages into plain values and
back, showing them, and finding out which field made a message unsendable.
"""

from __future__ import annotations

from enum import IntEnum, IntFlag
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from caraway.wire.record import Record

Path = tuple[str, ...]


class Number(NamedTuple):
    """An integer from ``minimum`` to ``maximum``, perhaps with names for its values."""

    minimum: int
    maximum: int
    names: type[IntEnum] | type[IntFlag] | None = None
    is_flags: bool = False


class Descriptor(NamedTuple):
    """A file descriptor: travels beside the message, its value here is None."""


class Nested(NamedTuple):
    """Another record, inline."""

    record: type[Record]


class Image(NamedTuple):
    """A size computed as ``(bits * width + 7) // 8 * rows`` bytes."""

    bits: int
    width: Path
    rows: Path


#: How long an array is: to the end of the message (None), a constant, the
#: field at the end of a path, or computed.
Size = int | Path | Image | None


class Octets(NamedTuple):
    """Bytes, kept as the buffer they came in."""

    size: Size


class Items(NamedTuple):
    """A list; with ``in_bytes`` the size counts bytes, not elements."""

    element: Kind
    size: Size
    in_bytes: bool = False


class Reference(NamedTuple):
    """A pointer: what it leads to, or None."""

    target: Kind
    nonnull: bool


class Choice(NamedTuple):
    """One case of a union: the labels that select it, its name and its kind.

    A label is ``(value, negated)``; no labels at all mean the default. The
    kind is None where the member is not part of the message's value. The rest
    is as in :class:`Field`.
    """

    labels: tuple[tuple[int, bool], ...]
    name: str
    kind: Kind | None
    derived: bool = False
    constant: int | None = None
    minor: int | None = None


class Union(NamedTuple):
    """A field whose kind depends on the number at ``path``."""

    path: Path
    is_flags: bool
    choices: tuple[Choice, ...]

    def choose(self, number: int) -> Choice | None:
        """The first choice that ``number`` selects."""
        for choice in self.choices:
            if not choice.labels:
                return choice
            for value, negated in choice.labels:
                matches = bool(number & value) != negated if self.is_flags else number == value
                if matches:
                    return choice
        return None


Kind = Number | Descriptor | Nested | Octets | Items | Reference | Union


class Field(NamedTuple):
    """One field of a record.

    Attributes:
        name: As the description spells it.
        attribute: As the class spells it: the same, or with an underscore behind.
        derived: It counts another field, and may be left out.
        constant: The only value it can have, or None.
        minor: The protocol minor that brought it, or None.
        text: Its bytes are text.
        view: ``(family, path)``: they hold a message of that family, numbered by the field at path.
    """

    name: str
    attribute: str
    kind: Kind
    derived: bool = False
    constant: int | None = None
    minor: int | None = None
    text: bool = False
    view: tuple[str, Path] | None = None


U8 = Number(0, 0xFF)
U16 = Number(0, 0xFFFF)
U32 = Number(0, 0xFFFFFFFF)
U64 = Number(0, 0xFFFFFFFFFFFFFFFF)
I8 = Number(-0x80, 0x7F)
I16 = Number(-0x8000, 0x7FFF)
I32 = Number(-0x80000000, 0x7FFFFFFF)
I64 = Number(-0x8000000000000000, 0x7FFFFFFFFFFFFFFF)
FD = Descriptor()


def is_left_out(since: int | None, minor: int | None) -> bool:
    """Whether what came with minor ``since`` is not on the wire with ``minor``; None is newest."""
    return since is not None and minor is not None and minor < since


def follow(record: object, path: Path) -> object:
    """The value at ``path`` from ``record``; None where the way there ends.

    The path has the description's names, which attributes may differ from, and
    behind that of a union the name of the case that is meant.
    """
    holder = value = record
    union: Union | None = None
    for name in path:
        if union is not None:
            number = follow(holder, union.path)
            choice = union.choose(number) if isinstance(number, int) else None
            if choice is None or choice.name != name:
                return None
            union = None
            continue
        fields: tuple[Field, ...] = getattr(value, "FIELDS", ())
        field = next((field for field in fields if field.name == name), None)
        if field is None:
            return None
        holder, value = value, getattr(value, field.attribute, None)
        union = field.kind if isinstance(field.kind, Union) else None
    return value
