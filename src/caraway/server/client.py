"""A client that has been let in, as its server sees it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from caraway.errors import ClosedError
from caraway.messages import enums, main
from caraway.net.connection import ChannelConnection
from caraway.protocol.capabilities import Capabilities
from caraway.protocol.channel import Event
from caraway.protocol.main import MainServer
from caraway.protocol.port import PortServer
from caraway.server.port import ServerPort

#: Messages for the agent that are taken before the client is allowed as many again.
_AGENT_RETURN = 5


class Client:
    """A client that has been let in.

    Attributes:
        session_id: What its channels are linked with.
        peer: Its address, ``local`` where it has none.
        connection: Its main channel.
        ports: The ports that it is connected to.

    Args:
        on_attach: Called when it asks for the list of channels.
        on_agent_data: Called with what it says to the agent.
    """

    def __init__(
        self,
        connection: ChannelConnection[MainServer],
        session_id: int,
        *,
        on_attach: Callable[[], None],
        on_agent_data: Callable[[Client, bytes], None],
    ) -> None:
        self.session_id = session_id
        self.connection = connection
        self.ports: dict[ServerPort, ChannelConnection[PortServer]] = {}
        self.peer = connection.peer
        self._on_attach = on_attach
        self._on_agent_data = on_agent_data
        self._agent_taken = 0

    @property
    def capabilities(self) -> Capabilities:
        """What it can do on the main channel."""
        return self.connection.channel.linked.peer

    def notify(self, text: str, *, severity: int = 0) -> None:
        """Tell its user something.

        Args:
            severity: By ``NotifySeverity``: 0 information, 1 warning, 2 error.
        """
        now_ns = int(asyncio.get_running_loop().time() * 1e9)
        self.connection.channel.notify(text, now_ns=now_ns, severity=severity)
        self.connection.flush()

    def send_agent(self, data: bytes) -> None:
        """Hand on what the agent says, as the client takes it."""
        self.connection.channel.send_agent(data)
        self.connection.flush()

    def disconnect(self, reason: str = "disconnected by the server") -> None:
        """End its session."""
        error = ClosedError(reason)
        for port in self.ports.values():
            port.close(error)
        self.connection.close(error)

    def take(self, event: Event) -> None:
        """An event of its main channel."""
        channel = self.connection.channel
        if isinstance(event, main.ClientAttachChannels):
            self._on_attach()
        elif isinstance(event, main.ClientMouseModeRequest):
            # There is no tablet here: the pointer is the server's.
            channel.send(main.ServerMouseMode(enums.MouseMode.SERVER, enums.MouseMode.SERVER))
        elif isinstance(event, main.ClientAgentData):
            self._on_agent_data(self, bytes(event.data))
            self._agent_taken += 1
            if self._agent_taken == _AGENT_RETURN:
                self._agent_taken = 0
                channel.grant(_AGENT_RETURN)
