# Made by 'caraway proto build' from spice.proto; do not edit.
"""A named byte stream to the virtual machine, for any use. Data flows while the port is open."""

from __future__ import annotations

from builtins import len as _len
from dataclasses import dataclass
from functools import partial
from struct import Struct, error as _error
from typing import ClassVar
from caraway.wire import schema as s
from caraway.wire.codec import Refused, UNSENDABLE, beyond, drain, ends_early, null, octets, outside, prefix, put_octets, refuse
from caraway.wire.limits import Extent, Limits, SMALL, check_size
from caraway.wire.record import Buffer, Message, Queue, text_of
from caraway.messages._generated.spice import spicevmc

_patch = Struct("<I").pack_into
_struct_0 = Struct("<2IB")
_pack_0 = _struct_0.pack
_unpack_from_0 = _struct_0.unpack_from
_struct_1 = Struct("<B")
_pack_1 = _struct_1.pack
_unpack_1 = _struct_1.unpack


@dataclass(init=False, repr=False, eq=False)
class ServerInit(Message):
    """First message on the channel.

    PortChannel, server message 201.
    """

    CHANNEL: ClassVar[str] = "port"
    DIRECTION: ClassVar[str] = "server"
    NAME: ClassVar[str] = "init"
    NUMBER: ClassVar[int] = 201
    __slots__ = ("name_size", "name", "opened")
    name_size: int  # bytes of the name, with its NUL; at least 1
    name: Buffer  # such as org.qemu.monitor.qmp.0
    opened: int  # 1 when the virtual machine has the port open
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("name_size", "name_size", s.U32, derived=True),
        s.Field("name", "name", s.Reference(s.Octets(("name_size",)), True), text=True),
        s.Field("opened", "opened", s.U8),
    )

    def __init__(self, name: Buffer, opened: int, *, name_size: int | None = None) -> None:
        self.name_size = (0 if name is None else _len(name)) if name_size is None else name_size
        self.name = name
        self.opened = opened

    @property
    def name_text(self) -> str:
        """``name`` as text, up to its NUL if it has one."""
        return text_of(self.name)

    @staticmethod
    def parse(data: Buffer, limits: Limits | None = None, minor: int | None = None) -> ServerInit:
        end = len(data)
        extent = None if limits is None and end < SMALL else Extent(end, limits)
        try:
            m = _new_ServerInit()
            name_size, name_at, m.opened = _unpack_from_0(data)
            m.name_size = name_size
            if name_at:
                if name_at >= len(data):
                    raise outside("name", name_at, len(data))
                stop = name_at + name_size
                if stop > len(data):
                    raise beyond("name", name_size, len(data) - name_at, name_at)
                m.name = data[name_at:stop]
                if extent is not None:
                    extent.add_range(name_at, stop)
            else:
                raise null("name", 0)
            if extent is not None:
                extent.add_range(0, 9)
                extent.finish(end)
            return m
        except _error:
            raise ends_early("port server init", data) from None

    def write_buffers(self, minor: int | None = None) -> list[Buffer]:
        try:
            out: list[Buffer] = []
            queue: Queue = []
            size = 0
            name_size = self.name_size
            name = self.name
            if name is not None and type(name) is not bytes:
                name = octets(name)
            if (0 if name is None else len(name)) != name_size:
                raise Refused("name has another length than counted")
            if not name:
                raise Refused("name must not be null or empty")
            size += 9
            place = len(out)
            out.append(b"")
            if name is None:
                name_offset = 0
            else:
                name_offset = size
                size = put_octets(name, out, queue, size, minor)
            out[place] = _pack_0(name_size, name_offset, self.opened)
            if queue:
                drain(out, queue, size, _patch, minor)
            return out
        except UNSENDABLE as error:
            refuse(self, error, minor)


@dataclass(init=False, repr=False, eq=False)
class ServerEvent(Message):
    """Something happened to the port on the virtual machine's side.

    PortChannel, server message 202.
    """

    CHANNEL: ClassVar[str] = "port"
    DIRECTION: ClassVar[str] = "server"
    NAME: ClassVar[str] = "event"
    NUMBER: ClassVar[int] = 202
    __slots__ = ("event",)
    event: int  # 0 opened, 1 closed, 2 break
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("event", "event", s.U8),
    )

    def __init__(self, event: int) -> None:
        self.event = event

    @staticmethod
    def parse(data: Buffer, limits: Limits | None = None, minor: int | None = None) -> ServerEvent:
        if limits is not None:
            check_size(len(data), limits)
        try:
            m = _new_ServerEvent()
            m.event, = _unpack_1(data)
            return m
        except _error:
            return ServerEvent.parse(prefix("port server event", data, 1, limits), None, minor)

    def write_buffers(self, minor: int | None = None) -> list[Buffer]:
        try:
            return [_pack_1(self.event)]
        except UNSENDABLE as error:
            refuse(self, error, minor)


@dataclass(init=False, repr=False, eq=False)
class ClientEvent(Message):
    """Something for the port; known clients only send break and numbers above it.

    PortChannel, client message 201.
    """

    CHANNEL: ClassVar[str] = "port"
    DIRECTION: ClassVar[str] = "client"
    NAME: ClassVar[str] = "event"
    NUMBER: ClassVar[int] = 201
    __slots__ = ("event",)
    event: int  # 0 opened, 1 closed, 2 break
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("event", "event", s.U8),
    )

    def __init__(self, event: int) -> None:
        self.event = event

    @staticmethod
    def parse(data: Buffer, limits: Limits | None = None, minor: int | None = None) -> ClientEvent:
        if limits is not None:
            check_size(len(data), limits)
        try:
            m = _new_ClientEvent()
            m.event, = _unpack_1(data)
            return m
        except _error:
            return ClientEvent.parse(prefix("port client event", data, 1, limits), None, minor)

    def write_buffers(self, minor: int | None = None) -> list[Buffer]:
        try:
            return [_pack_1(self.event)]
        except UNSENDABLE as error:
            refuse(self, error, minor)


#: Messages the server sends, by number.
SERVER: dict[int, type[Message]] = {
    **spicevmc.SERVER,
    201: ServerInit,
    202: ServerEvent,
}
#: Messages the client sends, by number.
CLIENT: dict[int, type[Message]] = {
    **spicevmc.CLIENT,
    201: ClientEvent,
}

_new_ClientEvent = partial(object.__new__, ClientEvent)
_new_ServerEvent = partial(object.__new__, ServerEvent)
_new_ServerInit = partial(object.__new__, ServerInit)
