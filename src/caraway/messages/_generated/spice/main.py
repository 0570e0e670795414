# Made by 'caraway proto build' from spice.proto; do not edit.
"""The first channel of a session, which creates it; when it is lost, the whole client is gone.
Every other channel connects with the session number that init gives.
"""

from __future__ import annotations

from builtins import len as _len
from dataclasses import dataclass
from functools import partial
from struct import Struct, error as _error
from typing import ClassVar
from caraway.wire import schema as s
from caraway.wire.codec import Refused, UNSENDABLE, beyond, drain, ends_early, null, octets, outside, prefix, put_octets, refuse, settle
from caraway.wire.limits import Extent, Limits, SMALL, check_size
from caraway.wire.record import Buffer, Message, Queue, text_of
from caraway.messages._generated.spice.enums import LinkErr, MouseMode
from caraway.messages._generated.spice.structs import ChannelId, DstInfo
from caraway.messages._generated.spice import base

_patch = Struct("<I").pack_into
_struct_0 = Struct("<2H4I")
_pack_0 = _struct_0.pack
_unpack_from_0 = _struct_0.unpack_from
_struct_1 = Struct("<8I")
_pack_1 = _struct_1.pack
_unpack_1 = _struct_1.unpack
_struct_2 = Struct("<I")
_pack_2 = _struct_2.pack
_unpack_2 = _struct_2.unpack
_unpack_from_2 = _struct_2.unpack_from
_struct_3 = Struct("<2B")
_iter_unpack_3 = _struct_3.iter_unpack
_pack_3 = _struct_3.pack
_struct_4 = Struct("<2H")
_pack_4 = _struct_4.pack
_unpack_4 = _struct_4.unpack
_struct_5 = Struct("<16s")
_pack_5 = _struct_5.pack
_unpack_5 = _struct_5.unpack
_struct_6 = Struct("<2H5I")
_pack_6 = _struct_6.pack
_unpack_from_6 = _struct_6.unpack_from
_struct_7 = Struct("<Q")
_pack_7 = _struct_7.pack
_unpack_7 = _struct_7.unpack
_struct_8 = Struct("<H")
_pack_8 = _struct_8.pack
_unpack_8 = _struct_8.unpack


@dataclass(init=False, repr=False, eq=False)
class ServerMigrateBegin(Message):
    """The virtual machine is going to move: connect to the new host now, with all channels. Needs
    capability SEMI_SEAMLESS_MIGRATE. The client answers with migrate_connected or
    migrate_connect_error; the known server waits 10 seconds for it.

    MainChannel, server message 101.
    """

    CHANNEL: ClassVar[str] = "main"
    DIRECTION: ClassVar[str] = "server"
    NAME: ClassVar[str] = "migrate_begin"
    NUMBER: ClassVar[int] = 101
    __slots__ = ("dst_info",)
    dst_info: DstInfo
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("dst_info", "dst_info", s.Nested(DstInfo)),
    )

    def __init__(self, dst_info: DstInfo) -> None:
        self.dst_info = dst_info

    @staticmethod
    def parse(data: Buffer, limits: Limits | None = None, minor: int | None = None) -> ServerMigrateBegin:
        end = len(data)
        extent = None if limits is None and end < SMALL else Extent(end, limits)
        try:
            m = _new_ServerMigrateBegin()
            m.dst_info = dst_info = _new_DstInfo()
            dst_info.port, dst_info.sport, dst_info_host_size, dst_info_host_data_at, dst_info_cert_subject_size, dst_info_cert_subject_data_at = _unpack_from_0(data)
            dst_info.host_size = dst_info_host_size
            if dst_info_host_data_at:
                if dst_info_host_data_at >= len(data):
                    raise outside("dst_info.host_data", dst_info_host_data_at, len(data))
                stop = dst_info_host_data_at + dst_info_host_size
                if stop > len(data):
                    raise beyond("dst_info.host_data", dst_info_host_size, len(data) - dst_info_host_data_at, dst_info_host_data_at)
                dst_info.host_data = data[dst_info_host_data_at:stop]
                if extent is not None:
                    extent.add_range(dst_info_host_data_at, stop)
            else:
                raise null("dst_info.host_data", 0)
            dst_info.cert_subject_size = dst_info_cert_subject_size
            if dst_info_cert_subject_data_at:
                if dst_info_cert_subject_data_at >= len(data):
                    raise outside("dst_info.cert_subject_data", dst_info_cert_subject_data_at, len(data))
                stop = dst_info_cert_subject_data_at + dst_info_cert_subject_size
                if stop > len(data):
                    raise beyond("dst_info.cert_subject_data", dst_info_cert_subject_size, len(data) - dst_info_cert_subject_data_at, dst_info_cert_subject_data_at)
                dst_info.cert_subject_data = data[dst_info_cert_subject_data_at:stop]
                if extent is not None:
                    extent.add_range(dst_info_cert_subject_data_at, stop)
            else:
                dst_info.cert_subject_data = None
            if extent is not None:
                extent.add_range(0, 20)
                extent.finish(end)
            return m
        except _error:
            raise ends_early("main server migrate_begin", data) from None

    def write_buffers(self, minor: int | None = None) -> list[Buffer]:
        try:
            out: list[Buffer] = []
            queue: Queue = []
            size = 0
            dst_info = self.dst_info
            dst_info_host_size = dst_info.host_size
            dst_info_host_data = dst_info.host_data
            if dst_info_host_data is not None and type(dst_info_host_data) is not bytes:
                dst_info_host_data = octets(dst_info_host_data)
            if (0 if dst_info_host_data is None else len(dst_info_host_data)) != dst_info_host_size:
                raise Refused("dst_info_host_data has another length than counted")
            if not dst_info_host_data:
                raise Refused("dst_info_host_data must not be null or empty")
            dst_info_cert_subject_size = dst_info.cert_subject_size
            dst_info_cert_subject_data = dst_info.cert_subject_data
            if dst_info_cert_subject_data is not None and type(dst_info_cert_subject_data) is not bytes:
                dst_info_cert_subject_data = octets(dst_info_cert_subject_data)
            if (0 if dst_info_cert_subject_data is None else len(dst_info_cert_subject_data)) != dst_info_cert_subject_size:
                raise Refused("dst_info_cert_subject_data has another length than counted")
            if not dst_info_cert_subject_data:
                dst_info_cert_subject_data = None
            size += 20
            place = len(out)
            out.append(b"")
            if dst_info_host_data is None:
                dst_info_host_data_offset = 0
            else:
                dst_info_host_data_offset = size
                size = put_octets(dst_info_host_data, out, queue, size, minor)
            if dst_info_cert_subject_data is None:
                dst_info_cert_subject_data_offset = 0
            else:
                dst_info_cert_subject_data_offset = size
                size = put_octets(dst_info_cert_subject_data, out, queue, size, minor)
            out[place] = _pack_0(dst_info.port, dst_info.sport, dst_info_host_size, dst_info_host_data_offset, dst_info_cert_subject_size, dst_info_cert_subject_data_offset)
            if queue:
                drain(out, queue, size, _patch, minor)
            return out
        except UNSENDABLE as error:
            refuse(self, error, minor)


