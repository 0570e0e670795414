"""The server: who is connected, and which channels there are."""

from __future__ import annotations

import asyncio
import secrets
import socket
import ssl
from collections import deque
from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import Final, cast
from uuid import UUID

from caraway.errors import (
    AuthError,
    CarawayError,
    ClosedError,
    DeadlineExceeded,
    LimitExceeded,
    UsageError,
)
from caraway.messages.link import enums as link_enums
from caraway.net.callbacks import tell
from caraway.net.connection import ChannelConnection
from caraway.net.endpoint import origin_of
from caraway.net.listen import Listener
from caraway.net.tcp import tune
from caraway.protocol.capabilities import Capabilities
from caraway.protocol.channel import Channel, Event
from caraway.protocol.link import Linked, LinkRequest, Offer, SaslServer, ServerLink
from caraway.protocol.main import MAIN, MainServer
from caraway.protocol.port import MAX_NAME, PORT, WEBDAV, WEBDAV_PORT, PortServer
from caraway.server.client import Client
from caraway.server.limits import ServerLimits
from caraway.server.port import ServerPort
from caraway.server.tickets import KeyRing, make_password, open_ticket

LinkErr = link_enums.LinkErr
CommonCap = link_enums.CommonCap

_MAIN_CAPS: Final = frozenset(
    {link_enums.MainCap.NAME_AND_UUID, link_enums.MainCap.AGENT_CONNECTED_TOKENS}
)
_PORT_CAPS: Final = frozenset({link_enums.SpicevmcCap.DATA_COMPRESS_LZ4})
_KINDS: Final = {"port": PORT, "webdav": WEBDAV}
#: The multimedia clock of a client is behind the server's by this much, milliseconds.
_MM_DELAY_MS: Final = 400
_U32: Final = 0xFFFFFFFF
#: Ports of a server: their numbers are bytes.
MAX_PORTS: Final = 256
#: Addresses whose wrong passwords are counted.
_MAX_ADDRESSES: Final = 10_000

Sasl = tuple[Sequence[str], Callable[[str], SaslServer]]


