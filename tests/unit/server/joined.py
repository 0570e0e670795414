"""Clients and servers in one program, joined in memory."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from caraway.errors import ConnectError
from caraway.messages.link import enums
from caraway.net.connection import ChannelConnection
from caraway.net.memory import join_in_memory
from caraway.protocol.capabilities import Capabilities
from caraway.protocol.channel import Channel
from caraway.protocol.link import LinkRequest, Offer, ServerLink
from caraway.protocol.ticket import TicketKey
from caraway.server import Server, ServerLimits
from caraway.server.server import Stream
from tests.patience import PATIENCE_S

URI = "spice://memory:5900"
#: Making one takes longest.
KEY = TicketKey()


def run(work: Coroutine[Any, Any, None]) -> None:
    """Run a test's work; whatever hangs fails, and so does a task that is left behind."""

    async def within() -> None:
        async with asyncio.timeout(PATIENCE_S):
            await work
        await asyncio.sleep(0)
        left = asyncio.all_tasks() - {asyncio.current_task()}
        assert not left, f"tasks are left behind: {left}"

    asyncio.run(within())


class Joined:
    """What dialling leads to.

    Attributes:
        server: It; None for a host where nobody answers.
        accept: What makes the other end instead, given which stream it is.
    """

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.server: Server | None = None
        self.accept: Callable[[int], asyncio.Protocol] | None = None
        self.count = 0
        monkeypatch.setattr("caraway.client.opener.dial", self.dial)

    async def serve(self, **options: Any) -> Server:
        """A server to be dialled."""
        server = Server(**options)
        await server._keys.prepare()
        self.server = server
        return server

    async def dial(
        self, endpoint: object, factory: Callable[[], asyncio.Protocol], **options: object
    ) -> asyncio.Protocol:
        """In the place of ``caraway.net.dial.dial``."""
        self.count += 1
        if self.accept is not None:
            far = self.accept(self.count)
        elif self.server is not None:
            far = Stream(self.server, ServerLimits())
        else:
            raise ConnectError("nobody answers")
        near = factory()
        join_in_memory(near, far)
        return near


def scripted(*script: bytes, kinds: list[int] | None = None) -> Callable[[int], asyncio.Protocol]:
    """A server that lets everybody in, and sends a script to each stream in its turn.

    Args:
        script: Bytes for the first stream, the second, and so on.
        kinds: Where the kinds of channel are noted.
    """

    def accept(count: int) -> asyncio.Protocol:
        def answer(request: LinkRequest) -> Offer:
            if kinds is not None:
                kinds.append(request.channel_type)
            common = Capabilities(frozenset({0, 1, 3}), frozenset({0, 1}))
            return Offer(common, KEY.public_key, lambda ticket: enums.LinkErr.OK)

        def begin(connection: ChannelConnection[Channel]) -> None:
            data = script[min(count, len(script)) - 1]
            if data and connection.transport is not None:
                connection.transport.write(data)

        return ChannelConnection(
            ServerLink(answer),
            lambda linked: Channel("base", linked, side="server"),
            on_event=lambda event: None,
            on_linked=begin,
        )

    return accept
