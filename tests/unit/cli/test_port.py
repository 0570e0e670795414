"""``caraway port``: the list, standard input and output, terminals, local sockets."""

from __future__ import annotations

import asyncio
import json
import os
import pty
import re
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from caraway.cli.port.terminal import Keys, caret, parse_key
from caraway.errors import UsageError
from caraway.server import Server, ServerPort
from tests.unit.cli.conftest import Caraway
from tests.unit.cli.serving import ENVIRONMENT, PATIENCE_S, ServerThread

NAME = "org.example.echo"


@pytest.fixture
def server(servers: ServerThread) -> Server:
    return servers.server()


@pytest.fixture
def echo(servers: ServerThread, server: Server) -> ServerPort:
    return servers.echo(server, NAME)


class Process:
    """A ``caraway`` of its own, with pipes."""

    def __init__(self, *arguments: object) -> None:
        self.popen = subprocess.Popen(
            [sys.executable, "-m", "caraway", *map(str, arguments)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=ENVIRONMENT,
        )
        assert self.popen.stdin is not None
        assert self.popen.stdout is not None
        assert self.popen.stderr is not None
        self.stdin, self.stdout, self.stderr = (
            self.popen.stdin,
            self.popen.stdout,
            self.popen.stderr,
        )

    def send(self, data: bytes) -> None:
        self.stdin.write(data)
        self.stdin.flush()

    def note(self, what: str) -> str:
        """The next line on standard error that has ``what``."""
        for line in self.stderr:
            if what in (text := line.decode()):
                return text
        raise AssertionError(f"nobody said '{what}'")

    def end(self) -> int:
        self.stdin.close()
        return self.popen.wait(PATIENCE_S)


Start = Callable[..., Process]


@pytest.fixture
def start() -> Iterator[Start]:
    with ExitStack() as stack:

        def run(*arguments: object) -> Process:
            process = Process(*arguments)
            stack.enter_context(process.popen)
            stack.callback(process.popen.kill)
            return process

        yield run


def test_the_list(caraway: Caraway, servers: ServerThread, server: Server) -> None:
    servers.port(server, "org.example.a\x1b")
    servers.port(server, "org.example.b", is_opened=False)
    servers.port(server, "org.spice-space.webdav.0")
    uri = servers.start(server)
    listed = caraway("port", uri)
    assert (listed.code, listed.err) == (0, "")
    assert listed.out.splitlines() == [
        r"open    port    org.example.a\x1b",
        "closed  port    org.example.b",
        "open    webdav  org.spice-space.webdav.0",
    ]
    read = json.loads(caraway("port", uri, "--json").out)
    assert read[1] == {"name": "org.example.b", "kind": "port", "number": 1, "open": False}


def test_there_are_none(caraway: Caraway, servers: ServerThread, server: Server) -> None:
    listed = caraway("port", servers.start(server))
    assert (listed.code, listed.out) == (0, "")
    assert "the server has no ports" in listed.err


def test_a_file(caraway: Caraway, servers: ServerThread, server: Server, echo: ServerPort) -> None:
    data = b"0123456789abcdef" * 20_000
    used = caraway("port", servers.start(server), NAME, "--quit-after", "5", stdin=data)
    assert (used.code, used.err) == (0, "")
    assert used.out.encode() == data


def test_it_ends_when_the_port_is_closed(
    start: Start, servers: ServerThread, server: Server, echo: ServerPort
) -> None:
    process = start("port", servers.start(server), NAME)
    process.send(b"hello")
    assert process.stdout.read(5) == b"hello"
    servers.call(echo.close)
    assert process.end() == 0


def test_the_end_of_the_input_ends_nothing(
    start: Start, servers: ServerThread, server: Server, echo: ServerPort
) -> None:
    process = start("port", servers.start(server), NAME)
    process.send(b"hello")
    process.stdin.close()
    assert process.stdout.read(5) == b"hello"
    servers.call(lambda: echo.write(b"more"))
    assert process.stdout.read(4) == b"more"
    servers.call(echo.close)
    assert process.end() == 0


def test_it_waits_over_closings(
    start: Start, servers: ServerThread, server: Server, echo: ServerPort
) -> None:
    servers.call(echo.close)
    process = start("port", servers.start(server), NAME, "--wait")
    process.note("is closed; waiting")
    servers.call(echo.open)
    process.note("is open")
    process.send(b"one")
    assert process.stdout.read(3) == b"one"
    servers.call(echo.close)
    process.note("is closed; waiting")
    # It goes out when there is somebody again.
    process.send(b"two")
    servers.call(echo.open)
    assert process.stdout.read(3) == b"two"


def test_it_waits_for_a_port_that_comes_late(
    start: Start, servers: ServerThread, server: Server
) -> None:
    servers.port(server, "org.example.other")
    came = asyncio.run_coroutine_threadsafe(_client(server), servers.loop)
    process = start("port", servers.start(server), NAME, "--wait")
    came.result(PATIENCE_S)
    servers.echo(server, NAME)
    process.send(b"x")
    assert process.stdout.read(1) == b"x"


async def _client(server: Server) -> None:
    """Wait until a client has the list of channels."""
    while not any(client.connection.channel.is_attached for client in server.clients):
        await asyncio.sleep(0.01)


def test_other_ports_are_let_go(
    start: Start, servers: ServerThread, server: Server, echo: ServerPort
) -> None:
    other = servers.port(server, "org.example.other")
    process = start("port", servers.start(server), NAME)
    process.send(b"x")
    assert process.stdout.read(1) == b"x"

    async def let_go() -> bool:
        while other.has_client:
            await asyncio.sleep(0.01)
        return echo.has_client

    assert servers.run(let_go())


def test_another_client_takes_over(
    start: Start, caraway: Caraway, servers: ServerThread, server: Server, echo: ServerPort
) -> None:
    uri = servers.start(server)
    process = start("port", uri, NAME)
    process.send(b"x")
    assert process.stdout.read(1) == b"x"
    assert caraway("port", uri).code == 0
    assert process.end() == 12
    assert b"another client" in process.stderr.read()


def test_a_server_that_goes(
    start: Start, servers: ServerThread, server: Server, echo: ServerPort
) -> None:
    process = start("port", servers.start(server), NAME)
    process.send(b"x")
    assert process.stdout.read(1) == b"x"
    servers.run(server.aclose())
    assert process.end() == 10


def test_what_the_server_has_to_say(
    start: Start, servers: ServerThread, server: Server, echo: ServerPort
) -> None:
    process = start("port", servers.start(server), NAME)
    process.send(b"x")
    assert process.stdout.read(1) == b"x"
    servers.call(lambda: server.clients[0].notify("tea is\x07 ready", severity=1))
    assert process.note("tea") == "caraway: note: the server says (warning): tea is\\x07 ready\n"


def test_nobody_reads_the_output(
    start: Start, servers: ServerThread, server: Server, echo: ServerPort
) -> None:
    process = start("port", servers.start(server), NAME)
    process.stdout.close()
    process.send(b"x")
    assert process.popen.wait(PATIENCE_S) == 141


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--wait"], "--wait needs the NAME"),
        (["--listen", "unix:/x"], "--listen needs the NAME"),
        (["--quit-after", "1"], "--quit-after needs the NAME"),
        ([NAME, "--json"], "--json is for the list"),
        ([NAME, "--escape", "x"], "'x' is no key"),
        ([NAME, "--listen", "nowhere"], "'nowhere' is no address"),
        ([NAME, "--listen", "unix:"], "names no Unix socket"),
    ],
)
def test_options_that_make_no_sense(caraway: Caraway, arguments: list[str], message: str) -> None:
    used = caraway("port", "spice://vm:1", *arguments)
    assert used.code == 2
    assert message in used.err


