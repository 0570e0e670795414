"""A port as commands use it: over closings and openings, where that is wanted."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Final

from caraway.cli.printing import note, printable
from caraway.client import Port
from caraway.errors import ClosedError, ConnectError

__all__ = ["LastingPort"]

#: A channel that was lost tells so little while the session ends or moves, seconds.
_LOST_S: Final = 15.0


class LastingPort:
    """A port that may be closed and opened again.

    Args:
        survives: Wait for it where it is closed.
    """

    def __init__(self, port: Port, *, survives: bool) -> None:
        self._port = port
        self._survives = survives

    @property
    def port(self) -> Port:
        """The port itself."""
        return self._port

    async def begin(self) -> None:
        """Wait until it is open.

        Raises:
            ClosedError: It is closed, and nobody wants to wait.
            CarawayError: The session is over.
        """
        if self._port.is_open:
            return
        name = printable(self._port.name)
        if not self._survives:
            raise ClosedError(
                f"port '{name}' is closed in the virtual machine", hint="--wait waits for it"
            )
        note(f"port '{name}' is closed; waiting for it")
        await self._port.wait_open()
        note(f"port '{name}' is open")

    async def read(self) -> bytes:
        """What comes next; nothing when it was closed and nobody wants to wait.

        Raises:
            CarawayError: The session is over.
        """
        while not (data := await self._port.read()):
            if await self._has_ended():
                return b""
        return data

    async def write(self, data: bytes) -> None:
        """Send all of ``data``; what a closed port does not take is lost where nobody waits.

        Raises:
            CarawayError: The session is over.
        """
        while True:
            try:
                self._port.write(data)
                break
            except ClosedError:
                if await self._has_ended():
                    return
        # Where the channel is lost now, whoever reads or writes next hears why.
        with suppress(ClosedError, ConnectError):
            await self._port.drain()

    async def _has_ended(self) -> bool:
        """Whether it was closed for good; otherwise it is open again."""
        if self._port.is_connected:
            if not self._survives:
                return True
            await self.begin()
            return False
        # No word of the virtual machine: the session is ending, and says why, or moves.
        try:
            async with asyncio.timeout(_LOST_S) as patience:
                await self._port.wait_open()
        except TimeoutError:
            if not patience.expired():
                # A deadline that ended the session.
                raise
            raise ClosedError(
                f"the server closed the channel of port '{printable(self._port.name)}'"
            ) from None
        return False
