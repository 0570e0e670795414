# Made by 'caraway proto build' from agent.proto; do not edit.
"""Body of a message; its number and size are in the header before it."""

from __future__ import annotations

from builtins import len as _len
from dataclasses import dataclass
from functools import partial
from struct import Struct, error as _error, pack as _pack, unpack_from as _unpack_from
from typing import ClassVar
from caraway.wire import schema as s
from caraway.wire.codec import Refused, UNSENDABLE, beyond, ends_early, octets, prefix, refuse, settle, uneven
from caraway.wire.limits import Extent, Limits, SMALL, check_size
from caraway.wire.record import Buffer, Message, Queue, text_of
from caraway.messages._generated.agent.enums import AgentMessageType, ClipboardSelection, ClipboardType, DisplayConfigFlags, FileXferResult, MonitorsConfigFlags, ReplyError
from caraway.messages._generated.agent.structs import DeviceDisplayInfo, MonConfig, MonitorMM
from caraway.messages._generated.agent import filexferdetail

_struct_0 = Struct("<3IB")
_pack_0 = _struct_0.pack
_unpack_0 = _struct_0.unpack
_struct_1 = Struct("<2I")
_pack_1 = _struct_1.pack
_unpack_1 = _struct_1.unpack
_unpack_from_1 = _struct_1.unpack_from
_struct_2 = Struct("<3I2i")
_iter_unpack_2 = _struct_2.iter_unpack
_pack_2 = _struct_2.pack
_struct_3 = Struct("<2H")
_iter_unpack_3 = _struct_3.iter_unpack
_pack_3 = _struct_3.pack
_struct_4 = Struct("<B")
_pack_4 = _struct_4.pack
_unpack_from_4 = _struct_4.unpack_from
_struct_5 = Struct("<1x")
_pack_5 = _struct_5.pack
_unpack_from_5 = _struct_5.unpack_from
_struct_6 = Struct("<2x")
_pack_6 = _struct_6.pack
_unpack_from_6 = _struct_6.unpack_from
_struct_7 = Struct("<I")
_pack_7 = _struct_7.pack
_unpack_from_7 = _struct_7.unpack_from
_struct_8 = Struct("<IQ")
_pack_8 = _struct_8.pack
_unpack_from_8 = _struct_8.unpack_from
_struct_9 = Struct("<i")
_pack_9 = _struct_9.pack
_unpack_9 = _struct_9.unpack
_struct_10 = Struct("<3B")
_pack_10 = _struct_10.pack
_unpack_from_10 = _struct_10.unpack_from


@dataclass(init=False, repr=False, eq=False)
class ClientMouseState(Message):
    """Position and buttons of the mouse, in mouse mode CLIENT. From the server.

    AgentChannel, client message 1.
    """

    CHANNEL: ClassVar[str] = "agent"
    DIRECTION: ClassVar[str] = "client"
    NAME: ClassVar[str] = "mouse_state"
    NUMBER: ClassVar[int] = 1
    __slots__ = ("x", "y", "buttons", "display_id")
    x: int  # pixels on the monitor
    y: int
    buttons: int  # 2 left, 4 middle, 8 right, 16 wheel up, 32 wheel down, 64 side, 128 extra
    display_id: int  # display channel
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("x", "x", s.U32),
        s.Field("y", "y", s.U32),
        s.Field("buttons", "buttons", s.U32),
        s.Field("display_id", "display_id", s.U8),
    )

    def __init__(self, x: int, y: int, buttons: int, display_id: int) -> None:
        self.x = x
        self.y = y
        self.buttons = buttons
        self.display_id = display_id

    @staticmethod
    def parse(data: Buffer, limits: Limits | None = None, minor: int | None = None) -> ClientMouseState:
        if limits is not None:
            check_size(len(data), limits)
        try:
            m = _new_ClientMouseState()
            m.x, m.y, m.buttons, m.display_id = _unpack_0(data)
            return m
        except _error:
            return ClientMouseState.parse(prefix("agent client mouse_state", data, 13, limits), None, minor)

    def write_buffers(self, minor: int | None = None) -> list[Buffer]:
        try:
            return [_pack_0(self.x, self.y, self.buttons, self.display_id)]
        except UNSENDABLE as error:
            refuse(self, error, minor)


@dataclass(init=False, repr=False, eq=False)
class ClientMonitorsConfig(Message):
    """How many monitors the client shows, and how big. Answered by reply. The server may take it
    for itself and let the graphics device tell the guest.

    AgentChannel, client message 2.
    """

    CHANNEL: ClassVar[str] = "agent"
    DIRECTION: ClassVar[str] = "client"
    NAME: ClassVar[str] = "monitors_config"
    NUMBER: ClassVar[int] = 2
    __slots__ = ("num_of_monitors", "flags", "monitors", "physical")
    num_of_monitors: int
    flags: int  # USE_POS needs MONITORS_CONFIG_POSITION
    monitors: list[MonConfig]
    physical: list[MonitorMM] | None
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("num_of_monitors", "num_of_monitors", s.U32, derived=True),
        s.Field("flags", "flags", s.Number(0, 4294967295, MonitorsConfigFlags, True)),
        s.Field("monitors", "monitors", s.Items(s.Nested(MonConfig), ("num_of_monitors",))),
        s.Field("physical", "physical", s.Union(("flags",), True, (s.Choice(((2, False),), "monitors_mm", s.Items(s.Nested(MonitorMM), ("num_of_monitors",))),))),
    )

    def __init__(self, flags: int, monitors: list[MonConfig], *, num_of_monitors: int | None = None, physical: list[MonitorMM] | None = None) -> None:
        self.num_of_monitors = _len(monitors) if num_of_monitors is None else num_of_monitors
        self.flags = flags
        self.monitors = monitors
        self.physical = physical

    @staticmethod
    def parse(data: Buffer, limits: Limits | None = None, minor: int | None = None) -> ClientMonitorsConfig:
        end = len(data)
        extent = None if limits is None and end < SMALL else Extent(end, limits)
        try:
            m = _new_ClientMonitorsConfig()
            num_of_monitors, flags = _unpack_from_1(data)
            m.num_of_monitors = num_of_monitors
            m.flags = flags
            pos = 8
            if num_of_monitors * 20 > end - pos:
                raise beyond("monitors", num_of_monitors * 20, end - pos, pos)
            if extent is not None:
                extent.add_elements(num_of_monitors)
            stop = pos + num_of_monitors * 20
            m.monitors = [MonConfig(*v) for v in _iter_unpack_2(data[pos:stop])]
            pos = stop
            if flags & 2:
                if num_of_monitors * 4 > end - pos:
                    raise beyond("physical.monitors_mm", num_of_monitors * 4, end - pos, pos)
                if extent is not None:
                    extent.add_elements(num_of_monitors)
                stop = pos + num_of_monitors * 4
                m.physical = [MonitorMM(*v) for v in _iter_unpack_3(data[pos:stop])]
                pos = stop
            else:
                m.physical = None
            if extent is not None:
                extent.add_range(0, pos)
                extent.finish(end)
            return m
        except _error:
            raise ends_early("agent client monitors_config", data) from None

    def write_buffers(self, minor: int | None = None) -> list[Buffer]:
        try:
            out: list[Buffer] = []
            queue: Queue = []
            size = 0
            num_of_monitors = self.num_of_monitors
            flags = self.flags
            out.append(_pack_1(num_of_monitors, flags))
            monitors = self.monitors
            if len(monitors) != num_of_monitors:
                raise Refused("monitors has another length than counted")
            out += [_pack_2(monitors_item.height, monitors_item.width, monitors_item.depth, monitors_item.x, monitors_item.y) for monitors_item in monitors]
            physical = self.physical
            if flags & 2:
                if physical is None:
                    raise Refused("physical must not be None here")
                physical_monitors_mm = physical
                if len(physical_monitors_mm) != num_of_monitors:
                    raise Refused("physical_monitors_mm has another length than counted")
                out += [_pack_3(physical_monitors_mm_item.height, physical_monitors_mm_item.width) for physical_monitors_mm_item in physical_monitors_mm]
            elif physical is not None:
                raise Refused("physical must be None here")
            return out
        except UNSENDABLE as error:
            refuse(self, error, minor)


