"""What commands that share folders say: events, the access log, the status."""

from __future__ import annotations

import asyncio
import io
import json
import logging
import sys
from pathlib import Path

import pytest

from caraway.cli.folders.accesslog import CommonLines, json_line
from caraway.cli.folders.amounts import format_bytes, format_transfer
from caraway.cli.folders.options import Logging
from caraway.cli.folders.report import Report, Warnings
from caraway.cli.folders.status import Status
from caraway.webdav.application import Application
from caraway.webdav.http.head import Head
from caraway.webdav.http.message import Request
from caraway.webdav.server.interface import Exchange, Transfer
from caraway.webdav.server.listen import Server
from caraway.webdav.store.memory import MemoryStore


def exchange(target: str = "/a", user: str | None = None, *, sent: int = 7) -> Exchange:
    head = Head("GET", target, "/", "", {"user-agent": "x/1"}, (1, 0), 0, True, False)
    request = Request("GET", target, (), {}, user=user)
    return Exchange(request, head, "192.0.2.1", 200, sent, 3, 0.0125)


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def put_terminal(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """Not a fixture: pytest puts its own streams in place after fixtures are made."""
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    return terminal


def test_common_lines() -> None:
    line = CommonLines()
    assert line(exchange(), 1.0).endswith('] "GET /a HTTP/1.0" 200 7')
    assert line(Exchange(None, None, "p", 400, 0), 1.9).endswith('] "-" 400 0')
    assert line(exchange(user="alice"), 2.0).startswith("192.0.2.1 - alice [")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ('a"b', '"GET a\\"b HTTP'),
        ("\u009b31m", '"GET \\x9b31m HTTP'),
        ("\u00fc\\", '"GET \\xfc\\\\ HTTP'),
    ],
)
def test_nothing_in_a_line_can_act_on_a_terminal(text: str, shown: str) -> None:
    assert shown in CommonLines()(exchange(text), 0)


def test_a_user_is_one_word() -> None:
    assert " - a\\x20b\\n [" in CommonLines()(exchange(user="a b\n"), 0)
    assert ' - \\"\\" [' in CommonLines()(exchange(user=""), 0)


def test_json_lines() -> None:
    assert json.loads(json_line(exchange("/\u00fc", "alice"), 1_700_000_000.25)) == {
        "event": "request",
        "time": "2023-11-14T22:13:20.250Z",
        "peer": "192.0.2.1",
        "user": "alice",
        "method": "GET",
        "target": "/\u00fc",
        "status": 200,
        "bytes": 7,
        "received": 3,
        "duration_ms": 12.5,
        "user_agent": "x/1",
    }
    assert json.loads(json_line(Exchange(None, None, "p", 400, 0), 0))["target"] is None


def test_amounts() -> None:
    amounts = [0, 999, 1000, 999_949, 999_950, 10**9, 10**18]
    assert [format_bytes(amount) for amount in amounts] == [
        "0 B",
        "999 B",
        "1.0 kB",
        "999.9 kB",
        "1.0 MB",
        "1.0 GB",
        "1000.0 PB",
    ]
    assert format_transfer(Transfer("PUT", "/a", "p", 1500, None)) == "1.5 kB: PUT /a, p"
    assert format_transfer(Transfer("COPY", "/a", "p", 0, None)) == "COPY /a, p"


def run_report(report: Report, *exchanges: Exchange) -> None:
    async def main() -> None:
        for each in exchanges:
            report.exchange(each)

    asyncio.run(main())
    report.close()


def test_text(capsys: pytest.CaptureFixture[str]) -> None:
    report = Report(Logging())
    report.event("stopped", "")
    run_report(report, exchange(), exchange())
    out, err = capsys.readouterr()
    assert out == ""
    assert [line[:9] for line in err.splitlines()] == ["stopped", "192.0.2.1", "192.0.2.1"]
    assert (report.requests, report.moved) == (2, 20)


@pytest.mark.parametrize(
    ("wanted", "out", "err"),
    [
        (Logging(as_json=True), 2, 0),
        (Logging(as_json=True, log="json"), 1, 1),
        (Logging(as_json=True, log="off"), 1, 0),
        (Logging(log="json"), 0, 2),
        (Logging(log="off"), 0, 1),
    ],
)
def test_where_it_goes(
    capsys: pytest.CaptureFixture[str], wanted: Logging, out: int, err: int
) -> None:
    report = Report(wanted)
    report.warn("careful")
    run_report(report, exchange())
    captured = capsys.readouterr()
    assert [len(text.splitlines()) for text in captured] == [out, err]


def test_a_log_file_is_appended_to(tmp_path: Path) -> None:
    for _ in range(2):
        run_report(Report(Logging(log_file=tmp_path / "log")), exchange())
    assert len((tmp_path / "log").read_text().splitlines()) == 2
    Report(Logging(log="off", log_file=tmp_path / "none")).close()
    assert not (tmp_path / "none").exists()


def test_lines_are_written_soon(capsys: pytest.CaptureFixture[str]) -> None:
    async def main() -> str:
        report = Report(Logging())
        report.exchange(exchange())
        assert capsys.readouterr().err == ""
        text = ""
        while not text:
            await asyncio.sleep(0.01)
            text = capsys.readouterr().err
        return text

    assert asyncio.run(asyncio.wait_for(main(), 10)).startswith("192.0.2.1")


