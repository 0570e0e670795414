# Made by 'caraway proto build' from spice1.proto; do not edit.
"""Structs of Spice."""

from __future__ import annotations

from builtins import len as _len
from dataclasses import dataclass
from functools import partial
from struct import Struct, pack as _pack, unpack_from as _unpack_from
from typing import Any, ClassVar
from caraway.wire import schema as s
from caraway.wire.codec import Refused, beyond, length as _length, measure as _measure, not_filled, null, octets, outside, put_octets
from caraway.wire.limits import Extent
from caraway.wire.record import Buffer, Queue, Record, text_of
from caraway.messages._generated.spice1.enums import BitmapFlags, BitmapFmt, BrushType, ClipType, CursorFlags, CursorType, ImageFlags, ImageScaleMode, ImageType, LineFlags, MaskFlags, PathFlags, PubkeyType, Ropd, StringFlags

_struct_0 = Struct("<2i")
_iter_unpack_0 = _struct_0.iter_unpack
_pack_0 = _struct_0.pack
_unpack_from_0 = _struct_0.unpack_from
_struct_1 = Struct("<4i")
_iter_unpack_1 = _struct_1.iter_unpack
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
_pack_7 = _struct_7.pack
_unpack_from_7 = _struct_7.unpack_from
_struct_8 = Struct("<I")
_pack_8 = _struct_8.pack
_unpack_from_8 = _struct_8.unpack_from
_struct_9 = Struct("<BI")
_unpack_from_9 = _struct_9.unpack_from
_struct_10 = Struct("<Q2B2I2B3IQ")
_pack_10 = _struct_10.pack
_struct_11 = Struct("<Q2B3I")
_pack_11 = _struct_11.pack
_struct_12 = Struct("<Q2B2IBIQ")
_pack_12 = _struct_12.pack
_struct_13 = Struct("<2I")
_pack_13 = _struct_13.pack
_unpack_from_13 = _struct_13.unpack_from
_struct_14 = Struct("<4i2H")
_pack_14 = _struct_14.pack
_unpack_from_14 = _struct_14.unpack_from
_struct_15 = Struct("<2H")
_pack_15 = _struct_15.pack
_unpack_from_15 = _struct_15.unpack_from
_struct_16 = Struct("<BQ")
_pack_16 = _struct_16.pack
_unpack_from_16 = _struct_16.unpack_from


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
    """A half-open box of pixels: bottom and right lie just outside."""

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
    """Where a migration goes. The offsets of the C structs are on the wire as zeros."""

    __slots__ = ("port", "sport", "host_size", "pub_key_type", "pub_key_size", "host_data", "pub_key_data")
    port: int  # TCP port without TLS, 0 for none
    sport: int  # TCP port with TLS, 0 for none
    host_size: int  # bytes of the name, with its NUL
    pub_key_type: int
    pub_key_size: int  # bytes, 0 for none
    host_data: Buffer  # host name or address
    pub_key_data: Buffer  # key that the new host must show
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("port", "port", s.U16),
        s.Field("sport", "sport", s.U16),
        s.Field("host_size", "host_size", s.U32, derived=True),
        s.Field("pub_key_type", "pub_key_type", s.Number(0, 65535, PubkeyType), minor=1),
        s.Field("pub_key_size", "pub_key_size", s.U32, derived=True, minor=1),
        s.Field("host_data", "host_data", s.Octets(("host_size",)), text=True),
        s.Field("pub_key_data", "pub_key_data", s.Octets(("pub_key_size",)), minor=1),
    )

    def __init__(self, port: int, sport: int, pub_key_type: int, host_data: Buffer, pub_key_data: Buffer, *, host_size: int | None = None, pub_key_size: int | None = None) -> None:
        self.port = port
        self.sport = sport
        self.host_size = _len(host_data) if host_size is None else host_size
        self.pub_key_type = pub_key_type
        self.pub_key_size = _len(pub_key_data) if pub_key_size is None else pub_key_size
        self.host_data = host_data
        self.pub_key_data = pub_key_data

    @property
    def host_data_text(self) -> str:
        """``host_data`` as text, up to its NUL if it has one."""
        return text_of(self.host_data)


