# Made by 'caraway proto build' from spice1.proto; do not edit.
"""The first channel of a session, which creates it."""

from __future__ import annotations

from builtins import len as _len
from dataclasses import dataclass
from functools import partial
from struct import Struct, error as _error
from typing import ClassVar
from caraway.wire import schema as s
from caraway.wire.codec import Refused, UNSENDABLE, beyond, ends_early, octets, prefix, refuse, settle
from caraway.wire.limits import Extent, Limits, SMALL, check_size
from caraway.wire.record import Buffer, Message, Queue, text_of
from caraway.messages._generated.spice1.enums import LinkErr, MouseMode
from caraway.messages._generated.spice1.structs import ChannelId, DstInfo
from caraway.messages._generated.spice1 import base

_struct_0 = Struct("<2H4xI")
_pack_0 = _struct_0.pack
_unpack_from_0 = _struct_0.unpack_from
_struct_1 = Struct("<H")
_pack_1 = _struct_1.pack
_unpack_from_1 = _struct_1.unpack_from
_struct_2 = Struct("<4x")
_pack_2 = _struct_2.pack
_unpack_from_2 = _struct_2.unpack_from
_struct_3 = Struct("<I")
_pack_3 = _struct_3.pack
_unpack_3 = _struct_3.unpack
_unpack_from_3 = _struct_3.unpack_from
_struct_4 = Struct("<8I")
_pack_4 = _struct_4.pack
_unpack_4 = _struct_4.unpack
_struct_5 = Struct("<2B")
_iter_unpack_5 = _struct_5.iter_unpack
_pack_5 = _struct_5.pack
_struct_6 = Struct("<2I")
_pack_6 = _struct_6.pack
_unpack_6 = _struct_6.unpack
_struct_7 = Struct("<2H4xI4xI")
_pack_7 = _struct_7.pack
_unpack_from_7 = _struct_7.unpack_from
_struct_8 = Struct("<Q")
_pack_8 = _struct_8.pack
_unpack_8 = _struct_8.unpack


@dataclass(init=False, repr=False, eq=False)
class ServerMigrateBegin(Message):
    """The virtual machine is going to move: connect to the new host now.

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
        try:
            m = _new_ServerMigrateBegin()
            m.dst_info = dst_info = _new_DstInfo()
            dst_info.port, dst_info.sport, dst_info_host_size = _unpack_from_0(data)
            dst_info.host_size = dst_info_host_size
            pos = 12
            if minor is None or minor >= 1:
                dst_info.pub_key_type, = _unpack_from_1(data, pos)
                pos += 2
            else:
                dst_info.pub_key_type = 0
            if minor is None or minor >= 1:
                _unpack_from_2(data, pos)
                pos += 4
            else:
                pass
            if minor is None or minor >= 1:
                dst_info_pub_key_size, = _unpack_from_3(data, pos)
                pos += 4
                dst_info.pub_key_size = dst_info_pub_key_size
            else:
                dst_info.pub_key_size = dst_info_pub_key_size = 0
            stop = pos + dst_info_host_size
            if stop > end:
                raise beyond("dst_info.host_data", dst_info_host_size, end - pos, pos)
            dst_info.host_data = data[pos:stop]
            pos = stop
            if minor is None or minor >= 1:
                stop = pos + dst_info_pub_key_size
                if stop > end:
                    raise beyond("dst_info.pub_key_data", dst_info_pub_key_size, end - pos, pos)
                dst_info.pub_key_data = data[pos:stop]
                pos = stop
            else:
                dst_info.pub_key_data = b""
            if limits is not None or end >= SMALL:
                settle(pos, data, limits)
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
            out.append(_pack_0(dst_info.port, dst_info.sport, dst_info_host_size))
            if minor is None or minor >= 1:
                out.append(_pack_1(dst_info.pub_key_type))
            if minor is None or minor >= 1:
                out.append(_pack_2())
            dst_info_pub_key_size = 0
            if minor is None or minor >= 1:
                dst_info_pub_key_size = dst_info.pub_key_size
                out.append(_pack_3(dst_info_pub_key_size))
            dst_info_host_data = dst_info.host_data
            if type(dst_info_host_data) is not bytes:
                dst_info_host_data = octets(dst_info_host_data)
            if len(dst_info_host_data) != dst_info_host_size:
                raise Refused("dst_info_host_data has another length than counted")
            out.append(dst_info_host_data)
            if minor is None or minor >= 1:
                dst_info_pub_key_data = dst_info.pub_key_data
                if type(dst_info_pub_key_data) is not bytes:
                    dst_info_pub_key_data = octets(dst_info_pub_key_data)
                if len(dst_info_pub_key_data) != dst_info_pub_key_size:
                    raise Refused("dst_info_pub_key_data has another length than counted")
                out.append(dst_info_pub_key_data)
            return out
        except UNSENDABLE as error:
            refuse(self, error, minor)


@dataclass(init=False, repr=False, eq=False)
class ServerMigrateCancel(Message):
    """The migration did not happen: drop the connections to the new host.

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
    """First message of a session. The client answers with attach_channels.

    MainChannel, server message 103.
    """

    CHANNEL: ClassVar[str] = "main"
    DIRECTION: ClassVar[str] = "server"
    NAME: ClassVar[str] = "init"
    NUMBER: ClassVar[int] = 103
    __slots__ = ("session_id", "display_channels_hint", "supported_mouse_modes", "current_mouse_mode", "agent_connected", "agent_tokens", "multi_media_time", "ram_hint")
    session_id: int  # connection_id for all further channels
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
            m.session_id, m.display_channels_hint, m.supported_mouse_modes, m.current_mouse_mode, m.agent_connected, m.agent_tokens, m.multi_media_time, m.ram_hint = _unpack_4(data)
            return m
        except _error:
            return ServerInit.parse(prefix("main server init", data, 32, limits), None, minor)

    def write_buffers(self, minor: int | None = None) -> list[Buffer]:
        try:
            return [_pack_4(self.session_id, self.display_channels_hint, self.supported_mouse_modes, self.current_mouse_mode, self.agent_connected, self.agent_tokens, self.multi_media_time, self.ram_hint)]
        except UNSENDABLE as error:
            refuse(self, error, minor)


