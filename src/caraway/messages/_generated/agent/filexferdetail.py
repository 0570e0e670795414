# Made by 'caraway proto build' from agent.proto; do not edit.
"""Layouts of the detail of a file_xfer_status, numbered as file_xfer_result. No channel of the
protocol: these bytes are seen through the view in FileXferStatus.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from struct import Struct, error as _error
from typing import ClassVar
from caraway.wire import schema as s
from caraway.wire.codec import UNSENDABLE, prefix, refuse
from caraway.wire.limits import Limits, check_size
from caraway.wire.record import Buffer, Message
from caraway.messages._generated.agent.enums import FileXferErrorType

_struct_0 = Struct("<BI")
_pack_0 = _struct_0.pack
_unpack_0 = _struct_0.unpack
_struct_1 = Struct("<Q")
_pack_1 = _struct_1.pack
_unpack_1 = _struct_1.unpack


@dataclass(init=False, repr=False, eq=False)
class ServerError(Message):
    """What went wrong.

    FileXferDetail, server message 2.
    """

    CHANNEL: ClassVar[str] = "filexferdetail"
    DIRECTION: ClassVar[str] = "server"
    NAME: ClassVar[str] = "error"
    NUMBER: ClassVar[int] = 2
    __slots__ = ("type", "code")
    type: int
    code: int
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("type", "type", s.Number(0, 255, FileXferErrorType)),
        s.Field("code", "code", s.U32),
    )

    def __init__(self, type: int, code: int) -> None:
        self.type = type
        self.code = code

    @staticmethod
    def parse(data: Buffer, limits: Limits | None = None, minor: int | None = None) -> ServerError:
        if limits is not None:
            check_size(len(data), limits)
        try:
            m = _new_ServerError()
            m.type, m.code = _unpack_0(data)
            return m
        except _error:
            return ServerError.parse(prefix("filexferdetail server error", data, 5, limits), None, minor)

    def write_buffers(self, minor: int | None = None) -> list[Buffer]:
        try:
            return [_pack_0(self.type, self.code)]
        except UNSENDABLE as error:
            refuse(self, error, minor)


@dataclass(init=False, repr=False, eq=False)
class ServerNotEnoughSpace(Message):
    """How much room there is.

    FileXferDetail, server message 4.
    """

    CHANNEL: ClassVar[str] = "filexferdetail"
    DIRECTION: ClassVar[str] = "server"
    NAME: ClassVar[str] = "not_enough_space"
    NUMBER: ClassVar[int] = 4
    __slots__ = ("disk_free_space",)
    disk_free_space: int  # bytes
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("disk_free_space", "disk_free_space", s.U64),
    )

    def __init__(self, disk_free_space: int) -> None:
        self.disk_free_space = disk_free_space

    @staticmethod
    def parse(data: Buffer, limits: Limits | None = None, minor: int | None = None) -> ServerNotEnoughSpace:
        if limits is not None:
            check_size(len(data), limits)
        try:
            m = _new_ServerNotEnoughSpace()
            m.disk_free_space, = _unpack_1(data)
            return m
        except _error:
            return ServerNotEnoughSpace.parse(prefix("filexferdetail server not_enough_space", data, 8, limits), None, minor)

    def write_buffers(self, minor: int | None = None) -> list[Buffer]:
        try:
            return [_pack_1(self.disk_free_space)]
        except UNSENDABLE as error:
            refuse(self, error, minor)


#: Messages the server sends, by number.
SERVER: dict[int, type[Message]] = {
    2: ServerError,
    4: ServerNotEnoughSpace,
}
#: Messages the client sends, by number.
CLIENT: dict[int, type[Message]] = {
    # none
}

_new_ServerError = partial(object.__new__, ServerError)
_new_ServerNotEnoughSpace = partial(object.__new__, ServerNotEnoughSpace)
