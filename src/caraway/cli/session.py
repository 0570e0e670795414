"""Has a session for as long as a command runs."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, Final, TypeVar

from caraway.cli.connecting import Target
from caraway.cli.passwords import attempt_with_password
from caraway.cli.printing import note, printable
from caraway.client import Notified, Port, PortAdded, Session, SessionEvent, Switched, connect

__all__ = ["in_session", "with_port"]

T = TypeVar("T")

#: When the session is over, what came before is dealt with for this long, seconds.
_GRACE_S: Final = 2.0


async def in_session(
    target: Target,
    work: Callable[[Session], Coroutine[Any, Any, T]],
    *,
    on_event: Callable[[SessionEvent], None] | None = None,
) -> T:
    """Do something in a session; what the server has to say goes to standard error.

    Args:
        on_event: Called with each event of the session.

    Raises:
        CarawayError: The session did not come about, or ended, or what ``work`` raises.
    """

    async def attempt(password: str) -> Session:
        return await connect(
            target.endpoint, password=password, user=target.user, timeout_s=target.timeout_s
        )

    async with await attempt_with_password(target, attempt) as session:
        working = asyncio.create_task(work(session))
        ending = asyncio.create_task(session.wait_ended())
        watching = asyncio.create_task(_watch(session, on_event))
        tasks = (working, ending, watching)
        try:
            await asyncio.wait({working, ending}, return_when=asyncio.FIRST_COMPLETED)
            await asyncio.wait({working}, timeout=_GRACE_S)
            if not working.done():
                raise ending.result()
            return working.result()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)


async def with_port(
    target: Target,
    choose: Callable[[Session], Awaitable[Port]],
    use: Callable[[Port], Coroutine[Any, Any, T]],
) -> T:
    """Do something with one port; all others are let go, so that they lose nothing to us.

    Raises:
        CarawayError: As :func:`in_session`.
    """
    chosen: Port | None = None
    known: Session | None = None

    def leave_others() -> None:
        if known is not None and chosen is not None:
            for port in known.ports.values():
                if port is not chosen:
                    port.leave()

    async def work(session: Session) -> T:
        nonlocal chosen, known
        chosen, known = await choose(session), session
        leave_others()
        return await use(chosen)

    def on_event(event: SessionEvent) -> None:
        # Late ones, and all of them when the virtual machine has moved.
        if isinstance(event, PortAdded):
            leave_others()

    return await in_session(target, work, on_event=on_event)


async def _watch(session: Session, on_event: Callable[[SessionEvent], None] | None) -> None:
    async for event in session.events():
        if isinstance(event, Notified):
            note(f"the server says ({event.severity}): {printable(event.text)}")
        elif isinstance(event, Switched):
            note(f"the virtual machine has moved to {event.where}")
        if on_event is not None:
            on_event(event)
