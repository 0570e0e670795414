# Made by 'caraway proto build' from spice.proto; do not edit.
"""Structs of Spice."""

from __future__ import annotations

from builtins import len as _len
from dataclasses import dataclass
from functools import partial
from struct import Struct, pack as _pack, unpack_from as _unpack_from
from typing import Any, ClassVar
from caraway.wire import schema as s
from caraway.wire.codec import Refused, beyond, length as _length, null, octets, outside
from caraway.wire.limits import Extent
from caraway.wire.record import Buffer, Queue, Record, text_of
from caraway.messages._generated.spice.enums import AlphaFlags, BitmapFlags, BitmapFmt, BrushType, ClipType, CompositeFlags, CursorFlags, CursorType, ImageFlags, ImageScaleMode, ImageType, JpegAlphaFlags, LineFlags, MaskFlags, PathFlags, Ropd, StringFlags

_struct_0 = Struct("<2i")
_iter_unpack_0 = _struct_0.iter_unpack
_pack_0 = _struct_0.pack
_unpack_from_0 = _struct_0.unpack_from
_struct_1 = Struct("<4i")
_pack_1 = _struct_1.pack
_unpack_from_1 = _struct_1.unpack_from
_struct_2 = Struct("<2BQ")
_pack_2 = _struct_2.pack
_unpack_from_2 = _struct_2.unpack_from
_struct_3 = Struct("<2B")
_pack_3 = _struct_3.pack
_unpack_from_3 = _struct_3.unpack_from
_struct_4 = Struct("<QH")
_pack_4 = _struct_4.pack
_unpack_from_4 = _struct_4.unpack_from
_struct_5 = Struct("<Q2B2I")
_pack_5 = _struct_5.pack
_unpack_from_5 = _struct_5.unpack_from
_struct_6 = Struct("<2B3I")
_unpack_from_6 = _struct_6.unpack_from
_struct_7 = Struct("<Q")
_unpack_from_7 = _struct_7.unpack_from
_struct_8 = Struct("<I")
_pack_8 = _struct_8.pack
_unpack_from_8 = _struct_8.unpack_from
_struct_9 = Struct("<BI")
_pack_9 = _struct_9.pack
_unpack_from_9 = _struct_9.unpack_from
_struct_10 = Struct("<2I")
_unpack_from_10 = _struct_10.unpack_from
_struct_11 = Struct("<B2I")
_unpack_from_11 = _struct_11.unpack_from
_struct_12 = Struct("<Q2B2I2B3IQ")
_pack_12 = _struct_12.pack
_struct_13 = Struct("<Q2B2I2B4I")
_pack_13 = _struct_13.pack
_struct_14 = Struct("<Q2B3I")
_pack_14 = _struct_14.pack
_struct_15 = Struct("<Q2B2IBIQ")
_pack_15 = _struct_15.pack
_struct_16 = Struct("<Q2B2IB2I")
_pack_16 = _struct_16.pack
_struct_17 = Struct("<Q2B4I")
_pack_17 = _struct_17.pack
_struct_18 = Struct("<4i2H")
_pack_18 = _struct_18.pack
_unpack_from_18 = _struct_18.unpack_from
_struct_19 = Struct("<HB")
_pack_19 = _struct_19.pack
_unpack_from_19 = _struct_19.unpack_from
_struct_20 = Struct("<BQ")
_pack_20 = _struct_20.pack
_unpack_from_20 = _struct_20.unpack_from
_struct_21 = Struct("<7I")
_pack_21 = _struct_21.pack
_unpack_from_21 = _struct_21.unpack_from


@dataclass(init=False, repr=False, eq=False)
class Point(Record):
    """A position in pixels; y grows downwards."""

    __slots__ = ("x", "y")
    x: int
    y: int
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("x", "x", s.I32),
        s.Field("y", "y", s.I32),
    )

    def __init__(self, x: int, y: int) -> None:
        self.x = x
        self.y = y


@dataclass(init=False, repr=False, eq=False)
class Point16(Record):
    """A position in pixels where 16 bits are enough."""

    __slots__ = ("x", "y")
    x: int
    y: int
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("x", "x", s.I16),
        s.Field("y", "y", s.I16),
    )

    def __init__(self, x: int, y: int) -> None:
        self.x = x
        self.y = y


@dataclass(init=False, repr=False, eq=False)
class PointFix(Record):
    """A position in sixteenths of a pixel."""

    __slots__ = ("x", "y")
    x: int
    y: int
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("x", "x", s.I32),
        s.Field("y", "y", s.I32),
    )

    def __init__(self, x: int, y: int) -> None:
        self.x = x
        self.y = y

    @staticmethod
    def _read(data: Buffer, pos: int, end: int, extent: Extent | None, minor: int | None = None) -> tuple[PointFix, int]:
        m = _new_PointFix()
        m.x, m.y = _unpack_from_0(data, pos)
        pos += 8
        return m, pos

    def _write(self, out: list[Buffer], queue: Queue, size: int, minor: int | None = None) -> int:
        out.append(_pack_0(self.x, self.y))
        size += 8
        return size


@dataclass(init=False, repr=False, eq=False)
class Rect(Record):
    """A half-open box of pixels: bottom and right lie just outside. Mind the order, which is not
    that of most programs.
    """

    __slots__ = ("top", "left", "bottom", "right")
    top: int
    left: int
    bottom: int
    right: int
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("top", "top", s.I32),
        s.Field("left", "left", s.I32),
        s.Field("bottom", "bottom", s.I32),
        s.Field("right", "right", s.I32),
    )

    def __init__(self, top: int, left: int, bottom: int, right: int) -> None:
        self.top = top
        self.left = left
        self.bottom = bottom
        self.right = right

    @staticmethod
    def _read(data: Buffer, pos: int, end: int, extent: Extent | None, minor: int | None = None) -> tuple[Rect, int]:
        m = _new_Rect()
        m.top, m.left, m.bottom, m.right = _unpack_from_1(data, pos)
        pos += 16
        return m, pos

    def _write(self, out: list[Buffer], queue: Queue, size: int, minor: int | None = None) -> int:
        out.append(_pack_1(self.top, self.left, self.bottom, self.right))
        size += 16
        return size


@dataclass(init=False, repr=False, eq=False)
class Transform(Record):
    """A 2 by 3 matrix of signed 16.16 fixed point numbers, kept in unsigned words. It maps a
    destination pixel to the source: x' = t00 x + t01 y + t02, y' = t10 x + t11 y + t12.
    """

    __slots__ = ("t00", "t01", "t02", "t10", "t11", "t12")
    t00: int
    t01: int
    t02: int
    t10: int
    t11: int
    t12: int
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("t00", "t00", s.U32),
        s.Field("t01", "t01", s.U32),
        s.Field("t02", "t02", s.U32),
        s.Field("t10", "t10", s.U32),
        s.Field("t11", "t11", s.U32),
        s.Field("t12", "t12", s.U32),
    )

    def __init__(self, t00: int, t01: int, t02: int, t10: int, t11: int, t12: int) -> None:
        self.t00 = t00
        self.t01 = t01
        self.t02 = t02
        self.t10 = t10
        self.t11 = t11
        self.t12 = t12


@dataclass(init=False, repr=False, eq=False)
class EmptyStructure(Record):
    """Takes no bytes. It lets a case of a switch say "nothing follows"."""

    __slots__ = ()
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
    )

    def __init__(self) -> None:
        pass


@dataclass(init=False, repr=False, eq=False)
class ChannelWait(Record):
    """A point in the stream of another channel: its message with this serial number."""

    __slots__ = ("channel_type", "channel_id", "message_serial")
    channel_type: int  # number of the channel kind, as in the protocol block
    channel_id: int  # which channel of that kind
    message_serial: int  # serial of the last message that must have been processed
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("channel_type", "channel_type", s.U8),
        s.Field("channel_id", "channel_id", s.U8),
        s.Field("message_serial", "message_serial", s.U64),
    )

    def __init__(self, channel_type: int, channel_id: int, message_serial: int) -> None:
        self.channel_type = channel_type
        self.channel_id = channel_id
        self.message_serial = message_serial

    @staticmethod
    def _read(data: Buffer, pos: int, end: int, extent: Extent | None, minor: int | None = None) -> tuple[ChannelWait, int]:
        m = _new_ChannelWait()
        m.channel_type, m.channel_id, m.message_serial = _unpack_from_2(data, pos)
        pos += 10
        return m, pos

    def _write(self, out: list[Buffer], queue: Queue, size: int, minor: int | None = None) -> int:
        out.append(_pack_2(self.channel_type, self.channel_id, self.message_serial))
        size += 10
        return size


