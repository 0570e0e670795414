"""Passwords as curl and htdigest(1) have them."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.interop.command import run
from tests.interop.conftest import Serve
from tests.interop.dav_process import DavProcess


@pytest.fixture
def apache_file(tmp_path: Path) -> Path:
    """A file that Apache's own program has made: alice, secret."""
    program = shutil.which("htdigest")
    assert program is not None, "htdigest is missing; apt-get install apache2-utils"
    file = tmp_path / "htdigest"
    subprocess.run(
        [program, "-c", str(file), "our share", "alice"],
        input=b"secret\nsecret\n",
        check=True,
        capture_output=True,
        timeout=10,
    )
    return file


def own_file(file: Path, form: str) -> Path:
    """A file of ``caraway dav passwd``: alice, secret."""
    command = [sys.executable, "-m", "caraway", "dav", "passwd", str(file), "alice", "--stdin"]
    subprocess.run([*command, "--format", form], input=b"secret\n", check=True, timeout=30)
    return file


def status(server: DavProcess, home: Path, *options: str) -> str:
    """The status of curl's last answer to a GET of /a."""
    if not (server.root / "a").exists():
        (server.root / "a").write_text("hello")
    answer = home / "answer"
    url = server.url if "://" in server.url and "unix" not in server.url else "http://localhost"
    result = run(
        *("curl", "-sS", "-k", "-o", str(answer), "-w", "%{http_code} %{num_connects}"),
        *(*options, f"{url}/a"),
        home=home,
    )
    code, _ = result.text.split()
    assert (answer.read_text() == "hello") is (code == "200")
    return code


def test_a_file_of_apache(serve: Serve, apache_file: Path, home: Path) -> None:
    server = serve("--htdigest", str(apache_file))
    for options, code in [
        ((), "401"),
        (("--digest", "-u", "alice:secret"), "200"),
        (("--basic", "-u", "alice:secret"), "200"),
        (("--anyauth", "-u", "alice:secret"), "200"),
        (("--digest", "-u", "alice:Secret"), "401"),
        (("--basic", "-u", "alice:Secret"), "401"),
        (("--digest", "-u", "eve:secret"), "401"),
        (("-H", "Authorization: Bearer x"), "401"),
    ]:
        assert status(server, home, *options) == code, options


def test_a_file_of_our_own_with_sha_256(serve: Serve, tmp_path: Path, home: Path) -> None:
    server = serve("--htdigest", str(own_file(tmp_path / "passwords", "htdigest")))
    assert status(server, home, "--digest", "-u", "alice:secret") == "200"
    said = run("curl", "-sv", "--digest", "-u", "alice:secret", f"{server.url}/a", home=home).stderr
    assert "algorithm=SHA-256" in said.split("> Authorization: Digest", 1)[1].split("\n", 1)[0]


def test_uploads_with_digest(serve: Serve, apache_file: Path, home: Path) -> None:
    """curl sends no body with what it expects to be refused."""
    server = serve("--htdigest", str(apache_file))
    content = bytes(range(256)) * 20_000
    (home / "big").write_bytes(content)
    upload = ("curl", "-sS", "-w", "%{http_code}", "-T", str(home / "big"), f"{server.url}/big")
    assert run(*upload, "--digest", "-u", "alice:secret", home=home).text[-3:] == "201"
    assert (server.root / "big").read_bytes() == content
    assert run(*upload, "--basic", "-u", "alice:x", home=home, expect=None).text[-3:] == "401"
    assert (server.root / "big").read_bytes() == content


def test_several_requests_on_a_connection(serve: Serve, apache_file: Path, home: Path) -> None:
    """A refusal leaves the connection as it is."""
    server = serve("--htdigest", str(apache_file))
    (server.root / "a").write_text("hello")
    urls = [f"{server.url}/a"] * 5
    result = run("curl", "-sSv", "--digest", "-u", "alice:secret", *urls, home=home)
    assert result.text == "hello" * 5
    assert result.stderr.count("* Connected to") == 1


def test_scrypt_over_a_unix_socket(serve: Serve, tmp_path: Path, home: Path) -> None:
    path = tmp_path / "socket"
    users = own_file(tmp_path / "users", "users")
    server = serve("--users", str(users), "--unix", str(path))
    over = ("--unix-socket", str(path))
    for options, code in [
        ((), "401"),
        (("-u", "alice:secret"), "200"),
        (("-u", "alice:Secret"), "401"),
        (("-u", "eve:secret"), "401"),
    ]:
        assert status(server, home, *over, *options) == code, options
    guesses = run(
        *("curl", "-sS", "-w", "%{stderr}%{http_code} ", *over, "-u", "alice:x"),
        *["http://localhost/a"] * 60,
        home=home,
    )
    assert guesses.stderr.split()[-1] == "429"


def test_scrypt_over_tls(serve: Serve, tmp_path: Path, home: Path) -> None:
    cert = tmp_path / "cert.pem"
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"),
            *("-nodes", "-days", "2", "-subj", "/CN=localhost"),
            *("-keyout", str(cert), "-out", str(tmp_path / "public.pem")),
        ],
        check=True,
        capture_output=True,
        timeout=30,
    )
    with cert.open("ab") as file:
        file.write((tmp_path / "public.pem").read_bytes())
    users = own_file(tmp_path / "users", "users")
    server = serve("--users", str(users), "--cert", str(cert))
    assert status(server, home, "-u", "alice:secret") == "200"
    assert status(server, home, "-u", "alice:x") == "401"
