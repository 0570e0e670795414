"""The Wireshark dissector, run by tshark over captures that the tests write."""

from __future__ import annotations

import json
import random
import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

import caraway
from caraway.idl import Description, Source, compile_source
from caraway.idl.backends.dissector import render
from tests.interop import pcap
from tests.interop.pdml import Part, Tshark, fields_of

VECTORS = Path(__file__).parents[1] / "vectors/spice-messages.json"
DESCRIPTIONS = Path(caraway.__file__).parent / "descriptions"
#: A port that no other dissector of Wireshark claims.
PORT = 15900
AUTH_SELECTION, AUTH_SPICE, AUTH_SASL, MINI_HEADER = 1, 2, 4, 8

MAIN, DISPLAY, PLAYBACK, WEBDAV = 1, 2, 5, 11


def load(name: str) -> Description:
    source = Source(name, (DESCRIPTIONS / name).read_text(encoding="utf-8"))
    return compile_source(source).description


@pytest.fixture(scope="session")
def spice() -> Description:
    return load("spice.proto")


@pytest.fixture(scope="session")
def tshark(spice: Description, tmp_path_factory: pytest.TempPathFactory) -> Tshark:
    folder = tmp_path_factory.mktemp("dissector")
    script = folder / "caraway_spice.lua"
    script.write_text(
        render(spice, link=load("link.proto"), mux=load("mux.proto")), encoding="utf-8"
    )
    return Tshark(script, folder)


@pytest.fixture(scope="session")
def vectors() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(VECTORS.read_text(encoding="utf-8"))
    return loaded


# Captures


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
    sizes: Iterator[int] | None = None
    tcp: pcap.Connection = field(init=False)
    _serials: dict[str, int] = field(init=False)

    def __post_init__(self) -> None:
        self.tcp = pcap.Connection(self.client_port, self.port, seed=self.client_port)
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


@pytest.fixture
def capture(tmp_path: Path) -> Path:
    return tmp_path / "capture.pcap"


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
        connection = Spice(channel, mini, port, 40000 + channel, sizes).link()
        for vector in vectors:
            if vector["channel_id"] == channel:
                body = bytes.fromhex(vector["hex"])
                connection.message(vector["direction"], vector["type"], body)
        connection.tcp.close()
        connections.append(connection)
    return connections


DECODE_AS = ("-d", f"tcp.port=={PORT},caraway_spice")


class TestVectors:
    @pytest.mark.parametrize("mini", [True, False], ids=["mini", "full"])
    @pytest.mark.parametrize("seed", [1, 2])
    def test_every_message_is_named_and_every_member_has_its_value(
        self,
        spice: Description,
        tshark: Tshark,
        vectors: dict[str, Any],
        capture: Path,
        mini: bool,
        seed: int,
    ) -> None:
        sent = sorted(vectors["vectors"], key=lambda vector: int(vector["channel_id"]))
        write(capture, *vector_connections(sent, mini=mini, seed=seed))
        parts = tshark.parts(capture, *DECODE_AS)
        shown = messages(parts)
        assert len(shown) == len(sent) == 141
        for side in ("client", "server"):
            mine = [vector for vector in sent if vector["direction"] == side]
            theirs = [part for part in shown if part.text("sender") == side]
            for vector, part in zip(mine, theirs, strict=True):
                self.check(spice, vector, part, mini=mini)
        assert not [part.title for part in parts if list(part.all_below("malformed"))]

    def check(self, spice: Description, vector: dict[str, Any], part: Part, *, mini: bool) -> None:
        channel = spice.channel(vector["channel"])
        assert channel is not None
        (message,) = [
            each
            for each in channel.messages(vector["direction"])
            if each.name == vector["message"]
        ]
        arrow = {"server": "←", "client": "→"}[vector["direction"]]
        assert part.title == f"SPICE (caraway), {channel.name} {arrow} {message.name}"
        assert part.text("channel") == str(channel.number)
        assert part.text("message") == message.name
        assert part.text("number") == str(message.number)
        header = part.one("link.mini_data_header" if mini else "link.data_header")
        assert header.child("size").show == str(vector["size"])
        body = part.one(f"{message.channel.name}.{message.name}")
        assert fields_of(message.body, body) == vector["fields"], vector["name"]

    def test_later_passes_show_the_same(
        self, tshark: Tshark, vectors: dict[str, Any], capture: Path
    ) -> None:
        write(capture, *vector_connections(vectors["vectors"], mini=True, seed=3))
        once = [part.shape() for part in tshark.parts(capture, *DECODE_AS)]
        twice = [part.shape() for part in tshark.parts(capture, *DECODE_AS, "-2")]
        assert len(messages(tshark.parts(capture, *DECODE_AS))) == 141
        assert once == twice

    def test_what_upstream_refuses_is_malformed_and_nothing_else(
        self, tshark: Tshark, vectors: dict[str, Any], capture: Path
    ) -> None:
        """Vectors cut short at many places, and the probes, each in a packet of its own."""
        expected: dict[int, tuple[str, bool]] = {}
        connections = []
        before = 0
        for channel in range(1, 12):
            connection = Spice(channel, client_port=40000 + channel).link()
            for name, vector, size, accepted in verdicts(vectors, channel):
                body = bytes.fromhex(vector["hex"])[:size]
                connection.message(vector["direction"], vector["type"], body)
                expected[before + len(connection.tcp.packets)] = (name, accepted)
            before += len(connection.tcp.packets)
            connections.append(connection)
        write(capture, *connections)
        filter_ = "caraway_spice.malformed or caraway_spice.bug or caraway_spice.unknown"
        printed = tshark.run(capture, "-T", "fields", "-e", "frame.number", "-Y", filter_)
        refused = {int(line) for line in printed.split()}
        assert len(expected) > 2000
        assert {
            name for frame, (name, accepted) in expected.items() if accepted == (frame in refused)
        } == set()


def verdicts(
    vectors: dict[str, Any], channel: int
) -> Iterator[tuple[str, dict[str, Any], int, bool]]:
    """Prefixes of messages of a channel and whether the reference accepts them."""
    for vector in vectors["vectors"]:
        if vector["channel_id"] == channel:
            size = vector["size"]
            ranges = vector["accepted_prefix_lengths"]
            for length in sorted({*range(min(size, 40)), *range(40, size, 7), size - 1, size}):
                if length >= 0:
                    accepted = any(low <= length <= high for low, high in ranges)
                    yield f"{vector['name']}[:{length}]", vector, length, accepted
    for probe in vectors["probes"]:
        if probe["channel_id"] == channel:
            size = len(probe["hex"]) // 2
            yield probe["name"], probe, size, probe["upstream"] == "accept"
