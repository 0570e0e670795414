"""The ports of a session: those that are wanted are opened, and kept."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final

from caraway.client.connections import LIMITS, Connections
from caraway.client.event_queue import EventQueue
from caraway.client.events import PortAdded, PortUnavailable
from caraway.client.port import Port
from caraway.client.port_channel import PortChannel
from caraway.client.tasks import Tasks
from caraway.errors import CarawayError, ClosedError, DeadlineExceeded, LinkRefused
from caraway.messages.link import enums as link_enums
from caraway.protocol.channel import Event
from caraway.protocol.port import PORT, WEBDAV

_KINDS: Final = {PORT: "port", WEBDAV: "webdav"}


class Ports:
    """The ports of a session. One outlives its channel if the session moves.

    Attributes:
        known: Those that were opened, by kind and number.

    Args:
        is_wanted: Whether to open ports of a kind, ``port`` or ``webdav``.
    """

    def __init__(
        self,
        connections: Connections,
        events: EventQueue,
        tasks: Tasks,
        *,
        is_wanted: Callable[[str], bool],
    ) -> None:
        self.known: dict[tuple[int, int], Port] = {}
        self._connections = connections
        self._events = events
        self._tasks = tasks
        self._is_wanted = is_wanted
        self._opening: set[tuple[int, int]] = set()

    # Finding one

    def find(self, name: str) -> Port:
        """The port of that name.

        Raises:
            ClosedError: The server has none.
        """
        port = self._called(name)
        if port is None:
            names = ", ".join(sorted(port.name for port in self.known.values())) or "none"
            raise ClosedError(f"the server has no port '{name}'", hint=f"its ports: {names}")
        return port

    async def wait(self, name: str, *, timeout_s: float) -> Port:
        """The port of that name, as soon as the server has it.

        Raises:
            DeadlineExceeded: It did not come.
            CarawayError: The session ended.
        """
        try:
            async with asyncio.timeout(timeout_s) as patience:
                while (port := self._called(name)) is None:
                    self._events.check()
                    await self._events.wait_change()
                return port
        except TimeoutError:
            if not patience.expired():
                # A deadline that ended the session.
                raise
            raise DeadlineExceeded(f"no port '{name}' within {timeout_s:g} s") from None

    def _called(self, name: str) -> Port | None:
        return next((port for port in self.known.values() if port.name == name), None)

    # Opening

    async def open(self, channels: list[tuple[int, int]], *, is_late: bool = False) -> None:
        """Open those that are wanted, and are not open.

        Args:
            channels: Of any kind, as the server lists them.
            is_late: They have come later than the others: the session goes on without one
                that cannot be opened.

        Raises:
            CarawayError: One cannot be opened, and that is not because somebody else has it.
        """
        new = [
            each
            for each in channels
            if each[0] in _KINDS
            and each not in self._connections.ports
            and each not in self._opening
            and self._is_wanted(_KINDS[each[0]])
        ]
        # More channels may be listed before these stand.
        self._opening.update(new)
        try:
            tasks = [asyncio.ensure_future(self._open(each, is_late=is_late)) for each in new]
            try:
                await asyncio.gather(*tasks)
            finally:
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)
        finally:
            self._opening.difference_update(new)

    async def _open(self, number: tuple[int, int], *, is_late: bool) -> None:
        kind = _KINDS[number[0]]
        port = self.known.get(number)
        if port is None or port.is_gone:
            port = Port(kind, number[1])
        channel = PortChannel(
            port,
            number,
            on_event=self._take,
            on_linked=self._connections.add_port,
            on_closed=self._closed,
        )
        opener = self._connections.opener
        try:
            async with asyncio.timeout(opener.timeout_s):
                await channel.open(opener, self._connections.init.session_id, limits=LIMITS)
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
            self._events.put(PortUnavailable(kind, number[1], reason))
            return
        self.known[number] = port
        self._events.put(PortAdded(port.name))

    def _take(self, channel: PortChannel, event: Event) -> None:
        assert channel.connection is not None
        self._connections.take(channel.connection, channel.port.kind, event)

    # Losing them

    def _closed(self, channel: PortChannel, error: CarawayError) -> None:
        was_there = self._connections.remove_port(channel)
        is_known = self.known.get(channel.number) is channel.port
        if was_there and is_known and not channel.port.is_left:
            self._tasks.start(self._miss, channel, error)
        self._events.wake()

    async def _miss(self, channel: PortChannel, error: CarawayError) -> None:
        """A port's channel is gone, and the port with it if the session goes on here."""
        if await self._connections.goes_on_without(channel.number):
            channel.port.unbind(type(error)(f"the channel of port '{channel.port.name}': {error}"))

    def unbind(self, error: CarawayError | None = None) -> None:
        """No port has a channel any more.

        Args:
            error: Why they will not be open again; None if they may be.
        """
        for port in self.known.values():
            port.unbind(error)

    def forget_absent(self, where: str) -> None:
        """The session has moved: ports that have not come back are gone.

        Args:
            where: Where it is now.
        """
        for number, port in list(self.known.items()):
            if number not in self._connections.ports and not port.is_gone:
                del self.known[number]
                port.unbind(ClosedError(f"there is no port '{port.name}' at {where}"))
