"""``caraway share``: folders into a virtual machine."""

from __future__ import annotations

import click

from caraway.cli.connecting import CONNECTING, Where, connecting_to, exit_codes
from caraway.cli.folders.options import (
    Logging,
    Sharing,
    allow_host_option,
    logging_options,
    sharing_options,
)
from caraway.cli.manual import ManualCommand, Section

__all__ = ["share"]

SECTIONS = (
    CONNECTING,
    Section(
        "Examples",
        (
            ("caraway share ~/Public", "Try it without a virtual machine."),
            (
                "caraway share --to spice://localhost:5900 ~/Public",
                "A virtual machine may read a folder.",
            ),
            (
                "caraway share --to vm.vv --write docs=/srv/docs pictures=/srv/pictures",
                "Two folders under one address, to be changed as well.",
            ),
        ),
    ),
    Section(
        "In the virtual machine",
        (
            (
                "the port",
                "It has to have one called org.spice-space.webdav.0: a spiceport channel.",
            ),
            ("the agent", "caraway agent or spice-webdavd, which brings requests to the port."),
            ("the URL", "http://localhost:9843/, unless the agent was told otherwise."),
        ),
    ),
    exit_codes(
        ("0", "Stopped by Ctrl-C or SIGTERM; what was under way has been finished."),
        ("2", "The command line makes no sense."),
        ("30", "A folder cannot be opened, or another client of the server shares one."),
        ("130", "Stopped by a second Ctrl-C, which cut transfers off."),
    ),
)


@click.command(cls=ManualCommand, sections=SECTIONS)
@sharing_options
@connecting_to
@click.option(
    "--insist",
    is_flag=True,
    help="Take the session back when another client took it; keep trying from the beginning.",
)
@allow_host_option
@logging_options
@click.pass_context
def share(
    ctx: click.Context,
    logging: Logging,
    where: Where | None,
    sharing: Sharing,
    insist: bool,
    allow_host: tuple[str, ...],
) -> None:
    """Share folders with a virtual machine, until Ctrl-C.

    A single FOLDER is the root of what is shared; several are its members,
    each by its NAME or by its own. The virtual machine can read only, unless
    --write is given. Without --to, a server and an agent of our own take the
    place of the virtual machine: the URL is printed.

    A server that is gone is tried again, later each time. One that serves one
    client disconnects us when another one comes: that ends the command, unless
    it is told to --insist. Ctrl-C lets transfers that are under way finish, a
    second one ends them.
    """
    # Not at the top: the help needs none of it.
    from caraway.cli.share.run import run

    ctx.exit(run(sharing, where, logging, insists=insist, allow_host=allow_host))
