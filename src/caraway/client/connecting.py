"""Begins sessions."""

from __future__ import annotations

from collections.abc import Callable, Generator
from types import TracebackType

from caraway.client.opener import Opener
from caraway.client.session import Session
from caraway.net.dial import Stage
from caraway.net.endpoint import Endpoint, parse_uri


class Connecting:
    """What :func:`connect` returns: to be awaited, or used with ``async with``."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def _begin(self) -> Session:
        await self._session.begin()
        return self._session

    def __await__(self) -> Generator[object, None, Session]:
        return self._begin().__await__()

    async def __aenter__(self) -> Session:
        return await self._begin()

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self._session.aclose()


def connect(
    where: str | Endpoint,
    *,
    password: str = "",
    user: str = "",
    timeout_s: float = 30.0,
    wanted_ports: Callable[[str], bool] = lambda kind: True,
    on_stage: Callable[[Stage], None] | None = None,
) -> Connecting:
    """A session with a server: ``session = await connect(…)``, or ``async with connect(…)``.

    A real server lets go of the client it has for one that comes.

    Args:
        where: A URI such as ``spice://host:5900``, or an endpoint with
            certificates and proxies.
        password: For a ticket or SASL; empty where there is none.
        user: For SASL.
        timeout_s: For everything until the session stands.
        wanted_ports: Which kinds of ports to open, ``port`` and ``webdav``.
        on_stage: Told how far it is: those of ``net.dial``, then ``authentication``,
            ``main``, ``channels``, and again for each port.

    Raises:
        AuthError: The server does not take the password.
        ConnectError: It cannot be reached; :class:`TLSError` among them.
        ProtocolError: It is no SPICE server, or breaks the protocol.
        DeadlineExceeded: It took too long.
    """
    endpoint = parse_uri(where) if isinstance(where, str) else where
    opener = Opener(endpoint, password, user, timeout_s, on_stage)
    return Connecting(Session(opener, wanted_ports=wanted_ports))
