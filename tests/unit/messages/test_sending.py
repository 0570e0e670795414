"""What encoders derive, what they write, and what they refuse to send."""

from __future__ import annotations

import math
import struct

import pytest

from caraway.errors import EncodeError
from caraway.messages import (
    Message,
    agent,
    cursor,
    display,
    enums,
    inputs,
    link,
    main,
    port,
    smartcard,
    spice1,
    structs,
)
from tests.unit.messages.samples import (
    base,
    bitmap,
    brush,
    descriptor,
    draw_copy,
    draw_stroke,
    draw_text,
    glyph,
    mask,
    notify,
    old_stroke,
    path,
    quic,
    rect,
)

# Messages all of whose members vary in size: the reference's own encoder writes nothing for them.

TRANSFORM = structs.Transform(1, 2, 3, 4, 5, 6)
POINT16 = structs.Point16(1, 2)
COMPLETE = {
    "draw_fill": display.ServerDrawFill(
        base(), structs.Fill(brush(bitmap()), 8, mask(bitmap(bytes(16))))
    ),
    "draw_opaque": display.ServerDrawOpaque(
        base(), structs.Opaque(rect(), brush(quic()), 8, 0, mask(), src_bitmap=bitmap())
    ),
    "draw_rop3": display.ServerDrawRop3(
        base(), structs.Rop3(rect(), brush(), 0xCC, 1, mask(), src_bitmap=quic())
    ),
    "draw_stroke": draw_stroke(),
    "draw_text": draw_text(glyph(b"abcd"), glyph(b"efgh")),
    "draw_composite": display.ServerDrawComposite(
        base(),
        structs.Composite(
            enums.CompositeFlags.HAS_MASK | enums.CompositeFlags.HAS_MASK_TRANSFORM,
            POINT16,
            POINT16,
            src_bitmap=quic(),
            a=quic(),
            c=TRANSFORM,
        ),
    ),
}


@pytest.mark.parametrize("message", COMPLETE.values(), ids=COMPLETE)
def test_messages_of_variable_parts_only_are_written_in_full(message):
    data = message.write()
    assert type(message).parse(data) == message
    assert len(data) > 60


# Counts


def test_counts_are_derived():
    assert main.ServerChannelsList([structs.ChannelId(1, 0)]).num_of_channels == 1
    assert path().num_segments == 2
    assert structs.DstInfo(1, 2, b"host").cert_subject_size == 0
    assert structs.DstInfo(1, 2, b"host", cert_subject_data=b"cn").cert_subject_size == 2
    assert structs.BinaryData(memoryview(b"abc")).data_size == 3


def test_counts_of_arrays_in_unions_are_derived():
    text = draw_text(glyph(), glyph()).data.str
    assert text.length == 2
    assert structs.String(0).length == 0
    assert structs.LineAttr(8, u2=[1, 2]).u1 == 2
    assert structs.LineAttr(8).u1 == 0
    assert structs.LineAttr(0).u1 is None


def test_byte_counts_are_derived():
    old = spice1.structs
    segments = [old.PathSegment(1, [old.PointFix(1, 2)]), old.PathSegment(2, [])]
    assert old.Path(segments).segments_size == 24


def test_a_count_may_be_given_if_it_is_right():
    assert structs.BinaryData(b"abc", data_size=3) == structs.BinaryData(b"abc")


# Placing


def offsets(data: bytes, *positions: int) -> list[int]:
    return [struct.unpack_from("<I", data, at)[0] for at in positions]


def test_targets_are_placed_breadth_first_and_close_together():
    palette = structs.Palette(1, [1, 2, 3])
    picture = bitmap(bytes(16))
    picture.u.pal = palette
    fill = display.ServerDrawFill(base(), structs.Fill(brush(picture), 8, mask(bitmap(bytes(16)))))
    data = fill.write()
    # Brush and mask point from 22 and 45; the palette of the first picture comes behind both.
    first, second = offsets(data, 22, 45)
    assert first == 49
    assert second == first + 18 + 18 + 16
    (third,) = offsets(data, first + 18 + 14)
    assert third == second + 18 + 18 + 16
    assert len(data) == third + 8 + 2 + 12
    assert display.ServerDrawFill.parse(data) == fill


