"""The reference messages in captures: named, taken apart, and refused where they must be."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from caraway.idl import Description
from tests.interop.dissector.captures import DECODE_AS, Spice, messages, vector_connections, write
from tests.interop.dissector.pdml import Part, Tshark, fields_of
from tests.vectors.reference import PROBES, VECTORS


@pytest.mark.parametrize("mini", [True, False], ids=["mini", "full"])
@pytest.mark.parametrize("seed", [1, 2])
def test_every_message_is_named_and_every_member_has_its_value(
    spice: Description,
    tshark: Tshark,
    capture: Path,
    mini: bool,
    seed: int,
) -> None:
    sent = sorted(VECTORS, key=lambda vector: int(vector["channel_id"]))
    write(capture, *vector_connections(sent, mini=mini, seed=seed))
    parts = tshark.parts(capture, *DECODE_AS)
    shown = messages(parts)
    assert len(shown) == len(sent) == 141
    for side in ("client", "server"):
        mine = [vector for vector in sent if vector["direction"] == side]
        theirs = [part for part in shown if part.text("sender") == side]
        for vector, part in zip(mine, theirs, strict=True):
            check(spice, vector, part, mini=mini)
    assert not [part.title for part in parts if list(part.all_below("malformed"))]


def check(spice: Description, vector: dict[str, Any], part: Part, *, mini: bool) -> None:
    channel = spice.channel(vector["channel"])
    assert channel is not None
    (message,) = [
        each for each in channel.messages(vector["direction"]) if each.name == vector["message"]
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


def test_later_passes_show_the_same(tshark: Tshark, capture: Path) -> None:
    write(capture, *vector_connections(VECTORS, mini=True, seed=3))
    once = [part.shape() for part in tshark.parts(capture, *DECODE_AS)]
    twice = [part.shape() for part in tshark.parts(capture, *DECODE_AS, "-2")]
    assert len(messages(tshark.parts(capture, *DECODE_AS))) == 141
    assert once == twice


def test_what_upstream_refuses_is_malformed_and_nothing_else(tshark: Tshark, capture: Path) -> None:
    """Vectors cut short at many places, and the probes, each in a packet of its own."""
    expected: dict[int, tuple[str, bool]] = {}
    connections = []
    before = 0
    for channel in range(1, 12):
        connection = Spice(channel, client_port=40000 + channel).link()
        for name, vector, size, accepted in verdicts(channel):
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


def verdicts(channel: int) -> Iterator[tuple[str, dict[str, Any], int, bool]]:
    """Prefixes of messages of a channel and whether the reference accepts them."""
    for vector in VECTORS:
        if vector["channel_id"] == channel:
            size = vector["size"]
            ranges = vector["accepted_prefix_lengths"]
            for length in sorted({*range(min(size, 40)), *range(40, size, 7), size - 1, size}):
                if length >= 0:
                    accepted = any(low <= length <= high for low, high in ranges)
                    yield f"{vector['name']}[:{length}]", vector, length, accepted
    for probe in PROBES:
        if probe["channel_id"] == channel:
            size = len(probe["hex"]) // 2
            yield probe["name"], probe, size, probe["upstream"] == "accept"
