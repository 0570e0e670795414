# Made by 'caraway proto build' from spice1.proto; do not edit.
"""Sound that the guest plays."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from struct import Struct, error as _error
from typing import ClassVar
from caraway.wire import schema as s
from caraway.wire.codec import UNSENDABLE, ends_early, octets, prefix, refuse, settle
from caraway.wire.limits import Limits, SMALL, check_size
from caraway.wire.record import Buffer, Message, Queue
from caraway.messages._generated.spice1.enums import AudioDataMode, AudioFmt
from caraway.messages._generated.spice1 import base

_struct_0 = Struct("<I")
_pack_0 = _struct_0.pack
_unpack_from_0 = _struct_0.unpack_from
_struct_1 = Struct("<2I")
_pack_1 = _struct_1.pack
_unpack_from_1 = _struct_1.unpack_from
_struct_2 = Struct("<4I")
_pack_2 = _struct_2.pack
_unpack_2 = _struct_2.unpack


@dataclass(init=False, repr=False, eq=False)
class ServerData(Message):
    """Sound to play.

    PlaybackChannel, server message 101.
    """

    CHANNEL: ClassVar[str] = "playback"
    DIRECTION: ClassVar[str] = "server"
    NAME: ClassVar[str] = "data"
    NUMBER: ClassVar[int] = 101
    __slots__ = ("time", "data")
    time: int  # when to play it, multimedia time in ms
    data: Buffer  # one frame in the current mode
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("time", "time", s.U32),
        s.Field("data", "data", s.Octets(None)),
    )

    def __init__(self, time: int, data: Buffer) -> None:
        self.time = time
        self.data = data

    @staticmethod
    def parse(data: Buffer, limits: Limits | None = None, minor: int | None = None) -> ServerData:
        end = len(data)
        try:
            m = _new_ServerData()
            m.time, = _unpack_from_0(data)
            m.data = data[4:end]
            if limits is not None or end >= SMALL:
                settle(end, data, limits)
            return m
        except _error:
            raise ends_early("playback server data", data) from None

    def write_buffers(self, minor: int | None = None) -> list[Buffer]:
        try:
            out: list[Buffer] = []
            queue: Queue = []
            size = 0
            out.append(_pack_0(self.time))
            data = self.data
            if type(data) is not bytes:
                data = octets(data)
            out.append(data)
            return out
        except UNSENDABLE as error:
            refuse(self, error, minor)


@dataclass(init=False, repr=False, eq=False)
class ServerMode(Message):
    """How the following data is coded.

    PlaybackChannel, server message 102.
    """

    CHANNEL: ClassVar[str] = "playback"
    DIRECTION: ClassVar[str] = "server"
    NAME: ClassVar[str] = "mode"
    NUMBER: ClassVar[int] = 102
    __slots__ = ("time", "mode", "data")
    time: int  # multimedia time, ms
    mode: int
    data: Buffer  # parameters of the mode
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("time", "time", s.U32),
        s.Field("mode", "mode", s.Number(0, 4294967295, AudioDataMode)),
        s.Field("data", "data", s.Octets(None)),
    )

    def __init__(self, time: int, mode: int, data: Buffer) -> None:
        self.time = time
        self.mode = mode
        self.data = data

    @staticmethod
    def parse(data: Buffer, limits: Limits | None = None, minor: int | None = None) -> ServerMode:
        end = len(data)
        try:
            m = _new_ServerMode()
            m.time, m.mode = _unpack_from_1(data)
            m.data = data[8:end]
            if limits is not None or end >= SMALL:
                settle(end, data, limits)
            return m
        except _error:
            raise ends_early("playback server mode", data) from None

    def write_buffers(self, minor: int | None = None) -> list[Buffer]:
        try:
            out: list[Buffer] = []
            queue: Queue = []
            size = 0
            out.append(_pack_1(self.time, self.mode))
            data = self.data
            if type(data) is not bytes:
                data = octets(data)
            out.append(data)
            return out
        except UNSENDABLE as error:
            refuse(self, error, minor)


@dataclass(init=False, repr=False, eq=False)
class ServerStart(Message):
    """The guest starts to play.

    PlaybackChannel, server message 103.
    """

    CHANNEL: ClassVar[str] = "playback"
    DIRECTION: ClassVar[str] = "server"
    NAME: ClassVar[str] = "start"
    NUMBER: ClassVar[int] = 103
    __slots__ = ("channels", "format", "frequency", "time")
    channels: int
    format: int
    frequency: int  # Hz
    time: int  # multimedia time, ms
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("channels", "channels", s.U32),
        s.Field("format", "format", s.Number(0, 4294967295, AudioFmt)),
        s.Field("frequency", "frequency", s.U32),
        s.Field("time", "time", s.U32),
    )

    def __init__(self, channels: int, format: int, frequency: int, time: int) -> None:
        self.channels = channels
        self.format = format
        self.frequency = frequency
        self.time = time

    @staticmethod
    def parse(data: Buffer, limits: Limits | None = None, minor: int | None = None) -> ServerStart:
        if limits is not None:
            check_size(len(data), limits)
        try:
            m = _new_ServerStart()
            m.channels, m.format, m.frequency, m.time = _unpack_2(data)
            return m
        except _error:
            return ServerStart.parse(prefix("playback server start", data, 16, limits), None, minor)

    def write_buffers(self, minor: int | None = None) -> list[Buffer]:
        try:
            return [_pack_2(self.channels, self.format, self.frequency, self.time)]
        except UNSENDABLE as error:
            refuse(self, error, minor)


@dataclass(init=False, repr=False, eq=False)
class ServerStop(Message):
    """The guest has stopped.

    PlaybackChannel, server message 104.
    """

    CHANNEL: ClassVar[str] = "playback"
    DIRECTION: ClassVar[str] = "server"
    NAME: ClassVar[str] = "stop"
    NUMBER: ClassVar[int] = 104
    __slots__ = ()
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
    )

    def __init__(self) -> None:
        pass

    @staticmethod
    def parse(data: Buffer, limits: Limits | None = None, minor: int | None = None) -> ServerStop:
        if data:
            settle(0, data, limits)
        m = _new_ServerStop()
        return m

    def write_buffers(self, minor: int | None = None) -> list[Buffer]:
        try:
            return [b""]
        except UNSENDABLE as error:
            refuse(self, error, minor)


#: Messages the server sends, by number.
SERVER: dict[int, type[Message]] = {
    **base.SERVER,
    101: ServerData,
    102: ServerMode,
    103: ServerStart,
    104: ServerStop,
}
#: Messages the client sends, by number.
CLIENT: dict[int, type[Message]] = {
    **base.CLIENT,
}

_new_ServerData = partial(object.__new__, ServerData)
_new_ServerMode = partial(object.__new__, ServerMode)
_new_ServerStart = partial(object.__new__, ServerStart)
_new_ServerStop = partial(object.__new__, ServerStop)