@dataclass(init=False, repr=False, eq=False)
class ClientClipboard(Message):
    """Content of the client's clipboard. Needs CLIPBOARD_BY_DEMAND.

    AgentChannel, client message 4.
    """

    CHANNEL: ClassVar[str] = "agent"
    DIRECTION: ClassVar[str] = "client"
    NAME: ClassVar[str] = "clipboard"
    NUMBER: ClassVar[int] = 4
    __slots__ = ("selection", "type", "data")
    selection: int
    type: int
    data: Buffer  # by type; lines of text end as the receiver of a capability expects
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("selection", "selection", s.Number(0, 255, ClipboardSelection), minor=1),
        s.Field("type", "type", s.Number(0, 4294967295, ClipboardType)),
        s.Field("data", "data", s.Octets(None)),
    )

    def __init__(self, selection: int, type: int, data: Buffer) -> None:
        self.selection = selection
        self.type = type
        self.data = data

    @staticmethod
    def parse(data: Buffer, limits: Limits | None = None, minor: int | None = None) -> ClientClipboard:
        end = len(data)
        try:
            m = _new_ClientClipboard()
            pos = 0
            if minor is None or minor >= 1:
                m.selection, = _unpack_from_4(data, pos)
                pos += 1
            else:
                m.selection = 0
            if minor is None or minor >= 1:
                _unpack_from_5(data, pos)
                pos += 1
            else:
                pass
            if minor is None or minor >= 1:
                _unpack_from_6(data, pos)
                pos += 2
            else:
                pass
            m.type, = _unpack_from_7(data, pos)
            pos += 4
            m.data = data[pos:end]
            if limits is not None or end >= SMALL:
                settle(end, data, limits)
            return m
        except _error:
            raise ends_early("agent client clipboard", data) from None

    def write_buffers(self, minor: int | None = None) -> list[Buffer]:
        try:
            out: list[Buffer] = []
            queue: Queue = []
            size = 0
            if minor is None or minor >= 1:
                out.append(_pack_4(self.selection))
            if minor is None or minor >= 1:
                out.append(_pack_5())
            if minor is None or minor >= 1:
                out.append(_pack_6())
            out.append(_pack_7(self.type))
            data = self.data
            if type(data) is not bytes:
                data = octets(data)
            out.append(data)
            return out
        except UNSENDABLE as error:
            refuse(self, error, minor)


@dataclass(init=False, repr=False, eq=False)
class ClientDisplayConfig(Message):
    """How the guest's desktop should look. Needs DISPLAY_CONFIG. Answered by reply.

    AgentChannel, client message 5.
    """

    CHANNEL: ClassVar[str] = "agent"
    DIRECTION: ClassVar[str] = "client"
    NAME: ClassVar[str] = "display_config"
    NUMBER: ClassVar[int] = 5
    __slots__ = ("flags", "depth")
    flags: int
    depth: int  # bits for a pixel, with SET_COLOR_DEPTH
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("flags", "flags", s.Number(0, 4294967295, DisplayConfigFlags, True)),
        s.Field("depth", "depth", s.U32),
    )

    def __init__(self, flags: int, depth: int) -> None:
        self.flags = flags
        self.depth = depth

    @staticmethod
    def parse(data: Buffer, limits: Limits | None = None, minor: int | None = None) -> ClientDisplayConfig:
        if limits is not None:
            check_size(len(data), limits)
        try:
            m = _new_ClientDisplayConfig()
            m.flags, m.depth = _unpack_1(data)
            return m
        except _error:
            return ClientDisplayConfig.parse(prefix("agent client display_config", data, 8, limits), None, minor)

    def write_buffers(self, minor: int | None = None) -> list[Buffer]:
        try:
            return [_pack_1(self.flags, self.depth)]
        except UNSENDABLE as error:
            refuse(self, error, minor)


