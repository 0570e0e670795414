"""``caraway proto build``, ``doc``, ``dissector``, ``enums`` and ``model``."""

from __future__ import annotations

import json
from keyword import iskeyword
from pathlib import Path
from typing import Final

import click

from caraway.cli.proto.sources import BUILTIN, dialect_option, load, output_option, write_text
from caraway.errors import ActionFailed, UsageError
from caraway.idl import Description
from caraway.idl.backends import cheader, jsonmodel, markdown, python
from caraway.idl.backends import dissector as lua
from caraway.idl.features import select

#: Where the built-in descriptions' classes and pages live in the source tree.
_PACKAGE: Final = "caraway.messages._generated"
_PAGES: Final = Path("docs/protocol")

check_option = click.option(
    "--check", is_flag=True, help="Write nothing; exit with 30 where files are not current."
)

undefine_option = click.option(
    "--undefine",
    multiple=True,
    metavar="FEATURE",
    help="Leave out what depends on this @ifdef feature. May be repeated.",
)


@click.command()
@click.argument("description", required=False)
@click.option(
    "-o",
    "--output",
    type=click.Path(file_okay=False, path_type=Path),
    help="The package's folder; it is made if need be.",
)
@click.option("--package", help="The package's import name. Default: the folder's name.")
@dialect_option
@undefine_option
@check_option
@click.pass_context
def build(
    ctx: click.Context,
    description: str | None,
    output: Path | None,
    package: str | None,
    dialect: int | None,
    undefine: tuple[str, ...],
    check: bool,
) -> None:
    """Make a package of typed message classes from DESCRIPTION.

    Without DESCRIPTION it makes caraway's own classes, from all built-in
    descriptions, in its source tree.
    """
    if description is None:
        if output or package or undefine or dialect:
            raise UsageError("options say how to build, but there is no DESCRIPTION")
        home = Path(__file__).resolve().parents[2] / "messages" / "_generated"
        made = {home / "__init__.py": '"""Made by \'caraway proto build\'; do not edit."""\n'}
        for name in BUILTIN:
            model = load(f"builtin:{name}")
            rendered = python.render(model, package=f"{_PACKAGE}.{name}", source=f"{name}.proto")
            made |= {home / name / file: text for file, text in rendered.items()}
        _settle(ctx, made, check=check, command="caraway proto build", sweep=home)
        return
    if output is None:
        raise UsageError("no folder to write to", hint="name one with --output")
    model = select(load(description, dialect), undefined=undefine)
    package = package or output.resolve().name
    if not all(part.isidentifier() and not iskeyword(part) for part in package.split(".")):
        raise UsageError(f"Python cannot import '{package}'", hint="name it with --package")
    rendered = python.render(model, package=package, source=Path(model.source.name).name)
    made = {output / file: text for file, text in rendered.items()}
    _settle(ctx, made, check=check, command="caraway proto build")


@click.command()
@click.argument("description", required=False)
@output_option
@dialect_option
@undefine_option
@check_option
@click.pass_context
def doc(
    ctx: click.Context,
    description: str | None,
    output: Path | None,
    dialect: int | None,
    undefine: tuple[str, ...],
    check: bool,
) -> None:
    """Write the reference of DESCRIPTION in Markdown.

    Without DESCRIPTION it writes the pages of all built-in descriptions, in
    docs/protocol below the current folder.
    """
    if description is None:
        if output or undefine or dialect:
            raise UsageError("options say how to write, but there is no DESCRIPTION")
        pages = {
            _PAGES / f"{name}.md": markdown.render(load(f"builtin:{name}")) for name in BUILTIN
        }
        _settle(ctx, pages, check=check, command="caraway proto doc")
        return
    text = markdown.render(select(load(description, dialect), undefined=undefine))
    if check and output is not None:
        _settle(ctx, {output: text}, check=True, command="caraway proto doc")
    else:
        write_text(output, text)


def _settle(
    ctx: click.Context,
    made: dict[Path, str],
    *,
    check: bool,
    command: str,
    sweep: Path | None = None,
) -> None:
    """Write files that are not current, or only name them; remove what ``sweep`` has too many."""
    stale = [path for path, text in made.items() if _content(path) != text.encode()]
    extra = [path for path in sweep.rglob("*.py") if path not in made] if sweep else []
    if check:
        for path in stale:
            click.echo(f"{path} is not current")
        for path in extra:
            click.echo(f"{path} is not made from any description")
        if stale or extra:
            click.echo(f"run '{command}' and commit the result", err=True)
            ctx.exit(ActionFailed.exit_code)
        return
    for path in stale:
        write_text(path, made[path])
    for path in extra:
        path.unlink()
        click.echo(f"removed {path}", err=True)
    click.echo(f"{len(made) - len(stale)} of {len(made)} files were current", err=True)


def _content(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None


@click.command()
@click.argument("description", default="builtin:spice")
@output_option
@dialect_option
def dissector(description: str, output: Path | None, dialect: int | None) -> None:
    """Write a Wireshark dissector called caraway_spice for DESCRIPTION.

    It follows the link stage and both kinds of data header, names every
    message and field, and takes the WebDAV channel's frames apart.
    """
    link, mux = load("builtin:link"), load("builtin:mux")
    write_text(output, lua.render(load(description, dialect), link=link, mux=mux))


@click.command()
@click.argument("description", default="builtin:spice")
@output_option
@dialect_option
@undefine_option
@click.option(
    "--prefix",
    default="",
    help="Put in front of every constant. Without it they have upstream's own names.",
)
def enums(
    description: str,
    output: Path | None,
    dialect: int | None,
    undefine: tuple[str, ...],
    prefix: str,
) -> None:
    """Write a C header with the enums of DESCRIPTION and its channel and message numbers."""
    model = select(load(description, dialect), undefined=undefine)
    write_text(output, cheader.render(model, prefix=prefix))


@click.command()
@click.argument("description", default="builtin:spice")
@output_option
@dialect_option
def model(description: str, output: Path | None, dialect: int | None) -> None:
    """Write everything that is known of DESCRIPTION as JSON, for other tools."""
    write_text(output, _json(load(description, dialect)))


def _json(description: Description) -> str:
    return json.dumps(jsonmodel.to_json(description), indent=2, ensure_ascii=False) + "\n"
