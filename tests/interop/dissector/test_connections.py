"""What comes before messages: which connections, and the link stage."""

from __future__ import annotations

import random
import struct
from pathlib import Path

import pytest

from tests.interop import pcap
from tests.interop.dissector.captures import (
    AUTH_SASL,
    AUTH_SELECTION,
    AUTH_SPICE,
    DECODE_AS,
    DISPLAY,
    MAIN,
    MINI_HEADER,
    PORT,
    Spice,
    link_mess,
    link_reply,
    messages,
    write,
)
from tests.interop.dissector.pdml import Tshark


def info(tshark: Tshark, capture: Path, *options: str) -> list[str]:
    """The Info column of each packet that the dissector has shown."""
    columns = ("-T", "fields", "-e", "_ws.col.Protocol", "-e", "_ws.col.Info")
    lines = [line.split("\t") for line in tshark.run(capture, *columns, *options).splitlines()]
    return [text for protocol, text in lines if protocol == "SPICE"]


LINK_INFO = [
    "link → header, mess",
    "link ← header, reply",
    "link → auth_mechanism, ticket",
    "link ← auth_result",
]


@pytest.mark.parametrize(
    ("port", "options"),
    [
        pytest.param(PORT, (), id="by the first bytes"),
        pytest.param(5900, ("-d", "tcp.port==5900,caraway_spice"), id="decode as"),
        pytest.param(5900, ("-o", "caraway_spice.ports:5900-5902"), id="preference"),
    ],
)
def test_is_recognized(tshark: Tshark, capture: Path, port: int, options: tuple[str, ...]) -> None:
    connection = Spice(DISPLAY, port=port).link()
    connection.message("client", 101, bytes(14))
    connection.message("server", 102, b"")
    write(capture, connection)
    assert info(tshark, capture, *options) == [
        *LINK_INFO,
        "display → init",
        "display ← mark",
    ]


def test_the_info_column_counts_and_shortens(tshark: Tshark, capture: Path) -> None:
    connection = Spice(DISPLAY)
    connection.link(channel_id=1)
    same = [connection.framed("server", 102, b"") for _ in range(3)]
    connection.send("server", b"".join(same) + connection.framed("server", 103, b""))
    numbers = (102, 103, 108, 126, 102, 103, 108, 126, 102)
    connection.send("server", b"".join(connection.framed("server", n, b"") for n in numbers))
    write(capture, connection)
    assert info(tshark, capture)[4:] == [
        "display 1 ← mark ×3, reset",
        "display 1 ← mark, reset, inval_all_palettes, stream_destroy_all, mark, reset, "
        "inval_all_palettes, stream_destroy_all, …",
    ]


def test_every_part_of_the_link_stage(tshark: Tshark, capture: Path) -> None:
    connection = Spice(DISPLAY).link()
    write(capture, connection)
    parts = tshark.parts(capture)
    mess = parts[1].one("link.mess")
    assert [part.show for part in mess.all_below("capability")] == [
        "PROTOCOL_AUTH_SELECTION",
        "MINI_HEADER",
        "SIZED_STREAM",
    ]
    assert mess.child("channel_type").show == "2"
    assert parts[0].one("link.header").child("magic").hex == b"REDQ".hex()
    assert parts[3].one("link.reply").child("pub_key").hex == bytes(162).hex()
    assert (
        parts[4].one("link.auth_mechanism").child("auth_mechanism").title.endswith("AUTH_SPICE (1)")
    )
    ticket = parts[5].one("link.ticket").child("encrypted_data")
    assert ticket.hex == bytes(range(128)).hex()
    assert parts[6].one("link.auth_result").child("error").title == "error: OK (0)"


def test_without_auth_selection_the_ticket_follows_at_once(tshark: Tshark, capture: Path) -> None:
    connection = Spice(DISPLAY)
    connection.send("client", link_mess(DISPLAY, MINI_HEADER))
    connection.send("server", link_reply(AUTH_SELECTION | AUTH_SPICE | MINI_HEADER))
    connection.send("client", bytes(128))
    connection.send("server", bytes(4))
    connection.message("client", 101, bytes(14))
    write(capture, connection)
    assert info(tshark, capture)[2:] == [
        "link → ticket",
        "link ← auth_result",
        "display → init",
    ]


def test_headers_are_full_unless_both_sides_have_mini_ones(tshark: Tshark, capture: Path) -> None:
    connection = Spice(DISPLAY, mini=False)
    connection.send("client", link_mess(DISPLAY, AUTH_SELECTION | MINI_HEADER))
    connection.send("server", link_reply(AUTH_SELECTION | AUTH_SPICE))
    connection.send("client", struct.pack("<I", 1) + bytes(128))
    connection.send("server", bytes(4))
    connection.message("client", 101, bytes(14))
    write(capture, connection)
    (message,) = messages(tshark.parts(capture))
    assert message.one("link.data_header").child("serial").show == "1"


@pytest.mark.parametrize("error", [5, 7])
def test_a_refused_link(tshark: Tshark, capture: Path, error: int) -> None:
    connection = Spice(DISPLAY)
    connection.send("client", link_mess(DISPLAY, AUTH_SELECTION))
    connection.send("server", link_reply(0, error=error))
    connection.send("server", b"more")
    write(capture, connection)
    parts = tshark.parts(capture)
    assert parts[3].one("link.reply").child("error").show == str(error)
    assert parts[4].title.endswith("4 bytes: the server has refused the link")


