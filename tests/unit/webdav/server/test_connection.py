"""A connection's end and its patience: RFC 9112 §9."""

from __future__ import annotations

import asyncio
import threading

import pytest

from caraway.webdav.application import Application
from caraway.webdav.http.message import Response, Work
from tests.unit.webdav.server.memory import Client, MemoryTransport, request, run
from tests.unit.webdav.server.scripted import SMALL, Recorder, Scripted, shared_store


class TestEnd:
    @pytest.mark.parametrize("is_together", [True, False])
    def test_a_peer_that_sends_no_more_gets_its_answers(self, is_together: bool) -> None:
        """RFC 9112 §9.6."""

        async def check() -> None:
            client = Client(Application(shared_store()), SMALL)
            asked = [request("GET", "/big"), request("GET", "/a")]
            for data in [b"".join(asked)] if is_together else asked:
                client.feed(data)
            assert client.connection.eof_received()
            assert len((await client.answer()).body) == 1024
            assert (await client.answer()).body == b"hello"
            await client.until_closed()

        run(check())

    def test_half_a_request_behind_an_answer_is_dropped_at_the_end(self) -> None:
        async def check() -> None:
            client = Client(Application(shared_store()), SMALL, window=1)
            client.feed(request("GET", "/a") + b"GET /")
            client.connection.eof_received()
            assert (await client.answer()).body == b"hello"
            await client.until_closed()

        run(check())

    def test_an_idle_connection_ends_with_its_peer(self) -> None:
        async def check() -> None:
            client = Client(Application(shared_store()))
            client.connection.eof_received()
            await client.until_closed()
            assert client.connection.eof_received() is False

        run(check())

    def test_finishing_closes_what_is_idle(self) -> None:
        async def check() -> None:
            client = Client(Application(shared_store()))
            assert client.connection.is_idle
            client.connection.finish()
            await client.until_closed()
            client.connection.abort()

        run(check())

    def test_finishing_lets_the_request_under_way_be_answered(self) -> None:
        async def check() -> None:
            client = Client(Application(shared_store()), SMALL)
            client.feed(request("GET", "/big"))
            client.connection.finish()
            assert len((await client.answer()).body) == 1024
            await client.until_closed()

        run(check())

    def test_finishing_says_close_to_a_request_that_is_still_coming(self) -> None:
        async def check() -> None:
            client = Client(Application(shared_store()))
            whole = request("GET", "/a")
            client.feed(whole[:10])
            client.connection.finish()
            client.feed(whole[10:])
            assert (await client.answer()).headers["connection"] == "close"
            await client.until_closed()

        run(check())


class TestTimeouts:
    """``check`` is told the time: nobody waits."""

    def test_an_idle_connection_is_closed(self) -> None:
        async def check() -> None:
            client = Client(Application(shared_store()))
            now = asyncio.get_running_loop().time()
            client.connection.check(now + 119)
            assert not client.transport.is_lost
            client.connection.check(now + 121)
            await client.until_closed()
            assert not client.transport.is_aborted

        run(check())

    def test_a_head_that_takes_too_long_is_408(self) -> None:
        """RFC 9110 §15.5.9; counted from the head's first byte, not from the idle time before."""

        async def check() -> None:
            client = Client(Application(shared_store()))
            client.connection._conversation.since -= 100
            client.feed(b"GET /a HT")
            now = asyncio.get_running_loop().time()
            client.connection.check(now + 19)
            assert client.transport.written == 0
            client.connection.check(now + 21)
            assert (await client.answer()).status == 408

        run(check())

    def test_a_body_that_stalls_is_408_and_leaves_no_trace(self) -> None:
        async def check() -> None:
            receiver = Recorder()
            client = Client(Scripted(lambda _: receiver))
            client.feed(request("PUT", "/new", {"Content-Length": "1000"}, b"x"))
            now = asyncio.get_running_loop().time()
            client.connection.check(now + 59)
            assert client.transport.written == 0
            client.connection.check(now + 61)
            assert (await client.answer()).status == 408
            await asyncio.get_running_loop().shutdown_default_executor()
            assert receiver.is_aborted

        run(check())

    def test_a_body_that_stalls_after_its_answer_gets_no_second_one(self) -> None:
        async def check() -> None:
            client = Client(Application(shared_store()))
            client.feed(request("PUT", "/new", {"Content-Length": "10"}, b"x"))
            assert (await client.answer()).status == 403
            client.connection.check(asyncio.get_running_loop().time() + 61)
            await client.until_closed()
            assert client.transport.is_aborted

        run(check())

    def test_work_of_our_own_may_take_long(self) -> None:
        async def check() -> None:
            go_on = threading.Event()

            def work() -> Response:
                go_on.wait(10)
                return Response(204)

            client = Client(Scripted(lambda _: Work(work)))
            client.feed(request("COPY", "/"))
            client.connection.check(asyncio.get_running_loop().time() + 10_000)
            go_on.set()
            assert (await client.answer()).status == 204

        run(check())

    def test_a_peer_that_takes_nothing_is_dropped(self) -> None:
        async def check() -> None:
            client = Client(Application(shared_store()), SMALL, window=1)
            client.feed(request("GET", "/a"))
            now = asyncio.get_running_loop().time()
            client.connection.check(now + 59)
            assert not client.transport.is_lost
            client.connection.check(now + 61)
            assert client.transport.is_aborted

        run(check())


def test_the_stream_is_encrypted_or_may_be_half_open() -> None:
    class Encrypted(MemoryTransport):
        def get_extra_info(self, name: str, default: object = None) -> object:
            return object() if name == "sslcontext" else super().get_extra_info(name, default)

    async def check() -> None:
        client = Client(Application(shared_store()))
        transport = Encrypted(client.connection)
        client.connection.connection_made(transport)
        assert client.connection.eof_received() is False

    run(check())
