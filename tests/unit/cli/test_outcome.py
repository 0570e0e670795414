"""What a command's exception becomes on stderr, and as an exit code."""

import errno
import inspect
import os
import pty
import subprocess
import sys
from contextlib import suppress

import click
import pytest

from caraway import errors
from caraway.cli.outcome import execute


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch):
    for name in ("NO_COLOR", "CARAWAY_DEBUG", "PYTHONUNBUFFERED", "_CARAWAY_COMPLETE"):
        monkeypatch.delenv(name, raising=False)


def failing(error: BaseException) -> click.Command:
    def callback() -> None:
        raise error

    return click.Command("failing", callback=callback)


ERRORS = [
    item
    for _, item in inspect.getmembers(errors, inspect.isclass)
    if issubclass(item, errors.CarawayError)
]


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: error.__name__)
def test_each_error_exits_with_its_code(error, capsys):
    details = {"code": 7} if error is errors.LinkRefused else {}
    assert execute(failing(error("the gate is shut", **details)), []) == error.exit_code
    assert capsys.readouterr().err == "caraway: error: the gate is shut\n"


def test_a_hint_follows_the_error(capsys):
    execute(failing(errors.ConnectError("no answer", hint="is the machine running?")), [])
    assert capsys.readouterr().err == (
        "caraway: error: no answer\ncaraway: hint: is the machine running?\n"
    )


def test_words_of_strangers_cannot_harm_a_terminal(capsys):
    execute(failing(errors.ClosedError("port \x1b[2J\nnext", hint="\x07")), [])
    assert capsys.readouterr().err == (
        "caraway: error: port \\x1b[2J\nnext\ncaraway: hint: \\x07\n"
    )


def test_success_is_silent(capsys):
    assert execute(click.Command("fine", callback=lambda: None), []) == 0
    assert capsys.readouterr() == ("", "")


def test_what_a_command_returns_is_not_its_exit_code():
    assert execute(click.Command("fine", callback=lambda: 7), []) == 0


@pytest.mark.parametrize("code", [0, 1, 2])
def test_a_command_chooses_its_exit_code(code):
    @click.command
    @click.pass_context
    def choosing(ctx):
        ctx.exit(code)

    assert execute(choosing, []) == code


def test_a_bug_is_called_one(capsys):
    assert execute(failing(ZeroDivisionError("division by zero")), []) == 1
    error, hint = capsys.readouterr().err.splitlines()
    assert error == "caraway: error: unexpected ZeroDivisionError: division by zero"
    assert hint.startswith("caraway: hint: this is a bug in caraway")
    assert "CARAWAY_DEBUG=1" in hint


def test_a_bug_on_another_system_says_what_is_supported(capsys, monkeypatch):
    monkeypatch.setattr(sys, "platform", "win32")
    execute(failing(RuntimeError("x")), [])
    assert "caraway: note: This system (win32) is not supported" in capsys.readouterr().err


@pytest.mark.parametrize("error", [KeyError("x"), errors.DecodeError("x")])
def test_debugging_shows_the_traceback(error, capsys, monkeypatch):
    monkeypatch.setenv("CARAWAY_DEBUG", "1")
    execute(failing(error), [])
    text = capsys.readouterr().err
    assert "Traceback (most recent call last)" in text
    assert "CARAWAY_DEBUG" not in text


def test_a_file_that_cannot_be_opened_is_named(capsys):
    error = FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), "a.proto")
    assert execute(failing(error), []) == 30
    assert capsys.readouterr().err == "caraway: error: a.proto: No such file or directory\n"


def test_a_full_disk_is_no_bug(capsys):
    assert execute(failing(OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))), []) == 30
    assert capsys.readouterr().err == "caraway: error: No space left on device\n"


def test_an_os_error_without_a_reason_is_a_bug():
    assert execute(failing(OSError("strange")), []) == 1


def test_click_errors_read_like_ours(capsys):
    assert execute(failing(click.ClickException("cannot")), []) == 30
    assert capsys.readouterr().err == "caraway: error: cannot\n"


def test_a_bad_option_shows_usage_and_where_to_look(capsys):
    assert execute(click.Command("fine", callback=lambda: None), ["--frob"]) == 2
    usage, error, hint = capsys.readouterr().err.splitlines()
    assert usage == "Usage: caraway [OPTIONS]"
    assert error.startswith("caraway: error: No such option")
    assert hint == "caraway: hint: 'caraway --help' explains the options"


