"""The line at the bottom of a terminal that says what a server is doing."""

from __future__ import annotations

import asyncio
import os
import sys

from caraway.cli.dav.amounts import format_bytes, format_count, format_transfer
from caraway.cli.dav.report import Report
from caraway.webdav.server.listen import Server

__all__ = ["Status"]

#: Seconds from one drawing to the next.
_PERIOD_S = 0.5
_WIDTH = 80


class Status:
    """Draws the line twice a second while it changes; nothing where no terminal is."""

    def __init__(self, server: Server, report: Report) -> None:
        self._server = server
        self._report = report
        self._timer: asyncio.TimerHandle | None = None
        self._is_finishing = False
        self._at = 0.0
        self._requests = 0
        self._moved = 0

    def start(self) -> None:
        """Begin to draw, on the event loop that is running."""
        if self._report.has_status:
            self._at = asyncio.get_running_loop().time()
            self._draw()

    def finishes(self) -> None:
        """From now on say which transfers are waited for."""
        self._is_finishing = True

    def stop(self) -> None:
        """Draw no more, and clear the line."""
        if self._timer is not None:
            self._timer.cancel()
            self._report.show_status("")

    def text(self, now: float) -> str:
        """The line; rates are since the last one.

        Args:
            now: The event loop's time, seconds.
        """
        transfers = self._server.transfers()
        if self._is_finishing and transfers:
            more = f", and {len(transfers) - 1} more" if len(transfers) > 1 else ""
            return f"finishing {format_transfer(transfers[0])}{more}"
        requests = self._report.requests
        moved = self._report.moved + sum(transfer.moved for transfer in transfers)
        elapsed = max(now - self._at, 0.001)
        # A transfer that was cut off counts no more: the rate is never below nothing.
        rate = max(0, moved - self._moved) / elapsed
        asked = (requests - self._requests) / elapsed
        self._at, self._requests, self._moved = now, requests, moved
        connections = format_count(self._server.connections, "connection")
        return (
            f"{connections} · {asked:.0f} requests/s · "
            f"{format_bytes(rate)}/s · {format_bytes(moved)} in all"
        )

    def _draw(self) -> None:
        loop = asyncio.get_running_loop()
        self._report.show_status(self.text(loop.time())[: _width() - 1])
        self._timer = loop.call_later(_PERIOD_S, self._draw)


def _width() -> int:
    try:
        return os.get_terminal_size(sys.stderr.fileno()).columns or _WIDTH
    except OSError:
        return _WIDTH