@dataclass(init=False, repr=False, eq=False)
class ServerMigrateCancel(Message):
    """The migration did not happen: drop the connections to the new host and stay. No answer.

    MainChannel, server message 102.
    """

    CHANNEL: ClassVar[str] = "main"
    DIRECTION: ClassVar[str] = "server"
    NAME: ClassVar[str] = "migrate_cancel"
    NUMBER: ClassVar[int] = 102
    __slots__ = ()
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
    )

    def __init__(self) -> None:
        pass

    @staticmethod
    def parse(data: Buffer, limits: Limits | None = None, minor: int | None = None) -> ServerMigrateCancel:
        if data:
            settle(0, data, limits)
        m = _new_ServerMigrateCancel()
        return m

    def write_buffers(self, minor: int | None = None) -> list[Buffer]:
        try:
            return [b""]
        except UNSENDABLE as error:
            refuse(self, error, minor)


@dataclass(init=False, repr=False, eq=False)
class ServerInit(Message):
    """First message of a session, right after the link stage; also the first one from a new host
    after a migration that was not seamless. The client answers with attach_channels, after
    agent_start if an agent is there.

    MainChannel, server message 103.
    """

    CHANNEL: ClassVar[str] = "main"
    DIRECTION: ClassVar[str] = "server"
    NAME: ClassVar[str] = "init"
    NUMBER: ClassVar[int] = 103
    __slots__ = ("session_id", "display_channels_hint", "supported_mouse_modes", "current_mouse_mode", "agent_connected", "agent_tokens", "multi_media_time", "ram_hint")
    session_id: int  # connection_id for all further channels, never 0
    display_channels_hint: int  # how many displays to expect
    supported_mouse_modes: int  # bits of mouse_mode
    current_mouse_mode: int  # one bit of mouse_mode
    agent_connected: int  # 1 when the guest agent is running
    agent_tokens: int  # agent_data messages that the client may send
    multi_media_time: int  # multimedia time now, ms
    ram_hint: int  # bytes of video memory, a hint for cache sizes
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("session_id", "session_id", s.U32),
        s.Field("display_channels_hint", "display_channels_hint", s.U32),
        s.Field("supported_mouse_modes", "supported_mouse_modes", s.U32),
        s.Field("current_mouse_mode", "current_mouse_mode", s.U32),
        s.Field("agent_connected", "agent_connected", s.U32),
        s.Field("agent_tokens", "agent_tokens", s.U32),
        s.Field("multi_media_time", "multi_media_time", s.U32),
        s.Field("ram_hint", "ram_hint", s.U32),
    )

    def __init__(self, session_id: int, display_channels_hint: int, supported_mouse_modes: int, current_mouse_mode: int, agent_connected: int, agent_tokens: int, multi_media_time: int, ram_hint: int) -> None:
        self.session_id = session_id
        self.display_channels_hint = display_channels_hint
        self.supported_mouse_modes = supported_mouse_modes
        self.current_mouse_mode = current_mouse_mode
        self.agent_connected = agent_connected
        self.agent_tokens = agent_tokens
        self.multi_media_time = multi_media_time
        self.ram_hint = ram_hint

    @staticmethod
    def parse(data: Buffer, limits: Limits | None = None, minor: int | None = None) -> ServerInit:
        if limits is not None:
            check_size(len(data), limits)
        try:
            m = _new_ServerInit()
            m.session_id, m.display_channels_hint, m.supported_mouse_modes, m.current_mouse_mode, m.agent_connected, m.agent_tokens, m.multi_media_time, m.ram_hint = _unpack_1(data)
            return m
        except _error:
            return ServerInit.parse(prefix("main server init", data, 32, limits), None, minor)

    def write_buffers(self, minor: int | None = None) -> list[Buffer]:
        try:
            return [_pack_1(self.session_id, self.display_channels_hint, self.supported_mouse_modes, self.current_mouse_mode, self.agent_connected, self.agent_tokens, self.multi_media_time, self.ram_hint)]
        except UNSENDABLE as error:
            refuse(self, error, minor)


@dataclass(init=False, repr=False, eq=False)
class ServerChannelsList(Message):
    """Channels to connect to. Answers attach_channels; comes again, with the new ones only, when a
    channel appears later.

    MainChannel, server message 104.
    """

    CHANNEL: ClassVar[str] = "main"
    DIRECTION: ClassVar[str] = "server"
    NAME: ClassVar[str] = "channels_list"
    NUMBER: ClassVar[int] = 104
    __slots__ = ("num_of_channels", "channels")
    num_of_channels: int
    channels: list[ChannelId]
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("num_of_channels", "num_of_channels", s.U32, derived=True),
        s.Field("channels", "channels", s.Items(s.Nested(ChannelId), ("num_of_channels",))),
    )

    def __init__(self, channels: list[ChannelId], *, num_of_channels: int | None = None) -> None:
        self.num_of_channels = _len(channels) if num_of_channels is None else num_of_channels
        self.channels = channels

    @staticmethod
    def parse(data: Buffer, limits: Limits | None = None, minor: int | None = None) -> ServerChannelsList:
        end = len(data)
        extent = None if limits is None and end < SMALL else Extent(end, limits)
        try:
            m = _new_ServerChannelsList()
            num_of_channels, = _unpack_from_2(data)
            m.num_of_channels = num_of_channels
            pos = 4
            if num_of_channels * 2 > end - pos:
                raise beyond("channels", num_of_channels * 2, end - pos, pos)
            if extent is not None:
                extent.add_elements(num_of_channels)
            stop = pos + num_of_channels * 2
            m.channels = [ChannelId(*v) for v in _iter_unpack_3(data[pos:stop])]
            pos = stop
            if extent is not None:
                extent.add_range(0, pos)
                extent.finish(end)
            return m
        except _error:
            raise ends_early("main server channels_list", data) from None

    def write_buffers(self, minor: int | None = None) -> list[Buffer]:
        try:
            out: list[Buffer] = []
            queue: Queue = []
            size = 0
            num_of_channels = self.num_of_channels
            out.append(_pack_2(num_of_channels))
            channels = self.channels
            if len(channels) != num_of_channels:
                raise Refused("channels has another length than counted")
            out += [_pack_3(channels_item.type, channels_item.id) for channels_item in channels]
            return out
        except UNSENDABLE as error:
            refuse(self, error, minor)


