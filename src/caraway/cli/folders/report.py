"""Where commands that share folders say what happens: events, the access log, a status."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import sys
import time
from collections.abc import Callable, Iterator
from typing import TextIO

from caraway.cli.folders.accesslog import CommonLines, json_line
from caraway.cli.folders.options import Logging
from caraway.errors import ActionFailed
from caraway.webdav.server.interface import Exchange

__all__ = ["Report", "Warnings", "reporting"]

#: Lines of the access log are written together, at the latest after this many seconds.
_GATHER_S = 0.1
#: To the left, and away with the line; with all from here on.
_CLEAR = "\r\x1b[K"
_CLEAR_ALL = "\r\x1b[J"


class Report:
    """Says what happens.

    Events go to standard error as text, or to standard output as JSON. The
    access log goes where it was asked to go; what shares a terminal with the
    status line is written above it.

    Attributes:
        has_status: There is a terminal that the status line is for.
        requests: How many were answered.
        moved: Bytes of their bodies, both ways.

    Raises:
        OSError: The log file cannot be opened.
    """

    def __init__(self, wanted: Logging) -> None:
        self._as_json = wanted.as_json
        form = wanted.log or ("json" if wanted.as_json else "common")
        self._file: TextIO | None = None
        if wanted.log_file is not None and form != "off":
            self._file = wanted.log_file.open("a", encoding="utf-8", newline="\n")
        is_event = wanted.as_json and wanted.log is None
        self._stream = self._file or (sys.stdout if is_event else sys.stderr)
        self._line: Callable[[Exchange, float], str] | None = None
        if form != "off":
            self._line = json_line if form == "json" else CommonLines()
        self._lines: list[str] = []
        self._status = ""
        self.has_status = not wanted.as_json and sys.stderr.isatty()
        self.requests = 0
        self.moved = 0

    def event(self, kind: str, text: str, **fields: object) -> None:
        """Something that is not a request."""
        self.flush()
        # Where nobody reads any more, people still want their files.
        with contextlib.suppress(OSError):
            if self._as_json:
                self._write(sys.stdout, json.dumps({"event": kind, **fields}))
            else:
                self._write(sys.stderr, f"{kind}: {text}" if text else kind)

    def warn(self, text: str) -> None:
        """Something that people should know of."""
        self.event("warning", text, message=text)

    def exchange(self, done: Exchange) -> None:
        """A request that was answered."""
        self.requests += 1
        self.moved += done.sent + done.received
        if self._line is None:
            return
        if not self._lines:
            asyncio.get_running_loop().call_later(_GATHER_S, self.flush)
        self._lines.append(self._line(done, time.time()))

    def flush(self) -> None:
        """Write the lines that were gathered."""
        lines, self._lines = self._lines, []
        if not lines:
            return
        try:
            self._write(self._stream, "\n".join(lines))
        except OSError as fault:
            # The disk is full, or the reader is gone: people still want their files.
            self._line = None
            self._close_file()
            self.warn(f"the access log ends here: {fault.strerror or fault}")

    def show_status(self, text: str) -> None:
        """Put a status of one line or more in place of the last one."""
        if text != self._status:
            clear, self._status = self._clear, text
            # The terminal may have gone.
            with contextlib.suppress(OSError):
                sys.stderr.write(clear + text)
                sys.stderr.flush()

    @property
    def _clear(self) -> str:
        """What takes the status from the terminal: the cursor is at the end of it."""
        above = self._status.count("\n")
        return f"\x1b[{above}A{_CLEAR_ALL}" if above else _CLEAR

    def close(self) -> None:
        """Write what is left."""
        self.flush()
        if self.has_status:
            self.show_status("")
        self._close_file()

    def _close_file(self) -> None:
        file, self._file = self._file, None
        if file is not None:
            # What could not be written is still in its buffer, and fails again.
            with contextlib.suppress(OSError):
                file.close()

    def _write(self, stream: TextIO, text: str) -> None:
        if stream is sys.stderr and self.has_status:
            text = f"{self._clear}{text}\n{self._status}"
        else:
            text += "\n"
        stream.write(text)
        stream.flush()


class Warnings(logging.Handler):
    """Makes events of what the server itself has to say."""

    def __init__(self, report: Report) -> None:
        super().__init__(logging.WARNING)
        self._report = report

    def emit(self, record: logging.LogRecord) -> None:
        """Report a record, with its traceback."""
        self._report.warn(self.format(record))


@contextlib.contextmanager
def reporting(wanted: Logging, *names: str) -> Iterator[Report]:
    """A report, which is closed in the end.

    Args:
        names: Loggers whose warnings are to be events.

    Raises:
        ActionFailed: The log file cannot be opened.
    """
    try:
        report = Report(wanted)
    except OSError as fault:
        raise ActionFailed(f"{wanted.log_file}: {fault.strerror or fault}") from fault
    warnings = Warnings(report)
    loggers = [logging.getLogger(name) for name in names]
    for logger in loggers:
        logger.addHandler(warnings)
        logger.propagate = False
    try:
        yield report
    finally:
        for logger in loggers:
            logger.removeHandler(warnings)
            logger.propagate = True
        report.close()
