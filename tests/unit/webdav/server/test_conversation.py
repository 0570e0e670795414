"""Requests one after the other: RFC 9112 (framing, order), and what becomes of faults."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import pytest

from caraway.webdav.application import Application
from caraway.webdav.http.head import Head
from caraway.webdav.http.message import Outcome, Request, Response, Work
from caraway.webdav.server.connection import Connection
from caraway.webdav.server.interface import ConnectionSettings
from tests.unit.webdav.server.memory import Client, MemoryTransport, request, run, writable
from tests.unit.webdav.server.scripted import (
    SMALL,
    Recorder,
    Scripted,
    ends_the_stream,
    shared_store,
)


class TestOneAfterAnother:
    @pytest.mark.parametrize("pieces", [None, 1, 7])
    def test_pipelined_requests_are_answered_in_order(self, pieces: int | None) -> None:
        """RFC 9112 §9.3.2, whatever way the bytes are cut."""

        async def check() -> list[tuple[int, bytes]]:
            client = Client(writable(shared_store()))
            stream = (
                request("PUT", "/b", body=b"new")
                + request("GET", "/b")
                + request("DELETE", "/b")
                + request("GET", "/b")
                + request("HEAD", "/a")
                + request("GET", "/a")
            )
            client.feed(stream, pieces=pieces)
            methods = ["PUT", "GET", "DELETE", "GET", "HEAD", "GET"]
            answers = [await client.answer(method) for method in methods]
            return [(each.status, each.body) for each in answers]

        got = run(check())
        assert [status for status, _ in got] == [201, 200, 204, 404, 200, 200]
        assert (got[1][1], got[4][1], got[5][1]) == (b"new", b"", b"hello")

    def test_many_pipelined_requests_do_not_keep_others_waiting(self) -> None:
        async def check() -> tuple[int, int]:
            greedy, other = Client(Application(shared_store())), Client(Application(shared_store()))
            greedy.feed(request("GET", "/a") * 500)
            await other.ask("GET", "/a")
            early = len(greedy.exchanges)
            for _ in range(500):
                assert (await greedy.answer()).body == b"hello"
            return early, len(greedy.exchanges)

        early, all_of_them = run(check())
        assert early < 50
        assert all_of_them == 500

    @pytest.mark.parametrize("is_work", [False, True])
    def test_a_long_body_is_read_in_a_thread(self, is_work: bool) -> None:
        threads: list[int] = []

        def outcome(_: Request) -> Outcome:
            threads.append(threading.get_ident())
            return Work(lambda: Response(201)) if is_work else Response(201)

        async def check() -> None:
            client = Client(Scripted(outcome), ConnectionSettings(body_at_once=10))
            for body in (b"x" * 10, b"x" * 11):
                assert (await client.ask("PROPFIND", "/", body=body)).status == 201

        run(check())
        assert threads[0] == threading.get_ident() != threads[1]

    def test_a_small_answer_leaves_in_one_write(self) -> None:
        async def check() -> int:
            client = Client(Application(shared_store()))
            await client.ask("GET", "/a")
            return client.transport.writes

        assert run(check()) == 1

    @pytest.mark.parametrize(
        ("head", "stays", "field"),
        [
            (b"GET /a HTTP/1.1\r\nHost: x\r\n\r\n", True, None),
            (b"GET /a HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", False, "close"),
            (b"GET /a HTTP/1.0\r\n\r\n", False, "close"),
            (b"GET /a HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", True, "keep-alive"),
        ],
    )
    def test_the_connection_stays_as_the_peer_wants_it(
        self, head: bytes, stays: bool, field: str | None
    ) -> None:
        """RFC 9112 §9.3, §9.6."""

        async def check() -> None:
            client = Client(Application(shared_store()))
            client.feed(head)
            answer = await client.answer()
            assert (answer.status, answer.headers.get("connection")) == (200, field)
            assert client.transport.is_lost is not stays

        run(check())

    def test_what_comes_after_the_end_is_not_read(self) -> None:
        async def check() -> None:
            client = Client(Application(shared_store()))
            close = {"Connection": "close"}
            client.feed(request("GET", "/a", close) + request("GET", "/a"))
            client.connection.data_received(b"more")
            await client.answer()
            await client.until_closed()
            assert len(client.exchanges) == 1
            assert client.closed == [client.connection]

        run(check())

    def test_a_peer_without_address_is_called_local(self) -> None:
        async def check() -> str:
            return Client(Application(shared_store()), peer="").connection.peer

        assert run(check()) == "local"


class TestErrors:
    def test_bytes_that_are_no_request_are_answered_and_logged(self) -> None:
        """RFC 9112 §2.2: 400, and the end of the connection."""

        async def check() -> None:
            client = Client(Application(shared_store()))
            client.feed(b"nonsense\r\n\r\n")
            answer = await client.answer()
            assert (answer.status, answer.headers["connection"]) == (400, "close")
            (done,) = client.exchanges
            assert (done.request, done.head, done.peer) == (None, None, "192.0.2.1")

        run(check())

    def test_a_request_that_is_refused_before_it_is_one_is_logged_with_its_head(self) -> None:
        async def check() -> None:
            client = Client(Application(shared_store()))
            answer = await client.ask("BREW", "/pot")
            assert answer.status == 501
            (done,) = client.exchanges
            assert done.request is None
            assert done.head is not None
            assert (done.head.method, done.head.target) == ("BREW", "/pot")

        run(check())

    def test_a_head_request_that_is_refused_has_no_body(self) -> None:
        """RFC 9110 §9.3.2, though the path was never read."""

        async def check() -> None:
            client = Client(Application(shared_store()))
            client.feed(request("HEAD", "/..") + request("GET", "/a"))
            assert (await client.answer("HEAD")).status == 400
            assert (await client.answer("GET")).body == b"hello"

        run(check())

    def test_the_body_of_an_unknown_method_is_read_and_dropped(self) -> None:
        async def check() -> None:
            client = Client(Application(shared_store()), SMALL)
            client.feed(request("BREW", "/", body=b"x" * 64) + request("GET", "/a"))
            assert (await client.answer()).status == 501
            assert (await client.answer()).body == b"hello"

        run(check())

    @pytest.mark.parametrize("size", [65, 1 << 40])
    def test_a_body_too_long_to_be_dropped_ends_the_connection(self, size: int) -> None:
        async def check() -> None:
            client = Client(Application(shared_store()), SMALL)
            client.feed(request("BREW", "/", {"Content-Length": str(size)}))
            answer = await client.answer()
            assert (answer.status, answer.headers["connection"]) == (501, "close")

        run(check())

    def test_a_body_beyond_what_is_held_is_413(self) -> None:
        """RFC 9110 §15.5.14, by its length or while it comes."""

        async def check() -> list[int]:
            statuses = []
            for fields, body in [
                ({"Content-Length": "65"}, b""),
                ({"Transfer-Encoding": "chunked"}, b"41\r\n" + b"x" * 65),
            ]:
                client = Client(Application(shared_store()), SMALL)
                client.feed(request("PROPFIND", "/", fields, body))
                statuses.append((await client.answer()).status)
            return statuses

        assert run(check()) == [413, 413]

    def test_a_receiver_for_a_body_that_was_read_is_a_fault(
        self, caplog: pytest.LogCaptureFixture
    ) -> None:
        async def check() -> int:
            client = Client(Scripted(lambda _: Recorder()))
            return (await client.ask("GET", "/")).status

        assert run(check()) == 500
        assert "a body was read" in caplog.text

    def test_so_is_one_for_a_long_body(self, caplog: pytest.LogCaptureFixture) -> None:
        async def check() -> int:
            client = Client(Scripted(lambda _: Recorder()), ConnectionSettings(body_at_once=1))
            return (await client.ask("PROPFIND", "/", body=b"xx")).status

        assert run(check()) == 500
        assert "a body was read" in caplog.text


class Broken:
    """A receiver that has a bug, in each of its ways."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    is_quick = False

    def receive(self, data: object) -> None:
        raise self._error

    def finish(self) -> Response:
        raise self._error

    def abort(self) -> None:
        raise self._error


