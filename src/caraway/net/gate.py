"""Holds a new stream until it is known who takes it: proxies, TLS and greetings come first."""

from __future__ import annotations

import asyncio
from typing import Final, cast

from caraway.errors import ClosedError

#: Bytes that are kept; beyond, the peer has to wait.
MAX_KEPT: Final = 64 << 10


class Gate(asyncio.Protocol):
    """A protocol that keeps what comes, and passes it on with the stream.

    Attributes:
        transport: What the stream runs on; TLS puts another one in its place.
    """

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._kept = bytearray()
        self._has_ended = False
        self._error: Exception | None = None
        self._is_paused = False
        self._changed = asyncio.Event()

    @property
    def transport(self) -> asyncio.Transport:
        """What the stream runs on."""
        assert self._transport is not None, "a gate is used once its stream is open"
        return self._transport

    @transport.setter
    def transport(self, transport: asyncio.Transport) -> None:
        self._transport = transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The stream is open."""
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        """Bytes have come."""
        self._kept += data
        if len(self._kept) > MAX_KEPT and not self._is_paused:
            self._is_paused = True
            self.transport.pause_reading()
        self._changed.set()

    def eof_received(self) -> bool:
        """The peer sends no more."""
        self._has_ended = True
        self._changed.set()
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        """The stream is gone."""
        self._has_ended = True
        self._error = exc
        self._changed.set()

    async def read(self, size: int = 1) -> bytes:
        """Wait for ``size`` bytes and take all that is there.

        Raises:
            ClosedError: The peer closed the stream first.
        """
        while len(self._kept) < size:
            if self._has_ended:
                raise self._closed()
            self._changed.clear()
            await self._changed.wait()
        data = bytes(self._kept)
        self._kept.clear()
        self._go_on()
        return data

    def put_back(self, data: bytes) -> None:
        """Keep what was taken and belongs to who comes next."""
        self._kept[:0] = data

    def hand_over(self, protocol: asyncio.BaseProtocol) -> None:
        """Give the stream to ``protocol``, with all that has come.

        Raises:
            ClosedError: The peer has closed the stream.
        """
        transport = self.transport
        if self._has_ended or transport.is_closing():
            raise self._closed()
        transport.set_protocol(protocol)
        protocol.connection_made(transport)
        if self._kept and not transport.is_closing():
            data = bytes(self._kept)
            self._kept.clear()
            cast("asyncio.Protocol", protocol).data_received(data)
        self._go_on()

    def _closed(self) -> ClosedError:
        detail = f": {self._error}" if self._error is not None else ""
        return ClosedError(f"the other side closed the connection{detail}")

    def _go_on(self) -> None:
        if self._is_paused and not self.transport.is_closing():
            self._is_paused = False
            self.transport.resume_reading()
