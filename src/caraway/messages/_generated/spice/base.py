# Made by 'caraway proto build' from spice.proto; do not edit.
"""Messages 1 to 100, the same on every channel. Own messages start at 101."""

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
from caraway.messages._generated.spice.enums import LinkErr, MigrateFlags, NotifySeverity, NotifyVisibility
from caraway.messages._generated.spice.structs import ChannelWait

_struct_0 = Struct("<I")
_pack_0 = _struct_0.pack
_unpack_0 = _struct_0.unpack
_struct_1 = Struct("<2I")
_pack_1 = _struct_1.pack
_unpack_1 = _struct_1.unpack
_struct_2 = Struct("<IQ")
_pack_2 = _struct_2.pack
_unpack_2 = _struct_2.unpack
_unpack_from_2 = _struct_2.unpack_from
_struct_3 = Struct("<B")
_pack_3 = _struct_3.pack
_unpack_from_3 = _struct_3.unpack_from
_struct_4 = Struct("<2BQ")
_iter_unpack_4 = _struct_4.iter_unpack
_pack_4 = _struct_4.pack
_struct_5 = Struct("<QI")
_pack_5 = _struct_5.pack
_unpack_5 = _struct_5.unpack
_struct_6 = Struct("<Q4I")
_pack_6 = _struct_6.pack
_unpack_from_6 = _struct_6.unpack_from


@dataclass(init=False, repr=False, eq=False)
class ServerMigrate(Message):
    """The server moves this channel to another host, as the last step of a seamless migration.
    If asked, the client answers with migrate_flush_mark, waits for migrate_data, and goes on
    over the connection it has already opened to the new host.

    BaseChannel, server message 1.
    """

    CHANNEL: ClassVar[str] = "base"
    DIRECTION: ClassVar[str] = "server"
    NAME: ClassVar[str] = "migrate"
    NUMBER: ClassVar[int] = 1
    __slots__ = ("flags",)
    flags: int  # 0 where a channel has no state worth moving
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("flags", "flags", s.Number(0, 4294967295, MigrateFlags, True)),
    )

    def __init__(self, flags: int) -> None:
        self.flags = flags

    @staticmethod
    def parse(data: Buffer, limits: Limits | None = None, minor: int | None = None) -> ServerMigrate:
        if limits is not None:
            check_size(len(data), limits)
        try:
            m = _new_ServerMigrate()
            m.flags, = _unpack_0(data)
            return m
        except _error:
            return ServerMigrate.parse(prefix("base server migrate", data, 4, limits), None, minor)

    def write_buffers(self, minor: int | None = None) -> list[Buffer]:
        try:
            return [_pack_0(self.flags)]
        except UNSENDABLE as error:
            refuse(self, error, minor)


@dataclass(init=False, repr=False, eq=False)
class ServerMigrateData(Message):
    """State of the channel, for the new host only. Sent by the old host after
    migrate_flush_mark. The client passes the bytes on untouched, as its first message there.

    BaseChannel, server message 2.
    """

    CHANNEL: ClassVar[str] = "base"
    DIRECTION: ClassVar[str] = "server"
    NAME: ClassVar[str] = "migrate_data"
    NUMBER: ClassVar[int] = 2
    __slots__ = ("data",)
    data: Buffer  # everything up to the end of the message
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("data", "data", s.Octets(None)),
    )

    def __init__(self, data: Buffer) -> None:
        self.data = data

    @staticmethod
    def parse(data: Buffer, limits: Limits | None = None, minor: int | None = None) -> ServerMigrateData:
        end = len(data)
        try:
            m = _new_ServerMigrateData()
            m.data = data[0:end]
            if limits is not None or end >= SMALL:
                settle(end, data, limits)
            return m
        except _error:
            raise ends_early("base server migrate_data", data) from None

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
class ServerSetAck(Message):
    """Starts or changes flow control: from now on the server counts acknowledgements. The client
    answers at once with ack_sync, then sends one ack for every "window" messages it received.

    BaseChannel, server message 3.
    """

    CHANNEL: ClassVar[str] = "base"
    DIRECTION: ClassVar[str] = "server"
    NAME: ClassVar[str] = "set_ack"
    NUMBER: ClassVar[int] = 3
    __slots__ = ("generation", "window")
    generation: int  # to be repeated in ack_sync
    window: int  # messages per ack; 0 means that no ack is wanted
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("generation", "generation", s.U32),
        s.Field("window", "window", s.U32),
    )

    def __init__(self, generation: int, window: int) -> None:
        self.generation = generation
        self.window = window

    @staticmethod
    def parse(data: Buffer, limits: Limits | None = None, minor: int | None = None) -> ServerSetAck:
        if limits is not None:
            check_size(len(data), limits)
        try:
            m = _new_ServerSetAck()
            m.generation, m.window = _unpack_1(data)
            return m
        except _error:
            return ServerSetAck.parse(prefix("base server set_ack", data, 8, limits), None, minor)

    def write_buffers(self, minor: int | None = None) -> list[Buffer]:
        try:
            return [_pack_1(self.generation, self.window)]
        except UNSENDABLE as error:
            refuse(self, error, minor)


