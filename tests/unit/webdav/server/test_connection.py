"""A connection over memory: RFC 9112 (framing, order, closing), RFC 9110 §10.1.1 (Expect)."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator

import pytest

from caraway.webdav.application import Application
from caraway.webdav.call import Moment
from caraway.webdav.errors import BadRequest, Changed, DavError, NoSpace
from caraway.webdav.http.head import Head
from caraway.webdav.http.message import FileRange, Outcome, Request, Response, Work
from caraway.webdav.server.connection import Connection
from caraway.webdav.server.interface import ConnectionSettings
from caraway.webdav.store.interface import Entry
from caraway.webdav.store.memory import MemoryReader, MemoryStore
from tests.unit.webdav.server.memory import (
    Client,
    MemoryTransport,
    put_file,
    request,
    run,
    writable,
)

SMALL = ConnectionSettings(
    receive_buffer=64, send_piece=64, max_drain=64, max_body=64, linger_s=60.0
)


def _store() -> MemoryStore:
    store = MemoryStore()
    put_file(store, ("a",), b"hello")
    put_file(store, ("big",), bytes(range(256)) * 4)
    return store


class Scripted(Application):
    """Answers as a test says; uploads go to what the test gives."""

    def __init__(self, outcome: Callable[[Request], Outcome]) -> None:
        super().__init__(MemoryStore())
        self.outcome = outcome

    def handle(self, request: Request, moment: Moment) -> Outcome:
        return self.outcome(request)


class Recorder:
    """A receiver that keeps what it is told."""

    def __init__(self, *, fails: DavError | None = None) -> None:
        self.content = bytearray()
        self.is_aborted = False
        self.is_finished = False
        self.fails = fails

    is_quick = False

    def receive(self, data: bytes | bytearray | memoryview) -> None:
        if self.fails is not None:
            raise self.fails
        self.content += data

    def finish(self) -> Response:
        self.is_finished = True
        return Response(201)

    def abort(self) -> None:
        self.is_aborted = True


class TestOneAfterAnother:
    @pytest.mark.parametrize("pieces", [None, 1, 7])
    def test_pipelined_requests_are_answered_in_order(self, pieces: int | None) -> None:
        """RFC 9112 §9.3.2, whatever way the bytes are cut."""

        async def check() -> list[tuple[int, bytes]]:
            client = Client(writable(_store()))
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
            greedy, other = Client(Application(_store())), Client(Application(_store()))
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
            client = Client(Application(_store()))
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
            client = Client(Application(_store()))
            client.feed(head)
            answer = await client.answer()
            assert (answer.status, answer.headers.get("connection")) == (200, field)
            assert client.transport.is_lost is not stays

        run(check())

    def test_what_comes_after_the_end_is_not_read(self) -> None:
        async def check() -> None:
            client = Client(Application(_store()))
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
            return Client(Application(_store()), peer="").connection.peer

        assert run(check()) == "local"


class TestErrors:
    def test_bytes_that_are_no_request_are_answered_and_logged(self) -> None:
        """RFC 9112 §2.2: 400, and the end of the connection."""

        async def check() -> None:
            client = Client(Application(_store()))
            client.feed(b"nonsense\r\n\r\n")
            answer = await client.answer()
            assert (answer.status, answer.headers["connection"]) == (400, "close")
            (done,) = client.exchanges
            assert (done.request, done.head, done.peer) == (None, None, "192.0.2.1")

        run(check())

    def test_a_request_that_is_refused_before_it_is_one_is_logged_with_its_head(self) -> None:
        async def check() -> None:
            client = Client(Application(_store()))
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
            client = Client(Application(_store()))
            client.feed(request("HEAD", "/..") + request("GET", "/a"))
            assert (await client.answer("HEAD")).status == 400
            assert (await client.answer("GET")).body == b"hello"

        run(check())

    def test_the_body_of_an_unknown_method_is_read_and_dropped(self) -> None:
        async def check() -> None:
            client = Client(Application(_store()), SMALL)
            client.feed(request("BREW", "/", body=b"x" * 64) + request("GET", "/a"))
            assert (await client.answer()).status == 501
            assert (await client.answer()).body == b"hello"

        run(check())

    @pytest.mark.parametrize("size", [65, 1 << 40])
    def test_a_body_too_long_to_be_dropped_ends_the_connection(self, size: int) -> None:
        async def check() -> None:
            client = Client(Application(_store()), SMALL)
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
                client = Client(Application(_store()), SMALL)
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

        async def check() -> None:
            client = Client(Scripted(lambda _: Response(200, body=pieces())))
            client.feed(request("GET", "/"))
            await client.until_closed()
            assert client.transport.is_aborted

        run(check())

    def test_a_pipelined_request_is_answered_before_the_fault(self, error: Exception) -> None:
        async def check() -> list[int]:
            answers = iter([lambda _: Response(204), self._fails(error)])
            client = Client(Scripted(lambda asked: next(answers)(asked)))
            client.feed(request("GET", "/") * 3)
            return [(await client.answer()).status, (await client.answer()).status]

        assert run(check()) == [204, 500]


class TestExpect:
    """RFC 9110 §10.1.1."""

    def test_the_body_is_asked_for(self) -> None:
        async def check() -> None:
            client = Client(writable(_store()))
            fields = {"Expect": "100-continue", "Content-Length": "3"}
            client.feed(request("PUT", "/new", fields))
            assert (await client.answer()).status == 100
            client.feed(b"abc")
            assert (await client.answer()).status == 201

        run(check())

    def test_a_body_to_be_held_is_asked_for(self) -> None:
        async def check() -> None:
            client = Client(Application(_store()))
            fields = {"Expect": "100-continue", "Content-Length": "0003", "Depth": "0"}
            client.feed(request("PROPFIND", "/a", fields))
            assert (await client.answer()).status == 100
            client.feed(b"abc")
            assert (await client.answer()).status == 400

        run(check())

    def test_nothing_is_asked_for_where_no_body_comes(self) -> None:
        async def check() -> int:
            client = Client(Application(_store()))
            return (await client.ask("GET", "/a", {"Expect": "100-continue"})).status

        assert run(check()) == 200

    def test_a_request_that_cannot_succeed_is_refused_before_its_body(self) -> None:
        async def check() -> None:
            client = Client(Application(_store()))
            fields = {"Expect": "100-continue", "Content-Length": "3"}
            client.feed(request("PUT", "/new", fields))
            answer = await client.answer()
            assert (answer.status, answer.headers["connection"]) == (403, "close")

        run(check())


class TestUploads:
    def test_a_refused_upload_of_little_is_dropped_and_the_connection_goes_on(self) -> None:
        async def check() -> None:
            client = Client(Application(_store()))
            client.feed(request("PUT", "/new", body=b"abc") + request("GET", "/a"))
            assert (await client.answer()).status == 403
            assert (await client.answer()).body == b"hello"

        run(check())

    def test_a_refused_upload_of_much_is_told_so_before_the_stream_ends(self) -> None:
        """RFC 9112 §9.6: half closed first, so that the answer is not lost to a reset."""

        async def check() -> None:
            client = Client(Application(_store()), SMALL)
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
            client = Client(Application(_store()), settings, can_half_close=can_half_close)
            client.feed(request("PUT", "/new", {"Content-Length": "1000"}))
            await client.until_closed()
            client.connection._hang_up()

        run(check())

    def test_a_stream_lost_while_lingering_leaves_no_timer(self) -> None:
        async def check() -> None:
            client = Client(Application(_store()), SMALL)
            client.feed(request("PUT", "/new", {"Content-Length": "1000"}))
            client.connection.connection_lost(None)
            assert client.connection._lingering is not None
            assert client.connection._lingering.cancelled()

        run(check())

    @pytest.mark.parametrize("pieces", [1, 100, None])
    def test_a_long_upload_arrives_piece_by_piece(self, pieces: int | None) -> None:
        async def check() -> None:
            store = _store()
            client = Client(writable(store), SMALL)
            body = bytes(range(256)) * 2
            client.feed(request("PUT", "/new", body=body), pieces=pieces)
            assert (await client.answer()).status == 201
            assert (await client.ask("GET", "/new")).body == body

        run(check())

    def test_a_reading_is_paused_while_the_disk_is_busy(self) -> None:
        async def check() -> None:
            client = Client(writable(_store()), SMALL)
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
            await asyncio.to_thread(lambda: None)
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
                    go_on.wait(10)

            receiver = Slow()
            client = Client(Scripted(lambda _: receiver), SMALL)
            client.feed(request("PUT", "/new", {"Content-Length": "1000"}, b"x" * 64))
            await asyncio.to_thread(begun.wait, 10)
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


class TestSending:
    @pytest.mark.parametrize("window", [None, 100, 1])
    def test_a_long_file_goes_as_fast_as_it_is_taken(self, window: int | None) -> None:
        async def check() -> None:
            client = Client(Application(_store()), SMALL, window=window)
            answer = await client.ask("GET", "/big")
            assert answer.body == bytes(range(256)) * 4
            assert (await client.ask("GET", "/a")).body == b"hello"

        run(check())

    def test_a_peer_that_takes_nothing_is_not_sent_more(self) -> None:
        """Pipelined requests wait for room as well; else they would fill the memory."""

        async def check() -> None:
            client = Client(Application(_store()), SMALL, window=100)
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
            client = Client(Application(_store()), window=1)
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

        async def check() -> None:
            client = Client(Scripted(lambda _: Response(200, body=pieces())))
            client.feed(request("GET", "/"))
            await client.until_closed()
            assert client.transport.is_aborted

        run(check())

    @pytest.mark.parametrize("size", [50, 500])
    def test_a_file_that_shrinks_ends_the_stream(self, size: int) -> None:
        class Short(MemoryReader):
            def read(self, offset: int, size: int) -> bytes:
                return b"x" if offset == 0 else b""

        async def check() -> None:
            reader = Short(Entry("a", False, size, 0, 0, "e"), b"")
            client = Client(
                Scripted(lambda _: Response(200, body=FileRange(reader, 0, size))), SMALL
            )
            client.feed(request("GET", "/"))
            await client.until_closed()
            assert client.transport.is_aborted

        run(check())

    @pytest.mark.parametrize("size", [50, 500])
    def test_a_file_that_changes_ends_the_stream(self, size: int) -> None:
        class Unstable(MemoryReader):
            def read(self, offset: int, size: int) -> bytes:
                raise Changed("the file changed")

        async def check() -> None:
            reader = Unstable(Entry("a", False, size, 0, 0, "e"), b"")
            client = Client(
                Scripted(lambda _: Response(200, body=FileRange(reader, 0, size))), SMALL
            )
            client.feed(request("GET", "/"))
            await client.until_closed()
            assert client.transport.is_aborted

        run(check())

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
            assert client.connection._outgoing is None

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
            store = _store()
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


class TestEnd:
    @pytest.mark.parametrize("is_together", [True, False])
    def test_a_peer_that_sends_no_more_gets_its_answers(self, is_together: bool) -> None:
        """RFC 9112 §9.6."""

        async def check() -> None:
            client = Client(Application(_store()), SMALL)
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
            client = Client(Application(_store()), SMALL, window=1)
            client.feed(request("GET", "/a") + b"GET /")
            client.connection.eof_received()
            assert (await client.answer()).body == b"hello"
            await client.until_closed()

        run(check())

    def test_an_idle_connection_ends_with_its_peer(self) -> None:
        async def check() -> None:
            client = Client(Application(_store()))
            client.connection.eof_received()
            await client.until_closed()
            assert client.connection.eof_received() is False

        run(check())

    def test_finishing_closes_what_is_idle(self) -> None:
        async def check() -> None:
            client = Client(Application(_store()))
            assert client.connection.is_idle
            client.connection.finish()
            await client.until_closed()
            client.connection.abort()

        run(check())

    def test_finishing_lets_the_request_under_way_be_answered(self) -> None:
        async def check() -> None:
            client = Client(Application(_store()), SMALL)
            client.feed(request("GET", "/big"))
            client.connection.finish()
            assert len((await client.answer()).body) == 1024
            await client.until_closed()

        run(check())

    def test_finishing_says_close_to_a_request_that_is_still_coming(self) -> None:
        async def check() -> None:
            client = Client(Application(_store()))
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
            client = Client(Application(_store()))
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
            client = Client(Application(_store()))
            client.connection._since -= 100
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
            client = Client(Application(_store()))
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
            client = Client(Application(_store()), SMALL, window=1)
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
        client = Client(Application(_store()))
        transport = Encrypted(client.connection)
        client.connection.connection_made(transport)
        assert client.connection.eof_received() is False

    run(check())


def test_a_head_is_what_the_log_gets_from_a_request() -> None:
    async def check() -> None:
        client = Client(Application(_store()))
        await client.ask("GET", "/a?b=c")
        (done,) = client.exchanges
        assert isinstance(done.head, Head)
        assert (done.head.target, done.status, done.sent) == ("/a?b=c", 200, 5)
        assert done.request is not None

    run(check())


def test_nobody_has_to_listen_to_a_connection() -> None:
    async def check() -> None:
        connection = Connection(Application(_store()))
        connection.connection_made(MemoryTransport(connection))
        connection.data_received(request("GET", "/a"))
        connection.connection_lost(None)
        connection.data_received(request("GET", "/a"))
        assert connection.is_idle

    run(check())


def test_an_answer_that_comes_when_nobody_is_there_is_dropped() -> None:
    async def check() -> None:
        client = Client(Application(_store()))

        def vanish(_: Request) -> Response:
            client.connection.connection_lost(None)
            return Response(200, body=b"late")

        client.connection._application = Scripted(vanish)
        client.feed(request("GET", "/a"))
        assert client.transport.written == 0

    run(check())
