"""The course of a command that shares folders: until Ctrl-C, and then what is under way."""

from __future__ import annotations

import asyncio
import signal
from typing import TYPE_CHECKING, Protocol

from caraway.cli.folders.amounts import format_count, format_transfer
from caraway.cli.folders.report import Report
from caraway.cli.outcome import INTERRUPTED
from caraway.webdav.server.interface import Transfer

if TYPE_CHECKING:
    from caraway.cli.folders.status import Status

__all__ = ["Served", "run_course"]


class Served(Protocol):
    """What answers requests."""

    @property
    def connections(self) -> int:
        """Connections that are open."""

    def transfers(self) -> list[Transfer]:
        """What takes its time just now."""

    async def finish(self) -> None:
        """Answer what is under way, and begin nothing new."""

    async def aclose(self) -> None:
        """End everything now."""


async def run_course(
    served: Served, *, report: Report, status: Status, work: asyncio.Task[None] | None = None
) -> int:
    """Go on until SIGINT or SIGTERM has come; a second one cuts off what is under way.

    Args:
        work: Ends the course, too.

    Returns:
        The exit code: 0, or that of an interruption where transfers were cut off.

    Raises:
        CarawayError: What ``work`` ended with.
    """
    stop, cancel = asyncio.Event(), asyncio.Event()

    def interrupted() -> None:
        (cancel if stop.is_set() else stop).set()

    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, interrupted)
    status.start()
    try:
        await _first(stop, work)
        if work is not None and work.done():
            work.result()
        code = await _finish(served, report, status, cancel)
    finally:
        await served.aclose()
        status.stop()
    report.event("stopped", "")
    return code


async def _finish(served: Served, report: Report, status: Status, cancel: asyncio.Event) -> int:
    finishing = asyncio.ensure_future(served.finish())
    # What is idle closes first.
    await asyncio.sleep(0)
    if transfers := served.transfers():
        _tell_transfers(report, transfers, "finishing", "; Ctrl-C again cuts them off")
    status.finishes()
    await _first(cancel, finishing)
    if finishing.done():
        finishing.result()
        return 0
    finishing.cancel()
    await asyncio.gather(finishing, return_exceptions=True)
    _tell_transfers(report, served.transfers(), "cancelled", "")
    return INTERRUPTED


async def _first(event: asyncio.Event, task: asyncio.Task[None] | None) -> None:
    """Return when one of them has come."""
    waiting = asyncio.ensure_future(event.wait())
    await asyncio.wait(
        {waiting} if task is None else {waiting, task}, return_when=asyncio.FIRST_COMPLETED
    )
    waiting.cancel()


def _tell_transfers(report: Report, transfers: list[Transfer], kind: str, advice: str) -> None:
    lines = "".join(f"\n  {format_transfer(transfer)}" for transfer in transfers)
    report.event(
        kind,
        f"{format_count(len(transfers), 'transfer')}{advice}{lines}",
        transfers=[
            {
                "peer": transfer.peer,
                "method": transfer.method,
                "target": transfer.target,
                "bytes": transfer.moved,
                "size": transfer.size,
            }
            for transfer in transfers
        ],
    )
