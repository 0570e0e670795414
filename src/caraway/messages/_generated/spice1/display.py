# Made by 'caraway proto build' from spice1.proto; do not edit.
"""The screen: drawings and video streams, in the order of arrival."""

from __future__ import annotations

from builtins import len as _len
from dataclasses import dataclass
from functools import partial
from struct import Struct, error as _error, unpack_from as _unpack_from
from typing import ClassVar
from caraway.wire import schema as s
from caraway.wire.codec import Refused, UNSENDABLE, beyond, drain, ends_early, null, number_putter, octets, outside, prefix, refuse, settle
from caraway.wire.limits import Extent, Limits, SMALL, check_size
from caraway.wire.record import Buffer, Message, Queue
from caraway.messages._generated.spice1.enums import StreamFlags, VideoCodecType
from caraway.messages._generated.spice1.structs import AlphaBlend, Blackness, Blend, Brush, ChannelWait, Clip, ClipRects, Copy, DisplayBase, Fill, Image, Invers, LineAttr, Opaque, Path, Pattern, Point, QMask, Rect, ResourceID, Rop3, StreamDataHeader, String, Stroke, Text, Transparent, Whiteness
from caraway.messages._generated.spice1 import base

_patch = Struct("<Q").pack_into
_struct_0 = Struct("<3I")
_pack_0 = _struct_0.pack
_unpack_0 = _struct_0.unpack
_struct_1 = Struct("<4iI")
_unpack_from_1 = _struct_1.unpack_from
_struct_2 = Struct("<Q")
_pack_2 = _struct_2.pack
_unpack_2 = _struct_2.unpack
_unpack_from_2 = _struct_2.unpack_from
_struct_3 = Struct("<8x")
_unpack_from_3 = _struct_3.unpack_from
_struct_4 = Struct("<2i")
_pack_4 = _struct_4.pack
_unpack_from_4 = _struct_4.unpack_from
_struct_5 = Struct("<4iIQ")
_pack_5 = _struct_5.pack
_struct_6 = Struct("<4iI8x")
_pack_6 = _struct_6.pack
_struct_7 = Struct("<H")
_pack_7 = _struct_7.pack
_unpack_from_7 = _struct_7.unpack_from
_struct_8 = Struct("<BQ")
_iter_unpack_8 = _struct_8.iter_unpack
_pack_8 = _struct_8.pack
_struct_9 = Struct("<B")
_pack_9 = _struct_9.pack
_unpack_from_9 = _struct_9.unpack_from
_struct_10 = Struct("<2BQ")
_iter_unpack_10 = _struct_10.iter_unpack
_pack_10 = _struct_10.pack
_struct_11 = Struct("<3IQ4I4iI")
_unpack_from_11 = _struct_11.unpack_from
_struct_12 = Struct("<3IQ4I4iIQ")
_pack_12 = _struct_12.pack
_struct_13 = Struct("<3IQ4I4iI8x")
_pack_13 = _struct_13.pack
_struct_14 = Struct("<3I4x")
_pack_14 = _struct_14.pack
_unpack_from_14 = _struct_14.unpack_from
_struct_15 = Struct("<2I")
_unpack_from_15 = _struct_15.unpack_from
_struct_16 = Struct("<2IQ")
_pack_16 = _struct_16.pack
_struct_17 = Struct("<2I8x")
_pack_17 = _struct_17.pack
_struct_18 = Struct("<I")
_pack_18 = _struct_18.pack
_unpack_18 = _struct_18.unpack
_unpack_from_18 = _struct_18.unpack_from
_struct_19 = Struct("<Q2i")
_pack_19 = _struct_19.pack
_unpack_from_19 = _struct_19.unpack_from
_struct_20 = Struct("<HB2iQ")
_pack_20 = _struct_20.pack
_unpack_from_20 = _struct_20.unpack_from
_struct_21 = Struct("<2I12x")
_pack_21 = _struct_21.pack
_struct_22 = Struct("<IQ2i")
_pack_22 = _struct_22.pack
_struct_23 = Struct("<I16x")
_pack_23 = _struct_23.pack
_struct_24 = Struct("<Q4iI")
_pack_24 = _struct_24.pack
_unpack_from_24 = _struct_24.unpack_from
_struct_25 = Struct("<H2B2iQ")
_pack_25 = _struct_25.pack
_unpack_from_25 = _struct_25.unpack_from
_struct_26 = Struct("<I12x")
_pack_26 = _struct_26.pack
_struct_27 = Struct("<16x")
_pack_27 = _struct_27.pack
_struct_28 = Struct("<Q4iH2B2iQ")
_pack_28 = _struct_28.pack
_unpack_from_28 = _struct_28.unpack_from
_struct_29 = Struct("<B2iQ")
_pack_29 = _struct_29.pack
_unpack_from_29 = _struct_29.unpack_from
_struct_30 = Struct("<3B2iQ")
_pack_30 = _struct_30.pack
_unpack_from_30 = _struct_30.unpack_from
_struct_31 = Struct("<QB1x1xB4x4xQI")
_pack_31 = _struct_31.pack
_unpack_from_31 = _struct_31.unpack_from
_struct_32 = Struct("<2H")
_pack_32 = _struct_32.pack
_unpack_from_32 = _struct_32.unpack_from
_struct_33 = Struct("<Q4i2I")
_pack_33 = _struct_33.pack
_unpack_from_33 = _struct_33.unpack_from
_struct_34 = Struct("<BQ4i")
_pack_34 = _struct_34.pack
_unpack_from_34 = _struct_34.unpack_from
_struct_35 = Struct("<BqBi")
_pack_35 = _struct_35.pack
_unpack_35 = _struct_35.unpack
_put_0 = number_putter("i", 4)


@dataclass(init=False, repr=False, eq=False)
class ServerMode(Message):
    """The screen has this size now, and its content is undefined.

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
    """The screen is complete: show it.

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
    """There is no screen any more.

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
    """Moves pixels inside the screen. Source and destination may overlap.

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
            base.surface_id = 0
            base.box = base_box = _new_Rect()
            base.clip = base_clip = _new_Clip()
            base_box.top, base_box.left, base_box.bottom, base_box.right, base_clip_type = _unpack_from_1(data)
            base_clip.type = base_clip_type
            pos = 20
            if base_clip_type == 1:
                base_clip_u_rects_at, = _unpack_from_2(data, pos)
                pos += 8
                if base_clip_u_rects_at:
                    if base_clip_u_rects_at >= len(data):
                        raise outside("base.clip.u.rects", base_clip_u_rects_at, len(data))
                    base_clip.u, stop = ClipRects._read(data, base_clip_u_rects_at, len(data), extent, minor)
                    if extent is not None:
                        extent.add_range(base_clip_u_rects_at, stop)
                else:
                    base_clip.u = None
            else:
                base_clip.u = None
                _unpack_from_3(data, pos)
                pos += 8
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
            if base.surface_id != 0:
                raise Refused("surface_id is always 0")
            base_box = base.box
            base_clip = base.clip
            base_clip_type = base_clip.type
            base_clip_u = base_clip.u
            if base_clip_type == 1:
                base_clip_u_rects = base_clip_u
                block = bytearray(_pack_5(base_box.top, base_box.left, base_box.bottom, base_box.right, base_clip_type, 0))
                out.append(block)
                if type(base_clip_u_rects) is ClipRects:
                    queue.append((block, 20, ClipRects._write, base_clip_u_rects))
                elif base_clip_u_rects is not None:
                    raise Refused("base_clip_u_rects must be a ClipRects")
                size += 28
            else:
                if base_clip_u is not None:
                    raise Refused("base_clip_u must be None here")
                out.append(_pack_6(base_box.top, base_box.left, base_box.bottom, base_box.right, base_clip_type))
                size += 28
            src_pos = self.src_pos
            out.append(_pack_4(src_pos.x, src_pos.y))
            size += 8
            if queue:
                drain(out, queue, size, _patch, minor)
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
            count, = _unpack_from_7(data)
            m.count = count
            pos = 2
            if count * 9 > end - pos:
                raise beyond("resources", count * 9, end - pos, pos)
            if extent is not None:
                extent.add_elements(count)
            stop = pos + count * 9
            m.resources = [ResourceID(*v) for v in _iter_unpack_8(data[pos:stop])]
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
            out.append(_pack_7(count))
            resources = self.resources
            if len(resources) != count:
                raise Refused("resources has another length than counted")
            out += [_pack_8(resources_item.type, resources_item.id) for resources_item in resources]
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
            wait_count, = _unpack_from_9(data)
            m.wait_count = wait_count
            pos = 1
            if wait_count * 10 > end - pos:
                raise beyond("wait_list", wait_count * 10, end - pos, pos)
            if extent is not None:
                extent.add_elements(wait_count)
            stop = pos + wait_count * 10
            m.wait_list = [ChannelWait(*v) for v in _iter_unpack_10(data[pos:stop])]
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
            out.append(_pack_9(wait_count))
            wait_list = self.wait_list
            if len(wait_list) != wait_count:
                raise Refused("wait_list has another length than counted")
            out += [_pack_10(wait_list_item.channel_type, wait_list_item.channel_id, wait_list_item.message_serial) for wait_list_item in wait_list]
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
            m.id, = _unpack_2(data)
            return m
        except _error:
            return ServerInvalPalette.parse(prefix("display server inval_palette", data, 8, limits), None, minor)

    def write_buffers(self, minor: int | None = None) -> list[Buffer]:
        try:
            return [_pack_2(self.id)]
        except UNSENDABLE as error:
            refuse(self, error, minor)