class TestFaults:
    """Bugs of ours or of a store, and want of memory: 500, or the end where that is too late."""

    @pytest.fixture(params=[ZeroDivisionError, MemoryError, RecursionError, OSError])
    def error(self, request: pytest.FixtureRequest) -> Exception:
        made: Exception = request.param("a bug")
        return made

    @pytest.fixture(autouse=True)
    def _nothing_for_asyncio(
        self, caplog: pytest.LogCaptureFixture, error: Exception
    ) -> Iterator[None]:
        """All is told in our log, with its traceback, and nothing in asyncio's."""
        yield
        records = caplog.get_records("call")
        assert {record.name for record in records} == {"caraway.webdav"}
        told = [record.exc_info[1] for record in records if record.exc_info]
        assert error in told

    def _fails(self, error: Exception) -> Callable[[object], Response]:
        def fail(_: object) -> Response:
            raise error

        return fail

    def test_in_the_application(self, error: Exception) -> None:
        async def check() -> None:
            client = Client(Scripted(self._fails(error)))
            answer = await client.ask("GET", "/")
            assert (answer.status, answer.headers["connection"]) == (500, "close")
            assert b"a bug" not in answer.body
            await client.until_closed()

        run(check())

    def test_in_a_thread(self, error: Exception) -> None:
        async def check() -> None:
            client = Client(Scripted(lambda _: Work(lambda: self._fails(error)(None))))
            answer = await client.ask("GET", "/")
            assert (answer.status, answer.headers["connection"]) == (500, "close")
            await client.until_closed()

        run(check())

    @pytest.mark.parametrize("body", [b"", b"x" * 100])
    def test_in_a_receiver(self, error: Exception, body: bytes) -> None:
        async def check() -> None:
            client = Client(Scripted(lambda _: Broken(error)), SMALL)
            client.feed(request("PUT", "/", {"Content-Length": "200"}, body))
            client.feed(b"y" * (200 - len(body)))
            answer = await client.answer()
            assert (answer.status, answer.headers["connection"]) == (500, "close")
            await client.settle()

        run(check())

    def test_in_a_body_that_is_being_sent(self, error: Exception) -> None:
        def pieces() -> Iterator[bytes]:
            yield b"one"
            raise error

        assert ends_the_stream(Response(200, body=pieces()))

    def test_a_pipelined_request_is_answered_before_the_fault(self, error: Exception) -> None:
        async def check() -> list[int]:
            answers = iter([lambda _: Response(204), self._fails(error)])
            client = Client(Scripted(lambda asked: next(answers)(asked)))
            client.feed(request("GET", "/") * 3)
            return [(await client.answer()).status, (await client.answer()).status]

        assert run(check()) == [204, 500]


def test_a_head_is_what_the_log_gets_from_a_request() -> None:
    async def check() -> None:
        client = Client(Application(shared_store()))
        await client.ask("GET", "/a?b=c")
        (done,) = client.exchanges
        assert isinstance(done.head, Head)
        assert (done.head.target, done.status, done.sent) == ("/a?b=c", 200, 5)
        assert done.request is not None

    run(check())


def test_nobody_has_to_listen_to_a_connection() -> None:
    async def check() -> None:
        connection = Connection(Application(shared_store()))
        connection.connection_made(MemoryTransport(connection))
        connection.data_received(request("GET", "/a"))
        connection.connection_lost(None)
        connection.data_received(request("GET", "/a"))
        assert connection.is_idle

    run(check())
