"""A port of the virtual machine, as a client uses it."""

from __future__ import annotations

from caraway.net.connection import ChannelConnection
from caraway.net.port import PortStream
from caraway.protocol.channel import Event
from caraway.protocol.port import PortClient, PortData, PortEvent, PortEventCode, PortInit


class Port(PortStream[PortClient]):
    """A byte stream to the virtual machine, open while somebody there has it open.

    It outlives a move of the virtual machine to another host: then it is
    closed, and open again. It is gone with the session. What came before a
    closing and what came after it are never read together.

    Attributes:
        is_left: It was disconnected from here, by :meth:`leave`.
    """

    _marks_closings = True

    def __init__(self, kind: str, number: int, name: str = "") -> None:
        super().__init__(kind, number, name)
        self.is_left = False

    def bind(self, connection: ChannelConnection[PortClient]) -> None:
        """A channel for it is there."""
        self.is_left = False
        super().bind(connection)

    def take(self, event: Event) -> None:
        """An event of the channel."""
        if isinstance(event, PortData):
            self.take_data(event.data)
        elif isinstance(event, PortInit):
            self.name = event.name
            self.set_open(event.is_open)
        elif isinstance(event, PortEvent):
            if event.code in (PortEventCode.OPENED, PortEventCode.CLOSED):
                self.set_open(event.code == PortEventCode.OPENED)
            elif self.on_event is not None:
                self.on_event(event.code)

    @property
    def is_connected(self) -> bool:
        """Its channel stands, whether it is open or not."""
        return self._connection is not None

    def leave(self) -> None:
        """Disconnect from it: what it says stays in the virtual machine, for others."""
        if self._connection is not None:
            self.is_left = True
            self._connection.close()

    def send_break(self) -> None:
        """Send a break, as a serial line knows it.

        Raises:
            ClosedError: The session is over.
        """
        connection = self._connected()
        connection.channel.send_event(PortEventCode.BREAK)
        connection.flush()
