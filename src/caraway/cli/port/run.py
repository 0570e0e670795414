"""Runs ``caraway port``: lists, or joins a port to something here."""

from __future__ import annotations

import asyncio
import json
import math
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial

import click

from caraway.cli.addresses import parse_address
from caraway.cli.connecting import Target, Where, read_target
from caraway.cli.port.joined import Joined
from caraway.cli.port.lasting import LastingPort
from caraway.cli.port.outlet import Outlet
from caraway.cli.port.terminal import Keys, Output, StandardInput, caret, parse_key, raw_terminal
from caraway.cli.printing import note, printable
from caraway.cli.session import in_session, with_port
from caraway.client import Port, Session
from caraway.errors import UsageError

__all__ = ["Wanted", "run"]

PortUser = Callable[[LastingPort], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be done.

    Attributes:
        name: Of the port; None to list them.
        idle_s: How long to wait behind the end of the input; None for ever.
    """

    name: str | None
    wait: bool = False
    listen: str | None = None
    idle_s: float | None = None
    escape: str = "^]"
    as_json: bool = False


def run(where: Where, wanted: Wanted) -> None:
    """List the ports, or use one until it or the session ends.

    Raises:
        UsageError: The options make no sense.
        ActionFailed: There is no such port, or it is closed.
        CarawayError: The session did not come about, or ended.
    """
    if wanted.name is None:
        for is_given, option in (
            (wanted.wait, "--wait"),
            (wanted.listen is not None, "--listen"),
            (wanted.idle_s is not None, "--quit-after"),
        ):
            if is_given:
                raise UsageError(f"{option} needs the NAME of a port")
        work = partial(_list, as_json=wanted.as_json)
        asyncio.run(in_session(read_target(where), work))
        return
    if wanted.as_json:
        raise UsageError("--json is for the list of ports", hint="leave out --json or NAME")
    escape = parse_key(wanted.escape)
    if wanted.listen is not None:
        address = parse_address(wanted.listen)
        target = read_target(where)

        async def offer(port: LastingPort) -> None:
            await Outlet(port).run(address)

        asyncio.run(_use(target, wanted, wanted.name, offer))
        return
    target = read_target(where)
    user = partial(_join, escape=escape, idle_s=wanted.idle_s)
    asyncio.run(_use(target, wanted, wanted.name, user))


async def _list(session: Session, *, as_json: bool) -> None:
    ports = sorted(session.ports.values(), key=lambda each: (each.kind, each.number))
    if as_json:
        rows = [
            {"name": each.name, "kind": each.kind, "number": each.number, "open": each.is_open}
            for each in ports
        ]
        click.echo(json.dumps(rows, indent=2))
        return
    for each in ports:
        state = "open" if each.is_open else "closed"
        click.echo(f"{state:<8}{each.kind:<8}{printable(each.name)}")
    if not ports:
        note("the server has no ports")


async def _use(target: Target, wanted: Wanted, name: str, user: PortUser) -> None:
    async def choose(session: Session) -> Port:
        if wanted.wait:
            return await session.wait_port(name, timeout_s=math.inf)
        return session.port(name)

    async def use(port: Port) -> None:
        lasting = LastingPort(port, survives=wanted.wait or wanted.listen is not None)
        await lasting.begin()
        await user(lasting)

    await with_port(target, choose, use)


async def _join(port: LastingPort, *, escape: int | None, idle_s: float | None) -> None:
    """Join it to standard input and output until one of them is over."""
    source, sink = StandardInput(sys.stdin.fileno()), Output(sys.stdout.fileno())
    with raw_terminal() as is_raw:
        if is_raw and escape is not None:
            note(f"connected to {printable(port.port.name)}; {caret(escape)} leaves")
        joined = Joined(port, source, sink, Keys(escape) if is_raw else None)
        await joined.run(idle_s=idle_s)
