"""``caraway qmp``: commands, events, refusals, and a conversation on a terminal."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from caraway.cli.qmp.command import parse_line, parse_words
from caraway.cli.serve.source import CommandSource
from caraway.errors import UsageError
from tests.unit.cli.conftest import Caraway
from tests.unit.cli.serving import ServerThread
from tests.unit.cli.test_port import PATIENCE_S, Terminal

QMP = CommandSource([sys.executable, str(Path(__file__).with_name("fake_qmp.py"))])


@pytest.fixture
def uri(servers: ServerThread) -> str:
    """A server with a monitor, and another port."""
    server = servers.server()
    servers.port(server, "org.example.other")
    servers.supply(server, "org.qemu.monitor.qmp.0", QMP)
    return servers.start(server)


def test_a_command(caraway: Caraway, uri: str) -> None:
    asked = caraway("qmp", uri, "query-status")
    assert (asked.code, asked.err) == (0, "")
    assert asked.out == '{\n  "status": "running"\n}\n'


def test_arguments_and_raw_answers(caraway: Caraway, uri: str) -> None:
    asked = caraway("qmp", uri, "--json", "echo", "a=1", "b.c=text", "b.d=[true]", "e=")
    assert asked.out == '{"a": 1, "b": {"c": "text", "d": [true]}, "e": ""}\n'
    given = json.dumps({"execute": "echo", "arguments": {"x": None}, "id": "mine"})
    assert caraway("qmp", uri, "--json", given).out == '{"x": null}\n'


def test_text_is_printed_as_it_is(caraway: Caraway, uri: str) -> None:
    assert caraway("qmp", uri, "info").out == "one     two\n\\x1b[31mthree\n"


@pytest.mark.parametrize(
    ("command", "message"),
    [
        ("nonsense", "CommandNotFound: The command nonsense has not been found"),
        ("unnumbered", "GenericError: no idea"),
    ],
)
def test_what_is_refused(caraway: Caraway, uri: str, command: str, message: str) -> None:
    asked = caraway("qmp", uri, command)
    assert asked.code == 30
    assert message in asked.err


def test_a_monitor_that_ends(caraway: Caraway, uri: str) -> None:
    asked = caraway("qmp", uri, "quit")
    assert asked.code == 30
    assert "QEMU closed its monitor" in asked.err


def test_a_monitor_that_is_none(caraway: Caraway, uri: str) -> None:
    asked = caraway("qmp", uri, "garbage")
    assert asked.code == 20
    assert "says b'hello', which is no QMP" in asked.err
    silent = caraway("qmp", uri, "--timeout", "0.5", "--port", "org.example.other", "query-status")
    assert silent.code == 40
    assert "has not greeted within 0.5 s" in silent.err


def test_lines_and_events(caraway: Caraway, uri: str) -> None:
    lines = b'# a comment\n\nquery-status\n{"execute": "echo"}'
    plain = caraway("qmp", uri, "--json", stdin=lines)
    assert (plain.code, plain.out) == (0, '{"status": "running"}\n{}\n')
    with_events = caraway("qmp", uri, "--json", "--events", "query-status")
    first, second, answer = map(json.loads, with_events.out.splitlines())
    assert [first["data"]["before"], second["data"]["before"]] == [
        "qmp_capabilities",
        "query-status",
    ]
    assert answer == {"status": "running"}
    assert caraway("qmp", uri, stdin=b"\xff\n").code == 2
    failed = caraway("qmp", uri, "--json", stdin=b"nonsense\nquery-status\n")
    assert (failed.code, failed.out) == (30, "")


def test_events_to_the_end(caraway: Caraway, uri: str) -> None:
    asked = caraway("qmp", uri, "--events", stdin=b"quit\n")
    assert asked.code == 30
    assert [json.loads(line)["event"] for line in asked.out.splitlines()] == ["TICK", "TICK"]


def test_no_monitor(caraway: Caraway, servers: ServerThread) -> None:
    server = servers.server()
    uri = servers.start(server)
    assert "its ports: none; choose by --port" in caraway("qmp", uri, "x").err
    servers.port(server, "org.example.other")
    asked = caraway("qmp", uri, "x")
    assert asked.code == 30
    assert "its ports: org.example.other" in asked.err
    assert caraway("qmp", uri, "--port", "none", "x").code == 30


def test_a_monitor_of_another_name(caraway: Caraway, servers: ServerThread) -> None:
    server = servers.server()
    servers.supply(server, "mine", QMP)
    uri = servers.start(server)
    assert caraway("qmp", uri, "--port", "mine", "query-status").code == 0


def test_a_conversation(uri: str) -> None:
    with closing(Terminal("qmp", uri, "--json")) as terminal:
        terminal.expect(b"QEMU 9.8.7, 7 commands; Tab completes, Ctrl-D leaves")
        terminal.expect(b"(QEMU) ")
        terminal.send(b"query-s\t\r")
        terminal.expect(b'{"status": "running"}\r\n')
        terminal.send(b"nonsense\r")
        terminal.expect(b"CommandNotFound")
        terminal.send(b"echo a\r")
        terminal.expect(b"'a' is no argument")
        terminal.expect(b"(QEMU) ")
        terminal.send(b"\x04")
        assert terminal.popen.wait(PATIENCE_S) == 0


def test_a_conversation_that_is_cut_off(uri: str) -> None:
    with closing(Terminal("qmp", uri)) as terminal:
        terminal.expect(b"(QEMU) ")
        terminal.send(b"quit\r")
        terminal.expect(b"QEMU closed its monitor")
        assert terminal.popen.wait(PATIENCE_S) == 30


def test_a_server_that_goes_meanwhile(servers: ServerThread) -> None:
    server = servers.server()
    servers.supply(server, "org.qemu.monitor.qmp.0", QMP)
    with closing(Terminal("qmp", servers.start(server))) as terminal:
        terminal.expect(b"(QEMU) ")
        servers.run(server.aclose())
        terminal.send(b"query-status\r")
        assert terminal.popen.wait(PATIENCE_S) in (10, 30)


@pytest.mark.parametrize(
    ("parse", "given", "message"),
    [
        (parse_words, ['{"execute": "x"}', "y"], "'y' behind a command in JSON"),
        (parse_words, ["{"], "is no JSON"),
        (parse_words, ['{"x": 1}'], "has no 'execute'"),
        (parse_words, ["x", "y"], "'y' is no argument"),
        (parse_words, ["x", "=y"], "'=y' is no argument"),
        (parse_words, ["x", "a=1", "a=2"], "'a' is given twice"),
        (parse_words, ["x", "a=1", "a.b=2"], "'a.b' is inside of 'a'"),
        (parse_line, "x 'y", "no command: No closing quotation"),
    ],
)
def test_what_is_no_command(parse: Callable[[object], object], given: object, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse(given)
    assert message in str(caught.value)


def test_lines() -> None:
    assert parse_line(" \n") is None
    assert parse_line("# x") is None
    assert parse_line("x 'a=b c'") == {"execute": "x", "arguments": {"a": "b c"}}
    assert parse_line('{"exec-oob": "x"}') == {"exec-oob": "x"}
