# Made by 'caraway proto build' from spice.proto; do not edit.
"""One screen: surfaces, drawings, video streams. Everything is drawn in the order of arrival. The
language lets most source images be null; a drawing whose source is null has no effect.
"""

from __future__ import annotations

from builtins import len as _len
from dataclasses import dataclass
from functools import partial
from struct import Struct, error as _error, pack as _pack, unpack_from as _unpack_from
from typing import ClassVar
from caraway.wire import schema as s
from caraway.wire.codec import Refused, UNSENDABLE, beyond, drain, ends_early, negative, null, number_putter, octets, outside, prefix, refuse, settle
from caraway.wire.limits import Extent, Limits, SMALL, check_size
from caraway.wire.record import Buffer, Message, Queue
from caraway.messages._generated.spice.enums import GlScanoutFlags, ImageCompression, StreamFlags, SurfaceFlags, SurfaceFmt, VideoCodecType
from caraway.messages._generated.spice.structs import AlphaBlend, Blackness, Blend, Brush, ChannelWait, Clip, ClipRects, Composite, Copy, DisplayBase, Fill, Head, Image, Invers, LineAttr, Opaque, Path, Pattern, Point, Point16, QMask, Rect, ResourceID, Rop3, StreamDataHeader, String, Stroke, Text, Transform, Transparent, Whiteness
from caraway.messages._generated.spice import base

_patch = Struct("<I").pack_into
_struct_0 = Struct("<3I")
_pack_0 = _struct_0.pack
_unpack_0 = _struct_0.unpack
_unpack_from_0 = _struct_0.unpack_from
_struct_1 = Struct("<I4iB")
_pack_1 = _struct_1.pack
_unpack_from_1 = _struct_1.unpack_from
_struct_2 = Struct("<I")
_pack_2 = _struct_2.pack
_unpack_2 = _struct_2.unpack
_unpack_from_2 = _struct_2.unpack_from
_struct_3 = Struct("<4i")
_iter_unpack_3 = _struct_3.iter_unpack
_pack_3 = _struct_3.pack
_struct_4 = Struct("<2i")
_pack_4 = _struct_4.pack
_unpack_from_4 = _struct_4.unpack_from
_struct_5 = Struct("<I4iBI")
_pack_5 = _struct_5.pack
_struct_6 = Struct("<H")
_pack_6 = _struct_6.pack
_unpack_from_6 = _struct_6.unpack_from
_struct_7 = Struct("<BQ")
_iter_unpack_7 = _struct_7.iter_unpack
_pack_7 = _struct_7.pack
_struct_8 = Struct("<B")
_pack_8 = _struct_8.pack
_unpack_8 = _struct_8.unpack
_unpack_from_8 = _struct_8.unpack_from
_struct_9 = Struct("<2BQ")
_iter_unpack_9 = _struct_9.iter_unpack
_pack_9 = _struct_9.pack
_struct_10 = Struct("<Q")
_pack_10 = _struct_10.pack
_unpack_10 = _struct_10.unpack
_struct_11 = Struct("<2I2BQ4I4iB")
_pack_11 = _struct_11.pack
_unpack_from_11 = _struct_11.unpack_from
_struct_12 = Struct("<2I2BQ4I4iBI")
_pack_12 = _struct_12.pack
_struct_13 = Struct("<IB")
_pack_13 = _struct_13.pack
_unpack_from_13 = _struct_13.unpack_from
_struct_14 = Struct("<IBI")
_pack_14 = _struct_14.pack
_struct_15 = Struct("<I2i")
_pack_15 = _struct_15.pack
_unpack_from_15 = _struct_15.unpack_from
_struct_16 = Struct("<HB2iI")
_pack_16 = _struct_16.pack
_unpack_from_16 = _struct_16.unpack_from
_struct_17 = Struct("<BI")
_pack_17 = _struct_17.pack
_struct_18 = Struct("<BI2i")
_pack_18 = _struct_18.pack
_struct_19 = Struct("<H2B2iI")
_pack_19 = _struct_19.pack
_unpack_from_19 = _struct_19.unpack_from
_struct_20 = Struct("<I4iH2B2iI")
_pack_20 = _struct_20.pack
_unpack_from_20 = _struct_20.unpack_from
_struct_21 = Struct("<B2iI")
_pack_21 = _struct_21.pack
_unpack_from_21 = _struct_21.unpack_from
_struct_22 = Struct("<3B2iI")
_pack_22 = _struct_22.pack
_unpack_from_22 = _struct_22.unpack_from
_struct_23 = Struct("<2H")
_pack_23 = _struct_23.pack
_unpack_from_23 = _struct_23.unpack_from
_struct_24 = Struct("<I4i2I")
_pack_24 = _struct_24.pack
_unpack_from_24 = _struct_24.unpack_from
_struct_25 = Struct("<2BI4i")
_pack_25 = _struct_25.pack
_unpack_from_25 = _struct_25.unpack_from
_struct_26 = Struct("<5I")
_pack_26 = _struct_26.pack
_unpack_26 = _struct_26.unpack
_struct_27 = Struct("<4I4iI")
_pack_27 = _struct_27.pack
_unpack_from_27 = _struct_27.unpack_from
_struct_28 = Struct("<7I")
_iter_unpack_28 = _struct_28.iter_unpack
_pack_28 = _struct_28.pack
_struct_29 = Struct("<2I")
_pack_29 = _struct_29.pack
_unpack_from_29 = _struct_29.unpack_from
_struct_30 = Struct("<6I")
_pack_30 = _struct_30.pack
_unpack_from_30 = _struct_30.unpack_from
_struct_31 = Struct("<4h")
_pack_31 = _struct_31.pack
_unpack_from_31 = _struct_31.unpack_from
_struct_32 = Struct("<4I")
_pack_32 = _struct_32.pack
_unpack_32 = _struct_32.unpack
_struct_33 = Struct("<BqBi")
_pack_33 = _struct_33.pack
_unpack_33 = _struct_33.unpack
_struct_34 = Struct("<6IiI")
_pack_34 = _struct_34.pack
_unpack_34 = _struct_34.unpack
_put_0 = number_putter("i", 4)


@dataclass(init=False, repr=False, eq=False)
class ServerMode(Message):
    """Size of the screen, in the time before surfaces. Known servers never send it.

    DisplayChannel, server message 101.
    """

    CHANNEL: ClassVar[str] = "display"
    DIRECTION: ClassVar[str] = "server"
    NAME: ClassVar[str] = "mode"
    NUMBER: ClassVar[int] = 101
    __slots__ = ("x_res", "y_res", "bits")
    x_res: int  # pixels
    y_res: int  # rows
    bits: int  # bits for a pixel
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("x_res", "x_res", s.U32),
        s.Field("y_res", "y_res", s.U32),
        s.Field("bits", "bits", s.U32),
    )

    def __init__(self, x_res: int, y_res: int, bits: int) -> None:
        self.x_res = x_res
        self.y_res = y_res
        self.bits = bits

    @staticmethod
    def parse(data: Buffer, limits: Limits | None = None, minor: int | None = None) -> ServerMode:
        if limits is not None:
            check_size(len(data), limits)
        try:
            m = _new_ServerMode()
            m.x_res, m.y_res, m.bits = _unpack_0(data)
            return m
        except _error:
            return ServerMode.parse(prefix("display server mode", data, 12, limits), None, minor)

    def write_buffers(self, minor: int | None = None) -> list[Buffer]:
        try:
            return [_pack_0(self.x_res, self.y_res, self.bits)]
        except UNSENDABLE as error:
            refuse(self, error, minor)


@dataclass(init=False, repr=False, eq=False)
class ServerMark(Message):
    """The screen is complete: show it. Sent when the first content has been drawn.

    DisplayChannel, server message 102.
    """

    CHANNEL: ClassVar[str] = "display"
    DIRECTION: ClassVar[str] = "server"
    NAME: ClassVar[str] = "mark"
    NUMBER: ClassVar[int] = 102
    __slots__ = ()
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
    )

    def __init__(self) -> None:
        pass

    @staticmethod
    def parse(data: Buffer, limits: Limits | None = None, minor: int | None = None) -> ServerMark:
        if data:
            settle(0, data, limits)
        m = _new_ServerMark()
        return m

    def write_buffers(self, minor: int | None = None) -> list[Buffer]:
        try:
            return [b""]
        except UNSENDABLE as error:
            refuse(self, error, minor)


@dataclass(init=False, repr=False, eq=False)
class ServerReset(Message):
    """Forget all surfaces and streams. Known servers never send it.

    DisplayChannel, server message 103.
    """

    CHANNEL: ClassVar[str] = "display"
    DIRECTION: ClassVar[str] = "server"
    NAME: ClassVar[str] = "reset"
    NUMBER: ClassVar[int] = 103
    __slots__ = ()
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
    )

    def __init__(self) -> None:
        pass

    @staticmethod
    def parse(data: Buffer, limits: Limits | None = None, minor: int | None = None) -> ServerReset:
        if data:
            settle(0, data, limits)
        m = _new_ServerReset()
        return m

    def write_buffers(self, minor: int | None = None) -> list[Buffer]:
        try:
            return [b""]
        except UNSENDABLE as error:
            refuse(self, error, minor)


@dataclass(init=False, repr=False, eq=False)
class ServerCopyBits(Message):
    """Moves pixels inside a surface. Source and destination may overlap.

    DisplayChannel, server message 104.
    """

    CHANNEL: ClassVar[str] = "display"
    DIRECTION: ClassVar[str] = "server"
    NAME: ClassVar[str] = "copy_bits"
    NUMBER: ClassVar[int] = 104
    __slots__ = ("base", "src_pos")
    base: DisplayBase
    src_pos: Point  # upper left corner of the source
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("base", "base", s.Nested(DisplayBase)),
        s.Field("src_pos", "src_pos", s.Nested(Point)),
    )

    def __init__(self, base: DisplayBase, src_pos: Point) -> None:
        self.base = base
        self.src_pos = src_pos

    @staticmethod
    def parse(data: Buffer, limits: Limits | None = None, minor: int | None = None) -> ServerCopyBits:
        end = len(data)
        extent = None if limits is None and end < SMALL else Extent(end, limits)
        try:
            m = _new_ServerCopyBits()
            m.base = base = _new_DisplayBase()
            base.box = base_box = _new_Rect()
            base.clip = base_clip = _new_Clip()
            base.surface_id, base_box.top, base_box.left, base_box.bottom, base_box.right, base_clip_type = _unpack_from_1(data)
            base_clip.type = base_clip_type
            pos = 21
            if base_clip_type == 1:
                base_clip.u = base_clip_u_rects = _new_ClipRects()
                base_clip_u_rects_num_rects, = _unpack_from_2(data, pos)
                pos += 4
                base_clip_u_rects.num_rects = base_clip_u_rects_num_rects
                if base_clip_u_rects_num_rects * 16 > end - pos:
                    raise beyond("base.clip.u.rects.rects", base_clip_u_rects_num_rects * 16, end - pos, pos)
                if extent is not None:
                    extent.add_elements(base_clip_u_rects_num_rects)
                stop = pos + base_clip_u_rects_num_rects * 16
                base_clip_u_rects.rects = [Rect(*v) for v in _iter_unpack_3(data[pos:stop])]
                pos = stop
            else:
                base_clip.u = None
            m.src_pos = src_pos = _new_Point()
            src_pos.x, src_pos.y = _unpack_from_4(data, pos)
            pos += 8
            if extent is not None:
                extent.add_range(0, pos)
                extent.finish(end)
            return m
        except _error:
            raise ends_early("display server copy_bits", data) from None

    def write_buffers(self, minor: int | None = None) -> list[Buffer]:
        try:
            out: list[Buffer] = []
            queue: Queue = []
            size = 0
            base = self.base
            base_box = base.box
            base_clip = base.clip
            base_clip_type = base_clip.type
            base_clip_u = base_clip.u
            if base_clip_type == 1:
                if type(base_clip_u) is not ClipRects:
                    raise Refused("base_clip_u must be a ClipRects here")
                base_clip_u_rects = base_clip_u
                base_clip_u_rects_num_rects = base_clip_u_rects.num_rects
                out.append(_pack_5(base.surface_id, base_box.top, base_box.left, base_box.bottom, base_box.right, base_clip_type, base_clip_u_rects_num_rects))
                base_clip_u_rects_rects = base_clip_u_rects.rects
                if len(base_clip_u_rects_rects) != base_clip_u_rects_num_rects:
                    raise Refused("base_clip_u_rects_rects has another length than counted")
                out += [_pack_3(base_clip_u_rects_rects_item.top, base_clip_u_rects_rects_item.left, base_clip_u_rects_rects_item.bottom, base_clip_u_rects_rects_item.right) for base_clip_u_rects_rects_item in base_clip_u_rects_rects]
            elif base_clip_u is not None:
                raise Refused("base_clip_u must be None here")
            else:
                out.append(_pack_1(base.surface_id, base_box.top, base_box.left, base_box.bottom, base_box.right, base_clip_type))
            src_pos = self.src_pos
            out.append(_pack_4(src_pos.x, src_pos.y))
            return out
        except UNSENDABLE as error:
            refuse(self, error, minor)


@dataclass(init=False, repr=False, eq=False)
class ServerInvalList(Message):
    """Images that the client must drop from its cache.

    DisplayChannel, server message 105.
    """

    CHANNEL: ClassVar[str] = "display"
    DIRECTION: ClassVar[str] = "server"
    NAME: ClassVar[str] = "inval_list"
    NUMBER: ClassVar[int] = 105
    __slots__ = ("count", "resources")
    count: int
    resources: list[ResourceID]
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("count", "count", s.U16, derived=True),
        s.Field("resources", "resources", s.Items(s.Nested(ResourceID), ("count",))),
    )

    def __init__(self, resources: list[ResourceID], *, count: int | None = None) -> None:
        self.count = _len(resources) if count is None else count
        self.resources = resources

    @staticmethod
    def parse(data: Buffer, limits: Limits | None = None, minor: int | None = None) -> ServerInvalList:
        end = len(data)
        extent = None if limits is None and end < SMALL else Extent(end, limits)
        try:
            m = _new_ServerInvalList()
            count, = _unpack_from_6(data)
            m.count = count
            pos = 2
            if count * 9 > end - pos:
                raise beyond("resources", count * 9, end - pos, pos)
            if extent is not None:
                extent.add_elements(count)
            stop = pos + count * 9
            m.resources = [ResourceID(*v) for v in _iter_unpack_7(data[pos:stop])]
            pos = stop
            if extent is not None:
                extent.add_range(0, pos)
                extent.finish(end)
            return m
        except _error:
            raise ends_early("display server inval_list", data) from None

    def write_buffers(self, minor: int | None = None) -> list[Buffer]:
        try:
            out: list[Buffer] = []
            queue: Queue = []
            size = 0
            count = self.count
            out.append(_pack_6(count))
            resources = self.resources
            if len(resources) != count:
                raise Refused("resources has another length than counted")
            out += [_pack_7(resources_item.type, resources_item.id) for resources_item in resources]
            return out
        except UNSENDABLE as error:
            refuse(self, error, minor)


@dataclass(init=False, repr=False, eq=False)
class ServerInvalAllPixmaps(Message):
    """Drop all cached images, once the other channels that use the cache are far enough.

    DisplayChannel, server message 106.
    """

    CHANNEL: ClassVar[str] = "display"
    DIRECTION: ClassVar[str] = "server"
    NAME: ClassVar[str] = "inval_all_pixmaps"
    NUMBER: ClassVar[int] = 106
    __slots__ = ("wait_count", "wait_list")
    wait_count: int
    wait_list: list[ChannelWait]  # as in wait_for_channels
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("wait_count", "wait_count", s.U8, derived=True),
        s.Field("wait_list", "wait_list", s.Items(s.Nested(ChannelWait), ("wait_count",))),
    )

    def __init__(self, wait_list: list[ChannelWait], *, wait_count: int | None = None) -> None:
        self.wait_count = _len(wait_list) if wait_count is None else wait_count
        self.wait_list = wait_list

    @staticmethod
    def parse(data: Buffer, limits: Limits | None = None, minor: int | None = None) -> ServerInvalAllPixmaps:
        end = len(data)
        extent = None if limits is None and end < SMALL else Extent(end, limits)
        try:
            m = _new_ServerInvalAllPixmaps()
            wait_count, = _unpack_from_8(data)
            m.wait_count = wait_count
            pos = 1
            if wait_count * 10 > end - pos:
                raise beyond("wait_list", wait_count * 10, end - pos, pos)
            if extent is not None:
                extent.add_elements(wait_count)
            stop = pos + wait_count * 10
            m.wait_list = [ChannelWait(*v) for v in _iter_unpack_9(data[pos:stop])]
            pos = stop
            if extent is not None:
                extent.add_range(0, pos)
                extent.finish(end)
            return m
        except _error:
            raise ends_early("display server inval_all_pixmaps", data) from None

    def write_buffers(self, minor: int | None = None) -> list[Buffer]:
        try:
            out: list[Buffer] = []
            queue: Queue = []
            size = 0
            wait_count = self.wait_count
            out.append(_pack_8(wait_count))
            wait_list = self.wait_list
            if len(wait_list) != wait_count:
                raise Refused("wait_list has another length than counted")
            out += [_pack_9(wait_list_item.channel_type, wait_list_item.channel_id, wait_list_item.message_serial) for wait_list_item in wait_list]
            return out
        except UNSENDABLE as error:
            refuse(self, error, minor)


@dataclass(init=False, repr=False, eq=False)
class ServerInvalPalette(Message):
    """Drop one palette from the cache.

    DisplayChannel, server message 107.
    """

    CHANNEL: ClassVar[str] = "display"
    DIRECTION: ClassVar[str] = "server"
    NAME: ClassVar[str] = "inval_palette"
    NUMBER: ClassVar[int] = 107
    __slots__ = ("id",)
    id: int  # "unique" of the palette
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("id", "id", s.U64),
    )

    def __init__(self, id: int) -> None:
        self.id = id

    @staticmethod
    def parse(data: Buffer, limits: Limits | None = None, minor: int | None = None) -> ServerInvalPalette:
        if limits is not None:
            check_size(len(data), limits)
        try:
            m = _new_ServerInvalPalette()
            m.id, = _unpack_10(data)
            return m
        except _error:
            return ServerInvalPalette.parse(prefix("display server inval_palette", data, 8, limits), None, minor)

    def write_buffers(self, minor: int | None = None) -> list[Buffer]:
        try:
            return [_pack_10(self.id)]
        except UNSENDABLE as error:
            refuse(self, error, minor)


@dataclass(init=False, repr=False, eq=False)
class ServerInvalAllPalettes(Message):
    """Drop all palettes; sent when the channel starts.

    DisplayChannel, server message 108.
    """

    CHANNEL: ClassVar[str] = "display"
    DIRECTION: ClassVar[str] = "server"
    NAME: ClassVar[str] = "inval_all_palettes"
    NUMBER: ClassVar[int] = 108
    __slots__ = ()
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
    )

    def __init__(self) -> None:
        pass

    @staticmethod
    def parse(data: Buffer, limits: Limits | None = None, minor: int | None = None) -> ServerInvalAllPalettes:
        if data:
            settle(0, data, limits)
        m = _new_ServerInvalAllPalettes()
        return m

    def write_buffers(self, minor: int | None = None) -> list[Buffer]:
        try:
            return [b""]
        except UNSENDABLE as error:
            refuse(self, error, minor)