@dataclass(init=False, repr=False, eq=False)
class ChannelId(Record):
    """One channel that a client may connect to."""

    __slots__ = ("type", "id")
    type: int  # number of the channel kind, as in the protocol block
    id: int  # which channel of that kind
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("type", "type", s.U8),
        s.Field("id", "id", s.U8),
    )

    def __init__(self, type: int, id: int) -> None:
        self.type = type
        self.id = id

    @staticmethod
    def _read(data: Buffer, pos: int, end: int, extent: Extent | None, minor: int | None = None) -> tuple[ChannelId, int]:
        m = _new_ChannelId()
        m.type, m.id = _unpack_from_3(data, pos)
        pos += 2
        return m, pos

    def _write(self, out: list[Buffer], queue: Queue, size: int, minor: int | None = None) -> int:
        out.append(_pack_3(self.type, self.id))
        size += 2
        return size


@dataclass(init=False, repr=False, eq=False)
class DstInfo(Record):
    """Where a migration goes."""

    __slots__ = ("port", "sport", "host_size", "host_data", "cert_subject_size", "cert_subject_data")
    port: int  # TCP port without TLS, 0 for none
    sport: int  # TCP port with TLS, 0 for none
    host_size: int  # bytes of the name, with its NUL
    host_data: Buffer  # host name or address
    cert_subject_size: int  # bytes of the subject, with its NUL; 0 for none
    cert_subject_data: Buffer | None  # "C=..,O=..,CN=.." to expect
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("port", "port", s.U16),
        s.Field("sport", "sport", s.U16),
        s.Field("host_size", "host_size", s.U32, derived=True),
        s.Field("host_data", "host_data", s.Reference(s.Octets(("host_size",)), True), text=True),
        s.Field("cert_subject_size", "cert_subject_size", s.U32, derived=True),
        s.Field("cert_subject_data", "cert_subject_data", s.Reference(s.Octets(("cert_subject_size",)), False), text=True),
    )

    def __init__(self, port: int, sport: int, host_data: Buffer, *, host_size: int | None = None, cert_subject_size: int | None = None, cert_subject_data: Buffer | None = None) -> None:
        self.port = port
        self.sport = sport
        self.host_size = (0 if host_data is None else _len(host_data)) if host_size is None else host_size
        self.host_data = host_data
        self.cert_subject_size = (0 if cert_subject_data is None else _len(cert_subject_data)) if cert_subject_size is None else cert_subject_size
        self.cert_subject_data = cert_subject_data

    @property
    def host_data_text(self) -> str:
        """``host_data`` as text, up to its NUL if it has one."""
        return text_of(self.host_data)

    @property
    def cert_subject_data_text(self) -> str | None:
        """``cert_subject_data`` as text, up to its NUL if it has one."""
        return None if self.cert_subject_data is None else text_of(self.cert_subject_data)


@dataclass(init=False, repr=False, eq=False)
class Palette(Record):
    """Colours of an image with 1, 4 or 8 bits for a pixel."""

    __slots__ = ("unique", "num_ents", "ents")
    unique: int  # number for the palette cache, never 0 when cached
    num_ents: int  # at most 256
    ents: list[int]  # 0x00RRGGBB; 16-bit colours on a 16-bit surface
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("unique", "unique", s.U64),
        s.Field("num_ents", "num_ents", s.U16, derived=True),
        s.Field("ents", "ents", s.Items(s.U32, ("num_ents",))),
    )

    def __init__(self, unique: int, ents: list[int], *, num_ents: int | None = None) -> None:
        self.unique = unique
        self.num_ents = _len(ents) if num_ents is None else num_ents
        self.ents = ents

    @staticmethod
    def _read(data: Buffer, pos: int, end: int, extent: Extent | None, minor: int | None = None) -> tuple[Palette, int]:
        m = _new_Palette()
        m.unique, num_ents = _unpack_from_4(data, pos)
        pos += 10
        m.num_ents = num_ents
        if num_ents * 4 > end - pos:
            raise beyond("Palette.ents", num_ents * 4, end - pos, pos)
        if extent is not None:
            extent.add_elements(num_ents)
        m.ents = list(_unpack_from(f"<{num_ents}I", data, pos))
        pos += num_ents * 4
        return m, pos

    def _write(self, out: list[Buffer], queue: Queue, size: int, minor: int | None = None) -> int:
        num_ents = self.num_ents
        out.append(_pack_4(self.unique, num_ents))
        ents = self.ents
        if len(ents) != num_ents:
            raise Refused("ents has another length than counted")
        size += 10
        out.append(_pack(f"<{len(ents)}I", *ents))
        size += 4 * len(ents)
        return size


@dataclass(init=False, repr=False, eq=False)
class BitmapData(Record):
    """Uncompressed pixels."""

    __slots__ = ("format", "flags", "x", "y", "stride", "pal", "data")
    format: int
    flags: int
    x: int  # width, pixels
    y: int  # height, rows
    stride: int  # bytes from one row to the next
    pal: int | Palette | None
    data: Buffer  # stride times y bytes, whatever the format
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("format", "format", s.Number(0, 255, BitmapFmt)),
        s.Field("flags", "flags", s.Number(0, 255, BitmapFlags, True)),
        s.Field("x", "x", s.U32),
        s.Field("y", "y", s.U32),
        s.Field("stride", "stride", s.U32),
        s.Field("pal", "pal", s.Union(("flags",), True, (s.Choice(((2, False),), "palette_id", s.U64), s.Choice((), "palette", s.Reference(s.Nested(Palette), False)),))),
        s.Field("data", "data", s.Octets(s.Image(8, ("stride",), ("y",)))),
    )

    def __init__(self, format: int, flags: int, x: int, y: int, stride: int, data: Buffer, *, pal: int | Palette | None = None) -> None:
        self.format = format
        self.flags = flags
        self.x = x
        self.y = y
        self.stride = stride
        self.pal = pal
        self.data = data


@dataclass(init=False, repr=False, eq=False)
class BinaryData(Record):
    """Compressed bytes and their number."""

    __slots__ = ("data_size", "data")
    data_size: int  # bytes
    data: Buffer
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("data_size", "data_size", s.U32, derived=True),
        s.Field("data", "data", s.Octets(("data_size",))),
    )

    def __init__(self, data: Buffer, *, data_size: int | None = None) -> None:
        self.data_size = _len(data) if data_size is None else data_size
        self.data = data


@dataclass(init=False, repr=False, eq=False)
class LZPLTData(Record):
    """LZ over palette indices."""

    __slots__ = ("flags", "data_size", "pal", "data")
    flags: int  # row order is in the LZ header, not here
    data_size: int  # bytes
    pal: int | Palette | None
    data: Buffer
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("flags", "flags", s.Number(0, 255, BitmapFlags, True)),
        s.Field("data_size", "data_size", s.U32, derived=True),
        s.Field("pal", "pal", s.Union(("flags",), True, (s.Choice(((2, False),), "palette_id", s.U64), s.Choice((), "palette", s.Reference(s.Nested(Palette), True)),))),
        s.Field("data", "data", s.Octets(("data_size",))),
    )

    def __init__(self, flags: int, data: Buffer, *, data_size: int | None = None, pal: int | Palette | None = None) -> None:
        self.flags = flags
        self.data_size = _len(data) if data_size is None else data_size
        self.pal = pal
        self.data = data


@dataclass(init=False, repr=False, eq=False)
class ZlibGlzRGBData(Record):
    """A GLZ image inside a zlib stream."""

    __slots__ = ("glz_data_size", "data_size", "data")
    glz_data_size: int  # bytes after unpacking the zlib stream
    data_size: int  # bytes of the zlib stream
    data: Buffer
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("glz_data_size", "glz_data_size", s.U32),
        s.Field("data_size", "data_size", s.U32, derived=True),
        s.Field("data", "data", s.Octets(("data_size",))),
    )

    def __init__(self, glz_data_size: int, data: Buffer, *, data_size: int | None = None) -> None:
        self.glz_data_size = glz_data_size
        self.data_size = _len(data) if data_size is None else data_size
        self.data = data


@dataclass(init=False, repr=False, eq=False)
class JPEGAlphaData(Record):
    """Colours as JPEG, then the alpha channel as an LZ image."""

    __slots__ = ("flags", "jpeg_size", "data_size", "data")
    flags: int
    jpeg_size: int  # bytes of the JPEG file
    data_size: int  # bytes of both together
    data: Buffer  # the JPEG file, then the LZ image
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("flags", "flags", s.Number(0, 255, JpegAlphaFlags, True)),
        s.Field("jpeg_size", "jpeg_size", s.U32),
        s.Field("data_size", "data_size", s.U32, derived=True),
        s.Field("data", "data", s.Octets(("data_size",))),
    )

    def __init__(self, flags: int, jpeg_size: int, data: Buffer, *, data_size: int | None = None) -> None:
        self.flags = flags
        self.jpeg_size = jpeg_size
        self.data_size = _len(data) if data_size is None else data_size
        self.data = data


@dataclass(init=False, repr=False, eq=False)
class Surface(Record):
    """An off-screen surface as a source."""

    __slots__ = ("surface_id",)
    surface_id: int
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("surface_id", "surface_id", s.U32),
    )

    def __init__(self, surface_id: int) -> None:
        self.surface_id = surface_id


