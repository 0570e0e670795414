"""A description, written down in the words of the Lua file.

Filter names are bounded by the size of the description, not by the ways
through it. ``caraway_spice.`` is followed by

* the channel that declares a message, the message, and the member:
  ``display.draw_copy.data``; for messages that share a body, too. A client's
  message whose members differ from those of the server's message of the same
  name ends in ``_client``.
* the struct and the member: ``Copy.src_bitmap``, wherever a Copy occurs.
* a member of a switch stands behind its name: ``Image.u.bitmap``. ``.item`` is
  an element of an array, ``.target`` what a pointer points to.
* the type and the bit of flags: ``image_flags.CACHE_ME``.
* ``link.`` or ``mux.`` and the same again for these descriptions.

A name that would have two meanings gets ``_2`` at the end of its first part,
or of the message.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from caraway.idl.backends.prose import summary
from caraway.idl.layout import fixed_size, largest_case, minimum_size
from caraway.idl.model import (
    DIRECTIONS,
    Array,
    ByteCount,
    Channel,
    Constant,
    Count,
    Description,
    Enumeration,
    FileDescriptor,
    ImageSize,
    Integer,
    Item,
    Label,
    Member,
    Message,
    Pointer,
    Rest,
    Struct,
    Switch,
    Type,
    strip,
    walk,
)

#: Filter names that the fixed code uses itself.
TAKEN: Final = (
    "bug",
    "bytes",
    "capability",
    "channel",
    "channel_id",
    "cut",
    "limit",
    "link",
    "malformed",
    "message",
    "more",
    "mux",
    "number",
    "sender",
    "serial",
    "trailing",
    "trailing_bytes",
    "unknown",
    "unknown_message",
)


def quote(text: str) -> str:
    """A Lua string in one line."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{" ".join(escaped.split())}"'


def _path(path: tuple[str, ...]) -> str:
    return ", ".join(map(quote, path))


def _call(name: str, *arguments: str) -> str:
    """A call without the empty arguments at its end."""
    given = list(arguments)
    while given and given[-1] == "nil":
        given.pop()
    return f"{name}({', '.join(given)})"


def _doc(text: str) -> str:
    return quote(summary(text)) if text.strip() else "nil"


def lua_integer(type_: Integer) -> str:
    """The word for an integer, as in ``u16``."""
    return f"{'i' if type_.signed else 'u'}{type_.bits}"


class Names:
    """Gives out filter names, each once."""

    def __init__(self) -> None:
        self._given = set(TAKEN)

    def claim(self, wanted: str) -> str:
        """``wanted``, with a number behind it where that is taken."""
        name, number = wanted, 1
        while name in self._given:
            number += 1
            name = f"{wanted}_{number}"
        self._given.add(name)
        return name