@dataclass(init=False, repr=False, eq=False)
class ServerMouseMode(Message):
    """The mouse mode, or the choice of modes, has changed. Also answers mouse_mode_request.

    MainChannel, server message 105.
    """

    CHANNEL: ClassVar[str] = "main"
    DIRECTION: ClassVar[str] = "server"
    NAME: ClassVar[str] = "mouse_mode"
    NUMBER: ClassVar[int] = 105
    __slots__ = ("supported_modes", "current_mode")
    supported_modes: int
    current_mode: int
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("supported_modes", "supported_modes", s.Number(0, 65535, MouseMode, True)),
        s.Field("current_mode", "current_mode", s.Number(0, 65535, MouseMode, True)),
    )

    def __init__(self, supported_modes: int, current_mode: int) -> None:
        self.supported_modes = supported_modes
        self.current_mode = current_mode

    @staticmethod
    def parse(data: Buffer, limits: Limits | None = None, minor: int | None = None) -> ServerMouseMode:
        if limits is not None:
            check_size(len(data), limits)
        try:
            m = _new_ServerMouseMode()
            m.supported_modes, m.current_mode = _unpack_4(data)
            return m
        except _error:
            return ServerMouseMode.parse(prefix("main server mouse_mode", data, 4, limits), None, minor)

    def write_buffers(self, minor: int | None = None) -> list[Buffer]:
        try:
            return [_pack_4(self.supported_modes, self.current_mode)]
        except UNSENDABLE as error:
            refuse(self, error, minor)


@dataclass(init=False, repr=False, eq=False)
class ServerMultiMediaTime(Message):
    """Sets the client's multimedia clock, for instance to give video more time to arrive.

    MainChannel, server message 106.
    """

    CHANNEL: ClassVar[str] = "main"
    DIRECTION: ClassVar[str] = "server"
    NAME: ClassVar[str] = "multi_media_time"
    NUMBER: ClassVar[int] = 106
    __slots__ = ("time",)
    time: int  # multimedia time now, ms
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("time", "time", s.U32),
    )

    def __init__(self, time: int) -> None:
        self.time = time

    @staticmethod
    def parse(data: Buffer, limits: Limits | None = None, minor: int | None = None) -> ServerMultiMediaTime:
        if limits is not None:
            check_size(len(data), limits)
        try:
            m = _new_ServerMultiMediaTime()
            m.time, = _unpack_2(data)
            return m
        except _error:
            return ServerMultiMediaTime.parse(prefix("main server multi_media_time", data, 4, limits), None, minor)

    def write_buffers(self, minor: int | None = None) -> list[Buffer]:
        try:
            return [_pack_2(self.time)]
        except UNSENDABLE as error:
            refuse(self, error, minor)


@dataclass(init=False, repr=False, eq=False)
class ServerAgentConnected(Message):
    """The guest agent has started. To a client with capability AGENT_CONNECTED_TOKENS the message
    of that name is sent instead. The client answers with agent_start.

    MainChannel, server message 107.
    """

    CHANNEL: ClassVar[str] = "main"
    DIRECTION: ClassVar[str] = "server"
    NAME: ClassVar[str] = "agent_connected"
    NUMBER: ClassVar[int] = 107
    __slots__ = ()
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
    )

    def __init__(self) -> None:
        pass

    @staticmethod
    def parse(data: Buffer, limits: Limits | None = None, minor: int | None = None) -> ServerAgentConnected:
        if data:
            settle(0, data, limits)
        m = _new_ServerAgentConnected()
        return m

    def write_buffers(self, minor: int | None = None) -> list[Buffer]:
        try:
            return [b""]
        except UNSENDABLE as error:
            refuse(self, error, minor)


@dataclass(init=False, repr=False, eq=False)
class ServerAgentDisconnected(Message):
    """The guest agent has gone: forget its state and half-received messages.

    MainChannel, server message 108.
    """

    CHANNEL: ClassVar[str] = "main"
    DIRECTION: ClassVar[str] = "server"
    NAME: ClassVar[str] = "agent_disconnected"
    NUMBER: ClassVar[int] = 108
    __slots__ = ("error_code",)
    error_code: int
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("error_code", "error_code", s.Number(0, 4294967295, LinkErr)),
    )

    def __init__(self, error_code: int) -> None:
        self.error_code = error_code

    @staticmethod
    def parse(data: Buffer, limits: Limits | None = None, minor: int | None = None) -> ServerAgentDisconnected:
        if limits is not None:
            check_size(len(data), limits)
        try:
            m = _new_ServerAgentDisconnected()
            m.error_code, = _unpack_2(data)
            return m
        except _error:
            return ServerAgentDisconnected.parse(prefix("main server agent_disconnected", data, 4, limits), None, minor)

    def write_buffers(self, minor: int | None = None) -> list[Buffer]:
        try:
            return [_pack_2(self.error_code)]
        except UNSENDABLE as error:
            refuse(self, error, minor)


@dataclass(init=False, repr=False, eq=False)
class ServerAgentData(Message):
    """A piece of the agent's byte stream, see agent.proto; at most 2048 bytes. Costs one of the
    tokens that the client granted.

    MainChannel, server message 109.
    """

    CHANNEL: ClassVar[str] = "main"
    DIRECTION: ClassVar[str] = "server"
    NAME: ClassVar[str] = "agent_data"
    NUMBER: ClassVar[int] = 109
    __slots__ = ("data",)
    data: Buffer  # everything up to the end of the message
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("data", "data", s.Octets(None)),
    )

    def __init__(self, data: Buffer) -> None:
        self.data = data

    @staticmethod
    def parse(data: Buffer, limits: Limits | None = None, minor: int | None = None) -> ServerAgentData:
        end = len(data)
        try:
            m = _new_ServerAgentData()
            m.data = data[0:end]
            if limits is not None or end >= SMALL:
                settle(end, data, limits)
            return m
        except _error:
            raise ends_early("main server agent_data", data) from None

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
class ServerAgentToken(Message):
    """Grants the client more agent_data messages, as the agent takes them.

    MainChannel, server message 110.
    """

    CHANNEL: ClassVar[str] = "main"
    DIRECTION: ClassVar[str] = "server"
    NAME: ClassVar[str] = "agent_token"
    NUMBER: ClassVar[int] = 110
    __slots__ = ("num_tokens",)
    num_tokens: int  # added to what is left
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("num_tokens", "num_tokens", s.U32),
    )

    def __init__(self, num_tokens: int) -> None:
        self.num_tokens = num_tokens

    @staticmethod
    def parse(data: Buffer, limits: Limits | None = None, minor: int | None = None) -> ServerAgentToken:
        if limits is not None:
            check_size(len(data), limits)
        try:
            m = _new_ServerAgentToken()
            m.num_tokens, = _unpack_2(data)
            return m
        except _error:
            return ServerAgentToken.parse(prefix("main server agent_token", data, 4, limits), None, minor)

    def write_buffers(self, minor: int | None = None) -> list[Buffer]:
        try:
            return [_pack_2(self.num_tokens)]
        except UNSENDABLE as error:
            refuse(self, error, minor)


