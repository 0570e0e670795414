"""A conversation with a monitor on a terminal: prompt, history, completion."""

from __future__ import annotations

import asyncio
import readline
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from caraway.cli.connecting import Target
from caraway.cli.printing import note
from caraway.cli.qmp.command import Command, parse_line
from caraway.cli.qmp.monitor import Monitor
from caraway.errors import ActionFailed, ClosedError, UsageError

if TYPE_CHECKING:
    from caraway.cli.qmp.run import Printer

__all__ = ["converse"]

_PROMPT = "(QEMU) "


def converse(target: Target, name: str | None, printer: Printer) -> None:
    """Ask for commands until the input ends; a command that fails ends nothing.

    Connecting happens in this thread, which may ask for a password. Then the
    event loop goes into another one: the server wants answers while we wait
    for the user.

    Raises:
        CarawayError: The session did not come about, or ended.
    """
    from caraway.cli.qmp.run import with_monitor

    with asyncio.Runner() as runner:
        loop = runner.get_loop()
        ready: asyncio.Future[Monitor] = loop.create_future()
        stop = asyncio.Event()

        async def use(monitor: Monitor) -> None:
            ready.set_result(monitor)
            await stop.wait()

        async def connect() -> asyncio.Task[None]:
            work = asyncio.create_task(with_monitor(target, name, printer, use))
            both: set[asyncio.Future[Any]] = {work, ready}
            await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
            if work.done():
                work.result()
            return work

        async def finish(work: asyncio.Task[None]) -> None:
            stop.set()
            await work

        work = runner.run(connect())
        monitor = ready.result()
        thread = threading.Thread(target=loop.run_forever, name="session", daemon=True)
        thread.start()

        def execute(command: Command) -> Any:
            if work.done():
                raise _Over
            future = asyncio.run_coroutine_threadsafe(monitor.execute(command), loop)
            try:
                return future.result()
            except KeyboardInterrupt:
                future.cancel()
                raise

        try:
            _ask(monitor, execute, printer)
        except _Over:
            note("the session is over")
        finally:
            loop.call_soon_threadsafe(loop.stop)
            thread.join()
        runner.run(finish(work))


class _Over(Exception):
    """The session has ended meanwhile."""


def _ask(monitor: Monitor, execute: Callable[[Command], Any], printer: Printer) -> None:
    names = [each["name"] for each in execute({"execute": "query-commands"})]
    readline.set_completer(_completer(sorted(names)))
    readline.parse_and_bind("tab: complete")
    readline.set_completer_delims(" ")
    version = monitor.greeting.get("version", {}).get("qemu", {})
    shown = ".".join(str(version.get(each, "?")) for each in ("major", "minor", "micro"))
    note(f"QEMU {shown}, {len(names)} commands; Tab completes, Ctrl-D leaves")
    while True:
        try:
            line = input(_PROMPT)
        except EOFError:
            click.echo(err=True)
            return
        except KeyboardInterrupt:
            # As in a shell: away with the line.
            click.echo(err=True)
            continue
        try:
            command = parse_line(line)
            if command is not None:
                printer.answer(execute(command))
        except ClosedError:
            raise
        except (ActionFailed, UsageError) as error:
            click.echo(f"{click.style('error:', fg='red')} {error}", err=True)
        except KeyboardInterrupt:
            click.echo(err=True)


def _completer(names: list[str]) -> Callable[[str, int], str | None]:
    def complete(text: str, state: int) -> str | None:
        if readline.get_begidx():
            return None
        found = [name for name in names if name.startswith(text)]
        return f"{found[state]} " if state < len(found) else None

    return complete
