"""``caraway agent``: hands everything to :mod:`caraway.agent`, which needs nothing of this."""

from __future__ import annotations

import click

__all__ = ["agent"]


@click.command(
    context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False},
    add_help_option=False,
)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
@click.pass_context
def agent(ctx: click.Context, arguments: tuple[str, ...]) -> None:
    """In a virtual machine: offer the folder that the SPICE client shares as WebDAV."""
    from caraway.agent.command import main

    ctx.exit(main(arguments, "caraway agent"))
