"""The channel of one port: how it is opened, what comes on it, and its end."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final

from caraway.client.opener import Opener
from caraway.client.port import Port
from caraway.errors import CarawayError, ClosedError, ConnectError
from caraway.messages.link import enums as link_enums
from caraway.net.connection import ChannelConnection
from caraway.protocol.capabilities import Capabilities
from caraway.protocol.channel import Event
from caraway.protocol.link import LinkRequest
from caraway.protocol.port import PortClient, PortData, PortInit
from caraway.wire.limits import Limits

_CAPS: Final = frozenset({link_enums.SpicevmcCap.DATA_COMPRESS_LZ4})


class PortChannel:
    """A port's channel.

    Attributes:
        port: What the user has of it.
        connection: The channel, once it is linked.

    Args:
        number: Of its kind, as the protocol numbers both.
        on_event: Called with what is not the port's own.
        on_linked: Called before the first event.
        on_closed: Called when a channel that was linked is gone.
    """

    def __init__(
        self,
        port: Port,
        number: tuple[int, int],
        *,
        on_event: Callable[[PortChannel, Event], None],
        on_linked: Callable[[PortChannel], None],
        on_closed: Callable[[PortChannel, CarawayError], None],
    ) -> None:
        self.port = port
        self.number = number
        self.connection: ChannelConnection[PortClient] | None = None
        self._on_event = on_event
        self._on_linked = on_linked
        self._on_closed = on_closed
        self._is_introduced = asyncio.Event()

    async def open(self, opener: Opener, session_id: int, *, limits: Limits) -> None:
        """Open it, and wait until the port has said what it is.

        Raises:
            CarawayError: As :meth:`Opener.open`; or it was closed before the port was there.
        """
        connection = await opener.open(
            LinkRequest(*self.number, session_id, Capabilities(channel=_CAPS)),
            lambda linked: PortClient(linked, kind=self.port.kind, limits=limits),
            on_event=self._take,
            on_linked=self._linked,
            on_closed=self._closed,
        )
        await self._is_introduced.wait()
        connection.check()

    def _take(self, event: Event) -> None:
        if type(event) is PortData:
            # Nearly all of them.
            self.port.take_data(event.data)
            return
        self._on_event(self, event)
        self.port.take(event)
        if isinstance(event, PortInit):
            self._is_introduced.set()

    def _linked(self, connection: ChannelConnection[PortClient]) -> None:
        self.connection = connection
        self.port.bind(connection)
        self._on_linked(self)

    def _closed(self, error: CarawayError) -> None:
        self._is_introduced.set()
        if self.connection is not None:
            # One that was closed or broke may be so because the session ends, which has a reason.
            is_told_later = isinstance(error, ClosedError | ConnectError)
            self.port.unbind(None if is_told_later else error)
            self._on_closed(self, error)