@dataclass(init=False, repr=False, eq=False)
class ServerMigrateSwitchHost(Message):
    """The virtual machine has moved: disconnect and start a new session at the new host. Sent to
    clients that did not or could not connect there beforehand.

    MainChannel, server message 111.
    """

    CHANNEL: ClassVar[str] = "main"
    DIRECTION: ClassVar[str] = "server"
    NAME: ClassVar[str] = "migrate_switch_host"
    NUMBER: ClassVar[int] = 111
    __slots__ = ("port", "sport", "host_size", "host_data", "cert_subject_size", "cert_subject_data")
    port: int  # TCP port without TLS, 0 for none
    sport: int  # TCP port with TLS, 0 for none
    host_size: int  # bytes of the name, with its NUL
    host_data: Buffer | None  # host name or address
    cert_subject_size: int  # bytes of the subject, with its NUL; 0 for none
    cert_subject_data: Buffer | None  # what to expect there
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("port", "port", s.U16),
        s.Field("sport", "sport", s.U16),
        s.Field("host_size", "host_size", s.U32, derived=True),
        s.Field("host_data", "host_data", s.Reference(s.Octets(("host_size",)), False), text=True),
        s.Field("cert_subject_size", "cert_subject_size", s.U32, derived=True),
        s.Field("cert_subject_data", "cert_subject_data", s.Reference(s.Octets(("cert_subject_size",)), False), text=True),
    )

    def __init__(self, port: int, sport: int, *, host_size: int | None = None, host_data: Buffer | None = None, cert_subject_size: int | None = None, cert_subject_data: Buffer | None = None) -> None:
        self.port = port
        self.sport = sport
        self.host_size = (0 if host_data is None else _len(host_data)) if host_size is None else host_size
        self.host_data = host_data
        self.cert_subject_size = (0 if cert_subject_data is None else _len(cert_subject_data)) if cert_subject_size is None else cert_subject_size
        self.cert_subject_data = cert_subject_data

    @property
    def host_data_text(self) -> str | None:
        """``host_data`` as text, up to its NUL if it has one."""
        return None if self.host_data is None else text_of(self.host_data)

    @property
    def cert_subject_data_text(self) -> str | None:
        """``cert_subject_data`` as text, up to its NUL if it has one."""
        return None if self.cert_subject_data is None else text_of(self.cert_subject_data)

    @staticmethod
    def parse(data: Buffer, limits: Limits | None = None, minor: int | None = None) -> ServerMigrateSwitchHost:
        end = len(data)
        extent = None if limits is None and end < SMALL else Extent(end, limits)
        try:
            m = _new_ServerMigrateSwitchHost()
            m.port, m.sport, host_size, host_data_at, cert_subject_size, cert_subject_data_at = _unpack_from_0(data)
            m.host_size = host_size
            if host_data_at:
                if host_data_at >= len(data):
                    raise outside("host_data", host_data_at, len(data))
                stop = host_data_at + host_size
                if stop > len(data):
                    raise beyond("host_data", host_size, len(data) - host_data_at, host_data_at)
                m.host_data = data[host_data_at:stop]
                if extent is not None:
                    extent.add_range(host_data_at, stop)
            else:
                m.host_data = None
            m.cert_subject_size = cert_subject_size
            if cert_subject_data_at:
                if cert_subject_data_at >= len(data):
                    raise outside("cert_subject_data", cert_subject_data_at, len(data))
                stop = cert_subject_data_at + cert_subject_size
                if stop > len(data):
                    raise beyond("cert_subject_data", cert_subject_size, len(data) - cert_subject_data_at, cert_subject_data_at)
                m.cert_subject_data = data[cert_subject_data_at:stop]
                if extent is not None:
                    extent.add_range(cert_subject_data_at, stop)
            else:
                m.cert_subject_data = None
            if extent is not None:
                extent.add_range(0, 20)
                extent.finish(end)
            return m
        except _error:
            raise ends_early("main server migrate_switch_host", data) from None

    def write_buffers(self, minor: int | None = None) -> list[Buffer]:
        try:
            out: list[Buffer] = []
            queue: Queue = []
            size = 0
            host_size = self.host_size
            host_data = self.host_data
            if host_data is not None and type(host_data) is not bytes:
                host_data = octets(host_data)
            if (0 if host_data is None else len(host_data)) != host_size:
                raise Refused("host_data has another length than counted")
            if not host_data:
                host_data = None
            cert_subject_size = self.cert_subject_size
            cert_subject_data = self.cert_subject_data
            if cert_subject_data is not None and type(cert_subject_data) is not bytes:
                cert_subject_data = octets(cert_subject_data)
            if (0 if cert_subject_data is None else len(cert_subject_data)) != cert_subject_size:
                raise Refused("cert_subject_data has another length than counted")
            if not cert_subject_data:
                cert_subject_data = None
            size += 20
            place = len(out)
            out.append(b"")
            if host_data is None:
                host_data_offset = 0
            else:
                host_data_offset = size
                size = put_octets(host_data, out, queue, size, minor)
            if cert_subject_data is None:
                cert_subject_data_offset = 0
            else:
                cert_subject_data_offset = size
                size = put_octets(cert_subject_data, out, queue, size, minor)
            out[place] = _pack_0(self.port, self.sport, host_size, host_data_offset, cert_subject_size, cert_subject_data_offset)
            if queue:
                drain(out, queue, size, _patch, minor)
            return out
        except UNSENDABLE as error:
            refuse(self, error, minor)


@dataclass(init=False, repr=False, eq=False)
class ServerMigrateEnd(Message):
    """A migration begun with migrate_begin is complete: use the connections to the new host, and
    send migrate_end there.

    MainChannel, server message 112.
    """

    CHANNEL: ClassVar[str] = "main"
    DIRECTION: ClassVar[str] = "server"
    NAME: ClassVar[str] = "migrate_end"
    NUMBER: ClassVar[int] = 112
    __slots__ = ()
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
    )

    def __init__(self) -> None:
        pass

    @staticmethod
    def parse(data: Buffer, limits: Limits | None = None, minor: int | None = None) -> ServerMigrateEnd:
        if data:
            settle(0, data, limits)
        m = _new_ServerMigrateEnd()
        return m

    def write_buffers(self, minor: int | None = None) -> list[Buffer]:
        try:
            return [b""]
        except UNSENDABLE as error:
            refuse(self, error, minor)


@dataclass(init=False, repr=False, eq=False)
class ServerName(Message):
    """Name of the virtual machine, once after init. Needs capability NAME_AND_UUID.

    MainChannel, server message 113.
    """

    CHANNEL: ClassVar[str] = "main"
    DIRECTION: ClassVar[str] = "server"
    NAME: ClassVar[str] = "name"
    NUMBER: ClassVar[int] = 113
    __slots__ = ("name_len", "name")
    name_len: int  # bytes of the name, with its NUL
    name: Buffer  # UTF-8
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("name_len", "name_len", s.U32, derived=True),
        s.Field("name", "name", s.Octets(("name_len",)), text=True),
    )

    def __init__(self, name: Buffer, *, name_len: int | None = None) -> None:
        self.name_len = _len(name) if name_len is None else name_len
        self.name = name

    @property
    def name_text(self) -> str:
        """``name`` as text, up to its NUL if it has one."""
        return text_of(self.name)

    @staticmethod
    def parse(data: Buffer, limits: Limits | None = None, minor: int | None = None) -> ServerName:
        end = len(data)
        try:
            m = _new_ServerName()
            name_len, = _unpack_from_2(data)
            m.name_len = name_len
            stop = 4 + name_len
            if stop > end:
                raise beyond("name", name_len, end - 4, 4)
            m.name = data[4:stop]
            if limits is not None or end >= SMALL:
                settle(stop, data, limits)
            return m
        except _error:
            raise ends_early("main server name", data) from None

    def write_buffers(self, minor: int | None = None) -> list[Buffer]:
        try:
            out: list[Buffer] = []
            queue: Queue = []
            size = 0
            name_len = self.name_len
            out.append(_pack_2(name_len))
            name = self.name
            if type(name) is not bytes:
                name = octets(name)
            if len(name) != name_len:
                raise Refused("name has another length than counted")
            out.append(name)
            return out
        except UNSENDABLE as error:
            refuse(self, error, minor)


