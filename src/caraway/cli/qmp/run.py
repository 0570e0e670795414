"""Runs ``caraway qmp``: one command, lines of them, or a conversation."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from typing import Any

import click

from caraway.cli.connecting import Target, Where, read_target
from caraway.cli.port.terminal import StandardInput
from caraway.cli.printing import printable, printable_lines
from caraway.cli.qmp.command import parse_line, parse_words
from caraway.cli.qmp.monitor import Monitor
from caraway.cli.session import with_port
from caraway.client import Port, Session
from caraway.errors import ClosedError, DeadlineExceeded, UsageError

__all__ = ["PREFIX", "Printer", "run", "with_monitor"]

#: What monitors on ports are called, by convention.
PREFIX = "org.qemu.monitor.qmp"


def run(
    where: Where, words: Sequence[str], *, name: str | None, events: bool, as_json: bool
) -> None:
    """Give commands to a monitor and print what comes of them.

    Raises:
        UsageError: A command makes no sense.
        ActionFailed: QEMU refuses one, or there is no monitor.
        CarawayError: The session did not come about, or ended.
    """
    command = parse_words(words) if words else None
    target = read_target(where)
    printer = Printer(as_json=as_json, events=events)
    if command is None and sys.stdin.isatty():
        # Not at the top: readline is for terminals.
        from caraway.cli.qmp.conversation import converse

        converse(target, name, printer)
        return

    async def use(monitor: Monitor) -> None:
        if command is not None:
            printer.answer(await monitor.execute(command))
            return
        async for line in _lines():
            if (each := parse_line(line)) is not None:
                printer.answer(await monitor.execute(each))
        if events:
            await monitor.watch()

    asyncio.run(with_monitor(target, name, printer, use))


class Printer:
    """Prints answers and events on standard output.

    Args:
        as_json: Answers as a line of JSON each.
        events: Whether events are printed.
    """

    def __init__(self, *, as_json: bool, events: bool) -> None:
        self._as_json = as_json
        self._events = events

    def answer(self, value: Any) -> None:
        """What a command returned; text as it is, but for what could harm a terminal."""
        if self._as_json:
            click.echo(json.dumps(value))
        elif isinstance(value, str):
            click.echo(printable_lines(value.rstrip("\r\n")))
        else:
            click.echo(json.dumps(value, indent=2))

    def event(self, event: dict[str, Any]) -> None:
        """Something that happened."""
        if self._events:
            click.echo(json.dumps(event))


async def with_monitor(
    target: Target,
    name: str | None,
    printer: Printer,
    use: Callable[[Monitor], Coroutine[Any, Any, None]],
) -> None:
    """Do something with the monitor on a port.

    Args:
        name: Of the port; None for the first that is called like one.

    Raises:
        CarawayError: There is none, or the session ended, or what ``use`` raises.
    """

    async def choose(session: Session) -> Port:
        return session.port(name) if name is not None else _first_monitor(session)

    async def talk(port: Port) -> None:
        monitor = Monitor(port, on_event=printer.event)
        try:
            async with asyncio.timeout(target.timeout_s):
                await monitor.begin()
        except TimeoutError:
            raise DeadlineExceeded(
                f"port '{printable(port.name)}' has not greeted within {target.timeout_s:g} s",
                hint="is it a monitor with mode=control? another program may use it",
            ) from None
        try:
            await use(monitor)
        finally:
            await monitor.aclose()

    await with_port(target, choose, talk)


def _first_monitor(session: Session) -> Port:
    ports = sorted(session.ports.values(), key=lambda port: port.number)
    for port in ports:
        if port.name.startswith(PREFIX):
            return port
    names = ", ".join(printable(port.name) for port in ports) or "none"
    raise ClosedError(
        f"no port of the virtual machine begins with '{PREFIX}'",
        hint=f"its ports: {names}; choose by --port",
    )


async def _lines() -> AsyncIterator[str]:
    """The lines of standard input."""
    source = StandardInput(sys.stdin.fileno())
    kept = b""
    while data := await source.read():
        *lines, kept = (kept + data).split(b"\n")
        for line in lines:
            yield _decode(line)
    if kept:
        yield _decode(kept)


def _decode(line: bytes) -> str:
    try:
        return line.decode()
    except UnicodeDecodeError:
        raise UsageError("a line of standard input is not UTF-8") from None
