"""Opens channels of one server: where it is, and how to prove who we are."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final, TypeVar

from caraway.errors import CarawayError, ClosedError, ConnectError, LinkRefused
from caraway.messages.link import enums as link_enums
from caraway.net.connection import ChannelConnection
from caraway.net.dial import Stage, dial
from caraway.net.endpoint import Endpoint
from caraway.protocol.capabilities import Capabilities
from caraway.protocol.channel import Channel, Event
from caraway.protocol.link import ClientLink, Credentials, Linked, LinkRequest, SaslClient
from caraway.protocol.main import MAIN
from caraway.protocol.sasl import choose_mechanism
from caraway.protocol.ticket import encrypt_ticket

C = TypeVar("C", bound=Channel)

#: How long a server may take to show that it is there, seconds.
_ASK_S: Final = 5.0

_COMMON = frozenset(
    {
        link_enums.CommonCap.PROTOCOL_AUTH_SELECTION,
        link_enums.CommonCap.AUTH_SPICE,
        link_enums.CommonCap.AUTH_SASL,
        link_enums.CommonCap.MINI_HEADER,
    }
)


@dataclass(frozen=True, slots=True)
class Opener:
    """Opens channels.

    Attributes:
        endpoint: Where the server is.
        password: For a ticket or SASL; empty where there is none.
        user: For SASL.
        timeout_s: For everything until a channel is linked.
        on_stage: Told how far it is, for who wants to know where it fails.
    """

    endpoint: Endpoint
    password: str = ""
    user: str = ""
    timeout_s: float = 30.0
    on_stage: Callable[[Stage], None] | None = None

    def tell(self, stage: str, found: str | None = None) -> None:
        """Say that a stage begins, or what was found when it is done."""
        if self.on_stage is not None:
            self.on_stage(Stage(stage, found))

    async def open(
        self,
        request: LinkRequest,
        make_channel: Callable[[Linked], C],
        *,
        on_event: Callable[[Event], None],
        on_linked: Callable[[ChannelConnection[C]], None] | None = None,
        on_closed: Callable[[CarawayError], None] | None = None,
    ) -> ChannelConnection[C]:
        """Open a channel, encrypted where the server has that or asks for it.

        Args:
            request: Without the capabilities of all channels, which are known here.
            on_event: Events may come before this returns.
            on_linked: Called with what will be returned, before any of them.

        Raises:
            ConnectError: The server cannot be reached.
            AuthError: It does not take the password.
            LinkRefused: It does not take the channel.
            DeadlineExceeded: It took too long.
            RemoteProtocolError: It breaks the protocol.
        """

        async def attempt(*, secure: bool) -> ChannelConnection[C]:
            connection = await dial(
                self.endpoint,
                lambda: ChannelConnection(
                    ClientLink(_with_common(request), self._credentials(secure=secure)),
                    make_channel,
                    on_event=on_event,
                    on_linked=on_linked,
                    on_closed=on_closed,
                ),
                secure=secure,
                timeout_s=self.timeout_s,
                on_stage=self.on_stage,
            )
            self.tell("authentication")
            try:
                await connection.linked(self.timeout_s)
            except (ClosedError, ConnectError) as error:
                raise ConnectError(
                    f"{self.endpoint.describe()}: {error}",
                    hint="is it the port of something else, such as SPICE over TLS?",
                ) from None
            except BaseException:
                connection.abort()
                raise
            self.tell("authentication", "accepted")
            return connection

        # Encrypted where there is a choice: asking in the clear first would let
        # whoever sits between take us for one that cannot.
        secure = self.endpoint.has_tls
        try:
            return await attempt(secure=secure)
        except LinkRefused as error:
            wanted = {
                link_enums.LinkErr.NEED_SECURED: True,
                link_enums.LinkErr.NEED_UNSECURED: False,
            }
            other = wanted.get(link_enums.LinkErr(error.code)) if error.code <= 9 else None
            possible = self.endpoint.has_tls if other else self.endpoint.has_plain
            if other is None or other == secure or not possible:
                raise
            return await attempt(secure=other)

    async def ask(self) -> Linked:
        """What the server says to a main channel before it asks who we are.

        Nobody is disconnected by it.

        Raises:
            CarawayError: As :meth:`open`, but for the password.
        """
        connection = await dial(
            self.endpoint,
            lambda: ChannelConnection(
                ClientLink(_with_common(LinkRequest(MAIN)), None),
                lambda linked: Channel("main", linked, side="client"),
                on_event=lambda event: None,
            ),
            secure=self.endpoint.has_tls,
            timeout_s=self.timeout_s,
            on_stage=self.on_stage,
        )
        self.tell("link")
        try:
            await connection.linked(self.timeout_s)
            linked = connection.channel.linked
        except BaseException:
            connection.abort()
            raise
        self.tell("link", "answered")
        await connection.aclose()
        return linked

    def _credentials(self, *, secure: bool) -> Credentials:
        def choose(names: Sequence[str]) -> SaslClient | None:
            return choose_mechanism(names, self.user, self.password, is_encrypted=secure)

        return Credentials(self.password.encode(), encrypt_ticket, choose)


def _with_common(request: LinkRequest) -> LinkRequest:
    return LinkRequest(
        request.channel_type,
        request.channel_id,
        request.connection_id,
        Capabilities(_COMMON, request.capabilities.channel),
    )


async def server_still_accepts(opener: Opener) -> bool:
    """Whether the server takes links: it is there, and has let us go on purpose."""
    asking = replace(opener, timeout_s=min(opener.timeout_s, _ASK_S), on_stage=None)
    try:
        async with asyncio.timeout(_ASK_S):
            await asking.ask()
    except (CarawayError, TimeoutError):
        return False
    return True
