"""A Wireshark dissector in Lua: the link stage, both header forms, every message, the multiplexer.

The Lua file begins with fixed code that gives the description its words. Then
come the descriptions in these words, and then fixed code that follows
connections and reads messages by them. :mod:`description` tells how filter
names are made.
"""

from __future__ import annotations

from typing import Final

from caraway.idl.backends.dissector.around import (
    capability_lines,
    link_lines,
    mux_lines,
    plain_link,
)
from caraway.idl.backends.dissector.description import Names, Writer, lua_integer, quote
from caraway.idl.backends.dissector.lua_connections import CONNECTIONS
from caraway.idl.backends.dissector.lua_driver import DRIVER
from caraway.idl.backends.dissector.lua_fields import FIELDS
from caraway.idl.backends.dissector.lua_layouts import LAYOUTS
from caraway.idl.backends.dissector.lua_messages import MESSAGES
from caraway.idl.model import DIRECTIONS, Description, Integer, Message

__all__ = ["render"]

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
-- {recognized}
--
-- Filters:
--
{filters}
--
-- Names are caraway_spice.CHANNEL.MESSAGE.MEMBER with the channel that declares the message, or
-- caraway_spice.STRUCT.MEMBER; ".item" is an element of an array, ".target" what a pointer points
-- to. In the Info column "display ← draw_copy" is on its way to the client, "→" to the server.
"""
_WITH_LINK: Final = """\
Connections are recognized by their first bytes, "REDQ". On the ports 5900 and 5901 Wireshark
-- takes them for VNC: choose Analyze > Decode As > caraway_spice, give tshark the option
-- -d tcp.port==5900,caraway_spice, or set the preference "TCP ports" of caraway_spice (in tshark:
-- -o caraway_spice.ports:5900-5910). Where the beginning of a connection was not captured,
-- preferences name the channel and the form of the headers. TLS is not followed."""
_WITHOUT_LINK: Final = """\
Connections have to be told: choose Analyze > Decode As > caraway_spice, give tshark the option
-- -d tcp.port==5900,caraway_spice, or set the preference "TCP ports" of caraway_spice. The
-- preferences also name the channel and the form of the headers."""


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
            the message of ``mux.proto``. Without it, or without such a channel,
            they are bytes.

    Raises:
        DescriptionError: ``link`` or ``mux`` lacks something that the dissector needs.
    """
    names = Names()
    lines = [
        _head(spice, link, mux) + FIELDS,
        _title(spice),
        f"POINTER = {lua_integer(Integer(8 * spice.pointer_size, signed=False))}",
        "",
        *Writer(spice, names, "").lines(),
        "",
    ]
    for channel in spice.listed:
        numbered = f"{channel.number}, {quote(channel.name)}"
        lines.append(f"channel({numbered}, {quote(channel.type_name)})")
    around = plain_link() if link is None else link
    lines += ["", _title(around), *Writer(around, names, "link.").lines(), ""]
    lines += link_lines(around, has_link_stage=link is not None)
    if link is not None:
        lines += capability_lines(link, spice)
    if mux is not None and spice.channel("webdav") in spice.listed:
        lines += ["", _title(mux), *Writer(mux, names, "mux.").lines(), ""]
        lines += mux_lines(mux, spice)
    return "\n".join(lines) + LAYOUTS + CONNECTIONS + MESSAGES + DRIVER


def _title(description: Description) -> str:
    return f"-- {'-' * 75}\n-- The description: {description.name}\n"


def _head(spice: Description, link: Description | None, mux: Description | None) -> str:
    sources = [each.source.name for each in (spice, link, mux) if each is not None]
    shown = ", ".join(name.replace("\\", "/").rsplit("/", 1)[-1] for name in sources)
    own = [
        message
        for channel in spice.listed
        for direction in DIRECTIONS
        for message in channel.messages(direction)
        if message.channel is channel
    ]
    filters = [("caraway_spice", "everything")]
    if own:
        filters += _examples(max(own, key=lambda message: len(message.body.members)))
    if link is not None:
        filters.append(('caraway_spice.capability == "MINI_HEADER"', "announced by a side"))
    filters.append(("caraway_spice.malformed", "what breaks the protocol"))
    width = max(len(text) for text, _ in filters)
    return _HEAD.format(
        sources=" ".join(shown.split()),
        recognized=_WITHOUT_LINK if link is None else _WITH_LINK,
        filters="\n".join(f"--     {text:<{width}}  {meaning}" for text, meaning in filters),
    )


def _examples(message: Message) -> list[tuple[str, str]]:
    number = message.channel.number
    side = f'caraway_spice.channel == {number} && caraway_spice.sender == "client"'
    return [
        (f'caraway_spice.message == "{message.name}"', "messages of a name"),
        (f"caraway_spice.{message.channel.name}.{message.name}", "of one channel"),
        (side, "of one channel and side"),
    ]
