"""``caraway dav passwd``: who may come, and with which password."""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import click

from caraway.errors import ActionFailed, UsageError
from caraway.webdav.authentication import htdigest, users
from caraway.webdav.authentication.lines import lines_of, no_name
from caraway.webdav.errors import PasswordFileError

__all__ = ["passwd"]

REALM = "caraway"


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.argument("user")
@click.option(
    "--format",
    "form",
    type=click.Choice(["htdigest", "users"]),
    help="For which option of 'caraway dav' the file is. Default: as it is; a new one, htdigest.",
)
@click.option("--realm", help=f"Of htdigest. Default: the file's, or '{REALM}' for a new one.")
@click.option("--delete", is_flag=True, help="Remove the user.")
@click.option(
    "--stdin", "from_stdin", is_flag=True, help="Take the password from a line of standard input."
)
def passwd(
    file: Path,
    user: str,
    form: Literal["htdigest", "users"] | None,
    realm: str | None,
    delete: bool,
    from_stdin: bool,
) -> None:
    """Set the password of USER in FILE, which is made if it does not exist.

    The password is asked for twice. A server that uses the file notices the
    change.
    """
    if fault := no_name(user):
        raise UsageError(fault)
    try:
        data = file.read_bytes()
    except FileNotFoundError:
        if delete:
            raise ActionFailed(f"{file} does not exist") from None
        data = b""
    try:
        lines = list(lines_of(data, str(file)))
        book = _book(lines, file, user, form, realm)
        own = [number for number, text in lines if book.is_own(text)]
    except PasswordFileError as error:
        raise ActionFailed(str(error)) from error
    if not delete:
        new = book.make(_ask(from_stdin=from_stdin))
    elif own:
        new = []
    else:
        raise ActionFailed(f"{user} is not in {file}{book.where}")
    _replace(file, _edited(data, own, new))
    click.echo(f"{user} {'removed from' if delete else 'written to'} {file}", err=True)


@dataclass(frozen=True, slots=True)
class _Book:
    """How a file of one format keeps one user.

    Attributes:
        is_own: Whether a line is that user's.
        make: The lines for a password.
        where: The part of the file that is meant, for messages.
    """

    is_own: Callable[[str], bool]
    make: Callable[[str], list[str]]
    where: str = ""


def _book(
    lines: Sequence[tuple[int, str]], file: Path, user: str, form: str | None, realm: str | None
) -> _Book:
    found = None
    if lines:
        found = "users" if ":$scrypt$" in lines[0][1] else "htdigest"
    if form is not None and found not in (None, form):
        raise UsageError(
            f"{file} is a file for --{found}, not for --{form}", hint="name another file"
        )
    parse = users.parse_line if (form or found) == "users" else htdigest.parse_line
    for number, text in lines:
        try:
            parse(text)
        except ValueError as fault:
            raise PasswordFileError(f"{file}:{number}: {fault}") from None
    if parse is users.parse_line:
        if realm is not None:
            raise UsageError("a file for --users has no realms", hint="leave --realm out")
        return _Book(
            lambda text: users.parse_line(text)[0] == user,
            lambda password: [f"{user}:{users.make_scrypt(password)}"],
        )
    return _htdigest_book(lines, file, user, realm)


def _htdigest_book(
    lines: Sequence[tuple[int, str]], file: Path, user: str, realm: str | None
) -> _Book:
    if realm is None:
        realms = sorted({htdigest.parse_line(text).realm for _, text in lines})
        if len(realms) > 1:
            raise UsageError(
                f"{file} has {len(realms)} realms: {', '.join(realms)}", hint="choose by --realm"
            )
        realm = realms[0] if realms else REALM
    if ":" in realm or not realm.isprintable():
        raise UsageError(f"realm {realm!r} with a colon or a control character")
    chosen = realm

    def is_own(text: str) -> bool:
        line = htdigest.parse_line(text)
        return (line.user, line.realm) == (user, chosen)

    def make(password: str) -> list[str]:
        # MD5 first: Apache takes the first line of a user, and knows no other hash.
        return [
            f"{user}:{chosen}:{htdigest.make_hash(algorithm, user, chosen, password)}"
            for algorithm in ("MD5", "SHA-256")
        ]

    return _Book(is_own, make, f", realm '{chosen}'")


def _ask(*, from_stdin: bool) -> str:
    if from_stdin:
        raw = sys.stdin.buffer.readline()
        try:
            password = raw.decode().rstrip("\r\n")
        except UnicodeDecodeError:
            raise UsageError("the password on standard input is not UTF-8") from None
    else:
        password = click.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
    if not password:
        raise UsageError("an empty password", hint="give one of a character at least")
    return password


def _edited(data: bytes, own: Sequence[int], new: Sequence[str]) -> bytes:
    """The file with ``new`` in the place of the lines numbered ``own``; all others as they are."""
    added = [line.encode() for line in new]
    kept: list[bytes] = []
    for number, raw in enumerate(data.removesuffix(b"\n").split(b"\n") if data else [], 1):
        if number not in own:
            kept.append(raw)
        elif number == own[0]:
            kept += added
    if not own:
        kept += added
    return b"".join(line + b"\n" for line in kept)


def _replace(file: Path, data: bytes) -> None:
    """Put a file in place at once, so that a server sees the old one or the new one.

    A new file is for its owner alone. One that was there keeps its owner and
    what its group may do; others may nothing.
    """
    real = file.resolve()
    descriptor, name = tempfile.mkstemp(prefix=f".{real.name}.", dir=real.parent)
    try:
        with open(descriptor, "wb") as new:
            new.write(data)
            new.flush()
            # Nobody but the owner and root may give a file away: else it stays ours alone.
            with contextlib.suppress(FileNotFoundError, PermissionError):
                old = os.stat(real)
                os.fchown(new.fileno(), old.st_uid, old.st_gid)
                os.fchmod(new.fileno(), old.st_mode & 0o060 | 0o600)
            os.fsync(new.fileno())
        os.replace(name, real)
    except BaseException:
        os.unlink(name)
        raise
