"""Shares folders with a virtual machine, over the ends of sessions."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Final, Literal

from caraway.client import Ended, Port, PortUnavailable, Session, SessionEvent
from caraway.errors import (
    ActionFailed,
    CarawayError,
    ClosedError,
    ConnectError,
    DeadlineExceeded,
    TakenOver,
    TLSError,
)
from caraway.protocol.port import WEBDAV, WEBDAV_PORT
from caraway.share.backoff import Backoff
from caraway.share.host import FolderHost, serve
from caraway.webdav.server.interface import Exchange, Handler, Transfer

#: Whose requests they are, as logs have it: the virtual machine does not say which program's.
PEER: Final = "guest"
#: Times in a row that TLS may fail with a server with which it has not failed before.
_HANDSHAKES: Final = 3


class ShareEvent:
    """The base of what a share tells, besides the events of its sessions."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Connected(ShareEvent):
    """A session has begun."""

    session: Session


@dataclass(frozen=True, slots=True)
class Waiting(ShareEvent):
    """Something is missing, and will be noticed when it comes.

    Attributes:
        missing: ``port`` where the server has none for shared folders, ``agent`` where
            nobody in the virtual machine has opened it.
    """

    missing: Literal["port", "agent"]


@dataclass(frozen=True, slots=True)
class Shared(ShareEvent):
    """The virtual machine can use the folder."""


@dataclass(frozen=True, slots=True)
class Lost(ShareEvent):
    """There is no session; another one is tried.

    Attributes:
        again_s: In so many seconds.
    """

    reason: CarawayError
    again_s: float


class LastingShare:
    """An application that answers a virtual machine's programs until :meth:`aclose`.

    A session that is lost because the server is gone is followed by another one;
    one that another client took is not, unless we insist.

    Args:
        connect: Begins a session; called for each.
        application: Answers requests.
        insists: Go on when another client has taken over, and when the server cannot be
            reached at first.
        is_spent: Whether another session cannot be had, as the password was good for once.
        on_event: Told what happens, events of sessions among it.
        on_exchange: Called for each request that has been answered.
    """

    def __init__(
        self,
        connect: Callable[[], Awaitable[Session]],
        application: Handler,
        *,
        insists: bool = False,
        is_spent: Callable[[], bool] = lambda: False,
        on_event: Callable[[ShareEvent | SessionEvent], None] = lambda event: None,
        on_exchange: Callable[[Exchange], None] | None = None,
        backoff: Backoff | None = None,
    ) -> None:
        self._connect = connect
        self._application = application
        self._insists = insists
        self._is_spent = is_spent
        self._tell = on_event
        self._on_exchange = on_exchange
        self._backoff = backoff or Backoff()
        self._host: FolderHost | None = None
        self._is_open: bool | None = None
        self._has_begun = False
        self._handshakes = 0
        self._is_finishing = False
        self._work: asyncio.Task[None] | None = None

    # What it is

    @property
    def connections(self) -> int:
        """Connections that the virtual machine's programs have."""
        return 0 if self._host is None else self._host.connections

    @property
    def takes_credits(self) -> bool:
        """The agent in the virtual machine is ours: no connection there stops another."""
        return self._host is not None and self._host.takes_credits

    def transfers(self) -> list[Transfer]:
        """What takes its time just now, in no order."""
        found = [] if self._host is None else self._host.transfers()
        return [replace(transfer, peer=PEER) for transfer in found]

    # Its course

    def start(self) -> asyncio.Task[None]:
        """Begin; the task ends when sharing has ended for good.

        It raises why: a :class:`CarawayError`, such as :class:`TakenOver`.
        """
        self._work = asyncio.get_running_loop().create_task(self._run())
        return self._work

    async def finish(self) -> None:
        """Answer what is under way, and share no more."""
        self._is_finishing = True
        if self._host is not None:
            await self._host.finish()

    async def aclose(self) -> None:
        """End all of it now."""
        if self._work is not None:
            self._work.cancel()
            await asyncio.gather(self._work, return_exceptions=True)

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            begun = loop.time()
            try:
                await self._share()
            except CarawayError as error:
                if self._is_finishing:
                    return
                self._judge(error)
                delay = self._backoff.next_delay(loop.time() - begun)
                self._tell(Lost(error, delay))
                await asyncio.sleep(delay)

    def _judge(self, error: CarawayError) -> None:
        """Raise an error that is the end.

        Raises:
            CarawayError: It is.
        """
        if isinstance(error, TakenOver | _PortTaken):
            may_return = self._insists
        elif isinstance(error, TLSError):
            # One that is just starting breaks handshakes off; another certificate stays.
            self._handshakes += 1
            may_return = self._has_begun and self._handshakes <= _HANDSHAKES
        elif isinstance(error, ConnectError | ClosedError | DeadlineExceeded):
            may_return = self._insists or self._has_begun
        else:
            may_return = False
        if not may_return or self._is_spent():
            raise error

    async def _share(self) -> None:
        """One session, to its end.

        Raises:
            CarawayError: Why it has ended, or did not begin.
        """
        async with await self._connect() as session:
            self._has_begun = True
            self._handshakes = 0
            self._tell(Connected(session))
            tasks = {
                asyncio.create_task(self._watch(session)),
                asyncio.create_task(self._answer(session)),
            }
            try:
                done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
                for task in done:
                    task.result()
            finally:
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)

    async def _watch(self, session: Session) -> None:
        async for event in session.events():
            if isinstance(event, Ended):
                raise event.reason
            if isinstance(event, PortUnavailable) and event.kind == "webdav":
                raise _PortTaken(
                    f"{session.endpoint.describe()} does not give us the port of shared folders:"
                    f" {event.reason}",
                    hint="another of its clients shares a folder, and has to end that first",
                )
            self._tell(event)

    async def _answer(self, session: Session) -> None:
        """Answer through the port for shared folders, as often as there is another one."""
        while True:
            port = await self._find(session)
            gone = asyncio.Event()
            self._is_open = None

            def changed(port: Port = port, gone: asyncio.Event = gone) -> None:
                if port.is_gone:
                    gone.set()
                elif port.is_open != self._is_open:
                    self._is_open = port.is_open
                    self._tell(Shared() if port.is_open else Waiting("agent"))

            self._host = serve(
                port, self._application, on_exchange=self._exchanged, on_change=changed
            )
            try:
                await gone.wait()
            finally:
                self._host.close()
                self._host = None

    async def _find(self, session: Session) -> Port:
        """The port, when there is one.

        Raises:
            CarawayError: The server has closed it, or the session is over.
        """
        if not any(kind == WEBDAV for kind, _ in session.channels):
            self._tell(Waiting("port"))
        port = await session.wait_port(WEBDAV_PORT, timeout_s=math.inf)
        if port.is_gone:
            port.check_open()
        return port

    def _exchanged(self, done: Exchange) -> None:
        if self._on_exchange is not None:
            self._on_exchange(done._replace(peer=PEER))


class _PortTaken(ActionFailed):
    """Another client of the server has the port of shared folders."""
