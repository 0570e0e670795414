"""What every command that connects is told: where the server is, and how to get in."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar

import click
from click.core import ParameterSource
from click.shell_completion import CompletionItem

from caraway.cli.manual import Section
from caraway.cli.passwords import read_password_file
from caraway.cli.printing import note
from caraway.errors import ActionFailed, UsageError

if TYPE_CHECKING:
    from caraway.net.endpoint import Endpoint
    from caraway.net.vv import ConnectionFile

__all__ = [
    "CONNECTING",
    "Target",
    "Where",
    "complete_file",
    "connecting",
    "connecting_to",
    "exit_codes",
    "read_connection_file",
    "read_target",
]

P = ParamSpec("P")
R = TypeVar("R")
Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]

STDIN = "-"

CONNECTING = Section(
    "Where",
    (
        ("spice://HOST:PORT", "Unencrypted; '?tls-port=PORT' behind it adds encrypted channels."),
        ("spice+tls://HOST:PORT", "Encrypted."),
        ("spice+unix:///PATH", "A Unix socket."),
        ("spice+ws://HOST:PORT/PATH", "In a WebSocket; spice+wss:// is encrypted."),
        ("FILE.vv", "A connection file, as remote-viewer opens it; '-' reads one from stdin."),
        ("SPICE_PASSWORD", "The password, in the environment, where no file has one."),
        ("SPICE_PROXY", "The proxy, http://[USER:PASSWORD@]HOST:PORT, where none is given."),
    ),
)

#: What every command that has a session may end with.
_SESSION_CODES = (
    ("3", "The password was refused."),
    ("10", "The server cannot be reached, or is gone."),
    ("11", "TLS failed: handshake or certificate."),
    ("12", "Another client has taken over the session."),
    ("20", "The server broke the protocol."),
    ("40", "It took longer than --timeout."),
)


def exit_codes(*own: tuple[str, str]) -> Section:
    """The part of a manual that says what exit codes mean.

    Args:
        own: Those that the command has besides what a session may end with.
    """
    return Section("Exit codes", sorted((*own, *_SESSION_CODES), key=lambda each: int(each[0])))


@dataclass(frozen=True, slots=True)
class Where:
    """The options, as they were given.

    Attributes:
        text: A URI, the name of a connection file, or ``-``.
        proxy: Empty to use none, whatever else says; None where not given.
    """

    text: str
    password_file: Path | None = None
    user: str = ""
    ca_file: Path | None = None
    host_subject: str | None = None
    proxy: str | None = None
    timeout_s: float = 30.0


@dataclass(frozen=True, slots=True)
class Target:
    """A server, and what it is told.

    Attributes:
        password: None where there is none yet.
        is_ticket: The password comes from a connection file, and is good for once.
    """

    endpoint: Endpoint
    password: str | None = None
    user: str = ""
    timeout_s: float = 30.0
    is_ticket: bool = False


FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


def connecting(function: Callable[Concatenate[Where, P], R]) -> Callable[P, R]:
    """Add the argument WHERE and the options of connections to a command.

    The command gets them as one :class:`Where`, before its own.
    """

    @wraps(function)
    def with_where(*args: P.args, **kwargs: P.kwargs) -> R:
        return function(_where(kwargs), *args, **kwargs)

    return _add((_WHERE, *_OPTIONS), with_where)


def connecting_to(function: Callable[Concatenate[Where | None, P], R]) -> Callable[P, R]:
    """The same for a command that need not connect: WHERE is the option ``--to``.

    Without it the command gets None, and no other of the options may be given.
    """

    @wraps(function)
    def with_where(*args: P.args, **kwargs: P.kwargs) -> R:
        where = None
        if kwargs["text"] is None:
            for name in _NAMES:
                _refuse_without_to(name)
                del kwargs[name]
        else:
            where = _where(kwargs)
        return function(where, *args, **kwargs)

    return _add((_TO, *_OPTIONS), with_where)


def _where(kwargs: dict[str, object]) -> Where:
    """The options of connections, taken from those of a command."""
    own = {name: kwargs.pop(name) for name in _NAMES}
    return Where(**own)  # type: ignore[arg-type]  # click has made each what it is to be


def _refuse_without_to(name: str) -> None:
    context = click.get_current_context()
    if context.get_parameter_source(name) is ParameterSource.COMMANDLINE:
        [given] = (each for each in context.command.params if each.name == name)
        raise UsageError(f"{given.opts[0]} needs --to", hint="say where to connect to")


def _add(decorators: Iterable[Decorator], function: Callable[P, R]) -> Callable[P, R]:
    for decorate in reversed(tuple(decorators)):
        function = decorate(function)
    return function


def complete_file(
    ctx: click.Context, param: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """Connection files, and the beginnings of URIs."""
    schemes = ("spice://", "spice+tls://", "spice+unix://", "spice+ws://", "spice+wss://")
    found = [
        CompletionItem(scheme) for scheme in schemes if incomplete and scheme.startswith(incomplete)
    ]
    return [*found, CompletionItem(incomplete, type="file")]


_WHERE = click.argument("text", metavar="WHERE", shell_complete=complete_file)
_TO = click.option(
    "--to",
    "text",
    metavar="WHERE",
    shell_complete=complete_file,
    help="Where to connect to: a URI, FILE.vv, or '-' for one on stdin.",
)
_OPTIONS = (
    click.option("--password-file", type=FILE, help="Take the password from this file."),
    click.option("--user", default="", help="User name, for servers that want SASL."),
    click.option("--ca-file", type=FILE, help="Authorities to trust, PEM. Default: the system's."),
    click.option(
        "--host-subject",
        metavar="K=V,...",
        help="Subject the server's certificate must have, instead of the host's name.",
    ),
    click.option(
        "--proxy",
        metavar="URL",
        help="HTTP proxy, http://HOST:PORT; '' for none at all.",
    ),
    click.option(
        "--timeout",
        "timeout_s",
        type=click.FloatRange(0, min_open=True),
        default=30.0,
        show_default=True,
        metavar="SECONDS",
        help="How long connecting may take.",
    ),
)
_NAMES = tuple(Where.__dataclass_fields__)


def read_target(where: Where) -> Target:
    """Everything that is known before connecting: files, environment, remembered certificates.

    A connection file that asks for it is deleted.

    Raises:
        UsageError: The options make no sense, or a file is not what it should be.
        ActionFailed: A file cannot be read.
    """
    from caraway.net.endpoint import parse_proxy, parse_uri

    file: ConnectionFile | None = None
    if where.text == STDIN or "://" not in where.text:
        file = read_connection_file(where.text, may_delete=True)
        endpoint = file.endpoint()
    else:
        endpoint = parse_uri(where.text)
    proxy = where.proxy
    if proxy is None and endpoint.proxy is None and endpoint.unix_path is None:
        proxy = os.environ.get("SPICE_PROXY")
    if proxy is not None:
        endpoint = replace(endpoint, proxy=parse_proxy(proxy) if proxy else None)
    if where.proxy and endpoint.proxy is not None and endpoint.proxy.password:
        raise UsageError(
            "a password in --proxy can be read by everybody who can list processes",
            hint="give the proxy in SPICE_PROXY",
        )
    password = os.environ.get("SPICE_PASSWORD")
    user = where.user
    if file is not None:
        password = file.password if file.password is not None else password
        user = user or file.username or ""
    if where.password_file is not None:
        password = read_password_file(where.password_file)
    is_ticket = file is not None and file.password is not None and where.password_file is None
    return Target(_trusting(endpoint, where), password, user, where.timeout_s, is_ticket)


def _trusting(endpoint: Endpoint, where: Where) -> Endpoint:
    """The endpoint with the certificates that were given, or else remembered."""
    tls = endpoint.tls
    if where.ca_file is not None:
        tls = replace(tls, ca_pem=None, ca_file=str(where.ca_file))
    if where.host_subject is not None:
        tls = replace(tls, host_subject=where.host_subject)
    if endpoint.has_tls and tls == type(tls)():
        from caraway.client.settings import Settings, address_of

        known = Settings().find(address=address_of(endpoint))
        if known is not None:
            tls = known.tls()
    return replace(endpoint, tls=tls)


def read_connection_file(name: str, *, may_delete: bool) -> ConnectionFile:
    """A connection file, from standard input for ``-``.

    Args:
        may_delete: Delete it, if it asks for that.

    Raises:
        UsageError: There is no such file, or it is no connection file.
        ActionFailed: It cannot be read.
    """
    from caraway.net.vv import MAX_SIZE, read_vv

    if name == STDIN:
        return read_vv(sys.stdin.buffer.read(MAX_SIZE + 1))
    try:
        with open(name, "rb") as stream:
            file = read_vv(stream.read(MAX_SIZE + 1))
    except FileNotFoundError:
        raise UsageError(
            f"'{name}' is neither a URI nor a file", hint="write spice://HOST:PORT, or FILE.vv"
        ) from None
    except OSError as error:
        raise ActionFailed(f"{name}: {error.strerror}") from None
    if file.delete_this_file and may_delete:
        _delete(name)
    return file


def _delete(name: str) -> None:
    try:
        os.unlink(name)
    except OSError as error:
        note(f"{name} asks to be deleted, which failed: {error.strerror}")
    else:
        note(f"{name} was deleted, as it asks")
