"""What commands that connect are told: URIs, files, passwords, proxies, remembered servers."""

from __future__ import annotations

import asyncio
import io
import subprocess
import sys
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import click
import pytest
from click.shell_completion import ShellComplete

from caraway.cli.connecting import Target, Where, read_target
from caraway.cli.main import root
from caraway.cli.outcome import PROGRAM
from caraway.cli.passwords import attempt_with_password, read_password_file
from caraway.client.settings import ServerSettings, Settings
from caraway.errors import ActionFailed, AuthError, UsageError
from caraway.net.endpoint import Endpoint, Proxy

VV = "[virt-viewer]\ntype=spice\nhost=vm\nport=5900\n"


@pytest.fixture(autouse=True)
def _clean(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("SPICE_PASSWORD", "SPICE_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))


@pytest.fixture
def vv(tmp_path: Path) -> Callable[[str], str]:
    def write(more: str = "") -> str:
        path = tmp_path / "vm.vv"
        path.write_text(VV + more)
        return str(path)

    return write


def test_a_uri() -> None:
    target = read_target(Where("spice://vm:5900"))
    assert target == Target(Endpoint("vm", 5900))


def test_a_file(vv: Callable[[str], str]) -> None:
    target = read_target(Where(vv("username=me\npassword=once\n"), timeout_s=5))
    assert target == Target(Endpoint("vm", 5900), "once", "me", 5, is_ticket=True)


def test_a_file_that_asks_for_it_is_deleted(
    vv: Callable[[str], str], capsys: pytest.CaptureFixture[str]
) -> None:
    path = vv("delete-this-file=1\n")
    read_target(Where(path))
    assert not Path(path).exists()
    assert capsys.readouterr().err == f"caraway: note: {path} was deleted, as it asks\n"


def test_a_file_that_cannot_be_deleted(
    vv: Callable[[str], str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(path: str) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr("os.unlink", refuse)
    read_target(Where(vv("delete-this-file=1\n")))
    assert "which failed: Operation not permitted" in capsys.readouterr().err


def test_no_password_in_arguments() -> None:
    with pytest.raises(UsageError, match="everybody who can list processes"):
        read_target(Where("spice://vm?port=1&password=x"))
    with pytest.raises(UsageError, match="password in --proxy"):
        read_target(Where("spice://vm:1", proxy="http://me:pw@proxy"))


def test_where_the_password_comes_from(
    vv: Callable[[str], str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "password"
    file.write_bytes(b"from file\r\n")
    file.chmod(0o600)
    monkeypatch.setenv("SPICE_PASSWORD", "from environment")
    assert read_target(Where("spice://vm:1")).password == "from environment"
    assert read_target(Where(vv("password=once\n"))).password == "once"
    given = read_target(Where(vv("password=once\n"), password_file=file))
    assert (given.password, given.is_ticket) == ("from file", False)


def test_a_password_file_for_everybody_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "password"
    file.write_text("x")
    file.chmod(0o644)
    assert read_password_file(file) == "x"
    assert "'chmod o-r' keeps it private" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("data", "message"),
    [(b"", "has no password"), (b"a\nb\n", "more than one line"), (b"\xff", "not UTF-8")],
)
def test_what_is_no_password_file(tmp_path: Path, data: bytes, message: str) -> None:
    file = tmp_path / "password"
    file.write_bytes(data)
    file.chmod(0o600)
    with pytest.raises(UsageError, match=message):
        read_password_file(file)


def test_a_password_file_that_is_gone(tmp_path: Path) -> None:
    with pytest.raises(ActionFailed, match="No such file"):
        read_password_file(tmp_path / "none")


def test_where_the_proxy_comes_from(
    vv: Callable[[str], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def proxy(text: str, given: str | None = None) -> Proxy | None:
        return read_target(Where(text, proxy=given)).endpoint.proxy

    assert proxy("spice://vm:1") is None
    assert proxy("spice://vm:1", "one") == Proxy("one", 3128)
    monkeypatch.setenv("SPICE_PROXY", "me:pw@two:1")
    assert proxy("spice://vm:1") == Proxy("two", 1, "me", "pw")
    assert proxy(vv("proxy=three\n")) == Proxy("three", 3128)
    assert proxy(vv("proxy=three\n"), "") is None
    assert proxy("spice+unix:///run/x") is None


def test_certificates(tmp_path: Path) -> None:
    ca = tmp_path / "ca.pem"
    uri = "spice+tls://vm:1"
    settings = read_target(Where(uri, ca_file=ca, host_subject="CN=x")).endpoint.tls
    assert (settings.ca_file, settings.host_subject) == (str(ca), "CN=x")
    Settings().remember(ServerSettings("vm:1", ca="PEM", public_key=b"key"))
    known = read_target(Where(uri)).endpoint.tls
    assert (known.ca_pem, known.public_key) == ("PEM", b"key")
    # What is given is not mixed with what is remembered.
    assert read_target(Where(uri, ca_file=ca)).endpoint.tls.public_key is None


def ask(target: Target, accepted: str) -> tuple[str, list[str]]:
    """What came of it, and the passwords that were tried."""
    tried: list[str] = []

    async def attempt(password: str) -> str:
        tried.append(password)
        if password != accepted:
            raise AuthError("the server refused the password", hint="is it right?")
        return "in"

    work: Awaitable[str] = attempt_with_password(target, attempt)
    try:
        return asyncio.run(_await(work)), tried
    except AuthError as error:
        return f"{error}: {error.hint}", tried


async def _await(work: Awaitable[str]) -> str:
    return await work


TARGET = Target(Endpoint("vm", 1))


def test_without_a_password() -> None:
    assert ask(TARGET, "") == ("in", [""])


def test_a_password_that_is_given_is_tried_once() -> None:
    assert ask(replace(TARGET, password="a"), "a") == ("in", ["a"])
    refused = "the server refused the password: is it right?"
    assert ask(replace(TARGET, password="b"), "a") == (refused, ["b"])


def test_a_ticket_is_never_tried_again() -> None:
    said, tried = ask(replace(TARGET, password="b", is_ticket=True), "a")
    assert tried == ["b"]
    assert "good for once: get a new file" in said


def test_nobody_is_asked_without_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    said, tried = ask(TARGET, "a")
    assert tried == [""]
    assert said == (
        "the server refused the password: is it right?;"
        " no password was given: use --password-file or SPICE_PASSWORD"
    )


def test_the_user_is_asked_once(monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal:
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr(sys, "stdin", Terminal())
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    asked = []

    def prompt(text: str, **options: object) -> str:
        asked.append((text, options["hide_input"]))
        return "a"

    monkeypatch.setattr(click, "prompt", prompt)
    assert ask(TARGET, "a") == ("in", ["", "a"])
    assert ask(TARGET, "b")[1] == ["", "a"]
    assert asked == [("Password for spice://vm:1", True)] * 2


def test_completion() -> None:
    shell = ShellComplete(root, {}, PROGRAM, "_X")

    def complete(*words: str) -> list[tuple[str, str]]:
        items = shell.get_completions(list(words[:-1]), words[-1])
        return [(item.type, item.value) for item in items]

    assert complete("probe", "spice+w") == [
        ("plain", "spice+ws://"),
        ("plain", "spice+wss://"),
        ("file", "spice+w"),
    ]
    assert complete("vv", "show", "") == [("file", "")]
    assert ("plain", "--password-file") in complete("port", "vm.vv", "--p")


def test_help_comes_without_what_connecting_needs() -> None:
    code = (
        "import sys\n"
        "from caraway.cli.main import root\n"
        "from caraway.cli.outcome import execute\n"
        "for name in ('probe', 'port', 'qmp', 'serve', 'vv'):\n"
        "    assert execute(root, [name, '--help']) == 0\n"
        "print([name for name in ('asyncio', 'cryptography', 'caraway.net', 'caraway.client',"
        " 'caraway.messages', 'readline') if name in sys.modules], file=sys.stderr)\n"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert result.stderr == "[]\n"
