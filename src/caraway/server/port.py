"""A port of a server: the virtual machine's side of a byte stream."""

from __future__ import annotations

from collections.abc import Callable

from caraway.net.callbacks import tell
from caraway.net.connection import ChannelConnection
from caraway.net.pace import Pace
from caraway.net.port import PortStream
from caraway.protocol.channel import Event
from caraway.protocol.link import Linked
from caraway.protocol.port import PortData, PortEvent, PortServer
from caraway.wire.limits import Limits
from caraway.wire.record import Buffer


class ServerPort(PortStream[PortServer]):
    """A byte stream that a client connects to; made by :meth:`Server.add_port`.

    One client has it at a time. The stream :attr:`is_open` while the port is
    opened here and a client is connected.

    Attributes:
        is_opened: It is open on our side; clients are told.
        on_client: Called when a client has connected to it, or left.
    """

    def __init__(
        self, kind: str, number: int, name: str, *, is_opened: bool, compresses: bool
    ) -> None:
        super().__init__(kind, number, name)
        self.is_opened = is_opened
        self.on_client: Callable[[bool], None] | None = None
        self._pace = Pace() if compresses else None
        # In the middle of a message; and of one that is nobody's, as the port was closed then.
        self._is_within = self._is_dropping = False

    @property
    def has_client(self) -> bool:
        """A client is connected to it."""
        return self._connection is not None

    def open(self) -> None:
        """Open it on our side."""
        self._set_opened(True)

    def close(self) -> None:
        """Close it on our side; it can be opened again."""
        self._set_opened(False)

    def _set_opened(self, is_opened: bool) -> None:
        if is_opened == self.is_opened:
            return
        self.is_opened = is_opened
        self._is_dropping = self._is_dropping or self._is_within
        if self._connection is not None:
            self._connection.channel.set_open(is_opened)
            self._connection.flush()
            self.set_open(is_opened)

    def _send(self, connection: ChannelConnection[PortServer], pieces: list[Buffer]) -> None:
        if self._pace is not None:
            connection.channel.compresses = self._pace.packs(sum(map(len, pieces)))
        super()._send(connection, pieces)

    def send_event(self, code: int) -> None:
        """Tell the client of something, such as BREAK.

        Raises:
            ClosedError: No client is connected.
        """
        connection = self._connected()
        connection.channel.send_event(code)
        connection.flush()

    # What the server calls

    def make_channel(self, linked: Linked, limits: Limits) -> PortServer:
        """The server's end of the channel for a client."""
        return PortServer(
            linked,
            self.name,
            is_open=self.is_opened,
            kind=self.kind,
            limits=limits,
        )

    def connect(self, connection: ChannelConnection[PortServer]) -> None:
        """A client has come."""
        # What the one before has said last is not this one's.
        self.drop_unread()
        self._is_within = self._is_dropping = False
        if self._pace is not None:
            self._pace = Pace()
            connection.on_taken = self._pace.measured
        self.bind(connection)
        self.set_open(self.is_opened)
        tell(self.on_client, True)

    def disconnect(self) -> None:
        """The client has gone."""
        self.unbind()
        tell(self.on_client, False)

    def take(self, event: Event) -> None:
        """An event of the client."""
        if isinstance(event, PortData):
            self._take_message(event)
        elif isinstance(event, PortEvent) and self.on_event is not None:
            self.on_event(event.code)

    def _take_message(self, event: PortData) -> None:
        """A message, or a part of one; what comes while the port is closed is nobody's."""
        if not self._is_within:
            self._is_dropping = False
        self._is_dropping = self._is_dropping or not self.is_opened
        self._is_within = event.is_part
        if not self._is_dropping:
            self.take_data(event.data)