@dataclass(init=False, repr=False, eq=False)
class Palette(Record):
    """Colours of an image with 1, 4 or 8 bits for a pixel."""

    __slots__ = ("unique", "num_ents", "ents")
    unique: int  # number for the palette cache
    num_ents: int  # at most 256
    ents: list[int]  # 0x00RRGGBB
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
    """Uncompressed pixels; unlike in version 2 they are behind a pointer."""

    __slots__ = ("format", "flags", "x", "y", "stride", "pal", "data")
    format: int
    flags: int
    x: int  # width, pixels
    y: int  # height, rows
    stride: int  # bytes from one row to the next
    pal: int | Palette | None
    data: Buffer | None  # stride times y bytes
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("format", "format", s.Number(0, 255, BitmapFmt)),
        s.Field("flags", "flags", s.Number(0, 255, BitmapFlags, True)),
        s.Field("x", "x", s.U32),
        s.Field("y", "y", s.U32),
        s.Field("stride", "stride", s.U32),
        s.Field("pal", "pal", s.Union(("flags",), True, (s.Choice(((2, False),), "palette_id", s.U64), s.Choice((), "palette", s.Reference(s.Nested(Palette), False)),))),
        s.Field("data", "data", s.Reference(s.Octets(s.Image(8, ("stride",), ("y",))), False)),
    )

    def __init__(self, format: int, flags: int, x: int, y: int, stride: int, *, pal: int | Palette | None = None, data: Buffer | None = None) -> None:
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
    flags: int
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
class Surface(Record):
    """A surface as a source."""

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
    u: BitmapData | BinaryData | LZPLTData | Surface | None  # FROM_CACHE carries nothing more.
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("descriptor", "descriptor", s.Nested(ImageDescriptor)),
        s.Field("u", "u", s.Union(("descriptor", "type",), False, (s.Choice(((0, False),), "bitmap", s.Nested(BitmapData)), s.Choice(((1, False),), "quic", s.Nested(BinaryData)), s.Choice(((101, False), (102, False),), "lz_rgb", s.Nested(BinaryData)), s.Choice(((100, False),), "lz_plt", s.Nested(LZPLTData)), s.Choice(((104, False),), "surface", s.Nested(Surface)),))),
    )

    def __init__(self, descriptor: ImageDescriptor, *, u: BitmapData | BinaryData | LZPLTData | Surface | None = None) -> None:
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
                u_bitmap_pal_palette_at, = _unpack_from_7(data, pos)
                pos += 8
                if u_bitmap_pal_palette_at:
                    if u_bitmap_pal_palette_at >= len(data):
                        raise outside("Image.u.bitmap.pal.palette", u_bitmap_pal_palette_at, len(data))
                    u_bitmap.pal, stop = Palette._read(data, u_bitmap_pal_palette_at, len(data), extent, minor)
                    if extent is not None:
                        extent.add_range(u_bitmap_pal_palette_at, stop)
                else:
                    u_bitmap.pal = None
            u_bitmap_data_at, = _unpack_from_7(data, pos)
            pos += 8
            if u_bitmap_data_at:
                if u_bitmap_data_at >= len(data):
                    raise outside("Image.u.bitmap.data", u_bitmap_data_at, len(data))
                left = u_bitmap_stride * u_bitmap_y
                stop = u_bitmap_data_at + left
                if stop > len(data):
                    raise beyond("Image.u.bitmap.data", left, len(data) - u_bitmap_data_at, u_bitmap_data_at)
                u_bitmap.data = data[u_bitmap_data_at:stop]
                if extent is not None:
                    extent.add_range(u_bitmap_data_at, stop)
            else:
                u_bitmap.data = None
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
                u_lz_plt_pal_palette_at, = _unpack_from_7(data, pos)
                pos += 8
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
                out.append(_pack_10(descriptor.id, descriptor_type, descriptor.flags, descriptor.width, descriptor.height, u_bitmap.format, u_bitmap_flags, u_bitmap.x, u_bitmap_y, u_bitmap_stride, u_bitmap_pal))
                size += 40
            else:
                u_bitmap_pal_palette = u_bitmap_pal
                block = bytearray(_pack_10(descriptor.id, descriptor_type, descriptor.flags, descriptor.width, descriptor.height, u_bitmap.format, u_bitmap_flags, u_bitmap.x, u_bitmap_y, u_bitmap_stride, 0))
                out.append(block)
                if type(u_bitmap_pal_palette) is Palette:
                    queue.append((block, 32, Palette._write, u_bitmap_pal_palette))
                elif u_bitmap_pal_palette is not None:
                    raise Refused("u_bitmap_pal_palette must be a Palette")
                size += 40
            u_bitmap_data = u_bitmap.data
            if u_bitmap_data is not None and type(u_bitmap_data) is not bytes:
                u_bitmap_data = octets(u_bitmap_data)
            if (u_bitmap_stride * u_bitmap_y if u_bitmap_data is None else len(u_bitmap_data)) != u_bitmap_stride * u_bitmap_y:
                raise Refused("u_bitmap_data has another length than counted")
            if not u_bitmap_data:
                u_bitmap_data = None
            block = bytearray(_pack_7(0))
            out.append(block)
            if u_bitmap_data is not None:
                queue.append((block, 0, put_octets, u_bitmap_data))
            size += 8
        elif descriptor_type == 1:
            if type(u) is not BinaryData:
                raise Refused("u must be a BinaryData here")
            u_quic = u
            u_quic_data_size = u_quic.data_size
            out.append(_pack_11(descriptor.id, descriptor_type, descriptor.flags, descriptor.width, descriptor.height, u_quic_data_size))
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
            out.append(_pack_11(descriptor.id, descriptor_type, descriptor.flags, descriptor.width, descriptor.height, u_lz_rgb_data_size))
            u_lz_rgb_data = u_lz_rgb.data
            if type(u_lz_rgb_data) is not bytes:
                u_lz_rgb_data = octets(u_lz_rgb_data)
            if len(u_lz_rgb_data) != u_lz_rgb_data_size:
                raise Refused("u_lz_rgb_data has another length than counted")
            size += 22
            out.append(u_lz_rgb_data)
            size += u_lz_rgb_data_size
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
                out.append(_pack_12(descriptor.id, descriptor_type, descriptor.flags, descriptor.width, descriptor.height, u_lz_plt_flags, u_lz_plt_data_size, u_lz_plt_pal))
                size += 31
            else:
                u_lz_plt_pal_palette = u_lz_plt_pal
                if u_lz_plt_pal_palette is None:
                    raise Refused("u_lz_plt_pal_palette must not be null")
                block = bytearray(_pack_12(descriptor.id, descriptor_type, descriptor.flags, descriptor.width, descriptor.height, u_lz_plt_flags, u_lz_plt_data_size, 0))
                out.append(block)
                if type(u_lz_plt_pal_palette) is Palette:
                    queue.append((block, 23, Palette._write, u_lz_plt_pal_palette))
                elif u_lz_plt_pal_palette is not None:
                    raise Refused("u_lz_plt_pal_palette must be a Palette")
                size += 31
            u_lz_plt_data = u_lz_plt.data
            if type(u_lz_plt_data) is not bytes:
                u_lz_plt_data = octets(u_lz_plt_data)
            if len(u_lz_plt_data) != u_lz_plt_data_size:
                raise Refused("u_lz_plt_data has another length than counted")
            out.append(u_lz_plt_data)
            size += u_lz_plt_data_size
        elif descriptor_type == 104:
            if type(u) is not Surface:
                raise Refused("u must be a Surface here")
            u_surface = u
            out.append(_pack_11(descriptor.id, descriptor_type, descriptor.flags, descriptor.width, descriptor.height, u_surface.surface_id))
            size += 22
        elif u is not None:
            raise Refused("u must be None here")
        else:
            out.append(_pack_5(descriptor.id, descriptor_type, descriptor.flags, descriptor.width, descriptor.height))
            size += 18
        return size


