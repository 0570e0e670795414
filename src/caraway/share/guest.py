"""The virtual machine's side: programs' connections, carried through a port to who shares."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final, cast

from caraway.errors import ClosedError
from caraway.net.heap import keep_memory
from caraway.net.mux import HIGH_WATER, MuxTransport, PartsProtocol
from caraway.net.mux_link import Carrier, MuxLink
from caraway.net.vectored import write_pieces
from caraway.protocol.mux_streams import MuxLimits

if TYPE_CHECKING:
    from caraway.wire.record import Buffer

#: How long a program may wait for somebody to share a folder, seconds.
WAIT_S: Final = 10.0
#: How long a program may be connected without a word, seconds: browsers do so for later, and
#: each takes one of the places.
SILENT_S: Final = 60.0
#: How long a program may take to read the end of an answer, seconds.
LINGER_S: Final = 30.0


class FolderGuest:
    """Takes connections of programs, over TCP, Unix sockets or any transport.

    Whoever connects while nobody shares waits for :data:`WAIT_S`.

    Args:
        carrier: The port. It is the guest's alone from now on.
        limits: What the sharing side may take from us.
        on_change: Called when the port was opened or closed, or is gone.
        reopen: Closes the port and opens it again; where a client may go and another come
            without anybody noticing.
    """

    def __init__(
        self,
        carrier: Carrier,
        *,
        limits: MuxLimits | None = None,
        on_change: Callable[[], None] | None = None,
        reopen: Callable[[], None] | None = None,
    ) -> None:
        self._on_change = on_change
        self._most = (limits or MuxLimits()).streams
        self._programs: dict[_Program, None] = {}
        self._waiting: dict[_Program, None] = {}
        self._servers: list[asyncio.Server] = []
        self._unix: list[Path] = []
        self._link = MuxLink(carrier, limits=limits, on_change=self._changed, reopen=reopen)

    @property
    def connections(self) -> int:
        """Programs that are connected."""
        return len(self._programs)

    @property
    def is_shared(self) -> bool:
        """Somebody shares a folder, as far as the port tells."""
        return self._link.mux.is_open

    @property
    def takes_credits(self) -> bool:
        """The sharing side is ours: no connection stops another."""
        return self._link.mux.takes_credits

    def accept(self) -> asyncio.Protocol:
        """The protocol for one more connection of a program."""
        return _Program(self)

    async def listen_tcp(self, host: str, port: int) -> str:
        """Listen on an address; port 0 takes a free one.

        Returns:
            The URL of the folder.

        Raises:
            OSError: The address is in use, or not ours.
        """
        loop = asyncio.get_running_loop()
        server = await loop.create_server(self.accept, host, port, backlog=128)
        self._servers.append(server)
        address = server.sockets[0].getsockname()
        shown = f"[{address[0]}]" if ":" in address[0] else address[0]
        return f"http://{shown}:{address[1]}/"

    async def listen_unix(self, path: Path) -> str:
        """Listen on a Unix socket that only this user may connect to.

        Raises:
            OSError: Something else is at ``path``, or it cannot be made.
        """
        loop = asyncio.get_running_loop()
        mask = os.umask(0o177)
        try:
            server = await loop.create_unix_server(self.accept, str(path), backlog=128)
        finally:
            os.umask(mask)
        self._servers.append(server)
        self._unix.append(path)
        return f"http+unix://{path}"

    def _changed(self) -> None:
        # The link says so for the first time while it is being made.
        if self._on_change is not None:
            self._on_change()
        waiting, self._waiting = self._waiting, {}
        for program in waiting:
            self.connect(program)

    def connect(self, program: _Program) -> None:
        """Carry a program's connection, now or when somebody shares; programs call it."""
        self._programs[program] = None
        if len(self._programs) > self._most:
            # Whether they wait or work.
            program.give_up()
        elif self._link.mux.is_open:
            try:
                program.begin(self._link.open(_Far(program)))
            except ClosedError:
                # Too many: this one hears of it by its end.
                program.give_up()
        else:
            self._waiting[program] = None
            program.wait()

    def leave(self, program: _Program) -> None:
        """A program is gone; programs call it."""
        self._programs.pop(program, None)
        self._waiting.pop(program, None)

    def stop_listening(self) -> None:
        """Take no more connections; those there are go on."""
        for server in self._servers:
            server.close()
        for path in self._unix:
            path.unlink(missing_ok=True)
        self._servers, self._unix = [], []

    async def aclose(self) -> None:
        """Listen no more and end all connections; the port stays open, and is free."""
        self.stop_listening()
        self._link.close()
        for program in list(self._programs):
            program.give_up()
        # Lets the transports close before the caller's loop may end.
        await asyncio.sleep(0)


class _Program(asyncio.Protocol):
    """The end of a connection that a program has."""

    _transport: asyncio.Transport

    def __init__(self, guest: FolderGuest) -> None:
        self._guest = guest
        self._far: MuxTransport | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._has_spoken = False
        self._is_over = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        keep_memory()
        self._transport = cast("asyncio.Transport", transport)
        self._transport.set_write_buffer_limits(high=HIGH_WATER)
        self._guest.connect(self)

    def wait(self) -> None:
        """Nobody shares just now: what it asks for waits in its own socket."""
        self._set_timer(WAIT_S)
        # Not at once: Python before 3.12 begins to read behind connection_made in any case.
        asyncio.get_running_loop().call_soon(self._hold)

    def _hold(self) -> None:
        if self._far is None:
            self.read_on(is_on=False)

    def begin(self, far: MuxTransport) -> None:
        """Its connection is carried."""
        self._set_timer(SILENT_S)
        self._far = far
        self.read_on(is_on=True)

    @property
    def _carried(self) -> MuxTransport:
        assert self._far is not None, "before, nothing is read and nothing written"
        return self._far

    def data_received(self, data: bytes) -> None:
        if not self._has_spoken:
            self._has_spoken = True
            self._stop_timer()
        self._carried.write(data)

    def pause_writing(self) -> None:
        self._carried.pause_reading()

    def resume_writing(self) -> None:
        self._carried.resume_reading()

    def connection_lost(self, exc: Exception | None) -> None:
        self._is_over = True
        self._stop_timer()
        self._guest.leave(self)
        if self._far is not None:
            self._far.close()

    def write(self, parts: Sequence[Buffer]) -> None:
        """Bytes of an answer."""
        write_pieces(self._transport, parts)

    def read_on(self, *, is_on: bool) -> None:
        """Take what it sends, or have it wait."""
        if is_on:
            self._transport.resume_reading()
        else:
            self._transport.pause_reading()

    def end(self) -> None:
        """The other side has closed the connection: the rest of the answer, then the end."""
        if not self._is_over:
            self._transport.close()
            self._set_timer(LINGER_S)

    def give_up(self) -> None:
        """It has taken too long, or nothing is carried any more."""
        self._transport.abort()

    def _set_timer(self, delay_s: float) -> None:
        self._stop_timer()
        self._timer = asyncio.get_running_loop().call_later(delay_s, self.give_up)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


class _Far(PartsProtocol):
    """The other end of a program's connection, as the mux carries it."""

    def __init__(self, program: _Program) -> None:
        self._program = program

    def parts_received(self, parts: Sequence[Buffer]) -> None:
        self._program.write(parts)

    def pause_writing(self) -> None:
        self._program.read_on(is_on=False)

    def resume_writing(self) -> None:
        self._program.read_on(is_on=True)

    def connection_lost(self, exc: Exception | None) -> None:
        self._program.end()
