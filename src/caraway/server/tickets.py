"""Who may come in: the password, how long it is good for, and keys for tickets."""

from __future__ import annotations

import asyncio
import hmac
from dataclasses import dataclass

from caraway.errors import AuthError, UsageError
from caraway.protocol.link import MAX_PASSWORD
from caraway.protocol.ticket import TicketKey


@dataclass(frozen=True, slots=True)
class Password:
    """A password.

    Attributes:
        secret: None lets everybody in.
        expires: When it ends, seconds on the clock of the event loop; None for never.
    """

    secret: bytes | None
    expires: float | None = None

    def admits(self, given: bytes, *, now: float) -> bool:
        """Whether ``given`` is it; tells nothing by how long it takes."""
        if self.secret is None:
            return True
        is_same = hmac.compare_digest(self.secret, given)
        # An empty one would let everybody in whom nobody meant to let in.
        return is_same and bool(self.secret) and (self.expires is None or now < self.expires)


def make_password(text: str | None, *, expires: float | None = None) -> Password:
    """A password from text.

    Raises:
        UsageError: It is longer than a ticket can hold, or has a NUL.
    """
    secret = None if text is None else text.encode()
    if secret is not None and b"\0" in secret:
        raise UsageError("a password with a NUL, which ends a password in a ticket")
    if secret is not None and len(secret) > MAX_PASSWORD:
        raise UsageError(f"a password of {len(secret)} bytes, SPICE allows {MAX_PASSWORD}")
    return Password(secret, expires)


class KeyRing:
    """Keys for tickets: a new one for each link, as fast as they can be made.

    When links come faster than that, some share one: making a key takes long,
    and whoever asks for one has shown nothing yet.
    """

    def __init__(self) -> None:
        self._key: TicketKey | None = None
        self._making: asyncio.Future[None] | None = None

    async def prepare(self) -> None:
        """Make the first key."""
        if self._key is None:
            self._key = await asyncio.get_running_loop().run_in_executor(None, TicketKey)

    def take(self) -> TicketKey:
        """A key; the next one is being made from now on."""
        assert self._key is not None, "prepare comes first"
        if self._making is None or self._making.done():
            self._making = asyncio.ensure_future(self._renew())
        return self._key

    async def _renew(self) -> None:
        self._key = await asyncio.get_running_loop().run_in_executor(None, TicketKey)

    async def aclose(self) -> None:
        """Wait for the key that is being made."""
        if self._making is not None:
            await asyncio.gather(self._making, return_exceptions=True)


def open_ticket(key: TicketKey, ticket: bytes) -> bytes | None:
    """The password in a ticket; None where it holds none."""
    try:
        return key.decrypt(ticket)
    except AuthError:
        return None
