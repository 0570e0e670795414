"""``caraway probe``: every stage, what it finds, and where it ends."""

from __future__ import annotations

import asyncio
import json
import socket
import sys
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

import click
import pytest

from caraway.cli.connecting import Where, read_target
from caraway.cli.probe import run
from caraway.cli.probe.examine import fingerprint
from caraway.cli.probe.report import Report, stages_of
from caraway.client.settings import ServerSettings, Settings, SharedFolder
from caraway.errors import ClosedError
from caraway.net.endpoint import Endpoint, Proxy
from caraway.net.tls import server_context
from tests.unit.cli.certificates import make_certificate
from tests.unit.cli.conftest import Caraway, Outcome
from tests.unit.cli.serving import ServerThread

NUMBER = UUID(int=5)
SESSION = ["authentication", "main", "channels", "agent", "ports"]


def states(outcome: Outcome) -> dict[str, str]:
    """What became of each stage, as JSON has it."""
    return {stage["name"]: stage["state"] for stage in json.loads(outcome.out)["stages"]}


def stage(outcome: Outcome, name: str) -> dict[str, Any]:
    return next(each for each in json.loads(outcome.out)["stages"] if each["name"] == name)


@pytest.fixture
def uri(servers: ServerThread) -> str:
    server = servers.server(password="secret", name="a vm\x1b", uuid=NUMBER)
    servers.port(server, "org.example.open")
    servers.port(server, "org.example.closed", is_opened=False)
    return servers.start(server)


