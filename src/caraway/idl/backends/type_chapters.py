"""The chapters of the reference page about structs, and about enums and flags."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import astuple

from caraway.idl.backends.layouts import Layouts
from caraway.idl.backends.places import Places
from caraway.idl.backends.prose import Resolve, code, heading, inline, markdown, ranges, table
from caraway.idl.model import Alias, Description, Enumeration, Message, Struct


class TypeChapters:
    """Writes the chapters for one description, and layout tables for others."""

    def __init__(self, description: Description, places: Places, layouts: Layouts) -> None:
        self._description = description
        self._places = places
        self._layouts = layouts

    # Structs

    def structs(self) -> Iterator[str]:
        """The chapter on structs, empty where there are no types of that kind."""
        structs = sorted(self._description.structs, key=_by_name)
        aliases = [each for each in self._description.types if isinstance(each, Alias)]
        if structs or aliases:
            yield from heading(2, "Structs", "structs")
        if structs:
            yield "A struct that only one message or struct uses stands below it, all others here."
            yield from [f"All of them: {', '.join(map(self._places.link, structs))}.", ""]
        if aliases:
            yield from ["Other names of types; the layouts show what they stand for:", ""]
            yield from table("name | stands for | meaning", map(self._alias_row, aliases))
        for struct in sorted(self._places.independent(), key=_by_name):
            yield from self._struct(struct, 3)

    def _alias_row(self, alias: Alias) -> list[str]:
        meaning = inline(alias.doc, self._places.resolver())
        return [code(alias.name), self._layouts.type(alias.target), meaning]

    def _struct(self, struct: Struct, level: int) -> Iterator[str]:
        yield from heading(level, struct.name, self._places.anchor(struct))
        yield from markdown(struct.doc, self._places.resolver(members=struct))
        size = self._layouts.size_in_words(struct)
        users = self._places.users(struct)
        used = f" Used by {self._links(users)}." if len(users) > 1 else ""
        yield from [f"{size[0].upper()}{size[1:]}.{used}", ""]
        yield from self.layout(struct)
        yield from self.guests(struct, level + 1)

    def layout(self, struct: Struct, message: Message | None = None) -> Iterator[str]:
        """The table of a struct, or of the body of ``message``; nothing for no members."""
        if struct.members:
            channel = message.channel if message is not None else None
            resolve = self._places.resolver(channel, message, members=struct)
            rows = map(astuple, self._layouts.rows(struct, resolve))
            yield from table("offset | bytes | member | type | meaning", rows)

    def guests(self, holder: Message | Struct, level: int) -> Iterator[str]:
        """The structs that only ``holder`` uses, and those that only they use."""
        for struct in self._places.guests(holder):
            yield from self._struct(struct, level)

    def _links(self, users: list[Message | Struct]) -> str:
        return ", ".join(map(self._places.holder_link, users))

    # Enums

    def enums(self) -> Iterator[str]:
        """The chapter on enums and flags, empty where there are none."""
        if self._description.enums:
            yield from heading(2, "Enums and flags", "enums")
        for enumeration in sorted(self._description.enums, key=_by_name):
            yield from self._enum(enumeration)

    def _enum(self, enumeration: Enumeration) -> Iterator[str]:
        resolve = self._places.resolver()
        yield from heading(3, enumeration.name, self._places.anchor(enumeration))
        yield from markdown(enumeration.doc, resolve)
        kind = "Flags" if enumeration.is_flags else "Enum"
        facts = [f"{kind} of {enumeration.bits} bits", f"{code(enumeration.prefix + '…')} in C"]
        users = self._places.users(enumeration)
        facts += [f"used by {self._links(users)}"] if users else []
        yield from [" · ".join(facts), ""]
        if enumeration.is_flags:
            rows = _flag_rows(enumeration, resolve)
            yield from table("bit | value | hex | name | meaning", rows)
        else:
            yield from table("value | name | meaning", _value_rows(enumeration, resolve))
        yield from [_free(enumeration), ""]


def _by_name(type_: Struct | Enumeration) -> str:
    return type_.name.lower()


def _flag_rows(enumeration: Enumeration, resolve: Resolve) -> Iterator[list[str]]:
    for item in enumeration.items:
        bit = item.value.bit_length() - 1
        meaning = _meaning(item.doc, resolve, is_deprecated=item.deprecated)
        yield [str(bit), str(item.value), hex(item.value), code(item.name), meaning]


def _value_rows(enumeration: Enumeration, resolve: Resolve) -> Iterator[list[str]]:
    for item in enumeration.items:
        meaning = _meaning(item.doc, resolve, is_deprecated=item.deprecated)
        yield [str(item.value), code(item.name), meaning]


def _meaning(doc: str, resolve: Resolve, *, is_deprecated: bool) -> str:
    words = inline(doc, resolve)
    if not is_deprecated:
        return words
    return f"*deprecated*: {words}" if words else "*deprecated*"


def _free(enumeration: Enumeration) -> str:
    """The bits or values without a name, in a sentence.

    >>> from caraway.idl import Source, compile_source
    >>> text = "enum8 e { A, B = 3 }; flags8 f { A = 1, B = 2 }; protocol Demo { };"
    >>> enums = compile_source(Source("demo.proto", text)).result.enums
    >>> [_free(each) for each in enums]
    ['Free values: 1–2, 4 and above.', 'Free bits: 0, 3–7.']
    """
    if enumeration.is_flags:
        taken = {item.value.bit_length() - 1 for item in enumeration.items}
        free = [bit for bit in range(enumeration.bits) if bit not in taken]
        return f"Free bits: {ranges(free)}." if free else "No bit is free."
    end = 1 << enumeration.bits
    values = sorted({item.value for item in enumeration.items})
    gaps = []
    # A gap can have billions of values: only its ends are looked at.
    for below, above in zip([-1, *values], [*values, end], strict=True):
        first, last = below + 1, above - 1
        if first < last and above == end:
            gaps.append(f"{first} and above")
        elif first <= last:
            gaps.append(str(first) if first == last else f"{first}–{last}")
    return f"Free values: {', '.join(gaps)}." if gaps else "No value is free."