@dataclass(init=False, repr=False, eq=False)
class ServerUuid(Message):
    """Identity of the virtual machine, once after init. Needs capability NAME_AND_UUID.

    MainChannel, server message 114.
    """

    CHANNEL: ClassVar[str] = "main"
    DIRECTION: ClassVar[str] = "server"
    NAME: ClassVar[str] = "uuid"
    NUMBER: ClassVar[int] = 114
    __slots__ = ("uuid",)
    uuid: Buffer  # in the order in which it is printed
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("uuid", "uuid", s.Octets(16)),
    )

    def __init__(self, uuid: Buffer) -> None:
        self.uuid = uuid

    @staticmethod
    def parse(data: Buffer, limits: Limits | None = None, minor: int | None = None) -> ServerUuid:
        if limits is not None:
            check_size(len(data), limits)
        try:
            m = _new_ServerUuid()
            m.uuid, = _unpack_5(data)
            return m
        except _error:
            return ServerUuid.parse(prefix("main server uuid", data, 16, limits), None, minor)

    def write_buffers(self, minor: int | None = None) -> list[Buffer]:
        try:
            uuid = self.uuid
            if type(uuid) is not bytes:
                uuid = octets(uuid)
            if len(uuid) != 16:
                raise Refused("uuid needs 16 bytes")
            return [_pack_5(bytes(uuid))]
        except UNSENDABLE as error:
            refuse(self, error, minor)


@dataclass(init=False, repr=False, eq=False)
class ServerAgentConnectedTokens(Message):
    """The guest agent has started, and the client may send this many agent_data messages. Needs
    capability AGENT_CONNECTED_TOKENS. The client answers with agent_start.

    MainChannel, server message 115.
    """

    CHANNEL: ClassVar[str] = "main"
    DIRECTION: ClassVar[str] = "server"
    NAME: ClassVar[str] = "agent_connected_tokens"
    NUMBER: ClassVar[int] = 115
    __slots__ = ("num_tokens",)
    num_tokens: int  # replaces what is left
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("num_tokens", "num_tokens", s.U32),
    )

    def __init__(self, num_tokens: int) -> None:
        self.num_tokens = num_tokens

    @staticmethod
    def parse(data: Buffer, limits: Limits | None = None, minor: int | None = None) -> ServerAgentConnectedTokens:
        if limits is not None:
            check_size(len(data), limits)
        try:
            m = _new_ServerAgentConnectedTokens()
            m.num_tokens, = _unpack_2(data)
            return m
        except _error:
            return ServerAgentConnectedTokens.parse(prefix("main server agent_connected_tokens", data, 4, limits), None, minor)

    def write_buffers(self, minor: int | None = None) -> list[Buffer]:
        try:
            return [_pack_2(self.num_tokens)]
        except UNSENDABLE as error:
            refuse(self, error, minor)


@dataclass(init=False, repr=False, eq=False)
class ServerMigrateBeginSeamless(Message):
    """As migrate_begin, but every channel is to go on where it was. Needs capability
    SEAMLESS_MIGRATE. The client connects to the new host and asks it with
    migrate_dst_do_seamless, then answers here with migrate_connected_seamless, or
    migrate_connected if the new host declined, or migrate_connect_error.

    MainChannel, server message 116.
    """

    CHANNEL: ClassVar[str] = "main"
    DIRECTION: ClassVar[str] = "server"
    NAME: ClassVar[str] = "migrate_begin_seamless"
    NUMBER: ClassVar[int] = 116
    __slots__ = ("dst_info", "src_mig_version")
    dst_info: DstInfo
    src_mig_version: int  # version of the migrate_data layouts; 1 today
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("dst_info", "dst_info", s.Nested(DstInfo)),
        s.Field("src_mig_version", "src_mig_version", s.U32),
    )

    def __init__(self, dst_info: DstInfo, src_mig_version: int) -> None:
        self.dst_info = dst_info
        self.src_mig_version = src_mig_version

    @staticmethod
    def parse(data: Buffer, limits: Limits | None = None, minor: int | None = None) -> ServerMigrateBeginSeamless:
        end = len(data)
        extent = None if limits is None and end < SMALL else Extent(end, limits)
        try:
            m = _new_ServerMigrateBeginSeamless()
            m.dst_info = dst_info = _new_DstInfo()
            dst_info.port, dst_info.sport, dst_info_host_size, dst_info_host_data_at, dst_info_cert_subject_size, dst_info_cert_subject_data_at, m.src_mig_version = _unpack_from_6(data)
            dst_info.host_size = dst_info_host_size
            if dst_info_host_data_at:
                if dst_info_host_data_at >= len(data):
                    raise outside("dst_info.host_data", dst_info_host_data_at, len(data))
                stop = dst_info_host_data_at + dst_info_host_size
                if stop > len(data):
                    raise beyond("dst_info.host_data", dst_info_host_size, len(data) - dst_info_host_data_at, dst_info_host_data_at)
                dst_info.host_data = data[dst_info_host_data_at:stop]
                if extent is not None:
                    extent.add_range(dst_info_host_data_at, stop)
            else:
                raise null("dst_info.host_data", 0)
            dst_info.cert_subject_size = dst_info_cert_subject_size
            if dst_info_cert_subject_data_at:
                if dst_info_cert_subject_data_at >= len(data):
                    raise outside("dst_info.cert_subject_data", dst_info_cert_subject_data_at, len(data))
                stop = dst_info_cert_subject_data_at + dst_info_cert_subject_size
                if stop > len(data):
                    raise beyond("dst_info.cert_subject_data", dst_info_cert_subject_size, len(data) - dst_info_cert_subject_data_at, dst_info_cert_subject_data_at)
                dst_info.cert_subject_data = data[dst_info_cert_subject_data_at:stop]
                if extent is not None:
                    extent.add_range(dst_info_cert_subject_data_at, stop)
            else:
                dst_info.cert_subject_data = None
            if extent is not None:
                extent.add_range(0, 24)
                extent.finish(end)
            return m
        except _error:
            raise ends_early("main server migrate_begin_seamless", data) from None

    def write_buffers(self, minor: int | None = None) -> list[Buffer]:
        try:
            out: list[Buffer] = []
            queue: Queue = []
            size = 0
            dst_info = self.dst_info
            dst_info_host_size = dst_info.host_size
            dst_info_host_data = dst_info.host_data
            if dst_info_host_data is not None and type(dst_info_host_data) is not bytes:
                dst_info_host_data = octets(dst_info_host_data)
            if (0 if dst_info_host_data is None else len(dst_info_host_data)) != dst_info_host_size:
                raise Refused("dst_info_host_data has another length than counted")
            if not dst_info_host_data:
                raise Refused("dst_info_host_data must not be null or empty")
            dst_info_cert_subject_size = dst_info.cert_subject_size
            dst_info_cert_subject_data = dst_info.cert_subject_data
            if dst_info_cert_subject_data is not None and type(dst_info_cert_subject_data) is not bytes:
                dst_info_cert_subject_data = octets(dst_info_cert_subject_data)
            if (0 if dst_info_cert_subject_data is None else len(dst_info_cert_subject_data)) != dst_info_cert_subject_size:
                raise Refused("dst_info_cert_subject_data has another length than counted")
            if not dst_info_cert_subject_data:
                dst_info_cert_subject_data = None
            size += 24
            place = len(out)
            out.append(b"")
            if dst_info_host_data is None:
                dst_info_host_data_offset = 0
            else:
                dst_info_host_data_offset = size
                size = put_octets(dst_info_host_data, out, queue, size, minor)
            if dst_info_cert_subject_data is None:
                dst_info_cert_subject_data_offset = 0
            else:
                dst_info_cert_subject_data_offset = size
                size = put_octets(dst_info_cert_subject_data, out, queue, size, minor)
            out[place] = _pack_6(dst_info.port, dst_info.sport, dst_info_host_size, dst_info_host_data_offset, dst_info_cert_subject_size, dst_info_cert_subject_data_offset, self.src_mig_version)
            if queue:
                drain(out, queue, size, _patch, minor)
            return out
        except UNSENDABLE as error:
            refuse(self, error, minor)


