"""What commands that share folders are told, and the options that say so."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from ipaddress import ip_address
from pathlib import Path
from typing import Concatenate, Literal, ParamSpec, TypeVar, cast

import click
from click.shell_completion import CompletionItem

from caraway.errors import UsageError

__all__ = [
    "Logging",
    "Share",
    "Sharing",
    "allow_host_option",
    "logging_options",
    "parse_share",
    "sharing_options",
]

P = ParamSpec("P")
R = TypeVar("R")

#: With ``*.`` before it, all names below. Clients send it in ASCII, whatever people write.
_HOST_NAME = re.compile(r"(\*\.)?[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*\.?")


@dataclass(frozen=True, slots=True)
class Share:
    """A folder to serve; ``name`` is None where the command line gives none."""

    folder: Path
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Sharing:
    """Folders, and what clients may do there."""

    shares: tuple[Share, ...]
    write: bool = False
    even_too_much: bool = False
    hidden: Literal["show", "hide"] = "show"
    fsync: bool = False


@dataclass(frozen=True, slots=True)
class Logging:
    """What is said, and where.

    Attributes:
        log: The format of the access log, None where nobody chose.
        log_file: Where it goes; None for standard error.
    """

    as_json: bool = False
    log: Literal["common", "json", "off"] | None = None
    log_file: Path | None = None


def parse_share(text: str) -> Share:
    """A folder as the command line has it, ``FOLDER`` or ``NAME=FOLDER``.

    What stands before the first ``=`` is a name unless it has a slash: the
    folder ``a=b`` is given as ``./a=b``.

    Raises:
        UsageError: There is no folder; the one we are in is not meant by that.

    >>> parse_share("docs=/srv/docs").name, parse_share("./a=b").name
    ('docs', None)
    """
    name, equals, folder = text.partition("=")
    share = Share(Path(folder), name) if equals and "/" not in name else Share(Path(text))
    if not (folder if share.name is not None else text):
        raise UsageError(f"'{text}' names no folder", hint="the one you are in is called '.'")
    return share


def _complete_folder(
    ctx: click.Context, param: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """Folders, and in the first place the sub-commands of a command that has some."""
    commands = [] if ctx.params.get("folders") else getattr(ctx.command, "commands", {})
    found = [CompletionItem(name) for name in commands if name.startswith(incomplete)]
    return [*found, CompletionItem(incomplete, type="dir")]


_SHARING = (
    click.argument(
        "folders",
        metavar="[NAME=]FOLDER...",
        nargs=-1,
        required=True,
        shell_complete=_complete_folder,
    ),
    click.option(
        "--write", is_flag=True, help="Let clients change what is there. Else they only read."
    ),
    click.option(
        "--yes", "even_too_much", is_flag=True, help="Serve even / or the whole home folder."
    ),
    click.option(
        "--hidden",
        type=click.Choice(["show", "hide"]),
        default="show",
        show_default=True,
        help="Whether names that begin with a dot can be seen.",
    ),
    click.option("--fsync", is_flag=True, help="Answer a write when the disk has it. Slower."),
)

_HOW = ("write", "even_too_much", "hidden", "fsync")

_LOGGING = (
    click.option(
        "--log",
        type=click.Choice(["common", "json", "off"]),
        help="Format of the access log. Default: common; with --json, its events.",
    ),
    click.option(
        "--log-file",
        type=click.Path(dir_okay=False, path_type=Path),
        help="Append the access log to this file, not to stderr.",
    ),
    click.option("--json", "as_json", is_flag=True, help="Print events as JSON, one a line."),
)


def _host_names(
    ctx: click.Context, param: click.Parameter, names: tuple[str, ...]
) -> tuple[str, ...]:
    for name in names:
        if _HOST_NAME.fullmatch(name) is None and not _is_address(name):
            raise UsageError(
                f"--allow-host '{name}' is no name",
                hint="give a host's name or address alone: it is allowed on any port",
            )
    return names


def _is_address(text: str) -> bool:
    try:
        ip_address(text.removeprefix("[").removesuffix("]"))
    except ValueError:
        return False
    return True


allow_host_option = click.option(
    "--allow-host",
    multiple=True,
    metavar="NAME",
    callback=_host_names,
    help="Another name that requests may be for, or *.NAME. May be repeated.",
)


def sharing_options(function: Callable[Concatenate[Sharing, P], R]) -> Callable[P, R]:
    """Add the argument FOLDER and its options; the command gets one :class:`Sharing`, first."""

    @wraps(function)
    def with_sharing(*args: P.args, **kwargs: P.kwargs) -> R:
        folders = cast("tuple[str, ...]", kwargs.pop("folders"))
        own = {name: kwargs.pop(name) for name in _HOW}
        sharing = Sharing(tuple(map(parse_share, folders)), **own)  # type: ignore[arg-type]  # click
        return function(sharing, *args, **kwargs)

    for decorate in reversed(_SHARING):
        with_sharing = decorate(with_sharing)
    return with_sharing


def logging_options(function: Callable[Concatenate[Logging, P], R]) -> Callable[P, R]:
    """Add the options of what is said; the command gets one :class:`Logging`, first."""

    @wraps(function)
    def with_logging(*args: P.args, **kwargs: P.kwargs) -> R:
        own = {name: kwargs.pop(name) for name in Logging.__dataclass_fields__}
        return function(Logging(**own), *args, **kwargs)  # type: ignore[arg-type]  # click has made them

    for decorate in reversed(_LOGGING):
        with_logging = decorate(with_logging)
    return with_logging