@dataclass(init=False, repr=False, eq=False)
class ClientAnnounceCapabilities(Message):
    """What the client can do.

    AgentChannel, client message 6.
    """

    CHANNEL: ClassVar[str] = "agent"
    DIRECTION: ClassVar[str] = "client"
    NAME: ClassVar[str] = "announce_capabilities"
    NUMBER: ClassVar[int] = 6
    __slots__ = ("request", "caps")
    request: int  # 1: tell me yours
    caps: list[int]  # bits by agent_cap
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("request", "request", s.U32),
        s.Field("caps", "caps", s.Items(s.U32, None)),
    )

    def __init__(self, request: int, caps: list[int]) -> None:
        self.request = request
        self.caps = caps

    @staticmethod
    def parse(data: Buffer, limits: Limits | None = None, minor: int | None = None) -> ClientAnnounceCapabilities:
        end = len(data)
        extent = None if limits is None and end < SMALL else Extent(end, limits)
        try:
            m = _new_ClientAnnounceCapabilities()
            m.request, = _unpack_from_7(data)
            pos = 4
            left = end - pos
            if left % 4:
                raise uneven("caps", left, 4, pos)
            if left // 4 * 4 > end - pos:
                raise beyond("caps", left // 4 * 4, end - pos, pos)
            if extent is not None:
                extent.add_elements(left // 4)
            m.caps = list(_unpack_from(f"<{left // 4}I", data, pos))
            pos += left // 4 * 4
            if extent is not None:
                extent.add_range(0, pos)
                extent.finish(end)
            return m
        except _error:
            raise ends_early("agent client announce_capabilities", data) from None

    def write_buffers(self, minor: int | None = None) -> list[Buffer]:
        try:
            out: list[Buffer] = []
            queue: Queue = []
            size = 0
            out.append(_pack_7(self.request))
            caps = self.caps
            out.append(_pack(f"<{len(caps)}I", *caps))
            return out
        except UNSENDABLE as error:
            refuse(self, error, minor)


@dataclass(init=False, repr=False, eq=False)
class ClientClipboardGrab(Message):
    """The client has something in its clipboard. Needs CLIPBOARD_BY_DEMAND.

    AgentChannel, client message 7.
    """

    CHANNEL: ClassVar[str] = "agent"
    DIRECTION: ClassVar[str] = "client"
    NAME: ClassVar[str] = "clipboard_grab"
    NUMBER: ClassVar[int] = 7
    __slots__ = ("selection", "serial", "types")
    selection: int
    serial: int  # count of this selection's grabs; a different count: ignore the grab
    types: list[int]  # forms the content can be had in
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("selection", "selection", s.Number(0, 255, ClipboardSelection), minor=1),
        s.Field("serial", "serial", s.U32, minor=2),
        s.Field("types", "types", s.Items(s.Number(0, 4294967295, ClipboardType), None)),
    )

    def __init__(self, selection: int, serial: int, types: list[int]) -> None:
        self.selection = selection
        self.serial = serial
        self.types = types

    @staticmethod
    def parse(data: Buffer, limits: Limits | None = None, minor: int | None = None) -> ClientClipboardGrab:
        end = len(data)
        extent = None if limits is None and end < SMALL else Extent(end, limits)
        try:
            m = _new_ClientClipboardGrab()
            pos = 0
            if minor is None or minor >= 1:
                m.selection, = _unpack_from_4(data, pos)
                pos += 1
            else:
                m.selection = 0
            if minor is None or minor >= 1:
                _unpack_from_5(data, pos)
                pos += 1
            else:
                pass
            if minor is None or minor >= 1:
                _unpack_from_6(data, pos)
                pos += 2
            else:
                pass
            if minor is None or minor >= 2:
                m.serial, = _unpack_from_7(data, pos)
                pos += 4
            else:
                m.serial = 0
            left = end - pos
            if left % 4:
                raise uneven("types", left, 4, pos)
            if left // 4 * 4 > end - pos:
                raise beyond("types", left // 4 * 4, end - pos, pos)
            if extent is not None:
                extent.add_elements(left // 4)
            m.types = list(_unpack_from(f"<{left // 4}I", data, pos))
            pos += left // 4 * 4
            if extent is not None:
                extent.add_range(0, pos)
                extent.finish(end)
            return m
        except _error:
            raise ends_early("agent client clipboard_grab", data) from None

    def write_buffers(self, minor: int | None = None) -> list[Buffer]:
        try:
            out: list[Buffer] = []
            queue: Queue = []
            size = 0
            if minor is None or minor >= 1:
                out.append(_pack_4(self.selection))
            if minor is None or minor >= 1:
                out.append(_pack_5())
            if minor is None or minor >= 1:
                out.append(_pack_6())
            if minor is None or minor >= 2:
                out.append(_pack_7(self.serial))
            types = self.types
            out.append(_pack(f"<{len(types)}I", *types))
            return out
        except UNSENDABLE as error:
            refuse(self, error, minor)


@dataclass(init=False, repr=False, eq=False)
class ClientClipboardRequest(Message):
    """The client wants the guest's clipboard. Needs CLIPBOARD_BY_DEMAND.

    AgentChannel, client message 8.
    """

    CHANNEL: ClassVar[str] = "agent"
    DIRECTION: ClassVar[str] = "client"
    NAME: ClassVar[str] = "clipboard_request"
    NUMBER: ClassVar[int] = 8
    __slots__ = ("selection", "type")
    selection: int
    type: int  # one of those in the grab
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("selection", "selection", s.Number(0, 255, ClipboardSelection), minor=1),
        s.Field("type", "type", s.Number(0, 4294967295, ClipboardType)),
    )

    def __init__(self, selection: int, type: int) -> None:
        self.selection = selection
        self.type = type

    @staticmethod
    def parse(data: Buffer, limits: Limits | None = None, minor: int | None = None) -> ClientClipboardRequest:
        end = len(data)
        try:
            m = _new_ClientClipboardRequest()
            pos = 0
            if minor is None or minor >= 1:
                m.selection, = _unpack_from_4(data, pos)
                pos += 1
            else:
                m.selection = 0
            if minor is None or minor >= 1:
                _unpack_from_5(data, pos)
                pos += 1
            else:
                pass
            if minor is None or minor >= 1:
                _unpack_from_6(data, pos)
                pos += 2
            else:
                pass
            m.type, = _unpack_from_7(data, pos)
            pos += 4
            if limits is not None or end >= SMALL:
                settle(pos, data, limits)
            return m
        except _error:
            raise ends_early("agent client clipboard_request", data) from None

    def write_buffers(self, minor: int | None = None) -> list[Buffer]:
        try:
            out: list[Buffer] = []
            queue: Queue = []
            size = 0
            if minor is None or minor >= 1:
                out.append(_pack_4(self.selection))
            if minor is None or minor >= 1:
                out.append(_pack_5())
            if minor is None or minor >= 1:
                out.append(_pack_6())
            out.append(_pack_7(self.type))
            return out
        except UNSENDABLE as error:
            refuse(self, error, minor)


@dataclass(init=False, repr=False, eq=False)
class ClientClipboardRelease(Message):
    """The client's clipboard is empty. Needs CLIPBOARD_BY_DEMAND.

    AgentChannel, client message 9.
    """

    CHANNEL: ClassVar[str] = "agent"
    DIRECTION: ClassVar[str] = "client"
    NAME: ClassVar[str] = "clipboard_release"
    NUMBER: ClassVar[int] = 9
    __slots__ = ("selection",)
    selection: int
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("selection", "selection", s.Number(0, 255, ClipboardSelection), minor=1),
    )

    def __init__(self, selection: int) -> None:
        self.selection = selection

    @staticmethod
    def parse(data: Buffer, limits: Limits | None = None, minor: int | None = None) -> ClientClipboardRelease:
        end = len(data)
        try:
            m = _new_ClientClipboardRelease()
            pos = 0
            if minor is None or minor >= 1:
                m.selection, = _unpack_from_4(data, pos)
                pos += 1
            else:
                m.selection = 0
            if minor is None or minor >= 1:
                _unpack_from_5(data, pos)
                pos += 1
            else:
                pass
            if minor is None or minor >= 1:
                _unpack_from_6(data, pos)
                pos += 2
            else:
                pass
            if limits is not None or end >= SMALL:
                settle(pos, data, limits)
            return m
        except _error:
            raise ends_early("agent client clipboard_release", data) from None

    def write_buffers(self, minor: int | None = None) -> list[Buffer]:
        try:
            out: list[Buffer] = []
            queue: Queue = []
            size = 0
            if minor is None or minor >= 1:
                out.append(_pack_4(self.selection))
            if minor is None or minor >= 1:
                out.append(_pack_5())
            if minor is None or minor >= 1:
                out.append(_pack_6())
            return out
        except UNSENDABLE as error:
            refuse(self, error, minor)


@dataclass(init=False, repr=False, eq=False)
class ClientFileXferStart(Message):
    """The client wants to copy a file into the guest. Answered by file_xfer_status.

    AgentChannel, client message 10.
    """

    CHANNEL: ClassVar[str] = "agent"
    DIRECTION: ClassVar[str] = "client"
    NAME: ClassVar[str] = "file_xfer_start"
    NUMBER: ClassVar[int] = 10
    __slots__ = ("id", "data")
    id: int  # number of the transfer, of the client's choice
    data: Buffer  # key file, group [vdagent-file-xfer], keys name and size
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("id", "id", s.U32),
        s.Field("data", "data", s.Octets(None), text=True),
    )

    def __init__(self, id: int, data: Buffer) -> None:
        self.id = id
        self.data = data

    @property
    def data_text(self) -> str:
        """``data`` as text, up to its NUL if it has one."""
        return text_of(self.data)

    @staticmethod
    def parse(data: Buffer, limits: Limits | None = None, minor: int | None = None) -> ClientFileXferStart:
        end = len(data)
        try:
            m = _new_ClientFileXferStart()
            m.id, = _unpack_from_7(data)
            m.data = data[4:end]
            if limits is not None or end >= SMALL:
                settle(end, data, limits)
            return m
        except _error:
            raise ends_early("agent client file_xfer_start", data) from None

    def write_buffers(self, minor: int | None = None) -> list[Buffer]:
        try:
            out: list[Buffer] = []
            queue: Queue = []
            size = 0
            out.append(_pack_7(self.id))
            data = self.data
            if type(data) is not bytes:
                data = octets(data)
            out.append(data)
            return out
        except UNSENDABLE as error:
            refuse(self, error, minor)