@dataclass(init=False, repr=False, eq=False)
class ServerMigrateDstSeamlessAck(Message):
    """The new host can go on with the old one's state. Answers migrate_dst_do_seamless.

    MainChannel, server message 117.
    """

    CHANNEL: ClassVar[str] = "main"
    DIRECTION: ClassVar[str] = "server"
    NAME: ClassVar[str] = "migrate_dst_seamless_ack"
    NUMBER: ClassVar[int] = 117
    __slots__ = ()
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
    )

    def __init__(self) -> None:
        pass

    @staticmethod
    def parse(data: Buffer, limits: Limits | None = None, minor: int | None = None) -> ServerMigrateDstSeamlessAck:
        if data:
            settle(0, data, limits)
        m = _new_ServerMigrateDstSeamlessAck()
        return m

    def write_buffers(self, minor: int | None = None) -> list[Buffer]:
        try:
            return [b""]
        except UNSENDABLE as error:
            refuse(self, error, minor)


@dataclass(init=False, repr=False, eq=False)
class ServerMigrateDstSeamlessNack(Message):
    """The new host can only start afresh. Answers migrate_dst_do_seamless.

    MainChannel, server message 118.
    """

    CHANNEL: ClassVar[str] = "main"
    DIRECTION: ClassVar[str] = "server"
    NAME: ClassVar[str] = "migrate_dst_seamless_nack"
    NUMBER: ClassVar[int] = 118
    __slots__ = ()
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
    )

    def __init__(self) -> None:
        pass

    @staticmethod
    def parse(data: Buffer, limits: Limits | None = None, minor: int | None = None) -> ServerMigrateDstSeamlessNack:
        if data:
            settle(0, data, limits)
        m = _new_ServerMigrateDstSeamlessNack()
        return m

    def write_buffers(self, minor: int | None = None) -> list[Buffer]:
        try:
            return [b""]
        except UNSENDABLE as error:
            refuse(self, error, minor)


@dataclass(init=False, repr=False, eq=False)
class ClientClientInfo(Message):
    """How much memory the client has for caches. Known clients never send it.

    MainChannel, client message 101.
    """

    CHANNEL: ClassVar[str] = "main"
    DIRECTION: ClassVar[str] = "client"
    NAME: ClassVar[str] = "client_info"
    NUMBER: ClassVar[int] = 101
    __slots__ = ("cache_size",)
    cache_size: int  # bytes
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("cache_size", "cache_size", s.U64),
    )

    def __init__(self, cache_size: int) -> None:
        self.cache_size = cache_size

    @staticmethod
    def parse(data: Buffer, limits: Limits | None = None, minor: int | None = None) -> ClientClientInfo:
        if limits is not None:
            check_size(len(data), limits)
        try:
            m = _new_ClientClientInfo()
            m.cache_size, = _unpack_7(data)
            return m
        except _error:
            return ClientClientInfo.parse(prefix("main client client_info", data, 8, limits), None, minor)

    def write_buffers(self, minor: int | None = None) -> list[Buffer]:
        try:
            return [_pack_7(self.cache_size)]
        except UNSENDABLE as error:
            refuse(self, error, minor)


@dataclass(init=False, repr=False, eq=False)
class ClientMigrateConnected(Message):
    """Answers migrate_begin: connected to the new host.

    MainChannel, client message 102.
    """

    CHANNEL: ClassVar[str] = "main"
    DIRECTION: ClassVar[str] = "client"
    NAME: ClassVar[str] = "migrate_connected"
    NUMBER: ClassVar[int] = 102
    __slots__ = ()
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
    )

    def __init__(self) -> None:
        pass

    @staticmethod
    def parse(data: Buffer, limits: Limits | None = None, minor: int | None = None) -> ClientMigrateConnected:
        if data:
            settle(0, data, limits)
        m = _new_ClientMigrateConnected()
        return m

    def write_buffers(self, minor: int | None = None) -> list[Buffer]:
        try:
            return [b""]
        except UNSENDABLE as error:
            refuse(self, error, minor)


@dataclass(init=False, repr=False, eq=False)
class ClientMigrateConnectError(Message):
    """Answers migrate_begin and migrate_begin_seamless: the new host cannot be reached.

    MainChannel, client message 103.
    """

    CHANNEL: ClassVar[str] = "main"
    DIRECTION: ClassVar[str] = "client"
    NAME: ClassVar[str] = "migrate_connect_error"
    NUMBER: ClassVar[int] = 103
    __slots__ = ()
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
    )

    def __init__(self) -> None:
        pass

    @staticmethod
    def parse(data: Buffer, limits: Limits | None = None, minor: int | None = None) -> ClientMigrateConnectError:
        if data:
            settle(0, data, limits)
        m = _new_ClientMigrateConnectError()
        return m

    def write_buffers(self, minor: int | None = None) -> list[Buffer]:
        try:
            return [b""]
        except UNSENDABLE as error:
            refuse(self, error, minor)


