"""Runs a command and turns whatever came of it into an exit code and a message.

Results go to stdout; what this module says goes to stderr, as
``caraway: error: what happened`` and ``caraway: hint: what to do``.
"""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Sequence

import click

from caraway.cli.platforms import limitation
from caraway.cli.printing import printable_lines
from caraway.errors import ActionFailed, CarawayError, UsageError

__all__ = ["BROKEN_PIPE", "COMPLETE_VARIABLE", "INTERRUPTED", "PROGRAM", "execute"]

PROGRAM = "caraway"
COMPLETE_VARIABLE = "_CARAWAY_COMPLETE"

UNEXPECTED = CarawayError.exit_code
FAILED = ActionFailed.exit_code
USAGE = UsageError.exit_code
# As a shell reports a death by SIGINT and by SIGPIPE.
INTERRUPTED = 128 + 2
BROKEN_PIPE = 128 + 13


def execute(command: click.Command, arguments: Sequence[str]) -> int:
    """Run ``command`` and say on stderr what went wrong, if anything did.

    Args:
        command: Usually the ``caraway`` group.
        arguments: The command line without the program's name.

    Returns:
        The exit code: that of the exception, of ``ctx.exit(code)``, or 0.
    """
    code = 0
    try:
        code = _run(command, arguments)
        sys.stdout.flush()
    except BrokenPipeError:
        _discard_stdout()
        return BROKEN_PIPE
    except OSError as error:
        # What could not be written while running was reported then, and is still in the buffer.
        _discard_stdout()
        return code or _report(error)
    return code


def _run(command: click.Command, arguments: Sequence[str]) -> int:
    """:func:`execute`, but for output that is still to be flushed."""
    try:
        if os.environ.get(COMPLETE_VARIABLE):
            command.main(list(arguments), PROGRAM, COMPLETE_VARIABLE)
        with command.make_context(PROGRAM, list(arguments), color=_color()) as context:
            command.invoke(context)
    except click.exceptions.Exit as exit_request:
        return exit_request.exit_code
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        raise
    except Exception as error:  # noqa: BLE001 - the one place: reported, then the process ends
        return _report(error)
    return 0


def _report(error: Exception) -> int:
    """Explain ``error`` on stderr and return its exit code."""
    if os.environ.get("CARAWAY_DEBUG"):
        traceback.print_exception(error)
    match error:
        case click.exceptions.NoArgsIsHelpError():
            _say(error.format_message())
            return USAGE
        case click.UsageError():
            return _report_usage(error)
        case click.Abort():
            # click raises this for Ctrl-C at a prompt, and for end of input there.
            return INTERRUPTED
        case click.ClickException():
            _say_error(error.format_message())
            return FAILED
        case CarawayError():
            _say_error(str(error), error.hint)
            return error.exit_code
        case OSError(strerror=str(reason)):
            where = "" if error.filename is None else f"{error.filename}: "
            _say_error(f"{where}{reason}")
            return FAILED
        case _:
            return _report_bug(error)


def _report_usage(error: click.UsageError) -> int:
    hint = None
    if error.ctx is not None:
        _say(error.ctx.get_usage())
        hint = f"'{error.ctx.command_path} --help' explains the options"
    _say_error(error.format_message(), hint)
    return USAGE


def _report_bug(error: Exception) -> int:
    summary = traceback.format_exception_only(error)[-1].strip()
    hint = "this is a bug in caraway: please report it"
    if not os.environ.get("CARAWAY_DEBUG"):
        hint += "; CARAWAY_DEBUG=1 in the environment shows the traceback to send along"
    _say_error(f"unexpected {summary}", hint)
    if missing := limitation(sys.platform):
        _say(f"{PROGRAM}: note: {missing}")
    return UNEXPECTED


def _say_error(message: str, hint: str | None = None) -> None:
    # Names in it may be a stranger's.
    said = printable_lines(message)
    _say(f"{PROGRAM}: {click.style('error:', fg='red', bold=True)} {said}")
    if hint:
        _say(f"{PROGRAM}: {click.style('hint:', fg='cyan')} {printable_lines(hint)}")


def _say(text: str) -> None:
    click.echo(text, err=True, color=_color())


def _color() -> bool | None:
    """False where NO_COLOR is set (https://no-color.org); None leaves it to isatty."""
    return False if os.environ.get("NO_COLOR") else None


def _discard_stdout() -> None:
    """Point stdout nowhere, or the interpreter fails when it flushes at exit."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)