@dataclass(init=False, repr=False, eq=False)
class ClientFileXferStatus(Message):
    """The client gives up a transfer.

    AgentChannel, client message 11.
    """

    CHANNEL: ClassVar[str] = "agent"
    DIRECTION: ClassVar[str] = "client"
    NAME: ClassVar[str] = "file_xfer_status"
    NUMBER: ClassVar[int] = 11
    __slots__ = ("id", "result", "detail")
    id: int  # as in file_xfer_start
    result: int
    detail: Buffer  # Empty without capability FILE_XFER_DETAILED_ERRORS and for results that have no detail.
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("id", "id", s.U32),
        s.Field("result", "result", s.Number(0, 4294967295, FileXferResult)),
        s.Field("detail", "detail", s.Octets(None), view=("filexferdetail", ("result",))),
    )

    def __init__(self, id: int, result: int, detail: Buffer) -> None:
        self.id = id
        self.result = result
        self.detail = detail

    def detail_view(self, limits: Limits | None = None, minor: int | None = None) -> Message | None:
        """What ``detail`` holds, told by ``result``: a message of FileXferDetail, or None."""
        found = filexferdetail.SERVER.get(self.result)
        if found is None:
            return None
        return found.parse(self.detail, limits, minor)

    @staticmethod
    def parse(data: Buffer, limits: Limits | None = None, minor: int | None = None) -> ClientFileXferStatus:
        end = len(data)
        try:
            m = _new_ClientFileXferStatus()
            m.id, m.result = _unpack_from_1(data)
            m.detail = data[8:end]
            if limits is not None or end >= SMALL:
                settle(end, data, limits)
            return m
        except _error:
            raise ends_early("agent client file_xfer_status", data) from None

    def write_buffers(self, minor: int | None = None) -> list[Buffer]:
        try:
            out: list[Buffer] = []
            queue: Queue = []
            size = 0
            out.append(_pack_1(self.id, self.result))
            detail = self.detail
            if type(detail) is not bytes:
                detail = octets(detail)
            out.append(detail)
            return out
        except UNSENDABLE as error:
            refuse(self, error, minor)


