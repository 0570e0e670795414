"""The root of the ``caraway`` command, and its entry point."""

from __future__ import annotations

import sys
from typing import NoReturn

import click

from caraway import __version__
from caraway.cli.manual import Entry, ManualGroup, Section
from caraway.cli.outcome import PROGRAM, execute
from caraway.cli.platforms import limitation

__all__ = ["root", "run"]

CATALOGUE = {
    "Protocol": {
        "proto": Entry(
            "caraway.cli.proto:proto",
            "Compile, compare and document protocol descriptions; decode and encode messages.",
        ),
    },
    "Connections": {
        "probe": Entry(
            "caraway.cli.probe:probe", "Go the way to a server stage by stage; say where it ends."
        ),
        "port": Entry(
            "caraway.cli.port:port", "List ports; use one as standard input and output, or socket."
        ),
        "qmp": Entry("caraway.cli.qmp:qmp", "Talk to QEMU's monitor through a port."),
        "serve": Entry("caraway.cli.serve:serve", "Serve SPICE: ports from sockets and commands."),
        "vv": Entry("caraway.cli.vv:vv", "Show what a connection file says."),
    },
    "Folders": {
        "share": Entry(
            "caraway.cli.share:share", "Share folders with a virtual machine, through SPICE."
        ),
        "dav": Entry("caraway.cli.dav:dav", "Serve folders by WebDAV; set passwords for them."),
        "agent": Entry(
            "caraway.cli.agent:agent", "In a virtual machine: offer what the client shares."
        ),
    },
    "Shell": {
        "completion": Entry(
            "caraway.cli.completion:completion", "Print a completion script for a shell."
        ),
    },
}

SECTIONS = (
    Section(
        "Examples",
        (
            (
                "caraway proto check mine.proto",
                "Report every error in a protocol description.",
            ),
            (
                "caraway proto diff old.proto new.proto",
                "Tell whether two descriptions are the same on the wire, and why not.",
            ),
            (
                "caraway proto decode --jsonl < messages.jsonl",
                "Decode SPICE messages, one JSON object on each line.",
            ),
            (
                "caraway probe spice://localhost:5900",
                "See what is on the way to a virtual machine, and where it ends.",
            ),
            (
                "caraway qmp vm.vv query-status",
                "Ask QEMU's monitor something.",
            ),
            (
                "caraway share --to spice://localhost:5900 ~/Public",
                "Let a virtual machine read a folder.",
            ),
            ("caraway dav ~/Public", "Let programs on this machine read a folder by WebDAV."),
            (
                'eval "$(caraway completion bash)"',
                "Complete caraway's commands in this shell.",
            ),
        ),
    ),
    Section(
        "Environment",
        (
            ("NO_COLOR", "Set to anything: no colours. There are none outside a terminal either."),
            ("SPICE_PASSWORD", "The password of the server; or --password-file."),
            ("SPICE_PROXY", "The proxy to go through; or --proxy."),
            ("CARAWAY_DEBUG", "Set to anything: errors come with their Python traceback."),
        ),
    ),
    Section(
        "Exit codes",
        (
            ("0", "Done."),
            ("1", "Something unexpected: a bug in caraway."),
            ("2", "The command line makes no sense."),
            ("3", "Authentication was refused."),
            ("10", "Connecting failed."),
            ("11", "TLS failed: handshake or certificate."),
            ("12", "Another client has taken over the session."),
            ("20", "The peer, or the data given, broke the protocol."),
            ("30", "The action was tried and failed."),
            ("40", "The deadline has passed."),
            ("130", "Interrupted with Ctrl-C."),
            ("141", "The reader of the output has gone away."),
        ),
    ),
    Section(
        "More",
        (
            ("caraway COMMAND --help", "The manual of a command; its own exit codes stand there."),
            ("docs/", "In the source tree: the protocol reference and the decisions behind it."),
        ),
    ),
)


LIMITATION = limitation(sys.platform)


@click.group(
    PROGRAM,
    cls=ManualGroup,
    catalogue=CATALOGUE,
    sections=SECTIONS,
    remarks=() if LIMITATION is None else (LIMITATION,),
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(__version__, message="%(prog)s %(version)s")
def root() -> None:
    """caraway is SPICE for Python.

    SPICE is the remote-desktop protocol of QEMU's virtual machines. caraway
    connects to them, serves clients, carries byte streams both ways, and
    shares folders with them. It describes the protocol in the protocol's own
    language, compiles the description into Python, a Wireshark dissector, C
    constants and documentation, and turns messages into values and back.

    Results are printed on stdout, everything else on stderr.
    """


def run() -> NoReturn:
    """Run ``caraway`` with the arguments of the process, then exit with the code of its outcome."""
    sys.exit(execute(root, sys.argv[1:]))