@dataclass(init=False, repr=False, eq=False)
class ServerInvalAllPalettes(Message):
    """Drop all palettes.

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
    surface_id: int  # the only screen
    id: int  # stream number
    flags: int
    codec_type: int
    stamp: int
    stream_width: int  # size of a frame as coded
    stream_height: int
    src_width: int  # part of the frame that is shown
    src_height: int
    dest: Rect  # where it is shown, scaled to fit
    clip: Clip
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("surface_id", "surface_id", s.U32, constant=0),
        s.Field("id", "id", s.U32),
        s.Field("flags", "flags", s.Number(0, 4294967295, StreamFlags, True)),
        s.Field("codec_type", "codec_type", s.Number(0, 4294967295, VideoCodecType)),
        s.Field("stamp", "stamp", s.U64),
        s.Field("stream_width", "stream_width", s.U32),
        s.Field("stream_height", "stream_height", s.U32),
        s.Field("src_width", "src_width", s.U32),
        s.Field("src_height", "src_height", s.U32),
        s.Field("dest", "dest", s.Nested(Rect)),
        s.Field("clip", "clip", s.Nested(Clip)),
    )

    def __init__(self, id: int, flags: int, codec_type: int, stamp: int, stream_width: int, stream_height: int, src_width: int, src_height: int, dest: Rect, clip: Clip, *, surface_id: int = 0) -> None:
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
            m.surface_id = 0
            m.dest = dest = _new_Rect()
            m.clip = clip = _new_Clip()
            m.id, m.flags, m.codec_type, m.stamp, m.stream_width, m.stream_height, m.src_width, m.src_height, dest.top, dest.left, dest.bottom, dest.right, clip_type = _unpack_from_11(data)
            clip.type = clip_type
            pos = 56
            if clip_type == 1:
                clip_u_rects_at, = _unpack_from_2(data, pos)
                pos += 8
                if clip_u_rects_at:
                    if clip_u_rects_at >= len(data):
                        raise outside("clip.u.rects", clip_u_rects_at, len(data))
                    clip.u, stop = ClipRects._read(data, clip_u_rects_at, len(data), extent, minor)
                    if extent is not None:
                        extent.add_range(clip_u_rects_at, stop)
                else:
                    clip.u = None
            else:
                clip.u = None
                _unpack_from_3(data, pos)
                pos += 8
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
            if self.surface_id != 0:
                raise Refused("surface_id is always 0")
            dest = self.dest
            clip = self.clip
            clip_type = clip.type
            clip_u = clip.u
            if clip_type == 1:
                clip_u_rects = clip_u
                block = bytearray(_pack_12(self.id, self.flags, self.codec_type, self.stamp, self.stream_width, self.stream_height, self.src_width, self.src_height, dest.top, dest.left, dest.bottom, dest.right, clip_type, 0))
                out.append(block)
                if type(clip_u_rects) is ClipRects:
                    queue.append((block, 56, ClipRects._write, clip_u_rects))
                elif clip_u_rects is not None:
                    raise Refused("clip_u_rects must be a ClipRects")
                size += 64
            else:
                if clip_u is not None:
                    raise Refused("clip_u must be None here")
                out.append(_pack_13(self.id, self.flags, self.codec_type, self.stamp, self.stream_width, self.stream_height, self.src_width, self.src_height, dest.top, dest.left, dest.bottom, dest.right, clip_type))
                size += 64
            if queue:
                drain(out, queue, size, _patch, minor)
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
            base.id, base.multi_media_time, data_size = _unpack_from_14(data)
            m.data_size = data_size
            stop = 16 + data_size
            if stop > end:
                raise beyond("data", data_size, end - 16, 16)
            m.data = data[16:stop]
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
            out.append(_pack_14(base.id, base.multi_media_time, data_size))
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
            m.id, clip_type = _unpack_from_15(data)
            clip.type = clip_type
            pos = 8
            if clip_type == 1:
                clip_u_rects_at, = _unpack_from_2(data, pos)
                pos += 8
                if clip_u_rects_at:
                    if clip_u_rects_at >= len(data):
                        raise outside("clip.u.rects", clip_u_rects_at, len(data))
                    clip.u, stop = ClipRects._read(data, clip_u_rects_at, len(data), extent, minor)
                    if extent is not None:
                        extent.add_range(clip_u_rects_at, stop)
                else:
                    clip.u = None
            else:
                clip.u = None
                _unpack_from_3(data, pos)
                pos += 8
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
                clip_u_rects = clip_u
                block = bytearray(_pack_16(self.id, clip_type, 0))
                out.append(block)
                if type(clip_u_rects) is ClipRects:
                    queue.append((block, 8, ClipRects._write, clip_u_rects))
                elif clip_u_rects is not None:
                    raise Refused("clip_u_rects must be a ClipRects")
                size += 16
            else:
                if clip_u is not None:
                    raise Refused("clip_u must be None here")
                out.append(_pack_17(self.id, clip_type))
                size += 16
            if queue:
                drain(out, queue, size, _patch, minor)
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
            m.id, = _unpack_18(data)
            return m
        except _error:
            return ServerStreamDestroy.parse(prefix("display server stream_destroy", data, 4, limits), None, minor)

    def write_buffers(self, minor: int | None = None) -> list[Buffer]:
        try:
            return [_pack_18(self.id)]
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
            base.surface_id = 0
            base.box = base_box = _new_Rect()
            base.clip = base_clip = _new_Clip()
            base_box.top, base_box.left, base_box.bottom, base_box.right, base_clip_type = _unpack_from_1(data)
            base_clip.type = base_clip_type
            pos = 20
            if base_clip_type == 1:
                base_clip_u_rects_at, = _unpack_from_2(data, pos)
                pos += 8
                if base_clip_u_rects_at:
                    if base_clip_u_rects_at >= len(data):
                        raise outside("base.clip.u.rects", base_clip_u_rects_at, len(data))
                    base_clip.u, stop = ClipRects._read(data, base_clip_u_rects_at, len(data), extent, minor)
                    if extent is not None:
                        extent.add_range(base_clip_u_rects_at, stop)
                else:
                    base_clip.u = None
            else:
                base_clip.u = None
                _unpack_from_3(data, pos)
                pos += 8
            m.data = data_ = _new_Fill()
            data_.brush = data_brush = _new_Brush()
            data_brush_type, = _unpack_from_18(data, pos)
            pos += 4
            data_brush.type = data_brush_type
            data_brush_u_padded = pos + 16
            if data_brush_u_padded > end:
                raise beyond("data.brush.u", 16, end - pos, pos)
            if data_brush_type == 1:
                data_brush.u, = _unpack_from_18(data, pos)
                pos += 4
            elif data_brush_type == 2:
                data_brush.u = data_brush_u_pattern = _new_Pattern()
                data_brush_u_pattern.pos = data_brush_u_pattern_pos = _new_Point()
                data_brush_u_pattern_pat_at, data_brush_u_pattern_pos.x, data_brush_u_pattern_pos.y = _unpack_from_19(data, pos)
                pos += 16
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
            pos = data_brush_u_padded
            data_.mask = data_mask = _new_QMask()
            data_mask.pos = data_mask_pos = _new_Point()
            data_.rop_descriptor, data_mask.flags, data_mask_pos.x, data_mask_pos.y, data_mask_bitmap_at = _unpack_from_20(data, pos)
            pos += 19
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
            if base.surface_id != 0:
                raise Refused("surface_id is always 0")
            base_box = base.box
            base_clip = base.clip
            base_clip_type = base_clip.type
            base_clip_u = base_clip.u
            if base_clip_type == 1:
                base_clip_u_rects = base_clip_u
                block = bytearray(_pack_5(base_box.top, base_box.left, base_box.bottom, base_box.right, base_clip_type, 0))
                out.append(block)
                if type(base_clip_u_rects) is ClipRects:
                    queue.append((block, 20, ClipRects._write, base_clip_u_rects))
                elif base_clip_u_rects is not None:
                    raise Refused("base_clip_u_rects must be a ClipRects")
                size += 28
            else:
                if base_clip_u is not None:
                    raise Refused("base_clip_u must be None here")
                out.append(_pack_6(base_box.top, base_box.left, base_box.bottom, base_box.right, base_clip_type))
                size += 28
            data = self.data
            data_brush = data.brush
            data_brush_type = data_brush.type
            data_brush_u = data_brush.u
            if data_brush_type == 1:
                if data_brush_u is None:
                    raise Refused("data_brush_u must not be None here")
                out.append(_pack_21(data_brush_type, data_brush_u))
                size += 20
            elif data_brush_type == 2:
                if type(data_brush_u) is not Pattern:
                    raise Refused("data_brush_u must be a Pattern here")
                data_brush_u_pattern = data_brush_u
                data_brush_u_pattern_pat = data_brush_u_pattern.pat
                if data_brush_u_pattern_pat is None:
                    raise Refused("data_brush_u_pattern_pat must not be null")
                data_brush_u_pattern_pos = data_brush_u_pattern.pos
                block = bytearray(_pack_22(data_brush_type, 0, data_brush_u_pattern_pos.x, data_brush_u_pattern_pos.y))
                out.append(block)
                if type(data_brush_u_pattern_pat) is Image:
                    queue.append((block, 4, Image._write, data_brush_u_pattern_pat))
                elif data_brush_u_pattern_pat is not None:
                    raise Refused("data_brush_u_pattern_pat must be a Image")
                size += 20
            elif data_brush_u is not None:
                raise Refused("data_brush_u must be None here")
            else:
                out.append(_pack_23(data_brush_type))
                size += 20
            data_mask = data.mask
            data_mask_pos = data_mask.pos
            data_mask_bitmap = data_mask.bitmap
            block = bytearray(_pack_20(data.rop_descriptor, data_mask.flags, data_mask_pos.x, data_mask_pos.y, 0))
            out.append(block)
            if type(data_mask_bitmap) is Image:
                queue.append((block, 11, Image._write, data_mask_bitmap))
            elif data_mask_bitmap is not None:
                raise Refused("data_mask_bitmap must be a Image")
            size += 19
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
            base.surface_id = 0
            base.box = base_box = _new_Rect()
            base.clip = base_clip = _new_Clip()
            base_box.top, base_box.left, base_box.bottom, base_box.right, base_clip_type = _unpack_from_1(data)
            base_clip.type = base_clip_type
            pos = 20
            if base_clip_type == 1:
                base_clip_u_rects_at, = _unpack_from_2(data, pos)
                pos += 8
                if base_clip_u_rects_at:
                    if base_clip_u_rects_at >= len(data):
                        raise outside("base.clip.u.rects", base_clip_u_rects_at, len(data))
                    base_clip.u, stop = ClipRects._read(data, base_clip_u_rects_at, len(data), extent, minor)
                    if extent is not None:
                        extent.add_range(base_clip_u_rects_at, stop)
                else:
                    base_clip.u = None
            else:
                base_clip.u = None
                _unpack_from_3(data, pos)
                pos += 8
            m.data = data_ = _new_Opaque()
            data_.src_area = data_src_area = _new_Rect()
            data_.brush = data_brush = _new_Brush()
            data_src_bitmap_at, data_src_area.top, data_src_area.left, data_src_area.bottom, data_src_area.right, data_brush_type = _unpack_from_24(data, pos)
            pos += 28
            if data_src_bitmap_at:
                if data_src_bitmap_at >= len(data):
                    raise outside("data.src_bitmap", data_src_bitmap_at, len(data))
                data_.src_bitmap, stop = Image._read(data, data_src_bitmap_at, len(data), extent, minor)
                if extent is not None:
                    extent.add_range(data_src_bitmap_at, stop)
            else:
                data_.src_bitmap = None
            data_brush.type = data_brush_type
            data_brush_u_padded = pos + 16
            if data_brush_u_padded > end:
                raise beyond("data.brush.u", 16, end - pos, pos)
            if data_brush_type == 1:
                data_brush.u, = _unpack_from_18(data, pos)
                pos += 4
            elif data_brush_type == 2:
                data_brush.u = data_brush_u_pattern = _new_Pattern()
                data_brush_u_pattern.pos = data_brush_u_pattern_pos = _new_Point()
                data_brush_u_pattern_pat_at, data_brush_u_pattern_pos.x, data_brush_u_pattern_pos.y = _unpack_from_19(data, pos)
                pos += 16
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
            pos = data_brush_u_padded
            data_.mask = data_mask = _new_QMask()
            data_mask.pos = data_mask_pos = _new_Point()
            data_.rop_descriptor, data_.scale_mode, data_mask.flags, data_mask_pos.x, data_mask_pos.y, data_mask_bitmap_at = _unpack_from_25(data, pos)
            pos += 20
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
            if base.surface_id != 0:
                raise Refused("surface_id is always 0")
            base_box = base.box
            base_clip = base.clip
            base_clip_type = base_clip.type
            base_clip_u = base_clip.u
            if base_clip_type == 1:
                base_clip_u_rects = base_clip_u
                block = bytearray(_pack_5(base_box.top, base_box.left, base_box.bottom, base_box.right, base_clip_type, 0))
                out.append(block)
                if type(base_clip_u_rects) is ClipRects:
                    queue.append((block, 20, ClipRects._write, base_clip_u_rects))
                elif base_clip_u_rects is not None:
                    raise Refused("base_clip_u_rects must be a ClipRects")
                size += 28
            else:
                if base_clip_u is not None:
                    raise Refused("base_clip_u must be None here")
                out.append(_pack_6(base_box.top, base_box.left, base_box.bottom, base_box.right, base_clip_type))
                size += 28
            data = self.data
            data_src_bitmap = data.src_bitmap
            data_src_area = data.src_area
            data_brush = data.brush
            data_brush_type = data_brush.type
            block = bytearray(_pack_24(0, data_src_area.top, data_src_area.left, data_src_area.bottom, data_src_area.right, data_brush_type))
            out.append(block)
            if type(data_src_bitmap) is Image:
                queue.append((block, 0, Image._write, data_src_bitmap))
            elif data_src_bitmap is not None:
                raise Refused("data_src_bitmap must be a Image")
            data_brush_u = data_brush.u
            if data_brush_type == 1:
                if data_brush_u is None:
                    raise Refused("data_brush_u must not be None here")
                out.append(_pack_26(data_brush_u))
                size += 44
            elif data_brush_type == 2:
                if type(data_brush_u) is not Pattern:
                    raise Refused("data_brush_u must be a Pattern here")
                data_brush_u_pattern = data_brush_u
                data_brush_u_pattern_pat = data_brush_u_pattern.pat
                if data_brush_u_pattern_pat is None:
                    raise Refused("data_brush_u_pattern_pat must not be null")
                data_brush_u_pattern_pos = data_brush_u_pattern.pos
                block = bytearray(_pack_19(0, data_brush_u_pattern_pos.x, data_brush_u_pattern_pos.y))
                out.append(block)
                if type(data_brush_u_pattern_pat) is Image:
                    queue.append((block, 0, Image._write, data_brush_u_pattern_pat))
                elif data_brush_u_pattern_pat is not None:
                    raise Refused("data_brush_u_pattern_pat must be a Image")
                size += 44
            elif data_brush_u is not None:
                raise Refused("data_brush_u must be None here")
            else:
                out.append(_pack_27())
                size += 44
            data_mask = data.mask
            data_mask_pos = data_mask.pos
            data_mask_bitmap = data_mask.bitmap
            block = bytearray(_pack_25(data.rop_descriptor, data.scale_mode, data_mask.flags, data_mask_pos.x, data_mask_pos.y, 0))
            out.append(block)
            if type(data_mask_bitmap) is Image:
                queue.append((block, 12, Image._write, data_mask_bitmap))
            elif data_mask_bitmap is not None:
                raise Refused("data_mask_bitmap must be a Image")
            size += 20
            if queue:
                drain(out, queue, size, _patch, minor)
            return out
        except UNSENDABLE as error:
            refuse(self, error, minor)


@dataclass(init=False, repr=False, eq=False)
class ServerDrawCopy(Message):
    """Puts an image down.

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
            base.surface_id = 0
            base.box = base_box = _new_Rect()
            base.clip = base_clip = _new_Clip()
            base_box.top, base_box.left, base_box.bottom, base_box.right, base_clip_type = _unpack_from_1(data)
            base_clip.type = base_clip_type
            pos = 20
            if base_clip_type == 1:
                base_clip_u_rects_at, = _unpack_from_2(data, pos)
                pos += 8
                if base_clip_u_rects_at:
                    if base_clip_u_rects_at >= len(data):
                        raise outside("base.clip.u.rects", base_clip_u_rects_at, len(data))
                    base_clip.u, stop = ClipRects._read(data, base_clip_u_rects_at, len(data), extent, minor)
                    if extent is not None:
                        extent.add_range(base_clip_u_rects_at, stop)
                else:
                    base_clip.u = None
            else:
                base_clip.u = None
                _unpack_from_3(data, pos)
                pos += 8
            m.data = data_ = _new_Copy()
            data_.src_area = data_src_area = _new_Rect()
            data_.mask = data_mask = _new_QMask()
            data_mask.pos = data_mask_pos = _new_Point()
            data_src_bitmap_at, data_src_area.top, data_src_area.left, data_src_area.bottom, data_src_area.right, data_.rop_descriptor, data_.scale_mode, data_mask.flags, data_mask_pos.x, data_mask_pos.y, data_mask_bitmap_at = _unpack_from_28(data, pos)
            pos += 44
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
            if base.surface_id != 0:
                raise Refused("surface_id is always 0")
            base_box = base.box
            base_clip = base.clip
            base_clip_type = base_clip.type
            base_clip_u = base_clip.u
            if base_clip_type == 1:
                base_clip_u_rects = base_clip_u
                block = bytearray(_pack_5(base_box.top, base_box.left, base_box.bottom, base_box.right, base_clip_type, 0))
                out.append(block)
                if type(base_clip_u_rects) is ClipRects:
                    queue.append((block, 20, ClipRects._write, base_clip_u_rects))
                elif base_clip_u_rects is not None:
                    raise Refused("base_clip_u_rects must be a ClipRects")
                size += 28
            else:
                if base_clip_u is not None:
                    raise Refused("base_clip_u must be None here")
                out.append(_pack_6(base_box.top, base_box.left, base_box.bottom, base_box.right, base_clip_type))
                size += 28
            data = self.data
            data_src_bitmap = data.src_bitmap
            data_src_area = data.src_area
            data_mask = data.mask
            data_mask_pos = data_mask.pos
            data_mask_bitmap = data_mask.bitmap
            block = bytearray(_pack_28(0, data_src_area.top, data_src_area.left, data_src_area.bottom, data_src_area.right, data.rop_descriptor, data.scale_mode, data_mask.flags, data_mask_pos.x, data_mask_pos.y, 0))
            out.append(block)
            if type(data_src_bitmap) is Image:
                queue.append((block, 0, Image._write, data_src_bitmap))
            elif data_src_bitmap is not None:
                raise Refused("data_src_bitmap must be a Image")
            if type(data_mask_bitmap) is Image:
                queue.append((block, 36, Image._write, data_mask_bitmap))
            elif data_mask_bitmap is not None:
                raise Refused("data_mask_bitmap must be a Image")
            size += 44
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
            base.surface_id = 0
            base.box = base_box = _new_Rect()
            base.clip = base_clip = _new_Clip()
            base_box.top, base_box.left, base_box.bottom, base_box.right, base_clip_type = _unpack_from_1(data)
            base_clip.type = base_clip_type
            pos = 20
            if base_clip_type == 1:
                base_clip_u_rects_at, = _unpack_from_2(data, pos)
                pos += 8
                if base_clip_u_rects_at:
                    if base_clip_u_rects_at >= len(data):
                        raise outside("base.clip.u.rects", base_clip_u_rects_at, len(data))
                    base_clip.u, stop = ClipRects._read(data, base_clip_u_rects_at, len(data), extent, minor)
                    if extent is not None:
                        extent.add_range(base_clip_u_rects_at, stop)
                else:
                    base_clip.u = None
            else:
                base_clip.u = None
                _unpack_from_3(data, pos)
                pos += 8
            m.data = data_ = _new_Blend()
            data_.src_area = data_src_area = _new_Rect()
            data_.mask = data_mask = _new_QMask()
            data_mask.pos = data_mask_pos = _new_Point()
            data_src_bitmap_at, data_src_area.top, data_src_area.left, data_src_area.bottom, data_src_area.right, data_.rop_descriptor, data_.scale_mode, data_mask.flags, data_mask_pos.x, data_mask_pos.y, data_mask_bitmap_at = _unpack_from_28(data, pos)
            pos += 44
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
            if base.surface_id != 0:
                raise Refused("surface_id is always 0")
            base_box = base.box
            base_clip = base.clip
            base_clip_type = base_clip.type
            base_clip_u = base_clip.u
            if base_clip_type == 1:
                base_clip_u_rects = base_clip_u
                block = bytearray(_pack_5(base_box.top, base_box.left, base_box.bottom, base_box.right, base_clip_type, 0))
                out.append(block)
                if type(base_clip_u_rects) is ClipRects:
                    queue.append((block, 20, ClipRects._write, base_clip_u_rects))
                elif base_clip_u_rects is not None:
                    raise Refused("base_clip_u_rects must be a ClipRects")
                size += 28
            else:
                if base_clip_u is not None:
                    raise Refused("base_clip_u must be None here")
                out.append(_pack_6(base_box.top, base_box.left, base_box.bottom, base_box.right, base_clip_type))
                size += 28
            data = self.data
            data_src_bitmap = data.src_bitmap
            data_src_area = data.src_area
            data_mask = data.mask
            data_mask_pos = data_mask.pos
            data_mask_bitmap = data_mask.bitmap
            block = bytearray(_pack_28(0, data_src_area.top, data_src_area.left, data_src_area.bottom, data_src_area.right, data.rop_descriptor, data.scale_mode, data_mask.flags, data_mask_pos.x, data_mask_pos.y, 0))
            out.append(block)
            if type(data_src_bitmap) is Image:
                queue.append((block, 0, Image._write, data_src_bitmap))
            elif data_src_bitmap is not None:
                raise Refused("data_src_bitmap must be a Image")
            if type(data_mask_bitmap) is Image:
                queue.append((block, 36, Image._write, data_mask_bitmap))
            elif data_mask_bitmap is not None:
                raise Refused("data_mask_bitmap must be a Image")
            size += 44
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
            base.surface_id = 0
            base.box = base_box = _new_Rect()
            base.clip = base_clip = _new_Clip()
            base_box.top, base_box.left, base_box.bottom, base_box.right, base_clip_type = _unpack_from_1(data)
            base_clip.type = base_clip_type
            pos = 20
            if base_clip_type == 1:
                base_clip_u_rects_at, = _unpack_from_2(data, pos)
                pos += 8
                if base_clip_u_rects_at:
                    if base_clip_u_rects_at >= len(data):
                        raise outside("base.clip.u.rects", base_clip_u_rects_at, len(data))
                    base_clip.u, stop = ClipRects._read(data, base_clip_u_rects_at, len(data), extent, minor)
                    if extent is not None:
                        extent.add_range(base_clip_u_rects_at, stop)
                else:
                    base_clip.u = None
            else:
                base_clip.u = None
                _unpack_from_3(data, pos)
                pos += 8
            m.data = data_ = _new_Blackness()
            data_.mask = data_mask = _new_QMask()
            data_mask.pos = data_mask_pos = _new_Point()
            data_mask.flags, data_mask_pos.x, data_mask_pos.y, data_mask_bitmap_at = _unpack_from_29(data, pos)
            pos += 17
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
            if base.surface_id != 0:
                raise Refused("surface_id is always 0")
            base_box = base.box
            base_clip = base.clip
            base_clip_type = base_clip.type
            base_clip_u = base_clip.u
            if base_clip_type == 1:
                base_clip_u_rects = base_clip_u
                block = bytearray(_pack_5(base_box.top, base_box.left, base_box.bottom, base_box.right, base_clip_type, 0))
                out.append(block)
                if type(base_clip_u_rects) is ClipRects:
                    queue.append((block, 20, ClipRects._write, base_clip_u_rects))
                elif base_clip_u_rects is not None:
                    raise Refused("base_clip_u_rects must be a ClipRects")
                size += 28
            else:
                if base_clip_u is not None:
                    raise Refused("base_clip_u must be None here")
                out.append(_pack_6(base_box.top, base_box.left, base_box.bottom, base_box.right, base_clip_type))
                size += 28
            data = self.data
            data_mask = data.mask
            data_mask_pos = data_mask.pos
            data_mask_bitmap = data_mask.bitmap
            block = bytearray(_pack_29(data_mask.flags, data_mask_pos.x, data_mask_pos.y, 0))
            out.append(block)
            if type(data_mask_bitmap) is Image:
                queue.append((block, 9, Image._write, data_mask_bitmap))
            elif data_mask_bitmap is not None:
                raise Refused("data_mask_bitmap must be a Image")
            size += 17
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
            base.surface_id = 0
            base.box = base_box = _new_Rect()
            base.clip = base_clip = _new_Clip()
            base_box.top, base_box.left, base_box.bottom, base_box.right, base_clip_type = _unpack_from_1(data)
            base_clip.type = base_clip_type
            pos = 20
            if base_clip_type == 1:
                base_clip_u_rects_at, = _unpack_from_2(data, pos)
                pos += 8
                if base_clip_u_rects_at:
                    if base_clip_u_rects_at >= len(data):
                        raise outside("base.clip.u.rects", base_clip_u_rects_at, len(data))
                    base_clip.u, stop = ClipRects._read(data, base_clip_u_rects_at, len(data), extent, minor)
                    if extent is not None:
                        extent.add_range(base_clip_u_rects_at, stop)
                else:
                    base_clip.u = None
            else:
                base_clip.u = None
                _unpack_from_3(data, pos)
                pos += 8
            m.data = data_ = _new_Whiteness()
            data_.mask = data_mask = _new_QMask()
            data_mask.pos = data_mask_pos = _new_Point()
            data_mask.flags, data_mask_pos.x, data_mask_pos.y, data_mask_bitmap_at = _unpack_from_29(data, pos)
            pos += 17
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
            if base.surface_id != 0:
                raise Refused("surface_id is always 0")
            base_box = base.box
            base_clip = base.clip
            base_clip_type = base_clip.type
            base_clip_u = base_clip.u
            if base_clip_type == 1:
                base_clip_u_rects = base_clip_u
                block = bytearray(_pack_5(base_box.top, base_box.left, base_box.bottom, base_box.right, base_clip_type, 0))
                out.append(block)
                if type(base_clip_u_rects) is ClipRects:
                    queue.append((block, 20, ClipRects._write, base_clip_u_rects))
                elif base_clip_u_rects is not None:
                    raise Refused("base_clip_u_rects must be a ClipRects")
                size += 28
            else:
                if base_clip_u is not None:
                    raise Refused("base_clip_u must be None here")
                out.append(_pack_6(base_box.top, base_box.left, base_box.bottom, base_box.right, base_clip_type))
                size += 28
            data = self.data
            data_mask = data.mask
            data_mask_pos = data_mask.pos
            data_mask_bitmap = data_mask.bitmap
            block = bytearray(_pack_29(data_mask.flags, data_mask_pos.x, data_mask_pos.y, 0))
            out.append(block)
            if type(data_mask_bitmap) is Image:
                queue.append((block, 9, Image._write, data_mask_bitmap))
            elif data_mask_bitmap is not None:
                raise Refused("data_mask_bitmap must be a Image")
            size += 17
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
            base.surface_id = 0
            base.box = base_box = _new_Rect()
            base.clip = base_clip = _new_Clip()
            base_box.top, base_box.left, base_box.bottom, base_box.right, base_clip_type = _unpack_from_1(data)
            base_clip.type = base_clip_type
            pos = 20
            if base_clip_type == 1:
                base_clip_u_rects_at, = _unpack_from_2(data, pos)
                pos += 8
                if base_clip_u_rects_at:
                    if base_clip_u_rects_at >= len(data):
                        raise outside("base.clip.u.rects", base_clip_u_rects_at, len(data))
                    base_clip.u, stop = ClipRects._read(data, base_clip_u_rects_at, len(data), extent, minor)
                    if extent is not None:
                        extent.add_range(base_clip_u_rects_at, stop)
                else:
                    base_clip.u = None
            else:
                base_clip.u = None
                _unpack_from_3(data, pos)
                pos += 8
            m.data = data_ = _new_Invers()
            data_.mask = data_mask = _new_QMask()
            data_mask.pos = data_mask_pos = _new_Point()
            data_mask.flags, data_mask_pos.x, data_mask_pos.y, data_mask_bitmap_at = _unpack_from_29(data, pos)
            pos += 17
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
            if base.surface_id != 0:
                raise Refused("surface_id is always 0")
            base_box = base.box
            base_clip = base.clip
            base_clip_type = base_clip.type
            base_clip_u = base_clip.u
            if base_clip_type == 1:
                base_clip_u_rects = base_clip_u
                block = bytearray(_pack_5(base_box.top, base_box.left, base_box.bottom, base_box.right, base_clip_type, 0))
                out.append(block)
                if type(base_clip_u_rects) is ClipRects:
                    queue.append((block, 20, ClipRects._write, base_clip_u_rects))
                elif base_clip_u_rects is not None:
                    raise Refused("base_clip_u_rects must be a ClipRects")
                size += 28
            else:
                if base_clip_u is not None:
                    raise Refused("base_clip_u must be None here")
                out.append(_pack_6(base_box.top, base_box.left, base_box.bottom, base_box.right, base_clip_type))
                size += 28
            data = self.data
            data_mask = data.mask
            data_mask_pos = data_mask.pos
            data_mask_bitmap = data_mask.bitmap
            block = bytearray(_pack_29(data_mask.flags, data_mask_pos.x, data_mask_pos.y, 0))
            out.append(block)
            if type(data_mask_bitmap) is Image:
                queue.append((block, 9, Image._write, data_mask_bitmap))
            elif data_mask_bitmap is not None:
                raise Refused("data_mask_bitmap must be a Image")
            size += 17
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
            base.surface_id = 0
            base.box = base_box = _new_Rect()
            base.clip = base_clip = _new_Clip()
            base_box.top, base_box.left, base_box.bottom, base_box.right, base_clip_type = _unpack_from_1(data)
            base_clip.type = base_clip_type
            pos = 20
            if base_clip_type == 1:
                base_clip_u_rects_at, = _unpack_from_2(data, pos)
                pos += 8
                if base_clip_u_rects_at:
                    if base_clip_u_rects_at >= len(data):
                        raise outside("base.clip.u.rects", base_clip_u_rects_at, len(data))
                    base_clip.u, stop = ClipRects._read(data, base_clip_u_rects_at, len(data), extent, minor)
                    if extent is not None:
                        extent.add_range(base_clip_u_rects_at, stop)
                else:
                    base_clip.u = None
            else:
                base_clip.u = None
                _unpack_from_3(data, pos)
                pos += 8
            m.data = data_ = _new_Rop3()
            data_.src_area = data_src_area = _new_Rect()
            data_.brush = data_brush = _new_Brush()
            data_src_bitmap_at, data_src_area.top, data_src_area.left, data_src_area.bottom, data_src_area.right, data_brush_type = _unpack_from_24(data, pos)
            pos += 28
            if data_src_bitmap_at:
                if data_src_bitmap_at >= len(data):
                    raise outside("data.src_bitmap", data_src_bitmap_at, len(data))
                data_.src_bitmap, stop = Image._read(data, data_src_bitmap_at, len(data), extent, minor)
                if extent is not None:
                    extent.add_range(data_src_bitmap_at, stop)
            else:
                data_.src_bitmap = None
            data_brush.type = data_brush_type
            data_brush_u_padded = pos + 16
            if data_brush_u_padded > end:
                raise beyond("data.brush.u", 16, end - pos, pos)
            if data_brush_type == 1:
                data_brush.u, = _unpack_from_18(data, pos)
                pos += 4
            elif data_brush_type == 2:
                data_brush.u = data_brush_u_pattern = _new_Pattern()
                data_brush_u_pattern.pos = data_brush_u_pattern_pos = _new_Point()
                data_brush_u_pattern_pat_at, data_brush_u_pattern_pos.x, data_brush_u_pattern_pos.y = _unpack_from_19(data, pos)
                pos += 16
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
            pos = data_brush_u_padded
            data_.mask = data_mask = _new_QMask()
            data_mask.pos = data_mask_pos = _new_Point()
            data_.rop3, data_.scale_mode, data_mask.flags, data_mask_pos.x, data_mask_pos.y, data_mask_bitmap_at = _unpack_from_30(data, pos)
            pos += 19
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
            if base.surface_id != 0:
                raise Refused("surface_id is always 0")
            base_box = base.box
            base_clip = base.clip
            base_clip_type = base_clip.type
            base_clip_u = base_clip.u
            if base_clip_type == 1:
                base_clip_u_rects = base_clip_u
                block = bytearray(_pack_5(base_box.top, base_box.left, base_box.bottom, base_box.right, base_clip_type, 0))
                out.append(block)
                if type(base_clip_u_rects) is ClipRects:
                    queue.append((block, 20, ClipRects._write, base_clip_u_rects))
                elif base_clip_u_rects is not None:
                    raise Refused("base_clip_u_rects must be a ClipRects")
                size += 28
            else:
                if base_clip_u is not None:
                    raise Refused("base_clip_u must be None here")
                out.append(_pack_6(base_box.top, base_box.left, base_box.bottom, base_box.right, base_clip_type))
                size += 28
            data = self.data
            data_src_bitmap = data.src_bitmap
            data_src_area = data.src_area
            data_brush = data.brush
            data_brush_type = data_brush.type
            block = bytearray(_pack_24(0, data_src_area.top, data_src_area.left, data_src_area.bottom, data_src_area.right, data_brush_type))
            out.append(block)
            if type(data_src_bitmap) is Image:
                queue.append((block, 0, Image._write, data_src_bitmap))
            elif data_src_bitmap is not None:
                raise Refused("data_src_bitmap must be a Image")
            data_brush_u = data_brush.u
            if data_brush_type == 1:
                if data_brush_u is None:
                    raise Refused("data_brush_u must not be None here")
                out.append(_pack_26(data_brush_u))
                size += 44
            elif data_brush_type == 2:
                if type(data_brush_u) is not Pattern:
                    raise Refused("data_brush_u must be a Pattern here")
                data_brush_u_pattern = data_brush_u
                data_brush_u_pattern_pat = data_brush_u_pattern.pat
                if data_brush_u_pattern_pat is None:
                    raise Refused("data_brush_u_pattern_pat must not be null")
                data_brush_u_pattern_pos = data_brush_u_pattern.pos
                block = bytearray(_pack_19(0, data_brush_u_pattern_pos.x, data_brush_u_pattern_pos.y))
                out.append(block)
                if type(data_brush_u_pattern_pat) is Image:
                    queue.append((block, 0, Image._write, data_brush_u_pattern_pat))
                elif data_brush_u_pattern_pat is not None:
                    raise Refused("data_brush_u_pattern_pat must be a Image")
                size += 44
            elif data_brush_u is not None:
                raise Refused("data_brush_u must be None here")
            else:
                out.append(_pack_27())
                size += 44
            data_mask = data.mask
            data_mask_pos = data_mask.pos
            data_mask_bitmap = data_mask.bitmap
            block = bytearray(_pack_30(data.rop3, data.scale_mode, data_mask.flags, data_mask_pos.x, data_mask_pos.y, 0))
            out.append(block)
            if type(data_mask_bitmap) is Image:
                queue.append((block, 11, Image._write, data_mask_bitmap))
            elif data_mask_bitmap is not None:
                raise Refused("data_mask_bitmap must be a Image")
            size += 19
            if queue:
                drain(out, queue, size, _patch, minor)
            return out
        except UNSENDABLE as error:
            refuse(self, error, minor)


