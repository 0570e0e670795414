"""Ports and byte streams, both ends."""

from __future__ import annotations

import os
from struct import pack

import pytest

from caraway.codecs.lz4 import compress_block
from caraway.errors import (
    ClosedError,
    DecodeError,
    LimitExceeded,
    LocalProtocolError,
    RemoteProtocolError,
)
from caraway.protocol.channel import Event, Unknown
from caraway.protocol.port import (
    MAX_UNCOMPRESSED,
    PortClient,
    PortData,
    PortEvent,
    PortEventCode,
    PortInit,
    PortServer,
    VmcChannel,
)
from tests.unit.protocol.wires import events, exchange, framed, linked, output

NAME = "org.qemu.monitor.qmp.0"
OPENED, CLOSED, BREAK = PortEventCode


def _ends(*, is_open: bool = True, compresses: bool = False) -> tuple[PortClient, PortServer]:
    peer = linked(kind=10, peer={0})
    client = PortClient(peer, compresses=compresses)
    server = PortServer(peer, NAME, is_open=is_open, compresses=compresses)
    assert exchange(client, server) == ([PortInit(NAME, is_open)], [])
    return client, server


def _init(name: bytes, opened: int = 1) -> bytes:
    return framed(201, pack("<IIB", len(name), 9 if name else 8, opened) + name)


def _data(found: list[Event]) -> bytes:
    return b"".join(bytes(each.data) for each in found if isinstance(each, PortData))


# The port itself


@pytest.mark.parametrize("is_open", [True, False])
def test_a_port_introduces_itself(is_open: bool) -> None:
    client, _ = _ends(is_open=is_open)
    assert (client.name, client.is_open) == (NAME, is_open)


@pytest.mark.parametrize(
    ("data", "name"),
    [(b"a\0", "a"), (b"a", "a"), (b"", ""), (b"a\0b\0", "a"), (b"\xff\0", "\ufffd")],
)
def test_names_as_they_come(data: bytes, name: str) -> None:
    assert events(PortClient(linked()), _init(data)) == [PortInit(name, True)]


def test_a_port_that_introduces_itself_twice() -> None:
    client, _ = _ends()
    client.feed(_init(b"another\0"))
    with pytest.raises(RemoteProtocolError, match=f"introduced port '{NAME}' twice"):
        client.next_event()
    assert client.name == NAME


def test_a_port_without_a_name_introduces_itself_twice_too() -> None:
    client = PortClient(linked())
    client.feed(_init(b"") * 2)
    client.next_event()
    with pytest.raises(RemoteProtocolError, match="twice"):
        client.next_event()


def test_opening_and_closing() -> None:
    client, server = _ends()
    server.set_open(True)
    assert exchange(client, server) == ([], [])
    server.set_open(False)
    assert exchange(client, server) == ([PortEvent(CLOSED)], [])
    assert not client.is_open
    with pytest.raises(ClosedError, match=f"port '{NAME}' is closed in the virtual machine"):
        client.send_data(b"x")
    server.set_open(True)
    assert exchange(client, server) == ([PortEvent(OPENED)], [])
    client.send_data(b"x")


@pytest.mark.parametrize("code", [BREAK, 3, 200, 255])
def test_other_events_are_passed_on_both_ways(code: int) -> None:
    client, server = _ends()
    client.send_event(code)
    server.send_event(code)
    assert exchange(client, server) == ([PortEvent(code)], [PortEvent(code)])
    assert client.is_open


@pytest.mark.parametrize("code", [OPENED, CLOSED])
def test_a_client_opens_and_closes_nothing(code: PortEventCode) -> None:
    client, server = _ends()
    with pytest.raises(LocalProtocolError, match=f"a client cannot send {code.name}"):
        client.send_event(code)
    events(server, framed(201, bytes([code])))
    assert server.is_open


@pytest.mark.parametrize("size", [0, 2, 3, 1000])
def test_an_event_is_exactly_one_byte(size: int) -> None:
    client, server = _ends()
    for end, number in ((client, 202), (server, 201)):
        end.feed(framed(number, bytes(size)))
        with pytest.raises(DecodeError):
            end.next_event()


def test_unknown_messages_are_skipped() -> None:
    client, server = _ends()
    for end in (client, server):
        assert events(end, framed(150, b"abc") + framed(101, b"x")) == [
            Unknown(150, 3),
            PortData(b"x"),
        ]
    # What is the other side's is unknown, too.
    assert events(server, framed(202, b"\0")) == [Unknown(202, 1)]


# Data


