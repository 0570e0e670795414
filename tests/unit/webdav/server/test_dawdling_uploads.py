"""Uploads that come slowly: what has come goes to the store, not into memory."""

from __future__ import annotations

import asyncio
import os
import threading
import tracemalloc

import pytest

from caraway.webdav.http.message import Response, Work
from caraway.webdav.server.interface import ConnectionSettings
from tests.unit.webdav.server.memory import PATIENCE_S, Client, request, run
from tests.unit.webdav.server.scripted import Recorder, Scripted


@pytest.mark.parametrize(("sent", "handed_on"), [(10, 0), (11, 11), (500, 500)])
def test_what_was_sent_is_handed_on_before_it_is_much(sent: int, handed_on: int) -> None:
    async def scenario() -> None:
        receiver = Recorder()
        settings = ConnectionSettings(receive_buffer=1000, upload_at_once=10)
        client = Client(Scripted(lambda _: receiver), settings)
        body = bytes(600)
        client.feed(request("PUT", "/a", {"Content-Length": "600"}, body[:sent]))
        client.connection.check(asyncio.get_running_loop().time())
        await client.settle()
        assert len(receiver.content) == handed_on
        client.feed(body[sent:])
        assert (await client.answer("PUT")).status == 201
        assert receiver.content == body

    run(scenario())


@pytest.mark.parametrize("method", ["PUT", "PROPFIND"])
def test_many_small_pieces_take_no_more_memory_than_their_bytes(method: str) -> None:
    async def scenario() -> int:
        client = Client(Scripted(lambda _: Recorder() if method == "PUT" else Response(200)))
        client.feed(request(method, "/a", {"Content-Length": "200000"}))
        tracemalloc.start()
        try:
            client.feed(os.urandom(20_000), pieces=2)
            return tracemalloc.get_traced_memory()[0]
        finally:
            tracemalloc.stop()

    assert run(scenario()) < 60_000


def test_a_peer_that_goes_on_in_small_pieces_is_not_read_while_it_waits() -> None:
    go_on = threading.Event()

    def wait() -> Response:
        go_on.wait(PATIENCE_S)
        return Response(204)

    async def scenario() -> None:
        client = Client(Scripted(lambda _: Work(wait)))
        client.feed(request("GET", "/"))
        more = request("GET", "/") * 100
        sent = 0
        while client.transport.is_reading():
            assert sent < len(more)
            client.feed(more[sent : sent + 1])
            sent += 1
        go_on.set()
        client.feed(more[sent:])
        assert [(await client.answer()).status for _ in range(101)] == [204] * 101

    run(scenario())
