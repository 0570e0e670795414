"""``caraway proto diff``."""

from __future__ import annotations

import json

import click

from caraway.cli.proto.sources import dialect_option, load
from caraway.idl.diff import compare, verdict

_WORDS = {0: "identical", 1: "compatible", 2: "breaking"}


@click.command()
@click.argument("old")
@click.argument("new")
@dialect_option
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
@click.pass_context
def diff(ctx: click.Context, old: str, new: str, dialect: int | None, as_json: bool) -> None:
    """Tell how description NEW differs from OLD on the wire, change by change, with reasons.

    Exits with 0 where they are identical, 1 where peers of both kinds understand
    each other, 2 where they do not.
    """
    changes = compare(load(old, dialect), load(new, dialect))
    result = verdict(changes)
    if as_json:
        report = {"verdict": _WORDS[result], "changes": [change.to_json() for change in changes]}
        click.echo(json.dumps(report, indent=2))
    else:
        for change in changes:
            click.echo(f"{change.severity}: {change.where}: {change.what}\n  {change.why}")
        click.echo(_WORDS[result])
    ctx.exit(result)
