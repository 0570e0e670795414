# Made by 'caraway proto build' from link.proto; do not edit.
"""The stages of a link, then what stands around messages."""

from __future__ import annotations

from builtins import len as _len
from dataclasses import dataclass
from functools import partial
from struct import Struct, error as _error, pack as _pack, unpack_from as _unpack_from
from typing import ClassVar
from caraway.wire import schema as s
from caraway.wire.codec import Refused, UNSENDABLE, beyond, ends_early, octets, prefix, refuse, settle
from caraway.wire.limits import Extent, Limits, SMALL, check_size
from caraway.wire.record import Buffer, Message, Queue, text_of
from caraway.messages._generated.link.enums import CommonCap, LinkErr

_struct_0 = Struct("<4I")
_pack_0 = _struct_0.pack
_unpack_0 = _struct_0.unpack
_struct_1 = Struct("<I2B3I")
_pack_1 = _struct_1.pack
_unpack_from_1 = _struct_1.unpack_from
_struct_2 = Struct("<I")
_pack_2 = _struct_2.pack
_unpack_2 = _struct_2.unpack
_unpack_from_2 = _struct_2.unpack_from
_struct_3 = Struct("<128s")
_pack_3 = _struct_3.pack
_unpack_3 = _struct_3.unpack
_struct_4 = Struct("<QH2I")
_pack_4 = _struct_4.pack
_unpack_4 = _struct_4.unpack
_struct_5 = Struct("<HI")
_pack_5 = _struct_5.pack
_unpack_5 = _struct_5.unpack
_unpack_from_5 = _struct_5.unpack_from
_struct_6 = Struct("<H")
_pack_6 = _struct_6.pack
_unpack_from_6 = _struct_6.unpack_from
_struct_7 = Struct("<I162s3I")
_pack_7 = _struct_7.pack
_unpack_from_7 = _struct_7.unpack_from
_struct_8 = Struct("<B")
_pack_8 = _struct_8.pack
_unpack_from_8 = _struct_8.unpack_from
_struct_9 = Struct("<2I")
_pack_9 = _struct_9.pack
_unpack_from_9 = _struct_9.unpack_from


@dataclass(init=False, repr=False, eq=False)
class ClientHeader(Message):
    """First bytes of a connection.

    LinkChannel, client message 1.
    """

    CHANNEL: ClassVar[str] = "link"
    DIRECTION: ClassVar[str] = "client"
    NAME: ClassVar[str] = "header"
    NUMBER: ClassVar[int] = 1
    __slots__ = ("magic", "major_version", "minor_version", "size")
    magic: int  # 0x51444552, the bytes "REDQ"
    major_version: int  # 2; a different one is answered with VERSION_MISMATCH
    minor_version: int  # 2; not compared by known peers
    size: int  # bytes of what follows, with the capability words; limited to 4096
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("magic", "magic", s.U32),
        s.Field("major_version", "major_version", s.U32),
        s.Field("minor_version", "minor_version", s.U32),
        s.Field("size", "size", s.U32),
    )

    def __init__(self, magic: int, major_version: int, minor_version: int, size: int) -> None:
        self.magic = magic
        self.major_version = major_version
        self.minor_version = minor_version
        self.size = size

    @staticmethod
    def parse(data: Buffer, limits: Limits | None = None, minor: int | None = None) -> ClientHeader:
        if limits is not None:
            check_size(len(data), limits)
        try:
            m = _new_ClientHeader()
            m.magic, m.major_version, m.minor_version, m.size = _unpack_0(data)
            return m
        except _error:
            return ClientHeader.parse(prefix("link client header", data, 16, limits), None, minor)

    def write_buffers(self, minor: int | None = None) -> list[Buffer]:
        try:
            return [_pack_0(self.magic, self.major_version, self.minor_version, self.size)]
        except UNSENDABLE as error:
            refuse(self, error, minor)