@dataclass(init=False, repr=False, eq=False)
class ImageDescriptor(Record):
    """struct ImageDescriptor."""

    __slots__ = ("id", "type", "flags", "width", "height")
    id: int  # number for the image cache
    type: int
    flags: int
    width: int  # pixels
    height: int  # rows
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("id", "id", s.U64),
        s.Field("type", "type", s.Number(0, 255, ImageType)),
        s.Field("flags", "flags", s.Number(0, 255, ImageFlags, True)),
        s.Field("width", "width", s.U32),
        s.Field("height", "height", s.U32),
    )

    def __init__(self, id: int, type: int, flags: int, width: int, height: int) -> None:
        self.id = id
        self.type = type
        self.flags = flags
        self.width = width
        self.height = height


@dataclass(init=False, repr=False, eq=False)
class Image(Record):
    """An image or a reference to one."""

    __slots__ = ("descriptor", "u")
    descriptor: ImageDescriptor
    u: BitmapData | BinaryData | LZPLTData | ZlibGlzRGBData | JPEGAlphaData | Surface | None  # FROM_CACHE, FROM_CACHE_LOSSLESS and types not listed carry nothing more.
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("descriptor", "descriptor", s.Nested(ImageDescriptor)),
        s.Field("u", "u", s.Union(("descriptor", "type",), False, (s.Choice(((0, False),), "bitmap", s.Nested(BitmapData)), s.Choice(((1, False),), "quic", s.Nested(BinaryData)), s.Choice(((101, False), (102, False),), "lz_rgb", s.Nested(BinaryData)), s.Choice(((105, False),), "jpeg", s.Nested(BinaryData)), s.Choice(((109, False),), "lz4", s.Nested(BinaryData)), s.Choice(((100, False),), "lz_plt", s.Nested(LZPLTData)), s.Choice(((107, False),), "zlib_glz", s.Nested(ZlibGlzRGBData)), s.Choice(((108, False),), "jpeg_alpha", s.Nested(JPEGAlphaData)), s.Choice(((104, False),), "surface", s.Nested(Surface)),))),
    )

    def __init__(self, descriptor: ImageDescriptor, *, u: BitmapData | BinaryData | LZPLTData | ZlibGlzRGBData | JPEGAlphaData | Surface | None = None) -> None:
        self.descriptor = descriptor
        self.u = u

    @staticmethod
    def _read(data: Buffer, pos: int, end: int, extent: Extent | None, minor: int | None = None) -> tuple[Image, int]:
        m = _new_Image()
        m.descriptor = descriptor = _new_ImageDescriptor()
        descriptor.id, descriptor_type, descriptor.flags, descriptor.width, descriptor.height = _unpack_from_5(data, pos)
        pos += 18
        descriptor.type = descriptor_type
        if descriptor_type == 0:
            m.u = u_bitmap = _new_BitmapData()
            u_bitmap.format, u_bitmap_flags, u_bitmap.x, u_bitmap_y, u_bitmap_stride = _unpack_from_6(data, pos)
            pos += 14
            u_bitmap.flags = u_bitmap_flags
            u_bitmap.y = u_bitmap_y
            u_bitmap.stride = u_bitmap_stride
            if u_bitmap_flags & 2:
                u_bitmap.pal, = _unpack_from_7(data, pos)
                pos += 8
            else:
                u_bitmap_pal_palette_at, = _unpack_from_8(data, pos)
                pos += 4
                if u_bitmap_pal_palette_at:
                    if u_bitmap_pal_palette_at >= len(data):
                        raise outside("Image.u.bitmap.pal.palette", u_bitmap_pal_palette_at, len(data))
                    u_bitmap.pal, stop = Palette._read(data, u_bitmap_pal_palette_at, len(data), extent, minor)
                    if extent is not None:
                        extent.add_range(u_bitmap_pal_palette_at, stop)
                else:
                    u_bitmap.pal = None
            left = u_bitmap_stride * u_bitmap_y
            stop = pos + left
            if stop > end:
                raise beyond("Image.u.bitmap.data", left, end - pos, pos)
            u_bitmap.data = data[pos:stop]
            pos = stop
        elif descriptor_type == 1:
            m.u = u_quic = _new_BinaryData()
            u_quic_data_size, = _unpack_from_8(data, pos)
            pos += 4
            u_quic.data_size = u_quic_data_size
            stop = pos + u_quic_data_size
            if stop > end:
                raise beyond("Image.u.quic.data", u_quic_data_size, end - pos, pos)
            u_quic.data = data[pos:stop]
            pos = stop
        elif descriptor_type in (101, 102):
            m.u = u_lz_rgb = _new_BinaryData()
            u_lz_rgb_data_size, = _unpack_from_8(data, pos)
            pos += 4
            u_lz_rgb.data_size = u_lz_rgb_data_size
            stop = pos + u_lz_rgb_data_size
            if stop > end:
                raise beyond("Image.u.lz_rgb.data", u_lz_rgb_data_size, end - pos, pos)
            u_lz_rgb.data = data[pos:stop]
            pos = stop
        elif descriptor_type == 105:
            m.u = u_jpeg = _new_BinaryData()
            u_jpeg_data_size, = _unpack_from_8(data, pos)
            pos += 4
            u_jpeg.data_size = u_jpeg_data_size
            stop = pos + u_jpeg_data_size
            if stop > end:
                raise beyond("Image.u.jpeg.data", u_jpeg_data_size, end - pos, pos)
            u_jpeg.data = data[pos:stop]
            pos = stop
        elif descriptor_type == 109:
            m.u = u_lz4 = _new_BinaryData()
            u_lz4_data_size, = _unpack_from_8(data, pos)
            pos += 4
            u_lz4.data_size = u_lz4_data_size
            stop = pos + u_lz4_data_size
            if stop > end:
                raise beyond("Image.u.lz4.data", u_lz4_data_size, end - pos, pos)
            u_lz4.data = data[pos:stop]
            pos = stop
        elif descriptor_type == 100:
            m.u = u_lz_plt = _new_LZPLTData()
            u_lz_plt_flags, u_lz_plt_data_size = _unpack_from_9(data, pos)
            pos += 5
            u_lz_plt.flags = u_lz_plt_flags
            u_lz_plt.data_size = u_lz_plt_data_size
            if u_lz_plt_flags & 2:
                u_lz_plt.pal, = _unpack_from_7(data, pos)
                pos += 8
            else:
                u_lz_plt_pal_palette_at, = _unpack_from_8(data, pos)
                pos += 4
                if u_lz_plt_pal_palette_at:
                    if u_lz_plt_pal_palette_at >= len(data):
                        raise outside("Image.u.lz_plt.pal.palette", u_lz_plt_pal_palette_at, len(data))
                    u_lz_plt.pal, stop = Palette._read(data, u_lz_plt_pal_palette_at, len(data), extent, minor)
                    if extent is not None:
                        extent.add_range(u_lz_plt_pal_palette_at, stop)
                else:
                    raise null("Image.u.lz_plt.pal.palette", 0)
            stop = pos + u_lz_plt_data_size
            if stop > end:
                raise beyond("Image.u.lz_plt.data", u_lz_plt_data_size, end - pos, pos)
            u_lz_plt.data = data[pos:stop]
            pos = stop
        elif descriptor_type == 107:
            m.u = u_zlib_glz = _new_ZlibGlzRGBData()
            u_zlib_glz.glz_data_size, u_zlib_glz_data_size = _unpack_from_10(data, pos)
            pos += 8
            u_zlib_glz.data_size = u_zlib_glz_data_size
            stop = pos + u_zlib_glz_data_size
            if stop > end:
                raise beyond("Image.u.zlib_glz.data", u_zlib_glz_data_size, end - pos, pos)
            u_zlib_glz.data = data[pos:stop]
            pos = stop
        elif descriptor_type == 108:
            m.u = u_jpeg_alpha = _new_JPEGAlphaData()
            u_jpeg_alpha.flags, u_jpeg_alpha.jpeg_size, u_jpeg_alpha_data_size = _unpack_from_11(data, pos)
            pos += 9
            u_jpeg_alpha.data_size = u_jpeg_alpha_data_size
            stop = pos + u_jpeg_alpha_data_size
            if stop > end:
                raise beyond("Image.u.jpeg_alpha.data", u_jpeg_alpha_data_size, end - pos, pos)
            u_jpeg_alpha.data = data[pos:stop]
            pos = stop
        elif descriptor_type == 104:
            m.u = u_surface = _new_Surface()
            u_surface.surface_id, = _unpack_from_8(data, pos)
            pos += 4
        else:
            m.u = None
        return m, pos

    def _write(self, out: list[Buffer], queue: Queue, size: int, minor: int | None = None) -> int:
        descriptor = self.descriptor
        descriptor_type = descriptor.type
        u = self.u
        if descriptor_type == 0:
            if type(u) is not BitmapData:
                raise Refused("u must be a BitmapData here")
            u_bitmap = u
            u_bitmap_flags = u_bitmap.flags
            u_bitmap_y = u_bitmap.y
            u_bitmap_stride = u_bitmap.stride
            u_bitmap_pal = u_bitmap.pal
            if u_bitmap_flags & 2:
                if u_bitmap_pal is None:
                    raise Refused("u_bitmap_pal must not be None here")
                out.append(_pack_12(descriptor.id, descriptor_type, descriptor.flags, descriptor.width, descriptor.height, u_bitmap.format, u_bitmap_flags, u_bitmap.x, u_bitmap_y, u_bitmap_stride, u_bitmap_pal))
                size += 40
            else:
                u_bitmap_pal_palette = u_bitmap_pal
                block = bytearray(_pack_13(descriptor.id, descriptor_type, descriptor.flags, descriptor.width, descriptor.height, u_bitmap.format, u_bitmap_flags, u_bitmap.x, u_bitmap_y, u_bitmap_stride, 0))
                out.append(block)
                if type(u_bitmap_pal_palette) is Palette:
                    queue.append((block, 32, Palette._write, u_bitmap_pal_palette))
                elif u_bitmap_pal_palette is not None:
                    raise Refused("u_bitmap_pal_palette must be a Palette")
                size += 36
            u_bitmap_data = u_bitmap.data
            if type(u_bitmap_data) is not bytes:
                u_bitmap_data = octets(u_bitmap_data)
            if len(u_bitmap_data) != u_bitmap_stride * u_bitmap_y:
                raise Refused("u_bitmap_data has another length than counted")
            out.append(u_bitmap_data)
            size += u_bitmap_stride * u_bitmap_y
        elif descriptor_type == 1:
            if type(u) is not BinaryData:
                raise Refused("u must be a BinaryData here")
            u_quic = u
            u_quic_data_size = u_quic.data_size
            out.append(_pack_14(descriptor.id, descriptor_type, descriptor.flags, descriptor.width, descriptor.height, u_quic_data_size))
            u_quic_data = u_quic.data
            if type(u_quic_data) is not bytes:
                u_quic_data = octets(u_quic_data)
            if len(u_quic_data) != u_quic_data_size:
                raise Refused("u_quic_data has another length than counted")
            size += 22
            out.append(u_quic_data)
            size += u_quic_data_size
        elif descriptor_type in (101, 102):
            if type(u) is not BinaryData:
                raise Refused("u must be a BinaryData here")
            u_lz_rgb = u
            u_lz_rgb_data_size = u_lz_rgb.data_size
            out.append(_pack_14(descriptor.id, descriptor_type, descriptor.flags, descriptor.width, descriptor.height, u_lz_rgb_data_size))
            u_lz_rgb_data = u_lz_rgb.data
            if type(u_lz_rgb_data) is not bytes:
                u_lz_rgb_data = octets(u_lz_rgb_data)
            if len(u_lz_rgb_data) != u_lz_rgb_data_size:
                raise Refused("u_lz_rgb_data has another length than counted")
            size += 22
            out.append(u_lz_rgb_data)
            size += u_lz_rgb_data_size
        elif descriptor_type == 105:
            if type(u) is not BinaryData:
                raise Refused("u must be a BinaryData here")
            u_jpeg = u
            u_jpeg_data_size = u_jpeg.data_size
            out.append(_pack_14(descriptor.id, descriptor_type, descriptor.flags, descriptor.width, descriptor.height, u_jpeg_data_size))
            u_jpeg_data = u_jpeg.data
            if type(u_jpeg_data) is not bytes:
                u_jpeg_data = octets(u_jpeg_data)
            if len(u_jpeg_data) != u_jpeg_data_size:
                raise Refused("u_jpeg_data has another length than counted")
            size += 22
            out.append(u_jpeg_data)
            size += u_jpeg_data_size
        elif descriptor_type == 109:
            if type(u) is not BinaryData:
                raise Refused("u must be a BinaryData here")
            u_lz4 = u
            u_lz4_data_size = u_lz4.data_size
            out.append(_pack_14(descriptor.id, descriptor_type, descriptor.flags, descriptor.width, descriptor.height, u_lz4_data_size))
            u_lz4_data = u_lz4.data
            if type(u_lz4_data) is not bytes:
                u_lz4_data = octets(u_lz4_data)
            if len(u_lz4_data) != u_lz4_data_size:
                raise Refused("u_lz4_data has another length than counted")
            size += 22
            out.append(u_lz4_data)
            size += u_lz4_data_size
        elif descriptor_type == 100:
            if type(u) is not LZPLTData:
                raise Refused("u must be a LZPLTData here")
            u_lz_plt = u
            u_lz_plt_flags = u_lz_plt.flags
            u_lz_plt_data_size = u_lz_plt.data_size
            u_lz_plt_pal = u_lz_plt.pal
            if u_lz_plt_flags & 2:
                if u_lz_plt_pal is None:
                    raise Refused("u_lz_plt_pal must not be None here")
                out.append(_pack_15(descriptor.id, descriptor_type, descriptor.flags, descriptor.width, descriptor.height, u_lz_plt_flags, u_lz_plt_data_size, u_lz_plt_pal))
                size += 31
            else:
                u_lz_plt_pal_palette = u_lz_plt_pal
                if u_lz_plt_pal_palette is None:
                    raise Refused("u_lz_plt_pal_palette must not be null")
                block = bytearray(_pack_16(descriptor.id, descriptor_type, descriptor.flags, descriptor.width, descriptor.height, u_lz_plt_flags, u_lz_plt_data_size, 0))
                out.append(block)
                if type(u_lz_plt_pal_palette) is Palette:
                    queue.append((block, 23, Palette._write, u_lz_plt_pal_palette))
                elif u_lz_plt_pal_palette is not None:
                    raise Refused("u_lz_plt_pal_palette must be a Palette")
                size += 27
            u_lz_plt_data = u_lz_plt.data
            if type(u_lz_plt_data) is not bytes:
                u_lz_plt_data = octets(u_lz_plt_data)
            if len(u_lz_plt_data) != u_lz_plt_data_size:
                raise Refused("u_lz_plt_data has another length than counted")
            out.append(u_lz_plt_data)
            size += u_lz_plt_data_size
        elif descriptor_type == 107:
            if type(u) is not ZlibGlzRGBData:
                raise Refused("u must be a ZlibGlzRGBData here")
            u_zlib_glz = u
            u_zlib_glz_data_size = u_zlib_glz.data_size
            out.append(_pack_17(descriptor.id, descriptor_type, descriptor.flags, descriptor.width, descriptor.height, u_zlib_glz.glz_data_size, u_zlib_glz_data_size))
            u_zlib_glz_data = u_zlib_glz.data
            if type(u_zlib_glz_data) is not bytes:
                u_zlib_glz_data = octets(u_zlib_glz_data)
            if len(u_zlib_glz_data) != u_zlib_glz_data_size:
                raise Refused("u_zlib_glz_data has another length than counted")
            size += 26
            out.append(u_zlib_glz_data)
            size += u_zlib_glz_data_size
        elif descriptor_type == 108:
            if type(u) is not JPEGAlphaData:
                raise Refused("u must be a JPEGAlphaData here")
            u_jpeg_alpha = u
            u_jpeg_alpha_data_size = u_jpeg_alpha.data_size
            out.append(_pack_16(descriptor.id, descriptor_type, descriptor.flags, descriptor.width, descriptor.height, u_jpeg_alpha.flags, u_jpeg_alpha.jpeg_size, u_jpeg_alpha_data_size))
            u_jpeg_alpha_data = u_jpeg_alpha.data
            if type(u_jpeg_alpha_data) is not bytes:
                u_jpeg_alpha_data = octets(u_jpeg_alpha_data)
            if len(u_jpeg_alpha_data) != u_jpeg_alpha_data_size:
                raise Refused("u_jpeg_alpha_data has another length than counted")
            size += 27
            out.append(u_jpeg_alpha_data)
            size += u_jpeg_alpha_data_size
        elif descriptor_type == 104:
            if type(u) is not Surface:
                raise Refused("u must be a Surface here")
            u_surface = u
            out.append(_pack_14(descriptor.id, descriptor_type, descriptor.flags, descriptor.width, descriptor.height, u_surface.surface_id))
            size += 22
        elif u is not None:
            raise Refused("u must be None here")
        else:
            out.append(_pack_5(descriptor.id, descriptor_type, descriptor.flags, descriptor.width, descriptor.height))
            size += 18
        return size