@dataclass(init=False, repr=False, eq=False)
class PathSegment(Record):
    """A run of lines or curves that goes on from the last point of the one before."""

    __slots__ = ("flags", "count", "points")
    flags: int
    count: int  # points, a multiple of 3 with BEZIER
    points: list[PointFix]
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("flags", "flags", s.Number(0, 4294967295, PathFlags, True)),
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
        m.flags, count = _unpack_from_13(data, pos)
        pos += 8
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
        out.append(_pack_13(self.flags, count))
        points = self.points
        if len(points) != count:
            raise Refused("points has another length than counted")
        size += 8
        out += [_pack_0(points_item.x, points_item.y) for points_item in points]
        size += 8 * len(points)
        return size


@dataclass(init=False, repr=False, eq=False)
class Path(Record):
    """Lines and curves; the wire says how many bytes they take, not how many segments they are."""

    __slots__ = ("segments_size", "segments")
    segments_size: int  # bytes; segments must end exactly there
    segments: list[PathSegment]
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("segments_size", "segments_size", s.U32, derived=True),
        s.Field("segments", "segments", s.Items(s.Nested(PathSegment), ("segments_size",), True)),
    )

    def __init__(self, segments: list[PathSegment], *, segments_size: int | None = None) -> None:
        self.segments_size = _measure(segments) if segments_size is None else segments_size
        self.segments = segments

    @staticmethod
    def _read(data: Buffer, pos: int, end: int, extent: Extent | None, minor: int | None = None) -> tuple[Path, int]:
        m = _new_Path()
        segments_size, = _unpack_from_8(data, pos)
        pos += 4
        m.segments_size = segments_size
        stop = pos + segments_size
        if stop > end:
            raise beyond("Path.segments", segments_size, end - pos, pos)
        items = []
        while pos < stop:
            if extent is not None:
                extent.add_elements(1)
            item, pos = PathSegment._read(data, pos, stop, extent, minor)
            items.append(item)
        m.segments = items
        if pos != stop:
            raise not_filled("Path.segments", stop, pos)
        return m, pos

    def _write(self, out: list[Buffer], queue: Queue, size: int, minor: int | None = None) -> int:
        segments_size = self.segments_size
        out.append(_pack_8(segments_size))
        segments = self.segments
        size += 4
        start = size
        for segments_item in segments:
            if type(segments_item) is not PathSegment:
                raise Refused("segments must hold PathSegment")
            size = segments_item._write(out, queue, size, minor)
        if size - start != segments_size:
            raise Refused("segments takes another number of bytes than counted")
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

    @staticmethod
    def _read(data: Buffer, pos: int, end: int, extent: Extent | None, minor: int | None = None) -> tuple[ClipRects, int]:
        m = _new_ClipRects()
        num_rects, = _unpack_from_8(data, pos)
        pos += 4
        m.num_rects = num_rects
        if num_rects * 16 > end - pos:
            raise beyond("ClipRects.rects", num_rects * 16, end - pos, pos)
        if extent is not None:
            extent.add_elements(num_rects)
        stop = pos + num_rects * 16
        m.rects = [Rect(*v) for v in _iter_unpack_1(data[pos:stop])]
        pos = stop
        return m, pos

    def _write(self, out: list[Buffer], queue: Queue, size: int, minor: int | None = None) -> int:
        num_rects = self.num_rects
        out.append(_pack_8(num_rects))
        rects = self.rects
        if len(rects) != num_rects:
            raise Refused("rects has another length than counted")
        size += 4
        out += [_pack_1(rects_item.top, rects_item.left, rects_item.bottom, rects_item.right) for rects_item in rects]
        size += 16 * len(rects)
        return size