@dataclass(init=False, repr=False, eq=False)
class ServerChannelsList(Message):
    """Channels to connect to. Answers attach_channels.

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
            num_of_channels, = _unpack_from_3(data)
            m.num_of_channels = num_of_channels
            pos = 4
            if num_of_channels * 2 > end - pos:
                raise beyond("channels", num_of_channels * 2, end - pos, pos)
            if extent is not None:
                extent.add_elements(num_of_channels)
            stop = pos + num_of_channels * 2
            m.channels = [ChannelId(*v) for v in _iter_unpack_5(data[pos:stop])]
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
            out.append(_pack_3(num_of_channels))
            channels = self.channels
            if len(channels) != num_of_channels:
                raise Refused("channels has another length than counted")
            out += [_pack_5(channels_item.type, channels_item.id) for channels_item in channels]
            return out
        except UNSENDABLE as error:
            refuse(self, error, minor)


@dataclass(init=False, repr=False, eq=False)
class ServerMouseMode(Message):
    """The mouse mode, or the choice of modes, has changed.

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
        s.Field("supported_modes", "supported_modes", s.Number(0, 4294967295, MouseMode, True)),
        s.Field("current_mode", "current_mode", s.Number(0, 4294967295, MouseMode, True)),
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
            m.supported_modes, m.current_mode = _unpack_6(data)
            return m
        except _error:
            return ServerMouseMode.parse(prefix("main server mouse_mode", data, 8, limits), None, minor)

    def write_buffers(self, minor: int | None = None) -> list[Buffer]:
        try:
            return [_pack_6(self.supported_modes, self.current_mode)]
        except UNSENDABLE as error:
            refuse(self, error, minor)