@dataclass(init=False, repr=False, eq=False)
class ClipRects(Record):
    """Boxes, as a rule from top to bottom and not overlapping."""

    __slots__ = ("num_rects", "rects")
    num_rects: int
    rects: list[Rect]
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("num_rects", "num_rects", s.U32, derived=True),
        s.Field("rects", "rects", s.Items(s.Nested(Rect), ("num_rects",))),
    )

    def __init__(self, rects: list[Rect], *, num_rects: int | None = None) -> None:
        self.num_rects = _len(rects) if num_rects is None else num_rects
        self.rects = rects


@dataclass(init=False, repr=False, eq=False)
class Clip(Record):
    """Where a drawing may change pixels."""

    __slots__ = ("type", "u")
    type: int
    u: ClipRects | None
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("type", "type", s.Number(0, 255, ClipType)),
        s.Field("u", "u", s.Union(("type",), False, (s.Choice(((1, False),), "rects", s.Nested(ClipRects)),))),
    )

    def __init__(self, type: int, *, u: ClipRects | None = None) -> None:
        self.type = type
        self.u = u


@dataclass(init=False, repr=False, eq=False)
class Pattern(Record):
    """An image repeated over the plane."""

    __slots__ = ("pat", "pos")
    pat: Image
    pos: Point  # surface position of the upper left corner of one repetition
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("pat", "pat", s.Reference(s.Nested(Image), True)),
        s.Field("pos", "pos", s.Nested(Point)),
    )

    def __init__(self, pat: Image, pos: Point) -> None:
        self.pat = pat
        self.pos = pos


