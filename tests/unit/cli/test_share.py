"""``caraway share``: what it refuses, what it says, and whole runs as a process."""

from __future__ import annotations

import asyncio
import signal
import socket
import urllib.error
import urllib.request
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from caraway.cli.connecting import Target
from caraway.cli.folders.options import Logging
from caraway.cli.folders.report import Report
from caraway.cli.share.account import Account
from caraway.cli.share.run import Way
from caraway.client import MouseModeChanged, Notified, Session, Switched
from caraway.errors import AuthError, ConnectError
from caraway.net.endpoint import Endpoint, parse_uri
from caraway.protocol.port import WEBDAV_PORT
from caraway.share.guest import FolderGuest
from caraway.share.lasting import Connected, Lost, Shared, Waiting
from tests.unit.cli.conftest import Caraway
from tests.unit.cli.running import Run, Running
from tests.unit.cli.serving import PATIENCE_S, ServerThread


@pytest.fixture
def share(run_command: Run) -> Run:
    return partial(run_command, "share")


class Machine:
    """A server in a thread, with an agent behind its port."""

    def __init__(self, servers: ServerThread, **settings: Any) -> None:
        self.server = servers.server(**settings)
        port = servers.port(self.server, WEBDAV_PORT)
        self.guest = servers.call(lambda: FolderGuest(port))
        self.url = servers.run(self.guest.listen_tcp("127.0.0.1", 0))
        self.uri = servers.start(self.server)
        self._servers = servers

    def close(self) -> None:
        """End, as a machine that is switched off."""
        self._servers.run(self.guest.aclose())
        self._servers.run(self.server.aclose())


@pytest.fixture
def machine(servers: ServerThread) -> Iterator[Machine]:
    made = Machine(servers)
    yield made
    servers.run(made.guest.aclose())


def get(url: str, path: str = "a", host: str | None = None) -> tuple[int, bytes]:
    headers = {} if host is None else {"Host": host}
    request = urllib.request.Request(url + path, headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE_S) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read()


def put(url: str, body: bytes) -> int:
    request = urllib.request.Request(url + "new", data=body, method="PUT")
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE_S) as answer:
            status: int = answer.status
            return status
    except urllib.error.HTTPError as error:
        with error:
            return error.code


# Runs


def test_without_a_virtual_machine(share: Run, folder: Path) -> None:
    sharing = share(folder)
    assert sharing.event("folder") == {"event": "folder", "path": str(folder), "write": False}
    url = sharing.event("listening")["url"]
    assert sharing.event("connected")["server"] == "the server in this process"
    sharing.event("shared")
    assert get(url) == (200, b"hello")
    assert sharing.event("request")["peer"] == "guest"
    assert put(url, b"x") == 403
    assert sharing.stop() == (0, "")


def test_with_a_server(share: Run, folder: Path, machine: Machine) -> None:
    sharing = share("--write", "--to", machine.uri, "--allow-host", "*.lan", f"x={folder}")
    assert sharing.event("folder")["name"] == "x"
    connected = sharing.event("connected")
    assert (connected["server"], connected["name"]) == (machine.uri, None)
    sharing.event("shared")
    assert get(machine.url, "x/a") == (200, b"hello")
    assert put(machine.url + "x/", b"x" * 100_000) == 201
    assert (folder / "new").stat().st_size == 100_000
    hosts = ["localhost", "127.0.0.1:9843", "[::1]:1", "vm.local", "vm.lan:80"]
    assert {get(machine.url, "x/a", host)[0] for host in hosts} == {200}
    assert get(machine.url, "x/a", "evil.test")[0] == 421
    assert sharing.stop() == (0, "")


def test_a_server_that_comes_back(share: Run, folder: Path, servers: ServerThread) -> None:
    first = Machine(servers)
    sharing = share("--to", first.uri, folder)
    sharing.event("shared")
    first.close()
    retrying = sharing.event("retrying")
    assert 0.7 < retrying["again_s"] <= 1
    second = servers.server()
    port = servers.port(second, WEBDAV_PORT, is_opened=False)
    address = parse_uri(first.uri)
    servers.run(second.listen_tcp("127.0.0.1", address.port or 0))
    sharing.event("connected")
    assert sharing.event("waiting")["for"] == "agent"
    servers.call(port.open)
    sharing.event("shared")
    assert sharing.stop()[0] == 0


