"""``caraway qmp``: QEMU's monitor, through a port."""

from __future__ import annotations

import click

from caraway.cli.connecting import CONNECTING, Where, connecting, exit_codes
from caraway.cli.manual import ManualCommand, Section

__all__ = ["qmp"]

SECTIONS = (
    CONNECTING,
    Section(
        "Examples",
        (
            ("caraway qmp spice://localhost:5900 query-status", "Ask for something."),
            (
                "caraway qmp vm.vv screendump filename=/tmp/screen.ppm",
                "A command with an argument.",
            ),
            (
                'caraway qmp vm.vv \'{"execute": "device_del", "arguments": {"id": "usb1"}}\'',
                "The same, as QEMU has it.",
            ),
            ("caraway qmp vm.vv --events", "Print what happens, until Ctrl-C."),
            ("caraway qmp vm.vv", "Ask and answer; Ctrl-D leaves."),
        ),
    ),
    exit_codes(
        ("0", "The command was carried out."),
        ("30", "QEMU refused it, or there is no monitor."),
    ),
)


@click.command(cls=ManualCommand, sections=SECTIONS)
@connecting
@click.argument("command", metavar="[JSON|COMMAND [KEY=VALUE]...]", nargs=-1)
@click.option(
    "--port",
    "name",
    metavar="NAME",
    help="The monitor's port. Default: the first that begins with 'org.qemu.monitor.qmp'.",
)
@click.option("--events", is_flag=True, help="Print QEMU's events too, each as a line of JSON.")
@click.option("--json", "as_json", is_flag=True, help="Print answers as a line of JSON each.")
def qmp(
    where: Where, command: tuple[str, ...], name: str | None, events: bool, as_json: bool
) -> None:
    """Give a command to QEMU's monitor and print what it returns.

    QEMU has to have a monitor on a port: -chardev
    spiceport,id=q,name=org.qemu.monitor.qmp.0 -mon chardev=q,mode=control

    Values of arguments are JSON where they are that, else text; a.b=1 sets b
    in the object a. Without a command, lines of standard input are commands;
    with --events alone, events are printed until Ctrl-C.

    Connecting to a server that serves one client disconnects the one it has.
    """
    # Not at the top: the help needs none of it.
    from caraway.cli.qmp.run import run

    run(where, command, name=name, events=events, as_json=as_json)