@dataclass(init=False, repr=False, eq=False)
class Brush(Record):
    """What a shape is filled with."""

    __slots__ = ("type", "u")
    type: int
    u: int | Pattern | None
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("type", "type", s.Number(0, 255, BrushType)),
        s.Field("u", "u", s.Union(("type",), False, (s.Choice(((1, False),), "color", s.U32), s.Choice(((2, False),), "pattern", s.Nested(Pattern)),))),
    )

    def __init__(self, type: int, *, u: int | Pattern | None = None) -> None:
        self.type = type
        self.u = u


@dataclass(init=False, repr=False, eq=False)
class QMask(Record):
    """A stencil: drawing happens where its bit is 1."""

    __slots__ = ("flags", "pos", "bitmap")
    flags: int
    pos: Point  # mask pixel that meets the upper left corner of the box
    bitmap: Image | None  # 1 bit for a pixel; null for no mask
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("flags", "flags", s.Number(0, 255, MaskFlags, True)),
        s.Field("pos", "pos", s.Nested(Point)),
        s.Field("bitmap", "bitmap", s.Reference(s.Nested(Image), False)),
    )

    def __init__(self, flags: int, pos: Point, *, bitmap: Image | None = None) -> None:
        self.flags = flags
        self.pos = pos
        self.bitmap = bitmap


@dataclass(init=False, repr=False, eq=False)
class PathSegment(Record):
    """A run of lines or curves that goes on from the last point of the one before."""

    __slots__ = ("flags", "count", "points")
    flags: int
    count: int  # points, a multiple of 3 with BEZIER
    points: list[PointFix]
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("flags", "flags", s.Number(0, 255, PathFlags, True)),
        s.Field("count", "count", s.U32, derived=True),
        s.Field("points", "points", s.Items(s.Nested(PointFix), ("count",))),
    )

    def __init__(self, flags: int, points: list[PointFix], *, count: int | None = None) -> None:
        self.flags = flags
        self.count = _len(points) if count is None else count
        self.points = points

    @staticmethod
    def _read(data: Buffer, pos: int, end: int, extent: Extent | None, minor: int | None = None) -> tuple[PathSegment, int]:
        m = _new_PathSegment()
        m.flags, count = _unpack_from_9(data, pos)
        pos += 5
        m.count = count
        if count * 8 > end - pos:
            raise beyond("PathSegment.points", count * 8, end - pos, pos)
        if extent is not None:
            extent.add_elements(count)
        stop = pos + count * 8
        m.points = [PointFix(*v) for v in _iter_unpack_0(data[pos:stop])]
        pos = stop
        return m, pos

    def _write(self, out: list[Buffer], queue: Queue, size: int, minor: int | None = None) -> int:
        count = self.count
        out.append(_pack_9(self.flags, count))
        points = self.points
        if len(points) != count:
            raise Refused("points has another length than counted")
        size += 5
        out += [_pack_0(points_item.x, points_item.y) for points_item in points]
        size += 8 * len(points)
        return size


@dataclass(init=False, repr=False, eq=False)
class Path(Record):
    """Lines and curves."""

    __slots__ = ("num_segments", "segments")
    num_segments: int
    segments: list[PathSegment]
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("num_segments", "num_segments", s.U32, derived=True),
        s.Field("segments", "segments", s.Items(s.Nested(PathSegment), ("num_segments",))),
    )

    def __init__(self, segments: list[PathSegment], *, num_segments: int | None = None) -> None:
        self.num_segments = _len(segments) if num_segments is None else num_segments
        self.segments = segments

    @staticmethod
    def _read(data: Buffer, pos: int, end: int, extent: Extent | None, minor: int | None = None) -> tuple[Path, int]:
        m = _new_Path()
        num_segments, = _unpack_from_8(data, pos)
        pos += 4
        m.num_segments = num_segments
        if num_segments * 5 > end - pos:
            raise beyond("Path.segments", num_segments * 5, end - pos, pos)
        if extent is not None:
            extent.add_elements(num_segments)
        items = []
        for _ in range(num_segments):
            item, pos = PathSegment._read(data, pos, end, extent, minor)
            items.append(item)
        m.segments = items
        return m, pos

    def _write(self, out: list[Buffer], queue: Queue, size: int, minor: int | None = None) -> int:
        num_segments = self.num_segments
        out.append(_pack_8(num_segments))
        segments = self.segments
        if len(segments) != num_segments:
            raise Refused("segments has another length than counted")
        size += 4
        for segments_item in segments:
            if type(segments_item) is not PathSegment:
                raise Refused("segments must hold PathSegment")
            size = segments_item._write(out, queue, size, minor)
        return size


@dataclass(init=False, repr=False, eq=False)
class LineAttr(Record):
    """Dashes of a line; lines are always one pixel wide."""

    __slots__ = ("flags", "u1", "u2")
    flags: int
    u1: int | None
    u2: list[int] | None
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("flags", "flags", s.Number(0, 255, LineFlags, True)),
        s.Field("u1", "u1", s.Union(("flags",), True, (s.Choice(((8, False),), "style_nseg", s.U8, derived=True),))),
        s.Field("u2", "u2", s.Union(("flags",), True, (s.Choice(((8, False),), "style", s.Reference(s.Items(s.I32, ("u1", "style_nseg",)), False)),))),
    )

    def __init__(self, flags: int, *, u1: int | None = None, u2: list[int] | None = None) -> None:
        self.flags = flags
        self.u1 = ((_length(u2) if flags & 8 else 0) if flags & 8 else None) if u1 is None else u1
        self.u2 = u2


