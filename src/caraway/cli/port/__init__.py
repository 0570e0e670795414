"""``caraway port``: byte streams between here and a virtual machine."""

from __future__ import annotations

import click

from caraway.cli.connecting import CONNECTING, Where, connecting, exit_codes
from caraway.cli.manual import ManualCommand, Section

__all__ = ["port"]

SECTIONS = (
    CONNECTING,
    Section(
        "Examples",
        (
            ("caraway port spice://localhost:5900", "List the ports."),
            (
                "caraway port vm.vv org.example.console",
                "Use one as a terminal; ^] leaves.",
            ),
            (
                "caraway port vm.vv org.example.log --wait </dev/null >log",
                "Write down what one says, whenever it is open.",
            ),
            (
                "caraway port vm.vv org.example.api --listen unix:/run/user/1000/api",
                "Let another program have it.",
            ),
        ),
    ),
    exit_codes(
        ("0", "Done: left by the escape key, or the port was closed there."),
        ("30", "There is no such port, or it is closed; or listening failed."),
    ),
)


@click.command(cls=ManualCommand, sections=SECTIONS)
@connecting
@click.argument("name", required=False)
@click.option("--wait", is_flag=True, help="Wait for the port to be there and open, and again.")
@click.option(
    "--listen",
    metavar="HOST:PORT|unix:PATH",
    help="Offer it as a local socket, to one program at a time.",
)
@click.option(
    "--quit-after",
    "idle_s",
    type=click.FloatRange(0),
    metavar="SECONDS",
    help="End when the input has ended and the port has been silent for so long.",
)
@click.option(
    "--escape",
    default="^]",
    show_default=True,
    metavar="KEY",
    help="What leaves, on a terminal: '^' and a letter or one of [\\]_, or 'none'.",
)
@click.option("--json", "as_json", is_flag=True, help="List as JSON.")
def port(
    where: Where,
    name: str | None,
    wait: bool,
    listen: str | None,
    idle_s: float | None,
    escape: str,
    as_json: bool,
) -> None:
    """List the ports of a virtual machine, or use the one called NAME.

    NAME becomes standard input and output. A terminal is put into raw mode:
    all keys go to the port, but ^] leaves and ^^ sends a BREAK. From a pipe
    or file, the end of the input ends nothing, as ports cannot be closed one
    way: output goes on until the port is closed in the virtual machine, or as
    --quit-after says.

    Connecting to a server that serves one client disconnects the one it has.
    Ports other than NAME are let go as soon as their names are known.
    """
    # Not at the top: the help needs none of it.
    from caraway.cli.port.run import Wanted, run

    run(where, Wanted(name, wait, listen, idle_s, escape, as_json))
