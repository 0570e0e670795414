"""A WebSocket as an asyncio transport."""

from __future__ import annotations

import asyncio
from typing import Any, cast

from caraway.errors import ClosedError
from caraway.net.websocket import (
    CloseCode,
    FrameReader,
    Opcode,
    close_frame,
    make_frame,
)
from caraway.wire.record import Buffer

#: Codes that say nothing of a fault: done, going away, none given.
_FAREWELLS = frozenset({1000, 1001, 1005})


class WebSocketTransport(asyncio.Transport, asyncio.Protocol):
    """Carries the stream of ``protocol`` in frames; begins behind the greeting.

    To the stream below it is the protocol; to ``protocol`` it is the transport. Neither
    direction keeps anything here: pausing goes through in both.

    Args:
        protocol: What runs inside.
        masks: Whether this is the client, which masks.
    """

    def __init__(self, protocol: asyncio.BaseProtocol, *, masks: bool) -> None:
        super().__init__()
        self._protocol = cast("asyncio.Protocol", protocol)
        self._masks = masks
        self._reader = FrameReader(is_masked=not masks)
        self._below: asyncio.Transport | None = None
        self._is_closing = False
        self._is_full = False
        self._held: list[bytes] = []
        self._is_paused = False
        self._error: Exception | None = None

    @property
    def _lower(self) -> asyncio.Transport:
        assert self._below is not None, "it is used once it is connected"
        return self._below

    # What the stream below calls

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The stream below is ours."""
        self._below = cast("asyncio.Transport", transport)
        self._protocol.connection_made(self)

    def data_received(self, data: bytes) -> None:
        """Bytes of frames have come."""
        payload = self._reader.feed(data)
        if self._is_closing:
            return
        if payload:
            if self._is_paused:
                self._held.append(payload)
            else:
                self._protocol.data_received(payload)
        self._pong()
        if self._reader.error is not None:
            self._error = self._reader.error
            self._close(self._reader.code)
        elif self._reader.closed is not None:
            code = self._reader.closed
            if code not in _FAREWELLS:
                self._error = ClosedError(f"the other side closed the WebSocket with code {code}")
            self._protocol.eof_received()
            self._close(CloseCode.NORMAL)

    def _pong(self) -> None:
        """Answer the last ping, unless answers would pile up."""
        payload = self._reader.ping
        if payload is not None and not self._is_full and not self._is_closing:
            self._reader.ping = None
            self._lower.write(make_frame(Opcode.PONG, payload, masks=self._masks))

    def eof_received(self) -> bool:
        """The peer sends no more."""
        if not self._is_closing:
            self._protocol.eof_received()
        return False

    def pause_writing(self) -> None:
        """The peer takes less than we send."""
        self._is_full = True
        self._protocol.pause_writing()

    def resume_writing(self) -> None:
        """There is room again."""
        self._is_full = False
        self._pong()
        self._protocol.resume_writing()

    def connection_lost(self, exc: Exception | None) -> None:
        """The stream below is gone."""
        self._is_closing = True
        self._protocol.connection_lost(exc or self._error)

    # What the protocol inside calls

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        """What is known of the stream below, but not its socket, whose bytes are others."""
        return default if name == "socket" else self._lower.get_extra_info(name, default)

    def set_protocol(self, protocol: asyncio.BaseProtocol) -> None:
        """Let another protocol run inside."""
        self._protocol = cast("asyncio.Protocol", protocol)

    def get_protocol(self) -> asyncio.BaseProtocol:
        """What runs inside."""
        return self._protocol

    def write(self, data: Buffer) -> None:
        """Send bytes, as one frame."""
        if data and not self._is_closing:
            self._lower.write(make_frame(Opcode.BINARY, data, masks=self._masks))

    def can_write_eof(self) -> bool:
        """Never: closing a WebSocket closes both ways."""
        return False

    def pause_reading(self) -> None:
        """Take nothing from the peer."""
        self._is_paused = True
        self._lower.pause_reading()

    def resume_reading(self) -> None:
        """Go on."""
        if self._is_paused and not self._is_closing:
            self._is_paused = False
            held, self._held = self._held, []
            if held:
                self._protocol.data_received(b"".join(held))
            if not self._is_paused:
                self._lower.resume_reading()

    def is_reading(self) -> bool:
        """Whether the peer is being listened to."""
        return not self._is_paused and not self._is_closing

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        """Set when ``protocol`` is to pause; headers count."""
        self._lower.set_write_buffer_limits(high, low)

    def get_write_buffer_limits(self) -> tuple[int, int]:
        """Low and high."""
        return self._lower.get_write_buffer_limits()

    def get_write_buffer_size(self) -> int:
        """Bytes that wait, with headers."""
        return self._lower.get_write_buffer_size()

    def is_closing(self) -> bool:
        """Nothing is sent any more."""
        return self._is_closing

    def close(self) -> None:
        """Send what waits, say good-bye, and close."""
        self._close(CloseCode.NORMAL)

    def _close(self, code: int) -> None:
        if not self._is_closing:
            self._is_closing = True
            self._lower.write(close_frame(code, masks=self._masks))
            self._lower.close()

    def abort(self) -> None:
        """Close at once."""
        self._is_closing = True
        self._lower.abort()