@dataclass(init=False, repr=False, eq=False)
class ServerDrawStroke(Message):
    """Draws lines, one pixel wide.

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
            base.surface_id = 0
            base.box = base_box = _new_Rect()
            base.clip = base_clip = _new_Clip()
            base_box.top, base_box.left, base_box.bottom, base_box.right, base_clip_type = _unpack_from_1(data)
            base_clip.type = base_clip_type
            pos = 20
            if base_clip_type == 1:
                base_clip_u_rects_at, = _unpack_from_2(data, pos)
                pos += 8
                if base_clip_u_rects_at:
                    if base_clip_u_rects_at >= len(data):
                        raise outside("base.clip.u.rects", base_clip_u_rects_at, len(data))
                    base_clip.u, stop = ClipRects._read(data, base_clip_u_rects_at, len(data), extent, minor)
                    if extent is not None:
                        extent.add_range(base_clip_u_rects_at, stop)
                else:
                    base_clip.u = None
            else:
                base_clip.u = None
                _unpack_from_3(data, pos)
                pos += 8
            m.data = data_ = _new_Stroke()
            data_.attr = data_attr = _new_LineAttr()
            data_.brush = data_brush = _new_Brush()
            data_path_at, data_attr.flags, data_attr_style_nseg, data_attr_style_at, data_brush_type = _unpack_from_31(data, pos)
            pos += 32
            if data_path_at:
                if data_path_at >= len(data):
                    raise outside("data.path", data_path_at, len(data))
                data_.path, stop = Path._read(data, data_path_at, len(data), extent, minor)
                if extent is not None:
                    extent.add_range(data_path_at, stop)
            else:
                raise null("data.path", 0)
            data_attr.style_nseg = data_attr_style_nseg
            if data_attr_style_at:
                if data_attr_style_at >= len(data):
                    raise outside("data.attr.style", data_attr_style_at, len(data))
                v = data_attr_style_at
                if data_attr_style_nseg * 4 > len(data) - v:
                    raise beyond("data.attr.style", data_attr_style_nseg * 4, len(data) - v, v)
                if extent is not None:
                    extent.add_elements(data_attr_style_nseg)
                data_attr.style = list(_unpack_from(f"<{data_attr_style_nseg}i", data, v))
                v += data_attr_style_nseg * 4
                if extent is not None:
                    extent.add_range(data_attr_style_at, v)
            else:
                data_attr.style = None
            data_brush.type = data_brush_type
            data_brush_u_padded = pos + 16
            if data_brush_u_padded > end:
                raise beyond("data.brush.u", 16, end - pos, pos)
            if data_brush_type == 1:
                data_brush.u, = _unpack_from_18(data, pos)
                pos += 4
            elif data_brush_type == 2:
                data_brush.u = data_brush_u_pattern = _new_Pattern()
                data_brush_u_pattern.pos = data_brush_u_pattern_pos = _new_Point()
                data_brush_u_pattern_pat_at, data_brush_u_pattern_pos.x, data_brush_u_pattern_pos.y = _unpack_from_19(data, pos)
                pos += 16
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
            pos = data_brush_u_padded
            data_.fore_mode, data_.back_mode = _unpack_from_32(data, pos)
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
            if base.surface_id != 0:
                raise Refused("surface_id is always 0")
            base_box = base.box
            base_clip = base.clip
            base_clip_type = base_clip.type
            base_clip_u = base_clip.u
            if base_clip_type == 1:
                base_clip_u_rects = base_clip_u
                block = bytearray(_pack_5(base_box.top, base_box.left, base_box.bottom, base_box.right, base_clip_type, 0))
                out.append(block)
                if type(base_clip_u_rects) is ClipRects:
                    queue.append((block, 20, ClipRects._write, base_clip_u_rects))
                elif base_clip_u_rects is not None:
                    raise Refused("base_clip_u_rects must be a ClipRects")
                size += 28
            else:
                if base_clip_u is not None:
                    raise Refused("base_clip_u must be None here")
                out.append(_pack_6(base_box.top, base_box.left, base_box.bottom, base_box.right, base_clip_type))
                size += 28
            data = self.data
            data_path = data.path
            if data_path is None:
                raise Refused("data_path must not be null")
            data_attr = data.attr
            data_attr_style_nseg = data_attr.style_nseg
            data_attr_style = data_attr.style
            if (0 if data_attr_style is None else len(data_attr_style)) != data_attr_style_nseg:
                raise Refused("data_attr_style has another length than counted")
            if not data_attr_style:
                data_attr_style = None
            data_brush = data.brush
            data_brush_type = data_brush.type
            block = bytearray(_pack_31(0, data_attr.flags, data_attr_style_nseg, 0, data_brush_type))
            out.append(block)
            if type(data_path) is Path:
                queue.append((block, 0, Path._write, data_path))
            elif data_path is not None:
                raise Refused("data_path must be a Path")
            if data_attr_style is not None:
                queue.append((block, 20, _put_0, data_attr_style))
            data_brush_u = data_brush.u
            if data_brush_type == 1:
                if data_brush_u is None:
                    raise Refused("data_brush_u must not be None here")
                out.append(_pack_26(data_brush_u))
                size += 48
            elif data_brush_type == 2:
                if type(data_brush_u) is not Pattern:
                    raise Refused("data_brush_u must be a Pattern here")
                data_brush_u_pattern = data_brush_u
                data_brush_u_pattern_pat = data_brush_u_pattern.pat
                if data_brush_u_pattern_pat is None:
                    raise Refused("data_brush_u_pattern_pat must not be null")
                data_brush_u_pattern_pos = data_brush_u_pattern.pos
                block = bytearray(_pack_19(0, data_brush_u_pattern_pos.x, data_brush_u_pattern_pos.y))
                out.append(block)
                if type(data_brush_u_pattern_pat) is Image:
                    queue.append((block, 0, Image._write, data_brush_u_pattern_pat))
                elif data_brush_u_pattern_pat is not None:
                    raise Refused("data_brush_u_pattern_pat must be a Image")
                size += 48
            elif data_brush_u is not None:
                raise Refused("data_brush_u must be None here")
            else:
                out.append(_pack_27())
                size += 48
            out.append(_pack_32(data.fore_mode, data.back_mode))
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
            base.surface_id = 0
            base.box = base_box = _new_Rect()
            base.clip = base_clip = _new_Clip()
            base_box.top, base_box.left, base_box.bottom, base_box.right, base_clip_type = _unpack_from_1(data)
            base_clip.type = base_clip_type
            pos = 20
            if base_clip_type == 1:
                base_clip_u_rects_at, = _unpack_from_2(data, pos)
                pos += 8
                if base_clip_u_rects_at:
                    if base_clip_u_rects_at >= len(data):
                        raise outside("base.clip.u.rects", base_clip_u_rects_at, len(data))
                    base_clip.u, stop = ClipRects._read(data, base_clip_u_rects_at, len(data), extent, minor)
                    if extent is not None:
                        extent.add_range(base_clip_u_rects_at, stop)
                else:
                    base_clip.u = None
            else:
                base_clip.u = None
                _unpack_from_3(data, pos)
                pos += 8
            m.data = data_ = _new_Text()
            data_.back_area = data_back_area = _new_Rect()
            data_.fore_brush = data_fore_brush = _new_Brush()
            data_str_at, data_back_area.top, data_back_area.left, data_back_area.bottom, data_back_area.right, data_fore_brush_type = _unpack_from_24(data, pos)
            pos += 28
            if data_str_at:
                if data_str_at >= len(data):
                    raise outside("data.str", data_str_at, len(data))
                data_.str, stop = String._read(data, data_str_at, len(data), extent, minor)
                if extent is not None:
                    extent.add_range(data_str_at, stop)
            else:
                raise null("data.str", 0)
            data_fore_brush.type = data_fore_brush_type
            data_fore_brush_u_padded = pos + 16
            if data_fore_brush_u_padded > end:
                raise beyond("data.fore_brush.u", 16, end - pos, pos)
            if data_fore_brush_type == 1:
                data_fore_brush.u, = _unpack_from_18(data, pos)
                pos += 4
            elif data_fore_brush_type == 2:
                data_fore_brush.u = data_fore_brush_u_pattern = _new_Pattern()
                data_fore_brush_u_pattern.pos = data_fore_brush_u_pattern_pos = _new_Point()
                data_fore_brush_u_pattern_pat_at, data_fore_brush_u_pattern_pos.x, data_fore_brush_u_pattern_pos.y = _unpack_from_19(data, pos)
                pos += 16
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
            pos = data_fore_brush_u_padded
            data_.back_brush = data_back_brush = _new_Brush()
            data_back_brush_type, = _unpack_from_18(data, pos)
            pos += 4
            data_back_brush.type = data_back_brush_type
            data_back_brush_u_padded = pos + 16
            if data_back_brush_u_padded > end:
                raise beyond("data.back_brush.u", 16, end - pos, pos)
            if data_back_brush_type == 1:
                data_back_brush.u, = _unpack_from_18(data, pos)
                pos += 4
            elif data_back_brush_type == 2:
                data_back_brush.u = data_back_brush_u_pattern = _new_Pattern()
                data_back_brush_u_pattern.pos = data_back_brush_u_pattern_pos = _new_Point()
                data_back_brush_u_pattern_pat_at, data_back_brush_u_pattern_pos.x, data_back_brush_u_pattern_pos.y = _unpack_from_19(data, pos)
                pos += 16
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
            pos = data_back_brush_u_padded
            data_.fore_mode, data_.back_mode = _unpack_from_32(data, pos)
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
            if base.surface_id != 0:
                raise Refused("surface_id is always 0")
            base_box = base.box
            base_clip = base.clip
            base_clip_type = base_clip.type
            base_clip_u = base_clip.u
            if base_clip_type == 1:
                base_clip_u_rects = base_clip_u
                block = bytearray(_pack_5(base_box.top, base_box.left, base_box.bottom, base_box.right, base_clip_type, 0))
                out.append(block)
                if type(base_clip_u_rects) is ClipRects:
                    queue.append((block, 20, ClipRects._write, base_clip_u_rects))
                elif base_clip_u_rects is not None:
                    raise Refused("base_clip_u_rects must be a ClipRects")
                size += 28
            else:
                if base_clip_u is not None:
                    raise Refused("base_clip_u must be None here")
                out.append(_pack_6(base_box.top, base_box.left, base_box.bottom, base_box.right, base_clip_type))
                size += 28
            data = self.data
            data_str = data.str
            if data_str is None:
                raise Refused("data_str must not be null")
            data_back_area = data.back_area
            data_fore_brush = data.fore_brush
            data_fore_brush_type = data_fore_brush.type
            block = bytearray(_pack_24(0, data_back_area.top, data_back_area.left, data_back_area.bottom, data_back_area.right, data_fore_brush_type))
            out.append(block)
            if type(data_str) is String:
                queue.append((block, 0, String._write, data_str))
            elif data_str is not None:
                raise Refused("data_str must be a String")
            data_fore_brush_u = data_fore_brush.u
            if data_fore_brush_type == 1:
                if data_fore_brush_u is None:
                    raise Refused("data_fore_brush_u must not be None here")
                out.append(_pack_26(data_fore_brush_u))
                size += 44
            elif data_fore_brush_type == 2:
                if type(data_fore_brush_u) is not Pattern:
                    raise Refused("data_fore_brush_u must be a Pattern here")
                data_fore_brush_u_pattern = data_fore_brush_u
                data_fore_brush_u_pattern_pat = data_fore_brush_u_pattern.pat
                if data_fore_brush_u_pattern_pat is None:
                    raise Refused("data_fore_brush_u_pattern_pat must not be null")
                data_fore_brush_u_pattern_pos = data_fore_brush_u_pattern.pos
                block = bytearray(_pack_19(0, data_fore_brush_u_pattern_pos.x, data_fore_brush_u_pattern_pos.y))
                out.append(block)
                if type(data_fore_brush_u_pattern_pat) is Image:
                    queue.append((block, 0, Image._write, data_fore_brush_u_pattern_pat))
                elif data_fore_brush_u_pattern_pat is not None:
                    raise Refused("data_fore_brush_u_pattern_pat must be a Image")
                size += 44
            elif data_fore_brush_u is not None:
                raise Refused("data_fore_brush_u must be None here")
            else:
                out.append(_pack_27())
                size += 44
            data_back_brush = data.back_brush
            data_back_brush_type = data_back_brush.type
            data_back_brush_u = data_back_brush.u
            if data_back_brush_type == 1:
                if data_back_brush_u is None:
                    raise Refused("data_back_brush_u must not be None here")
                out.append(_pack_21(data_back_brush_type, data_back_brush_u))
                size += 20
            elif data_back_brush_type == 2:
                if type(data_back_brush_u) is not Pattern:
                    raise Refused("data_back_brush_u must be a Pattern here")
                data_back_brush_u_pattern = data_back_brush_u
                data_back_brush_u_pattern_pat = data_back_brush_u_pattern.pat
                if data_back_brush_u_pattern_pat is None:
                    raise Refused("data_back_brush_u_pattern_pat must not be null")
                data_back_brush_u_pattern_pos = data_back_brush_u_pattern.pos
                block = bytearray(_pack_22(data_back_brush_type, 0, data_back_brush_u_pattern_pos.x, data_back_brush_u_pattern_pos.y))
                out.append(block)
                if type(data_back_brush_u_pattern_pat) is Image:
                    queue.append((block, 4, Image._write, data_back_brush_u_pattern_pat))
                elif data_back_brush_u_pattern_pat is not None:
                    raise Refused("data_back_brush_u_pattern_pat must be a Image")
                size += 20
            elif data_back_brush_u is not None:
                raise Refused("data_back_brush_u must be None here")
            else:
                out.append(_pack_23(data_back_brush_type))
                size += 20
            out.append(_pack_32(data.fore_mode, data.back_mode))
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
            base.surface_id = 0
            base.box = base_box = _new_Rect()
            base.clip = base_clip = _new_Clip()
            base_box.top, base_box.left, base_box.bottom, base_box.right, base_clip_type = _unpack_from_1(data)
            base_clip.type = base_clip_type
            pos = 20
            if base_clip_type == 1:
                base_clip_u_rects_at, = _unpack_from_2(data, pos)
                pos += 8
                if base_clip_u_rects_at:
                    if base_clip_u_rects_at >= len(data):
                        raise outside("base.clip.u.rects", base_clip_u_rects_at, len(data))
                    base_clip.u, stop = ClipRects._read(data, base_clip_u_rects_at, len(data), extent, minor)
                    if extent is not None:
                        extent.add_range(base_clip_u_rects_at, stop)
                else:
                    base_clip.u = None
            else:
                base_clip.u = None
                _unpack_from_3(data, pos)
                pos += 8
            m.data = data_ = _new_Transparent()
            data_.src_area = data_src_area = _new_Rect()
            data_src_bitmap_at, data_src_area.top, data_src_area.left, data_src_area.bottom, data_src_area.right, data_.src_color, data_.true_color = _unpack_from_33(data, pos)
            pos += 32
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
            if base.surface_id != 0:
                raise Refused("surface_id is always 0")
            base_box = base.box
            base_clip = base.clip
            base_clip_type = base_clip.type
            base_clip_u = base_clip.u
            if base_clip_type == 1:
                base_clip_u_rects = base_clip_u
                block = bytearray(_pack_5(base_box.top, base_box.left, base_box.bottom, base_box.right, base_clip_type, 0))
                out.append(block)
                if type(base_clip_u_rects) is ClipRects:
                    queue.append((block, 20, ClipRects._write, base_clip_u_rects))
                elif base_clip_u_rects is not None:
                    raise Refused("base_clip_u_rects must be a ClipRects")
                size += 28
            else:
                if base_clip_u is not None:
                    raise Refused("base_clip_u must be None here")
                out.append(_pack_6(base_box.top, base_box.left, base_box.bottom, base_box.right, base_clip_type))
                size += 28
            data = self.data
            data_src_bitmap = data.src_bitmap
            data_src_area = data.src_area
            block = bytearray(_pack_33(0, data_src_area.top, data_src_area.left, data_src_area.bottom, data_src_area.right, data.src_color, data.true_color))
            out.append(block)
            if type(data_src_bitmap) is Image:
                queue.append((block, 0, Image._write, data_src_bitmap))
            elif data_src_bitmap is not None:
                raise Refused("data_src_bitmap must be a Image")
            size += 32
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
            base.surface_id = 0
            base.box = base_box = _new_Rect()
            base.clip = base_clip = _new_Clip()
            base_box.top, base_box.left, base_box.bottom, base_box.right, base_clip_type = _unpack_from_1(data)
            base_clip.type = base_clip_type
            pos = 20
            if base_clip_type == 1:
                base_clip_u_rects_at, = _unpack_from_2(data, pos)
                pos += 8
                if base_clip_u_rects_at:
                    if base_clip_u_rects_at >= len(data):
                        raise outside("base.clip.u.rects", base_clip_u_rects_at, len(data))
                    base_clip.u, stop = ClipRects._read(data, base_clip_u_rects_at, len(data), extent, minor)
                    if extent is not None:
                        extent.add_range(base_clip_u_rects_at, stop)
                else:
                    base_clip.u = None
            else:
                base_clip.u = None
                _unpack_from_3(data, pos)
                pos += 8
            m.data = data_ = _new_AlphaBlend()
            data_.alpha_flags = 0
            data_.src_area = data_src_area = _new_Rect()
            data_.alpha, data_src_bitmap_at, data_src_area.top, data_src_area.left, data_src_area.bottom, data_src_area.right = _unpack_from_34(data, pos)
            pos += 25
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
            if base.surface_id != 0:
                raise Refused("surface_id is always 0")
            base_box = base.box
            base_clip = base.clip
            base_clip_type = base_clip.type
            base_clip_u = base_clip.u
            if base_clip_type == 1:
                base_clip_u_rects = base_clip_u
                block = bytearray(_pack_5(base_box.top, base_box.left, base_box.bottom, base_box.right, base_clip_type, 0))
                out.append(block)
                if type(base_clip_u_rects) is ClipRects:
                    queue.append((block, 20, ClipRects._write, base_clip_u_rects))
                elif base_clip_u_rects is not None:
                    raise Refused("base_clip_u_rects must be a ClipRects")
                size += 28
            else:
                if base_clip_u is not None:
                    raise Refused("base_clip_u must be None here")
                out.append(_pack_6(base_box.top, base_box.left, base_box.bottom, base_box.right, base_clip_type))
                size += 28
            data = self.data
            if data.alpha_flags != 0:
                raise Refused("alpha_flags is always 0")
            data_src_bitmap = data.src_bitmap
            data_src_area = data.src_area
            block = bytearray(_pack_34(data.alpha, 0, data_src_area.top, data_src_area.left, data_src_area.bottom, data_src_area.right))
            out.append(block)
            if type(data_src_bitmap) is Image:
                queue.append((block, 1, Image._write, data_src_bitmap))
            elif data_src_bitmap is not None:
                raise Refused("data_src_bitmap must be a Image")
            size += 25
            if queue:
                drain(out, queue, size, _patch, minor)
            return out
        except UNSENDABLE as error:
            refuse(self, error, minor)


@dataclass(init=False, repr=False, eq=False)
class ClientInit(Message):
    """First message on the channel.

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
            m.pixmap_cache_id, m.pixmap_cache_size, m.glz_dictionary_id, m.glz_dictionary_window_size = _unpack_35(data)
            return m
        except _error:
            return ClientInit.parse(prefix("display client init", data, 14, limits), None, minor)

    def write_buffers(self, minor: int | None = None) -> list[Buffer]:
        try:
            return [_pack_35(self.pixmap_cache_id, self.pixmap_cache_size, self.glz_dictionary_id, self.glz_dictionary_window_size)]
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
}
#: Messages the client sends, by number.
CLIENT: dict[int, type[Message]] = {
    **base.CLIENT,
    101: ClientInit,
}