def test_ports_that_cannot_be_used(caraway: Caraway, servers: ServerThread, server: Server) -> None:
    servers.port(server, "org.example.closed", is_opened=False)
    uri = servers.start(server)
    servers.port(server, "evil\x1b[2J")
    missing = caraway("port", uri, NAME)
    assert missing.code == 30
    assert r"its ports: evil\x1b[2J, org.example.closed" in missing.err
    closed = caraway("port", uri, "org.example.closed")
    assert closed.code == 30
    assert "--wait waits for it" in closed.err


class Terminal:
    """A ``caraway`` on a terminal."""

    def __init__(self, *arguments: object) -> None:
        self._master, terminal = pty.openpty()
        self.popen = subprocess.Popen(
            [sys.executable, "-m", "caraway", *map(str, arguments)],
            stdin=terminal,
            stdout=terminal,
            stderr=terminal,
            start_new_session=True,
            env=ENVIRONMENT,
        )
        os.close(terminal)

    def send(self, data: bytes) -> None:
        os.write(self._master, data)

    def expect(self, what: bytes) -> bytes:
        """What it shows, up to and with ``what``."""
        shown = b""
        deadline = time.monotonic() + PATIENCE_S
        while what not in shown:
            ready, _, _ = select.select([self._master], [], [], deadline - time.monotonic())
            assert ready, shown
            shown += os.read(self._master, 1)
        return shown

    def close(self) -> None:
        self.popen.kill()
        self.popen.wait()
        os.close(self._master)


def test_a_terminal(servers: ServerThread, server: Server, echo: ServerPort) -> None:
    events: list[int] = []
    servers.call(lambda: setattr(echo, "on_event", events.append))
    uri = servers.start(server)
    with closing(Terminal("port", uri, NAME)) as terminal:
        terminal.expect(b"^] leaves\r\n")
        # Ctrl-C and the like are for the port; a terminal that is not raw would echo them as ^C.
        terminal.send(b"a\x03\r")
        assert terminal.expect(b"\r") == b"a\x03\r"
        terminal.send(b"b\x1ec")
        assert terminal.expect(b"c") == b"bc"
        assert events == [2]
        terminal.send(b"d\x1de")
        assert terminal.popen.wait(PATIENCE_S) == 0