@dataclass(init=False, repr=False, eq=False)
class RasterGlyphA1(Record):
    """A glyph with 1 bit for a pixel, leftmost in the highest bit."""

    __slots__ = ("render_pos", "glyph_origin", "width", "height", "data")
    render_pos: Point  # surface position of the pen
    glyph_origin: Point  # upper left corner of the glyph, relative to the pen
    width: int  # pixels
    height: int  # rows
    data: Buffer  # coverage; each row starts on a byte
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("render_pos", "render_pos", s.Nested(Point)),
        s.Field("glyph_origin", "glyph_origin", s.Nested(Point)),
        s.Field("width", "width", s.U16),
        s.Field("height", "height", s.U16),
        s.Field("data", "data", s.Octets(s.Image(1, ("width",), ("height",)))),
    )

    def __init__(self, render_pos: Point, glyph_origin: Point, width: int, height: int, data: Buffer) -> None:
        self.render_pos = render_pos
        self.glyph_origin = glyph_origin
        self.width = width
        self.height = height
        self.data = data

    @staticmethod
    def _read(data: Buffer, pos: int, end: int, extent: Extent | None, minor: int | None = None) -> tuple[RasterGlyphA1, int]:
        m = _new_RasterGlyphA1()
        m.render_pos = render_pos = _new_Point()
        m.glyph_origin = glyph_origin = _new_Point()
        render_pos.x, render_pos.y, glyph_origin.x, glyph_origin.y, width, height = _unpack_from_18(data, pos)
        pos += 20
        m.width = width
        m.height = height
        left = ((1 * width + 7) // 8) * height
        stop = pos + left
        if stop > end:
            raise beyond("RasterGlyphA1.data", left, end - pos, pos)
        m.data = data[pos:stop]
        return m, stop

    def _write(self, out: list[Buffer], queue: Queue, size: int, minor: int | None = None) -> int:
        render_pos = self.render_pos
        glyph_origin = self.glyph_origin
        width = self.width
        height = self.height
        out.append(_pack_18(render_pos.x, render_pos.y, glyph_origin.x, glyph_origin.y, width, height))
        data = self.data
        if type(data) is not bytes:
            data = octets(data)
        if len(data) != ((1 * width + 7) // 8) * height:
            raise Refused("data has another length than counted")
        size += 20
        out.append(data)
        size += ((1 * width + 7) // 8) * height
        return size


@dataclass(init=False, repr=False, eq=False)
class RasterGlyphA4(Record):
    """A glyph with 4 bits for a pixel, leftmost in the high half."""

    __slots__ = ("render_pos", "glyph_origin", "width", "height", "data")
    render_pos: Point  # surface position of the pen
    glyph_origin: Point  # upper left corner of the glyph, relative to the pen
    width: int  # pixels
    height: int  # rows
    data: Buffer  # coverage; each row starts on a byte
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("render_pos", "render_pos", s.Nested(Point)),
        s.Field("glyph_origin", "glyph_origin", s.Nested(Point)),
        s.Field("width", "width", s.U16),
        s.Field("height", "height", s.U16),
        s.Field("data", "data", s.Octets(s.Image(4, ("width",), ("height",)))),
    )

    def __init__(self, render_pos: Point, glyph_origin: Point, width: int, height: int, data: Buffer) -> None:
        self.render_pos = render_pos
        self.glyph_origin = glyph_origin
        self.width = width
        self.height = height
        self.data = data

    @staticmethod
    def _read(data: Buffer, pos: int, end: int, extent: Extent | None, minor: int | None = None) -> tuple[RasterGlyphA4, int]:
        m = _new_RasterGlyphA4()
        m.render_pos = render_pos = _new_Point()
        m.glyph_origin = glyph_origin = _new_Point()
        render_pos.x, render_pos.y, glyph_origin.x, glyph_origin.y, width, height = _unpack_from_18(data, pos)
        pos += 20
        m.width = width
        m.height = height
        left = ((4 * width + 7) // 8) * height
        stop = pos + left
        if stop > end:
            raise beyond("RasterGlyphA4.data", left, end - pos, pos)
        m.data = data[pos:stop]
        return m, stop

    def _write(self, out: list[Buffer], queue: Queue, size: int, minor: int | None = None) -> int:
        render_pos = self.render_pos
        glyph_origin = self.glyph_origin
        width = self.width
        height = self.height
        out.append(_pack_18(render_pos.x, render_pos.y, glyph_origin.x, glyph_origin.y, width, height))
        data = self.data
        if type(data) is not bytes:
            data = octets(data)
        if len(data) != ((4 * width + 7) // 8) * height:
            raise Refused("data has another length than counted")
        size += 20
        out.append(data)
        size += ((4 * width + 7) // 8) * height
        return size


@dataclass(init=False, repr=False, eq=False)
class RasterGlyphA8(Record):
    """A glyph with 8 bits for a pixel."""

    __slots__ = ("render_pos", "glyph_origin", "width", "height", "data")
    render_pos: Point  # surface position of the pen
    glyph_origin: Point  # upper left corner of the glyph, relative to the pen
    width: int  # pixels
    height: int  # rows
    data: Buffer  # coverage
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("render_pos", "render_pos", s.Nested(Point)),
        s.Field("glyph_origin", "glyph_origin", s.Nested(Point)),
        s.Field("width", "width", s.U16),
        s.Field("height", "height", s.U16),
        s.Field("data", "data", s.Octets(s.Image(8, ("width",), ("height",)))),
    )

    def __init__(self, render_pos: Point, glyph_origin: Point, width: int, height: int, data: Buffer) -> None:
        self.render_pos = render_pos
        self.glyph_origin = glyph_origin
        self.width = width
        self.height = height
        self.data = data

    @staticmethod
    def _read(data: Buffer, pos: int, end: int, extent: Extent | None, minor: int | None = None) -> tuple[RasterGlyphA8, int]:
        m = _new_RasterGlyphA8()
        m.render_pos = render_pos = _new_Point()
        m.glyph_origin = glyph_origin = _new_Point()
        render_pos.x, render_pos.y, glyph_origin.x, glyph_origin.y, width, height = _unpack_from_18(data, pos)
        pos += 20
        m.width = width
        m.height = height
        left = width * height
        stop = pos + left
        if stop > end:
            raise beyond("RasterGlyphA8.data", left, end - pos, pos)
        m.data = data[pos:stop]
        return m, stop

    def _write(self, out: list[Buffer], queue: Queue, size: int, minor: int | None = None) -> int:
        render_pos = self.render_pos
        glyph_origin = self.glyph_origin
        width = self.width
        height = self.height
        out.append(_pack_18(render_pos.x, render_pos.y, glyph_origin.x, glyph_origin.y, width, height))
        data = self.data
        if type(data) is not bytes:
            data = octets(data)
        if len(data) != width * height:
            raise Refused("data has another length than counted")
        size += 20
        out.append(data)
        size += width * height
        return size


@dataclass(init=False, repr=False, eq=False)
class String(Record):
    """Glyphs that are drawn together; where they overlap, the higher coverage counts."""

    __slots__ = ("length", "flags", "u")
    length: int  # glyphs
    flags: int
    u: list[RasterGlyphA1] | list[RasterGlyphA4] | list[RasterGlyphA8] | None
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("length", "length", s.U16, derived=True),
        s.Field("flags", "flags", s.Number(0, 255, StringFlags, True)),
        s.Field("u", "u", s.Union(("flags",), True, (s.Choice(((1, False),), "glyphs", s.Items(s.Nested(RasterGlyphA1), ("length",))), s.Choice(((2, False),), "glyphs", s.Items(s.Nested(RasterGlyphA4), ("length",))), s.Choice(((4, False),), "glyphs", s.Items(s.Nested(RasterGlyphA8), ("length",))),))),
    )

    def __init__(self, flags: int, *, length: int | None = None, u: list[RasterGlyphA1] | list[RasterGlyphA4] | list[RasterGlyphA8] | None = None) -> None:
        self.length = (_length(u) if flags & 1 or flags & 2 or flags & 4 else 0) if length is None else length
        self.flags = flags
        self.u = u

    @staticmethod
    def _read(data: Buffer, pos: int, end: int, extent: Extent | None, minor: int | None = None) -> tuple[String, int]:
        m = _new_String()
        length, flags = _unpack_from_19(data, pos)
        pos += 3
        m.length = length
        m.flags = flags
        if flags & 1:
            if length * 20 > end - pos:
                raise beyond("String.u.glyphs", length * 20, end - pos, pos)
            if extent is not None:
                extent.add_elements(length)
            items = []
            for _ in range(length):
                item, pos = RasterGlyphA1._read(data, pos, end, extent, minor)
                items.append(item)
            m.u = items
        elif flags & 2:
            if length * 20 > end - pos:
                raise beyond("String.u.glyphs", length * 20, end - pos, pos)
            if extent is not None:
                extent.add_elements(length)
            items_2 = []
            for _ in range(length):
                item_2, pos = RasterGlyphA4._read(data, pos, end, extent, minor)
                items_2.append(item_2)
            m.u = items_2
        elif flags & 4:
            if length * 20 > end - pos:
                raise beyond("String.u.glyphs", length * 20, end - pos, pos)
            if extent is not None:
                extent.add_elements(length)
            items_3 = []
            for _ in range(length):
                item_3, pos = RasterGlyphA8._read(data, pos, end, extent, minor)
                items_3.append(item_3)
            m.u = items_3
        else:
            m.u = None
        return m, pos

    def _write(self, out: list[Buffer], queue: Queue, size: int, minor: int | None = None) -> int:
        length = self.length
        flags = self.flags
        u: Any = self.u
        if flags & 1:
            if u is None:
                raise Refused("u must not be None here")
            out.append(_pack_19(length, flags))
            u_glyphs = u
            if len(u_glyphs) != length:
                raise Refused("u_glyphs has another length than counted")
            size += 3
            for u_glyphs_item in u_glyphs:
                if type(u_glyphs_item) is not RasterGlyphA1:
                    raise Refused("u_glyphs must hold RasterGlyphA1")
                size = u_glyphs_item._write(out, queue, size, minor)
        elif flags & 2:
            if u is None:
                raise Refused("u must not be None here")
            out.append(_pack_19(length, flags))
            u_glyphs = u
            if len(u_glyphs) != length:
                raise Refused("u_glyphs has another length than counted")
            size += 3
            for u_glyphs_item in u_glyphs:
                if type(u_glyphs_item) is not RasterGlyphA4:
                    raise Refused("u_glyphs must hold RasterGlyphA4")
                size = u_glyphs_item._write(out, queue, size, minor)
        elif flags & 4:
            if u is None:
                raise Refused("u must not be None here")
            out.append(_pack_19(length, flags))
            u_glyphs = u
            if len(u_glyphs) != length:
                raise Refused("u_glyphs has another length than counted")
            size += 3
            for u_glyphs_item in u_glyphs:
                if type(u_glyphs_item) is not RasterGlyphA8:
                    raise Refused("u_glyphs must hold RasterGlyphA8")
                size = u_glyphs_item._write(out, queue, size, minor)
        elif u is not None:
            raise Refused("u must be None here")
        else:
            out.append(_pack_19(length, flags))
            size += 3
        return size


@dataclass(init=False, repr=False, eq=False)
class DisplayBase(Record):
    """What all drawings say."""

    __slots__ = ("surface_id", "box", "clip")
    surface_id: int  # surface to draw on
    box: Rect  # pixels the drawing covers
    clip: Clip  # of these, the pixels it may change
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("surface_id", "surface_id", s.U32),
        s.Field("box", "box", s.Nested(Rect)),
        s.Field("clip", "clip", s.Nested(Clip)),
    )

    def __init__(self, surface_id: int, box: Rect, clip: Clip) -> None:
        self.surface_id = surface_id
        self.box = box
        self.clip = clip


@dataclass(init=False, repr=False, eq=False)
class ResourceID(Record):
    """A thing in the image cache."""

    __slots__ = ("type", "id")
    type: int  # resource_type
    id: int  # id of the image's descriptor
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("type", "type", s.U8),
        s.Field("id", "id", s.U64),
    )

    def __init__(self, type: int, id: int) -> None:
        self.type = type
        self.id = id

    @staticmethod
    def _read(data: Buffer, pos: int, end: int, extent: Extent | None, minor: int | None = None) -> tuple[ResourceID, int]:
        m = _new_ResourceID()
        m.type, m.id = _unpack_from_20(data, pos)
        pos += 9
        return m, pos

    def _write(self, out: list[Buffer], queue: Queue, size: int, minor: int | None = None) -> int:
        out.append(_pack_20(self.type, self.id))
        size += 9
        return size


@dataclass(init=False, repr=False, eq=False)
class StreamDataHeader(Record):
    """What all frames of video say."""

    __slots__ = ("id", "multi_media_time")
    id: int  # stream
    multi_media_time: int  # when to show the frame, multimedia time in ms
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("id", "id", s.U32),
        s.Field("multi_media_time", "multi_media_time", s.U32),
    )

    def __init__(self, id: int, multi_media_time: int) -> None:
        self.id = id
        self.multi_media_time = multi_media_time


