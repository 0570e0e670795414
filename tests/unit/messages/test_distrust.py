"""What a peer cannot make a parser do."""

from __future__ import annotations

import struct
import tracemalloc
from collections.abc import Iterator
from contextlib import suppress

import pytest

from caraway.errors import DecodeError, LimitExceeded
from caraway.messages import SPICE, Limits, Message, display, main, port, spicevmc, structs
from caraway.wire.limits import DEFAULT_LIMITS
from tests.unit.messages.samples import bitmap, draw_copy, draw_stroke, draw_text, glyph, old_stroke

NO_OVERLAP = Limits(allow_overlap=False)
NO_TRAILING = Limits(allow_trailing=False)
STRICT = Limits(allow_overlap=False, allow_trailing=False)

INFO = structs.DstInfo(1, 2, b"host\0", cert_subject_data=b"CN=x\0")
RICH: list[Message] = [
    draw_copy(bitmap()),
    draw_stroke(),
    draw_text(glyph(), glyph()),
    old_stroke(),
    main.ServerMigrateBegin(INFO),
    main.ServerChannelsList([structs.ChannelId(1, 0)] * 3),
    display.ServerStreamData(structs.StreamDataHeader(1, 2), bytes(40)),
]


# Allocation


def peak_of(message: type[Message], data: bytes, limits: Limits | None = None) -> int:
    """Bytes that parsing allocates at the most, whatever comes of it."""
    tracemalloc.reset_peak()
    before = tracemalloc.get_traced_memory()[0]
    with suppress(DecodeError, LimitExceeded):
        message.parse(data, limits)
    return tracemalloc.get_traced_memory()[1] - before


@pytest.fixture
def tracing() -> Iterator[None]:
    tracemalloc.start()
    yield
    tracemalloc.stop()


@pytest.mark.parametrize("message", RICH, ids=lambda message: type(message).__name__)
def test_huge_numbers_allocate_nothing(message, tracing):
    """Every four bytes of a message become the largest counts and sizes there are."""
    wire = message.write()
    for huge in (b"\xff\xff\xff\xff", b"\xff\xff\xff\x7f", b"\x00\x00\x00\x10"):
        for at in range(len(wire) - 3):
            data = wire[:at] + huge + wire[at + 4 :]
            assert peak_of(type(message), data) < 40_000, data.hex()


def test_a_count_is_held_against_the_message_before_the_list_is_made(tracing):
    data = (0xFFFFFFFF).to_bytes(4, "little") + bytes(100)
    with pytest.raises(DecodeError, match="channels: needs 8589934590 bytes, 100 are left"):
        main.ServerChannelsList.parse(data)
    assert peak_of(main.ServerChannelsList, data) < 5_000


def test_a_list_is_held_against_the_limit_before_it_is_made(tracing):
    count = 100_000
    data = count.to_bytes(4, "little") + bytes(2 * count)
    assert len(main.ServerChannelsList.parse(data).channels) == count
    limits = Limits(max_elements=count - 1)
    with pytest.raises(LimitExceeded, match="lists of 100000 elements, the limit is 99999"):
        main.ServerChannelsList.parse(data, limits)
    assert peak_of(main.ServerChannelsList, data, limits) < 5_000


def test_sizes_are_computed_without_wrapping():
    """Both factors fit 32 bits, their product does not."""
    picture = bytearray(draw_copy(bitmap()).write())
    at = picture.index(bytes.fromhex("0200000008000000"))
    picture[at : at + 8] = b"\xff" * 8
    with pytest.raises(DecodeError, match="needs 18446744065119617025 bytes"):
        display.ServerDrawCopy.parse(picture)


# Limits


@pytest.mark.parametrize("message", RICH, ids=lambda message: type(message).__name__)
def test_a_message_may_be_as_long_as_the_limit(message):
    wire = message.write()
    assert type(message).parse(wire, Limits(max_message=len(wire))) == message
    with pytest.raises(LimitExceeded, match=f"message of {len(wire)} bytes, the limit is"):
        type(message).parse(wire, Limits(max_message=len(wire) - 1))


@pytest.mark.parametrize(
    ("kind", "wire"),
    [
        (SPICE.message("inputs", "client", "mouse_motion"), bytes(10)),
        (SPICE.message("main", "server", "agent_connected"), b""),
        (spicevmc.ServerData, b"abc"),
    ],
    ids=["one size", "empty", "only bytes"],
)
def test_simple_messages_keep_to_the_limits_too(kind, wire):
    kind.parse(wire, Limits(max_message=len(wire)))
    with pytest.raises(LimitExceeded):
        kind.parse(wire + b"\0", Limits(max_message=len(wire)))
    if wire:
        with pytest.raises(LimitExceeded):
            kind.parse(wire, Limits(max_message=len(wire) - 1))


@pytest.mark.parametrize(
    "kind",
    [
        SPICE.message("inputs", "client", "mouse_motion"),
        SPICE.message("main", "server", "agent_connected"),
        spicevmc.ServerData,
        main.ServerChannelsList,
    ],
    ids=["one size", "empty", "only bytes", "list"],
)
def test_no_limits_are_the_default_limits(kind):
    data = memoryview(bytes(DEFAULT_LIMITS.max_message + 1))
    with pytest.raises(LimitExceeded, match="message of 268435457 bytes, the limit is 268435456"):
        kind.parse(data)


