"""A session with one server: its main channel, and what hangs on it."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Generator
from types import TracebackType
from typing import Final
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
    SessionEvent,
    Skipped,
    Switched,
)
from caraway.client.opener import Opener, server_still_accepts
from caraway.client.port import Port
from caraway.errors import (
    CarawayError,
    ClosedError,
    ConnectError,
    DeadlineExceeded,
    RemoteProtocolError,
    TakenOver,
)
from caraway.messages import SPICE, base, main
from caraway.messages.link import enums as link_enums
from caraway.net.connection import ChannelConnection
from caraway.net.dial import Stage
from caraway.net.endpoint import Endpoint, parse_uri
from caraway.protocol.capabilities import Capabilities
from caraway.protocol.channel import Event, Unknown
from caraway.protocol.link import LinkRequest
from caraway.protocol.main import MAIN, MainClient
from caraway.protocol.port import PORT, WEBDAV, PortClient, PortData, PortInit
from caraway.wire.limits import Limits
from caraway.wire.record import text_of

#: Events that wait for a reader that does not come; the oldest then go.
MAX_EVENTS: Final = 1000
#: Bytes of one message on the main channel and on ports. Far more than any real
#: server sends there; pictures come on other channels.
LIMITS: Final = Limits(max_message=8 << 20)
#: Channels that one server may list.
MAX_CHANNELS: Final = 1024

#: How long a channel waits for others, seconds; upstream's client waits for ever.
MAX_WAIT_S: Final = 10.0
_WAIT_STEP_S: Final = 0.01

_MAIN_CAPS: Final = frozenset(
    {link_enums.MainCap.NAME_AND_UUID, link_enums.MainCap.AGENT_CONNECTED_TOKENS}
)
_PORT_CAPS: Final = frozenset({link_enums.SpicevmcCap.DATA_COMPRESS_LZ4})
_PORT_KINDS: Final = {PORT: "port", WEBDAV: "webdav"}
_SEVERITIES: Final = ("information", "warning", "error")


class Session:
    """A session; made by :func:`connect`.

    Attributes:
        name: What the virtual machine is called; None where the server does not say.
        uuid: Its number; None where the server does not say.
        channels: What the server has: kind and number among those of the kind.
        ports: The ports that are connected, by their number and kind.
    """

    def __init__(self, opener: Opener, *, wanted_ports: Callable[[str], bool]) -> None:
        self._opener = opener
        self._wanted_ports = wanted_ports
        self._main: ChannelConnection[MainClient] | None = None
        self.channels: list[tuple[int, int]] = []
        self._is_listed = False
        self.ports: dict[tuple[int, int], Port] = {}
        self._port_connections: dict[tuple[int, int], ChannelConnection[PortClient]] = {}
        self._opening: set[tuple[int, int]] = set()
        self._events: deque[SessionEvent] = deque()
        self._missed = 0
        self._changed = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        self._error: CarawayError | None = None
        self._has_begun = False
        self._is_closing = False
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
        while not self._events:
            if self._missed:
                count, self._missed = self._missed, 0
                return Missed(count)
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
            async with asyncio.timeout(timeout_s):
                while True:
                    for port in self.ports.values():
                        if port.name == name:
                            return port
                    self._check()
                    await self._change()
        except TimeoutError:
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
            CarawayError: The session is over.
        """
        self._main_channel.send_agent(data)
        self._flush()

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
            async with asyncio.timeout(self._opener.timeout_s):
                await self._open_main()
                await self._open_ports()
                self._check_main()
        except TimeoutError:
            error = DeadlineExceeded(
                f"no session with {self.endpoint.describe()} within {self._opener.timeout_s:g} s"
            )
            await self._tear_down(error)
            raise error from None
        except ClosedError as error:
            gone = ConnectError(f"{self.endpoint.describe()}: {error}")
            await self._tear_down(gone)
            raise gone from None
        except BaseException:
            await self._tear_down(ClosedError("the session did not come about"))
            raise
        self._has_begun = True

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

    async def _open_ports(self) -> None:
        new = self._new_ports()
        # More channels may be listed before these stand.
        self._opening.update(new)
        try:
            tasks = [asyncio.ensure_future(self._open_port(*each)) for each in new]
            try:
                await asyncio.gather(*tasks)
            finally:
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)
        finally:
            self._opening.difference_update(new)

    def _check_main(self) -> None:
        """Raise what ended the main channel while the ports were being opened."""
        if self._main is not None:
            self._main.check()

    def _new_ports(self) -> list[tuple[int, int]]:
        return [
            each
            for each in self.channels
            if each[0] in _PORT_KINDS
            and each not in self._port_connections
            and each not in self._opening
            and self._wanted_ports(_PORT_KINDS[each[0]])
        ]

    async def _open_port(self, kind: int, number: int) -> None:
        port = self.ports.get((kind, number)) or Port(_PORT_KINDS[kind], number)
        introduced = asyncio.Event()

        def on_event(event: Event) -> None:
            if type(event) is PortData:
                # Nearly all of them.
                port.take_data(event.data)
                return
            if isinstance(event, base.ServerWaitForChannels):
                held = self._port_connections[kind, number]
                # At once: what comes behind it has to wait, and may be here already.
                held.pause()
                self._start(self._hold(held, event))
            else:
                self._base_event(port.kind, event)
                port.take(event)
            if isinstance(event, PortInit):
                introduced.set()

        def on_linked(connection: ChannelConnection[PortClient]) -> None:
            self._port_connections[kind, number] = connection
            port.bind(connection)

        def on_closed(error: CarawayError) -> None:
            introduced.set()
            if self._port_connections.pop((kind, number), None) is not None:
                port.unbind()

        connection = await self._opener.open(
            LinkRequest(kind, number, self.init.session_id, Capabilities(channel=_PORT_CAPS)),
            lambda linked: PortClient(linked, kind=_PORT_KINDS[kind], limits=LIMITS),
            on_event=on_event,
            on_linked=on_linked,
            on_closed=on_closed,
        )
        await introduced.wait()
        connection.check()
        self.ports[kind, number] = port
        self._emit(PortAdded(port.name))

    # What happens

    def _main_event(self, event: Event) -> None:
        if isinstance(event, main.ServerChannelsList):
            self._add_channels([(each.type, each.id) for each in event.channels])
        elif isinstance(event, main.ServerName | main.ServerUuid):
            assert self._main is not None
            self.name, self.uuid = self._main.channel.name, self._main.channel.uuid
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
            self._start(self._switch(event))
        else:
            self._base_event("main", event)
        self._tell()

    def _base_event(self, channel: str, event: Event) -> None:
        if isinstance(event, base.ServerNotify):
            severity = _SEVERITIES[min(event.severity, len(_SEVERITIES) - 1)]
            self._emit(Notified(text_of(event.message), severity))
        elif isinstance(event, Unknown):
            self._emit(Skipped(channel, event.number, event.size))

    async def _hold(
        self, connection: ChannelConnection[PortClient], event: base.ServerWaitForChannels
    ) -> None:
        """Take nothing from a channel until others have come as far as the server says."""
        connection.pause()
        deadline = asyncio.get_running_loop().time() + MAX_WAIT_S
        while asyncio.get_running_loop().time() < deadline and not all(
            self._has_come(each.channel_type, each.channel_id, each.message_serial)
            for each in event.wait_list
        ):
            await asyncio.sleep(_WAIT_STEP_S)
        connection.resume()

    def _has_come(self, kind: int, number: int, serial: int) -> bool:
        """Whether a channel has brought a message; one that is not open has nothing to wait for."""
        if kind == MAIN:
            return self._main is None or self._main.channel.received_serial >= serial
        connection = self._port_connections.get((kind, number))
        return connection is None or connection.channel.received_serial >= serial

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
            self._start(self._open_ports())

    def _main_linked(self, connection: ChannelConnection[MainClient]) -> None:
        self._main = connection

    def _main_closed(self, error: CarawayError) -> None:
        self._tell()
        # Before it has begun, whoever begins it is told; while it moves, who moves it.
        if self._has_begun and not (self._is_closing or self._is_switching):
            self._start(self._end(error))

    async def _end(self, error: CarawayError) -> None:
        """The main channel is gone, and everything with it."""
        if type(error) is ClosedError:
            if await server_still_accepts(self._opener):
                error = TakenOver(
                    f"{self.endpoint.describe()} ended this session:"
                    " another client connected, or an administrator disconnected us",
                    hint="connecting again would disconnect the other client in turn",
                )
            else:
                error = ConnectError(
                    f"{self.endpoint.describe()} is gone: the virtual machine was switched off,"
                    " or its host cannot be reached"
                )
        await self._tear_down(error)

    async def _switch(self, event: main.ServerMigrateSwitchHost) -> None:
        """Go after the virtual machine to another host, with the same password."""
        host = text_of(event.host_data or b"")
        subject = text_of(event.cert_subject_data or b"") or None
        endpoint = self.endpoint.moved(
            host=host or None, port=event.port, tls_port=event.sport, subject=subject
        )
        self._is_switching = True
        try:
            await self._close_channels()
            self._opener = Opener(
                endpoint, self._opener.password, self._opener.user, self._opener.timeout_s
            )
            async with asyncio.timeout(self._opener.timeout_s):
                await self._open_main()
                await self._open_ports()
                self._check_main()
        except TimeoutError:
            await self._tear_down(
                DeadlineExceeded(
                    f"the virtual machine moved to {endpoint.describe()}, which is silent"
                )
            )
        except CarawayError as error:
            await self._tear_down(error)
        else:
            self._emit(Switched(endpoint.describe()))
        finally:
            self._is_switching = False

    # Ending

    def _start(self, work: Awaitable[None]) -> None:
        async def run() -> None:
            try:
                await work
            except CarawayError as error:
                await self._tear_down(error)

        task = asyncio.get_running_loop().create_task(run())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _close_channels(self) -> None:
        connections: list[ChannelConnection[PortClient] | ChannelConnection[MainClient]]
        connections = [*self._port_connections.values()]
        self._port_connections.clear()
        for port in self.ports.values():
            port.unbind()
        if self._main is not None:
            connections.append(self._main)
            self._main = None
        await asyncio.gather(*(connection.aclose() for connection in connections))

    async def _tear_down(self, error: CarawayError) -> None:
        if self._error is not None:
            return
        self._is_closing = True
        self._error = error
        await self._close_channels()
        for port in self.ports.values():
            port.unbind(error)
        self._emit(Ended(error))

    async def aclose(self) -> None:
        """End the session; nothing of it is left behind."""
        await self._tear_down(ClosedError("the session was closed here"))
        current = asyncio.current_task()
        tasks = [task for task in self._tasks if task is not current]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def __aenter__(self) -> Session:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.aclose()