@dataclass(init=False, repr=False, eq=False)
class ServerStreamCreate(Message):
    """Starts a video stream. Its frames follow as stream_data.

    DisplayChannel, server message 122.
    """

    CHANNEL: ClassVar[str] = "display"
    DIRECTION: ClassVar[str] = "server"
    NAME: ClassVar[str] = "stream_create"
    NUMBER: ClassVar[int] = 122
    __slots__ = ("surface_id", "id", "flags", "codec_type", "stamp", "stream_width", "stream_height", "src_width", "src_height", "dest", "clip")
    surface_id: int
    id: int  # stream number, below 64
    flags: int
    codec_type: int
    stamp: int  # not used by known clients
    stream_width: int  # size of a frame as coded
    stream_height: int
    src_width: int  # part of the frame that is shown
    src_height: int
    dest: Rect  # where it is shown, scaled to fit
    clip: Clip
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("surface_id", "surface_id", s.U32),
        s.Field("id", "id", s.U32),
        s.Field("flags", "flags", s.Number(0, 255, StreamFlags, True)),
        s.Field("codec_type", "codec_type", s.Number(0, 255, VideoCodecType)),
        s.Field("stamp", "stamp", s.U64),
        s.Field("stream_width", "stream_width", s.U32),
        s.Field("stream_height", "stream_height", s.U32),
        s.Field("src_width", "src_width", s.U32),
        s.Field("src_height", "src_height", s.U32),
        s.Field("dest", "dest", s.Nested(Rect)),
        s.Field("clip", "clip", s.Nested(Clip)),
    )

    def __init__(self, surface_id: int, id: int, flags: int, codec_type: int, stamp: int, stream_width: int, stream_height: int, src_width: int, src_height: int, dest: Rect, clip: Clip) -> None:
        self.surface_id = surface_id
        self.id = id
        self.flags = flags
        self.codec_type = codec_type
        self.stamp = stamp
        self.stream_width = stream_width
        self.stream_height = stream_height
        self.src_width = src_width
        self.src_height = src_height
        self.dest = dest
        self.clip = clip

    @staticmethod
    def parse(data: Buffer, limits: Limits | None = None, minor: int | None = None) -> ServerStreamCreate:
        end = len(data)
        extent = None if limits is None and end < SMALL else Extent(end, limits)
        try:
            m = _new_ServerStreamCreate()
            m.dest = dest = _new_Rect()
            m.clip = clip = _new_Clip()
            m.surface_id, m.id, m.flags, m.codec_type, m.stamp, m.stream_width, m.stream_height, m.src_width, m.src_height, dest.top, dest.left, dest.bottom, dest.right, clip_type = _unpack_from_11(data)
            clip.type = clip_type
            pos = 51
            if clip_type == 1:
                clip.u = clip_u_rects = _new_ClipRects()
                clip_u_rects_num_rects, = _unpack_from_2(data, pos)
                pos += 4
                clip_u_rects.num_rects = clip_u_rects_num_rects
                if clip_u_rects_num_rects * 16 > end - pos:
                    raise beyond("clip.u.rects.rects", clip_u_rects_num_rects * 16, end - pos, pos)
                if extent is not None:
                    extent.add_elements(clip_u_rects_num_rects)
                stop = pos + clip_u_rects_num_rects * 16
                clip_u_rects.rects = [Rect(*v) for v in _iter_unpack_3(data[pos:stop])]
                pos = stop
            else:
                clip.u = None
            if extent is not None:
                extent.add_range(0, pos)
                extent.finish(end)
            return m
        except _error:
            raise ends_early("display server stream_create", data) from None

    def write_buffers(self, minor: int | None = None) -> list[Buffer]:
        try:
            out: list[Buffer] = []
            queue: Queue = []
            size = 0
            dest = self.dest
            clip = self.clip
            clip_type = clip.type
            clip_u = clip.u
            if clip_type == 1:
                if type(clip_u) is not ClipRects:
                    raise Refused("clip_u must be a ClipRects here")
                clip_u_rects = clip_u
                clip_u_rects_num_rects = clip_u_rects.num_rects
                out.append(_pack_12(self.surface_id, self.id, self.flags, self.codec_type, self.stamp, self.stream_width, self.stream_height, self.src_width, self.src_height, dest.top, dest.left, dest.bottom, dest.right, clip_type, clip_u_rects_num_rects))
                clip_u_rects_rects = clip_u_rects.rects
                if len(clip_u_rects_rects) != clip_u_rects_num_rects:
                    raise Refused("clip_u_rects_rects has another length than counted")
                out += [_pack_3(clip_u_rects_rects_item.top, clip_u_rects_rects_item.left, clip_u_rects_rects_item.bottom, clip_u_rects_rects_item.right) for clip_u_rects_rects_item in clip_u_rects_rects]
            elif clip_u is not None:
                raise Refused("clip_u must be None here")
            else:
                out.append(_pack_11(self.surface_id, self.id, self.flags, self.codec_type, self.stamp, self.stream_width, self.stream_height, self.src_width, self.src_height, dest.top, dest.left, dest.bottom, dest.right, clip_type))
            return out
        except UNSENDABLE as error:
            refuse(self, error, minor)


@dataclass(init=False, repr=False, eq=False)
class ServerStreamData(Message):
    """One frame of a stream.

    DisplayChannel, server message 123.
    """

    CHANNEL: ClassVar[str] = "display"
    DIRECTION: ClassVar[str] = "server"
    NAME: ClassVar[str] = "stream_data"
    NUMBER: ClassVar[int] = 123
    __slots__ = ("base", "data_size", "data")
    base: StreamDataHeader
    data_size: int  # bytes
    data: Buffer  # in the codec of the stream
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("base", "base", s.Nested(StreamDataHeader)),
        s.Field("data_size", "data_size", s.U32, derived=True),
        s.Field("data", "data", s.Octets(("data_size",))),
    )

    def __init__(self, base: StreamDataHeader, data: Buffer, *, data_size: int | None = None) -> None:
        self.base = base
        self.data_size = _len(data) if data_size is None else data_size
        self.data = data

    @staticmethod
    def parse(data: Buffer, limits: Limits | None = None, minor: int | None = None) -> ServerStreamData:
        end = len(data)
        try:
            m = _new_ServerStreamData()
            m.base = base = _new_StreamDataHeader()
            base.id, base.multi_media_time, data_size = _unpack_from_0(data)
            m.data_size = data_size
            stop = 12 + data_size
            if stop > end:
                raise beyond("data", data_size, end - 12, 12)
            m.data = data[12:stop]
            if limits is not None or end >= SMALL:
                settle(stop, data, limits)
            return m
        except _error:
            raise ends_early("display server stream_data", data) from None

    def write_buffers(self, minor: int | None = None) -> list[Buffer]:
        try:
            out: list[Buffer] = []
            queue: Queue = []
            size = 0
            base = self.base
            data_size = self.data_size
            out.append(_pack_0(base.id, base.multi_media_time, data_size))
            data = self.data
            if type(data) is not bytes:
                data = octets(data)
            if len(data) != data_size:
                raise Refused("data has another length than counted")
            out.append(data)
            return out
        except UNSENDABLE as error:
            refuse(self, error, minor)


@dataclass(init=False, repr=False, eq=False)
class ServerStreamClip(Message):
    """New clip of a stream.

    DisplayChannel, server message 124.
    """

    CHANNEL: ClassVar[str] = "display"
    DIRECTION: ClassVar[str] = "server"
    NAME: ClassVar[str] = "stream_clip"
    NUMBER: ClassVar[int] = 124
    __slots__ = ("id", "clip")
    id: int  # stream
    clip: Clip
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("id", "id", s.U32),
        s.Field("clip", "clip", s.Nested(Clip)),
    )

    def __init__(self, id: int, clip: Clip) -> None:
        self.id = id
        self.clip = clip

    @staticmethod
    def parse(data: Buffer, limits: Limits | None = None, minor: int | None = None) -> ServerStreamClip:
        end = len(data)
        extent = None if limits is None and end < SMALL else Extent(end, limits)
        try:
            m = _new_ServerStreamClip()
            m.clip = clip = _new_Clip()
            m.id, clip_type = _unpack_from_13(data)
            clip.type = clip_type
            pos = 5
            if clip_type == 1:
                clip.u = clip_u_rects = _new_ClipRects()
                clip_u_rects_num_rects, = _unpack_from_2(data, pos)
                pos += 4
                clip_u_rects.num_rects = clip_u_rects_num_rects
                if clip_u_rects_num_rects * 16 > end - pos:
                    raise beyond("clip.u.rects.rects", clip_u_rects_num_rects * 16, end - pos, pos)
                if extent is not None:
                    extent.add_elements(clip_u_rects_num_rects)
                stop = pos + clip_u_rects_num_rects * 16
                clip_u_rects.rects = [Rect(*v) for v in _iter_unpack_3(data[pos:stop])]
                pos = stop
            else:
                clip.u = None
            if extent is not None:
                extent.add_range(0, pos)
                extent.finish(end)
            return m
        except _error:
            raise ends_early("display server stream_clip", data) from None

    def write_buffers(self, minor: int | None = None) -> list[Buffer]:
        try:
            out: list[Buffer] = []
            queue: Queue = []
            size = 0
            clip = self.clip
            clip_type = clip.type
            clip_u = clip.u
            if clip_type == 1:
                if type(clip_u) is not ClipRects:
                    raise Refused("clip_u must be a ClipRects here")
                clip_u_rects = clip_u
                clip_u_rects_num_rects = clip_u_rects.num_rects
                out.append(_pack_14(self.id, clip_type, clip_u_rects_num_rects))
                clip_u_rects_rects = clip_u_rects.rects
                if len(clip_u_rects_rects) != clip_u_rects_num_rects:
                    raise Refused("clip_u_rects_rects has another length than counted")
                out += [_pack_3(clip_u_rects_rects_item.top, clip_u_rects_rects_item.left, clip_u_rects_rects_item.bottom, clip_u_rects_rects_item.right) for clip_u_rects_rects_item in clip_u_rects_rects]
            elif clip_u is not None:
                raise Refused("clip_u must be None here")
            else:
                out.append(_pack_13(self.id, clip_type))
            return out
        except UNSENDABLE as error:
            refuse(self, error, minor)


@dataclass(init=False, repr=False, eq=False)
class ServerStreamDestroy(Message):
    """Ends a stream; its number can be used again.

    DisplayChannel, server message 125.
    """

    CHANNEL: ClassVar[str] = "display"
    DIRECTION: ClassVar[str] = "server"
    NAME: ClassVar[str] = "stream_destroy"
    NUMBER: ClassVar[int] = 125
    __slots__ = ("id",)
    id: int  # stream
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("id", "id", s.U32),
    )

    def __init__(self, id: int) -> None:
        self.id = id

    @staticmethod
    def parse(data: Buffer, limits: Limits | None = None, minor: int | None = None) -> ServerStreamDestroy:
        if limits is not None:
            check_size(len(data), limits)
        try:
            m = _new_ServerStreamDestroy()
            m.id, = _unpack_2(data)
            return m
        except _error:
            return ServerStreamDestroy.parse(prefix("display server stream_destroy", data, 4, limits), None, minor)

    def write_buffers(self, minor: int | None = None) -> list[Buffer]:
        try:
            return [_pack_2(self.id)]
        except UNSENDABLE as error:
            refuse(self, error, minor)


@dataclass(init=False, repr=False, eq=False)
class ServerStreamDestroyAll(Message):
    """Ends all streams.

    DisplayChannel, server message 126.
    """

    CHANNEL: ClassVar[str] = "display"
    DIRECTION: ClassVar[str] = "server"
    NAME: ClassVar[str] = "stream_destroy_all"
    NUMBER: ClassVar[int] = 126
    __slots__ = ()
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
    )

    def __init__(self) -> None:
        pass

    @staticmethod
    def parse(data: Buffer, limits: Limits | None = None, minor: int | None = None) -> ServerStreamDestroyAll:
        if data:
            settle(0, data, limits)
        m = _new_ServerStreamDestroyAll()
        return m

    def write_buffers(self, minor: int | None = None) -> list[Buffer]:
        try:
            return [b""]
        except UNSENDABLE as error:
            refuse(self, error, minor)


@dataclass(init=False, repr=False, eq=False)
class ServerDrawFill(Message):
    """Fills a box with a brush.

    DisplayChannel, server message 302.
    """

    CHANNEL: ClassVar[str] = "display"
    DIRECTION: ClassVar[str] = "server"
    NAME: ClassVar[str] = "draw_fill"
    NUMBER: ClassVar[int] = 302
    __slots__ = ("base", "data")
    base: DisplayBase
    data: Fill
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("base", "base", s.Nested(DisplayBase)),
        s.Field("data", "data", s.Nested(Fill)),
    )

    def __init__(self, base: DisplayBase, data: Fill) -> None:
        self.base = base
        self.data = data

    @staticmethod
    def parse(data: Buffer, limits: Limits | None = None, minor: int | None = None) -> ServerDrawFill:
        end = len(data)
        extent = None if limits is None and end < SMALL else Extent(end, limits)
        try:
            m = _new_ServerDrawFill()
            m.base = base = _new_DisplayBase()
            base.box = base_box = _new_Rect()
            base.clip = base_clip = _new_Clip()
            base.surface_id, base_box.top, base_box.left, base_box.bottom, base_box.right, base_clip_type = _unpack_from_1(data)
            base_clip.type = base_clip_type
            pos = 21
            if base_clip_type == 1:
                base_clip.u = base_clip_u_rects = _new_ClipRects()
                base_clip_u_rects_num_rects, = _unpack_from_2(data, pos)
                pos += 4
                base_clip_u_rects.num_rects = base_clip_u_rects_num_rects
                if base_clip_u_rects_num_rects * 16 > end - pos:
                    raise beyond("base.clip.u.rects.rects", base_clip_u_rects_num_rects * 16, end - pos, pos)
                if extent is not None:
                    extent.add_elements(base_clip_u_rects_num_rects)
                stop = pos + base_clip_u_rects_num_rects * 16
                base_clip_u_rects.rects = [Rect(*v) for v in _iter_unpack_3(data[pos:stop])]
                pos = stop
            else:
                base_clip.u = None
            m.data = data_ = _new_Fill()
            data_.brush = data_brush = _new_Brush()
            data_brush_type, = _unpack_from_8(data, pos)
            pos += 1
            data_brush.type = data_brush_type
            if data_brush_type == 1:
                data_brush.u, = _unpack_from_2(data, pos)
                pos += 4
            elif data_brush_type == 2:
                data_brush.u = data_brush_u_pattern = _new_Pattern()
                data_brush_u_pattern.pos = data_brush_u_pattern_pos = _new_Point()
                data_brush_u_pattern_pat_at, data_brush_u_pattern_pos.x, data_brush_u_pattern_pos.y = _unpack_from_15(data, pos)
                pos += 12
                if data_brush_u_pattern_pat_at:
                    if data_brush_u_pattern_pat_at >= len(data):
                        raise outside("data.brush.u.pattern.pat", data_brush_u_pattern_pat_at, len(data))
                    data_brush_u_pattern.pat, stop = Image._read(data, data_brush_u_pattern_pat_at, len(data), extent, minor)
                    if extent is not None:
                        extent.add_range(data_brush_u_pattern_pat_at, stop)
                else:
                    raise null("data.brush.u.pattern.pat", 0)
            else:
                data_brush.u = None
            data_.mask = data_mask = _new_QMask()
            data_mask.pos = data_mask_pos = _new_Point()
            data_.rop_descriptor, data_mask.flags, data_mask_pos.x, data_mask_pos.y, data_mask_bitmap_at = _unpack_from_16(data, pos)
            pos += 15
            if data_mask_bitmap_at:
                if data_mask_bitmap_at >= len(data):
                    raise outside("data.mask.bitmap", data_mask_bitmap_at, len(data))
                data_mask.bitmap, stop = Image._read(data, data_mask_bitmap_at, len(data), extent, minor)
                if extent is not None:
                    extent.add_range(data_mask_bitmap_at, stop)
            else:
                data_mask.bitmap = None
            if extent is not None:
                extent.add_range(0, pos)
                extent.finish(end)
            return m
        except _error:
            raise ends_early("display server draw_fill", data) from None

    def write_buffers(self, minor: int | None = None) -> list[Buffer]:
        try:
            out: list[Buffer] = []
            queue: Queue = []
            size = 0
            base = self.base
            base_box = base.box
            base_clip = base.clip
            base_clip_type = base_clip.type
            base_clip_u = base_clip.u
            if base_clip_type == 1:
                if type(base_clip_u) is not ClipRects:
                    raise Refused("base_clip_u must be a ClipRects here")
                base_clip_u_rects = base_clip_u
                base_clip_u_rects_num_rects = base_clip_u_rects.num_rects
                out.append(_pack_5(base.surface_id, base_box.top, base_box.left, base_box.bottom, base_box.right, base_clip_type, base_clip_u_rects_num_rects))
                base_clip_u_rects_rects = base_clip_u_rects.rects
                if len(base_clip_u_rects_rects) != base_clip_u_rects_num_rects:
                    raise Refused("base_clip_u_rects_rects has another length than counted")
                size += 25
                out += [_pack_3(base_clip_u_rects_rects_item.top, base_clip_u_rects_rects_item.left, base_clip_u_rects_rects_item.bottom, base_clip_u_rects_rects_item.right) for base_clip_u_rects_rects_item in base_clip_u_rects_rects]
                size += 16 * len(base_clip_u_rects_rects)
            elif base_clip_u is not None:
                raise Refused("base_clip_u must be None here")
            else:
                out.append(_pack_1(base.surface_id, base_box.top, base_box.left, base_box.bottom, base_box.right, base_clip_type))
                size += 21
            data = self.data
            data_brush = data.brush
            data_brush_type = data_brush.type
            data_brush_u = data_brush.u
            if data_brush_type == 1:
                if data_brush_u is None:
                    raise Refused("data_brush_u must not be None here")
                out.append(_pack_17(data_brush_type, data_brush_u))
                size += 5
            elif data_brush_type == 2:
                if type(data_brush_u) is not Pattern:
                    raise Refused("data_brush_u must be a Pattern here")
                data_brush_u_pattern = data_brush_u
                data_brush_u_pattern_pat = data_brush_u_pattern.pat
                if data_brush_u_pattern_pat is None:
                    raise Refused("data_brush_u_pattern_pat must not be null")
                data_brush_u_pattern_pos = data_brush_u_pattern.pos
                block = bytearray(_pack_18(data_brush_type, 0, data_brush_u_pattern_pos.x, data_brush_u_pattern_pos.y))
                out.append(block)
                if type(data_brush_u_pattern_pat) is Image:
                    queue.append((block, 1, Image._write, data_brush_u_pattern_pat))
                elif data_brush_u_pattern_pat is not None:
                    raise Refused("data_brush_u_pattern_pat must be a Image")
                size += 13
            elif data_brush_u is not None:
                raise Refused("data_brush_u must be None here")
            else:
                out.append(_pack_8(data_brush_type))
                size += 1
            data_mask = data.mask
            data_mask_pos = data_mask.pos
            data_mask_bitmap = data_mask.bitmap
            block = bytearray(_pack_16(data.rop_descriptor, data_mask.flags, data_mask_pos.x, data_mask_pos.y, 0))
            out.append(block)
            if type(data_mask_bitmap) is Image:
                queue.append((block, 11, Image._write, data_mask_bitmap))
            elif data_mask_bitmap is not None:
                raise Refused("data_mask_bitmap must be a Image")
            size += 15
            if queue:
                drain(out, queue, size, _patch, minor)
            return out
        except UNSENDABLE as error:
            refuse(self, error, minor)


