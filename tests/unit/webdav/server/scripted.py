"""Applications and receivers that do as a test says."""

from __future__ import annotations

from collections.abc import Callable

from caraway.webdav.application import Application
from caraway.webdav.call import Moment
from caraway.webdav.errors import DavError
from caraway.webdav.http.message import Outcome, Request, Response
from caraway.webdav.server.interface import ConnectionSettings
from caraway.webdav.store.memory import MemoryStore
from tests.unit.webdav.server.memory import Client, put_file, request, run

SMALL = ConnectionSettings(
    receive_buffer=64, send_piece=64, max_drain=64, max_body=64, linger_s=60.0
)


def shared_store() -> MemoryStore:
    """A store with a small file and a longer one."""
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


def ends_the_stream(response: Response) -> bool:
    """Whether an answer that cannot be sent whole ends the stream at once."""

    async def play() -> bool:
        client = Client(Scripted(lambda _: response), SMALL)
        client.feed(request("GET", "/"))
        await client.until_closed()
        return client.transport.is_aborted

    return run(play())