class Server:
    """A SPICE server with ports and no display.

    Args:
        password: What clients need; None lets everybody in.
        name: What the virtual machine is called; None to say nothing.
        uuid: Its number; None to say nothing.
        clients: How many may be connected; one more takes the place of the
            oldest, as with a real server.
        sasl: Names of SASL mechanisms, and what makes the judging side of one:
            instead of the password.
        compresses: Send LZ4 to clients that take it, where the way to them is slow.
        limits: What strangers and clients may take.
        allow_origins: Where pages may come from whose scripts connect by WebSocket, such
            as ``https://desk.example``; ``*`` for anywhere. Programs that are no browsers
            need not be named.

    Attributes:
        clients: Those that are connected, oldest first.
        ports: All ports.
        on_client: Called when a client has come.
        on_client_gone: Called when a client has left.
        on_agent_data: Called with what a client says to the agent.
        on_refused: Called with the address and the reason, when a link failed: a
            :class:`ClosedError` or :class:`ConnectError` where it was the stranger who left.
    """

    def __init__(
        self,
        *,
        password: str | None = None,
        name: str | None = None,
        uuid: UUID | None = None,
        clients: int = 1,
        sasl: Sasl | None = None,
        compresses: bool = True,
        limits: ServerLimits | None = None,
        allow_origins: Collection[str] = (),
    ) -> None:
        if clients < 1:
            raise UsageError(f"a server for {clients} clients; at least 1")
        self._password = make_password(password)
        self._name = name
        self._uuid = uuid
        self._max_clients = clients
        self._sasl = sasl
        self._compresses = compresses
        self._limits = limits or ServerLimits()
        self._keys = KeyRing()
        self._listener = Listener(
            lambda: Stream(self, self._limits),
            greeting_timeout_s=self._limits.link_timeout_s,
            max_greeting=self._limits.max_linking,
            max_greeting_per_peer=self._limits.max_linking_per_peer,
            allow_origins=allow_origins,
        )
        # Oldest first.
        self._linking: dict[Stream, None] = {}
        self._streams: set[Stream] = set()
        self._failures: dict[str, deque[float]] = {}
        self.clients: list[Client] = []
        self.ports: list[ServerPort] = []
        self.on_client: Callable[[Client], None] | None = None
        self.on_client_gone: Callable[[Client], None] | None = None
        self.on_agent_data: Callable[[Client, bytes], None] | None = None
        self._has_agent = False
        self.on_refused: Callable[[str, CarawayError], None] | None = None

    # Listening

    async def listen_tcp(self, host: str, port: int, *, tls: ssl.SSLContext | None = None) -> str:
        """Listen on an address; port 0 takes a free one. WebSockets are known by their greeting.

        Returns:
            The URI for clients.

        Raises:
            ConnectError: The address is in use or not ours.
        """
        await self._keys.prepare()
        return await self._listener.listen_tcp(host, port, tls=tls)

    async def listen_unix(self, path: Path) -> str:
        """Listen on a Unix socket that only this user may connect to.

        Raises:
            ConnectError: Something else is at ``path``, or it cannot be made.
        """
        await self._keys.prepare()
        return await self._listener.listen_unix(path)

    async def aclose(self) -> None:
        """Stop listening and disconnect everybody; ports are gone then."""
        await self._listener.aclose()
        error = ClosedError("the server was closed")
        streams = list(self._streams)
        for client in list(self.clients):
            client.disconnect(str(error))
        for stream in streams:
            stream.close(error)
        for port in self.ports:
            port.unbind(error)
        await asyncio.gather(*(stream.aclose() for stream in streams))
        await self._keys.aclose()

    # What it offers

    def set_password(self, password: str | None, *, lifetime_s: float | None = None) -> None:
        """Set what clients need from now on.

        Args:
            password: None lets everybody in.
            lifetime_s: How long it is good for; None for ever.

        Raises:
            UsageError: It is longer than 60 bytes.
        """
        expires = None
        if lifetime_s is not None:
            expires = asyncio.get_running_loop().time() + lifetime_s
        self._password = make_password(password, expires=expires)

    def set_name(self, name: str) -> None:
        """Say what the virtual machine is called, to clients that understand it."""
        self._name = name
        for client in self.clients:
            client.connection.channel.send_name(name)
            client.connection.flush()

    def set_uuid(self, uuid: UUID) -> None:
        """Say the virtual machine's number, to clients that understand it."""
        self._uuid = uuid
        for client in self.clients:
            client.connection.channel.send_uuid(uuid)
            client.connection.flush()

    def add_port(self, name: str, *, is_opened: bool = True) -> ServerPort:
        """A new port; clients that are connected hear of it.

        Args:
            name: ``org.spice-space.webdav.0`` makes it the one of shared folders.
            is_opened: It is open on our side from the beginning.

        Raises:
            UsageError: There is one of that name, or the name is longer than clients take; or
                there are 256 ports.
        """
        size = len(name.encode())
        if size > MAX_NAME:
            raise UsageError(f"a port's name of {size} bytes, the limit is {MAX_NAME}")
        if any(port.name == name for port in self.ports):
            raise UsageError(f"there is a port '{name}' already")
        kind = "webdav" if name == WEBDAV_PORT else "port"
        used = {port.number for port in self.ports if port.kind == kind}
        number = next((each for each in range(MAX_PORTS) if each not in used), None)
        if number is None:
            raise UsageError(f"there are {MAX_PORTS} ports already, the limit is {MAX_PORTS}")
        port = ServerPort(kind, number, name, is_opened=is_opened, compresses=self._compresses)
        self.ports.append(port)
        for client in self.clients:
            if client.connection.channel.is_attached:
                client.connection.channel.send_channels([(_KINDS[kind], number)])
                client.connection.flush()
        return port

    # The agent

    def connect_agent(self) -> None:
        """An agent has begun to run: clients may talk to it, see ``on_agent_data``."""
        self._has_agent = True
        for client in self.clients:
            client.connection.channel.connect_agent()
            client.connection.flush()

    def disconnect_agent(self) -> None:
        """The agent has ended."""
        self._has_agent = False
        for client in self.clients:
            client.connection.channel.disconnect_agent()
            client.connection.flush()

    # Who comes and goes; called by the streams

    def admit(self, stream: Stream) -> bool:
        """Whether a stream may begin to link."""
        self._streams.add(stream)
        limits = self._limits
        peer = origin_of(stream.peer)
        failures = self._failures.get(peer)
        if failures is not None:
            now = asyncio.get_running_loop().time()
            while failures and failures[0] < now - 60.0:
                failures.popleft()
            if len(failures) >= limits.max_failures_per_minute:
                return False
            if not failures:
                del self._failures[peer]
        same = [each for each in self._linking if origin_of(each.peer) == peer]
        # The oldest has had the most time: nobody shuts others out by being silent.
        if len(same) >= limits.max_linking_per_peer:
            self._drop(same[0], f"{len(same)} links from {peer}", limits.max_linking_per_peer)
        elif len(self._linking) >= limits.max_linking:
            what = f"{len(self._linking)} links"
            self._drop(next(iter(self._linking)), what, limits.max_linking)
        self._linking[stream] = None
        return True

    def _drop(self, stream: Stream, what: str, limit: int) -> None:
        del self._linking[stream]
        error = LimitExceeded(f"{what} are not authenticated, the limit is {limit}; one more came")
        stream.abort(error)
        tell(self.on_refused, stream.peer, error)

    def offer(self, request: LinkRequest) -> Offer:
        """How to go on with a request."""
        channel_caps = _MAIN_CAPS if request.channel_type == MAIN else _PORT_CAPS
        common = {CommonCap.PROTOCOL_AUTH_SELECTION, CommonCap.MINI_HEADER}
        if self._sasl is not None:
            common.add(CommonCap.AUTH_SASL)
            return Offer(Capabilities(frozenset(common), channel_caps), b"", _no_ticket, self._sasl)
        common.add(CommonCap.AUTH_SPICE)
        key = self._keys.take()

        def judge(ticket: bytes) -> int:
            given = open_ticket(key, ticket)
            now = asyncio.get_running_loop().time()
            if given is not None and self._password.admits(given, now=now):
                return LinkErr.OK
            return LinkErr.PERMISSION_DENIED

        return Offer(Capabilities(frozenset(common), channel_caps), key.public_key, judge)

    def confirm(self, request: LinkRequest) -> LinkErr:
        """Whether there is what an authenticated client asks for."""
        if request.channel_type == MAIN:
            # A number would mean that its virtual machine moves here, which needs a state we lack.
            return LinkErr.OK if not request.connection_id else LinkErr.BAD_CONNECTION_ID
        if self._client_of(request.connection_id) is None:
            return LinkErr.BAD_CONNECTION_ID
        port = self._port_of(request)
        if port is None or port.has_client:
            return LinkErr.CHANNEL_NOT_AVAILABLE
        return LinkErr.OK

    def make_channel(self, linked: Linked) -> Channel:
        """The channel for a stream that has been linked."""
        if linked.request.channel_type == MAIN:
            return MainServer(linked, limits=self._limits.message)
        port = self._port_of(linked.request)
        assert port is not None, "confirmed a moment ago"
        return port.make_channel(linked, self._limits.message)

    def linked(self, stream: Stream) -> Callable[[Event], None]:
        """A stream has been linked; returns what takes its events."""
        self._linking.pop(stream, None)
        channel = stream.channel
        if isinstance(channel, MainServer):
            return self._begin(cast("ChannelConnection[MainServer]", stream), channel)
        request = channel.linked.request
        port, client = self._port_of(request), self._client_of(request.connection_id)
        assert port is not None, "confirmed a moment ago"
        assert client is not None, "confirmed a moment ago"
        connection = cast("ChannelConnection[PortServer]", stream)
        client.ports[port] = connection
        port.connect(connection)
        return port.take

    def _begin(
        self, connection: ChannelConnection[MainServer], channel: MainServer
    ) -> Callable[[Event], None]:
        while len(self.clients) >= self._max_clients:
            self.clients[0].disconnect("another client took over")
            self._leave(self.clients[0])
        used = {client.session_id for client in self.clients}
        session_id = next(each for each in iter(_random_id, None) if each and each not in used)
        client = Client(
            connection,
            session_id,
            on_attach=lambda: channel.send_channels(
                [(_KINDS[port.kind], port.number) for port in self.ports]
            ),
            on_agent_data=self._hand_to_agent,
        )
        mm_time = int(asyncio.get_running_loop().time() * 1000) - _MM_DELAY_MS
        channel.begin(session_id, mm_time=mm_time & _U32, has_agent=self._has_agent)
        if self._name is not None:
            channel.send_name(self._name)
        if self._uuid is not None:
            channel.send_uuid(self._uuid)
        self.clients.append(client)
        tell(self.on_client, client)
        return client.take

    def _hand_to_agent(self, client: Client, data: bytes) -> None:
        if self.on_agent_data is not None:
            self.on_agent_data(client, data)

    def closed(self, stream: Stream, error: CarawayError) -> None:
        """A stream is gone."""
        self._streams.discard(stream)
        if stream in self._linking:
            del self._linking[stream]
            if isinstance(error, AuthError):
                self._note_failure(origin_of(stream.peer))
            tell(self.on_refused, stream.peer, error)
            return
        for client in list(self.clients):
            if client.connection is stream:
                client.disconnect("its main channel was closed")
                self._leave(client)
        for client in self.clients:
            for port, connection in list(client.ports.items()):
                if connection is stream:
                    del client.ports[port]
                    port.disconnect()

    def _leave(self, client: Client) -> None:
        self.clients.remove(client)
        for port in client.ports:
            port.disconnect()
        client.ports.clear()
        tell(self.on_client_gone, client)

    def _note_failure(self, peer: str) -> None:
        # Taken out and put back: the first to be forgotten are those who have long been quiet.
        failures = self._failures.pop(peer, None) or deque(maxlen=1000)
        failures.append(asyncio.get_running_loop().time())
        self._failures[peer] = failures
        # As many addresses as a stranger can have must not fill our memory.
        while len(self._failures) > _MAX_ADDRESSES:
            del self._failures[next(iter(self._failures))]

    def _client_of(self, session_id: int) -> Client | None:
        return next((each for each in self.clients if each.session_id == session_id), None)

    def _port_of(self, request: LinkRequest) -> ServerPort | None:
        for port in self.ports:
            if (_KINDS[port.kind], port.number) == (request.channel_type, request.channel_id):
                return port
        return None