@dataclass(init=False, repr=False, eq=False)
class Clip(Record):
    """Where a drawing may change pixels. Always 12 bytes."""

    __slots__ = ("type", "u")
    type: int
    u: ClipRects | None
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("type", "type", s.Number(0, 4294967295, ClipType)),
        s.Field("u", "u", s.Union(("type",), False, (s.Choice(((1, False),), "rects", s.Reference(s.Nested(ClipRects), False)), s.Choice((), "data", None),))),
    )

    def __init__(self, type: int, *, u: ClipRects | None = None) -> None:
        self.type = type
        self.u = u


@dataclass(init=False, repr=False, eq=False)
class Pattern(Record):
    """An image repeated over the plane."""

    __slots__ = ("pat", "pos")
    pat: Image
    pos: Point  # screen position of the upper left corner of one repetition
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("pat", "pat", s.Reference(s.Nested(Image), True)),
        s.Field("pos", "pos", s.Nested(Point)),
    )

    def __init__(self, pat: Image, pos: Point) -> None:
        self.pat = pat
        self.pos = pos


@dataclass(init=False, repr=False, eq=False)
class Brush(Record):
    """What a shape is filled with. Always 20 bytes; what a case leaves over means nothing."""

    __slots__ = ("type", "u")
    type: int
    u: int | Pattern | None
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("type", "type", s.Number(0, 4294967295, BrushType)),
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
class LineAttr(Record):
    """Dashes of a line; what wider lines would need is on the wire as zeros."""

    __slots__ = ("flags", "style_nseg", "style")
    flags: int
    style_nseg: int  # dashes and gaps together, 0 without STYLED
    style: list[int] | None  # lengths in pixels, dash and gap in turns
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("flags", "flags", s.Number(0, 255, LineFlags, True)),
        s.Field("style_nseg", "style_nseg", s.U8, derived=True),
        s.Field("style", "style", s.Reference(s.Items(s.I32, ("style_nseg",)), False)),
    )

    def __init__(self, flags: int, *, style_nseg: int | None = None, style: list[int] | None = None) -> None:
        self.flags = flags
        self.style_nseg = (0 if style is None else _len(style)) if style_nseg is None else style_nseg
        self.style = style