@dataclass(init=False, repr=False, eq=False)
class ServerPing(Message):
    """Measures the round trip and, with a long payload, the bandwidth. Sent at any time. The
    client answers with pong and drops the payload.

    BaseChannel, server message 4.
    """

    CHANNEL: ClassVar[str] = "base"
    DIRECTION: ClassVar[str] = "server"
    NAME: ClassVar[str] = "ping"
    NUMBER: ClassVar[int] = 4
    __slots__ = ("id", "timestamp", "data")
    id: int  # to be repeated in pong
    timestamp: int  # the sender's clock in its own unit, to be repeated in pong
    data: Buffer  # ballast, up to 256000 bytes in the main channel's net test
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("id", "id", s.U32),
        s.Field("timestamp", "timestamp", s.U64),
        s.Field("data", "data", s.Octets(None)),
    )

    def __init__(self, id: int, timestamp: int, data: Buffer) -> None:
        self.id = id
        self.timestamp = timestamp
        self.data = data

    @staticmethod
    def parse(data: Buffer, limits: Limits | None = None, minor: int | None = None) -> ServerPing:
        end = len(data)
        try:
            m = _new_ServerPing()
            m.id, m.timestamp = _unpack_from_2(data)
            m.data = data[12:end]
            if limits is not None or end >= SMALL:
                settle(end, data, limits)
            return m
        except _error:
            raise ends_early("base server ping", data) from None

    def write_buffers(self, minor: int | None = None) -> list[Buffer]:
        try:
            out: list[Buffer] = []
            queue: Queue = []
            size = 0
            out.append(_pack_2(self.id, self.timestamp))
            data = self.data
            if type(data) is not bytes:
                data = octets(data)
            out.append(data)
            return out
        except UNSENDABLE as error:
            refuse(self, error, minor)