@dataclass(init=False, repr=False, eq=False)
class ClientMess(Message):
    """Which channel this connection is for, right after header. The server answers with header
    and reply. Capability words are limited to 1024 of each kind.

    LinkChannel, client message 2.
    """

    CHANNEL: ClassVar[str] = "link"
    DIRECTION: ClassVar[str] = "client"
    NAME: ClassVar[str] = "mess"
    NUMBER: ClassVar[int] = 2
    __slots__ = ("connection_id", "channel_type", "channel_id", "num_common_caps", "num_channel_caps", "caps_offset", "common_caps", "channel_caps")
    connection_id: int  # 0 starts a session, otherwise session_id of the main channel's init
    channel_type: int  # number of the channel kind
    channel_id: int  # which channel of that kind
    num_common_caps: int  # words
    num_channel_caps: int  # words
    caps_offset: int  # of common_caps, from the first byte of this message; 18 here
    common_caps: list[int]  # bits by common_cap
    channel_caps: list[int]  # bits by the channel's capabilities
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("connection_id", "connection_id", s.U32),
        s.Field("channel_type", "channel_type", s.U8),
        s.Field("channel_id", "channel_id", s.U8),
        s.Field("num_common_caps", "num_common_caps", s.U32, derived=True),
        s.Field("num_channel_caps", "num_channel_caps", s.U32, derived=True),
        s.Field("caps_offset", "caps_offset", s.U32),
        s.Field("common_caps", "common_caps", s.Items(s.U32, ("num_common_caps",))),
        s.Field("channel_caps", "channel_caps", s.Items(s.U32, ("num_channel_caps",))),
    )

    def __init__(self, connection_id: int, channel_type: int, channel_id: int, caps_offset: int, common_caps: list[int], channel_caps: list[int], *, num_common_caps: int | None = None, num_channel_caps: int | None = None) -> None:
        self.connection_id = connection_id
        self.channel_type = channel_type
        self.channel_id = channel_id
        self.num_common_caps = _len(common_caps) if num_common_caps is None else num_common_caps
        self.num_channel_caps = _len(channel_caps) if num_channel_caps is None else num_channel_caps
        self.caps_offset = caps_offset
        self.common_caps = common_caps
        self.channel_caps = channel_caps

    @staticmethod
    def parse(data: Buffer, limits: Limits | None = None, minor: int | None = None) -> ClientMess:
        end = len(data)
        extent = None if limits is None and end < SMALL else Extent(end, limits)
        try:
            m = _new_ClientMess()
            m.connection_id, m.channel_type, m.channel_id, num_common_caps, num_channel_caps, m.caps_offset = _unpack_from_1(data)
            m.num_common_caps = num_common_caps
            m.num_channel_caps = num_channel_caps
            pos = 18
            if num_common_caps * 4 > end - pos:
                raise beyond("common_caps", num_common_caps * 4, end - pos, pos)
            if extent is not None:
                extent.add_elements(num_common_caps)
            m.common_caps = list(_unpack_from(f"<{num_common_caps}I", data, pos))
            pos += num_common_caps * 4
            if num_channel_caps * 4 > end - pos:
                raise beyond("channel_caps", num_channel_caps * 4, end - pos, pos)
            if extent is not None:
                extent.add_elements(num_channel_caps)
            m.channel_caps = list(_unpack_from(f"<{num_channel_caps}I", data, pos))
            pos += num_channel_caps * 4
            if extent is not None:
                extent.add_range(0, pos)
                extent.finish(end)
            return m
        except _error:
            raise ends_early("link client mess", data) from None

    def write_buffers(self, minor: int | None = None) -> list[Buffer]:
        try:
            out: list[Buffer] = []
            queue: Queue = []
            size = 0
            num_common_caps = self.num_common_caps
            num_channel_caps = self.num_channel_caps
            out.append(_pack_1(self.connection_id, self.channel_type, self.channel_id, num_common_caps, num_channel_caps, self.caps_offset))
            common_caps = self.common_caps
            if len(common_caps) != num_common_caps:
                raise Refused("common_caps has another length than counted")
            out.append(_pack(f"<{len(common_caps)}I", *common_caps))
            channel_caps = self.channel_caps
            if len(channel_caps) != num_channel_caps:
                raise Refused("channel_caps has another length than counted")
            out.append(_pack(f"<{len(channel_caps)}I", *channel_caps))
            return out
        except UNSENDABLE as error:
            refuse(self, error, minor)


@dataclass(init=False, repr=False, eq=False)
class ClientAuthMechanism(Message):
    """How the client authenticates. Only if both sides have PROTOCOL_AUTH_SELECTION.

    LinkChannel, client message 3.
    """

    CHANNEL: ClassVar[str] = "link"
    DIRECTION: ClassVar[str] = "client"
    NAME: ClassVar[str] = "auth_mechanism"
    NUMBER: ClassVar[int] = 3
    __slots__ = ("auth_mechanism",)
    auth_mechanism: int  # AUTH_SPICE or AUTH_SASL
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("auth_mechanism", "auth_mechanism", s.Number(0, 4294967295, CommonCap)),
    )

    def __init__(self, auth_mechanism: int) -> None:
        self.auth_mechanism = auth_mechanism

    @staticmethod
    def parse(data: Buffer, limits: Limits | None = None, minor: int | None = None) -> ClientAuthMechanism:
        if limits is not None:
            check_size(len(data), limits)
        try:
            m = _new_ClientAuthMechanism()
            m.auth_mechanism, = _unpack_2(data)
            return m
        except _error:
            return ClientAuthMechanism.parse(prefix("link client auth_mechanism", data, 4, limits), None, minor)

    def write_buffers(self, minor: int | None = None) -> list[Buffer]:
        try:
            return [_pack_2(self.auth_mechanism)]
        except UNSENDABLE as error:
            refuse(self, error, minor)


@dataclass(init=False, repr=False, eq=False)
class ClientTicket(Message):
    """The password of up to 60 bytes and a NUL, encrypted for the key in reply: RSA of 1024 bits,
    OAEP with SHA-1. Answered by auth_result.

    LinkChannel, client message 4.
    """

    CHANNEL: ClassVar[str] = "link"
    DIRECTION: ClassVar[str] = "client"
    NAME: ClassVar[str] = "ticket"
    NUMBER: ClassVar[int] = 4
    __slots__ = ("encrypted_data",)
    encrypted_data: Buffer
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("encrypted_data", "encrypted_data", s.Octets(128)),
    )

    def __init__(self, encrypted_data: Buffer) -> None:
        self.encrypted_data = encrypted_data

    @staticmethod
    def parse(data: Buffer, limits: Limits | None = None, minor: int | None = None) -> ClientTicket:
        if limits is not None:
            check_size(len(data), limits)
        try:
            m = _new_ClientTicket()
            m.encrypted_data, = _unpack_3(data)
            return m
        except _error:
            return ClientTicket.parse(prefix("link client ticket", data, 128, limits), None, minor)

    def write_buffers(self, minor: int | None = None) -> list[Buffer]:
        try:
            encrypted_data = self.encrypted_data
            if type(encrypted_data) is not bytes:
                encrypted_data = octets(encrypted_data)
            if len(encrypted_data) != 128:
                raise Refused("encrypted_data needs 128 bytes")
            return [_pack_3(bytes(encrypted_data))]
        except UNSENDABLE as error:
            refuse(self, error, minor)


