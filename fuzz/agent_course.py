"""The guest's end with programs at it, under any course of events: what must hold after each."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterator
from typing import Final

from caraway.errors import ClosedError
from caraway.net.memory import MemoryTransport, join_in_memory
from caraway.net.mux import HIGH_WATER
from caraway.protocol.mux_credits import CONTROL_ID, write_credit, write_hello
from caraway.protocol.mux_frames import FrameSplitter, frame_header
from caraway.protocol.mux_streams import MuxLimits
from caraway.share.guest import FolderGuest
from caraway.wire.record import Buffer

LIMITS: Final = MuxLimits(streams=5, window=5000, total=9000, remembered=4)
#: Bytes that programs write in one course at most, and of one step.
_WRITES: Final = 400_000
_FACTOR: Final = 100
#: How often the loop turns behind a step at most, and at the end.
_TURNS: Final = 4


class Clock(asyncio.SelectorEventLoop):
    """An event loop whose time passes as it is told."""

    now = 0.0

    def time(self) -> float:
        return self.now


class Port:
    """A port whose other end is played."""

    def __init__(self) -> None:
        self.on_data: Callable[[Buffer], None] | None = None
        self.on_change: Callable[[], None] | None = None
        self.on_room: Callable[[], None] | None = None
        self.is_open = False
        self.is_writable = True
        self.is_paused = False
        self._sent = FrameSplitter()
        self._fed = FrameSplitter()
        # Connections that the guest's end has named, and ended, and those that this one has.
        self.said: list[int] = []
        self._ended: set[int] = set()
        self._heard = {CONTROL_ID}

    def set_open(self, *, is_open: bool) -> None:
        """It was opened, anew perhaps, or closed."""
        if is_open and self.is_open:
            self.set_open(is_open=False)
        self.is_open = is_open
        self._sent.reset()
        self._fed.reset()
        if self.on_change is not None:
            self.on_change()

    def set_writable(self, *, is_writable: bool) -> None:
        """Whether what is written is taken."""
        self.is_writable = is_writable
        if is_writable and self.on_room is not None:
            self.on_room()

    def bring(self, data: bytes) -> None:
        """Bytes come, if they are not to wait."""
        if self.is_open and not self.is_paused and self.on_data is not None:
            self._fed.feed(data)
            while (piece := self._fed.next_piece()) is not None:
                self._heard.add(piece.stream_id)
            self.on_data(data)

    def writelines(self, pieces: list[Buffer]) -> None:
        self.write(b"".join(pieces))

    def write(self, data: Buffer) -> None:
        assert self.is_writable, "written to a port that takes nothing"
        if not self.is_open:
            raise ClosedError("the port is closed")
        self._sent.feed(bytes(data))
        while (piece := self._sent.next_piece()) is not None:
            number = piece.stream_id
            if number in self.said:
                assert not piece.data or number not in self._ended, "a number came back"
            elif number not in self._heard:
                assert piece.data, "an end comes of what nobody has heard of"
                assert number > max(self.said, default=0), "a number is below others"
                self.said.append(number)
            if not piece.data:
                self._ended.add(number)

    def pause(self) -> None:
        self.is_paused = True

    def resume(self) -> None:
        self.is_paused = False


class Client(asyncio.Protocol):
    """A program's end of its connection."""

    def __init__(self) -> None:
        self.is_over = False

    def connection_lost(self, exc: Exception | None) -> None:
        assert not self.is_over, "lost twice"
        self.is_over = True


