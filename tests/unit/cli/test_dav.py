"""``caraway dav``: what it refuses, and whole runs with requests and interrupts."""

from __future__ import annotations

import shutil
import socket
import ssl
import subprocess
import sys
import urllib.error
import urllib.request
from contextlib import closing, suppress
from pathlib import Path

import click
import pytest
from click.shell_completion import ShellComplete

from caraway.cli.main import root
from caraway.cli.outcome import PROGRAM, execute
from caraway.webdav.authentication.htdigest import make_hash
from tests.unit.cli.running import Run
from tests.unit.cli.serving import PATIENCE_S


@pytest.fixture
def serve(run_command: Run, folder: Path) -> Run:
    return lambda *arguments: run_command("dav", *arguments, folder)


@pytest.fixture
def passwords(tmp_path: Path) -> Path:
    """A file for --htdigest: alice, secret."""
    file = tmp_path / "passwords"
    file.write_text(f"alice:caraway:{make_hash('MD5', 'alice', 'caraway', 'secret')}\n")
    file.chmod(0o600)
    return file


def get(url: str, **headers: str) -> tuple[int, bytes]:
    request = urllib.request.Request(url, headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE_S) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read()


def refused(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """What is said about arguments that are refused."""
    assert execute(root, ["dav", *arguments]) != 0
    return capsys.readouterr().err


def test_the_whole_disk_and_the_home_folder_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    for folder, what in [("/", "the whole file system"), (str(tmp_path), "whole home folder")]:
        error = refused(capsys, folder)
        assert what in error
        assert "--yes" in error


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "Missing argument"),
        (["{}/none"], "none does not exist"),
        (["{}/folder/a"], "folder/a is no folder"),
        (["x={}/folder", "x={}"], "two folders would be called 'x'; give each a name"),
        (["{}/folder", "../x/{}/folder"], "does not exist"),
        (["={}/folder"], "'' is not a name for a root"),
        (["{}/folder", "--key", "{}/b"], "--key needs --cert"),
        (["{}/folder", "--cert", "{}/b", "--unix", "{}/s"], "of no use with --unix"),
        (["{}/folder", "--cert", "{}/b"], "PEM"),
        (["{}/folder", "--realm", "r"], "--realm needs --htdigest or --users"),
        (["{}/folder", "--users", "{}/b"], "only TLS hides; add --cert"),
        (["{}/folder", "--users", "{}/b", "--htdigest", "{}/b"], "choose one"),
        (["{}/folder", "--users", "{}/b", "--unix", "{}/s"], "/b:1: not user:$scrypt"),
        (["{}/folder", "--htdigest", "{}/b"], "/b:1: 1 parts between colons, needs 3"),
        (["{}/folder", "--users", "{}/folder/a", "--unix", "{}/s"], "clients can read it"),
        (["{}", "--htdigest", "{}/b"], "keep keys and passwords outside"),
        (["{}/folder", "--unix", "{}/no/s"], "cannot listen on"),
        (["{}/folder", "--host", "192.0.2.1"], "192.0.2.1:0"),
        (["{}/folder", "--log-file", "{}/no/log"], "no/log: No such file"),
    ],
)
def test_what_it_refuses(
    tmp_path: Path,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    message: str,
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    (tmp_path / "b").write_text("hello")
    filled = [argument.replace("{}", str(tmp_path)) for argument in arguments]
    error = refused(capsys, *filled)
    assert message in error.replace("\ncaraway: hint: ", "; ")


@pytest.mark.parametrize("write", [True, False])
def test_a_run(serve: Run, write: bool) -> None:
    server = serve(*(["--write"] if write else []))
    assert server.event("folder")["write"] is write
    url = server.url()
    assert get(f"{url}a", **{"User-Agent": 'odd "one"'}) == (200, b"hello")
    server.interrupt()
    code, events, errors = server.end()
    asked = events[0]
    assert str(asked.pop("time")).endswith("Z")
    assert isinstance(asked.pop("duration_ms"), float)
    assert asked == {
        "event": "request",
        "peer": "127.0.0.1",
        "user": None,
        "method": "GET",
        "target": "/a",
        "status": 200,
        "bytes": 5,
        "received": 0,
        "user_agent": 'odd "one"',
    }
    assert events[-1]["event"] == "stopped"
    assert (code, errors) == (0, "")


def test_a_name_of_somebody_else(serve: Run) -> None:
    """DNS rebinding: a page makes its own name point at us."""
    url = serve("--allow-host", "Ours.Example.").url()
    status, body = get(f"{url}a", Host="evil.example")
    assert status == 421
    assert b"--allow-host" in body
    assert get(f"{url}a", Host="ours.example:1")[0] == 200


def test_several_folders(serve: Run, tmp_path: Path) -> None:
    other = tmp_path / "x=y"
    other.mkdir()
    server = serve(f"docs={other}", f"{tmp_path}/x=y")
    assert server.event("folder")["name"] == "docs"
    url = server.url()
    assert [get(f"{url}{name}")[0] for name in ("folder/a", "docs/", "x=y/", "a")] == [
        200,
        200,
        200,
        404,
    ]


def test_a_unix_socket(serve: Run, tmp_path: Path) -> None:
    path = tmp_path / "socket"
    server = serve("--unix", str(path))
    assert server.url() == f"http+unix://{path}"
    assert path.stat().st_mode & 0o777 == 0o600
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(PATIENCE_S)
        client.connect(str(path))
        client.sendall(b"GET /a HTTP/1.0\r\n\r\n")
        answer = b"".join(iter(lambda: client.recv(1 << 16), b""))
    assert answer.endswith(b"\r\n\r\nhello")
    assert server.event("request")["peer"] == "local"
    server.interrupt()
    assert server.end()[0] == 0
    assert not path.exists()


def test_tls(serve: Run, tmp_path: Path) -> None:
    openssl = shutil.which("openssl")
    assert openssl is not None, "openssl is missing; apt-get install openssl"
    cert, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    subprocess.run(
        [
            *(openssl, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"),
            *("-nodes", "-days", "2", "-subj", "/CN=localhost"),
            *("-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(key), "-out", str(cert)),
        ],
        check=True,
        capture_output=True,
        timeout=PATIENCE_S,
    )
    url = serve("--cert", str(cert), "--key", str(key)).url()
    assert url.startswith("https://")
    context = ssl.create_default_context(cafile=cert)
    with urllib.request.urlopen(f"{url}a", timeout=PATIENCE_S, context=context) as answer:
        assert answer.read() == b"hello"


def test_passwords(serve: Run, passwords: Path) -> None:
    passwords.chmod(0o644)
    server = serve("--htdigest", str(passwords))
    assert "'chmod o-r' keeps it private" in str(server.event("warning")["message"])
    url = server.url()
    manager = urllib.request.HTTPPasswordMgrWithDefaultRealm()
    manager.add_password(None, url, "alice", "secret")
    opener = urllib.request.build_opener(urllib.request.HTTPDigestAuthHandler(manager))
    assert get(f"{url}a")[0] == 401
    with opener.open(f"{url}a", timeout=PATIENCE_S) as answer:
        assert answer.read() == b"hello"
    asked = [server.event("request") for _ in range(3)]
    assert [each["user"] for each in asked] == [None, None, "alice"]
    assert all(0 < float(str(each["duration_ms"])) < PATIENCE_S * 1000 for each in asked)
    # Others come in at once, and a file that goes bad does not lock out.
    passwords.write_text("bad\n")
    with opener.open(f"{url}a", timeout=PATIENCE_S) as answer:
        assert answer.read() == b"hello"
    assert "passwords:1: 1 parts" in str(server.event("warning")["message"])


def test_a_log_file(serve: Run, tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text("old\n")
    server = serve("--log", "common", "--log-file", str(log))
    url = server.url()
    get(f"{url}a")
    server.interrupt()
    code, events, _ = server.end()
    assert (code, [event["event"] for event in events]) == (0, ["stopped"])
    old, line = log.read_text().splitlines()
    assert old == "old"
    assert line.startswith("127.0.0.1 - - [")
    assert line.endswith('] "GET /a HTTP/1.1" 200 5')


def test_no_more_connections_than_asked_for(serve: Run) -> None:
    server = serve("--max-connections", "1", "--fsync", "--write")
    host, port = server.url().removeprefix("http://").rstrip("/").split(":")
    with closing(socket.create_connection((host, int(port)), PATIENCE_S)) as first:
        first.sendall(b"GET /a HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert first.recv(100).startswith(b"HTTP/1.1 200")
        with closing(socket.create_connection((host, int(port)), PATIENCE_S)) as second:
            answer = b""
            with suppress(ConnectionResetError):
                answer = second.recv(100)
        assert not answer.startswith(b"HTTP/1.1 200")


class Download:
    """A client that reads only when it is told to."""

    def __init__(self, url: str) -> None:
        host, port = url.removeprefix("http://").rstrip("/").split(":")
        self.client = socket.create_connection((host, int(port)), PATIENCE_S)
        self.client.sendall(b"GET /big HTTP/1.1\r\nHost: localhost\r\n\r\n")
        self.size = len(self.client.recv(1))

    def read(self) -> int:
        """Read to the end; how much there was in all."""
        while data := self.client.recv(1 << 20):
            self.size += len(data)
        return self.size

    def close(self) -> None:
        self.client.close()


@pytest.fixture
def big(folder: Path) -> int:
    """A file that no socket's buffers hold."""
    size = 1 << 26
    with (folder / "big").open("wb") as file:
        file.truncate(size)
    return size


def test_the_first_ctrl_c_lets_a_download_end(serve: Run, big: int) -> None:
    server = serve()
    with closing(Download(server.url())) as download:
        server.interrupt()
        (transfer,) = server.event("finishing")["transfers"]
        assert (transfer["target"], transfer["size"]) == ("/big", big)
        assert transfer["bytes"] < big
        assert download.read() > big
    code, events, errors = server.end()
    assert (code, errors) == (0, "")
    assert [event["event"] for event in events] == ["request", "stopped"]


def test_the_second_ctrl_c_cuts_it_off(serve: Run, big: int) -> None:
    server = serve()
    with closing(Download(server.url())) as download:
        server.interrupt()
        server.event("finishing")
        server.interrupt()
        assert len(server.event("cancelled")["transfers"]) == 1
        code, events, errors = server.end()
        assert (code, errors) == (130, "")
        assert events[-1]["event"] == "stopped"
        with suppress(ConnectionResetError):
            download.read()
        assert download.size < big


def test_the_help_shows_the_sub_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert execute(root, ["dav", "--help"]) == 0
    text = capsys.readouterr().out
    assert "Usage: caraway dav [OPTIONS] [NAME=]FOLDER..." in text
    assert "Commands:\n  passwd  Set" in text
    assert execute(root, ["dav", "passwd", "--help"]) == 0
    assert "Usage: caraway dav passwd [OPTIONS] FILE USER" in capsys.readouterr().out


def test_completion() -> None:
    shell = ShellComplete(root, {}, PROGRAM, "_X")

    def complete(*words: str) -> list[tuple[str, str]]:
        items = shell.get_completions(list(words[:-1]), words[-1])
        return [(item.type, item.value) for item in items]

    assert complete("dav", "pa") == [("plain", "passwd"), ("dir", "pa")]
    assert complete("dav", "a", "pa") == [("dir", "pa")]
    assert ("plain", "--stdin") in complete("dav", "passwd", "f", "u", "--s")
    assert ("plain", "--htdigest") in complete("dav", "--h")


def test_it_starts_without_what_it_does_not_need() -> None:
    """First answers come soon, and little memory is held."""
    code = (
        "import sys, caraway.cli.main, caraway.cli.dav.serve\n"
        "print([name for name in ('caraway.messages', 'caraway.idl', 'cryptography', 'rich',"
        " 'caraway.webdav.authentication',"
        " 'sqlite3', 'email') if name in sys.modules])"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert result.stdout == "[]\n"
    assert isinstance(root, click.Group)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--host", "0.0.0.0"], "everybody who can reach 0.0.0.0 may read what is shared"),
        (["--host", "0.0.0.0", "--write"], "everybody who can reach 0.0.0.0 may read and change"),
        (["--host", "127.0.0.2", "--write"], None),
        (["--host", "localhost", "--write"], None),
    ],
)
def test_a_share_that_is_open_to_the_network_is_told(
    serve: Run, arguments: list[str], said: str | None
) -> None:
    server = serve(*arguments)
    server.event("folder")
    event = server.next_event()
    if said is None:
        assert event["event"] == "listening"
    else:
        assert event["event"] == "warning"
        assert said in event["message"]


def test_an_open_share_with_a_password_is_as_it_should_be(serve: Run, passwords: Path) -> None:
    server = serve("--host", "0.0.0.0", "--htdigest", str(passwords))
    server.event("folder")
    assert server.next_event()["event"] == "listening"
