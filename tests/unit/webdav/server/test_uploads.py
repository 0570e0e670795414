"""Uploads over a connection: RFC 9110 §10.1.1 (Expect), and what a peer may do amid one."""

from __future__ import annotations

import asyncio
import threading

import pytest

from caraway.webdav.application import Application
from caraway.webdav.errors import BadRequest, NoSpace
from caraway.webdav.server.interface import ConnectionSettings
from tests.patience import PATIENCE_S
from tests.unit.webdav.server.memory import Client, request, run, writable
from tests.unit.webdav.server.scripted import SMALL, Recorder, Scripted, shared_store


class TestExpect:
    """RFC 9110 §10.1.1."""

    def test_the_body_is_asked_for(self) -> None:
        async def check() -> None:
            client = Client(writable(shared_store()))
            fields = {"Expect": "100-continue", "Content-Length": "3"}
            client.feed(request("PUT", "/new", fields))
            assert (await client.answer()).status == 100
            client.feed(b"abc")
            assert (await client.answer()).status == 201

        run(check())

    def test_a_body_to_be_held_is_asked_for(self) -> None:
        async def check() -> None:
            client = Client(Application(shared_store()))
            fields = {"Expect": "100-continue", "Content-Length": "0003", "Depth": "0"}
            client.feed(request("PROPFIND", "/a", fields))
            assert (await client.answer()).status == 100
            client.feed(b"abc")
            assert (await client.answer()).status == 400

        run(check())

    def test_nothing_is_asked_for_where_no_body_comes(self) -> None:
        async def check() -> int:
            client = Client(Application(shared_store()))
            return (await client.ask("GET", "/a", {"Expect": "100-continue"})).status

        assert run(check()) == 200

    def test_a_request_that_cannot_succeed_is_refused_before_its_body(self) -> None:
        async def check() -> None:
            client = Client(Application(shared_store()))
            fields = {"Expect": "100-continue", "Content-Length": "3"}
            client.feed(request("PUT", "/new", fields))
            answer = await client.answer()
            assert (answer.status, answer.headers["connection"]) == (403, "close")

        run(check())