@dataclass(init=False, repr=False, eq=False)
class ClientFileXferData(Message):
    """Bytes of a file, after CAN_SEND_DATA. One empty message for an empty file.

    AgentChannel, client message 12.
    """

    CHANNEL: ClassVar[str] = "agent"
    DIRECTION: ClassVar[str] = "client"
    NAME: ClassVar[str] = "file_xfer_data"
    NUMBER: ClassVar[int] = 12
    __slots__ = ("id", "size", "data")
    id: int  # as in file_xfer_start
    size: int  # bytes; known clients send up to 64 KiB at once
    data: Buffer
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("id", "id", s.U32),
        s.Field("size", "size", s.U64, derived=True),
        s.Field("data", "data", s.Octets(("size",))),
    )

    def __init__(self, id: int, data: Buffer, *, size: int | None = None) -> None:
        self.id = id
        self.size = _len(data) if size is None else size
        self.data = data

    @staticmethod
    def parse(data: Buffer, limits: Limits | None = None, minor: int | None = None) -> ClientFileXferData:
        end = len(data)
        try:
            m = _new_ClientFileXferData()
            m.id, size = _unpack_from_8(data)
            m.size = size
            stop = 12 + size
            if stop > end:
                raise beyond("data", size, end - 12, 12)
            m.data = data[12:stop]
            if limits is not None or end >= SMALL:
                settle(stop, data, limits)
            return m
        except _error:
            raise ends_early("agent client file_xfer_data", data) from None

    def write_buffers(self, minor: int | None = None) -> list[Buffer]:
        try:
            out: list[Buffer] = []
            queue: Queue = []
            size = 0
            size_ = self.size
            out.append(_pack_8(self.id, size_))
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
class ClientClientDisconnected(Message):
    """The client has gone: forget its transfers and grabs. From the server.

    AgentChannel, client message 13.
    """

    CHANNEL: ClassVar[str] = "agent"
    DIRECTION: ClassVar[str] = "client"
    NAME: ClassVar[str] = "client_disconnected"
    NUMBER: ClassVar[int] = 13
    __slots__ = ()
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
    )

    def __init__(self) -> None:
        pass

    @staticmethod
    def parse(data: Buffer, limits: Limits | None = None, minor: int | None = None) -> ClientClientDisconnected:
        if data:
            settle(0, data, limits)
        m = _new_ClientClientDisconnected()
        return m

    def write_buffers(self, minor: int | None = None) -> list[Buffer]:
        try:
            return [b""]
        except UNSENDABLE as error:
            refuse(self, error, minor)


@dataclass(init=False, repr=False, eq=False)
class ClientMaxClipboard(Message):
    """How much of its clipboard the guest may send. Needs MAX_CLIPBOARD.

    AgentChannel, client message 14.
    """

    CHANNEL: ClassVar[str] = "agent"
    DIRECTION: ClassVar[str] = "client"
    NAME: ClassVar[str] = "max_clipboard"
    NUMBER: ClassVar[int] = 14
    __slots__ = ("max",)
    max: int  # bytes; -1 for any number
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("max", "max", s.I32),
    )

    def __init__(self, max: int) -> None:
        self.max = max

    @staticmethod
    def parse(data: Buffer, limits: Limits | None = None, minor: int | None = None) -> ClientMaxClipboard:
        if limits is not None:
            check_size(len(data), limits)
        try:
            m = _new_ClientMaxClipboard()
            m.max, = _unpack_9(data)
            return m
        except _error:
            return ClientMaxClipboard.parse(prefix("agent client max_clipboard", data, 4, limits), None, minor)

    def write_buffers(self, minor: int | None = None) -> list[Buffer]:
        try:
            return [_pack_9(self.max)]
        except UNSENDABLE as error:
            refuse(self, error, minor)


@dataclass(init=False, repr=False, eq=False)
class ClientAudioVolumeSync(Message):
    """Volume of the client's sound, for the guest to follow. Needs AUDIO_VOLUME_SYNC.

    AgentChannel, client message 15.
    """

    CHANNEL: ClassVar[str] = "agent"
    DIRECTION: ClassVar[str] = "client"
    NAME: ClassVar[str] = "audio_volume_sync"
    NUMBER: ClassVar[int] = 15
    __slots__ = ("is_playback", "mute", "nchannels", "volume")
    is_playback: int  # 1 playback, 0 record
    mute: int  # 0 or 1
    nchannels: int
    volume: list[int]  # 0 is silent, 65535 is full volume
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("is_playback", "is_playback", s.U8),
        s.Field("mute", "mute", s.U8),
        s.Field("nchannels", "nchannels", s.U8, derived=True),
        s.Field("volume", "volume", s.Items(s.U16, ("nchannels",))),
    )

    def __init__(self, is_playback: int, mute: int, volume: list[int], *, nchannels: int | None = None) -> None:
        self.is_playback = is_playback
        self.mute = mute
        self.nchannels = _len(volume) if nchannels is None else nchannels
        self.volume = volume

    @staticmethod
    def parse(data: Buffer, limits: Limits | None = None, minor: int | None = None) -> ClientAudioVolumeSync:
        end = len(data)
        extent = None if limits is None and end < SMALL else Extent(end, limits)
        try:
            m = _new_ClientAudioVolumeSync()
            m.is_playback, m.mute, nchannels = _unpack_from_10(data)
            m.nchannels = nchannels
            pos = 3
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
            raise ends_early("agent client audio_volume_sync", data) from None

    def write_buffers(self, minor: int | None = None) -> list[Buffer]:
        try:
            out: list[Buffer] = []
            queue: Queue = []
            size = 0
            nchannels = self.nchannels
            out.append(_pack_10(self.is_playback, self.mute, nchannels))
            volume = self.volume
            if len(volume) != nchannels:
                raise Refused("volume has another length than counted")
            out.append(_pack(f"<{len(volume)}H", *volume))
            return out
        except UNSENDABLE as error:
            refuse(self, error, minor)


