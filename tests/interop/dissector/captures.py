"""Captures of SPICE connections, built from messages."""

from __future__ import annotations

import random
import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.interop import pcap
from tests.interop.dissector.pdml import Part

#: A port that no other dissector of Wireshark claims.
PORT = 15900
DECODE_AS = ("-d", f"tcp.port=={PORT},caraway_spice")

#: Bits of the common capabilities.
AUTH_SELECTION, AUTH_SPICE, AUTH_SASL, MINI_HEADER = 1, 2, 4, 8

MAIN, DISPLAY, INPUTS, SMARTCARD, WEBDAV = 1, 2, 3, 8, 11


def link_header(size: int) -> bytes:
    return struct.pack("<4sIII", b"REDQ", 2, 2, size)


def link_mess(channel: int, common: int, *, channel_id: int = 0) -> bytes:
    body = struct.pack("<IBBIIIII", 0, channel, channel_id, 1, 1, 18, common, 1)
    return link_header(len(body)) + body


def link_reply(common: int, *, error: int = 0) -> bytes:
    count = 0 if error else 1
    body = struct.pack("<I162sIII", error, bytes(162), count, count, 0 if error else 178)
    body += struct.pack("<II", common, 1)[: 8 * count]
    return link_header(len(body)) + body


@dataclass
class Spice:
    """A connection for one channel, from the link stage on.

    Args:
        sizes: How its bytes are cut into packets; one packet for each message by default.
    """

    channel: int
    mini: bool = True
    port: int = PORT
    client_port: int = 40000
    seed: int = 1
    sizes: Iterator[int] | None = None
    tcp: pcap.Connection = field(init=False)
    _serials: dict[str, int] = field(init=False)

    def __post_init__(self) -> None:
        self.tcp = pcap.Connection(self.client_port, self.port, seed=self.seed)
        self._serials = {"client": 0, "server": 0}

    def link(self, *, channel_id: int = 0) -> Spice:
        """The whole link stage, with a ticket."""
        common = AUTH_SELECTION | (MINI_HEADER if self.mini else 0)
        self.send("client", link_mess(self.channel, common, channel_id=channel_id))
        self.send("server", link_reply(AUTH_SELECTION | AUTH_SPICE | MINI_HEADER))
        self.send("client", struct.pack("<I", 1) + bytes(range(128)))
        self.send("server", struct.pack("<I", 0))
        return self

    def send(self, side: str, data: bytes) -> None:
        self.tcp.send(side, data, sizes=self.sizes)

    def message(self, side: str, number: int, body: bytes, *, sub_list: int = 0) -> None:
        self.send(side, self.framed(side, number, body, sub_list=sub_list))

    def framed(self, side: str, number: int, body: bytes, *, sub_list: int = 0) -> bytes:
        self._serials[side] += 1
        if self.mini:
            return struct.pack("<HI", number, len(body)) + body
        return struct.pack("<QHII", self._serials[side], number, len(body), sub_list) + body


def write(capture: Path, *connections: Spice) -> Path:
    pcap.write(capture, [packet for each in connections for packet in each.tcp.packets])
    return capture


def messages(parts: Iterable[Part]) -> list[Part]:
    """The parts that are messages of a channel, not of the link stage."""
    return [part for part in parts if part.text("number") is not None]


def vector_connections(
    vectors: list[dict[str, Any]], *, mini: bool, seed: int, port: int = PORT
) -> list[Spice]:
    """A connection for each channel that sends all its vectors, cut at random places."""
    connections = []
    for channel in sorted({vector["channel_id"] for vector in vectors}):
        sizes = pcap.random_sizes(random.Random(seed * 100 + channel), largest=1460)
        connection = Spice(channel, mini, port, 40000 + channel, sizes=sizes).link()
        for vector in vectors:
            if vector["channel_id"] == channel:
                body = bytes.fromhex(vector["hex"])
                connection.message(vector["direction"], vector["type"], body)
        connection.tcp.close()
        connections.append(connection)
    return connections
