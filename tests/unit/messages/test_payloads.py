"""Payloads are slices of what was received, and handed on as they are."""

from __future__ import annotations

import struct

import pytest

from caraway.messages import SPICE, display, playback, port, spice1, spicevmc, structs
from tests.unit.messages.samples import bitmap, draw_copy, old_stroke, quic

FRAME = bytes(range(256)) * 16


def stream_data(payload: bytes | bytearray | memoryview) -> display.ServerStreamData:
    return display.ServerStreamData(structs.StreamDataHeader(1, 2), payload)


def test_payloads_are_of_the_kind_of_what_was_parsed():
    wire = stream_data(FRAME).write()
    for given in (bytes, bytearray, memoryview):
        assert type(display.ServerStreamData.parse(given(wire)).data) is given


def test_a_memoryview_is_not_copied():
    wire = stream_data(FRAME).write()
    payload = display.ServerStreamData.parse(memoryview(wire)).data
    assert isinstance(payload, memoryview)
    assert payload.obj is wire
    assert payload == FRAME


def test_payloads_behind_pointers_are_not_copied_either():
    wire = draw_copy(bitmap(bytes(range(16)))).write()
    picture = display.ServerDrawCopy.parse(memoryview(wire)).data.src_bitmap
    assert picture is not None
    assert isinstance(picture.u, structs.BitmapData)
    assert isinstance(picture.u.data, memoryview)
    assert picture.u.data.obj is wire


def test_bytes_to_the_end_of_the_message_are_not_copied():
    wire = b"anything"
    payload = spicevmc.ServerData.parse(memoryview(wire)).data
    assert isinstance(payload, memoryview)
    assert payload.obj is wire


@pytest.mark.parametrize(
    "payload",
    [FRAME, bytearray(FRAME), memoryview(FRAME)],
    ids=["bytes", "bytearray", "memoryview"],
)
@pytest.mark.parametrize(
    "message",
    [stream_data, spicevmc.ServerData, lambda data: draw_copy(quic(data))],
    ids=["counted", "to the end", "behind a pointer"],
)
def test_a_payload_is_written_as_the_very_object(message, payload):
    buffers = message(payload).write_buffers()
    assert sum(buffer is payload for buffer in buffers) == 1
    assert b"".join(buffers) == message(FRAME).write()


def test_empty_payloads_are_fine():
    message = stream_data(b"")
    assert display.ServerStreamData.parse(message.write()) == message
    assert len(message.write()) == 12


def test_any_row_of_bytes_can_be_sent():
    numbers = memoryview(struct.pack("<4I", 1, 2, 3, 4)).cast("I")
    message = playback.ServerData(time=7, data=numbers)
    assert message.write() == struct.pack("<5I", 7, 1, 2, 3, 4)


# What was received stays as it was


def test_a_parsed_buffer_is_never_modified_even_where_it_could_be():
    wire = bytearray(draw_copy(bitmap()).write())
    before = bytes(wire)
    message = display.ServerDrawCopy.parse(wire)
    message.write()
    message.data.rop_descriptor += 1
    message.write()
    assert wire == before


def test_byte_counts_of_the_old_protocol_stay_byte_counts():
    """The reference puts the number of elements there, so that it cannot read the bytes again."""
    wire = bytearray(old_stroke().write())
    before = bytes(wire)
    kind = spice1.display.ServerDrawStroke
    first, second = kind.parse(wire), kind.parse(wire)
    assert wire == before
    assert first == second == old_stroke()
    assert first.data.path.segments_size == 8 + 2 * 8 + 8


# Padding


def test_padding_is_zero():
    wire = old_stroke().write()
    at = wire.index((7).to_bytes(4, "little"))
    assert wire[at + 4 : at + 16] == bytes(12), "a brush is padded to its largest case"


OLD_NOTIFY = spice1.base.ServerNotify(0, 0, 0, 0, b"text").write()


def test_reserved_fields_are_zero_and_not_looked_at():
    wire = bytearray(OLD_NOTIFY)
    assert wire[-1] == 0
    wire[-1] = 9
    message = spice1.base.ServerNotify.parse(wire)
    assert not hasattr(message, "zero")
    assert message.write() == OLD_NOTIFY


# NOTIFY


NOTIFY = SPICE.message("main", "server", "notify")
WITH_NUL = bytes(8) + struct.pack("<4I", 1, 2, 0, 4) + b"text\0"


def test_notify_is_read_with_and_without_its_nul():
    with_nul, without = NOTIFY.parse(WITH_NUL), NOTIFY.parse(WITH_NUL[:-1])
    assert with_nul == without
    assert bytes(with_nul.message) == b"text"
    assert with_nul.message_len == 4


def test_notify_is_written_without_its_nul():
    assert NOTIFY.parse(WITH_NUL).write() == WITH_NUL[:-1]


# Texts


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (b"org.qemu.monitor.qmp.0\0", "org.qemu.monitor.qmp.0"),
        (b"org.qemu", "org.qemu"),
        ("größer\0".encode(), "größer"),
        (b"\xff\0", "\ufffd"),
        (memoryview(b"com.redhat\0"), "com.redhat"),
    ],
)
def test_texts_are_told_without_their_nul(name, text):
    assert port.ServerInit(name, opened=1).name_text == text


def test_a_text_behind_a_null_pointer_is_none():
    info = structs.DstInfo(1, 2, b"host\0")
    assert info.host_data_text == "host"
    assert info.cert_subject_data_text is None
