"""The connections of a session: which stand, what any of them may bring, and their end."""

from __future__ import annotations

import asyncio
from typing import Any, Final

from caraway.client.event_queue import EventQueue
from caraway.client.events import Notified, Skipped
from caraway.client.opener import Opener
from caraway.client.port_channel import PortChannel
from caraway.client.tasks import Tasks
from caraway.client.waiting import hold
from caraway.errors import ClosedError
from caraway.messages import base, main
from caraway.net.connection import ChannelConnection
from caraway.protocol.channel import Event, Unknown
from caraway.protocol.main import MAIN, MainClient
from caraway.wire.limits import Limits
from caraway.wire.record import text_of

#: Bytes of one message on the main channel and on ports. Far more than any real
#: server sends there; pictures come on other channels.
LIMITS: Final = Limits(max_message=1 << 20)
#: Of one notice or name that are kept for the user: events wait, and these may be long.
MAX_TEXT: Final = 4096
#: A server that lets go of a client closes all its channels within this, seconds.
ALL_AT_ONCE_S: Final = 1.0

_SEVERITIES: Final = ("information", "warning", "error")


class Connections:
    """What a session has to one server, and then to the next if it moves.

    Attributes:
        opener: Opens them, at the server where the session is now.
        main: The main channel; None before it is linked, and when it has been closed here.
        ports: The channels of ports, by kind and number.
        streams: All that have a stream still, those that were closed here among them.
        is_moving: The session goes to another host: that channels end means nothing.
    """

    def __init__(self, opener: Opener, events: EventQueue, tasks: Tasks) -> None:
        self.opener = opener
        self.main: ChannelConnection[MainClient] | None = None
        self.ports: dict[tuple[int, int], PortChannel] = {}
        self.streams: set[ChannelConnection[Any]] = set()
        self.is_moving = False
        self._events = events
        self._tasks = tasks

    @property
    def main_channel(self) -> MainClient:
        """The main channel.

        Raises:
            CarawayError: There is none, now or any more.
        """
        if self.main is None:
            raise self._events.error or ClosedError("the session is not connected")
        return self.main.channel

    @property
    def init(self) -> main.ServerInit:
        """The server's first words on the main channel, which have come.

        Raises:
            CarawayError: There is no main channel.
        """
        init = self.main_channel.init
        assert init is not None, "it is used once INIT has come"
        return init

    # Which there are

    def add_main(self, connection: ChannelConnection[MainClient]) -> None:
        """The main channel is linked."""
        self.main = connection
        self.streams.add(connection)

    def add_port(self, channel: PortChannel) -> None:
        """The channel of a port is linked."""
        assert channel.connection is not None
        self.ports[channel.number] = channel
        self.streams.add(channel.connection)

    def remove_port(self, channel: PortChannel) -> bool:
        """The channel of a port is gone; whether it was there until now."""
        self.forget_streams()
        if self.ports.get(channel.number) is not channel:
            return False
        del self.ports[channel.number]
        return True

    def forget_streams(self) -> None:
        """Some may be gone: keep the others."""
        self.streams = {each for each in self.streams if each.transport is not None}

    def find(self, number: tuple[int, int]) -> ChannelConnection[Any] | None:
        """The channel of that kind and number, if there is one."""
        if number[0] == MAIN:
            return self.main
        channel = self.ports.get(number)
        return None if channel is None else channel.connection

    # What any may bring

    def take(self, connection: ChannelConnection[Any], kind: str, event: Event) -> None:
        """An event that is not of the channel's own kind; others are left alone."""
        if isinstance(event, base.ServerWaitForChannels):
            # At once: what comes behind it has to wait, and may be here already.
            connection.hold()
            self._tasks.start(hold, connection, event, self.find)
        elif isinstance(event, base.ServerNotify):
            severity = _SEVERITIES[min(event.severity, len(_SEVERITIES) - 1)]
            self._events.put(Notified(text_of(event.message[:MAX_TEXT]), severity))
        elif isinstance(event, Unknown):
            self._events.put(Skipped(kind, event.number, event.size))

    # Their end

    def close(self) -> None:
        """Close all; their streams come to an end by and by."""
        self.main = None
        self.ports.clear()
        for stream in list(self.streams):
            stream.close()

    async def wait_closed(self) -> None:
        """Return when the streams of all that were closed are gone."""
        await asyncio.gather(*(stream.aclose() for stream in self.streams))

    async def goes_on_without(self, number: tuple[int, int]) -> bool:
        """Whether a channel ended by itself: not because the session ends or moves now."""
        await asyncio.sleep(ALL_AT_ONCE_S)
        stands = self.main is not None and not (self.main.is_closed or self.is_moving)
        return stands and number not in self.ports

    async def end_at_once(self) -> bool:
        """Whether the server lets go of all channels at once, now that one has ended."""
        try:
            async with asyncio.timeout(ALL_AT_ONCE_S):
                while self._has_readers():
                    await self._events.wait_change()
        except TimeoutError:
            return False
        return True

    def _has_readers(self) -> bool:
        """Whether a channel stands whose end we would have noticed."""
        return any(each.is_reading and not each.is_closed for each in self.streams)
