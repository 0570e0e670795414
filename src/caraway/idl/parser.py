"""Reads tokens into the located syntax tree, going on after errors."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from caraway.idl.cursor import ENUM_KEYWORDS, Cursor, SyntaxProblem, joined
from caraway.idl.diagnostics import Diagnostics
from caraway.idl.lexer import Kind, comment_text
from caraway.idl.syntax import (
    ArraySize,
    Attribute,
    Body,
    CaseDeclaration,
    ChannelDeclaration,
    ChannelMessage,
    Declaration,
    EnumDeclaration,
    File,
    InlineStruct,
    ItemDeclaration,
    LabelDeclaration,
    MemberDeclaration,
    Name,
    Number,
    ProtocolDeclaration,
    ProtocolEntry,
    StructDeclaration,
    SwitchDeclaration,
    TypedefDeclaration,
    TypeName,
)

#: How deep structs and switches may nest in the text: a description is read
#: recursively, and a hostile one must not exhaust the stack.
MAX_NESTING: Final = 40

_ITEM_NAMES: Final = (Kind.NAME, Kind.WORD, Kind.INTEGER)


class _TooDeep(Exception):
    """Leaves the whole file; it has been reported."""


def parse(diagnostics: Diagnostics) -> File:
    """The syntax tree of ``diagnostics.source``.

    Errors are reported there; what could be read is returned all the same.
    """
    return _Parser(diagnostics).file()


class _Parser(Cursor):
    _nesting = 0

    # Definitions

    def file(self) -> File:
        file = File(doc=self._file_doc())
        while self._next.kind is not Kind.END:
            at = self._at
            try:
                self._definition(file)
            except SyntaxProblem:
                file.unread.add(self._tokens[at + 1].text)
                if self._at == at:
                    self._advance()
                self._skip_definition()
            except _TooDeep:
                break
        if file.protocol is None and not self._diagnostics.failed:
            last = self._tokens[max(0, self._at - 1)]
            self._diagnostics.report(
                "E002",
                last.span,
                "the description has no protocol block",
                hint="end it with 'protocol Name { ChannelType name = 1; };'",
            )
        return file

    def _file_doc(self) -> str:
        first = self._tokens[0]
        loose = first.before
        if first.doc_adjacent and loose:
            keep = max((i for i, c in enumerate(loose) if c.blank_before), default=0)
            loose = loose[:keep]
        return joined(map(comment_text, loose))

    def _definition(self, file: File) -> None:
        first = self._next
        if file.protocol is not None:
            raise self._fail("end of file", hint="the protocol block is the last thing in a file")
        if first.text == "protocol":
            file.protocol = self._protocol()
            return
        readers: dict[str, Callable[[], Declaration]] = {
            "typedef": self._typedef,
            "struct": self._struct,
            "message": self._struct,
            "channel": self._channel,
        }
        read = self._enum if first.text in ENUM_KEYWORDS else readers.get(first.text)
        if read is None:
            raise self._fail(
                "a definition",
                hint="typedef, struct, message, enum8/16/32, flags8/16/32, channel or protocol",
            )
        declaration = read()
        declaration.doc = self._doc(first)
        file.declarations.append(declaration)

    def _typedef(self) -> TypedefDeclaration:
        self._advance()
        name = self._name("the new type's name")
        type_ = self._type()
        attributes = self._attributes()
        self._expect(";")
        return TypedefDeclaration(name, type_, attributes)

    def _struct(self) -> StructDeclaration:
        is_message = self._advance().text == "message"
        name = self._name("a name")
        body = self._body()
        attributes = self._attributes()
        self._expect(";")
        return StructDeclaration(name, body, attributes, is_message)

    def _enum(self) -> EnumDeclaration:
        keyword = self._advance().text
        is_flags = keyword.startswith("flags")
        bits = int(keyword.removeprefix("flags").removeprefix("enum"))
        name = self._name("a name")
        self._expect("{")
        items = self._items()
        self._expect("}")
        attributes = self._attributes()
        self._expect(";")
        return EnumDeclaration(name, bits, is_flags, items, attributes)

    def _items(self) -> list[ItemDeclaration]:
        items: list[ItemDeclaration] = []
        while True:
            try:
                item = self._item()
                if not self._at_end_of_block():
                    # A comment behind the comma is about what stands before it.
                    item.doc = joined([item.doc, *map(comment_text, self._expect(",").after)])
                items.append(item)
            except SyntaxProblem:
                self._skip_item()
            if self._at_end_of_items():
                return items

    def _skip_item(self) -> None:
        """Go behind the next comma, or stop before what ends the enum."""
        while not self._at_end_of_items():
            if self._advance().text == ",":
                return

    def _at_end_of_items(self) -> bool:
        return self._is(";") or self._at_end_of_block()

    def _item(self) -> ItemDeclaration:
        first = self._next
        if first.kind not in _ITEM_NAMES:
            raise self._fail("an item's name")
        self._advance()
        number = self._optional_number()
        attributes = self._attributes()
        return ItemDeclaration(Name(first.text, first.span), number, attributes, self._doc(first))

    def _protocol(self) -> ProtocolDeclaration:
        first = self._advance()
        name = self._name("the protocol's name")
        self._expect("{")
        entries = self._list(self._entry)
        self._expect("}")
        self._expect(";")
        return ProtocolDeclaration(name, entries, self._doc(first))

    def _entry(self) -> ProtocolEntry:
        first = self._next
        channel = self._name("a channel type")
        name = self._name("the channel's name")
        number = self._optional_number()
        self._expect(";")
        return ProtocolEntry(channel, name, number, self._doc(first))

    def _channel(self) -> ChannelDeclaration:
        self._advance()
        name = self._name("a name")
        base = self._name("the base channel's name") if self._accept(":") else None
        self._expect("{")
        direction = "server"
        messages: list[ChannelMessage] = []
        while not self._at_end_of_block():
            try:
                if self._next.text in ("server", "client") and self._behind_next.text == ":":
                    direction = self._advance().text
                    self._advance()
                else:
                    messages.append(self._channel_message(direction))
            except SyntaxProblem:
                self._skip_statement()
        self._expect("}")
        attributes = self._attributes()
        self._expect(";")
        return ChannelDeclaration(name, base, messages, attributes)

    def _channel_message(self, direction: str) -> ChannelMessage:
        first = self._next
        body: Body | Name
        attributes: tuple[Attribute, ...] = ()
        if self._is("message") and self._behind_next.text == "{":
            self._advance()
            body = self._body()
            attributes = self._attributes()
        else:
            body = self._name("'message {…}' or the name of a message")
        name = self._name("the message's name")
        number = self._optional_number()
        self._expect(";")
        return ChannelMessage(direction, body, attributes, name, number, self._doc(first))

    # Types and members

    def _type(self) -> TypeName | InlineStruct:
        if not self._is("struct"):
            return TypeName(self._name("a type"))
        first = self._advance()
        name = self._name("a name")
        body = self._body()
        struct = StructDeclaration(name, body, self._attributes(), is_message=False)
        struct.doc = self._doc(first) if first.before else ""
        return InlineStruct(struct)

    def _body(self) -> Body:
        start = self._expect("{").span
        self._nesting += 1
        if self._nesting > MAX_NESTING:
            self._diagnostics.report(
                "E003", start, f"nesting deeper than {MAX_NESTING} levels is not followed"
            )
            raise _TooDeep
        members = self._list(self._member_or_switch)
        self._nesting -= 1
        return Body(members, start.to(self._expect("}").span))

    def _member_or_switch(self) -> MemberDeclaration | SwitchDeclaration:
        if self._is("switch") and self._behind_next.text == "(":
            return self._switch()
        return self._member()

    def _member(self) -> MemberDeclaration:
        first = self._next
        type_ = self._type()
        is_pointer = self._accept("*")
        name = self._name("the member's name")
        size = self._array_size() if self._is("[") else None
        attributes = self._attributes()
        end = self._expect(";").span
        member = MemberDeclaration(type_, name, is_pointer, size, attributes, first.span.to(end))
        member.doc = self._doc(first)
        return member

    def _array_size(self) -> ArraySize:
        start = self._advance().span
        if self._is("]"):
            return ArraySize("rest", start.to(self._advance().span))
        if self._next.kind is Kind.INTEGER:
            number = self._number()
            return ArraySize("constant", start.to(self._expect("]").span), number)
        name = self._name("a count")
        if not self._accept("("):
            return ArraySize("count", start.to(self._expect("]").span), names=(name,))
        bits, names = self._size_arguments(name)
        self._expect(")")
        return ArraySize(name.text, start.to(self._expect("]").span), bits, names)

    def _size_arguments(self, function: Name) -> tuple[Number | None, tuple[Name, ...]]:
        if function.text == "image_size":
            bits = self._number()
            self._expect(",")
            width = self._name("the member with the width")
            self._expect(",")
            return bits, (width, self._name("the member with the number of rows"))
        if function.text == "bytes":
            size = self._name("the member with the number of bytes")
            self._expect(",")
            return None, (size, self._name("a name for the count"))
        if function.text == "cstring":
            return None, ()
        self._diagnostics.report(
            "E002",
            function.span,
            f"'{function.text}' is not an array size",
            hint="image_size(bits, width, rows), bytes(size, count) or cstring()",
        )
        raise SyntaxProblem

    def _switch(self) -> SwitchDeclaration:
        first = self._advance()
        self._expect("(")
        path = [self._name("a member")]
        while self._accept("."):
            path.append(self._name("a member"))
        self._expect(")")
        self._expect("{")
        cases = self._list(self._case)
        if self._is("}") and self._tokens[self._at - 1].text == "{":
            self._fail("'case' or 'default'")
        self._expect("}")
        name = self._name("the switch's name")
        attributes = self._attributes()
        end = self._expect(";").span
        switch = SwitchDeclaration(path, cases, name, attributes, first.span.to(end))
        switch.doc = self._doc(first)
        return switch

    def _case(self) -> CaseDeclaration:
        labels: list[LabelDeclaration] = []
        while self._is("case") or self._is("default"):
            first = self._advance()
            if first.text == "default":
                labels.append(LabelDeclaration(None, False, first.span))
            else:
                negated = self._accept("!")
                token = self._next
                if token.kind not in _ITEM_NAMES:
                    raise self._fail("a value of the switched type")
                self._advance()
                name = Name(token.text, token.span)
                labels.append(LabelDeclaration(name, negated, first.span.to(token.span)))
            self._expect(":")
        if not labels:
            raise self._fail(
                "'case' or 'default'", hint="each case has exactly one member, without braces"
            )
        return CaseDeclaration(labels, self._member())

    def _attributes(self) -> tuple[Attribute, ...]:
        attributes: list[Attribute] = []
        while self._is("@"):
            start = self._advance().span
            name = self._name("an attribute's name")
            arguments: list[Name | Number] = []
            end = name.span
            if self._accept("("):
                arguments.append(self._argument())
                while self._accept(","):
                    arguments.append(self._argument())
                end = self._expect(")").span
            attributes.append(Attribute(name.text, tuple(arguments), start.to(end)))
        return tuple(attributes)

    def _argument(self) -> Name | Number:
        if self._next.kind is Kind.INTEGER:
            return self._number()
        return self._name("a name or a number")