class Course:
    """A guest's end, its port and its programs."""

    def __init__(self, loop: Clock) -> None:
        self._loop = loop
        self._port = Port()
        self._guest = FolderGuest(self._port, limits=LIMITS)
        self._clients: list[tuple[Client, MemoryTransport]] = []
        self._written = 0

    async def step(self, code: int, data: bytes) -> None:
        """Let one thing happen, then everything that follows from it."""
        port = self._port
        if code < 90:
            port.bring(data)
        elif code < 120:
            number = self._number(code)
            port.bring(frame_header(number, len(data)) + data)
        elif code < 128:
            port.bring(write_hello((4 << 10) + len(data) * _FACTOR))
        elif code < 136:
            port.bring(write_credit(self._number(code), int.from_bytes(data[:4], "little")))
        elif code < 148:
            port.set_open(is_open=code < 144)
        elif code < 160:
            port.set_writable(is_writable=code < 155)
        elif code < 176:
            self._loop.now += len(data)
        elif code < 190:
            self._connect()
        elif self._clients:
            self._use(code, data)
        # Not always so many that all that follows has happened.
        for _ in range(1 + code % _TURNS):
            await asyncio.sleep(0)
        self._check()

    def _number(self, code: int) -> int:
        said = self._port.said
        return said[-1 - code % len(said)] if said else code

    def _connect(self) -> None:
        client = Client()
        self._clients.append((client, join_in_memory(client, self._guest.accept())[0]))

    def _use(self, code: int, data: bytes) -> None:
        transport = self._clients[len(data) % len(self._clients)][1]
        if code < 215:
            if self._written < _WRITES:
                self._written += len(data) * _FACTOR
                transport.write(data * _FACTOR)
        elif code < 225:
            transport.pause_reading()
        elif code < 240:
            transport.resume_reading()
        elif code < 248:
            transport.close()
        else:
            transport.abort()

    def _check(self) -> None:
        self._clients = [each for each in self._clients if not each[0].is_over]
        link = self._guest._link
        # One that is being ended may take a turn.
        assert self._guest.connections <= len(self._clients) + LIMITS.streams
        assert len(link.transports) <= 2 * LIMITS.streams
        assert len(link.mux.streams) <= LIMITS.streams
        assert link.mux.incoming_size <= LIMITS.total or self._port.is_paused
        waiting = sum(each.get_write_buffer_size() for each in link.transports)
        # What a program wrote at once is taken at once.
        largest = HIGH_WATER + 255 * _FACTOR
        assert waiting <= len(link.transports) * largest, f"{waiting} bytes wait for the port"

    async def end(self) -> None:
        """Let everything end; nothing may be left of it."""
        await self._guest.aclose()
        for _, transport in self._clients:
            transport.resume_reading()
        for _ in range(_TURNS):
            await asyncio.sleep(0)
        left = [client for client, _ in self._clients if not client.is_over]
        assert not left, "programs are left"
        assert not self._guest.connections, "the guest has programs that are gone"
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        assert not tasks, f"tasks are left: {tasks}"


class _Faults(logging.Handler):
    """Errors that were logged."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)


class Player:
    """Plays courses, on an event loop of its own."""

    def __init__(self) -> None:
        self._runner = asyncio.Runner(loop_factory=Clock)
        self._faults = _Faults()
        for name in ("caraway", "asyncio"):
            logging.getLogger(name).addHandler(self._faults)

    def play(self, data: bytes) -> None:
        """A course out of any bytes: a step's code, how much follows, and that.

        Raises:
            AssertionError: Something did not hold, or was logged as an error.
        """
        self._runner.run(_play(data))
        records, self._faults.records = self._faults.records, []
        for record in records:
            error = record.exc_info[1] if record.exc_info else None
            raise AssertionError(f"logged: {record.getMessage()}") from error

    def close(self) -> None:
        """Let the loop go."""
        for name in ("caraway", "asyncio"):
            logging.getLogger(name).removeHandler(self._faults)
        self._runner.close()


async def _play(data: bytes) -> None:
    loop = asyncio.get_running_loop()
    assert isinstance(loop, Clock)
    course = Course(loop)
    at = 0
    while at + 1 < len(data):
        code, size = data[at], data[at + 1]
        await course.step(code, data[at + 2 : at + 2 + size])
        at += 2 + size
    await course.end()


def courses() -> Iterator[bytes]:
    """Seeds: courses that real peers take."""
    connect, write, stop, go, hang_up = (
        (180, b""),
        (200, b"GET"),
        (220, b""),
        (230, b""),
        (250, b""),
    )
    opened, closed, hello, later = (140, b""), (146, b""), (121, bytes(9)), (170, bytes(40))
    answer, end = (90, b"answer" * 40), (90, b"")
    for steps in (
        (opened, connect, write, answer, end, write, answer, hang_up),
        (opened, hello, connect, write, answer, (130, b"\xff\xff\0\0"), end),
        (connect, write, later, connect, opened, hello, write, closed),
        (opened, hello, connect, write, stop, *(answer,) * 25, go, end),
        (opened, connect, write, stop, *(answer,) * 25, later, hello, connect, write, hello),
        (opened, (158, b""), connect, *((200, bytes(255)),) * 4, (150, b""), closed, opened),
    ):
        yield b"".join(bytes([code, len(data)]) + data for code, data in steps)
