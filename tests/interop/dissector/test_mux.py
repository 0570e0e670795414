"""The frames inside the WebDAV channel."""

from __future__ import annotations

import random
import struct
from collections.abc import Iterable
from pathlib import Path

import pytest

from tests.interop import pcap
from tests.interop.dissector.captures import DECODE_AS, WEBDAV, Spice, messages, write
from tests.interop.dissector.pdml import Part, Tshark


def frame(client: int, data: bytes) -> bytes:
    return struct.pack("<qH", client, len(data)) + data


FRAMES = (
    (1, b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"),
    (-5, b"x" * 70),
    (1, b""),
    (2**62, bytes(range(256)) * 255 + bytes(255)),
    (-5, b""),
)


def frames(parts: Iterable[Part], side: str) -> list[tuple[int, bytes]]:
    return [
        (int(each.child("client_id").show), bytes.fromhex(each.child("data").hex))
        for part in parts
        if part.text("sender") == side
        for each in part.all_below("mux.frame")
    ]


@pytest.mark.parametrize("passes", [(), ("-2",)], ids=["one pass", "two passes"])
@pytest.mark.parametrize("largest", [3, 30, 20000])
def test_frames_straddle_messages(
    tshark: Tshark, capture: Path, largest: int, passes: tuple[str, ...]
) -> None:
    rng = random.Random(largest)
    connection = Spice(WEBDAV, sizes=pcap.random_sizes(rng, largest=3000)).link()
    wanted = FRAMES if largest > 1000 else (*FRAMES[:3], FRAMES[4])
    streams = {
        "server": b"".join(frame(*each) for each in wanted),
        "client": b"".join(frame(*each) for each in reversed(wanted)),
    }
    while any(streams.values()):
        side = rng.choice([side for side, left in streams.items() if left])
        size = rng.randint(1, largest)
        connection.message(side, 101, streams[side][:size])
        streams[side] = streams[side][size:]
    write(capture, connection)
    parts = messages(tshark.parts(capture, *DECODE_AS, *passes))
    assert frames(parts, "server") == list(wanted)
    assert frames(parts, "client") == list(reversed(wanted))


def test_frames_that_share_a_message(tshark: Tshark, capture: Path) -> None:
    connection = Spice(WEBDAV).link()
    body = frame(7, b"GET /a HTTP/1.1\r\n\r\n") + frame(7, b"") + frame(8, b"half")[:5]
    connection.message("server", 101, body)
    write(capture, connection)
    (message,) = messages(tshark.parts(capture))
    assert [part.title for part in message.all_below("mux.frame")] == [
        "frame: connection 7, 19 bytes: GET /a HTTP/1.1",
        "frame: connection 7 ends",
    ]
    assert [part.title for part in message.all_below("mux.part")] == ["Frame begins: 5 bytes"]


def test_a_port_that_opens_begins_anew(tshark: Tshark, capture: Path) -> None:
    connection = Spice(WEBDAV).link()
    connection.message("server", 101, frame(7, b"lost")[:-1])
    connection.message("server", 202, b"\1")
    connection.message("server", 202, b"\0")
    connection.message("server", 101, frame(8, b"new"))
    write(capture, connection)
    assert frames(messages(tshark.parts(capture)), "server") == [(8, b"new")]


def test_compressed_data_is_not_guessed_at(tshark: Tshark, capture: Path) -> None:
    connection = Spice(WEBDAV).link()
    connection.message("server", 102, struct.pack("<BI", 1, 20) + b"zzz")
    connection.message("server", 101, frame(8, b"new"))
    write(capture, connection)
    parts = messages(tshark.parts(capture))
    assert frames(parts, "server") == []
    assert [part.title for part in parts[1].all_below("mux.part")] == [
        "Frames are not looked for: bytes before are missing or compressed"
    ]
