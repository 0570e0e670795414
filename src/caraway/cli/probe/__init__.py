"""``caraway probe``: what there is on the way to a server, and where it ends."""

from __future__ import annotations

import click

from caraway.cli.connecting import CONNECTING, Where, connecting, exit_codes
from caraway.cli.manual import ManualCommand, Section

__all__ = ["probe"]

SECTIONS = (
    CONNECTING,
    Section(
        "Examples",
        (
            ("caraway probe spice://localhost:5900", "See what answers there."),
            ("caraway probe --no-auth vm.vv", "The same, and disturb nobody."),
            (
                "caraway probe --yes --ca-file ca.pem --remember spice+tls://vm.example:5901",
                "Go all the way, and trust that authority for this server from now on.",
            ),
        ),
    ),
    exit_codes(
        ("0", "All stages that were tried went well."),
    ),
)


@click.command(cls=ManualCommand, sections=SECTIONS)
@connecting
@click.option("--no-auth", is_flag=True, help="Stop before authentication: disconnects nobody.")
@click.option("--yes", is_flag=True, help="Do not ask, and go all the way.")
@click.option(
    "--remember",
    is_flag=True,
    help="Keep what makes the server trusted for the next time: --ca-file, --host-subject, or on a "
    "terminal, if you say so, its public key.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_context
def probe(
    ctx: click.Context, where: Where, no_auth: bool, yes: bool, remember: bool, as_json: bool
) -> None:
    """Go the way to a session stage by stage, and say what is found.

    The stages: resolve, tcp (or unix), proxy, tls, websocket, link,
    authentication, main, channels, agent, ports. Where one fails, it says why
    and what to do; those behind it are not reached.

    A server that serves one client disconnects the one it has as soon as
    another has proved who it is. So what comes after 'link' is asked for on a
    terminal, and else tried with --yes only.
    """
    # Not at the top: the help needs none of it.
    from caraway.cli.probe.run import run

    ctx.exit(run(where, no_auth=no_auth, yes=yes, remember=remember, as_json=as_json))
