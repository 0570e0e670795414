"""Turns the syntax tree into the model: every name becomes the thing it names."""

from __future__ import annotations

from typing import Final

from caraway.idl.attributes import check_attributes, name_argument
from caraway.idl.channels import resolve_channels
from caraway.idl.diagnostics import Diagnostics
from caraway.idl.members import UNKNOWN, StructResolver
from caraway.idl.model import (
    Alias,
    Channel,
    Description,
    Enumeration,
    FileDescriptor,
    Integer,
    Item,
    Struct,
    Type,
)
from caraway.idl.parser import MAX_NESTING
from caraway.idl.source import Span
from caraway.idl.syntax import (
    Body,
    ChannelDeclaration,
    EnumDeclaration,
    File,
    InlineStruct,
    MemberDeclaration,
    Name,
    StructDeclaration,
    SwitchDeclaration,
    TypedefDeclaration,
)

PRIMITIVES: Final[dict[str, Integer | FileDescriptor]] = {
    **{f"int{bits}": Integer(bits, signed=True) for bits in (8, 16, 32, 64)},
    **{f"uint{bits}": Integer(bits, signed=False) for bits in (8, 16, 32, 64)},
    "unix_fd": FileDescriptor(),
}


def resolve(file: File, diagnostics: Diagnostics, *, dialect: int) -> Description:
    """The model of ``file``; what cannot be resolved is reported and left out."""
    name = file.protocol.name.text if file.protocol else ""
    description = Description(name, dialect, diagnostics.source, doc=file.doc)
    _Resolver(file, description, diagnostics).run()
    return description


