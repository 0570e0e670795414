"""A Wireshark dissector in Lua: the link stage, both header forms, every message, the multiplexer.

The Lua file has three parts: fixed code that gives the description its words,
the description in these words, and fixed code that follows connections and
reads messages by it. Only the second part is made here.

Filter names are bounded by the size of the description, not by the ways
through it. ``caraway_spice.`` is followed by

* the channel that declares a message, the message, and the member:
  ``display.draw_copy.data``; for messages that share a body, too. Where the
  same message of the other direction has other members, the client's name
  ends in ``_client``.
* the struct and the member: ``Copy.src_bitmap``, wherever a Copy occurs.
* a member of a switch stands behind its name: ``Image.u.bitmap``. ``.item`` is
  an element of an array, ``.target`` what a pointer points to.
* the type and the bit of flags: ``image_flags.CACHE_ME``.
* ``link.`` or ``mux.`` and the same again for these descriptions.

A name that would have two meanings gets ``_2`` at the end of its first part.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from caraway.errors import DescriptionError
from caraway.idl import Source, compile_source
from caraway.idl.backends.dissector_runtime import FIELDS, LAYOUTS
from caraway.idl.backends.dissector_stream import CONNECTIONS, DRIVER, MESSAGES
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
    Direction,
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

_HEAD: Final = """\
-- caraway_spice: SPICE for Wireshark and tshark.
-- Made by 'caraway proto dissector' from {sources}; do not edit.
--
-- To install it, put this file into Wireshark's folder for Lua plugins: Help > About Wireshark >
-- Folders > Personal Lua Plugins, on Linux ~/.local/lib/wireshark/plugins, which may have to be
-- made. Or name it when starting:
--
--     wireshark -X lua_script:caraway_spice.lua
--     tshark -X lua_script:caraway_spice.lua -r capture.pcap
--
-- Connections are recognized by their first bytes, "REDQ". On the ports 5900 and 5901 Wireshark
-- takes them for VNC: choose Analyze > Decode As > caraway_spice, give tshark the option
-- -d tcp.port==5900,caraway_spice, or set the preference "TCP ports" of caraway_spice (in tshark:
-- -o caraway_spice.ports:5900-5910). Where the beginning of a connection was not captured,
-- preferences name the channel and the form of the headers. TLS is not followed.
--
-- Filters:
--
--     caraway_spice                              everything
--     caraway_spice.message == "{example}"   a message by its name
--     caraway_spice.{filter}
--     caraway_spice.channel == {number} && caraway_spice.sender == "client"
--     caraway_spice.capability == "MINI_HEADER"
--     caraway_spice.malformed                    what breaks the protocol
--
-- Names are caraway_spice.CHANNEL.MESSAGE.MEMBER with the channel that declares the message, or
-- caraway_spice.STRUCT.MEMBER; ".item" is an element of an array, ".target" what a pointer points
-- to. In the Info column "display ← draw_copy" is on its way to the client, "→" to the server.
"""

#: Filter names that the fixed code uses itself.
_TAKEN: Final = (
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

#: What the fixed code needs of a link description: messages, and members by name.
_HEADERS: Final[dict[str, tuple[str, ...]]] = {
    "data_header": ("serial", "type", "size", "sub_list"),
    "mini_data_header": ("type", "size"),
    "sub_message_list": ("sub_messages",),
    "sub_message": ("type", "data"),
}
_CAPABILITIES: Final = ("common_caps", "channel_caps")
_LINK: Final[dict[Direction, dict[str, tuple[str, ...]]]] = {
    "client": {
        "header": ("magic", "size"),
        "mess": ("channel_type", "channel_id", *_CAPABILITIES),
        "auth_mechanism": ("auth_mechanism",),
        "ticket": (),
        "sasl_mechname": (),
        "sasl_start": (),
        "sasl_step": (),
        **_HEADERS,
    },
    "server": {
        "header": ("magic", "size"),
        "reply": ("error", *_CAPABILITIES),
        "auth_result": ("error",),
        "sasl_mechlist": (),
        "sasl_start": ("complete",),
        "sasl_step": ("complete",),
        "sasl_rejected": (),
        **_HEADERS,
    },
}
#: Bits of the link description's ``common_cap``, and what the fixed code calls them.
_COMMON: Final = {
    "AUTH_SELECTION": "PROTOCOL_AUTH_SELECTION",
    "AUTH_SPICE": "AUTH_SPICE",
    "AUTH_SASL": "AUTH_SASL",
    "MINI_HEADER": "MINI_HEADER",
}

#: Stands in for a link description: what is around messages, without a link stage.
_PLAIN_LINK: Final = """
message DataHeader { uint64 serial; uint16 type; uint32 size; uint32 sub_list; };
message MiniDataHeader { uint16 type; uint32 size; };
message SubMessageList { uint16 size; uint32 sub_messages[size]; };
message SubMessage { uint16 type; uint32 size; uint8 data[size]; };
channel LinkChannel {
  client:
    DataHeader data_header;
    MiniDataHeader mini_data_header;
    SubMessageList sub_message_list;
    SubMessage sub_message;
  server:
    DataHeader data_header;
    MiniDataHeader mini_data_header;
    SubMessageList sub_message_list;
    SubMessage sub_message;
};
protocol Link { LinkChannel link; };
"""


def render(
    spice: Description, *, link: Description | None = None, mux: Description | None = None
) -> str:
    """The dissector's Lua source; the same descriptions always give the same text.

    Args:
        spice: The messages. Those of listed channels are dissected.
        link: The link stage and the headers, with the messages of ``link.proto``.
            Without it connections begin with messages, headers are SPICE's own,
            and the preferences of the dissector name the channel.
        mux: The frames inside the data messages of the channel ``webdav``, with
            the message of ``mux.proto``. Without it they are bytes.

    Raises:
        DescriptionError: ``link`` or ``mux`` lacks something that the dissector
            needs, or ``spice`` has no channel for ``mux``.
    """
    around = compile_source(Source("link", _PLAIN_LINK)).description if link is None else link
    names = _Names()
    parts = [
        _head(spice, link, mux),
        FIELDS,
        _title(f"The description: {spice.name}"),
        f"POINTER_SIZE = {spice.pointer_size}",
        f"POINTER = {_lua_integer(Integer(8 * spice.pointer_size, signed=False))}",
        "",
        *_Protocol(spice, names, "").lines(),
        *_channels(spice),
        *_link_lines(around, names, has_link_stage=link is not None),
    ]
    if link is not None:
        parts += _capabilities(link, spice)
    if mux is not None:
        parts += _mux_lines(mux, spice, names)
    parts += [LAYOUTS.rstrip("\n"), CONNECTIONS.rstrip("\n"), MESSAGES.rstrip("\n"), DRIVER]
    return "\n".join(parts)


# Lua as text


def _quote(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{" ".join(escaped.split())}"'


def _path(path: tuple[str, ...]) -> str:
    return ", ".join(map(_quote, path))


def _call(name: str, *arguments: str) -> str:
    """A call without the empty arguments at its end."""
    given = list(arguments)
    while given and given[-1] == "nil":
        given.pop()
    return f"{name}({', '.join(given)})"


def _doc(text: str) -> str:
    return _quote(summary(text)) if text.strip() else "nil"


def _lua_integer(type_: Integer) -> str:
    return f"{'i' if type_.signed else 'u'}{type_.bits}"


def _title(text: str) -> str:
    return f"-- {'-' * 75}\n-- {text}\n"


def _head(spice: Description, link: Description | None, mux: Description | None) -> str:
    sources = [each.source.name for each in (spice, link, mux) if each is not None]
    shown = ", ".join(name.replace("\\", "/").rsplit("/", 1)[-1] for name in sources)
    messages = [
        message
        for channel in spice.listed
        for direction in DIRECTIONS
        for message in channel.messages(direction)
        if message.channel is channel
    ]
    message = max(messages, key=lambda each: len(each.body.members), default=None)
    name = message.name if message else "init"
    listed = spice.listed
    text = _HEAD.format(
        sources=" ".join(shown.split()),
        example=name,
        filter=f"{message.channel.name}.{message.name}" if message else "message",
        number=listed[0].number if listed else 1,
    )
    return text


class _Names:
    """Gives out the first parts of filter names, each once."""

    def __init__(self) -> None:
        self._given = set(_TAKEN)

    def claim(self, wanted: str) -> str:
        """``wanted``, with a number behind it where that is taken."""
        name, number = wanted, 1
        while name in self._given:
            number += 1
            name = f"{wanted}_{number}"
        self._given.add(name)
        return name


class _Protocol:
    """Writes one description down: types, families of messages."""

    def __init__(self, description: Description, names: _Names, prefix: str) -> None:
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
        yield ""
        for struct in structs:
            root = self._root(struct)
            yield f"define_struct({_quote(root)}, {self._members(struct, root, '')})"
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
            yield f"define_flags({_quote(root)}, {size}, {{"
            for item in enumeration.items:
                doc = f", doc = {_doc(item.doc)}" if item.doc.strip() else ""
                yield f"  {{ mask = {item.value:#x}, name = {_quote(item.name)}{doc} }},"
        else:
            yield f"define_enum({_quote(root)}, {size}, {{"
            for item in {item.value: item for item in reversed(enumeration.items)}.values():
                yield f"  [{item.value}] = {_quote(item.name)},"
        yield "})"

    def _members(self, struct: Struct, root: str, indent: str) -> str:
        if not struct.members:
            return "{}"
        lines = [self._member(member, root, f"{indent}  ") for member in struct.members]
        return "\n".join(["{", *(f"{indent}  {line}," for line in lines), f"{indent}}}"])

    def _member(self, member: Member, root: str, indent: str) -> str:
        name = f"{root}.{member.name}"
        layout = self._layout(member.type, name, indent, is_text=member.text)
        text = _call("member", _quote(name), layout, _doc(member.doc))
        if member.zero:
            text = f"reserved({text})"
        if member.virtual is not None:
            text = f"virtual({text}, {member.virtual})"
        if member.view is not None:
            channel, path = member.view
            text = f"view({text}, {_quote(self._family_name(channel))}, {_path(path)})"
        return text

    def _layout(self, type_: Type, name: str, indent: str, *, is_text: bool = False) -> str:
        match type_:
            case Integer():
                return _lua_integer(type_)
            case FileDescriptor():
                return "fd"
            case Enumeration():
                kind = "flags" if type_.is_flags else "enum"
                return f"{kind}({_quote(self._root(type_))})"
            case Struct():
                return f"struct({_quote(self._root(type_))})"
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
        lines = [
            f"{indent}  case({{ {', '.join(self._label(switch, label) for label in case.labels)} }},"
            f" {self._member(case.member, name, indent + '  ')}),"
            for case in switch.cases
        ]
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
        name = _quote(self._family_name(channel))
        base = "nil" if channel.base is None else _quote(self._family_name(channel.base))
        yield _call("family", name, base)
        for message in _by_direction(channel):
            root = self._roots[id(message)]
            yield _call(
                "message",
                name,
                _quote(message.direction),
                str(message.number),
                _quote(message.name),
                _quote(root),
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


def _channels(description: Description) -> Iterator[str]:
    yield ""
    for channel in description.listed:
        yield f"channel({channel.number}, {_quote(channel.name)}, {_quote(channel.type_name)})"


# The link stage and the multiplexer


def _message_named(
    description: Description, channel: str, direction: Direction, name: str, needed: tuple[str, ...]
) -> Message:
    """A message of a description that the fixed code names, with the members it names."""
    found = description.channel(channel)
    messages = found.messages(direction) if found is not None else []
    message = next((each for each in messages if each.name == name), None)
    if message is None:
        raise DescriptionError(
            f"{description.source.name} has no {direction} message '{channel}.{name}', "
            "which the dissector needs",
            hint="start from the description that comes with caraway",
        )
    for member in needed:
        if message.body.member(member) is None:
            raise DescriptionError(
                f"'{channel}.{name}' in {description.source.name} has no member '{member}', "
                "which the dissector needs",
                hint="start from the description that comes with caraway",
            )
    return message


def _link_lines(link: Description, names: _Names, *, has_link_stage: bool) -> Iterator[str]:
    yield ""
    yield _title(f"The description: {link.name}")
    yield from _Protocol(link, names, "link.").lines()
    yield ""
    yield "link = { client = {}, server = {} }"
    for direction in DIRECTIONS:
        wanted = _LINK[direction] if has_link_stage else _HEADERS
        for name, members in wanted.items():
            message = _message_named(link, "link", direction, name, members)
            number = f"{_quote(direction)}, {message.number}"
            family = _quote(f"link.{message.channel.type_name}")
            yield f"link.{direction}.{name} = find_message({family}, {number})"
    if has_link_stage:
        reply = _message_named(link, "link", "server", "reply", ())
        ticket = _message_named(link, "link", "client", "ticket", ())
        yield f"link.reply_least = {minimum_size(reply.body, link.pointer_size)}"
        yield f"link.ticket_size = {minimum_size(ticket.body, link.pointer_size)}"


def _capabilities(link: Description, spice: Description) -> Iterator[str]:
    """Names of capabilities: ``common_cap``, and ``CHANNEL_cap`` for a channel or its base."""
    enums = {enumeration.name: enumeration for enumeration in link.enums}
    common = enums.get("common_cap")
    for constant, name in _COMMON.items():
        item = common.item(name) if common is not None else None
        if item is None:
            raise DescriptionError(
                f"{link.source.name} has no '{name}' in an enum 'common_cap', "
                "which the dissector needs",
                hint="start from the description that comes with caraway",
            )
        yield f"{constant} = {item.value}"
    if common is not None:
        yield f"common_capabilities = {_names_by_value(common)}"
    for channel in spice.listed:
        own = [enums[f"{each.name}_cap"] for each in channel.lineage() if f"{each.name}_cap" in enums]
        if own:
            yield f"channel_capabilities[{channel.number}] = {_names_by_value(own[0])}"


def _names_by_value(enumeration: Enumeration) -> str:
    items = ", ".join(f"[{item.value}] = {_quote(item.name)}" for item in enumeration.items)
    return f"{{ {items} }}"


def _mux_lines(mux: Description, spice: Description, names: _Names) -> Iterator[str]:
    webdav = spice.channel("webdav")
    if webdav is None or webdav.number is None:
        raise DescriptionError(
            f"{spice.source.name} has no channel 'webdav', whose data the frames of "
            f"{mux.source.name} are in",
            hint="leave the multiplexer out",
        )
    for direction in DIRECTIONS:
        _message_named(spice, "webdav", direction, "data", ("data",))
    frame = _message_named(mux, "mux", "server", "frame", ("client_id", "data"))
    yield ""
    yield _title(f"The description: {mux.name}")
    yield from _Protocol(mux, names, "mux.").lines()
    yield ""
    yield f'mux = find_message({_quote(f"mux.{frame.channel.type_name}")}, "server", {frame.number})'
    yield f"channels[{webdav.number}].carries_mux = true"