@dataclass(init=False, repr=False, eq=False)
class ServerDrawOpaque(Message):
    """Combines an image with a brush and puts the result down.

    DisplayChannel, server message 303.
    """

    CHANNEL: ClassVar[str] = "display"
    DIRECTION: ClassVar[str] = "server"
    NAME: ClassVar[str] = "draw_opaque"
    NUMBER: ClassVar[int] = 303
    __slots__ = ("base", "data")
    base: DisplayBase
    data: Opaque
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("base", "base", s.Nested(DisplayBase)),
        s.Field("data", "data", s.Nested(Opaque)),
    )

    def __init__(self, base: DisplayBase, data: Opaque) -> None:
        self.base = base
        self.data = data

    @staticmethod
    def parse(data: Buffer, limits: Limits | None = None, minor: int | None = None) -> ServerDrawOpaque:
        end = len(data)
        extent = None if limits is None and end < SMALL else Extent(end, limits)
        try:
            m = _new_ServerDrawOpaque()
            m.base = base = _new_DisplayBase()
            base.box = base_box = _new_Rect()
            base.clip = base_clip = _new_Clip()
            base.surface_id, base_box.top, base_box.left, base_box.bottom, base_box.right, base_clip_type = _unpack_from_1(data)
            base_clip.type = base_clip_type
            pos = 21
            if base_clip_type == 1:
                base_clip.u = base_clip_u_rects = _new_ClipRects()
                base_clip_u_rects_num_rects, = _unpack_from_2(data, pos)
                pos += 4
                base_clip_u_rects.num_rects = base_clip_u_rects_num_rects
                if base_clip_u_rects_num_rects * 16 > end - pos:
                    raise beyond("base.clip.u.rects.rects", base_clip_u_rects_num_rects * 16, end - pos, pos)
                if extent is not None:
                    extent.add_elements(base_clip_u_rects_num_rects)
                stop = pos + base_clip_u_rects_num_rects * 16
                base_clip_u_rects.rects = [Rect(*v) for v in _iter_unpack_3(data[pos:stop])]
                pos = stop
            else:
                base_clip.u = None
            m.data = data_ = _new_Opaque()
            data_.src_area = data_src_area = _new_Rect()
            data_.brush = data_brush = _new_Brush()
            data_src_bitmap_at, data_src_area.top, data_src_area.left, data_src_area.bottom, data_src_area.right, data_brush_type = _unpack_from_1(data, pos)
            pos += 21
            if data_src_bitmap_at:
                if data_src_bitmap_at >= len(data):
                    raise outside("data.src_bitmap", data_src_bitmap_at, len(data))
                data_.src_bitmap, stop = Image._read(data, data_src_bitmap_at, len(data), extent, minor)
                if extent is not None:
                    extent.add_range(data_src_bitmap_at, stop)
            else:
                data_.src_bitmap = None
            data_brush.type = data_brush_type
            if data_brush_type == 1:
                data_brush.u, = _unpack_from_2(data, pos)
                pos += 4
            elif data_brush_type == 2:
                data_brush.u = data_brush_u_pattern = _new_Pattern()
                data_brush_u_pattern.pos = data_brush_u_pattern_pos = _new_Point()
                data_brush_u_pattern_pat_at, data_brush_u_pattern_pos.x, data_brush_u_pattern_pos.y = _unpack_from_15(data, pos)
                pos += 12
                if data_brush_u_pattern_pat_at:
                    if data_brush_u_pattern_pat_at >= len(data):
                        raise outside("data.brush.u.pattern.pat", data_brush_u_pattern_pat_at, len(data))
                    data_brush_u_pattern.pat, stop = Image._read(data, data_brush_u_pattern_pat_at, len(data), extent, minor)
                    if extent is not None:
                        extent.add_range(data_brush_u_pattern_pat_at, stop)
                else:
                    raise null("data.brush.u.pattern.pat", 0)
            else:
                data_brush.u = None
            data_.mask = data_mask = _new_QMask()
            data_mask.pos = data_mask_pos = _new_Point()
            data_.rop_descriptor, data_.scale_mode, data_mask.flags, data_mask_pos.x, data_mask_pos.y, data_mask_bitmap_at = _unpack_from_19(data, pos)
            pos += 16
            if data_mask_bitmap_at:
                if data_mask_bitmap_at >= len(data):
                    raise outside("data.mask.bitmap", data_mask_bitmap_at, len(data))
                data_mask.bitmap, stop = Image._read(data, data_mask_bitmap_at, len(data), extent, minor)
                if extent is not None:
                    extent.add_range(data_mask_bitmap_at, stop)
            else:
                data_mask.bitmap = None
            if extent is not None:
                extent.add_range(0, pos)
                extent.finish(end)
            return m
        except _error:
            raise ends_early("display server draw_opaque", data) from None

    def write_buffers(self, minor: int | None = None) -> list[Buffer]:
        try:
            out: list[Buffer] = []
            queue: Queue = []
            size = 0
            base = self.base
            base_box = base.box
            base_clip = base.clip
            base_clip_type = base_clip.type
            base_clip_u = base_clip.u
            if base_clip_type == 1:
                if type(base_clip_u) is not ClipRects:
                    raise Refused("base_clip_u must be a ClipRects here")
                base_clip_u_rects = base_clip_u
                base_clip_u_rects_num_rects = base_clip_u_rects.num_rects
                out.append(_pack_5(base.surface_id, base_box.top, base_box.left, base_box.bottom, base_box.right, base_clip_type, base_clip_u_rects_num_rects))
                base_clip_u_rects_rects = base_clip_u_rects.rects
                if len(base_clip_u_rects_rects) != base_clip_u_rects_num_rects:
                    raise Refused("base_clip_u_rects_rects has another length than counted")
                size += 25
                out += [_pack_3(base_clip_u_rects_rects_item.top, base_clip_u_rects_rects_item.left, base_clip_u_rects_rects_item.bottom, base_clip_u_rects_rects_item.right) for base_clip_u_rects_rects_item in base_clip_u_rects_rects]
                size += 16 * len(base_clip_u_rects_rects)
            elif base_clip_u is not None:
                raise Refused("base_clip_u must be None here")
            else:
                out.append(_pack_1(base.surface_id, base_box.top, base_box.left, base_box.bottom, base_box.right, base_clip_type))
                size += 21
            data = self.data
            data_src_bitmap = data.src_bitmap
            data_src_area = data.src_area
            data_brush = data.brush
            data_brush_type = data_brush.type
            block = bytearray(_pack_1(0, data_src_area.top, data_src_area.left, data_src_area.bottom, data_src_area.right, data_brush_type))
            out.append(block)
            if type(data_src_bitmap) is Image:
                queue.append((block, 0, Image._write, data_src_bitmap))
            elif data_src_bitmap is not None:
                raise Refused("data_src_bitmap must be a Image")
            data_brush_u = data_brush.u
            if data_brush_type == 1:
                if data_brush_u is None:
                    raise Refused("data_brush_u must not be None here")
                out.append(_pack_2(data_brush_u))
                size += 25
            elif data_brush_type == 2:
                if type(data_brush_u) is not Pattern:
                    raise Refused("data_brush_u must be a Pattern here")
                data_brush_u_pattern = data_brush_u
                data_brush_u_pattern_pat = data_brush_u_pattern.pat
                if data_brush_u_pattern_pat is None:
                    raise Refused("data_brush_u_pattern_pat must not be null")
                data_brush_u_pattern_pos = data_brush_u_pattern.pos
                block = bytearray(_pack_15(0, data_brush_u_pattern_pos.x, data_brush_u_pattern_pos.y))
                out.append(block)
                if type(data_brush_u_pattern_pat) is Image:
                    queue.append((block, 0, Image._write, data_brush_u_pattern_pat))
                elif data_brush_u_pattern_pat is not None:
                    raise Refused("data_brush_u_pattern_pat must be a Image")
                size += 33
            elif data_brush_u is not None:
                raise Refused("data_brush_u must be None here")
            else:
                size += 21
            data_mask = data.mask
            data_mask_pos = data_mask.pos
            data_mask_bitmap = data_mask.bitmap
            block = bytearray(_pack_19(data.rop_descriptor, data.scale_mode, data_mask.flags, data_mask_pos.x, data_mask_pos.y, 0))
            out.append(block)
            if type(data_mask_bitmap) is Image:
                queue.append((block, 12, Image._write, data_mask_bitmap))
            elif data_mask_bitmap is not None:
                raise Refused("data_mask_bitmap must be a Image")
            size += 16
            if queue:
                drain(out, queue, size, _patch, minor)
            return out
        except UNSENDABLE as error:
            refuse(self, error, minor)


@dataclass(init=False, repr=False, eq=False)
class ServerDrawCopy(Message):
    """Puts an image down; the most frequent drawing.

    DisplayChannel, server message 304.
    """

    CHANNEL: ClassVar[str] = "display"
    DIRECTION: ClassVar[str] = "server"
    NAME: ClassVar[str] = "draw_copy"
    NUMBER: ClassVar[int] = 304
    __slots__ = ("base", "data")
    base: DisplayBase
    data: Copy
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("base", "base", s.Nested(DisplayBase)),
        s.Field("data", "data", s.Nested(Copy)),
    )

    def __init__(self, base: DisplayBase, data: Copy) -> None:
        self.base = base
        self.data = data

    @staticmethod
    def parse(data: Buffer, limits: Limits | None = None, minor: int | None = None) -> ServerDrawCopy:
        end = len(data)
        extent = None if limits is None and end < SMALL else Extent(end, limits)
        try:
            m = _new_ServerDrawCopy()
            m.base = base = _new_DisplayBase()
            base.box = base_box = _new_Rect()
            base.clip = base_clip = _new_Clip()
            base.surface_id, base_box.top, base_box.left, base_box.bottom, base_box.right, base_clip_type = _unpack_from_1(data)
            base_clip.type = base_clip_type
            pos = 21
            if base_clip_type == 1:
                base_clip.u = base_clip_u_rects = _new_ClipRects()
                base_clip_u_rects_num_rects, = _unpack_from_2(data, pos)
                pos += 4
                base_clip_u_rects.num_rects = base_clip_u_rects_num_rects
                if base_clip_u_rects_num_rects * 16 > end - pos:
                    raise beyond("base.clip.u.rects.rects", base_clip_u_rects_num_rects * 16, end - pos, pos)
                if extent is not None:
                    extent.add_elements(base_clip_u_rects_num_rects)
                stop = pos + base_clip_u_rects_num_rects * 16
                base_clip_u_rects.rects = [Rect(*v) for v in _iter_unpack_3(data[pos:stop])]
                pos = stop
            else:
                base_clip.u = None
            m.data = data_ = _new_Copy()
            data_.src_area = data_src_area = _new_Rect()
            data_.mask = data_mask = _new_QMask()
            data_mask.pos = data_mask_pos = _new_Point()
            data_src_bitmap_at, data_src_area.top, data_src_area.left, data_src_area.bottom, data_src_area.right, data_.rop_descriptor, data_.scale_mode, data_mask.flags, data_mask_pos.x, data_mask_pos.y, data_mask_bitmap_at = _unpack_from_20(data, pos)
            pos += 36
            if data_src_bitmap_at:
                if data_src_bitmap_at >= len(data):
                    raise outside("data.src_bitmap", data_src_bitmap_at, len(data))
                data_.src_bitmap, stop = Image._read(data, data_src_bitmap_at, len(data), extent, minor)
                if extent is not None:
                    extent.add_range(data_src_bitmap_at, stop)
            else:
                data_.src_bitmap = None
            if data_mask_bitmap_at:
                if data_mask_bitmap_at >= len(data):
                    raise outside("data.mask.bitmap", data_mask_bitmap_at, len(data))
                data_mask.bitmap, stop = Image._read(data, data_mask_bitmap_at, len(data), extent, minor)
                if extent is not None:
                    extent.add_range(data_mask_bitmap_at, stop)
            else:
                data_mask.bitmap = None
            if extent is not None:
                extent.add_range(0, pos)
                extent.finish(end)
            return m
        except _error:
            raise ends_early("display server draw_copy", data) from None

    def write_buffers(self, minor: int | None = None) -> list[Buffer]:
        try:
            out: list[Buffer] = []
            queue: Queue = []
            size = 0
            base = self.base
            base_box = base.box
            base_clip = base.clip
            base_clip_type = base_clip.type
            base_clip_u = base_clip.u
            if base_clip_type == 1:
                if type(base_clip_u) is not ClipRects:
                    raise Refused("base_clip_u must be a ClipRects here")
                base_clip_u_rects = base_clip_u
                base_clip_u_rects_num_rects = base_clip_u_rects.num_rects
                out.append(_pack_5(base.surface_id, base_box.top, base_box.left, base_box.bottom, base_box.right, base_clip_type, base_clip_u_rects_num_rects))
                base_clip_u_rects_rects = base_clip_u_rects.rects
                if len(base_clip_u_rects_rects) != base_clip_u_rects_num_rects:
                    raise Refused("base_clip_u_rects_rects has another length than counted")
                size += 25
                out += [_pack_3(base_clip_u_rects_rects_item.top, base_clip_u_rects_rects_item.left, base_clip_u_rects_rects_item.bottom, base_clip_u_rects_rects_item.right) for base_clip_u_rects_rects_item in base_clip_u_rects_rects]
                size += 16 * len(base_clip_u_rects_rects)
            elif base_clip_u is not None:
                raise Refused("base_clip_u must be None here")
            else:
                out.append(_pack_1(base.surface_id, base_box.top, base_box.left, base_box.bottom, base_box.right, base_clip_type))
                size += 21
            data = self.data
            data_src_bitmap = data.src_bitmap
            data_src_area = data.src_area
            data_mask = data.mask
            data_mask_pos = data_mask.pos
            data_mask_bitmap = data_mask.bitmap
            size += 36
            place = len(out)
            out.append(b"")
            if data_src_bitmap is None:
                data_src_bitmap_offset = 0
            elif type(data_src_bitmap) is Image:
                data_src_bitmap_offset = size
                size = Image._write(data_src_bitmap, out, queue, size, minor)
            else:
                raise Refused("data_src_bitmap must be a Image")
            if data_mask_bitmap is None:
                data_mask_bitmap_offset = 0
            elif type(data_mask_bitmap) is Image:
                data_mask_bitmap_offset = size
                size = Image._write(data_mask_bitmap, out, queue, size, minor)
            else:
                raise Refused("data_mask_bitmap must be a Image")
            out[place] = _pack_20(data_src_bitmap_offset, data_src_area.top, data_src_area.left, data_src_area.bottom, data_src_area.right, data.rop_descriptor, data.scale_mode, data_mask.flags, data_mask_pos.x, data_mask_pos.y, data_mask_bitmap_offset)
            if queue:
                drain(out, queue, size, _patch, minor)
            return out
        except UNSENDABLE as error:
            refuse(self, error, minor)


@dataclass(init=False, repr=False, eq=False)
class ServerDrawBlend(Message):
    """As draw_copy, for combinations that read the destination.

    DisplayChannel, server message 305.
    """

    CHANNEL: ClassVar[str] = "display"
    DIRECTION: ClassVar[str] = "server"
    NAME: ClassVar[str] = "draw_blend"
    NUMBER: ClassVar[int] = 305
    __slots__ = ("base", "data")
    base: DisplayBase
    data: Blend
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("base", "base", s.Nested(DisplayBase)),
        s.Field("data", "data", s.Nested(Blend)),
    )

    def __init__(self, base: DisplayBase, data: Blend) -> None:
        self.base = base
        self.data = data

    @staticmethod
    def parse(data: Buffer, limits: Limits | None = None, minor: int | None = None) -> ServerDrawBlend:
        end = len(data)
        extent = None if limits is None and end < SMALL else Extent(end, limits)
        try:
            m = _new_ServerDrawBlend()
            m.base = base = _new_DisplayBase()
            base.box = base_box = _new_Rect()
            base.clip = base_clip = _new_Clip()
            base.surface_id, base_box.top, base_box.left, base_box.bottom, base_box.right, base_clip_type = _unpack_from_1(data)
            base_clip.type = base_clip_type
            pos = 21
            if base_clip_type == 1:
                base_clip.u = base_clip_u_rects = _new_ClipRects()
                base_clip_u_rects_num_rects, = _unpack_from_2(data, pos)
                pos += 4
                base_clip_u_rects.num_rects = base_clip_u_rects_num_rects
                if base_clip_u_rects_num_rects * 16 > end - pos:
                    raise beyond("base.clip.u.rects.rects", base_clip_u_rects_num_rects * 16, end - pos, pos)
                if extent is not None:
                    extent.add_elements(base_clip_u_rects_num_rects)
                stop = pos + base_clip_u_rects_num_rects * 16
                base_clip_u_rects.rects = [Rect(*v) for v in _iter_unpack_3(data[pos:stop])]
                pos = stop
            else:
                base_clip.u = None
            m.data = data_ = _new_Blend()
            data_.src_area = data_src_area = _new_Rect()
            data_.mask = data_mask = _new_QMask()
            data_mask.pos = data_mask_pos = _new_Point()
            data_src_bitmap_at, data_src_area.top, data_src_area.left, data_src_area.bottom, data_src_area.right, data_.rop_descriptor, data_.scale_mode, data_mask.flags, data_mask_pos.x, data_mask_pos.y, data_mask_bitmap_at = _unpack_from_20(data, pos)
            pos += 36
            if data_src_bitmap_at:
                if data_src_bitmap_at >= len(data):
                    raise outside("data.src_bitmap", data_src_bitmap_at, len(data))
                data_.src_bitmap, stop = Image._read(data, data_src_bitmap_at, len(data), extent, minor)
                if extent is not None:
                    extent.add_range(data_src_bitmap_at, stop)
            else:
                data_.src_bitmap = None
            if data_mask_bitmap_at:
                if data_mask_bitmap_at >= len(data):
                    raise outside("data.mask.bitmap", data_mask_bitmap_at, len(data))
                data_mask.bitmap, stop = Image._read(data, data_mask_bitmap_at, len(data), extent, minor)
                if extent is not None:
                    extent.add_range(data_mask_bitmap_at, stop)
            else:
                data_mask.bitmap = None
            if extent is not None:
                extent.add_range(0, pos)
                extent.finish(end)
            return m
        except _error:
            raise ends_early("display server draw_blend", data) from None

    def write_buffers(self, minor: int | None = None) -> list[Buffer]:
        try:
            out: list[Buffer] = []
            queue: Queue = []
            size = 0
            base = self.base
            base_box = base.box
            base_clip = base.clip
            base_clip_type = base_clip.type
            base_clip_u = base_clip.u
            if base_clip_type == 1:
                if type(base_clip_u) is not ClipRects:
                    raise Refused("base_clip_u must be a ClipRects here")
                base_clip_u_rects = base_clip_u
                base_clip_u_rects_num_rects = base_clip_u_rects.num_rects
                out.append(_pack_5(base.surface_id, base_box.top, base_box.left, base_box.bottom, base_box.right, base_clip_type, base_clip_u_rects_num_rects))
                base_clip_u_rects_rects = base_clip_u_rects.rects
                if len(base_clip_u_rects_rects) != base_clip_u_rects_num_rects:
                    raise Refused("base_clip_u_rects_rects has another length than counted")
                size += 25
                out += [_pack_3(base_clip_u_rects_rects_item.top, base_clip_u_rects_rects_item.left, base_clip_u_rects_rects_item.bottom, base_clip_u_rects_rects_item.right) for base_clip_u_rects_rects_item in base_clip_u_rects_rects]
                size += 16 * len(base_clip_u_rects_rects)
            elif base_clip_u is not None:
                raise Refused("base_clip_u must be None here")
            else:
                out.append(_pack_1(base.surface_id, base_box.top, base_box.left, base_box.bottom, base_box.right, base_clip_type))
                size += 21
            data = self.data
            data_src_bitmap = data.src_bitmap
            data_src_area = data.src_area
            data_mask = data.mask
            data_mask_pos = data_mask.pos
            data_mask_bitmap = data_mask.bitmap
            size += 36
            place = len(out)
            out.append(b"")
            if data_src_bitmap is None:
                data_src_bitmap_offset = 0
            elif type(data_src_bitmap) is Image:
                data_src_bitmap_offset = size
                size = Image._write(data_src_bitmap, out, queue, size, minor)
            else:
                raise Refused("data_src_bitmap must be a Image")
            if data_mask_bitmap is None:
                data_mask_bitmap_offset = 0
            elif type(data_mask_bitmap) is Image:
                data_mask_bitmap_offset = size
                size = Image._write(data_mask_bitmap, out, queue, size, minor)
            else:
                raise Refused("data_mask_bitmap must be a Image")
            out[place] = _pack_20(data_src_bitmap_offset, data_src_area.top, data_src_area.left, data_src_area.bottom, data_src_area.right, data.rop_descriptor, data.scale_mode, data_mask.flags, data_mask_pos.x, data_mask_pos.y, data_mask_bitmap_offset)
            if queue:
                drain(out, queue, size, _patch, minor)
            return out
        except UNSENDABLE as error:
            refuse(self, error, minor)


