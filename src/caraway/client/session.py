"""A session with one server: how it begins, moves and ends, and what a user has of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from types import TracebackType
from uuid import UUID

from caraway.client.connections import Connections
from caraway.client.ending import why_ended
from caraway.client.event_queue import EventQueue
from caraway.client.events import Ended, SessionEvent, Switched
from caraway.client.main_channel import MainChannel
from caraway.client.moving import endpoint_after
from caraway.client.opener import Opener
from caraway.client.port import Port
from caraway.client.ports import Ports
from caraway.client.tasks import Tasks
from caraway.errors import CarawayError, ClosedError, ConnectError, DeadlineExceeded
from caraway.messages import main
from caraway.net.dial import Stage
from caraway.net.endpoint import Endpoint
from caraway.protocol.capabilities import Capabilities


class Session:
    """A session; made by :func:`caraway.client.connect`."""

    def __init__(self, opener: Opener, *, wanted_ports: Callable[[str], bool]) -> None:
        self._on_stage = opener.on_stage
        self._stage = "resolve"
        self._has_begun = False
        self._events = EventQueue()
        self._tasks = Tasks(self._finish)
        self._connections = Connections(
            replace(opener, on_stage=self._note_stage), self._events, self._tasks
        )
        self._main = MainChannel(
            self._connections,
            self._events,
            on_added=self._open_late,
            on_moved=self._begin_switch,
            on_closed=self._main_closed,
        )
        self._ports = Ports(self._connections, self._events, self._tasks, is_wanted=wanted_ports)

    # What it is

    @property
    def endpoint(self) -> Endpoint:
        """Where the server is."""
        return self._connections.opener.endpoint

    @property
    def name(self) -> str | None:
        """What the virtual machine is called; None where the server does not say."""
        return self._main.name

    @property
    def uuid(self) -> UUID | None:
        """The number of the virtual machine; None where the server does not say."""
        return self._main.uuid

    @property
    def channels(self) -> list[tuple[int, int]]:
        """What the server has: kind and number among those of the kind."""
        return self._main.channels

    @property
    def init(self) -> main.ServerInit:
        """The server's first words: mouse modes, agent, clock."""
        return self._connections.init

    @property
    def mouse_mode(self) -> int:
        """How the pointer is moved; by ``caraway.messages.enums.MouseMode``."""
        return self._connections.main_channel.mouse_mode

    @property
    def is_agent_connected(self) -> bool:
        """An agent runs in the virtual machine."""
        return self._connections.main_channel.is_agent_connected

    @property
    def peer(self) -> Capabilities:
        """What the server can do on the main channel."""
        return self._connections.main_channel.linked.peer

    @property
    def is_over(self) -> bool:
        """Nothing comes any more."""
        return self._events.error is not None

    # Events

    async def next_event(self) -> SessionEvent:
        """The next event; :class:`Ended` is the last.

        Raises:
            CarawayError: The session is over, and that has been told.
        """
        return await self._events.take()

    async def events(self) -> AsyncIterator[SessionEvent]:
        """Events until the session is over, :class:`Ended` among them."""
        while True:
            event = await self.next_event()
            yield event
            if isinstance(event, Ended):
                return

    async def wait_ended(self) -> CarawayError:
        """Wait until the session is over; why it is."""
        return await self._events.wait_ended()

    # Ports

    @property
    def ports(self) -> dict[tuple[int, int], Port]:
        """The ports that were opened, by their kind and number."""
        return self._ports.known

    def port(self, name: str) -> Port:
        """The port of that name.

        Raises:
            ClosedError: The server has none.
        """
        return self._ports.find(name)

    async def wait_port(self, name: str, *, timeout_s: float = 30.0) -> Port:
        """The port of that name, as soon as the server has it.

        Raises:
            DeadlineExceeded: It did not come.
            CarawayError: The session ended.
        """
        return await self._ports.wait(name, timeout_s=timeout_s)

    # The agent, and the mouse

    @property
    def on_agent_data(self) -> Callable[[bytes], None] | None:
        """Takes what the agent says; set it before :meth:`start_agent`."""
        return self._main.on_agent_data

    @on_agent_data.setter
    def on_agent_data(self, take: Callable[[bytes], None] | None) -> None:
        self._main.on_agent_data = take

    def start_agent(self) -> None:
        """Let the agent's bytes come to ``on_agent_data``.

        Raises:
            CarawayError: The session is over.
        """
        self._connections.main_channel.start_agent()
        self._main.flush()

    def send_agent(self, data: bytes) -> None:
        """Send bytes to the agent; the server takes them as the agent reads.

        Raises:
            LocalProtocolError: There is no agent.
            CarawayError: The session is over, or the server has not taken 16 MiB; look
                at :attr:`agent_waiting`.
        """
        self._connections.main_channel.send_agent(data)
        self._main.flush()

    @property
    def agent_waiting(self) -> int:
        """Bytes for the agent that the server has not taken yet."""
        return self._connections.main_channel.agent_waiting

    def request_mouse_mode(self, mode: int) -> None:
        """Ask for a mouse mode; :class:`MouseModeChanged` tells what came of it."""
        self._connections.main_channel.request_mouse_mode(mode)
        self._main.flush()

    # Beginning

    async def begin(self) -> None:
        """Connect: the main channel, the list of channels, the wanted ports.

        Raises:
            CarawayError: It failed; nothing is left open.
        """
        try:
            await self._connect()
        except BaseException as error:
            self._finish(
                error
                if isinstance(error, CarawayError)
                else ClosedError("the session did not come about")
            )
            await self.aclose()
            raise
        self._has_begun = True

    async def _connect(self) -> None:
        where = self.endpoint.describe()
        timeout_s = self._connections.opener.timeout_s
        try:
            async with asyncio.timeout(timeout_s):
                await self._main.open()
                await self._ports.open(self.channels)
                # It may have ended while the ports were being opened.
                self._events.check()
                if self._connections.main is not None:
                    self._connections.main.check()
        except DeadlineExceeded:
            raise
        except TimeoutError:
            raise DeadlineExceeded(
                f"no session with {where} within {timeout_s:g} s:"
                f" it did not get beyond '{self._stage}'"
            ) from None
        except ClosedError as error:
            raise ConnectError(f"{where}: {error}") from None

    def _note_stage(self, stage: Stage) -> None:
        if stage.found is None:
            self._stage = stage.name
        if self._on_stage is not None:
            self._on_stage(stage)

    def _open_late(self, channels: list[tuple[int, int]]) -> None:
        self._tasks.start(self._ports.open, channels, is_late=True)

    # Moving

    def _begin_switch(self, event: main.ServerMigrateSwitchHost) -> None:
        """Go after the virtual machine to another host.

        Raises:
            RemoteProtocolError: The server cannot mean it.
            ConnectError: It moves before the session has begun.
        """
        endpoint = endpoint_after(self.endpoint, event)
        if not self._has_begun or self._connections.is_moving:
            raise ConnectError(
                f"the virtual machine is moving to {endpoint.describe()} just now",
                hint="connect there, in a moment",
            )
        self._connections.is_moving = True
        self._tasks.start(self._switch, endpoint)

    async def _switch(self, endpoint: Endpoint) -> None:
        """Connect to another host, with the same password."""
        where = endpoint.describe()
        try:
            await self._close_channels()
            self._connections.opener = replace(self._connections.opener, endpoint=endpoint)
            await self._connect()
        finally:
            self._connections.is_moving = False
        self._ports.forget_absent(where)
        self._events.put(Switched(where))

    # Ending

    def _main_closed(self, error: CarawayError) -> None:
        # Before it has begun, whoever begins it is told; while it moves, who moves it.
        if self._has_begun and not self.is_over and not self._connections.is_moving:
            self._tasks.start(self._end, error)

    async def _end(self, error: CarawayError) -> None:
        """The main channel is gone, and everything with it."""
        self._finish(await why_ended(self._connections, error))

    def _finish(self, error: CarawayError) -> None:
        """It is over; nothing of it goes on but the ends of its streams."""
        if self.is_over:
            return
        self._events.end(error)
        self._connections.close()
        self._ports.unbind(error)
        self._tasks.cancel()

    async def _close_channels(self) -> None:
        self._connections.close()
        self._ports.unbind()
        await self._connections.wait_closed()

    async def aclose(self) -> None:
        """End the session; nothing of it is left behind."""
        self._finish(ClosedError("the session was closed here"))
        await self._tasks.wait()
        await self._close_channels()

    async def __aenter__(self) -> Session:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.aclose()
