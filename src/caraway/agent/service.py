"""The agent at work: a port on one side, programs' connections on the other."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import os
import signal
import socket
import stat
from pathlib import Path
from typing import Final

from caraway.agent.announce import Announcement
from caraway.agent.hooks import Hooks
from caraway.agent.options import Options
from caraway.agent.places import make_opener
from caraway.agent.report import Report
from caraway.agent.rivals import NO_DEVICE, cannot_listen, cannot_open
from caraway.errors import ActionFailed
from caraway.share.device import DevicePort, open_device
from caraway.share.guest import FolderGuest

__all__ = ["Service"]

#: How often a port is tried that is free on both addresses.
_TRIES: Final = 10
#: IPv6 is off, or there is none.
_NO_IPV6: Final = (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT)
#: Nobody mends these by waiting.
_FINAL: Final = (errno.EBUSY, errno.EACCES, *NO_DEVICE)


class Service:
    """Carries connections until it is told to stop, by SIGINT, SIGTERM or :meth:`stop`.

    The device may be missing, the host may come and go: it waits, and says so.
    """

    def __init__(self, options: Options, report: Report) -> None:
        self._options = options
        self._report = report
        self._stop = asyncio.Event()
        self._error: ActionFailed | None = None
        self._url = ""
        self._hooks = Hooks({True: options.on_open, False: options.on_close}, report)
        self._announcement: Announcement | None = None
        self._guest: FolderGuest | None = None
        self._port: DevicePort | None = None
        self._is_open = False
        # What was said last of why it waits.
        self._waits_for = ""
        self._has_been_there = False

    def stop(self) -> None:
        """End; what is under way is cut off."""
        self._stop.set()

    async def run(self) -> None:
        """Carry connections until it is time to stop.

        Raises:
            UsageError: The options make no sense.
            ActionFailed: The device or the address is somebody else's.
        """
        options = self._options
        if options.connect is not None:
            self._name, opener = options.connect, make_opener(options.connect)
        else:
            device = options.device
            self._name, opener = str(device), lambda: open_device(device)
        self._port = DevicePort(opener, on_trouble=self._trouble)
        if self._error is not None:
            self._port.close()
            raise self._error
        self._guest = FolderGuest(self._port, on_change=self._changed, reopen=self._port.reopen)
        loop = asyncio.get_running_loop()
        signals = (signal.SIGINT, signal.SIGTERM)
        for number in signals:
            loop.add_signal_handler(number, self.stop)
        try:
            await self._listen(self._guest)
            await self._stop.wait()
        finally:
            for number in signals:
                loop.remove_signal_handler(number)
            await self._guest.aclose()
            self._set_open(is_open=False)
            self._port.close()
            await self._hooks.finish()
        if self._error is not None:
            raise self._error
        self._report.event("stopped", "")

    # Programs

    async def _listen(self, guest: FolderGuest) -> None:
        path = self._options.unix
        if path is not None:
            self._url = await self._listen_unix(guest, path)
            urls = [self._url]
        else:
            number, urls = await self._listen_tcp(guest)
            self._url = f"http://localhost:{number}/"
            if self._options.announces:
                self._announcement = Announcement(number)
        self._report.event("listening", self._url, url=self._url, addresses=urls)
        # The client may be there already.
        self._changed()
        if not (self._is_open or self._waits_for or self._error):
            self._wait_for("a client to connect to the virtual machine")

    @staticmethod
    async def _listen_unix(guest: FolderGuest, path: Path) -> str:
        taken = "give another path, or remove it if nobody needs it"
        try:
            if path.exists():
                if not stat.S_ISSOCK(path.stat().st_mode):
                    raise ActionFailed(f"'{path}' is there, and no socket", hint=taken)
                with socket.socket(socket.AF_UNIX) as trial, contextlib.suppress(OSError):
                    trial.connect(str(path))
                    raise ActionFailed(f"somebody listens on '{path}' already", hint=taken)
            return await guest.listen_unix(path.absolute())
        except OSError as error:
            raise cannot_listen(str(path), error) from error

    async def _listen_tcp(self, guest: FolderGuest) -> tuple[int, list[str]]:
        """The port, and URLs of both addresses."""
        wanted = self._options.tcp_port
        tries = 1 if wanted else _TRIES
        while True:
            number = wanted or _free_port()
            where = f"127.0.0.1 port {number}"
            try:
                urls = [await guest.listen_tcp("127.0.0.1", number)]
                where = f"::1 port {number}"
                urls.append(await guest.listen_tcp("::1", number))
                return number, urls
            except OSError as error:
                if error.errno in _NO_IPV6 and where.startswith("::"):
                    return number, urls
                # A free one may be somebody's on the other address, or just have been taken.
                tries -= 1
                if not tries:
                    raise cannot_listen(where, error) from error
                guest.stop_listening()

    # The host

    def _trouble(self, error: OSError) -> None:
        """The device cannot be opened just now."""
        # A sandbox of systemd lets in what devices there were; only the next one knows of others.
        is_shut_out = error.errno == errno.EPERM
        if is_shut_out or (error.errno in _FINAL and not self._has_been_there):
            self._error = cannot_open(self._name, error)
            self.stop()
            return
        if error.errno == errno.ENOENT and self._options.connect is None:
            advice = "the virtual machine needs a channel of that name"
            text = f"{self._name}, which is not there; {advice}"
        else:
            text = f"{self._name}: {os.strerror(error.errno) if error.errno else error}"
        self._wait_for(text)

    def _wait_for(self, what: str) -> None:
        if what != self._waits_for:
            self._waits_for = what
            self._report.event("waiting", what, reason=what)

    def _changed(self) -> None:
        assert self._port is not None
        is_open = self._port.is_open
        self._has_been_there = self._has_been_there or is_open
        if self._url:
            self._set_open(is_open=is_open)

    def _set_open(self, *, is_open: bool) -> None:
        if is_open == self._is_open:
            return
        self._is_open = is_open
        self._waits_for = ""
        if is_open:
            self._report.event("open", f"a client is connected; {self._url}", url=self._url)
        else:
            self._report.event("closed", "the client has gone; waiting for the next")
        self._hooks.run(is_open=is_open, url=self._url)
        if self._announcement is not None:
            self._announcement.set(is_open=is_open)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        number: int = probe.getsockname()[1]
        return number
