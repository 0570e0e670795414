"""The sharing side: HTTP requests of the virtual machine's programs, answered through a port."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable

from caraway.net.mux import MuxTransport
from caraway.net.mux_link import Carrier, MuxLink
from caraway.protocol.mux_sender import LONE_FRAME
from caraway.protocol.mux_streams import MuxLimits
from caraway.webdav.server.connection import Connection
from caraway.webdav.server.interface import ConnectionSettings, Exchange, Handler, Transfer
from caraway.webdav.server.kept_answers import KeptAnswers

#: Connections on which nothing has moved for as long are given up, seconds. A program that
#: still has one open may go on using it.
_IDLE_S = 60.0
#: How long an answer may be on its way to a program once it has left here, seconds. Agents
#: tell when it has come, but not of programs that keep their connections.
_ARRIVES_S = 5.0
_LOOK_S = 0.02
#: Pieces of files that fill frames; uploads in pieces that a connection may have on its way.
_SETTINGS = ConnectionSettings(send_piece=4 * LONE_FRAME, receive_buffer=256 << 10)

#: A method and a path, or what else stands there.
_REQUEST = re.compile(rb"[A-Z]{3,16} [/*h]")


def _is_beginning(data: bytes) -> bool:
    """A request, and not the rest of one whose connection is closed already."""
    return _REQUEST.match(data) is not None


class FolderHost:
    """An application that answers through a port; made by :func:`serve`.

    Args:
        carrier: The port.
        application: Answers requests.
        settings: Limits and timeouts of each connection.
        limits: What the virtual machine may take from us.
        on_exchange: Called for each request that has been answered.
        on_change: Called when the port was opened or closed, or is gone.
    """

    def __init__(
        self,
        carrier: Carrier,
        application: Handler,
        settings: ConnectionSettings | None = None,
        *,
        limits: MuxLimits | None = None,
        on_exchange: Callable[[Exchange], None] | None = None,
        on_change: Callable[[], None] | None = None,
    ) -> None:
        self._application = application
        self._settings = settings or _SETTINGS
        self._on_exchange = on_exchange
        self._kept = KeptAnswers()
        self._connections: dict[MuxTransport, Connection] = {}
        self._gone: asyncio.Event | None = None
        self._is_finishing = False
        self._link = MuxLink(
            carrier,
            self._accept,
            limits=limits,
            is_unfinished=self._is_unfinished,
            is_beginning=_is_beginning,
            leads_first=True,
            on_change=on_change,
            on_sweep=self._sweep,
        )

    @property
    def connections(self) -> int:
        """Connections that are open."""
        return len(self._connections)

    @property
    def takes_credits(self) -> bool:
        """The agent in the virtual machine is ours: no connection there stops another."""
        return self._link.mux.takes_credits

    def transfers(self) -> list[Transfer]:
        """What takes its time just now, in no order."""
        found = (connection.transfer for connection in self._connections.values())
        return [transfer for transfer in found if transfer is not None]

    def _accept(self, transport: MuxTransport) -> Connection:
        connection = self._connections[transport] = Connection(
            self._application,
            self._settings,
            on_exchange=self._on_exchange,
            on_close=lambda closed: self._closed(transport),
            kept=self._kept,
        )
        if self._is_finishing:
            # Soon: it is not connected yet.
            asyncio.get_running_loop().call_soon(connection.finish)
        return connection

    def _closed(self, transport: MuxTransport) -> None:
        self._connections.pop(transport, None)
        if not self._connections and self._gone is not None:
            self._gone.set()

    def _is_unfinished(self, transport: MuxTransport) -> bool:
        connection = self._connections[transport]
        if connection.is_receiving:
            return False
        return bool(transport.get_write_buffer_size()) or not connection.is_idle

    def _sweep(self, now: float) -> None:
        for transport, connection in list(self._connections.items()):
            if (
                connection.is_idle
                and not transport.get_write_buffer_size()
                and now - transport.stream.moved > _IDLE_S
            ):
                transport.expire()
            else:
                connection.check(now)

    async def finish(self) -> None:
        """Answer what is under way, then close.

        Returns when the answers have arrived, as far as that can be known: a server drops
        what it has not handed on when its client leaves.
        """
        self._is_finishing = True
        # Our agent tells of all; of others those are left out that may have nothing to tell.
        awaited = {
            transport.stream.stream_id
            for transport, connection in self._connections.items()
            if self.takes_credits or not connection.is_idle or transport.get_write_buffer_size()
        }
        for connection in list(self._connections.values()):
            connection.finish()
        if self._connections:
            self._gone = self._gone or asyncio.Event()
            await self._gone.wait()
        await self._see_arrive(awaited)
        self.close()

    async def _see_arrive(self, numbers: set[int]) -> None:
        """Wait until the peer says of connections that were closed here that they are over."""
        mux, loop = self._link.mux, asyncio.get_running_loop()
        deadline = loop.time() + _ARRIVES_S
        while not numbers.isdisjoint(mux.unconfirmed) and loop.time() < deadline:
            await asyncio.sleep(_LOOK_S)

    def close(self) -> None:
        """End all connections now; the port stays open and is free."""
        self._link.close()


def serve(
    carrier: Carrier,
    application: Handler,
    settings: ConnectionSettings | None = None,
    *,
    limits: MuxLimits | None = None,
    on_exchange: Callable[[Exchange], None] | None = None,
    on_change: Callable[[], None] | None = None,
) -> FolderHost:
    """Answer requests that come through a port, until :meth:`FolderHost.close`.

    Args:
        carrier: The port, such as the one called ``org.spice-space.webdav.0`` of a session.
        application: Answers requests, such as :class:`caraway.webdav.Application`.
        settings: Limits and timeouts of each connection.
        limits: What the virtual machine may take from us.
        on_exchange: Called for each request that has been answered.
        on_change: Called when the port was opened or closed, or is gone.
    """
    return FolderHost(
        carrier,
        application,
        settings,
        limits=limits,
        on_exchange=on_exchange,
        on_change=on_change,
    )
