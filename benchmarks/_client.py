"""One HTTP client's side: questions, answers, and connections that are kept.

Every answer's status is checked, and every answer's length: a server that
refuses quickly must not win.
"""

from __future__ import annotations

import os
import socket
from dataclasses import dataclass

from benchmarks._servers import HOST

TIMEOUT_S = 60.0
#: How much is read at once, bytes.
PIECE = 1 << 20


class WrongAnswer(Exception):
    """A server answered something else than what was asked for."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer, read whole."""

    status: int
    headers: dict[str, str]
    body: bytes
    size: int


@dataclass(frozen=True, slots=True)
class Question:
    """A request that is sent many times.

    Attributes:
        status: What the answer has to be.
    """

    method: str
    target: str
    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""

    def to_bytes(self, port: int) -> bytes:
        """The request as it is sent."""
        lines = [f"{self.method} {self.target} HTTP/1.1", f"Host: {HOST}:{port}"]
        lines += [f"{name}: {value}" for name, value in self.headers]
        if self.body or self.method == "PUT":
            lines.append(f"Content-Length: {len(self.body)}")
        return "\r\n".join([*lines, "", ""]).encode() + self.body


class Connection:
    """One connection that is kept, and asked one thing after the other."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.socket = socket.create_connection((HOST, port), timeout=TIMEOUT_S)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._buffer = bytearray(PIECE)

    def close(self) -> None:
        """Let it go."""
        self.socket.close()

    def ask(self, question: Question) -> Answer:
        """Send a request and read its answer.

        Raises:
            WrongAnswer: Its status is another one, or it ended too early.
        """
        self.socket.sendall(question.to_bytes(self.port))
        answer = self.read_answer(question.method)
        expect_status(answer.status, question)
        return answer

    def read_head(self) -> tuple[int, dict[str, str], bytes]:
        """Status, headers by lower-case name, and what came of the body.

        Raises:
            WrongAnswer: The stream ended before the head did.
        """
        head = b""
        while b"\r\n\r\n" not in head:
            piece = self.socket.recv(65536)
            if not piece:
                raise WrongAnswer(f"the connection ended after {len(head)} bytes of a head")
            head += piece
        head, _, rest = head.partition(b"\r\n\r\n")
        return (*parse_head(head), rest)

    def read_answer(self, method: str = "GET") -> Answer:
        """Read one answer whole."""
        status, headers, body = self.read_head()
        start = sum(len(name) + len(value) + 4 for name, value in headers.items())
        if method == "HEAD" or status in (204, 304):
            return Answer(status, headers, b"", start)
        if headers.get("transfer-encoding", "").lower() == "chunked":
            raw = body
            while (whole := unchunk(raw)) is None:
                raw += self._more()
            return Answer(status, headers, whole, start + len(raw))
        length = int(headers["content-length"])
        pieces = [body]
        size = len(body)
        while size < length:
            pieces.append(self._more())
            size += len(pieces[-1])
        return Answer(status, headers, b"".join(pieces), start + size)

    def _more(self) -> bytes:
        piece = self.socket.recv(PIECE)
        if not piece:
            raise WrongAnswer("the connection ended in the body")
        return piece

    def download(self, target: str, length: int, *, reads: bool = False) -> None:
        """Ask for ``length`` bytes and let the kernel throw them away.

        Args:
            reads: Read them, as a program does that wants them.

        Raises:
            WrongAnswer: Another status or another length.
        """
        question = Question("GET", target, 200)
        self.socket.sendall(question.to_bytes(self.port))
        status, headers, rest = self.read_head()
        expect_status(status, question)
        if int(headers.get("content-length", -1)) != length:
            raise WrongAnswer(f"{target} has {headers.get('content-length')} bytes, not {length}")
        left = length - len(rest)
        while left:
            # MSG_TRUNC: counted, not copied. Reading must not cost what serving does.
            flags = 0 if reads else socket.MSG_TRUNC
            count = self.socket.recv_into(self._buffer, min(left, PIECE), flags)
            if not count:
                raise WrongAnswer(f"the connection ended {left} bytes too early")
            left -= count

    def upload(self, target: str, source: int, length: int) -> None:
        """PUT ``length`` bytes of an open file.

        Raises:
            WrongAnswer: It was not taken.
        """
        head = f"PUT {target} HTTP/1.1\r\nHost: {HOST}:{self.port}\r\nContent-Length: {length}\r\n"
        self.socket.sendall(f"{head}\r\n".encode())
        # The socket itself has to wait: os.sendfile knows no timeout.
        self.socket.settimeout(None)
        offset = 0
        while offset < length:
            offset += os.sendfile(self.socket.fileno(), source, offset, length - offset)
        self.socket.settimeout(TIMEOUT_S)
        answer = self.read_answer()
        if answer.status not in (200, 201, 204):
            raise WrongAnswer(f"PUT {target} is answered by {answer.status}")


def expect_status(status: int, question: Question) -> None:
    """Refuse an answer of another status.

    Raises:
        WrongAnswer: It is another one.
    """
    if status != question.status:
        what = f"{question.method} {question.target}"
        raise WrongAnswer(f"{what} is answered by {status}, not {question.status}")


def parse_head(head: bytes) -> tuple[int, dict[str, str]]:
    """Status and headers, by lower-case name, of an answer's head."""
    first, *lines = head.decode("latin-1").split("\r\n")
    fields = (line.partition(":") for line in lines)
    return int(first.split()[1]), {name.lower(): value.strip() for name, _, value in fields}


def unchunk(raw: bytes) -> bytes | None:
    """A chunked body's content, None where its end has not come.

    >>> unchunk(b"2\\r\\nHi\\r\\n0\\r\\n\\r\\n")
    b'Hi'
    >>> unchunk(b"2\\r\\nHi\\r\\n")
    """
    pieces: list[bytes] = []
    at = 0
    while True:
        end = raw.find(b"\r\n", at)
        if end < 0:
            return None
        size = int(raw[at:end].partition(b";")[0], 16)
        at = end + 2 + size
        if len(raw) < at + 2:
            return None
        if not size:
            return b"".join(pieces)
        pieces.append(raw[end + 2 : at])
        at += 2


def expect_size(received: int, requests: int, size: int) -> None:
    """Hold the bytes that came against the size of one checked answer.

    Raises:
        WrongAnswer: They are too few.
    """
    # Dates and the like may differ by a few bytes from the sample.
    if received < requests * (size - 64):
        raise WrongAnswer(
            f"answers of {received / requests:.0f} bytes each, a checked one had {size}"
        )