def test_what_is_empty_is_written_as_null():
    info = structs.DstInfo(1, 2, b"host", cert_subject_data=b"")
    data = main.ServerMigrateBegin(info).write()
    assert offsets(data, 16) == [0]
    again = main.ServerMigrateBegin.parse(data).dst_info
    assert again.cert_subject_data is None


def test_writing_changes_nothing():
    message = COMPLETE["draw_stroke"]
    first = message.write()
    assert message.write() == first
    assert message == draw_stroke()


# Refusals


def refusal(message: Message, minor: int | None = None) -> EncodeError:
    with pytest.raises(EncodeError) as caught:
        message.write(minor)
    with pytest.raises(EncodeError):
        message.write_buffers(minor)
    return caught.value


def drawn(box: structs.Rect, clip: structs.Clip) -> display.ServerDrawFill:
    return display.ServerDrawFill(
        structs.DisplayBase(0, box, clip), structs.Fill(brush(), 8, mask())
    )


def clip(rects: list[structs.Rect], count: int | None = None) -> structs.Clip:
    return structs.Clip(1, u=structs.ClipRects(rects, num_rects=count))


def image(type_: int, u: object) -> display.ServerDrawCopy:
    made = structs.Image(descriptor(type_))
    made.u = u
    return draw_copy(made)


def bad_points() -> structs.Path:
    made = path()
    made.segments[0].points[1].x = 1 << 31
    return made


REFUSED = {
    # Numbers
    "number too large": (inputs.ClientMouseMotion(1 << 31, 0, 0), "dx", "2147483648 is outside"),
    "number too small": (inputs.ClientMouseMotion(0, 0, -1), "buttons_state", "-1 is outside 0.."),
    "number that is huge": (inputs.ClientMouseMotion(10**5000, 0, 0), "dx", "16610 bits"),
    "number that is none": (inputs.ClientMouseMotion(None, 0, 0), "dx", "number, not NoneType"),
    "number with a fraction": (inputs.ClientMouseMotion(0.5, 0, 0), "dx", "number, not float"),
    "number that is no number": (inputs.ClientMouseMotion(0, math.nan, 0), "dy", "not float"),
    "number that is text": (inputs.ClientMouseMotion("1", 0, 0), "dx", "number, not str"),
    "enum too large": (main.ServerMouseMode(3, 1 << 16), "current_mode", "outside 0..65535"),
    # Structs
    "nested number": (
        drawn(rect(right=1 << 31), structs.Clip(0)),
        "base.box.right",
        "outside -2147483648..2147483647",
    ),
    "no struct": (display.ServerDrawFill(base(), None), "data", "must be a Fill, not NoneType"),
    "another struct": (
        display.ServerStreamData(structs.Point(1, 2), b""),
        "base",
        "must be a StreamDataHeader, not Point",
    ),
    # Pointers
    "null": (draw_stroke(path=None), "data.path", "must not be null"),
    "null bytes": (port.ServerInit(None, 1, name_size=0), "name", "must not be null"),
    "empty bytes": (port.ServerInit(b"", 1), "name", "what is empty is written as null"),
    "wrong target": (draw_stroke(path=rect()), "data.path", "must be a Path, not Rect"),
    "wrong optional target": (draw_copy(rect()), "data.src_bitmap", "must be a Image, not Rect"),
    "target with a fault": (
        draw_stroke(path=bad_points()),
        "data.path.segments[0].points[1].x",
        "2147483648 is outside",
    ),
    "null with a count": (
        main.ServerMigrateBegin(structs.DstInfo(1, 2, b"h", cert_subject_size=3)),
        "dst_info.cert_subject_data",
        "has 0 elements, being null, cert_subject_size says 3",
    ),
    # Arrays
    "too few elements": (
        main.ServerChannelsList([], num_of_channels=1),
        "channels",
        "has 0 elements, num_of_channels says 1",
    ),
    "too many elements": (
        drawn(rect(), clip([rect()], 0)),
        "base.clip.u.rects.rects",
        "has 1 elements, num_rects says 0",
    ),
    "element of another kind": (
        draw_stroke(path=structs.Path([rect()])),
        "data.path.segments[0]",
        "must be a PathSegment, not Rect",
    ),
    "element with a fault": (
        main.ServerChannelsList([structs.ChannelId(1, 0), structs.ChannelId(1, 256)]),
        "channels[1].id",
        "256 is outside 0..255",
    ),
    "count too large": (
        main.ServerChannelsList([], num_of_channels=1 << 32),
        "num_of_channels",
        "outside 0..4294967295",
    ),
    "no list": (main.ServerChannelsList(None, num_of_channels=0), "channels", "not NoneType"),
    "no bytes": (notify("text"), "message", "must be bytes, not str"),
    "bytes that are counted otherwise": (
        smartcard.ServerData(7, 0, b"abc", length=2),
        "data",
        "has 3 bytes, length says 2",
    ),
    "bytes of another size": (
        link.link.ClientTicket(b"short"),
        "encrypted_data",
        "has 5 bytes, needs 128",
    ),
    "picture of another size": (
        draw_text(glyph(b"abc")),
        "data.str.u.glyphs[0].data",
        "has 3 bytes, 1 bits by 3 by 4 need 4",
    ),
    # Unions
    "union without a value": (image(0, None), "data.src_bitmap.u.bitmap", "must be a BitmapData"),
    "union with another value": (
        image(0, structs.BinaryData(b"")),
        "data.src_bitmap.u.bitmap",
        "must be a BitmapData, not BinaryData",
    ),
    "union with a value too many": (
        image(enums.ImageType.FROM_CACHE, structs.BinaryData(b"")),
        "data.src_bitmap.u",
        "must be None where descriptor.type is 103",
    ),
    "union with a number out of range": (
        draw_stroke(brush=structs.Brush(1, u=1 << 32)),
        "data.brush.u.color",
        "outside 0..4294967295",
    ),
    "dashes counted otherwise": (
        draw_stroke(attr=structs.LineAttr(8, u1=1, u2=[1, 2])),
        "data.attr.u2.style",
        "has 2 elements, u1.style_nseg says 1",
    ),
    "text of a depth that is not chosen": (
        display.ServerDrawText(
            base(), structs.Text(structs.String(4, u=[glyph()]), rect(), brush(), brush(), 8, 8)
        ),
        "data.str.u.glyphs[0]",
        "must be a RasterGlyphA8, not RasterGlyphA1",
    ),
    "cursor without its header": (
        cursor.ServerSet(structs.Point16(0, 0), 1, structs.Cursor(0, b"")),
        "cursor.u.header",
        "must be a CursorHeader, not NoneType",
    ),
    # The old protocol
    "constant": (old_stroke(surface_id=1), "base.surface_id", "is always 0, not 1"),
}


