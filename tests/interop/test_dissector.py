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
        connection = Spice(channel, mini, port, 40000 + channel, sizes=sizes).link()
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


class TestConnections:
    @pytest.mark.parametrize(
        ("port", "options"),
        [
            pytest.param(PORT, (), id="by the first bytes"),
            pytest.param(5900, ("-d", "tcp.port==5900,caraway_spice"), id="decode as"),
            pytest.param(5900, ("-o", "caraway_spice.ports:5900-5902"), id="preference"),
        ],
    )
    def test_is_recognized(
        self, tshark: Tshark, capture: Path, port: int, options: tuple[str, ...]
    ) -> None:
        connection = Spice(DISPLAY, port=port).link()
        connection.message("client", 101, bytes(14))
        connection.message("server", 102, b"")
        write(capture, connection)
        assert info(tshark, capture, *options) == [
            *LINK_INFO,
            "display → init",
            "display ← mark",
        ]

    def test_the_info_column_counts_and_shortens(self, tshark: Tshark, capture: Path) -> None:
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

    def test_every_part_of_the_link_stage(self, tshark: Tshark, capture: Path) -> None:
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
        assert parts[4].one("link.auth_mechanism").child("auth_mechanism").title.endswith(
            "AUTH_SPICE (1)"
        )
        ticket = parts[5].one("link.ticket").child("encrypted_data")
        assert ticket.hex == bytes(range(128)).hex()
        assert parts[6].one("link.auth_result").child("error").title == "error: OK (0)"

    def test_without_auth_selection_the_ticket_follows_at_once(
        self, tshark: Tshark, capture: Path
    ) -> None:
        connection = Spice(DISPLAY)
        connection.send("client", link_mess(DISPLAY, MINI_HEADER))
        connection.send("server", link_reply(AUTH_SELECTION | AUTH_SPICE | MINI_HEADER))
        connection.send("client", bytes(128))
        connection.send("server", bytes(4))
        connection.message("client", 101, bytes(14))
        write(capture, connection)
        assert info(tshark, capture)[2:] == ["link → ticket", "link ← auth_result", "display → init"]

    def test_headers_are_full_unless_both_sides_have_mini_ones(
        self, tshark: Tshark, capture: Path
    ) -> None:
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
    def test_a_refused_link(self, tshark: Tshark, capture: Path, error: int) -> None:
        connection = Spice(DISPLAY)
        connection.send("client", link_mess(DISPLAY, AUTH_SELECTION))
        connection.send("server", link_reply(0, error=error))
        connection.send("server", b"more")
        write(capture, connection)
        parts = tshark.parts(capture)
        assert parts[3].one("link.reply").child("error").show == str(error)
        assert parts[4].title.endswith("4 bytes: the server has refused the link")

    def test_a_mechanism_that_is_refused_late(self, tshark: Tshark, capture: Path) -> None:
        connection = Spice(DISPLAY)
        connection.send("client", link_mess(DISPLAY, AUTH_SELECTION))
        connection.send("server", link_reply(AUTH_SELECTION | AUTH_SASL))
        connection.send("client", struct.pack("<I", 1) + bytes(128))
        connection.send("server", link_reply(0, error=4))
        write(capture, connection)
        assert info(tshark, capture)[3] == "link ← header, reply"
        assert "VERSION_MISMATCH" in tshark.parts(capture)[-1].one("link.reply").child("error").title

    @pytest.mark.parametrize("accepted", [True, False])
    def test_sasl(self, tshark: Tshark, capture: Path, accepted: bool) -> None:
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

    def test_what_sasl_protects_is_not_misread(self, tshark: Tshark, capture: Path) -> None:
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

    def test_the_same_ports_again_are_a_new_connection(
        self, tshark: Tshark, capture: Path
    ) -> None:
        connections = [Spice(channel, seed=channel).link() for channel in (MAIN, DISPLAY)]
        for connection, number in zip(connections, (104, 104), strict=True):
            connection.message("client", number, b"")
        write(capture, *connections)
        shown = [part.text("message") for part in messages(tshark.parts(capture))]
        assert shown == ["attach_channels", "gl_draw_done"]

    def test_a_connection_whose_beginning_is_missing(
        self, tshark: Tshark, capture: Path
    ) -> None:
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

    def test_a_channel_that_nobody_knows(self, tshark: Tshark, capture: Path) -> None:
        connection = Spice(99).link()
        connection.message("server", 101, b"abc")
        write(capture, connection)
        parts = tshark.parts(capture)
        assert "channel 99 is not known" in [part.title for part in parts[1].all_below("unknown")]
        (message,) = messages(parts)
        assert message.title == "SPICE (caraway), channel 99 ← message 101"
        assert message.one("unknown_message").hex == b"abc".hex()


