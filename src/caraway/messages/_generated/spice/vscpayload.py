# Made by 'caraway proto build' from spice.proto; do not edit.
"""Layouts of the data of a smartcard message, numbered as vsc_message_type. No channel of the
protocol: these bytes are seen through the view of SmartcardChannel.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from struct import Struct, error as _error, pack as _pack, unpack_from as _unpack_from
from typing import ClassVar
from caraway.wire import schema as s
from caraway.wire.codec import UNSENDABLE, beyond, ends_early, octets, prefix, refuse, settle, uneven
from caraway.wire.limits import Extent, Limits, SMALL, check_size
from caraway.wire.record import Buffer, Message, Queue, text_of

_struct_0 = Struct("<2I")
_pack_0 = _struct_0.pack
_unpack_from_0 = _struct_0.unpack_from
_struct_1 = Struct("<I")
_pack_1 = _struct_1.pack
_unpack_1 = _struct_1.unpack


@dataclass(init=False, repr=False, eq=False)
class ServerInit(Message):
    """Version exchange of libcacard. SPICE servers ignore it.

    VscPayload, server message 1.
    """

    CHANNEL: ClassVar[str] = "vscpayload"
    DIRECTION: ClassVar[str] = "server"
    NAME: ClassVar[str] = "init"
    NUMBER: ClassVar[int] = 1
    __slots__ = ("magic", "version", "capabilities")
    magic: int  # bytes "VSCD"
    version: int
    capabilities: list[int]  # bits
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("magic", "magic", s.U32),
        s.Field("version", "version", s.U32),
        s.Field("capabilities", "capabilities", s.Items(s.U32, None)),
    )

    def __init__(self, magic: int, version: int, capabilities: list[int]) -> None:
        self.magic = magic
        self.version = version
        self.capabilities = capabilities

    @staticmethod
    def parse(data: Buffer, limits: Limits | None = None, minor: int | None = None) -> ServerInit:
        end = len(data)
        extent = None if limits is None and end < SMALL else Extent(end, limits)
        try:
            m = _new_ServerInit()
            m.magic, m.version = _unpack_from_0(data)
            pos = 8
            left = end - pos
            if left % 4:
                raise uneven("capabilities", left, 4, pos)
            if left // 4 * 4 > end - pos:
                raise beyond("capabilities", left // 4 * 4, end - pos, pos)
            if extent is not None:
                extent.add_elements(left // 4)
            m.capabilities = list(_unpack_from(f"<{left // 4}I", data, pos))
            pos += left // 4 * 4
            if extent is not None:
                extent.add_range(0, pos)
                extent.finish(end)
            return m
        except _error:
            raise ends_early("vscpayload server init", data) from None

    def write_buffers(self, minor: int | None = None) -> list[Buffer]:
        try:
            out: list[Buffer] = []
            queue: Queue = []
            size = 0
            out.append(_pack_0(self.magic, self.version))
            capabilities = self.capabilities
            out.append(_pack(f"<{len(capabilities)}I", *capabilities))
            return out
        except UNSENDABLE as error:
            refuse(self, error, minor)


@dataclass(init=False, repr=False, eq=False)
class ServerError(Message):
    """Answers a message; code 0 is success, and is how a new reader learns its reader_id.

    VscPayload, server message 2.
    """

    CHANNEL: ClassVar[str] = "vscpayload"
    DIRECTION: ClassVar[str] = "server"
    NAME: ClassVar[str] = "error"
    NUMBER: ClassVar[int] = 2
    __slots__ = ("code",)
    code: int  # 0 success, 1 general error, 2 cannot add more readers
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("code", "code", s.U32),
    )

    def __init__(self, code: int) -> None:
        self.code = code

    @staticmethod
    def parse(data: Buffer, limits: Limits | None = None, minor: int | None = None) -> ServerError:
        if limits is not None:
            check_size(len(data), limits)
        try:
            m = _new_ServerError()
            m.code, = _unpack_1(data)
            return m
        except _error:
            return ServerError.parse(prefix("vscpayload server error", data, 4, limits), None, minor)

    def write_buffers(self, minor: int | None = None) -> list[Buffer]:
        try:
            return [_pack_1(self.code)]
        except UNSENDABLE as error:
            refuse(self, error, minor)


@dataclass(init=False, repr=False, eq=False)
class ServerReaderAdd(Message):
    """The client has a new reader. The server answers with error, which brings the reader_id.

    VscPayload, server message 3.
    """

    CHANNEL: ClassVar[str] = "vscpayload"
    DIRECTION: ClassVar[str] = "server"
    NAME: ClassVar[str] = "reader_add"
    NUMBER: ClassVar[int] = 3
    __slots__ = ("name",)
    name: Buffer  # UTF-8, with a NUL
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("name", "name", s.Octets(None), text=True),
    )

    def __init__(self, name: Buffer) -> None:
        self.name = name

    @property
    def name_text(self) -> str:
        """``name`` as text, up to its NUL if it has one."""
        return text_of(self.name)

    @staticmethod
    def parse(data: Buffer, limits: Limits | None = None, minor: int | None = None) -> ServerReaderAdd:
        end = len(data)
        try:
            m = _new_ServerReaderAdd()
            m.name = data[0:end]
            if limits is not None or end >= SMALL:
                settle(end, data, limits)
            return m
        except _error:
            raise ends_early("vscpayload server reader_add", data) from None

    def write_buffers(self, minor: int | None = None) -> list[Buffer]:
        try:
            out: list[Buffer] = []
            queue: Queue = []
            size = 0
            name = self.name
            if type(name) is not bytes:
                name = octets(name)
            out.append(name)
            return out
        except UNSENDABLE as error:
            refuse(self, error, minor)


@dataclass(init=False, repr=False, eq=False)
class ServerReaderRemove(Message):
    """A reader is gone. Answered by error.

    VscPayload, server message 4.
    """

    CHANNEL: ClassVar[str] = "vscpayload"
    DIRECTION: ClassVar[str] = "server"
    NAME: ClassVar[str] = "reader_remove"
    NUMBER: ClassVar[int] = 4
    __slots__ = ()
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
    )

    def __init__(self) -> None:
        pass

    @staticmethod
    def parse(data: Buffer, limits: Limits | None = None, minor: int | None = None) -> ServerReaderRemove:
        if data:
            settle(0, data, limits)
        m = _new_ServerReaderRemove()
        return m

    def write_buffers(self, minor: int | None = None) -> list[Buffer]:
        try:
            return [b""]
        except UNSENDABLE as error:
            refuse(self, error, minor)


@dataclass(init=False, repr=False, eq=False)
class ServerAtr(Message):
    """A card was inserted. Answered by error.

    VscPayload, server message 5.
    """

    CHANNEL: ClassVar[str] = "vscpayload"
    DIRECTION: ClassVar[str] = "server"
    NAME: ClassVar[str] = "atr"
    NUMBER: ClassVar[int] = 5
    __slots__ = ("atr",)
    atr: Buffer  # answer to reset
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("atr", "atr", s.Octets(None)),
    )

    def __init__(self, atr: Buffer) -> None:
        self.atr = atr

    @staticmethod
    def parse(data: Buffer, limits: Limits | None = None, minor: int | None = None) -> ServerAtr:
        end = len(data)
        try:
            m = _new_ServerAtr()
            m.atr = data[0:end]
            if limits is not None or end >= SMALL:
                settle(end, data, limits)
            return m
        except _error:
            raise ends_early("vscpayload server atr", data) from None

    def write_buffers(self, minor: int | None = None) -> list[Buffer]:
        try:
            out: list[Buffer] = []
            queue: Queue = []
            size = 0
            atr = self.atr
            if type(atr) is not bytes:
                atr = octets(atr)
            out.append(atr)
            return out
        except UNSENDABLE as error:
            refuse(self, error, minor)


@dataclass(init=False, repr=False, eq=False)
class ServerCardRemove(Message):
    """The card was taken out. Answered by error.

    VscPayload, server message 6.
    """

    CHANNEL: ClassVar[str] = "vscpayload"
    DIRECTION: ClassVar[str] = "server"
    NAME: ClassVar[str] = "card_remove"
    NUMBER: ClassVar[int] = 6
    __slots__ = ()
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
    )

    def __init__(self) -> None:
        pass

    @staticmethod
    def parse(data: Buffer, limits: Limits | None = None, minor: int | None = None) -> ServerCardRemove:
        if data:
            settle(0, data, limits)
        m = _new_ServerCardRemove()
        return m

    def write_buffers(self, minor: int | None = None) -> list[Buffer]:
        try:
            return [b""]
        except UNSENDABLE as error:
            refuse(self, error, minor)


@dataclass(init=False, repr=False, eq=False)
class ServerApdu(Message):
    """A command to the card, or its answer.

    VscPayload, server message 7.
    """

    CHANNEL: ClassVar[str] = "vscpayload"
    DIRECTION: ClassVar[str] = "server"
    NAME: ClassVar[str] = "apdu"
    NUMBER: ClassVar[int] = 7
    __slots__ = ("data",)
    data: Buffer
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("data", "data", s.Octets(None)),
    )

    def __init__(self, data: Buffer) -> None:
        self.data = data

    @staticmethod
    def parse(data: Buffer, limits: Limits | None = None, minor: int | None = None) -> ServerApdu:
        end = len(data)
        try:
            m = _new_ServerApdu()
            m.data = data[0:end]
            if limits is not None or end >= SMALL:
                settle(end, data, limits)
            return m
        except _error:
            raise ends_early("vscpayload server apdu", data) from None

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
class ServerFlush(Message):
    """Asks to finish what is under way. Answered by flush_complete. Not used by SPICE.

    VscPayload, server message 8.
    """

    CHANNEL: ClassVar[str] = "vscpayload"
    DIRECTION: ClassVar[str] = "server"
    NAME: ClassVar[str] = "flush"
    NUMBER: ClassVar[int] = 8
    __slots__ = ()
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
    )

    def __init__(self) -> None:
        pass

    @staticmethod
    def parse(data: Buffer, limits: Limits | None = None, minor: int | None = None) -> ServerFlush:
        if data:
            settle(0, data, limits)
        m = _new_ServerFlush()
        return m

    def write_buffers(self, minor: int | None = None) -> list[Buffer]:
        try:
            return [b""]
        except UNSENDABLE as error:
            refuse(self, error, minor)


@dataclass(init=False, repr=False, eq=False)
class ServerFlushComplete(Message):
    """Answers flush.

    VscPayload, server message 9.
    """

    CHANNEL: ClassVar[str] = "vscpayload"
    DIRECTION: ClassVar[str] = "server"
    NAME: ClassVar[str] = "flush_complete"
    NUMBER: ClassVar[int] = 9
    __slots__ = ()
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
    )

    def __init__(self) -> None:
        pass

    @staticmethod
    def parse(data: Buffer, limits: Limits | None = None, minor: int | None = None) -> ServerFlushComplete:
        if data:
            settle(0, data, limits)
        m = _new_ServerFlushComplete()
        return m

    def write_buffers(self, minor: int | None = None) -> list[Buffer]:
        try:
            return [b""]
        except UNSENDABLE as error:
            refuse(self, error, minor)


#: Messages the server sends, by number.
SERVER: dict[int, type[Message]] = {
    1: ServerInit,
    2: ServerError,
    3: ServerReaderAdd,
    4: ServerReaderRemove,
    5: ServerAtr,
    6: ServerCardRemove,
    7: ServerApdu,
    8: ServerFlush,
    9: ServerFlushComplete,
}
#: Messages the client sends, by number.
CLIENT: dict[int, type[Message]] = {
    # none
}

_new_ServerApdu = partial(object.__new__, ServerApdu)
_new_ServerAtr = partial(object.__new__, ServerAtr)
_new_ServerCardRemove = partial(object.__new__, ServerCardRemove)
_new_ServerError = partial(object.__new__, ServerError)
_new_ServerFlush = partial(object.__new__, ServerFlush)
_new_ServerFlushComplete = partial(object.__new__, ServerFlushComplete)
_new_ServerInit = partial(object.__new__, ServerInit)
_new_ServerReaderAdd = partial(object.__new__, ServerReaderAdd)
_new_ServerReaderRemove = partial(object.__new__, ServerReaderRemove)