class Writer:
    """Writes one description down: types, families of messages.

    Args:
        names: Shared by all descriptions of a file.
        prefix: In front of every name, as in ``link.``; may be empty.
    """

    def __init__(self, description: Description, names: Names, prefix: str) -> None:
        self._description = description
        self._names = names
        self._prefix = prefix
        self._pointer = description.pointer_size
        self._roots: dict[int, str] = {}

    def lines(self) -> Iterator[str]:
        """Lua statements that define every type in use and every message."""
        families = self._families()
        # Channels and messages first: people look for these names.
        for channel in families:
            self._name_messages(channel)
        bodies = [message.body for channel in families for message in channel.own]
        structs, enums = self._used(bodies)
        for enumeration in enums:
            yield from self._enum(enumeration)
        for struct in structs:
            root = self._root(struct)
            yield f"define_struct({quote(root)}, {self._members(struct, root, '')})"
        for channel in families:
            yield ""
            yield from self._family(channel)

    def _root(self, thing: Struct | Enumeration) -> str:
        if id(thing) not in self._roots:
            self._roots[id(thing)] = self._names.claim(f"{self._prefix}{thing.name}")
        return self._roots[id(thing)]

    def _name_messages(self, channel: Channel) -> None:
        # link.mess, not link.link.mess.
        is_only_one = f"{channel.name}." == self._prefix
        root = channel.name if is_only_one else self._names.claim(self._prefix + channel.name)
        written: dict[str, Message] = {}
        for message in _by_direction(channel):
            other = written.setdefault(message.name, message)
            if other is message:
                self._roots[id(message)] = self._names.claim(f"{root}.{message.name}")
            elif _is_same_body(other.body, message.body):
                self._roots[id(message)] = self._roots[id(other)]
            else:
                self._roots[id(message)] = self._names.claim(f"{root}.{message.name}_client")

    def _families(self) -> list[Channel]:
        """The channels whose messages can occur: bases before what derives from them."""
        found: list[Channel] = []

        def add(channel: Channel) -> None:
            if channel not in found:
                if channel.base is not None:
                    add(channel.base)
                found.append(channel)

        for channel in self._description.listed:
            add(channel)
        at = 0
        while at < len(found):
            for message in found[at].own:
                for struct in self._used([message.body])[0] + [message.body]:
                    for member in walk(struct):
                        if member.view is not None:
                            add(member.view[0])
            at += 1
        return found

    @staticmethod
    def _used(bodies: list[Struct]) -> tuple[list[Struct], list[Enumeration]]:
        """The types that bodies are made of, in the order they are met; not the bodies."""
        structs: list[Struct] = []
        enums: list[Enumeration] = []

        def visit(struct: Struct) -> None:
            for member in walk(struct):
                used = strip(member.type)
                if isinstance(used, Enumeration) and used not in enums:
                    enums.append(used)
                elif isinstance(used, Struct) and used not in structs:
                    structs.append(used)
                    visit(used)

        for body in bodies:
            visit(body)
        return structs, enums

    # Types

    def _enum(self, enumeration: Enumeration) -> Iterator[str]:
        root = self._root(enumeration)
        size = enumeration.bits // 8
        if enumeration.is_flags:
            yield f"define_flags({quote(root)}, {size}, {{"
            for item in enumeration.items:
                doc = f", doc = {_doc(item.doc)}" if item.doc.strip() else ""
                yield f"  {{ mask = {item.value:#x}, name = {quote(item.name)}{doc} }},"
        else:
            yield f"define_enum({quote(root)}, {size}, {{"
            names: dict[int, str] = {}
            for item in enumeration.items:
                names.setdefault(item.value, item.name)
            for value, name in names.items():
                yield f"  [{value}] = {quote(name)},"
        yield "})"

    def _members(self, struct: Struct, root: str, indent: str) -> str:
        if not struct.members:
            return "{}"
        lines = [self._member(member, root, f"{indent}  ") for member in struct.members]
        return "\n".join(["{", *(f"{indent}  {line}," for line in lines), f"{indent}}}"])

    def _member(self, member: Member, root: str, indent: str) -> str:
        name = f"{root}.{member.name}"
        layout = self._layout(member.type, name, indent, is_text=member.text)
        text = _call("member", quote(name), layout, _doc(member.doc))
        if member.zero:
            text = f"reserved({text})"
        if member.virtual is not None:
            text = f"virtual({text}, {member.virtual})"
        if member.view is not None:
            channel, path = member.view
            text = f"view({text}, {quote(self._family_name(channel))}, {_path(path)})"
        return text

    def _layout(self, type_: Type, name: str, indent: str, *, is_text: bool = False) -> str:
        match type_:
            case Integer():
                return lua_integer(type_)
            case FileDescriptor():
                return "fd"
            case Enumeration():
                kind = "flags" if type_.is_flags else "enum"
                return f"{kind}({quote(self._root(type_))})"
            case Struct():
                return f"struct({quote(self._root(type_))})"
            case Pointer():
                target = self._layout(type_.target, name, indent, is_text=is_text)
                return f"{'nonnull' if type_.nonnull else 'pointer'}({target})"
            case Array() if type_.is_bytes:
                return f"{'text' if is_text else 'bytes'}({self._size(type_)})"
            case Array():
                each = fixed_size(type_.element, self._pointer)
                return _call(
                    "array",
                    self._layout(type_.element, name, indent),
                    self._size(type_),
                    str(minimum_size(type_.element, self._pointer)),
                    "nil" if each is None else str(each),
                )
            case Switch():
                return self._switch(type_, name, indent)

    def _switch(self, switch: Switch, name: str, indent: str) -> str:
        lines = []
        for case in switch.cases:
            labels = ", ".join(self._label(switch, label) for label in case.labels)
            member = self._member(case.member, name, f"{indent}  ")
            lines.append(f"{indent}  case({{ {labels} }}, {member}),")
        cases = "\n".join(["{", *lines, f"{indent}}}"])
        pad = largest_case(switch, self._pointer) if switch.fixed_size else None
        path = f"{{ {_path(switch.path)} }}"
        return _call("switch", path, cases, "nil" if pad is None else str(pad))

    @staticmethod
    def _label(switch: Switch, label: Label) -> str:
        if label.item is None:
            return "otherwise"
        if switch.on.is_flags:
            return f"{'clear' if label.negated else 'set'}({label.item.value:#x})"
        return f"is({label.item.value})"

    @staticmethod
    def _size(array: Array) -> str:
        match array.size:
            case Rest():
                return "rest"
            case Constant(count):
                return f"constant({count})"
            case Count(path):
                return f"count({_path(path)})"
            case ByteCount(path, _):
                return f"filling({_path(path)})"
            case ImageSize(bits, width, rows):
                return f"image({bits}, {{ {_path(width)} }}, {{ {_path(rows)} }})"

    # Messages

    def _family_name(self, channel: Channel) -> str:
        return self._prefix + channel.type_name

    def _family(self, channel: Channel) -> Iterator[str]:
        name = quote(self._family_name(channel))
        base = "nil" if channel.base is None else quote(self._family_name(channel.base))
        yield _call("family", name, base)
        for message in _by_direction(channel):
            root = self._roots[id(message)]
            yield _call(
                "message",
                name,
                quote(message.direction),
                str(message.number),
                quote(message.name),
                quote(root),
                _doc(message.doc),
                self._members(message.body, root, ""),
                "true" if _is_list(message) else "nil",
            )


