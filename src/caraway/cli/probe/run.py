"""Runs a probe and prints what it finds, each stage as soon as it is over."""

from __future__ import annotations

import asyncio
import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import cast
from uuid import UUID

import click

from caraway.cli.connecting import Target, Where, read_target
from caraway.cli.printing import note, printable
from caraway.cli.probe.examine import examine, fingerprint
from caraway.cli.probe.report import Report, StageReport
from caraway.client.settings import ServerSettings, Settings, address_of
from caraway.errors import UsageError
from caraway.net.endpoint import TLSSettings
from caraway.net.tls import Certificate

__all__ = ["run"]

_COLORS = {"ok": "green", "failed": "red"}
#: Where what was found begins.
_INDENT = 39


def run(where: Where, *, no_auth: bool, yes: bool, remember: bool, as_json: bool) -> int:
    """Probe a server.

    Returns:
        The exit code: that of the stage that failed, or 0.

    Raises:
        UsageError: The options make no sense.
        ActionFailed: A file cannot be read or written.
    """
    if no_auth and yes:
        raise UsageError("--no-auth and --yes contradict each other", hint="leave one of them out")
    target = read_target(where)
    if remember and not target.endpoint.has_tls:
        raise UsageError(
            f"{target.endpoint.describe()} has no certificate to remember",
            hint="leave --remember out, or give the address of its TLS port",
        )
    report = _probe(target, no_auth=no_auth, yes=yes, as_json=as_json)
    if remember and report.refused is not None and _trusts(report.refused):
        tls = TLSSettings(public_key=report.refused.public_key)
        target = replace(target, endpoint=replace(target.endpoint, tls=tls))
        report = _probe(target, no_auth=no_auth, yes=yes, as_json=as_json)
    if as_json:
        click.echo(json.dumps(report.as_dict(), indent=2))
    if report.error is not None:
        return report.error.exit_code
    if remember:
        _remember(target, report)
    return 0


def _probe(target: Target, *, no_auth: bool, yes: bool, as_json: bool) -> Report:
    def may_authenticate() -> bool:
        if no_auth:
            return False
        if yes:
            return True
        if _is_terminal():
            question = "Going on disconnects a client that is connected. Go on?"
            return click.confirm(question, err=True)
        note("stopped where a client that is connected would be disconnected; --yes goes on")
        return False

    report = Report(target.endpoint, on_settled=None if as_json else _print_stage)
    asyncio.run(examine(target, report, may_authenticate=may_authenticate))
    return report


def _trusts(certificate: Certificate) -> bool:
    """Whether the user knows the server by its key; nobody else can say."""
    if not _is_terminal():
        return False
    key = fingerprint(certificate.public_key)
    note(f"the server's certificate is not trusted; its public key is {key}")
    return click.confirm("Trust this key for this server from now on?", err=True)


def _is_terminal() -> bool:
    return sys.stdin.isatty() and sys.stderr.isatty()


def _print_stage(stage: StageReport) -> None:
    elapsed = "" if stage.elapsed_s is None else f"{stage.elapsed_s * 1000:.1f} ms"
    first, *rest = stage.found or [""]
    behind = f"{'':{12 - len(stage.state)}}{elapsed:>10}  {printable(first)}".rstrip()
    state = click.style(stage.state, fg=_COLORS.get(stage.state))
    click.echo(f"{stage.name:<15}{state}{behind}")
    for line in rest:
        click.echo(f"{'':{_INDENT}}{printable(line)}")


def _remember(target: Target, report: Report) -> None:
    settings = Settings()
    main = report.stages["main"].facts
    uuid = cast("str | None", main.get("uuid"))
    if uuid is not None and not UUID(uuid).int:
        # QEMU's word for none: many machines have it.
        uuid = None
    address = address_of(target.endpoint)
    servers = settings.read()
    if uuid is None:
        known = settings.find(address=address) or ServerSettings(address)
    else:
        # What is known by the address alone is this one's; what is known of another there is not.
        known = servers.get(uuid) or servers.get(address) or ServerSettings(uuid)
    key = uuid or known.key
    tls = target.endpoint.tls
    ca = tls.ca_pem
    if tls.ca_file is not None:
        ca = Path(tls.ca_file).read_text("utf-8", "replace")
    server = replace(
        known,
        key=key,
        name=cast("str | None", main.get("vm_name")) or known.name,
        addresses=tuple(dict.fromkeys((*known.addresses, address))) if uuid else known.addresses,
        ca=ca,
        host_subject=tls.host_subject,
        public_key=tls.public_key,
    )
    settings.remember(server)
    note(f"remembered in {settings.path}")