@dataclass(init=False, repr=False, eq=False)
class ClientAttachChannels(Message):
    """Answers init: now tell me the channels. The server answers with channels_list.

    MainChannel, client message 104.
    """

    CHANNEL: ClassVar[str] = "main"
    DIRECTION: ClassVar[str] = "client"
    NAME: ClassVar[str] = "attach_channels"
    NUMBER: ClassVar[int] = 104
    __slots__ = ()
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
    )

    def __init__(self) -> None:
        pass

    @staticmethod
    def parse(data: Buffer, limits: Limits | None = None, minor: int | None = None) -> ClientAttachChannels:
        if data:
            settle(0, data, limits)
        m = _new_ClientAttachChannels()
        return m

    def write_buffers(self, minor: int | None = None) -> list[Buffer]:
        try:
            return [b""]
        except UNSENDABLE as error:
            refuse(self, error, minor)


@dataclass(init=False, repr=False, eq=False)
class ClientMouseModeRequest(Message):
    """Asks for a mouse mode out of the supported ones. Answered by mouse_mode when it changes.

    MainChannel, client message 105.
    """

    CHANNEL: ClassVar[str] = "main"
    DIRECTION: ClassVar[str] = "client"
    NAME: ClassVar[str] = "mouse_mode_request"
    NUMBER: ClassVar[int] = 105
    __slots__ = ("mode",)
    mode: int  # one bit
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("mode", "mode", s.Number(0, 65535, MouseMode, True)),
    )

    def __init__(self, mode: int) -> None:
        self.mode = mode

    @staticmethod
    def parse(data: Buffer, limits: Limits | None = None, minor: int | None = None) -> ClientMouseModeRequest:
        if limits is not None:
            check_size(len(data), limits)
        try:
            m = _new_ClientMouseModeRequest()
            m.mode, = _unpack_8(data)
            return m
        except _error:
            return ClientMouseModeRequest.parse(prefix("main client mouse_mode_request", data, 2, limits), None, minor)

    def write_buffers(self, minor: int | None = None) -> list[Buffer]:
        try:
            return [_pack_8(self.mode)]
        except UNSENDABLE as error:
            refuse(self, error, minor)


@dataclass(init=False, repr=False, eq=False)
class ClientAgentStart(Message):
    """Starts the conversation with the guest agent; sent when it is connected.

    MainChannel, client message 106.
    """

    CHANNEL: ClassVar[str] = "main"
    DIRECTION: ClassVar[str] = "client"
    NAME: ClassVar[str] = "agent_start"
    NUMBER: ClassVar[int] = 106
    __slots__ = ("num_tokens",)
    num_tokens: int  # agent_data messages that the server may send; 4294967295: any number
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("num_tokens", "num_tokens", s.U32),
    )

    def __init__(self, num_tokens: int) -> None:
        self.num_tokens = num_tokens

    @staticmethod
    def parse(data: Buffer, limits: Limits | None = None, minor: int | None = None) -> ClientAgentStart:
        if limits is not None:
            check_size(len(data), limits)
        try:
            m = _new_ClientAgentStart()
            m.num_tokens, = _unpack_2(data)
            return m
        except _error:
            return ClientAgentStart.parse(prefix("main client agent_start", data, 4, limits), None, minor)

    def write_buffers(self, minor: int | None = None) -> list[Buffer]:
        try:
            return [_pack_2(self.num_tokens)]
        except UNSENDABLE as error:
            refuse(self, error, minor)


@dataclass(init=False, repr=False, eq=False)
class ClientAgentData(Message):
    """A piece of the byte stream to the agent, see agent.proto; at most 2048 bytes. Costs one of
    the tokens that the server granted; a client that has none is disconnected.

    MainChannel, client message 107.
    """

    CHANNEL: ClassVar[str] = "main"
    DIRECTION: ClassVar[str] = "client"
    NAME: ClassVar[str] = "agent_data"
    NUMBER: ClassVar[int] = 107
    __slots__ = ("data",)
    data: Buffer  # everything up to the end of the message
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("data", "data", s.Octets(None)),
    )

    def __init__(self, data: Buffer) -> None:
        self.data = data

    @staticmethod
    def parse(data: Buffer, limits: Limits | None = None, minor: int | None = None) -> ClientAgentData:
        end = len(data)
        try:
            m = _new_ClientAgentData()
            m.data = data[0:end]
            if limits is not None or end >= SMALL:
                settle(end, data, limits)
            return m
        except _error:
            raise ends_early("main client agent_data", data) from None

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
class ClientAgentToken(Message):
    """Grants the server more agent_data messages.

    MainChannel, client message 108.
    """

    CHANNEL: ClassVar[str] = "main"
    DIRECTION: ClassVar[str] = "client"
    NAME: ClassVar[str] = "agent_token"
    NUMBER: ClassVar[int] = 108
    __slots__ = ("num_tokens",)
    num_tokens: int  # added to what is left
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("num_tokens", "num_tokens", s.U32),
    )

    def __init__(self, num_tokens: int) -> None:
        self.num_tokens = num_tokens

    @staticmethod
    def parse(data: Buffer, limits: Limits | None = None, minor: int | None = None) -> ClientAgentToken:
        if limits is not None:
            check_size(len(data), limits)
        try:
            m = _new_ClientAgentToken()
            m.num_tokens, = _unpack_2(data)
            return m
        except _error:
            return ClientAgentToken.parse(prefix("main client agent_token", data, 4, limits), None, minor)

    def write_buffers(self, minor: int | None = None) -> list[Buffer]:
        try:
            return [_pack_2(self.num_tokens)]
        except UNSENDABLE as error:
            refuse(self, error, minor)


@dataclass(init=False, repr=False, eq=False)
class ClientMigrateEnd(Message):
    """Tells the new host that the migration is complete. It answers with init.

    MainChannel, client message 109.
    """

    CHANNEL: ClassVar[str] = "main"
    DIRECTION: ClassVar[str] = "client"
    NAME: ClassVar[str] = "migrate_end"
    NUMBER: ClassVar[int] = 109
    __slots__ = ()
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
    )

    def __init__(self) -> None:
        pass

    @staticmethod
    def parse(data: Buffer, limits: Limits | None = None, minor: int | None = None) -> ClientMigrateEnd:
        if data:
            settle(0, data, limits)
        m = _new_ClientMigrateEnd()
        return m

    def write_buffers(self, minor: int | None = None) -> list[Buffer]:
        try:
            return [b""]
        except UNSENDABLE as error:
            refuse(self, error, minor)