@dataclass(init=False, repr=False, eq=False)
class ClientSaslMechname(Message):
    """Which SASL mechanism, out of sasl_mechlist. sasl_start follows at once.

    LinkChannel, client message 5.
    """

    CHANNEL: ClassVar[str] = "link"
    DIRECTION: ClassVar[str] = "client"
    NAME: ClassVar[str] = "sasl_mechname"
    NUMBER: ClassVar[int] = 5
    __slots__ = ("size", "mechname")
    size: int  # bytes of the name, 1 to 100
    mechname: Buffer
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("size", "size", s.U32, derived=True),
        s.Field("mechname", "mechname", s.Octets(("size",))),
    )

    def __init__(self, mechname: Buffer, *, size: int | None = None) -> None:
        self.size = _len(mechname) if size is None else size
        self.mechname = mechname

    @staticmethod
    def parse(data: Buffer, limits: Limits | None = None, minor: int | None = None) -> ClientSaslMechname:
        end = len(data)
        try:
            m = _new_ClientSaslMechname()
            size, = _unpack_from_2(data)
            m.size = size
            stop = 4 + size
            if stop > end:
                raise beyond("mechname", size, end - 4, 4)
            m.mechname = data[4:stop]
            if limits is not None or end >= SMALL:
                settle(stop, data, limits)
            return m
        except _error:
            raise ends_early("link client sasl_mechname", data) from None

    def write_buffers(self, minor: int | None = None) -> list[Buffer]:
        try:
            out: list[Buffer] = []
            queue: Queue = []
            size = 0
            size_ = self.size
            out.append(_pack_2(size_))
            mechname = self.mechname
            if type(mechname) is not bytes:
                mechname = octets(mechname)
            if len(mechname) != size_:
                raise Refused("mechname has another length than counted")
            out.append(mechname)
            return out
        except UNSENDABLE as error:
            refuse(self, error, minor)


@dataclass(init=False, repr=False, eq=False)
class ClientSaslStart(Message):
    """First response of the SASL mechanism. Answered by sasl_start.

    LinkChannel, client message 6.
    """

    CHANNEL: ClassVar[str] = "link"
    DIRECTION: ClassVar[str] = "client"
    NAME: ClassVar[str] = "sasl_start"
    NUMBER: ClassVar[int] = 6
    __slots__ = ("size", "data")
    size: int  # bytes, 0 for "none"; limited to 1 MiB
    data: Buffer  # with a NUL at the end that belongs to the SASL library, not to the data
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("size", "size", s.U32, derived=True),
        s.Field("data", "data", s.Octets(("size",))),
    )

    def __init__(self, data: Buffer, *, size: int | None = None) -> None:
        self.size = _len(data) if size is None else size
        self.data = data

    @staticmethod
    def parse(data: Buffer, limits: Limits | None = None, minor: int | None = None) -> ClientSaslStart:
        end = len(data)
        try:
            m = _new_ClientSaslStart()
            size, = _unpack_from_2(data)
            m.size = size
            stop = 4 + size
            if stop > end:
                raise beyond("data", size, end - 4, 4)
            m.data = data[4:stop]
            if limits is not None or end >= SMALL:
                settle(stop, data, limits)
            return m
        except _error:
            raise ends_early("link client sasl_start", data) from None

    def write_buffers(self, minor: int | None = None) -> list[Buffer]:
        try:
            out: list[Buffer] = []
            queue: Queue = []
            size = 0
            size_ = self.size
            out.append(_pack_2(size_))
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
class ClientSaslStep(Message):
    """Next response of the SASL mechanism. Answered by sasl_step.

    LinkChannel, client message 7.
    """

    CHANNEL: ClassVar[str] = "link"
    DIRECTION: ClassVar[str] = "client"
    NAME: ClassVar[str] = "sasl_step"
    NUMBER: ClassVar[int] = 7
    __slots__ = ("size", "data")
    size: int  # bytes, 0 for "none"; limited to 1 MiB
    data: Buffer  # with a NUL at the end that belongs to the SASL library, not to the data
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("size", "size", s.U32, derived=True),
        s.Field("data", "data", s.Octets(("size",))),
    )

    def __init__(self, data: Buffer, *, size: int | None = None) -> None:
        self.size = _len(data) if size is None else size
        self.data = data

    @staticmethod
    def parse(data: Buffer, limits: Limits | None = None, minor: int | None = None) -> ClientSaslStep:
        end = len(data)
        try:
            m = _new_ClientSaslStep()
            size, = _unpack_from_2(data)
            m.size = size
            stop = 4 + size
            if stop > end:
                raise beyond("data", size, end - 4, 4)
            m.data = data[4:stop]
            if limits is not None or end >= SMALL:
                settle(stop, data, limits)
            return m
        except _error:
            raise ends_early("link client sasl_step", data) from None

    def write_buffers(self, minor: int | None = None) -> list[Buffer]:
        try:
            out: list[Buffer] = []
            queue: Queue = []
            size = 0
            size_ = self.size
            out.append(_pack_2(size_))
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
class ClientDataHeader(Message):
    """In front of each message from the client: the long form.

    LinkChannel, client message 8.
    """

    CHANNEL: ClassVar[str] = "link"
    DIRECTION: ClassVar[str] = "client"
    NAME: ClassVar[str] = "data_header"
    NUMBER: ClassVar[int] = 8
    __slots__ = ("serial", "type", "size", "sub_list")
    serial: int  # number of the message in its direction, from 1
    type: int  # number of the message on its channel
    size: int  # bytes of the body
    sub_list: int  # where in the body a sub_message_list starts, 0 for none
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("serial", "serial", s.U64),
        s.Field("type", "type", s.U16),
        s.Field("size", "size", s.U32),
        s.Field("sub_list", "sub_list", s.U32),
    )

    def __init__(self, serial: int, type: int, size: int, sub_list: int) -> None:
        self.serial = serial
        self.type = type
        self.size = size
        self.sub_list = sub_list

    @staticmethod
    def parse(data: Buffer, limits: Limits | None = None, minor: int | None = None) -> ClientDataHeader:
        if limits is not None:
            check_size(len(data), limits)
        try:
            m = _new_ClientDataHeader()
            m.serial, m.type, m.size, m.sub_list = _unpack_4(data)
            return m
        except _error:
            return ClientDataHeader.parse(prefix("link client data_header", data, 18, limits), None, minor)

    def write_buffers(self, minor: int | None = None) -> list[Buffer]:
        try:
            return [_pack_4(self.serial, self.type, self.size, self.sub_list)]
        except UNSENDABLE as error:
            refuse(self, error, minor)