def test_all_the_way(caraway: Caraway, uri: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SPICE_PASSWORD", "secret")
    probed = caraway("probe", "--yes", "--json", uri)
    assert (probed.code, probed.err) == (0, "")
    read = json.loads(probed.out)
    assert (read["where"], read["ok"], read["exit_code"]) == (uri, True, 0)
    assert set(states(probed).values()) == {"ok"}
    assert all(each["seconds"] >= 0 for each in read["stages"])
    assert stage(probed, "link")["protocol"] == "2.2"
    assert "MINI_HEADER" in stage(probed, "link")["common_capabilities"]
    assert "NAME_AND_UUID" in stage(probed, "link")["main_capabilities"]
    assert stage(probed, "authentication")["accepted"] == "password"
    main = stage(probed, "main")
    assert (main["vm_name"], main["uuid"], main["mouse_mode"]) == (
        "a vm\x1b",
        str(NUMBER),
        "server",
    )
    assert stage(probed, "channels")["channels"] == [
        {"kind": "port", "number": 0},
        {"kind": "port", "number": 1},
    ]
    assert stage(probed, "ports")["ports"] == [
        {"name": "org.example.open", "kind": "port", "open": True},
        {"name": "org.example.closed", "kind": "port", "open": False},
    ]


def test_for_people(caraway: Caraway, uri: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SPICE_PASSWORD", "secret")
    lines = caraway("probe", "--yes", uri).out.splitlines()
    assert lines[0].split()[:2] == ["resolve", "ok"]
    assert lines[0].endswith(" ms  127.0.0.1")
    # What could harm a terminal is written out.
    assert any(f"'a vm\\x1b', uuid {NUMBER}, mouse mode server" in line for line in lines)
    assert lines[-1] == f"{'':39}org.example.closed (closed)"


def test_nobody_is_disconnected_without_a_word(caraway: Caraway, uri: str) -> None:
    probed = caraway("probe", "--json", uri)
    assert probed.code == 0
    assert [states(probed)[name] for name in ("link", *SESSION)] == ["ok"] + ["not tried"] * 5
    assert "--yes goes on" in probed.err
    asked = caraway("probe", "--json", "--no-auth", uri)
    assert (asked.code, asked.err) == (0, "")
    assert states(asked) == states(probed)


@pytest.mark.parametrize("answer", [True, False])
def test_on_a_terminal_it_asks(
    servers: ServerThread, monkeypatch: pytest.MonkeyPatch, answer: bool
) -> None:
    class Terminal:
        def isatty(self) -> bool:
            return True

    asked: list[str] = []

    def confirm(text: str, *, err: bool) -> bool:
        asked.append(text)
        return answer

    settled: list[tuple[str, str]] = []
    monkeypatch.setattr(sys, "stdin", Terminal())
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    monkeypatch.setattr(click, "confirm", confirm)
    monkeypatch.setattr(run, "_print_stage", lambda each: settled.append((each.name, each.state)))
    where = Where(servers.start(servers.server()))
    assert run.run(where, no_auth=False, yes=False, remember=False, as_json=False) == 0
    assert asked == ["Going on disconnects a client that is connected. Go on?"]
    assert settled[-1] == ("ports", "ok" if answer else "not tried")


def test_a_wrong_password(caraway: Caraway, uri: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SPICE_PASSWORD", "wrong")
    probed = caraway("probe", "--yes", "--json", uri)
    assert probed.code == 3
    failed = stage(probed, "authentication")
    assert (failed["state"], failed["error"]) == ("failed", "AuthError")
    assert failed["hint"]
    assert states(probed)["main"] == "not reached"


def test_nobody_listens(caraway: Caraway) -> None:
    with closing(socket.socket()) as unused:
        unused.bind(("127.0.0.1", 0))
        probed = caraway("probe", f"spice://127.0.0.1:{unused.getsockname()[1]}")
    assert probed.code == 10
    lines = probed.out.splitlines()
    assert lines[1].split()[:2] == ["tcp", "failed"]
    assert "Connection refused" in lines[1]
    assert lines[2].strip().startswith("hint: ")
    assert lines[3].split() == ["link", "not", "reached"]


def test_something_else_listens(caraway: Caraway, servers: ServerThread) -> None:
    async def listen() -> asyncio.Server:
        def greet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(b"RFB 003.008\n" + bytes(200))
            writer.close()

        return await asyncio.start_server(greet, "127.0.0.1", 0)

    other = servers.run(listen())
    port = other.sockets[0].getsockname()[1]
    probed = caraway("probe", "--yes", "--json", f"spice://127.0.0.1:{port}")
    servers.call(other.close)
    assert probed.code == 20
    assert states(probed)["link"] == "failed"
    assert "no SPICE server" in stage(probed, "link")["message"]


def test_a_unix_socket(caraway: Caraway, servers: ServerThread, tmp_path: Path) -> None:
    uri = servers.run(servers.server().listen_unix(tmp_path / "s"))
    probed = caraway("probe", "--yes", "--json", uri)
    assert probed.code == 0
    assert list(states(probed)) == ["unix", "link", *SESSION]
    assert stage(probed, "authentication")["accepted"] == "none"


def test_a_websocket(caraway: Caraway, servers: ServerThread) -> None:
    uri = servers.start(servers.server()).replace("spice://", "spice+ws://")
    probed = caraway("probe", "--yes", "--json", uri)
    assert probed.code == 0
    assert list(states(probed)) == ["resolve", "tcp", "websocket", "link", *SESSION]
    assert set(states(probed).values()) == {"ok"}


def test_a_proxy_that_is_none(caraway: Caraway, uri: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SPICE_PROXY", uri.removeprefix("spice://"))
    probed = caraway("probe", "--json", "--timeout", "5", "spice://vm:5900")
    assert probed.code in (10, 20)
    assert list(states(probed).values())[:4] == ["ok", "ok", "failed", "not reached"]


def test_a_certificate_and_its_memory(
    caraway: Caraway, servers: ServerThread, tmp_path: Path
) -> None:
    pem = make_certificate(tmp_path)
    server = servers.server(name="vm", uuid=NUMBER)
    uri = servers.start(server, tls=server_context(pem))
    refused = caraway("probe", "--yes", "--json", uri)
    assert refused.code == 11
    assert states(refused)["tls"] == "failed"
    # What was refused can be looked at.
    assert stage(refused, "tls")["subject"] == "O=caraway,CN=tests"
    assert "--ca-file" in stage(refused, "tls")["hint"]

    probed = caraway("probe", "--yes", "--remember", "--ca-file", pem, "--json", uri)
    assert probed.code == 0
    tls = stage(probed, "tls")
    assert (tls["subject"], tls["names"]) == ("O=caraway,CN=tests", ["127.0.0.1"])
    assert tls["public_key"].startswith("SHA256:")
    assert "remembered in" in probed.err
    address = uri.removeprefix("spice+tls://")
    known = Settings().find(address=address)
    assert known is not None
    assert (known.key, known.name, known.ca) == (str(NUMBER), "vm", pem.read_text())

    again = caraway("probe", "--yes", uri)
    assert again.code == 0
    # Another virtual machine at the same place is not taken for the first.
    Settings().remember(replace(known, folders=(SharedFolder("/home/me", may_write=True),)))
    servers.call(lambda: server.set_uuid(UUID(int=6)))
    assert caraway("probe", "--yes", "--remember", uri).code == 0
    new = Settings().find(address=address)
    assert new is not None
    assert (new.key, new.folders) == (str(UUID(int=6)), ())
    # But without a word of its number it is the one that was there.
    assert caraway("probe", "--no-auth", "--remember", "--ca-file", pem, uri).code == 0
    assert Settings().find(address=address) == new
    assert "good until" in again.out
    assert "public key SHA256:" in again.out


@pytest.mark.parametrize("trusts", [True, False])
def test_a_key_that_the_user_knows(
    servers: ServerThread, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, trusts: bool
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setattr(run, "_is_terminal", lambda: True)
    monkeypatch.setattr(click, "confirm", lambda text, *, err: trusts)
    server = servers.server(name="vm", uuid=NUMBER)
    uri = servers.start(server, tls=server_context(make_certificate(tmp_path)))
    code = run.run(Where(uri), no_auth=False, yes=True, remember=True, as_json=False)
    known = Settings().find(uuid=NUMBER)
    if not trusts:
        assert (code, known) == (11, None)
        return
    assert code == 0
    assert known is not None
    assert known.public_key
    again = read_target(Where(uri))
    assert again.endpoint.tls.public_key == known.public_key
    assert run.run(Where(uri), no_auth=False, yes=True, remember=False, as_json=True) == 0


@pytest.mark.parametrize("option", ["subject", "key"])
def test_what_else_is_refused(
    caraway: Caraway, servers: ServerThread, tmp_path: Path, option: str
) -> None:
    pem = make_certificate(tmp_path)
    uri = servers.start(servers.server(), tls=server_context(pem))
    arguments: tuple[object, ...] = ()
    if option == "subject":
        arguments = ("--ca-file", pem, "--host-subject", "CN=another")
    else:
        Settings().remember(ServerSettings(uri.removeprefix("spice+tls://"), public_key=b"another"))
    probed = caraway("probe", "--json", *arguments, uri)
    assert probed.code == 11
    assert stage(probed, "tls")["subject"] == "O=caraway,CN=tests"


@pytest.mark.parametrize("how", ["--no-auth", "--yes"])
def test_what_is_learnt_without_a_number(
    caraway: Caraway, servers: ServerThread, tmp_path: Path, how: str
) -> None:
    pem = make_certificate(tmp_path)
    # QEMU's word for no number at all.
    uri = servers.start(servers.server(uuid=UUID(int=0)), tls=server_context(pem))
    address = uri.removeprefix("spice+tls://")
    arguments = ("probe", how, "--remember", "--host-subject", "O=caraway,CN=tests")
    assert caraway(*arguments, "--ca-file", pem, uri).code == 0
    known = Settings().find(address=address)
    assert known is not None
    assert (known.key, known.host_subject) == (address, "O=caraway,CN=tests")


def test_options_that_make_no_sense(caraway: Caraway) -> None:
    assert caraway("probe", "--no-auth", "--yes", "spice://vm:1").code == 2
    remember = caraway("probe", "--remember", "spice://vm:1")
    assert remember.code == 2
    assert "no certificate to remember" in remember.err


def test_the_stages() -> None:
    everything = Endpoint("vm", tls_port=1, websocket="/", proxy=Proxy("p", 1))
    assert stages_of(everything) == [
        *("resolve", "tcp", "proxy", "tls", "websocket", "link"),
        *SESSION,
    ]


def test_a_failure_between_two_stages() -> None:
    report = Report(Endpoint("vm", 1))
    report.begin("resolve")
    report.settle("resolve", "x")
    report.fail(ClosedError("gone"))
    assert [each.state for each in report.stages.values()][:3] == ["ok", "failed", "not reached"]


def test_a_stage_that_is_not_expected_is_left_out() -> None:
    report = Report(Endpoint("vm", 1))
    report.begin("surprise")
    report.time("surprise")
    report.settle("surprise", "x")
    assert {each.state for each in report.stages.values()} == {"not reached"}
    # And where nothing has begun, the first is the one that failed.
    report.fail(ClosedError("gone"))
    assert report.stages["resolve"].state == "failed"


def test_a_fingerprint() -> None:
    assert fingerprint(b"") == "SHA256:" + (
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    )
