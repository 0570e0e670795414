"""``caraway dav``: serve folders by WebDAV."""

from __future__ import annotations

from pathlib import Path

import click

from caraway.cli.dav.options import Address, Login
from caraway.cli.folders.options import (
    Logging,
    Sharing,
    allow_host_option,
    logging_options,
    sharing_options,
)
from caraway.cli.manual import CommandWithCommands, Entry, Section

__all__ = ["dav"]

COMMANDS = {
    "passwd": Entry(
        "caraway.cli.dav.passwd:passwd", "Set or remove a user's password in a password file."
    ),
}

SECTIONS = (
    Section(
        "Examples",
        (
            ("caraway dav ~/Public", "Let programs on this machine read a folder."),
            (
                "caraway dav --write docs=/srv/docs pictures=/srv/pictures",
                "Two folders under one address, to be changed as well.",
            ),
            (
                "caraway dav --host 0.0.0.0 --cert c.pem --key k.pem --htdigest users /srv",
                "The network may read, with a password and encrypted.",
            ),
            ("caraway dav passwd users alice", "Give alice a password in the file 'users'."),
        ),
    ),
    Section(
        "Passwords",
        (
            (
                "--htdigest",
                "Digest, which shows nobody the password, and Basic over TLS, on loopback "
                "addresses and Unix sockets. The file is one of htdigest(1).",
            ),
            (
                "--users",
                "Basic alone, so TLS or a Unix socket is needed. The file keeps scrypt hashes, "
                "from which passwords cannot be had back.",
            ),
        ),
    ),
    Section(
        "Exit codes",
        (
            ("0", "Stopped by Ctrl-C or SIGTERM; what was under way has been finished."),
            ("2", "The command line makes no sense."),
            ("11", "The certificate or its key cannot be used."),
            ("30", "Listening, a folder or a password file failed."),
            ("130", "Stopped by a second Ctrl-C, which cut transfers off."),
        ),
    ),
)

FILE = click.Path(dir_okay=False, path_type=Path)
EXISTING = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command(cls=CommandWithCommands, commands=COMMANDS, sections=SECTIONS)
@sharing_options
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="Port. Default: a free one.")
@click.option("--unix", type=FILE, help="Listen on this Unix socket instead of an address.")
@click.option("--cert", type=EXISTING, help="Certificate: serve TLS.")
@click.option("--key", type=EXISTING, help="Its private key. Default: in the same file.")
@allow_host_option
@click.option(
    "--max-connections",
    type=click.IntRange(1),
    default=2000,
    show_default=True,
    help="More connections at once are refused.",
)
@click.option("--htdigest", type=EXISTING, help="Ask for passwords, which are in this file.")
@click.option("--users", type=EXISTING, help="The same, with a file of scrypt hashes.")
@click.option("--realm", help="Whom in the password file to let in, if it has several realms.")
@logging_options
@click.pass_context
def dav(
    ctx: click.Context,
    logging: Logging,
    sharing: Sharing,
    host: str,
    port: int,
    unix: Path | None,
    cert: Path | None,
    key: Path | None,
    allow_host: tuple[str, ...],
    max_connections: int,
    htdigest: Path | None,
    users: Path | None,
    realm: str | None,
) -> None:
    """Serve folders by WebDAV until Ctrl-C.

    A single FOLDER is the root of what is served; several are its members,
    each by its NAME or by its own. Clients can read only, unless --write is
    given. Ctrl-C lets transfers that are under way finish, a second one ends
    them.
    """
    # Not at the top: neither the help nor passwd needs a server.
    from caraway.cli.dav.serve import serve

    address = Address(host, port, unix, cert, key, allow_host, max_connections)
    ctx.exit(serve(sharing, address, Login(htdigest, users, realm), logging))
