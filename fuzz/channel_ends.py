"""Channels to be fuzzed: every end that has rules of its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from caraway.messages import main
from caraway.protocol.capabilities import Capabilities
from caraway.protocol.channel import Channel, Event
from caraway.protocol.link import Linked, LinkRequest
from caraway.protocol.main import MainClient, MainServer
from caraway.protocol.port import PortClient, PortServer, VmcChannel
from caraway.wire.limits import Limits

LIMITS = Limits(max_message=4000)


def _linked(kind: int, *, mini: bool) -> Linked:
    capabilities = Capabilities(frozenset({0, 1, 3}), frozenset({0, 1, 2}))
    return Linked(LinkRequest(kind, capabilities=capabilities), capabilities, mini)


def _main_server(mini: bool) -> MainServer:
    server = MainServer(_linked(1, mini=mini), limits=LIMITS)
    server.connect_agent()
    server.begin(77, mm_time=0)
    server.send_agent(bytes(100_000))
    server.set_ack_window(4)
    return server


#: The first byte of an input picks one, and the kind of header.
ENDS: Sequence[Callable[[bool], Channel]] = (
    lambda mini: MainClient(_linked(1, mini=mini), limits=LIMITS),
    _main_server,
    lambda mini: PortClient(_linked(10, mini=mini), compresses=True, limits=LIMITS),
    lambda mini: PortServer(_linked(10, mini=mini), "port", is_open=True, limits=LIMITS),
    lambda mini: VmcChannel("usbredir", _linked(9, mini=mini), is_client=True, limits=LIMITS),
    lambda mini: Channel("display", _linked(2, mini=mini), side="client", limits=LIMITS),
    lambda mini: Channel("inputs", _linked(3, mini=mini), side="server", limits=LIMITS),
    lambda mini: Channel("display", _linked(2, mini=mini), side="server", limits=LIMITS),
)


def react(channel: Channel, event: Event) -> None:
    """What a session does at least with an event."""
    if isinstance(channel, MainClient):
        if isinstance(event, main.ServerAgentData):
            channel.agent_taken()
        elif isinstance(event, main.ServerInit):
            channel.attach()
            channel.start_agent()
        if channel.is_agent_connected and channel.agent_waiting < 10_000:
            channel.send_agent(b"x" * 3000)
    elif isinstance(channel, MainServer) and isinstance(event, main.ClientAgentData):
        channel.grant(1)
