"""A session with one server: its main channel, and what hangs on it."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable, Coroutine
from dataclasses import replace
from types import TracebackType
from typing import Any, Final, ParamSpec
from uuid import UUID

from caraway.client.events import (
    AgentConnected,
    AgentDisconnected,
    ChannelsAdded,
    Ended,
    Missed,
    MouseModeChanged,
    Named,
    Notified,
    PortAdded,
    PortUnavailable,
    SessionEvent,
    Skipped,
    Switched,
)
from caraway.client.opener import Opener, server_still_accepts
from caraway.client.port import Port
from caraway.client.port_channel import PortChannel
from caraway.client.waiting import hold
from caraway.errors import (
    ActionFailed,
    CarawayError,
    ClosedError,
    ConnectError,
    DeadlineExceeded,
    LinkRefused,
    RemoteProtocolError,
    TakenOver,
    UsageError,
)
from caraway.messages import SPICE, base, main
from caraway.messages.link import enums as link_enums
from caraway.net.connection import ChannelConnection
from caraway.net.dial import Stage
from caraway.net.endpoint import Endpoint
from caraway.protocol.capabilities import Capabilities
from caraway.protocol.channel import Event, Unknown
from caraway.protocol.link import LinkRequest
from caraway.protocol.main import MAIN, MainClient
from caraway.protocol.port import PORT, WEBDAV
from caraway.wire.limits import Limits
from caraway.wire.record import text_of

P = ParamSpec("P")

#: Events that wait for a reader that does not come; the oldest then go.
MAX_EVENTS: Final = 1000
#: Bytes of one message on the main channel and on ports. Far more than any real
#: server sends there; pictures come on other channels.
LIMITS: Final = Limits(max_message=1 << 20)
#: Channels that one server may list.
MAX_CHANNELS: Final = 1024

#: Of one notice or name that are kept for the user: events wait, and these may be long.
MAX_TEXT: Final = 4096
#: A server that lets go of a client closes all its channels within this, seconds.
ALL_AT_ONCE_S: Final = 1.0

_MAIN_CAPS: Final = frozenset(
    {link_enums.MainCap.NAME_AND_UUID, link_enums.MainCap.AGENT_CONNECTED_TOKENS}
)
_PORT_KINDS: Final = {PORT: "port", WEBDAV: "webdav"}
_SEVERITIES: Final = ("information", "warning", "error")


class Session:
    """A session; made by :func:`caraway.client.connect`.

    Attributes:
        name: What the virtual machine is called; None where the server does not say.
        uuid: Its number; None where the server does not say.
        channels: What the server has: kind and number among those of the kind.
        ports: The ports that are connected, by their number and kind.
    """

    def __init__(self, opener: Opener, *, wanted_ports: Callable[[str], bool]) -> None:
        self._on_stage = opener.on_stage
        self._stage = "resolve"
        self._opener = replace(opener, on_stage=self._note_stage)
        self._wanted_ports = wanted_ports
        self._main: ChannelConnection[MainClient] | None = None
        self.channels: list[tuple[int, int]] = []
        self._is_listed = False
        self.ports: dict[tuple[int, int], Port] = {}
        self._port_channels: dict[tuple[int, int], PortChannel] = {}
        # Those that are being opened, and whatever of ours still has a stream.
        self._opening: set[tuple[int, int]] = set()
        self._streams: set[ChannelConnection[Any]] = set()
        self._events: deque[SessionEvent] = deque()
        self._missed = 0
        self._changed = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        self._error: CarawayError | None = None
        self._has_begun = False
        self._is_switching = False
        self.name: str | None = None
        self.uuid: UUID | None = None
        #: Takes what the agent says; set it before :meth:`start_agent`.
        self.on_agent_data: Callable[[bytes], None] | None = None

    # What it is

    @property
    def endpoint(self) -> Endpoint:
        """Where the server is."""
        return self._opener.endpoint

    @property
    def init(self) -> main.ServerInit:
        """The server's first words: mouse modes, agent, clock."""
        init = self._main_channel.init
        assert init is not None, "a session is handed out once INIT has come"
        return init

    @property
    def mouse_mode(self) -> int:
        """How the pointer is moved; by ``caraway.messages.enums.MouseMode``."""
        return self._main_channel.mouse_mode

    @property
    def is_agent_connected(self) -> bool:
        """An agent runs in the virtual machine."""
        return self._main_channel.is_agent_connected

    @property
    def peer(self) -> Capabilities:
        """What the server can do on the main channel."""
        return self._main_channel.linked.peer

    @property
    def is_over(self) -> bool:
        """Nothing comes any more."""
        return self._error is not None

    @property
    def _main_channel(self) -> MainClient:
        if self._main is None:
            raise self._error or ClosedError("the session is not connected")
        return self._main.channel

    # Events

    async def next_event(self) -> SessionEvent:
        """The next event; :class:`Ended` is the last.

        Raises:
            CarawayError: The session is over, and that has been told.
        """
        if self._missed:
            # They came before those that are kept.
            count, self._missed = self._missed, 0
            return Missed(count)
        while not self._events:
            if self._error is not None:
                raise self._error.with_traceback(None)
            await self._change()
        return self._events.popleft()

    async def events(self) -> AsyncIterator[SessionEvent]:
        """Events until the session is over, :class:`Ended` among them."""
        while True:
            event = await self.next_event()
            yield event
            if isinstance(event, Ended):
                return

    async def wait_ended(self) -> CarawayError:
        """Wait until the session is over; why it is."""
        while self._error is None:
            await self._change()
        return self._error

    def _emit(self, event: SessionEvent) -> None:
        self._events.append(event)
        if len(self._events) > MAX_EVENTS:
            self._events.popleft()
            self._missed += 1
        self._tell()

    def _tell(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()

    async def _change(self) -> None:
        await self._changed.wait()

    # Ports

    def port(self, name: str) -> Port:
        """The port of that name.

        Raises:
            ClosedError: The server has none.
        """
        for port in self.ports.values():
            if port.name == name:
                return port
        names = ", ".join(sorted(port.name for port in self.ports.values())) or "none"
        raise ClosedError(f"the server has no port '{name}'", hint=f"its ports: {names}")

    async def wait_port(self, name: str, *, timeout_s: float = 30.0) -> Port:
        """The port of that name, as soon as the server has it.

        Raises:
            DeadlineExceeded: It did not come.
            CarawayError: The session ended.
        """
        try:
            async with asyncio.timeout(timeout_s) as patience:
                while True:
                    for port in self.ports.values():
                        if port.name == name:
                            return port
                    self._check()
                    await self._change()
        except TimeoutError:
            if not patience.expired():
                # A deadline that ended the session.
                raise
            raise DeadlineExceeded(f"no port '{name}' within {timeout_s:g} s") from None

    def _check(self) -> None:
        if self._error is not None:
            raise self._error.with_traceback(None)

    # The agent

    def start_agent(self) -> None:
        """Let the agent's bytes come to ``on_agent_data``.

        Raises:
            CarawayError: The session is over.
        """
        self._main_channel.start_agent()
        self._flush()

    def send_agent(self, data: bytes) -> None:
        """Send bytes to the agent; the server takes them as the agent reads.

        Raises:
            LocalProtocolError: There is no agent.
            CarawayError: The session is over, or the server has not taken 16 MiB; look
                at :attr:`agent_waiting`.
        """
        self._main_channel.send_agent(data)
        self._flush()

    @property
    def agent_waiting(self) -> int:
        """Bytes for the agent that the server has not taken yet."""
        return self._main_channel.agent_waiting

    def request_mouse_mode(self, mode: int) -> None:
        """Ask for a mouse mode; :class:`MouseModeChanged` tells what came of it."""
        self._main_channel.request_mouse_mode(mode)
        self._flush()

    def _flush(self) -> None:
        if self._main is not None:
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
        try:
            async with asyncio.timeout(self._opener.timeout_s):
                await self._open_main()
                await self._open_ports(self.channels)
                # It may have ended while the ports were being opened.
                self._check()
                if self._main is not None:
                    self._main.check()
        except DeadlineExceeded:
            raise
        except TimeoutError:
            raise DeadlineExceeded(
                f"no session with {where} within {self._opener.timeout_s:g} s:"
                f" it did not get beyond '{self._stage}'"
            ) from None
        except ClosedError as error:
            raise ConnectError(f"{where}: {error}") from None

    def _note_stage(self, stage: Stage) -> None:
        if stage.found is None:
            self._stage = stage.name
        if self._on_stage is not None:
            self._on_stage(stage)

    async def _open_main(self) -> None:
        self.channels = []
        self._is_listed = False
        connection = await self._opener.open(
            LinkRequest(MAIN, capabilities=Capabilities(channel=_MAIN_CAPS)),
            lambda linked: MainClient(linked, limits=LIMITS),
            on_event=self._main_event,
            on_linked=self._main_linked,
            on_closed=self._main_closed,
        )
        self._opener.tell("main")
        while connection.channel.init is None:
            connection.check()
            await self._change()
        self._opener.tell("main", "begun")
        self._opener.tell("channels")
        connection.channel.attach()
        connection.flush()
        while not self._is_listed:
            connection.check()
            await self._change()
        self._opener.tell("channels", "listed")

    async def _open_ports(self, channels: list[tuple[int, int]], *, is_late: bool = False) -> None:
        """Open those ports that are wanted.

        Args:
            is_late: They have come later than the others: the session goes on without one
                that cannot be opened.

        Raises:
            CarawayError: One cannot be opened, and that is not because somebody else has it.
        """
        new = [
            each
            for each in channels
            if each[0] in _PORT_KINDS
            and each not in self._port_channels
            and each not in self._opening
            and self._wanted_ports(_PORT_KINDS[each[0]])
        ]
        # More channels may be listed before these stand.
        self._opening.update(new)
        try:
            tasks = [asyncio.ensure_future(self._open_port(each, is_late=is_late)) for each in new]
            try:
                await asyncio.gather(*tasks)
            finally:
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)
        finally:
            self._opening.difference_update(new)

    async def _open_port(self, number: tuple[int, int], *, is_late: bool) -> None:
        kind = _PORT_KINDS[number[0]]
        port = self.ports.get(number)
        if port is None or port.is_gone:
            port = Port(kind, number[1])
        channel = PortChannel(
            port,
            number,
            on_event=self._port_event,
            on_linked=self._port_linked,
            on_closed=self._port_closed,
        )
        try:
            async with asyncio.timeout(self._opener.timeout_s):
                await channel.open(self._opener, self.init.session_id, limits=LIMITS)
        except (CarawayError, TimeoutError) as error:
            reason = error
            if not isinstance(reason, CarawayError):
                reason = DeadlineExceeded(f"{kind} {number[1]} does not say what it is")
            is_taken = (
                isinstance(reason, LinkRefused)
                and reason.code == link_enums.LinkErr.CHANNEL_NOT_AVAILABLE
            )
            if channel.connection is not None:
                channel.connection.abort()
            # The ticket may have ended since, or the port: that is no reason to lose the rest.
            if not (is_late or is_taken):
                raise reason from None
            self._emit(PortUnavailable(kind, number[1], reason))
            return
        self.ports[number] = port
        self._emit(PortAdded(port.name))

    # What happens

    def _main_event(self, event: Event) -> None:
        if isinstance(event, main.ServerChannelsList):
            self._add_channels([(each.type, each.id) for each in event.channels])
        elif isinstance(event, main.ServerName | main.ServerUuid):
            assert self._main is not None
            name = self._main.channel.name
            self.name = None if name is None else name[:MAX_TEXT]
            self.uuid = self._main.channel.uuid
            self._emit(Named(self.name, self.uuid))
        elif isinstance(event, main.ServerMouseMode):
            self._emit(MouseModeChanged(event.current_mode))
        elif isinstance(event, main.ServerAgentConnected | main.ServerAgentConnectedTokens):
            self._emit(AgentConnected())
        elif isinstance(event, main.ServerAgentDisconnected):
            self._emit(AgentDisconnected())
        elif isinstance(event, main.ServerAgentData):
            if self.on_agent_data is not None:
                self.on_agent_data(bytes(event.data))
            self._main_channel.agent_taken()
        elif isinstance(event, main.ServerMigrateSwitchHost):
            self._begin_switch(event)
        elif isinstance(event, base.ServerWaitForChannels):
            assert self._main is not None
            self._hold(self._main, event)
        else:
            self._base_event("main", event)
        self._tell()

    def _port_event(self, channel: PortChannel, event: Event) -> None:
        if isinstance(event, base.ServerWaitForChannels):
            assert channel.connection is not None
            self._hold(channel.connection, event)
        else:
            self._base_event(channel.port.kind, event)

    def _base_event(self, channel: str, event: Event) -> None:
        if isinstance(event, base.ServerNotify):
            severity = _SEVERITIES[min(event.severity, len(_SEVERITIES) - 1)]
            self._emit(Notified(text_of(event.message[:MAX_TEXT]), severity))
        elif isinstance(event, Unknown):
            self._emit(Skipped(channel, event.number, event.size))

    def _hold(self, connection: ChannelConnection[Any], event: base.ServerWaitForChannels) -> None:
        # At once: what comes behind it has to wait, and may be here already.
        connection.hold()
        self._start(hold, connection, event, self._channel_of)

    def _channel_of(self, number: tuple[int, int]) -> ChannelConnection[Any] | None:
        if number[0] == MAIN:
            return self._main
        channel = self._port_channels.get(number)
        return None if channel is None else channel.connection

    def _add_channels(self, listed: list[tuple[int, int]]) -> None:
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
            self._emit(ChannelsAdded(named))
            self._start(self._open_ports, new, is_late=True)

    def _main_linked(self, connection: ChannelConnection[MainClient]) -> None:
        self._main = connection
        self._streams.add(connection)

    def _port_linked(self, channel: PortChannel) -> None:
        assert channel.connection is not None
        self._port_channels[channel.number] = channel
        self._streams.add(channel.connection)

    def _port_closed(self, channel: PortChannel, error: CarawayError) -> None:
        self._forget_streams()
        if self._port_channels.get(channel.number) is channel:
            del self._port_channels[channel.number]
            if self.ports.get(channel.number) is channel.port and not channel.port.is_left:
                self._start(self._miss, channel, error)
        self._tell()

    def _forget_streams(self) -> None:
        self._streams = {each for each in self._streams if each.transport is not None}

    async def _miss(self, channel: PortChannel, error: CarawayError) -> None:
        """A port's channel is gone: by itself, unless the session ends or moves now."""
        await asyncio.sleep(ALL_AT_ONCE_S)
        is_alone = self._main is not None and not (self._main.is_closed or self._is_switching)
        if is_alone and channel.number not in self._port_channels:
            channel.port.unbind(type(error)(f"the channel of port '{channel.port.name}': {error}"))

    def _main_closed(self, error: CarawayError) -> None:
        self._forget_streams()
        self._tell()
        # Before it has begun, whoever begins it is told; while it moves, who moves it.
        if self._has_begun and self._error is None and not self._is_switching:
            self._start(self._end, error)

    # Moving

    def _begin_switch(self, event: main.ServerMigrateSwitchHost) -> None:
        """Go after the virtual machine to another host.

        Raises:
            RemoteProtocolError: The server cannot mean it.
            ConnectError: It moves before the session has begun.
        """
        host = text_of(event.host_data or b"")
        subject = text_of(event.cert_subject_data or b"") or None
        try:
            endpoint = self.endpoint.moved(
                host=host or None, port=event.port, tls_port=event.sport, subject=subject
            )
        except UsageError as error:
            raise RemoteProtocolError(
                f"the server says that the virtual machine has moved, and not where: {error}"
            ) from None
        if self.endpoint.has_tls and not endpoint.has_tls:
            raise RemoteProtocolError(
                f"the server sends us to {endpoint.describe()}, which is not encrypted as it is",
                hint="connect there by hand, if that is meant",
            )
        if not self._has_begun or self._is_switching:
            raise ConnectError(
                f"the virtual machine is moving to {endpoint.describe()} just now",
                hint="connect there, in a moment",
            )
        self._is_switching = True
        self._start(self._switch, endpoint)

    async def _switch(self, endpoint: Endpoint) -> None:
        """Connect to another host, with the same password."""
        try:
            await self._close_channels()
            self._opener = replace(self._opener, endpoint=endpoint)
            await self._connect()
        finally:
            self._is_switching = False
        for number, port in list(self.ports.items()):
            if number not in self._port_channels and not port.is_gone:
                del self.ports[number]
                port.unbind(ClosedError(f"there is no port '{port.name}' at {endpoint.describe()}"))
        self._emit(Switched(endpoint.describe()))

    # Ending

    async def _end(self, error: CarawayError) -> None:
        """The main channel is gone, and everything with it."""
        if type(error) is ClosedError:
            error = await self._meaning()
        elif type(error) is ConnectError:
            error = ConnectError(f"{self.endpoint.describe()}: {error}")
        self._finish(error)

    async def _meaning(self) -> CarawayError:
        """Why a server has closed the main channel, which it does not say."""
        where = self.endpoint.describe()
        # Asked at once: one that starts again would answer in a while.
        if not await server_still_accepts(self._opener):
            return ConnectError(
                f"{where} is gone: the virtual machine was switched off,"
                " or its host cannot be reached"
            )
        try:
            async with asyncio.timeout(ALL_AT_ONCE_S):
                while self._has_readers():
                    await self._change()
        except TimeoutError:
            return ClosedError(
                f"{where} closed the main channel of this session and no other, without a reason"
            )
        return TakenOver(
            f"{where} ended this session:"
            " another client connected, or an administrator disconnected us",
            hint="connecting again would disconnect the other client in turn",
        )

    def _has_readers(self) -> bool:
        """Whether a channel stands whose end we would have noticed."""
        return any(each.is_reading and not each.is_closed for each in self._streams)

    def _start(
        self, work: Callable[P, Coroutine[Any, Any, None]], *args: P.args, **kwargs: P.kwargs
    ) -> None:
        async def run() -> None:
            try:
                await work(*args, **kwargs)
            except CarawayError as error:
                self._finish(error)
            except Exception as error:  # noqa: BLE001 - reported; the session ends
                message = "a task of the session has failed"
                asyncio.get_running_loop().call_exception_handler(
                    {"message": message, "exception": error}
                )
                self._finish(ActionFailed(f"{message}: {type(error).__name__}: {error}"))

        if self._error is not None:
            return
        task = asyncio.get_running_loop().create_task(run())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _close_now(self, error: CarawayError | None = None) -> list[ChannelConnection[Any]]:
        """Close all channels; those whose streams still have an end to come to.

        Args:
            error: Why ports will not be open again; None if they may be.
        """
        streams = list(self._streams)
        self._main = None
        self._port_channels.clear()
        for stream in streams:
            stream.close()
        for port in self.ports.values():
            port.unbind(error)
        return streams

    async def _close_channels(self) -> None:
        await asyncio.gather(*(stream.aclose() for stream in self._close_now()))

    def _finish(self, error: CarawayError) -> None:
        """It is over; nothing of it goes on but the ends of its streams."""
        if self._error is not None:
            return
        self._error = error
        self._close_now(error)
        self._emit(Ended(error))
        current = asyncio.current_task()
        for task in self._tasks:
            if task is not current:
                task.cancel()

    async def aclose(self) -> None:
        """End the session; nothing of it is left behind."""
        self._finish(ClosedError("the session was closed here"))
        current = asyncio.current_task()
        tasks = [task for task in self._tasks if task is not current]
        await asyncio.gather(*tasks, return_exceptions=True)
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
