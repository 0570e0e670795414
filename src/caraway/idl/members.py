"""Resolves what stands between the braces of a struct: members, arrays, switches."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from caraway.idl.attributes import check_attributes, names_of, number_argument
from caraway.idl.diagnostics import Diagnostics
from caraway.idl.model import (
    Array,
    ByteCount,
    Case,
    Channel,
    Constant,
    Count,
    Enumeration,
    ImageSize,
    Integer,
    Item,
    Label,
    Member,
    Pointer,
    Rest,
    Struct,
    Switch,
    Type,
    strip,
)
from caraway.idl.model import ArraySize as Size
from caraway.idl.parser import MAX_NESTING
from caraway.idl.source import Span
from caraway.idl.syntax import (
    ArraySize,
    Attribute,
    Body,
    InlineStruct,
    LabelDeclaration,
    MemberDeclaration,
    Name,
    StructDeclaration,
    SwitchDeclaration,
)

#: Stands in for a type that could not be resolved, which has been reported.
UNKNOWN: Final = Integer(8, signed=False)

#: A message is never longer, so that no array can be.
MAX_ARRAY_SIZE: Final = 0xFFFFFFFF
MAX_BITS_PER_PIXEL: Final = 64

_UNKNOWN_ENUM: Final = Enumeration("?", 8, False, [], "", Span(0, 0))


@dataclass(slots=True)
class _Scope:
    """What can be named in a struct so far.

    Attributes:
        written: Where each member stands that the struct will have in the end.
        members: Those that came before.
        counts: These and the members of its switches, each with the path to it.
    """

    struct: Struct
    written: dict[str, Span]
    members: dict[str, Member] = field(default_factory=dict)
    counts: dict[str, tuple[Member, tuple[str, ...]]] = field(default_factory=dict)

    def add(self, member: Member) -> None:
        self.struct.members.append(member)
        self.members[member.name] = member
        self.counts.setdefault(member.name, (member, (member.name,)))
        if isinstance(member.type, Switch):
            for case in member.type.cases:
                name = case.member.name
                self.counts.setdefault(name, (case.member, (member.name, name)))

    def later(self, name: Name) -> tuple[Span, str] | None:
        """Where a member stands that does not come before."""
        span = self.written.get(name.text)
        return None if span is None else (span, "declared here")


class StructResolver:
    """Fills structs once all types are known by name.

    Args:
        type_named: Looks a type up, reporting what is unknown.
        inline_struct: The model of a struct declared in place.
        channels: All channels, for ``@view``.
    """

    def __init__(
        self,
        diagnostics: Diagnostics,
        type_named: Callable[[Name], Type],
        inline_struct: Callable[[StructDeclaration], Struct],
        channels: list[Channel],
    ) -> None:
        self._diagnostics = diagnostics
        self._type_named = type_named
        self._inline_struct = inline_struct
        self._channels = channels
        self._views: list[tuple[Member, Name, tuple[str, ...]]] = []
        self._pending: dict[int, tuple[Struct, Body]] = {}
        self._scopes: dict[int, _Scope] = {}
        self._items: dict[str, dict[str, Item]] = {}
        self._depth = 0

    def fill_all(self, bodies: list[tuple[Struct, Body]]) -> None:
        """Resolve many structs, each before what looks into it."""
        self._pending = {id(struct): (struct, body) for struct, body in bodies}
        while self._pending:
            self._fill_now(next(iter(self._pending.values()))[0])

    def _fill_now(self, struct: Struct) -> None:
        pending = self._pending.pop(id(struct), None)
        if pending is None:
            return
        if self._depth > MAX_NESTING:
            self._diagnostics.report(
                "E003",
                struct.span,
                f"switches look into more than {MAX_NESTING} structs, one inside the other",
            )
            return
        self._depth += 1
        self.fill(*pending)
        self._depth -= 1

    def fill(self, struct: Struct, body: Body) -> None:
        """Resolve the members of ``body`` into ``struct``."""
        written = {each.name.text: each.name.span for each in body.members}
        scope = self._scopes[id(struct)] = _Scope(struct, written)
        for declaration in body.members:
            if isinstance(declaration, SwitchDeclaration):
                member = self._switch(scope, declaration)
            else:
                member = self._member(scope, declaration)
            taken = scope.members.get(member.name)
            if taken is None:
                scope.add(member)
            else:
                self._diagnostics.report(
                    "E102",
                    declaration.name.span,
                    f"member '{member.name}' is declared twice in '{struct.name}'",
                    related=(taken.span, "first declared here"),
                )

    def resolve_views(self) -> None:
        """Resolve every ``@view``, which may name a channel declared later."""
        channels = {channel.type_name: channel for channel in self._channels}
        for member, family, path in self._views:
            channel = channels.get(family.text)
            if channel is None:
                self._diagnostics.report(
                    "E214", family.span, f"'@view' names no channel: '{family.text}'"
                )
            else:
                member.view = (channel, path)

    # Members

    def _member(self, scope: _Scope, declaration: MemberDeclaration) -> Member:
        attributes = check_attributes(self._diagnostics, declaration.attributes, "member")
        if isinstance(declaration.type, InlineStruct):
            type_: Type = self._inline_struct(declaration.type.struct)
        else:
            type_ = self._type_named(declaration.type.name)
        if declaration.size is not None:
            type_ = Array(type_, self._array_size(scope, declaration.size))
        nonnull = "nonnull" in attributes
        if declaration.is_pointer:
            type_ = Pointer(type_, nonnull)
        elif nonnull:
            self._misplaced(attributes["nonnull"], "is for pointers")
        member = Member(
            declaration.name.text,
            type_,
            declaration.name.span,
            declaration.doc,
            minor=number_argument(attributes, "minor"),
            zero="zero" in attributes,
            virtual=number_argument(attributes, "virtual"),
            text="zero_terminated" in attributes,
            unique="unique_flag" in attributes,
        )
        self._check_member(member, attributes)
        if "view" in attributes:
            family, number = names_of(attributes["view"])
            path = self._earlier(scope, number)
            if path is not None:
                self._views.append((member, family, path))
        return member

    def _misplaced(self, attribute: Attribute, why: str) -> None:
        self._diagnostics.report("E105", attribute.span, f"'@{attribute.name}' {why}")

    def _check_member(self, member: Member, attributes: dict[str, Attribute]) -> None:
        if strip(member.type) is UNKNOWN:
            return
        type_ = member.type
        array = type_.target if isinstance(type_, Pointer) else type_
        scalar = isinstance(type_, Integer | Enumeration)
        if member.zero and not scalar:
            self._misplaced(attributes["zero"], "is for numbers")
            member.zero = False
        # A virtual pointer is null for ever, the one number it can be.
        if member.virtual is not None and not (scalar or isinstance(type_, Pointer)):
            self._misplaced(attributes["virtual"], "is for numbers and pointers")
            member.virtual = None
        if member.text and not (isinstance(array, Array) and _is_octet(array.element)):
            self._misplaced(attributes["zero_terminated"], "is for arrays of bytes")
            member.text = False
        if member.unique and not (isinstance(type_, Enumeration) and type_.is_flags):
            self._misplaced(attributes["unique_flag"], "is for flags")
            member.unique = False
        if "view" in attributes and not (isinstance(array, Array) and array.is_bytes):
            self._diagnostics.report(
                "E214", attributes["view"].span, "'@view' is for arrays of uint8"
            )
        if "bytes_count" in attributes and not isinstance(type_, Integer):
            self._misplaced(attributes["bytes_count"], "is for integers")
        if member.virtual is not None and isinstance(type_, Integer | Enumeration):
            integer = type_ if isinstance(type_, Integer) else type_.integer
            if not integer.minimum <= member.virtual <= integer.maximum:
                self._diagnostics.report(
                    "E215",
                    attributes["virtual"].span,
                    f"{member.virtual} does not fit {integer.name} "
                    f"({integer.minimum}..{integer.maximum})",
                )
        if isinstance(type_, Pointer) and member.virtual:
            self._diagnostics.report(
                "E215", attributes["virtual"].span, "a virtual pointer can only be 0, null"
            )

    # Arrays

    def _array_size(self, scope: _Scope, size: ArraySize) -> Size:
        number = size.number.value if size.number is not None else 0
        if size.kind == "rest":
            return Rest()
        if size.kind == "constant":
            if not 0 <= number <= MAX_ARRAY_SIZE:
                self._diagnostics.report(
                    "E202", size.span, f"array size {number} is outside 0..{MAX_ARRAY_SIZE}"
                )
            return Constant(max(0, number))
        if size.kind == "cstring":
            self._diagnostics.report(
                "E216",
                size.span,
                "cstring() is in the grammar, but no version of SPICE could carry it",
                hint="use [count] with a count member, or [] as the last member",
            )
            return Rest()
        if size.kind == "image_size":
            if not 1 <= number <= MAX_BITS_PER_PIXEL:
                self._diagnostics.report(
                    "E202",
                    size.span,
                    f"{number} bits per pixel are outside 1..{MAX_BITS_PER_PIXEL}",
                )
            width, rows = [self._earlier(scope, name) for name in size.names]
            return ImageSize(number, width, rows) if width and rows else Constant(0)
        path = self._earlier(scope, size.names[0])
        if size.kind == "bytes":
            self._check_count_name(scope, size.names[1])
            return ByteCount(path, size.names[1].text) if path else Constant(0)
        return Count(path) if path else Constant(0)

    def _check_count_name(self, scope: _Scope, count: Name) -> None:
        if count.text in scope.members:
            self._diagnostics.report(
                "E102",
                count.span,
                f"'{count.text}' is a member already",
                hint="the second name in bytes() names the count in C, it is not on the wire",
            )

    def _earlier(self, scope: _Scope, name: Name) -> tuple[str, ...] | None:
        """The path to the integer member ``name``, which may be a case of an earlier switch."""
        found = scope.counts.get(name.text)
        if found is None:
            self._diagnostics.report(
                "E202",
                name.span,
                f"no member '{name.text}' before this one in '{scope.struct.name}'",
                hint="it has to come first: it is read first",
                related=scope.later(name),
            )
            return None
        member, path = found
        if isinstance(member.type, Integer | Enumeration) and not member.zero:
            return path
        self._diagnostics.report(
            "E202",
            name.span,
            f"'{name.text}' is not an integer that a reader keeps",
            related=(member.span, "declared here"),
        )
        return None

    # Switches

    def _switch(self, scope: _Scope, declaration: SwitchDeclaration) -> Member:
        attributes = check_attributes(self._diagnostics, declaration.attributes, "switch")
        path = tuple(name.text for name in declaration.path)
        on = self._discriminator(scope, declaration.path)
        cases = []
        for case in declaration.cases:
            member = self._member(scope, case.member)
            cases.append(Case([self._label(on, label) for label in case.labels], member))
        switch = Switch(path, on or _UNKNOWN_ENUM, cases, "fixedsize" in attributes)
        if on is not None:
            self._check_cases(switch)
        return Member(
            declaration.name.text,
            switch,
            declaration.name.span,
            declaration.doc,
            minor=number_argument(attributes, "minor"),
        )

    def _discriminator(self, scope: _Scope, path: list[Name]) -> Enumeration | None:
        *outer, last = path
        for name in outer:
            member = self._before_switch(scope, name)
            if member is None or member.type is UNKNOWN:
                return None
            if not isinstance(member.type, Struct):
                self._diagnostics.report("E206", name.span, f"'{name.text}' is not a struct")
                return None
            self._fill_now(member.type)
            if id(member.type) not in self._scopes:
                return None
            scope = self._scopes[id(member.type)]
        member = self._before_switch(scope, last)
        if member is None or member.type is UNKNOWN:
            return None
        if isinstance(member.type, Enumeration) and not member.zero:
            return member.type
        why = "marked '@zero': readers drop it" if member.zero else "not of an enum or flags type"
        self._diagnostics.report(
            "E206",
            last.span,
            f"'{last.text}' is {why}",
            hint="a switch selects by the values of an enum or the bits of flags",
            related=(member.span, "declared here"),
        )
        return None

    def _before_switch(self, scope: _Scope, name: Name) -> Member | None:
        member = scope.members.get(name.text)
        if member is None:
            self._diagnostics.report(
                "E206",
                name.span,
                f"no member '{name.text}' before the switch in '{scope.struct.name}'",
                hint="the member that selects the case has to come first",
                related=scope.later(name),
            )
        return member

    def _label(self, on: Enumeration | None, label: LabelDeclaration) -> Label:
        if label.item is None or on is None:
            return Label(None, False, label.span)
        known = self._items.setdefault(on.name, {})
        if not known:
            known.update((item.name, item) for item in on.items)
        item = known.get(label.item.text)
        if item is None:
            self._diagnostics.report(
                "E207",
                label.item.span,
                f"'{on.name}' has no value '{label.item.text}'",
                related=(on.span, "declared here"),
            )
        if label.negated and not on.is_flags:
            self._diagnostics.report(
                "E207",
                label.span,
                f"'!{label.item.text}': '!' asks for a clear bit, but '{on.name}' is an enum",
            )
        return Label(item or Item(label.item.text, -1, label.item.span), label.negated, label.span)

    def _check_cases(self, switch: Switch) -> None:
        seen: dict[tuple[int, bool], tuple[Item, Span]] = {}
        last: Label | None = None
        for case in switch.cases:
            if last is not None:
                self._diagnostics.report(
                    "E208",
                    case.labels[0].span,
                    "this case can never be reached",
                    hint="the first case that matches is taken",
                    related=(last.span, "every value that gets here is taken here"),
                )
            for label in case.labels:
                if label.item is None:
                    last = last or label
                elif label.item.value >= 0:
                    value = label.item.value
                    first, where = seen.setdefault((value, label.negated), (label.item, label.span))
                    if where != label.span:
                        same = first is label.item
                        also = "" if same else f", as '{first.name}', which has the same value"
                        self._diagnostics.report(
                            "E208",
                            label.span,
                            f"'{label.item.name}' has a case already",
                            related=(where, f"first case here{also}"),
                        )
                    elif (value, not label.negated) in seen:
                        last = last or label


def _is_octet(type_: Type) -> bool:
    return isinstance(type_, Integer) and type_.bits == 8