class TestMessages:
    def sent(self, capture: Path, side: str, number: int, body: bytes, **options: int) -> Path:
        connection = Spice(options.get("channel", DISPLAY), mini="sub_list" not in options).link()
        connection.message(side, number, body, sub_list=options.get("sub_list", 0))
        return write(capture, connection)

    def test_an_unknown_number(self, tshark: Tshark, capture: Path) -> None:
        (message,) = messages(tshark.parts(self.sent(capture, "server", 999, b"abc")))
        assert message.title == "SPICE (caraway), display ← message 999"
        assert [part.title for part in message.all_below("unknown")] == [
            "message 999 from the server on display is not in the description"
        ]

    def test_what_is_wrong_is_told_with_its_place(self, tshark: Tshark, capture: Path) -> None:
        body = struct.pack("<I4iB", 0, 1, 2, 3, 4, 1) + struct.pack("<I", 7) + bytes(20)
        (message,) = messages(tshark.parts(self.sent(capture, "server", 304, body)))
        assert [part.title for part in message.all_below("malformed")] == [
            "base.clip.u.rects.rects: 7 elements of at least 16 bytes do not fit in the "
            "20 bytes left"
        ]
        assert next(message.all_below("Rect.left")).show == "2"

    def test_members_are_filters(self, tshark: Tshark, capture: Path) -> None:
        body = struct.pack("<I4iB2i", 5, 1, 2, 3, 4, 0, 10, 20)
        self.sent(capture, "server", 104, body)
        for expression, found in [
            ("caraway_spice.DisplayBase.surface_id == 5", True),
            ("caraway_spice.Rect.top == 1 && caraway_spice.Point.x == 10", True),
            ("caraway_spice.display.copy_bits", True),
            ('caraway_spice.message == "copy_bits"', True),
            ("caraway_spice.clip_type == 1", False),
            ("caraway_spice.Rect.top > 1", False),
            ("caraway_spice.malformed", False),
        ]:
            if expression.startswith("caraway_spice.clip_type"):
                expression = "caraway_spice.Clip.type == 1"
            assert bool(tshark.run(capture, "-Y", expression)) == found, expression

    def test_flags_show_their_bits(self, tshark: Tshark, capture: Path) -> None:
        body = struct.pack("<iiH", -1, 1, 0b101)
        (message,) = messages(
            tshark.parts(self.sent(capture, "client", 111, body, channel=3))
        )
        flags = next(message.all_below("inputs.mouse_motion.buttons_state"))
        assert flags.title == "buttons_state: 0x0005 (LEFT, RIGHT)"
        assert [part.show for part in flags.below()] == ["1", "0", "1", "0", "0", "0", "0"]
        assert next(message.all_below("inputs.mouse_motion.dx")).show == "-1"

    def test_bytes_that_are_seen_through_a_view(self, tshark: Tshark, capture: Path) -> None:
        name = "Lesegerät".encode() + b"\0"
        body = struct.pack("<III", 3, 0, len(name)) + name
        (message,) = messages(
            tshark.parts(self.sent(capture, "client", 101, body, channel=8))
        )
        (view,) = message.all_below("vscpayload.reader_add")
        assert view.child("name").title == "name: Lesegerät"

    def test_long_arrays_are_shown_in_part(self, tshark: Tshark, capture: Path) -> None:
        count = 1005
        body = struct.pack("<H", count) + bytes(9 * count)
        (message,) = messages(tshark.parts(self.sent(capture, "server", 105, body)))
        resources = next(message.all_below("display.inval_list.resources"))
        assert resources.title == "resources: 1005 elements"
        assert len(list(resources.all_below("display.inval_list.resources.item"))) == 1000
        assert [part.title for part in resources.all_below("more")] == ["… 5 more"]

    def test_huge_messages_are_shown_in_part(self, tshark: Tshark, capture: Path) -> None:
        segments = struct.pack("<BI", 1, 30) + bytes(8 * 30)
        path = struct.pack("<I", 400) + segments * 400
        base = struct.pack("<I4iB", 0, 0, 0, 9, 9, 0)
        stroke = struct.pack("<IBBHH", len(base) + 10, 0, 0, 8, 8)
        (message,) = messages(
            tshark.parts(self.sent(capture, "server", 310, base + stroke + path))
        )
        assert [part.title for part in message.all_below("limit")] == [
            "only 10000 lines of it are shown"
        ]
        assert 5000 < sum(1 for _ in message.element.iter("field")) < 11000

    @pytest.mark.parametrize("form", ["sub_list", "list"])
    def test_sub_messages(self, tshark: Tshark, capture: Path, form: str) -> None:
        first = struct.pack("<HI", 105, 2) + struct.pack("<H", 0)
        second = struct.pack("<HI", 5, 11) + struct.pack("<BBBQ", 1, 2, 0, 77)
        mark = b"" if form == "list" else struct.pack("<Q", 0x1122334455667788)
        at = len(mark)
        inner = struct.pack("<HII", 2, at + 10, at + 10 + len(first)) + first + second
        if form == "list":
            self.sent(capture, "server", 8, inner)
        else:
            self.sent(capture, "server", 107, mark + inner, sub_list=at)
        (message,) = messages(tshark.parts(capture))
        outer = "list" if form == "list" else "inval_palette"
        assert message.title == (
            f"SPICE (caraway), display ← {outer} (inval_list, wait_for_channels)"
        )
        assert next(message.all_below("ChannelWait.message_serial")).show == "77"
        assert not list(message.all_below("malformed"))

    def test_a_list_that_contains_itself(self, tshark: Tshark, capture: Path) -> None:
        # Its only sub-message is a list over the same bytes, again and again.
        inner = struct.pack("<HI", 1, 6) + struct.pack("<HI", 8, 6) + struct.pack("<HI", 1, 6)
        text = tshark.run(self.sent(capture, "server", 8, inner), "-V")
        assert "error in the dissector" not in text

    def test_bytes_after_the_last_member(self, tshark: Tshark, capture: Path) -> None:
        (message,) = messages(tshark.parts(self.sent(capture, "server", 102, b"abc")))
        assert next(message.all_below("trailing")).hex == b"abc".hex()
        assert not list(message.all_below("malformed"))


