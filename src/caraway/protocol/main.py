"""The main channel, both ends: the session, its channels, and the agent's bytes.

Source: spice.proto ``MainChannel``; order and limits as in spice-server 0.15.1.
"""

from __future__ import annotations

from collections import deque
from typing import Final
from uuid import UUID

from caraway.errors import ClosedError, LocalProtocolError, RemoteProtocolError
from caraway.messages import base, main, structs
from caraway.messages.link import enums as link_enums
from caraway.protocol.channel import MAX_WAITING, Channel, Event
from caraway.protocol.link import Linked
from caraway.wire.limits import Limits
from caraway.wire.record import Buffer, Message, text_of

MAIN: Final = 1
#: Bytes of agent data in one message.
MAX_AGENT_DATA: Final = 2048
#: Messages of agent data that a client lets a server send unasked, and how many
#: it takes before it allows as many again.
AGENT_GRANT: Final = 32
_AGENT_RETURN: Final = 16
#: Messages of agent data that a server takes before it has to allow more.
SERVER_AGENT_TOKENS: Final = 10

_AGENT_TOKENS: Final = link_enums.MainCap.AGENT_CONNECTED_TOKENS
_NAME_AND_UUID: Final = link_enums.MainCap.NAME_AND_UUID
_UNLIMITED: Final = 0xFFFFFFFF
#: The number of the channel's first message; those below are the same on all channels.
_FIRST_OWN: Final = 101


class MainClient(Channel):
    """The client's end.

    Attributes:
        init: The first message of the server; None before it.
        is_agent_connected: An agent runs in the virtual machine.
        name: What the virtual machine is called; None where nobody says.
        uuid: Its number; None where nobody says.
        mouse_mode: The one in use, as INIT and MOUSE_MODE tell it.
    """

    def __init__(self, linked: Linked, *, limits: Limits | None = None) -> None:
        super().__init__("main", linked, side="client", limits=limits)
        self.init: main.ServerInit | None = None
        self.is_agent_connected = False
        self.name: str | None = None
        self.uuid: UUID | None = None
        self.mouse_mode = 0
        # Messages of agent data that the server still takes, and what waits for it to take more.
        self._tokens = 0
        self._agent_output: deque[Buffer] = deque()
        self._agent_size = 0
        self._agent_taken = 0

    def next_event(self) -> Event | None:
        """The next message; the attributes are what it says already.

        Raises:
            RemoteProtocolError: INIT did not come first, or came twice.
        """
        event = super().next_event()
        if event is not None:
            self._note(event)
        return event

    def _note(self, event: Event) -> None:
        if (
            self.init is None
            and isinstance(event, Message)
            and event.NUMBER >= _FIRST_OWN
            and not isinstance(event, main.ServerInit)
        ):
            raise RemoteProtocolError(f"the server sent {event.NAME} before it began the session")
        if isinstance(event, main.ServerInit):
            if self.init is not None:
                raise RemoteProtocolError("the server began the session twice")
            self.init = event
            self._set_agent(is_connected=bool(event.agent_connected), tokens=event.agent_tokens)
            self.mouse_mode = event.current_mouse_mode
        elif isinstance(event, main.ServerMouseMode):
            self.mouse_mode = event.current_mode
        elif isinstance(event, main.ServerName):
            self.name = text_of(event.name)
        elif isinstance(event, main.ServerUuid):
            self.uuid = UUID(bytes=bytes(event.uuid))
        elif isinstance(event, main.ServerAgentConnected):
            self._set_agent(is_connected=True, tokens=self._tokens)
        elif isinstance(event, main.ServerAgentConnectedTokens):
            self._set_agent(is_connected=True, tokens=event.num_tokens)
        elif isinstance(event, main.ServerAgentDisconnected):
            self._set_agent(is_connected=False, tokens=self._tokens)
        elif isinstance(event, main.ServerAgentToken):
            self._tokens += event.num_tokens
            self._send_agent_output()
        elif isinstance(event, main.ServerMigrateBegin | main.ServerMigrateBeginSeamless):
            # Not announced, so not expected. The server then sends SWITCH_HOST at the end.
            self.send(main.ClientMigrateConnectError())

    def _set_agent(self, *, is_connected: bool, tokens: int) -> None:
        self.is_agent_connected = is_connected
        self._tokens = tokens
        # What was meant for another agent, or another run of it, would not be understood.
        self._agent_output.clear()
        self._agent_size = 0
        self._agent_taken = 0

    def attach(self) -> None:
        """Ask for the list of channels."""
        self.send(main.ClientAttachChannels())

    def start_agent(self) -> None:
        """Let the server send what the agent says."""
        self.send(main.ClientAgentStart(AGENT_GRANT))

    def agent_taken(self) -> None:
        """A message of the agent has been dealt with: the server may send another."""
        self._agent_taken += 1
        if self._agent_taken == _AGENT_RETURN:
            self._agent_taken = 0
            self.send(main.ClientAgentToken(_AGENT_RETURN))

    def request_mouse_mode(self, mode: int) -> None:
        """Ask for a mouse mode; MOUSE_MODE tells what came of it."""
        self.send(main.ClientMouseModeRequest(mode))

    def send_agent(self, data: Buffer) -> None:
        """Send bytes to the agent, cut as the protocol wants them, as the server takes them.

        Raises:
            LocalProtocolError: There is no agent.
            ClosedError: The server has not taken 16 MiB; look at :attr:`agent_waiting`.
        """
        if not self.is_agent_connected:
            raise LocalProtocolError("no agent runs in the virtual machine")
        view = memoryview(data)
        waiting = self._agent_size + len(view)
        if waiting > MAX_WAITING:
            raise ClosedError(
                f"the server has not taken {waiting} bytes for the agent,"
                f" the limit is {MAX_WAITING}"
            )
        for start in range(0, len(view), MAX_AGENT_DATA):
            self._agent_output.append(view[start : start + MAX_AGENT_DATA])
        self._agent_size += len(view)
        self._send_agent_output()

    @property
    def agent_waiting(self) -> int:
        """Bytes for the agent that the server has not taken yet."""
        return self._agent_size

    def _send_agent_output(self) -> None:
        while self._tokens and self._agent_output:
            piece = self._agent_output.popleft()
            self._agent_size -= len(piece)
            self._tokens -= 1
            self.send(main.ClientAgentData(piece))


