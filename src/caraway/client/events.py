"""What a session tells: values, in the order in which they happened."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from caraway.errors import CarawayError


class SessionEvent:
    """The base of all events of a session."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class ChannelsAdded(SessionEvent):
    """The server has channels that it did not have before.

    Attributes:
        channels: Name of the kind, or its number where it has no name here,
            and the number among those of that kind.
    """

    channels: tuple[tuple[str | int, int], ...]


@dataclass(frozen=True, slots=True)
class PortAdded(SessionEvent):
    """The channel of a port has been opened: at the beginning, for a new one, after a move."""

    name: str


@dataclass(frozen=True, slots=True)
class PortUnavailable(SessionEvent):
    """A port that the server lists could not be opened; the session goes on without it.

    Attributes:
        kind: ``port`` or ``webdav``.
        number: Which of its kind.
        reason: :class:`~caraway.errors.LinkRefused` where another client has it.
    """

    kind: str
    number: int
    reason: CarawayError


@dataclass(frozen=True, slots=True)
class Named(SessionEvent):
    """The server said what the virtual machine is called, or its number."""

    name: str | None
    uuid: UUID | None


@dataclass(frozen=True, slots=True)
class AgentConnected(SessionEvent):
    """An agent has begun to run in the virtual machine."""


@dataclass(frozen=True, slots=True)
class AgentDisconnected(SessionEvent):
    """The agent has ended."""


@dataclass(frozen=True, slots=True)
class Notified(SessionEvent):
    """The server has something to say to the user.

    Attributes:
        severity: ``information``, ``warning`` or ``error``.
    """

    text: str
    severity: str


@dataclass(frozen=True, slots=True)
class MouseModeChanged(SessionEvent):
    """The pointer is moved in another way.

    Attributes:
        mode: By ``caraway.messages.enums.MouseMode``.
    """

    mode: int


@dataclass(frozen=True, slots=True)
class Switched(SessionEvent):
    """The virtual machine runs on another host now; the session went after it."""

    where: str


@dataclass(frozen=True, slots=True)
class Skipped(SessionEvent):
    """A channel brought a message that is not known here."""

    channel: str
    number: int
    size: int


@dataclass(frozen=True, slots=True)
class Missed(SessionEvent):
    """Events were dropped because nobody took them."""

    count: int


@dataclass(frozen=True, slots=True)
class Ended(SessionEvent):
    """The session is over; the last event."""

    reason: CarawayError
