# Made by 'caraway proto build' from agent.proto; do not edit.
"""What stands around the messages, the same in both directions."""

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
from caraway.messages._generated.agent.enums import AgentMessageType, VdpPort

_struct_0 = Struct("<2I")
_pack_0 = _struct_0.pack
_unpack_from_0 = _struct_0.unpack_from
_struct_1 = Struct("<2IQI")
_pack_1 = _struct_1.pack
_unpack_from_1 = _struct_1.unpack_from


@dataclass(init=False, repr=False, eq=False)
class ClientChunk(Message):
    """A piece of the stream to the agent. Only between server and guest.

    AgentStreamChannel, client message 1.
    """

    CHANNEL: ClassVar[str] = "agent_stream"
    DIRECTION: ClassVar[str] = "client"
    NAME: ClassVar[str] = "chunk"
    NUMBER: ClassVar[int] = 1
    __slots__ = ("port", "size", "data")
    port: int
    size: int  # bytes of data, at most 2048
    data: Buffer
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("port", "port", s.Number(0, 4294967295, VdpPort)),
        s.Field("size", "size", s.U32, derived=True),
        s.Field("data", "data", s.Octets(("size",))),
    )

    def __init__(self, port: int, data: Buffer, *, size: int | None = None) -> None:
        self.port = port
        self.size = _len(data) if size is None else size
        self.data = data

    @staticmethod
    def parse(data: Buffer, limits: Limits | None = None, minor: int | None = None) -> ClientChunk:
        end = len(data)
        try:
            m = _new_ClientChunk()
            m.port, size = _unpack_from_0(data)
            m.size = size
            stop = 8 + size
            if stop > end:
                raise beyond("data", size, end - 8, 8)
            m.data = data[8:stop]
            if limits is not None or end >= SMALL:
                settle(stop, data, limits)
            return m
        except _error:
            raise ends_early("agent_stream client chunk", data) from None

    def write_buffers(self, minor: int | None = None) -> list[Buffer]:
        try:
            out: list[Buffer] = []
            queue: Queue = []
            size = 0
            size_ = self.size
            out.append(_pack_0(self.port, size_))
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
class ClientAgentMessage(Message):
    """A message to the agent.

    AgentStreamChannel, client message 2.
    """

    CHANNEL: ClassVar[str] = "agent_stream"
    DIRECTION: ClassVar[str] = "client"
    NAME: ClassVar[str] = "agent_message"
    NUMBER: ClassVar[int] = 2
    __slots__ = ("protocol", "type", "opaque", "size", "data")
    protocol: int  # 1
    type: int  # number of the message
    opaque: int  # 0: known peers do not use it
    size: int  # bytes of data; there is no limit but the receiver's own
    data: Buffer  # body of the message
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("protocol", "protocol", s.U32),
        s.Field("type", "type", s.Number(0, 4294967295, AgentMessageType)),
        s.Field("opaque", "opaque", s.U64),
        s.Field("size", "size", s.U32, derived=True),
        s.Field("data", "data", s.Octets(("size",))),
    )

    def __init__(self, protocol: int, type: int, opaque: int, data: Buffer, *, size: int | None = None) -> None:
        self.protocol = protocol
        self.type = type
        self.opaque = opaque
        self.size = _len(data) if size is None else size
        self.data = data

    @staticmethod
    def parse(data: Buffer, limits: Limits | None = None, minor: int | None = None) -> ClientAgentMessage:
        end = len(data)
        try:
            m = _new_ClientAgentMessage()
            m.protocol, m.type, m.opaque, size = _unpack_from_1(data)
            m.size = size
            stop = 20 + size
            if stop > end:
                raise beyond("data", size, end - 20, 20)
            m.data = data[20:stop]
            if limits is not None or end >= SMALL:
                settle(stop, data, limits)
            return m
        except _error:
            raise ends_early("agent_stream client agent_message", data) from None

    def write_buffers(self, minor: int | None = None) -> list[Buffer]:
        try:
            out: list[Buffer] = []
            queue: Queue = []
            size = 0
            size_ = self.size
            out.append(_pack_1(self.protocol, self.type, self.opaque, size_))
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
class ServerChunk(Message):
    """A piece of the stream from the agent. Only between server and guest.

    AgentStreamChannel, server message 1.
    """

    CHANNEL: ClassVar[str] = "agent_stream"
    DIRECTION: ClassVar[str] = "server"
    NAME: ClassVar[str] = "chunk"
    NUMBER: ClassVar[int] = 1
    __slots__ = ("port", "size", "data")
    port: int
    size: int  # bytes of data, at most 2048
    data: Buffer
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("port", "port", s.Number(0, 4294967295, VdpPort)),
        s.Field("size", "size", s.U32, derived=True),
        s.Field("data", "data", s.Octets(("size",))),
    )

    def __init__(self, port: int, data: Buffer, *, size: int | None = None) -> None:
        self.port = port
        self.size = _len(data) if size is None else size
        self.data = data

    @staticmethod
    def parse(data: Buffer, limits: Limits | None = None, minor: int | None = None) -> ServerChunk:
        end = len(data)
        try:
            m = _new_ServerChunk()
            m.port, size = _unpack_from_0(data)
            m.size = size
            stop = 8 + size
            if stop > end:
                raise beyond("data", size, end - 8, 8)
            m.data = data[8:stop]
            if limits is not None or end >= SMALL:
                settle(stop, data, limits)
            return m
        except _error:
            raise ends_early("agent_stream server chunk", data) from None

    def write_buffers(self, minor: int | None = None) -> list[Buffer]:
        try:
            out: list[Buffer] = []
            queue: Queue = []
            size = 0
            size_ = self.size
            out.append(_pack_0(self.port, size_))
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
class ServerAgentMessage(Message):
    """A message from the agent.

    AgentStreamChannel, server message 2.
    """

    CHANNEL: ClassVar[str] = "agent_stream"
    DIRECTION: ClassVar[str] = "server"
    NAME: ClassVar[str] = "agent_message"
    NUMBER: ClassVar[int] = 2
    __slots__ = ("protocol", "type", "opaque", "size", "data")
    protocol: int  # 1
    type: int  # number of the message
    opaque: int  # 0: known peers do not use it
    size: int  # bytes of data; there is no limit but the receiver's own
    data: Buffer  # body of the message
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("protocol", "protocol", s.U32),
        s.Field("type", "type", s.Number(0, 4294967295, AgentMessageType)),
        s.Field("opaque", "opaque", s.U64),
        s.Field("size", "size", s.U32, derived=True),
        s.Field("data", "data", s.Octets(("size",))),
    )

    def __init__(self, protocol: int, type: int, opaque: int, data: Buffer, *, size: int | None = None) -> None:
        self.protocol = protocol
        self.type = type
        self.opaque = opaque
        self.size = _len(data) if size is None else size
        self.data = data

    @staticmethod
    def parse(data: Buffer, limits: Limits | None = None, minor: int | None = None) -> ServerAgentMessage:
        end = len(data)
        try:
            m = _new_ServerAgentMessage()
            m.protocol, m.type, m.opaque, size = _unpack_from_1(data)
            m.size = size
            stop = 20 + size
            if stop > end:
                raise beyond("data", size, end - 20, 20)
            m.data = data[20:stop]
            if limits is not None or end >= SMALL:
                settle(stop, data, limits)
            return m
        except _error:
            raise ends_early("agent_stream server agent_message", data) from None

    def write_buffers(self, minor: int | None = None) -> list[Buffer]:
        try:
            out: list[Buffer] = []
            queue: Queue = []
            size = 0
            size_ = self.size
            out.append(_pack_1(self.protocol, self.type, self.opaque, size_))
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
    1: ServerChunk,
    2: ServerAgentMessage,
}
#: Messages the client sends, by number.
CLIENT: dict[int, type[Message]] = {
    1: ClientChunk,
    2: ClientAgentMessage,
}

_new_ClientAgentMessage = partial(object.__new__, ClientAgentMessage)
_new_ClientChunk = partial(object.__new__, ClientChunk)
_new_ServerAgentMessage = partial(object.__new__, ServerAgentMessage)
_new_ServerChunk = partial(object.__new__, ServerChunk)
