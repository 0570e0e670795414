"""QEMU's monitor on the other end of a port: greeting, commands, events."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any, Final

from caraway.cli.printing import printable
from caraway.cli.qmp.command import Command
from caraway.client import Port
from caraway.errors import ActionFailed, ClosedError, DecodeError, LimitExceeded

__all__ = ["Monitor"]

#: Bytes of one answer; that of query-qmp-schema has a few hundred thousand.
_MAX_LINE: Final = 64 << 20
#: When the rest of an answer is overdue, seconds.
_STALL_S: Final = 0.3
#: A command with an answer that nobody waits for: commands are numbered from 1.
_NUDGE: Final = b'{"execute": "query-name", "id": 0}\n'


class Monitor:
    """Speaks QMP, one command at a time.

    Attributes:
        greeting: What QEMU says of itself.

    Args:
        on_event: Called with each event as it comes.

    Source: QEMU ``docs/interop/qmp-spec.rst``.
    """

    def __init__(self, port: Port, *, on_event: Callable[[dict[str, Any]], None]) -> None:
        self._port = port
        self._on_event = on_event
        self._buffer = bytearray()
        self._searched = 0
        self._number = 0
        self._waiting: asyncio.Future[dict[str, Any]] | None = None
        self._reading: asyncio.Task[None] | None = None
        self.greeting: dict[str, Any] = {}

    async def begin(self) -> None:
        """Wait for the greeting and answer it.

        Raises:
            CarawayError: It is no monitor, or the session is over.
        """
        await self._port.wait_open()
        while "QMP" not in (message := await self._receive()):
            # Meant for the client before us.
            continue
        self.greeting = message["QMP"]
        self._reading = asyncio.create_task(self._read())
        await self.execute({"execute": "qmp_capabilities"})

    async def execute(self, command: Command) -> Any:
        """Have a command carried out; what it returns.

        Raises:
            ActionFailed: QEMU refuses it.
            CarawayError: The session is over, or it is no monitor.
        """
        self._number += 1
        # A number of our own: an answer to another command is not taken for this one's.
        message = {**command, "id": self._number}
        self._waiting = asyncio.get_running_loop().create_future()
        self._port.write(json.dumps(message).encode() + b"\n")
        reading = self._begun()
        waiting: set[asyncio.Future[Any]] = {self._waiting, reading}
        await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        answered, self._waiting = self._waiting, None
        if not answered.done():
            # It is over, and raises why.
            reading.result()
        answer = answered.result()
        if "error" in answer:
            raise _failure(answer["error"])
        return answer["return"]

    async def watch(self) -> None:
        """Go on until the session is over, which it raises."""
        await asyncio.shield(self._begun())

    async def aclose(self) -> None:
        """Read no more."""
        if self._reading is not None:
            self._reading.cancel()
            await asyncio.gather(self._reading, return_exceptions=True)

    def _begun(self) -> asyncio.Task[None]:
        assert self._reading is not None, "begin comes first"
        return self._reading

    async def _read(self) -> None:
        while True:
            message = await self._receive()
            if "event" in message:
                self._on_event(message)
            elif (
                self._waiting is not None
                and not self._waiting.done()
                # Where QEMU cannot make sense of a command it does not know its number either.
                and message.get("id", self._number) == self._number
                and message.keys() & {"return", "error"}
            ):
                self._waiting.set_result(message)

    async def _receive(self) -> dict[str, Any]:
        while (end := self._buffer.find(b"\n", self._searched)) < 0:
            self._searched = len(self._buffer)
            if self._searched > _MAX_LINE:
                raise LimitExceeded(f"an answer of more than {_MAX_LINE} bytes")
            data = await self._more()
            if not data:
                raise ClosedError(f"QEMU closed its monitor on '{printable(self._port.name)}'")
            self._buffer += data
        line = bytes(self._buffer[:end])
        del self._buffer[: end + 1]
        self._searched = 0
        try:
            message = json.loads(line)
        except ValueError:
            message = None
        if not isinstance(message, dict):
            raise DecodeError(
                f"port '{printable(self._port.name)}' says {line[:40]!r}, which is no QMP",
                hint="is it a monitor with mode=control?",
            )
        return message

    async def _more(self) -> bytes:
        while self._buffer:
            try:
                async with asyncio.timeout(_STALL_S) as stall:
                    return await self._port.read()
            except TimeoutError:
                if not stall.expired():
                    # A deadline that ended the session.
                    raise
                # QEMU 7.2 sends the first 131,136 bytes of an answer, and the rest when it
                # has something else to say.
                if self._port.is_writable:
                    self._port.write(_NUDGE)
        return await self._port.read()


def _failure(error: object) -> ActionFailed:
    if isinstance(error, dict):
        kind, reason = error.get("class"), error.get("desc")
        return ActionFailed(f"QEMU refused it: {printable(f'{kind}: {reason}')}")
    return ActionFailed(f"QEMU refused it: {printable(str(error))}")