@dataclass(init=False, repr=False, eq=False)
class ServerDrawBlackness(Message):
    """Makes pixels black.

    DisplayChannel, server message 306.
    """

    CHANNEL: ClassVar[str] = "display"
    DIRECTION: ClassVar[str] = "server"
    NAME: ClassVar[str] = "draw_blackness"
    NUMBER: ClassVar[int] = 306
    __slots__ = ("base", "data")
    base: DisplayBase
    data: Blackness
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("base", "base", s.Nested(DisplayBase)),
        s.Field("data", "data", s.Nested(Blackness)),
    )

    def __init__(self, base: DisplayBase, data: Blackness) -> None:
        self.base = base
        self.data = data

    @staticmethod
    def parse(data: Buffer, limits: Limits | None = None, minor: int | None = None) -> ServerDrawBlackness:
        end = len(data)
        extent = None if limits is None and end < SMALL else Extent(end, limits)
        try:
            m = _new_ServerDrawBlackness()
            m.base = base = _new_DisplayBase()
            base.box = base_box = _new_Rect()
            base.clip = base_clip = _new_Clip()
            base.surface_id, base_box.top, base_box.left, base_box.bottom, base_box.right, base_clip_type = _unpack_from_1(data)
            base_clip.type = base_clip_type
            pos = 21
            if base_clip_type == 1:
                base_clip.u = base_clip_u_rects = _new_ClipRects()
                base_clip_u_rects_num_rects, = _unpack_from_2(data, pos)
                pos += 4
                base_clip_u_rects.num_rects = base_clip_u_rects_num_rects
                if base_clip_u_rects_num_rects * 16 > end - pos:
                    raise beyond("base.clip.u.rects.rects", base_clip_u_rects_num_rects * 16, end - pos, pos)
                if extent is not None:
                    extent.add_elements(base_clip_u_rects_num_rects)
                stop = pos + base_clip_u_rects_num_rects * 16
                base_clip_u_rects.rects = [Rect(*v) for v in _iter_unpack_3(data[pos:stop])]
                pos = stop
            else:
                base_clip.u = None
            m.data = data_ = _new_Blackness()
            data_.mask = data_mask = _new_QMask()
            data_mask.pos = data_mask_pos = _new_Point()
            data_mask.flags, data_mask_pos.x, data_mask_pos.y, data_mask_bitmap_at = _unpack_from_21(data, pos)
            pos += 13
            if data_mask_bitmap_at:
                if data_mask_bitmap_at >= len(data):
                    raise outside("data.mask.bitmap", data_mask_bitmap_at, len(data))
                data_mask.bitmap, stop = Image._read(data, data_mask_bitmap_at, len(data), extent, minor)
                if extent is not None:
                    extent.add_range(data_mask_bitmap_at, stop)
            else:
                data_mask.bitmap = None
            if extent is not None:
                extent.add_range(0, pos)
                extent.finish(end)
            return m
        except _error:
            raise ends_early("display server draw_blackness", data) from None

    def write_buffers(self, minor: int | None = None) -> list[Buffer]:
        try:
            out: list[Buffer] = []
            queue: Queue = []
            size = 0
            base = self.base
            base_box = base.box
            base_clip = base.clip
            base_clip_type = base_clip.type
            base_clip_u = base_clip.u
            if base_clip_type == 1:
                if type(base_clip_u) is not ClipRects:
                    raise Refused("base_clip_u must be a ClipRects here")
                base_clip_u_rects = base_clip_u
                base_clip_u_rects_num_rects = base_clip_u_rects.num_rects
                out.append(_pack_5(base.surface_id, base_box.top, base_box.left, base_box.bottom, base_box.right, base_clip_type, base_clip_u_rects_num_rects))
                base_clip_u_rects_rects = base_clip_u_rects.rects
                if len(base_clip_u_rects_rects) != base_clip_u_rects_num_rects:
                    raise Refused("base_clip_u_rects_rects has another length than counted")
                size += 25
                out += [_pack_3(base_clip_u_rects_rects_item.top, base_clip_u_rects_rects_item.left, base_clip_u_rects_rects_item.bottom, base_clip_u_rects_rects_item.right) for base_clip_u_rects_rects_item in base_clip_u_rects_rects]
                size += 16 * len(base_clip_u_rects_rects)
            elif base_clip_u is not None:
                raise Refused("base_clip_u must be None here")
            else:
                out.append(_pack_1(base.surface_id, base_box.top, base_box.left, base_box.bottom, base_box.right, base_clip_type))
                size += 21
            data = self.data
            data_mask = data.mask
            data_mask_pos = data_mask.pos
            data_mask_bitmap = data_mask.bitmap
            size += 13
            place = len(out)
            out.append(b"")
            if data_mask_bitmap is None:
                data_mask_bitmap_offset = 0
            elif type(data_mask_bitmap) is Image:
                data_mask_bitmap_offset = size
                size = Image._write(data_mask_bitmap, out, queue, size, minor)
            else:
                raise Refused("data_mask_bitmap must be a Image")
            out[place] = _pack_21(data_mask.flags, data_mask_pos.x, data_mask_pos.y, data_mask_bitmap_offset)
            if queue:
                drain(out, queue, size, _patch, minor)
            return out
        except UNSENDABLE as error:
            refuse(self, error, minor)


@dataclass(init=False, repr=False, eq=False)
class ServerDrawWhiteness(Message):
    """Makes pixels white.

    DisplayChannel, server message 307.
    """

    CHANNEL: ClassVar[str] = "display"
    DIRECTION: ClassVar[str] = "server"
    NAME: ClassVar[str] = "draw_whiteness"
    NUMBER: ClassVar[int] = 307
    __slots__ = ("base", "data")
    base: DisplayBase
    data: Whiteness
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("base", "base", s.Nested(DisplayBase)),
        s.Field("data", "data", s.Nested(Whiteness)),
    )

    def __init__(self, base: DisplayBase, data: Whiteness) -> None:
        self.base = base
        self.data = data

    @staticmethod
    def parse(data: Buffer, limits: Limits | None = None, minor: int | None = None) -> ServerDrawWhiteness:
        end = len(data)
        extent = None if limits is None and end < SMALL else Extent(end, limits)
        try:
            m = _new_ServerDrawWhiteness()
            m.base = base = _new_DisplayBase()
            base.box = base_box = _new_Rect()
            base.clip = base_clip = _new_Clip()
            base.surface_id, base_box.top, base_box.left, base_box.bottom, base_box.right, base_clip_type = _unpack_from_1(data)
            base_clip.type = base_clip_type
            pos = 21
            if base_clip_type == 1:
                base_clip.u = base_clip_u_rects = _new_ClipRects()
                base_clip_u_rects_num_rects, = _unpack_from_2(data, pos)
                pos += 4
                base_clip_u_rects.num_rects = base_clip_u_rects_num_rects
                if base_clip_u_rects_num_rects * 16 > end - pos:
                    raise beyond("base.clip.u.rects.rects", base_clip_u_rects_num_rects * 16, end - pos, pos)
                if extent is not None:
                    extent.add_elements(base_clip_u_rects_num_rects)
                stop = pos + base_clip_u_rects_num_rects * 16
                base_clip_u_rects.rects = [Rect(*v) for v in _iter_unpack_3(data[pos:stop])]
                pos = stop
            else:
                base_clip.u = None
            m.data = data_ = _new_Whiteness()
            data_.mask = data_mask = _new_QMask()
            data_mask.pos = data_mask_pos = _new_Point()
            data_mask.flags, data_mask_pos.x, data_mask_pos.y, data_mask_bitmap_at = _unpack_from_21(data, pos)
            pos += 13
            if data_mask_bitmap_at:
                if data_mask_bitmap_at >= len(data):
                    raise outside("data.mask.bitmap", data_mask_bitmap_at, len(data))
                data_mask.bitmap, stop = Image._read(data, data_mask_bitmap_at, len(data), extent, minor)
                if extent is not None:
                    extent.add_range(data_mask_bitmap_at, stop)
            else:
                data_mask.bitmap = None
            if extent is not None:
                extent.add_range(0, pos)
                extent.finish(end)
            return m
        except _error:
            raise ends_early("display server draw_whiteness", data) from None

    def write_buffers(self, minor: int | None = None) -> list[Buffer]:
        try:
            out: list[Buffer] = []
            queue: Queue = []
            size = 0
            base = self.base
            base_box = base.box
            base_clip = base.clip
            base_clip_type = base_clip.type
            base_clip_u = base_clip.u
            if base_clip_type == 1:
                if type(base_clip_u) is not ClipRects:
                    raise Refused("base_clip_u must be a ClipRects here")
                base_clip_u_rects = base_clip_u
                base_clip_u_rects_num_rects = base_clip_u_rects.num_rects
                out.append(_pack_5(base.surface_id, base_box.top, base_box.left, base_box.bottom, base_box.right, base_clip_type, base_clip_u_rects_num_rects))
                base_clip_u_rects_rects = base_clip_u_rects.rects
                if len(base_clip_u_rects_rects) != base_clip_u_rects_num_rects:
                    raise Refused("base_clip_u_rects_rects has another length than counted")
                size += 25
                out += [_pack_3(base_clip_u_rects_rects_item.top, base_clip_u_rects_rects_item.left, base_clip_u_rects_rects_item.bottom, base_clip_u_rects_rects_item.right) for base_clip_u_rects_rects_item in base_clip_u_rects_rects]
                size += 16 * len(base_clip_u_rects_rects)
            elif base_clip_u is not None:
                raise Refused("base_clip_u must be None here")
            else:
                out.append(_pack_1(base.surface_id, base_box.top, base_box.left, base_box.bottom, base_box.right, base_clip_type))
                size += 21
            data = self.data
            data_mask = data.mask
            data_mask_pos = data_mask.pos
            data_mask_bitmap = data_mask.bitmap
            size += 13
            place = len(out)
            out.append(b"")
            if data_mask_bitmap is None:
                data_mask_bitmap_offset = 0
            elif type(data_mask_bitmap) is Image:
                data_mask_bitmap_offset = size
                size = Image._write(data_mask_bitmap, out, queue, size, minor)
            else:
                raise Refused("data_mask_bitmap must be a Image")
            out[place] = _pack_21(data_mask.flags, data_mask_pos.x, data_mask_pos.y, data_mask_bitmap_offset)
            if queue:
                drain(out, queue, size, _patch, minor)
            return out
        except UNSENDABLE as error:
            refuse(self, error, minor)


@dataclass(init=False, repr=False, eq=False)
class ServerDrawInvers(Message):
    """Negates pixels.

    DisplayChannel, server message 308.
    """

    CHANNEL: ClassVar[str] = "display"
    DIRECTION: ClassVar[str] = "server"
    NAME: ClassVar[str] = "draw_invers"
    NUMBER: ClassVar[int] = 308
    __slots__ = ("base", "data")
    base: DisplayBase
    data: Invers
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("base", "base", s.Nested(DisplayBase)),
        s.Field("data", "data", s.Nested(Invers)),
    )

    def __init__(self, base: DisplayBase, data: Invers) -> None:
        self.base = base
        self.data = data

    @staticmethod
    def parse(data: Buffer, limits: Limits | None = None, minor: int | None = None) -> ServerDrawInvers:
        end = len(data)
        extent = None if limits is None and end < SMALL else Extent(end, limits)
        try:
            m = _new_ServerDrawInvers()
            m.base = base = _new_DisplayBase()
            base.box = base_box = _new_Rect()
            base.clip = base_clip = _new_Clip()
            base.surface_id, base_box.top, base_box.left, base_box.bottom, base_box.right, base_clip_type = _unpack_from_1(data)
            base_clip.type = base_clip_type
            pos = 21
            if base_clip_type == 1:
                base_clip.u = base_clip_u_rects = _new_ClipRects()
                base_clip_u_rects_num_rects, = _unpack_from_2(data, pos)
                pos += 4
                base_clip_u_rects.num_rects = base_clip_u_rects_num_rects
                if base_clip_u_rects_num_rects * 16 > end - pos:
                    raise beyond("base.clip.u.rects.rects", base_clip_u_rects_num_rects * 16, end - pos, pos)
                if extent is not None:
                    extent.add_elements(base_clip_u_rects_num_rects)
                stop = pos + base_clip_u_rects_num_rects * 16
                base_clip_u_rects.rects = [Rect(*v) for v in _iter_unpack_3(data[pos:stop])]
                pos = stop
            else:
                base_clip.u = None
            m.data = data_ = _new_Invers()
            data_.mask = data_mask = _new_QMask()
            data_mask.pos = data_mask_pos = _new_Point()
            data_mask.flags, data_mask_pos.x, data_mask_pos.y, data_mask_bitmap_at = _unpack_from_21(data, pos)
            pos += 13
            if data_mask_bitmap_at:
                if data_mask_bitmap_at >= len(data):
                    raise outside("data.mask.bitmap", data_mask_bitmap_at, len(data))
                data_mask.bitmap, stop = Image._read(data, data_mask_bitmap_at, len(data), extent, minor)
                if extent is not None:
                    extent.add_range(data_mask_bitmap_at, stop)
            else:
                data_mask.bitmap = None
            if extent is not None:
                extent.add_range(0, pos)
                extent.finish(end)
            return m
        except _error:
            raise ends_early("display server draw_invers", data) from None

    def write_buffers(self, minor: int | None = None) -> list[Buffer]:
        try:
            out: list[Buffer] = []
            queue: Queue = []
            size = 0
            base = self.base
            base_box = base.box
            base_clip = base.clip
            base_clip_type = base_clip.type
            base_clip_u = base_clip.u
            if base_clip_type == 1:
                if type(base_clip_u) is not ClipRects:
                    raise Refused("base_clip_u must be a ClipRects here")
                base_clip_u_rects = base_clip_u
                base_clip_u_rects_num_rects = base_clip_u_rects.num_rects
                out.append(_pack_5(base.surface_id, base_box.top, base_box.left, base_box.bottom, base_box.right, base_clip_type, base_clip_u_rects_num_rects))
                base_clip_u_rects_rects = base_clip_u_rects.rects
                if len(base_clip_u_rects_rects) != base_clip_u_rects_num_rects:
                    raise Refused("base_clip_u_rects_rects has another length than counted")
                size += 25
                out += [_pack_3(base_clip_u_rects_rects_item.top, base_clip_u_rects_rects_item.left, base_clip_u_rects_rects_item.bottom, base_clip_u_rects_rects_item.right) for base_clip_u_rects_rects_item in base_clip_u_rects_rects]
                size += 16 * len(base_clip_u_rects_rects)
            elif base_clip_u is not None:
                raise Refused("base_clip_u must be None here")
            else:
                out.append(_pack_1(base.surface_id, base_box.top, base_box.left, base_box.bottom, base_box.right, base_clip_type))
                size += 21
            data = self.data
            data_mask = data.mask
            data_mask_pos = data_mask.pos
            data_mask_bitmap = data_mask.bitmap
            size += 13
            place = len(out)
            out.append(b"")
            if data_mask_bitmap is None:
                data_mask_bitmap_offset = 0
            elif type(data_mask_bitmap) is Image:
                data_mask_bitmap_offset = size
                size = Image._write(data_mask_bitmap, out, queue, size, minor)
            else:
                raise Refused("data_mask_bitmap must be a Image")
            out[place] = _pack_21(data_mask.flags, data_mask_pos.x, data_mask_pos.y, data_mask_bitmap_offset)
            if queue:
                drain(out, queue, size, _patch, minor)
            return out
        except UNSENDABLE as error:
            refuse(self, error, minor)