_new_AlphaBlend = partial(object.__new__, AlphaBlend)
_new_Blackness = partial(object.__new__, Blackness)
_new_Blend = partial(object.__new__, Blend)
_new_Brush = partial(object.__new__, Brush)
_new_ClientInit = partial(object.__new__, ClientInit)
_new_Clip = partial(object.__new__, Clip)
_new_Copy = partial(object.__new__, Copy)
_new_DisplayBase = partial(object.__new__, DisplayBase)
_new_Fill = partial(object.__new__, Fill)
_new_Invers = partial(object.__new__, Invers)
_new_LineAttr = partial(object.__new__, LineAttr)
_new_Opaque = partial(object.__new__, Opaque)
_new_Pattern = partial(object.__new__, Pattern)
_new_Point = partial(object.__new__, Point)
_new_QMask = partial(object.__new__, QMask)
_new_Rect = partial(object.__new__, Rect)
_new_Rop3 = partial(object.__new__, Rop3)
_new_ServerCopyBits = partial(object.__new__, ServerCopyBits)
_new_ServerDrawAlphaBlend = partial(object.__new__, ServerDrawAlphaBlend)
_new_ServerDrawBlackness = partial(object.__new__, ServerDrawBlackness)
_new_ServerDrawBlend = partial(object.__new__, ServerDrawBlend)
_new_ServerDrawCopy = partial(object.__new__, ServerDrawCopy)
_new_ServerDrawFill = partial(object.__new__, ServerDrawFill)
_new_ServerDrawInvers = partial(object.__new__, ServerDrawInvers)
_new_ServerDrawOpaque = partial(object.__new__, ServerDrawOpaque)
_new_ServerDrawRop3 = partial(object.__new__, ServerDrawRop3)
_new_ServerDrawStroke = partial(object.__new__, ServerDrawStroke)
_new_ServerDrawText = partial(object.__new__, ServerDrawText)
_new_ServerDrawTransparent = partial(object.__new__, ServerDrawTransparent)
_new_ServerDrawWhiteness = partial(object.__new__, ServerDrawWhiteness)
_new_ServerInvalAllPalettes = partial(object.__new__, ServerInvalAllPalettes)
_new_ServerInvalAllPixmaps = partial(object.__new__, ServerInvalAllPixmaps)
_new_ServerInvalList = partial(object.__new__, ServerInvalList)
_new_ServerInvalPalette = partial(object.__new__, ServerInvalPalette)
_new_ServerMark = partial(object.__new__, ServerMark)
_new_ServerMode = partial(object.__new__, ServerMode)
_new_ServerReset = partial(object.__new__, ServerReset)
_new_ServerStreamClip = partial(object.__new__, ServerStreamClip)
_new_ServerStreamCreate = partial(object.__new__, ServerStreamCreate)
_new_ServerStreamData = partial(object.__new__, ServerStreamData)
_new_ServerStreamDestroy = partial(object.__new__, ServerStreamDestroy)
_new_ServerStreamDestroyAll = partial(object.__new__, ServerStreamDestroyAll)
_new_StreamDataHeader = partial(object.__new__, StreamDataHeader)
_new_Stroke = partial(object.__new__, Stroke)
_new_Text = partial(object.__new__, Text)
_new_Transparent = partial(object.__new__, Transparent)
_new_Whiteness = partial(object.__new__, Whiteness)