@dataclass(init=False, repr=False, eq=False)
class ServerWaitForChannels(Message):
    """Holds this channel back until other channels have caught up. Sent by display channels that
    share an image cache. The client processes nothing more here until every point is reached.

    BaseChannel, server message 5.
    """

    CHANNEL: ClassVar[str] = "base"
    DIRECTION: ClassVar[str] = "server"
    NAME: ClassVar[str] = "wait_for_channels"
    NUMBER: ClassVar[int] = 5
    __slots__ = ("wait_count", "wait_list")
    wait_count: int
    wait_list: list[ChannelWait]  # all of them must be reached
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("wait_count", "wait_count", s.U8, derived=True),
        s.Field("wait_list", "wait_list", s.Items(s.Nested(ChannelWait), ("wait_count",))),
    )

    def __init__(self, wait_list: list[ChannelWait], *, wait_count: int | None = None) -> None:
        self.wait_count = _len(wait_list) if wait_count is None else wait_count
        self.wait_list = wait_list

    @staticmethod
    def parse(data: Buffer, limits: Limits | None = None, minor: int | None = None) -> ServerWaitForChannels:
        end = len(data)
        extent = None if limits is None and end < SMALL else Extent(end, limits)
        try:
            m = _new_ServerWaitForChannels()
            wait_count, = _unpack_from_3(data)
            m.wait_count = wait_count
            pos = 1
            if wait_count * 10 > end - pos:
                raise beyond("wait_list", wait_count * 10, end - pos, pos)
            if extent is not None:
                extent.add_elements(wait_count)
            stop = pos + wait_count * 10
            m.wait_list = [ChannelWait(*v) for v in _iter_unpack_4(data[pos:stop])]
            pos = stop
            if extent is not None:
                extent.add_range(0, pos)
                extent.finish(end)
            return m
        except _error:
            raise ends_early("base server wait_for_channels", data) from None

    def write_buffers(self, minor: int | None = None) -> list[Buffer]:
        try:
            out: list[Buffer] = []
            queue: Queue = []
            size = 0
            wait_count = self.wait_count
            out.append(_pack_3(wait_count))
            wait_list = self.wait_list
            if len(wait_list) != wait_count:
                raise Refused("wait_list has another length than counted")
            out += [_pack_4(wait_list_item.channel_type, wait_list_item.channel_id, wait_list_item.message_serial) for wait_list_item in wait_list]
            return out
        except UNSENDABLE as error:
            refuse(self, error, minor)


@dataclass(init=False, repr=False, eq=False)
class ServerDisconnecting(Message):
    """The server is about to close the channel. No answer. Known servers never send it.

    BaseChannel, server message 6.
    """

    CHANNEL: ClassVar[str] = "base"
    DIRECTION: ClassVar[str] = "server"
    NAME: ClassVar[str] = "disconnecting"
    NUMBER: ClassVar[int] = 6
    __slots__ = ("time_stamp", "reason")
    time_stamp: int  # nanoseconds, informative
    reason: int
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("time_stamp", "time_stamp", s.U64),
        s.Field("reason", "reason", s.Number(0, 4294967295, LinkErr)),
    )

    def __init__(self, time_stamp: int, reason: int) -> None:
        self.time_stamp = time_stamp
        self.reason = reason

    @staticmethod
    def parse(data: Buffer, limits: Limits | None = None, minor: int | None = None) -> ServerDisconnecting:
        if limits is not None:
            check_size(len(data), limits)
        try:
            m = _new_ServerDisconnecting()
            m.time_stamp, m.reason = _unpack_5(data)
            return m
        except _error:
            return ServerDisconnecting.parse(prefix("base server disconnecting", data, 12, limits), None, minor)

    def write_buffers(self, minor: int | None = None) -> list[Buffer]:
        try:
            return [_pack_5(self.time_stamp, self.reason)]
        except UNSENDABLE as error:
            refuse(self, error, minor)