@dataclass(init=False, repr=False, eq=False)
class ServerDrawRop3(Message):
    """Combines image, brush and destination by a ternary raster operation.

    DisplayChannel, server message 309.
    """

    CHANNEL: ClassVar[str] = "display"
    DIRECTION: ClassVar[str] = "server"
    NAME: ClassVar[str] = "draw_rop3"
    NUMBER: ClassVar[int] = 309
    __slots__ = ("base", "data")
    base: DisplayBase
    data: Rop3
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("base", "base", s.Nested(DisplayBase)),
        s.Field("data", "data", s.Nested(Rop3)),
    )

    def __init__(self, base: DisplayBase, data: Rop3) -> None:
        self.base = base
        self.data = data

    @staticmethod
    def parse(data: Buffer, limits: Limits | None = None, minor: int | None = None) -> ServerDrawRop3:
        end = len(data)
        extent = None if limits is None and end < SMALL else Extent(end, limits)
        try:
            m = _new_ServerDrawRop3()
            m.base = base = _new_DisplayBase()
            base.box = base_box = _new_Rect()
            base.clip = base_clip = _new_Clip()
            base.surface_id, base_box.top, base_box.left, base_box.bottom, base_box.right, base_clip_type = _unpack_from_1(data)
            base_clip.type = base_clip_type
            pos = 21
            if base_clip_type == 1:
                base_clip.u = base_clip_u_rects = _new_ClipRects()
                base_clip_u_rects_num_rects, = _unpack_from_2(data, pos)
                pos += 4
                base_clip_u_rects.num_rects = base_clip_u_rects_num_rects
                if base_clip_u_rects_num_rects * 16 > end - pos:
                    raise beyond("base.clip.u.rects.rects", base_clip_u_rects_num_rects * 16, end - pos, pos)
                if extent is not None:
                    extent.add_elements(base_clip_u_rects_num_rects)
                stop = pos + base_clip_u_rects_num_rects * 16
                base_clip_u_rects.rects = [Rect(*v) for v in _iter_unpack_3(data[pos:stop])]
                pos = stop
            else:
                base_clip.u = None
            m.data = data_ = _new_Rop3()
            data_.src_area = data_src_area = _new_Rect()
            data_.brush = data_brush = _new_Brush()
            data_src_bitmap_at, data_src_area.top, data_src_area.left, data_src_area.bottom, data_src_area.right, data_brush_type = _unpack_from_1(data, pos)
            pos += 21
            if data_src_bitmap_at:
                if data_src_bitmap_at >= len(data):
                    raise outside("data.src_bitmap", data_src_bitmap_at, len(data))
                data_.src_bitmap, stop = Image._read(data, data_src_bitmap_at, len(data), extent, minor)
                if extent is not None:
                    extent.add_range(data_src_bitmap_at, stop)
            else:
                data_.src_bitmap = None
            data_brush.type = data_brush_type
            if data_brush_type == 1:
                data_brush.u, = _unpack_from_2(data, pos)
                pos += 4
            elif data_brush_type == 2:
                data_brush.u = data_brush_u_pattern = _new_Pattern()
                data_brush_u_pattern.pos = data_brush_u_pattern_pos = _new_Point()
                data_brush_u_pattern_pat_at, data_brush_u_pattern_pos.x, data_brush_u_pattern_pos.y = _unpack_from_15(data, pos)
                pos += 12
                if data_brush_u_pattern_pat_at:
                    if data_brush_u_pattern_pat_at >= len(data):
                        raise outside("data.brush.u.pattern.pat", data_brush_u_pattern_pat_at, len(data))
                    data_brush_u_pattern.pat, stop = Image._read(data, data_brush_u_pattern_pat_at, len(data), extent, minor)
                    if extent is not None:
                        extent.add_range(data_brush_u_pattern_pat_at, stop)
                else:
                    raise null("data.brush.u.pattern.pat", 0)
            else:
                data_brush.u = None
            data_.mask = data_mask = _new_QMask()
            data_mask.pos = data_mask_pos = _new_Point()
            data_.rop3, data_.scale_mode, data_mask.flags, data_mask_pos.x, data_mask_pos.y, data_mask_bitmap_at = _unpack_from_22(data, pos)
            pos += 15
            if data_mask_bitmap_at:
                if data_mask_bitmap_at >= len(data):
                    raise outside("data.mask.bitmap", data_mask_bitmap_at, len(data))
                data_mask.bitmap, stop = Image._read(data, data_mask_bitmap_at, len(data), extent, minor)
                if extent is not None:
                    extent.add_range(data_mask_bitmap_at, stop)
            else:
                data_mask.bitmap = None
            if extent is not None:
                extent.add_range(0, pos)
                extent.finish(end)
            return m
        except _error:
            raise ends_early("display server draw_rop3", data) from None

    def write_buffers(self, minor: int | None = None) -> list[Buffer]:
        try:
            out: list[Buffer] = []
            queue: Queue = []
            size = 0
            base = self.base
            base_box = base.box
            base_clip = base.clip
            base_clip_type = base_clip.type
            base_clip_u = base_clip.u
            if base_clip_type == 1:
                if type(base_clip_u) is not ClipRects:
                    raise Refused("base_clip_u must be a ClipRects here")
                base_clip_u_rects = base_clip_u
                base_clip_u_rects_num_rects = base_clip_u_rects.num_rects
                out.append(_pack_5(base.surface_id, base_box.top, base_box.left, base_box.bottom, base_box.right, base_clip_type, base_clip_u_rects_num_rects))
                base_clip_u_rects_rects = base_clip_u_rects.rects
                if len(base_clip_u_rects_rects) != base_clip_u_rects_num_rects:
                    raise Refused("base_clip_u_rects_rects has another length than counted")
                size += 25
                out += [_pack_3(base_clip_u_rects_rects_item.top, base_clip_u_rects_rects_item.left, base_clip_u_rects_rects_item.bottom, base_clip_u_rects_rects_item.right) for base_clip_u_rects_rects_item in base_clip_u_rects_rects]
                size += 16 * len(base_clip_u_rects_rects)
            elif base_clip_u is not None:
                raise Refused("base_clip_u must be None here")
            else:
                out.append(_pack_1(base.surface_id, base_box.top, base_box.left, base_box.bottom, base_box.right, base_clip_type))
                size += 21
            data = self.data
            data_src_bitmap = data.src_bitmap
            data_src_area = data.src_area
            data_brush = data.brush
            data_brush_type = data_brush.type
            block = bytearray(_pack_1(0, data_src_area.top, data_src_area.left, data_src_area.bottom, data_src_area.right, data_brush_type))
            out.append(block)
            if type(data_src_bitmap) is Image:
                queue.append((block, 0, Image._write, data_src_bitmap))
            elif data_src_bitmap is not None:
                raise Refused("data_src_bitmap must be a Image")
            data_brush_u = data_brush.u
            if data_brush_type == 1:
                if data_brush_u is None:
                    raise Refused("data_brush_u must not be None here")
                out.append(_pack_2(data_brush_u))
                size += 25
            elif data_brush_type == 2:
                if type(data_brush_u) is not Pattern:
                    raise Refused("data_brush_u must be a Pattern here")
                data_brush_u_pattern = data_brush_u
                data_brush_u_pattern_pat = data_brush_u_pattern.pat
                if data_brush_u_pattern_pat is None:
                    raise Refused("data_brush_u_pattern_pat must not be null")
                data_brush_u_pattern_pos = data_brush_u_pattern.pos
                block = bytearray(_pack_15(0, data_brush_u_pattern_pos.x, data_brush_u_pattern_pos.y))
                out.append(block)
                if type(data_brush_u_pattern_pat) is Image:
                    queue.append((block, 0, Image._write, data_brush_u_pattern_pat))
                elif data_brush_u_pattern_pat is not None:
                    raise Refused("data_brush_u_pattern_pat must be a Image")
                size += 33
            elif data_brush_u is not None:
                raise Refused("data_brush_u must be None here")
            else:
                size += 21
            data_mask = data.mask
            data_mask_pos = data_mask.pos
            data_mask_bitmap = data_mask.bitmap
            block = bytearray(_pack_22(data.rop3, data.scale_mode, data_mask.flags, data_mask_pos.x, data_mask_pos.y, 0))
            out.append(block)
            if type(data_mask_bitmap) is Image:
                queue.append((block, 11, Image._write, data_mask_bitmap))
            elif data_mask_bitmap is not None:
                raise Refused("data_mask_bitmap must be a Image")
            size += 15
            if queue:
                drain(out, queue, size, _patch, minor)
            return out
        except UNSENDABLE as error:
            refuse(self, error, minor)


@dataclass(init=False, repr=False, eq=False)
class ServerDrawStroke(Message):
    """Draws lines, one pixel wide. The last point of an open figure is not drawn.

    DisplayChannel, server message 310.
    """

    CHANNEL: ClassVar[str] = "display"
    DIRECTION: ClassVar[str] = "server"
    NAME: ClassVar[str] = "draw_stroke"
    NUMBER: ClassVar[int] = 310
    __slots__ = ("base", "data")
    base: DisplayBase
    data: Stroke
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("base", "base", s.Nested(DisplayBase)),
        s.Field("data", "data", s.Nested(Stroke)),
    )

    def __init__(self, base: DisplayBase, data: Stroke) -> None:
        self.base = base
        self.data = data

    @staticmethod
    def parse(data: Buffer, limits: Limits | None = None, minor: int | None = None) -> ServerDrawStroke:
        end = len(data)
        extent = None if limits is None and end < SMALL else Extent(end, limits)
        try:
            m = _new_ServerDrawStroke()
            m.base = base = _new_DisplayBase()
            base.box = base_box = _new_Rect()
            base.clip = base_clip = _new_Clip()
            base.surface_id, base_box.top, base_box.left, base_box.bottom, base_box.right, base_clip_type = _unpack_from_1(data)
            base_clip.type = base_clip_type
            pos = 21
            if base_clip_type == 1:
                base_clip.u = base_clip_u_rects = _new_ClipRects()
                base_clip_u_rects_num_rects, = _unpack_from_2(data, pos)
                pos += 4
                base_clip_u_rects.num_rects = base_clip_u_rects_num_rects
                if base_clip_u_rects_num_rects * 16 > end - pos:
                    raise beyond("base.clip.u.rects.rects", base_clip_u_rects_num_rects * 16, end - pos, pos)
                if extent is not None:
                    extent.add_elements(base_clip_u_rects_num_rects)
                stop = pos + base_clip_u_rects_num_rects * 16
                base_clip_u_rects.rects = [Rect(*v) for v in _iter_unpack_3(data[pos:stop])]
                pos = stop
            else:
                base_clip.u = None
            m.data = data_ = _new_Stroke()
            data_.attr = data_attr = _new_LineAttr()
            data_path_at, data_attr_flags = _unpack_from_13(data, pos)
            pos += 5
            if data_path_at:
                if data_path_at >= len(data):
                    raise outside("data.path", data_path_at, len(data))
                data_.path, stop = Path._read(data, data_path_at, len(data), extent, minor)
                if extent is not None:
                    extent.add_range(data_path_at, stop)
            else:
                raise null("data.path", 0)
            data_attr.flags = data_attr_flags
            data_attr_u1_style_nseg = 0
            if data_attr_flags & 8:
                data_attr_u1_style_nseg, = _unpack_from_8(data, pos)
                pos += 1
                data_attr.u1 = data_attr_u1_style_nseg
            else:
                data_attr.u1 = None
            if data_attr_flags & 8:
                data_attr_u2_style_at, = _unpack_from_2(data, pos)
                pos += 4
                if data_attr_u2_style_at:
                    if data_attr_u2_style_at >= len(data):
                        raise outside("data.attr.u2.style", data_attr_u2_style_at, len(data))
                    v = data_attr_u2_style_at
                    if data_attr_u1_style_nseg * 4 > len(data) - v:
                        raise beyond("data.attr.u2.style", data_attr_u1_style_nseg * 4, len(data) - v, v)
                    if extent is not None:
                        extent.add_elements(data_attr_u1_style_nseg)
                    data_attr.u2 = list(_unpack_from(f"<{data_attr_u1_style_nseg}i", data, v))
                    v += data_attr_u1_style_nseg * 4
                    if extent is not None:
                        extent.add_range(data_attr_u2_style_at, v)
                else:
                    data_attr.u2 = None
            else:
                data_attr.u2 = None
            data_.brush = data_brush = _new_Brush()
            data_brush_type, = _unpack_from_8(data, pos)
            pos += 1
            data_brush.type = data_brush_type
            if data_brush_type == 1:
                data_brush.u, = _unpack_from_2(data, pos)
                pos += 4
            elif data_brush_type == 2:
                data_brush.u = data_brush_u_pattern = _new_Pattern()
                data_brush_u_pattern.pos = data_brush_u_pattern_pos = _new_Point()
                data_brush_u_pattern_pat_at, data_brush_u_pattern_pos.x, data_brush_u_pattern_pos.y = _unpack_from_15(data, pos)
                pos += 12
                if data_brush_u_pattern_pat_at:
                    if data_brush_u_pattern_pat_at >= len(data):
                        raise outside("data.brush.u.pattern.pat", data_brush_u_pattern_pat_at, len(data))
                    data_brush_u_pattern.pat, stop = Image._read(data, data_brush_u_pattern_pat_at, len(data), extent, minor)
                    if extent is not None:
                        extent.add_range(data_brush_u_pattern_pat_at, stop)
                else:
                    raise null("data.brush.u.pattern.pat", 0)
            else:
                data_brush.u = None
            data_.fore_mode, data_.back_mode = _unpack_from_23(data, pos)
            pos += 4
            if extent is not None:
                extent.add_range(0, pos)
                extent.finish(end)
            return m
        except _error:
            raise ends_early("display server draw_stroke", data) from None

    def write_buffers(self, minor: int | None = None) -> list[Buffer]:
        try:
            out: list[Buffer] = []
            queue: Queue = []
            size = 0
            base = self.base
            base_box = base.box
            base_clip = base.clip
            base_clip_type = base_clip.type
            base_clip_u = base_clip.u
            if base_clip_type == 1:
                if type(base_clip_u) is not ClipRects:
                    raise Refused("base_clip_u must be a ClipRects here")
                base_clip_u_rects = base_clip_u
                base_clip_u_rects_num_rects = base_clip_u_rects.num_rects
                out.append(_pack_5(base.surface_id, base_box.top, base_box.left, base_box.bottom, base_box.right, base_clip_type, base_clip_u_rects_num_rects))
                base_clip_u_rects_rects = base_clip_u_rects.rects
                if len(base_clip_u_rects_rects) != base_clip_u_rects_num_rects:
                    raise Refused("base_clip_u_rects_rects has another length than counted")
                size += 25
                out += [_pack_3(base_clip_u_rects_rects_item.top, base_clip_u_rects_rects_item.left, base_clip_u_rects_rects_item.bottom, base_clip_u_rects_rects_item.right) for base_clip_u_rects_rects_item in base_clip_u_rects_rects]
                size += 16 * len(base_clip_u_rects_rects)
            elif base_clip_u is not None:
                raise Refused("base_clip_u must be None here")
            else:
                out.append(_pack_1(base.surface_id, base_box.top, base_box.left, base_box.bottom, base_box.right, base_clip_type))
                size += 21
            data = self.data
            data_path = data.path
            if data_path is None:
                raise Refused("data_path must not be null")
            data_attr = data.attr
            data_attr_flags = data_attr.flags
            block = bytearray(_pack_13(0, data_attr_flags))
            out.append(block)
            if type(data_path) is Path:
                queue.append((block, 0, Path._write, data_path))
            elif data_path is not None:
                raise Refused("data_path must be a Path")
            data_attr_u1_style_nseg = 0
            data_attr_u1 = data_attr.u1
            if data_attr_flags & 8:
                if data_attr_u1 is None:
                    raise Refused("data_attr_u1 must not be None here")
                data_attr_u1_style_nseg = data_attr_u1
                out.append(_pack_8(data_attr_u1_style_nseg))
                size += 6
            elif data_attr_u1 is not None:
                raise Refused("data_attr_u1 must be None here")
            else:
                size += 5
            data_attr_u2 = data_attr.u2
            if data_attr_flags & 8:
                data_attr_u2_style = data_attr_u2
                if (0 if data_attr_u2_style is None else len(data_attr_u2_style)) != data_attr_u1_style_nseg:
                    raise Refused("data_attr_u2_style has another length than counted")
                if not data_attr_u2_style:
                    data_attr_u2_style = None
                block = bytearray(_pack_2(0))
                out.append(block)
                if data_attr_u2_style is not None:
                    queue.append((block, 0, _put_0, data_attr_u2_style))
                size += 4
            elif data_attr_u2 is not None:
                raise Refused("data_attr_u2 must be None here")
            data_brush = data.brush
            data_brush_type = data_brush.type
            data_brush_u = data_brush.u
            if data_brush_type == 1:
                if data_brush_u is None:
                    raise Refused("data_brush_u must not be None here")
                out.append(_pack_17(data_brush_type, data_brush_u))
                size += 5
            elif data_brush_type == 2:
                if type(data_brush_u) is not Pattern:
                    raise Refused("data_brush_u must be a Pattern here")
                data_brush_u_pattern = data_brush_u
                data_brush_u_pattern_pat = data_brush_u_pattern.pat
                if data_brush_u_pattern_pat is None:
                    raise Refused("data_brush_u_pattern_pat must not be null")
                data_brush_u_pattern_pos = data_brush_u_pattern.pos
                block = bytearray(_pack_18(data_brush_type, 0, data_brush_u_pattern_pos.x, data_brush_u_pattern_pos.y))
                out.append(block)
                if type(data_brush_u_pattern_pat) is Image:
                    queue.append((block, 1, Image._write, data_brush_u_pattern_pat))
                elif data_brush_u_pattern_pat is not None:
                    raise Refused("data_brush_u_pattern_pat must be a Image")
                size += 13
            elif data_brush_u is not None:
                raise Refused("data_brush_u must be None here")
            else:
                out.append(_pack_8(data_brush_type))
                size += 1
            out.append(_pack_23(data.fore_mode, data.back_mode))
            size += 4
            if queue:
                drain(out, queue, size, _patch, minor)
            return out
        except UNSENDABLE as error:
            refuse(self, error, minor)


