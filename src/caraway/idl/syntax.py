"""The located syntax tree: what was written, before names mean anything."""

from __future__ import annotations

from dataclasses import dataclass, field

from caraway.idl.source import Span


@dataclass(frozen=True, slots=True)
class Name:
    """An identifier and where it stands."""

    text: str
    span: Span


@dataclass(frozen=True, slots=True)
class Number:
    """An integer and where it stands."""

    value: int
    span: Span


@dataclass(frozen=True, slots=True)
class Attribute:
    """``@name`` or ``@name(argument, …)``."""

    name: str
    arguments: tuple[Name | Number, ...]
    span: Span


@dataclass(slots=True)
class TypeName:
    """A type by name: built in or declared."""

    name: Name


@dataclass(slots=True)
class InlineStruct:
    """``struct Name {…}`` where a type is expected; the name becomes global."""

    struct: StructDeclaration


@dataclass(frozen=True, slots=True)
class ArraySize:
    """What stands between the brackets.

    Attributes:
        kind: ``rest`` ``constant`` ``count`` ``image_size`` ``cstring`` ``bytes``.
        number: The constant, or the bits per pixel of ``image_size``.
        names: The members referred to, in the order written.
    """

    kind: str
    span: Span
    number: Number | None = None
    names: tuple[Name, ...] = ()


@dataclass(slots=True)
class MemberDeclaration:
    """``type *name[size] @attributes;``"""

    type: TypeName | InlineStruct
    name: Name
    is_pointer: bool
    size: ArraySize | None
    attributes: tuple[Attribute, ...]
    span: Span
    doc: str = ""


@dataclass(slots=True)
class LabelDeclaration:
    """``case ITEM:``, ``case !ITEM:`` or ``default:`` (then ``item`` is None)."""

    item: Name | None
    negated: bool
    span: Span


@dataclass(slots=True)
class CaseDeclaration:
    """One or more labels and the one member they select."""

    labels: list[LabelDeclaration]
    member: MemberDeclaration


@dataclass(slots=True)
class SwitchDeclaration:
    """``switch (path) {…} name @attributes;``"""

    path: list[Name]
    cases: list[CaseDeclaration]
    name: Name
    attributes: tuple[Attribute, ...]
    span: Span
    doc: str = ""


@dataclass(slots=True)
class Body:
    """The members between braces."""

    members: list[MemberDeclaration | SwitchDeclaration]
    span: Span


@dataclass(slots=True)
class StructDeclaration:
    """``struct`` or ``message`` with a name of its own."""

    name: Name
    body: Body
    attributes: tuple[Attribute, ...]
    is_message: bool
    doc: str = ""


@dataclass(slots=True)
class ItemDeclaration:
    """One value of an enum or flags type."""

    name: Name
    number: Number | None
    attributes: tuple[Attribute, ...]
    doc: str = ""


@dataclass(slots=True)
class EnumDeclaration:
    """``enum8`` … ``flags32``."""

    name: Name
    bits: int
    is_flags: bool
    items: list[ItemDeclaration]
    attributes: tuple[Attribute, ...]
    doc: str = ""


@dataclass(slots=True)
class TypedefDeclaration:
    """``typedef name type``: the new name comes first."""

    name: Name
    type: TypeName | InlineStruct
    attributes: tuple[Attribute, ...]
    doc: str = ""


@dataclass(slots=True)
class ChannelMessage:
    """One message of a channel: a body of its own or the name of a shared one."""

    direction: str
    body: Body | Name
    attributes: tuple[Attribute, ...]
    name: Name
    number: Number | None
    doc: str = ""


@dataclass(slots=True)
class ChannelDeclaration:
    """``channel Name : Base {…}``"""

    name: Name
    base: Name | None
    messages: list[ChannelMessage]
    attributes: tuple[Attribute, ...]
    doc: str = ""


@dataclass(slots=True)
class ProtocolEntry:
    """``ChannelType name = number;``"""

    channel: Name
    name: Name
    number: Number | None
    doc: str = ""


@dataclass(slots=True)
class ProtocolDeclaration:
    """``protocol Name {…};``"""

    name: Name
    entries: list[ProtocolEntry]
    doc: str = ""


Declaration = TypedefDeclaration | StructDeclaration | EnumDeclaration | ChannelDeclaration


@dataclass(slots=True)
class File:
    """A whole description.

    Attributes:
        protocol: None only where parsing failed.
        unread: Names of definitions with errors, which are not among the declarations.
    """

    declarations: list[Declaration] = field(default_factory=list)
    protocol: ProtocolDeclaration | None = None
    doc: str = ""
    unread: set[str] = field(default_factory=set)