class TestUploads:
    def test_a_refused_upload_of_little_is_dropped_and_the_connection_goes_on(self) -> None:
        async def check() -> None:
            client = Client(Application(shared_store()))
            client.feed(request("PUT", "/new", body=b"abc") + request("GET", "/a"))
            assert (await client.answer()).status == 403
            assert (await client.answer()).body == b"hello"

        run(check())

    def test_a_refused_upload_of_much_is_told_so_before_the_stream_ends(self) -> None:
        """RFC 9112 §9.6: half closed first, so that the answer is not lost to a reset."""

        async def check() -> None:
            client = Client(Application(shared_store()), SMALL)
            client.feed(request("PUT", "/new", {"Content-Length": "1000"}))
            assert (await client.answer()).status == 403
            assert client.transport.has_ended
            assert not client.transport.is_lost
            client.feed(b"x" * 500)
            client.connection.eof_received()
            await client.until_closed()

        run(check())

    @pytest.mark.parametrize("can_half_close", [True, False])
    def test_a_peer_that_never_ends_is_waited_for_a_while(self, can_half_close: bool) -> None:
        async def check() -> None:
            settings = ConnectionSettings(max_drain=1, linger_s=0.0)
            client = Client(Application(shared_store()), settings, can_half_close=can_half_close)
            client.feed(request("PUT", "/new", {"Content-Length": "1000"}))
            await client.until_closed()
            client.connection._stream._hang_up()

        run(check())

    def test_a_stream_lost_while_lingering_leaves_no_timer(self) -> None:
        async def check() -> None:
            client = Client(Application(shared_store()), SMALL)
            client.feed(request("PUT", "/new", {"Content-Length": "1000"}))
            client.connection.connection_lost(None)
            assert client.connection._stream._lingering is not None
            assert client.connection._stream._lingering.cancelled()

        run(check())

    @pytest.mark.parametrize("pieces", [1, 100, None])
    def test_a_long_upload_arrives_piece_by_piece(self, pieces: int | None) -> None:
        async def check() -> None:
            store = shared_store()
            client = Client(writable(store), SMALL)
            body = bytes(range(256)) * 2
            client.feed(request("PUT", "/new", body=body), pieces=pieces)
            assert (await client.answer()).status == 201
            assert (await client.ask("GET", "/new")).body == body

        run(check())

    def test_a_reading_is_paused_while_the_disk_is_busy(self) -> None:
        async def check() -> None:
            client = Client(writable(shared_store()), SMALL)
            client.feed(request("PUT", "/new", {"Content-Length": "1000"}, b"x" * 64))
            client.feed(b"x" * 65)
            assert not client.transport.is_reading()
            client.feed(b"x" * (1000 - 129))
            assert (await client.answer()).status == 201
            assert client.transport.is_reading()

        run(check())

    def test_a_receiver_that_refuses_ends_the_upload(self) -> None:
        async def check() -> None:
            receiver = Recorder(fails=NoSpace("the disk is full"))
            client = Client(Scripted(lambda _: receiver), SMALL)
            client.feed(request("PUT", "/new", {"Content-Length": "1000"}, b"x" * 100))
            answer = await client.answer()
            assert (answer.status, answer.headers["connection"]) == (507, "close")
            await asyncio.get_running_loop().shutdown_default_executor()
            assert receiver.is_aborted

        run(check())

    def test_a_receiver_that_refuses_at_the_end_keeps_the_connection(self) -> None:
        async def check() -> None:
            receiver = Recorder(fails=BadRequest("no"))
            client = Client(Scripted(lambda _: receiver))
            answer = await client.ask("PUT", "/new", body=b"x")
            assert (answer.status, "connection" in answer.headers) == (400, False)

        run(check())

    def test_a_broken_chunk_abandons_the_upload(self) -> None:
        """RFC 9112 §7.1."""

        async def check() -> None:
            receiver = Recorder()
            client = Client(Scripted(lambda _: receiver))
            client.feed(request("PUT", "/new", {"Transfer-Encoding": "chunked"}, b"zz\r\n"))
            assert (await client.answer()).status == 400
            await asyncio.get_running_loop().shutdown_default_executor()
            assert receiver.is_aborted
            assert not receiver.is_finished

        run(check())

    @pytest.mark.parametrize("sent", [0, 1, 63, 64, 500])
    def test_a_client_that_vanishes_leaves_no_trace(self, sent: int) -> None:
        async def check() -> None:
            receiver = Recorder()
            client = Client(Scripted(lambda _: receiver), SMALL)
            client.feed(request("PUT", "/new", {"Content-Length": "1000"}, b"x" * sent), pieces=64)
            client.transport.abort()
            await client.until_closed()
            await client.settle()
            await asyncio.get_running_loop().shutdown_default_executor()
            assert (receiver.is_aborted, receiver.is_finished) == (True, False)

        run(check())

    def test_a_client_that_vanishes_during_a_write_leaves_no_trace(self) -> None:
        async def check() -> None:
            begun, go_on = threading.Event(), threading.Event()

            class Slow(Recorder):
                is_quick = False

                def receive(self, data: bytes | bytearray | memoryview) -> None:
                    begun.set()
                    go_on.wait(PATIENCE_S)

            receiver = Slow()
            client = Client(Scripted(lambda _: receiver), SMALL)
            client.feed(request("PUT", "/new", {"Content-Length": "1000"}, b"x" * 64))
            await asyncio.to_thread(begun.wait, PATIENCE_S)
            client.transport.abort()
            await asyncio.sleep(0)
            go_on.set()
            await asyncio.get_running_loop().shutdown_default_executor()
            assert receiver.is_aborted

        run(check())

    def test_a_stream_that_ends_in_a_body_ends_the_upload(self) -> None:
        """RFC 9112 §8: an incomplete request is not carried out."""

        async def check() -> None:
            receiver = Recorder()
            client = Client(Scripted(lambda _: receiver), SMALL)
            client.feed(request("PUT", "/new", {"Content-Length": "1000"}, b"x" * 64))
            client.connection.eof_received()
            await client.until_closed()
            await asyncio.get_running_loop().shutdown_default_executor()
            assert receiver.is_aborted

        run(check())