class MainServer(Channel):
    """The server's end.

    Args:
        agent_tokens: Messages of agent data that the client may send at once.

    Attributes:
        is_attached: The client has asked for the list of channels.
    """

    def __init__(
        self,
        linked: Linked,
        *,
        agent_tokens: int = SERVER_AGENT_TOKENS,
        limits: Limits | None = None,
    ) -> None:
        super().__init__("main", linked, side="server", limits=limits)
        self.is_attached = False
        self._has_begun = False
        self._agent_tokens = agent_tokens
        self._is_agent_connected = False
        # The client has heard of this agent, and what it sends is for it.
        self._is_agent_started = False
        # What the client may still send, and what it has allowed us.
        self._granted = 0
        self._tokens = 0
        self._agent_output: deque[Buffer] = deque()

    def next_event(self) -> Event | None:
        """The next message of the client.

        What it sends to an agent that it has not started is dropped, as it was
        meant for the one before.

        Raises:
            RemoteProtocolError: It sent more to the agent than it may.
        """
        while (event := super().next_event()) is not None:
            if isinstance(event, main.ClientAttachChannels):
                self.is_attached = True
            elif isinstance(event, main.ClientAgentStart):
                self._start_agent(event.num_tokens)
            elif isinstance(event, main.ClientAgentToken):
                self._add_tokens(event.num_tokens)
            elif isinstance(event, main.ClientAgentData):
                if not self._is_agent_started:
                    continue
                if not self._granted:
                    raise RemoteProtocolError("the client sent the agent more than it was allowed")
                self._granted -= 1
            return event
        return None

    def _start_agent(self, tokens: int) -> None:
        if not self._is_agent_connected:
            return
        if not self._is_agent_started:
            self._is_agent_started = True
            self._granted = self._agent_tokens
        self._tokens = tokens
        self._send_agent_output()

    def begin(
        self,
        session_id: int,
        *,
        mm_time: int,
        mouse_modes: int = 1,
        mouse_mode: int = 1,
        display_channels: int = 0,
        ram_hint: int = 0,
        has_agent: bool = False,
    ) -> None:
        """Send INIT, which has to be the first message.

        Args:
            session_id: What the client links its other channels with; not 0.
            mm_time: The multimedia clock, milliseconds.
            has_agent: An agent runs already.
        """
        self._has_begun = True
        self._is_agent_connected = self._is_agent_connected or has_agent
        self.send(
            main.ServerInit(
                session_id=session_id,
                display_channels_hint=display_channels,
                supported_mouse_modes=mouse_modes,
                current_mouse_mode=mouse_mode,
                agent_connected=int(self._is_agent_connected),
                agent_tokens=self._agent_tokens,
                multi_media_time=mm_time,
                ram_hint=ram_hint,
            )
        )

    def send_name(self, name: str) -> None:
        """Tell what the virtual machine is called, if the client understands that."""
        if _NAME_AND_UUID in self.linked.peer.channel:
            self.send(main.ServerName(name.encode() + b"\0"))

    def send_uuid(self, uuid: UUID) -> None:
        """Tell the virtual machine's number, if the client understands that."""
        if _NAME_AND_UUID in self.linked.peer.channel:
            self.send(main.ServerUuid(uuid.bytes))

    def send_channels(self, channels: list[tuple[int, int]]) -> None:
        """List channels by kind and number within it: all at first, then new ones."""
        listed = [structs.ChannelId(kind, number) for kind, number in channels]
        self.send(main.ServerChannelsList(listed))

    def notify(
        self, text: str, *, now_ns: int, severity: int = 1, visibility: int = 2, what: int = 0
    ) -> None:
        """Tell the user something.

        Args:
            severity: By ``NotifySeverity``: 0 information, 1 warning, 2 error.
            visibility: By ``NotifyVisibility``: 0 low to 2 high.
        """
        self.send(base.ServerNotify(now_ns, severity, visibility, what, text.encode()))

    # The agent

    def connect_agent(self) -> None:
        """An agent has begun to run."""
        self._is_agent_connected = True
        self._forget_agent()
        if not self._has_begun:
            # INIT will say it.
            return
        if _AGENT_TOKENS in self.linked.peer.channel:
            self.send(main.ServerAgentConnectedTokens(self._agent_tokens))
        else:
            self.send(main.ServerAgentConnected())

    def disconnect_agent(self, error: int = 0) -> None:
        """The agent has ended."""
        self._is_agent_connected = False
        self._forget_agent()
        if self._has_begun:
            self.send(main.ServerAgentDisconnected(error))

    def _forget_agent(self) -> None:
        self._is_agent_started = False
        self._granted = 0
        self._tokens = 0
        self._agent_output.clear()

    def grant(self, messages: int) -> None:
        """Let the client send more to the agent, which has taken so many messages."""
        if not self._is_agent_started:
            return
        self._granted += messages
        self.send(main.ServerAgentToken(messages))

    def send_agent(self, data: Buffer) -> None:
        """Hand on what the agent says, as the client takes it.

        Raises:
            ClosedError: The client has not taken 16 MiB; look at :attr:`agent_waiting`.
        """
        view = memoryview(data)
        # One that asks for nothing must not have all of it kept.
        waiting = len(self._agent_output) * MAX_AGENT_DATA + len(view)
        if waiting > MAX_WAITING:
            raise ClosedError(
                f"the client has not taken {waiting} bytes of the agent's,"
                f" the limit is {MAX_WAITING}"
            )
        for start in range(0, len(view), MAX_AGENT_DATA):
            self._agent_output.append(view[start : start + MAX_AGENT_DATA])
        self._send_agent_output()

    @property
    def agent_waiting(self) -> int:
        """Messages of the agent that the client has not taken yet."""
        return len(self._agent_output)

    def _add_tokens(self, count: int) -> None:
        if self._tokens != _UNLIMITED:
            self._tokens = min(self._tokens + count, _UNLIMITED)
        self._send_agent_output()

    def _send_agent_output(self) -> None:
        while self._tokens and self._agent_output:
            if self._tokens != _UNLIMITED:
                self._tokens -= 1
            self.send(main.ServerAgentData(self._agent_output.popleft()))