@dataclass(init=False, repr=False, eq=False)
class ServerMultiMediaTime(Message):
    """Sets the client's multimedia clock.

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
            m.time, = _unpack_3(data)
            return m
        except _error:
            return ServerMultiMediaTime.parse(prefix("main server multi_media_time", data, 4, limits), None, minor)

    def write_buffers(self, minor: int | None = None) -> list[Buffer]:
        try:
            return [_pack_3(self.time)]
        except UNSENDABLE as error:
            refuse(self, error, minor)


@dataclass(init=False, repr=False, eq=False)
class ServerAgentConnected(Message):
    """The guest agent has started. The client answers with agent_start.

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
    """The guest agent has gone.

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
            m.error_code, = _unpack_3(data)
            return m
        except _error:
            return ServerAgentDisconnected.parse(prefix("main server agent_disconnected", data, 4, limits), None, minor)

    def write_buffers(self, minor: int | None = None) -> list[Buffer]:
        try:
            return [_pack_3(self.error_code)]
        except UNSENDABLE as error:
            refuse(self, error, minor)


@dataclass(init=False, repr=False, eq=False)
class ServerAgentData(Message):
    """A piece of the agent's byte stream, see agent.proto. Costs a token.

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
    """Grants the client more agent_data messages.

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
            m.num_tokens, = _unpack_3(data)
            return m
        except _error:
            return ServerAgentToken.parse(prefix("main server agent_token", data, 4, limits), None, minor)

    def write_buffers(self, minor: int | None = None) -> list[Buffer]:
        try:
            return [_pack_3(self.num_tokens)]
        except UNSENDABLE as error:
            refuse(self, error, minor)


@dataclass(init=False, repr=False, eq=False)
class ServerMigrateSwitchHost(Message):
    """The virtual machine has moved: start a new session at the new host.

    MainChannel, server message 111.
    """

    CHANNEL: ClassVar[str] = "main"
    DIRECTION: ClassVar[str] = "server"
    NAME: ClassVar[str] = "migrate_switch_host"
    NUMBER: ClassVar[int] = 111
    __slots__ = ("port", "sport", "host_size", "cert_subject_size", "host_data", "cert_subject_data")
    port: int  # TCP port without TLS, 0 for none
    sport: int  # TCP port with TLS, 0 for none
    host_size: int  # bytes of the name, with its NUL
    cert_subject_size: int  # bytes of the subject, with its NUL; 0 for none
    host_data: Buffer  # host name or address
    cert_subject_data: Buffer  # what to expect there
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("port", "port", s.U16),
        s.Field("sport", "sport", s.U16),
        s.Field("host_size", "host_size", s.U32, derived=True),
        s.Field("cert_subject_size", "cert_subject_size", s.U32, derived=True),
        s.Field("host_data", "host_data", s.Octets(("host_size",)), text=True),
        s.Field("cert_subject_data", "cert_subject_data", s.Octets(("cert_subject_size",)), text=True),
    )

    def __init__(self, port: int, sport: int, host_data: Buffer, cert_subject_data: Buffer, *, host_size: int | None = None, cert_subject_size: int | None = None) -> None:
        self.port = port
        self.sport = sport
        self.host_size = _len(host_data) if host_size is None else host_size
        self.cert_subject_size = _len(cert_subject_data) if cert_subject_size is None else cert_subject_size
        self.host_data = host_data
        self.cert_subject_data = cert_subject_data

    @property
    def host_data_text(self) -> str:
        """``host_data`` as text, up to its NUL if it has one."""
        return text_of(self.host_data)

    @property
    def cert_subject_data_text(self) -> str:
        """``cert_subject_data`` as text, up to its NUL if it has one."""
        return text_of(self.cert_subject_data)

    @staticmethod
    def parse(data: Buffer, limits: Limits | None = None, minor: int | None = None) -> ServerMigrateSwitchHost:
        end = len(data)
        try:
            m = _new_ServerMigrateSwitchHost()
            m.port, m.sport, host_size, cert_subject_size = _unpack_from_7(data)
            m.host_size = host_size
            m.cert_subject_size = cert_subject_size
            stop = 20 + host_size
            if stop > end:
                raise beyond("host_data", host_size, end - 20, 20)
            m.host_data = data[20:stop]
            pos = stop
            stop = pos + cert_subject_size
            if stop > end:
                raise beyond("cert_subject_data", cert_subject_size, end - pos, pos)
            m.cert_subject_data = data[pos:stop]
            if limits is not None or end >= SMALL:
                settle(stop, data, limits)
            return m
        except _error:
            raise ends_early("main server migrate_switch_host", data) from None

    def write_buffers(self, minor: int | None = None) -> list[Buffer]:
        try:
            out: list[Buffer] = []
            queue: Queue = []
            size = 0
            host_size = self.host_size
            cert_subject_size = self.cert_subject_size
            out.append(_pack_7(self.port, self.sport, host_size, cert_subject_size))
            host_data = self.host_data
            if type(host_data) is not bytes:
                host_data = octets(host_data)
            if len(host_data) != host_size:
                raise Refused("host_data has another length than counted")
            out.append(host_data)
            cert_subject_data = self.cert_subject_data
            if type(cert_subject_data) is not bytes:
                cert_subject_data = octets(cert_subject_data)
            if len(cert_subject_data) != cert_subject_size:
                raise Refused("cert_subject_data has another length than counted")
            out.append(cert_subject_data)
            return out
        except UNSENDABLE as error:
            refuse(self, error, minor)


@dataclass(init=False, repr=False, eq=False)
class ClientClientInfo(Message):
    """How much memory the client has for caches.

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
            m.cache_size, = _unpack_8(data)
            return m
        except _error:
            return ClientClientInfo.parse(prefix("main client client_info", data, 8, limits), None, minor)

    def write_buffers(self, minor: int | None = None) -> list[Buffer]:
        try:
            return [_pack_8(self.cache_size)]
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
    """Answers migrate_begin: the new host cannot be reached.

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
    """Answers init: now tell me the channels.

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
    """Asks for a mouse mode.

    MainChannel, client message 105.
    """

    CHANNEL: ClassVar[str] = "main"
    DIRECTION: ClassVar[str] = "client"
    NAME: ClassVar[str] = "mouse_mode_request"
    NUMBER: ClassVar[int] = 105
    __slots__ = ("mode",)
    mode: int  # one bit
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("mode", "mode", s.Number(0, 4294967295, MouseMode, True)),
    )

    def __init__(self, mode: int) -> None:
        self.mode = mode

    @staticmethod
    def parse(data: Buffer, limits: Limits | None = None, minor: int | None = None) -> ClientMouseModeRequest:
        if limits is not None:
            check_size(len(data), limits)
        try:
            m = _new_ClientMouseModeRequest()
            m.mode, = _unpack_3(data)
            return m
        except _error:
            return ClientMouseModeRequest.parse(prefix("main client mouse_mode_request", data, 4, limits), None, minor)

    def write_buffers(self, minor: int | None = None) -> list[Buffer]:
        try:
            return [_pack_3(self.mode)]
        except UNSENDABLE as error:
            refuse(self, error, minor)