class _Connecting:
    """What :func:`connect` returns: to be awaited, or used with ``async with``."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def _begin(self) -> Session:
        await self._session.begin()
        return self._session

    def __await__(self) -> Generator[object, None, Session]:
        return self._begin().__await__()

    async def __aenter__(self) -> Session:
        return await self._begin()

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self._session.aclose()


def connect(
    where: str | Endpoint,
    *,
    password: str = "",
    user: str = "",
    timeout_s: float = 30.0,
    wanted_ports: Callable[[str], bool] = lambda kind: True,
    on_stage: Callable[[Stage], None] | None = None,
) -> _Connecting:
    """A session with a server: ``session = await connect(…)``, or ``async with connect(…)``.

    A real server lets go of the client it has for one that comes.

    Args:
        where: A URI such as ``spice://host:5900``, or an endpoint with
            certificates and proxies.
        password: For a ticket or SASL; empty where there is none.
        user: For SASL.
        timeout_s: For everything until the session stands.
        wanted_ports: Which kinds of ports to open, ``port`` and ``webdav``.
        on_stage: Told how far it is: those of ``net.dial``, then ``authentication``,
            ``main``, ``channels``, and again for each port.

    Raises:
        AuthError: The server does not take the password.
        ConnectError: It cannot be reached; :class:`TLSError` among them.
        ProtocolError: It is no SPICE server, or breaks the protocol.
        DeadlineExceeded: It took too long.
    """
    endpoint = parse_uri(where) if isinstance(where, str) else where
    opener = Opener(endpoint, password, user, timeout_s, on_stage)
    return _Connecting(Session(opener, wanted_ports=wanted_ports))