@dataclass(init=False, repr=False, eq=False)
class ClientMiniDataHeader(Message):
    """In front of each message from the client: the short form.

    LinkChannel, client message 9.
    """

    CHANNEL: ClassVar[str] = "link"
    DIRECTION: ClassVar[str] = "client"
    NAME: ClassVar[str] = "mini_data_header"
    NUMBER: ClassVar[int] = 9
    __slots__ = ("type", "size")
    type: int  # number of the message on its channel
    size: int  # bytes of the body
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("type", "type", s.U16),
        s.Field("size", "size", s.U32),
    )

    def __init__(self, type: int, size: int) -> None:
        self.type = type
        self.size = size

    @staticmethod
    def parse(data: Buffer, limits: Limits | None = None, minor: int | None = None) -> ClientMiniDataHeader:
        if limits is not None:
            check_size(len(data), limits)
        try:
            m = _new_ClientMiniDataHeader()
            m.type, m.size = _unpack_5(data)
            return m
        except _error:
            return ClientMiniDataHeader.parse(prefix("link client mini_data_header", data, 6, limits), None, minor)

    def write_buffers(self, minor: int | None = None) -> list[Buffer]:
        try:
            return [_pack_5(self.type, self.size)]
        except UNSENDABLE as error:
            refuse(self, error, minor)


@dataclass(init=False, repr=False, eq=False)
class ClientSubMessageList(Message):
    """Inside a body of the client.

    LinkChannel, client message 10.
    """

    CHANNEL: ClassVar[str] = "link"
    DIRECTION: ClassVar[str] = "client"
    NAME: ClassVar[str] = "sub_message_list"
    NUMBER: ClassVar[int] = 10
    __slots__ = ("size", "sub_messages")
    size: int  # how many
    sub_messages: list[int]  # where in the body each sub_message starts
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("size", "size", s.U16, derived=True),
        s.Field("sub_messages", "sub_messages", s.Items(s.U32, ("size",))),
    )

    def __init__(self, sub_messages: list[int], *, size: int | None = None) -> None:
        self.size = _len(sub_messages) if size is None else size
        self.sub_messages = sub_messages

    @staticmethod
    def parse(data: Buffer, limits: Limits | None = None, minor: int | None = None) -> ClientSubMessageList:
        end = len(data)
        extent = None if limits is None and end < SMALL else Extent(end, limits)
        try:
            m = _new_ClientSubMessageList()
            size, = _unpack_from_6(data)
            m.size = size
            pos = 2
            if size * 4 > end - pos:
                raise beyond("sub_messages", size * 4, end - pos, pos)
            if extent is not None:
                extent.add_elements(size)
            m.sub_messages = list(_unpack_from(f"<{size}I", data, pos))
            pos += size * 4
            if extent is not None:
                extent.add_range(0, pos)
                extent.finish(end)
            return m
        except _error:
            raise ends_early("link client sub_message_list", data) from None

    def write_buffers(self, minor: int | None = None) -> list[Buffer]:
        try:
            out: list[Buffer] = []
            queue: Queue = []
            size = 0
            size_ = self.size
            out.append(_pack_6(size_))
            sub_messages = self.sub_messages
            if len(sub_messages) != size_:
                raise Refused("sub_messages has another length than counted")
            out.append(_pack(f"<{len(sub_messages)}I", *sub_messages))
            return out
        except UNSENDABLE as error:
            refuse(self, error, minor)


@dataclass(init=False, repr=False, eq=False)
class ClientSubMessage(Message):
    """Inside a body of the client.

    LinkChannel, client message 11.
    """

    CHANNEL: ClassVar[str] = "link"
    DIRECTION: ClassVar[str] = "client"
    NAME: ClassVar[str] = "sub_message"
    NUMBER: ClassVar[int] = 11
    __slots__ = ("type", "size", "data")
    type: int  # number of the message on its channel
    size: int  # bytes of its body
    data: Buffer  # its body; pointers in it count from its first byte
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("type", "type", s.U16),
        s.Field("size", "size", s.U32, derived=True),
        s.Field("data", "data", s.Octets(("size",))),
    )

    def __init__(self, type: int, data: Buffer, *, size: int | None = None) -> None:
        self.type = type
        self.size = _len(data) if size is None else size
        self.data = data

    @staticmethod
    def parse(data: Buffer, limits: Limits | None = None, minor: int | None = None) -> ClientSubMessage:
        end = len(data)
        try:
            m = _new_ClientSubMessage()
            m.type, size = _unpack_from_5(data)
            m.size = size
            stop = 6 + size
            if stop > end:
                raise beyond("data", size, end - 6, 6)
            m.data = data[6:stop]
            if limits is not None or end >= SMALL:
                settle(stop, data, limits)
            return m
        except _error:
            raise ends_early("link client sub_message", data) from None

    def write_buffers(self, minor: int | None = None) -> list[Buffer]:
        try:
            out: list[Buffer] = []
            queue: Queue = []
            size = 0
            size_ = self.size
            out.append(_pack_5(self.type, size_))
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
class ServerHeader(Message):
    """First bytes of the server's answer.

    LinkChannel, server message 1.
    """

    CHANNEL: ClassVar[str] = "link"
    DIRECTION: ClassVar[str] = "server"
    NAME: ClassVar[str] = "header"
    NUMBER: ClassVar[int] = 1
    __slots__ = ("magic", "major_version", "minor_version", "size")
    magic: int  # 0x51444552, the bytes "REDQ"
    major_version: int  # 2; a different one is answered with VERSION_MISMATCH
    minor_version: int  # 2; not compared by known peers
    size: int  # bytes of what follows, with the capability words; limited to 4096
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("magic", "magic", s.U32),
        s.Field("major_version", "major_version", s.U32),
        s.Field("minor_version", "minor_version", s.U32),
        s.Field("size", "size", s.U32),
    )

    def __init__(self, magic: int, major_version: int, minor_version: int, size: int) -> None:
        self.magic = magic
        self.major_version = major_version
        self.minor_version = minor_version
        self.size = size

    @staticmethod
    def parse(data: Buffer, limits: Limits | None = None, minor: int | None = None) -> ServerHeader:
        if limits is not None:
            check_size(len(data), limits)
        try:
            m = _new_ServerHeader()
            m.magic, m.major_version, m.minor_version, m.size = _unpack_0(data)
            return m
        except _error:
            return ServerHeader.parse(prefix("link server header", data, 16, limits), None, minor)

    def write_buffers(self, minor: int | None = None) -> list[Buffer]:
        try:
            return [_pack_0(self.magic, self.major_version, self.minor_version, self.size)]
        except UNSENDABLE as error:
            refuse(self, error, minor)


