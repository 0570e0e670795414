"""Messages that the tests of this layer share."""

from __future__ import annotations

from caraway.messages import base as shared
from caraway.messages import display, enums, spice1, structs


def rect(bottom: int = 4, right: int = 4) -> structs.Rect:
    return structs.Rect(top=0, left=0, bottom=bottom, right=right)


def base() -> structs.DisplayBase:
    return structs.DisplayBase(0, rect(), structs.Clip(enums.ClipType.NONE))


def descriptor(type_: int, *, width: int = 2, height: int = 2) -> structs.ImageDescriptor:
    return structs.ImageDescriptor(id=9, type=type_, flags=0, width=width, height=height)


def bitmap(data: bytes | memoryview = bytes(16), **changes: int) -> structs.Image:
    """A picture of 2 by 2 pixels with 32 bits each."""
    fields = {"format": enums.BitmapFmt.RGBA, "flags": 4, "x": 2, "y": 2, "stride": 8} | changes
    return structs.Image(
        descriptor(enums.ImageType.BITMAP), u=structs.BitmapData(data=data, **fields)
    )


def quic(data: bytes | memoryview = b"QUIC") -> structs.Image:
    return structs.Image(descriptor(enums.ImageType.QUIC), u=structs.BinaryData(data))


def mask(picture: structs.Image | None = None) -> structs.QMask:
    return structs.QMask(0, structs.Point(0, 0), bitmap=picture)


def brush(pattern: structs.Image | None = None) -> structs.Brush:
    if pattern is None:
        return structs.Brush(enums.BrushType.SOLID, u=0x112233)
    return structs.Brush(enums.BrushType.PATTERN, u=structs.Pattern(pattern, structs.Point(1, 2)))


def path(*, points: int = 2) -> structs.Path:
    line = structs.PathSegment(
        enums.PathFlags.BEGIN, [structs.PointFix(16 * n, -16 * n) for n in range(points)]
    )
    return structs.Path([line, structs.PathSegment(enums.PathFlags.END, [])])


def stroke(**changes: object) -> structs.Stroke:
    fields: dict[str, object] = {
        "path": path(),
        "attr": structs.LineAttr(enums.LineFlags.STYLED, u2=[16, 32]),
        "brush": brush(),
        "fore_mode": 8,
        "back_mode": 8,
    }
    return structs.Stroke(**(fields | changes))  # type: ignore[arg-type]  # any value, on purpose


def draw_stroke(**changes: object) -> display.ServerDrawStroke:
    return display.ServerDrawStroke(base(), stroke(**changes))


def draw_copy(picture: structs.Image | None) -> display.ServerDrawCopy:
    return display.ServerDrawCopy(base(), structs.Copy(rect(), 8, 0, mask(), src_bitmap=picture))


def glyph(data: bytes = bytes(4)) -> structs.RasterGlyphA1:
    """A glyph of 3 by 4 pixels."""
    return structs.RasterGlyphA1(structs.Point(1, 2), structs.Point(-1, -4), 3, 4, data)


def draw_text(*glyphs: structs.RasterGlyphA1) -> display.ServerDrawText:
    text = structs.String(enums.StringFlags.RASTER_A1, u=list(glyphs))
    return display.ServerDrawText(base(), structs.Text(text, rect(0, 0), brush(), brush(), 8, 8))


def notify(text: bytes) -> shared.ServerNotify:
    return shared.ServerNotify(0, 0, 0, 0, text)


def old_stroke(
    path: spice1.structs.Path | None = None, *, surface_id: int = 0
) -> spice1.display.ServerDrawStroke:
    """Lines as the old protocol has them."""
    old = spice1.structs
    if path is None:
        points = [old.PointFix(0, 0), old.PointFix(16, -16)]
        path = old.Path([old.PathSegment(1, points), old.PathSegment(2, [])])
    return spice1.display.ServerDrawStroke(
        old.DisplayBase(old.Rect(0, 0, 9, 9), old.Clip(0), surface_id=surface_id),
        old.Stroke(path, old.LineAttr(0), old.Brush(1, u=7), 8, 8),
    )
