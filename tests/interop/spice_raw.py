"""SPICE by hand, over plain sockets: both sides of a link, then whatever a test likes to send."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from struct import pack

from caraway.errors import CarawayError
from caraway.messages.link import enums
from caraway.protocol.capabilities import Capabilities
from caraway.protocol.link import (
    ClientLink,
    Credentials,
    Linked,
    LinkRequest,
    Offer,
    ServerLink,
)
from caraway.protocol.steps import Exchange
from caraway.protocol.ticket import TicketKey, encrypt_ticket
from tests.interop.command import ended_if_it_fails, eventually
from tests.patience import PATIENCE_S

COMMON = frozenset({0, 1, 3})


def message(number: int, body: bytes = b"", *, size: int | None = None) -> bytes:
    """A message with a short header, which may lie about its size."""
    return pack("<HI", number, len(body) if size is None else size) + body


def run_link(stream: socket.socket, exchange: Exchange[Linked]) -> bytes:
    """Bring a link stage to its end; what came behind it.

    Raises:
        CarawayError: It failed.
        ConnectionError: The other side closed the stream.
    """
    while exchange.outcome is None:
        stream.sendall(exchange.take_output())
        data = stream.recv(65536)
        if not data:
            raise ConnectionError("closed in the link stage")
        try:
            exchange.feed(data)
        except CarawayError:
            stream.sendall(exchange.take_output())
            raise
    stream.sendall(exchange.take_output())
    return exchange.rest


def receive(stream: socket.socket, size: int, so_far: bytes = b"") -> bytes:
    """So many bytes at least; fewer where the stream ends first."""
    while len(so_far) < size and (data := stream.recv(65536)):
        so_far += data
    return so_far


class ServedVictim:
    """A server in a process of its own.

    Attributes:
        address: Where it listens.
    """

    def __init__(self, folder: Path, *, link_timeout_s: float = 10.0) -> None:
        self._log = folder / "server.log"
        script = Path(__file__).with_name("spice_served.py")
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                [sys.executable, str(script), str(link_timeout_s)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        with ended_if_it_fails(self._end):
            eventually(self._listens, lambda: f"it does not listen:\n{self._log.read_text()}")

    def _listens(self) -> bool:
        found = re.search(r"spice://([0-9.]+):([0-9]+)\n", self._log.read_text())
        if found:
            self.address = (found[1], int(found[2]))
        return found is not None

    def connect(self) -> socket.socket:
        """A stream."""
        return socket.create_connection(self.address, PATIENCE_S)

    def link(
        self, kind: int = 1, number: int = 0, session: int = 0, password: bytes = b"secret"
    ) -> tuple[socket.socket, bytes]:
        """A stream that is linked, and what came behind that."""
        stream = self.connect()
        request = LinkRequest(kind, number, session, Capabilities(COMMON, frozenset({0, 1, 2})))
        link = ClientLink(request, Credentials(password, encrypt_ticket))
        with ended_if_it_fails(stream.close):
            return stream, run_link(stream, link)

    def session(self) -> tuple[socket.socket, int]:
        """A main channel, and the number of its session."""
        stream, data = self.link()
        init = receive(stream, 38, data)
        return stream, int.from_bytes(init[6:10], "little")

    def _status(self, name: str) -> int:
        text = Path(f"/proc/{self._process.pid}/status").read_text()
        found = re.search(rf"^{name}:\s+([0-9]+) kB", text, re.MULTILINE)
        assert found
        return int(found[1])

    def memory_kib(self) -> int:
        """What is resident now."""
        return self._status("VmRSS")

    def peak_kib(self) -> int:
        """The most that ever was."""
        return self._status("VmHWM")

    def descriptors(self) -> int:
        """How many files it has open."""
        return len(list(Path(f"/proc/{self._process.pid}/fd").iterdir()))

    def _end(self) -> None:
        self._process.kill()
        self._process.wait()

    def stop(self) -> None:
        """End it, and see that nothing went wrong inside.

        Raises:
            AssertionError: It had ended, or said something.
        """
        ended = self._process.poll()
        self._end()
        said = self._log.read_text().splitlines()[1:]
        assert ended is None, "\n".join(said)
        assert not said, "\n".join(said[-40:])


class HostileServer:
    """Accepts clients on a thread each, links them, and lets a function do the rest.

    Args:
        act: Given the stream and its kind of channel, behind the link stage; or None to
            be called with streams as they are, kind 0.
    """

    def __init__(self, act: Callable[[socket.socket, int], None], *, links: bool = True) -> None:
        self._act = act
        self._links = links
        self._key = TicketKey()
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.uri = f"spice://127.0.0.1:{self._listening.getsockname()[1]}"
        self._streams: list[socket.socket] = []
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                stream, _ = self._listening.accept()
                stream.settimeout(PATIENCE_S)
                self._streams.append(stream)
                thread = threading.Thread(target=self._serve, args=(stream,))
                self._threads.append(thread)
                thread.start()

    def _serve(self, stream: socket.socket) -> None:
        kinds: list[int] = []

        def answer(request: LinkRequest) -> Offer:
            kinds.append(request.channel_type)
            common = Capabilities(COMMON, frozenset({0, 1}))
            return Offer(common, self._key.public_key, lambda ticket: enums.LinkErr.OK)

        # The client may go at any time: that is what it should do.
        with suppress(OSError, CarawayError):
            if self._links:
                run_link(stream, ServerLink(answer))
            self._act(stream, kinds[0] if kinds else 0)

    def close(self) -> None:
        """End all of it."""
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        for stream in self._streams:
            with suppress(OSError):
                stream.shutdown(socket.SHUT_RDWR)
            stream.close()
        for thread in self._threads:
            thread.join(PATIENCE_S)
            assert not thread.is_alive()


def list_body(places: Sequence[int], behind: bytes = b"") -> bytes:
    """The body of a list of messages at ``places``."""
    return pack(f"<H{len(places)}I", len(places), *places) + behind