def test_a_mechanism_that_is_refused_late(tshark: Tshark, capture: Path) -> None:
    connection = Spice(DISPLAY)
    connection.send("client", link_mess(DISPLAY, AUTH_SELECTION))
    connection.send("server", link_reply(AUTH_SELECTION | AUTH_SASL))
    connection.send("client", struct.pack("<I", 1) + bytes(128))
    connection.send("server", link_reply(0, error=4))
    write(capture, connection)
    assert info(tshark, capture)[3] == "link ← header, reply"
    assert "VERSION_MISMATCH" in tshark.parts(capture)[-1].one("link.reply").child("error").title


@pytest.mark.parametrize("accepted", [True, False])
def test_sasl(tshark: Tshark, capture: Path, accepted: bool) -> None:
    def some(data: bytes) -> bytes:
        return struct.pack("<I", len(data)) + data

    connection = Spice(MAIN, sizes=pcap.random_sizes(random.Random(5), largest=30))
    common = AUTH_SELECTION | AUTH_SASL | MINI_HEADER
    connection.tcp.send("client", link_mess(MAIN, common))
    connection.send("server", link_reply(common))
    connection.send("client", struct.pack("<I", 2))
    connection.send("server", some(b",SCRAM-SHA-256,"))
    connection.send("client", some(b"SCRAM-SHA-256") + some(b"hello\0"))
    connection.send("server", some(b"challenge\0") + b"\0")
    connection.send("client", some(b"response\0"))
    connection.send("server", some(b"") + b"\1")
    if accepted:
        connection.send("server", struct.pack("<I", 0))
        connection.message("client", 104, b"")
        connection.message("server", 102, b"")
    else:
        connection.send("server", struct.pack("<I", 1) + some(b"Authentication failed\0"))
    write(capture, connection)
    parts = tshark.parts(capture)
    assert [(part.text("sender"), part.text("message")) for part in parts[4:11]] == [
        ("client", "auth_mechanism"),
        ("server", "sasl_mechlist"),
        ("client", "sasl_mechname"),
        ("client", "sasl_start"),
        ("server", "sasl_start"),
        ("client", "sasl_step"),
        ("server", "sasl_step"),
    ]
    data = parts[9].one("link.sasl_step_client").child("data")
    assert data.hex == b"response\0".hex()
    assert [part.text("message") for part in parts[11:]] == (
        ["auth_result", "attach_channels", "migrate_cancel"] if accepted else ["sasl_rejected"]
    )


def test_what_sasl_protects_is_not_misread(tshark: Tshark, capture: Path) -> None:
    connection = Spice(MAIN)
    common = AUTH_SELECTION | AUTH_SASL | MINI_HEADER
    connection.send("client", link_mess(MAIN, common))
    connection.send("server", link_reply(common))
    connection.send("client", struct.pack("<II", 2, 1) + b"X" + bytes(4))
    connection.send("server", bytes(4))
    connection.send("server", struct.pack("<IB", 0, 1) + bytes(4))
    connection.send("server", struct.pack(">I", 20) + bytes(range(20)))
    write(capture, connection)
    assert tshark.parts(capture)[-1].title == (
        "SPICE (caraway), 24 bytes: protected by the security layer of SASL"
    )


def test_the_same_ports_again_are_a_new_connection(tshark: Tshark, capture: Path) -> None:
    connections = [Spice(channel, seed=channel).link() for channel in (MAIN, DISPLAY)]
    for connection, number in zip(connections, (104, 104), strict=True):
        connection.message("client", number, b"")
    write(capture, *connections)
    shown = [part.text("message") for part in messages(tshark.parts(capture))]
    assert shown == ["attach_channels", "gl_draw_done"]


def test_a_connection_whose_beginning_is_missing(tshark: Tshark, capture: Path) -> None:
    connection = Spice(DISPLAY, mini=False)
    connection.message("client", 101, bytes(14))
    connection.message("server", 102, b"")
    write(capture, connection)
    titles = [part.title for part in tshark.parts(capture, *DECODE_AS)]
    assert titles[0].startswith("SPICE (caraway), 32 bytes: the beginning of this connection")
    options = ("-o", "caraway_spice.channel:display", "-o", "caraway_spice.full_header:TRUE")
    parts = tshark.parts(capture, *DECODE_AS, *options)
    assert [part.title for part in parts] == [
        "SPICE (caraway), display → init",
        "SPICE (caraway), display ← mark",
    ]


def test_a_channel_that_nobody_knows(tshark: Tshark, capture: Path) -> None:
    connection = Spice(99).link()
    connection.message("server", 101, b"abc")
    write(capture, connection)
    parts = tshark.parts(capture)
    assert "channel 99 is not known" in [part.title for part in parts[1].all_below("unknown")]
    (message,) = messages(parts)
    assert message.title == "SPICE (caraway), channel 99 ← message 101"
    assert message.one("unknown_message").hex == b"abc".hex()