@pytest.mark.parametrize("compresses", [False, True])
@pytest.mark.parametrize("size", [0, 1, 999, 1000, 1001, 100_000])
def test_bytes_go_both_ways(compresses: bool, size: int) -> None:
    client, server = _ends(compresses=compresses)
    for data in (b"a" * size, os.urandom(size)):
        client.send_data(data)
        server.send_data(data)
        heard, said = exchange(client, server)
        assert _data(heard) == _data(said) == data


def test_only_what_is_worth_it_is_compressed() -> None:
    client, _ = _ends(compresses=True)
    for data, is_small in ((bytes(1001), True), (os.urandom(1001), False), (bytes(1000), False)):
        client.send_data(data)
        assert (len(output(client)) < 100) == is_small


@pytest.mark.parametrize("peer", [set[int](), {1}])
def test_nothing_is_compressed_for_those_who_do_not_take_it(peer: set[int]) -> None:
    server = PortServer(linked(peer=peer), NAME, is_open=True, compresses=True)
    output(server)
    server.send_data(bytes(5000))
    assert len(output(server)) == 5006


def test_what_follows_something_that_cannot_be_compressed_goes_as_it_is() -> None:
    client, _ = _ends(compresses=True)
    client.send_data(os.urandom(5000))
    output(client)
    sizes = []
    for _ in range(18):
        client.send_data(bytes(5000))
        sizes.append(len(output(client)))
    assert sizes[:16] == [5006] * 16
    assert max(sizes[16:]) < 100


def test_nothing_is_compressed_unasked() -> None:
    client, _ = _ends()
    client.send_data(bytes(5000))
    assert len(output(client)) == 5006


@pytest.mark.parametrize("number", [101])
def test_data_is_not_copied(number: int) -> None:
    client, server = _ends()
    data = bytes(5000)
    client.send_data(data)
    assert client.take_output()[1] is data
    chunk = framed(number, data)
    (event,) = events(server, chunk)
    assert isinstance(event, PortData)
    assert isinstance(event.data, memoryview)
    assert event.data.obj is chunk


def _packed(size: int, data: bytes, kind: int = 1) -> bytes:
    return framed(102, bytes([kind]) + pack("<I", size) + data)


def test_compressed_data_is_taken_by_everybody() -> None:
    for end in _ends():
        assert _data(events(end, _packed(5000, compress_block(bytes(5000))))) == bytes(5000)


def test_data_that_says_it_is_not_compressed() -> None:
    for end in _ends():
        assert _data(events(end, framed(102, b"\0hello"))) == b"hello"


@pytest.mark.parametrize("kind", [2, 99, 255])
def test_compression_that_is_not_known(kind: int) -> None:
    for end in _ends():
        end.feed(_packed(5, b"abc", kind))
        with pytest.raises(RemoteProtocolError):
            end.next_event()


@pytest.mark.parametrize("size", [MAX_UNCOMPRESSED + 1, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF])
def test_huge_claims(size: int) -> None:
    for end in _ends():
        end.feed(_packed(size, bytes(100_000)))
        with pytest.raises(LimitExceeded, match=rf"becomes {size} bytes, the limit is 16777216"):
            end.next_event()


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\x01",
        b"\x01\0\0\0",
        b"\x01\x05\0\0\0",
        b"\x01\x05\0\0\0\xff\xff",
        b"\x01\0\0\0\0\xff",
    ],
)
def test_broken_compressed_data(body: bytes) -> None:
    for end in _ends():
        end.feed(framed(102, body))
        with pytest.raises(DecodeError):
            end.next_event()


@pytest.mark.parametrize("size", [0, 4999, 5001, 10_000])
def test_data_that_becomes_another_size(size: int) -> None:
    for end in _ends():
        end.feed(_packed(size, compress_block(bytes(5000))))
        with pytest.raises(DecodeError):
            end.next_event()


def test_usb_devices_have_no_events() -> None:
    end = VmcChannel("usbredir", linked(kind=9), is_client=True)
    assert events(end, framed(202, b"\0\0") + framed(101, b"x")) == [
        Unknown(202, 2),
        PortData(b"x"),
    ]
    end.send_data(b"y")
    assert output(end) == framed(101, b"y")


def test_the_webdav_channel_is_a_port() -> None:
    peer = linked(kind=11)
    client = PortClient(peer, kind="webdav")
    server = PortServer(peer, "org.spice-space.webdav.0", is_open=True, kind="webdav")
    assert exchange(client, server)[0] == [PortInit("org.spice-space.webdav.0", True)]