@dataclass(init=False, repr=False, eq=False)
class ServerNotify(Message):
    """A text for the user, sent at any time; the known server only warns that the keyboard channel
    is not encrypted. A NUL that message_len does not count may follow the text: ignore it.

    BaseChannel, server message 7.
    """

    CHANNEL: ClassVar[str] = "base"
    DIRECTION: ClassVar[str] = "server"
    NAME: ClassVar[str] = "notify"
    NUMBER: ClassVar[int] = 7
    __slots__ = ("time_stamp", "severity", "visibilty", "what", "message_len", "message")
    time_stamp: int  # nanoseconds, informative
    severity: int
    visibilty: int  # sic: SPICE spells it so
    what: int  # link_err, warn_code or info_code, depending on the severity
    message_len: int  # bytes of text, without a NUL
    message: Buffer  # UTF-8
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("time_stamp", "time_stamp", s.U64),
        s.Field("severity", "severity", s.Number(0, 4294967295, NotifySeverity)),
        s.Field("visibilty", "visibilty", s.Number(0, 4294967295, NotifyVisibility)),
        s.Field("what", "what", s.U32),
        s.Field("message_len", "message_len", s.U32, derived=True),
        s.Field("message", "message", s.Octets(("message_len",)), text=True),
    )

    def __init__(self, time_stamp: int, severity: int, visibilty: int, what: int, message: Buffer, *, message_len: int | None = None) -> None:
        self.time_stamp = time_stamp
        self.severity = severity
        self.visibilty = visibilty
        self.what = what
        self.message_len = _len(message) if message_len is None else message_len
        self.message = message

    @property
    def message_text(self) -> str:
        """``message`` as text, up to its NUL if it has one."""
        return text_of(self.message)

    @staticmethod
    def parse(data: Buffer, limits: Limits | None = None, minor: int | None = None) -> ServerNotify:
        end = len(data)
        try:
            m = _new_ServerNotify()
            m.time_stamp, m.severity, m.visibilty, m.what, message_len = _unpack_from_6(data)
            m.message_len = message_len
            stop = 24 + message_len
            if stop > end:
                raise beyond("message", message_len, end - 24, 24)
            m.message = data[24:stop]
            if limits is not None or end >= SMALL:
                settle(stop, data, limits)
            return m
        except _error:
            raise ends_early("base server notify", data) from None

    def write_buffers(self, minor: int | None = None) -> list[Buffer]:
        try:
            out: list[Buffer] = []
            queue: Queue = []
            size = 0
            message_len = self.message_len
            out.append(_pack_6(self.time_stamp, self.severity, self.visibilty, self.what, message_len))
            message = self.message
            if type(message) is not bytes:
                message = octets(message)
            if len(message) != message_len:
                raise Refused("message has another length than counted")
            out.append(message)
            return out
        except UNSENDABLE as error:
            refuse(self, error, minor)


@dataclass(init=False, repr=False, eq=False)
class ServerList(Message):
    """Nothing but sub-messages: the body is the sub-message list of link.proto, and the receiver
    processes each of its entries in order. Servers use it where the short data header leaves
    no room for a list, for instance to put wait_for_channels and inval_list before a draw.

    BaseChannel, server message 8.
    """

    CHANNEL: ClassVar[str] = "base"
    DIRECTION: ClassVar[str] = "server"
    NAME: ClassVar[str] = "list"
    NUMBER: ClassVar[int] = 8
    __slots__ = ("data",)
    data: Buffer  # everything up to the end of the message
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("data", "data", s.Octets(None)),
    )

    def __init__(self, data: Buffer) -> None:
        self.data = data

    @staticmethod
    def parse(data: Buffer, limits: Limits | None = None, minor: int | None = None) -> ServerList:
        end = len(data)
        try:
            m = _new_ServerList()
            m.data = data[0:end]
            if limits is not None or end >= SMALL:
                settle(end, data, limits)
            return m
        except _error:
            raise ends_early("base server list", data) from None

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
class ServerBaseLast(Message):
    """Ends the numbers that all channels share. Carries nothing and is never sent.

    BaseChannel, server message 100.
    """

    CHANNEL: ClassVar[str] = "base"
    DIRECTION: ClassVar[str] = "server"
    NAME: ClassVar[str] = "base_last"
    NUMBER: ClassVar[int] = 100
    __slots__ = ()
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
    )

    def __init__(self) -> None:
        pass

    @staticmethod
    def parse(data: Buffer, limits: Limits | None = None, minor: int | None = None) -> ServerBaseLast:
        if data:
            settle(0, data, limits)
        m = _new_ServerBaseLast()
        return m

    def write_buffers(self, minor: int | None = None) -> list[Buffer]:
        try:
            return [b""]
        except UNSENDABLE as error:
            refuse(self, error, minor)