class _Resolver:
    def __init__(self, file: File, description: Description, diagnostics: Diagnostics) -> None:
        self._file = file
        self._description = description
        self._diagnostics = diagnostics
        self._spans: dict[str, Span] = {}
        self._types: dict[str, Enumeration | Struct | Alias] = {}
        self._bodies: list[tuple[Struct, Body]] = []
        self._typedefs: dict[str, TypedefDeclaration] = {}
        self._resolving: list[str] = []
        self._channels: list[tuple[ChannelDeclaration, Channel]] = []

    def run(self) -> None:
        for declaration in self._file.declarations:
            if isinstance(declaration, EnumDeclaration):
                self._declare_enum(declaration)
            elif isinstance(declaration, StructDeclaration):
                self._declare_struct(declaration)
            elif isinstance(declaration, TypedefDeclaration):
                self._declare_alias(declaration)
            elif self._claim(declaration.name):
                self._declare_channel(declaration)
        for name in list(self._typedefs):
            self._alias_target(name)
        self._description.channels = [channel for _, channel in self._channels]
        structs = StructResolver(
            self._diagnostics, self.type_named, self._inline_struct, self._description.channels
        )
        structs.fill_all(self._bodies)
        resolve_channels(self._channels, self._file, self._types, structs, self._diagnostics)
        structs.resolve_views()

    # Declaring

    def _claim(self, name: Name) -> bool:
        """Whether ``name`` was free; all declarations share one name space."""
        if name.text in PRIMITIVES:
            self._diagnostics.report("E102", name.span, f"'{name.text}' is a built-in type")
            return False
        earlier = self._spans.get(name.text)
        if earlier is not None:
            self._diagnostics.report(
                "E102",
                name.span,
                f"'{name.text}' is declared twice",
                hint="all types and channels share one name space",
                related=(earlier, "first declared here"),
            )
            return False
        self._spans[name.text] = name.span
        return True

    def _declare_enum(self, declaration: EnumDeclaration) -> None:
        attributes = check_attributes(self._diagnostics, declaration.attributes, "enum")
        if not self._claim(declaration.name):
            return
        name = declaration.name.text
        prefix = name_argument(attributes, "prefix") or f"SPICE_{name.upper()}_"
        enumeration = Enumeration(
            name,
            declaration.bits,
            declaration.is_flags,
            [],
            prefix,
            declaration.name.span,
            declaration.doc,
        )
        self._fill_enum(enumeration, declaration)
        self._types[name] = enumeration
        self._description.types.append(enumeration)

    def _fill_enum(self, enumeration: Enumeration, declaration: EnumDeclaration) -> None:
        number = -1
        bits = enumeration.bits
        names: set[str] = set()
        for item in declaration.items:
            attributes = check_attributes(self._diagnostics, item.attributes, "item")
            number = item.number.value if item.number else number + 1
            span = item.number.span if item.number else item.name.span
            if enumeration.is_flags and not 0 <= number < bits:
                self._diagnostics.report(
                    "E201",
                    span,
                    f"bit {number} of '{item.name.text}' is outside 0..{bits - 1}",
                    hint="the number of a flag is its bit position, not its value",
                )
                continue
            if not 0 <= number < 1 << bits:
                self._diagnostics.report(
                    "E201",
                    span,
                    f"value {number} of '{item.name.text}' is outside 0..{(1 << bits) - 1}",
                    hint="use a wider enum" if number >= 0 else "values are unsigned",
                )
                continue
            if item.name.text in names:
                self._diagnostics.report(
                    "E102",
                    item.name.span,
                    f"item '{item.name.text}' is declared twice in '{enumeration.name}'",
                )
                continue
            names.add(item.name.text)
            value = 1 << number if enumeration.is_flags else number
            deprecated = "deprecated" in attributes
            enumeration.items.append(
                Item(item.name.text, value, item.name.span, item.doc, deprecated)
            )

    def _declare_struct(self, declaration: StructDeclaration) -> Struct:
        place = "message" if declaration.is_message else "type"
        check_attributes(self._diagnostics, declaration.attributes, place)
        name = declaration.name
        struct = Struct(name.text, [], name.span, declaration.is_message, declaration.doc)
        for inner in _inline_structs(declaration.body):
            self._declare_struct(inner)
        self._bodies.append((struct, declaration.body))
        if self._claim(name):
            self._types[name.text] = struct
            self._description.types.append(struct)
        return struct

    def _declare_alias(self, declaration: TypedefDeclaration) -> None:
        check_attributes(self._diagnostics, declaration.attributes, "type")
        if isinstance(declaration.type, InlineStruct):
            self._declare_struct(declaration.type.struct)
        if self._claim(declaration.name):
            self._typedefs[declaration.name.text] = declaration

    def _declare_channel(self, declaration: ChannelDeclaration) -> None:
        attributes = check_attributes(self._diagnostics, declaration.attributes, "channel")
        type_name = declaration.name.text
        channel = Channel(
            type_name,
            name=(type_name.removesuffix("Channel") or type_name).lower(),
            number=None,
            base=None,
            own=[],
            span=declaration.name.span,
            doc=declaration.doc,
            feature=name_argument(attributes, "ifdef"),
        )
        for message in declaration.messages:
            if isinstance(message.body, Body):
                for inner in _inline_structs(message.body):
                    self._declare_struct(inner)
        self._channels.append((declaration, channel))

    # Looking up

    def _alias_target(self, name: str) -> Type:
        known = self._types.get(name)
        if isinstance(known, Alias):
            return known.target
        declaration = self._typedefs[name]
        if name in self._resolving:
            chain = " → ".join([*self._resolving[self._resolving.index(name) :], name])
            self._diagnostics.report("E211", declaration.name.span, f"typedef circle: {chain}")
            return UNKNOWN
        if len(self._resolving) > MAX_NESTING:
            self._diagnostics.report(
                "E003",
                declaration.name.span,
                f"more than {MAX_NESTING} typedefs, each of the next one",
            )
            return UNKNOWN
        self._resolving.append(name)
        if isinstance(declaration.type, InlineStruct):
            target: Type = self._inline_struct(declaration.type.struct)
        else:
            target = self.type_named(declaration.type.name)
        self._resolving.pop()
        alias = Alias(name, target, declaration.name.span, declaration.doc)
        self._types[name] = alias
        self._description.types.append(alias)
        return target

    def _inline_struct(self, declaration: StructDeclaration) -> Struct:
        found = self._types.get(declaration.name.text)
        if isinstance(found, Struct) and found.span == declaration.name.span:
            return found
        # Its name was taken, which has been reported: an empty stand-in keeps us going.
        return Struct(declaration.name.text, [], declaration.name.span)

    def type_named(self, name: Name) -> Type:
        """The type called ``name``; what is unknown is reported and taken for a byte."""
        primitive = PRIMITIVES.get(name.text)
        if primitive is not None:
            return primitive
        if name.text in self._typedefs:
            return self._alias_target(name.text)
        found = self._types.get(name.text)
        if isinstance(found, Enumeration | Struct):
            return found
        if name.text in self._spans:
            self._diagnostics.report(
                "E106",
                name.span,
                f"'{name.text}' is a channel, not a type",
                related=(self._spans[name.text], "declared here"),
            )
        elif name.text not in self._file.unread:
            self._diagnostics.report(
                "E101",
                name.span,
                f"unknown type '{name.text}'",
                hint=_suggest(name.text, [*PRIMITIVES, *self._spans]),
            )
        return UNKNOWN


def _inline_structs(body: Body) -> list[StructDeclaration]:
    """The structs declared where a member of ``body`` names its type."""
    members: list[MemberDeclaration] = []
    for member in body.members:
        if isinstance(member, SwitchDeclaration):
            members += [case.member for case in member.cases]
        else:
            members.append(member)
    return [m.type.struct for m in members if isinstance(m.type, InlineStruct)]


def _suggest(name: str, known: list[str]) -> str:
    folded = name.lower().replace("_", "")
    for candidate in known:
        if candidate.lower().replace("_", "") == folded:
            return f"did you mean '{candidate}'?"
    return "declare it anywhere in the file"
