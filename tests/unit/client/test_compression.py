"""What a client packs: nothing, for a real server takes packed data without bound."""

from __future__ import annotations

import asyncio

import pytest

from caraway.client import connect
from caraway.protocol.port import WEBDAV_PORT, PortClient
from tests.unit.server.joined import URI, Joined, run


@pytest.mark.parametrize("name", ["a", WEBDAV_PORT])
def test_a_client_packs_nothing(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[PortClient] = []

    class Noted(PortClient):
        def __init__(self, *arguments: object, **named: object) -> None:
            super().__init__(*arguments, **named)  # type: ignore[arg-type]  # as they come
            made.append(self)

    monkeypatch.setattr("caraway.client.port_channel.PortClient", Noted)

    async def check() -> None:
        server = await Joined(monkeypatch).serve(compresses=True)
        far = server.add_port(name)
        async with connect(URI) as session:
            near = await session.wait_port(name)
            near.write(bytes(50_000))
            await asyncio.sleep(0)
            assert await far.read() == bytes(50_000)
            assert [each.compresses for each in made] == [False]
        await server.aclose()

    run(check())
