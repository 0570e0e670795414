"""Tells Avahi of the folder, so that file managers show it."""

from __future__ import annotations

import asyncio
import logging
import socket

from caraway.agent.dbus import Bus, CallFailed
from caraway.errors import CarawayError

__all__ = ["Announcement"]

_logger = logging.getLogger("caraway.agent")
_AVAHI = "org.freedesktop.Avahi"
_COLLISION = "org.freedesktop.Avahi.CollisionError"
_NAME = "Folder of the SPICE client"
_TYPE = "_webdav._tcp"
#: Names that are tried: others on this machine may have the first.
_TRIES = 5
#: Both versions of IP.
_ANY_PROTOCOL = -1


class Announcement:
    """There while the folder is: a machine without Avahi goes without.

    Args:
        port: Where the folder is, on this machine.
    """

    def __init__(self, port: int) -> None:
        self._port = port
        self._working: asyncio.Task[None] | None = None
        self._bus: Bus | None = None

    @property
    def is_there(self) -> bool:
        """Avahi has been told."""
        return self._bus is not None

    def set(self, *, is_open: bool) -> None:
        """Begin to announce, or end it."""
        if is_open and self._working is None:
            self._working = asyncio.get_running_loop().create_task(self._announce())
        elif not is_open:
            if self._working is not None:
                self._working.cancel()
                self._working = None
            if self._bus is not None:
                # Avahi sees us go, and says that the folder is gone.
                self._bus.close()
                self._bus = None

    async def _announce(self) -> None:
        try:
            bus = await Bus.connect()
            try:
                await self._publish(bus)
            except BaseException:
                bus.close()
                raise
            self._bus = bus
        except (CarawayError, OSError) as error:
            _logger.info("Avahi is told nothing: %s", error)

    async def _publish(self, bus: Bus) -> None:
        group = await bus.call(_AVAHI, "/", f"{_AVAHI}.Server.EntryGroupNew")
        # Only programs on this machine can connect.
        interface = socket.if_nametoindex("lo")
        name, count = _NAME, 1
        while True:
            values = (interface, _ANY_PROTOCOL, 0, name, _TYPE, "", "", self._port, [b"path=/"])
            try:
                await bus.call(
                    _AVAHI, group, f"{_AVAHI}.EntryGroup.AddService", "iiussssqaay", values
                )
                break
            except CallFailed as error:
                if error.name != _COLLISION or count == _TRIES:
                    raise
                count += 1
                name = f"{_NAME} #{count}"
        await bus.call(_AVAHI, group, f"{_AVAHI}.EntryGroup.Commit")
        _logger.info("announced to Avahi as '%s'", name)