@dataclass(init=False, repr=False, eq=False)
class ServerReply(Message):
    """Whether the link is possible, right after header. If error is not OK everything else is 0
    and the connection is closed. Also sent late, for a mechanism that is not allowed.

    LinkChannel, server message 2.
    """

    CHANNEL: ClassVar[str] = "link"
    DIRECTION: ClassVar[str] = "server"
    NAME: ClassVar[str] = "reply"
    NUMBER: ClassVar[int] = 2
    __slots__ = ("error", "pub_key", "num_common_caps", "num_channel_caps", "caps_offset", "common_caps", "channel_caps")
    error: int
    pub_key: Buffer  # RSA key in DER, SubjectPublicKeyInfo; all 0 where SASL is used
    num_common_caps: int  # words
    num_channel_caps: int  # words
    caps_offset: int  # of common_caps, from the first byte of this message; 178 here
    common_caps: list[int]  # bits by common_cap
    channel_caps: list[int]  # bits by the channel's capabilities
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("error", "error", s.Number(0, 4294967295, LinkErr)),
        s.Field("pub_key", "pub_key", s.Octets(162)),
        s.Field("num_common_caps", "num_common_caps", s.U32, derived=True),
        s.Field("num_channel_caps", "num_channel_caps", s.U32, derived=True),
        s.Field("caps_offset", "caps_offset", s.U32),
        s.Field("common_caps", "common_caps", s.Items(s.U32, ("num_common_caps",))),
        s.Field("channel_caps", "channel_caps", s.Items(s.U32, ("num_channel_caps",))),
    )

    def __init__(self, error: int, pub_key: Buffer, caps_offset: int, common_caps: list[int], channel_caps: list[int], *, num_common_caps: int | None = None, num_channel_caps: int | None = None) -> None:
        self.error = error
        self.pub_key = pub_key
        self.num_common_caps = _len(common_caps) if num_common_caps is None else num_common_caps
        self.num_channel_caps = _len(channel_caps) if num_channel_caps is None else num_channel_caps
        self.caps_offset = caps_offset
        self.common_caps = common_caps
        self.channel_caps = channel_caps

    @staticmethod
    def parse(data: Buffer, limits: Limits | None = None, minor: int | None = None) -> ServerReply:
        end = len(data)
        extent = None if limits is None and end < SMALL else Extent(end, limits)
        try:
            m = _new_ServerReply()
            m.error, m.pub_key, num_common_caps, num_channel_caps, m.caps_offset = _unpack_from_7(data)
            m.num_common_caps = num_common_caps
            m.num_channel_caps = num_channel_caps
            pos = 178
            if num_common_caps * 4 > end - pos:
                raise beyond("common_caps", num_common_caps * 4, end - pos, pos)
            if extent is not None:
                extent.add_elements(num_common_caps)
            m.common_caps = list(_unpack_from(f"<{num_common_caps}I", data, pos))
            pos += num_common_caps * 4
            if num_channel_caps * 4 > end - pos:
                raise beyond("channel_caps", num_channel_caps * 4, end - pos, pos)
            if extent is not None:
                extent.add_elements(num_channel_caps)
            m.channel_caps = list(_unpack_from(f"<{num_channel_caps}I", data, pos))
            pos += num_channel_caps * 4
            if extent is not None:
                extent.add_range(0, pos)
                extent.finish(end)
            return m
        except _error:
            raise ends_early("link server reply", data) from None

    def write_buffers(self, minor: int | None = None) -> list[Buffer]:
        try:
            out: list[Buffer] = []
            queue: Queue = []
            size = 0
            pub_key = self.pub_key
            if type(pub_key) is not bytes:
                pub_key = octets(pub_key)
            if len(pub_key) != 162:
                raise Refused("pub_key needs 162 bytes")
            num_common_caps = self.num_common_caps
            num_channel_caps = self.num_channel_caps
            out.append(_pack_7(self.error, bytes(pub_key), num_common_caps, num_channel_caps, self.caps_offset))
            common_caps = self.common_caps
            if len(common_caps) != num_common_caps:
                raise Refused("common_caps has another length than counted")
            out.append(_pack(f"<{len(common_caps)}I", *common_caps))
            channel_caps = self.channel_caps
            if len(channel_caps) != num_channel_caps:
                raise Refused("channel_caps has another length than counted")
            out.append(_pack(f"<{len(channel_caps)}I", *channel_caps))
            return out
        except UNSENDABLE as error:
            refuse(self, error, minor)