@dataclass(init=False, repr=False, eq=False)
class ServerDrawText(Message):
    """Draws text.

    DisplayChannel, server message 311.
    """

    CHANNEL: ClassVar[str] = "display"
    DIRECTION: ClassVar[str] = "server"
    NAME: ClassVar[str] = "draw_text"
    NUMBER: ClassVar[int] = 311
    __slots__ = ("base", "data")
    base: DisplayBase
    data: Text
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("base", "base", s.Nested(DisplayBase)),
        s.Field("data", "data", s.Nested(Text)),
    )

    def __init__(self, base: DisplayBase, data: Text) -> None:
        self.base = base
        self.data = data

    @staticmethod
    def parse(data: Buffer, limits: Limits | None = None, minor: int | None = None) -> ServerDrawText:
        end = len(data)
        extent = None if limits is None and end < SMALL else Extent(end, limits)
        try:
            m = _new_ServerDrawText()
            m.base = base = _new_DisplayBase()
            base.box = base_box = _new_Rect()
            base.clip = base_clip = _new_Clip()
            base.surface_id, base_box.top, base_box.left, base_box.bottom, base_box.right, base_clip_type = _unpack_from_1(data)
            base_clip.type = base_clip_type
            pos = 21
            if base_clip_type == 1:
                base_clip.u = base_clip_u_rects = _new_ClipRects()
                base_clip_u_rects_num_rects, = _unpack_from_2(data, pos)
                pos += 4
                base_clip_u_rects.num_rects = base_clip_u_rects_num_rects
                if base_clip_u_rects_num_rects * 16 > end - pos:
                    raise beyond("base.clip.u.rects.rects", base_clip_u_rects_num_rects * 16, end - pos, pos)
                if extent is not None:
                    extent.add_elements(base_clip_u_rects_num_rects)
                stop = pos + base_clip_u_rects_num_rects * 16
                base_clip_u_rects.rects = [Rect(*v) for v in _iter_unpack_3(data[pos:stop])]
                pos = stop
            else:
                base_clip.u = None
            m.data = data_ = _new_Text()
            data_.back_area = data_back_area = _new_Rect()
            data_.fore_brush = data_fore_brush = _new_Brush()
            data_str_at, data_back_area.top, data_back_area.left, data_back_area.bottom, data_back_area.right, data_fore_brush_type = _unpack_from_1(data, pos)
            pos += 21
            if data_str_at:
                if data_str_at >= len(data):
                    raise outside("data.str", data_str_at, len(data))
                data_.str, stop = String._read(data, data_str_at, len(data), extent, minor)
                if extent is not None:
                    extent.add_range(data_str_at, stop)
            else:
                raise null("data.str", 0)
            data_fore_brush.type = data_fore_brush_type
            if data_fore_brush_type == 1:
                data_fore_brush.u, = _unpack_from_2(data, pos)
                pos += 4
            elif data_fore_brush_type == 2:
                data_fore_brush.u = data_fore_brush_u_pattern = _new_Pattern()
                data_fore_brush_u_pattern.pos = data_fore_brush_u_pattern_pos = _new_Point()
                data_fore_brush_u_pattern_pat_at, data_fore_brush_u_pattern_pos.x, data_fore_brush_u_pattern_pos.y = _unpack_from_15(data, pos)
                pos += 12
                if data_fore_brush_u_pattern_pat_at:
                    if data_fore_brush_u_pattern_pat_at >= len(data):
                        raise outside("data.fore_brush.u.pattern.pat", data_fore_brush_u_pattern_pat_at, len(data))
                    data_fore_brush_u_pattern.pat, stop = Image._read(data, data_fore_brush_u_pattern_pat_at, len(data), extent, minor)
                    if extent is not None:
                        extent.add_range(data_fore_brush_u_pattern_pat_at, stop)
                else:
                    raise null("data.fore_brush.u.pattern.pat", 0)
            else:
                data_fore_brush.u = None
            data_.back_brush = data_back_brush = _new_Brush()
            data_back_brush_type, = _unpack_from_8(data, pos)
            pos += 1
            data_back_brush.type = data_back_brush_type
            if data_back_brush_type == 1:
                data_back_brush.u, = _unpack_from_2(data, pos)
                pos += 4
            elif data_back_brush_type == 2:
                data_back_brush.u = data_back_brush_u_pattern = _new_Pattern()
                data_back_brush_u_pattern.pos = data_back_brush_u_pattern_pos = _new_Point()
                data_back_brush_u_pattern_pat_at, data_back_brush_u_pattern_pos.x, data_back_brush_u_pattern_pos.y = _unpack_from_15(data, pos)
                pos += 12
                if data_back_brush_u_pattern_pat_at:
                    if data_back_brush_u_pattern_pat_at >= len(data):
                        raise outside("data.back_brush.u.pattern.pat", data_back_brush_u_pattern_pat_at, len(data))
                    data_back_brush_u_pattern.pat, stop = Image._read(data, data_back_brush_u_pattern_pat_at, len(data), extent, minor)
                    if extent is not None:
                        extent.add_range(data_back_brush_u_pattern_pat_at, stop)
                else:
                    raise null("data.back_brush.u.pattern.pat", 0)
            else:
                data_back_brush.u = None
            data_.fore_mode, data_.back_mode = _unpack_from_23(data, pos)
            pos += 4
            if extent is not None:
                extent.add_range(0, pos)
                extent.finish(end)
            return m
        except _error:
            raise ends_early("display server draw_text", data) from None

    def write_buffers(self, minor: int | None = None) -> list[Buffer]:
        try:
            out: list[Buffer] = []
            queue: Queue = []
            size = 0
            base = self.base
            base_box = base.box
            base_clip = base.clip
            base_clip_type = base_clip.type
            base_clip_u = base_clip.u
            if base_clip_type == 1:
                if type(base_clip_u) is not ClipRects:
                    raise Refused("base_clip_u must be a ClipRects here")
                base_clip_u_rects = base_clip_u
                base_clip_u_rects_num_rects = base_clip_u_rects.num_rects
                out.append(_pack_5(base.surface_id, base_box.top, base_box.left, base_box.bottom, base_box.right, base_clip_type, base_clip_u_rects_num_rects))
                base_clip_u_rects_rects = base_clip_u_rects.rects
                if len(base_clip_u_rects_rects) != base_clip_u_rects_num_rects:
                    raise Refused("base_clip_u_rects_rects has another length than counted")
                size += 25
                out += [_pack_3(base_clip_u_rects_rects_item.top, base_clip_u_rects_rects_item.left, base_clip_u_rects_rects_item.bottom, base_clip_u_rects_rects_item.right) for base_clip_u_rects_rects_item in base_clip_u_rects_rects]
                size += 16 * len(base_clip_u_rects_rects)
            elif base_clip_u is not None:
                raise Refused("base_clip_u must be None here")
            else:
                out.append(_pack_1(base.surface_id, base_box.top, base_box.left, base_box.bottom, base_box.right, base_clip_type))
                size += 21
            data = self.data
            data_str = data.str
            if data_str is None:
                raise Refused("data_str must not be null")
            data_back_area = data.back_area
            data_fore_brush = data.fore_brush
            data_fore_brush_type = data_fore_brush.type
            block = bytearray(_pack_1(0, data_back_area.top, data_back_area.left, data_back_area.bottom, data_back_area.right, data_fore_brush_type))
            out.append(block)
            if type(data_str) is String:
                queue.append((block, 0, String._write, data_str))
            elif data_str is not None:
                raise Refused("data_str must be a String")
            data_fore_brush_u = data_fore_brush.u
            if data_fore_brush_type == 1:
                if data_fore_brush_u is None:
                    raise Refused("data_fore_brush_u must not be None here")
                out.append(_pack_2(data_fore_brush_u))
                size += 25
            elif data_fore_brush_type == 2:
                if type(data_fore_brush_u) is not Pattern:
                    raise Refused("data_fore_brush_u must be a Pattern here")
                data_fore_brush_u_pattern = data_fore_brush_u
                data_fore_brush_u_pattern_pat = data_fore_brush_u_pattern.pat
                if data_fore_brush_u_pattern_pat is None:
                    raise Refused("data_fore_brush_u_pattern_pat must not be null")
                data_fore_brush_u_pattern_pos = data_fore_brush_u_pattern.pos
                block = bytearray(_pack_15(0, data_fore_brush_u_pattern_pos.x, data_fore_brush_u_pattern_pos.y))
                out.append(block)
                if type(data_fore_brush_u_pattern_pat) is Image:
                    queue.append((block, 0, Image._write, data_fore_brush_u_pattern_pat))
                elif data_fore_brush_u_pattern_pat is not None:
                    raise Refused("data_fore_brush_u_pattern_pat must be a Image")
                size += 33
            elif data_fore_brush_u is not None:
                raise Refused("data_fore_brush_u must be None here")
            else:
                size += 21
            data_back_brush = data.back_brush
            data_back_brush_type = data_back_brush.type
            data_back_brush_u = data_back_brush.u
            if data_back_brush_type == 1:
                if data_back_brush_u is None:
                    raise Refused("data_back_brush_u must not be None here")
                out.append(_pack_17(data_back_brush_type, data_back_brush_u))
                size += 5
            elif data_back_brush_type == 2:
                if type(data_back_brush_u) is not Pattern:
                    raise Refused("data_back_brush_u must be a Pattern here")
                data_back_brush_u_pattern = data_back_brush_u
                data_back_brush_u_pattern_pat = data_back_brush_u_pattern.pat
                if data_back_brush_u_pattern_pat is None:
                    raise Refused("data_back_brush_u_pattern_pat must not be null")
                data_back_brush_u_pattern_pos = data_back_brush_u_pattern.pos
                block = bytearray(_pack_18(data_back_brush_type, 0, data_back_brush_u_pattern_pos.x, data_back_brush_u_pattern_pos.y))
                out.append(block)
                if type(data_back_brush_u_pattern_pat) is Image:
                    queue.append((block, 1, Image._write, data_back_brush_u_pattern_pat))
                elif data_back_brush_u_pattern_pat is not None:
                    raise Refused("data_back_brush_u_pattern_pat must be a Image")
                size += 13
            elif data_back_brush_u is not None:
                raise Refused("data_back_brush_u must be None here")
            else:
                out.append(_pack_8(data_back_brush_type))
                size += 1
            out.append(_pack_23(data.fore_mode, data.back_mode))
            size += 4
            if queue:
                drain(out, queue, size, _patch, minor)
            return out
        except UNSENDABLE as error:
            refuse(self, error, minor)


@dataclass(init=False, repr=False, eq=False)
class ServerDrawTransparent(Message):
    """Puts an image down except for the pixels of one colour.

    DisplayChannel, server message 312.
    """

    CHANNEL: ClassVar[str] = "display"
    DIRECTION: ClassVar[str] = "server"
    NAME: ClassVar[str] = "draw_transparent"
    NUMBER: ClassVar[int] = 312
    __slots__ = ("base", "data")
    base: DisplayBase
    data: Transparent
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("base", "base", s.Nested(DisplayBase)),
        s.Field("data", "data", s.Nested(Transparent)),
    )

    def __init__(self, base: DisplayBase, data: Transparent) -> None:
        self.base = base
        self.data = data

    @staticmethod
    def parse(data: Buffer, limits: Limits | None = None, minor: int | None = None) -> ServerDrawTransparent:
        end = len(data)
        extent = None if limits is None and end < SMALL else Extent(end, limits)
        try:
            m = _new_ServerDrawTransparent()
            m.base = base = _new_DisplayBase()
            base.box = base_box = _new_Rect()
            base.clip = base_clip = _new_Clip()
            base.surface_id, base_box.top, base_box.left, base_box.bottom, base_box.right, base_clip_type = _unpack_from_1(data)
            base_clip.type = base_clip_type
            pos = 21
            if base_clip_type == 1:
                base_clip.u = base_clip_u_rects = _new_ClipRects()
                base_clip_u_rects_num_rects, = _unpack_from_2(data, pos)
                pos += 4
                base_clip_u_rects.num_rects = base_clip_u_rects_num_rects
                if base_clip_u_rects_num_rects * 16 > end - pos:
                    raise beyond("base.clip.u.rects.rects", base_clip_u_rects_num_rects * 16, end - pos, pos)
                if extent is not None:
                    extent.add_elements(base_clip_u_rects_num_rects)
                stop = pos + base_clip_u_rects_num_rects * 16
                base_clip_u_rects.rects = [Rect(*v) for v in _iter_unpack_3(data[pos:stop])]
                pos = stop
            else:
                base_clip.u = None
            m.data = data_ = _new_Transparent()
            data_.src_area = data_src_area = _new_Rect()
            data_src_bitmap_at, data_src_area.top, data_src_area.left, data_src_area.bottom, data_src_area.right, data_.src_color, data_.true_color = _unpack_from_24(data, pos)
            pos += 28
            if data_src_bitmap_at:
                if data_src_bitmap_at >= len(data):
                    raise outside("data.src_bitmap", data_src_bitmap_at, len(data))
                data_.src_bitmap, stop = Image._read(data, data_src_bitmap_at, len(data), extent, minor)
                if extent is not None:
                    extent.add_range(data_src_bitmap_at, stop)
            else:
                data_.src_bitmap = None
            if extent is not None:
                extent.add_range(0, pos)
                extent.finish(end)
            return m
        except _error:
            raise ends_early("display server draw_transparent", data) from None

    def write_buffers(self, minor: int | None = None) -> list[Buffer]:
        try:
            out: list[Buffer] = []
            queue: Queue = []
            size = 0
            base = self.base
            base_box = base.box
            base_clip = base.clip
            base_clip_type = base_clip.type
            base_clip_u = base_clip.u
            if base_clip_type == 1:
                if type(base_clip_u) is not ClipRects:
                    raise Refused("base_clip_u must be a ClipRects here")
                base_clip_u_rects = base_clip_u
                base_clip_u_rects_num_rects = base_clip_u_rects.num_rects
                out.append(_pack_5(base.surface_id, base_box.top, base_box.left, base_box.bottom, base_box.right, base_clip_type, base_clip_u_rects_num_rects))
                base_clip_u_rects_rects = base_clip_u_rects.rects
                if len(base_clip_u_rects_rects) != base_clip_u_rects_num_rects:
                    raise Refused("base_clip_u_rects_rects has another length than counted")
                size += 25
                out += [_pack_3(base_clip_u_rects_rects_item.top, base_clip_u_rects_rects_item.left, base_clip_u_rects_rects_item.bottom, base_clip_u_rects_rects_item.right) for base_clip_u_rects_rects_item in base_clip_u_rects_rects]
                size += 16 * len(base_clip_u_rects_rects)
            elif base_clip_u is not None:
                raise Refused("base_clip_u must be None here")
            else:
                out.append(_pack_1(base.surface_id, base_box.top, base_box.left, base_box.bottom, base_box.right, base_clip_type))
                size += 21
            data = self.data
            data_src_bitmap = data.src_bitmap
            data_src_area = data.src_area
            size += 28
            place = len(out)
            out.append(b"")
            if data_src_bitmap is None:
                data_src_bitmap_offset = 0
            elif type(data_src_bitmap) is Image:
                data_src_bitmap_offset = size
                size = Image._write(data_src_bitmap, out, queue, size, minor)
            else:
                raise Refused("data_src_bitmap must be a Image")
            out[place] = _pack_24(data_src_bitmap_offset, data_src_area.top, data_src_area.left, data_src_area.bottom, data_src_area.right, data.src_color, data.true_color)
            if queue:
                drain(out, queue, size, _patch, minor)
            return out
        except UNSENDABLE as error:
            refuse(self, error, minor)


@dataclass(init=False, repr=False, eq=False)
class ServerDrawAlphaBlend(Message):
    """Puts an image down, half transparent.

    DisplayChannel, server message 313.
    """

    CHANNEL: ClassVar[str] = "display"
    DIRECTION: ClassVar[str] = "server"
    NAME: ClassVar[str] = "draw_alpha_blend"
    NUMBER: ClassVar[int] = 313
    __slots__ = ("base", "data")
    base: DisplayBase
    data: AlphaBlend
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("base", "base", s.Nested(DisplayBase)),
        s.Field("data", "data", s.Nested(AlphaBlend)),
    )

    def __init__(self, base: DisplayBase, data: AlphaBlend) -> None:
        self.base = base
        self.data = data

    @staticmethod
    def parse(data: Buffer, limits: Limits | None = None, minor: int | None = None) -> ServerDrawAlphaBlend:
        end = len(data)
        extent = None if limits is None and end < SMALL else Extent(end, limits)
        try:
            m = _new_ServerDrawAlphaBlend()
            m.base = base = _new_DisplayBase()
            base.box = base_box = _new_Rect()
            base.clip = base_clip = _new_Clip()
            base.surface_id, base_box.top, base_box.left, base_box.bottom, base_box.right, base_clip_type = _unpack_from_1(data)
            base_clip.type = base_clip_type
            pos = 21
            if base_clip_type == 1:
                base_clip.u = base_clip_u_rects = _new_ClipRects()
                base_clip_u_rects_num_rects, = _unpack_from_2(data, pos)
                pos += 4
                base_clip_u_rects.num_rects = base_clip_u_rects_num_rects
                if base_clip_u_rects_num_rects * 16 > end - pos:
                    raise beyond("base.clip.u.rects.rects", base_clip_u_rects_num_rects * 16, end - pos, pos)
                if extent is not None:
                    extent.add_elements(base_clip_u_rects_num_rects)
                stop = pos + base_clip_u_rects_num_rects * 16
                base_clip_u_rects.rects = [Rect(*v) for v in _iter_unpack_3(data[pos:stop])]
                pos = stop
            else:
                base_clip.u = None
            m.data = data_ = _new_AlphaBlend()
            data_.src_area = data_src_area = _new_Rect()
            data_.alpha_flags, data_.alpha, data_src_bitmap_at, data_src_area.top, data_src_area.left, data_src_area.bottom, data_src_area.right = _unpack_from_25(data, pos)
            pos += 22
            if data_src_bitmap_at:
                if data_src_bitmap_at >= len(data):
                    raise outside("data.src_bitmap", data_src_bitmap_at, len(data))
                data_.src_bitmap, stop = Image._read(data, data_src_bitmap_at, len(data), extent, minor)
                if extent is not None:
                    extent.add_range(data_src_bitmap_at, stop)
            else:
                data_.src_bitmap = None
            if extent is not None:
                extent.add_range(0, pos)
                extent.finish(end)
            return m
        except _error:
            raise ends_early("display server draw_alpha_blend", data) from None

    def write_buffers(self, minor: int | None = None) -> list[Buffer]:
        try:
            out: list[Buffer] = []
            queue: Queue = []
            size = 0
            base = self.base
            base_box = base.box
            base_clip = base.clip
            base_clip_type = base_clip.type
            base_clip_u = base_clip.u
            if base_clip_type == 1:
                if type(base_clip_u) is not ClipRects:
                    raise Refused("base_clip_u must be a ClipRects here")
                base_clip_u_rects = base_clip_u
                base_clip_u_rects_num_rects = base_clip_u_rects.num_rects
                out.append(_pack_5(base.surface_id, base_box.top, base_box.left, base_box.bottom, base_box.right, base_clip_type, base_clip_u_rects_num_rects))
                base_clip_u_rects_rects = base_clip_u_rects.rects
                if len(base_clip_u_rects_rects) != base_clip_u_rects_num_rects:
                    raise Refused("base_clip_u_rects_rects has another length than counted")
                size += 25
                out += [_pack_3(base_clip_u_rects_rects_item.top, base_clip_u_rects_rects_item.left, base_clip_u_rects_rects_item.bottom, base_clip_u_rects_rects_item.right) for base_clip_u_rects_rects_item in base_clip_u_rects_rects]
                size += 16 * len(base_clip_u_rects_rects)
            elif base_clip_u is not None:
                raise Refused("base_clip_u must be None here")
            else:
                out.append(_pack_1(base.surface_id, base_box.top, base_box.left, base_box.bottom, base_box.right, base_clip_type))
                size += 21
            data = self.data
            data_src_bitmap = data.src_bitmap
            data_src_area = data.src_area
            size += 22
            place = len(out)
            out.append(b"")
            if data_src_bitmap is None:
                data_src_bitmap_offset = 0
            elif type(data_src_bitmap) is Image:
                data_src_bitmap_offset = size
                size = Image._write(data_src_bitmap, out, queue, size, minor)
            else:
                raise Refused("data_src_bitmap must be a Image")
            out[place] = _pack_25(data.alpha_flags, data.alpha, data_src_bitmap_offset, data_src_area.top, data_src_area.left, data_src_area.bottom, data_src_area.right)
            if queue:
                drain(out, queue, size, _patch, minor)
            return out
        except UNSENDABLE as error:
            refuse(self, error, minor)


