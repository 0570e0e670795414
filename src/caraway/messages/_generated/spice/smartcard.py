# Made by 'caraway proto build' from spice.proto; do not edit.
"""Smartcard readers of the client, used by the guest. Built into a server or not."""

from __future__ import annotations

from builtins import len as _len
from dataclasses import dataclass
from functools import partial
from struct import Struct, error as _error
from typing import ClassVar
from caraway.wire import schema as s
from caraway.wire.codec import Refused, UNSENDABLE, beyond, ends_early, octets, refuse, settle
from caraway.wire.limits import Limits, SMALL
from caraway.wire.record import Buffer, Message, Queue
from caraway.messages._generated.spice.enums import VscMessageType
from caraway.messages._generated.spice import base, vscpayload

_struct_0 = Struct("<3I")
_pack_0 = _struct_0.pack
_unpack_from_0 = _struct_0.unpack_from


@dataclass(init=False, repr=False, eq=False)
class ServerData(Message):
    """From the guest's reader: APDU commands, and error as the answer to the client.

    SmartcardChannel, server message 101.
    """

    CHANNEL: ClassVar[str] = "smartcard"
    DIRECTION: ClassVar[str] = "server"
    NAME: ClassVar[str] = "data"
    NUMBER: ClassVar[int] = 101
    __slots__ = ("type", "reader_id", "length", "data")
    type: int
    reader_id: int  # number that the server gave to the reader
    length: int  # bytes of data
    data: Buffer
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("type", "type", s.Number(0, 4294967295, VscMessageType)),
        s.Field("reader_id", "reader_id", s.U32),
        s.Field("length", "length", s.U32, derived=True),
        s.Field("data", "data", s.Octets(("length",)), view=("vscpayload", ("type",))),
    )

    def __init__(self, type: int, reader_id: int, data: Buffer, *, length: int | None = None) -> None:
        self.type = type
        self.reader_id = reader_id
        self.length = _len(data) if length is None else length
        self.data = data

    def data_view(self, limits: Limits | None = None, minor: int | None = None) -> Message | None:
        """What ``data`` holds, told by ``type``: a message of VscPayload, or None."""
        found = vscpayload.SERVER.get(self.type)
        if found is None:
            return None
        return found.parse(self.data, limits, minor)

    @staticmethod
    def parse(data: Buffer, limits: Limits | None = None, minor: int | None = None) -> ServerData:
        end = len(data)
        try:
            m = _new_ServerData()
            m.type, m.reader_id, length = _unpack_from_0(data)
            m.length = length
            stop = 12 + length
            if stop > end:
                raise beyond("data", length, end - 12, 12)
            m.data = data[12:stop]
            if limits is not None or end >= SMALL:
                settle(stop, data, limits)
            return m
        except _error:
            raise ends_early("smartcard server data", data) from None

    def write_buffers(self, minor: int | None = None) -> list[Buffer]:
        try:
            out: list[Buffer] = []
            queue: Queue = []
            size = 0
            length = self.length
            out.append(_pack_0(self.type, self.reader_id, length))
            data = self.data
            if type(data) is not bytes:
                data = octets(data)
            if len(data) != length:
                raise Refused("data has another length than counted")
            out.append(data)
            return out
        except UNSENDABLE as error:
            refuse(self, error, minor)


@dataclass(init=False, repr=False, eq=False)
class ClientData(Message):
    """From a reader of the client. One message at a time: wait for error before the next.

    SmartcardChannel, client message 101.
    """

    CHANNEL: ClassVar[str] = "smartcard"
    DIRECTION: ClassVar[str] = "client"
    NAME: ClassVar[str] = "data"
    NUMBER: ClassVar[int] = 101
    __slots__ = ("type", "reader_id", "length", "data")
    type: int
    reader_id: int  # 4294967295 while the reader has none
    length: int  # bytes of data
    data: Buffer
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("type", "type", s.Number(0, 4294967295, VscMessageType)),
        s.Field("reader_id", "reader_id", s.U32),
        s.Field("length", "length", s.U32, derived=True),
        s.Field("data", "data", s.Octets(("length",)), view=("vscpayload", ("type",))),
    )

    def __init__(self, type: int, reader_id: int, data: Buffer, *, length: int | None = None) -> None:
        self.type = type
        self.reader_id = reader_id
        self.length = _len(data) if length is None else length
        self.data = data

    def data_view(self, limits: Limits | None = None, minor: int | None = None) -> Message | None:
        """What ``data`` holds, told by ``type``: a message of VscPayload, or None."""
        found = vscpayload.SERVER.get(self.type)
        if found is None:
            return None
        return found.parse(self.data, limits, minor)

    @staticmethod
    def parse(data: Buffer, limits: Limits | None = None, minor: int | None = None) -> ClientData:
        end = len(data)
        try:
            m = _new_ClientData()
            m.type, m.reader_id, length = _unpack_from_0(data)
            m.length = length
            stop = 12 + length
            if stop > end:
                raise beyond("data", length, end - 12, 12)
            m.data = data[12:stop]
            if limits is not None or end >= SMALL:
                settle(stop, data, limits)
            return m
        except _error:
            raise ends_early("smartcard client data", data) from None

    def write_buffers(self, minor: int | None = None) -> list[Buffer]:
        try:
            out: list[Buffer] = []
            queue: Queue = []
            size = 0
            length = self.length
            out.append(_pack_0(self.type, self.reader_id, length))
            data = self.data
            if type(data) is not bytes:
                data = octets(data)
            if len(data) != length:
                raise Refused("data has another length than counted")
            out.append(data)
            return out
        except UNSENDABLE as error:
            refuse(self, error, minor)


#: Messages the server sends, by number.
SERVER: dict[int, type[Message]] = {
    **base.SERVER,
    101: ServerData,
}
#: Messages the client sends, by number.
CLIENT: dict[int, type[Message]] = {
    **base.CLIENT,
    101: ClientData,
}

_new_ClientData = partial(object.__new__, ClientData)
_new_ServerData = partial(object.__new__, ServerData)