def test_another_client(share: Run, folder: Path, machine: Machine, caraway: Caraway) -> None:
    sharing = share("--to", machine.uri, folder)
    sharing.event("shared")
    assert caraway("port", machine.uri).code == 0
    code, _, said = sharing.end()
    assert code == 12
    assert "another client connected" in said
    assert "hint: --insist takes the session back" in said


def test_one_that_insists(share: Run, folder: Path, machine: Machine, caraway: Caraway) -> None:
    sharing = share("--insist", "--to", machine.uri, folder)
    sharing.event("shared")
    assert caraway("port", machine.uri).code == 0
    assert "another client connected" in sharing.event("retrying")["reason"]
    sharing.event("shared")
    assert get(machine.url) == (200, b"hello")
    assert sharing.stop()[0] == 0


def test_another_client_shares_already(
    share: Run, folder: Path, servers: ServerThread, caraway: Caraway
) -> None:
    machine = Machine(servers, clients=2)
    share("--to", machine.uri, folder).event("shared")
    second = caraway("share", "--to", machine.uri, folder)
    assert second.code == 30
    assert "hint: another of its clients shares a folder" in second.err
    servers.run(machine.guest.aclose())


def test_a_ticket(share: Run, folder: Path, servers: ServerThread, tmp_path: Path) -> None:
    machine = Machine(servers, password="once")
    port = parse_uri(machine.uri).port
    file = tmp_path / "vm.vv"
    text = f"[virt-viewer]\ntype=spice\nhost=127.0.0.1\nport={port}\npassword=once\n"
    file.write_text(text + "delete-this-file=1\n")
    sharing = share("--insist", "--to", file, folder)
    sharing.event("shared")
    assert not file.exists()
    machine.close()
    code, _, said = sharing.end()
    assert code == 10
    assert "get a new connection file" in said
    assert "retrying" not in said


def test_a_ticket_that_nobody_has_seen_is_kept(
    share: Run, folder: Path, servers: ServerThread, tmp_path: Path
) -> None:
    first = Machine(servers)
    first.close()
    number = parse_uri(first.uri).port or 0
    file = tmp_path / "vm.vv"
    file.write_text(f"[virt-viewer]\ntype=spice\nhost=127.0.0.1\nport={number}\npassword=once\n")
    sharing = share("--insist", "--to", file, folder)
    sharing.event("retrying")
    second = servers.server(password="once")
    servers.port(second, WEBDAV_PORT)
    servers.run(second.listen_tcp("127.0.0.1", number))
    sharing.event("shared")
    assert sharing.stop()[0] == 0


def test_a_second_interrupt_cuts_off(share: Run, folder: Path, machine: Machine) -> None:
    sharing = share("--write", "--to", machine.uri, folder)
    sharing.event("shared")
    number = int(machine.url.rpartition(":")[2].strip("/"))
    with socket.create_connection(("127.0.0.1", number)) as program:
        program.sendall(b"PUT /new HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\nhalf")
        sharing_sees_it(sharing, machine)
        sharing.interrupt()
        [transfer] = sharing.event("finishing")["transfers"]
        assert transfer["target"] == "/new"
        assert transfer["peer"] == "guest"
        sharing.interrupt()
        sharing.event("cancelled")
        sharing.event("stopped")
    assert sharing.end()[0] == 130
    assert not (folder / "new").exists()


def sharing_sees_it(sharing: Running, machine: Machine) -> None:
    """Another request is answered behind the one that is under way."""
    get(machine.url)
    sharing.event("request")


# What is refused


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        ([], 2, "Missing argument"),
        (["{}/none"], 2, "none does not exist"),
        (["/"], 2, "if you mean it, add --yes"),
        (["{}"], 2, "whole home folder"),
        (["{}/folder", "--user", "x"], 2, "--user needs --to"),
        (["{}/folder", "--timeout", "3"], 2, "--timeout needs --to"),
        (["{}/folder", "--password-file", "{}/secret"], 2, "--password-file needs --to"),
        (["{}/folder", "--insist"], 2, "--insist needs --to"),
        ([""], 2, "the one you are in is called '.'"),
        (["docs="], 2, "'docs=' names no folder"),
        (["{}/folder", "--allow-host", "http://x"], 2, "--allow-host 'http://x' is no name"),
        (["{}/folder", "--allow-host", "x:80"], 2, "it is allowed on any port"),
        (["{}/folder", "--to", "nothing"], 2, "'nothing' is neither a URI nor a file"),
        (["{}/folder", "--to", "-"], 2, "without the group [virt-viewer]"),
        (
            ["{}/folder", "--to", "spice://x:1", "--password-file", "{}/folder/a"],
            2,
            "folder/a is inside",
        ),
        (["{}/folder", "--log-file", "{}/no/log"], 30, "no/log: No such file"),
        (["{}/folder", "--to", "spice+unix://{}/s"], 10, "--insist keeps trying"),
    ],
)
def test_what_it_refuses(
    caraway: Caraway,
    folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    code: int,
    message: str,
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "secret").write_text("pw")
    (tmp_path / "secret").chmod(0o600)
    shared = caraway("share", *(each.replace("{}", str(tmp_path)) for each in arguments))
    assert shared.code == code
    assert message in shared.err


