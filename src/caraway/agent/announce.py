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
#: How often Avahi is asked whether it is there and knows, seconds: it may start after us, and
#: forgets when it is restarted.
_LOOK_S = 60.0


class Announcement:
    """There while the folder is and Avahi runs: it may come and go.

    Args:
        port: Where the folder is, on this machine.
        look_s: How often to look whether it has, seconds.
    """

    def __init__(self, port: int, *, look_s: float = _LOOK_S) -> None:
        self._port = port
        self._look_s = look_s
        self._working: asyncio.Task[None] | None = None
        self._bus: Bus | None = None

    @property
    def is_there(self) -> bool:
        """Avahi has been told."""
        return self._bus is not None

    def set(self, *, is_open: bool) -> None:
        """Begin to announce, or end it."""
        if is_open and self._working is None:
            self._working = asyncio.get_running_loop().create_task(self._work())
        elif not is_open and self._working is not None:
            self._working.cancel()
            self._working = None
            if self._bus is not None:
                # Avahi sees us go, and says that the folder is gone.
                self._bus.close()
                self._bus = None

    def _is_wanted(self) -> bool:
        """Asked by the task itself: Python 3.9 may lose that it was cancelled."""
        return self._working is asyncio.current_task()

    async def _work(self) -> None:
        said = ""
        while self._is_wanted():
            try:
                await self._announce()
            except (CarawayError, OSError) as error:
                # A machine without Avahi goes without, and hears of that once.
                if str(error) != said:
                    said = str(error)
                    _logger.info("Avahi is told nothing: %s", said)
                await asyncio.sleep(self._look_s)

    async def _announce(self) -> None:
        """Tell Avahi, and return when it has forgotten.

        Raises:
            CarawayError: It cannot be told.
            OSError: There is no loopback interface.
        """
        bus = await Bus.connect()
        try:
            group = await self._publish(bus)
            self._bus = bus
            await self._watch(bus, group)
        finally:
            if self._bus is bus:
                self._bus = None
            bus.close()

    async def _watch(self, bus: Bus, group: str) -> None:
        """Return when Avahi was restarted, or has ended.

        Raises:
            ConnectError: The bus is gone, or takes too long.
        """
        while self._is_wanted():
            await asyncio.sleep(self._look_s)
            try:
                await bus.call(_AVAHI, group, f"{_AVAHI}.EntryGroup.GetState")
            except CallFailed as error:
                _logger.info("Avahi has forgotten the folder: %s", error)
                return

    async def _publish(self, bus: Bus) -> str:
        """Returns the path of what Avahi keeps for us."""
        group = await bus.call(_AVAHI, "/", f"{_AVAHI}.Server.EntryGroupNew")
        # Only programs on this machine can connect.
        interface = socket.if_nametoindex("lo")
        name, count = _NAME, 1
        while True:
            values = (interface, _ANY_PROTOCOL, 0, name, _TYPE, "", "", self._port, [b"path=/"])
            try:
                await bus.call(
                    _AVAHI,
                    group,
                    f"{_AVAHI}.EntryGroup.AddService",
                    signature="iiussssqaay",
                    values=values,
                )
                break
            except CallFailed as error:
                if error.name != _COLLISION or count == _TRIES:
                    raise
                count += 1
                name = f"{_NAME} #{count}"
        await bus.call(_AVAHI, group, f"{_AVAHI}.EntryGroup.Commit")
        _logger.info("announced to Avahi as '%s'", name)
        return group