@dataclass(init=False, repr=False, eq=False)
class Head(Record):
    """A monitor of the guest: a part of a surface."""

    __slots__ = ("monitor_id", "surface_id", "width", "height", "x", "y", "flags")
    monitor_id: int
    surface_id: int
    width: int  # pixels
    height: int  # rows
    x: int  # position on the surface
    y: int
    flags: int  # 0: none are defined
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("monitor_id", "monitor_id", s.U32),
        s.Field("surface_id", "surface_id", s.U32),
        s.Field("width", "width", s.U32),
        s.Field("height", "height", s.U32),
        s.Field("x", "x", s.U32),
        s.Field("y", "y", s.U32),
        s.Field("flags", "flags", s.U32),
    )

    def __init__(self, monitor_id: int, surface_id: int, width: int, height: int, x: int, y: int, flags: int) -> None:
        self.monitor_id = monitor_id
        self.surface_id = surface_id
        self.width = width
        self.height = height
        self.x = x
        self.y = y
        self.flags = flags

    @staticmethod
    def _read(data: Buffer, pos: int, end: int, extent: Extent | None, minor: int | None = None) -> tuple[Head, int]:
        m = _new_Head()
        m.monitor_id, m.surface_id, m.width, m.height, m.x, m.y, m.flags = _unpack_from_21(data, pos)
        pos += 28
        return m, pos

    def _write(self, out: list[Buffer], queue: Queue, size: int, minor: int | None = None) -> int:
        out.append(_pack_21(self.monitor_id, self.surface_id, self.width, self.height, self.x, self.y, self.flags))
        size += 28
        return size


@dataclass(init=False, repr=False, eq=False)
class Fill(Record):
    """struct Fill."""

    __slots__ = ("brush", "rop_descriptor", "mask")
    brush: Brush
    rop_descriptor: int  # combines brush and destination
    mask: QMask
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("brush", "brush", s.Nested(Brush)),
        s.Field("rop_descriptor", "rop_descriptor", s.Number(0, 65535, Ropd, True)),
        s.Field("mask", "mask", s.Nested(QMask)),
    )

    def __init__(self, brush: Brush, rop_descriptor: int, mask: QMask) -> None:
        self.brush = brush
        self.rop_descriptor = rop_descriptor
        self.mask = mask


@dataclass(init=False, repr=False, eq=False)
class Opaque(Record):
    """struct Opaque."""

    __slots__ = ("src_bitmap", "src_area", "brush", "rop_descriptor", "scale_mode", "mask")
    src_bitmap: Image | None
    src_area: Rect  # part of the image, scaled to the box
    brush: Brush
    rop_descriptor: int  # combines brush and image
    scale_mode: int
    mask: QMask
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("src_bitmap", "src_bitmap", s.Reference(s.Nested(Image), False)),
        s.Field("src_area", "src_area", s.Nested(Rect)),
        s.Field("brush", "brush", s.Nested(Brush)),
        s.Field("rop_descriptor", "rop_descriptor", s.Number(0, 65535, Ropd, True)),
        s.Field("scale_mode", "scale_mode", s.Number(0, 255, ImageScaleMode)),
        s.Field("mask", "mask", s.Nested(QMask)),
    )

    def __init__(self, src_area: Rect, brush: Brush, rop_descriptor: int, scale_mode: int, mask: QMask, *, src_bitmap: Image | None = None) -> None:
        self.src_bitmap = src_bitmap
        self.src_area = src_area
        self.brush = brush
        self.rop_descriptor = rop_descriptor
        self.scale_mode = scale_mode
        self.mask = mask


@dataclass(init=False, repr=False, eq=False)
class Copy(Record):
    """struct Copy."""

    __slots__ = ("src_bitmap", "src_area", "rop_descriptor", "scale_mode", "mask")
    src_bitmap: Image | None
    src_area: Rect  # part of the image, scaled to the box
    rop_descriptor: int  # combines image and destination, as a rule OP_PUT
    scale_mode: int
    mask: QMask
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("src_bitmap", "src_bitmap", s.Reference(s.Nested(Image), False)),
        s.Field("src_area", "src_area", s.Nested(Rect)),
        s.Field("rop_descriptor", "rop_descriptor", s.Number(0, 65535, Ropd, True)),
        s.Field("scale_mode", "scale_mode", s.Number(0, 255, ImageScaleMode)),
        s.Field("mask", "mask", s.Nested(QMask)),
    )

    def __init__(self, src_area: Rect, rop_descriptor: int, scale_mode: int, mask: QMask, *, src_bitmap: Image | None = None) -> None:
        self.src_bitmap = src_bitmap
        self.src_area = src_area
        self.rop_descriptor = rop_descriptor
        self.scale_mode = scale_mode
        self.mask = mask


@dataclass(init=False, repr=False, eq=False)
class Blend(Record):
    """struct Blend."""

    __slots__ = ("src_bitmap", "src_area", "rop_descriptor", "scale_mode", "mask")
    src_bitmap: Image | None
    src_area: Rect  # part of the image, scaled to the box
    rop_descriptor: int  # combines image and destination
    scale_mode: int
    mask: QMask
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("src_bitmap", "src_bitmap", s.Reference(s.Nested(Image), False)),
        s.Field("src_area", "src_area", s.Nested(Rect)),
        s.Field("rop_descriptor", "rop_descriptor", s.Number(0, 65535, Ropd, True)),
        s.Field("scale_mode", "scale_mode", s.Number(0, 255, ImageScaleMode)),
        s.Field("mask", "mask", s.Nested(QMask)),
    )

    def __init__(self, src_area: Rect, rop_descriptor: int, scale_mode: int, mask: QMask, *, src_bitmap: Image | None = None) -> None:
        self.src_bitmap = src_bitmap
        self.src_area = src_area
        self.rop_descriptor = rop_descriptor
        self.scale_mode = scale_mode
        self.mask = mask


@dataclass(init=False, repr=False, eq=False)
class Blackness(Record):
    """struct Blackness."""

    __slots__ = ("mask",)
    mask: QMask
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("mask", "mask", s.Nested(QMask)),
    )

    def __init__(self, mask: QMask) -> None:
        self.mask = mask


@dataclass(init=False, repr=False, eq=False)
class Whiteness(Record):
    """struct Whiteness."""

    __slots__ = ("mask",)
    mask: QMask
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("mask", "mask", s.Nested(QMask)),
    )

    def __init__(self, mask: QMask) -> None:
        self.mask = mask


@dataclass(init=False, repr=False, eq=False)
class Invers(Record):
    """struct Invers."""

    __slots__ = ("mask",)
    mask: QMask
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("mask", "mask", s.Nested(QMask)),
    )

    def __init__(self, mask: QMask) -> None:
        self.mask = mask


@dataclass(init=False, repr=False, eq=False)
class Rop3(Record):
    """struct Rop3."""

    __slots__ = ("src_bitmap", "src_area", "brush", "rop3", "scale_mode", "mask")
    src_bitmap: Image | None
    src_area: Rect  # part of the image, scaled to the box
    brush: Brush  # the "pattern" of the operation
    rop3: int  # truth table, as Windows numbers it: 0xF0 brush, 0xCC image, 0xAA dest
    scale_mode: int
    mask: QMask
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("src_bitmap", "src_bitmap", s.Reference(s.Nested(Image), False)),
        s.Field("src_area", "src_area", s.Nested(Rect)),
        s.Field("brush", "brush", s.Nested(Brush)),
        s.Field("rop3", "rop3", s.U8),
        s.Field("scale_mode", "scale_mode", s.Number(0, 255, ImageScaleMode)),
        s.Field("mask", "mask", s.Nested(QMask)),
    )

    def __init__(self, src_area: Rect, brush: Brush, rop3: int, scale_mode: int, mask: QMask, *, src_bitmap: Image | None = None) -> None:
        self.src_bitmap = src_bitmap
        self.src_area = src_area
        self.brush = brush
        self.rop3 = rop3
        self.scale_mode = scale_mode
        self.mask = mask


