"""Ports and the byte streams of spicevmc, both ends: port, webdav, usbredir.

Source: spice.proto ``SpicevmcChannel``, ``PortChannel``; behaviour compared
with spice-server 0.15.1 and spice-gtk 0.42.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import IntEnum
from typing import Final

from caraway.codecs.lz4 import compress_block, decompress_block
from caraway.errors import ClosedError, LimitExceeded, LocalProtocolError, RemoteProtocolError
from caraway.messages import enums, port, spicevmc
from caraway.messages.link import enums as link_enums
from caraway.protocol.channel import Channel, Event, Notice
from caraway.protocol.framing import Frame
from caraway.protocol.link import Linked
from caraway.wire.limits import DEFAULT_LIMITS, Limits
from caraway.wire.record import Buffer

PORT: Final = 10
WEBDAV: Final = 11
#: What makes a port the one of shared folders; its channel is of the kind webdav.
WEBDAV_PORT: Final = "org.spice-space.webdav.0"

_LZ4: Final = link_enums.SpicevmcCap.DATA_COMPRESS_LZ4
#: Bytes that one compressed message may become. Real ones are at most 64 KiB and
#: 32 bytes; a peer may claim 4 GiB.
MAX_UNCOMPRESSED: Final = 16 << 20
#: Bytes below which compressing is not worth it, as upstream has it.
_WORTHWHILE: Final = 1000
#: Messages that are not compressed after one that could not be: those that follow are like it.
_SKIPPED: Final = 16


#: Bytes of a port's name, without its NUL. Real ones are short; a client keeps them.
MAX_NAME: Final = 4096


class PortEventCode(IntEnum):
    """What happens to a port. Others are passed on as they are."""

    OPENED = 0
    CLOSED = 1
    BREAK = 2


@dataclass(frozen=True, slots=True)
class PortInit(Notice):
    """The port is there.

    Attributes:
        name: Its name, such as ``org.qemu.monitor.qmp.0``.
        is_open: The virtual machine has it open.
    """

    name: str
    is_open: bool


# Not frozen: one is made for each message, and that would take four times as long.
@dataclass(slots=True)
class PortData(Notice):
    """Bytes for the other side of the port: a message, or a part of one.

    Attributes:
        is_part: More of the message follows.
    """

    data: Buffer
    is_part: bool = False


@dataclass(frozen=True, slots=True)
class PortEvent(Notice):
    """Something happened to the port: a :class:`PortEventCode`, or a number of somebody's own."""

    code: int


class VmcChannel(Channel):
    """A channel of plain bytes: what ports and usbredir have in common.

    Data comes out as :class:`PortData`, compressed or not; what cannot be
    expanded, or not within :data:`MAX_UNCOMPRESSED`, is an error of its message.

    Attributes:
        compresses: As given; to be changed at any time.

    Args:
        kind: ``port``, ``webdav`` or ``usbredir``.
        compresses: Send LZ4 where it helps and the peer takes it. Not to be
            used with a real server, which takes compressed data without bound.
    """

    def __init__(
        self,
        kind: str,
        linked: Linked,
        *,
        is_client: bool,
        compresses: bool = False,
        limits: Limits | None = None,
    ) -> None:
        super().__init__(kind, linked, side="client" if is_client else "server", limits=limits)
        # As the real server has it: exactly one byte.
        event = port.ServerEvent if is_client else port.ClientEvent
        self._exact[event.NUMBER] = replace(limits or DEFAULT_LIMITS, allow_trailing=False)
        self.compresses = compresses
        self._may_compress = _LZ4 in linked.peer.channel
        self._skips = 0
        self._compressed: type[spicevmc.ClientCompressedData | spicevmc.ServerCompressedData]
        if is_client:
            self._data_number = spicevmc.ClientData.NUMBER
            self._peer_data_number = spicevmc.ServerData.NUMBER
            self._compressed = spicevmc.ClientCompressedData
        else:
            self._data_number = spicevmc.ServerData.NUMBER
            self._peer_data_number = spicevmc.ClientData.NUMBER
            self._compressed = spicevmc.ServerCompressedData
        self._reader.streamed = self._peer_data_number

    def _read(self, frame: Frame) -> Event | None:
        # Most of what comes; the body of this message is its only field.
        if frame.number == self._peer_data_number:
            if not frame.is_part:
                self._count(frame)
            return PortData(frame.body, frame.is_part)
        event = super()._read(frame)
        if isinstance(event, spicevmc.ServerCompressedData | spicevmc.ClientCompressedData):
            return PortData(_expand(event))
        return event if event is None else self._settle(event)

    def _settle(self, event: Event) -> Event:
        """What becomes of an event that is not data."""
        return event

    def send_data(self, *pieces: Buffer) -> None:
        """Send bytes, as one message."""
        if self._skips:
            self._skips -= 1
        elif self.compresses and self._may_compress:
            data = pieces[0] if len(pieces) == 1 else b"".join(pieces)
            if len(data) > _WORTHWHILE:
                packed = compress_block(data)
                if len(packed) + 5 < len(data):
                    kind = enums.DataCompressionType.LZ4
                    self.send(self._compressed(kind, packed, u=len(data)))
                    return
                self._skips = _SKIPPED
        self.send_body(self._data_number, list(pieces))


