"""Passwords: from a file, or from the user where a server wants one."""

from __future__ import annotations

import os
import signal
import stat
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

import click

from caraway.cli.printing import note
from caraway.errors import ActionFailed, AuthError, UsageError

if TYPE_CHECKING:
    from caraway.cli.connecting import Target

__all__ = ["attempt_with_password", "read_password_file"]

T = TypeVar("T")

#: Bytes of a password file; a password has 60 at most.
MAX_FILE: Final = 4096


def read_password_file(path: Path) -> str:
    """The password in a file: all of it, but for the end of its last line.

    Raises:
        UsageError: It is empty, or no password.
        ActionFailed: It cannot be read.
    """
    try:
        with path.open("rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            data = file.read(MAX_FILE)
    except OSError as error:
        raise ActionFailed(f"{path}: {error.strerror}") from None
    if stat.S_ISREG(mode) and mode & 0o004:
        note(f"everybody on this machine can read {path}; 'chmod o-r' keeps it private")
    try:
        password = data.decode().removesuffix("\n").removesuffix("\r")
    except UnicodeDecodeError:
        raise UsageError(f"{path}: the password is not UTF-8") from None
    if not password or "\n" in password or "\0" in password:
        what = "has more than one line" if password else "has no password"
        raise UsageError(f"{path} {what}", hint="put the password into its only line")
    return password


async def attempt_with_password(target: Target, attempt: Callable[[str], Awaitable[T]]) -> T:
    """Try to get in; ask for a password where the server wants one and nobody has given one.

    A password that was given is tried once.

    Args:
        attempt: Tries with a password; empty for none.

    Raises:
        AuthError: It was refused.
    """
    try:
        return await attempt(target.password or "")
    except AuthError as error:
        if target.is_ticket:
            error.hint = "passwords of connection files are good for once: get a new file"
            raise
        if target.password is not None:
            raise
        if not (sys.stdin.isatty() and sys.stderr.isatty()):
            given = "no password was given: use --password-file or SPICE_PASSWORD"
            error.hint = f"{error.hint}; {given}" if error.hint else given
            raise
    with _interruptible():
        shown = target.endpoint.describe()
        password = click.prompt(f"Password for {shown}", hide_input=True, err=True)
    return await attempt(password)


@contextmanager
def _interruptible() -> Iterator[None]:
    """Let Ctrl-C interrupt what waits for the terminal: an event loop would hear of it later."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