def frame(client: int, data: bytes) -> bytes:
    return struct.pack("<qH", client, len(data)) + data


class TestMux:
    FRAMES = (
        (1, b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"),
        (-5, b"x" * 70),
        (1, b""),
        (2**62, bytes(range(256)) * 255 + bytes(255)),
        (-5, b""),
    )

    def frames(self, parts: Iterable[Part], side: str) -> list[tuple[int, bytes]]:
        return [
            (int(each.child("client_id").show), bytes.fromhex(each.child("data").hex))
            for part in parts
            if part.text("sender") == side
            for each in part.all_below("mux.frame")
        ]

    @pytest.mark.parametrize("passes", [(), ("-2",)], ids=["one pass", "two passes"])
    @pytest.mark.parametrize("largest", [3, 30, 20000])
    def test_frames_straddle_messages(
        self, tshark: Tshark, capture: Path, largest: int, passes: tuple[str, ...]
    ) -> None:
        rng = random.Random(largest)
        connection = Spice(WEBDAV, sizes=pcap.random_sizes(rng, largest=3000))
        connection.sizes = None
        connection.link()
        wanted = self.FRAMES if largest > 1000 else (*self.FRAMES[:3], self.FRAMES[4])
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
        parts = messages(tshark.parts(capture, *passes))
        assert self.frames(parts, "server") == list(wanted)
        assert self.frames(parts, "client") == list(reversed(wanted))

    def test_frames_that_share_a_message(self, tshark: Tshark, capture: Path) -> None:
        connection = Spice(WEBDAV).link()
        body = frame(7, b"GET /a HTTP/1.1\r\n\r\n") + frame(7, b"") + frame(8, b"half")[:5]
        connection.message("server", 101, body)
        write(capture, connection)
        (message,) = messages(tshark.parts(capture))
        assert [part.title for part in message.all_below("mux.frame")] == [
            "frame: connection 7, 19 bytes: GET /a HTTP/1.1",
            "frame: connection 7 ends",
        ]
        assert [part.title for part in message.all_below("mux.part")] == [
            "Frame begins: 5 bytes, the next message goes on"
        ]

    def test_a_port_that_opens_begins_anew(self, tshark: Tshark, capture: Path) -> None:
        connection = Spice(WEBDAV).link()
        connection.message("server", 101, frame(7, b"lost")[:-1])
        connection.message("server", 202, b"\1")
        connection.message("server", 202, b"\0")
        connection.message("server", 101, frame(8, b"new"))
        write(capture, connection)
        assert self.frames(messages(tshark.parts(capture)), "server") == [(8, b"new")]

    def test_compressed_data_is_not_guessed_at(self, tshark: Tshark, capture: Path) -> None:
        connection = Spice(WEBDAV).link()
        connection.message("server", 102, struct.pack("<BI", 1, 20) + b"zzz")
        connection.message("server", 101, frame(8, b"new"))
        write(capture, connection)
        parts = messages(tshark.parts(capture))
        assert self.frames(parts, "server") == []
        assert [part.title for part in parts[1].all_below("mux.part")] == [
            "Frames are not looked for: bytes before are missing or compressed"
        ]


class TestDamage:
    """No capture makes the dissector fail; what is wrong with it is told."""

    def check(self, tshark: Tshark, capture: Path) -> int:
        """How many messages and other parts a capture has, once it is clear that none is a bug."""
        for passes in ((), ("-2",)):
            text = tshark.run(capture, "-V", *DECODE_AS, *passes)
            assert "error in the dissector" not in text
            assert "not met in the first pass" not in text
        return text.count("\nSPICE (caraway), ")

    @pytest.mark.parametrize("seed", range(4))
    def test_garbage(
        self, tshark: Tshark, vectors: dict[str, Any], capture: Path, seed: int
    ) -> None:
        rng = random.Random(seed)
        connections = []
        for channel in range(12):
            sizes = pcap.random_sizes(rng, largest=300)
            connection = Spice(channel, bool(seed % 2), PORT, 40000 + channel, sizes=sizes)
            if channel:
                connection.link()
            sent = [each for each in vectors["vectors"] if each["channel_id"] == channel]
            for _ in range(40):
                body = rng.randbytes(rng.randint(0, 60))
                side, number = rng.choice(("client", "server")), rng.randint(1, 320)
                if sent and rng.random() < 0.8:
                    vector = rng.choice(sent)
                    side, number = vector["direction"], vector["type"]
                    body = self.damaged(rng, bytes.fromhex(vector["hex"]))
                connection.message(side, number, body, sub_list=rng.choice((0, 0, 5)))
            connection.send("server", rng.randbytes(500))
            connections.append(connection)
        write(capture, *connections)
        assert self.check(tshark, capture) > 300

    def damaged(self, rng: random.Random, body: bytes) -> bytes:
        changed = bytearray(body)
        for _ in range(rng.randint(0, 3)):
            if changed:
                changed[rng.randrange(len(changed))] = rng.choice((0, 1, 2, 127, 255))
        return bytes(changed[: rng.randint(0, 2 * len(changed))])

    @pytest.mark.parametrize("seed", range(3))
    def test_garbage_in_the_link_stage(self, tshark: Tshark, capture: Path, seed: int) -> None:
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
                connection.send(side, self.damaged(rng, data))
            connections.append(connection)
        write(capture, *connections)
        assert self.check(tshark, capture) > 50

    def test_packets_cut_by_the_capture(
        self, tshark: Tshark, vectors: dict[str, Any], capture: Path
    ) -> None:
        sent = vector_connections(vectors["vectors"], mini=True, seed=9)
        packets = [packet for each in sent for packet in each.tcp.packets]
        pcap.write(capture, packets, snap=120)
        assert self.check(tshark, capture) > 100

    def test_of_packets_cut_by_the_capture_the_rest_is_shown(
        self, tshark: Tshark, capture: Path
    ) -> None:
        connection = Spice(DISPLAY).link()
        connection.message("server", 123, struct.pack("<III", 1, 2, 500) + bytes(500))
        connection.message("server", 102, b"")
        pcap.write(capture, connection.tcp.packets, snap=120)
        self.check(tshark, capture)
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

    def test_without_reassembly_whole_messages_are_still_found(
        self, tshark: Tshark, capture: Path
    ) -> None:
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

    def test_after_lost_packets_a_message_is_found_again(
        self, tshark: Tshark, capture: Path
    ) -> None:
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
        self.check(tshark, capture)