class PortClient(VmcChannel):
    """The client's end of a port.

    Attributes:
        name: The port's name; empty before PORT_INIT.
        is_open: The virtual machine has it open: data may be sent. It is what the
            event that is handed out says already.
    """

    def __init__(
        self,
        linked: Linked,
        *,
        kind: str = "port",
        compresses: bool = False,
        limits: Limits | None = None,
    ) -> None:
        super().__init__(kind, linked, is_client=True, compresses=compresses, limits=limits)
        self.name = ""
        self.is_open = False
        self._is_known = False

    def _settle(self, event: Event) -> Event:
        if isinstance(event, port.ServerInit):
            if self._is_known:
                raise RemoteProtocolError(f"the server introduced port {self.name!r} twice")
            if len(event.name) > MAX_NAME + 1:
                raise LimitExceeded(
                    f"name of a port of {len(event.name)} bytes, the limit is {MAX_NAME}"
                )
            self._is_known = True
            self.name = event.name_text
            self.is_open = bool(event.opened)
            return PortInit(self.name, self.is_open)
        if isinstance(event, port.ServerEvent):
            if event.event in (PortEventCode.OPENED, PortEventCode.CLOSED):
                self.is_open = event.event == PortEventCode.OPENED
            return PortEvent(event.event)
        return event

    def send_data(self, *pieces: Buffer) -> None:
        """Send bytes to the virtual machine.

        Raises:
            ClosedError: The port is closed there.
        """
        if not self.is_open:
            raise ClosedError(f"port {self.name!r} is closed in the virtual machine")
        super().send_data(*pieces)

    def send_event(self, code: int) -> None:
        """Tell the virtual machine's side of something, such as BREAK.

        Raises:
            LocalProtocolError: Opening and closing is up to the server's side.
        """
        if code in (PortEventCode.OPENED, PortEventCode.CLOSED):
            raise LocalProtocolError(f"a client cannot send {PortEventCode(code).name}")
        self.send(port.ClientEvent(code))


class PortServer(VmcChannel):
    """The server's end of a port.

    Args:
        name: Of the port.
        is_open: Whether it is open when the client comes.
    """

    def __init__(
        self,
        linked: Linked,
        name: str,
        *,
        is_open: bool,
        kind: str = "port",
        compresses: bool = False,
        limits: Limits | None = None,
    ) -> None:
        super().__init__(kind, linked, is_client=False, compresses=compresses, limits=limits)
        self.name = name
        self.is_open = is_open
        self.send(port.ServerInit(name.encode() + b"\0", int(is_open)))

    def _settle(self, event: Event) -> Event:
        if isinstance(event, port.ClientEvent):
            return PortEvent(event.event)
        return event

    def send_data(self, *pieces: Buffer) -> None:
        """Send bytes to the client.

        Raises:
            ClosedError: The port is closed here.
        """
        if not self.is_open:
            raise ClosedError(f"port {self.name!r} is closed: open it first")
        super().send_data(*pieces)

    def set_open(self, is_open: bool) -> None:
        """Open or close the port; nothing happens where it is so already."""
        if is_open != self.is_open:
            self.is_open = is_open
            self.send_event(PortEventCode.OPENED if is_open else PortEventCode.CLOSED)

    def send_event(self, code: int) -> None:
        """Tell the client of something."""
        self.send(port.ServerEvent(code))


def _expand(message: spicevmc.ServerCompressedData | spicevmc.ClientCompressedData) -> Buffer:
    if message.type == enums.DataCompressionType.NONE:
        return message.compressed_data
    if message.type != enums.DataCompressionType.LZ4 or not isinstance(message.u, int):
        raise RemoteProtocolError(f"compressed data of type {message.type}, which is not known")
    # Before anything is allocated: the size is whatever the peer says.
    if message.u > MAX_UNCOMPRESSED:
        raise LimitExceeded(
            f"compressed data that becomes {message.u} bytes, the limit is {MAX_UNCOMPRESSED}"
        )
    return decompress_block(message.compressed_data, message.u)