@dataclass(init=False, repr=False, eq=False)
class ClientMigrateDstDoSeamless(Message):
    """Asks the new host whether it can go on with the old host's state. Needs capability
    SEAMLESS_MIGRATE. Answered by migrate_dst_seamless_ack or migrate_dst_seamless_nack.

    MainChannel, client message 110.
    """

    CHANNEL: ClassVar[str] = "main"
    DIRECTION: ClassVar[str] = "client"
    NAME: ClassVar[str] = "migrate_dst_do_seamless"
    NUMBER: ClassVar[int] = 110
    __slots__ = ("src_version",)
    src_version: int  # src_mig_version of migrate_begin_seamless
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("src_version", "src_version", s.U32),
    )

    def __init__(self, src_version: int) -> None:
        self.src_version = src_version

    @staticmethod
    def parse(data: Buffer, limits: Limits | None = None, minor: int | None = None) -> ClientMigrateDstDoSeamless:
        if limits is not None:
            check_size(len(data), limits)
        try:
            m = _new_ClientMigrateDstDoSeamless()
            m.src_version, = _unpack_2(data)
            return m
        except _error:
            return ClientMigrateDstDoSeamless.parse(prefix("main client migrate_dst_do_seamless", data, 4, limits), None, minor)

    def write_buffers(self, minor: int | None = None) -> list[Buffer]:
        try:
            return [_pack_2(self.src_version)]
        except UNSENDABLE as error:
            refuse(self, error, minor)


@dataclass(init=False, repr=False, eq=False)
class ClientMigrateConnectedSeamless(Message):
    """Answers migrate_begin_seamless: connected, and the new host can go on.

    MainChannel, client message 111.
    """

    CHANNEL: ClassVar[str] = "main"
    DIRECTION: ClassVar[str] = "client"
    NAME: ClassVar[str] = "migrate_connected_seamless"
    NUMBER: ClassVar[int] = 111
    __slots__ = ()
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
    )

    def __init__(self) -> None:
        pass

    @staticmethod
    def parse(data: Buffer, limits: Limits | None = None, minor: int | None = None) -> ClientMigrateConnectedSeamless:
        if data:
            settle(0, data, limits)
        m = _new_ClientMigrateConnectedSeamless()
        return m

    def write_buffers(self, minor: int | None = None) -> list[Buffer]:
        try:
            return [b""]
        except UNSENDABLE as error:
            refuse(self, error, minor)


@dataclass(init=False, repr=False, eq=False)
class ClientQualityIndicator(Message):
    """A text about the quality the user sees. No capability guards it and no server reads it.

    MainChannel, client message 112.
    """

    CHANNEL: ClassVar[str] = "main"
    DIRECTION: ClassVar[str] = "client"
    NAME: ClassVar[str] = "quality_indicator"
    NUMBER: ClassVar[int] = 112
    __slots__ = ("data",)
    data: Buffer  # everything up to the end of the message
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("data", "data", s.Octets(None)),
    )

    def __init__(self, data: Buffer) -> None:
        self.data = data

    @staticmethod
    def parse(data: Buffer, limits: Limits | None = None, minor: int | None = None) -> ClientQualityIndicator:
        end = len(data)
        try:
            m = _new_ClientQualityIndicator()
            m.data = data[0:end]
            if limits is not None or end >= SMALL:
                settle(end, data, limits)
            return m
        except _error:
            raise ends_early("main client quality_indicator", data) from None

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


#: Messages the server sends, by number.
SERVER: dict[int, type[Message]] = {
    **base.SERVER,
    101: ServerMigrateBegin,
    102: ServerMigrateCancel,
    103: ServerInit,
    104: ServerChannelsList,
    105: ServerMouseMode,
    106: ServerMultiMediaTime,
    107: ServerAgentConnected,
    108: ServerAgentDisconnected,
    109: ServerAgentData,
    110: ServerAgentToken,
    111: ServerMigrateSwitchHost,
    112: ServerMigrateEnd,
    113: ServerName,
    114: ServerUuid,
    115: ServerAgentConnectedTokens,
    116: ServerMigrateBeginSeamless,
    117: ServerMigrateDstSeamlessAck,
    118: ServerMigrateDstSeamlessNack,
}
#: Messages the client sends, by number.
CLIENT: dict[int, type[Message]] = {
    **base.CLIENT,
    101: ClientClientInfo,
    102: ClientMigrateConnected,
    103: ClientMigrateConnectError,
    104: ClientAttachChannels,
    105: ClientMouseModeRequest,
    106: ClientAgentStart,
    107: ClientAgentData,
    108: ClientAgentToken,
    109: ClientMigrateEnd,
    110: ClientMigrateDstDoSeamless,
    111: ClientMigrateConnectedSeamless,
    112: ClientQualityIndicator,
}

_new_ClientAgentData = partial(object.__new__, ClientAgentData)
_new_ClientAgentStart = partial(object.__new__, ClientAgentStart)
_new_ClientAgentToken = partial(object.__new__, ClientAgentToken)
_new_ClientAttachChannels = partial(object.__new__, ClientAttachChannels)
_new_ClientClientInfo = partial(object.__new__, ClientClientInfo)
_new_ClientMigrateConnectError = partial(object.__new__, ClientMigrateConnectError)
_new_ClientMigrateConnected = partial(object.__new__, ClientMigrateConnected)
_new_ClientMigrateConnectedSeamless = partial(object.__new__, ClientMigrateConnectedSeamless)
_new_ClientMigrateDstDoSeamless = partial(object.__new__, ClientMigrateDstDoSeamless)
_new_ClientMigrateEnd = partial(object.__new__, ClientMigrateEnd)
_new_ClientMouseModeRequest = partial(object.__new__, ClientMouseModeRequest)
_new_ClientQualityIndicator = partial(object.__new__, ClientQualityIndicator)
_new_DstInfo = partial(object.__new__, DstInfo)
_new_ServerAgentConnected = partial(object.__new__, ServerAgentConnected)
_new_ServerAgentConnectedTokens = partial(object.__new__, ServerAgentConnectedTokens)
_new_ServerAgentData = partial(object.__new__, ServerAgentData)
_new_ServerAgentDisconnected = partial(object.__new__, ServerAgentDisconnected)
_new_ServerAgentToken = partial(object.__new__, ServerAgentToken)
_new_ServerChannelsList = partial(object.__new__, ServerChannelsList)
_new_ServerInit = partial(object.__new__, ServerInit)
_new_ServerMigrateBegin = partial(object.__new__, ServerMigrateBegin)
_new_ServerMigrateBeginSeamless = partial(object.__new__, ServerMigrateBeginSeamless)
_new_ServerMigrateCancel = partial(object.__new__, ServerMigrateCancel)
_new_ServerMigrateDstSeamlessAck = partial(object.__new__, ServerMigrateDstSeamlessAck)
_new_ServerMigrateDstSeamlessNack = partial(object.__new__, ServerMigrateDstSeamlessNack)
_new_ServerMigrateEnd = partial(object.__new__, ServerMigrateEnd)
_new_ServerMigrateSwitchHost = partial(object.__new__, ServerMigrateSwitchHost)
_new_ServerMouseMode = partial(object.__new__, ServerMouseMode)
_new_ServerMultiMediaTime = partial(object.__new__, ServerMultiMediaTime)
_new_ServerName = partial(object.__new__, ServerName)
_new_ServerUuid = partial(object.__new__, ServerUuid)