@dataclass(init=False, repr=False, eq=False)
class ServerSaslMechlist(Message):
    """SASL mechanisms on offer. The client answers with sasl_mechname and sasl_start.

    LinkChannel, server message 3.
    """

    CHANNEL: ClassVar[str] = "link"
    DIRECTION: ClassVar[str] = "server"
    NAME: ClassVar[str] = "sasl_mechlist"
    NUMBER: ClassVar[int] = 3
    __slots__ = ("size", "mechlist")
    size: int  # bytes, at most 300 for known clients
    mechlist: Buffer  # names, with a comma before, between and after them
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("size", "size", s.U32, derived=True),
        s.Field("mechlist", "mechlist", s.Octets(("size",))),
    )

    def __init__(self, mechlist: Buffer, *, size: int | None = None) -> None:
        self.size = _len(mechlist) if size is None else size
        self.mechlist = mechlist

    @staticmethod
    def parse(data: Buffer, limits: Limits | None = None, minor: int | None = None) -> ServerSaslMechlist:
        end = len(data)
        try:
            m = _new_ServerSaslMechlist()
            size, = _unpack_from_2(data)
            m.size = size
            stop = 4 + size
            if stop > end:
                raise beyond("mechlist", size, end - 4, 4)
            m.mechlist = data[4:stop]
            if limits is not None or end >= SMALL:
                settle(stop, data, limits)
            return m
        except _error:
            raise ends_early("link server sasl_mechlist", data) from None

    def write_buffers(self, minor: int | None = None) -> list[Buffer]:
        try:
            out: list[Buffer] = []
            queue: Queue = []
            size = 0
            size_ = self.size
            out.append(_pack_2(size_))
            mechlist = self.mechlist
            if type(mechlist) is not bytes:
                mechlist = octets(mechlist)
            if len(mechlist) != size_:
                raise Refused("mechlist has another length than counted")
            out.append(mechlist)
            return out
        except UNSENDABLE as error:
            refuse(self, error, minor)


@dataclass(init=False, repr=False, eq=False)
class ServerSaslStart(Message):
    """First challenge of the SASL mechanism. The client goes on with sasl_step if needed.

    LinkChannel, server message 4.
    """

    CHANNEL: ClassVar[str] = "link"
    DIRECTION: ClassVar[str] = "server"
    NAME: ClassVar[str] = "sasl_start"
    NUMBER: ClassVar[int] = 4
    __slots__ = ("size", "data", "complete")
    size: int  # bytes, 0 for "none"; limited to 1 MiB
    data: Buffer  # with one byte at the end that does not belong to the data
    complete: int  # 1 when the server needs no further step
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("size", "size", s.U32, derived=True),
        s.Field("data", "data", s.Octets(("size",))),
        s.Field("complete", "complete", s.U8),
    )

    def __init__(self, data: Buffer, complete: int, *, size: int | None = None) -> None:
        self.size = _len(data) if size is None else size
        self.data = data
        self.complete = complete

    @staticmethod
    def parse(data: Buffer, limits: Limits | None = None, minor: int | None = None) -> ServerSaslStart:
        end = len(data)
        try:
            m = _new_ServerSaslStart()
            size, = _unpack_from_2(data)
            m.size = size
            stop = 4 + size
            if stop > end:
                raise beyond("data", size, end - 4, 4)
            m.data = data[4:stop]
            m.complete, = _unpack_from_8(data, stop)
            pos = stop + 1
            if limits is not None or end >= SMALL:
                settle(pos, data, limits)
            return m
        except _error:
            raise ends_early("link server sasl_start", data) from None

    def write_buffers(self, minor: int | None = None) -> list[Buffer]:
        try:
            out: list[Buffer] = []
            queue: Queue = []
            size = 0
            size_ = self.size
            out.append(_pack_2(size_))
            data = self.data
            if type(data) is not bytes:
                data = octets(data)
            if len(data) != size_:
                raise Refused("data has another length than counted")
            out.append(data)
            out.append(_pack_8(self.complete))
            return out
        except UNSENDABLE as error:
            refuse(self, error, minor)


@dataclass(init=False, repr=False, eq=False)
class ServerSaslStep(Message):
    """Next challenge of the SASL mechanism.

    LinkChannel, server message 5.
    """

    CHANNEL: ClassVar[str] = "link"
    DIRECTION: ClassVar[str] = "server"
    NAME: ClassVar[str] = "sasl_step"
    NUMBER: ClassVar[int] = 5
    __slots__ = ("size", "data", "complete")
    size: int  # bytes, 0 for "none"; limited to 1 MiB
    data: Buffer  # with one byte at the end that does not belong to the data
    complete: int  # 1 when the server needs no further step
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("size", "size", s.U32, derived=True),
        s.Field("data", "data", s.Octets(("size",))),
        s.Field("complete", "complete", s.U8),
    )

    def __init__(self, data: Buffer, complete: int, *, size: int | None = None) -> None:
        self.size = _len(data) if size is None else size
        self.data = data
        self.complete = complete

    @staticmethod
    def parse(data: Buffer, limits: Limits | None = None, minor: int | None = None) -> ServerSaslStep:
        end = len(data)
        try:
            m = _new_ServerSaslStep()
            size, = _unpack_from_2(data)
            m.size = size
            stop = 4 + size
            if stop > end:
                raise beyond("data", size, end - 4, 4)
            m.data = data[4:stop]
            m.complete, = _unpack_from_8(data, stop)
            pos = stop + 1
            if limits is not None or end >= SMALL:
                settle(pos, data, limits)
            return m
        except _error:
            raise ends_early("link server sasl_step", data) from None

    def write_buffers(self, minor: int | None = None) -> list[Buffer]:
        try:
            out: list[Buffer] = []
            queue: Queue = []
            size = 0
            size_ = self.size
            out.append(_pack_2(size_))
            data = self.data
            if type(data) is not bytes:
                data = octets(data)
            if len(data) != size_:
                raise Refused("data has another length than counted")
            out.append(data)
            out.append(_pack_8(self.complete))
            return out
        except UNSENDABLE as error:
            refuse(self, error, minor)


@dataclass(init=False, repr=False, eq=False)
class ServerAuthResult(Message):
    """Ends the link stage. Unless it is OK the connection is closed.

    LinkChannel, server message 6.
    """

    CHANNEL: ClassVar[str] = "link"
    DIRECTION: ClassVar[str] = "server"
    NAME: ClassVar[str] = "auth_result"
    NUMBER: ClassVar[int] = 6
    __slots__ = ("error",)
    error: int  # OK, PERMISSION_DENIED, BAD_CONNECTION_ID or CHANNEL_NOT_AVAILABLE
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("error", "error", s.Number(0, 4294967295, LinkErr)),
    )

    def __init__(self, error: int) -> None:
        self.error = error

    @staticmethod
    def parse(data: Buffer, limits: Limits | None = None, minor: int | None = None) -> ServerAuthResult:
        if limits is not None:
            check_size(len(data), limits)
        try:
            m = _new_ServerAuthResult()
            m.error, = _unpack_2(data)
            return m
        except _error:
            return ServerAuthResult.parse(prefix("link server auth_result", data, 4, limits), None, minor)

    def write_buffers(self, minor: int | None = None) -> list[Buffer]:
        try:
            return [_pack_2(self.error)]
        except UNSENDABLE as error:
            refuse(self, error, minor)