class Stream(ChannelConnection[Channel]):
    """A stream that came in: first a stranger, then a channel of a client."""

    def __init__(self, server: Server, limits: ServerLimits) -> None:
        super().__init__(
            ServerLink(server.offer, confirm=server.confirm),
            server.make_channel,
            on_event=_ignore,
            on_linked=self._begin,
            on_closed=self._end,
        )
        self._server = server
        self._limits = limits
        self._deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The stream is open: it has a while to prove who it is."""
        super().connection_made(transport)
        sock = transport.get_extra_info("socket")
        if sock is not None and sock.family in (socket.AF_INET, socket.AF_INET6):
            tune(sock)
        if not self._server.admit(self):
            self.abort(ClosedError(f"too many links from {self.peer}, or wrong passwords"))
            return
        loop = asyncio.get_running_loop()
        self._deadline = loop.call_later(self._limits.link_timeout_s, self._give_up)

    def _give_up(self) -> None:
        self.abort(DeadlineExceeded(f"not linked within {self._limits.link_timeout_s:g} s"))

    def _begin(self, stream: ChannelConnection[Channel]) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
        self._on_event = self._server.linked(self)

    def _end(self, error: CarawayError) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
        self._server.closed(self, error)


def _ignore(event: Event) -> None:
    """Before a stream is linked there are no events."""


def _random_id() -> int:
    return secrets.randbits(32)


def _no_ticket(ticket: bytes) -> int:
    return LinkErr.PERMISSION_DENIED
