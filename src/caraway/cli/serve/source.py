"""What is at the other end of a port: an echo, a socket, a command."""

from __future__ import annotations

import asyncio
import os
import shlex
import signal
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from typing import Final

from caraway.cli.addresses import TcpAddress, UnixAddress, parse_address
from caraway.errors import UsageError

__all__ = ["CommandSource", "Echo", "SocketSource", "Source", "Streams", "parse_port"]

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]

#: A command whose client has gone may take so long to end, seconds.
_END_S: Final = 2.0


class Source(ABC):
    """Makes the streams behind a port, anew for each client."""

    #: Opened again for a client that stays, when it has ended.
    is_lasting: bool

    @abstractmethod
    def open(self) -> AbstractAsyncContextManager[Streams | None]:
        """The streams, as long as they are wanted; None to say back what comes.

        Raises:
            OSError: It cannot be had.
        """


class Echo(Source):
    """Says what it is told."""

    is_lasting = True

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        """Nothing is needed for it."""
        yield None


class SocketSource(Source):
    """A server that is connected to."""

    is_lasting = True

    def __init__(self, address: TcpAddress | UnixAddress) -> None:
        self._address = address

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Streams]:
        """A connection."""
        if isinstance(self._address, UnixAddress):
            reader, writer = await asyncio.open_unix_connection(str(self._address.path))
        else:
            reader, writer = await asyncio.open_connection(self._address.host, self._address.port)
        try:
            yield reader, writer
        finally:
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()


class CommandSource(Source):
    """A command; it is ended, with all that it has started, when its client has gone."""

    is_lasting = False

    def __init__(self, words: list[str]) -> None:
        self._words = words

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Streams]:
        """Its output and input; what it says on standard error is ours to say."""
        process = await asyncio.create_subprocess_exec(
            *self._words,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            start_new_session=True,
        )
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            yield process.stdout, process.stdin
        finally:
            process.stdin.close()
            _signal(process, signal.SIGTERM)
            try:
                await asyncio.wait_for(process.wait(), _END_S)
            except TimeoutError:
                _signal(process, signal.SIGKILL)
                await process.wait()


def _signal(process: asyncio.subprocess.Process, number: int) -> None:
    # Its group has its number, and may outlive it.
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, number)


def parse_port(text: str) -> tuple[str, Source]:
    """A port's name, and what is behind it.

    Raises:
        UsageError: It is no ``NAME=echo|tcp:HOST:PORT|unix:PATH|exec:COMMAND``.
    """
    name, equals, what = text.partition("=")
    if not name or not equals or "\0" in name:
        raise UsageError(f"'{text}' is no port", hint="write NAME=echo, or NAME=tcp:HOST:PORT")
    kind, _, rest = what.partition(":")
    if what == "echo":
        return name, Echo()
    if kind in ("tcp", "unix"):
        return name, SocketSource(parse_address(what))
    if kind == "exec":
        try:
            words = shlex.split(rest)
        except ValueError as error:
            raise UsageError(f"'{rest}' is no command: {error}") from None
        if words:
            return name, CommandSource(words)
    raise UsageError(
        f"'{what}' cannot be behind a port",
        hint="known: echo, tcp:HOST:PORT, unix:PATH, exec:COMMAND",
    )