@dataclass(init=False, repr=False, eq=False)
class ServerSurfaceCreate(Message):
    """A new surface, undefined until drawn on.

    DisplayChannel, server message 314.
    """

    CHANNEL: ClassVar[str] = "display"
    DIRECTION: ClassVar[str] = "server"
    NAME: ClassVar[str] = "surface_create"
    NUMBER: ClassVar[int] = 314
    __slots__ = ("surface_id", "width", "height", "format", "flags")
    surface_id: int  # 0 is the primary surface in practice
    width: int  # pixels
    height: int  # rows
    format: int
    flags: int
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("surface_id", "surface_id", s.U32),
        s.Field("width", "width", s.U32),
        s.Field("height", "height", s.U32),
        s.Field("format", "format", s.Number(0, 4294967295, SurfaceFmt)),
        s.Field("flags", "flags", s.Number(0, 4294967295, SurfaceFlags, True)),
    )

    def __init__(self, surface_id: int, width: int, height: int, format: int, flags: int) -> None:
        self.surface_id = surface_id
        self.width = width
        self.height = height
        self.format = format
        self.flags = flags

    @staticmethod
    def parse(data: Buffer, limits: Limits | None = None, minor: int | None = None) -> ServerSurfaceCreate:
        if limits is not None:
            check_size(len(data), limits)
        try:
            m = _new_ServerSurfaceCreate()
            m.surface_id, m.width, m.height, m.format, m.flags = _unpack_26(data)
            return m
        except _error:
            return ServerSurfaceCreate.parse(prefix("display server surface_create", data, 20, limits), None, minor)

    def write_buffers(self, minor: int | None = None) -> list[Buffer]:
        try:
            return [_pack_26(self.surface_id, self.width, self.height, self.format, self.flags)]
        except UNSENDABLE as error:
            refuse(self, error, minor)


@dataclass(init=False, repr=False, eq=False)
class ServerSurfaceDestroy(Message):
    """A surface is gone.

    DisplayChannel, server message 315.
    """

    CHANNEL: ClassVar[str] = "display"
    DIRECTION: ClassVar[str] = "server"
    NAME: ClassVar[str] = "surface_destroy"
    NUMBER: ClassVar[int] = 315
    __slots__ = ("surface_id",)
    surface_id: int
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("surface_id", "surface_id", s.U32),
    )

    def __init__(self, surface_id: int) -> None:
        self.surface_id = surface_id

    @staticmethod
    def parse(data: Buffer, limits: Limits | None = None, minor: int | None = None) -> ServerSurfaceDestroy:
        if limits is not None:
            check_size(len(data), limits)
        try:
            m = _new_ServerSurfaceDestroy()
            m.surface_id, = _unpack_2(data)
            return m
        except _error:
            return ServerSurfaceDestroy.parse(prefix("display server surface_destroy", data, 4, limits), None, minor)

    def write_buffers(self, minor: int | None = None) -> list[Buffer]:
        try:
            return [_pack_2(self.surface_id)]
        except UNSENDABLE as error:
            refuse(self, error, minor)


@dataclass(init=False, repr=False, eq=False)
class ServerStreamDataSized(Message):
    """One frame of a stream whose size or place differs from stream_create. Needs capability
    SIZED_STREAM.

    DisplayChannel, server message 316.
    """

    CHANNEL: ClassVar[str] = "display"
    DIRECTION: ClassVar[str] = "server"
    NAME: ClassVar[str] = "stream_data_sized"
    NUMBER: ClassVar[int] = 316
    __slots__ = ("base", "width", "height", "dest", "data_size", "data")
    base: StreamDataHeader
    width: int  # size of this frame as coded
    height: int
    dest: Rect  # where this frame is shown
    data_size: int  # bytes
    data: Buffer  # in the codec of the stream
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("base", "base", s.Nested(StreamDataHeader)),
        s.Field("width", "width", s.U32),
        s.Field("height", "height", s.U32),
        s.Field("dest", "dest", s.Nested(Rect)),
        s.Field("data_size", "data_size", s.U32, derived=True),
        s.Field("data", "data", s.Octets(("data_size",))),
    )

    def __init__(self, base: StreamDataHeader, width: int, height: int, dest: Rect, data: Buffer, *, data_size: int | None = None) -> None:
        self.base = base
        self.width = width
        self.height = height
        self.dest = dest
        self.data_size = _len(data) if data_size is None else data_size
        self.data = data

    @staticmethod
    def parse(data: Buffer, limits: Limits | None = None, minor: int | None = None) -> ServerStreamDataSized:
        end = len(data)
        try:
            m = _new_ServerStreamDataSized()
            m.base = base = _new_StreamDataHeader()
            m.dest = dest = _new_Rect()
            base.id, base.multi_media_time, m.width, m.height, dest.top, dest.left, dest.bottom, dest.right, data_size = _unpack_from_27(data)
            m.data_size = data_size
            stop = 36 + data_size
            if stop > end:
                raise beyond("data", data_size, end - 36, 36)
            m.data = data[36:stop]
            if limits is not None or end >= SMALL:
                settle(stop, data, limits)
            return m
        except _error:
            raise ends_early("display server stream_data_sized", data) from None

    def write_buffers(self, minor: int | None = None) -> list[Buffer]:
        try:
            out: list[Buffer] = []
            queue: Queue = []
            size = 0
            base = self.base
            dest = self.dest
            data_size = self.data_size
            out.append(_pack_27(base.id, base.multi_media_time, self.width, self.height, dest.top, dest.left, dest.bottom, dest.right, data_size))
            data = self.data
            if type(data) is not bytes:
                data = octets(data)
            if len(data) != data_size:
                raise Refused("data has another length than counted")
            out.append(data)
            return out
        except UNSENDABLE as error:
            refuse(self, error, minor)


@dataclass(init=False, repr=False, eq=False)
class ServerMonitorsConfig(Message):
    """Where the guest's monitors are on the surfaces. Needs capability MONITORS_CONFIG.

    DisplayChannel, server message 317.
    """

    CHANNEL: ClassVar[str] = "display"
    DIRECTION: ClassVar[str] = "server"
    NAME: ClassVar[str] = "monitors_config"
    NUMBER: ClassVar[int] = 317
    __slots__ = ("count", "max_allowed", "heads")
    count: int
    max_allowed: int  # most monitors the guest can have
    heads: list[Head]
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("count", "count", s.U16, derived=True),
        s.Field("max_allowed", "max_allowed", s.U16),
        s.Field("heads", "heads", s.Items(s.Nested(Head), ("count",))),
    )

    def __init__(self, max_allowed: int, heads: list[Head], *, count: int | None = None) -> None:
        self.count = _len(heads) if count is None else count
        self.max_allowed = max_allowed
        self.heads = heads

    @staticmethod
    def parse(data: Buffer, limits: Limits | None = None, minor: int | None = None) -> ServerMonitorsConfig:
        end = len(data)
        extent = None if limits is None and end < SMALL else Extent(end, limits)
        try:
            m = _new_ServerMonitorsConfig()
            count, m.max_allowed = _unpack_from_23(data)
            m.count = count
            pos = 4
            if count * 28 > end - pos:
                raise beyond("heads", count * 28, end - pos, pos)
            if extent is not None:
                extent.add_elements(count)
            stop = pos + count * 28
            m.heads = [Head(*v) for v in _iter_unpack_28(data[pos:stop])]
            pos = stop
            if extent is not None:
                extent.add_range(0, pos)
                extent.finish(end)
            return m
        except _error:
            raise ends_early("display server monitors_config", data) from None

    def write_buffers(self, minor: int | None = None) -> list[Buffer]:
        try:
            out: list[Buffer] = []
            queue: Queue = []
            size = 0
            count = self.count
            out.append(_pack_23(count, self.max_allowed))
            heads = self.heads
            if len(heads) != count:
                raise Refused("heads has another length than counted")
            out += [_pack_28(heads_item.monitor_id, heads_item.surface_id, heads_item.width, heads_item.height, heads_item.x, heads_item.y, heads_item.flags) for heads_item in heads]
            return out
        except UNSENDABLE as error:
            refuse(self, error, minor)


@dataclass(init=False, repr=False, eq=False)
class ServerDrawComposite(Message):
    """Combines images as X Render does. Needs capability COMPOSITE.

    DisplayChannel, server message 318.
    """

    CHANNEL: ClassVar[str] = "display"
    DIRECTION: ClassVar[str] = "server"
    NAME: ClassVar[str] = "draw_composite"
    NUMBER: ClassVar[int] = 318
    __slots__ = ("base", "data")
    base: DisplayBase
    data: Composite
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("base", "base", s.Nested(DisplayBase)),
        s.Field("data", "data", s.Nested(Composite)),
    )

    def __init__(self, base: DisplayBase, data: Composite) -> None:
        self.base = base
        self.data = data

    @staticmethod
    def parse(data: Buffer, limits: Limits | None = None, minor: int | None = None) -> ServerDrawComposite:
        end = len(data)
        extent = None if limits is None and end < SMALL else Extent(end, limits)
        try:
            m = _new_ServerDrawComposite()
            m.base = base = _new_DisplayBase()
            base.box = base_box = _new_Rect()
            base.clip = base_clip = _new_Clip()
            base.surface_id, base_box.top, base_box.left, base_box.bottom, base_box.right, base_clip_type = _unpack_from_1(data)
            base_clip.type = base_clip_type
            pos = 21
            if base_clip_type == 1:
                base_clip.u = base_clip_u_rects = _new_ClipRects()
                base_clip_u_rects_num_rects, = _unpack_from_2(data, pos)
                pos += 4
                base_clip_u_rects.num_rects = base_clip_u_rects_num_rects
                if base_clip_u_rects_num_rects * 16 > end - pos:
                    raise beyond("base.clip.u.rects.rects", base_clip_u_rects_num_rects * 16, end - pos, pos)
                if extent is not None:
                    extent.add_elements(base_clip_u_rects_num_rects)
                stop = pos + base_clip_u_rects_num_rects * 16
                base_clip_u_rects.rects = [Rect(*v) for v in _iter_unpack_3(data[pos:stop])]
                pos = stop
            else:
                base_clip.u = None
            m.data = data_ = _new_Composite()
            data_flags, data_src_bitmap_at = _unpack_from_29(data, pos)
            pos += 8
            data_.flags = data_flags
            if data_src_bitmap_at:
                if data_src_bitmap_at >= len(data):
                    raise outside("data.src_bitmap", data_src_bitmap_at, len(data))
                data_.src_bitmap, stop = Image._read(data, data_src_bitmap_at, len(data), extent, minor)
                if extent is not None:
                    extent.add_range(data_src_bitmap_at, stop)
            else:
                data_.src_bitmap = None
            if data_flags & 524288:
                data_a_mask_bitmap_at, = _unpack_from_2(data, pos)
                pos += 4
                if data_a_mask_bitmap_at:
                    if data_a_mask_bitmap_at >= len(data):
                        raise outside("data.a.mask_bitmap", data_a_mask_bitmap_at, len(data))
                    data_.a, stop = Image._read(data, data_a_mask_bitmap_at, len(data), extent, minor)
                    if extent is not None:
                        extent.add_range(data_a_mask_bitmap_at, stop)
                else:
                    data_.a = None
            else:
                data_.a = None
            if data_flags & 1048576:
                data_.b = data_b_src_transform = _new_Transform()
                data_b_src_transform.t00, data_b_src_transform.t01, data_b_src_transform.t02, data_b_src_transform.t10, data_b_src_transform.t11, data_b_src_transform.t12 = _unpack_from_30(data, pos)
                pos += 24
            else:
                data_.b = None
            if data_flags & 2097152:
                data_.c = data_c_mask_transform = _new_Transform()
                data_c_mask_transform.t00, data_c_mask_transform.t01, data_c_mask_transform.t02, data_c_mask_transform.t10, data_c_mask_transform.t11, data_c_mask_transform.t12 = _unpack_from_30(data, pos)
                pos += 24
            else:
                data_.c = None
            data_.src_origin = data_src_origin = _new_Point16()
            data_.mask_origin = data_mask_origin = _new_Point16()
            data_src_origin.x, data_src_origin.y, data_mask_origin.x, data_mask_origin.y = _unpack_from_31(data, pos)
            pos += 8
            if extent is not None:
                extent.add_range(0, pos)
                extent.finish(end)
            return m
        except _error:
            raise ends_early("display server draw_composite", data) from None

    def write_buffers(self, minor: int | None = None) -> list[Buffer]:
        try:
            out: list[Buffer] = []
            queue: Queue = []
            size = 0
            base = self.base
            base_box = base.box
            base_clip = base.clip
            base_clip_type = base_clip.type
            base_clip_u = base_clip.u
            if base_clip_type == 1:
                if type(base_clip_u) is not ClipRects:
                    raise Refused("base_clip_u must be a ClipRects here")
                base_clip_u_rects = base_clip_u
                base_clip_u_rects_num_rects = base_clip_u_rects.num_rects
                out.append(_pack_5(base.surface_id, base_box.top, base_box.left, base_box.bottom, base_box.right, base_clip_type, base_clip_u_rects_num_rects))
                base_clip_u_rects_rects = base_clip_u_rects.rects
                if len(base_clip_u_rects_rects) != base_clip_u_rects_num_rects:
                    raise Refused("base_clip_u_rects_rects has another length than counted")
                size += 25
                out += [_pack_3(base_clip_u_rects_rects_item.top, base_clip_u_rects_rects_item.left, base_clip_u_rects_rects_item.bottom, base_clip_u_rects_rects_item.right) for base_clip_u_rects_rects_item in base_clip_u_rects_rects]
                size += 16 * len(base_clip_u_rects_rects)
            elif base_clip_u is not None:
                raise Refused("base_clip_u must be None here")
            else:
                out.append(_pack_1(base.surface_id, base_box.top, base_box.left, base_box.bottom, base_box.right, base_clip_type))
                size += 21
            data = self.data
            data_flags = data.flags
            data_src_bitmap = data.src_bitmap
            block = bytearray(_pack_29(data_flags, 0))
            out.append(block)
            if type(data_src_bitmap) is Image:
                queue.append((block, 4, Image._write, data_src_bitmap))
            elif data_src_bitmap is not None:
                raise Refused("data_src_bitmap must be a Image")
            data_a = data.a
            if data_flags & 524288:
                data_a_mask_bitmap = data_a
                block = bytearray(_pack_2(0))
                out.append(block)
                if type(data_a_mask_bitmap) is Image:
                    queue.append((block, 0, Image._write, data_a_mask_bitmap))
                elif data_a_mask_bitmap is not None:
                    raise Refused("data_a_mask_bitmap must be a Image")
                size += 12
            elif data_a is not None:
                raise Refused("data_a must be None here")
            else:
                size += 8
            data_b = data.b
            if data_flags & 1048576:
                if type(data_b) is not Transform:
                    raise Refused("data_b must be a Transform here")
                data_b_src_transform = data_b
                out.append(_pack_30(data_b_src_transform.t00, data_b_src_transform.t01, data_b_src_transform.t02, data_b_src_transform.t10, data_b_src_transform.t11, data_b_src_transform.t12))
                size += 24
            elif data_b is not None:
                raise Refused("data_b must be None here")
            data_c = data.c
            if data_flags & 2097152:
                if type(data_c) is not Transform:
                    raise Refused("data_c must be a Transform here")
                data_c_mask_transform = data_c
                out.append(_pack_30(data_c_mask_transform.t00, data_c_mask_transform.t01, data_c_mask_transform.t02, data_c_mask_transform.t10, data_c_mask_transform.t11, data_c_mask_transform.t12))
                size += 24
            elif data_c is not None:
                raise Refused("data_c must be None here")
            data_src_origin = data.src_origin
            data_mask_origin = data.mask_origin
            out.append(_pack_31(data_src_origin.x, data_src_origin.y, data_mask_origin.x, data_mask_origin.y))
            size += 8
            if queue:
                drain(out, queue, size, _patch, minor)
            return out
        except UNSENDABLE as error:
            refuse(self, error, minor)


@dataclass(init=False, repr=False, eq=False)
class ServerStreamActivateReport(Message):
    """Asks for stream_report messages about a stream. Needs capability STREAM_REPORT of both
    sides. The client reports when the window is full or the time is over.

    DisplayChannel, server message 319.
    """

    CHANNEL: ClassVar[str] = "display"
    DIRECTION: ClassVar[str] = "server"
    NAME: ClassVar[str] = "stream_activate_report"
    NUMBER: ClassVar[int] = 319
    __slots__ = ("stream_id", "unique_id", "max_window_size", "timeout_ms")
    stream_id: int
    unique_id: int  # to be repeated in the reports
    max_window_size: int  # frames for one report
    timeout_ms: int  # longest time for one report
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("stream_id", "stream_id", s.U32),
        s.Field("unique_id", "unique_id", s.U32),
        s.Field("max_window_size", "max_window_size", s.U32),
        s.Field("timeout_ms", "timeout_ms", s.U32),
    )

    def __init__(self, stream_id: int, unique_id: int, max_window_size: int, timeout_ms: int) -> None:
        self.stream_id = stream_id
        self.unique_id = unique_id
        self.max_window_size = max_window_size
        self.timeout_ms = timeout_ms

    @staticmethod
    def parse(data: Buffer, limits: Limits | None = None, minor: int | None = None) -> ServerStreamActivateReport:
        if limits is not None:
            check_size(len(data), limits)
        try:
            m = _new_ServerStreamActivateReport()
            m.stream_id, m.unique_id, m.max_window_size, m.timeout_ms = _unpack_32(data)
            return m
        except _error:
            return ServerStreamActivateReport.parse(prefix("display server stream_activate_report", data, 16, limits), None, minor)

    def write_buffers(self, minor: int | None = None) -> list[Buffer]:
        try:
            return [_pack_32(self.stream_id, self.unique_id, self.max_window_size, self.timeout_ms)]
        except UNSENDABLE as error:
            refuse(self, error, minor)


@dataclass(init=False, repr=False, eq=False)
class ServerGlScanoutUnix(Message):
    """The screen is now this shared graphics buffer. Needs capability GL_SCANOUT and a Unix
    socket, which carries the file descriptor beside the bytes.

    DisplayChannel, server message 320.
    """

    CHANNEL: ClassVar[str] = "display"
    DIRECTION: ClassVar[str] = "server"
    NAME: ClassVar[str] = "gl_scanout_unix"
    NUMBER: ClassVar[int] = 320
    __slots__ = ("drm_dma_buf_fd", "width", "height", "stride", "drm_fourcc_format", "flags")
    drm_dma_buf_fd: None  # no bytes here
    width: int  # pixels
    height: int  # rows
    stride: int  # bytes
    drm_fourcc_format: int  # pixel layout by its DRM code
    flags: int
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("drm_dma_buf_fd", "drm_dma_buf_fd", s.FD),
        s.Field("width", "width", s.U32),
        s.Field("height", "height", s.U32),
        s.Field("stride", "stride", s.U32),
        s.Field("drm_fourcc_format", "drm_fourcc_format", s.U32),
        s.Field("flags", "flags", s.Number(0, 4294967295, GlScanoutFlags, True)),
    )

    def __init__(self, width: int, height: int, stride: int, drm_fourcc_format: int, flags: int, *, drm_dma_buf_fd: None = None) -> None:
        self.drm_dma_buf_fd = drm_dma_buf_fd
        self.width = width
        self.height = height
        self.stride = stride
        self.drm_fourcc_format = drm_fourcc_format
        self.flags = flags

    @staticmethod
    def parse(data: Buffer, limits: Limits | None = None, minor: int | None = None) -> ServerGlScanoutUnix:
        if limits is not None:
            check_size(len(data), limits)
        try:
            m = _new_ServerGlScanoutUnix()
            m.drm_dma_buf_fd = None
            m.width, m.height, m.stride, m.drm_fourcc_format, m.flags = _unpack_26(data)
            return m
        except _error:
            return ServerGlScanoutUnix.parse(prefix("display server gl_scanout_unix", data, 20, limits), None, minor)

    def write_buffers(self, minor: int | None = None) -> list[Buffer]:
        try:
            return [_pack_26(self.width, self.height, self.stride, self.drm_fourcc_format, self.flags)]
        except UNSENDABLE as error:
            refuse(self, error, minor)