@dataclass(init=False, repr=False, eq=False)
class ClientGraphicsDeviceInfo(Message):
    """Which monitor is which, for mouse positions. From the server. Needs GRAPHICS_DEVICE_INFO.

    AgentChannel, client message 16.
    """

    CHANNEL: ClassVar[str] = "agent"
    DIRECTION: ClassVar[str] = "client"
    NAME: ClassVar[str] = "graphics_device_info"
    NUMBER: ClassVar[int] = 16
    __slots__ = ("count", "display_info")
    count: int
    display_info: list[DeviceDisplayInfo]
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("count", "count", s.U32, derived=True),
        s.Field("display_info", "display_info", s.Items(s.Nested(DeviceDisplayInfo), ("count",))),
    )

    def __init__(self, display_info: list[DeviceDisplayInfo], *, count: int | None = None) -> None:
        self.count = _len(display_info) if count is None else count
        self.display_info = display_info

    @staticmethod
    def parse(data: Buffer, limits: Limits | None = None, minor: int | None = None) -> ClientGraphicsDeviceInfo:
        end = len(data)
        extent = None if limits is None and end < SMALL else Extent(end, limits)
        try:
            m = _new_ClientGraphicsDeviceInfo()
            count, = _unpack_from_7(data)
            m.count = count
            pos = 4
            if count * 16 > end - pos:
                raise beyond("display_info", count * 16, end - pos, pos)
            if extent is not None:
                extent.add_elements(count)
            items = []
            for _ in range(count):
                item, pos = DeviceDisplayInfo._read(data, pos, end, extent, minor)
                items.append(item)
            m.display_info = items
            if extent is not None:
                extent.add_range(0, pos)
                extent.finish(end)
            return m
        except _error:
            raise ends_early("agent client graphics_device_info", data) from None

    def write_buffers(self, minor: int | None = None) -> list[Buffer]:
        try:
            out: list[Buffer] = []
            queue: Queue = []
            size = 0
            count = self.count
            out.append(_pack_7(count))
            display_info = self.display_info
            if len(display_info) != count:
                raise Refused("display_info has another length than counted")
            for display_info_item in display_info:
                if type(display_info_item) is not DeviceDisplayInfo:
                    raise Refused("display_info must hold DeviceDisplayInfo")
                size = display_info_item._write(out, queue, size, minor)
            return out
        except UNSENDABLE as error:
            refuse(self, error, minor)


@dataclass(init=False, repr=False, eq=False)
class ServerReply(Message):
    """Answers monitors_config and display_config, if the agent has capability REPLY.

    AgentChannel, server message 3.
    """

    CHANNEL: ClassVar[str] = "agent"
    DIRECTION: ClassVar[str] = "server"
    NAME: ClassVar[str] = "reply"
    NUMBER: ClassVar[int] = 3
    __slots__ = ("type", "error")
    type: int  # of the message it answers
    error: int
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("type", "type", s.Number(0, 4294967295, AgentMessageType)),
        s.Field("error", "error", s.Number(0, 4294967295, ReplyError)),
    )

    def __init__(self, type: int, error: int) -> None:
        self.type = type
        self.error = error

    @staticmethod
    def parse(data: Buffer, limits: Limits | None = None, minor: int | None = None) -> ServerReply:
        if limits is not None:
            check_size(len(data), limits)
        try:
            m = _new_ServerReply()
            m.type, m.error = _unpack_1(data)
            return m
        except _error:
            return ServerReply.parse(prefix("agent server reply", data, 8, limits), None, minor)

    def write_buffers(self, minor: int | None = None) -> list[Buffer]:
        try:
            return [_pack_1(self.type, self.error)]
        except UNSENDABLE as error:
            refuse(self, error, minor)


@dataclass(init=False, repr=False, eq=False)
class ServerClipboard(Message):
    """Content of the guest's clipboard.

    AgentChannel, server message 4.
    """

    CHANNEL: ClassVar[str] = "agent"
    DIRECTION: ClassVar[str] = "server"
    NAME: ClassVar[str] = "clipboard"
    NUMBER: ClassVar[int] = 4
    __slots__ = ("selection", "type", "data")
    selection: int
    type: int
    data: Buffer  # by type; lines of text end as the receiver of a capability expects
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("selection", "selection", s.Number(0, 255, ClipboardSelection), minor=1),
        s.Field("type", "type", s.Number(0, 4294967295, ClipboardType)),
        s.Field("data", "data", s.Octets(None)),
    )

    def __init__(self, selection: int, type: int, data: Buffer) -> None:
        self.selection = selection
        self.type = type
        self.data = data

    @staticmethod
    def parse(data: Buffer, limits: Limits | None = None, minor: int | None = None) -> ServerClipboard:
        end = len(data)
        try:
            m = _new_ServerClipboard()
            pos = 0
            if minor is None or minor >= 1:
                m.selection, = _unpack_from_4(data, pos)
                pos += 1
            else:
                m.selection = 0
            if minor is None or minor >= 1:
                _unpack_from_5(data, pos)
                pos += 1
            else:
                pass
            if minor is None or minor >= 1:
                _unpack_from_6(data, pos)
                pos += 2
            else:
                pass
            m.type, = _unpack_from_7(data, pos)
            pos += 4
            m.data = data[pos:end]
            if limits is not None or end >= SMALL:
                settle(end, data, limits)
            return m
        except _error:
            raise ends_early("agent server clipboard", data) from None

    def write_buffers(self, minor: int | None = None) -> list[Buffer]:
        try:
            out: list[Buffer] = []
            queue: Queue = []
            size = 0
            if minor is None or minor >= 1:
                out.append(_pack_4(self.selection))
            if minor is None or minor >= 1:
                out.append(_pack_5())
            if minor is None or minor >= 1:
                out.append(_pack_6())
            out.append(_pack_7(self.type))
            data = self.data
            if type(data) is not bytes:
                data = octets(data)
            out.append(data)
            return out
        except UNSENDABLE as error:
            refuse(self, error, minor)