def test_a_wrong_ticket(
    caraway: Caraway, folder: Path, servers: ServerThread, tmp_path: Path
) -> None:
    number = parse_uri(servers.start(servers.server(password="other"))).port
    file = f"[virt-viewer]\ntype=spice\nhost=127.0.0.1\nport={number}\npassword=once\n"
    shared = caraway("share", "--insist", "--to", "-", folder, stdin=file.encode())
    assert shared.code == 3
    assert "get a new" in shared.err


# What it says


class Fixed:
    """A session of which little is asked."""

    def __init__(self, name: str | None = None) -> None:
        self.name = name
        self.endpoint = Endpoint("elsewhere", 5901)


def session(name: str | None = None) -> Session:
    return cast("Session", Fixed(name))


def test_what_it_says(capsys: pytest.CaptureFixture[str]) -> None:
    moved: list[Session] = []

    async def work() -> list[str]:
        account = Account(Report(Logging()), "spice://vm:5900", on_moved=moved.append)
        states = [account.state(takes_credits=False)]
        for event in (
            Connected(session("a\x1bvm")),
            Waiting("port"),
            Waiting("agent"),
            Shared(),
            Waiting("agent"),
            Shared(),
            Switched("spice://other:1"),
            Notified("be\x07ware", "warning"),
            MouseModeChanged(1),
            Lost(ConnectError("it is gone"), 4.0),
        ):
            account.take(event)
            states.append(account.state(takes_credits=len(states) > 5))
        return states

    states = asyncio.run(work())
    assert states[0] == "connecting · spice://vm:5900"
    assert states[1].startswith("connected · ")
    assert states[2].startswith("waiting for a port for shared folders · ")
    assert states[3].startswith("waiting for the agent · ")
    assert states[4] == "shared with another agent · spice://vm:5900"
    assert states[5].startswith("waiting for the agent · ")
    assert states[7] == "shared with caraway agent · spice://other:1"
    assert states[10] == "trying again in 4 s · spice://other:1"
    lines = capsys.readouterr().err.splitlines()
    assert lines[0] == "connected: spice://vm:5900, 'a\\x1bvm'"
    assert "<channel type='spiceport'>" in lines[2]
    assert [line for line in lines if line[0] != " "][5:] == [
        "waiting: the agent in the virtual machine has not opened the port;"
        " start 'caraway agent' or spice-webdavd there",
        "shared: the folder can be used",
        "waiting: the agent in the virtual machine has closed the port, and may open it again",
        "shared: the folder can be used",
        "moved: spice://other:1",
        "notice: be\\x07ware",
        "retrying: it is gone; trying again in 4 s",
    ]
    assert len(moved) == 1


def test_after_a_move_it_begins_there(servers: ServerThread) -> None:
    uri = servers.start(servers.server())

    async def work() -> None:
        way = Way(Target(Endpoint("nowhere.invalid", 1)))
        there = SimpleNamespace(endpoint=parse_uri(uri))
        way.follow(cast("Session", there))
        await (await way.connect()).aclose()
        assert not way.is_spent

    asyncio.run(work())


def test_a_password_is_asked_for_once(
    servers: ServerThread, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = servers.server(password="secret")
    uri = servers.start(server)
    asked: list[str] = []

    def prompt(text: str, **options: object) -> str:
        # As people do it: the first Ctrl-C is heard.
        assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
        asked.append(text)
        return "secret"

    monkeypatch.setattr("click.prompt", prompt)
    for stream in ("stdin", "stderr"):
        monkeypatch.setattr(f"sys.{stream}.isatty", lambda: True, raising=False)

    async def work() -> None:
        way = Way(Target(parse_uri(uri)))
        for _ in range(2):
            await (await way.connect()).aclose()
        assert len(asked) == 1
        servers.call(lambda: server.set_password("another"))
        with pytest.raises(AuthError):
            await way.connect()

    asyncio.run(work())
