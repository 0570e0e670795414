"""A SPICE session as a client: connect, watch, talk to ports.

>>> from caraway.client import connect  # async with connect("spice://host:5900") as session: ...
"""

from __future__ import annotations

from caraway.client.connecting import connect
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
from caraway.client.port import Port
from caraway.client.session import Session
from caraway.net.port_streams import open_streams

__all__ = [
    "AgentConnected",
    "AgentDisconnected",
    "ChannelsAdded",
    "Ended",
    "Missed",
    "MouseModeChanged",
    "Named",
    "Notified",
    "Port",
    "PortAdded",
    "PortUnavailable",
    "Session",
    "SessionEvent",
    "Skipped",
    "Switched",
    "connect",
    "open_streams",
]
