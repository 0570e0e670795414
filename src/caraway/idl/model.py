"""What a description means: types, messages and channels with every name resolved.

One model serves every backend, the interpreter and ``diff``::

    Description ── protocol name, dialect
    ├── types            declared enums, structs and aliases, in the order written
    └── channels         name → Channel, listed ones with their number
        └── Message      number, direction, owner; its body is a Struct
            └── Member   name and type:
                         Integer  FileDescriptor  Enumeration  Struct
                         Array(element, size)  Pointer(target)  Switch(cases)
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final, Literal

from caraway.idl.source import Source, Span

Direction = Literal["server", "client"]
DIRECTIONS: Final[tuple[Direction, ...]] = ("server", "client")

#: Bytes of a pointer on the wire, by dialect (the protocol's major version).
POINTER_SIZE: Final = {1: 8, 2: 4}


@dataclass(frozen=True, slots=True)
class Integer:
    """A little-endian number of ``bits`` 8, 16, 32 or 64."""

    bits: int
    signed: bool

    @property
    def name(self) -> str:
        """Its keyword in the language, as in ``uint16``."""
        return f"{'' if self.signed else 'u'}int{self.bits}"

    @property
    def minimum(self) -> int:
        """The smallest value it holds."""
        return -(1 << (self.bits - 1)) if self.signed else 0

    @property
    def maximum(self) -> int:
        """The largest value it holds."""
        return (1 << (self.bits - 1)) - 1 if self.signed else (1 << self.bits) - 1


@dataclass(frozen=True, slots=True)
class FileDescriptor:
    """``unix_fd``: no bytes in the message, the descriptor travels beside it."""


@dataclass(slots=True)
class Item:
    """One named value.

    Attributes:
        value: The number on the wire; for flags the bit, already shifted.
        deprecated: Marked ``@deprecated``.
    """

    name: str
    value: int
    span: Span
    doc: str = ""
    deprecated: bool = False


@dataclass(slots=True, eq=False)
class Enumeration:
    """An ``enumN`` or ``flagsN``; values that are not listed are legal on the wire.

    Attributes:
        bits: 8, 16 or 32, unsigned.
        prefix: What C constants begin with.
    """

    name: str
    bits: int
    is_flags: bool
    items: list[Item]
    prefix: str
    span: Span
    doc: str = ""

    @property
    def integer(self) -> Integer:
        """The number that carries it."""
        return Integer(self.bits, signed=False)

    def item(self, name: str) -> Item | None:
        """The item called ``name``."""
        return next((item for item in self.items if item.name == name), None)


@dataclass(frozen=True, slots=True)
class Rest:
    """``[]``: elements up to the end of the message."""


@dataclass(frozen=True, slots=True)
class Constant:
    """``[16]``."""

    count: int


@dataclass(frozen=True, slots=True)
class Count:
    """``[n]``: the count is an earlier member, reached by ``path``.

    The path has more than one name where the member is a case of an earlier
    switch (``("u1", "style_nseg")``).
    """

    path: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ImageSize:
    """``[image_size(bits, width, rows)]``: ``(bits * width + 7) // 8 * rows`` bytes.

    ``width`` and ``rows`` are paths to earlier members.
    """

    bits: int
    width: tuple[str, ...]
    rows: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ByteCount:
    """``[bytes(size, count)]``: elements that fill exactly ``size`` bytes.

    ``count`` is the name upstream's C code gives the number of elements.
    """

    path: tuple[str, ...]
    count: str


ArraySize = Rest | Constant | Count | ImageSize | ByteCount


@dataclass(slots=True, eq=False)
class Array:
    """A row of elements without anything between them."""

    element: Type
    size: ArraySize

    @property
    def is_bytes(self) -> bool:
        """Whether it is carried as bytes rather than as a list."""
        return self.element == Integer(8, signed=False)


@dataclass(slots=True, eq=False)
class Pointer:
    """An offset from the start of the message body; 0 is null."""

    target: Type
    nonnull: bool


@dataclass(slots=True, eq=False)
class Label:
    """What selects a case: an item (set, or clear where ``negated``), or None for default."""

    item: Item | None
    negated: bool
    span: Span


@dataclass(slots=True, eq=False)
class Case:
    """One member of a switch and the labels that select it."""

    labels: list[Label]
    member: Member


@dataclass(slots=True, eq=False)
class Switch:
    """A member whose layout depends on an earlier one.

    The first case that matches is taken: by equality for an enum, by bit test
    for flags. Where none matches nothing is on the wire.

    Attributes:
        path: Names that lead to the discriminator from the enclosing struct.
        fixed_size: Every case is padded with zeros to the size of the largest.
    """

    path: tuple[str, ...]
    on: Enumeration
    cases: list[Case]
    fixed_size: bool


@dataclass(slots=True, eq=False)
class Struct:
    """Members one after the other, packed."""

    name: str
    members: list[Member]
    span: Span
    is_message: bool = False
    doc: str = ""

    def member(self, name: str) -> Member | None:
        """The member called ``name``."""
        return next((member for member in self.members if member.name == name), None)


Type = Integer | FileDescriptor | Enumeration | Array | Pointer | Switch | Struct


@dataclass(slots=True, eq=False)
class Member:
    """A named part of a struct.

    Attributes:
        minor: On the wire only from this protocol minor on, or None for always.
        zero: Written as zero, read and dropped; not part of the message's value.
        virtual: Not on the wire: the value is always this number.
        text: Marked ``@zero_terminated``: the bytes are text, perhaps with a NUL behind.
        unique: At most one bit of the flags is set (``@unique_flag``).
        view: The channel whose messages the bytes hold and the path to their number.
    """

    name: str
    type: Type
    span: Span
    doc: str = ""
    minor: int | None = None
    zero: bool = False
    virtual: int | None = None
    text: bool = False
    unique: bool = False
    view: tuple[Channel, tuple[str, ...]] | None = None


@dataclass(slots=True, eq=False)
class Message:
    """One message of a channel.

    Attributes:
        channel: The channel that declares it; derived channels inherit it as it is.
        body: Its layout, shared with other messages where it is a named one.
        feature: The ``@ifdef`` name it depends on, or None.
    """

    name: str
    number: int
    direction: Direction
    channel: Channel
    body: Struct
    span: Span
    doc: str = ""
    feature: str | None = None


@dataclass(slots=True, eq=False)
class Channel:
    """A family of numbered messages in both directions.

    Attributes:
        type_name: Its name in the description, as in ``MainChannel``.
        name: How the protocol block lists it, else its type name without
            ``Channel`` in lower case.
        number: Its channel type number, or None where it is abstract or a view.
        own: The messages it declares itself, in the order written.
    """

    type_name: str
    name: str
    number: int | None
    base: Channel | None
    own: list[Message]
    span: Span
    doc: str = ""
    feature: str | None = None

    def messages(self, direction: Direction) -> list[Message]:
        """Its messages in one direction with the inherited ones, by number."""
        inherited = self.base.messages(direction) if self.base is not None else []
        own = [message for message in self.own if message.direction == direction]
        return sorted(inherited + own, key=lambda message: message.number)

    def lineage(self) -> Iterator[Channel]:
        """This channel, its base, the base of that, …"""
        channel: Channel | None = self
        while channel is not None:
            yield channel
            channel = channel.base


@dataclass(slots=True, eq=False)
class Alias:
    """A ``typedef``: another name for a type."""

    name: str
    target: Type
    span: Span
    doc: str = ""


@dataclass(slots=True, eq=False)
class Description:
    """A whole compiled description.

    Attributes:
        name: The protocol's name.
        dialect: 1 or 2, which decides the size of pointers.
        types: Every declared type, in the order written, inline structs included.
        channels: Every channel, in the order written.
    """

    name: str
    dialect: int
    source: Source
    types: list[Enumeration | Struct | Alias] = field(default_factory=list)
    channels: list[Channel] = field(default_factory=list)
    doc: str = ""

    @property
    def pointer_size(self) -> int:
        """Bytes of a pointer on the wire."""
        return POINTER_SIZE[self.dialect]

    @property
    def enums(self) -> list[Enumeration]:
        """The declared enums and flags."""
        return [type_ for type_ in self.types if isinstance(type_, Enumeration)]

    @property
    def structs(self) -> list[Struct]:
        """The declared structs, and messages that have a name of their own."""
        return [type_ for type_ in self.types if isinstance(type_, Struct)]

    @property
    def listed(self) -> list[Channel]:
        """The channels of the protocol block, by number."""
        numbered = [channel for channel in self.channels if channel.number is not None]
        return sorted(numbered, key=lambda channel: channel.number or 0)

    @property
    def messages(self) -> list[Message]:
        """Every message once, by declaring channel in the order written."""
        return [message for channel in self.channels for message in channel.own]

    @property
    def minors(self) -> list[int]:
        """The protocol minors at which a layout changes, ascending."""
        found = {
            member.minor
            for struct in [*self.structs, *(message.body for message in self.messages)]
            for member in walk(struct)
            if member.minor is not None
        }
        return sorted(found)

    def channel(self, name: str) -> Channel | None:
        """The channel called ``name`` (as the protocol block calls it)."""
        return next((channel for channel in self.channels if channel.name == name), None)


def walk(struct: Struct) -> Iterator[Member]:
    """The members of ``struct`` and those of its switches, not of other structs."""
    for member in struct.members:
        yield member
        if isinstance(member.type, Switch):
            for case in member.type.cases:
                yield case.member


def strip(type_: Type) -> Type:
    """``type_`` without the pointer and the array around it."""
    while isinstance(type_, Pointer | Array):
        type_ = type_.target if isinstance(type_, Pointer) else type_.element
    return type_