@dataclass(init=False, repr=False, eq=False)
class ClientAgentStart(Message):
    """Starts the conversation with the guest agent.

    MainChannel, client message 106.
    """

    CHANNEL: ClassVar[str] = "main"
    DIRECTION: ClassVar[str] = "client"
    NAME: ClassVar[str] = "agent_start"
    NUMBER: ClassVar[int] = 106
    __slots__ = ("num_tokens",)
    num_tokens: int  # agent_data messages that the server may send
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
            m.num_tokens, = _unpack_3(data)
            return m
        except _error:
            return ClientAgentStart.parse(prefix("main client agent_start", data, 4, limits), None, minor)

    def write_buffers(self, minor: int | None = None) -> list[Buffer]:
        try:
            return [_pack_3(self.num_tokens)]
        except UNSENDABLE as error:
            refuse(self, error, minor)


@dataclass(init=False, repr=False, eq=False)
class ClientAgentData(Message):
    """A piece of the byte stream to the agent. Costs a token.

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
            m.num_tokens, = _unpack_3(data)
            return m
        except _error:
            return ClientAgentToken.parse(prefix("main client agent_token", data, 4, limits), None, minor)

    def write_buffers(self, minor: int | None = None) -> list[Buffer]:
        try:
            return [_pack_3(self.num_tokens)]
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
}

_new_ClientAgentData = partial(object.__new__, ClientAgentData)
_new_ClientAgentStart = partial(object.__new__, ClientAgentStart)
_new_ClientAgentToken = partial(object.__new__, ClientAgentToken)
_new_ClientAttachChannels = partial(object.__new__, ClientAttachChannels)
_new_ClientClientInfo = partial(object.__new__, ClientClientInfo)
_new_ClientMigrateConnectError = partial(object.__new__, ClientMigrateConnectError)
_new_ClientMigrateConnected = partial(object.__new__, ClientMigrateConnected)
_new_ClientMouseModeRequest = partial(object.__new__, ClientMouseModeRequest)
_new_DstInfo = partial(object.__new__, DstInfo)
_new_ServerAgentConnected = partial(object.__new__, ServerAgentConnected)
_new_ServerAgentData = partial(object.__new__, ServerAgentData)
_new_ServerAgentDisconnected = partial(object.__new__, ServerAgentDisconnected)
_new_ServerAgentToken = partial(object.__new__, ServerAgentToken)
_new_ServerChannelsList = partial(object.__new__, ServerChannelsList)
_new_ServerInit = partial(object.__new__, ServerInit)
_new_ServerMigrateBegin = partial(object.__new__, ServerMigrateBegin)
_new_ServerMigrateCancel = partial(object.__new__, ServerMigrateCancel)
_new_ServerMigrateSwitchHost = partial(object.__new__, ServerMigrateSwitchHost)
_new_ServerMouseMode = partial(object.__new__, ServerMouseMode)
_new_ServerMultiMediaTime = partial(object.__new__, ServerMultiMediaTime)
