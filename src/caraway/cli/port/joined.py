"""A port joined to an input and an output."""

from __future__ import annotations

import asyncio

from caraway.cli.port.lasting import LastingPort
from caraway.cli.port.terminal import Keys, Output, StandardInput
from caraway.errors import ClosedError

__all__ = ["Joined"]


class Joined:
    """Brings what comes in to a port, and what the port says out.

    Args:
        keys: Those of a terminal; None where the input is data and nothing else.
    """

    def __init__(
        self, port: LastingPort, source: StandardInput, sink: Output, keys: Keys | None
    ) -> None:
        self._port = port
        self._source = source
        self._sink = sink
        self._keys = keys
        self._heard_at = 0.0

    async def run(self, *, idle_s: float | None) -> None:
        """Go on until the port is closed or the escape key pressed.

        Args:
            idle_s: Also until the input has ended and the port has been silent
                for so long; None for however long.

        Raises:
            BrokenPipeError: Nobody reads the output.
            CarawayError: The session is over.
        """
        incoming = asyncio.create_task(self._bring_in())
        outgoing = asyncio.create_task(self._bring_out())
        try:
            await asyncio.wait({incoming, outgoing}, return_when=asyncio.FIRST_COMPLETED)
            if not outgoing.done():
                has_left = incoming.result()
                if not has_left:
                    await self._outlast(outgoing, idle_s)
            if outgoing.done():
                outgoing.result()
        finally:
            incoming.cancel()
            outgoing.cancel()
            await asyncio.gather(incoming, outgoing, return_exceptions=True)

    async def _outlast(self, outgoing: asyncio.Task[None], idle_s: float | None) -> None:
        if idle_s is None:
            await asyncio.wait({outgoing})
            return
        loop = asyncio.get_running_loop()
        self._heard_at = loop.time()
        while not outgoing.done() and (left := self._heard_at + idle_s - loop.time()) > 0:
            await asyncio.wait({outgoing}, timeout=left)

    async def _bring_in(self) -> bool:
        """Send the input to its end; whether the escape key ended it."""
        while data := await self._source.read():
            pieces: list[bytes | None] = [data]
            is_over = False
            if self._keys is not None:
                pieces, is_over = self._keys.split(data)
            for piece in pieces:
                if piece is None:
                    self._send_break()
                else:
                    await self._port.write(piece)
            if is_over:
                return True
        return False

    def _send_break(self) -> None:
        try:
            self._port.port.send_break()
        except ClosedError:
            # As a line that is not connected: there is nobody to take it.
            return

    async def _bring_out(self) -> None:
        """Write what the port says, until it is closed for good."""
        while data := await self._port.read():
            self._heard_at = asyncio.get_running_loop().time()
            await self._sink.write(data)
