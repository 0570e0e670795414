"""No capture makes the dissector fail; what is wrong with it is told."""

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
    MINI_HEADER,
    PORT,
    Spice,
    link_mess,
    link_reply,
    vector_connections,
    write,
)
from tests.interop.dissector.pdml import Tshark
from tests.vectors.reference import VECTORS


def check(tshark: Tshark, capture: Path) -> int:
    """How many messages and other parts a capture has, once it is clear that none is a bug."""
    for passes in ((), ("-2",)):
        text = tshark.run(capture, "-V", *DECODE_AS, *passes)
        assert "error in the dissector" not in text
        assert "not met in the first pass" not in text
    return text.count("\nSPICE (caraway), ")


@pytest.mark.parametrize("seed", range(4))
def test_garbage(tshark: Tshark, capture: Path, seed: int) -> None:
    rng = random.Random(seed)
    connections = []
    for channel in range(12):
        sizes = pcap.random_sizes(rng, largest=300)
        connection = Spice(channel, bool(seed % 2), PORT, 40000 + channel, sizes=sizes)
        if channel:
            connection.link()
        sent = [each for each in VECTORS if each["channel_id"] == channel]
        for _ in range(40):
            body = rng.randbytes(rng.randint(0, 60))
            side, number = rng.choice(("client", "server")), rng.randint(1, 320)
            if sent and rng.random() < 0.8:
                vector = rng.choice(sent)
                side, number = vector["direction"], vector["type"]
                body = damaged(rng, bytes.fromhex(vector["hex"]))
            connection.message(side, number, body, sub_list=rng.choice((0, 0, 5)))
        connection.send("server", rng.randbytes(500))
        connections.append(connection)
    write(capture, *connections)
    assert check(tshark, capture) > 300


def damaged(rng: random.Random, body: bytes) -> bytes:
    changed = bytearray(body)
    for _ in range(rng.randint(0, 3)):
        if changed:
            changed[rng.randrange(len(changed))] = rng.choice((0, 1, 2, 127, 255))
    return bytes(changed[: rng.randint(0, 2 * len(changed))])


@pytest.mark.parametrize("seed", range(3))
def test_garbage_in_the_link_stage(tshark: Tshark, capture: Path, seed: int) -> None:
    rng = random.Random(seed)
    connections = []
    for number in range(30):
        connection = Spice(DISPLAY, client_port=41000 + number)
        for side, data in (
            ("client", link_mess(DISPLAY, AUTH_SELECTION | MINI_HEADER)),
            ("server", link_reply(AUTH_SELECTION | AUTH_SPICE | AUTH_SASL | MINI_HEADER)),
            ("client", struct.pack("<I", rng.choice((1, 2, 3))) + rng.randbytes(200)),
            ("server", rng.randbytes(100)),
        ):
            connection.send(side, damaged(rng, data))
        connections.append(connection)
    write(capture, *connections)
    assert check(tshark, capture) > 50


def test_packets_cut_by_the_capture(tshark: Tshark, capture: Path) -> None:
    sent = vector_connections(VECTORS, mini=True, seed=9)
    packets = [packet for each in sent for packet in each.tcp.packets]
    pcap.write(capture, packets, snap=120)
    assert check(tshark, capture) > 100


def test_of_packets_cut_by_the_capture_the_rest_is_shown(tshark: Tshark, capture: Path) -> None:
    connection = Spice(DISPLAY).link()
    connection.message("server", 123, struct.pack("<III", 1, 2, 500) + bytes(500))
    connection.message("server", 102, b"")
    pcap.write(capture, connection.tcp.packets, snap=120)
    check(tshark, capture)
    parts = tshark.parts(capture)
    assert [part.title.removeprefix("SPICE (caraway), ") for part in parts[2:]] == [
        "link ← header",
        "50 bytes of an incomplete part",
        "link → auth_mechanism",
        "62 bytes of an incomplete part",
        "link ← auth_result",
        "display ← stream_data",
        "display ← mark",
    ]
    assert next(parts[7].all_below("StreamDataHeader.multi_media_time")).show == "2"
    assert [part.title for part in parts[7].all_below("cut")] == [
        "data: 500 bytes needed at 12, 48 left",
        "only 66 of 518 bytes are here: packets were cut short, or TCP reassembly is off",
    ]


def test_without_reassembly_whole_messages_are_still_found(tshark: Tshark, capture: Path) -> None:
    connection = Spice(DISPLAY).link()
    body = struct.pack("<IIII", 1, 2, 3000, 0) + bytes(2984)
    whole = connection.framed("server", 123, body)
    connection.send("server", whole[:1000])
    connection.send("server", whole[1000:2000])
    connection.send("server", whole[2000:] + connection.framed("server", 102, b""))
    write(capture, connection)
    parts = tshark.parts(capture, "-o", "tcp.desegment_tcp_streams:FALSE")
    assert [part.title.removeprefix("SPICE (caraway), ") for part in parts[7:]] == [
        "display ← stream_data",
        "1000 bytes: rest of the message before",
        f"{len(whole) - 2000} bytes: rest of the message before",
        "display ← mark",
    ]
    assert [part.title for part in parts[7].all_below("cut")][-1].startswith("only 1000 of ")


def test_after_lost_packets_a_message_is_found_again(tshark: Tshark, capture: Path) -> None:
    connection = Spice(DISPLAY).link()
    connection.message("server", 102, b"")
    lost = len(connection.tcp.packets)
    connection.message("server", 123, struct.pack("<III", 1, 2, 4000) + b"\xee" * 2000)
    connection.send("server", b"\xee" * 2000)
    connection.message("server", 103, b"")
    del connection.tcp.packets[lost]
    write(capture, connection)
    # By default Wireshark does not hand on what follows a gap until it seems to be over.
    options = ("-o", "tcp.no_subdissector_on_error:FALSE")
    parts = tshark.parts(capture, *options)
    assert [part.title.removeprefix("SPICE (caraway), ") for part in parts[7:]] == [
        "display ← mark",
        "out of step",
        "display ← reset",
    ]
    check(tshark, capture)