def test_a_log_that_cannot_be_written_ends(capsys: pytest.CaptureFixture[str]) -> None:
    """The disk is full: files are served all the same."""
    report = Report(Logging(log_file=Path("/dev/full")))
    run_report(report, exchange())
    report.exchange(exchange())
    assert capsys.readouterr().err == (
        "warning: the access log ends here: No space left on device\n"
    )


def test_what_the_server_has_to_say(capsys: pytest.CaptureFixture[str]) -> None:
    report = Report(Logging(as_json=True))
    logger = logging.Logger("test")
    logger.addHandler(Warnings(report))
    try:
        raise ValueError("odd")
    except ValueError:
        logger.exception("a request failed")
    event = json.loads(capsys.readouterr().out)
    assert event["event"] == "warning"
    assert event["message"].startswith("a request failed\nTraceback")


def test_the_status_line_stays_below_the_log(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = put_terminal(monkeypatch)
    report = Report(Logging())
    assert report.has_status
    report.show_status("idle")
    report.show_status("idle")
    report.event("stopped", "")
    report.close()
    assert terminal.getvalue() == "\r\x1b[Kidle\r\x1b[Kstopped\nidle\r\x1b[K"


def test_no_status_line_beside_json(monkeypatch: pytest.MonkeyPatch) -> None:
    put_terminal(monkeypatch)
    assert not Report(Logging(as_json=True)).has_status


class Busy(Server):
    """A server with some transfers."""

    def __init__(self, *transfers: Transfer) -> None:
        super().__init__(Application(MemoryStore()))
        self.running = list(transfers)

    def transfers(self) -> list[Transfer]:
        return self.running


def test_what_the_status_says(monkeypatch: pytest.MonkeyPatch) -> None:
    put_terminal(monkeypatch)
    report = Report(Logging(log="off"))
    server = Busy(Transfer("GET", "/a", "p", 1000, 4000))
    status = Status(server, report)
    report.exchange(exchange(sent=497))
    first = "0 connections · 1 request, 0/s · 750 B/s · 1.5 kB in all"
    assert status.text(2.0).split("\n") == [first, "  25 % of 4.0 kB: GET /a, p"]
    server.running = []
    assert status.text(4.0) == "0 connections · 1 request, 0/s · 125 B/s · 500 B in all"
    status.finishes()
    server.running = [Transfer("PUT", "/b", "p", 1, None)] * 5
    lines = status.text(6.0).split("\n")
    assert lines[:2] == ["finishing", "0 connections · 1 request, 0/s · 84 B/s · 505 B in all"]
    assert lines[2:] == ["  1 B: PUT /b, p"] * 3 + ["  and 2 more"]


def test_rates_look_back_for_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    put_terminal(monkeypatch)
    server = Busy(Transfer("GET", "/a", "p", 6000, 8000))
    status = Status(server, Report(Logging(log="off")))
    rates = [status.text(float(now)).split(" · ")[2] for now in range(1, 9)]
    assert (
        rates
        == ["6.0 kB/s", "3.0 kB/s", "2.0 kB/s", "1.5 kB/s", "1.2 kB/s", "1.0 kB/s"] + ["0 B/s"] * 2
    )
    # What was cut off has never been.
    server.running = []
    assert status.text(9.0).split(" · ")[2] == "0 B/s"


def test_a_state_comes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    put_terminal(monkeypatch)
    status = Status(Busy(), Report(Logging(log="off")), state=lambda: "shared · vm")
    lines = status.text(1.0).split("\n")
    assert lines == ["shared · vm", "0 connections · 0 requests, 0/s · 0 B/s · 0 B in all"]


def test_a_status_of_several_lines_stays_below_the_log(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = put_terminal(monkeypatch)
    report = Report(Logging())
    report.show_status("one\ntwo\nthree")
    report.event("stopped", "")
    report.close()
    clear = "\x1b[2A\r\x1b[J"
    status = "one\ntwo\nthree"
    assert terminal.getvalue() == f"\r\x1b[K{status}{clear}stopped\n{status}{clear}"


def test_the_status_line_is_drawn_and_cleared(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = put_terminal(monkeypatch)

    async def main() -> None:
        status = Status(Busy(), Report(Logging()))
        status.start()
        assert "0 connections" in terminal.getvalue()
        status.stop()

    asyncio.run(main())
    assert terminal.getvalue().endswith("\r\x1b[K")


def test_what_does_not_fit_ends_in_dots(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = put_terminal(monkeypatch)

    async def main() -> None:
        status = Status(Busy(), Report(Logging()), state=lambda: "shared · " + "x" * 80)
        status.start()
        status.stop()

    asyncio.run(main())
    assert f"shared · {'x' * 69}…\n0 connections" in terminal.getvalue()


def test_without_a_terminal_nothing_is_drawn(capsys: pytest.CaptureFixture[str]) -> None:
    async def main() -> None:
        status = Status(Busy(), Report(Logging()))
        status.start()
        status.stop()

    asyncio.run(main())
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("as_json", [True, False])
def test_nothing_fails_when_nobody_reads_any_more(
    monkeypatch: pytest.MonkeyPatch, as_json: bool
) -> None:
    class Gone(io.StringIO):
        def write(self, text: str) -> int:
            raise BrokenPipeError(32, "Broken pipe")

        def isatty(self) -> bool:
            return True

    monkeypatch.setattr(sys, "stdout", Gone())
    monkeypatch.setattr(sys, "stderr", Gone())

    async def scenario() -> None:
        report = Report(Logging(as_json=as_json))
        report.exchange(exchange())
        report.flush()
        report.show_status("gone")
        report.event("stopped", "")
        report.close()
        assert report.requests == 1

    asyncio.run(scenario())