@dataclass(init=False, repr=False, eq=False)
class ServerAnnounceCapabilities(Message):
    """What the agent can do.

    AgentChannel, server message 6.
    """

    CHANNEL: ClassVar[str] = "agent"
    DIRECTION: ClassVar[str] = "server"
    NAME: ClassVar[str] = "announce_capabilities"
    NUMBER: ClassVar[int] = 6
    __slots__ = ("request", "caps")
    request: int  # 1: tell me yours
    caps: list[int]  # bits by agent_cap
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("request", "request", s.U32),
        s.Field("caps", "caps", s.Items(s.U32, None)),
    )

    def __init__(self, request: int, caps: list[int]) -> None:
        self.request = request
        self.caps = caps

    @staticmethod
    def parse(data: Buffer, limits: Limits | None = None, minor: int | None = None) -> ServerAnnounceCapabilities:
        end = len(data)
        extent = None if limits is None and end < SMALL else Extent(end, limits)
        try:
            m = _new_ServerAnnounceCapabilities()
            m.request, = _unpack_from_7(data)
            pos = 4
            left = end - pos
            if left % 4:
                raise uneven("caps", left, 4, pos)
            if left // 4 * 4 > end - pos:
                raise beyond("caps", left // 4 * 4, end - pos, pos)
            if extent is not None:
                extent.add_elements(left // 4)
            m.caps = list(_unpack_from(f"<{left // 4}I", data, pos))
            pos += left // 4 * 4
            if extent is not None:
                extent.add_range(0, pos)
                extent.finish(end)
            return m
        except _error:
            raise ends_early("agent server announce_capabilities", data) from None

    def write_buffers(self, minor: int | None = None) -> list[Buffer]:
        try:
            out: list[Buffer] = []
            queue: Queue = []
            size = 0
            out.append(_pack_7(self.request))
            caps = self.caps
            out.append(_pack(f"<{len(caps)}I", *caps))
            return out
        except UNSENDABLE as error:
            refuse(self, error, minor)


@dataclass(init=False, repr=False, eq=False)
class ServerClipboardGrab(Message):
    """The guest has something in its clipboard.

    AgentChannel, server message 7.
    """

    CHANNEL: ClassVar[str] = "agent"
    DIRECTION: ClassVar[str] = "server"
    NAME: ClassVar[str] = "clipboard_grab"
    NUMBER: ClassVar[int] = 7
    __slots__ = ("selection", "serial", "types")
    selection: int
    serial: int  # count of this selection's grabs; a different count: ignore the grab
    types: list[int]  # forms the content can be had in
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("selection", "selection", s.Number(0, 255, ClipboardSelection), minor=1),
        s.Field("serial", "serial", s.U32, minor=2),
        s.Field("types", "types", s.Items(s.Number(0, 4294967295, ClipboardType), None)),
    )

    def __init__(self, selection: int, serial: int, types: list[int]) -> None:
        self.selection = selection
        self.serial = serial
        self.types = types

    @staticmethod
    def parse(data: Buffer, limits: Limits | None = None, minor: int | None = None) -> ServerClipboardGrab:
        end = len(data)
        extent = None if limits is None and end < SMALL else Extent(end, limits)
        try:
            m = _new_ServerClipboardGrab()
            pos = 0
            if minor is None or minor >= 1:
                m.selection, = _unpack_from_4(data, pos)
                pos += 1
            else:
                m.selection = 0
            if minor is None or minor >= 1:
                _unpack_from_5(data, pos)
                pos += 1
            else:
                pass
            if minor is None or minor >= 1:
                _unpack_from_6(data, pos)
                pos += 2
            else:
                pass
            if minor is None or minor >= 2:
                m.serial, = _unpack_from_7(data, pos)
                pos += 4
            else:
                m.serial = 0
            left = end - pos
            if left % 4:
                raise uneven("types", left, 4, pos)
            if left // 4 * 4 > end - pos:
                raise beyond("types", left // 4 * 4, end - pos, pos)
            if extent is not None:
                extent.add_elements(left // 4)
            m.types = list(_unpack_from(f"<{left // 4}I", data, pos))
            pos += left // 4 * 4
            if extent is not None:
                extent.add_range(0, pos)
                extent.finish(end)
            return m
        except _error:
            raise ends_early("agent server clipboard_grab", data) from None

    def write_buffers(self, minor: int | None = None) -> list[Buffer]:
        try:
            out: list[Buffer] = []
            queue: Queue = []
            size = 0
            if minor is None or minor >= 1:
                out.append(_pack_4(self.selection))
            if minor is None or minor >= 1:
                out.append(_pack_5())
            if minor is None or minor >= 1:
                out.append(_pack_6())
            if minor is None or minor >= 2:
                out.append(_pack_7(self.serial))
            types = self.types
            out.append(_pack(f"<{len(types)}I", *types))
            return out
        except UNSENDABLE as error:
            refuse(self, error, minor)


@dataclass(init=False, repr=False, eq=False)
class ServerClipboardRequest(Message):
    """The guest wants the client's clipboard.

    AgentChannel, server message 8.
    """

    CHANNEL: ClassVar[str] = "agent"
    DIRECTION: ClassVar[str] = "server"
    NAME: ClassVar[str] = "clipboard_request"
    NUMBER: ClassVar[int] = 8
    __slots__ = ("selection", "type")
    selection: int
    type: int  # one of those in the grab
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("selection", "selection", s.Number(0, 255, ClipboardSelection), minor=1),
        s.Field("type", "type", s.Number(0, 4294967295, ClipboardType)),
    )

    def __init__(self, selection: int, type: int) -> None:
        self.selection = selection
        self.type = type

    @staticmethod
    def parse(data: Buffer, limits: Limits | None = None, minor: int | None = None) -> ServerClipboardRequest:
        end = len(data)
        try:
            m = _new_ServerClipboardRequest()
            pos = 0
            if minor is None or minor >= 1:
                m.selection, = _unpack_from_4(data, pos)
                pos += 1
            else:
                m.selection = 0
            if minor is None or minor >= 1:
                _unpack_from_5(data, pos)
                pos += 1
            else:
                pass
            if minor is None or minor >= 1:
                _unpack_from_6(data, pos)
                pos += 2
            else:
                pass
            m.type, = _unpack_from_7(data, pos)
            pos += 4
            if limits is not None or end >= SMALL:
                settle(pos, data, limits)
            return m
        except _error:
            raise ends_early("agent server clipboard_request", data) from None

    def write_buffers(self, minor: int | None = None) -> list[Buffer]:
        try:
            out: list[Buffer] = []
            queue: Queue = []
            size = 0
            if minor is None or minor >= 1:
                out.append(_pack_4(self.selection))
            if minor is None or minor >= 1:
                out.append(_pack_5())
            if minor is None or minor >= 1:
                out.append(_pack_6())
            out.append(_pack_7(self.type))
            return out
        except UNSENDABLE as error:
            refuse(self, error, minor)


@dataclass(init=False, repr=False, eq=False)
class ServerClipboardRelease(Message):
    """The guest's clipboard is empty.

    AgentChannel, server message 9.
    """

    CHANNEL: ClassVar[str] = "agent"
    DIRECTION: ClassVar[str] = "server"
    NAME: ClassVar[str] = "clipboard_release"
    NUMBER: ClassVar[int] = 9
    __slots__ = ("selection",)
    selection: int
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("selection", "selection", s.Number(0, 255, ClipboardSelection), minor=1),
    )

    def __init__(self, selection: int) -> None:
        self.selection = selection

    @staticmethod
    def parse(data: Buffer, limits: Limits | None = None, minor: int | None = None) -> ServerClipboardRelease:
        end = len(data)
        try:
            m = _new_ServerClipboardRelease()
            pos = 0
            if minor is None or minor >= 1:
                m.selection, = _unpack_from_4(data, pos)
                pos += 1
            else:
                m.selection = 0
            if minor is None or minor >= 1:
                _unpack_from_5(data, pos)
                pos += 1
            else:
                pass
            if minor is None or minor >= 1:
                _unpack_from_6(data, pos)
                pos += 2
            else:
                pass
            if limits is not None or end >= SMALL:
                settle(pos, data, limits)
            return m
        except _error:
            raise ends_early("agent server clipboard_release", data) from None

    def write_buffers(self, minor: int | None = None) -> list[Buffer]:
        try:
            out: list[Buffer] = []
            queue: Queue = []
            size = 0
            if minor is None or minor >= 1:
                out.append(_pack_4(self.selection))
            if minor is None or minor >= 1:
                out.append(_pack_5())
            if minor is None or minor >= 1:
                out.append(_pack_6())
            return out
        except UNSENDABLE as error:
            refuse(self, error, minor)


@dataclass(init=False, repr=False, eq=False)
class ServerFileXferStatus(Message):
    """How a transfer stands.

    AgentChannel, server message 11.
    """

    CHANNEL: ClassVar[str] = "agent"
    DIRECTION: ClassVar[str] = "server"
    NAME: ClassVar[str] = "file_xfer_status"
    NUMBER: ClassVar[int] = 11
    __slots__ = ("id", "result", "detail")
    id: int  # as in file_xfer_start
    result: int
    detail: Buffer  # Empty without capability FILE_XFER_DETAILED_ERRORS and for results that have no detail.
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("id", "id", s.U32),
        s.Field("result", "result", s.Number(0, 4294967295, FileXferResult)),
        s.Field("detail", "detail", s.Octets(None), view=("filexferdetail", ("result",))),
    )

    def __init__(self, id: int, result: int, detail: Buffer) -> None:
        self.id = id
        self.result = result
        self.detail = detail

    def detail_view(self, limits: Limits | None = None, minor: int | None = None) -> Message | None:
        """What ``detail`` holds, told by ``result``: a message of FileXferDetail, or None."""
        found = filexferdetail.SERVER.get(self.result)
        if found is None:
            return None
        return found.parse(self.detail, limits, minor)

    @staticmethod
    def parse(data: Buffer, limits: Limits | None = None, minor: int | None = None) -> ServerFileXferStatus:
        end = len(data)
        try:
            m = _new_ServerFileXferStatus()
            m.id, m.result = _unpack_from_1(data)
            m.detail = data[8:end]
            if limits is not None or end >= SMALL:
                settle(end, data, limits)
            return m
        except _error:
            raise ends_early("agent server file_xfer_status", data) from None

    def write_buffers(self, minor: int | None = None) -> list[Buffer]:
        try:
            out: list[Buffer] = []
            queue: Queue = []
            size = 0
            out.append(_pack_1(self.id, self.result))
            detail = self.detail
            if type(detail) is not bytes:
                detail = octets(detail)
            out.append(detail)
            return out
        except UNSENDABLE as error:
            refuse(self, error, minor)


