"""Answers whose pieces take their time: threads make them, and the loop goes on."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator

import pytest

from caraway.webdav.http.message import Response
from caraway.webdav.server.bodies import Pieces
from tests.unit.webdav.server.memory import PATIENCE_S, Client, request, run
from tests.unit.webdav.server.scripted import Scripted


def test_what_is_closed_makes_no_more_pieces() -> None:
    closed: list[bool] = []

    def make() -> Iterator[bytes]:
        try:
            yield b"one"
            yield b"two"
        finally:
            closed.append(True)

    pieces = Pieces(make())
    assert pieces.make() == b"one"
    pieces.close()
    assert (pieces.make(), closed) == (None, [True])
    plain = Pieces(iter([b"x"]))
    plain.close()
    assert plain.make() is None


@pytest.mark.parametrize("is_slow", [True, False])
def test_slow_pieces_are_made_in_a_thread(is_slow: bool) -> None:
    makers: list[threading.Thread] = []

    def make() -> Iterator[bytes]:
        for piece in (b"one", b"two"):
            makers.append(threading.current_thread())
            yield piece

    async def scenario() -> None:
        client = Client(Scripted(lambda _: Response(200, body=make(), is_slow=is_slow)))
        assert (await client.ask("GET", "/")).body == b"onetwo"
        assert all((each is threading.main_thread()) != is_slow for each in makers)
        # The connection goes on.
        assert (await client.ask("GET", "/")).body == b"onetwo"

    run(scenario())


def test_a_client_that_leaves_while_a_piece_is_made() -> None:
    begun, go_on, ended = threading.Event(), threading.Event(), threading.Event()

    def make() -> Iterator[bytes]:
        try:
            begun.set()
            go_on.wait(PATIENCE_S)
            yield b"one"
            yield b"two"
        finally:
            ended.set()

    async def scenario() -> None:
        loop = asyncio.get_running_loop()
        faults: list[object] = []
        loop.set_exception_handler(lambda _, context: faults.append(context))
        client = Client(Scripted(lambda _: Response(200, body=make(), is_slow=True)))
        client.feed(request("GET", "/"))
        assert await asyncio.to_thread(begun.wait, PATIENCE_S)
        client.transport.abort()
        await client.settle()
        go_on.set()
        assert await asyncio.to_thread(ended.wait, PATIENCE_S)
        assert faults == []

    run(scenario())