@dataclass(init=False, repr=False, eq=False)
class Stroke(Record):
    """struct Stroke."""

    __slots__ = ("path", "attr", "brush", "fore_mode", "back_mode")
    path: Path
    attr: LineAttr
    brush: Brush
    fore_mode: int  # ropd for the dashes
    back_mode: int  # ropd for the gaps
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("path", "path", s.Reference(s.Nested(Path), True)),
        s.Field("attr", "attr", s.Nested(LineAttr)),
        s.Field("brush", "brush", s.Nested(Brush)),
        s.Field("fore_mode", "fore_mode", s.U16),
        s.Field("back_mode", "back_mode", s.U16),
    )

    def __init__(self, path: Path, attr: LineAttr, brush: Brush, fore_mode: int, back_mode: int) -> None:
        self.path = path
        self.attr = attr
        self.brush = brush
        self.fore_mode = fore_mode
        self.back_mode = back_mode


@dataclass(init=False, repr=False, eq=False)
class Text(Record):
    """struct Text."""

    __slots__ = ("str", "back_area", "fore_brush", "back_brush", "fore_mode", "back_mode")
    str: String
    back_area: Rect  # box behind the text, empty for none
    fore_brush: Brush  # for the glyphs
    back_brush: Brush  # for the box behind
    fore_mode: int  # ropd for the glyphs
    back_mode: int  # ropd for the box behind
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("str", "str", s.Reference(s.Nested(String), True)),
        s.Field("back_area", "back_area", s.Nested(Rect)),
        s.Field("fore_brush", "fore_brush", s.Nested(Brush)),
        s.Field("back_brush", "back_brush", s.Nested(Brush)),
        s.Field("fore_mode", "fore_mode", s.U16),
        s.Field("back_mode", "back_mode", s.U16),
    )

    def __init__(self, str: String, back_area: Rect, fore_brush: Brush, back_brush: Brush, fore_mode: int, back_mode: int) -> None:
        self.str = str
        self.back_area = back_area
        self.fore_brush = fore_brush
        self.back_brush = back_brush
        self.fore_mode = fore_mode
        self.back_mode = back_mode


@dataclass(init=False, repr=False, eq=False)
class Transparent(Record):
    """struct Transparent."""

    __slots__ = ("src_bitmap", "src_area", "src_color", "true_color")
    src_bitmap: Image | None
    src_area: Rect  # part of the image, scaled to the box
    src_color: int  # the colour in the format of the guest's image
    true_color: int  # the colour as 0x00RRGGBB
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("src_bitmap", "src_bitmap", s.Reference(s.Nested(Image), False)),
        s.Field("src_area", "src_area", s.Nested(Rect)),
        s.Field("src_color", "src_color", s.U32),
        s.Field("true_color", "true_color", s.U32),
    )

    def __init__(self, src_area: Rect, src_color: int, true_color: int, *, src_bitmap: Image | None = None) -> None:
        self.src_bitmap = src_bitmap
        self.src_area = src_area
        self.src_color = src_color
        self.true_color = true_color


@dataclass(init=False, repr=False, eq=False)
class AlphaBlend(Record):
    """struct AlphaBlend."""

    __slots__ = ("alpha_flags", "alpha", "src_bitmap", "src_area")
    alpha_flags: int
    alpha: int  # 0 draws nothing, 255 leaves it to the image's own alpha
    src_bitmap: Image | None
    src_area: Rect  # part of the image, scaled to the box
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("alpha_flags", "alpha_flags", s.Number(0, 255, AlphaFlags, True)),
        s.Field("alpha", "alpha", s.U8),
        s.Field("src_bitmap", "src_bitmap", s.Reference(s.Nested(Image), False)),
        s.Field("src_area", "src_area", s.Nested(Rect)),
    )

    def __init__(self, alpha_flags: int, alpha: int, src_area: Rect, *, src_bitmap: Image | None = None) -> None:
        self.alpha_flags = alpha_flags
        self.alpha = alpha
        self.src_bitmap = src_bitmap
        self.src_area = src_area


@dataclass(init=False, repr=False, eq=False)
class Composite(Record):
    """struct Composite."""

    __slots__ = ("flags", "src_bitmap", "a", "b", "c", "src_origin", "mask_origin")
    flags: int
    src_bitmap: Image | None
    a: Image | None
    b: Transform | None
    c: Transform | None
    src_origin: Point16  # source pixel that meets the upper left corner of the box
    mask_origin: Point16  # mask pixel that meets the upper left corner of the box
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("flags", "flags", s.Number(0, 4294967295, CompositeFlags, True)),
        s.Field("src_bitmap", "src_bitmap", s.Reference(s.Nested(Image), False)),
        s.Field("a", "a", s.Union(("flags",), True, (s.Choice(((524288, False),), "mask_bitmap", s.Reference(s.Nested(Image), False)),))),
        s.Field("b", "b", s.Union(("flags",), True, (s.Choice(((1048576, False),), "src_transform", s.Nested(Transform)),))),
        s.Field("c", "c", s.Union(("flags",), True, (s.Choice(((2097152, False),), "mask_transform", s.Nested(Transform)),))),
        s.Field("src_origin", "src_origin", s.Nested(Point16)),
        s.Field("mask_origin", "mask_origin", s.Nested(Point16)),
    )

    def __init__(self, flags: int, src_origin: Point16, mask_origin: Point16, *, src_bitmap: Image | None = None, a: Image | None = None, b: Transform | None = None, c: Transform | None = None) -> None:
        self.flags = flags
        self.src_bitmap = src_bitmap
        self.a = a
        self.b = b
        self.c = c
        self.src_origin = src_origin
        self.mask_origin = mask_origin


@dataclass(init=False, repr=False, eq=False)
class CursorHeader(Record):
    """Size and identity of a pointer."""

    __slots__ = ("unique", "type", "width", "height", "hot_spot_x", "hot_spot_y")
    unique: int  # number for the cache of 256 pointers
    type: int
    width: int  # pixels
    height: int  # rows
    hot_spot_x: int  # pixel that points
    hot_spot_y: int
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("unique", "unique", s.U64),
        s.Field("type", "type", s.Number(0, 255, CursorType)),
        s.Field("width", "width", s.U16),
        s.Field("height", "height", s.U16),
        s.Field("hot_spot_x", "hot_spot_x", s.U16),
        s.Field("hot_spot_y", "hot_spot_y", s.U16),
    )

    def __init__(self, unique: int, type: int, width: int, height: int, hot_spot_x: int, hot_spot_y: int) -> None:
        self.unique = unique
        self.type = type
        self.width = width
        self.height = height
        self.hot_spot_x = hot_spot_x
        self.hot_spot_y = hot_spot_y


@dataclass(init=False, repr=False, eq=False)
class Cursor(Record):
    """Shape of the pointer."""

    __slots__ = ("flags", "u", "data")
    flags: int
    u: CursorHeader | None
    data: Buffer  # pixels by the header's type, up to the end of the message
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("flags", "flags", s.Number(0, 65535, CursorFlags, True)),
        s.Field("u", "u", s.Union(("flags",), True, (s.Choice(((1, True),), "header", s.Nested(CursorHeader)),))),
        s.Field("data", "data", s.Octets(None)),
    )

    def __init__(self, flags: int, data: Buffer, *, u: CursorHeader | None = None) -> None:
        self.flags = flags
        self.u = u
        self.data = data

_new_BinaryData = partial(object.__new__, BinaryData)
_new_BitmapData = partial(object.__new__, BitmapData)
_new_ChannelId = partial(object.__new__, ChannelId)
_new_ChannelWait = partial(object.__new__, ChannelWait)
_new_Head = partial(object.__new__, Head)
_new_Image = partial(object.__new__, Image)
_new_ImageDescriptor = partial(object.__new__, ImageDescriptor)
_new_JPEGAlphaData = partial(object.__new__, JPEGAlphaData)
_new_LZPLTData = partial(object.__new__, LZPLTData)
_new_Palette = partial(object.__new__, Palette)
_new_Path = partial(object.__new__, Path)
_new_PathSegment = partial(object.__new__, PathSegment)
_new_Point = partial(object.__new__, Point)
_new_PointFix = partial(object.__new__, PointFix)
_new_RasterGlyphA1 = partial(object.__new__, RasterGlyphA1)
_new_RasterGlyphA4 = partial(object.__new__, RasterGlyphA4)
_new_RasterGlyphA8 = partial(object.__new__, RasterGlyphA8)
_new_Rect = partial(object.__new__, Rect)
_new_ResourceID = partial(object.__new__, ResourceID)
_new_String = partial(object.__new__, String)
_new_Surface = partial(object.__new__, Surface)
_new_ZlibGlzRGBData = partial(object.__new__, ZlibGlzRGBData)
