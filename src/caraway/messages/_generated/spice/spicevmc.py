# Made by 'caraway proto build' from spice.proto; do not edit.
"""What the channels for byte streams have in common; never connected to by itself."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from struct import Struct, error as _error
from typing import ClassVar
from caraway.wire import schema as s
from caraway.wire.codec import Refused, UNSENDABLE, ends_early, octets, refuse, settle
from caraway.wire.limits import Limits, SMALL
from caraway.wire.record import Buffer, Message, Queue
from caraway.messages._generated.spice.enums import DataCompressionType
from caraway.messages._generated.spice.structs import EmptyStructure
from caraway.messages._generated.spice import base

_struct_0 = Struct("<B")
_pack_0 = _struct_0.pack
_unpack_from_0 = _struct_0.unpack_from
_struct_1 = Struct("<I")
_unpack_from_1 = _struct_1.unpack_from
_struct_2 = Struct("<BI")
_pack_2 = _struct_2.pack


@dataclass(init=False, repr=False, eq=False)
class ServerData(Message):
    """The next bytes from the device.

    SpicevmcChannel, server message 101.
    """

    CHANNEL: ClassVar[str] = "spicevmc"
    DIRECTION: ClassVar[str] = "server"
    NAME: ClassVar[str] = "data"
    NUMBER: ClassVar[int] = 101
    __slots__ = ("data",)
    data: Buffer  # everything up to the end of the message
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("data", "data", s.Octets(None)),
    )

    def __init__(self, data: Buffer) -> None:
        self.data = data

    @staticmethod
    def parse(data: Buffer, limits: Limits | None = None, minor: int | None = None) -> ServerData:
        end = len(data)
        try:
            m = _new_ServerData()
            m.data = data[0:end]
            if limits is not None or end >= SMALL:
                settle(end, data, limits)
            return m
        except _error:
            raise ends_early("spicevmc server data", data) from None

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
class ServerCompressedData(Message):
    """The next bytes from the device, compressed. Needs capability DATA_COMPRESS_LZ4.

    SpicevmcChannel, server message 102.
    """

    CHANNEL: ClassVar[str] = "spicevmc"
    DIRECTION: ClassVar[str] = "server"
    NAME: ClassVar[str] = "compressed_data"
    NUMBER: ClassVar[int] = 102
    __slots__ = ("type", "u", "compressed_data")
    type: int
    u: EmptyStructure | int | None
    compressed_data: Buffer
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("type", "type", s.Number(0, 255, DataCompressionType)),
        s.Field("u", "u", s.Union(("type",), False, (s.Choice(((0, False),), "empty", s.Nested(EmptyStructure)), s.Choice((), "uncompressed_size", s.U32),))),
        s.Field("compressed_data", "compressed_data", s.Octets(None)),
    )

    def __init__(self, type: int, compressed_data: Buffer, *, u: EmptyStructure | int | None = None) -> None:
        self.type = type
        self.u = u
        self.compressed_data = compressed_data

    @staticmethod
    def parse(data: Buffer, limits: Limits | None = None, minor: int | None = None) -> ServerCompressedData:
        end = len(data)
        try:
            m = _new_ServerCompressedData()
            type_, = _unpack_from_0(data)
            m.type = type_
            pos = 1
            if type_ == 0:
                m.u = u_empty = _new_EmptyStructure()
            else:
                m.u, = _unpack_from_1(data, pos)
                pos += 4
            m.compressed_data = data[pos:end]
            if limits is not None or end >= SMALL:
                settle(end, data, limits)
            return m
        except _error:
            raise ends_early("spicevmc server compressed_data", data) from None

    def write_buffers(self, minor: int | None = None) -> list[Buffer]:
        try:
            out: list[Buffer] = []
            queue: Queue = []
            size = 0
            type_ = self.type
            u = self.u
            if type_ == 0:
                if type(u) is not EmptyStructure:
                    raise Refused("u must be a EmptyStructure here")
                u_empty = u
                out.append(_pack_0(type_))
            else:
                if u is None:
                    raise Refused("u must not be None here")
                out.append(_pack_2(type_, u))
            compressed_data = self.compressed_data
            if type(compressed_data) is not bytes:
                compressed_data = octets(compressed_data)
            out.append(compressed_data)
            return out
        except UNSENDABLE as error:
            refuse(self, error, minor)


@dataclass(init=False, repr=False, eq=False)
class ClientData(Message):
    """The next bytes for the device.

    SpicevmcChannel, client message 101.
    """

    CHANNEL: ClassVar[str] = "spicevmc"
    DIRECTION: ClassVar[str] = "client"
    NAME: ClassVar[str] = "data"
    NUMBER: ClassVar[int] = 101
    __slots__ = ("data",)
    data: Buffer  # everything up to the end of the message
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("data", "data", s.Octets(None)),
    )

    def __init__(self, data: Buffer) -> None:
        self.data = data

    @staticmethod
    def parse(data: Buffer, limits: Limits | None = None, minor: int | None = None) -> ClientData:
        end = len(data)
        try:
            m = _new_ClientData()
            m.data = data[0:end]
            if limits is not None or end >= SMALL:
                settle(end, data, limits)
            return m
        except _error:
            raise ends_early("spicevmc client data", data) from None

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
class ClientCompressedData(Message):
    """The next bytes for the device, compressed. Needs capability DATA_COMPRESS_LZ4.

    SpicevmcChannel, client message 102.
    """

    CHANNEL: ClassVar[str] = "spicevmc"
    DIRECTION: ClassVar[str] = "client"
    NAME: ClassVar[str] = "compressed_data"
    NUMBER: ClassVar[int] = 102
    __slots__ = ("type", "u", "compressed_data")
    type: int
    u: EmptyStructure | int | None
    compressed_data: Buffer
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("type", "type", s.Number(0, 255, DataCompressionType)),
        s.Field("u", "u", s.Union(("type",), False, (s.Choice(((0, False),), "empty", s.Nested(EmptyStructure)), s.Choice((), "uncompressed_size", s.U32),))),
        s.Field("compressed_data", "compressed_data", s.Octets(None)),
    )

    def __init__(self, type: int, compressed_data: Buffer, *, u: EmptyStructure | int | None = None) -> None:
        self.type = type
        self.u = u
        self.compressed_data = compressed_data

    @staticmethod
    def parse(data: Buffer, limits: Limits | None = None, minor: int | None = None) -> ClientCompressedData:
        end = len(data)
        try:
            m = _new_ClientCompressedData()
            type_, = _unpack_from_0(data)
            m.type = type_
            pos = 1
            if type_ == 0:
                m.u = u_empty = _new_EmptyStructure()
            else:
                m.u, = _unpack_from_1(data, pos)
                pos += 4
            m.compressed_data = data[pos:end]
            if limits is not None or end >= SMALL:
                settle(end, data, limits)
            return m
        except _error:
            raise ends_early("spicevmc client compressed_data", data) from None

    def write_buffers(self, minor: int | None = None) -> list[Buffer]:
        try:
            out: list[Buffer] = []
            queue: Queue = []
            size = 0
            type_ = self.type
            u = self.u
            if type_ == 0:
                if type(u) is not EmptyStructure:
                    raise Refused("u must be a EmptyStructure here")
                u_empty = u
                out.append(_pack_0(type_))
            else:
                if u is None:
                    raise Refused("u must not be None here")
                out.append(_pack_2(type_, u))
            compressed_data = self.compressed_data
            if type(compressed_data) is not bytes:
                compressed_data = octets(compressed_data)
            out.append(compressed_data)
            return out
        except UNSENDABLE as error:
            refuse(self, error, minor)


#: Messages the server sends, by number.
SERVER: dict[int, type[Message]] = {
    **base.SERVER,
    101: ServerData,
    102: ServerCompressedData,
}
#: Messages the client sends, by number.
CLIENT: dict[int, type[Message]] = {
    **base.CLIENT,
    101: ClientData,
    102: ClientCompressedData,
}

_new_ClientCompressedData = partial(object.__new__, ClientCompressedData)
_new_ClientData = partial(object.__new__, ClientData)
_new_EmptyStructure = partial(object.__new__, EmptyStructure)
_new_ServerCompressedData = partial(object.__new__, ServerCompressedData)
_new_ServerData = partial(object.__new__, ServerData)
