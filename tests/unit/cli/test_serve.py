"""``caraway serve``: ports from sockets and commands, as a process and piece by piece."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from uuid import UUID

import pytest

from caraway.cli.serve.source import CommandSource, Echo, SocketSource, parse_port
from caraway.errors import UsageError
from tests.unit.cli.certificates import make_certificate
from tests.unit.cli.conftest import Caraway
from tests.unit.cli.running import Run
from tests.unit.cli.serving import ENVIRONMENT, PATIENCE_S

NAME = "org.example.x"


@pytest.fixture
def serve(run_command: Run) -> Run:
    return partial(run_command, "serve")


def test_a_run(serve: Run, caraway: Caraway, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("pw\n")
    secret.chmod(0o600)
    number = UUID(int=3)
    serving = serve(
        *("--name", "vm", "--uuid", number, "--password-file", secret),
        *("--port", f"{NAME}=echo", "--unix", tmp_path / "s", "--listen", "127.0.0.1:0"),
    )
    uri, unix = serving.uri(), serving.uri()
    assert unix == f"spice+unix://{tmp_path}/s"
    assert caraway("probe", "--yes", uri).code == 3
    # First it asks who is here, as clients do that were sent away.
    assert serving.event("left")["peer"] == "127.0.0.1"
    assert "password" in serving.event("refused")["reason"]
    probed = caraway("probe", "--yes", "--json", "--password-file", secret, unix)
    assert probed.code == 0
    main = json.loads(probed.out)["stages"][3]
    assert (main["vm_name"], main["uuid"]) == ("vm", str(number))
    assert serving.event("client")["peer"] == "local"
    used = caraway(
        "port", uri, NAME, "--password-file", secret, "--quit-after", "5", stdin=b"hello"
    )
    assert used.out == "hello"
    assert serving.event("client gone")["peer"] == "local"
    assert serving.event("port opened")["port"] == NAME
    assert serving.stop()[0] == 0
    assert not (tmp_path / "s").exists()


def test_events_for_people() -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "caraway", "serve"],
        stderr=subprocess.PIPE,
        text=True,
        env=ENVIRONMENT,
    ) as process:
        assert process.stderr is not None
        assert process.stderr.readline().startswith("listening: spice://127.0.0.1:")
        process.send_signal(signal.SIGTERM)
        assert process.stderr.read() == "stopped\n"
    assert process.returncode == 0


def test_tls(serve: Run, caraway: Caraway, tmp_path: Path) -> None:
    pem = make_certificate(tmp_path)
    uri = serve("--cert", pem).uri()
    assert uri.startswith("spice+tls://")
    assert caraway("probe", "--yes", "--ca-file", pem, uri).code == 0


def test_a_command(serve: Run, caraway: Caraway) -> None:
    serving = serve("--port", f"{NAME}=exec:sh")
    uri = serving.uri()
    for _ in range(2):
        used = caraway("port", uri, NAME, stdin=b"echo $((40 + 2))\nexit\n")
        assert (used.code, used.out) == (0, "42\n")
        assert serving.event("port closed")["reason"] == "it has ended"


def test_a_command_ends_with_its_client(serve: Run, caraway: Caraway, tmp_path: Path) -> None:
    note = tmp_path / "note"
    os.mkfifo(note)
    script = f"trap 'echo ended >{note}; exit' TERM; echo here; while :; do sleep 0.1; done"
    uri = serve("--port", f"{NAME}=exec:sh -c {json.dumps(script)}").uri()
    heard: list[str] = []
    reader = threading.Thread(target=lambda: heard.append(note.read_text()))
    reader.start()
    used = caraway("port", uri, NAME, "--quit-after", "5")
    assert used.out == "here\n"
    reader.join(PATIENCE_S)
    assert heard == ["ended\n"]


def test_a_command_that_is_none(serve: Run, caraway: Caraway) -> None:
    serving = serve("--port", f"{NAME}=exec:/nonexistent/command")
    caraway("port", serving.uri(), NAME, "--quit-after", "5")
    assert serving.event("port failed")["reason"] == "No such file or directory"


@pytest.mark.parametrize("kind", ["tcp", "unix"])
def test_a_socket(serve: Run, caraway: Caraway, tmp_path: Path, kind: str) -> None:
    with closing(socket.socket(socket.AF_UNIX if kind == "unix" else socket.AF_INET)) as listener:
        listener.bind(str(tmp_path / "l") if kind == "unix" else ("127.0.0.1", 0))
        listener.listen()
        where = str(tmp_path / "l")
        if kind == "tcp":
            where = f"127.0.0.1:{listener.getsockname()[1]}"

        def answer() -> None:
            with closing(listener.accept()[0]) as client:
                client.sendall(client.recv(5)[::-1])

        answering = threading.Thread(target=answer)
        answering.start()
        serving = serve("--port", f"{NAME}={kind}:{where}")
        used = caraway("port", serving.uri(), NAME, stdin=b"hello")
        answering.join(PATIENCE_S)
    assert (used.code, used.out) == (0, "olleh")
    assert serving.event("port closed")["reason"] == "it has ended"


def test_a_socket_that_comes_late(serve: Run, caraway: Caraway, tmp_path: Path) -> None:
    path = tmp_path / "l"
    serving = serve("--port", f"{NAME}=unix:{path}")
    uri = serving.uri()

    def listen() -> None:
        assert serving.event("port failed")["reason"] == "No such file or directory"
        with closing(socket.socket(socket.AF_UNIX)) as listener:
            listener.bind(str(path))
            listener.listen()
            with closing(listener.accept()[0]) as client:
                client.sendall(b"late")
                client.recv(1)

    listening = threading.Thread(target=listen)
    listening.start()
    used = caraway("port", uri, NAME, "--wait", "--quit-after", "10")
    listening.join(PATIENCE_S)
    assert used.out == "late"


def test_everybody_may_come(serve: Run) -> None:
    serving = serve("--listen", "0.0.0.0:0")
    serving.uri()
    code, said = serving.stop()
    assert code == 0
    assert "--password-file asks for a password" in said


def fetch(url: str) -> bytes:
    with urllib.request.urlopen(url, timeout=PATIENCE_S) as answer:
        content: bytes = answer.read()
        return content


def test_a_folder_that_clients_share(serve: Run, tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "a").write_bytes(b"hello")
    serving = serve("--webdav-listen", "127.0.0.1:0", "--webdav-listen", f"unix:{tmp_path}/w")
    url = str(serving.event("folder listening")["url"])
    assert serving.event("folder listening")["url"] == f"http+unix://{tmp_path}/w"
    uri = serving.uri()

    @contextmanager
    def client() -> Iterator[None]:
        words = [sys.executable, "-m", "caraway", "share", "--log", "off", "--to", uri, str(folder)]
        environment = {**ENVIRONMENT, "XDG_STATE_HOME": str(tmp_path)}
        with subprocess.Popen(words, stderr=subprocess.DEVNULL, env=environment) as sharing:
            try:
                yield
                sharing.send_signal(signal.SIGINT)
                assert sharing.wait(PATIENCE_S) == 0
            finally:
                sharing.kill()

    # One client after the other.
    for _ in range(2):
        with client():
            serving.event("folder shared")
            assert fetch(url + "a") == b"hello"
        serving.event("folder gone")
    # Who comes while nobody shares is not turned away at once.
    with socket.create_connection(("127.0.0.1", int(url.rpartition(":")[2].strip("/")))) as early:
        early.sendall(b"GET /a HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        early.settimeout(PATIENCE_S)
        with client():
            assert early.recv(100).startswith(b"HTTP/1.1 200 OK")
    assert serving.stop()[0] == 0
    assert not (tmp_path / "w").exists()


def test_everybody_may_use_the_folder(serve: Run) -> None:
    serving = serve("--webdav-listen", "0.0.0.0:0")
    serving.uri()
    code, said = serving.stop()
    assert code == 0
    assert "everybody who reaches --webdav-listen" in said


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["--listen", "x"], 2, "'x' is no address"),
        (["--listen", "unix:/x"], 2, "use --unix"),
        (["--listen", "127.0.0.1:99999"], 2, "is no address"),
        (["--key", "{}"], 2, "--key needs --cert"),
        (["--cert", "{}"], 2, "cannot be used for TLS"),
        (["--port", "x"], 2, "write NAME=echo"),
        (["--port", "x=y"], 2, "known: echo"),
        (["--port", "x=exec:"], 2, "known: echo"),
        (["--port", "x=exec:'"], 2, "no command: No closing quotation"),
        (["--port", "x=tcp:y"], 2, "is no address"),
        (["--port", "x=echo", "--port", "x=echo"], 2, "a port 'x' already"),
        (
            ["--port", "org.spice-space.webdav.0=echo", "--webdav-listen", "127.0.0.1:0"],
            *(2, "webdav.0' already\ncaraway: hint: --webdav-listen makes it"),
        ),
        (["--webdav-listen", "9843"], 2, "'9843' is no address"),
        (["--webdav-listen", "192.0.2.1:0"], 30, "cannot listen on 192.0.2.1:0: "),
        (["--webdav-listen", "unix:{}"], 30, "cannot listen on '"),
        (["--clients", "0"], 2, "0 is not in the range"),
        (["--listen", "192.0.2.1:0"], 10, "cannot listen"),
    ],
)
def test_what_it_refuses(
    caraway: Caraway, tmp_path: Path, arguments: list[str], code: int, message: str
) -> None:
    file = tmp_path / "file"
    file.write_text("x")
    served = caraway("serve", *(each.replace("{}", str(file)) for each in arguments))
    assert served.code == code
    assert message in served.err


def test_ports() -> None:
    assert isinstance(parse_port("a=echo")[1], Echo)
    assert isinstance(parse_port("a=tcp:[::1]:5")[1], SocketSource)
    name, source = parse_port("a=exec:sh -c 'a=b'")
    assert name == "a"
    assert isinstance(source, CommandSource)
    with pytest.raises(UsageError):
        parse_port("=echo")
