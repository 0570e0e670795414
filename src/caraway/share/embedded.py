"""All of it in one process: a SPICE server, a virtual machine's agent, a client that shares.

For trying it, and for tests: what comes through has gone all the way.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from caraway.client import connect
from caraway.protocol.port import WEBDAV_PORT
from caraway.server import Server
from caraway.share.guest import FolderGuest
from caraway.share.host import FolderHost, serve
from caraway.webdav.server.interface import Exchange, Handler

__all__ = ["EmbeddedMachine", "EmbeddedShare", "machine", "share_here"]


@dataclass(frozen=True, slots=True)
class EmbeddedMachine:
    """A server with an agent behind it.

    Attributes:
        uri: Where clients connect to, a Unix socket that nobody else finds.
        url: Where the folder is that a client shares.
        guest: The agent.
    """

    uri: str
    url: str
    guest: FolderGuest


@dataclass(frozen=True, slots=True)
class EmbeddedShare:
    """A folder that is shared within this process.

    Attributes:
        url: Where it is.
        guest: The agent, which takes connections of programs there.
        host: What answers them.
    """

    url: str
    guest: FolderGuest
    host: FolderHost


@asynccontextmanager
async def machine(*, port: int = 0) -> AsyncIterator[EmbeddedMachine]:
    """What takes the place of a virtual machine, as long as the body runs.

    Args:
        port: Where the folder is to be, on the loopback addresses; 0 for a free one.

    Raises:
        OSError: The port is in use.
    """
    with TemporaryDirectory(prefix="caraway-") as folder:
        server = Server()
        guest = FolderGuest(server.add_port(WEBDAV_PORT))
        try:
            url = await guest.listen_tcp("127.0.0.1", port)
            # Where there is no IPv6, or somebody has the port there, one address is enough.
            with suppress(OSError):
                await guest.listen_tcp("::1", int(url.rpartition(":")[2].strip("/")))
            yield EmbeddedMachine(await server.listen_unix(Path(folder) / "spice"), url, guest)
        finally:
            await guest.aclose()
            await server.aclose()


@asynccontextmanager
async def share_here(
    application: Handler,
    *,
    port: int = 0,
    on_exchange: Callable[[Exchange], None] | None = None,
) -> AsyncIterator[EmbeddedShare]:
    """Share a folder with programs of this machine, all the way through SPICE.

    Args:
        application: Answers requests, such as :class:`caraway.webdav.Application`.
        port: Where it is to be, on the loopback addresses; 0 for a free one.
        on_exchange: Called for each request that has been answered.

    Raises:
        OSError: The port is in use.
    """
    async with machine(port=port) as here, connect(here.uri) as session:
        host = serve(session.port(WEBDAV_PORT), application, on_exchange=on_exchange)
        try:
            yield EmbeddedShare(here.url, here.guest, host)
        finally:
            host.close()
