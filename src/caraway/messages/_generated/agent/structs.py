# Made by 'caraway proto build' from agent.proto; do not edit.
"""Structs of Agent."""

from __future__ import annotations

from builtins import len as _len
from dataclasses import dataclass
from functools import partial
from struct import Struct
from typing import ClassVar
from caraway.wire import schema as s
from caraway.wire.codec import Refused, beyond, octets
from caraway.wire.limits import Extent
from caraway.wire.record import Buffer, Queue, Record, text_of

_struct_0 = Struct("<3I2i")
_pack_0 = _struct_0.pack
_unpack_from_0 = _struct_0.unpack_from
_struct_1 = Struct("<2H")
_pack_1 = _struct_1.pack
_unpack_from_1 = _struct_1.unpack_from
_struct_2 = Struct("<4I")
_pack_2 = _struct_2.pack
_unpack_from_2 = _struct_2.unpack_from


@dataclass(init=False, repr=False, eq=False)
class MonConfig(Record):
    """One monitor as the client wants it."""

    __slots__ = ("height", "width", "depth", "x", "y")
    height: int  # pixels; 0 for both switches the monitor off
    width: int  # pixels
    depth: int  # bits for a pixel
    x: int  # position on the desktop, pixels
    y: int
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("height", "height", s.U32),
        s.Field("width", "width", s.U32),
        s.Field("depth", "depth", s.U32),
        s.Field("x", "x", s.I32),
        s.Field("y", "y", s.I32),
    )

    def __init__(self, height: int, width: int, depth: int, x: int, y: int) -> None:
        self.height = height
        self.width = width
        self.depth = depth
        self.x = x
        self.y = y

    @staticmethod
    def _read(data: Buffer, pos: int, end: int, extent: Extent | None, minor: int | None = None) -> tuple[MonConfig, int]:
        m = _new_MonConfig()
        m.height, m.width, m.depth, m.x, m.y = _unpack_from_0(data, pos)
        pos += 20
        return m, pos

    def _write(self, out: list[Buffer], queue: Queue, size: int, minor: int | None = None) -> int:
        out.append(_pack_0(self.height, self.width, self.depth, self.x, self.y))
        size += 20
        return size


@dataclass(init=False, repr=False, eq=False)
class MonitorMM(Record):
    """Physical size of one monitor."""

    __slots__ = ("height", "width")
    height: int  # mm
    width: int  # mm
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("height", "height", s.U16),
        s.Field("width", "width", s.U16),
    )

    def __init__(self, height: int, width: int) -> None:
        self.height = height
        self.width = width

    @staticmethod
    def _read(data: Buffer, pos: int, end: int, extent: Extent | None, minor: int | None = None) -> tuple[MonitorMM, int]:
        m = _new_MonitorMM()
        m.height, m.width = _unpack_from_1(data, pos)
        pos += 4
        return m, pos

    def _write(self, out: list[Buffer], queue: Queue, size: int, minor: int | None = None) -> int:
        out.append(_pack_1(self.height, self.width))
        size += 4
        return size


@dataclass(init=False, repr=False, eq=False)
class DeviceDisplayInfo(Record):
    """Which monitor of the guest is which monitor of a display channel."""

    __slots__ = ("channel_id", "monitor_id", "device_display_id", "device_address_len", "device_address")
    channel_id: int  # display channel
    monitor_id: int  # monitor on that channel
    device_display_id: int  # output of the graphics device
    device_address_len: int  # bytes of the address, with its NUL
    device_address: Buffer  # such as pci/0000/02.0
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("channel_id", "channel_id", s.U32),
        s.Field("monitor_id", "monitor_id", s.U32),
        s.Field("device_display_id", "device_display_id", s.U32),
        s.Field("device_address_len", "device_address_len", s.U32, derived=True),
        s.Field("device_address", "device_address", s.Octets(("device_address_len",)), text=True),
    )

    def __init__(self, channel_id: int, monitor_id: int, device_display_id: int, device_address: Buffer, *, device_address_len: int | None = None) -> None:
        self.channel_id = channel_id
        self.monitor_id = monitor_id
        self.device_display_id = device_display_id
        self.device_address_len = _len(device_address) if device_address_len is None else device_address_len
        self.device_address = device_address

    @property
    def device_address_text(self) -> str:
        """``device_address`` as text, up to its NUL if it has one."""
        return text_of(self.device_address)

    @staticmethod
    def _read(data: Buffer, pos: int, end: int, extent: Extent | None, minor: int | None = None) -> tuple[DeviceDisplayInfo, int]:
        m = _new_DeviceDisplayInfo()
        m.channel_id, m.monitor_id, m.device_display_id, device_address_len = _unpack_from_2(data, pos)
        pos += 16
        m.device_address_len = device_address_len
        stop = pos + device_address_len
        if stop > end:
            raise beyond("DeviceDisplayInfo.device_address", device_address_len, end - pos, pos)
        m.device_address = data[pos:stop]
        return m, stop

    def _write(self, out: list[Buffer], queue: Queue, size: int, minor: int | None = None) -> int:
        device_address_len = self.device_address_len
        out.append(_pack_2(self.channel_id, self.monitor_id, self.device_display_id, device_address_len))
        device_address = self.device_address
        if type(device_address) is not bytes:
            device_address = octets(device_address)
        if len(device_address) != device_address_len:
            raise Refused("device_address has another length than counted")
        size += 16
        out.append(device_address)
        size += device_address_len
        return size

_new_DeviceDisplayInfo = partial(object.__new__, DeviceDisplayInfo)
_new_MonConfig = partial(object.__new__, MonConfig)
_new_MonitorMM = partial(object.__new__, MonitorMM)