@dataclass(init=False, repr=False, eq=False)
class ServerSaslRejected(Message):
    """In place of auth_result, when SASL succeeded but its protection is too weak.

    LinkChannel, server message 7.
    """

    CHANNEL: ClassVar[str] = "link"
    DIRECTION: ClassVar[str] = "server"
    NAME: ClassVar[str] = "sasl_rejected"
    NUMBER: ClassVar[int] = 7
    __slots__ = ("error", "size", "reason")
    error: int  # ERROR
    size: int  # bytes of the text, with its NUL
    reason: Buffer
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("error", "error", s.Number(0, 4294967295, LinkErr)),
        s.Field("size", "size", s.U32, derived=True),
        s.Field("reason", "reason", s.Octets(("size",)), text=True),
    )

    def __init__(self, error: int, reason: Buffer, *, size: int | None = None) -> None:
        self.error = error
        self.size = _len(reason) if size is None else size
        self.reason = reason

    @property
    def reason_text(self) -> str:
        """``reason`` as text, up to its NUL if it has one."""
        return text_of(self.reason)

    @staticmethod
    def parse(data: Buffer, limits: Limits | None = None, minor: int | None = None) -> ServerSaslRejected:
        end = len(data)
        try:
            m = _new_ServerSaslRejected()
            m.error, size = _unpack_from_9(data)
            m.size = size
            stop = 8 + size
            if stop > end:
                raise beyond("reason", size, end - 8, 8)
            m.reason = data[8:stop]
            if limits is not None or end >= SMALL:
                settle(stop, data, limits)
            return m
        except _error:
            raise ends_early("link server sasl_rejected", data) from None

    def write_buffers(self, minor: int | None = None) -> list[Buffer]:
        try:
            out: list[Buffer] = []
            queue: Queue = []
            size = 0
            size_ = self.size
            out.append(_pack_9(self.error, size_))
            reason = self.reason
            if type(reason) is not bytes:
                reason = octets(reason)
            if len(reason) != size_:
                raise Refused("reason has another length than counted")
            out.append(reason)
            return out
        except UNSENDABLE as error:
            refuse(self, error, minor)


@dataclass(init=False, repr=False, eq=False)
class ServerDataHeader(Message):
    """In front of each message from the server: the long form.

    LinkChannel, server message 8.
    """

    CHANNEL: ClassVar[str] = "link"
    DIRECTION: ClassVar[str] = "server"
    NAME: ClassVar[str] = "data_header"
    NUMBER: ClassVar[int] = 8
    __slots__ = ("serial", "type", "size", "sub_list")
    serial: int  # number of the message in its direction, from 1
    type: int  # number of the message on its channel
    size: int  # bytes of the body
    sub_list: int  # where in the body a sub_message_list starts, 0 for none
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("serial", "serial", s.U64),
        s.Field("type", "type", s.U16),
        s.Field("size", "size", s.U32),
        s.Field("sub_list", "sub_list", s.U32),
    )

    def __init__(self, serial: int, type: int, size: int, sub_list: int) -> None:
        self.serial = serial
        self.type = type
        self.size = size
        self.sub_list = sub_list

    @staticmethod
    def parse(data: Buffer, limits: Limits | None = None, minor: int | None = None) -> ServerDataHeader:
        if limits is not None:
            check_size(len(data), limits)
        try:
            m = _new_ServerDataHeader()
            m.serial, m.type, m.size, m.sub_list = _unpack_4(data)
            return m
        except _error:
            return ServerDataHeader.parse(prefix("link server data_header", data, 18, limits), None, minor)

    def write_buffers(self, minor: int | None = None) -> list[Buffer]:
        try:
            return [_pack_4(self.serial, self.type, self.size, self.sub_list)]
        except UNSENDABLE as error:
            refuse(self, error, minor)


@dataclass(init=False, repr=False, eq=False)
class ServerMiniDataHeader(Message):
    """In front of each message from the server: the short form.

    LinkChannel, server message 9.
    """

    CHANNEL: ClassVar[str] = "link"
    DIRECTION: ClassVar[str] = "server"
    NAME: ClassVar[str] = "mini_data_header"
    NUMBER: ClassVar[int] = 9
    __slots__ = ("type", "size")
    type: int  # number of the message on its channel
    size: int  # bytes of the body
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("type", "type", s.U16),
        s.Field("size", "size", s.U32),
    )

    def __init__(self, type: int, size: int) -> None:
        self.type = type
        self.size = size

    @staticmethod
    def parse(data: Buffer, limits: Limits | None = None, minor: int | None = None) -> ServerMiniDataHeader:
        if limits is not None:
            check_size(len(data), limits)
        try:
            m = _new_ServerMiniDataHeader()
            m.type, m.size = _unpack_5(data)
            return m
        except _error:
            return ServerMiniDataHeader.parse(prefix("link server mini_data_header", data, 6, limits), None, minor)

    def write_buffers(self, minor: int | None = None) -> list[Buffer]:
        try:
            return [_pack_5(self.type, self.size)]
        except UNSENDABLE as error:
            refuse(self, error, minor)


