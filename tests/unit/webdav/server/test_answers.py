"""Answers on their way: RFC 9112 §6, §7.1, and a peer that takes them slowly or not at all."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator

import pytest

from caraway.webdav.application import Application
from caraway.webdav.errors import Changed, NoSpace
from caraway.webdav.http.message import FileRange, Request, Response, Work
from caraway.webdav.store.interface import Entry
from caraway.webdav.store.memory import MemoryReader
from tests.unit.webdav.server.memory import Client, request, run
from tests.unit.webdav.server.scripted import SMALL, Scripted, ends_the_stream, shared_store


class TestSending:
    @pytest.mark.parametrize("window", [None, 100, 1])
    def test_a_long_file_goes_as_fast_as_it_is_taken(self, window: int | None) -> None:
        async def check() -> None:
            client = Client(Application(shared_store()), SMALL, window=window)
            answer = await client.ask("GET", "/big")
            assert answer.body == bytes(range(256)) * 4
            assert (await client.ask("GET", "/a")).body == b"hello"

        run(check())

    def test_a_peer_that_takes_nothing_is_not_sent_more(self) -> None:
        """Pipelined requests wait for room as well; else they would fill the memory."""

        async def check() -> None:
            client = Client(Application(shared_store()), SMALL, window=100)
            client.feed(request("GET", "/big") * 3)
            for _ in range(20):
                await asyncio.sleep(0)
            assert client.transport.written < 1000
            client.feed(request("GET", "/a") * 3)
            assert not client.transport.is_reading()
            bodies = [len((await client.answer()).body) for _ in range(6)]
            assert bodies == [1024, 1024, 1024, 5, 5, 5]
            assert client.transport.is_reading()

        run(check())

    def test_small_answers_wait_for_room_too(self) -> None:
        async def check() -> None:
            client = Client(Application(shared_store()), window=1)
            client.feed(request("GET", "/a") * 100)
            assert client.transport.writes == 1
            assert [(await client.answer()).status for _ in range(100)] == [200] * 100

        run(check())

    def test_a_body_of_unknown_length_is_chunked(self) -> None:
        """RFC 9112 §7.1; HTTP/1.0 gets it up to the end of the connection (§6.3)."""

        def pieces(_: Request) -> Response:
            return Response(200, body=iter([b"one", b"", b"two"]))

        async def check() -> None:
            client = Client(Scripted(pieces))
            answer = await client.ask("GET", "/")
            assert (answer.headers["transfer-encoding"], answer.body) == ("chunked", b"onetwo")
            client = Client(Scripted(pieces))
            client.feed(b"GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
            answer = await client.answer()
            assert (answer.headers["connection"], answer.body) == ("close", b"onetwo")

        run(check())

    def test_a_body_of_known_length_is_not_chunked(self) -> None:
        async def check() -> None:
            client = Client(Scripted(lambda _: Response(200, body=iter([b"ab", b"c"]), length=3)))
            answer = await client.ask("GET", "/")
            assert (answer.headers["content-length"], answer.body) == ("3", b"abc")

        run(check())

    def test_an_error_amid_a_body_ends_the_stream(self) -> None:
        """RFC 9112 §8: the peer must see that it did not get all."""

        def pieces() -> Iterator[bytes]:
            yield b"one"
            raise Changed("the file changed")

        assert ends_the_stream(Response(200, body=pieces()))

    @pytest.mark.parametrize("size", [50, 500])
    def test_a_file_that_shrinks_ends_the_stream(self, size: int) -> None:
        class Short(MemoryReader):
            def read(self, offset: int, size: int) -> bytes:
                return b"x" if offset == 0 else b""

        reader = Short(Entry("a", False, size, 0, 0, "e"), b"")
        assert ends_the_stream(Response(200, body=FileRange(reader, 0, size)))

    @pytest.mark.parametrize("size", [50, 500])
    def test_a_file_that_changes_ends_the_stream(self, size: int) -> None:
        class Unstable(MemoryReader):
            def read(self, offset: int, size: int) -> bytes:
                raise Changed("the file changed")

        reader = Unstable(Entry("a", False, size, 0, 0, "e"), b"")
        assert ends_the_stream(Response(200, body=FileRange(reader, 0, size)))

    @pytest.mark.parametrize("turns", [0, 1, 5])
    def test_a_file_is_closed_whenever_the_client_vanishes(self, turns: int) -> None:
        closed = threading.Event()

        class Noted(MemoryReader):
            def close(self) -> None:
                closed.set()

        async def check() -> None:
            reader = Noted(Entry("a", False, 1000, 0, 0, "e"), b"x" * 1000)
            client = Client(
                Scripted(lambda _: Response(200, body=FileRange(reader, 0, 1000))), SMALL, window=1
            )
            client.feed(request("GET", "/"))
            for _ in range(turns):
                await asyncio.sleep(0)
            client.transport.abort()
            await asyncio.to_thread(closed.wait, 10)
            assert closed.is_set()
            assert client.connection._conversation._sender._body is None

        run(check())

    def test_an_iterated_body_is_closed_when_the_client_vanishes(self) -> None:
        closed = []

        class Pieces:
            def __iter__(self) -> Iterator[bytes]:
                return self

            def __next__(self) -> bytes:
                return b"x"

            def close(self) -> None:
                closed.append(True)

        async def check() -> None:
            client = Client(Scripted(lambda _: Response(200, body=Pieces())))
            client.feed(request("GET", "/"))
            client.transport.abort()
            await client.until_closed()
            await client.settle()
            assert closed == [True]

        run(check())

    def test_an_answer_from_a_thread_may_be_a_file(self) -> None:
        async def check() -> None:
            store = shared_store()
            size = 1024
            client = Client(
                Scripted(
                    lambda _: Work(
                        lambda: Response(200, body=FileRange(store.open(("big",)), 0, size))
                    )
                )
            )
            assert len((await client.ask("GET", "/")).body) == size

        run(check())

    def test_a_refusal_from_a_thread_is_an_answer(self) -> None:
        def full() -> Response:
            raise NoSpace("the disk is full")

        async def check() -> int:
            return (await Client(Scripted(lambda _: Work(full))).ask("COPY", "/")).status

        assert run(check()) == 507


def test_an_answer_that_comes_when_nobody_is_there_is_dropped() -> None:
    async def check() -> None:
        client = Client(Application(shared_store()))

        def vanish(_: Request) -> Response:
            client.connection.connection_lost(None)
            return Response(200, body=b"late")

        client.connection._conversation._application = Scripted(vanish)
        client.feed(request("GET", "/a"))
        assert client.transport.written == 0

    run(check())