#: Messages the server sends, by number.
SERVER: dict[int, type[Message]] = {
    3: ServerReply,
    4: ServerClipboard,
    6: ServerAnnounceCapabilities,
    7: ServerClipboardGrab,
    8: ServerClipboardRequest,
    9: ServerClipboardRelease,
    11: ServerFileXferStatus,
}
#: Messages the client sends, by number.
CLIENT: dict[int, type[Message]] = {
    1: ClientMouseState,
    2: ClientMonitorsConfig,
    4: ClientClipboard,
    5: ClientDisplayConfig,
    6: ClientAnnounceCapabilities,
    7: ClientClipboardGrab,
    8: ClientClipboardRequest,
    9: ClientClipboardRelease,
    10: ClientFileXferStart,
    11: ClientFileXferStatus,
    12: ClientFileXferData,
    13: ClientClientDisconnected,
    14: ClientMaxClipboard,
    15: ClientAudioVolumeSync,
    16: ClientGraphicsDeviceInfo,
}

_new_ClientAnnounceCapabilities = partial(object.__new__, ClientAnnounceCapabilities)
_new_ClientAudioVolumeSync = partial(object.__new__, ClientAudioVolumeSync)
_new_ClientClientDisconnected = partial(object.__new__, ClientClientDisconnected)
_new_ClientClipboard = partial(object.__new__, ClientClipboard)
_new_ClientClipboardGrab = partial(object.__new__, ClientClipboardGrab)
_new_ClientClipboardRelease = partial(object.__new__, ClientClipboardRelease)
_new_ClientClipboardRequest = partial(object.__new__, ClientClipboardRequest)
_new_ClientDisplayConfig = partial(object.__new__, ClientDisplayConfig)
_new_ClientFileXferData = partial(object.__new__, ClientFileXferData)
_new_ClientFileXferStart = partial(object.__new__, ClientFileXferStart)
_new_ClientFileXferStatus = partial(object.__new__, ClientFileXferStatus)
_new_ClientGraphicsDeviceInfo = partial(object.__new__, ClientGraphicsDeviceInfo)
_new_ClientMaxClipboard = partial(object.__new__, ClientMaxClipboard)
_new_ClientMonitorsConfig = partial(object.__new__, ClientMonitorsConfig)
_new_ClientMouseState = partial(object.__new__, ClientMouseState)
_new_ServerAnnounceCapabilities = partial(object.__new__, ServerAnnounceCapabilities)
_new_ServerClipboard = partial(object.__new__, ServerClipboard)
_new_ServerClipboardGrab = partial(object.__new__, ServerClipboardGrab)
_new_ServerClipboardRelease = partial(object.__new__, ServerClipboardRelease)
_new_ServerClipboardRequest = partial(object.__new__, ServerClipboardRequest)
_new_ServerFileXferStatus = partial(object.__new__, ServerFileXferStatus)
_new_ServerReply = partial(object.__new__, ServerReply)