@pytest.mark.parametrize(("message", "path", "why"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_sent_is_refused_with_its_path(message, path, why):
    error = refusal(message)
    assert error.path == path
    assert str(error).startswith(f"{path}: ")
    assert why in str(error)


def test_a_field_that_is_not_set_is_refused():
    message = inputs.ClientMouseMotion(1, 2, 3)
    del message.dy
    assert str(refusal(message)) == "dy: is not set"


def test_a_count_that_no_longer_fits_is_refused():
    message = main.ServerChannelsList([structs.ChannelId(1, 0)])
    message.channels.append(structs.ChannelId(2, 0))
    assert str(refusal(message)) == "channels: has 2 elements, num_of_channels says 1"


def test_what_another_minor_does_not_send_is_no_fault():
    request = agent.agent.ClientClipboardRequest(selection=999, type=1)
    assert refusal(request).path == "selection"
    assert refusal(request, minor=1).path == "selection"
    assert request.write(minor=0).hex() == "01000000"


def test_an_element_measured_in_bytes_is_named_where_it_stands():
    old = spice1.structs
    segments = [old.PathSegment(1, []), old.PathSegment(1, [old.PointFix(0, 1 << 31)])]
    error = refusal(old_stroke(old.Path(segments)))
    assert error.path == "data.path.segments[1].points[0].y"


def test_a_refused_message_can_be_sent_once_it_is_put_right():
    message = draw_stroke(path=None)
    refusal(message)
    message.data.path = path()
    assert message.write() == draw_stroke().write()