def test_a_password_is_asked_for(servers: ServerThread) -> None:
    server = servers.server(password="secret")
    servers.port(server, NAME)
    uri = servers.start(server)
    with closing(Terminal("port", uri)) as terminal:
        terminal.expect(f"Password for {uri}: ".encode())
        terminal.send(b"secret\r")
        # What is typed is not shown.
        shown = terminal.expect(NAME.encode())
        assert shown.split() == [b"open", b"port", NAME.encode()]
        assert terminal.popen.wait(PATIENCE_S) == 0
    with closing(Terminal("port", uri)) as terminal:
        terminal.expect(b"Password for ")
        terminal.send(b"wrong\r")
        terminal.expect(b"refused the password")
        assert terminal.popen.wait(PATIENCE_S) == 3


def read_soon(terminal: int) -> bytes:
    assert select.select([terminal], [], [], PATIENCE_S)[0], "it shows nothing more"
    return os.read(terminal, 100)


def test_the_terminal_is_as_before(servers: ServerThread, server: Server, echo: ServerPort) -> None:
    uri = servers.start(server)
    code = (
        "import subprocess, sys, termios\n"
        "before = termios.tcgetattr(0)\n"
        f"p = subprocess.Popen([sys.executable, '-m', 'caraway', 'port', {uri!r}, {NAME!r}])\n"
        "print('pid', p.pid, flush=True)\n"
        "p.wait()\n"
        "print('same', termios.tcgetattr(0) == before, p.returncode)\n"
    )
    master, slave = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=slave, stdout=slave, stderr=slave, env=ENVIRONMENT
    ):
        os.close(slave)
        shown = b""
        while b"leaves" not in shown or not (found := re.search(rb"pid (\d+)\s", shown)):
            shown += read_soon(master)
        os.kill(int(found[1]), signal.SIGTERM)
        while b"same" not in shown or not shown.endswith(b"\n"):
            shown += read_soon(master)
    os.close(master)
    assert shown.endswith(b"same True 143\r\n")


def test_keys() -> None:
    assert Keys(0x1D).split(b"a\x1d\x1e") == ([b"a"], True)
    assert Keys(None).split(b"a\x1d") == ([b"a\x1d"], False)
    assert Keys(0x1D).split(b"\x1e\x1e") == ([None, None], False)
    assert parse_key("none") is None
    assert [caret(parse_key(text) or 0) for text in ("^]", "^a", "^\\")] == ["^]", "^A", "^\\"]
    with pytest.raises(UsageError):
        parse_key("^^")


def test_a_local_socket(
    start: Start, servers: ServerThread, server: Server, tmp_path: Path
) -> None:
    port = servers.echo(server, NAME)
    path = tmp_path / "s"
    process = start("port", servers.start(server), NAME, "--listen", f"unix:{path}")
    process.note("listening on unix:")
    assert path.stat().st_mode & 0o777 == 0o600

    def connect() -> socket.socket:
        client = socket.socket(socket.AF_UNIX)
        client.settimeout(PATIENCE_S)
        client.connect(str(path))
        return client

    with closing(connect()) as first:
        first.sendall(b"one")
        assert first.recv(3) == b"one"
        with closing(connect()) as second:
            assert second.recv(1) == b""
        process.note("in use: refused")
        # It is still there over a closing, and when it has no more to send.
        servers.call(port.close)
        servers.call(port.open)
        first.shutdown(socket.SHUT_WR)
        servers.call(lambda: port.write(b"two"))
        assert first.recv(3) == b"two"
        with closing(connect()) as third:
            third.sendall(b"three")
            assert third.recv(5) == b"three"
            assert first.recv(1) == b""
    process.popen.send_signal(signal.SIGINT)
    assert process.end() == 130
    assert not path.exists()


def test_what_comes_while_nobody_is_there_waits(
    start: Start, servers: ServerThread, server: Server
) -> None:
    port = servers.port(server, NAME)
    process = start("port", servers.start(server), NAME, "--listen", "127.0.0.1:0")
    address = process.note("listening on").split()[-1].rsplit(":")
    servers.call(lambda: port.write(b"early"))
    with closing(socket.create_connection((address[0], int(address[1])), PATIENCE_S)) as client:
        assert client.recv(5) == b"early"
    servers.run(server.aclose())
    assert process.end() == 10


def test_an_address_in_use(
    caraway: Caraway, servers: ServerThread, server: Server, echo: ServerPort, tmp_path: Path
) -> None:
    uri = servers.start(server)
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        used = caraway("port", uri, NAME, "--listen", address)
    assert used.code == 30
    assert "Address already in use" in used.err
    with closing(socket.socket(socket.AF_UNIX)) as here:
        here.bind(str(tmp_path / "s"))
        here.listen()
        used = caraway("port", uri, NAME, "--listen", f"unix:{tmp_path}/s")
    assert used.code == 30
    assert "somebody listens" in used.err
    assert caraway("port", uri, NAME, "--listen", f"unix:{tmp_path}/no/s").code == 30
