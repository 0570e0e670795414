"""``caraway proto``: the compiler of protocol descriptions, and messages by hand."""

from __future__ import annotations

import click

from caraway.cli.manual import Entry, ManualGroup, Section

__all__ = ["proto"]

CATALOGUE = {
    "Descriptions": {
        "check": Entry("caraway.cli.proto.check:check", "Report what is wrong in descriptions."),
        "fmt": Entry("caraway.cli.proto.check:fmt", "Lay descriptions out in the canonical way."),
        "diff": Entry(
            "caraway.cli.proto.compare:diff", "Tell whether two descriptions fit on the wire."
        ),
    },
    "Made from a description": {
        "build": Entry("caraway.cli.proto.generate:build", "Python classes."),
        "doc": Entry("caraway.cli.proto.generate:doc", "A reference of the protocol, in Markdown."),
        "dissector": Entry(
            "caraway.cli.proto.generate:dissector", "A Wireshark dissector, in Lua."
        ),
        "enums": Entry("caraway.cli.proto.generate:enums", "A C header of all constants."),
        "model": Entry("caraway.cli.proto.generate:model", "The whole model, in JSON."),
    },
    "Messages": {
        "decode": Entry("caraway.cli.proto.codec:decode", "Turn bytes into fields."),
        "encode": Entry("caraway.cli.proto.codec:encode", "Turn fields into bytes."),
    },
}

SECTIONS = (
    Section(
        "Descriptions",
        (
            ("builtin:spice", "The SPICE protocol: all channels."),
            ("builtin:spice1", "The old protocol, of major version 1."),
            ("builtin:link", "The link stage in front of every channel."),
            ("builtin:agent", "What client and guest agent say to each other."),
            ("builtin:mux", "Frames inside the WebDAV channel."),
            ("PATH", "A file in SPICE's interface language."),
            ("-", "Standard input."),
        ),
    ),
    Section(
        "Examples",
        (
            (
                "caraway proto diff /usr/src/spice/spice.proto builtin:spice",
                "Compare upstream's description with caraway's.",
            ),
            (
                "caraway proto dissector -o ~/.local/lib/wireshark/plugins/caraway_spice.lua",
                "Teach Wireshark every SPICE message.",
            ),
            (
                "caraway proto decode main server mouse_mode 03000100",
                "Show the fields of one message.",
            ),
        ),
    ),
)


@click.group("proto", cls=ManualGroup, catalogue=CATALOGUE, sections=SECTIONS)
def proto() -> None:
    """Compile, compare and document protocol descriptions; decode and encode messages."""
