"""Where descriptions come from and where results go: the files that the compiler never sees."""

from __future__ import annotations

import sys
from importlib.resources import files
from pathlib import Path
from typing import Final

import click

from caraway.errors import ActionFailed, UsageError
from caraway.idl import Compilation, Description, Source, compile_source

#: The built-in descriptions and the dialect each is written in.
BUILTIN: Final = {"spice": 2, "spice1": 1, "link": 2, "agent": 2, "mux": 2}

#: What the name of a built-in description begins with.
PREFIX: Final = "builtin:"

#: No description is nearly so long; it keeps a wrong path from filling memory.
MAX_SOURCE: Final = 16 * 1024 * 1024

dialect_option = click.option(
    "--dialect",
    type=click.IntRange(1, 2),
    default=None,
    help="1: the old language, with 8-byte pointers. 2: the current one, the default.",
)

output_option = click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    default=None,
    help="Write to this file instead of standard output.",
)


def read_source(name: str) -> Source:
    """The text behind a path, ``-`` or ``builtin:NAME``.

    Raises:
        UsageError: There is no such built-in description, or it is not text.
        ActionFailed: The file cannot be read.
    """
    if name.startswith(PREFIX):
        builtin = name.removeprefix(PREFIX)
        if builtin not in BUILTIN:
            known = ", ".join(PREFIX + each for each in BUILTIN)
            raise UsageError(f"no built-in description '{builtin}'", hint=f"there are {known}")
        text = files("caraway.descriptions").joinpath(f"{builtin}.proto").read_text("utf-8")
        return Source(f"{builtin}.proto", text)
    try:
        data = sys.stdin.buffer.read(MAX_SOURCE + 1) if name == "-" else _read(Path(name))
    except OSError as error:
        raise ActionFailed(f"{name}: {error.strerror or error}") from error
    shown = "<stdin>" if name == "-" else name
    if len(data) > MAX_SOURCE:
        raise UsageError(f"{shown}: longer than {MAX_SOURCE} bytes: not a description")
    try:
        return Source(shown, data.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise UsageError(
            f"{shown}: byte {error.start} is not UTF-8", hint="a description is plain text"
        ) from error


def _read(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(MAX_SOURCE + 1)


def compile_named(name: str, dialect: int | None) -> Compilation:
    """Compile what ``name`` stands for; built-in ones know their own dialect."""
    if dialect is None:
        dialect = BUILTIN.get(name.removeprefix(PREFIX), 2) if name.startswith(PREFIX) else 2
    return compile_source(read_source(name), dialect=dialect)


def load(name: str, dialect: int | None = None) -> Description:
    """The model of what ``name`` stands for.

    Raises:
        DescriptionError: It has errors.
    """
    return compile_named(name, dialect).description


def write_text(output: Path | None, text: str) -> None:
    """Put a result where the user wants it.

    Raises:
        ActionFailed: The file cannot be written.
    """
    if output is None:
        click.echo(text, nl=False)
        return
    try:
        output.parent.mkdir(parents=True, exist_ok=True)
        output.write_text(text, "utf-8")
    except OSError as error:
        raise ActionFailed(f"{output}: {error.strerror or error}") from error
    click.echo(f"wrote {output}", err=True)