@dataclass(init=False, repr=False, eq=False)
class ClientAckSync(Message):
    """Answers set_ack. Acks that come before it belong to the older window.

    BaseChannel, client message 1.
    """

    CHANNEL: ClassVar[str] = "base"
    DIRECTION: ClassVar[str] = "client"
    NAME: ClassVar[str] = "ack_sync"
    NUMBER: ClassVar[int] = 1
    __slots__ = ("generation",)
    generation: int  # as in set_ack
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("generation", "generation", s.U32),
    )

    def __init__(self, generation: int) -> None:
        self.generation = generation

    @staticmethod
    def parse(data: Buffer, limits: Limits | None = None, minor: int | None = None) -> ClientAckSync:
        if limits is not None:
            check_size(len(data), limits)
        try:
            m = _new_ClientAckSync()
            m.generation, = _unpack_0(data)
            return m
        except _error:
            return ClientAckSync.parse(prefix("base client ack_sync", data, 4, limits), None, minor)

    def write_buffers(self, minor: int | None = None) -> list[Buffer]:
        try:
            return [_pack_0(self.generation)]
        except UNSENDABLE as error:
            refuse(self, error, minor)


@dataclass(init=False, repr=False, eq=False)
class ClientAck(Message):
    """Another window of messages has been received.

    BaseChannel, client message 2.
    """

    CHANNEL: ClassVar[str] = "base"
    DIRECTION: ClassVar[str] = "client"
    NAME: ClassVar[str] = "ack"
    NUMBER: ClassVar[int] = 2
    __slots__ = ()
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
    )

    def __init__(self) -> None:
        pass

    @staticmethod
    def parse(data: Buffer, limits: Limits | None = None, minor: int | None = None) -> ClientAck:
        if data:
            settle(0, data, limits)
        m = _new_ClientAck()
        return m

    def write_buffers(self, minor: int | None = None) -> list[Buffer]:
        try:
            return [b""]
        except UNSENDABLE as error:
            refuse(self, error, minor)


@dataclass(init=False, repr=False, eq=False)
class ClientPong(Message):
    """Answers ping, as soon as possible.

    BaseChannel, client message 3.
    """

    CHANNEL: ClassVar[str] = "base"
    DIRECTION: ClassVar[str] = "client"
    NAME: ClassVar[str] = "pong"
    NUMBER: ClassVar[int] = 3
    __slots__ = ("id", "timestamp")
    id: int  # as in ping
    timestamp: int  # as in ping
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("id", "id", s.U32),
        s.Field("timestamp", "timestamp", s.U64),
    )

    def __init__(self, id: int, timestamp: int) -> None:
        self.id = id
        self.timestamp = timestamp

    @staticmethod
    def parse(data: Buffer, limits: Limits | None = None, minor: int | None = None) -> ClientPong:
        if limits is not None:
            check_size(len(data), limits)
        try:
            m = _new_ClientPong()
            m.id, m.timestamp = _unpack_2(data)
            return m
        except _error:
            return ClientPong.parse(prefix("base client pong", data, 12, limits), None, minor)

    def write_buffers(self, minor: int | None = None) -> list[Buffer]:
        try:
            return [_pack_2(self.id, self.timestamp)]
        except UNSENDABLE as error:
            refuse(self, error, minor)


@dataclass(init=False, repr=False, eq=False)
class ClientMigrateFlushMark(Message):
    """Answers migrate when NEED_FLUSH was set: nothing of this client is on its way any more.

    BaseChannel, client message 4.
    """

    CHANNEL: ClassVar[str] = "base"
    DIRECTION: ClassVar[str] = "client"
    NAME: ClassVar[str] = "migrate_flush_mark"
    NUMBER: ClassVar[int] = 4
    __slots__ = ()
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
    )

    def __init__(self) -> None:
        pass

    @staticmethod
    def parse(data: Buffer, limits: Limits | None = None, minor: int | None = None) -> ClientMigrateFlushMark:
        if data:
            settle(0, data, limits)
        m = _new_ClientMigrateFlushMark()
        return m

    def write_buffers(self, minor: int | None = None) -> list[Buffer]:
        try:
            return [b""]
        except UNSENDABLE as error:
            refuse(self, error, minor)