@dataclass(init=False, repr=False, eq=False)
class RasterGlyphA1(Record):
    """A glyph with 1 bit for a pixel, leftmost in the highest bit."""

    __slots__ = ("render_pos", "glyph_origin", "width", "height", "data")
    render_pos: Point  # screen position of the pen
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
        render_pos.x, render_pos.y, glyph_origin.x, glyph_origin.y, width, height = _unpack_from_14(data, pos)
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
        out.append(_pack_14(render_pos.x, render_pos.y, glyph_origin.x, glyph_origin.y, width, height))
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
    render_pos: Point  # screen position of the pen
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
        render_pos.x, render_pos.y, glyph_origin.x, glyph_origin.y, width, height = _unpack_from_14(data, pos)
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
        out.append(_pack_14(render_pos.x, render_pos.y, glyph_origin.x, glyph_origin.y, width, height))
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
    render_pos: Point  # screen position of the pen
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
        render_pos.x, render_pos.y, glyph_origin.x, glyph_origin.y, width, height = _unpack_from_14(data, pos)
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
        out.append(_pack_14(render_pos.x, render_pos.y, glyph_origin.x, glyph_origin.y, width, height))
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
    """Glyphs that are drawn together."""

    __slots__ = ("length", "flags", "u")
    length: int  # glyphs
    flags: int
    u: list[RasterGlyphA1] | list[RasterGlyphA4] | list[RasterGlyphA8] | None
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("length", "length", s.U16, derived=True),
        s.Field("flags", "flags", s.Number(0, 65535, StringFlags, True)),
        s.Field("u", "u", s.Union(("flags",), True, (s.Choice(((1, False),), "glyphs", s.Items(s.Nested(RasterGlyphA1), ("length",))), s.Choice(((2, False),), "glyphs", s.Items(s.Nested(RasterGlyphA4), ("length",))), s.Choice(((4, False),), "glyphs", s.Items(s.Nested(RasterGlyphA8), ("length",))),))),
    )

    def __init__(self, flags: int, *, length: int | None = None, u: list[RasterGlyphA1] | list[RasterGlyphA4] | list[RasterGlyphA8] | None = None) -> None:
        self.length = (_length(u) if flags & 1 or flags & 2 or flags & 4 else 0) if length is None else length
        self.flags = flags
        self.u = u

    @staticmethod
    def _read(data: Buffer, pos: int, end: int, extent: Extent | None, minor: int | None = None) -> tuple[String, int]:
        m = _new_String()
        length, flags = _unpack_from_15(data, pos)
        pos += 4
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
            out.append(_pack_15(length, flags))
            u_glyphs = u
            if len(u_glyphs) != length:
                raise Refused("u_glyphs has another length than counted")
            size += 4
            for u_glyphs_item in u_glyphs:
                if type(u_glyphs_item) is not RasterGlyphA1:
                    raise Refused("u_glyphs must hold RasterGlyphA1")
                size = u_glyphs_item._write(out, queue, size, minor)
        elif flags & 2:
            if u is None:
                raise Refused("u must not be None here")
            out.append(_pack_15(length, flags))
            u_glyphs = u
            if len(u_glyphs) != length:
                raise Refused("u_glyphs has another length than counted")
            size += 4
            for u_glyphs_item in u_glyphs:
                if type(u_glyphs_item) is not RasterGlyphA4:
                    raise Refused("u_glyphs must hold RasterGlyphA4")
                size = u_glyphs_item._write(out, queue, size, minor)
        elif flags & 4:
            if u is None:
                raise Refused("u must not be None here")
            out.append(_pack_15(length, flags))
            u_glyphs = u
            if len(u_glyphs) != length:
                raise Refused("u_glyphs has another length than counted")
            size += 4
            for u_glyphs_item in u_glyphs:
                if type(u_glyphs_item) is not RasterGlyphA8:
                    raise Refused("u_glyphs must hold RasterGlyphA8")
                size = u_glyphs_item._write(out, queue, size, minor)
        elif u is not None:
            raise Refused("u must be None here")
        else:
            out.append(_pack_15(length, flags))
            size += 4
        return size


