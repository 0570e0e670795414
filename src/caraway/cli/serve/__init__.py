"""``caraway serve``: a SPICE server by hand."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

import click

from caraway.cli.manual import ManualCommand, Section

__all__ = ["serve"]

SECTIONS = (
    Section(
        "Ports",
        (
            ("NAME=echo", "Says what it is told."),
            ("NAME=tcp:HOST:PORT", "Connects to a server there, as soon as a client has come."),
            ("NAME=unix:PATH", "The same, to a Unix socket."),
            ("NAME=exec:COMMAND", "Runs a command, whose input and output it is."),
        ),
    ),
    Section(
        "Examples",
        (
            ("caraway serve --port org.example.echo=echo", "Try a client."),
            (
                "caraway serve --port 'org.example.shell=exec:sh -i' --password-file secret",
                "A shell for who knows the password.",
            ),
            (
                "caraway serve --unix s --name demo --port org.example.api=unix:/run/api",
                "Another program's socket as a port, on a Unix socket.",
            ),
            (
                "caraway serve --listen 127.0.0.1:5900 --webdav-listen 127.0.0.1:9843",
                "The folder that a client shares, for programs of this machine.",
            ),
        ),
    ),
    Section(
        "Environment",
        (("SPICE_PASSWORD", "What clients need, where --password-file is not given."),),
    ),
    Section(
        "Exit codes",
        (
            ("0", "Stopped by Ctrl-C or SIGTERM."),
            ("2", "The command line makes no sense, or the certificate cannot be used."),
            ("10", "An address for clients cannot be listened on."),
            ("30", "One for shared folders cannot be, or the password file cannot be read."),
        ),
    ),
)

FILE = click.Path(dir_okay=False, path_type=Path)
EXISTING = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command(cls=ManualCommand, sections=SECTIONS)
@click.option(
    "--listen",
    multiple=True,
    metavar="HOST:PORT",
    help="Address to listen on, port 0 for a free one. Default: 127.0.0.1:0, without --unix.",
)
@click.option("--unix", multiple=True, type=FILE, help="Listen on a Unix socket.")
@click.option("--cert", type=EXISTING, help="Certificate: TLS on all addresses.")
@click.option("--key", type=EXISTING, help="Its private key. Default: in the same file.")
@click.option("--password-file", type=EXISTING, help="What clients need. Default: nothing.")
@click.option("--name", help="What the virtual machine is called.")
@click.option("--uuid", type=click.UUID, help="Its number.")
@click.option(
    "--clients",
    type=click.IntRange(1),
    default=1,
    show_default=True,
    help="How many at once; one more takes the place of the oldest.",
)
@click.option(
    "--port",
    "ports",
    multiple=True,
    metavar="NAME=WHAT",
    help="A port, and what is at its other end.",
)
@click.option(
    "--webdav-listen",
    multiple=True,
    metavar="HOST:PORT|unix:PATH",
    help="Offer the folder that a client shares here, by WebDAV. May be repeated.",
)
@click.option("--json", "as_json", is_flag=True, help="Print events as JSON, one a line.")
def serve(
    listen: tuple[str, ...],
    unix: tuple[Path, ...],
    cert: Path | None,
    key: Path | None,
    password_file: Path | None,
    name: str | None,
    uuid: UUID | None,
    clients: int,
    ports: tuple[str, ...],
    webdav_listen: tuple[str, ...],
    as_json: bool,
) -> None:
    """Serve SPICE with ports and no display, until Ctrl-C.

    Ports come from local sockets and commands: a server for tests, and for
    clients of others. WebSockets are taken on every address too. With
    --webdav-listen, the folder of whichever client is connected is at that
    address, for any program that speaks WebDAV.
    """
    # Not at the top: the help needs none of it.
    from caraway.cli.serve.run import Serving, run

    serving = Serving(
        listen, unix, cert, key, password_file, name, uuid, clients, ports, webdav_listen
    )
    run(serving, as_json=as_json)