def test_a_usage_error_of_a_command_reads_the_same(capsys):
    assert execute(failing(click.UsageError("either, not both")), []) == 2
    assert capsys.readouterr().err.splitlines() == [
        "Usage: caraway [OPTIONS]",
        "caraway: error: either, not both",
        "caraway: hint: 'caraway --help' explains the options",
    ]


def test_a_usage_error_that_knows_no_command_is_just_the_error(capsys):
    class Strange(click.Command):
        def make_context(self, *args, **attributes):
            raise click.UsageError("nonsense")

    assert execute(Strange("strange"), []) == 2
    assert capsys.readouterr().err == "caraway: error: nonsense\n"


@pytest.mark.parametrize("error", [KeyboardInterrupt(), click.Abort()])
def test_ctrl_c_says_nothing(error, capsys):
    assert execute(failing(error), []) == 130
    assert capsys.readouterr().err == ""


COLOURFUL = """
import sys, click
from caraway import errors
from caraway.cli.outcome import execute
def callback():
    click.echo(click.style("stdout", fg="green"))
    raise errors.CarawayError("stderr")
sys.exit(execute(click.Command("x", callback=callback), []))
"""


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({}, "\x1b[32mstdout\x1b[0m\ncaraway: \x1b[31m\x1b[1merror:\x1b[0m stderr\n"),
        ({"NO_COLOR": ""}, "\x1b[32mstdout\x1b[0m\ncaraway: \x1b[31m\x1b[1merror:\x1b[0m stderr\n"),
        ({"NO_COLOR": "1"}, "stdout\ncaraway: error: stderr\n"),
    ],
    ids=["not set", "empty", "set"],
)
def test_no_color_is_honoured_on_a_terminal(environment, expected):
    ours, theirs = pty.openpty()
    result = subprocess.run(
        [sys.executable, "-c", COLOURFUL],
        stdout=theirs,
        stderr=theirs,
        env={**os.environ, **environment},
        check=False,
    )
    os.close(theirs)
    shown = b""
    # Nobody has the other end any more: it fails then.
    with suppress(OSError):
        while piece := os.read(ours, 4096):
            shown += piece
    text = shown.decode().replace("\r\n", "\n")
    os.close(ours)
    assert (result.returncode, text) == (1, expected)


def test_there_are_no_colours_outside_a_terminal(capsys):
    execute(failing(errors.CarawayError("plain")), [])
    assert "\x1b[" not in capsys.readouterr().err


PROCESS = """
import sys, click
from caraway import errors
from caraway.cli.outcome import execute
def callback():
    {body}
sys.exit(execute(click.Command("x", callback=callback), []))
"""


@pytest.mark.parametrize(
    "body",
    [
        "[click.echo('line') for _ in range(100_000)]",
        "sys.stdout.write('short'); sys.stdin.read()",
        "sys.stdout.write('short'); sys.stdin.read(); click.get_current_context().exit(2)",
        "sys.stdout.write('short'); sys.stdin.read(); raise KeyboardInterrupt",
    ],
    ids=["while writing", "at the end", "at an early exit", "at an interrupt"],
)
def test_a_reader_that_went_away_ends_it_quietly(body):
    process = subprocess.Popen(
        [sys.executable, "-c", PROCESS.format(body=body)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    with process:
        process.stdout.close()
        process.stdin.close()
        assert process.stderr.read() == b""
    assert process.returncode == 141


@pytest.mark.parametrize("body", ["click.echo('line')", "sys.stdout.write('line')"])
def test_a_full_disk_is_reported_once(body):
    with open("/dev/full", "wb") as full:
        result = subprocess.run(
            [sys.executable, "-c", PROCESS.format(body=body)],
            stdout=full,
            stderr=subprocess.PIPE,
            check=False,
        )
    assert result.stderr == b"caraway: error: No space left on device\n"
    assert result.returncode == 30


def test_a_shell_asking_for_completions_is_answered(monkeypatch, capsys):
    monkeypatch.setenv("_CARAWAY_COMPLETE", "bash_complete")
    monkeypatch.setenv("COMP_WORDS", "caraway fi")
    monkeypatch.setenv("COMP_CWORD", "1")
    group = click.Group("caraway", commands=[click.Command("first"), click.Command("second")])
    with pytest.raises(SystemExit) as stop:
        execute(group, [])
    assert stop.value.code == 0
    assert capsys.readouterr().out == "plain,first\n"
