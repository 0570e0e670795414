"""How single messages are shown, and those inside others."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from tests.interop.dissector.captures import DISPLAY, INPUTS, SMARTCARD, Spice, messages, write
from tests.interop.dissector.pdml import Tshark


def sent(
    capture: Path,
    side: str,
    number: int,
    body: bytes,
    *,
    channel: int = DISPLAY,
    sub_list: int | None = None,
) -> Path:
    """A capture of one message, with a full header if it has a ``sub_list``."""
    connection = Spice(channel, mini=sub_list is None).link()
    connection.message(side, number, body, sub_list=sub_list or 0)
    return write(capture, connection)


def test_an_unknown_number(tshark: Tshark, capture: Path) -> None:
    (message,) = messages(tshark.parts(sent(capture, "server", 999, b"abc")))
    assert message.title == "SPICE (caraway), display ← message 999"
    assert [part.title for part in message.all_below("unknown")] == [
        "message 999 from the server on display is not in the description"
    ]


def test_what_is_wrong_is_told_with_its_place(tshark: Tshark, capture: Path) -> None:
    body = struct.pack("<I4iB", 0, 1, 2, 3, 4, 1) + struct.pack("<I", 7) + bytes(20)
    (message,) = messages(tshark.parts(sent(capture, "server", 304, body)))
    assert [part.title for part in message.all_below("malformed")] == [
        "base.clip.u.rects.rects: 7 elements of at least 16 bytes do not fit in the 20 bytes left"
    ]
    assert next(message.all_below("Rect.left")).show == "2"


def test_members_are_filters(tshark: Tshark, capture: Path) -> None:
    body = struct.pack("<I4iB2i", 5, 1, 2, 3, 4, 0, 10, 20)
    sent(capture, "server", 104, body)
    for expression, found in [
        ("caraway_spice.DisplayBase.surface_id == 5", True),
        ("caraway_spice.Rect.top == 1 && caraway_spice.Point.x == 10", True),
        ("caraway_spice.display.copy_bits", True),
        ('caraway_spice.message == "copy_bits"', True),
        ("caraway_spice.Clip.type == 1", False),
        ("caraway_spice.Rect.top > 1", False),
        ("caraway_spice.malformed", False),
    ]:
        assert bool(tshark.run(capture, "-Y", expression)) == found, expression


def test_flags_show_their_bits(tshark: Tshark, capture: Path) -> None:
    body = struct.pack("<iiH", -1, 1, 0b101)
    (message,) = messages(tshark.parts(sent(capture, "client", 111, body, channel=INPUTS)))
    flags = next(message.all_below("inputs.mouse_motion.buttons_state"))
    assert flags.title == "buttons_state: 0x0005 (LEFT, RIGHT)"
    assert [part.show for part in flags.below()] == ["1", "0", "1", "0", "0", "0", "0"]
    assert next(message.all_below("inputs.mouse_motion.dx")).show == "-1"


def test_bytes_that_are_seen_through_a_view(tshark: Tshark, capture: Path) -> None:
    name = "Lesegerät".encode() + b"\0"
    body = struct.pack("<III", 3, 0, len(name)) + name
    (message,) = messages(tshark.parts(sent(capture, "client", 101, body, channel=SMARTCARD)))
    (view,) = message.all_below("vscpayload.reader_add")
    assert view.child("name").title == "name: Lesegerät"


def test_long_arrays_are_shown_in_part(tshark: Tshark, capture: Path) -> None:
    count = 1005
    body = struct.pack("<H", count) + bytes(9 * count)
    (message,) = messages(tshark.parts(sent(capture, "server", 105, body)))
    resources = next(message.all_below("display.inval_list.resources"))
    assert resources.title == "resources: 1005 elements"
    assert len(list(resources.all_below("display.inval_list.resources.item"))) == 1000
    assert [part.title for part in resources.all_below("more")] == ["… 5 more"]


def test_huge_messages_are_shown_in_part(tshark: Tshark, capture: Path) -> None:
    segments = struct.pack("<BI", 1, 30) + bytes(8 * 30)
    path = struct.pack("<I", 400) + segments * 400
    base = struct.pack("<I4iB", 0, 0, 0, 9, 9, 0)
    stroke = struct.pack("<IBBHH", len(base) + 10, 0, 0, 8, 8)
    (message,) = messages(tshark.parts(sent(capture, "server", 310, base + stroke + path)))
    assert [part.title for part in message.all_below("limit")] == [
        "only 10000 lines of it are shown"
    ]
    assert 5000 < sum(1 for _ in message.element.iter("field")) < 11000


@pytest.mark.parametrize("form", ["sub_list", "list"])
def test_sub_messages(tshark: Tshark, capture: Path, form: str) -> None:
    first = struct.pack("<HI", 105, 2) + struct.pack("<H", 0)
    second = struct.pack("<HI", 5, 11) + struct.pack("<BBBQ", 1, 2, 0, 77)
    mark = b"" if form == "list" else struct.pack("<Q", 0x1122334455667788)
    at = len(mark)
    inner = struct.pack("<HII", 2, at + 10, at + 10 + len(first)) + first + second
    if form == "list":
        sent(capture, "server", 8, inner)
    else:
        sent(capture, "server", 107, mark + inner, sub_list=at)
    (message,) = messages(tshark.parts(capture))
    outer = "list" if form == "list" else "inval_palette"
    assert message.title == (f"SPICE (caraway), display ← {outer} (inval_list, wait_for_channels)")
    assert next(message.all_below("ChannelWait.message_serial")).show == "77"
    assert not list(message.all_below("malformed"))


def test_a_list_that_contains_itself(tshark: Tshark, capture: Path) -> None:
    # Its only sub-message is a list over the same bytes, again and again.
    inner = struct.pack("<HI", 1, 6) + struct.pack("<HI", 8, 6) + struct.pack("<HI", 1, 6)
    text = tshark.run(sent(capture, "server", 8, inner), "-V")
    assert "error in the dissector" not in text


def test_bytes_after_the_last_member(tshark: Tshark, capture: Path) -> None:
    (message,) = messages(tshark.parts(sent(capture, "server", 102, b"abc")))
    assert next(message.all_below("trailing")).hex == b"abc".hex()
    assert not list(message.all_below("malformed"))
