# Made by 'caraway proto build' from mux.proto; do not edit.
"""One frame after the other, the same in both directions."""

from __future__ import annotations

from builtins import len as _len
from dataclasses import dataclass
from functools import partial
from struct import Struct, error as _error
from typing import ClassVar
from caraway.wire import schema as s
from caraway.wire.codec import Refused, UNSENDABLE, beyond, ends_early, negative, octets, refuse, settle
from caraway.wire.limits import Limits, SMALL
from caraway.wire.record import Buffer, Message, Queue

_struct_0 = Struct("<qH")
_pack_0 = _struct_0.pack
_unpack_from_0 = _struct_0.unpack_from


@dataclass(init=False, repr=False, eq=False)
class ServerFrame(Message):
    """From the guest agent: a program in the virtual machine connected, sent bytes or went away.
    Agents may forget to end a connection, then reuse its id.

    MuxChannel, server message 1.
    """

    CHANNEL: ClassVar[str] = "mux"
    DIRECTION: ClassVar[str] = "server"
    NAME: ClassVar[str] = "frame"
    NUMBER: ClassVar[int] = 1
    __slots__ = ("client_id", "size", "data")
    client_id: int  # the connection: any number the agent chose, often negative, reused later
    size: int  # bytes of data; 0 ends the connection
    data: Buffer  # the next bytes of the connection
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("client_id", "client_id", s.I64),
        s.Field("size", "size", s.U16, derived=True),
        s.Field("data", "data", s.Octets(("size",))),
    )

    def __init__(self, client_id: int, data: Buffer, *, size: int | None = None) -> None:
        self.client_id = client_id
        self.size = _len(data) if size is None else size
        self.data = data

    @staticmethod
    def parse(data: Buffer, limits: Limits | None = None, minor: int | None = None) -> ServerFrame:
        end = len(data)
        try:
            m = _new_ServerFrame()
            m.client_id, size = _unpack_from_0(data)
            m.size = size
            stop = 10 + size
            if stop > end:
                raise beyond("data", size, end - 10, 10)
            m.data = data[10:stop]
            if limits is not None or end >= SMALL:
                settle(stop, data, limits)
            return m
        except _error:
            raise ends_early("mux server frame", data) from None

    def write_buffers(self, minor: int | None = None) -> list[Buffer]:
        try:
            out: list[Buffer] = []
            queue: Queue = []
            size = 0
            size_ = self.size
            out.append(_pack_0(self.client_id, size_))
            data = self.data
            if type(data) is not bytes:
                data = octets(data)
            if len(data) != size_:
                raise Refused("data has another length than counted")
            out.append(data)
            return out
        except UNSENDABLE as error:
            refuse(self, error, minor)


@dataclass(init=False, repr=False, eq=False)
class ClientFrame(Message):
    """From the sharing side: bytes of an answer, or the end of the connection. Some agents ignore
    the end, so an answer must show its own length. A short answer belongs in one frame.

    MuxChannel, client message 1.
    """

    CHANNEL: ClassVar[str] = "mux"
    DIRECTION: ClassVar[str] = "client"
    NAME: ClassVar[str] = "frame"
    NUMBER: ClassVar[int] = 1
    __slots__ = ("client_id", "size", "data")
    client_id: int  # the connection: any number the agent chose, often negative, reused later
    size: int  # bytes of data; 0 ends the connection
    data: Buffer  # the next bytes of the connection
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("client_id", "client_id", s.I64),
        s.Field("size", "size", s.U16, derived=True),
        s.Field("data", "data", s.Octets(("size",))),
    )

    def __init__(self, client_id: int, data: Buffer, *, size: int | None = None) -> None:
        self.client_id = client_id
        self.size = _len(data) if size is None else size
        self.data = data

    @staticmethod
    def parse(data: Buffer, limits: Limits | None = None, minor: int | None = None) -> ClientFrame:
        end = len(data)
        try:
            m = _new_ClientFrame()
            m.client_id, size = _unpack_from_0(data)
            m.size = size
            stop = 10 + size
            if stop > end:
                raise beyond("data", size, end - 10, 10)
            m.data = data[10:stop]
            if limits is not None or end >= SMALL:
                settle(stop, data, limits)
            return m
        except _error:
            raise ends_early("mux client frame", data) from None

    def write_buffers(self, minor: int | None = None) -> list[Buffer]:
        try:
            out: list[Buffer] = []
            queue: Queue = []
            size = 0
            size_ = self.size
            out.append(_pack_0(self.client_id, size_))
            data = self.data
            if type(data) is not bytes:
                data = octets(data)
            if len(data) != size_:
                raise Refused("data has another length than counted")
            out.append(data)
            return out
        except UNSENDABLE as error:
            refuse(self, error, minor)


#: Messages the server sends, by number.
SERVER: dict[int, type[Message]] = {
    1: ServerFrame,
}
#: Messages the client sends, by number.
CLIENT: dict[int, type[Message]] = {
    1: ClientFrame,
}

_new_ClientFrame = partial(object.__new__, ClientFrame)
_new_ServerFrame = partial(object.__new__, ServerFrame)