@dataclass(init=False, repr=False, eq=False)
class DisplayBase(Record):
    """What all drawings say."""

    __slots__ = ("surface_id", "box", "clip")
    surface_id: int  # the only screen
    box: Rect  # pixels the drawing covers
    clip: Clip  # of these, the pixels it may change
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("surface_id", "surface_id", s.U32, constant=0),
        s.Field("box", "box", s.Nested(Rect)),
        s.Field("clip", "clip", s.Nested(Clip)),
    )

    def __init__(self, box: Rect, clip: Clip, *, surface_id: int = 0) -> None:
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
        m.type, m.id = _unpack_from_16(data, pos)
        pos += 9
        return m, pos

    def _write(self, out: list[Buffer], queue: Queue, size: int, minor: int | None = None) -> int:
        out.append(_pack_16(self.type, self.id))
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
    rop3: int  # truth table, as Windows numbers it
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
        s.Field("alpha_flags", "alpha_flags", s.U8, constant=0),
        s.Field("alpha", "alpha", s.U8),
        s.Field("src_bitmap", "src_bitmap", s.Reference(s.Nested(Image), False)),
        s.Field("src_area", "src_area", s.Nested(Rect)),
    )

    def __init__(self, alpha: int, src_area: Rect, *, alpha_flags: int = 0, src_bitmap: Image | None = None) -> None:
        self.alpha_flags = alpha_flags
        self.alpha = alpha
        self.src_bitmap = src_bitmap
        self.src_area = src_area


@dataclass(init=False, repr=False, eq=False)
class CursorHeader(Record):
    """Size and identity of a pointer."""

    __slots__ = ("unique", "type", "width", "height", "hot_spot_x", "hot_spot_y")
    unique: int  # number for the cache
    type: int
    width: int  # pixels
    height: int  # rows
    hot_spot_x: int  # pixel that points
    hot_spot_y: int
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("unique", "unique", s.U64),
        s.Field("type", "type", s.Number(0, 65535, CursorType)),
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
    """Shape of the pointer; the header is always there."""

    __slots__ = ("flags", "header", "data")
    flags: int
    header: CursorHeader
    data: Buffer  # pixels by the header's type, up to the end of the message
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("flags", "flags", s.Number(0, 4294967295, CursorFlags, True)),
        s.Field("header", "header", s.Nested(CursorHeader)),
        s.Field("data", "data", s.Octets(None)),
    )

    def __init__(self, flags: int, header: CursorHeader, data: Buffer) -> None:
        self.flags = flags
        self.header = header
        self.data = data

_new_BinaryData = partial(object.__new__, BinaryData)
_new_BitmapData = partial(object.__new__, BitmapData)
_new_ChannelId = partial(object.__new__, ChannelId)
_new_ChannelWait = partial(object.__new__, ChannelWait)
_new_ClipRects = partial(object.__new__, ClipRects)
_new_Image = partial(object.__new__, Image)
_new_ImageDescriptor = partial(object.__new__, ImageDescriptor)
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
