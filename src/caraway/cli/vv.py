"""``caraway vv``: what connection files say."""

from __future__ import annotations

import json
import ssl
from typing import TYPE_CHECKING

import click

from caraway.cli.connecting import complete_file, read_connection_file
from caraway.cli.manual import Entry, ManualGroup, Section
from caraway.cli.printing import printable
from caraway.errors import ActionFailed, CarawayError

if TYPE_CHECKING:
    from caraway.net.vv import ConnectionFile

__all__ = ["show", "vv"]

CATALOGUE = {
    "Commands": {"show": Entry("caraway.cli.vv:show", "Print what a connection file says.")}
}

SECTIONS = (
    Section(
        "Exit codes",
        (
            ("0", "Done."),
            ("2", "It is no connection file."),
            ("30", "It is one, and nobody can connect with it."),
        ),
    ),
)


@click.group(catalogue=CATALOGUE, sections=SECTIONS, cls=ManualGroup)
def vv() -> None:
    """Look at connection files (.vv), as web consoles hand them out."""


@click.command()
@click.argument("file", shell_complete=complete_file)
@click.option("--reveal", is_flag=True, help="Show passwords.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def show(file: str, reveal: bool, as_json: bool) -> None:
    """Print what the connection file FILE says, and what is wrong with it.

    '-' reads it from standard input. Passwords are hidden. The file is not
    deleted, even if it asks for that.
    """
    read = read_connection_file(file, may_delete=False)
    rows = dict(read.rows())
    if reveal:
        rows.update({name: secret for name, secret in _secrets(read).items() if secret is not None})
    obstacle, problems = _problems(read)
    if as_json:
        click.echo(json.dumps({"keys": rows, "problems": problems}, indent=2))
    else:
        width = max(map(len, rows), default=0)
        for name, value in rows.items():
            click.echo(f"{printable(name):<{width}}  {printable(value)}")
        for problem in problems:
            click.echo(f"{click.style('problem:', fg='yellow')} {printable(problem)}")
    if obstacle is not None:
        raise ActionFailed(f"nobody can connect with this file: {obstacle}", hint=obstacle.hint)


def _secrets(file: ConnectionFile) -> dict[str, str | None]:
    return {
        "password": file.password,
        "proxy": file.proxy,
        "ovirt/jsessionid": file.ovirt_jsessionid,
        "ovirt/sso-token": file.ovirt_sso_token,
    }


def _problems(file: ConnectionFile) -> tuple[CarawayError | None, list[str]]:
    """What makes it useless, and everything that is wrong with it."""
    from caraway.net.tls import parse_subject

    problems = [f"the key '{name}' is not known" for name in file.unknown]
    obstacle: CarawayError | None = None
    try:
        file.endpoint()
        if file.host_subject is not None:
            parse_subject(file.host_subject)
        if file.ca is not None and not _is_certificate(file.ca):
            raise ActionFailed("its ca is no certificate in PEM")
    except CarawayError as error:
        obstacle = error
        problems.append(str(error))
    return obstacle, problems


def _is_certificate(pem: str) -> bool:
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cadata=pem)
    except (ValueError, ssl.SSLError):
        return False
    return True