def test_all_lists_of_a_message_count_together():
    stroke = draw_stroke()
    elements = 2 + 2 + 2  # segments, points of the first, dashes
    assert display.ServerDrawStroke.parse(stroke.write(), Limits(max_elements=elements)) == stroke
    with pytest.raises(LimitExceeded):
        display.ServerDrawStroke.parse(stroke.write(), Limits(max_elements=elements - 1))


def test_bytes_are_no_elements():
    frame = display.ServerStreamData(structs.StreamDataHeader(1, 2), bytes(500))
    assert display.ServerStreamData.parse(frame.write(), Limits(max_elements=0)) == frame


def test_a_message_that_exceeds_a_limit_is_told_what_to_raise():
    with pytest.raises(LimitExceeded) as caught:
        main.ServerChannelsList.parse(RICH[5].write(), Limits(max_elements=2))
    assert caught.value.hint == "raise Limits.max_elements if the peer is trusted"


# Pointers


def migrate_begin(host_at: int, cert_at: int) -> bytes:
    fixed = struct.pack("<HHIIII", 1, 2, 5, host_at, 5, cert_at)
    return fixed + b"host\0CN=x\0"


def test_pointers_lead_to_their_targets():
    assert main.ServerMigrateBegin.parse(migrate_begin(20, 25)).dst_info == INFO


def test_targets_may_stand_in_any_order_with_gaps_between():
    data = struct.pack("<HHIIII", 1, 2, 5, 27, 5, 21) + b"?CN=x\0?host\0"
    assert main.ServerMigrateBegin.parse(data).dst_info == INFO


@pytest.mark.parametrize("offset", [30, 31, 0x7FFFFFFF, 0xFFFFFFFF])
@pytest.mark.parametrize("which", ["host", "cert"])
def test_a_pointer_leads_into_the_message(offset, which):
    data = migrate_begin(offset, 25) if which == "host" else migrate_begin(20, offset)
    with pytest.raises(DecodeError, match=f"{which}.* points to byte {offset} of a message of 30"):
        main.ServerMigrateBegin.parse(data)


@pytest.mark.parametrize("offset", [26, 29])
def test_a_target_ends_inside_the_message(offset):
    with pytest.raises(DecodeError, match="cert_subject_data: needs 5 bytes"):
        main.ServerMigrateBegin.parse(migrate_begin(20, offset))


def test_a_struct_behind_a_pointer_ends_inside_the_message():
    wire = bytearray(draw_stroke().write())
    struct.pack_into("<I", wire, 21, len(wire) - 3)
    with pytest.raises(DecodeError, match="ends after"):
        display.ServerDrawStroke.parse(wire)


def test_null_is_refused_where_it_cannot_be():
    with pytest.raises(DecodeError, match=r"dst_info\.host_data: the pointer is null"):
        main.ServerMigrateBegin.parse(migrate_begin(0, 25))


def test_null_is_fine_elsewhere_even_with_a_count():
    info = main.ServerMigrateBegin.parse(migrate_begin(20, 0)).dst_info
    assert (info.cert_subject_data, info.cert_subject_size) == (None, 5)


def test_an_empty_name_is_read_as_the_reference_reads_it():
    """A pointer that must not be null may lead to no bytes; it cannot be sent again."""
    data = struct.pack("<IIB", 0, 5, 1)
    message = port.ServerInit.parse(data)
    assert (message.name, message.name_text) == (b"", "")


# Overlap

OVERLAPS = {
    "same bytes": (20, 20),
    "one byte shared": (20, 24),
    "the fixed part": (20, 4),
}


@pytest.mark.parametrize(("host", "cert"), OVERLAPS.values(), ids=OVERLAPS)
def test_targets_may_overlap_unless_that_is_refused(host, cert):
    data = migrate_begin(host, cert)
    main.ServerMigrateBegin.parse(data)
    with pytest.raises(DecodeError, match="pointer targets overlap at byte"):
        main.ServerMigrateBegin.parse(data, NO_OVERLAP)


@pytest.mark.parametrize("limits", [NO_OVERLAP, NO_TRAILING, STRICT])
@pytest.mark.parametrize("message", RICH, ids=lambda message: type(message).__name__)
def test_what_we_write_passes_the_strictest_limits(message, limits):
    assert type(message).parse(message.write(), limits) == message


def test_a_picture_that_is_read_from_the_header_overlaps_it():
    wire = bytearray(draw_copy(None).write())
    struct.pack_into("<I", wire, 21, 4)
    assert display.ServerDrawCopy.parse(wire).data.src_bitmap is not None
    with pytest.raises(DecodeError, match="overlap at byte 4"):
        display.ServerDrawCopy.parse(wire, NO_OVERLAP)


# Bytes left over

LEFT_OVER = [
    *RICH,
    SPICE.message("inputs", "client", "mouse_motion")(1, 2, 3),
    SPICE.message("main", "server", "agent_connected")(),
]


@pytest.mark.parametrize("message", LEFT_OVER, ids=lambda message: type(message).__name__)
def test_bytes_may_be_left_over_unless_that_is_refused(message):
    wire = message.write() + b"\xee"
    assert type(message).parse(wire) == message
    assert type(message).parse(wire, NO_OVERLAP) == message
    with pytest.raises(DecodeError, match="1 bytes left over behind the"):
        type(message).parse(wire, NO_TRAILING)


@pytest.mark.parametrize("message", LEFT_OVER, ids=lambda message: type(message).__name__)
def test_nothing_may_be_missing(message):
    wire = message.write()
    for size in range(len(wire)):
        with pytest.raises(DecodeError):
            type(message).parse(wire[:size])
        with pytest.raises(DecodeError):
            type(message).parse(memoryview(wire)[:size], STRICT)