def _by_direction(channel: Channel) -> list[Message]:
    return sorted(channel.own, key=lambda message: DIRECTIONS.index(message.direction))


def _is_same_body(left: Struct, right: Struct) -> bool:
    """Whether the members of two messages are the same but for their documentation."""
    return left is right or (
        len(left.members) == len(right.members)
        and all(map(_is_same_member, left.members, right.members))
    )


def _is_same_member(left: Member, right: Member) -> bool:
    return (
        (left.name, left.zero, left.virtual, left.text, left.view)
        == (right.name, right.zero, right.virtual, right.text, right.view)
    ) and _is_same_type(left.type, right.type)


def _is_same_type(left: Type, right: Type) -> bool:
    match left, right:
        case Array(), Array():
            return left.size == right.size and _is_same_type(left.element, right.element)
        case Pointer(), Pointer():
            return left.nonnull == right.nonnull and _is_same_type(left.target, right.target)
        case Switch(), Switch():
            return (
                (left.path, left.fixed_size) == (right.path, right.fixed_size)
                and _labels(left) == _labels(right)
                and all(
                    _is_same_member(mine.member, other.member)
                    for mine, other in zip(left.cases, right.cases, strict=True)
                )
            )
        case _:
            # Structs and enums are the same thing or not; integers compare by value.
            return left == right


def _labels(switch: Switch) -> list[list[tuple[Item | None, bool]]]:
    return [[(label.item, label.negated) for label in case.labels] for case in switch.cases]


def _is_list(message: Message) -> bool:
    """Whether a body is nothing but sub-messages, as that of BaseChannel's ``list``."""
    members = message.body.members
    return (
        message.name == "list"
        and len(members) == 1
        and isinstance(members[0].type, Array)
        and members[0].type.is_bytes
        and isinstance(members[0].type.size, Rest)
    )