@dataclass(init=False, repr=False, eq=False)
class ServerSubMessageList(Message):
    """Inside a body of the server: pointed to by sub_list, or the body of a list message.

    LinkChannel, server message 10.
    """

    CHANNEL: ClassVar[str] = "link"
    DIRECTION: ClassVar[str] = "server"
    NAME: ClassVar[str] = "sub_message_list"
    NUMBER: ClassVar[int] = 10
    __slots__ = ("size", "sub_messages")
    size: int  # how many
    sub_messages: list[int]  # where in the body each sub_message starts
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("size", "size", s.U16, derived=True),
        s.Field("sub_messages", "sub_messages", s.Items(s.U32, ("size",))),
    )

    def __init__(self, sub_messages: list[int], *, size: int | None = None) -> None:
        self.size = _len(sub_messages) if size is None else size
        self.sub_messages = sub_messages

    @staticmethod
    def parse(data: Buffer, limits: Limits | None = None, minor: int | None = None) -> ServerSubMessageList:
        end = len(data)
        extent = None if limits is None and end < SMALL else Extent(end, limits)
        try:
            m = _new_ServerSubMessageList()
            size, = _unpack_from_6(data)
            m.size = size
            pos = 2
            if size * 4 > end - pos:
                raise beyond("sub_messages", size * 4, end - pos, pos)
            if extent is not None:
                extent.add_elements(size)
            m.sub_messages = list(_unpack_from(f"<{size}I", data, pos))
            pos += size * 4
            if extent is not None:
                extent.add_range(0, pos)
                extent.finish(end)
            return m
        except _error:
            raise ends_early("link server sub_message_list", data) from None

    def write_buffers(self, minor: int | None = None) -> list[Buffer]:
        try:
            out: list[Buffer] = []
            queue: Queue = []
            size = 0
            size_ = self.size
            out.append(_pack_6(size_))
            sub_messages = self.sub_messages
            if len(sub_messages) != size_:
                raise Refused("sub_messages has another length than counted")
            out.append(_pack(f"<{len(sub_messages)}I", *sub_messages))
            return out
        except UNSENDABLE as error:
            refuse(self, error, minor)


@dataclass(init=False, repr=False, eq=False)
class ServerSubMessage(Message):
    """Inside a body of the server.

    LinkChannel, server message 11.
    """

    CHANNEL: ClassVar[str] = "link"
    DIRECTION: ClassVar[str] = "server"
    NAME: ClassVar[str] = "sub_message"
    NUMBER: ClassVar[int] = 11
    __slots__ = ("type", "size", "data")
    type: int  # number of the message on its channel
    size: int  # bytes of its body
    data: Buffer  # its body; pointers in it count from its first byte
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("type", "type", s.U16),
        s.Field("size", "size", s.U32, derived=True),
        s.Field("data", "data", s.Octets(("size",))),
    )

    def __init__(self, type: int, data: Buffer, *, size: int | None = None) -> None:
        self.type = type
        self.size = _len(data) if size is None else size
        self.data = data

    @staticmethod
    def parse(data: Buffer, limits: Limits | None = None, minor: int | None = None) -> ServerSubMessage:
        end = len(data)
        try:
            m = _new_ServerSubMessage()
            m.type, size = _unpack_from_5(data)
            m.size = size
            stop = 6 + size
            if stop > end:
                raise beyond("data", size, end - 6, 6)
            m.data = data[6:stop]
            if limits is not None or end >= SMALL:
                settle(stop, data, limits)
            return m
        except _error:
            raise ends_early("link server sub_message", data) from None

    def write_buffers(self, minor: int | None = None) -> list[Buffer]:
        try:
            out: list[Buffer] = []
            queue: Queue = []
            size = 0
            size_ = self.size
            out.append(_pack_5(self.type, size_))
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
    1: ServerHeader,
    2: ServerReply,
    3: ServerSaslMechlist,
    4: ServerSaslStart,
    5: ServerSaslStep,
    6: ServerAuthResult,
    7: ServerSaslRejected,
    8: ServerDataHeader,
    9: ServerMiniDataHeader,
    10: ServerSubMessageList,
    11: ServerSubMessage,
}
#: Messages the client sends, by number.
CLIENT: dict[int, type[Message]] = {
    1: ClientHeader,
    2: ClientMess,
    3: ClientAuthMechanism,
    4: ClientTicket,
    5: ClientSaslMechname,
    6: ClientSaslStart,
    7: ClientSaslStep,
    8: ClientDataHeader,
    9: ClientMiniDataHeader,
    10: ClientSubMessageList,
    11: ClientSubMessage,
}

_new_ClientAuthMechanism = partial(object.__new__, ClientAuthMechanism)
_new_ClientDataHeader = partial(object.__new__, ClientDataHeader)
_new_ClientHeader = partial(object.__new__, ClientHeader)
_new_ClientMess = partial(object.__new__, ClientMess)
_new_ClientMiniDataHeader = partial(object.__new__, ClientMiniDataHeader)
_new_ClientSaslMechname = partial(object.__new__, ClientSaslMechname)
_new_ClientSaslStart = partial(object.__new__, ClientSaslStart)
_new_ClientSaslStep = partial(object.__new__, ClientSaslStep)
_new_ClientSubMessage = partial(object.__new__, ClientSubMessage)
_new_ClientSubMessageList = partial(object.__new__, ClientSubMessageList)
_new_ClientTicket = partial(object.__new__, ClientTicket)
_new_ServerAuthResult = partial(object.__new__, ServerAuthResult)
_new_ServerDataHeader = partial(object.__new__, ServerDataHeader)
_new_ServerHeader = partial(object.__new__, ServerHeader)
_new_ServerMiniDataHeader = partial(object.__new__, ServerMiniDataHeader)
_new_ServerReply = partial(object.__new__, ServerReply)
_new_ServerSaslMechlist = partial(object.__new__, ServerSaslMechlist)
_new_ServerSaslRejected = partial(object.__new__, ServerSaslRejected)
_new_ServerSaslStart = partial(object.__new__, ServerSaslStart)
_new_ServerSaslStep = partial(object.__new__, ServerSaslStep)
_new_ServerSubMessage = partial(object.__new__, ServerSubMessage)
_new_ServerSubMessageList = partial(object.__new__, ServerSubMessageList)
