"""``caraway proto check`` and ``fmt``."""

from __future__ import annotations

import difflib
import json
from pathlib import Path

import click

from caraway.cli.proto.sources import (
    PREFIX,
    compile_named,
    dialect_option,
    read_source,
    write_text,
)
from caraway.errors import ActionFailed, UsageError
from caraway.idl import Severity
from caraway.idl.format import format_source


@click.command()
@click.argument("descriptions", nargs=-1, required=True, metavar="DESCRIPTION…")
@dialect_option
@click.option("--notes", is_flag=True, help="Show notes too: what is legal but worth a look.")
@click.option("--json", "as_json", is_flag=True, help="Print everything found as a JSON list.")
@click.pass_context
def check(
    ctx: click.Context,
    descriptions: tuple[str, ...],
    dialect: int | None,
    notes: bool,
    as_json: bool,
) -> None:
    """Report every error and oddity in DESCRIPTIONs, each with its place and a hint.

    Exits with 0 where there are no errors, else with 30.
    """
    found = [remark for name in descriptions for remark in compile_named(name, dialect).diagnostics]
    if as_json:
        click.echo(json.dumps([remark.to_json() for remark in found], indent=2))
    else:
        for remark in found:
            if notes or remark.severity is not Severity.NOTE:
                click.echo(remark.render())
        click.echo(_summary([remark.severity for remark in found]), err=True)
    if any(remark.severity is Severity.ERROR for remark in found):
        ctx.exit(ActionFailed.exit_code)


def _summary(severities: list[Severity]) -> str:
    counts = []
    for severity in Severity:
        count = severities.count(severity)
        counts.append(f"{count} {severity.value}{'' if count == 1 else 's'}")
    return ", ".join(counts)


@click.command()
@click.argument("descriptions", nargs=-1, required=True, metavar="FILE…")
@click.option("--check", "only_check", is_flag=True, help="Change nothing; exit with 30 if needed.")
@click.option("--diff", "show_diff", is_flag=True, help="Change nothing; show what would change.")
@click.pass_context
def fmt(
    ctx: click.Context, descriptions: tuple[str, ...], only_check: bool, show_diff: bool
) -> None:
    """Rewrite FILEs in the canonical layout, keeping every comment.

    The file ``-`` is standard input; its result goes to standard output.
    """
    pending = 0
    for name in descriptions:
        if name.startswith(PREFIX) and not (only_check or show_diff):
            raise UsageError(f"{name} is not a file to rewrite", hint="use --check or --diff")
        source = read_source(name)
        formatted = format_source(source)
        changed = formatted != source.text
        pending += changed
        if show_diff:
            before, after = source.text.splitlines(True), formatted.splitlines(True)
            click.echo("".join(difflib.unified_diff(before, after, name, name)), nl=False)
        elif only_check:
            if changed:
                click.echo(f"{name}: not in the canonical layout")
        elif name == "-":
            click.echo(formatted, nl=False)
        elif changed:
            write_text(Path(name), formatted)
    if pending and only_check:
        ctx.exit(ActionFailed.exit_code)
