"""The lines at the bottom of a terminal that say what is being done."""

from __future__ import annotations

import asyncio
import os
import sys
from collections import deque
from collections.abc import Callable
from typing import Final

from caraway.cli.folders.amounts import format_bytes, format_count, format_transfer
from caraway.cli.folders.course import Served
from caraway.cli.folders.report import Report

__all__ = ["Status"]

#: Seconds from one drawing to the next.
_PERIOD_S: Final = 0.5
#: Drawings that rates look back: slow transfers go in bursts.
_LOOKS_BACK: Final = 6
_WIDTH: Final = 80
#: Transfers that have a line of their own.
_SHOWN: Final = 3


class Status:
    """Draws twice a second what has changed; nothing where no terminal is.

    Args:
        state: What a line of its own says first, such as whether something is connected, and
            where.
    """

    def __init__(
        self, served: Served, report: Report, *, state: Callable[[], str] | None = None
    ) -> None:
        self._served = served
        self._report = report
        self._state = state
        self._timer: asyncio.TimerHandle | None = None
        self._is_finishing = False
        # When, how many requests there had been, and bytes.
        self._before: deque[tuple[float, int, int]] = deque([(0.0, 0, 0)], _LOOKS_BACK)

    def start(self) -> None:
        """Begin to draw, on the event loop that is running."""
        if self._report.has_status:
            self._before[0] = (asyncio.get_running_loop().time(), 0, 0)
            self._draw()

    def finishes(self) -> None:
        """From now on say that what is under way is waited for."""
        self._is_finishing = True

    def stop(self) -> None:
        """Draw no more, and clear the lines."""
        if self._timer is not None:
            self._timer.cancel()
            self._report.show_status("")

    def text(self, now: float) -> str:
        """What to draw: the state, a line of figures, and one for each of some transfers.

        Rates are those of the last drawings, and what stands at the end of a line can be missed:
        it may be cut off.

        Args:
            now: The event loop's time, seconds.
        """
        transfers = self._served.transfers()
        requests = self._report.requests
        moved = self._report.moved + sum(transfer.moved for transfer in transfers)
        begun, requests_then, moved_then = self._before[0]
        elapsed = max(now - begun, 0.001)
        # A transfer that was cut off counts no more: the rate is never below nothing.
        rate = max(0, moved - moved_then) / elapsed
        asked = (requests - requests_then) / elapsed
        self._before.append((now, requests, moved))
        parts = [
            format_count(self._served.connections, "connection"),
            f"{format_count(requests, 'request')}, {asked:.0f}/s",
            f"{format_bytes(rate)}/s",
            f"{format_bytes(moved)} in all",
        ]
        lines = [" · ".join(parts)]
        if self._is_finishing:
            lines.insert(0, "finishing")
        elif self._state is not None:
            lines.insert(0, self._state())
        lines += [f"  {format_transfer(transfer)}" for transfer in transfers[:_SHOWN]]
        if len(transfers) > _SHOWN:
            lines.append(f"  and {len(transfers) - _SHOWN} more")
        return "\n".join(lines)

    def _draw(self) -> None:
        loop = asyncio.get_running_loop()
        width = _width() - 1
        lines = self.text(loop.time()).split("\n")
        self._report.show_status("\n".join(_cut(line, width) for line in lines))
        self._timer = loop.call_later(_PERIOD_S, self._draw)


def _cut(line: str, width: int) -> str:
    return line if len(line) <= width else f"{line[: width - 1]}…"


def _width() -> int:
    try:
        return os.get_terminal_size(sys.stderr.fileno()).columns or _WIDTH
    except OSError:
        return _WIDTH