@dataclass(init=False, repr=False, eq=False)
class ClientMigrateData(Message):
    """The bytes that the old host sent as migrate_data; the first message to the new host.

    BaseChannel, client message 5.
    """

    CHANNEL: ClassVar[str] = "base"
    DIRECTION: ClassVar[str] = "client"
    NAME: ClassVar[str] = "migrate_data"
    NUMBER: ClassVar[int] = 5
    __slots__ = ("data",)
    data: Buffer  # everything up to the end of the message
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("data", "data", s.Octets(None)),
    )

    def __init__(self, data: Buffer) -> None:
        self.data = data

    @staticmethod
    def parse(data: Buffer, limits: Limits | None = None, minor: int | None = None) -> ClientMigrateData:
        end = len(data)
        try:
            m = _new_ClientMigrateData()
            m.data = data[0:end]
            if limits is not None or end >= SMALL:
                settle(end, data, limits)
            return m
        except _error:
            raise ends_early("base client migrate_data", data) from None

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
class ClientDisconnecting(Message):
    """The client is about to close the channel. No answer, and servers only log it.

    BaseChannel, client message 6.
    """

    CHANNEL: ClassVar[str] = "base"
    DIRECTION: ClassVar[str] = "client"
    NAME: ClassVar[str] = "disconnecting"
    NUMBER: ClassVar[int] = 6
    __slots__ = ("time_stamp", "reason")
    time_stamp: int  # nanoseconds, informative
    reason: int
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("time_stamp", "time_stamp", s.U64),
        s.Field("reason", "reason", s.Number(0, 4294967295, LinkErr)),
    )

    def __init__(self, time_stamp: int, reason: int) -> None:
        self.time_stamp = time_stamp
        self.reason = reason

    @staticmethod
    def parse(data: Buffer, limits: Limits | None = None, minor: int | None = None) -> ClientDisconnecting:
        if limits is not None:
            check_size(len(data), limits)
        try:
            m = _new_ClientDisconnecting()
            m.time_stamp, m.reason = _unpack_5(data)
            return m
        except _error:
            return ClientDisconnecting.parse(prefix("base client disconnecting", data, 12, limits), None, minor)

    def write_buffers(self, minor: int | None = None) -> list[Buffer]:
        try:
            return [_pack_5(self.time_stamp, self.reason)]
        except UNSENDABLE as error:
            refuse(self, error, minor)


#: Messages the server sends, by number.
SERVER: dict[int, type[Message]] = {
    1: ServerMigrate,
    2: ServerMigrateData,
    3: ServerSetAck,
    4: ServerPing,
    5: ServerWaitForChannels,
    6: ServerDisconnecting,
    7: ServerNotify,
    8: ServerList,
    100: ServerBaseLast,
}
#: Messages the client sends, by number.
CLIENT: dict[int, type[Message]] = {
    1: ClientAckSync,
    2: ClientAck,
    3: ClientPong,
    4: ClientMigrateFlushMark,
    5: ClientMigrateData,
    6: ClientDisconnecting,
}

_new_ClientAck = partial(object.__new__, ClientAck)
_new_ClientAckSync = partial(object.__new__, ClientAckSync)
_new_ClientDisconnecting = partial(object.__new__, ClientDisconnecting)
_new_ClientMigrateData = partial(object.__new__, ClientMigrateData)
_new_ClientMigrateFlushMark = partial(object.__new__, ClientMigrateFlushMark)
_new_ClientPong = partial(object.__new__, ClientPong)
_new_ServerBaseLast = partial(object.__new__, ServerBaseLast)
_new_ServerDisconnecting = partial(object.__new__, ServerDisconnecting)
_new_ServerList = partial(object.__new__, ServerList)
_new_ServerMigrate = partial(object.__new__, ServerMigrate)
_new_ServerMigrateData = partial(object.__new__, ServerMigrateData)
_new_ServerNotify = partial(object.__new__, ServerNotify)
_new_ServerPing = partial(object.__new__, ServerPing)
_new_ServerSetAck = partial(object.__new__, ServerSetAck)
_new_ServerWaitForChannels = partial(object.__new__, ServerWaitForChannels)
