# Made by 'caraway proto build' from spice.proto; do not edit.
"""The guest's pointer, for the display channel with the same id."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from struct import Struct, error as _error
from typing import ClassVar
from caraway.wire import schema as s
from caraway.wire.codec import Refused, UNSENDABLE, ends_early, octets, prefix, refuse, settle
from caraway.wire.limits import Limits, SMALL, check_size
from caraway.wire.record import Buffer, Message, Queue
from caraway.messages._generated.spice.structs import Cursor, CursorHeader, Point16
from caraway.messages._generated.spice import base

_struct_0 = Struct("<2h2HBH")
_pack_0 = _struct_0.pack
_unpack_from_0 = _struct_0.unpack_from
_struct_1 = Struct("<QB4H")
_unpack_from_1 = _struct_1.unpack_from
_struct_2 = Struct("<2h2HBHQB4H")
_pack_2 = _struct_2.pack
_struct_3 = Struct("<2hBH")
_pack_3 = _struct_3.pack
_unpack_from_3 = _struct_3.unpack_from
_struct_4 = Struct("<2hBHQB4H")
_pack_4 = _struct_4.pack
_struct_5 = Struct("<2h")
_pack_5 = _struct_5.pack
_unpack_5 = _struct_5.unpack
_struct_6 = Struct("<2H")
_pack_6 = _struct_6.pack
_unpack_6 = _struct_6.unpack
_struct_7 = Struct("<Q")
_pack_7 = _struct_7.pack
_unpack_7 = _struct_7.unpack


@dataclass(init=False, repr=False, eq=False)
class ServerInit(Message):
    """First message on the channel.

    CursorChannel, server message 101.
    """

    CHANNEL: ClassVar[str] = "cursor"
    DIRECTION: ClassVar[str] = "server"
    NAME: ClassVar[str] = "init"
    NUMBER: ClassVar[int] = 101
    __slots__ = ("position", "trail_length", "trail_frequency", "visible", "cursor")
    position: Point16  # of the hot spot
    trail_length: int  # pointers in the trail, 0 for none
    trail_frequency: int  # ms between them
    visible: int  # 0 or 1
    cursor: Cursor
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("position", "position", s.Nested(Point16)),
        s.Field("trail_length", "trail_length", s.U16),
        s.Field("trail_frequency", "trail_frequency", s.U16),
        s.Field("visible", "visible", s.U8),
        s.Field("cursor", "cursor", s.Nested(Cursor)),
    )

    def __init__(self, position: Point16, trail_length: int, trail_frequency: int, visible: int, cursor: Cursor) -> None:
        self.position = position
        self.trail_length = trail_length
        self.trail_frequency = trail_frequency
        self.visible = visible
        self.cursor = cursor

    @staticmethod
    def parse(data: Buffer, limits: Limits | None = None, minor: int | None = None) -> ServerInit:
        end = len(data)
        try:
            m = _new_ServerInit()
            m.position = position = _new_Point16()
            m.cursor = cursor = _new_Cursor()
            position.x, position.y, m.trail_length, m.trail_frequency, m.visible, cursor_flags = _unpack_from_0(data)
            cursor.flags = cursor_flags
            pos = 11
            if not cursor_flags & 1:
                cursor.u = cursor_u_header = _new_CursorHeader()
                cursor_u_header.unique, cursor_u_header.type, cursor_u_header.width, cursor_u_header.height, cursor_u_header.hot_spot_x, cursor_u_header.hot_spot_y = _unpack_from_1(data, pos)
                pos += 17
            else:
                cursor.u = None
            cursor.data = data[pos:end]
            if limits is not None or end >= SMALL:
                settle(end, data, limits)
            return m
        except _error:
            raise ends_early("cursor server init", data) from None

    def write_buffers(self, minor: int | None = None) -> list[Buffer]:
        try:
            out: list[Buffer] = []
            queue: Queue = []
            size = 0
            position = self.position
            cursor = self.cursor
            cursor_flags = cursor.flags
            cursor_u = cursor.u
            if not cursor_flags & 1:
                if type(cursor_u) is not CursorHeader:
                    raise Refused("cursor_u must be a CursorHeader here")
                cursor_u_header = cursor_u
                out.append(_pack_2(position.x, position.y, self.trail_length, self.trail_frequency, self.visible, cursor_flags, cursor_u_header.unique, cursor_u_header.type, cursor_u_header.width, cursor_u_header.height, cursor_u_header.hot_spot_x, cursor_u_header.hot_spot_y))
            elif cursor_u is not None:
                raise Refused("cursor_u must be None here")
            else:
                out.append(_pack_0(position.x, position.y, self.trail_length, self.trail_frequency, self.visible, cursor_flags))
            cursor_data = cursor.data
            if type(cursor_data) is not bytes:
                cursor_data = octets(cursor_data)
            out.append(cursor_data)
            return out
        except UNSENDABLE as error:
            refuse(self, error, minor)


@dataclass(init=False, repr=False, eq=False)
class ServerReset(Message):
    """No pointer any more, and the cache is empty.

    CursorChannel, server message 102.
    """

    CHANNEL: ClassVar[str] = "cursor"
    DIRECTION: ClassVar[str] = "server"
    NAME: ClassVar[str] = "reset"
    NUMBER: ClassVar[int] = 102
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
class ServerSet(Message):
    """New shape and position.

    CursorChannel, server message 103.
    """

    CHANNEL: ClassVar[str] = "cursor"
    DIRECTION: ClassVar[str] = "server"
    NAME: ClassVar[str] = "set"
    NUMBER: ClassVar[int] = 103
    __slots__ = ("position", "visible", "cursor")
    position: Point16  # of the hot spot
    visible: int  # 0 or 1
    cursor: Cursor
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("position", "position", s.Nested(Point16)),
        s.Field("visible", "visible", s.U8),
        s.Field("cursor", "cursor", s.Nested(Cursor)),
    )

    def __init__(self, position: Point16, visible: int, cursor: Cursor) -> None:
        self.position = position
        self.visible = visible
        self.cursor = cursor

    @staticmethod
    def parse(data: Buffer, limits: Limits | None = None, minor: int | None = None) -> ServerSet:
        end = len(data)
        try:
            m = _new_ServerSet()
            m.position = position = _new_Point16()
            m.cursor = cursor = _new_Cursor()
            position.x, position.y, m.visible, cursor_flags = _unpack_from_3(data)
            cursor.flags = cursor_flags
            pos = 7
            if not cursor_flags & 1:
                cursor.u = cursor_u_header = _new_CursorHeader()
                cursor_u_header.unique, cursor_u_header.type, cursor_u_header.width, cursor_u_header.height, cursor_u_header.hot_spot_x, cursor_u_header.hot_spot_y = _unpack_from_1(data, pos)
                pos += 17
            else:
                cursor.u = None
            cursor.data = data[pos:end]
            if limits is not None or end >= SMALL:
                settle(end, data, limits)
            return m
        except _error:
            raise ends_early("cursor server set", data) from None

    def write_buffers(self, minor: int | None = None) -> list[Buffer]:
        try:
            out: list[Buffer] = []
            queue: Queue = []
            size = 0
            position = self.position
            cursor = self.cursor
            cursor_flags = cursor.flags
            cursor_u = cursor.u
            if not cursor_flags & 1:
                if type(cursor_u) is not CursorHeader:
                    raise Refused("cursor_u must be a CursorHeader here")
                cursor_u_header = cursor_u
                out.append(_pack_4(position.x, position.y, self.visible, cursor_flags, cursor_u_header.unique, cursor_u_header.type, cursor_u_header.width, cursor_u_header.height, cursor_u_header.hot_spot_x, cursor_u_header.hot_spot_y))
            elif cursor_u is not None:
                raise Refused("cursor_u must be None here")
            else:
                out.append(_pack_3(position.x, position.y, self.visible, cursor_flags))
            cursor_data = cursor.data
            if type(cursor_data) is not bytes:
                cursor_data = octets(cursor_data)
            out.append(cursor_data)
            return out
        except UNSENDABLE as error:
            refuse(self, error, minor)


@dataclass(init=False, repr=False, eq=False)
class ServerMove(Message):
    """The pointer has moved, and is visible.

    CursorChannel, server message 104.
    """

    CHANNEL: ClassVar[str] = "cursor"
    DIRECTION: ClassVar[str] = "server"
    NAME: ClassVar[str] = "move"
    NUMBER: ClassVar[int] = 104
    __slots__ = ("position",)
    position: Point16  # of the hot spot
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("position", "position", s.Nested(Point16)),
    )

    def __init__(self, position: Point16) -> None:
        self.position = position

    @staticmethod
    def parse(data: Buffer, limits: Limits | None = None, minor: int | None = None) -> ServerMove:
        if limits is not None:
            check_size(len(data), limits)
        try:
            m = _new_ServerMove()
            m.position = position = _new_Point16()
            position.x, position.y = _unpack_5(data)
            return m
        except _error:
            return ServerMove.parse(prefix("cursor server move", data, 4, limits), None, minor)

    def write_buffers(self, minor: int | None = None) -> list[Buffer]:
        try:
            position = self.position
            return [_pack_5(position.x, position.y)]
        except UNSENDABLE as error:
            refuse(self, error, minor)


@dataclass(init=False, repr=False, eq=False)
class ServerHide(Message):
    """The pointer is invisible until it is set or moved.

    CursorChannel, server message 105.
    """

    CHANNEL: ClassVar[str] = "cursor"
    DIRECTION: ClassVar[str] = "server"
    NAME: ClassVar[str] = "hide"
    NUMBER: ClassVar[int] = 105
    __slots__ = ()
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
    )

    def __init__(self) -> None:
        pass

    @staticmethod
    def parse(data: Buffer, limits: Limits | None = None, minor: int | None = None) -> ServerHide:
        if data:
            settle(0, data, limits)
        m = _new_ServerHide()
        return m

    def write_buffers(self, minor: int | None = None) -> list[Buffer]:
        try:
            return [b""]
        except UNSENDABLE as error:
            refuse(self, error, minor)


@dataclass(init=False, repr=False, eq=False)
class ServerTrail(Message):
    """Change of the trail.

    CursorChannel, server message 106.
    """

    CHANNEL: ClassVar[str] = "cursor"
    DIRECTION: ClassVar[str] = "server"
    NAME: ClassVar[str] = "trail"
    NUMBER: ClassVar[int] = 106
    __slots__ = ("length", "frequency")
    length: int  # pointers in the trail, 0 for none
    frequency: int  # ms between them
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("length", "length", s.U16),
        s.Field("frequency", "frequency", s.U16),
    )

    def __init__(self, length: int, frequency: int) -> None:
        self.length = length
        self.frequency = frequency

    @staticmethod
    def parse(data: Buffer, limits: Limits | None = None, minor: int | None = None) -> ServerTrail:
        if limits is not None:
            check_size(len(data), limits)
        try:
            m = _new_ServerTrail()
            m.length, m.frequency = _unpack_6(data)
            return m
        except _error:
            return ServerTrail.parse(prefix("cursor server trail", data, 4, limits), None, minor)

    def write_buffers(self, minor: int | None = None) -> list[Buffer]:
        try:
            return [_pack_6(self.length, self.frequency)]
        except UNSENDABLE as error:
            refuse(self, error, minor)


@dataclass(init=False, repr=False, eq=False)
class ServerInvalOne(Message):
    """Drop one shape from the cache.

    CursorChannel, server message 107.
    """

    CHANNEL: ClassVar[str] = "cursor"
    DIRECTION: ClassVar[str] = "server"
    NAME: ClassVar[str] = "inval_one"
    NUMBER: ClassVar[int] = 107
    __slots__ = ("id",)
    id: int  # "unique" of the shape
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("id", "id", s.U64),
    )

    def __init__(self, id: int) -> None:
        self.id = id

    @staticmethod
    def parse(data: Buffer, limits: Limits | None = None, minor: int | None = None) -> ServerInvalOne:
        if limits is not None:
            check_size(len(data), limits)
        try:
            m = _new_ServerInvalOne()
            m.id, = _unpack_7(data)
            return m
        except _error:
            return ServerInvalOne.parse(prefix("cursor server inval_one", data, 8, limits), None, minor)

    def write_buffers(self, minor: int | None = None) -> list[Buffer]:
        try:
            return [_pack_7(self.id)]
        except UNSENDABLE as error:
            refuse(self, error, minor)


@dataclass(init=False, repr=False, eq=False)
class ServerInvalAll(Message):
    """Drop all shapes from the cache.

    CursorChannel, server message 108.
    """

    CHANNEL: ClassVar[str] = "cursor"
    DIRECTION: ClassVar[str] = "server"
    NAME: ClassVar[str] = "inval_all"
    NUMBER: ClassVar[int] = 108
    __slots__ = ()
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
    )

    def __init__(self) -> None:
        pass

    @staticmethod
    def parse(data: Buffer, limits: Limits | None = None, minor: int | None = None) -> ServerInvalAll:
        if data:
            settle(0, data, limits)
        m = _new_ServerInvalAll()
        return m

    def write_buffers(self, minor: int | None = None) -> list[Buffer]:
        try:
            return [b""]
        except UNSENDABLE as error:
            refuse(self, error, minor)


#: Messages the server sends, by number.
SERVER: dict[int, type[Message]] = {
    **base.SERVER,
    101: ServerInit,
    102: ServerReset,
    103: ServerSet,
    104: ServerMove,
    105: ServerHide,
    106: ServerTrail,
    107: ServerInvalOne,
    108: ServerInvalAll,
}
#: Messages the client sends, by number.
CLIENT: dict[int, type[Message]] = {
    **base.CLIENT,
}

_new_Cursor = partial(object.__new__, Cursor)
_new_CursorHeader = partial(object.__new__, CursorHeader)
_new_Point16 = partial(object.__new__, Point16)
_new_ServerHide = partial(object.__new__, ServerHide)
_new_ServerInit = partial(object.__new__, ServerInit)
_new_ServerInvalAll = partial(object.__new__, ServerInvalAll)
_new_ServerInvalOne = partial(object.__new__, ServerInvalOne)
_new_ServerMove = partial(object.__new__, ServerMove)
_new_ServerReset = partial(object.__new__, ServerReset)
_new_ServerSet = partial(object.__new__, ServerSet)
_new_ServerTrail = partial(object.__new__, ServerTrail)
