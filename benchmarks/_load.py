"""Streams of requests that load a server and take as little of the machine as they can."""

from __future__ import annotations

import json
import resource
import selectors
import shutil
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks._client import (
    PIECE,
    TIMEOUT_S,
    Connection,
    Question,
    WrongAnswer,
    expect_size,
    expect_status,
    parse_head,
)
from benchmarks._servers import HOST, ServerMissing

# Sends one request again and again. A hook for each answer would slow wrk down, so
# lengths are compared in the sum.
_WRK_SCRIPT = """\
wrk.method = %s
wrk.body = %s
%s
done = function(summary, latency)
  local e = summary.errors
  local failed = e.connect + e.read + e.write + e.timeout
  io.write(string.format(
    "\\n@{\\"requests\\":%%d,\\"bytes\\":%%d,\\"duration_us\\":%%d,\\"refused\\":%%d,\\"failed\\":%%d}\\n",
    summary.requests, summary.bytes, summary.duration, e.status, failed))
end
"""


@dataclass(frozen=True, slots=True)
class Rate:
    """What a stream of requests came to.

    Attributes:
        busy: Share of one processor that the client took.
        bytes: What came back, heads and all.
        reconnects: How often the server closed a connection that was to be kept.
    """

    requests: int
    seconds: float
    busy: float
    bytes: int
    reconnects: int = 0

    @property
    def per_second(self) -> float:
        return self.requests / self.seconds


def run_wrk(question: Question, port: int, *, connections: int, seconds: float) -> Rate:
    """Ask the same of a server over several connections, each waiting for its answers.

    Raises:
        ServerMissing: wrk is not installed.
        WrongAnswer: One of the answers failed, or they were shorter than a checked one.
    """
    wrk = shutil.which("wrk")
    if wrk is None:
        raise ServerMissing("wrk is missing; install it with: sudo apt-get install wrk")
    sample = Connection(port)
    size = sample.ask(question).size
    sample.close()
    headers = "\n".join(
        f"wrk.headers[{json.dumps(name)}] = {json.dumps(value)}" for name, value in question.headers
    )
    body = json.dumps(question.body.decode()) if question.body else "nil"
    with TemporaryDirectory() as folder:
        script = Path(folder, "request.lua")
        script.write_text(_WRK_SCRIPT % (json.dumps(question.method), body, headers))
        before = _children_s()
        run = subprocess.run(
            [
                *(wrk, "--threads", "1", "--connections", str(connections)),
                *("--duration", f"{max(1, round(seconds))}s", "--timeout", f"{TIMEOUT_S:g}s"),
                *("--script", str(script), f"http://{HOST}:{port}{question.target}"),
            ],
            check=True,
            capture_output=True,
            text=True,
        )
    found = json.loads(run.stdout.rpartition("@")[2])
    if found["refused"] or found["failed"] or not found["requests"]:
        raise WrongAnswer(
            f"of {found['requests']} requests {found['refused']} were refused, "
            f"{found['failed']} failed"
        )
    expect_size(found["bytes"], found["requests"], size)
    duration = found["duration_us"] / 1e6
    busy = (_children_s() - before) / duration
    return Rate(found["requests"], duration, busy, found["bytes"])


def _children_s() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


class _Cycle:
    """A connection that asks the same few things in turns, each when the last is answered."""

    def __init__(
        self, port: int, questions: Sequence[Question], selector: selectors.BaseSelector
    ) -> None:
        self._port = port
        self._selector = selector
        self._questions = questions
        self._requests = [question.to_bytes(port) for question in questions]
        self._is_fresh = True
        self._turn = 0
        self._received = bytearray()
        self._length: int | None = None
        self.rounds = 0
        self.bytes = 0
        self.reconnects = 0
        self._connect()

    def _connect(self) -> None:
        self._connection = Connection(self._port)
        self._connection.socket.setblocking(False)
        self._selector.register(self._connection.socket, selectors.EVENT_READ, self)
        self._is_fresh = True

    def close(self) -> None:
        """Let the connection go."""
        self._selector.unregister(self._connection.socket)
        self._connection.close()

    def _reconnect(self) -> None:
        """Ask again on a new connection, as a client does when a kept one was closed.

        Raises:
            WrongAnswer: It was closed without a single answer, or within one.
        """
        if self._is_fresh or self._received:
            raise WrongAnswer("the connection ended instead of an answer")
        self.close()
        self._connect()
        self.reconnects += 1
        self.send()

    def send(self) -> None:
        """Send what is next.

        Raises:
            WrongAnswer: The last request is still in the socket: it was answered too early.
        """
        request = self._requests[self._turn]
        try:
            sent = self._connection.socket.send(request)
        except ConnectionError:
            self._reconnect()
            return
        if sent != len(request):
            raise WrongAnswer("a small request did not fit into an empty socket")

    def receive(self) -> bool:
        """Take what has come; returns whether it ended an answer.

        Raises:
            WrongAnswer: It has another status, or the connection ended.
        """
        try:
            piece = self._connection.socket.recv(PIECE)
        except ConnectionError:
            piece = b""
        if not piece:
            self._reconnect()
            return False
        self._received += piece
        self.bytes += len(piece)
        if not self._is_whole():
            return False
        self._is_fresh = False
        self._received.clear()
        self._length = None
        self._turn = (self._turn + 1) % len(self._requests)
        self.rounds += not self._turn
        return True

    def _is_whole(self) -> bool:
        """Whether an answer has come; its length is looked up once, -1 says it is chunked."""
        received = self._received
        if self._length is None:
            end = received.find(b"\r\n\r\n")
            if end < 0:
                return False
            status, headers = parse_head(bytes(received[:end]))
            expect_status(status, self._questions[self._turn])
            if status == 204:
                self._length = end + 4
            elif headers.get("transfer-encoding", "").lower() == "chunked":
                self._length = -1
            else:
                self._length = end + 4 + int(headers["content-length"])
        if self._length < 0:
            return received.endswith(b"\r\n0\r\n\r\n")
        return len(received) == self._length

    @property
    def is_at_start(self) -> bool:
        return self._turn == 0


def run_cycles(port: int, cycles: Sequence[Sequence[Question]], *, seconds: float) -> Rate:
    """Ask from several connections for a time; those begun by then are ended.

    Args:
        cycles: What each connection asks in turns. One turn counts as one request.

    Raises:
        WrongAnswer: An answer has another status than its question wants.
    """
    selector = selectors.DefaultSelector()
    clients = [_Cycle(port, questions, selector) for questions in cycles]
    usage = time.process_time()
    start = end = time.perf_counter()
    for client in clients:
        client.send()
    active = len(clients)
    while active:
        ready = selector.select(TIMEOUT_S)
        if not ready:
            raise WrongAnswer(f"no answer within {TIMEOUT_S:g} s")
        for key, _ in ready:
            client = key.data
            if not client.receive():
                continue
            end = time.perf_counter()
            if end - start < seconds or not client.is_at_start:
                client.send()
            else:
                client.close()
                active -= 1
    selector.close()
    busy = (time.process_time() - usage) / (end - start)
    rounds = sum(client.rounds for client in clients)
    return Rate(
        rounds,
        end - start,
        busy,
        sum(client.bytes for client in clients),
        sum(client.reconnects for client in clients),
    )
