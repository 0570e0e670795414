"""What stands around messages and inside them: the link stage, headers, capabilities, the mux.

The fixed code of the dissector knows the course of a link stage, and so it
names messages and members of its description. That they are there is checked
here.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from caraway.errors import DescriptionError
from caraway.idl import Source, compile_source
from caraway.idl.backends.dissector.description import quote
from caraway.idl.layout import minimum_size
from caraway.idl.model import DIRECTIONS, Description, Direction, Enumeration, Message

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
#: What the fixed code calls bits of the link description's ``common_cap``.
_COMMON: Final = {
    "AUTH_SELECTION": "PROTOCOL_AUTH_SELECTION",
    "AUTH_SPICE": "AUTH_SPICE",
    "AUTH_SASL": "AUTH_SASL",
    "MINI_HEADER": "MINI_HEADER",
}

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


def plain_link() -> Description:
    """What stands around messages in every version of SPICE, without a link stage."""
    return compile_source(Source("link", _PLAIN_LINK)).description


def link_lines(link: Description, *, has_link_stage: bool) -> Iterator[str]:
    """Lua statements that make the messages of a link description known by name.

    Raises:
        DescriptionError: One of them is missing.
    """
    yield "link = { client = {}, server = {} }"
    for direction in DIRECTIONS:
        wanted = _LINK[direction] if has_link_stage else _HEADERS
        for name, members in wanted.items():
            message = _message_named(link, "link", direction, name, members)
            family = quote(f"link.{message.channel.type_name}")
            found = f"find_message({family}, {quote(direction)}, {message.number})"
            yield f"link.{direction}.{name} = {found}"
    if has_link_stage:
        reply = _message_named(link, "link", "server", "reply", ())
        ticket = _message_named(link, "link", "client", "ticket", ())
        yield f"link.reply_least = {minimum_size(reply.body, link.pointer_size)}"
        yield f"link.ticket_size = {minimum_size(ticket.body, link.pointer_size)}"


def capability_lines(link: Description, spice: Description) -> Iterator[str]:
    """Lua statements that name the capabilities.

    They are the items of ``common_cap`` and, for a channel, of ``CHANNEL_cap``
    with its own name or that of the nearest base that has one.

    Raises:
        DescriptionError: A capability that decides about the link stage is missing.
    """
    enums = {enumeration.name: enumeration for enumeration in link.enums}
    common = enums.get("common_cap")
    if common is None:
        raise _lacking(f"{link.source.name} has no enum 'common_cap'")
    for constant, name in _COMMON.items():
        item = common.item(name)
        if item is None:
            raise _lacking(f"'common_cap' in {link.source.name} has no '{name}'")
        yield f"{constant} = {item.value}"
    yield f"common_capabilities = {_names_by_value(common)}"
    for channel in spice.listed:
        names = [f"{each.name}_cap" for each in channel.lineage()]
        own = next((enums[name] for name in names if name in enums), None)
        if own is not None:
            yield f"channel_capabilities[{channel.number}] = {_names_by_value(own)}"


def mux_lines(mux: Description, spice: Description) -> Iterator[str]:
    """Lua statements that put the frames of ``mux`` into the data of channel ``webdav``.

    Raises:
        DescriptionError: The frame is missing, or the data.
    """
    for direction in DIRECTIONS:
        _message_named(spice, "webdav", direction, "data", ("data",))
    frame = _message_named(mux, "mux", "server", "frame", ("client_id", "data"))
    family = quote(f"mux.{frame.channel.type_name}")
    yield f'mux = find_message({family}, "server", {frame.number})'
    for channel in spice.listed:
        if channel.name == "webdav":
            yield f"channels[{channel.number}].carries_mux = true"


def _message_named(
    description: Description, channel: str, direction: Direction, name: str, needed: tuple[str, ...]
) -> Message:
    found = description.channel(channel)
    messages = found.messages(direction) if found is not None else []
    message = next((each for each in messages if each.name == name), None)
    where = description.source.name
    if message is None:
        raise _lacking(f"{where} has no {direction} message '{channel}.{name}'")
    for member in needed:
        if message.body.member(member) is None:
            raise _lacking(f"'{channel}.{name}' of the {direction} in {where} has no '{member}'")
    return message


def _lacking(what: str) -> DescriptionError:
    return DescriptionError(
        f"{what}, which the dissector needs",
        hint="start from the description that comes with caraway",
    )


def _names_by_value(enumeration: Enumeration) -> str:
    items = ", ".join(f"[{item.value}] = {quote(item.name)}" for item in enumeration.items)
    return f"{{ {items} }}"