@dataclass(init=False, repr=False, eq=False)
class ServerGlDraw(Message):
    """A part of the shared buffer has changed. The client shows it, then sends gl_draw_done.

    DisplayChannel, server message 321.
    """

    CHANNEL: ClassVar[str] = "display"
    DIRECTION: ClassVar[str] = "server"
    NAME: ClassVar[str] = "gl_draw"
    NUMBER: ClassVar[int] = 321
    __slots__ = ("x", "y", "w", "h")
    x: int
    y: int
    w: int  # pixels
    h: int  # rows
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("x", "x", s.U32),
        s.Field("y", "y", s.U32),
        s.Field("w", "w", s.U32),
        s.Field("h", "h", s.U32),
    )

    def __init__(self, x: int, y: int, w: int, h: int) -> None:
        self.x = x
        self.y = y
        self.w = w
        self.h = h

    @staticmethod
    def parse(data: Buffer, limits: Limits | None = None, minor: int | None = None) -> ServerGlDraw:
        if limits is not None:
            check_size(len(data), limits)
        try:
            m = _new_ServerGlDraw()
            m.x, m.y, m.w, m.h = _unpack_32(data)
            return m
        except _error:
            return ServerGlDraw.parse(prefix("display server gl_draw", data, 16, limits), None, minor)

    def write_buffers(self, minor: int | None = None) -> list[Buffer]:
        try:
            return [_pack_32(self.x, self.y, self.w, self.h)]
        except UNSENDABLE as error:
            refuse(self, error, minor)


@dataclass(init=False, repr=False, eq=False)
class ServerQualityIndicator(Message):
    """A text about the quality the server aims at. No capability guards it and nobody sends it.

    DisplayChannel, server message 322.
    """

    CHANNEL: ClassVar[str] = "display"
    DIRECTION: ClassVar[str] = "server"
    NAME: ClassVar[str] = "quality_indicator"
    NUMBER: ClassVar[int] = 322
    __slots__ = ("data",)
    data: Buffer  # everything up to the end of the message
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("data", "data", s.Octets(None)),
    )

    def __init__(self, data: Buffer) -> None:
        self.data = data

    @staticmethod
    def parse(data: Buffer, limits: Limits | None = None, minor: int | None = None) -> ServerQualityIndicator:
        end = len(data)
        try:
            m = _new_ServerQualityIndicator()
            m.data = data[0:end]
            if limits is not None or end >= SMALL:
                settle(end, data, limits)
            return m
        except _error:
            raise ends_early("display server quality_indicator", data) from None

    def write_buffers(self, minor: int | None = None) -> list[Buffer]:
        try:
            out: list[Buffer] = []
            queue: Queue = []
            size = 0
            data = self.data
            if type(data) is not bytes:
                data = octets(data)
            out.append(data)
            return out
        except UNSENDABLE as error:
            refuse(self, error, minor)


@dataclass(init=False, repr=False, eq=False)
class ClientInit(Message):
    """First message on the channel; the server sends nothing before it, and gives up after 30
    seconds. Display channels that name the same cache numbers share these caches.

    DisplayChannel, client message 101.
    """

    CHANNEL: ClassVar[str] = "display"
    DIRECTION: ClassVar[str] = "client"
    NAME: ClassVar[str] = "init"
    NUMBER: ClassVar[int] = 101
    __slots__ = ("pixmap_cache_id", "pixmap_cache_size", "glz_dictionary_id", "glz_dictionary_window_size")
    pixmap_cache_id: int  # which image cache
    pixmap_cache_size: int  # its size, pixels
    glz_dictionary_id: int  # which window of earlier GLZ images
    glz_dictionary_window_size: int  # its size, pixels
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("pixmap_cache_id", "pixmap_cache_id", s.U8),
        s.Field("pixmap_cache_size", "pixmap_cache_size", s.I64),
        s.Field("glz_dictionary_id", "glz_dictionary_id", s.U8),
        s.Field("glz_dictionary_window_size", "glz_dictionary_window_size", s.I32),
    )

    def __init__(self, pixmap_cache_id: int, pixmap_cache_size: int, glz_dictionary_id: int, glz_dictionary_window_size: int) -> None:
        self.pixmap_cache_id = pixmap_cache_id
        self.pixmap_cache_size = pixmap_cache_size
        self.glz_dictionary_id = glz_dictionary_id
        self.glz_dictionary_window_size = glz_dictionary_window_size

    @staticmethod
    def parse(data: Buffer, limits: Limits | None = None, minor: int | None = None) -> ClientInit:
        if limits is not None:
            check_size(len(data), limits)
        try:
            m = _new_ClientInit()
            m.pixmap_cache_id, m.pixmap_cache_size, m.glz_dictionary_id, m.glz_dictionary_window_size = _unpack_33(data)
            return m
        except _error:
            return ClientInit.parse(prefix("display client init", data, 14, limits), None, minor)

    def write_buffers(self, minor: int | None = None) -> list[Buffer]:
        try:
            return [_pack_33(self.pixmap_cache_id, self.pixmap_cache_size, self.glz_dictionary_id, self.glz_dictionary_window_size)]
        except UNSENDABLE as error:
            refuse(self, error, minor)


@dataclass(init=False, repr=False, eq=False)
class ClientStreamReport(Message):
    """How well a stream arrives. Needs capability STREAM_REPORT of both sides.

    DisplayChannel, client message 102.
    """

    CHANNEL: ClassVar[str] = "display"
    DIRECTION: ClassVar[str] = "client"
    NAME: ClassVar[str] = "stream_report"
    NUMBER: ClassVar[int] = 102
    __slots__ = ("stream_id", "unique_id", "start_frame_mm_time", "end_frame_mm_time", "num_frames", "num_drops", "last_frame_delay", "audio_delay")
    stream_id: int
    unique_id: int  # as in stream_activate_report
    start_frame_mm_time: int  # multimedia time of the first frame, ms
    end_frame_mm_time: int  # multimedia time of the last frame, ms
    num_frames: int  # received; 0 with 4294967295 drops means "cannot decode this"
    num_drops: int  # of these, too late to be shown
    last_frame_delay: int  # ms left when the last frame came; negative when it was late
    audio_delay: int  # ms of sound waiting to be played; 4294967295 without sound
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("stream_id", "stream_id", s.U32),
        s.Field("unique_id", "unique_id", s.U32),
        s.Field("start_frame_mm_time", "start_frame_mm_time", s.U32),
        s.Field("end_frame_mm_time", "end_frame_mm_time", s.U32),
        s.Field("num_frames", "num_frames", s.U32),
        s.Field("num_drops", "num_drops", s.U32),
        s.Field("last_frame_delay", "last_frame_delay", s.I32),
        s.Field("audio_delay", "audio_delay", s.U32),
    )

    def __init__(self, stream_id: int, unique_id: int, start_frame_mm_time: int, end_frame_mm_time: int, num_frames: int, num_drops: int, last_frame_delay: int, audio_delay: int) -> None:
        self.stream_id = stream_id
        self.unique_id = unique_id
        self.start_frame_mm_time = start_frame_mm_time
        self.end_frame_mm_time = end_frame_mm_time
        self.num_frames = num_frames
        self.num_drops = num_drops
        self.last_frame_delay = last_frame_delay
        self.audio_delay = audio_delay

    @staticmethod
    def parse(data: Buffer, limits: Limits | None = None, minor: int | None = None) -> ClientStreamReport:
        if limits is not None:
            check_size(len(data), limits)
        try:
            m = _new_ClientStreamReport()
            m.stream_id, m.unique_id, m.start_frame_mm_time, m.end_frame_mm_time, m.num_frames, m.num_drops, m.last_frame_delay, m.audio_delay = _unpack_34(data)
            return m
        except _error:
            return ClientStreamReport.parse(prefix("display client stream_report", data, 32, limits), None, minor)

    def write_buffers(self, minor: int | None = None) -> list[Buffer]:
        try:
            return [_pack_34(self.stream_id, self.unique_id, self.start_frame_mm_time, self.end_frame_mm_time, self.num_frames, self.num_drops, self.last_frame_delay, self.audio_delay)]
        except UNSENDABLE as error:
            refuse(self, error, minor)


@dataclass(init=False, repr=False, eq=False)
class ClientPreferredCompression(Message):
    """Which image coding the client likes best. Needs capability PREF_COMPRESSION.

    DisplayChannel, client message 103.
    """

    CHANNEL: ClassVar[str] = "display"
    DIRECTION: ClassVar[str] = "client"
    NAME: ClassVar[str] = "preferred_compression"
    NUMBER: ClassVar[int] = 103
    __slots__ = ("image_compression",)
    image_compression: int
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("image_compression", "image_compression", s.Number(0, 255, ImageCompression)),
    )

    def __init__(self, image_compression: int) -> None:
        self.image_compression = image_compression

    @staticmethod
    def parse(data: Buffer, limits: Limits | None = None, minor: int | None = None) -> ClientPreferredCompression:
        if limits is not None:
            check_size(len(data), limits)
        try:
            m = _new_ClientPreferredCompression()
            m.image_compression, = _unpack_8(data)
            return m
        except _error:
            return ClientPreferredCompression.parse(prefix("display client preferred_compression", data, 1, limits), None, minor)

    def write_buffers(self, minor: int | None = None) -> list[Buffer]:
        try:
            return [_pack_8(self.image_compression)]
        except UNSENDABLE as error:
            refuse(self, error, minor)


@dataclass(init=False, repr=False, eq=False)
class ClientGlDrawDone(Message):
    """Answers gl_draw: the buffer may be changed again. Needs capability GL_SCANOUT.

    DisplayChannel, client message 104.
    """

    CHANNEL: ClassVar[str] = "display"
    DIRECTION: ClassVar[str] = "client"
    NAME: ClassVar[str] = "gl_draw_done"
    NUMBER: ClassVar[int] = 104
    __slots__ = ()
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
    )

    def __init__(self) -> None:
        pass

    @staticmethod
    def parse(data: Buffer, limits: Limits | None = None, minor: int | None = None) -> ClientGlDrawDone:
        if data:
            settle(0, data, limits)
        m = _new_ClientGlDrawDone()
        return m

    def write_buffers(self, minor: int | None = None) -> list[Buffer]:
        try:
            return [b""]
        except UNSENDABLE as error:
            refuse(self, error, minor)


@dataclass(init=False, repr=False, eq=False)
class ClientPreferredVideoCodecType(Message):
    """Which video codecs the client likes, best first. Needs capability PREF_VIDEO_CODEC_TYPE of
    the server. Running streams are stopped and start again.

    DisplayChannel, client message 105.
    """

    CHANNEL: ClassVar[str] = "display"
    DIRECTION: ClassVar[str] = "client"
    NAME: ClassVar[str] = "preferred_video_codec_type"
    NUMBER: ClassVar[int] = 105
    __slots__ = ("num_of_codecs", "codecs")
    num_of_codecs: int
    codecs: list[int]
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("num_of_codecs", "num_of_codecs", s.U8, derived=True),
        s.Field("codecs", "codecs", s.Items(s.Number(0, 255, VideoCodecType), ("num_of_codecs",))),
    )

    def __init__(self, codecs: list[int], *, num_of_codecs: int | None = None) -> None:
        self.num_of_codecs = _len(codecs) if num_of_codecs is None else num_of_codecs
        self.codecs = codecs

    @staticmethod
    def parse(data: Buffer, limits: Limits | None = None, minor: int | None = None) -> ClientPreferredVideoCodecType:
        end = len(data)
        extent = None if limits is None and end < SMALL else Extent(end, limits)
        try:
            m = _new_ClientPreferredVideoCodecType()
            num_of_codecs, = _unpack_from_8(data)
            m.num_of_codecs = num_of_codecs
            pos = 1
            if num_of_codecs > end - pos:
                raise beyond("codecs", num_of_codecs, end - pos, pos)
            if extent is not None:
                extent.add_elements(num_of_codecs)
            m.codecs = list(_unpack_from(f"<{num_of_codecs}B", data, pos))
            pos += num_of_codecs
            if extent is not None:
                extent.add_range(0, pos)
                extent.finish(end)
            return m
        except _error:
            raise ends_early("display client preferred_video_codec_type", data) from None

    def write_buffers(self, minor: int | None = None) -> list[Buffer]:
        try:
            out: list[Buffer] = []
            queue: Queue = []
            size = 0
            num_of_codecs = self.num_of_codecs
            out.append(_pack_8(num_of_codecs))
            codecs = self.codecs
            if len(codecs) != num_of_codecs:
                raise Refused("codecs has another length than counted")
            out.append(_pack(f"<{len(codecs)}B", *codecs))
            return out
        except UNSENDABLE as error:
            refuse(self, error, minor)


#: Messages the server sends, by number.
SERVER: dict[int, type[Message]] = {
    **base.SERVER,
    101: ServerMode,
    102: ServerMark,
    103: ServerReset,
    104: ServerCopyBits,
    105: ServerInvalList,
    106: ServerInvalAllPixmaps,
    107: ServerInvalPalette,
    108: ServerInvalAllPalettes,
    122: ServerStreamCreate,
    123: ServerStreamData,
    124: ServerStreamClip,
    125: ServerStreamDestroy,
    126: ServerStreamDestroyAll,
    302: ServerDrawFill,
    303: ServerDrawOpaque,
    304: ServerDrawCopy,
    305: ServerDrawBlend,
    306: ServerDrawBlackness,
    307: ServerDrawWhiteness,
    308: ServerDrawInvers,
    309: ServerDrawRop3,
    310: ServerDrawStroke,
    311: ServerDrawText,
    312: ServerDrawTransparent,
    313: ServerDrawAlphaBlend,
    314: ServerSurfaceCreate,
    315: ServerSurfaceDestroy,
    316: ServerStreamDataSized,
    317: ServerMonitorsConfig,
    318: ServerDrawComposite,
    319: ServerStreamActivateReport,
    320: ServerGlScanoutUnix,
    321: ServerGlDraw,
    322: ServerQualityIndicator,
}
#: Messages the client sends, by number.
CLIENT: dict[int, type[Message]] = {
    **base.CLIENT,
    101: ClientInit,
    102: ClientStreamReport,
    103: ClientPreferredCompression,
    104: ClientGlDrawDone,
    105: ClientPreferredVideoCodecType,
}

_new_AlphaBlend = partial(object.__new__, AlphaBlend)
_new_Blackness = partial(object.__new__, Blackness)
_new_Blend = partial(object.__new__, Blend)
_new_Brush = partial(object.__new__, Brush)
_new_ClientGlDrawDone = partial(object.__new__, ClientGlDrawDone)
_new_ClientInit = partial(object.__new__, ClientInit)
_new_ClientPreferredCompression = partial(object.__new__, ClientPreferredCompression)
_new_ClientPreferredVideoCodecType = partial(object.__new__, ClientPreferredVideoCodecType)
_new_ClientStreamReport = partial(object.__new__, ClientStreamReport)
_new_Clip = partial(object.__new__, Clip)
_new_ClipRects = partial(object.__new__, ClipRects)
_new_Composite = partial(object.__new__, Composite)
_new_Copy = partial(object.__new__, Copy)
_new_DisplayBase = partial(object.__new__, DisplayBase)
_new_Fill = partial(object.__new__, Fill)
_new_Invers = partial(object.__new__, Invers)
_new_LineAttr = partial(object.__new__, LineAttr)
_new_Opaque = partial(object.__new__, Opaque)
_new_Pattern = partial(object.__new__, Pattern)
_new_Point = partial(object.__new__, Point)
_new_Point16 = partial(object.__new__, Point16)
_new_QMask = partial(object.__new__, QMask)
_new_Rect = partial(object.__new__, Rect)
_new_Rop3 = partial(object.__new__, Rop3)
_new_ServerCopyBits = partial(object.__new__, ServerCopyBits)
_new_ServerDrawAlphaBlend = partial(object.__new__, ServerDrawAlphaBlend)
_new_ServerDrawBlackness = partial(object.__new__, ServerDrawBlackness)
_new_ServerDrawBlend = partial(object.__new__, ServerDrawBlend)
_new_ServerDrawComposite = partial(object.__new__, ServerDrawComposite)
_new_ServerDrawCopy = partial(object.__new__, ServerDrawCopy)
_new_ServerDrawFill = partial(object.__new__, ServerDrawFill)
_new_ServerDrawInvers = partial(object.__new__, ServerDrawInvers)
_new_ServerDrawOpaque = partial(object.__new__, ServerDrawOpaque)
_new_ServerDrawRop3 = partial(object.__new__, ServerDrawRop3)
_new_ServerDrawStroke = partial(object.__new__, ServerDrawStroke)
_new_ServerDrawText = partial(object.__new__, ServerDrawText)
_new_ServerDrawTransparent = partial(object.__new__, ServerDrawTransparent)
_new_ServerDrawWhiteness = partial(object.__new__, ServerDrawWhiteness)
_new_ServerGlDraw = partial(object.__new__, ServerGlDraw)
_new_ServerGlScanoutUnix = partial(object.__new__, ServerGlScanoutUnix)
_new_ServerInvalAllPalettes = partial(object.__new__, ServerInvalAllPalettes)
_new_ServerInvalAllPixmaps = partial(object.__new__, ServerInvalAllPixmaps)
_new_ServerInvalList = partial(object.__new__, ServerInvalList)
_new_ServerInvalPalette = partial(object.__new__, ServerInvalPalette)
_new_ServerMark = partial(object.__new__, ServerMark)
_new_ServerMode = partial(object.__new__, ServerMode)
_new_ServerMonitorsConfig = partial(object.__new__, ServerMonitorsConfig)
_new_ServerQualityIndicator = partial(object.__new__, ServerQualityIndicator)
_new_ServerReset = partial(object.__new__, ServerReset)
_new_ServerStreamActivateReport = partial(object.__new__, ServerStreamActivateReport)
_new_ServerStreamClip = partial(object.__new__, ServerStreamClip)
_new_ServerStreamCreate = partial(object.__new__, ServerStreamCreate)
_new_ServerStreamData = partial(object.__new__, ServerStreamData)
_new_ServerStreamDataSized = partial(object.__new__, ServerStreamDataSized)
_new_ServerStreamDestroy = partial(object.__new__, ServerStreamDestroy)
_new_ServerStreamDestroyAll = partial(object.__new__, ServerStreamDestroyAll)
_new_ServerSurfaceCreate = partial(object.__new__, ServerSurfaceCreate)
_new_ServerSurfaceDestroy = partial(object.__new__, ServerSurfaceDestroy)
_new_StreamDataHeader = partial(object.__new__, StreamDataHeader)
_new_Stroke = partial(object.__new__, Stroke)
_new_Text = partial(object.__new__, Text)
_new_Transform = partial(object.__new__, Transform)
_new_Transparent = partial(object.__new__, Transparent)
_new_Whiteness = partial(object.__new__, Whiteness)
