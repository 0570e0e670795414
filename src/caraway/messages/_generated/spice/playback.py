# Made by 'caraway proto build' from spice.proto; do not edit.
"""Sound that the guest plays."""

from __future__ import annotations

from builtins import len as _len
from dataclasses import dataclass
from functools import partial
from struct import Struct, error as _error, pack as _pack, unpack_from as _unpack_from
from typing import ClassVar
from caraway.wire import schema as s
from caraway.wire.codec import Refused, UNSENDABLE, beyond, ends_early, octets, prefix, refuse, settle
from caraway.wire.limits import Extent, Limits, SMALL, check_size
from caraway.wire.record import Buffer, Message, Queue
from caraway.messages._generated.spice.enums import AudioDataMode, AudioFmt
from caraway.messages._generated.spice import base

_struct_0 = Struct("<I")
_pack_0 = _struct_0.pack
_unpack_0 = _struct_0.unpack
_unpack_from_0 = _struct_0.unpack_from
_struct_1 = Struct("<IH")
_pack_1 = _struct_1.pack
_unpack_from_1 = _struct_1.unpack_from
_struct_2 = Struct("<IH2I")
_pack_2 = _struct_2.pack
_unpack_2 = _struct_2.unpack
_struct_3 = Struct("<B")
_pack_3 = _struct_3.pack
_unpack_3 = _struct_3.unpack
_unpack_from_3 = _struct_3.unpack_from


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
    """How the following data is coded. First message on the channel.

    PlaybackChannel, server message 102.
    """

    CHANNEL: ClassVar[str] = "playback"
    DIRECTION: ClassVar[str] = "server"
    NAME: ClassVar[str] = "mode"
    NUMBER: ClassVar[int] = 102
    __slots__ = ("time", "mode", "data")
    time: int  # multimedia time, ms
    mode: int
    data: Buffer  # parameters of the mode; empty today
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("time", "time", s.U32),
        s.Field("mode", "mode", s.Number(0, 65535, AudioDataMode)),
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
            m.data = data[6:end]
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
        s.Field("format", "format", s.Number(0, 65535, AudioFmt)),
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
            return ServerStart.parse(prefix("playback server start", data, 14, limits), None, minor)

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


@dataclass(init=False, repr=False, eq=False)
class ServerVolume(Message):
    """Volume that the guest has set. Needs capability VOLUME.

    PlaybackChannel, server message 105.
    """

    CHANNEL: ClassVar[str] = "playback"
    DIRECTION: ClassVar[str] = "server"
    NAME: ClassVar[str] = "volume"
    NUMBER: ClassVar[int] = 105
    __slots__ = ("nchannels", "volume")
    nchannels: int  # 0 means that the guest has not set a volume
    volume: list[int]  # 0 is silent, 65535 is full volume
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("nchannels", "nchannels", s.U8, derived=True),
        s.Field("volume", "volume", s.Items(s.U16, ("nchannels",))),
    )

    def __init__(self, volume: list[int], *, nchannels: int | None = None) -> None:
        self.nchannels = _len(volume) if nchannels is None else nchannels
        self.volume = volume

    @staticmethod
    def parse(data: Buffer, limits: Limits | None = None, minor: int | None = None) -> ServerVolume:
        end = len(data)
        extent = None if limits is None and end < SMALL else Extent(end, limits)
        try:
            m = _new_ServerVolume()
            nchannels, = _unpack_from_3(data)
            m.nchannels = nchannels
            pos = 1
            if nchannels * 2 > end - pos:
                raise beyond("volume", nchannels * 2, end - pos, pos)
            if extent is not None:
                extent.add_elements(nchannels)
            m.volume = list(_unpack_from(f"<{nchannels}H", data, pos))
            pos += nchannels * 2
            if extent is not None:
                extent.add_range(0, pos)
                extent.finish(end)
            return m
        except _error:
            raise ends_early("playback server volume", data) from None

    def write_buffers(self, minor: int | None = None) -> list[Buffer]:
        try:
            out: list[Buffer] = []
            queue: Queue = []
            size = 0
            nchannels = self.nchannels
            out.append(_pack_3(nchannels))
            volume = self.volume
            if len(volume) != nchannels:
                raise Refused("volume has another length than counted")
            out.append(_pack(f"<{len(volume)}H", *volume))
            return out
        except UNSENDABLE as error:
            refuse(self, error, minor)


@dataclass(init=False, repr=False, eq=False)
class ServerMute(Message):
    """Whether the guest is muted. Needs capability VOLUME, too.

    PlaybackChannel, server message 106.
    """

    CHANNEL: ClassVar[str] = "playback"
    DIRECTION: ClassVar[str] = "server"
    NAME: ClassVar[str] = "mute"
    NUMBER: ClassVar[int] = 106
    __slots__ = ("mute",)
    mute: int  # 0 or 1
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("mute", "mute", s.U8),
    )

    def __init__(self, mute: int) -> None:
        self.mute = mute

    @staticmethod
    def parse(data: Buffer, limits: Limits | None = None, minor: int | None = None) -> ServerMute:
        if limits is not None:
            check_size(len(data), limits)
        try:
            m = _new_ServerMute()
            m.mute, = _unpack_3(data)
            return m
        except _error:
            return ServerMute.parse(prefix("playback server mute", data, 1, limits), None, minor)

    def write_buffers(self, minor: int | None = None) -> list[Buffer]:
        try:
            return [_pack_3(self.mute)]
        except UNSENDABLE as error:
            refuse(self, error, minor)


@dataclass(init=False, repr=False, eq=False)
class ServerLatency(Message):
    """Smallest delay that the client should keep between receiving and playing, so that sound
    stays with the video. Needs capability LATENCY.

    PlaybackChannel, server message 107.
    """

    CHANNEL: ClassVar[str] = "playback"
    DIRECTION: ClassVar[str] = "server"
    NAME: ClassVar[str] = "latency"
    NUMBER: ClassVar[int] = 107
    __slots__ = ("latency_ms",)
    latency_ms: int
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("latency_ms", "latency_ms", s.U32),
    )

    def __init__(self, latency_ms: int) -> None:
        self.latency_ms = latency_ms

    @staticmethod
    def parse(data: Buffer, limits: Limits | None = None, minor: int | None = None) -> ServerLatency:
        if limits is not None:
            check_size(len(data), limits)
        try:
            m = _new_ServerLatency()
            m.latency_ms, = _unpack_0(data)
            return m
        except _error:
            return ServerLatency.parse(prefix("playback server latency", data, 4, limits), None, minor)

    def write_buffers(self, minor: int | None = None) -> list[Buffer]:
        try:
            return [_pack_0(self.latency_ms)]
        except UNSENDABLE as error:
            refuse(self, error, minor)


#: Messages the server sends, by number.
SERVER: dict[int, type[Message]] = {
    **base.SERVER,
    101: ServerData,
    102: ServerMode,
    103: ServerStart,
    104: ServerStop,
    105: ServerVolume,
    106: ServerMute,
    107: ServerLatency,
}
#: Messages the client sends, by number.
CLIENT: dict[int, type[Message]] = {
    **base.CLIENT,
}

_new_ServerData = partial(object.__new__, ServerData)
_new_ServerLatency = partial(object.__new__, ServerLatency)
_new_ServerMode = partial(object.__new__, ServerMode)
_new_ServerMute = partial(object.__new__, ServerMute)
_new_ServerStart = partial(object.__new__, ServerStart)
_new_ServerStop = partial(object.__new__, ServerStop)
_new_ServerVolume = partial(object.__new__, ServerVolume)
