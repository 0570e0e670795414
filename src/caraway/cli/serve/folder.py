"""The folder that a client shares, for programs of this machine."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from caraway.cli.addresses import TcpAddress, UnixAddress, claim
from caraway.errors import UsageError
from caraway.protocol.port import WEBDAV_PORT
from caraway.server import Server
from caraway.share.guest import FolderGuest

__all__ = ["SharedFolder"]


class Tell(Protocol):
    """Takes events."""

    def __call__(self, event: str, text: str, **fields: object) -> None:
        """One event."""


class SharedFolder:
    """A server's port for shared folders, and who listens for programs.

    Args:
        tell: Told when a client begins to share, and when it ends.

    Raises:
        UsageError: The server has such a port already.
    """

    def __init__(self, server: Server, *, tell: Tell) -> None:
        self._tell = tell
        self._is_shared = False
        try:
            self._port = server.add_port(WEBDAV_PORT)
        except UsageError as error:
            error.hint = "--webdav-listen makes it: leave out the --port of that name"
            raise
        self._guest = FolderGuest(self._port, on_change=self._changed)

    def _changed(self) -> None:
        # Told twice of the same, it is still the same client.
        if self._port.is_open == self._is_shared:
            return
        self._is_shared = self._port.is_open
        if self._is_shared:
            self._tell("folder shared", "a client shares a folder")
        else:
            self._tell("folder gone", "nobody shares a folder")

    async def listen(self, addresses: Iterable[TcpAddress | UnixAddress]) -> None:
        """Take connections of programs.

        Raises:
            ActionFailed: An address is in use, or not ours.
        """
        for address in addresses:
            with claim(address):
                if isinstance(address, UnixAddress):
                    url = await self._guest.listen_unix(address.path)
                else:
                    url = await self._guest.listen_tcp(address.host, address.port)
            self._tell("folder listening", url, url=url)

    async def aclose(self) -> None:
        """Listen no more, and end all connections of programs."""
        await self._guest.aclose()
