"""The main channel of a session: how it is opened, and what it says."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final
from uuid import UUID

from caraway.client.connections import LIMITS, MAX_TEXT, Connections
from caraway.client.event_queue import EventQueue
from caraway.client.events import (
    AgentConnected,
    AgentDisconnected,
    ChannelsAdded,
    MouseModeChanged,
    Named,
)
from caraway.errors import CarawayError, RemoteProtocolError
from caraway.messages import SPICE, main
from caraway.messages.link import enums as link_enums
from caraway.protocol.capabilities import Capabilities
from caraway.protocol.channel import Event
from caraway.protocol.link import LinkRequest
from caraway.protocol.main import MAIN, MainClient

#: Channels that one server may list.
MAX_CHANNELS: Final = 1024

_CAPS: Final = frozenset(
    {link_enums.MainCap.NAME_AND_UUID, link_enums.MainCap.AGENT_CONNECTED_TOKENS}
)


class MainChannel:
    """What a session knows from its main channel, at one server after the other.

    Attributes:
        name: What the virtual machine is called; None where no server has said.
        uuid: Its number; None where no server has said.
        channels: What the server has listed: kind and number among those of the kind.
        on_agent_data: Takes what the agent says.

    Args:
        on_added: Called with channels that are listed later than the first ones.
        on_moved: Called when the virtual machine has moved to another host.
        on_closed: Called when the channel is gone, or could not be linked.
    """

    def __init__(
        self,
        connections: Connections,
        events: EventQueue,
        *,
        on_added: Callable[[list[tuple[int, int]]], None],
        on_moved: Callable[[main.ServerMigrateSwitchHost], None],
        on_closed: Callable[[CarawayError], None],
    ) -> None:
        self.name: str | None = None
        self.uuid: UUID | None = None
        self.channels: list[tuple[int, int]] = []
        self.on_agent_data: Callable[[bytes], None] | None = None
        self._connections = connections
        self._events = events
        self._on_added = on_added
        self._on_moved = on_moved
        self._on_closed = on_closed
        self._is_listed = False

    async def open(self) -> None:
        """Open it, and wait until the server has begun and listed its channels.

        Raises:
            CarawayError: As :meth:`Opener.open`; or it was closed before that.
        """
        self.channels = []
        self._is_listed = False
        opener = self._connections.opener
        connection = await opener.open(
            LinkRequest(MAIN, capabilities=Capabilities(channel=_CAPS)),
            lambda linked: MainClient(linked, limits=LIMITS),
            on_event=self._take,
            on_linked=self._connections.add_main,
            on_closed=self._closed,
        )
        opener.tell("main")
        while connection.channel.init is None:
            connection.check()
            await self._events.wait_change()
        opener.tell("main", "begun")
        opener.tell("channels")
        connection.channel.attach()
        connection.flush()
        while not self._is_listed:
            connection.check()
            await self._events.wait_change()
        opener.tell("channels", "listed")

    def flush(self) -> None:
        """Write what the channel has to send."""
        if self._connections.main is not None:
            self._connections.main.flush()

    def _take(self, event: Event) -> None:
        connection = self._connections.main
        assert connection is not None
        if isinstance(event, main.ServerChannelsList):
            self._list([(each.type, each.id) for each in event.channels])
        elif isinstance(event, main.ServerName | main.ServerUuid):
            name = connection.channel.name
            self.name = None if name is None else name[:MAX_TEXT]
            self.uuid = connection.channel.uuid
            self._events.put(Named(self.name, self.uuid))
        elif isinstance(event, main.ServerMouseMode):
            self._events.put(MouseModeChanged(event.current_mode))
        elif isinstance(event, main.ServerAgentConnected | main.ServerAgentConnectedTokens):
            self._events.put(AgentConnected())
        elif isinstance(event, main.ServerAgentDisconnected):
            self._events.put(AgentDisconnected())
        elif isinstance(event, main.ServerAgentData):
            if self.on_agent_data is not None:
                self.on_agent_data(bytes(event.data))
            self._connections.main_channel.agent_taken()
        elif isinstance(event, main.ServerMigrateSwitchHost):
            self._on_moved(event)
        else:
            self._connections.take(connection, "main", event)
        self._events.wake()

    def _list(self, listed: list[tuple[int, int]]) -> None:
        new = [each for each in dict.fromkeys(listed) if each not in self.channels]
        if len(self.channels) + len(new) > MAX_CHANNELS:
            raise RemoteProtocolError(
                f"the server lists {len(self.channels) + len(new)} channels,"
                f" the limit is {MAX_CHANNELS}"
            )
        # A list may be empty, and is one all the same.
        is_first, self._is_listed = not self._is_listed, True
        self.channels += new
        if new and not is_first:
            named = tuple((SPICE.channel_name(kind) or kind, number) for kind, number in new)
            self._events.put(ChannelsAdded(named))
            self._on_added(new)

    def _closed(self, error: CarawayError) -> None:
        self._connections.forget_streams()
        self._events.wake()
        self._on_closed(error)
